"""The catalogue as pages.

/questions lists it, /questions/{id} is a form with the answer below it, /questions/{id}/query leads to the editor.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal
from urllib.parse import quote, urlencode

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from kg.catalogue import CatalogueQuestion, Cell, QuestionAnswer, find
from kg.graph import KnowledgeGraph
from kg.identifiers import BASE
from ontology.english import spelt_out
from server.addresses import asked, export
from server.pages.accepted import accepting

_PROSE, _LONG_WORD = 24, 12  # letters of a cell, and of a word, that a column holds as they are
_MANY = 10  # columns beyond which those that few rows fill stand together
_WIDE = 5  # columns beyond which a record is only linked to
_LONG = 10  # rows beyond which a list in a cell is folded
_RECORDS = frozenset({"Outcome", "Statement"})
_LONG_NAMED = frozenset({"Document", "Regimen", "Study"})

CellForm = Literal["none", "source", "words", "brief", "name", "list", "text"]


def catalogue_blueprint(graph: KnowledgeGraph) -> Blueprint:
    """Make the two pages."""
    pages = Blueprint("catalogue", __name__)

    def questions() -> str:
        listed = graph.questions()
        themes = [(theme, list(group)) for theme, group in groupby(listed, lambda each: each.theme)]
        return render_template("questions.html", themes=themes, count=len(listed))

    def question(name: str) -> str:
        given = {key: [text for text in texts if text.strip()] for key, texts in asked().items()}
        given = {key: texts for key, texts in given.items() if texts}
        answer = graph.ask(name, given)
        found = find(graph, answer.id)
        shown = _shown(answer)
        rare = _rare(answer, shown)
        many = len(shown) - len(rare) > _WIDE
        return render_template(
            "question.html",
            question=found,
            answer=answer,
            shown=shown,
            rare=rare,
            many=many,
            rows=_rows(answer, set(shown) - _speaking(answer, shown) if many else ()),
            folds_lists=len(answer.items) > _LONG,
            prose=_prose(answer),
            fields=_fields(found, answer),
            sparql_href=editor_address(answer.query),
            exported=[
                export("CSV", editor_address(answer.query) + "&format=csv", download=True),
                export("JSON", f"/api/v1/questions/{found.id}" + (f"?{urlencode(given, doseq=True)}" if given else "")),
                export("SPARQL", editor_address(answer.query)),
            ],
        )

    def query(name: str) -> Response:
        return redirect(editor_address(find(graph, name).query), 303)

    pages.add_url_rule("/questions", "questions", accepting(questions, (), ()))
    pages.add_url_rule("/questions/<name>", "question", question)
    pages.add_url_rule("/questions/<name>/query", "query", query)
    return pages


@dataclass(frozen=True)
class ShownCell:
    """How a cell is shown.

    Attributes:
        form: ``source``, a link to a record that has no column of its own; ``brief``, a name that may be cut short;
            ``list``, several texts.
    """

    form: CellForm
    cell: Cell | None
    texts: tuple[str, ...] = ()


def _rows(answer: QuestionAnswer, linked: Collection[str]) -> list[dict[str, ShownCell]]:
    """The rows of an answer; in the columns ``linked`` a record is only linked to."""
    return [{name: _cell(cell, name in linked) for name, cell in item.items()} for item in answer.items]


def _cell(cell: Cell | None, is_linked: bool) -> ShownCell:
    if cell is None:
        return ShownCell("none", None)
    if cell.entity is None:
        texts = tuple(cell.text.split(" / "))
        return ShownCell("list" if len(texts) > 1 else "text", cell, texts)
    if is_linked and cell.entity.type in _RECORDS:
        return ShownCell("source", cell)
    if not str(cell.value).startswith(BASE):
        return ShownCell("words", cell, (spelt_out(cell.text) if cell.text.isalpha() else cell.text,))
    return ShownCell("brief" if cell.entity.type in _LONG_NAMED else "name", cell)


def editor_address(query: str) -> str:
    """Where the query editor shows a query with its answer."""
    return "/sparql?" + urlencode({"query": query}, quote_via=quote)


def _shown(answer: QuestionAnswer) -> list[str]:
    """Columns that tell what neither the question nor a name beside them says already; others only take room."""
    asked = {each.name: {entity.id for entity in each.entities} for each in answer.parameters}
    filled = []
    for name in (column.name for column in answer.columns):
        cells = [item[name] for item in answer.items]
        told = {cell and (cell.entity.id if cell.entity else cell.text) for cell in cells}
        if told - {None} and not (len(told) == 1 and told == asked.get(name)):
            filled.append(name)
    return [name for name in filled if not any(_is_repeated(answer, name, other) for other in filled if other != name)]


def _is_repeated(answer: QuestionAnswer, name: str, other: str) -> bool:
    """Whether the things in a column are called after what another says: each "Conflict about ...", in several rows."""
    leads = set()
    for item in answer.items:
        cell, beside = item[name], item[other]
        if cell is None or cell.entity or beside is None or not beside.entity:
            return False
        if not beside.text.lower().endswith(cell.text.lower()):
            return False
        leads.add(beside.text.lower().removesuffix(cell.text.lower()))
    return len(leads) == 1 and len(answer.items) > 1


def _speaking(answer: QuestionAnswer, shown: Sequence[str]) -> set[str]:
    """Columns whose names say what a column that is not shown would."""
    left = [column.name for column in answer.columns if column.name not in shown]
    return {name for name in shown if any(_is_repeated(answer, each, name) for each in left)}


def _rare(answer: QuestionAnswer, shown: Sequence[str]) -> list[str]:
    """Of many columns those that at most every fourth row fills: each value is told by name in one column for all."""
    most = len(answer.items) / 4
    rare = [name for name in shown[1:] if sum(item[name] is not None for item in answer.items) <= most]
    return rare if len(shown) > _MANY and len(rare) > 1 else []


def _prose(answer: QuestionAnswer) -> set[str]:
    """Columns of sentences and long names, which may be set as narrow as a table needs."""
    cells = ((name, cell.text) for item in answer.items for name, cell in item.items() if cell is not None)
    return {name for name, text in cells if len(text) > _PROSE or max(map(len, text.split()), default=0) > _LONG_WORD}


def _fields(question: CatalogueQuestion, answer: QuestionAnswer) -> list[dict[str, object]]:
    values = {given.name: given for given in answer.parameters}
    return [
        {
            "name": parameter.name,
            "label": parameter.label,
            "help": parameter.help,
            "choices": parameter.choices,
            "suggest": ",".join(name for name in parameter.classes if name != "Entity"),
            "is_entity": parameter.literal is None,
            "values": [each.label for each in values[parameter.name].entities] or values[parameter.name].values,
        }
        for parameter in question.parameters
    ]
