"""Where quads live and how they are read: one protocol, whatever engine is behind it.

:class:`EmbeddedStore` reads a generation on disk through worker processes. Nothing here writes; a graph is
built beforehand (kg.sparql.engine, kg.generations) and never changes while it is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, Self

from kg.budget import Budget, Cancelled
from kg.errors import InvalidParameter
from kg.generations import Generation, open_current
from kg.model import EntityRef
from kg.search.names import MAX_HITS, NameIndex, SearchQuestion
from kg.sparql.formats import N_TRIPLES, RESULTS_JSON, triples_from_n_triples
from kg.sparql.lanes import Lanes, LaneSizes
from kg.sparql.lookup import Lookup, Properties, properties_from_bytes
from kg.sparql.query import Bindings, QueryLimits, SparqlOperation, bind, inspect
from kg.sparql.results import Solutions, TermTriple, boolean_from_json, solutions_from_json
from kg.sparql.text_search import Find, Hit, mentions_search, with_hits
from kg.sparql.waits import Blocking, Waits, at_once
from ontology.terms import PREFIXES

_NO_BINDINGS: Bindings = MappingProxyType({})


class Store(Protocol):
    """A graph that answers SPARQL. Every method may raise the errors that kg.sparql.workers.WorkerPool.answer lists."""

    @property
    def data_version(self) -> str:
        """What to cite: the checksum of the dataset, the same for every build from the same facts."""

    @property
    def revision(self) -> str:
        """Changes whenever any answer may, also with what the checksum leaves out; for cache validators."""

    @property
    def union_default_graph(self) -> bool:
        """Whether the default graph of a query that names none is the union of all graphs."""

    @property
    def limits(self) -> QueryLimits:
        """How long and how deep a query may be."""

    @property
    def find(self) -> Find | None:
        """What ``skg:matches`` finds in a query; None without an index of names."""

    def select(self, query: str, bindings: Bindings = ..., budget: Budget | None = None) -> Solutions:
        """The solutions of a SELECT query, in the order of the engine, at most ``budget.max_rows``."""

    def ask(self, query: str, bindings: Bindings = ..., budget: Budget | None = None) -> bool:
        """The answer of an ASK query."""

    def construct(self, query: str, bindings: Bindings = ..., budget: Budget | None = None) -> tuple[TermTriple, ...]:
        """The triples of a CONSTRUCT or DESCRIBE query, in the order of the engine."""

    def look_up(self, nodes: Sequence[str], follow: str = "") -> Properties:
        """Everything said of some nodes, by IRI, and of those that they name by a property; no node without any."""

    def evaluate(
        self,
        operation: SparqlOperation,
        media_type: str,
        budget: Budget | None = None,
        cancelled: Cancelled | None = None,
    ) -> bytes:
        """The answer of any query, written by the engine in a format that fits its form."""

    def close(self) -> None:
        """Release processes and locks; closing twice is fine."""


class HasStore(Protocol):
    """A graph, as far as its store is asked: a :class:`kg.graph.KnowledgeGraph`."""

    @property
    def store(self) -> Store:
        """Where its quads live."""


class Naming(HasStore, Protocol):
    """A graph, as far as it is also asked what names stand for."""

    def resolve(
        self, text: str, kinds: Sequence[str] = (), parameter: str = "", others: Sequence[str] = ()
    ) -> EntityRef:
        """The entity that a text names, of some kinds or else of others."""

    def histotypes_below(self, histotype: str) -> tuple[str, ...]:
        """A histotype and its subtypes."""


class EmbeddedStore:
    """A generation on disk, read by worker processes. Thread-safe; workers start on first use.

    Args:
        generation: held until the store is closed.
        union_default_graph: False makes the default graph the one without a name, as conformance suites
            expect.
        lanes: how many queries run at once, and how many more may wait.
        limits: how long and how deep a query may be.

    Attributes:
        lanes: the worker processes, for metrics and tests; the others as in :class:`Store`.
    """

    def __init__(
        self,
        generation: Generation,
        *,
        union_default_graph: bool = True,
        lanes: LaneSizes | None = None,
        limits: QueryLimits | None = None,
    ) -> None:
        self.generation = generation
        self.data_version, self.revision = generation.checksum, generation.id
        self.union_default_graph = union_default_graph
        self.limits = limits or QueryLimits()
        self.lanes = Lanes(
            generation.store_path,
            union_default_graph=union_default_graph,
            prefixes=PREFIXES,
            sizes=lanes or LaneSizes(),
        )
        path = generation.names_path
        self._names = NameIndex.open(path) if path.is_file() else None
        self.find = find_in(self._names) if self._names else None

    def start(self) -> None:
        """Start all workers now instead of on first use."""
        self.lanes.start()

    def select(self, query: str, bindings: Bindings = _NO_BINDINGS, budget: Budget | None = None) -> Solutions:
        """See :meth:`Store.select`."""
        budget = budget or Budget()
        return solutions_from_json(self._answer(query, bindings, RESULTS_JSON, budget), budget.max_rows)

    def ask(self, query: str, bindings: Bindings = _NO_BINDINGS, budget: Budget | None = None) -> bool:
        """See :meth:`Store.ask`."""
        return boolean_from_json(self._answer(query, bindings, RESULTS_JSON, budget or Budget()))

    def construct(
        self, query: str, bindings: Bindings = _NO_BINDINGS, budget: Budget | None = None
    ) -> tuple[TermTriple, ...]:
        """See :meth:`Store.construct`."""
        return triples_from_n_triples(self._answer(query, bindings, N_TRIPLES, budget or Budget()))

    def look_up(self, nodes: Sequence[str], follow: str = "") -> Properties:
        """See :meth:`Store.look_up`."""
        lookup = Lookup(tuple(nodes), follow)
        return properties_from_bytes(at_once(self.lanes.answer(lookup, RESULTS_JSON, Budget(), Blocking())))

    def evaluate(
        self,
        operation: SparqlOperation,
        media_type: str,
        budget: Budget | None = None,
        cancelled: Cancelled | None = None,
    ) -> bytes:
        """See :meth:`Store.evaluate`."""
        return at_once(self.answer(operation, media_type, budget or Budget(), Blocking(cancelled)))

    async def answer(self, operation: SparqlOperation, media_type: str, budget: Budget, waits: Waits) -> bytes:
        """The same as :meth:`evaluate`, however its caller waits."""
        facts = inspect(operation.query, self.limits)
        if mentions_search(operation.query):
            text = await waits.call(lambda: with_hits(operation.query, PREFIXES, self.find))
            operation = replace(operation, query=text)
        return await self.lanes.answer(operation, media_type, budget, waits, is_calling=facts.is_calling)

    def _answer(self, query: str, bindings: Bindings, media_type: str, budget: Budget) -> bytes:
        # Inspected before it is bound: bound terms cannot change what a query does, and a long list of them
        # is no reason to refuse it.
        facts = inspect(query, self.limits)
        bound = SparqlOperation(with_hits(bind(query, bindings), PREFIXES, self.find))
        return at_once(self.lanes.answer(bound, media_type, budget, Blocking(), is_calling=facts.is_calling))

    def close(self) -> None:
        """See :meth:`Store.close`."""
        self.lanes.close()
        self.generation.close()
        if self._names is not None:
            self._names.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


async def answer_of(store: Store, operation: SparqlOperation, media_type: str, budget: Budget, waits: Waits) -> bytes:
    """The answer of any query, however its caller waits. Raises: as :meth:`Store.evaluate`."""
    if isinstance(store, EmbeddedStore):
        return await store.answer(operation, media_type, budget, waits)
    return await waits.call(lambda: store.evaluate(operation, media_type, budget, waits.cancelled))


def find_in(names: NameIndex) -> Find:
    """What ``skg:matches`` finds: the best hits of a search, as many as an answer of the search can hold."""

    def find(name: str) -> tuple[Hit, ...]:
        try:
            answer = names.search(SearchQuestion(name, limit=MAX_HITS))
        except InvalidParameter as error:
            raise InvalidParameter("skg:matches", error.value, error.expected) from None
        return tuple(Hit(hit.id, hit.score) for hit in answer.items)

    return find


def open_store(
    data_dir: Path,
    *,
    union_default_graph: bool = True,
    lanes: LaneSizes | None = None,
    limits: QueryLimits | None = None,
) -> EmbeddedStore:
    """Open the current generation of a data folder. Raises: StoreUnavailable."""
    return EmbeddedStore(open_current(data_dir), union_default_graph=union_default_graph, lanes=lanes, limits=limits)
