"""Values that were made once and may be asked for again: those used last are kept, as far as there is room."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class MadeOnce(Generic[Value]):
    """A property that is made when first asked for, of objects that one thread uses.

    That of functools holds one lock for all objects of a class in Python 3.11: while one makes its value, others wait.
    """

    def __init__(self, make: Callable[[Any], Value]) -> None:
        self._make = make

    def __set_name__(self, _: type, name: str) -> None:
        self._name = name

    def __get__(self, owner: object, _: type | None = None) -> Value:
        value = self._make(owner)
        owner.__dict__[self._name] = value
        return value


class LruCache(Generic[Key, Value]):
    """Values by key, the least used go first. Thread-safe.

    Args:
        room: how much is kept.
        size: how much of that room a value takes.
    """

    def __init__(self, room: int, size: Callable[[Value], int] = lambda _: 1) -> None:
        self._room, self._size, self._taken = room, size, 0
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._values)

    def find(self, keys: Iterable[Key]) -> dict[Key, Value]:
        """Those that are kept."""
        with self._lock:
            known = {key: self._values[key] for key in keys if key in self._values}
            for key in known:
                self._values.move_to_end(key)
            return known

    def keep(self, made: Mapping[Key, Value]) -> None:
        """Keep what was made; of very much only the last."""
        with self._lock:
            for key, value in made.items():
                if key not in self._values:
                    self._values[key] = value
                    self._taken += self._size(value)
            while self._taken > self._room:
                self._taken -= self._size(self._values.popitem(last=False)[1])
