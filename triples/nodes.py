"""The nodes and edges of the traversal index, out of the curated records and the compiled statements.

Of each node the store holds what ranking and search over SPARQL need: its degree, and its names as search folds them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from kg import codec
from kg.codec import Quad, Statement, literal, named, skg
from kg.identifiers import compress, expand
from kg.paths.index import IndexEdge, IndexNode
from kg.search.spelling import compact, loose_words
from ontology.terms import CLASS_BY_KIND
from triples.names import registered
from triples.records import Corpus, Record
from triples.regimens import Combination, arm_regimen
from triples.sentences import Names

_IN_BRACKETS = re.compile(r"\(([^()]+)\)$")


def index_edges(statements: Iterable[Statement]) -> tuple[IndexEdge, ...]:
    """One edge an affirmed statement of an edge predicate, whatever its certainty."""
    return tuple(_edges(statements))


def _edges(statements: Iterable[Statement]) -> Iterator[IndexEdge]:
    for statement in statements:
        if statement.is_edge and statement.object is not None:
            graph = statement.graph or codec.document_graph((compress(statement.document) or "").partition(":")[2])
            yield IndexEdge(
                statement.subject,
                statement.predicate,
                statement.object,
                statement.certainty,
                statement.iri,
                graph,
            )


def ranking_quads(nodes: Iterable[IndexNode], edges: Iterable[IndexEdge]) -> Iterator[Quad]:
    """For every node: its degree (edges that meet there) and its names as search folds them."""
    graph = named(codec.METADATA_GRAPH)
    degrees = Counter(end for edge in edges for end in (edge.subject, edge.object))
    for node in nodes:
        yield Quad(named(node.iri), skg("degree"), literal(degrees[node.iri]), graph)
        for key in sorted({compact(name) for name in (node.label, *node.synonyms)} - {""}):
            yield Quad(named(node.iri), skg("searchKey"), literal(key), graph)


def index_nodes(
    corpus: Corpus, combinations: Mapping[str, Combination], names: Names, edges: Iterable[IndexEdge]
) -> tuple[IndexNode, ...]:
    """Everything that a fact can be about, sorted by IRI.

    An arm, and its exact regimen, are often called like the drug they give; then the study's name is added,
    so that the drug's name means the drug.
    """
    nodes = {record.id: _entity_node(record) for record in corpus.entities}
    for curie in combinations:
        nodes.setdefault(curie, _node(curie, names))
    for folder in corpus.folders:
        nodes[f"document:{folder.id}"] = _document_node(f"document:{folder.id}", folder.document, names)
    studies = _studies(corpus)
    for patient in (patient for folder in corpus.folders for patient in folder.patients):
        nodes[patient.id] = _patient_node(patient, studies.get(patient.text("study") or "", ()), names)
    nodes |= {curie: _node(curie, names, records) for curie, records in studies.items()}
    for curie, node in _arm_nodes(studies, nodes, names).items():
        nodes.setdefault(curie, node)
    for iri in {end for edge in edges for end in (edge.subject, edge.object)}:
        curie = compress(iri) or iri
        nodes.setdefault(curie, _node(curie, names))
    return tuple(sorted(nodes.values(), key=lambda node: node.iri))


def _arm_nodes(
    studies: Mapping[str, list[Record]], others: Mapping[str, IndexNode], names: Names
) -> dict[str, IndexNode]:
    """The arms and their exact regimens, told apart from everything that is called the same."""
    taken = Counter(
        name for node in others.values() for name in {_folded(text) for text in (node.label, *node.synonyms)}
    )
    found: dict[str, IndexNode] = {}
    for curie, records in studies.items():
        for arm, given in _arms(records).items():
            for name, sources in ((arm, given), (arm_regimen(arm), [])):
                if name in names.labels:
                    found[name] = _told_apart(_node(name, names, sources), names.of(curie), taken)
    return found


def _entity_node(record: Record) -> IndexNode:
    curie = record.id
    external = {*record.texts("exact"), *record.texts("close"), *record.texts("xref")}
    return IndexNode(
        iri=expand(curie),
        type="JointCause" if record.yes("joint") else CLASS_BY_KIND[curie.partition(":")[0]],
        label=record.label,
        synonyms=tuple(sorted(set(record.texts("synonyms")))),
        external_ids=tuple(sorted(external)),
        definition=record.text("definition"),
    )


def _node(curie: str, names: Names, records: Collection[Record] = ()) -> IndexNode:
    label = names.of(curie)
    others = {text for record in records for text in (*record.texts("synonyms"), *record.texts("label"))}
    return IndexNode(
        expand(curie),
        _type_of(curie),
        label,
        tuple(sorted(others - {label})),
        external_ids=tuple(sorted({own for record in records for own in registered(record)})),
    )


def _document_node(curie: str, document: Record | None, names: Names) -> IndexNode:
    """A document, also called by what is printed on it: title, authors, journal, DOI, first author and year."""
    node = _node(curie, names)
    if document is None:
        return node
    authors = document.texts("authors")
    printed = {document.text("title"), document.text("journal"), document.text("doi"), *authors}
    if authors and document.text("year"):
        first = authors[0]
        surname = first.partition(",")[0] if "," in first else first.split()[-1]
        printed.add(f"{surname} {document.text('year')}")
    synonyms = tuple(sorted({text for text in printed if text} - {node.label}))
    return replace(node, synonyms=synonyms, external_ids=registered(document))


def _patient_node(patient: Record, study: Iterable[Record], names: Names) -> IndexNode:
    """A patient, also called by the place that a label tells in brackets ("patient 2") and what the study is called."""
    node = _node(patient.id, names)
    place = _IN_BRACKETS.search(node.label)
    called = {text for record in study for text in (*record.texts("label"), *record.texts("synonyms"))}
    return replace(node, synonyms=tuple(sorted(f"{place[1] if place else node.label}, {name}" for name in called)))


def _told_apart(node: IndexNode, study: str, taken: Counter[str]) -> IndexNode:
    label = f"{node.label} ({study})" if taken[_folded(node.label)] else node.label
    return replace(node, label=label, synonyms=tuple(text for text in node.synonyms if not taken[_folded(text)]))


def _folded(text: str) -> str:
    return "".join(loose_words(text))


def _studies(corpus: Corpus) -> dict[str, list[Record]]:
    """The records of each study, wherever they stand."""
    found: dict[str, list[Record]] = {}
    for folder in corpus.folders:
        for study in folder.studies:
            found.setdefault(study.id, []).append(study)
    return dict(sorted(found.items()))


def _arms(studies: Iterable[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for study in studies:
        for arm in study.records("arms"):
            found.setdefault(arm.id, []).append(arm)
    return dict(sorted(found.items()))


def _type_of(curie: str) -> str:
    kind, _, local = curie.partition(":")
    if kind == "document" and "-ref-" in local:
        return "Reference"
    return "TimelineEvent" if kind == "event" else CLASS_BY_KIND[kind]
