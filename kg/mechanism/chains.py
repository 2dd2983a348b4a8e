"""Causal chains by number: how far they lead, which are short cuts, and which need more than one cause."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kg.paths.adjacency import Directions, Mask, Neighbors, Nodes
from kg.paths.best_paths import FoundPath, SearchLimits
from kg.paths.index import SIGN_CARRY, SIGN_NONE, Ids, Index
from ontology import kinds

INPUT = "inputOf"
COMPLEX_PREDICATES = frozenset({"partOfComplex", "formsComplex"})
COMPLEX = "Complex"
DRUG = "Drug"
# Such a step changes how readily its object answers to treatment, and not how much there is of it.
SENSITIZING = frozenset({"sensitizes", "inhibitionSensitizes"})
TREATMENTS = frozenset(kinds.TREATMENTS)
HARM = "AdverseEvent"
DISEASES = frozenset(kinds.DISEASES)
MAX_CHAIN_EXPANSIONS = 20_000
SIGN_CODES = 4
TruncatedBy = Literal["k", "timeout", "expansions"]


@dataclass(frozen=True)
class Chains:
    """Chains that cannot be prolonged, and which limit cut the search, if one did."""

    found: list[FoundPath]
    stopped_by: TruncatedBy | None


def sign_of(index: Index, step: int) -> int | None:
    """What a step does to the sign of its path: +1, -1, +1 for one that carries it, None if unknown."""
    sign = index.predicate_of(step).sign
    return None if sign == SIGN_NONE else sign or 1


def net_sign(index: Index, steps: Iterable[int]) -> int | None:
    """The product of the signs; None as soon as one step has none, or follows one that only sensitizes.

    What a cell that answers more readily does itself, it does neither more nor less of.
    """
    product = 1
    sensitized = False
    for step in steps:
        sign = sign_of(index, step)
        if sign is None or sensitized:
            return None
        product *= sign
        sensitized = index.predicate_of(step).name in SENSITIZING
    return product


def maximal_chains(
    index: Index,
    adjacency: Neighbors,
    starts: Collection[int],
    max_length: int,
    limits: SearchLimits,
    *,
    avoid: Collection[int] = (),
) -> Chains:
    """All simple chains from the starts that go on as far as they can.

    Of several links between the same two nodes with the same sign the cheapest stands for all. A chain leads
    through no second start, and through nothing that is to be avoided.
    """
    blocked = frozenset((*starts, *avoid))
    signs = _sign_codes(index)
    steps_from = cache(lambda node: _next_steps(index, adjacency, signs, node))
    found: list[FoundPath] = []
    expansions = 0
    for start in sorted(set(starts)):
        begun = [(FoundPath((start,), (), 0), iter(steps_from(start) if max_length else ()))]  # longest last
        ends_here = True
        while begun:
            chain, following = begun[-1]
            onward = next((row for row in following if row[0] not in chain.nodes and row[0] not in blocked), None)
            if onward is None:
                if ends_here and chain.steps:
                    found.append(chain)
                begun.pop()
                ends_here = False
                continue
            expansions += 1
            if expansions > min(limits.max_expansions, MAX_CHAIN_EXPANSIONS):
                return Chains(found, "expansions")
            if expansions % 256 == 0 and limits.late():
                return Chains(found, "timeout")
            node, step, cost = onward
            longer = FoundPath((*chain.nodes, node), (*chain.steps, step), chain.code + cost)
            begun.append((longer, iter(steps_from(node) if len(longer.steps) < max_length else ())))
            ends_here = True
    return Chains(found, None)


def walk_counts(adjacency: Neighbors, start: int, max_length: int, enough: int) -> list[int]:
    """How many walks of at most 1, 2, ... steps leave a node, up to the length at which they are more than enough.

    There are never more simple chains than walks. The first number is always given.
    """
    nodes: Nodes = np.array([start])
    ways: NDArray[np.float64] = np.ones(1)
    counts: list[int] = []
    while True:
        blocks = list(adjacency.ends(nodes))
        onward = np.concatenate([ways.repeat(np.diff(block.stops, prepend=0)) for block in blocks])
        counts.append(int(onward.sum()) + (counts[-1] if counts else 0))
        if len(counts) >= max_length or counts[-1] >= enough:
            break
        nodes, places = np.unique(np.concatenate([block.neighbors for block in blocks]), return_inverse=True)
        ways = np.bincount(places, onward, len(nodes)).astype(np.float64, copy=False)
    return counts


def _next_steps(index: Index, adjacency: Neighbors, signs: Ids, node: int) -> list[tuple[int, int, int]]:
    """(neighbour, step, cost) from a node, cheapest first, one per neighbour and sign."""
    neighbors, steps, costs = adjacency.row(node)
    order = np.lexsort((steps, neighbors, costs))
    ends_and_signs = neighbors * np.int64(SIGN_CODES) + signs.take(index.link_predicate.take(steps >> 1))
    _, first = np.unique(ends_and_signs[order], return_index=True)
    kept = order[np.sort(first)]
    return list(zip(neighbors[kept].tolist(), steps[kept].tolist(), costs[kept].tolist(), strict=True))


def _sign_codes(index: Index) -> Ids:
    """By predicate a number from 0 that tells steps with different signs apart; carrying one is like a positive one."""
    return np.array([(predicate.sign or 1) + 1 for predicate in index.predicates], dtype=np.int64)


def reversed_chain(chain: FoundPath) -> FoundPath:
    """A chain that was found walking against its direction, the right way round."""
    return FoundPath(chain.nodes[::-1], chain.steps[::-1], chain.code)


def through_another_treatment(index: Index, treatments: Collection[int], chain: FoundPath) -> bool:
    """Whether it leads through a second treatment that no carrying step makes a form of the first.

    "A enhances the effect of B" followed by what B does is not what A does itself; B may be a class of drugs.
    """
    return _borrowed(index, treatments, chain) is not None


def harm_of_another(index: Index, treatments: Collection[int], chain: FoundPath) -> tuple[int, int] | None:
    """Where a chain turns to harm that another treatment does: the place of that treatment, and of the harm.

    That A makes B work better against tumours does not say that it makes B do more harm.
    """
    borrowed = _borrowed(index, treatments, chain)
    if borrowed is None:
        return None
    later = range(borrowed + 1, len(chain.nodes))
    harm = next((place for place in later if index.type_of(chain.nodes[place]) == HARM), None)
    return None if harm is None else (borrowed, harm)


def _borrowed(index: Index, treatments: Collection[int], chain: FoundPath) -> int | None:
    """The place of the first other treatment inside a chain."""
    for place, (node, step) in enumerate(zip(chain.nodes[1:-1], chain.steps, strict=False), 1):
        if node in treatments and index.predicate_of(step).sign != SIGN_CARRY:
            return place
    return None


def folded(index: Index, chains: Sequence[FoundPath]) -> list[int | None]:
    """For each chain the number of the longest other one that it is a short cut of, or None.

    A chain is a short cut of a longer one with the same ends if all its nodes lie on that one in the same
    order and each of its steps has the sign of the stretch it spans. Of chains over the same nodes with the
    same signs the later ones are short cuts of the first.
    """
    signs = [[sign_of(index, step) for step in chain.steps] for chain in chains]
    members = [frozenset(chain.nodes) for chain in chains]
    by_ends: dict[tuple[int, int], list[int]] = {}
    for number, chain in enumerate(chains):
        by_ends.setdefault((chain.nodes[0], chain.nodes[-1]), []).append(number)
    under: list[int | None] = []
    for number, chain in enumerate(chains):
        longer = [
            other
            for other in by_ends[chain.nodes[0], chain.nodes[-1]]
            if (-len(chains[other].nodes), other) < (-len(chain.nodes), number)
            and members[number] <= members[other]
            and _spans(chain.nodes, signs[number], chains[other].nodes, signs[other])
        ]
        under.append(min(longer, key=lambda other: (-len(chains[other].nodes), other), default=None))
    return under


def _spans(
    short: Sequence[int], short_signs: Sequence[int | None], long: Sequence[int], long_signs: Sequence[int | None]
) -> bool:
    place = {node: number for number, node in enumerate(long)}
    for number, (start, end) in enumerate(pairwise(short)):
        if place[start] >= place[end]:
            return False
        product: int | None = 1
        for sign in long_signs[place[start] : place[end]]:
            product = None if product is None or sign is None else product * sign
        if product != short_signs[number]:
            return False
    return True


def joint_inputs(index: Index, projection: Directions, node: int) -> list[tuple[int, int]]:
    """What must act together on a joint cause: (input, step) pairs; empty for any other node."""
    return _steps_into(index, projection, node, frozenset({INPUT}))


def complex_partners(index: Index, projection: Directions, node: int) -> list[tuple[int, int]]:
    """What makes up a complex: (partner, step) pairs; empty for any other node."""
    return _steps_into(index, projection, node, COMPLEX_PREDICATES) if index.type_of(node) == COMPLEX else []


def _steps_into(index: Index, projection: Directions, node: int, names: frozenset[str]) -> list[tuple[int, int]]:
    """(neighbour, step) by certain predicates, in the order of the neighbours; hubs have thousands of others."""
    neighbors, steps, _ = projection.into.row(node)
    predicates = index.link_predicate.take(steps >> 1)
    chosen = np.flatnonzero((predicates == index.predicate_numbers(names)[:, np.newaxis]).any(axis=0))
    return sorted(zip(neighbors[chosen].tolist(), steps[chosen].tolist(), strict=True))


def brought_about(index: Index, projection: Directions, starts: Iterable[int], inputs: Iterable[int] = ()) -> Mask:
    """For every node whether the starts bring it about, a joint cause only once all its inputs are there.

    What ``inputs`` names is there as well, but counts as an input of joint causes only.
    """
    able, there = (np.zeros(projection.out.nodes, dtype=bool) for _ in range(2))
    able[list(starts)] = there[list(starts)] = there[list(inputs)] = True
    is_joint = np.zeros_like(able)
    inputs_of = index.predicate_numbers({INPUT})
    is_joint[index.link_object[(index.link_predicate == inputs_of[:, np.newaxis]).any(axis=0)]] = True
    new = np.flatnonzero(there)
    while len(new):
        near = _next_to(projection.out, new)
        acting = new[able[new]]
        reached = (near if len(acting) == len(new) else _next_to(projection.out, acting)) & ~is_joint
        for joint in np.flatnonzero(near & is_joint & ~able).tolist():
            neighbors, steps, _ = projection.into.row(joint)
            by_input = np.isin(index.link_predicate.take(steps >> 1), inputs_of)
            whole = by_input.any() and there[neighbors[by_input]].all()
            reached[joint] = whole or able[neighbors[~by_input]].any()
        new = np.flatnonzero(reached & ~able)
        able[new] = there[new] = True
    return there


def _next_to(links: Neighbors, nodes: Nodes) -> Mask:
    """For every node whether a step leads there from some nodes."""
    mark = np.zeros(links.nodes, dtype=bool)
    for block in links.ends(nodes):
        mark[block.neighbors] = True
    return mark


def is_input_step(index: Index, step: int) -> bool:
    """Whether a step leads from an input to its joint cause."""
    return index.predicate_of(step).name == INPUT
