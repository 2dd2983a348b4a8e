"""How a drug acts: signed causal paths, every step stated by a source, and gaps where no source goes on.

Only predicates that are causal or carry a sign are walked, in their direction. The net sign of a path is the
product of its steps' signs; a step without one makes it unknown. A joint cause counts as brought about only
when all its inputs are. A statement that spans a stretch of a longer path with the same sign is a short cut,
folded under that path. ``kg.mechanism.chains`` does this by number, ``kg.mechanism.partners`` compares the
drugs of a regimen, ``kg.mechanism.layering`` places the drawing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from kg.mechanism.answer import Gap, JointInput, MechanismAnswer, MechanismPath
from kg.mechanism.background import Background
from kg.mechanism.chains import (
    MAX_CHAIN_EXPANSIONS,
    SENSITIZING,
    Chains,
    folded,
    joint_inputs,
    maximal_chains,
    net_sign,
    reversed_chain,
    through_another_treatment,
    walk_counts,
)
from kg.mechanism.gaps import CLOSE, Gaps
from kg.mechanism.graph import draw
from kg.mechanism.ground import OF_THE_CELL, Ground
from kg.mechanism.partners import partners
from kg.mechanism.question import (
    DEFAULT_LENGTH,
    DEFAULT_PATHS,
    MAX_DRUGS,
    MAX_LENGTH,
    MAX_PATHS,
    MechanismQuestion,
)
from kg.mechanism.relevance import DISEASE, relevant
from kg.mechanism.telling import Teller
from kg.paths.best_paths import FoundPath, SearchLimits
from kg.paths.breadth_first import distances
from kg.paths.index import Index
from kg.paths.steps import StatementSource

__all__ = [
    "DEFAULT_LENGTH", "DEFAULT_PATHS", "MAX_DRUGS", "MAX_LENGTH", "MAX_PATHS", "Background", "Gap", "JointInput",
    "MechanismAnswer", "MechanismPath", "MechanismQuestion", "mechanism",
]  # fmt: skip

CANDIDATES = 200
HOPELESS = 50 * MAX_CHAIN_EXPANSIONS  # with more walks than this nobody tries to list the chains among them
DRUG = "Drug"


def mechanism(
    index: Index,
    question: MechanismQuestion,
    source: StatementSource | None = None,
    limits: SearchLimits | None = None,
    background: Background | None = None,
) -> MechanismAnswer:
    """The sourced paths from the drugs to the target, or how far they go.

    Without a background nothing is inferred of the cell cycle, and nothing that sources deny is looked up.

    Returns: from a drug that no path leads to the target from, the chains that come nearest, longest first, each
        with ``complete`` False, and a gap for each of their ends.
    Raises: EntityNotFound, InvalidParameter.
    """
    return _Search(Ground(index, question, source, limits or SearchLimits()), background).answer()


class _Search:
    """One question at work."""

    def __init__(self, ground: Ground, background: Background | None) -> None:
        self.ground, self.background = ground, background
        self.index, self.question = ground.index, ground.question

    def answer(self) -> MechanismAnswer:
        ground = self.ground
        any_reaching, stopped_by = self._reaching()
        reaching = [path for path in any_reaching if self._has_effect(path)]
        started = {path.nodes[0] for path in any_reaching}
        lacking = [drug for drug in ground.drugs if drug not in started]
        leading = Chains([], None)
        followed = ground.drugs if self._concerns_a_disease() else lacking
        if followed or not ground.drugs:
            leading = self._leading(followed)
        gaps = Gaps(ground, lacking)
        kept = relevant(ground, self._ranked(leading.found))
        if not ground.drugs:
            any_reaching = kept.chains
            kept = replace(kept, chains=[chain for chain in any_reaching if self._has_effect(chain)])
        firm = [part for drug in lacking for part in gaps.firm_parts(drug)]
        beside = [chain for chain in kept.chains if chain.nodes[0] not in started or self._adds(chain, kept.own)]
        candidates = [*reaching, *dict.fromkeys([*firm, *beside])]
        shown, under, more = self._choice(_fairly(candidates))
        pairs = partners(ground, self.background, [*reaching, *self._everywhere(leading, lacking)])
        teller = Teller(ground, self.background)
        paths = teller.paths(shown, under)
        in_target = {path.number for path, chain in zip(paths, shown, strict=True) if chain in kept.own}
        told = gaps.missing_inputs(paths)
        if ground.targets:
            told += gaps.stops(paths, lacking, in_target) + gaps.unexplained(paths)
        else:
            told += gaps.beyond()
        graph = draw(
            self.index, ground.projection, ground.describer, [*shown, *self._support(shown), *pairs.ways],
            shown=len(shown), drugs=ground.drugs, targets=ground.targets[:1],
            meetings={meeting.node.id: meeting.relation for pair in pairs.pairs for meeting in pair.meetings},
        )  # fmt: skip
        cut_by = "k" if more else stopped_by or leading.stopped_by
        excluded_by = gaps.excluded_by(found=candidates, whatever_effect=any_reaching)
        return MechanismAnswer(
            paths, graph, tuple(told), self.question.k, cut_by is not None, cut_by, excluded_by, pairs.pairs,
            kept.elsewhere, None if cut_by else len(paths),
        )  # fmt: skip

    def _reaching(self) -> tuple[list[FoundPath], str | None]:
        """Paths from each drug to the target, cheapest first, more than are shown: short cuts will be folded."""
        found: list[FoundPath] = []
        stopped_by = None
        for drug in self.ground.drugs if self.ground.targets else ():
            search = self.ground.best([drug], self.ground.targets)
            found += islice(iter(search), CANDIDATES)
            stopped_by = stopped_by or search.stopped_by
        if self.ground.targets:
            found += self._by_members()
        return sorted(found, key=lambda path: (path.code, path.nodes, path.steps)), stopped_by

    def _by_members(self) -> list[FoundPath]:
        """Paths to the target from classes that drugs stand for, through joint causes that are whole with them."""
        ground = self.ground

        def onward(joint: int) -> Iterable[FoundPath]:
            if joint in ground.targets:
                return [FoundPath((joint,), (), 0)]
            return islice(iter(ground.best([joint], ground.targets)), CANDIDATES)

        return self._through_joint_causes(onward)

    def _through_joint_causes(self, onward: Callable[[int], Iterable[FoundPath]]) -> list[FoundPath]:
        ground, found = self.ground, []
        for group, hops in ground.joining.items():
            for joint, step in hops:
                for way in onward(joint):
                    if group not in way.nodes and len(way.steps) < self.question.max_length:
                        steps = (step, *way.steps)
                        found.append(FoundPath((group, *way.nodes), steps, ground.cost_of(steps)))
        return found

    def _has_effect(self, path: FoundPath) -> bool:
        """Whether a path to the target does to it what was asked for."""
        if self.question.effect is None:
            return True
        if self.index.predicates[int(self.index.link_predicate[path.steps[-1] >> 1])].name in SENSITIZING:
            return False  # cells that are more sensitive are neither more nor fewer
        return net_sign(self.index, path.steps) == (1 if self.question.effect == "raises" else -1)

    def _concerns_a_disease(self) -> bool:
        """Whether what sources state of the target, though not as a step to it, adds to paths that reach it."""
        target = self.ground.target
        return target is not None and self.index.type_of(target) == DISEASE and self.question.effect is None

    def _adds(self, chain: FoundPath, own: Collection[FoundPath]) -> bool:
        """Whether a chain of a drug that reaches the target says something else of it."""
        return chain in own and not set(chain.nodes).intersection(self.ground.targets)

    def _leading(self, drugs: Sequence[int]) -> Chains:
        """Chains as far as they go: on from the drugs, or back from the target where no drug is given."""
        ground, length = self.ground, self.question.max_length
        if drugs:
            each = [self._onward(drug, length) for drug in drugs]
            stopped_by = next((chains.stopped_by for chains in each if chains.stopped_by), None)
            found = [chain for chains in each for chain in chains.found]
            joined = self._through_joint_causes(
                lambda joint: self._onward(joint, length - 1).found or [FoundPath((joint,), (), 0)]
            )
            return Chains([*found, *joined], stopped_by)
        back = maximal_chains(self.index, ground.projection.into, ground.targets, length, ground.limits)
        if back.stopped_by:  # too many to list them all: then the best from the drugs
            drugs = [number for number in range(len(self.index.nodes)) if self.index.type_of(number) == DRUG]
            search = ground.best([drug for drug in drugs if drug not in ground.targets], ground.targets)
            return Chains(list(islice(iter(search), CANDIDATES)), "k")
        chains = [reversed_chain(chain) for chain in back.found]
        return Chains([*chains, *self._from_inner_drugs(chains)], None)

    def _onward(self, drug: int, length: int) -> Chains:
        """A drug's chains; where there are too many to look at, the longest that can all be looked at."""
        ground, out = self.ground, self.ground.projection.out
        walks = walk_counts(out, drug, length, HOPELESS)
        if walks[-1] < HOPELESS:
            chains = maximal_chains(self.index, out, [drug], length, ground.limits, avoid=ground.drugs)
            if chains.stopped_by != "expansions":
                return chains
        shorter = max(sum(count <= MAX_CHAIN_EXPANSIONS for count in walks), 1)
        fewer = maximal_chains(self.index, out, [drug], shorter, ground.limits, avoid=ground.drugs)
        return replace(fewer, stopped_by=fewer.stopped_by or "expansions")

    def _from_inner_drugs(self, chains: Sequence[FoundPath]) -> list[FoundPath]:
        """What a drug does itself, where a chain comes to it from another drug that only enhances it."""
        found: dict[FoundPath, None] = {}
        for chain in chains:
            for place, node in enumerate(chain.nodes[1:-1], 1):
                if self.index.type_of(node) == DRUG:
                    steps = chain.steps[place:]
                    found[FoundPath(chain.nodes[place:], steps, self.ground.cost_of(steps))] = None
        return list(found)

    def _everywhere(self, leading: Chains, lacking: Sequence[int]) -> list[FoundPath]:
        """All that the drugs of a regimen lead to: their paths may meet beside the way to the target, too."""
        if len(self.ground.drugs) < 2:
            return []
        others = [drug for drug in self.ground.drugs if drug not in lacking]
        found = [*leading.found, *(self._leading(others).found if others else ())]
        return relevant(self.ground, _in_turn(sorted(found, key=lambda chain: chain.code))).chains

    def _choice(self, ranked: Sequence[FoundPath]) -> tuple[list[FoundPath], list[int | None], bool]:
        """The chains to show, those folded under them last, and which one each is folded under."""
        ranked = ranked[: 5 * CANDIDATES]
        under = folded(self.index, ranked)
        whole = [number for number, longer in enumerate(under) if longer is None]
        kept = whole[: self.question.k]
        short = [n for n, longer in enumerate(under) if longer in set(kept)][: 2 * self.question.k]
        place = {number: new for new, number in enumerate([*kept, *short])}
        folds = [None if (longer := under[number]) is None else place[longer] for number in place]
        return [ranked[number] for number in place], folds, len(whole) > len(kept)

    def _ranked(self, chains: Sequence[FoundPath]) -> list[FoundPath]:
        ground = self.ground
        if not (ground.drugs and ground.targets):
            return sorted(chains, key=_Rank(ground, None))
        return sorted(
            chains, key=_Rank(ground, distances(ground.around.out, ground.targets, None, ground.of_types(OF_THE_CELL)))
        )

    def _support(self, shown: Sequence[FoundPath]) -> list[FoundPath]:
        """The best chains to joint inputs that no path shown leads through; the drawing holds them."""
        drawn = {node for path in shown for node in path.nodes}
        support: list[FoundPath] = []
        todo = list(shown)
        while todo:
            path = todo.pop()
            for node in path.nodes[1:]:
                for other, _ in joint_inputs(self.index, self.ground.projection, node):
                    way = self.ground.way_to(other) if other not in drawn else None
                    if way is not None:
                        drawn.update(way.nodes)
                        support.append(way)
                        todo.append(way)
        return support


def _fairly(ranked: Sequence[FoundPath]) -> list[FoundPath]:
    """The best path of each start before the second best of any, so that no drug of a regimen goes unmentioned."""
    first = {path.nodes[0]: number for number, path in reversed(list(enumerate(ranked)))}
    order = sorted(range(len(ranked)), key=lambda n: (first[ranked[n].nodes[0]] != n, n))
    return [ranked[number] for number in order]


def _in_turn(ranked: Sequence[FoundPath]) -> list[FoundPath]:
    """The first path of every start, then the second of every start, and so on."""
    turns: Counter[int] = Counter()
    placed = []
    for path in ranked:
        turns[path.nodes[0]] += 1
        placed.append((turns[path.nodes[0]], path))
    return [path for _, path in sorted(placed, key=lambda each: each[0])]


class _Rank:
    """Order of chains that reach nothing asked for.

    First those from a drug that stay its own: "A enhances the effect of B" followed by what B does comes
    last. Then those that end close to the target by any statements, the longest, of these those that end
    nearest, then the cheapest.
    """

    def __init__(self, ground: Ground, distance: np.ndarray[tuple[int], np.dtype[np.int32]] | None) -> None:
        self._index, self._treatments, self._distance = ground.index, ground.treatments, distance
        self._far = len(ground.index.nodes)

    def __call__(self, chain: FoundPath) -> tuple[bool, bool, bool, int, int, int, tuple[int, ...], tuple[int, ...]]:
        distance = -1 if self._distance is None else int(self._distance[chain.nodes[-1]])
        if distance < 0:
            distance = self._far
        return (
            self._index.type_of(chain.nodes[0]) != DRUG,
            through_another_treatment(self._index, self._treatments, chain), distance > CLOSE,
            -len(chain.steps), distance, chain.code, chain.nodes, chain.steps,
        )  # fmt: skip
