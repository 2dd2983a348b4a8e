"""Two treatments within one study: where a source compares its arms, and where chance allotted patients to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from kg.evidence import intervals
from kg.evidence.comparability import comparable
from kg.evidence.direction import OBJECTIVE, is_good, is_response_rate
from kg.evidence.measures import MeasureRef
from kg.evidence.rows import EvidenceRow
from kg.model import Allocation, Design, Difference, EntityRef, Flag, Range, Significance, like

Side = Literal["a", "b"]
Favours = Literal["a", "b", "neither"]
_OF_WORTH: frozenset[Difference | None] = frozenset({"better", "worse"})  # whatever more of what was measured means
_MORE: frozenset[Difference] = frozenset({"higher", "better"})


@dataclass(frozen=True)
class Reported:
    """What a source says of a comparison.

    Attributes:
        favours: "a", "b" or "neither"; null where the source gives no direction, or gives it with a flagged value.
        difference: how the figure of ``row`` stands to its comparator's: higher, lower, better, worse, no difference.
        significance: as the source calls it; ``p_value`` is printed.
        ci: as printed, of the hazard ratio where there is one.
        note: a remark of the curator.
        sentence: the result in words.
        row: the result that states it; ``flags`` are its own.
    """

    favours: Favours | None
    difference: Difference | None
    significance: Significance | None
    p_value: str | None
    hazard_ratio: float | int | None
    ci: Range | None
    note: str | None
    sentence: str | None
    row: str
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class DirectComparison:
    """Two arms of one study, on one measure.

    Attributes:
        subgroup: of whom the results are, where not of all.
        a, b: the results of the two sides; null where only a comparison with the other side is printed.
        reported: what the source says of the comparison.
        cautions: why the two figures may not count the same, or which of them is missing.
        flags: of either result.
        randomised: as the source says; only then are the arms alike but for chance.
        derived: computed from the counts of both arms where they are known exactly and neither is flagged.
    """

    study: EntityRef
    design: Design | None
    randomised: Allocation | None
    measure: MeasureRef
    subgroup: str | None
    a: EvidenceRow | None
    b: EvidenceRow | None
    reported: Reported | None
    derived: intervals.Difference | None
    cautions: tuple[str, ...]
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class ArmResult:
    """A result on a measure, of an arm of a study."""

    row: EvidenceRow
    study: EntityRef
    arm: EntityRef
    measure: MeasureRef


def arm_results(rows: Iterable[EvidenceRow]) -> list[ArmResult]:
    """Those of some results that are of an arm of a study, on a measure."""
    return [
        ArmResult(row, row.study, row.arm, row.measure)
        for row in rows
        if row.study is not None and row.arm is not None and row.measure is not None
    ]


def direct_comparisons(
    of_a: Sequence[ArmResult], of_b: Sequence[ArmResult], giving: tuple[frozenset[str], frozenset[str]]
) -> tuple[DirectComparison, ...]:
    """Every comparison that a source states, and arms of one study whose results on a measure stand side by side.

    Args:
        of_a: results of the first treatment.
        of_b: results of the second.
        giving: identifiers of the arms and comparators that give each treatment, with results of their own or not.

    Returns: by study, measure and subgroup.
    """
    arms_a, arms_b = ({result.arm.id for result in own} | arms for own, arms in zip((of_a, of_b), giving, strict=True))
    stated = _stated(of_a, of_b, arms_b, "a")
    paired = {_ids(pair) for pair in stated}
    stated += [pair for pair in _stated(of_b, of_a, arms_a, "b") if _ids(pair) not in paired]
    paired |= {_ids(pair) for pair in stated}
    compared = {frozenset((r.arm.id, r.row.comparator.id)) for r in (*of_a, *of_b) if r.row.comparator is not None}
    side_by_side = [
        _comparison(a, a.row, b.row)
        for a in of_a
        for b in of_b
        if _are_two_groups(a, b, compared) and (a.row.id, b.row.id) not in paired and not _is_stated(a, b, stated)
        if _has_any(a.row) and _has_any(b.row)
    ]
    return tuple(
        sorted(
            [*stated, *side_by_side],
            key=lambda pair: (pair.study.label, pair.measure.label, pair.subgroup or "", _ids(pair)),
        )
    )


def _stated(
    results: Sequence[ArmResult], others: Sequence[ArmResult], other_arms: Collection[str], side: Side
) -> list[DirectComparison]:
    """What results of one side, "a" or "b", say of themselves against arms of the other."""
    stated = []
    other_side: Side = "b" if side == "a" else "a"
    for result in results:
        comparator = result.row.comparator
        if comparator is None or comparator.id not in other_arms:
            continue
        of_comparator = [other for other in others if other.arm.id == comparator.id]
        partner = next((other.row for other in of_comparator if _subject(other.row) == _subject(result.row)), None)
        a, b = (result.row, partner) if side == "a" else (partner, result.row)
        favours = _favours(result.row, side, other_side)
        reported = like(Reported, result.row, favours=favours, row=result.row.id)
        stated.append(_comparison(result, a, b, reported, _otherwise(result, of_comparator)))
    return stated


def _subject(row: EvidenceRow) -> tuple[str, ...]:
    """What a result measures, in whom and when: results of two arms pair up only if this is the same."""
    parts = (row.measure, row.definition, row.adverse_event)
    named = tuple(part.id if part else "" for part in parts)
    return (*named, row.subgroup or "", row.time_point or "", row.grade or "")


def _are_two_groups(a: ArmResult, b: ArmResult, compared: Collection[frozenset[str]]) -> bool:
    """Whether two results measure the same in two groups of one study, by the same documents.

    Arms of a series may be the same people one after the other: they are two groups where chance allotted them, or
    where a source compares them.
    """
    return (
        a.study == b.study
        and (a.row.randomised == "yes" or frozenset((a.arm.id, b.arm.id)) in compared)
        and _subject(a.row) == _subject(b.row)
        and a.row.documents == b.row.documents
    )


def _is_stated(a: ArmResult, b: ArmResult, stated: Iterable[DirectComparison]) -> bool:
    """Whether a source states how the study's arms compare by that measure in that subgroup, in a result of its own."""
    if a.row.comparator is not None or b.row.comparator is not None:
        return False
    subject = (a.study, a.measure, a.row.subgroup)
    return any((pair.study, pair.measure, pair.subgroup) == subject for pair in stated)


def _ids(pair: DirectComparison) -> tuple[str, str]:
    return (pair.a.id if pair.a else "", pair.b.id if pair.b else "")


def _otherwise(result: ArmResult, of_comparator: Iterable[ArmResult]) -> str:
    """Responses of the other arm that are printed for parts of it, or counted in another way."""
    if not _is_response(result.measure):
        return ""
    printed = [
        f"{other.measure.label} {other.row.value_text}" + (f" ({other.row.subgroup})" if other.row.subgroup else "")
        for other in of_comparator
        if other.row.value_text and _is_response(other.measure)
    ]
    return f"of that arm are printed: {'; '.join(dict.fromkeys(printed))}" if printed else ""


def _is_response(measure: MeasureRef) -> bool:
    counts = set(measure.counts)
    return is_response_rate(measure) or bool(counts and counts <= OBJECTIVE)


def _has_any(row: EvidenceRow | None) -> bool:
    return row is not None and (row.value is not None or row.value_text is not None or row.numerator is not None)


def _comparison(
    told: ArmResult, a: EvidenceRow | None, b: EvidenceRow | None, reported: Reported | None = None, otherwise: str = ""
) -> DirectComparison:
    """Set two results side by side; ``told`` is one of them, which says what is compared."""
    verdict = comparable(a, b) if a is not None and b is not None else None
    missing = "the other arm's figure is not printed" if _has_any(a) or _has_any(b) else "no figure is printed"
    if told.row.comparator_text:
        missing = f"of the arms that the other pools is printed: {told.row.comparator_text}"
    missing += f"; {otherwise}" if otherwise else ""
    return DirectComparison(
        study=told.study,
        design=told.row.design,
        randomised=told.row.randomised,
        measure=told.measure,
        subgroup=told.row.subgroup,
        a=a,
        b=b,
        reported=reported,
        derived=_difference(a, b),
        # Within one study both arms were counted alike, even where the source does not say how: doubts are no reasons.
        cautions=(*verdict.reasons, *verdict.cautions) if verdict else (missing,),
        flags=tuple(sorted({flag for row in (a, b) if row for flag in row.flags})),
    )


def _favours(row: EvidenceRow, own: Side, other: Side) -> Favours | None:
    if row.flags:
        return None
    if row.difference == "no difference" or row.absence == "no-significant-difference":
        return "neither"
    good = True if row.difference in _OF_WORTH else is_good(row)
    if row.difference is None or good is None:
        return None
    return own if (row.difference in _MORE) == good else other


def _difference(a: EvidenceRow | None, b: EvidenceRow | None) -> intervals.Difference | None:
    rates = [row.derived_rate for row in (a, b) if row is not None and row.derived_rate is not None]
    is_flagged = any(row is not None and row.flags for row in (a, b))
    if is_flagged or len(rates) < 2 or not all(rate.is_exact for rate in rates):
        return None
    first, second = ((rate.numerator_low or 0, rate.denominator) for rate in rates)
    return intervals.difference(first, second)
