"""The graph as Parquet tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import KnowledgeGraph
from kg.errors import InvalidParameter
from kg.exports.parquet import export_parquet

parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is an extra")


@pytest.fixture(scope="module")
def tables(curated_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "tables"
    export_parquet(curated_data, folder)
    return folder


def test_nodes_and_edges_are_those_of_the_index(tables: Path, curated_graph: KnowledgeGraph) -> None:
    index = curated_graph.index
    nodes = parquet.read_table(tables / "nodes.parquet").to_pylist()
    assert [(row["id"], row["iri"]) for row in nodes] == list(enumerate(index.nodes.take(range(len(index.nodes)))))
    edges = parquet.read_table(tables / "edges.parquet").to_pylist()
    assert len(edges) == index.counts["edges"]
    for row, edge in zip(edges, index.iter_edges(), strict=True):
        assert (row["source"], row["predicate"], row["target"]) == (edge.subject, edge.predicate.name, edge.object)
        assert (row["sign"], row["certainty"], row["statement"]) == (
            edge.predicate.known_sign,
            edge.certainty,
            edge.statement,
        )
        assert not row["imported"]


def test_triples_are_every_quad_of_the_build_with_its_graph(tables: Path, curated_graph: KnowledgeGraph) -> None:
    rows = parquet.read_table(tables / "triples.parquet").to_pylist()
    counted = curated_graph.sparql("SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }").rows[0][0]
    assert counted is not None
    assert len(rows) == int(counted.value)
    label = next(row for row in rows if row["object"] == "sirolimus" and row["predicate"].endswith("prefLabel"))
    assert (label["object_kind"], label["datatype"]) == ("literal", "http://www.w3.org/2001/XMLSchema#string")
    assert label["subject"] == "https://w3id.org/sarcoma-kg/drug/sirolimus"
    assert {row["object_kind"] for row in rows} == {"iri", "literal"}


def test_a_folder_that_is_there_is_left_alone(tables: Path, curated_data: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter):
        export_parquet(curated_data, tables)
    with pytest.raises(InvalidParameter):
        export_parquet(curated_data, tmp_path)
    assert not list(tmp_path.iterdir())
