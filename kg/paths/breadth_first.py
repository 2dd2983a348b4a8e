"""Distances and shortest paths by number of steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from kg.paths.adjacency import Adjacency, Directions, Mask, Neighbors
from kg.paths.best_paths import FoundPath, SearchLimits
from kg.paths.index import Ids

FAR = -1
SORTING_COSTS = 8  # times what going once over a mark of all nodes does, per node
MAX_NEAR_LINKS = 2048
NEAR_NODES = 12
PATHS_BETWEEN_CLOCK_LOOKS = 256
FIRST_LINKS = 1024  # read before the first look for a meeting


def distances(
    adjacency: Adjacency, starts: Iterable[int], max_hops: int | None, interior: Mask | None = None
) -> NDArray[np.int32]:
    """For every node the fewest steps from any of the starts; -1 where there is no way within ``max_hops``.

    ``interior`` says which nodes a path may lead through or end in; the starts are always taken.
    """
    distance = np.full(adjacency.nodes, FAR, dtype=np.int32)
    frontier = np.array(sorted(set(starts)), dtype=np.int64)
    distance[frontier] = 0
    hops = 0
    while len(frontier) and (max_hops is None or hops < max_hops):
        hops += 1
        mark = np.zeros(adjacency.nodes, dtype=bool)
        mark[adjacency.neighbor[adjacency.positions(frontier)]] = True
        mark &= distance == FAR
        if interior is not None:
            mark &= interior
        frontier = np.flatnonzero(mark)
        distance[frontier] = hops
    return distance


class _Side:
    """One end of a two-ended search: the nodes it has reached, level by level, each in the order of their numbers."""

    def __init__(self, ahead: Neighbors, behind: Neighbors, start: int) -> None:
        self._ahead, self._behind = ahead, behind
        self.seen = np.zeros(ahead.nodes, dtype=bool)
        self.seen[start] = True
        self.levels: list[Ids] = [np.array([start], dtype=np.int64)]

    @property
    def frontier(self) -> Ids:
        """The nodes reached last."""
        return self.levels[-1]

    def advance(self, interior: Mask, other: _Side) -> tuple[int, int] | None:
        """One round further; returns the first step that meets the other side: from which node to which."""
        reached: list[NDArray[np.int32]] = []
        for nodes in self._pieces():
            found: list[tuple[int, int, int]] = []
            for number, (neighbors, counts) in enumerate(self._read(nodes)):
                meets = other.seen.take(neighbors)
                place = int(meets.argmax()) if len(meets) else 0
                if len(meets) and meets[place]:
                    owner = int(counts.cumsum().searchsorted(place, side="right"))
                    found.append((owner, number, int(neighbors[place])))
                reached.append(neighbors)
            if found:
                owner, _, met = min(found)
                return int(nodes[owner]), met
        everything = reached[0] if len(reached) == 1 else np.concatenate(reached)
        fresh = everything.compress(interior.take(everything) & ~self.seen.take(everything))
        self.levels.append(_distinct(fresh, len(self.seen)))
        self.seen[fresh] = True
        return None

    def complete(self, interior: Mask, other: _Side) -> Ids:
        """One whole round further; returns all nodes of the other side that it meets."""
        mark = _reached(self._ahead, self.frontier)
        met = np.flatnonzero(mark & other.seen)
        if not len(met):
            mark &= interior & ~self.seen
            self.seen |= mark
            self.levels.append(np.flatnonzero(mark))
        return met

    def width(self) -> int:
        """How many links the next round reads."""
        return int(self._ahead.degree(self.frontier).sum())

    def _pieces(self) -> Iterator[Ids]:
        """The frontier in growing pieces, because the first few nodes often suffice."""
        if len(self.frontier) == 1:
            yield self.frontier
            return
        ends = self._ahead.degree(self.frontier).cumsum()
        start, links = 0, FIRST_LINKS
        while start < len(ends):
            read = int(ends[start - 1]) if start else 0
            end = max(int(ends.searchsorted(read + links, side="right")), start + 1)
            yield self.frontier[start:end]
            start, links = end, 4 * links

    def _read(self, nodes: Ids) -> Iterator[tuple[NDArray[np.int32], Ids]]:
        if len(nodes) == 1:
            neighbors = self._ahead.row(int(nodes[0])).neighbors
            yield neighbors, np.array([len(neighbors)])
            return
        for block in self._ahead.rows(nodes):
            yield block.neighbors, block.counts

    def chain(self, node: int) -> list[int]:
        """The nodes from one of the frontier back to where this side began."""
        nodes = [node]
        for level in self.levels[-2::-1]:
            if len(level) == 1:
                nodes.append(int(level[0]))
            else:
                before = self._behind.row(nodes[-1]).neighbors
                places = level.searchsorted(before)
                nodes.append(int(before.compress(level.take(places, mode="clip") == before).min()))
        return nodes


def _distinct(nodes: NDArray[np.int32], size: int) -> Ids:
    if len(nodes) * SORTING_COSTS < size:
        return np.unique(nodes).astype(np.int64)
    mark = np.zeros(size, dtype=bool)
    mark[nodes] = True
    return np.flatnonzero(mark)


def shortest_path(
    projection: Directions,
    source: int,
    target: int,
    interior: Mask,
    limits: SearchLimits,
) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """One path with the fewest steps, always the same one; None if there is none.

    Searches from both ends, a round at a time on the side with fewer nodes to go on from.

    Returns: node numbers from source to target, and steps as in ``kg.paths.best_paths.FoundPath``.
    Raises: TimeoutError when the deadline passes.
    """
    if limits.late():
        raise TimeoutError
    nodes = _near(projection, source, target, interior) or _far(projection, source, target, interior, limits)
    if nodes is None:
        return None
    return nodes, tuple(_step(projection.out, *pair) for pair in pairwise(nodes))


def _near(projection: Directions, source: int, target: int, interior: Mask) -> tuple[int, ...] | None:
    """A shortest path of at most three steps if one is easily found; Python's sets are the fastest for so little."""
    row = projection.out.row(source).neighbors
    if len(row) > MAX_NEAR_LINKS:
        return None
    if target in (following := row.tolist()):
        return source, target
    other = projection.into.row(target).neighbors
    if len(other) > MAX_NEAR_LINKS:
        return None
    ahead, back = row.compress(interior.take(row)).tolist(), other.compress(interior.take(other)).tolist()
    joint = set(ahead).intersection(back)
    if joint:
        return source, min(joint), target
    on = len(ahead) <= len(back)
    few, many, neighbors = (ahead, set(back), projection.out) if on else (back, set(ahead), projection.into)
    for node in few[:NEAR_NODES]:
        following = neighbors.row(node).neighbors.tolist()
        if not many.isdisjoint(following):
            met = min(many.intersection(following))
            return (source, node, met, target) if on else (source, met, node, target)
    return None


def _far(
    projection: Directions, source: int, target: int, interior: Mask, limits: SearchLimits
) -> tuple[int, ...] | None:
    ahead = _Side(projection.out, projection.into, source)
    back = _Side(projection.into, projection.out, target)
    while len(ahead.frontier) and len(back.frontier):
        if limits.late():
            raise TimeoutError
        on = len(ahead.frontier) <= len(back.frontier)
        joint = ahead.advance(interior, back) if on else back.advance(interior, ahead)
        if joint is not None:
            start, end = joint if on else joint[::-1]
            return (*reversed(ahead.chain(start)), *back.chain(end))
    return None


def _step(out: Neighbors, start: int, end: int) -> int:
    row = out.row(start)
    return int(row.steps[int((row.neighbors == end).argmax())])


class AllShortestPaths:
    """Iterates over all paths with the fewest steps, in the order of their nodes' numbers, then of their predicates.

    ``stopped_by`` is None while it runs and after the last path, or "timeout".

    Args:
        link_predicate: predicate number by link.
        max_length: most steps; where the shortest paths have more there is none.
    """

    def __init__(
        self,
        projection: Directions,
        link_predicate: NDArray[np.int16],
        *,
        source: int,
        target: int,
        max_length: int | None,
        interior: Mask,
        limits: SearchLimits,
    ) -> None:
        self._out, self._into, self._link_predicate = projection.out, projection.into, link_predicate
        self._source, self._target, self._max_length = source, target, max_length
        self._interior, self._limits = interior, limits
        self._onward: dict[int, dict[int, tuple[int, ...]]] = {}
        self.stopped_by: str | None = None

    def __iter__(self) -> Iterator[FoundPath]:
        for nodes in self.node_paths():
            options = (self._onward[start][end] for start, end in pairwise(nodes))
            for steps in product(*options):
                yield FoundPath(nodes, steps, 0)

    def node_paths(self) -> Iterator[tuple[int, ...]]:
        """The paths by their nodes, each once, whatever predicates join them."""
        try:
            levels = self._levels()
        except TimeoutError:
            self.stopped_by = "timeout"
            return
        for number, nodes in enumerate(self._walks((self._source,), levels)):
            if number % PATHS_BETWEEN_CLOCK_LOOKS == 0 and self._limits.late():
                self.stopped_by = "timeout"
                return
            yield nodes

    def _levels(self) -> list[Ids]:
        """The nodes on shortest paths by their distance from the source; empty where there is no path."""
        ahead = _Side(self._out, self._into, self._source)
        back = _Side(self._into, self._out, self._target)
        while len(ahead.frontier) and len(back.frontier):
            if self._limits.late():
                raise TimeoutError
            if self._max_length is not None and len(ahead.levels) + len(back.levels) - 1 > self._max_length:
                return []
            on = ahead.width() <= back.width()
            met = ahead.complete(self._interior, back) if on else back.complete(self._interior, ahead)
            if len(met):
                before, after = (ahead.levels, back.levels[:-1]) if on else (ahead.levels[:-1], back.levels)
                start = _narrowed(self._into, met, before[::-1])[::-1]
                return [*start, met, *_narrowed(self._out, met, after[::-1])]
        return []

    def _walks(self, nodes: tuple[int, ...], levels: list[Ids]) -> Iterator[tuple[int, ...]]:
        """The paths that go on like this, by their nodes."""
        if len(nodes) == len(levels):
            yield nodes
            return
        if not levels:
            return
        for node in self._after(nodes[-1], levels[len(nodes)]):
            yield from self._walks((*nodes, node), levels)

    def _after(self, node: int, level: Ids) -> Iterable[int]:
        """The nodes of the next level that a node leads to; keeps the steps there, in the order of predicates."""
        if node not in self._onward:
            row = self._out.row(node)
            places = level.searchsorted(row.neighbors)
            chosen = np.flatnonzero(level.take(places, mode="clip") == row.neighbors)
            steps = row.steps.take(chosen)
            labels = 2 * self._link_predicate.take(steps >> 1).astype(np.int32) + (steps & 1)
            rows = zip(row.neighbors.take(chosen).tolist(), labels.tolist(), steps.tolist(), strict=True)
            onward: dict[int, tuple[int, ...]] = {}
            for neighbor, _, step in sorted(rows):
                onward[neighbor] = (*onward.get(neighbor, ()), step)
            self._onward[node] = onward
        return self._onward[node]


def _reached(neighbors: Neighbors, nodes: Ids) -> Mask:
    mark = np.zeros(neighbors.nodes, dtype=bool)
    for block in neighbors.rows(nodes):
        mark[block.neighbors] = True
    return mark


def _narrowed(neighbors: Neighbors, start: Ids, levels: list[Ids]) -> list[Ids]:
    """Of each level the nodes that are reached from those of the level before that are."""
    kept: list[Ids] = []
    for level in levels:
        reached = None if len(level) == 1 else _reached(neighbors, kept[-1] if kept else start)
        kept.append(level if reached is None else level.compress(reached.take(level)))
    return kept
