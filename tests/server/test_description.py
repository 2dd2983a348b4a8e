"""What the server says of its data: VoID and DCAT, the service description, examples, the schema."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from kg import KnowledgeGraph
from ontology.kinds import is_in
from ontology.terms import PREFIXES as TABLE
from server.app import create_app
from server.settings import Settings
from tests.server.asking import rdf_of
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


def _ask(store: ox.Store, pattern: str) -> bool:
    return bool(store.query(f"ASK {{ {pattern} }}", prefixes=PREFIXES))


@pytest.mark.parametrize("accept", ["", "text/turtle", "application/ld+json", "application/n-triples"])
def test_the_record_of_the_dataset_has_licence_version_and_endpoint(
    client: FlaskClient, curated_graph: KnowledgeGraph, accept: str
) -> None:
    record = rdf_of(client.get("/.well-known/void", headers={"Accept": accept}))
    assert _ask(
        record,
        f"<{BASE}> a dcat:Dataset, void:Dataset ; dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;"
        f' dcat:version "{curated_graph.data_version}" ; void:sparqlEndpoint <http://localhost/sparql> .'
        f" ?service a dcat:DataService ; dcterms:title ?title ; dcat:servesDataset <{BASE}> ;"
        "  dcat:endpointURL <http://localhost/sparql> ; dcat:endpointDescription <http://localhost/sparql>",
    )


def test_the_record_says_who_publishes_it_from_what_in_which_words(client: FlaskClient) -> None:
    record = rdf_of(client.get("/.well-known/void"))
    assert _ask(record, f"<{BASE}> dcterms:publisher ?who . ?who a foaf:Agent ; foaf:name ?name")
    assert _ask(record, f"<{BASE}> dcterms:conformsTo <{BASE}vocab/> ; void:vocabulary <{BASE}vocab/>")
    assert _ask(record, f"<{BASE}> dcat:keyword 'sarcoma'")
    sources = record.query(f"SELECT ?document {{ <{BASE}> dcterms:source ?document }}", prefixes=PREFIXES)
    read = {f"{BASE}document/{folder.id}" for folder in read_corpus(CURATED).folders}
    assert {row["document"].value for row in sources} == read


def test_every_distribution_of_the_record_is_the_whole_default_graph(
    client: FlaskClient, curated_graph: KnowledgeGraph
) -> None:
    record = rdf_of(client.get("/.well-known/void"))
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
        record = rdf_of(create_app(strict, Settings()).test_client().get("/.well-known/void"))
    assert not _ask(record, "?dataset dcat:distribution ?file")


def test_partitions_count_what_the_graph_holds(client: FlaskClient, curated_graph: KnowledgeGraph) -> None:
    record = rdf_of(client.get("/.well-known/void"))
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
    record = rdf_of(client.get("/.well-known/void"))
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
    description = rdf_of(client.get("/sparql", headers={"Accept": "text/turtle"}))
    address = "<http://localhost/.well-known/void>"
    assert _ask(description, f"?s a sd:Service ; <http://www.w3.org/2000/01/rdf-schema#seeAlso> {address}")


def test_the_descriptions_lead_to_that_of_the_api_and_to_the_schema(client: FlaskClient) -> None:
    description, record = rdf_of(client.get("/sparql", headers={"Accept": "text/turtle"})), rdf_of(client.get(VOID))
    for path in ("/openapi.json", "/api/v1/schema"):
        address = f"http://localhost{path}"
        assert client.get(path).status_code == 200
        assert _ask(description, f"?s a sd:Service ; rdfs:seeAlso <{address}>")
        served = f"dcat:servesDataset <{BASE}> ; dcat:endpointURL <http://localhost/api/v1>"
        assert _ask(record, f"?s a dcat:DataService ; {served} ; dcat:endpointDescription <{address}>")


def test_the_record_shows_one_thing_of_each_kind_that_readers_ask_for(client: FlaskClient) -> None:
    found = rdf_of(client.get(VOID)).query(
        f"SELECT ?thing {{ <{BASE}> void:exampleResource ?thing }}", prefixes=PREFIXES
    )
    shown = [row["thing"].value.removeprefix(BASE) for row in found]
    assert {"drug/sirolimus", "target/MTOR", "patient/000-transplant"} <= set(shown)
    for name in shown:
        leads = client.get(f"/id/{name}", headers={"Accept": "text/turtle"}, follow_redirects=True)
        assert f"{BASE}{name}" in {str(quad.subject.value) for quad in rdf_of(leads)}


@pytest.mark.parametrize("services", ["", "https://example.org/sparql"])
def test_the_service_description_says_whether_other_endpoints_can_be_asked(
    curated_graph: KnowledgeGraph, services: str
) -> None:
    client = create_app(curated_graph, Settings(services=services)).test_client()
    description = rdf_of(client.get("/sparql", headers={"Accept": "text/turtle"}))
    assert _ask(description, "?s sd:feature sd:BasicFederatedQuery") is bool(services)
    assert _ask(description, "?s sd:feature sd:UnionDefaultGraph")


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
    collection = rdf_of(client.get(EXAMPLES, headers={"Accept": "text/turtle"}))
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
    description = rdf_of(client.get("/sparql", headers={"Accept": "text/turtle"}))
    assert _ask(description, f"[] <http://www.w3.org/2000/01/rdf-schema#seeAlso> <http://localhost{EXAMPLES}>")


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
