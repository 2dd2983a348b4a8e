"""The words of the graph: kinds of things, connections and properties of records, narrowed to what says some words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from flask import render_template

from kg.graph import KnowledgeGraph
from kg.schema import SchemaPredicate, SchemaProperty
from kg.schema import schema as described
from ontology.terms import CLASSES, PREDICATES
from server.addresses import given
from server.questions.parameters import Parameter, read
from server.wording import declared_ends, kind_names

_PARAMETERS = (
    Parameter("q", "only what says all of these words", most_characters=100),
    Parameter("used", "only what this graph uses", kind="flag"),
)
_COUNTS = (
    "SELECT ?predicate (COUNT(?statement) AS ?count) WHERE { ?statement skg:predicate ?predicate } GROUP BY ?predicate"
)


@dataclass(frozen=True)
class Ends:
    """The kinds that a word has at one of its ends: as declared, and in this graph."""

    declared: list[str]
    used: list[str]


@dataclass(frozen=True)
class Word:
    """A connection or a property; ``inverse``, how it reads from its other end, and ``sign`` are of connections."""

    name: str
    count: int
    start: Ends
    end: Ends
    label: str
    definition: str
    inverse: str = ""
    sign: str = ""


@dataclass(frozen=True)
class Words:
    """Words of one nature that fit the filter, by name: those that this graph uses, and those that it does not."""

    used: list[Word]
    unused: list[Word]
    of: int

    @property
    def total(self) -> int:
        """How many fit."""
        return len(self.used) + len(self.unused)


def schema(graph: KnowledgeGraph) -> str:
    """The page; a word is found anywhere in a name, in what it reads as, or in its meaning."""
    asked = read(_PARAMETERS, given())
    text, used_only = asked.text("q") or "", asked.flag("used")
    words = text.casefold().split()

    def says(*told: str) -> bool:
        whole = " ".join(told).casefold()
        return all(word in whole for word in words)

    def narrowed(offered: Iterable[Word]) -> Words:
        listed = sorted((word for word in offered if word.count or not used_only), key=lambda word: word.name)
        found = [word for word in listed if says(word.name, word.label, word.inverse, word.definition)]
        return Words([word for word in found if word.count], [word for word in found if not word.count], len(listed))

    counts = {count.type: count.count for count in graph.class_counts()}
    present = [each for each in CLASSES.values() if counts.get(each.name)]
    known = described(graph.store)
    stated = {a.value.rpartition("/")[2]: int(b.value) for a, b in graph.sparql(_COUNTS) if a and b}
    return render_template(
        "schema.html",
        text=text,
        used_only=used_only,
        classes=[each for each in present if says(each.name, each.label, each.definition)],
        of_classes=len(present),
        counts=counts,
        connections=narrowed(_connection(each, stated) for each in known.predicates),
        properties=narrowed(_word(each, each.count) for each in known.properties),
    )


def _connection(term: SchemaPredicate, stated: Mapping[str, int]) -> Word:
    name = _name(term.curie)
    sign = {"+1": "+", "-1": "−", "carry": "carries"}.get(term.sign, "none")
    return replace(
        _word(term, stated.get(name, 0)),
        inverse=PREDICATES[name].inverse_label,
        sign=f"{sign}, causal" if term.causal else sign,
    )


def _word(term: SchemaPredicate | SchemaProperty, count: int) -> Word:
    start, end = declared_ends(term)
    ends = Ends(start, kind_names(term.domain)), Ends(end, kind_names(term.range))
    return Word(_name(term.curie), count, *ends, term.label, term.definition)


def _name(curie: str) -> str:
    return curie.partition(":")[2]
