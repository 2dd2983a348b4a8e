"""How an answer of the engine goes out: its validator, what caches may do with it, and compression.

Source: RFC 9110, sections 8.8.3 (entity tags) and 13 (conditions).
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from functools import lru_cache

from flask import Flask, Response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_etags

from server.http.exchange import Reply
from server.http.negotiation import NotAcceptable, qualities

try:
    import zstandard
except ModuleNotFoundError:  # the extra "server"
    zstandard = None  # type: ignore[assignment]

_COMPRESSED_FROM_BYTES = 1024


def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=1, mtime=0)


# The quickest first: Zstandard takes a third of the time of gzip and leaves less.
_COMPRESS: dict[str, Callable[[bytes], bytes]] = {"gzip": _gzipped}
if zstandard is not None:
    _COMPRESS = {"zstd": lambda body: zstandard.compress(body, 1), **_COMPRESS}
_ALIASES = {"x-gzip": "gzip"}


def entity_tag(*parts: str) -> str:
    """Name an answer before it is known: data that do not change give equal answers to equal questions."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def has_answer(if_none_match: str | None, etag: str | None) -> bool:
    """Whether the header says that the client has this answer already."""
    return bool(if_none_match) and etag is not None and parse_etags(if_none_match).contains_weak(etag)


def meets(if_match: str | None) -> bool:
    """Whether the header admits an answer. Tags are compared strongly, and ours are weak: only a star does."""
    return not if_match or parse_etags(if_match).star_tag


def is_known(etag: str | None) -> bool:
    """Whether the client of the current request has this answer already."""
    return has_answer(request.headers.get("If-None-Match"), etag)


def reply_with(body: bytes | None, content_type: str, etag: str | None, accept_encoding: str | None) -> Reply:
    """Make the reply: 304 without a body; the client asks again each time and is told if nothing has changed.

    Raises: NotAcceptable if the client admits no coding that we can do.
    """
    headers = [("Vary", "Accept, Accept-Encoding")]
    if etag is not None:
        # Weak: the same answer goes out with and without compression, and rows may change their order.
        headers += [("ETag", f'W/"{etag}"'), ("Cache-Control", "no-cache")]
    else:
        headers.append(("Cache-Control", "no-store"))
    if body is None:
        return Reply(304, tuple(headers))
    headers.append(("Content-Type", content_type))
    if encoding := _encoding(accept_encoding or "", len(body)):
        body = _COMPRESS[encoding](body)
        headers.append(("Content-Encoding", encoding))
    headers.append(("Content-Length", str(len(body))))
    return Reply(200, tuple(headers), body)


def finished(body: bytes | None, content_type: str, etag: str | None) -> Response:
    """The same as a response to the current request."""
    return as_response(reply_with(body, content_type, etag, request.headers.get("Accept-Encoding")))


@lru_cache(maxsize=64)
def _packed(encoding: str, body: bytes) -> bytes:
    """A file that goes out again and again, as small as it gets."""
    return zstandard.compress(body, 19) if encoding == "zstd" else gzip.compress(body, 9, mtime=0)


def install_compression(app: Flask, refuse: Callable[[NotAcceptable], Response]) -> None:
    """Make an application compress what it answers, and keep files whose names change with what they hold.

    Args:
        app: the application.
        refuse: tells a client that admits no coding of an answer.
    """

    @app.after_request
    def compress(response: Response) -> Response:
        is_file = request.endpoint == "static"
        if is_file and "/assets/" in request.path and response.status_code in {200, 304}:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        if response.status_code == 206 or "Content-Encoding" in response.headers:
            return response
        if not (response.mimetype or "").startswith(("text/", "application/", "image/svg")):
            return response
        response.vary.add("Accept-Encoding")
        accepted = request.headers.get("Accept-Encoding") or ""
        if not accepted or response.status_code in {204, 304}:
            return response
        response.direct_passthrough = False  # files are read as a whole: they are small
        body = response.get_data()
        try:
            encoding = _encoding(accepted, len(body))
        except NotAcceptable as error:
            return refuse(error) if response.status_code == 200 else response
        if encoding is not None:
            response.set_data(_packed(encoding, body) if is_file else _COMPRESS[encoding](body))
            response.headers["Content-Encoding"] = encoding
            if (etag := response.get_etag()[0]) is not None:
                response.set_etag(etag, weak=True)
        return response


def as_response(reply: Reply) -> Response:
    """A reply in the web framework's clothes."""
    return Response(reply.body, reply.status, reply.headers)


def _encoding(accepted: str, size: int) -> str | None:
    """How an answer of so many bytes goes out; None: as it is. Raises: NotAcceptable."""
    best, is_needed = _codings(accepted)
    if best is None and is_needed:
        raise NotAcceptable(accepted, (*_COMPRESS, "identity"), "Accept-Encoding")
    return best if is_needed or size >= _COMPRESSED_FROM_BYTES else None


@lru_cache(maxsize=256)
def _codings(accepted: str) -> tuple[str | None, bool]:
    """What the client wants most of what we can do, and whether it takes nothing that is not compressed.

    Of equals the first; None: as it is. Source: RFC 9110, sections 8.4.1.3 and 12.5.3.
    """
    wanted = Accept([(_ALIASES.get(name.lower(), name.lower()), quality) for name, quality in qualities(accepted)])
    best = max(_COMPRESS, key=lambda name: wanted[name])
    by_name = dict(wanted)
    as_it_is = by_name.get("identity", 0)  # by its name: what admits all codings wants one
    is_needed = by_name.get("identity", by_name.get("*", 1)) == 0
    return best if wanted[best] > 0 and wanted[best] >= as_it_is else None, is_needed
