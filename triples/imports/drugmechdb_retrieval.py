"""How well path search finds DrugMechDB's own path again, among everything else that its paths say.

The paths of all drugs and diseases form one graph; the search runs from a path's drug to its disease. What only this
path states stays in the graph, or it could not be found, but does not count towards the degrees that rank paths, so
that a path gains nothing from being the one looked for.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from kg.budget import Deadline
from kg.paths.adjacency import Adjacency, Projection, Selection, project
from kg.paths.best_paths import BestPaths, SearchLimits
from kg.paths.index import COST_SHIFT, COST_UNIT, Ids, Index, IndexEdge, IndexNode
from kg.paths.index_writer import write_index
from triples.imports.catalog import graph_of
from triples.imports.drugmechdb import MechanismRecord
from triples.imports.drugmechdb_audit import walks_of
from triples.imports.identifiers import Identifiers, biolink
from triples.imports.predicates import index_name

MAX_LENGTH = 8
SECONDS_PER_PATH = 10.0
Claim = tuple[str, str, str]


@dataclass(frozen=True)
class Retrieval:
    """Where the curated paths came out.

    Attributes:
        ranks: for each path looked for, the place of the first of its walks, from 1; None where it is not
            among those shown.
        too_long: how many have only walks longer than the search goes.
        cut: how many searches ended at their time limit.
    """

    ranks: tuple[int | None, ...]
    too_long: int
    cut: int

    def hits(self, k: int) -> float:
        """The share of paths found among the k best."""
        return sum(rank is not None and rank <= k for rank in self.ranks) / len(self.ranks) if self.ranks else math.nan


class PathGraph:
    """All links of DrugMechDB as one index, with the paths that state each."""

    def __init__(self, records: Sequence[MechanismRecord], folder: Path) -> None:
        self._identifiers = Identifiers("drugmechdb")
        self.uses: Counter[Claim] = Counter()
        labels: dict[str, str] = {}
        for record in records:
            self.uses.update(set(self.claims(record)))
            labels.update((self._identifiers.iri(text), name) for text, (_, name) in record.nodes.items())
        nodes = [IndexNode(iri, "NamedThing", label) for iri, label in labels.items()]
        write_index(folder, nodes, self._edges())
        self.index = Index.open(folder)

    def _edges(self) -> Iterator[IndexEdge]:
        for number, (subject, predicate, target) in enumerate(sorted(self.uses)):
            yield IndexEdge(subject, predicate, target, "stated", f"urn:link:{number}", graph_of("drugmechdb"))

    def claims(self, record: MechanismRecord) -> Iterator[Claim]:
        """The links of a path, as the index names them."""
        for start, key, end in record.links:
            yield self._identifiers.iri(start), index_name(biolink(key, slot=True)), self._identifiers.iri(end)

    def own_links(self, record: MechanismRecord) -> Ids:
        """The numbers of the links that only this path states."""
        own = [self.link(claim) for claim in set(self.claims(record)) if self.uses[claim] == 1]
        return np.array(sorted(own), dtype=np.int64)

    def link(self, claim: Claim) -> int:
        """The number of a link."""
        subject, target = self.index.node(claim[0]), self.index.node(claim[2])
        first, last = self.index.link_pointer[subject : subject + 2].tolist()
        wanted = self.index.predicate_numbers([claim[1]])[0]
        same = (self.index.link_object[first:last] == target) & (self.index.link_predicate[first:last] == wanted)
        return int(first + np.flatnonzero(same)[0])

    def walks(self, record: MechanismRecord) -> set[tuple[tuple[int, int], ...]]:
        """The walks of a path as (predicate, node) numbers after the drug."""
        number = {predicate.name: place for place, predicate in enumerate(self.index.predicates)}
        return {
            tuple(
                (number[index_name(biolink(key, slot=True))], self.index.node(self._identifiers.iri(node)))
                for key, node in walk
            )
            for walk in walks_of(record)
        }

    def ends(self, record: MechanismRecord) -> tuple[list[int], list[int]]:
        """The node numbers of drug and disease."""
        drugs, diseases = record.ends
        spelled = self._identifiers.iri
        return [self.index.node(spelled(text)) for text in drugs], [self.index.node(spelled(text)) for text in diseases]


def retrieval(graph: PathGraph, wanted: Iterable[MechanismRecord], k: int = 10, *, causal: bool = False) -> Retrieval:
    """Search from drug to disease for each path and see where the path itself comes out.

    Args:
        graph: of all paths.
        wanted: the paths looked for.
        k: how many of the best are looked at.
        causal: walk only predicates that are causal or carry a sign, as the mechanism question does.
    """
    costs = _Costs(graph, Selection(include_imports=True, causal=causal))
    ranks: list[int | None] = []
    too_long = cut = 0
    for record in wanted:
        walks = graph.walks(record)
        too_long += bool(walks) and min(map(len, walks)) > MAX_LENGTH
        sources, targets = graph.ends(record)
        search = BestPaths(
            costs.without(graph.own_links(record)),
            sources=sources,
            targets=targets,
            max_length=MAX_LENGTH,
            interior=np.ones(len(graph.index.nodes), dtype=bool),
            limits=SearchLimits(deadline=Deadline.after(SECONDS_PER_PATH)),
        )
        found = list(islice(iter(search), k))
        cut += search.stopped_by is not None and len(found) < k
        predicate = graph.index.link_predicate
        shown = [
            tuple(zip((int(predicate[step >> 1]) for step in path.steps), path.nodes[1:], strict=True))
            for path in found
        ]
        ranks.append(next((place for place, steps in enumerate(shown, 1) if steps in walks), None))
    return Retrieval(tuple(ranks), too_long, cut)


class _Costs:
    """A projection whose costs can be taken without the links of one path."""

    def __init__(self, graph: PathGraph, selection: Selection) -> None:
        index = self._index = graph.index
        self._projection = project(index, selection)
        count = len(index.link_object)
        subjects = np.repeat(np.arange(len(index.nodes), dtype=np.int64), np.diff(index.link_pointer))
        predicates = len(index.predicates)
        self._out_group = subjects * predicates + index.link_predicate
        self._in_group = index.link_object.astype(np.int64) * predicates + index.link_predicate
        self._members = (_members(self._out_group), _members(self._in_group))
        self._places = tuple(_places(side, count) for side in (self._projection.out, self._projection.into))

    def without(self, own: Ids) -> Projection:
        """The projection with every degree counted as if these links were not there."""
        groups = (self._out_group, self._in_group)
        touched = {
            int(link)
            for group, by in zip(groups, self._members, strict=True)
            for one in own
            for link in by[int(group[one])]
        }
        links = np.array(sorted(touched), dtype=np.int64)
        if not len(links):
            return self._projection
        degrees = [self._degrees(group, by, links, own) for group, by in zip(groups, self._members, strict=True)]
        logs = np.log(degrees[0]) + np.log(degrees[1])
        code = (np.rint(COST_UNIT * (1.0 + 0.5 * logs)).astype(np.int64) << COST_SHIFT) + 1
        sides = (self._projection.out, self._projection.into)
        out, into = (_patched(side, place[links], code) for side, place in zip(sides, self._places, strict=True))
        return Projection(out, into, self._index.link_predicate)

    @staticmethod
    def _degrees(group: Ids, members: Mapping[int, list[int]], links: Ids, own: Ids) -> Ids:
        missing = Counter(group[own].tolist())
        return np.array([max(len(members[key]) - missing[key], 1) for key in group[links].tolist()], dtype=np.int64)


def _members(group: Ids) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = {}
    for link, key in enumerate(group.tolist()):
        found.setdefault(key, []).append(link)
    return found


def _places(side: Adjacency, links: int) -> Ids:
    """Where each link stands among the neighbours; -1 where the selection leaves it out."""
    place = np.full(links, -1, dtype=np.int64)
    place[side.step >> 1] = np.arange(len(side.step))
    return place


def _patched(side: Adjacency, places: Ids, code: Ids) -> Adjacency:
    cost = side.cost.copy()
    cost[places[places >= 0]] = code[places >= 0]
    return replace(side, cost=cost)


def path_graph(records: Sequence[MechanismRecord]) -> PathGraph:
    """The index of all paths, in a temporary folder that is gone once it is mapped."""
    with TemporaryDirectory(prefix="paths-") as folder:
        return PathGraph(records, Path(folder))
