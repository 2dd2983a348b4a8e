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
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from kg.budget import Budget
from kg.errors import KgError, Overloaded, StoreUnavailable
from kg.identifiers import BASE
from kg.sparql.turns import Turns
from kg.sparql.waits import Blocking, Waits, at_once
from kg.sparql.worker import Request
from kg.sparql.worker_process import START_TIMEOUT_S, Worker

_UNRESERVED = 2  # so many workers are for whoever comes; of more, the last free one is for who uses little


@dataclass(frozen=True)
class PoolState:
    """How busy a pool is: workers that live, those at work, callers in the queue, workers ever started."""

    alive: int
    busy: int
    waiting: int
    started: int


def _dismiss_all(alive: set[Worker], idle: list[Worker], dying: set[Worker], unready: set[Worker]) -> None:
    for worker in alive | unready:
        worker.kill()
    for worker in idle:
        worker.close_ends()
    for worker in alive | dying:
        worker.reap()
    for workers in (alive, idle, dying):
        workers.clear()


class WorkerPool:
    """Up to ``size`` workers on one store; requests beyond that wait for their turn, a bounded number of them.

    Started on first use, or beforehand by :meth:`start`.

    Args:
        store: the folder that kg.sparql.engine wrote.
        size: how many queries run at once.
        max_waiting: how many more may wait; then who waits most often, or the next one, is told to come back later.
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
        self._reserve = 1 if size > _UNRESERVED else 0
        self._is_background = is_background
        self._max_waiting = max_waiting
        self._reset()

    def _reset(self) -> None:
        self._owner = os.getpid()
        self._changed = threading.Condition()
        self._idle: list[Worker] = []
        self._alive: set[Worker] = set()
        self._dying: set[Worker] = set()
        self._unready: set[Worker] = set()  # started, and nobody's yet
        self._queue: Turns[Future[Worker]] = Turns()
        # Workers at work: for which client, since when, and their processor time before.
        self._taken: dict[Worker, tuple[str, float, float]] = {}
        self._starting = 0
        self._started = 0
        self._is_closed = False
        # Also when the pool is forgotten, and when the interpreter ends.
        self._finalizer = weakref.finalize(self, _dismiss_all, self._alive, self._idle, self._dying, self._unready)

    def start(self) -> None:
        """Start all workers now, and wait until they are ready. Raises: StoreUnavailable."""
        with self._changed:
            while len(self._alive) + self._starting < self._size:
                self._start_one()
            self._changed.wait_for(lambda: not self._starting)
        self.release(at_once(self.acquire(Budget(), Blocking())))  # which says what was wrong, if none has come

    def process_ids(self) -> frozenset[int]:
        """The workers that live now."""
        with self._changed:
            return frozenset(worker.process_id for worker in self._alive)

    def state(self) -> PoolState:
        """How busy the pool is now, for metrics."""
        with self._changed:
            alive = len(self._alive)
            return PoolState(alive, alive - len(self._idle), len(self._queue), self._started)

    async def answer(self, request: Request, budget: Budget, waits: Waits) -> bytes:
        """Have a query answered by a worker, however its caller waits.

        Raises: Overloaded; QueryTimeout; ResultTooLarge; MemoryExceeded; QuerySyntaxError; QueryRefused;
            InvalidParameter; QueryFailed; StoreUnavailable.
        """
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
                self._queue.next().set_exception(StoreUnavailable("the store has been closed"))
            self._changed.wait_for(lambda: not self._starting)

    async def acquire(self, budget: Budget, waits: Waits) -> Worker:
        """Take a worker, waiting in the queue if need be; :meth:`release` it. Raises: Overloaded, QueryFailed."""
        for _ in range(self._size):
            worker = await self._next(budget, waits)
            if not worker.is_gone():
                break
            self.release(worker)  # somebody killed it while it had nothing to do, which is no query's fault
        else:
            worker = await self._next(budget, waits)
        self._take(worker, waits.client)
        return worker

    async def _next(self, budget: Budget, waits: Waits) -> Worker:
        found = self._idle_or_turn(waits.client)
        if isinstance(found, Worker):
            return found
        has_come = False
        try:
            has_come = await waits.done(found, START_TIMEOUT_S if self._awaits_start() else budget.timeout_s)
        finally:
            if not has_come:
                self._withdraw(waits.client, found)
        if not has_come:
            raise Overloaded
        return found.result()

    def _awaits_start(self) -> bool:
        """Whether everybody in the queue will get a worker that is being started now, or nobody has had one yet.

        How long a start takes is not their queries' affair, and there are not too many of these.
        """
        return not self._started or len(self._queue) <= self._starting

    def _withdraw(self, client: str, turn: Future[Worker]) -> None:
        with self._changed:
            if self._queue.withdraw(client, turn):
                return
        if turn.exception() is None:
            self.release(turn.result())  # it came just now

    def _idle_or_turn(self, client: str) -> Worker | Future[Worker]:
        """A worker, or a place in the queue for one. Raises: Overloaded, StoreUnavailable."""
        if self._owner != os.getpid():
            self._reset()  # a forked process may not share its parent's workers
        with self._changed:
            if self._is_closed:
                raise StoreUnavailable("the store has been closed")
            if len(self._idle) > self._reserve or (self._idle and self._queue.is_modest(client)):
                return self._idle.pop()
            can_start = len(self._alive) + self._starting < self._size
            if not can_start and len(self._queue) - self._starting >= self._max_waiting:
                given_up = self._queue.give_way(client)
                if given_up is None:
                    raise Overloaded
                given_up.set_exception(Overloaded())
            turn: Future[Worker] = Future()
            self._queue.add(client, turn)
            if can_start:
                self._start_one()
            return turn

    def _start_one(self) -> None:
        """Start a worker for whoever is next once it is ready, in a thread. The caller holds the lock."""
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
            with self._changed:
                self._unready.add(worker)
                if self._is_closed:
                    worker.kill()
            worker.await_ready()
        except (OSError, KgError) as error:
            problem = error
        with self._changed:
            self._end_start(worker, problem)

    def _end_start(self, worker: Worker | None, problem: Exception | None) -> None:
        """Count a start, which may have failed: then who is next is told so."""
        self._starting -= 1
        self._started += 1
        if worker is not None:
            self._unready.discard(worker)
            if problem is None and not self._is_closed:
                self._alive.add(worker)
                self._offer(worker)
            else:
                worker.kill()
                worker.close_ends()
                worker.reap()
        if problem is not None and self._queue:
            overloaded = Overloaded()
            overloaded.__cause__ = problem
            self._queue.next().set_exception(problem if isinstance(problem, KgError) else overloaded)
        self._changed.notify_all()

    def _offer(self, worker: Worker) -> None:
        """Give a worker to who is next, or keep it. The caller holds the lock."""
        if self._queue and (len(self._idle) >= self._reserve or self._queue.is_modest(self._queue.first())):
            self._queue.next().set_result(worker)
        else:
            self._idle.append(worker)

    def release(self, worker: Worker) -> None:
        """Take a worker back, or replace it if its request ended badly."""
        with self._changed:
            self._dying.difference_update([each for each in self._dying if each.is_gone()])
            self._charged(worker)
            if worker not in self._alive:
                worker.close_ends()  # the pool was closed meanwhile
            elif worker.is_reusable and not worker.is_gone():
                self._offer(worker)
            else:
                worker.kill()
                worker.close_ends()
                self._alive.remove(worker)
                self._dying.add(worker)
                self._start_one()

    def hand_over(self, worker: Worker, other: WorkerPool) -> bool:
        """Move a worker in the middle of its query to another pool, if that has a place; another one starts here."""
        if not other._adopt(worker, self._taken[worker][0]):
            return False
        with self._changed:
            self._charged(worker)
            if worker not in self._alive:
                return True  # this pool was closed meanwhile, and the worker killed
            self._alive.remove(worker)
            self._start_one()
        return True

    def _take(self, worker: Worker, client: str) -> None:
        self._taken[worker] = client, time.monotonic(), worker.cpu_s()

    def _charged(self, worker: Worker) -> None:
        """Count its work against the client that had it. The caller holds the lock."""
        if worker in self._taken:  # not if nobody waited for it any more when its turn came
            client, since_s, before_s = self._taken.pop(worker)
            # The process may be gone, and its clock with it.
            self._queue.charge(client, max(0.0, min(worker.cpu_s() - before_s, time.monotonic() - since_s)))

    def _adopt(self, worker: Worker, client: str) -> bool:
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
            self._take(worker, client)
        worker.lower_priority()
        return True
