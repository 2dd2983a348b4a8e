"""One shortest path as machine code, where numba is installed (the extra ``fast``).

It finds the very path that ``kg.paths.shortest_path`` finds without it.

All nodes are numbers. ``pointer``, ``neighbor`` and ``step`` are the arrays of ``kg.paths.adjacency.Adjacency``. A
search has two sides, 0 from the source and 1 from the target. The caller keeps:

- ``seen``, uint8 (nodes): who has been where: MAX_LEVELS times the side, plus its level counted from 1; all 0 before
  and after every call. No node is seen by both sides, because the first such node ends the search;
- ``order``, int32 (2, nodes): for each side what it has seen, level by level;
- ``path``, int64 (PATH_PLACES): the nodes found, then the steps between them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kg.paths.compiled import njit
from kg.paths.index import Ids

# As in kg.paths.shortest_path and breadth_first; numba's cache knows when this file changes and no other.
ROW = 1
SORTING_COSTS = 8

MAX_LEVELS = 64
PATH_PLACES = 4 * MAX_LEVELS
MIDDLE = 3 * MAX_LEVELS  # of the path while it is put together
GIVEN_UP = -1

Marks = NDArray[np.uint8]
Nodes = NDArray[np.int32]


@njit(cache=True)
def _put_in_order(seen: Marks, mark: int, level: Nodes) -> None:
    """Sort the nodes of a level, all of which are seen with this mark."""
    if len(level) * SORTING_COSTS < len(seen):
        level.sort()
        return
    place = 0
    for node in range(len(seen)):
        if seen[node] == mark:
            level[place] = node
            place += 1


@njit(cache=True)
def _meeting(
    pointer: Ids, neighbor: Nodes, seen: Marks, other: int, level: Nodes, max_links: int
) -> tuple[int, int, int]:  # fmt: skip
    """The first step from a level that meets the other side, which can only be where that has been last.

    Returns: from which node and to which, -1 twice if there is none; how many links were read, which is more than
        ``max_links`` where that ended it.
    """
    links = 0
    for node in level:
        links += pointer[node + 1] - pointer[node]
        if links > max_links:
            break
        for following in neighbor[pointer[node] : pointer[node + 1]]:
            if seen[following] == other:
                return node, following, links
    return -1, -1, links


@njit(cache=True)
def _advance(
    pointer: Ids, neighbor: Nodes, interior: NDArray[np.bool_],
    seen: Marks, order: Nodes, begin: int, end: int, new: int,
) -> tuple[int, int]:  # fmt: skip
    """One round further than a level; ``new`` is the mark of what is met first.

    Returns: where the order ends now; how often what is new was met.
    """
    last, met = end, 0
    for node in order[begin:end]:
        for following in neighbor[pointer[node] : pointer[node + 1]]:
            mark = seen[following]
            if mark == new:
                met += 1
            elif mark == 0 and interior[following]:
                seen[following] = new
                order[last] = following
                last += 1
                met += 1
    return last, met


@njit(cache=True)
def _chain(
    pointer: Ids, neighbor: Nodes, seen: Marks, side: int, levels: int, start: int, path: Ids, place: int, onward: int
) -> None:  # fmt: skip
    """From the node at a place of the path back to where its side began: by the lowest number of every level."""
    for level in range(levels - 1, 1, -1):
        mark = MAX_LEVELS * side + level
        node, best = path[place], -1
        for before in neighbor[pointer[node] : pointer[node + 1]]:
            if seen[before] == mark and (best < 0 or before < best):
                best = before
        place += onward
        path[place] = best
    if levels > 1:
        path[place + onward] = start


@njit(cache=True)
def _search(
    out_pointer: Ids, out_neighbor: Nodes, into_pointer: Ids, into_neighbor: Nodes,
    source: int, target: int, interior: NDArray[np.bool_], max_links: int, seen: Marks, order: Nodes, path: Ids,
) -> tuple[int, int]:  # fmt: skip
    """As ``kg.paths.shortest_path``: where in ``path`` the nodes begin and how many there are."""
    order[0, 0], order[1, 0] = source, target
    seen[source], seen[target] = 1, MAX_LEVELS + 1
    counts = np.ones((4, 2), dtype=np.int64)
    levels, begins, last, widths = counts[0], counts[1], counts[2], counts[3]
    begins[:] = 0
    first, count = 0, 0
    while count == 0 and widths[0] and widths[1]:
        side = 0 if widths[0] <= widths[1] else 1
        pointer, neighbor = (out_pointer, out_neighbor) if side == 0 else (into_pointer, into_neighbor)
        if levels[side] == MAX_LEVELS:
            count = GIVEN_UP
            break
        mark, end = MAX_LEVELS * side + levels[side], last[side]
        if levels[side] > ROW + 1:
            _put_in_order(seen, mark, order[side, begins[side] : end])
        other = MAX_LEVELS * (1 - side) + levels[1 - side]
        start, met, links = _meeting(pointer, neighbor, seen, other, order[side, begins[side] : end], max_links)
        max_links -= links
        if max_links < 0:
            count = GIVEN_UP
        elif met < 0:
            last[side], widths[side] = _advance(
                pointer, neighbor, interior, seen, order[side], begins[side], end, mark + 1
            )
            levels[side] += 1
            begins[side] = end
        else:
            path[MIDDLE - 1], path[MIDDLE] = (start, met) if side == 0 else (met, start)
            _chain(into_pointer, into_neighbor, seen, 0, levels[0], source, path, MIDDLE - 1, -1)
            _chain(out_pointer, out_neighbor, seen, 1, levels[1], target, path, MIDDLE, 1)
            first, count = MIDDLE - levels[0], levels[0] + levels[1]
    for side in range(2):
        for node in order[side, : last[side]]:
            seen[node] = 0
    return first, count


@njit(cache=True)
def _add_steps(pointer: Ids, neighbor: Nodes, step: Nodes, path: Ids, count: int) -> None:
    """Behind the nodes of the path: between each two of them the first step that leads from one to the other."""
    for place in range(count - 1):
        at = pointer[path[place]]
        while neighbor[at] != path[place + 1]:
            at += 1
        path[count + place] = step[at]


@njit(
    "int64(int64[::1], int32[::1], int32[::1], int64[::1], int32[::1], int64, int64, boolean[::1], int64, "
    "uint8[::1], int32[:, ::1], int64[::1])",
    cache=True,
    nogil=True,
)
def shortest_path(
    out_pointer: Ids, out_neighbor: Nodes, out_step: Nodes, into_pointer: Ids, into_neighbor: Nodes,
    source: int, target: int, interior: NDArray[np.bool_], max_links: int, seen: Marks, order: Nodes, path: Ids,
) -> int:  # fmt: skip
    """How many nodes the path has with which ``path`` begins: 0 if there is none, GIVEN_UP if it takes too much.

    Too much is more than ``max_links`` links to read, or more than MAX_LEVELS rounds on one side.
    """
    first, count = _search(
        out_pointer, out_neighbor, into_pointer, into_neighbor, source, target, interior, max_links, seen, order, path
    )
    for place in range(count):
        path[place] = path[first + place]
    _add_steps(out_pointer, out_neighbor, out_step, path, count)
    return count
