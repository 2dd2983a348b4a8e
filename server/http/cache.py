"""Answers that were given before: kept by what names them, bounded in bytes, the least used go first.

A key names data, query and format (server.http.answers.entity_tag), so nothing here is ever out of date.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

# One answer may not push out all others.
_LARGEST_SHARE = 4
_OVERHEAD_BYTES = 200


class ResultCache:
    """Bytes by key. Thread-safe.

    Args:
        max_bytes: of all answers together; 0 keeps none.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0

    @property
    def size_bytes(self) -> int:
        """What is kept now."""
        return self._bytes

    def find(self, key: str | None) -> bytes | None:
        """The answer of that name, if it is kept."""
        if key is None:
            return None
        with self._lock:
            body = self._bodies.get(key)
            if body is not None:
                self._bodies.move_to_end(key)
            return body

    def keep(self, key: str | None, body: bytes) -> None:
        """Keep an answer, unless it is too large or has no name."""
        size = len(body) + _OVERHEAD_BYTES
        if key is None or size > self._max_bytes / _LARGEST_SHARE:
            return
        with self._lock:
            if key in self._bodies:
                return
            self._bodies[key] = body
            self._bytes += size
            while self._bytes > self._max_bytes:
                _, oldest = self._bodies.popitem(last=False)
                self._bytes -= len(oldest) + _OVERHEAD_BYTES
