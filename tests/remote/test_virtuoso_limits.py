"""What a real Virtuoso cuts off, at its limit of rows or of time, or gets wrong by its plan, is never an answer."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from kg import KnowledgeGraph
from kg.budget import Budget
from kg.errors import PartialAnswer
from kg.remote.dialect import with_prologue
from kg.remote.graph import open_remote
from kg.remote.paths_apart import with_paths_apart
from kg.remote.push import push
from kg.remote.store import RemoteStore
from kg.sparql.formats import RESULTS_JSON
from kg.sparql.query import SparqlOperation
from kg.sparql.results import solutions_from_json
from server.app import create_app
from tests.remote.conftest import running, virtuoso

pytestmark = pytest.mark.slow
MAX_ROWS = 100
ANYTIME_MS = 500
DRUGS = "?s a skg:Drug"
EVERYTHING = "?s ?p ?o"
COUNTED = "SELECT (COUNT(*) AS ?n) { ?a ?p ?o . ?b ?q ?a . ?c ?r ?o . ?d ?p ?e }"
FORMS = {
    "SELECT ?s { %s }": "text/csv",
    "SELECT DISTINCT ?s { %s }": "text/csv",
    "CONSTRUCT { ?s a <x:y> } { %s }": "application/n-triples",
    "DESCRIBE ?s { %s }": "application/n-triples",
}


@pytest.fixture(scope="module")
def tight_url(curated_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Virtuoso with the curated graph that gives few rows at once, and takes the first plan that it thinks of."""
    folder = tmp_path_factory.mktemp("tight")
    command, url = virtuoso(folder, MAX_ROWS, plans=1)
    with running(command, url, folder):
        push(curated_data, url)
        yield url


@pytest.fixture(scope="module")
def tight_graph(tight_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    """The curated graph on it."""
    with open_remote(tight_url, tmp_path_factory.mktemp("cache")) as graph:
        yield graph


@pytest.mark.parametrize("form", FORMS)
def test_what_is_cut_at_the_limit_of_rows_is_an_error_and_what_fits_is_whole(
    tight_graph: KnowledgeGraph, curated_graph: KnowledgeGraph, form: str
) -> None:
    small, large = (SparqlOperation(form % pattern) for pattern in (DRUGS, EVERYTHING))
    here, there = (set(graph.store.evaluate(small, FORMS[form]).splitlines()) for graph in (curated_graph, tight_graph))
    assert here
    # What describes a thing is for each engine to say.
    assert here <= there if form.startswith("DESCRIBE") else here == there
    with pytest.raises(PartialAnswer):
        tight_graph.store.evaluate(large, FORMS[form])
    ask = tight_graph.store.select if form.startswith("SELECT") else tight_graph.store.construct
    with pytest.raises(PartialAnswer):
        ask(large.query)
    assert (
        create_app(tight_graph, blueprints=[])
        .test_client()
        .get("/sparql", query_string={"query": large.query})
        .status_code
        == 502
    )


@pytest.mark.parametrize(
    ("query", "media_type"),
    [
        (COUNTED, "text/csv"),
        (f"CONSTRUCT {{ <x:a> <x:b> ?n }} {{ {COUNTED} }}", "text/turtle"),
        (f"ASK {{ {{ {COUNTED} }} FILTER(?n < 0) }}", "text/csv"),
    ],
)
def test_what_is_cut_at_its_limit_of_time_is_an_error(tight_url: str, query: str, media_type: str) -> None:
    with RemoteStore(tight_url) as store:
        store._client.address = replace(store._client.address, url=f"{store.address}?timeout={ANYTIME_MS}")
        with pytest.raises(PartialAnswer):
            store.evaluate(SparqlOperation(query), media_type)


def test_every_question_of_the_catalogue_is_answered_whole_or_not_at_all(
    tight_graph: KnowledgeGraph, curated_graph: KnowledgeGraph
) -> None:
    whole = 0
    for question in curated_graph.questions():
        with suppress(PartialAnswer):
            assert tight_graph.ask(question.id).total == curated_graph.ask(question.id).total, question.id
            whole += 1
    assert 0 < whole < len(curated_graph.questions())


_REQUIRED = (
    "?study skg:hasArm ?arm .", "?outcome skg:measure ?measure .", "?outcome skg:assertedBy ?document .",
    "?arm skg:regimen ?regimen .", "?arm skg:studiedIn ?histotype .",
)  # fmt: skip
_OPTIONAL = {
    "?part": "?outcome skg:subgroup ?part", "?of": "?outcome skg:denominator ?of",
    "?unit": "?outcome skg:value ?value ; skg:unit ?unit", "?absence": "?outcome skg:absence ?absence",
    "?drug": "?arm skg:regimen/skg:includesDrug ?drug",
    "?line": "?arm skg:population ?group OPTIONAL { ?group skg:line ?line }",
}  # fmt: skip
_HIERARCHIES = (
    "?arm skg:studiedIn ?kind . ?kind rdfs:subClassOf* histotype:%s",
    "?arm skg:studiedIn/rdfs:subClassOf+ histotype:%s",
    "?outcome skg:subgroupHistotype ?kind . ?kind rdfs:subClassOf* histotype:%s",
)  # fmt: skip
_TESTING = ("%s .", "MINUS { %s }", "FILTER NOT EXISTS { %s }", "FILTER EXISTS { %s }", "FILTER(!EXISTS { %s })")


def _made_up(chosen: random.Random) -> str:
    """A query of required and optional parts in any order, and what is asked about them."""
    parts = ["?arm skg:hasOutcome ?outcome .", *chosen.sample(_REQUIRED, chosen.randint(1, 4))]
    told = chosen.sample(sorted(_OPTIONAL), 3)
    for name in told:
        parts.insert(chosen.randint(1, len(parts)), f"OPTIONAL {{ {_OPTIONAL[name]} }}")
    tops = ("leiomyosarcoma", "uterine-sarcoma", "bone-sarcoma", "gist", "mesenchymal-tumour")
    parts.append(chosen.choice(_TESTING) % (chosen.choice(_HIERARCHIES) % chosen.choice(tops)))
    parts.append(f'BIND(IF(BOUND({told[0]}), CONCAT("as ", STR({told[0]})), "not said") AS ?said)')
    if chosen.random() < 0.3:
        parts.append(f"FILTER(!BOUND({told[1]}))")
    shown = chosen.sample(["?arm", "?outcome", *told], 3)
    return f"SELECT DISTINCT {' '.join(shown)} ?said {{ {' '.join(parts)} }}"


def test_made_up_queries_with_options_paths_and_tests_are_answered_as_by_the_embedded_engine(
    tight_graph: KnowledgeGraph, curated_graph: KnowledgeGraph
) -> None:
    """Counted as rows: an answer has neither fewer nor more, and none twice."""
    whole = 0
    for seed in range(120):
        query = _made_up(random.Random(seed))
        here = Counter(curated_graph.sparql(query).rows)
        with suppress(PartialAnswer):
            assert Counter(tight_graph.sparql(query).rows) == here, query
            whole += bool(here)
    assert whole > 30


@pytest.mark.parametrize(
    "pattern",
    [
        "?fact skg:predicate skg:epidemiology ; skg:subject ?of . ?of rdfs:subClassOf* histotype:soft-tissue-sarcoma",
        """VALUES ?top { histotype:soft-tissue-sarcoma } ?top a skg:Histotype .
        ?fact skg:predicate skg:epidemiology ; skg:subject ?of OPTIONAL { ?fact skg:valueText ?figure }
        ?of rdfs:subClassOf* ?top""",
    ],
)
def test_a_path_to_one_end_is_followed_from_every_beginning(
    tight_graph: KnowledgeGraph, curated_graph: KnowledgeGraph, pattern: str
) -> None:
    """Joined as it is written, which Virtuoso does whenever its statistics say so."""
    query = f"SELECT DISTINCT ?fact {{ {pattern} }}"
    store = tight_graph.store
    assert isinstance(store, RemoteStore)
    text = f'DEFINE sql:select-option "order" {with_prologue(with_paths_apart(query))}'
    answer = store._client.query([("query", text), ("default-graph-uri", store.header.union)], RESULTS_JSON, Budget())
    found = solutions_from_json(answer.body, MAX_ROWS).rows
    assert len(found) > 5
    assert set(found) == set(curated_graph.sparql(query).rows)
