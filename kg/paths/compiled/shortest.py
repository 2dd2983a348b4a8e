"""One shortest path as machine code, where numba is installed (the extra ``fast``).

It finds the very path that ``kg.paths.breadth_first`` finds without it.

All nodes are numbers. ``pointer`` and ``neighbor`` are the arrays of ``kg.paths.adjacency.Adjacency``. A search has two
sides, row 0 from the source and row 1 from the target, in each of these arrays, which the caller keeps:

- ``seen``, uint8 (2, nodes): where a side has been, as its level counted from 1; all 0 before and after every call;
- ``order``, int32 (2, nodes): the same as a list, level by level;
- ``path``, int64 (2, PATH_PLACES): the nodes found, and for each step its place in ``neighbor``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kg.paths.compiled import njit
from kg.paths.index import Ids

# As in breadth_first: numba's cache knows when this file changes and no other, so that they have to stand here.
ROW = 1
SORTING_COSTS = 8

MAX_LEVELS = 64
PATH_PLACES = 2 * MAX_LEVELS
GIVEN_UP = -1

Marks = NDArray[np.uint8]
Nodes = NDArray[np.int32]


@njit(cache=True)
def _advance(
    pointer: Ids, neighbor: Nodes, interior: NDArray[np.bool_],
    seen: Marks, other: Marks, order: Nodes, begin: int, end: int, level: int,
) -> tuple[int, int, int, int]:  # fmt: skip
    """One round further than a level, counted from 0.

    Returns: the first step that meets the other side, or -1 twice; where the order ends now; how often what is new
        was met.
    """
    if level > ROW:
        if (end - begin) * SORTING_COSTS < len(seen):
            order[begin:end].sort()
        else:
            place = begin
            for node in range(len(seen)):
                if seen[node] == level + 1:
                    order[place] = node
                    place += 1
    last, met = end, 0
    for place in range(begin, end):
        node = order[place]
        for following in neighbor[pointer[node] : pointer[node + 1]]:
            if other[following]:
                return node, following, last, met
            if not seen[following] and interior[following]:
                seen[following] = level + 2
                order[last] = following
                last += 1
            met += seen[following] == level + 2
    return -1, -1, last, met


@njit(cache=True)
def _chain(pointer: Ids, neighbor: Nodes, seen: Marks, levels: int, path: Ids, place: int, onward: int) -> None:
    """From the node at a place of the path back to where its side began: by the lowest number of every level."""
    for mark in range(levels - 1, 0, -1):
        node, best = path[0, place], -1
        for before in neighbor[pointer[node] : pointer[node + 1]]:
            if seen[before] == mark and (best < 0 or before < best):
                best = before
        place += onward
        path[0, place] = best


@njit(cache=True)
def _search(
    out_pointer: Ids, out_neighbor: Nodes, into_pointer: Ids, into_neighbor: Nodes,
    source: int, target: int, interior: NDArray[np.bool_], max_links: int, seen: Marks, order: Nodes, path: Ids,
) -> tuple[int, int]:  # fmt: skip
    """As ``breadth_first.shortest_path``: where in ``path`` the nodes begin and how many there are."""
    order[0, 0], order[1, 0] = source, target
    seen[0, source] = seen[1, target] = 1
    levels, begins, last = np.ones(2, dtype=np.int64), np.zeros(2, dtype=np.int64), np.ones(2, dtype=np.int64)
    widths = np.ones(2, dtype=np.int64)
    first, count, links = 0, 0, 0
    while count == 0 and widths[0] and widths[1]:
        side = 0 if widths[0] <= widths[1] else 1
        pointer, neighbor = (out_pointer, out_neighbor) if side == 0 else (into_pointer, into_neighbor)
        for node in order[side, begins[side] : last[side]]:
            links += pointer[node + 1] - pointer[node]
        if links > max_links or levels[side] == MAX_LEVELS:
            count = GIVEN_UP
            break
        end = last[side]
        start, met, last[side], widths[side] = _advance(
            pointer, neighbor, interior, seen[side], seen[1 - side], order[side], begins[side], end, levels[side] - 1
        )
        if met < 0:
            levels[side] += 1
            begins[side] = end
            continue
        middle = MAX_LEVELS
        path[0, middle - 1], path[0, middle] = (start, met) if side == 0 else (met, start)
        _chain(into_pointer, into_neighbor, seen[0], levels[0], path, middle - 1, -1)
        _chain(out_pointer, out_neighbor, seen[1], levels[1], path, middle, 1)
        first, count = middle - levels[0], levels[0] + levels[1]
    for side in range(2):
        for node in order[side, : last[side]]:
            seen[side, node] = 0
    return first, count


@njit(cache=True)
def _locate(pointer: Ids, neighbor: Nodes, path: Ids, first: int, count: int) -> None:
    """For every step of the path its first place among the neighbours of where it starts."""
    for place in range(first, first + count - 1):
        at = pointer[path[0, place]]
        while neighbor[at] != path[0, place + 1]:
            at += 1
        path[1, place] = at


@njit(
    "UniTuple(int64, 2)(int64[::1], int32[::1], int64[::1], int32[::1], int64, int64, boolean[::1], int64, "
    "uint8[:, ::1], int32[:, ::1], int64[:, ::1])",
    cache=True,
    nogil=True,
)
def shortest_path(
    out_pointer: Ids, out_neighbor: Nodes, into_pointer: Ids, into_neighbor: Nodes,
    source: int, target: int, interior: NDArray[np.bool_], max_links: int, seen: Marks, order: Nodes, path: Ids,
) -> tuple[int, int]:  # fmt: skip
    """Where in ``path`` the path begins and how many nodes it has: 0 if there is none, GIVEN_UP if it takes too much.

    Too much is more than ``max_links`` links to read, or more than MAX_LEVELS rounds on one side.
    """
    first, count = _search(
        out_pointer, out_neighbor, into_pointer, into_neighbor, source, target, interior, max_links, seen, order, path
    )
    if count > 0:
        _locate(out_pointer, out_neighbor, path, first, count)
    return first, count
