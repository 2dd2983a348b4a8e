"""What the client of a remote engine does when the engine misbehaves; the engine is a stub on loopback."""

from __future__ import annotations

import json
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from kg.budget import Budget
from kg.description import describe
from kg.errors import (
    CapabilityMissing,
    InvalidParameter,
    KgError,
    Overloaded,
    PartialAnswer,
    QueryCancelled,
    QueryFailed,
    QueryTimeout,
    RemoteUnavailable,
    ResultTooLarge,
)
from kg.remote.client import Address, RemoteClient
from kg.remote.dialect import row_query, with_bound_told, with_constants
from kg.remote.graph import open_remote
from kg.remote.paths_apart import with_paths_apart
from kg.remote.push import graph_store_of
from kg.remote.store import HEADER, HEADER_GRAPH, RemoteStore
from kg.sparql.query import SparqlOperation
from server.app import create_app
from server.cli import main
from tests.server.asking import BROWSER

YES = b'{"head": {}, "boolean": true}'
NOTHING = b'{"head": {"vars": ["text"]}, "results": {"bindings": []}}'
QUERY = "SELECT ?s WHERE { ?s ?p ?o }"


class Stub:
    """An engine whose answer to anything but the probe is set by the test."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = 200, NOTHING, dict[str, str]()
        self.probe, self.header = YES, NOTHING
        self.is_silent, self.drip = False, False
        self.is_over = threading.Event()  # then it is silent and drips no longer
        self.forms: list[dict[str, list[str]]] = []
        self.requests: list[tuple[str, str, dict[str, str]]] = []  # path, content type, all headers
        self.max_values: int | None = None  # more IRIs in a query than this, and the answer is cut
        self.wants_digest, self.has_length = False, True
        self.raw = b""  # sent instead of an answer
        self.url = ""


class _Handler(BaseHTTPRequestHandler):
    stub: Stub

    def do_GET(self) -> None:
        self._send(406, b"", {})

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        query = form["query"][0]
        if query == "ASK { }":
            self._send(200, self.stub.probe, {})
        elif f"<{HEADER_GRAPH}> ?property" in query:
            self._send(200, self.stub.header, {})
        else:
            self.stub.forms.append(form)
            self.stub.requests.append((self.path, self.headers["Content-Type"], dict(self.headers.items())))
            if self.stub.is_silent:
                self.stub.is_over.wait()
            if self.stub.wants_digest and not self.headers.get("Authorization", "").startswith("Digest "):
                digest = 'Digest realm="SPARQL", nonce="abc", qop="auth"'
                self._send(401, b"", {"WWW-Authenticate": "Basic realm=SPARQL", "www-authenticate": digest})
            elif self.stub.max_values is not None and query.count("<urn:node:") > self.stub.max_values:
                self._send(200, NOTHING, {"X-SPARQL-MaxRows": "10"})
            elif self.stub.raw:
                self.close_connection = True
                self.wfile.write(self.stub.raw)
            else:
                self._send(self.stub.status, self.stub.body, self.stub.headers)

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._send(self.stub.status, self.stub.body, self.stub.headers)

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": self.headers["Accept"], **headers}.items():
            self.send_header(name, value)
        if self.stub.has_length:
            self.send_header("Content-Length", str(len(body)))
        else:
            self.close_connection = True
        self.end_headers()
        try:
            size = 1 if self.stub.drip else len(body)
            for start in range(0, len(body), max(size, 1)):
                self.wfile.write(body[start : start + size])
                if self.stub.drip:
                    self.stub.is_over.wait(0.05)
        except (BrokenPipeError, ConnectionResetError):
            return

    def log_message(self, *args: object) -> None:
        return


@pytest.fixture
def stub() -> Iterator[Stub]:
    with _served() as served:
        yield served


@contextmanager
def _served() -> Iterator[Stub]:
    stub = Stub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"stub": stub}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    stub.url = f"http://reader:s3cret@127.0.0.1:{server.server_port}/sparql"
    try:
        yield stub
    finally:
        stub.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("header", [{"X-SQL-State": "S1TAT"}, {"X-SPARQL-MaxRows": "10000"}])
def test_a_partial_answer_with_status_200_is_an_error(stub: Stub, header: dict[str, str]) -> None:
    stub.headers = header
    with RemoteStore(stub.url) as store, pytest.raises(PartialAnswer):
        store.select(QUERY)


@pytest.mark.parametrize(("header", "status", "code"), [({"X-SQL-State": "S1TAT"}, 200, 5), ({}, 500, 6), ({}, 504, 5)])
def test_a_command_ends_by_what_the_engine_did(
    stub: Stub, tmp_path: Path, header: dict[str, str], status: int, code: int
) -> None:
    stub.headers, stub.status = header, status
    assert main(["query", QUERY, "--store", stub.url, "--data", str(tmp_path)]) == code


@pytest.mark.parametrize("end", [b"", b"The SPARQL operation has been cancelled"])
def test_results_that_break_off_are_an_error(stub: Stub, end: bytes) -> None:
    stub.body = b'{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"type": "uri", "va' + end
    with RemoteStore(stub.url) as store:
        with pytest.raises(QueryFailed):
            store.select(QUERY)
        with pytest.raises(PartialAnswer):
            store.evaluate(SparqlOperation(QUERY), "text/csv")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, RemoteUnavailable),
        (404, RemoteUnavailable),
        (302, RemoteUnavailable),
        (429, Overloaded),
        (500, QueryFailed),
        (503, Overloaded),
        (504, QueryTimeout),
    ],
)
def test_each_failure_has_its_kind_and_tells_nothing_of_the_body(stub: Stub, status: int, error: type[KgError]) -> None:
    stub.status, stub.body = status, b"stack trace of an inner host 10.1.2.3"
    with RemoteStore(stub.url) as store, pytest.raises(error) as caught:
        store.select(QUERY)
    assert "10.1.2.3" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("drip", [False, True], ids=["silent", "slow"])
def test_an_engine_that_is_too_slow_is_left_at_the_deadline(stub: Stub, drip: bool) -> None:
    stub.is_silent, stub.drip = not drip, drip
    stub.body += b" " * 5000
    with RemoteStore(stub.url) as store, pytest.raises(QueryTimeout):  # it would wait for minutes, or for ever
        store.select(QUERY, budget=Budget(timeout_s=0.5))


def test_a_client_that_has_gone_is_not_waited_for(stub: Stub) -> None:
    stub.is_silent = True
    with RemoteStore(stub.url) as store, pytest.raises(QueryCancelled):
        store.evaluate(SparqlOperation(QUERY), "text/csv", None, lambda: True)


def test_an_answer_above_the_limit_of_bytes_is_not_read_on(stub: Stub) -> None:
    stub.body = b" " * 1_000_000
    with RemoteStore(stub.url) as store, pytest.raises(ResultTooLarge, match="max_result_bytes = 1000 bytes"):
        store.select(QUERY, budget=Budget(max_bytes=1000))


def test_only_so_many_requests_wait(stub: Stub) -> None:
    stub.is_silent = True
    with RemoteStore(stub.url, connections=1, max_waiting=0) as store:
        busy = threading.Thread(target=lambda: store.select(QUERY))
        busy.start()
        while not stub.forms:
            time.sleep(0.01)
        with pytest.raises(Overloaded):
            store.select(QUERY)
        stub.is_over.set()
        busy.join()


def test_credentials_are_neither_logged_nor_shown(
    stub: Stub, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    stub.status = 500
    with caplog.at_level(logging.DEBUG), RemoteStore(stub.url) as store:
        with pytest.raises(QueryFailed):
            store.select(QUERY)
        shown = repr(store.address) + store.revision + repr(store.capabilities)
        assert main(["search", "x", "--store", stub.url, "--data", str(tmp_path)]) == 2
    output = capsys.readouterr()
    for text in (caplog.text, shown, output.out, output.err):
        assert "s3cret" not in text
        assert "reader" not in text
        assert "cmVhZGVy" not in text  # nor in base 64


def test_a_query_goes_as_a_form_however_long_it_is(stub: Stub) -> None:
    long = f"SELECT ?s WHERE {{ ?s ?p '{'x' * 20_000}' }}"
    with RemoteStore(stub.url) as store:
        store.select(long)
    path, content_type, _ = stub.requests[0]
    assert (path, content_type) == ("/sparql", "application/x-www-form-urlencoded")
    assert stub.forms[0]["query"][0].endswith(long.removeprefix("SELECT"))


def test_records_are_read_in_pages_that_the_engine_does_not_cut(stub: Stub) -> None:
    stub.max_values = 3
    nodes = [f"urn:node:{number}" for number in range(10)]
    with RemoteStore(stub.url) as store:
        describe(store, nodes)
        stub.max_values = 0
        with pytest.raises(PartialAnswer):
            describe(store, [f"{node}-more" for node in nodes])  # those read before are kept
    whole = [form["query"][0] for form in stub.forms if 0 < form["query"][0].count("<urn:node:") <= 3]
    assert all(any(f"<{node}>" in query for query in whole) for node in nodes)


def test_credentials_go_as_a_digest_where_the_engine_wants_that(stub: Stub) -> None:
    stub.wants_digest = True
    with RemoteStore(stub.url) as store:
        assert store.select(QUERY).rows == ()
    sent = [headers["Authorization"] for _, _, headers in stub.requests if "Authorization" in headers]
    assert [value.partition(" ")[0] for value in sent] == ["Basic", "Digest"]
    assert "s3cret" not in sent[-1]


@pytest.mark.parametrize("body", [b"<html>not SPARQL</html>", b'{"head": {}}', b'{"head": {}, "boolean": "maybe"}'])
def test_what_cannot_answer_a_plain_question_is_found_out_at_once(stub: Stub, body: bytes) -> None:
    stub.probe = body
    with pytest.raises(RemoteUnavailable):
        RemoteStore(stub.url)


def test_a_graph_of_another_format_is_told_from_a_foreign_endpoint(stub: Stub) -> None:
    text = {"type": "literal", "value": '{"format": 1}'}
    said = {"property": {"type": "uri", "value": HEADER}, "value": text}
    stub.header = json.dumps({"head": {"vars": ["property", "value"]}, "results": {"bindings": [said]}}).encode()
    with pytest.raises(RemoteUnavailable, match="push"):
        RemoteStore(stub.url)


def test_an_address_that_is_none_is_refused_without_repeating_it() -> None:
    for url in ("ftp://u:s3cret@host/x", "not an address", "http://", "http://u:s3cret@host:port/"):
        with pytest.raises(InvalidParameter) as caught:
            RemoteStore(url)
        assert "s3cret" not in str(caught.value)


def test_nobody_listening_is_told() -> None:
    with pytest.raises(RemoteUnavailable):
        RemoteStore("http://127.0.0.1:1/sparql")


def test_queries_get_our_prefixes_and_keep_their_own(stub: Stub) -> None:
    with RemoteStore(stub.url) as store:
        store.select("BASE <urn:b:> PREFIX skos: <urn:mine#> SELECT ?s WHERE { ?s a skg:Drug ; skos:x <y> }")
    sent = stub.forms[0]["query"][0]
    assert sent.startswith(
        "BASE <urn:b:> PREFIX skos: <urn:mine#> PREFIX skg: <https://w3id.org/sarcoma-kg/vocab/> SELECT"
    )


def test_a_foreign_endpoint_answers_sparql_and_refuses_the_rest(stub: Stub, tmp_path: Path) -> None:
    stub.body = b'{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"type": "uri", "value": "urn:a"}}]}}'
    with open_remote(stub.url, tmp_path) as graph:
        assert [row[0].value for row in graph.sparql(QUERY) if row[0]] == ["urn:a"]
        assert graph.store.revision != graph.store.revision
        with pytest.raises(CapabilityMissing):
            graph.search("rapamycin")
        with pytest.raises(CapabilityMissing):
            graph.all_evidence()
        client = create_app(graph).test_client()
        assert (
            client.get("/sparql", query_string={"query": QUERY}, headers={"Accept": "text/csv"}).data
            == b"s\r\nurn:a\r\n"
        )
        refused = client.get("/api/v1/search?q=rapamycin")
        assert refused.status_code == 501
        assert refused.get_json()["code"] == "capability_missing"
        for path in (
            "/api/v1/evidence",
            "/api/v1/questions",
            "/api/v1/schema",
            "/.well-known/void",
            "/.well-known/sparql-examples",
        ):
            assert client.get(path).status_code == 501, path
        assert client.get("/readyz").status_code == 200
        stub.body = b'{"head": {"vars": ["s"]}, "results": {"bindings": []}}'
        for path, status in (("/sparql", 200), ("/about", 200), ("/", 501), ("/documents", 501), ("/explore", 501)):
            page = client.get(path, headers=BROWSER)
            assert (page.status_code, page.mimetype) == (status, "text/html"), path
            assert "0 documents" not in page.text
    assert "default-graph-uri" not in stub.forms[0]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x WHERE { ?x ?p ?o }",
        "SELECT (COUNT(*) AS ?n) WHERE { ?x ?p ?o } GROUP BY ?x",
        "SELECT ?o WHERE { ?s ?p ?o BIND(?o AS ?x) }",
        "SELECT ?o WHERE { ?x ?p ?o FILTER(BOUND(?x)) }",
        "SELECT ?o WHERE { { SELECT ?x ?o WHERE { ?x ?p ?o } } }",
    ],
)
def test_a_variable_that_is_more_than_a_place_stays_one(query: str) -> None:
    assert with_constants(query, {"x": "urn:a"}) == (query, {"x": "urn:a"})


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("CONSTRUCT { ?s a <x:c> } WHERE { ?s ?p ?o }", "SELECT (1 AS ?row) WHERE { ?s ?p ?o }"),
        ("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 3", "SELECT (1 AS ?row) WHERE { ?s ?p ?o } LIMIT 3"),
        ("CONSTRUCT FROM <x:g> WHERE { ?s ?p ?o }", "SELECT (1 AS ?row) FROM <x:g> WHERE { ?s ?p ?o }"),
        ("PREFIX : <x:> CONSTRUCT { ?row :p '}' } { ?row :q ?o }", "PREFIX : <x:> SELECT (1 AS ?row_) { ?row :q ?o }"),
        ("DESCRIBE ?s <x:a> { ?s ?p ?o }", "SELECT (1 AS ?row) { ?s ?p ?o }"),
        ("DESCRIBE <x:a>", None),
    ],
)
def test_the_solutions_of_a_graph_are_counted_by_a_query_of_their_own(query: str, rows: str | None) -> None:
    assert row_query(query) == rows


@pytest.mark.parametrize("body", [b"", b"<html></html>"])
def test_a_page_is_not_taken_for_a_graph(stub: Stub, body: bytes) -> None:
    stub.body, stub.headers = body, {"Content-Type": "text/html"}
    with RemoteStore(stub.url) as store, pytest.raises(QueryFailed):
        store.construct("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")


def test_triples_whose_end_nothing_tells_are_no_whole_answer(stub: Stub) -> None:
    stub.body, stub.has_length = b"<x:a> <x:b> <x:c> .\n", False
    with RemoteStore(stub.url) as store, pytest.raises(PartialAnswer):
        store.construct("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")


def test_the_words_of_what_is_no_http_are_not_repeated(stub: Stub) -> None:
    stub.raw = b"patient 17 of ward 3\r\n\r\n"
    with RemoteStore(stub.url) as store, pytest.raises(RemoteUnavailable) as raised:
        store.select(QUERY)
    assert "patient" not in str(raised.value)


def test_a_graph_store_that_never_ends_its_answer_is_given_up(stub: Stub) -> None:
    stub.body, stub.drip = b"x" * 1000, True
    begun = time.monotonic()
    with (
        closing(RemoteClient(Address.of(stub.url), load_timeout_s=0.5)) as client,
        pytest.raises(RemoteUnavailable),
    ):
        client.graph("PUT", client.address.url, "urn:g", b"")
    assert time.monotonic() - begun < 10


def test_a_load_that_an_engine_does_not_answer_can_be_interrupted() -> None:
    program = """
import sys
from kg.remote.client import Address, RemoteClient
RemoteClient(Address.of(sys.argv[1])).graph("PUT", sys.argv[1], "urn:g", b"")
"""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/sparql"
        asking = subprocess.Popen([sys.executable, "-c", program, url], stderr=subprocess.PIPE)
        connection, _ = silent.accept()
        with connection:
            connection.recv(1)
            asking.send_signal(signal.SIGINT)
            _, errors = asking.communicate(timeout=30)
    assert b"KeyboardInterrupt" in errors


def test_an_unknown_graph_is_looked_for_without_reading_every_quad(stub: Stub, tmp_path: Path) -> None:
    stub.body = b'{"head": {"vars": ["g"]}, "boolean": false, "results": {"bindings": []}}'
    with open_remote(stub.url, tmp_path) as graph:
        assert create_app(graph).test_client().get("/api/v1/graphs?graph=nothing").status_code == 404
    queries = [form["query"][0] for form in stub.forms]
    assert len(queries) > 1
    assert not any("GRAPH ?g { ?s ?p ?o }" in query for query in queries)


_TOLD = "(COALESCE(STRLEN(STR($x)), -1) >= 0)"
_APART = "{ SELECT DISTINCT ?x { ?x x:p* x:end } LIMIT 100000000 }"


@pytest.mark.parametrize(
    ("query", "apart"),
    [
        ("ASK { ?x x:p* x:end }", f"ASK {{ {_APART} }}"),
        ("ASK { ?x x:q 1 , 2 ; x:p* x:end . }", f"ASK {{ ?x x:q 1 . ?x x:q 2 . {_APART} }}"),
        ("ASK { x:end x:p+ ?x }", "ASK { { SELECT DISTINCT ?x { x:end x:p+ ?x } LIMIT 100000000 } }"),
        (
            "ASK { ?y (x:q|^x:r)/x:p* x:end }",
            f"ASK {{ ?y (x:q|^x:r) ?end6_0 . {_APART.replace('?x', '?end6_0')} }}",
        ),
        (
            "ASK { VALUES ?h { x:end } ?h a x:C { ?x x:p* ?h } UNION { ?x x:q ?h } }",
            f"ASK {{ VALUES ?h {{ x:end }} ?h a x:C {{ {_APART} }} UNION {{ ?x x:q ?h }} }}",
        ),
        ("ASK { VALUES ?h { x:end } ?x x:p* ?h }", None),  # without its class, nothing would hold the value
        ("ASK { VALUES ?h { x:end } ?h a x:C { SELECT ?x { ?x x:p* ?h } } }", None),  # within, another variable
        ("ASK { VALUES ?h { x:end x:other } ?h a x:C . ?x x:p* ?h }", None),
        ("ASK { VALUES ?h { x:end } ?h a x:C { ?x x:p* ?h FILTER(?h != ?x) } }", None),  # looks at it
        ("ASK { VALUES ?h { x:end } ?h a x:C { ?x x:p* ?h OPTIONAL { $h x:q ?x } } }", None),
        ("ASK { ?x x:q ?y OPTIONAL { ?x x:p+ ?h } VALUES ?h { x:end } ?h a x:C }", None),  # has its value too late
        ("SELECT REDUCED * { ?y x:q/x:p* x:end }", None),
        ("SELECT * { ?y x:q/x:p* x:end }", None),
        ("ASK { ?x x:q ?y MINUS { ?x x:p* x:end } }", f"ASK {{ ?x x:q ?y MINUS {{ {_APART} }} }}"),
        (
            "ASK { ?x x:q ?y FILTER NOT EXISTS { ?x x:p* x:end } }",
            f"ASK {{ ?x x:q ?y FILTER NOT EXISTS {{ {_APART} }} }}",
        ),
        (
            "ASK { ?x x:q ?y FILTER(?y = 1 || !EXISTS { ?x x:p* x:end } && ?y < 3) ?x x:p* x:end }",
            f"ASK {{ ?x x:q ?y FILTER(?y = 1 || !EXISTS {{ {_APART} }} && ?y < 3) {_APART} }}",
        ),
        ("ASK { VALUES ?h { x:end } ?h a x:C . ?x x:q ?y MINUS { ?x x:p* ?h } }", None),  # sees no value from outside
        ("CONSTRUCT { _:b x:q ?x } { ?x x:p* x:end }", f"CONSTRUCT {{ _:b x:q ?x }} {{ {_APART} }}"),
        ("ASK { ?x x:q [] BIND(2.0 * ?x AS ?y) }", None),
        ("ASK { ?x x:q [] ; x:n ?n FILTER((?n + 1) * ?n > 3) }", None),
        ("SELECT (SUM(?n) + ?m AS ?all) { ?x x:n ?n ; x:m ?m ; x:q [] }", None),
        ("SELECT * { ?x x:q [] }", None),
        ("ASK { ?x x:p* x:end", None),
        ("ASK VALUES", None),
        ("CONSTRUCT { ?x x:q x:end } { ?x x:p ?y }", None),
    ],
)
def test_a_path_to_one_end_becomes_a_subquery(query: str, apart: str | None) -> None:
    assert with_paths_apart(query) == (apart or query)


@pytest.mark.parametrize(
    "pattern",
    [
        "?x x:q [] ; x:p* x:end",
        "?x x:p+ _:b . _:b x:q ?y",
        "?x x:q [ x:p* x:end ]",
        "?x x:q (1 2) . ?x (x:p|^x:r)+ x:end",
        "?x x:q [] . ?x (a/(x:p|!(<x:r>|^a)))* ?y",
    ],
)
def test_a_path_beside_a_blank_node_or_a_list_is_refused(pattern: str) -> None:
    with pytest.raises(CapabilityMissing, match="write a variable"):
        with_paths_apart(f"SELECT ?x {{ {pattern} }}")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("ASK { BIND(IF(BOUND ( $x ), 1, 2) AS ?y) }", f"ASK {{ BIND(IF({_TOLD}, 1, 2) AS ?y) }}"),
        ("SELECT (!BOUND($x) AS ?y) { ?x ?p ?o }", f"SELECT (!{_TOLD} AS ?y) {{ ?x ?p ?o }}"),
        (
            "ASK { ?a ?b ?c FILTER(!BOUND($x)) } ORDER BY BOUND($x)",
            f"ASK {{ ?a ?b ?c FILTER(!BOUND($x)) }} ORDER BY {_TOLD}",
        ),
        ('ASK { ?a ?b "BOUND($x)" }', 'ASK { ?a ?b "BOUND($x)" }'),
        ("ASK { ?a <x:BOUND($x)> ?c # BOUND($x)\n}", "ASK { ?a <x:BOUND($x)> ?c # BOUND($x)\n}"),
        ("ASK { ?a ?b ?c FILTER BOUND($x) }", "ASK { ?a ?b ?c FILTER BOUND($x) }"),
        ("ASK { ?a ?b ?c FILTER <x:f>(BOUND($x), 1) }", "ASK { ?a ?b ?c FILTER <x:f>(BOUND($x), 1) }"),
        (
            "ASK { FILTER NOT EXISTS { ?a ?b ?c BIND(BOUND($x) AS ?y) } FILTER EXISTS { BIND(BOUND($x) AS ?y) } }",
            f"ASK {{ FILTER NOT EXISTS {{ ?a ?b ?c BIND({_TOLD} AS ?y) }} FILTER EXISTS {{ BIND({_TOLD} AS ?y) }} }}",
        ),
        ("SELECT ?a { ?a ?b ?c } HAVING(BOUND($x))", "SELECT ?a { ?a ?b ?c } HAVING(BOUND($x))"),
        ("ASK { ?a ?b ?c FILTER", "ASK { ?a ?b ?c FILTER"),
        ("ASK { ?a ?b ?c FILTER BOUND", "ASK { ?a ?b ?c FILTER BOUND"),
    ],
)
def test_whether_a_variable_has_a_value_is_asked_without_bound_but_in_filters(query: str, told: str) -> None:
    assert with_bound_told(query) == told


def _answer_of(*values: str) -> bytes:
    rows = [{"s": {"type": "literal", "value": value}} if value else {} for value in values]
    return json.dumps({"head": {"vars": ["s"]}, "results": {"bindings": rows}}).encode()


def test_equal_rows_of_a_distinct_answer_come_once(stub: Stub) -> None:
    stub.body = _answer_of("b", "", "a", "", "b")
    distinct = "SELECT DISTINCT ?s { ?o ?p ?q OPTIONAL { ?o ?t ?s } }"
    with RemoteStore(stub.url) as store:
        assert len(store.select(distinct).rows) == 5
        store.capabilities = replace(store.capabilities, engine="Virtuoso/07.20")
        assert [row[0].value if row[0] else "" for row in store.select(distinct).rows] == ["b", "", "a"]
        assert store.evaluate(SparqlOperation(distinct), "text/csv").splitlines() == [b"s", b"b", b"", b"a"]
        assert len(store.select(distinct.replace("DISTINCT ", "")).rows) == 5
        inner = f"SELECT ?s {{ {{ {distinct} LIMIT 9 }} }}"
        assert len(store.select(inner).rows) == 5
        for section in ("LIMIT 5", "OFFSET 2", "LIMIT 5 VALUES ?o { <x:y> }"):
            with pytest.raises(PartialAnswer):
                store.select(f"{distinct} {section}")


def test_where_graphs_go_follows_from_the_kind_of_engine() -> None:
    assert graph_store_of("http://h:1/sparql", "Virtuoso/07.20") == "http://h:1/sparql-graph-crud-auth"
    assert graph_store_of("http://h:1/ds/sparql", "") == "http://h:1/ds/data"
    with pytest.raises(InvalidParameter):
        graph_store_of("http://h:1/other", "")
