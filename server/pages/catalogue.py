"""The catalogue as pages.

/questions lists it, /questions/{id} is a form with the answer below it, /questions/{id}/query leads to the editor.
"""

from __future__ import annotations

from itertools import groupby
from urllib.parse import quote, urlencode

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from kg.catalogue import CatalogueQuestion, QuestionAnswer, find
from kg.graph import KnowledgeGraph
from kg.identifiers import BASE
from server.addresses import asked, export
from server.pages.accepted import accepting

_PROSE, _LONG_WORD = 24, 12  # letters of a cell, and of a word, that a column holds as they are


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
        return render_template(
            "question.html",
            question=found,
            answer=answer,
            shown=_shown(answer),
            prose=_prose(answer),
            base=BASE,
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


def editor_address(query: str) -> str:
    """Where the query editor shows a query with its answer."""
    return "/sparql?" + urlencode({"query": query}, quote_via=quote)


def _shown(answer: QuestionAnswer) -> list[str]:
    """Columns with a value in some row; an empty column only takes room."""
    return [column.name for column in answer.columns if any(item[column.name] is not None for item in answer.items)]


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
