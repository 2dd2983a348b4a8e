"""The cheapest simple paths, exactly and in order, by best-first search under hop-bounded lower bounds.

A bound h[j][v] is the cost of the cheapest walk from v to a target in at most j steps. Bounds near the
targets come from backward rounds; those near the sources are computed forward, only for the nodes a path can
be at after i steps; whichever side has fewer links to read goes next, so that a question with four steps
reads two neighbourhoods from either end. With these bounds the search (A*, Hart, Nilsson and Raphael 1968)
takes up only prefixes that may still be among the best, and the paths come out in the order (cost, length,
nodes, predicates).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kg.budget import Deadline
from kg.paths import kernels
from kg.paths.adjacency import Directions, Mask, Neighbors, Nodes, Projection, in_pieces, step_labels
from kg.paths.index import COST_SHIFT, COST_UNIT, Ids

UNREACHABLE = 1 << 60
MAX_EXPANSIONS = 200_000
FIRST_CHILDREN = 32
WORTH_A_LOOK = 4  # how many times more links going back must read before going on is tried
STEPS_BETWEEN_CLOCK_LOOKS = 256


@dataclass(frozen=True)
class FoundPath:
    """A simple path by numbers.

    Attributes:
        nodes: from source to target.
        steps: one less than nodes: twice the link's number, plus 1 where it is walked against its direction.
        code: coded cost; see ``kg.paths.index``.
    """

    nodes: tuple[int, ...]
    steps: tuple[int, ...]
    code: int

    @property
    def cost(self) -> float:
        """Sum of the steps' costs."""
        return (self.code >> COST_SHIFT) / COST_UNIT


@dataclass(frozen=True)
class SearchLimits:
    """What a search may cost: a point in time and a number of prefixes taken up."""

    deadline: Deadline | None = None
    max_expansions: int = MAX_EXPANSIONS

    def late(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline is not None and self.deadline.passed()


class _Child(NamedTuple):
    bound: int
    node: int
    label: int
    step: int
    cost: int


class _Children:
    """The next steps from a node with j steps left, best first; sorted only as far as they are asked for."""

    def __init__(self, *columns: NDArray[np.signedinteger]) -> None:
        self._columns = columns  # bound, node, label, step, cost
        self._sorted: list[_Child] = []
        self._whole = False

    def __getitem__(self, place: int) -> _Child | None:
        if place >= len(self._sorted) and not self._whole:
            self._sort(everything=bool(self._sorted))
        return self._sorted[place] if place < len(self._sorted) else None

    def given(self, place: int) -> _Child:
        """One that was asked for before."""
        return self._sorted[place]

    def _sort(self, *, everything: bool) -> None:
        bound = self._columns[0]
        if everything or len(bound) <= FIRST_CHILDREN:
            self._whole = True
            columns = self._columns
        else:
            limit = np.partition(bound, FIRST_CHILDREN - 1)[FIRST_CHILDREN - 1]
            chosen = np.flatnonzero(bound <= limit)
            columns = tuple(column[chosen] for column in self._columns)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        self._sorted = [_Child(*row) for row in sorted(rows)]


class _Prefix(NamedTuple):
    """A path that has begun. No two in one search are equal in (bound, nodes, labels), which order them."""

    bound: int
    nodes: tuple[int, ...]
    labels: tuple[int, ...]
    steps: tuple[int, ...]
    code: int
    place: int  # among the children of the prefix without its last step


class BestPaths:
    """Iterates over the cheapest simple paths from any source to any target, of at most ``max_length`` steps.

    A path touches a source only at its start and a target only at its end. ``stopped_by`` is None while it
    runs and after the last path, or says which limit cut it: "timeout" or "expansions".

    Args:
        interior: for every node whether a path may lead through it.
        wanted: how many paths will be asked for at most, where that is known.
    """

    def __init__(
        self,
        projection: Directions,
        *,
        sources: Sequence[int],
        targets: Sequence[int],
        max_length: int,
        interior: Mask,
        limits: SearchLimits,
        wanted: int | None = None,
    ) -> None:
        self._projection, self._wanted = projection, wanted
        self._out = projection.out
        self._into = projection.into

        self._targets = frozenset(targets)
        self._sources = sorted(set(sources) - self._targets)
        self._max_length = max_length
        self._interior = interior.copy()
        self._interior[list(sources)] = False
        self._interior[list(targets)] = False
        self._limits = limits
        self._children: dict[tuple[int, int], _Children] = {}
        self.stopped_by: kernels.StoppedBy | None = None

    def __iter__(self) -> Iterator[FoundPath]:
        with suppress(kernels.GivenUp):
            if (found := self._compiled()) is not None:
                yield from (FoundPath(*path) for path in found.paths)
                self.stopped_by = found.stopped_by
                return
        try:
            bounds = self._bounds()
        except TimeoutError:
            self.stopped_by = "timeout"
            return
        heap: list[_Prefix] = []
        for source in self._sources:
            root = _Prefix(0, (source,), (), (), 0, -1)
            self._push_child(heap, bounds, root, 0)
        taken = 0
        while heap:
            taken += 1
            if taken > self._limits.max_expansions:
                self.stopped_by = "expansions"
                return
            if taken % STEPS_BETWEEN_CLOCK_LOOKS == 0 and self._limits.late():
                self.stopped_by = "timeout"
                return
            prefix = heapq.heappop(heap)
            self._push_sibling(heap, bounds, prefix)
            if prefix.nodes[-1] in self._targets:
                yield FoundPath(prefix.nodes, prefix.steps, prefix.code)
            else:
                self._push_child(heap, bounds, prefix, 0)

    def _compiled(self) -> kernels.BestFound | None:
        """The same by machine code, where it is loaded and the neighbours are ready. Raises: kernels.GivenUp."""
        compiled = kernels.loaded()
        if compiled is None or self._wanted is None or not isinstance(self._projection, Projection):
            return None
        if self._limits.late():
            return kernels.BestFound([], "timeout")
        return compiled.best_paths(
            self._projection, sources=np.array(self._sources, dtype=np.int64),
            targets=np.array(sorted(self._targets), dtype=np.int64), max_length=self._max_length,
            interior=self._interior, wanted=self._wanted, max_expansions=self._limits.max_expansions,
        )  # fmt: skip

    def _push_sibling(self, heap: list[_Prefix], bounds: list[Ids], prefix: _Prefix) -> None:
        last = self._children[prefix.nodes[-2], self._max_length - len(prefix.steps) + 1].given(prefix.place)
        parent = _Prefix(0, prefix.nodes[:-1], prefix.labels[:-1], prefix.steps[:-1], prefix.code - last.cost, -1)
        self._push_child(heap, bounds, parent, prefix.place + 1)

    def _push_child(self, heap: list[_Prefix], bounds: list[Ids], parent: _Prefix, place: int) -> None:
        """Put the parent's best child from a place on that keeps the path simple on the heap."""
        left = self._max_length - len(parent.steps)
        children = self._children_of(parent.nodes[-1], left, bounds)
        while (child := children[place]) is not None:
            if child.node not in parent.nodes:
                prefix = _Prefix(
                    parent.code + child.bound, (*parent.nodes, child.node), (*parent.labels, child.label),
                    (*parent.steps, child.step), parent.code + child.cost, place,
                )  # fmt: skip
                heapq.heappush(heap, prefix)
                return
            place += 1

    def _children_of(self, node: int, left: int, bounds: list[Ids]) -> _Children:
        known = self._children.get((node, left))
        if known is not None:
            return known
        neighbors, all_steps, costs = self._out.row(node)
        bound = bounds[left - 1].take(neighbors)
        bound += costs
        open_ends = np.flatnonzero(bound < UNREACHABLE)
        steps = all_steps.take(open_ends)
        labels = step_labels(self._projection, steps)
        children = _Children(bound.take(open_ends), neighbors.take(open_ends), labels, steps, costs.take(open_ends))
        self._children[node, left] = children
        return children

    def _bounds(self) -> list[Ids]:
        """h[j] for j up to ``max_length``; the later ones only where a path can be. Raises: TimeoutError."""
        targets = np.array(sorted(self._targets), dtype=np.int64)
        nearest = np.full(self._out.nodes, UNREACHABLE, dtype=np.int64)
        nearest[targets] = 0
        bounds, changed = [nearest], targets
        reached = [np.array(self._sources, dtype=np.int64)]
        ahead: Ids | None = None
        while len(bounds) + len(reached) <= self._max_length:
            if not len(changed):
                bounds.append(bounds[-1])
                continue
            back = int(self._into.degree(changed).sum())
            if ahead is None and self._out.degree(reached[-1]).sum() < back / WORTH_A_LOOK:
                ahead = self._one_round_on(reached[-1])
            if ahead is not None and self._out.degree(ahead).sum() < back:
                reached.append(ahead)
                ahead = None
            else:
                farther, changed = self._one_round_back(bounds[-1], changed)
                bounds.append(farther)
        for nodes in reversed(reached):
            bounds.append(self._bound_at(nodes, bounds[-1], targets))
        return bounds

    def _one_round_back(self, bound: Ids, changed: Ids) -> tuple[Ids, Ids]:
        """The bounds with one more step, and the nodes for which they are lower than before."""
        lower = bound.copy()
        for piece in self._pieces(self._into, changed):
            for neighbors, costs, counts in self._into.rows(piece):
                sums = np.repeat(bound[piece], counts)
                sums += costs
                np.minimum.at(lower, neighbors, sums)
        np.copyto(lower, bound, where=~self._interior)
        return lower, np.flatnonzero(lower < bound)

    def _one_round_on(self, nodes: Ids) -> Ids:
        """The interior nodes one step on."""
        mark = np.zeros(self._out.nodes, dtype=bool)
        for piece in self._pieces(self._out, nodes):
            for block in self._out.rows(piece):
                mark[block.neighbors] = True
        return np.flatnonzero(mark & self._interior)

    def _bound_at(self, nodes: Ids, bound: Ids, targets: Ids) -> Ids:
        """The bounds with one more step, at these nodes only."""
        farther = np.full(self._out.nodes, UNREACHABLE, dtype=np.int64)
        for piece in self._pieces(self._out, nodes):
            for neighbors, costs, counts in self._out.rows(piece):
                joined = np.flatnonzero(counts)
                if len(joined):
                    sums = bound.take(neighbors)
                    sums += costs
                    starts = (np.cumsum(counts) - counts)[joined]
                    here = piece[joined]
                    farther[here] = np.minimum(farther[here], np.minimum.reduceat(sums, starts))
        farther[targets] = 0
        return farther

    def _pieces(self, neighbors: Neighbors, nodes: Ids) -> Iterator[Nodes]:
        """The nodes in pieces with a look at the clock before each. Raises: TimeoutError."""
        for piece in in_pieces(neighbors, nodes):
            if self._limits.late():
                raise TimeoutError
            yield piece
