"""The graph store: every named graph can be read, by parameter or by its address, and none be changed."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from kg import KnowledgeGraph
from server.app import create_app
from server.settings import Settings

BASE = "https://w3id.org/sarcoma-kg/"
GRAPHS = "/api/v1/graphs"
_CACHED = "sarcoma_kg_cached_queries_total"


def test_every_named_graph_is_listed_and_can_be_read(client: FlaskClient) -> None:
    listed = client.get(GRAPHS).json
    assert listed is not None
    assert listed["total"] == len(listed["items"]) > 5
    for item in listed["items"]:
        response = client.get(GRAPHS, query_string={"graph": item["id"]}, headers={"Accept": "application/n-triples"})
        assert response.status_code == 200
        assert response.data.count(b"\n") == item["triples"], item["id"]


def test_a_graph_by_its_own_address_is_the_one_by_parameter(client: FlaskClient) -> None:
    direct, indirect, short, bare = (
        client.get(f"{GRAPHS}/document-000", headers={"Accept": "application/n-triples"}),
        client.get(GRAPHS, query_string={"graph": f"{BASE}graph/document-000", "format": "nt"}),
        client.get(GRAPHS, query_string={"graph": "graph:document-000", "format": "nt"}),
        client.get(GRAPHS, query_string={"graph": "document-000", "format": "nt"}),
    )
    assert sorted(direct.data.splitlines()) == sorted(indirect.data.splitlines()) == sorted(short.data.splitlines())
    assert bare.data == short.data


def test_the_default_graph_is_the_union(client: FlaskClient, curated_graph: KnowledgeGraph) -> None:
    response = client.get(f"{GRAPHS}?default", headers={"Accept": "application/n-triples"})
    (row,) = curated_graph.sparql("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows
    assert row[0] is not None
    assert response.data.count(b"\n") == int(row[0].value)


@pytest.mark.parametrize("format_", ["turtle", "nt", "rdfxml", "jsonld"])
def test_the_whole_default_graph_is_computed_once_for_each_format(client: FlaskClient, format_: str) -> None:
    def from_cache() -> float:
        (line,) = [each for each in client.get("/metrics").text.splitlines() if each.startswith(_CACHED)]
        return float(line.split()[1])

    first = client.get(f"{GRAPHS}?default&format={format_}")
    before = from_cache()
    again = client.get(f"{GRAPHS}?default&format={format_}")
    assert (again.status_code, again.data, again.headers["ETag"]) == (200, first.data, first.headers["ETag"])
    headed = client.head(f"{GRAPHS}?default&format={format_}")
    assert headed.headers["Content-Length"] == str(len(first.data))
    assert from_cache() == before + 2


def test_a_whole_graph_is_bounded_by_its_size_and_not_by_the_time_of_a_query(curated_graph: KnowledgeGraph) -> None:
    """On a busy machine, behind all other queries, it takes far longer than it works."""
    hasty = create_app(curated_graph, Settings(query_timeout_s=0.01)).test_client()
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    assert hasty.get("/sparql", query_string={"query": query}).json["code"] == "query_timeout"
    assert hasty.get(f"{GRAPHS}?default").status_code == 200


def test_head_says_what_get_would(client: FlaskClient) -> None:
    got, headed = (client.open(f"{GRAPHS}/ontology", method=method) for method in ("GET", "HEAD"))
    assert headed.data == b""
    assert headed.headers["Content-Length"] == got.headers["Content-Length"]
    assert client.get(f"{GRAPHS}/ontology", headers={"If-None-Match": got.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(("asked", "told"), [("ontologie", ["graph:ontology"]), ("http://none.example/", None)])
def test_a_graph_that_is_not_there_is_told_with_those_that_are(
    client: FlaskClient, asked: str, told: list[str] | None
) -> None:
    named = [each["curie"] for each in client.get(GRAPHS).get_json()["items"]]
    problem = client.get(GRAPHS, query_string={"graph": asked}).get_json()
    assert [each["curie"] for each in problem["suggestions"]] == (told or named)
    assert f"({named[0] if told is None else told[0]})" in problem["detail"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{GRAPHS}?graph={BASE}graph/none", 404),
        (f"{GRAPHS}/none", 404),
        (f"{GRAPHS}?graph=no+iri", 400),
        (f"{GRAPHS}?graph={BASE}graph/ontology&default", 400),
        (f"{GRAPHS}?grahp=x", 400),
        (f"{GRAPHS}?default&format=csv", 400),
    ],
)
def test_what_names_no_graph_is_refused(client: FlaskClient, address: str, status: int) -> None:
    assert client.get(address).status_code == status


@pytest.mark.parametrize(
    "address", [f"{GRAPHS}/ontology", "/api/v1/schema", "/.well-known/void", "/.well-known/sparql-examples"]
)
def test_scripts_of_other_origins_may_ask_again_with_a_validator(client: FlaskClient, address: str) -> None:
    asked = {"Origin": "https://example.org", "Access-Control-Request-Headers": "if-none-match"}
    response = client.options(address, headers=asked | {"Access-Control-Request-Method": "GET"})
    assert response.status_code in {200, 204}
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in response.headers["Access-Control-Allow-Methods"]
    assert "if-none-match" in response.headers["Access-Control-Allow-Headers"].lower()


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_a_graph_is_only_read(client: FlaskClient, method: str) -> None:
    response = client.open(f"{GRAPHS}?graph={BASE}graph/ontology", method=method)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
