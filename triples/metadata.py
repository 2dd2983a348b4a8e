"""What a build adds about the dataset: its record, and its figures in VoID."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from kg import codec
from kg.codec import PlainQuad, Quad, Term, literal, named, node, plain_quads
from kg.identifiers import BASE
from ontology.terms import SKG
from triples.partitions import partition_quads

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_TEXTS = (
    ("dcterms:title", "sarcoma-kg"),
    ("dcterms:description", "How sarcoma drugs act, and what came of giving them; every fact with its passage."),
    ("dcat:keyword", "sarcoma"),
    ("dcat:keyword", "mechanism of action"),
    ("dcat:keyword", "clinical evidence"),
)
DATASET = named(BASE)
# Of each, what most is said of stands for the others.
_SHOWN = ("Drug", "Target", "Histotype", "Regimen", "Study", "Outcome", "Patient", "Statement")
AUTHORS = named(f"{BASE}agent/authors")
VOCABULARY = named(SKG.namespace)


def metadata_quads(quads: Iterable[Quad]) -> Iterator[Quad]:
    """The record of the dataset (DCAT) and its figures (VoID), for everything but the side graphs. No wall time.

    The version is not in it: it is the checksum of the whole, which whoever serves the graph adds.
    """
    graph = named(codec.METADATA_GRAPH)
    side = {codec.PROVENANCE_GRAPH, codec.METADATA_GRAPH}
    counted = [row for row in plain_quads(quads) if row[2] not in side]
    said: list[tuple[str, Term]] = [
        ("rdf:type", node("void:Dataset")),
        ("rdf:type", node("dcat:Dataset")),
        *((curie, literal(text)) for curie, text in _TEXTS),
        ("dcterms:license", named(LICENCE)),
        ("dcterms:publisher", AUTHORS),
        ("dcterms:conformsTo", VOCABULARY),
        ("void:vocabulary", VOCABULARY),
        *(("dcterms:source", named(document)) for document in _documents(counted)),
        ("void:uriSpace", literal(BASE)),
        *(("void:exampleResource", named(example)) for example in _examples(counted)),
        ("void:triples", literal(len({(s, p, o) for s, p, _, o in counted}))),
    ]
    for curie, value in said:
        yield Quad(DATASET, node(curie), value, graph)
    yield Quad(AUTHORS, codec.type_, node("foaf:Agent"), graph)
    yield Quad(AUTHORS, node("foaf:name"), literal("the sarcoma-kg authors"), graph)
    for name, count in sorted(Counter(row[2] for row in counted).items()):
        yield Quad(DATASET, node("void:subset"), named(name), graph)
        yield Quad(named(name), codec.type_, node("void:Dataset"), graph)
        yield Quad(named(name), node("void:triples"), literal(count), graph)
    yield from partition_quads(counted, DATASET.value, codec.METADATA_GRAPH)


def _documents(rows: Iterable[PlainQuad]) -> list[str]:
    """The documents that the facts were read from; what these only cite is none of them."""
    kinds = {
        (subject, kind.value.removeprefix(SKG.namespace)) for subject, p, _, kind in rows if p == codec.type_.value
    }
    return sorted(subject for subject, kind in kinds if kind == "Document" and (subject, "Reference") not in kinds)


def _examples(rows: Iterable[PlainQuad]) -> list[str]:
    """One thing of each class that readers ask for: that with the most triples."""
    size: Counter[str] = Counter()
    kinds: dict[str, set[str]] = {SKG[name]: set() for name in _SHOWN}
    for subject, predicate, _, target in rows:
        size[subject] += 1
        if predicate == codec.type_.value and target.value in kinds:
            kinds[target.value].add(subject)
    return [min(things, key=lambda thing: (-size[thing], thing)) for things in kinds.values() if things]


def class_counts(rows: Iterable[PlainQuad]) -> dict[str, int]:
    """How many things each class of the vocabulary has, by local name."""
    things = {(subject, kind.value) for subject, predicate, _, kind in rows if predicate == codec.type_.value}
    names = (kind.removeprefix(SKG.namespace) for _, kind in things if kind.startswith(SKG.namespace))
    return dict(sorted(Counter(names).items()))
