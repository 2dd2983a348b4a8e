"""The page to write a query on and to read its answer, complete without scripts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from flask import render_template
from jinja2.utils import htmlsafe_json_dumps

from kg.budget import Budget
from kg.catalogue import CatalogueQuestion
from kg.identifiers import BASE, compress
from kg.sparql.formats import RESULTS_JSON
from kg.sparql.own_names import says_nothing
from kg.sparql.query import QueryForm, SparqlOperation
from kg.sparql.results import Solutions, Term, boolean_from_json, solutions_from_json
from ontology.terms import CLASSES, PREDICATES
from server.addresses import export, here
from server.settings import Settings

PAGE_ROWS = 100
MOST_EMBEDDED = 50_000  # rows that a browser gets at once; more are read page by page

Cell = str | list[str] | None


@dataclass(frozen=True)
class Example:
    """A query that shows what the graph can be asked. Prefixes need no declaration here."""

    title: str
    query: str


EXAMPLES = (
    Example(
        "Response rates, as printed, with the arm and the document they come from",
        "SELECT ?armLabel ?value ?n ?document WHERE {\n"
        "  ?arm skg:hasOutcome ?outcome ; skos:prefLabel|rdfs:label ?armLabel .\n"
        "  ?outcome skg:measure measure:objective-response-rate ;\n"
        "           skg:valueText ?value ; skg:assertedBy ?document .\n"
        "  OPTIONAL { ?outcome skg:denominator ?n }\n"
        "}\nORDER BY ?armLabel",
    ),
    Example(
        "What sirolimus acts on, directly or through its complex",
        "SELECT ?subject ?predicate ?object ?certainty ?document WHERE {\n"
        "  VALUES ?start { drug:sirolimus }\n"
        "  ?start skg:formsComplex? ?subject .\n"
        "  ?statement skg:subject ?subject ; skg:predicate ?predicate ; skg:object ?object ;\n"
        "             skg:certainty ?certainty ; skg:assertedBy ?document .\n"
        "}",
    ),
    Example(
        "What every kind of leiomyosarcoma is called",
        "SELECT ?histotype ?name WHERE {\n"
        "  ?histotype rdfs:subClassOf* histotype:leiomyosarcoma ; skos:prefLabel|skos:altLabel ?name .\n"
        "}\nORDER BY ?histotype ?name",
    ),
    Example(
        "Everything that is said of temsirolimus, as a graph",
        "CONSTRUCT { drug:temsirolimus ?predicate ?object }\nWHERE { drug:temsirolimus ?predicate ?object }",
    ),
)


@dataclass(frozen=True)
class Failure:
    """A query that was not answered, and why."""

    query: str
    error: str


@dataclass(frozen=True)
class Answer:
    """A query with its answer: a table, or a text for graphs and booleans."""

    query: str
    table: Solutions | None = None  # of which ``page`` is shown, in pages of ``PAGE_ROWS``
    text: str = ""
    exported: Sequence[dict[str, str | bool]] = ()
    page: int = 1
    unknown: Sequence[str] = ()  # names in the query that nothing has; of an answer that says nothing

    @property
    def says_nothing(self) -> bool:
        """Whether it is a table without rows, a count of 0, or no."""
        return says_nothing(self.query, self.table) if self.table is not None else self.text == "false"


class Evaluate(Protocol):
    """How a query is answered, in a format."""

    def __call__(self, operation: SparqlOperation, media_type: str, budget: Budget) -> bytes:
        """As :meth:`kg.store.Store.evaluate`."""


def answer(
    evaluate: Evaluate,
    operation: SparqlOperation,
    form: QueryForm,
    budget: Budget,
    max_rows: int,
    *,
    page: int = 1,
) -> Answer:
    """Evaluate a query for the page. Raises: as ``evaluate``, ResultTooLarge above ``max_rows``."""
    if form in {"construct", "describe"}:
        body = evaluate(operation, "text/turtle", budget)
        exported = _exports(operation, "Turtle", "N-Triples", "JSON-LD")
        return Answer(operation.query, text=body.decode("utf-8"), exported=exported)
    body = evaluate(operation, RESULTS_JSON, budget)
    if form == "ask":
        return Answer(operation.query, text="true" if boolean_from_json(body) else "false")
    table = solutions_from_json(body, max_rows)
    return Answer(operation.query, table=table, exported=_exports(operation, "CSV", "TSV", "JSON", "XML"), page=page)


def _address(operation: SparqlOperation, **more: str) -> str:
    parameters = [
        ("query", operation.query),
        *(("default-graph-uri", graph) for graph in operation.default_graphs),
        *(("named-graph-uri", graph) for graph in operation.named_graphs),
        *more.items(),
    ]
    return f"/sparql?{urlencode(parameters)}"


def _exports(operation: SparqlOperation, *formats: str) -> list[dict[str, str | bool]]:
    return [export(name, _address(operation, format=name.lower().replace("-", "")), download=True) for name in formats]


def render(settings: Settings, shown: Answer | Failure | None, questions: Sequence[CatalogueQuestion] = ()) -> str:
    """The page, with a query and its answer or failure where there is one, and the catalogue by theme."""
    context: dict[str, Any] = {"query": shown.query if shown else EXAMPLES[0].query}
    if isinstance(shown, Failure):
        context["error"] = shown.error
    elif shown is not None:
        context["text"] = shown.text
        context["exported"] = shown.exported
        context["unknown"] = shown.unknown
        if shown.table is not None:
            context["table"] = _table(shown.table, shown.page)
    vocabulary = [{"curie": f"skg:{name}", "label": name} for name in sorted({*CLASSES, *PREDICATES, "matches"})]
    return render_template(
        "sparql.html",
        timeout_s=f"{settings.query_timeout_s:g}",
        examples=EXAMPLES,
        catalogue=[(theme, list(group)) for theme, group in groupby(questions, lambda each: each.theme)],
        page_address=lambda number: here([("page", str(number)), ("format", "html")], ["page"]),
        vocabulary_json=htmlsafe_json_dumps(vocabulary),
        **context,
    )


def _table(found: Solutions, page: int) -> dict[str, Any]:
    """A page of rows for the template, and up to ``MOST_EMBEDDED`` rows for the script that scrolls through all."""
    named = cache(_iri_cell)
    rows = [[_cell(term, named) for term in row] for row in found]
    last = max(1, -(-len(rows) // PAGE_ROWS))
    page = min(page, last)
    first = (page - 1) * PAGE_ROWS
    return {
        "columns": found.columns,
        "rows": rows[first : first + PAGE_ROWS],
        "total": len(rows),
        "first": first + 1,
        "page": page,
        "last_page": last,
        "all_json": htmlsafe_json_dumps(_packed(rows)) if PAGE_ROWS < len(rows) <= MOST_EMBEDDED else "",
    }


def _packed(rows: Sequence[Sequence[Cell]]) -> dict[str, Any]:
    """Every cell that occurs, once, and rows as places in that list: most terms of an answer occur often."""
    places: dict[str | tuple[str, ...] | None, int] = {}
    listed = [
        [places.setdefault(tuple(cell) if isinstance(cell, list) else cell, len(places)) for cell in row]
        for row in rows
    ]
    return {"cells": list(places), "rows": listed}


def _cell(term: Term | None, named: Callable[[str], Cell]) -> Cell:
    """A cell as page and script show it: nothing, a text, or a text and where it leads."""
    if term is None:
        return None
    if term.kind == "iri":
        return named(term.value)
    return f"_:{term.value}" if term.kind == "bnode" else term.value


def _iri_cell(value: str) -> Cell:
    """Our own identifiers lead to their page, web addresses to the web."""
    text = compress(value) or value
    if value.startswith(BASE):
        return [text, "/id/" + quote(value.removeprefix(BASE))]
    # An IRI of any other scheme (javascript: is a valid one) stays text.
    return [text, value] if value.startswith(("http://", "https://")) else text
