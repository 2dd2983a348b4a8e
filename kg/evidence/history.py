"""One event of a patient's history, as the graph holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from kg.description import Description, passages, reference, references
from kg.evidence.regimens import read_components
from kg.evidence.rows import ComponentRow
from kg.identifiers import display
from kg.model import (
    CERTAINTIES,
    EVENT_KINDS,
    FLAGS,
    POLARITIES,
    RESPONSES,
    STATED_ABSENCES,
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
    """One event of a patient; ``order`` sorts, ``offset`` is an ISO 8601 duration since the event ``after``."""

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
    event = known.get(node, Description(node))

    ref = partial(_ref, known, event)
    return TimelineEntry(
        id=node,
        curie=display(node),
        kind=event.word("eventKind", EVENT_KINDS) or "status",
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
        response=event.word("response", RESPONSES),
        absence=event.word("absence", STATED_ABSENCES),
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
        certainty=event.word("certainty", CERTAINTIES) or "stated",
        polarity=event.word("polarity", POLARITIES) or "affirmed",
        text=event.text("text"),
        flags=event.words("flag", FLAGS),
        flag_reason=event.text("flagReason"),
        note=event.text("note"),
        sentence=event.text("rdfs_label"),
        passages=passages((*event.iris("passage"), *event.iris("contextPassage")), known),
    )


def _ref(known: Mapping[str, Description], event: Description, name: str) -> EntityRef | None:
    target = event.iri_of(name)
    return reference(target, known) if target else None
