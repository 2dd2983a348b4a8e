"""How a drug acts: signed causal paths, every step stated by a source, and gaps where no source goes on.

Only predicates that are causal or carry a sign are walked, in their direction. The net sign of a path is the
product of its steps' signs; a step without one makes it unknown. A joint cause counts as brought about only
when all its inputs are. A statement that spans a stretch of a longer path with the same sign is a short cut,
folded under that path. ``kg.mechanism.chains`` does this by number, ``chain_search`` finds the chains of a question,
``ranking`` chooses among them, ``partners`` compares the drugs of a regimen, ``layering`` places the drawing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.mechanism.answer import JointInput, MechanismAnswer, MechanismPath
from kg.mechanism.background import Background, Sighting
from kg.mechanism.chain_search import ChainSearch
from kg.mechanism.chains import SENSITIZING, Chains, TruncatedBy, joint_inputs, net_sign
from kg.mechanism.gap import Gap
from kg.mechanism.gaps import Gaps
from kg.mechanism.graph import MechanismGraph, draw
from kg.mechanism.ground import Ground
from kg.mechanism.partners import Partners, partners
from kg.mechanism.question import DEFAULT_LENGTH, MechanismQuestion
from kg.mechanism.ranking import Shown, chosen, in_turn, nearest_first
from kg.mechanism.relevance import DISEASE, Relevant, relevant
from kg.mechanism.telling import Teller
from kg.paths.best_paths import FoundPath, SearchLimits
from kg.paths.index import Index
from kg.paths.steps import StatementSource

__all__ = [
    "DEFAULT_LENGTH", "Gap", "JointInput", "MechanismAnswer", "MechanismPath", "MechanismQuestion", "mechanism",
]  # fmt: skip


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


@dataclass(frozen=True)
class _Found:
    """What the drugs of a question lead to, by number.

    Attributes:
        reaching: paths to the target that have the effect asked for.
        whatever_effect: paths to the target, whatever they do to it.
        started: where those begin.
        lacking: the drugs that no path leads to the target from.
        leading: chains as far as they go; ``relevant``: as far as they may concern the target.
        stopped_by: which limit cut the search, if one did.
    """

    reaching: list[FoundPath]
    whatever_effect: list[FoundPath]
    started: frozenset[int]
    lacking: list[int]
    leading: Chains
    relevant: Relevant
    stopped_by: TruncatedBy | None


class _Search:
    """One question at work."""

    def __init__(self, ground: Ground, background: Background | None) -> None:
        self.ground, self.background = ground, background
        self.index, self.question = ground.index, ground.question
        self.chains = ChainSearch(ground)

    def answer(self) -> MechanismAnswer:
        found = self._found()
        gaps = Gaps(self.ground, found.lacking, self.background)
        candidates = self._candidates(found, gaps)
        shown = chosen(self.index, candidates, self.ground.drugs, self.question.k)
        pairs = partners(self.ground, self.background, [*found.reaching, *self._everywhere(found)])
        paths = Teller(self.ground, self.background).paths(shown.chains, shown.under)
        cut_by: TruncatedBy | None = "k" if shown.leaves_out else found.stopped_by
        return MechanismAnswer(
            paths=paths,
            graph=self._drawing(shown, pairs),
            gaps=self._gaps(gaps, found, shown, paths),
            limit=self.question.k,
            truncated=cut_by is not None,
            truncated_by=cut_by,
            excluded_by=gaps.excluded_by(found=candidates, whatever_effect=found.whatever_effect),
            sightings=self._sightings(),
            partners=pairs.pairs,
            elsewhere=found.relevant.elsewhere,
            members=self.ground.standing,
            total=None if cut_by else len(paths),
        )

    def _found(self) -> _Found:
        drugs = self.ground.drugs
        to_target = self.chains.to_target()
        started = frozenset(path.nodes[0] for path in to_target.found)
        lacking = [drug for drug in drugs if drug not in started]
        followed = drugs if self._concerns_a_disease() else lacking
        leading = self.chains.leading(followed) if followed or not drugs else Chains([], None)
        concerning = relevant(self.ground, nearest_first(self.ground, leading.found))
        whatever_effect = to_target.found
        if not drugs:  # then every chain leads to the target, because it was followed back from there
            whatever_effect = concerning.chains
            concerning = replace(concerning, chains=[chain for chain in whatever_effect if self._has_effect(chain)])
        return _Found(
            reaching=[path for path in to_target.found if self._has_effect(path)],
            whatever_effect=whatever_effect,
            started=started,
            lacking=lacking,
            leading=leading,
            relevant=concerning,
            stopped_by=to_target.stopped_by or leading.stopped_by,
        )

    def _has_effect(self, path: FoundPath) -> bool:
        """Whether a path to the target does to it what was asked for."""
        if self.question.effect is None:
            return True
        if self.index.predicate_of(path.steps[-1]).name in SENSITIZING:
            return False  # cells that are more sensitive are neither more nor fewer
        return net_sign(self.index, path.steps) == (1 if self.question.effect == "raises" else -1)

    def _concerns_a_disease(self) -> bool:
        """Whether what sources state of the target, though not as a step to it, adds to paths that reach it."""
        target = self.ground.target
        return target is not None and self.index.type_of(target) == DISEASE and self.question.effect is None

    def _candidates(self, found: _Found, gaps: Gaps) -> list[FoundPath]:
        """The paths to the target, then what else drugs do: what comes before a weak step, and where chains end."""
        firm = [part for drug in found.lacking for part in gaps.firm_parts(drug)]
        beside = [
            chain
            for chain in found.relevant.chains
            if chain.nodes[0] not in found.started or self._says_more_of_target(chain, found.relevant)
        ]
        return [*found.reaching, *dict.fromkeys([*firm, *beside])]

    def _says_more_of_target(self, chain: FoundPath, concerning: Relevant) -> bool:
        """Whether a chain of a drug that reaches the target says something else of it."""
        return chain in concerning.own and not set(chain.nodes).intersection(self.ground.targets)

    def _everywhere(self, found: _Found) -> list[FoundPath]:
        """All that the drugs of a regimen lead to: their paths may meet beside the way to the target, too."""
        if len(self.ground.asked) < 2:
            return []
        others = [drug for drug in self.ground.drugs if drug not in found.lacking]
        chains = [*found.leading.found, *(self.chains.leading(others).found if others else ())]
        return relevant(self.ground, in_turn(sorted(chains, key=lambda chain: chain.code))).chains

    def _gaps(self, gaps: Gaps, found: _Found, shown: Shown, paths: Sequence[MechanismPath]) -> tuple[Gap, ...]:
        """Where sources stop, of the paths shown."""
        missing = gaps.missing_inputs(paths)
        if not self.ground.targets:
            return (*missing, *gaps.beyond())
        in_target, elsewhere = (
            {path.number for path, chain in zip(paths, shown.chains, strict=True) if chain in chains}
            for chains in (found.relevant.own, found.relevant.turned)
        )
        return (*missing, *gaps.stops(paths, found.lacking, in_target, elsewhere), *gaps.unexplained(paths))

    def _sightings(self) -> tuple[Sighting, ...]:
        """The adverse event that was asked for, as seen under the drugs; under whichever, if none were given."""
        ground = self.ground
        if self.background is None or not ground.about_harm or self.question.effect == "lowers":
            return ()
        events = [ground.index.nodes[target] for target in ground.targets]
        drugs = [ground.index.nodes[drug] for drug in ground.drugs]
        return self.background.sightings(events, drugs, self.question.graphs)

    def _drawing(self, shown: Shown, pairs: Partners) -> MechanismGraph:
        ground = self.ground
        members = dict.fromkeys(chain.nodes[0] for chain in shown.chains if chain.nodes[0] in ground.classes)
        return draw(
            self.index, ground.projection, ground.describer,
            [*shown.chains, *self._support(shown.chains), *pairs.ways],
            shown=len(shown.chains), drugs=[*ground.asked, *members], targets=ground.targets[:1],
            meetings={meeting.node.id: meeting.relation for pair in pairs.pairs for meeting in pair.meetings},
        )  # fmt: skip

    def _support(self, shown: Sequence[FoundPath]) -> list[FoundPath]:
        """The best chains to joint inputs that no path shown leads through; the drawing holds them."""
        drawn = {node for path in shown for node in path.nodes}
        support: list[FoundPath] = []
        todo = list(shown)
        while todo:
            path = todo.pop()
            for node in path.nodes[1:]:
                for other, _ in joint_inputs(self.index, self.ground.projection, node):
                    way = self.ground.way_to(other, path.nodes[0]) if other not in drawn else None
                    if way is not None:
                        drawn.update(way.nodes)
                        support.append(way)
                        todo.append(way)
        return support
