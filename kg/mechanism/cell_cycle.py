"""What follows for two drugs where one holds cells in a phase of the cell cycle and the other acts in a later one.

No source need say so of the pair: it is inferred from what sources state of each drug and from the order of the
phases, and every answer marks it as inferred and shows both premises.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kg.mechanism.background import PHASES, Background, CycleMark, Phase
from kg.mechanism.chains import net_sign, through_another_treatment
from kg.mechanism.ground import Ground
from kg.model import Certainty, EntityRef
from kg.paths.best_paths import FoundPath
from kg.paths.steps import Step, weakest
from ontology.english import capitalised, is_plural, plural_verb

PremiseRole = Literal["holds", "acts"]

_TRIED = 12  # paths to a marked node that are looked at
_NAMES = {"S": "S phase", "M": "mitosis"}


@dataclass(frozen=True)
class Premise:
    """What sources state of one drug and the cell cycle.

    Attributes:
        role: "holds" cells in the phase, or "acts" on cells in it.
        certainty: of the weakest step.
    """

    drug: EntityRef
    role: PremiseRole
    phase: Phase
    steps: tuple[Step, ...]
    certainty: Certainty
    sentence: str


@dataclass(frozen=True)
class Caution:
    """An inference about two drugs given together; never a statement of a source.

    Attributes:
        rule: the general knowledge that joins the premises.
    """

    certainty: Certainty
    sentence: str
    rule: str
    premises: tuple[Premise, Premise]


def premises(ground: Ground, background: Background, drug: int) -> tuple[Premise, ...]:
    """In which phases sources say that a drug holds cells, and in which it acts, each by its shortest chain."""
    best: dict[tuple[PremiseRole, Phase], FoundPath] = {}
    for iri, mark in sorted(background.cycle_marks.items()):
        node = ground.index.find(iri)
        for path in ground.ways(drug, node, _TRIED) if node is not None else ():
            borrowed = through_another_treatment(ground.index, ground.treatments, path)
            role = None if borrowed else _role(ground, path, mark)
            if role is not None:
                known = best.get((role, mark.phase))
                if known is None or (len(path.steps), path.code) < (len(known.steps), known.code):
                    best[role, mark.phase] = path
    return tuple(_premise(ground, role, phase, path) for (role, phase), path in sorted(best.items()))


def _role(ground: Ground, path: FoundPath, mark: CycleMark) -> PremiseRole | None:
    sign = net_sign(ground.index, path.steps)
    last = ground.index.predicate_of(path.steps[-1]).name
    if mark.role == "in":
        if sign != -1:
            return None
        return "holds" if last == "arrests" else "acts"
    return "holds" if sign == (1 if mark.role == "arrest" else -1) else None


def _premise(ground: Ground, role: PremiseRole, phase: Phase, path: FoundPath) -> Premise:
    (steps,) = ground.describer.chains([(path.nodes, path.steps)])
    drug, named = steps[0].start, _NAMES.get(phase, phase)
    told = "; ".join(step.told for step in steps)
    sentence = capitalised(f"{_does(drug, role)} {named}: {told}.")
    return Premise(drug, role, phase, steps, weakest(step.certainty for step in steps), sentence)


def cautions(one: tuple[Premise, ...], other: tuple[Premise, ...]) -> tuple[Caution, ...]:
    """What follows from the premises of two drugs, whichever of them holds the cells."""
    pairs = [(held, act) for a, b in ((one, other), (other, one)) for held in a for act in b]
    return tuple(
        _caution(held, act)
        for held, act in pairs
        if held.role == "holds" and act.role == "acts" and PHASES.index(held.phase) < PHASES.index(act.phase)
    )


def _caution(held: Premise, act: Premise) -> Caution:
    early, late = _NAMES.get(held.phase, held.phase), _NAMES.get(act.phase, act.phase)
    rule = f"Cells held in {early} do not go on to {late}."
    sentence = (
        f"{_does(held.drug, held.role)} {early}, and {_does(act.drug, act.role)} {late}, which comes later. "
        f"Given at the same time, {held.drug.spoken} may keep cells out of reach of {act.drug.spoken}: "
        f"possible antagonism, so order and timing matter."
    )
    return Caution("inferred", capitalised(sentence), rule, (held, act))


def _does(drug: EntityRef, role: PremiseRole) -> str:
    """What a drug does to cells, up to the phase; a class of drugs stands in the plural."""
    verb = plural_verb(role) if is_plural(drug.spoken) else role
    return f"{drug.spoken} {verb} {'on ' if role == 'acts' else ''}cells in"
