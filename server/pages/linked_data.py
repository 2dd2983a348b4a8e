"""``/id/{kind}/{name}``: the address of every thing of the graph, as page or as RDF.

Source: Cool URIs for the Semantic Web (W3C Note, 2008-12-03): 303 from the thing to what describes it.
"""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from kg.budget import Budget
from kg.errors import AmbiguousEntity, EntityNotFound
from kg.graph import KnowledgeGraph
from kg.identifiers import BASE, display
from kg.resolution import successor
from kg.sparql.query import SparqlOperation, bind
from kg.sparql.results import iri
from ontology.terms import SKG
from server.addresses import page_of
from server.http.negotiation import GRAPH_FORMATS, HTML, Format, choose, named
from server.questions.parameters import Parameter, read
from server.settings import Settings

_TRIPLES_OF = """
CONSTRUCT { ?thing ?property ?value . ?other ?inverse ?thing }
WHERE { { ?thing ?property ?value }
  UNION { ?other ?inverse ?thing FILTER(?inverse NOT IN (skg:subject, skg:object, skg:about)) } }"""
# A vocabulary is told with its terms.
_TERMS_OF = """
CONSTRUCT { ?term ?property ?value } WHERE { ?term rdfs:isDefinedBy? ?thing ; ?property ?value }"""
_IS_VOCABULARY = "ASK { ?thing a owl:Ontology }"
_VERSION_OF = "SELECT ?vocabulary WHERE { ?vocabulary owl:versionIRI ?thing }"
_IS_THERE = "ASK { ?thing ?property ?value }"
# What is told of on the page of another thing: whom an arm treats, what a regimen gives, what a document cites, and
# facts that disagree, on the page of one of them.
_TOLD_WITH = """
SELECT ?other WHERE { { ?other skg:population|skg:component ?thing } UNION { ?thing skg:citedIn|skg:between ?other } }
ORDER BY ?other LIMIT 1"""
_ONE_GRAPH = tuple(each for each in GRAPH_FORMATS if each.names[0] not in {"trig", "nquads"})
_FORM = Parameter("format", "the triples in this format, whatever is accepted")


def linked_data_blueprint(graph: KnowledgeGraph, settings: Settings) -> Blueprint:
    """Make the route."""
    linked = Blueprint("linked_data", __name__)

    @linked.get("/id/<kind>/", defaults={"name": ""})
    @linked.get("/id/<kind>/<path:name>")
    def thing(kind: str, name: str) -> BaseResponse:
        node = _unversioned(graph, f"{BASE}{kind}/{name}")
        if not graph.store.ask(_IS_THERE, {"thing": iri(node)}):
            raise EntityNotFound(display(node))
        wanted = read((_FORM,), {given: request.args.getlist(given) for given in request.args}).text("format")
        if wanted is not None:
            return _described(graph, node, named(wanted, _ONE_GRAPH), settings.budget())
        chosen = choose(request.headers.get("Accept"), (HTML, *_ONE_GRAPH))
        page = told_at(graph, node) if chosen is HTML else None
        form = _ONE_GRAPH[0] if chosen is HTML else chosen
        answer: BaseResponse = redirect(page or f"/id/{kind}/{quote(name)}?format={form.names[0]}", 303)
        answer.headers["Vary"] = "Accept"
        return answer

    return linked


def _unversioned(graph: KnowledgeGraph, node: str) -> str:
    """What an address stands for: that of a version of the vocabulary for the vocabulary, which has no other here."""
    if not node.startswith(SKG.namespace):
        return node
    found = graph.store.select(_VERSION_OF, {"thing": iri(node)}).column("vocabulary")
    return str(found[0]) if found else node


def told_at(graph: KnowledgeGraph, node: str) -> str | None:
    """Where people read of a thing: its page, that of what it belongs to, or none."""
    kind, _, name = node.removeprefix(BASE).partition("/")
    if kind == "question":
        return f"/questions/{quote(name.partition('.')[0])}"
    if kind == "vocab":
        if not name:  # the vocabulary itself
            return "/schema"
        return f"/schema#{name}" if name in SKG else None
    if (now := successor(graph.store, node)) is not None:
        return told_at(graph, now)
    # Facts have no card of their own kind in the name index; their pages go by identifier.
    page = page_of(graph.name_of(node))
    if not page.startswith("/entity/") or _has_card(graph, node):
        return page
    others = graph.store.select(_TOLD_WITH, {"thing": iri(node)}).column("other")
    return told_at(graph, str(others[0])) if others else None


def _has_card(graph: KnowledgeGraph, node: str) -> bool:
    try:
        return graph.resolve(node, parameter="id").id == node
    except (AmbiguousEntity, EntityNotFound):
        return False


def _described(graph: KnowledgeGraph, node: str, chosen: Format, budget: Budget) -> Response:
    query = _TERMS_OF if graph.store.ask(_IS_VOCABULARY, {"thing": iri(node)}) else _TRIPLES_OF
    operation = SparqlOperation(bind(query, {"thing": iri(node)}))
    body = graph.store.evaluate(operation, chosen.media_type, budget)
    return Response(body, content_type=chosen.content_type)
