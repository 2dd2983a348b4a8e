"""Entity resolution: which thing a text names, by identifier, label or synonym.

Identifiers that corrections gave up go on working, or say why they do not: whoever wrote one down may come back with it
years later, and never meets a bare "unknown".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from kg.description import describe, reference
from kg.errors import AmbiguousEntity, EntityNotFound, Withdrawn, WrongKind
from kg.evidence.rows import Corpus
from kg.identifiers import display, is_project, kind_of, parse_identifier
from kg.model import EntityRef
from kg.paths.index import Index
from kg.paths.neighborhood import nearest_of_types
from kg.search.name_tiers import BEGUN
from kg.search.names import SUGGESTIONS, NameIndex
from kg.store import HasStore, Store
from ontology.terms import CLASS_BY_KIND, SKG

_WORDS_OF_RESULTS = frozenset({"measure", "definition"})
_FEW_DOCUMENTS = 10


class Resolving(HasStore, Protocol):
    """A graph, as far as names are looked up in it: a :class:`kg.graph.KnowledgeGraph`."""

    @property
    def names(self) -> NameIndex:
        """What things are called."""

    @property
    def index(self) -> Index:
        """How they are linked."""

    def corpus(self) -> Corpus:
        """The documents that every answer rests on."""


def resolve(
    graph: Resolving, text: str, kinds: Sequence[str] = (), parameter: str = "", others: Sequence[str] = ()
) -> EntityRef:
    """The entity that a text names: see :meth:`kg.graph.KnowledgeGraph.resolve`."""
    classes, also = (tuple(CLASS_BY_KIND[kind] for kind in group) for group in (kinds, others))
    try:
        return graph.names.resolve(text, classes, parameter, also)
    except EntityNotFound as unknown:
        if (now := successor(graph.store, text, parameter)) is not None:
            return resolve(graph, now, kinds, parameter, others)
        # Few are named all; what they cite is called by their names and numbers.
        if "document" in kinds and len(documents := graph.corpus().documents) <= _FEW_DOCUMENTS:
            unknown.suggestions = tuple((each.curie, each.label) for each in documents)
        raise
    except WrongKind as refused:
        named = parse_identifier(refused.entity) or refused.entity
        alike = [hit for hit in graph.names.like(text, (*classes, *also)) if hit.score >= BEGUN]
        near = nearest_of_types(graph.index, named, (*classes, *also))
        suggested = dict.fromkeys((each.curie, each.label) for each in (*alike, *near) if each.id != named)
        raise replace(refused, suggestions=tuple(suggested)[:SUGGESTIONS]) from None
    except AmbiguousEntity as several:
        things = [curie for curie, _ in several.candidates if curie.partition(":")[0] not in _WORDS_OF_RESULTS]
        if kinds or len(things) != 1:
            raise
        return graph.names.resolve(things[0])


def resolve_record(graph: Resolving, text: str, kinds: Sequence[str]) -> str:
    """The IRI of a record of one of some kinds, by its identifier, whole or what stands behind its kind.

    Facts have no names; a record that has one is found by it. Raises: as :func:`resolve`.
    """
    own = parse_identifier(text)
    for iri in (own, *(parse_identifier(f"{kind}:{text}") for kind in kinds)):
        if iri is not None and kind_of(iri) in kinds and describe(graph.store, [iri]):
            return iri
    if own is not None and kind_of(own) in kinds:
        raise EntityNotFound(text, "id")
    return resolve(graph, text, tuple(kind for kind in kinds if kind in CLASS_BY_KIND), "id").id


def successor(store: Store, text: str, parameter: str = "") -> str | None:
    """What stands now for an identifier that was given up.

    Returns: an IRI; None if nothing of that identifier was withdrawn.
    Raises: Withdrawn with the reason where nothing stands for it, or several things do.
    """
    iri = parse_identifier(text)
    if iri is None or not is_project(iri):
        return None
    given_up = describe(store, [iri]).get(iri)
    if given_up is None or SKG.Withdrawn not in given_up.iris("rdf_type"):
        return None
    successors = given_up.iris("dcterms_isReplacedBy")
    if len(successors) == 1:
        return successors[0]
    known = describe(store, successors)
    named = tuple((display(each), reference(each, known).label) for each in successors)
    raise Withdrawn(text, parameter, named, given_up.text("changeNote") or "")
