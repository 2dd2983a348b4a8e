"""What a push leaves on an engine, also when it breaks off, and how a server in front of it notices."""

from __future__ import annotations

import json
import shutil
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
from kg.remote.push import push, write_load_files
from kg.remote.store import PROBE
from server.app import create_app
from server.serving import LiveApplication
from tests.remote.conftest import ENGINES, running

LOCK = shutil.ignore_patterns(".in-use")
DRUGS = "SELECT (COUNT(*) AS ?n) WHERE { ?s a skg:Drug }"


@pytest.fixture(params=["oxigraph", pytest.param("virtuoso", marks=pytest.mark.slow)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A running engine of this test alone."""
    command, url = ENGINES[request.param](tmp_path)
    with running(command, url, tmp_path):
        yield url


@pytest.fixture
def newer_data(curated_data: Path, tmp_path: Path) -> Path:
    """The same graph as a generation of another version."""
    data = tmp_path / "newer"
    with building(data) as folder:
        shutil.copytree((curated_data / CURRENT).resolve(), folder, dirs_exist_ok=True, ignore=LOCK)
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
    curated_data: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as patch:
        _broken_after(patch, 4)
        with pytest.raises(RemoteUnavailable):
            push(curated_data, empty_url)
    with open_remote(empty_url, tmp_path) as graph:
        assert isinstance(graph, ForeignGraph)
    done = push(curated_data, empty_url)
    assert len(done.removed) == 2  # the union and the index that were begun
    with open_remote(empty_url, tmp_path) as graph:
        assert graph.data_version == done.data_version


def test_a_later_push_that_breaks_off_leaves_readers_the_version_before(
    curated_data: Path,
    newer_data: Path,
    empty_url: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    push(curated_data, empty_url)
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


def test_no_more_than_this_version_and_the_one_before_stay(curated_data: Path, empty_url: str) -> None:
    for _ in range(3):
        push(curated_data, empty_url)
    names = _graphs(empty_url)
    assert sum(name.startswith("union-") for name in names) == 2
    assert sum(name.startswith("index-") for name in names) == 2


def test_a_server_takes_up_what_is_pushed_without_a_restart(
    curated_data: Path, newer_data: Path, empty_url: str, tmp_path: Path
) -> None:
    def opened() -> KnowledgeGraph:
        return open_remote(empty_url, tmp_path)

    push(curated_data, empty_url)
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


def test_progress_tells_how_far_a_push_is(curated_data: Path, empty_url: str) -> None:
    told: list[str] = []
    push(curated_data, empty_url, progress=told.append)
    assert any("union" in line and "about" in line for line in told)


def test_files_for_a_bulk_loader_hold_all_that_a_push_loads(curated_data: Path, tmp_path: Path) -> None:
    data, script = write_load_files(curated_data, tmp_path)
    text = data.read_text("utf-8")
    assert text.count("/graph/union-") > 10_000
    assert text.rstrip().endswith("/graph/index> .")  # the header goes last
    assert "ld_dir" in script.read_text("utf-8")
    with pytest.raises(FileExistsError):
        write_load_files(curated_data, tmp_path)
