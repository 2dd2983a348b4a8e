"""The bench compares answers and counts what takes too long; no test here depends on how fast anything is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.gates import Gate, gates
from bench.graphs import generated
from bench.measure import AnswersDiffer, Contender, Task, Timings, forked, ratio, run
from bench.peers import best_simple_path, weighted_graph
from bench.report import gate_lines, task_lines
from bench.start import Once
from kg.paths.index import Index
from kg.paths.index_writer import write_index
from kg.paths.traversal import PathQuestion, best_paths


def test_a_different_answer_fails_the_run() -> None:
    task = Task("sum", [1, 2], {"a": Contender(lambda n: {"sum": n}), "b": Contender(lambda n: {"sum": n * n})})
    with pytest.raises(AnswersDiffer, match=r"sum, question 1, sum: b and a differ"):
        run(task, rounds=2)


def test_peers_may_answer_less_than_others() -> None:
    task = Task(
        "sum", [3], {"sarcoma-kg": Contender(lambda n: {"sum": n, "best": 1}), "b": Contender(lambda _: {"best": 1})}
    )
    timings = run(task, rounds=3)
    assert [len(rounds) for rounds in timings["b"].cpu] == [3]
    assert ratio(timings["b"], timings["sarcoma-kg"]) > 0
    assert "| sum | b | 1 |" in "\n".join(task_lines({"sum": timings}))


def test_what_exceeds_its_cpu_limit_is_counted() -> None:
    def forever(_: object) -> None:
        while True:
            pass

    task = Task("wait", [0], {"sarcoma-kg": Contender(lambda _: {}), "slow": Contender(forever, limit_s=1)})
    timings = run(task, rounds=1)
    assert timings["slow"].timeouts == 1
    assert timings["slow"].median() == 1.0


def test_a_peer_that_fails_is_not_taken_for_slow(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ChildProcessError):
        forked(lambda: 1 // 0, 5)
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_a_generated_graph_is_always_the_same_and_our_best_path_is_that_of_networkx(tmp_path: Path) -> None:
    rows, again = generated(0.01), generated(0.01)
    assert np.array_equal(rows.links, again.links)
    write_index(tmp_path, rows.nodes_for_index(), rows.edges_for_index())
    index, graph = Index.open(tmp_path), weighted_graph(rows, mechanism=True)
    compared = 0
    for source, target in rows.pairs(8, typed=True):
        question = PathQuestion(
            rows.nodes[source][0], rows.nodes[target][0], max_length=4, predicates=rows.mechanism,
            include_imports=True, directed=False,
        )  # fmt: skip
        paths = best_paths(index, question).paths
        best = best_simple_path(graph, source, target)
        if best is not None:
            assert round(1e6 * paths[0].score) == best
            compared += 1
    assert compared


def test_gates_that_were_not_measured_are_neither_met_nor_missed() -> None:
    found = list(gates({}, {}))
    assert found
    assert all(gate.passed is None for gate in found)
    assert all("not measured" in line for line in list(gate_lines(found))[2:])


def test_a_ratio_is_no_goal_for_a_graph_of_another_size_but_a_time_is() -> None:
    ratio_gate = Gate("G8 paths: networkx", ">= 1000x", "13.0x", passed=False)
    assert ratio_gate.anywhere() == Gate("G8 paths: networkx", "", "13.0x", passed=None)
    time_gate = Gate("G12 evidence of one edge (wall)", "<= 1 ms", "2.00 ms", passed=False)
    assert time_gate.anywhere() == time_gate


def test_a_ratio_is_judged_by_one_clock_and_tells_both() -> None:
    slow, fast = Timings([[8.0]], [[30.0]]), Timings([[2.0]], [[1.0]])
    tasks = {"all shortest paths": {"sarcoma-kg": fast, "networkx": slow, "igraph": slow}}
    found = {gate.name: gate for gate in gates(tasks, {})}
    judged = found["G7 all shortest paths: networkx"]
    assert (judged.measured, judged.passed) == ("30.0x (wall 4.0x)", False)
    assert found["G7 all shortest paths: igraph"].passed is None


def test_loading_is_compared_with_the_raw_loader_and_says_what_that_takes() -> None:
    """The raw loader writes half as much without a named graph; both are told, or its ratio to rdflib is a riddle."""
    times = {
        "pyoxigraph bulk_load": Once(10, 20), "pyoxigraph bulk_load, no named graph": Once(5, 10),
        "write_store": Once(11, 22), "write_store, merged default graph": Once(18, 30), "rdflib parse": Once(40, 40),
    }  # fmt: skip
    found = {gate.name: gate for gate in gates({}, {"loading": times})}
    assert found["G1 write_store, merged default graph: time of bulk_load (wall)"].passed is False
    assert found["G1 write_store, merged default graph: time of bulk_load (CPU)"].passed
    bare = found["G1 the raw loader itself, pyoxigraph bulk_load, no named graph: rdflib parse (wall)"]
    assert (bare.measured, bare.passed) == ("8.0x (CPU 4.0x)", None)
