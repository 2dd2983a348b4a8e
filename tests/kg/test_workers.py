"""No query outlives its budget, and none takes another down with it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.budget import Budget
from kg.errors import (
    MemoryExceeded,
    Overloaded,
    QueryCancelled,
    QueryFailed,
    QueryRefused,
    QueryTimeout,
    ResultTooLarge,
    StoreUnavailable,
)
from kg.generations import open_current
from kg.sparql import waits, worker
from kg.sparql.dataset import Dataset
from kg.sparql.formats import RESULTS_JSON
from kg.sparql.query import SparqlOperation
from kg.sparql.sandbox import Memory
from kg.sparql.worker_process import killed_for_memory
from kg.sparql.workers import WorkerPool
from tests.endless import ENDLESS, QUICK
from tests.kg.asked import asked
from tests.waiting import wait_until

ASK = SparqlOperation("ASK { }")
TRUE = b'{"head":{},"boolean":true}'
# A product that would take years, and one whose sorting needs memory without end.
FOREVER = SparqlOperation(ENDLESS)
HUNGRY = SparqlOperation("SELECT * { " + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(6)) + " } ORDER BY ?c5 ?a1 ?b3")


@pytest.fixture
def pool(built_dir: Path) -> Iterator[WorkerPool]:
    with open_current(built_dir) as generation:
        pool = WorkerPool(generation.store_path, union_default_graph=True, prefixes={}, size=1, max_waiting=2)
        yield pool
        pool.close()


def _alive(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def test_workers_start_on_first_use(pool: WorkerPool) -> None:
    assert pool.process_ids() == frozenset()
    assert asked(pool, ASK, Budget()) == TRUE
    assert len(pool.process_ids()) == 1


def test_a_worker_answers_many_queries(pool: WorkerPool) -> None:
    pool.start()
    started = pool.process_ids()
    for _ in range(20):
        asked(pool, ASK, Budget())
    assert pool.process_ids() == started


def test_a_query_over_time_is_killed_and_the_next_one_answered(pool: WorkerPool) -> None:
    pool.start()
    (victim,) = pool.process_ids()
    with pytest.raises(QueryTimeout) as raised:
        asked(pool, FOREVER, Budget(timeout_s=0.5))
    assert raised.value.value == 0.5
    assert asked(pool, ASK, Budget()) == TRUE
    assert victim not in pool.process_ids()
    wait_until(lambda: not _alive(victim))


def test_a_cancelled_query_is_killed(pool: WorkerPool) -> None:
    pool.start()
    (victim,) = pool.process_ids()
    started = time.monotonic()
    with pytest.raises(QueryFailed, match="cancelled"):
        asked(pool, FOREVER, Budget(timeout_s=60), lambda: time.monotonic() - started > 0.3)
    wait_until(lambda: not _alive(victim))


def test_a_quick_query_whose_client_left_costs_no_worker(pool: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "CANCEL_POLL_S", 0)  # the client is known to have left before the answer can be there
    monkeypatch.setattr(waits, "LEAVING_S", 30)
    pool.start()
    (worker,) = pool.process_ids()
    assert b"bindings" in asked(pool, SparqlOperation(QUICK), Budget(), lambda: True)
    assert pool.process_ids() == {worker}
    assert pool.state().started == 1


def test_a_query_that_needs_too_much_memory_is_stopped(pool: WorkerPool) -> None:
    with pytest.raises(MemoryExceeded):
        asked(pool, HUNGRY, Budget(timeout_s=30, memory_bytes=800 * 1024**2))
    assert asked(pool, ASK, Budget()) == TRUE


@pytest.mark.parametrize("free_kib", [256, 512, 1024])
@pytest.mark.parametrize(
    "long", ["FILTER(" + "1+" * 1400 + "1 > 0)", "FILTER(" + "!" * 1400 + "true)", "{}UNION" * 1400 + "{}"]
)
def test_a_query_for_whose_recursion_no_memory_is_left_is_told_so(pool: WorkerPool, long: str, free_kib: int) -> None:
    """The engine's stack grows with the query. At the limit of memory that must not look like a crash."""
    pool.start()
    asked(pool, ASK, Budget())
    (process_id,) = pool.process_ids()
    pages = int(Path(f"/proc/{process_id}/statm").read_text().split()[0])
    limit = pages * os.sysconf("SC_PAGE_SIZE") + free_kib * 1024
    with suppress(MemoryExceeded):
        assert asked(pool, SparqlOperation(f"ASK {{ {long} }}"), Budget(memory_bytes=limit)) == TRUE


@pytest.mark.parametrize(("grown_mib", "expected"), [(10, b"L"), (700, b"l")])
def test_a_worker_that_keeps_memory_asks_to_be_replaced(
    monkeypatch: pytest.MonkeyPatch, grown_mib: int, expected: bytes
) -> None:
    """Else the next query would fail for the memory of this one."""
    memory = Memory()
    monkeypatch.setattr(memory, "limit", lambda _: None)
    memory._limit_bytes = memory._fresh_bytes + 1024**3
    monkeypatch.setattr(memory, "taken_bytes", lambda: memory._fresh_bytes + grown_mib * 1024**2)
    request = worker.Request(ASK, RESULTS_JSON, max_bytes=1000, memory_bytes=1024**3)
    ours, theirs = socket.socketpair()
    dataset = Dataset(union_default_graph=True, is_merged=False, prefixes={}, base_iri="http://x/")
    with ours, theirs:
        worker.answer(ox.Store(), request.to_bytes(), dataset, worker.Channel(theirs.fileno()), memory)
        assert ours.recv(1000) == worker.ANSWER_HEAD.pack(expected, len(TRUE)) + TRUE


def test_an_answer_above_its_size_is_stopped_and_the_worker_goes_on(pool: WorkerPool) -> None:
    pool.start()
    started = pool.process_ids()
    with pytest.raises(ResultTooLarge):
        asked(pool, SparqlOperation("SELECT * { ?a ?b ?c . ?d ?e ?f }"), Budget(max_bytes=10_000))
    assert asked(pool, ASK, Budget()) == TRUE
    assert pool.process_ids() == started


def test_an_answer_of_many_chunks_arrives_whole(pool: WorkerPool) -> None:
    body = asked(pool, SparqlOperation("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"), Budget())
    assert len(body) > 2_000_000
    assert body.endswith(b"]}}")


def test_a_query_that_crashes_the_engine_ends_alone(pool: WorkerPool) -> None:
    crash = SparqlOperation("ASK {" + "{" * 5000 + "}" * 5000 + "}")  # kg.sparql.query refuses it; here nobody does
    with pytest.raises(QueryFailed, match="crashed"):
        asked(pool, crash, Budget())
    assert asked(pool, ASK, Budget()) == TRUE


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_worker_killed_while_it_has_nothing_to_do_costs_no_query(pool: WorkerPool, how: signal.Signals) -> None:
    pool.start()
    (victim,) = pool.process_ids()
    os.kill(victim, how)
    os.waitid(os.P_PID, victim, os.WEXITED | os.WNOWAIT)  # until all of its threads are gone
    assert asked(pool, ASK, Budget()) == TRUE
    assert victim not in pool.process_ids()
    assert pool.state().started == 2


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel refuses sockets on Linux only")
@pytest.mark.parametrize("address", ["http://127.0.0.1:8099/x", "https://localhost:8099/x", "http://10.0.0.1/"])
def test_a_worker_gets_no_socket_whatever_reaches_the_engine(pool: WorkerPool, address: str) -> None:
    """The second wall: this query goes around the refusal in kg.sparql.query."""
    with pytest.raises(QueryRefused, match="network"):
        asked(pool, SparqlOperation(f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}"), Budget())


@pytest.mark.parametrize(
    ("how", "counts", "expected"),
    [
        (signal.SIGKILL, (0, 0), QueryFailed), (signal.SIGTERM, (0, 0), QueryFailed),
        (signal.SIGKILL, (0, 1), MemoryExceeded),  # the system has killed something for want of memory
        (signal.SIGKILL, (None, None), MemoryExceeded),  # it does not tell: most likely
    ],
)  # fmt: skip
def test_a_worker_killed_at_work_by_somebody_is_not_told_as_too_much_memory(
    pool: WorkerPool, monkeypatch: pytest.MonkeyPatch, how: signal.Signals, counts: tuple[Any, Any], expected: type
) -> None:
    monkeypatch.setattr("kg.sparql.worker_process.killed_for_memory", lambda: counts[0])
    pool.start()
    (victim,) = pool.process_ids()
    monkeypatch.setattr("kg.sparql.worker_process.killed_for_memory", lambda: counts[1])
    killing = threading.Timer(0.3, os.kill, (victim, how))
    killing.start()
    with pytest.raises((QueryFailed, MemoryExceeded)) as told:
        asked(pool, FOREVER, Budget(timeout_s=30))
    assert type(told.value) is expected
    assert ("somebody ended the process" in str(told.value)) == (expected is QueryFailed)
    assert asked(pool, ASK, Budget()) == TRUE


def test_how_many_processes_the_system_killed_is_read_where_it_tells(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("kg.sparql.worker_process._SYSTEM_COUNTS", tmp_path / "vmstat")
    assert killed_for_memory() is None
    (tmp_path / "vmstat").write_text("nr_free_pages 7\noom_kill 3\n", "ascii")
    assert killed_for_memory() == 3


def test_who_finds_the_queue_full_is_told_to_come_back(pool: WorkerPool) -> None:
    is_over = threading.Event()
    outcomes: list[object] = []

    def ask() -> None:
        try:
            asked(pool, FOREVER, Budget(timeout_s=60), is_over.is_set)
        except QueryFailed as error:
            outcomes.append(type(error))

    pool.start()
    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    wait_until(lambda: pool.state().waiting == 2)  # one runs and two wait
    with pytest.raises(Overloaded):
        asked(pool, ASK, Budget())
    is_over.set()
    for thread in threads:
        thread.join()
    assert outcomes == [QueryCancelled] * 3


def test_who_waits_for_a_worker_that_is_being_started_is_not_told_of_too_many_queries(pool: WorkerPool) -> None:
    for timeout_s in (0.05, 0.0001):  # the first one ends the worker, so that the second one finds none that is ready
        with pytest.raises(QueryTimeout):
            asked(pool, FOREVER, Budget(timeout_s=timeout_s))


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_allocator_of_workers_keeps_what_the_user_has_set(built_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.perturb=0")
    with open_current(built_dir) as generation:
        pool = WorkerPool(generation.store_path, union_default_graph=True, prefixes={})
        pool.start()
        (process_id,) = pool.process_ids()
        environment = Path(f"/proc/{process_id}/environ").read_bytes()
        pool.close()
    # The C library divides the list where it stands, so that it is looked for piece by piece.
    assert b"GLIBC_TUNABLES=glibc.malloc.perturb=0" in environment
    assert b"glibc.malloc.tcache_count=127" in environment


def test_many_threads_share_a_pool(built_dir: Path) -> None:
    with open_current(built_dir) as generation:
        pool = WorkerPool(generation.store_path, union_default_graph=True, prefixes={}, size=2, max_waiting=64)
        wrong: list[object] = []

        def ask(number: int) -> None:
            for count in range(10):
                operation = SparqlOperation(f"SELECT ({number * 100 + count} AS ?n) {{ }}")
                body = asked(pool, operation, Budget())
                if f'"{number * 100 + count}"'.encode() not in body:
                    wrong.append(body)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(1, 9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong
        wait_until(lambda: len(pool.process_ids()) == 2)  # one may answer all before the other has started
        pool.close()


def test_closing_ends_workers_and_queries_under_way(pool: WorkerPool) -> None:
    pool.start()
    (process_id,) = pool.process_ids()
    errors: list[Exception] = []

    def ask() -> None:
        try:
            asked(pool, FOREVER, Budget())
        except StoreUnavailable as error:
            errors.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    wait_until(lambda: pool.state().busy == 1)
    pool.close()
    thread.join(timeout=30)
    assert len(errors) == 1
    assert not _alive(process_id)
    with pytest.raises(StoreUnavailable):
        asked(pool, ASK, Budget())
    pool.close()


def test_a_store_that_cannot_be_opened_is_reported(tmp_path: Path) -> None:
    pool = WorkerPool(tmp_path / "nothing", union_default_graph=True, prefixes={})
    with pytest.raises(StoreUnavailable, match="holds no store"):
        asked(pool, ASK, Budget())
    pool.close()


_PARENT = """
import signal, sys, threading
from pathlib import Path
from kg.budget import Budget
from tests.kg.asked import asked
from kg.sparql.query import SparqlOperation
from kg.sparql.sandbox import Memory
from kg.sparql.workers import WorkerPool
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background begins with interrupts ignored
pool = WorkerPool(Path(sys.argv[1]), union_default_graph=True, prefixes={}, size=2)
pool.start()
print(*pool.process_ids(), flush=True)
if sys.argv[2] == "busy":
    asked(pool, SparqlOperation(sys.argv[3]), Budget(timeout_s=60))
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("work", ["busy", "idle"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, None])
def test_no_worker_outlives_its_parent(built_dir: Path, how: signal.Signals | None, work: str) -> None:
    """Not even in the middle of a query, and however the parent ends."""
    with open_current(built_dir) as generation:
        parent = subprocess.Popen(
            [sys.executable, "-c", _PARENT, str(generation.store_path), work if how else "idle", ENDLESS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert parent.stdout is not None
        assert parent.stdin is not None
        workers = [int(number) for number in parent.stdout.readline().split()]
        assert len(workers) == 2
        time.sleep(0.2)
        if how is not None:
            parent.send_signal(how)
        parent.stdin.close()
        parent.wait(timeout=60)
        parent.stdout.close()
        wait_until(lambda: not any(map(_alive, workers)))


def test_a_script_without_a_main_guard_may_query(built_dir: Path, tmp_path: Path) -> None:
    """Starting workers imports nobody's ``__main__`` again."""
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nfrom pathlib import Path\nfrom kg.store import open_store\n"
        "print('once')\nprint(open_store(Path(sys.argv[1])).ask('ASK { }'))\n"
    )
    done = subprocess.run(
        [sys.executable, str(script), str(built_dir)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout.split() == ["once", "True"]


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_gets_workers_of_its_own(pool: WorkerPool) -> None:
    asked(pool, ASK, Budget())
    before = pool.process_ids()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            is_right = asked(pool, ASK, Budget()) == TRUE
            status = 0 if is_right and not pool.process_ids() & before else 2
            pool.close()
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    assert asked(pool, ASK, Budget()) == TRUE
    assert pool.process_ids() == before
