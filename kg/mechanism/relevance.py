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
        turned: those that turn to another disease and are shown whole.
        elsewhere: the other diseases.
    """

    chains: list[FoundPath]
    own: frozenset[FoundPath] = frozenset()
    turned: frozenset[FoundPath] = frozenset()
    elsewhere: tuple[EntityRef, ...] = ()


def relevant(ground: Ground, chains: Sequence[FoundPath]) -> Relevant:
    """Chains as far as they may concern the target; whole where that is neither a disease nor an adverse event.

    Of those that stop short of an adverse event, a condition that is no cancer, or a treatment only what sources state
    of a wider one, or of a cause of it, concerns it: how a drug acts on a tumour does not say what harm it does. Where
    the target is another cancer, those that concern histotypes only come last, because nothing says which of these are
    kinds of it. A step concerns another
    disease if it leads to one, or if every statement of it names in whom or in what it holds and names only diseases
    that are neither the target, nor below it, nor above it.
    """
    chains = list(chains[:MAX_CHAINS])
    if ground.about_harm or not ground.question.about_tumours:
        return Relevant(_beside_tumours(ground, chains))
    kind = None if ground.target is None else ground.index.type_of(ground.target)
    if kind not in (DISEASE, CONDITION):
        return Relevant(chains)
    fitting = {*ground.targets, *ground.wider}
    iris = {ground.index.nodes[number] for number in fitting}
    asked_for = {ground.index.nodes[number] for number in ground.targets}
    stated = ground.describer.diseases([step >> 1 for chain in chains for step in chain.steps])
    if kind == CONDITION:
        turned = frozenset(chain for chain in chains if _turning(ground, chain, stated, fitting, iris) is not None)
        return Relevant(sorted(chains, key=lambda chain: chain in turned), turned=turned)
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
    return Relevant(list(dict.fromkeys([*own, *whole])), frozenset(own), elsewhere=elsewhere)


def _beside_tumours(ground: Ground, chains: Sequence[FoundPath]) -> list[FoundPath]:
    """Chains as far as they lead to the target, to a wider one, or to something that sources say may cause it."""
    causes = {cause for target in ground.targets for cause in ground.every_certainty.into.row(target)[0].tolist()}
    near = {*ground.targets, *ground.wider, *(causes - ground.treatments)}
    places = ((chain, [n for n, node in enumerate(chain.nodes) if n and node in near]) for chain in chains)
    return list(dict.fromkeys(ground.prefix(chain, found[-1]) for chain, found in places if found))


def _turning(
    ground: Ground, chain: FoundPath, stated: Mapping[int, Sequence[frozenset[str]]], fitting: set[int], iris: set[str]
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
