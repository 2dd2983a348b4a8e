"""What SPARQL text hides and shows before the engine reads it."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.sparql.tokens import is_surely_within, mentions_service, shape_of, tokens_of

HIDDEN_SERVICES = [
    "SELECT * { SERVICE <http://127.0.0.1/x> { ?s ?p ?o } }",
    "SELECT * { service silent <http://127.0.0.1/x> { ?s ?p ?o } }",
    "SELECT*{SeRvIcE<http://127.0.0.1/x>{?s ?p ?o}}",
    "SELECT * { SERVICE # a comment\n # another\n <http://127.0.0.1/x> { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o . #\rSERVICE <http://127.0.0.1/x> { } }",
    "SELECT * { SERVICESILENT<http://127.0.0.1/x>{?s ?p ?o} }",
    "PREFIX ex: <http://127.0.0.1/> SELECT * { SERVICE ex:a { ?s ?p ?o } }",
    "PREFIX ex: <http://127.0.0.1/> SELECT * { SERVICEex:a{?s ?p ?o} }",
    "BASE <http://127.0.0.1/> SELECT * { SERVICE <a> { } }",
    "SELECT * { VALUES ?e { <http://127.0.0.1/x> } SERVICE ?e { ?s ?p ?o } }",
    "SELECT * { ?s ?p 1.SERVICE<http://127.0.0.1/x>{} }",
    "SELECT * { ?s ?p trueSERVICE<http://127.0.0.1/x>{} }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <http://127.0.0.1/x> { } } }",
    "SELECT * { ?s ?p ?o FILTER(?o<1)SERVICE#>\n<http://127.0.0.1/x>{ } }",
    "SELECT * { ?s ?p ?o FILTER(?o<1)#>'''\nSERVICE<http://127.0.0.1/x>{}#'''\n}",
    "SELECT * { { SELECT * { SERVICE <http://127.0.0.1/x> { } } } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1/x> { ?s ?p ?o } }",
]
HARMLESS = [
    "SELECT * { ?s ?p 'SERVICE <http://x> { }' }",
    'SELECT * { ?s ?p """a "SERVICE" here""" }',
    "SELECT * { ?s ?p ?o } # SERVICE <http://x> { }",
    "SELECT * { ?s <http://example.org/service/SERVICE#service> ?o }",
    "SELECT ?service { ?service ?p ?o }",
    "PREFIX service: <http://x/> SELECT * { ?s service:a ?o . ?s ?p service:b }",
    "PREFIX service: <http://x/> SELECT * { GRAPH service:a { ?s ?p ?o } }",
    "PREFIX ex: <http://x/> SELECT * { ?s ex:service ?o . ?o ex:service.level ?l }",
    "SELECT * { ?s ?p 'x'@service }",
]


@pytest.mark.parametrize("query", HIDDEN_SERVICES)
def test_service_is_seen_in_every_spelling_that_the_engine_accepts(query: str) -> None:
    ox.Store().query(query)  # the engine parses it: this is no straw man
    assert mentions_service(query)


@pytest.mark.parametrize("query", HARMLESS)
def test_service_in_strings_comments_iris_and_names_is_harmless(query: str) -> None:
    assert not mentions_service(query)


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    """An endpoint on loopback that notes who calls it."""
    calls: list[str] = []

    class Endpoint(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            calls.append(self.path)
            self.send_response(500)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/", calls
    server.shutdown()
    server.server_close()
    thread.join()


_PIECES = st.sampled_from(
    [
        *(
            "SERVICE",
            "service ",
            "SERVICE SILENT ",
            "SERVICEe:x",
            "e:x",
            "?v",
            "<URL>",
            "<x>",
            "<a#b>",
            "{",
            "}",
            "{ }",
        ),
        *(
            "FILTER(1<2)",
            "FILTER(?o<1)",
            ">",
            "<",
            "#",
            "#>",
            "\n",
            "\r",
            "'",
            "'''",
            '"',
            '"""',
            ".",
            " ",
            "1",
            "true",
        ),
        *(
            "?s ?p ?o",
            "?s ?p ",
            "'a'@en",
            "OPTIONAL",
            "e:a.",
            "_:b",
            "GRAPH ",
            "\\",
            ";",
            ",",
            "(",
            ")",
            "||",
            "UNION",
        ),
    ]
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(_PIECES, max_size=14))
def test_no_query_that_the_engine_would_send_out_passes_unseen(
    listener: tuple[str, list[str]], pieces: list[str]
) -> None:
    """The engine is the judge: whatever it calls out for must have been seen."""
    address, calls = listener
    text = "".join(pieces).replace("URL", address)
    query = f"PREFIX e: <{address}> SELECT * {{ {text} SERVICE <{address}> {{ }} }}"
    for candidate in (query, f"PREFIX e: <{address}> SELECT * {{ {text} }}"):
        if mentions_service(candidate):
            continue
        calls.clear()
        with suppress(SyntaxError, OSError, RuntimeError, ValueError):
            list(ox.Store().query(candidate))
        assert not calls, candidate


@pytest.mark.parametrize("function", ["COALESCE(?a, 1)", "CONCAT(?a, ?b)", "BNODE()"])
def test_the_engine_wants_the_bracket_of_these_functions_at_once(function: str) -> None:
    """Told in docs/sparql.md; others may stand apart from theirs."""
    name, _, rest = function.partition("(")
    ox.Store().query(f"SELECT ({function} AS ?x) {{}}")
    for gap in (" ", "\n", " # why\n"):
        ox.Store().query(f"SELECT (IF{gap}(true, STR{gap}(?a), 2) AS ?x) {{}}")
        with pytest.raises(SyntaxError):
            ox.Store().query(f"SELECT ({name}{gap}({rest} AS ?x) {{}}")


def test_nesting_counts_all_brackets_outside_strings_comments_and_iris() -> None:
    assert shape_of("ASK { { ( [ ] ) } }").depth == 4
    assert shape_of("ASK { ?s ?p '{{{{{{' . <http://x#((> ?p ?o } # ((((").depth == 1


def test_parts_count_what_the_engine_turns_into_recursion() -> None:
    assert shape_of("ASK { ?s ?p ?o . ?o ?p ?s ; ?q 1, 2 FILTER(1 + 1 = 2 || 2 IN (1, 2, 3)) }").parts == 7
    assert shape_of("ASK { VALUES ?x { " + "1 " * 5000 + "} }").parts == 0


@pytest.mark.parametrize(
    "text", ["a." * 32_000, "<a>" * 21_000, "<'a>" * 16_000, "'" * 64_000, "aaaa" * 16_000, "[" * 64_000]
)
def test_reading_a_hostile_text_takes_no_longer_than_reading_a_kind_one(text: str) -> None:
    started = time.process_time()
    mentions_service(text + " service")
    shape_of(text)
    assert time.process_time() - started < 5


_BRACKETS = st.sampled_from(["{", "}", "(", "[", "<<", "<<(", "<", "?a", ".", "||", " UNION ", "'", "#", "\n", "<x>"])


@given(pieces=st.lists(_BRACKETS, max_size=30), depth=st.integers(0, 12), parts=st.integers(0, 40))
def test_counting_characters_never_lets_a_text_pass_that_is_too_deep_or_too_long(
    pieces: list[str], depth: int, parts: int
) -> None:
    text = "".join(pieces)
    if is_surely_within(text, depth, parts):
        shape = shape_of(text)
        assert shape.depth <= depth
        assert shape.parts <= parts


def test_tokens_know_their_place() -> None:
    assert [(token.kind, token.text, token.start) for token in tokens_of("ASK { ?a <b> 1 }")] == [
        ("word", "ASK", 0),
        ("mark", "{", 4),
        ("variable", "?a", 6),
        ("iri", "<b>", 9),
        ("number", "1", 13),
        ("mark", "}", 15),
    ]
