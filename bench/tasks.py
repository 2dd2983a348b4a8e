"""What is measured: one function per group of gates, each of which gives tasks for ``bench.measure``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from bench import peers
from bench.graphs import VOCABULARY, Rows
from bench.measure import Answers, Contender, Task
from kg import networkx_backend
from kg.networkx_backend import IndexGraph
from kg.paths import kernels
from kg.paths.adjacency import Projection, Selection, project
from kg.paths.best_paths import BestPaths, FoundPath, SearchLimits
from kg.paths.breadth_first import AllShortestPaths
from kg.paths.index import Index
from kg.paths.neighborhood import neighbor_iris
from kg.paths.shortest_path import shortest_path
from kg.paths.traversal import PathAnswer, PathQuestion, best_paths, one_shortest_path
from kg.paths.typed_walks import Pattern, TypedStep, count_ends, count_pairs, count_walks

SLOW_LIMIT_S = 30
SLOW_QUESTIONS = 3
SHORT_CALLS = 5  # in one measurement, because reading the clocks takes as long as some of them
UNLIMITED = SearchLimits(max_expansions=1 << 60)

CostedPath = tuple[int, tuple[int, ...]]  # in millionths, and its nodes by number


@dataclass(frozen=True)
class Setting:
    """A graph with its index and the peers that hold it; ``slow`` also asks what takes minutes."""

    rows: Rows
    index: Index
    include_imports: bool
    folder: Path
    pairs: int
    slow: bool

    def iri(self, node: int) -> str:
        return self.rows.nodes[node][0]

    def question(self, pair: tuple[int, int], *, mechanism: bool = False, max_length: int = 8) -> PathQuestion:
        return PathQuestion(
            self.iri(pair[0]), self.iri(pair[1]), max_length=max_length, k=peers.K,
            predicates=self.rows.mechanism if mechanism else (), include_imports=self.include_imports, directed=False,
        )  # fmt: skip

    def interior(self) -> NDArray[np.bool_]:
        """Every node may lie on a path."""
        return np.ones(len(self.rows.nodes), dtype=bool)

    def selection(self, *, mechanism: bool = False) -> Selection:
        return self.question((0, 1), mechanism=mechanism).selection()


def best_path_tasks(setting: Setting) -> Iterator[Task]:
    """G8, G9: the ten best paths of at most four steps."""
    yield _best_paths(setting, "mechanism", mechanism=True)
    yield _best_paths(setting, "all predicates", mechanism=False)


def _best_paths(setting: Setting, name: str, *, mechanism: bool) -> Task:
    duck = peers.DuckPaths(setting.rows, mechanism=mechanism)
    graph = peers.weighted_graph(setting.rows, mechanism=mechanism)
    projection, interior = project(setting.index, setting.selection(mechanism=mechanism)), setting.interior()

    def ours(pair: tuple[int, int]) -> list[FoundPath]:
        search = BestPaths(
            projection, sources=[pair[0]], targets=[pair[1]],
            max_length=peers.HOPS, interior=interior, limits=UNLIMITED, wanted=peers.K,
        )  # fmt: skip
        return list(islice(search, peers.K))

    def numbers(found: list[FoundPath]) -> Answers:
        return _with_best([(round(path.cost * 1e6), path.nodes) for path in found])

    def named(pair: tuple[int, int]) -> PathAnswer:
        question = setting.question(pair, mechanism=mechanism, max_length=peers.HOPS)
        return best_paths(setting.index, question, None, UNLIMITED)

    def listed(answer: PathAnswer) -> Answers:
        return _with_best(_listed(setting, answer))

    def joined(pair: tuple[int, int]) -> Answers:
        return _with_best(duck(*pair))

    def simple(pair: tuple[int, int]) -> Answers:
        best = peers.best_simple_path(graph, *pair)
        return {} if best is None else {"best": best}

    contenders = {
        "sarcoma-kg": Contender(ours, numbers),
        "sarcoma-kg, numpy alone": Contender(_numpy_alone(ours), numbers),
        "sarcoma-kg, named and described": Contender(named, listed),
        "duckdb": Contender(joined, most=20),
        "networkx": Contender(simple, most=SLOW_QUESTIONS, limit_s=SLOW_LIMIT_S),
    }
    return Task(f"10 best paths, {name}", setting.rows.pairs(setting.pairs, typed=True), contenders)


def _with_best(paths: list[CostedPath]) -> Answers:
    """Paths, best first, and what the best of them costs: all that a peer which finds one path can be compared by."""
    return {"paths": paths, "best": paths[0][0] if paths else None}


def _numpy_alone(ask: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same question without the compiled searches."""

    def asked(question: Any) -> Any:
        kept = kernels.unload()
        try:
            return ask(question)
        finally:
            kernels.load(kept)

    return asked


def _listed(setting: Setting, answer: PathAnswer) -> list[CostedPath]:
    number = setting.index.node
    return [
        (round(path.score * 1e6), (number(path.steps[0].start.id), *(number(step.end.id) for step in path.steps)))
        for path in answer.paths
    ]


def shortest_path_tasks(setting: Setting) -> Iterator[Task]:
    """G6, G7, G11: one shortest path, with and without a filter; all shortest paths; through NetworkX's own call."""
    rows, index = setting.rows, setting.index
    pairs = rows.pairs(setting.pairs, typed=False)
    simple = peers.simple_graph(rows)
    whole = IndexGraph(index, setting.selection())

    def named(pair: tuple[int, int]) -> Answers:
        answer = one_shortest_path(index, setting.question(pair), None, UNLIMITED)
        return {"length": answer.paths[0].length} if answer.paths else {}  # none within the most steps one may ask for

    def by_iris(length: Callable[..., int]) -> Callable[[tuple[int, int]], Answers]:
        return _length(lambda pair: length(whole, setting.iri(pair[0]), setting.iri(pair[1])))

    contenders = {
        "sarcoma-kg": Contender(_by_index(whole.projection, setting)),
        "sarcoma-kg, numpy alone": Contender(_numpy_alone(_by_index(whole.projection, setting))),
        "sarcoma-kg, named and described": Contender(named),
        "sarcoma-kg by its IRIs": Contender(by_iris(networkx_backend.shortest_path_length)),
        "sarcoma-kg by nx.shortest_path_length": Contender(by_iris(nx.shortest_path_length)),
        "networkx": Contender(_length(lambda pair: len(nx.bidirectional_shortest_path(simple, *pair)) - 1)),
    }
    yield Task("one shortest path", pairs, contenders, SHORT_CALLS)
    yield _filtered(setting)
    yield _all_shortest(setting, simple, whole, pairs)


def _filtered(setting: Setting) -> Task:
    mechanism = set(setting.rows.mechanism_numbers)
    graph = peers.multi_graph(setting.rows)
    view = nx.subgraph_view(graph, filter_edge=lambda _, __, key: key[0] in mechanism)
    ours = _by_index(project(setting.index, setting.selection(mechanism=True)), setting)
    contenders = {
        "sarcoma-kg": Contender(ours),
        "sarcoma-kg, numpy alone": Contender(_numpy_alone(ours)),
        "networkx subgraph_view": Contender(
            _length(lambda pair: len(nx.bidirectional_shortest_path(view, *pair)) - 1), most=20
        ),
    }
    return Task("one shortest path, mechanism", setting.rows.pairs(setting.pairs, typed=True), contenders, SHORT_CALLS)


def _length(find: Callable[[tuple[int, int]], int]) -> Callable[[tuple[int, int]], Answers]:
    def ask(pair: tuple[int, int]) -> Answers:
        try:
            return {"length": find(pair)}
        except nx.NetworkXNoPath:
            return {"length": None}

    return ask


def _by_index(projection: Projection, setting: Setting) -> Callable[[tuple[int, int]], Answers]:
    interior = setting.interior()

    def ask(pair: tuple[int, int]) -> Answers:
        found = shortest_path(projection, *pair, interior, UNLIMITED)
        return {"length": None if found is None else len(found[1])}

    return ask


def _all_shortest(setting: Setting, simple: nx.Graph[int], whole: IndexGraph, pairs: list[tuple[int, int]]) -> Task:
    import igraph

    rows, interior = setting.rows, setting.interior()
    graph = igraph.Graph(n=len(rows.nodes), edges=[*simple.edges])

    def ours(pair: tuple[int, int]) -> Answers:
        search = AllShortestPaths(
            whole.projection, source=pair[0], target=pair[1], max_length=None, interior=interior, limits=UNLIMITED
        )
        return {"paths": list(search.node_paths())}

    def by_networkx(pair: tuple[int, int]) -> Answers:
        try:
            return {"paths": sorted(tuple(path) for path in nx.all_shortest_paths(simple, *pair))}
        except nx.NetworkXNoPath:
            return {"paths": []}

    def by_igraph(pair: tuple[int, int]) -> Answers:
        return {"paths": sorted(tuple(path) for path in graph.get_all_shortest_paths(*pair))}

    contenders = {
        "sarcoma-kg": Contender(ours),
        "networkx": Contender(by_networkx, most=5),
        "igraph": Contender(by_igraph, most=SLOW_QUESTIONS, limit_s=SLOW_LIMIT_S),
    }
    return Task("all shortest paths", pairs, contenders)


COUNTS = {
    "walks C-binds-G-participates-PW": ("walks", (("CbG", "out"), ("GpPW", "out"))),
    "pairs C-binds-G-associates-D": ("pairs", (("CbG", "out"), ("DaG", "in"))),
    "walks C-binds-G-interacts-G-associates-D": ("walks", (("CbG", "out"), ("GiG", "both"), ("DaG", "in"))),
}


@dataclass(frozen=True)
class TypedPeers:
    """Who answers in SPARQL and Cypher; rdflib is None where it would take too long."""

    oxigraph: peers.OxigraphPeer
    server: peers.OxigraphServer
    rdflib: peers.RdflibPeer | None
    ladybug: peers.LadybugPeer


def typed_tasks(setting: Setting, given: TypedPeers) -> Iterator[Task]:
    """G3, G4, G5: neighbours, counts along patterns, the best ends of a pattern."""
    for name in COUNTS:
        yield _count_task(setting, given, name)
    yield _ends_task(setting, given)
    yield _neighbors_task(setting, given)


def _count_task(setting: Setting, given: TypedPeers, name: str) -> Task:
    kind, steps = COUNTS[name]
    pattern, query = _pattern(setting, steps), _count_query(kind, steps)
    count = count_walks if kind == "walks" else count_pairs
    contenders = {
        "sarcoma-kg": Contender(lambda _: {"count": count(setting.index, pattern)}),
        "oxigraph": Contender(_counting(given.oxigraph, query)),
        "ladybug": Contender(_counting(given.ladybug, _count_cypher(kind, steps))),
    }
    if given.rdflib is not None and len(steps) == 2:  # the third takes it minutes
        contenders["rdflib"] = Contender(_counting(given.rdflib, query))
    return Task(f"count {name}", [None], contenders, repeats=3)


def _pattern(setting: Setting, steps: Any) -> Pattern:
    return Pattern(tuple(TypedStep(*step) for step in steps), include_imports=setting.include_imports)


def _clauses(steps: Any, start: str = "?n0") -> str:
    clauses = []
    for number, (predicate, direction) in enumerate(steps):
        one, other = (start if not number else f"?n{number}"), f"?n{number + 1}"
        verb = f"<{VOCABULARY}{predicate}>"
        along, against = f"{one} {verb} {other}", f"{other} {verb} {one}"
        clauses.append({"out": along, "in": against, "both": f"{{ {along} }} UNION {{ {against} }}"}[direction])
    return " . ".join(clauses).replace(" . {", " {").replace("} . ", "} ")


def _count_query(kind: str, steps: Any) -> str:
    if kind == "walks":
        return f"SELECT (COUNT(*) AS ?count) WHERE {{ {_clauses(steps)} }}"
    return f"SELECT (COUNT(*) AS ?count) WHERE {{ SELECT DISTINCT ?n0 ?n{len(steps)} WHERE {{ {_clauses(steps)} }} }}"


def _walk(steps: Any) -> str:
    arrows = {"out": "-[:{}]->", "in": "<-[:{}]-", "both": "-[:{}]-"}
    parts = [f"{arrows[direction].format(name)}(n{number + 1}:N)" for number, (name, direction) in enumerate(steps)]
    return "(n0:N)" + "".join(parts)


def _count_cypher(kind: str, steps: Any) -> str:
    if kind == "walks":
        return f"MATCH {_walk(steps)} RETURN count(*)"
    return f"MATCH {_walk(steps)} WITH DISTINCT n0.id AS one, n{len(steps)}.id AS other RETURN count(*)"


def _counting(peer: Any, query: str) -> Callable[[None], Answers]:
    return lambda _: {"count": int(peer.rows(query)[0][0])}


def _ends_task(setting: Setting, given: TypedPeers) -> Task:
    steps = COUNTS["walks C-binds-G-interacts-G-associates-D"][1]
    pattern = _pattern(setting, steps)
    starts = [source for source, _ in setting.rows.pairs(20, typed=True)]
    number = {setting.iri(start): start for start in starts}

    def ours(iri: str) -> Answers:
        found = count_ends(setting.index, iri, pattern)
        return {"ends": [(end.node.id, end.walks) for end in found.items]}

    def sparql(peer: Any) -> Callable[[str], Answers]:
        def ask(iri: str) -> Answers:
            query = f"""SELECT ?n3 (COUNT(*) AS ?walks) WHERE {{ {_clauses(steps, f"<{iri}>")} }}
            GROUP BY ?n3 ORDER BY DESC(?walks) ?n3 LIMIT 10"""
            return {"ends": [(end, int(walks)) for end, walks in peer.rows(query) if int(walks)]}

        return ask

    def cypher(iri: str) -> Answers:
        query = f"""MATCH {_walk(steps)} WHERE n0.id = $start
        RETURN n3.iri AS found, count(*) AS walks ORDER BY walks DESC, found LIMIT 10"""
        return {"ends": [(str(end), int(walks)) for end, walks in given.ladybug.rows(query, {"start": number[iri]})]}

    contenders = {
        "sarcoma-kg": Contender(ours),
        "oxigraph": Contender(sparql(given.oxigraph)),
        "oxigraph server": Contender(sparql(given.server)),
        "ladybug": Contender(cypher),
    }
    if given.rdflib is not None:
        contenders["rdflib"] = Contender(sparql(given.rdflib), most=SLOW_QUESTIONS, limit_s=SLOW_LIMIT_S)
    return Task("10 best ends over three steps", [setting.iri(start) for start in starts], contenders)


def _neighbors_task(setting: Setting, given: TypedPeers) -> Task:
    nodes = [setting.iri(pair[0]) for pair in setting.rows.pairs(setting.pairs, typed=False)]

    def by_sparql(iri: str) -> list[tuple[str, str, str]]:
        out, into = f"SELECT ?p ?n WHERE {{ <{iri}> ?p ?n }}", f"SELECT ?p ?n WHERE {{ ?n ?p <{iri}> }}"
        cut = len(VOCABULARY)
        found = [(p[cut:], "out", n) for p, n in given.oxigraph.rows(out)]
        return found + [(p[cut:], "in", n) for p, n in given.oxigraph.rows(into)]

    def links(found: list[tuple[str, str, str]]) -> Answers:
        return {"links": sorted(found)}

    contenders = {
        "sarcoma-kg": Contender(lambda iri: neighbor_iris(setting.index, iri), links),
        "oxigraph": Contender(by_sparql, links),
    }
    if given.rdflib is not None:
        contenders["rdflib"] = Contender(given.rdflib.around, links)
    return Task("neighbours with predicates", nodes, contenders)
