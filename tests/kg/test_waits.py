"""Queries wait in an event loop as they do in threads: the same lanes, the same ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kg.budget import Budget
from kg.errors import Overloaded, QueryFailed, QueryTimeout, ResultTooLarge
from kg.generations import open_current
from kg.sparql.formats import RESULTS_JSON
from kg.sparql.lanes import Lanes, LaneSizes
from kg.sparql.query import SparqlOperation
from kg.sparql.waits import InLoop, at_once
from tests.endless import ENDLESS
from tests.kg.asked import asked

ASK = SparqlOperation("ASK { }")
TRUE = b'{"head":{},"boolean":true}'
FOREVER = SparqlOperation(ENDLESS)
LONG = SparqlOperation("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")


@pytest.fixture
def lanes(built_dir: Path) -> Iterator[Lanes]:
    sizes = LaneSizes(workers=1, max_waiting=2, slow_workers=1, quick_s=0.15)
    with open_current(built_dir) as generation:
        lanes = Lanes(generation.store_path, union_default_graph=True, prefixes={}, sizes=sizes)
        lanes.start()
        yield lanes
        lanes.close()


async def _ask(lanes: Lanes, operation: SparqlOperation, waits: InLoop, **limits: float) -> bytes:
    return await lanes.answer(operation, RESULTS_JSON, Budget(**limits), waits)  # type: ignore[arg-type]


def _in_loop(work: Callable[[Callable[[], InLoop]], Awaitable[None]]) -> None:
    async def main() -> None:
        with ThreadPoolExecutor(2) as threads:
            await work(lambda: InLoop(threads))

    asyncio.run(main())


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.02)


def test_many_queries_of_a_loop_and_of_threads_share_a_worker(lanes: Lanes) -> None:
    wrong: list[bytes] = []

    def of_thread() -> None:
        for _ in range(20):
            body = asked(lanes, ASK, Budget())
            if body != TRUE:
                wrong.append(body)

    async def work(waits: Callable[[], InLoop]) -> None:
        thread = threading.Thread(target=of_thread)
        thread.start()
        for _ in range(20):
            assert await asyncio.gather(*(_ask(lanes, ASK, waits()) for _ in range(2))) == [TRUE, TRUE]
        thread.join()

    before = lanes.process_ids()
    _in_loop(work)
    assert not wrong
    assert lanes.process_ids() == before
    assert lanes.states()["quick"].busy == 0


def test_an_answer_of_many_chunks_arrives_whole(lanes: Lanes) -> None:
    async def work(waits: Callable[[], InLoop]) -> None:
        body = await _ask(lanes, LONG, waits())
        assert body == asked(lanes, LONG, Budget())
        assert len(body) > 2_000_000
        with pytest.raises(ResultTooLarge):
            await _ask(lanes, LONG, waits(), max_bytes=1_000_000)
        assert await _ask(lanes, ASK, waits()) == TRUE

    _in_loop(work)


def test_a_long_query_moves_to_the_slow_lane_and_ends_at_its_deadline(lanes: Lanes) -> None:
    async def work(waits: Callable[[], InLoop]) -> None:
        long = asyncio.create_task(_ask(lanes, FOREVER, waits(), timeout_s=5))
        await _until(lambda: lanes.states()["slow"].busy == 1)
        assert await _ask(lanes, ASK, waits()) == TRUE
        with pytest.raises(QueryTimeout):
            await long

    _in_loop(work)


def test_who_gives_up_frees_the_worker(lanes: Lanes) -> None:
    async def work(waits: Callable[[], InLoop]) -> None:
        mine = waits()
        asking = asyncio.create_task(_ask(lanes, FOREVER, mine, timeout_s=60))
        await _until(lambda: lanes.states()["slow"].busy == 1)
        mine.give_up()
        with pytest.raises(QueryFailed, match="cancelled"):
            await asking
        await _until(lambda: lanes.states()["slow"].busy == 0)
        with pytest.raises(QueryFailed, match="cancelled"):
            await _ask(lanes, ASK, mine)
        assert await _ask(lanes, ASK, waits()) == TRUE

    _in_loop(work)


@pytest.mark.parametrize("how", ["given up", "task cancelled"])
def test_who_gives_up_in_the_queue_leaves_it(lanes: Lanes, how: str) -> None:
    async def work(waits: Callable[[], InLoop]) -> None:
        long = [waits() for _ in range(2)]
        asking = [asyncio.create_task(_ask(lanes, FOREVER, mine, timeout_s=60)) for mine in long]
        await _until(lambda: lanes.states()["slow"].waiting == 1)  # one runs in the slow lane, one waits for it
        if how == "given up":
            for mine in long:
                mine.give_up()
        else:
            for task in asking:
                task.cancel()
        for outcome in await asyncio.gather(*asking, return_exceptions=True):
            assert isinstance(outcome, QueryFailed if how == "given up" else asyncio.CancelledError)
        await _until(lambda: lanes.states()["slow"].busy == lanes.states()["slow"].waiting == 0)
        assert await _ask(lanes, ASK, waits()) == TRUE

    _in_loop(work)


def test_who_finds_the_queue_full_is_told_to_come_back(lanes: Lanes) -> None:
    async def work(waits: Callable[[], InLoop]) -> None:
        asking = [asyncio.create_task(_ask(lanes, FOREVER, waits(), timeout_s=60)) for _ in range(3)]
        await _until(lambda: lanes.states()["slow"].waiting == 2)
        with pytest.raises(Overloaded):
            await _ask(lanes, FOREVER, waits(), timeout_s=60)
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    _in_loop(work)


def test_what_would_wait_for_a_loop_is_not_run_without_one() -> None:
    async def suspends() -> None:
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="event loop"):
        at_once(suspends())
