"""RDF as JSON-LD: short, and the same as in any other form."""

from __future__ import annotations

import re
import warnings

import pytest
from flask.testing import FlaskClient
from rdflib import Graph

from ontology.terms import PREFIXES as TABLE
from tests.server.asking import rdf_of

BASE = "https://w3id.org/sarcoma-kg/"
GRAPHS = "/api/v1/graphs"


@pytest.mark.parametrize("path", ["/id/drug/sirolimus?", "/id/vocab/?", f"{GRAPHS}?default&", "/.well-known/void?"])
def test_json_ld_is_short_and_says_the_same(client: FlaskClient, path: str) -> None:
    short, whole = client.get(f"{path}format=jsonld"), client.get(f"{path}format=nt")
    told = short.get_json(force=True)
    assert told["@context"].items() <= TABLE.items()
    graph = short.text.partition('"@graph"')[2]
    assert not re.search(f'"{BASE}vocab/[A-Za-z]+"', graph)
    assert '"skg:' in graph
    assert len(short.data) < len(whole.data) * 0.6
    assert set(rdf_of(short)) == set(rdf_of(whole))


def test_other_readers_of_json_ld_understand_its_short_names(client: FlaskClient) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's reader uses a class that rdflib deprecates
        graph = Graph().parse(data=client.get("/id/drug/sirolimus?format=jsonld").text, format="json-ld")
    assert set(graph) == set(Graph().parse(data=client.get("/id/drug/sirolimus?format=nt").text, format="nt"))


@pytest.mark.parametrize(
    "made",
    [
        "<drug:sirolimus> skos:note 'an IRI that looks like a short name', true, 7, 007, 1.50, 'x'@en",
        "<https://example.org/a> <https://example.org/p> '2020-05'^^xsd:gYearMonth, 1e6, 123456789012345678, -0",
        "drug:a <https://w3id.org/sarcoma-kg/drug///b> <https://w3id.org/sarcoma-kg/drug/> ; a [] , skg:Drug",
        "_:b skos:note _:b",
    ],
)
def test_strange_terms_come_back_from_json_ld_as_they_are(client: FlaskClient, made: str) -> None:
    query = f"CONSTRUCT {{ {made} }} {{}}"
    answers = [client.get("/sparql", query_string={"query": query, "format": name}) for name in ("jsonld", "nt")]
    found, right = ([str(quad) for quad in rdf_of(answer)] for answer in answers)
    blank = re.compile("_:[0-9a-z]+")
    assert sorted(blank.sub("_:b", quad) for quad in found) == sorted(blank.sub("_:b", quad) for quad in right)


def test_the_context_has_an_address(client: FlaskClient) -> None:
    answer = client.get("/context.jsonld")
    assert (answer.status_code, answer.mimetype) == (200, "application/ld+json")
    prefixes = answer.get_json(force=True)["@context"]
    assert prefixes["drug"] == f"{BASE}drug/"
    assert all(namespace.endswith(("/", "#")) for namespace in prefixes.values())
    assert client.get("/context.jsonld", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
