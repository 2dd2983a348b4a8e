"""NetworkX: copies of answers, and its algorithms on the index itself."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.identifiers import BASE
from kg.mechanism.search import MechanismQuestion, mechanism
from kg.networkx_backend import Backend, IndexGraph
from kg.paths.adjacency import Selection
from kg.paths.index import Index, IndexNode
from kg.paths.surroundings import CommonQuestion, SubgraphQuestion, common_neighbors, subgraph
from kg.paths.traversal import PathQuestion, best_paths
from kg.projection import to_networkx
from tests.kg.made_index import made_index

KIT, IMATINIB, GIST, PDGFRA = (
    f"{BASE}{name}" for name in ("target/KIT", "drug/imatinib", "histotype/gist", "target/PDGFRA")
)
ROOT = Path(__file__).resolve().parent.parent.parent
NODES = [
    IndexNode(IMATINIB, "Drug", "imatinib"),
    IndexNode(KIT, "Target", "KIT"),
    IndexNode(PDGFRA, "Target", "PDGFRA"),
    IndexNode(GIST, "Histotype", "GIST"),
]


@pytest.fixture(scope="module")
def index() -> Index:
    rows = [
        (IMATINIB, "inhibits", KIT), (IMATINIB, "inhibits", KIT), (IMATINIB, "binds", KIT),
        (KIT, "drives", GIST),
        (IMATINIB, "inhibits", PDGFRA), (PDGFRA, "drives", GIST),
    ]  # fmt: skip
    return made_index(NODES, rows)


def test_the_whole_graph_keeps_every_statement_apart(index: Index) -> None:
    graph = to_networkx(index)
    assert graph.number_of_edges() == 6
    assert set(graph[IMATINIB][KIT]) == {f"{BASE}statement/{n:04}" for n in (0, 1, 2)}
    assert graph.nodes[KIT] == {"type": "Target", "label": "KIT"}
    assert graph[IMATINIB][KIT][f"{BASE}statement/0000"] == {
        "predicate": "inhibits", "sign": -1, "certainty": "stated", "imported": False,
    }  # fmt: skip


def test_every_kind_of_answer_becomes_a_graph(index: Index) -> None:
    paths = to_networkx(best_paths(index, PathQuestion(IMATINIB, GIST)))
    around = to_networkx(subgraph(index, SubgraphQuestion(nodes=(KIT,), hops=2)))
    acts = to_networkx(mechanism(index, MechanismQuestion((IMATINIB,), GIST)))
    for graph in (paths, around, acts):
        assert set(graph) == {IMATINIB, KIT, PDGFRA, GIST}
        assert graph.number_of_edges() == 6
    shared = to_networkx(common_neighbors(index, CommonQuestion(nodes=(KIT, PDGFRA))))
    assert set(shared) == {IMATINIB, KIT, PDGFRA, GIST}


@pytest.mark.parametrize("write", [nx.write_graphml, nx.write_gexf, nx.write_gml])
def test_a_graph_with_steps_of_unknown_sign_can_be_written_for_other_tools(write, tmp_path: Path) -> None:
    nodes = [IndexNode(IMATINIB, "Drug", "imatinib"), IndexNode(GIST, "Histotype", "GIST")]
    index = made_index(nodes, [(IMATINIB, "testedIn", GIST)])
    for graph in (to_networkx(index), to_networkx(subgraph(index, SubgraphQuestion(nodes=(GIST,))))):
        write(graph, tmp_path / "graph")
        ((_, _, sign),) = graph.edges(data="sign")
        assert sign is None


DISPATCH = """
import sys
from pathlib import Path
import networkx as nx
from kg.paths.index import Index
from kg.networkx_backend import IndexGraph
graph = IndexGraph(Index.open(Path(sys.argv[1])))
imatinib, kit, gist = sys.argv[2:]
assert nx.shortest_path(graph, imatinib, gist) == [imatinib, kit, gist]
assert nx.shortest_path_length(graph, imatinib, gist) == 2
assert nx.has_path(graph, imatinib, gist) and not nx.has_path(graph, gist, imatinib)
assert list(nx.all_shortest_paths(graph, imatinib, gist)) == [[imatinib, kit, gist]]
assert list(nx.all_simple_paths(graph, imatinib, gist, cutoff=2)) == [[imatinib, kit, gist]]
assert list(nx.all_simple_paths(graph, imatinib, gist, 1)) == []
assert nx.single_source_shortest_path_length(graph, imatinib, cutoff=1) == {imatinib: 0, kit: 1}
try:
    nx.bidirectional_shortest_path(graph, gist, imatinib)
except nx.NetworkXNoPath:
    print("dispatched")
"""


def test_networkx_itself_dispatches_to_the_index(tmp_path: Path) -> None:
    """In a process of its own: NetworkX looks for backends once, when it is imported."""
    rows = [(IMATINIB, "inhibits", KIT), (KIT, "drives", GIST)]
    made_index(NODES, rows, tmp_path / "index")
    paths = [str(ROOT)]
    if not [entry for entry in entry_points(group="networkx.backends") if entry.name == "sarcoma_kg"]:
        info = tmp_path / "site" / "sarcoma_kg_backend-0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sarcoma-kg-backend\nVersion: 0\n", "utf-8")
        entry = "[networkx.backends]\nsarcoma_kg = kg.networkx_backend:backend\n"
        (info / "entry_points.txt").write_text(entry, "utf-8")
        paths.append(str(tmp_path / "site"))
    ran = subprocess.run(
        [sys.executable, "-c", DISPATCH, str(tmp_path / "index"), IMATINIB, KIT, GIST],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)}, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert (ran.stdout, ran.returncode) == ("dispatched\n", 0), ran.stderr


def test_the_backend_knows_nodes_and_neighbours_by_iri(index: Index) -> None:
    graph = IndexGraph(index)
    assert list(Backend.all_shortest_paths(graph, IMATINIB, GIST)) == [
        [IMATINIB, KIT, GIST],
        [IMATINIB, PDGFRA, GIST],
    ]
    assert Backend.single_source_shortest_path_length(graph, IMATINIB) == {
        IMATINIB: 0,
        KIT: 1,
        PDGFRA: 1,
        GIST: 2,
    }
    assert sorted(graph.neighbors(IMATINIB)) == [KIT, PDGFRA]
    assert (len(graph), KIT in graph, "nothing" in graph) == (4, True, False)
    with pytest.raises(nx.NodeNotFound):
        Backend.has_path(graph, IMATINIB, f"{BASE}drug/none")


def test_a_weighted_question_is_not_run_on_the_index() -> None:
    assert Backend.can_run("shortest_path", ("G", "a", "b"), {})
    assert not Backend.can_run("shortest_path", ("G", "a"), {})
    assert not Backend.can_run("shortest_path", ("G", "a", "b", "cost"), {})
    assert not Backend.can_run("shortest_path", ("G", "a", "b"), {"weight": "cost"})
    with pytest.raises(NotImplementedError):
        Backend.convert_from_nx(nx.DiGraph())


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        (Selection(), {0, 1}),
        (Selection(certainties=frozenset({"stated", "hedged"})), {0, 1, 2}),
        (Selection(include_imports=True), {0, 1, 3}),
        (Selection(predicates=frozenset({"inhibits"})), {0}),
        (Selection(causal=True), {0}),
        (Selection(directed=False), {0, 1}),
    ],
)
def test_a_copy_for_other_algorithms_has_what_the_selection_lets_through(chosen: Selection, kept: set[int]) -> None:
    rows = [
        (IMATINIB, "inhibits", KIT), (IMATINIB, "testedIn", GIST),
        (IMATINIB, "inhibits", PDGFRA, "hedged"), (KIT, "testedIn", GIST, "stated", "import-own"),
    ]  # fmt: skip
    copy = Backend.convert_to_nx(IndexGraph(made_index(NODES, rows), chosen))
    assert {key for _, _, key in copy.edges(keys=True)} == {f"{BASE}statement/{n:04}" for n in kept}
    assert (len(copy), copy.is_directed()) == (4, chosen.directed)
    assert Backend.convert_to_nx("as it is") == "as it is"


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=24), st.booleans())
@settings(max_examples=60, deadline=None)
def test_the_backend_answers_as_networkx_does(pairs: list[tuple[int, int]], directed: bool) -> None:
    names = [f"{BASE}target/T{n}" for n in range(8)]
    nodes = [IndexNode(name, "Target", name[-2:]) for name in names]
    made = made_index(nodes, ((names[a], "activates", names[b]) for a, b in pairs))
    ours = IndexGraph(made, Selection(directed=directed))
    theirs: nx.Graph[str] = nx.DiGraph() if directed else nx.Graph()
    theirs.add_nodes_from(names)
    theirs.add_edges_from((names[a], names[b]) for a, b in pairs)
    assert Backend.single_source_shortest_path_length(ours, names[0]) == nx.single_source_shortest_path_length(
        theirs, names[0]
    )
    for target in names:
        assert Backend.has_path(ours, names[0], target) == nx.has_path(theirs, names[0], target)
        if nx.has_path(theirs, names[0], target):
            expected = sorted(nx.all_shortest_paths(theirs, names[0], target))
            assert list(Backend.all_shortest_paths(ours, names[0], target)) == expected
            assert Backend.shortest_path(ours, names[0], target) in expected
    assert {n: sorted(ours.neighbors(n)) for n in names} == {n: sorted(theirs.neighbors(n)) for n in names}


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=14), st.booleans(), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_simple_paths_are_those_of_networkx_parallel_statements_included(
    pairs: list[tuple[int, int]], directed: bool, cutoff: int
) -> None:
    names = [f"{BASE}target/T{n}" for n in range(6)]
    nodes = [IndexNode(n, "Target", n[-2:]) for n in names]
    made = made_index(nodes, ((names[a], "activates", names[b]) for a, b in pairs))
    ours = IndexGraph(made, Selection(directed=directed))
    theirs: nx.Graph[str] = nx.MultiDiGraph() if directed else nx.MultiGraph()
    theirs.add_nodes_from(names)
    theirs.add_edges_from((names[a], names[b]) for a, b in pairs)
    plain: nx.Graph[str] = nx.DiGraph(theirs) if directed else nx.Graph(theirs)
    for target in (names[1], names[5], names[1:3]):
        expected = sorted(nx.all_simple_paths(theirs, names[0], target, cutoff=cutoff))
        assert sorted(Backend.all_simple_paths(ours, names[0], target, cutoff=cutoff)) == expected
    assert list(Backend.all_simple_paths(ours, names[0], names[0])) == [[names[0]]]
    if nx.has_path(plain, names[0], names[1]):
        expected = list(nx.shortest_simple_paths(plain, names[0], names[1]))
        found = list(Backend.shortest_simple_paths(ours, names[0], names[1]))
        assert sorted(found) == sorted(expected)
        assert [len(path) for path in found] == [len(path) for path in expected]
    else:
        with pytest.raises(nx.NetworkXNoPath):
            list(Backend.shortest_simple_paths(ours, names[0], names[1]))
