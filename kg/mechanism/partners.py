"""Two drugs of one regimen: what sources state of the pair, and where the paths of both meet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from kg.mechanism.background import Background, Schedule
from kg.mechanism.cell_cycle import Caution, cautions, premises
from kg.mechanism.chains import net_sign
from kg.mechanism.ground import Ground
from kg.model import EntityRef
from kg.paths.best_paths import FoundPath
from kg.paths.steps import Step
from ontology.english import capitalised, is_plural, plural_verb

MAX_MEETINGS = 30  # per pair
_PREFIXES = 24  # ways of one drug to one node that are compared

Relation = Literal["same", "opposite", "mixed", "unknown"]


@dataclass(frozen=True)
class Side:
    """How one of two drugs gets to where they meet.

    Attributes:
        signs: net signs of all its paths there that have one, +1 first.
        steps: of the best of them.
    """

    drug: EntityRef
    signs: tuple[int, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Meeting:
    """Where the paths of two drugs come together that came apart until then.

    Attributes:
        relation: whether both push it the "same" way, "opposite" ways, one of them both ways ("mixed"), or
            "unknown" where one has no sign.
    """

    node: EntityRef
    relation: Relation
    sides: tuple[Side, Side]
    sentence: str


@dataclass(frozen=True)
class Partnership:
    """A pair of drugs.

    Attributes:
        stated: all that sources state of the two directly.
        meetings: opposite ones first, at most 30.
        meetings_total: how many there are.
        cautions: what is inferred of the pair; no source states it.
        schedules: how sources timed one relative to the other.
    """

    drugs: tuple[EntityRef, EntityRef]
    stated: tuple[Step, ...]
    meetings: tuple[Meeting, ...]
    meetings_total: int
    cautions: tuple[Caution, ...]
    schedules: tuple[Schedule, ...]


@dataclass(frozen=True)
class Partners:
    """Every pair, and the stretches of paths that lead to their meetings, for the drawing."""

    pairs: tuple[Partnership, ...]
    ways: tuple[FoundPath, ...]


def partners(ground: Ground, background: Background | None, chains: Sequence[FoundPath]) -> Partners:
    """What two and two of the drugs of a question have to do with each other.

    Where they meet is decided by the causal paths found, the chains.
    """
    drugs = [drug for drug in ground.asked if ground.index.type_of(drug) != "Regimen"]
    if len(drugs) < 2:
        return Partners((), ())
    reached = {drug: _reached(chain for chain in chains if chain.nodes[0] == drug) for drug in drugs}
    known = {drug: premises(ground, background, drug) if background else () for drug in drugs}
    pairs: list[Partnership] = []
    leading: list[FoundPath] = []
    for first, second in combinations(drugs, 2):
        names = ground.describer.entity(first), ground.describer.entity(second)
        common = sorted(reached[first].keys() & reached[second].keys())
        apart = [ways for node in common if (ways := _apart(reached[first][node], reached[second][node]))]
        met = sorted((_met(ground, ways) for ways in apart), key=lambda met: _standing(ground, met))[:MAX_MEETINGS]
        leading += [way for meeting in met for way in meeting.ways]
        pairs.append(
            Partnership(
                drugs=names,
                stated=(*ground.direct(first, [second]), *ground.direct(second, [first])),
                meetings=_meetings(ground, met),
                meetings_total=len(apart),
                cautions=cautions(known[first], known[second]),
                schedules=background.schedules([name.id for name in names]) if background else (),
            )
        )
    return Partners(tuple(pairs), tuple(dict.fromkeys(leading)))


_Ways = list[FoundPath]


def _reached(chains: Iterable[FoundPath]) -> dict[int, _Ways]:
    """By node, the ways that some chains lead there, cheapest first."""
    found: dict[int, dict[tuple[int, ...], FoundPath]] = {}
    for chain in chains:
        for place in range(1, len(chain.nodes)):
            way = FoundPath(chain.nodes[: place + 1], chain.steps[:place], place)
            found.setdefault(chain.nodes[place], {}).setdefault(way.steps, way)
    return {
        node: sorted(ways.values(), key=lambda way: (len(way.steps), way.nodes, way.steps))
        for node, ways in found.items()
    }


def _apart(of_first: _Ways, of_second: _Ways) -> tuple[_Ways, _Ways] | None:
    """The ways of both drugs, led by two that share nothing before the node; None where they have met already."""
    for first in of_first[:_PREFIXES]:
        before = set(first.nodes[:-1])
        for second in of_second[:_PREFIXES]:
            if before.isdisjoint(second.nodes[:-1]):
                return [first, *of_first], [second, *of_second]
    return None


@dataclass(frozen=True)
class _Met:
    """A meeting by number: the best way of each drug to it, and the net signs of all its ways."""

    node: int
    relation: Relation
    ways: tuple[FoundPath, FoundPath]
    signs: tuple[tuple[int, ...], tuple[int, ...]]


def _met(ground: Ground, ways: tuple[_Ways, _Ways]) -> _Met:
    of_first, of_second = ways
    signs = _signs(ground, of_first), _signs(ground, of_second)
    relation: Relation = "unknown"
    if all(signs):
        relation = "mixed" if max(map(len, signs)) > 1 else "same" if signs[0] == signs[1] else "opposite"
    return _Met(of_first[0].nodes[-1], relation, (of_first[0], of_second[0]), signs)


def _signs(ground: Ground, ways: _Ways) -> tuple[int, ...]:
    signs = {sign for way in ways if (sign := net_sign(ground.index, way.steps)) is not None}
    return tuple(sorted(signs, reverse=True))


def _standing(ground: Ground, met: _Met) -> tuple[int, int, str]:
    order = ("opposite", "mixed", "same", "unknown").index(met.relation)
    return order, sum(len(way.steps) for way in met.ways), ground.index.nodes[met.node]


def _meetings(ground: Ground, met: Sequence[_Met]) -> tuple[Meeting, ...]:
    """Meetings by name, all looked up in one go."""
    chains = ground.describer.chains((way.nodes, way.steps) for meeting in met for way in meeting.ways)
    meetings = []
    for meeting, *sides in zip(met, chains[::2], chains[1::2], strict=True):
        first, second = (Side(steps[0].start, signs, steps) for signs, steps in zip(meeting.signs, sides, strict=True))
        node = ground.describer.entity(meeting.node)
        sentence = capitalised(_sentence(node, meeting.relation, first, second))
        meetings.append(Meeting(node, meeting.relation, (first, second), sentence))
    return tuple(meetings)


def _sentence(node: EntityRef, relation: Relation, first: Side, second: Side) -> str:
    names = f"{first.drug.spoken} and {second.drug.spoken}"
    if relation == "same":
        return f"{names} meet at {node.spoken}: both {_pushes(first, together=True)} it."
    if relation == "opposite":
        does = f"{first.drug.spoken} {_pushes(first)} it, {second.drug.spoken} {_pushes(second)} it"
        return f"{names} collide at {node.spoken}: {does}."
    if relation == "mixed":
        return f"{names} meet at {node.spoken}, where at least one of them has paths of both directions."
    return f"{names} meet at {node.spoken}; in which direction is not known for both."


def _pushes(side: Side, *, together: bool = False) -> str:
    verb = "raises" if side.signs[0] > 0 else "lowers"
    return plural_verb(verb) if together or is_plural(side.drug.spoken) else verb
