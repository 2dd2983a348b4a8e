"""What the server says of its data: VoID and DCAT, schema, graphs, service description."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from kg import KnowledgeGraph
from server.app import create_app
from server.openapi import describe_api
from server.questions import QUESTIONS
from server.settings import Settings

BASE = "https://w3id.org/sarcoma-kg/"
PREFIXES = {
    "void": "http://rdfs.org/ns/void#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "skg": f"{BASE}vocab/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
}
GRAPHS = "/api/v1/graphs"


@pytest.fixture(scope="module")
def served(curated_graph: KnowledgeGraph) -> FlaskClient:
    return create_app(curated_graph, Settings()).test_client()


def _rdf(response: Any) -> ox.Store:
    assert response.status_code == 200, response.text
    store = ox.Store()
    store.load(response.data, ox.RdfFormat.from_media_type(response.mimetype))
    return store


def _ask(store: ox.Store, pattern: str) -> bool:
    return bool(store.query(f"ASK {{ {pattern} }}", prefixes=PREFIXES))


# --- VoID and DCAT --------------------------------------------------------------------------------------


@pytest.mark.parametrize("accept", ["", "text/turtle", "application/ld+json", "application/n-triples"])
def test_the_record_of_the_dataset_has_licence_version_and_endpoint(
    served: FlaskClient, curated_graph: KnowledgeGraph, accept: str
) -> None:
    record = _rdf(served.get("/.well-known/void", headers={"Accept": accept}))
    assert _ask(
        record,
        f"<{BASE}> a dcat:Dataset, void:Dataset ; dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;"
        f' dcat:version "{curated_graph.data_version}" ; void:sparqlEndpoint <http://localhost/sparql> .'
        f" ?service a dcat:DataService ; dcat:servesDataset <{BASE}>",
    )


def test_partitions_count_what_the_graph_holds(served: FlaskClient, curated_graph: KnowledgeGraph) -> None:
    record = _rdf(served.get("/.well-known/void"))
    for name in ("Drug", "Outcome", "Statement"):
        count = len(curated_graph.sparql(f"SELECT DISTINCT ?x {{ ?x a skg:{name} }}"))
        assert _ask(record, f"<{BASE}> void:classPartition [ void:class skg:{name} ; void:entities {count} ]")
    count = len(curated_graph.sparql("SELECT DISTINCT ?s ?o { ?s skg:inhibits ?o }"))
    assert _ask(record, f"<{BASE}> void:propertyPartition [ void:property skg:inhibits ; void:triples {count} ]")
    count = len(curated_graph.sparql("SELECT DISTINCT ?s ?o { ?s skg:inhibits ?o . ?s a skg:Drug . ?o a skg:Target }"))
    assert _ask(
        record,
        "[] void:class skg:Drug ; void:propertyPartition [ void:property skg:inhibits ;"
        f" void:classPartition [ void:class skg:Target ; void:triples {count} ] ]",
    )


def test_the_whole_is_counted_without_its_side_graphs(served: FlaskClient, curated_graph: KnowledgeGraph) -> None:
    record = _rdf(served.get("/.well-known/void"))
    data = "GRAPH ?g { ?s ?p ?o } FILTER(?g NOT IN (graph:metadata, graph:provenance))"
    mine = "FILTER(STRSTARTS(STR(?o), STR(skg:)) && ?p = rdf:type)"
    for name, query in (
        ("properties", f"SELECT (COUNT(DISTINCT ?p) AS ?n) {{ {data} }}"),
        ("classes", f"SELECT (COUNT(DISTINCT ?o) AS ?n) {{ {data} {mine} }}"),
        ("entities", f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ {data} {mine} }}"),
        ("triples", f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?s ?p ?o {{ {data} }} }}"),
    ):
        (row,) = curated_graph.sparql(query).rows
        assert row[0] is not None
        assert _ask(record, f"<{BASE}> void:{name} {row[0].value}"), (name, row[0].value)


def test_the_same_record_again_is_304(served: FlaskClient) -> None:
    first = served.get("/.well-known/void")
    again = served.get("/.well-known/void", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_service_description_leads_to_the_record(served: FlaskClient) -> None:
    description = _rdf(served.get("/sparql", headers={"Accept": "text/turtle"}))
    address = "<http://localhost/.well-known/void>"
    assert _ask(description, f"?s a sd:Service ; <http://www.w3.org/2000/01/rdf-schema#seeAlso> {address}")


# --- schema ---------------------------------------------------------------------------------------------


def test_the_schema_gives_sign_ends_and_count_of_a_predicate(served: FlaskClient) -> None:
    answer = served.get("/api/v1/schema").json
    assert answer is not None
    (inhibits,) = [each for each in answer["predicates"] if each["curie"] == "skg:inhibits"]
    assert inhibits["sign"] == "-1"
    assert inhibits["causal"] is True
    assert inhibits["count"] > 0
    assert "skg:Drug" in inhibits["domain"]
    assert "skg:Target" in inhibits["range"]
    (drug,) = [each for each in answer["classes"] if each["curie"] == "skg:Drug"]
    assert drug["count"] > 0
    assert drug["definition"]
    (value,) = [each for each in answer["properties"] if each["curie"] == "skg:numerator"]
    assert value["range"] == ["xsd:integer"]


def test_the_schema_is_described_like_every_question() -> None:
    description = describe_api(QUESTIONS)
    assert "/api/v1/schema" in description["paths"]
    assert not list(OpenAPIV31SpecValidator(description).iter_errors())


# --- graphs ---------------------------------------------------------------------------------------------


def test_every_named_graph_is_listed_and_can_be_read(served: FlaskClient) -> None:
    listed = served.get(GRAPHS).json
    assert listed is not None
    assert listed["total"] == len(listed["items"]) > 5
    for item in listed["items"]:
        response = served.get(GRAPHS, query_string={"graph": item["id"]}, headers={"Accept": "application/n-triples"})
        assert response.status_code == 200
        assert response.data.count(b"\n") == item["triples"], item["id"]


def test_a_graph_by_its_own_address_is_the_one_by_parameter(served: FlaskClient) -> None:
    direct, indirect, short, bare = (
        served.get(f"{GRAPHS}/document-000", headers={"Accept": "application/n-triples"}),
        served.get(GRAPHS, query_string={"graph": f"{BASE}graph/document-000", "format": "nt"}),
        served.get(GRAPHS, query_string={"graph": "graph:document-000", "format": "nt"}),
        served.get(GRAPHS, query_string={"graph": "document-000", "format": "nt"}),
    )
    assert sorted(direct.data.splitlines()) == sorted(indirect.data.splitlines()) == sorted(short.data.splitlines())
    assert bare.data == short.data


def test_the_default_graph_is_the_union(served: FlaskClient, curated_graph: KnowledgeGraph) -> None:
    response = served.get(f"{GRAPHS}?default", headers={"Accept": "application/n-triples"})
    (row,) = curated_graph.sparql("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows
    assert row[0] is not None
    assert response.data.count(b"\n") == int(row[0].value)


def test_head_says_what_get_would(served: FlaskClient) -> None:
    got, headed = (served.open(f"{GRAPHS}/ontology", method=method) for method in ("GET", "HEAD"))
    assert headed.data == b""
    assert headed.headers["Content-Length"] == got.headers["Content-Length"]
    assert served.get(f"{GRAPHS}/ontology", headers={"If-None-Match": got.headers["ETag"]}).status_code == 304


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
def test_what_names_no_graph_is_refused(served: FlaskClient, address: str, status: int) -> None:
    assert served.get(address).status_code == status


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_a_graph_is_only_read(served: FlaskClient, method: str) -> None:
    response = served.open(f"{GRAPHS}?graph={BASE}graph/ontology", method=method)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
