"""What a build adds about the dataset: counts in VoID, and the figures that ranking and search need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from kg import codec
from kg.codec import PlainQuad, Quad, literal, named, plain_quads, skg
from kg.identifiers import BASE
from kg.search.spelling import compact
from ontology.terms import SKG
from triples.compile import Compiled
from triples.partitions import partition_quads

_VOID = "http://rdfs.org/ns/void#"
_DCAT = "http://www.w3.org/ns/dcat#"
_DCTERMS = "http://purl.org/dc/terms/"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_TEXTS = (
    ("title", "sarcoma-kg"),
    ("description", "How sarcoma drugs act, and what came of giving them; every fact with its passage."),
)
DATASET = named(BASE)


def ranking_quads(compiled: Compiled) -> Iterator[Quad]:
    """For every node: its degree (edges that meet there) and its names as search folds them."""
    graph = named(codec.METADATA_GRAPH)
    degrees = Counter(end for edge in compiled.edges for end in (edge.subject, edge.object))
    for node in compiled.nodes:
        yield Quad(named(node.iri), skg("degree"), literal(degrees[node.iri]), graph)
        for key in sorted({compact(name) for name in (node.label, *node.synonyms)} - {""}):
            yield Quad(named(node.iri), skg("searchKey"), literal(key), graph)


def metadata_quads(quads: Iterable[Quad]) -> Iterator[Quad]:
    """The record of the dataset (DCAT) and its figures (VoID), for everything but the side graphs. No wall time.

    The version is not in it: it is the checksum of the whole, which whoever serves the graph adds.
    """
    graph = named(codec.METADATA_GRAPH)
    side = {codec.PROVENANCE_GRAPH, codec.METADATA_GRAPH}
    counted = [row for row in plain_quads(quads) if row[2] not in side]
    for vocabulary, name in ((_VOID, "Dataset"), (_DCAT, "Dataset")):
        yield Quad(DATASET, codec.type_, named(vocabulary + name), graph)
    for name, text in _TEXTS:
        yield Quad(DATASET, named(_DCTERMS + name), literal(text), graph)
    yield Quad(DATASET, named(f"{_DCTERMS}license"), named(LICENCE), graph)
    yield Quad(DATASET, named(f"{_VOID}uriSpace"), literal(BASE), graph)
    yield Quad(DATASET, named(f"{_VOID}triples"), literal(len({(s, p, o) for s, p, _, o in counted})), graph)
    for name, count in sorted(Counter(row[2] for row in counted).items()):
        yield Quad(DATASET, named(f"{_VOID}subset"), named(name), graph)
        yield Quad(named(name), codec.type_, named(f"{_VOID}Dataset"), graph)
        yield Quad(named(name), named(f"{_VOID}triples"), literal(count), graph)
    yield from partition_quads(counted, DATASET.value, codec.METADATA_GRAPH)


def class_counts(rows: Iterable[PlainQuad]) -> dict[str, int]:
    """How many things each class of the vocabulary has, by local name."""
    things = {(subject, kind.value) for subject, predicate, _, kind in rows if predicate == codec.type_.value}
    names = (kind.removeprefix(SKG.namespace) for _, kind in things if kind.startswith(SKG.namespace))
    return dict(sorted(Counter(names).items()))
