"""The gates: goals of the traversal and of the store, each a ratio within one run or a time, and whether it is met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bench.measure import Timings, ratio
from bench.start import Once

NUMPY = "sarcoma-kg, numpy alone"
NAMED = "sarcoma-kg, named and described"
NOT_MEASURED = "not measured"

Tasks = Mapping[str, Mapping[str, Timings]]
Singles = Mapping[str, Mapping[str, Once]]


@dataclass(frozen=True)
class Gate:
    """A goal, what was measured, and whether that meets it; ``passed`` is None where nothing was."""

    name: str
    goal: str
    measured: str
    passed: bool | None

    def anywhere(self) -> Gate:
        """On another graph: a goal that is a ratio is one for the full size, and a time is one everywhere."""
        return (
            self if self.goal.startswith("<= ") and self.goal.endswith(" ms") else replace(self, goal="", passed=None)
        )


def gates(tasks: Tasks, singles: Singles) -> Iterator[Gate]:
    """All gates, in their order; by CPU time unless a line says wall, with the other clock beside it."""
    yield from _loading(singles.get("loading", {}))
    yield from _opening(singles.get("opening", {}))
    hop = "neighbours with predicates"
    yield _times(f"G3 {hop}: rdflib", tasks, hop, "rdflib", 4)
    yield _times(f"G3 {hop}: SPARQL on disk", tasks, hop, "oxigraph", 10)
    ends = "10 best ends over three steps"
    yield _times(f"G4 {ends}: SPARQL on disk", tasks, ends, "oxigraph", 4)
    yield _times(f"G4 {ends}: oxigraph server (wall)", tasks, ends, "oxigraph server", 7, kind="wall")
    yield _times(f"G4 {ends}: rdflib", tasks, ends, "rdflib", 80)
    yield _times(f"G4 {ends}: ladybug", tasks, ends, "ladybug", 2)
    for name in [name for name in tasks if name.startswith("count ")]:
        yield _times(f"G5 {name}: SPARQL on disk", tasks, name, "oxigraph", 60)
        if "rdflib" in tasks[name]:
            yield _times(f"G5 {name}: rdflib", tasks, name, "rdflib", 500)
    one, view = "one shortest path", "networkx subgraph_view"
    filtered = f"{one}, mechanism"
    yield _times(f"G6 {one}: nx.bidirectional_shortest_path", tasks, one, "networkx", 8)
    yield _times(f"G6 {filtered}: nx.subgraph_view", tasks, filtered, view, 60)
    yield _times(f"G6 {one}, by numpy alone: as above", tasks, one, "networkx", None, ours=NUMPY)
    yield _times(
        f"G6 {filtered}, by numpy alone: as above", tasks, filtered, "networkx subgraph_view", None, ours=NUMPY
    )
    yield _times("G7 all shortest paths: networkx", tasks, "all shortest paths", "networkx", 500)
    yield _times("G7 all shortest paths: igraph", tasks, "all shortest paths", "igraph", None)
    for scope in ("mechanism", "all predicates"):
        task = f"10 best paths, {scope}"
        yield _times(f"G8 {task}: nx.shortest_simple_paths", tasks, task, "networkx", 1000)
        yield _times(f"G8 {task}: DuckDB, all joined", tasks, task, "duckdb", 10)
        yield _times(f"G8 {task}: DuckDB, all joined, by numpy alone", tasks, task, "duckdb", 4, ours=NUMPY)
    yield from _absolute(tasks)
    yield from _single(singles)


def _times(
    name: str, tasks: Tasks, task: str, peer: str, least: float | None, *, ours: str = "sarcoma-kg", kind: str = "cpu"
) -> Gate:
    goal = "" if least is None else f">= {least:g}x"
    if not {peer, ours} <= set(tasks.get(task, {})):
        return Gate(name, goal, NOT_MEASURED, None)
    slow, fast = tasks[task][peer], tasks[task][ours]
    value = ratio(slow, fast, kind)
    bound = "> " if slow.timeouts else ""
    other = "CPU" if kind == "wall" else "wall"
    measured = f"{bound}{value:,.1f}x ({other} {bound}{ratio(slow, fast, other.lower()):,.1f}x)"
    return Gate(name, goal, measured, None if least is None else value >= least)


def _most(name: str, goal_ms: float, value_s: float) -> Gate:
    return Gate(name, f"<= {goal_ms:g} ms", f"{1000 * value_s:,.2f} ms", 1000 * value_s <= goal_ms)


def _loading(found: Mapping[str, Once]) -> Iterator[Gate]:
    if not found:
        return
    for name in ("write_store", "write_store, merged default graph"):
        ours, rdflib, raw = found[name], found["rdflib parse"], found["pyoxigraph bulk_load"]
        times = {
            "wall": (rdflib.wall_s / ours.wall_s, ours.wall_s / raw.wall_s),
            "CPU": (rdflib.cpu_s / ours.cpu_s, ours.cpu_s / raw.cpu_s),
        }
        for clock, (faster, slower) in times.items():
            yield Gate(f"G1 {name}: rdflib parse ({clock})", ">= 3x", f"{faster:,.1f}x", faster >= 3)
            yield Gate(f"G1 {name}: time of bulk_load ({clock})", "<= 1.7x", f"{slower:,.2f}x", slower <= 1.7)
    for name in ("pyoxigraph bulk_load", "pyoxigraph bulk_load, no named graph"):
        raw, rdflib = found[name], found["rdflib parse"]
        told = f"{rdflib.wall_s / raw.wall_s:,.1f}x (CPU {rdflib.cpu_s / raw.cpu_s:,.1f}x)"
        yield Gate(f"G1 the raw loader itself, {name}: rdflib parse (wall)", "", told, None)


def _opening(found: Mapping[str, Once]) -> Iterator[Gate]:
    if not found:
        return
    ours, theirs = found["open the index"], found["build nx.MultiDiGraph"]
    value = theirs.wall_s / ours.wall_s
    yield Gate("G2 open the index: build nx.MultiDiGraph (wall)", ">= 1,000x", f"{value:,.0f}x", value >= 1000)
    share = theirs.memory_mib / max(ours.memory_mib, 0.1)
    yield Gate("G2 memory of that", ">= 8x less", f"{share:,.0f}x less", share >= 8)


def _absolute(tasks: Tasks) -> Iterator[Gate]:
    mechanism = tasks.get("10 best paths, mechanism", {}).get(NAMED)
    everything = tasks.get("10 best paths, all predicates", {}).get(NAMED)
    if mechanism is not None:
        yield _most("G9 10 best paths, mechanism, p50", 2, mechanism.median())
        yield _most("G9 10 best paths, mechanism, p95", 10, mechanism.p95())
    if everything is not None:
        yield _most("G9 10 best paths, all predicates, p95", 25, everything.p95())


def _single(singles: Singles) -> Iterator[Gate]:
    for name, found in singles.get("cold", {}).items():
        yield _most(f"G10 cold process to its first {name} (wall)", 500, found.wall_s)
    if "dispatch" in singles:
        yield _most("G11 NetworkX's dispatch adds", 0.05, singles["dispatch"]["added"].cpu_s)
    if "evidence" in singles:
        yield _most("G12 evidence of one edge (wall)", 1, singles["evidence"]["one edge"].wall_s)
