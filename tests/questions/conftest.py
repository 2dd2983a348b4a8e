"""One reader for all questions."""

from __future__ import annotations

import pytest

from kg.graph import KnowledgeGraph
from server.app import create_app
from server.settings import Settings
from tests.questions.calls import Reader


@pytest.fixture(scope="session")
def reader(curated_graph: KnowledgeGraph) -> Reader:
    """Somebody who asks the library and the service."""
    app = create_app(curated_graph, Settings())
    app.testing = True
    return Reader(curated_graph, app.test_client())
