"""Connections behind waitress: who sends nothing, reads nothing or breaks HTTP keeps nobody else out."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import waitress  # type: ignore[import-untyped]
from waitress import wasyncore

from server.http.headers import HEADERS
from server.serving import waitress_channel
from server.serving.waitress_channel import Channel, stop_listening
from tests.endless import ENDLESS
from tests.server.running import Server
from tests.waiting import wait_until

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BODY = b"x" * 8 * 1024**2  # more than lies in the buffers of a connection


class Application:
    """Answers every request with the same, some only after a while, or once nobody waits for the answer."""

    is_draining = False
    is_at_work = False

    def __init__(self) -> None:
        self.may_look = threading.Event()  # at whether the client of /busy has left

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, has_left = environ["PATH_INFO"], environ["waitress.client_disconnected"]
        deadline_s = time.monotonic() + {"/slow": 0.5, "/endless": 600.0, "/busy": 600.0}.get(path, 0.0)
        self.is_at_work = path in {"/endless", "/busy"}
        if path == "/busy":
            self.may_look.wait(60)
        while time.monotonic() < deadline_s and not has_left():
            time.sleep(0.02)
        self.is_at_work = False
        body = BODY if path == "/large" else b"small"
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Callable[[], socket.socket]]]:
    """A server in a thread that lets three connections be open, and how to connect to it."""
    monkeypatch.setattr(Channel, "most", 3)
    named = {"host": "127.0.0.1", "port": 0, "asyncore_use_poll": True, "clear_untrusted_proxy_headers": False}
    named |= {"channel_request_lookahead": 1}
    server = waitress.create_server(Application(), map={}, **named)
    server.channel_class = Channel
    loop = threading.Thread(target=server.run)
    loop.start()
    with ExitStack() as opened:

        def connect() -> socket.socket:
            return opened.enter_context(socket.create_connection(("127.0.0.1", server.effective_port), timeout=20))

        yield server, connect
    server.trigger.pull_trigger(lambda: [each.handle_close() for each in list(server.active_channels.values())])
    server.trigger.pull_trigger(partial(wasyncore.close_all, server._map))
    loop.join()
    server.task_dispatcher.shutdown()


def _told(connection: socket.socket, request: bytes) -> http.client.HTTPResponse:
    connection.sendall(request)
    response = http.client.HTTPResponse(connection)
    response.begin()
    return response


def _is_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("begun", [b"GET /spar", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nASK"])
def test_a_request_that_does_not_come_to_its_end_is_408(
    listening: Any, begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waitress_channel, "BODY_TIMEOUT_S", 0.2)
    response = _told(listening[1](), begun)
    assert (response.status, json.load(response)["code"]) == (408, "body_too_slow")
    assert response.headers["Connection"] == "close"


@pytest.mark.parametrize(
    ("request_", "status", "code", "words"),
    [
        (
            b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: five\r\n\r\n",
            400,
            "bad_request",
            "Content-Length is invalid.",
        ),
        (b"GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "bad_request", "escape it"),
        (b"GET /" + b"a" * 2**18, 431, "request_header_fields_too_large", "POST a long query."),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", 413, "body_too_large", "bytes"),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: zip\r\n\r\n", 501, "not_implemented", "is not supported."),
    ],
)
def test_what_breaks_http_is_told_in_the_shape_of_every_failure(
    listening: Any, request_: bytes, status: int, code: str, words: str
) -> None:
    response = _told(listening[1](), request_)
    problem = json.load(response)
    assert (response.status, problem["status"], problem["code"]) == (status, status, code)
    assert problem["detail"].endswith(words) or words in problem["detail"]
    assert response.headers["Content-Type"] == "application/problem+json"
    assert HEADERS.items() <= dict(response.headers.items()).items()


def test_who_is_idle_for_longest_makes_room_for_who_comes(listening: Any) -> None:
    _, connect = listening
    idle = [connect() for _ in range(Channel.most)]
    for connection in (*idle[1:], idle[0]):
        assert _told(connection, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").read() == b"small"
    assert _told(connect(), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").read() == b"small"
    assert _is_closed(idle[1])
    assert _told(idle[0], b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").read() == b"small"


def test_who_comes_is_not_closed_for_those_who_made_room(listening: Any) -> None:
    server, connect = listening
    for _ in range(Channel.most):
        connect()
    wait_until(lambda: len(server.active_channels) == Channel.most)
    server.trigger.pull_trigger(lambda: time.sleep(0.3))  # so that they come at once
    coming = [connect() for _ in range(Channel.most)]
    for connection in coming:
        assert _told(connection, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").read() == b"small"


def test_who_does_not_read_makes_room_for_who_comes(listening: Any) -> None:
    server, connect = listening
    slow = [connect() for _ in range(Channel.most)]
    for connection in slow:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    wait_until(lambda: all(not each.requests and each.total_outbufs_len for each in server.active_channels.values()))
    assert _told(connect(), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").read() == b"small"
    wait_until(lambda: len(server.active_channels) == Channel.most)


def test_what_is_kept_for_those_who_do_not_read_has_a_limit(listening: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waitress_channel, "_MAX_UNSENT_BYTES", len(BODY))
    server, connect = listening
    for _ in range(Channel.most):
        connect().sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    wait_until(lambda: len(server.active_channels) == 1)


def test_who_has_read_most_of_a_large_answer_counts_with_all_that_is_kept_for_it(
    listening: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waitress_channel, "_MAX_UNSENT_BYTES", len(BODY) + 1024**2)
    server, connect = listening
    slow = connect()
    slow.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    wait_until(lambda: any(each.total_outbufs_len for each in server.active_channels.values()))
    (channel,) = server.active_channels.values()
    while channel.total_outbufs_len > 2 * 1024**2:
        slow.recv(64 * 1024)
        time.sleep(0.001)
    assert channel.total_outbufs_len
    connect().sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    wait_until(lambda: not channel.connected)


def test_who_asks_for_more_and_reads_nothing_takes_no_thread(listening: Any) -> None:
    server, connect = listening
    for _ in range(server.adj.threads):
        connect().sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n" * 9)
    wait_until(lambda: all(each._is_held for each in server.active_channels.values()))
    assert _told(connect(), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").read() == b"small"


def test_who_asks_for_more_than_it_reads_gets_it_once_it_reads(listening: Any) -> None:
    server, connect = listening
    slow = connect()
    slow.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n" * 9)
    wait_until(lambda: any(each._is_held for each in server.active_channels.values()))
    slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    told = slow.makefile("rb").read()
    assert told.count(b"HTTP/1.1 200 OK") == 10
    assert told.count(b"x") == 9 * len(BODY)


def test_an_answer_of_which_nothing_is_read_is_not_kept_for_ever(
    listening: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waitress_channel, "_READING_TIMEOUT_S", 0.2)
    server, connect = listening
    for requests in (1, 9):
        connect().sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n" * requests)
    wait_until(lambda: len(server.active_channels) == 2)
    wait_until(lambda: not server.active_channels)


def test_a_large_answer_is_kept_for_slow_readers_without_a_copy(listening: Any) -> None:
    server, connect = listening
    connect().sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    wait_until(lambda: any(each.total_outbufs_len for each in server.active_channels.values()))
    (channel,) = server.active_channels.values()
    assert any(isinstance(getattr(each, "file", None), BytesIO) for each in channel.outbufs)


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
@pytest.mark.parametrize(("path", "length"), [(b"/slow", 5), (b"/large", len(BODY))])
def test_who_sends_no_more_still_gets_its_answer(listening: Any, version: bytes, path: bytes, length: int) -> None:
    connection = listening[1]()
    connection.sendall(b"GET %s HTTP/%s\r\nHost: x\r\n\r\n" % (path, version))
    connection.shutdown(socket.SHUT_WR)
    response = http.client.HTTPResponse(connection)
    response.begin()
    assert (response.status, len(response.read())) == (200, length)
    assert _is_closed(connection)


def test_who_sends_no_more_once_its_answer_is_on_its_way_gets_all_of_it(listening: Any) -> None:
    server, connect = listening
    connection = connect()
    connection.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    wait_until(lambda: any(each.total_outbufs_len and not each.requests for each in server.active_channels.values()))
    (channel,) = server.active_channels.values()
    connection.shutdown(socket.SHUT_WR)
    wait_until(channel._sends_no_more)
    channel.handle_read()  # as the loop does if it looked for what comes before the answer was there
    response = http.client.HTTPResponse(connection)
    response.begin()
    assert len(response.read()) == len(BODY)


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_who_has_left_altogether_is_noticed(listening: Any, version: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waitress_channel, "_LISTENING_S", 0.3)
    server, connect = listening
    connection = connect()
    connection.sendall(b"GET /endless HTTP/%s\r\nHost: x\r\n\r\n" % version)
    wait_until(lambda: server.application.is_at_work)
    connection.close()
    wait_until(lambda: not server.application.is_at_work)


def test_who_breaks_off_before_it_can_be_asked_is_noticed(listening: Any) -> None:
    server, connect = listening
    connection = connect()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # to close is to reset
    connection.sendall(b"GET /busy HTTP/1.1\r\nHost: x\r\n\r\n")
    wait_until(lambda: server.application.is_at_work)
    connection.shutdown(socket.SHUT_WR)
    wait_until(lambda: any(each._last_heard_s is not None for each in server.active_channels.values()))
    connection.close()
    server.application.may_look.set()
    wait_until(lambda: not server.application.is_at_work)


def test_many_who_only_connect_keep_nobody_out(curated_data: Path) -> None:
    server = Server(curated_data, max_files=256)
    try:
        with ExitStack() as opened:
            for _ in range(200):
                opened.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=20))
            assert server.get("/healthz") == (200, {"status": "ok"})
    finally:
        server.stop()


def test_requests_that_wait_for_a_thread_are_not_told_one_by_one_by_who_hands_them_out(curated_data: Path) -> None:
    server = Server(curated_data, "--threads", "1")
    try:
        with ExitStack() as opened:
            asked = [opened.enter_context(socket.create_connection(("127.0.0.1", server.port))) for _ in range(20)]
            for connection in asked:
                connection.sendall(b"GET /sparql HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert all(connection.makefile("rb").read() for connection in asked)
        assert "queue" not in server.log.read_text()
    finally:
        server.stop()


def test_who_has_connected_before_the_end_is_still_answered(listening: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server, connect = listening
    monkeypatch.setattr(server, "readable", lambda: False)  # so that nobody is taken before
    waiting = [connect() for _ in range(Channel.most)]
    for connection in waiting:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    stop_listening(server._map)
    for connection in waiting:
        assert connection.recv(len(b"HTTP/1.1 200 OK")) == b"HTTP/1.1 200 OK"
    with pytest.raises(ConnectionError):
        connect()


def test_who_asks_during_the_end_is_told_to_come_no_more_and_nobody_new_is_taken(curated_data: Path) -> None:
    server = Server(curated_data, "--query-timeout-s", "60")
    try:
        kept = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        kept.request("GET", "/healthz")
        assert kept.getresponse().read()
        with socket.create_connection(("127.0.0.1", server.port)) as slow:
            slow.sendall(f"GET /sparql?query={quote(ENDLESS)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            wait_until(lambda: server.in_flight() > 1)
            server.process.send_signal(signal.SIGTERM)
            wait_until(lambda: server.get("/healthz")[0] == 0)
            kept.request("GET", "/healthz")
            response = kept.getresponse()
            assert (response.status, response.headers["Connection"]) == (503, "close")
            assert response.read()
        assert server.process.wait(timeout=60) == 0  # as soon as nobody waits any more
    finally:
        server.stop()
