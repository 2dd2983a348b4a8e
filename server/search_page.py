"""The search page: what is called so; else what the words name, and what can be asked of two of those together."""

from __future__ import annotations

from itertools import combinations, product
from urllib.parse import urlencode

from flask import render_template, request
from werkzeug.wrappers import Response

from kg.graph import KnowledgeGraph
from kg.search import SearchAnswer
from server.addresses import csv_response, export, given, here, query
from server.entity_page import joint_actions
from server.parameters import read
from server.questions import QUESTIONS

MOST_SHOWN = 50
JOINED_EACH = 2
_SEARCH = next(question for question in QUESTIONS if question.name == "search")


def search(graph: KnowledgeGraph) -> str | Response:
    """The page, or its hits as a table."""
    text = request.args.get("q", "").strip()
    filled = read(_SEARCH.parameters, given() | {"limit": [str(MOST_SHOWN)]}) if text else None
    answer: SearchAnswer | None = _SEARCH.answer(graph, filled) if filled else None
    if answer is not None and request.args.get("format") == "csv":
        return csv_response(_csv_rows(answer), "search")
    asked = f"{query(['limit'])}&{urlencode({'limit': MOST_SHOWN})}"
    return render_template(
        "search.html",
        answer=answer,
        search_text=text,
        joined=_joined(answer) if answer else [],
        exported=[export("CSV", here([("format", "csv")]), download=True), export("JSON", f"/api/v1/search?{asked}")]
        if answer
        else [],
    )


def _csv_rows(answer: SearchAnswer) -> list[list[str]]:
    """The hits; those of parts with the words that name them."""
    hits = [("", hit) for hit in answer.items] + [(part.text, hit) for part in answer.parts for hit in part.items]
    head = ["words", "id", "label", "type", "matched", "score"]
    return [head, *([words, hit.curie, hit.label, hit.type, hit.matched, str(hit.score)] for words, hit in hits)]


def _joined(answer: SearchAnswer) -> list[dict[str, str]]:
    """What can be asked of two different things that the words of a search name, likeliest first."""
    found: dict[str, dict[str, str]] = {}
    for first, second in combinations(answer.parts, 2):
        for one, other in product(first.items[:JOINED_EACH], second.items[:JOINED_EACH]):
            if one.id != other.id:
                for action in joint_actions(one, other):
                    found.setdefault(action["label"], action)
    return list(found.values())
