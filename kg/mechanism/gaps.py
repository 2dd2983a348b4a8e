"""Where sources stop, told in words that a clinician uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from kg.mechanism.answer import Gap, MechanismPath
from kg.mechanism.ground import Ground
from kg.mechanism.question import MAX_LENGTH, MechanismQuestion
from kg.model import EntityRef
from kg.paths.adjacency import project
from kg.paths.best_paths import FoundPath
from kg.paths.breadth_first import distances
from kg.paths.steps import Step, weakest

MAX_STATED = 6
MAX_WEAKER = 8


def sentences(steps: Iterable[Step]) -> str:
    """Some steps in plain words, without a full stop."""
    return "; ".join(step.sentence for step in steps)


class Gaps:
    """Finds the gaps of one question.

    Attributes:
        weaker: by drug, the best paths to the target with steps of whatever certainty; only of drugs that do not
            reach it otherwise.
    """

    def __init__(self, ground: Ground, lacking: Sequence[int]) -> None:
        self._ground = ground
        self.weaker: dict[int, list[FoundPath]] = {}
        if ground.targets:
            for drug in lacking:
                search = ground.best([drug], ground.targets, ground.every_certainty)
                if paths := list(islice(iter(search), MAX_WEAKER)):
                    self.weaker[drug] = paths

    def firm_parts(self, drug: int) -> list[FoundPath]:
        """The steps of each weaker path before its first weak one, where there are any."""
        firm = [(path, self._firm(path)) for path in self.weaker.get(drug, ())]
        return list(dict.fromkeys(self._ground.prefix(path, length) for path, length in firm if length))

    def _firm(self, path: FoundPath) -> int:
        steps = self._hedging(path)
        return next(n for n, step in enumerate(steps) if step.certainty not in self._ground.question.certainties)

    def _hedging(self, path: FoundPath) -> tuple[Step, ...]:
        (steps,) = self._ground.hedging_describer.chains([(path.nodes, path.steps)])
        return steps

    def missing_inputs(self, paths: Sequence[MechanismPath]) -> list[Gap]:
        """Joint causes on the paths of which nothing brings about an input."""
        gaps: list[Gap] = []
        for path in paths:
            for other in path.joint_inputs:
                if other.role == "input" and not other.reached:
                    needs = f"{other.into.label} also needs {other.node.label}"
                    reason = f"{needs}, which no sourced step from {path.start.label} brings about."
                    gaps.append(Gap(path.start, other.node, reason, "need"))
        return list(dict.fromkeys(gaps))

    def stops(self, paths: Sequence[MechanismPath], lacking: Sequence[int]) -> list[Gap]:
        """Where the paths of drugs that do not reach the target end, those first that only a weak step leads on."""
        ground = self._ground
        assert ground.target is not None
        target = ground.describer.entity(ground.target)
        if not ground.drugs:
            reason = f"No source states a causal step that leads to {target.label}."
            return [] if paths else [Gap(target, target, reason)]
        gaps = []
        for drug in lacking:
            start = ground.describer.entity(drug)
            own = [path for path in paths if path.start == start and path.summarised_by is None]
            gaps += self._of_drug(drug, start, [path.end for path in own], target)
        return gaps

    def excluded_by(self, *, found: Sequence[FoundPath], whatever_effect: Sequence[FoundPath]) -> tuple[str, ...]:
        """The filters without which drugs that now reach nothing would."""
        question = self._ground.question
        names = ["certainty"] if self.weaker else []
        if question.effect is not None and whatever_effect and not any(self._arrives(path) for path in found):
            names.append("effect")
        if not any(self._arrives(path) for path in (*found, *whatever_effect)):
            lifted = {"graph": replace(question, graphs=()), "max_length": replace(question, max_length=MAX_LENGTH)}
            names += [name for name, wider in lifted.items() if wider != question and self._leads_on(wider)]
        return tuple(names)

    def _arrives(self, path: FoundPath) -> bool:
        return not self._ground.targets or path.nodes[-1] in self._ground.targets

    def _leads_on(self, wider: MechanismQuestion) -> bool:
        ground = self._ground
        links = project(ground.index, wider.selection())
        if not ground.drugs:
            return bool(links.into.degree(np.array(ground.targets)).any())
        distance = distances(links.out, ground.drugs, wider.max_length)
        return bool((distance[ground.targets] > 0).any() if ground.targets else (distance > 0).any())

    def _of_drug(self, drug: int, start: EntityRef, ends: Iterable[EntityRef], target: EntityRef) -> list[Gap]:
        stated = tuple(self._ground.direct(drug, self._ground.targets)[:MAX_STATED])
        ends = list(dict.fromkeys(ends))
        gaps: list[Gap] = []
        if drug in self.weaker:
            best = self.weaker[drug][0]
            onward = self._hedging(best)[self._firm(best) :]
            end, weakness = onward[0].start, weakest(step.certainty for step in onward)
            reason = (
                f"From {end.label} towards {target.label} only a {weakness} statement leads on: {sentences(onward)}."
            )
            gaps.append(Gap(end, target, reason, "weaker"))
        elif not ends and self._ground.index.type_of(drug) != "Regimen":
            gaps.append(Gap(start, target, f"No source states a causal step from {start.label}."))
        led_on = {gap.from_ for gap in gaps}
        gaps += [
            Gap(end, target, f"No source states a causal step on from {end.label} towards {target.label}.")
            for end in ends
            if end not in led_on
        ]
        if gaps and stated:
            told = f"{gaps[0].reason} Sources do state, though not as a cause: {sentences(stated)}."
            gaps[0] = Gap(gaps[0].from_, target, told, gaps[0].kind, stated)
        return gaps
