"""Joining imports to the curated graph, at every build, so that it always follows the entities as they are now.

A node of an import is one of our entities if its identifier, or one that the import itself calls the same, is an
``exact`` match or a cross-reference of exactly one entity. Then its edges run to and from our entity in the
traversal index; in RDF the import keeps its own IRI and says ``skos:exactMatch`` of ours.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from kg import codec
from kg.codec import Quad, literal, named
from kg.errors import IdentifierError, StoreUnavailable
from kg.identifiers import display, expand
from kg.paths.index import EdgePiece, EdgeTable, IndexNode
from ontology.terms import PREFIXES
from triples.imports.archive import EDGES, NODES, QUADS, STATEMENT_BASE, read_edges, read_nodes
from triples.imports.catalog import ImportManifest, files_of, held, list_imports
from triples.imports.categories import MAX_OWN_TYPES, UNTYPED, type_of
from triples.imports.predicates import index_name
from triples.imports.runs import read_lines
from triples.records import Corpus

_VOID = PREFIXES["void"]
_EXACT_MATCH = f"<{PREFIXES['skos']}exactMatch>"
_STRENGTHS = ("exact", "xref")


@dataclass(frozen=True)
class Identities:
    """Which of our entities an identifier of another vocabulary means.

    Attributes:
        entity_by_iri: IRI of ours by IRI of the identifier.
        ambiguous: identifiers that several entities claim equally; they join nothing.
    """

    entity_by_iri: Mapping[str, str]
    ambiguous: frozenset[str] = frozenset()


def identities(corpus: Corpus) -> Identities:
    """The exact matches and cross-references of the entities, and themselves; exact ones decide where both speak."""
    found: dict[str, str] = {}
    ambiguous: set[str] = set()
    for strength in _STRENGTHS:
        claims: dict[str, set[str]] = {}
        for record in corpus.entities:
            for curie in record.texts(strength):
                try:
                    claims.setdefault(expand(curie), set()).add(expand(record.text("id") or ""))
                except IdentifierError:
                    continue  # reported by triples.faults
        for iri, entities in claims.items():
            if iri in found or iri in ambiguous:
                continue
            if len(entities) == 1:
                found[iri] = next(iter(entities))
            else:
                ambiguous.add(iri)
    found.update({iri: iri for record in corpus.entities if (iri := expand(record.text("id") or ""))})
    return Identities(found, frozenset(ambiguous))


@dataclass(frozen=True)
class JoinedGraph:
    """One import, joined.

    Attributes:
        iris: of each node by number, ours where it is joined.
        joined: our IRI by the import's.
        called: what the import calls each of its IRIs that only its own word makes one of ours, the identifier too.
        nodes: what the index has to know of those that are not ours.
    """

    manifest: ImportManifest
    folder: Path
    iris: Sequence[str]
    joined: Mapping[str, str]
    called: Mapping[str, tuple[str, ...]]
    nodes: tuple[IndexNode, ...]

    @classmethod
    def open(cls, data_dir: Path, manifest: ImportManifest, known: Identities) -> JoinedGraph:
        """Read the nodes of an import and join them. Raises: StoreUnavailable if a file is damaged."""
        folder = files_of(data_dir, manifest)
        try:
            drafts = _drafts(folder / NODES)
        except (OSError, EOFError, ValueError, TypeError) as fault:
            raise StoreUnavailable(f"import {manifest.name} is damaged ({fault})") from fault
        joined, called = {}, {}
        for draft in drafts:
            entities = {known.entity_by_iri[iri] for iri in (draft.iri, *draft.same_as) if iri in known.entity_by_iri}
            if len(entities) == 1:
                joined[draft.iri] = entities.pop()
                if draft.iri not in known.entity_by_iri:
                    called[draft.iri] = tuple(filter(None, (display(draft.iri), draft.label, *draft.synonyms)))
        others = tuple(draft.node() for draft in drafts if draft.iri not in joined)
        iris = [joined.get(draft.iri, draft.iri) for draft in drafts]
        return cls(manifest, folder, iris, joined, called, others)

    def edges(self) -> EdgeTable:
        """Every claim of the import that is an edge."""
        names = [index_name(iri, direction) for iri, direction in self.manifest.predicates]
        batches = read_edges(self.folder / EDGES)
        pieces = (EdgePiece(*(batch[name] for name in EdgePiece._fields)) for batch in batches)
        return EdgeTable(self.iris, names, self.manifest.graph, "stated", STATEMENT_BASE, pieces)

    def lines(self) -> Iterator[str]:
        """The sorted canonical N-Quads, with those that say which of our entities its nodes are."""
        links = (
            f"<{iri}> {_EXACT_MATCH} <{entity}> <{self.manifest.graph}> ."
            for iri, entity in self.joined.items()
            if iri != entity
        )
        return _distinct(heapq.merge(read_lines(self.folder / QUADS), sorted(links)))

    def metadata_quads(self) -> Iterator[Quad]:
        """Licence, version and source of the import, as VoID."""
        graph, subject = named(codec.METADATA_GRAPH), named(self.manifest.graph)
        yield Quad(subject, codec.type_, named(f"{_VOID}Dataset"), graph)
        yield Quad(subject, named(f"{_VOID}triples"), literal(self.manifest.counts["quads"]), graph)
        said = (("dcterms", "title", self.manifest.name), ("dcterms", "license", self.manifest.licence),
                ("dcterms", "source", self.manifest.source), ("owl", "versionInfo", self.manifest.version))  # fmt: skip
        for prefix, name, text in said:
            yield Quad(subject, named(PREFIXES[prefix] + name), _link_or_text(text), graph)


def _link_or_text(text: str) -> codec.Term:
    if text.startswith(("http://", "https://")):
        try:
            return named(text)
        except ValueError:
            return literal(text)
    return literal(text)


@dataclass(slots=True)
class _Draft:
    """A node, gathered from the rows that describe it."""

    iri: str
    label: str
    categories: tuple[str, ...]
    synonyms: tuple[str, ...]
    same_as: tuple[str, ...]

    def node(self) -> IndexNode:
        label = self.label or display(self.iri)
        synonyms = tuple(sorted({*self.synonyms} - {label}))
        return IndexNode(self.iri, type_of(self.categories), label, synonyms)


def _drafts(path: Path) -> list[_Draft]:
    drafts: list[_Draft] = []
    known: dict[tuple[str, ...], tuple[str, ...]] = {}  # categories, of which millions of nodes have few
    for number, iri, label, *lists in read_nodes(path):
        categories, synonyms, same_as = map(tuple, lists)
        if number == len(drafts):
            drafts.append(_Draft(iri, label, known.setdefault(categories, categories), synonyms, same_as))
            continue
        draft = drafts[number]
        if label and draft.label and label != draft.label:
            draft.synonyms += (label,)
        draft.label = draft.label or label
        merged = tuple(dict.fromkeys((*draft.categories, *categories)))
        draft.categories = known.setdefault(merged, merged)
        draft.synonyms += synonyms
        draft.same_as += same_as
    return drafts


@dataclass(frozen=True)
class JoinedImports:
    """All imports of a data folder, joined to the entities of a build."""

    graphs: tuple[JoinedGraph, ...] = ()

    def metadata_quads(self) -> Iterator[Quad]:
        """What the metadata graph says of the imports."""
        for graph in self.graphs:
            yield from graph.metadata_quads()

    def lines(self, curated: Iterable[str]) -> Iterator[str]:
        """The sorted lines of a curated dataset and of all imports together."""
        if not self.graphs:
            return iter(curated)
        return heapq.merge(curated, *(graph.lines() for graph in self.graphs))

    def nodes(self, curated: Sequence[IndexNode]) -> tuple[IndexNode, ...]:
        """The curated nodes, found by what imports call them as well, and those of the imports, each once."""
        called: dict[str, set[str]] = {}
        for graph in self.graphs:
            for iri, names in graph.called.items():
                called.setdefault(graph.joined[iri], set()).update(names)
        known = {node.iri for node in curated}
        found: dict[str, IndexNode] = {}
        for graph in self.graphs:
            for node in graph.nodes:
                if node.iri not in known:
                    found[node.iri] = _merged(found[node.iri], node) if node.iri in found else node
        kept = {name for name, _ in Counter(node.type for node in found.values()).most_common(MAX_OWN_TYPES)}
        typed = (node if node.type in kept else replace(node, type=UNTYPED) for node in found.values())
        ours = (
            replace(node, external_ids=(*node.external_ids, *sorted(called[node.iri]))) if node.iri in called else node
            for node in curated
        )
        return (*ours, *typed)

    def edges(self) -> Iterator[EdgeTable]:
        """The edges of each import."""
        return (graph.edges() for graph in self.graphs)

    @cached_property
    def quads_by_graph(self) -> Mapping[str, int]:
        """How many quads each import's graph holds."""
        return {
            graph.manifest.graph: graph.manifest.counts["quads"]
            + sum(1 for iri, entity in graph.joined.items() if iri != entity)
            for graph in self.graphs
        }


def _merged(first: IndexNode, other: IndexNode) -> IndexNode:
    """One node of two imports: the first one's name stays, the other's is a synonym."""
    unnamed = first.label == display(first.iri)
    label = other.label if unnamed else first.label
    synonyms = {*first.synonyms, *other.synonyms, other.label} - {label, display(first.iri)}
    return IndexNode(first.iri, first.type if first.type != UNTYPED else other.type, label, tuple(sorted(synonyms)))


def _distinct(lines: Iterable[str]) -> Iterator[str]:
    last = ""
    for line in lines:
        if line != last:
            yield line
        last = line


@contextmanager
def joined_imports(data_dir: Path, corpus: Corpus) -> Iterator[JoinedImports]:
    """The imports of a data folder, which stay as they are until the block ends."""
    with held(data_dir):
        manifests = list_imports(data_dir)
        known = identities(corpus) if manifests else Identities({})
        yield JoinedImports(tuple(JoinedGraph.open(data_dir, manifest, known) for manifest in manifests))


def imports_digest(data_dir: Path) -> tuple[tuple[str, str], ...]:
    """Name and content of every import: part of what a build depends on."""
    return tuple((manifest.name, manifest.inputs) for manifest in list_imports(data_dir))
