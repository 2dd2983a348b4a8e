"""nginx as docs/sparql.md has it: it gives answers again without the server, and never one that is not right."""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from bench import proxy
from kg.generations import CURRENT
from tests.endless import ENDLESS
from tests.server.running import Server, asked_at, copied, metrics_in, publish_copy
from tests.waiting import free_port, wait_until

pytestmark = pytest.mark.skipif(proxy.program() is None, reason="nginx is not installed (apt install nginx-light)")
DRUGS = "/sparql?query=" + quote("SELECT ?drug ?label { ?drug a skg:Drug ; skos:prefLabel ?label } ORDER BY ?label")
GENERATION = "X-Generation"


@dataclass
class Proxied:
    """A server, and nginx before it."""

    port: int
    server: Server
    kept: Path

    def ask(
        self, path: str = DRUGS, method: str = "GET", body: Any = None, **headers: str
    ) -> tuple[int, Message, bytes]:
        return asked_at(self.port, method, path, body, **headers)

    def is_passed_on(self, path: str = DRUGS, method: str = "GET", body: Any = None, **headers: str) -> bool:
        """Ask, and tell whether the server was asked."""
        before = self.asked()
        self.ask(path, method, body, **headers)
        return self.asked() > before

    def is_kept(self, path: str = DRUGS, **headers: str) -> bool:
        """Ask so often that the answer would be kept, and tell whether it is."""
        for _ in range(3):
            self.ask(path, **headers)
        return not self.is_passed_on(path, **headers)

    def asked(self) -> float:
        """Requests to the endpoint that came to the server."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.server.port}/metrics", timeout=60) as response:
            found = metrics_in(response.read().decode())
        name = "sarcoma_kg_requests_total"
        return sum(value for (each, labels), value in found.items() if each == name and labels.startswith("/sparql,"))


@contextmanager
def _proxied(server: Server, data: Path, folder: Path) -> Iterator[Proxied]:
    folder.mkdir()
    port = free_port()
    process = subprocess.Popen(proxy.command(folder, port, server.port, data))
    proxied = Proxied(port, server, folder / "kept")
    try:
        wait_until(lambda: process.poll() is not None or _listens(port))
        yield proxied
    finally:
        process.terminate()
        process.wait(timeout=60)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


@contextmanager
def _running(curated_data: Path, folder: Path, *flags: str) -> Iterator[Proxied]:
    data = copied(curated_data, folder)
    server = Server(data, "--slow-workers", "1", "--client-requests-per-minute", "0", *flags)
    try:
        with _proxied(server, data, folder / "nginx") as proxied:
            yield proxied
    finally:
        server.stop()


@pytest.fixture(scope="module")
def proxied(curated_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    """A proxy that is only asked."""
    with _running(curated_data, tmp_path_factory.mktemp("proxied")) as running:
        yield running


def test_what_is_asked_a_third_time_is_answered_without_the_server(proxied: Proxied) -> None:
    path = f"{DRUGS}%23again"
    assert [proxied.is_passed_on(path) for _ in range(4)] == [True, True, False, False]
    assert proxied.ask(path)[2] == proxied.server.http("GET", path)[2]
    again = proxied.ask(path)[1]
    assert again["Cache-Control"] == "no-cache", "clients ask again each time"
    assert again["Access-Control-Allow-Origin"] == "*"


def test_every_format_and_coding_is_kept_by_itself(proxied: Proxied) -> None:
    path = f"{DRUGS}%23formats"
    assert proxied.is_kept(path, Accept="text/csv")
    assert proxied.is_passed_on(path, Accept="application/sparql-results+xml")
    assert proxied.is_kept(path, Accept="application/sparql-results+xml")
    assert proxied.is_kept(path, **{"Accept": "text/csv", "Accept-Encoding": "gzip"})
    assert proxied.ask(path, Accept="text/csv")[2].startswith(b"drug,label\r\n")
    assert proxied.ask(path, Accept="application/sparql-results+xml")[1]["Content-Type"].endswith("+xml")
    _, headers, body = proxied.ask(path, **{"Accept": "text/csv", "Accept-Encoding": "gzip"})
    assert (headers["Content-Encoding"], gzip.decompress(body)) == ("gzip", proxied.ask(path, Accept="text/csv")[2])
    assert proxied.ask(f"{path}&format=tsv")[1]["Content-Type"].startswith("text/tab-separated-values")
    assert proxied.ask(path, Accept="image/png")[0] == 406


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (RAND() AS ?x) { }",
        "SELECT (NOW() AS ?x) { }",
        "SELECT (STRUUID() AS ?x) { }",
        "ASK {",
        "SELECT * { ?s ?p ?o }",  # 1 MB or longer
    ],
)
def test_what_may_change_fails_or_is_long_is_asked_for_each_time(proxied: Proxied, query: str) -> None:
    asked = quote(query)
    assert not proxied.is_kept(f"/sparql?query={asked}")
    assert not any(path.is_file() and asked.encode() in path.read_bytes() for path in proxied.kept.rglob("*"))


def test_no_more_is_written_than_what_is_asked_repeatedly(proxied: Proxied) -> None:
    before = sum(path.is_file() for path in proxied.kept.rglob("*"))
    for number in range(20):
        proxied.ask(f"{DRUGS}%23once{number}")
    assert sum(path.is_file() for path in proxied.kept.rglob("*")) == before


def test_a_posted_query_is_asked_of_the_server(proxied: Proxied) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for query in (b"query=ASK%7B%7D", b"query=ASK%7BFILTER(false)%7D") * 3:
        assert proxied.is_passed_on("/sparql", "POST", query, **form)
        assert (
            proxied.ask("/sparql", "POST", query, **form)[2] == proxied.server.http("POST", "/sparql", query, **form)[2]
        )


def test_a_head_and_a_client_that_has_the_answer_are_served_from_what_is_kept(proxied: Proxied) -> None:
    path = f"{DRUGS}%23head"
    assert proxied.is_kept(path)
    etag, length = (proxied.ask(path)[1][name] for name in ("ETag", "Content-Length"))
    before = proxied.asked()
    status, headers, body = proxied.ask(path, "HEAD")
    assert (status, headers["Content-Length"], headers["ETag"], body) == (200, length, etag, b"")
    status, headers, body = proxied.ask(path, **{"If-None-Match": etag})
    assert (status, headers["ETag"], body) == (304, etag, b"")
    assert proxied.ask(path, **{"If-None-Match": 'W/"another"'})[0] == 200
    assert proxied.ask(path, **{"If-Match": '"another"'})[0] == 412
    assert proxied.asked() == before


def test_conditions_of_what_is_not_kept_are_the_servers_to_judge(proxied: Proxied) -> None:
    path = f"{DRUGS}%23first"
    etag = proxied.server.http("GET", path)[1]["ETag"]
    assert proxied.ask(path, **{"If-None-Match": etag})[0] == 304
    assert proxied.ask("/gaps", **{"If-None-Match": proxied.ask("/gaps")[1]["ETag"]})[0] == 304


def test_pages_and_descriptions_come_from_the_server(proxied: Proxied) -> None:
    browser = {"Accept": "text/html"}
    assert not proxied.is_kept(DRUGS, **browser)
    assert not proxied.is_kept("/sparql", Accept="text/turtle")
    assert proxied.ask(DRUGS, **browser)[1]["Content-Type"] == "text/html; charset=utf-8"


def test_a_query_whose_client_has_left_is_stopped_behind_the_proxy(proxied: Proxied) -> None:
    with socket.create_connection(("127.0.0.1", proxied.port), timeout=20) as leaving:
        leaving.sendall(f"GET /sparql?query={quote(ENDLESS)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        wait_until(lambda: proxied.server.in_flight() > 1)
    wait_until(lambda: proxied.server.in_flight() == 1)
    lines = [json.loads(line) for line in proxied.server.log.read_text().splitlines() if line.startswith("{")]
    ends = [line["outcome"] for line in lines if "outcome" in line]
    assert ends[-1] == "cancelled", "it was stopped, and has not reached its limit"


def test_one_vary_names_all_that_an_answer_depends_on(curated_data: Path, tmp_path: Path) -> None:
    """nginx before 1.23 heeds only the last of several."""
    with _running(curated_data, tmp_path, "--cors-origin", "https://a.example", "--reload-s", "0.2") as proxied:
        assert proxied.ask()[1].get_all("Vary") == ["Accept, Accept-Encoding, Origin"]
        assert proxied.is_kept(Accept="text/csv")
        assert proxied.ask(Accept="text/tab-separated-values")[1]["Content-Type"].startswith("text/tab")


def test_without_a_sight_of_the_data_nothing_is_kept(proxied: Proxied, tmp_path: Path) -> None:
    with _proxied(proxied.server, tmp_path / "nowhere", tmp_path / "nginx") as blind:
        assert not blind.is_kept()
        assert blind.ask()[2] == proxied.ask()[2]


def test_no_answer_of_a_generation_comes_after_one_of_its_successor(curated_data: Path, tmp_path: Path) -> None:
    answers: list[tuple[float, float, str]] = []  # when it was asked, when it was there, its generation
    is_over = threading.Event()

    def ask(running: Proxied, path: str, *, is_direct: bool) -> None:
        while not is_over.is_set():
            begun_s = time.monotonic()
            status, headers, _ = running.server.http("GET", path) if is_direct else running.ask(path)
            assert status == 200
            answers.append((begun_s, time.monotonic(), headers[GENERATION]))

    with _running(curated_data, tmp_path, "--reload-s", "0.3") as running:
        lookups = [(path, is_direct) for path in (DRUGS, f"{DRUGS}%23two") for is_direct in (False, False, True)]
        threads = [threading.Thread(target=ask, args=(running, path), kwargs={"is_direct": is_direct})
                   for path, is_direct in lookups]  # fmt: skip
        for thread in threads:
            thread.start()
        try:
            for version in ("bbbbbb", "cccccc", "dddddd"):
                publish_copy(tmp_path, (tmp_path / CURRENT).resolve(), version)
                name = (tmp_path / CURRENT).resolve().name
                wait_until(partial(_is_told, answers, name))
        finally:
            is_over.set()
            for thread in threads:
                thread.join()
        assert not running.is_passed_on()
        assert running.ask()[1][GENERATION] == (tmp_path / CURRENT).resolve().name
    assert len({told for _, _, told in answers}) == 4
    _check_order(answers)


def _is_told(answers: list[tuple[float, float, str]], name: str) -> bool:
    return any(told == name for _, _, told in answers[-50:])


def _check_order(answers: list[tuple[float, float, str]]) -> None:
    """Whoever asks after an answer of a generation was there gets none of an older one."""
    by_end = sorted(answers, key=lambda each: each[1])
    seen, newest = 0, ""
    for begun_s, _, told in sorted(answers):
        while seen < len(by_end) and by_end[seen][1] < begun_s:
            newest = max(newest, by_end[seen][2])
            seen += 1
        assert told >= newest


def test_a_link_that_is_put_back_brings_back_the_old_answers_only_with_their_server(
    curated_data: Path, tmp_path: Path
) -> None:
    """The answer of one generation is never kept by the name of another, whichever way the link goes."""
    with _running(curated_data, tmp_path, "--reload-s", "0") as running:
        assert running.is_kept()
        first = (tmp_path / CURRENT).resolve()
        publish_copy(tmp_path, first, "bbbbbb")
        assert running.server.http("GET", DRUGS)[1][GENERATION] == first.name
        assert not running.is_kept(), "the server still serves the one before"
        _link(tmp_path, first).replace(tmp_path / CURRENT)
        assert not running.is_passed_on()
        assert running.ask()[1][GENERATION] == first.name


def _link(folder: Path, target: Path) -> Path:
    link = folder / "link"
    link.symlink_to(target)
    return link
