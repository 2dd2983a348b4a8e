"""``/api/v1/graphs``: every graph of the dataset, listed and whole; read-only.

A graph is named by ``?graph=`` (indirect), by ``?default``, or by its own address below ``/api/v1/graphs/``, which
stands for ``https://w3id.org/sarcoma-kg/graph/`` as ``/id/`` does for things.
Source: SPARQL 1.1 Graph Store HTTP Protocol (W3C REC 2013-03-21), sections 4 and 5.2.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace

from flask import Blueprint, Response, request

from kg.budget import MAX_TIMEOUT_S, Budget
from kg.errors import EntityNotFound
from kg.identifiers import BASE, display, expand
from kg.sparql.query import WHOLE_GRAPH, SparqlOperation
from kg.sparql.results import iri
from kg.store import HasStore, Store
from server.http.answers import entity_tag, finished, is_known
from server.http.errors import BadRequest
from server.http.negotiation import GRAPH_FORMATS, choose, named
from server.questions.present import dumps, listing
from server.settings import Settings
from server.sparql.service import SparqlService
from server.sparql.service_description import named_graphs

PATH = "/api/v1/graphs"
_PARAMETERS = frozenset({"graph", "default", "format"})
_MOST_NAMES = 20
_SIZES = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
_IS_THERE = "ASK { GRAPH ?g { ?s ?p ?o } }"
# A graph has no graphs in it: the formats for datasets are left out.
_FORMATS = tuple(each for each in GRAPH_FORMATS if each.names[0] not in {"trig", "nquads"})


@dataclass(frozen=True)
class GraphSize:
    """A named graph and how many triples it holds."""

    id: str
    curie: str
    triples: int


def graphs_blueprint(graph: HasStore, service: SparqlService) -> Blueprint:
    """Make the routes; whole graphs are queries, and the service keeps their answers."""
    settings = service.settings
    graphs = Blueprint("graphs", __name__)

    @graphs.get(PATH)
    def indirect() -> Response:
        unknown = set(request.args) - _PARAMETERS
        if unknown:
            raise BadRequest(f"{min(unknown)} is no parameter; give graph, default or neither, and format.")
        names = request.args.getlist("graph")
        is_default = "default" in request.args
        if len(names) + is_default > 1:
            raise BadRequest("Name one graph, or default, not several.")
        if names:
            return _whole(graph, _absolute(names[0]), service)
        return _whole(graph, None, service) if is_default else _listed(graph, settings)

    @graphs.get(f"{PATH}/<path:name>")
    def direct(name: str) -> Response:
        return _whole(graph, f"{BASE}graph/{name}", service)

    return graphs


def _absolute(name: str) -> str:
    """An IRI, a CURIE of ours, or what stands behind its colon. Raises: IdentifierError."""
    if ":" not in name:
        return iri(f"{BASE}graph/{name}").value
    return iri(expand(name)).value if name.startswith("graph:") else iri(name).value


def _listed(graph: HasStore, settings: Settings) -> Response:
    rows = graph.store.select(_SIZES, budget=settings.budget())
    sizes = tuple(GraphSize(name.value, display(name.value), int(size.value)) for name, size in rows if name and size)
    return Response(dumps(listing(sizes)), content_type="application/json")


def _nearly(store: Store, name: str, budget: Budget) -> tuple[tuple[str, str], ...]:
    """Graphs that are called nearly so; all of them if none is."""
    names = [display(graph.value) for graph in named_graphs(store, budget)]
    close = difflib.get_close_matches(name, names, n=_MOST_NAMES, cutoff=0.8)
    return tuple((each, each.removeprefix("graph:")) for each in close or names[:_MOST_NAMES])


def _whole(graph: HasStore, name: str | None, service: SparqlService) -> Response:
    """A graph in the format that the client wants; None is the default graph. Raises: EntityNotFound."""
    store = graph.store
    chosen = (
        named(request.args["format"], _FORMATS)
        if "format" in request.args
        else choose(request.headers.get("Accept"), _FORMATS)
    )
    # It is no query: how much work it is, its size bounds. How long that takes on a busy machine, nothing does.
    budget = replace(service.settings.budget(), timeout_s=MAX_TIMEOUT_S)
    if name is not None and not store.ask(_IS_THERE, {"g": iri(name)}, budget):
        raise EntityNotFound(display(name), "graph", _nearly(store, display(name), budget))
    etag = entity_tag(store.revision, str(store.union_default_graph), chosen.media_type, "graph", name or "")
    if is_known(etag):
        return finished(None, chosen.content_type, etag)
    operation = SparqlOperation(WHOLE_GRAPH, (name,) if name else ())
    body = service.evaluate(operation, chosen.media_type, budget)
    return finished(body, chosen.content_type, etag)
