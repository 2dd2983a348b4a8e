"""Who states a fact and where: what the pages show beside every step and figure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kg.description import Description, describe, follow, passages, reference
from kg.model import EntityRef, PassageRef
from kg.store import Store
from server.pages.sources import Sources


@dataclass(frozen=True)
class Place:
    """A passage and, where the operator has the document, its words."""

    passage: PassageRef
    document: EntityRef
    quoted: str | None


@dataclass(frozen=True)
class Origin:
    """One statement as a source makes it."""

    id: str
    sentence: str
    certainty: str
    documents: tuple[EntityRef, ...]
    citing: tuple[EntityRef, ...]
    places: tuple[Place, ...]


def origins(store: Store, sources: Sources, statements: Collection[str]) -> Mapping[str, Origin]:
    """Look up who states some statements, and where; unknown ones are left out."""
    known = describe(store, statements)
    found = [known[iri] for iri in statements if iri in known]
    follow(store, known, ["passage", "assertedBy", "citing"])
    follow(store, known, ["document"])
    return {node.iri: _origin(node, known, sources) for node in found}


def _origin(node: Description, known: Mapping[str, Description], sources: Sources) -> Origin:
    return Origin(
        id=node.iri,
        sentence=node.text("rdfs_label") or "",
        certainty=node.text("certainty") or "stated",
        documents=tuple(reference(iri, known) for iri in node.iris("assertedBy")),
        citing=tuple(reference(iri, known) for iri in node.iris("citing")),
        places=places(passages(node.iris("passage"), known), known, sources),
    )


def places(found: Collection[PassageRef], known: Mapping[str, Description], sources: Sources) -> tuple[Place, ...]:
    """Passages with their documents and, where they may be shown, their words."""
    return tuple(
        Place(passage, reference(passage.document, known), sources.words(known.get(passage.document), passage))
        for passage in found
    )
