"""Queries as Virtuoso answers them wholly: a path of any length that leads to a fixed end is a subquery of its own.

Which queries need it, and which are left as they are, is in docs/scaling.md. This reads plain triples and what groups
them, and no more of the grammar; what it cannot read stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from kg.errors import CapabilityMissing
from kg.sparql.prologue import prologue_end
from kg.sparql.tokens import Token, behind, tokens_of

_MAY_REPEAT = re.compile(r"[\w)>-]\s*[*+]")
_REPEATED = frozenset({"*", "+"})
_ALL = 100_000_000  # more than a path finds
_SHOWING = frozenset({"SELECT", "DISTINCT", "REDUCED", "DESCRIBE"})
_POSTFIX = _REPEATED | {"?"}
_IN_ORDER = frozenset({"BIND", "MINUS", "OPTIONAL"})  # see only what stands before them
_LOOKING = _IN_ORDER | {"FILTER"}
_BESIDE_BLANKS = (
    "Virtuoso may lose rows of a path with * or + beside a blank node or a list; write a variable in its place"
)
_ROW_BY_ROW = frozenset({"MINUS", "EXISTS"})
_CLAUSES = frozenset({"SELECT", "CONSTRUCT", "DESCRIBE", "ASK", "FROM", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET"})

Tokens: TypeAlias = Sequence[Token]


class _Unreadable(Exception):
    """Something else than plain triples stands here."""


class _Triple(NamedTuple):
    """A triple pattern: its ends, and the steps of its path."""

    subject: Token
    steps: tuple[Tokens, ...]
    object: str
    ends_in: Token


def with_paths_apart(query: str) -> str:
    """Make a subquery of each path of any length that has a fixed end.

    Where Virtuoso 7.2.5 has found several beginnings of such a path and only tests whether they lead to the end, it
    tests the first of each batch and drops the others without an error; which way it goes depends on its statistics.
    It takes nothing into a subquery with a LIMIT. An end is fixed where it is an IRI, or has one value and its class
    named. What cannot be read here stays as it is.

    Raises: CapabilityMissing for such a path beside blank nodes or lists, which are not read here and may lose rows.

    >>> with_paths_apart("SELECT ?s { ?s skos:broader* x:y ; skos:prefLabel ?name }")
    'SELECT ?s { { SELECT DISTINCT ?s { ?s skos:broader* x:y } LIMIT 100000000 } ?s skos:prefLabel ?name . }'
    """
    if not _MAY_REPEAT.search(query):
        return query
    tokens = list(tokens_of(query, prologue_end(query)))
    edits: list[tuple[int, int, str]] = []
    try:
        _find_paths(tokens, edits)
    except (_Unreadable, IndexError, ValueError, StopIteration):
        if _has_blanks(tokens) and any(_repeats(tokens, place) for place in range(len(tokens))):
            raise CapabilityMissing(_BESIDE_BLANKS) from None
        return query
    for start, end, text in reversed(edits):
        query = query[:start] + text + query[end:]
    return query


def _has_blanks(tokens: Tokens) -> bool:
    """Whether a blank node stands here, or a list in the place of an object."""
    lists = (one.kind in {"name", "iri"} and other.text == "(" for one, other in pairwise(tokens))
    return any(token.text == "[" or token.text.startswith("_:") for token in tokens) or any(lists)


def _repeats(tokens: Tokens, place: int) -> bool:
    """Whether a path of any length ends here, at its mark, as far as that shows without a grammar."""
    if tokens[place].text not in _REPEATED or not 0 < place < len(tokens) - 1:
        return False
    before, after = tokens[place - 1], tokens[place + 1]
    goes_on = after.kind in {"variable", "iri", "name"} or after.text in {"[", "(", "/", "|", ")"}
    return goes_on and (before.kind in {"iri", "name"} or before.text == "a" or _closes_path(tokens, place - 1))


def _closes_path(tokens: Tokens, place: int) -> bool:
    """Whether a bracket closes a part of a path here, and no sum: in a path nothing has a value."""
    depth = 0
    for token in reversed(tokens[: place + 1]):
        depth += (token.text == ")") - (token.text == "(")
        if depth == 0:
            return token.text == "("
        if token.kind not in {"iri", "name", "mark"} and token.text != "a":
            return False
    return False


def _find_paths(tokens: Tokens, edits: list[tuple[int, int, str]]) -> None:
    """What to put where: from, to, text."""
    groups: list[Mapping[str, str]] = []
    shows_all = any(one.keyword in _SHOWING and other.text == "*" for one, other in pairwise(tokens))
    classed = {one.text for one, other in pairwise(tokens) if one.kind == "variable" and other.text == "a"}
    expressions = _around_groups(tokens)
    place = 0
    while place < len(tokens):
        token, before = tokens[place], tokens[place - 1].keyword
        if place in expressions:
            place += 1
            continue
        if token.text == "{" and before == "CONSTRUCT" and not groups:
            place = behind(tokens, place, "{}")
            continue
        if token.kind in {"variable", "iri", "name"}:
            triples, end = _triples(tokens, place)
            parts = [_apart(each, groups[-1], f"?end{token.start}_{n}", shows_all) for n, each in enumerate(triples)]
            if any(parts):
                texts = (part or _text(triple) for part, triple in zip(parts, triples, strict=True))
                edits.append((token.start, tokens[end - 1].start + len(tokens[end - 1].text), " ".join(texts)))
            place = end
            continue
        if token.text == "{":
            around = groups[-1] if groups and before not in _ROW_BY_ROW else {}  # those see no value from outside
            groups.append(_fixed(tokens, place + 1, around, classed))
        elif token.text == "}":
            groups.pop()
        place = _behind_clause(tokens, place)


def _around_groups(tokens: Tokens) -> set[int]:
    """The places of what expressions say around the groups that they hold, as in ``(?a < 1 || EXISTS { ... })``."""
    opened: list[int] = []
    inside: dict[int, int] = {}  # by place: where the bracket opens that it is in, or that it closes
    holding: set[int] = set()
    for place, token in enumerate(tokens):
        if token.text in {"(", "{"}:
            holding.update(each for each in opened if token.text == "{" and tokens[each].text == "(")
            opened.append(place)
        inside[place] = opened[-1] if opened else -1
        if token.text in {")", "}"} and opened:
            opened.pop()
    return {place for place, opening in inside.items() if opening in holding}


def _behind_clause(tokens: Tokens, place: int) -> int:
    """The place behind a token, or behind a clause that holds no triples."""
    keyword = tokens[place].keyword
    if keyword == "VALUES":
        return next(n for n in range(place, len(tokens)) if tokens[n].text == "}") + 1
    if keyword == "GRAPH":
        return place + 2
    place = behind(tokens, place, "()")
    while keyword in _CLAUSES and place < len(tokens) and tokens[place].text not in {"{", "}"}:
        place = behind(tokens, place, "()")
    return place


def _fixed(tokens: Tokens, place: int, around: Mapping[str, str], classed: Container[str]) -> Mapping[str, str]:
    """The variables that have one IRI and their class named, in a group from behind its brace and in those around.

    One from around is left out where the group looks at it: a subquery in its place would not give it a value.
    """
    end = behind(tokens, place - 1, "{}") - 1
    if tokens[place].keyword == "SELECT":
        return {}
    seen = _looked_at(tokens, place, end)
    found = {name: value for name, value in around.items() if name not in seen}
    while place < end and tokens[place].keyword not in _IN_ORDER:
        if tokens[place].keyword == "VALUES":
            name, opening, value, closing = tokens[place + 1 : place + 5]
            is_one = opening.text == "{" and closing.text == "}" and value.kind in {"iri", "name"}
            if is_one and name.text in classed:
                found[name.text] = value.text
            place = next(n for n in range(place, end) if tokens[n].text == "}") + 1
        else:
            place = behind(tokens, place, "{}")
    return found


def _looked_at(tokens: Tokens, place: int, end: int) -> set[str]:
    """The variables in filters and in what sees only what stands before it, with whatever these hold."""
    found: set[str] = set()
    while place < end:
        start = place
        place += 1
        if tokens[start].keyword in _LOOKING:
            opening = next(n for n in range(place, end) if tokens[n].text in {"(", "{"})
            place = behind(tokens, opening, "()" if tokens[opening].text == "(" else "{}")
            names = {token.text[1:] for token in tokens[opening:place] if token.kind == "variable"}
            found |= {mark + name for mark in "?$" for name in names}
    return found


def _triples(tokens: Tokens, place: int) -> tuple[list[_Triple], int]:
    """The triples with one subject, and the place behind them and their full stop."""
    subject, found = tokens[place], []
    if subject.text.startswith("_:"):
        raise _Unreadable
    place += 1
    while True:
        steps, place = _steps(tokens, place)
        while True:
            start = place
            place = _behind_object(tokens, place)
            found.append(_Triple(subject, steps, _spelt(tokens[start:place]), tokens[start]))
            if tokens[place].text != ",":
                break
            place += 1
        goes_on = tokens[place].text == ";"
        while tokens[place].text == ";":
            place += 1
        if not goes_on or tokens[place].text in {".", "{", "}"} or tokens[place].keyword not in {"", "A"}:
            return found, place + (tokens[place].text == ".")


def _behind_object(tokens: Tokens, place: int) -> int:
    token = tokens[place]
    if token.kind == "string":
        after = tokens[place + 1]
        return place + (2 if after.kind == "tag" else 3 if after.text == "^^" else 1)
    if token.kind in {"variable", "iri", "name", "number"} or token.keyword in {"TRUE", "FALSE"}:
        if token.text.startswith("_:"):
            raise _Unreadable
        return place + 1
    raise _Unreadable


def _steps(tokens: Tokens, place: int) -> tuple[tuple[Tokens, ...], int]:
    """The steps of a path; a choice between paths is one step."""
    starts, start = [], place
    is_choice = False
    while True:
        starts.append(place)
        while tokens[place].text in {"^", "!"}:
            place += 1
        if (
            tokens[place].text != "("
            and tokens[place].kind not in {"iri", "name", "variable"}
            and tokens[place].text != "a"
        ):
            raise _Unreadable
        place = behind(tokens, place, "()")
        while tokens[place].text in _POSTFIX:
            place += 1
        if tokens[place].text not in {"/", "|"}:
            break
        is_choice |= tokens[place].text == "|"
        place += 1
    if is_choice:
        return (tokens[start:place],), place
    ends = [each - 1 for each in starts[1:]] + [place]
    return tuple(tokens[a:b] for a, b in zip(starts, ends, strict=True)), place


def _apart(triple: _Triple, fixed: Mapping[str, str], fresh: str, shows_all: bool) -> str:
    """A triple with its path as a subquery; empty if it needs none."""
    subject, steps = triple.subject, triple.steps
    begins, ends = _constant(subject, fixed), _constant(triple.ends_in, fixed)
    if ends and not begins and steps[-1][-1].text in _REPEATED:
        rest, name = steps[:-1], fresh if len(steps) > 1 else subject.text
        before = f"{subject.text} {_path(rest)} {name} . " if rest else ""
        found = f"{before}{{ SELECT DISTINCT {name} {{ {name} {_path(steps[-1:])} {ends} }} LIMIT {_ALL} }}"
    elif begins and not ends and triple.ends_in.kind == "variable" and steps[0][-1].text in _REPEATED:
        rest, name = steps[1:], fresh if len(steps) > 1 else triple.object
        behind = f" {name} {_path(rest)} {triple.object} ." if rest else ""
        found = f"{{ SELECT DISTINCT {name} {{ {begins} {_path(steps[:1])} {name} }} LIMIT {_ALL} }}{behind}"
    else:
        return ""
    return "" if rest and shows_all else found


def _constant(term: Token, fixed: Mapping[str, str]) -> str:
    return term.text if term.kind in {"iri", "name"} else fixed.get(term.text, "")


def _text(triple: _Triple) -> str:
    return f"{triple.subject.text} {_path(triple.steps)} {triple.object} ."


def _path(steps: Sequence[Tokens]) -> str:
    return "/".join(map(_spelt, steps))


def _spelt(tokens: Tokens) -> str:
    return "".join(token.text for token in tokens)
