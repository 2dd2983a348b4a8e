"""Neighbours read as a search goes along give the answers that neighbours made ready beforehand give."""

from __future__ import annotations

from itertools import islice

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.identifiers import BASE
from kg.model import CERTAINTIES
from kg.paths.adjacency import Directions, Selection, nodes_allowed, project
from kg.paths.best_paths import BestPaths, SearchLimits
from kg.paths.breadth_first import AllShortestPaths
from kg.paths.index import Index, IndexNode
from kg.paths.lazy_adjacency import directions, read_lazily
from kg.paths.shortest_path import shortest_path
from tests.kg.made_index import made_index

SIZE = 14
UNLIMITED = SearchLimits()
IMPORTED, CURATED = "import-x", "document-000"

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
