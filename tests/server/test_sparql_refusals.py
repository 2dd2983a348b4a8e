"""What the SPARQL endpoint refuses, and with which status: broken requests, updates, what is late or too large."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from kg.store import open_store
from tests.endless import ENDLESS
from tests.server.asking import BROWSER, FORM, LABELS, QUERY, sparql


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"method": "GET", "query_string": "query=ASK%7B%7D&query=ASK%7B%7D"}, 400, "bad_request"),
        ({"method": "GET", "query_string": "query=ASK%7B%7D&update=CLEAR+ALL"}, 400, "bad_request"),
        ({"method": "GET", "query_string": "update=CLEAR+ALL"}, 403, "read_only"),
        ({"method": "GET", "query_string": "query=%FF"}, 400, "bad_request"),
        ({"method": "GET", "query_string": "query="}, 400, "query_syntax"),
        ({"method": "GET", "query_string": "query=ASK%20%7B"}, 400, "query_syntax"),
        ({"method": "GET", "query_string": "query=INSERT+DATA+%7B%7D"}, 400, "query_refused"),
        ({"method": "GET", "query_string": "query=ASK%7B%7D&timeout=soon"}, 400, "invalid_parameter"),
        ({"method": "GET", "query_string": "query=ASK%7B%7D&timeout=11"}, 400, "invalid_parameter"),
        ({"method": "GET", "query_string": "query=ASK%7B%7D&timeout=nan"}, 400, "invalid_parameter"),
        ({"method": "GET", "query_string": "query=ASK%7B%7D&timeout=1&timeout=2"}, 400, "bad_request"),
        ({"method": "GET", "query_string": "query=ASK%7B%7D&format=turtle"}, 400, "invalid_parameter"),
        (
            {"method": "GET", "query_string": "query=ASK%7B%7D&default-graph-uri=a+b"},
            400,
            "malformed_identifier",
        ),
        ({"method": "GET", "query_string": "&".join(["a=b"] * 1001)}, 400, "bad_request"),
        (
            {"method": "POST", "data": "query=ASK{}&update=CLEAR+ALL", "content_type": FORM},
            400,
            "bad_request",
        ),
        ({"method": "POST", "data": "query=ASK{}&query=ASK{}", "content_type": FORM}, 400, "bad_request"),
        (
            {"method": "POST", "data": "ASK{}", "query_string": "query=ASK{}", "content_type": QUERY},
            400,
            "bad_request",
        ),
        ({"method": "POST", "data": "", "content_type": FORM}, 400, "bad_request"),
        ({"method": "POST", "data": "update=CLEAR+ALL", "content_type": FORM}, 403, "read_only"),
        (
            {"method": "POST", "data": "CLEAR ALL", "content_type": "application/sparql-update"},
            403,
            "read_only",
        ),
        ({"method": "POST", "data": b"query=\xff", "content_type": FORM}, 400, "bad_request"),
        ({"method": "POST", "data": b"ASK { } # \xff", "content_type": QUERY}, 400, "bad_request"),
        (
            {"method": "POST", "data": "ASK{}".encode("utf-16"), "content_type": f"{QUERY}; charset=UTF-16"},
            *(415, "unsupported_media_type"),
        ),
        ({"method": "POST", "data": "ASK { }", "content_type": "text/plain"}, 415, "unsupported_media_type"),
        (
            {"method": "POST", "data": "ASK { }", "content_type": QUERY, "headers": {"Content-Encoding": "deflate"}},
            *(415, "unsupported_media_type"),
        ),
        ({"method": "POST", "data": "ASK { }"}, 415, "unsupported_media_type"),
        (
            {"method": "POST", "data": {"query": "ASK { }"}, "content_type": "multipart/form-data"},
            415,
            "unsupported_media_type",
        ),
        ({"method": "PUT", "query_string": "query=ASK{}"}, 405, "method_not_allowed"),
        (
            {"method": "POST", "data": b"query=ASK{}" + b" " * 2**20, "content_type": FORM},
            413,
            "body_too_large",
        ),
        ({"method": "POST", "data": b"ASK{}" + b" " * 2**20, "content_type": QUERY}, 413, "body_too_large"),
        ({"method": "POST", "data": b"ASK{}" + b" " * 70_000, "content_type": QUERY}, 413, "body_too_large"),
    ],
)
def test_a_broken_request_gets_its_own_status(
    endpoint: FlaskClient, request_: dict[str, Any], status: int, code: str
) -> None:
    response = endpoint.open("/sparql", **request_)
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert response.json is not None
    assert response.json["code"] == code


def test_a_syntax_error_has_its_place(endpoint: FlaskClient) -> None:
    problem = sparql(endpoint, "SELECT * {\n  ?s ?p label }").json
    assert (problem["status"], problem["line"]) == (400, 2)
    assert problem["column"] >= 9


def test_no_acceptable_format_is_406_with_what_there_is(endpoint: FlaskClient) -> None:
    response = sparql(endpoint, LABELS, Accept="image/png")
    assert response.status_code == 406
    assert "text/csv" in response.json["available"]


@pytest.fixture
def frugal(built_dir: Path, client_for: Any) -> Iterator[FlaskClient]:
    with open_store(built_dir) as store:
        yield client_for(store, query_timeout_s=60, max_result_bytes=2048)


def test_a_query_over_time_is_503_and_the_next_is_answered(frugal: FlaskClient) -> None:
    response = frugal.get("/sparql", query_string={"query": ENDLESS, "timeout": "0.3"})
    assert response.status_code == 503
    assert response.json is not None
    assert response.json["code"] == "query_timeout"
    assert sparql(frugal, "ASK { }").status_code == 200


def test_an_answer_too_large_is_413_never_a_cut_200(frugal: FlaskClient) -> None:
    response = sparql(frugal, "SELECT * { ?s ?p ?o . ?a ?b ?c }")
    assert response.status_code == 413
    assert response.json["code"] == "result_too_large"


def test_a_client_that_has_gone_frees_its_worker(endpoint: FlaskClient) -> None:
    response = endpoint.get(
        "/sparql",
        query_string={"query": ENDLESS},
        environ_overrides={"waitress.client_disconnected": lambda: True},
    )
    assert response.status_code == 499  # what logs and counters show; nobody receives it
    assert response.json["code"] == "cancelled"  # type: ignore[index]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:1/> { } }",
        "SELECT * { service # hidden\n SILENT <http://127.0.0.1:1/> { } }",
        "ASK {" + "{" * 2200 + "}" * 2200 + "}",
        "ASK { FILTER(" + "!" * 20_000 + "true) }",
    ],
)
def test_what_must_not_reach_the_engine_is_refused(endpoint: FlaskClient, query: str) -> None:
    response = sparql(endpoint, query)
    assert response.status_code == 400
    assert response.json["code"] == "query_refused"


def test_who_accepts_neither_page_nor_description_is_told_that_the_query_is_missing(
    endpoint: FlaskClient,
) -> None:
    assert endpoint.get("/sparql", headers={"Accept": "text/csv"}).status_code == 400


def test_a_failure_is_told_on_the_page_with_its_status(endpoint: FlaskClient) -> None:
    response = sparql(endpoint, "SELECT * { ?s ?p <script> }", **BROWSER)
    assert response.status_code in {200, 400}
    assert "<script>" not in response.text
    response = sparql(endpoint, "SELECT * {", **BROWSER)
    assert response.status_code == 400
    assert "cannot be parsed" in response.text
