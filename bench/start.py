"""What is measured once, in processes of its own: loading, building, opening, the first answer of a cold process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from bench import peers
from bench.graphs import GRAPH, Rows
from bench.measure import forked
from bench.tasks import Setting
from kg.graph import KnowledgeGraph
from kg.paths.index import Index
from kg.paths.index_writer import write_index
from kg.paths.traversal import PathQuestion, best_paths
from kg.sparql.engine import write_store

NO_LIMIT_S = 3600
_COLD = """
import sys
from pathlib import Path
from kg.paths.index import Index
from kg.paths.traversal import PathQuestion, one_shortest_path, best_paths
index = Index.open(Path(sys.argv[1]))
ask = {"shortest": one_shortest_path, "best": best_paths}[sys.argv[2]]
question = PathQuestion(sys.argv[3], sys.argv[4], max_length=4, include_imports=True, directed=False)
print(len(ask(index, question).paths))
"""


@dataclass(frozen=True)
class Once:
    """A single measurement, in a process of its own.

    Attributes:
        memory_mib: by which the resident memory grew.
    """

    wall_s: float
    cpu_s: float
    memory_mib: float = 0.0


def once(work: Callable[[], Any]) -> Once:
    """Run something in a forked child."""
    grown, wall, cpu = forked(lambda: _grown(work), NO_LIMIT_S)
    return Once(wall, cpu, grown)


def _grown(work: Callable[[], Any]) -> float:
    before = _resident_mib()
    kept = work()
    after = _resident_mib()
    del kept
    return after - before


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def loading(setting: Setting, ntriples: Path, rounds: int) -> dict[str, Once]:
    """G1: the links as triples into a store on disk, as a build loads them; rdflib reads the same file.

    rdflib's plain graph holds no named graph; its dataset answers for a named graph and for the union, as a build does.

    Returns: of each, the round with the median CPU time. The peers take turns.
    """
    import pyoxigraph as ox

    folder = setting.folder
    nquads, merged = folder / "links.nq", folder / "merged.nq"
    with (
        ntriples.open(encoding="ascii") as lines,
        nquads.open("w", encoding="ascii") as plain,
        merged.open("w", encoding="ascii") as both,
    ):
        for line in lines:
            quad = f"{line[:-3]} <{GRAPH}> .\n"
            plain.write(quad)
            both.write(quad + line)

    def raw(name: str, path: Path, form: ox.RdfFormat) -> None:
        store = ox.Store(str(folder / name))
        store.bulk_load(path=str(path), format=form)
        store.flush()

    contenders: dict[str, Callable[[], Any]] = {
        "pyoxigraph bulk_load": lambda: raw("raw", nquads, ox.RdfFormat.N_QUADS),
        "pyoxigraph bulk_load, no named graph": lambda: raw("bare", ntriples, ox.RdfFormat.N_TRIPLES),
        "write_store": lambda: write_store(folder / "plain", nquads, merge=False),
        "write_store, merged default graph": lambda: write_store(folder / "merged", merged, has_union=True),
        "rdflib parse": lambda: peers.RdflibPeer(ntriples),
        "rdflib parse, graph and union": lambda: peers.rdflib_dataset(nquads),
    }
    found: dict[str, list[Once]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, work in contenders.items():
            found[name].append(once(work))
        for made in ("raw", "bare", "plain", "merged"):
            shutil.rmtree(folder / made)
    nquads.unlink()
    merged.unlink()
    return {name: sorted(each, key=lambda one: one.cpu_s)[rounds // 2] for name, each in found.items()}


def opening(setting: Setting) -> dict[str, Once]:
    """G2: opening the index and reading from it, building what NetworkX needs, writing the index."""
    rows, path = setting.rows, setting.index.path

    def open_index() -> Index:
        index = Index.open(path)
        index.entity(len(index.nodes) // 2)
        return index

    return {
        "open the index": once(open_index),
        "build nx.MultiDiGraph": once(lambda: peers.multi_digraph(rows)),
        "write the index": once(
            lambda: write_index(setting.folder / "again", rows.nodes_for_index(), rows.edges_for_index())
        ),
    }


def cold(setting: Setting) -> dict[str, Once]:
    """G10: a new process from its start to its first paths; the median of five."""
    source, target = map(setting.iri, setting.rows.pairs(1, typed=True)[0])
    found = {}
    for name, ask in (("shortest path", "shortest"), ("10 best paths", "best")):
        times = []
        for _ in range(5):
            wall = time.perf_counter()
            before = os.times()
            command = [sys.executable, "-c", _COLD, str(setting.index.path), ask, source, target]
            subprocess.run(command, check=True, capture_output=True)
            after = os.times()
            cpu = after.children_user + after.children_system - before.children_user - before.children_system
            times.append(Once(time.perf_counter() - wall, cpu))
        found[name] = sorted(times, key=lambda each: each.wall_s)[2]
    return found


def evidence(data: Path) -> Once:
    """G12: the evidence of one known edge from the store, through a worker; the median of its statements."""
    with KnowledgeGraph.open(data) as graph:
        curated = (edge.statement for edge in graph.index.iter_edges() if not edge.imported)
        statements = list(islice(curated, 200))
        graph.statements(statements[:1])  # starts the worker
        walls, cpus = [], []
        for statement in statements:
            wall, cpu = time.perf_counter(), time.process_time()
            if not graph.statements([statement]):
                raise LookupError(f"no evidence for {statement}")
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
    return Once(sorted(walls)[len(walls) // 2], sorted(cpus)[len(cpus) // 2])


def first_best_paths(setting: Setting, rows: Rows) -> Once:
    """The first question with a filter on a freshly opened index: neighbours are read as the search needs them."""
    source, target = rows.pairs(1, typed=True)[0]
    question: PathQuestion = setting.question((source, target), mechanism=True, max_length=peers.HOPS)
    return once(lambda: best_paths(Index.open(setting.index.path), question))


def many_best_paths(setting: Setting, *, mechanism: bool) -> Once:
    """Questions on a freshly opened index, one after the other: what a serving process grows by."""
    questions = [
        setting.question(pair, mechanism=mechanism, max_length=peers.HOPS)
        for pair in setting.rows.pairs(setting.pairs, typed=True)
    ]

    def ask() -> Index:
        index = Index.open(setting.index.path)
        for question in questions:
            best_paths(index, question)
        return index

    return once(ask)
