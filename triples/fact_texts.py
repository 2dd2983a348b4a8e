"""What each fact says, for the search in words: its sentence, and the texts that hang on it, in our own words only.

Titles, authors and other words of the documents themselves are left out, and so is all that is a number or a key:
figures stand in the sentences. An arm speaks for its regimen, the doses in it and the people who were given it; a
result also for its arm and its study.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from kg.codec import Quad
from kg.description import Description, described, descriptions, passages
from kg.search.fact_words import IN_STUDY, OF_KIND, FactText, folded
from ontology.english import spelt_out
from ontology.kinds import FACTS
from ontology.terms import PREDICATES, SKG
from triples.fact_kinds import FactKinds

_KINDS = (*FACTS, "Arm", "Study", "Patient")
_PARTS = ("regimen", "component", "population")
_NO_WORDS = frozenset({
    "searchKey", "degree", "certainty", "polarity", "sourceFile", "sourceLine", "unit", "order", "year", "number",
    "sha256", "rdfs_label", "prefLabel",
})  # fmt: skip
_NO_WORDS_OF_STATEMENTS = frozenset({"object", "value", "valueText"})
_KEYS = re.compile(r"-?P[\dT]\S*|true|false|[-\d.,]+")

_Known = Mapping[str, Description]


def fact_texts(quads: Iterable[Quad]) -> Iterator[FactText]:
    """Every fact of the curated documents, by IRI.

    Args:
        quads: what the curated files compile to.
    """
    known = descriptions(quads)
    kinds = {iri: kind for iri, node in known.items() if (kind := _kind(node)) is not None}
    study_of = {arm: iri for iri, kind in kinds.items() if kind == "Study" for arm in known[iri].iris("hasArm")}
    arm_of = {each: iri for iri, kind in kinds.items() if kind == "Arm" for each in known[iri].iris("hasOutcome")}
    above = FactKinds(known)
    for iri, kind in sorted(kinds.items()):
        node = known[iri]
        parts = _parts(known, node) if kind == "Arm" else []
        sentence = _sentence(known, node, parts, study_of.get(iri))
        places = passages(node.iris("passage"), known)
        documents = node.iris("assertedBy") or sorted({each.document for each in places})
        if not documents:
            continue
        remarks = [remark for each in (node, *parts) for remark in _remarks(each, kind, sentence)]
        if arm := arm_of.get(iri):
            called = [text for each in (arm, study_of.get(arm)) for text in _called(described(each, known))]
            remarks += [(IN_STUDY, text) for text in called if text.casefold() not in sentence.casefold()]
        yield FactText(
            iri=iri,
            type=kind,
            sentence=sentence,
            certainty=node.text("certainty") or "stated",
            documents=tuple((each, _title(described(each, known))) for each in documents),
            passages=places,
            remarks=tuple(dict.fromkeys((*remarks, *_kinds_told(above.of(iri), sentence)))),
        )


def _kind(node: Description) -> str | None:
    """The class that a fact is shown as; None of what is no fact."""
    return next((name for name in _KINDS if SKG[name] in node.iris("rdf_type")), None)


def _title(node: Description) -> str:
    return node.text("rdfs_label") or node.text("prefLabel") or ""


def _called(node: Description) -> list[str]:
    """The title of an arm or a study, and what else it is called; empty where there is none."""
    return [text for text in (_title(node), *node.texts("altLabel")) if text]


def _parts(known: _Known, arm: Description) -> list[Description]:
    """What makes up an arm: its regimen and people, and their components; each once, in order."""
    found: dict[str, Description] = {}
    for name in _PARTS:
        named = [part for owner in (arm, *found.values()) for part in owner.iris(name)]
        found |= {part: known[part] for part in named if part in known and part not in found}
    return list(found.values())


def _sentence(known: _Known, node: Description, parts: Collection[Description], study: str | None) -> str:
    title = _title(node)
    if study is None:
        return title
    told = [text for part in parts if (text := _title(part)) and text != title]
    return f"{_title(described(study, known))}: {'; '.join(dict.fromkeys([title, *told]))}"


def _kinds_told(kinds: Iterable[str], sentence: str) -> Iterator[tuple[str, str]]:
    """What a fact tells of by its members alone; a kind that the sentence names needs no remark."""
    told = f" {folded(sentence)} "
    return ((OF_KIND, kind) for kind in kinds if f" {folded(kind)} " not in told)


def _remarks(node: Description, kind: str, sentence: str) -> Iterator[tuple[str, str]]:
    """Texts beside the sentence. What documents say of a study or a patient in words is a statement of its own."""
    skipped = _NO_WORDS_OF_STATEMENTS if kind == "Statement" else frozenset(PREDICATES)
    for name in sorted(node.terms.keys() - _NO_WORDS - skipped):
        words = spelt_out(name).removesuffix(" text").replace("alt label", "also called")
        for text in (term.value for term in node.all(name) if term.kind == "literal"):
            if not _KEYS.fullmatch(text) and text.casefold() not in sentence.casefold():
                yield words, text
