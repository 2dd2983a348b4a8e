"""Names searched inside queries, over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from flask.testing import FlaskClient

from kg import KnowledgeGraph
from kg.errors import Overloaded
from kg.sparql.lookup import Properties
from kg.store import EmbeddedStore

BASE = "https://w3id.org/sarcoma-kg/"
FEATURE = f"<http://www.w3.org/ns/sparql-service-description#propertyFeature> <{BASE}vocab/matches> ."


@pytest.fixture
def searching(curated_graph: KnowledgeGraph, client_for: Any) -> FlaskClient:
    """A client of a server whose store has an index of names."""
    made: FlaskClient = client_for(curated_graph.store)
    return made


def _ask(client: FlaskClient, query: str) -> Any:
    return client.post("/sparql", data=query, content_type="application/sparql-query", headers={"Accept": "text/csv"})


def test_a_drug_is_found_by_its_trade_name_inside_a_query(searching: FlaskClient) -> None:
    response = _ask(searching, 'SELECT ?drug { ?drug skg:matches "Rapamune" ; a skg:Drug }')
    assert response.text == f"drug\r\n{BASE}drug/sirolimus\r\n"


def test_a_search_in_the_wrong_place_is_a_fault_of_the_query(searching: FlaskClient) -> None:
    response = _ask(searching, "SELECT * { ?drug skg:matches ?name }")
    assert response.status_code == 400
    assert "?thing skg:matches" in response.json["detail"]
    nothing = _ask(searching, 'SELECT * { ?drug skg:matches "-" }')
    assert (nothing.status_code, nothing.json["parameter"]) == (400, "skg:matches")


def test_the_service_says_that_it_can_search_where_it_can(searching: FlaskClient, endpoint: FlaskClient) -> None:
    described = [
        each.get("/sparql", headers={"Accept": "application/n-triples"}).text for each in (searching, endpoint)
    ]
    assert [FEATURE in text for text in described] == [True, False]


def test_a_store_without_names_refuses_to_search(store: EmbeddedStore, endpoint: FlaskClient) -> None:
    assert _ask(endpoint, 'SELECT * { ?drug skg:matches "rapamycin" }').status_code == 400


@pytest.mark.parametrize(
    ("query", "unknown"),
    [
        ("SELECT ?x { drug:rapamycin skg:inhibits ?x }", "drug:rapamycin (drug:sirolimus?)"),
        ("SELECT ?x { ?x skg:histotypes ?y }", "skg:histotypes (skg:histotype?)"),
        ("SELECT ?x { ?x skg:treats ?y }", "skg:treats"),
        (f"SELECT ?x {{ <{BASE}drug/nobody-knows> ?p ?x }}", "drug:nobody-knows"),
        ("ASK { drug:rapamycin ?p ?x }", "drug:rapamycin (drug:sirolimus?)"),
        ("SELECT (COUNT(*) AS ?n) { drug:rapamycin skg:inhibits ?x }", "drug:rapamycin (drug:sirolimus?)"),
        ("SELECT (COUNT(?x) AS ?n) (SUM(?x) AS ?sum) { drug:nobody ?p ?x }", "drug:nobody"),
        (
            "PREFIX d: <https://w3id.org/sarcoma-kg/drug/> SELECT ?x { d:rapamycin ?p ?x }",
            "d:rapamycin (drug:sirolimus?)",
        ),
    ],
)
def test_an_empty_answer_says_which_names_nothing_has(searching: FlaskClient, query: str, unknown: str) -> None:
    assert _ask(searching, query).headers["X-Unknown-Names"] == unknown


def test_names_are_looked_up_once_for_an_answer_that_is_given_again_unless_the_store_was_busy(
    searching: FlaskClient, curated_graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, times = curated_graph.store, 0

    def look_up(nodes: Sequence[str], follow: str = "") -> Properties:
        nonlocal times
        times += 1
        if times == 1:
            raise Overloaded
        return type(store).look_up(store, nodes, follow)

    monkeypatch.setattr(store, "look_up", look_up)
    answers = [_ask(searching, "SELECT ?x { drug:asked-again ?p ?x }") for _ in range(4)]
    assert [each.headers.get("X-Unknown-Names") for each in answers] == [None, *["drug:asked-again"] * 3]
    assert times == 2


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x { drug:sirolimus skg:approvedFor ?x ; skg:encodes ?y }",  # everything is known, nothing fits
        "SELECT ?x { GRAPH graph:document-001 { ?x skg:hypothesis target:MTOR } }",
        "SELECT ?x { VALUES ?x { drug:rapamycin drug:sirolimus } ?x a skg:Drug }",  # an answer that is not empty
        "SELECT (COUNT(*) AS ?n) { VALUES ?x { drug:rapamycin drug:sirolimus } ?x a skg:Drug }",
        "SELECT (0 AS ?n) { OPTIONAL { drug:rapamycin ?p ?x } }",  # nothing is counted
        'SELECT ?x { ?x skg:matches "sirolimus" ; skg:encodes ?y }',
        "SELECT ?x { ?x <https://example.org/p> ?y }",
        "ASK { drug:sirolimus a skg:Drug FILTER NOT EXISTS { drug:rapamycin ?p ?x } }",
    ],
)
def test_other_answers_name_nobody(searching: FlaskClient, query: str) -> None:
    response = _ask(searching, query)
    assert response.status_code == 200
    assert "X-Unknown-Names" not in response.headers


@pytest.mark.parametrize("format_", ["json", "xml", "csv", "tsv"])
def test_a_count_of_nothing_is_seen_in_every_format(searching: FlaskClient, format_: str) -> None:
    query = "SELECT (COUNT(*) AS ?n) { drug:rapamycin ?p ?x }"
    answer = searching.get("/sparql", query_string={"query": query, "format": format_})
    assert answer.headers["X-Unknown-Names"] == "drug:rapamycin (drug:sirolimus?)"
    some = "SELECT (COUNT(*) AS ?n) { VALUES ?x { drug:rapamycin drug:sirolimus } ?x a skg:Drug }"
    answer = searching.get("/sparql", query_string={"query": some, "format": format_})
    assert answer.status_code == 200
    assert "X-Unknown-Names" not in answer.headers


@pytest.mark.parametrize(
    "names",
    [
        " ".join(f"drug:nobody-{number}" for number in range(2000)),
        f"drug:{'n' * 5000}",
        "drug:größe drug:%41 drug:a\\~b",
        f"<{BASE}drug/\\u0041> <{BASE}drug/%0D%0AX-Other:1>",
    ],
    ids=["many", "long", "not ASCII", "escaped"],
)
def test_strange_names_do_no_harm(searching: FlaskClient, names: str) -> None:
    response = _ask(searching, f"SELECT ?x {{ VALUES ?x {{ {names} }} ?x a skg:Drug }}")
    assert response.status_code == 200
    assert response.text == "x\r\n"
    told = response.headers.get("X-Unknown-Names", "")
    assert told.isascii()
    assert len(told) < 2000
    assert "X-Other" not in response.headers
