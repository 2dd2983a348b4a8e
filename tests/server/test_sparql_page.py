"""The SPARQL page on the real graph: its examples answer."""

from __future__ import annotations

import json
import re

import pytest

from kg import KnowledgeGraph
from server.app import create_app
from server.pages.query_editor import EXAMPLES, Example
from server.settings import Settings
from tests.endless import ENDLESS
from tests.server.asking import BROWSER, words


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_every_example_on_the_page_has_an_answer(curated_graph: KnowledgeGraph, example: Example) -> None:
    query = example.query
    client = create_app(curated_graph).test_client()
    media_type = "application/n-triples" if query.startswith("CONSTRUCT") else "text/tab-separated-values"
    response = client.get("/sparql", query_string={"query": query}, headers={"Accept": media_type})
    assert response.status_code == 200
    assert len(response.text.splitlines()) > 2
    page = client.get("/sparql", query_string={"query": query}, headers=BROWSER)
    assert page.status_code == 200
    assert page.mimetype == "text/html"


def test_the_editor_needs_no_script(curated_graph: KnowledgeGraph) -> None:
    page = create_app(curated_graph).test_client().get("/sparql", headers=BROWSER)
    assert '<form action="/sparql" method="get">' in page.text
    assert EXAMPLES[-1].title in page.text
    assert '"curie": "skg:Drug"' in page.text


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x { drug:rapamycin ?p ?x }",
        "SELECT (COUNT(*) AS ?n) { drug:rapamycin ?p ?x }",
        "ASK { drug:rapamycin ?p ?x }",
    ],
)
def test_an_empty_answer_shows_the_name_that_nothing_has(curated_graph: KnowledgeGraph, query: str) -> None:
    client = create_app(curated_graph).test_client()
    told = "Nothing in the graph is called drug:rapamycin (drug:sirolimus?)."
    assert told in client.get("/sparql", query_string={"query": query}, headers=BROWSER).text
    known = client.get("/sparql", query_string={"query": query.replace("rapamycin", "sirolimus")}, headers=BROWSER)
    assert "Nothing in the graph" not in known.text


ALL = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 450"


def test_a_long_table_is_read_page_by_page_without_scripts(curated_graph: KnowledgeGraph) -> None:
    client = create_app(curated_graph).test_client()
    first = client.get("/sparql", query_string={"query": ALL}, headers=BROWSER).text
    assert first.count("<tr>") == 1 + 100
    assert "450 rows" in first
    later = re.search(r'<a href="([^"]+)">Later rows', first)
    assert later is not None
    last = client.get(later[1].replace("&amp;", "&").replace("page=2", "page=5"), headers=BROWSER).text
    assert last.count("<tr>") == 1 + 50
    assert "Later rows" not in last
    for page in ("0", "9" * 5000):  # Python reads no more than some thousand digits, and raises beyond
        assert client.get("/sparql", query_string={"query": ALL, "page": page}, headers=BROWSER).status_code == 400


def test_the_script_gets_every_row_of_a_long_table(curated_graph: KnowledgeGraph) -> None:
    client = create_app(curated_graph).test_client()
    html = client.get("/sparql", query_string={"query": ALL}, headers=BROWSER).text
    block = re.search(r'id="all-rows">(.*?)</script>', html, re.DOTALL)
    assert block is not None
    packed = json.loads(block[1])
    rows = [[packed["cells"][place] for place in row] for row in packed["rows"]]
    answer = client.get("/sparql", query_string={"query": ALL, "format": "json"}).get_json(force=True)
    columns = answer["head"]["vars"]
    for row, found in zip(rows, answer["results"]["bindings"], strict=True):
        for cell, column in zip(row, columns, strict=True):
            text = cell if isinstance(cell, str) else cell[0]
            assert found[column]["value"].endswith(text.rpartition(":")[2])
    short = client.get("/sparql", query_string={"query": ALL.replace("450", "20")}, headers=BROWSER).text
    assert "all-rows" not in short


def test_a_query_that_a_limit_stopped_is_told_without_the_name_of_a_setting(curated_graph: KnowledgeGraph) -> None:
    client = create_app(curated_graph, Settings(query_timeout_s=0.05)).test_client()
    answer = client.get("/sparql", query_string={"query": ENDLESS}, headers=BROWSER)
    assert answer.status_code == 503
    assert "work on it was stopped" in words(answer.text)
    assert "query_timeout_s" not in answer.text


@pytest.mark.parametrize("path", ["/sparql", "/docs", "/gaps?columns=leiomyosarcoma"])
def test_pages_behind_a_proxy_name_the_public_address(curated_graph: KnowledgeGraph, path: str) -> None:
    client = create_app(curated_graph, Settings(base_url="https://kg.example.org/")).test_client()
    page = client.get(path, headers={**BROWSER, "Host": "sarcoma-kg"}).text
    assert "https://kg.example.org/" in page
    assert "//sarcoma-kg" not in page
    described = client.get("/sparql", headers={"Accept": "text/turtle", "Host": "sarcoma-kg"}).text
    assert "sd:endpoint <https://kg.example.org/sparql>" in described
