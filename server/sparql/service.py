"""``/sparql`` answered: the same way behind every server, and without the web framework.

That costs more than most queries do. What a query means is kg.sparql.query's affair; what a request asks is read in
server.sparql.protocol. An answer is complete before its status is sent, so that no failure can hide inside a 200.
Source: SPARQL 1.1 Protocol (W3C REC 2013-03-21), section 2.1; RFC 9110 for conditions and negotiation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug.wsgi import get_content_length, get_input_stream

from kg.budget import Budget, cancellable
from kg.errors import KgError
from kg.sparql.own_names import is_nothing, looked_up_names, unknown_names
from kg.sparql.query import SHORT, QueryFacts, QueryForm, SparqlOperation, inspect
from kg.sparql.waits import Blocking, Waits, at_once
from kg.store import EmbeddedStore, HasStore, answer_of
from server.http.answers import entity_tag, has_answer, meets, reply_with
from server.http.cache import ResultCache
from server.http.clients import ClientLimits, account_of
from server.http.errors import BodyTooLarge, PreconditionFailed, replied
from server.http.exchange import Asked, Reply
from server.http.headers import common_headers, joined
from server.http.negotiation import choose, formats_for, named
from server.http.telemetry import RequestFacts, Telemetry, rows_in
from server.settings import Settings
from server.sparql.protocol import SparqlQuery, check_coding, read_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/sparql"
METHODS = frozenset({"GET", "HEAD", "POST"})
_UNKNOWN = "X-Unknown-Names"
_GENERATION = "X-Generation"  # on what caches between us and the clients may keep as long as it is the current one
_AS_IT_IS = " :/#?()<>,;=&~"  # in a header, which is ASCII
_VALUES = {
    "application/sparql-results+json": re.compile(rb'"value":"([^"]*)"'),
    "application/sparql-results+xml": re.compile(rb"<(?:literal|uri|bnode)[^>]*>([^<]*)<"),
}
_EMPTY_BYTES = 4096  # an answer that is longer is not empty, whatever its variables are called
_LONG_BYTES = 64 * 1024  # from here on compressing takes long enough to keep others waiting


class SparqlService:
    """Answers queries to one graph."""

    def __init__(
        self, graph: HasStore, settings: Settings, telemetry: Telemetry, cache: ResultCache, limits: ClientLimits
    ) -> None:
        self._graph = graph
        self._settings = settings
        self._query_limits = settings.limits
        self._telemetry = telemetry
        self._cache = cache
        self._limits = limits
        self._common_headers = common_headers(PATH, settings)
        self._generation = graph.store.revision if isinstance(graph.store, EmbeddedStore) else ""

    @property
    def settings(self) -> Settings:
        """Of the server."""
        return self._settings

    def reads(self, asked: Asked) -> SparqlQuery | None:
        """The query of a request, for :meth:`answer`.

        Returns: None if it holds none, or one to be answered on a page: that is the application's part, and so is what
            breaks the protocol.
        """
        if asked.body is None:
            return None
        try:
            check_coding(asked.content_encoding)
            found = read_request(asked.method, asked.content_type, asked.query_string, asked.body)
        except KgError:
            return None
        if found.operation is None or found.wants_page(asked.method, asked.accept):
            return None
        return SparqlQuery(found.operation, found.format, found.timeout_s)

    async def answer(self, asked: Asked, query: SparqlQuery, waits: Waits) -> Reply:
        """The reply to a request; failures are replies too."""
        start_s = self._telemetry.begin()
        try:
            reply = await replied(self._answer(asked, query, waits), asked.method, PATH)
            facts = RequestFacts(asked.method, PATH, reply.status, len(reply.body), asked.peer)
            self._telemetry.count(start_s, PATH, facts)
            return reply._replace(headers=joined(reply.headers, self._common_headers))
        finally:
            self._telemetry.end()

    async def _answer(self, asked: Asked, query: SparqlQuery, waits: Waits) -> Reply:
        self._limits.take(asked.peer, asked.forwarded)
        operation = query.operation
        is_short = len(operation.query) <= SHORT
        facts = self.inspected(operation) if is_short else await waits.call(lambda: self.inspected(operation))
        available = formats_for(facts.form)
        chosen = named(query.format, available) if query.format else choose(asked.accept, available)
        budget = self._settings.budget(query.timeout_s)
        name = self._name(operation, chosen.media_type)
        etag = name if asked.method != "POST" else None
        if not meets(asked.if_match):
            raise PreconditionFailed(asked.if_match or "")
        if has_answer(asked.if_none_match, etag):
            return reply_with(None, chosen.content_type, etag, None)
        body = await self._evaluate(operation, chosen.media_type, name, budget, waits)
        is_nothing_said = says_nothing(operation.query, facts.form, body, chosen.media_type)
        hint = await self._hint(operation, name, waits) if is_nothing_said else ""
        more = [(_UNKNOWN, hint)] if hint else []
        if etag is not None and hint is not None and self._generation:
            more.append((_GENERATION, self._generation))

        def packed() -> Reply:
            reply = reply_with(body, chosen.content_type, etag, asked.accept_encoding)
            return reply._replace(headers=(*reply.headers, *more))

        return packed() if len(body) < _LONG_BYTES or not asked.accept_encoding else await waits.call(packed)

    async def _hint(self, operation: SparqlOperation, name: str | None, waits: Waits) -> str | None:
        """Which names of a query nothing has, for a header of an answer that says nothing; kept as answers are.

        Returns: None if they could not be looked up.
        """
        key = f"{name} unknown names" if name else None
        kept = self._cache.find(key)
        if kept is not None:
            return kept.decode()
        try:
            unknown = await waits.call(lambda: looked_up_names(operation.query, self._graph.store))
        except KgError:
            return None
        hint = ", ".join(quote(text, safe=_AS_IT_IS) for text in unknown)
        self._cache.keep(key, hint.encode())
        return hint

    def unknown_names(self, operation: SparqlOperation) -> tuple[str, ...]:
        """See :func:`kg.sparql.own_names.unknown_names`."""
        return unknown_names(operation.query, self._graph.store)

    def inspected(self, operation: SparqlOperation) -> QueryFacts:
        """What is known of a query before it is evaluated. Raises: BodyTooLarge; what ``inspect`` raises."""
        limit = self._settings.max_query_bytes
        if len(operation.query.encode("utf-8", "surrogatepass")) > limit:
            raise BodyTooLarge(f"The query is longer than {limit} bytes.")
        return inspect(operation.query, self._query_limits)

    def evaluate(self, operation: SparqlOperation, media_type: str, budget: Budget) -> bytes:
        """The answer of a query for a page."""
        return at_once(self._evaluate(operation, media_type, self._name(operation, media_type), budget, Blocking()))

    async def _evaluate(
        self, operation: SparqlOperation, media_type: str, name: str | None, budget: Budget, waits: Waits
    ) -> bytes:
        """The answer of a query, from the cache if it was given before; measured and logged."""
        with self._telemetry.query(operation.query, media_type) as record:
            body = self._cache.find(name)
            record.name, record.is_cached = name, body is not None
            if body is None:
                body = await answer_of(self._graph.store, operation, media_type, budget, waits)
                self._cache.keep(name, body)
            record.body = body
            return body

    def _name(self, operation: SparqlOperation, media_type: str) -> str | None:
        """What names the answer; None if it may be another one the next time."""
        if not inspect(operation.query, self._query_limits).is_repeatable:
            return None
        store = self._graph.store
        graphs = ("default", *operation.default_graphs, "named", *operation.named_graphs)
        return entity_tag(store.revision, str(store.union_default_graph), media_type, "query", operation.query, *graphs)


def says_nothing(query: str, form: QueryForm, body: bytes, media_type: str) -> bool:
    """Whether an answer is a table without rows, a count of 0, or no."""
    if len(body) > _EMPTY_BYTES or form not in {"select", "ask"}:
        return False
    if form == "ask":
        return b"false" in body
    rows = rows_in(body, media_type)
    return rows == 0 or (rows == 1 and is_nothing(query, _values_in(body, media_type)))


def _values_in(body: bytes, media_type: str) -> list[str]:
    """The values of the only row of an answer, as they are spelled."""
    if (value := _VALUES.get(media_type)) is not None:
        return [found.decode() for found in value.findall(body)]
    row = body.splitlines()[-1].decode()  # CSV or TSV
    return row.replace("\t", ",").split(",")


class SparqlFirst:
    """WSGI: answers queries, and hands everything else on to the application.

    Both stop their work when the client leaves, where the server tells (waitress does).
    """

    def __init__(self, service: SparqlService, rest: WSGIApplication) -> None:
        self._service = service
        self._rest = rest
        self._max_body_bytes = service.settings.max_body_bytes
        header = service.settings.client_header
        self._client_header = "HTTP_" + header.upper().replace("-", "_") if header else ""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        client = account_of(environ.get("REMOTE_ADDR", ""), self._forwarded(environ))
        with cancellable(environ.get("waitress.client_disconnected"), client):
            return self._answer(environ, start_response)

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if environ.get("PATH_INFO") != PATH or method not in METHODS:
            return self._rest(environ, start_response)
        asked = self._asked(environ, method)
        query = self._service.reads(asked)
        if query is None:
            return self._rest(environ, start_response)
        reply = at_once(self._service.answer(asked, query, Blocking()))
        start_response(reply.status_line, list(reply.headers))
        return [] if method == "HEAD" else [reply.body]

    def _asked(self, environ: WSGIEnvironment, method: str) -> Asked:
        get = environ.get
        body: bytes | None = b""
        if method == "POST":
            body = self._body(environ)
        return Asked(
            method=method,
            query_string=get("QUERY_STRING", "").encode("latin-1"),
            body=body,
            content_type=get("CONTENT_TYPE", ""),
            content_encoding=get("HTTP_CONTENT_ENCODING", ""),
            accept=get("HTTP_ACCEPT"),
            accept_encoding=get("HTTP_ACCEPT_ENCODING"),
            if_match=get("HTTP_IF_MATCH"),
            if_none_match=get("HTTP_IF_NONE_MATCH"),
            peer=get("REMOTE_ADDR", ""),
            forwarded=self._forwarded(environ),
        )

    def _forwarded(self, environ: WSGIEnvironment) -> str | None:
        return environ.get(self._client_header) if self._client_header else None

    def _body(self, environ: WSGIEnvironment) -> bytes | None:
        """The body, which stays there for the application to read; None if it is too long."""
        if (get_content_length(environ) or 0) > self._max_body_bytes:
            return None
        body = get_input_stream(environ).read(self._max_body_bytes + 1)
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))
        return body if len(body) <= self._max_body_bytes else None
