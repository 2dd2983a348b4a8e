"""Reads studies, arms, outcomes and patients out of the store and lays them out as evidence rows.

Finding is ``kg.evidence.selection``, reading is :func:`kg.description.describe`; their cost grows with
the answer, not with the graph. :class:`Results` keeps what was read, because a built graph never changes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.description import Description, describe, passages, reference
from kg.evidence.derivation import complete
from kg.evidence.measures import DefinitionRef, MeasureRef
from kg.evidence.regimens import against_tumour, groups_of, pair, read_components
from kg.evidence.rows import ComponentRow, EvidenceRow, PopulationRow, RegimenRow
from kg.evidence.selection import (
    ResultKey,
    Selection,
    arms_holding,
    earlier_responses,
    find_events,
    find_outcomes,
    histotype_match,
)
from kg.model import (
    ALLOCATIONS,
    BLINDINGS,
    CERTAINTIES,
    DESIGNS,
    DIFFERENCES,
    EVENT_KINDS,
    FLAGS,
    RESPONSES,
    SIGNIFICANCES,
    STATED_ABSENCES,
    EntityRef,
    EventKind,
    PassageRef,
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
        self._kept: OrderedDict[ResultKey, Result] = OrderedDict()
        self._lock = threading.Lock()
        self._reading = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def rows(
        self, outcomes: Sequence[ResultKey], events: Sequence[ResultKey], selection: Selection
    ) -> tuple[EvidenceRow, ...]:
        """Lay results out as rows, in the order of study, arm, and place in the text.

        Returns: rows with their derived figures and direction; ``level`` is null, because it depends on other rows.
        """
        asked = (*outcomes, *events)
        results = self._known(asked)
        if len(results) < len(asked):
            # One reads while others wait: whoever asked meanwhile finds it kept, and does not read it again.
            with self._reading:
                results = self._known(asked)
                if len(results) < len(asked):
                    lacking = [[key for key in keys if key not in results] for keys in (outcomes, events)]
                    results |= self._read_anew(*lacking)
        holding = arms_holding(self._store, selection)
        rows = (_placed(result, selection, holding) for result in results.values())
        return tuple(sorted((row for row in rows if row is not None), key=_row_order))

    def _known(self, asked: Sequence[ResultKey]) -> dict[ResultKey, Result]:
        with self._lock:
            known = {key: self._kept[key] for key in asked if key in self._kept}
            for key in known:
                self._kept.move_to_end(key)
        return known

    def _read_anew(self, outcomes: Sequence[ResultKey], events: Sequence[ResultKey]) -> dict[ResultKey, Result]:
        new = _read(self._store, outcomes, events)
        with self._lock:
            self._kept |= new
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return new

    def read_all(self) -> None:
        """Read every result ahead, unless there are more than can be kept."""
        everything = Selection()
        outcomes, events = find_outcomes(self._store, everything), find_events(self._store, everything)
        if len(outcomes) + len(events) <= self._most:
            self.rows(outcomes, events, everything)


def _read(store: Store, outcomes: Sequence[ResultKey], events: Sequence[ResultKey]) -> dict[ResultKey, Result]:
    known = _Records(store)
    known.load(iri for key in (*outcomes, *events) for iri in key)
    known.load(_MEASURE + name for name in (*_EVENT_MEASURES.values(), *_RESPONSE_MEASURES.values()))
    known.follow("regimen", "population", "episode", "measure", "definition", "comparator", "adverseEvent", "event")
    known.follow("pools", "within")
    known.follow("regimen", "component", "broader", "histotype", "subgroupHistotype", "citing")
    known.follow("passage", "contextPassage", "assertedBy", "component", "broader", "hasDiagnosis")
    known.follow("drug", "procedure", "site")
    known.follow("inClass", "broader")
    known.follow("broader")
    earlier = earlier_responses(store, [event for event, _, _ in events])
    read = {key: known.outcome(*key) for key in outcomes}
    read |= {key: Result(replace(known.event_row(*key), earlier_response=earlier.get(key[0]))) for key in events}
    return {key: replace(result, row=complete(result.row)) for key, result in read.items()}


def _placed(result: Result, selection: Selection, holding: frozenset[str]) -> EvidenceRow | None:
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
    """The nodes an answer needs, fetched in a few rounds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._nodes: dict[str, Description] = {}

    def load(self, iris: Iterable[str]) -> None:
        self._nodes.update(describe(self._store, set(iris) - self._nodes.keys()))

    def follow(self, *names: str) -> None:
        self.load({iri for node in list(self._nodes.values()) for name in names for iri in node.iris(name)})

    def get(self, iri: str | None) -> Description:
        return self._nodes.get(iri or "", Description(iri or ""))

    def ref(self, iri: str | None) -> EntityRef | None:
        return reference(iri, self._nodes) if iri else None

    def refs(self, iris: Iterable[str]) -> tuple[EntityRef, ...]:
        return tuple(sorted((reference(iri, self._nodes) for iri in iris), key=lambda ref: ref.label))

    def tumours(self, patient: Description) -> tuple[EntityRef, ...]:
        """The histotypes that a patient was diagnosed with; other conditions, an abscess say, make no population."""
        return tuple(ref for ref in self.refs(patient.iris("hasDiagnosis")) if ref.type == "Histotype")

    def components(self, owner: Description) -> tuple[ComponentRow, ...]:
        return read_components(self._nodes, owner)

    def passages(self, iris: Iterable[str]) -> tuple[PassageRef, ...]:
        return passages(iris, self._nodes)

    def regimen(self, iri: str | None) -> RegimenRow | None:
        """What an arm gave."""
        if iri is None:
            return None
        node = self.get(iri)
        combinations = self.refs(node.iris("broader"))
        return self._treatment(node, combinations[0] if combinations else None, node.text("text"))

    def episode(self, event: Description) -> RegimenRow | None:
        """What a patient was given when an event happened."""
        iri = event.iri_of("episode")
        if iri is None:
            return None
        node = self.get(iri)
        return self._treatment(node, self.ref(node.iri_of("regimen")), node.text("timeText"))

    def _treatment(self, node: Description, combination: EntityRef | None, text: str | None) -> RegimenRow:
        ref, components = reference(node.iri, self._nodes), self.components(node)
        return RegimenRow(
            id=node.iri,
            curie=ref.curie,
            label=ref.label,
            combination=combination,
            text=text,
            components=components,
            against_tumour=against_tumour(self._nodes, components),
        )

    def measure(self, iri: str | None) -> MeasureRef | None:
        if iri is None:
            return None
        ref = reference(iri, self._nodes)
        groups = sorted(group.rpartition("/")[2] for group in groups_of(self._nodes, iri))
        counts = self.get(iri).words("counts", RESPONSES)
        return MeasureRef(ref.id, ref.curie, ref.type, ref.label, tuple(groups), counts)

    def definition(self, iri: str | None) -> DefinitionRef | None:
        if iri is None:
            return None
        ref, node = reference(iri, self._nodes), self.get(iri)
        return DefinitionRef(
            ref.id, ref.curie, ref.type, ref.label,
            node.words("counts", RESPONSES), node.text("minimumDuration"), node.text("criteria"),
        )  # fmt: skip

    def drugs_of_arm(self, arm: str | None) -> tuple[EntityRef, ...]:
        regimen = self.regimen(self.get(arm).iri_of("regimen"))
        return tuple(ref for ref in regimen.against_tumour if ref.type == "Drug") if regimen else ()

    def population(self, iri: str | None, outcome: Description) -> PopulationRow | None:
        if iri is None:
            return None
        node = self.get(iri)
        return PopulationRow(
            n=node.integer("n"),
            enrolled=node.integer("enrolled"),
            evaluable=node.integer("evaluable"),
            histotypes=self.refs(node.iris("histotype")),
            histotype_match=None,
            mixed=node.yes("mixed"),
            line=outcome.text("subgroupLine") or node.text("line"),
            setting=node.text("setting"),
            prior=node.text("prior"),
            genotype=outcome.text("subgroupGenotype") or node.text("genotype"),
            text=node.text("text"),
        )

    def outcome(self, iri: str, arm: str, study: str) -> Result:
        node, of_arm, of_study = self.get(iri), self.get(arm), self.get(study)
        people = self.population(of_arm.iri_of("population"), node)
        row = replace(
            _of_study(self, _figures(self, node), node, of_study),
            arm=self.ref(arm),
            pools=self.refs(of_arm.iris("pools")),
            within=self.ref(of_arm.iri_of("within")),
            regimen=self.regimen(of_arm.iri_of("regimen")),
            population=people,
            measure=self.measure(node.iri_of("measure")),
            value_text=node.text("valueText"),
            adverse_event=self.ref(node.iri_of("adverseEvent")),
        )
        return Result(
            row,
            is_of_subgroup=_is_out_of_subgroup(node, people.n if people else None),
            is_unplaced=_is_unplaced_subgroup(node),
        )

    def event_row(self, iri: str, patient: str, study: str) -> EvidenceRow:
        node, of_study, of_patient = self.get(iri), self.get(study), self.get(patient)
        kind, response = node.word("eventKind", EVENT_KINDS) or "response", node.word("response", RESPONSES)
        by_record = (response and _RESPONSE_MEASURES.get(response)) or _EVENT_MEASURES.get(kind, "response")
        treatment = self.get(node.iri_of("episode"))
        population = PopulationRow(
            n=1,
            enrolled=None,
            evaluable=None,
            histotypes=self.tumours(of_patient),
            histotype_match=None,
            mixed=None,
            line=treatment.text("line"),
            setting=treatment.text("setting"),
            prior=None,
            genotype=None,
            text=node.text("timeText"),
        )
        return replace(
            _of_study(self, _figures(self, node), node, of_study),
            patient=self.ref(patient),
            regimen=self.episode(node),
            population=population,
            measure=self.measure(node.iri_of("measure") or _MEASURE + by_record),
            value_text=node.text("valueText") or (response if response != "none" else None) or node.text("prefLabel"),
            adverse_event=self.ref(node.iri_of("event") or node.iri_of("adverseEvent")),
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


def _figures(known: _Records, node: Description) -> EvidenceRow:
    """What an outcome or an event says itself, as printed."""
    documents = known.refs(node.iris("assertedBy"))
    return EvidenceRow(
        id=node.iri,
        year=known.get(documents[0].id).integer("year") if documents else None,
        definition=known.definition(node.iri_of("definition")),
        value=node.number("value"),
        unit=node.text("unit"),
        numerator=node.integer("numerator"),
        denominator=node.integer("denominator"),
        range=pair(node, "rangeLow", "rangeHigh"),
        ci=pair(node, "ciLow", "ciHigh"),
        p_value=node.text("pValue"),
        hazard_ratio=node.number("hazardRatio"),
        comparator=known.ref(node.iri_of("comparator")),
        comparator_drugs=known.drugs_of_arm(node.iri_of("comparator")),
        difference=node.word("direction", DIFFERENCES),
        significance=node.word("significance", SIGNIFICANCES),
        time_point=node.text("timePoint"),
        follow_up=node.text("followUp"),
        subgroup=node.text("subgroup"),
        subgroup_histotypes=known.refs(node.iris("subgroupHistotype")),
        subgroup_n=node.integer("subgroupN"),
        grade=node.text("grade"),
        frequency=node.text("frequency"),
        response=node.word("response", RESPONSES),
        absence=node.word("absence", STATED_ABSENCES),
        certainty=node.word("certainty", CERTAINTIES),
        flags=node.words("flag", FLAGS),
        flag_reason=node.text("flagReason"),
        note=node.text("note"),
        sentence=node.text("rdfs_label"),
        statements=(node.iri,),
        passages=known.passages((*node.iris("passage"), *node.iris("contextPassage"))),
        documents=documents,
    )


def _of_study(known: _Records, row: EvidenceRow, node: Description, study: Description) -> EvidenceRow:
    """A row with what its study says: design, phase, allocation, references."""
    return replace(
        row,
        study=known.ref(study.iri),
        design=study.word("studyType", DESIGNS),
        phase=study.text("phase"),
        randomised=study.word("randomised", ALLOCATIONS),
        blinding=study.word("blinding", BLINDINGS),
        citing=known.refs(node.iris("citing")),
    )
