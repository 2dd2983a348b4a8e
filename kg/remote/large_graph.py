"""A graph with more edges than are fetched: names and curated facts are at hand, everything else stays on the engine.

Questions that leave imports out run on the curated part, which is whole. Those about neighbours, and those that let
imports in, walk the engine's copy (``kg.remote.frontier``) and run the same searches on what they have read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from kg.budget import SEARCH_TIMEOUT_S, Deadline
from kg.errors import CapabilityMissing, QueryTimeout, ResultTooLarge
from kg.graph import KnowledgeGraph
from kg.mechanism.answer import MechanismAnswer
from kg.paths import neighborhood, surroundings, traversal
from kg.paths.adjacency import Mask, Selection, nodes_allowed
from kg.paths.best_paths import SearchLimits
from kg.paths.index import IMPORT_PREFIX, Index
from kg.paths.link_filters import LinkFilters, graphs_named
from kg.paths.surroundings import excluded_by
from kg.remote.frontier import CutShort, FrontierLimits, Reached, Walk, are_connected, between, within
from kg.remote.rows import IN, OUT, part_of
from kg.remote.store import RemoteStore
from kg.search.facts import FactIndex
from kg.search.names import NameIndex

Asked = TypeVar("Asked", bound=LinkFilters)
Answer = TypeVar("Answer", surroundings.ReachableAnswer, surroundings.Subgraph)
_WALKED = frozenset({"counts", "neighbors", "common", "reachable", "subgraph", "paths", "shortest_paths", "all_paths"})
_ON_CURATED = frozenset({"index", "mechanism", "gaps", "explain"})
_ON_STORE = frozenset({
    "store", "names", "results", "data_version", "close", "search", "resolve", "name_of", "entity", "fact", "study",
    "timeline", "document", "members", "corpus", "class_counts", "statements", "evidence", "histotypes_below",
    "all_evidence", "compare", "pool", "safety", "questions", "ask", "sparql", "facts",
})  # fmt: skip


@dataclass(frozen=True)
class CutPathAnswer(traversal.PathAnswer):
    """Paths from a walk that a limit ended: all of up to ``complete_to`` steps have been compared."""

    complete_to: int = 0


class LargeRemoteGraph(KnowledgeGraph):
    """Questions whose answers would rest on edges that are not here are refused by name, also those added later."""

    store: RemoteStore

    def __init__(
        self,
        store: RemoteStore,
        index: Index,
        names: NameIndex,
        facts: FactIndex | None = None,
        limits: FrontierLimits | None = None,
    ) -> None:
        super().__init__(store, index, names, facts)
        self._limits = limits or FrontierLimits()
        self._local = index

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("_") or name in _WALKED or name in _ON_STORE:
            return super().__getattribute__(name)
        if name in _ON_CURATED and self._has_curated():
            return super().__getattribute__(name)
        raise CapabilityMissing(f"{name}; its graph has more edges than are fetched, and this needs them all")

    def _has_curated(self) -> bool:
        return self.store.header.local == "curated"

    def counts(
        self, node: str, *, include_imports: bool = False, graphs: Sequence[str] = ()
    ) -> tuple[neighborhood.NeighborCount, ...]:
        """See the base class."""
        iri = self.resolve(node, parameter="id").id
        part = self._beside((iri,), Deadline.after(SEARCH_TIMEOUT_S))
        named = self._named_graphs(graphs)
        return neighborhood.neighbor_counts(part, iri, include_imports=include_imports, graphs=named)

    def _named_graphs(self, names: Sequence[str]) -> tuple[str, ...]:
        """See the base class."""
        return graphs_named(names, self.store.header.edge_graphs) if names else ()

    def _index_around(self, question: neighborhood.NeighborsQuestion) -> Index:
        return self._beside((question.node,), Deadline.after(SEARCH_TIMEOUT_S))

    def common(
        self, question: surroundings.CommonQuestion, timeout_s: float = SEARCH_TIMEOUT_S
    ) -> surroundings.CommonAnswer:
        """See the base class."""
        question, deadline = self._named(question, surroundings.CommonQuestion), Deadline.after(timeout_s)
        return surroundings.common_neighbors(self._beside(question.nodes, deadline), question, self, deadline)

    def reachable(
        self, question: surroundings.ReachableQuestion, timeout_s: float = SEARCH_TIMEOUT_S
    ) -> surroundings.ReachableAnswer:
        """See the base class."""
        question, deadline = self._named(question, surroundings.ReachableQuestion), Deadline.after(timeout_s)

        def answered(wider: surroundings.ReachableQuestion) -> surroundings.ReachableAnswer:
            part = self._around((wider.node,), wider.max_length - 1, wider, deadline)
            return surroundings.reachable(part, wider, deadline)

        return self._explained(question, answered, lambda answer: bool(answer.items))

    def subgraph(
        self, question: surroundings.SubgraphQuestion, timeout_s: float = SEARCH_TIMEOUT_S
    ) -> surroundings.Subgraph:
        """See the base class."""
        question, deadline = self._named(question, surroundings.SubgraphQuestion), Deadline.after(timeout_s)

        def answered(wider: surroundings.SubgraphQuestion) -> surroundings.Subgraph:
            return surroundings.subgraph(self._around(wider.nodes, wider.hops, wider, deadline), wider, self, deadline)

        return self._explained(question, answered, lambda answer: bool(answer.edges))

    def _explained(
        self, question: Asked, answered: Callable[[Asked], Answer], finds: Callable[[Answer], bool]
    ) -> Answer:
        """An answer; one that finds nothing with the filters that shut out what there is."""
        if finds(answer := answered(question)):
            return answer

        def wider_finds(wider: Asked) -> bool:
            try:
                return finds(answered(wider))
            except (QueryTimeout, ResultTooLarge):
                return False

        shut_out = excluded_by(question, wider_finds, has_imports=self._has_imports)
        return replace(answer, excluded_by=shut_out)

    def mechanism(
        self, *args: Any, include_imports: bool = False, graphs: Sequence[str] = (), **named: Any
    ) -> MechanismAnswer:
        """See the base class."""
        named_graphs = self._named_graphs(graphs)
        if Selection(include_imports=include_imports, graphs=frozenset(named_graphs)).reads_imports:
            raise CapabilityMissing("mechanism with imports; its graph has more edges than are fetched")
        return super().mechanism(*args, graphs=named_graphs, **named)

    def _paths(
        self, search: traversal.PathSearch, question: traversal.PathQuestion, timeout_s: float
    ) -> traversal.PathAnswer:
        """See the base class; where a limit ended the walk, a :class:`CutPathAnswer`."""
        question, deadline = self._named(question, traversal.PathQuestion), Deadline.after(timeout_s)
        limits = SearchLimits(deadline=deadline)
        if self._has_curated() and not question.selection().reads_imports:
            return search(self._local, question, self, limits)
        walk = self._walk(deadline, question.selection())
        part, reached = self._between(question, walk)
        if reached.cut_by:
            answer = search(part, replace(question, max_length=max(reached.complete_to, 1)), self, limits)
            kept = {field.name: getattr(answer, field.name) for field in fields(answer)}
            kept |= {"total": None, "truncated": True, "truncated_by": reached.cut_by, "excluded_by": ()}
            return CutPathAnswer(**kept, complete_to=reached.complete_to)
        answer = search(part, question, self, limits)
        if answer.paths or answer.truncated:
            return answer
        # What filters shut out shows only in what is read without them.
        return replace(answer, excluded_by=self._excluded_by(question, walk))

    def _excluded_by(self, question: traversal.PathQuestion, walk: Walk) -> tuple[str, ...]:
        def connected(wider: traversal.PathQuestion) -> bool:
            try:
                return are_connected(walk.wider(wider.selection()), *self._bounds(wider))
            except CutShort:
                return False

        return traversal.excluded_by(question, connected, has_imports=self._has_imports)

    @property
    def _has_imports(self) -> bool:
        return any(graph.startswith(IMPORT_PREFIX) for graph in self.store.header.edge_graphs)

    def _between(self, question: traversal.PathQuestion, walk: Walk) -> tuple[Index, Reached]:
        """What of the graph can lie on the paths that a question asks for."""
        ends, length, interior = self._bounds(question)
        reached = between(walk, ends, length, interior)
        named = frozenset((*ends, *(self._local.node(iri, "avoid") for iri in question.avoid)))
        return part_of(self._local, self.store.header, reached.links, named), reached

    def _bounds(self, question: traversal.PathQuestion) -> tuple[tuple[int, int], int, Mask]:
        """The ends of the paths that are asked for, their length, and where they may lead through."""
        ends = self._local.node(question.source, "source"), self._local.node(question.target, "target")
        avoid = [self._local.node(iri, "avoid") for iri in question.avoid]
        return ends, question.max_length, nodes_allowed(self._local, question.node_types, avoid)

    def _beside(self, nodes: tuple[str, ...], deadline: Deadline) -> Index:
        """All links of some entities."""
        numbers = [self._local.node(iri, "node") for iri in nodes]
        walk = self._walk(deadline, None)
        self._read_whole(lambda: walk.around(numbers, (OUT, IN)))
        return part_of(self._local, self.store.header, walk.links, frozenset(numbers))

    def _around(self, nodes: tuple[str, ...], hops: int, question: LinkFilters, deadline: Deadline) -> Index:
        """All links of the entities within so many steps."""
        numbers = [self._local.node(iri, "node") for iri in nodes]
        walk = self._walk(deadline, question.selection())
        self._read_whole(lambda: within(walk, numbers, hops, question.direction))
        return part_of(self._local, self.store.header, walk.links, frozenset(numbers))

    def _walk(self, deadline: Deadline, selection: Selection | None) -> Walk:
        return Walk(self.store, selection, deadline, self._limits)

    def _read_whole(self, read: Callable[[], object]) -> None:
        """Read what an answer must rest on as a whole. Raises: QueryTimeout, ResultTooLarge."""
        try:
            read()
        except CutShort as cut:
            if cut.limit == "timeout":
                raise QueryTimeout("timeout_s", SEARCH_TIMEOUT_S, "s") from None
            most = self._limits.max_links if cut.limit == "links" else self._limits.max_frontier
            raise ResultTooLarge(f"max_{cut.limit}", most, cut.limit) from None
