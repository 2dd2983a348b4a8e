"""One event of a patient's history, as the graph holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.description import Description, described, optional_reference, passages, record
from kg.evidence.regimens import ComponentRow, read_components
from kg.identifiers import display
from kg.model import (
    CERTAINTIES,
    EVENT_KINDS,
    POLARITIES,
    Certainty,
    EntityRef,
    EventKind,
    Flag,
    PassageRef,
    Polarity,
    Response,
    StatedAbsence,
)


@dataclass(frozen=True)
class TimelineEntry:
    """One event of a patient; ``order`` sorts, ``offset`` is an ISO 8601 duration since the event ``after``.

    Attributes:
        kind: what sort of event it is.
        diagnosis: the tumour or other condition that was diagnosed.
        sentence: the event in words.
        note: a remark of the curator.
    """

    id: str
    curie: str
    kind: EventKind
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
    response: Response | None
    absence: StatedAbsence | None
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
    certainty: Certainty
    polarity: Polarity
    text: str | None
    flags: tuple[Flag, ...]
    flag_reason: str | None
    note: str | None
    sentence: str | None
    passages: tuple[PassageRef, ...]

    @property
    def ref(self) -> EntityRef:
        """How answers name it."""
        return EntityRef(self.id, self.curie, "TimelineEvent", self.label)


def read_entry(known: Mapping[str, Description], node: str) -> TimelineEntry:
    """Read an event; what it points to is named as far as ``known`` describes it."""
    event = described(node, known)
    diagnoses = (event.iri_of(name) for name in ("histotype", "condition", "diagnosis"))
    return record(
        TimelineEntry,
        event,
        known,
        kind=event.word("eventKind", EVENT_KINDS) or "status",
        label=event.text("prefLabel") or display(node),
        order=event.integer("order") or 0,
        components=read_components(known, event),
        cycles=event.text("cyclesText") or event.text("cycles"),
        diagnosis=optional_reference(next(filter(None, diagnoses), None), known),
        certainty=event.word("certainty", CERTAINTIES) or "stated",
        polarity=event.word("polarity", POLARITIES) or "affirmed",
        passages=passages((*event.iris("passage"), *event.iris("contextPassage")), known),
    )
