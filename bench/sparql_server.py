"""``python -m bench.sparql_server --data DIR``: our SPARQL endpoint against others on the same triples, over HTTP.

CPU milliseconds a request, of the server and all its children, decide; the client is a process of its own and does not
count. Peers take turns in every round, and answers are compared. ``--siege`` measures what hostile queries do to a
normal client.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from bench.hostile import besiege
from kg.generations import open_current
from kg.sparql.engine import open_engine
from kg.sparql.lanes import LaneSizes
from kg.store import open_store
from ontology.terms import PREFIXES

OURS = "sarcoma-kg"
AT_ONCE = 4
_HEAD = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("skg", "skos", "rdfs", "drug"))
_SMALL = (
    "SELECT ?p ?o { <%s> ?p ?o }",
    "SELECT ?s ?p { ?s ?p <%s> } LIMIT 50",
    "SELECT ?c ?l { <%s> a ?c . ?c rdfs:label ?l }",
    "SELECT ?statement ?drug ?l { ?statement skg:object <%s> ; skg:subject ?drug . ?drug skos:prefLabel ?l } LIMIT 50",
    "ASK { <%s> skos:prefLabel ?l }",
)
_ROWS = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 10000"
_PAGE = "SELECT ?s ?l ?p ?o { ?s a skg:Drug ; skos:prefLabel ?l ; ?p ?o } OFFSET %d LIMIT 56"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Load:
    """Requests of one kind to one server: seconds of each, CPU milliseconds a request per round."""

    seconds: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)

    def row(self) -> str:
        ranked = sorted(self.seconds)
        p99 = ranked[min(len(ranked) - 1, int(0.99 * len(ranked)))]
        low, high = min(self.cpu_ms), max(self.cpu_ms)
        cpu = f"{statistics.median(self.cpu_ms):.2f} ({low:.2f} - {high:.2f})"
        wall = f"{1000 * statistics.median(ranked):.1f} | {1000 * p99:.1f}"
        return f"{cpu} | {statistics.median(self.per_second):,.0f} | {wall}"


@dataclass(frozen=True)
class Server:
    """A server under way: its address and its process."""

    name: str
    port: int
    path: str
    process_id: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.sparql_server", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="data folder of a built graph")
    parser.add_argument("--oxigraph", default="oxigraph", help="the Oxigraph binary")
    parser.add_argument("--rdflib-endpoint", help="the command rdflib-endpoint, in an environment of its own")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=400, help="of each kind and round")
    parser.add_argument("--siege", action="store_true", help="measure a client among hostile queries instead")
    options = parser.parse_args()
    machine = f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"
    print(f"{machine}, load {os.getloadavg()[0]:.1f}")
    _starting(options.data)
    with tempfile.TemporaryDirectory(prefix="bench-sparql-") as folder, ExitStack() as stack:
        if options.siege:
            _siege(stack, options, Path(folder))
        else:
            _compare(stack, options, Path(folder))


# --- servers ------------------------------------------------------------------------------------------------


@contextmanager
def _running(name: str, path: str, command: Callable[[int], Sequence[str]], folder: Path) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command(port), stdout=log, stderr=log)
    server = Server(name, port, path, process.pid)
    try:
        deadline_s = time.monotonic() + 120
        while _ask(server, "ASK { }")[0] != 200:
            if process.poll() is not None or time.monotonic() > deadline_s:
                raise SystemExit((folder / f"{name}.log").read_text())
            time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait()


def _ours(data: Path, *flags: str) -> Callable[[int], Sequence[str]]:
    base = [sys.executable, "-m", "server.cli", "serve", "--data", str(data), "--log", "none"]
    return lambda port: [*base, "--port", str(port), *flags]


def _servers(stack: ExitStack, options: argparse.Namespace, folder: Path) -> list[Server]:
    triples = _triples(options.data, folder)
    store = folder / "oxigraph"
    subprocess.run(
        [options.oxigraph, "load", "--location", str(store), "--file", str(triples)], check=True, capture_output=True
    )
    location = f"--location={store}"
    found = [
        _running(OURS, "/sparql", _ours(options.data), folder),
        _running(f"{OURS}, granian", "/sparql", _ours(options.data, "--server", "granian"), folder),
        _running(
            "oxigraph",
            "/query",
            lambda port: [options.oxigraph, "serve-read-only", location, f"--bind=127.0.0.1:{port}"],
            folder,
        ),
    ]
    if options.rdflib_endpoint:
        command = [options.rdflib_endpoint, "serve", "--host", "127.0.0.1", str(triples)]
        found.append(_running("rdflib-endpoint", "/", lambda port: [*command, "--port", str(port)], folder))
    return [stack.enter_context(each) for each in found]


def _triples(data: Path, folder: Path) -> Path:
    """The union of all graphs, as every peer gets it."""
    import pyoxigraph as ox

    path = folder / "union.nt"
    with open_current(data) as generation, path.open("wb") as out:
        store = open_engine(generation.store_path)
        store.dump(out, format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    return path


# --- requests -----------------------------------------------------------------------------------------------


def _ask(server: Server, query: str, connection: http.client.HTTPConnection | None = None) -> tuple[int, bytes]:
    mine = connection or http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        mine.request(
            "GET", f"{server.path}?query={quote(query)}", headers={"Accept": "application/sparql-results+json"}
        )
        response = mine.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        if connection is None:
            mine.close()


def _measured(server: Server, queries: Sequence[str], load: Load) -> None:
    """Ask all queries over a few connections that stay open."""

    def one_connection(mine: Sequence[str]) -> list[float]:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        seconds = []
        for query in mine:
            start_s = time.perf_counter()
            status, _ = _ask(server, query, connection)
            seconds.append(time.perf_counter() - start_s)
            if status != 200:
                raise SystemExit(f"{server.name} answered {status} to {query}")
        connection.close()
        return seconds

    cpu_s, start_s = _cpu_s(server.process_id), time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for seconds in pool.map(one_connection, [queries[start::AT_ONCE] for start in range(AT_ONCE)]):
            load.seconds += seconds
    load.per_second.append(len(queries) / (time.perf_counter() - start_s))
    load.cpu_ms.append(1000 * (_cpu_s(server.process_id) - cpu_s) / len(queries))


def _cpu_s(process_id: int) -> float:
    """CPU seconds of a process, its children, and those of them that have ended."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat.parent.name) == process_id:
            total += sum(map(int, fields[11:15])) / _TICKS
        elif int(fields[1]) == process_id:
            total += _cpu_s(int(stat.parent.name))
    return total


def _settle(server: Server) -> None:
    """Wait until a server has done what it does for itself after its start: compiling, warming up."""
    before_s = -1.0
    while (now_s := _cpu_s(server.process_id)) - before_s > 0.02:
        before_s = now_s
        time.sleep(1)


def _small(data: Path, count: int) -> list[str]:
    """Small queries on things of the graph, no two of them alike."""
    with open_store(data) as store:
        things = [row[0].value for row in store.select("SELECT ?s { ?s skos:prefLabel ?l } ORDER BY ?s") if row[0]]
    return [_HEAD + _SMALL[number % len(_SMALL)] % things[number % len(things)] for number in range(count)]


def _compare(stack: ExitStack, options: argparse.Namespace, folder: Path) -> None:
    queries = _small(options.data, options.requests)
    servers = _servers(stack, options, folder)
    for query in queries[:50]:
        answers = {_rows(_ask(server, query)[1]) for server in servers}
        if len(answers) != 1 and "LIMIT" not in query:
            raise SystemExit(f"the servers answer differently: {query}")
    for server in servers:
        _measured(server, [f"{query} # to begin with" for query in queries], Load())
        _settle(server)
    kinds = ("small", "56 rows", "10,000 rows")
    loads = {(f"{kind}, {how}", each.name): Load() for kind in kinds for how in ("new", "repeated") for each in servers}
    for round_ in range(options.rounds):
        for server in servers[round_ % len(servers) :] + servers[: round_ % len(servers)]:
            share = 10 if server.name.startswith("rdflib") else 1
            asked = {
                "small": queries[:: min(share, 5)],
                "56 rows": [_HEAD + _PAGE % (number % 500) for number in range(options.requests // share)],
                "10,000 rows": [f"{_ROWS} # {number}" for number in range(40 // share)],
            }
            for kind, new in asked.items():
                _measured(server, [f"{query} # {round_}" for query in new], loads[f"{kind}, new", server.name])
                few = new[: max(1, len(new) // 20)]
                _measured(server, few, Load())
                _measured(server, (few * 21)[: len(new)], loads[f"{kind}, repeated", server.name])
    print("\n| requests | server | CPU ms each (rounds) | a second | median ms | p99 ms | CPU, x ours |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for (kind, name), load in loads.items():
        times = statistics.median(load.cpu_ms) / statistics.median(loads[kind, OURS].cpu_ms)
        print(f"| {kind} | {name} | {load.row()} | {times:.2f} |")


def _rows(body: bytes) -> str:
    document = json.loads(body)
    rows = document.get("results", {}).get("bindings")
    return (
        str(document.get("boolean"))
        if rows is None
        else "\n".join(sorted(json.dumps(row, sort_keys=True) for row in rows))
    )


# --- alone --------------------------------------------------------------------------------------------------


def _starting(data: Path) -> None:
    """How long after their start workers answer, and what starting one costs."""
    seconds, cpu_s = [], []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with open_store(data, lanes=LaneSizes(workers=2)) as store:
            start_s = time.perf_counter()
            store.start()
            store.ask("ASK { }")
            seconds.append(time.perf_counter() - start_s)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_s.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / 2)
    wall = f"{statistics.median(seconds):.2f} s, at best {min(seconds):.2f} s"
    print(
        f"two workers started and a query answered: {wall}, {1000 * statistics.median(cpu_s):.0f} ms of CPU time each"
    )


def _siege(stack: ExitStack, options: argparse.Namespace, folder: Path) -> None:
    flags = ("--query-timeout-s", "5", "--query-memory-bytes", "1000000000")
    server = stack.enter_context(_running(OURS, "/sparql", _ours(options.data, *flags), folder))
    start_s = time.perf_counter()
    found = besiege(server.port)
    ranked = sorted(found.seconds)
    shares = {share: ranked[min(len(ranked) - 1, int(share * len(ranked)))] for share in (0.5, 0.95, 0.99)}
    print(f"siege of {time.perf_counter() - start_s:.0f} s: {dict(sorted(found.outcomes.items()))}")
    print(f"normal client: {len(ranked)} answers {dict(found.statuses)}, ms: ", end="")
    print(
        ", ".join(f"p{100 * share:.0f} {1000 * value:.0f}" for share, value in shares.items()),
        f"max {1000 * ranked[-1]:.0f}",
    )


if __name__ == "__main__":
    main()
