"""``python -m bench --data DIR --rounds N``: measure, print Markdown, exit with 1 where the full size misses a gate."""

from __future__ import annotations

import argparse
import gc
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench import graphs, peers, start, tasks
from bench.gates import NOT_MEASURED, gates
from bench.measure import Task, Timings, run
from bench.report import gate_lines, single_lines, task_lines
from bench.start import Once
from kg.generations import open_current
from kg.paths import kernels
from kg.paths.index import Index
from kg.paths.index_writer import write_index

GROUPS = ("paths", "shortest", "typed", "start")


def main() -> int:
    options = _options()
    say: Callable[[str], None] = (lambda _: None) if options.quiet else _progress
    machine = f"{platform.machine()}, {os.cpu_count()} CPUs"
    searches = "compiled" if kernels.load() else "numpy alone, because numba is not installed"
    print(f"# Bench\n\n{machine}, Python {platform.python_version()}, numpy {np.__version__}; searches: {searches}")
    missed = False
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for rows, index in _graphs(options, Path(folder), say):
            setting = tasks.Setting(
                rows, index, rows.name != "curated", Path(folder), options.pairs, options.slow
            )  # fmt: skip
            missed |= _Run(setting, options, say).report()
    return int(missed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--data", type=Path, help="folder with nodes.tsv.xz and edges.tsv.xz; without: a generated graph"
    )
    parser.add_argument("--curated", type=Path, help="data folder of a built graph, measured as well")
    parser.add_argument("--scale", type=float, default=0.1, help="of the generated graph (default 0.1)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--loads", type=int, default=3, help="rounds of loading, minutes each; 0: none (default 3)")
    parser.add_argument("--pairs", type=int, default=100, help="questions per path task (default 100)")
    parser.add_argument("--only", choices=GROUPS, action="append", help="measure these groups only")
    parser.add_argument("--slow", action="store_true", help="rdflib on the large graph as well (minutes, 2 GB)")
    parser.add_argument("--quiet", action="store_true")
    return parser.parse_args()


def _progress(text: str) -> None:
    print(f"[{time.process_time():7.1f} CPU s] {text}", file=sys.stderr, flush=True)


def _graphs(
    options: argparse.Namespace, folder: Path, say: Callable[[str], None]
) -> Iterator[tuple[graphs.Rows, Index]]:
    rows = graphs.hetionet(options.data) if options.data else graphs.generated(options.scale)
    say(f"{rows.name}: {len(rows.nodes):,} nodes, {len(rows.links):,} links")
    write_index(folder / "index", rows.nodes_for_index(), rows.edges_for_index())
    yield rows, Index.open(folder / "index")
    if options.curated:
        index = Index.open(open_current(options.curated).index_path)
        yield graphs.curated(index), index


@dataclass
class _Run:
    """One graph measured."""

    setting: tasks.Setting
    options: argparse.Namespace
    say: Callable[[str], None]
    timings: dict[str, dict[str, Timings]] = field(default_factory=dict)
    singles: dict[str, dict[str, Once]] = field(default_factory=dict)

    def report(self) -> bool:
        """Measure and print; returns whether a gate was missed."""
        rows = self.setting.rows
        groups = self.options.only or GROUPS
        is_curated = rows.name == "curated"
        if "start" in groups:
            self._start(is_curated=is_curated)
        if "paths" in groups:
            self._tasks(tasks.best_path_tasks(self.setting))
        if "shortest" in groups:
            self._tasks(tasks.shortest_path_tasks(self.setting))
            self._dispatch()
        if "typed" in groups and not is_curated:
            self._typed()
        found = [gate if rows.name == "hetionet-dp" else gate.anywhere() for gate in gates(self.timings, self.singles)]
        found = [gate for gate in found if rows.name != "curated" or gate.measured != NOT_MEASURED]
        load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
        print(f"\n## {rows.name}: {len(rows.nodes):,} nodes, {len(rows.links):,} links\n\nLoad averages: {load}.\n")
        for lines in (gate_lines(found), task_lines(self.timings), single_lines(self.singles)):
            print("\n".join(lines), end="\n\n")
        return rows.name == "hetionet-dp" and any(gate.passed is False for gate in found)

    def _tasks(self, given: Iterator[Task]) -> None:
        for task in given:
            gc.collect()
            gc.freeze()
            self.timings[task.name] = run(task, self.options.rounds, self.say)
            gc.unfreeze()

    def _start(self, *, is_curated: bool) -> None:
        if is_curated:
            self.singles["evidence"] = {"one edge": start.evidence(self.options.curated)}
            return
        self.singles["opening"] = start.opening(self.setting)
        self.singles["cold"] = start.cold(self.setting)
        self.singles["first"] = {
            "10 best paths with a new filter": start.first_best_paths(self.setting, self.setting.rows),
            "all questions on 10 best paths, mechanism": start.many_best_paths(self.setting, mechanism=True),
            "all questions on 10 best paths, all predicates": start.many_best_paths(self.setting, mechanism=False),
        }
        self.say("start measured")
        if self.options.loads and (self.options.slow or not self.options.data):
            ntriples = self.setting.folder / "links.nt"
            self.setting.rows.ntriples(ntriples)
            self.singles["loading"] = start.loading(self.setting, ntriples, self.options.loads)
            self.say("loading measured")

    def _dispatch(self) -> None:
        measured = self.timings["one shortest path"]
        through, direct = measured["sarcoma-kg by nx.shortest_path_length"], measured["sarcoma-kg by its IRIs"]
        differences = [one - other for one, other in zip(through.per_question(), direct.per_question(), strict=True)]
        self.singles["dispatch"] = {"added": Once(0.0, statistics.median(differences))}

    def _typed(self) -> None:
        ntriples = self.setting.folder / "links.nt"
        self.setting.rows.ntriples(ntriples)
        store = self.setting.folder / "oxigraph"
        oxigraph = peers.OxigraphPeer(store, ntriples)
        self.say("Oxigraph loaded")
        rdflib = peers.RdflibPeer(ntriples) if self.options.slow or not self.options.data else None
        self.say("rdflib loaded" if rdflib else "rdflib left out")
        predicates = [name for _, steps in tasks.COUNTS.values() for name, _ in steps]
        ladybug = peers.LadybugPeer(self.setting.rows, self.setting.folder / "ladybug", predicates)
        server = peers.OxigraphServer(store)
        try:
            self._tasks(tasks.typed_tasks(self.setting, tasks.TypedPeers(oxigraph, server, rdflib, ladybug)))
        finally:
            server.close()


if __name__ == "__main__":
    sys.exit(main())
