"""The SPARQL 1.1 Protocol, one behaviour a test."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

import pyoxigraph as ox
import pytest
import zstandard
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from kg.store import EmbeddedStore, open_store
from server.http.errors import BadRequest
from server.sparql.protocol import parse_request
from tests.server.asking import BROWSER, FORM, LABELS, QUERY, sparql

BASE = "https://w3id.org/sarcoma-kg/"


def test_the_type_of_a_body_may_be_in_capitals(endpoint: FlaskClient) -> None:
    for content_type, body in (("APPLICATION/SPARQL-QUERY; Charset=UTF-8", b"ASK {}"), (FORM.upper(), b"query=ASK{}")):
        assert endpoint.post("/sparql", data=body, content_type=content_type).json["boolean"] is True


def test_a_query_may_be_a_file_of_an_editor_that_marks_its_encoding(endpoint: FlaskClient) -> None:
    query = "ASK {}".encode("utf-8-sig")
    assert endpoint.post("/sparql", data=query, content_type=QUERY).json["boolean"] is True
    assert endpoint.post("/sparql", data=b"query=" + query, content_type=FORM).json["boolean"] is True
    assert sparql(endpoint, query.decode()).json["boolean"] is True


def test_a_query_by_get(endpoint: FlaskClient) -> None:
    response = sparql(endpoint, LABELS)
    assert response.status_code == 200
    assert response.content_type == "application/sparql-results+json"
    labels = [row["label"]["value"] for row in response.json["results"]["bindings"]]
    assert labels == sorted(labels)
    assert "sirolimus" in labels


def test_a_query_by_form_with_percent_and_plus_for_a_blank(endpoint: FlaskClient) -> None:
    for body in (b"query=ASK%20%7B%7D", b"query=ASK+%7B%7D", "query=ASK { FILTER('ä' != 'a') }".encode()):
        response = endpoint.post("/sparql", data=body, content_type=FORM)
        assert response.json == {"head": {}, "boolean": True}, body


def test_a_form_is_unquoted_once(endpoint: FlaskClient) -> None:
    body = "query=" + quote('SELECT ("100%25" AS ?x) { }')
    assert b"100%25" in endpoint.post("/sparql", data=body, content_type=FORM).data


def test_a_query_by_direct_post_with_graphs_in_the_address(endpoint: FlaskClient) -> None:
    address = f"/sparql?default-graph-uri={quote(BASE + 'graph/document-000')}"
    response = endpoint.post(address, data="ASK { ?s skg:formsComplex ?o }", content_type=f"{QUERY}; charset=utf-8")
    assert response.json == {"head": {}, "boolean": True}
    response = endpoint.post(address, data="ASK { ?s skos:prefLabel ?o }", content_type=QUERY)
    assert response.json == {"head": {}, "boolean": False}


def test_named_graphs_of_the_protocol(endpoint: FlaskClient) -> None:
    parameters = {"query": "SELECT ?g { GRAPH ?g { } }", "named-graph-uri": [BASE + "graph/document-001"]}
    response = endpoint.get("/sparql", query_string=parameters, headers={"Accept": "text/csv"})
    assert response.text == f"g\r\n{BASE}graph/document-001\r\n"


def test_reading_a_request_is_pure() -> None:
    asked = parse_request("POST", f"{FORM};charset=UTF-8", b"default-graph-uri=http://x/&format=csv", b"query=ASK{}")
    assert asked.operation is not None
    assert asked.operation.default_graphs == ("http://x/",)
    assert (asked.format, asked.timeout_s) == ("csv", None)


_PIECES = [
    "%",
    "%4",
    "%zz",
    "%41",
    "%e4",
    "%c3%a4",
    "+",
    "=",
    "\\",
    "\\x41",
    "\\n",
    "\\N{DASH}",
    "ä",
    "a",
    "%5C",
    "%00",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_escapes_are_read_as_in_forms(text: str) -> None:
    """The Python library reads them one by one; ours must agree, also on what escapes nothing."""
    data = f"query=ASK+%7B%7D&format={text}"
    try:
        expected = dict(parse_qsl(data, keep_blank_values=True, errors="strict"))["format"]
    except UnicodeDecodeError:
        with pytest.raises(BadRequest, match="UTF-8"):
            parse_request("GET", "", data.encode(), b"")
    else:
        asked = parse_request("GET", "", data.encode(), b"")
        assert asked.operation is not None
        assert (asked.operation.query, asked.format) == ("ASK {}", expected)


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("", "application/sparql-results+json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/xml; q=0.5, text/csv; q=0.1", "application/sparql-results+xml"),
        ("application/json;charset=utf-8", "application/sparql-results+json"),
    ],
)
def test_accept_chooses_the_format(endpoint: FlaskClient, accept: str, content_type: str) -> None:
    response = sparql(endpoint, LABELS, Accept=accept)
    assert response.content_type == content_type
    assert "Accept" in response.headers["Vary"]


def test_format_goes_before_accept(endpoint: FlaskClient) -> None:
    parameters = {"query": LABELS, "format": "csv"}
    assert endpoint.get("/sparql", query_string=parameters, headers=BROWSER).mimetype == "text/csv"


@pytest.mark.parametrize("method", ["get", "post"])
def test_output_is_another_name_of_format(endpoint: FlaskClient, method: str) -> None:
    def asked(**given: str) -> Any:
        sent = {"query": LABELS, **given}
        return endpoint.get("/sparql", query_string=sent) if method == "get" else endpoint.post("/sparql", data=sent)

    assert asked(output="csv").mimetype == asked(output="csv", format="csv").mimetype == "text/csv"
    assert asked(output="csv").data == asked(format="csv").data
    assert asked(output="nonsense").status_code == 400
    refused = asked(output="csv", format="json")
    assert (refused.status_code, "csv" in refused.json["detail"]) == (400, True)


def test_what_clients_send_for_other_servers_changes_nothing(endpoint: FlaskClient) -> None:
    foreign = {"results": "xml", "infer": "true", "queryLn": "SPARQL", "debug": "on", "should-sponge": "soft"}
    assert endpoint.get("/sparql", query_string={"query": LABELS, **foreign}).data == sparql(endpoint, LABELS).data
    description = endpoint.get("/sparql", headers={"Accept": "text/turtle"}).text
    assert "Other parameters are ignored" in description


@pytest.mark.parametrize(
    ("query", "name", "media_types", "content_type"),
    [
        (LABELS, "tsv", "text/tab-separated-values", "text/tab-separated-values"),
        ("DESCRIBE drug:sirolimus", "rdf+xml", "application/rdf+xml", "application/rdf+xml"),
        ("DESCRIBE drug:sirolimus", "json-ld", "application/ld+json,application/x-json+ld", "application/ld+json"),
    ],
)
def test_a_format_may_come_as_a_name_and_as_media_types_at_once(
    endpoint: FlaskClient, query: str, name: str, media_types: str, content_type: str
) -> None:
    """So SPARQLWrapper sends it, because servers differ in which of the two they know."""
    parameters = {"query": query, "format": [name, media_types], "output": [name, media_types]}
    response = endpoint.get("/sparql", query_string=parameters)
    assert (response.status_code, response.mimetype) == (200, content_type)
    assert endpoint.get("/sparql", query_string={"query": query, "format": ["csv", "tsv"]}).status_code == 400


@pytest.mark.parametrize(
    ("media_type", "query"),
    [
        *(
            (media_type, f"CONSTRUCT WHERE {{ <{BASE}drug/sirolimus> ?p ?o }}")
            for media_type in (
                *("text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml"),
                *("application/trig", "application/n-quads"),
            )
        ),
        ("text/turtle", "DESCRIBE drug:sirolimus"),
    ],
)
def test_a_graph_comes_in_every_format_of_rdf(endpoint: FlaskClient, media_type: str, query: str) -> None:
    response = sparql(endpoint, query, Accept=media_type)
    assert response.mimetype == media_type
    found = ox.RdfFormat.from_media_type(media_type)
    assert len(list(ox.parse(response.data, format=found))) == 5


def test_head_says_what_get_would_without_the_body(endpoint: FlaskClient) -> None:
    got, headed = (
        endpoint.open("/sparql", method=method, query_string={"query": LABELS}) for method in ("GET", "HEAD")
    )
    assert headed.status_code == 200
    assert headed.data == b""
    for name in ("Content-Type", "Content-Length", "ETag"):
        assert headed.headers[name] == got.headers[name]


def test_the_same_question_again_is_304_without_evaluation(
    endpoint: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sparql(endpoint, LABELS)
    monkeypatch.setattr(EmbeddedStore, "answer", None)
    again = sparql(endpoint, LABELS, **{"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == first.headers["ETag"]


def test_another_format_query_dataset_or_build_has_another_etag(
    endpoint: FlaskClient, client_for: Any, tmp_path: Path, data_dir: Path
) -> None:
    etags = {
        sparql(endpoint, LABELS).headers["ETag"],
        sparql(endpoint, LABELS, Accept="text/csv").headers["ETag"],
        sparql(endpoint, LABELS + " #").headers["ETag"],
        endpoint.get("/sparql", query_string={"query": LABELS, "default-graph-uri": "http://x/"}).headers["ETag"],
        endpoint.get("/sparql", query_string={"query": LABELS, "named-graph-uri": "http://x/"}).headers["ETag"],
    }
    assert len(etags) == 5


def test_an_answer_that_changes_by_itself_is_not_kept(endpoint: FlaskClient) -> None:
    response = sparql(endpoint, "SELECT (RAND() AS ?x) { }")
    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


def test_a_long_answer_is_compressed_for_who_can_read_it(endpoint: FlaskClient) -> None:
    plain = sparql(endpoint, "SELECT * { ?s ?p ?o }")
    packed = sparql(endpoint, "SELECT * { ?s ?p ?o }", **{"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    rows = [json.loads(body)["results"]["bindings"] for body in (gzip.decompress(packed.data), plain.data)]
    assert sorted(map(str, rows[0])) == sorted(map(str, rows[1]))
    assert "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, zstd", "zstd"),
        ("gzip, zstd;q=0.5", "gzip"),
        ("zstd;q=0, gzip;q=0", None),
        ("br", None),
        ("", None),
        ("gzip, identity", "gzip"),
        ("gzip;q=0.5, identity", None),
        ("identity;q=0.5, *;q=0", None),
        ("identity;q=0.1, gzip;q=0.2", "gzip"),
        ("gzip;q=.2, zstd;q=.1", "gzip"),
        ("x-gzip", "gzip"),
        ("X-GZIP, Identity;q=0", "gzip"),
        ("x-gzip;q=0.1, zstd", "zstd"),
    ],
)
def test_the_client_says_which_compression_it_wants(endpoint: FlaskClient, accepted: str, encoding: str | None) -> None:
    response = sparql(endpoint, "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o", **{"Accept-Encoding": accepted})
    assert response.headers.get("Content-Encoding") == encoding
    unpack = {"zstd": zstandard.decompress, "gzip": gzip.decompress}.get(encoding or "", bytes)
    assert sorted(json.loads(unpack(response.data))["head"]["vars"]) == ["o", "p", "s"]


@pytest.mark.parametrize("accepted", ["gzip, identity;q=0", "gzip, *;q=0", "br, x-gzip;q=0.1, *;q=0"])
@pytest.mark.parametrize("path", ["/sparql?query=ASK%7B%7D", "/healthz"])
def test_who_takes_nothing_uncompressed_gets_short_answers_compressed(
    endpoint: FlaskClient, path: str, accepted: str
) -> None:
    response = endpoint.get(path, headers={"Accept-Encoding": accepted})
    assert (response.status_code, response.headers["Content-Encoding"]) == (200, "gzip")
    assert gzip.decompress(response.data) == endpoint.get(path).data


@pytest.mark.parametrize("accepted", ["identity;q=0", "*;q=0", "br, identity;q=0", "gzip;q=0, zstd;q=0, *;q=0"])
@pytest.mark.parametrize("path", ["/sparql?query=ASK%7B%7D", "/sparql", "/healthz"])
def test_who_takes_no_coding_that_there_is_is_told_which_there_are(
    endpoint: FlaskClient, path: str, accepted: str
) -> None:
    response = endpoint.get(path, headers={"Accept-Encoding": accepted})
    assert (response.status_code, response.json["code"]) == (406, "not_acceptable")
    assert {"gzip", "identity"} <= {*response.json["available"]}
    assert response.json["detail"].startswith(f"Accept-Encoding: {accepted} matches")
    assert endpoint.get("/nothing", headers={"Accept-Encoding": accepted}).status_code == 404


@pytest.mark.parametrize(
    ("if_match", "status"), [("*", 200), ('"another"', 412), ('"another", W/"b"', 412), (None, 200)]
)
def test_who_wants_one_answer_and_no_other_is_told_that_it_is_not_there(
    endpoint: FlaskClient, if_match: str | None, status: int
) -> None:
    headers = {"If-Match": if_match} if if_match else {}
    assert sparql(endpoint, LABELS, **headers).status_code == status
    posted = endpoint.post("/sparql", data=LABELS, content_type=QUERY, headers=headers)
    assert posted.status_code == status


def test_a_weak_tag_is_no_tag_of_one_answer_and_no_other(endpoint: FlaskClient) -> None:
    etag = sparql(endpoint, LABELS).headers["ETag"]
    refused = sparql(endpoint, LABELS, **{"If-Match": etag, "If-None-Match": etag})
    assert (refused.status_code, refused.json["code"]) == (412, "precondition_failed")
    assert sparql(endpoint, LABELS, **{"If-Match": "*", "If-None-Match": etag}).status_code == 304


def test_a_browser_may_ask_from_another_origin(endpoint: FlaskClient) -> None:
    response = endpoint.options("/sparql", headers={"Origin": "https://example.org"})
    assert response.status_code == 204
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert int(response.headers["Access-Control-Max-Age"]) > 0  # else it asks again before every query
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert sparql(endpoint, LABELS).headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in endpoint.get("/healthz").headers


@pytest.mark.parametrize("accept", ["", "*/*", "text/turtle", "application/rdf+xml", "application/ld+json"])
def test_a_bare_get_describes_the_service(endpoint: FlaskClient, accept: str) -> None:
    response = endpoint.get("/sparql", headers={"Accept": accept})
    assert response.status_code == 200
    sd = "http://www.w3.org/ns/sparql-service-description#"
    store = ox.Store()
    store.load(response.data, ox.RdfFormat.from_media_type(response.mimetype))
    assert store.query(
        f"PREFIX sd: <{sd}> ASK {{ ?s a sd:Service ; sd:endpoint <http://localhost/sparql> ;"
        " sd:supportedLanguage sd:SPARQL11Query ; sd:feature sd:UnionDefaultGraph ;"
        f" sd:defaultDataset/sd:namedGraph/sd:name <{BASE}graph/document-000> }}"
    )


def test_a_browser_gets_the_page_to_write_a_query_on(endpoint: FlaskClient) -> None:
    response = endpoint.get("/sparql", headers=BROWSER)
    assert response.mimetype == "text/html"
    assert "<h1>SPARQL</h1>" in response.text
    assert '"curie": "skg:Drug"' in response.text


def test_a_browser_reads_its_answer_on_the_page(endpoint: FlaskClient) -> None:
    response = sparql(endpoint, "SELECT ?drug ?name { ?drug skos:altLabel ?name }", **BROWSER)
    assert response.mimetype == "text/html"
    assert "drug,name" in response.text
    assert (
        "drug:sirolimus-&gt;/id/drug/sirolimus" in response.text
        or "drug:sirolimus->/id/drug/sirolimus" in response.text
    )
    assert "format=csv" in response.text


def test_graphs_and_booleans_are_shown_as_text(endpoint: FlaskClient) -> None:
    assert "|true|" in sparql(endpoint, "ASK { }", **BROWSER).text
    assert "skg:binds" in sparql(endpoint, "CONSTRUCT WHERE { ?s skg:binds ?o }", **BROWSER).text


def test_an_iri_that_is_a_script_is_no_link(endpoint: FlaskClient) -> None:
    response = sparql(endpoint, 'SELECT (IRI("javascript:alert(1)") AS ?x) { }', **BROWSER)
    assert "javascript:alert(1);" in response.text


def test_a_table_too_long_for_the_page_is_said(built_dir: Path, client_for: Any) -> None:
    with open_store(built_dir) as store:
        response = sparql(client_for(store, max_result_rows=3), LABELS, **BROWSER)
    assert response.status_code == 413
    assert "not whole at 3 rows" in response.text


def test_health(endpoint: FlaskClient) -> None:
    assert endpoint.get("/healthz").json == {"status": "ok"}
    assert endpoint.get("/readyz").json == {"status": "ready", "data_version": "c0ffee"}


def test_a_closed_store_is_alive_but_not_ready(built_dir: Path, client_for: Any) -> None:
    store = open_store(built_dir)
    store.close()
    closed = client_for(store)
    assert closed.get("/healthz").status_code == 200
    assert closed.get("/readyz").status_code == 503
