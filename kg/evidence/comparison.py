"""Two regimens set against each other: within one study, with its statistics, and apart from that across studies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import AmbiguousEntity, EntityNotFound, InvalidParameter
from kg.evidence.direct import ArmResult, DirectComparison, Reported, arm_results, direct_comparisons
from kg.evidence.direction import is_good
from kg.evidence.indirect import IndirectComparison, indirect_comparisons
from kg.evidence.question import EvidenceQuestion
from kg.evidence.rows import ConflictRow, Corpus, EvidenceRow
from kg.evidence.search import Gathered, Naming, gather
from kg.evidence.summary import is_burden
from kg.evidence.treatments import arms_giving
from kg.evidence.uncompared import Uncompared, uncompared
from kg.model import EntityRef
from kg.tables import rows_table

if TYPE_CHECKING:
    import pandas as pd

MAX_PAIRS = 100
WARNING = (
    "These results come from different studies. Their patients, lines, doses, years and ways of counting differ, "
    "so that a difference between them says little of the treatments."
)


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
    """Compare two regimens, each given exactly; a bare drug means the drug alone, a procedure it or its kinds.

    Args:
        graph: the graph.
        a: a drug or a procedure alone, a name, an acronym, or "A + B" in any order.
        b: likewise; nothing that ``a`` holds.
        histotype: with its subtypes.
        measure: without one, every measure of effect; adverse events are under safety.

    Raises: EntityNotFound, AmbiguousEntity; InvalidParameter if one treatment may be both.
    """
    sides = [_side(graph, name, side, histotype, measure) for name, side in (("a", a), ("b", b))]
    first, second = sides
    if first.treatment is not None and second.treatment is not None and first.treatment.overlaps(second.treatment):
        right = f"another treatment than {a} (doses of the same drugs: the catalogue's dose-comparisons)"
        raise InvalidParameter("b", b, right)
    wanted = graph.resolve(measure, ("measure",), "measure") if measure else None
    told = [_effects(side, all_measures=wanted is not None) for side in sides]
    of_a, of_b = map(arm_results, told)
    arms = {ref.id for result in (*of_a, *of_b) for ref in (result.arm, result.row.comparator) if ref is not None}
    giving = (arms_giving(graph, arms, first.treatment), arms_giving(graph, arms, second.treatment))
    direct = direct_comparisons(of_a, of_b, giving)
    indirect = indirect_comparisons([result.row for result in of_a], [result.row for result in of_b])
    narrowed = tuple(f"{word} {ref.label}" for word, ref in (("in", first.histotype), ("by", wanted)) if ref)
    shown = indirect[:MAX_PAIRS]
    paired = {row.id for pair in direct for row in (pair.a, pair.b) if row is not None}
    paired |= {row.id for pair in indirect for row in (pair.a, pair.b)}
    conflicts = {conflict.id: conflict for side in sides for conflict in side.conflicts}
    return ComparisonAnswer(
        a=a,
        b=b,
        histotype=first.histotype,
        measure=wanted,
        summary=_summary(direct, a, b, _with_arms_of_both(of_a, of_b))
        if direct or not narrowed
        else _elsewhere(graph, a, b, narrowed),
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
    studies = sorted({pair.study.label for pair in compare(graph, a, b).direct})
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


def _with_arms_of_both(of_a: Iterable[ArmResult], of_b: Iterable[ArmResult]) -> list[str]:
    """The studies with an arm of either treatment, whether or not their results can be set against each other."""
    return sorted({result.study.label for result in of_a} & {result.study.label for result in of_b})


def _summary(direct: Sequence[DirectComparison], a: str, b: str, of_both: Sequence[str]) -> str:
    if not direct and of_both:
        return f"No result of this graph compares {a} with {b}; studies with arms of both: {'; '.join(of_both)}."
    if not direct:
        return f"No study of this graph compares {a} with {b} directly."
    stated = [(pair, pair.reported) for pair in direct if pair.reported is not None and not pair.flags]
    if not stated:
        return f"A study of this graph has arms of {a} and {b}, but no source states how they compare."
    verdict = {"a": f"favours {a}", "b": f"favours {b}", "neither": "no difference"}
    verdicts = [
        f"{_compared(pair)} {said}{_statistics(reported)}"
        for pair, reported in stated
        if (said := verdict[reported.favours] if reported.favours else _without_benefit(pair, reported, a, b))
    ]
    if verdicts:
        return "; ".join(dict.fromkeys(verdicts)) + "."
    figures = []
    for pair, _ in stated:
        row = pair.a or pair.b
        told = row.value_text or (row.absence or "in words").replace("-", " ") if row is not None else "in words"
        figures.append(f"{_compared(pair)} {told}")
    return f"{'; '.join(dict.fromkeys(figures))}; no source states which of {a} and {b} that favours."


def _without_benefit(pair: DirectComparison, reported: Reported, a: str, b: str) -> str:
    """That a source saw no benefit of one side: a verdict, though it names nothing that it favours."""
    for row, name in ((pair.a, a), (pair.b, b)):
        if row is not None and row.id == reported.row and row.absence == "no-apparent-benefit":
            return f"no apparent benefit of {name}"
    return ""


def _compared(pair: DirectComparison) -> str:
    """What was compared in whom: study, measure, subgroup, and whether others than those asked for were among them."""
    people = (row.population for row in (pair.a, pair.b) if row is not None)
    others = any(each is not None and each.histotype_match == "mixed" for each in people)
    who = [part for part in (pair.subgroup, "other tumours among them" if others else None) if part]
    told = f" ({', '.join(who)})" if who else ""
    return f"{pair.study.label}: {pair.measure.label}{told}"


def _statistics(reported: Reported) -> str:
    untested = "significance " if reported.significance == "not reported" else ""
    significance = f", {untested}{reported.significance}" if reported.significance else ""
    p_value = f", {reported.p_value}" if reported.p_value else ""
    note = f" (note: {reported.note.rstrip('.')})" if reported.note else ""
    return f"{significance}{p_value}{note}"
