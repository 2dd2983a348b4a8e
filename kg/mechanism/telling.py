"""Paths by number turned into paths as answers show them: what else they need, what sources claim of their ends."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache

from kg.mechanism.answer import JointInput, JointRole, MechanismPath
from kg.mechanism.background import Background, Denial
from kg.mechanism.chains import DISEASES, SENSITIZING, complex_partners, joint_inputs, net_sign
from kg.mechanism.ground import Ground, Membership
from kg.model import Certainty
from kg.paths.best_paths import FoundPath
from kg.paths.index import COST_SHIFT, COST_UNIT
from kg.paths.steps import Hop, Step, weakest
from ontology.english import capitalised, listed

# What sources claim of a drug and a disease without a sign of its own, as what it comes to for the disease.
CLINICAL_CLAIMS = {"activeIn": -1, "inactiveIn": 0, "sensitiveTo": -1, "resistantTo": 0}
_NET_EFFECTS = {
    1: "positive",
    -1: "negative",
    None: "not known, because no source says in which direction one of the steps acts",
}


class Teller:
    """Describes the paths of one question."""

    def __init__(self, ground: Ground, background: Background | None) -> None:
        self._ground = ground
        self._index = ground.index
        self._denials: Collection[Denial] = background.denials if background else ()
        self._direct = cache(lambda start, end: ground.direct_either_way(start, [end]))
        self._of_diseases = cache(lambda start: ground.direct(start, ground.of_types(DISEASES).nonzero()[0].tolist()))

    def paths(self, shown: Sequence[FoundPath], under: Sequence[int | None]) -> tuple[MechanismPath, ...]:
        """The paths in the order given; ``under`` says which longer one each is a short cut of."""
        chains = self._ground.describer.chains((path.nodes, path.steps) for path in shown)
        return tuple(
            self._path(number, path, steps, under[number])
            for number, (path, steps) in enumerate(zip(shown, chains, strict=True))
        )

    def _path(self, number: int, path: FoundPath, steps: tuple[Step, ...], under: int | None) -> MechanismPath:
        needed = self._needed(path)
        sign = net_sign(self._index, path.steps)
        certainty = weakest(step.certainty for step in steps)
        arrived = not (self._ground.drugs and self._ground.targets) or path.nodes[-1] in self._ground.targets
        agrees, claims = self._claimed(path, sign)
        members = self._ground.memberships(path.nodes[0])
        contrary = self._contrary(path)
        return MechanismPath(
            number=number,
            length=len(steps),
            score=(path.code >> COST_SHIFT) / COST_UNIT,
            steps=steps,
            net_sign=sign,
            certainty=certainty,
            certainty_reason=_why(steps, certainty),
            complete=arrived and all(other.reached for other in needed if other.role == "input"),
            start=steps[0].start,
            end=steps[-1].end,
            joint_inputs=needed,
            summarised_by=under,
            agrees=agrees,
            claims=claims,
            sentence=_sentence(steps, sign, needed, members) + _speaks_against(contrary),
            members=members,
            contrary=contrary,
        )

    def _needed(self, path: FoundPath) -> tuple[JointInput, ...]:
        """The other inputs of the joint causes on a path, and the other parts of the complexes."""
        ground = self._ground
        needed: list[JointInput] = []
        for before, node in zip(path.nodes, path.nodes[1:], strict=False):
            inputs = joint_inputs(self._index, ground.projection, node)
            if before not in {other for other, _ in inputs}:
                inputs = []  # the path enters the joint cause by a step that suffices
            rows: list[tuple[JointRole, Hop]] = [("input", row) for row in inputs]
            rows += [("partner", row) for row in complex_partners(self._index, ground.projection, node)]
            for role, (other, step) in rows:
                if other not in path.nodes:
                    reached = bool(ground.brought_by(path.nodes[0])[other])
                    way = ground.way_to(other, path.nodes[0]) if reached else None
                    statements = ground.describer.steps([(other, step)])[other, step].statements
                    needed.append(
                        JointInput(
                            ground.describer.entity(other), ground.describer.entity(node), role, reached,
                            None if way is None else net_sign(self._index, way.steps), statements,
                            () if way else ground.memberships(other),
                        )
                    )  # fmt: skip
        return tuple(dict.fromkeys(needed))

    def _contrary(self, path: FoundPath) -> tuple[Step, ...]:
        """In which diseases a treatment failed, where its steps add up to an effect for patients."""
        ground, start, end = self._ground, path.nodes[0], path.nodes[-1]
        if len(path.steps) < 2 or end not in ground.clinical or start not in ground.treatments:
            return ()
        claims = [step for step in self._of_diseases(start) if step.predicate in CLINICAL_CLAIMS]
        if any(CLINICAL_CLAIMS[step.predicate] for step in claims):
            return ()
        asked_for = {ground.index.nodes[number] for number in (*ground.targets, *ground.wider)}
        return tuple(step for step in claims if not ground.about_disease or step.end.id in asked_for)

    def _claimed(self, path: FoundPath, sign: int | None) -> tuple[bool | None, tuple[str, ...]]:
        """Whether the net sign is what sources state directly of the two ends, and what they state."""
        start, end = self._index.nodes[path.nodes[0]], self._index.nodes[path.nodes[-1]]
        claims: list[str] = []
        values: set[int] = set()
        for step in self._direct(path.nodes[0], path.nodes[-1]) if len(path.steps) > 1 else ():
            own_sign = step.sign if step.subject.id == start else None
            value = own_sign or CLINICAL_CLAIMS.get(step.predicate)
            if value is not None:
                values.add(value)
                claims.append(step.sentence)
        denied = set()
        for denial in self._denials:
            if (denial.subject, denial.object) == (start, end) and denial.sign is not None:
                denied.add(denial.sign)
                claims.append(denial.text)
        if sign is None or len(values) > 1 or (sign in values and sign in denied):
            return None, tuple(claims)
        if sign in denied and len(path.steps) > 1:
            return False, tuple(claims)
        return (sign in values if values else None), tuple(claims)


def _speaks_against(contrary: Sequence[Step]) -> str:
    return f" Clinical evidence speaks against it: {'; '.join(step.told for step in contrary)}." if contrary else ""


def _why(steps: Sequence[Step], certainty: Certainty) -> str:
    if certainty == "stated":
        return "every step is stated outright"
    weak = [step.sentence for step in steps if step.certainty == certainty]
    return f"{certainty}, because of the step: {weak[0]}" + (f" (and {len(weak) - 1} more)" if len(weak) > 1 else "")


def _sentence(
    steps: Sequence[Step], sign: int | None, needed: Sequence[JointInput], members: Sequence[Membership]
) -> str:
    told = capitalised("; ".join(step.told for step in steps))
    others = [other.node.spoken for other in needed if other.role == "input"]
    also = f" Needed as well: {listed(dict.fromkeys(others))}." if others else ""
    standing = [*members, *(member for other in needed for member in other.members)]
    if standing:
        also += f" That this holds here is inferred: {'; '.join(dict.fromkeys(one.sentence for one in standing))}."
    if len(steps) == 1:
        return f"{told}.{also}"
    end = steps[-1].end.spoken
    on = f"the sensitivity of {end} to treatment" if steps[-1].predicate in SENSITIZING else end
    on += f", {place}" if (place := steps[-1].place) else ""
    return f"{told}.{also} Net effect of {steps[0].start.spoken} on {on}: {_NET_EFFECTS[sign]}."
