"""Doses of a patient: added up over cycles, and per week against the plan. Always derived, never printed.

A sum is given only if every treatment that gave the drug states dose, days and cycles; otherwise what is missing is
said. Doses that were planned but not given, or denied, are left out of it. The dose intensity is that of each schedule
as printed, dose × days over the length of the cycle (Hryniuk W, Bush H. J Clin Oncol 1984;2:1281-1288).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kg.duration import days_long
from kg.evidence.history import TimelineEntry
from kg.evidence.regimens import ComponentRow
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
    doses = [_sum(drug, parts) for drug, parts in given.items() if any(part.value is not None for _, part in parts)]
    return tuple(sorted(doses, key=lambda dose: (dose.drug.label, dose.drug.id)))


def _sum(drug: EntityRef, given: Sequence[tuple[GivenTreatment, ComponentRow]]) -> CumulativeDose:
    parts: list[DosePart] = []
    missing: list[str] = []
    total = Fraction(0)
    for treatment, component in given:
        days = days_counted(component.days)
        needed = {"dose": component.value, "days of the cycle": days, "number of cycles": treatment.cycles}
        lacking = [name for name, value in needed.items() if value is None]
        if lacking or component.value is None or days is None or treatment.cycles is None or component.unit is None:
            missing.append(f"{treatment.event.label}: {', '.join(lacking) or 'unit'} not stated")
            continue
        amount = Fraction(str(component.value)) * days * treatment.cycles
        total += amount
        given_each = f"{treatment.cycles} × {days} × {component.value:g} {component.unit}"
        working = f"{given_each} = {_text(amount, component.unit)}"
        parts.append(DosePart(treatment.event, float(amount), component.unit, working))
    units = {part.unit for part in parts}
    if len(units) > 1 or any("/d" in unit for unit in units):
        missing.append(f"doses in units that do not add up ({', '.join(sorted(units))})")
    method = f"sum over treatments of cycles × days × dose, {CAVEAT}"
    if missing or not parts:
        text = f"cannot be added up: {'; '.join(missing)}"
        return CumulativeDose(drug, None, None, text, tuple(parts), tuple(missing), method)
    unit = parts[0].unit
    return CumulativeDose(drug, float(total), unit, f"{_text(total, unit)} {CAVEAT}", tuple(parts), (), method)


def _text(amount: Fraction, unit: str) -> str:
    if amount >= 1000 and unit in _GRAMS:
        return f"{float(amount / 1000):g} {_GRAMS[unit]}"
    return f"{float(amount):g} {unit}"


@dataclass(frozen=True)
class DoseStage:
    """One schedule of a drug: as planned, as begun, or as changed.

    Attributes:
        kind: planned, given or changed.
        per_week: in ``unit`` per week; null where the text does not give dose, days and cycle.
        percent: of the planned schedule, or of the first where none was planned; null where that cannot be worked out.
        working: the sum in figures; ``missing``: what keeps it from being drawn.
    """

    event: EntityRef
    kind: str
    dose_text: str | None
    days: str | None
    cycle: str | None
    per_week: float | None
    unit: str | None
    percent: float | None
    working: str | None
    missing: tuple[str, ...]


@dataclass(frozen=True)
class DoseIntensity:
    """How much of the planned dose of a drug was given in one treatment, schedule by schedule.

    Source: Hryniuk W, Bush H. J Clin Oncol 1984;2:1281-1288, doi:10.1200/JCO.1984.2.11.1281 (dose per unit of time,
        relative to a standard).

    Attributes:
        against: the schedule that counts as 100%; null where it cannot be worked out.
        is_against_plan: whether that is what was planned, not what was given first.
    """

    drug: EntityRef
    treatment: EntityRef
    against: EntityRef | None
    is_against_plan: bool
    stages: tuple[DoseStage, ...]
    text: str
    method: str


def dose_intensities(events: Sequence[TimelineEntry]) -> tuple[DoseIntensity, ...]:
    """Planned against given, per treatment and drug.

    Args:
        events: of one patient, in order. A plan belongs to the treatment that it is part of, else to the next one that
            gives the drug.

    Returns: only where a drug has more than one schedule, in the order of the treatments.
    """
    schedules: dict[tuple[str, EntityRef], list[tuple[TimelineEntry, ComponentRow]]] = {}
    names = {event.id: event.ref for event in events}
    whole = {event.id: event.episode.id if event.episode is not None else event.id for event in events}
    for event in events:
        if event.polarity != "affirmed" or event.kind not in ("treatment", "dose change"):
            continue
        for part in event.components:
            if part.drug.type == "Drug" and _has_schedule(part):
                owner = _planned_for(event, part.drug, events) if event.planned else whole[event.id]
                while whole.get(owner, owner) != owner:
                    owner = whole[owner]
                schedules.setdefault((owner, part.drug), []).append((event, part))
    intensities = [
        _intensity(names[owner], drug, given)
        for (owner, drug), given in schedules.items()
        if owner in names and len({_schedule(part) for _, part in given}) > 1
    ]
    place = {event.id: number for number, event in enumerate(events)}
    return tuple(sorted(intensities, key=lambda dose: (place[dose.treatment.id], dose.drug.label)))


def _has_schedule(part: ComponentRow) -> bool:
    return part.value is not None or part.days is not None or part.cycle is not None


def _schedule(part: ComponentRow) -> tuple[object, ...]:
    return (part.value, part.unit, part.days, part.cycle)


def _planned_for(plan: TimelineEntry, drug: EntityRef, events: Iterable[TimelineEntry]) -> str:
    if plan.episode is not None:
        return plan.episode.id
    following = (
        event.episode.id if event.episode else event.id
        for event in events
        if event.order >= plan.order
        and event.kind == "treatment"
        and not event.planned
        and event.polarity == "affirmed"
        and any(part.drug.id == drug.id for part in event.components)
    )
    return next(following, plan.id)


def _intensity(
    treatment: EntityRef, drug: EntityRef, given: Sequence[tuple[TimelineEntry, ComponentRow]]
) -> DoseIntensity:
    ordered = sorted(given, key=lambda pair: (not pair[0].planned, pair[0].order))
    rates = [
        (event, part, _per_week(part))
        for number, (event, part) in enumerate(ordered)
        if number == 0 or _schedule(part) != _schedule(ordered[number - 1][1])  # told twice, as a change and as given
    ]
    event, part, (rate, _) = rates[0]
    base = (event, part, rate) if rate is not None else None  # a later schedule is no measure of itself
    stages = []
    for event, part, (rate, lacking) in rates:
        is_same_unit = base is not None and part.unit == base[1].unit
        whole = base[2] if base is not None and is_same_unit else None
        percent = float(100 * rate / whole) if rate is not None and whole else None
        stages.append(
            DoseStage(
                event=event.ref,
                kind="planned" if event.planned else "changed" if event.kind == "dose change" else "given",
                dose_text=part.dose_text,
                days=part.days,
                cycle=part.cycle,
                per_week=None if rate is None else float(rate),
                unit=None if rate is None else f"{part.unit}/wk",
                percent=percent,
                working=_working(part, rate),
                missing=lacking,
            )
        )
    against = base[0] if base is not None else None
    is_plan = against is not None and bool(against.planned)
    name = None if against is None else against.ref
    text = "; ".join(_stage_text(stage, is_plan=is_plan) for stage in stages)
    method = "dose × days of the cycle ÷ weeks of the cycle, of each schedule as printed; doses missed are not counted"
    return DoseIntensity(drug, treatment, name, is_plan, tuple(stages), text, method)


def _per_week(part: ComponentRow) -> tuple[Fraction | None, tuple[str, ...]]:
    days, length = days_counted(part.days), days_long(part.cycle)
    needed = {"dose": part.value, "unit": part.unit, "days of the cycle": days, "cycle": length}
    lacking = tuple(f"{name} not stated" for name, value in needed.items() if value is None)
    if part.value is None or days is None or not length or lacking:
        return None, lacking
    if part.unit is not None and "/d" in part.unit:
        return None, ("the dose is given per day",)
    return Fraction(str(part.value)) * days * 7 / length, ()


def _working(part: ComponentRow, rate: Fraction | None) -> str | None:
    if rate is None:
        return None
    weeks = (days_long(part.cycle) or Fraction(7)) / 7
    days = days_counted(part.days)
    return f"{part.value:g} {part.unit} × {days} ÷ {float(weeks):g} weeks = {float(rate):.4g} {part.unit} per week"


def _stage_text(stage: DoseStage, *, is_plan: bool) -> str:
    if stage.per_week is None:
        return f"{stage.kind}: {stage.dose_text or stage.event.label} ({', '.join(stage.missing)})"
    whole = "the plan" if is_plan else "the first schedule"
    share = "" if stage.percent is None else f", {stage.percent:.0f}% of {whole}"
    return f"{stage.kind}: {stage.per_week:.4g} {stage.unit}{share}"
