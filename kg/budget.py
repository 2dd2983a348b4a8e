"""What a request may cost. A budget comes from outside; the core never looks at wall time for a result."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from kg.errors import InvalidParameter, QueryCancelled, QueryTimeout, ResultTooLarge

DEFAULT_TIMEOUT_S = 10.0
MAX_TIMEOUT_S = 60.0
SEARCH_TIMEOUT_S = 5.0  # for paths, mechanisms and walks: then they say what they found and that they were cut


@dataclass(frozen=True)
class Budget:
    """Limits of one query.

    Attributes:
        timeout_s: seconds from the moment a worker starts on it.
        max_bytes: size of the serialised answer.
        max_rows: solutions or triples returned to Python callers.
        memory_bytes: address space of the worker process.
    """

    timeout_s: float = DEFAULT_TIMEOUT_S
    max_bytes: int = 64 * 1024 * 1024
    max_rows: int = 1_000_000
    memory_bytes: int = 2 * 1024**3

    def __post_init__(self) -> None:
        if not 0 < self.timeout_s <= MAX_TIMEOUT_S:
            raise InvalidParameter(
                "timeout", f"{self.timeout_s:g}", f"more than 0 and at most {MAX_TIMEOUT_S:g} seconds"
            )

    def out_of_time(self) -> QueryTimeout:
        """That the time is over, told by the name of the setting that allots it."""
        return QueryTimeout("query_timeout_s", self.timeout_s, "s")

    def too_large(self) -> ResultTooLarge:
        """That the answer is too large, likewise."""
        return ResultTooLarge("max_result_bytes", self.max_bytes, "bytes")


Cancelled = Callable[[], bool]
_asked_now: ContextVar[tuple[Cancelled | None, str]] = ContextVar("asked", default=(None, ""))


@contextmanager
def cancellable(cancelled: Cancelled | None, client: str = "") -> Iterator[None]:
    """Everything asked of a graph inside ends with QueryCancelled soon after ``cancelled`` has said True.

    Pages and questions ask a graph many things one after the other; who waits for them is known only outside.

    Args:
        cancelled: None if nobody can say.
        client: who waits; those who wait for workers get them in turns by client.
    """
    token = _asked_now.set((cancelled, client))
    try:
        yield
    finally:
        _asked_now.reset(token)


def cancelled_now() -> Cancelled | None:
    """What tells whether to give up what is under way here; None if nobody can say."""
    return _asked_now.get()[0]


def client_now() -> str:
    """Who waits for what is under way here; empty if nobody has said."""
    return _asked_now.get()[1]


@dataclass(frozen=True)
class Deadline:
    """A point on the monotonic clock after which a search stops and says that it was cut."""

    at_s: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """The point so many seconds from now."""
        return cls(time.monotonic() + seconds)

    def passed(self) -> bool:
        """Whether it is over. Raises: QueryCancelled once nobody waits any more."""
        cancelled = cancelled_now()
        if cancelled is not None and cancelled():
            raise QueryCancelled
        return time.monotonic() >= self.at_s

    def left_s(self) -> float:
        """Seconds until then; negative once it is over."""
        return self.at_s - time.monotonic()
