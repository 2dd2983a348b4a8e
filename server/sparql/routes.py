"""What of ``/sparql`` the web framework answers: pages, the service description, and what breaks the protocol.

Queries of programs never come here (server.sparql.service).
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, request

from kg.catalogue import CatalogueQuestion, catalogue
from kg.errors import KgError
from kg.sparql.query import SparqlOperation
from kg.store import HasStore
from server.http.answers import finished
from server.http.errors import BadRequest, BodyTooLarge, body_of, problem_for
from server.http.negotiation import GRAPH_FORMATS, HTML, NotAcceptable, choose, named
from server.http.problem_page import problem_page
from server.pages import query_editor
from server.settings import Settings
from server.sparql.protocol import SparqlRequest, check_coding, parse_request
from server.sparql.service import SparqlService
from server.sparql.service_description import service_description


def sparql_blueprint(graph: HasStore, service: SparqlService) -> Blueprint:
    """Make the routes."""
    blueprint = Blueprint("sparql", __name__)
    pages = _Pages(graph, service)
    blueprint.add_url_rule("/sparql", "query", pages.show, methods=["GET", "POST"], provide_automatic_options=False)
    blueprint.add_url_rule("/sparql", "options", pages.options, methods=["OPTIONS"], provide_automatic_options=False)
    return blueprint


class _Pages:
    def __init__(self, graph: HasStore, service: SparqlService) -> None:
        self._graph = graph
        self._service = service
        self._settings = service.settings
        self._catalogue: tuple[CatalogueQuestion, ...] | None = None

    def options(self) -> Response:
        """A browser asks before it posts; app-wide headers say what it may."""
        return Response(status=204, headers={"Allow": "GET, HEAD, POST, OPTIONS"})

    def show(self) -> Response:
        """Answer what the service has left."""
        check_coding(request.headers.get("Content-Encoding", ""))
        content_type = request.headers.get("Content-Type", "")
        asked = parse_request(request.method, content_type, request.query_string, self._body())
        return self._without_query(asked) if asked.operation is None else self._page(asked, asked.operation)

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
            return _html(query_editor.render(self._settings, None, self._questions()))
        address, is_calling = endpoint_address(self._settings), bool(self._settings.limits.services)
        body = service_description(self._graph.store, address, chosen.media_type, is_calling=is_calling)
        return finished(body, chosen.content_type, None)

    def _page(self, asked: SparqlRequest, operation: SparqlOperation) -> Response:
        """The answer on a page, for browsers without scripts; so is a failure, with its status."""
        try:
            facts = self._service.inspected(operation)
            budget = self._settings.budget(asked.timeout_s)
            answer = query_editor.answer(
                self._service.evaluate,
                operation,
                facts.form,
                budget,
                self._settings.max_result_rows,
                page=asked.page,
            )
            if answer.says_nothing:
                answer = replace(answer, unknown=self._service.unknown_names(operation))
        except KgError as error:
            failure = query_editor.Failure(operation.query, problem_page(body_of(error), "/sparql", ()).detail)
            page = query_editor.render(self._settings, failure, self._questions())
            return _html(page, problem_for(type(error)).status)
        return _html(query_editor.render(self._settings, answer, self._questions()))

    def _questions(self) -> tuple[CatalogueQuestion, ...]:
        """The catalogue, read once: the graph never changes. A store too busy for it costs the page only the list."""
        if self._catalogue is None:
            try:
                self._catalogue = catalogue(self._graph)
            except KgError:
                return ()
        return self._catalogue


def endpoint_address(settings: Settings) -> str:
    """Where clients find the endpoint, as they see it."""
    return (settings.base_url.rstrip("/") or request.url_root.rstrip("/")) + "/sparql"


def _html(page: str, status: int = 200) -> Response:
    response = Response(page, status, content_type=HTML.content_type)
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-cache"
    return response
