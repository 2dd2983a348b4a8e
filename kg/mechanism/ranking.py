"""Which chains of a question come first, and which are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from kg.mechanism.chain_search import CANDIDATES
from kg.mechanism.chains import DISEASES, DRUG, HARM, folded, through_another_treatment
from kg.mechanism.gaps import CLOSE
from kg.mechanism.ground import OF_THE_CELL, Ground
from kg.paths.best_paths import FoundPath
from kg.paths.breadth_first import distances
from kg.paths.index import Index


@dataclass(frozen=True)
class Shown:
    """The chains that an answer shows.

    Attributes:
        chains: the whole ones, then those folded under them.
        under: for each the number of the one that it is folded under.
        leaves_out: whether there are more whole ones.
    """

    chains: list[FoundPath]
    under: list[int | None]
    leaves_out: bool


def chosen(index: Index, ranked: Sequence[FoundPath], drugs: Collection[int], k: int) -> Shown:
    """The first k chains that are no short cuts of others, and at most twice as many short cuts of these.

    The best path of each drug comes before the second best of any, so that no drug of a regimen goes unmentioned.
    """
    ranked = _fairly(ranked, drugs)[: 5 * CANDIDATES]
    under = folded(index, ranked)
    uncut = [number for number, longer in enumerate(under) if longer is None]
    whole = [uncut[place] for place in _fair_order([ranked[number] for number in uncut], drugs)]
    kept = whole[:k]
    short_cuts = [number for number, longer in enumerate(under) if longer in set(kept)][: 2 * k]
    place = {number: new for new, number in enumerate([*kept, *short_cuts])}
    folds = [None if (longer := under[number]) is None else place[longer] for number in place]
    return Shown([ranked[number] for number in place], folds, len(whole) > len(kept))


def nearest_first(ground: Ground, chains: Sequence[FoundPath]) -> list[FoundPath]:
    """Chains that reach nothing asked for: those first that say most of the drugs and come closest to the target."""
    if not ground.drugs:
        return _most_direct_first(ground, sorted(chains, key=_Rank(ground, None)))
    if not ground.targets:
        return sorted(chains, key=_Rank(ground, None))
    distance = distances(ground.around.out, ground.targets, None, ground.of_types(OF_THE_CELL))
    return sorted(chains, key=_Rank(ground, distance))


def _most_direct_first(ground: Ground, ranked: Sequence[FoundPath]) -> list[FoundPath]:
    """Chains back from a target: of the drugs first, those with the shortest way of their own and most said of them."""
    best: dict[int, tuple[bool, int]] = {}
    for chain in ranked:
        way = through_another_treatment(ground.index, ground.treatments, chain), len(chain.steps)
        best[chain.nodes[0]] = min(way, best.get(chain.nodes[0], way))
    starts = np.array(sorted(best), dtype=np.int64)
    counts = np.zeros(len(starts), dtype=np.int64)
    for block in ground.around.out.ends(starts):
        counts += np.diff(block.stops, prepend=0)
    said = dict(zip(starts.tolist(), counts.tolist(), strict=True))

    def order(chain: FoundPath) -> tuple[bool, tuple[bool, int], int, int]:
        start = chain.nodes[0]
        return ground.index.type_of(start) != DRUG, best[start], -said[start], start

    return sorted(ranked, key=order)


def _fairly(ranked: Sequence[FoundPath], drugs: Collection[int]) -> list[FoundPath]:
    return [ranked[number] for number in _fair_order(ranked, drugs)]


def _fair_order(ranked: Sequence[FoundPath], drugs: Collection[int]) -> list[int]:
    """The first of each drug before the second of any; every start counts as one where no drugs were asked about."""
    first = {
        path.nodes[0]: number
        for number, path in reversed(list(enumerate(ranked)))
        if not drugs or path.nodes[0] in drugs
    }
    return sorted(range(len(ranked)), key=lambda n: (first.get(ranked[n].nodes[0]) != n, n))


def in_turn(ranked: Sequence[FoundPath]) -> list[FoundPath]:
    """The first path of every start, then the second of every start, and so on."""
    turns: Counter[int] = Counter()
    placed = []
    for path in ranked:
        turns[path.nodes[0]] += 1
        placed.append((turns[path.nodes[0]], path))
    return [path for _, path in sorted(placed, key=lambda turn: turn[0])]


class _Rank:
    """Order of chains that reach nothing asked for.

    First those from a drug that stay its own: "A enhances the effect of B" followed by what B does comes
    last. What does harm comes after what may do good, and what a disease or its course comes to after what goes
    on in the cell, if that was asked for; of a protein, what is done to its family or to a form of it comes
    first. Then those that end close to the target by any statements, the longest, of these those that end
    nearest, then the cheapest.
    """

    def __init__(self, ground: Ground, distance: np.ndarray[tuple[int], np.dtype[np.int32]] | None) -> None:
        self._index, self._treatments, self._distance = ground.index, ground.treatments, distance
        self._far = len(ground.index.nodes)
        self._about_harm = ground.about_harm
        in_cell = ground.target is not None and ground.index.type_of(ground.target) in OF_THE_CELL
        self._aside = ground.clinical if in_cell and ground.target not in ground.clinical else frozenset()
        self._kin = ground.wider | ground.forms if ground.about_protein else frozenset()

    def __call__(
        self, chain: FoundPath
    ) -> tuple[bool, bool, bool, bool, bool, bool, int, int, int, tuple[int, ...], tuple[int, ...]]:
        end = chain.nodes[-1]
        distance = -1 if self._distance is None else int(self._distance[end])
        if distance < 0:
            distance = self._far
        return (
            self._index.type_of(chain.nodes[0]) != DRUG,
            through_another_treatment(self._index, self._treatments, chain),
            not self._about_harm and self._index.type_of(end) == HARM,
            end in self._aside or (bool(self._aside) and self._index.type_of(end) in DISEASES),
            end not in self._kin, distance > CLOSE,
            -len(chain.steps), distance, chain.code, chain.nodes, chain.steps,
        )  # fmt: skip
