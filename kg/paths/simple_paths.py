"""All simple paths by their nodes: every one up to a length, or one after the other from the shortest on.

Nothing is ranked by cost here; ``kg.paths.best_paths`` does that.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator

import numpy as np

from kg.paths.adjacency import Projection
from kg.paths.breadth_first import FAR, distances
from kg.paths.index import Ids


def simple_paths(
    projection: Projection, source: int, targets: Collection[int], max_length: int, statements: Ids
) -> Iterator[tuple[tuple[int, ...], int]]:
    """All simple paths from a node to any of some others, depth first.

    Args:
        projection: the links to walk.
        source: where every path begins; as a target it is a path of its own, and the only one.
        targets: where paths may end; a path may go on from one to another.
        max_length: most steps.
        statements: how many statements each link stands for.

    Yields: the nodes, and in how many ways parallel statements join them.
    """
    left = distances(projection.into, targets, max_length).tolist()
    out = projection.out
    stack: list[tuple[tuple[int, ...], int]] = [((source,), 1)]
    while stack:
        nodes, ways = stack.pop()
        if nodes[-1] in targets:
            yield nodes, ways
        room = max_length - len(nodes)
        start, end = out.pointer[nodes[-1] : nodes[-1] + 2].tolist()
        found, place = np.unique(out.neighbor[start:end], return_inverse=True)
        counts = np.bincount(place, weights=statements[out.step[start:end] >> 1], minlength=len(found))
        onward = [
            ((*nodes, node), ways * int(count))
            for node, count in zip(found.tolist(), counts.tolist(), strict=True)
            if node not in nodes and left[node] != FAR and left[node] <= room
        ]
        stack.extend(reversed(onward))


def by_length(projection: Projection, source: int, target: int) -> Iterator[tuple[int, ...]]:
    """Simple paths between two nodes, each once, the shortest first.

    Algorithm: Yen (Management Science 17, 1971): every path found is left at each of its nodes by the shortest
    way that is new.
    """
    first = _shortest(projection, (source,), target, frozenset())
    if first is None:
        return
    heap = [(len(first), first)]
    known = {first}
    taken: list[tuple[int, ...]] = []
    while heap:
        _, path = heapq.heappop(heap)
        yield path
        taken.append(path)
        for place in range(1, len(path)):
            root = path[:place]
            used = frozenset(other[place] for other in taken if other[:place] == root)
            found = _shortest(projection, root, target, used)
            if found is not None and found not in known:
                known.add(found)
                heapq.heappush(heap, (len(found), found))


def _shortest(
    projection: Projection, root: tuple[int, ...], target: int, used: frozenset[int]
) -> tuple[int, ...] | None:
    """The shortest simple path that begins with some nodes and goes on to none of those used."""
    if root[-1] == target:
        return root
    passable = np.ones(projection.out.nodes, dtype=bool)
    passable[list(root)] = False
    left = distances(projection.into, [target], None, passable)
    path = list(root)
    shut = np.zeros(projection.out.nodes, dtype=bool)
    shut[list(used)] = True
    while path[-1] != target:
        start, end = projection.out.pointer[path[-1] : path[-1] + 2].tolist()
        near: Ids = np.unique(projection.out.neighbor[start:end])
        near = near[passable[near] & (left[near] != FAR) & ~shut[near]]
        if not len(near):
            return None
        path.append(int(near[np.argmin(left[near])]))
        shut[:] = False
    return tuple(path)
