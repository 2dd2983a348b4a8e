"""The chains of one question: those that lead to the target, and those that go as far as sources do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice

from kg.mechanism.chains import (
    DRUG,
    MAX_CHAIN_EXPANSIONS,
    Chains,
    harm_of_another,
    maximal_chains,
    reversed_chain,
    walk_counts,
)
from kg.mechanism.ground import Ground
from kg.paths.best_paths import FoundPath

CANDIDATES = 200
HOPELESS = 50 * MAX_CHAIN_EXPANSIONS  # with more walks than this nobody tries to list the chains among them


class ChainSearch:
    """Finds the chains of one question, by number."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._index, self._max_length = ground.index, ground.question.max_length

    def to_target(self) -> Chains:
        """Paths from each drug to the target, cheapest first, more than are shown: short cuts will be folded."""
        ground = self._ground
        if not ground.targets:
            return Chains([], None)
        paths: list[FoundPath] = []
        stopped_by = None
        for drug in ground.drugs:
            search = ground.best([drug], ground.targets)
            paths += filter(ground.does_harm_itself, islice(iter(search), CANDIDATES))
            stopped_by = stopped_by or search.stopped_by
        paths += self._through_joint_causes(self._joint_cause_to_target)
        return Chains(sorted(paths, key=lambda path: (path.code, path.nodes, path.steps)), stopped_by)

    def _joint_cause_to_target(self, joint: int) -> Iterable[FoundPath]:
        if joint in self._ground.targets:
            return [FoundPath((joint,), (), 0)]
        return islice(iter(self._ground.best([joint], self._ground.targets)), CANDIDATES)

    def leading(self, drugs: Sequence[int]) -> Chains:
        """Chains as far as they go: on from the drugs, or back from the target where no drug is given."""
        chains = self._onward_from(drugs) if drugs else self._back_from_target()
        return replace(chains, found=self._without_harm_of_others(chains.found, keep_end=not drugs))

    def _without_harm_of_others(self, chains: Sequence[FoundPath], *, keep_end: bool) -> list[FoundPath]:
        """Chains up to where they turn to harm that another treatment does, or, to keep their end, from there on."""
        kept: dict[FoundPath, None] = {}
        cut: list[FoundPath] = []
        for chain in chains:
            turn = harm_of_another(self._index, self._ground.treatments, chain)
            if turn is None:
                kept[chain] = None
            elif keep_end:
                steps = chain.steps[turn[0] :]
                cut.append(FoundPath(chain.nodes[turn[0] :], steps, self._ground.cost_of(steps)))
            else:
                cut.append(self._ground.prefix(chain, turn[1] - 1))
        begun = {chain.steps[: len(short.steps)] for chain in kept for short in cut}
        kept.update(dict.fromkeys(short for short in cut if keep_end or short.steps not in begun))
        return list(kept)

    def _onward_from(self, drugs: Sequence[int]) -> Chains:
        by_drug = [self._onward(drug, self._max_length) for drug in drugs]
        joined = self._through_joint_causes(
            lambda joint: self._onward(joint, self._max_length - 1).found or [FoundPath((joint,), (), 0)]
        )
        stopped_by = next((chains.stopped_by for chains in by_drug if chains.stopped_by), None)
        return Chains([*(chain for chains in by_drug for chain in chains.found), *joined], stopped_by)

    def _back_from_target(self) -> Chains:
        ground, index = self._ground, self._index
        back = maximal_chains(index, ground.projection.into, ground.targets, self._max_length, ground.limits)
        if back.stopped_by:  # too many to list them all: then the best from the drugs
            drugs = ground.of_types(frozenset({DRUG})).nonzero()[0].tolist()
            search = ground.best([drug for drug in drugs if drug not in ground.targets], ground.targets)
            return Chains(list(islice(iter(search), CANDIDATES)), "k")
        begun = dict.fromkeys(self._from_first_cause(reversed_chain(chain)) for chain in back.found)
        within = {chain.steps[place:] for chain in begun for place in range(1, len(chain.nodes))}
        chains = [chain for chain in begun if chain.steps and chain.steps not in within]
        return Chains([*chains, *self._from_inner_treatments(chains)], None)

    def _from_first_cause(self, chain: FoundPath) -> FoundPath:
        """A chain without the forms of a thing that it begins with: that a mutant is one of KIT does nothing to KIT."""
        predicates = (self._index.predicates[int(self._index.link_predicate[step >> 1])] for step in chain.steps)
        forms = next((place for place, predicate in enumerate(predicates) if predicate.causal), len(chain.steps))
        steps = chain.steps[forms:]
        return FoundPath(chain.nodes[forms:], steps, self._ground.cost_of(steps)) if forms else chain

    def _onward(self, start: int, length: int) -> Chains:
        """Its chains; where there are too many to look at, the longest that can all be looked at."""
        ground, out = self._ground, self._ground.projection.out
        walks = walk_counts(out, start, length, HOPELESS)
        if walks[-1] < HOPELESS:
            chains = maximal_chains(self._index, out, [start], length, ground.limits, avoid=ground.given_with(start))
            if chains.stopped_by != "expansions":
                return chains
        shorter = max(sum(count <= MAX_CHAIN_EXPANSIONS for count in walks), 1)
        fewer = maximal_chains(self._index, out, [start], shorter, ground.limits, avoid=ground.given_with(start))
        return replace(fewer, stopped_by=fewer.stopped_by or "expansions")

    def _through_joint_causes(self, onward: Callable[[int], Iterable[FoundPath]]) -> list[FoundPath]:
        """Chains from classes that drugs stand for, through joint causes that are whole with them, and on."""
        ground, found = self._ground, []
        for group, hops in ground.joining.items():
            for joint, step in hops:
                for way in onward(joint):
                    if group not in way.nodes and len(way.steps) < self._max_length:
                        steps = (step, *way.steps)
                        found.append(FoundPath((group, *way.nodes), steps, ground.cost_of(steps)))
        return found

    def _from_inner_treatments(self, chains: Sequence[FoundPath]) -> list[FoundPath]:
        """What a treatment does itself, where a chain comes to it from something that enhances it or is in its way."""
        found: dict[FoundPath, None] = {}
        for chain in chains:
            for place, node in enumerate(chain.nodes[1:-1], 1):
                if node in self._ground.treatments:
                    steps = chain.steps[place:]
                    found[FoundPath(chain.nodes[place:], steps, self._ground.cost_of(steps))] = None
        return list(found)
