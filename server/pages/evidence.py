"""The evidence page: results by study and arm, rates as forest plots, verdicts, and the kinds of nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from flask import render_template, request
from werkzeug.wrappers import Response

from kg.errors import EntityNotFound
from kg.evidence.filters import has_words, people_of
from kg.evidence.rows import Absence, ComponentRow, EvidenceAnswer, EvidenceRow, RegimenVerdict
from kg.graph import KnowledgeGraph
from kg.identifiers import parse_identifier
from kg.model import DESIGNS, EntityRef
from server.addresses import csv_response, export, given, here, query, svg_response
from server.drawings.forest_plots import Forest, forests, pool_forest
from server.drawings.picture_file import plot_file
from server.http.errors import spared
from server.pages.evidence_table import csv_rows
from server.pages.namesakes import namesakes
from server.pages.sharing import chosen, disputed, fact_exports, facts_wanted, file_name, source_line
from server.questions.parameters import Arguments, read
from server.questions.table import EVIDENCE_PARAMETERS, evidence_question
from server.wording import count_of, short_figure

NOTHINGS = {
    "none_observed": ("Looked for and not observed", "Somebody looked, and it occurred in none."),
    "no_apparent_benefit": ("No apparent benefit", "The source saw no benefit."),
    "no_significant_difference": (
        "No significant difference",
        "A comparison was made and chance may explain what was seen.",
    ),
    "not_reported_yet": ("Not reported yet", "Awaited when the source was written."),
    "not_described": ("Not described", "The source says that it does not tell."),
}
# What a reader wants to know of a regimen first: the first of these that its groups report.
_FIRST_MEASURES = (
    "objective-response-rate",
    "response-rate",
    "partial-response",
    "disease-control",
    "median-progression-free-survival",
    "progression-free-survival",
    "median-overall-survival",
    "median-time-to-progression",
    "time-to-progression",
)
_RESPONSE_RATES = frozenset(_FIRST_MEASURES[:2])  # one name or the other, by source: told both, never as one
_FIGURES = 3
_TREATMENTS = ("drug", "regimen", "drug_class", "target")  # what names what was given
# Fields of the form that are folded away where they are empty.
_FURTHER_FIELDS = ("drug_class", "target", "genotype", "site", "line", "after", "setting", "design", "min_n")
# Studies of groups come before single patients, and these before the laboratory.
_LAST_DESIGNS = {"case series": 1, "case report": 2, "preclinical": 3}
_DIRECTIONS = {"supports": "worked", "does_not_support": "did not work", "mixed": "mixed", "harmful": "did harm"}
_AGAINST_ANOTHER = _DIRECTIONS | {"supports": "better", "does_not_support": "not better"}


@dataclass(frozen=True)
class ArmView:
    """An arm or a patient: what was given to whom, the results, and the harms apart."""

    label: str
    anchor: str
    components: tuple[ComponentRow, ...]
    people: str
    pools: tuple[EntityRef, ...]
    within: EntityRef | None
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
class Nothing:
    """One kind of nothing and where it was found."""

    heading: str
    meaning: str
    items: tuple[Absence, ...]


@dataclass(frozen=True)
class VerdictGroup:
    """Regimens whose results point the same way."""

    heading: str
    tone: str
    verdicts: tuple[RegimenVerdict, ...]


@dataclass(frozen=True)
class EvidencePage:
    """The answer as the page shows it; ``figures``: what the groups of a regimen reached, by its IRI."""

    figures: Mapping[str, str]
    studies: tuple[StudyView, ...]
    forests: tuple[Forest, ...]
    verdicts: tuple[VerdictGroup, ...]
    nothings: tuple[Nothing, ...]
    no_data: tuple[str, ...]


def evidence(graph: KnowledgeGraph) -> str | Response:
    """The page, or what it shows in another form."""
    filled = read(EVIDENCE_PARAMETERS, {name: values for name, values in given().items() if name != "plot"})
    answer = graph.evidence(evidence_question(filled)) if filled.values else None
    page = evidence_page(answer) if answer else None
    if answer is not None and page is not None and (other := _other_form(graph, answer, page)) is not None:
        return other
    texts = {name: filled.text(name) for name in filled.table if name != "drug"} | {
        "drug": " + ".join(filled.texts("drug"))
    }
    texts["include_flagged"] = "true" if filled.flag("include_flagged") else None
    pooled, not_pooled = None, ""
    if answer and answer.items and any(filled.texts(name) for name in _TREATMENTS):
        pooled, not_pooled = spared(lambda: graph.pool(evidence_question(filled)))
    pooled_plot = pool_forest(pooled, pooled.measure.label) if pooled and pooled.estimate else None
    return render_template(
        "evidence.html",
        pooled=pooled,
        not_pooled=not_pooled,
        pooled_plot=pooled_plot,
        heading=_heading(graph, filled.texts("drug"), texts),
        given=texts,
        designs=DESIGNS,
        answer=answer,
        page=page,
        filters=_chips(filled),
        namesakes=namesakes(graph, filled.texts("drug")),
        more_given=any(filled.texts(name) for name in _FURTHER_FIELDS),
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


def _chips(filled: Arguments) -> list[dict[str, str]]:
    """The filters of a question, each with the address that drops it."""
    return [
        {"label": name.replace("_", " "), "value": ", ".join(values), "href": here(but=[name])}
        for name, values in filled.values.items()
        if name != "limit"
    ]


def evidence_page(answer: EvidenceAnswer) -> EvidencePage:
    """Arrange an answer for reading."""
    return EvidencePage(
        figures={v.regimen.id: _figures(answer.items, v.regimen.id) for v in answer.summary.verdicts},
        studies=tuple(_studies(answer.items)),
        forests=forests(answer.items),
        verdicts=tuple(_verdicts(answer.summary.verdicts)),
        nothings=tuple(_nothings(answer.absences)),
        no_data=tuple(absence.text for absence in answer.absences if absence.kind == "no_data"),
    )


def _studies(rows: tuple[EvidenceRow, ...]) -> Iterator[StudyView]:
    ranked = sorted(rows, key=lambda row: _LAST_DESIGNS.get(row.design or "", 0))
    for number, (study, of_study) in enumerate(groupby(ranked, lambda row: row.study), 1):
        listed = list(of_study)
        first = listed[0]
        facts = (
            first.design,
            f"phase {first.phase}" if first.phase else None,
            {"yes": "randomised", "no": "not randomised"}.get(first.randomised or ""),
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
        label=subject.label if subject else "",
        anchor=anchor,
        components=first.regimen.components if first.regimen and first.arm else (),
        people="; ".join(text for text in described if text),
        pools=first.pools,
        within=first.within,
        # What came of it first, then who was treated.
        rows=tuple(
            sorted((r for r in rows if r.adverse_event is None), key=lambda r: not (r.measure and r.measure.groups))
        ),
        harms=tuple(row for row in rows if row.adverse_event is not None),
    )


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


def _verdicts(verdicts: Iterable[RegimenVerdict]) -> Iterator[VerdictGroup]:
    listed = list(verdicts)
    for direction, heading, tone in (
        ("supports", "Worked, by what studies state", "up"),
        ("mixed", "Mixed", "none"),
        ("does_not_support", "Did not work", "down"),
        ("harmful", "Did harm", "down"),
        (None, "Tried; no result says whether it worked", "none"),
    ):
        group = tuple(v for v in listed if v.direction == direction and v.rests_on != "single patients")
        if group:
            yield VerdictGroup(heading, tone, group)
    if single := tuple(verdict for verdict in listed if verdict.rests_on == "single patients"):
        yield VerdictGroup("Told of single patients only", "none", single)


def _figures(rows: Iterable[EvidenceRow], regimen: str) -> str:
    """The share or time that a regimen is known by, as its largest groups had it, of the very people where there are.

    For example "objective response rate 53% of 34, 45.5% of 11".
    """
    by_measure: dict[str, list[EvidenceRow]] = {}
    listed = list(rows)
    same = {_given(row) for row in listed if _is_called(row, regimen)} - {frozenset()}  # MAID by its drugs, too
    for row in listed:
        if not (_is_called(row, regimen) or _given(row) in same):
            continue
        # Patients of an arm within another are counted there: those that crossed over, another dose.
        if row.arm is None or row.measure is None or row.flags or row.within is not None or not short_figure(row):
            continue
        by_measure.setdefault(row.measure.curie.partition(":")[2], []).append(row)
    known = [name for name in _FIRST_MEASURES if name in by_measure]
    very = [name for name in known if any(map(_is_of_the_very, by_measure[name]))]
    told = [*very, *(name for name in known if name not in very)]
    # A response rate has two names, by source; each is told, never as one, and before any other measure.
    rates = [name for name in told if name in _RESPONSE_RATES]
    first = rates if told[:1] == rates[:1] else told[:1]
    return "; ".join(_figures_of(by_measure[name]) for name in first)


def _is_called(row: EvidenceRow, regimen: str) -> bool:
    combination = row.regimen.combination if row.regimen else None
    return row.regimen is not None and regimen in {row.regimen.id, combination.id if combination else ""}


def _given(row: EvidenceRow) -> frozenset[str]:
    return frozenset(ref.id for ref in row.regimen.against_tumour) if row.regimen else frozenset()


def _figures_of(rows: Sequence[EvidenceRow]) -> str:
    """The figures of one measure, the largest groups first."""
    very = [row for row in rows if _is_of_the_very(row)]
    whole = [row for row in very or rows if not _is_of_another_part(row)]
    listed = sorted(whole or very or rows, key=lambda row: -(people_of(row) or 0))
    figures = dict.fromkeys(
        short_figure(row)
        + ("" if people_of(row) else " (n not told)")
        + _counting_more(row)
        + (f" in {row.subgroup}" if _is_of_another_part(row) else "")
        for row in listed
    )
    label = listed[0].measure.label if listed[0].measure else ""
    return f"{label} {', '.join(list(figures)[:_FIGURES])}" + ("" if very else ", histotypes pooled")


def _is_of_another_part(row: EvidenceRow) -> bool:
    """Whether a figure is of a part of a group that is not told apart by the disease asked for: a genotype, a line."""
    match = row.population.histotype_match if row.population else None
    return row.subgroup is not None and match not in {"subgroup", "subtype"}


def _counting_more(row: EvidenceRow) -> str:
    """What a response rate counted, where that is more than responses: it is no rate beside those that did not."""
    counts_response = row.measure is not None and row.measure.curie.partition(":")[2] in _RESPONSE_RATES
    if not counts_response or row.definition is None or "SD" not in row.definition.counts:
        return ""
    return f" ({row.definition.label})"


def _is_of_the_very(row: EvidenceRow) -> bool:
    """Whether a figure is of people who all have the disease that was asked for."""
    return row.population is None or row.population.histotype_match in {None, "exact", "subtype", "subgroup"}


def direction(said: EvidenceRow | RegimenVerdict) -> str:
    """What a result, or all of a regimen's, says for the treatment, in words; of a comparison, whether it was better.

    No better than another treatment, or than another dose, is not "did not work".
    """
    if isinstance(said, EvidenceRow) and said.comparator is not None and said.difference:
        return _AGAINST_ANOTHER.get(said.direction or "", "")
    return _DIRECTIONS.get(said.direction or "", "")


def called(graph: KnowledgeGraph, text: str) -> str:
    """What a heading calls a thing: what the reader does, or its label where a link names it by an identifier."""
    iri = parse_identifier(text)
    try:
        return graph.name_of(iri).label if iri else text
    except EntityNotFound:  # the answer says so itself
        return text


def _heading(graph: KnowledgeGraph, asked_drugs: tuple[str, ...], asked: Mapping[str, str | None]) -> str:
    """The question as a heading: who was given what."""
    drugs = [called(graph, drug) for drug in asked_drugs]
    given = {name: called(graph, text) for name, text in asked.items() if text}
    after = f" after {given['after']}" if "after" in given else ""
    what = " + ".join(drugs) or given.get("regimen") or given.get("drug_class") or ""
    if not what and given.get("target"):
        what = f"drugs against {given['target']}"
    whom = given.get("histotype")
    if what and whom:
        return f"{what} in {whom}{after}: what came of it"
    if what:
        return f"What came of giving {what}{after}"
    if whom or after:
        return f"What was tried{f' in {whom}' if whom else ''}{after}"
    return "Evidence"
