"""The search page: the questions that a text may mean, the things called so, and the facts that say its words."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import render_template, request
from werkzeug.wrappers import Response

from kg.graph import KnowledgeGraph
from kg.search.facts import MAX_FACTS
from ontology.terms import CLASS_BY_KIND
from server.addresses import csv_response, export, given, here, query
from server.questions.offered import LinkedSearchAnswer
from server.questions.parameters import Parameter, read
from server.questions.table import BY_NAME

MOST_SHOWN = 50
LISTED = ("drug", "drugclass", "target", "histotype", "regimen", "study")  # kinds of things that are listed whole
_LISTING = (Parameter("q", "empty"), Parameter("kind", "everything of this kind", choices=LISTED))
_SEARCH = BY_NAME["search"]


def search(graph: KnowledgeGraph) -> str | Response:
    """The page, or what it lists as a table."""
    text = request.args.get("q", "").strip()
    if not text and (kind := read(_LISTING, given()).text("kind")):
        return _listed(graph, kind)
    filled = read(_SEARCH.parameters, given() | {"limit": [str(MOST_SHOWN)]}) if text else None
    answer: LinkedSearchAnswer | None = _SEARCH.answer(graph, filled) if filled else None
    if answer is not None and request.args.get("format") == "csv":
        return csv_response(_csv_rows(answer), "search")
    asked = f"{query(['limit'])}&{urlencode({'limit': MOST_SHOWN})}"
    return render_template(
        "search.html",
        answer=answer,
        kinds=_kinds(),
        search_text=text,
        found_in_words=_in_words(answer) if answer else "",
        more_facts=here([("facts", str(MAX_FACTS))], ["facts"]),
        exported=[export("CSV", here([("format", "csv")]), download=True), export("JSON", f"/api/v1/search?{asked}")]
        if answer
        else [],
    )


def all_of(name: str) -> str:
    """Where everything of a class is listed; empty for a class whose things are not."""
    return next((f"/search?kind={kind}" for kind in LISTED if CLASS_BY_KIND[kind] == name), "")


def _kinds() -> list[tuple[str, str]]:
    return [(CLASS_BY_KIND[kind], f"/search?kind={kind}") for kind in LISTED]


def _listed(graph: KnowledgeGraph, kind: str) -> str | Response:
    """Everything of a kind, by name."""
    members = sorted(graph.members(kind), key=lambda ref: ref.label.casefold())
    if request.args.get("format") == "csv":
        return csv_response([["id", "label"], *([ref.curie, ref.label] for ref in members)], f"every-{kind}")
    return render_template(
        "kind.html",
        kind=CLASS_BY_KIND[kind],
        kinds=_kinds(),
        members=members,
        exported=[export("CSV", here([("format", "csv")]), download=True)],
    )


def _in_words(answer: LinkedSearchAnswer) -> str:
    """How much was found, kind by kind."""
    found = [
        (len(answer.questions), "question", "questions", "to ask"),
        (len(answer.items), "match", "matches", "by name, more exist" if answer.truncated else "by name"),
        (len(answer.parts), "name", "names", "in the text"),
        (len(answer.facts.items), "fact", "facts", "and more" if answer.facts.truncated else ""),
    ]
    told = [f"{count} {one if count == 1 else many} {rest}".strip() for count, one, many, rest in found if count]
    return f"Found: {'; '.join(told)}." if told else "Nothing found."


def _csv_rows(answer: LinkedSearchAnswer) -> list[list[str]]:
    """Everything that the page lists; things named by some of the words with these words."""
    things = [("thing", "", hit) for hit in answer.items]
    things += [("part", part.text, hit) for part in answer.parts for hit in part.items]
    return [
        ["group", "words", "id", "label", "type", "matched", "score"],
        *(["question", "", each.page, each.label, each.question, each.reason, ""] for each in answer.questions),
        *([group, words, hit.curie, hit.label, hit.type, hit.matched, str(hit.score)] for group, words, hit in things),
        *(["fact", "", each.curie, each.sentence, each.type, "; ".join(each.said), ""] for each in answer.facts.items),
    ]
