"""What a query means before it is evaluated: form, refusals, bindings."""

from __future__ import annotations

from decimal import Decimal

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import IdentifierError, QueryRefused, QuerySyntaxError
from kg.sparql.prologue import missing_prefixes
from kg.sparql.query import QueryLimits, SparqlOperation, bind, inspect, syntax_error
from kg.sparql.results import iri, literal
from kg.store import EmbeddedStore

SIROLIMUS = "https://w3id.org/sarcoma-kg/drug/sirolimus"
MTOR = "https://w3id.org/sarcoma-kg/target/MTOR"


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("SELECT * { }", "select"),
        ("select*{}", "select"),
        ("ASK{}", "ask"),
        ("# SELECT\nPREFIX select: <http://x/> ASK { }", "ask"),
        ("BASE <http://x/> PREFIX : <y#> PREFIX a:<z>\n CONSTRUCT WHERE { ?s ?p ?o }", "construct"),
        ("PREFIX:<http://x/>DESCRIBE:a", "describe"),
        ('VERSION "1.2" SELECT * { }', "select"),
    ],
)
def test_the_form_is_known_without_the_engine(query: str, form: str) -> None:
    assert inspect(query).form == form


@pytest.mark.parametrize(
    ("query", "missing"),
    [
        ("SELECT * { ?s skg:binds drug:sirolimus }", {"skg", "drug"}),
        ("PREFIX skg: <http://x/> SELECT * { ?s skg:binds drug:sirolimus }", {"drug"}),
        ("SELECT * FROMdrug:x { ?s a skg:Drug }", {"skg", "drug"}),  # the engine reads FROM drug:x
        ("SELECT * { ?s <https://drug.example/skg> 'skg' }", set()),
        ("# PREFIX skg: <http://x/>\nSELECT * { ?s a skg:Drug }", {"skg"}),  # a comment declares nothing
        ("PREFIX a: <http://a/> # {\nPREFIX skg: <http://x/> SELECT * { ?s a skg:Drug }", set()),
    ],
)
def test_the_engine_gets_the_prefixes_that_a_query_uses_and_does_not_declare(query: str, missing: set[str]) -> None:
    given_ = {"skg": "https://a/", "drug": "https://b/", "unused": "https://c/"}
    assert missing_prefixes(query, given_) == {name: given_[name] for name in missing}


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <a:a> <a:b> <a:c> }",
        "PREFIX x: <http://x/> delete where { ?s ?p ?o }",
        "LOAD <http://127.0.0.1/x>",
        "CLEAR ALL",
        "# a comment\nDROP ALL",
        "WITH <g:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_an_update_is_refused_by_name(update: str) -> None:
    with pytest.raises(QueryRefused, match="only reads"):
        inspect(update)


@pytest.mark.parametrize("comment", ["#" * 4000, "# " * 2000, "#\n" * 2000, " #" * 2000])
def test_comments_before_a_query_are_read_once(comment: str) -> None:
    # Reading them in every way that they can be divided would take longer than the world has existed.
    assert inspect(f"{comment}\nASK {{ }}").form == "ask"
    assert missing_prefixes(f"{comment}\nASK {{ a:b a:c 1 }}", {"a": "https://a/"}) == {"a": "https://a/"}


def test_text_that_begins_like_no_query_is_a_syntax_error_with_its_place() -> None:
    with pytest.raises(QuerySyntaxError) as raised:
        inspect("PREFIX x: <http://x/>\n  SELCT * { }")
    assert (raised.value.line, raised.value.column) == (2, 3)


def test_a_query_longer_than_its_limit_is_refused() -> None:
    inspect("ASK { } #" + "a" * 60_000)
    with pytest.raises(QueryRefused, match="65536 bytes"):
        inspect("ASK { } #" + "ä" * 40_000)


def test_4_kilobytes_of_nested_braces_are_refused() -> None:
    with pytest.raises(QueryRefused, match="nest 2201 deep"):
        inspect("ASK {" + "{" * 2200 + "}" * 2200 + "}")


def test_a_chain_long_enough_to_crash_the_engine_is_refused() -> None:
    with pytest.raises(QueryRefused, match="parts"):
        inspect("ASK { FILTER(1" + "+1" * 5000 + ") }")


def test_limits_may_be_lowered() -> None:
    with pytest.raises(QueryRefused):
        inspect("ASK { { { } } }", QueryLimits(max_depth=2))


def test_service_is_refused() -> None:
    with pytest.raises(QueryRefused, match="SERVICE"):
        inspect("SELECT * { SERVICE # here\n <http://x> { } }")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * FROM <g:g> { ?s ?p ?o }", True),
        ("SELECT*FROMx:g{?s ?p ?o}", True),
        ("CONSTRUCT { ?s ?p ?o } FROM NAMED <g:g> WHERE { ?s ?p ?o }", True),
        ("SELECT ?from { ?from <http://from> 'FROM' } # FROM", False),
        ("PREFIX from: <http://x/> SELECT * { ?s from:p ?o }", False),
    ],
)
def test_a_dataset_named_in_the_query_is_noticed(query: str, *, expected: bool) -> None:
    assert inspect(query).has_dataset is expected


@pytest.mark.parametrize("function", ["NOW()", "rand()", "UUID()", "STRUUID()"])
def test_a_query_that_changes_by_itself_is_not_repeatable(function: str) -> None:
    assert not inspect(f"SELECT ({function} AS ?x) {{ }}").is_repeatable
    assert inspect("SELECT ?now { ?now ?p 'RAND' }").is_repeatable


def test_a_graph_that_is_no_iri_is_refused() -> None:
    with pytest.raises(IdentifierError):
        SparqlOperation("ASK { }", default_graphs=("not an iri",))


def _values(query: str) -> list[str]:
    return [str(row["x"]) for row in ox.Store().query(query)]  # type: ignore[union-attr,call-overload]


def test_a_binding_stands_at_the_start_of_the_where_clause() -> None:
    assert bind("SELECT * WHERE { ?s ?p ?o }", {"s": SIROLIMUS}) == (
        f"SELECT * WHERE {{ VALUES ?s {{ <{SIROLIMUS}> }} ?s ?p ?o }}"
    )


def test_a_binding_fills_the_empty_block_that_waits_for_it_wherever_it_stands() -> None:
    query = "SELECT * { { VALUES ?x { } } UNION { values $x {} BIND(2 AS ?y) } }"
    assert _values(bind(query, {"x": [1, 2]})) == _values(
        "SELECT * { { VALUES ?x { 1 2 } } UNION { VALUES ?x { 1 2 } BIND(2 AS ?y) } }"
    )


def test_braces_of_a_select_expression_or_template_are_not_the_where_clause() -> None:
    assert "(EXISTS { ?a ?b ?c } AS ?e) { VALUES ?s" in bind(
        "SELECT (EXISTS { ?a ?b ?c } AS ?e) { ?s ?p ?o }", {"s": SIROLIMUS}
    )
    assert bind("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", {"s": SIROLIMUS}).index("VALUES") > 30


def test_a_query_without_a_where_clause_takes_no_binding() -> None:
    with pytest.raises(QueryRefused, match="WHERE"):
        bind("DESCRIBE <x:y>", {"s": SIROLIMUS})


def test_a_list_means_any_of_these_and_an_empty_list_nothing() -> None:
    assert _values(bind("SELECT * { BIND(?x AS ?y) }", {"x": [iri(MTOR), SIROLIMUS]})) == [
        f"<{MTOR}>",
        f"<{SIROLIMUS}>",
    ]
    assert _values(bind("SELECT * { }", {"x": []})) == []


def test_python_numbers_and_booleans_become_typed_literals() -> None:
    bound = bind("SELECT * { }", {"x": [18, Decimal("18.50"), True]})
    assert "18.50" in bound
    assert [row["x"].datatype.value.rpartition("#")[2] for row in ox.Store().query(bound)] == [  # type: ignore[union-attr,call-overload]
        "integer",
        "decimal",
        "boolean",
    ]


@pytest.mark.parametrize("text", ["sirolimus", "x> } DROP ALL #", "http://a b", "", "http://x\n"])
def test_a_str_that_is_no_iri_is_refused_rather_than_pasted(text: str) -> None:
    with pytest.raises(IdentifierError):
        bind("ASK { ?s ?p ?o }", {"s": text})


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=40))
def test_a_bound_text_comes_back_as_it_was(text: str) -> None:
    (row,) = ox.Store().query(bind("SELECT * { }", {"x": literal(text)}))  # type: ignore[misc]
    assert row["x"] == ox.Literal(text)  # type: ignore[index]


@pytest.mark.parametrize("query", ["SELECT * { ?s ?p ", r"ASK { ?s rdf:\u0074ype ?o }"])
def test_the_engines_message_loses_its_lists_of_characters(query: str) -> None:
    with pytest.raises(SyntaxError) as raised:
        ox.Store().query(query, prefixes={"rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"})
    error = syntax_error(str(raised.value))
    assert error.line == 1
    assert error.column is not None
    assert error.column >= 13
    assert ".." not in error.reason
    assert "|" not in error.reason
    assert len(error.reason) < 260


def test_an_undeclared_prefix_is_said_in_words() -> None:
    with pytest.raises(SyntaxError) as raised:
        ox.Store().query("SELECT * { ?s drugg:x ?o }")
    assert syntax_error(str(raised.value)).reason == "a prefix is used that is not declared"


def test_undeclared_prefixes_are_named(store: EmbeddedStore) -> None:
    query = 'PREFIX mine: <x:> ASK { mine:a drugg:x skos:b ; "no:text" ?o . _:b :c <no:iri> } # no:comment'
    with pytest.raises(QuerySyntaxError) as raised:
        store.ask(query)
    assert raised.value.reason == "no PREFIX declares drugg:, :"


@pytest.mark.parametrize(
    ("query", "place", "reason"),
    [
        ("SELECT COUNT(?s) WHERE { ?s ?p ?o }", (1, 8), "COUNT outside brackets"),
        ("SELECT ?p\n  max(?o) { ?s ?p ?o } GROUP BY ?p", (2, 3), r"selected as \(MAX\(...\) AS \?name\)"),
        ("SELECT DISTINCT count(*) AS ?n { ?s ?p ?o }", (1, 17), "COUNT outside brackets"),
        ("SELECT (COUNT(*)) { ?s ?p ?o }", (1, 17), r"needs a name: \(... AS \?name\)"),
    ],
)
def test_what_is_computed_without_brackets_or_name_is_told_so(
    store: EmbeddedStore, query: str, place: tuple[int, int], reason: str
) -> None:
    with pytest.raises(QuerySyntaxError, match=reason) as raised:
        store.select(query)
    assert (raised.value.line, raised.value.column) == place


@pytest.mark.parametrize("what", ["(COUNT(*) AS ?n)", "*", "DISTINCT ?s ?p", "((1 + 2) AS ?n) ?s"])
def test_a_fault_behind_what_is_selected_is_none_of_the_selection(store: EmbeddedStore, what: str) -> None:
    with pytest.raises(QuerySyntaxError) as raised:
        store.select(f"SELECT {what} {{ ?s ?p }}")
    assert "brackets" not in raised.value.reason
    assert "name" not in raised.value.reason


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT ?a { ?a ?b ?c } GROUP BY ?b", "The SELECT contains a variable that is unbound"),
        ("SELECT * { ?a ?b ?c } GROUP BY ?b", "SELECT * is not authorized with GROUP BY"),
        ("SELECT ?a ?a { ?a ?b ?c } LIMIT 1", "Duplicated variable name in SELECT"),
        ("ASK { ?a <not an iri> ?b }", "IRI parsing failed"),
    ],
)
def test_what_the_parser_says_is_wrong_goes_before_what_it_expected(
    store: EmbeddedStore, query: str, reason: str
) -> None:
    with pytest.raises(QuerySyntaxError) as raised:
        store.select(query)
    assert raised.value.reason == reason


@pytest.mark.parametrize("query", ["SELECT * { ?a ?b }", "SELECT * { BIND(1 AS ?a) BIND(2 AS ?a) }", "ASK { } }"])
def test_what_the_parser_expected_is_not_told_where_it_would_mislead(store: EmbeddedStore, query: str) -> None:
    with pytest.raises(QuerySyntaxError, match="something before this place is missing, or too much"):
        store.select(query)
