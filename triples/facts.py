"""The facts of a document as plain sentences, in the order in which the document states them."""

from __future__ import annotations

from dataclasses import dataclass

from kg import codec
from kg.codec import PlainQuad
from kg.errors import EntityNotFound
from kg.identifiers import Curie, compress, expand
from ontology.kinds import FACTS
from ontology.terms import SKG
from triples.compile import compile_corpus
from triples.records import Corpus, Folder, Span

_LABEL = expand("rdfs:label")


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


def folder_of(corpus: Corpus, document: str) -> Folder:
    """The folder of a document, by its id or its own name. Raises: EntityNotFound."""
    found = next((each for each in corpus.folders if document in (each.id, each.name)), None)
    if found is None:
        known = tuple((f"document:{each.id}", each.name) for each in corpus.folders)
        raise EntityNotFound(document, "document", known)
    return found


def facts(corpus: Corpus, document: str) -> tuple[FactSentence, ...]:
    """Every fact of a document, in the order of its passages.

    Args:
        corpus: without faults.
        document: the document's id or its folder's name.

    Raises: EntityNotFound.
    """
    folder = folder_of(corpus, document)
    graph = codec.document_graph(folder.id)
    rows = [row for row in codec.plain_quads(compile_corpus(corpus).quads) if row[2] == graph]
    described: dict[str, list[PlainQuad]] = {}
    for row in rows:
        described.setdefault(row[0], []).append(row)
    found = [_fact(subject, own, described) for subject, own in described.items()]
    return tuple(sorted((fact for fact in found if fact is not None), key=_in_document_order))


def _in_document_order(fact: FactSentence) -> tuple[tuple[Span, ...], str, str]:
    return (fact.passages, fact.sentence, fact.id)


def _fact(subject: str, own: list[PlainQuad], described: dict[str, list[PlainQuad]]) -> FactSentence | None:
    types = {value.value for _, predicate, _, value in own if predicate == codec.type_.value}
    kind = next((name for name in FACTS if SKG[name] in types), None)
    curie = compress(subject)
    if kind is None or curie is None:
        return None
    passages = [value.value for _, predicate, _, value in own if predicate == SKG.passage]
    spans = {_span(described[passage]): passage for passage in passages}
    first = spans[min(spans)] if spans else None
    return FactSentence(
        id=curie,
        kind=kind,
        sentence=_one(own, _LABEL),
        section=_one(described[first], SKG.section) if first else "",
        passages=tuple(sorted(spans)),
        certainty=_one(own, SKG.certainty) or "stated",
        polarity=_one(own, SKG.polarity) or "affirmed",
    )


def _one(rows: list[PlainQuad], predicate: str) -> str:
    return min((value.value for _, name, _, value in rows if name == predicate), default="")


def _span(rows: list[PlainQuad]) -> Span:
    return Span(int(_one(rows, SKG.start)), int(_one(rows, SKG.end)))
