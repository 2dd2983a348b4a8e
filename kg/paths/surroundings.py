"""What is within reach of entities: everything near one, what several share, the graph around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from kg.errors import InvalidParameter
from kg.identifiers import display
from kg.model import CERTAINTIES, EntityRef, cut_at
from kg.paths.adjacency import Adjacency, check_names, check_range, nodes_allowed, project
from kg.paths.breadth_first import distances
from kg.paths.index import Ids, Index
from kg.paths.link_filters import LinkFilters, shut_out_by
from kg.paths.steps import Describer, Hop, StatementSource, Step
from kg.tables import Listed

Asked = TypeVar("Asked", bound=LinkFilters)
Empty = TypeVar("Empty", "ReachableAnswer", "CommonAnswer", "Subgraph")

MAX_HOPS = 8
MAX_SUBGRAPH_HOPS = 3
MAX_SEEDS = 50
MAX_SUBGRAPH_LINKS = 5_000  # more than can be drawn or read


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
    """An entity within reach and the fewest steps to it."""

    node: EntityRef
    distance: int


@dataclass(frozen=True)
class ReachableAnswer(Listed):
    """What is within reach, nearest first.

    Attributes:
        excluded_by: where nothing is: the filters that shut out what there is.
    """

    items: tuple[ReachableItem, ...]
    limit: int
    total: int
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
    """A shared neighbour and the steps that join each of the entities to it."""

    node: EntityRef
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class CommonAnswer(Listed):
    """Shared neighbours in the order of their IRIs.

    Attributes:
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
        total: nodes there would be without the limit.
        truncated_by: "limit" or "links".
        excluded_by: where there is no link: the filters that shut out what there is.
    """

    tabled = "edges"

    nodes: tuple[EntityRef, ...]
    edges: tuple[Step, ...]
    limit: int
    total: int
    truncated: bool
    truncated_by: str | None
    excluded_by: tuple[str, ...] = ()


def reachable(index: Index, question: ReachableQuestion) -> ReachableAnswer:
    """Everything within so many steps. Raises: EntityNotFound, InvalidParameter."""
    check_names(index, question.predicates, question.types, "type")
    found, distance = _reached(index, question)
    order = found[np.argsort(distance[found], kind="stable")]
    items = tuple(ReachableItem(index.entity(n), int(distance[n])) for n in order[: question.limit].tolist())
    answer = ReachableAnswer(items, **cut_at(question.limit, len(order)))
    return answer if items else _explained(index, question, answer, lambda wider: bool(_reached(index, wider)[0].size))


def _reached(index: Index, question: ReachableQuestion) -> tuple[Ids, NDArray[np.int32]]:
    """What is within reach by number, and how far everything is."""
    distance = distances(_adjacency(index, question), [index.node(question.node, "node")], question.max_length)
    return np.flatnonzero((distance > 0) & nodes_allowed(index, question.types, ())), distance


def common_neighbors(index: Index, question: CommonQuestion, source: StatementSource | None = None) -> CommonAnswer:
    """The entities that all of the given ones are joined to. Raises: EntityNotFound, InvalidParameter."""
    check_names(index, question.predicates, question.types, "type")
    seeds = sorted({index.node(iri, "node") for iri in question.nodes})
    adjacency = _adjacency(index, question)
    numbers = _shared(index, question, seeds)
    shown = numbers[: question.limit].tolist()
    hops: dict[int, list[Hop]] = {number: [] for number in shown}
    for seed in seeds:
        for place in adjacency.positions(np.array([seed])).tolist():
            neighbor = int(adjacency.neighbor[place])
            if neighbor in hops:
                hops[neighbor].append((seed, int(adjacency.step[place])))
    describer = Describer(index, question.selection(), source)
    named = describer.steps([hop for group in hops.values() for hop in group])
    items = tuple(CommonItem(describer.entity(n), tuple(named[hop] for hop in hops[n])) for n in shown)
    answer = CommonAnswer(items, **cut_at(question.limit, len(numbers)))
    return (
        answer if items else _explained(index, question, answer, lambda wider: bool(_shared(index, wider, seeds).size))
    )


def _shared(index: Index, question: CommonQuestion, seeds: Sequence[int]) -> Ids:
    """The neighbours of all of some entities, by number."""
    adjacency = _adjacency(index, question)
    shared = nodes_allowed(index, question.types, seeds)
    for seed in seeds:
        mine = np.zeros(adjacency.nodes, dtype=bool)
        mine[adjacency.neighbor[adjacency.positions(np.array([seed]))]] = True
        shared &= mine
    return np.flatnonzero(shared)


def subgraph(index: Index, question: SubgraphQuestion, source: StatementSource | None = None) -> Subgraph:
    """The graph around some entities: of too many nodes, the nearest and best joined to nearer ones are kept.

    Raises: EntityNotFound, InvalidParameter (also where more entities are given than ``limit`` allows).
    """
    check_names(index, question.predicates, question.types, "type")
    seeds = sorted({index.node(iri, "node") for iri in question.nodes})
    if len(seeds) > question.limit:
        raise InvalidParameter("limit", str(question.limit), f"at least the {len(seeds)} entities asked for")
    order, kept, hops = _around(index, question, seeds)
    describer = Describer(index, question.selection(), source)
    named = describer.steps(hops)
    nodes = tuple(describer.entity(n) for n in order[:kept].tolist())
    cut = cut_at(question.limit, len(order))
    if kept < min(question.limit, len(order)):
        cut |= {"truncated": True, "truncated_by": "links"}
    answer = Subgraph(nodes, tuple(named[hop] for hop in hops), **cut)
    return answer if hops else _explained(index, question, answer, lambda wider: bool(_around(index, wider, seeds)[2]))


def _around(index: Index, question: SubgraphQuestion, seeds: Sequence[int]) -> tuple[Ids, int, list[Hop]]:
    """All nodes around some entities, nearest and best joined first, how many are kept, and the links among those."""
    interior = nodes_allowed(index, question.types, ())
    walked = _adjacency(index, question)
    distance = distances(walked, seeds, question.hops, interior)
    found = np.flatnonzero(distance >= 0)
    order = found[np.lexsort((found, -_ties(walked, distance)[found], distance[found]))]
    out = project(index, replace(question.selection(), directed=True)).out
    most = min(question.limit, len(order))
    place = np.full(len(index.nodes), most, dtype=np.int64)
    place[order[:most]] = np.arange(most)
    members = np.sort(order[:most])
    positions = out.positions(members)
    owners = np.repeat(members, out.degree(members))
    complete = np.maximum(place[owners], place[out.neighbor[positions]])  # the place at which a link has both its ends
    among = complete < most
    if np.count_nonzero(among) > MAX_SUBGRAPH_LINKS:
        most = max(int(np.sort(complete)[MAX_SUBGRAPH_LINKS]), len(seeds))
        among = complete < most
    return order, most, list(zip(owners[among].tolist(), out.step[positions[among]].tolist(), strict=True))


def _explained(index: Index, question: Asked, empty: Empty, finds: Callable[[Asked], bool]) -> Empty:
    return replace(empty, excluded_by=excluded_by(question, finds, has_imports=index.has_imports))


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


def _ties(adjacency: Adjacency, distance: NDArray[np.int32]) -> Ids:
    """For every node how many links lead to it from nodes that are nearer."""
    ties = np.zeros(adjacency.nodes, dtype=np.int64)
    reached = np.flatnonzero(distance >= 0)
    positions = adjacency.positions(reached)
    owners = np.repeat(reached, adjacency.degree(reached))
    ends = adjacency.neighbor[positions]
    np.add.at(ties, ends[distance[ends] > distance[owners]], 1)
    return ties


def _adjacency(index: Index, question: LinkFilters) -> Adjacency:
    projection = project(index, question.selection())
    return projection.into if question.direction == "in" else projection.out
