"""One shortest path as machine code, where numba is installed (the extra ``fast``).

It finds the very path that ``kg.paths.breadth_first`` finds without it.

All nodes are numbers. ``pointer`` and ``neighbor`` are the arrays of ``kg.paths.adjacency.Adjacency``. A search has two
sides, row 0 from the source and row 1 from the target, in each of these arrays, which the caller keeps:

- ``seen``, uint8 (2, nodes): where a side has been; all 0 before and after every call;
- ``order``, int32 (2, nodes): the same as a list, level by level, each level in the order of the numbers;
- ``ends``, int64 (2, MAX_LEVELS + 1): where the levels end in ``order``;
- ``path``, int64 (2, PATH_PLACES): the nodes found, and for each step its place in ``neighbor``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kg.paths.compiled import njit
from kg.paths.index import Ids

# As in breadth_first: numba's cache knows when this file changes and no other, so that they have to stand here.
MAX_NEAR_LINKS = 2048
NEAR_NODES = 12
SORTING_COSTS = 8

MAX_LEVELS = 64
PATH_PLACES = 2 * MAX_LEVELS
GIVEN_UP = -1

Marks = NDArray[np.uint8]
Nodes = NDArray[np.int32]


@njit(cache=True)
def _mark(row: Nodes, interior: NDArray[np.bool_], marks: Marks, value: int) -> int:
    """Mark the interior nodes of a row; how many there are, with multiplicity."""
    count = 0
    for node in row:
        if interior[node]:
            marks[node] = value
            count += 1
    return count


@njit(cache=True)
def _least(row: Nodes, marks: Marks, interior: NDArray[np.bool_]) -> int:
    """The marked interior node with the lowest number, or -1."""
    least = -1
    for node in row:
        if marks[node] and interior[node] and (least < 0 or node < least):
            least = node
    return least


@njit(cache=True)
def _third(few: Nodes, interior: NDArray[np.bool_], many: Marks, pointer: Ids, neighbor: Nodes) -> tuple[int, int]:
    """One of the first few nodes and the marked node with the lowest number that it leads to, or (-1, -1)."""
    looked = 0
    for node in few:
        if not interior[node]:
            continue
        if looked == NEAR_NODES:
            break
        looked += 1
        met = -1
        for other in neighbor[pointer[node] : pointer[node + 1]]:
            if many[other] and (met < 0 or other < met):
                met = other
        if met >= 0:
            return node, met
    return -1, -1


@njit(cache=True)
def _near(
    out_pointer: Ids, out_neighbor: Nodes, into_pointer: Ids, into_neighbor: Nodes,
    source: int, target: int, interior: NDArray[np.bool_], seen: Marks, path: Ids,
) -> int:  # fmt: skip
    """As ``breadth_first._near``: how many nodes were written to the path, 0 where none is easily found."""
    row = out_neighbor[out_pointer[source] : out_pointer[source + 1]]
    if len(row) > MAX_NEAR_LINKS:
        return 0
    path[0, 0] = source
    for node in row:
        if node == target:
            path[0, 1] = target
            return 2
    other = into_neighbor[into_pointer[target] : into_pointer[target + 1]]
    if len(other) > MAX_NEAR_LINKS:
        return 0
    ahead, back = _mark(row, interior, seen[0], 1), _mark(other, interior, seen[1], 1)
    count = 0
    joint = _least(row, seen[1], interior)
    if joint >= 0:
        path[0, 1], path[0, 2], count = joint, target, 3
    else:
        if ahead <= back:
            path[0, 1], path[0, 2] = _third(row, interior, seen[1], out_pointer, out_neighbor)
        else:
            path[0, 2], path[0, 1] = _third(other, interior, seen[0], into_pointer, into_neighbor)
        if path[0, 1] >= 0:
            path[0, 3], count = target, 4
    _mark(row, interior, seen[0], 0)
    _mark(other, interior, seen[1], 0)
    return count


@njit(cache=True)
def _advance(
    pointer: Ids, neighbor: Nodes, interior: NDArray[np.bool_],
    seen: Marks, other: Marks, order: Nodes, begin: int, end: int,
) -> tuple[int, int, int]:  # fmt: skip
    """One round further: the first step that meets the other side, or -1 twice; and where the order ends now."""
    last = end
    for place in range(begin, end):
        node = order[place]
        for following in neighbor[pointer[node] : pointer[node + 1]]:
            if other[following]:
                return node, following, last
            if not seen[following] and interior[following]:
                seen[following] = 2
                order[last] = following
                last += 1
    if (last - end) * SORTING_COSTS < len(seen):
        order[end:last].sort()
        for place in range(end, last):
            seen[order[place]] = 1
    else:
        place = end
        for node in range(len(seen)):
            if seen[node] == 2:  # marked in this round
                seen[node] = 1
                order[place] = node
                place += 1
    return -1, -1, last


@njit(cache=True)
def _holds(level: Nodes, node: int) -> bool:
    """Whether a sorted level holds a node."""
    low, high = 0, len(level)
    while low < high:
        middle = (low + high) // 2
        if level[middle] < node:
            low = middle + 1
        else:
            high = middle
    return low < len(level) and level[low] == node


@njit(cache=True)
def _chain(
    pointer: Ids, neighbor: Nodes, order: Nodes, ends: Ids, levels: int, path: Ids, place: int, onward: int
) -> None:  # fmt: skip
    """From the node at a place of the path back to where its side began: by the lowest number of every level."""
    for level in range(levels - 2, -1, -1):
        reached = order[ends[level] : ends[level + 1]]
        best = reached[0]
        if len(reached) > 1:
            best = -1
            node = path[0, place]
            for before in neighbor[pointer[node] : pointer[node + 1]]:
                if (best < 0 or before < best) and _holds(reached, before):
                    best = before
        place += onward
        path[0, place] = best


@njit(cache=True)
def _far(
    out_pointer: Ids, out_neighbor: Nodes, into_pointer: Ids, into_neighbor: Nodes,
    source: int, target: int, interior: NDArray[np.bool_], max_links: int,
    seen: Marks, order: Nodes, ends: Ids, path: Ids,
) -> tuple[int, int]:  # fmt: skip
    """As ``breadth_first._far``: where in ``path`` the nodes begin and how many there are."""
    order[0, 0], order[1, 0] = source, target
    seen[0, source] = seen[1, target] = 1
    ends[:, 0], ends[:, 1] = 0, 1
    levels, last = np.ones(2, dtype=np.int64), np.ones(2, dtype=np.int64)
    first, count, links = 0, 0, 0
    while count == 0:
        begins = ends[0, levels[0] - 1], ends[1, levels[1] - 1]
        if begins[0] == last[0] or begins[1] == last[1]:
            break
        side = 0 if last[0] - begins[0] <= last[1] - begins[1] else 1
        pointer, neighbor = (out_pointer, out_neighbor) if side == 0 else (into_pointer, into_neighbor)
        for node in order[side, begins[side] : last[side]]:
            links += pointer[node + 1] - pointer[node]
        if links > max_links or levels[side] == MAX_LEVELS:
            count = GIVEN_UP
            break
        start, met, last[side] = _advance(
            pointer, neighbor, interior, seen[side], seen[1 - side], order[side], begins[side], last[side]
        )  # fmt: skip
        if met < 0:
            levels[side] += 1
            ends[side, levels[side]] = last[side]
            continue
        middle = MAX_LEVELS
        path[0, middle - 1], path[0, middle] = (start, met) if side == 0 else (met, start)
        _chain(into_pointer, into_neighbor, order[0], ends[0], levels[0], path, middle - 1, -1)
        _chain(out_pointer, out_neighbor, order[1], ends[1], levels[1], path, middle, 1)
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
    "uint8[:, ::1], int32[:, ::1], int64[:, ::1], int64[:, ::1])",
    cache=True,
    nogil=True,
)
def shortest_path(
    out_pointer: Ids, out_neighbor: Nodes, into_pointer: Ids, into_neighbor: Nodes,
    source: int, target: int, interior: NDArray[np.bool_], max_links: int,
    seen: Marks, order: Nodes, ends: Ids, path: Ids,
) -> tuple[int, int]:  # fmt: skip
    """Where in ``path`` the path begins and how many nodes it has: 0 if there is none, GIVEN_UP if it takes too much.

    Too much is more than ``max_links`` links to read, or more than MAX_LEVELS rounds on one side.
    """
    first = 0
    count = _near(
        out_pointer, out_neighbor, into_pointer, into_neighbor, source, target, interior, seen, path
    )  # fmt: skip
    if count == 0:
        first, count = _far(
            out_pointer, out_neighbor, into_pointer, into_neighbor, source, target, interior, max_links,
            seen, order, ends, path,
        )  # fmt: skip
    if count > 0:
        _locate(out_pointer, out_neighbor, path, first, count)
    return first, count
