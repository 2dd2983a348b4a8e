"""What statements join to a thing: what acts on what first, then clinical links, then the rest; and its drawing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from kg.cards import EntityCard
from kg.graph import KnowledgeGraph
from kg.identifiers import display
from kg.model import CERTAINTIES, EntityRef
from kg.paths.neighborhood import NeighborItem, NeighborsQuestion
from kg.paths.steps import sentence_of
from ontology.terms import PREDICATES
from server.drawings.layered import Link, layered_picture
from server.drawings.pictures import Picture
from server.wording import label_of

ROWS_SHOWN = 12
MOST_STATEMENTS = 1000
DRAWN_EACH_SIDE = 12

_CLINICAL = frozenset(
    {
        "hasArm",
        "regimen",
        "includesDrug",
        "includesProcedure",
        "studiedIn",
        "hasPatient",
        "hasDiagnosis",
        "received",
        "testedIn",
        "activeIn",
        "inactiveIn",
        "resistantTo",
        "sensitiveTo",
        "usedFor",
        "drugOfChoiceFor",
        "approvedFor",
        "synergizesWith",
    }
)
_MOLECULES = frozenset({"Target", "Complex", "Metabolite", "Pathway", "Drug"})
_SECTIONS = (
    ("acts", "What it acts on"),
    ("acted", "What acts on it"),
    ("clinical", "In the clinic"),
    ("other", "Other links"),
)


@dataclass(frozen=True)
class Row:
    """A neighbour and the statements that join it."""

    node: EntityRef
    items: tuple[NeighborItem, ...]

    @property
    def certainty(self) -> str:
        """Of the strongest statement."""
        return min((item.certainty for item in self.items), key=CERTAINTIES.index)


@dataclass(frozen=True)
class Group:
    """Neighbours joined by one predicate in one direction."""

    label: str
    rows: tuple[Row, ...]
    more: tuple[Row, ...]
    count: int


@dataclass(frozen=True)
class Section:
    """Groups of one nature."""

    anchor: str
    heading: str
    groups: tuple[Group, ...]
    count: int


@dataclass(frozen=True)
class Surroundings:
    """Everything that statements join to one thing, arranged, and drawn where there is something to draw."""

    sections: tuple[Section, ...]
    picture: Picture
    items: tuple[NeighborItem, ...]
    left_out: int


def surroundings(graph: KnowledgeGraph, card: EntityCard) -> Surroundings:
    """Gather and arrange the neighbours of a thing."""
    question = NeighborsQuestion(node=card.id, certainties=frozenset(CERTAINTIES), limit=MOST_STATEMENTS)
    answer = graph.neighbors(question, sourced=False)
    grouped: dict[tuple[str, str], list[NeighborItem]] = {}
    for item in answer.items:
        grouped.setdefault((item.predicate, item.direction), []).append(item)
    sections: dict[str, list[Group]] = {name: [] for name, _ in _SECTIONS}
    for (predicate, direction), items in grouped.items():
        sections[_section(predicate, direction)].append(_group(predicate, direction, items))
    listed = tuple(
        Section(name, heading, tuple(sections[name]), sum(group.count for group in sections[name]))
        for name, heading in _SECTIONS
        if sections[name]
    )
    ref = EntityRef(card.id, card.curie, card.type, card.label)
    return Surroundings(listed, picture_of(ref, answer.items), answer.items, answer.total - len(answer.items))


def _section(predicate: str, direction: str) -> str:
    if predicate in _CLINICAL:
        return "clinical"
    term = PREDICATES.get(predicate)
    if term is not None and (term.causal or term.sign != "none"):
        return "acts" if direction == "out" else "acted"
    return "other"


def _group(predicate: str, direction: str, items: Sequence[NeighborItem]) -> Group:
    by_node: dict[EntityRef, list[NeighborItem]] = {}
    for item in items:
        by_node.setdefault(item.node, []).append(item)
    rows = tuple(
        Row(node, tuple(found)) for node, found in sorted(by_node.items(), key=lambda pair: pair[0].label.lower())
    )
    return Group(label_of(predicate, forward=direction == "out"), rows[:ROWS_SHOWN], rows[ROWS_SHOWN:], len(rows))


def picture_of(centre: EntityRef, items: Iterable[NeighborItem]) -> Picture:
    """The nearest surroundings as columns: what acts on it, itself, what it acts on."""
    chosen: dict[str, list[EntityRef]] = {"in": [], "out": []}
    items = sorted(items, key=lambda item: (item.node.type not in _MOLECULES, CERTAINTIES.index(item.certainty)))
    for rank in ("acts", "acted", "other", "clinical"):
        for item in items:
            side = chosen[item.direction]
            is_drawable = item.node.type not in {"Arm", "Study", "Patient", "Regimen"}
            if (
                _section(item.predicate, item.direction) == rank
                and is_drawable
                and item.node not in side
                and len(side) < DRAWN_EACH_SIDE
            ):
                side.append(item.node)
    drawn = {(node, side) for side, nodes in chosen.items() for node in nodes}
    links = [_link(centre, item) for item in items if (item.node, item.direction) in drawn]
    if not links:
        return Picture((), ())
    return layered_picture({centre, *(node for node, _ in drawn)}, links, centre=centre.id)


def _link(centre: EntityRef, item: NeighborItem) -> Link:
    start, end = (centre, item.node) if item.direction == "out" else (item.node, centre)
    curie = display(item.statement)
    return Link(
        start.id,
        end.id,
        item.sign,
        item.certainty,
        label_of(item.predicate),
        sentence_of(start, item.predicate, end),
        f"/statement/{quote(curie, safe=':')}",
        curie,
    )
