"""Every failure has a status and one shape."""

from __future__ import annotations

import dataclasses
import inspect
import logging
from typing import Any

import pytest
from flask import Blueprint
from flask.testing import FlaskClient
from werkzeug.test import create_environ
from werkzeug.wrappers import Response

import kg.errors
from kg.errors import (
    AmbiguousEntity,
    EntityNotFound,
    KgError,
    MemoryExceeded,
    Overloaded,
    QueryTimeout,
    ResultTooLarge,
)
from kg.store import EmbeddedStore
from server.http.errors import PROBLEMS, BodyTooLarge, RateLimited, body_of, problem_for, problems_markdown
from server.http.problem_page import _TOLD, problem_page
from tests.server.asking import BROWSER


def _family(root: type[KgError]) -> list[type[KgError]]:
    return [root, *(each for child in root.__subclasses__() for each in _family(child))]


def _example(error: type[KgError]) -> KgError:
    samples: dict[str, Any] = {"str": "x", "float": 1.0, "int | None": 1, "tuple[Fault, ...]": ()}
    values = {
        field.name: samples.get(str(field.type), ())
        for field in dataclasses.fields(error)
        if field.default is dataclasses.MISSING
    }
    return error(**values)


@pytest.mark.parametrize("error", _family(KgError))
def test_every_failure_has_a_row_of_its_own_and_the_one_shape(error: type[KgError]) -> None:
    assert error in {problem.error for problem in PROBLEMS}
    body = body_of(_example(error))
    assert {"type", "title", "status", "detail", "code"} <= body.keys()
    assert body["code"] == error.code
    assert body["type"].endswith("/" + error.code)
    assert 400 <= body["status"] < 600
    assert body["detail"]


def test_codes_are_unique() -> None:
    codes = [problem.error.code for problem in PROBLEMS]
    assert len(codes) == len(set(codes))


def test_every_error_of_the_core_is_in_the_family() -> None:
    for _, each in inspect.getmembers(kg.errors, inspect.isclass):
        if issubclass(each, Exception):
            assert issubclass(each, KgError)


def test_the_table_for_the_documentation_names_every_code() -> None:
    text = problems_markdown()
    for problem in PROBLEMS[1:]:
        assert f"| `{problem.error.code}` | {problem.status} |" in text


def test_a_class_without_a_row_has_its_bases() -> None:
    class Special(kg.errors.QueryTimeout):
        pass

    try:
        assert problem_for(Special).status == 503
    finally:
        del Special
        import gc

        gc.collect()  # the test above walks all subclasses


def _failing() -> Blueprint:
    blueprint = Blueprint("failing", __name__)

    @blueprint.get("/api/v1/broken")
    @blueprint.get("/broken")
    def broken() -> str:
        raise RuntimeError("secret in /some/path")

    @blueprint.get("/api/v1/unknown")
    @blueprint.get("/unknown")
    def unknown() -> str:
        raise EntityNotFound("sirolimuss", "drug", (("drug:sirolimus", "sirolimus"),))

    @blueprint.get("/api/v1/ambiguous")
    def ambiguous() -> str:
        raise AmbiguousEntity("LMS", "histotype", (("histotype:leiomyosarcoma", "leiomyosarcoma"),))

    @blueprint.get("/api/v1/busy")
    def busy() -> str:
        raise Overloaded(2.4)

    return blueprint


@pytest.fixture(scope="module")
def client(store: EmbeddedStore, client_for: Any) -> FlaskClient:
    failing: FlaskClient = client_for(store, _failing())
    return failing


def test_a_failure_is_a_problem_document_with_its_fields(client: FlaskClient) -> None:
    response = client.get("/api/v1/unknown", headers=BROWSER)
    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"
    assert response.json is not None
    assert response.json["code"] == "unknown_entity"
    assert response.json["parameter"] == "drug"
    assert response.json["suggestions"] == [{"curie": "drug:sirolimus", "label": "sirolimus"}]
    assert client.get("/api/v1/ambiguous").status_code == 409


def test_a_browser_gets_a_page_except_under_machine_routes(client: FlaskClient) -> None:
    response = client.get("/unknown", headers=BROWSER)
    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert "sirolimuss" in response.text
    assert client.get("/unknown").mimetype == "application/problem+json"


@pytest.mark.parametrize("path", ["/nowhere", "/api/v1/nowhere"])
def test_an_unknown_address_is_told_in_the_same_shape(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.json is not None
    assert response.json["code"] == "not_found"
    assert f"nothing at {path}" in response.json["detail"]


def test_an_unknown_address_is_told_with_the_route_that_is_spelled_nearly_so(client: FlaskClient) -> None:
    response = client.get("/healthzz")
    assert response.json is not None
    assert "Did you mean /healthz?" in response.json["detail"]


@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void", "/api/v1/graphs", "/nowhere"])
@pytest.mark.parametrize("host", ["xn--x", "a b", "a,b", 'a"><b', "x:port", ".."])
def test_a_host_that_cannot_be_one_is_refused_because_addresses_would_begin_with_it(
    forgetful: FlaskClient, path: str, host: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Source: RFC 9112, section 3.2."""
    for accept in ("application/json", BROWSER["Accept"]):
        environ = create_environ(path, headers={"Accept": accept}) | {"HTTP_HOST": host}
        response = Response.from_app(forgetful.application, environ)  # the test client would fail itself
        assert response.status_code == 400
        assert not response.headers.get("X-Request-Id")
    assert not caplog.records


@pytest.mark.parametrize("host", ["sarcoma_kg", "sarcoma_kg:8000", "_x.example.org"])
def test_a_host_named_as_containers_are_is_answered(forgetful: FlaskClient, host: str) -> None:
    environ = create_environ("/sparql", headers={"Accept": BROWSER["Accept"]}) | {"HTTP_HOST": host}
    response = Response.from_app(forgetful.application, environ)
    assert response.status_code == 200
    assert f"http://{host}/sparql" in response.get_data(as_text=True)


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    response = client.delete("/sparql")
    assert response.status_code == 405
    assert response.json is not None
    assert response.json["code"] == "method_not_allowed"
    assert response.json["detail"].startswith("DELETE is not allowed at /sparql; allowed: GET")
    assert {"GET", "POST"} <= {method.strip() for method in response.headers["Allow"].split(",")}


def test_a_surprise_tells_a_request_id_and_nothing_else(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        response = client.get("/api/v1/broken")
    assert response.status_code == 500
    assert response.json is not None
    assert "secret" not in response.text
    assert response.json["code"] == "internal_error"
    assert response.headers["X-Request-Id"] == response.json["request_id"]
    assert response.json["request_id"] in caplog.text
    assert "secret" in caplog.text
    assert client.get("/broken", headers=BROWSER).mimetype == "text/html"


def test_an_error_page_that_fails_itself_still_says_what_is_wrong(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise RuntimeError

    monkeypatch.setattr("server.http.errors.render_template", fail)
    response = client.get("/unknown", headers=BROWSER)
    assert response.status_code == 404
    assert "Nothing in this graph is called" in response.text


def test_an_overload_says_when_to_come_back(client: FlaskClient) -> None:
    response = client.get("/api/v1/busy")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "3"


@pytest.mark.parametrize("path", ["/sparql", "/healthz", "/nowhere", "/api/v1/broken", "/sparql?query=ASK{}"])
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


def test_the_page_of_a_failure_words_only_failures_that_there_are() -> None:
    """A code that was renamed here and not there would blame the server for what a question asked too much of."""
    assert _TOLD.keys() <= {row.error.code for row in PROBLEMS} | {"not_found", "internal_error"}


@pytest.mark.parametrize(
    "error",
    [
        MemoryExceeded("query_memory_bytes", 2e9, "bytes"),
        ResultTooLarge("max_rows", 10_000, "rows"),
        QueryTimeout("timeout_s", 60, "s"),
        Overloaded(2),
        RateLimited(37.5),
        BodyTooLarge("The body is longer than 1000 bytes."),
    ],
    ids=lambda error: error.code,
)
def test_a_page_that_a_limit_refuses_blames_neither_and_names_no_setting(error: KgError) -> None:
    told = problem_page(body_of(error), "/evidence", [("drug", "KIT & co")])
    text = " ".join((told.title, told.detail, told.whose, told.advice))
    assert "fault" not in text
    assert "setting" not in text
    assert "_" not in text
    assert "bytes" not in text or isinstance(error, BodyTooLarge)
    is_passing = isinstance(error, QueryTimeout | Overloaded | RateLimited)
    assert told.again == ("/evidence?drug=KIT+%26+co" if is_passing else "")
