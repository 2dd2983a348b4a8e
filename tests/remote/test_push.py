"""What a push leaves on an engine, also when it breaks off, and how a server in front of it notices."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kg import KnowledgeGraph
from kg.errors import RemoteUnavailable
from kg.generations import CURRENT, MANIFEST, building, publish
from kg.identifiers import BASE
from kg.remote.client import Address, RemoteClient
from kg.remote.graph import ForeignGraph, open_remote
from kg.remote.push import COUNTING, _Loading, graph_store_of, push, write_load_files
from kg.remote.store import PROBE
from server.app import create_app
from server.serving.process import LiveApplication
from tests.remote.conftest import ENGINES, running
from triples.build import build

LOCK = shutil.ignore_patterns(".in-use")
DRUGS = "SELECT (COUNT(*) AS ?n) WHERE { ?s a skg:Drug }"


@pytest.fixture(scope="module", params=["oxigraph", pytest.param("virtuoso", marks=pytest.mark.slow)])
def own_engine_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running engine of these tests alone."""
    folder = tmp_path_factory.mktemp(request.param)
    command, url = ENGINES[request.param](folder)
    with running(command, url, folder):
        yield url


@pytest.fixture
def empty_url(own_engine_url: str) -> str:
    """That engine without a graph of ours."""
    for name in _graphs(own_engine_url):
        _to_graph("DELETE", own_engine_url, f"{BASE}graph/{name}")
    assert _graphs(own_engine_url) == set()
    return own_engine_url


@pytest.fixture(autouse=True)
def small_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small graph takes as many requests as a large one does."""
    monkeypatch.setattr("kg.remote.push.CHUNK_BYTES", 200_000)


@pytest.fixture(scope="module")
def invented_data(tmp_path_factory: pytest.TempPathFactory, corpus_dir: Path) -> Path:
    """A data folder with a small graph: what a push does, it does graph by graph."""
    folder = tmp_path_factory.mktemp("invented")
    build(folder, corpus_dir, shapes=False)
    return folder


@pytest.fixture(scope="module")
def invented_graph(invented_data: Path) -> Iterator[KnowledgeGraph]:
    """That graph."""
    with KnowledgeGraph.open(invented_data) as graph:
        yield graph


@pytest.fixture
def newer_data(invented_data: Path, tmp_path: Path) -> Path:
    """The same graph as a generation of another version."""
    data = tmp_path / "newer"
    with building(data) as folder:
        shutil.copytree((invented_data / CURRENT).resolve(), folder, dirs_exist_ok=True, ignore=LOCK)
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        (folder / MANIFEST).write_text(json.dumps({**manifest, "checksum": "bbbbbb"}), "utf-8")
        publish(data, folder)
    return data


def _graphs(url: str) -> set[str]:
    """The local names of the graphs of ours that an engine holds."""
    query = f"SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), '{BASE}')) }}"
    with closing(RemoteClient(Address.of(url))) as client:
        rows = json.loads(client.query([("query", query)], "application/sparql-results+json", PROBE).body)
    return {row["g"]["value"].removeprefix(f"{BASE}graph/") for row in rows["results"]["bindings"]}


def _to_graph(method: str, url: str, graph: str, body: bytes | None = None) -> None:
    """A Graph Store request to an engine."""
    with closing(RemoteClient(Address.of(url))) as client:
        headers = client.query([("query", "ASK { }")], "application/sparql-results+json", PROBE).headers
        client.graph(method, graph_store_of(client.address.url, headers.get("server", "")), graph, body)


def _broken_after(monkeypatch: pytest.MonkeyPatch, requests: int) -> None:
    """Let the connection break after so many Graph Store requests."""
    real, sent = RemoteClient.graph, [0]

    def graph(self: RemoteClient, *arguments: Any) -> int:
        sent[0] += 1
        if sent[0] > requests:
            raise RemoteUnavailable(self.address.url, "the line is dead")
        return real(self, *arguments)

    monkeypatch.setattr(RemoteClient, "graph", graph)


def test_a_first_push_that_breaks_off_leaves_a_foreign_endpoint(
    invented_data: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as patch:
        _broken_after(patch, 4)
        with pytest.raises(RemoteUnavailable):
            push(invented_data, empty_url)
    with open_remote(empty_url, tmp_path) as graph:
        assert isinstance(graph, ForeignGraph)
    done = push(invented_data, empty_url)
    assert len(done.removed) == 2  # the union and the index that were begun
    with open_remote(empty_url, tmp_path) as graph:
        assert graph.data_version == done.data_version


def test_of_two_pushes_at_once_the_later_to_end_refuses(
    invented_data: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The other has taken away what marks the graphs of this one, and perhaps a part of them."""
    real = _Loading.finish

    def finish(self: _Loading) -> None:
        monkeypatch.setattr(_Loading, "finish", real)
        push(invented_data, empty_url)
        real(self)

    monkeypatch.setattr(_Loading, "finish", finish)
    with pytest.raises(RemoteUnavailable, match="another push"):
        push(invented_data, empty_url)
    with open_remote(empty_url, tmp_path) as graph, KnowledgeGraph.open(invented_data) as here:
        assert list(map(str, graph.sparql(DRUGS).texts())) == list(map(str, here.sparql(DRUGS).texts()))


def test_a_later_push_that_breaks_off_leaves_readers_the_version_before(
    invented_data: Path,
    newer_data: Path,
    empty_url: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    push(invented_data, empty_url)
    with open_remote(empty_url, tmp_path) as before:
        version, drugs = before.data_version, before.sparql(DRUGS).rows
        for requests in (1, 2, 5):
            with monkeypatch.context() as patch:
                _broken_after(patch, requests)
                with pytest.raises(RemoteUnavailable):
                    push(newer_data, empty_url)
            assert before.store.is_current()  # type: ignore[attr-defined]
            assert before.sparql(DRUGS).rows == drugs
            with open_remote(empty_url, tmp_path) as again:
                assert again.data_version == version
        done = push(newer_data, empty_url)
        assert not before.store.is_current()  # type: ignore[attr-defined]
        assert before.sparql(DRUGS).rows == drugs  # who has not looked yet, reads on
    assert len(done.removed) == 6  # two graphs of each push that broke off
    assert sum(name.startswith("union-") for name in _graphs(empty_url)) == 2


def _held(url: str) -> dict[str, int]:
    """How many triples each graph of the build has on an engine."""
    query = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    with closing(RemoteClient(Address.of(url))) as client:
        rows = json.loads(client.query([("query", query)], "application/sparql-results+json", COUNTING).body)
    counts = {row["g"]["value"]: int(row["n"]["value"]) for row in rows["results"]["bindings"]}
    return {graph: n for graph, n in counts.items() if graph.startswith(BASE) and "index" not in graph}


def test_graphs_that_hold_the_same_are_not_sent_again(
    invented_data: Path, invented_graph: KnowledgeGraph, newer_data: Path, empty_url: str
) -> None:
    first = push(invented_data, empty_url)
    first_held = _held(empty_url)
    again = push(newer_data, empty_url)
    graphs = {row[0].value for row in invented_graph.sparql("SELECT DISTINCT ?g { GRAPH ?g { } }").rows if row[0]}
    assert (first.kept, set(again.kept)) == ((), graphs)
    assert again.triples < first.triples
    spoilt = f"{BASE}graph/document-900"
    _to_graph("PUT", empty_url, spoilt, b"<x:a> <x:b> <x:c> .")
    assert set(push(invented_data, empty_url).kept) == graphs - {spoilt}
    assert _held(empty_url)[spoilt] == first_held[spoilt]


@pytest.mark.parametrize("requests", [3, 8, 12])
def test_a_push_after_one_that_was_killed_trusts_nothing_that_it_touched(
    invented_data: Path, newer_data: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch, requests: int
) -> None:
    """A graph may hold as many triples as before, and others."""
    push(invented_data, empty_url)
    whole = {graph: n for graph, n in _held(empty_url).items() if "union" not in graph}
    with monkeypatch.context() as patch:
        patch.setattr("kg.remote.push._unchanged", lambda *_: frozenset())  # as if all were others
        _broken_after(patch, requests)
        with pytest.raises(RemoteUnavailable):
            push(newer_data, empty_url)
    assert push(invented_data, empty_url).kept == ()
    assert {graph: n for graph, n in _held(empty_url).items() if "union" not in graph} == whole


def test_a_large_graph_is_not_shown_while_it_is_half_replaced(
    invented_data: Path, newer_data: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    named = "SELECT (COUNT(?s) AS ?n) WHERE { GRAPH graph:document-900 { ?s ?p ?o } }"
    push(invented_data, empty_url)

    def opened() -> KnowledgeGraph:
        return open_remote(empty_url, tmp_path)

    live = LiveApplication(create_app, opened)
    whole = opened()
    drugs, held = whole.sparql(DRUGS).rows, whole.sparql(named).rows
    live.begin(whole)
    with monkeypatch.context() as patch:
        patch.setattr("kg.remote.push.CHUNK_BYTES", 5_000)
        patch.setattr("kg.remote.push._unchanged", lambda *_: frozenset())
        _broken_after(patch, 80)
        with pytest.raises(RemoteUnavailable):
            push(newer_data, empty_url)
    assert live.is_outdated()
    assert live.reload()
    assert not live.is_outdated()
    assert live._current is not None
    graph = live._current.graph
    assert [row[0].value for row in graph.sparql(named).rows if row[0]] == ["0"]
    assert graph.sparql(DRUGS).rows == drugs
    push(invented_data, empty_url)
    assert live.reload()
    graph = live._current.graph
    assert graph.sparql(named).rows == held
    live.close()


def test_a_process_that_is_killed_leaves_what_the_next_push_makes_whole(
    invented_data: Path, invented_graph: KnowledgeGraph, empty_url: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "server.cli", "push", "--data", str(invented_data), empty_url]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:  # it tells every request that it has sent
        if "triples" in line:
            break
    process.kill()
    process.wait()
    process.stderr.close()
    with open_remote(empty_url, tmp_path) as graph:
        assert isinstance(graph, ForeignGraph)
    push(invented_data, empty_url)
    with open_remote(empty_url, tmp_path) as graph:
        query = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
        assert graph.sparql(query).rows == invented_graph.sparql(query).rows


def test_no_more_than_this_version_and_the_one_before_stay(invented_data: Path, empty_url: str) -> None:
    for _ in range(3):
        push(invented_data, empty_url)
    names = _graphs(empty_url)
    assert sum(name.startswith("union-") for name in names) == 2
    assert sum(name.startswith("index-") for name in names) == 2


def test_a_server_takes_up_what_is_pushed_without_a_restart(
    invented_data: Path, newer_data: Path, empty_url: str, tmp_path: Path
) -> None:
    def opened() -> KnowledgeGraph:
        return open_remote(empty_url, tmp_path)

    push(invented_data, empty_url)
    live = LiveApplication(create_app, opened)
    live.begin(opened())
    assert not live.is_outdated()
    push(newer_data, empty_url)
    assert live.is_outdated()
    assert live.reload()
    assert not live.is_outdated()
    assert live._current is not None
    assert live._current.graph.data_version == "bbbbbb"
    live.close()


def test_progress_tells_how_far_a_push_is(invented_data: Path, empty_url: str) -> None:
    told: list[str] = []
    push(invented_data, empty_url, progress=told.append)
    steps = [re.search(r"\((\d+) of (\d+), and the index\)", line) for line in told]
    sent = [(int(step[1]), int(step[2])) for step in steps if step]
    assert sent == sorted(sent)
    assert sent[-1][0] == sent[-1][1] == sent[0][1]


def test_files_for_a_bulk_loader_hold_all_that_a_push_loads(
    invented_data: Path, invented_graph: KnowledgeGraph, tmp_path: Path
) -> None:
    (count,) = invented_graph.sparql("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows
    data, script = write_load_files(invented_data, tmp_path)
    text = data.read_text("utf-8")
    in_union = [line for line in text.splitlines() if "/graph/union-" in line.rsplit(" ", 2)[1]]
    assert len(in_union) == int(count[0].value)  # type: ignore[union-attr]
    assert text.rstrip().endswith("/graph/index> .")  # the header goes last
    assert "ld_dir" in script.read_text("utf-8")
    with pytest.raises(FileExistsError):
        write_load_files(invented_data, tmp_path)
