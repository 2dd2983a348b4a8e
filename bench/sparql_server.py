"""``python -m bench.sparql_server --data DIR``: our SPARQL endpoint against others on the same triples, over HTTP.

``wrk`` (a client in C, https://github.com/wg/wrk) keeps a few connections busy for some seconds: requests a second, and
CPU milliseconds a request of the server with all its children. Servers take turns in every round, and answers are
compared. ``--siege`` measures what hostile queries do to a normal client.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import quote

from bench import proxy
from bench.hostile import besiege
from kg.generations import open_current
from kg.sparql.engine import open_engine
from kg.sparql.lanes import LaneSizes
from kg.store import open_store
from ontology.terms import PREFIXES

OURS = "sarcoma-kg"
CONNECTIONS = 16
FEW_CONNECTIONS = 2  # for long answers: what is under way at the end counts as work, and as no answer
REPEATED = 20  # different queries among the repeated ones
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
KINDS = ("56 rows", "small", "10,000 rows")
_LUA = Path(__file__).with_suffix(".lua")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Load:
    """Requests of one kind to one server, one figure a round."""

    per_second: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)  # a request
    p99_ms: list[float] = field(default_factory=list)

    def row(self) -> str:
        low, high = min(self.per_second), max(self.per_second)
        rate = f"{statistics.median(self.per_second):,.0f} ({low:,.0f} - {high:,.0f})"
        return f"{rate} | {statistics.median(self.cpu_ms):.3f} | {statistics.median(self.p99_ms):.1f}"


@dataclass(frozen=True)
class Server:
    """A server under way: its address and its processes, without their children."""

    name: str
    port: int
    path: str
    process_ids: tuple[int, ...]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.sparql_server", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="data folder of a built graph")
    parser.add_argument("--oxigraph", default="oxigraph", help="the Oxigraph binary")
    parser.add_argument("--rdflib-endpoint", help="the command rdflib-endpoint, in an environment of its own")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3, help="of each kind and round")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--nginx", action="store_true", help="ours behind nginx, as docs/sparql.md has it, as well")
    parser.add_argument("--wrk", default="wrk", help="the client")
    parser.add_argument("--siege", action="store_true", help="measure a client among hostile queries instead")
    parser.add_argument("--server", default="waitress", help="that is besieged: waitress or granian")
    parser.add_argument(
        "--addresses", type=int, default=1, help="of the attackers; 0: they share that of the normal client"
    )
    options = parser.parse_args()
    if not options.siege and shutil.which(options.wrk) is None:
        raise SystemExit(
            f"{options.wrk} is not there: install it (Debian: apt-get install wrk), or say where with --wrk"
        )
    machine = f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"
    print(f"{machine}, load {os.getloadavg()[0]:.1f}")
    _starting(options.data)
    with tempfile.TemporaryDirectory(prefix="bench-sparql-") as folder, ExitStack() as stack:
        if options.siege:
            _siege(stack, options, Path(folder))
        else:
            _compare(stack, options, Path(folder))


@contextmanager
def _running(
    name: str, path: str, command: Callable[[int], Sequence[str]], folder: Path, behind: Server | None = None
) -> Iterator[Server]:
    """Run a server, a proxy for one.

    Args:
        name: for the tables.
        path: of its endpoint.
        command: what starts it on a port.
        folder: for its log.
        behind: the server behind a proxy, whose work counts too.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command(port), stdout=log, stderr=log)
    server = Server(name, port, path, (process.pid, *(behind.process_ids if behind else ())))
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
    servers = [stack.enter_context(each) for each in found]
    return servers + (
        [stack.enter_context(_proxied(each, options.data)) for each in servers[:2]] if options.nginx else []
    )


@contextmanager
def _proxied(server: Server, data: Path) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="bench-nginx-") as named:
        folder = Path(named)
        command = partial(proxy.command, folder, server_port=server.port, data=data)
        with _running(f"{server.name}, nginx", server.path, command, folder, server) as proxied:
            yield proxied


def _triples(data: Path, folder: Path) -> Path:
    """The union of all graphs, as every peer gets it."""
    import pyoxigraph as ox

    path = folder / "union.nt"
    with open_current(data) as generation, path.open("wb") as out:
        store = open_engine(generation.store_path)
        store.dump(out, format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    return path


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


def _measured(server: Server, queries: Sequence[str], stamp: str, options: argparse.Namespace, load: Load) -> None:
    """Ask as fast as the server answers.

    Args:
        queries: asked one after the other, again and again.
        stamp: what makes each request a new query, with its number; empty to repeat them.
        load: where the figures go.
    """
    connections = FEW_CONNECTIONS if _ROWS in queries[0] else CONNECTIONS
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as asked:
        asked.writelines(f"{server.path}?query={quote(query, safe='')}\n" for query in queries)
        asked.flush()
        command = [options.wrk, "-t1", f"-c{connections}", f"-d{options.seconds}s", "--timeout", "60s", "-s", str(_LUA)]
        command += [f"http://127.0.0.1:{server.port}", "--", asked.name, stamp]
        cpu_s = _cpu_s(server)
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        cpu_s = _cpu_s(server) - cpu_s
    answers, failures, microseconds, p99_ms = map(float, told.rpartition("measured ")[2].split())
    if failures:
        raise SystemExit(f"{server.name}: {failures:.0f} failures beside {answers:.0f} answers to {queries[0]}")
    load.per_second.append(1e6 * answers / microseconds)
    load.cpu_ms.append(1000 * cpu_s / max(1, answers))
    load.p99_ms.append(p99_ms)


def _cpu_s(server: Server) -> float:
    return sum(map(_cpu_s_of, server.process_ids))


def _cpu_s_of(process_id: int) -> float:
    """CPU seconds of a process, its children, and those of them that have ended."""
    total = 0.0
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        if int(process.name) == process_id:
            total += sum(map(int, fields[11:15])) / _TICKS
        elif int(fields[1]) == process_id:
            total += _cpu_s_of(int(process.name))
    return total


def _settle(server: Server) -> None:
    """Wait until a server does nothing: after its start it compiles, afterwards it may have answers under way."""
    before_s = -1.0
    while (now_s := _cpu_s(server)) - before_s > 0.02:
        before_s = now_s
        time.sleep(0.5)


def _queries(kind: str, data: Path) -> list[str]:
    """Queries of a kind, no two of them alike."""
    if kind == "56 rows":
        return [_HEAD + _PAGE % number for number in range(500)]
    if kind == "10,000 rows":
        return [_ROWS]
    with open_store(data) as store:
        things = [row[0].value for row in store.select("SELECT ?s { ?s skos:prefLabel ?l } ORDER BY ?s") if row[0]]
    return [_HEAD + _SMALL[number % len(_SMALL)] % thing for number, thing in enumerate(things[:1000])]


def _compare(stack: ExitStack, options: argparse.Namespace, folder: Path) -> None:
    asked = {kind: _queries(kind, options.data) for kind in options.kinds}
    servers = _servers(stack, options, folder)
    for query in [query for queries in asked.values() for query in queries[:50] if "LIMIT" not in query]:
        if len({_rows(_ask(server, query)[1]) for server in servers}) != 1:
            raise SystemExit(f"the servers answer differently: {query}")
    loads = {(f"{kind}, {how}", each.name): Load() for kind in asked for how in ("new", "repeated") for each in servers}
    for round_ in range(-1, options.rounds):  # the first only warms up
        for server in servers[round_ % len(servers) :] + servers[: round_ % len(servers)]:
            for kind, queries in asked.items():
                for how, few, stamp in (("new", queries, f"{round_}-"), ("repeated", queries[:REPEATED], "")):
                    load = loads[f"{kind}, {how}", server.name] if round_ >= 0 else Load()
                    _settle(server)
                    _measured(server, few, stamp, options, load)
    print("\n| requests | server | a second (rounds) | CPU ms each | p99 ms | rate, x oxigraph |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for (kind, name), load in loads.items():
        times = statistics.median(load.per_second) / statistics.median(loads[kind, "oxigraph"].per_second)
        print(f"| {kind} | {name} | {load.row()} | {times:.2f} |")


def _rows(body: bytes) -> str:
    document = json.loads(body)
    rows = document.get("results", {}).get("bindings")
    return (
        str(document.get("boolean"))
        if rows is None
        else "\n".join(sorted(json.dumps(row, sort_keys=True) for row in rows))
    )


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
    flags = ("--query-timeout-s", "5", "--query-memory-bytes", "1000000000", "--server", options.server)
    server = stack.enter_context(_running(OURS, "/sparql", _ours(options.data, *flags), folder))
    start_s = time.perf_counter()
    found = besiege(server.port, addresses=options.addresses)
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
