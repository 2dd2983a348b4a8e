"""The statements of the graph as KGX tables."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg import KnowledgeGraph
from kg.errors import InvalidParameter
from kg.exports.kgx import EDGE_COLUMNS, NODE_COLUMNS, export_kgx
from ontology.terms import PREDICATES
from server.cli import main
from triples.imports.predicates import qualified_direction

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
    assert (mtor["id"], mtor["category"], mtor["name"]) == (
        "HGNC:3942", "biolink:Gene|biolink:GeneOrGeneProduct", "mTOR",
    )  # fmt: skip


def test_a_step_keeps_what_it_says_how_surely_and_by_whom(tables: tuple[Rows, Rows]) -> None:
    _, edges = tables
    (binds,) = (
        edge
        for edge in edges
        if (edge["subject"], edge["original_predicate"], edge["object"]) == ("CHEBI:9168", "skg:binds", "HGNC:3711")
    )
    assert binds["predicate"] == "biolink:directly_physically_interacts_with"
    assert (binds["negated"], binds["certainty"], binds["knowledge_level"]) == (
        "false",
        "stated",
        "knowledge_assertion",
    )
    assert binds["publications"].split("|")[-1] == "sarcoma-kg:document/000"
    assert binds["description"].startswith("Sirolimus binds FKBP12")


@pytest.fixture(scope="module")
def model(shared_dir: Path) -> dict[str, Any]:
    with gzip.open(shared_dir / "reference-data" / "biolink-model-4.4.6.yaml.gz") as stream:
        return yaml.load(stream, yaml.CSafeLoader)


def biolink_class(name: str) -> str:
    return "biolink:" + "".join(word[:1].upper() + word[1:] for word in name.split())


def test_categories_predicates_and_qualifiers_are_those_of_the_biolink_model(
    tables: tuple[Rows, Rows], model: dict[str, Any]
) -> None:
    nodes, edges = tables
    classes = {biolink_class(name): each for name, each in model["classes"].items()}
    for node in nodes:
        first, *more = node["category"].split("|")
        assert not classes[first].get("mixin"), f"{first}: nothing is only that"
        assert set(more) <= set(classes)
    slots = {f"biolink:{name.replace(' ', '_')}": each for name, each in model["slots"].items()}
    used = {edge["predicate"] for edge in edges}
    assert {name for name in used if slots[name].get("deprecated")} == set()
    assert {name.replace("_", " ") for name in EDGE_COLUMNS} >= {
        name for name in model["classes"]["association"]["slots"] if model["slots"].get(name, {}).get("required")
    }
    assert {edge["category"] for edge in edges} == {"biolink:Association"}
    levels = model["enums"]["KnowledgeLevelEnum"]["permissible_values"]
    assert {edge["knowledge_level"] for edge in edges} <= set(levels)
    ways = set(model["enums"]["DirectionQualifierEnum"]["permissible_values"])
    assert {edge[f"{end}_direction_qualifier"] for edge in edges for end in ("subject", "object")} - {""} <= ways


def test_identifiers_have_prefixes_as_the_biolink_model_spells_them(
    tables: tuple[Rows, Rows], model: dict[str, Any]
) -> None:
    nodes, edges = tables
    theirs = {prefix for each in model["classes"].values() for prefix in each.get("id_prefixes") or ()}
    cited = [curie for edge in edges for curie in edge["publications"].split("|")]
    known = [curie for node in nodes for curie in (node["id"], *filter(None, node["xref"].split("|")))]
    prefixes = {curie.partition(":")[0] for curie in (*known, *cited)}
    assert prefixes - theirs == {"sarcoma-kg", "ONCOTREE"}  # OncoTree is in no list of the model
    assert {"UniProtKB", "CHEMBL.COMPOUND", "doi"} <= prefixes


def test_a_treatment_edge_leads_to_a_disease(tables: tuple[Rows, Rows]) -> None:
    """Nobody "is studied to treat" for being in an arm, and a reference is not the same thing as its study."""
    nodes, edges = tables
    category = {node["id"]: node["category"] for node in nodes}
    treating = [edge for edge in edges if "treat" in edge["predicate"]]
    assert len(treating) > 50
    assert {category[edge["object"]] for edge in treating} == {"biolink:Disease"}
    assert "biolink:Cohort" not in {category[edge["subject"]] for edge in treating}
    assert "biolink:same_as" not in {edge["predicate"] for edge in edges}


def test_what_raises_or_lowers_something_says_so_in_biolinks_qualifiers_and_is_read_back_so(
    tables: tuple[Rows, Rows],
) -> None:
    _, edges = tables
    names = ("qualified_predicate", "subject_direction_qualifier", "object_direction_qualifier")
    told = {edge["original_predicate"]: tuple(edge[name] for name in names) for edge in edges}
    assert told["skg:inhibits"] == ("biolink:causes", "", "decreased")
    assert told["skg:inhibitionDecreases"] == ("biolink:causes", "decreased", "decreased")
    assert told["skg:inhibitionCauses"] == ("biolink:causes", "decreased", "increased")
    assert told["skg:sensitizes"] == told["skg:modulates"] == told["skg:causes"] == ("", "", "")
    signed = [edge for edge in edges if edge["qualified_predicate"]]
    assert len(signed) > 100
    for edge in signed:
        sign = PREDICATES[edge["original_predicate"].removeprefix("skg:")].sign
        assert edge["predicate"] == "biolink:affects"
        assert qualified_direction(edge) == int(sign)


def test_only_what_the_biolink_model_has_no_predicate_for_is_no_more_than_related(tables: tuple[Rows, Rows]) -> None:
    nodes, edges = tables
    category = {node["id"]: node["category"] for node in nodes}
    named = {edge["original_predicate"]: edge["predicate"] for edge in edges}
    assert named["skg:metastasizesTo"] == "biolink:disease_has_location"
    related = {edge["original_predicate"] for edge in edges if edge["predicate"] == "biolink:related_to"}
    made_up = {"skg:hasArm", "skg:hasDiagnosis", "skg:hasPatient", "skg:received", "skg:regimen", "skg:sameStudyAs",
               "skg:studiedIn"}  # fmt: skip
    assert made_up <= related
    for edge in edges:
        if edge["predicate"] == "biolink:related_to" and edge["original_predicate"] not in made_up:
            assert category[edge["object"]] not in ("biolink:Disease", "biolink:PhenotypicFeature"), edge


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
