"""The graph as RDF files: what tools that know nothing of ours begin with."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from rdflib import OWL, RDF, SH, Dataset, Graph

from kg import KnowledgeGraph
from kg.errors import InvalidParameter
from kg.exports.rdf import export_rdf


@pytest.fixture(scope="module")
def folder(curated_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("export") / "rdf"
    export_rdf(curated_data, made)
    return made


def test_the_quads_are_those_of_the_build_graph_by_graph(folder: Path, curated_graph: KnowledgeGraph) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib 7.6 warns of its own use of default_context
        quads = Dataset().parse(folder / "sarcoma-kg.nq", format="nquads")
    counts = curated_graph.sparql("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    assert {str(graph.identifier): len(graph) for graph in quads.graphs() if len(graph)} == dict(
        zip(counts.column("g"), counts.column("n"), strict=True)
    )


def test_the_triples_are_what_a_query_without_a_graph_sees_each_once(
    folder: Path, curated_graph: KnowledgeGraph
) -> None:
    lines = (folder / "sarcoma-kg.nt").read_text(encoding="utf-8").splitlines()
    (count,) = curated_graph.sparql("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").column("n")
    assert len(lines) == len(set(lines)) == count
    assert len(Graph().parse(folder / "sarcoma-kg.nt", format="nt")) == count


def test_the_vocabulary_and_the_shapes_come_along(folder: Path) -> None:
    assert list(Graph().parse(folder / "vocabulary.ttl").subjects(RDF.type, OWL.Class))
    assert list(Graph().parse(folder / "shapes.ttl").subjects(RDF.type, SH.NodeShape))


def test_nothing_is_overwritten(curated_data: Path, folder: Path) -> None:
    with pytest.raises(InvalidParameter, match="does not exist yet"):
        export_rdf(curated_data, folder)
