"""Short queries do not wait behind long ones, and only what is allowed may call out."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.budget import Budget
from kg.errors import Overloaded, QueryRefused, QueryTimeout
from kg.generations import open_current
from kg.sparql.lanes import Lanes, LaneSizes
from kg.sparql.query import RESULTS_JSON, QueryLimits, SparqlOperation, inspect
from tests.endless import ENDLESS

ASK = SparqlOperation("ASK { }")
TRUE = b'{"head":{},"boolean":true}'
FOREVER = SparqlOperation(ENDLESS)
SIZES = LaneSizes(workers=1, max_waiting=2, slow_workers=1, quick_s=0.15)


@pytest.fixture
def lanes(built_dir: Path) -> Iterator[Lanes]:
    with open_current(built_dir) as generation:
        lanes = Lanes(generation.store_path, union_default_graph=True, prefixes={}, sizes=SIZES)
        lanes.start()
        yield lanes
        lanes.close()


def _in_background(lanes: Lanes, seconds: float) -> tuple[threading.Thread, list[Exception]]:
    raised: list[Exception] = []

    def ask() -> None:
        try:
            lanes.run(FOREVER, RESULTS_JSON, Budget(timeout_s=seconds))
        except (QueryTimeout, Overloaded) as error:
            raised.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    return thread, raised


def test_a_long_query_goes_on_in_the_slow_lane_and_a_short_one_passes_it(lanes: Lanes) -> None:
    (worker,) = lanes.process_ids()
    thread, raised = _in_background(lanes, 3)
    time.sleep(0.6)
    assert worker in lanes.process_ids()  # the same process goes on, and all others go first
    assert os.getpriority(os.PRIO_PROCESS, worker) > 0
    assert lanes.states()["slow"].busy == 1
    started = time.monotonic()
    assert lanes.run(ASK, RESULTS_JSON, Budget()) == TRUE
    assert time.monotonic() - started < 1.5
    thread.join()
    assert isinstance(raised[0], QueryTimeout)


def test_when_the_slow_lane_is_full_the_query_waits_there(lanes: Lanes) -> None:
    running = [_in_background(lanes, 1.5) for _ in range(2)]
    time.sleep(1.0)
    assert lanes.states()["slow"].waiting == 1
    assert lanes.run(ASK, RESULTS_JSON, Budget()) == TRUE
    for thread, raised in running:
        thread.join()
        assert isinstance(raised[0], QueryTimeout | Overloaded)


def test_a_full_slow_queue_says_so(lanes: Lanes) -> None:
    running = []
    for _ in range(4):  # one runs, two wait, the fourth is one too many
        running.append(_in_background(lanes, 4))
        time.sleep(0.5)
    for thread, _ in running:
        thread.join()
    assert sum(isinstance(raised[0], Overloaded) for _, raised in running) >= 1


def test_a_query_that_ends_early_stays_in_the_quick_lane(lanes: Lanes) -> None:
    before = lanes.process_ids()
    for _ in range(10):
        lanes.run(ASK, RESULTS_JSON, Budget())
    assert lanes.process_ids() == before


# --- SERVICE --------------------------------------------------------------------------------------------

ALLOWED = QueryLimits(services=frozenset({"https://a.example/sparql"}))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <https://a.example/sparql> { ?s ?p ?o } }",
        "SELECT * { service # why\n silent <https://a.example/sparql> { ?s ?p ?o } }",
        "SELECT * { SERVICE <https://a.example/sparql> { SERVICE <https://a.example/sparql> { ?s ?p ?o } } }",
    ],
)
def test_an_allowed_endpoint_in_full_may_be_asked(query: str) -> None:
    facts = inspect(query, ALLOWED)
    assert facts.is_calling
    assert not facts.is_repeatable
    with pytest.raises(QueryRefused):
        inspect(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <https://b.example/sparql> { ?s ?p ?o } }",
        "SELECT * { SERVICE <https://a.example/sparql/> { ?s ?p ?o } }",
        "SELECT * { SERVICE ?where { ?s ?p ?o } }",
        "PREFIX a: <https://a.example/> SELECT * { SERVICE a:sparql { ?s ?p ?o } }",
        "BASE <https://a.example/> SELECT * { SERVICE <sparql> { ?s ?p ?o } }",
        "SELECT * { SERVICE <https://a.example/sparql> { SERVICE <https://b.example/> { ?s ?p ?o } } }",
        "SELECT * { SERVICE <https://a.example/sparql> {} FILTER(?a<1)SERVICE#>\n<https://b.example/> { } }",
        "SELECT * { SERVICESILENT<https://b.example/>{} SERVICE <https://a.example/sparql> {} }",
        r"SELECT * { SERVICE <https://a.example/sp\u0061rql> { ?s ?p ?o } }",
    ],
)
def test_every_other_spelling_is_refused(query: str) -> None:
    with pytest.raises(QueryRefused, match="only these endpoints"):
        inspect(query, ALLOWED)
