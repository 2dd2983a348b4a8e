"""``skg:matches`` finds things by name inside a query, and is refused where it cannot."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import KnowledgeGraph
from kg.errors import InvalidParameter, QueryRefused
from kg.sparql.text_search import MATCHES, Hit, with_hits
from kg.store import EmbeddedStore

PREFIXES = {"skg": MATCHES.removesuffix("matches"), "other": "http://other/"}
HITS = (Hit("x:best", 1.0), Hit("x:second", 0.5))


def _rewritten(query: str, asked: list[str] | None = None) -> str:
    def find(name: str) -> tuple[Hit, ...]:
        if asked is not None:
            asked.append(name)
        return HITS

    return with_hits(query, PREFIXES, find)


@pytest.mark.parametrize(
    "pattern",
    [
        '?x skg:matches "a name"',
        '?x skg:matches "a name" .',
        '?x skg:matches "a name" ; <x:p> ?n',
        "?x skg:matches 'a name' FILTER(true)",
        f'?x <{MATCHES}> """a name""" OPTIONAL {{ ?x <x:p> ?n }}',
        '?x <x:p> ?n . ?x skg:matches "a name"',
        'VALUES ?n { 1 } ?x skg:matches "a name" . ?x <x:p> ?n',
        'BIND(1 AS ?n) (?x ?score) skg:matches "a name"',
        'GRAPH <x:g> { ?x skg:matches "a name" }',
        '?x # ?y\n skg:matches # "no"\n "a name"',
        '?x skg:matches "a name" ;',
        '?x skg:matches "a name" ; . ?x <x:p> ?n',
        '?x skg:matches "a name" ; ; <x:p> ?n ;',
        '?x skg:matches "a name" ; FILTER(true)',
    ],
)
def test_the_variable_is_bound_to_what_the_name_finds(pattern: str) -> None:
    asked: list[str] = []
    rewritten = _rewritten(f"SELECT DISTINCT ?x {{ {pattern} }} ORDER BY ?x", asked)
    store = ox.Store()
    for name in ("x:best", "x:second"):
        store.add(ox.Quad(ox.NamedNode(name), ox.NamedNode("x:p"), ox.Literal(1)))
    store.add(ox.Quad(ox.NamedNode("x:best"), ox.NamedNode("x:p"), ox.Literal(1), ox.NamedNode("x:g")))
    assert [row["x"].value for row in store.query(rewritten)] == ["x:best", "x:second"]  # type: ignore[union-attr,call-overload]
    assert asked == ["a name"]


@pytest.mark.parametrize(
    "query",
    [
        'BASE <https://w3id.org/sarcoma-kg/vocab/> SELECT ?x { ?x <matches> "a name" }',
        'BASE <https://w3id.org/other> BASE <sarcoma-kg/vocab/> SELECT ?x { ?x <matches> "a name" }',
        'BASE <https://w3id.org/sarcoma-kg/> PREFIX v: <vocab/> SELECT ?x { ?x v:matches "a name" }',
        'SELECT ?x { ?x <vocab/matches> "a name" }',  # relative IRIs of a query without BASE start from ours
    ],
)
def test_the_property_is_known_by_a_relative_name(query: str) -> None:
    asked: list[str] = []
    assert "matches" not in _rewritten(query, asked)
    assert asked == ["a name"]


def test_anchored_hits_come_once_each_and_leave_the_querys_own_variables_alone() -> None:
    store = ox.Store()
    for name in ("x:best", "x:second"):
        for number in range(3):
            store.add(ox.Quad(ox.NamedNode(name), ox.NamedNode("x:p"), ox.Literal(number)))
    query = 'SELECT ?x ?x_p ?x_o { ?x skg:matches "a name" ; <x:p> ?x_p BIND(?x_p AS ?x_o) FILTER(?x_p = 1) }'
    rewritten = with_hits(query, PREFIXES, lambda _: HITS, anchored=True)
    rows = [tuple(term.value for term in row) for row in store.query(rewritten)]  # type: ignore[union-attr,call-overload]
    assert sorted(rows) == [("x:best", "1", "1"), ("x:second", "1", "1")]
    scored = with_hits('SELECT ?x ?s { (?x ?s) skg:matches "a" }', PREFIXES, lambda _: HITS, anchored=True)
    assert sorted(row["s"].value for row in store.query(scored)) == ["0.5", "1"]  # type: ignore[union-attr,call-overload]


def test_the_score_says_how_well_it_fits() -> None:
    rows = ox.Store().query(_rewritten('SELECT ?x ?s { (?x ?s) skg:matches "a" }'))
    assert [(row["x"].value, row["s"].value) for row in rows] == [("x:best", "1"), ("x:second", "0.5")]  # type: ignore[union-attr,call-overload]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?x skg:matches ?name }",
        'SELECT * { <x:s> skg:matches "a" }',
        'SELECT * { ?x a ?c ; skg:matches "a" }',
        'SELECT * { ?x skg:matches "a", "b" }',
        'SELECT * { ?x skg:matches "a"@en }',
        'SELECT * { ?x skg:matches/skg:binds "a" }',
        'SELECT * { (?x ?x) skg:matches "a" }',
        'SELECT * { ?x ^skg:matches "a" }',
        'SELECT * { (?x ?s) skg:matches "a" ; a ?c }',
        'SELECT * { ?x skg:matches "a" ; ',
        "SELECT * { ?x ?p ?o FILTER(?p = skg:matches) }",
        "DESCRIBE skg:matches",
        'PREFIX my: <https://w3id.org/sarcoma-kg/vocab/> SELECT * { ?x a ?c ; my:matches "a" }',
    ],
)
def test_any_other_place_is_refused_because_it_would_silently_match_nothing(query: str) -> None:
    with pytest.raises(QueryRefused, match="as \\?thing skg:matches"):
        _rewritten(query)


@pytest.mark.parametrize(
    "query",
    [
        'CONSTRUCT { ?x skg:matches "a" } WHERE { ?x a ?c }',
        'CONSTRUCT { ?x a ?c . ?x skg:matches "a" } { ?x a ?c }',
        'CONSTRUCT WHERE { ?x skg:matches "a" }',
        'CONSTRUCT FROM <x:g> WHERE { ?x skg:matches "a" }',
    ],
)
def test_what_a_query_makes_is_no_search(query: str) -> None:
    with pytest.raises(QueryRefused, match="only in a pattern"):
        _rewritten(query)


def test_a_search_behind_a_template_is_one() -> None:
    assert "VALUES" in _rewritten('CONSTRUCT { ?x a ?c } WHERE { ?x skg:matches "a" ; a ?c }')


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?x other:matches "a" }',
        'PREFIX skg: <http://other/> SELECT * { ?x skg:matches "a" }',
        'SELECT * { ?x ?p "skg:matches" } # ?x skg:matches "a"',
        "SELECT ?matches { ?matches ?p ?o }",
        'BASE <http://other/> SELECT * { ?x <matches> "a" . ?x <http://[/matches> "a" }',
    ],
)
def test_what_only_looks_like_it_is_left_alone(query: str) -> None:
    assert _rewritten(query) == query


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=30))
def test_no_word_of_the_query_gets_into_what_replaces_it(name: str) -> None:
    asked: list[str] = []
    spelled = str(ox.Literal(name))
    rewritten = _rewritten(f"SELECT ?x {{ ?x skg:matches {spelled} . }}", asked)
    assert asked == [name]
    assert rewritten.split() == ["SELECT", "?x", "{", "VALUES", "?x", "{", "<x:best>", "<x:second>", "}", ".", "}"]


def test_escapes_in_a_name_mean_what_they_mean_to_the_engine() -> None:
    asked: list[str] = []
    _rewritten(r'SELECT ?x { ?x skg:matches "\u00e9\U0001F600\t\"\\" }', asked)
    assert asked == ['é\U0001f600\t"\\']


@pytest.mark.parametrize(
    "query",
    [
        r'ASK { ?x <https://w3id.org/sarcoma-kg/vocab/\u006Datches> "a name" }',
        r'ASK { ?x <https://w3id.org/sarcoma-kg/voc\U00000061b/matches> "a name" }',
        r'PREFIX v: <https://w3id.org/sarcoma-kg/voc\u0061b/> ASK { ?x v:matches "a name" }',
        r'BASE <https://w3id.org/sarcoma-kg/voc\u0061b/> ASK { ?x <matches> "a name" }',
    ],
)
def test_the_property_is_known_by_an_iri_with_escapes(query: str) -> None:
    asked: list[str] = []
    assert "VALUES ?x { <x:best> <x:second> }" in _rewritten(query, asked)
    assert asked == ["a name"]


@pytest.mark.parametrize("escape", [r"\u003E", r"\u0020", r"\uD800", r"\UFFFFFFFF"])
def test_an_escape_that_no_iri_may_hold_stays_for_the_engine_to_refuse(escape: str) -> None:
    query = f'ASK {{ ?x <x:{escape}> "{escape}" . ?x <x:matches> 1 }}'
    assert _rewritten(query) == query
    assert escape in _rewritten(f'ASK {{ ?x <x:{escape}> 1 . ?y skg:matches "a name" }}')


def test_half_of_a_pair_of_surrogates_is_no_name_that_could_be_looked_for(curated_graph: KnowledgeGraph) -> None:
    with pytest.raises(InvalidParameter):
        curated_graph.sparql(r'SELECT ?x { ?x skg:matches "\uD800" }')


def test_a_later_error_keeps_its_line() -> None:
    rewritten = _rewritten('SELECT * {\n ?x\n skg:matches\n "a" .\n ?x ?p label }')
    with pytest.raises(SyntaxError, match="5:"):
        ox.Store().query(rewritten)


def test_things_are_found_by_synonym_and_joined(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.sparql('SELECT ?x { ?x skg:matches "Rapamune" ; a skg:Drug }')
    assert answer.column("x") == ("https://w3id.org/sarcoma-kg/drug/sirolimus",)


def test_best_first_as_the_search_finds_them(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.sparql('SELECT ?x { (?x ?s) skg:matches "leiomyosarcoma" } ORDER BY DESC(?s)')
    assert answer.column("x")[0] == curated_graph.search("leiomyosarcoma").items[0].id
    assert len(answer) > 1


def test_a_name_that_finds_nothing_gives_no_rows(curated_graph: KnowledgeGraph) -> None:
    assert not curated_graph.sparql('SELECT ?x { ?x skg:matches "zzzzqqqq" }').rows
    with pytest.raises(InvalidParameter, match=r"skg:matches"):
        curated_graph.sparql('SELECT ?x { ?x skg:matches "..." }')


def test_a_store_without_the_index_says_so(store: EmbeddedStore) -> None:
    with pytest.raises(QueryRefused, match="this store has none"):
        store.select('SELECT ?x { ?x skg:matches "sirolimus" }')
