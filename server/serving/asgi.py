"""The application behind an asynchronous server: queries wait in its event loop, everything else in threads.

A query that takes longer than a moment is given up a moment after its client has gone.
Source: ASGI 3.0, HTTP and WebSocket protocol 2.3.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from io import BytesIO
from typing import Any

from werkzeug.wrappers import Response

from kg.sparql.waits import CANCEL_POLL_S, LEAVING_S, InLoop
from server.app import service_of
from server.http.clients import account_of
from server.http.errors import BadRequest, BodyTooSlow, problem_reply
from server.http.exchange import NO_HOST, Asked, Reply, names_host
from server.serving.process import BODY_TIMEOUT_S, DRAINING, LiveApplication, Served
from server.settings import Settings
from server.sparql.service import METHODS, PATH

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class AsgiApplication:
    """A live application for a server that calls it in an event loop.

    Args:
        live: what is served.
        settings: see docs/settings.md.

    Attributes:
        is_ending: whether clients are told with their answers to send no more on their connections.
    """

    is_ending = False

    def __init__(self, live: LiveApplication, settings: Settings) -> None:
        self.live = live
        self._max_body_bytes = settings.max_body_bytes
        self._client_header = settings.client_header.lower()
        self._threads = ThreadPoolExecutor(settings.threads, "request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        served = self.live.enter()
        try:
            reply = DRAINING if served is None else await self._reply(served, scope, receive)
            headers = [_spelled(*header) for header in reply.headers]
            if self.is_ending:
                headers.append((b"connection", b"close"))
            await send({"type": "http.response.start", "status": reply.status, "headers": headers})
            body = b"" if scope["method"] == "HEAD" else reply.body
            await send({"type": "http.response.body", "body": body})
        finally:
            if served is not None:
                self.live.leave(served)

    def close(self) -> None:
        """End the threads once they have nothing to do."""
        self._threads.shutdown()

    async def _reply(self, served: Served, scope: Scope, receive: Receive) -> Reply:
        method = scope["method"]
        headers = _headers(scope)
        if method != method.upper():
            return problem_reply(BadRequest(f'Malformed HTTP method "{method}".'))
        if scope["http_version"] == "1.1" and not names_host(headers.get("host")):
            return problem_reply(BadRequest(NO_HOST))
        body: bytes | None = b""
        if method not in {"GET", "HEAD"}:
            try:
                body = await self._body(headers, receive)
            except TimeoutError:
                return problem_reply(BodyTooSlow(f"The body took more than {BODY_TIMEOUT_S:g} s."))
            except BadRequest as error:  # to a client that has left, nobody will miss it
                return problem_reply(error)
        waits = InLoop(self._threads, account_of(_peer(scope), self._forwarded(headers)))
        watching = _Watching(receive, waits)
        try:
            scope["path"] = "/" + scope["path"].lstrip("/")  # as waitress has it: a base that ends in one is common
            if scope["path"] == PATH and method in METHODS:
                service = service_of(served.app)
                asked = self._asked(scope, headers, body)
                query = service.reads(asked)
                if query is not None:
                    return await service.answer(asked, query, waits)
            environ = _environ(scope, headers, body or b"", waits)
            return await waits.call(lambda: _from_wsgi(served, environ))
        finally:
            watching.end()

    async def _body(self, headers: dict[str, str], receive: Receive) -> bytes | None:
        """The body; None if it is longer than is allowed, which its length in the headers then tells.

        Raises: TimeoutError; BadRequest if it breaks off.
        """
        if int(headers.get("content-length", 0)) > self._max_body_bytes:
            return None
        parts: list[bytes] = []
        size = 0
        async with asyncio.timeout(BODY_TIMEOUT_S):
            while size <= self._max_body_bytes:
                message = await receive()
                if message["type"] != "http.request":
                    raise BadRequest("The body breaks off.")
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if not message.get("more_body"):
                    break
        headers["content-length"] = str(size)
        return b"".join(parts) if size <= self._max_body_bytes else None

    def _asked(self, scope: Scope, headers: dict[str, str], body: bytes | None) -> Asked:
        get = headers.get
        return Asked(
            method=scope["method"],
            query_string=scope["query_string"],
            body=body,
            content_type=get("content-type", ""),
            content_encoding=get("content-encoding", ""),
            accept=get("accept"),
            accept_encoding=get("accept-encoding"),
            if_match=get("if-match"),
            if_none_match=get("if-none-match"),
            peer=_peer(scope),
            forwarded=self._forwarded(headers),
        )

    def _forwarded(self, headers: dict[str, str]) -> str | None:
        return headers.get(self._client_header) if self._client_header else None


class _Watching:
    """Looks whether the client leaves, once its answer takes longer than a moment."""

    def __init__(self, receive: Receive, waits: InLoop) -> None:
        self._receive = receive
        self._waits = waits
        self._task: asyncio.Task[None] | None = None
        waits.after(CANCEL_POLL_S, self._begin)

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        await asyncio.sleep(LEAVING_S)
        self._waits.give_up()

    def end(self) -> None:
        """The answer is there."""
        self._waits.over()
        if self._task is not None:
            self._task.cancel()


@lru_cache(maxsize=1024)  # most are the same in every answer
def _spelled(name: str, value: str) -> tuple[bytes, bytes]:
    return name.lower().encode("latin-1"), value.encode("latin-1")


def _headers(scope: Scope) -> dict[str, str]:
    """Values by name in small letters; those of equal names joined, as RFC 9110 (5.3) has it.

    Names with underscores are left out, as other servers do: WSGI would take them for those with hyphens, of which some
    are a proxy's alone to say.
    """
    found: dict[str, str] = {}
    for name_bytes, value_bytes in scope["headers"]:
        if b"_" in name_bytes or (name_bytes == b"host" and not value_bytes):  # granian makes up what is missing
            continue
        name, value = name_bytes.decode("latin-1"), value_bytes.decode("latin-1")
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _environ(scope: Scope, headers: dict[str, str], body: bytes, waits: InLoop) -> dict[str, Any]:
    """The request as WSGI has it (PEP 3333)."""
    host, port = scope.get("server") or ("localhost", 0)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": _peer(scope),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "waitress.client_disconnected": waits.cancelled,  # as waitress has it
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
    return environ


def _from_wsgi(served: Served, environ: dict[str, Any]) -> Reply:
    response = Response.from_app(served.app, environ, buffered=True)
    return Reply(response.status_code, tuple(response.headers.items()), response.get_data())
