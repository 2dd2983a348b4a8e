"""The page to write a query on and to read its answer, complete without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from flask import render_template
from jinja2.utils import htmlsafe_json_dumps

from kg.budget import Budget
from kg.catalogue import CatalogueQuestion
from kg.identifiers import BASE, compress
from kg.sparql.query import RESULTS_JSON, QueryForm, SparqlOperation
from kg.sparql.results import Solutions, Term, boolean_from_json, solutions_from_json
from kg.sparql.worker_process import Cancelled
from ontology.terms import CLASSES, PREDICATES
from server.settings import Settings


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
    table: Solutions | None = None
    text: str = ""
    csv_href: str = ""


class Evaluate(Protocol):
    """How a query is answered, in a format."""

    def __call__(
        self, operation: SparqlOperation, media_type: str, budget: Budget, cancelled: Cancelled | None
    ) -> bytes:
        """As :meth:`kg.store.Store.evaluate`."""


def answer(
    evaluate: Evaluate,
    operation: SparqlOperation,
    form: QueryForm,
    budget: Budget,
    max_rows: int,
    *,
    cancelled: Cancelled | None,
) -> Answer:
    """Evaluate a query for the page. Raises: as ``evaluate``, ResultTooLarge above ``max_rows``."""
    if form in {"construct", "describe"}:
        body = evaluate(operation, "text/turtle", budget, cancelled)
        return Answer(operation.query, text=body.decode("utf-8"))
    body = evaluate(operation, RESULTS_JSON, budget, cancelled)
    if form == "ask":
        return Answer(operation.query, text="true" if boolean_from_json(body) else "false")
    parameters = [
        ("query", operation.query),
        *(("default-graph-uri", graph) for graph in operation.default_graphs),
        *(("named-graph-uri", graph) for graph in operation.named_graphs),
        ("format", "csv"),
    ]
    table = solutions_from_json(body, max_rows)
    return Answer(operation.query, table=table, csv_href=f"/sparql?{urlencode(parameters)}")


def render(settings: Settings, shown: Answer | Failure | None, questions: Sequence[CatalogueQuestion] = ()) -> str:
    """The page, with a query and its answer or failure where there is one, and the catalogue by theme."""
    context: dict[str, Any] = {"query": shown.query if shown else EXAMPLES[0].query}
    if isinstance(shown, Failure):
        context["error"] = shown.error
    elif shown is not None:
        context["text"] = shown.text
        context["csv_href"] = shown.csv_href
        if shown.table is not None:
            rows = [[_cell(term) for term in row] for row in shown.table]
            context["table"] = {"columns": shown.table.columns, "rows": rows}
    vocabulary = [{"curie": f"skg:{name}", "label": name} for name in sorted({*CLASSES, *PREDICATES})]
    return render_template(
        "sparql.html",
        timeout_s=f"{settings.query_timeout_s:g}",
        examples=EXAMPLES,
        catalogue=[(theme, list(group)) for theme, group in groupby(questions, lambda each: each.theme)],
        vocabulary_json=htmlsafe_json_dumps(vocabulary),
        **context,
    )


def _cell(term: Term | None) -> dict[str, str] | None:
    """A cell as the template shows it: our own identifiers lead to their page, web addresses to the web."""
    if term is None:
        return None
    if term.kind != "iri":
        return {"text": f"_:{term.value}" if term.kind == "bnode" else term.value, "href": ""}
    if term.value.startswith(BASE):
        href = "/id/" + quote(term.value.removeprefix(BASE))
    else:
        # An IRI of any other scheme (javascript: is a valid one) stays text.
        href = term.value if term.value.startswith(("http://", "https://")) else ""
    return {"text": compress(term.value) or term.value, "href": href}
