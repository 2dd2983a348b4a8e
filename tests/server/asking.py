"""What tests ask of a server, and what they read in its answers: pages, the JSON API, the SPARQL protocol."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
from flask.testing import FlaskClient

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
LABELS = "SELECT ?label WHERE { ?thing skos:prefLabel ?label } ORDER BY ?label"
MECHANISM = "/mechanism?drug=rapamycin&target=leiomyosarcoma"


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    """The page of an address, as a browser gets it."""
    response = client.get(path, headers=BROWSER)
    assert response.status_code == status, path
    assert response.mimetype == "text/html"
    return response.text


def words(html: str) -> str:
    """What a reader sees: no tags, no data blocks, single blanks."""
    bare = re.sub(r"<script.*?</script>|<style.*?</style>", " ", html, flags=re.DOTALL)
    bare = re.sub(r"(<[^>]+>)+(?=[,;])", "", bare)  # what a link names is followed by its comma at once
    return " ".join(re.sub(r"<[^>]+>", " ", bare).split())


def links(html: str) -> Iterator[str]:
    """The addresses that a page links to, each once."""
    for href in dict.fromkeys(re.findall(r'<a [^>]*?href="([^"]+)"', html)):
        yield href.replace("&amp;", "&").replace("&#34;", '"').replace("&#39;", "'")


def ask(client: FlaskClient, path: str, status: int = 200) -> Any:
    """The JSON of an address."""
    response = client.get(path)
    assert response.status_code == status, response.get_data(as_text=True)
    expected = "application/json" if status == 200 else "application/problem+json"
    assert response.mimetype == expected
    return response.get_json()


def sparql(client: FlaskClient, query: str, **headers: str) -> Any:
    """The answer to a query by GET."""
    return client.get("/sparql", query_string={"query": query}, headers=headers)


def rdf_of(response: Any) -> ox.Store:
    """The triples of an answer, whatever they are written in."""
    assert response.status_code == 200, response.text
    store = ox.Store()
    store.load(response.data, ox.RdfFormat.from_media_type(response.mimetype))
    return store
