"""A build takes the imports in beside the curated graph: joined by identifiers, marked, and in nobody's way."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from kg.codec import dataset_checksum
from kg.errors import AmbiguousEntity, EntityNotFound, InvalidParameter, StoreUnavailable
from kg.evidence.question import EvidenceQuestion
from kg.graph import KnowledgeGraph
from kg.identifiers import expand
from kg.paths.neighborhood import NeighborsQuestion
from kg.paths.traversal import PathQuestion
from ontology.terms import PREDICATES, PREFIXES
from triples.build import Built, build
from triples.imports.alignment import identities
from triples.imports.catalog import files_of, remove_import
from triples.imports.job import ImportQuestion, run_import
from triples.read import CURATED, read_corpus

BASE = "https://w3id.org/sarcoma-kg/"
DRUG_A = f"{BASE}drug/drug-a"
CHEBI_1 = "http://purl.obolibrary.org/obo/CHEBI_1"
PROTEIN = "http://purl.uniprot.org/uniprot/P00001"
DISEASE = "http://id.nlm.nih.gov/mesh/D1"
PATHS_GRAPH = f"{BASE}graph/import-paths"
IMPORTS = {
    "paths": ("paths.json",),
    "table": ("hetionet_nodes.tsv", "hetionet_edges.tsv"),
    "kgx": ("kgx_nodes.tsv", "kgx_edges.tsv"),
    "things": ("things.ttl",),
}


def take_in(data: Path, fixtures: Path, *names: str) -> None:
    for name in names:
        files = tuple(fixtures / "imports" / file for file in IMPORTS[name])
        run_import(data, ImportQuestion(name, files, "CC0-1.0", "2.0", "https://example.org/source"))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, corpus_dir: Path) -> Built:
    return build(tmp_path_factory.mktemp("plain"), corpus_dir, shapes=False)


@pytest.fixture(scope="module")
def widened(tmp_path_factory: pytest.TempPathFactory, corpus_dir: Path, data_dir: Path) -> Built:
    data = tmp_path_factory.mktemp("widened")
    take_in(data, data_dir, *IMPORTS)
    return build(data, corpus_dir)  # with the shapes: what imports add to the metadata must pass, too


@pytest.fixture
def graph(widened: Built):
    with KnowledgeGraph.open(widened.path.parent.parent) as opened:
        yield opened


def test_each_import_is_a_graph_with_its_licence_version_and_source(graph: KnowledgeGraph, widened: Built) -> None:
    rows = graph.sparql(
        "SELECT ?licence ?version ?source { ?graph dcterms:license ?licence ; owl:versionInfo ?version ."
        " ?graph dcterms:source ?source }",
        {"graph": PATHS_GRAPH},
    ).rows
    assert [[term.value for term in row if term] for row in rows] == [["CC0-1.0", "2.0", "https://example.org/source"]]
    for name in IMPORTS:
        iri = f"{BASE}graph/import-{name}"
        counted = graph.sparql("SELECT (COUNT(*) AS ?n) { GRAPH ?graph { ?s ?p ?o } }", {"graph": iri}).rows[0][0]
        assert counted is not None
        assert int(counted.value) == widened.manifest.graphs[iri] > 0


def test_the_checksum_is_that_of_everything_written(widened: Built) -> None:
    lines = gzip.decompress((widened.path / "dataset.nq.gz").read_bytes()).decode("utf-8").splitlines()
    assert lines == sorted(set(lines))
    assert dataset_checksum(lines) == widened.manifest.checksum
    assert len(lines) == widened.manifest.quads == sum(widened.manifest.graphs.values())


def test_a_verified_identifier_makes_an_imported_node_our_entity(graph: KnowledgeGraph) -> None:
    said = graph.sparql(
        "SELECT ?ours { GRAPH ?graph { ?theirs skos:exactMatch ?ours } }", {"graph": PATHS_GRAPH, "theirs": CHEBI_1}
    )
    assert [row[0].value for row in said.rows if row[0]] == [DRUG_A]
    assert graph.index.find(CHEBI_1) is None
    question = PathQuestion(DRUG_A, DISEASE, include_imports=True)
    best = graph.paths(question).paths[0]
    assert [(step.predicate, step.sign, step.imported) for step in best.steps] == [
        ("decreases", -1, True),
        ("causes", 1, True),
    ]


def test_every_target_that_is_a_gene_is_joined_to_what_imports_say_of_genes_and_of_proteins() -> None:
    corpus = read_corpus(CURATED)
    known = identities(corpus).entity_by_iri
    genes = {expand(str(record.text("id"))) for record in corpus.entities if "HGNC:" in str(record.texts("exact"))}
    for prefix in ("NCBIGENE", "UNIPROT"):  # of Hetionet; of DrugMechDB
        assert genes <= {entity for iri, entity in known.items() if iri.startswith(PREFIXES[prefix])}
    assert known[f"{PREFIXES['NCBIGENE']}3815"] == f"{BASE}target/KIT"


def test_imports_join_a_search_only_when_asked(graph: KnowledgeGraph) -> None:
    assert graph.paths(PathQuestion(DRUG_A, DISEASE)).paths == ()
    assert graph.paths(PathQuestion(DRUG_A, DISEASE)).excluded_by == ("include_imports",)
    alone = graph.neighbors(NeighborsQuestion(DRUG_A)).items
    wide = graph.neighbors(NeighborsQuestion(DRUG_A, include_imports=True)).items
    assert not any(item.imported for item in alone)
    assert {item.node.id for item in wide if item.imported} >= {PROTEIN}


def test_no_curated_answer_changes_when_imports_are_there(graph: KnowledgeGraph, plain: Built) -> None:
    with KnowledgeGraph.open(plain.path.parent.parent) as curated:

        def answers(asked: KnowledgeGraph) -> list[object]:
            return [
                asked.evidence(EvidenceQuestion()),
                asked.evidence(EvidenceQuestion(drugs=(DRUG_A,))),
                asked.mechanism(drugs=["Inventa"]),
                asked.mechanism(drugs=["drug-a"], target="cell division"),
                asked.entity("drug:drug-a"),
                asked.entity("histotype:sarcoma"),
                asked.resolve("drug A", ("drug",)),
                asked.class_counts(),
                asked.members("drug"),
                asked.corpus(),
                asked.neighbors(NeighborsQuestion(DRUG_A)),
                asked.histotypes_below(f"{BASE}histotype/sarcoma"),
            ]

        for with_imports, without in zip(answers(graph), answers(curated), strict=True):
            assert with_imports == without


def test_imported_things_are_found_by_name_and_ours_come_first(graph: KnowledgeGraph) -> None:
    assert graph.resolve("Protein one").id == PROTEIN
    assert graph.resolve("Protein 1").id == PROTEIN  # another path's name for it
    assert graph.resolve("Inventa").id == DRUG_A
    with pytest.raises(AmbiguousEntity, match=r"DOID:1.*MESH:D1.*MONDO:1"):  # three vocabularies, none of them joined
        graph.resolve("Disease one", ("condition",))


def test_what_an_import_calls_the_same_as_ours_is_found_at_ours(tmp_path: Path, corpus_dir: Path) -> None:
    nodes = tmp_path / "nodes.tsv"
    rows = [f"EX:9\tbiolink:Drug\tExample nine\t{DRUG_A}", f"https://example.org/x/9\tbiolink:Drug\t\t{DRUG_A}"]
    nodes.write_text("\n".join(("id\tcategory\tname\tsame_as", *rows, "")), encoding="utf-8")
    edges = tmp_path / "edges.tsv"
    edges.write_text(
        "subject\tpredicate\tobject\nEX:9\tbiolink:related_to\thttps://example.org/x/9\n", encoding="utf-8"
    )
    run_import(tmp_path / "data", ImportQuestion("lab", (nodes, edges), "CC0-1.0", "1", "https://example.org/source"))
    build(tmp_path / "data", corpus_dir)
    with KnowledgeGraph.open(tmp_path / "data") as opened:
        found = opened.sparql("SELECT ?theirs { GRAPH ?graph { ?theirs skos:exactMatch ?ours } }", {"ours": DRUG_A})
        theirs = [term.value for row in found.rows if (term := row[0])]
        assert len(theirs) == 2
        assert {opened.resolve(iri).id for iri in theirs} == {DRUG_A}
        assert opened.resolve("drug A").id == DRUG_A
        assert opened.resolve("Example nine").id == opened.search("example nine").items[0].id == DRUG_A


def test_every_imported_edge_leads_back_to_its_claim(graph: KnowledgeGraph) -> None:
    edges = [edge for edge in graph.index.iter_edges() if edge.imported]
    assert {edge.graph for edge in edges} == {f"{BASE}graph/import-{name}" for name in IMPORTS}
    paths = [edge.statement for edge in edges if edge.graph == PATHS_GRAPH]
    for statement in paths:
        part_of = graph.sparql("SELECT ?path { ?claim dcterms:isPartOf ?path }", {"claim": statement}).rows
        assert part_of


def test_every_imported_edge_has_a_card_with_the_licence_of_its_graph(graph: KnowledgeGraph) -> None:
    """Also one that its publisher says nothing more of, which is no node of the store."""
    edges = [edge for edge in graph.index.iter_edges() if edge.imported]
    bare = 0
    for edge in edges:
        card = graph.fact(edge.statement)
        assert card.imported
        assert (card.subject, card.object) == (graph.index.entity(edge.subject), graph.index.entity(edge.object))
        assert card.predicate == edge.predicate.name
        assert [ref.id for ref in card.asserted_by] == [edge.graph]
        said = {one.label for one in card.qualifiers}
        assert {"licence", "version", "source"} <= said
        bare += said == {"licence", "version", "source"}
    assert 0 < bare < len(edges)
    with pytest.raises(EntityNotFound):
        graph.fact("statement:nothing-of-the-kind")


def test_an_import_may_join_kinds_that_curated_facts_may_not(tmp_path: Path, corpus_dir: Path, data_dir: Path) -> None:
    edges = tmp_path / "kgx_edges.tsv"
    edges.write_text("subject\tpredicate\tobject\nCHEBI:1\tbiolink:located_in\tMONDO:1\n", encoding="utf-8")
    nodes = data_dir / "imports" / "kgx_nodes.tsv"
    run_import(tmp_path / "data", ImportQuestion("kgx", (nodes, edges), "CC0-1.0", "2.0", "https://example.org/source"))
    build(tmp_path / "data", corpus_dir)
    with KnowledgeGraph.open(tmp_path / "data") as opened:
        items = opened.neighbors(NeighborsQuestion(DRUG_A, include_imports=True)).items
    assert "Condition" not in PREDICATES["locatedIn"].object_kinds
    assert [(item.predicate, item.node.type) for item in items if item.imported] == [("locatedIn", "Condition")]


def test_what_only_an_import_knows_is_marked_in_a_search(graph: KnowledgeGraph) -> None:
    marked = {hit.label: hit.imported for text in ("Protein one", "Inventa") for hit in graph.search(text).items}
    assert marked["Protein one"]
    assert not marked["drug A"]


def test_a_named_import_is_read_alone_and_without_asking_twice(graph: KnowledgeGraph) -> None:
    """Naming its graph asks for it; only what it states counts then."""
    graphs = ("import-paths",)
    found = graph.paths(PathQuestion(DRUG_A, DISEASE, graphs=graphs))
    assert found.paths
    assert all(step.imported for path in found.paths for step in path.steps)
    assert graph.paths(PathQuestion(DRUG_A, DISEASE, graphs=("document-900",))).paths == ()
    items = graph.neighbors(NeighborsQuestion(DRUG_A, graphs=graphs)).items
    assert items
    assert all(item.imported for item in items)
    with pytest.raises(InvalidParameter, match="graph:import-paths"):
        graph.neighbors(NeighborsQuestion(DRUG_A, graphs=("import-nothing",)))


def test_removing_all_imports_gives_the_curated_dataset_again(
    tmp_path: Path, corpus_dir: Path, data_dir: Path, plain: Built
) -> None:
    take_in(tmp_path, data_dir, "paths")
    wide = build(tmp_path, corpus_dir, shapes=False)
    assert build(tmp_path, corpus_dir, shapes=False).skipped
    remove_import(tmp_path, "paths")
    narrow = build(tmp_path, corpus_dir, shapes=False)
    assert not narrow.skipped
    assert narrow.manifest.checksum == plain.manifest.checksum != wide.manifest.checksum
    assert narrow.manifest == plain.manifest


def test_building_twice_with_imports_gives_the_same_bytes(
    tmp_path: Path, corpus_dir: Path, data_dir: Path, widened: Built
) -> None:
    take_in(tmp_path, data_dir, *reversed(IMPORTS))
    again = build(tmp_path, corpus_dir, shapes=False)
    assert again.manifest == widened.manifest
    for path in (widened.path / "index").iterdir():
        assert path.read_bytes() == (again.path / "index" / path.name).read_bytes()


def test_an_identifier_that_two_entities_claim_joins_nothing(curated: Path) -> None:
    drugs = curated / "entities" / "drugs.yaml"
    text = drugs.read_text(encoding="utf-8")
    drugs.write_text(
        text + "\n- id: drug:drug-c\n  label: drug C\n  exact: [CHEBI:1]\n  xref: [CHEBI:2]\n", encoding="utf-8"
    )
    known = identities(read_corpus(curated))
    assert CHEBI_1 not in known.entity_by_iri
    assert CHEBI_1 in known.ambiguous
    assert known.entity_by_iri[CHEBI_1.replace("_1", "_2")] == f"{BASE}drug/drug-c"


def test_a_damaged_import_stops_the_build_and_leaves_what_serves(
    tmp_path: Path, corpus_dir: Path, data_dir: Path
) -> None:
    first = build(tmp_path, corpus_dir, shapes=False)
    files = tuple(data_dir / "imports" / file for file in IMPORTS["paths"])
    done = run_import(tmp_path, ImportQuestion("paths", files, "CC0-1.0", "2.0", "x"))
    nodes = files_of(tmp_path, done.manifest) / "nodes.jsonl.gz"
    nodes.write_bytes(nodes.read_bytes()[:60])
    with pytest.raises(StoreUnavailable, match="import paths is damaged"):
        build(tmp_path, corpus_dir, shapes=False)
    assert (tmp_path / "current").resolve() == first.path.resolve()
