"""How an answer of the engine goes out: its validator, what caches may do with it, and compression.

Source: RFC 9110, sections 8.8.3 (entity tags) and 13 (conditions).
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable

from flask import Response, request

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
    if body is not None and len(body) >= _COMPRESSED_FROM_BYTES and (encoding := _encoding()):
        response.set_data(_COMPRESS[encoding](body))
        response.headers["Content-Encoding"] = encoding
    return response


def _encoding() -> str | None:
    """How the client wants a long answer compressed, of what we can do; of equals the first."""
    wanted = request.accept_encodings
    best = max(_COMPRESS, key=lambda name: wanted[name])
    return best if wanted[best] > 0 else None
