"""Counting along patterns of predicates, such as drug - binds - gene - participatesIn - pathway.

A walk may come back to a node it has passed. Counts are exact and need no enumeration: the number of ways on from a
node is the sum of those from its neighbours, so that every link of the pattern's predicates is read once.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    starts, ends = np.repeat(np.arange(first.nodes), np.diff(first.pointer)), first.neighbor.astype(np.int64)
    for adjacency in others:
        sizes = adjacency.degree(ends)
        ends = adjacency.neighbor.take(adjacency.positions(ends)).astype(np.int64)
        starts, ends = _distinct_pairs(np.repeat(starts, sizes), ends, adjacency.nodes)
    return len(starts) if others else len(_distinct_pairs(starts, ends, first.nodes)[0])


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


def _distinct_pairs(starts: Ids, ends: Ids, nodes: int) -> tuple[Ids, Ids]:
    """The pairs without repetition; marked in a table where that is not too large, else sorted."""
    if not len(starts):
        return starts, ends
    first, last = _numbered(starts, nodes), _numbered(ends, nodes)
    height, width = int(first.names.size), int(last.names.size)
    keys = first.places * width + last.places
    if height * width > MARKED_PAIRS:
        keys = np.unique(keys)
    else:
        mark = np.zeros(height * width, dtype=bool)
        mark[keys] = True
        keys = np.flatnonzero(mark)
    return first.names.take(keys // width), last.names.take(keys % width)


@dataclass(frozen=True)
class _Numbered:
    names: Ids  # the different values
    places: NDArray[np.int64]  # for each value its place among them


def _numbered(values: Ids, size: int) -> _Numbered:
    mark = np.zeros(size, dtype=bool)
    mark[values] = True
    names = np.flatnonzero(mark)
    place = np.empty(size, dtype=np.int64)
    place[names] = np.arange(len(names))
    return _Numbered(names, place.take(values))
