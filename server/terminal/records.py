"""Things, facts, documents, questions, versions and the vocabulary, as lines."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kg.cards import DocumentCard, EntityCard, FactCard
from kg.catalogue import CatalogueQuestion, QuestionAnswer
from kg.contents import SourceDocument
from kg.difference import Change, DifferenceAnswer
from kg.model import EntityRef
from kg.schema import Schema, SchemaPredicate, SchemaProperty
from kg.search.name_rows import SearchHit
from ontology.english import spelt_out
from server.questions.offered import LinkedSearchAnswer
from server.terminal.marks import hedge, origin, where
from server.wording import declared_ends


def search(answer: LinkedSearchAnswer) -> Iterator[str]:
    """Questions it may ask, things called so, facts that say it."""
    for asked in answer.questions:
        yield f"? {asked.label}  [{asked.page}]"
        yield f"     from {asked.reason}"
    if not (answer.questions or answer.items or answer.parts):
        yield "Nothing in this graph is called so."
    yield from map(_hit, answer.items)
    for part in answer.parts:
        yield f"{part.text}:"
        yield from map(_hit, part.items)
    if answer.facts.items:
        lacking = f"; these lack: {', '.join(answer.facts.lacked)}" if answer.facts.lacked else ""
        yield f"Facts{f' (none says all of it{lacking})' if answer.facts.items[0].lacks else ''}:"
    for fact in answer.facts.items:
        yield f"   {fact.sentence}{hedge(fact.certainty)}"
        places = ", ".join(map(where, fact.passages)) or ", ".join(ref.label for ref in fact.documents)
        yield f"      {'; '.join((*fact.said, fact.curie))}  [{places}]"
    if answer.facts.truncated:
        yield f"   ({answer.facts.total or 'more'} in all; --facts)"
    if answer.facts.unavailable:
        yield answer.facts.unavailable
    if answer.facts.unsaid:
        yield f"No fact of this graph says: {', '.join(answer.facts.unsaid)}."


def _hit(hit: SearchHit) -> str:
    also = f"  (also called {hit.matched})" if hit.matched != hit.label else ""
    return f"{hit.curie:32} {spelt_out(hit.type):14} {hit.label}{also}{origin(hit.imported)}"


def entity(card: EntityCard) -> Iterator[str]:
    """A card."""
    yield f"{card.label} ({card.curie}), {spelt_out(card.type)}"
    if card.synonyms:
        yield "also called " + ", ".join(card.synonyms)
    if card.definition:
        yield card.definition
    if card.xrefs:
        yield "identifiers: " + ", ".join(xref.curie for xref in card.xrefs)
    for name, count in sorted(card.counts.items()):
        yield f"  {name}: {count}"


def fact(card: FactCard) -> Iterator[str]:
    """A sentence, who states it and where."""
    yield card.sentence
    yield f"stated by {', '.join(ref.label for ref in card.asserted_by)}{hedge(card.certainty)}"
    yield from (where(passage) for passage in card.passages)


def document(card: DocumentCard) -> Iterator[str]:
    """A reference, and how much of it the graph holds."""
    yield f"{card.label} ({card.curie}){', retracted' if card.retracted else ''}"
    for name in ("authors", "title", "journal", "year", "volume", "issue", "pages", "doi", "pmid"):
        if value := getattr(card, name):
            yield f"{name}: {', '.join(value) if name == 'authors' else value}"
    yield from (f"  {spelt_out(kind)}: {count}" for kind, count in sorted(card.counts.items()))


def member(item: EntityRef | SourceDocument) -> Iterator[str]:
    """A thing of the kind that a list is of."""
    yield f"{item.curie:32} {item.label}"


def catalogued(item: CatalogueQuestion) -> Iterator[str]:
    """A question that can be asked, with what it takes."""
    given = " ".join(f"{each.name}={each.default}" for each in item.parameters)
    yield f"{item.theme:13} {item.id:28} {item.title}{f'  ({given})' if given else ''}"


def schema(answer: Schema) -> Iterator[str]:
    """Kinds, connections and properties: how many there are of each, and what it means."""
    yield f"Kinds of things ({len(answer.classes)}):"
    yield from (f"{each.curie:30} {each.count:7,}  {each.definition}" for each in answer.classes)
    yield f"Connections ({len(answer.predicates)}), with the sign that they give what they lead to:"
    for predicate in answer.predicates:
        yield f"{predicate.curie:30} {predicate.count:7,}  {predicate.sign:5}  {predicate.definition}"
        yield from _ends_of(predicate)
    yield f"Properties of records ({len(answer.properties)}):"
    for each in answer.properties:
        yield f"{each.curie:30} {each.count:7,}  {each.definition}"
        yield from _ends_of(each)


def _ends_of(term: SchemaPredicate | SchemaProperty) -> Iterator[str]:
    """Which kinds it joins; nothing of words about words, which declare none."""
    start, end = declared_ends(term)
    if start or end:
        yield f"{'':40}from {', '.join(start) or 'anything'} to {', '.join(end) or 'anything'}"


def question(answer: QuestionAnswer) -> Iterator[str]:
    """The answer of a catalogue question, a line for each row."""
    yield answer.title
    for given in answer.parameters:
        named = ", ".join(each.label for each in given.entities) or ", ".join(given.values)
        yield f"{given.label}: {named}"
    for number, item in enumerate(answer.items, 1):
        cells = ((column, item[column.name]) for column in answer.columns)
        yield f"{number:4}  " + "; ".join(f"{column.label}: {cell.text}" for column, cell in cells if cell)
    if answer.truncated:
        yield f"({answer.total - len(answer.items)} more)"
    if not answer.items:
        yield "This graph holds no answer to it."


def difference(answer: DifferenceAnswer) -> Iterator[str]:
    """What two versions tell differently, and what a curator has to write down."""
    yield f"from {answer.old} to {answer.new}: {answer.total or 'no'} things are told differently"
    for each in answer.counts:
        sorts = ((each.added, "added"), (each.changed, "changed"), (each.given_up, "given up"), (each.vanished, "gone"))
        yield f"   {each.graph} {each.kind}: {', '.join(f'{count} {name}' for count, name in sorts if count)}"
    for change in answer.items:
        if change.sort != "vanished":
            yield from _change(change)
    for change in answer.items:
        if change.sort == "vanished" and not change.is_unexplained:
            yield f"gone {change.curie}  {change.label}"
    if answer.truncated:
        yield f"(of each sort {answer.limit} are listed; --limit)"
    if answer.unexplained:
        yield f"{answer.unexplained} identifiers lead nowhere any longer. For triples/withdrawn.yaml:"
    for change in answer.items:
        if change.is_unexplained:
            yield f"- id: {change.curie}"
            yield f"  label: {json.dumps(change.label, ensure_ascii=False)}"
            yield f"  replaced_by: [{', '.join(change.successors)}]{'  # perhaps' if change.successors else ''}"
            yield "  reason:"


def _change(change: Change) -> Iterator[str]:
    became = f" -> {', '.join(change.successors) or 'nothing'}: {change.reason}" if change.sort == "given_up" else ""
    yield f"{change.sort.replace('_', ' ')} {change.curie}  {change.label}{became}"
    for sign, told, count in (("-", change.lost, change.losses), ("+", change.gained, change.gains)):
        if change.sort == "changed":
            yield from (f"   {sign} {each}" for each in told)
            if count > len(told):
                yield f"   {sign} ({count - len(told)} more)"
