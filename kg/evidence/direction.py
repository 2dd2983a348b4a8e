"""What a result says for or against the treatment: supports, does_not_support, mixed, harmful, or nothing.

The vocabulary is CIViC's (supports, does not support), with two words it lacks. Every verdict is reached by one rule of
this module, and carries the sentence that says which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.evidence.grades import FATAL, grades_of
from kg.evidence.measures import MeasureRef
from kg.evidence.rows import EvidenceRow
from kg.evidence.summary import is_burden
from kg.model import Certainty, Difference, Direction, Response, Significance, StatedAbsence

INACTIVE_PERCENT = 5.0  # the response rate that phase II trials in pretreated sarcoma customarily set out to exclude
OBJECTIVE: frozenset[Response] = frozenset({"CR", "PR"})
COMPLETE: frozenset[Response] = frozenset({"CR"})
BETWEEN_GROUPS = "compares groups of patients under the same treatment, not treatments"
NO_MORE_BURDEN = "no harder to bear than what it was compared with, which says nothing of what it does to the disease"
_OTHER_DOSE = "another dose or schedule of the same treatment"
_WITH_DOUBT: Mapping[Certainty, str] = {"hedged": "hedges", "hypothesised": "supposes"}
_UNREPORTED: frozenset[StatedAbsence] = frozenset({"not-reached", "not-reported-yet", "not-described"})
_UNTESTED: frozenset[Significance | None] = frozenset({None, "not reported"})
_BY_FIGURE: frozenset[Difference] = frozenset({"higher", "lower"})
_OF_ONE_PATIENT: Mapping[Response, Direction] = {
    "CR": "supports", "PR": "supports", "mixed": "mixed", "none": "does_not_support", "PD": "does_not_support",
}  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """A direction, or None, and why."""

    direction: Direction | None
    reason: str


def judge(row: EvidenceRow) -> Verdict:
    """What one result says of its treatment.

    Rules, the first that fits: 1. a stated kind of nothing; 2. a comparison, by its direction and significance; 3. an
        adverse event, harmful only if fatal; 4. the response of one patient; 5. an uncontrolled share of objective
        responses, by its exact interval; 6. anything else says nothing without a comparison.
    """
    if row.certainty is not None and (doubt := _WITH_DOUBT.get(row.certainty)) is not None:
        return Verdict(None, f"the source only {doubt} it")
    for rule in (_absence, _comparison, _adverse_event, _one_patient, _responses):
        verdict = rule(row)
        if verdict is not None:
            return verdict
    return Verdict(None, "an uncontrolled figure of this kind says nothing for or against without a comparison")


def is_good(row: EvidenceRow) -> bool | None:
    """Whether more of what was measured is better; None where the measure belongs to neither group."""
    if row.measure is None:
        return None
    if "harm" in row.measure.groups:
        return False
    return True if "benefit" in row.measure.groups else None


def _absence(row: EvidenceRow) -> Verdict | None:
    if row.absence in _UNREPORTED:
        return Verdict(None, "the source reports no result")
    if row.absence == "no-apparent-benefit":
        return Verdict("does_not_support", "the source saw no apparent benefit")
    if row.absence == "no-significant-difference" and _is_between_groups(row):
        return Verdict(None, BETWEEN_GROUPS)
    if row.absence == "no-significant-difference" and is_burden(row):
        return Verdict(None, NO_MORE_BURDEN)
    if row.absence == "no-significant-difference":
        return _of_no_difference(row, "the source found no significant difference")
    if row.absence == "none-observed" and row.measure is not None:
        if is_good(row) and (row.measure.counts or is_response_rate(row.measure)):
            return Verdict("does_not_support", "looked for and seen in no patient")
        return Verdict(None, "looked for and not seen, but not a response of the tumour")
    return None


def _of_no_difference(row: EvidenceRow, said: str) -> Verdict:
    """No better than the treatment that it was added to, or than none; as good as another treatment."""
    given = {ref.id for ref in row.regimen.against_tumour} if row.regimen else set()
    others = [ref.label for ref in row.comparator_drugs if ref.id not in given]
    if others:
        return Verdict("mixed", f"{said} from another treatment ({', '.join(others)}): as good, not better")
    if _is_of_doses(row):
        return Verdict("does_not_support", f"{said} from {_OTHER_DOSE}")
    return Verdict("does_not_support", said)


def _is_of_doses(row: EvidenceRow) -> bool:
    """Whether the comparator got the same drugs: the result then speaks of the dose or schedule, not of the drugs."""
    given = {ref.id for ref in row.regimen.against_tumour} if row.regimen else set()
    return bool(given) and given == {ref.id for ref in row.comparator_drugs}


def _comparison(row: EvidenceRow) -> Verdict | None:
    if row.difference is None:
        return None
    if _is_between_groups(row):
        return Verdict(None, BETWEEN_GROUPS)
    if row.difference == "no difference" and is_burden(row):
        return Verdict(None, NO_MORE_BURDEN)
    if row.difference == "no difference":
        return _of_no_difference(row, "no difference")
    good = is_good(row)
    if row.difference in _BY_FIGURE and good is None:
        return Verdict(None, f"{row.difference}, but the measure is neither of benefit nor of harm")
    better = row.difference == "better" or (row.difference in _BY_FIGURE and (row.difference == "higher") == good)
    compared = f"{row.difference} than {_OTHER_DOSE if _is_of_doses(row) else 'what it was compared with'}"
    said = compared if row.comparator else f"called {row.difference} without saying than what"
    if row.comparator is None and row.value is None and row.significance in _UNTESTED:
        return Verdict("mixed", f"{said}, in words alone: neither a figure nor a test")
    return _of_difference(row, said, better=better)


def _of_difference(row: EvidenceRow, said: str, *, better: bool) -> Verdict:
    if row.significance == "not significant":
        return Verdict("mixed", f"{said}, but not significantly")
    if "multivariate" in (row.note or "").lower():
        return Verdict("mixed", f"{said}, but the note on the multivariate analysis limits it")
    if better:
        return Verdict("supports", _with_significance(said, row))
    grave = row.measure is not None and not {"harm", "time-to-event"}.isdisjoint(row.measure.groups)
    if grave and row.significance == "significant":
        return Verdict("harmful", f"{said}, significantly, in survival, progression or harm")
    return Verdict("does_not_support", _with_significance(said, row))


def _is_between_groups(row: EvidenceRow) -> bool:
    """Whether groups of patients under one treatment are compared (histotypes, genotypes), not treatments."""
    return row.comparator is None and row.subgroup is not None


def _with_significance(said: str, row: EvidenceRow) -> str:
    if row.significance == "significant":
        return f"{said}, significantly"
    return f"{said}; the source gives no test"


def _adverse_event(row: EvidenceRow) -> Verdict | None:
    if row.adverse_event is None:
        return None
    if grades_of(row.grade) == FATAL:
        return Verdict("harmful", "a fatal adverse event")
    return Verdict(None, "an adverse event; weighed under safety, not as a result for or against")


def _one_patient(row: EvidenceRow) -> Verdict | None:
    alone = row.patient is not None or (row.population is not None and row.population.n == 1)
    response = row.response
    if response is None and row.measure is not None and row.numerator is None:
        counts = counted(row)
        response = min(counts) if len(counts) == 1 else None
        response = "mixed" if row.measure.curie == "measure:mixed-response" else response
    if not alone or response is None:
        return None
    if response == "PD" and row.earlier_response is not None:
        return Verdict(None, f"progression after {row.earlier_response} on the same treatment: how it ended")
    direction = _OF_ONE_PATIENT.get(response)
    if direction is None:
        return Verdict(None, "stable disease in one patient cannot be told from its natural course")
    return Verdict(direction, f"response of one patient: {response}")


def _responses(row: EvidenceRow) -> Verdict | None:
    counts, rate, interval = counted(row), row.derived_rate, row.derived_ci
    if not counts <= OBJECTIVE or rate is None or interval is None or interval.low is None:
        return None
    if row.measure is None or not (counts or is_response_rate(row.measure)):
        return None
    if counts == COMPLETE:
        return Verdict(None, "complete responses alone; the objective response decides")
    unstated = "" if counts else "; what counted as response is not stated"
    if rate.numerator_high == 0:
        return Verdict("does_not_support", f"no response in {rate.denominator} patients{unstated}")
    if rate.denominator == 1:
        return Verdict("supports", "the one patient responded")
    if interval.low > INACTIVE_PERCENT:
        said = f"uncontrolled; a response rate of {INACTIVE_PERCENT:g}% or less is excluded{unstated}"
        return Verdict("supports", said)
    said = f"responses seen, but a rate of {INACTIVE_PERCENT:g}% or less is not excluded{unstated}"
    return Verdict("mixed", said)


def is_response_rate(measure: MeasureRef) -> bool:
    """Whether a measure is the response rate or a kind of it."""
    return "response-rate" in (measure.curie.partition(":")[2], *measure.groups)


def counted(row: EvidenceRow) -> frozenset[Response]:
    """Which categories of response a row counts: by its definition, else by what its measure is."""
    if row.definition is not None and row.definition.counts:
        return frozenset(row.definition.counts)
    return frozenset(row.measure.counts) if row.measure is not None else frozenset()
