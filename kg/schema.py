"""What the graph is made of: classes and predicates with their meaning, and how much of each there is.

The meaning comes from the vocabulary, the figures from the VoID partitions that the build has left in the graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kg.identifiers import BASE, display
from kg.model import like
from kg.store import Store
from ontology.terms import CLASSES, PREDICATES, PROPERTIES
from ontology.vocabulary import Predicate, Property, Term

_CLASS_SIZES = """
SELECT ?class ?n WHERE { ?dataset void:classPartition ?part . ?part void:class ?class ; void:entities ?n }"""
_PROPERTY_SIZES = """
SELECT ?property ?n WHERE {
  ?dataset void:propertyPartition ?part . ?part void:property ?property ; void:triples ?n }"""
_ENDS = """
SELECT ?property ?class ?target WHERE {
  ?dataset void:classPartition ?from . ?from void:class ?class ; void:propertyPartition ?part .
  ?part void:property ?property .
  OPTIONAL { { ?part void:classPartition/void:class ?target }
    UNION { ?part <http://ldf.fi/void-ext#datatypePartition>/<http://ldf.fi/void-ext#datatype> ?target } } }"""


@dataclass(frozen=True)
class SchemaClass:
    """A class of the vocabulary; ``count`` is how many things of the graph are in it."""

    id: str
    curie: str
    label: str
    definition: str
    parent: str | None
    count: int


@dataclass(frozen=True)
class SchemaPredicate:
    """A relation that statements assert.

    Attributes:
        sign: "+1", "-1", "carry" (hands the sign on) or "none" (leaves it open).
        subject_kinds: classes that curated statements may have as its subject; "skg:Entity" is every class.
        object_kinds: those of its object; none where it takes text.
        like_kinds: whether the object has to be of the subject's class or family as well.
        domain: classes that are its subject in this graph.
        range: classes and datatypes that are its object in this graph.
        count: direct triples with it; what is hedged or negated has none.
    """

    id: str
    curie: str
    label: str
    definition: str
    sign: str
    causal: bool
    takes_text: bool
    edge: bool
    subject_kinds: tuple[str, ...]
    object_kinds: tuple[str, ...]
    like_kinds: bool
    domain: tuple[str, ...]
    range: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class SchemaProperty:
    """A property of records and statements themselves; domain, range and count as in :class:`SchemaPredicate`.

    Attributes:
        subject_kinds: classes whose records may have it; none where it describes words, not records.
        object_kinds: classes of which its value may be; none where that is a text or a number.
        single: whether a record has one value at most.
    """

    id: str
    curie: str
    label: str
    definition: str
    subject_kinds: tuple[str, ...]
    object_kinds: tuple[str, ...]
    single: bool
    domain: tuple[str, ...]
    range: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class Schema:
    """The vocabulary as this graph uses it."""

    data_version: str
    classes: tuple[SchemaClass, ...]
    predicates: tuple[SchemaPredicate, ...]
    properties: tuple[SchemaProperty, ...]


def schema(store: Store) -> Schema:
    """Describe the vocabulary and how much of it the graph uses; counts are 0 where the build left none."""
    things, triples, ends = _sizes(store, _CLASS_SIZES), _sizes(store, _PROPERTY_SIZES), _ends(store)

    def used(term: Predicate | Property) -> dict[str, Any]:
        domain, reach = ends.get(term.iri, ((), ()))
        ends_allowed = {"subject_kinds": term.subject_kinds, "object_kinds": term.object_kinds}
        kinds = {name: tuple(f"skg:{each}" for each in classes) for name, classes in ends_allowed.items()}
        return {"domain": domain, "range": reach, "count": triples.get(term.iri, 0), **kinds}

    return Schema(
        store.data_version,
        tuple(like(SchemaClass, term, **_named(term), count=things.get(term.iri, 0)) for term in CLASSES.values()),
        tuple(like(SchemaPredicate, term, **_named(term), **used(term)) for term in PREDICATES.values()),
        tuple(like(SchemaProperty, term, **_named(term), **used(term)) for term in PROPERTIES.values()),
    )


def _named(term: Term) -> dict[str, str]:
    return {"id": term.iri, "curie": display(term.iri)}


def _sizes(store: Store, query: str) -> Mapping[str, int]:
    return {name: int(size) for name, size in store.select(query, {"dataset": BASE}).texts()}


def _ends(store: Store) -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """By property: what it leads from and to, by name."""
    domains: defaultdict[str, set[str]] = defaultdict(set)
    ranges: defaultdict[str, set[str]] = defaultdict(set)
    for name, source, target in store.select(_ENDS, {"dataset": BASE}):
        if name and source:
            domains[name.value].add(display(source.value))
            ranges[name.value].update({display(target.value)} if target else ())
    return {name: (_specific(domains[name]), _specific(ranges[name])) for name in domains}


def _specific(names: set[str]) -> tuple[str, ...]:
    """Everything is inferred to be an entity too, which says nothing beside a class of its own."""
    return tuple(sorted(names - {"skg:Entity"})) or tuple(names)
