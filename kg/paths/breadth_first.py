"""Distances, and all shortest paths, by number of steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kg.paths.adjacency import Directions, Mask, Neighbors, Nodes, in_pieces, positions_of, step_labels
from kg.paths.best_paths import FoundPath, SearchLimits
from kg.paths.index import Ids

FAR = -1
SORTING_COSTS = 8  # times what going once over a mark of all nodes does, per node
BLOCK_PATHS = 4096  # put together at a time


def _never() -> bool:
    return False


def distances(
    links: Neighbors,
    starts: Iterable[int],
    max_hops: int | None,
    interior: Mask | None = None,
    is_over: Callable[[], bool] = _never,
) -> NDArray[np.int32]:
    """For every node the fewest steps from any of the starts; -1 where there is no way within ``max_hops``.

    ``interior`` says which nodes a path may lead through or end in; the starts are always taken. ``is_over`` is asked
    as the links are read; once it says so, what is farther away than the steps made till then has -1.
    """
    distance = np.full(links.nodes, FAR, dtype=np.int32)
    frontier = np.array(sorted(set(starts)), dtype=np.int64)
    distance[frontier] = 0
    hops = 0
    while len(frontier) and (max_hops is None or hops < max_hops):
        hops += 1
        try:
            mark = _reached(links, frontier, is_over)
        except TimeoutError:
            break
        mark &= distance == FAR
        if interior is not None:
            mark &= interior
        frontier = np.flatnonzero(mark)
        distance[frontier] = hops
    return distance


class _Side:
    """One end of a two-ended search: the nodes it has reached, level by level, each in the order of their numbers."""

    def __init__(self, ahead: Neighbors, start: int) -> None:
        self._ahead = ahead
        self.seen = np.zeros(ahead.nodes, dtype=bool)
        self.seen[start] = True
        self.levels: list[Ids] = [np.array([start], dtype=np.int64)]

    @property
    def frontier(self) -> Ids:
        """The nodes reached last."""
        return self.levels[-1]

    def complete(self, interior: Mask, other: _Side, is_over: Callable[[], bool]) -> Ids:
        """One whole round further; returns all nodes of the other side that it meets. Raises: TimeoutError."""
        mark = _reached(self._ahead, self.frontier, is_over)
        met = np.flatnonzero(mark & other.seen)
        if not len(met):
            mark &= interior & ~self.seen
            self.seen |= mark
            self.levels.append(np.flatnonzero(mark))
        return met

    def width(self) -> int:
        """How many links the next round reads."""
        return int(self._ahead.degree(self.frontier).sum())


def distinct(nodes: Nodes, size: int) -> Ids:
    """Each of the nodes once, in the order of their numbers, which are lower than ``size``."""
    if len(nodes) * SORTING_COSTS < size:
        ranked = np.sort(nodes)
        first = np.ones(len(ranked), dtype=bool)
        np.not_equal(ranked[1:], ranked[:-1], out=first[1:])
        return ranked.compress(first)
    mark = np.zeros(size, dtype=bool)
    mark[nodes] = True
    return np.flatnonzero(mark)


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
        max_length: most steps; where the shortest paths have more there is none.
    """

    def __init__(
        self,
        projection: Directions,
        *,
        source: int,
        target: int,
        max_length: int | None,
        interior: Mask,
        limits: SearchLimits,
    ) -> None:
        self._projection, self._out, self._into = projection, projection.out, projection.into
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
        ahead = _Side(self._out, self._source)
        back = _Side(self._into, self._target)
        while len(ahead.frontier) and len(back.frontier):
            self._look_at_clock()
            if self._max_length is not None and len(ahead.levels) + len(back.levels) - 1 > self._max_length:
                return None
            on = ahead.width() <= back.width()
            side, other = (ahead, back) if on else (back, ahead)
            met = side.complete(self._interior, other, self._limits.late)
            if len(met):
                before, after = (ahead.levels, back.levels[:-1]) if on else (ahead.levels[:-1], back.levels)
                levels: list[Ids] = [met]
                joints: list[_Joint] = []
                for level in reversed(before):
                    kept, ends, starts = _linked(self._into, levels[0], level, self._limits.late)
                    levels, joints = [kept, *levels], [_joint(starts, ends, len(kept)), *joints]
                for level in reversed(after):
                    kept, starts, ends = _linked(self._out, levels[-1], level, self._limits.late)
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
            order = np.lexsort((steps, step_labels(self._projection, steps)))
            known = self._steps[start, end] = steps.take(order).tolist()
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


def _reached(neighbors: Neighbors, nodes: Ids, is_over: Callable[[], bool]) -> Mask:
    """The neighbours of some nodes. Raises: TimeoutError."""
    mark = np.zeros(neighbors.nodes, dtype=bool)
    for piece in in_pieces(neighbors, nodes):
        if is_over():
            raise TimeoutError
        for block in neighbors.ends(piece):
            mark[block.neighbors] = True
    return mark


def _linked(neighbors: Neighbors, nodes: Ids, level: Ids, is_over: Callable[[], bool]) -> tuple[Ids, Ids, Ids]:
    """Which nodes of a level follow on some nodes.

    Returns: those nodes; and for every pair that is linked the place of the first in ``nodes``, that of the second
        among those returned.
    Raises: TimeoutError.
    """
    if len(level) == 1:
        return level, np.arange(len(nodes)), np.zeros(len(nodes), dtype=np.int64)
    mark = np.zeros(neighbors.nodes, dtype=bool)
    mark[level] = True
    keys = []
    read = 0
    for piece in in_pieces(neighbors, nodes):
        if is_over():
            raise TimeoutError
        for block in neighbors.ends(piece):
            chosen = np.flatnonzero(mark.take(block.neighbors))
            owners = read + block.stops.searchsorted(chosen, side="right")
            keys.append(owners * neighbors.nodes + block.neighbors.take(chosen))
        read += len(piece)
    owners, others = np.divmod(np.unique(np.concatenate(keys)), neighbors.nodes)
    kept = distinct(others, neighbors.nodes)
    return kept, owners, kept.searchsorted(others)


def _joint(starts: Ids, ends: Ids, nodes: int) -> _Joint:
    order = np.lexsort((ends, starts))
    pointer = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(starts, minlength=nodes), out=pointer[1:])
    return _Joint(pointer, ends.take(order))
