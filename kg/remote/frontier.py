"""Walking a graph that lies on an engine: the links around a frontier of nodes come in batches, level by level.

A search between two entities widens the side with the smaller frontier. When both sides together have gone L levels,
every link of every path of at most L steps has been read: its place on the path is before the one side's edge or behind
the other's. So the local search on what was read is exact up to L, and the answer says so where a limit ended it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from kg.budget import MAX_TIMEOUT_S, Budget, Deadline
from kg.errors import PartialAnswer, QueryTimeout, RemoteUnavailable, ResultTooLarge
from kg.paths.adjacency import Mask, Selection
from kg.paths.index import IMPORT_PREFIX, SIGN_CARRY
from kg.paths.index_writer import indexed_predicate
from kg.remote.index import block_iri
from kg.remote.rows import IN, OUT, Key, Link, RowReader, property_iri, row_iri
from kg.remote.store import RemoteStore

MAX_LINKS = 200_000  # read for one question
MAX_FRONTIER = 20_000  # nodes looked at in one step
BATCH = 200  # nodes a request
_ROWS = "SELECT ?row ?by ?text FROM NAMED <> WHERE { GRAPH <> { VALUES ?row { } ?row ?by ?text%s } }"


Limit: TypeAlias = Literal["frontier", "links", "timeout"]


class CutShort(Exception):
    """A limit ended the walk in the middle of a level: nodes in one step, links in all, or the time."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit)
        self.limit = limit


@dataclass(frozen=True)
class FrontierLimits:
    """What one walk may read: links in all, nodes in one step."""

    max_links: int = MAX_LINKS
    max_frontier: int = MAX_FRONTIER


@dataclass
class Walk:
    """The links of a graph on an engine, as far as one question has read them.

    Attributes:
        selection: which links count; None: all are read.
        links: by the numbers of subject, predicate and object.
        rows: which links leave or reach each node that has been read.
    """

    store: RemoteStore
    selection: Selection | None
    deadline: Deadline
    limits: FrontierLimits
    links: dict[Key, Link] = field(default_factory=dict)
    rows: dict[tuple[str, int], list[Key]] = field(default_factory=dict)

    def wider(self, selection: Selection) -> Walk:
        """A walk by other filters that goes on from what this one has read, if that holds every predicate."""
        shares = self.selection is None or not (self.selection.predicates or self.selection.causal)
        read = (self.links, self.rows) if shares else ({}, {})
        return Walk(self.store, selection, self.deadline, self.limits, *read)

    def __post_init__(self) -> None:
        header, selection = self.store.header, self.selection
        self._reader = RowReader(header)
        names = header.predicates if selection is None else [n for n in header.predicates if _is_chosen(n, selection)]
        self._is_empty = not names
        chosen = ", ".join(f"<{property_iri(name)}>" for name in names)
        where = f" FILTER(?by IN ({chosen}))" if len(names) < len(header.predicates) else ""
        self._query = (_ROWS % where).replace("<>", f"<{header.index}>")
        graphs = header.edge_graphs
        hidden = () if selection is None or selection.reads_imports else range(len(graphs))
        self._hidden = frozenset(number for number in hidden if graphs[number].startswith(IMPORT_PREFIX))

    def passes(self, key: Key) -> bool:
        """Whether a link that has been read counts."""
        return self.selection is None or self.links[key].passes(self.selection.certainties, self._hidden)

    def around(self, nodes: Iterable[int], ways: tuple[str, ...]) -> list[Key]:
        """The links that leave or reach some nodes; a row is asked for once.

        Raises: CutShort at a limit; RemoteUnavailable where a row is damaged or the graph has been replaced.
        """
        asked = [(way, node) for node in nodes for way in ways]
        wanted = [row for row in asked if row not in self.rows]
        if len(wanted) > self.limits.max_frontier * len(ways):
            raise CutShort("frontier")
        found: dict[Key, Link] = {}
        rows: dict[tuple[str, int], list[Key]] = {row: [] for row in wanted}
        if not self._is_empty:
            for start in range(0, len(wanted), BATCH):
                self._read(wanted[start : start + BATCH], found, rows)
                if len(self.links) + len(found) > self.limits.max_links:
                    raise CutShort("links")
        if wanted and not found:
            self._check_that_it_is_there()
        self.links.update(found)
        self.rows.update(rows)
        return [key for row in asked for key in self.rows[row]]

    def _check_that_it_is_there(self) -> None:
        """No links may mean that none are there, or that two more pushes have taken the graph away."""
        index = self.store.header.index
        if not self.store.ask(
            f"ASK FROM NAMED <{index}> {{ GRAPH <{index}> {{ <{block_iri(index, 'nodes', 0)}> ?p ?o }} }}"
        ):
            raise RemoteUnavailable(self.store.address, "another graph has been pushed since this one was opened")

    def _read(
        self, wanted: list[tuple[str, int]], found: dict[Key, Link], rows: dict[tuple[str, int], list[Key]]
    ) -> None:
        left_s = self.deadline.left_s()
        if left_s <= 0:
            raise CutShort("timeout")
        index = self.store.header.index
        names = [row_iri(index, way, node) for way, node in wanted]
        try:
            answer = self.store.select(self._query, {"row": names}, Budget(timeout_s=min(left_s, MAX_TIMEOUT_S)))
        except QueryTimeout:
            raise CutShort("timeout") from None
        except (PartialAnswer, ResultTooLarge):
            if len(wanted) == 1:
                raise CutShort("links") from None
            middle = len(wanted) // 2
            self._read(wanted[:middle], found, rows)
            self._read(wanted[middle:], found, rows)
            return
        try:
            for subject, prop, text in answer.rows:
                way, node, links = self._reader.row(subject.value, prop.value, text.value)  # type: ignore[union-attr]
                found.update(links)
                rows[way, node].extend(links)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise self.store.damaged_index() from error


def _is_chosen(predicate: str, selection: Selection) -> bool:
    row = indexed_predicate(predicate)
    return (not selection.predicates or predicate in selection.predicates) and (
        not selection.causal or row.causal or row.sign == SIGN_CARRY
    )


@dataclass
class _Side:
    """One end of a search: how many steps each node is away, and what to read next."""

    way: str  # of the rows that go on from here
    start: int
    distance: dict[int, int] = field(default_factory=dict)
    frontier: set[int] = field(default_factory=set)
    depth: int = 0

    def __post_init__(self) -> None:
        self.distance[self.start] = 0
        self.frontier = {self.start}

    def at_least(self, node: int) -> int:
        """The fewest steps that a node can be away."""
        return self.distance.get(node, self.depth + 1)

    def go_on(self, reached: set[int], goal: int, interior: Mask) -> None:
        """Make a step to some nodes."""
        self.depth += 1
        self.distance.update(dict.fromkeys(reached, self.depth))
        self.frontier = {node for node in reached if node != goal and interior[node]}


@dataclass(frozen=True)
class Reached:
    """What a walk between two nodes has read.

    Attributes:
        links: those that a path of at most ``complete_to`` steps can have.
        complete_to: how many steps all links of all paths have been read for.
        cut_by: the limit that ended the walk before the question did, or None.
    """

    links: dict[Key, Link]
    complete_to: int
    cut_by: Limit | None


def between(walk: Walk, ends: tuple[int, int], max_length: int, interior: Mask) -> Reached:
    """Read the links of every path of at most ``max_length`` steps between two nodes, or as far as the limits allow.

    Args:
        walk: reads.
        ends: numbers of the nodes.
        max_length: in steps.
        interior: which nodes a path may lead through, by number.
    """
    ahead, behind = _Side(OUT, ends[0]), _Side(IN, ends[1])
    cut_by: Limit | None = None
    while ahead.depth + behind.depth < max_length and ahead.frontier and behind.frontier:
        side, other = (ahead, behind) if len(ahead.frontier) <= len(behind.frontier) else (behind, ahead)
        try:
            side.go_on(_reached(walk, side, side.frontier), other.start, interior)
        except CutShort as cut:
            cut_by = cut.limit
            break
    complete_to = ahead.depth + behind.depth if cut_by else max_length
    return Reached(_useful(walk, ahead, behind, complete_to), complete_to, cut_by)


def are_connected(walk: Walk, ends: tuple[int, int], max_length: int, interior: Mask) -> bool:
    """Whether there is a path of at most ``max_length`` steps; nothing is read once both sides have met.

    Raises: CutShort.
    """
    ahead, behind = _Side(OUT, ends[0]), _Side(IN, ends[1])
    while ahead.depth + behind.depth < max_length and ahead.frontier and behind.frontier:
        side, other = (ahead, behind) if len(ahead.frontier) <= len(behind.frontier) else (behind, ahead)
        reached: set[int] = set()
        left, size = sorted(side.frontier), 1
        while left:
            found = _reached(walk, side, left[:size])
            if any(node in other.distance and (node in ends or interior[node]) for node in found):
                return True
            reached |= found
            left, size = left[size:], min(2 * size, BATCH)  # a few nodes may have all the links that can be read
        side.go_on(reached, other.start, interior)
    return False


def within(walk: Walk, starts: Iterable[int], hops: int, direction: str) -> None:
    """Read all links of the nodes within so many steps of some nodes. Raises: CutShort."""
    ways = {"out": (OUT,), "in": (IN,), "both": (OUT, IN)}[direction]
    frontier = set(starts)
    seen = set(frontier)
    for _ in range(hops + 1):
        found = filter(walk.passes, walk.around(sorted(frontier), ways))
        frontier = {node for key in found for node in (key[0], key[2])} - seen
        seen |= frontier


def _is_directed(walk: Walk) -> bool:
    return walk.selection is not None and walk.selection.directed


def _reached(walk: Walk, side: _Side, nodes: Iterable[int]) -> set[int]:
    """What is one step from some nodes of the frontier and was not met before."""
    ways = (side.way,) if _is_directed(walk) else (OUT, IN)
    found = filter(walk.passes, walk.around(sorted(nodes), ways))
    return {node for key in found for node in (key[0], key[2]) if node not in side.distance}


def _useful(walk: Walk, ahead: _Side, behind: _Side, length: int) -> dict[Key, Link]:
    """The links that can lie on a path of at most ``length`` steps."""
    useful = {}
    for key, link in walk.links.items():
        pairs = [(key[0], key[2])] if _is_directed(walk) else [(key[0], key[2]), (key[2], key[0])]
        if any(ahead.at_least(a) + 1 + behind.at_least(b) <= length for a, b in pairs):
            useful[key] = link
    return useful
