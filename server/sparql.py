"""``/sparql``: the SPARQL 1.1 Protocol, query operations only. What a query means is kg.sparql.query's affair.

An answer is complete before its status is sent, so that no failure can hide inside a 200.
Source: SPARQL 1.1 Protocol (W3C REC 2013-03-21), section 2.1; RFC 9110 for conditions and negotiation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl

from flask import Blueprint, Response, request
from werkzeug.http import parse_options_header

from kg.budget import Budget
from kg.catalogue import CatalogueQuestion, catalogue
from kg.errors import InvalidParameter, KgError
from kg.sparql.query import QueryFacts, SparqlOperation, inspect
from kg.sparql.worker_process import Cancelled
from kg.store import Store
from server import sparql_page
from server.answers import entity_tag, finished, is_known
from server.cache import ResultCache
from server.errors import BadRequest, BodyTooLarge, ReadOnly, UnsupportedMediaType, problem_for
from server.negotiation import (
    GRAPH_FORMATS,
    HTML,
    NotAcceptable,
    choose,
    formats_for,
    named,
    names_html,
)
from server.service_description import service_description
from server.settings import Settings
from server.telemetry import Telemetry

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

_MAX_FIELDS = 1000
_Fields = Sequence[tuple[str, str]]


class HasStore(Protocol):
    """What this blueprint needs of a graph."""

    @property
    def store(self) -> Store:
        """Where the quads live."""


@dataclass(frozen=True)
class SparqlRequest:
    """A request as the protocol reads it. ``operation`` is None if it holds no query."""

    operation: SparqlOperation | None
    format: str = ""
    timeout_s: float | None = None
    page: int = 1  # of a table in HTML


# --- reading a request --------------------------------------------------------------------------------------


def parse_request(method: str, content_type: str, query_string: bytes, body: bytes) -> SparqlRequest:
    """Read a request, pure.

    Raises: BadRequest, UnsupportedMediaType, ReadOnly, IdentifierError, InvalidParameter.
    """
    fields = list(_fields(query_string, "address"))
    direct: str | None = None
    if method == "POST":
        media_type, parameters = parse_options_header(content_type)
        _check_charset(parameters.get("charset", "utf-8"))
        if media_type == FORM:
            fields += _fields(body, "body")
        elif media_type == QUERY:
            direct = _decoded(body, "body")
        elif media_type == UPDATE:
            raise ReadOnly("This server is read-only: it takes no SPARQL Update.")
        else:
            raise UnsupportedMediaType(
                f"POST a query as {QUERY} or {FORM}, not as {media_type or 'a body without a type'}."
            )
    queries = [value for name, value in fields if name == "query"] + ([direct] if direct is not None else [])
    updates = [value for name, value in fields if name == "update"]
    if queries and updates:
        raise BadRequest("A request holds a query or an update, not both.")
    if updates:
        raise ReadOnly("This server is read-only: it takes no SPARQL Update.")
    if len(queries) > 1:
        raise BadRequest(f"A request holds one query; this one holds {len(queries)}.")
    return SparqlRequest(
        SparqlOperation(queries[0], _all(fields, "default-graph-uri"), _all(fields, "named-graph-uri"))
        if queries
        else None,
        _single(fields, "format"),
        _timeout(_single(fields, "timeout")),
        _page_number(_single(fields, "page")),
    )


def _fields(data: bytes, where: str) -> _Fields:
    try:
        # Raw bytes beyond ASCII must be UTF-8 too, not only the escaped ones.
        return parse_qsl(
            data.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MAX_FIELDS,
            separator="&",
        )
    except UnicodeDecodeError:
        raise BadRequest(f"The {where} is not UTF-8.") from None
    except ValueError:
        raise BadRequest(f"The {where} has more than {_MAX_FIELDS} fields.") from None


def _decoded(body: bytes, where: str) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest(f"The {where} is not UTF-8.") from None


def _check_charset(charset: str) -> None:
    if charset.lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType(f"A query comes in UTF-8, not in {charset}.")


def _all(fields: _Fields, name: str) -> tuple[str, ...]:
    return tuple(value for field, value in fields if field == name)


def _single(fields: _Fields, name: str) -> str:
    values = _all(fields, name)
    if len(values) > 1:
        raise BadRequest(f"The parameter {name} may be given once.")
    return values[0] if values else ""


def _timeout(text: str) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise InvalidParameter("timeout", text, "a number of seconds") from None


def _page_number(text: str) -> int:
    if text and not (text.isdecimal() and 0 < int(text) < 10**9):
        raise InvalidParameter("page", text, "a whole number from 1")
    return int(text or 1)


# --- answering ----------------------------------------------------------------------------------------------


def sparql_blueprint(
    graph: HasStore, settings: Settings, telemetry: Telemetry | None = None, cache: ResultCache | None = None
) -> Blueprint:
    """Make the endpoint."""
    blueprint = Blueprint("sparql", __name__)
    endpoint = _Endpoint(graph, settings, telemetry or Telemetry(), cache or ResultCache(0))
    blueprint.add_url_rule("/sparql", "query", endpoint.query, methods=["GET", "POST"], provide_automatic_options=False)
    blueprint.add_url_rule("/sparql", "options", endpoint.options, methods=["OPTIONS"], provide_automatic_options=False)
    return blueprint


class _Endpoint:
    def __init__(self, graph: HasStore, settings: Settings, telemetry: Telemetry, cache: ResultCache) -> None:
        self._graph = graph
        self._catalogue: tuple[CatalogueQuestion, ...] | None = None
        self._settings = settings
        self._limits = settings.limits
        self._telemetry = telemetry
        self._cache = cache

    def options(self) -> Response:
        """A browser asks before it posts; app-wide headers name the origin."""
        methods = "GET, HEAD, POST, OPTIONS"
        allow = {"Allow": methods, "Access-Control-Allow-Methods": methods}
        return Response(
            status=204,
            headers=allow | {"Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match"},
        )

    def query(self) -> Response:
        """Answer a request of any kind."""
        asked = parse_request(
            request.method, request.headers.get("Content-Type", ""), request.query_string, self._body()
        )
        if asked.operation is None:
            return self._without_query(asked)
        wants_page = asked.format == "html" or (
            not asked.format and request.method != "POST" and names_html(request.headers.get("Accept"))
        )
        return self._page(asked, asked.operation) if wants_page else self._answer(asked, asked.operation)

    def _body(self) -> bytes:
        if request.method != "POST":
            return b""
        if (request.content_length or 0) > self._settings.max_body_bytes:
            raise BodyTooLarge(f"The body is longer than {self._settings.max_body_bytes} bytes.")
        return request.get_data(cache=False)

    def _without_query(self, asked: SparqlRequest) -> Response:
        """The service description, or for a browser the page to write a query on."""
        if request.method == "POST":
            raise BadRequest("The request holds no query.")
        accept = request.headers.get("Accept")
        try:
            available = (*GRAPH_FORMATS, HTML)
            chosen = named(asked.format, available) if asked.format else choose(accept, available)
        except NotAcceptable:
            raise BadRequest("The request holds no query.") from None
        if chosen is HTML:
            return _html(sparql_page.render(self._settings, None, self._questions()))
        body = service_description(self._graph.store, endpoint_address(self._settings), chosen.media_type)
        return finished(body, chosen.content_type, None)

    def _answer(self, asked: SparqlRequest, operation: SparqlOperation) -> Response:
        facts = self._inspected(operation)
        available = formats_for(facts.form)
        accept = request.headers.get("Accept")
        chosen = named(asked.format, available) if asked.format else choose(accept, available)
        budget = self._settings.budget(asked.timeout_s)
        name = self._etag(operation, chosen.media_type) if facts.is_repeatable else None
        etag = name if request.method != "POST" else None
        if is_known(etag):
            return finished(None, chosen.content_type, etag)
        body = self.evaluate(operation, chosen.media_type, budget, _client_has_gone())
        return finished(body, chosen.content_type, etag)

    def evaluate(
        self, operation: SparqlOperation, media_type: str, budget: Budget, cancelled: Cancelled | None = None
    ) -> bytes:
        """The answer of a query, from the cache if it was given before; measured and logged."""
        is_repeatable = inspect(operation.query, self._limits).is_repeatable
        name = self._etag(operation, media_type) if is_repeatable else None
        with self._telemetry.query(operation.query, media_type) as record:
            body = self._cache.find(name)
            record.is_cached = body is not None
            if body is None:
                body = self._graph.store.evaluate(operation, media_type, budget, cancelled)
                self._cache.keep(name, body)
            record.body = body
            return body

    def _page(self, asked: SparqlRequest, operation: SparqlOperation) -> Response:
        """The answer on a page, for browsers without scripts; so is a failure, with its status."""
        try:
            facts = self._inspected(operation)
            budget = self._settings.budget(asked.timeout_s)
            answer = sparql_page.answer(
                self.evaluate,
                operation,
                facts.form,
                budget,
                self._settings.max_result_rows,
                page=asked.page,
                cancelled=_client_has_gone(),
            )
        except KgError as error:
            failure = sparql_page.Failure(operation.query, str(error))
            page = sparql_page.render(self._settings, failure, self._questions())
            return _html(page, problem_for(type(error)).status)
        return _html(sparql_page.render(self._settings, answer, self._questions()))

    def _questions(self) -> tuple[CatalogueQuestion, ...]:
        """The catalogue, read once: the graph never changes. A store too busy for it costs the page only the list."""
        if self._catalogue is None:
            try:
                self._catalogue = catalogue(self._graph)
            except KgError:
                return ()
        return self._catalogue

    def _inspected(self, operation: SparqlOperation) -> QueryFacts:
        limit = self._settings.max_query_bytes
        if len(operation.query.encode("utf-8", "surrogatepass")) > limit:
            raise BodyTooLarge(f"The query is longer than {limit} bytes.")
        return inspect(operation.query, self._limits)

    def _etag(self, operation: SparqlOperation, media_type: str) -> str:
        store = self._graph.store
        graphs = ("default", *operation.default_graphs, "named", *operation.named_graphs)
        return entity_tag(store.revision, str(store.union_default_graph), media_type, "query", operation.query, *graphs)


def endpoint_address(settings: Settings) -> str:
    """Where clients find the endpoint, as they see it."""
    return (settings.base_url.rstrip("/") or request.url_root.rstrip("/")) + "/sparql"


def _html(page: str, status: int = 200) -> Response:
    response = Response(page, status, content_type=HTML.content_type)
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _client_has_gone() -> Callable[[], bool] | None:
    """How to find out whether the client still waits, where the server tells (waitress does)."""
    environ: Mapping[str, object] = request.environ
    asks = environ.get("waitress.client_disconnected")
    return asks if callable(asks) else None
