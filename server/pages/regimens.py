"""Regimen by regimen: which way its studies point, the figures that it is known by, and how it is borne."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.evidence.filters import people_of
from kg.evidence.grades import grades_of
from kg.evidence.rows import EvidenceAnswer, EvidenceRow, RegimenVerdict
from kg.evidence.summary import is_burden
from kg.model import Direction, EntityRef
from server.wording import result, short_figure, unfigured

# What a reader wants to know of a regimen first: the first of these that its groups report.
FIRST_MEASURES = (
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
_RESPONSE_RATES = frozenset(FIRST_MEASURES[:2])  # one name or the other, by source: told both, never as one
_TIMES = FIRST_MEASURES[4:]  # beside a share, the first of these, too
_FIGURES = 3
_EVENTS = 6
_DIRECTIONS: tuple[tuple[Direction | None, str, str], ...] = (
    ("supports", "Worked, by what studies state", "good"),
    ("mixed", "Mixed", "none"),
    ("does_not_support", "Did not work", "bad"),
    ("harmful", "Did harm", "bad"),
    (None, "Tried; no result says whether it worked", "none"),
)


@dataclass(frozen=True)
class Figure:
    """One figure in words, "53% of 34", what has to be known with it, and the result that it is."""

    text: str
    note: str
    result: str


@dataclass(frozen=True)
class Reached:
    """What the largest groups had of one measure; ``is_of_the_very``: all had the disease that was asked for."""

    measure: str
    figures: tuple[Figure, ...]
    is_of_the_very: bool


@dataclass(frozen=True)
class Borne:
    """Adverse events, or measures of how a treatment is borne, told alike ("major"), each with its result."""

    told: str
    events: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RegimenView:
    """A regimen: what its studies say together, what its groups reached, and how it is borne, the worst first."""

    verdict: RegimenVerdict
    reached: tuple[Reached, ...]
    borne: tuple[Borne, ...]
    borne_more: int

    @property
    def results(self) -> Iterator[str]:
        """The results whose figures or words are shown."""
        yield from (figure.result for reached in self.reached for figure in reached.figures)
        yield from (row for alike in self.borne for _, row in alike.events)


@dataclass(frozen=True)
class VerdictGroup:
    """Regimens whose results point the same way; ``tone``: "good", "bad" or "none"."""

    heading: str
    tone: str
    regimens: tuple[RegimenView, ...]


def verdict_groups(answer: EvidenceAnswer) -> tuple[VerdictGroup, ...]:
    """The regimens of an answer by what came of them; those told of in single patients only come last."""
    views = [_view(answer.items, verdict) for verdict in answer.summary.verdicts]
    single = tuple(view for view in views if view.verdict.rests_on == "single patients")
    groups = [
        VerdictGroup(
            heading, tone, tuple(view for view in views if view not in single and view.verdict.direction == direction)
        )
        for direction, heading, tone in _DIRECTIONS
    ]
    return tuple(
        group for group in (*groups, VerdictGroup("Told of single patients only", "none", single)) if group.regimens
    )


def _view(rows: Iterable[EvidenceRow], verdict: RegimenVerdict) -> RegimenView:
    """What one patient had is told only of a regimen of which nothing else is known."""
    regimen = verdict.regimen.id
    listed = [row for row in rows if verdict.rests_on == "single patients" or people_of(row) != 1]
    same = {_given(row) for row in listed if _is_called(row, regimen)} - {frozenset()}  # MAID by its drugs, too
    own = [row for row in listed if _is_called(row, regimen) or _given(row) in same]
    worst = _worst(own)
    shown = worst[:_EVENTS]
    by_words: dict[str, list[EvidenceRow]] = {}
    for row in shown:
        told = result(row)
        names_itself = told.lower() == _burden(row).label.lower()
        by_words.setdefault(unfigured(row) if names_itself or not told else told, []).append(row)
    borne = tuple(Borne(told, tuple((_burden(row).label, row.id) for row in alike)) for told, alike in by_words.items())
    return RegimenView(verdict, reached(own), borne, len(worst) - len(shown))


def _worst(rows: Iterable[EvidenceRow]) -> list[EvidenceRow]:
    """Of each adverse event the worst that is told, the worst events first; what was looked for and not seen last."""
    by_event: dict[str, EvidenceRow] = {}
    for row in sorted(rows, key=severity):
        if is_burden(row) and not row.flags:
            by_event[_burden(row).id] = row
    return sorted(by_event.values(), key=severity, reverse=True)


def _burden(row: EvidenceRow) -> EntityRef:
    """What a result tells of how a treatment is borne: an adverse event, or a measure such as discontinuation."""
    told = row.adverse_event or row.measure
    assert told is not None  # else it tells of no burden
    return told


def severity(row: EvidenceRow) -> tuple[bool, int, bool, float, bool]:
    """Whether it was seen; of which grade; whether more than under another; in what share; whether told how often."""
    _, grade = grades_of(row.grade) or (0, 0)
    rate = row.derived_rate.value if row.derived_rate is not None else None
    share = row.value if row.unit == "%" else rate
    is_more = row.difference in ("higher", "worse") and row.significance == "significant"
    return row.absence is None, grade, is_more, float(share or 0), bool(row.frequency or row.grade)


def reached(rows: Iterable[EvidenceRow]) -> tuple[Reached, ...]:
    """The share and the time that a regimen or an arm is known by, as its largest groups had them.

    Those of the very people that were asked for come first.

    For example "objective response rate 53% of 34, 45.5% of 11; median overall survival 17.9 months (n = 34)".
    """
    by_measure: dict[str, list[EvidenceRow]] = {}
    for row in rows:
        # Patients of an arm within another are counted there: those that crossed over, another dose.
        if row.arm is None or row.measure is None or row.flags or row.within is not None or not short_figure(row):
            continue
        by_measure.setdefault(row.measure.curie.partition(":")[2], []).append(row)
    known = [name for name in FIRST_MEASURES if name in by_measure]
    very = [name for name in known if any(map(_is_of_the_very, by_measure[name]))]
    told = [*very, *(name for name in known if name not in very)]
    # A response rate has two names, by source; each is told, never as one, and before any other measure.
    rates = [name for name in told if name in _RESPONSE_RATES]
    first = rates if told[:1] == rates[:1] else told[:1]
    # Of the very people a share alone says more than a time of others beside it.
    times = [name for name in very or told if name in _TIMES and name not in first]
    return tuple(each for name in (*first, *times[:1]) for each in _of_one_measure(by_measure[name]))


def _is_called(row: EvidenceRow, regimen: str) -> bool:
    combination = row.regimen.combination if row.regimen else None
    return row.regimen is not None and regimen in {row.regimen.id, combination.id if combination else ""}


def _given(row: EvidenceRow) -> frozenset[str]:
    return frozenset(ref.id for ref in row.regimen.against_tumour) if row.regimen else frozenset()


def _of_one_measure(rows: Sequence[EvidenceRow]) -> Iterator[Reached]:
    """What the very people had; where nobody says how many they were, what larger groups had as well."""
    very = [row for row in rows if _is_of_the_very(row)]
    wider = [row for row in rows if not _is_of_the_very(row)]
    yield _figures_of(very or wider)
    if very and wider and not any(map(people_of, very)):
        yield _figures_of(wider)


def _figures_of(rows: Sequence[EvidenceRow]) -> Reached:
    """The figures of one measure, the largest groups first."""
    whole = [row for row in rows if not _is_of_another_part(row)]
    listed = sorted(whole or rows, key=lambda row: -(people_of(row) or 0))
    figures: dict[tuple[str, str], str] = {}
    for row in listed:
        part = f" in {row.subgroup}" if _is_of_another_part(row) else ""
        note = ("" if people_of(row) else " (n not told)") + _counting_more(row) + part
        figures.setdefault((short_figure(row), note), row.id)
    first = listed[0]
    told = tuple(Figure(*said, row) for said, row in list(figures.items())[:_FIGURES])
    return Reached(first.measure.label if first.measure else "", told, _is_of_the_very(first))


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
