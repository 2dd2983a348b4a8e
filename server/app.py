"""The application: blueprints mounted, failures told one way, headers on every answer; queries answered before it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from flask import Blueprint, Flask

from kg.budget import Budget
from kg.store import HasStore
from server.http.answers import as_response, install_compression
from server.http.cache import ResultCache
from server.http.clients import ClientLimits, install_limits
from server.http.errors import install, problem_reply
from server.http.headers import install_headers
from server.http.keeping import install_keeping
from server.http.telemetry import Telemetry, metrics_blueprint
from server.settings import Settings
from server.sparql.routes import sparql_blueprint
from server.sparql.service import SparqlFirst, SparqlService
from server.sparql.void import void_blueprint

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from kg.graph import KnowledgeGraph

_SPARQL = "sarcoma_kg.sparql"
_READY_TIMEOUT_S = 2.0


def create_app(
    graph: KnowledgeGraph,
    settings: Settings | None = None,
    blueprints: Iterable[Blueprint] | None = None,
    telemetry: Telemetry | None = None,
) -> Flask:
    """Make the application.

    Args:
        graph: an open graph; the caller closes it.
        settings: defaults if not given.
        blueprints: what to mount beside the SPARQL endpoint; the API and the pages if not given.
        telemetry: counters that outlive this application.
    """
    settings = settings or Settings()
    telemetry = telemetry or Telemetry()
    cache = ResultCache(settings.cache_bytes)
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    telemetry.install(app)
    install(app)
    limits = ClientLimits(settings)
    install_limits(app, limits, settings)
    sparql = SparqlService(graph, settings, telemetry, cache, limits)
    app.extensions[_SPARQL] = sparql
    app.wsgi_app = SparqlFirst(sparql, app.wsgi_app)  # type: ignore[method-assign]
    if (public := urlsplit(settings.base_url)).netloc:
        app.wsgi_app = _at_address(public, app.wsgi_app)  # type: ignore[assignment, method-assign]
    app.register_blueprint(sparql_blueprint(graph, sparql))
    app.register_blueprint(metrics_blueprint(telemetry, graph.store, cache))
    app.register_blueprint(void_blueprint(graph, settings))
    app.register_blueprint(_health_blueprint(graph))
    for blueprint in _blueprints(graph, settings, sparql) if blueprints is None else blueprints:
        app.register_blueprint(blueprint)

    install_headers(app, settings)
    install_compression(app, lambda error: as_response(problem_reply(error)))
    install_keeping(app, lambda: graph.store.revision, cache)
    return app


def service_of(app: Flask) -> SparqlService:
    """What answers the queries to an application, for servers that ask it themselves."""
    service: SparqlService = app.extensions[_SPARQL]
    return service


def _at_address(public: SplitResult, rest: WSGIApplication) -> WSGIApplication:
    """Have pages name the public address as theirs, and not the one at which a proxy calls this server."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.url_scheme"], environ["HTTP_HOST"] = public.scheme, public.netloc
        return rest(environ, start_response)

    return answer


def _blueprints(graph: KnowledgeGraph, settings: Settings, sparql: SparqlService) -> list[Blueprint]:
    from server.api import api_blueprint  # noqa: PLC0415 - an endpoint alone needs none of these
    from server.pages.catalogue import catalogue_blueprint  # noqa: PLC0415
    from server.pages.linked_data import linked_data_blueprint  # noqa: PLC0415
    from server.pages.site import pages_blueprint  # noqa: PLC0415
    from server.pages.sources import Sources  # noqa: PLC0415
    from server.sparql.graphs import graphs_blueprint  # noqa: PLC0415

    sources = Sources(Path(settings.sources) if settings.sources else None)
    return [
        api_blueprint(graph),
        pages_blueprint(graph, sources),
        catalogue_blueprint(graph),
        graphs_blueprint(graph, sparql),
        linked_data_blueprint(graph, settings),
    ]


def _health_blueprint(graph: HasStore) -> Blueprint:
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def alive() -> dict[str, str]:
        return {"status": "ok"}

    @blueprint.get("/readyz")
    def ready() -> dict[str, str]:
        graph.store.ask("ASK { }", budget=Budget(timeout_s=_READY_TIMEOUT_S))
        return {"status": "ready", "data_version": graph.store.data_version}

    return blueprint
