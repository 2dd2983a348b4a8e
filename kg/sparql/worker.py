"""The process that evaluates queries: opens the store read-only, answers one at a time, and is expendable.

Started by kg.sparql.workers with two inherited descriptors: a socket for requests and answers, and a lifeline whose
other end only the parent holds, so that no worker outlives it, not even in the middle of a query. Nothing
heavy is imported here: a worker must be ready in a tenth of a second.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from kg.budget import Budget
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
from kg.sparql.lookup import Lookup, look_up
from kg.sparql.query import SparqlOperation, evaluate
from kg.sparql.sandbox import Memory, forbid_core_dumps, forbid_sockets

READY: Final = b"R"
CHUNK: Final = b"C"  # a part of an answer, more follows
LAST: Final = b"L"  # the last part of an answer
FAILED: Final = b"F"  # a reported failure of the query
# The two above in small letters: the same, and this worker should be replaced. What a heavy query took is not
# always given back, and would count against the limit of the next one.
NO_MEMORY: Final = b"M"
NOT_OPENED: Final = b"N"

CHUNK_BYTES: Final = 256 * 1024
READ_BYTES: Final = 64 * 1024
# The engine recurses as deep as a query nests.
STACK_BYTES: Final = 8 * 1024**2
# Before every message: how long it is; before what a worker says, also of which of these kinds.
REQUEST_HEAD: Final = struct.Struct("!Q")
ANSWER_HEAD: Final = struct.Struct("!cQ")

_REPORTED: dict[str, type[KgError]] = {
    error.__name__: error for error in (InvalidParameter, QueryFailed, QueryRefused, QuerySyntaxError, ResultTooLarge)
}


@dataclass(frozen=True)
class Request:
    """One query, or one look-up, for a worker."""

    operation: SparqlOperation | Lookup
    media_type: str
    max_bytes: int
    memory_bytes: int

    @classmethod
    def within(cls, budget: Budget, operation: SparqlOperation | Lookup, media_type: str) -> Request:
        """A query with what it may cost."""
        return cls(operation, media_type, budget.max_bytes, budget.memory_bytes)

    def to_bytes(self) -> bytes:
        """The request as the worker reads it."""
        fields = tuple(vars(self.operation).values())
        return json.dumps((fields, self.media_type, self.max_bytes, self.memory_bytes)).encode()

    @classmethod
    def from_bytes(cls, message: bytes) -> Request:
        """The request that the parent wrote."""
        (first, *others), *rest = json.loads(message)
        if isinstance(first, list):
            return cls(Lookup(tuple(first), *others), *rest)
        return cls(SparqlOperation(first, *map(tuple, others)), *rest)


def report_to_bytes(error: KgError) -> bytes:
    """A failure as the parent reads it back."""
    return json.dumps({"type": type(error).__name__, "fields": asdict(error)}).encode()


def report_from_bytes(message: bytes) -> KgError:
    """The failure that a worker reported."""
    report: dict[str, Any] = json.loads(message)
    return _REPORTED[report["type"]](**report["fields"])


def with_head(message: bytes) -> bytes:
    """A message to a worker as it goes over the socket."""
    return REQUEST_HEAD.pack(len(message)) + message


class Channel:
    """This process's end of the socket, read and written as a file: the module for sockets takes long to import."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def receive(self) -> bytes:
        """Wait for the next message. Raises: EOFError once the parent has closed its end."""
        data = self._read()
        while len(data) < REQUEST_HEAD.size:
            data += self._read()
        end = REQUEST_HEAD.size + REQUEST_HEAD.unpack_from(data)[0]
        while len(data) < end:
            data += self._read()
        return data[REQUEST_HEAD.size :]

    def _read(self) -> bytes:
        data = os.read(self._descriptor, READ_BYTES)
        if not data:
            raise EOFError
        return data

    def send(self, kind: bytes, content: bytes | bytearray = b"") -> None:
        """Send a message whole."""
        head = ANSWER_HEAD.pack(kind, len(content))
        sent = os.writev(self._descriptor, (head, content)) - len(head)
        while sent < len(content):
            sent += os.write(self._descriptor, memoryview(content)[sent:])


class AnswerWriter:
    """The file that the engine writes an answer into: counts, cuts into chunks, and sends."""

    def __init__(self, channel: Channel, max_bytes: int) -> None:
        self._channel = channel
        self._max_bytes = max_bytes
        self._pending = bytearray()
        self._written = 0

    def write(self, data: bytes) -> int:
        """Take a piece of the answer. Raises: ResultTooLarge, which stops the engine at once."""
        self._written += len(data)
        if self._written > self._max_bytes:
            raise ResultTooLarge("max_result_bytes", self._max_bytes, "bytes")
        self._pending += data
        if len(self._pending) >= CHUNK_BYTES:
            self._channel.send(CHUNK, self._pending)
            self._pending = bytearray()
        return len(data)

    def flush(self) -> None:
        """The engine flushes after every answer; chunks are sent when they are full."""

    def finish(self, kind: bytes) -> None:
        """Send what is left, which also says that the answer is whole."""
        self._channel.send(kind, self._pending)


def answer(store: Any, message: bytes, dataset: Dataset, channel: Channel, memory: Memory) -> None:
    """Answer one request; a failure that belongs to the query is reported.

    Args:
        store: the engine.
        message: a :class:`Request`.
        dataset: how its graphs appear.
        channel: where the answer goes.
        memory: of this process.
    """
    request = Request.from_bytes(message)
    memory.limit(request.memory_bytes)
    writer = AnswerWriter(channel, request.max_bytes)
    try:
        if isinstance(request.operation, Lookup):
            writer.write(look_up(store, request.operation, dataset))
        else:
            evaluate(store, request.operation, request.media_type, dataset, writer)  # type: ignore[arg-type]
    except MemoryError:
        channel.send(NO_MEMORY)
    except KgError as error:
        channel.send(_kind(FAILED, memory), report_to_bytes(error))
    else:
        writer.finish(_kind(LAST, memory))


def _kind(kind: bytes, memory: Memory) -> bytes:
    return kind.lower() if memory.is_half_used() else kind


def _die_with_parent(lifeline: int) -> None:
    os.read(lifeline, 1)  # returns when the parent has gone: nobody ever writes
    os._exit(0)


def _serve(channel: Channel, settings: dict[str, Any]) -> None:
    """Answer requests until the parent closes the socket."""
    try:
        path = Path(settings["store"])
        store = open_engine(path)
        dataset = Dataset(settings["union_default_graph"], is_merged(path), settings["prefixes"], settings["base_iri"])
        channel.send(READY)
        memory = Memory()
        while True:
            answer(store, channel.receive(), dataset, channel, memory)
    except StoreUnavailable as error:
        channel.send(NOT_OPENED, error.reason.encode())
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def main(connection_descriptor: int, lifeline: int) -> None:
    """Serve requests until the parent closes the socket."""
    # Ctrl-C reaches the whole foreground group; what it means is the parent's business.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    forbid_core_dumps()
    channel = Channel(connection_descriptor)
    try:
        settings = json.loads(channel.receive())
    except EOFError:
        return
    if not settings["may_call"]:
        forbid_sockets()
    threading.Thread(target=_die_with_parent, args=(lifeline,), daemon=True).start()
    # The stack of the main thread grows as it is used; if that meets the limit of memory, the kernel kills the process
    # as if the query had nested too deep. That of any other thread is there from the beginning.
    threading.stack_size(STACK_BYTES)
    serving = threading.Thread(target=_serve, args=(channel, settings))
    serving.start()
    serving.join()
