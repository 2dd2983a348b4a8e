"""Paths and surroundings, checked against NetworkX on small random multigraphs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import pairwise, product
from pathlib import Path as FilePath
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.budget import Deadline
from kg.errors import EntityNotFound, InvalidParameter
from kg.identifiers import BASE
from kg.model import CERTAINTIES, PassageRef
from kg.paths.best_paths import SearchLimits
from kg.paths.index import Index, IndexNode
from kg.paths.link_filters import LinkFilters
from kg.paths.neighborhood import NeighborsQuestion, neighbor_counts, neighbors
from kg.paths.steps import StatementRecord
from kg.paths.surroundings import (
    CommonQuestion,
    ReachableQuestion,
    SubgraphQuestion,
    common_neighbors,
    reachable,
    subgraph,
)
from kg.paths.traversal import PathQuestion, all_shortest_paths, best_paths, one_shortest_path
from tests.kg.made_index import made_index

PREDICATE_NAMES = ("activates", "binds", "inhibits")
Row = tuple[int, str, int, str]  # subject, predicate, object, certainty

rows = st.lists(
    st.tuples(
        st.integers(0, 6),
        st.sampled_from(PREDICATE_NAMES),
        st.integers(0, 6),
        st.sampled_from(["stated", "hedged"]),
    ),
    max_size=28,
)


def _iri(number: int) -> str:
    return f"{BASE}target/T{number}"


def _index(
    edges: Iterable[Row], *, size: int = 7, graph: str = "document-000", folder: FilePath | None = None
) -> Index:
    nodes = [IndexNode(_iri(n), "Target" if n % 3 else "Process", f"T{n}") for n in range(size)]
    return made_index(nodes, ((_iri(s), p, _iri(o), c, graph) for s, p, o, c in edges), folder)


def _costs(edges: Collection[Row]) -> dict[tuple[int, str, int], float]:
    links = {(s, p, o) for s, p, o, _ in edges}
    out, into = Counter((s, p) for s, p, _ in links), Counter((p, o) for _, p, o in links)
    return {(s, p, o): 1 + 0.5 * (math.log(out[s, p]) + math.log(into[p, o])) for s, p, o in links}


def _all_paths(
    edges: Collection[Row], allowed: Collection[Row], source: int, target: int, length: int, *, directed: bool
) -> list[tuple[float, int, tuple[str, ...], tuple[tuple[str, bool], ...]]]:
    """Every simple path by NetworkX: (cost, length, node IRIs, (predicate, forward) per step), in order."""
    costs = _costs(edges)
    between: dict[tuple[int, int], set[tuple[str, bool]]] = {}
    for s, p, o, _ in allowed:
        between.setdefault((s, o), set()).add((p, True))
        if not directed:
            between.setdefault((o, s), set()).add((p, False))
    graph: nx.DiGraph[int] = nx.DiGraph(list(between))
    if source not in graph or target not in graph:
        return []
    found = []
    for nodes in nx.all_simple_paths(graph, source, target, cutoff=length):
        pairs = list(pairwise(nodes))
        for choice in product(*(sorted(between[pair]) for pair in pairs)):
            cost = sum(
                costs[(a, p, b) if forward else (b, p, a)] for (a, b), (p, forward) in zip(pairs, choice, strict=True)
            )
            found.append((round(cost, 4), len(pairs), tuple(map(_iri, nodes)), choice))
    return sorted(found, key=lambda row: (row[0], row[1], row[2], [(p, not forward) for p, forward in row[3]]))


@given(rows, st.integers(1, 6), st.integers(1, 12), st.booleans())
@settings(max_examples=120, deadline=None)
def test_the_best_paths_are_those_of_exhaustive_search(edges: list[Row], length: int, k: int, directed: bool) -> None:
    index = _index(edges)
    stated = [row for row in edges if row[3] == "stated"]
    expected = _all_paths(edges, stated, 0, 1, length, directed=directed)
    answer = best_paths(index, PathQuestion(_iri(0), _iri(1), length, k, directed=directed))
    shown = [
        (
            round(path.score, 4), path.length,
            (path.steps[0].start.id, *(step.end.id for step in path.steps)),
            tuple((step.predicate, step.forward) for step in path.steps),
        )
        for path in answer.paths
    ]  # fmt: skip
    assert [row[0] for row in shown] == pytest.approx([row[0] for row in expected[:k]], abs=2e-4)
    assert set(shown) <= set(expected)
    assert len(set(shown)) == len(shown) == min(k, len(expected))
    assert answer.total == (len(expected) if len(expected) <= k else None)
    assert answer.truncated_by == ("k" if len(expected) > k else None)
    ties = Counter(row[:2] for row in expected)
    if all(count == 1 or cost < (shown[-1][0] if shown else 0) for (cost, _), count in ties.items()):
        assert shown == expected[:k]


@given(rows, st.booleans())
@settings(max_examples=80, deadline=None)
def test_shortest_paths_are_as_short_as_networkx_finds(edges: list[Row], directed: bool) -> None:
    index = _index(edges)
    question = PathQuestion(_iri(0), _iri(1), 8, 100, certainties=frozenset(CERTAINTIES), directed=directed)
    everything = _all_paths(edges, edges, 0, 1, 8, directed=directed)
    shortest = min((row[1] for row in everything), default=None)
    one, several = one_shortest_path(index, question), all_shortest_paths(index, question)
    assert [path.length for path in one.paths] == ([] if shortest is None else [shortest])
    expected = {(row[2], row[3]) for row in everything if row[1] == shortest}
    shown = {
        (
            (path.steps[0].start.id, *(step.end.id for step in path.steps)),
            tuple((step.predicate, step.forward) for step in path.steps),
        )
        for path in several.paths
    }
    assert shown <= expected
    assert len(shown) == min(len(expected), 100)
    nodes = [(path.steps[0].start.id, *(step.end.id for step in path.steps)) for path in several.paths]
    assert nodes == sorted(nodes)


@given(rows, st.integers(1, 4), st.sampled_from(["in", "out", "both"]))
@settings(max_examples=60, deadline=None)
def test_what_is_reachable_is_what_networkx_reaches(edges: list[Row], hops: int, direction: str) -> None:
    index = _index(edges)
    graph: nx.DiGraph[int] = nx.DiGraph([(s, o) for s, _, o, c in edges if c == "stated"])
    graph.add_node(0)
    walked = {"out": graph, "in": graph.reverse(), "both": graph.to_undirected()}[direction]
    expected = nx.single_source_shortest_path_length(walked, 0, cutoff=hops)
    question = ReachableQuestion(node=_iri(0), max_length=hops, direction=direction)  # type: ignore[arg-type]
    answer = reachable(index, question)
    assert {item.node.id: item.distance for item in answer.items} == {_iri(n): d for n, d in expected.items() if d}
    assert [item.distance for item in answer.items] == sorted(item.distance for item in answer.items)


@given(rows, st.integers(1, 5), st.sampled_from(["in", "out", "both"]))
@settings(max_examples=60, deadline=None)
def test_pages_of_neighbours_hold_every_statement_once(edges: list[Row], limit: int, direction: str) -> None:
    index = _index(edges)
    cursor, seen = None, []
    for _ in range(40):
        page = neighbors(index, NeighborsQuestion(node=_iri(2), direction=direction, limit=limit, cursor=cursor))  # type: ignore[arg-type]
        seen += [(item.direction, item.predicate, item.node.id, item.statement) for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    expected = []
    for number, (s, p, o, c) in enumerate(edges):
        if c == "stated" and s == 2 and direction in ("out", "both"):
            expected.append(("out", p, _iri(o), f"{BASE}statement/{number:04}"))
        if c == "stated" and o == 2 and direction in ("in", "both"):
            expected.append(("in", p, _iri(s), f"{BASE}statement/{number:04}"))
    assert seen == sorted(expected, key=lambda row: (row[0] == "in", *row[1:]))
    assert page.total == len(expected)
    counted = {(count.predicate, count.direction): count.statements for count in page.counts}
    stated = Counter((row[1], row[0]) for row in expected)
    assert {key: counted[key] for key in stated} == dict(stated)


@given(rows)
@settings(max_examples=40, deadline=None)
def test_common_neighbours_and_the_subgraph_agree_with_networkx(edges: list[Row]) -> None:
    index = _index(edges)
    graph: nx.Graph[int] = nx.Graph([(s, o) for s, _, o, c in edges if c == "stated" and s != o])
    graph.add_nodes_from([0, 1])
    shared = common_neighbors(index, CommonQuestion(nodes=(_iri(0), _iri(1))))
    assert [item.node.id for item in shared.items] == [_iri(n) for n in sorted(nx.common_neighbors(graph, 0, 1))]
    around = subgraph(index, SubgraphQuestion(nodes=(_iri(0),), hops=2))
    near = nx.ego_graph(graph, 0, 2)
    assert {node.id for node in around.nodes} == {_iri(n) for n in near}
    links = {(s, p, o) for s, p, o, c in edges if c == "stated" and s in near and o in near}
    assert {(step.subject.id, step.predicate, step.object.id) for step in around.edges} == {
        (_iri(s), p, _iri(o)) for s, p, o in links
    }


HUB: list[Row] = [
    (0, "activates", 2, "stated"), (2, "activates", 1, "stated"),
    (0, "activates", 3, "stated"), (3, "activates", 1, "stated"),
    (3, "activates", 4, "stated"), (3, "activates", 5, "stated"), (3, "activates", 6, "stated"),
]  # fmt: skip


def test_of_two_equally_long_paths_the_one_that_avoids_the_hub_is_better() -> None:
    answer = best_paths(_index(HUB), PathQuestion(_iri(0), _iri(1)))
    assert [path.steps[0].object.label for path in answer.paths] == ["T2", "T3"]
    assert answer.paths[0].score < answer.paths[1].score


class _Statements:
    """A source that counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def statements(self, iris: Collection[str]) -> Mapping[str, StatementRecord]:
        self.asked += iris
        return {
            iri: StatementRecord(
                (PassageRef(f"{BASE}passage/{iri[-4:]}", f"{BASE}document/000", "discussion", 1, 9),),
                "stated",
                f"{BASE}document/000", "a sentence",
            )
            for iri in iris
        }  # fmt: skip


def test_parallel_statements_are_one_step_with_all_their_passages() -> None:
    index = _index([(0, "inhibits", 1, "stated"), (0, "inhibits", 1, "stated"), (0, "inhibits", 1, "hedged")])
    source = _Statements()
    (path,) = best_paths(index, PathQuestion(_iri(0), _iri(1)), source).paths
    (step,) = path.steps
    assert step.statements == (f"{BASE}statement/0000", f"{BASE}statement/0001")
    assert [passage.id for passage in step.passages] == [f"{BASE}passage/0000", f"{BASE}passage/0001"]
    assert (step.sign, step.certainty, step.sentence) == (-1, "stated", "T0 inhibits T1")
    assert source.asked == list(step.statements)


def test_different_predicates_make_different_paths() -> None:
    index = _index([(0, "inhibits", 1, "stated"), (0, "binds", 1, "stated")])
    answer = best_paths(index, PathQuestion(_iri(0), _iri(1)))
    assert [path.steps[0].predicate for path in answer.paths] == ["binds", "inhibits"]
    assert (answer.total, answer.truncated) == (2, False)


CHAIN: list[Row] = [(0, "activates", 3, "hedged"), (3, "binds", 1, "stated"), (1, "inhibits", 4, "stated")]


@pytest.mark.parametrize(
    ("question", "excluded_by"),
    [
        (PathQuestion(_iri(0), _iri(1)), ("certainty",)),
        (PathQuestion(_iri(1), _iri(3)), ("directed",)),
        (PathQuestion(_iri(3), _iri(4), predicates=("binds",)), ("predicate",)),
        (PathQuestion(_iri(3), _iri(4), node_types=("Drug",)), ("node_type",)),
        (PathQuestion(_iri(3), _iri(4), avoid=(_iri(1),)), ("avoid",)),
        (PathQuestion(_iri(3), _iri(4), max_length=1), ("max_length",)),
        (PathQuestion(_iri(0), _iri(1), max_length=1), ("certainty", "max_length")),
        (PathQuestion(_iri(0), _iri(5)), ()),
    ],
)
def test_an_empty_answer_names_the_filters_that_emptied_it(
    question: PathQuestion, excluded_by: tuple[str, ...]
) -> None:
    answer = best_paths(_index(CHAIN), question)
    assert (answer.paths, answer.total, answer.truncated) == ((), 0, False)
    assert answer.excluded_by == excluded_by


@pytest.mark.parametrize(
    ("ask", "question", "excluded_by"),
    [
        (
            reachable,
            ReachableQuestion(node=_iri(1), predicates=("inhibits",), direction="in"),
            ("predicate", "direction"),
        ),
        (reachable, ReachableQuestion(node=_iri(0), direction="out"), ("certainty",)),
        (reachable, ReachableQuestion(node=_iri(5)), ()),
        (common_neighbors, CommonQuestion(nodes=(_iri(3), _iri(4)), types=("Drug",)), ("type",)),
        (common_neighbors, CommonQuestion(nodes=(_iri(0), _iri(5))), ()),
        (subgraph, SubgraphQuestion(nodes=(_iri(3),), hops=0), ("hops",)),
        (subgraph, SubgraphQuestion(nodes=(_iri(0), _iri(1)), hops=0), ("hops",)),
        (subgraph, SubgraphQuestion(nodes=(_iri(0), _iri(3)), hops=0), ("certainty", "hops")),
    ],
)
def test_empty_surroundings_name_the_filters_that_emptied_them(
    ask: Callable[..., Any], question: LinkFilters, excluded_by: tuple[str, ...]
) -> None:
    assert ask(_index(CHAIN), question).excluded_by == excluded_by


def test_surroundings_out_of_time_are_the_nearest_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.paths.surroundings.NAMED_AT_ONCE", 2)
    fan: list[Row] = [(end, "binds", middle, "stated") for middle in range(2, 7) for end in (0, 1)]
    index, over = _index(fan), Deadline(0.0)
    near = reachable(index, ReachableQuestion(node=_iri(0)), over)
    assert (near.items, near.total, near.truncated_by, near.excluded_by) == ((), None, "timeout", ())
    shared = common_neighbors(index, CommonQuestion(nodes=(_iri(0), _iri(1))), None, over)
    assert [item.node.label for item in shared.items] == ["T2"]
    assert (shared.total, shared.truncated, shared.truncated_by) == (5, True, "timeout")
    around = subgraph(index, SubgraphQuestion(nodes=tuple(map(_iri, range(7))), hops=0), None, over)
    assert (len(around.nodes), len(around.edges), around.truncated_by) == (7, 2, "timeout")
    assert subgraph(index, SubgraphQuestion(nodes=(_iri(0),)), None, over).total is None


class _Clock:
    """A deadline that passes after some looks at it."""

    def __init__(self, looks: int) -> None:
        self._left = looks

    def passed(self) -> bool:
        self._left -= 1
        return self._left < 0


@pytest.mark.parametrize("looks", range(8))
def test_a_cut_subgraph_has_all_links_among_its_nodes(monkeypatch: pytest.MonkeyPatch, looks: int) -> None:
    monkeypatch.setattr("kg.paths.surroundings.NAMED_AT_ONCE", 2)
    edges: list[Row] = [(a, "binds", b, "stated") for a in range(5) for b in range(a)]  # everything with everything
    question = SubgraphQuestion(nodes=(_iri(0),), hops=1)
    whole = subgraph(_index(edges), question)
    cut = subgraph(_index(edges), question, None, _Clock(looks))  # type: ignore[arg-type]
    kept = {node.id for node in cut.nodes}
    assert cut.nodes == whole.nodes[: len(kept)]
    assert cut.edges == tuple(edge for edge in whole.edges if {edge.subject.id, edge.object.id} <= kept)
    assert cut.truncated == (len(cut.nodes) < len(whole.nodes))
    assert len(cut.nodes) >= min(looks, 5) - 2


def test_what_only_imports_lead_to_is_marked() -> None:
    nodes = [IndexNode(_iri(n), "Target", f"T{n}") for n in range(5)]
    made = [
        (_iri(0), "binds", _iri(1), "stated", "document-000"), (_iri(0), "binds", _iri(1), "stated", "import-a"),
        (_iri(1), "binds", _iri(2), "stated", "document-000"), (_iri(0), "binds", _iri(2), "stated", "import-a"),
        (_iri(2), "binds", _iri(3), "stated", "import-a"), (_iri(1), "binds", _iri(3), "stated", "document-000"),
    ]  # fmt: skip
    index = made_index(nodes, made)
    near = reachable(index, ReachableQuestion(node=_iri(0), direction="out", include_imports=True))
    marked = {item.node.label: (item.distance, item.imported) for item in near.items}
    assert marked == {"T1": (1, False), "T2": (1, True), "T3": (2, False)}
    curated = reachable(index, ReachableQuestion(node=_iri(0), direction="out"))
    assert [(item.distance, item.imported) for item in curated.items] == [(1, False), (2, False), (2, False)]
    alone = ReachableQuestion(node=_iri(0), direction="out", graphs=(f"{BASE}graph/import-a",))
    assert [item.imported for item in reachable(index, alone).items] == [True, True, True]
    shared = common_neighbors(index, CommonQuestion(nodes=(_iri(0), _iri(2)), include_imports=True))
    assert [(item.node.label, item.imported) for item in shared.items] == [("T1", False)]
    shared = common_neighbors(index, CommonQuestion(nodes=(_iri(1), _iri(2)), include_imports=True))
    assert [(item.node.label, item.imported) for item in shared.items] == [("T0", True), ("T3", True)]


def test_imports_join_only_when_asked() -> None:
    index = _index([(0, "inhibits", 1, "stated")], graph="import-drugmechdb")
    empty = best_paths(index, PathQuestion(_iri(0), _iri(1)))
    assert empty.excluded_by == ("include_imports",)
    (path,) = best_paths(index, PathQuestion(_iri(0), _iri(1), include_imports=True)).paths
    assert path.steps[0].imported
    assert neighbors(index, NeighborsQuestion(node=_iri(0))).total == 0
    assert neighbors(index, NeighborsQuestion(node=_iri(0), include_imports=True)).items[0].imported


@pytest.mark.parametrize(
    ("parameter", "make"),
    [
        ("target", lambda: PathQuestion(_iri(0), _iri(0))),
        ("max_length", lambda: PathQuestion(_iri(0), _iri(1), 9)),
        ("max_length", lambda: PathQuestion(_iri(0), _iri(1), 0)),
        ("k", lambda: PathQuestion(_iri(0), _iri(1), k=101)),
        ("certainty", lambda: PathQuestion(_iri(0), _iri(1), certainties=frozenset())),
        ("avoid", lambda: PathQuestion(_iri(0), _iri(1), avoid=(_iri(1),))),
        ("limit", lambda: NeighborsQuestion(node=_iri(0), limit=1001)),
        ("direction", lambda: NeighborsQuestion(node=_iri(0), direction="up")),  # type: ignore[arg-type]
        ("node", lambda: CommonQuestion(nodes=(_iri(0), _iri(0)))),
        ("hops", lambda: SubgraphQuestion(nodes=(_iri(0),), hops=4)),
        (
            "predicate",
            lambda: best_paths(_index(CHAIN), PathQuestion(_iri(0), _iri(1), predicates=("cures",))),
        ),
        (
            "node_type",
            lambda: best_paths(_index(CHAIN), PathQuestion(_iri(0), _iri(1), node_types=("Gene",))),
        ),
        ("cursor", lambda: neighbors(_index(CHAIN), NeighborsQuestion(node=_iri(0), cursor="nonsense"))),
    ],
)
def test_a_value_out_of_bounds_is_refused_by_its_parameter(parameter: str, make: object) -> None:
    with pytest.raises(InvalidParameter) as refused:
        make()  # type: ignore[operator]
    assert refused.value.parameter == parameter


def test_an_unknown_entity_is_reported_with_its_parameter() -> None:
    with pytest.raises(EntityNotFound) as unknown:
        best_paths(_index(CHAIN), PathQuestion(_iri(0), _iri(99)))
    assert (unknown.value.parameter, unknown.value.text) == ("target", "target:T99")


def _dense(size: int) -> list[Row]:
    return [(s, "activates", o, "stated") for s in range(size) for o in range(size) if s != o]


def test_a_search_stopped_by_its_limits_says_so_and_keeps_what_it_has() -> None:
    index = _index(_dense(12), size=12)
    answer = best_paths(index, PathQuestion(_iri(0), _iri(1), 8, 100), limits=SearchLimits(max_expansions=30))
    assert (answer.truncated, answer.truncated_by, answer.total) == (True, "expansions", None)
    assert [path.length for path in answer.paths] == sorted(path.length for path in answer.paths)
    assert answer.paths
    late = best_paths(index, PathQuestion(_iri(0), _iri(1)), limits=SearchLimits(Deadline(0.0)))
    assert (late.paths, late.truncated_by, late.excluded_by) == ((), "timeout", ())
    assert one_shortest_path(index, PathQuestion(_iri(0), _iri(1)), limits=SearchLimits(Deadline(0.0))).truncated


def test_counts_come_before_expansion() -> None:
    edges: list[Row] = [(0, "binds", n, "stated") for n in range(1, 5)] + [(5, "inhibits", 0, "stated")] * 2
    counts = neighbor_counts(_index(edges), _iri(0))
    assert [(c.predicate, c.direction, c.statements, c.nodes) for c in counts] == [
        ("binds", "out", 4, 4), ("inhibits", "in", 2, 1),
    ]  # fmt: skip
    page = neighbors(_index(edges), NeighborsQuestion(node=_iri(0), predicates=("activates",)))
    assert (page.items, page.total, page.excluded_by) == ((), 0, ("predicate",))
    assert page.counts == counts


def test_a_predicate_may_be_named_as_sparql_names_it() -> None:
    for name in ("binds", "skg:binds", "https://w3id.org/sarcoma-kg/vocab/binds"):
        assert PathQuestion(_iri(0), _iri(1), predicates=(name,)).predicates == ("binds",)
        assert NeighborsQuestion(node=_iri(0), predicates=(name,)).predicates == ("binds",)


def test_a_cursor_survives_a_rebuilt_graph() -> None:
    edges: list[Row] = [(0, "binds", n, "stated") for n in range(1, 6)]
    first = neighbors(_index(edges), NeighborsQuestion(node=_iri(0), limit=2))
    grown = _index([*edges, (0, "activates", 6, "stated")])  # sorts before everything already seen
    second = neighbors(grown, NeighborsQuestion(node=_iri(0), limit=9, cursor=first.next_cursor))
    assert [item.node.label for item in second.items] == ["T3", "T4", "T5"]


def test_a_subgraph_keeps_the_nearest_when_it_is_cut() -> None:
    edges: list[Row] = [
        (0, "binds", 1, "stated"),
        (0, "binds", 2, "stated"),
        (2, "binds", 3, "stated"),
        (1, "binds", 3, "stated"),
    ]
    cut = subgraph(_index(edges), SubgraphQuestion(nodes=(_iri(0),), hops=2, limit=3))
    assert [node.label for node in cut.nodes] == ["T0", "T1", "T2"]
    assert (cut.total, cut.truncated, cut.truncated_by) == (4, True, "limit")
    assert {(step.subject.label, step.object.label) for step in cut.edges} == {("T0", "T1"), ("T0", "T2")}


def test_a_subgraph_with_too_many_links_has_fewer_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.paths.surroundings.MAX_SUBGRAPH_LINKS", 4)
    edges: list[Row] = [(a, "binds", b, "stated") for a in range(5) for b in range(a)]  # everything with everything
    cut = subgraph(_index(edges), SubgraphQuestion(nodes=(_iri(0),), hops=1))
    assert [node.label for node in cut.nodes] == ["T0", "T1", "T2"]
    assert (len(cut.edges), cut.total, cut.truncated, cut.truncated_by) == (3, 5, True, "links")
    seeds = subgraph(_index(edges), SubgraphQuestion(nodes=tuple(map(_iri, range(4))), hops=0))
    assert (len(seeds.nodes), len(seeds.edges), seeds.truncated) == (4, 6, False)
