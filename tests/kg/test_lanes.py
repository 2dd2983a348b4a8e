"""Short queries do not wait behind long ones, and only what is allowed may call out."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.budget import Budget
from kg.errors import Overloaded, QueryFailed, QueryRefused, QueryTimeout
from kg.generations import open_current
from kg.sparql.lanes import Lanes, LaneSizes
from kg.sparql.query import QueryLimits, SparqlOperation, inspect
from tests.endless import ENDLESS
from tests.kg.asked import asked
from tests.waiting import wait_until

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


class Endless:
    """A query in a thread of its own, which goes on until it is stopped."""

    def __init__(self, lanes: Lanes) -> None:
        self.raised: Exception | None = None
        self._is_over = threading.Event()
        self._lanes = lanes
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def _ask(self) -> None:
        try:
            asked(self._lanes, FOREVER, Budget(timeout_s=60), self._is_over.is_set)
        except (QueryTimeout, QueryFailed, Overloaded) as error:
            self.raised = error

    def stop(self) -> None:
        self._is_over.set()
        self._thread.join()


def test_a_long_query_goes_on_in_the_slow_lane_and_a_short_one_passes_it(lanes: Lanes) -> None:
    (worker,) = lanes.process_ids()
    long = Endless(lanes)
    wait_until(lambda: lanes.states()["slow"].busy == 1)
    assert worker in lanes.process_ids()  # the same process goes on, and all others go first
    wait_until(lambda: os.getpriority(os.PRIO_PROCESS, worker) > 0)
    assert asked(lanes, ASK, Budget()) == TRUE
    assert long.raised is None
    long.stop()
    assert isinstance(long.raised, QueryFailed)


def stop(process_id: int) -> None:
    """Stop one of our workers; a busy machine lets it go on for a moment after it was told."""
    os.kill(process_id, signal.SIGSTOP)
    os.waitid(os.P_PID, process_id, os.WSTOPPED | os.WNOWAIT)


def test_a_query_that_hardly_got_a_processor_is_not_taken_for_a_long_one(lanes: Lanes) -> None:
    """On a busy machine every query takes long. To move each, and start a worker for it, would make that worse."""
    asked(lanes, ASK, Budget())
    before = lanes.process_ids()
    (worker,) = before
    answers: list[bytes] = []
    stop(worker)
    asking = threading.Thread(target=lambda: answers.append(asked(lanes, ASK, Budget())))
    asking.start()
    time.sleep(3 * SIZES.quick_s)
    os.kill(worker, signal.SIGCONT)
    asking.join()
    assert answers == [TRUE]
    assert lanes.process_ids() == before
    assert lanes.states()["slow"].started == 0


def test_a_query_that_gets_no_processor_at_all_moves_in_the_end(lanes: Lanes) -> None:
    asked(lanes, ASK, Budget())
    (worker,) = lanes.process_ids()
    stop(worker)
    with contextlib.suppress(QueryTimeout):  # its worker moves with it, if the slow lane has not begun to start one
        assert asked(lanes, ASK, Budget(timeout_s=20 * SIZES.quick_s)) == TRUE
    assert asked(lanes, ASK, Budget()) == TRUE
    assert worker not in lanes.process_ids()


def test_a_long_query_has_its_whole_time_over_both_lanes(lanes: Lanes) -> None:
    with pytest.raises(QueryTimeout) as raised:
        asked(lanes, FOREVER, Budget(timeout_s=1.5))
    assert raised.value.value == 1.5


def test_when_the_slow_lane_is_full_the_query_waits_there(lanes: Lanes) -> None:
    running = [Endless(lanes) for _ in range(2)]
    wait_until(lambda: lanes.states()["slow"].waiting == 1)
    assert asked(lanes, ASK, Budget()) == TRUE
    for each in running:
        each.stop()


def test_a_full_slow_queue_says_so(lanes: Lanes) -> None:
    running = [Endless(lanes) for _ in range(3)]
    wait_until(lambda: lanes.states()["slow"].waiting == 2)
    with pytest.raises(Overloaded):
        asked(lanes, FOREVER, Budget(timeout_s=60))
    for each in running:
        each.stop()


def test_a_query_that_ends_early_stays_in_the_quick_lane(lanes: Lanes) -> None:
    before = lanes.process_ids()
    for _ in range(10):
        asked(lanes, ASK, Budget())
    assert lanes.process_ids() == before


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
