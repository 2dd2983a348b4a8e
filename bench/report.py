"""Results as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bench.gates import Gate
from bench.measure import Timings, ratio
from bench.start import Once


def task_lines(tasks: Mapping[str, Mapping[str, Timings]]) -> Iterator[str]:
    """One table: a row per task and contender."""
    yield "| task | who | questions | CPU, median | CPU, p95 | wall, median | rounds (mean), min - max | x ours, CPU |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for task, timings in tasks.items():
        ours = timings["sarcoma-kg"]
        for name, each in timings.items():
            low, high = each.span()
            over = f", {each.timeouts} > {each.limit_s} s" if each.timeouts else ""
            cells = (
                task, name, f"{each.asked}{over}", _time(each.median()), _time(each.p95()), _time(each.median("wall")),
                f"{_time(low)} - {_time(high)}", f"{'> ' if each.timeouts else ''}{ratio(each, ours):,.1f}",
            )  # fmt: skip
            yield f"| {' | '.join(cells)} |"


def single_lines(singles: Mapping[str, Mapping[str, Once]]) -> Iterator[str]:
    """One table: a row per single measurement."""
    yield "| what | wall | CPU | memory |"
    yield "| --- | ---: | ---: | ---: |"
    for group, found in singles.items():
        for name, each in found.items():
            memory = f"{each.memory_mib:,.0f} MiB" if each.memory_mib >= 0.5 else ""
            yield f"| {group}: {name} | {_time(each.wall_s)} | {_time(each.cpu_s)} | {memory} |"


def gate_lines(gates: Iterable[Gate]) -> Iterator[str]:
    """One table: a row per gate."""
    yield "| gate | goal | measured | |"
    yield "| --- | ---: | ---: | --- |"
    for gate in gates:
        verdict = {True: "met", False: "**missed**", None: ""}[gate.passed]
        yield f"| {gate.name} | {gate.goal} | {gate.measured} | {verdict} |"


def _time(seconds: float) -> str:
    if seconds < 1e-3:
        return f"{1e6 * seconds:,.1f} us"
    return f"{1e3 * seconds:,.2f} ms" if seconds < 1 else f"{seconds:,.2f} s"
