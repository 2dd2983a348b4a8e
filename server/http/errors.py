"""Which failure has which status, and the one shape in which it is told (RFC 9457).

The table is :data:`PROBLEMS`; a class without a row of its own has its base's. Browsers get a page instead,
except under the machine-readable routes. What nobody foresaw is caught here and
nowhere else.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import logging
import math
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, render_template, request
from markupsafe import escape
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from kg import errors
from kg.errors import KgError
from kg.identifiers import BASE
from server.http.answers import as_response
from server.http.exchange import CLIENT_GONE, Reply
from server.http.negotiation import NotAcceptable, names_html
from server.http.problem_page import problem_page

MEDIA_TYPE = "application/problem+json"
_MACHINE_ROUTES = ("/api/", "/sparql", "/healthz", "/readyz", "/metrics", "/openapi.json", "/.well-known/")
_NAMED_ENTITIES = frozenset({"suggestions", "candidates"})  # pairs of CURIE and label
_RESERVED = frozenset({"type", "title", "status", "detail", "code"})

T = TypeVar("T")
logger = logging.getLogger("sarcoma_kg.server")


@dataclass(eq=False)
class BadRequest(KgError):
    """A request that breaks the SPARQL Protocol."""

    code = "bad_request"
    reason: str

    def message(self) -> str:
        """See :class:`kg.errors.KgError`."""
        return self.reason


@dataclass(eq=False)
class UnsupportedMediaType(BadRequest):
    """A request body of a type or encoding that this route does not read."""

    code = "unsupported_media_type"


@dataclass(eq=False)
class ReadOnly(BadRequest):
    """A SPARQL Update, which this server never takes."""

    code = "read_only"


@dataclass(eq=False)
class BodyTooLarge(BadRequest):
    """A query or request body above its limit."""

    code = "body_too_large"


@dataclass(eq=False)
class BodyTooSlow(BadRequest):
    """A request body that does not come."""

    code = "body_too_slow"


@dataclass(eq=False)
class PreconditionFailed(KgError):
    """A client that wants one answer and no other (RFC 9110, section 13.1.1)."""

    code = "precondition_failed"
    if_match: str

    def message(self) -> str:
        """See :class:`kg.errors.KgError`."""
        return f"If-Match: {self.if_match} admits no answer there is; tags are weak here, and only * fits them."


@dataclass(eq=False)
class ShuttingDown(KgError):
    """A server that only ends what is under way."""

    code = "shutting_down"
    retry_after_s: float = 1.0

    def message(self) -> str:
        """See :class:`kg.errors.KgError`."""
        return "This server is shutting down."


@dataclass(eq=False)
class RateLimited(KgError):
    """A client that asks more often than it may."""

    code = "rate_limited"
    retry_after_s: float

    def message(self) -> str:
        """See :class:`kg.errors.KgError`."""
        return f"You have asked too often in the last minute. Try again in {math.ceil(self.retry_after_s)} s."


@dataclass(frozen=True)
class Problem:
    """How a kind of failure is told over HTTP."""

    error: type[KgError]
    status: int
    title: str


PROBLEMS = (
    Problem(KgError, 500, "The server failed"),
    Problem(errors.IdentifierError, 400, "Not an identifier"),
    Problem(errors.EntityNotFound, 404, "Unknown entity"),
    Problem(errors.Withdrawn, 410, "Withdrawn"),
    Problem(errors.AmbiguousEntity, 409, "Ambiguous name"),
    Problem(errors.InvalidParameter, 400, "Parameter out of range"),
    Problem(errors.WrongKind, 400, "Another kind of thing"),
    Problem(errors.QuerySyntaxError, 400, "Query cannot be parsed"),
    Problem(errors.QueryRefused, 400, "Query refused"),
    Problem(errors.QueryFailed, 500, "Query failed"),
    Problem(errors.QueryCancelled, CLIENT_GONE, "Cancelled"),
    Problem(errors.BudgetExceeded, 503, "Limit reached"),
    Problem(errors.QueryTimeout, 503, "Query took too long"),
    Problem(errors.ResultTooLarge, 413, "Answer too large"),
    Problem(errors.MemoryExceeded, 503, "Query needed too much memory"),
    Problem(errors.Overloaded, 503, "Too many queries"),
    Problem(errors.StoreUnavailable, 503, "No graph to serve"),
    Problem(errors.CapabilityMissing, 501, "Not possible with this engine"),
    Problem(errors.RemoteUnavailable, 502, "Remote engine unavailable"),
    Problem(errors.PartialAnswer, 502, "Only part of an answer"),
    Problem(errors.CurationError, 500, "Faults in the curated files"),
    Problem(BadRequest, 400, "Request breaks the protocol"),
    Problem(UnsupportedMediaType, 415, "Unsupported body"),
    Problem(ReadOnly, 403, "Read-only"),
    Problem(BodyTooLarge, 413, "Request too large"),
    Problem(BodyTooSlow, 408, "Request too slow"),
    Problem(PreconditionFailed, 412, "Condition not met"),
    Problem(ShuttingDown, 503, "Shutting down"),
    Problem(RateLimited, 429, "Too many requests"),
    Problem(NotAcceptable, 406, "No acceptable format"),
)
_PROBLEM_BY_CLASS = {problem.error: problem for problem in PROBLEMS}


def problem_for(error: type[KgError]) -> Problem:
    """The row of a class: its own, or that of its nearest base."""
    return next(_PROBLEM_BY_CLASS[base] for base in error.__mro__ if base in _PROBLEM_BY_CLASS)


def body_of(error: KgError) -> dict[str, Any]:
    """The problem document of a failure: what RFC 9457 names, the code, and the fields of the failure."""
    problem = problem_for(type(error))
    fields = {
        field.name: _plain(field.name, getattr(error, field.name))
        for field in dataclasses.fields(error)
        if field.name not in _RESERVED
    }
    return _document(error.code, problem.status, problem.title, str(error)) | fields


def _plain(name: str, value: Any) -> Any:
    if name in _NAMED_ENTITIES:
        return [{"curie": curie, "label": label} for curie, label in value]
    if isinstance(value, tuple):
        return [dataclasses.asdict(each) if isinstance(each, errors.Fault) else each for each in value]
    return value


def _document(code: str, status: int, title: str, detail: str) -> dict[str, Any]:
    return {"type": f"{BASE}errors/{code}", "title": title, "status": status, "detail": detail, "code": code}


# As networks of containers and proxies before them call their servers; Werkzeug takes it for no name.
_WITH_UNDERSCORE = re.compile(r"[A-Za-z0-9.-]*_[A-Za-z0-9._-]*(?::[0-9]{1,5})?")


def install(app: Flask) -> None:
    """Make an application tell every failure in this way, and a Host that cannot be one before it leads to others."""
    app.register_error_handler(HTTPException, _on_http_exception)
    app.register_error_handler(Exception, _on_failure)

    @app.before_request
    def check_host() -> None:
        if _WITH_UNDERSCORE.fullmatch(request.headers.get("Host", "")):
            request.host = request.headers["Host"]
        try:
            is_named = bool(request.host and request.host_url)
        except UnicodeError:  # it looks like a name of other letters, spelled as names of domains are
            is_named = False
        if not is_named:
            raise BadRequest("The Host header names no host.")


_Told = tuple[dict[str, Any], dict[str, str]]


def _told(error: KgError) -> _Told:
    """The problem document and the headers of a failure."""
    headers = {}
    if isinstance(error, errors.Overloaded | RateLimited | ShuttingDown):
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after_s)))
    return body_of(error), headers


def _logged(error: Exception, method: str, path: str) -> _Told:
    """The same of any failure; one that is ours is logged, and told with the id under which the log has it."""
    if isinstance(error, KgError):
        body, headers = _told(error)
        if body["status"] < 500:
            return body, headers
    else:
        detail = "Something in the server broke. Its log has the details under the request id."
        body, headers = _document("internal_error", 500, "Internal error", detail), {}
    request_id = uuid.uuid4().hex
    if isinstance(error, KgError):
        logger.warning("request %s: %s %s: %s", request_id, method, path, error)
    else:
        logger.error("request %s: %s %s failed", request_id, method, path, exc_info=error)
    return body | {"request_id": request_id}, headers | {"X-Request-Id": request_id}


def problem_reply(error: KgError) -> Reply:
    """A failure as programs are told of it."""
    return _problem_reply(*_told(error))


def http_failure(status: int, detail: str) -> Reply:
    """A request that no part of ours has seen, because it breaks HTTP, as programs are told of it."""
    title = HTTPStatus(status).phrase
    return _problem_reply(_document(title.lower().replace(" ", "_"), status, title, detail), {})


async def replied(answering: Awaitable[Reply], method: str, path: str) -> Reply:
    """A reply in any case: a failure is one too, logged if it is ours."""
    try:
        return await answering
    except Exception as error:  # noqa: BLE001 - nobody else would tell it
        return _problem_reply(*_logged(error, method, path))


def spared(make: Callable[[], T]) -> tuple[T | None, str]:
    """A part of a page that the rest can do without.

    Returns: what ``make`` makes, or None and what the page says in its place; the log has the failure.
    """
    try:
        return make(), ""
    except errors.QueryCancelled:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the rest of the page is sound
        g.is_partial = True
        body, _ = _logged(error, request.method, request.path)
        number = f" (request {body['request_id']})" if "request_id" in body else ""
        return None, f"This part failed, the rest of the page is whole. {body['detail']}{number}"


def _problem_reply(body: Mapping[str, Any], headers: Mapping[str, str]) -> Reply:
    text = json.dumps(body, ensure_ascii=False).encode()
    told = {"Content-Type": MEDIA_TYPE, "Content-Length": str(len(text)), **headers, "Cache-Control": "no-store"}
    return Reply(body["status"], tuple(told.items()), text)


def _on_failure(error: Exception) -> Response:
    return _response(*_logged(error, request.method, request.path))


def _on_http_exception(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:  # a redirect is no failure
        return Response(error.get_body(), status, error.get_headers())
    headers = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    code = error.name.lower().replace(" ", "_")
    return _response(_document(code, status, error.name, _explained(error)), headers)


def _explained(error: HTTPException) -> str:
    """What is wrong with an address or a method, and what would be right."""
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return f"{request.method} is not allowed at {request.path}; allowed: {allowed}."
    if isinstance(error, NotFound):
        routes = sorted({rule.rule for rule in current_app.url_map.iter_rules()})
        close = difflib.get_close_matches(request.path, routes, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        return f"There is nothing at {request.path}.{hint} The routes are listed in /openapi.json."
    return error.description or error.name


def _response(body: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    is_machine_route = request.path.startswith(_MACHINE_ROUTES)
    if is_machine_route or not names_html(request.headers.get("Accept")):
        return as_response(_problem_reply(body, headers))
    response = Response(_page(body), body["status"], headers, content_type="text/html; charset=utf-8")
    response.headers.add("Cache-Control", "no-store")
    return response


def _page(body: Mapping[str, Any]) -> str:
    try:
        told = problem_page(body, request.path, list(request.args.items(multi=True)))
        return render_template("error.html", **dataclasses.asdict(told))
    except Exception:  # the page's frame may need the very thing that has failed
        logger.exception("the error page failed too")
        return f"<!doctype html><title>{escape(body['title'])}</title><p>{escape(body['detail'])}"


def problems_markdown() -> str:
    """The table for docs/api.md."""
    rows = [
        f"| `{row.error.code}` | {row.status} | {row.title} |"
        for row in sorted(PROBLEMS, key=lambda row: (row.status, row.error.code))
        if row.error is not KgError
    ]
    return "\n".join(["| code | status | meaning |", "|---|---|---|", *rows]) + "\n"
