"""Pages of patients: every history, and one of them, line by line and event by event."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from flask import render_template, request
from werkzeug.wrappers import Response

from kg.duration import duration_words
from kg.evidence.cases import Timeline
from kg.evidence.doses import DoseStage
from kg.evidence.history import TimelineEntry
from kg.evidence.lines import TreatmentLine
from kg.graph import KnowledgeGraph
from server import wording
from server.addresses import export, here, svg_response
from server.drawings import swimmer_plots
from server.drawings.picture_file import plot_file
from server.pages.sharing import disputed, fact_exports, facts_wanted, file_name, source_line

_MOST_UNFOLDED = 40  # events that a page lists as they are


@dataclass(frozen=True)
class Stretch:
    """Events in the order told, from the beginning of a line of treatment until the next; ``line``: that line."""

    line: TreatmentLine | None
    events: tuple[TimelineEntry, ...]


def cases(graph: KnowledgeGraph) -> str:
    """Every patient."""
    patients = sorted(graph.members("patient"), key=lambda ref: ref.curie)  # by document, in its order
    return render_template(
        "cases.html",
        timelines=[graph.timeline(ref.id) for ref in patients],
        exported=[export("JSON", "/api/v1/cases")],
    )


def case(graph: KnowledgeGraph, name: str) -> str | Response:
    """A patient's history."""
    timeline = graph.timeline(name)
    plot = swimmer_plots.swimmer(timeline) if timeline.events else None
    name_in_files = timeline.patient.curie.replace(":", "-")
    if plot is not None and request.args.get("format") == "svg":
        text = plot_file("swimmer", source_line(graph), plot=plot, title=timeline.patient.label)
        return svg_response(text, file_name(graph, name_in_files))
    facts = [*(event.id for event in timeline.events), *disputed(timeline.conflicts)]
    if (other := facts_wanted(graph, facts, name_in_files)) is not None:
        return other
    return render_template(
        "case.html",
        timeline=timeline,
        stretches=_stretches(timeline),
        plot=plot,
        disputed_diagnoses=_disputed_diagnoses(timeline),
        event_details=wording.event_details,
        denied=wording.denied,
        sized=wording.sized,
        schedule=_schedule,
        heading=_heading,
        exported=[
            export("CSV", f"/api/v1/cases/{timeline.patient.curie}/timeline?format=csv", download=True),
            export("JSON", f"/api/v1/cases/{timeline.patient.curie}/timeline"),
            *fact_exports(),
            *([export("SVG", here([("format", "svg")]), download=True)] if plot else []),
        ],
    )


def _stretches(timeline: Timeline) -> tuple[Stretch, ...]:
    """The events, cut where a line of treatment begins; a history of few events is one stretch."""
    events = timeline.events
    if len(events) <= _MOST_UNFOLDED:
        return (Stretch(None, events),)
    lines = {line.treatment.id: line for line in timeline.lines}
    starts = [0, *(place for place, event in enumerate(events) if event.id in lines), len(events)]
    return tuple(
        Stretch(lines.get(events[start].id), events[start:end]) for start, end in pairwise(starts) if start < end
    )


def _schedule(stage: DoseStage) -> str:
    """Dose, days and cycle of a schedule, as printed."""
    days = stage.days or ""
    if days[:1].isdigit():
        days = f"day {days}" if days.isdigit() else f"days {days}"
    return ", ".join(filter(None, (stage.dose_text, days, stage.cycle and f"every {duration_words(stage.cycle)}")))


def _heading(event: TimelineEntry) -> str:
    """What kind of event it was, and when."""
    when = event.time_text
    if not when and event.offset:
        when = duration_words(event.offset) + (f" after: {event.after.label}" if event.after else "")
    return " · ".join(filter(None, (event.kind, when, event.date, "planned" if event.planned else None)))


def _disputed_diagnoses(timeline: Timeline) -> list[str]:
    """What the documents tell in different ways of what the patient had."""
    diagnosing = {event.id for event in timeline.events if event.diagnosis is not None}
    return [
        conflict.about
        for conflict in timeline.conflicts
        if conflict.about and all(side.id in diagnosing for side in conflict.between)
    ]
