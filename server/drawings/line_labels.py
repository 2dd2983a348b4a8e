"""Where the words on the lines of a drawing stand: on their line, clear of boxes and of others where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

EDGE_CHARACTER = 6.1
EDGE_LINE = 12
AIR = 14  # between words and the box that their line runs into: its mark stands there

Point = tuple[float, float]
Piece = tuple[Point, Point]
Side = Literal["start", "end"]

_MIDDLE = (0.5, 0.62, 0.38, 0.74, 0.26)
_CLOSER = (0.56, 0.44, 0.68, 0.32, 0.8, 0.2)  # where all of those are taken
_PARTED = (0.84, 0.8, 0.76, 0.72, 0.68, 0.62, 0.56, 0.5)


@dataclass(frozen=True)
class Line:
    """A line of a label and where its baseline lies, from the centre."""

    text: str
    y: float

    @property
    def width(self) -> float:
        """About how wide the words on a line of a drawing are."""
        return round(len(self.text) * EDGE_CHARACTER, 1)


@dataclass(frozen=True)
class Label:
    """The words on a line, around (x, y)."""

    x: float
    y: float
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Rect:
    """Room that is taken."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Rect) -> bool:
        """Whether both want the same room."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def placed_label(
    words: tuple[str, ...], pieces: Sequence[Piece], taken: Sequence[Rect], parted: Side | None = None
) -> tuple[Label, Rect]:
    """The first free spot on a line for its words, or the least crowded one.

    Args:
        words: the lines of the label.
        pieces: the line, from column to column.
        taken: where boxes and other words are.
        parted: the end near which to stand, for a line of a fan; else near the middle.
    """
    half_width = max(len(line) for line in words) * EDGE_CHARACTER / 2
    half_height = len(words) * EDGE_LINE / 2
    top = -(len(words) - 1) * EDGE_LINE / 2 + 3.5
    lines = tuple(Line(text, round(top + place * EDGE_LINE, 1)) for place, text in enumerate(words))
    first, *others = _spots(pieces, half_width, parted)

    def box(spot: Point) -> Rect:
        x, y = spot
        return Rect(x - half_width, y - half_height, x + half_width, y + half_height)

    def crowd(spot: Point) -> int:
        rect = box(spot)
        return sum(1 for other in taken if rect.meets(other))

    best, fewest = first, crowd(first)
    for spot in others:
        if not fewest:
            break
        if (here := crowd(spot)) < fewest:
            best, fewest = spot, here
    return Label(round(best[0], 1), round(best[1], 1), lines), box(best)


def _spots(pieces: Sequence[Piece], half_width: float, parted: Side | None) -> list[Point]:
    """Places on a line for the middle of its words, the best first."""
    gaps = [pieces[0], *pieces[2:-1:2], pieces[-1]] if len(pieces) > 1 else list(pieces)
    middle = [_on_curve(piece, t) for t in (*_MIDDLE, *_CLOSER) for piece in gaps]
    if parted is None:
        return middle
    # A fan parts within the first column that it crosses, or comes together within the last.
    (ax, ay), (bx, by) = pieces[0] if parted == "end" else pieces[-1]
    clear = abs(bx - ax) - half_width - AIR
    ts = _PARTED if parted == "end" else tuple(1 - t for t in _PARTED)
    near = [_on_curve(((ax, ay), (bx, by)), t) for t in ts]
    origin = ax if parted == "end" else bx
    return [(x, y) for x, y in near if abs(x - origin) <= clear] + middle


def _on_curve(piece: tuple[Point, Point], t: float) -> Point:
    (ax, ay), (bx, by) = piece
    half = (bx - ax) / 2
    s = 1 - t
    x = s**3 * ax + 3 * s * s * t * (ax + half) + 3 * s * t * t * (bx - half) + t**3 * bx
    return x, s * s * (1 + 2 * t) * ay + t * t * (3 - 2 * t) * by
