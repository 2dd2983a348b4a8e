"""Who is next: callers that wait for a worker, the client first that has had the least of them lately.

In one queue for all, whoever asks for much at once keeps everybody else waiting, and fills it so that they are refused.
Here a client waits for itself: what its queries took counts against it for some seconds, and where there is no place
left, it is the one with the most places that gives one up. The last free worker is for those who use less than others
do. Clients that cannot be told apart are served as they come.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

_HALF_LIFE_S = 10.0
_FORGOTTEN_S = 60.0
_MAX_CLIENTS = 10_000


class Turns(Generic[T]):
    """Waiting things by client. Not thread-safe: the pool has a lock.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waiting: dict[str, deque[T]] = {}  # clients in the order in which their first one came
        # Seconds of work, and when they counted: of each client, the latest last.
        self._used: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._sums = (0.0, 0.0, 0.0)  # of them all, of their squares, and when
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, client: str, turn: T) -> None:
        """Let it wait, behind those of the same client."""
        self._waiting.setdefault(client, deque()).append(turn)
        self._count += 1

    def first(self) -> str:
        """The client that is next: that has used least, and of equals who came first."""
        return min(self._waiting, key=self._used_s) if len(self._waiting) > 1 else next(iter(self._waiting))

    def next(self) -> T:
        """Take out who is next."""
        client = self.first()
        return self._taken(client, self._waiting[client].popleft())

    def is_modest(self, client: str) -> bool:
        """Whether it has used no more than who had the average second of work; whoever is alone has not."""
        used_s, squares, _ = self._sums_now()
        return self._used_s(client) * used_s <= squares * (1 + 1e-9)

    def give_way(self, client: str) -> T | None:
        """Take out the last of those who wait most, so that a client gets a place; None if that would be no fairer."""
        most = max(self._waiting, key=lambda each: len(self._waiting[each]), default=client)
        if len(self._waiting.get(most, ())) <= len(self._waiting.get(client, ())) + 1:
            return None
        return self._taken(most, self._waiting[most].pop())

    def withdraw(self, client: str, turn: T) -> bool:
        """Take out one that waits no longer. Returns: whether it was still waiting."""
        if turn not in self._waiting.get(client, ()):
            return False
        self._waiting[client].remove(turn)
        self._taken(client, turn)
        return True

    def charge(self, client: str, seconds: float) -> None:
        """Count the processor time that a query of a client took."""
        now_s = self._clock()
        before_s = self._used_s(client)
        used_s, squares, _ = self._sums_now()
        self._sums = used_s + seconds, squares + (before_s + seconds) ** 2 - before_s**2, now_s
        self._used[client] = before_s + seconds, now_s
        self._used.move_to_end(client)
        while len(self._used) > _MAX_CLIENTS or next(iter(self._used.values()))[1] < now_s - _FORGOTTEN_S:
            oldest = next(iter(self._used))
            left_s, (used_s, squares, _) = self._used_s(oldest), self._sums_now()
            self._sums = max(0.0, used_s - left_s), max(0.0, squares - left_s**2), now_s
            del self._used[oldest]

    def _used_s(self, client: str) -> float:
        return _left(*self._used.get(client, (0.0, 0.0)), self._clock())

    def _sums_now(self) -> tuple[float, float, float]:
        used_s, squares, then_s = self._sums
        now_s = self._clock()
        return _left(used_s, then_s, now_s), _left(_left(squares, then_s, now_s), then_s, now_s), now_s

    def _taken(self, client: str, turn: T) -> T:
        self._count -= 1
        if not self._waiting[client]:
            del self._waiting[client]
        return turn


def _left(used_s: float, then_s: float, now_s: float) -> float:
    """What still counts of seconds used some time ago."""
    return used_s * 0.5 ** ((now_s - then_s) / _HALF_LIFE_S) if used_s else 0.0
