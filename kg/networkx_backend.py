"""NetworkX algorithms on the index itself: ``nx.shortest_path(IndexGraph(index), a, b)`` copies nothing.

NetworkX finds this module by the entry point ``sarcoma_kg`` of the group ``networkx.backends``. The functions
below have NetworkX's names, parameters and exceptions; one that is not here is not run on the index, and
``kg.projection.to_networkx`` gives a graph for everything else. Nodes are IRIs. Paths follow NetworkX in
length, not always in which of several shortest paths is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from inspect import signature
from typing import Any

import networkx as nx
import numpy as np

from kg.model import CERTAINTIES
from kg.paths.adjacency import Selection, project
from kg.paths.best_paths import SearchLimits
from kg.paths.breadth_first import FAR, AllShortestPaths, distances
from kg.paths.index import IMPORT_PREFIX, SIGN_CARRY, EdgeRecord, Ids, Index
from kg.paths.shortest_path import shortest_path as one_shortest_path
from kg.paths.simple_paths import by_length, simple_paths
from kg.projection import to_networkx

UNLIMITED = SearchLimits(max_expansions=1 << 62)


class IndexGraph:
    """The selected part of an index as NetworkX takes a graph. Read-only."""

    __networkx_backend__ = "sarcoma_kg"
    graph: dict[str, Any] = {}  # noqa: RUF012 - NetworkX expects the attribute; it stays empty

    def __init__(self, index: Index, selection: Selection | None = None) -> None:
        self.index = index
        self.selection = selection or Selection()
        self.projection = project(index, self.selection)

    def is_directed(self) -> bool:
        """Whether links are walked from subject to object only."""
        return self.selection.directed

    def is_multigraph(self) -> bool:
        """Parallel statements stay apart."""
        return True

    def __len__(self) -> int:
        return len(self.index.nodes)

    def __iter__(self) -> Iterator[str]:
        return (self.index.nodes[number] for number in range(len(self)))

    def __contains__(self, iri: object) -> bool:
        return isinstance(iri, str) and self.index.find(iri) is not None

    def neighbors(self, iri: str) -> Iterator[str]:
        """The nodes one step on, each once. Raises: networkx.NodeNotFound."""
        start, end = self.projection.out.pointer[self.number(iri) : self.number(iri) + 2].tolist()
        return (self.index.nodes[n] for n in np.unique(self.projection.out.neighbor[start:end]).tolist())

    def number(self, iri: str) -> int:
        """A node's number. Raises: networkx.NodeNotFound."""
        number = self.index.find(iri)
        if number is None:
            raise nx.NodeNotFound(f"Node {iri} is not in the graph")
        return number

    @cached_property
    def statements(self) -> Ids:
        """How many statements of each link the selection lets through."""
        chosen, index = self.selection, self.index
        graphs = [
            graph in chosen.graphs if chosen.graphs else chosen.include_imports or not graph.startswith(IMPORT_PREFIX)
            for graph in index.graphs
        ]
        certain = np.array([certainty in chosen.certainties for certainty in CERTAINTIES], dtype=bool)
        counts = np.array(graphs, dtype=bool)[index.edge_graph] & certain[index.edge_certainty]
        if not len(counts):
            return np.zeros(0, dtype=np.int64)
        return np.add.reduceat(counts.astype(np.int64), index.link_edge_pointer[:-1])

    def lets_through(self, edge: EdgeRecord) -> bool:
        """Whether the selection has a statement."""
        chosen, predicate = self.selection, edge.predicate
        if chosen.causal and not (predicate.causal or predicate.sign == SIGN_CARRY):
            return False
        return chosen.takes(edge) and (not chosen.predicates or predicate.name in chosen.predicates)

    def interior(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Every node may lie on a path."""
        return np.ones(len(self), dtype=bool)


def bidirectional_shortest_path(G: IndexGraph, source: str, target: str) -> list[str]:  # noqa: N803
    """As ``networkx.bidirectional_shortest_path``."""
    start, end = G.number(source), G.number(target)
    if start == end:
        return [source]
    found = one_shortest_path(G.projection, start, end, G.interior(), UNLIMITED)
    if found is None:
        raise nx.NetworkXNoPath(f"No path between {source} and {target}.")
    return list(G.index.nodes.take(found[0]))


def shortest_path(
    G: IndexGraph,  # noqa: N803
    source: str,
    target: str,
    weight: None = None,  # noqa: ARG001 - NetworkX's signature; ``can_run`` lets no weight through
    method: str = "dijkstra",  # noqa: ARG001
) -> list[str]:
    """As ``networkx.shortest_path`` between two nodes, without weights."""
    return bidirectional_shortest_path(G, source, target)


def shortest_path_length(
    G: IndexGraph,  # noqa: N803
    source: str,
    target: str,
    weight: None = None,  # noqa: ARG001 - NetworkX's signature; ``can_run`` lets no weight through
    method: str = "dijkstra",  # noqa: ARG001
) -> int:
    """As ``networkx.shortest_path_length`` between two nodes, without weights."""
    return len(bidirectional_shortest_path(G, source, target)) - 1


def has_path(G: IndexGraph, source: str, target: str) -> bool:  # noqa: N803
    """As ``networkx.has_path``."""
    try:
        bidirectional_shortest_path(G, source, target)
    except nx.NetworkXNoPath:
        return False
    return True


def all_shortest_paths(
    G: IndexGraph,  # noqa: N803
    source: str,
    target: str,
    weight: None = None,  # noqa: ARG001 - NetworkX's signature; ``can_run`` lets no weight through
    method: str = "dijkstra",  # noqa: ARG001
) -> Iterator[list[str]]:
    """As ``networkx.all_shortest_paths`` without weights, in the order of the IRIs; each path once."""
    start, end = G.number(source), G.number(target)
    if start == end:
        yield [source]
        return
    search = AllShortestPaths(
        G.projection, source=start, target=end, max_length=None, interior=G.interior(), limits=UNLIMITED
    )
    yield from _by_name(G, search.node_paths(), source, target)


def all_simple_paths(
    G: IndexGraph,  # noqa: N803
    source: str,
    target: str | Iterable[str],
    cutoff: int | None = None,
) -> Iterator[list[str]]:
    """As ``networkx.all_simple_paths``: in a multigraph a path comes as often as parallel edges allow it."""
    start = G.number(source)
    ends = {G.number(iri) for iri in ([target] if isinstance(target, str) else target)}
    longest = len(G) - 1 if cutoff is None else cutoff
    if longest < 0 or not ends:
        return
    for nodes, ways in simple_paths(G.projection, start, ends, longest, G.statements):
        for _ in range(ways):
            yield list(G.index.nodes.take(nodes))


def shortest_simple_paths(
    G: IndexGraph,  # noqa: N803
    source: str,
    target: str,
    weight: None = None,  # noqa: ARG001 - NetworkX's signature; ``can_run`` lets no weight through
) -> Iterator[list[str]]:
    """As ``networkx.shortest_simple_paths`` without weights, each path once, which NetworkX refuses a multigraph."""
    yield from _by_name(G, by_length(G.projection, G.number(source), G.number(target)), source, target)


def _by_name(
    G: IndexGraph,  # noqa: N803
    found: Iterable[tuple[int, ...]],
    source: str,
    target: str,
) -> Iterator[list[str]]:
    """Paths by their IRIs. Raises: networkx.NetworkXNoPath if there is none."""
    nodes = None
    for nodes in found:
        yield list(G.index.nodes.take(nodes))
    if nodes is None:
        raise nx.NetworkXNoPath(f"No path between {source} and {target}.")


def single_source_shortest_path_length(
    G: IndexGraph,  # noqa: N803
    source: str,
    cutoff: int | None = None,
) -> dict[str, int]:
    """As ``networkx.single_source_shortest_path_length``, nearest first."""
    distance = distances(G.projection.out, [G.number(source)], cutoff)
    found = np.flatnonzero(distance != FAR)
    order = found[np.argsort(distance[found], kind="stable")].tolist()
    return {G.index.nodes[number]: int(distance[number]) for number in order}


class Backend:
    """What NetworkX's dispatcher loads."""

    bidirectional_shortest_path = staticmethod(bidirectional_shortest_path)
    shortest_path = staticmethod(shortest_path)
    shortest_path_length = staticmethod(shortest_path_length)
    has_path = staticmethod(has_path)
    all_shortest_paths = staticmethod(all_shortest_paths)
    all_simple_paths = staticmethod(all_simple_paths)
    shortest_simple_paths = staticmethod(shortest_simple_paths)
    single_source_shortest_path_length = staticmethod(single_source_shortest_path_length)

    @staticmethod
    def can_run(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        """Only unweighted questions, and paths only between two given nodes."""
        needs_both = name in {"shortest_path", "shortest_path_length"}
        given = dict(zip(signature(getattr(Backend, name)).parameters, args, strict=False)) | kwargs
        both = given.get("source") is not None and given.get("target") is not None
        return given.get("weight") is None and (both or not needs_both)

    @staticmethod
    def convert_from_nx(graph: Any, *args: Any, **kwargs: Any) -> Any:
        """An index is built from statements, never from a NetworkX graph."""
        raise NotImplementedError("a NetworkX graph has no index")

    @staticmethod
    def convert_to_nx(result: Any, *, name: str | None = None) -> Any:  # noqa: ARG004 - NetworkX's signature
        """A copy of what the selection lets through; anything else is as NetworkX has it already."""
        if not isinstance(result, IndexGraph):
            return result
        copy, index = to_networkx(result.index), result.index
        for edge in index.iter_edges():
            if not result.lets_through(edge):
                copy.remove_edge(index.nodes[edge.subject], index.nodes[edge.object], edge.statement)
        return copy if result.is_directed() else copy.to_undirected()


backend = Backend()
