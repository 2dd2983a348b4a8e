"""The head of a query: its BASE and PREFIX declarations, read without the engine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_GAP = r"(?:[\x20\t\r\n]|\#[^\r\n]*)*"
_DECLARATION = re.compile(
    rf"""{_GAP}
    (?: BASE{_GAP}<[^<>]*>
      | PREFIX{_GAP}(?P<name>[^\s:<>{{}}]*):{_GAP}<(?P<iri>[^<>]*)>
      | VERSION{_GAP}(?:"[^"\r\n]*"|'[^'\r\n]*') )""",
    re.VERBOSE | re.IGNORECASE,
)
_SPACE = re.compile(_GAP)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*")


def prologue_end(query: str) -> int:
    """Where a query's BASE and PREFIX declarations end."""
    position = 0
    while (part := _DECLARATION.match(query, position)) is not None:
        position = part.end()
    space = _SPACE.match(query, position)
    return space.end() if space else position


def missing_prefixes(query: str, given: Mapping[str, str]) -> dict[str, str]:
    """Those of the given prefixes that a query may use and does not declare: the engine takes long to read each."""
    # Anywhere, not as words: the engine needs no blank between a keyword and a prefix. One letter rules out most.
    ends = {part[-1:] for part in query.split(":")}
    missing = {name: given[name] for name in given if name[-1:] in ends and name + ":" in query}
    if missing:
        for name, _ in _declarations(query):
            missing.pop(name, None)
    return missing


def prefixes_of(query: str, given: Mapping[str, str]) -> dict[str, str]:
    """Namespace by prefix: those declared for every query, and the query's own, which go first.

    Declarations that need a BASE or hold escapes are left out.
    """
    found = dict(given)
    for name, namespace in _declarations(query):
        found.pop(name, None)
        if _ABSOLUTE.fullmatch(namespace):
            found[name] = namespace
    return found


def _declarations(query: str) -> Iterator[tuple[str, str]]:
    """The prefixes that a query declares, as it spells their namespaces."""
    position = 0
    while (part := _DECLARATION.match(query, position)) is not None:
        position = part.end()
        if part["name"] is not None:
            yield part["name"], part["iri"]
