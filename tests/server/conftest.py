"""Clients: of the whole server on the curated graph, and of its SPARQL service alone on tests/data/rapamycin.nq."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import pytest
from flask import Blueprint, render_template
from flask.testing import FlaskClient
from jinja2 import DictLoader

from kg.graph import KnowledgeGraph
from kg.store import EmbeddedStore
from server.app import create_app
from server.settings import Settings

ClientFactory = Callable[..., FlaskClient]


@dataclass
class GraphOfStore:
    """What the endpoint needs of a graph."""

    store: EmbeddedStore


def _pages() -> Blueprint:
    pages = Blueprint("pages", __name__)

    @pages.get("/page/<path:name>")
    def page(name: str) -> str:
        return render_template(f"{name}.html")

    return pages


@pytest.fixture(scope="session")
def client_for() -> ClientFactory:
    """Make a client of a server on a store, with settings by name; templates are stand-ins."""

    def make(store: EmbeddedStore, *blueprints: Blueprint, **settings: object) -> FlaskClient:
        graph = cast(KnowledgeGraph, GraphOfStore(store))
        app = create_app(graph, Settings(**settings), [_pages(), *blueprints])  # type: ignore[arg-type]
        app.jinja_loader = DictLoader(
            {
                "sparql.html": "<h1>SPARQL</h1>{{ query }}|{{ error }}|{{ text }}|"
                "{{ exported|join(',', attribute='href') }}|"
                "{% if table %}{{ table.columns|join(',') }}|{% for row in table.rows %}{% for cell in row %}"
                "{{ cell if cell is string else cell|join('->') }};{% endfor %}{% endfor %}{% endif %}"
                "{{ vocabulary_json }}",
                "error.html": "<h1>{{ title }}</h1>{{ detail }}"
                "{% for each in suggestions %}{{ each.curie }}{% endfor %}",
            }
        )
        return app.test_client()

    return make


@pytest.fixture(scope="session")
def endpoint(store: EmbeddedStore, client_for: ClientFactory) -> FlaskClient:
    """A client of the SPARQL service on a small store, with default settings."""
    return client_for(store)


@pytest.fixture(scope="session")
def client(curated_graph: KnowledgeGraph) -> FlaskClient:
    """A client of the whole server on the curated graph, with default settings."""
    return create_app(curated_graph, Settings()).test_client()


@pytest.fixture(scope="session")
def first_client(first_graph: KnowledgeGraph) -> FlaskClient:
    """A client on the documents whose whole answers tests know."""
    return create_app(first_graph, Settings()).test_client()


@pytest.fixture(scope="session")
def forgetful(curated_graph: KnowledgeGraph) -> FlaskClient:
    """A client of a server that makes every page anew."""
    return create_app(curated_graph, Settings(cache_bytes=0)).test_client()
