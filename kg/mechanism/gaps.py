"""Where sources stop, told in words that a clinician uses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from kg.mechanism.answer import MechanismPath, ShutOutBy
from kg.mechanism.background import Background, Denial
from kg.mechanism.chains import DISEASES, HARM, TREATMENTS
from kg.mechanism.gap import Gap, GapCause, merged
from kg.mechanism.ground import OF_THE_CELL, Ground
from kg.mechanism.question import MAX_LENGTH, MechanismQuestion
from kg.mechanism.telling import CLINICAL_CLAIMS
from kg.model import CERTAINTIES, EntityRef
from kg.paths.best_paths import BestPaths, FoundPath
from kg.paths.breadth_first import distances
from kg.paths.lazy_adjacency import directions_often
from kg.paths.link_filters import shut_out_by
from kg.paths.steps import Step, weakest

MAX_STATED = 6
MAX_AROUND = 3
CLOSE = 2  # statements between something and the target that say more of both than of everything
MAX_WEAKER = 8


class Gaps:
    """Finds the gaps of one question.

    Attributes:
        weaker: by drug, the best paths to the target with steps of whatever certainty; only of drugs that do not
            reach it otherwise.
    """

    def __init__(self, ground: Ground, lacking: Sequence[int], background: Background | None) -> None:
        self._ground = ground
        self._denials: Collection[Denial] = background.denials if background else ()
        found = {drug: self._whatever_certainty(drug) for drug in (lacking if ground.targets else ())}
        self.weaker: dict[int, list[FoundPath]] = {drug: paths for drug, paths in found.items() if paths}

    def _whatever_certainty(self, drug: int) -> list[FoundPath]:
        ground = self._ground
        found = filter(ground.does_harm_itself, ground.best([drug], ground.targets, ground.every_certainty))
        return list(islice(found, MAX_WEAKER))

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
        gaps = (
            Gap(path.start, other.node, "input_missing", into=other.into)
            for path in paths
            for other in path.joint_inputs
            if other.role == "input" and not other.reached
        )
        return list(dict.fromkeys(gaps))

    def stops(
        self,
        paths: Sequence[MechanismPath],
        lacking: Sequence[int],
        in_target: Collection[int],
        elsewhere: Collection[int],
    ) -> list[Gap]:
        """Where the paths of drugs that do not reach the target end, those first that only a weak step leads on.

        Of a question that names a target.

        Args:
            paths: those shown.
            lacking: the drugs.
            in_target: numbers of the paths that sources state of the target, though not as steps to it.
            elsewhere: numbers of those that they state of another disease.
        """
        ground = self._ground
        target = ground.describer.entity(ground.targets[0])
        if not ground.drugs:
            return [
                *self._to_target(paths, target), *self._of_kin(target),
                *self._claimed_of_target(target), *self._denied_of_treatments(),
            ]  # fmt: skip
        gaps = []
        for drug in lacking:
            start = ground.describer.entity(drug)
            whole = (path for path in paths if path.start == start and path.summarised_by is None)
            own = [path for path in whole if path.number not in elsewhere]
            short = [path.end for path in own if path.number not in in_target and self._may_lead_on(path.end, target)]
            around = self._around(drug, {*short, *(step.start for path in own for step in path.steps[1:])})
            ends = short if short or around else [path.end for path in own if self._may_lead_on(path.end, target)]
            gaps += self._of_drug(drug, list(dict.fromkeys(ends)), around, target)
        return merged(gaps)

    def _may_lead_on(self, end: EntityRef, target: EntityRef) -> bool:
        """Whether a step from the end of a path is missed.

        No disease, tumour model or harm leads on to a disease, and what a treatment comes to for patients only to more
        of that.
        """
        clinical = self._ground.question.clinical
        stays = end.type in {HARM, *DISEASES} or end.id in self._ground.question.models
        return target.type == HARM or not (stays or (end.id in clinical and target.id not in clinical))

    def _to_target(self, paths: Sequence[MechanismPath], target: EntityRef) -> list[Gap]:
        """Where no drug was asked for: steps to the target that sources state only more weakly, or that none is."""
        ground = self._ground
        links = (ground.projection, ground.every_certainty)
        firm, every = ({step for end in ground.targets for step in each.into.row(end)[1].tolist()} for each in links)
        if weaker := sorted(every - firm)[:MAX_STATED]:
            steps = tuple(ground.hedging_describer.steps([(ground.targets[0], step) for step in weaker]).values())
            return [Gap(steps[0].start, target, "further_to" if firm else "weaker_to", steps)]
        if paths:
            return []
        if firm and ground.question.effect is not None:
            return [Gap(None, target, "none_with_effect")]
        return [Gap(None, target, "no_step_to")]

    def _of_kin(self, target: EntityRef) -> list[Gap]:
        """Where no drug was asked for: what treatments do that reach only the family of a protein, or a kind of it."""
        ground = self._ground
        if not ground.about_protein or ground.question.effect is not None:
            return []
        reaching = distances(ground.projection.into, ground.targets, ground.question.max_length) >= 0
        gaps = []
        for kin in sorted({*ground.wider, *ground.forms}):
            neighbors, steps, _ = ground.projection.into.row(kin)
            hops = [
                (neighbor, step)
                for neighbor, step in zip(neighbors.tolist(), steps.tolist(), strict=True)
                if neighbor in ground.treatments and not reaching[neighbor]
            ]
            if hops:
                name, around = ground.describer.entity(kin), tuple(ground.describer.steps(hops).values())
                gaps.append(Gap(name, target, self._cause_of(name), around=around))
        return gaps

    def _cause_of(self, end: EntityRef) -> GapCause:
        """Why no step leads on from something that a drug reaches to the target."""
        ground = self._ground
        number = ground.index.find(end.id)
        if number in ground.wider and ground.about_harm:
            return "wider_event"
        if number in ground.wider and ground.about_protein:
            return "wider_kind"
        return "narrower_kind" if number in ground.forms else "no_step_on"

    def unexplained(self, paths: Sequence[MechanismPath]) -> list[Gap]:
        """Drugs of which sources state outright that they act on the target, and only more weakly by which steps."""
        gaps = []
        for start in dict.fromkeys(path.start for path in paths if path.length == 1 and path.complete):
            drug = self._ground.index.node(start.id)
            told = any(path.start == start and path.complete and path.length > 1 for path in paths)
            for longer in self._whatever_certainty(drug) if self._ground.targets and not told else ():
                steps = self._hedging(longer)
                weakness = weakest(step.certainty for step in steps)
                if len(steps) > 1 and weakness not in self._ground.question.certainties:
                    gaps.append(Gap(start, steps[-1].end, "weaker_steps", steps))
                    break
        return gaps

    def beyond(self) -> list[Gap]:
        """Where no target was asked for: steps of the drugs that sources state only more weakly, or that none is."""
        ground, gaps = self._ground, []
        for drug in ground.drugs:
            start = ground.describer.entity(drug)
            links = (ground.projection, ground.every_certainty)
            firm, every = (set(each.out.row(drug)[1].tolist()) for each in links)
            weaker = [(drug, step) for step in sorted(every - firm)][:MAX_STATED]
            if weaker:
                steps = tuple(ground.hedging_describer.steps(weaker).values())
                gaps.append(Gap(start, steps[0].end, "further_from", steps))
            elif not firm and not self._stands_for_drugs(drug):
                gaps.append(Gap(start, None, "no_step_from"))
            gaps += self._claimed(drug)
        return gaps

    def excluded_by(self, *, found: Sequence[FoundPath], whatever_effect: Sequence[FoundPath]) -> tuple[ShutOutBy, ...]:
        """The filters without which drugs that now reach nothing would."""
        question = self._ground.question
        if any(self._arrives(path) for path in (*found, *whatever_effect)):
            hidden = question.effect is not None and not any(self._arrives(path) for path in found)
            shut_out: dict[ShutOutBy, bool] = {"certainty": bool(self.weaker), "effect": hidden}
            return tuple(name for name, is_so in shut_out.items() if is_so)
        has_imports = self._ground.index.has_imports
        wider: dict[ShutOutBy, dict[str, Any]] = {
            "certainty": {"certainties": frozenset(CERTAINTIES)},
            "include_imports": {"include_imports": question.include_imports or has_imports},
            "graph": {"graphs": ()},
            "max_length": {"max_length": MAX_LENGTH},
        }
        return shut_out_by(question, wider, self._leads_on)

    def _arrives(self, path: FoundPath) -> bool:
        return not self._ground.targets or path.nodes[-1] in self._ground.targets

    def _leads_on(self, wider: MechanismQuestion) -> bool:
        ground = self._ground
        if ground.limits.late():
            return False
        links = directions_often(ground.index, wider.selection())
        if not ground.drugs:
            return any(len(block.neighbors) for block in links.into.ends(np.array(ground.targets)))
        own = ~ground.of_types(TREATMENTS) if ground.about_harm else None  # the harm of another drug is none of theirs
        distance = distances(links.out, ground.drugs, wider.max_length, own, ground.limits.late)
        return bool((distance[ground.targets] > 0).any() if ground.targets else (distance > 0).any())

    def _claimed_of_target(self, target: EntityRef) -> list[Gap]:
        """Treatments that sources state to help or not to help in a disease, and from which no steps lead to it."""
        ground = self._ground
        if target.type not in DISEASES or ground.question.effect == "raises":
            return []
        explained = distances(ground.projection.into, ground.targets, ground.question.max_length) >= 0
        hops = [
            (ground.index.link_subject(step >> 1), step >> 1 << 1)
            for end in ground.targets
            for neighbor, step in zip(*(column.tolist() for column in ground.around.out.row(end)[:2]), strict=True)
            if neighbor in ground.treatments and not explained[neighbor]
        ]
        known = ground.around_describer.steps(hops)
        stated = tuple(dict.fromkeys(known[hop] for hop in hops if known[hop].predicate in CLINICAL_CLAIMS))
        return [Gap(None, target, "other_treatments", stated=stated)] if stated else []

    def _denied_of_treatments(self) -> list[Gap]:
        """What sources deny that treatments do to the target, or in it if it is a disease; no drug was asked for."""
        ground = self._ground
        target = ground.describer.entity(ground.targets[0])
        found: dict[int, tuple[Denial, ...]] = {}
        for one in self._denials:
            start = ground.index.find(one.subject)
            if start in ground.treatments and (self._is_of_target(one) or self._is_told_in_target(one) is True):
                found[start] = (*found.get(start, ()), one)
        return [
            Gap(ground.describer.entity(start), target, "only_denied", denied=found[start]) for start in sorted(found)
        ]

    def _denied(self, drug: int) -> tuple[Denial, ...]:
        """What sources deny of a drug and the target; of a disease any effect, unless in other diseases only."""
        iri = self._ground.index.nodes[drug]
        return tuple(
            one
            for one in self._denials
            if one.subject == iri and (self._is_of_target(one) or self._is_told_in_target(one) in (True, None))
        )

    def _is_of_target(self, denial: Denial) -> bool:
        return self._ground.index.find(denial.object) in self._ground.targets

    def _is_told_in_target(self, denial: Denial) -> bool | None:
        """Whether an effect is denied in the disease asked for, or a wider one; None where it is not said in which."""
        ground = self._ground
        if denial.sign is None or not ground.about_disease or not ground.question.about_tumours:
            return False
        record = ground.source.statements([denial.statement]).get(denial.statement) if ground.source else None
        if record is None or not record.diseases:
            return None
        fitting = {ground.index.nodes[number] for number in (*ground.targets, *ground.wider)}
        return not fitting.isdisjoint(record.diseases)

    def _claimed(self, drug: int) -> list[Gap]:
        """Diseases in which sources state that a drug does or does not help, and effects that they deny it.

        Of a question without a target; what its paths lead to is left out. What does not help comes first.
        """
        ground = self._ground
        reached = distances(ground.projection.out, [drug], ground.question.max_length) > 0
        diseases = ground.of_types(DISEASES) & ~reached
        stated: dict[EntityRef, tuple[Step, ...]] = {}
        for step in ground.direct(drug, diseases.nonzero()[0].tolist()):
            if step.predicate in CLINICAL_CLAIMS:
                stated[step.end] = (*stated.get(step.end, ()), step)
        start = ground.describer.entity(drug)
        order = sorted(stated, key=lambda end: all(CLINICAL_CLAIMS[step.predicate] for step in stated[end]))
        gaps = [Gap(start, end, "no_steps_between", stated=stated[end]) for end in order]
        denied: dict[int, tuple[Denial, ...]] = {}
        for one in self._denials:
            end = ground.index.find(one.object)
            if one.subject == start.id and end is not None and not reached[end] and one.sign is not None:
                denied[end] = (*denied.get(end, ()), one)
        contrary = [Gap(start, ground.describer.entity(end), "only_denied", denied=of) for end, of in denied.items()]
        return [*contrary, *gaps][:MAX_STATED]

    def _of_drug(
        self, drug: int, ends: Sequence[EntityRef], around: Mapping[EntityRef, tuple[Step, ...]], target: EntityRef
    ) -> list[Gap]:
        start = self._ground.describer.entity(drug)
        stated = self._ground.direct_either_way(drug, self._ground.targets)
        stated = stated or self._ground.direct_either_way(drug, self._ground.targets, CERTAINTIES)
        gaps: list[Gap] = []
        if drug in self.weaker:
            best = self.weaker[drug][0]
            onward = self._hedging(best)[self._firm(best) :]
            gaps.append(Gap(onward[0].start, target, "weaker_on", onward))
        elif not ends and self._stands_for_drugs(drug):
            gaps += [Gap(start, target, "no_steps_between")] if stated or self._denied(drug) else []
        elif not ends:
            leads_on = self._ground.projection.out.row(drug)[1].size
            gaps.append(Gap(start, target, "no_step_towards" if leads_on else "no_step_from"))
        led_on = {gap.from_ for gap in gaps}
        onwards = sorted(dict.fromkeys([*around, *ends]), key=lambda end: end == start)
        gaps += [Gap(end, target, self._cause_of(end)) for end in onwards if end not in led_on]
        gaps = [replace(gap, around=around.get(gap.from_, ()) if gap.from_ else ()) for gap in gaps]
        if gaps:
            told = tuple(step for step in stated if step not in gaps[0].steps)[:MAX_STATED]
            gaps[0] = replace(gaps[0], stated=told, denied=self._denied(drug))
        return gaps

    def _stands_for_drugs(self, start: int) -> bool:
        """Whether the drugs of a regimen or a class have gaps of their own."""
        ground = self._ground
        return ground.index.type_of(start) == "Regimen" or any(start in groups for groups in ground.classes.values())

    def _around(self, drug: int, met: Iterable[EntityRef]) -> dict[EntityRef, tuple[Step, ...]]:
        """What few statements join to the target: a drug by its class, and by things of the cell what it acts on.

        Returns: by what is joined, nearest first; of several that are joined by way of the same thing only the first.
        """
        ground = self._ground
        numbers = {ground.index.node(ref.id) for ref in met} - {drug}
        others = frozenset({"Drug", "DrugClass"} if ground.about_harm else {"DrugClass"})
        found = [*self._joining(numbers, OF_THE_CELL), *self._joining({drug}, others)]
        joined: dict[EntityRef, tuple[Step, ...]] = {}
        through: dict[int, int] = {}
        chosen = [
            path for path in found
            if (path.nodes[0] != drug or len(path.steps) > 1)
            and all(through.setdefault(node, path.nodes[0]) == path.nodes[0] for node in path.nodes[1:-1])
        ]  # fmt: skip
        for steps in ground.around_describer.chains((path.nodes, path.steps) for path in chosen[:MAX_AROUND]):
            joined[steps[0].start] = tuple(dict.fromkeys((*joined.get(steps[0].start, ()), *steps)))
        return joined

    def _joining(self, starts: Collection[int], through: frozenset[str]) -> list[FoundPath]:
        ground = self._ground
        search = BestPaths(
            ground.around, sources=sorted({*starts} - {*ground.targets}),
            targets=ground.targets, max_length=CLOSE, interior=ground.of_types(through), limits=ground.limits,
        )  # fmt: skip
        return list(islice(search, MAX_WEAKER))
