"""The W3C's tests of SERVICE: our endpoint asks others of ours, over HTTP, as far as its allow-list goes."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from kg.sparql.query import QueryLimits
from tests.conformance.cases import Case, Data
from tests.conformance.servers import (
    NO_TESTS,
    Endpoint,
    Stores,
    application,
    fault_of_answer,
    fault_of_syntax,
    judge,
    of_kind,
    text_of,
)

_SERVICE = re.compile(r"(SERVICE\s+(?:SILENT\s+)?)<([^>]*)>", re.IGNORECASE)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Stores:
    return Stores(tmp_path_factory.mktemp("w3c-federation"))


@pytest.fixture(scope="module")
def nobody() -> Iterator[str]:
    """An address on loopback where nobody answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/sparql"


@NO_TESTS
@of_kind("federation")
def test_other_endpoints_are_asked_as_the_w3c_expects(case: Case, stores: Stores, nobody: str) -> None:
    with ExitStack() as stack:
        address_by_name: dict[str, str] = {}
        # The last ones first: an endpoint may be asked to ask those after it.
        for name, file in reversed(case.services):
            services = " ".join([*address_by_name.values(), nobody])
            store = stores.open(Data((file,)), QueryLimits(services=frozenset(services.split())))
            stack.callback(store.close)
            endpoint = Endpoint(application(store, services))
            stack.callback(endpoint.close)
            address_by_name[name] = endpoint.address
        text = _SERVICE.sub(lambda found: f"{found[1]}<{address_by_name.get(found[2], nobody)}>", text_of(case))
        services = " ".join([*address_by_name.values(), nobody])
        store = stores.open(case.data, QueryLimits(services=frozenset(services.split())))
        stack.callback(store.close)
        client = application(store, services).test_client()
        if case.result:
            judge(case, fault_of_answer(case, text, client))
        else:
            # Nobody answers, which a query without SILENT cannot survive: that it was parsed is all that is asked.
            fault = fault_of_syntax(case, text.encode(), client)
            judge(case, "" if "an endpoint that it asks did not answer" in fault else fault)
