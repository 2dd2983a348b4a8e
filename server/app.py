"""The application: blueprints mounted, failures told one way, headers on every answer; and serving it."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Never

from flask import Blueprint, Flask, Response, request

from kg.budget import Budget
from kg.store import EmbeddedStore
from server.errors import install
from server.settings import Settings
from server.sparql import HasStore, sparql_blueprint

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
# Above this waitress stops reading; below it the application refuses, in its own words.
_MIN_BODY_BYTES_READ = 16 * 1024**2


def create_app(
    graph: KnowledgeGraph, settings: Settings | None = None, blueprints: Iterable[Blueprint] | None = None
) -> Flask:
    """Make the application.

    Args:
        graph: an open graph; the caller closes it.
        settings: defaults if not given.
        blueprints: what to mount beside the SPARQL endpoint; the API and the pages if not given.
    """
    settings = settings or Settings()
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    install(app)
    app.register_blueprint(sparql_blueprint(graph, settings))
    app.register_blueprint(_health_blueprint(graph))
    for blueprint in _blueprints(graph, settings) if blueprints is None else blueprints:
        app.register_blueprint(blueprint)

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
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
    from server.linked_data import linked_data_blueprint  # noqa: PLC0415
    from server.sources import Sources  # noqa: PLC0415

    sources = Sources(Path(settings.sources) if settings.sources else None)
    return [api_blueprint(graph), pages_blueprint(graph, sources), linked_data_blueprint(graph, settings)]


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


def serve(graph: KnowledgeGraph, settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM. The workers are started first, so that no first query waits."""
    import waitress  # type: ignore[import-untyped]  # noqa: PLC0415 - only serving needs it

    if isinstance(graph.store, EmbeddedStore):
        graph.store.start()
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    signal.signal(signal.SIGTERM, _stop)
    app = create_app(graph, settings)
    server = waitress.create_server(
        app,
        host=settings.host,
        port=settings.port,
        threads=settings.threads,
        channel_request_lookahead=1,  # without it waitress does not notice that a client has gone
        max_request_body_size=max(_MIN_BODY_BYTES_READ, settings.max_body_bytes),
        ident="sarcoma-kg",
    )
    sys.stderr.write(f"serving on http://{settings.host}:{server.effective_port}/ (Ctrl-C stops)\n")
    # Not closed afterwards: a request that is still under way would then fail to find its own connection.
    server.run()


def _stop(_number: int, _frame: FrameType | None) -> Never:
    raise SystemExit(0)
