"""Two lanes, so that short queries never wait behind long ones.

Every query starts in the quick lane. One that has not begun to answer after a moment moves once to the slow lane: its
worker goes on with it, at lower priority, and the quick lane gets a new one. If the slow lane is full, the worker is
killed and the query waits in the slow lane's own bounded queue to begin anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.budget import Budget
from kg.errors import QueryCancelled, QueryFailed
from kg.sparql.lookup import Lookup
from kg.sparql.query import SparqlOperation
from kg.sparql.waits import Waits
from kg.sparql.worker import Request
from kg.sparql.worker_process import OutOfPatience, Patience
from kg.sparql.workers import PoolState, WorkerPool


@dataclass(frozen=True)
class LaneSizes:
    """How many queries run at once, and how many more may wait.

    Attributes:
        workers: processes of the quick lane.
        max_waiting: length of either queue.
        slow_workers: processes of the slow lane; 0 means that there is one lane only.
        quick_s: how long a query may stay in the quick lane.
        calling_workers: processes for queries that call other endpoints, where these are allowed.
    """

    workers: int = 1
    max_waiting: int = 32
    slow_workers: int = 0
    quick_s: float = 0.1
    calling_workers: int = 1


class Lanes:
    """Worker pools on one store, one behind the other; used like a :class:`kg.sparql.workers.WorkerPool`.

    Args:
        store: the folder that kg.sparql.engine wrote.
        sizes: of the lanes.
    """

    def __init__(
        self, store: Path, *, union_default_graph: bool, prefixes: Mapping[str, str], sizes: LaneSizes
    ) -> None:
        def pool(size: int, *, is_background: bool = False, may_call: bool = False) -> WorkerPool:
            return WorkerPool(
                store,
                union_default_graph=union_default_graph,
                prefixes=prefixes,
                size=size,
                max_waiting=sizes.max_waiting,
                is_background=is_background,
                may_call=may_call,
            )

        self._sizes = sizes
        self._quick = pool(sizes.workers)
        self._slow = pool(sizes.slow_workers, is_background=True) if sizes.slow_workers else None
        self._calling = pool(sizes.calling_workers, is_background=True, may_call=True)

    def start(self) -> None:
        """Start the quick lane now; the others start when they are needed. Raises: StoreUnavailable."""
        self._quick.start()

    def states(self) -> Mapping[str, PoolState]:
        """How busy each lane is."""
        pools = {"quick": self._quick, "slow": self._slow, "calling": self._calling}
        return {name: pool.state() for name, pool in pools.items() if pool is not None}

    def process_ids(self) -> frozenset[int]:
        """The workers of all lanes."""
        slow = self._slow.process_ids() if self._slow else frozenset[int]()
        return self._quick.process_ids() | slow | self._calling.process_ids()

    async def answer(
        self,
        operation: SparqlOperation | Lookup,
        media_type: str,
        budget: Budget,
        waits: Waits,
        *,
        is_calling: bool = False,
    ) -> bytes:
        """Have a query answered, however its caller waits; ``is_calling`` for one that asks other endpoints.

        What a look-up finds has a form of its own, whatever the media type.

        Raises: as :meth:`kg.sparql.workers.WorkerPool.answer`.
        """
        request = Request.within(budget, operation, media_type)
        if is_calling:
            return await self._answer_calling(request, budget, waits)
        slow = self._slow
        if slow is None or budget.timeout_s <= self._sizes.quick_s:
            return await self._quick.answer(request, budget, waits)
        lane = self._quick
        worker = await lane.acquire(budget, waits)

        def move() -> None:
            nonlocal lane
            if not self._quick.hand_over(worker, slow):
                raise OutOfPatience
            lane = slow

        try:
            return await worker.ask(request, budget, waits, Patience(self._sizes.quick_s, move))
        except OutOfPatience:
            pass
        finally:
            lane.release(worker)
        return await slow.answer(request, budget, waits)

    async def _answer_calling(self, request: Request, budget: Budget, waits: Waits) -> bytes:
        """By workers that may open sockets; nothing of what another endpoint says in its error reaches the client."""
        try:
            return await self._calling.answer(request, budget, waits)
        except QueryCancelled:
            raise
        except QueryFailed:
            raise QueryFailed("an endpoint that it asks did not answer") from None

    def close(self) -> None:
        """Kill all workers and wait until they are gone; closing twice is fine."""
        for pool in (self._quick, self._slow, self._calling):
            if pool is not None:
                pool.close()
