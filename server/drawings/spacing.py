"""How close together a drawing from left to right stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spacing:
    """How much room a drawing takes sideways.

    Attributes:
        label: characters of a line of a box.
        edge_label, fan_label: characters of a line of the words on a line, and on one of a fan.
        air_px: between such words and the boxes beside them.
        gap_px: the least between two columns.
        fan_px: the length in which a fan of lines parts, before there is room for words.
        line_px: more length for each line of a fan.
        padding_px: between the words of a box and its sides.
        lines: of a box, before its words are cut.
    """

    label: int
    edge_label: int
    fan_label: int
    air_px: int
    gap_px: int
    fan_px: int
    line_px: int
    padding_px: int = 11
    lines: int = 4


# Lines of a fan lie close: their words have more room beside each other than above, where there is room.
WIDE = Spacing(label=17, edge_label=15, fan_label=26, air_px=26, gap_px=60, fan_px=120, line_px=9)
CLOSE = Spacing(label=14, edge_label=12, fan_label=14, air_px=18, gap_px=44, fan_px=72, line_px=6)
NARROW = Spacing(
    label=12, edge_label=10, fan_label=10, air_px=6, gap_px=26, fan_px=34, line_px=3, padding_px=6, lines=6
)
