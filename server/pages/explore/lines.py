"""The lines of the graph browser's picture where no script draws them: fanned out, and ending beside their things."""

from __future__ import annotations

import math
import textwrap
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_FAN = 40.0  # pixels between lines that join the same two things
_MARGIN = 22.0  # pixels between the centre of a thing and the end of a line
_BELOW, _LINE = 27.0, 13.0  # where its name stands, which takes so much a line

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A line of the picture: its path, and the middle of it, where its words stand; in pixels."""

    path: str
    x: float
    y: float


def wrapped(label: str) -> tuple[str, ...]:
    """A name in at most three lines, as ``web/src/graph/labels.ts`` wraps it.

    >>> wrapped("gastrointestinal stromal tumour")
    ('gastrointestinal', 'stromal tumour')
    >>> wrapped("doxorubicin + olaratumab (ANNOUNCE: doxorubicin plus olaratumab)")[2]
    '(ANNOUNCE…'
    """
    lines = textwrap.wrap(label, 19, break_long_words=False, break_on_hyphens=False) or [label]
    return (*lines[:2], f"{lines[2].rstrip(' :;,(+')}…") if len(lines) > 3 else tuple(lines)


def line_paths(
    edges: Sequence[Mapping[str, Any]], places: Mapping[str, Point], names: Mapping[str, int]
) -> dict[str, Line]:
    """Each line by its identifier, as ``web/src/graph/view.ts`` bends it.

    Args:
        edges: with ``id``, ``source`` and ``target``.
        places: by thing, in pixels.
        names: how many lines its name takes; what is not here has one.
    """
    pairs: dict[tuple[str, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for edge in edges:
        pairs[tuple(sorted((edge["source"], edge["target"])))].append(edge)
    paths = {}
    for group in pairs.values():
        for number, edge in enumerate(group):
            bend = (number - (len(group) - 1) / 2) * _FAN * (1 if edge["source"] < edge["target"] else -1)
            first, second = (
                (places[end], _BELOW + _LINE * names.get(end, 1)) for end in (edge["source"], edge["target"])
            )
            paths[edge["id"]] = _line(first, second, bend)
    return paths


def _line(first: tuple[Point, float], second: tuple[Point, float], bend: float) -> Line:
    """The line between two points, each with the room that its name takes below it."""
    (start, above), (end, below) = first, second
    length = math.dist(start, end) or 1.0
    across = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
    control = ((start[0] + end[0]) / 2 - across[1] * bend, (start[1] + end[1]) / 2 + across[0] * bend)
    (ax, ay), (bx, by) = _beside(start, control, above), _beside(end, control, below)
    path = f"M{ax:.1f},{ay:.1f} Q{control[0]:.1f},{control[1]:.1f} {bx:.1f},{by:.1f}"
    return Line(path, round((ax + bx) / 4 + control[0] / 2, 1), round((ay + by) / 4 + control[1] / 2, 1))


def _beside(centre: Point, towards: Point, below: float) -> Point:
    far = math.dist(centre, towards) or 1.0
    margin = below if towards[1] - centre[1] > 0.55 * far else _MARGIN
    part = min(margin, far / 2) / far
    return centre[0] + (towards[0] - centre[0]) * part, centre[1] + (towards[1] - centre[1]) * part
