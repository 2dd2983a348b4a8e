"""The lines of the graph browser's picture where no script draws them: fanned out, and ending beside their things."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

_FAN = 40.0  # pixels between lines that join the same two things
_MARGIN = 22.0  # pixels between the centre of a thing and the end of a line
_BELOW = 40.0  # where its name stands

Point = tuple[float, float]


def line_paths(edges: Sequence[Mapping[str, Any]], places: Mapping[str, Point]) -> dict[str, str]:
    """The path of each line by its identifier, as ``web/src/graph/view.ts`` bends it.

    Args:
        edges: with ``id``, ``source`` and ``target``.
        places: by thing, in pixels.
    """
    pairs: dict[tuple[str, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for edge in edges:
        pairs[tuple(sorted((edge["source"], edge["target"])))].append(edge)
    paths = {}
    for group in pairs.values():
        for number, edge in enumerate(group):
            bend = (number - (len(group) - 1) / 2) * _FAN * (1 if edge["source"] < edge["target"] else -1)
            paths[edge["id"]] = _path(places[edge["source"]], places[edge["target"]], bend)
    return paths


def _path(start: Point, end: Point, bend: float) -> str:
    length = math.dist(start, end) or 1.0
    across = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
    control = ((start[0] + end[0]) / 2 - across[1] * bend, (start[1] + end[1]) / 2 + across[0] * bend)
    (ax, ay), (bx, by) = _beside(start, control), _beside(end, control)
    return f"M{ax:.1f},{ay:.1f} Q{control[0]:.1f},{control[1]:.1f} {bx:.1f},{by:.1f}"


def _beside(centre: Point, towards: Point) -> Point:
    far = math.dist(centre, towards) or 1.0
    margin = _BELOW if towards[1] - centre[1] > 0.55 * far else _MARGIN
    part = min(margin, far / 2) / far
    return centre[0] + (towards[0] - centre[0]) * part, centre[1] + (towards[1] - centre[1]) * part
