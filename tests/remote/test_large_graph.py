"""A graph with more edges than are fetched: its engine is walked, and the answers are those of the whole index."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from kg import KnowledgeGraph
from kg.errors import CapabilityMissing, InvalidParameter, KgError, RemoteUnavailable, ResultTooLarge
from kg.evidence.question import EvidenceQuestion
from kg.generations import CURRENT, building, publish
from kg.identifiers import BASE
from kg.paths.index import IMPORT_PREFIX, Index, IndexEdge, IndexNode
from kg.paths.index_writer import write_index
from kg.paths.link_filters import Direction
from kg.paths.neighborhood import NeighborsQuestion
from kg.paths.surroundings import CommonQuestion, ReachableQuestion, SubgraphQuestion
from kg.paths.traversal import PathQuestion, all_shortest_paths
from kg.remote.frontier import FrontierLimits
from kg.remote.graph import open_remote
from kg.remote.index import local_edges
from kg.remote.large_graph import CutPathAnswer, LargeRemoteGraph
from kg.remote.push import push
from server.app import create_app
from server.settings import Settings
from tests.remote.conftest import ENGINES, running

SIDES: tuple[Direction, ...] = ("in", "out", "both")
TIMEOUT_S = 30.0


@pytest.fixture(scope="module")
def mixed_data(curated_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder like the curated one, where every third edge is an import's."""
    data = tmp_path_factory.mktemp("mixed")
    source = (curated_data / CURRENT).resolve()
    with building(data) as folder:
        shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("index", ".in-use"))
        index = Index.open(source / "index")
        entities = [index.entity(number) for number in range(len(index.nodes))]
        nodes = [IndexNode(entity.id, entity.type, entity.label) for entity in entities]
        edges = [
            IndexEdge(
                nodes[edge.subject].iri,
                edge.predicate.name,
                nodes[edge.object].iri,
                edge.certainty,
                edge.statement,
                edge.graph if number % 3 else f"{IMPORT_PREFIX}x",
            )
            for number, edge in enumerate(index.iter_edges())
        ]
        shutil.rmtree(folder / "index", ignore_errors=True)
        write_index(folder / "index", nodes, edges)
        publish(data, folder)
    return data


@pytest.fixture(scope="module")
def whole_graph(mixed_data: Path) -> Iterator[KnowledgeGraph]:
    """The graph with its whole index at hand."""
    with KnowledgeGraph.open(mixed_data) as graph:
        yield graph


@contextmanager
def _pushed(engine: str, data: Path, folder: Path, max_edges: int) -> Iterator[LargeRemoteGraph]:
    command, url = ENGINES[engine](folder)
    with running(command, url, folder):
        push(data, url, max_edges=max_edges)
        with open_remote(url, folder / "cache") as graph:
            assert isinstance(graph, LargeRemoteGraph)
            yield graph


@pytest.fixture(scope="module", params=["oxigraph", pytest.param("virtuoso", marks=pytest.mark.slow)])
def large_graph(
    request: pytest.FixtureRequest, mixed_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LargeRemoteGraph]:
    """The same graph pushed as if even the curated edges were too many to be fetched."""
    with _pushed(request.param, mixed_data, tmp_path_factory.mktemp("large"), 0) as graph:
        yield graph


@pytest.fixture(scope="module")
def entities(whole_graph: KnowledgeGraph) -> list[str]:
    """Entities with many neighbours, so that paths join some of them; entities with few; and some without."""
    nodes = [whole_graph.index.nodes[number] for number in range(len(whole_graph.index.nodes))]
    linked = [node for node in nodes if whole_graph.counts(node)]
    central = [node for node in linked if sum(count.nodes for count in whole_graph.counts(node)) >= 8]
    chance = random.Random(6)
    return chance.sample(central, 6) + chance.sample(linked, 6) + [node for node in nodes if node not in linked][:2]


def _same(there: object, here: object) -> None:
    assert there == here


def test_neighbours_and_their_counts_are_those_of_the_whole_graph(
    large_graph: LargeRemoteGraph, whole_graph: KnowledgeGraph, entities: list[str]
) -> None:
    for number, node in enumerate(entities):
        _same(large_graph.counts(node), whole_graph.counts(node))
        for direction in SIDES:
            question = NeighborsQuestion(node, direction=direction, limit=5, include_imports=bool(number % 2))
            _same(large_graph.neighbors(question), whole_graph.neighbors(question))
    common = CommonQuestion(nodes=(entities[0], entities[1]))
    _same(large_graph.common(common), whole_graph.common(common))


def test_a_graph_is_chosen_by_its_name_or_its_iri(
    large_graph: LargeRemoteGraph, whole_graph: KnowledgeGraph, entities: list[str]
) -> None:
    source, target = (whole_graph.resolve(name).id for name in ("sirolimus", "leiomyosarcoma"))
    for name, iri in (("graph:import-x", f"{IMPORT_PREFIX}x"), ("document-000", f"{BASE}graph/document-000")):
        by_name = [graph.counts(entities[0], graphs=(name,)) for graph in (large_graph, whole_graph)]
        assert by_name == [graph.counts(entities[0], graphs=(iri,)) for graph in (large_graph, whole_graph)]
        assert by_name[0] == by_name[1]
        asked = PathQuestion(source, target, max_length=4, directed=False, graphs=(name,))
        found = large_graph.paths(asked, TIMEOUT_S)
        assert found == whole_graph.paths(replace(asked, graphs=(iri,)), TIMEOUT_S)
    assert found.paths
    for graph in (large_graph, whole_graph):
        with pytest.raises(InvalidParameter, match="document-000"):
            graph.counts(entities[0], graphs=("document-999",))
    with pytest.raises(InvalidParameter, match="document-000"):
        whole_graph.mechanism(["sirolimus"], graphs=("document-999",))


def test_walks_are_answered_over_http_like_those_of_the_whole_graph(
    large_graph: LargeRemoteGraph, whole_graph: KnowledgeGraph
) -> None:
    there, here = (create_app(graph, Settings()).test_client() for graph in (large_graph, whole_graph))
    for address in (
        "entities/sirolimus/counts?graph=document-000",
        "entities/sirolimus/neighbors",
        "paths?source=sirolimus&target=leiomyosarcoma&directed=false",
        "subgraph?node=sirolimus&node=mTOR",
        "reachable?node=sirolimus&graph=graph:import-x",
        "common?node=sirolimus&node=gemcitabine",
    ):
        answers = [client.get(f"/api/v1/{address}") for client in (there, here)]
        assert [answer.status_code for answer in answers] == [200, 200], address
        assert answers[0].json == answers[1].json, address


@pytest.mark.parametrize("direction", SIDES)
def test_what_lies_around_is_that_of_the_whole_graph(
    large_graph: LargeRemoteGraph, whole_graph: KnowledgeGraph, entities: list[str], direction: Direction
) -> None:
    for node in entities[:4]:
        reach = ReachableQuestion(node, max_length=3, direction=direction, include_imports=True)
        _same(large_graph.reachable(reach), whole_graph.reachable(reach))
        around = SubgraphQuestion(nodes=(node,), hops=1, direction=direction)
        _same(large_graph.subgraph(around), whole_graph.subgraph(around))


@pytest.mark.parametrize("directed", [True, False])
@pytest.mark.parametrize("max_length", [1, 2, 3, 4])
def test_best_and_shortest_paths_are_those_of_the_whole_graph(
    large_graph: LargeRemoteGraph,
    whole_graph: KnowledgeGraph,
    entities: list[str],
    max_length: int,
    directed: bool,
) -> None:
    found = 0
    for number, (source, target) in enumerate(pairwise(entities)):
        question = PathQuestion(
            source, target, max_length=max_length, k=20, directed=directed, include_imports=bool(number % 2)
        )
        here = whole_graph.paths(question, TIMEOUT_S)
        _same(large_graph.paths(question, TIMEOUT_S), here)
        shortest = all_shortest_paths(whole_graph.index, question, whole_graph)
        _same(large_graph.shortest_paths(question, TIMEOUT_S), shortest)
        found += len(here.paths)
    assert found or directed or max_length < 3


def test_filters_hold_and_are_named_where_they_shut_everything_out(
    large_graph: LargeRemoteGraph, whole_graph: KnowledgeGraph
) -> None:
    source, target = (whole_graph.resolve(name).id for name in ("sirolimus", "leiomyosarcoma"))
    open_question = PathQuestion(source, target, max_length=4, directed=False)
    through = whole_graph.paths(open_question, TIMEOUT_S).paths[0].steps[0].end.id
    questions = [
        replace(open_question, avoid=(through,)),
        replace(open_question, node_types=("Drug",)),
        replace(open_question, predicates=("encodes",)),
        replace(open_question, certainties=frozenset({"hypothesised"})),
    ]
    answers = [large_graph.paths(question, TIMEOUT_S) for question in questions]
    assert answers == [whole_graph.paths(question, TIMEOUT_S) for question in questions]
    assert any(answer.excluded_by for answer in answers)
    with pytest.raises(InvalidParameter):
        large_graph.paths(replace(open_question, predicates=("nosuchpredicate",)))


def test_a_walk_that_meets_its_limit_says_how_far_it_is_complete(
    large_graph: LargeRemoteGraph, whole_graph: KnowledgeGraph
) -> None:
    source, target = (whole_graph.resolve(name).id for name in ("sirolimus", "leiomyosarcoma"))
    question = PathQuestion(source, target, max_length=6, k=100, directed=False)
    tight = LargeRemoteGraph(
        large_graph.store, large_graph._local, large_graph.names, limits=FrontierLimits(max_links=400)
    )
    answer = tight.paths(question, TIMEOUT_S)
    assert isinstance(answer, CutPathAnswer)
    assert (answer.truncated, answer.truncated_by, answer.total) == (True, "links", None)
    assert 0 < answer.complete_to < 6
    whole = whole_graph.paths(replace(question, max_length=answer.complete_to), TIMEOUT_S)
    assert answer.paths == whole.paths
    with pytest.raises(ResultTooLarge) as refused:
        tight.reachable(ReachableQuestion(source, max_length=6))
    assert (refused.value.limit, refused.value.value) == ("max_links", 400)


def test_what_stands_in_the_way_is_found_although_not_all_links_of_a_level_can_be_read(
    large_graph: LargeRemoteGraph, whole_graph: KnowledgeGraph, entities: list[str]
) -> None:
    tight = LargeRemoteGraph(
        large_graph.store, large_graph._local, large_graph.names, limits=FrontierLimits(max_links=500)
    )
    named = 0
    for source, target in pairwise(entities):
        question = PathQuestion(source, target, max_length=1, directed=False)
        here, there = (graph.paths(question, TIMEOUT_S) for graph in (whole_graph, tight))
        named += there == here and "max_length" in here.excluded_by
    assert named


def test_questions_that_need_every_edge_are_refused_by_name(large_graph: LargeRemoteGraph) -> None:
    with pytest.raises(CapabilityMissing):
        large_graph.mechanism(["rapamycin"], "leiomyosarcoma")
    for name in ("gaps", "to_networkx", "index"):
        with pytest.raises(CapabilityMissing):
            getattr(large_graph, name)


def test_records_and_evidence_need_no_edges(large_graph: LargeRemoteGraph, whole_graph: KnowledgeGraph) -> None:
    assert large_graph.entity("sirolimus") == whole_graph.entity("sirolimus")
    assert large_graph.search("rapamycin") == whole_graph.search("rapamycin")
    question = EvidenceQuestion(drugs=("imatinib",))
    assert large_graph.evidence(question) == whole_graph.evidence(question)
    assert large_graph.all_evidence() == whole_graph.all_evidence()


def test_imports_beyond_the_limit_leave_the_curated_edges_at_hand(
    mixed_data: Path, whole_graph: KnowledgeGraph, entities: list[str], tmp_path: Path
) -> None:
    index = whole_graph.index
    assert local_edges(index, len(index.edge_statement)) == "all"
    curated = sum(not edge.imported for edge in index.iter_edges())
    assert local_edges(index, curated - 1) == "none"
    with _pushed("oxigraph", mixed_data, tmp_path, curated) as graph:
        here, there = (each.mechanism(["rapamycin"], "leiomyosarcoma") for each in (whole_graph, graph))
        assert there == here
        with pytest.raises(CapabilityMissing):
            graph.mechanism(["rapamycin"], "leiomyosarcoma", include_imports=True)
        for source, target in pairwise(entities):
            question = PathQuestion(source, target, max_length=4, directed=False)
            assert graph.paths(question, TIMEOUT_S).paths == whole_graph.paths(question, TIMEOUT_S).paths
            wider = replace(question, include_imports=True)
            assert graph.paths(wider, TIMEOUT_S) == whole_graph.paths(wider, TIMEOUT_S)
            _same(graph.counts(source), whole_graph.counts(source))


def test_a_graph_that_is_gone_is_an_error_and_not_an_entity_without_neighbours(
    mixed_data: Path, whole_graph: KnowledgeGraph, tmp_path: Path
) -> None:
    node = whole_graph.resolve("sirolimus").id
    with _pushed("oxigraph", mixed_data, tmp_path, 0) as graph:
        push(mixed_data, graph.store.address, max_edges=0)
        assert graph.counts(node) == whole_graph.counts(node)  # the push before is still there
        push(mixed_data, graph.store.address, max_edges=0)
        with pytest.raises(RemoteUnavailable):
            graph.counts(node)


def test_what_remains_unknown_is_named_like_everywhere(large_graph: LargeRemoteGraph) -> None:
    with pytest.raises(KgError):
        large_graph.neighbors(NeighborsQuestion("https://w3id.org/sarcoma-kg/drug/nosuchdrug"))
