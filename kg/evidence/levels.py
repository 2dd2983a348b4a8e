"""How much one result can carry, in the scales that the field knows, each step with its sentence.

CIViC (griffithlab/civic-v2): A validated, B clinical, C case study, D preclinical, E inferential. A is never given
here: a consensus of the field cannot be read off one result. OCEBM 2011 (Howick J et al., Oxford Levels of Evidence
2, treatment benefits): 2 randomised trial, 3 controlled cohort, 4 case series and uncontrolled or historically
controlled studies, 5 mechanism-based reasoning; 1, a systematic review of randomised trials, is not given to single
results. As its authors ask, a result is graded down for imprecision, indirectness and inconsistency, at most to 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kg.evidence.direction import OBJECTIVE, counted, is_response_rate
from kg.evidence.filters import people_of
from kg.evidence.rows import Civic, ConflictRow, Consistency, EvidenceLevel, EvidenceRow
from kg.evidence.summary import CASE_STUDY_PATIENTS, credited
from kg.model import Design, Direction, HistotypeMatch

FEW_PATIENTS = 20
WIDE_POINTS = 40.0  # of an exact interval, in percentage points
LOWEST = 5

_DIRECTNESS: Mapping[HistotypeMatch | None, str] = {
    None: "no histotype asked for",
    "exact": "all patients have the histotype",
    "subtype": "all patients have a subtype of the histotype",
    "subgroup": "the figure is of a subgroup with the histotype",
    "mixed": "patients with the histotype are among others",
    "broader": "the patients have a wider diagnosis",
}
_INDIRECT: frozenset[HistotypeMatch] = frozenset({"mixed", "broader"})
_OPPOSITE: Mapping[Direction, frozenset[Direction]] = {
    "supports": frozenset({"does_not_support", "harmful"}),
    "does_not_support": frozenset({"supports"}),
    "harmful": frozenset({"supports"}),
}
_COHORTS: frozenset[Design] = frozenset({"retrospective cohort", "prospective cohort"})


def graded(rows: Iterable[EvidenceRow], conflicts: Iterable[ConflictRow] = ()) -> tuple[EvidenceRow, ...]:
    """Give every row its level, in the light of the others.

    Returns: the rows in their order; only ``level`` differs. Repeats of one study never count as agreement.
    """
    listed = tuple(rows)
    disputed = {side.id for conflict in conflicts for side in conflict.between}
    groups: dict[tuple[str, ...], list[EvidenceRow]] = {}
    for row in listed:
        if row.direction in _OPPOSITE and not row.flags and credited(row):
            groups.setdefault(_question_of(row), []).append(row)
    return tuple(
        replace(row, level=level_of(row, groups.get(_question_of(row), ()), is_disputed=row.id in disputed))
        for row in listed
    )


def _question_of(row: EvidenceRow) -> tuple[str, ...]:
    """Results that answer the same question: the same treatment, and the same kind of measure."""
    drugs = [ref.id for ref in row.regimen.against_tumour] if row.regimen else []
    if row.measure is None:
        return ("", *drugs)
    counts = counted(row)
    response = counts <= OBJECTIVE if counts else is_response_rate(row.measure)
    return ("response" if response else row.measure.id, *drugs)


def level_of(row: EvidenceRow, others: Iterable[EvidenceRow] = (), *, is_disputed: bool = False) -> EvidenceLevel:
    """The level of one result.

    Args:
        row: the result.
        others: results that answer the same question; those of its own study are passed over.
        is_disputed: whether a curated conflict names it.
    """
    civic, ocebm, reasons = _by_design(row)
    match = row.population.histotype_match if row.population else None
    steps: list[str] = []
    if match in _INDIRECT:
        steps.append(f"indirect: {_DIRECTNESS[match]}")
    if row.population is not None and row.population.line_match == "mixed":
        steps.append(f"indirect: patients of other lines are among them (line: {row.population.line})")
    imprecise = _imprecision(row)
    if imprecise is not None:
        steps.append(imprecise)
    consistency, against = _consistency(row, others, is_disputed=is_disputed)
    if against is not None:
        steps.append(against)
    if row.flags:
        steps.append(f"flagged as printed: {', '.join(row.flags)}")
    graded_down = min(LOWEST, ocebm + len(steps)) if ocebm < LOWEST else LOWEST
    if _people(row) is None:
        reasons.append("the number of patients is not stated, so imprecision cannot be judged")
    if row.citing:
        reasons.append("told second-hand, by a document that cites the report")
    reasons += [f"graded down: {step}" for step in steps]
    return EvidenceLevel(civic, graded_down, _DIRECTNESS[match], consistency, tuple(reasons))


_FIXED: Mapping[Design | None, tuple[Civic, int, str]] = {
    "preclinical": ("D", 5, "preclinical: animals or cells"),
    "review": ("E", 5, "a review's own judgement"),
    "pooled analysis": ("B", 4, "a pooled analysis, graded as uncontrolled because what it pools is not described"),
    None: ("B", 4, "the source does not state the design; graded as uncontrolled"),
}


def _by_design(row: EvidenceRow) -> tuple[Civic, int, list[str]]:
    compared = row.comparator is not None or row.difference is not None
    if row.certainty == "hypothesised":
        return "E", 5, ["the source only supposes it"]
    if row.design == "case report" or row.patient is not None:
        return "C", 4, ["a single case"]
    if row.design == "case series":
        few = (_people(row) or 0) < CASE_STUDY_PATIENTS
        return ("C" if few else "B"), 4, ["a case series"]
    if row.design in _COHORTS:
        if compared:
            return "B", 3, [f"a {row.design} with a comparison"]
        return "B", 4, [f"a {row.design} without a comparison"]
    if row.design == "trial":
        return _trial(row, compared=compared)
    civic, ocebm, reason = _FIXED.get(row.design, _FIXED[None])
    return civic, ocebm, [reason]


def _trial(row: EvidenceRow, *, compared: bool) -> tuple[Civic, int, list[str]]:
    name = f"phase {row.phase} trial" if row.phase else "trial"
    if row.randomised == "yes" and compared:
        return "B", 2, [f"a comparison within a randomised {name}"]
    if row.randomised == "yes":
        return "B", 4, [f"one arm of a randomised {name}; the figure on its own is uncontrolled"]
    allocation = "not randomised" if row.randomised == "no" else "randomisation not stated"
    if compared:
        return "B", 3, [f"a comparison in a {name}, {allocation}"]
    # Whether another arm was compared with this one is not told with the figure: it may be told with the other arm's.
    return "B", 4, [f"one arm of a {name} ({allocation}); no comparison is told with the figure"]


def _people(row: EvidenceRow) -> int | None:
    if row.population is not None and row.population.n == 1:  # a part of one person is still one person
        return 1
    return row.derived_rate.denominator if row.derived_rate is not None else people_of(row)


def _imprecision(row: EvidenceRow) -> str | None:
    people = _people(row)
    if people is not None and people < FEW_PATIENTS:
        return f"imprecise: {people} patient{'' if people == 1 else 's'}"
    interval = row.derived_ci
    if interval is not None and interval.low is not None and interval.high is not None:
        width = interval.high - interval.low
        if width > WIDE_POINTS:
            return f"imprecise: the exact interval spans {width:.0f} percentage points"
    return None


def _consistency(
    row: EvidenceRow, others: Iterable[EvidenceRow], *, is_disputed: bool
) -> tuple[Consistency, str | None]:
    """How a result relates to others that answer the same question, and the step to grade it down by, if any."""
    if is_disputed:
        return "conflicting", "inconsistent: another passage contradicts it"
    opposite = _OPPOSITE.get(row.direction) if row.direction is not None else None
    if opposite is None or not credited(row):
        return "not applicable", None
    elsewhere = [other for other in others if _study(other) != _study(row)]
    against = sorted(
        {other.study.label if other.study else other.id for other in elsewhere if other.direction in opposite}
    )
    if against:
        return "inconsistent", f"inconsistent with {'; '.join(against)}"
    return ("consistent" if elsewhere else "the only study"), None


def _study(row: EvidenceRow) -> str:
    return row.study.id if row.study else row.id
