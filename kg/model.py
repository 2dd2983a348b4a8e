"""The values that questions and answers are made of.

Answers name entities by :class:`EntityRef` (identifier, CURIE, type, label) and sources by :class:`PassageRef`; both
are what the JSON API prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Certainty = Literal["stated", "hedged", "hypothesised", "inferred"]
Polarity = Literal["affirmed", "negated"]

CERTAINTIES: tuple[Certainty, ...] = ("stated", "inferred", "hedged", "hypothesised")  # strongest first
DEFAULT_CERTAINTIES: frozenset[Certainty] = frozenset({"stated", "inferred"})


@dataclass(frozen=True, order=True)
class EntityRef:
    """An entity as every answer names it. ``type`` is the local name of its class (``Drug``), ``id`` its IRI."""

    id: str
    curie: str
    type: str
    label: str


@dataclass(frozen=True, order=True)
class PassageRef:
    """Where a document says something: half-open offsets in Unicode code points of the decoded file."""

    id: str
    document: str  # IRI
    section: str
    start: int
    end: int


@dataclass(frozen=True)
class Interval:
    """A closed interval in the unit of the value it belongs to; either end may be unknown."""

    low: float | None
    high: float | None
    level: float | None = None  # 0.95 for 95 %
    method: str | None = None  # set when derived, never when printed
