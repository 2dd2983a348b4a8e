"""Searches as machine code, where numba is installed (the extra ``fast``).

They give the very answers of ``kg.paths.shortest_path`` and ``kg.paths.best_paths``, ties included, which property
tests check; the only gain is time. Nothing but :mod:`kg.paths.kernels` imports this package, because that takes some
tenths of a second. Without numba the same functions run as plain Python, which is of use to tests only.

numba's cache knows when the file of a function changes and no other: constants stand in the file that uses them.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, TypeVar

Function = TypeVar("Function", bound=Callable[..., object])


class Jit(Protocol):
    """What is used of ``numba.njit``."""

    def __call__(
        self, signature: str | None = None, *, cache: bool, nogil: bool = False
    ) -> Callable[[Function], Function]:
        """A decorator."""


def _as_they_are(
    signature: str | None = None,  # noqa: ARG001
    *,
    cache: bool,  # noqa: ARG001
    nogil: bool = False,  # noqa: ARG001
) -> Callable[[Function], Function]:
    return lambda function: function


njit: Jit = import_module("numba").njit if find_spec("numba") else _as_they_are
