"""Which steps have anything to do with the disease asked for: what is stated of another disease does not lead there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.mechanism.ground import Ground
from kg.model import EntityRef
from kg.paths.best_paths import FoundPath

DISEASE = "Histotype"
CONDITION = "Condition"
MAX_CHAINS = 1_000


@dataclass(frozen=True)
class Relevant:
    """Chains cut where they turn to another disease.

    Attributes:
        chains: those of ``own`` first.
        own: those with a step that sources state of the very disease asked for, or of a subtype.
        elsewhere: the other diseases.
    """

    chains: list[FoundPath]
    own: frozenset[FoundPath] = frozenset()
    elsewhere: tuple[EntityRef, ...] = ()


def relevant(ground: Ground, chains: Sequence[FoundPath]) -> Relevant:
    """Chains as far as they may concern the target; whole where that is no histotype.

    Where it is another disease, those that concern histotypes only come last, because nothing says which of these are
    kinds of it. A step concerns another disease if it leads to one, or if every statement of it names in whom or in
    what it holds and names only diseases that are neither the target, nor below it, nor above it.
    """
    chains = list(chains[:MAX_CHAINS])
    kind = None if ground.target is None else ground.index.type_of(ground.target)
    if kind not in (DISEASE, CONDITION):
        return Relevant(chains)
    fitting = {*ground.targets, *ground.wider}
    iris = {ground.index.nodes[number] for number in fitting}
    asked_for = {ground.index.nodes[number] for number in ground.targets}
    stated = ground.describer.diseases([step >> 1 for chain in chains for step in chain.steps])
    if kind == CONDITION:
        return Relevant(sorted(chains, key=lambda chain: _turning(ground, chain, stated, fitting, iris) is not None))
    others: dict[str, None] = {}
    kept: dict[tuple[int, ...], FoundPath] = {}
    for chain in chains:
        turning = _turning(ground, chain, stated, fitting, iris)
        length, foreign = turning or (len(chain.steps), frozenset())
        others.update(dict.fromkeys(sorted(foreign)))
        if length:
            kept.setdefault(chain.steps[:length], ground.prefix(chain, length))
    whole = _without_prefixes(kept)
    own = [chain for chain in whole if any(_of(stated[step >> 1], asked_for) for step in chain.steps)]
    elsewhere = tuple(_entities(ground, others))
    return Relevant(list(dict.fromkeys([*own, *whole])), frozenset(own), elsewhere)


def _turning(
    ground: Ground,
    chain: FoundPath,
    stated: Mapping[int, Sequence[frozenset[str]]],
    fitting: set[int],
    iris: set[str],
) -> tuple[int, frozenset[str]] | None:
    """After how many steps a chain turns to other diseases, and which; None if it never does."""
    for length, (node, step) in enumerate(zip(chain.nodes[1:], chain.steps, strict=True)):
        foreign = _foreign(stated[step >> 1], iris)
        if ground.index.type_of(node) == DISEASE and node not in fitting:
            foreign |= {ground.index.nodes[node]}
        if foreign:
            return length, foreign
    return None


def _of(stated: Sequence[frozenset[str]], diseases: set[str]) -> bool:
    """Whether some statement of a step names one of these diseases."""
    return any(named & diseases for named in stated)


def _foreign(stated: Sequence[frozenset[str]], fitting: set[str]) -> frozenset[str]:
    """The diseases of a step all of whose statements name only others; empty for one that may hold here."""
    if any(not diseases or diseases & fitting for diseases in stated):
        return frozenset()
    return frozenset().union(*stated)


def _without_prefixes(chains: dict[tuple[int, ...], FoundPath]) -> list[FoundPath]:
    """Those that are not the beginning of another one."""
    beginnings = {steps[:length] for steps in chains for length in range(1, len(steps))}
    return [chain for steps, chain in chains.items() if steps not in beginnings]


def _entities(ground: Ground, iris: Sequence[str] | dict[str, None]) -> list[EntityRef]:
    numbers = (ground.index.find(iri) for iri in iris)
    return [ground.describer.entity(number) for number in numbers if number is not None]
