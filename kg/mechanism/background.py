"""What mechanisms are read against: phases of the cell cycle, denials, how drugs were timed, harm seen under them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol, cast, get_args

from kg.description import describe, passages, reference, references
from kg.model import EntityRef, PassageRef
from kg.store import Store
from ontology.terms import PREDICATES

_SIGNS = {"+1": 1, "-1": -1}
Phase = Literal["G0", "G1", "S", "G2", "M"]
PHASES: tuple[Phase, ...] = get_args(Phase)  # in the order of the cycle
CycleRole = Literal["in", "arrest", "exit"]

_MARKS = """
SELECT DISTINCT ?node ?role ?phase WHERE {
  VALUES (?property ?role) { (skg:cyclePhase "in") (skg:arrestIn "arrest") (skg:exitFrom "exit") }
  ?node ?property ?phase }"""
_DENIALS = """
SELECT DISTINCT ?subject ?predicate ?object ?statement ?text WHERE {
  ?statement skg:polarity "negated" ; skg:subject ?subject ; skg:predicate ?predicate ; skg:object ?object ;
    rdfs:label ?text ; skg:assertedBy ?document .
  FILTER(isIRI(?object)) }"""
# Queries of their own and no union, of which the Virtuoso of Debian loses rows. What was looked for is told as well.
_SEEN = """
SELECT DISTINCT ?fact ?event ?taken ?given ?absence ?graph WHERE {{
  GRAPH ?graph {{ ?fact skg:adverseEvent ?event }}
  {under} . ?taken skg:regimen ?regimen . ?regimen skg:includesDrug ?given .
  OPTIONAL {{ ?fact skg:absence ?absence }} }}"""
_SIGHTINGS = tuple(
    _SEEN.format(under=under)
    for under in ("?taken skg:hasOutcome ?fact", "?fact skg:comparator ?taken", "?fact skg:episode ?taken")
)
_SCHEDULES = """
SELECT DISTINCT ?arm ?component ?drug ?timing WHERE {
  ?arm skg:regimen ?regimen . ?regimen skg:component ?component , ?other .
  ?component skg:drug ?drug ; skg:timing ?timing . ?other skg:drug ?partner .
  FILTER(?drug != ?partner) }"""


@dataclass(frozen=True)
class CycleMark:
    """What a process or a cell state has to do with the cell cycle; editorial.

    Attributes:
        role: "in" for what takes place in the phase, "arrest" for what holds cells in it, "exit" for how they leave it.
    """

    role: CycleRole
    phase: Phase


@dataclass(frozen=True)
class Denial:
    """A negated statement: what a source says does not hold. ``predicate`` is a local name, the rest IRIs."""

    subject: str
    predicate: str
    object: str
    statement: str
    text: str

    @property
    def sign(self) -> int | None:
        """The sign of the effect that is denied; None where what is denied has none."""
        term = PREDICATES.get(self.predicate)
        return None if term is None else _SIGNS.get(term.sign)


@dataclass(frozen=True)
class Schedule:
    """How a source timed one drug relative to another in a regimen that holds both, in its words as curated."""

    arm: EntityRef
    drug: EntityRef
    text: str
    passages: tuple[PassageRef, ...]


@dataclass(frozen=True)
class Sighting:
    """An adverse event that sources tell of people who were given drugs: seen under treatment, brought about or not.

    Attributes:
        fact: IRI of the result of an arm, or of a comparison with it, or of the event of one patient.
        event: what was seen: what was asked for, or a kind of it.
        drugs: all that they were given.
        is_absent: whether it was looked for and not seen.
        text: the fact in words.
    """

    fact: str
    event: EntityRef
    drugs: tuple[EntityRef, ...]
    is_absent: bool
    text: str
    passages: tuple[PassageRef, ...]


class Background(Protocol):
    """Where a mechanism search looks up what is no step of a path."""

    @property
    def cycle_marks(self) -> Mapping[str, CycleMark]:
        """By IRI."""

    @property
    def denials(self) -> Collection[Denial]:
        """All that sources deny of two entities."""

    def schedules(self, drugs: Collection[str]) -> tuple[Schedule, ...]:
        """How sources timed these drugs where one regimen holds several of them."""

    def sightings(
        self, events: Collection[str], drugs: Collection[str], graphs: Collection[str]
    ) -> tuple[Sighting, ...]:
        """These adverse events under any of these drugs, as some graphs tell; none given: any drug, every graph."""


class StoredBackground:
    """Reads a store; what does not depend on the question is read once, because a built graph never changes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def cycle_marks(self) -> Mapping[str, CycleMark]:
        """See :class:`Background`."""
        return {
            node: CycleMark(cast("CycleRole", role), cast("Phase", phase))
            for node, role, phase in self._store.select(_MARKS).texts()
        }

    @cached_property
    def denials(self) -> tuple[Denial, ...]:
        """See :class:`Background`."""
        found = {
            Denial(subject, predicate.rpartition("/")[2], target, statement, text)
            for subject, predicate, target, statement, text in self._store.select(_DENIALS).texts()
        }
        return tuple(sorted(found, key=lambda denial: denial.statement))

    def schedules(self, drugs: Collection[str]) -> tuple[Schedule, ...]:
        """See :class:`Background`."""
        given = sorted(drugs)
        rows = self._store.select(_SCHEDULES, {"drug": given, "partner": given}).texts()
        known = describe(self._store, {node for row in rows for node in row[:3]}, with_passages=True)
        found = {
            Schedule(
                reference(arm, known), reference(drug, known), timing, passages(known[part].iris("passage"), known)
            )
            for arm, part, drug, timing in rows
        }  # fmt: skip
        return tuple(sorted(found, key=lambda one: (one.arm, one.drug, one.text)))

    def sightings(
        self, events: Collection[str], drugs: Collection[str], graphs: Collection[str]
    ) -> tuple[Sighting, ...]:
        """See :class:`Background`. Those under most of the drugs come first, then those under fewest others."""
        asked = {"event": sorted(events)}
        rows = [row for query in _SIGHTINGS for row in self._store.select(query, asked).rows]
        given: dict[tuple[str, str, str, bool], set[str]] = {}
        for fact, event, taken, drug, absence, graph in rows:
            if fact and event and taken and drug and graph and (not graphs or graph.value in graphs):
                given.setdefault((fact.value, event.value, taken.value, absence is not None), set()).add(drug.value)
        kept = {seen: together for seen, together in given.items() if not drugs or together.intersection(drugs)}
        known = describe(
            self._store,
            {node for (fact, event, *_), together in kept.items() for node in (fact, event, *together)},
            with_passages=True,
        )
        found = {
            Sighting(
                fact, reference(event, known), references(together, known), absent,
                known[fact].text("rdfs_label") or reference(fact, known).label,
                passages(known[fact].iris("passage"), known),
            )
            for (fact, event, _, absent), together in kept.items()
        }  # fmt: skip
        wanted = frozenset(drugs)

        def order(one: Sighting) -> tuple[bool, int, int, str, str]:
            together = {drug.id for drug in one.drugs}
            return one.is_absent, -len(together & wanted), len(together), one.text, one.fact

        return tuple(sorted(found, key=order))
