"""A drawing as an outline, read from top to bottom: for windows too narrow for its columns, and for paper.

A thing stands once with what it leads to, under the last of those that lead to it; under the others it is named only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.drawings.layered import Arrow, Box, Picture

_LEGIBLE = 11 / 12  # labels are drawn at 12 px and may shrink to 11
_REM_PX = 16
_ROOMS_REM = (20, 30, 40, 50, 60, 70)  # the style sheet has a rule for each


@dataclass(frozen=True)
class Branch:
    """A line of an outline.

    Attributes:
        arrow: what leads here; None where nothing does.
        box: the thing.
        branches: what it leads to.
        is_elsewhere: whether another line has what it leads to.
    """

    arrow: Arrow | None
    box: Box
    branches: tuple[Branch, ...] = ()
    is_elsewhere: bool = False


@dataclass(frozen=True)
class Outline:
    """A drawing from top to bottom.

    Attributes:
        into: what leads to the subject of a drawing that has one.
        roots: the subject, or whatever nothing leads to.
    """

    into: tuple[Branch, ...]
    roots: tuple[Branch, ...]


def room_needed(width_px: float) -> int:
    """How wide a window a drawing needs to be legible, in rem, in steps; 0 if it is wider than any page.

    >>> room_needed(500), room_needed(1176), room_needed(2000)
    (30, 70, 0)
    """
    needed = width_px * _LEGIBLE / _REM_PX
    return next((room for room in _ROOMS_REM if needed <= room), 0)


def outline(picture: Picture) -> Outline:
    """Arrange what a drawing shows."""
    boxes = {box.id: box for box in picture.nodes}
    centre = next((box for box in picture.nodes if box.role == "centre"), None)
    leaving: dict[str, list[Arrow]] = defaultdict(list)
    for arrow in sorted(picture.edges, key=lambda each: (boxes[each.end].y, boxes[each.end].x)):
        leaving[arrow.start].append(arrow)
    if centre is not None:
        into = [arrow for arrow in picture.edges if arrow.end == centre.id]
        into.sort(key=lambda arrow: (arrow.mark, boxes[arrow.start].y))
        told = tuple(Branch(arrow, boxes[arrow.start]) for arrow in into)
        out = tuple(Branch(arrow, boxes[arrow.end]) for arrow in leaving[centre.id])
        return Outline(told, (Branch(None, centre, out),))
    homes = _homes(picture.edges, boxes)
    roots = [box for box in picture.nodes if box.id not in homes]
    return Outline((), tuple(_branch(None, box, leaving, homes, boxes) for box in roots))


def _homes(arrows: Sequence[Arrow], boxes: Mapping[str, Box]) -> dict[str, Arrow]:
    """Of every thing the arrow under which it stands: the one from the last column before it."""
    homes: dict[str, Arrow] = {}
    for arrow in arrows:
        start, end = boxes[arrow.start], boxes[arrow.end]
        before = homes.get(arrow.end)
        if start.x < end.x and (before is None or boxes[before.start].x < start.x):
            homes[arrow.end] = arrow
    return homes


def _branch(
    arrow: Arrow | None,
    box: Box,
    leaving: Mapping[str, Sequence[Arrow]],
    homes: Mapping[str, Arrow],
    boxes: Mapping[str, Box],
) -> Branch:
    onward = leaving.get(box.id, ())
    if arrow is not None and homes.get(box.id) is not arrow:
        return Branch(arrow, box, is_elsewhere=bool(onward))
    return Branch(arrow, box, tuple(_branch(each, boxes[each.end], leaving, homes, boxes) for each in onward))
