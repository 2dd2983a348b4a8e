"""Places for the nodes of a small graph: the same graph always looks the same, and no two labels lie on each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import networkx as nx
import numpy as np
from numpy.typing import NDArray

SPREAD = 72.0
ROOM = (150.0, 76.0)  # what a node with its label takes, in pixels
SWEEPS = 300

Places = NDArray[np.float64]


def positions(nodes: Sequence[str], links: Sequence[tuple[str, str]]) -> Mapping[str, tuple[float, float]]:
    """Lay nodes out.

    Args:
        nodes: in the order of importance; the first is the centre if it is linked to all others.
        links: pairs of nodes.
    Returns: coordinates in pixels, rounded; a centre lies at (0, 0). Any two nodes are ``ROOM`` apart in x or in y.
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
    width = SPREAD * math.sqrt(len(nodes))
    start = {
        node: (math.cos(2.4 * n) * (n + 1) ** 0.5, math.sin(2.4 * n) * (n + 1) ** 0.5) for n, node in enumerate(nodes)
    }
    laid = nx.spring_layout(graph, pos=start, seed=7, iterations=120 if len(nodes) <= 100 else 50, scale=width)
    return np.array([[laid[node][0] * 1.35, laid[node][1]] for node in nodes], dtype=np.float64)


def _apart(places: Places) -> Places:
    """Push nodes apart until each has its room; the first stays where it is."""
    room = np.array(ROOM)
    moved = places.copy()
    for _ in range(SWEEPS):
        gap = moved[:, None, :] - moved[None, :, :]
        overlap = room - np.abs(gap)
        clash = np.logical_and(overlap[..., 0] > 0, overlap[..., 1] > 0) & ~np.eye(len(moved), dtype=bool)
        if not clash.any():
            break
        # Along the axis on which they are nearer to being free, each gives half, in proportion to its place.
        axis = np.argmin(overlap / room, axis=2)
        sign = np.where(gap >= 0, 1.0, -1.0)
        sign[gap == 0] = np.triu(np.ones(gap.shape[:2]), 1).repeat(2).reshape(gap.shape)[gap == 0] * 2 - 1
        push = np.zeros_like(gap)
        for number in (0, 1):
            mask = clash & (axis == number)
            push[..., number][mask] = (sign[..., number] * (overlap[..., number] / 2 + 0.6))[mask]
        counts = np.maximum(clash.sum(axis=1), 1)[:, None]
        step = push.sum(axis=1) / np.sqrt(counts)
        step[0] = 0.0
        moved = moved + step
    return moved
