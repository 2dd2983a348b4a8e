"""What a view offers to save holds what the view shows, and its citation leads back to it."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html import unescape
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pyoxigraph
import pytest
from flask.testing import FlaskClient

from kg.identifiers import display, expand
from tests.server.asking import BROWSER

VIEWS = {
    "drug": ("/entity/drug:sirolimus", {"CSV", "JSON", "Turtle", "JSON-LD", "SPARQL", "SVG"}),
    "mechanism": ("/mechanism?drug=rapamycin&target=leiomyosarcoma", {"JSON", "CSV", "Turtle", "SPARQL", "SVG"}),
    "evidence": ("/evidence?drug=temsirolimus", {"JSON", "CSV", "Turtle", "SPARQL", "SVG"}),
    "comparison": ("/compare?a=gemcitabine&b=gemcitabine+%2B+docetaxel", {"CSV", "JSON", "Turtle", "SPARQL"}),
    "gap map": ("/gaps?rows=drug_class", {"JSON", "CSV", "Turtle", "SPARQL", "SVG"}),
    "explanation": ("/explain?drug=imatinib&histotype=GIST", {"JSON", "Turtle", "SPARQL"}),
    "graph": ("/explore?node=target:KIT&node=drug:imatinib", {"JSON", "CSV", "Turtle", "SPARQL"}),
    "case": ("/cases/patient:003-2", {"CSV", "JSON", "Turtle", "SPARQL", "SVG"}),
    "study": ("/study/study:sarc002", {"CSV", "JSON", "Turtle", "SPARQL"}),
    "search": ("/search?q=temozolomide+uterine", {"CSV", "JSON"}),
    "document": ("/documents/document:000", {"JSON", "Turtle", "SPARQL"}),
    "question": ("/questions/joint-causes", {"JSON", "CSV", "SPARQL"}),
    "query": ("/sparql?query=SELECT+*+%7B+%3Fs+a+skg%3ADrug+%7D", {"JSON", "CSV", "TSV", "XML"}),
}

OPEN: dict[str, Callable[[str], object]] = {
    "JSON": json.loads,
    "JSON-LD": json.loads,
    "CSV": lambda text: list(csv.reader(io.StringIO(text)))[1],
    "TSV": lambda text: text.splitlines()[1],
    "XML": lambda text: list(ET.fromstring(text)),
    "SVG": lambda text: list(ET.fromstring(text)),
    "Turtle": lambda text: list(pyoxigraph.parse(text, pyoxigraph.RdfFormat.TURTLE)),
    "SPARQL": lambda text: re.search(r">[\d,]+ rows?<", text),
}


def offered(client: FlaskClient, path: str) -> dict[str, str]:
    """The first link of each kind that a page offers to save."""
    html = client.get(path, headers=BROWSER).text
    block = html.partition('class="share"')[2].partition("</section>")[0]
    found: dict[str, str] = {}
    for href, label in re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', block):
        found.setdefault(re.split(r"[: ]", label)[0], unescape(href))
    return found


@pytest.mark.parametrize("name", VIEWS)
def test_every_form_that_a_view_offers_opens(client: FlaskClient, name: str) -> None:
    path, expected = VIEWS[name]
    links = offered(client, path)
    assert set(links) == expected
    for kind, href in links.items():
        response = client.get(href, follow_redirects=True, headers=BROWSER if kind == "SPARQL" else {})
        assert response.status_code == 200, (kind, href)
        opened = OPEN[kind](response.text)
        assert opened, (kind, href)


def subjects(client: FlaskClient, path: str) -> set[str]:
    data = client.get(path + "&format=turtle").data
    return {triple.subject.value for triple in pyoxigraph.parse(data, pyoxigraph.RdfFormat.TURTLE)}


def test_the_triples_of_the_evidence_are_of_its_rows_what_disagrees_with_them_and_nothing_else(
    client: FlaskClient,
) -> None:
    answer = client.get("/api/v1/evidence?drug=temsirolimus").get_json()
    sides = {side["id"] for conflict in answer["conflicts"] for side in conflict["between"]}
    assert subjects(client, "/evidence?drug=temsirolimus") == {row["id"] for row in answer["items"]} | sides


def test_the_triples_of_a_mechanism_are_the_statements_of_its_steps(client: FlaskClient) -> None:
    path = "/mechanism?drug=gemcitabine&target=DNA+chain+termination"
    answer = client.get(offered(client, path)["JSON"]).get_json()
    steps = {s for found in answer["paths"] for step in found["steps"] for s in step["statements"]}
    assert subjects(client, path) == steps
    rows = list(csv.DictReader(io.StringIO(client.get(path + "&format=csv").text)))
    assert {expand(row["statement"]) for row in rows} <= steps


@pytest.mark.parametrize("path", ["/mechanism?drug=rapamycin&target=leiomyosarcoma", VIEWS["explanation"][0]])
def test_the_facts_behind_chains_come_in_the_order_of_their_steps(client: FlaskClient, path: str) -> None:
    """Not in that of a set, which is another one after every start of the server."""
    answer = client.get(offered(client, path)["JSON"]).get_json()
    paths = answer.get("paths") or answer["mechanism"]["paths"]
    steps = dict.fromkeys(display(s) for found in paths for step in found["steps"] for s in step["statements"])
    query = unquote(client.get(path + "&format=sparql", headers=BROWSER).headers["Location"])
    listed = re.findall(r"statement:\w+", query)
    assert len(steps) > 3
    assert listed[: len(steps)] == list(steps)


def test_the_triples_of_a_case_are_its_events_and_what_disagrees_with_them(client: FlaskClient) -> None:
    told = client.get("/api/v1/cases/patient:003-2/timeline").get_json()
    sides = {side["id"] for conflict in told["conflicts"] for side in conflict["between"]}
    assert sides
    assert subjects(client, "/cases/patient:003-2?") == {event["id"] for event in told["events"]} | sides


def test_the_query_behind_a_graph_has_a_row_for_every_statement(client: FlaskClient) -> None:
    path = "/explore?node=target:KIT&node=drug:imatinib"
    edges = client.get(path + "&format=json").get_json()["edges"]
    address = client.get(path + "&format=sparql", headers=BROWSER).headers["Location"]
    query = parse_qs(urlsplit(address).query)["query"][0]
    bindings = client.get("/sparql", query_string={"query": query, "format": "json"}).get_json(force=True)
    found = {row["fact"]["value"] for row in bindings["results"]["bindings"]}
    assert found == {statement for edge in edges for statement in edge["statements"]} != set()


@pytest.mark.parametrize("name", VIEWS)
def test_a_citation_names_the_data_and_leads_back_to_the_view(client: FlaskClient, name: str) -> None:
    path = VIEWS[name][0]
    html = client.get(path, headers=BROWSER).text
    entry = unescape(re.search(r"aria-label=\"BibTeX\"[^>]*>(.*?)</pre>", html, re.DOTALL)[1])  # type: ignore[index]
    assert entry.startswith("@misc{sarcoma-kg-")
    assert entry.count("{") == entry.count("}")
    version = client.get("/readyz").get_json()["data_version"]
    assert version in entry
    url = re.search(r"\\url\{(.*?)\}", entry)[1]  # type: ignore[index]
    again: Any = client.get(url.removeprefix("http://localhost"), headers=BROWSER)
    assert re.search(r"<h1.*?</h1>", again.text)[0] == re.search(r"<h1.*?</h1>", html)[0]  # type: ignore[index]


def test_the_command_fetches_what_the_json_link_does(client: FlaskClient) -> None:
    html = client.get("/evidence?drug=temsirolimus", headers=BROWSER).text
    command = unescape(re.search(r"aria-label=\"Command\"[^>]*>(.*?)</pre>", html, re.DOTALL)[1])  # type: ignore[index]
    address = command.removeprefix("curl --location 'http://localhost").removesuffix("'")
    assert client.get(address).get_json() == client.get("/api/v1/evidence?drug=temsirolimus").get_json()


def test_a_picture_in_a_file_says_what_its_marks_mean_and_which_data_it_shows(client: FlaskClient) -> None:
    version = client.get("/readyz").get_json()["data_version"][:12]
    for name in ("drug", "mechanism", "evidence", "case"):
        response = client.get(offered(client, VIEWS[name][0])["SVG"])
        text = " ".join(ET.fromstring(response.text).itertext())
        assert f"sarcoma-kg, data {version}" in text
        assert name in {"evidence", "case"} or "decreases or prevents" in text
        assert "href" not in response.text
        assert "style-src 'sha256-" in response.headers["Content-Security-Policy"]


def test_nothing_is_offered_where_nothing_was_asked(client: FlaskClient) -> None:
    for path in ("/mechanism", "/evidence", "/compare", "/explain", "/explore", "/search", "/sparql"):
        assert offered(client, path) == {}


def test_the_foot_of_a_saved_drawing_lies_within_it(client: FlaskClient) -> None:
    """Also of a drawing of two boxes: its marks stand clear of each other's words, its source is whole."""
    svg = client.get("/entity/arm:announce-doxorubicin-olaratumab?format=svg").text
    left, _, width, _ = map(float, re.findall(r'viewBox="([^"]+)"', svg)[0].split())
    foot = svg[svg.rindex("<g transform") :]
    start = float(re.findall(r"translate\(([-\d.]+),", foot)[0])
    source = re.findall(r'class="source"[^>]*>([^<]+)<', foot)[0]
    assert start + 6.5 * len(source) <= left + width
    marks = [(float(x), told) for x, told in re.findall(r"translate\((\d+),0\).*?<text[^>]*>([^<]+)<", foot)]
    assert len(marks) == 3
    for (x, told), (after, _) in pairwise(marks):
        assert x + 38 + 6.5 * len(told) < after
