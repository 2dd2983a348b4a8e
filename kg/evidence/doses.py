"""Cumulative doses of a patient: added up from the printed doses, days and cycles. Always derived, never printed.

A sum is given only if every treatment that gave the drug states dose, days and cycles; otherwise what is missing is
said. Doses that were planned but not given, or denied, are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from kg.evidence.rows import ComponentRow
from kg.model import EntityRef

CAVEAT = "if every stated dose was given in full"
_LIST = re.compile(r"(?:days?\s*|d)?(\d+)((?:\s*(?:,|and|&)\s*(?:day\s*|d)?\d+)*)")
_SPAN = re.compile(r"(?:days?\s*|d)?(\d+)\s*(?:-|–|to)\s*(?:day\s*|d)?(\d+)")
_GRAMS = {"mg/m2": "g/m2", "mg": "g"}


@dataclass(frozen=True)
class DosePart:
    """One treatment's share of a cumulative dose; ``working`` is the sum in figures."""

    event: EntityRef
    amount: float
    unit: str
    working: str


@dataclass(frozen=True)
class CumulativeDose:
    """How much of a drug a patient got over all treatments.

    Attributes:
        amount: in ``unit``; null where a treatment does not state enough.
        text: the same for people, in grams where that reads better.
        missing: what keeps the sum from being drawn; empty where it is.
    """

    drug: EntityRef
    amount: float | None
    unit: str | None
    text: str
    parts: tuple[DosePart, ...]
    missing: tuple[str, ...]
    method: str


@dataclass(frozen=True)
class GivenTreatment:
    """What a dose is added up from: one treatment event with its components and its number of cycles."""

    event: EntityRef
    components: tuple[ComponentRow, ...]
    cycles: int | None


def days_counted(text: str | None) -> int | None:
    """On how many days of a cycle a drug is given; None where the text does not say so plainly.

    >>> days_counted("1–2"), days_counted("1, 8"), days_counted("1"), days_counted("weekly")
    (2, 2, 1, None)
    """
    cleaned = (text or "").strip().lower()
    span = _SPAN.fullmatch(cleaned)
    if span is not None:
        days = int(span[2]) - int(span[1]) + 1
        return days if days > 0 else None
    listed = _LIST.fullmatch(cleaned)
    return None if listed is None else 1 + len(re.findall(r"\d+", listed[2]))


def cumulative_doses(treatments: Sequence[GivenTreatment]) -> tuple[CumulativeDose, ...]:
    """Add up each drug that has a dose in some treatment.

    Returns: by the drug's label; drugs of which no dose is printed are left out.
    """
    given: dict[EntityRef, list[tuple[GivenTreatment, ComponentRow]]] = {}
    for treatment in treatments:
        for component in treatment.components:
            if component.drug.type == "Drug":
                given.setdefault(component.drug, []).append((treatment, component))
    found = [_sum(drug, own) for drug, own in given.items() if any(part.value is not None for _, part in own)]
    return tuple(sorted(found, key=lambda dose: (dose.drug.label, dose.drug.id)))


def _sum(drug: EntityRef, given: Sequence[tuple[GivenTreatment, ComponentRow]]) -> CumulativeDose:
    parts: list[DosePart] = []
    missing: list[str] = []
    total = Fraction(0)
    for treatment, component in given:
        days = days_counted(component.days)
        lacking = [
            name
            for name, value in (
                ("dose", component.value),
                ("days of the cycle", days),
                ("number of cycles", treatment.cycles),
            )
            if value is None
        ]
        if lacking or component.value is None or days is None or treatment.cycles is None or component.unit is None:
            missing.append(f"{treatment.event.label}: {', '.join(lacking) or 'unit'} not stated")
            continue
        amount = Fraction(str(component.value)) * days * treatment.cycles
        total += amount
        working = (
            f"{treatment.cycles} × {days} × {component.value:g} {component.unit} = {float(amount):g} {component.unit}"
        )
        parts.append(DosePart(treatment.event, float(amount), component.unit, working))
    units = {part.unit for part in parts}
    if len(units) > 1 or any("/d" in unit for unit in units):
        missing.append(f"doses in units that do not add up ({', '.join(sorted(units))})")
    method = f"sum over treatments of cycles × days × dose, {CAVEAT}"
    if missing or not parts:
        return CumulativeDose(
            drug, None, None, "cannot be added up: " + "; ".join(missing), tuple(parts), tuple(missing), method
        )
    unit = parts[0].unit
    return CumulativeDose(drug, float(total), unit, f"{_text(total, unit)} {CAVEAT}", tuple(parts), (), method)


def _text(amount: Fraction, unit: str) -> str:
    if amount >= 1000 and unit in _GRAMS:
        return f"{float(amount / 1000):g} {_GRAMS[unit]}"
    return f"{float(amount):g} {unit}"
