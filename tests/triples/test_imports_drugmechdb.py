"""DrugMechDB as a test of the sign table: what is found is what is there, and nothing is tuned to it."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from kg.paths.adjacency import Selection, project
from triples.imports.catalog import files_of
from triples.imports.drugmechdb import MechanismRecord, read_paths
from triples.imports.drugmechdb_audit import (
    AUDIT_NEGATIVE,
    MIXED,
    NEGATIVE,
    NO_WALK,
    POSITIVE,
    UNKNOWN,
    audit,
    audit_sign,
    net_sign,
    outcome,
    published_sign,
    signless_as_positive,
    unlisted_as_positive,
    walks_of,
)
from triples.imports.drugmechdb_retrieval import _Costs, path_graph, retrieval
from triples.imports.job import ImportQuestion, run_import

PUBLISHED, UNLISTED, SIGNLESS, OUTSIDE = (
    "published table",
    "unlisted predicates as +1",
    "all signless predicates as +1",
    "outside audit (reconstructed)",
)


def record(*links: tuple[str, str, str], name: str = "P") -> MechanismRecord:
    nodes = {node: ("Protein", node) for start, _, end in links for node in (start, end)}
    nodes.update({"MESH:drug": ("Drug", "drug"), "MESH:disease": ("Disease", "disease")})
    return MechanismRecord(1, name, "drug", "DB:DB00001", "disease", "MESH:disease", "MESH:drug", nodes, links, ())


def records_of(path: Path) -> list[MechanismRecord]:
    return [row for row in read_paths(path) if isinstance(row, MechanismRecord)]


def test_the_small_paths_are_counted_as_they_are(data_dir: Path) -> None:
    found = audit(records_of(data_dir / "imports/paths.json"))
    assert (found.paths, found.links, found.distinct_links, found.walks) == (2, 6, 5, 3)
    assert found.links_with_evidence == 0
    assert found.outcomes[PUBLISHED] == {NEGATIVE: 1, UNKNOWN: 1}  # "treats" is not in the table
    assert found.outcomes[UNLISTED] == {NEGATIVE: 1, POSITIVE: 1}
    assert found.outcomes[OUTSIDE] == {NEGATIVE: 1, MIXED: 1}
    assert found.drug_mismatches == (("P2", "DB00002", ("DB00009",)),)
    assert [(row.key, row.sign, row.other) for row in found.disagreements(UNLISTED, OUTSIDE)] == [("treats", 1, -1)]


def test_a_walk_without_a_sign_somewhere_has_none() -> None:
    assert published_sign("negatively regulates") == -1
    assert published_sign("has metabolite") == 1  # carries: passes the sign on
    assert published_sign("participates in") is None
    assert unlisted_as_positive("participates in") is None  # listed, without a sign
    assert unlisted_as_positive("in taxon") == 1
    assert signless_as_positive("participates in") == 1
    assert net_sign(("causes", "participates in"), published_sign) is None
    assert net_sign(("decreases activity of", "negatively regulates"), published_sign) == 1


def test_walks_never_come_back_to_a_node_and_parallel_links_are_ways_of_their_own() -> None:
    path = record(
        ("MESH:drug", "causes", "a"),
        ("a", "causes", "b"),
        ("b", "causes", "a"),
        ("b", "causes", "MESH:disease"),
        ("b", "prevents", "MESH:disease"),
    )
    walks = [tuple(key for key, _ in walk) for walk in walks_of(path)]
    assert walks == [("causes", "causes", "causes"), ("causes", "causes", "prevents")]
    assert outcome(walks, audit_sign) == MIXED
    assert outcome([], audit_sign) == NO_WALK


def test_a_link_with_anything_else_to_say_counts_as_evidence(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    text = '{"source": "a", "key": "causes", "target": "b", "publications": ["PMID:1"]}'
    nodes = '[{"id": "a", "label": "Drug", "name": "a"}, {"id": "b", "label": "Disease", "name": "b"}]'
    path.write_text(f'[{{"graph": {{"_id": "P"}}, "nodes": {nodes}, "links": [{text}]}}]', encoding="utf-8")
    assert audit(records_of(path)).links_with_evidence == 1


def test_a_path_is_found_again_among_the_others() -> None:
    looked_for = record(("MESH:drug", "decreases activity of", "a"), ("a", "causes", "MESH:disease"))
    others = [
        record(("MESH:drug", "causes", "b"), ("b", "causes", "c"), ("c", "causes", "MESH:disease"), name="Q"),
        record(("x", "causes", "a"), ("y", "causes", "MESH:disease"), name="R"),
    ]
    result = retrieval(path_graph([looked_for, *others]), [looked_for])
    assert result.ranks == (1,)
    assert (result.hits(1), result.too_long, result.cut) == (1.0, 0, 0)


def test_costs_without_a_path_are_those_of_a_graph_that_never_had_it() -> None:
    rng = random.Random(11)
    names = [f"n{number}" for number in range(12)]
    keys = ["causes", "treats", "decreases activity of"]
    paths = [
        record(*((rng.choice(names), rng.choice(keys), rng.choice(names)) for _ in range(14)), name=str(number))
        for number in range(6)
    ]
    for left_out in paths:
        graph, smaller = path_graph(paths), path_graph([path for path in paths if path is not left_out])
        own = graph.own_links(left_out)
        cost = np.zeros(len(graph.index.link_object), dtype=np.int64)
        projection = _Costs(graph, Selection(include_imports=True)).without(own).out
        cost[projection.step >> 1] = projection.cost
        for claim in smaller.uses:
            expected = smaller.index.link_cost_with_imports[smaller.link(claim)]
            assert cost[graph.link(claim)] == expected
        untouched = project(graph.index, Selection(include_imports=True)).out
        assert np.array_equal(untouched.cost, graph.index.link_cost_with_imports[untouched.step >> 1])


@pytest.fixture(scope="module")
def published(shared_dir: Path) -> Path:
    return shared_dir / "reference-data" / "drugmechdb_paths.json.gz"


@pytest.mark.slow
def test_all_of_drugmechdb_is_imported(tmp_path: Path, published: Path) -> None:
    done = run_import(tmp_path, ImportQuestion("drugmechdb", (published,), "CC0-1.0", "2.0", "https://x.org/"))
    counts = done.manifest.counts
    assert (counts["nodes"], counts["edges"], counts["rejected"]) == (5128, 10791, 0)
    assert len(done.manifest.predicates) == 67
    assert done.rejects == files_of(tmp_path, done.manifest) / "rejects.tsv"


@pytest.mark.slow
def test_the_outside_audit_is_reproduced_and_the_difference_explained(published: Path) -> None:
    """Eleven negative keys give the audit's 141 and 58; the published table lists fewer of the keys used."""
    found = audit(records_of(published))
    assert (found.paths, found.links, found.distinct_links) == (4846, 32641, 10791)
    assert found.links_with_evidence == 0
    assert found.outcomes[OUTSIDE] == {NEGATIVE: 4647, POSITIVE: 141, MIXED: 58}
    assert (len(found.drug_mismatches), found.malformed_numbers) == (74, 8)
    assert "gemcitabine" in {path.drug for path in records_of(published) if path.drugbank == "DB:DB12459"}
    for table in (PUBLISHED, UNLISTED, SIGNLESS):
        assert sum(found.outcomes[table].values()) == 4846
        listed = {row.key for row in found.disagreements(table, OUTSIDE)}
        agreeing = AUDIT_NEGATIVE - listed
        assert agreeing <= {key for key in found.key_counts if published_sign(key) == -1}
