"""A graph on an engine that somebody else runs, behind the same protocol as our own store.

``sarcoma-kg push`` (kg.remote.push) leaves four things on an engine: the graphs of a build, each under its name; their
union as a graph of its own; the traversal index; and, last, a header that says what all this is. Union and index lie
in graphs of this push alone, so that one header, put in place of another, exchanges them. Queries then name their
dataset in every request: the union as the default graph, the graphs of the build as named graphs. So an engine answers
alike whatever it takes for its default graph, and whatever else it holds. An engine without that header is a foreign
one: it gets queries passed through and nothing else (kg.remote.graph).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal, Self, TypeAlias

from kg.budget import Budget, Cancelled, Deadline
from kg.errors import CapabilityMissing, KgError, PartialAnswer, QueryFailed, QuerySyntaxError, RemoteUnavailable
from kg.identifiers import BASE
from kg.remote.client import Address, RemoteClient
from kg.remote.dialect import (
    ask_as_standard,
    canonical,
    is_virtuoso,
    row_query,
    with_bound_told,
    with_constants,
    with_prologue,
    without_repeats,
)
from kg.remote.paths_apart import with_paths_apart
from kg.sparql.formats import N_TRIPLES, RESULTS_JSON, graph_in, results_in, triples_from_n_triples
from kg.sparql.lookup import Properties
from kg.sparql.query import Bindings, QueryLimits, SparqlOperation, bind, inspect
from kg.sparql.results import Solutions, Term, TermTriple, boolean_from_json, iri, solutions_from_json
from kg.sparql.text_search import Find, with_hits
from kg.store import Store
from ontology.terms import PREFIXES

NOT_PUSHED = "it holds no graph that `sarcoma-kg push` has loaded, so it answers SPARQL only"
# No terms of the vocabulary: how these graphs are laid out is between push and this package.
HEADER_GRAPH = f"{BASE}graph/index"
HEADER = f"{HEADER_GRAPH}#header"
REPLACING = f"{HEADER_GRAPH}#replacing"  # a named graph that is loaded in several requests, until all are through
FORMAT = 3
PROBE = Budget(timeout_s=10.0, max_bytes=1024**2)

_SPELLINGS = {RESULTS_JSON: ("json",), N_TRIPLES: ("n-triples", "ntriples", "text/plain")}
_NO_BINDINGS: Bindings = MappingProxyType({})
_PROPERTIES_OF = "SELECT DISTINCT ?node ?property ?value WHERE { ?node ?property ?value }"
_NODES_A_QUERY = 500  # keeps the VALUES block well under the limits that engines have for a query
_HEADER_QUERY = f"SELECT ?property ?value WHERE {{ GRAPH <{HEADER_GRAPH}> {{ <{HEADER_GRAPH}> ?property ?value }} }}"


LocalEdges: TypeAlias = Literal["all", "curated", "none"]


@dataclass(frozen=True)
class GraphState:
    """What a named graph holds: how many triples, and the beginning of the SHA-256 of their sorted lines."""

    triples: int
    digest: str


@dataclass(frozen=True)
class Header:
    """What ``push`` says of what it loaded.

    Attributes:
        data_version: checksum of the dataset.
        revision: the generation.
        graphs: the named graphs of the build: what they hold, by IRI.
        union, index: IRIs of the graphs with the union and with the traversal index, new in every push.
        blocks: how many blocks of nodes, of edges and of facts the traversal index has.
        digest: SHA-256 of the texts of all blocks in order.
        counts: nodes and edges of the traversal index.
        local: which edges the blocks hold: "all", "curated" (no imports), or "none".
        predicates, edge_graphs: of the edges, in the order in which the rows of nodes number them.
        previous: union and index of the push before, which its readers may still use.
        replacing: named graphs that a later push has begun to replace; never part of the text.
    """

    data_version: str
    revision: str
    graphs: Mapping[str, GraphState]
    union: str
    index: str
    blocks: Mapping[str, int]
    digest: str
    counts: Mapping[str, int]
    local: LocalEdges
    predicates: tuple[str, ...]
    edge_graphs: tuple[str, ...]
    previous: tuple[str, ...] = ()
    replacing: tuple[str, ...] = ()
    format: int = FORMAT

    @classmethod
    def read(cls, text: str) -> Header:
        """Read a header. Raises: ValueError, KeyError or TypeError if it is none of ours."""
        found: dict[str, Any] = json.loads(text)
        if found["format"] != FORMAT:
            raise ValueError(f"format {found['format']}")
        for name in ("predicates", "edge_graphs", "previous", "replacing"):
            found[name] = tuple(found[name])
        found["graphs"] = {graph: GraphState(**state) for graph, state in found["graphs"].items()}
        return cls(**found)


@dataclass(frozen=True)
class Capabilities:
    """What was found out about an engine when it was opened.

    Attributes:
        engine: its name and version as it gives them, or "".
        header: of our graph, or None on a foreign endpoint.
        union_default_graph: whether a query without a dataset sees all graphs; None if that is not known.
    """

    engine: str
    header: Header | None
    union_default_graph: bool | None


def refuse_foreign(store: Store, name: str) -> None:
    """Refuse what would be empty, and so untrue, of an endpoint that holds none of ours. Raises: CapabilityMissing."""
    if not store.data_version:
        raise CapabilityMissing(f"{name}; {NOT_PUSHED}")


class RemoteStore:
    """A SPARQL 1.1 endpoint as a store. Thread-safe; looked at when made, see :attr:`capabilities`.

    Args:
        url: of its query endpoint; ``http://user:password...`` where it wants credentials, which are neither shown
            nor logged.
        connections: how many queries run at once.
        max_waiting: how many more may wait.
        limits: how long and how deep a query may be.

    Attributes:
        capabilities: what the engine can do and holds, as found when it was opened.

    Raises: InvalidParameter if the address is none; RemoteUnavailable if nothing there speaks SPARQL.
    """

    def __init__(
        self, url: str, *, connections: int = 4, max_waiting: int = 32, limits: QueryLimits | None = None
    ) -> None:
        self._client = RemoteClient(Address.of(url), connections=connections, max_waiting=max_waiting)
        self.limits = limits or QueryLimits()
        self._reads = itertools.count()
        self.find: Find | None = None  # what skg:matches finds, once the index of names is here
        self.capabilities = Capabilities("", None, union_default_graph=None)
        try:
            self.capabilities = self._probed()
        except KgError:
            self._client.close()
            raise

    @property
    def address(self) -> str:
        """Where the engine listens, without credentials."""
        return self._client.address.url

    @property
    def header(self) -> Header:
        """What ``push`` left here. Raises: CapabilityMissing on a foreign endpoint."""
        if self.capabilities.header is None:
            raise CapabilityMissing(NOT_PUSHED)
        return self.capabilities.header

    @property
    def data_version(self) -> str:
        """See :attr:`kg.store.Store.data_version`; empty on a foreign endpoint."""
        return self.capabilities.header.data_version if self.capabilities.header else ""

    @property
    def revision(self) -> str:
        """See :attr:`kg.store.Store.revision`; new at every look at a foreign endpoint, whose data may change."""
        header = self.capabilities.header
        if header is None:
            return f"foreign-{id(self)}-{next(self._reads)}"
        return f"{header.revision}@{self.address}#{'!'.join((header.union, *header.replacing))}"

    def damaged_index(self) -> RemoteUnavailable:
        """That the traversal index here cannot be read."""
        reason = "the traversal index that it holds is damaged; run `sarcoma-kg push` again"
        return RemoteUnavailable(self.address, reason)

    def is_current(self) -> bool:
        """Whether the engine still holds what was found when this was opened; also while it cannot be asked."""
        try:
            found = found_header(self._client)
        except KgError:
            return True
        return found is None or found == self.capabilities.header

    @property
    def union_default_graph(self) -> bool:
        """See :attr:`kg.store.Store.union_default_graph`."""
        return self.capabilities.header is not None or bool(self.capabilities.union_default_graph)

    def select(self, query: str, bindings: Bindings = _NO_BINDINGS, budget: Budget | None = None) -> Solutions:
        """See :meth:`kg.store.Store.select`."""
        budget = budget or Budget()
        body = ask_as_standard(self._bound(query, bindings, budget))
        found = solutions_from_json(body, budget.max_rows)
        return Solutions(found.columns, tuple(tuple(map(canonical, row)) for row in found.rows))

    def ask(self, query: str, bindings: Bindings = _NO_BINDINGS, budget: Budget | None = None) -> bool:
        """See :meth:`kg.store.Store.ask`."""
        return boolean_from_json(ask_as_standard(self._bound(query, bindings, budget or Budget())))

    def construct(
        self, query: str, bindings: Bindings = _NO_BINDINGS, budget: Budget | None = None
    ) -> tuple[TermTriple, ...]:
        """See :meth:`kg.store.Store.construct`."""
        body = self._graph(self._with_values(query, bindings), budget or Budget(), None)
        try:
            found = triples_from_n_triples(body)
            return tuple(TermTriple(s, p, canonical(o) or o) for s, p, o in found)
        except SyntaxError:
            raise PartialAnswer("its triples break off or cannot be read") from None

    def look_up(self, nodes: Sequence[str], follow: str = "") -> Properties:
        """See :meth:`kg.store.Store.look_up`.

        What is followed takes queries of its own: in the same one, by a join, Virtuoso takes forty times as long.
        """
        found = self._said_of(nodes)
        pairs = (pair for said in found.values() for pair in said)
        named = {value.value for name, value in pairs if name == follow and value.kind == "iri"} - found.keys()
        return found | self._said_of(sorted(named)) if named else found

    def _said_of(self, nodes: Sequence[str]) -> dict[str, list[tuple[str, Term]]]:
        """Properties of some nodes, in two halves where they are too many for one query or the engine cuts the answer.

        Raises: PartialAnswer if it cuts that of a single one.
        """
        if len(nodes) <= _NODES_A_QUERY:
            try:
                rows = self.select(_PROPERTIES_OF, {"node": nodes}).rows
            except PartialAnswer:
                if len(nodes) == 1:
                    raise
            else:
                found: dict[str, list[tuple[str, Term]]] = {}
                for node, name, value in rows:
                    if node and name and value:
                        found.setdefault(node.value, []).append((name.value, value))
                return found
        middle = len(nodes) // 2
        return self._said_of(nodes[:middle]) | self._said_of(nodes[middle:])

    def evaluate(
        self,
        operation: SparqlOperation,
        media_type: str,
        budget: Budget | None = None,
        cancelled: Cancelled | None = None,
    ) -> bytes:
        """See :meth:`kg.store.Store.evaluate`.

        The engine is asked in the one format of each kind that all speak alike; reading that also shows whether the
        answer is whole. The format wanted is written here.
        """
        facts = inspect(operation.query, self.limits)
        budget = budget or Budget()
        if facts.form in {"construct", "describe"}:
            return graph_in(self._graph(operation, budget, cancelled), media_type, PREFIXES)
        body = self._answer(operation, RESULTS_JSON, budget, cancelled)
        return results_in(ask_as_standard(body) if facts.form == "ask" else body, media_type)

    def close(self) -> None:
        """See :meth:`kg.store.Store.close`."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _bound(self, query: str, bindings: Bindings, budget: Budget) -> bytes:
        return self._answer(self._with_values(query, bindings), RESULTS_JSON, budget, None)

    def _with_values(self, query: str, bindings: Bindings) -> SparqlOperation:
        inspect(query, self.limits)
        inlined, others = with_constants(query, bindings)
        return SparqlOperation(bind(inlined, others))

    def _graph(self, operation: SparqlOperation, budget: Budget, cancelled: Cancelled | None) -> bytes:
        """The whole graph that a CONSTRUCT or DESCRIBE query makes, as N-Triples. Raises: PartialAnswer."""
        deadline = Deadline.after(budget.timeout_s)
        body = self._answer(operation, N_TRIPLES, budget, cancelled)
        rows = row_query(operation.query) if is_virtuoso(self.capabilities.engine) else None
        if rows is not None:
            left = replace(budget, timeout_s=max(deadline.left_s(), 0.001))
            self._answer(replace(operation, query=rows), "text/csv", left, cancelled)  # raises where it is cut
        return body

    def _answer(self, operation: SparqlOperation, accept: str, budget: Budget, cancelled: Cancelled | None) -> bytes:
        needs_care = is_virtuoso(self.capabilities.engine)
        text = with_hits(operation.query, PREFIXES, self.find, anchored=needs_care)
        text = with_bound_told(with_paths_apart(text)) if needs_care else text
        fields = [("query", with_prologue(text)), *self._dataset(operation)]
        answer = self._client.query(fields, accept, budget, cancelled)
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip()
        if not any(name in media_type for name in _SPELLINGS.get(accept, ("",))):
            raise QueryFailed(f"the remote engine answered as {media_type or 'nothing known'}, not as {accept}")
        if accept == N_TRIPLES and not answer.headers.keys() & {"content-length", "transfer-encoding"}:
            raise PartialAnswer("nothing tells where its triples end")  # JSON shows that itself
        return without_repeats(operation.query, answer.body) if needs_care and accept == RESULTS_JSON else answer.body

    def _dataset(self, operation: SparqlOperation) -> Iterator[tuple[str, str]]:
        """The graphs that a query sees: the request's, else its own FROM clauses, else those of our build."""
        header = self.capabilities.header
        default, named = operation.default_graphs, operation.named_graphs
        if not (default or named) and header is not None and not _has_dataset(operation.query, self.limits):
            default, named = (header.union,), tuple(graph for graph in header.graphs if graph not in header.replacing)
        yield from (("default-graph-uri", graph) for graph in default)
        yield from (("named-graph-uri", graph) for graph in named)

    def _probed(self) -> Capabilities:
        """Find out what there is, by asking; an engine that cannot even answer ``ASK {}`` is none."""
        body = self._client.query([("query", "ASK { }")], RESULTS_JSON, PROBE)
        try:
            boolean_from_json(ask_as_standard(body.body))
        except QueryFailed:
            raise RemoteUnavailable(self.address, "it does not answer `ASK { }` with SPARQL results") from None
        described = b""
        with suppress(KgError):  # a service description is a courtesy
            described = self._client.describe(PROBE).body
        union = b"UnionDefaultGraph" in described if b"sparql-service-description" in described else None
        engine = body.headers.get("server", "").strip()
        return Capabilities(engine, found_header(self._client), union)


def solutions_of(client: RemoteClient, query: str, budget: Budget, max_rows: int) -> Solutions:
    """What an engine answers to a query of push's own, put as it stands. Raises: as :meth:`RemoteClient.query`."""
    return solutions_from_json(client.query([("query", query)], RESULTS_JSON, budget).body, max_rows)


def found_header(client: RemoteClient) -> Header | None:
    """The header that a push left on an engine, or None. Raises: RemoteUnavailable if it is of another format."""
    try:
        said = solutions_of(client, _HEADER_QUERY, PROBE, 10_000).texts()
    except (QueryFailed, QuerySyntaxError):
        return None  # it may be an engine without named graphs
    text = next((value for name, value in said if name == HEADER), None)
    if text is None:
        return None
    try:
        header = replace(Header.read(text), replacing=tuple(sorted(value for name, value in said if name == REPLACING)))
        for graph in (*header.graphs, header.union, header.index, *header.previous):
            iri(graph)
    except (ValueError, KeyError, TypeError) as error:
        reason = "its graph was loaded by another version; run `sarcoma-kg push` again"
        raise RemoteUnavailable(client.address.url, reason) from error
    return header


def _has_dataset(query: str, limits: QueryLimits) -> bool:
    return "from" in query.lower() and inspect(query, limits).has_dataset
