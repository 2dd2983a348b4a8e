"""Names searched inside queries, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from kg import KnowledgeGraph
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
