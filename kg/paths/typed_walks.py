"""Counting along patterns of predicates, such as drug - binds - gene - participatesIn - pathway.

A walk may come back to a node it has passed. Counts are exact and need no enumeration: the number of ways on from a
node is the sum of those from its neighbours, so that every link of the pattern's predicates is read once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kg.errors import InvalidParameter
from kg.model import DEFAULT_CERTAINTIES, Certainty, EntityRef
from kg.paths.adjacency import Adjacency, Selection, check_certainties, check_names, check_range, project
from kg.paths.index import Ids, Index
from kg.paths.link_filters import DIRECTIONS, Direction

MAX_STEPS = 8
MAX_ENDS = 1000
DEFAULT_ENDS = 10
MARKED_PAIRS = 1 << 26


@dataclass(frozen=True)
class TypedStep:
    """One step of a pattern: ``direction`` is "out" from subject to object, "in" against that, or "both"."""

    predicate: str
    direction: Direction = "out"

    def __post_init__(self) -> None:
        if self.direction not in DIRECTIONS:
            raise InvalidParameter("direction", self.direction, f"one of {', '.join(DIRECTIONS)}")


@dataclass(frozen=True)
class Pattern:
    """One predicate after the other; a link counts if one of its statements has one of the certainties."""

    steps: tuple[TypedStep, ...]
    certainties: frozenset[Certainty] = DEFAULT_CERTAINTIES
    include_imports: bool = False

    def __post_init__(self) -> None:
        check_range("steps", len(self.steps), 1, MAX_STEPS)
        check_certainties(self.certainties)


@dataclass(frozen=True)
class EndCount:
    """A node at the end of walks, and how many walks lead there."""

    node: EntityRef
    walks: int


@dataclass(frozen=True)
class EndsAnswer:
    """Ends with the most walks first, then by IRI; ``total`` counts all ends, ``walks`` all walks."""

    items: tuple[EndCount, ...]
    limit: int
    total: int
    walks: int
    truncated: bool


def count_walks(index: Index, pattern: Pattern) -> int:
    """How many walks follow the pattern, from anywhere. Raises: InvalidParameter."""
    first, *others = _adjacencies(index, pattern)
    ways: Ids | None = None
    for adjacency in reversed(others):
        ways = _ways(adjacency, ways)
    return len(first.neighbor) if ways is None else int(ways.take(first.neighbor).sum())


def count_pairs(index: Index, pattern: Pattern) -> int:
    """How many different pairs of a first and a last node have a walk between them. Raises: InvalidParameter."""
    first, *others = _adjacencies(index, pattern)
    sizes = np.diff(first.pointer)
    starts = np.arange(np.count_nonzero(sizes)).repeat(sizes[sizes > 0])  # numbered among those that have links
    ends: NDArray[np.signedinteger] = first.neighbor
    pairs: _Pairs | None = None
    for adjacency in others:
        if pairs is not None:
            starts, ends = pairs.starts(), pairs.ends()
        starts = starts.repeat(adjacency.degree(ends))
        pairs = _distinct_pairs(starts, adjacency.neighbor.take(adjacency.positions(ends)), adjacency.nodes)
    return len((pairs or _distinct_pairs(starts, ends, first.nodes)).keys)


def count_ends(index: Index, node: str, pattern: Pattern, limit: int = DEFAULT_ENDS) -> EndsAnswer:
    """Where the walks from one entity lead, and how many lead to each end.

    Raises: EntityNotFound, InvalidParameter.
    """
    check_range("limit", limit, 1, MAX_ENDS)
    nodes, walks = np.array([index.node(node, "node")]), np.ones(1, dtype=np.int64)
    for adjacency in _adjacencies(index, pattern):
        sizes = adjacency.degree(nodes)
        neighbors = adjacency.neighbor.take(adjacency.positions(nodes))
        nodes, places = np.unique(neighbors, return_inverse=True)
        walks = np.bincount(places, np.repeat(walks, sizes), minlength=len(nodes)).astype(np.int64)
    best = np.lexsort((nodes, -walks))[:limit]
    items = tuple(
        EndCount(index.entity(end), count)
        for end, count in zip(nodes[best].tolist(), walks[best].tolist(), strict=True)
    )
    return EndsAnswer(items, limit, len(nodes), int(walks.sum()), len(nodes) > limit)


def _adjacencies(index: Index, pattern: Pattern) -> list[Adjacency]:
    check_names(index, [step.predicate for step in pattern.steps], (), "type")
    return [_adjacency(index, pattern, step) for step in pattern.steps]


def _adjacency(index: Index, pattern: Pattern, step: TypedStep) -> Adjacency:
    selection = Selection(
        predicates=frozenset({step.predicate}),
        certainties=pattern.certainties,
        include_imports=pattern.include_imports,
        directed=step.direction != "both",
    )
    projection = project(index, selection)
    return projection.into if step.direction == "in" else projection.out


def _ways(adjacency: Adjacency, ways: Ids | None) -> Ids:
    """For every node the number of ways on, given that of its neighbours (None: one each)."""
    if ways is None:
        return np.diff(adjacency.pointer)
    before = np.zeros(len(adjacency.neighbor) + 1, dtype=np.int64)
    np.cumsum(ways.take(adjacency.neighbor), out=before[1:])
    return np.diff(before.take(adjacency.pointer))


class _Pairs(NamedTuple):
    """Different pairs of a start and an end, each as one number."""

    keys: Ids  # the start's number times the number of ends, plus the end's place among them
    end_nodes: Ids

    def starts(self) -> Ids:
        return self.keys // max(len(self.end_nodes), 1)

    def ends(self) -> Ids:
        return self.end_nodes.take(self.keys % max(len(self.end_nodes), 1))


def _distinct_pairs(starts: Ids, ends: NDArray[np.signedinteger], nodes: int) -> _Pairs:
    """The pairs without repetition; marked in a table where that is not too large, else sorted."""
    is_end = np.zeros(nodes, dtype=bool)
    is_end[ends] = True
    end_nodes = np.flatnonzero(is_end)
    place = np.empty(nodes, dtype=np.int64)
    place[end_nodes] = np.arange(len(end_nodes))
    keys = starts * len(end_nodes)
    keys += place.take(ends)
    size = (int(starts[-1]) + 1) * len(end_nodes) if len(starts) else 0  # they come in their order
    if size > MARKED_PAIRS:
        return _Pairs(np.unique(keys), end_nodes)
    mark = np.zeros(size, dtype=bool)
    mark[keys] = True
    return _Pairs(np.flatnonzero(mark), end_nodes)
