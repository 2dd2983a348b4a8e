"""``python -m server.reference`` writes docs/api.md and docs/settings.md from the tables that the server runs on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from server.http.errors import problems_markdown
from server.questions.parameters import Parameter
from server.questions.table import QUESTIONS, Question
from server.settings import settings_markdown

DOCS = Path(__file__).resolve().parent.parent / "docs"

_API_HEAD = """\
# API

Written by `python -m server.reference` from the table of questions; `tests/contract/test_documentation.py` keeps it
current.

JSON in UTF-8, `snake_case`. Keys are never missing; what is absent is `null`. The same answers come from
`sarcoma-kg <question> --json` and, as dataclasses, from `kg.KnowledgeGraph`. The machine-readable description with
every field of every answer and what it means is `/openapi.json` (OpenAPI 3.1), the page for people `/docs`.

**Names.** Wherever a parameter takes an entity it takes an IRI, a CURIE (`drug:sirolimus`), an identifier of another
vocabulary (`CHEBI:9168`), a label or a synonym; case, hyphens, spaces and Greek or Latin spelling do not matter.
Several equal matches are 409 `ambiguous_entity` with the candidates, none is 404 `unknown_entity` with suggestions.

**Lists** have `items`, `limit`, `total` (exact, or `null`), `truncated` and `truncated_by`. No path found is an empty
list and 200. A value outside an enumeration or above a maximum is 400, never clamped; so is a name that
is no parameter, or one given twice that holds one value. Lists repeat the parameter. An empty value counts as not
given, as forms send it.

**Other routes.** `/sparql` (SPARQL 1.1 Protocol, read-only), `/api/v1/graphs` (named graphs, whole) and what else
[describes the data to programs](sparql.md#what-there-is-to-ask-about), `/id/{kind}/{name}` (the address of every thing:
303 to its page or to RDF), `/healthz`, `/readyz`, `/metrics`.

**Errors** are RFC 9457 `application/problem+json`; those of the [table](#errors) have what they are about in fields of
their own (`parameter`, `value`, `suggestions` ...). What HTTP itself refuses is called by its status: `not_found` (no
such route), `method_not_allowed`. A command with `--json` prints `code` and `detail`;
`sarcoma-kg --help` lists what commands end with.

## Questions
"""


def api_markdown() -> str:
    """docs/api.md."""
    parts = [_API_HEAD]
    for question in QUESTIONS:
        parts.extend(_section(question))
    parts += ["## Errors\n", problems_markdown()]
    return "\n".join(parts)


def _section(question: Question) -> Iterator[str]:
    path = question.path.replace("<path:id>", "{id}")
    yield f"### `GET /api/v1{path}`\n"
    answers = f"{'a list of ' if question.is_list else ''}`{question.answers.__name__}`"
    yield f"{question.summary}. Command: `sarcoma-kg {question.usage}`. Answers {answers}.\n"
    if question.parameters:
        yield "| parameter | meaning | values |\n|---|---|---|"
        for parameter in question.parameters:
            yield _row(parameter)
        yield ""


def _row(parameter: Parameter) -> str:
    notes = [word for word, holds in (("required", parameter.required), ("repeatable", parameter.repeated)) if holds]
    name = f"`{parameter.name}`" + (f" ({', '.join(notes)})" if notes else "")
    return f"| {name} | {parameter.help} | {_values(parameter)} |"


def _values(parameter: Parameter) -> str:
    values = "text"
    if parameter.choices:
        values = ", ".join(f"`{choice}`" for choice in parameter.choices)
    elif parameter.kind == "integer":
        values = f"{parameter.low} to {parameter.high}"
    elif parameter.kind == "flag":
        values = "`true`, `false`"
    if parameter.default is None:
        return values
    default = str(parameter.default).lower() if parameter.kind == "flag" else str(parameter.default)
    return f"{values}; default `{default}`"


DOCUMENTS = {"api.md": api_markdown, "settings.md": settings_markdown}


def main() -> None:
    """Write the documents."""
    for name, text in DOCUMENTS.items():
        (DOCS / name).write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
