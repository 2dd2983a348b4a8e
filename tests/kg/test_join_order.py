"""The engine joins patterns as they are written, so our own queries are written in a good order."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from kg import KnowledgeGraph
from kg.evidence.rows import EvidenceQuestion
from kg.sparql.engine import open_engine
from kg.store import EmbeddedStore
from ontology.terms import PREFIXES
from tests.kg.join_order import Count, blocks_of, costs

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
        return int(row["n"].value)  # type: ignore[index]

    return ask


def _badly_ordered(queries: Iterator[tuple[str, str]], count: Count) -> list[str]:
    found = []
    for name, query in queries:
        for block in blocks_of(query):
            written, best = costs(block, count)
            if written > max(FEW_ROWS, MOST_TIMES_THE_BEST * best):
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
    run = curated_graph.store.lanes.run  # type: ignore[attr-defined]

    def recorded(operation: object, *rest: object) -> bytes:
        query: str = operation.query  # type: ignore[attr-defined]
        asked.setdefault(query.partition("VALUES")[0], query)  # one of each, whatever was bound
        body: bytes = run(operation, *rest)
        return body

    monkeypatch.setattr(curated_graph.store.lanes, "run", recorded)  # type: ignore[attr-defined]
    curated_graph.entity("rapamycin")
    curated_graph.mechanism(["rapamycin"], "leiomyosarcoma")
    curated_graph.evidence(EvidenceQuestion(histotype="leiomyosarcoma"))
    curated_graph.explain("trabectedin", "leiomyosarcoma")
    curated_graph.gaps()
    for patient in curated_graph.members("patient")[:1]:
        curated_graph.timeline(patient.id)
    for study in curated_graph.members("study")[:1]:
        curated_graph.study(study.id)
    assert len(asked) > 10
    assert not _badly_ordered(iter(asked.items()), count)


# --- the measure itself ---------------------------------------------------------------------------------


def _count_in(store: ox.Store) -> Count:
    def ask(query: str) -> int:
        (row,) = store.query(query)  # type: ignore[misc]
        return int(row["n"].value)  # type: ignore[index]

    return ask


def test_a_bad_order_costs_the_rows_that_it_throws_away() -> None:
    store = ox.Store()
    facts = [f"<x:{n}> <x:is> <x:common> ." for n in range(50)] + ["<x:7> <x:is> <x:rare> ."]
    store.load("\n".join(facts), ox.RdfFormat.N_TRIPLES)
    (block,) = blocks_of("SELECT * { ?x <x:is> <x:common> . ?x <x:is> <x:rare> FILTER(?x != <x:1>) }")
    assert costs(block, _count_in(store)) == (51, 2)
    (block,) = blocks_of("SELECT * { VALUES ?x { <x:8> } ?x <x:is> <x:common> . ?x <x:is> <x:rare> }")
    assert costs(block, _count_in(store)) == (1, 0)


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
