"""What the vocabulary asks of every graph and no shape says: names that it has, on records and of values as it means.

Also that direct triples and the statements they rest on agree.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from rdflib import RDF, RDFS, SH, SKOS, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from ontology.english import article
from ontology.kinds import is_in, misfits, most_specific
from ontology.resources import shapes_graph
from ontology.terms import CLASS_BY_KIND, CLASSES, PREDICATES, PREFIXES, PROPERTIES, SKG
from ontology.violation import Violation

Classes = Mapping[Node, str]

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


def breaches(graph: Graph) -> Iterator[Violation]:
    """Where a graph uses the vocabulary otherwise than it is meant, and where statements and direct triples part."""
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
    classes = _classes(graph)
    yield from _shared_labels(graph)
    yield from _misfits(graph, classes)
    yield from _undefined(graph)
    yield from _values_of_other_kinds(graph, classes)
    yield from _on_other_records(graph, classes)
    yield from _direct_triples(graph)


def _classes(graph: Graph) -> dict[Node, str]:
    """The most specific class of the vocabulary by the thing or record that is in it; not those that are in none."""
    names: defaultdict[Node, list[str]] = defaultdict(list)
    for node, kind in graph.subject_objects(RDF.type):
        names[node].append(str(kind).removeprefix(SKG.namespace))
    return {node: name for node, found in names.items() if (name := most_specific(found)) is not None}


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


def _values_of_other_kinds(graph: Graph, classes: Classes) -> Iterator[Violation]:
    """Empty texts, and values that are not of the range of their property."""
    for subject, predicate, value in graph:
        if isinstance(value, Literal) and not value.strip():
            yield Violation(str(subject), str(predicate), "An empty text says nothing: leave it out.", "")
    ranges = {term.iri: (term.range, term.object_kinds) for term in PROPERTIES.values() if term.range}
    ranges |= dict.fromkeys(_NAMES, ("string", ()))
    for path, (kind, kinds) in ranges.items():
        name = path.replace("#", "/").rpartition("/")[2]
        for subject, value in graph.subject_objects(URIRef(path)):
            if right := _expected(classes, kind, kinds, value):
                yield Violation(str(subject), path, f"{name!r} takes {right}.", str(value))


def _expected(classes: Classes, kind: str | None, kinds: Sequence[str], value: Node) -> str | None:
    """What a property of that range takes, if the value is something else. What has no class is told elsewhere."""
    if kind in _DATATYPES:
        datatype, words = _DATATYPES[kind]
        return None if isinstance(value, Literal) and (value.datatype or XSD.string) == datatype else words
    if isinstance(value, Literal):
        return "a thing, not a text"
    return None if _fits(classes.get(value), kinds) else _one_of(kinds)


def _on_other_records(graph: Graph, classes: Classes) -> Iterator[Violation]:
    """Properties of records that are not theirs, and second values where a record has one."""
    for term in PROPERTIES.values():
        values: Counter[Node] = Counter()
        for subject, value in graph.subject_objects(URIRef(term.iri)):
            values[subject] += 1
            if not _fits(classes.get(subject), term.subject_kinds):
                message = f"{term.name!r} is for {_one_of(term.subject_kinds)}."
                yield Violation(str(subject), term.iri, message, str(value))
        for subject in (each for each, count in values.items() if term.single and count > 1):
            yield Violation(str(subject), term.iri, f"{term.name!r} has one value, and here it has several.", "")


def _fits(kind: str | None, kinds: Sequence[str]) -> bool:
    """Whether a thing of a class is one of those; so is what has no class of ours, which is told elsewhere."""
    return kind is None or not kinds or any(is_in(kind, each) for each in kinds)


def _one_of(kinds: Sequence[str]) -> str:
    return " or ".join(f"{article(label)} {label}" for label in (CLASSES[kind].label for kind in kinds))


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


def _misfits(graph: Graph, classes: Classes) -> Iterator[Violation]:
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
        subject, obj = (classes.get(end) if end else None for end in ends.values())
        if term is None or subject is None:
            continue
        for misfit in misfits(term, subject, obj):
            yield Violation(str(statement), SKG[misfit.end], misfit.reason, str(ends[misfit.end]))


def _is_unknown(term: Node) -> bool:
    """Whether a term is spelled as one of our vocabulary and is none."""
    iri = str(term)
    return iri.startswith(SKG.namespace) and iri.removeprefix(SKG.namespace) not in SKG


def _is_no_class(iri: str) -> bool:
    """Whether an IRI of ours is that of a property or of a thing."""
    return iri.startswith((SKG.namespace, *_OF_THINGS)) and iri.removeprefix(SKG.namespace) not in CLASSES
