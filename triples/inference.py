"""What follows from the curated hierarchy: the closure of the histotypes, each pair with its premises."""

from __future__ import annotations

from collections.abc import Iterator

from kg import codec
from kg.codec import Quad, content_hash, literal, named, node, skg
from kg.errors import Fault
from kg.identifiers import expand, kind_of
from ontology.axioms import SubClass, in_words
from ontology.reason import classify, explain_unsatisfiable
from ontology.terms import CLASS_BY_KIND, SKG
from triples.records import Corpus
from triples.tree import Place


def hierarchy_axioms(corpus: Corpus) -> tuple[SubClass, ...]:
    """The subclass axioms among the curated histotypes, sorted."""
    found = {
        SubClass(expand(name), expand(parent))
        for record in corpus.entities
        for name in record.texts("id")
        if name.startswith("histotype:")
        for parent in record.texts("parents")
    }
    return tuple(sorted(found))


def kind_axioms(corpus: Corpus) -> tuple[SubClass, ...]:
    """What the kind of every histotype, and of every parent of one, says of it; this is what disjointness works on."""
    hierarchy = ((expand(name), record) for record in corpus.entities for name in record.texts("id"))
    named_in = {
        other
        for iri, record in hierarchy
        if kind_of(iri) == "histotype"
        for other in (iri, *(expand(parent) for parent in record.texts("parents")))
    }
    kinds = ((iri, kind_of(iri) or "") for iri in named_in)
    return tuple(sorted(SubClass(iri, SKG[CLASS_BY_KIND[kind]]) for iri, kind in kinds if kind in CLASS_BY_KIND))


def hierarchy_faults(corpus: Corpus) -> tuple[Fault, ...]:
    """Histotypes that by their parents and the ontology can have no instance, with the axioms that clash."""
    axioms = (*hierarchy_axioms(corpus), *kind_axioms(corpus))
    labels, places = _labels(corpus), _places(corpus)
    faults = []
    for iri in classify(axioms).unsatisfiable:
        place = places.get(iri)
        if place is not None:
            reason = " ".join(explain_unsatisfiable(iri, axioms).in_words(labels).split("\n"))
            faults.append(place.fault(reason))
    return tuple(faults)


def inferred_quads(corpus: Corpus) -> Iterator[Quad]:
    """The subclass pairs that nobody asserts.

    Shape: the triple in the graph of inferred facts, and a named owl:Axiom about it that says ``inferred``
    and gives its premises as sentences.
    Raises: IncompleteReasoningError if the reasoner does not vouch for its answer.
    """
    labels, graph = _labels(corpus), named(codec.INFERRED_GRAPH)
    for pair in classify(hierarchy_axioms(corpus)).inferred:
        sub, sup = named(pair.sub), named(pair.sup)
        axiom = node(f"statement:{content_hash('inferred', pair.sub, 'rdfs:subClassOf', pair.sup)}")
        yield Quad(sub, node("rdfs:subClassOf"), sup, graph)
        yield Quad(axiom, codec.type_, node("owl:Axiom"), graph)
        yield Quad(axiom, node("owl:annotatedSource"), sub, graph)
        yield Quad(axiom, node("owl:annotatedProperty"), node("rdfs:subClassOf"), graph)
        yield Quad(axiom, node("owl:annotatedTarget"), sup, graph)
        yield Quad(axiom, skg("certainty"), literal("inferred"), graph)
        yield Quad(axiom, node("rdfs:label"), literal(in_words(SubClass(pair.sub, pair.sup), labels)), graph)
        for premise in pair.premises:
            yield Quad(axiom, skg("premise"), literal(in_words(premise, labels)), graph)


def _places(corpus: Corpus) -> dict[str, Place]:
    return {expand(record.id): record.place for record in corpus.entities if record.id}


def _labels(corpus: Corpus) -> dict[str, str]:
    return {expand(record.id): record.label for record in corpus.entities if record.id}
