"""What a graph holds: its documents, the things of a kind, how many of each class."""

from __future__ import annotations

from dataclasses import dataclass

from kg.description import describe, reference, references
from kg.errors import InvalidParameter
from kg.evidence.rows import Corpus
from kg.model import EntityRef
from kg.store import Store
from ontology.terms import CLASS_BY_KIND, SKG

_MEMBERS = "SELECT DISTINCT ?node WHERE { ?node a ?class }"
# What a document cites is a document too, but only the sources have a text of their own.
_SOURCE_DOCUMENTS = "SELECT ?document WHERE { ?document a skg:Document ; skg:sha256 ?digest }"
_CLASS_COUNTS = """
SELECT ?class (COUNT(DISTINCT ?node) AS ?count) WHERE {
  ?node a ?class . FILTER(STRSTARTS(STR(?class), STR(skg:))) } GROUP BY ?class"""


@dataclass(frozen=True)
class ClassCount:
    """How many things of a class the graph holds."""

    type: str
    count: int


@dataclass(frozen=True)
class SourceDocument:
    """A document that answers rest on, and the year that its text prints."""

    id: str
    curie: str
    type: str
    label: str
    year: int | None


def members(store: Store, kind: str) -> tuple[EntityRef, ...]:
    """Every thing of a kind (``patient``, ``study``, ``document``), by label. Raises: InvalidParameter."""
    if kind not in CLASS_BY_KIND:
        raise InvalidParameter("kind", kind, f"one of {', '.join(sorted(CLASS_BY_KIND))}")
    nodes = store.select(_MEMBERS, {"class": SKG[CLASS_BY_KIND[kind]]}).nodes()
    return references(nodes, describe(store, nodes))


def corpus(store: Store) -> Corpus:
    """The documents that every answer rests on."""
    known = describe(store, store.select(_SOURCE_DOCUMENTS).nodes())
    documents = sorted((reference(node, known) for node in known), key=lambda ref: ref.curie)
    years = tuple(known[ref.id].integer("year") for ref in documents)
    printed = sorted(year for year in years if year is not None)
    when = (
        f"published from {printed[0]} to {printed[-1]} where the text prints a year" if printed else "no year printed"
    )
    return Corpus(tuple(documents), years, f"The corpus is {len(documents)} documents ({when}).")


def source_documents(whole: Corpus) -> tuple[SourceDocument, ...]:
    """Each document of a corpus with its year."""
    return tuple(
        SourceDocument(ref.id, ref.curie, ref.type, ref.label, year)
        for ref, year in zip(whole.documents, whole.years, strict=True)
    )


def class_counts(store: Store) -> tuple[ClassCount, ...]:
    """Things per class, most first."""
    counted = store.select(_CLASS_COUNTS).texts()
    counts = [ClassCount(kind.rpartition("/")[2], int(count)) for kind, count in counted]
    return tuple(sorted(counts, key=lambda entry: (-entry.count, entry.type)))
