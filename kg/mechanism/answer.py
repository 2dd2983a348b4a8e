"""What the answer about a mechanism is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kg.mechanism.background import Sighting
from kg.mechanism.chains import TruncatedBy
from kg.mechanism.gap import Gap
from kg.mechanism.graph import MechanismGraph
from kg.mechanism.ground import Membership
from kg.mechanism.partners import Partnership
from kg.model import Certainty, EntityRef
from kg.paths.steps import Step
from kg.tables import Walked

JointRole = Literal["input", "partner"]
ShutOutBy = Literal["certainty", "effect", "graph", "include_imports", "max_length"]


@dataclass(frozen=True)
class JointInput:
    """Something else that a path needs: another input of a joint cause, or another part of a complex.

    Attributes:
        statements: IRIs of those by which it belongs there.
        role: whether it is an input of a joint cause, or a partner in a complex.
        into: the joint cause or the complex.
        reached: whether the drugs (or where the path starts) bring it about; a partner need not be.
        sign: net sign of the best path that brings it about; None if there is none or it has no sign.
        members: where it is a class and reached only by inference: the drugs that stand for it.
    """

    node: EntityRef
    into: EntityRef
    role: JointRole
    reached: bool
    sign: int | None
    statements: tuple[str, ...]
    members: tuple[Membership, ...] = ()


@dataclass(frozen=True)
class MechanismPath:
    """A causal path.

    Attributes:
        number: from 0, in the order of the answer.
        score: its cost as in ``kg.paths.traversal``; lower is better.
        net_sign: +1, -1, or None where a step has no sign.
        certainty: of its weakest step.
        certainty_reason: which step that is.
        complete: whether it reaches what was asked for and every joint cause on it has all its inputs.
        start: what it begins with.
        end: what it leads to.
        joint_inputs: what else it needs, beyond its own nodes.
        summarised_by: number of the longer path that it is a short cut of.
        agrees: whether the net sign is what sources state of its first and last node directly; None where no
            source does, or sources differ, or the path is that statement itself.
        claims: the direct statements that it was compared with, in words.
        contrary: where the steps add up to an effect for patients: what sources state against it, namely in which
            diseases the treatment failed; none if they also state one in which it helped.
        sentence: the steps and the net sign in plain words, and what is contrary.
        members: where it starts from a class that nobody asked for: the drugs that stand for it, an inference.
    """

    number: int
    length: int
    score: float
    steps: tuple[Step, ...]
    net_sign: int | None
    certainty: Certainty
    certainty_reason: str
    complete: bool
    start: EntityRef
    end: EntityRef
    joint_inputs: tuple[JointInput, ...]
    summarised_by: int | None
    agrees: bool | None
    claims: tuple[str, ...]
    sentence: str
    members: tuple[Membership, ...] = ()
    contrary: tuple[Step, ...] = ()


@dataclass(frozen=True)
class MechanismAnswer(Walked):
    """Paths, best first, then the short cuts folded under them.

    Attributes:
        graph: the paths as one drawing.
        gaps: where sources stop short of what was asked for.
        truncated_by: which limit there may be more paths behind.
        excluded_by: the filters without which a drug that does not reach the target would.
        sightings: where an adverse event was asked for: under which treatments it was seen, or looked for and not seen.
        partners: each pair of the drugs: where their paths meet, and what follows for the pair.
        elsewhere: other diseases; steps that sources state only for these are left out.
        members: the drugs of the classes that were asked about; each has its paths and gaps as if asked about alone.
        total: paths there are; None where there may be more.
    """

    paths: tuple[MechanismPath, ...]
    graph: MechanismGraph
    gaps: tuple[Gap, ...]
    limit: int
    truncated: bool
    truncated_by: TruncatedBy | None
    excluded_by: tuple[ShutOutBy, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    partners: tuple[Partnership, ...] = ()
    elsewhere: tuple[EntityRef, ...] = ()
    members: tuple[Membership, ...] = ()
    total: int | None = None
