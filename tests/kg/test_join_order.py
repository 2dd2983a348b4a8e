"""The engine joins patterns as they are written, so our own queries are written in a good order."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyoxigraph as ox
import pytest

from kg import KnowledgeGraph
from kg.budget import Budget
from kg.evidence.question import EvidenceQuestion
from kg.sparql.engine import open_engine
from kg.sparql.query import Bindings, bind
from kg.store import EmbeddedStore
from ontology.terms import PREFIXES
from tests.kg.join_order import Block, Count, blocks_of, least_rows, rows_on_the_way

MOST_TIMES_THE_BEST = 1.5
# So many rows take the engine some milliseconds, in whatever order.
FEW_ROWS = 6000


@pytest.fixture
def count(curated_graph: KnowledgeGraph) -> Count:
    """Ask the engine itself: workers would only be in the way."""
    assert isinstance(curated_graph.store, EmbeddedStore)
    engine = open_engine(curated_graph.store.generation.store_path)

    def ask(query: str) -> int:
        (row,) = engine.query(query, prefixes=dict(PREFIXES))  # type: ignore[misc]
        return int(row["rows"].value)  # type: ignore[index]

    return ask


def _badly_ordered(queries: Iterator[tuple[str, str]], count: Count) -> list[str]:
    found = []
    for name, query in queries:
        for block in blocks_of(query):
            written = rows_on_the_way(block, count)
            if written <= FEW_ROWS:
                continue
            best = least_rows(block, count, written)
            if written > MOST_TIMES_THE_BEST * best:
                found.append(
                    f"{name}: {written} rows, {best} in the best order: {[each.text for each in block.patterns]}"
                )
    return found


@pytest.mark.slow
def test_the_catalogue_is_written_in_a_good_order(curated_graph: KnowledgeGraph, count: Count) -> None:
    queries = [(question.id, question.query) for question in curated_graph.questions()]
    assert sum(len(list(blocks_of(query))) for _, query in queries) > len(queries) / 2
    assert not _badly_ordered(iter(queries), count)


@pytest.mark.slow
def test_the_projects_own_queries_are_written_in_a_good_order(
    curated_graph: KnowledgeGraph, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, str] = {}

    def recorded(ask: Callable[..., object]) -> Callable[..., object]:
        def run(query: str, bindings: Bindings = {}, budget: Budget | None = None) -> object:  # noqa: B006 - read only
            asked.setdefault(query, bind(query, bindings))  # one of each, whatever was bound
            return ask(query, bindings, budget)

        return run

    for name in ("select", "ask", "construct"):
        monkeypatch.setattr(curated_graph.store, name, recorded(getattr(curated_graph.store, name)))
    curated_graph.entity("rapamycin")
    curated_graph.mechanism(["rapamycin"], "leiomyosarcoma")
    curated_graph.evidence(EvidenceQuestion(histotype="leiomyosarcoma"))
    curated_graph.explain("trabectedin", "leiomyosarcoma")
    curated_graph.gaps()
    for patient in curated_graph.members("patient")[:1]:
        curated_graph.timeline(patient.id)
    for study in curated_graph.members("study")[:1]:
        curated_graph.study(study.id)
    for document in curated_graph.members("document")[:1]:
        curated_graph.document(document.id)
    curated_graph.all_evidence()
    curated_graph.questions()
    curated_graph.corpus()
    assert len(asked) > 10
    assert not _badly_ordered(iter(asked.items()), count)


def _count_in(store: ox.Store) -> Count:
    def ask(query: str) -> int:
        (row,) = store.query(query)  # type: ignore[misc]
        return int(row["rows"].value)  # type: ignore[index]

    return ask


def test_a_bad_order_costs_the_rows_that_it_throws_away() -> None:
    store = ox.Store()
    facts = [f"<x:{n}> <x:is> <x:common> ." for n in range(50)] + ["<x:7> <x:is> <x:rare> ."]
    store.load("\n".join(facts), ox.RdfFormat.N_TRIPLES)
    (block,) = blocks_of("SELECT * { ?x <x:is> <x:common> . ?x <x:is> <x:rare> FILTER(?x != <x:1>) }")
    assert _costs(block, store) == (51, 2)
    (block,) = blocks_of("SELECT * { VALUES ?x { <x:8> } ?x <x:is> <x:common> . ?x <x:is> <x:rare> }")
    assert _costs(block, store) == (1, 0)


def _costs(block: Block, store: ox.Store) -> tuple[int, int]:
    count = _count_in(store)
    written = rows_on_the_way(block, count)
    return written, least_rows(block, count, written)


def test_a_union_or_a_subquery_is_judged_where_it_stands_and_inside() -> None:
    store = ox.Store()
    facts = [f"<x:{n}> <x:is> <x:common> ." for n in range(50)] + ["<x:7> <x:is> <x:rare> ."]
    store.load("\n".join(facts), ox.RdfFormat.N_TRIPLES)
    either = "{ ?x <x:is> <x:common> . ?x <x:is> ?kind } UNION { ?x <x:is> <x:none> }"
    branch, whole = blocks_of(f"SELECT * {{ {either} ?x <x:is> <x:rare> }}")
    assert [each.text for each in branch.patterns] == ["?x <x:is> <x:common>", "?x <x:is> ?kind"]
    assert [each.text for each in whole.patterns] == [either, "?x <x:is> <x:rare>"]
    assert _costs(whole, store) == (51 + 2, 1 + 2)
    (joined,) = blocks_of("SELECT * { { SELECT ?x { ?x <x:is> ?any } } ?x <x:is> <x:rare> }")
    assert _costs(joined, store) == (51 + 2, 1 + 2)
    in_graph, _ = blocks_of("SELECT * { GRAPH ?g { ?x ?p ?y . ?y ?q ?z } ?x <x:is> <x:rare> }")
    assert in_graph.start == "SELECT * { GRAPH".index("GRAPH")


def test_where_there_are_too_many_orders_the_best_is_bounded_from_below(monkeypatch: pytest.MonkeyPatch) -> None:
    store = ox.Store()
    facts = [f"<x:{n}> <x:is> <x:common> ." for n in range(50)] + ["<x:7> <x:is> <x:rare> ."]
    store.load("\n".join(facts), ox.RdfFormat.N_TRIPLES)
    (block,) = blocks_of("SELECT * { ?x <x:is> <x:common> , ?a , ?b , ?c , <x:rare> }")
    written, best = _costs(block, store)
    monkeypatch.setattr("tests.kg.join_order.MAX_SETS", 3)
    assert 0 < _costs(block, store)[1] <= best < written


def test_patterns_are_read_with_lists_paths_and_the_groups_they_stand_in() -> None:
    query = """SELECT ?a (COUNT(*) AS ?n) WHERE { ?a a <x:c> ; <x:p>/^<x:q>* ?b , ?c . FILTER(?b > 1)
        OPTIONAL { ?b <x:l> 'x'@en . ?b <x:m> 1 } } GROUP BY ?a"""
    inner, outer = blocks_of(query)
    assert [each.text for each in outer.patterns] == [
        "?a a <x:c>",
        "?a <x:p> / ^ <x:q> * ?b",
        "?a <x:p> / ^ <x:q> * ?c",
    ]
    assert [each.text for each in inner.patterns] == ["?b <x:l> 'x'@en", "?b <x:m> 1"]
    assert inner.bound == {"?a", "?b", "?c"}
