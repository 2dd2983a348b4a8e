"""One reader for all questions."""

from __future__ import annotations

import pytest

from kg.graph import KnowledgeGraph
from server.app import create_app
from server.settings import Settings
from tests.questions.calls import Reader


@pytest.fixture(scope="session")
def reader(first_graph: KnowledgeGraph) -> Reader:
    """Somebody who asks the library and the service of the documents whose whole answers tests know."""
    app = create_app(first_graph, Settings())
    app.testing = True
    return Reader(first_graph, app.test_client())
