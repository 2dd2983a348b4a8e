"""The statements of the graph as KGX tables."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest
import yaml

from kg import KnowledgeGraph
from kg.errors import InvalidParameter
from kg.kgx import EDGE_COLUMNS, NODE_COLUMNS, export_kgx
from server.cli import main

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


def test_what_the_inhibition_of_a_thing_does_and_where_a_tumour_spreads_are_more_than_related(
    tables: tuple[Rows, Rows],
) -> None:
    _, edges = tables
    named = {edge["original_predicate"]: edge["predicate"] for edge in edges}
    assert named["skg:inhibitionDecreases"] == named["skg:promotes"] == "biolink:affects"
    assert named["skg:metastasizesTo"] == "biolink:disease_has_location"
    assert {ours for ours, theirs in named.items() if theirs == "biolink:related_to"} == {
        "skg:hasArm", "skg:hasDiagnosis", "skg:hasPatient", "skg:received", "skg:regimen",
    }  # fmt: skip  # the Biolink Model has no predicate for how a study or a case is made up


@pytest.mark.parametrize(
    ("format_name", "files"),
    [
        ("kgx", {"sarcoma-kg_nodes.tsv", "sarcoma-kg_edges.tsv"}),
        ("parquet", {"nodes.parquet", "edges.parquet", "triples.parquet"}),
    ],
)
def test_the_command_line_writes_the_format_asked_for(
    curated_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], format_name: str, files: set[str]
) -> None:
    folder = tmp_path / "out"
    command = ["export", str(folder), "--format", format_name, "--data", str(curated_data), "--json"]
    assert main(command) == 0
    said = json.loads(capsys.readouterr().out)
    assert {path.name for path in folder.iterdir()} >= files
    assert said["folder"] == str(folder)
    if format_name == "kgx":
        held = {role: len(read(folder / f"sarcoma-kg_{role}.tsv")) for role in ("nodes", "edges")}
        assert said["rows"] == held
    assert main(command) == 2  # the folder is there now


def test_our_own_tables_come_back_whole_and_negated_claims_are_counted_apart(
    tables: tuple[Rows, Rows], curated_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nodes, edges = tables
    export_kgx(curated_data, tmp_path / "kgx")
    files = [str(path) for path in sorted((tmp_path / "kgx").iterdir())]
    about = ["--name", "own", "--licence", "CC0-1.0", "--version", "1", "--source", "x", "--data", str(tmp_path)]
    assert main(["import", *files, *about]) == 0
    negated = sum(edge["negated"] == "true" for edge in edges)
    held = f"{len(nodes):,} nodes, {len(edges) - negated:,} edges, {negated} negated claims that are no edges"
    assert f"{held}, 0 rows rejected" in capsys.readouterr().out


def test_a_folder_that_is_there_is_left_alone(curated_data: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter):
        export_kgx(curated_data, tmp_path)
