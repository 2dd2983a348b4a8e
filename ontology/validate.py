"""Says whether a graph is well formed: the SHACL shapes, and what shapes could say only record by record.

No inference runs; the vocabulary is at hand, so that a shape can ask what a predicate takes. Shapes find
their focus nodes by class, so the cost grows with the number of curated records.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyshacl
from rdflib import RDF, RDFS, SH, SKOS, XSD, BNode, Dataset, Graph, Literal, URIRef
from rdflib.term import Node

from ontology.english import article
from ontology.kinds import is_in, misfits, most_specific
from ontology.resources import ontology_graph, shapes_graph
from ontology.terms import CLASS_BY_KIND, CLASSES, PREDICATES, PREFIXES, PROPERTIES, SKG

_ENTITY_SHAPE = URIRef("https://w3id.org/sarcoma-kg/shapes/EntityShape")
_OF_THINGS = tuple(PREFIXES[kind] for kind in CLASS_BY_KIND)  # what the IRI of a thing or a record begins with
_DATATYPES = {
    "string": (XSD.string, "a text"),
    "integer": (XSD.integer, "a whole number"),
    "decimal": (XSD.decimal, "a decimal number"),
    "boolean": (XSD.boolean, "true or false"),
}
_NAMES = tuple(str(name) for name in (RDFS.label, SKOS.prefLabel, SKOS.altLabel, SKOS.definition))
_DIRECT = frozenset({"stated", "inferred"})  # certainties of which an affirmed statement is also a direct triple
_WITHIN_RECORDS = frozenset({"hasArm", "hasEvent", "hasPatient", "includesDrug", "includesProcedure", "regimen"})


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


def _beyond_shapes(graph: Graph) -> Iterator[Violation]:
    """What holds of every record, whatever its class, and what no shape can compare."""
    for predicate in set(graph.predicates()):
        if _is_unknown(predicate):
            message = "No property of that name is in the vocabulary."
            yield from (
                Violation(str(subject), str(predicate), message, str(value))
                for subject, value in graph.subject_objects(predicate)
            )
    for subject, kind in graph.subject_objects(RDF.type):
        if not isinstance(kind, URIRef) or _is_no_class(str(kind)):
            yield Violation(str(subject), str(RDF.type), "No class of that name is in the vocabulary.", str(kind))
    for subject, predicate, value in graph:
        if isinstance(subject, BNode) or isinstance(value, BNode):
            yield Violation(str(subject), str(predicate), "Every node has a name: blank nodes are not allowed.", "")
    yield from _shared_labels(graph)
    yield from _misfits(graph)
    yield from _undefined(graph)
    yield from _values_of_other_kinds(graph)
    yield from _direct_triples(graph)


def _undefined(graph: Graph) -> Iterator[Violation]:
    """Things and records that are named, and of which nothing says what they are.

    The catalogue may name things that a graph of other documents does not have.
    """

    def is_undefined(node: Node) -> bool:
        return str(node).startswith(_OF_THINGS) and (node, RDF.type, None) not in graph

    for subject in filter(is_undefined, set(graph.subjects())):
        yield Violation(str(subject), str(RDF.type), "It has no class: nothing says what it is.", "")
    linked = {value for value in graph.objects() if isinstance(value, URIRef)} - set(graph.subjects())
    for value in filter(is_undefined, linked):
        for subject, predicate in graph.subject_predicates(value):
            if str(subject).startswith(_OF_THINGS):
                yield Violation(str(subject), str(predicate), "A thing of that name is not in the graph.", str(value))


def _values_of_other_kinds(graph: Graph) -> Iterator[Violation]:
    """Empty texts, and values that are not of the range of their property."""
    for subject, predicate, value in graph:
        if isinstance(value, Literal) and not value.strip():
            yield Violation(str(subject), str(predicate), "An empty text says nothing: leave it out.", "")
    ranges = {term.iri: term.range for term in PROPERTIES.values() if term.range} | dict.fromkeys(_NAMES, "string")
    for path, kind in ranges.items():
        name = path.replace("#", "/").rpartition("/")[2]
        for subject, value in graph.subject_objects(URIRef(path)):
            if right := _expected(graph, kind, value):
                yield Violation(str(subject), path, f"{name!r} takes {right}.", str(value))


def _expected(graph: Graph, kind: str, value: Node) -> str | None:
    """What a property of that range takes, if the value is something else. What has no class is told elsewhere."""
    if kind in _DATATYPES:
        datatype, words = _DATATYPES[kind]
        return None if isinstance(value, Literal) and (value.datatype or XSD.string) == datatype else words
    if isinstance(value, Literal):
        return "a thing, not a text"
    found = _class_of(graph, value)
    if kind == "iri" or found is None or is_in(found, kind):
        return None
    return f"{article(CLASSES[kind].label)} {CLASSES[kind].label}"


def _direct_triples(graph: Graph) -> Iterator[Violation]:
    """Facts that are no direct triple although they are affirmed and stated, and direct triples that nobody states.

    What joins the parts of a record is said by the record.
    """
    stated = set()
    for statement in graph.subjects(RDF.type, URIRef(SKG.Statement)):
        polarity, certainty, subject, predicate, obj = (
            graph.value(statement, URIRef(SKG[name]))
            for name in ("polarity", "certainty", "subject", "predicate", "object")
        )
        if str(polarity) != "affirmed" or str(certainty) not in _DIRECT or not (subject and predicate and obj):
            continue
        stated.add((subject, predicate, obj))
        if (subject, predicate, obj) not in graph:
            message = "It is affirmed and stated, and its direct triple is not in the graph."
            yield Violation(str(statement), SKG.object, message, str(obj))
    for term in PREDICATES.values():
        if term.name not in _WITHIN_RECORDS:
            for subject, obj in graph.subject_objects(URIRef(term.iri)):
                if (subject, URIRef(term.iri), obj) not in stated:
                    message = "A direct triple rests on a statement: no affirmed and stated statement says so."
                    yield Violation(str(subject), term.iri, message, str(obj))


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


def _is_no_class(iri: str) -> bool:
    """Whether an IRI of ours is that of a property or of a thing."""
    return iri.startswith((SKG.namespace, *_OF_THINGS)) and iri.removeprefix(SKG.namespace) not in CLASSES


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
