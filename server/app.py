"""The application: blueprints mounted, failures told one way, headers on every answer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, request

from kg.budget import Budget
from server.cache import ResultCache
from server.clients import install_limits
from server.errors import install
from server.settings import Settings
from server.sparql import HasStore, sparql_blueprint
from server.telemetry import Telemetry, metrics_blueprint
from server.void import void_blueprint

if TYPE_CHECKING:
    from kg.graph import KnowledgeGraph

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# Answers for programs, which pages of other origins may read. Pages are not among them.
_SHARED_ROUTES = ("/sparql", "/api/", "/id/", "/openapi.json", "/.well-known/")
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
    install_limits(app, settings)
    app.register_blueprint(sparql_blueprint(graph, settings, telemetry, cache))
    app.register_blueprint(metrics_blueprint(telemetry, graph.store, cache))
    app.register_blueprint(void_blueprint(graph, settings))
    app.register_blueprint(_health_blueprint(graph))
    for blueprint in _blueprints(graph, settings) if blueprints is None else blueprints:
        app.register_blueprint(blueprint)

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers.extend((name, value) for name, value in HEADERS.items() if name not in response.headers)
        if settings.cors_origin and request.path.startswith(_SHARED_ROUTES):
            response.headers["Access-Control-Allow-Origin"] = settings.cors_origin
            response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After, X-Request-Id"
            if settings.cors_origin != "*":
                response.vary.add("Origin")
        return response

    return app


def _blueprints(graph: KnowledgeGraph, settings: Settings) -> list[Blueprint]:
    from server.api import api_blueprint  # noqa: PLC0415 - an endpoint alone needs none of these
    from server.browse import pages_blueprint  # noqa: PLC0415
    from server.catalogue_pages import catalogue_blueprint  # noqa: PLC0415
    from server.graphs import graphs_blueprint  # noqa: PLC0415
    from server.linked_data import linked_data_blueprint  # noqa: PLC0415
    from server.sources import Sources  # noqa: PLC0415

    sources = Sources(Path(settings.sources) if settings.sources else None)
    return [
        api_blueprint(graph),
        pages_blueprint(graph, sources),
        catalogue_blueprint(graph),
        graphs_blueprint(graph, settings),
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
