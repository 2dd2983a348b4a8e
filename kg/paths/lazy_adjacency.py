"""Neighbours read from the index as a search asks for them: nothing is made ready beforehand.

The first question with a filter starts at once, whatever the size of the graph; one that comes back is worth a
projection (``kg.paths.adjacency``), which answers some times faster, as long as the graph is not too large for it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from kg.paths.adjacency import (
    Directions,
    Ends,
    Nodes,
    Row,
    Rows,
    Selection,
    kept_projection,
    positions_of,
    predicates_allowed,
    project_unless_busy,
    stated_in_graphs,
)
from kg.paths.index import Ids, Index, certainty_bits

MAX_PROJECTED_LINKS = 10_000_000
SMALL_GRAPH_LINKS = 20_000  # of so few a projection takes no longer than a search that reads lazily
REMEMBERED_SELECTIONS = 64

_asked: WeakKeyDictionary[Index, dict[Selection, None]] = WeakKeyDictionary()
_lock = threading.Lock()


def directions(index: Index, selection: Selection) -> Directions:
    """The neighbours of a selection: read lazily when first asked for, projected when asked for again.

    No question waits until the neighbours for another one are made ready.
    """
    if (kept := kept_projection(index, selection)) is not None:
        return kept
    with _lock:
        asked = _asked.setdefault(index, {})
        again = selection in asked
        asked[selection] = None
        if len(asked) > REMEMBERED_SELECTIONS:
            del asked[next(iter(asked))]
    may_project = again and len(index.link_object) <= MAX_PROJECTED_LINKS
    return directions_often(index, selection) if may_project else read_lazily(index, selection)


def directions_often(index: Index, selection: Selection) -> Directions:
    """The neighbours of a selection that one question reads many times over: projected at the first time.

    They are read lazily while those for another question are made ready.
    """
    return project_unless_busy(index, selection) or read_lazily(index, selection)


def directions_once(index: Index, selection: Selection) -> Directions:
    """The neighbours of a selection that may never come back: projected only where the graph is small."""
    small = len(index.link_object) <= SMALL_GRAPH_LINKS
    return directions_often(index, selection) if small else read_lazily(index, selection)


def read_lazily(index: Index, selection: Selection) -> Directions:
    """The neighbours of a selection, without a projection."""
    along, against = _View(index, selection, reverse=False, odd=0), _View(index, selection, reverse=True, odd=0)
    if selection.directed:
        return Directions(along, against, index.link_predicate)
    return Directions(
        _Both(along, _View(index, selection, reverse=True, odd=1)),
        _Both(_View(index, selection, reverse=False, odd=1), against),
        index.link_predicate,
    )


class _View:
    """The links in the order of their subjects, or, in reverse, of their objects."""

    def __init__(self, index: Index, selection: Selection, *, reverse: bool, odd: int) -> None:
        self._pointer = index.reverse_pointer if reverse else index.link_pointer
        self._neighbor = index.reverse_subject if reverse else index.link_object
        self._link = index.reverse_link if reverse else None
        self._odd = odd
        self._index, self._selection = index, selection
        self._cost = index.costs(with_imports=selection.reads_imports)
        self._bits = certainty_bits(selection.certainties, include_imports=selection.reads_imports)
        self._chosen = predicates_allowed(index, selection)
        self._takes_all = bool(self._chosen.all())
        self._certainties, self._predicate = index.link_certainties, index.link_predicate

    @property
    def nodes(self) -> int:
        return len(self._pointer) - 1

    def degree(self, nodes: Nodes) -> Ids:
        """All links there, because each has to be looked at."""
        return self._pointer[nodes + 1] - self._pointer[nodes]

    def row(self, node: int) -> Row:
        start, end = self._pointer[node : node + 2].tolist()
        links = np.arange(start, end) if self._link is None else self._link[start:end]
        places = np.flatnonzero(self._allowed(links))
        links = links.take(places)
        steps = (2 * links + self._odd).astype(np.int32)
        return Row(self._neighbor[start:end].take(places), steps, self._cost.take(links))

    def near(self, node: int) -> NDArray[np.int32]:
        return self.row(node).neighbors

    def first_step(self, start: int, end: int) -> int:
        return _first_step(self.row(start), end)

    def rows(self, nodes: Ids) -> Iterator[Rows]:
        neighbors, links, stops = self._read(nodes)
        yield Rows(neighbors, self._cost.take(links), np.diff(stops, prepend=0))

    def ends(self, nodes: Nodes) -> Iterator[Ends]:
        neighbors, _, stops = self._read(nodes)
        yield Ends(neighbors, stops)

    def _read(self, nodes: Nodes) -> tuple[NDArray[np.int32], NDArray[np.signedinteger], Ids]:
        """The neighbours of these nodes, by which links, and where those of each node end."""
        positions = positions_of(self._pointer, nodes)
        links = positions if self._link is None else self._link.take(positions)
        places = np.flatnonzero(self._allowed(links))
        stops = places.searchsorted(np.cumsum(self.degree(nodes)))
        return self._neighbor.take(positions.take(places)), links.take(places), stops

    def _allowed(self, links: NDArray[np.signedinteger]) -> NDArray[np.bool_]:
        allowed: NDArray[np.bool_] = (self._certainties.take(links) & self._bits) != 0
        if not self._takes_all:
            allowed &= self._chosen.take(self._predicate.take(links))
        if self._selection.graphs:
            allowed &= stated_in_graphs(self._index, self._selection, links)
        return allowed


class _Both:
    """Links walked either way: those of one view, then those of the other."""

    def __init__(self, first: _View, second: _View) -> None:
        self._first, self._second = first, second

    @property
    def nodes(self) -> int:
        return self._first.nodes

    def degree(self, nodes: Nodes) -> Ids:
        """All links there, because each has to be looked at."""
        return self._first.degree(nodes) + self._second.degree(nodes)

    def row(self, node: int) -> Row:
        pairs = zip(self._first.row(node), self._second.row(node), strict=True)
        return Row(*(np.concatenate(pair) for pair in pairs))

    def near(self, node: int) -> NDArray[np.int32]:
        return np.concatenate([self._first.near(node), self._second.near(node)])

    def first_step(self, start: int, end: int) -> int:
        return _first_step(self.row(start), end)

    def rows(self, nodes: Ids) -> Iterator[Rows]:
        yield from self._first.rows(nodes)
        yield from self._second.rows(nodes)

    def ends(self, nodes: Nodes) -> Iterator[Ends]:
        yield from self._first.ends(nodes)
        yield from self._second.ends(nodes)


def _first_step(row: Row, end: int) -> int:
    return int(row.steps[(row.neighbors == end).argmax()])
