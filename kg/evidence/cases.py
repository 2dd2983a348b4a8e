"""Patient histories: what happened to one person, in order, each event with its passage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.description import (
    Description,
    describe,
    describe_known,
    described,
    follow,
    follow_all_the_way,
    record,
    reference,
    references,
)
from kg.evidence.conflicts import read_conflicts
from kg.evidence.doses import CumulativeDose, DoseIntensity, GivenTreatment, cumulative_doses, dose_intensities
from kg.evidence.history import TimelineEntry, read_entry
from kg.evidence.lines import LesionCourse, TreatmentLine, lesions_of, lines_of
from kg.evidence.regimens import KINDS_OF
from kg.evidence.rows import ConflictRow
from kg.model import EntityRef, PassageRef
from kg.store import Store
from kg.tables import Listed


@dataclass(frozen=True)
class Timeline(Listed):
    """A patient and what happened, in order.

    Attributes:
        events: all of it, each with its passages.
        lines: treatments, each with how it began and ended and the best response.
        dose_intensity, cumulative_doses: derived, with their working.
        lesions: what became of each site.
    """

    tabled = "events"

    patient: EntityRef
    study: EntityRef | None
    sex: str | None
    age: int | None
    age_text: str | None
    diagnoses: tuple[EntityRef, ...]
    events: tuple[TimelineEntry, ...]
    lines: tuple[TreatmentLine, ...]
    dose_intensity: tuple[DoseIntensity, ...]
    cumulative_doses: tuple[CumulativeDose, ...]
    lesions: tuple[LesionCourse, ...]
    conflicts: tuple[ConflictRow, ...]
    passages: tuple[PassageRef, ...]


_STUDY_OF = "SELECT ?study WHERE { ?study skg:hasPatient ?node }"


def timeline(store: Store, node: str) -> Timeline:
    """Read a patient and the events in order.

    Raises: EntityNotFound if the store says nothing about it.
    """
    known = describe_known(store, node)
    patient = known[node]
    events = patient.iris("hasEvent")
    follow(store, known, ["hasEvent", "passage", "hasDiagnosis"])
    for _ in range(2):  # components, then their drugs
        follow(store, known)
    follow_all_the_way(store, known, KINDS_OF)
    entries = sorted((read_entry(known, event) for event in events), key=lambda entry: (entry.order, entry.id))
    owners = store.select(_STUDY_OF, {"node": node}).nodes()
    known.update(describe(store, owners))
    return record(
        Timeline,
        patient,
        known,
        patient=reference(node, known),
        study=reference(owners[0], known) if owners else None,
        diagnoses=references(patient.iris("hasDiagnosis"), known),
        events=tuple(entries),
        lines=lines_of(entries, known),
        dose_intensity=dose_intensities(entries),
        cumulative_doses=cumulative_doses([_given(known, entry) for entry in entries if _was_given(entry)]),
        lesions=lesions_of(entries),
        conflicts=read_conflicts(store, events),
    )


def _was_given(entry: TimelineEntry) -> bool:
    return entry.kind == "treatment" and not entry.planned and entry.polarity == "affirmed"


def _given(known: Mapping[str, Description], entry: TimelineEntry) -> GivenTreatment:
    return GivenTreatment(entry.ref, entry.components, described(entry.id, known).integer("cycles"))
