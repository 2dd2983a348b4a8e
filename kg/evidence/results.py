"""Reads studies, arms, outcomes and patients out of the store and lays them out as evidence rows.

Finding is ``kg.evidence.selection``, reading is :func:`kg.description.describe`; their cost grows with
the answer, not with the graph. :class:`Results` keeps what was read, because a built graph never changes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kg.description import Description, describe, described, follow, optional_reference, passages, record, references
from kg.evidence.derivation import complete
from kg.evidence.measures import DefinitionRef, MeasureRef
from kg.evidence.regimens import RegimenRow, against_tumour, groups_of, read_components
from kg.evidence.rows import EvidenceRow, PopulationRow
from kg.evidence.selection import (
    ResultKey,
    ResultSelection,
    arms_holding,
    earlier_responses,
    find_events,
    find_outcomes,
    histotype_match,
)
from kg.keeping import LruCache
from kg.model import (
    ALLOCATIONS,
    BLINDINGS,
    DESIGNS,
    DIFFERENCES,
    EVENT_KINDS,
    RESPONSES,
    EntityRef,
    EventKind,
    Response,
)
from kg.store import Store

_MEASURE = "https://w3id.org/sarcoma-kg/measure/"
# What an event of a patient measures where its record names no measure: by the response that it records, or its kind.
ADVERSE_EVENTS = f"{_MEASURE}adverse-event"
RESPONSE_RATE = f"{_MEASURE}response-rate"
_EVENT_MEASURES: Mapping[EventKind, str] = {"response": "response", "adverse event": "adverse-event"}
_RESPONSE_MEASURES: Mapping[Response, str] = {
    "CR": "complete-response",
    "PR": "partial-response",
    "SD": "stable-disease",
    "PD": "progressive-disease",
    "mixed": "mixed-response",
}
# By which properties a result of a comparator is of the same thing.
_SUBJECT = (
    "measure", "definition", "adverseEvent", "subgroup", "subgroupHistotype", "subgroupLine", "subgroupGenotype",
    "timePoint", "grade",
)  # fmt: skip
# From the results to all that a row shows, one look-up a line.
_FOLLOWED = (
    ("regimen", "population", "episode", "measure", "definition", "comparator", "adverseEvent", "event"),
    ("pools", "within", "hasOutcome"),
    ("regimen", "component", "broader", "histotype", "subgroupHistotype", "citing"),
    ("passage", "contextPassage", "assertedBy", "component", "broader", "hasDiagnosis"),
    ("drug", "procedure", "site"),
    ("inClass", "broader"),
    ("broader",),
)
KEPT_RESULTS = 10_000  # some 8 kB each, measured


@dataclass(frozen=True)
class Result:
    """A result as read, before anybody asks for a histotype.

    Attributes:
        is_of_subgroup: its figure is out of the subgroup that it names, not out of the whole arm.
        is_unplaced: it is of a subgroup that only words describe.
    """

    row: EvidenceRow
    is_of_subgroup: bool = False
    is_unplaced: bool = False


class Results:
    """The results of one built graph, each read once; the least used go first. Safe to share between threads.

    Args:
        store: the graph.
        most: how many results are kept.
    """

    def __init__(self, store: Store, most: int = KEPT_RESULTS) -> None:
        self._store = store
        self._most = most
        self._kept: LruCache[ResultKey, Result] = LruCache(most)
        self._reading = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def rows(
        self, outcomes: Sequence[ResultKey], events: Sequence[ResultKey], selection: ResultSelection
    ) -> tuple[EvidenceRow, ...]:
        """Lay results out as rows, in the order of study, arm, and place in the text.

        Returns: rows with their derived figures and direction; ``level`` is null, because it depends on other rows.
        """
        asked = (*outcomes, *events)
        results = self._kept.find(asked)
        if len(results) < len(asked):
            # One reads while others wait: whoever asked meanwhile finds it kept, and does not read it again.
            with self._reading:
                results = self._kept.find(asked)
                if len(results) < len(asked):
                    lacking = [[key for key in keys if key not in results] for keys in (outcomes, events)]
                    new = _read(self._store, *lacking)
                    self._kept.keep(new)
                    results |= new
        holding = arms_holding(self._store, selection)
        rows = (_placed(result, selection, holding) for result in results.values())
        return tuple(sorted((row for row in rows if row is not None), key=_row_order))

    def read_all(self) -> None:
        """Read every result ahead, unless there are more than can be kept."""
        everything = ResultSelection()
        outcomes, events = find_outcomes(self._store, everything), find_events(self._store, everything)
        if len(outcomes) + len(events) <= self._most:
            self.rows(outcomes, events, everything)


def _read(store: Store, outcomes: Sequence[ResultKey], events: Sequence[ResultKey]) -> dict[ResultKey, Result]:
    measures = (_MEASURE + name for name in (*_EVENT_MEASURES.values(), *_RESPONSE_MEASURES.values()))
    nodes = describe(store, {*(iri for key in (*outcomes, *events) for iri in key), *measures})
    for names in _FOLLOWED:
        follow(store, nodes, names)
    known = _Records(nodes)
    earlier = earlier_responses(store, [event for event, _, _ in events])
    read = {key: known.outcome(*key) for key in outcomes}
    read |= {key: Result(replace(known.event_row(*key), earlier_response=earlier.get(key[0]))) for key in events}
    return {key: replace(result, row=complete(result.row)) for key, result in read.items()}


def _placed(result: Result, selection: ResultSelection, holding: frozenset[str]) -> EvidenceRow | None:
    """A result with how its people relate to the histotype asked for; None if it is of a subgroup of another one."""
    row, people = result.row, result.row.population
    if selection.histotype is None or people is None:
        return row
    histotypes = frozenset(ref.id for ref in people.histotypes)
    if row.arm is None:
        # One person is of every histotype that he was diagnosed with; only those asked for decide.
        match = histotype_match(
            histotypes & frozenset(selection.histotypes), frozenset(), selection, counted=True, holding=False
        )
    else:
        match = histotype_match(
            histotypes,
            frozenset(ref.id for ref in row.subgroup_histotypes),
            selection,
            counted=result.is_of_subgroup,
            holding=row.arm.id in holding and not result.is_unplaced,
        )
    return None if match == "other" else replace(row, population=replace(people, histotype_match=match))


def _row_order(row: EvidenceRow) -> tuple[str, str, int, str]:
    start = row.passages[0].start if row.passages else 0
    subject = row.arm or row.patient
    return (row.study.label if row.study else "", subject.label if subject else "", start, row.id)


class _Records:
    """The nodes an answer needs, by IRI, laid out as rows."""

    def __init__(self, known: Mapping[str, Description]) -> None:
        self._known = known

    def get(self, iri: str | None) -> Description:
        return described(iri, self._known)

    def ref(self, iri: str | None) -> EntityRef | None:
        return optional_reference(iri, self._known)

    def refs(self, iris: Iterable[str]) -> tuple[EntityRef, ...]:
        return references(iris, self._known)

    def regimen(self, iri: str | None) -> RegimenRow | None:
        """What an arm gave."""
        node = self.get(iri)
        return self._treatment(node, next(iter(self.refs(node.iris("broader"))), None), node.text("text"))

    def episode(self, iri: str | None) -> RegimenRow | None:
        """What a patient was given when an event happened."""
        node = self.get(iri)
        return self._treatment(node, self.ref(node.iri_of("regimen")), node.text("timeText"))

    def _treatment(self, node: Description, combination: EntityRef | None, text: str | None) -> RegimenRow | None:
        if not node.iri:
            return None
        components = read_components(self._known, node)
        given = against_tumour(self._known, components)
        return record(
            RegimenRow, node, self._known, combination=combination, text=text, components=components,
            against_tumour=given,
        )  # fmt: skip

    def measure(self, iri: str | None) -> MeasureRef | None:
        if iri is None:
            return None
        groups = sorted(group.rpartition("/")[2] for group in groups_of(self._known, iri))
        return record(MeasureRef, self.get(iri), self._known, groups=tuple(groups))

    def definition(self, iri: str | None) -> DefinitionRef | None:
        return None if iri is None else record(DefinitionRef, self.get(iri), self._known)

    def drugs_of_arm(self, arm: str | None) -> tuple[EntityRef, ...]:
        regimen = self.regimen(self.get(arm).iri_of("regimen"))
        return tuple(ref for ref in regimen.against_tumour if ref.type == "Drug") if regimen else ()

    def printed_of(self, arm: Description, outcome: Description) -> str | None:
        """What is printed of an arm, or of those that it pools, for the very thing that a result is of."""
        for arms in ((arm,), map(self.get, arm.iris("pools"))):
            results = (self.get(iri) for each in arms for iri in each.iris("hasOutcome"))
            alike = [each for each in results if all(each.all(name) == outcome.all(name) for name in _SUBJECT)]
            printed = [(each.text("valueText"), " [flagged]" if each.all("flag") else "") for each in alike]
            if texts := dict.fromkeys(f"{text}{flagged}" for text, flagged in printed if text):
                return "; ".join(texts)
        return None

    def population(self, iri: str | None, outcome: Description) -> PopulationRow | None:
        if iri is None:
            return None
        node = self.get(iri)
        return record(
            PopulationRow,
            node,
            self._known,
            line=outcome.text("subgroupLine") or node.text("line"),
            genotype=outcome.text("subgroupGenotype") or node.text("genotype"),
        )

    def outcome(self, iri: str, arm: str, study: str) -> Result:
        node, of_arm = self.get(iri), self.get(arm)
        people = self.population(of_arm.iri_of("population"), node)
        row = self._row(
            node,
            study,
            arm=self.ref(arm),
            pools=self.refs(of_arm.iris("pools")),
            within=self.ref(of_arm.iri_of("within")),
            regimen=self.regimen(of_arm.iri_of("regimen")),
            population=people,
            measure=self.measure(node.iri_of("measure")),
        )
        return Result(
            row,
            is_of_subgroup=_is_out_of_subgroup(node, people.n if people else None),
            is_unplaced=_is_unplaced_subgroup(node),
        )

    def event_row(self, iri: str, patient: str, study: str) -> EvidenceRow:
        node = self.get(iri)
        kind, response = node.word("eventKind", EVENT_KINDS) or "response", node.word("response", RESPONSES)
        by_record = (response and _RESPONSE_MEASURES.get(response)) or _EVENT_MEASURES.get(kind, "response")
        treatment = self.get(node.iri_of("episode"))
        # Other conditions that a patient was diagnosed with, an abscess say, make no population.
        tumours = tuple(ref for ref in self.refs(self.get(patient).iris("hasDiagnosis")) if ref.type == "Histotype")
        return self._row(
            node,
            study,
            patient=self.ref(patient),
            regimen=self.episode(node.iri_of("episode")),
            population=PopulationRow(
                n=1,
                histotypes=tumours,
                line=treatment.text("line"),
                setting=treatment.text("setting"),
                text=node.text("timeText"),
            ),
            measure=self.measure(node.iri_of("measure") or _MEASURE + by_record),
            value_text=node.text("valueText") or (response if response != "none" else None) or node.text("prefLabel"),
            adverse_event=self.ref(node.iri_of("event") or node.iri_of("adverseEvent")),
        )

    def years(self, reports: Iterable[str]) -> tuple[int, ...]:
        """The years of publication of references or documents, as far as they are printed."""
        years = (self.get(report).integer("year") for report in reports)
        return tuple(sorted({year for year in years if year is not None}))

    def _row(self, node: Description, study: str, **given: Any) -> EvidenceRow:
        """What an outcome or an event says itself, as printed, and what its study says of how it was made."""
        of_study, documents = self.get(study), self.refs(node.iris("assertedBy"))
        year = self.get(documents[0].id).integer("year") if documents else None
        return record(
            EvidenceRow,
            node,
            self._known,
            study=self.ref(study),
            design=of_study.word("studyType", DESIGNS),
            phase=of_study.text("phase"),
            randomised=of_study.word("randomised", ALLOCATIONS),
            blinding=of_study.word("blinding", BLINDINGS),
            year=year,
            published=self.years(node.iris("citing") or node.iris("assertedBy"))
            or tuple(each for each in self.years(of_study.iris("citing")) if year is not None and each <= year),
            definition=self.definition(node.iri_of("definition")),
            comparator_drugs=self.drugs_of_arm(node.iri_of("comparator")),
            comparator_text=self.printed_of(self.get(node.iri_of("comparator")), node),
            difference=node.word("direction", DIFFERENCES),
            direction=None,
            statements=(node.iri,),
            passages=passages((*node.iris("passage"), *node.iris("contextPassage")), self._known),
            **given,
        )


def _is_out_of_subgroup(outcome: Description, whole: int | None) -> bool:
    """Whether a subgroup's figure is out of that subgroup.

    "3 of the 39 responded and had a uterine leiomyosarcoma" is not: its denominator is the whole arm's or is missing.
    """
    if outcome.integer("subgroupN") is not None:
        return True
    denominator = outcome.integer("denominator")
    if denominator is not None:
        return denominator != whole
    return outcome.text("unit") == "%" and outcome.integer("numerator") is None


def _is_unplaced_subgroup(outcome: Description) -> bool:
    """Whether a figure is of a subgroup that only words describe: nobody knows which histotypes it holds."""
    placed = ("subgroupHistotype", "subgroupSite", "subgroupLine", "subgroupGenotype", "subgroupN", "denominator")
    return outcome.text("subgroup") is not None and not any(outcome.all(name) for name in placed)
