"""The words of the graph: kinds of things, connections and properties of records, narrowed to what says some words."""

from __future__ import annotations

from collections.abc import Iterable

from flask import render_template

from kg.graph import KnowledgeGraph
from kg.schema import SchemaPredicate, SchemaProperty
from kg.schema import schema as described
from ontology.terms import CLASSES, PREDICATES, PROPERTIES
from server.addresses import given
from server.questions.parameters import Parameter, read

_PARAMETERS = (
    Parameter("q", "only what says all of these words", most_characters=100),
    Parameter("used", "only what this graph uses", kind="flag"),
)
_COUNTS = (
    "SELECT ?predicate (COUNT(?statement) AS ?count) WHERE { ?statement skg:predicate ?predicate } GROUP BY ?predicate"
)


def schema(graph: KnowledgeGraph) -> str:
    """The page; a word is found anywhere in a name, in what it reads as, or in its meaning."""
    asked = read(_PARAMETERS, given())
    text, used_only = asked.text("q") or "", asked.flag("used")
    words = text.casefold().split()

    def says(*told: str) -> bool:
        whole = " ".join(told).casefold()
        return all(word in whole for word in words)

    counts = {count.type: count.count for count in graph.class_counts()}
    used = {a.value.rpartition("/")[2]: int(b.value) for a, b in graph.sparql(_COUNTS) if a and b}
    present = [each for each in CLASSES.values() if counts.get(each.name)]
    offered = [each for each in PREDICATES.values() if used.get(each.name) or not used_only]
    known = described(graph.store)
    properties = [each for each in known.properties if each.count or not used_only]
    terms: tuple[SchemaPredicate | SchemaProperty, ...] = (*known.predicates, *known.properties)
    return render_template(
        "schema.html",
        text=text,
        used_only=used_only,
        classes=[each for each in present if says(each.name, each.label, each.definition)],
        predicates=[each for each in offered if says(each.name, each.label, each.inverse_label or "", each.definition)],
        properties=[each for each in properties if says(each.curie, each.label, each.definition)],
        of_properties=len(properties),
        of_classes=len(present),
        of_predicates=len(offered),
        counts=counts,
        used=used,
        sources={_name(each.curie): (_words(each.subject_kinds), _words(each.domain)) for each in terms},
        targets={_name(each.curie): (_declared_values(each), _words(each.range)) for each in terms},
    )


def _declared_values(term: SchemaPredicate | SchemaProperty) -> list[str]:
    """What a word may lead to: kinds of things, a datatype, or words."""
    if isinstance(term, SchemaPredicate):
        return _words(("xsd:string",) if term.takes_text else term.object_kinds)
    datatype = PROPERTIES[_name(term.curie)].range
    return _words(term.object_kinds or ((f"xsd:{datatype}",) if datatype else ()))


def _words(curies: Iterable[str]) -> list[str]:
    return ["anything" if curie == "skg:Entity" else curie.removeprefix("skg:") for curie in curies]


def _name(curie: str) -> str:
    return curie.partition(":")[2]
