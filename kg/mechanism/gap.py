"""Where sources stop: what a gap is, of which cause, and the one place where it is put into words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from kg.mechanism.background import Denial
from kg.model import CERTAINTIES, EntityRef
from kg.paths.steps import Step, weakest

GapKind = Literal["stop", "weaker", "need"]
GapCause = Literal[
    "no_step_from", "no_step_towards", "no_step_on", "no_step_to", "no_steps_between", "none_with_effect",
    "other_treatments", "wider_event", "wider_kind", "narrower_kind", "only_denied", "input_missing",
    "weaker_on", "weaker_to", "further_to", "further_from", "weaker_steps",
]  # fmt: skip

_KINDS: dict[GapCause, GapKind] = {
    "input_missing": "need", "weaker_on": "weaker", "weaker_to": "weaker", "further_to": "weaker",
    "further_from": "weaker", "weaker_steps": "weaker",
}  # fmt: skip
_SENTENCES: dict[GapCause, str] = {
    "no_step_from": "No source states a causal step from {start}.",
    "no_step_towards": "No source states a causal step from {start} towards {end}.",
    "no_step_on": "No source states a causal step on from {start} towards {end}.",
    "no_step_to": "No source states a causal step that leads to {end}.",
    "no_steps_between": "No source states causal steps from {start} to {end}.",
    "none_with_effect": "Sources state causal steps that lead to {end}; none with the effect asked for.",
    "other_treatments": "From other treatments no source states causal steps to {end}.",
    "wider_event": "Sources state causal steps to {start}, of which {end} is one kind; none to {end} itself.",
    "wider_kind": "Some sourced steps lead only to something wider than {end}: {start}.",
    "narrower_kind": "Some sourced steps lead only to one kind of {end}: {start}.",
    "only_denied": "",
    "input_missing": "No sourced step from {start} brings about {end}, needed for {into}.",
    "weaker_on": "From {start} towards {end} only a {sure} statement leads on: {steps}.",
    "weaker_to": "To {end} only {alone}: {steps}.",
    "further_to": "Further steps to {end} are {sure} only: {steps}.",
    "further_from": "Further steps from {start} are {sure} only: {steps}.",
    "weaker_steps": "The steps from {start} to {end} are {sure} only: {steps}.",
}


@dataclass(frozen=True)
class Gap:
    """Where sources stop.

    Attributes:
        from_: the last thing that sourced steps reach; None where nothing is known to lead to what was asked for.
        to: what they do not; None where nothing was asked for.
        cause: why it is one.
        steps: the hedged or hypothesised statements that would lead on.
        into: the joint cause that ``to`` is needed for.
        stated: what sources do state of the start and the target directly, though not as a cause; with the first
            gap of each start.
        around: what sources state that joins the two by way of something else, whether a cause or not, in
            whichever direction.
        denied: what sources deny of the start and the target; with the first gap of each start.
        kind: "stop" where no source goes on, "weaker" where only a hedged or hypothesised statement does, "need"
            where a joint cause lacks an input.
        sentence: the cause in words; empty where a denial says it all.
        reason: the same, and what sources do state and deny.
    """

    from_: EntityRef | None
    to: EntityRef | None
    cause: GapCause
    steps: tuple[Step, ...] = ()
    into: EntityRef | None = None
    stated: tuple[Step, ...] = ()
    around: tuple[Step, ...] = ()
    denied: tuple[Denial, ...] = ()
    kind: GapKind = field(init=False)
    sentence: str = field(init=False)
    reason: str = field(init=False)

    def __post_init__(self) -> None:
        sentence = _sentence(self)
        told = (sentence, not_as_a_cause(self.stated), nearby(self.around), denials(self.denied))
        object.__setattr__(self, "kind", _KINDS.get(self.cause, "stop"))
        object.__setattr__(self, "sentence", sentence)
        object.__setattr__(self, "reason", " ".join(part for part in told if part))


def _sentence(gap: Gap) -> str:
    found = {step.certainty for step in gap.steps}
    if gap.cause in ("weaker_on", "weaker_steps"):  # of a stretch of a path, the other steps of which may be stated
        found = {weakest(found)}
    sure = " or ".join(certainty for certainty in CERTAINTIES if certainty in found)
    alone = f"a {sure} statement leads" if len(gap.steps) == 1 else f"{sure} statements lead"
    return _SENTENCES[gap.cause].format(
        start=_spoken(gap.from_), end=_spoken(gap.to), into=_spoken(gap.into),
        sure=sure, alone=alone, steps=sentences(gap.steps),
    )  # fmt: skip


def merged(gaps: Iterable[Gap]) -> list[Gap]:
    """Gaps that several drugs share told once, with all that sources state of any of these drugs."""
    found: dict[object, Gap] = {}
    for gap in gaps:
        key = gap.from_, gap.to, gap.cause, gap.steps, gap.into
        first = found.setdefault(key, gap)
        if first is not gap:
            found[key] = replace(
                first,
                stated=tuple(dict.fromkeys((*first.stated, *gap.stated))),
                around=tuple(dict.fromkeys((*first.around, *gap.around))),
                denied=tuple(dict.fromkeys((*first.denied, *gap.denied))),
            )
    return list(found.values())


def _spoken(what: EntityRef | None) -> str:
    return what.spoken if what else ""


def sentences(steps: Iterable[Step]) -> str:
    """Some steps in plain words, without a full stop."""
    return "; ".join(dict.fromkeys(step.told for step in steps))


def not_as_a_cause(stated: Iterable[Step]) -> str:
    """What sources state without calling it a cause; empty where there is nothing."""
    told = sentences(stated)
    return f"Sources do state, though not as a cause: {told}." if told else ""


def nearby(around: Iterable[Step]) -> str:
    """What sources state around a gap; empty where there is nothing."""
    told = sentences(around)
    return f"Sources do state nearby: {told}." if told else ""


def denials(denied: Iterable[Denial]) -> str:
    """What sources deny; empty where they deny nothing."""
    told = "; ".join(one.text for one in denied)
    return f"Sources do state a denial: {told}." if told else ""
