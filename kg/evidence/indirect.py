"""Results of different studies side by side: whether they compare, and how their patients differ; never a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.evidence.comparability import comparable
from kg.evidence.direction import is_response_rate
from kg.evidence.filters import people_of
from kg.evidence.measures import MeasureRef
from kg.evidence.rows import EvidenceRow


@dataclass(frozen=True)
class IndirectComparison:
    """Results of two studies side by side; never a test.

    Attributes:
        comparable: whether both count the same in the same way.
        reasons: why they do not; empty where they do.
        cautions: in what the studies differ all the same.
    """

    measure: MeasureRef
    a: EvidenceRow
    b: EvidenceRow
    comparable: bool
    reasons: tuple[str, ...]
    cautions: tuple[str, ...]


def indirect_comparisons(rows_a: Sequence[EvidenceRow], rows_b: Sequence[EvidenceRow]) -> list[IndirectComparison]:
    """Every pair of results of different studies on the same measure; those that compare first."""
    found = []
    for a in rows_a:
        for b in rows_b:
            if a.study == b.study or a.measure is None or b.measure is None or not may_pair(a, b):
                continue
            verdict = comparable(a, b)
            reasons = (*_of_one_patient(a, b), *verdict.reasons)
            cautions = (*verdict.cautions, *_people_differ(a, b))
            found.append(IndirectComparison(a.measure, a, b, not reasons, reasons, cautions))
    return sorted(found, key=lambda one: (not one.comparable, one.measure.label, one.a.id, one.b.id))


def _of_one_patient(a: EvidenceRow, b: EvidenceRow) -> list[str]:
    """Why a percentage of one patient, as by how much a tumour shrank, stands against no share of a group."""
    alone = [people_of(row) == 1 for row in (a, b)]
    is_percentage = any(row.unit == "%" and is_alone for row, is_alone in zip((a, b), alone, strict=True))
    return ["a single patient is not a share"] if is_percentage and alone[0] != alone[1] else []


def has_number(row: EvidenceRow) -> bool:
    """Whether a result is a number: neither words alone nor a range of numbers."""
    return row.value is not None or row.derived_rate is not None


def may_pair(a: EvidenceRow, b: EvidenceRow) -> bool:
    """Numbers of the same measure, or of two response measures: worth setting side by side, if only to say why not."""
    if a.measure is None or b.measure is None or not (has_number(a) and has_number(b)):
        return False
    return a.measure.id == b.measure.id or (is_response_rate(a.measure) and is_response_rate(b.measure))


def _people_differ(a: EvidenceRow, b: EvidenceRow) -> list[str]:
    if a.population is None or b.population is None:
        return ["the patients of one are not described"]
    histotypes = [", ".join(ref.label for ref in each.histotypes) for each in (a.population, b.population)]
    told = {
        "histotypes": histotypes,
        "line": (a.population.line, b.population.line),
        "setting": (a.population.setting, b.population.setting),
        "design": (a.design, b.design),
    }
    return [
        f"{name}: {of_a or 'not stated'} against {of_b or 'not stated'}"
        for name, (of_a, of_b) in told.items()
        if of_a != of_b
    ]
