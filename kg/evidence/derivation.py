"""What follows from a printed result: counts behind percentages, intervals, computed objective responses.

Everything here is derived: it stands beside what a source prints, in fields of its own, with its method and its inputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kg.evidence.direction import COMPLETE, OBJECTIVE, counted, judge
from kg.evidence.intervals import clopper_pearson, counts_behind, covering, printed_percentage, wilson
from kg.evidence.measures import DerivedRate
from kg.evidence.rows import DerivedOutcome, EvidenceRow
from kg.model import Response

PARTIAL: frozenset[Response] = frozenset({"PR"})
_WHO_WAS_TREATED = "measure:baseline-characteristic"


def complete(row: EvidenceRow) -> EvidenceRow:
    """Fill the derived fields of a row: rate, intervals, direction. What the source prints stays as it is.

    What tells who was treated has no interval: it is known of these people, and estimates nothing.
    """
    rate = derived_rate(row)
    exact = wilsons = None
    is_result = row.measure is None or row.measure.curie != _WHO_WAS_TREATED
    if is_result and rate is not None and rate.numerator_low is not None and rate.numerator_high is not None:
        low, high, of = rate.numerator_low, rate.numerator_high, rate.denominator
        exact, wilsons = clopper_pearson(low, of), wilson(low, of)
        if low != high:
            exact = covering(exact, clopper_pearson(high, of))
            wilsons = covering(wilsons, wilson(high, of))
    row = replace(row, derived_rate=rate, derived_ci=exact, derived_wilson=wilsons)
    verdict = judge(row)
    return replace(row, direction=verdict.direction, direction_reason=verdict.reason)


def derived_rate(row: EvidenceRow) -> DerivedRate | None:
    """The share of patients that a row tells of; None where it tells of none.

    A percentage estimated over follow-up (survival at five years, say) is not a count of patients, and gives none.
    """
    if row.measure is None or "time-to-event" in row.measure.groups:
        return None
    people, of_whom = _denominator(row)
    if not people:
        return None
    if row.numerator is not None:
        if not 0 <= row.numerator <= people:
            return None
        return _rate([row.numerator], people, "counts as printed", (f"{row.numerator} patients", of_whom))
    if row.value is None or row.unit != "%" or not 0 <= row.value <= 100:
        return None
    percentage = printed_percentage(row.value, row.value_text)
    if percentage is None:
        return None
    printed = f"{row.value:g}%"
    counts = counts_behind(percentage, people)
    if not counts:
        method = f"no whole number of {people} patients rounds to {printed}"
    elif len(counts) == 1:
        method = f"the only whole number of {people} that rounds to {printed}"
    else:
        method = f"{counts[0]} to {counts[-1]} of {people} round to {printed}; the text allows each"
    return _rate(counts, people, method, (row.value_text or printed, of_whom))


def _rate(counts: Sequence[int], people: int, method: str, inputs: tuple[str, ...]) -> DerivedRate:
    """A share, from the counts that are possible, in ascending order."""
    return DerivedRate(
        value=100 * counts[0] / people if len(counts) == 1 else None,
        unit="%",
        numerator_low=counts[0] if counts else None,
        numerator_high=counts[-1] if counts else None,
        denominator=people,
        method=method,
        inputs=inputs,
    )


def _denominator(row: EvidenceRow) -> tuple[int | None, str]:
    """Of how many: as printed with the figure, else the subgroup's size, else the arm's if the row is of all of it."""
    if row.denominator is not None:
        return row.denominator, f"of {row.denominator}, printed with the figure"
    if row.subgroup_n is not None:
        return row.subgroup_n, f"of {row.subgroup_n}, the size of the subgroup"
    if row.subgroup is not None or row.subgroup_histotypes or row.patient is not None or row.population is None:
        return None, ""
    if row.population.evaluable is not None:
        return row.population.evaluable, f"of {row.population.evaluable} evaluable in the arm"
    if row.population.n is not None:
        return row.population.n, f"of {row.population.n} in the arm"
    return None, ""


def objective_responses(rows: Iterable[EvidenceRow]) -> tuple[DerivedOutcome, ...]:
    """Add complete and partial responses up where a source prints both, apart, for the same people.

    Returns: one per arm, by arm; only from exact counts with the same denominator, never from subgroups.
    """
    by_arm: dict[str, list[_Counted]] = {}
    for row in rows:
        rate = row.derived_rate
        if row.arm is None or row.subgroup is not None or row.subgroup_histotypes or rate is None:
            continue
        if rate.is_exact and rate.numerator_low is not None:
            of_arm = by_arm.setdefault(row.arm.id, [])
            of_arm.append(_Counted(row, counted(row), rate.numerator_low, rate.denominator))
    sums = (_sum(of_arm) for _, of_arm in sorted(by_arm.items()))
    return tuple(outcome for outcome in sums if outcome is not None)


@dataclass(frozen=True)
class _Counted:
    """A result of an arm whose patients are counted exactly."""

    row: EvidenceRow
    categories: frozenset[Response]
    patients: int
    denominator: int


def _sum(results: Sequence[_Counted]) -> DerivedOutcome | None:
    complete_, partial = _only(results, COMPLETE), _only(results, PARTIAL)
    if complete_ is None or partial is None or complete_.denominator != partial.denominator:
        return None
    responders, people = complete_.patients + partial.patients, complete_.denominator
    if responders > people:
        return None
    printed = [result for result in results if result.categories == OBJECTIVE]
    printed_counts = {result.patients for result in printed if result.denominator == people}
    inputs = (complete_.row.id, partial.row.id)
    method = "complete plus partial responses, each counted once"
    return DerivedOutcome(
        id="+".join(inputs),
        kind="objective response (CR+PR), computed",
        study=complete_.row.study,
        arm=complete_.row.arm,
        rate=_rate([responders], people, method, inputs),
        derived_ci=clopper_pearson(responders, people),
        derived_wilson=wilson(responders, people),
        method=method,
        inputs=inputs,
        printed=tuple(result.row.id for result in printed),
        agrees=(printed_counts == {responders}) if printed_counts else None,
        flags=tuple(sorted({*complete_.row.flags, *partial.row.flags})),
    )


def _only(results: Sequence[_Counted], categories: frozenset[Response]) -> _Counted | None:
    """The one result that counts exactly these categories by its measure; None if there is none or sources differ."""
    alike = [
        result
        for result in results
        if result.categories == categories and result.row.measure is not None and result.row.measure.counts
    ]
    counts = {result.patients for result in alike}
    return min(alike, key=lambda result: result.row.id) if len(counts) == 1 else None
