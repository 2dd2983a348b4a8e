"""What is asked about a mechanism, and what the answer is made of."""

from __future__ import annotations

from dataclasses import dataclass

from kg.errors import InvalidParameter
from kg.identifiers import display
from kg.mechanism.graph import MechanismGraph
from kg.model import DEFAULT_CERTAINTIES, Certainty, EntityRef
from kg.paths.adjacency import Selection, check_certainties, check_range
from kg.paths.steps import Step

MAX_LENGTH = 12
DEFAULT_LENGTH = 10
MAX_PATHS = 100
DEFAULT_PATHS = 10
MAX_DRUGS = 10


@dataclass(frozen=True)
class MechanismQuestion:
    """By which sourced steps do drugs act on a target?

    Attributes:
        drugs: IRIs of what the paths start from; none: whatever reaches the target.
        target: IRI of what they should reach; None: wherever they lead.
        subtypes: IRIs that count as the target as well (the subtypes of a histotype).
        max_length: most steps of a path, 1 to 12.
        k: most paths, 1 to 100; short cuts folded under them come on top.
    """

    drugs: tuple[str, ...] = ()
    target: str | None = None
    subtypes: tuple[str, ...] = ()
    certainties: frozenset[Certainty] = DEFAULT_CERTAINTIES
    max_length: int = DEFAULT_LENGTH
    k: int = DEFAULT_PATHS
    include_imports: bool = False

    def __post_init__(self) -> None:
        if not self.drugs and self.target is None:
            raise InvalidParameter("drug", "", "a drug, a target, or both")
        if self.target in self.drugs:
            raise InvalidParameter("target", display(self.target or ""), "an entity other than the drug")
        if len(self.drugs) > MAX_DRUGS:
            raise InvalidParameter("drug", str(len(self.drugs)), f"at most {MAX_DRUGS} drugs")
        check_certainties(self.certainties)
        check_range("max_length", self.max_length, 1, MAX_LENGTH)
        check_range("k", self.k, 1, MAX_PATHS)

    def selection(self) -> Selection:
        """The links that count."""
        return Selection(certainties=frozenset(self.certainties), include_imports=self.include_imports, causal=True)


@dataclass(frozen=True)
class JointInput:
    """Something else that a path needs: another input of a joint cause, or another part of a complex.

    Attributes:
        role: "input" of a joint cause, or "partner" in a complex.
        into: the joint cause or the complex.
        reached: whether the drugs (or where the path starts) bring it about; a partner need not be.
        sign: net sign of the best path that brings it about; None if there is none or it has no sign.
    """

    node: EntityRef
    into: EntityRef
    role: str
    reached: bool
    sign: int | None
    statements: tuple[str, ...]


@dataclass(frozen=True)
class MechanismPath:
    """A causal path.

    Attributes:
        number: from 0, in the order of the answer.
        score: its cost as in ``kg.paths.traversal``; lower is better.
        net_sign: +1, -1, or None where a step has no sign.
        certainty: of its weakest step.
        complete: whether it reaches what was asked for and every joint cause on it has all its inputs.
        end: what it leads to.
        joint_inputs: what else it needs, beyond its own nodes.
        summarised_by: number of the longer path that it is a short cut of.
        agrees: whether the net sign is that of a direct statement from its first to its last node; None where
            no source makes one, or sources differ, or the path is that statement itself.
        sentence: the steps and the net sign in plain words.
    """

    number: int
    length: int
    score: float
    steps: tuple[Step, ...]
    net_sign: int | None
    certainty: Certainty
    complete: bool
    start: EntityRef
    end: EntityRef
    joint_inputs: tuple[JointInput, ...]
    summarised_by: int | None
    agrees: bool | None
    sentence: str


@dataclass(frozen=True)
class Gap:
    """Where sources stop. ``from_`` is what is reached, ``to`` what is not (None: nothing was asked for)."""

    from_: EntityRef
    to: EntityRef
    reason: str


@dataclass(frozen=True)
class MechanismAnswer:
    """Paths, best first, then the short cuts folded under them.

    Attributes:
        truncated_by: "k", "timeout" or "expansions" where there may be more paths.
        excluded_by: ("certainty",) where weaker statements would lead on to the target.
    """

    paths: tuple[MechanismPath, ...]
    graph: MechanismGraph
    gaps: tuple[Gap, ...]
    limit: int
    truncated: bool
    truncated_by: str | None
    excluded_by: tuple[str, ...] = ()
