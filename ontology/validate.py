"""Says whether a graph is well formed: the SHACL shapes, and five things that shapes cannot say.

No inference runs; the vocabulary is at hand, so that a shape can ask what a predicate takes. Shapes find
their focus nodes by class, so the cost grows with the number of curated records.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyshacl
from rdflib import RDF, SH, SKOS, BNode, Dataset, Graph, URIRef
from rdflib.term import Node

from ontology.kinds import misfits, most_specific
from ontology.resources import ontology_graph, shapes_graph
from ontology.terms import PREDICATES, SKG

_ENTITY_SHAPE = URIRef("https://w3id.org/sarcoma-kg/shapes/EntityShape")


@dataclass(frozen=True, order=True)
class Violation:
    """One thing wrong with a graph.

    Attributes:
        focus_node: IRI of the record that is wrong.
        path: the property that is wrong, as an IRI; empty where the record as a whole is.
        message: what would be right.
        value: the offending value, empty where something is missing.
        shape: IRI of the shape, empty for what no shape says.
    """

    focus_node: str
    path: str
    message: str
    value: str
    shape: str = ""

    def __str__(self) -> str:
        """One line for people: which record, which property, what would be right."""
        where = f" {self.path.rpartition('/')[2]}" if self.path else ""
        value = f" (it is {self.value!r})" if self.value else ""
        return f"{self.focus_node}{where}: {self.message}{value}"


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
    found = set(_beyond_shapes(graph))
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
    found.update(_violations(results))
    return Report(tuple(sorted(found)), triples)


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


def _beyond_shapes(graph: Graph) -> Iterator[Violation]:
    """Blank nodes, unknown properties and classes, labels given twice, and kinds that a predicate does not take."""
    for predicate in set(graph.predicates()):
        if _is_unknown(predicate):
            message = "No property of that name is in the vocabulary."
            yield from (
                Violation(str(subject), str(predicate), message, str(value))
                for subject, value in graph.subject_objects(predicate)
            )
    for subject, kind in graph.subject_objects(RDF.type):
        if _is_unknown(kind):
            yield Violation(str(subject), str(RDF.type), "No class of that name is in the vocabulary.", str(kind))
    for subject, predicate, value in graph:
        if isinstance(subject, BNode) or isinstance(value, BNode):
            yield Violation(str(subject), str(predicate), "Every node has a name: blank nodes are not allowed.", "")
    yield from _shared_labels(graph)
    yield from _misfits(graph)


def _shared_labels(graph: Graph) -> Iterator[Violation]:
    """Two entities of one kind with one label: whoever asks for it could not say which is meant."""
    for kind in shapes_graph().objects(_ENTITY_SHAPE, SH.targetClass):
        first: dict[str, Node] = {}
        for entity in sorted(graph.subjects(RDF.type, kind), key=str):
            for label in graph.objects(entity, SKOS.prefLabel):
                other = first.setdefault(str(label).casefold(), entity)
                if other != entity:
                    yield Violation(str(entity), str(SKOS.prefLabel), f"{other} has the same label.", str(label))


def _misfits(graph: Graph) -> Iterator[Violation]:
    """Subjects and objects of statements that are of kinds which the predicate does not take.

    What has no class is for the shapes to tell. They could say the rest only as one shape per predicate, each of them
    asked of every statement.
    """
    for statement, predicate in graph.subject_objects(URIRef(SKG.predicate)):
        term = PREDICATES.get(str(predicate).removeprefix(SKG.namespace))
        ends = {
            "subject": graph.value(statement, URIRef(SKG.subject)),
            "object": graph.value(statement, URIRef(SKG.object)),
        }
        subject, obj = (_class_of(graph, end) for end in ends.values())
        if term is None or subject is None:
            continue
        for misfit in misfits(term, subject, obj):
            yield Violation(str(statement), SKG[misfit.end], misfit.reason, str(ends[misfit.end]))


def _class_of(graph: Graph, node: Node | None) -> str | None:
    """Name of the most specific class of the vocabulary that a node is in."""
    return (
        most_specific(str(kind).removeprefix(SKG.namespace) for kind in graph.objects(node, RDF.type)) if node else None
    )


def _is_unknown(term: Node) -> bool:
    """Whether a term is spelled as one of our vocabulary and is none."""
    iri = str(term)
    return iri.startswith(SKG.namespace) and iri.removeprefix(SKG.namespace) not in SKG


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
