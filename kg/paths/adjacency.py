"""The part of the index that a question lets through, as plain neighbour arrays for the searches.

A selection says which predicates, certainties and graphs count and whether links may be walked against their
direction. Projecting the index on a selection costs one pass over the links; the last few projections are
kept, so that the next question with the same filters starts at once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from kg.errors import InvalidParameter
from kg.model import CERTAINTIES, DEFAULT_CERTAINTIES, Certainty
from kg.paths.index import IMPORT_PREFIX, SIGN_CARRY, EdgeRecord, Ids, Index, certainty_bits
from ontology.terms import CLASSES, PREDICATES

KEPT_PROJECTIONS = 32
MAX_KEPT_ENTRIES = 1 << 25  # neighbours in all kept projections of an index together, 24 bytes each
LONG_ROWS = 192  # neighbours per node on average
FEW_ROWS = 32  # of so many the positions of all entries take longer to work out than their slices
LINKS_AT_ONCE = 1 << 20  # read between two looks at the clock: some hundredths of a second

Mask = NDArray[np.bool_]
Nodes = NDArray[np.signedinteger]


@dataclass(frozen=True)
class Selection:
    """Which links count.

    Attributes:
        predicates: local names; empty means all.
        causal: only predicates by which one thing acts on another (causal ones and those that carry a sign).
        directed: links are walked from subject to object only.
        graphs: IRIs; only statements of these graphs count; none given: all, imports as ``include_imports`` says.
    """

    predicates: frozenset[str] = frozenset()
    certainties: frozenset[Certainty] = DEFAULT_CERTAINTIES
    include_imports: bool = False
    directed: bool = True
    causal: bool = False
    graphs: frozenset[str] = frozenset()

    @property
    def reads_imports(self) -> bool:
        """Whether statements of imports may count; naming the graph of one asks for it."""
        return self.include_imports or any(graph.startswith(IMPORT_PREFIX) for graph in self.graphs)

    def takes(self, edge: EdgeRecord) -> bool:
        """Whether a statement counts, whatever its predicate."""
        if edge.certainty not in self.certainties:
            return False
        return edge.graph in self.graphs if self.graphs else self.include_imports or not edge.imported


class Row(NamedTuple):
    """The neighbours of one node; see :class:`Adjacency` for the columns."""

    neighbors: NDArray[np.int32]
    steps: NDArray[np.int32]
    costs: NDArray[np.int32]


class Rows(NamedTuple):
    """Neighbours of several nodes, one node after the other; ``counts`` says how many each of them has here."""

    neighbors: NDArray[np.int32]
    costs: NDArray[np.int32]
    counts: Ids


class Ends(NamedTuple):
    """As :class:`Rows`, without costs; ``stops`` says where the neighbours of each node end."""

    neighbors: NDArray[np.int32]
    stops: Ids


class Neighbors(Protocol):
    """What a search needs to know of the links: made ready for all nodes, or read as it goes along."""

    @property
    def nodes(self) -> int:
        """How many nodes the graph has."""

    def degree(self, nodes: Nodes) -> Ids:
        """How many links there are to be read for each of these nodes."""

    def row(self, node: int) -> Row:
        """The neighbours of one node."""

    def near(self, node: int) -> NDArray[np.int32]:
        """The same by their numbers only."""

    def first_step(self, start: int, end: int) -> int:
        """The first of the steps from one node to a neighbour of it."""

    def rows(self, nodes: Ids) -> Iterator[Rows]:
        """The neighbours of some nodes, in one or more blocks; what a block says comes on top of the others."""

    def ends(self, nodes: Nodes) -> Iterator[Ends]:
        """The same without costs."""


@dataclass(frozen=True, eq=False)
class Adjacency:
    """Neighbours of every node.

    Attributes:
        pointer: where the neighbours of a node start; one more entry than there are nodes.
        neighbor: node numbers.
        step: twice the link's number, plus 1 where it is walked against its direction.
        cost: coded cost of the step (see ``kg.paths.index``).
    """

    pointer: Ids
    neighbor: NDArray[np.int32]
    step: NDArray[np.int32]
    cost: NDArray[np.int32]

    @property
    def nodes(self) -> int:
        """How many nodes the graph has."""
        return len(self.pointer) - 1

    def degree(self, nodes: Nodes) -> Ids:
        """How many neighbours each of these nodes has, counted with multiplicity."""
        return self.pointer[1:].take(nodes) - self.pointer.take(nodes)

    def positions(self, nodes: Ids) -> Ids:
        """Where the neighbours of these nodes lie, one node after the other."""
        return positions_of(self.pointer, nodes)

    def row(self, node: int) -> Row:
        """The neighbours of one node."""
        start, end = self.pointer[node : node + 2].tolist()
        return Row(self.neighbor[start:end], self.step[start:end], self.cost[start:end])

    def near(self, node: int) -> NDArray[np.int32]:
        """The same by their numbers only."""
        start, end = self.pointer[node : node + 2].tolist()
        return self.neighbor[start:end]

    def first_step(self, start: int, end: int) -> int:
        """The first of the steps from one node to a neighbour of it."""
        place = (self.near(start) == end).argmax()
        return int(self.step[self.pointer[start] + place])

    def rows(self, nodes: Ids) -> Iterator[Rows]:
        """The neighbours of some nodes, here all in one block."""
        (neighbors, costs), counts, _ = self._read(nodes, self.neighbor, self.cost)
        yield Rows(neighbors, costs, counts)

    def ends(self, nodes: Nodes) -> Iterator[Ends]:
        """The same without costs."""
        (neighbors,), _, stops = self._read(nodes, self.neighbor)
        yield Ends(neighbors, stops)

    def _read(self, nodes: Nodes, *columns: NDArray[np.int32]) -> tuple[list[NDArray[np.int32]], Ids, Ids]:
        """What some columns hold for these nodes, how many entries each node has, and where they end here."""
        starts, ends = self.pointer.take(nodes), self.pointer[1:].take(nodes)
        counts = ends - starts
        stops = np.add.accumulate(counts)
        if not 0 < len(nodes) <= FEW_ROWS and (not len(nodes) or stops[-1] <= LONG_ROWS * len(nodes)):
            positions = (ends - stops).repeat(counts)
            positions += np.arange(len(positions))
            return [column.take(positions) for column in columns], counts, stops
        # Long rows are copied as they lie, which is several times faster than picking their entries one by one.
        parts = [slice(start, end) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        if len(parts) == 1:
            return [column[parts[0]] for column in columns], counts, stops
        return [np.concatenate([column[part] for part in parts]) for column in columns], counts, stops


@dataclass(frozen=True, eq=False)
class Directions:
    """The selected links in both directions: ``out`` along the way of a path, ``into`` against it.

    Attributes:
        link_predicate: predicate number by link, of all links of the graph.
    """

    out: Neighbors
    into: Neighbors
    link_predicate: NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class Projection(Directions):
    """The same, made ready for all nodes."""

    out: Adjacency
    into: Adjacency


def step_labels(projection: Directions, steps: NDArray[np.signedinteger]) -> NDArray[np.int32]:
    """What orders steps of equal cost: by predicate, along it before against it."""
    labels: NDArray[np.int32] = 2 * projection.link_predicate.take(steps >> 1).astype(np.int32) + (steps & 1)
    return labels


_kept: WeakKeyDictionary[Index, OrderedDict[Selection, Projection]] = WeakKeyDictionary()
_lock, _making = threading.Lock(), threading.Lock()


def project(index: Index, selection: Selection) -> Projection:
    """The neighbour arrays of a selection, from the recently used ones or made now."""
    if (known := kept_projection(index, selection)) is not None:
        return known
    with _making:  # one at a time: making one takes far more memory than keeping it
        return _made(index, selection)


def project_unless_busy(index: Index, selection: Selection) -> Projection | None:
    """The same, or None if it is not at hand while another one is being made: that may take seconds."""
    if not _making.acquire(blocking=False):
        return kept_projection(index, selection)
    try:
        return _made(index, selection)
    finally:
        _making.release()


def _made(index: Index, selection: Selection) -> Projection:
    if (known := kept_projection(index, selection)) is not None:
        return known
    projection = _project(index, selection)
    with _lock:
        kept = _kept.setdefault(index, OrderedDict())
        kept[selection] = projection
        entries = sum(len(each.out.neighbor) for each in kept.values())
        while len(kept) > KEPT_PROJECTIONS or (entries > MAX_KEPT_ENTRIES and len(kept) > 1):
            entries -= len(kept.popitem(last=False)[1].out.neighbor)
    return projection


def kept_projection(index: Index, selection: Selection) -> Projection | None:
    """The neighbour arrays of a selection if they are at hand."""
    with _lock:
        kept = _kept.get(index) or OrderedDict[Selection, Projection]()
        if selection in kept:
            kept.move_to_end(selection)
        return kept.get(selection)


def positions_of(pointer: Ids, nodes: Nodes) -> Ids:
    """Where the entries of these nodes lie, one node after the other."""
    starts = pointer[nodes]
    lengths = pointer[nodes + 1] - starts
    positions = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    positions += np.arange(len(positions))
    return positions


def in_pieces(neighbors: Neighbors, nodes: Nodes, links: int = 0) -> Iterator[Nodes]:
    """Some nodes in growing pieces, so that no piece but a single node has more than ``LINKS_AT_ONCE`` links.

    Args:
        neighbors: where their links are read.
        nodes: node numbers, in any order.
        links: most of the first piece, where it is to be a small one; each further one may have four times as many.
    """
    if len(nodes) == 1:
        yield nodes
        return
    stops = np.add.accumulate(neighbors.degree(nodes))
    start, links = 0, links or LINKS_AT_ONCE
    while start < len(stops):
        read = int(stops[start - 1]) if start else 0
        end = max(int(stops.searchsorted(read + links, side="right")), start + 1)
        yield nodes[start:end]
        start, links = end, min(4 * links, LINKS_AT_ONCE)


def links_allowed(index: Index, selection: Selection, links: Ids | None = None) -> Mask:
    """For every link, or for each of some links, whether the selection lets it through."""
    bits = certainty_bits(selection.certainties, include_imports=selection.reads_imports)
    chosen = predicates_allowed(index, selection)
    which = slice(None) if links is None else links
    allowed: Mask = (index.link_certainties[which] & bits) != 0
    if selection.graphs:
        allowed &= stated_in_graphs(index, selection, links)
    return allowed if chosen.all() else allowed & chosen[index.link_predicate[which]]


def stated_in_graphs(index: Index, selection: Selection, links: Nodes | None) -> Mask:
    """Whether some statement of a link lies in one of the graphs and has one of the certainties."""
    graphs = np.array([graph in selection.graphs for graph in index.graphs], dtype=bool)
    certain = np.array([certainty in selection.certainties for certainty in CERTAINTIES], dtype=bool)
    edges: Ids | slice = slice(None)
    first = index.link_edge_pointer[:-1]
    if links is not None:
        edges = positions_of(index.link_edge_pointer, links)
        sizes = index.link_edge_pointer[links + 1] - index.link_edge_pointer[links]
        first = np.cumsum(sizes) - sizes
    counts = graphs[index.edge_graph[edges]] & certain[index.edge_certainty[edges]]
    found: Mask = np.logical_or.reduceat(counts, first) if len(first) else np.zeros(0, dtype=bool)
    return found


def predicates_allowed(index: Index, selection: Selection) -> Mask:
    """For every predicate whether the selection lets it through."""
    return np.array(
        [
            (not selection.predicates or predicate.name in selection.predicates)
            and (not selection.causal or predicate.causal or predicate.sign == SIGN_CARRY)
            for predicate in index.predicates
        ],
        dtype=bool,
    )


def nodes_allowed(index: Index, types: Iterable[str], avoid: Iterable[int]) -> Mask:
    """For every node whether a path may lead through it: of one of the types (if any), not avoided."""
    wanted = set(types)
    chosen = np.array([name in wanted for name in index.types], dtype=bool)
    allowed: Mask = chosen[index.node_type] if wanted else np.ones(len(index.nodes), dtype=bool)
    for number in avoid:
        allowed[number] = False
    return allowed


def check_names(index: Index, predicates: Iterable[str], types: Iterable[str], type_parameter: str) -> None:
    """Refuse filter values that neither the vocabulary nor the index knows. Raises: InvalidParameter."""
    known = {predicate.name for predicate in index.predicates}
    for name in predicates:
        if name not in known and not (name in PREDICATES and PREDICATES[name].edge):
            raise InvalidParameter("predicate", name, "a predicate of docs/predicates.md that joins two entities")
    for name in types:
        if name not in CLASSES and name not in index.types:
            raise InvalidParameter(type_parameter, name, f"one of {', '.join(sorted({*CLASSES, *index.types}))}")


def check_certainties(certainties: Iterable[str]) -> None:
    """Refuse an unknown or an empty choice of certainties. Raises: InvalidParameter."""
    given = tuple(certainties)
    for certainty in given or ("",):
        if certainty not in CERTAINTIES:
            raise InvalidParameter("certainty", certainty, f"one of {', '.join(CERTAINTIES)}")


def check_range(parameter: str, value: int, low: int, high: int) -> None:
    """Refuse a whole number outside its bounds, both included. Raises: InvalidParameter."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InvalidParameter(parameter, str(value), f"a whole number from {low} to {high}")


def _project(index: Index, selection: Selection) -> Projection:
    allowed = links_allowed(index, selection)
    links = np.flatnonzero(allowed)
    kept_reverse = np.flatnonzero(allowed.take(index.reverse_link))
    cost = index.costs(with_imports=selection.reads_imports)
    reverse_links = index.reverse_link.take(kept_reverse)
    out = Adjacency(
        pointer=links.searchsorted(index.link_pointer),
        neighbor=index.link_object.take(links),
        step=(2 * links).astype(np.int32),
        cost=cost.take(links),
    )
    into = Adjacency(
        pointer=kept_reverse.searchsorted(index.reverse_pointer),
        neighbor=index.reverse_subject.take(kept_reverse),
        step=2 * reverse_links,
        cost=cost.take(reverse_links),
    )
    if selection.directed:
        return Projection(out, into, index.link_predicate)
    both = _merged(out, Adjacency(into.pointer, into.neighbor, into.step + 1, into.cost))
    back = Adjacency(both.pointer, both.neighbor, both.step ^ 1, both.cost)
    return Projection(both, back, index.link_predicate)


def _merged(left: Adjacency, right: Adjacency) -> Adjacency:
    """The neighbours of both, node by node, those of the left one first."""
    at_left = np.repeat(right.pointer[:-1], np.diff(left.pointer))
    at_left += np.arange(len(at_left))
    at_right = np.repeat(left.pointer[1:], np.diff(right.pointer))
    at_right += np.arange(len(at_right))

    def joined(of_left: NDArray[np.int32], of_right: NDArray[np.int32]) -> NDArray[np.int32]:
        both = np.empty(len(of_left) + len(of_right), dtype=np.int32)
        both[at_left], both[at_right] = of_left, of_right
        return both

    return Adjacency(
        pointer=left.pointer + right.pointer,
        neighbor=joined(left.neighbor, right.neighbor),
        step=joined(left.step, right.step),
        cost=joined(left.cost, right.cost),
    )
