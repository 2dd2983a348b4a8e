"""Heights in a layered drawing: everything lies near what it is joined to, in the order of the layout, and apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from kg.mechanism.layering import COLUMN

ROW_AIR = 20
SWEEPS = 8
HALF_LINE = 4.0

Pair = tuple[str, str]
Cell = tuple[str, str, int]  # a box (name, "", column), or the place where the line (from, to) crosses a column


def ahead(pair: Pair, layers: Mapping[str, int]) -> Pair:
    """A pair of ends with the left one first."""
    return pair if layers[pair[0]] <= layers[pair[1]] else (pair[1], pair[0])


def heights(
    points: Mapping[str, float],
    half_heights: Mapping[str, float],
    layers: Mapping[str, int],
    bends: Mapping[Pair, Sequence[tuple[int, int]]],
) -> dict[Cell, float]:
    """Where each box, and each place at which a line crosses a column, lies.

    Args:
        points: the layout's height of each box; only the order within a column counts.
        half_heights: of the boxes.
        layers: the column of each box.
        bends: for every line, also those that cross no column, where the layout bends it.
    """
    place: dict[Cell, float] = {(name, "", layers[name]): y for name, y in points.items()}
    half: dict[Cell, float] = {(name, "", layers[name]): height for name, height in half_heights.items()}
    for pair, crossings in bends.items():
        place.update({(*ahead(pair, layers), x // COLUMN): float(y) for x, y in crossings})
    joined = _joined({ahead(pair, layers) for pair in bends}, layers)
    rows: dict[int, list[Cell]] = defaultdict(list)
    for cell in sorted(place, key=lambda cell: (place[cell], cell)):
        rows[cell[2]].append(cell)
    for row in rows.values():
        _spread(row, [place[cell] for cell in row], half, place)

    def wanted(cell: Cell, side: int) -> float:
        """The middle of what a cell is joined to in the column beside it."""
        beside = [place[other] for other in joined[cell] if other[2] == cell[2] + side]
        return sum(beside) / len(beside) if beside else place[cell]

    for sweep in range(SWEEPS):  # to the right, by what lies on the left of each column; then back
        side = -1 if sweep % 2 == 0 else 1
        for layer in sorted(rows, reverse=side > 0):
            _spread(rows[layer], [wanted(cell, side) for cell in rows[layer]], half, place)
    return place


def _joined(pairs: Collection[Pair], layers: Mapping[str, int]) -> Mapping[Cell, Collection[Cell]]:
    """What each cell has beside it: the lines as chains of cells from column to column."""
    joined: dict[Cell, set[Cell]] = defaultdict(set)
    for start, end in pairs:
        crossed = ((start, end, layer) for layer in range(layers[start] + 1, layers[end]))
        for left, right in pairwise([(start, "", layers[start]), *crossed, (end, "", layers[end])]):
            joined[left].add(right)
            joined[right].add(left)
    return joined


def _spread(row: Sequence[Cell], wanted: Sequence[float], half: Mapping[Cell, float], place: dict[Cell, float]) -> None:
    """Bring a column's cells as near as can be to where they are wanted, in order and apart (isotonic regression)."""
    offsets = [0.0]
    for upper, lower in pairwise(row):
        offsets.append(offsets[-1] + half.get(upper, HALF_LINE) + half.get(lower, HALF_LINE) + ROW_AIR)
    blocks: list[tuple[float, int]] = []
    for goal, offset in zip(wanted, offsets, strict=True):
        mean, count = goal - offset, 1
        while blocks and blocks[-1][0] >= mean:
            other, size = blocks.pop()
            mean, count = (mean * count + other * size) / (count + size), count + size
        blocks.append((mean, count))
    levels = [mean for mean, count in blocks for _ in range(count)]
    place.update({cell: level + offset for cell, level, offset in zip(row, levels, offsets, strict=True)})
