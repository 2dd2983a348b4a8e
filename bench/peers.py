"""The peers, made from a graph's rows: NetworkX, DuckDB, rdflib, Oxigraph on disk and as a server, ladybug."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from itertools import islice, pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import networkx as nx
import numpy as np

from bench.graphs import VOCABULARY, Rows

K = 10
HOPS = 4


def simple_graph(rows: Rows) -> nx.Graph[int]:
    """Every pair of linked nodes once."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(rows.nodes)))
    graph.add_edges_from(rows.links[:, [0, 2]].tolist())
    return graph


def multi_graph(rows: Rows) -> nx.MultiGraph[int]:
    """Every link, keyed by its predicate's number and whether it runs to the smaller node number."""
    graph: nx.MultiGraph[int] = nx.MultiGraph()
    graph.add_nodes_from(range(len(rows.nodes)))
    graph.add_edges_from((s, o, (p, s > o)) for s, p, o in rows.links.tolist())
    return graph


def multi_digraph(rows: Rows) -> nx.MultiDiGraph[str]:
    """What one builds to explore such a graph: IRIs and predicates."""
    iris = [iri for iri, _ in rows.nodes]
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from((iri, {"type": kind}) for iri, kind in rows.nodes)
    graph.add_edges_from((iris[s], iris[o], rows.predicates[p]) for s, p, o in rows.links.tolist())
    return graph


def _ends(rows: Rows, links: np.ndarray[Any, Any], column: int) -> np.ndarray[Any, Any]:
    """For each link one of its nodes and its predicate, as one number."""
    return np.asarray(links[:, column] * len(rows.predicates) + links[:, 1])


def link_costs(rows: Rows) -> np.ndarray[Any, np.dtype[np.int64]]:
    """What each link costs, in millionths, worked out anew from what kg.paths.traversal documents."""
    degrees = []
    counted = rows.links if rows.counted is None else rows.counted
    for column in (0, 2):
        known, counts = np.unique(_ends(rows, counted, column), return_counts=True)
        degrees.append(counts[known.searchsorted(_ends(rows, rows.links, column))])
    return np.rint(1e6 * (1 + 0.5 * (np.log(degrees[0]) + np.log(degrees[1])))).astype(np.int64)


def weighted_graph(rows: Rows, *, mechanism: bool) -> nx.Graph[int]:
    """Every pair of linked nodes once, at the cost of its cheapest link."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(rows.nodes)))
    costs = link_costs(rows)
    kept = np.isin(rows.links[:, 1], rows.mechanism_numbers) if mechanism else np.ones(len(costs), dtype=bool)
    order = np.argsort(-costs[kept], kind="stable")  # the cheapest comes last and stays
    links, kept_costs = rows.links[kept][order], costs[kept][order]
    graph.add_weighted_edges_from(zip(links[:, 0].tolist(), links[:, 2].tolist(), kept_costs.tolist(), strict=True))
    return graph


class DuckPaths:
    """The k best simple paths of at most four steps, by joining all there are, in kg.paths.best_paths' order."""

    def __init__(self, rows: Rows, *, mechanism: bool) -> None:
        import duckdb

        costs = link_costs(rows)
        kept = np.isin(rows.links[:, 1], rows.mechanism_numbers) if mechanism else np.ones(len(costs), dtype=bool)
        s, p, o = rows.links[kept].T
        columns = {
            "u": np.concatenate([s, o]).astype(np.int32),
            "v": np.concatenate([o, s]).astype(np.int32),
            "l": np.concatenate([2 * p, 2 * p + 1]).astype(np.int32),
            "c": np.tile(16 * costs[kept] + 1, 2),
        }
        order = np.lexsort((columns["v"], columns["u"]))
        steps = {name: values[order] for name, values in columns.items()}  # noqa: F841 - DuckDB reads it by its name
        self._connection = duckdb.connect()
        self._connection.execute("SET threads = 1")
        self._connection.execute("CREATE TABLE e AS SELECT * FROM steps")

    def __call__(self, source: int, target: int) -> list[tuple[int, tuple[int, ...]]]:
        """(cost in millionths, nodes) of each path, best first."""
        found = self._connection.execute(_JOIN, {"s": source, "t": target}).fetchall()
        return [(row[0] >> 4, (source, *(node for node in row[1:4] if node >= 0), target)) for row in found]


_JOIN = f"""
WITH f1 AS MATERIALIZED (SELECT v m, l, c FROM e WHERE u = $s AND v NOT IN ($s, $t)),
b1 AS MATERIALIZED (SELECT v m, xor(l, 1) l, c FROM e WHERE u = $t AND v NOT IN ($s, $t)),
f2 AS MATERIALIZED (
  SELECT f1.m a, e.v m, f1.l l1, e.l l2, f1.c + e.c c FROM f1 JOIN e ON e.u = f1.m WHERE e.v NOT IN ($s, $t, f1.m)),
b2 AS MATERIALIZED (
  SELECT e.v m, b1.m b, xor(e.l, 1) l1, b1.l l2, b1.c + e.c c
  FROM b1 JOIN e ON e.u = b1.m WHERE e.v NOT IN ($s, $t, b1.m))
SELECT c code, -1 n1, -1 n2, -1 n3, l l1, -1 l2, -1 l3, -1 l4 FROM e WHERE u = $s AND v = $t
UNION ALL SELECT f1.c + b1.c, f1.m, -1, -1, f1.l, b1.l, -1, -1 FROM f1 JOIN b1 ON f1.m = b1.m
UNION ALL SELECT f2.c + b1.c, f2.a, f2.m, -1, f2.l1, f2.l2, b1.l, -1 FROM f2 JOIN b1 ON f2.m = b1.m
UNION ALL SELECT f2.c + b2.c, f2.a, f2.m, b2.b, f2.l1, f2.l2, b2.l1, b2.l2
FROM f2 JOIN b2 ON f2.m = b2.m WHERE f2.a <> b2.b
ORDER BY code, n1, n2, n3, l1, l2, l3, l4 LIMIT {K}
"""


def best_simple_path(graph: nx.Graph[int], source: int, target: int) -> int | None:
    """The cost of the cheapest path by NetworkX's k shortest simple paths, taken K times; None beyond four steps."""
    try:
        found = list(islice(nx.shortest_simple_paths(graph, source, target, weight="weight"), K))
    except nx.NetworkXNoPath:
        return None
    if len(found[0]) > HOPS + 1:
        return None
    return sum(graph[one][other]["weight"] for one, other in pairwise(found[0]))


class OxigraphPeer:
    """The triples in an Oxigraph store on disk, asked in SPARQL."""

    def __init__(self, folder: Path, ntriples: Path) -> None:
        import pyoxigraph as ox

        store = ox.Store(str(folder))
        store.bulk_load(path=str(ntriples), format=ox.RdfFormat.N_TRIPLES)
        store.optimize()
        store.flush()
        del store
        self._store = ox.Store.read_only(str(folder))

    def rows(self, query: str) -> list[tuple[str, ...]]:
        return [tuple(term.value for term in solution) for solution in self._store.query(query)]  # type: ignore[union-attr]


class OxigraphServer:
    """Oxigraph's own server on a store that exists, asked over one HTTP connection; answers come as JSON."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
        if program is None:
            raise FileNotFoundError("oxigraph")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [program, "serve-read-only", "--location", str(folder), "--bind", f"127.0.0.1:{port}"]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        for _ in range(100):
            try:
                self._connection.connect()
                break
            except OSError:
                time.sleep(0.1)

    def rows(self, query: str) -> list[tuple[str, ...]]:
        headers = {
            "Accept": "application/sparql-results+json", "Content-Type": "application/x-www-form-urlencoded"
        }  # fmt: skip
        try:
            self._connection.request("POST", "/query", urlencode({"query": query}), headers)
            answer = json.loads(self._connection.getresponse().read())
        except (OSError, http.client.HTTPException):  # it closes a connection that was idle while others had their turn
            self._connection.close()
            self._connection.request("POST", "/query", urlencode({"query": query}), headers)
            answer = json.loads(self._connection.getresponse().read())
        names = answer["head"]["vars"]
        return [tuple(row[name]["value"] for name in names if name in row) for row in answer["results"]["bindings"]]

    def close(self) -> None:
        self._connection.close()
        self._process.terminate()
        self._process.wait()


class LadybugPeer:
    """The nodes in one table of ladybug, the links of some predicates in one table each; asked in Cypher."""

    def __init__(self, rows: Rows, folder: Path, predicates: Iterable[str]) -> None:
        import ladybug

        folder.mkdir()
        self._connection = ladybug.Connection(ladybug.Database(str(folder / "db")), num_threads=1)
        self._run("CREATE NODE TABLE N(id INT64 PRIMARY KEY, iri STRING)")
        nodes = folder / "nodes.csv"
        nodes.write_text("".join(f"{number},{iri}\n" for number, (iri, _) in enumerate(rows.nodes)), "ascii")
        self._run(f'COPY N FROM "{nodes}"')
        for name in sorted({*predicates}):
            links = rows.links[rows.links[:, 1] == rows.predicates.index(name)][:, [0, 2]].tolist()
            table = folder / f"{name}.csv"
            table.write_text("".join(f"{s},{o}\n" for s, o in links), "ascii")
            self._run(f"CREATE REL TABLE {name}(FROM N TO N)")
            self._run(f'COPY {name} FROM "{table}"')

    def _run(self, query: str, values: dict[str, Any] | None = None) -> Any:
        return self._connection.execute(query, values or {})

    def rows(self, query: str, values: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._run(query, values).get_all()]


def rdflib_dataset(nquads: Path) -> Any:
    """The quads in rdflib's memory store, where a query without GRAPH sees the union of all graphs."""
    import rdflib

    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(str(nquads), format="nquads")
    return dataset


class RdflibPeer:
    """The triples in rdflib's memory store, asked in SPARQL."""

    def __init__(self, ntriples: Path) -> None:
        import rdflib

        self.graph = rdflib.Graph()
        self.graph.parse(str(ntriples), format="nt")

    def rows(self, query: str) -> list[tuple[str, ...]]:
        return [tuple(str(term) for term in row) for row in self.graph.query(query)]  # type: ignore[union-attr]

    def around(self, iri: str) -> list[tuple[str, str, str]]:
        """(predicate, direction, neighbour) of every link, as kg.paths.neighborhood.neighbor_iris gives it."""
        import rdflib

        node, cut = rdflib.URIRef(iri), len(VOCABULARY)
        out = [(str(p)[cut:], "out", str(o)) for _, p, o in self.graph.triples((node, None, None))]
        return out + [(str(p)[cut:], "in", str(s)) for s, p, _ in self.graph.triples((None, None, node))]
