"""The process that evaluates queries: opens the store read-only, answers one at a time, and is expendable.

Started by kg.workers with two inherited descriptors: a socket for requests and answers, and a lifeline whose
other end only the parent holds, so that no worker outlives it, not even in the middle of a query. Nothing
heavy is imported here: a worker must be ready in a tenth of a second.
"""

from __future__ import annotations

import json
import os
import signal
import threading
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from kg.errors import (
    InvalidParameter,
    KgError,
    QueryFailed,
    QueryRefused,
    QuerySyntaxError,
    ResultTooLarge,
    StoreUnavailable,
)
from kg.sparql.dataset import Dataset
from kg.sparql.engine import is_merged, open_engine
from kg.sparql.query import SparqlOperation, evaluate
from kg.sparql.sandbox import address_space_bytes, forbid_core_dumps, forbid_sockets, limit_memory

READY: Final = b"R"
CHUNK: Final = b"C"  # a part of an answer, more follows
LAST: Final = b"L"  # the last part of an answer
FAILED: Final = b"F"  # a reported failure of the query
# The two above in small letters: the same, and this worker should be replaced. What a heavy query took is not
# always given back, and would count against the limit of the next one.
NO_MEMORY: Final = b"M"
NOT_OPENED: Final = b"N"

CHUNK_BYTES: Final = 256 * 1024

_REPORTED: dict[str, type[KgError]] = {
    error.__name__: error for error in (InvalidParameter, QueryFailed, QueryRefused, QuerySyntaxError, ResultTooLarge)
}


@dataclass(frozen=True)
class Request:
    """One query for a worker."""

    operation: SparqlOperation
    media_type: str
    max_bytes: int
    memory_bytes: int

    def to_bytes(self) -> bytes:
        """The request as the worker reads it."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_bytes(cls, message: bytes) -> Request:
        """The request that the parent wrote."""
        fields = json.loads(message)
        operation = fields.pop("operation")
        graphs = {name: tuple(operation[name]) for name in ("default_graphs", "named_graphs")}
        return cls(SparqlOperation(operation["query"], **graphs), **fields)


def report_to_bytes(error: KgError) -> bytes:
    """A failure as the parent reads it back."""
    return json.dumps({"type": type(error).__name__, "fields": asdict(error)}).encode()


def report_from_bytes(message: bytes) -> KgError:
    """The failure that a worker reported."""
    report: dict[str, Any] = json.loads(message)
    return _REPORTED[report["type"]](**report["fields"])


class AnswerWriter:
    """The file that the engine writes an answer into: counts, cuts into chunks, and sends."""

    def __init__(self, connection: Connection, max_bytes: int) -> None:
        self._connection = connection
        self._max_bytes = max_bytes
        self._pending = bytearray(CHUNK)
        self._written = 0

    def write(self, data: bytes) -> int:
        """Take a piece of the answer. Raises: ResultTooLarge, which stops the engine at once."""
        self._written += len(data)
        if self._written > self._max_bytes:
            raise ResultTooLarge("max_result_bytes", self._max_bytes, "bytes")
        self._pending += data
        if len(self._pending) > CHUNK_BYTES:
            self._connection.send_bytes(self._pending)
            self._pending = bytearray(CHUNK)
        return len(data)

    def flush(self) -> None:
        """The engine flushes after every answer; chunks are sent when they are full."""

    def finish(self, kind: bytes) -> None:
        """Send what is left, which also says that the answer is whole."""
        self._pending[:1] = kind
        self._connection.send_bytes(self._pending)


def answer(store: Any, message: bytes, dataset: Dataset, connection: Connection, fresh_bytes: int) -> None:
    """Answer one request; a failure that belongs to the query is reported.

    Args:
        store: the engine.
        message: a :class:`Request`.
        dataset: how its graphs appear.
        connection: where the answer goes.
        fresh_bytes: the address space of this process before its first query.
    """
    request = Request.from_bytes(message)
    limit_memory(request.memory_bytes)
    writer = AnswerWriter(connection, request.max_bytes)
    try:
        evaluate(store, request.operation, request.media_type, dataset, writer)  # type: ignore[arg-type]
    except MemoryError:
        connection.send_bytes(NO_MEMORY)
    except KgError as error:
        connection.send_bytes(_kind(FAILED, request, fresh_bytes) + report_to_bytes(error))
    else:
        writer.finish(_kind(LAST, request, fresh_bytes))


def _kind(kind: bytes, request: Request, fresh_bytes: int) -> bytes:
    grown_bytes = address_space_bytes() - fresh_bytes
    return kind.lower() if grown_bytes > (request.memory_bytes - fresh_bytes) / 2 else kind


def _die_with_parent(lifeline: int) -> None:
    os.read(lifeline, 1)  # returns when the parent has gone: nobody ever writes
    os._exit(0)


def main(connection_descriptor: int, lifeline: int) -> None:
    """Serve requests until the parent closes the socket."""
    # Ctrl-C reaches the whole foreground group; what it means is the parent's business.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    forbid_core_dumps()
    connection = Connection(connection_descriptor)
    try:
        settings = json.loads(connection.recv_bytes())
        if not settings["may_call"]:
            forbid_sockets()
        threading.Thread(target=_die_with_parent, args=(lifeline,), daemon=True).start()
        path = Path(settings["store"])
        store = open_engine(path)
        dataset = Dataset(settings["union_default_graph"], is_merged(path), settings["prefixes"], settings["base_iri"])
        connection.send_bytes(READY)
        fresh_bytes = address_space_bytes()
        while True:
            answer(store, connection.recv_bytes(), dataset, connection, fresh_bytes)
    except StoreUnavailable as error:
        connection.send_bytes(NOT_OPENED + error.reason.encode())
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
