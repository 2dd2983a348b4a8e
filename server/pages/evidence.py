"""The evidence page: results by study and arm, rates as forest plots, verdicts, and the kinds of nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from kg.errors import EntityNotFound
from kg.evidence.rows import Absence, ComponentRow, EvidenceAnswer, EvidenceRow, RegimenVerdict
from kg.graph import KnowledgeGraph
from kg.identifiers import display, parse_identifier
from kg.model import EntityRef
from server.drawings.forest_plots import Forest, forests
from server.wording import dose_range, short_figure

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
    "disease-control",
    "median-progression-free-survival",
    "progression-free-survival",
    "median-overall-survival",
)
_FIGURES = 3
_DIRECTIONS = {"supports": "worked", "does_not_support": "did not work", "mixed": "mixed", "harmful": "did harm"}


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
    for number, (study, of_study) in enumerate(groupby(rows, lambda row: row.study), 1):
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
            f"{people.n} patients" if people.n else "",
            ", ".join(ref.label for ref in people.histotypes),
            f"line: {people.line}" if people.line and people.line != "unstated" else "",
            people.setting or "",
            f"before: {people.prior}" if people.prior else "",
            f"genotype: {people.genotype}" if people.genotype else "",
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
    for row in rows:
        if row.arm is None or row.measure is None or row.regimen is None or row.flags or not short_figure(row):
            continue
        combination = row.regimen.combination
        if regimen in {row.regimen.id, combination.id if combination else ""}:
            by_measure.setdefault(row.measure.curie.partition(":")[2], []).append(row)
    for name in _FIRST_MEASURES:
        if listed := by_measure.get(name):
            very = [row for row in listed if _is_of_the_very(row)]
            largest = sorted(very or listed, key=lambda row: -(row.denominator or 0))
            told = ", ".join(list(dict.fromkeys(map(short_figure, largest)))[:_FIGURES])
            assert listed[0].measure is not None
            return f"{listed[0].measure.label} {told}" + ("" if very else ", among others")
    return ""


def _is_of_the_very(row: EvidenceRow) -> bool:
    """Whether a figure is of people who all have the disease that was asked for."""
    return row.population is None or row.population.histotype_match in {None, "exact", "subtype", "subgroup"}


def direction(said: EvidenceRow | RegimenVerdict) -> str:
    """What a result, or all of a regimen's, says for the treatment, in words."""
    return _DIRECTIONS.get(said.direction or "", "")


def called(graph: KnowledgeGraph, text: str) -> str:
    """What a heading calls a thing: what the reader does, or its label where a link names it by an identifier."""
    iri = parse_identifier(text)
    try:
        return graph.name_of(iri).label if iri else text
    except EntityNotFound:  # the answer says so itself
        return text


def heading(graph: KnowledgeGraph, asked_drugs: tuple[str, ...], asked: Mapping[str, str | None]) -> str:
    """The question as a heading: who was given what."""
    drugs = [called(graph, drug) for drug in asked_drugs]
    given = {name: called(graph, text) for name, text in asked.items() if text}
    what = " + ".join(drugs) or given.get("regimen") or given.get("drug_class") or ""
    if not what and given.get("target"):
        what = f"drugs against {given['target']}"
    whom = given.get("histotype")
    if what and whom:
        return f"{what} in {whom}: what came of it"
    if what:
        return f"What came of giving {what}"
    if whom:
        return f"What was tried in {whom}"
    return "Evidence"


def csv_rows(answer: EvidenceAnswer) -> list[list[str]]:
    """The results as rows, with a header; computed figures have columns of their own."""
    head = [
        "study",
        "design",
        "phase",
        "year",
        "arm",
        "patient",
        "regimen",
        "doses",
        "histotypes",
        "n",
        "line",
        "measure",
        "definition",
        "value",
        "unit",
        "value_text",
        "numerator",
        "denominator",
        "ci_low",
        "ci_high",
        "derived_ci_low",
        "derived_ci_high",
        "p_value",
        "hazard_ratio",
        "comparator",
        "difference",
        "direction",
        "adverse_event",
        "grade",
        "frequency",
        "absence",
        "subgroup",
        "time_point",
        "certainty",
        "flags",
        "statement",
        "documents",
        "passages",
        "range_low",
        "range_high",
        "dose_ranges",
        "arm_pools",
        "arm_within",
    ]
    return [head, *(_csv_row(row) for row in answer.items)]


def _csv_row(row: EvidenceRow) -> list[str]:
    regimen, people = row.regimen, row.population
    doses = " | ".join(f"{c.drug.label} {c.dose_text or ''}".strip() for c in regimen.components) if regimen else ""
    ci, derived = row.ci or (None, None), row.derived_ci
    cells: list[object] = [
        _name(row.study),
        row.design,
        row.phase,
        row.year,
        _name(row.arm),
        _name(row.patient),
        regimen.label if regimen else None,
        doses,
        "; ".join(ref.label for ref in people.histotypes) if people else None,
        people.n if people else None,
        people.line if people else None,
        _name(row.measure),
        _name(row.definition),
        row.value,
        row.unit,
        row.value_text,
        row.numerator,
        row.denominator,
        *ci,
        derived.low if derived else None,
        derived.high if derived else None,
        row.p_value,
        row.hazard_ratio,
        _name(row.comparator),
        row.difference,
        row.direction,
        _name(row.adverse_event),
        row.grade,
        row.frequency,
        row.absence,
        row.subgroup,
        row.time_point,
        row.certainty,
        "; ".join(row.flags),
        display(row.id),
        "; ".join(ref.label for ref in row.documents),
        "; ".join(display(place.id) for place in row.passages),
        *(row.range or (None, None)),
        " | ".join(f"{c.drug.label} {dose_range(c)}" for c in regimen.components if c.range) if regimen else None,
        "; ".join(ref.label for ref in row.pools),
        _name(row.within),
    ]
    return ["" if cell is None else str(cell) for cell in cells]


def _name(ref: EntityRef | None) -> str | None:
    return ref.label if ref else None
