"""What a drawing shows, boxes and arrows between them; and the same as an outline, read from top to bottom.

Outlines are for windows too narrow for a drawing's columns, and for paper. A thing stands once with what it leads to,
under the last of those that lead to it; under the others it is named only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.drawings.line_labels import Label, Line
from server.drawings.wrapping import joined

_LEGIBLE, _LEAST_LEGIBLE = 11 / 12, 10 / 12  # labels are drawn at 12 px and may shrink to 11; to 10 on a laptop
_REM_PX = 16
_ROOMS_REM = (20, 30, 40, 50, 61, 70)  # the style sheet has a rule for each
LAPTOP_REM = 61  # what a page has room for in a window of 1024 px


@dataclass(frozen=True)
class Box:
    """A node: a labelled box around (x, y).

    ``role``: step, ghost (nothing leads to it), joint, centre, or meeting-same, -opposite, -mixed and -unknown where
    the paths of two drugs meet.
    """

    id: str
    curie: str
    type: str
    label: str
    role: str
    x: float
    y: float
    half_width: float
    half_height: float
    corner: int
    lines: tuple[Line, ...]

    @property
    def told(self) -> str:
        """What its lines say, as one text."""
        return joined(line.text for line in self.lines)

    @property
    def is_cut(self) -> bool:
        """Whether the lines hold less than the label."""
        return any(line.text.endswith("…") for line in self.lines)


@dataclass(frozen=True)
class Arrow:
    """One line: the IRIs of its ends, its path, its mark (arrow, bar, dot), and the links it stands for in words."""

    start: str
    end: str
    step: str
    href: str
    path: str
    mark: str
    certainty: str
    sentence: str
    words: str
    label: Label


@dataclass(frozen=True)
class Picture:
    """A drawing and its view box."""

    nodes: tuple[Box, ...]
    edges: tuple[Arrow, ...]
    left: float = 0
    top: float = 0
    width: float = 0
    height: float = 0

    @property
    def outline(self) -> Outline:
        """The same from top to bottom."""
        return outline(self)

    @property
    def room(self) -> int:
        """How wide a window it needs; see :func:`room_needed`."""
        return room_needed(self.width)


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

    >>> room_needed(500), room_needed(1160), room_needed(1200), room_needed(2000)
    (30, 61, 70, 0)
    """
    easily, barely = (width_px * scale / _REM_PX for scale in (_LEGIBLE, _LEAST_LEGIBLE))
    if easily > LAPTOP_REM >= barely:
        return LAPTOP_REM
    return next((room for room in _ROOMS_REM if easily <= room), _ROOMS_REM[-1] if barely <= _ROOMS_REM[-1] else 0)


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
