"""The traversal index: written once, read by number."""

from __future__ import annotations

import json
import random
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import EntityNotFound, StoreUnavailable
from kg.identifiers import BASE
from kg.paths import string_table
from kg.paths.index import EdgePiece, EdgeTable, Index, IndexEdge, IndexNode
from kg.paths.index_writer import MAX_NAMES, write_index
from kg.paths.string_table import BATCH, StringColumn, StringTable

DOCUMENT = f"{BASE}graph/document-000"
IMPORT = f"{BASE}graph/import-drugmechdb"
SIROLIMUS, MTOR, FKBP12 = f"{BASE}drug/sirolimus", f"{BASE}target/MTOR", f"{BASE}target/FKBP1A"
NODES = [
    IndexNode(SIROLIMUS, "Drug", "sirolimus", ("rapamycin",), ("CHEBI:9168",)),
    IndexNode(MTOR, "Target", "mTOR"),
    IndexNode(FKBP12, "Target", "FKBP12"),
    IndexNode(f"{BASE}process/zürich-wörter", "Process", "Zürich α"),
]
EDGES = [
    IndexEdge(SIROLIMUS, "inhibits", MTOR, "stated", f"{BASE}statement/b2", DOCUMENT),
    IndexEdge(SIROLIMUS, "inhibits", MTOR, "hedged", f"{BASE}statement/a1", DOCUMENT),
    IndexEdge(SIROLIMUS, "binds", FKBP12, "stated", f"{BASE}statement/c3", DOCUMENT),
    IndexEdge(SIROLIMUS, "inhibits", MTOR, "stated", f"{BASE}statement/d4", IMPORT),
]


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_an_index_gives_back_what_was_written(tmp_path: Path) -> None:
    counts = write_index(tmp_path, NODES, EDGES)
    index = Index.open(tmp_path)
    assert counts == index.counts == {"nodes": 4, "links": 2, "edges": 4}
    sirolimus = index.node(SIROLIMUS)
    assert index.entity(sirolimus).curie == "drug:sirolimus"
    assert index.entity(sirolimus).type == "Drug"
    assert index.labels[index.node(f"{BASE}process/zürich-wörter")] == "Zürich α"
    written = {(edge.statement, edge.certainty, edge.imported) for edge in index.iter_edges()}
    assert written == {(edge.statement, edge.certainty, edge.graph == IMPORT) for edge in EDGES}
    assert {predicate.name: predicate.known_sign for predicate in index.predicates} == {
        "binds": 0,
        "inhibits": -1,
    }
    assert index.has_imports


def test_statements_of_one_link_come_strongest_first(tmp_path: Path) -> None:
    write_index(tmp_path, NODES, EDGES)
    index = Index.open(tmp_path)
    inhibits = [edge.certainty for edge in index.iter_edges() if edge.predicate.name == "inhibits"]
    assert inhibits == ["stated", "stated", "hedged"]


def test_an_edge_is_found_by_its_statement(tmp_path: Path) -> None:
    write_index(tmp_path, NODES, EDGES)
    index = Index.open(tmp_path)
    edge = index.edge_of_statement(f"{BASE}statement/c3")
    assert edge is not None
    assert (index.nodes[edge.subject], edge.predicate.name, index.nodes[edge.object]) == (
        SIROLIMUS,
        "binds",
        FKBP12,
    )
    assert index.edge_of_statement(f"{BASE}statement/none") is None


def test_index_bytes_do_not_depend_on_the_order_of_the_input(tmp_path: Path) -> None:
    rng = random.Random(7)
    names = [f"{BASE}target/T{number}" for number in range(40)]
    nodes = [IndexNode(name, "Target", name[-3:]) for name in names]
    edges = [
        IndexEdge(
            rng.choice(names), rng.choice(["inhibits", "activates", "binds"]), rng.choice(names), "stated",
            f"{BASE}statement/{number}", rng.choice([DOCUMENT, IMPORT]),
        )
        for number in range(300)
    ]  # fmt: skip
    write_index(tmp_path / "one", nodes, edges)
    rng.shuffle(nodes)
    rng.shuffle(edges)
    write_index(tmp_path / "two", iter(nodes), iter([*edges, edges[0]]))  # an edge given twice counts once
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "two")


def test_edges_given_as_columns_make_the_index_that_they_make_one_by_one(tmp_path: Path) -> None:
    rng = random.Random(11)
    names = [f"{BASE}target/T{number}" for number in range(20)]
    nodes = [IndexNode(name, "Target", name[-3:]) for name in names]
    predicates = ["never_used", "inhibits", "activates", "binds"]
    ends = [(rng.randrange(20), rng.randrange(1, 4), rng.randrange(20)) for _ in range(90)]
    numbers = [rng.getrandbits(64) for _ in ends[2:]] + [0, (1 << 64) - 1]
    each = [
        IndexEdge(names[s], predicates[p], names[o], "stated", f"{BASE}statement/{number:016x}", IMPORT)
        for (s, p, o), number in zip(ends, numbers, strict=True)
    ]
    subject, predicate, target = np.array(ends, dtype=np.int32).T
    statement = np.array(numbers, dtype=np.uint64)
    cuts = [slice(0, 1), slice(1, 1), slice(1, 60), slice(60, 90)]
    pieces = [EdgePiece(subject[cut], predicate[cut], target[cut], statement[cut]) for cut in cuts]
    unused = EdgeTable([*names, FKBP12], predicates, DOCUMENT, "hedged", f"{BASE}statement/", [pieces[1]])
    table = EdgeTable([*names, FKBP12], predicates, IMPORT, "stated", f"{BASE}statement/", pieces)
    curated = [IndexEdge(names[0], "binds", names[1], "hedged", f"{BASE}statement/00ff", DOCUMENT)]
    for own in ([], curated):
        write_index(tmp_path / "objects", nodes, [*each, *own])
        write_index(tmp_path / "columns", nodes, own, [unused, table])
        assert _bytes(tmp_path / "objects") == _bytes(tmp_path / "columns")


def test_columns_with_an_edge_to_no_node_are_refused_by_name(tmp_path: Path) -> None:
    one, none = np.array([1, 0], dtype=np.int32), np.array([0, 0], dtype=np.int32)
    pieces = [EdgePiece(none, none, one, np.array([1, 2], dtype=np.uint64))]
    table = EdgeTable([MTOR, f"{BASE}target/RICTOR"], ["binds"], IMPORT, "stated", f"{BASE}statement/", pieces)
    with pytest.raises(ValueError, match=r"import-drugmechdb names .*RICTOR, which is no node"):
        write_index(tmp_path, NODES, [], [table])


def test_more_predicates_than_the_index_can_number_are_refused(tmp_path: Path) -> None:
    """A large vocabulary that came with an import must not be taken for another one's predicates."""
    count = MAX_NAMES + 1
    zeros, numbers = np.zeros(count, dtype=np.int32), np.arange(count)
    pieces = [EdgePiece(zeros, numbers, zeros, numbers.astype(np.uint64))]
    names = [f"p{number}" for number in range(count)]
    with pytest.raises(ValueError, match=r"^32769 predicates; the index holds 32768$"):
        write_index(tmp_path, NODES, [], [EdgeTable([MTOR], names, IMPORT, "stated", f"{BASE}statement/", pieces)])
    fewer = EdgePiece(*(column[1:] for column in pieces[0]))
    table = EdgeTable([MTOR], names, IMPORT, "stated", f"{BASE}statement/", [fewer])
    assert write_index(tmp_path, NODES, [], [table])["links"] == MAX_NAMES
    assert {edge.predicate.name for edge in Index.open(tmp_path).iter_edges()} == {*names[1:]}


def test_an_edge_to_no_node_is_refused_by_name(tmp_path: Path) -> None:
    stray = IndexEdge(SIROLIMUS, "inhibits", f"{BASE}target/RICTOR", "stated", f"{BASE}statement/e5", DOCUMENT)
    with pytest.raises(ValueError, match="RICTOR, which is no node"):
        write_index(tmp_path, NODES, [stray])


def test_a_statement_is_one_edge_only(tmp_path: Path) -> None:
    twice = IndexEdge(SIROLIMUS, "binds", MTOR, "stated", f"{BASE}statement/c3", DOCUMENT)
    with pytest.raises(ValueError, match="statement/c3 is more than one edge"):
        write_index(tmp_path, NODES, [*EDGES, twice])


def test_a_node_with_two_labels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="given twice"):
        write_index(tmp_path, [*NODES, IndexNode(MTOR, "Target", "FRAP1")], [])


def test_an_empty_graph_has_an_index(tmp_path: Path) -> None:
    write_index(tmp_path, [], [])
    index = Index.open(tmp_path)
    assert index.counts == {"nodes": 0, "links": 0, "edges": 0}
    with pytest.raises(EntityNotFound):
        index.node(MTOR, "source")


def test_a_missing_or_foreign_index_is_reported(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be read"):
        Index.open(tmp_path / "nothing")
    write_index(tmp_path, NODES, EDGES)
    described = json.loads((tmp_path / "index.json").read_text("utf-8"))
    (tmp_path / "index.json").write_text(json.dumps(described | {"format": 99}), "utf-8")
    with pytest.raises(StoreUnavailable, match="format 99"):
        Index.open(tmp_path)


def test_a_truncated_array_is_reported(tmp_path: Path) -> None:
    write_index(tmp_path, NODES, EDGES)
    (tmp_path / "link_object.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(StoreUnavailable, match="cannot be read"):
        Index.open(tmp_path)


def test_statements_of_curated_links_cost_the_same_with_and_without_imports(tmp_path: Path) -> None:
    """An import makes no curated step dearer, unless imports are asked for."""
    write_index(tmp_path / "alone", NODES, EDGES[:3])
    crowd = [IndexNode(f"{BASE}drug/d{number}", "Drug", f"d{number}") for number in range(50)]
    more = [
        IndexEdge(drug.iri, "binds", FKBP12, "stated", f"{BASE}statement/i{number}", IMPORT)
        for number, drug in enumerate(crowd)
    ]
    write_index(tmp_path / "crowded", [*NODES, *crowd], [*EDGES[:3], *more])
    alone, crowded = Index.open(tmp_path / "alone"), Index.open(tmp_path / "crowded")
    edge = crowded.edge_of_statement(f"{BASE}statement/c3")
    assert edge is not None
    start, end = crowded.link_pointer[edge.subject : edge.subject + 2].tolist()
    binds = next(link for link in range(start, end) if crowded.predicates[crowded.link_predicate[link]].name == "binds")
    assert int(crowded.link_cost[binds]) == int(alone.link_cost[0])
    assert int(crowded.link_cost_with_imports[binds]) > int(crowded.link_cost[binds])


@given(
    st.lists(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))),
    st.sampled_from(["", "käse/", "a long beginning of them all/"]),
    st.sampled_from([1, 3, BATCH]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=120)
def test_a_string_table_finds_every_string_and_no_other(texts: list[str], start: str, batch: int) -> None:
    texts = [start + text for text in texts]
    with patch.object(string_table, "BATCH", batch):
        column = StringColumn()
        for text in texts[:2]:
            column.append(text)
        column.extend(texts[2:])
        table, numbers = column.sorted_table()
    assert [table[number] for number in numbers.tolist()] == texts
    assert [table[number] for number in range(len(table))] == sorted(set(texts))
    assert all(table.find(text) == number for text, number in zip(texts, numbers.tolist(), strict=True))
    assert table.find("never there \x00") is None
    with patch.object(string_table, "BATCH", batch):
        assert list(StringTable.of(texts).take(range(len(texts)))) == texts


def test_a_string_table_keeps_no_more_strings_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.paths.string_table.MAX_KEPT", 3)
    texts = [f"T{number}" for number in range(10)] + [""]
    table = StringTable.of(texts)
    for number in (0, 1, 0, 10, 9, 2, 3, 4, 5, 0):
        assert table[number] == texts[number]
        assert table.take([number, 7]) == (texts[number], "T7")
        assert len(table._kept) <= 3


def test_an_index_keeps_no_more_entities_than_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.paths.index.MAX_KEPT", 2)
    nodes = [IndexNode(f"{BASE}target/T{number}", "Target", f"label {number}") for number in range(6)]
    write_index(tmp_path / "index", nodes, [])
    index = Index.open(tmp_path / "index")
    for number in (0, 1, 2, 0, 5, 5, 4):
        assert (index.entity(number).id, index.entity(number).label) == (nodes[number].iri, f"label {number}")
        assert len(index._entities) <= 2
