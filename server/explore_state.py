"""What the address of the graph browser holds: things, places, pins, faded kinds, paths, the choice, the data.

An address that would grow beyond what mail programs pass on is packed: ``view=`` holds the same parameters, deflated
and in base64url. Nothing is kept on the server, so no saved view can be lost.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

from kg.errors import InvalidParameter

_MOST_CHARACTERS = 200_000
Place = tuple[float, float]


@dataclass(frozen=True)
class ViewState:
    """One view of the graph.

    Attributes:
        names: of the things shown, in order; without ``places``, one thing comes with its surroundings.
        places: by CURIE, where the reader or an expansion put things.
        pinned: CURIEs that a layout must leave where they are.
        faded: kinds that step back.
        chosen: CURIE of a thing, or identifier of a connection.
        between: two things whose paths are shown; empty for none.
        path: the place of the path that stands out, from 1; 0 for none.
        data: the version of the data that the view was made from; "" if it does not say.
        links: how many connections it showed then; None if it does not say.
    """

    names: tuple[str, ...]
    places: dict[str, Place]
    pinned: frozenset[str]
    faded: tuple[str, ...]
    chosen: str
    between: tuple[str, ...]
    path: int
    data: str
    links: int | None


def view_state(given: Mapping[str, Sequence[str]]) -> ViewState:
    """Read parameters. A malformed place is left out, and its thing is laid anew.

    Args:
        given: ``node``, ``at`` (``curie@x,y``), ``pin``, ``fade``, ``open``, ``between`` (twice), ``path``, ``data``,
            ``links``; or ``view``.

    Raises: InvalidParameter for a packed view that does not unpack, and for paths between other than two things.
    """
    packed = [text for text in given.get("view", ()) if text]
    if packed:
        # What stands beside a packed view adds to it: a thing added by the form, an expansion.
        unpacked = _unpacked(packed[0])
        given = {name: [*unpacked.get(name, ()), *given.get(name, ())] for name in {*unpacked, *given} - {"view"}}
    places: dict[str, Place] = {}
    for spot in given.get("at", ()):
        curie, place = spot.rpartition("@")[0], _place(spot)
        if curie and place is not None:
            places[curie] = place
    named = [*(spot.rpartition("@")[0] for spot in given.get("at", ())), *given.get("node", ())]
    links, path = _last(given, "links"), _last(given, "path")
    between = tuple(name.strip() for name in given.get("between", ()) if name.strip())
    if len(between) not in (0, 2):
        raise InvalidParameter("between", ", ".join(between), "two things, each in a parameter of its own")
    return ViewState(
        names=tuple(dict.fromkeys(name.strip() for name in named if name.strip())),
        places=places,
        pinned=frozenset(given.get("pin", ())) & places.keys(),
        faded=tuple(dict.fromkeys(given.get("fade", ()))),
        chosen=_last(given, "open").strip(),
        between=between,
        path=int(path) if path.isdecimal() else 0,
        data=_last(given, "data").strip(),
        links=int(links) if links.isdecimal() else None,
    )


def _last(given: Mapping[str, Sequence[str]], name: str) -> str:
    values = given.get(name, ())
    return values[-1] if values else ""


def _unpacked(text: str) -> dict[str, list[str]]:
    try:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        data = inflate.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), _MOST_CHARACTERS)
        if inflate.unconsumed_tail:
            raise InvalidParameter("view", f"{text[:20]}…", f"at most {_MOST_CHARACTERS} characters when unpacked")
        unpacked = parse_qs(data.decode("utf-8"), errors="strict") if inflate.eof else {}
    except (binascii.Error, zlib.error, ValueError):
        unpacked = {}
    if not unpacked:
        raise InvalidParameter("view", f"{text[:20]}…", "the whole address of a view, as the graph browser made it")
    return unpacked


def _place(spot: str) -> Place | None:
    x, comma, y = spot.rpartition("@")[2].partition(",")
    try:
        return (float(x), float(y)) if comma else None
    except ValueError:
        return None
