"""Measuring: peers take turns, every answer is compared, and what takes too long is counted as too long.

Wall and process CPU time of every call are kept. A slow peer runs each question in a forked child whose CPU time the
kernel limits, so that a question that never ends costs no more than the limit.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import resource
import statistics
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Question = Any
Answers = Mapping[str, Any]  # by what is compared: peers need not answer everything
Peer = Callable[[Question], Any]


def _as_it_is(answer: Any) -> Answers:
    kept: Answers = answer
    return kept


class AnswersDiffer(Exception):
    """Two peers answered the same question differently."""


@dataclass(frozen=True)
class Contender:
    """A peer in one task.

    Attributes:
        ask: what is timed.
        tidy: turns what it returns into answers that can be compared; not timed.
        most: of the questions it gets only the first so many; None: all.
        limit_s: CPU seconds per question in a forked child; None: it runs in this process.
    """

    ask: Peer
    tidy: Callable[[Any], Answers] = _as_it_is
    most: int | None = None
    limit_s: int | None = None


@dataclass(frozen=True)
class Task:
    name: str
    questions: Sequence[Question]
    contenders: Mapping[str, Contender]
    repeats: int = 1  # of every call, for those too short to be timed alone


@dataclass
class Timings:
    """Seconds per question: one list per question, one entry per round; None where the limit was reached."""

    wall: list[list[float]] = field(default_factory=list)
    cpu: list[list[float]] = field(default_factory=list)
    timeouts: int = 0
    limit_s: int | None = None

    def per_question(self, kind: str = "cpu") -> list[float]:
        return [statistics.median(rounds) for rounds in getattr(self, kind)]

    def median(self, kind: str = "cpu") -> float:
        return statistics.median(self.per_question(kind))

    def p95(self, kind: str = "cpu") -> float:
        ranked = sorted(self.per_question(kind))
        return ranked[min(len(ranked) - 1, int(0.95 * len(ranked)))]

    def span(self, kind: str = "wall") -> tuple[float, float]:
        """The fastest and the slowest round, as the mean over the questions."""
        rounds = [statistics.fmean(values) for values in zip(*getattr(self, kind), strict=True)]
        return min(rounds), max(rounds)

    @property
    def asked(self) -> int:
        return len(self.cpu)


def ratio(slow: Timings, fast: Timings, kind: str = "cpu") -> float:
    """How many times slower, over the questions that both were asked; a lower bound where a limit was reached."""
    count = min(slow.asked, fast.asked)
    return sum(slow.per_question(kind)[:count]) / max(sum(fast.per_question(kind)[:count]), 1e-9)


def run(task: Task, rounds: int, say: Callable[[str], None] = lambda _: None) -> dict[str, Timings]:
    """Ask every contender every question, ``rounds`` times in turns.

    Raises: AnswersDiffer.
    """
    timings = {name: Timings(limit_s=contender.limit_s) for name, contender in task.contenders.items()}
    digests: dict[tuple[int, str], tuple[str, str]] = {}
    names = list(task.contenders)
    for round_ in range(rounds):
        turn = round_ % len(names)
        for name in names[turn:] + names[:turn]:
            contender = task.contenders[name]
            if contender.limit_s is not None and round_:
                continue  # what takes seconds is asked once
            if not round_ and contender.limit_s is None:
                contender.ask(task.questions[0])  # whatever is made ready on first use is not part of a round
            for number, question in enumerate(task.questions[: contender.most]):
                answer, wall, cpu = _timed(contender, question, task.repeats)
                _keep(timings[name], number, wall, cpu)
                if answer is None:
                    timings[name].timeouts += 1
                else:
                    _compare(task.name, number, name, contender.tidy(answer), digests)
        say(f"{task.name}: round {round_ + 1} of {rounds}")
    return timings


def _keep(timings: Timings, number: int, wall: float, cpu: float) -> None:
    if number == len(timings.wall):
        timings.wall.append([])
        timings.cpu.append([])
    timings.wall[number].append(wall)
    timings.cpu[number].append(cpu)


def _timed(contender: Contender, question: Question, repeats: int) -> tuple[Any, float, float]:
    if contender.limit_s is not None:
        return forked(lambda: contender.ask(question), contender.limit_s)
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(repeats):
        answer = contender.ask(question)
    return answer, (time.perf_counter() - wall) / repeats, (time.process_time() - cpu) / repeats


def forked(work: Callable[[], Any], limit_s: int) -> tuple[Any, float, float]:
    """Do something in a child process; (None, limit, limit) where it needs more CPU seconds than the limit."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        used = int(time.process_time()) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (used + limit_s, used + limit_s))
        try:
            wall, cpu = time.perf_counter(), time.process_time()
            answers = work()
            message = pickle.dumps((answers, time.perf_counter() - wall, time.process_time() - cpu))
            with os.fdopen(writing, "wb") as out:
                out.write(message)
        except BaseException:  # noqa: BLE001 - the child must never go on with what the parent does
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as data:
        message = data.read()
    if os.WEXITSTATUS(os.waitpid(child, 0)[1]):
        raise ChildProcessError("a peer failed; its traceback is above")
    return pickle.loads(message) if message else (None, float(limit_s), float(limit_s))


def _compare(
    task: str, number: int, name: str, answers: Answers, digests: dict[tuple[int, str], tuple[str, str]]
) -> None:
    for what, answer in answers.items():
        digest = hashlib.sha256(repr(answer).encode()).hexdigest()
        first, expected = digests.setdefault((number, what), (name, digest))
        if digest != expected:
            raise AnswersDiffer(f"{task}, question {number}, {what}: {name} and {first} differ ({str(answer)[:300]})")
