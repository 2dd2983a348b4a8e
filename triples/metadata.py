"""What a build adds about the dataset: counts in VoID, and the figures that ranking and search need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from kg import codec
from kg.codec import PlainQuad, Quad, literal, named, plain_quads, skg
from kg.identifiers import BASE
from kg.spelling import compact
from ontology.terms import SKG
from triples.compile import Compiled

_VOID = "http://rdfs.org/ns/void#"
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
    """VoID: triples by graph and things by class, for everything but the side graphs. No wall time."""
    graph = named(codec.METADATA_GRAPH)
    side = {codec.PROVENANCE_GRAPH, codec.METADATA_GRAPH}
    counted = [row for row in plain_quads(quads) if row[2] not in side]
    yield Quad(DATASET, codec.type_, named(f"{_VOID}Dataset"), graph)
    yield Quad(DATASET, named(f"{_VOID}triples"), literal(len({(s, p, o) for s, p, _, o in counted})), graph)
    for name, count in sorted(Counter(row[2] for row in counted).items()):
        yield Quad(DATASET, named(f"{_VOID}subset"), named(name), graph)
        yield Quad(named(name), codec.type_, named(f"{_VOID}Dataset"), graph)
        yield Quad(named(name), named(f"{_VOID}triples"), literal(count), graph)
    for kind, count in sorted(class_counts(counted).items()):
        part = named(f"{BASE}graph/class-{kind}")
        yield Quad(DATASET, named(f"{_VOID}classPartition"), part, graph)
        yield Quad(part, named(f"{_VOID}class"), skg(kind), graph)
        yield Quad(part, named(f"{_VOID}entities"), literal(count), graph)


def class_counts(rows: Iterable[PlainQuad]) -> dict[str, int]:
    """How many things each class of the vocabulary has, by local name."""
    things = {(subject, kind.value) for subject, predicate, _, kind in rows if predicate == codec.type_.value}
    names = (kind.removeprefix(SKG.namespace) for _, kind in things if kind.startswith(SKG.namespace))
    return dict(sorted(Counter(names).items()))
