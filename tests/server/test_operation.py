"""What an operator sees and relies on: metrics, log, limits, cache, reload, the end."""

from __future__ import annotations

import gzip
import json
import logging
import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from kg.generations import CURRENT, MANIFEST, building, open_current, publish
from kg.sparql.turns import Turns
from kg.store import EmbeddedStore, open_store
from server.http.cache import ResultCache
from server.http.clients import RateLimiter, client_of
from server.http.errors import RateLimited
from server.http.telemetry import rows_in
from tests.endless import ENDLESS
from tests.server.asking import LABELS, sparql
from tests.server.running import Server, metrics_in
from tests.waiting import wait_until

REQUESTS_PER_MINUTE = 20


# --- metrics and log ------------------------------------------------------------------------------------


def test_metrics_count_requests_queries_and_workers(built_dir: Path, client_for: Any) -> None:
    with open_store(built_dir) as store:
        client = client_for(store)
        sparql(client, LABELS)
        sparql(client, LABELS)
        sparql(client, "ASK {")
        sparql(client, "SELECT * { ?s ?p ?o }", Accept="image/png")
        values = metrics_in(client.get("/metrics").text)
    assert values["sarcoma_kg_queries_total", "ok"] == 2
    assert values["sarcoma_kg_queries_total", "query_syntax"] == 1
    assert values["sarcoma_kg_cached_queries_total", ""] == 1
    assert values["sarcoma_kg_requests_total", "/sparql,200"] == 2
    assert values["sarcoma_kg_requests_total", "/sparql,406"] == 1
    assert values["sarcoma_kg_workers_alive", "quick"] == 1
    assert values["sarcoma_kg_cache_bytes", ""] > 0
    assert values["sarcoma_kg_data", f"c0ffee,{store.revision}"] == 1
    assert values["sarcoma_kg_requests_in_flight", ""] == 1


def test_a_query_is_logged_by_its_hash_with_cost_and_outcome(
    endpoint: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "sarcoma_kg.queries"):
        body = sparql(endpoint, LABELS + " # once").data
        sparql(endpoint, "ASK { FILTER(")
    good, bad = (json.loads(record.getMessage()) for record in caplog.records if record.name == "sarcoma_kg.queries")
    assert good["outcome"] == "ok"
    assert good["bytes"] == len(body)
    assert good["rows"] == len(json.loads(body)["results"]["bindings"])
    assert good["ms"] > 0
    assert len(good["query"]) == 16
    assert bad["outcome"] == "query_syntax"
    assert "skos" not in caplog.text


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "application/sparql-results+xml", "text/csv"])
def test_rows_are_counted_in_the_bytes_of_an_answer(endpoint: FlaskClient, accept: str) -> None:
    for query, count in (("SELECT ?x { VALUES ?x { 1 <a:b> 'c}},{' } }", 3), ("SELECT ?x { VALUES ?x { } }", 0)):
        assert rows_in(sparql(endpoint, query, Accept=accept).data, accept) == count
    for query in ("ASK { }", "ASK { FILTER(false) }"):
        assert rows_in(sparql(endpoint, query, Accept=accept).data, accept) is None, "a yes or no has no rows"
    said = "SELECT ?boolean { VALUES ?boolean { true } }"
    assert rows_in(sparql(endpoint, said, Accept=accept).data, accept) == 1


# --- limits of clients ----------------------------------------------------------------------------------


def test_a_client_that_asks_too_often_is_told_when_to_come_back(built_dir: Path, client_for: Any) -> None:
    with open_store(built_dir) as store:
        client = client_for(store, client_requests_per_minute=3)
        far = {"REMOTE_ADDR": "192.0.2.1"}
        answers = [client.get("/sparql?query=ASK{}", environ_overrides=far) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[3].json["code"] == "rate_limited"
        assert 1 <= int(answers[3].headers["Retry-After"]) <= 20
        assert client.get("/healthz", environ_overrides=far).status_code == 200
        assert client.get("/sparql?query=ASK{}", environ_overrides={"REMOTE_ADDR": "192.0.2.2"}).status_code == 200
        assert {client.get("/sparql?query=ASK{}").status_code for _ in range(5)} == {200}  # this machine


def test_a_bucket_fills_with_time() -> None:
    now_s = [0.0]
    limiter = RateLimiter(60, lambda: now_s[0])
    for _ in range(60):
        limiter.take("a")
    with pytest.raises(RateLimited) as raised:
        limiter.take("a")
    assert raised.value.retry_after_s == pytest.approx(1)
    now_s[0] = 2.0
    limiter.take("a")
    limiter.take("a")
    with pytest.raises(RateLimited):
        limiter.take("a")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.1", None, "192.0.2.1"),
        ("127.0.0.1", None, None),
        ("::1", None, None),
        ("::ffff:192.0.2.1", None, "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "10.0.0.1, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "a b c", "a b c"),
        ("127.0.0.1", "198.51.100.7:50123", "198.51.100.7"),
        ("127.0.0.1", "[2001:db8:1:2::7]:50123", "2001:db8:1:2::/64"),
        ("127.0.0.1", "[2001:db8:1:2::7]", "2001:db8:1:2::/64"),
    ],
)
def test_who_a_request_counts_for(peer: str, forwarded: str | None, client: str | None) -> None:
    assert client_of(peer, forwarded) == client


def test_a_header_counts_only_where_the_operator_trusts_it(built_dir: Path, client_for: Any) -> None:
    with open_store(built_dir) as store:
        for settings, status in (({}, 200), ({"client_header": "X-Forwarded-For"}, 429)):
            client = client_for(store, client_requests_per_minute=1, **settings)
            headers = {"X-Forwarded-For": "198.51.100.7"}
            client.get("/sparql?query=ASK{}", headers=headers)
            assert client.get("/sparql?query=ASK{}", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("header", "client"), [(None, "127.0.0.1"), ("X-Forwarded-For", "198.51.100.7")], ids=["peer", "proxy"]
)
def test_work_counts_against_the_client_that_asked(
    built_dir: Path, client_for: Any, monkeypatch: pytest.MonkeyPatch, header: str | None, client: str
) -> None:
    charged: list[str] = []
    monkeypatch.setattr(Turns, "charge", lambda _turns, who, _seconds: charged.append(who))
    with open_store(built_dir) as store:
        asking = client_for(store, **({"client_header": header} if header else {}))
        for path in ("/sparql?query=ASK{}", "/sparql?query=ASK{}&format=html"):
            assert asking.get(path, headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 200
    assert charged
    assert set(charged) == {client}


# --- cache ----------------------------------------------------------------------------------------------


def test_a_repeated_query_is_answered_without_the_engine(
    built_dir: Path, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(built_dir) as store:
        client = client_for(store)
        everything = "SELECT * { ?s ?p ?o }"
        first = sparql(client, everything)
        monkeypatch.setattr(EmbeddedStore, "answer", None)
        assert sparql(client, everything).data == first.data
        packed = sparql(client, everything, **{"Accept-Encoding": "gzip"})
        assert gzip.decompress(packed.data) == first.data
        posted = client.post("/sparql", data=everything, content_type="application/sparql-query")
        assert posted.data == first.data
        assert sparql(client, everything, Accept="text/csv").status_code == 500  # another answer, which is not kept


def test_an_answer_that_changes_by_itself_is_asked_for_each_time(endpoint: FlaskClient) -> None:
    query = "SELECT (RAND() AS ?x) { }"
    assert sparql(endpoint, query).data != sparql(endpoint, query).data


def test_the_cache_stays_within_its_bytes_and_drops_what_is_least_used() -> None:
    cache = ResultCache(10_000)
    for number in range(20):
        cache.keep(str(number), bytes(800))
        cache.find("0")
    assert cache.size_bytes <= 10_000
    assert cache.find("0") is not None
    assert cache.find("1") is None
    assert cache.find("19") is not None
    cache.keep("large", bytes(5000))
    assert cache.find("large") is None
    none = ResultCache(0)
    none.keep("a", b"b")
    assert none.find("a") is None


# --- a real server --------------------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path: Path, curated_data: Path) -> Path:
    """A data folder whose generation is that of the curated facts."""
    return _copied(curated_data, tmp_path)


def _copied(curated_data: Path, folder: Path) -> Path:
    with open_current(curated_data) as generation:
        _publish_copy(folder, generation.path, "aaaaaa")
    return folder


def _publish_copy(data_dir: Path, source: Path, checksum: str) -> None:
    with building(data_dir) as folder:
        for path in source.rglob("*"):
            target = folder / path.relative_to(source)
            if path.is_dir():
                target.mkdir(exist_ok=True)
            elif path.name not in {MANIFEST, ".in-use"}:
                os.link(path, target)
        manifest = json.loads((source / MANIFEST).read_text())
        (folder / MANIFEST).write_text(json.dumps({**manifest, "checksum": checksum}))
        publish(data_dir, folder)


SERVERS = ("waitress", "granian")


def _started(data: Path, server: str) -> Server:
    limits = ("--client-requests-per-minute", str(REQUESTS_PER_MINUTE), "--client-header", "X-Forwarded-For")
    flags = ("--reload-s", "0.2", "--slow-workers", "1", "--log", "requests", "--server", server)
    return Server(data, *flags, *limits)


@pytest.fixture(params=SERVERS)
def server(data: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server whose data a test may change, and which it may end."""
    running = _started(data, request.param)
    yield running
    running.stop()


@pytest.fixture(scope="module", params=SERVERS)
def asked_server(
    curated_data: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Server]:
    """A server that is only asked."""
    running = _started(_copied(curated_data, tmp_path_factory.mktemp("asked")), request.param)
    yield running
    running.stop()


def test_a_new_generation_is_taken_up_without_dropping_a_request(server: Server, data: Path) -> None:
    versions: list[Any] = []
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            status, body = server.get("/readyz")
            versions.append((status, body and body["data_version"]))
            status, body = server.get("/sparql?query=ASK%7B%3Fs%20a%20skg%3ADrug%7D")
            versions.append((status, None))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    wait_until(lambda: (200, "aaaaaa") in versions)
    _publish_copy(data, (data / CURRENT).resolve(), "bbbbbb")
    wait_until(lambda: (200, "bbbbbb") in versions)
    is_over.set()
    for thread in threads:
        thread.join()
    assert {status for status, _ in versions} == {200}


def test_a_query_under_way_ends_on_the_generation_it_began_on(server: Server, data: Path) -> None:
    answers: list[Any] = []
    slow = "/sparql?timeout=5&query=" + quote(ENDLESS)
    thread = threading.Thread(target=lambda: answers.append(server.get(slow)))
    thread.start()
    wait_until(lambda: server.in_flight() > 1)
    _publish_copy(data, (data / CURRENT).resolve(), "bbbbbb")
    wait_until(lambda: server.get("/readyz")[1]["data_version"] == "bbbbbb")
    thread.join()
    assert answers[0][1]["code"] == "query_timeout"  # not: the store was closed


def test_sigterm_lets_requests_end_and_takes_no_more(server: Server) -> None:
    answers: list[Any] = []
    slow = "/sparql?timeout=10&query=" + quote(ENDLESS)
    thread = threading.Thread(target=lambda: answers.append(server.get(slow)))
    thread.start()
    wait_until(lambda: server.in_flight() > 1)
    server.process.send_signal(signal.SIGTERM)
    wait_until(lambda: server.get("/readyz")[0] in {0, 503})
    assert thread.is_alive()  # its request is still under way
    assert server.process.wait(timeout=60) == 0
    thread.join()
    assert answers[0][1]["code"] == "query_timeout"


def test_every_request_and_query_is_a_line_of_json(asked_server: Server) -> None:
    asked_server.get("/sparql?query=ASK%7B%7D")
    lines = [json.loads(line) for line in asked_server.log.read_text().splitlines() if line.startswith("{")]
    assert any(line["event"] == "query" and line["outcome"] == "ok" for line in lines)
    assert any(line["event"] == "request" and line["path"] == "/sparql" for line in lines)


def test_a_generation_that_cannot_be_opened_leaves_the_old_one_serving(server: Server, data: Path) -> None:
    with building(data) as folder:
        (folder / "store").mkdir()
        (folder / MANIFEST).write_text('{"checksum": "dddddd"}')
        publish(data, folder)
    wait_until(lambda: "the old one stays" in server.log.read_text())
    assert server.get("/readyz") == (200, {"status": "ready", "data_version": "aaaaaa"})


# --- the same over HTTP, whatever speaks it --------------------------------------------------------------


@pytest.mark.parametrize("form", ["json", "html"])
def test_a_client_that_leaves_ends_its_query(asked_server: Server, form: str) -> None:
    def cancelled() -> int:
        return asked_server.log.read_text().count('"outcome": "cancelled"')

    before = cancelled()
    with socket.create_connection(("127.0.0.1", asked_server.port)) as connection:
        path = f"/sparql?format={form}&query={quote(ENDLESS)}"
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        wait_until(lambda: asked_server.in_flight() > 1)
    wait_until(lambda: cancelled() > before)
    assert '"outcome": "query_timeout"' not in asked_server.log.read_text()


def test_a_faulty_body_is_no_failure_of_the_server(asked_server: Server) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    for rest in (b"Transfer-Encoding: chunked\r\n\r\nno number\r\n", b"Content-Length: five\r\n\r\nASK{}"):
        with socket.create_connection(("127.0.0.1", asked_server.port), timeout=60) as connection:
            connection.sendall(head + rest)
            assert connection.recv(12) == b"HTTP/1.1 400"


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\n", b"200"),
        (b"POST /sparql HTTP/1.1\r\nContent-Type: application/sparql-query\r\nContent-Length: 0\r\n", b"400"),
    ],
)
def test_who_waits_to_be_told_to_send_a_body_and_has_none_is_answered(
    asked_server: Server, head: bytes, status: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", asked_server.port), timeout=20) as connection:
        connection.sendall(head + b"Host: x\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
        told = connection.makefile("rb").read()
    assert told.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n").startswith(b"HTTP/1.1 " + status)


def test_a_proxy_tells_clients_apart_whatever_speaks_http(asked_server: Server) -> None:
    def asked(client: str) -> int:
        return asked_server.http("GET", "/sparql?query=ASK%7B%7D", **{"X-Forwarded-For": client})[0]

    assert [asked("192.0.2.7") for _ in range(REQUESTS_PER_MINUTE)] == [200] * REQUESTS_PER_MINUTE
    assert 429 in {asked("192.0.2.7") for _ in range(REQUESTS_PER_MINUTE)}
    assert asked("192.0.2.8") == 200


def test_every_kind_of_request_is_answered_alike(asked_server: Server) -> None:
    ask = "/sparql?query=ASK%7B%7D"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    direct = {"Content-Type": "application/sparql-query"}
    true = b'{"head":{},"boolean":true}'

    status, headers, body = asked_server.http("GET", ask)
    assert (status, body) == (200, true)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert asked_server.http("GET", ask, **{"If-None-Match": headers["ETag"]})[0] == 304
    status, headers, body = asked_server.http("HEAD", ask)
    assert (status, headers["Content-Length"], body) == (200, str(len(true)), b"")
    assert asked_server.http("OPTIONS", "/sparql")[0] == 204

    assert asked_server.http("POST", "/sparql", b"query=ASK%7B%7D", **form)[2] == true
    assert asked_server.http("POST", "/sparql", iter([b"ASK ", b"{ }"]), **direct)[2] == true  # in chunks
    status, _, body = asked_server.http("POST", "/sparql", b"ASK{}" + b" " * 2**21, **direct)
    assert (status, json.loads(body)["code"]) == (413, "body_too_large")
    status, _, body = asked_server.http("POST", "/sparql", b"query=%FF", **form)
    assert (status, json.loads(body)["code"]) == (400, "bad_request")
    assert asked_server.http("PUT", "/sparql", b"")[0] == 405

    status, headers, body = asked_server.http("GET", ask, Accept="text/html")
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"true" in body
    status, headers, body = asked_server.http("GET", "/sparql", Accept="text/turtle")
    assert (status, headers["Content-Type"]) == (200, "text/turtle; charset=utf-8")
    assert f"<http://127.0.0.1:{asked_server.port}/sparql>".encode() in body
    assert asked_server.http("GET", "/nothing%C3%A9")[0] == 404
    status, headers, body = asked_server.http("GET", "/sparql?query=" + quote("SELECT * { ?s ?p ?o } LIMIT 10000"))
    assert (status, headers["Content-Length"]) == (200, str(len(body)))
    assert len(json.loads(body)["results"]["bindings"]) > 1000
