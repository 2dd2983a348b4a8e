"""The compiled searches, once they have been loaded: ``kg.paths.compiled`` with what a thread needs to call it.

Loading takes some tenths of a second, the first time on a machine some seconds, because numba compiles then. A process
that answers one question and ends would only lose by it; so nothing is loaded unasked.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kg.paths.adjacency import Mask, Projection
from kg.paths.index import Ids

StoppedBy = Literal["timeout", "expansions"]

MAX_LINKS = 1 << 24  # read without a look at the clock: some 50 ms
MAX_NODES = 1 << 20  # of a graph whose bounds are kept ready, 100 bytes a node and thread
MAX_PREFIXES = 1 << 15  # in a search for the best paths


class GivenUp(Exception):
    """The search takes longer than it may without a look at the clock, or more room than there is."""


@dataclass(frozen=True)
class BestFound:
    """What a search for the best paths found: (nodes, steps, coded cost) each; why it ended, None where it is done."""

    paths: list[tuple[tuple[int, ...], tuple[int, ...], int]]
    stopped_by: StoppedBy | None


class Kernels:
    """The compiled searches. Safe to share between threads, which they do not hold up: each has arrays of its own."""

    def __init__(self, shortest: Any, best: Any) -> None:
        self._shortest, self._best = shortest, best  # the modules of kg.paths.compiled
        self._local = _Local()

    def shortest_path(
        self, projection: Projection, source: int, target: int, interior: Mask
    ) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        """Nodes and steps, as ``kg.paths.shortest_path`` gives them. Raises: GivenUp."""
        out, into = projection.out, projection.into
        scratch = self._local.shortest
        if scratch is None or len(scratch.seen) != len(interior):
            scratch = self._local.shortest = _ShortestScratch.of(len(interior), self._shortest.PATH_PLACES)
        count = self._shortest.shortest_path(
            out.pointer, out.neighbor, out.step, into.pointer, into.neighbor, source, target, interior, MAX_LINKS,
            scratch.seen, scratch.order, scratch.path,
        )  # fmt: skip
        if count == self._shortest.GIVEN_UP:
            raise GivenUp
        if not count:
            return None
        found = scratch.path[: 2 * count - 1].tolist()
        return tuple(found[:count]), tuple(found[count:])

    def best_paths(
        self, projection: Projection, *, sources: Ids, targets: Ids, max_length: int, interior: Mask, wanted: int,
        max_expansions: int,
    ) -> BestFound:  # fmt: skip
        """The first paths that ``kg.paths.best_paths.BestPaths`` gives, ``wanted`` of them. Raises: GivenUp."""
        out, into, best = projection.out, projection.into, self._best
        if out.nodes > MAX_NODES or max_length >= best.MAX_NODES:
            raise GivenUp
        scratch = self._best_scratch(out.nodes, max_length)
        found = np.empty(wanted, dtype=np.int64)
        ended = best.best_paths(
            out.pointer, out.neighbor, out.step, out.cost, into.pointer, into.neighbor, into.cost,
            _read_only(projection.link_predicate), sources, targets, max_length, interior, wanted, max_expansions,
            MAX_LINKS, scratch.bounds, scratch.marks, scratch.lists, scratch.sizes,
            scratch.pool, scratch.codes, scratch.heap, scratch.state, found,
        )  # fmt: skip
        if ended == best.GIVEN_UP:
            raise GivenUp
        chosen = found[: int(scratch.state[best.FOUND])]
        rows = zip(scratch.pool[chosen].tolist(), scratch.codes[chosen, best.CODE].tolist(), strict=True)
        paths = [
            (tuple(row[: row[best.LENGTH] + 1]), tuple(row[best.STEPS : best.STEPS + row[best.LENGTH]]), code)
            for row, code in rows
        ]
        return BestFound(paths, "expansions" if ended == best.EXPANSIONS else None)

    def _best_scratch(self, nodes: int, max_length: int) -> _BestScratch:
        """The arrays for a graph of this size and paths up to this length."""
        kept = self._local.best
        if kept is None or len(kept.marks) != nodes or len(kept.bounds) < max_length:
            kept = self._local.best = _BestScratch(
                bounds=np.full((max_length, nodes), self._best.UNREACHABLE, dtype=np.int64),
                marks=np.zeros(nodes, dtype=np.uint8),
                lists=np.empty((max_length + 4, nodes), dtype=np.int32),
                sizes=np.empty(max_length + 4, dtype=np.int64),
                pool=np.empty((MAX_PREFIXES, self._best.WIDTH), dtype=np.int32),
                codes=np.empty((MAX_PREFIXES, 2), dtype=np.int64),
                heap=np.empty(MAX_PREFIXES, dtype=np.int32),
                state=np.empty(self._best.STATES, dtype=np.int64),
            )
        return kept


@dataclass(frozen=True)
class _ShortestScratch:
    """The arrays of one search; see ``kg.paths.compiled.shortest``."""

    seen: NDArray[np.uint8]
    order: NDArray[np.int32]
    path: Ids

    @classmethod
    def of(cls, nodes: int, path_places: int) -> _ShortestScratch:
        """The arrays for a graph of this size."""
        return cls(
            seen=np.zeros(nodes, dtype=np.uint8),
            order=np.empty((2, nodes), dtype=np.int32),
            path=np.empty(path_places, dtype=np.int64),
        )


@dataclass(frozen=True)
class _BestScratch:
    """The arrays of one search; see ``kg.paths.compiled.best``."""

    bounds: Ids
    marks: NDArray[np.uint8]
    lists: NDArray[np.int32]
    sizes: Ids
    pool: NDArray[np.int32]
    codes: Ids
    heap: NDArray[np.int32]
    state: Ids


class _Local(threading.local):
    """The arrays that a thread keeps, for the graph that it searched last."""

    shortest: _ShortestScratch | None = None
    best: _BestScratch | None = None


def _read_only(values: NDArray[np.int16]) -> NDArray[np.int16]:
    """The same values as a plain array that cannot be written to, which is what the compiled search takes."""
    plain = values.view(np.ndarray)
    plain.flags.writeable = False
    return plain


_loaded: list[Kernels] = []  # at most one


def load(kept: Kernels | None = None) -> bool:
    """Load the compiled searches, those that were kept or, if numba is installed, anew. Returns: whether they are."""
    if kept is not None:
        _loaded[:] = [kept]
    if not _loaded and find_spec("numba") is not None:
        _loaded.append(Kernels(*(import_module(f"kg.paths.compiled.{name}") for name in ("shortest", "best"))))
    return bool(_loaded)


def unload() -> Kernels | None:
    """Go on without them. Returns: what was loaded; :func:`load` takes it back at once."""
    return _loaded.pop() if _loaded else None


def loaded() -> Kernels | None:
    """The compiled searches, or None where they have not been loaded."""
    return _loaded[0] if _loaded else None
