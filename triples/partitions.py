"""Who holds what: classes, their properties, and what these lead to, counted for VoID.

Editors and programs that write queries read these figures instead of asking the data (the shape is the one that the
SPARQL endpoints of the life sciences use). Source: Describing Linked Datasets with the VoID Vocabulary (W3C Note
2011-03-03), section 4.4; datatype partitions by the VoID extension of ldf.fi.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from kg import codec
from kg.codec import PlainQuad, Quad, literal, named, node
from kg.identifiers import BASE, compress
from ontology.terms import PREFIXES, SKG

_VOID_EXT = "http://ldf.fi/void-ext#"  # not in the table of prefixes: nobody writes it by hand

_PropertyKey = tuple[str, str]  # class, property
_ObjectKey = tuple[str, str, str]  # class, property, class or datatype of the object


def partition_quads(rows: Iterable[PlainQuad], dataset: str, graph: str) -> Iterator[Quad]:
    """VoID partitions of a dataset: by property, and by class with its properties and what they lead to.

    Args:
        rows: the triples, those of several graphs once each.
        dataset: what the partitions belong to.
        graph: where to write them.
    """
    triples = {(subject, predicate, obj) for subject, predicate, _, obj in rows}
    write = _Writer(graph)
    properties = Counter(predicate for _, predicate, _ in triples)
    for name, count in sorted(properties.items()):
        part = f"{BASE}graph/property-{_local(name)}"
        yield from write.property_partition(dataset, part, name, count)
    kinds = _classes_by_node(triples)
    entities = Counter(kind for own in kinds.values() for kind in own)
    classes = {obj.value for _, predicate, obj in triples if predicate == codec.type_.value}
    for name, count in (("entities", len(kinds)), ("classes", len(classes)), ("properties", len(properties))):
        yield write.number(dataset, name, count)
    by_property, by_class, by_datatype = _counted(triples, kinds)
    for kind, count in sorted(entities.items()):
        part = f"{BASE}graph/class-{_local(kind)}"
        yield write.link(dataset, "classPartition", part)
        yield write.link(part, "class", kind)
        yield write.number(part, "entities", count)
    for (kind, name), count in sorted(by_property.items()):
        whole = f"{BASE}graph/class-{_local(kind)}"
        yield from write.property_partition(whole, f"{whole}-property-{_local(name)}", name, count)
    for (kind, name, target), count in sorted(by_class.items()):
        whole = f"{BASE}graph/class-{_local(kind)}-property-{_local(name)}"
        part = f"{whole}-class-{_local(target)}"
        yield write.link(whole, "classPartition", part)
        yield write.link(part, "class", target)
        yield write.number(part, "triples", count)
    for (kind, name, datatype), count in sorted(by_datatype.items()):
        whole = f"{BASE}graph/class-{_local(kind)}-property-{_local(name)}"
        part = f"{whole}-datatype-{_local(datatype)}"
        yield write.link(whole, "datatypePartition", part, _VOID_EXT)
        yield write.link(part, "datatype", datatype, _VOID_EXT)
        yield write.number(part, "triples", count)


class _Writer:
    """Spells triples about a dataset and its parts, in VoID unless another vocabulary is named."""

    def __init__(self, graph: str) -> None:
        self._graph = named(graph)

    def link(self, subject: str, name: str, target: str, vocabulary: str = PREFIXES["void"]) -> Quad:
        return Quad(named(subject), named(vocabulary + name), named(target), self._graph)

    def number(self, subject: str, name: str, value: int) -> Quad:
        return Quad(named(subject), node(f"void:{name}"), literal(value), self._graph)

    def property_partition(self, whole: str, part: str, name: str, count: int) -> Iterator[Quad]:
        yield self.link(whole, "propertyPartition", part)
        yield self.link(part, "property", name)
        yield self.number(part, "triples", count)


_Triple = tuple[str, str, codec.Term]


def _classes_by_node(triples: Iterable[_Triple]) -> dict[str, set[str]]:
    """The classes of our vocabulary that each node is in."""
    found: dict[str, set[str]] = defaultdict(set)
    for subject, predicate, obj in triples:
        if predicate == codec.type_.value and obj.value.startswith(SKG.namespace):
            found[subject].add(obj.value)
    return found


def _counted(
    triples: Iterable[_Triple], kinds: dict[str, set[str]]
) -> tuple[Counter[_PropertyKey], Counter[_ObjectKey], Counter[_ObjectKey]]:
    by_property: Counter[_PropertyKey] = Counter()
    by_class: Counter[_ObjectKey] = Counter()
    by_datatype: Counter[_ObjectKey] = Counter()
    for subject, predicate, obj in triples:
        for kind in kinds.get(subject, ()):
            by_property[kind, predicate] += 1
            datatype = getattr(obj, "datatype", None)
            if datatype is not None:
                by_datatype[kind, predicate, datatype.value] += 1
                continue
            for target in kinds.get(obj.value, ()):
                by_class[kind, predicate, target] += 1
    return by_property, by_class, by_datatype


def _local(iri: str) -> str:
    """A name for a part that is about something: our own terms by their name, others with their prefix."""
    if iri.startswith(SKG.namespace):
        return iri.removeprefix(SKG.namespace)
    return re.sub(r"[^A-Za-z0-9._-]", "-", compress(iri) or iri)
