"""What holds of every answer about a mechanism, whatever the graph."""

from __future__ import annotations

import random
from collections.abc import Iterable

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.mechanism.layering import layered
from ontology.terms import PREDICATES
from tests.kg.mechanism_facts import ask, line_of

CAUSAL = ("activates", "inhibits", "binds", "controls", "inputOf")


@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from(CAUSAL), st.integers(0, 6)), max_size=14))
@settings(max_examples=60, deadline=None)
def test_paths_follow_sourced_causal_steps_and_their_signs_multiply(
    rows: Iterable[tuple[int, str, int]],
) -> None:
    facts = "\n".join(f"process:p{s} {p} process:p{o}" for s, p, o in rows)
    facts += "\nprocess:p0 associatedWith process:p1"
    rows = list(rows)
    graph: nx.DiGraph[int] = nx.DiGraph([(s, o) for s, _, o in rows])
    graph.add_nodes_from([0, 1])
    answer = ask("process:p0", "process:p1", facts=facts, k=100)
    reaches = nx.has_path(graph, 0, 1)
    assert any(path.end.label == "p1" for path in answer.paths) == reaches
    for path in answer.paths:
        signs = [PREDICATES[step.predicate].sign for step in path.steps]
        expected = None if "none" in signs else (-1) ** signs.count("-1")
        assert path.net_sign == expected
        for step in path.steps:
            assert (int(step.subject.label[1:]), step.predicate, int(step.object.label[1:])) in rows
        if path.summarised_by is not None:
            longer = answer.paths[path.summarised_by]
            assert (longer.start, longer.end, longer.net_sign) == (path.start, path.end, path.net_sign)
            assert longer.length >= path.length


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_every_graph_can_be_layered_the_same_way_in_any_order(pairs: list[tuple[int, int]], rng: random.Random) -> None:
    names = [f"n{number}" for number in range(10)]
    edges = [(f"n{a}", f"n{b}") for a, b in pairs]
    layout = layered(names, edges)
    assert len(set(layout.points.values())) == len(names)
    graph: nx.DiGraph[str] = nx.DiGraph([edge for edge in edges if edge[0] != edge[1]])
    if nx.is_directed_acyclic_graph(graph):
        assert all(layout.layers[a] < layout.layers[b] for a, b in graph.edges)
    rng.shuffle(names)
    rng.shuffle(edges)
    assert layered(names, edges) == layout


FORMS = """target:mutant mutationOf target:kit
target:kit inhibitionIncreases process:survival
target:fused mutationOf target:ret
"""


def test_a_mutant_does_nothing_to_what_it_is_a_form_of() -> None:
    """No source says that an exon 11 mutation shortens survival: inhibition of KIT prolongs it, which is not that."""
    (path,) = ask("", "process:survival", facts=FORMS).paths
    assert (line_of(path), path.net_sign) == ("kit survival", -1)
    treated = f"{FORMS}drug:a inhibits target:kit\ndrug:b blocks target:mutant"
    assert {line_of(path) for path in ask("", "process:survival", facts=treated).paths} == {
        "a kit survival", "b mutant kit survival",
    }  # fmt: skip
    assert {line_of(path) for path in ask("", "target:kit", facts=treated).paths} == {"a kit", "b mutant kit"}
    nothing = ask("", "target:ret", facts=FORMS)
    assert (nothing.paths, [gap.cause for gap in nothing.gaps]) == ((), ["no_step_to"])


def test_what_a_class_of_drugs_does_itself_is_told_where_something_is_in_its_way() -> None:
    """Renal failure complicates chemotherapy, and cytotoxic drugs damage DNA: who asks of DNA asks for the drugs."""
    facts = "condition:failure interferesWith drugclass:cytotoxic\ndrugclass:cytotoxic damages metabolite:dna"
    lines = [line_of(path) for path in ask("", "metabolite:dna", facts=facts).paths]
    assert set(lines) == {"cytotoxic dna", "failure cytotoxic dna"}
