"""Finding things by name inside a query: ``?thing skg:matches "rapamycin"``.

The engine has no text index, so such a triple is replaced before it evaluates the query: by a VALUES block of what the
index of names finds, best first. Only IRIs of the index and numbers are put in, never words of the query. The triple
must stand by itself or begin a list of properties; in any other place the query is refused, because left standing it
would silently match nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from kg.errors import QueryRefused
from kg.identifiers import BASE
from kg.sparql.prologue import prefixes_of, prologue_end, whole_iri
from kg.sparql.results import iri
from kg.sparql.tokens import Token, tokens_of

MATCHES = f"{BASE}vocab/matches"

# The name, and every way in which a query may come to name it, ends so.
_LOCAL_NAME = "matches"
_SPELLINGS = (
    'skg:matches can be searched only as ?thing skg:matches "a name" or (?thing ?score) skg:matches "a name", '
    "a triple of its own or the first of a list with semicolons"
)
_IN_TEMPLATE = "skg:matches can be searched only in a pattern: write CONSTRUCT { what is made } WHERE { the search }"
_BEFORE = frozenset({"{", "}", ".", ")"})
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_CODE_POINT = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_NOT_IN_IRIS = re.compile(r"[<>\"{}|^`\\\x00-\x20\ufffd]")
_ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class Hit(NamedTuple):
    """What a name found: an IRI, and how well it fits, from above 0 to 1."""

    iri: str
    score: float


Find = Callable[[str], Sequence[Hit]]


class _Place(NamedTuple):
    """A triple to be replaced: from where to where, its variables, the name, whether its list of properties goes on."""

    start: int
    end: int
    variables: tuple[str, ...]
    name: str
    goes_on: bool


def mentions_search(query: str) -> bool:
    """Whether a query may hold the property; if not, :func:`with_hits` has nothing to do."""
    return _LOCAL_NAME in query or _CODE_POINT.search(query) is not None


def with_hits(query: str, prefixes: Mapping[str, str], find: Find | None, *, anchored: bool = False) -> str:
    """The query with each ``skg:matches`` replaced by what it finds; any other query comes back as it is.

    Args:
        query: the text.
        prefixes: declared for every query.
        find: the index of names; None if there is none.
        anchored: whether to ask for a triple of each thing found as well, in a subselect. It is for an engine that
            gets lost over VALUES without a triple beside it; there, a thing is found only in graphs that say
            something of it.

    Raises: QueryRefused where the triple does not stand as it must, or there is no index; what ``find`` raises.

    >>> with_hits('ASK { ?d skg:matches "rapa" ; a ?c }', {"skg": f"{BASE}vocab/"}, lambda _: [Hit("x:y", 1.0)])
    'ASK { VALUES ?d { <x:y> } ?d a ?c }'
    """
    if not mentions_search(query):
        return query
    plain = _with_plain_iris(query)
    if _LOCAL_NAME not in plain:
        return query
    for place in reversed(list(_places(plain, prefixes_of(plain, prefixes)))):
        query = plain
        if find is None:
            raise QueryRefused("skg:matches needs the index of names, and this store has none")
        block = _values(place, find(place.name), anchored=anchored)
        # Line breaks stay where they were, so that a later error is told in its line.
        breaks = "\n" * query.count("\n", place.start, place.end)
        query = plain = query[: place.start] + block + breaks + query[place.end :]
    return query


def _with_plain_iris(query: str) -> str:
    """The query with the escapes in its IRIs undone. Source: SPARQL 1.1 Query Language, section 19.2."""
    escaped = [token for token in tokens_of(query) if token.kind == "iri" and "\\" in token.text]
    for token in reversed(escaped):
        plain = _CODE_POINT.sub(_character_in_iri, token.text)
        query = query[: token.start] + plain + query[token.start + len(token.text) :]
    return query


def _character_in_iri(escape: re.Match[str]) -> str:
    character = _character(escape)
    return escape.group() if _NOT_IN_IRIS.match(character) else character


def _character(escape: re.Match[str]) -> str:
    """What an escape by number stands for; the replacement character if nothing, as half of a pair."""
    number = int(escape.group(1) or escape.group(2), 16)
    return chr(number) if number < 0xD800 or 0xDFFF < number < 0x110000 else "\ufffd"


def _places(query: str, known: Mapping[str, str]) -> Iterator[_Place]:
    tokens = list(tokens_of(query, prologue_end(query)))
    pattern = _pattern_start(tokens)
    for number, token in enumerate(tokens):
        if _is_ours(token, query, known):
            if number < pattern:
                raise QueryRefused(_IN_TEMPLATE)
            yield _place(tokens, number)


def _pattern_start(tokens: Sequence[Token]) -> int:
    """The number of the token from which a pattern may stand: behind the template of a CONSTRUCT query."""
    if not tokens or tokens[0].keyword != "CONSTRUCT":
        return 0
    depth = 0
    for number, token in enumerate(tokens):
        if number == 1 and token.text != "{":  # the short form: template and pattern in one
            return len(tokens)
        depth += (token.text == "{") - (token.text == "}")
        if number and not depth:
            return number
    return len(tokens)


def _is_ours(token: Token, query: str, known: Mapping[str, str]) -> bool:
    if token.kind == "iri":
        return token.text.endswith(f"{_LOCAL_NAME}>") and whole_iri(query, token.text[1:-1]) == MATCHES
    prefix, colon, local = token.text.partition(":")
    return token.kind == "name" and bool(colon) and known.get(prefix, "\0") + local == MATCHES


def _place(tokens: Sequence[Token], number: int) -> _Place:
    variables, first = _subject(tokens, number)
    before = tokens[first - 1].text if first else ""
    name, rest = next(iter(tokens[number + 1 :]), None), tokens[number + 2 :]
    # Semicolons may follow one another, and the last of them need not lead anywhere.
    semicolons = list(takewhile(lambda token: token.text == ";", rest))
    after = next(iter(rest[len(semicolons) :]), None)
    if before not in _BEFORE or name is None or name.kind != "string" or after is None:
        raise QueryRefused(_SPELLINGS)
    goes_on = bool(semicolons) and not _ends_triple(after)
    if not (_ends_triple(after) or (goes_on and len(variables) == 1)):
        raise QueryRefused(_SPELLINGS)
    end = semicolons[-1].start + 1 if semicolons else name.start + len(name.text)
    return _Place(tokens[first].start, end, variables, _unquoted(name.text), goes_on)


def _subject(tokens: Sequence[Token], number: int) -> tuple[tuple[str, ...], int]:
    """The variables before the property, and the number of the token where they begin."""
    before = tokens[max(0, number - 4) : number]
    if before[-1:] and before[-1].kind == "variable":
        return (before[-1].text,), number - 1
    kinds = [token.text if token.kind == "mark" else token.kind for token in before]
    if kinds == ["(", "variable", "variable", ")"] and before[1].text != before[2].text:
        return (before[1].text, before[2].text), number - 4
    raise QueryRefused(_SPELLINGS)


def _ends_triple(token: Token) -> bool:
    """Whether no more is said of the same thing: by a dot, the end of the pattern, or one that is no triple."""
    words = {"FILTER", "OPTIONAL", "BIND", "VALUES", "GRAPH", "MINUS", "UNION", "SERVICE"}
    return token.keyword in words or token.text in {".", "{", "}"}


def _values(place: _Place, hits: Sequence[Hit], *, anchored: bool) -> str:
    names, thing = " ".join(place.variables), place.variables[0]
    if len(place.variables) == 1:
        block = f"VALUES {names} {{ {' '.join(iri(hit.iri).sparql() for hit in hits)} }}"
    else:
        rows = " ".join(f"({iri(hit.iri).sparql()} {hit.score:.4f})" for hit in hits)
        block = f"VALUES ({names}) {{ {rows} }}"
    if anchored:
        # Their names are longer than those they stand beside, so they are others.
        said, what = (f"?{''.join(each[1:] for each in place.variables)}_{end}" for end in ("p", "o"))
        block = f"{{ SELECT DISTINCT {names} {{ {block} {thing} {said} {what} }} }}"
    return f"{block} {thing}" if place.goes_on else block


def _unquoted(literal: str) -> str:
    """The text that a string token stands for."""
    width = 3 if literal[:3] in {'"""', "'''"} else 1

    def replaced(found: re.Match[str]) -> str:
        letter = found.group(3)
        return _character(found) if letter is None else _ESCAPED.get(letter, letter)

    return _ESCAPE.sub(replaced, literal[width:-width])
