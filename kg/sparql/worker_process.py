"""One worker process as its parent sees it: started, asked, killed. The pool of them is kg.sparql.workers."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kg.budget import Budget
from kg.errors import KgError, MemoryExceeded, QueryFailed, StoreUnavailable
from kg.sparql.waits import Blocking, Waits, at_once
from kg.sparql.worker import (
    ANSWER_HEAD,
    CHUNK,
    FAILED,
    LAST,
    NO_MEMORY,
    READ_BYTES,
    READY,
    Request,
    report_from_bytes,
    with_head,
)

START_TIMEOUT_S = 30.0
_LOW_PRIORITY = 15
# A query is long if it has had this share of the processor; one that had less has waited, on a busy machine, for its
# turn. After so many times the patience it counts as long in any case.
_SHARE = 0.25
_MAX_TIMES = 10
_STDERR_BYTES = 4096
_OUT_OF_MEMORY = (b"memory allocation", b"bad_alloc", b"MemoryError", b"out of memory")
_ENDED_BY_OTHERS = frozenset(
    -number for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
)
_SYSTEM_COUNTS = Path("/proc/vmstat")
# glibc would reserve address space for each thread, several hundred megabytes of what a query may take; and of freed
# pieces it would keep seven of a size at hand, where the engine takes and frees hundreds. Other libraries ignore both.
_ARENAS = {"MALLOC_ARENA_MAX": "1"}
_KEPT_PIECES = "glibc.malloc.tcache_count=127"
_BOOTSTRAP = (
    "import json, sys; start = json.loads(sys.argv[1]); sys.path[:] = start['path']; "
    "from kg.sparql.worker import main; main(start['connection'], start['lifeline'])"
)


def _environment() -> dict[str, str]:
    theirs = os.environ.get("GLIBC_TUNABLES")
    return {**os.environ, **_ARENAS, "GLIBC_TUNABLES": f"{theirs}:{_KEPT_PIECES}" if theirs else _KEPT_PIECES}


def killed_for_memory() -> int | None:
    """How many processes the system has killed for want of memory; None where it does not tell."""
    with suppress(OSError):
        for line in _SYSTEM_COUNTS.read_text("ascii").splitlines():
            name, _, count = line.partition(" ")
            if name == "oom_kill":
                return int(count)
    return None


class OutOfPatience(Exception):
    """The caller will not wait any longer for this worker; the query may be tried elsewhere."""


@dataclass(frozen=True)
class Patience:
    """What happens if an answer does not begin within some seconds, in which the worker had the processor.

    Attributes:
        seconds: from the moment the worker has the query; more on a busy machine.
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
                env=_environment(),
            )
        except OSError:
            ours.close()
            os.close(self._lifeline)
            self._errors.close()
            raise
        finally:
            theirs.close()
            os.close(their_lifeline)
        self._socket = ours
        self._received = bytearray()  # what has been read and is no whole message yet
        self._socket.sendall(with_head(settings))
        self._was_killed = False
        self._killed_before = killed_for_memory()
        self.is_reusable = True  # false while a request is under way, and for good if that ends badly

    @property
    def process_id(self) -> int:
        """Of the operating system."""
        return self._process.pid

    async def ask(self, request: Request, budget: Budget, waits: Waits, patience: Patience | None = None) -> bytes:
        """Have one request answered, or leave the worker not reusable.

        Raises: KgError as reported by the worker, QueryTimeout, MemoryExceeded, QueryFailed, ResultTooLarge;
            OutOfPatience.
        """
        self.is_reusable = False
        chunks: list[bytes] = []
        size = 0
        deadline_s = time.monotonic() + budget.timeout_s
        try:
            # An idle worker reads at once, so that this does not block.
            self._socket.sendall(with_head(request.to_bytes()))
            if patience is not None and not await self._begins(patience, deadline_s, waits):
                patience.ends()
            while True:
                kind, content = await self._message(deadline_s, waits)
                is_fit = kind.isupper()
                if kind.upper() not in {CHUNK, LAST}:
                    self.is_reusable = is_fit and kind == FAILED
                    raise self._failure(kind.upper(), content, budget)
                size += len(content)
                if size > budget.max_bytes:
                    raise budget.too_large()
                chunks.append(content)
                if kind.upper() == LAST:
                    self.is_reusable = is_fit
                    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
        except TimeoutError:
            raise budget.out_of_time() from None
        except (EOFError, ConnectionResetError, BrokenPipeError) as error:
            raise await self._cause_of_death(budget, waits) from error

    async def _begins(self, patience: Patience, deadline_s: float, waits: Waits) -> bool:
        """Wait until patience or time ends. Returns: whether the answer begins, or its time is over."""
        before_s = self.cpu_s()
        for _ in range(_MAX_TIMES):
            wait_s = min(patience.seconds, deadline_s - time.monotonic())
            if wait_s <= 0 or await waits.readable(self._socket.fileno(), wait_s):
                return True
            if self.cpu_s() - before_s >= _SHARE * wait_s:
                break
        return False

    def cpu_s(self) -> float:
        """CPU time of the process in seconds; wall time where the platform does not tell it."""
        try:
            return time.clock_gettime(~self._process.pid << 3 | 2)  # Linux: the clock of a process
        except OSError:
            return time.monotonic()

    def await_ready(self) -> None:
        """Wait until the worker has opened the store. Raises: StoreUnavailable."""
        deadline_s = time.monotonic() + START_TIMEOUT_S
        try:
            kind, content = at_once(self._message(deadline_s, Blocking()))
        except (EOFError, ConnectionResetError, TimeoutError) as error:
            raise StoreUnavailable("the query worker did not start") from error
        if kind != READY:
            raise StoreUnavailable(content.decode())

    async def _message(self, deadline_s: float, waits: Waits) -> tuple[bytes, bytes]:
        """The kind and the content of the next message. Raises: TimeoutError, EOFError."""
        received = self._received
        while True:
            if len(received) >= ANSWER_HEAD.size:
                kind, size = ANSWER_HEAD.unpack_from(received)
                end = ANSWER_HEAD.size + size
                if len(received) >= end:
                    content = bytes(memoryview(received)[ANSWER_HEAD.size : end])
                    del received[:end]
                    return kind, content
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                raise TimeoutError
            try:
                data = self._socket.recv(READ_BYTES, socket.MSG_DONTWAIT)
            except BlockingIOError:
                await waits.readable(self._socket.fileno(), left_s)
                continue
            if not data:
                raise EOFError
            received += data

    def lower_priority(self) -> None:
        """Let all other processes go first, for good."""
        with suppress(ProcessLookupError, PermissionError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _LOW_PRIORITY)

    def _failure(self, kind: bytes, content: bytes, budget: Budget) -> KgError:
        if kind == FAILED:
            return report_from_bytes(content)
        if kind == NO_MEMORY:
            return MemoryExceeded("query_memory_bytes", budget.memory_bytes, "bytes")
        return QueryFailed("the query worker answered nonsense")

    async def _cause_of_death(self, budget: Budget, waits: Waits) -> KgError:
        if self._was_killed:
            return StoreUnavailable("the store has been closed")
        try:
            status = await waits.call(lambda: self._process.wait(timeout=5))
        except subprocess.TimeoutExpired:
            return QueryFailed("the engine stopped answering")
        self._errors.seek(0)
        last_words = self._errors.read(_STDERR_BYTES)
        # A worker over its own limit says so or breaks down; what kills it is the system, or somebody.
        is_systems_kill = status == -signal.SIGKILL and self._may_have_been_killed_for_memory()
        if is_systems_kill or any(sign in last_words for sign in _OUT_OF_MEMORY):
            return MemoryExceeded("query_memory_bytes", budget.memory_bytes, "bytes")
        if status in _ENDED_BY_OTHERS:
            return QueryFailed("somebody ended the process that worked on it; the next one can run it")
        return QueryFailed("the engine crashed on it, which only ends this query")

    def _may_have_been_killed_for_memory(self) -> bool:
        now = killed_for_memory()
        return now is None or self._killed_before is None or now > self._killed_before

    def kill(self) -> None:
        """Kill the process, unless a forked child asks. Whoever waits for its answer sees the end of file."""
        self._was_killed = True
        if self._owner == os.getpid():
            self._process.kill()

    def close_ends(self) -> None:
        """Close our ends of the socket and the lifeline, once nobody waits for an answer."""
        self._socket.close()
        os.close(self._lifeline)
        self._errors.close()

    def is_gone(self) -> bool:
        """Whether the killed process has been reaped; freeing gigabytes takes it a moment."""
        return self._process.poll() is not None

    def reap(self) -> None:
        """Wait for the killed process to be gone."""
        if self._owner == os.getpid():
            self._process.wait()
