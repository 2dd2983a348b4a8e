"""The drugs of a regimen on the mechanism page: what sources state of a pair, where paths meet, what is inferred."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.mechanism.background import Schedule
from kg.mechanism.cell_cycle import Caution
from kg.mechanism.partners import Meeting, Partnership
from kg.mechanism.search import MechanismAnswer
from kg.paths.steps import Step
from server.drawings.layered import layered_picture
from server.drawings.pictures import Picture
from server.pages.mechanism_steps import StepView, links_of, step_view
from server.pages.provenance import Origin


@dataclass(frozen=True)
class MeetingView:
    """A meeting and the steps of each drug to it."""

    meeting: Meeting
    sides: tuple[tuple[StepView, ...], ...]


@dataclass(frozen=True)
class CautionView:
    """An inference and the sourced steps of each of its premises."""

    caution: Caution
    premises: tuple[tuple[str, tuple[StepView, ...]], ...]


@dataclass(frozen=True)
class PairView:
    """Two drugs. ``picture`` draws the way of each to where they meet; None where they do not."""

    anchor: str
    title: str
    stated: tuple[StepView, ...]
    meetings: tuple[MeetingView, ...]
    meetings_total: int
    cautions: tuple[CautionView, ...]
    schedules: tuple[Schedule, ...]
    picture: Picture | None


def pair_views(answer: MechanismAnswer, origins: Mapping[str, Origin]) -> tuple[PairView, ...]:
    """The pairs of a regimen that there is something to say of."""
    return tuple(
        _pair(pair, f"pair-{number}", origins)
        for number, pair in enumerate(answer.partners, 1)
        if pair.stated or pair.meetings or pair.cautions or pair.schedules
    )


def steps_of(answer: MechanismAnswer) -> Iterable[Step]:
    """Every step that the page tells: of paths, of pairs, and beside gaps. What is drawn as well is its groups'."""
    for path in answer.paths:
        yield from (*path.steps, *path.contrary)
    for gap in answer.gaps:
        yield from gap.stated
        yield from gap.around
    for pair in answer.partners:
        yield from pair.stated
        for meeting in pair.meetings:
            yield from (step for side in meeting.sides for step in side.steps)
        for caution in pair.cautions:
            yield from (step for premise in caution.premises for step in premise.steps)


def _pair(pair: Partnership, anchor: str, origins: Mapping[str, Origin]) -> PairView:
    return PairView(
        anchor,
        " and ".join(drug.label for drug in pair.drugs),
        _steps(pair.stated, origins),
        tuple(
            MeetingView(meeting, tuple(_steps(side.steps, origins) for side in meeting.sides))
            for meeting in pair.meetings
        ),
        pair.meetings_total,
        tuple(
            CautionView(caution, tuple((one.sentence, _steps(one.steps, origins)) for one in caution.premises))
            for caution in pair.cautions
        ),
        pair.schedules,
        _picture(pair),
    )


def _steps(steps: Sequence[Step], origins: Mapping[str, Origin]) -> tuple[StepView, ...]:
    return tuple(step_view(step, origins) for step in steps)


def _picture(pair: Partnership) -> Picture | None:
    found = [step for meeting in pair.meetings for side in meeting.sides for step in side.steps]
    if not found:
        return None
    steps = {(step.subject.id, step.predicate, step.object.id): step for step in found}
    nodes = {ref.id: ref for step in found for ref in (step.start, step.end)}
    meetings = {meeting.node.id: meeting.relation for meeting in pair.meetings}
    return layered_picture(nodes.values(), links_of(steps.values()), meetings=meetings)
