"""One shortest path, found from both its ends.

A call of numpy costs some tenths of a microsecond whatever it does, and a search reads a few hundred links: so what it
does is said in few calls. All nodes share one array that says who has been where, in numbers of which the other side's
are the largest or the smallest, because looking for the first largest or smallest is one call.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kg.paths import kernels
from kg.paths.adjacency import Directions, Mask, Neighbors, Nodes, Projection, in_pieces
from kg.paths.best_paths import SearchLimits
from kg.paths.breadth_first import distinct

AHEAD, BACK = -1, 2  # been there from the source, from the target
BLOCKED, FREE = 0, 1  # not yet: as a mask says it
FIRST_NODES = 16  # of a level, each read alone, because one of them often meets the other side
FIRST_LINKS = 1024  # of the others, read before the first look for a meeting
ROW = 1  # the level that is one node's row, in whose order it stays

Meeting = tuple[int, int]  # from which node of this side to which of the other


class _Front:
    """One end of the search: the nodes it has reached, level by level.

    Attributes:
        levels: nodes as they were met, and as often; beyond ROW a level is put in order, every node once, when the
            search goes on from it.
    """

    def __init__(self, ahead: Neighbors, behind: Neighbors, start: int, mark: int) -> None:
        self._ahead, self._behind, self._mark = ahead, behind, mark
        self.levels: list[Nodes] = [np.array([start])]

    def advance(self, marks: NDArray[np.int8], limits: SearchLimits) -> Meeting | None:
        """One round further; returns the first step that meets the other side. Raises: TimeoutError."""
        nodes = self.levels[-1]
        if len(self.levels) > ROW + 1:
            nodes = self.levels[-1] = distinct(nodes, len(marks))
        fresh: list[Nodes] = []
        first = dict.fromkeys(nodes[:FIRST_NODES].tolist())
        for node in first:
            neighbors = self._ahead.near(node)
            been = marks.take(neighbors)
            if (place := self._met(been)) >= 0:
                return node, int(neighbors[place])
            fresh.append(neighbors.compress(been == FREE))
        if len(nodes) > FIRST_NODES:
            others = (_each_once(nodes) if len(self.levels) == ROW + 1 else nodes)[len(first) :]
            if len(others) and (met := self._read(others, marks, fresh, limits)) is not None:
                return met
        level = fresh[0] if len(fresh) == 1 else np.concatenate(fresh)
        marks.put(level, self._mark)
        self.levels.append(level)
        return None

    def _met(self, been: NDArray[np.int8]) -> int:
        """The first place where the other side has been, or -1."""
        if not len(been):
            return -1
        place = int(been.argmax() if self._mark == AHEAD else been.argmin())
        return place if been[place] == AHEAD + BACK - self._mark else -1

    def _read(self, nodes: Nodes, marks: NDArray[np.int8], fresh: list[Nodes], limits: SearchLimits) -> Meeting | None:
        """The first step from one of several nodes that meets the other side; without one, what is new is added.

        They are read in growing pieces, because the first of them often suffice.
        """
        for piece in in_pieces(self._ahead, nodes, FIRST_LINKS):
            if limits.late():
                raise TimeoutError
            met: list[tuple[int, int, int]] = []
            for number, (neighbors, stops) in enumerate(self._ahead.ends(piece)):
                been = marks.take(neighbors)
                if (place := self._met(been)) >= 0:
                    owner = int(stops.searchsorted(place, side="right"))
                    met.append((owner, number, int(neighbors[place])))
                fresh.append(neighbors.compress(been == FREE))
            if met:
                owner, _, other = min(met)
                return int(piece[owner]), other
        return None

    def chain(self, node: int) -> list[int]:
        """The nodes from one of the last level back to where this side began."""
        nodes = [node]
        for level in self.levels[-2::-1]:
            if len(level) == 1:
                nodes.append(int(level[0]))
            else:
                mark = np.zeros(self._behind.nodes, dtype=bool)
                mark.put(level, 1)
                before = self._behind.near(nodes[-1])
                nodes.append(int(before.compress(mark.take(before)).min()))
        return nodes


def _each_once(nodes: Nodes) -> Nodes:
    """The nodes in their order, without repetitions: how wide the next level is must not depend on these."""
    _, places = np.unique(nodes, return_index=True)
    return nodes.take(np.sort(places))


def shortest_path(
    projection: Directions, source: int, target: int, interior: Mask, limits: SearchLimits
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
    marks = interior.view(np.int8).copy()
    marks[source], marks[target] = AHEAD, BACK
    ahead = _Front(projection.out, projection.into, source, AHEAD)
    back = _Front(projection.into, projection.out, target, BACK)
    while len(ahead.levels[-1]) and len(back.levels[-1]):
        if limits.late():
            raise TimeoutError
        on = len(ahead.levels[-1]) <= len(back.levels[-1])
        joint = (ahead if on else back).advance(marks, limits)
        if joint is not None:
            start, end = joint if on else joint[::-1]
            nodes = (*reversed(ahead.chain(start)), *back.chain(end))
            return nodes, tuple([projection.out.first_step(*pair) for pair in pairwise(nodes)])
    return None
