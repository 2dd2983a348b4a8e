"""The graph as NetworkX sees it: for small parts of it, and, if it must be, for all of it.

Every edge is keyed by the IRI of its statement, so that parallel statements stay apart. Nodes carry ``type``
and ``label``; edges carry ``predicate``, ``certainty``, ``imported`` and, where there is one, ``sign`` (+1, -1, 0 for
one that hands on the sign before it). What is unknown is left out, because GraphML and GEXF have no word for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import networkx as nx

from kg.mechanism.search import MechanismAnswer
from kg.model import EntityRef
from kg.paths.index import Index
from kg.paths.steps import Step
from kg.paths.surroundings import CommonAnswer, Subgraph
from kg.paths.traversal import PathAnswer

Answer = PathAnswer | MechanismAnswer | Subgraph | CommonAnswer


def to_networkx(source: Index | Answer) -> nx.MultiDiGraph[str]:
    """A ``networkx.MultiDiGraph`` of an answer, or of the whole index.

    Shape: nodes are IRIs; edges run from subject to object, whichever way a path walks them.
    Notes: an answer takes milliseconds. The whole graph is heavy, because every node and statement becomes
    several Python objects: two million edges take about 15 s and 0.7 GiB. For NetworkX algorithms on the
    index itself, without any copy, see ``kg.networkx_backend``.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    if isinstance(source, Index):
        _add_index(graph, source)
        return graph
    for node in _nodes(source):
        graph.add_node(node.id, type=node.type, label=node.label)
    for step in _steps(source):
        for end in (step.subject, step.object):
            graph.add_node(end.id, type=end.type, label=end.label)
        for statement in step.statements:
            graph.add_edge(
                step.subject.id, step.object.id, statement,
                **_attributes(step.predicate, step.sign, step.certainty, imported=step.imported),
            )  # fmt: skip
    return graph


def _nodes(answer: Answer) -> Iterable[EntityRef]:
    if isinstance(answer, Subgraph):
        return answer.nodes
    if isinstance(answer, MechanismAnswer):
        return [node.entity for node in answer.graph.nodes]
    return []


def _steps(answer: Answer) -> Iterator[Step]:
    if isinstance(answer, Subgraph):
        return iter(answer.edges)
    if isinstance(answer, CommonAnswer):
        return chain.from_iterable(item.steps for item in answer.items)
    steps = chain.from_iterable(path.steps for path in answer.paths)
    return chain(steps, (edge.step for edge in answer.graph.edges)) if isinstance(answer, MechanismAnswer) else steps


def _add_index(graph: nx.MultiDiGraph[str], index: Index) -> None:
    iris = []
    for number in range(len(index.nodes)):
        iris.append(index.nodes[number])
        graph.add_node(iris[-1], type=index.type_of(number), label=index.labels[number])
    for edge in index.iter_edges():
        graph.add_edge(
            iris[edge.subject], iris[edge.object], edge.statement,
            **_attributes(edge.predicate.name, edge.predicate.known_sign, edge.certainty, imported=edge.imported),
        )  # fmt: skip


def _attributes(predicate: str, sign: int | None, certainty: str, *, imported: bool) -> dict[str, str | int]:
    known: dict[str, str | int] = {"predicate": predicate, "certainty": certainty, "imported": imported}
    return known if sign is None else {**known, "sign": sign}
