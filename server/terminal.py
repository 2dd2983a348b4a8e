"""Answers for people at a terminal: one plain line per fact. ``--json`` prints the HTTP body instead."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from kg.cards import DocumentCard, EntityCard, FactCard
from kg.catalogue import CatalogueQuestion, QuestionAnswer
from kg.contents import SourceDocument
from kg.difference import Change, Difference
from kg.duration import duration_words
from kg.evidence.cases import Timeline
from kg.evidence.comparison import ComparisonAnswer
from kg.evidence.explanation import Explanation
from kg.evidence.gap_map import GapMap
from kg.evidence.pooling import PoolAnswer
from kg.evidence.rows import EvidenceAnswer, EvidenceRow, LeftOut
from kg.evidence.safety import SafetyAnswer
from kg.mechanism.partners import Partnership
from kg.mechanism.search import MechanismAnswer
from kg.model import EntityRef, Interval
from kg.paths.neighborhood import NeighborsAnswer
from kg.paths.traversal import PathAnswer
from kg.search.name_rows import SearchHit
from server.questions.offered import LinkedSearchAnswer
from server.questions.present import Listing, dumps
from server.wording import counted, dose_words, of_n, patients_shared, result, words


def render(answer: Any) -> str:
    """An answer as text; what has no form of its own comes as JSON."""
    for kind, lines in _FORMS:
        if isinstance(answer, kind):
            return "\n".join(lines(answer)) + "\n"
    return dumps(answer)


def _search(answer: LinkedSearchAnswer) -> Iterator[str]:
    for asked in answer.questions:
        yield f"? {asked.label}  [{asked.page}]"
        yield f"     from {asked.reason}"
    if not (answer.questions or answer.items or answer.parts):
        yield "Nothing in this graph is called so."
    yield from map(_hit, answer.items)
    for part in answer.parts:
        yield f"{part.text}:"
        yield from map(_hit, part.items)
    if answer.facts.items:
        lacking = f"; these lack: {', '.join(answer.facts.lacked)}" if answer.facts.lacked else ""
        yield f"Facts{f' (none says all of it{lacking})' if answer.facts.items[0].lacks else ''}:"
    for fact in answer.facts.items:
        yield f"   {fact.sentence}{_hedge(fact.certainty)}"
        places = ", ".join(map(_where, fact.passages)) or ", ".join(ref.label for ref in fact.documents)
        yield f"      {'; '.join((*fact.said, fact.curie))}  [{places}]"
    if answer.facts.truncated:
        yield f"   ({answer.facts.total or 'more'} in all; --facts)"
    if answer.facts.unavailable:
        yield answer.facts.unavailable
    if answer.facts.unsaid:
        yield f"No fact of this graph says: {', '.join(answer.facts.unsaid)}."


def _hit(hit: SearchHit) -> str:
    also = f"  (also called {hit.matched})" if hit.matched != hit.label else ""
    return f"{hit.curie:32} {words(hit.type):14} {hit.label}{also}{_origin(hit.imported)}"


def _entity(card: EntityCard) -> Iterator[str]:
    yield f"{card.label} ({card.curie}), {words(card.type)}"
    if card.synonyms:
        yield "also called " + ", ".join(card.synonyms)
    if card.definition:
        yield card.definition
    if card.xrefs:
        yield "identifiers: " + ", ".join(xref.curie for xref in card.xrefs)
    for name, count in sorted(card.counts.items()):
        yield f"  {name}: {count}"


def _neighbors(answer: NeighborsAnswer) -> Iterator[str]:
    for item in answer.items:
        arrow = "->" if item.direction == "out" else "<-"
        surely = f"{_hedge(item.certainty)}{_origin(item.imported)}"
        yield f"{arrow} {item.predicate:24} {item.node.label} ({item.node.curie}){surely}"
    if answer.truncated:
        yield f"({answer.total - len(answer.items)} more; --cursor {answer.next_cursor})"
    yield from _shut_out(answer.excluded_by)


def _paths(answer: PathAnswer) -> Iterator[str]:
    for place, path in enumerate(answer.paths, 1):
        yield f"{place}. score {path.score:.2f}"
        yield from (f"   {step.told}{_origin(step.imported)}" for step in path.steps)
    if not answer.paths:
        yield "No path."
    yield from _shut_out(answer.excluded_by)


def _shut_out(filters: Sequence[str]) -> Iterator[str]:
    if filters:
        yield f"What there is was shut out by: {', '.join(filters)}."


def _mechanism(answer: MechanismAnswer) -> Iterator[str]:
    for one in answer.sightings:
        where = ", ".join(_where(p) for p in one.passages)
        yield f"Told of patients{', looked for and not seen' if one.is_absent else ''}: {one.text}  [{where}]"
    for place, path in enumerate(answer.paths, 1):
        yield f"{place}. {path.sentence}"
        for step in path.steps:
            where = f"  [{', '.join(map(_where, step.passages))}]" if step.passages else ""
            yield f"   {step.told}{where}{_origin(step.imported)}"
        if path.agrees is False:
            yield f"   incoherent: sources also state: {'; '.join(path.claims)}"
    if not answer.paths:
        yield "No path."
    for pair in answer.partners:
        yield from _partnership(pair)
    for gap in answer.gaps:
        yield f"Gap: {gap.reason}"
    yield from _shut_out(answer.excluded_by)
    if answer.elsewhere:
        yield f"Left out: steps stated only for {', '.join(ref.label for ref in answer.elsewhere)}."


def _partnership(pair: Partnership) -> Iterator[str]:
    yield f"{' and '.join(drug.label for drug in pair.drugs)}:"
    yield from (f"   stated: {step.told}" for step in pair.stated)
    yield from (f"   {meeting.sentence}" for meeting in pair.meetings)
    for caution in pair.cautions:
        yield f"   inferred, stated by no source: {caution.sentence}"
        for premise in caution.premises:
            where = ", ".join(_where(p) for step in premise.steps for p in step.passages)
            yield f"      premise: {premise.sentence} [{where}]"
    for schedule in pair.schedules:
        where = ", ".join(_where(p) for p in schedule.passages)
        yield f"   timed, in {schedule.arm.label}: {schedule.drug.label}: {schedule.text} [{where}]"


def _evidence(answer: EvidenceAnswer) -> Iterator[str]:
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
        derived = f"  derived 95% CI {_ends(row.derived_ci)}%" if row.derived_ci else ""
        yield f"   {measure}{event}: {result(row)}  {of_n(row)}{derived}{_flag(row)}"
    yield from (absence.text for absence in answer.absences if absence.kind == "no_data")
    yield from _left_out(answer.left_out)
    if more := answer.left_out_total - len(answer.left_out):
        yield f"Left out, and not named here: {more} more results"
    for each in answer.beside:
        where = f"{each.histotype.label} (--histotype {each.histotype.curie})"
        yield f"Not counted here: {each.results} results in {where}: {each.reason}"
    for conflict in answer.conflicts:
        yield f"Conflict: {conflict.about}: " + " / ".join(side.label for side in conflict.between)
    if answer.summary.corpus:
        yield answer.summary.corpus.text


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


def _compare(answer: ComparisonAnswer) -> Iterator[str]:
    yield answer.summary
    for one in answer.direct:
        sides = [f"{result(row)}{_flag(row)}" if row else "not printed" for row in (one.a, one.b)]
        measured = next((_measured(row) for row in (one.a, one.b) if row), one.measure.label)
        yield f"   within {one.study.label}: {measured}: {answer.a} {sides[0]} / {answer.b} {sides[1]}"
        if one.derived is not None:
            points, p_value = one.derived.points, one.derived.p_value
            yield f"      derived: difference {points:.1f} points ({_ends(one.derived.ci)}), p = {p_value:.2g}"
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
        where = ", ".join(map(_where, claim.passages))
        yield f"   {'compared in words' if claim.compares else 'names both'}: {claim.sentence}  [{where}]"
    if answer.uncompared:
        yield f"In no pair, {len(answer.uncompared)} results:"
    yield from (f"   {each.sentence or each.row}  ({each.reason})" for each in answer.uncompared)


def _pool(answer: PoolAnswer) -> Iterator[str]:
    yield f"{answer.measure.label}, {answer.asked}" + (f", counting {answer.counts}" if answer.counts else "")
    for one in answer.studies:
        share = f"{one.percent:.1f}% ({_ends(one.derived_ci)})"
        yield f"   {one.numerator} of {one.denominator}  {share}  {one.study.label}"
    if answer.refused:
        yield f"Not pooled: {answer.refused}."
    if answer.estimate is not None:
        found = answer.estimate
        yield f"Pooled: {found.percent:.1f}% ({_ends(found.ci)}), {found.method}"
        spread = found.heterogeneity
        yield f"   tau2 {spread.tau2:.3f}, I2 {spread.i2:.0f}%, Q p = {spread.q_p:.2g}"
    yield from (f"   ({caution})" for caution in answer.cautions)
    for out in answer.left_out:
        yield f"   left out: {out.study.label if out.study else out.row}: {out.reason}"


def _safety(answer: SafetyAnswer) -> Iterator[str]:
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


def _gaps(answer: GapMap) -> Iterator[str]:
    for cell in answer.cells:
        if cell.status != "unstudied":
            yield f"{cell.row.label:32} {cell.column.label:40} {cell.status.replace('_', ' '):20} {cell.reason}"
    yield f"{answer.counts['unstudied']} more are unstudied. {answer.text}"


def _explain(answer: Explanation) -> Iterator[str]:
    yield answer.text
    yield from _mechanism(answer.mechanism)
    yield from _evidence(answer.evidence)
    yield from (f"Missing: {missing}" for missing in answer.missing)


def _timeline(answer: Timeline) -> Iterator[str]:
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


def _fact(card: FactCard) -> Iterator[str]:
    yield card.sentence
    yield f"stated by {', '.join(ref.label for ref in card.asserted_by)}{_hedge(card.certainty)}"
    yield from (_where(passage) for passage in card.passages)


def _document(card: DocumentCard) -> Iterator[str]:
    yield f"{card.label} ({card.curie}){', retracted' if card.retracted else ''}"
    for name in ("authors", "title", "journal", "year", "volume", "issue", "pages", "doi", "pmid"):
        if value := getattr(card, name):
            yield f"{name}: {', '.join(value) if name == 'authors' else value}"
    yield from (f"  {words(kind)}: {count}" for kind, count in sorted(card.counts.items()))


def _listing(answer: Listing) -> Iterator[str]:
    for item in answer.items:
        if isinstance(item, CatalogueQuestion):
            given = " ".join(f"{each.name}={each.default}" for each in item.parameters)
            yield f"{item.theme:13} {item.id:28} {item.title}{f'  ({given})' if given else ''}"
        else:
            is_thing = isinstance(item, EntityRef | SourceDocument)
            yield f"{item.curie:32} {item.label}" if is_thing else dumps(item).rstrip()


def _question(answer: QuestionAnswer) -> Iterator[str]:
    yield answer.title
    for given in answer.parameters:
        named = ", ".join(each.label for each in given.entities) or ", ".join(given.values)
        yield f"{given.label}: {named}"
    for number, item in enumerate(answer.items, 1):
        cells = ((column, item[column.name]) for column in answer.columns)
        yield f"{number:4}  " + "; ".join(f"{column.label}: {cell.text}" for column, cell in cells if cell)
    if answer.truncated:
        yield f"({answer.total - len(answer.items)} more)"
    if not answer.items:
        yield "This graph holds no answer to it."


def _difference(answer: Difference) -> Iterator[str]:
    yield f"from {answer.old} to {answer.new}: {answer.total or 'no'} things are told differently"
    for each in answer.counts:
        sorts = ((each.added, "added"), (each.changed, "changed"), (each.given_up, "given up"), (each.vanished, "gone"))
        yield f"   {each.graph} {each.kind}: {', '.join(f'{count} {name}' for count, name in sorts if count)}"
    for change in answer.items:
        if change.sort != "vanished":
            yield from _change(change)
    for change in answer.items:
        if change.sort == "vanished" and not change.is_unexplained:
            yield f"gone {change.curie}  {change.label}"
    if answer.truncated:
        yield f"(of each sort {answer.limit} are listed; --limit)"
    if answer.unexplained:
        yield f"{answer.unexplained} identifiers lead nowhere any longer. For triples/withdrawn.yaml:"
    for change in answer.items:
        if change.is_unexplained:
            yield f"- id: {change.curie}"
            yield f"  label: {json.dumps(change.label, ensure_ascii=False)}"
            yield f"  replaced_by: [{', '.join(change.successors)}]{'  # perhaps' if change.successors else ''}"
            yield "  reason:"


def _change(change: Change) -> Iterator[str]:
    became = f" -> {', '.join(change.successors) or 'nothing'}: {change.reason}" if change.sort == "given_up" else ""
    yield f"{change.sort.replace('_', ' ')} {change.curie}  {change.label}{became}"
    for sign, told, count in (("-", change.lost, change.losses), ("+", change.gained, change.gains)):
        if change.sort == "changed":
            yield from (f"   {sign} {each}" for each in told)
            if count > len(told):
                yield f"   {sign} ({count - len(told)} more)"


def _where(passage: Any) -> str:
    return f"{passage.document.rpartition('/')[2]}:{passage.start}-{passage.end}"


def _ends(interval: Interval) -> str:
    """The two ends of an interval that was derived, which has both."""
    return f"{interval.low:.1f} to {interval.high:.1f}"


def _hedge(certainty: str) -> str:
    return "" if certainty == "stated" else f"  ({certainty})"


def _origin(imported: bool) -> str:
    return "  (imported)" if imported else ""


_FORMS: tuple[tuple[type, Any], ...] = (
    (LinkedSearchAnswer, _search),
    (EntityCard, _entity),
    (NeighborsAnswer, _neighbors),
    (PathAnswer, _paths),
    (MechanismAnswer, _mechanism),
    (EvidenceAnswer, _evidence),
    (ComparisonAnswer, _compare),
    (PoolAnswer, _pool),
    (SafetyAnswer, _safety),
    (GapMap, _gaps),
    (Explanation, _explain),
    (Timeline, _timeline),
    (FactCard, _fact),
    (DocumentCard, _document),
    (QuestionAnswer, _question),
    (Difference, _difference),
    (Listing, _listing),
)
