"""A graph that conforms, for a test to spoil."""

from __future__ import annotations

import pytest
from rdflib import Graph


@pytest.fixture
def graph(data_dir) -> Graph:
    return Graph().parse(data_dir / "well_formed.ttl")
