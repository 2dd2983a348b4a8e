"""Pages and answers of the API that are given again: the same as when they were made, and never what may change."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from kg import KnowledgeGraph
from kg.errors import QueryFailed
from server.app import create_app
from server.http import keeping
from server.serving.process import made_ready
from server.settings import Settings

GAPS = "/gaps?columns=leiomyosarcoma"
POOLED = "/evidence?drug=gemcitabine&histotype=leiomyosarcoma"


@pytest.fixture
def client(curated_graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A server that has answered nothing yet, and takes no answer for one that the clock has cut."""
    monkeypatch.setattr(keeping, "SEARCH_TIMEOUT_S", 600.0)
    return create_app(curated_graph, Settings()).test_client()


class Counted:
    """A question of a graph that counts how often it is asked."""

    def __init__(self, question: Callable[..., Any]) -> None:
        self.question = question
        self.times = 0

    def __call__(self, *given: Any, **named: Any) -> Any:
        self.times += 1
        return self.question(*given, **named)


@pytest.fixture
def gaps(curated_graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> Counted:
    """The gap map, counted."""
    counted = Counted(curated_graph.gaps)
    monkeypatch.setattr(curated_graph, "gaps", counted)
    return counted


@pytest.mark.parametrize("path", [GAPS, "/api/v1/evidence/gaps?columns=leiomyosarcoma", f"{GAPS}&format=csv"])
def test_what_was_answered_before_is_given_again_as_it_was(client: FlaskClient, gaps: Counted, path: str) -> None:
    first, second = client.get(path), client.get(path)
    assert gaps.times == 1
    assert (second.status_code, second.data) == (200, first.data)
    assert {*second.headers} == {*first.headers}
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert client.get(f"{GAPS}&all=true").data != first.data
    assert client.head(path).content_length == len(first.data)
    assert gaps.times == 2


def test_a_client_that_has_the_answer_already_is_told_so(client: FlaskClient) -> None:
    for _ in range(2):  # made, and kept
        etag = client.get(GAPS).headers["ETag"]
        again = client.get(GAPS, headers={"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Cache-Control"] == "no-cache"
    assert client.get(GAPS, headers={"If-None-Match": 'W/"another"'}).status_code == 200


def test_colours_and_the_address_of_the_server_are_those_of_each_reader(client: FlaskClient) -> None:
    plain = client.get(GAPS).text
    client.set_cookie("theme", "dark")
    dark = client.get(GAPS).text
    assert ('data-theme="dark"' in plain, 'data-theme="dark"' in dark) == (False, True)
    elsewhere = client.get(GAPS, base_url="https://sarcoma.example").text
    assert "https://sarcoma.example/gaps" in elsewhere
    assert "https://sarcoma.example/gaps" not in dark


def fail(*_: object) -> None:
    raise QueryFailed("the engine is ill")


def test_a_page_of_which_a_part_failed_is_made_anew(
    client: FlaskClient, curated_graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as ill:
        ill.setattr(curated_graph, "pool", fail)
        assert "This part failed" in client.get(POOLED).text
    assert "This part failed" not in client.get(POOLED).text


def test_a_failure_is_not_kept(
    client: FlaskClient, curated_graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as ill:
        ill.setattr(curated_graph, "gaps", fail)
        assert client.get(GAPS).status_code == 500
    assert client.get(GAPS).status_code == 200


def test_an_answer_that_took_so_long_that_a_search_may_have_been_cut_is_made_anew(
    client: FlaskClient, gaps: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "SEARCH_TIMEOUT_S", 0.0)
    client.get(GAPS)
    client.get(GAPS)
    assert gaps.times == 2


def test_a_server_without_a_cache_makes_every_answer_anew(curated_graph: KnowledgeGraph, gaps: Counted) -> None:
    client = create_app(curated_graph, Settings(cache_bytes=0)).test_client()
    assert client.get(GAPS).data == client.get(GAPS).data
    assert gaps.times == 2


def test_pages_are_tried_once_after_the_start_and_no_request_is_counted_for_it(
    curated_graph: KnowledgeGraph, gaps: Counted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    live, telemetry = made_ready(curated_graph, Settings(log="none"), lambda: curated_graph)
    for thread in threading.enumerate():
        if thread.name == "warm-up":
            thread.join()
    assert gaps.times == 1
    assert "not warmed up" not in caplog.text
    assert telemetry.registry.get_sample_value("sarcoma_kg_requests_in_flight") == 0
    counted = [sample.value for metric in telemetry.registry.collect() if metric.name == "sarcoma_kg_requests"
               for sample in metric.samples]  # fmt: skip
    assert not counted
    assert live.in_flight == 0
