"""Positions for drawing a mechanism: layers from left to right, few crossings, the same picture every time.

The steps are those of Sugiyama, Tagawa and Toda (1981, doi 10.1109/TSMC.1981.4308636): turn back edges round,
give each node the layer of its longest path, cut long edges at every layer, then order each layer by the
barycentres of its neighbours and keep the order with the fewest crossings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

COLUMN = 220
ROW = 90
SWEEPS = 8

Point = tuple[int, int]
_Cell = tuple[str, str, int]  # a node (name, "", 0), or the place where the edge (from, to) crosses a layer


@dataclass(frozen=True)
class Layout:
    """Where to draw what; x grows along the steps, y is 0 in the middle.

    Attributes:
        layers: layer of each node, from 0.
        points: centre of each node.
        bends: for each edge over several layers the points it runs through, in its own direction.
    """

    layers: Mapping[str, int]
    points: Mapping[str, Point]
    bends: Mapping[tuple[str, str], tuple[Point, ...]]


def layered(nodes: Iterable[str], edges: Iterable[tuple[str, str]], last: Iterable[str] = ()) -> Layout:
    """Lay out a directed graph.

    Args:
        nodes: names, each once.
        edges: pairs of names; several between the same nodes are one.
        last: nodes that belong at the right end even where nothing leads to them.
    """
    names = sorted(set(nodes))
    given = sorted({edge for edge in edges if edge[0] != edge[1]})
    forward = _without_cycles(names, given)
    layers = _layers(names, forward, frozenset(last))
    chains = {edge: _cells(edge, layers) for edge in forward}
    rows = _ordered(names, layers, chains)
    points = {
        cell: (layer * COLUMN, round((place - (len(row) - 1) / 2) * ROW))
        for layer, row in enumerate(rows)
        for place, cell in enumerate(row)
    }
    bends: dict[tuple[str, str], tuple[Point, ...]] = {}
    for edge in given:
        turned = edge if edge in chains else (edge[1], edge[0])
        inner = [points[cell] for cell in chains[turned][1:-1]]
        if inner:
            bends[edge] = tuple(inner if turned == edge else reversed(inner))
    return Layout(layers, {name: points[_node(name)] for name in names}, bends)


def _node(name: str) -> _Cell:
    return (name, "", 0)


def _without_cycles(names: Sequence[str], edges: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The edges with those that close a cycle turned round, found by a depth-first walk from the sources."""
    following: dict[str, list[str]] = {name: [] for name in names}
    led_to = {end for _, end in edges}
    for start, end in edges:
        following[start].append(end)
    done: set[str] = set()
    open_path: set[str] = set()
    turned: set[tuple[str, str]] = set()
    for root in sorted(names, key=lambda name: (name in led_to, name)):
        stack = [] if root in done else [(root, iter(following[root]))]
        open_path.update(name for name, _ in stack)
        while stack:
            name, rest = stack[-1]
            for end in rest:
                if end in open_path:
                    turned.add((name, end))
                elif end not in done:
                    open_path.add(end)
                    stack.append((end, iter(following[end])))
                    break
            else:
                stack.pop()
                open_path.discard(name)
                done.add(name)
    return sorted({(end, start) if (start, end) in turned else (start, end) for start, end in edges})


def _layers(names: Sequence[str], edges: Sequence[tuple[str, str]], last: frozenset[str]) -> dict[str, int]:
    """The longest path to each node; one that nothing leads to stands just before the first it leads to."""
    before: dict[str, list[str]] = {name: [] for name in names}
    after: dict[str, list[str]] = {name: [] for name in names}
    for start, end in edges:
        before[end].append(start)
        after[start].append(end)
    layers: dict[str, int] = {}
    waiting = {name: len(before[name]) for name in names}
    ready = [name for name in names if not waiting[name]]
    for name in ready:  # grows while it is read: a topological order
        layers[name] = max((layers[start] + 1 for start in before[name]), default=0)
        for end in after[name]:
            waiting[end] -= 1
            if not waiting[end]:
                ready.append(end)
    for name in names:
        if not before[name] and after[name]:
            layers[name] = min(layers[end] for end in after[name]) - 1
    deepest = max(layers.values(), default=0)
    for name in last:
        if name in layers and not after[name]:
            layers[name] = max(deepest, 1) if before[name] else deepest + 1
    return layers


def _cells(edge: tuple[str, str], layers: Mapping[str, int]) -> list[_Cell]:
    """What an edge runs through, layer by layer."""
    start, end = edge
    between = [(start, end, layer) for layer in range(layers[start] + 1, layers[end])]
    return [_node(start), *between, _node(end)]


def _ordered(
    names: Sequence[str], layers: Mapping[str, int], chains: Mapping[tuple[str, str], Sequence[_Cell]]
) -> list[list[_Cell]]:
    """The cells of each layer from top to bottom."""
    rows: list[list[_Cell]] = [[] for _ in range(max(layers.values(), default=-1) + 1)]
    for name in names:
        rows[layers[name]].append(_node(name))
    links: list[tuple[_Cell, _Cell]] = []
    for edge, cells in chains.items():
        for offset, cell in enumerate(cells[1:-1], 1):
            rows[layers[edge[0]] + offset].append(cell)
        links.extend(pairwise(cells))
    before: dict[_Cell, list[_Cell]] = {}
    after: dict[_Cell, list[_Cell]] = {}
    for left, right in links:
        before.setdefault(right, []).append(left)
        after.setdefault(left, []).append(right)
    best, fewest = [list(row) for row in rows], _crossings(rows, after)
    for sweep in range(SWEEPS):
        if sweep % 2:
            for layer in range(len(rows) - 2, -1, -1):
                rows[layer] = _by_barycentre(rows[layer], rows[layer + 1], after)
        else:
            for layer in range(1, len(rows)):
                rows[layer] = _by_barycentre(rows[layer], rows[layer - 1], before)
        crossings = _crossings(rows, after)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    return best


def _by_barycentre(
    row: Sequence[_Cell], beside: Sequence[_Cell], joined: Mapping[_Cell, Sequence[_Cell]]
) -> list[_Cell]:
    """A row in the order of the mean places of what its cells are joined to; others keep their share."""
    place = {cell: number for number, cell in enumerate(beside)}
    scale = max(len(beside), 1) / max(len(row), 1)
    keyed = []
    for number, cell in enumerate(row):
        places = [place[other] for other in joined.get(cell, ()) if other in place]
        keyed.append((sum(places) / len(places) if places else number * scale, number, cell))
    return [cell for _, _, cell in sorted(keyed)]


def _crossings(rows: Sequence[Sequence[_Cell]], after: Mapping[_Cell, Sequence[_Cell]]) -> int:
    count = 0
    for row, beside in pairwise(rows):
        place = {cell: number for number, cell in enumerate(beside)}
        ends = [sorted(place[other] for other in after.get(cell, ())) for cell in row]
        seen: list[int] = []
        for group in ends:
            count += sum(1 for end in group for other in seen if other > end)
            seen.extend(group)
    return count
