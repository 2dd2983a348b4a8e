"""Two regimens set against each other: within one study, with its statistics, and apart from that across studies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import InvalidParameter
from kg.evidence.comparability import comparable
from kg.evidence.direction import is_good
from kg.evidence.intervals import Difference, difference
from kg.evidence.rows import ConflictRow, Corpus, EvidenceQuestion, EvidenceRow
from kg.evidence.search import Gathered, Naming, gather
from kg.evidence.summary import is_burden
from kg.model import EntityRef

if TYPE_CHECKING:
    import pandas as pd

MAX_PAIRS = 100
WARNING = (
    "These results come from different studies. Their patients, lines, doses, years and ways of counting differ, "
    "so that a difference between them says little of the treatments."
)


@dataclass(frozen=True)
class Reported:
    """What a source says of a comparison.

    Attributes:
        favours: "a", "b" or "neither"; null where the source gives no direction.
        row: the result that states it.
    """

    favours: str | None
    difference: str | None
    significance: str | None
    p_value: str | None
    hazard_ratio: float | int | None
    ci: tuple[float | int | None, float | int | None] | None
    note: str | None
    sentence: str | None
    row: str


@dataclass(frozen=True)
class DirectComparison:
    """Two arms of one study, on one measure.

    Attributes:
        randomised: as the source says; only then are the arms alike but for chance.
        derived: computed from the counts of both arms where they are known exactly.
    """

    study: EntityRef
    design: str | None
    randomised: str | None
    measure: EntityRef
    subgroup: str | None
    a: EvidenceRow | None
    b: EvidenceRow | None
    reported: Reported | None
    derived: Difference | None
    cautions: tuple[str, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True)
class IndirectComparison:
    """Results of two studies side by side; never a test."""

    measure: EntityRef
    a: EvidenceRow
    b: EvidenceRow
    comparable: bool
    reasons: tuple[str, ...]
    cautions: tuple[str, ...]


@dataclass(frozen=True)
class ComparisonAnswer:
    """Everything the graph holds to compare two regimens by.

    Attributes:
        warning: what to think of ``indirect``.
        summary: what the direct comparisons say, in a sentence.
    """

    a: str
    b: str
    histotype: EntityRef | None
    measure: EntityRef | None
    summary: str
    direct: tuple[DirectComparison, ...]
    indirect: tuple[IndirectComparison, ...]
    warning: str
    limit: int
    total: int
    truncated: bool
    truncated_by: str | None
    conflicts: tuple[ConflictRow, ...]
    corpus: Corpus

    def to_pandas(self) -> pd.DataFrame:
        """The direct comparisons as a table. Needs pandas."""
        from kg.evidence.tables import rows_table  # noqa: PLC0415  # pandas takes a second to import

        return rows_table(self.direct, DirectComparison)


def compare(
    graph: Naming, a: str, b: str, histotype: str | None = None, measure: str | None = None
) -> ComparisonAnswer:
    """Compare two regimens, each given exactly; a bare drug means the drug alone.

    Args:
        graph: the graph.
        a: a name, an acronym, or "A + B" in any order.
        b: likewise.
        histotype: with its subtypes.
        measure: without one, every measure of effect; adverse events are under safety.

    Raises: EntityNotFound, AmbiguousEntity; InvalidParameter if both name the same treatment.
    """
    sides = [gather(graph, EvidenceQuestion(regimen=side, histotype=histotype, measure=measure)) for side in (a, b)]
    first, second = sides
    if first.treatment is not None and first.treatment == second.treatment:
        raise InvalidParameter("b", b, f"a regimen other than {a}")
    wanted = graph.resolve(measure, ("measure",), "measure") if measure else None
    rows_a, rows_b = (_effects(side, all_measures=wanted is not None) for side in sides)
    direct = _direct(rows_a, rows_b)
    indirect = _indirect(rows_a, rows_b)
    shown = indirect[:MAX_PAIRS]
    conflicts = {conflict.id: conflict for side in sides for conflict in side.conflicts}
    return ComparisonAnswer(
        a=a,
        b=b,
        histotype=first.histotype,
        measure=wanted,
        summary=_summary(direct, a, b),
        direct=direct,
        indirect=tuple(shown),
        warning=WARNING,
        limit=MAX_PAIRS,
        total=len(indirect),
        truncated=len(shown) < len(indirect),
        truncated_by="limit" if len(shown) < len(indirect) else None,
        conflicts=tuple(conflicts[key] for key in sorted(conflicts)),
        corpus=graph.corpus(),
    )


def _effects(side: Gathered, *, all_measures: bool) -> list[EvidenceRow]:
    return [
        row
        for row in side.rows
        if row.arm is not None
        and row.measure is not None
        and row.study is not None
        and (all_measures or _is_effect(row))
    ]


def _is_effect(row: EvidenceRow) -> bool:
    return is_good(row) is not None and not is_burden(row)


def _what(row: EvidenceRow) -> tuple[str, ...]:
    """What a result measures, in whom and when: results of two arms pair up only if this is the same."""
    parts = (row.measure, row.definition, row.adverse_event)
    named = tuple(part.id if part else "" for part in parts)
    return (*named, row.subgroup or "", row.time_point or "", row.grade or "")


def _direct(rows_a: Sequence[EvidenceRow], rows_b: Sequence[EvidenceRow]) -> tuple[DirectComparison, ...]:
    found: list[DirectComparison] = []
    paired: set[tuple[str, str]] = set()
    arms_a, arms_b = ({row.arm.id for row in rows if row.arm} for rows in (rows_a, rows_b))
    for row in rows_a:
        if row.comparator is not None and row.comparator.id in arms_b:
            other = _partner(row, rows_b, row.comparator.id)
            paired.add((row.id, other.id if other else ""))
            found.append(_comparison(row, other, row))
    for row in rows_b:
        if row.comparator is not None and row.comparator.id in arms_a:
            other = _partner(row, rows_a, row.comparator.id)
            if other is None or (other.id, row.id) not in paired:
                paired.add((other.id if other else "", row.id))
                found.append(_comparison(other, row, row))
    for row in rows_a:
        for other in rows_b:
            # Arms of a series may be the same people one after the other: only random allocation makes them two groups.
            same = (
                row.study == other.study
                and row.randomised == "yes"
                and _what(row) == _what(other)
                and row.documents == other.documents
            )
            if same and (row.id, other.id) not in paired and not _is_told(row, other, found):
                found.append(_comparison(row, other, None))
    return tuple(sorted(found, key=lambda one: (one.study.label, one.measure.label, one.subgroup or "", _ids(one))))


def _is_told(a: EvidenceRow, b: EvidenceRow, found: Sequence[DirectComparison]) -> bool:
    """Whether the same study, measure and subgroup already has a comparison that a source states."""
    return any(
        one.reported is not None and one.study == a.study and one.measure == a.measure and one.subgroup == a.subgroup
        for one in found
    ) and (a.comparator is None and b.comparator is None)


def _ids(one: DirectComparison) -> tuple[str, str]:
    return (one.a.id if one.a else "", one.b.id if one.b else "")


def _partner(row: EvidenceRow, others: Sequence[EvidenceRow], arm: str) -> EvidenceRow | None:
    fitting = [other for other in others if other.arm and other.arm.id == arm and _what(other) == _what(row)]
    return fitting[0] if fitting else None


def _comparison(a: EvidenceRow | None, b: EvidenceRow | None, stating: EvidenceRow | None) -> DirectComparison:
    row = stating or a or b
    assert row is not None and row.study is not None and row.measure is not None  # noqa: PT018  # callers give one
    verdict = comparable(a, b) if a is not None and b is not None else None
    flags = tuple(sorted({flag for side in (a, b) if side for flag in side.flags}))
    return DirectComparison(
        study=row.study,
        design=row.design,
        randomised=row.randomised,
        measure=row.measure,
        subgroup=row.subgroup,
        a=a,
        b=b,
        reported=_reported(stating, is_a=stating is a) if stating else None,
        derived=_difference(a, b),
        # Within one study both arms were counted alike, even where the source does not say how: doubts are no reasons.
        cautions=(*verdict.reasons, *verdict.cautions) if verdict else ("the other arm's figure is not printed",),
        flags=flags,
    )


def _reported(row: EvidenceRow, *, is_a: bool) -> Reported:
    return Reported(
        favours=_favours(row, "a" if is_a else "b", "b" if is_a else "a"),
        difference=row.difference,
        significance=row.significance,
        p_value=row.p_value,
        hazard_ratio=row.hazard_ratio,
        ci=row.ci,
        note=row.note,
        sentence=row.sentence,
        row=row.id,
    )


def _favours(row: EvidenceRow, own: str, other: str) -> str | None:
    if row.difference == "no difference" or row.absence == "no-significant-difference":
        return "neither"
    if row.difference in ("better", "worse"):
        return own if row.difference == "better" else other
    good = is_good(row)
    if row.difference is None or good is None:
        return None
    return own if (row.difference == "higher") == good else other


def _difference(a: EvidenceRow | None, b: EvidenceRow | None) -> Difference | None:
    rates = [row.derived_rate for row in (a, b) if row is not None and row.derived_rate is not None]
    if len(rates) < 2 or not all(rate.is_exact for rate in rates):
        return None
    first, second = ((rate.numerator_low or 0, rate.denominator) for rate in rates)
    return difference(first, second)


def _indirect(rows_a: Sequence[EvidenceRow], rows_b: Sequence[EvidenceRow]) -> list[IndirectComparison]:
    found = []
    for a in filter(_has_figure, rows_a):
        for b in filter(_has_figure, rows_b):
            if a.study == b.study or a.measure is None or b.measure is None or not _may_pair(a, b):
                continue
            verdict = comparable(a, b)
            cautions = (*verdict.cautions, *_people_differ(a, b))
            found.append(IndirectComparison(a.measure, a, b, verdict.comparable, verdict.reasons, cautions))
    return sorted(found, key=lambda one: (not one.comparable, one.measure.label, one.a.id, one.b.id))


def _has_figure(row: EvidenceRow) -> bool:
    return row.comparator is None or row.value is not None or row.derived_rate is not None


def _may_pair(a: EvidenceRow, b: EvidenceRow) -> bool:
    """The same measure, or two response measures: worth setting side by side, if only to say why not."""
    if a.measure is None or b.measure is None or (a.value is None and a.derived_rate is None):
        return False
    if b.value is None and b.derived_rate is None:
        return False
    response = [
        bool(row.measure and ({"response-rate"} & {row.measure.curie.partition(":")[2], *row.measure.groups}))
        for row in (a, b)
    ]
    return a.measure.id == b.measure.id or all(response)


def _people_differ(a: EvidenceRow, b: EvidenceRow) -> list[str]:
    if a.population is None or b.population is None:
        return ["the patients of one are not described"]
    differing = []
    for name, of_a, of_b in (
        (
            "histotypes",
            *(", ".join(ref.label for ref in row.population.histotypes) for row in (a, b) if row.population),
        ),
        ("line", a.population.line, b.population.line),
        ("setting", a.population.setting, b.population.setting),
        ("design", a.design, b.design),
    ):
        if of_a != of_b:
            differing.append(f"{name}: {of_a or 'not stated'} against {of_b or 'not stated'}")
    return differing


def _summary(direct: Sequence[DirectComparison], a: str, b: str) -> str:
    told = [one for one in direct if one.reported is not None and not one.flags]
    if not told:
        return (
            f"No study of this graph compares {a} with {b} directly."
            if not direct
            else (f"A study of this graph has arms of {a} and {b}, but no source states how they compare.")
        )
    parts = []
    for one in told:
        reported = one.reported
        winner = {"a": f"favours {a}", "b": f"favours {b}", "neither": "no difference"}.get(
            reported.favours or "" if reported else ""
        )
        if winner and reported:
            significance = f", {reported.significance}" if reported.significance else ""
            p_value = f", {reported.p_value}" if reported.p_value else ""
            subgroup = f" ({one.subgroup})" if one.subgroup else ""
            note = f" (note: {reported.note.rstrip('.')})" if reported.note else ""
            parts.append(f"{one.study.label}: {one.measure.label}{subgroup} {winner}{significance}{p_value}{note}")
    return "; ".join(dict.fromkeys(parts)) + "." if parts else f"{len(told)} comparisons state no direction."
