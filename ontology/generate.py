"""Derives ``terms.py`` and ``docs/predicates.md`` from the ontology, so that no name is typed twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import cast

from rdflib import OWL, RDF, RDFS, SH, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from ontology.resources import ontology_graph, prefixes_turtle
from ontology.vocabulary import NAMESPACE, ClassTerm, Direction, MappedTerm, Predicate, Property, Sign, Term

_SKG = Namespace(NAMESPACE)
_MATCHES = {
    SKOS.exactMatch: "exact",
    SKOS.closeMatch: "close",
    SKOS.broadMatch: "broad",
    SKOS.narrowMatch: "narrow",
    SKOS.relatedMatch: "related",
}
_PROPERTY_TYPES = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
_DATATYPES = {XSD.string: "string", XSD.integer: "integer", XSD.decimal: "decimal", XSD.boolean: "boolean"}


def prefixes() -> dict[str, str]:
    """Prefix to namespace IRI, in the order of ``prefixes.ttl``."""
    graph = Graph().parse(data=prefixes_turtle(), format="turtle")
    declared = {str(prefix): str(graph.value(node, SH.namespace)) for node, prefix in graph.subject_objects(SH.prefix)}
    text = prefixes_turtle()
    return dict(sorted(declared.items(), key=lambda item: text.index(f'sh:prefix "{item[0]}"')))


class Source:
    """The ontology read into the values of :mod:`ontology.vocabulary`, each table sorted by name."""

    def __init__(self, graph: Graph, prefix_table: dict[str, str]) -> None:
        self._graph = graph
        self._prefixes = prefix_table

    def classes(self) -> tuple[ClassTerm, ...]:
        """The classes, without the anonymous ones."""
        found = (node for node in self._graph.subjects(RDF.type, OWL.Class) if isinstance(node, URIRef))
        return tuple(sorted((self._class(node) for node in found), key=lambda term: term.name))

    def predicates(self) -> tuple[Predicate, ...]:
        """What statements may assert: every property that carries a sign."""
        found = set(self._graph.subjects(_SKG.sign))
        return tuple(sorted((self._predicate(node) for node in found), key=lambda term: term.name))

    def properties(self) -> tuple[Property, ...]:
        """All other properties."""
        typed = {node for kind in _PROPERTY_TYPES for node in self._graph.subjects(RDF.type, kind)}
        ours = {node for node in typed if str(node).startswith(str(_SKG))}
        found = ours - set(self._graph.subjects(_SKG.sign))
        return tuple(sorted((self._property(node) for node in found), key=lambda term: term.name))

    def _class(self, node: Node) -> ClassTerm:
        parent = self._graph.value(node, RDFS.subClassOf)
        kind = self._graph.value(node, _SKG.kind)
        family = self._graph.value(node, _SKG.family)
        return ClassTerm(
            name=_name(node),
            label=self._text(node, RDFS.label),
            definition=self._text(node, SKOS.definition),
            parent=None if parent is None else _name(parent),
            kind=None if kind is None else str(kind),
            family=None if family is None else str(family),
            mappings=self._mappings(node),
        )

    def _predicate(self, node: Node) -> Predicate:
        return Predicate(
            name=_name(node),
            label=self._text(node, RDFS.label),
            inverse_label=self._text(node, _SKG.inverseLabel),
            sign=cast(Sign, self._text(node, _SKG.sign)),
            causal=self._flag(node, _SKG.causal),
            takes_text=self._flag(node, _SKG.takesText),
            edge=self._flag(node, _SKG.edge),
            sentence=self._text(node, _SKG.sentence),
            negated_sentence=self._text(node, _SKG.negatedSentence),
            mappings=self._mappings(node),
            direction=cast(Direction, self._text(node, _SKG.causalDirection)),
            phrase=self._text(node, _SKG.phrase),
            definition=self._text(node, SKOS.definition),
            subject_kinds=self._names(node, _SKG.subjectKind),
            object_kinds=self._names(node, _SKG.objectKind),
            like_kinds=self._graph.value(node, _SKG.likeKinds) is not None and self._flag(node, _SKG.likeKinds),
        )

    def _property(self, node: Node) -> Property:
        found = self._graph.value(node, RDFS.range) or self._graph.value(node, _SKG.datatype)
        if found in _DATATYPES:
            value_range: str | None = _DATATYPES[cast(URIRef, found)]
        elif found is not None:
            value_range = _name(found)
        else:
            value_range = "iri" if (node, RDF.type, OWL.ObjectProperty) in self._graph else None
        of_a_class = (value_range,) if value_range and found not in _DATATYPES and value_range != "iri" else ()
        return Property(
            name=_name(node),
            label=self._text(node, RDFS.label),
            definition=self._text(node, SKOS.definition),
            range=value_range,
            subject_kinds=self._names(node, _SKG.subjectKind) or self._names(node, RDFS.domain),
            object_kinds=self._names(node, _SKG.objectKind) or of_a_class,
            single=(node, RDF.type, OWL.FunctionalProperty) in self._graph,
            mappings=self._mappings(node),
        )

    def _text(self, node: Node, predicate: URIRef) -> str:
        values = [str(value) for value in self._graph.objects(node, predicate)]
        if len(values) != 1:
            raise ValueError(f"{_name(node)} needs exactly one {predicate}, it has {len(values)}")
        return values[0]

    def _names(self, node: Node, predicate: URIRef) -> tuple[str, ...]:
        return tuple(sorted(_name(value) for value in self._graph.objects(node, predicate)))

    def _flag(self, node: Node, predicate: URIRef) -> bool:
        value = self._graph.value(node, predicate)
        if not isinstance(value, Literal) or not isinstance(value.value, bool):
            raise TypeError(f"{_name(node)} needs true or false for {predicate}")
        return value.value

    def _mappings(self, node: Node) -> tuple[MappedTerm, ...]:
        found = (
            MappedTerm(relation, self._curie(str(target)))
            for predicate, relation in _MATCHES.items()
            for target in self._graph.objects(node, predicate)
        )
        return tuple(sorted(found, key=lambda term: (list(_MATCHES.values()).index(term.relation), term.curie)))

    def _curie(self, iri: str) -> str:
        for prefix, namespace in sorted(self._prefixes.items(), key=lambda item: -len(item[1])):
            if iri.startswith(namespace):
                return f"{prefix}:{iri[len(namespace) :]}"
        raise ValueError(f"no prefix for {iri}: declare it in prefixes.ttl")


def terms_source() -> str:
    """The text that ``ontology/terms.py`` should have."""
    table = prefixes()
    source = Source(ontology_graph(), table)
    namespaces = "".join(f"    {_quote(prefix)}: {_quote(iri)},\n" for prefix, iri in table.items())
    return "\n".join((
        _HEAD,
        f"PREFIXES: dict[str, str] = {{\n{namespaces}}}\n",
        _table("CLASSES", source.classes()),
        _KINDS,
        _table("PREDICATES", source.predicates()),
        _table("PROPERTIES", source.properties()),
        "SKG = Vocabulary(CLASSES, PREDICATES, PROPERTIES)\n",
    ))  # fmt: skip


def predicates_page() -> str:
    """The text that ``docs/predicates.md`` should have: the one published table of predicates."""
    source = Source(ontology_graph(), prefixes())
    called = {term.name: term.called for term in source.classes()}
    predicates = source.predicates()
    signed = [term for term in predicates if not term.takes_text]
    groups = (
        ("Predicates that raise (+1)", [term for term in signed if term.sign == "+1"]),
        ("Predicates that lower (-1)", [term for term in signed if term.sign == "-1"]),
        (
            "Predicates that carry the sign of the step before",
            [term for term in signed if term.sign == "carry"],
        ),
        ("Predicates without a sign", [term for term in signed if term.sign == "none"]),
        ("Predicates that take text", [term for term in predicates if term.takes_text]),
    )
    return _PAGE_HEAD + "".join(_page_group(title, terms, called) for title, terms in groups)


def write(root: Path) -> tuple[Path, ...]:
    """Write both derived files below the checkout ``root`` and return the paths that changed."""
    changed = []
    for path, text in (
        (root / "ontology" / "terms.py", terms_source()),
        (root / "docs" / "predicates.md", predicates_page()),
    ):
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return tuple(changed)


def _page_group(title: str, terms: Sequence[Predicate], called: Mapping[str, str]) -> str:
    columns = ("predicate", "sign", "causal", "direction", "meaning", "reads", "subjects", "objects", "mapping")
    lines = [f"\n## {title}\n", _row(columns), "|---" * len(columns) + "|"]
    lines += [_row(_cells(term, called)) for term in terms]
    return "\n".join(lines) + "\n"


def _cells(term: Predicate, called: Mapping[str, str]) -> tuple[str, ...]:
    """A predicate as a row of docs/predicates.md. ``called``: names of kinds by the names of their classes."""
    return (
        f"`{term.name}`",
        term.sign,
        "yes" if term.causal else "no",
        term.direction,
        term.definition,
        term.spell("S", "O"),
        ", ".join(called[name] for name in term.subject_kinds),
        (", ".join(called[name] for name in term.object_kinds) or "a text") + "; like S" * term.like_kinds,
        ", ".join(f"{mapping.relation} {mapping.curie}" for mapping in term.mappings),
    )


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _name(node: Node) -> str:
    return str(node).removeprefix(str(_SKG))


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _table(name: str, terms: Iterable[Term]) -> str:
    return f"{name} = by_name(\n{''.join(map(_call, terms))})\n"


def _call(term: Term) -> str:
    """The Python that makes a term; what most terms have is not said."""
    given = ((field, getattr(term, field.name)) for field in fields(term))
    told = (f"        {field.name}={_value(value)},\n" for field, value in given if value != field.default)
    return f"    {type(term).__name__}(\n{''.join(told)}    ),\n"


def _value(value: str | bool | MappedTerm | tuple[MappedTerm | str, ...] | None) -> str:
    """The Python of a term's field."""
    if isinstance(value, MappedTerm):
        return f"MappedTerm({_quote(value.relation)}, {_quote(value.curie)})"
    if isinstance(value, tuple):
        inner = [_value(item) for item in value]
        return f"({inner[0]},)" if len(inner) == 1 else f"({', '.join(inner)})"
    return _quote(value) if isinstance(value, str) else repr(value)


_HEAD = '''"""The terms of the vocabulary.

Written by ``python -m ontology`` from ``sarcoma.ttl`` and ``prefixes.ttl``; change those, not this.
"""

from __future__ import annotations

from ontology.vocabulary import ClassTerm, MappedTerm, Predicate, Property, UnknownTermError, Vocabulary, by_name

__all__ = [
    "CLASSES",
    "CLASS_BY_KIND",
    "KIND_LABELS",
    "PREDICATES",
    "PREFIXES",
    "PROPERTIES",
    "SKG",
    "ClassTerm",
    "MappedTerm",
    "Predicate",
    "Property",
    "UnknownTermError",
    "Vocabulary",
]
'''

_KINDS = """# Instances of a kind are named <prefix of the kind>:<name>.
_WITH_KIND = sorted((term.kind, term.name, term.label) for term in CLASSES.values() if term.kind)
CLASS_BY_KIND: dict[str, str] = {kind: name for kind, name, _ in _WITH_KIND}
KIND_LABELS: dict[str, str] = {kind: label for kind, _, label in _WITH_KIND}
"""

_PAGE_HEAD = """# Predicates

Written by `python -m ontology` from `ontology/sarcoma.ttl`; change that file, not this one.

A statement asserts one of these predicates of its subject. The **sign** says what the predicate does to a
change in its subject: `+1` passes it on, `-1` turns it round, `carry` hands on the sign of the step before (a
drug binds, the complex it forms acts), and `none` makes the sign of the whole path unknown. **Causal** says
whether the source has one end act on the other; **direction** says which end acts: `forward` from subject to
object, `backward` from object to subject, `symmetric` both alike, `none` neither. The **mapping** names the
nearest term of the Biolink Model or the OBO Relation Ontology, and how near it is.

**Subjects** and **objects** are the kinds of things that a curated statement may join with the predicate, by the
prefixes of their identifiers (`process` includes joint causes, `document` references). "like S": the object is
moreover of the subject's kind or of one in its family, such as drug and drug class, or histotype and condition.
`sarcoma-kg check` and every build refuse what does not fit; imported statements are not bound by it.

Where a text says what the *inhibition* of something does, the predicates that begin with `inhibition` have
that something as their subject: inhibition of S causes O means that S itself keeps O away, hence the sign -1.
"""
