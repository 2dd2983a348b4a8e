"""Paths between two entities: the k best, one shortest, all shortest.

How a path is scored: every step costs 1 + 0.5 (ln d_out + ln d_in), where d_out is how many objects its
subject has by its predicate and d_in how many subjects its object has by it; the lowest sum comes first. So a
short path wins, and of two equally long ones the one that avoids hubs. Ties are broken by length, then by the
IRIs of the nodes, then by the predicates. ``kg.paths.neighborhood`` answers what surrounds an entity.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, ClassVar

from kg.errors import InvalidParameter
from kg.identifiers import display
from kg.model import CERTAINTIES, DEFAULT_CERTAINTIES, Certainty, hold_several
from kg.paths.adjacency import (
    Mask,
    Selection,
    check_certainties,
    check_names,
    check_range,
    nodes_allowed,
)
from kg.paths.best_paths import BestPaths, FoundPath, SearchLimits
from kg.paths.breadth_first import AllShortestPaths
from kg.paths.index import COST_SHIFT, COST_UNIT, Index
from kg.paths.lazy_adjacency import directions, directions_once
from kg.paths.link_filters import local_names, shut_out_by
from kg.paths.shortest_path import shortest_path
from kg.paths.steps import Describer, StatementSource, Step
from kg.tables import Walked

MAX_LENGTH = 8
DEFAULT_LENGTH = 6
MAX_PATHS = 100
MAX_ALL_PATHS = 1000
DEFAULT_PATHS = 10


@dataclass(frozen=True)
class PathQuestion:
    """Which paths lead from one entity to another?

    Attributes:
        source, target: IRIs of two different entities.
        max_length: most steps of a path, 1 to 8.
        k: most paths, 1 to 100.
        predicates: local names, CURIEs or IRIs; none given: all.
        node_types: local class names that entities between the ends may have; none given: any.
        certainties: a link counts if one of its statements has one of these.
        avoid: IRIs of entities that no path may lead through.
        directed: whether links are walked from subject to object only.
        graphs: of named graphs, by IRI or ``graph:NAME`` where a graph is asked; only their statements count.
    """

    source: str
    target: str
    max_length: int = DEFAULT_LENGTH
    k: int = DEFAULT_PATHS
    predicates: tuple[str, ...] = ()
    node_types: tuple[str, ...] = ()
    certainties: frozenset[Certainty] = DEFAULT_CERTAINTIES
    avoid: tuple[str, ...] = ()
    directed: bool = True
    include_imports: bool = False
    graphs: tuple[str, ...] = ()
    most: ClassVar[int] = MAX_PATHS

    def __post_init__(self) -> None:
        hold_several(self)
        object.__setattr__(self, "predicates", local_names(self.predicates))
        if self.source == self.target:
            raise InvalidParameter("target", display(self.target), "an entity other than the source")
        check_range("max_length", self.max_length, 1, MAX_LENGTH)
        check_range("k", self.k, 1, self.most)
        check_certainties(self.certainties)
        for iri in self.avoid:
            if iri in {self.source, self.target}:
                raise InvalidParameter("avoid", display(iri), "an entity other than the two ends of the path")

    def selection(self) -> Selection:
        """The links that count."""
        return Selection(
            predicates=frozenset(self.predicates),
            certainties=frozenset(self.certainties),
            include_imports=self.include_imports,
            directed=self.directed,
            graphs=frozenset(self.graphs),
        )


@dataclass(frozen=True)
class AllPathsQuestion(PathQuestion):
    """Which simple paths of at most so many steps are there at all? ``k`` is the most that are given, 1 to 1000."""

    k: int = MAX_ALL_PATHS
    most: ClassVar[int] = MAX_ALL_PATHS


@dataclass(frozen=True)
class Path:
    """A simple path.

    Attributes:
        length: how many steps.
        score: its cost; lower is better.
    """

    length: int
    score: float
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class PathAnswer(Walked):
    """Paths, best first.

    Attributes:
        limit: the most paths that were asked for.
        total: how many there are, or None where the search ended before all were found.
        truncated_by: "k", "timeout" or "expansions" where there may be more paths.
        excluded_by: where there is no path: the parameters that, each on its own, shut out all there is.
    """

    paths: tuple[Path, ...]
    limit: int
    total: int | None
    truncated: bool
    truncated_by: str | None
    excluded_by: tuple[str, ...] = ()


PathSearch = Callable[..., PathAnswer]  # of an index, a question, a source of statements and limits


def best_paths(
    index: Index, question: PathQuestion, source: StatementSource | None = None, limits: SearchLimits | None = None
) -> PathAnswer:
    """The k best simple paths, exactly.

    Shape: parallel statements of one predicate between the same two nodes are one step; steps with different
    predicates make different paths.
    Returns: an empty answer where there is no path. A search cut short gives the best paths, complete up to
        its cut.
    Raises: EntityNotFound, InvalidParameter.
    """
    limits = limits or SearchLimits()
    (start, end), interior = _ends(index, question)
    search = BestPaths(
        directions(index, question.selection()), sources=[start], targets=[end],
        max_length=question.max_length, interior=interior, limits=limits, wanted=question.k + 1,
    )  # fmt: skip
    return _answer(index, question, source, limits, search)


def all_shortest_paths(
    index: Index, question: PathQuestion, source: StatementSource | None = None, limits: SearchLimits | None = None
) -> PathAnswer:
    """Every path with the fewest steps, at most k of them, in the order of their nodes' IRIs.

    Raises: EntityNotFound, InvalidParameter.
    """
    limits = limits or SearchLimits()
    (start, end), interior = _ends(index, question)
    search = AllShortestPaths(
        directions(index, question.selection()), source=start, target=end,
        max_length=question.max_length, interior=interior, limits=limits,
    )  # fmt: skip
    return _answer(index, question, source, limits, search)


def one_shortest_path(
    index: Index, question: PathQuestion, source: StatementSource | None = None, limits: SearchLimits | None = None
) -> PathAnswer:
    """One path with the fewest steps, always the same one; ``k`` does not matter.

    Raises: EntityNotFound, InvalidParameter.
    """
    limits = limits or SearchLimits()
    ends, interior = _ends(index, question)
    try:
        found = shortest_path(directions(index, question.selection()), *ends, interior, limits)
    except TimeoutError:
        return PathAnswer((), 1, None, truncated=True, truncated_by="timeout")
    if found is None or len(found[1]) > question.max_length:
        return PathAnswer(
            (), 1, 0, truncated=False, truncated_by=None, excluded_by=_excluded_by(index, question, limits)
        )
    code = index.cost_of(found[1], with_imports=question.selection().reads_imports)
    paths = _named(index, question, source, [FoundPath(*found, code)])
    return PathAnswer(paths, 1, None, truncated=False, truncated_by=None)


def _answer(
    index: Index,
    question: PathQuestion,
    source: StatementSource | None,
    limits: SearchLimits,
    search: BestPaths | AllShortestPaths,
) -> PathAnswer:
    # Whatever cost led the search, paths are told with their degree-weighted one.
    with_imports = question.selection().reads_imports
    found = [
        replace(path, code=index.cost_of(path.steps, with_imports=with_imports))
        for path in islice(search, question.k + 1)
    ]
    stopped_by = "k" if len(found) > question.k else search.stopped_by
    paths = _named(index, question, source, found[: question.k])
    excluded_by = () if paths or stopped_by else _excluded_by(index, question, limits)
    total = None if stopped_by else len(paths)
    return PathAnswer(paths, question.k, total, stopped_by is not None, stopped_by, excluded_by)


def _named(
    index: Index, question: PathQuestion, source: StatementSource | None, found: Sequence[FoundPath]
) -> tuple[Path, ...]:
    chains = Describer(index, question.selection(), source).chains((path.nodes, path.steps) for path in found)
    return tuple(
        Path(len(steps), (path.code >> COST_SHIFT) / COST_UNIT, steps)
        for path, steps in zip(found, chains, strict=True)
    )


def _ends(index: Index, question: PathQuestion) -> tuple[tuple[int, int], Mask]:
    check_names(index, question.predicates, question.node_types, "node_type")
    ends = index.node(question.source, "source"), index.node(question.target, "target")
    avoid = [index.node(iri, "avoid") for iri in question.avoid]
    return ends, nodes_allowed(index, question.node_types, avoid)


def _excluded_by(index: Index, question: PathQuestion, limits: SearchLimits) -> tuple[str, ...]:
    def connected(wider: PathQuestion) -> bool:
        return not limits.late() and _connected(index, wider, limits)

    return excluded_by(question, connected, has_imports=index.has_imports)


def excluded_by(
    question: PathQuestion, connected: Callable[[PathQuestion], bool], *, has_imports: bool
) -> tuple[str, ...]:
    """Which filters stand in the way of a path; see ``kg.paths.link_filters.shut_out_by``.

    Args:
        question: has no path.
        connected: whether another question has one.
        has_imports: whether the graph holds statements of imports.
    """
    lifted: dict[str, dict[str, Any]] = {
        "predicate": {"predicates": ()},
        "node_type": {"node_types": ()},
        "certainty": {"certainties": frozenset(CERTAINTIES)},
        "avoid": {"avoid": ()},
        "directed": {"directed": False},
        "include_imports": {"include_imports": question.include_imports or has_imports},
        "graph": {"graphs": ()},
        "max_length": {"max_length": MAX_LENGTH},
    }
    return shut_out_by(question, lifted, connected)


def _connected(index: Index, question: PathQuestion, limits: SearchLimits) -> bool:
    ends, interior = _ends(index, question)
    try:
        found = shortest_path(directions_once(index, question.selection()), *ends, interior, limits)
    except TimeoutError:
        return False
    return found is not None and len(found[1]) <= question.max_length
