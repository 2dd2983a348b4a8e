"""What the server says of its data: VoID and DCAT, schema, graphs, service description."""

from __future__ import annotations

import re
import warnings
from typing import Any

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from rdflib import Graph

from kg import KnowledgeGraph
from ontology.kinds import is_in
from ontology.terms import PREFIXES as TABLE
from server.app import create_app
from server.settings import Settings
from triples.read import CURATED, read_corpus

BASE = "https://w3id.org/sarcoma-kg/"
PREFIXES = {
    "void": "http://rdfs.org/ns/void#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "skg": f"{BASE}vocab/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}
VOID = "/.well-known/void"
GRAPHS = "/api/v1/graphs"
NAMES = {
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdfxml",
}
_CACHED = "sarcoma_kg_cached_queries_total"


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
    client: FlaskClient, curated_graph: KnowledgeGraph, accept: str
) -> None:
    record = _rdf(client.get("/.well-known/void", headers={"Accept": accept}))
    assert _ask(
        record,
        f"<{BASE}> a dcat:Dataset, void:Dataset ; dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;"
        f' dcat:version "{curated_graph.data_version}" ; void:sparqlEndpoint <http://localhost/sparql> .'
        f" ?service a dcat:DataService ; dcterms:title ?title ; dcat:servesDataset <{BASE}> ;"
        "  dcat:endpointURL <http://localhost/sparql> ; dcat:endpointDescription <http://localhost/sparql>",
    )


def test_the_record_says_who_publishes_it_from_what_in_which_words(client: FlaskClient) -> None:
    record = _rdf(client.get("/.well-known/void"))
    assert _ask(record, f"<{BASE}> dcterms:publisher ?who . ?who a foaf:Agent ; foaf:name ?name")
    assert _ask(record, f"<{BASE}> dcterms:conformsTo <{BASE}vocab/> ; void:vocabulary <{BASE}vocab/>")
    assert _ask(record, f"<{BASE}> dcat:keyword 'sarcoma'")
    sources = record.query(f"SELECT ?document {{ <{BASE}> dcterms:source ?document }}", prefixes=PREFIXES)
    read = {f"{BASE}document/{folder.id}" for folder in read_corpus(CURATED).folders}
    assert {row["document"].value for row in sources} == read


def test_every_distribution_of_the_record_is_the_whole_default_graph(
    client: FlaskClient, curated_graph: KnowledgeGraph
) -> None:
    record = _rdf(client.get("/.well-known/void"))
    files = record.query(
        f"SELECT ?url ?type {{ <{BASE}> dcat:distribution ?file . ?file a dcat:Distribution ; dcat:downloadURL ?url ;"
        " dcat:mediaType ?type }",
        prefixes=PREFIXES,
    )
    media = {row["type"].value.partition("media-types/")[2]: row["url"].value for row in files}
    assert set(media) == {"text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml"}
    for kind, url in media.items():
        assert url == f"http://localhost{GRAPHS}?default&format={NAMES[kind]}"
    answer = client.get(media["application/n-triples"].removeprefix("http://localhost"))
    assert answer.mimetype == "application/n-triples"
    triples = len(curated_graph.sparql("SELECT ?s ?p ?o { ?s ?p ?o }"))
    assert len(set(answer.get_data().splitlines())) == triples


def test_a_server_without_a_union_offers_no_file_of_the_whole(curated_graph: KnowledgeGraph) -> None:
    with KnowledgeGraph.open(curated_graph.store.generation.path.parents[1], union_default_graph=False) as strict:
        record = _rdf(create_app(strict, Settings()).test_client().get("/.well-known/void"))
    assert not _ask(record, "?dataset dcat:distribution ?file")


def test_partitions_count_what_the_graph_holds(client: FlaskClient, curated_graph: KnowledgeGraph) -> None:
    record = _rdf(client.get("/.well-known/void"))
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


def test_the_whole_is_counted_without_its_side_graphs(client: FlaskClient, curated_graph: KnowledgeGraph) -> None:
    record = _rdf(client.get("/.well-known/void"))
    data = "GRAPH ?g { ?s ?p ?o } FILTER(?g NOT IN (graph:metadata, graph:provenance))"
    mine = "FILTER(STRSTARTS(STR(?o), STR(skg:)) && ?p = rdf:type)"
    for name, query in (
        ("properties", f"SELECT (COUNT(DISTINCT ?p) AS ?n) {{ {data} }}"),
        ("classes", f"SELECT (COUNT(DISTINCT ?o) AS ?n) {{ {data} FILTER(?p = rdf:type) }}"),
        ("entities", f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ {data} {mine} }}"),
        ("triples", f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?s ?p ?o {{ {data} }} }}"),
    ):
        (row,) = curated_graph.sparql(query).rows
        assert row[0] is not None
        assert _ask(record, f"<{BASE}> void:{name} {row[0].value}"), (name, row[0].value)


def test_the_same_record_again_is_304(client: FlaskClient) -> None:
    first = client.get("/.well-known/void")
    again = client.get("/.well-known/void", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_service_description_leads_to_the_record(client: FlaskClient) -> None:
    description = _rdf(client.get("/sparql", headers={"Accept": "text/turtle"}))
    address = "<http://localhost/.well-known/void>"
    assert _ask(description, f"?s a sd:Service ; <http://www.w3.org/2000/01/rdf-schema#seeAlso> {address}")


def test_the_descriptions_lead_to_that_of_the_api_and_to_the_schema(client: FlaskClient) -> None:
    description, record = _rdf(client.get("/sparql", headers={"Accept": "text/turtle"})), _rdf(client.get(VOID))
    for path in ("/openapi.json", "/api/v1/schema"):
        address = f"http://localhost{path}"
        assert client.get(path).status_code == 200
        assert _ask(description, f"?s a sd:Service ; rdfs:seeAlso <{address}>")
        served = f"dcat:servesDataset <{BASE}> ; dcat:endpointURL <http://localhost/api/v1>"
        assert _ask(record, f"?s a dcat:DataService ; {served} ; dcat:endpointDescription <{address}>")


def test_the_record_shows_one_thing_of_each_kind_that_readers_ask_for(client: FlaskClient) -> None:
    found = _rdf(client.get(VOID)).query(f"SELECT ?thing {{ <{BASE}> void:exampleResource ?thing }}", prefixes=PREFIXES)
    shown = [row["thing"].value.removeprefix(BASE) for row in found]
    assert {"drug/sirolimus", "target/MTOR", "patient/000-transplant"} <= set(shown)
    for name in shown:
        leads = client.get(f"/id/{name}", headers={"Accept": "text/turtle"}, follow_redirects=True)
        assert f"{BASE}{name}" in {str(quad.subject.value) for quad in _rdf(leads)}


@pytest.mark.parametrize("services", ["", "https://example.org/sparql"])
def test_the_service_description_says_whether_other_endpoints_can_be_asked(
    curated_graph: KnowledgeGraph, services: str
) -> None:
    client = create_app(curated_graph, Settings(services=services)).test_client()
    description = _rdf(client.get("/sparql", headers={"Accept": "text/turtle"}))
    assert _ask(description, "?s sd:feature sd:BasicFederatedQuery") is bool(services)
    assert _ask(description, "?s sd:feature sd:UnionDefaultGraph")


# --- examples -------------------------------------------------------------------------------------------

EXAMPLES = "/.well-known/sparql-examples"
SH = "PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX schema: <https://schema.org/>"


def test_an_editor_finds_examples_prefixes_and_what_classes_are_linked_by_through_the_endpoint(
    client: FlaskClient, curated_graph: KnowledgeGraph
) -> None:
    def found(pattern: str) -> list[dict[str, Any]]:
        answer = client.get(
            "/sparql", query_string={"query": f"{SH} SELECT DISTINCT * {{ {pattern} }}", "ac": "1"}
        ).json
        assert answer is not None
        return list(answer["results"]["bindings"])

    examples = found("?example a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct ?query")
    said = {row["example"]["value"]: row["comment"] for row in examples}
    assert len(examples) == len(said) == len(curated_graph.questions())
    for question in curated_graph.questions():
        comment = said[f"{BASE}question/{question.id}"]
        assert comment["xml:lang"] == "en"  # editors show nothing else of an example
        assert comment["value"] == f"{question.title} {question.description}"
        assert question.description
        assert not question.description.startswith(question.title)
    assert {row["prefix"]["value"]: row["namespace"]["value"] for row in found(
        "?example sh:prefixes/sh:declare ?declared . ?declared sh:prefix ?prefix ; sh:namespace ?namespace"
    )} == dict(TABLE)  # fmt: skip
    assert found("?c void:class skg:Drug ; void:propertyPartition [ void:classPartition [ void:class skg:Target ] ]")


def test_the_collection_of_examples_runs_elsewhere(client: FlaskClient, curated_graph: KnowledgeGraph) -> None:
    collection = _rdf(client.get(EXAMPLES, headers={"Accept": "text/turtle"}))
    rows = collection.query(
        f"{SH} SELECT ?example ?text {{ ?example a sh:SPARQLExecutable, sh:SPARQLSelectExecutable ; sh:select ?text ;"
        " schema:keywords ?word ; schema:target <http://localhost/sparql> }"
    )
    texts = {row["example"].value: row["text"].value for row in rows}  # type: ignore[union-attr]
    assert len(texts) == len(curated_graph.questions())
    for example, text in texts.items():
        declared = collection.query(
            f"{SH} SELECT ?name ?iri {{ <{example}> sh:prefixes/sh:declare [ sh:prefix ?name ; sh:namespace ?iri ] }}"
        )
        head = "".join(f"PREFIX {row['name'].value}: <{row['iri'].value}>\n" for row in declared)  # type: ignore[union-attr]
        ox.Store().query(head + text)  # nothing is known there but what the example declares
    first = client.get(EXAMPLES)
    assert client.get(EXAMPLES, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    description = _rdf(client.get("/sparql", headers={"Accept": "text/turtle"}))
    assert _ask(description, f"[] <http://www.w3.org/2000/01/rdf-schema#seeAlso> <http://localhost{EXAMPLES}>")


# --- schema ---------------------------------------------------------------------------------------------


def test_the_schema_gives_sign_ends_and_count_of_a_predicate(client: FlaskClient) -> None:
    answer = client.get("/api/v1/schema").json
    assert answer is not None
    (inhibits,) = [each for each in answer["predicates"] if each["curie"] == "skg:inhibits"]
    assert inhibits["sign"] == "-1"
    assert inhibits["causal"] is True
    assert inhibits["count"] > 0
    assert "skg:Drug" in inhibits["domain"]
    assert "skg:Target" in inhibits["range"]
    assert set(inhibits["object_kinds"]) >= {"skg:Target", "skg:CellState"}
    assert "skg:Site" not in inhibits["subject_kinds"]
    (drug,) = [each for each in answer["classes"] if each["curie"] == "skg:Drug"]
    assert drug["count"] > 0
    assert drug["definition"]
    (value,) = [each for each in answer["properties"] if each["curie"] == "skg:numerator"]
    assert value["range"] == ["xsd:integer"]
    assert value["subject_kinds"] == ["skg:Outcome", "skg:Statement", "skg:TimelineEvent"]
    assert (value["object_kinds"], value["single"]) == ([], True)
    for each in (*answer["predicates"], *answer["properties"]):  # what is used is what is declared, or below it
        kinds = [kind.removeprefix("skg:") for kind in each["subject_kinds"]]
        used = [name.removeprefix("skg:") for name in each["domain"] if name.startswith("skg:")]
        lowest = [name for name in used if not any(other != name and is_in(other, name) for other in used)]
        assert [name for name in lowest if kinds and not any(is_in(name, kind) for kind in kinds)] == [], each["curie"]


# --- graphs ---------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("address", [f"{GRAPHS}/ontology", "/api/v1/schema", "/.well-known/void", EXAMPLES])
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


# --- JSON-LD --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/id/drug/sirolimus?", "/id/vocab/?", f"{GRAPHS}?default&", "/.well-known/void?"])
def test_json_ld_is_short_and_says_the_same(client: FlaskClient, path: str) -> None:
    short, whole = client.get(f"{path}format=jsonld"), client.get(f"{path}format=nt")
    told = short.get_json(force=True)
    assert told["@context"].items() <= TABLE.items()
    graph = short.text.partition('"@graph"')[2]
    assert not re.search(f'"{BASE}vocab/[A-Za-z]+"', graph)
    assert '"skg:' in graph
    assert len(short.data) < len(whole.data) * 0.6
    assert set(_rdf(short)) == set(_rdf(whole))


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
    found, right = ([str(quad) for quad in _rdf(answer)] for answer in answers)
    blank = re.compile("_:[0-9a-z]+")
    assert sorted(blank.sub("_:b", quad) for quad in found) == sorted(blank.sub("_:b", quad) for quad in right)


def test_the_context_has_an_address(client: FlaskClient) -> None:
    answer = client.get("/context.jsonld")
    assert (answer.status_code, answer.mimetype) == (200, "application/ld+json")
    prefixes = answer.get_json(force=True)["@context"]
    assert prefixes["drug"] == f"{BASE}drug/"
    assert all(namespace.endswith(("/", "#")) for namespace in prefixes.values())
    assert client.get("/context.jsonld", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
