"""One worker process as its parent sees it: started, asked, killed. The pool of them is kg.workers."""

from __future__ import annotations

import json
import math
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from kg.budget import Budget
from kg.errors import KgError, MemoryExceeded, QueryFailed, QueryTimeout, ResultTooLarge, StoreUnavailable
from kg.sparql.worker import CHUNK, FAILED, LAST, NO_MEMORY, NOT_OPENED, READY, Request, report_from_bytes

Cancelled = Callable[[], bool]

START_TIMEOUT_S = 30.0
CANCEL_POLL_S = 0.1
_LOW_PRIORITY = 15
_STDERR_BYTES = 4096
_OUT_OF_MEMORY = (b"memory allocation", b"bad_alloc", b"MemoryError", b"out of memory")
_BOOTSTRAP = (
    "import json, sys; start = json.loads(sys.argv[1]); sys.path[:] = start['path']; "
    "from kg.sparql.worker import main; main(start['connection'], start['lifeline'])"
)


class OutOfPatience(Exception):
    """The caller will not wait any longer for this worker; the query may be tried elsewhere."""


@dataclass(frozen=True)
class Patience:
    """What happens if an answer does not begin within some seconds.

    Attributes:
        seconds: from the moment the worker has the query.
        ends: called once then; returns if the worker may go on, else raises OutOfPatience.
    """

    seconds: float
    ends: Callable[[], None]


class Worker:
    """One worker process and our ends of its socket and its lifeline; used by one thread at a time."""

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
            # Our own interpreter, our own code, no shell. The path is ours already, so that nothing of site (-S), which
            # takes a fifth of the start, is needed.
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-S", "-c", _BOOTSTRAP, json.dumps(start)],
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
        self._news = select.poll()  # made once: a Connection makes a selector for every look
        self._news.register(self._connection.fileno(), select.POLLIN)
        self._connection.send_bytes(settings)
        self._is_ready = False
        self._was_killed = False
        self.is_reusable = True  # false while a request is under way, and for good if that ends badly

    @property
    def process_id(self) -> int:
        """Of the operating system."""
        return self._process.pid

    def ask(
        self, request: Request, budget: Budget, cancelled: Cancelled | None, patience: Patience | None = None
    ) -> bytes:
        """Have one request answered, or leave the worker not reusable.

        Raises: KgError as reported by the worker, QueryTimeout, MemoryExceeded, QueryFailed, ResultTooLarge;
            OutOfPatience.
        """
        self.is_reusable = False
        self.await_ready(cancelled)
        chunks: list[bytes] = []
        size = 0
        start_s = time.monotonic()
        deadline_s = start_s + budget.timeout_s
        try:
            self._connection.send_bytes(request.to_bytes())
            if patience is not None and not self._is_answering(start_s + patience.seconds, cancelled):
                patience.ends()
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

    def has_started(self) -> bool:
        """Whether it could answer at once, or has failed to start."""
        return self._is_ready or bool(self._news.poll(0))

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

    def lower_priority(self) -> None:
        """Let all other processes go first, for good."""
        with suppress(ProcessLookupError, PermissionError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _LOW_PRIORITY)

    def _is_answering(self, until_s: float, cancelled: Cancelled | None) -> bool:
        """Wait for the beginning of an answer, but not for long."""
        try:
            self._await_message(until_s, cancelled, 0.0)
        except QueryTimeout:
            return False
        return True

    def _await_message(self, deadline_s: float, cancelled: Cancelled | None, timeout_s: float) -> None:
        while True:
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                raise QueryTimeout("query_timeout_s", timeout_s, "s")
            wait_s = left_s if cancelled is None else min(left_s, CANCEL_POLL_S)
            if self._news.poll(math.ceil(1000 * wait_s)):
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
