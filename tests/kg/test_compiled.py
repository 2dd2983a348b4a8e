"""The compiled searches answer as those of numpy do, ties included.

Where numba is not installed the same functions run as plain Python, so that what they do is checked either way.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg.identifiers import BASE
from kg.paths import kernels
from kg.paths import shortest_path as shortest_path_module
from kg.paths.adjacency import Projection, Selection, nodes_allowed, project
from kg.paths.best_paths import BestPaths, FoundPath, SearchLimits
from kg.paths.compiled import best, shortest
from kg.paths.index import Index, IndexNode
from kg.paths.lazy_adjacency import read_lazily
from kg.paths.shortest_path import shortest_path
from tests.kg.made_index import made_index

SIZE = 60
PREDICATES = ("activates", "binds", "inhibits")
KERNELS = kernels.Kernels(shortest, best)  # one for all: a search has to leave its arrays as it found them

graphs = st.tuples(st.integers(0, 1 << 30), st.sampled_from([20, 60, 90, 200, 600]), st.booleans())
ends = st.lists(st.integers(0, SIZE - 1), min_size=2, max_size=4, unique=True)


@contextmanager
def compiled() -> Iterator[None]:
    before = list(kernels._loaded)
    kernels._loaded[:] = [KERNELS]
    try:
        yield
    finally:
        kernels._loaded[:] = before


def _index(seed: int, links: int) -> Index:
    """A random multigraph; half of its links touch one of two hubs."""
    draw = random.Random(seed)
    nodes = [IndexNode(f"{BASE}target/T{n:02}", "Target" if n % 4 else "Process", f"T{n}") for n in range(SIZE)]
    rows = [
        (nodes[draw.randrange(SIZE)].iri, draw.choice(PREDICATES), nodes[draw.randrange(2 if n % 2 else SIZE)].iri)
        for n in range(links)
    ]
    return made_index(nodes, rows)


def _best(
    index: Index, projection: Projection, points: list[int], *, length: int, wanted: int, limits: SearchLimits
) -> tuple[list[FoundPath], str | None]:
    half = len(points) // 2
    search = BestPaths(
        projection, sources=points[:half], targets=points[half:], max_length=length,
        interior=nodes_allowed(index, (), ()), limits=limits, wanted=wanted,
    )  # fmt: skip
    found = list(islice(search, wanted))
    return found, search.stopped_by if len(found) < wanted else "k"


@given(graphs, ends, st.sampled_from([(), ("Target",)]))
@example((423078, 600, True), [26, 11], ("Target",))  # a neighbour by two predicates is read once, not twice
@settings(max_examples=150, deadline=None)
def test_the_one_shortest_path_is_the_same(
    graph: tuple[int, int, bool], points: list[int], types: tuple[str, ...]
) -> None:
    seed, links, directed = graph
    index = _index(seed, links)
    projection, interior = project(index, Selection(directed=directed)), nodes_allowed(index, types, ())
    for source, target in pairwise(points):
        expected = shortest_path(projection, source, target, interior, SearchLimits())
        with compiled():
            assert shortest_path(projection, source, target, interior, SearchLimits()) == expected
        assert KERNELS.shortest_path(projection, source, target, interior) == expected


@given(graphs, ends, st.integers(1, 3), st.integers(1, 8))
@settings(max_examples=60, deadline=None)
def test_the_one_shortest_path_does_not_depend_on_how_much_is_read_before_looking(
    graph: tuple[int, int, bool], points: list[int], first_nodes: int, first_links: int
) -> None:
    seed, links, directed = graph
    index, interior = _index(seed, links), np.ones(SIZE, dtype=bool)
    for projection in (project(index, Selection(directed=directed)), read_lazily(index, Selection(directed=directed))):
        for source, target in pairwise(points):
            expected = shortest_path(projection, source, target, interior, SearchLimits())
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(shortest_path_module, "FIRST_NODES", first_nodes)
                patch.setattr(shortest_path_module, "FIRST_LINKS", first_links)
                assert shortest_path(projection, source, target, interior, SearchLimits()) == expected


@given(graphs, ends, st.integers(1, 8), st.integers(1, 30), st.sampled_from([3, 50, 200_000]))
@settings(max_examples=150, deadline=None)
def test_the_best_paths_are_the_same_and_so_is_where_the_search_stops(
    graph: tuple[int, int, bool], points: list[int], length: int, wanted: int, expansions: int
) -> None:
    seed, links, directed = graph
    index = _index(seed, links)
    projection, limits = project(index, Selection(directed=directed)), SearchLimits(max_expansions=expansions)
    expected = _best(index, projection, points, length=length, wanted=wanted, limits=limits)
    with compiled():
        assert _best(index, projection, points, length=length, wanted=wanted, limits=limits) == expected


def test_the_compiled_search_is_what_answers_once_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    index = _index(1, 200)
    projection, asked = project(index, Selection(directed=False)), []
    answer = KERNELS.best_paths
    monkeypatch.setattr(KERNELS, "best_paths", lambda *given, **named: asked.append(1) or answer(*given, **named))
    with compiled():
        found, _ = _best(index, projection, [0, 5], length=4, wanted=5, limits=SearchLimits())
    assert found
    assert asked


def test_a_search_that_takes_too_long_without_a_clock_is_left_to_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    index = _index(2, 90)
    projection, interior = project(index, Selection(directed=False)), np.ones(SIZE, dtype=bool)
    pairs = [(source, target) for source in range(20) for target in range(20, 40)]
    expected = [shortest_path(projection, *pair, interior, SearchLimits()) for pair in pairs]
    best_expected = _best(index, projection, [1, 0], length=5, wanted=8, limits=SearchLimits())
    monkeypatch.setattr(kernels, "MAX_LINKS", 3)
    with compiled():
        assert [shortest_path(projection, *pair, interior, SearchLimits()) for pair in pairs] == expected
        assert _best(index, projection, [1, 0], length=5, wanted=8, limits=SearchLimits()) == best_expected
    with pytest.raises(kernels.GivenUp):
        KERNELS.best_paths(
            projection, sources=np.array([1]), targets=np.array([0]), max_length=5,
            interior=interior, wanted=8, max_expansions=100,
        )  # fmt: skip


def test_a_full_pool_is_left_to_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    index = _index(3, 600)
    projection = project(index, Selection(directed=False))
    expected = _best(index, projection, [3, 7], length=6, wanted=30, limits=SearchLimits())
    monkeypatch.setattr(kernels, "MAX_PREFIXES", 8)
    small = kernels.Kernels(shortest, best)
    interior = np.ones(SIZE, dtype=bool)
    interior[[3, 7]] = False
    with pytest.raises(kernels.GivenUp):
        small.best_paths(
            projection, sources=np.array([3]), targets=np.array([7]), max_length=6,
            interior=interior, wanted=30, max_expansions=10_000,
        )  # fmt: skip
    monkeypatch.setattr(kernels, "_loaded", [small])
    assert _best(index, projection, [3, 7], length=6, wanted=30, limits=SearchLimits()) == expected


def test_what_was_unloaded_can_be_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "_loaded", [KERNELS])
    kept = kernels.unload()
    assert kernels.loaded() is None
    assert kernels.unload() is None
    assert kernels.load(kept)
    assert kernels.loaded() is KERNELS


def test_without_numba_nothing_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "find_spec", lambda name: None)
    monkeypatch.setattr(kernels, "_loaded", [])
    assert not kernels.load()
    assert kernels.loaded() is None
