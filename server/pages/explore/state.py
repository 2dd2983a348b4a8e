"""What the address of the graph browser holds: things, places, the window, pins, filters, paths, the choice, the data.

An address that would grow beyond what mail programs pass on is packed: ``view=`` holds the same parameters, deflated
and in base64url. Nothing is kept on the server, so no saved view can be lost.
"""

from __future__ import annotations

import base64
import binascii
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

from kg.errors import InvalidParameter
from server.pages.explore.rests import MARK, Way

LEAST_ZOOM, MOST_ZOOM = 0.15, 4.0
_MOST_CHARACTERS = 200_000
_MOST_DIGITS = 9
# What an address holds of a view; ``view_state`` says what each means.
VIEW_PARAMETERS = (
    "node", "at", "more", "pin", "fade", "show", "filtered", "imports", "open", "between", "path", "pan", "zoom",
    "data", "links", "view",
)  # fmt: skip
Place = tuple[float, float]


@dataclass(frozen=True)
class ViewState:
    """One view of the graph.

    Attributes:
        names: of the things shown, in order; without ``places``, one thing comes with its surroundings.
        places: by CURIE, where the reader or an expansion put things; by identifier, where a "+n more" stands.
        rests: the expansions whose "+n more" is shown.
        pinned: CURIEs that a layout must leave where they are.
        faded: what is filtered out: kinds of things, predicates, certainties, ``effect:``, ``by:``, ``year:``.
        hides: whether what is filtered out is taken off the picture instead of faded.
        imports: whether statements of imported graphs count.
        chosen: CURIE of a thing, or identifier of a connection.
        between: two things whose paths are shown; empty for none.
        path: the place of the path that stands out, from 1; 0 for none.
        data: the version of the data that the view was made from; "" if it does not say.
        links: how many connections it showed then; None if it does not say.
        pan: the point of the plane in the middle of the window; None: all is shown as well as it fits.
        zoom: pixels of the window per pixel of the plane.
    """

    names: tuple[str, ...]
    places: dict[str, Place]
    pinned: frozenset[str]
    rests: tuple[Way, ...]
    faded: tuple[str, ...]
    hides: bool
    imports: bool
    chosen: str
    between: tuple[str, ...]
    path: int
    data: str
    links: int | None
    pan: Place | None
    zoom: float | None


def view_state(given: Mapping[str, Sequence[str]]) -> ViewState:
    """Read parameters. A malformed place is left out, and its thing is laid anew.

    Args:
        given: ``node``, ``at`` (``curie@x,y``), ``more`` (``curie|predicate|direction@x,y``), ``pin``, ``fade``,
            ``show`` (takes a ``fade`` back), ``filtered`` (``hidden``), ``imports`` (``true``), ``open``, ``between``
            (twice), ``path``, ``pan`` (``x,y``), ``zoom``, ``data``, ``links``; or ``view``.

    Raises: InvalidParameter for a packed view that does not unpack, and for paths between other than two things.
    """
    packed = [text for text in given.get("view", ()) if text]
    if packed:
        # What stands beside a packed view adds to it: a thing added by the form, an expansion.
        unpacked = _unpacked(packed[0])
        given = {name: [*unpacked.get(name, ()), *given.get(name, ())] for name in {*unpacked, *given} - {"view"}}
    spots = given.get("at", ())
    named = (*(spot.rpartition("@")[0] for spot in spots), *given.get("node", ()))
    places = {at: place for spot in spots if (at := spot.rpartition("@")[0]) and (place := _place(spot)) is not None}
    rests = _rests(given.get("more", ()))
    between = tuple(name.strip() for name in given.get("between", ()) if name.strip())
    if len(between) not in (0, 2):
        raise InvalidParameter("between", ", ".join(between), "two things, each in a parameter of its own")
    return ViewState(
        names=tuple(dict.fromkeys(name.strip() for name in named if name.strip())),
        places=places | {way.id: place for way, place in rests.items() if place is not None},
        pinned=frozenset(given.get("pin", ())) & places.keys(),
        rests=tuple(rests),
        faded=tuple(key for key in dict.fromkeys(given.get("fade", ())) if key not in given.get("show", ())),
        hides=_last(given, "filtered") == "hidden",
        imports=_last(given, "imports") == "true",
        chosen=_last(given, "open").strip(),
        between=between,
        path=_whole(_last(given, "path")) or 0,
        data=_last(given, "data").strip(),
        links=_whole(_last(given, "links")),
        pan=_place(_last(given, "pan")),
        zoom=_zoom(_last(given, "zoom")),
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


def _rests(given: Sequence[str]) -> dict[Way, Place | None]:
    """Each "+n more" and where it stands, if the address says so."""
    found: dict[Way, Place | None] = {}
    for text in given:
        place = _place(text)
        if (way := _way(text if place is None else text.rpartition("@")[0])) is not None:
            found[way] = place
    return found


def _way(name: str) -> Way | None:
    node, _, rest = name.strip().removeprefix(MARK).partition("|")
    predicate, bar, direction = rest.partition("|")
    return Way(node, predicate, direction) if node and bar and direction in {"in", "out", ""} else None


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None


def _zoom(text: str) -> float | None:
    try:
        zoom = float(text)
    except ValueError:
        return None
    return zoom if LEAST_ZOOM <= zoom <= MOST_ZOOM else None


def _place(spot: str) -> Place | None:
    x, comma, y = spot.rpartition("@")[2].partition(",")
    try:
        place = (float(x), float(y))
    except ValueError:
        return None
    return place if comma and math.isfinite(place[0]) and math.isfinite(place[1]) else None
