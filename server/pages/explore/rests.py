"""What an expansion left out: the "+n more" beside a hub, with the list that some or all can be added from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from kg.graph import KnowledgeGraph
from kg.model import CERTAINTIES, Certainty, EntityRef
from kg.paths.link_filters import MAX_ITEMS
from kg.paths.neighborhood import NeighborCount, NeighborItem, NeighborsQuestion
from server.wording import label_of

MARK = "more|"


@dataclass(frozen=True)
class Way:
    """One way to expand a thing: a predicate ("" for any) in a direction ("in", "out", or "" for both)."""

    node: str
    predicate: str
    direction: str

    @property
    def id(self) -> str:
        """The identifier of the "+n more" that belongs to it."""
        return f"{MARK}{self.node}|{self.predicate}|{self.direction}"

    @property
    def label(self) -> str:
        """How it reads from the thing: "is inhibited by"."""
        return label_of(self.predicate, forward=self.direction != "in") if self.predicate else "is linked to"


@dataclass(frozen=True)
class Neighbor:
    """A thing that an expansion leads to, the firmest certainty that says so, and how many statements do."""

    ref: EntityRef
    certainty: Certainty
    statements: int


@dataclass(frozen=True)
class Expansion:
    """Everything that one way of expanding leads to, best evidenced first.

    Attributes:
        items: at most those of 1000 statements.
        total: how many things there are.
    """

    way: Way
    centre: EntityRef
    items: tuple[Neighbor, ...]
    total: int

    def left(self, shown: Collection[EntityRef]) -> int:
        """How many of them are not shown."""
        return self.total - sum(1 for item in self.items if item.ref in shown)

    def waiting(self, shown: Collection[EntityRef]) -> tuple[Neighbor, ...]:
        """Those that are not shown, as far as they are listed."""
        return tuple(item for item in self.items if item.ref not in shown)


def counts_around(graph: KnowledgeGraph, centre: EntityRef, *, imports: bool) -> tuple[NeighborCount, ...]:
    """The ways to expand a thing with counts: of everything that expanding would show, however firmly it is stated."""
    question = NeighborsQuestion(node=centre.id, certainties=frozenset(CERTAINTIES), include_imports=imports, limit=1)
    return graph.neighbors(question, sourced=False).counts


def expansion(graph: KnowledgeGraph, centre: EntityRef, way: Way, *, imports: bool) -> Expansion:
    """What a way of expanding a thing leads to. Firm statements come first, then many, then the alphabet."""
    question = NeighborsQuestion(
        node=centre.id,
        direction=way.direction if way.direction in {"in", "out"} else "both",  # type: ignore[arg-type]  # checked here
        predicates=(way.predicate,) if way.predicate else (),
        certainties=frozenset(CERTAINTIES),
        include_imports=imports,
        limit=MAX_ITEMS,
    )
    answer = graph.neighbors(question, sourced=False)
    stated: dict[EntityRef, list[NeighborItem]] = {}
    for item in answer.items:
        if item.node != centre:
            stated.setdefault(item.node, []).append(item)
    found = (
        Neighbor(ref, min((item.certainty for item in items), key=CERTAINTIES.index), len(items))
        for ref, items in stated.items()
    )
    items = tuple(sorted(found, key=lambda it: (CERTAINTIES.index(it.certainty), -it.statements, it.ref.label)))
    known = sum(
        count.nodes
        for count in answer.counts
        if way.predicate in {"", count.predicate} and way.direction in {"", count.direction}
    )
    return Expansion(way, centre, items, known if answer.truncated else len(items))
