"""What only an asynchronous server meets: bodies that come in pieces, slowly, or not at all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from kg.graph import KnowledgeGraph
from kg.sparql.turns import Turns
from kg.store import EmbeddedStore, open_store
from server.app import create_app
from server.serving import asgi
from server.serving.asgi import AsgiApplication
from server.serving.process import LiveApplication
from server.settings import Settings
from tests.endless import ENDLESS, QUICK
from tests.server.conftest import GraphOfStore
from tests.waiting import wait_until

QUERY = [(b"content-type", b"application/sparql-query")]
FORM = [(b"content-type", b"application/x-www-form-urlencoded")]


@pytest.fixture
def application(built_dir: Path) -> Iterator[AsgiApplication]:
    settings = Settings(client_requests_per_minute=1, client_header="X-Forwarded-For", max_body_bytes=1024)
    with open_store(built_dir) as store:
        graph = cast(KnowledgeGraph, GraphOfStore(store))
        live = LiveApplication(lambda each: create_app(each, settings, []), lambda: graph)
        live.begin(graph)
        application = AsgiApplication(live, settings)
        yield application
        application.close()


def _asked(
    application: AsgiApplication,
    *messages: dict[str, Any],
    headers: list[tuple[bytes, bytes]],
    method: str = "POST",
    path: str = "/sparql",
) -> tuple[int, Any]:
    """Status and JSON of the answer to a request that comes in pieces; after the last one nothing comes any more."""
    sent: list[Any] = []
    coming = list(messages)

    async def receive() -> dict[str, Any]:
        if coming:
            return coming.pop(0)
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "scheme": "http",
        "http_version": "1.1",
        "headers": [(b"host", b"localhost"), *headers],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }
    asyncio.run(cast(Any, application(scope, receive, send)))
    return (sent[0]["status"], json.loads(sent[1]["body"])) if sent else (0, None)


def _piece(body: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_in_pieces_is_put_together(application: AsgiApplication) -> None:
    pieces = [_piece(b"ASK", more=True), _piece(b" { }", more=False)]
    assert _asked(application, *pieces, headers=QUERY) == (200, {"head": {}, "boolean": True})


def test_an_address_that_begins_with_two_slashes_is_that_with_one(application: AsgiApplication) -> None:
    """Clients that join a base which ends in a slash with a path ask so."""
    answer = _asked(application, _piece(b"ASK { }", more=False), headers=QUERY, path="//sparql")
    assert answer == (200, {"head": {}, "boolean": True})


def test_a_compressed_body_is_refused_and_not_read_as_it_stands(application: AsgiApplication) -> None:
    headers = [*QUERY, (b"content-encoding", b"gzip")]
    assert _asked(application, _piece(b"ASK { }", more=False), headers=headers)[0] == 415


def test_a_body_that_does_not_come_is_408(application: AsgiApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "BODY_TIMEOUT_S", 0.05)
    status, problem = _asked(application, _piece(b"ASK", more=True), headers=QUERY)
    assert (status, problem["code"]) == (408, "body_too_slow")


def test_a_body_without_end_is_refused_when_it_is_too_long(application: AsgiApplication) -> None:
    pieces = [_piece(b" " * 800, more=True), _piece(b" " * 800, more=True)]
    status, problem = _asked(application, *pieces, headers=QUERY)
    assert (status, problem["code"]) == (413, "body_too_large")


def test_a_body_that_says_that_it_is_too_long_is_not_even_read(application: AsgiApplication) -> None:
    status, problem = _asked(application, headers=[*QUERY, (b"content-length", b"100000")])
    assert (status, problem["code"]) == (413, "body_too_large")


GONE = {"type": "http.disconnect"}


def _workers(application: AsgiApplication) -> tuple[frozenset[int], int]:
    """The processes that live in the lane of quick queries, and how many were ever started."""
    served = application.live.enter()
    assert served is not None
    application.live.leave(served)
    lanes = cast(EmbeddedStore, served.graph.store).lanes
    return lanes.process_ids(), lanes.states()["quick"].started


def test_a_quick_query_whose_client_left_costs_no_worker(
    application: AsgiApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "CANCEL_POLL_S", 0)  # the client is known to have left before the answer can be there
    monkeypatch.setattr(asgi, "LEAVING_S", 30)
    assert _asked(application, _piece(b"ASK { }", more=False), headers=QUERY)[0] == 200
    before = _workers(application)
    assert _asked(application, _piece(QUICK.encode(), more=False), GONE, headers=QUERY)[0] == 200
    assert _workers(application) == before


def test_a_long_query_whose_client_left_is_given_up(application: AsgiApplication) -> None:
    assert _asked(application, _piece(b"ASK { }", more=False), headers=QUERY)[0] == 200
    piece = _piece(ENDLESS.encode(), more=False)
    status, problem = _asked(application, piece, GONE, headers=QUERY)
    assert (status, problem["code"]) == (499, "cancelled")
    wait_until(lambda: _workers(application)[1] == 2)  # the worker was replaced


def test_a_body_that_breaks_off_is_the_clients_fault(application: AsgiApplication) -> None:
    """granian tells a faulty chunk as it tells a client that has left, and would answer 500 if nobody answers."""
    status, problem = _asked(application, _piece(b"ASK", more=True), {"type": "http.disconnect"}, headers=QUERY)
    assert (status, problem["code"]) == (400, "bad_request")


def test_of_a_header_given_twice_the_last_entry_is_the_proxys(application: AsgiApplication) -> None:
    """Else a client could name itself anew with every request."""
    for number, status in ((1, 200), (2, 429)):
        names = [(b"x-forwarded-for", b"192.0.2.%d" % number), (b"x-forwarded-for", b"198.51.100.7")]
        assert _asked(application, _piece(b"ASK { }", more=False), headers=[*QUERY, *names])[0] == status


def test_a_client_cannot_name_itself_by_another_spelling_of_the_proxys_header(application: AsgiApplication) -> None:
    """WSGI has one name for both, so that the second would take the place of the first."""
    for number, status in ((1, 400), (2, 429)):
        names = [(b"x-forwarded-for", b"198.51.100.7"), (b"x_forwarded_for", b"192.0.2.%d" % number)]
        assert _asked(application, _piece(b"", more=False), headers=[*FORM, *names])[0] == status


def test_who_is_shutting_down_says_so(application: AsgiApplication) -> None:
    application.live.is_draining = True
    status, problem = _asked(application, _piece(b"ASK { }", more=False), headers=QUERY)
    assert (status, problem["code"]) == (503, "shutting_down")


def test_work_counts_against_the_client_that_asked(
    application: AsgiApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    charged: list[str] = []
    monkeypatch.setattr(Turns, "charge", lambda _turns, who, _seconds: charged.append(who))
    for client in (b"198.51.100.7", b"198.51.100.8"):
        headers = [*QUERY, (b"x-forwarded-for", client)]
        assert _asked(application, _piece(b"ASK { }  #" + client, more=False), headers=headers)[0] == 200
    assert charged == ["198.51.100.7", "198.51.100.8"]
