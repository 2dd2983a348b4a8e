"""Two regimens set against each other: within one study, with its statistics, and apart from that across studies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import AmbiguousEntity, EntityNotFound, InvalidParameter
from kg.evidence.comparability import comparable
from kg.evidence.direction import OBJECTIVE, is_good, is_response_rate
from kg.evidence.indirect import IndirectComparison, indirect_comparisons
from kg.evidence.intervals import Difference, difference
from kg.evidence.rows import ConflictRow, Corpus, EvidenceQuestion, EvidenceRow
from kg.evidence.search import Gathered, Naming, accompanying_drugs, gather
from kg.evidence.summary import is_burden
from kg.evidence.uncompared import Uncompared, uncompared
from kg.model import EntityRef
from kg.sparql.results import iri
from kg.tables import rows_table

if TYPE_CHECKING:
    import pandas as pd

MAX_PAIRS = 100
_GIVEN = "SELECT DISTINCT ?arm ?drug WHERE { ?arm skg:regimen/skg:component/skg:drug ?drug }"
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
class ComparisonAnswer:
    """Everything the graph holds to compare two regimens by.

    Attributes:
        warning: what to think of ``indirect``.
        uncompared: results of either that stand in no pair, direct or indirect, each with the reason.
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
    uncompared: tuple[Uncompared, ...]
    conflicts: tuple[ConflictRow, ...]
    corpus: Corpus

    def to_pandas(self) -> pd.DataFrame:
        """The direct comparisons as a table."""
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
    sides = [_side(graph, name, side, histotype, measure) for name, side in (("a", a), ("b", b))]
    first, second = sides
    if first.treatment is not None and first.treatment == second.treatment:
        raise InvalidParameter("b", b, f"a regimen other than {a}")
    wanted = graph.resolve(measure, ("measure",), "measure") if measure else None
    told = [_effects(side, all_measures=wanted is not None) for side in sides]
    rows_a, rows_b = ([row for row in rows if row.arm is not None and row.study is not None] for rows in told)
    arms = _arms_giving(graph, (*rows_a, *rows_b), [side.treatment for side in sides])
    direct = _direct(rows_a, rows_b, arms)
    indirect = indirect_comparisons(rows_a, rows_b)
    narrowed = tuple(f"{word} {ref.label}" for word, ref in (("in", first.histotype), ("by", wanted)) if ref)
    shown = indirect[:MAX_PAIRS]
    paired = {row.id for one in direct for row in (one.a, one.b) if row is not None}
    paired |= {row.id for pair in indirect for row in (pair.a, pair.b)}
    conflicts = {conflict.id: conflict for side in sides for conflict in side.conflicts}
    return ComparisonAnswer(
        a=a,
        b=b,
        histotype=first.histotype,
        measure=wanted,
        summary=_summary(direct, a, b) if direct or not narrowed else _elsewhere(graph, a, b, narrowed),
        direct=direct,
        indirect=tuple(shown),
        warning=WARNING,
        limit=MAX_PAIRS,
        total=len(indirect),
        truncated=len(shown) < len(indirect),
        truncated_by="limit" if len(shown) < len(indirect) else None,
        uncompared=uncompared(told, (a, b), paired),
        conflicts=tuple(conflicts[key] for key in sorted(conflicts)),
        corpus=graph.corpus(),
    )


def _elsewhere(graph: Naming, a: str, b: str, narrowed: Sequence[str]) -> str:
    """That nothing compares two regimens so narrowly, and the studies that compare them in others or by others."""
    studies = sorted({one.study.label for one in compare(graph, a, b).direct})
    told = f" Studies that compare them in other people or by other measures: {'; '.join(studies)}." if studies else ""
    return f"No study of this graph compares {a} with {b} directly {' '.join(narrowed)}.{told}"


def _side(graph: Naming, name: str, regimen: str, histotype: str | None, measure: str | None) -> Gathered:
    try:
        return gather(graph, EvidenceQuestion(regimen=regimen, histotype=histotype, measure=measure))
    except (EntityNotFound, AmbiguousEntity, InvalidParameter) as error:
        if error.parameter == "regimen":  # there are two here
            error.parameter = name
        raise


def _effects(side: Gathered, *, all_measures: bool) -> list[EvidenceRow]:
    return [row for row in side.rows if row.measure is not None and (all_measures or _is_effect(row))]


def _is_effect(row: EvidenceRow) -> bool:
    return is_good(row) is not None and not is_burden(row)


def _what(row: EvidenceRow) -> tuple[str, ...]:
    """What a result measures, in whom and when: results of two arms pair up only if this is the same."""
    parts = (row.measure, row.definition, row.adverse_event)
    named = tuple(part.id if part else "" for part in parts)
    return (*named, row.subgroup or "", row.time_point or "", row.grade or "")


def _arms_giving(
    graph: Naming, rows: Sequence[EvidenceRow], treatments: Sequence[frozenset[str] | None]
) -> tuple[frozenset[str], frozenset[str]]:
    """Of the arms and comparators of some results those that give each treatment, results of their own or not."""
    arms = {ref.id for row in rows for ref in (row.arm, row.comparator) if ref is not None}
    given: dict[str, set[str]] = {arm: set() for arm in arms}
    found = graph.store.select(_GIVEN, {"arm": [iri(arm) for arm in sorted(arms)]}).rows if arms else ()
    for arm, drug in found:
        if arm is not None and drug is not None:
            given[arm.value].add(drug.value)
    accompanying = accompanying_drugs(graph)
    exactly = {arm: frozenset(drugs - accompanying or drugs) for arm, drugs in given.items()}
    first, second = (frozenset(arm for arm in arms if drugs and exactly[arm] == drugs) for drugs in treatments)
    return first, second


def _direct(
    rows_a: Sequence[EvidenceRow], rows_b: Sequence[EvidenceRow], arms: tuple[frozenset[str], frozenset[str]]
) -> tuple[DirectComparison, ...]:
    found: list[DirectComparison] = []
    paired: set[tuple[str, str]] = set()
    arms_a, arms_b = (
        {row.arm.id for row in rows if row.arm} | giving for rows, giving in zip((rows_a, rows_b), arms, strict=True)
    )
    for row in rows_a:
        if row.comparator is not None and row.comparator.id in arms_b:
            other = _partner(row, rows_b, row.comparator.id)
            paired.add((row.id, other.id if other else ""))
            found.append(_comparison(row, other, row, _otherwise(row, rows_b, row.comparator.id)))
    for row in rows_b:
        if row.comparator is not None and row.comparator.id in arms_a:
            other = _partner(row, rows_a, row.comparator.id)
            if other is None or (other.id, row.id) not in paired:
                paired.add((other.id if other else "", row.id))
                found.append(_comparison(other, row, row, _otherwise(row, rows_a, row.comparator.id)))
    groups = {frozenset((row.arm.id, row.comparator.id)) for row in (*rows_a, *rows_b) if row.arm and row.comparator}
    for row in rows_a:
        for other in rows_b:
            # Arms of a series may be the same people one after the other: they are two groups where chance allotted
            # them, or where a source compares them.
            both = frozenset(each.arm.id for each in (row, other) if each.arm)
            same = (
                row.study == other.study
                and (row.randomised == "yes" or both in groups)
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


def _otherwise(row: EvidenceRow, others: Sequence[EvidenceRow], arm: str) -> str:
    """Responses of the other arm that are printed for parts of it, or counted in another way."""
    if not _is_response(row):
        return ""
    told = [
        f"{other.measure.label} {other.value_text}" + (f" ({other.subgroup})" if other.subgroup else "")
        for other in others
        if other.arm and other.arm.id == arm and other.measure and _is_response(other) and other.value_text
    ]
    return f"of that arm are printed: {'; '.join(dict.fromkeys(told))}" if told else ""


def _is_response(row: EvidenceRow) -> bool:
    if row.measure is None:
        return False
    counts = set(row.measure.counts)
    return is_response_rate(row.measure) or bool(counts and counts <= OBJECTIVE)


def _has_any(row: EvidenceRow | None) -> bool:
    return row is not None and (row.value is not None or row.value_text is not None or row.numerator is not None)


def _comparison(
    a: EvidenceRow | None, b: EvidenceRow | None, stating: EvidenceRow | None, otherwise: str = ""
) -> DirectComparison:
    row = stating or a or b
    assert row is not None and row.study is not None and row.measure is not None  # noqa: PT018  # callers give one
    verdict = comparable(a, b) if a is not None and b is not None else None
    flags = tuple(sorted({flag for side in (a, b) if side for flag in side.flags}))
    missing = "the other arm's figure is not printed" if _has_any(a) or _has_any(b) else "no figure is printed"
    missing += f"; {otherwise}" if otherwise else ""
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
        cautions=(*verdict.reasons, *verdict.cautions) if verdict else (missing,),
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
            untested = "significance " if reported.significance == "not reported" else ""
            significance = f", {untested}{reported.significance}" if reported.significance else ""
            p_value = f", {reported.p_value}" if reported.p_value else ""
            subgroup = f" ({one.subgroup})" if one.subgroup else ""
            note = f" (note: {reported.note.rstrip('.')})" if reported.note else ""
            parts.append(f"{one.study.label}: {one.measure.label}{subgroup} {winner}{significance}{p_value}{note}")
    if parts:
        return "; ".join(dict.fromkeys(parts)) + "."
    sides = ((one, one.a or one.b) for one in told)
    figures = (f"{one.study.label}: {one.measure.label} {(row and row.value_text) or 'in words'}" for one, row in sides)
    return f"{'; '.join(dict.fromkeys(figures))}; no source states which of {a} and {b} that favours."
