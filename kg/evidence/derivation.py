"""What follows from a printed result: counts behind percentages, intervals, computed objective responses.

Everything here is derived: it stands beside what a source prints, in fields of its own, with its method and its inputs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kg.evidence.direction import judge
from kg.evidence.intervals import clopper_pearson, counts_behind, covering, printed_percentage, wilson
from kg.evidence.measures import DerivedRate
from kg.evidence.rows import DerivedOutcome, EvidenceRow

COMPLETE = frozenset({"CR"})
PARTIAL = frozenset({"PR"})
OBJECTIVE = frozenset({"CR", "PR"})


def complete(row: EvidenceRow) -> EvidenceRow:
    """Fill the derived fields of a row: rate, intervals, direction. What the source prints stays as it is."""
    rate = derived_rate(row)
    exact = wilsons = None
    if rate is not None and rate.numerator_low is not None and rate.numerator_high is not None:
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
    if row.numerator is not None and people is not None and 0 <= row.numerator <= people != 0:
        value = 100 * row.numerator / people
        inputs = (f"{row.numerator} patients", of_whom)
        return DerivedRate(value, "%", row.numerator, row.numerator, people, "counts as printed", inputs)
    if row.numerator is not None or row.value is None or row.unit != "%" or not people:
        return None
    if not 0 <= row.value <= 100:
        return None
    percentage = printed_percentage(row.value, row.value_text)
    if percentage is None:
        return None
    printed = f"{row.value:g}%"
    counts = counts_behind(percentage, people)
    inputs = (row.value_text or printed, of_whom)
    if not counts:
        reason = f"no whole number of {people} patients rounds to {printed}"
        return DerivedRate(None, "%", None, None, people, reason, inputs)
    if len(counts) == 1:
        method = f"the only whole number of {people} that rounds to {printed}"
        return DerivedRate(100 * counts[0] / people, "%", counts[0], counts[0], people, method, inputs)
    method = f"{counts[0]} to {counts[-1]} of {people} round to {printed}; the text allows each"
    return DerivedRate(None, "%", counts[0], counts[-1], people, method, inputs)


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
    by_arm: dict[str, list[EvidenceRow]] = {}
    for row in rows:
        whole = row.arm is not None and row.subgroup is None and not row.subgroup_histotypes
        if whole and row.arm is not None and row.derived_rate is not None and row.derived_rate.is_exact:
            by_arm.setdefault(row.arm.id, []).append(row)
    found = [sum_ for _, own in sorted(by_arm.items()) if (sum_ := _sum(own)) is not None]
    return tuple(found)


def _sum(rows: list[EvidenceRow]) -> DerivedOutcome | None:
    complete_, partial = _counting(rows, COMPLETE), _counting(rows, PARTIAL)
    if complete_ is None or partial is None or complete_.derived_rate is None or partial.derived_rate is None:
        return None
    of = complete_.derived_rate.denominator
    both = (complete_.derived_rate.numerator_low or 0) + (partial.derived_rate.numerator_low or 0)
    if of != partial.derived_rate.denominator or both > of:
        return None
    printed = [row for row in rows if counted(row) == OBJECTIVE]
    same = {
        row.derived_rate.numerator_low for row in printed if row.derived_rate and row.derived_rate.denominator == of
    }
    inputs = (complete_.id, partial.id)
    method = "complete plus partial responses, each counted once"
    return DerivedOutcome(
        id=f"{complete_.id}+{partial.id}",
        kind="objective response (CR+PR), computed",
        study=complete_.study,
        arm=complete_.arm,
        rate=DerivedRate(100 * both / of, "%", both, both, of, method, inputs),
        derived_ci=clopper_pearson(both, of),
        derived_wilson=wilson(both, of),
        method=method,
        inputs=inputs,
        printed=tuple(row.id for row in printed),
        agrees=(same == {both}) if same else None,
        flags=tuple(sorted({*complete_.flags, *partial.flags})),
    )


def counted(row: EvidenceRow) -> frozenset[str]:
    """Which categories of response a row counts: by its definition, else by what its measure is."""
    if row.definition is not None and row.definition.counts:
        return frozenset(row.definition.counts)
    return frozenset(row.measure.counts) if row.measure is not None else frozenset()


def _counting(rows: list[EvidenceRow], categories: frozenset[str]) -> EvidenceRow | None:
    """The one row that counts exactly these categories; None if there is none or sources differ."""
    found = [row for row in rows if counted(row) == categories and row.measure and row.measure.counts]
    counts = {row.derived_rate.numerator_low for row in found if row.derived_rate}
    return min(found, key=lambda row: row.id) if len(counts) == 1 else None
