"""Patient histories: what happened to one person, in order, each event with its passage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.description import Description, describe, passages, reference, references
from kg.errors import EntityNotFound
from kg.evidence.clinical import read_components
from kg.evidence.conflicts import read_conflicts
from kg.evidence.doses import CumulativeDose, GivenTreatment, cumulative_doses
from kg.evidence.rows import ComponentRow, ConflictRow
from kg.identifiers import display
from kg.model import EntityRef, PassageRef
from kg.sparql.results import iri
from kg.store import Store


@dataclass(frozen=True)
class TimelineEntry:
    """One event of a patient; ``order`` sorts, ``offset`` is an ISO 8601 duration since the event ``after``."""

    id: str
    curie: str
    kind: str
    label: str
    order: int
    offset: str | None
    after: EntityRef | None
    date: str | None
    time_text: str | None
    duration: str | None
    duration_text: str | None
    components: tuple[ComponentRow, ...]
    cycles: str | None
    line: str | None
    setting: str | None
    planned: bool | None
    reason: str | None
    ended: str | None
    episode: EntityRef | None
    response: str | None
    site: EntityRef | None
    sites: tuple[EntityRef, ...]
    lesion: str | None
    size: str | None
    unit: str | None
    value_text: str | None
    adverse_event: EntityRef | None
    attribution: str | None
    grade: str | None
    stage: str | None
    marker: EntityRef | None
    result: str | None
    diagnosis: EntityRef | None
    superseded_by: EntityRef | None
    certainty: str
    polarity: str
    text: str | None
    flags: tuple[str, ...]
    flag_reason: str | None
    note: str | None
    sentence: str | None
    passages: tuple[PassageRef, ...]


@dataclass(frozen=True)
class Timeline:
    """A patient and what happened, in order."""

    patient: EntityRef
    study: EntityRef | None
    sex: str | None
    age: int | None
    age_text: str | None
    diagnoses: tuple[EntityRef, ...]
    events: tuple[TimelineEntry, ...]
    cumulative_doses: tuple[CumulativeDose, ...]  # derived, with their working
    conflicts: tuple[ConflictRow, ...]
    passages: tuple[PassageRef, ...]


_STUDY_OF = "SELECT ?study WHERE { ?study skg:hasPatient ?node }"


def timeline(store: Store, node: str) -> Timeline:
    """Read a patient and the events in order.

    Raises: EntityNotFound if the store says nothing about it.
    """
    known = describe(store, [node])
    if node not in known:
        raise EntityNotFound(display(node))
    patient = known[node]
    events = patient.iris("hasEvent")
    known.update(describe(store, {*events, *patient.iris("passage"), *patient.iris("hasDiagnosis")}))
    for _ in range(2):  # components, then their drugs
        targets = {
            value
            for d in list(known.values())
            for name in d.terms
            for value in d.iris(name)
            if not name.startswith("rdf_")
        }
        known.update(describe(store, targets - known.keys()))
    entries = sorted((_entry(known, event) for event in events), key=lambda entry: (entry.order, entry.id))
    owners = [r[0].value for r in store.select(_STUDY_OF, {"node": [iri(node)]}) if r[0]]
    known.update(describe(store, owners))
    return Timeline(
        patient=reference(node, known),
        study=reference(owners[0], known) if owners else None,
        sex=patient.text("sex"),
        age=patient.integer("age"),
        age_text=patient.text("ageText"),
        diagnoses=references(patient.iris("hasDiagnosis"), known),
        events=tuple(entries),
        cumulative_doses=cumulative_doses([_given(known, entry) for entry in entries if _was_given(entry)]),
        conflicts=read_conflicts(store, events),
        passages=passages(patient.iris("passage"), known),
    )


def _was_given(entry: TimelineEntry) -> bool:
    return entry.kind == "treatment" and not entry.planned and entry.polarity == "affirmed"


def _given(known: Mapping[str, Description], entry: TimelineEntry) -> GivenTreatment:
    event = EntityRef(entry.id, entry.curie, "TimelineEvent", entry.label)
    return GivenTreatment(event, entry.components, known.get(entry.id, Description(entry.id)).integer("cycles"))


def _entry(known: Mapping[str, Description], node: str) -> TimelineEntry:
    event = known.get(node, Description(node))

    def ref(name: str) -> EntityRef | None:
        target = event.iri_of(name)
        return reference(target, known) if target else None

    return TimelineEntry(
        id=node,
        curie=display(node),
        kind=event.text("eventKind") or "status",
        label=event.text("prefLabel") or display(node),
        order=event.integer("order") or 0,
        offset=event.text("offset"),
        after=ref("after"),
        date=event.text("date"),
        time_text=event.text("timeText"),
        duration=event.text("duration"),
        duration_text=event.text("durationText"),
        components=read_components(known, event),
        cycles=event.text("cyclesText") or event.text("cycles"),
        line=event.text("line"),
        setting=event.text("setting"),
        planned=event.yes("planned"),
        reason=event.text("reason"),
        ended=event.text("ended"),
        episode=ref("episode"),
        response=event.text("response"),
        site=ref("site"),
        sites=references(event.iris("site"), known),
        lesion=event.text("lesion"),
        size=event.text("size"),
        unit=event.text("unit"),
        value_text=event.text("valueText"),
        adverse_event=ref("adverseEvent"),
        attribution=event.text("attribution"),
        grade=event.text("grade"),
        stage=event.text("stage"),
        marker=ref("marker"),
        result=event.text("result"),
        diagnosis=ref("histotype") or ref("condition") or ref("diagnosis"),
        superseded_by=ref("supersededBy"),
        certainty=event.text("certainty") or "stated",
        polarity=event.text("polarity") or "affirmed",
        text=event.text("text"),
        flags=event.texts("flag"),
        flag_reason=event.text("flagReason"),
        note=event.text("note"),
        sentence=event.text("rdfs_label"),
        passages=passages((*event.iris("passage"), *event.iris("contextPassage")), known),
    )
