"""The W3C's tests of the query language and its result formats, asked of our own endpoint over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from kg.store import EmbeddedStore
from tests.conformance.cases import Case, Data, path_of
from tests.conformance.servers import (
    CASES,
    DEVIATIONS,
    NO_TESTS,
    ROOT,
    Stores,
    application,
    fault_of_answer,
    fault_of_syntax,
    judge,
    of_kind,
    text_of,
)

Endpoint = Callable[[Data], FlaskClient]


class OneAtATime:
    """A client per dataset; the store of the one before is closed."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._open: tuple[Data, EmbeddedStore, FlaskClient] | None = None

    def __call__(self, data: Data) -> FlaskClient:
        """A client of the server that holds the dataset."""
        if self._open is None or self._open[0] != data:
            self.close()
            store = self._stores.open(data)
            self._open = (data, store, application(store).test_client())
        return self._open[2]

    def close(self) -> None:
        """End the worker that is running."""
        if self._open is not None:
            self._open[1].close()


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    servers = OneAtATime(Stores(tmp_path_factory.mktemp("w3c")))
    yield servers
    servers.close()


@NO_TESTS
@of_kind("evaluation")
def test_a_query_is_answered_as_the_w3c_expects(case: Case, endpoint: Endpoint) -> None:
    judge(case, fault_of_answer(case, text_of(case), endpoint(case.data)))


@NO_TESTS
@of_kind("syntax")
def test_a_query_is_parsed_as_the_w3c_expects(case: Case, endpoint: Endpoint) -> None:
    text = f"BASE <{case.query}>\n".encode() + path_of(ROOT, case.query).read_bytes()
    judge(case, fault_of_syntax(case, text, endpoint(Data())))


@NO_TESTS
@of_kind("update")
def test_an_update_is_refused_well_formed_or_not(case: Case, endpoint: Endpoint) -> None:
    text = path_of(ROOT, case.query).read_bytes()
    response = endpoint(Data()).post("/sparql", data=text, content_type="application/sparql-update")
    assert response.status_code == 403


@NO_TESTS
def test_every_deviation_is_a_test_of_the_suites() -> None:
    assert DEVIATIONS.keys() <= {case.iri for case in CASES}
