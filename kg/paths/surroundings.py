"""What is within reach of entities: everything near one, what several share, the graph around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from kg.budget import Deadline
from kg.errors import InvalidParameter
from kg.identifiers import display
from kg.model import CERTAINTIES, EntityRef, cut_at
from kg.paths.adjacency import Directions, Neighbors, Selection, check_names, check_range, in_pieces, nodes_allowed
from kg.paths.breadth_first import FAR, distances
from kg.paths.index import IMPORT_PREFIX, Ids, Index
from kg.paths.lazy_adjacency import directions, directions_once
from kg.paths.link_filters import LinkFilters, shut_out_by
from kg.paths.steps import Describer, Hop, StatementSource, Step
from kg.tables import Listed

Asked = TypeVar("Asked", bound=LinkFilters)
Empty = TypeVar("Empty", "ReachableAnswer", "CommonAnswer", "Subgraph")

MAX_HOPS = 8
MAX_SUBGRAPH_HOPS = 3
MAX_SEEDS = 50
MAX_SUBGRAPH_LINKS = 5_000  # more than can be drawn or read
NAMED_AT_ONCE = 500  # entities or steps between two looks at the clock


@dataclass(frozen=True)
class ReachableQuestion(LinkFilters):
    """What lies within so many steps of an entity?

    ``types`` choose what is listed, not what is walked through.
    """

    node: str
    max_length: int = 3

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("max_length", self.max_length, 1, MAX_HOPS)


@dataclass(frozen=True)
class ReachableItem:
    """An entity within reach and the fewest steps to it.

    Attributes:
        imported: whether so few steps lead there only with links that imports alone state.
    """

    node: EntityRef
    distance: int
    imported: bool = False


@dataclass(frozen=True)
class ReachableAnswer(Listed):
    """What is within reach, nearest first.

    Attributes:
        total: None where time was over before all was walked.
        truncated_by: "limit" or "timeout".
        excluded_by: where nothing is: the filters that shut out what there is.
    """

    items: tuple[ReachableItem, ...]
    limit: int
    total: int | None
    truncated: bool
    truncated_by: str | None
    excluded_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class CommonQuestion(LinkFilters):
    """Which entities are neighbours of all of these?"""

    nodes: tuple[str, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(set(self.nodes)) < 2:
            raise InvalidParameter("node", ", ".join(map(display, self.nodes)), "at least two different entities")
        check_range("node", len(self.nodes), 2, MAX_SEEDS)


@dataclass(frozen=True)
class CommonItem:
    """A shared neighbour and the steps that join each of the entities to it.

    Attributes:
        imported: whether imports alone join any of the entities to it.
    """

    node: EntityRef
    steps: tuple[Step, ...]
    imported: bool = False


@dataclass(frozen=True)
class CommonAnswer(Listed):
    """Shared neighbours in the order of their IRIs.

    Attributes:
        truncated_by: "limit" or "timeout".
        excluded_by: where there is none: the filters that shut out what there is.
    """

    items: tuple[CommonItem, ...]
    limit: int
    total: int
    truncated: bool
    truncated_by: str | None
    excluded_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class SubgraphQuestion(LinkFilters):
    """What is the graph around these entities? With ``hops`` 0: only the links among them."""

    nodes: tuple[str, ...]
    hops: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("hops", self.hops, 0, MAX_SUBGRAPH_HOPS)
        check_range("node", len(self.nodes), 1, MAX_SEEDS)


@dataclass(frozen=True)
class Subgraph(Listed):
    """Entities and all selected links among them.

    Attributes:
        nodes: nearest to the asked-for entities first, at most ``limit``, and no more of them than have
            ``MAX_SUBGRAPH_LINKS`` links among them.
        total: nodes there would be without the limit; None where time was over before all were walked to.
        truncated_by: "limit", "links" or "timeout".
        excluded_by: where there is no link: the filters that shut out what there is.
    """

    tabled = "edges"

    nodes: tuple[EntityRef, ...]
    edges: tuple[Step, ...]
    limit: int
    total: int | None
    truncated: bool
    truncated_by: str | None
    excluded_by: tuple[str, ...] = ()


class _Clock:
    """Looks at the time, and remembers that it was over while there was still something to do."""

    def __init__(self, deadline: Deadline | None) -> None:
        self._deadline = deadline
        self.has_cut = False

    def is_over(self) -> bool:
        """To be asked only before work that would then be left out."""
        self.has_cut = self.has_cut or (self._deadline is not None and self._deadline.passed())
        return self.has_cut


def reachable(index: Index, question: ReachableQuestion, deadline: Deadline | None = None) -> ReachableAnswer:
    """Everything within so many steps; of what a deadline cuts, the nearest.

    Raises: EntityNotFound, InvalidParameter.
    """
    check_names(index, question.predicates, question.types, "type")
    clock = _Clock(deadline)
    found, distance = _reached(index, question, clock)
    length = _cut_at(question.limit, len(found), clock)
    order = found[np.argsort(distance[found], kind="stable")][: question.limit].tolist()
    curated = _without_imports(index, question)
    items: list[ReachableItem] = []
    for start in range(0, len(order), NAMED_AT_ONCE):
        if start and clock.is_over():
            break
        for number in order[start : start + NAMED_AT_ONCE]:
            imported = curated is not None and curated[number] != distance[number]
            items.append(ReachableItem(index.entity(number), int(distance[number]), bool(imported)))
    answer = ReachableAnswer(tuple(items), **length | _cut_by(clock))
    return answer if items else _explained(index, question, answer, clock, lambda wider: _finds(index, wider, clock))


def _reached(index: Index, question: ReachableQuestion, clock: _Clock) -> tuple[Ids, NDArray[np.int32]]:
    """What is within reach by number, and how far everything is."""
    start = index.node(question.node, "node")
    distance = distances(_links(index, question, directions), [start], question.max_length, is_over=clock.is_over)
    return np.flatnonzero((distance > 0) & nodes_allowed(index, question.types, ())), distance


def _finds(index: Index, question: ReachableQuestion, clock: _Clock) -> bool:
    return bool(_reached(index, question, clock)[0].size)


def _without_imports(index: Index, question: ReachableQuestion) -> NDArray[np.int32] | None:
    """How far everything is by what is no import; None where the question reads none."""
    if not question.selection().reads_imports:
        return None
    graphs = tuple(graph for graph in question.graphs if not graph.startswith(IMPORT_PREFIX))
    if question.graphs and not graphs:
        return np.full(len(index.nodes), FAR, dtype=np.int32)
    return _reached(index, replace(question, include_imports=False, graphs=graphs), _Clock(None))[1]


def common_neighbors(
    index: Index, question: CommonQuestion, source: StatementSource | None = None, deadline: Deadline | None = None
) -> CommonAnswer:
    """The entities that all of the given ones are joined to; of what a deadline cuts, the first.

    Raises: EntityNotFound, InvalidParameter.
    """
    check_names(index, question.predicates, question.types, "type")
    clock = _Clock(deadline)
    seeds = sorted({index.node(iri, "node") for iri in question.nodes})
    numbers = _shared(index, question, seeds)
    hops = _hops_between(_links(index, question, directions_once), seeds, numbers[: question.limit])
    describer = Describer(index, question.selection(), source)
    named = _named(describer, [hop for group in hops.values() for hop in group], clock)
    whole = takewhile(lambda number: all(hop in named for hop in hops[number]), hops)
    items = tuple(
        _common_item(describer.entity(number), [(hop[0], named[hop]) for hop in hops[number]]) for number in whole
    )
    answer = CommonAnswer(items, **cut_at(question.limit, len(numbers)) | _cut_by(clock))
    return (
        answer
        if items
        else _explained(index, question, answer, clock, lambda wider: bool(_shared(index, wider, seeds).size))
    )


def _shared(index: Index, question: CommonQuestion, seeds: Sequence[int]) -> Ids:
    """The neighbours of all of some entities, by number."""
    links = _links(index, question, directions_once)  # few rows, for which it is not worth making all ready
    shared = nodes_allowed(index, question.types, seeds)
    for seed in seeds:
        mine = np.zeros(links.nodes, dtype=bool)
        mine[links.near(seed)] = True
        shared &= mine
    return np.flatnonzero(shared)


def _hops_between(links: Neighbors, seeds: Sequence[int], ends: Ids) -> dict[int, list[Hop]]:
    """For each of some nodes the steps to it from each of the seeds."""
    hops: dict[int, list[Hop]] = {number: [] for number in ends.tolist()}
    is_end = np.zeros(links.nodes, dtype=bool)
    is_end[ends] = True
    for seed in seeds:
        row = links.row(seed)
        chosen = is_end[row.neighbors]
        for end, step in zip(row.neighbors[chosen].tolist(), row.steps[chosen].tolist(), strict=True):
            hops[end].append((seed, step))
    return hops


def _common_item(node: EntityRef, joined: Sequence[tuple[int, Step]]) -> CommonItem:
    """A shared neighbour, given the steps to it with the seeds that they come from."""
    curated = {seed for seed, step in joined if not step.imported}
    return CommonItem(node, tuple(step for _, step in joined), any(seed not in curated for seed, _ in joined))


def subgraph(
    index: Index, question: SubgraphQuestion, source: StatementSource | None = None, deadline: Deadline | None = None
) -> Subgraph:
    """The graph around some entities: of too many nodes, the nearest and best joined to nearer ones are kept.

    Raises: EntityNotFound, InvalidParameter (also where more entities are given than ``limit`` allows).
    """
    check_names(index, question.predicates, question.types, "type")
    clock = _Clock(deadline)
    seeds = sorted({index.node(iri, "node") for iri in question.nodes})
    if len(seeds) > question.limit:
        raise InvalidParameter("limit", str(question.limit), f"at least the {len(seeds)} entities asked for")
    around = _around(index, question, seeds, clock)
    length = _cut_at(question.limit, len(around.order), clock)
    kept = around.kept
    if kept < min(question.limit, len(around.order)):
        length |= {"truncated": True, "truncated_by": "links"}
    describer = Describer(index, question.selection(), source)
    by_place = sorted(around.hops, key=around.hops.__getitem__)
    named = _named(describer, by_place, clock)
    if len(named) < len(by_place):  # so many nodes as have all links among them
        kept = max(around.hops[by_place[len(named)]], len(seeds))
    edges = tuple(named[hop] for hop, place in around.hops.items() if place < kept and hop in named)
    nodes = tuple(describer.entity(n) for n in around.order[:kept].tolist())
    answer = Subgraph(nodes, edges, **length | _cut_by(clock))
    if around.hops:
        return answer
    return _explained(index, question, answer, clock, lambda wider: bool(_around(index, wider, seeds, clock).hops))


class _Around(NamedTuple):
    """The nodes around some entities, nearest and best joined first.

    Attributes:
        kept: how many of them are shown.
        hops: the links among those, each with the place of the later of its ends.
    """

    order: Ids
    kept: int
    hops: dict[Hop, int]


def _around(index: Index, question: SubgraphQuestion, seeds: Sequence[int], clock: _Clock) -> _Around:
    interior = nodes_allowed(index, question.types, ())
    walked = _links(index, question, directions)
    distance = distances(walked, seeds, question.hops, interior, clock.is_over)
    found = np.flatnonzero(distance >= 0)
    order = found[np.lexsort((found, -_ties(walked, distance, clock)[found], distance[found]))]
    out = directions_once(index, replace(question.selection(), directed=True)).out
    most = min(question.limit, len(order))
    place = np.full(len(index.nodes), most, dtype=np.int64)
    place[order[:most]] = np.arange(most)
    members = np.sort(order[:most])
    rows = [out.row(member) for member in members.tolist()]
    owners = np.repeat(members, [len(row.neighbors) for row in rows])
    ends, steps = (np.concatenate([row[column] for row in rows]) for column in (0, 1))
    complete = np.maximum(place[owners], place[ends])  # the place at which a link has both its ends
    among = complete < most
    if np.count_nonzero(among) > MAX_SUBGRAPH_LINKS:
        most = max(int(np.sort(complete)[MAX_SUBGRAPH_LINKS]), len(seeds))
        among = complete < most
    hops = zip(owners[among].tolist(), steps[among].tolist(), strict=True)
    return _Around(order, most, dict(zip(hops, complete[among].tolist(), strict=True)))


def _named(describer: Describer, hops: Sequence[Hop], clock: _Clock) -> dict[Hop, Step]:
    """The first of some steps by name: a few in any case, more of them while there is time."""
    named: dict[Hop, Step] = {}
    for start in range(0, len(hops), NAMED_AT_ONCE):
        if start and clock.is_over():
            break
        named |= describer.steps(hops[start : start + NAMED_AT_ONCE])
    return named


def _cut_at(limit: int, found: int, clock: _Clock) -> dict[str, Any]:
    """How long an answer is, of which time may have cut what lies farther out."""
    return cut_at(limit, found) | ({"total": None} if clock.has_cut else {})


def _cut_by(clock: _Clock) -> dict[str, Any]:
    return {"truncated": True, "truncated_by": "timeout"} if clock.has_cut else {}


def _explained(index: Index, question: Asked, empty: Empty, clock: _Clock, finds: Callable[[Asked], bool]) -> Empty:
    def in_time(wider: Asked) -> bool:
        return not clock.is_over() and finds(wider)

    return replace(empty, excluded_by=excluded_by(question, in_time, has_imports=index.has_imports))


def excluded_by(question: Asked, finds: Callable[[Asked], bool], *, has_imports: bool) -> tuple[str, ...]:
    """The filters without which a question would find something; ``finds`` says whether a wider one does."""
    lifted: dict[str, dict[str, Any]] = {
        "predicate": {"predicates": ()},
        "type": {"types": ()},
        "certainty": {"certainties": frozenset(CERTAINTIES)},
        "direction": {"direction": "both"},
        "graph": {"graphs": ()},
        "include_imports": {"include_imports": question.include_imports or has_imports},
    }
    if isinstance(question, SubgraphQuestion) and not question.hops:
        lifted["hops"] = {"hops": 1}
    return shut_out_by(question, lifted, finds)


def _ties(links: Neighbors, distance: NDArray[np.int32], clock: _Clock) -> Ids:
    """For every node how many links lead to it from nodes that are nearer; nothing of it where time is over."""
    ties = np.zeros(links.nodes, dtype=np.int64)
    for piece in in_pieces(links, np.flatnonzero((distance >= 0) & (distance < distance.max()))):
        if clock.is_over():
            return np.zeros_like(ties)
        for block in links.ends(piece):
            owners = piece.repeat(np.diff(block.stops, prepend=0))
            ties += np.bincount(block.neighbors[distance[block.neighbors] > distance[owners]], minlength=links.nodes)
    return ties


def _links(index: Index, question: LinkFilters, found: Callable[[Index, Selection], Directions]) -> Neighbors:
    both_ways = found(index, question.selection())
    return both_ways.into if question.direction == "in" else both_ways.out
