"""Distances and shortest paths by number of steps."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from kg.adjacency import Adjacency, Mask, Projection
from kg.best_paths import SearchLimits

FAR = -1


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
    """One end of a two-ended search: what it has reached, and over which step."""

    def __init__(self, adjacency: Adjacency, start: int) -> None:
        self.adjacency = adjacency
        self.came_by: dict[int, tuple[int, int]] = {start: (-1, -1)}  # node -> (node before, step)
        self.frontier = [start]

    def width(self) -> int:
        """How many links the next round reads."""
        pointer = self.adjacency.pointer
        return sum(int(pointer[node + 1] - pointer[node]) for node in self.frontier)

    def advance(self, other: _Side, interior: Mask) -> int | None:
        """One round further; returns the first node met that the other side has reached."""
        pointer, came_by = self.adjacency.pointer, self.came_by
        reached: list[int] = []
        for node in self.frontier:
            start, end = pointer[node : node + 2].tolist()
            neighbors: list[int] = self.adjacency.neighbor[start:end].tolist()
            for place, neighbor in enumerate(neighbors, start):
                if neighbor in came_by:
                    continue
                if neighbor in other.came_by:
                    came_by[neighbor] = (node, int(self.adjacency.step[place]))
                    return neighbor
                if interior[neighbor]:
                    came_by[neighbor] = (node, int(self.adjacency.step[place]))
                    reached.append(neighbor)
        self.frontier = reached
        return None

    def chain(self, node: int) -> tuple[list[int], list[int]]:
        """The nodes and steps from a node back to where this side began."""
        nodes, steps = [node], []
        while (before := self.came_by[nodes[-1]])[0] >= 0:
            nodes.append(before[0])
            steps.append(before[1])
        return nodes, steps


def shortest_path(
    projection: Projection,
    source: int,
    target: int,
    interior: Mask,
    limits: SearchLimits,
) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """One path with the fewest steps, always the same one; None if there is none.

    Searches from both ends, a round at a time on the side with fewer links to read.

    Returns: node numbers from source to target, and steps as in ``kg.best_paths.FoundPath``.
    Raises: TimeoutError when the deadline passes.
    """
    ahead, back = _Side(projection.out, source), _Side(projection.into, target)
    while ahead.frontier and back.frontier:
        if limits.late():
            raise TimeoutError
        side, other = (ahead, back) if ahead.width() <= back.width() else (back, ahead)
        meeting = side.advance(other, interior)
        if meeting is not None:
            first_nodes, first_steps = ahead.chain(meeting)
            last_nodes, last_steps = back.chain(meeting)
            nodes = (*reversed(first_nodes), *last_nodes[1:])
            return nodes, (*reversed(first_steps), *last_steps)
    return None
