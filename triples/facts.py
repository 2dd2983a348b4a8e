"""The facts of a document as plain sentences, in the order in which the document states them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg import codec
from kg.description import Description, descriptions, passages
from kg.identifiers import Curie, compress
from ontology.kinds import FACTS
from ontology.terms import SKG
from triples.compile import compile_corpus
from triples.records import Corpus, Span


@dataclass(frozen=True)
class FactSentence:
    """One fact of a document.

    Attributes:
        id: the statement, outcome or event.
        kind: its class.
        passages: where the document states it, in order; ``section`` is that of the first.
        certainty: stated, hedged or hypothesised.
        polarity: affirmed or negated; outcomes are affirmed.
    """

    id: Curie
    kind: str
    sentence: str
    section: str
    passages: tuple[Span, ...]
    certainty: str
    polarity: str


def facts(corpus: Corpus, document: str) -> tuple[FactSentence, ...]:
    """Every fact of a document, in the order of its passages.

    Args:
        corpus: without faults.
        document: the document's id or its folder's name.

    Raises: EntityNotFound.
    """
    graph = codec.named(codec.document_graph(corpus.folder(document).id))
    known = descriptions(quad for quad in compile_corpus(corpus).quads if quad.graph_name == graph)
    found = (_fact(node, known) for node in known.values())
    return tuple(sorted((fact for fact in found if fact is not None), key=_in_document_order))


def _in_document_order(fact: FactSentence) -> tuple[tuple[Span, ...], str, str]:
    return (fact.passages, fact.sentence, fact.id)


def _fact(node: Description, known: Mapping[str, Description]) -> FactSentence | None:
    kind = next((name for name in FACTS if SKG[name] in node.iris("rdf_type")), None)
    curie = compress(node.iri)
    if kind is None or curie is None:
        return None
    places = passages(node.iris("passage"), known)
    return FactSentence(
        id=curie,
        kind=kind,
        sentence=node.text("rdfs_label") or "",
        section=places[0].section if places else "",
        passages=tuple(Span(place.start, place.end) for place in places),
        certainty=node.text("certainty") or "stated",
        polarity=node.text("polarity") or "affirmed",
    )
