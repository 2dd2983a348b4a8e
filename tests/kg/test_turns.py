"""Whoever waits for a worker waits for its own queries before it waits for those of others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.budget import Budget, cancellable
from kg.errors import KgError, Overloaded
from kg.generations import open_current
from kg.sparql.query import SparqlOperation
from kg.sparql.turns import Turns
from kg.sparql.workers import WorkerPool
from tests.endless import ENDLESS
from tests.kg.asked import asked
from tests.waiting import wait_until

TRUE = b'{"head":{},"boolean":true}'


class _Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def turns(clock: _Clock) -> Turns[str]:
    return Turns(clock)


def _all(turns: Turns[str]) -> list[str]:
    return [turns.next() for _ in range(len(turns))]


def test_clients_that_cannot_be_told_apart_are_served_as_they_come(turns: Turns[str]) -> None:
    turns.charge("", 5)
    for turn in "abc":
        turns.add("", turn)
    assert _all(turns) == ["a", "b", "c"]


def test_the_client_that_has_used_least_is_next(turns: Turns[str]) -> None:
    turns.charge("greedy", 2)
    turns.charge("modest", 0.01)
    for turn in ("g1", "g2"):
        turns.add("greedy", turn)
    turns.add("modest", "m1")
    turns.add("new", "n1")
    assert _all(turns) == ["n1", "m1", "g1", "g2"]


def test_what_a_client_used_is_forgotten_in_time(turns: Turns[str], clock: _Clock) -> None:
    turns.charge("long ago", 2)
    clock.now_s = 60
    turns.charge("now", 0.1)
    turns.add("now", "n")
    turns.add("long ago", "l")
    assert _all(turns) == ["l", "n"]


def test_who_waits_most_gives_its_last_place_to_who_waits_less(turns: Turns[str]) -> None:
    for turn in ("g1", "g2", "g3"):
        turns.add("greedy", turn)
    assert turns.give_way("modest") == "g3"
    turns.add("modest", "m1")
    assert turns.give_way("modest") is None  # two and one: an exchange would be no fairer
    assert turns.give_way("greedy") is None
    assert sorted(_all(turns)) == ["g1", "g2", "m1"]


def test_who_waits_no_longer_leaves_nothing_behind(turns: Turns[str]) -> None:
    turns.add("a", "a1")
    assert turns.withdraw("a", "a1")
    assert not turns.withdraw("a", "a1")
    assert not turns.withdraw("b", "b1")
    assert len(turns) == 0
    turns.add("b", "b1")
    assert _all(turns) == ["b1"]


def test_who_is_alone_is_modest_and_of_several_who_uses_less_than_the_average(turns: Turns[str], clock: _Clock) -> None:
    turns.charge("one", 0.1)
    clock.now_s = 7
    turns.charge("one", 30)
    assert turns.is_modest("one")
    turns.charge("other", 0.1)
    assert not turns.is_modest("one")
    assert turns.is_modest("other")
    assert turns.is_modest("new")
    clock.now_s = 3600
    turns.charge("other", 1)
    assert turns.is_modest("other"), "the one of an hour ago still counts"


@pytest.fixture
def pool(built_dir: Path) -> Iterator[WorkerPool]:
    with open_current(built_dir) as generation:
        pool = WorkerPool(generation.store_path, union_default_graph=True, prefixes={}, size=1, max_waiting=4)
        pool.start()
        yield pool
        pool.close()


class _Asking:
    """A client that asks in a thread of its own."""

    def __init__(self, pool: WorkerPool, client: str, query: str, done: list[str], timeout_s: float) -> None:
        self.error: Exception | None = None

        def ask() -> None:
            try:
                with cancellable(None, client):
                    asked(pool, SparqlOperation(query), Budget(timeout_s=timeout_s))
            except KgError as error:
                self.error = error
            done.append(client)

        self.thread = threading.Thread(target=ask)
        self.thread.start()


def test_a_full_queue_of_one_client_refuses_no_other(pool: WorkerPool) -> None:
    done: list[str] = []
    asking = []
    for waiting in range(5):  # one runs, four wait
        asking.append(_Asking(pool, "greedy", ENDLESS, done, 60 if waiting else 3))
        wait_until(lambda waiting=waiting: pool.state().busy == 1 and pool.state().waiting == waiting)  # type: ignore[misc]
    modest = _Asking(pool, "modest", "ASK { }", done, 60)
    modest.thread.join(timeout=30)
    assert modest.error is None
    # The last of the greedy ones gave up its place, the first ran out of time; then it was another's turn.
    assert done.count("greedy") == 2
    assert [type(each.error) for each in asking].count(Overloaded) == 1
    pool.close()
    for each in asking:
        each.thread.join()


def test_the_last_free_worker_is_kept_for_who_uses_little(built_dir: Path) -> None:
    done: list[str] = []
    with open_current(built_dir) as generation:
        pool = WorkerPool(generation.store_path, union_default_graph=True, prefixes={}, size=3)
        pool.start()
        _Asking(pool, "modest", "ASK { }", done, 60).thread.join()
        _Asking(pool, "greedy", ENDLESS, done, 0.5).thread.join()
        wait_until(lambda: pool.state().alive == 3)
        asking = [_Asking(pool, "greedy", ENDLESS, done, 60) for _ in range(3)]
        wait_until(lambda: pool.state().busy + pool.state().waiting == 3)
        assert (pool.state().busy, pool.state().waiting) == (2, 1)
        modest = _Asking(pool, "modest", "ASK { }", done, 60)
        modest.thread.join(timeout=30)
        assert modest.error is None
        assert done == ["modest", "greedy", "modest"]
        pool.close()
        for each in asking:
            each.thread.join()
