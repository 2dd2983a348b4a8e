"""The W3C's tests of the SPARQL 1.1 Protocol over HTTP, as far as they are for a service that only reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
from rdflib import RDF, RDFS, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.generations import building, publish
from kg.paths.index_writer import write_index
from kg.search.names_writer import write_names
from kg.sparql.engine import write_store
from tests.server.running import Server

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")

TABULAR = {
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
}
BOOLEAN = {"application/sparql-results+json", "application/sparql-results+xml"}
RDF_TYPES = {"text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json"}
MEDIA_TYPES = {"tabular": TABULAR, "boolean": BOOLEAN, "RDF": RDF_TYPES}

# A service that only reads refuses what these tests do first.
WRITES = {
    "update_dataset_default_graph",
    "update_dataset_default_graphs",
    "update_dataset_named_graphs",
    "update_dataset_full",
    "update_post_form",
    "update_post_direct",
    "update_base_uri",
}
NAMES = sorted(
    {
        *("query_post_form", "query_dataset_default_graphs_get", "query_dataset_default_graphs_post"),
        *("query_dataset_named_graphs_post", "query_dataset_named_graphs_get", "query_dataset_full"),
        *("query_multiple_dataset", "query_get", "query_content_type_select", "query_content_type_ask"),
        *("query_content_type_describe", "query_content_type_construct", "query_post_direct"),
        *(
            "bad_query_method",
            "bad_multiple_queries",
            "bad_query_wrong_media_type",
            "bad_query_missing_form_type",
        ),
        *("bad_query_missing_direct_type", "bad_query_non_utf8", "bad_query_syntax", "bad_update_get"),
        *("bad_multiple_updates", "bad_update_wrong_media_type", "bad_update_missing_form_type"),
        *("bad_update_non_utf8", "bad_update_syntax", "bad_update_dataset_conflict"),
    }
)


@dataclass
class Suite:
    """The manifest and a server on the tests' data."""

    manifest: Graph
    server: Server
    test_by_name: dict[str, Node]


@dataclass
class Answer:
    """What came back."""

    status: int
    media_type: str
    text: str


@pytest.fixture(scope="module", params=["waitress", "granian"])
def suite(
    shared_dir: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Suite]:
    folder = shared_dir / "w3c-rdf-tests" / "sparql" / "sparql11" / "protocol"
    if not folder.is_dir():
        pytest.skip("the W3C's tests are not in the reference folder")
    manifest = Graph().parse(folder / "manifest.ttl", format="turtle", publicID=(folder / "manifest.ttl").as_uri())
    (entries,) = manifest.objects(None, MF.entries)
    tests = {str(test).rpartition("#")[2]: test for test in Collection(manifest, entries)}
    data_dir = tmp_path_factory.mktemp("w3c")
    with building(data_dir) as generation:
        write_store(generation / "store", list(_quads(manifest)), merge=False)
        write_index(generation / "index", [], [])
        write_names(generation / "names.sqlite", [])
        (generation / "manifest.json").write_text('{"checksum": "0"}')
        publish(data_dir, generation)
    server = Server(data_dir, "--default-graph", "strict", "--server", request.param)
    yield Suite(manifest, server, tests)
    server.stop()


def _quads(manifest: Graph) -> Iterator[ox.Quad]:
    """The data of all tests: each file always goes by the same graph name."""
    for data in set(manifest.objects(None, UT.graphData)):
        (file,) = manifest.objects(data, UT.graph)
        (name,) = manifest.objects(data, RDFS.label)
        path = Path(urlsplit(str(file)).path)
        yield from (
            ox.Quad(*quad.triple, ox.NamedNode(str(name)))
            for quad in ox.parse(path=path, format=ox.RdfFormat.N_TRIPLES)
        )


def _one(graph: Graph, subject: Node, predicate: URIRef) -> Any:
    values = list(graph.objects(subject, predicate))
    return values[0] if values else None


def test_the_manifest_holds_the_tests_that_are_listed_here(suite: Suite) -> None:
    assert suite.test_by_name.keys() == {*NAMES, *WRITES}
    assert all((test, RDF.type, MF.ProtocolTest) in suite.manifest for test in suite.test_by_name.values())


@pytest.mark.parametrize("name", NAMES)
def test_the_service_answers_as_the_w3c_expects(suite: Suite, name: str) -> None:
    manifest = suite.manifest
    action = _one(manifest, suite.test_by_name[name], MF.action)
    for request in Collection(manifest, _one(manifest, action, HT.requests)):
        expected = _one(manifest, request, HT.resp)
        answer = _send(suite, request)
        classes = {str(each)[-3] for each in manifest.objects(expected, MF.expectedStatus)}
        assert str(answer.status)[0] in classes, answer.text
        kind = _one(manifest, expected, MF.expectedFormat)
        if kind is not None:
            assert answer.media_type in MEDIA_TYPES[str(kind)]
        truth = _one(manifest, expected, MF.expectedBoolean)
        if truth is not None:
            assert json.loads(answer.text)["boolean"] is truth.toPython()


@pytest.mark.parametrize("name", sorted(WRITES))
def test_what_would_write_is_refused(suite: Suite, name: str) -> None:
    """These seven need a service that writes; ours says that it does not."""
    action = _one(suite.manifest, suite.test_by_name[name], MF.action)
    first = next(iter(Collection(suite.manifest, _one(suite.manifest, action, HT.requests))))
    answer = _send(suite, first)
    assert answer.status == 403
    assert json.loads(answer.text)["code"] == "read_only"


def _send(suite: Suite, request: Node) -> Answer:
    manifest = suite.manifest
    path = str(_one(manifest, request, HT.absolutePath)).replace("/sparql/", "/sparql", 1)
    headers = {
        str(_one(manifest, header, HT.fieldName)): str(_one(manifest, header, HT.fieldValue))
        for header in Collection(manifest, _one(manifest, request, HT.headers) or RDF.nil)
    }
    body = _one(manifest, request, HT.body)
    data = b""
    if body is not None:
        data = str(_one(manifest, body, CNT.chars)).encode(str(_one(manifest, body, CNT.characterEncoding)))
    status, given, body_bytes = suite.server.http(str(_one(manifest, request, HT.methodName)), path, data, **headers)
    return Answer(status, given.get_content_type(), body_bytes.decode())
