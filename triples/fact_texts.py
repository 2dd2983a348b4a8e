"""What each fact says, for the search in words: its sentence, and the texts that hang on it, in our own words only.

Titles, authors and other words of the documents themselves are left out, and so is all that is a number or a key:
figures stand in the sentences. An arm speaks for its regimen, the doses in it and the people who were given it; a
result also for its arm and its study.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from kg import codec
from kg.codec import Quad
from kg.model import PassageRef
from kg.search.fact_words import IN_STUDY, OF_KIND, FactText, folded
from ontology.english import spelt_out
from ontology.kinds import FACTS
from ontology.terms import PREDICATES, SKG
from triples.fact_kinds import FactKinds

_FACTS = (*FACTS, "Arm", "Study", "Patient")
_CLASSES = {
    SKG.namespace + name: name for name in (*_FACTS, "Regimen", "Component", "Population", "Passage", "Document")
}
_PARTS = ("regimen", "component", "population")
_KEPT_LINKS = frozenset({*_PARTS, "assertedBy", "passage", "hasArm", "hasOutcome", "document"})
_NO_WORDS = frozenset({
    "searchKey", "degree", "certainty", "polarity", "sourceFile", "sourceLine", "unit", "order", "year", "number",
    "sha256",
})  # fmt: skip
_NO_WORDS_OF_STATEMENTS = frozenset({"object", "value", "valueText"})
_TITLES = ("label", "prefLabel")
_KEYS = re.compile(r"-?P[\dT]\S*|true|false|[-\d.,]+")

_Node = dict[str, list[codec.Term]]


def fact_texts(quads: Iterable[Quad]) -> Iterator[FactText]:
    """Every fact of the curated documents, by IRI.

    Args:
        quads: what the curated files compile to.
    """
    rows = list(codec.plain_quads(quads))
    nodes, above = _nodes(rows), FactKinds(rows)
    kinds = {iri: kind for iri, node in nodes.items() if (kind := _kind(node))}
    study_of = {arm: iri for iri, kind in kinds.items() if kind == "Study" for arm in _links(nodes[iri], "hasArm")}
    arm_of = {each: iri for iri, kind in kinds.items() if kind == "Arm" for each in _links(nodes[iri], "hasOutcome")}
    for iri in sorted(iri for iri, kind in kinds.items() if kind in _FACTS):
        node, kind = nodes[iri], kinds[iri]
        parts = _parts(nodes, iri) if kind == "Arm" else []
        sentence = _sentence(nodes, iri, parts, study_of.get(iri))
        passages = _passages(nodes, node)
        documents = _links(node, "assertedBy") or sorted({each.document for each in passages})
        if not documents:
            continue
        remarks = [remark for each in (iri, *parts) for remark in _remarks(nodes[each], kind, sentence)]
        if arm := arm_of.get(iri):
            called = [text for each in (arm, study_of.get(arm, "")) for text in _called(nodes, each)]
            remarks += [(IN_STUDY, text) for text in called if text.casefold() not in sentence.casefold()]
        yield FactText(
            iri=iri,
            type=kind,
            sentence=sentence,
            certainty=_text(node, "certainty") or "stated",
            documents=tuple((each, _title(nodes.get(each, {}))) for each in documents),
            passages=passages,
            remarks=tuple(dict.fromkeys((*remarks, *_kinds_told(above.of(iri), sentence)))),
        )


def _nodes(rows: Sequence[codec.PlainQuad]) -> dict[str, _Node]:
    """What facts, their parts, passages and documents say, by a property's local name: texts, and some links."""
    is_type = codec.type_.value
    wanted = {subject for subject, predicate, _, term in rows if predicate == is_type and _iri(term) in _CLASSES}
    found: dict[str, _Node] = {}
    for subject, predicate, _, term in rows:
        name = re.split("[/#]", predicate)[-1]
        if subject in wanted and (predicate == is_type or name in _KEPT_LINKS or not _iri(term)):
            found.setdefault(subject, {}).setdefault(name, []).append(term)
    return found


def _iri(term: codec.Term) -> str:
    return term.value if isinstance(term, type(codec.type_)) else ""


def _kind(node: _Node) -> str:
    """The class that a fact is shown as."""
    named = {_CLASSES[iri] for term in node.get("type", ()) if (iri := _iri(term)) in _CLASSES}
    return next((name for name in _CLASSES.values() if name in named), "")


def _links(node: Mapping[str, Sequence[codec.Term]], name: str) -> list[str]:
    return sorted({iri for term in node.get(name, ()) if (iri := _iri(term))})


def _texts(node: Mapping[str, Sequence[codec.Term]], name: str) -> list[str]:
    return sorted({term.value for term in node.get(name, ()) if not _iri(term)})


def _text(node: Mapping[str, Sequence[codec.Term]], name: str) -> str:
    return next(iter(_texts(node, name)), "")


def _title(node: Mapping[str, Sequence[codec.Term]]) -> str:
    return next((text for name in _TITLES if (text := _text(node, name))), "")


def _called(nodes: Mapping[str, _Node], iri: str) -> list[str]:
    """The title of an arm or a study, and what else it is called; empty where there is none."""
    node = nodes.get(iri, {})
    return [text for text in (_title(node), *_texts(node, "altLabel")) if text]


def _parts(nodes: Mapping[str, _Node], iri: str) -> list[str]:
    """What makes up an arm: its regimen and people, and their components; each once, in order."""
    found: list[str] = []
    for name in _PARTS:
        found += [part for owner in (iri, *found) for part in _links(nodes.get(owner, {}), name) if part in nodes]
    return list(dict.fromkeys(found))


def _sentence(nodes: Mapping[str, _Node], iri: str, parts: Collection[str], study: str | None) -> str:
    title = _title(nodes[iri])
    if study is None:
        return title
    told = [text for part in parts if (text := _title(nodes[part])) and text != title]
    return f"{_title(nodes.get(study, {}))}: {'; '.join(dict.fromkeys([title, *told]))}"


def _passages(nodes: Mapping[str, _Node], node: _Node) -> tuple[PassageRef, ...]:
    found = []
    for iri in _links(node, "passage"):
        place = nodes.get(iri, {})
        start, end = _text(place, "start"), _text(place, "end")
        if start and end:
            document = next(iter(_links(place, "document")), "")
            found.append(PassageRef(iri, document, _text(place, "section"), int(start), int(end)))
    return tuple(sorted(found, key=lambda each: (each.document, each.start, each.end)))


def _kinds_told(kinds: Iterable[str], sentence: str) -> Iterator[tuple[str, str]]:
    """What a fact tells of by its members alone; a kind that the sentence names needs no remark."""
    told = f" {folded(sentence)} "
    return ((OF_KIND, kind) for kind in kinds if f" {folded(kind)} " not in told)


def _remarks(node: _Node, kind: str, sentence: str) -> Iterator[tuple[str, str]]:
    """Texts beside the sentence. What documents say of a study or a patient in words is a statement of its own."""
    skipped = _NO_WORDS_OF_STATEMENTS if kind == "Statement" else frozenset(PREDICATES)
    for name in sorted(node.keys() - _NO_WORDS - skipped - {*_TITLES, "type"}):
        words = spelt_out(name).removesuffix(" text").replace("alt label", "also called")
        for text in _texts(node, name):
            if not _KEYS.fullmatch(text) and text.casefold() not in sentence.casefold():
                yield words, text
