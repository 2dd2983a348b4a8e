"""Class axioms as values: what the reasoner is told, and how each reads in plain words.

The forms are those of OWL 2 EL that this project needs, plus disjointness. Anything else in the ontology is
refused when it is read, so that nothing is silently left out of the reasoning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from rdflib import OWL, RDF, RDFS, BNode, Graph, URIRef

from ontology.english import article
from ontology.resources import disjoint_pairs, ontology_graph
from ontology.terms import CLASSES, PREDICATES, PREFIXES
from ontology.vocabulary import NAMESPACE

THING = str(OWL.Thing)
NOTHING = str(OWL.Nothing)


class UnsupportedAxiomError(ValueError):
    """The ontology holds an axiom outside the forms below."""


@dataclass(frozen=True, order=True)
class SubClass:
    """Every ``sub`` is a ``sup``."""

    sub: str
    sup: str


@dataclass(frozen=True, order=True)
class Disjoint:
    """Nothing is both."""

    one: str
    other: str


@dataclass(frozen=True, order=True)
class Related:
    """Every ``sub`` stands in ``relation`` to some ``filler``."""

    sub: str
    relation: str
    filler: str


@dataclass(frozen=True, order=True)
class Defined:
    """A ``name`` is exactly a ``genus`` that stands in ``relation`` to some ``filler``.

    Uterine leiomyosarcoma, for example, is exactly a leiomyosarcoma that arises in the uterus.
    """

    name: str
    genus: str
    relation: str
    filler: str


Axiom = SubClass | Disjoint | Related | Defined


def in_words(axiom: Axiom, labels: Mapping[str, str] | None = None) -> str:
    """The axiom as a sentence. ``labels`` by IRI win over the labels of the vocabulary and over CURIEs."""

    def name(iri: str) -> str:
        return (labels or {}).get(iri) or _vocabulary_label(iri) or _curie(iri)

    def a(iri: str) -> str:
        return f"{article(name(iri))} {name(iri)}"

    match axiom:
        case SubClass(sub, sup):
            return f"every {name(sub)} is {a(sup)}"
        case Disjoint(one, other):
            return f"nothing is both {a(one)} and {a(other)}"
        case Related(sub, relation, filler):
            return f"every {name(sub)} {name(relation)} some {name(filler)}"
        case Defined(defined, genus, relation, filler):
            return f"{a(defined)} is exactly {a(genus)} that {name(relation)} some {name(filler)}"


def ontology_axioms() -> tuple[Axiom, ...]:
    """The class axioms of ``sarcoma.ttl``, sorted within their forms.

    Raises: UnsupportedAxiomError if it holds a class axiom that is neither subclass nor disjointness.
    """
    return axioms_of(ontology_graph())


def axioms_of(graph: Graph) -> tuple[Axiom, ...]:
    """The class axioms of a graph. Raises: UnsupportedAxiomError."""
    _refuse_other_forms(graph)
    subclasses = [SubClass(str(sub), str(sup)) for sub, sup in graph.subject_objects(RDFS.subClassOf)]
    pairs = {*graph.subject_objects(OWL.disjointWith), *disjoint_pairs(graph)}
    disjoint = {Disjoint(*sorted(map(str, pair))) for pair in pairs}
    return (*sorted(subclasses), *sorted(disjoint))


_CLASS_CONSTRUCTS = (
    OWL.equivalentClass, OWL.unionOf, OWL.intersectionOf, OWL.complementOf, OWL.oneOf, OWL.allValuesFrom,
    OWL.someValuesFrom, OWL.hasValue, OWL.cardinality, OWL.minCardinality, OWL.maxCardinality, OWL.hasKey,
    OWL.qualifiedCardinality, OWL.disjointUnionOf, OWL.inverseOf, OWL.propertyChainAxiom,
    OWL.propertyDisjointWith,
)  # fmt: skip


def _refuse_other_forms(graph: Graph) -> None:
    for construct in _CLASS_CONSTRUCTS:
        if (None, construct, None) in graph:
            raise UnsupportedAxiomError(f"owl:{construct.fragment} is not among the forms of ontology.axioms")
    for sub, sup in graph.subject_objects(RDFS.subClassOf):
        if isinstance(sub, BNode) or not isinstance(sup, URIRef):
            raise UnsupportedAxiomError(f"{sub} rdfs:subClassOf {sup}: only named classes stand on both sides")


def functional_syntax(axioms: Iterable[Axiom]) -> bytes:
    """The axioms as a document in OWL 2 functional-style syntax, with all declarations."""
    axioms = tuple(axioms)
    lines = [f"Declaration(Class(<{iri}>))" for iri in sorted(classes_of(axioms))]
    lines += [f"Declaration(ObjectProperty(<{iri}>))" for iri in sorted(_relations(axioms))]
    lines += [_functional(axiom) for axiom in axioms]
    return ("Ontology(\n" + "\n".join(lines) + "\n)\n").encode()


def rdf_graph(axioms: Iterable[Axiom]) -> Graph:
    """The axioms as RDF, with blank nodes for class expressions as OWL prescribes."""
    graph = Graph()
    axioms = tuple(axioms)
    for iri in classes_of(axioms):
        graph.add((URIRef(iri), RDF.type, OWL.Class))
    for iri in _relations(axioms):
        graph.add((URIRef(iri), RDF.type, OWL.ObjectProperty))
    for axiom in axioms:
        _add_rdf(graph, axiom)
    return graph


def classes_of(axioms: Iterable[Axiom]) -> frozenset[str]:
    """The IRIs of all classes that the axioms name."""
    return frozenset(
        getattr(axiom, field.name) for axiom in axioms for field in fields(axiom) if field.name != "relation"
    )


def _relations(axioms: Iterable[Axiom]) -> frozenset[str]:
    return frozenset(axiom.relation for axiom in axioms if isinstance(axiom, Related | Defined))


def _functional(axiom: Axiom) -> str:
    match axiom:
        case SubClass(sub, sup):
            return f"SubClassOf(<{sub}> <{sup}>)"
        case Disjoint(one, other):
            return f"DisjointClasses(<{one}> <{other}>)"
        case Related(sub, relation, filler):
            return f"SubClassOf(<{sub}> ObjectSomeValuesFrom(<{relation}> <{filler}>))"
        case Defined(name, genus, relation, filler):
            some = f"ObjectSomeValuesFrom(<{relation}> <{filler}>)"
            return f"EquivalentClasses(<{name}> ObjectIntersectionOf(<{genus}> {some}))"


def _add_rdf(graph: Graph, axiom: Axiom) -> None:
    match axiom:
        case SubClass(sub, sup):
            graph.add((URIRef(sub), RDFS.subClassOf, URIRef(sup)))
        case Disjoint(one, other):
            graph.add((URIRef(one), OWL.disjointWith, URIRef(other)))
        case Related(sub, relation, filler):
            graph.add((URIRef(sub), RDFS.subClassOf, _some(graph, relation, filler)))
        case Defined(name, genus, relation, filler):
            both, first, second = BNode(), BNode(), BNode()
            graph.add((URIRef(name), OWL.equivalentClass, both))
            graph.add((both, RDF.type, OWL.Class))
            graph.add((both, OWL.intersectionOf, first))
            graph.add((first, RDF.first, URIRef(genus)))
            graph.add((first, RDF.rest, second))
            graph.add((second, RDF.first, _some(graph, relation, filler)))
            graph.add((second, RDF.rest, RDF.nil))


def _some(graph: Graph, relation: str, filler: str) -> BNode:
    node = BNode()
    graph.add((node, RDF.type, OWL.Restriction))
    graph.add((node, OWL.onProperty, URIRef(relation)))
    graph.add((node, OWL.someValuesFrom, URIRef(filler)))
    return node


def _vocabulary_label(iri: str) -> str | None:
    name = iri.removeprefix(NAMESPACE)
    term = CLASSES.get(name) or PREDICATES.get(name)
    return term.label if term and term.iri == iri else None


def _curie(iri: str) -> str:
    for prefix, namespace in sorted(PREFIXES.items(), key=lambda item: -len(item[1])):
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri
