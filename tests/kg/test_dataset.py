"""Which graphs a query sees, and that a triple of several graphs counts once."""

from __future__ import annotations

import io
import json

import pyoxigraph as ox
import pytest

from kg.errors import QueryRefused
from kg.sparql import dataset as datasets
from kg.sparql.dataset import Dataset, FromClause, from_clauses
from kg.sparql.formats import RESULTS_JSON
from kg.sparql.query import WHOLE_GRAPH, SparqlOperation, evaluate

PREFIXES = {"g": "http://g/", "from": "http://from/"}
DATASET = Dataset(union_default_graph=False, is_merged=False, prefixes=PREFIXES, base_iri="http://g/")
TRIPLES = "SELECT ?s %s { ?s ?p ?o } ORDER BY ?s"


@pytest.fixture
def engine() -> ox.Store:
    """Two documents that state the same, each with a triple of its own, and a third graph."""
    store = ox.Store()
    facts = [("both", "a"), ("both", "b"), ("a", "a"), ("b", "b"), ("c", "c")]
    store.load("".join(f'<x:{s}> <x:p> "1" <http://g/{g}> .\n' for s, g in facts), ox.RdfFormat.N_QUADS)
    return store


def _subjects(store: ox.Store, operation: SparqlOperation) -> list[str]:
    out = io.BytesIO()
    evaluate(store, operation, RESULTS_JSON, DATASET, out)
    return [row["s"]["value"].removeprefix("x:") for row in json.loads(out.getvalue())["results"]["bindings"]]


@pytest.mark.parametrize(
    "clauses",
    [
        "FROM <http://g/a> FROM <http://g/b>",
        "FROM g:a FROM g:b",
        "from <a> # <c>\n from <b>",
        "FROMg:a FROM<b>",
        "FROM g:a FROM g:b FROM g:a",
    ],
)
def test_a_triple_of_two_graphs_counts_once_in_their_merge(engine: ox.Store, clauses: str) -> None:
    assert _subjects(engine, SparqlOperation(TRIPLES % clauses)) == ["a", "b", "both"]


def test_so_it_does_in_the_graphs_of_the_protocol_which_go_before_from(engine: ox.Store) -> None:
    asked = SparqlOperation(TRIPLES % "FROM g:c", default_graphs=("http://g/a", "http://g/b"))
    assert _subjects(engine, asked) == ["a", "b", "both"]
    assert _subjects(engine, SparqlOperation(TRIPLES % "", default_graphs=("http://g/a", "http://g/a"))) == [
        "a",
        "both",
    ]


def test_the_graphs_of_from_named_stand_beside_the_merge(engine: ox.Store) -> None:
    query = (
        "SELECT ?s FROM g:a FROM g:b FROM NAMED g:c FROM NAMEDg:a FROM NAMED <nothing> "
        "{ { ?s ?p ?o FILTER(?s = <x:b>) } UNION { GRAPH g:c { ?s ?p ?o } } UNION { GRAPH g:b { ?s ?p ?o } } } "
        "ORDER BY ?s"
    )
    assert _subjects(engine, SparqlOperation(query)) == ["b", "c"]


def test_one_graph_is_read_where_it_lies(engine: ox.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "_merged", None)
    assert _subjects(engine, SparqlOperation(TRIPLES % "FROM g:a")) == ["a", "both"]


def test_graphs_too_large_to_merge_are_refused_rather_than_counted_wrong(
    engine: ox.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets, "MAX_MERGED_TRIPLES", 3)
    with pytest.raises(QueryRefused, match="more than 3 triples"):
        _subjects(engine, SparqlOperation(TRIPLES % "FROM g:a FROM g:b"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * FROM <a> FROM NAMED g:b { }", [("<a>", False), ("g:b", True)]),
        ("SELECT*FROMg:a FROMNAMEDg:b FROMNAMED<c>{}", [("g:a", False), ("g:b", True), ("<c>", True)]),
        ("CONSTRUCT { ?s <from> ?o } FROM <a> WHERE { }", [("<a>", False)]),
        ("DESCRIBE from:thing FROM from:graph", [("from:graph", False)]),
        ("PREFIX named: <http://n/> SELECT * FROM named:graph { }", [("named:graph", False)]),
        ("SELECT ?from { ?from ?p 'FROM <a>' } # FROM <a>", []),
    ],
)
def test_from_clauses_are_read_as_the_engine_reads_them(query: str, expected: list[tuple[str, bool]]) -> None:
    assert from_clauses(query, PREFIXES) == [FromClause(graph, is_named) for graph, is_named in expected]
    if "FROM" in query:
        ox.Store().query(query, prefixes=PREFIXES, base_iri="http://g/")  # no SyntaxError


def _triples(store: ox.Store, operation: SparqlOperation, dataset: Dataset) -> list[ox.Quad]:
    out = io.BytesIO()
    evaluate(store, operation, "text/turtle", dataset, out)
    return sorted(ox.parse(out.getvalue(), format=ox.RdfFormat.TURTLE), key=str)


@pytest.mark.parametrize("is_union", [True, False])
@pytest.mark.parametrize("is_merged", [True, False])
@pytest.mark.parametrize(
    "graphs", [{}, {"default_graphs": ("http://g/a",)}, {"default_graphs": ("http://g/a", "http://g/b")}]
)
def test_a_whole_graph_is_what_the_query_for_it_finds(
    engine: ox.Store, graphs: dict[str, tuple[str, ...]], *, is_merged: bool, is_union: bool
) -> None:
    if is_merged:
        engine.extend([ox.Quad(*quad.triple) for quad in engine])
    else:
        engine.load("<x:nameless> <x:p> '01' .", ox.RdfFormat.TURTLE)
    dataset = Dataset(is_union, is_merged, PREFIXES, "http://g/")
    whole = _triples(engine, SparqlOperation(WHOLE_GRAPH, **graphs), dataset)
    assert whole == _triples(engine, SparqlOperation(f"{WHOLE_GRAPH} # evaluated", **graphs), dataset)
    assert bool(whole) is (bool(graphs) or is_union or not is_merged)
