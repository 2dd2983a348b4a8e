"""What a store, or some quads, say about nodes, as Python values: the one way records are read out of RDF.

A question finds its nodes with a SPARQL query of ``kg/queries``; this module then fetches all their properties at
once, bounded by the number of nodes, never by the size of the graph. An open store does not change, so the nodes
read last are kept: most answers name documents, passages and drugs that others named before.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints
from weakref import WeakKeyDictionary

from kg.codec import Quad, plain_quads
from kg.errors import EntityNotFound, StoreUnavailable
from kg.identifiers import compress, display, kind_of
from kg.keeping import LruCache
from kg.model import EntityRef, PassageRef, Range
from kg.sparql.formats import term
from kg.sparql.results import Term
from kg.store import Store
from ontology.terms import CLASS_BY_KIND, CLASSES, PREFIXES, PROPERTIES, SKG

BATCH = 500  # nodes a look-up: keeps what a worker holds small, and the query of another engine short
KEPT_VALUES = 100_000  # property values of all nodes kept of a store together, some 300 bytes each, measured

Word = TypeVar("Word", bound=str)
Record = TypeVar("Record")
_VOCABULARY = SKG.namespace
_PASSAGE = f"{_VOCABULARY}passage"
_SHORT = {
    f"{PREFIXES['skos']}definition": "skos_definition",
    PREFIXES["skos"]: "",
    PREFIXES["rdfs"]: "rdfs_",
    PREFIXES["rdf"]: "rdf_",
    PREFIXES["dcterms"]: "dcterms_",
    _VOCABULARY: "",
}


@dataclass(frozen=True)
class Description:
    """One node and its properties.

    Keys are local names of our vocabulary (``hasArm``); also of SKOS (``prefLabel``), but for ``skos_definition``,
    because ours has a definition too; terms of other vocabularies have their prefix (``rdfs_label``).
    """

    iri: str
    terms: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)

    def all(self, name: str) -> tuple[Term, ...]:
        """Every value of a property, in a stable order; empty if there is none."""
        return self.terms.get(name, ())

    def texts(self, name: str) -> tuple[str, ...]:
        """Every value as text."""
        return tuple(term.value for term in self.all(name))

    def text(self, name: str) -> str | None:
        """The first value as text, or None."""
        values = self.texts(name)
        return values[0] if values else None

    def word(self, name: str, words: Sequence[Word]) -> Word | None:
        """The first value as a word of a vocabulary, or None. Raises: StoreUnavailable for any other word."""
        told = self.words(name, words)
        return told[0] if told else None

    def words(self, name: str, words: Sequence[Word]) -> tuple[Word, ...]:
        """Every value as a word of a vocabulary. Raises: StoreUnavailable for any other word."""
        known = {str(word): word for word in words}
        for text in self.texts(name):
            if text not in known:
                right = ", ".join(words)
                raise StoreUnavailable(f"{display(self.iri)} has {text!r} as its {name}, where only {right} may stand")
        return tuple(known[text] for text in self.texts(name))

    def number(self, name: str) -> float | int | None:
        """The first value as a number: an int where it is whole; None if absent or not a number."""
        text = self.text(name)
        if text is None:
            return None
        try:
            value = float(text)
        except ValueError:
            return None
        return int(value) if value.is_integer() else value

    def integer(self, name: str) -> int | None:
        """The first value as a whole number, or None."""
        value = self.number(name)
        return value if isinstance(value, int) else None

    def range(self, name: str) -> Range | None:
        """The two ends of a range as printed (``rangeLow``, ``rangeHigh``), or None where neither is."""
        ends = (self.number(f"{name}Low"), self.number(f"{name}High"))
        return None if ends == (None, None) else ends

    def yes(self, name: str) -> bool | None:
        """The first value as a boolean, or None."""
        text = self.text(name)
        return None if text is None else text in {"true", "1", "yes"}

    def iris(self, name: str) -> tuple[str, ...]:
        """Every value that is a node."""
        return tuple(term.value for term in self.all(name) if term.kind == "iri")

    def iri_of(self, name: str) -> str | None:
        """The first value that is a node, or None."""
        nodes = self.iris(name)
        return nodes[0] if nodes else None


def describe(store: Store, nodes: Iterable[str], *, with_passages: bool = False) -> dict[str, Description]:
    """Fetch every property of some nodes, and of the passages that they name, if asked for.

    Returns: a description per node that has properties, keyed by IRI, in its order; values sorted, so the answer is
        stable.
    """
    wanted, kept = sorted(set(nodes)), _kept_of(store)
    known = kept.find(wanted)
    if lacking := [node for node in wanted if node not in known]:
        read = _read(store, lacking, _PASSAGE if with_passages else "")
        known |= {node: read.get(node) for node in lacking}
        kept.keep(dict.fromkeys(lacking) | read)
    described = {node: each for node in wanted if (each := known[node]) is not None}
    if with_passages:
        named = {passage for each in described.values() for passage in each.iris("passage")}
        described |= describe(store, named - described.keys())
    return described


def descriptions(quads: Iterable[Quad]) -> dict[str, Description]:
    """What quads say of each node that they are about, keyed by IRI: as a store of them would have it."""
    said: dict[str, list[tuple[str, Term]]] = {}
    for subject, predicate, _, value in plain_quads(quads):
        said.setdefault(subject, []).append((predicate, term(value)))
    return {node: _description(node, own) for node, own in said.items()}


def describe_known(store: Store, node: str) -> dict[str, Description]:
    """Fetch every property of one node; what an answer about it looks up is then added to what this returns.

    Raises: EntityNotFound if the store says nothing about it.
    """
    known = describe(store, [node])
    if node not in known:
        raise EntityNotFound(display(node))
    return known


def follow(store: Store, known: dict[str, Description], names: Collection[str] | None = None) -> None:
    """Add to some descriptions those of the nodes that they point to by some properties; by all, if none are named.

    What a node is an instance of is never followed: classes are of the vocabulary.
    """
    targets = {
        value
        for description in known.values()
        for name in (description.terms if names is None else names)
        for value in description.iris(name)
        if not name.startswith("rdf_")
    }
    known.update(describe(store, targets - known.keys()))


def follow_all_the_way(store: Store, known: dict[str, Description], names: Collection[str]) -> None:
    """The same, and so on from what is added, however far."""
    newest = known
    while newest:
        targets = {value for node in newest.values() for name in names for value in node.iris(name)}
        newest = describe(store, targets - known.keys())
        known.update(newest)


def _read(store: Store, wanted: Sequence[str], follow: str) -> dict[str, Description]:
    """Some nodes, and those that they name by a property, if there is anything to read."""
    found: dict[str, Description] = {}
    for start in range(0, len(wanted), BATCH):
        for node, said in store.look_up(wanted[start : start + BATCH], follow).items():
            found[node] = _description(node, said)
    return found


def _description(node: str, said: Iterable[tuple[str, Term]]) -> Description:
    terms: dict[str, set[Term]] = {}
    for name, value in said:
        terms.setdefault(_short(name), set()).add(value)
    return Description(node, {name: tuple(sorted(values, key=itemgetter(0, 1, 2))) for name, values in terms.items()})


def _size(description: Description | None) -> int:
    return 1 + (sum(map(len, description.terms.values())) if description else 0)


_Nodes = LruCache[str, "Description | None"]  # None: that there is nothing is an answer, too
_kept: WeakKeyDictionary[Store, _Nodes] = WeakKeyDictionary()
_kept_lock = threading.Lock()


def _kept_of(store: Store) -> _Nodes:
    with _kept_lock:
        return _kept.setdefault(store, LruCache(KEPT_VALUES, _size))


@lru_cache(maxsize=4096)  # properties are few, and each comes with thousands of values
def _short(iri: str) -> str:
    for namespace, prefix in _SHORT.items():
        if iri.startswith(namespace):
            return prefix + iri[len(namespace) :]
    return iri


def class_of(description: Description | None, iri: str) -> str:
    """The local name of a node's class: from its kind, except where one kind holds several classes."""
    if description is not None:
        own = [value[len(_VOCABULARY) :] for value in description.texts("rdf_type") if value.startswith(_VOCABULARY)]
        above = {CLASSES[name].parent for name in own if name in CLASSES}
        specific = [name for name in own if name not in above]
        if specific:
            return specific[0]
    kind = kind_of(iri)
    return CLASS_BY_KIND.get(kind, "Entity") if kind else "Entity"


def reference(node: str, descriptions: Mapping[str, Description]) -> EntityRef:
    """Name a node the way answers do; its CURIE stands in where it has no label."""
    description = descriptions.get(node)
    label = None
    if description is not None:
        label = description.text("prefLabel") or description.text("rdfs_label")
    return EntityRef(id=node, curie=display(node), type=class_of(description, node), label=label or _bare(node))


def optional_reference(node: str | None, descriptions: Mapping[str, Description]) -> EntityRef | None:
    """Name a node, if there is one."""
    return None if node is None else reference(node, descriptions)


def references(nodes: Iterable[str], descriptions: Mapping[str, Description]) -> tuple[EntityRef, ...]:
    """Name several nodes, by label."""
    return tuple(sorted((reference(node, descriptions) for node in nodes), key=lambda ref: (ref.label, ref.curie)))


def _bare(iri: str) -> str:
    curie = compress(iri)
    return curie.partition(":")[2] if curie else iri


def described(node: str | None, descriptions: Mapping[str, Description]) -> Description:
    """What is known of a node; nothing of none."""
    return descriptions.get(node or "", Description(node or ""))


def passage(description: Description) -> PassageRef:
    """Read a passage node."""
    return PassageRef(
        id=description.iri,
        document=description.iri_of("document") or "",
        section=description.text("section") or "",
        start=description.integer("start") or 0,
        end=description.integer("end") or 0,
    )


def passages(iris: Iterable[str], descriptions: Mapping[str, Description]) -> tuple[PassageRef, ...]:
    """Read several passage nodes, in the order of the text."""
    found = (passage(descriptions[iri]) for iri in set(iris) if iri in descriptions)
    return tuple(sorted(found, key=lambda ref: (ref.document, ref.start, ref.end)))


_Known = Mapping[str, Description]
_Reader = Callable[[Description, str, _Known], Any]
_BY_TYPE: Mapping[object, _Reader] = {
    str | None: lambda node, name, _: node.text(name),
    int | None: lambda node, name, _: node.integer(name),
    float | int | None: lambda node, name, _: node.number(name),
    bool | None: lambda node, name, _: node.yes(name),
    Range | None: lambda node, name, _: node.range(name),
    EntityRef | None: lambda node, name, known: optional_reference(node.iri_of(name), known),
    tuple[str, ...]: lambda node, name, _: node.texts(name),
    tuple[EntityRef, ...]: lambda node, name, known: references(node.iris(name), known),
    tuple[PassageRef, ...]: lambda node, name, known: passages(node.iris(name), known),
}
_IDENTITY = frozenset({"id", "curie", "type", "label"})
_PROPERTIES = {"sentence": "rdfs_label", "documents": "assertedBy"}


def record(kind: Callable[..., Record], node: Description, known: _Known, /, **given: Any) -> Record:
    """A node as a dataclass: every field is the property of its name, read as the type of the field says.

    Shape: ``dose_text`` is ``doseText``; a field of several values may stand in the plural; ``id``, ``curie``,
        ``type`` and ``label`` are those of :func:`reference`.

    Args:
        kind: the dataclass. A field of a type that no property has must be given, or have a default.
        node: what is read.
        known: what it names.
        given: fields that are no property, or not just so.
    """
    named, readers = _readers(kind)
    values = {name: read(node, known) for name, read in readers if name not in given}
    if own := named - given.keys():
        ref = reference(node.iri, known)
        values |= {name: getattr(ref, name) for name in own}
    return kind(**values, **given)


@cache
def _readers(
    kind: Callable[..., object],
) -> tuple[frozenset[str], tuple[tuple[str, Callable[[Description, _Known], Any]], ...]]:
    """The fields of a dataclass that name the node itself; and how those are read that are properties of it."""
    types = get_type_hints(kind)
    readers = ((name, _reader(name, hint)) for name, hint in types.items() if name not in _IDENTITY)
    return _IDENTITY & types.keys(), tuple((name, read) for name, read in readers if read is not None)


def _reader(field: str, hint: object) -> Callable[[Description, _Known], Any] | None:
    first, *others = field.split("_")
    name = _PROPERTIES.get(field) or first + "".join(map(str.capitalize, others))
    is_several = get_origin(hint) is tuple
    if is_several and name not in PROPERTIES:
        name = name.removesuffix("s")
    if (read := _BY_TYPE.get(hint)) is not None:
        return lambda node, known: read(node, name, known)
    words = next((get_args(part) for part in get_args(hint) if get_origin(part) is Literal), None)
    if words is None:
        return None
    return lambda node, _: node.words(name, words) if is_several else node.word(name, words)
