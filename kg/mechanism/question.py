"""What is asked about a mechanism."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kg.errors import InvalidParameter
from kg.identifiers import display
from kg.model import DEFAULT_CERTAINTIES, Certainty
from kg.paths.adjacency import Selection, check_certainties, check_range

MAX_LENGTH = 12
DEFAULT_LENGTH = 10
MAX_PATHS = 100
DEFAULT_PATHS = 10
MAX_DRUGS = 10

Effect = Literal["raises", "lowers"]
EFFECTS: tuple[Effect, ...] = ("raises", "lowers")


@dataclass(frozen=True)
class MechanismQuestion:
    """By which sourced steps do drugs act on a target?

    Attributes:
        drugs: IRIs of what the paths start from; none: whatever reaches the target.
        target: IRI of what they should reach; None: wherever they lead.
        subtypes: IRIs that count as the target as well (kinds of a disease, an adverse event, a process).
        supertypes: IRIs of wider diagnoses or events, or of families of a protein; what is stated for one of them
            may hold for the target.
        models: IRIs of tumour models of the laboratory: from one no step to a disease is missed.
        about_tumours: whether what drugs do in a tumour may lead to the target; not to a condition that is no cancer.
        memberships: IRIs of one of the drugs and of a class that it belongs to, as curated; where classes must act
            together, members may stand for them.
        members: IRIs of a drug and of the class among ``drugs`` that it belongs to: each is asked about as well, by
            itself.
        forms: where the target is a protein, IRIs of kinds and forms of it; they do not count as the target.
        clinical: IRIs of what a treatment may come to for patients; no step leads on from there into the cell.
        max_length: most steps of a path, 1 to 12.
        graphs: IRIs of named graphs; only their statements count.
        effect: only paths whose net sign raises, or lowers, the target; None: all.
        k: most paths, 1 to 100; short cuts folded under them come on top.
    """

    drugs: tuple[str, ...] = ()
    target: str | None = None
    subtypes: tuple[str, ...] = ()
    supertypes: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    about_tumours: bool = True
    memberships: tuple[tuple[str, str], ...] = ()
    members: tuple[tuple[str, str], ...] = ()
    forms: tuple[str, ...] = ()
    clinical: tuple[str, ...] = ()
    certainties: frozenset[Certainty] = DEFAULT_CERTAINTIES
    max_length: int = DEFAULT_LENGTH
    k: int = DEFAULT_PATHS
    include_imports: bool = False
    graphs: tuple[str, ...] = ()
    effect: Effect | None = None

    def __post_init__(self) -> None:
        if not self.drugs and self.target is None:
            raise InvalidParameter("drug", "", "a drug, a target, or both")
        if self.target in self.drugs:
            raise InvalidParameter("target", display(self.target or ""), "an entity other than the drug")
        if len(self.drugs) > MAX_DRUGS:
            raise InvalidParameter("drug", str(len(self.drugs)), f"at most {MAX_DRUGS} drugs")
        if self.effect is not None and (self.effect not in EFFECTS or self.target is None):
            raise InvalidParameter("effect", self.effect, f"one of {', '.join(EFFECTS)}, with a target")
        check_certainties(self.certainties)
        check_range("max_length", self.max_length, 1, MAX_LENGTH)
        check_range("k", self.k, 1, MAX_PATHS)

    def selection(self) -> Selection:
        """The links that count."""
        return Selection(
            certainties=frozenset(self.certainties), include_imports=self.include_imports, causal=True,
            graphs=frozenset(self.graphs),
        )  # fmt: skip
