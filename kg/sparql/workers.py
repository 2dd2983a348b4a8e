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
import weakref
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from kg.budget import Budget, Cancelled
from kg.errors import Overloaded, StoreUnavailable
from kg.identifiers import BASE
from kg.sparql.query import SparqlOperation
from kg.sparql.waits import Blocking, Waits, at_once
from kg.sparql.worker import Request
from kg.sparql.worker_process import Worker


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
        self._queue: deque[Future[Worker]] = deque()
        self._starting = 0
        self._started = 0
        self._is_closed = False
        # Also when the pool is forgotten, and when the interpreter ends.
        self._finalizer = weakref.finalize(self, _dismiss_all, self._alive, self._idle, self._dying)

    def start(self) -> None:
        """Start all workers now, and wait until they are ready. Raises: StoreUnavailable."""
        waits = Blocking()
        workers: list[Worker] = []
        try:
            while len(workers) < self._size:
                workers.append(at_once(self.acquire(Budget(), waits)))
            for worker in workers:
                at_once(worker.await_ready(waits))
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
            return PoolState(alive, alive - len(self._idle), len(self._queue), self._started)

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
        return at_once(self.answer(Request.within(budget, operation, media_type), budget, Blocking(cancelled)))

    async def answer(self, request: Request, budget: Budget, waits: Waits) -> bytes:
        """The same as :meth:`run`, however its caller waits."""
        worker = await self.acquire(budget, waits)
        try:
            return await worker.ask(request, budget, waits)
        finally:
            self.release(worker)

    def close(self) -> None:
        """Kill all workers and wait until they are gone. Queries under way fail; closing twice is fine."""
        with self._changed:
            self._is_closed = True
            self._finalizer()
            while self._queue:
                self._queue.popleft().set_exception(StoreUnavailable("the store has been closed"))
            self._changed.wait_for(lambda: not self._starting)

    async def acquire(self, budget: Budget, waits: Waits) -> Worker:
        """Take a worker, waiting in the queue if need be; :meth:`release` it. Raises: Overloaded, QueryFailed."""
        found = self._idle_or_turn()
        if isinstance(found, Worker):
            return found
        has_come = False
        try:
            has_come = await waits.done(found, budget.timeout_s)
        finally:
            if not has_come:
                self._withdraw(found)
        if not has_come:
            raise Overloaded
        return found.result()

    def _withdraw(self, turn: Future[Worker]) -> None:
        with self._changed:
            if turn in self._queue:
                self._queue.remove(turn)
                return
        if turn.exception() is None:
            self.release(turn.result())  # it came just now

    def _idle_or_turn(self) -> Worker | Future[Worker]:
        """A worker, or a place in the queue for one."""
        if self._owner != os.getpid():
            self._reset()  # a forked process may not share its parent's workers
        with self._changed:
            if self._is_closed:
                raise StoreUnavailable("the store has been closed")
            if self._idle:
                # One that is still starting only if there is no other.
                ready = [place for place, worker in enumerate(self._idle) if worker.has_started()]
                return self._idle.pop(ready[-1] if ready else -1)
            can_start = len(self._alive) + self._starting < self._size
            if not can_start and len(self._queue) - self._starting >= self._max_waiting:
                raise Overloaded
            turn: Future[Worker] = Future()
            self._queue.append(turn)
            if can_start:
                self._start_one()
            return turn

    def _start_one(self) -> None:
        """Start a worker for whoever comes next, in a thread: it takes some milliseconds. The caller holds the lock."""
        self._starting += 1
        try:
            threading.Thread(target=self._launch, daemon=True, name="worker-start").start()
        except RuntimeError as error:  # no more threads
            self._end_start(None, error)

    def _launch(self) -> None:
        worker: Worker | None = None
        problem: Exception | None = None
        try:
            worker = Worker(self._settings)
            if self._is_background:
                worker.lower_priority()
        except OSError as error:
            problem = error
        with self._changed:
            self._end_start(worker, problem)

    def _end_start(self, worker: Worker | None, problem: Exception | None) -> None:
        """Count a start, which may have failed: then who has waited longest may come back later."""
        self._starting -= 1
        self._started += 1
        if worker is not None and self._is_closed:
            worker.kill()
            worker.close_ends()
            worker.reap()
        elif worker is not None:
            self._alive.add(worker)
            self._offer(worker)
        elif self._queue:
            overloaded = Overloaded()
            overloaded.__cause__ = problem
            self._queue.popleft().set_exception(overloaded)
        self._changed.notify_all()

    def _offer(self, worker: Worker) -> None:
        """Give a worker to who has waited longest, or keep it. The caller holds the lock."""
        if self._queue:
            self._queue.popleft().set_result(worker)
        else:
            self._idle.append(worker)

    def release(self, worker: Worker) -> None:
        """Take a worker back, or replace it if its request ended badly."""
        with self._changed:
            self._dying.difference_update([each for each in self._dying if each.is_gone()])
            if worker not in self._alive:
                worker.close_ends()  # the pool was closed meanwhile
            elif worker.is_reusable:
                self._offer(worker)
            else:
                worker.kill()
                worker.close_ends()
                self._alive.remove(worker)
                self._dying.add(worker)
                self._start_one()

    def hand_over(self, worker: Worker, other: WorkerPool) -> bool:
        """Move a worker in the middle of its query to another pool, if that has a place; another one starts here."""
        if not other._adopt(worker):
            return False
        with self._changed:
            if worker not in self._alive:
                return True  # this pool was closed meanwhile, and the worker killed
            self._alive.remove(worker)
            self._start_one()
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
