"""Neighbours read as a search goes along give the answers that neighbours made ready beforehand give."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from threading import Event
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.budget import Deadline
from kg.graph import KnowledgeGraph
from kg.identifiers import BASE
from kg.model import CERTAINTIES
from kg.paths import adjacency
from kg.paths.adjacency import Directions, Projection, Selection, in_pieces, nodes_allowed, project
from kg.paths.best_paths import BestPaths, SearchLimits
from kg.paths.breadth_first import AllShortestPaths, distances
from kg.paths.index import Index, IndexNode
from kg.paths.lazy_adjacency import directions, directions_often, read_lazily
from kg.paths.shortest_path import shortest_path
from kg.paths.surroundings import (
    CommonQuestion,
    ReachableQuestion,
    SubgraphQuestion,
    common_neighbors,
    reachable,
    subgraph,
)
from tests.kg.made_index import made_index

SIZE = 14
UNLIMITED = SearchLimits()
IMPORTED, CURATED = "import-x", "document-000"
IMPORT_GRAPH, CURATED_GRAPH = f"{BASE}graph/{IMPORTED}", f"{BASE}graph/{CURATED}"

rows = st.lists(
    st.tuples(
        st.integers(0, SIZE - 1),
        st.sampled_from(["activates", "binds", "associatedWith"]),
        st.integers(0, SIZE - 1),
        st.sampled_from(["stated", "hedged"]),
        st.booleans(),
    ),
    max_size=60,
)
selections = st.builds(
    Selection,
    predicates=st.sampled_from([frozenset[str](), frozenset({"binds"}), frozenset({"binds", "activates"})]),
    certainties=st.sampled_from([frozenset({"stated"}), frozenset(CERTAINTIES)]),
    include_imports=st.booleans(),
    directed=st.booleans(),
    causal=st.booleans(),
    graphs=st.sampled_from([frozenset[str](), *map(frozenset, ({CURATED_GRAPH}, {IMPORT_GRAPH, CURATED_GRAPH}))]),
)


surroundings = st.builds(
    dict,
    direction=st.sampled_from(["in", "out", "both"]),
    include_imports=st.booleans(),
    graphs=st.sampled_from([(), (CURATED_GRAPH,)]),
    predicates=st.sampled_from([(), ("binds",)]),
)


def _index(edges: list[tuple[int, str, int, str, bool]]) -> Index:
    nodes = [IndexNode(f"{BASE}target/T{n:02}", "Target" if n % 3 else "Process", f"T{n}") for n in range(SIZE)]
    rows = ((nodes[s].iri, p, nodes[o].iri, c, IMPORTED if i else CURATED) for s, p, o, c, i in edges)
    return made_index(nodes, rows)


def _answers(index: Index, found: Directions, types: tuple[str, ...]) -> tuple[object, ...]:
    interior = nodes_allowed(index, types, ())
    best = BestPaths(found, sources=[0], targets=[1], max_length=5, interior=interior, limits=UNLIMITED)
    shortest = AllShortestPaths(found, source=0, target=1, max_length=None, interior=interior, limits=UNLIMITED)
    return list(islice(best, 40)), list(shortest), shortest_path(found, 0, 1, interior, UNLIMITED)


@given(rows, selections, st.sampled_from([(), ("Target",), ("Process",)]))
@settings(max_examples=120, deadline=None)
def test_reading_as_one_goes_and_projecting_answer_alike(
    edges: list[tuple[int, str, int, str, bool]], selection: Selection, types: tuple[str, ...]
) -> None:
    index = _index(edges)
    lazily, projected = read_lazily(index, selection), project(index, selection)
    assert _answers(index, lazily, types) == _answers(index, projected, types)
    for one, other in ((lazily.out, projected.out), (lazily.into, projected.into)):
        for node in range(SIZE):
            for column, expected in zip(one.row(node), other.row(node), strict=True):
                assert column.tolist() == expected.tolist()
        everything = np.arange(SIZE)
        assert sum(int(block.counts.sum()) for block in one.rows(everything)) == len(projected.out.neighbor)


@given(rows, selections)
@settings(max_examples=80, deadline=None)
def test_the_one_shortest_path_is_one_of_all(
    edges: list[tuple[int, str, int, str, bool]], selection: Selection
) -> None:
    index = _index(edges)
    best, shortest, one = _answers(index, project(index, selection), ())
    if one is None:
        assert not shortest
        return
    assert (one[0], one[1]) in {(path.nodes, path.steps) for path in shortest}  # type: ignore[index, attr-defined]
    known = {(path.nodes, path.steps) for path in best}  # type: ignore[attr-defined]
    if len(known) < 40 and len(one[1]) <= 5:  # type: ignore[index]
        assert {(path.nodes, path.steps) for path in shortest} <= known  # type: ignore[attr-defined]


def test_a_filter_that_comes_back_is_projected() -> None:
    index = _index([(0, "binds", 1, "stated", False)])
    selection = Selection(predicates=frozenset({"binds"}))
    first, second, third = (directions(index, selection) for _ in range(3))
    assert first is not second
    assert second is third is project(index, selection)


@given(rows, st.lists(st.integers(0, SIZE - 1), unique=True), st.integers(1, 9))
@settings(max_examples=80, deadline=None)
def test_pieces_are_all_nodes_in_their_order_none_with_too_many_links(
    edges: list[tuple[int, str, int, str, bool]], nodes: list[int], most: int
) -> None:
    links = read_lazily(_index(edges), Selection(include_imports=True)).out
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("kg.paths.adjacency.LINKS_AT_ONCE", most)
        pieces = [*in_pieces(links, np.array(nodes, dtype=np.int64))]
    assert [node for piece in pieces for node in piece.tolist()] == nodes
    assert all(len(piece) == 1 or links.degree(piece).sum() <= most for piece in pieces)


@given(rows, selections, st.sampled_from([(), ("Target",)]), st.integers(0, 60))
@settings(max_examples=40, deadline=None)
def test_a_search_that_looks_at_the_clock_after_every_link_answers_alike_or_says_that_time_was_over(
    edges: list[tuple[int, str, int, str, bool]], selection: Selection, types: tuple[str, ...], looks: int
) -> None:
    index = _index(edges)
    interior = nodes_allowed(index, types, ())
    whole = _answers(index, read_lazily(index, selection), types)
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("kg.paths.adjacency.LINKS_AT_ONCE", 1)
        assert _answers(index, read_lazily(index, selection), types) == whole
        for found in (read_lazily(index, selection), project(index, selection)):
            best = BestPaths(
                found, sources=[0], targets=[1], max_length=5, interior=interior, limits=SearchLimits(Looks(looks))
            )
            every = AllShortestPaths(
                found, source=0, target=1, max_length=None, interior=interior, limits=SearchLimits(Looks(looks))
            )
            for search, expected in ((best, whole[0]), (every, whole[1])):
                assert isinstance(expected, list)
                assert list(islice(search, 40)) == (expected if search.stopped_by is None else [])
            try:
                assert shortest_path(found, 0, 1, interior, SearchLimits(Looks(looks))) == whole[2]
            except TimeoutError:
                continue


class Looks(Deadline):
    """A deadline that passes after some looks at it."""

    def __init__(self, looks: int) -> None:
        super().__init__(60.0)
        self._left = looks

    def passed(self) -> bool:
        self._left -= 1
        return self._left < 0


@given(rows, surroundings, st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_surroundings_in_a_graph_too_large_to_be_made_ready_are_those_in_a_small_one(
    edges: list[tuple[int, str, int, str, bool]], filters: dict[str, Any], hops: int
) -> None:
    ends = (f"{BASE}target/T00", f"{BASE}target/T01")
    near = ReachableQuestion(node=ends[0], max_length=hops, **filters)
    shared, around = CommonQuestion(nodes=ends, **filters), SubgraphQuestion(nodes=ends, hops=hops, **filters)

    def answers() -> tuple[object, ...]:
        index = _index(edges)
        twice = [(reachable(index, near), common_neighbors(index, shared), subgraph(index, around)) for _ in range(2)]
        assert twice[0] == twice[1]
        return twice[0]

    small = answers()
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("kg.paths.lazy_adjacency.MAX_PROJECTED_LINKS", -1)
        changed.setattr("kg.paths.lazy_adjacency.SMALL_GRAPH_LINKS", -1)
        changed.setattr(adjacency, "_project", None)
        assert answers() == small
        changed.setattr("kg.paths.adjacency.LINKS_AT_ONCE", 1)
        assert answers() == small


def test_what_is_near_is_told_up_to_the_last_step_that_time_allowed_for() -> None:
    chain = [(number, "binds", number + 1, "stated", False) for number in range(SIZE - 1)]
    index = _index([*chain, *((0, "binds", end, "stated", False) for end in (5, 9))])
    links = project(index, Selection()).out
    whole = distances(links, [0], None)
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("kg.paths.adjacency.LINKS_AT_ONCE", 1)
        for looks in range(2 * SIZE):
            reached = distances(links, [0], None, is_over=Looks(looks).passed)
            assert reached.tolist() == np.where(whole <= reached.max(), whole, -1).tolist()
        assert reached.max() == whole.max()


def test_nodes_with_many_links_are_read_with_looks_at_the_clock_between(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("adjacency.LINKS_AT_ONCE", "shortest_path.FIRST_NODES", "shortest_path.FIRST_LINKS"):
        monkeypatch.setattr(f"kg.paths.{name}", 1)
    fan = [(0, "binds", middle, "stated", False) for middle in range(2, SIZE)]
    index = _index([*fan, *((middle, "binds", 1, "stated", False) for middle in range(2, SIZE))])
    found, interior = project(index, Selection()), nodes_allowed(index, (), ())
    for looks, stopped_by, paths in ((8, "timeout", 0), (1000, None, SIZE - 2)):
        limits = SearchLimits(Looks(looks))
        best = BestPaths(found, sources=[0], targets=[1], max_length=4, interior=interior, limits=limits)
        limits = SearchLimits(Looks(looks))
        every = AllShortestPaths(found, source=0, target=1, max_length=None, interior=interior, limits=limits)
        assert (len(list(best)), best.stopped_by) == (len(list(every)), every.stopped_by) == (paths, stopped_by)
    half = SIZE // 2 + 1  # only the last of the nodes after the source leads on to one before the target
    ends = [
        (*pair[::turn], "stated", False) for node in range(2, half) for pair in [(0, "binds", node)] for turn in (1, -1)
    ]
    ends += [(node, "binds", 1, "stated", False) for node in range(half, SIZE)]
    sparse = project(_index([*ends, (half - 1, "binds", SIZE - 1, "stated", False)]), Selection())
    assert shortest_path(sparse, 0, 1, interior, SearchLimits(Looks(1000))) is not None
    with pytest.raises(TimeoutError):
        shortest_path(sparse, 0, 1, interior, SearchLimits(Looks(6)))


def test_neighbours_that_several_ask_for_at_once_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    index = _index([(0, "binds", 1, "stated", False)])
    made: list[Selection] = []
    make = adjacency._project

    def slowly(index: Index, selection: Selection) -> Projection:
        made.append(selection)
        time.sleep(0.05)
        return make(index, selection)

    monkeypatch.setattr(adjacency, "_project", slowly)
    with ThreadPoolExecutor(4) as threads:
        found = {*threads.map(lambda _: project(index, Selection(causal=True)), range(4))}
    assert len(found) == len(made) == 1


def test_no_search_waits_until_the_neighbours_for_another_question_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    index = _index([(0, "binds", 1, "stated", False)])
    costly, cheap = Selection(), Selection(predicates=frozenset({"binds"}))
    for selection in (costly, cheap):
        directions(index, selection)
    begun, ended = Event(), Event()
    make = adjacency._project

    def until_told(index: Index, selection: Selection) -> Projection:
        begun.set()
        assert ended.wait(60)
        return make(index, selection)

    monkeypatch.setattr(adjacency, "_project", until_told)
    with ThreadPoolExecutor(2) as threads:
        other = threads.submit(directions, index, costly)
        assert begun.wait(60)
        try:
            mine = threads.submit(directions, index, cheap).result(timeout=20)
        finally:
            ended.set()
        assert mine.out.row(0).neighbors.tolist() == [1]
        assert isinstance(other.result(), Projection)
    assert directions(index, cheap) is project(index, cheap)


@pytest.mark.parametrize(
    "ask",
    [
        lambda graph: graph.mechanism(["sirolimus"], "leiomyosarcoma"),
        lambda graph: graph.mechanism(["gemcitabine"], "leiomyosarcoma", effect="lowers"),
        lambda graph: graph.mechanism((), "leiomyosarcoma"),
        lambda graph: graph.mechanism((), "apoptosis"),
        lambda graph: graph.gaps(["sirolimus", "imatinib"]),
    ],
)
def test_no_mechanism_and_no_gap_map_waits_until_the_neighbours_for_another_question_are_made(
    curated_graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch, ask: Callable[[KnowledgeGraph], object]
) -> None:
    monkeypatch.setattr(adjacency, "_kept", WeakKeyDictionary())
    with ThreadPoolExecutor(1) as threads:
        with adjacency._making:
            meanwhile = threads.submit(ask, curated_graph).result(timeout=30)
        assert not adjacency._kept.get(curated_graph.index)
        assert meanwhile == ask(curated_graph)
    assert adjacency._kept[curated_graph.index]


def test_no_mechanism_waits_until_another_has_read_what_it_needs(
    curated_graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = Event(), Event()

    def until_told(index: Index, selection: Selection) -> Directions:
        if len(selection.certainties) == len(CERTAINTIES) and not begun.is_set():
            begun.set()
            assert ended.wait(60)
        return directions_often(index, selection)

    monkeypatch.setattr("kg.mechanism.ground.directions_often", until_told)
    with ThreadPoolExecutor(2) as threads:
        other = threads.submit(curated_graph.mechanism, ["sirolimus"], "leiomyosarcoma")
        assert begun.wait(60)
        try:
            mine = threads.submit(curated_graph.mechanism, ["sirolimus"], "leiomyosarcoma").result(timeout=30)
        finally:
            ended.set()
        assert mine == other.result()
