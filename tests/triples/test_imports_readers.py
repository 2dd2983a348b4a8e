"""Every format is read as it is written; what cannot be used is listed with its line, and stops nothing."""

from __future__ import annotations

import bz2
import gzip
import lzma
from pathlib import Path

import pytest

from kg.identifiers import expand
from ontology.terms import PREDICATES, PREFIXES
from triples.imports.drugmechdb import read_drugmechdb
from triples.imports.files import numbered_lines
from triples.imports.identifiers import Identifiers, biolink
from triples.imports.kgx import kgx_edge, read_kgx
from triples.imports.obo import read_obo
from triples.imports.predicates import TIES, candidates, index_name, instead_of, own_predicate, qualified_direction
from triples.imports.rdf import read_rdf_files
from triples.imports.rows import Edge, Fact, Node, Reject, Row, Source, UnreadableFile
from triples.imports.tables import read_tables

OBO = "http://purl.obolibrary.org/obo/"
OWN = "https://w3id.org/sarcoma-kg/import/test/"
BIOLINK = "https://w3id.org/biolink/vocab/"


def source(folder: Path, *names: str) -> Source:
    return Source("test", tuple(folder / "imports" / name for name in names))


def rejected(rows: list[Row]) -> list[tuple[int, str]]:
    return [(row.line, row.reason) for row in rows if isinstance(row, Reject)]


def test_identifiers_are_the_same_whoever_spells_them() -> None:
    spell = Identifiers("test").iri
    assert spell("UniProtKB:P1") == spell("UniProt:P1") == "http://purl.uniprot.org/uniprot/P1"
    assert spell("DB:DB00001") == spell("DRUGBANK:DB00001") == spell("drugbank:DB00001")
    assert spell("CHEBI:CHEBI:5") == f"{OBO}CHEBI_5"
    assert spell("CL:0000084") == f"{OBO}CL_0000084"
    assert spell("https://example.org/x") == "https://example.org/x"


def test_what_has_no_known_prefix_is_named_under_the_import() -> None:
    spell = Identifiers("test").iri
    assert spell("X:local 7") == f"{OWN}X:local%207"
    assert spell("DB:DBMET01698") == f"{OWN}DB:DBMET01698"  # no DrugBank number of a drug
    assert spell("drug:sirolimus") == f"{OWN}drug:sirolimus"  # ours is not meant
    with pytest.raises(ValueError, match="empty"):
        spell(" ")
    with pytest.raises(ValueError, match="IRI"):
        spell("http://example.org/a b")


def test_a_hetionet_table_gives_nodes_then_edges_in_the_vocabularies_of_their_kinds(data_dir: Path) -> None:
    rows = list(read_tables(source(data_dir, "hetionet_edges.tsv", "hetionet_nodes.tsv")))
    nodes = [row for row in rows if isinstance(row, Node)]
    edges = [row for row in rows if isinstance(row, Edge)]
    assert rows.index(nodes[-1]) < rows.index(edges[0])
    assert [node.iri for node in nodes[:4]] == [
        "https://identifiers.org/ncbigene:11",
        "https://identifiers.org/ncbigene:12",
        "https://go.drugbank.com/drugs/DB00001",
        f"{OBO}DOID_1",
    ]
    assert nodes[4].categories == (f"{OWN}type/Side%20Effect",)
    assert edges[2].predicate == f"{OWN}predicate/Gr%3EG"
    assert rejected(rows) == [
        (7, "1 columns where the header has 3"),
        (7, "2 columns where the header has 3"),
        (8, "no predicate"),
    ]


def test_a_table_without_the_columns_of_a_node_or_an_edge_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    path.write_text("a\tb\n1\t2\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match="no column for id, name, kind"):
        list(read_tables(Source("test", (path,))))


def test_kgx_tables_keep_qualifiers_sources_and_negation(data_dir: Path) -> None:
    rows = list(read_kgx(source(data_dir, "kgx_edges.tsv", "kgx_nodes.tsv")))
    nodes = [row for row in rows if isinstance(row, Node)]
    assert nodes[0].categories == (f"{BIOLINK}Drug", f"{BIOLINK}SmallMolecule")
    assert nodes[0].synonyms == ("INV-1", "Inv")
    assert nodes[0].xrefs == ("http://id.nlm.nih.gov/mesh/D1",)
    edges = {row.line: row for row in rows if isinstance(row, Edge)}
    assert edges[2].direction == -1
    assert (f"{BIOLINK}publications", "<https://pubmed.ncbi.nlm.nih.gov/1>") in edges[2].properties
    assert edges[3].key != edges[4].key  # two sources of one triple
    assert edges[5].negated
    assert rejected(rows) == [(6, "no id"), (7, "no predicate")]


@pytest.mark.parametrize("text", ["not a predicate", "biolink:not a predicate", "treats", "biolink:", ":treats"])
def test_a_predicate_of_kgx_is_a_curie_or_an_iri(text: str) -> None:
    record = {"subject": "X:1", "predicate": text, "object": "X:2"}
    with pytest.raises(ValueError, match="neither a CURIE nor an IRI"):
        kgx_edge(2, record, Identifiers("test"))


def test_the_sources_of_biolink_have_their_own_namespace() -> None:
    record = {"subject": "X:1", "predicate": "biolink:treats", "object": "X:2", "primary_knowledge_source": "infores:x"}
    edge = kgx_edge(2, record, Identifiers("test"))
    assert edge.properties == ((f"{BIOLINK}primary_knowledge_source", "<https://w3id.org/biolink/infores/x>"),)


def test_kgx_lines_of_json_are_read_alike(data_dir: Path) -> None:
    rows = list(read_kgx(source(data_dir, "kgx_nodes.jsonl", "kgx_edges.jsonl")))
    (edge,) = [row for row in rows if isinstance(row, Edge)]
    assert edge.predicate == f"{BIOLINK}binds"
    assert [line for line, _ in rejected(rows)] == [3, 4, 2]


def test_paths_share_their_links_and_references_stay_with_the_path(data_dir: Path) -> None:
    rows = list(read_drugmechdb(source(data_dir, "paths.json")))
    edges = {
        (row.subject.rpartition("/")[2], row.predicate.rpartition("/")[2]): row for row in rows if isinstance(row, Edge)
    }
    assert len(edges) == 4
    shared = edges["P00001", "causes"]
    assert [term for _, term in shared.properties] == [f"<{OWN}path/P1>", f"<{OWN}path/P2>"]
    cited = [row.subject for row in rows if isinstance(row, Fact) and row.predicate.endswith("references")]
    assert cited == [f"{OWN}path/P1", f"{OWN}path/P2"]
    reasons = rejected(rows)
    assert reasons[0] == (2, "path P2: MESH:MISSING is no node of the path")
    assert reasons[1][0] == 3


@pytest.mark.parametrize("name", ["terms.obo", "terms.json", "graph.json"])
def test_ontologies_give_the_same_hierarchy_whatever_their_syntax(data_dir: Path, name: str) -> None:
    rows = list(read_obo(source(data_dir, name)))
    first = next(row for row in rows if isinstance(row, Node))
    assert (first.iri, first.label, first.synonyms) == (f"{OBO}MONDO_0000001", "disease one", ("first disease",))
    assert first.xrefs == ("http://id.nlm.nih.gov/mesh/D1",)
    assert first.categories == (f"{BIOLINK}Disease",)
    hierarchy = [(row.subject, row.object) for row in rows if isinstance(row, Edge) and "subClassOf" in row.predicate]
    assert hierarchy == [(f"{OBO}MONDO_0000002", f"{OBO}MONDO_0000001")]
    assert len(rejected(rows)) == (2 if name == "terms.obo" else 1)


def test_obsolete_terms_are_listed_and_relations_keep_their_name(data_dir: Path) -> None:
    rows = list(read_obo(source(data_dir, "terms.obo")))
    assert (18, "an obsolete term") in rejected(rows)
    relations = [row.predicate for row in rows if isinstance(row, Edge)]
    assert f"{OWN}predicate/disease_has_location" in relations


def test_rdf_links_are_edges_and_names_describe_nodes(data_dir: Path) -> None:
    rows = list(read_rdf_files(source(data_dir, "things.ttl")))
    labels = {row.iri: row.label for row in rows if isinstance(row, Node) and row.label}
    assert labels["http://example.org/b"] == 'thing "b"'
    assert any(isinstance(row, Edge) and row.object == f"{OWN}blank/1" for row in rows)
    again = list(read_rdf_files(source(data_dir, "things.ttl")))
    assert rows == again  # blank nodes are named by their order, not at random


def test_a_bad_line_of_rdf_costs_one_line(data_dir: Path) -> None:
    rows = list(read_rdf_files(source(data_dir, "broken.nt")))
    assert sum(isinstance(row, Edge) for row in rows) == 2
    assert [line for line, _ in rejected(rows)] == [2]


def test_every_line_of_n_triples_is_one_row_whatever_is_wrong_with_it(tmp_path: Path) -> None:
    path = tmp_path / "odd.nt"
    lines = (
        "<x:a> <x:p> <x:b> . # said once",
        "# a comment",
        "",
        "<x:a> <x:p> <x:b> . <x:c> <x:p> <x:d> .",
        "_:one <x:p>",
        "<x:b> .",
        "_:one <x:p> _:two .",
        "<x:a> <x:p> <x:b> .\r<x:c> <x:p> <x:d> .",
        "<x:a> <x:p> <x:d> .",
    )
    path.write_bytes("\n".join(lines).encode() + b"\n\xff\n<x:e> <x:p> <x:f> .")
    rows = list(read_rdf_files(Source("test", (path,))))
    edges = [(row.line, row.subject, row.object) for row in rows if isinstance(row, Edge)]
    assert edges == [
        (1, "x:a", "x:b"),
        (7, f"{OWN}blank/one", f"{OWN}blank/two"),
        (9, "x:a", "x:d"),
        (11, "x:e", "x:f"),
    ]
    assert [(row.line, row.row) for row in rows if isinstance(row, Reject)][:4] == [
        (number, lines[number - 1]) for number in (4, 5, 6, 8)
    ]
    assert rejected(rows)[-1][0] == 10


@pytest.mark.parametrize(("suffix", "opener"), [(".gz", gzip.open), (".xz", lzma.open), (".bz2", bz2.open), ("", open)])
def test_compressed_files_are_read_line_by_line(tmp_path: Path, suffix: str, opener) -> None:
    path = tmp_path / f"a.tsv{suffix}"
    with opener(path, "wb") as stream:
        stream.write(b"one\r\ntwo\n\xff\nfour")
    rows = list(numbered_lines(path))
    assert [row for row in rows if not isinstance(row, Reject)] == [(1, "one"), (2, "two"), (4, "four")]
    assert rejected(rows) == [(3, "not UTF-8 at byte 1")]


def test_every_tie_of_the_published_table_is_decided() -> None:
    undecided = {iri: names for iri, names in candidates().items() if len(names) > 1}
    assert undecided == {}
    for name in TIES.values():
        assert name in PREDICATES


@pytest.mark.parametrize(
    ("key", "ours"),
    [
        ("causes", "causes"),
        ("decreases activity of", "decreases"),
        ("positively regulates", "increases"),
        ("increases degradation of", "decreases"),
        ("increases transport of", None),
        ("prevents", "prevents"),
        ("positively correlated with", None),
        ("treats", None),
        ("part of", None),
        ("has arm", None),
    ],
)
def test_a_predicate_stands_for_ours_only_where_the_table_says_so(key: str, ours: str | None) -> None:
    assert own_predicate(biolink(key, slot=True)) == ours


def test_what_may_be_written_for_a_predicate_of_ours_is_read_as_it() -> None:
    told = {name: instead_of(f"{PREFIXES['skg']}{name}").partition(", which is read as skg:") for name in PREDICATES}
    read = {
        name: expand(term.replace("biolink:", "BIOLINK:")) for name, (term, told_apart, _) in told.items() if told_apart
    }
    assert {name: own_predicate(iri) for name, iri in read.items()} == {name: told[name][2] for name in read}
    assert read["causes"] == f"{BIOLINK}causes"
    assert "hasArm" not in read, "only records of a study may say it"


def test_qualifiers_say_the_direction() -> None:
    down = {"object_direction_qualifier": "decreased", "object_aspect_qualifier": "activity"}
    assert qualified_direction(down) == -1
    assert qualified_direction({**down, "object_aspect_qualifier": "degradation"}) == 1
    assert qualified_direction({**down, "subject_direction_qualifier": "decreased"}) == 1
    assert qualified_direction({**down, "object_aspect_qualifier": "localization"}) == 0
    assert qualified_direction({}) == 0


def test_the_index_calls_imported_predicates_by_our_name_or_a_short_one() -> None:
    assert index_name(f"{OWN}predicate/CbG") == "binds"
    assert index_name(f"{OWN}predicate/CdG") == "decreases"
    assert index_name(f"{OWN}predicate/XyZ") == "test:XyZ"
    assert index_name(f"{BIOLINK}treats") == "BIOLINK:treats"
