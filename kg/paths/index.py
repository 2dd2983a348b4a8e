"""The traversal index: the graph's edges as typed, memory-mapped arrays, opened in milliseconds.

Nodes are numbered in the order of their IRIs. A *link* is a distinct (subject, predicate, object); an *edge*
is one statement of it, so that parallel statements share a link and searches walk links while answers list
edges. Links are stored once, in the order (subject, predicate, object), with a reverse view in the order
(object, predicate, subject); edges lie in link order, strongest certainty first. ``kg.paths.index_writer`` writes
all this at build time.

Files of an index (all little-endian ``.npy``): ``link_pointer`` int64 per node, ``link_object`` int32,
``link_predicate`` int16, ``link_cost`` and ``link_cost_with_imports`` int32, ``link_certainties`` uint8,
``link_edge_pointer`` int64, ``reverse_pointer`` int64, ``reverse_subject`` and ``reverse_link`` int32,
``edge_certainty`` uint8, ``edge_graph`` int16, ``edge_statement`` int32, ``statement_edge`` int32,
``node_type`` uint8, the string tables ``node``, ``label`` and ``statement``, and ``index.json``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kg.errors import EntityNotFound, StoreUnavailable
from kg.identifiers import BASE, display
from kg.model import CERTAINTIES, Certainty, EntityRef
from kg.paths.string_table import MAX_KEPT, StringTable, map_array

FORMAT = 1
COST_UNIT = 1_000_000  # a cost of 1.0
COST_SHIFT = 4  # the low bits of a coded cost count the steps, so that of two equal costs the shorter path wins
IMPORT_PREFIX = f"{BASE}graph/import-"
CERTAINTY_CODE: dict[str, int] = {name: code for code, name in enumerate(CERTAINTIES)}
SIGN_CARRY = 0
SIGN_NONE = 2
SIGN_CODE: dict[str, int] = {"+1": 1, "-1": -1, "carry": SIGN_CARRY, "none": SIGN_NONE}

Ids = NDArray[np.int64]

_ARRAYS = (
    "link_pointer", "link_object", "link_predicate", "link_cost", "link_cost_with_imports",
    "link_certainties", "link_edge_pointer", "reverse_pointer", "reverse_subject", "reverse_link",
    "edge_certainty", "edge_graph",
    "edge_statement", "statement_edge", "node_type",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class IndexNode:
    """An entity, as the builder hands it over.

    Attributes:
        type: local name of its class, for example ``Drug``.
        external_ids: CURIEs of the same thing in other vocabularies.
    """

    iri: str
    type: str
    label: str
    synonyms: tuple[str, ...] = ()
    external_ids: tuple[str, ...] = ()
    definition: str | None = None


@dataclass(frozen=True, slots=True)
class IndexEdge:
    """An affirmed statement between two entities. ``predicate`` is a local name; the others are IRIs."""

    subject: str
    predicate: str
    object: str
    certainty: Certainty
    statement: str
    graph: str


class EdgePiece(NamedTuple):
    """Some of the edges of a table: arrays of one length.

    Attributes:
        subject, predicate, object: by the numbers of the table.
        statement: the numbers that their IRIs end with, uint64.
    """

    subject: NDArray[np.signedinteger]
    predicate: NDArray[np.signedinteger]
    object: NDArray[np.signedinteger]
    statement: NDArray[np.uint64]


@dataclass(frozen=True)
class EdgeTable:
    """The edges of one graph as columns: millions of them without an object for each.

    Attributes:
        nodes: IRIs by number.
        predicates: local names by number.
        graph: IRI.
        certainty: of all of them.
        statement_base: what the IRIs of the statements begin with; 16 hexadecimal digits follow.
        pieces: are gone through once.
    """

    nodes: Sequence[str]
    predicates: Sequence[str]
    graph: str
    certainty: Certainty
    statement_base: str
    pieces: Iterable[EdgePiece]


@dataclass(frozen=True)
class IndexPredicate:
    """A predicate that occurs in the index. ``sign`` is one of :data:`SIGN_CODE`'s values."""

    name: str
    sign: int
    causal: bool

    @property
    def known_sign(self) -> int | None:
        """+1, -1, 0 (passes the sign on), or None where the predicate has none."""
        return None if self.sign == SIGN_NONE else self.sign


@dataclass(frozen=True)
class EdgeRecord:
    """One statement between two nodes, by node number."""

    subject: int
    predicate: IndexPredicate
    object: int
    certainty: Certainty
    statement: str
    graph: str

    @property
    def imported(self) -> bool:
        """Whether it comes from an import instead of a curated document."""
        return self.graph.startswith(IMPORT_PREFIX)


@dataclass(frozen=True, eq=False)
class Index:
    """An opened index. Immutable; safe to share between threads.

    Attributes:
        predicates: by predicate number, in the order of their names.
        types: local class names by type number.
        graphs: graph IRIs by graph number.
        counts: nodes, links and edges.
    """

    path: Path
    predicates: tuple[IndexPredicate, ...]
    types: tuple[str, ...]
    graphs: tuple[str, ...]
    nodes: StringTable
    labels: StringTable
    statements: StringTable
    link_pointer: Ids
    link_object: NDArray[np.int32]
    link_predicate: NDArray[np.int16]
    link_cost: NDArray[np.int32]
    link_cost_with_imports: NDArray[np.int32]
    link_certainties: NDArray[np.uint8]
    link_edge_pointer: Ids
    reverse_pointer: Ids
    reverse_subject: NDArray[np.int32]
    reverse_link: NDArray[np.int32]
    edge_certainty: NDArray[np.uint8]
    edge_graph: NDArray[np.int16]
    edge_statement: NDArray[np.int32]
    statement_edge: NDArray[np.int32]
    node_type: NDArray[np.uint8]
    _entities: dict[int, EntityRef] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def open(cls, path: Path) -> Index:
        """Map an index written by ``kg.paths.index_writer.write_index``.

        Raises: StoreUnavailable if it is missing, damaged or of another format.
        """
        try:
            described: dict[str, Any] = json.loads((path / "index.json").read_text("utf-8"))
            if described["format"] != FORMAT:
                raise StoreUnavailable(f"the traversal index has format {described['format']}, expected {FORMAT}")
            return cls(
                path=path,
                predicates=tuple(IndexPredicate(*row) for row in described["predicates"]),
                types=tuple(described["types"]),
                graphs=tuple(described["graphs"]),
                nodes=StringTable.open(path, "node"),
                labels=StringTable.open(path, "label"),
                statements=StringTable.open(path, "statement"),
                **{name: map_array(path / f"{name}.npy") for name in _ARRAYS},
            )
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise StoreUnavailable(f"the traversal index cannot be read ({fault})") from fault

    @property
    def counts(self) -> dict[str, int]:
        """How many nodes, links (distinct triples) and edges (statements) there are."""
        return {"nodes": len(self.nodes), "links": len(self.link_object), "edges": len(self.edge_statement)}

    @property
    def has_imports(self) -> bool:
        """Whether any import is part of the index."""
        return any(graph.startswith(IMPORT_PREFIX) for graph in self.graphs)

    @cached_property
    def _number_by_predicate(self) -> Mapping[str, int]:
        return {predicate.name: number for number, predicate in enumerate(self.predicates)}

    def predicate_of(self, step: int) -> IndexPredicate:
        """The predicate of a step as in ``kg.paths.adjacency``."""
        return self.predicates[int(self.link_predicate[step >> 1])]

    def costs(self, *, with_imports: bool) -> NDArray[np.int32]:
        """Coded cost by link, by degrees with imports or without."""
        return self.link_cost_with_imports if with_imports else self.link_cost

    def cost_of(self, steps: Iterable[int], *, with_imports: bool) -> int:
        """The coded cost of some steps as in ``kg.paths.adjacency``."""
        cost = self.costs(with_imports=with_imports)
        return sum(int(cost[step >> 1]) for step in steps)

    def find(self, iri: str) -> int | None:
        """The number of a node, or None."""
        return self.nodes.find(iri)

    def node(self, iri: str, parameter: str = "") -> int:
        """The number of a node. Raises: EntityNotFound."""
        number = self.nodes.find(iri)
        if number is None:
            raise EntityNotFound(display(iri), parameter)
        return number

    def type_of(self, number: int) -> str:
        """The local name of a node's class."""
        return self.types[int(self.node_type[number])]

    def entity(self, number: int) -> EntityRef:
        """A node as answers name it; the last few are kept, because hubs come up again and again."""
        known = self._entities.get(number)
        if known is None:
            if len(self._entities) >= MAX_KEPT:
                self._entities.clear()
            iri = self.nodes[number]
            known = self._entities[number] = EntityRef(iri, display(iri), self.type_of(number), self.labels[number])
        return known

    def link_subject(self, link: int) -> int:
        """The node that a link starts from."""
        return int(self.link_pointer.searchsorted(link, side="right")) - 1

    def edges_of(self, link: int) -> range:
        """The numbers of a link's edges, strongest certainty first."""
        start, end = self.link_edge_pointer[link : link + 2].tolist()
        return range(start, end)

    def statements_of_links(self, links: Sequence[int]) -> dict[int, list[EdgeRecord]]:
        """The statements of several links, each strongest certainty first; the arrays are read once for all."""
        numbers = np.array(links, dtype=np.int64)
        firsts = self.link_edge_pointer[numbers]
        sizes = self.link_edge_pointer[numbers + 1] - firsts
        edges = np.repeat(firsts - (np.cumsum(sizes) - sizes), sizes) + np.arange(int(sizes.sum()))
        columns = (
            np.repeat(numbers, sizes),
            np.repeat(self.link_pointer.searchsorted(numbers, side="right") - 1, sizes),
            np.repeat(self.link_predicate[numbers], sizes),
            np.repeat(self.link_object[numbers], sizes),
            self.edge_certainty[edges],
            self.edge_graph[edges],
        )
        statements = self.statements.take(self.edge_statement[edges].tolist())
        found: dict[int, list[EdgeRecord]] = {link: [] for link in links}
        rows = zip(*(column.tolist() for column in columns), statements, strict=True)
        for link, subject, predicate, target, certainty, graph, statement in rows:
            found[link].append(
                EdgeRecord(
                    subject, self.predicates[predicate], target, CERTAINTIES[certainty], statement, self.graphs[graph]
                )
            )
        return found

    def edge(self, number: int) -> EdgeRecord:
        """One statement. Args: number: of an edge, from 0."""
        link = int(self.link_edge_pointer.searchsorted(number, side="right")) - 1
        return self._record(number, link, self.link_subject(link))

    def edge_of_statement(self, statement: str) -> EdgeRecord | None:
        """The edge of a statement, or None where the statement is no edge (negated, a text, or unknown)."""
        number = self.statements.find(statement)
        return None if number is None else self.edge(int(self.statement_edge[number]))

    def iter_edges(self) -> Iterator[EdgeRecord]:
        """All statements in index order. Heavy: one Python object each."""
        for subject in range(len(self.nodes)):
            start, end = self.link_pointer[subject : subject + 2].tolist()
            for link in range(start, end):
                for number in self.edges_of(link):
                    yield self._record(number, link, subject)

    def _record(self, number: int, link: int, subject: int) -> EdgeRecord:
        return EdgeRecord(
            subject=subject,
            predicate=self.predicates[int(self.link_predicate[link])],
            object=int(self.link_object[link]),
            certainty=CERTAINTIES[int(self.edge_certainty[number])],
            statement=self.statements[int(self.edge_statement[number])],
            graph=self.graphs[int(self.edge_graph[number])],
        )

    def predicate_numbers(self, names: Collection[str]) -> Ids:
        """The numbers of those of the names that occur in the index, in order."""
        known = self._number_by_predicate
        return np.array(sorted(known[name] for name in set(names) if name in known), dtype=np.int64)


def certainty_bits(certainties: frozenset[Certainty], *, include_imports: bool) -> int:
    """The bits of ``link_certainties`` that a search may use: low half curated, high half imported."""
    bits = sum(1 << CERTAINTY_CODE[certainty] for certainty in certainties)
    return bits | bits << 4 if include_imports else bits
