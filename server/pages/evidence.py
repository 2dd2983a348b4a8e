"""The evidence page: results by study and arm, rates as forest plots, verdicts, and the kinds of nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from flask import render_template, request
from werkzeug.wrappers import Response

from kg.errors import AmbiguousEntity, EntityNotFound
from kg.evidence.filters import has_words
from kg.evidence.question import EvidenceQuestion
from kg.evidence.regimens import ComponentRow
from kg.evidence.rows import Absence, AbsenceKind, EvidenceAnswer, EvidenceRow, RegimenVerdict
from kg.graph import KnowledgeGraph
from kg.identifiers import parse_identifier
from kg.model import Design, Direction, EntityRef
from server.addresses import again, csv_response, export, given, here, query, svg_response
from server.drawings.forest_plots import Forest, forests, pool_forest
from server.drawings.picture_file import plot_file
from server.http.errors import spared
from server.pages.evidence_table import csv_rows
from server.pages.namesakes import namesakes
from server.pages.regimens import FIRST_MEASURES, Reached, VerdictGroup, reached, severity, verdict_groups
from server.pages.sharing import chosen, disputed, fact_exports, facts_wanted, file_name, source_line
from server.questions.parameters import Arguments, read
from server.questions.table import EVIDENCE_PARAMETERS, evidence_question
from server.wording import count_of

NOTHINGS: Mapping[AbsenceKind, tuple[str, str]] = {
    "none_observed": ("Looked for and not observed", "Somebody looked, and it occurred in none."),
    "no_apparent_benefit": ("No apparent benefit", "The source saw no benefit."),
    "no_significant_difference": (
        "No significant difference",
        "A comparison was made and chance may explain what was seen.",
    ),
    "not_reached": ("Median not reached", "More than half were still free of the event when the source was written."),
    "not_reported_yet": ("Not reported yet", "Awaited when the source was written."),
    "not_described": ("Not described", "The source says that it does not tell."),
}
_TREATMENTS = ("drug", "regimen", "drug_class", "target")  # what names what was given
# Fields of the form that are folded away where they are empty.
_FURTHER_FIELDS = (
    "drug_class", "target", "genotype", "site", "line", "after", "setting", "design", "randomised", "comparator",
    "blinding", "adverse_event", "min_grade", "min_n", "from_year", "to_year",
)  # fmt: skip
# What narrows an answer and says neither what was given, to whom, nor what was looked at.
_NARROWING = (
    "site", "genotype", "line", "setting", "design", "phase", "randomised", "comparator", "blinding", "min_n",
    "from_year", "to_year", "study", "document",
)  # fmt: skip
_MOST_UNFOLDED = 30  # results whose tables a page shows as they are
_OF_HARM = ("adverse_event", "min_grade")  # what asks for adverse events, of which no rate is pooled
# Studies of groups come before single patients, and these before the laboratory.
_LAST_DESIGNS: Mapping[Design | None, int] = {"case series": 1, "case report": 2, "preclinical": 3}
_DIRECTIONS: Mapping[Direction, str] = {
    "supports": "worked", "does_not_support": "did not work", "mixed": "mixed", "harmful": "did harm",
}  # fmt: skip
_AGAINST_ANOTHER: Mapping[Direction, str] = {**_DIRECTIONS, "supports": "better", "does_not_support": "not better"}


@dataclass(frozen=True)
class ArmView:
    """An arm or a patient: what was given to whom, the figures it is known by, the results, and the harms apart."""

    ref: EntityRef | None
    label: str
    anchor: str
    components: tuple[ComponentRow, ...]
    people: str
    pools: tuple[EntityRef, ...]
    within: EntityRef | None
    reached: tuple[Reached, ...]
    rows: tuple[EvidenceRow, ...]
    harms: tuple[EvidenceRow, ...]


@dataclass(frozen=True)
class StudyView:
    """A study with its arms; ``citing``: what its documents cite for every one of its results."""

    ref: EntityRef | None
    anchor: str
    describe: str
    documents: tuple[EntityRef, ...]
    citing: tuple[EntityRef, ...]
    arms: tuple[ArmView, ...]
    count: int


@dataclass(frozen=True)
class SeenUnder:
    """An adverse event, or a kind of it, under one treatment: every result on it, the worst first."""

    treatment: EntityRef
    rows: tuple[EvidenceRow, ...]


@dataclass(frozen=True)
class Nothing:
    """One kind of nothing and where it was found."""

    heading: str
    meaning: str
    items: tuple[Absence, ...]


@dataclass(frozen=True)
class EvidencePage:
    """The answer as the page shows it; ``is_long``: the tables of its arms are folded beneath what they come to."""

    studies: tuple[StudyView, ...]
    forests: tuple[Forest, ...]
    verdicts: tuple[VerdictGroup, ...]
    nothings: tuple[Nothing, ...]
    no_data: tuple[str, ...]
    disputed: tuple[str, ...]
    is_long: bool


def evidence(graph: KnowledgeGraph) -> str | Response:
    """The page, or what it shows in another form."""
    filled = read(EVIDENCE_PARAMETERS, {name: values for name, values in given().items() if name != "plot"})
    answer = graph.evidence(evidence_question(filled)) if filled.values else None
    page = evidence_page(answer) if answer else None
    if answer is not None and page is not None and (other := _other_form(graph, answer, page)) is not None:
        return other
    texts = {name: filled.text(name) for name, each in filled.table.items() if not each.repeated}
    texts["include_flagged"] = "true" if filled.flag("include_flagged") else None
    pooled, not_pooled = None, ""
    is_of_harm = any(filled.texts(name) for name in _OF_HARM)
    if answer and answer.items and not is_of_harm and any(filled.texts(name) for name in _TREATMENTS):
        pooled, not_pooled = spared(lambda: graph.pool(evidence_question(filled)))
    pooled_plot = pool_forest(pooled, pooled.measure.label) if pooled and pooled.estimate else None
    return render_template(
        "evidence.html",
        pooled=pooled,
        not_pooled=not_pooled,
        pooled_plot=pooled_plot,
        heading=_heading(graph, filled, texts),
        given=texts,
        several={name: filled.texts(name) or ("",) for name, each in filled.table.items() if each.repeated},
        choices={name: filled.table[name].choices for name in ("design", "randomised", "blinding")},
        answer=answer,
        page=page,
        nothing=[_leading_on(filled, answer, text) for text in page.no_data] if answer and page else [],
        filters=_chips(graph, filled),
        namesakes=namesakes(graph, filled.texts("drug")),
        more_given=sum(1 for name in _FURTHER_FIELDS if filled.texts(name)),
        exported=[
            export("CSV", here([("format", "csv")]), download=True),
            export("JSON", f"/api/v1/evidence?{query()}"),
            *fact_exports(),
            *map(_forest_export, range(1, len(page.forests) + 1), page.forests),
            *([_pooled_export()] if pooled_plot else []),
        ]
        if page
        else [],
    )


def seen_under(graph: KnowledgeGraph, event: str) -> tuple[SeenUnder, ...]:
    """With which treatments an adverse event was seen, or looked for and not seen, the worst first."""
    found: dict[EntityRef, list[EvidenceRow]] = {}
    rows = graph.evidence(EvidenceQuestion(adverse_event=event, include_flagged=True)).items
    for row in sorted(rows, key=severity, reverse=True):
        if (given_to := row.regimen.combination if row.regimen else None) or (given_to := row.arm or row.patient):
            found.setdefault(given_to, []).append(row)
    return tuple(SeenUnder(treatment, tuple(listed)) for treatment, listed in found.items())


def _other_form(graph: KnowledgeGraph, answer: EvidenceAnswer, page: EvidencePage) -> Response | None:
    """The results as a table or triples, or one of the plots."""
    if request.args.get("format") == "csv":
        return csv_response(csv_rows(answer), "evidence")
    if page.forests and request.args.get("format") == "svg":
        forest = chosen(page.forests, "plot")
        return svg_response(plot_file("forest", source_line(graph), plot=forest), file_name(graph, "rates"))
    return facts_wanted(graph, [*(row.id for row in answer.items), *disputed(answer.conflicts)], "evidence")


def _forest_export(number: int, forest: Forest) -> dict[str, str | bool]:
    where = here([("format", "svg"), ("plot", str(number))], ["plot"])
    return export(f"SVG: {forest.heading}", where, download=True)


def _pooled_export() -> dict[str, str | bool]:
    asked = query(["limit", "include_broader", "plot"], [("format", "svg")])
    return export("SVG: pooled", f"/api/v1/evidence/pool?{asked}", download=True)


def _chips(graph: KnowledgeGraph, filled: Arguments) -> list[dict[str, str]]:
    """The filters of a question, each with the address that drops it."""
    return [
        {
            "label": name.replace("_", " "),
            "value": called(graph, value),
            "href": again([(name, other) for other in values if other != value], [name]),
        }
        for name, values in filled.values.items()
        for value in dict.fromkeys(values)
        if name != "limit"
    ]


def _leading_on(filled: Arguments, answer: EvidenceAnswer, text: str) -> list[tuple[str, str | None]]:
    """The parts of what says that nothing fits; what there is nearby has the address where it is listed."""
    parts: list[tuple[str, str | None]] = []
    for near in answer.nearby:
        before, _, text = text.partition(near.head)
        instead = [(name, value) for name, value in near.changes.items() if value is not None]
        is_asked = bool(instead or filled.values.keys() - near.changes.keys() - {"limit"})
        parts += [(before, None), (near.head, again(instead, [*near.changes, "limit"]) if is_asked else None)]
    return [*parts, (text, None)]


def evidence_page(answer: EvidenceAnswer) -> EvidencePage:
    """Arrange an answer for reading."""
    return EvidencePage(
        studies=tuple(_studies(answer.items)),
        forests=forests(answer.items),
        verdicts=verdict_groups(answer),
        nothings=tuple(_nothings(answer.absences)),
        no_data=tuple(absence.text for absence in answer.absences if absence.kind == "no_data"),
        disputed=disagreements(answer),
        is_long=len(answer.items) > _MOST_UNFOLDED,
    )


def disagreements(answer: EvidenceAnswer) -> tuple[str, ...]:
    """What sources disagree on, that of several studies first; not the history of one patient."""
    study_of = {row.id: row.study for row in answer.items}
    conflicts = [conflict for conflict in answer.conflicts if not conflict.is_of_one_patient]
    conflicts.sort(key=lambda each: -len({study_of.get(side.id) for side in each.between} - {None}))
    return tuple(conflict.about or "a result" for conflict in conflicts)


def _studies(rows: tuple[EvidenceRow, ...]) -> Iterator[StudyView]:
    ranked = sorted(rows, key=lambda row: _LAST_DESIGNS.get(row.design, 0))
    for number, (study, of_study) in enumerate(groupby(ranked, lambda row: row.study), 1):
        listed = list(of_study)
        first = listed[0]
        facts = (
            first.design,
            f"phase {first.phase}" if first.phase else None,
            {"yes": "randomised", "no": "not randomised"}.get(first.randomised or ""),
            f"published {' and '.join(map(str, first.published))}" if first.citing and first.published else None,
            f"as of {first.year}" if first.year else "year not printed",
        )
        anchor = f"study-{number}"
        groups = groupby(listed, lambda row: row.arm or row.patient)
        arms = tuple(_arm(f"{anchor}-{n}", list(group)) for n, (_, group) in enumerate(groups, 1))
        documents = tuple(dict.fromkeys(ref for row in listed for ref in row.documents))
        described = " · ".join(fact for fact in facts if fact)
        cited = {row.citing for row in listed}
        citing = cited.pop() if len(cited) == 1 else ()
        yield StudyView(study, anchor, described, documents, citing, arms, len(listed))


def _arm(anchor: str, rows: list[EvidenceRow]) -> ArmView:
    first = rows[0]
    subject = first.arm or first.patient
    people = first.population
    described: list[str] = []
    if people is not None and first.arm is not None:
        described = [
            count_of("patient", people.n) if people.n else "",
            ", ".join(ref.label for ref in people.histotypes),
            f"line: {line}" if (line := _of_all(rows, "line")) and line != "unstated" else "",
            people.setting or "",
            f"before: {people.prior}" if people.prior else "",
            f"genotype: {genotype}" if (genotype := _of_all(rows, "genotype")) else "",
        ]
    return ArmView(
        ref=subject,
        label=subject.label if subject else "",
        anchor=anchor,
        components=first.regimen.components if first.regimen and first.arm else (),
        people="; ".join(text for text in described if text),
        pools=first.pools,
        within=first.within,
        reached=reached(rows),
        rows=tuple(sorted((row for row in rows if row.adverse_event is None), key=_place)),
        harms=tuple(row for row in rows if row.adverse_event is not None),
    )


def _place(row: EvidenceRow) -> tuple[bool, int]:
    """What a treatment is known by first, then what else came of it, then who was treated."""
    measure = row.measure.curie.partition(":")[2] if row.measure else ""
    known_by = FIRST_MEASURES.index(measure) if measure in FIRST_MEASURES else len(FIRST_MEASURES)
    return not (row.measure and row.measure.groups), known_by


def _of_all(rows: Sequence[EvidenceRow], name: Literal["line", "genotype"]) -> str:
    """What is told of an arm's people; nothing where it is told of a part of them only."""
    told = dict.fromkeys((getattr(row.population, name) if row.population else None, row.subgroup) for row in rows)
    whole = [text for text, subgroup in told if subgroup is None or not has_words(text or "", [subgroup])]
    return (whole[0] or "") if whole else ""


def _nothings(absences: Iterable[Absence]) -> Iterator[Nothing]:
    kinds: dict[str, list[Absence]] = {}
    for absence in absences:
        if absence.kind != "no_data":
            kinds.setdefault(absence.kind, []).append(absence)
    for kind, (name, meaning) in NOTHINGS.items():
        if kind in kinds:
            yield Nothing(name, meaning, tuple(kinds[kind]))


def direction(said: EvidenceRow | RegimenVerdict) -> str:
    """What a result, or all of a regimen's, says for the treatment, in words; of a comparison, whether it was better.

    No better than another treatment, or than another dose, is not "did not work".
    """
    if isinstance(said, EvidenceRow) and said.comparator is not None and said.difference:
        return _AGAINST_ANOTHER[said.direction] if said.direction else ""
    return _DIRECTIONS[said.direction] if said.direction else ""


def called(graph: KnowledgeGraph, text: str) -> str:
    """What a heading calls a thing: what the reader does, or its label where a link names it by an identifier."""
    iri = parse_identifier(text)
    try:
        return graph.name_of(iri).label if iri else text
    except EntityNotFound:  # the answer says so itself
        return text


def written(graph: KnowledgeGraph, text: str) -> str:
    """What a form shows of "A + B": for an identifier the label, if that alone leads back to the same thing."""
    return " + ".join(_written(graph, part) for part in text.split(" + "))


def _written(graph: KnowledgeGraph, text: str) -> str:
    label = called(graph, text)
    try:
        return label if label == text or graph.resolve(label).id == parse_identifier(text) else text
    except (EntityNotFound, AmbiguousEntity):
        return text


def _heading(graph: KnowledgeGraph, filled: Arguments, asked: Mapping[str, str | None]) -> str:
    """The question as a heading: who was given what, or what was looked at."""
    drugs, before = ([called(graph, text) for text in filled.texts(name)] for name in ("drug", "after"))
    given = {name: called(graph, text) for name, text in asked.items() if text}
    after = f" after {' and '.join(before)}" if before else ""
    what = " + ".join(drugs) or given.get("regimen") or given.get("drug_class") or ""
    if not what and given.get("target"):
        what = f"drugs against {given['target']}"
    whom = given.get("histotype")
    if given.get("adverse_event") or given.get("min_grade"):
        grade = f" of grade {given['min_grade']} or above" if given.get("min_grade") else ""
        event = f"{given.get('adverse_event') or 'adverse events'}{grade}"
        place = f"{f' under {what}' if what else ''}{f' in {whom}' if whom else ''}{after}"
        return f"{event[:1].upper()}{event[1:]}{place}: what is told"
    if what and whom:
        return f"{what} in {whom}{after}: what came of it"
    if what:
        return f"What came of giving {what}{after}"
    if whom or after:
        return f"What was tried{f' in {whom}' if whom else ''}{after}"
    if given.get("measure"):
        return f"What is told of {given['measure']}"
    narrowed = [f"{name.replace('_', ' ')} {given[name]}" for name in _NARROWING if name in given]
    return f"Evidence: {', '.join(narrowed)}" if narrowed else "Evidence"
