"""One protocol for reading quads, and what the embedded engine makes of it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.budget import Budget
from kg.errors import IdentifierError, InvalidParameter, QueryFailed, QueryRefused, QuerySyntaxError, ResultTooLarge
from kg.generations import building, publish
from kg.sparql.engine import write_store
from kg.sparql.formats import RESULTS_JSON
from kg.sparql.query import SparqlOperation
from kg.sparql.results import Term, iri, literal
from kg.store import EmbeddedStore, Store, open_store

BASE = "https://w3id.org/sarcoma-kg/"
SIROLIMUS = BASE + "drug/sirolimus"
MTOR = BASE + "target/MTOR"
DOCUMENT_0, DOCUMENT_1 = BASE + "graph/document-000", BASE + "graph/document-001"
LABELS = "SELECT ?label WHERE { ?thing skos:prefLabel ?label } ORDER BY ?label"


def test_the_embedded_store_is_a_store(store: EmbeddedStore) -> None:
    as_protocol: Store = store
    assert as_protocol.data_version == "c0ffee"
    assert as_protocol.revision == "0001-c0ffee"


def test_select_answers_typed_rows(store: EmbeddedStore) -> None:
    answer = store.select("SELECT ?value ?n ?text { ?o skg:value ?value ; skg:n ?n ; skg:valueText ?text }")
    assert answer.columns == ("value", "n", "text")
    assert list(answer.records()) == [{"value": Decimal("18.5"), "n": 39, "text": "18.50 %"}]


def test_the_projects_prefixes_need_no_declaration_but_may_be_declared_otherwise(
    store: EmbeddedStore,
) -> None:
    assert store.ask("ASK { drug:sirolimus skg:binds target:FKBP1A }")
    assert not store.ask("PREFIX drug: <http://elsewhere/> ASK { drug:sirolimus skg:binds target:FKBP1A }")


def test_a_relative_iri_starts_from_the_projects_base(store: EmbeddedStore) -> None:
    assert store.ask("ASK { <drug/sirolimus> skg:binds <target/FKBP1A> }")


def test_values_are_bound_as_terms(store: EmbeddedStore) -> None:
    answer = store.select(LABELS, {"thing": [SIROLIMUS, iri(MTOR)]})
    assert answer.column("label") == ("mTOR", "sirolimus")
    assert store.ask("ASK { ?thing skos:altLabel ?name }", {"name": literal("rapamycin", language="en")})
    assert not store.ask("ASK { ?thing skos:altLabel ?name }", {"name": literal('"@en } #')})
    assert not store.select(LABELS, {"thing": []}).rows


def test_a_long_list_of_values_is_no_reason_to_refuse(store: EmbeddedStore) -> None:
    things = [f"{BASE}drug/number-{number}" for number in range(5000)]
    assert store.select(LABELS, {"thing": [*things, SIROLIMUS]}).column("label") == ("sirolimus",)


def test_construct_answers_triples(store: EmbeddedStore) -> None:
    (triple,) = store.construct("CONSTRUCT WHERE { ?complex skg:inhibits target:MTOR }")
    assert triple.predicate == Term("iri", BASE + "vocab/inhibits")
    labels = store.construct("CONSTRUCT { ?s skos:altLabel ?l } WHERE { ?s skos:altLabel ?l }")
    assert labels[0].object == Term("literal", "rapamycin", "", "en")


@pytest.mark.parametrize(
    ("media_type", "query", "expected"),
    [
        ("text/csv", "SELECT ?n { ?o skg:n ?n }", b"n\r\n39\r\n"),
        ("text/tab-separated-values", "SELECT ?n { ?o skg:n ?n }", b"?n\n39\n"),
        (RESULTS_JSON, "ASK { }", b'{"head":{},"boolean":true}'),
        (
            "application/n-triples",
            "CONSTRUCT WHERE { ?o skg:valueText ?text }",
            f'<{BASE}outcome/a1> <{BASE}vocab/valueText> "18.50 %" .\n'.encode(),
        ),
    ],
)
def test_evaluate_answers_bytes_of_the_engine(
    store: EmbeddedStore, media_type: str, query: str, expected: bytes
) -> None:
    assert store.evaluate(SparqlOperation(query), media_type) == expected


def test_a_format_that_does_not_fit_the_form_is_refused(store: EmbeddedStore) -> None:
    with pytest.raises(InvalidParameter):
        store.evaluate(SparqlOperation("CONSTRUCT WHERE { ?s ?p ?o }"), "text/csv")
    with pytest.raises(InvalidParameter):
        store.evaluate(SparqlOperation("ASK { }"), "text/turtle")


def test_rows_above_the_budget_are_an_error(store: EmbeddedStore) -> None:
    with pytest.raises(ResultTooLarge):
        store.select(LABELS, budget=Budget(max_rows=2))


def test_a_fault_in_the_text_has_its_place(store: EmbeddedStore) -> None:
    with pytest.raises(QuerySyntaxError) as raised:
        store.select("SELECT ?label WHERE {\n  ?thing skos:prefLabel label }")
    assert raised.value.line == 2


def test_an_unknown_function_is_refused_with_its_name(store: EmbeddedStore) -> None:
    with pytest.raises(QueryRefused, match="http://x/f"):
        store.select("SELECT (<http://x/f>(1) AS ?y) { }")


EVERYTHING = "SELECT ?s ?p ?o { ?s ?p ?o FILTER(isIRI(?s)) }"


def _said(store: EmbeddedStore) -> set[tuple[str, str, Term]]:
    return {(s.value, p.value, o) for s, p, o in store.select(EVERYTHING).rows if s and p and o}


def _looked_up(store: EmbeddedStore, nodes: list[str], follow: str = "") -> set[tuple[str, str, Term]]:
    found = store.look_up(nodes, follow)
    return {(node, name, value) for node, said in found.items() for name, value in said}


@pytest.mark.parametrize("is_union", [True, False])
@pytest.mark.parametrize("merge", [True, False])
def test_a_look_up_finds_what_a_query_finds_whatever_the_default_graph_is(
    tmp_path: Path, data_dir: Path, *, merge: bool, is_union: bool
) -> None:
    with building(tmp_path) as folder:
        write_store(folder / "store", data_dir / "rapamycin.nq", merge=merge)
        (folder / "manifest.json").write_text('{"checksum": "c0ffee"}')
        publish(tmp_path, folder)
    with open_store(tmp_path) as union, open_store(tmp_path, union_default_graph=is_union) as store:
        nodes = sorted({node for node, _, _ in _said(union)})
        assert _looked_up(store, [*nodes, "urn:nothing"]) == _said(store)


def test_terms_of_every_kind_are_looked_up_as_they_are(tmp_path: Path) -> None:
    thing, of = ox.NamedNode("urn:thing"), ox.NamedNode("urn:says")
    values: list[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = [
        *(ox.Literal(text) for text in ("", 'a "b" \\ \n', "\U0001f9ec \x00 é")),
        *(ox.Literal("mTOR", language="en"), ox.Literal(5), ox.Literal(2.5)),
        *(of, ox.BlankNode("b1"), ox.Triple(thing, of, ox.Literal("18", language="en-gb"))),
    ]
    with building(tmp_path) as folder:
        write_store(folder / "store", [ox.Quad(thing, of, value) for value in values], has_union=True)
        (folder / "manifest.json").write_text('{"checksum": "c0ffee"}')
        publish(tmp_path, folder)
    with open_store(tmp_path) as store:
        found = _looked_up(store, ["urn:thing"])
        assert {value._replace(value="") if value.kind == "bnode" else value for _, _, value in found} == {
            value._replace(value="") if value.kind == "bnode" else value for _, _, value in _said(store)
        }
        assert len(found) == len(values)


def test_what_a_node_names_by_a_property_is_looked_up_with_it_one_step_and_once(store: EmbeddedStore) -> None:
    inhibits = f"{BASE}vocab/inhibits"
    said = _said(store)
    agent, target = next((s, o.value) for s, p, o in said if p == inhibits)
    for asked in ([agent], [agent, target]):
        assert _looked_up(store, asked, inhibits) == {fact for fact in said if fact[0] in {agent, target}}


def test_a_look_up_has_the_limits_of_a_query(built_dir: Path) -> None:
    with open_store(built_dir) as store:
        with pytest.raises(IdentifierError):
            store.look_up(["no IRI"])
        with pytest.raises(QueryFailed):
            store.look_up(["urn:%zz"])
        (worker,) = store.lanes.process_ids()
        assert store.look_up([SIROLIMUS])
        assert store.lanes.process_ids() == {worker}


def _count(store: EmbeddedStore, query: str, **graphs: tuple[str, ...]) -> int:
    body = store.evaluate(SparqlOperation(query, **graphs), "text/csv")
    return body.count(b"\r\n") - 1


INHIBITS = "SELECT ?s { ?s skg:inhibits ?o }"
INHIBITS_BY_GRAPH = "SELECT ?g { GRAPH ?g { ?s skg:inhibits ?o } }"


def test_the_default_graph_is_the_union_where_a_fact_counts_once(store: EmbeddedStore) -> None:
    assert store.union_default_graph
    assert _count(store, INHIBITS) == 1
    assert _count(store, INHIBITS_BY_GRAPH) == 2
    assert store.ask("ASK { drug:temsirolimus skos:prefLabel ?label }")


def test_strictly_the_default_graph_holds_no_facts_of_documents(built_dir: Path) -> None:
    with open_store(built_dir, union_default_graph=False) as strict:
        assert _count(strict, INHIBITS) == 0
        assert _count(strict, INHIBITS_BY_GRAPH) == 2


def test_a_store_written_without_merging_keeps_its_default_graph_apart(tmp_path: Path, data_dir: Path) -> None:
    with building(tmp_path) as folder:
        write_store(folder / "store", data_dir / "rapamycin.nq", merge=False)
        (folder / "manifest.json").write_text('{"checksum": "c0ffee"}')
        publish(tmp_path, folder)
    with open_store(tmp_path, union_default_graph=False) as strict:
        assert strict.select(LABELS).column("label") == ("temsirolimus",)
    with open_store(tmp_path) as union:
        assert "sirolimus" in union.select(LABELS).column("label")


def test_graphs_of_the_protocol_are_the_whole_dataset(store: EmbeddedStore) -> None:
    assert _count(store, INHIBITS, default_graphs=(DOCUMENT_0,)) == 1
    assert _count(store, INHIBITS_BY_GRAPH, default_graphs=(DOCUMENT_0,)) == 0
    assert _count(store, INHIBITS_BY_GRAPH, named_graphs=(DOCUMENT_1,)) == 1
    assert _count(store, INHIBITS, named_graphs=(DOCUMENT_1,)) == 0
    assert _count(store, INHIBITS, default_graphs=("http://nowhere/",)) == 0


def test_graphs_of_the_query_switch_the_union_off(store: EmbeddedStore) -> None:
    assert _count(store, f"SELECT ?s FROM <{BASE}graph/ontology> {{ ?s skg:inhibits ?o }}") == 0
    assert _count(store, f"SELECT ?s FROM <{DOCUMENT_1}> {{ ?s skg:inhibits ?o }}") == 1
    assert _count(store, f"SELECT ?s FROM NAMED <{DOCUMENT_1}> {{ ?s skg:inhibits ?o }}") == 0


def test_graphs_of_the_protocol_win_over_those_of_the_query(store: EmbeddedStore) -> None:
    query = f"SELECT ?s FROM <{BASE}graph/ontology> {{ ?s skg:inhibits ?o }}"
    assert _count(store, query, default_graphs=(DOCUMENT_1,)) == 1


@pytest.mark.parametrize("media_type", ["text/turtle", "application/trig", "application/rdf+xml"])
def test_a_graph_declares_the_prefixes_that_occur_in_it_and_only_these(store: EmbeddedStore, media_type: str) -> None:
    query = f"PREFIX mine: <{BASE}vocab/> CONSTRUCT WHERE {{ ?complex mine:inhibits target:MTOR }}"
    text = store.evaluate(SparqlOperation(query), media_type).decode()
    assert "mine:inhibits" in text
    assert f"{BASE}target/" in text
    assert f"{BASE}histotype/" not in text
    found = ox.parse(text, format=ox.RdfFormat.from_media_type(media_type))
    assert [quad.object.value for quad in found] == [MTOR]


def test_a_long_graph_loses_nothing_at_the_point_up_to_which_its_prefixes_are_looked_for(store: EmbeddedStore) -> None:
    for count in (999, 1000, 1001, 2500):
        query = (
            f"CONSTRUCT {{ ?s skg:order ?n }} {{ {{ SELECT (IRI(CONCAT('x:', STRUUID())) AS ?s) (1 AS ?n) "
            f"{{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} LIMIT {count} }} }}"
        )
        body = store.evaluate(SparqlOperation(query), "text/turtle")
        assert len(list(ox.parse(body, format=ox.RdfFormat.TURTLE))) == count
