"""Says whether a graph is well formed: the SHACL shapes, and what shapes could say only record by record.

No inference runs; the vocabulary is at hand, so that a shape can ask what a predicate takes. Shapes find
their focus nodes by class, so the cost grows with the number of curated records. What they cannot say is in
``ontology.rules`` (what the vocabulary asks of every graph) and ``ontology.records`` (how records fit each other).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyshacl
from rdflib import RDF, SH, Dataset, Graph, URIRef
from rdflib.term import Node

from ontology.records import disagreements
from ontology.resources import ontology_graph, shapes_graph
from ontology.rules import breaches
from ontology.violation import Violation

__all__ = ["Report", "Violation", "validate"]


@dataclass(frozen=True)
class Report:
    """The verdict on a graph. ``violations`` are sorted by focus node, path, message and value."""

    violations: tuple[Violation, ...]
    triples: int

    @property
    def conforms(self) -> bool:
        """Whether nothing is wrong."""
        return not self.violations

    def __str__(self) -> str:
        if self.conforms:
            return f"{self.triples} triples, nothing wrong"
        return "\n".join(str(violation) for violation in self.violations)


def validate(data: Path | bytes | Graph) -> Report:
    """Check a graph against all shapes.

    Shape: the union of the graphs of a dataset; named graphs are not told apart. A graph that is handed in is
    not changed.

    Args:
        data: a file of N-Triples, N-Quads or Turtle by its suffix; the bytes of N-Triples or N-Quads; or an
            rdflib graph.

    Raises: ValueError if bytes or a file cannot be parsed.
    """
    graph = _read(data)
    triples = len(graph)
    found = {*breaches(graph), *disagreements(graph)}
    for triple in ontology_graph():
        graph.add(triple)
    _, results, _ = pyshacl.validate(
        graph,
        shacl_graph=shapes_graph(),
        inference="none",
        advanced=False,
        inplace=True,
        do_owl_imports=False,
    )
    by_shapes = set(_violations(results))
    told = {(violation.focus_node, violation.path) for violation in by_shapes}
    found = {violation for violation in found if (violation.focus_node, violation.path) not in told}
    return Report(tuple(sorted(found | by_shapes)), triples)


def _read(data: Path | bytes | Graph) -> Graph:
    if isinstance(data, Graph) and not isinstance(data, Dataset):
        copy = Graph()
        for triple in data:
            copy.add(triple)
        return copy
    if isinstance(data, Dataset):
        return _union(data)
    if isinstance(data, Path):
        if data.suffix == ".ttl":
            return Graph().parse(data.as_posix(), format="turtle")
        data = data.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib 7.6 warns of its own use of default_context
        return _union(Dataset().parse(data=data, format="nquads"))


def _union(dataset: Dataset) -> Graph:
    graph = Graph()
    for subject, predicate, obj, _ in dataset.quads():
        graph.add((subject, predicate, obj))
    return graph


def _violations(results: Graph | bytes | Exception) -> Iterator[Violation]:
    if not isinstance(results, Graph):
        raise TypeError(f"the shapes cannot be applied: {results!r}")
    for result in results.subjects(RDF.type, SH.ValidationResult):
        path = results.value(result, SH.resultPath)
        yield Violation(
            focus_node=_text(results.value(result, SH.focusNode)),
            path=str(path) if isinstance(path, URIRef) else "",
            message=_text(results.value(result, SH.resultMessage)),
            value=_text(results.value(result, SH.value)),
            shape=_text(_named_shape(results.value(result, SH.sourceShape))),
        )


def _named_shape(shape: Node | None) -> Node | None:
    return shape if isinstance(shape, URIRef) else None


def _text(node: Node | None) -> str:
    return "" if node is None else str(node)
