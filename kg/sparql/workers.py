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
import threading
import time
import weakref
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kg.budget import Budget
from kg.errors import Overloaded, QueryFailed, StoreUnavailable
from kg.identifiers import BASE
from kg.sparql.query import SparqlOperation
from kg.sparql.worker import Request
from kg.sparql.worker_process import CANCEL_POLL_S, Cancelled, Worker

__all__ = ["Cancelled", "PoolState", "WorkerPool"]


@dataclass(frozen=True)
class PoolState:
    """How busy a pool is: workers that live, those at work, callers in the queue, workers ever started."""

    alive: int
    busy: int
    waiting: int
    started: int


def _dismiss_all(alive: set[Worker], idle: list[Worker], dying: set[Worker]) -> None:
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
        is_background: whether all other processes go first.
        may_call: whether queries may open sockets (SERVICE); never for queries of strangers unseen.
    """

    def __init__(
        self,
        store: Path,
        *,
        union_default_graph: bool,
        prefixes: Mapping[str, str],
        size: int = 1,
        max_waiting: int = 32,
        is_background: bool = False,
        may_call: bool = False,
    ) -> None:
        settings = {
            "store": str(store),
            "union_default_graph": union_default_graph,
            "prefixes": dict(prefixes),
            "base_iri": BASE,
            "may_call": may_call,
        }
        self._settings = json.dumps(settings).encode()
        self._size = size
        self._is_background = is_background
        self._max_waiting = max_waiting
        self._reset()

    def _reset(self) -> None:
        self._owner = os.getpid()
        self._changed = threading.Condition()
        self._idle: list[Worker] = []
        self._alive: set[Worker] = set()
        self._dying: set[Worker] = set()
        self._starting = 0
        self._started = 0
        self._waiting = 0
        self._is_closed = False
        # Also when the pool is forgotten, and when the interpreter ends.
        self._finalizer = weakref.finalize(self, _dismiss_all, self._alive, self._idle, self._dying)

    def start(self) -> None:
        """Start all workers now, and wait until they are ready. Raises: StoreUnavailable."""
        workers: list[Worker] = []
        try:
            while len(workers) < self._size:
                workers.append(self.acquire(Budget(), None))
            for worker in workers:
                worker.await_ready(None)
        finally:
            for worker in workers:
                self.release(worker)

    def process_ids(self) -> frozenset[int]:
        """The workers that live now."""
        with self._changed:
            return frozenset(worker.process_id for worker in self._alive)

    def state(self) -> PoolState:
        """How busy the pool is now, for metrics."""
        with self._changed:
            alive = len(self._alive)
            return PoolState(alive, alive - len(self._idle), self._waiting, self._started)

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
        worker = self.acquire(budget, cancelled)
        try:
            request = Request(operation, media_type, budget.max_bytes, budget.memory_bytes)
            return worker.ask(request, budget, cancelled)
        finally:
            self.release(worker)

    def close(self) -> None:
        """Kill all workers and wait until they are gone. Queries under way fail; closing twice is fine."""
        with self._changed:
            self._is_closed = True
            self._finalizer()
            self._changed.notify_all()

    def acquire(self, budget: Budget, cancelled: Cancelled | None) -> Worker:
        """Take a worker, waiting in the queue if need be; :meth:`release` it. Raises: Overloaded, QueryFailed."""
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
                # One that is still starting only if there is no other.
                ready = [place for place, worker in enumerate(self._idle) if worker.has_started()]
                return self._idle.pop(ready[-1] if ready else -1)
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
            self._changed.wait(left_s if cancelled is None else min(left_s, CANCEL_POLL_S))
        if self._is_closed:
            raise StoreUnavailable("the store has been closed")

    def _launched(self) -> Worker:
        """Start a worker in a place that the caller has taken (``_starting``)."""
        worker: Worker | None = None
        try:
            worker = Worker(self._settings)
            if self._is_background:
                worker.lower_priority()
        except OSError as error:
            raise Overloaded from error
        finally:
            with self._changed:
                self._starting -= 1
                self._started += 1
                if worker is not None and not self._is_closed:
                    self._alive.add(worker)
                self._changed.notify()
        if worker not in self._alive:
            worker.kill()
            worker.close_ends()
            worker.reap()
            raise StoreUnavailable("the store has been closed")
        return worker

    def release(self, worker: Worker) -> None:
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
        self._replace()

    def _replace(self) -> None:
        """Start a worker in a place that the caller has taken, for whoever comes next."""
        # What went wrong with the request is the news, not that no process could be started: the next
        # request tries again.
        with suppress(Overloaded, StoreUnavailable):
            replacement = self._launched()
            with self._changed:
                if replacement in self._alive:
                    self._idle.append(replacement)
                    self._changed.notify()

    def hand_over(self, worker: Worker, other: WorkerPool) -> bool:
        """Move a worker in the middle of its query to another pool, if that has a place; another one starts here."""
        if not other._adopt(worker):
            return False
        with self._changed:
            if worker not in self._alive:
                return True  # this pool was closed meanwhile, and the worker killed
            self._alive.remove(worker)
            self._starting += 1
        self._replace()
        return True

    def _adopt(self, worker: Worker) -> bool:
        with self._changed:
            if self._is_closed or len(self._alive) + self._starting - len(self._idle) >= self._size:
                return False
            if len(self._alive) + self._starting >= self._size:
                surplus = self._idle.pop()
                self._alive.remove(surplus)
                surplus.kill()
                surplus.close_ends()
                self._dying.add(surplus)
            self._alive.add(worker)
        worker.lower_priority()
        return True
