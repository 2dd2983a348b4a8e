"""How an answer of the engine goes out: its validator, what caches may do with it, and compression.

Source: RFC 9110, sections 8.8.3 (entity tags) and 13 (conditions).
"""

from __future__ import annotations

import gzip
import hashlib

from flask import Response, request

_GZIP_FROM_BYTES = 1024


def entity_tag(*parts: str) -> str:
    """Name an answer before it is known: data that do not change give equal answers to equal questions."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def is_known(etag: str | None) -> bool:
    """Whether the client has this answer already."""
    return etag is not None and request.if_none_match.contains_weak(etag)


def finished(body: bytes | None, content_type: str, etag: str | None) -> Response:
    """Make the response: 304 without a body; the client asks again each time and is told if nothing has changed."""
    response = Response(status=304) if body is None else Response(body, content_type=content_type)
    response.vary.update(["Accept", "Accept-Encoding"])
    if etag is not None:
        # Weak: the same answer goes out with and without compression, and rows may change their order.
        response.set_etag(etag, weak=True)
        response.headers["Cache-Control"] = "no-cache"
    else:
        response.headers["Cache-Control"] = "no-store"
    if body is not None and len(body) >= _GZIP_FROM_BYTES and request.accept_encodings["gzip"] > 0:
        response.set_data(gzip.compress(body, compresslevel=1, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
