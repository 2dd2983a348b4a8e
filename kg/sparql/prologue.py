"""The head of a query: its BASE and PREFIX declarations, read without the engine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urljoin

from kg.identifiers import ABSOLUTE_IRI, BASE
from kg.sparql.tokens import tokens_of

# Possessive: what is a comment is one for good. Else a row of # could be divided in exponentially many ways.
_GAP = r"(?:[\x20\t\r\n]++|\#[^\r\n]*+)*+"
_DECLARATION = re.compile(
    rf"""{_GAP}
    (?: BASE{_GAP}<(?P<base>[^<>]*)>
      | PREFIX{_GAP}(?P<name>[^\s:<>{{}}]*):{_GAP}<(?P<iri>[^<>]*)>
      | VERSION{_GAP}(?:"[^"\r\n]*"|'[^'\r\n]*') )""",
    re.VERBOSE | re.IGNORECASE,
)
_SPACE = re.compile(_GAP)
_REMEMBERED = 4096  # characters of a head that is read once


class _Head(NamedTuple):
    """Declarations from the start of a text.

    Attributes:
        end: where the last one ends.
        prefixes: with their namespaces.
        base: what relative IRIs behind them start from.
    """

    end: int
    prefixes: tuple[tuple[str, str], ...]
    base: str


_NOTHING = _Head(0, (), BASE)


def _read(text: str, head: _Head) -> _Head:
    """Read on behind what has been read."""
    position, found, base = head.end, list(head.prefixes), head.base
    while (part := _DECLARATION.match(text, position)) is not None:
        position = part.end()
        if part["name"] is not None:
            found.append((part["name"], _resolved(part["iri"], base)))
        elif part["base"] is not None:
            base = _resolved(part["base"], base)
    return _Head(position, tuple(found), base) if position > head.end else head


def _resolved(reference: str, base: str) -> str:
    """An IRI that starts from a base; one that cannot stays as it is. Source: RFC 3986, section 5."""
    if ABSOLUTE_IRI.fullmatch(reference):
        return reference
    try:
        return urljoin(base, reference)
    except ValueError:  # what looks like an address with brackets, and is none
        return reference


@lru_cache(maxsize=256)
def _read_before(head: str) -> _Head:
    return _read(head, _NOTHING)


def _head_of(query: str) -> _Head:
    # Programs put the same declarations before all their queries. The rest is looked at too, in case that the brace
    # stands in a comment: a declaration that is whole does not depend on what follows.
    brace = query.find("{", 0, _REMEMBERED)
    return _read(query, _read_before(query[:brace]) if brace > 0 else _NOTHING)


def prologue_end(query: str) -> int:
    """Where a query's BASE and PREFIX declarations end."""
    position = _head_of(query).end
    space = _SPACE.match(query, position)
    return space.end() if space else position


def missing_prefixes(query: str, given: Mapping[str, str]) -> dict[str, str]:
    """Those of the given prefixes that a query may use and does not declare: the engine takes long to read each."""
    # Anywhere, not as words: the engine needs no blank between a keyword and a prefix. One letter rules out most.
    head = _head_of(query)
    body = query[head.end :]
    ends = {part[-1:] for part in body.split(":")}
    missing = {name: given[name] for name in given if name[-1:] in ends and name + ":" in body}
    if missing:
        for name, _ in head.prefixes:
            missing.pop(name, None)
    return missing


def undeclared_prefixes(query: str, given: Mapping[str, str]) -> tuple[str, ...]:
    """The prefixes that a query uses although neither it declares them, nor are they given; each once."""
    head = _head_of(query)
    known = {"_", *given, *(name for name, _ in head.prefixes)}
    used = (token.text.partition(":")[0] for token in tokens_of(query, head.end) if token.kind == "name")
    return tuple(name for name in dict.fromkeys(used) if name not in known)


def prefixes_of(query: str, given: Mapping[str, str]) -> dict[str, str]:
    """Namespace by prefix: those declared for every query, and the query's own, which go first.

    Declarations that hold escapes are left out.
    """
    found = dict(given)
    for name, namespace in _head_of(query).prefixes:
        found.pop(name, None)
        if ABSOLUTE_IRI.fullmatch(namespace):
            found[name] = namespace
    return found


def whole_iri(query: str, reference: str) -> str:
    """What an IRI in the body of a query stands for: relative ones start from its BASE."""
    return _resolved(reference, _head_of(query).base)
