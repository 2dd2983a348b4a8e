"""Two ways to wait: as a thread that blocks, or as a task of an event loop.

What a query has to wait for (a worker, its answer, the end of a process) is written once, as coroutines that wait by
way of a :class:`Waits`. With :class:`Blocking` they never suspend, so that :func:`at_once` runs them like functions.
"""

from __future__ import annotations

import asyncio
import math
import select
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

from kg.budget import Cancelled, cancelled_now, client_now
from kg.errors import QueryCancelled

T = TypeVar("T")

CANCEL_POLL_S = 0.1
# A worker that answers goes on for so long after its client has left: most are done by then, and a killed one has to
# be replaced, which costs as much processor time.
LEAVING_S = 0.1
_TICK_S = 0.01


class Waits(Protocol):
    """How to wait. Every method raises QueryCancelled once nobody wants the answer any more."""

    @property
    def client(self) -> str:
        """Who waits: each client has its share of the workers; empty for who is nobody in particular."""

    @property
    def cancelled(self) -> Cancelled | None:
        """Tells whether to give up, for work that blocks; None if nobody can say."""

    async def readable(self, descriptor: int, seconds: float) -> bool:
        """Wait until a socket has something to read. Returns: whether it has, else the time is over."""

    async def done(self, turn: Future[Any], seconds: float) -> bool:
        """Wait until another thread has done something. Returns: whether it has, else the time is over."""

    async def call(self, function: Callable[[], T]) -> T:
        """Do something that may block."""


def at_once(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that waits by :class:`Blocking` only, and therefore never suspends."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    coroutine.close()
    raise RuntimeError("a coroutine was to run at once, and waits for an event loop")


class Blocking:
    """Waits in the calling thread.

    Args:
        cancelled: asked ten times a second whether to give up; by default what :func:`kg.budget.cancellable` says.
    """

    def __init__(self, cancelled: Cancelled | None = None) -> None:
        self.cancelled = cancelled or cancelled_now()
        self.client = client_now()

    async def readable(self, descriptor: int, seconds: float) -> bool:
        """See :meth:`Waits.readable`."""
        news = select.poll()
        news.register(descriptor, select.POLLIN)
        return self._until(lambda wait_s: bool(news.poll(math.ceil(1000 * wait_s))), seconds, leaving_s=LEAVING_S)

    async def done(self, turn: Future[Any], seconds: float) -> bool:
        """See :meth:`Waits.done`."""
        return self._until(lambda wait_s: _is_done(turn, wait_s), seconds, leaving_s=0)

    async def call(self, function: Callable[[], T]) -> T:
        """See :meth:`Waits.call`."""
        return function()

    def _until(self, look: Callable[[float], bool], seconds: float, leaving_s: float) -> bool:
        deadline_s = time.monotonic() + seconds
        while True:
            left_s = max(0.0, deadline_s - time.monotonic())
            if look(left_s if self.cancelled is None else min(left_s, CANCEL_POLL_S)):
                return True
            if self.cancelled is not None and self.cancelled():
                if look(min(left_s, leaving_s)):
                    return True
                raise QueryCancelled
            if left_s == 0:
                return False


def _is_done(turn: Future[Any], wait_s: float) -> bool:
    try:
        turn.exception(wait_s)  # whoever waited reads it; here it only says that the turn has come
    except TimeoutError:
        return False
    return True


class _Alarms:
    """Timers of one event loop that may be late by a tick: one timer of the loop looks after all, which costs less."""

    def __init__(self) -> None:
        self._due: dict[object, tuple[float, Callable[[], None]]] = {}
        self._is_ticking = False

    def set(self, loop: asyncio.AbstractEventLoop, key: object, seconds: float, ring: Callable[[], None]) -> None:
        """Call a function after some seconds, unless its key is put out before."""
        self._due[key] = time.monotonic() + seconds, ring
        if not self._is_ticking:
            self._is_ticking = True
            loop.call_later(_TICK_S, self._tick, loop)

    def put_out(self, key: object) -> None:
        """Forget one, if it has not rung."""
        self._due.pop(key, None)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        now_s = time.monotonic()
        for key in [key for key, (at_s, _) in self._due.items() if at_s <= now_s]:
            loop.call_soon(self._due.pop(key)[1])  # one that fails ends no other
        self._is_ticking = bool(self._due)
        if self._is_ticking:
            loop.call_later(_TICK_S, self._tick, loop)


_alarms_of: WeakKeyDictionary[asyncio.AbstractEventLoop, _Alarms] = WeakKeyDictionary()


class InLoop:
    """Waits in the running event loop, for one request; used in the loop's thread only.

    Args:
        threads: where what blocks is done.
        client: see :attr:`Waits.client`.
    """

    def __init__(self, threads: Executor, client: str = "") -> None:
        self.client = client
        self._loop = asyncio.get_running_loop()
        self._alarms = _alarms_of.get(self._loop) or _alarms_of.setdefault(self._loop, _Alarms())
        self._threads = threads
        self._pending: asyncio.Future[bool] | None = None
        self._is_given_up = False

    def cancelled(self) -> bool:
        """See :attr:`Waits.cancelled`."""
        return self._is_given_up

    def give_up(self) -> None:
        """Nobody wants the answer any more."""
        self._is_given_up = True
        if self._pending is not None and not self._pending.done():
            self._pending.set_exception(QueryCancelled())

    def after(self, seconds: float, ring: Callable[[], None]) -> None:
        """Call a function then, unless this request is :meth:`over` before."""
        self._alarms.set(self._loop, self, seconds, ring)

    def over(self) -> None:
        """The request has been answered."""
        self._alarms.put_out(self)

    async def readable(self, descriptor: int, seconds: float) -> bool:
        """See :meth:`Waits.readable`."""
        pending = self._begun()
        self._loop.add_reader(descriptor, _happened, pending)
        try:
            return await self._settled(pending, seconds)
        finally:
            self._loop.remove_reader(descriptor)

    async def done(self, turn: Future[Any], seconds: float) -> bool:
        """See :meth:`Waits.done`."""
        pending = self._begun()
        mine = threading.get_ident()

        def wake(_: Future[Any]) -> None:
            if threading.get_ident() == mine:
                _happened(pending)
            else:
                self._loop.call_soon_threadsafe(_happened, pending)

        turn.add_done_callback(wake)
        return await self._settled(pending, seconds)

    async def call(self, function: Callable[[], T]) -> T:
        """See :meth:`Waits.call`. What is under way in a thread goes on until it looks at :meth:`cancelled`."""
        return await self._loop.run_in_executor(self._threads, function)

    def _begun(self) -> asyncio.Future[bool]:
        if self._is_given_up:
            raise QueryCancelled
        self._pending = self._loop.create_future()
        return self._pending

    async def _settled(self, pending: asyncio.Future[bool], seconds: float) -> bool:
        self._alarms.set(self._loop, pending, seconds, partial(_ran_out, pending))
        try:
            return await pending
        finally:
            self._alarms.put_out(pending)
            self._pending = None


def _happened(pending: asyncio.Future[bool]) -> None:
    if not pending.done():
        pending.set_result(True)


def _ran_out(pending: asyncio.Future[bool]) -> None:
    if not pending.done():
        pending.set_result(False)
