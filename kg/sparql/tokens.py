"""SPARQL text as tokens, as far as one must know them before the engine sees a query.

The engine offers no switch against ``SERVICE`` and crashes on deep nesting, so a query is read here first:
where do strings, comments and IRIs end, which words stand between them, how deep and how long is it. This
is no grammar; the engine parses.

One spelling is ambiguous without a grammar: ``<`` opens an IRI or means "less than". Where both readings
are possible both are followed (the engine accepts ``FILTER(?a<1)SERVICE#>``), so nothing can hide in the
reading that was not chosen.
Source: SPARQL 1.1 Query Language, section 19.8 (terminals); how the engine glues keywords is measured in
tests/kg/test_tokens.py.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Literal, NamedTuple

TokenKind = Literal["space", "iri", "string", "name", "variable", "tag", "number", "word", "mark"]

_TOKEN = re.compile(
    r"""
      (?P<space>   [\x20\t\r\n]+ | \#[^\r\n]* )
    | (?P<iri>     <[^<>"{}|^`\x00-\x20]*> )
    | (?P<string>  '''(?:[^\\]|\\.)*?''' | \"\"\"(?:[^\\]|\\.)*?\"\"\"
                 | '(?:[^'\\\r\n]|\\.)*' | "(?:[^"\\\r\n]|\\.)*" )
    | (?P<variable> [?$][\w·̀-ͯ‿-⁀]+ )
    | (?P<tag>     @[A-Za-z]+(?:-+[A-Za-z0-9]+)* )
    | (?P<number>  [0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)? | \.[0-9]+(?:[eE][+-]?[0-9]+)? )
    | (?P<name>    (?:[^\W\d_](?:[\w.·-]{0,200}[\w·-])?|_)?:
                   (?:(?:[\w:·-]|%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?\#@%-]|\.(?=[\w.:%\\·-]))*) )
    | (?P<word>    [^\W\d]\w* )
    | (?P<mark>    \|\||&&|\^\^|!=|<=|>=|<<\(|\)>>|<<|>>|. )
    """,
    re.VERBOSE | re.DOTALL,
)

_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")
_CONNECTIVE_WORDS = frozenset({"UNION", "MINUS", "OPTIONAL", "BIND", "GRAPH", "FILTER"})
_CONNECTIVE_MARKS = frozenset({".", ";", "|", "||", "&&", "/", "+", "-", "*", "!", "^", "="})
_OPENING = frozenset({"{", "(", "[", "<<", "<<("})
_CLOSING = frozenset({"}", ")", "]", ">>", ")>>"})
_GRAPH_WORDS = frozenset({"GRAPH", "FROM", "NAMED"})


class Token(NamedTuple):
    """A piece of a query; ``start`` counts characters from 0."""

    kind: TokenKind
    text: str
    start: int

    @property
    def keyword(self) -> str:
        """The text in capitals if this is a bare word, else the empty string."""
        return self.text.upper() if self.kind == "word" else ""


def tokens_of(text: str, start: int = 0) -> Iterator[Token]:
    """Yield the tokens that count, no blanks and no comments; every ``<...>`` without blanks is an IRI."""
    for match in _TOKEN.finditer(text, start):
        if match.lastgroup != "space":
            yield Token(match.lastgroup, match.group(), match.start())  # type: ignore[arg-type]


def behind(tokens: Sequence[Token], place: int, brackets: str) -> int:
    """The place behind a token, or, where it opens brackets of that kind, behind what closes them."""
    depth = 0
    for number in range(place, len(tokens)):
        depth += (tokens[number].text == brackets[0]) - (tokens[number].text == brackets[1])
        if depth <= 0:
            return number + 1
    return len(tokens)


class Shape(NamedTuple):
    """How a query is built.

    Attributes:
        depth: deepest nesting of brackets of any kind.
        parts: connectives (dots, operators, UNION ...), which the engine turns into recursion.
    """

    depth: int
    parts: int


def shape_of(text: str) -> Shape:
    """Measure nesting and length of a query in one pass."""
    open_marks: list[str] = []
    depth = parts = 0
    for token in tokens_of(text):
        if token.kind == "mark":
            if token.text in _OPENING:
                open_marks.append(token.text)
                depth = max(depth, len(open_marks))
            elif token.text in _CLOSING and open_marks:
                open_marks.pop()
            elif token.text in _CONNECTIVE_MARKS or (token.text == "," and open_marks[-1:] == ["{"]):
                parts += 1
        elif token.keyword in _CONNECTIVE_WORDS:
            parts += 1
    return Shape(depth, parts)


def is_surely_within(text: str, depth: int, parts: int) -> bool:
    """Whether counting characters shows already that a text is no deeper and has no more parts."""
    return len(text) <= parts and sum(map(text.count, "{([<")) <= depth


def mentions_service(text: str) -> bool:
    """Whether some reading of the text holds a SERVICE clause; only odd spellings give a false alarm.

    The engine needs no blank after a keyword (``SERVICEex:a{``, ``SERVICESILENT<...>``, ``trueSERVICE``),
    so a bare word that merely contains it counts, and so does a prefixed name that begins with it and is
    followed by ``{`` where no graph is named.
    """
    if "service" not in text.lower():
        return False
    pending, read = [0], set[int]()
    while pending:
        # The token before the first one is unknown after a restart, and unknown is not GRAPH.
        before = name_before_brace = ""
        for token in tokens_of(text, pending.pop()):
            if "SERVICE" in token.keyword or (token.text == "{" and name_before_brace):
                return True
            if token.start in read:
                break  # from here on this reading is one that was followed already
            read.add(token.start)
            if token.kind == "iri" and not _ABSOLUTE.match(token.text):
                pending.append(token.start + 1)
            is_suspect = token.kind == "name" and token.text.lower().startswith("service")
            name_before_brace = token.text if is_suspect and before not in _GRAPH_WORDS else ""
            before = token.keyword
    return False


def without_service(text: str, allowed: Collection[str]) -> str:
    """The text with every ``SERVICE <iri>`` blanked whose endpoint is allowed and spelled in full.

    What :func:`mentions_service` still finds afterwards asks somebody else, or might in another reading: prefixed and
    relative names, variables and glued keywords are left standing.
    """
    tokens = list(tokens_of(text))
    for position, token in enumerate(tokens):
        if token.keyword != "SERVICE":
            continue
        after = position + 1
        if after < len(tokens) and tokens[after].keyword == "SILENT":
            after += 1
        if after < len(tokens) and tokens[after].kind == "iri" and tokens[after].text[1:-1] in allowed:
            end = tokens[after].start + len(tokens[after].text)
            text = text[: token.start] + " " * (end - token.start) + text[end:]
    return text
