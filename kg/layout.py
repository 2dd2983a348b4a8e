"""Places for the nodes of a small graph: the same graph always looks the same, and no two labels lie on each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import networkx as nx
import numpy as np
from numpy.typing import NDArray

SPREAD_PX = 72.0  # half the width of the springs' square, times the root of the number of nodes
WIDENING = 1.35  # labels are wider than high
ROOM_PX = (150.0, 76.0)  # what a node with its label takes
SWEEPS = 300  # at most, of pushing apart
SPRING_ROUNDS, SPRING_ROUNDS_OF_MANY, MANY_NODES = 120, 50, 100  # springs take a time that grows with the square
GOLDEN_ANGLE = 2.4  # radians: on a spiral of such steps no two nodes start in one direction
_SEED = 7  # any, but always the same
_SLACK_PX = 0.6  # beyond touching, so that rounding brings no two together again

Places = NDArray[np.float64]


def positions(nodes: Sequence[str], links: Sequence[tuple[str, str]]) -> Mapping[str, tuple[float, float]]:
    """Lay nodes out.

    Args:
        nodes: in the order of importance; the first is the centre if it is linked to all others.
        links: pairs of nodes.
    Returns: coordinates in pixels, rounded; a centre lies at (0, 0). Any two nodes are ``ROOM_PX`` apart in x or in y.
    """
    if not nodes:
        return {}
    centre, others = nodes[0], set(nodes[1:])
    around = {b if a == centre else a for a, b in links if centre in (a, b)} - {centre}
    laid = _springs(nodes, links)
    if others and around >= others:
        laid -= laid[0]
    apart = _apart(laid)
    return {node: (round(float(x), 1), round(float(y), 1)) for node, (x, y) in zip(nodes, apart, strict=True)}


def _springs(nodes: Sequence[str], links: Sequence[tuple[str, str]]) -> Places:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(links)
    start = {node: _on_spiral(number) for number, node in enumerate(nodes)}
    rounds = SPRING_ROUNDS if len(nodes) <= MANY_NODES else SPRING_ROUNDS_OF_MANY
    scale = SPREAD_PX * math.sqrt(len(nodes))
    laid = nx.spring_layout(graph, pos=start, seed=_SEED, iterations=rounds, scale=scale)
    return np.array([[laid[node][0] * WIDENING, laid[node][1]] for node in nodes], dtype=np.float64)


def _on_spiral(number: int) -> tuple[float, float]:
    """Where a node starts: the more important, the nearer to the middle."""
    distance = math.sqrt(number + 1)
    return math.cos(GOLDEN_ANGLE * number) * distance, math.sin(GOLDEN_ANGLE * number) * distance


def _apart(places: Places) -> Places:
    """Push nodes apart until each has its room; the first stays where it is."""
    room = np.array(ROOM_PX)
    moved = places.copy()
    for _ in range(SWEEPS):
        gap = moved[:, None, :] - moved[None, :, :]
        overlap = room - np.abs(gap)
        clash = np.logical_and(overlap[..., 0] > 0, overlap[..., 1] > 0) & ~np.eye(len(moved), dtype=bool)
        if not clash.any():
            break
        # Along the axis on which they are nearer to being free, each gives half, in proportion to its place.
        axis = np.argmin(overlap / room, axis=2)
        # Of two in the very same place, the one that comes first is pushed one way and the other the other way.
        first = np.triu(np.ones(gap.shape[:2]), 1)[..., None] * 2 - 1
        sign = np.where(gap == 0, first, np.where(gap > 0, 1.0, -1.0))
        push = np.zeros_like(gap)
        for number in (0, 1):
            mask = clash & (axis == number)
            push[..., number][mask] = (sign[..., number] * (overlap[..., number] / 2 + _SLACK_PX))[mask]
        counts = np.maximum(clash.sum(axis=1), 1)[:, None]
        step = push.sum(axis=1) / np.sqrt(counts)
        step[0] = 0.0
        moved = moved + step
    return moved
