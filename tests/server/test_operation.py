"""What an operator sees and relies on: metrics, log, limits, cache, reload, the end."""

from __future__ import annotations

import gzip
import http.client
import itertools
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from kg.errors import QueryFailed
from kg.generations import CURRENT, MANIFEST, building, publish
from kg.sparql.turns import Turns
from kg.store import EmbeddedStore, open_store
from server.http import telemetry
from server.http.cache import ResultCache
from server.http.clients import RateLimiter, client_of
from server.http.errors import RateLimited
from server.http.telemetry import rows_in
from server.sparql import service
from tests.endless import ENDLESS
from tests.server.asking import LABELS, sparql
from tests.server.running import Server, copied, metrics_in, publish_copy
from tests.waiting import free_port, wait_until

REQUESTS_PER_MINUTE = 20


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


def test_the_rows_of_a_repeated_answer_are_counted_once(
    endpoint: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(telemetry, "rows_in", lambda body, media_type: counted.append(media_type) or 7)
    with caplog.at_level(logging.INFO, "sarcoma_kg.queries"):
        for accept in ("text/csv", "text/csv", "text/tab-separated-values"):
            sparql(endpoint, LABELS + " # counted", Accept=accept)
    assert counted == ["text/csv", "text/tab-separated-values"]
    assert [json.loads(record.getMessage())["rows"] for record in caplog.records] == [7, 7, 7]


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


def test_what_a_proxy_may_keep_names_its_generation(endpoint: FlaskClient, store: EmbeddedStore) -> None:
    nothing = "SELECT * { drug:nobody ?p ?o }"
    for query, posted, named in ((LABELS, False, True), (nothing, False, True), (LABELS, True, False),
                                 ("SELECT (NOW() AS ?x) { }", False, False), ("ASK {", False, False)):  # fmt: skip
        ask = {"data": {"query": query}} if posted else {"query_string": {"query": query}}
        answer = endpoint.open("/sparql", method="POST" if posted else "GET", **ask)
        assert answer.headers.get("X-Generation") == (store.revision if named else None), query


def test_an_answer_without_its_hint_is_not_to_be_kept(endpoint: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise QueryFailed("the engine is ill")

    monkeypatch.setattr(service, "looked_up_names", fail)
    answer = sparql(endpoint, "SELECT * { drug:nobody-else ?p ?o }")
    assert answer.status_code == 200
    assert "X-Generation" not in answer.headers


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


@pytest.fixture
def data(tmp_path: Path, curated_data: Path) -> Path:
    """A data folder whose generation is that of the curated facts."""
    return copied(curated_data, tmp_path)


SERVERS = ("waitress", "granian")


def _started(data: Path, server: str, reload_s: str = "0.2") -> Server:
    limits = ("--client-requests-per-minute", str(REQUESTS_PER_MINUTE), "--client-header", "X-Forwarded-For")
    flags = ("--reload-s", reload_s, "--slow-workers", "1", "--log", "requests", "--server", server)
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
    running = _started(copied(curated_data, tmp_path_factory.mktemp("asked")), request.param)
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
    publish_copy(data, (data / CURRENT).resolve(), "bbbbbb")
    wait_until(lambda: (200, "bbbbbb") in versions)
    is_over.set()
    for thread in threads:
        thread.join()
    assert {status for status, _ in versions} == {200}


def _descent(process: int) -> set[int]:
    """A process and all below it."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = {process}
    while below := {child for child, parent in parents.items() if parent in found} - found:
        found |= below
    return found


def _generations_in_use(server: Server, data: Path) -> set[str]:
    """The generations of which the server has files open or mapped."""
    named = re.compile(rf"{re.escape(str(data.resolve()))}/generations/([^/\s]+)")
    used: set[str] = set()
    for process in _descent(server.process.pid):
        with suppress(OSError):
            used.update(named.findall(Path(f"/proc/{process}/maps").read_text()))
        for descriptor in Path(f"/proc/{process}/fd").glob("*"):
            with suppress(OSError):
                used.update(named.findall(str(descriptor.readlink())))
    return used


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="tells open files by /proc")
@pytest.mark.parametrize("name", SERVERS)
def test_asked_again_and_again_to_reload_it_drops_no_request_and_lets_go_of_what_was_before(
    data: Path, name: str
) -> None:
    server = _started(data, name, reload_s="0")
    failures: list[Any] = []
    is_over = threading.Event()

    def ask(is_kept: bool) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
            while not is_over.is_set():
                try:
                    connection.request("GET", f"/sparql?query=ASK%7B%7D%23{threading.get_ident()}{time.monotonic()}")
                    response = connection.getresponse()
                    if not response.read() or response.status != 200:
                        failures.append(response.status)
                except (OSError, http.client.HTTPException) as error:
                    failures.append(error)
                if not is_kept:
                    connection.close()

    threads = [threading.Thread(target=ask, args=(number % 2 == 0,)) for number in range(6)]
    try:
        for thread in threads:
            thread.start()
        for version in ("bbbbbb", "cccccc", "dddddd", "eeeeee", "ffffff"):
            publish_copy(data, (data / CURRENT).resolve(), version)
            server.process.send_signal(signal.SIGHUP)
            wait_until(partial(_serves, server, version))
        is_over.set()
        for thread in threads:
            thread.join()
        assert not failures
        wait_until(lambda: _generations_in_use(server, data) == {(data / CURRENT).resolve().name})
    finally:
        is_over.set()
        server.stop()


def _serves(server: Server, version: str) -> bool:
    status, body = server.get("/readyz")
    return bool(status == 200 and body["data_version"] == version)


@pytest.mark.parametrize("name", SERVERS)
def test_who_asks_while_the_server_ends_is_answered_and_told_to_come_no_more(data: Path, name: str) -> None:
    server = _started(data, name)
    lost: list[Any] = []
    are_asking = threading.Barrier(9)

    def ask() -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as kept:
            for number in itertools.count():
                try:
                    kept.request("GET", "/sparql?query=ASK%7B%7D")
                    response = kept.getresponse()
                    response.read()
                except (OSError, http.client.HTTPException) as error:
                    lost.append(error)
                    return
                if response.headers["Connection"] == "close":
                    return
                if number == 0:
                    are_asking.wait(60)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    try:
        for thread in threads:
            thread.start()
        are_asking.wait(60)
        server.process.send_signal(signal.SIGTERM)
        for thread in threads:
            thread.join(60)
        assert not lost
        assert server.process.wait(timeout=60) == 0
    finally:
        server.stop()


@pytest.fixture
def heard_interrupts() -> Iterator[None]:
    """What is started hears SIGINT, also where the tests run in the background of a script and do not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_ends_it_while_it_starts_reads_no_traceback(
    data: Path, name: str, number: signal.Signals, heard_interrupts: None
) -> None:
    flags = ["--data", str(data), "--port", str(free_port()), "--server", name]
    for wait_s in (0.5, 1.5, 3.0):
        log = data / f"log-{wait_s}"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "server", "serve", *flags],
                stdout=file,
                stderr=file,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                start_new_session=True,
            )
        time.sleep(wait_s)
        os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)  # as a terminal does
        assert process.wait(timeout=20) in {0, -number}
        assert "Traceback" not in log.read_text()


def test_what_serves_with_granian_ends_with_the_process_above_it(data: Path) -> None:
    server = _started(data, "granian")
    server.process.kill()
    server.process.wait()
    wait_until(lambda: server.get("/healthz")[0] == 0)


def test_a_query_under_way_ends_on_the_generation_it_began_on(server: Server, data: Path) -> None:
    answers: list[Any] = []
    slow = "/sparql?timeout=5&query=" + quote(ENDLESS)
    thread = threading.Thread(target=lambda: answers.append(server.get(slow)))
    thread.start()
    wait_until(lambda: server.in_flight() > 1)
    publish_copy(data, (data / CURRENT).resolve(), "bbbbbb")
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
        (b"GET / HTTP/1.1\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n", b"400"),
        (b"get / HTTP/1.1\r\nHost: a\r\n", b"400"),
        (b"GET /healthz HTTP/1.1\r\nHost: a\r\n", b"200"),
        (b"GET /healthz HTTP/1.0\r\n", b"200"),
    ],
)
def test_a_request_names_one_host_and_its_method_as_it_is_spelled(
    asked_server: Server, head: bytes, status: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", asked_server.port), timeout=20) as connection:
        connection.sendall(head + b"\r\n")
        assert connection.recv(12)[-3:] == status


def test_who_names_no_host_is_told_the_servers_own_address(asked_server: Server) -> None:
    with socket.create_connection(("127.0.0.1", asked_server.port), timeout=20) as connection:
        connection.sendall(b"GET /sparql HTTP/1.0\r\nAccept: text/turtle\r\n\r\n")
        told = connection.makefile("rb").read()
    assert f"<http://127.0.0.1:{asked_server.port}/sparql>".encode() in told


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
