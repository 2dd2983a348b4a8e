"""The pool that makes sure no query outlives its budget.

The engine can neither be interrupted nor limited from Python, and some queries crash it. So every query
runs in a worker process that is started beforehand and may be killed at any moment: at its deadline, when
the caller no longer wants the answer, when it runs out of memory. A killed worker is replaced at once.
Thread-safe.

Workers are started as programs of their own, neither forked (unsafe beside threads) nor through
multiprocessing (which would import the caller's ``__main__`` again).
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from kg.budget import Budget
from kg.errors import (
    KgError,
    MemoryExceeded,
    Overloaded,
    QueryFailed,
    QueryTimeout,
    ResultTooLarge,
    StoreUnavailable,
)
from kg.identifiers import BASE
from kg.query import SparqlOperation
from kg.worker import CHUNK, FAILED, LAST, NO_MEMORY, NOT_OPENED, READY, Request, report_from_bytes

Cancelled = Callable[[], bool]

START_TIMEOUT_S = 30.0
_CANCEL_POLL_S = 0.1
_STDERR_BYTES = 4096
_OUT_OF_MEMORY = (b"memory allocation", b"bad_alloc", b"MemoryError", b"out of memory")
_BOOTSTRAP = (
    "import json, sys; start = json.loads(sys.argv[1]); sys.path[:] = start['path']; "
    "from kg.worker import main; main(start['connection'], start['lifeline'])"
)


class _Worker:
    """One worker process and our ends of its socket and its lifeline."""

    def __init__(self, settings: bytes) -> None:
        ours, theirs = socket.socketpair()
        their_lifeline, self._lifeline = os.pipe()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the worker
        self._owner = os.getpid()
        start = {
            "path": [entry or str(Path.cwd()) for entry in sys.path],
            "connection": theirs.fileno(),
            "lifeline": their_lifeline,
        }
        try:
            # Our own interpreter, our own code, no shell.
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-c", _BOOTSTRAP, json.dumps(start)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                pass_fds=(theirs.fileno(), their_lifeline),
            )
        except OSError:
            ours.close()
            os.close(self._lifeline)
            self._errors.close()
            raise
        finally:
            theirs.close()
            os.close(their_lifeline)
        self._connection = Connection(ours.detach())
        self._connection.send_bytes(settings)
        self._is_ready = False
        self._was_killed = False
        self.is_reusable = True  # false while a request is under way, and for good if that ends badly

    @property
    def process_id(self) -> int:
        return self._process.pid

    def ask(self, request: Request, budget: Budget, cancelled: Cancelled | None) -> bytes:
        """Have one request answered, or leave the worker not reusable.

        Raises: KgError as reported by the worker, QueryTimeout, MemoryExceeded, QueryFailed, ResultTooLarge.
        """
        self.is_reusable = False
        self.await_ready(cancelled)
        chunks: list[bytes] = []
        size = 0
        deadline_s = time.monotonic() + budget.timeout_s
        try:
            self._connection.send_bytes(request.to_bytes())
            while True:
                self._await_message(deadline_s, cancelled, budget.timeout_s)
                message = self._connection.recv_bytes()
                kind, content = message[:1].upper(), memoryview(message)[1:]
                is_fit = message[:1].isupper()
                if kind not in {CHUNK, LAST}:
                    self.is_reusable = is_fit and kind == FAILED
                    raise self._failure(kind, bytes(content), budget)
                size += len(content)
                if size > budget.max_bytes:
                    raise ResultTooLarge("max_result_bytes", budget.max_bytes, "bytes")
                chunks.append(bytes(content))
                if kind == LAST:
                    self.is_reusable = is_fit
                    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
        except (EOFError, ConnectionResetError, BrokenPipeError) as error:
            raise self._cause_of_death(budget) from error

    def await_ready(self, cancelled: Cancelled | None) -> None:
        """Wait until the worker has opened the store. Raises: StoreUnavailable, QueryTimeout, QueryFailed."""
        if self._is_ready:
            return
        try:
            self._await_message(time.monotonic() + START_TIMEOUT_S, cancelled, START_TIMEOUT_S)
            message = self._connection.recv_bytes()
        except (EOFError, ConnectionResetError) as error:
            self.is_reusable = False
            raise StoreUnavailable("the query worker did not start") from error
        if message[:1] == NOT_OPENED:
            self.is_reusable = False
            raise StoreUnavailable(message[1:].decode())
        self._is_ready = message == READY

    def _await_message(self, deadline_s: float, cancelled: Cancelled | None, timeout_s: float) -> None:
        while True:
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                raise QueryTimeout("query_timeout_s", timeout_s, "s")
            if self._connection.poll(left_s if cancelled is None else min(left_s, _CANCEL_POLL_S)):
                return
            if cancelled is not None and cancelled():
                raise QueryFailed("it was cancelled")

    def _failure(self, kind: bytes, content: bytes, budget: Budget) -> KgError:
        if kind == FAILED:
            return report_from_bytes(content)
        if kind == NO_MEMORY:
            return MemoryExceeded("query_memory_bytes", budget.memory_bytes, "bytes")
        return QueryFailed("the query worker answered nonsense")

    def _cause_of_death(self, budget: Budget) -> KgError:
        if self._was_killed:
            return StoreUnavailable("the store has been closed")
        try:
            status = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return QueryFailed("the engine stopped answering")
        self._errors.seek(0)
        last_words = self._errors.read(_STDERR_BYTES)
        if status == -signal.SIGKILL or any(sign in last_words for sign in _OUT_OF_MEMORY):
            return MemoryExceeded("query_memory_bytes", budget.memory_bytes, "bytes")
        return QueryFailed("the engine crashed on it, which only ends this query")

    def kill(self) -> None:
        """Kill the process, unless a forked child asks. Whoever waits for its answer sees the end of file."""
        self._was_killed = True
        if self._owner == os.getpid():
            self._process.kill()

    def close_ends(self) -> None:
        """Close our ends of the socket and the lifeline, once nobody waits for an answer."""
        self._connection.close()
        os.close(self._lifeline)
        self._errors.close()

    def is_gone(self) -> bool:
        """Whether the killed process has been reaped; freeing gigabytes takes it a moment."""
        return self._process.poll() is not None

    def reap(self) -> None:
        """Wait for the killed process to be gone."""
        if self._owner == os.getpid():
            self._process.wait()


def _dismiss_all(alive: set[_Worker], idle: list[_Worker], dying: set[_Worker]) -> None:
    for worker in alive:
        worker.kill()
    for worker in idle:
        worker.close_ends()
    for worker in alive | dying:
        worker.reap()
    for workers in (alive, idle, dying):
        workers.clear()


class WorkerPool:
    """Up to ``size`` workers on one store; requests beyond that wait in a bounded queue.

    Started on first use, or beforehand by :meth:`start`.

    Args:
        store: the folder that kg.engine wrote.
        size: how many queries run at once.
        max_waiting: how many more may wait; the next one is told to come back later.
    """

    def __init__(
        self,
        store: Path,
        *,
        union_default_graph: bool,
        prefixes: Mapping[str, str],
        size: int = 1,
        max_waiting: int = 32,
    ) -> None:
        settings = {
            "store": str(store),
            "union_default_graph": union_default_graph,
            "prefixes": dict(prefixes),
            "base_iri": BASE,
        }
        self._settings = json.dumps(settings).encode()
        self._size = size
        self._max_waiting = max_waiting
        self._reset()

    def _reset(self) -> None:
        self._owner = os.getpid()
        self._changed = threading.Condition()
        self._idle: list[_Worker] = []
        self._alive: set[_Worker] = set()
        self._dying: set[_Worker] = set()
        self._starting = 0
        self._waiting = 0
        self._is_closed = False
        # Also when the pool is forgotten, and when the interpreter ends.
        self._finalizer = weakref.finalize(self, _dismiss_all, self._alive, self._idle, self._dying)

    def start(self) -> None:
        """Start all workers now, and wait until they are ready. Raises: StoreUnavailable."""
        workers: list[_Worker] = []
        try:
            while len(workers) < self._size:
                workers.append(self._acquire(Budget(), None))
            for worker in workers:
                worker.await_ready(None)
        finally:
            for worker in workers:
                self._release(worker)

    def process_ids(self) -> frozenset[int]:
        """The workers that live now."""
        with self._changed:
            return frozenset(worker.process_id for worker in self._alive)

    def run(
        self,
        operation: SparqlOperation,
        media_type: str,
        budget: Budget,
        cancelled: Cancelled | None = None,
    ) -> bytes:
        """Have a query answered by a worker; ``cancelled`` is asked ten times a second whether to give up.

        Raises: Overloaded; QueryTimeout; ResultTooLarge; MemoryExceeded; QuerySyntaxError; QueryRefused;
            InvalidParameter; QueryFailed; StoreUnavailable.
        """
        worker = self._acquire(budget, cancelled)
        try:
            request = Request(operation, media_type, budget.max_bytes, budget.memory_bytes)
            return worker.ask(request, budget, cancelled)
        finally:
            self._release(worker)

    def close(self) -> None:
        """Kill all workers and wait until they are gone. Queries under way fail; closing twice is fine."""
        with self._changed:
            self._is_closed = True
            self._finalizer()
            self._changed.notify_all()

    def _acquire(self, budget: Budget, cancelled: Cancelled | None) -> _Worker:
        if self._owner != os.getpid():
            self._reset()  # a forked process may not share its parent's workers
        with self._changed:
            if not self._is_available() and self._waiting >= self._max_waiting:
                raise Overloaded
            self._waiting += 1
            try:
                self._wait_until_available(budget.timeout_s, cancelled)
            finally:
                self._waiting -= 1
            if self._idle:
                return self._idle.pop()
            self._starting += 1
        return self._launched()

    def _is_available(self) -> bool:
        return self._is_closed or bool(self._idle) or len(self._alive) + self._starting < self._size

    def _wait_until_available(self, timeout_s: float, cancelled: Cancelled | None) -> None:
        """Wait for an idle worker or for a place to start one. The caller holds the lock."""
        deadline_s = time.monotonic() + timeout_s
        while not self._is_available():
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                raise Overloaded
            if cancelled is not None and cancelled():
                raise QueryFailed("it was cancelled")
            self._changed.wait(left_s if cancelled is None else min(left_s, _CANCEL_POLL_S))
        if self._is_closed:
            raise StoreUnavailable("the store has been closed")

    def _launched(self) -> _Worker:
        """Start a worker in a place that the caller has taken (``_starting``)."""
        worker: _Worker | None = None
        try:
            worker = _Worker(self._settings)
        except OSError as error:
            raise Overloaded from error
        finally:
            with self._changed:
                self._starting -= 1
                if worker is not None and not self._is_closed:
                    self._alive.add(worker)
                self._changed.notify()
        if worker not in self._alive:
            worker.kill()
            worker.close_ends()
            worker.reap()
            raise StoreUnavailable("the store has been closed")
        return worker

    def _release(self, worker: _Worker) -> None:
        """Take a worker back, or replace it if its request ended badly."""
        with self._changed:
            self._dying.difference_update([each for each in self._dying if each.is_gone()])
            if worker not in self._alive:
                worker.close_ends()  # the pool was closed meanwhile
                return
            if worker.is_reusable:
                self._idle.append(worker)
                self._changed.notify()
                return
            worker.kill()
            worker.close_ends()
            self._alive.remove(worker)
            self._dying.add(worker)
            self._starting += 1
        # What went wrong with the request is the news, not that no process could be started: the next
        # request tries again.
        with suppress(Overloaded, StoreUnavailable):
            replacement = self._launched()
            with self._changed:
                if replacement in self._alive:
                    self._idle.append(replacement)
                    self._changed.notify()
