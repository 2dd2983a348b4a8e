"""The one object that users of the library meet: a built graph, opened for questions.

The same methods answer the HTTP API and the command line. Names in questions may be identifiers, labels or synonyms;
they are resolved here, once, and everything below works on IRIs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from kg import cards, catalogue, contents, resolution
from kg.budget import SEARCH_TIMEOUT_S, Budget, Deadline
from kg.description import describe, reference
from kg.errors import EntityNotFound, InvalidParameter
from kg.evidence import answering, cases, comparison, explanation, gap_map, intervals, pooling, safety
from kg.evidence import search as evidence_search
from kg.evidence.question import EvidenceQuestion
from kg.evidence.results import Results
from kg.evidence.rows import Corpus, EvidenceAnswer, EvidenceRow
from kg.generations import open_current
from kg.identifiers import is_project, parse_identifier
from kg.imported_fact import imported_fact
from kg.mechanism import search as mechanism
from kg.mechanism.asking import mechanism_question
from kg.mechanism.background import StoredBackground
from kg.mechanism.question import Effect
from kg.model import DEFAULT_CERTAINTIES, Certainty, EntityRef, check_question
from kg.paths import neighborhood, surroundings, traversal
from kg.paths.best_paths import SearchLimits
from kg.paths.index import Index
from kg.paths.link_filters import LinkFilters, graphs_named
from kg.paths.steps import StatementRecord
from kg.paths.traversal import DEFAULT_PATHS, AllPathsQuestion, PathAnswer, PathQuestion, PathSearch
from kg.projection import Answer, to_networkx
from kg.resolution import resolve_record, successor
from kg.search.facts import DEFAULT_FACTS, FactIndex
from kg.search.finding import find
from kg.search.names import NameIndex, SearchAnswer, SearchQuestion
from kg.sparql.lanes import LaneSizes
from kg.sparql.own_names import with_unknown_names
from kg.sparql.query import Bindings, QueryLimits, inspect
from kg.sparql.results import Solutions
from kg.store import EmbeddedStore, Store

if TYPE_CHECKING:
    import networkx as nx

Walk = TypeVar("Walk", bound="LinkFilters | PathQuestion")
_NAMING = ("node", "nodes", "source", "target", "avoid")  # fields of questions that hold names
_FACTS = ("statement", "outcome", "event")  # kinds of what a document says
_HISTOTYPES_BELOW = "SELECT DISTINCT ?sub WHERE { ?sub rdfs:subClassOf* ?node }"


class KnowledgeGraph:
    """A built graph. Read-only; safe to share between threads; close it when done.

    >>> KnowledgeGraph.open("data").mechanism(["rapamycin"], "leiomyosarcoma")  # doctest: +SKIP
    """

    def __init__(self, store: Store, index: Index, names: NameIndex, facts: FactIndex | None = None) -> None:
        self.store = store
        self.index = index
        self.names = names
        self.facts = facts
        self._background = StoredBackground(store)
        self.results = Results(store)

    @classmethod
    def open(
        cls,
        data_dir: str | Path,
        *,
        lanes: LaneSizes | None = None,
        union_default_graph: bool = True,
        limits: QueryLimits | None = None,
    ) -> KnowledgeGraph:
        """Open the current generation under a data folder; its worker processes start with the first query.

        Raises: StoreUnavailable if nothing has been built there.
        """
        generation = open_current(Path(data_dir))
        index, names = Index.open(generation.index_path), NameIndex.open(generation.names_path)
        facts = FactIndex.open(generation.facts_path) if generation.facts_path.exists() else None
        store = EmbeddedStore(generation, union_default_graph=union_default_graph, lanes=lanes, limits=limits)
        return cls(store, index, names, facts)

    def close(self) -> None:
        """End the worker processes and let go of the files."""
        self.store.close()
        self.names.close()
        if self.facts is not None:
            self.facts.close()

    def __enter__(self) -> KnowledgeGraph:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def data_version(self) -> str:
        """The checksum of the dataset that answers come from."""
        return self.store.data_version

    def search(self, text: str, types: Sequence[str] = (), limit: int = 20, facts: int = DEFAULT_FACTS) -> SearchAnswer:
        """Entities by name or with small typos, facts by their words, and the questions that a text may mean."""
        return find(self.names, self.facts, SearchQuestion(text, tuple(types), limit, facts))

    def resolve(
        self, text: str, kinds: Sequence[str] = (), parameter: str = "", others: Sequence[str] = ()
    ) -> EntityRef:
        """The entity that a text names: one of ``kinds``, or, where none is called so, of ``others``.

        Where any kind will do, a thing comes before a word that only results use, such as what was measured. What an
        identifier that was given up stood for is found by it.

        Raises: EntityNotFound with suggestions; Withdrawn; WrongKind, AmbiguousEntity with candidates.
        """
        return resolution.resolve(self, text, kinds, parameter, others)

    def name_of(self, node: str) -> EntityRef:
        """How answers name a node, whatever it is. Raises: EntityNotFound."""
        known = describe(self.store, [node])
        if node not in known:
            raise EntityNotFound(node)
        return reference(node, known)

    def entity(self, text: str) -> cards.EntityCard:
        """An entity's card. Raises: EntityNotFound, AmbiguousEntity."""
        node = self.resolve(text, parameter="id")
        imported = not is_project(node.id)
        known = self.counts(node.id, include_imports=imported)
        counts = {f"{each.predicate} {each.direction}": each.statements for each in known}
        card = cards.entity_card(self.store, node.id, counts)
        return replace(card, type=node.type, label=node.label) if imported else card

    def fact(self, text: str) -> cards.FactCard:
        """A statement, outcome or event with its provenance. Raises: EntityNotFound."""
        try:
            found = cards.fact_card(self.store, resolve_record(self, text, _FACTS))
        except EntityNotFound:
            found = None
        if found is not None and found.subject is not None:
            return found
        # An edge of an import: what it joins stands in the index, and only what it says of itself in the store.
        edge = self.index.edge_of_statement(parse_identifier(text) or "")
        if edge is not None:
            return imported_fact(self.store, self.index, edge)
        if (now := successor(self.store, text, "id")) is not None:
            return self.fact(now)
        if found is None:
            raise EntityNotFound(text, "id")
        return found

    def study(self, text: str) -> cards.StudyCard:
        """A study with its arms. Raises: EntityNotFound, AmbiguousEntity."""
        return cards.study_card(self.store, self.resolve(text, ("study",), "id").id)

    def timeline(self, patient: str) -> cases.Timeline:
        """A patient's history in order. Raises: EntityNotFound, AmbiguousEntity."""
        return cases.timeline(self.store, self.resolve(patient, ("patient",), "id").id)

    def document(self, text: str) -> cards.DocumentCard:
        """A source document. Raises: EntityNotFound."""
        return cards.document_card(self.store, resolve_record(self, text, ("document",)))

    def members(self, kind: str) -> tuple[EntityRef, ...]:
        """Every thing of a kind (``patient``, ``study``, ``document``), by label."""
        return contents.members(self.store, kind)

    def corpus(self) -> Corpus:
        """The documents that every answer rests on."""
        return contents.corpus(self.store)

    def class_counts(self) -> tuple[contents.ClassCount, ...]:
        """Things per class, most first."""
        return contents.class_counts(self.store)

    def counts(
        self, node: str, *, include_imports: bool = False, graphs: Sequence[str] = ()
    ) -> tuple[neighborhood.NeighborCount, ...]:
        """How many connections an entity has, per predicate and direction."""
        iri = self.resolve(node, parameter="id").id
        named = self._named_graphs(graphs)
        return neighborhood.neighbor_counts(self.index, iri, include_imports=include_imports, graphs=named)

    def _named_graphs(self, names: Sequence[str]) -> tuple[str, ...]:
        """The IRIs of graphs named ``document-000``, ``graph:import-x`` or by IRI. Raises: InvalidParameter."""
        return graphs_named(names, self.index.graphs) if names else ()

    def neighbors(
        self, question: neighborhood.NeighborsQuestion, *, sourced: bool = True
    ) -> neighborhood.NeighborsAnswer:
        """What is connected to an entity, one item per statement.

        Args:
            question: the entity, and what to list.
            sourced: with the document, qualifiers and passages of each statement, which are looked up in the store.
        """
        question = self._named(question, neighborhood.NeighborsQuestion)
        answer = neighborhood.neighbors(self._index_around(question), question)
        return replace(answer, items=cards.with_sources(self.store, answer.items)) if sourced else answer

    def _index_around(self, _: neighborhood.NeighborsQuestion) -> Index:
        """What holds all links of the entity asked for; of a graph that lies elsewhere it is read first."""
        return self.index

    def _named(self, question: Walk, kind: type[Walk]) -> Walk:
        """A question with the identifiers of what it names: labels and CURIEs do as well as IRIs."""
        check_question(question, kind)

        def iri(name: str, text: str) -> str:
            return text if "://" in text else self.resolve(text, parameter=name).id

        given = {name: getattr(question, name) for name in _NAMING if hasattr(question, name)}
        found: dict[str, Any] = {
            name: iri(name, value) if isinstance(value, str) else tuple(iri(name, each) for each in value)
            for name, value in given.items()
        }
        if hasattr(question, "graphs"):
            found["graphs"] = self._named_graphs(question.graphs)
        return replace(question, **found)

    def paths(self, question: PathQuestion, timeout_s: float = SEARCH_TIMEOUT_S) -> PathAnswer:
        """The k best simple paths between two entities."""
        return self._paths(traversal.best_paths, question, timeout_s)

    def shortest_paths(self, question: PathQuestion, timeout_s: float = SEARCH_TIMEOUT_S) -> PathAnswer:
        """Every path with the fewest steps between two entities, at most k."""
        return self._paths(traversal.all_shortest_paths, question, timeout_s)

    def _paths(self, search: PathSearch, question: PathQuestion, timeout_s: float) -> PathAnswer:
        question = self._named(question, PathQuestion)
        return search(self.index, question, self, SearchLimits(deadline=Deadline.after(timeout_s)))

    def all_paths(self, question: AllPathsQuestion, timeout_s: float = SEARCH_TIMEOUT_S) -> PathAnswer:
        """All simple paths up to a length, best first, as far as the budget goes; ``total`` where that is the end."""
        return self.paths(question, timeout_s)

    def subgraph(
        self, question: surroundings.SubgraphQuestion, timeout_s: float = SEARCH_TIMEOUT_S
    ) -> surroundings.Subgraph:
        """Entities and all links among them."""
        question = self._named(question, surroundings.SubgraphQuestion)
        return surroundings.subgraph(self.index, question, self, Deadline.after(timeout_s))

    def reachable(
        self, question: surroundings.ReachableQuestion, timeout_s: float = SEARCH_TIMEOUT_S
    ) -> surroundings.ReachableAnswer:
        """What lies within some steps of an entity."""
        question = self._named(question, surroundings.ReachableQuestion)
        return surroundings.reachable(self.index, question, Deadline.after(timeout_s))

    def common(
        self, question: surroundings.CommonQuestion, timeout_s: float = SEARCH_TIMEOUT_S
    ) -> surroundings.CommonAnswer:
        """What several entities are all connected to."""
        question = self._named(question, surroundings.CommonQuestion)
        return surroundings.common_neighbors(self.index, question, self, Deadline.after(timeout_s))

    def mechanism(
        self,
        drugs: Sequence[str] = (),
        target: str | None = None,
        *,
        certainties: frozenset[Certainty] = DEFAULT_CERTAINTIES,
        max_length: int = mechanism.DEFAULT_LENGTH,
        k: int = DEFAULT_PATHS,
        effect: Effect | None = None,
        include_imports: bool = False,
        graphs: Sequence[str] = (),
        timeout_s: float = SEARCH_TIMEOUT_S,
    ) -> mechanism.MechanismAnswer:
        """How drugs act on something: signed causal paths, joint causes, gaps. Either end may be left out.

        A regimen or a class stands for its drugs; of several drugs the answer also says where their paths meet.
        """
        question = mechanism_question(
            self, drugs, target, certainties=certainties, max_length=max_length, k=k, effect=effect,
            include_imports=include_imports, graphs=self._named_graphs(graphs),
        )  # fmt: skip
        limits = SearchLimits(deadline=Deadline.after(timeout_s))
        return mechanism.mechanism(self.index, question, self, limits, self._background)

    def statements(self, iris: Collection[str]) -> Mapping[str, StatementRecord]:
        """Look statements up for the traversal (kg.paths.steps.StatementSource)."""
        return cards.statement_records(self.store, self.names, iris)

    def to_networkx(self, answer: Answer | None = None) -> nx.MultiDiGraph[str]:
        """An answer of paths, mechanisms or links for NetworkX, or the whole graph (heavy above 100,000 edges)."""
        return to_networkx(answer or self.index)

    def evidence(self, question: EvidenceQuestion) -> EvidenceAnswer:
        """Clinical results, one row per arm or patient episode, measure, definition and subgroup."""
        check_question(question, EvidenceQuestion)
        return answering.answer(self, question)

    def histotypes_below(self, histotype: str) -> tuple[str, ...]:
        """A histotype and its subtypes, by the asserted and inferred hierarchy."""
        found = self.store.select(_HISTOTYPES_BELOW, {"node": histotype}).nodes()
        return tuple(sorted({histotype, *found}))

    def all_evidence(self) -> tuple[EvidenceRow, ...]:
        """Every result of the graph."""
        return evidence_search.gather(self, EvidenceQuestion()).rows

    def warm_up(self) -> None:
        """Do what the first gap map or comparison would wait for: read the results, if all can be kept."""
        self.results.read_all()
        intervals.load()

    def compare(
        self,
        a: str,
        b: str,
        histotype: str | None = None,
        measure: str | None = None,
        *,
        limit: int = comparison.MAX_PAIRS,
    ) -> comparison.ComparisonAnswer:
        """Two regimens: within one study, and, warned of, across studies. A bare drug means the drug alone."""
        return comparison.compare(self, a, b, histotype, measure, limit=limit)

    def pool(self, question: EvidenceQuestion) -> pooling.PoolAnswer:
        """A share of patients pooled over comparable studies, or the reason why not."""
        check_question(question, EvidenceQuestion)
        return pooling.pool(self, question)

    def safety(self, question: EvidenceQuestion) -> safety.SafetyAnswer:
        """Adverse events per regimen; with several drugs also those that they share."""
        check_question(question, EvidenceQuestion)
        return safety.safety(self, question)

    def gaps(self, rows: Sequence[str] = (), columns: Sequence[str] = ()) -> gap_map.GapMap:
        """Treatments against histotypes: studied, only predicted, or neither."""
        return gap_map.gap_map(self, rows, columns)

    def explain(self, drug: str | None, histotype: str, regimen: str | None = None) -> explanation.Explanation:
        """Mechanism and evidence of a drug, or of a regimen in its place, in a histotype, and whether they agree."""
        return explanation.explain(self, drug, histotype, regimen)

    def questions(self) -> tuple[catalogue.CatalogueQuestion, ...]:
        """Every question of the catalogue, by theme."""
        return catalogue.catalogue(self)

    def ask(
        self,
        question: str,
        given: Mapping[str, Sequence[str]] | None = None,
        *,
        limit: int = catalogue.MAX_ITEMS,
        budget: Budget | None = None,
    ) -> catalogue.QuestionAnswer:
        """Answer a question of the catalogue; parameters that are not given have their defaults.

        Raises: EntityNotFound, AmbiguousEntity, InvalidParameter.
        """
        return catalogue.ask(self, question, given or {}, limit, budget)

    def sparql(self, query: str, bindings: Bindings | None = None, budget: Budget | None = None) -> Solutions:
        """The solutions of a SELECT query; variables in ``bindings`` are bound as terms, never pasted as text."""
        if (form := inspect(query, self.store.limits).form) != "select":
            right = "store.ask" if form == "ask" else "store.construct"
            raise InvalidParameter("query", form.upper(), f"SELECT; KnowledgeGraph.{right} takes this one")
        found = self.store.select(query, bindings or {}, budget)
        return with_unknown_names(found, query, bindings or {}, self.store)
