"""What a result measures: the measure, what counted, and the share of patients behind a printed figure."""

from __future__ import annotations

from dataclasses import dataclass

from kg.model import EntityRef, Response


@dataclass(frozen=True, order=True)
class MeasureRef(EntityRef):
    """What was measured.

    Attributes:
        groups: what it is a kind of, such as ``benefit``, ``harm`` and ``time-to-event``.
        counts: the responses that it counts by its name.
    """

    groups: tuple[str, ...] = ()
    counts: tuple[Response, ...] = ()


@dataclass(frozen=True, order=True)
class DefinitionRef(EntityRef):
    """What counted: response categories, how long they had to last (ISO 8601), by which criteria."""

    counts: tuple[Response, ...] = ()
    minimum_duration: str | None = None
    criteria: str | None = None


@dataclass(frozen=True)
class DerivedRate:
    """The share of patients behind a figure, computed: never printed by a source.

    Attributes:
        value: percent; None if the text allows several counts.
        denominator: of how many people.
        numerator_low, numerator_high: the counts that the text allows; both None if no whole number fits.
        method: how they were found, or why not.
        inputs: the printed pieces they were found from.
    """

    value: float | None
    unit: str
    numerator_low: int | None
    numerator_high: int | None
    denominator: int
    method: str
    inputs: tuple[str, ...]

    @property
    def is_exact(self) -> bool:
        """Whether there is one count and no other."""
        return self.numerator_low is not None and self.numerator_low == self.numerator_high
