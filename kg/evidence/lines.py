"""Lines of treatment of one patient, and the course of each lesion: read off the history, never beyond it.

Every treatment that was given and is no part of another is a line, in the order told. What a line is called, how it
began and how it ended stand as the source says them; the kind of treatment and the best response are worked out here,
and say how.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kg.description import Description
from kg.duration import duration_words, offset_words
from kg.evidence.history import TimelineEntry
from kg.evidence.regimens import ComponentRow, against_tumour, groups_of
from kg.model import DEFAULT_CERTAINTIES, Certainty, EntityRef, EventKind, Flag, Response, like

LineKind = Literal["systemic", "local", "operation", "other", "not stated"]
_SURGERY = "https://w3id.org/sarcoma-kg/procedure/surgery"
BEST_FIRST: tuple[Response, ...] = ("CR", "PR", "MR", "SD", "none", "PD")
_CLINICAL: frozenset[EventKind] = frozenset({"imaging", "measurement", "response", "pathology"})


@dataclass(frozen=True)
class ResponseTold:
    """What one passage says of how a treatment worked.

    Attributes:
        response: CR, PR, MR, SD, PD, none or mixed; null where only words are told.
        when: as told.
        duration: ISO 8601, as printed.
    """

    event: EntityRef
    response: Response | None
    when: str | None
    sites: tuple[EntityRef, ...]
    lesion: str | None
    duration: str | None
    duration_text: str | None
    certainty: str
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class TreatmentLine:
    """One treatment with how it began, how it ended, and what came of it.

    Attributes:
        position: place among the lines, in the order told; derived, not a line number that a source gives.
        line: what the source calls it: 1, salvage, maintenance ...
        kind: systemic; local (radiotherapy, resection ...); operation, where nobody says that it was for the tumour;
            other (dialysis, palliative care ...); not stated. Derived.
        began, ended: as told; ``reason``: why it was begun.
        next, next_reason: the treatment that followed, a line or an earlier one taken up again, and why it was begun.
        best_response: derived; ``best_response_reason`` names the rule, ``best_response_from`` the events.
        best_duration: how long the best response lasted, as printed.
        adverse_events: told of it and not denied.
    """

    position: int
    treatment: EntityRef
    kind: LineKind
    line: str | None
    setting: str | None
    components: tuple[ComponentRow, ...]
    cycles: str | None
    duration: str | None
    duration_text: str | None
    began: str | None
    reason: str | None
    ended: str | None
    next: EntityRef | None
    next_reason: str | None
    best_response: Response | None
    best_response_from: tuple[EntityRef, ...]
    best_response_reason: str
    best_duration: str | None
    responses: tuple[ResponseTold, ...]
    adverse_events: tuple[EntityRef, ...]


@dataclass(frozen=True)
class LesionReading:
    """One look at a lesion: its size as printed, or what was said of it."""

    event: EntityRef
    kind: EventKind
    when: str | None
    lesion: str | None
    size: str | None
    unit: str | None
    response: Response | None
    said: str
    during: EntityRef | None
    certainty: Certainty
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class LesionCourse:
    """Everything told of the lesions at one site, in order; ``site`` is null where only words name the lesion."""

    site: EntityRef | None
    name: str
    readings: tuple[LesionReading, ...]


def lines_of(events: Sequence[TimelineEntry], known: Mapping[str, Description]) -> tuple[TreatmentLine, ...]:
    """Read the lines of treatment off a history.

    Args:
        events: in order.
        known: descriptions of the components and their classes.
    """
    course = [event for event in events if _is_given(event)]
    owner = _owners(events)
    lines: list[TreatmentLine] = []
    for number, treatment in enumerate(course):
        if treatment.episode is not None:
            continue
        begun = {earlier.id for earlier in course[:number]}
        following = (later for later in course[number + 1 :] if later.episode is None or owner[later.id] in begun)
        of_it = [event for event in events if owner.get(event.id) == treatment.id and event.id != treatment.id]
        lines.append(_line(len(lines) + 1, treatment, of_it, next(following, None), _kind(treatment, known)))
    return tuple(lines)


def _is_given(event: TimelineEntry) -> bool:
    """Whether an event is a treatment that was given, in whole or as a part of another."""
    is_told_as_fact = event.polarity == "affirmed" and event.certainty in DEFAULT_CERTAINTIES
    is_treatment = event.kind == "treatment" or (event.kind == "procedure" and bool(event.components))
    return is_told_as_fact and is_treatment and not event.planned


def _owners(events: Sequence[TimelineEntry]) -> dict[str, str]:
    """For each event of a treatment, or of a part of one, the whole treatment."""
    above = {event.id: event.episode.id for event in events if event.episode is not None}
    owners = {}
    for event in events:
        treatment, seen = event.id, set[str]()
        while treatment in above and treatment not in seen:
            seen.add(treatment)
            treatment = above[treatment]
        owners[event.id] = treatment
    return owners


def _kind(event: TimelineEntry, known: Mapping[str, Description]) -> LineKind:
    if not event.components:
        return "not stated"
    treating = against_tumour(known, event.components)
    if any(ref.type == "Drug" for ref in treating):
        return "systemic"
    if treating:
        return "local"
    return "operation" if any(_is_surgery(known, part) for part in event.components) else "other"


def _is_surgery(known: Mapping[str, Description], part: ComponentRow) -> bool:
    return _SURGERY in {part.drug.id, *groups_of(known, part.drug.id)}


def _line(
    position: int, treatment: TimelineEntry, of_it: Sequence[TimelineEntry], after: TimelineEntry | None, kind: LineKind
) -> TreatmentLine:
    """A line from the events of its treatment, and the treatment that followed."""
    responses = tuple(_response(event) for event in of_it if event.response or event.kind == "response")
    best, by, reason = best_response(responses)
    harms = (event.adverse_event for event in of_it if event.kind == "adverse event" and is_told(event))
    return like(
        TreatmentLine,
        treatment,
        position=position,
        treatment=treatment.ref,
        kind=kind,
        began=when(treatment),
        next=after.ref if after else None,
        next_reason=after.reason if after else None,
        best_response=best,
        best_response_from=tuple(response.event for response in by),
        best_response_reason=reason,
        best_duration=next((r.duration_text or r.duration for r in by if r.duration_text or r.duration), None),
        responses=responses,
        adverse_events=tuple(dict.fromkeys(ref for ref in harms if ref is not None)),
    )


def best_response(responses: Sequence[ResponseTold]) -> tuple[Response | None, tuple[ResponseTold, ...], str]:
    """The best response told, or "mixed" where lesions went different ways.

    Returns: the response, the tellings that it rests on, and the rule with what it passed over.
    """
    told = [response for response in responses if response.response in (*BEST_FIRST, "mixed")]
    by_site = [response for response in told if len(response.sites) == 1 and response.certainty != "hypothesised"]
    apart = [response for response in by_site if _is_beside_another(response, by_site)]
    if any(response.response == "mixed" for response in told) or apart:
        listed = apart or [response for response in told if response.response == "mixed"]
        said = "; ".join(_said(response) for response in listed)
        return "mixed", tuple(listed), f"lesions went different ways at the same time: {said}"
    counted = [response for response in told if response.certainty == "stated" and not response.flags]
    passed_over = [response for response in told if response not in counted]
    if not counted:
        if not told:
            return None, (), "no response is told"
        said = "; ".join(_said(response) for response in passed_over)
        return None, (), f"told only with a doubt: {said}"
    best = min((response.response for response in counted if response.response), key=BEST_FIRST.index)
    also = f"; passed over: {'; '.join(_said(response) for response in passed_over)}" if passed_over else ""
    by = tuple(response for response in counted if response.response == best)
    return best, by, f"the best of {len(counted)} stated and not flagged{also}"


def _is_beside_another(response: ResponseTold, others: Sequence[ResponseTold]) -> bool:
    """Whether another site is told to have answered differently at the same time."""
    return any(
        response.when == other.when and response.sites != other.sites and response.response != other.response
        for other in others
    )


def _said(response: ResponseTold) -> str:
    doubts = [word for word in (response.certainty,) if word != "stated"] + [*response.flags]
    where = ", ".join(ref.label for ref in response.sites)
    name = f"{response.response} {where}".strip()
    return f"{name} ({', '.join(doubts)})" if doubts else name


def _response(event: TimelineEntry) -> ResponseTold:
    certainty = event.certainty if event.polarity == "affirmed" else f"{event.certainty}, denied"
    return like(ResponseTold, event, event=event.ref, when=when(event), certainty=certainty)


def lesions_of(events: Sequence[TimelineEntry]) -> tuple[LesionCourse, ...]:
    """What is told of each site, in order; an event that names several sites stands under each."""
    readings: dict[tuple[EntityRef | None, str], list[LesionReading]] = {}
    for event in events:
        is_look = event.kind in _CLINICAL or event.size is not None
        if not is_look or not (event.sites or event.lesion):
            continue
        for site in event.sites or (None,):
            place = (site, site.label if site else event.lesion or "")
            readings.setdefault(place, []).append(_reading(event))
    return tuple(LesionCourse(site, name, tuple(at_site)) for (site, name), at_site in readings.items())


def _reading(event: TimelineEntry) -> LesionReading:
    return like(
        LesionReading,
        event,
        event=event.ref,
        when=when(event),
        unit=event.unit if event.size else None,
        said=event.result or event.value_text or event.label,
        during=event.episode,
    )


def when(event: TimelineEntry) -> str | None:
    """When an event was, as told; else by its offset from another."""
    if event.time_text or event.date:
        return event.time_text or event.date
    if event.after is None:
        return None if event.offset is None else duration_words(event.offset)
    return f"after {event.after.label}" if event.offset is None else offset_words(event.offset, event.after.label)


def is_told(event: TimelineEntry) -> bool:
    """Whether an event is said to have happened: neither denied nor looked for in vain."""
    return event.polarity == "affirmed" and event.absence is None
