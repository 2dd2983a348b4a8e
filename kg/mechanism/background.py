"""What mechanisms are read against: phases of the cell cycle, what sources deny, and how they timed two drugs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol, cast

from kg.description import describe, passages, reference
from kg.model import EntityRef, PassageRef
from kg.sparql.results import iri
from kg.store import Store
from ontology.terms import PREDICATES

_SIGNS = {"+1": 1, "-1": -1}
PHASES = ("G0", "G1", "S", "G2", "M")  # in the order of the cycle

_MARKS = """
SELECT DISTINCT ?node ?role ?phase WHERE {
  VALUES (?property ?role) { (skg:cyclePhase "in") (skg:arrestIn "arrest") (skg:exitFrom "exit") }
  ?node ?property ?phase }"""
_DENIALS = """
SELECT DISTINCT ?subject ?predicate ?object ?statement ?text WHERE {
  ?statement skg:polarity "negated" ; skg:subject ?subject ; skg:predicate ?predicate ; skg:object ?object ;
    rdfs:label ?text ; skg:assertedBy ?document .
  FILTER(isIRI(?object)) }"""
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
        phase: one of :data:`PHASES`.
    """

    role: Literal["in", "arrest", "exit"]
    phase: str


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


class Background(Protocol):
    """Where a mechanism search looks up what is no step of a path."""

    @property
    def cycle_marks(self) -> Mapping[str, CycleMark]:
        """By IRI."""
        ...

    @property
    def denials(self) -> Collection[Denial]:
        """All that sources deny of two entities."""
        ...

    def schedules(self, drugs: Collection[str]) -> tuple[Schedule, ...]:
        """How sources timed these drugs where one regimen holds several of them."""
        ...


class StoredBackground:
    """Reads a store; what does not depend on the question is read once, because a built graph never changes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def cycle_marks(self) -> Mapping[str, CycleMark]:
        """See :class:`Background`."""
        rows = self._store.select(_MARKS).rows
        return {
            node.value: CycleMark(cast("Literal['in', 'arrest', 'exit']", role.value), phase.value)
            for node, role, phase in rows
            if node and role and phase
        }

    @cached_property
    def denials(self) -> tuple[Denial, ...]:
        """See :class:`Background`."""
        found = {
            Denial(s.value, p.value.rpartition("/")[2], o.value, statement.value, text.value)
            for s, p, o, statement, text in self._store.select(_DENIALS).rows
            if s and p and o and statement and text
        }
        return tuple(sorted(found, key=lambda denial: denial.statement))

    def schedules(self, drugs: Collection[str]) -> tuple[Schedule, ...]:
        """See :class:`Background`."""
        given = [iri(drug) for drug in sorted(drugs)]
        rows = [row for row in self._store.select(_SCHEDULES, {"drug": given, "partner": given}).rows if all(row)]
        known = describe(self._store, {term.value for row in rows for term in row[:3] if term}, with_passages=True)
        found = {
            Schedule(
                reference(arm.value, known), reference(drug.value, known), timing.value,
                passages(known[part.value].iris("passage"), known),
            )
            for arm, part, drug, timing in rows
            if arm and part and drug and timing
        }  # fmt: skip
        return tuple(sorted(found, key=lambda one: (one.arm, one.drug, one.text)))
