"""The cheapest simple paths as machine code.

The search is that of ``kg.paths.best_paths``, which says what bounds are and why it is exact: the same prefixes are
taken up in the same order. What differs is that the children of a prefix go on the heap at once, those above a limit
left out, and that the search begins anew with a higher limit where too few paths were found below it.

``pointer``, ``neighbor``, ``step`` and ``cost`` are the arrays of ``kg.paths.adjacency.Adjacency``. The caller keeps:

- ``bounds``, int64 (max_length, nodes): h[j] in row j; all UNREACHABLE before and after every call;
- ``marks``, uint8 (nodes): all 0 before and after every call;
- ``lists``, int32 (max_length + 4, nodes): nodes with a bound from the targets (row TOUCHED), those whose bound was
  lowered last and those before (rows LOWERED and the next), and from row REACHED on where a path can be after 0, 1 ...
  steps; ``sizes``, int64 (max_length + 4): how many nodes there are in each row;
- ``pool``, int32 (prefixes, WIDTH): the nodes of each prefix, its labels, its steps (-1 beyond its end), its length;
- ``codes``, int64 (prefixes, 2): the bound of each prefix and its coded cost;
- ``heap``, int32 (prefixes): a binary heap of places in the pool;
- ``state``, int64 (STATES): the counters below.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kg.paths.compiled import njit
from kg.paths.index import Ids

UNREACHABLE = 1 << 60
WORTH_A_LOOK = 4

TOUCHED, LOWERED, REACHED = 0, 1, 3
MAX_NODES = 9
LABELS, STEPS, LENGTH = MAX_NODES, 2 * MAX_NODES - 1, 3 * MAX_NODES - 2
WIDTH = LENGTH + 1
BOUND, CODE = 0, 1
POOLED, HEAPED, LEFT_OUT, LINKS, FOUND = 0, 1, 2, 3, 4
STATES = 5

COMPLETE, ENOUGH, EXPANSIONS, GIVEN_UP = 0, 1, 2, 3
SMALL_SLACK = 64  # how many times smaller than the best path's cost what the first limit leaves above it begins
SLACK_GROWS = 4  # with every new beginning

Nodes = NDArray[np.int32]
Mask = NDArray[np.bool_]


@njit(cache=True)
def _links(pointer: Ids, nodes: Nodes) -> int:
    """How many links these nodes have."""
    links = 0
    for node in nodes:
        links += pointer[node + 1] - pointer[node]
    return links


@njit(cache=True)
def _one_round_back(
    pointer: Ids, neighbor: Nodes, cost: Nodes, interior: Mask, bounds: Ids, level: int, lists: Nodes, sizes: Ids
) -> None:  # fmt: skip
    """h[level] from h[level - 1], along the links of the nodes whose bound was lowered last."""
    for node in lists[TOUCHED, : sizes[TOUCHED]]:
        bounds[level, node] = bounds[level - 1, node]
    old = LOWERED + (level - 1) % 2
    new = LOWERED + level % 2
    sizes[new] = 0
    for node in lists[old, : sizes[old]]:
        known = bounds[level - 1, node]
        for at in range(pointer[node], pointer[node + 1]):
            before = neighbor[at]
            now = bounds[level, before]
            if known + cost[at] >= now or not interior[before]:
                continue
            if now == UNREACHABLE:
                lists[TOUCHED, sizes[TOUCHED]] = before
                sizes[TOUCHED] += 1
            if now == bounds[level - 1, before]:
                lists[new, sizes[new]] = before
                sizes[new] += 1
            bounds[level, before] = known + cost[at]


@njit(cache=True)
def _one_round_on(
    pointer: Ids, neighbor: Nodes, interior: Mask, marks: NDArray[np.uint8], row: int, lists: Nodes, sizes: Ids
) -> None:  # fmt: skip
    """The interior nodes one step on from those in the row before."""
    count = 0
    for node in lists[row - 1, : sizes[row - 1]]:
        for following in neighbor[pointer[node] : pointer[node + 1]]:
            if interior[following] and not marks[following]:
                marks[following] = 1
                lists[row, count] = following
                count += 1
    for node in lists[row, :count]:
        marks[node] = 0
    sizes[row] = count


@njit(cache=True)
def _bound_at(pointer: Ids, neighbor: Nodes, cost: Nodes, bounds: Ids, level: int, nodes: Nodes, targets: Ids) -> None:
    """h[level] from h[level - 1], at these nodes and the targets only."""
    for node in nodes:
        least = UNREACHABLE
        for at in range(pointer[node], pointer[node + 1]):
            least = min(least, bounds[level - 1, neighbor[at]] + cost[at])
        bounds[level, node] = least
    for target in targets:
        bounds[level, target] = 0


@njit(cache=True)
def _bounds(
    out_pointer: Ids, out_neighbor: Nodes, out_cost: Nodes, into_pointer: Ids, into_neighbor: Nodes, into_cost: Nodes,
    sources: Ids, targets: Ids, max_length: int, interior: Mask, max_links: int,
    bounds: Ids, marks: NDArray[np.uint8], lists: Nodes, sizes: Ids,
) -> tuple[int, int]:  # fmt: skip
    """The bounds in all rows. Returns: how many were made from the targets, 0 if too much; how many links were read."""
    sizes[:] = 0
    for target in targets:
        bounds[0, target] = 0
        for row in (TOUCHED, LOWERED):
            lists[row, sizes[row]] = target
            sizes[row] += 1
    for source in sources:
        lists[REACHED, sizes[REACHED]] = source
        sizes[REACHED] += 1
    made, reached, links = 1, 1, 0
    looked = False  # whether the row after the last one reached is ready
    while made + reached <= max_length:
        lowered = LOWERED + (made - 1) % 2
        back = _links(into_pointer, lists[lowered, : sizes[lowered]])
        ahead = REACHED + reached
        if not looked and _links(out_pointer, lists[ahead - 1, : sizes[ahead - 1]]) < back / WORTH_A_LOOK:
            links += _links(out_pointer, lists[ahead - 1, : sizes[ahead - 1]])
            _one_round_on(out_pointer, out_neighbor, interior, marks, ahead, lists, sizes)
            looked = True
        on = _links(out_pointer, lists[ahead, : sizes[ahead]]) if looked else back
        links += min(on, back)
        if links > max_links:
            return 0, links
        if on < back:
            reached += 1
            looked = False
        else:
            _one_round_back(into_pointer, into_neighbor, into_cost, interior, bounds, made, lists, sizes)
            made += 1
    for level in range(made, max_length):
        row = REACHED + max_length - level
        _bound_at(out_pointer, out_neighbor, out_cost, bounds, level, lists[row, : sizes[row]], targets)
    return made, links


@njit(cache=True)
def _clear(max_length: int, bounds: Ids, lists: Nodes, sizes: Ids, targets: Ids) -> None:
    """All bounds UNREACHABLE again."""
    for level in range(max_length):
        row = REACHED + max_length - level
        for node in lists[TOUCHED, : sizes[TOUCHED]]:
            bounds[level, node] = UNREACHABLE
        for node in lists[row, : sizes[row]]:
            bounds[level, node] = UNREACHABLE
        for target in targets:
            bounds[level, target] = UNREACHABLE


@njit(cache=True)
def _earlier(pool: Nodes, codes: Ids, one: int, other: int) -> bool:
    """Whether a prefix comes before another: by bound, nodes, labels."""
    if codes[one, BOUND] != codes[other, BOUND]:
        return bool(codes[one, BOUND] < codes[other, BOUND])
    for column in range(STEPS):
        if pool[one, column] != pool[other, column]:
            return bool(pool[one, column] < pool[other, column])
    return False


@njit(cache=True)
def _push(pool: Nodes, codes: Ids, heap: Nodes, state: Ids, prefix: int) -> None:
    place = state[HEAPED]
    state[HEAPED] += 1
    while place > 0 and _earlier(pool, codes, prefix, heap[(place - 1) // 2]):
        heap[place] = heap[(place - 1) // 2]
        place = (place - 1) // 2
    heap[place] = prefix


@njit(cache=True)
def _pop(pool: Nodes, codes: Ids, heap: Nodes, state: Ids) -> int:
    first = int(heap[0])
    state[HEAPED] -= 1
    size, last, place = state[HEAPED], heap[state[HEAPED]], 0
    while 2 * place + 1 < size:
        child = 2 * place + 1
        if child + 1 < size and _earlier(pool, codes, heap[child + 1], heap[child]):
            child += 1
        if not _earlier(pool, codes, heap[child], last):
            break
        heap[place] = heap[child]
        place = child
    heap[place] = last
    return first


@njit(cache=True)
def _expand(
    pointer: Ids, neighbor: Nodes, step: Nodes, cost: Nodes, predicate: NDArray[np.int16],
    bounds: Ids, max_length: int, limit: int, prefix: int, pool: Nodes, codes: Ids, heap: Nodes, state: Ids,
) -> None:  # fmt: skip
    """Put the children of a prefix on the heap that stay simple and below the limit."""
    length = pool[prefix, LENGTH]
    node, level = pool[prefix, length], max_length - length - 1
    state[LINKS] += pointer[node + 1] - pointer[node]
    for at in range(pointer[node], pointer[node + 1]):
        following = neighbor[at]
        bound = bounds[level, following] + cost[at]
        if bound >= UNREACHABLE:
            continue
        bound += codes[prefix, CODE]
        is_new = True
        for place in range(length + 1):
            is_new &= pool[prefix, place] != following
        if not is_new:
            continue
        if bound > limit:
            state[LEFT_OUT] = min(state[LEFT_OUT], bound)
            continue
        if state[POOLED] == len(pool):
            state[LINKS] = UNREACHABLE  # more than there is room for
            return
        child = state[POOLED]
        state[POOLED] += 1
        pool[child] = pool[prefix]
        pool[child, length + 1] = following
        pool[child, LABELS + length] = 2 * predicate[step[at] >> 1] + (step[at] & 1)
        pool[child, STEPS + length] = step[at]
        pool[child, LENGTH] = length + 1
        codes[child, BOUND], codes[child, CODE] = bound, codes[prefix, CODE] + cost[at]
        _push(pool, codes, heap, state, child)


@njit(cache=True)
def _search(
    pointer: Ids, neighbor: Nodes, step: Nodes, cost: Nodes, predicate: NDArray[np.int16],
    sources: Ids, max_length: int, wanted: int, max_expansions: int, max_links: int, limit: int,
    bounds: Ids, pool: Nodes, codes: Ids, heap: Nodes, state: Ids, found: Ids,
) -> int:  # fmt: skip
    """The paths below a limit, their places in the pool in ``found``; returns why it ended."""
    state[POOLED] = state[HEAPED] = state[FOUND] = 0
    state[LEFT_OUT] = UNREACHABLE
    for source in sources:
        root = state[POOLED]
        state[POOLED] += 1
        pool[root] = -1
        pool[root, 0], pool[root, LENGTH] = source, 0
        codes[root] = 0
        _expand(
            pointer, neighbor, step, cost, predicate, bounds, max_length, limit, root, pool, codes, heap, state
        )  # fmt: skip
    taken = 0
    while state[HEAPED] > 0:
        taken += 1
        if taken > max_expansions:
            return EXPANSIONS
        if state[LINKS] > max_links:
            return GIVEN_UP
        prefix = _pop(pool, codes, heap, state)
        if bounds[0, pool[prefix, pool[prefix, LENGTH]]] == 0:
            found[state[FOUND]] = prefix
            state[FOUND] += 1
            if state[FOUND] == wanted:
                return ENOUGH
        else:
            _expand(
                pointer, neighbor, step, cost, predicate, bounds, max_length, limit, prefix, pool, codes, heap, state
            )  # fmt: skip
    return GIVEN_UP if state[LINKS] > max_links else COMPLETE


@njit(cache=True)
def _least(pointer: Ids, neighbor: Nodes, cost: Nodes, bounds: Ids, level: int, sources: Ids) -> int:
    """What no path from a source costs less than."""
    least = UNREACHABLE
    for source in sources:
        for at in range(pointer[source], pointer[source + 1]):
            least = min(least, bounds[level, neighbor[at]] + cost[at])
    return least


@njit(
    "int64(int64[::1], int32[::1], int32[::1], int32[::1], int64[::1], int32[::1], int32[::1], "
    "Array(int16, 1, 'C', True), int64[::1], int64[::1], int64, boolean[::1], int64, int64, int64, "
    "int64[:, ::1], uint8[::1], int32[:, ::1], int64[::1], int32[:, ::1], int64[:, ::1], int32[::1], int64[::1], "
    "int64[::1])",
    cache=True,
    nogil=True,
)
def best_paths(
    out_pointer: Ids, out_neighbor: Nodes, out_step: Nodes, out_cost: Nodes,
    into_pointer: Ids, into_neighbor: Nodes, into_cost: Nodes, predicate: NDArray[np.int16],
    sources: Ids, targets: Ids, max_length: int, interior: Mask, wanted: int, max_expansions: int, max_links: int,
    bounds: Ids, marks: NDArray[np.uint8], lists: Nodes, sizes: Ids,
    pool: Nodes, codes: Ids, heap: Nodes, state: Ids, found: Ids,
) -> int:  # fmt: skip
    """The cheapest paths: state[FOUND] of them, their places in the pool in ``found``.

    Sources, targets and nodes to avoid are not interior; no source is a target.
    Returns: ENOUGH where there are ``wanted`` paths or more, COMPLETE where those found are all, EXPANSIONS where that
        limit ended the search, GIVEN_UP where it takes more links than ``max_links`` or more room than there is.
    """
    state[:] = 0
    made, links = _bounds(
        out_pointer, out_neighbor, out_cost, into_pointer, into_neighbor, into_cost, sources, targets, max_length,
        interior, max_links, bounds, marks, lists, sizes,
    )  # fmt: skip
    ended = GIVEN_UP
    if made > 0:
        state[LINKS] = links
        least = _least(out_pointer, out_neighbor, out_cost, bounds, max_length - 1, sources)
        slack = least // SMALL_SLACK
        ended = COMPLETE
        state[LEFT_OUT] = least
        while ended == COMPLETE and state[LEFT_OUT] < UNREACHABLE:
            slack = max(SLACK_GROWS * slack, state[LEFT_OUT] - least)
            ended = _search(
                out_pointer, out_neighbor, out_step, out_cost, predicate, sources, max_length, wanted,
                max_expansions, max_links, least + slack, bounds, pool, codes, heap, state, found,
            )  # fmt: skip
    _clear(max_length, bounds, lists, sizes, targets)
    return ended
