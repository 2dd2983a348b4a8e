"""How a drug acts: signed causal paths, every step stated by a source, and gaps where no source goes on.

Only predicates that are causal or carry a sign are walked, in their direction. The net sign of a path is the
product of its steps' signs; a step without one makes it unknown. A joint cause counts as brought about only
when all its inputs are. A statement that spans a stretch of a longer path with the same sign is a short cut,
folded under that path. ``kg.mechanism.chains`` does this by number; ``kg.mechanism.layering`` places the drawing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np

from kg.mechanism.answer import (
    DEFAULT_LENGTH,
    DEFAULT_PATHS,
    MAX_DRUGS,
    MAX_LENGTH,
    MAX_PATHS,
    Gap,
    JointInput,
    MechanismAnswer,
    MechanismPath,
    MechanismQuestion,
)
from kg.mechanism.chains import (
    Chains,
    brought_about,
    complex_partners,
    folded,
    joint_inputs,
    maximal_chains,
    net_sign,
    reversed_chain,
)
from kg.mechanism.graph import draw
from kg.model import CERTAINTIES, EntityRef
from kg.paths.adjacency import Projection, Selection, links_allowed, project
from kg.paths.best_paths import BestPaths, FoundPath, SearchLimits
from kg.paths.breadth_first import distances
from kg.paths.index import COST_SHIFT, COST_UNIT, SIGN_CARRY, Index
from kg.paths.steps import Describer, StatementSource, Step, weakest

__all__ = [
    "DEFAULT_LENGTH", "DEFAULT_PATHS", "MAX_DRUGS", "MAX_LENGTH", "MAX_PATHS", "Gap", "JointInput",
    "MechanismAnswer", "MechanismPath", "MechanismQuestion", "mechanism",
]  # fmt: skip

CANDIDATES = 200
DRUG = "Drug"


def mechanism(
    index: Index,
    question: MechanismQuestion,
    source: StatementSource | None = None,
    limits: SearchLimits | None = None,
) -> MechanismAnswer:
    """The sourced paths from the drugs to the target, or how far they go.

    Returns: where no path reaches the target, the chains from the drugs that come nearest, longest first,
        each with ``complete`` False, and a gap for each of their ends.
    Raises: EntityNotFound, InvalidParameter.
    """
    return _Search(index, question, source, limits or SearchLimits()).answer()


class _Search:
    """One question at work."""

    def __init__(
        self, index: Index, question: MechanismQuestion, source: StatementSource | None, limits: SearchLimits
    ) -> None:
        self.index, self.question, self.limits = index, question, limits
        self.drugs = [index.node(iri, "drug") for iri in dict.fromkeys(question.drugs)]
        self.target = None if question.target is None else index.node(question.target, "target")
        known = (index.find(iri) for iri in question.subtypes)
        also = sorted({number for number in known if number is not None} - {*self.drugs, self.target})
        self.targets = [] if self.target is None else [self.target, *also]
        self.projection: Projection = project(index, question.selection())
        self.describer = Describer(index, question.selection(), source)
        self._brought: dict[tuple[int, ...], frozenset[int]] = {}

    def answer(self) -> MechanismAnswer:
        chains = self._reaching() if self.drugs and self.targets else self._leading()
        reached = bool(self.targets) and bool(chains.found)
        if self.drugs and self.targets and not reached:
            stopped = chains.stopped_by
            chains = self._leading()
            chains = Chains(chains.found, stopped or chains.stopped_by)
        shown, under, more = self._choice(chains.found, ordered=reached and bool(self.drugs))
        stopped_by = "k" if more else chains.stopped_by
        paths = self._paths(shown, under, reached=reached)
        gaps, excluded_by = self._gaps(paths, shown, reached=reached)
        graph = draw(
            self.index, self.projection, self.describer, [*shown, *self._support(shown)], shown=len(shown),
            drugs=self.drugs, targets=self.targets[:1],
        )  # fmt: skip
        return MechanismAnswer(paths, graph, gaps, self.question.k, stopped_by is not None, stopped_by, excluded_by)

    def _reaching(self) -> Chains:
        """Paths from a drug to the target: more than are shown, because short cuts will be folded."""
        search = self._best(self.targets)
        return Chains(list(islice(iter(search), CANDIDATES)), search.stopped_by)

    def _best(self, targets: Sequence[int]) -> BestPaths:
        interior = np.ones(len(self.index.nodes), dtype=bool)
        return BestPaths(
            self.projection, self.index.link_predicate, sources=self.drugs, targets=targets,
            max_length=self.question.max_length, interior=interior, limits=self.limits,
        )  # fmt: skip

    def _leading(self) -> Chains:
        """Chains as far as they go: on from the drugs, or back from the target where no drug is given."""
        length = self.question.max_length
        if self.drugs:
            return maximal_chains(self.index, self.projection.out, self.drugs, length, self.limits)
        back = maximal_chains(self.index, self.projection.into, self.targets, length, self.limits)
        return Chains([reversed_chain(chain) for chain in back.found], back.stopped_by)

    def _choice(self, found: Sequence[FoundPath], *, ordered: bool) -> tuple[list[FoundPath], list[int | None], bool]:
        """The chains to show, those folded under them last, and which one each is folded under."""
        ranked = list(found) if ordered else sorted(found, key=self._rank())
        ranked = ranked[: 5 * CANDIDATES]
        under = folded(self.index, ranked)
        whole = [number for number, longer in enumerate(under) if longer is None]
        kept = whole[: self.question.k]
        short = [n for n, longer in enumerate(under) if longer in set(kept)][: 2 * self.question.k]
        place = {number: new for new, number in enumerate([*kept, *short])}
        folds = [None if (longer := under[number]) is None else place[longer] for number in place]
        return [ranked[number] for number in place], folds, len(whole) > len(kept)

    def _rank(self) -> _Rank:
        if not (self.drugs and self.targets):
            return _Rank(self.index, None)
        selection = Selection(certainties=frozenset(self.question.certainties), directed=False)
        passable = np.ones(len(self.index.nodes), dtype=bool)
        passable[self.drugs] = False
        around = project(self.index, selection).out
        return _Rank(self.index, distances(around, self.targets, None, passable))

    def _paths(
        self, shown: Sequence[FoundPath], under: Sequence[int | None], *, reached: bool
    ) -> tuple[MechanismPath, ...]:
        chains = self.describer.chains((path.nodes, path.steps) for path in shown)
        return tuple(
            self._path(number, path, steps, under[number], reached=reached or not (self.drugs and self.targets))
            for number, (path, steps) in enumerate(zip(shown, chains, strict=True))
        )

    def _path(
        self, number: int, path: FoundPath, steps: tuple[Step, ...], under: int | None, *, reached: bool
    ) -> MechanismPath:
        needed = self._needed(path)
        sign = net_sign(self.index, path.steps)
        return MechanismPath(
            number=number,
            length=len(steps),
            score=(path.code >> COST_SHIFT) / COST_UNIT,
            steps=steps,
            net_sign=sign,
            certainty=weakest(step.certainty for step in steps),
            complete=reached and all(other.reached for other in needed if other.role == "input"),
            start=steps[0].start,
            end=steps[-1].end,
            joint_inputs=needed,
            summarised_by=under,
            agrees=self._agrees(path, sign),
            sentence=_sentence(steps, sign, needed),
        )

    def _needed(self, path: FoundPath) -> tuple[JointInput, ...]:
        """The other inputs of the joint causes on a path, and the other parts of the complexes."""
        needed: list[JointInput] = []
        for before, node in zip(path.nodes, path.nodes[1:], strict=False):
            inputs = joint_inputs(self.index, self.projection, node)
            if before not in {other for other, _ in inputs}:
                inputs = []  # the path enters the joint cause by a step that suffices
            rows = [("input", row) for row in inputs]
            rows += [("partner", row) for row in complex_partners(self.index, self.projection, node)]
            for role, (other, step) in rows:
                if other not in path.nodes:
                    reached = other in self._by(path.nodes[0])
                    statements = self.describer.steps([(other, step)])[other, step].statements
                    needed.append(
                        JointInput(
                            self.describer.entity(other), self.describer.entity(node), role, reached,
                            self._sign_to(other) if reached else None, statements,
                        )
                    )  # fmt: skip
        return tuple(dict.fromkeys(needed))

    def _by(self, start: int) -> frozenset[int]:
        """What the drugs bring about; without drugs, what the start of the path does."""
        starts = tuple(self.drugs) or (start,)
        if starts not in self._brought:
            self._brought[starts] = brought_about(self.index, self.projection, starts)
        return self._brought[starts]

    def _sign_to(self, node: int) -> int | None:
        path = self._way_to(node)
        return None if path is None else net_sign(self.index, path.steps)

    def _way_to(self, node: int) -> FoundPath | None:
        return next(iter(self._best([node])), None) if self.drugs else None

    def _support(self, shown: Sequence[FoundPath]) -> list[FoundPath]:
        """The best chains to joint inputs that no path shown leads through; the drawing holds them."""
        drawn = {node for path in shown for node in path.nodes}
        support: list[FoundPath] = []
        todo = list(shown)
        while todo:
            path = todo.pop()
            for node in path.nodes[1:]:
                for other, _ in joint_inputs(self.index, self.projection, node):
                    way = self._way_to(other) if other not in drawn else None
                    if way is not None:
                        drawn.update(way.nodes)
                        support.append(way)
                        todo.append(way)
        return support

    def _agrees(self, path: FoundPath, sign: int | None) -> bool | None:
        if sign is None or len(path.steps) == 1:
            return None
        direct = {value for _, value in self._direct(path.nodes[0], path.nodes[-1]) if value}
        return sign in direct if len(direct) == 1 else None

    def _direct(self, start: int, end: int) -> list[tuple[str, int | None]]:
        """Name and sign of the predicates by which sources state something of two nodes directly."""
        selection = Selection(
            certainties=frozenset(self.question.certainties), include_imports=self.question.include_imports
        )
        first, last = self.index.link_pointer[start : start + 2].tolist()
        links = np.flatnonzero(self.index.link_object[first:last] == end) + first
        allowed = links[links_allowed(self.index, selection, links)]
        predicates = [self.index.predicates[int(number)] for number in self.index.link_predicate[allowed]]
        return [(predicate.name, predicate.known_sign) for predicate in predicates]

    def _gaps(
        self, paths: Sequence[MechanismPath], shown: Sequence[FoundPath], *, reached: bool
    ) -> tuple[tuple[Gap, ...], tuple[str, ...]]:
        gaps: list[Gap] = []
        for path in paths:
            for other in path.joint_inputs:
                if other.role == "input" and not other.reached:
                    needs = f"{other.into.label} also needs {other.node.label}"
                    reason = f"{needs}, which no sourced step from {path.start.label} brings about."
                    gaps.append(Gap(path.start, other.node, reason))
        if self.target is None or reached:
            return tuple(dict.fromkeys(gaps)), ()
        target = self.describer.entity(self.target)
        weaker = self._reached_by_weaker()
        hint = " Hedged or hypothesised statements would lead there." if weaker else ""
        if not self.drugs:
            gaps.append(Gap(target, target, f"No source states a causal step that leads to {target.label}.{hint}"))
        for path in paths:
            if path.summarised_by is None:
                reason = f"No source states a causal step on from {path.end.label} towards {target.label}."
                gaps.append(Gap(path.end, target, reason + self._joined_otherwise(path.start, target) + hint))
        started = {path.nodes[0] for path in shown}
        for drug in self.drugs:
            if drug not in started:
                start = self.describer.entity(drug)
                reason = f"No source states a causal step from {start.label}."
                gaps.append(Gap(start, target, reason + self._joined_otherwise(start, target) + hint))
        return tuple(dict.fromkeys(gaps)), ("certainty",) if weaker else ()

    def _joined_otherwise(self, start: EntityRef, target: EntityRef) -> str:
        """What sources do state of the two directly, though not as a cause."""
        assert self.target is not None
        names = sorted({name for name, _ in self._direct(self.index.node(start.id), self.target)})
        if not names:
            return ""
        return f" Of {start.label} and {target.label} sources state directly: {', '.join(names)}."

    def _reached_by_weaker(self) -> bool:
        if frozenset(CERTAINTIES) == frozenset(self.question.certainties) or not self.drugs:
            return False
        selection = Selection(
            certainties=frozenset(CERTAINTIES), include_imports=self.question.include_imports, causal=True
        )
        distance = distances(project(self.index, selection).out, self.drugs, self.question.max_length)
        return any(int(distance[node]) > 0 for node in self.targets)


class _Rank:
    """Order of chains that reach nothing asked for.

    First those from a drug that stay its own: "A enhances the effect of B" followed by what B does comes
    last. Then the longest, of these those that end nearest to the target by any statements, then the
    cheapest.
    """

    def __init__(self, index: Index, distance: np.ndarray[tuple[int], np.dtype[np.int32]] | None) -> None:
        self._index, self._distance = index, distance

    def __call__(self, chain: FoundPath) -> tuple[bool, bool, int, int, int, tuple[int, ...], tuple[int, ...]]:
        far = len(self._index.nodes)
        distance = far if self._distance is None else int(self._distance[chain.nodes[-1]])
        return (
            self._index.type_of(chain.nodes[0]) != DRUG, self._borrowed(chain), -len(chain.steps),
            distance if distance >= 0 else far, chain.code, chain.nodes, chain.steps,
        )  # fmt: skip

    def _borrowed(self, chain: FoundPath) -> bool:
        """Whether it goes on from a second drug that no carrying step makes a form of the first."""
        predicates = self._index.predicates
        return any(
            self._index.type_of(node) == DRUG
            and predicates[int(self._index.link_predicate[step >> 1])].sign != SIGN_CARRY
            for node, step in zip(chain.nodes[1:-1], chain.steps, strict=False)
        )


def _sentence(steps: Sequence[Step], sign: int | None, needed: Sequence[JointInput]) -> str:
    told = "; ".join(step.sentence for step in steps)
    others = [other.node.label for other in needed if other.role == "input"]
    also = f" {' and '.join(dict.fromkeys(others))} must act together with it." if others else ""
    net = {1: "positive", -1: "negative", None: "not known, because a step has no sign"}[sign]
    if len(steps) == 1:
        return f"{told}.{also}"
    return f"{told}.{also} Net effect of {steps[0].start.label} on {steps[-1].end.label}: {net}."
