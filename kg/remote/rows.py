"""The edges of a graph that is too large to be fetched, laid beside their nodes so that an engine finds them by node.

Each node has two subjects in the graph of the index, for the edges that leave it and for those that reach it; each
predicate has a property; the object is a JSON list of links ``[node number, cost, cost with imports, [[certainty,
statement, graph number], ...]]``, cut into several where it gets long. Nodes are numbered in the order of their IRIs,
costs are those of the whole graph (``kg.paths.index``), which no part of it could tell.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias
from urllib.parse import quote

import numpy as np

from kg.model import CERTAINTIES
from kg.paths.index import Ids, Index, IndexEdge, IndexNode
from kg.paths.index_writer import indexed_predicate, write_index
from kg.remote.index import compact_json, packed
from kg.remote.store import HEADER_GRAPH, Header

OUT, IN = "out", "in"
Key: TypeAlias = tuple[int, int, int]  # numbers of subject, predicate, object


@dataclass(frozen=True)
class Link:
    """What the rows say of one link. ``statements`` are (certainty, IRI, graph number)."""

    cost: int
    cost_with_imports: int
    statements: tuple[tuple[str, str, int], ...]

    def passes(self, certainties: frozenset[str], hidden_graphs: frozenset[int]) -> bool:
        """Whether one of its statements has one of the certainties and lies in none of the graphs named."""
        return any(certainty in certainties and graph not in hidden_graphs for certainty, _, graph in self.statements)


def row_iri(index_graph: str, way: str, node: int) -> str:
    """The subject that the edges of a node hang on. ``way`` is :data:`OUT` or :data:`IN`."""
    return f"{index_graph}/{way}-{node}"


def property_iri(predicate: str) -> str:
    """The property that stands for a predicate."""
    return f"{HEADER_GRAPH}#by-{quote(predicate, safe='')}"


def node_rows(index: Index, index_graph: str) -> Iterator[tuple[str, str, str]]:
    """Subject, property and text of every row. Heavy: a Python object for each statement, twice."""
    predicates = [property_iri(predicate.name) for predicate in index.predicates]
    for node in range(len(index.nodes)):
        start, end = index.link_pointer[node : node + 2].tolist()
        first, last = index.reverse_pointer[node : node + 2].tolist()
        sides = (
            (OUT, list(range(start, end)), index.link_object[start:end].tolist()),
            (IN, index.reverse_link[first:last].tolist(), index.reverse_subject[first:last].tolist()),
        )
        for way, links, others in sides:
            subject = row_iri(index_graph, way, node)
            by_predicate = index.link_predicate[links].tolist() if links else []
            entries = zip(by_predicate, _entries(index, links, others), strict=True)
            for predicate, group in groupby(entries, key=lambda entry: entry[0]):
                for text in packed(entry for _, entry in group):
                    yield subject, predicates[predicate], text


def _entries(index: Index, links: list[int], others: list[int]) -> Iterator[str]:
    for link, other in zip(links, others, strict=True):
        edges = index.edges_of(link)
        names = index.statements.take(index.edge_statement[edges.start : edges.stop].tolist())
        certainties = index.edge_certainty[edges.start : edges.stop].tolist()
        graphs = index.edge_graph[edges.start : edges.stop].tolist()
        said = [[CERTAINTIES[c], name, g] for c, name, g in zip(certainties, names, graphs, strict=True)]
        costs = int(index.link_cost[link]), int(index.link_cost_with_imports[link])
        yield compact_json([other, *costs, said])


@dataclass
class RowReader:
    """Reads rows as an engine gives them. Raises: ValueError, TypeError or LookupError where they are no rows."""

    header: Header
    _predicate: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self._predicate = {property_iri(name): number for number, name in enumerate(self.header.predicates)}

    def row(self, subject: str, prop: str, text: str) -> tuple[str, int, dict[Key, Link]]:
        """Which side of which node a row is about, and its links."""
        way, _, number = subject.rpartition("/")[2].partition("-")
        node, predicate = int(number), self._predicate[prop]
        links = {}
        for other, cost, with_imports, said in json.loads(text):
            key = (node, predicate, other) if way == OUT else (other, predicate, node)
            links[key] = Link(cost, with_imports, tuple((c, name, g) for c, name, g in said))
        return way, node, links


def part_of(whole: Index, header: Header, links: Mapping[Key, Link], nodes: frozenset[int]) -> Index:
    """An index of some links of a graph, with the costs that they have in the whole of it.

    Args:
        whole: holds every node.
        header: of the graph.
        links: those of the part.
        nodes: more nodes than the links name.
    """
    numbers = sorted({*nodes, *(key[0] for key in links), *(key[2] for key in links)})
    iris = dict(zip(numbers, whole.nodes.take(numbers), strict=True))
    labels = whole.labels.take(numbers)
    listed = (IndexNode(iris[n], whole.type_of(n), label) for n, label in zip(numbers, labels, strict=True))
    edges = (
        IndexEdge(iris[s], header.predicates[p], iris[o], certainty, name, header.edge_graphs[graph])  # type: ignore[arg-type]  # as pushed
        for (s, p, o), link in links.items()
        for certainty, name, graph in link.statements
    )
    with TemporaryDirectory(prefix="sarcoma-kg-") as folder:
        write_index(Path(folder), listed, edges)
        part = Index.open(Path(folder))  # its files stay mapped when their names are gone
    return _with_names_and_costs(part, whole, header, links, np.array(numbers, dtype=np.int64))


def _with_names_and_costs(part: Index, whole: Index, header: Header, links: Mapping[Key, Link], numbers: Ids) -> Index:
    """Number predicates and types as the whole graph does, so that filters know them all, and take its costs."""
    rank = np.array([header.predicates.index(predicate.name) for predicate in part.predicates], dtype=np.int16)
    types = np.array([whole.types.index(name) for name in part.types], dtype=np.uint8)
    predicate = rank[part.link_predicate]
    subjects = numbers[np.repeat(np.arange(len(numbers)), np.diff(part.link_pointer))].tolist()
    objects = numbers[part.link_object].tolist()
    found = [links[key] for key in zip(subjects, predicate.tolist(), objects, strict=True)]
    return replace(
        part,
        predicates=tuple(map(indexed_predicate, header.predicates)),
        types=whole.types,
        link_predicate=predicate,
        node_type=types[part.node_type],
        link_cost=np.array([link.cost for link in found], dtype=np.int32),
        link_cost_with_imports=np.array([link.cost_with_imports for link in found], dtype=np.int32),
    )
