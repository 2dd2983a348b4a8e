"""The head of a query: its BASE and PREFIX declarations, read without the engine."""

from __future__ import annotations

import re
from collections.abc import Mapping

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


def prefixes_of(query: str, given: Mapping[str, str]) -> dict[str, str]:
    """Namespace by prefix: those declared for every query, and the query's own, which go first.

    Declarations that need a BASE or hold escapes are left out.
    """
    found = dict(given)
    position = 0
    while (part := _DECLARATION.match(query, position)) is not None:
        position = part.end()
        if part["name"] is not None:
            found.pop(part["name"], None)
            if _ABSOLUTE.fullmatch(part["iri"]):
                found[part["name"]] = part["iri"]
    return found
