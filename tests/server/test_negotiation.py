"""Which format an answer takes."""

from __future__ import annotations

import pytest

from kg.errors import InvalidParameter
from server.http.negotiation import (
    GRAPH_FORMATS,
    HTML,
    RESULT_FORMATS,
    NotAcceptable,
    choose,
    format_named,
    named,
    names_html,
)

JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"  # what its HttpURLConnection says by itself
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "json"),
        ("", "json"),
        ("   ", "json"),
        ("*/*", "json"),
        ("application/sparql-results+xml", "xml"),
        ("application/json", "json"),
        ("application/json;charset=utf-8", "json"),
        ("application/json; charset=UTF-8", "json"),
        ("APPLICATION/JSON", "json"),
        ("application/xml", "xml"),
        ("text/*", "csv"),
        ("text/csv;q=0.1, text/tab-separated-values;q=0.9", "tsv"),
        ("text/csv; q=0.1, text/tab-separated-values; q=0.9", "tsv"),
        ("text/csv ;q=0.5,text/tab-separated-values;q=0.4", "csv"),
        ("text/csv, */*;q=0.1", "csv"),
        ("text/csv, */*", "csv"),
        ("application/sparql-results+json;q=0, */*", "xml"),
        ("application/sparql-results+json;q=0, application/json;q=0, text/*;q=0.5, text/csv;q=0", "tsv"),
        ("*/*, application/*;q=0", "csv"),
        ("image/png, text/csv;q=0.2", "csv"),
        ("text/csv;header=present", "csv"),
        ("text/turtle, application/sparql-results+json;q=0.5", "json"),
        ("application/sparql-results+json;charset=utf-16, text/csv;q=0.1", "csv"),
        (" , ,", "json"),
        ("text/csv;q=.5, text/tab-separated-values;Q=.9", "tsv"),
        ("*;q=0.1", "json"),
        (JAVA, "json"),
    ],
)
def test_the_client_chooses_among_tables(accept: str | None, expected: str) -> None:
    assert choose(accept, RESULT_FORMATS).names[0] == expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "turtle"),
        ("application/rdf+xml", "rdfxml"),
        ("application/ld+json", "jsonld"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "jsonld"),
        ("application/json", "jsonld"),
        ("application/n-triples", "ntriples"),
        ("text/plain", "ntriples"),
        ("application/trig, text/turtle;q=0.9", "trig"),
        ("application/n-quads", "nquads"),
        ("text/n3,text/rdf+n3;q=0.9", "turtle"),
        ("text/turtle;q=0.3, application/n-triples;q=0.2, */*;q=0.1", "turtle"),
    ],
)
def test_the_client_chooses_among_graphs(accept: str | None, expected: str) -> None:
    assert choose(accept, GRAPH_FORMATS).names[0] == expected


@pytest.mark.parametrize("accept", ["image/png", "text/turtle", "*/*;q=0", "application/json;charset=utf-16", "text"])
def test_no_acceptable_format_is_said_with_what_there_is(accept: str) -> None:
    with pytest.raises(NotAcceptable) as raised:
        choose(accept, RESULT_FORMATS)
    assert raised.value.available == tuple(each.media_type for each in RESULT_FORMATS)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("*/*", False),
        ("", False),
        (None, False),
        ("application/json, text/html;q=0.5", False),
        ("application/xhtml+xml", True),
        ("text/html;q=0", False),
    ],
)
def test_only_who_names_html_gets_it(accept: str | None, *, expected: bool) -> None:
    assert names_html(accept) is expected


def test_a_format_may_be_named_short_or_in_full() -> None:
    assert named("TTL", GRAPH_FORMATS).media_type == "text/turtle"
    assert named("application/sparql-results+xml", RESULT_FORMATS).names[0] == "xml"
    assert named("xml", GRAPH_FORMATS).media_type == "application/rdf+xml"
    assert named("application/sparql-results json", RESULT_FORMATS).names[0] == "json"  # of a plus not escaped
    with pytest.raises(InvalidParameter, match="json, xml, csv, tsv"):
        named("turtle", RESULT_FORMATS)


@pytest.mark.parametrize(("name", "expected"), [("n3", "turtle"), ("rdf+xml", "rdfxml"), ("json-ld", "jsonld")])
def test_graphs_have_the_names_too_that_clients_give_their_formats(name: str, expected: str) -> None:
    assert named(name, GRAPH_FORMATS).names[0] == expected
    assert named("json", GRAPH_FORMATS).media_type == "application/ld+json"  # as Accept: application/json


def test_every_name_of_a_format_means_one_format() -> None:
    for formats in (RESULT_FORMATS, (*GRAPH_FORMATS, HTML)):
        names = [name for each in formats for name in each.names]
        assert len(names) == len(set(names))


def test_the_command_line_defaults_to_what_suits_the_form() -> None:
    assert format_named("ASK { }", None) == "text/csv"
    assert format_named("SELECT * { }", "json") == "application/sparql-results+json"
    assert format_named("DESCRIBE <x:y>", None) == "text/turtle"
