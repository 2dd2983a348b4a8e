"""Distances and shortest paths by number of steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kg.paths import kernels
from kg.paths.adjacency import Adjacency, Directions, Ends, Mask, Neighbors, Projection, positions_of
from kg.paths.best_paths import FoundPath, SearchLimits
from kg.paths.index import Ids

FAR = -1
SORTING_COSTS = 8  # times what going once over a mark of all nodes does, per node
BLOCK_PATHS = 4096  # put together at a time
FIRST_LINKS = 1024  # read before the first look for a meeting
ALL_OF_ONE = np.array([np.iinfo(np.int64).max])  # whatever place among the neighbours of one node is its own
ROW = 1  # the level that is one node's row, in whose order it stays


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
    """One end of a two-ended search: the nodes it has reached, level by level.

    Attributes:
        levels: after :meth:`complete` each in the order of the nodes' numbers. After :meth:`advance` as they were met,
            and as often; beyond ROW a level is put in order, every node once, when the search goes on from it.
    """

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
        if len(self.levels) > ROW + 1:
            self.levels[-1] = _distinct(self.frontier, len(self.seen))
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
        self.levels.append(fresh.astype(np.int64))
        self.seen.put(fresh, True)
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

    def _read(self, nodes: Ids) -> Iterable[Ends]:
        if len(nodes) == 1:
            neighbors = self._ahead.row(int(nodes[0])).neighbors
            return (Ends(neighbors, ALL_OF_ONE),)
        return self._ahead.ends(nodes)

    def chain(self, node: int) -> list[int]:
        """The nodes from one of the frontier back to where this side began."""
        nodes = [node]
        for level in self.levels[-2::-1]:
            if len(level) == 1:
                nodes.append(int(level[0]))
            else:
                mark = np.zeros(len(self.seen), dtype=bool)
                mark.put(level, True)
                before = self._behind.row(nodes[-1]).neighbors
                nodes.append(int(before.compress(mark.take(before)).min()))
        return nodes


def _distinct(nodes: Ids, size: int) -> Ids:
    if len(nodes) * SORTING_COSTS < size:
        ranked = np.sort(nodes)
        first = np.ones(len(ranked), dtype=bool)
        np.not_equal(ranked[1:], ranked[:-1], out=first[1:])
        return ranked.compress(first)
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
    if isinstance(projection, Projection) and (compiled := kernels.loaded()) is not None:
        try:
            return compiled.shortest_path(projection, source, target, interior)
        except kernels.GivenUp:
            pass
    ahead = _Side(projection.out, projection.into, source)
    back = _Side(projection.into, projection.out, target)
    while len(ahead.frontier) and len(back.frontier):
        if limits.late():
            raise TimeoutError
        on = len(ahead.frontier) <= len(back.frontier)
        joint = ahead.advance(interior, back) if on else back.advance(interior, ahead)
        if joint is not None:
            start, end = joint if on else joint[::-1]
            nodes = (*reversed(ahead.chain(start)), *back.chain(end))
            return nodes, tuple(_step(projection.out, *pair) for pair in pairwise(nodes))
    return None


def _step(out: Neighbors, start: int, end: int) -> int:
    row = out.row(start)
    return int(row.steps[int((row.neighbors == end).argmax())])


class _Joint(NamedTuple):
    """How one level of shortest paths leads to the next.

    Attributes:
        pointer: for every node of the level where its following nodes start; one more entry than there are nodes.
        following: places in the next level, ascending for each node.
    """

    pointer: Ids
    following: Ids


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
        self._steps: dict[tuple[int, int], list[int]] = {}
        self.stopped_by: str | None = None

    def __iter__(self) -> Iterator[FoundPath]:
        for nodes in self.node_paths():
            options = (self._steps_between(*pair) for pair in pairwise(nodes))
            for steps in product(*options):
                yield FoundPath(nodes, steps, 0)

    def node_paths(self) -> Iterator[tuple[int, ...]]:
        """The paths by their nodes, each once, whatever predicates join them."""
        try:
            found = self._levels()
            if found is None:
                return
            levels, joints = found
            for places in self._blocks(joints):
                columns = [level.take(column).tolist() for level, column in zip(levels, places, strict=True)]
                yield from zip(*columns, strict=True)
        except TimeoutError:
            self.stopped_by = "timeout"

    def _levels(self) -> tuple[list[Ids], list[_Joint]] | None:
        """The nodes on shortest paths by their distance from the source, and how they follow on each other."""
        ahead = _Side(self._out, self._into, self._source)
        back = _Side(self._into, self._out, self._target)
        while len(ahead.frontier) and len(back.frontier):
            self._look_at_clock()
            if self._max_length is not None and len(ahead.levels) + len(back.levels) - 1 > self._max_length:
                return None
            on = ahead.width() <= back.width()
            met = ahead.complete(self._interior, back) if on else back.complete(self._interior, ahead)
            if len(met):
                before, after = (ahead.levels, back.levels[:-1]) if on else (ahead.levels[:-1], back.levels)
                levels: list[Ids] = [met]
                joints: list[_Joint] = []
                for level in reversed(before):
                    kept, ends, starts = _linked(self._into, levels[0], level)
                    levels, joints = [kept, *levels], [_joint(starts, ends, len(kept)), *joints]
                for level in reversed(after):
                    kept, starts, ends = _linked(self._out, levels[-1], level)
                    joints.append(_joint(starts, ends, len(levels[-1])))
                    levels.append(kept)
                return levels, joints
        return None

    def _blocks(self, joints: list[_Joint]) -> Iterator[list[Ids]]:
        """The paths in their order, some at a time: for every level the places of their nodes in it."""
        ways = [np.ones(1, dtype=np.int64)]  # by place: how many paths go on from there, up to one block's worth
        for joint in reversed(joints):
            before = np.zeros(len(joint.following) + 1, dtype=np.int64)
            np.cumsum(ways[0].take(joint.following), out=before[1:])
            ways.insert(0, np.minimum(np.diff(before.take(joint.pointer)), BLOCK_PATHS + 1))
        begun = [[0]]  # prefixes yet to be followed, the next one last
        while begun:
            self._look_at_clock()
            prefix = begun.pop()
            level = len(prefix) - 1
            if ways[level][prefix[-1]] <= BLOCK_PATHS:
                yield _completed(prefix, joints[level:])
                continue
            joint = joints[level]
            start, end = joint.pointer[prefix[-1] : prefix[-1] + 2].tolist()
            begun.extend([*prefix, place] for place in reversed(joint.following[start:end].tolist()))

    def _steps_between(self, start: int, end: int) -> list[int]:
        """The steps from one node to another, in the order of predicates."""
        known = self._steps.get((start, end))
        if known is None:
            row = self._out.row(start)
            steps = row.steps.compress(row.neighbors == end)
            labels = 2 * self._link_predicate.take(steps >> 1).astype(np.int32) + (steps & 1)
            known = self._steps[start, end] = steps.take(np.lexsort((steps, labels))).tolist()
        return known

    def _look_at_clock(self) -> None:
        if self._limits.late():
            raise TimeoutError


def _completed(prefix: list[int], joints: list[_Joint]) -> list[Ids]:
    """All paths that begin like this: for every level the places of their nodes in it."""
    columns = [np.array([place], dtype=np.int64) for place in prefix]
    for joint in joints:
        last = columns[-1]
        counts = joint.pointer.take(last + 1) - joint.pointer.take(last)
        columns = [column.repeat(counts) for column in columns]
        columns.append(joint.following.take(positions_of(joint.pointer, last)))
    return columns


def _reached(neighbors: Neighbors, nodes: Ids) -> Mask:
    mark = np.zeros(neighbors.nodes, dtype=bool)
    for block in neighbors.ends(nodes):
        mark[block.neighbors] = True
    return mark


def _linked(neighbors: Neighbors, nodes: Ids, level: Ids) -> tuple[Ids, Ids, Ids]:
    """Which nodes of a level follow on some nodes.

    Returns: those nodes; and for every pair that is linked the place of the first in ``nodes``, that of the second
        among those returned.
    """
    if len(level) == 1:
        return level, np.arange(len(nodes)), np.zeros(len(nodes), dtype=np.int64)
    mark = np.zeros(neighbors.nodes, dtype=bool)
    mark[level] = True
    keys = []
    for block in neighbors.ends(nodes):
        chosen = np.flatnonzero(mark.take(block.neighbors))
        owners = block.counts.cumsum().searchsorted(chosen, side="right")
        keys.append(owners * neighbors.nodes + block.neighbors.take(chosen))
    owners, others = np.divmod(np.unique(np.concatenate(keys)), neighbors.nodes)
    kept = _distinct(others, neighbors.nodes)
    return kept, owners, kept.searchsorted(others)


def _joint(starts: Ids, ends: Ids, nodes: int) -> _Joint:
    order = np.lexsort((ends, starts))
    pointer = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(starts, minlength=nodes), out=pointer[1:])
    return _Joint(pointer, ends.take(order))
