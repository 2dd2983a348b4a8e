"""The SPARQL page on the real graph: its examples answer."""

from __future__ import annotations

import pytest

from kg import KnowledgeGraph
from server.app import create_app
from server.sparql_page import EXAMPLES, Example

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


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
