"""What the graph is made of: classes and predicates with their meaning, and how much of each there is.

The meaning comes from the vocabulary, the figures from the VoID partitions that the build has left in the graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.identifiers import BASE, display
from kg.sparql.results import iri
from kg.store import Store
from ontology.terms import CLASSES, PREDICATES, PROPERTIES
from ontology.vocabulary import ClassTerm, Predicate, Property

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


@dataclass(frozen=True)
class _Ends:
    domain: tuple[str, ...] = ()
    range: tuple[str, ...] = ()


def schema(store: Store) -> Schema:
    """Describe the vocabulary and how much of it the graph uses; counts are 0 where the build left none."""
    things, triples, ends = _sizes(store, _CLASS_SIZES), _sizes(store, _PROPERTY_SIZES), _ends(store)
    nowhere = _Ends()

    def used(term: Predicate | Property) -> tuple[_Ends, int]:
        return ends.get(term.iri, nowhere), triples.get(term.iri, 0)

    return Schema(
        store.data_version,
        tuple(_class(term, things.get(term.iri, 0)) for term in CLASSES.values()),
        tuple(_predicate(term, *used(term)) for term in PREDICATES.values()),
        tuple(_property(term, *used(term)) for term in PROPERTIES.values()),
    )


def _class(term: ClassTerm, count: int) -> SchemaClass:
    return SchemaClass(
        id=term.iri,
        curie=display(term.iri),
        label=term.label,
        definition=term.definition,
        parent=term.parent,
        count=count,
    )


def _predicate(term: Predicate, ends: _Ends, count: int) -> SchemaPredicate:
    return SchemaPredicate(
        id=term.iri,
        curie=display(term.iri),
        label=term.label,
        definition=term.definition,
        sign=term.sign,
        causal=term.causal,
        takes_text=term.takes_text,
        edge=term.edge,
        subject_kinds=_kinds(term.subject_kinds),
        object_kinds=_kinds(term.object_kinds),
        like_kinds=term.like_kinds,
        domain=ends.domain,
        range=ends.range,
        count=count,
    )


def _property(term: Property, ends: _Ends, count: int) -> SchemaProperty:
    return SchemaProperty(
        id=term.iri,
        curie=display(term.iri),
        label=term.label,
        definition=term.definition,
        subject_kinds=_kinds(term.subject_kinds),
        object_kinds=_kinds(term.object_kinds),
        single=term.single,
        domain=ends.domain,
        range=ends.range,
        count=count,
    )


def _kinds(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"skg:{name}" for name in names)


def _sizes(store: Store, query: str) -> Mapping[str, int]:
    return {name.value: int(size.value) for name, size in store.select(query, {"dataset": iri(BASE)}) if name and size}


def _ends(store: Store) -> Mapping[str, _Ends]:
    """By property: what it leads from and to, by name."""
    domains: defaultdict[str, set[str]] = defaultdict(set)
    ranges: defaultdict[str, set[str]] = defaultdict(set)
    for name, source, target in store.select(_ENDS, {"dataset": iri(BASE)}):
        if name and source:
            domains[name.value].add(display(source.value))
            ranges[name.value].update({display(target.value)} if target else ())
    return {name: _Ends(_specific(domains[name]), _specific(ranges[name])) for name in domains}


def _specific(names: set[str]) -> tuple[str, ...]:
    """Everything is inferred to be an entity too, which says nothing beside a class of its own."""
    return tuple(sorted(names - {"skg:Entity"})) or tuple(names)
