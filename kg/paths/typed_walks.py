"""Counting along patterns of predicates, such as drug - binds - gene - participatesIn - pathway.

A walk may come back to a node it has passed. Counts are exact and need no enumeration: the number of ways on from a
node is the sum of those from its neighbours, so that every link of the pattern's predicates is read once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kg.errors import InvalidParameter
from kg.model import DEFAULT_CERTAINTIES, Certainty, EntityRef
from kg.paths.adjacency import Adjacency, Nodes, Selection, check_certainties, check_names, check_range, project
from kg.paths.index import Ids, Index
from kg.paths.link_filters import DIRECTIONS, Direction

MAX_STEPS = 8
MAX_ENDS = 1000
DEFAULT_ENDS = 10
MAX_WALKS_APART = 1024  # of more the different nodes are gone on from, with the number of walks to each


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

    @cached_property
    def selections(self) -> tuple[Selection, ...]:
        """The links of each step."""
        return tuple(
            Selection(
                predicates=frozenset({step.predicate}),
                certainties=self.certainties,
                include_imports=self.include_imports,
                directed=step.direction != "both",
            )
            for step in self.steps
        )


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
    return len(first.neighbor) if ways is None else int(_wide(ways, len(first.neighbor)).take(first.neighbor).sum())


def count_pairs(index: Index, pattern: Pattern) -> int:
    """How many different pairs of a first and a last node have a walk between them. Raises: InvalidParameter.

    For 64 ends at a time, each node has one bit for each end that it reaches: that of its neighbours together. So no
    walk and no pair is listed, whatever their number.
    """
    *layers, last = _layers(_adjacencies(index, pattern))
    total = 0
    for rows, bits in _end_bits(last):
        reached = np.zeros(last.size, dtype=np.uint64)
        reached[rows] = bits
        for layer in reversed(layers):
            ways = np.zeros(layer.size, dtype=np.uint64)
            ways[layer.linked] = np.bitwise_or.reduceat(reached.take(layer.neighbors), layer.starts)
            reached = ways
        total += int(np.count_nonzero(np.unpackbits(reached.view(np.uint8))))
    return total


def count_ends(index: Index, node: str, pattern: Pattern, limit: int = DEFAULT_ENDS) -> EndsAnswer:
    """Where the walks from one entity lead, and how many lead to each end.

    Raises: EntityNotFound, InvalidParameter.
    """
    check_range("limit", limit, 1, MAX_ENDS)
    start, (first, *others) = index.node(node, "node"), _adjacencies(index, pattern)
    nodes: Nodes = first.near(start)
    ways: Ids | None = None
    for adjacency in others:
        if len(nodes) > MAX_WALKS_APART:
            nodes, ways = _together(nodes, ways)
        onward = next(adjacency.ends(nodes)).neighbors
        if ways is not None:
            ways = _wide(ways, len(onward)).repeat(adjacency.degree(nodes))
        nodes = onward
    nodes, walks = _together(nodes, ways)
    best = (-walks).argsort(kind="stable")[:limit]
    items = tuple(
        EndCount(index.entity(end), count)
        for end, count in zip(nodes[best].tolist(), walks[best].tolist(), strict=True)
    )
    return EndsAnswer(items, limit, len(nodes), int(walks.sum()), len(nodes) > limit)


def _together(nodes: Nodes, ways: Ids | None) -> tuple[Nodes, Ids]:
    """The different nodes in order, and how many walks lead to each, given those to each entry (None: one each)."""
    order = nodes.argsort() if ways is not None else None
    nodes = np.sort(nodes) if order is None else nodes.take(order)
    is_first = np.ones(len(nodes), dtype=bool)
    np.not_equal(nodes[1:], nodes[:-1], out=is_first[1:])
    firsts = is_first.nonzero()[0]
    if ways is not None and order is not None:
        return nodes.take(firsts), np.add.reduceat(ways.take(order), firsts)
    counts = np.empty_like(firsts)
    np.subtract(firsts[1:], firsts[:-1], out=counts[:-1])
    counts[-1:] = len(nodes) - firsts[-1:]
    return nodes.take(firsts), counts


def _adjacencies(index: Index, pattern: Pattern) -> list[Adjacency]:
    check_names(index, [step.predicate for step in pattern.steps], (), "type")
    projections = [project(index, selection) for selection in pattern.selections]
    return [
        projection.into if step.direction == "in" else projection.out
        for step, projection in zip(pattern.steps, projections, strict=True)
    ]


def _ways(adjacency: Adjacency, ways: Ids | None) -> Ids:
    """For every node the number of ways on, given that of its neighbours (None: one each)."""
    if ways is None:
        return np.diff(adjacency.pointer)
    ways = _wide(ways, len(adjacency.neighbor))
    before = np.zeros(len(adjacency.neighbor) + 1, dtype=ways.dtype)
    np.cumsum(ways.take(adjacency.neighbor), out=before[1:])
    return np.diff(before.take(adjacency.pointer))


def _wide(ways: Ids, entries: int) -> Ids:
    """The same numbers, as Python's own where the sum of so many of them might not fit into 64 bits."""
    wide: Any = ways
    return wide.astype(object) if int(ways.max(initial=0)) * entries >= 1 << 63 else ways


class _Layer(NamedTuple):
    """One step of a pattern from the nodes that the steps before it reach; all are numbered within their layer.

    Attributes:
        size: how many nodes there are.
        linked: those that the step leads on from.
        starts: where the neighbours of each of these begin.
        neighbors: numbers in the next layer.
    """

    size: int
    linked: Ids
    starts: Ids
    neighbors: NDArray[np.int32]


def _layers(adjacencies: list[Adjacency]) -> Iterator[_Layer]:
    nodes = np.flatnonzero(np.diff(adjacencies[0].pointer))
    for number, adjacency in enumerate(adjacencies):
        # All that have links are read as they lie.
        neighbors = adjacency.neighbor.take(adjacency.positions(nodes)) if number else adjacency.neighbor
        sizes = adjacency.degree(nodes)
        linked = np.flatnonzero(sizes)
        is_reached = np.zeros(adjacency.nodes, dtype=bool)
        is_reached[neighbors] = True
        reached = np.flatnonzero(is_reached)
        place = np.empty(adjacency.nodes, dtype=np.int32)
        place[reached] = np.arange(len(reached), dtype=np.int32)
        yield _Layer(len(nodes), linked, (np.cumsum(sizes) - sizes)[linked], place.take(neighbors))
        nodes = reached


def _end_bits(layer: _Layer) -> Iterator[tuple[Ids, NDArray[np.uint64]]]:
    """For each 64 ends of the last step: the nodes before it that lead to some of them, and to which."""
    if not len(layer.neighbors):
        return
    sizes = np.diff(np.append(layer.starts, len(layer.neighbors)))
    block = layer.neighbors >> 6
    order = np.argsort(block, kind="stable")
    rows, block = layer.linked.repeat(sizes)[order], block[order]
    bits = np.uint64(1) << (layer.neighbors[order] & 63).astype(np.uint64)
    is_first = np.ones(len(rows), dtype=bool)
    np.not_equal(rows[1:], rows[:-1], out=is_first[1:])
    is_first[1:] |= block[1:] != block[:-1]
    firsts = np.flatnonzero(is_first)
    rows, bits, block = rows[firsts], np.bitwise_or.reduceat(bits, firsts), block[firsts]
    bounds = np.searchsorted(block, np.arange(block[-1] + 2)).tolist()
    for start, end in pairwise(bounds):
        yield rows[start:end], bits[start:end]
