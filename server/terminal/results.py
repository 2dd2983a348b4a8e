"""What came of treatments, as lines: results, comparisons, harms, gaps, studies and patients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from kg.cards import ArmCard, StudyCard
from kg.duration import duration_words
from kg.evidence.cases import Timeline
from kg.evidence.comparison import ComparisonAnswer
from kg.evidence.explanation import Explanation
from kg.evidence.gap_map import GapMap
from kg.evidence.pooling import PoolAnswer
from kg.evidence.rows import ConflictRow, EvidenceAnswer, EvidenceRow, LeftOut
from kg.evidence.safety import SafetyAnswer
from kg.model import Qualifier
from server.terminal.connections import mechanism
from server.terminal.marks import cut_off, ends, where
from server.wording import counted, dose_words, of_n, patients_shared, result, told_qualifiers, value_words


def evidence(answer: EvidenceAnswer) -> Iterator[str]:
    """Results under their study and arm, then what is missing."""
    study = arm = None
    for row in answer.items:
        if row.study is not None and row.study.label != study:
            study = row.study.label
            yield study
        if row.arm is not None and row.arm != arm:
            arm = row.arm
            yield from _arm(row)
        measure = _measured(row)
        event = f" {row.adverse_event.label}" if row.adverse_event else ""
        derived = f"  derived 95% CI {ends(row.derived_ci)}%" if row.derived_ci else ""
        yield f"   {measure}{event}: {result(row)}  {of_n(row)}{derived}{_flag(row)}"
    yield from cut_off(len(answer.items), answer.total, answer.truncated_by)
    yield from (absence.text for absence in answer.absences if absence.kind == "no_data")
    yield from _left_out(answer.left_out)
    if more := answer.left_out_total - len(answer.left_out):
        yield f"Left out, and not named here: {more} more results"
    for each in answer.beside:
        place = f"{each.histotype.label} (--histotype {each.histotype.curie})"
        yield f"Not counted here: {each.results} results in {place}: {each.reason}"
    yield from map(_conflict, answer.conflicts)
    if answer.summary.corpus:
        yield answer.summary.corpus.text


def _conflict(conflict: ConflictRow) -> str:
    return f"Conflict: {conflict.about}: {' / '.join(side.label for side in conflict.between)}"


def _measured(row: EvidenceRow) -> str:
    """What was measured, and how it was counted, when and in which part of the arm."""
    return (row.measure.label if row.measure else "") + (f" ({how})" if (how := counted(row)) else "")


def _flag(row: EvidenceRow) -> str:
    return f"  [flagged: {', '.join(row.flags)}]" if row.flags else ""


def _arm(row: EvidenceRow) -> Iterator[str]:
    """What an arm was given, and whose patients those of it also are."""
    doses = "; ".join(map(dose_words, row.regimen.components)) if row.regimen else ""
    yield " - ".join(text for text in (f"  {row.arm.label if row.arm else ''}", doses) if text)
    if others := patients_shared(row.pools, row.within):
        yield f"     ({others})"


def _left_out(results: Sequence[LeftOut]) -> Iterator[str]:
    """How many results were left out for each reason, and of which studies."""
    for reason, group in groupby(sorted(results, key=lambda out: out.reason), lambda out: out.reason):
        studies = Counter(out.study.label if out.study else out.row for out in group)
        named = "; ".join(f"{study} ({count})" for study, count in sorted(studies.items()))
        yield f"Left out, {reason}: {studies.total()} results: {named}"


def compare(answer: ComparisonAnswer) -> Iterator[str]:
    """Within one study, across studies, how borne, in words."""
    yield answer.summary
    for one in answer.direct:
        sides = [f"{result(row)}{_flag(row)}" if row else "not printed" for row in (one.a, one.b)]
        measured = next((_measured(row) for row in (one.a, one.b) if row), one.measure.label)
        yield f"   within {one.study.label}: {measured}: {answer.a} {sides[0]} / {answer.b} {sides[1]}"
        if "not printed" in sides:
            yield f"      {'; '.join(one.cautions)}"
        if one.derived is not None:
            points, p_value = one.derived.points, one.derived.p_value
            yield f"      derived: difference {points:.1f} points ({ends(one.derived.ci)}), p = {p_value:.2g}"
    if answer.indirect:
        yield f"Across studies, {answer.total} pairs. {answer.warning}"
    for pair in answer.indirect[:10]:
        verdict = "comparable" if pair.comparable else f"not comparable: {'; '.join(pair.reasons)}"
        yield f"   {pair.measure.label}: {result(pair.a)}{_flag(pair.a)} / {result(pair.b)}{_flag(pair.b)}  ({verdict})"
    for harm in answer.harms:
        untold = "only what the other is compared with" if harm.direct else "not told"
        borne = [", ".join(f"{result(r) or 'reported'}{_flag(r)}" for r in rows) or untold for rows in (harm.a, harm.b)]
        yield f"   borne: {harm.event.label}: {answer.a} {borne[0]} / {answer.b} {borne[1]}"
    for claim in answer.claims:
        places = ", ".join(map(where, claim.passages))
        yield f"   {'compared in words' if claim.compares else 'names both'}: {claim.sentence}  [{places}]"
    if answer.uncompared:
        yield f"In no pair, {len(answer.uncompared)} results:"
    yield from (f"   {each.sentence or each.row}  ({each.reason})" for each in answer.uncompared)


def pool(answer: PoolAnswer) -> Iterator[str]:
    """The studies, the pooled share or why there is none."""
    yield f"{answer.measure.label}, {answer.asked}" + (f", counting {answer.counts}" if answer.counts else "")
    for one in answer.studies:
        share = f"{one.percent:.1f}% ({ends(one.derived_ci)})"
        yield f"   {one.numerator} of {one.denominator}  {share}  {one.study.label}"
    if answer.refused:
        yield f"Not pooled: {answer.refused}."
    if answer.estimate is not None:
        found = answer.estimate
        yield f"Pooled: {found.percent:.1f}% ({ends(found.ci)}), {found.method}"
        spread = found.heterogeneity
        yield f"   tau2 {spread.tau2:.3f}, I2 {spread.i2:.0f}%, Q p = {spread.q_p:.2g}"
    yield from (f"   ({caution})" for caution in answer.cautions)
    for out in answer.left_out:
        yield f"   left out: {out.study.label if out.study else out.row}: {out.reason}"


def safety(answer: SafetyAnswer) -> Iterator[str]:
    """Events of each regimen, then those that several share."""
    yield from answer.absences
    for item in answer.items:
        yield item.regimen.label
        for event in item.events:
            grades = (grade if grade.startswith("grade") else f"grade {grade}" for grade in event.grades)
            seen = ", ".join((*grades, *event.frequencies)) if event.observed else "not seen"
            studies = "1 study" if len(event.studies) == 1 else f"{len(event.studies)} studies"
            yield f"   {event.event.label}: {seen or 'reported'} ({studies})"
    yield from _left_out(answer.left_out)
    for shared in answer.shared:
        through = f" (as {', '.join(ref.label for ref in shared.through)})" if shared.through else ""
        yield f"Shared: {shared.event.label}{through}{'' if shared.alone else ', not seen under each alone'}"


def gaps(answer: GapMap) -> Iterator[str]:
    """A line for each pair that was studied or is predicted."""
    for cell in answer.cells:
        if cell.status != "unstudied":
            yield f"{cell.row.label:32} {cell.column.label:40} {cell.status.replace('_', ' '):20} {cell.reason}"
    yield f"{answer.counts['unstudied']} more are unstudied. {answer.text}"


def explain(answer: Explanation) -> Iterator[str]:
    """The mechanism, the results, and what is missing."""
    yield answer.text
    yield from mechanism(answer.mechanism)
    yield from evidence(answer.evidence)
    yield from (f"Missing: {missing}" for missing in answer.missing)


def timeline(answer: Timeline) -> Iterator[str]:
    """Events in order, the lines of treatment, then what is computed."""
    yield answer.patient.label
    for event in answer.events:
        when = event.time_text or event.date or (duration_words(event.offset) if event.offset else "")
        yield f"{event.order:4}  {event.kind:14} {event.label}{f'  ({when})' if when else ''}"
    for line in answer.lines:
        named = ", ".join(word for word in (line.kind, line.line and f"called {line.line}", line.duration_text) if word)
        yield f"Line {line.position}: {line.treatment.label} ({named})"
        if line.reason:
            yield f"   began because: {line.reason}"
        if line.ended:
            yield f"   ended: {line.ended}"
        if line.responses:
            lasting = f", {line.best_duration}" if line.best_duration else ""
            best = f"{line.best_response or 'undecided'}{lasting}"
            yield f"   best response, derived: {best}; {line.best_response_reason}"
    for intensity in answer.dose_intensity:
        yield f"Derived dose intensity: {intensity.drug.label}, {intensity.treatment.label}: {intensity.text}"
    for dose in answer.cumulative_doses:
        yield f"Derived cumulative dose: {dose.drug.label} {dose.text}"
    for course in answer.lesions:
        readings = (f"{reading.response or reading.size or reading.said}" for reading in course.readings)
        yield f"Lesions, {course.name}: {' -> '.join(readings)}"


def study(card: StudyCard) -> Iterator[str]:
    """How it was done, then each arm with what it was given, in whom, and every result."""
    yield f"{card.label} ({card.curie}){f', {card.design}' if card.design else ''}"
    citing = f", citing {', '.join(ref.label for ref in card.citing)}" if card.citing else ""
    yield f"told by {', '.join(ref.label for ref in card.documents)}{citing}"
    yield from _qualifiers("  ", card.details)
    for each in card.arms:
        yield from _study_arm(each)
    yield from (f"Patient: {patient.label} ({patient.curie})" for patient in card.patients)
    yield from map(_conflict, card.conflicts)


def _study_arm(card: ArmCard) -> Iterator[str]:
    yield f"{card.arm.label} ({card.arm.curie})"
    if others := patients_shared(card.pools, card.within):
        yield f"   ({others})"
    yield from (f"   given: {dose_words(component)}" for component in card.components)
    yield from _qualifiers("   ", card.population)
    yield from (f"   - {outcome.label}  [{outcome.curie}]" for outcome in card.outcomes)


def _qualifiers(indent: str, told: Sequence[Qualifier]) -> Iterator[str]:
    for label, one in told_qualifiers(told):
        yield f"{indent}{label}: {one.entity.label if one.entity else value_words(one.value)}"
