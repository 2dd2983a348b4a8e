"""Pages and answers of the API that were given before, given again without making them anew.

They depend on the data, on the address and on the colours that a reader chose, and on nothing else: what is kept is
never out of date. It shares the room of the answers of queries (``ResultCache``).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from http import HTTPStatus

from flask import Flask, Response, g, request

from kg.budget import SEARCH_TIMEOUT_S
from server.http.answers import entity_tag
from server.http.cache import ResultCache

_KEPT_OF = frozenset({"api", "catalogue", "pages"})  # blueprints; others look at more than the address
_HEADERS = ("Content-Type", "Content-Disposition", "Content-Security-Policy", "ETag")


def install_keeping(app: Flask, revision: Callable[[], str], cache: ResultCache) -> None:
    """Make an application keep its answers, and tell clients that have one already that it is the same.

    To be installed last: it keeps what was made, before the other hooks add headers and compress it.
    """

    @app.before_request
    def find() -> Response | None:
        if request.method not in {"GET", "HEAD"} or request.blueprint not in _KEPT_OF:
            return None
        theme = request.cookies.get("theme", "")
        g.kept_as = entity_tag(revision(), "page", request.host_url, request.full_path, theme)
        found = cache.find(g.kept_as)
        return None if found is None else _unpacked(found)

    @app.after_request
    def keep(response: Response) -> Response:
        name = g.get("kept_as")
        if name is None or response.status_code != 200 or response.direct_passthrough:
            return response
        if "ETag" not in response.headers:
            response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32], weak=True)
            if request.method == "GET" and not _may_change():
                cache.keep(name, _packed(response))
        response.headers["Cache-Control"] = "no-cache"
        response.make_conditional(request)
        if response.status_code == HTTPStatus.PRECONDITION_FAILED:
            response.set_data(b"")  # what was not wanted on this condition
        return response


def _may_change() -> bool:
    """Whether the next answer may be another one: a part failed, or a search may have been stopped by the clock."""
    seconds = time.perf_counter() - g.get("start_s", 0.0)
    return bool(g.get("is_partial")) or seconds >= SEARCH_TIMEOUT_S


def _packed(response: Response) -> bytes:
    headers = [(name, response.headers[name]) for name in _HEADERS if name in response.headers]
    return json.dumps(headers).encode() + b"\n" + response.get_data()


def _unpacked(kept: bytes) -> Response:
    headers, _, body = kept.partition(b"\n")
    return Response(body, headers=json.loads(headers))
