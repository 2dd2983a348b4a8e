"""What every part of a mechanism question works on: the index, who starts, what is to be reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from kg.keeping import MadeOnce
from kg.mechanism.chains import DISEASES, HARM, TREATMENTS, brought_about, harm_of_another, is_input_step
from kg.mechanism.question import MechanismQuestion
from kg.model import CERTAINTIES, Certainty, EntityRef
from kg.paths.adjacency import Directions, Mask, Selection, links_allowed
from kg.paths.best_paths import BestPaths, FoundPath, SearchLimits
from kg.paths.index import Index
from kg.paths.lazy_adjacency import directions_often
from kg.paths.steps import Describer, Hop, StatementSource, Step
from ontology import kinds

PROTEIN = "Target"
OF_THE_CELL = frozenset(kinds.OF_THE_CELL)


@dataclass(frozen=True)
class Membership:
    """A drug that stands for the class it belongs to: an inference, because sources state the rest of the class.

    Attributes:
        group: the class.
        sentence: the premise in words; it is curated.
    """

    drug: EntityRef
    group: EntityRef
    sentence: str


class Ground:
    """One question, every name already a number.

    Attributes:
        asked: the drugs that were asked about.
        drugs: these, and the drugs of the classes among them.
        classes: by drug that was asked about by its class alone, the classes.
        targets: the target first, then what else counts as it; empty where nothing was asked for.
        projection: the causal links that count.
        members: by class that nobody asked for, the drugs that stand for it.

    Raises: EntityNotFound.
    """

    def __init__(
        self, index: Index, question: MechanismQuestion, source: StatementSource | None, limits: SearchLimits
    ) -> None:
        self.index, self.question, self.limits, self.source = index, question, limits, source
        self.asked = [index.node(iri, "drug") for iri in dict.fromkeys(question.drugs)]
        self.classes = self._classes(question.members)
        self.drugs = [*self.asked, *self.classes]
        self.target = None if question.target is None else index.node(question.target, "target")
        also = self._known(question.subtypes) - {*self.drugs, self.target}
        self.targets = [] if self.target is None else [self.target, *sorted(also)]
        self.wider = frozenset(self._known(question.supertypes))
        self.forms = frozenset(self._known(question.forms))
        self.clinical = frozenset(self._known(question.clinical))
        self.members = self._members(question.memberships)
        self.projection = directions_often(index, question.selection())
        self.describer = Describer(index, question.selection(), source)
        self._brought: dict[tuple[int, ...], Mask] = {}

    def _known(self, iris: Sequence[str]) -> set[int]:
        return {number for number in map(self.index.find, iris) if number is not None}

    def _members(self, memberships: Sequence[tuple[str, str]]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for pair in memberships:
            drug, group = map(self.index.find, pair)
            if drug in self.drugs and group is not None and group not in self.drugs:
                found.setdefault(group, []).append(drug)
        return found

    def _classes(self, members: Sequence[tuple[str, str]]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for pair in members:
            drug, group = map(self.index.find, pair)
            if drug is not None and group is not None and drug not in self.asked:
                found.setdefault(drug, []).append(group)
        return found

    @MadeOnce
    def standing(self) -> tuple[Membership, ...]:
        """The drugs of the classes that were asked about."""
        pairs = [(drug, group) for drug, groups in self.classes.items() for group in groups]
        return tuple(self._membership(drug, group) for drug, group in sorted(pairs, key=lambda pair: pair[::-1]))

    def _membership(self, drug: int, group: int) -> Membership:
        member, whole = self.describer.entity(drug), self.describer.entity(group)
        return Membership(member, whole, f"{member.label} belongs to the class {whole.label}")

    def memberships(self, node: int) -> tuple[Membership, ...]:
        """The drugs that stand for a class, each with what that rests on; none for anything else."""
        return tuple(self._membership(drug, node) for drug in self.members.get(node, ()))

    @MadeOnce
    def joining(self) -> dict[int, list[Hop]]:
        """By class that drugs stand for: its steps into joint causes that are whole, with the joint cause."""
        found: dict[int, list[Hop]] = {}
        for group in sorted(self.members):
            neighbors, steps, _ = self.projection.out.row(group)
            whole = [
                (joint, step)
                for joint, step in zip(neighbors.tolist(), steps.tolist(), strict=True)
                if is_input_step(self.index, step) and self.brought_by(group)[joint]
            ]
            if whole:
                found[group] = whole
        return found

    @MadeOnce
    def treatments(self) -> frozenset[int]:
        """Every drug, class of drugs, procedure and regimen of the graph."""
        return frozenset(self.of_types(TREATMENTS).nonzero()[0].tolist())

    @property
    def about_harm(self) -> bool:
        """Whether an adverse event was asked for."""
        return self.target is not None and self.index.type_of(self.target) == HARM

    @property
    def about_disease(self) -> bool:
        """Whether a disease was asked for."""
        return self.target is not None and self.index.type_of(self.target) in DISEASES

    @property
    def about_protein(self) -> bool:
        """Whether a protein, or a family or form of one, was asked for."""
        return self.target is not None and self.index.type_of(self.target) == PROTEIN

    def does_harm_itself(self, path: FoundPath) -> bool:
        """Whether what a path leads to is no harm that another treatment on it does."""
        return harm_of_another(self.index, self.treatments, path) is None

    def of_types(self, names: frozenset[str]) -> Mask:
        """For every node whether it is of one of some classes."""
        wanted = np.array([name in names for name in self.index.types], dtype=bool)
        mask: Mask = wanted[self.index.node_type]
        return mask

    @MadeOnce
    def every_certainty(self) -> Directions:
        """The causal links of whatever certainty."""
        return directions_often(self.index, self._any_certainty)

    @MadeOnce
    def hedging_describer(self) -> Describer:
        """Names steps of whatever certainty."""
        return Describer(self.index, self._any_certainty, self.source)

    @MadeOnce
    def around_describer(self) -> Describer:
        """Names the steps of :attr:`around`."""
        return Describer(self.index, self._around_selection, self.source)

    @property
    def _around_selection(self) -> Selection:
        return replace(self.question.selection(), causal=False, directed=False, include_imports=False)

    @property
    def _any_certainty(self) -> Selection:
        return replace(self.question.selection(), certainties=frozenset(CERTAINTIES))

    @MadeOnce
    def around(self) -> Directions:
        """All that sources state, causes or not, walked either way; imports hold too much that joins everything."""
        return directions_often(self.index, self._around_selection)

    def best(self, starts: Sequence[int], ends: Sequence[int], projection: Directions | None = None) -> BestPaths:
        """The cheapest causal paths, best first; none leads through a drug that is given where it starts."""
        interior = np.ones(len(self.index.nodes), dtype=bool)
        interior[[drug for start in starts for drug in self.given_with(start)]] = False
        return BestPaths(
            projection or self.projection, sources=starts, targets=ends,
            max_length=self.question.max_length, interior=interior, limits=self.limits,
        )  # fmt: skip

    def given_with(self, start: int) -> list[int]:
        """The drugs that act where a path sets out; a drug that was asked about by its class takes its place."""
        own = self.classes.get(start)
        return self.asked if own is None else [*(drug for drug in self.asked if drug not in own), start]

    def way_to(self, node: int, start: int) -> FoundPath | None:
        """The cheapest path from any drug that acts where one sets out; None where there is none, or no drug."""
        return next(iter(self.best(self.given_with(start), [node])), None) if self.asked else None

    def ways(self, start: int, end: int, most: int) -> Iterator[FoundPath]:
        """The cheapest paths from one node to another."""
        return islice(iter(self.best([start], [end])), most)

    def brought_by(self, start: int) -> Mask:
        """For every node whether the drugs bring it about; without any, whether the start of a path does."""
        starts = tuple(self.given_with(start)) or (start,)
        if starts not in self._brought:
            self._brought[starts] = brought_about(self.index, self.projection, starts, self.members)
        return self._brought[starts]

    def direct(self, start: int, ends: Sequence[int], certainties: Sequence[Certainty] = ()) -> list[Step]:
        """All that sources state of two things directly, causal or not, from the first to the second.

        ``certainties``: none given: those that were asked for.
        """
        sure = frozenset(certainties) or self.question.certainties
        selection = replace(self.question.selection(), causal=False, certainties=sure)
        first, last = self.index.link_pointer[start : start + 2].tolist()
        links = np.flatnonzero(np.isin(self.index.link_object[first:last], ends)) + first
        allowed = links[links_allowed(self.index, selection, links)].tolist()
        steps = Describer(self.index, selection, self.source).steps([(start, link << 1) for link in allowed])
        return [steps[start, link << 1] for link in allowed]

    def direct_either_way(self, start: int, ends: Sequence[int], certainties: Sequence[Certainty] = ()) -> list[Step]:
        """The same, and what they state from the second to the first."""
        back = (step for end in ends for step in self.direct(end, [start], certainties))
        return [*self.direct(start, ends, certainties), *back]

    def prefix(self, path: FoundPath, length: int) -> FoundPath:
        """The first steps of a path, with their own cost."""
        steps = path.steps[:length]
        return FoundPath(path.nodes[: length + 1], steps, self.cost_of(steps))

    def cost_of(self, steps: Sequence[int]) -> int:
        """The coded cost of some steps."""
        return self.index.cost_of(steps, with_imports=self.question.selection().reads_imports)
