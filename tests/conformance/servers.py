"""Servers on the W3C's data: in the test's own process, or on loopback where another server must reach them."""

from __future__ import annotations

import os
import threading
import tomllib
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from kg.generations import building, publish
from kg.sparql.engine import write_store
from kg.sparql.query import QueryLimits
from kg.store import EmbeddedStore, open_store
from server.app import create_app
from server.settings import Settings
from tests.conformance.answers import difference, media_type_for, read_answer, read_expected
from tests.conformance.cases import Case, Data, all_cases, path_of, quads_of
from tests.server.conftest import GraphOfStore

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("SARCOMA_KG_SHARED", HERE.parents[2] / "shared"))
ROOT = SHARED / "w3c-rdf-tests" / "sparql"
DEVIATIONS: dict[str, str] = tomllib.loads((HERE / "deviations.toml").read_text(encoding="utf-8"))["deviations"]
QUERY = "application/sparql-query"

CASES = list(all_cases(ROOT)) if ROOT.is_dir() else []
NO_TESTS = pytest.mark.skipif(not CASES, reason="the W3C's tests are not in the reference folder ../shared")


class Stores:
    """Datasets of the tests on disk, each written once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: dict[Data, Path] = {}

    def open(self, data: Data, limits: QueryLimits | None = None) -> EmbeddedStore:
        """Open the store of a dataset, in strict mode."""
        if data not in self._written:
            folder = self._folder / str(len(self._written))
            with building(folder) as generation:
                write_store(generation / "store", list(quads_of(ROOT, data)), merge=False)
                (generation / "manifest.json").write_text('{"checksum": "0"}', encoding="utf-8")
                publish(folder, generation)
            self._written[data] = folder
        return open_store(self._written[data], union_default_graph=False, limits=limits)


def application(store: EmbeddedStore, services: str = "") -> Flask:
    """Our server on a store, as strict as the tests want it."""
    return create_app(GraphOfStore(store), Settings(default_graph="strict", services=services), [])  # type: ignore[arg-type]


class Endpoint:
    """A server on a free port of loopback, until it is closed."""

    def __init__(self, app: Flask) -> None:
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self.address = f"http://127.0.0.1:{self._server.server_port}/sparql"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


def of_kind(*kinds: str) -> pytest.MarkDecorator:
    """Run a test once for each W3C test of these kinds."""
    chosen = [case for case in CASES if case.kind in kinds]
    return pytest.mark.parametrize("case", chosen, ids=[case.name for case in chosen])


def text_of(case: Case) -> str:
    """The query; it starts from where it was found, which our endpoint cannot know."""
    return f"BASE <{case.query}>\n{path_of(ROOT, case.query).read_text(encoding='utf-8')}"


def fault_of_answer(case: Case, text: str, client: FlaskClient) -> str:
    """What is wrong with the answer to an evaluation test; empty if nothing is."""
    media_type = media_type_for(case.result)
    response = client.post("/sparql", data=text.encode(), content_type=QUERY, headers={"Accept": media_type})
    if response.status_code != 200:
        return f"status {response.status_code}: {response.text}"
    expected = read_expected(path_of(ROOT, case.result), case.result)
    return difference(expected, read_answer(response.data, response.mimetype), is_lax=case.is_lax)


def fault_of_syntax(case: Case, text: bytes, client: FlaskClient) -> str:
    """What is wrong with the reading of a query; empty if nothing is."""
    response = client.post("/sparql", data=text, content_type=QUERY)
    # A function that the engine lacks is refused after the query was parsed.
    is_parsed = response.status_code == 200 or "the custom function" in response.text
    is_refused = response.status_code == 400 and not is_parsed
    is_right = is_parsed if case.is_positive else is_refused
    return "" if is_right else f"status {response.status_code}: {response.text[:300]}"


def judge(case: Case, fault: str) -> None:
    """A deviation is written down with its reason; one that has gone must leave the list."""
    reason = DEVIATIONS.get(case.iri)
    if reason is None:
        assert not fault, fault
    else:
        assert fault, f"passes now; take it out of deviations.toml ({reason})"
