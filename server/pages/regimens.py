"""Regimen by regimen, what came of it: which way its studies point, and the figures that it is known by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.evidence.filters import people_of
from kg.evidence.rows import EvidenceAnswer, EvidenceRow, RegimenVerdict
from kg.model import Direction
from server.wording import short_figure

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
_TIMES = _FIRST_MEASURES[4:]  # beside a share, the first of these, too
_FIGURES = 3
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
class RegimenView:
    """A regimen: what its studies say together, and what its groups reached."""

    verdict: RegimenVerdict
    reached: tuple[Reached, ...]


@dataclass(frozen=True)
class VerdictGroup:
    """Regimens whose results point the same way; ``tone``: "good", "bad" or "none"."""

    heading: str
    tone: str
    regimens: tuple[RegimenView, ...]


def verdict_groups(answer: EvidenceAnswer) -> tuple[VerdictGroup, ...]:
    """The regimens of an answer by what came of them; those told of in single patients only come last."""
    views = [RegimenView(verdict, _reached(answer.items, verdict)) for verdict in answer.summary.verdicts]
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


def _reached(rows: Iterable[EvidenceRow], verdict: RegimenVerdict) -> tuple[Reached, ...]:
    """The share and the time that a regimen is known by, as its largest groups had them, of the very people if any.

    What one patient had is told only of a regimen of which nothing else is known.

    For example "objective response rate 53% of 34, 45.5% of 11; median overall survival 17.9 months (n = 34)".
    """
    by_measure: dict[str, list[EvidenceRow]] = {}
    regimen = verdict.regimen.id
    listed = [row for row in rows if verdict.rests_on == "single patients" or people_of(row) != 1]
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
    # Of the very people a share alone says more than a time of others beside it.
    times = [name for name in very or told if name in _TIMES and name not in first]
    return tuple(reached for name in (*first, *times[:1]) for reached in _of_one_measure(by_measure[name]))


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
