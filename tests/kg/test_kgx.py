"""The statements of the graph as KGX tables."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest
import yaml

from kg import KnowledgeGraph
from kg.errors import InvalidParameter
from kg.kgx import EDGE_COLUMNS, NODE_COLUMNS, export_kgx

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def tables(curated_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, Rows]:
    folder = tmp_path_factory.mktemp("export") / "kgx"
    export_kgx(curated_data, folder)
    return read(folder / "sarcoma-kg_nodes.tsv"), read(folder / "sarcoma-kg_edges.tsv")


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_every_statement_between_two_things_is_an_edge(
    tables: tuple[Rows, Rows], curated_graph: KnowledgeGraph
) -> None:
    nodes, edges = tables
    assert (tuple(nodes[0]), tuple(edges[0])) == (NODE_COLUMNS, EDGE_COLUMNS)
    query = "SELECT ?s { ?s a skg:Statement ; skg:certainty ?c ; skg:object ?o FILTER(ISIRI(?o) && ?c != 'inferred') }"
    told = {str(iri).rpartition("/")[2] for iri in curated_graph.sparql(query).column("s")}
    assert {edge["id"].rpartition("/")[2] for edge in edges} == told
    assert {row["negated"] for row in edges} == {"true", "false"}
    assert {row["certainty"] for row in edges} == {"stated", "hedged", "hypothesised"}


def test_every_end_of_an_edge_is_one_node(tables: tuple[Rows, Rows]) -> None:
    nodes, edges = tables
    names = [node["id"] for node in nodes]
    assert len(names) == len(set(names))
    assert {edge[end] for edge in edges for end in ("subject", "object")} == set(names)
    (mtor,) = (node for node in nodes if node["iri"].endswith("/target/MTOR"))
    assert (mtor["id"], mtor["category"], mtor["name"]) == ("HGNC:3942", "biolink:GeneOrGeneProduct", "mTOR")


def test_a_step_keeps_what_it_says_how_surely_and_by_whom(tables: tuple[Rows, Rows]) -> None:
    _, edges = tables
    (binds,) = (
        edge
        for edge in edges
        if (edge["subject"], edge["original_predicate"], edge["object"]) == ("CHEBI:9168", "skg:binds", "HGNC:3711")
    )
    assert binds["predicate"] == "biolink:binds"
    assert (binds["negated"], binds["certainty"], binds["knowledge_level"]) == (
        "false",
        "stated",
        "knowledge_assertion",
    )
    assert binds["publications"].split("|")[-1] == "sarcoma-kg:document/000"
    assert binds["description"].startswith("Sirolimus binds FKBP12")


def test_categories_and_predicates_are_those_of_the_biolink_model(tables: tuple[Rows, Rows], shared_dir: Path) -> None:
    nodes, edges = tables
    with gzip.open(shared_dir / "reference-data" / "biolink-model-4.4.6.yaml.gz") as stream:
        model = yaml.safe_load(stream)
    classes = {f"biolink:{name.title().replace(' ', '')}" for name in model["classes"]}
    assert {node["category"] for node in nodes} <= classes
    assert {edge["predicate"] for edge in edges} <= {f"biolink:{name.replace(' ', '_')}" for name in model["slots"]}
    levels = model["enums"]["KnowledgeLevelEnum"]["permissible_values"]
    assert {edge["knowledge_level"] for edge in edges} <= set(levels)


def test_a_folder_that_is_there_is_left_alone(curated_data: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter):
        export_kgx(curated_data, tmp_path)
