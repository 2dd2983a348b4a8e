"""Steps of mechanisms on pages: who states each, and how a drawing shows it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.identifiers import display
from kg.paths.steps import Step
from server.drawings.layered import Link
from server.pages.provenance import Origin
from server.wording import label_of, net_effect

_SYMBOLS = {1: "+", -1: "−"}
_SIGNED = {1: "increases (+)", -1: "decreases (−)"}
_UNSIGNED = {0: "passes the effect on", None: "no direction stated"}
_TONES = {1: "up", -1: "down", 0: "", None: ""}
_SLUG = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True)
class StepView:
    """A step with the statements behind it."""

    id: str
    step: Step
    origins: tuple[Origin, ...]

    @property
    def direction(self) -> str:
        """What more of the one thing means for the other, in words and as a sign.

        A step told of an inhibition says what less of the inhibited thing means: that is how its source puts it.
        """
        sign, step = self.step.sign, self.step
        if not sign:
            return _UNSIGNED[sign]
        if not step.predicate.startswith("inhibition"):
            return _SIGNED[sign]
        after = net_effect(-sign, step.object.label, step.object.type, step.predicate)
        return f"less {step.subject.label}, {after} ({_SYMBOLS[sign]})"

    @property
    def tone(self) -> str:
        """How that is coloured, as its line in the drawing: "up", "down", or empty for neither."""
        return _TONES[self.step.sign]


def step_view(step: Step, origins: Mapping[str, Origin]) -> StepView:
    """A step with those of its statements that have an origin."""
    return StepView(step_id(step), step, tuple(origins[s] for s in step.statements if s in origins))


def step_id(step: Step) -> str:
    """A name for a step that the picture and the list beneath it share."""
    ends = (display(step.subject.id), display(step.object.id), step.predicate)
    return "step-" + "-".join(_SLUG.sub("-", end).strip("-") for end in ends)


def links_of(steps: Iterable[Step]) -> list[Link]:
    """Steps as lines of a drawing."""
    return [
        Link(
            step.start.id,
            step.end.id,
            step.sign,
            step.certainty,
            label_of(step.predicate, forward=step.forward),
            step.sentence,
            f"#{step_id(step)}",
            step_id(step),
        )
        for step in steps
    ]
