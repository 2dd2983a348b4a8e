"""What expansions of the graph browser leave out, and who stands behind the lines that it draws."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from kg import KnowledgeGraph
from kg.model import CERTAINTIES
from server.app import create_app
from server.pages.explore.rests import Way, counts_around, expansion
from server.pages.explore.scene import STEP, expanded, scene
from server.pages.explore.state import view_state
from server.pages.explore.stated_by import agents_of
from server.settings import Settings
from triples.build import build
from triples.imports.job import ImportQuestion, run_import

HUB = Way("drug:doxorubicin", "includesDrug", "in")


def test_the_best_evidenced_come_first_and_none_is_lost(curated_graph: KnowledgeGraph) -> None:
    histotype = curated_graph.resolve("histotype:leiomyosarcoma")
    around = expansion(curated_graph, histotype, Way(histotype.curie, "", ""), imports=False)
    ranks = [(CERTAINTIES.index(item.certainty), -item.statements) for item in around.items]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) > 2
    assert around.total == len(around.items) == len({item.ref for item in around.items})
    assert histotype not in {item.ref for item in around.items}


def test_a_count_of_the_menu_is_what_the_expansion_leads_to(curated_graph: KnowledgeGraph) -> None:
    for name in ("target:KIT", "drug:sirolimus", "histotype:leiomyosarcoma"):
        thing = curated_graph.resolve(name)
        counts = counts_around(curated_graph, thing, imports=False)
        assert len(counts) > 1, name
        for count in counts:
            way = Way(name, count.predicate, count.direction)
            assert expansion(curated_graph, thing, way, imports=False).total == count.nodes, way


def test_what_is_added_and_what_is_left_are_everything(curated_graph: KnowledgeGraph) -> None:
    state = view_state({"node": [HUB.node, "drug:ifosfamide"]})
    found = expanded(curated_graph, state, HUB)
    (rest,) = found.rests
    assert len(found.added) == STEP
    assert rest.left(set(found.nodes)) == found.more == rest.total - STEP
    waiting = {item.ref for item in rest.waiting(set(found.nodes))}
    assert waiting | set(found.added) == {item.ref for item in rest.items}
    assert not waiting & set(found.added)
    assert set(found.added) == {item.ref for item in rest.items[:STEP]}


def test_a_rest_of_an_address_is_counted_anew_and_gone_when_nothing_is_left(curated_graph: KnowledgeGraph) -> None:
    more = HUB.id.removeprefix("more|")
    (rest,) = scene(curated_graph, view_state({"node": [HUB.node, "drug:ifosfamide"], "more": [more]})).rests
    names = [item.ref.curie for item in rest.items]
    assert rest.left(set()) == len(names)
    left_one = scene(curated_graph, view_state({"node": [HUB.node, *names[1:]], "more": [more]}))
    assert [each.left(set(left_one.nodes)) for each in left_one.rests] == [1]
    assert scene(curated_graph, view_state({"node": [HUB.node, *names], "more": [more]})).rests == ()
    assert scene(curated_graph, view_state({"node": ["target:KIT", "drug:ifosfamide"], "more": [more]})).rests == ()


def test_every_line_says_who_states_it_and_of_which_year(curated_graph: KnowledgeGraph) -> None:
    steps = scene(curated_graph, view_state({"node": ["histotype:leiomyosarcoma"]})).edges
    agents = agents_of(curated_graph, steps)
    documents = {ref.curie for ref in curated_graph.corpus().documents}
    cited = set()
    for step in steps:
        for statement in step.statements:
            card = curated_graph.fact(statement)
            said = agents.behind([statement])
            assert {one.by for one in said} == {ref.curie for ref in card.asserted_by} <= documents
            assert {one.source for one in said} == {ref.curie for ref in card.citing or card.asserted_by}
            if not card.citing:
                assert {one.year for one in said} == {str(card.year or "")}
            cited |= {ref.curie for ref in card.citing}
    assert cited
    assert agents.names.keys() <= documents
    assert "case series" in " ".join(agents.names.values())


def test_the_same_reference_behind_two_statements_is_one_source(curated_graph: KnowledgeGraph) -> None:
    steps = scene(curated_graph, view_state({"node": ["drug:imatinib"]})).edges
    agents = agents_of(curated_graph, steps)
    told = [agents.behind([*step.statements, *step.statements]) for step in steps]
    assert any(told)
    assert all(len(said) == len(set(said)) for said in told)


@pytest.fixture(scope="module")
def widened(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Iterator[KnowledgeGraph]:
    """The invented corpus with an import beside it."""
    data = tmp_path_factory.mktemp("widened")
    files = (data_dir / "imports" / "paths.json",)
    run_import(data, ImportQuestion("paths", files, "CC0-1.0", "2.0", "https://example.org/source"))
    build(data, data_dir / "corpus", shapes=False)
    with KnowledgeGraph.open(data) as graph:
        yield graph


def test_an_import_states_what_it_brought_where_imports_count(widened: KnowledgeGraph) -> None:
    """Without imports nothing of them shows; with them they are one of those who state things."""
    client = create_app(widened, Settings()).test_client()
    alone = client.get("/explore?node=drug:drug-a&format=json").get_json()
    wide = client.get("/explore?node=drug:drug-a&imports=true&format=json").get_json()
    by = {said["by"] for edge in alone["edges"] for said in edge["said"]}
    assert not any(name.startswith("graph:import") for name in by)
    assert wide["agents"]["graph:import-paths"] == "paths (import)"
    brought = [edge for edge in wide["edges"] if {said["by"] for said in edge["said"]} == {"graph:import-paths"}]
    assert brought
    assert {edge["id"] for edge in brought}.isdisjoint(edge["id"] for edge in alone["edges"])
    assert "data-imports" in client.get("/explore?node=drug:drug-a", headers={"Accept": "text/html"}).text


def test_an_imported_thing_opened_by_name_shows_what_imports_say(widened: KnowledgeGraph) -> None:
    client = create_app(widened, Settings()).test_client()
    wide = client.get("/explore?node=drug:drug-a&imports=true&format=json").get_json()
    brought = (edge for edge in wide["edges"] if {said["by"] for said in edge["said"]} == {"graph:import-paths"})
    ours = {
        "drug:drug-a",
        *(node["id"] for node in client.get("/explore?node=drug:drug-a&format=json").get_json()["nodes"]),
    }
    theirs = next(end for edge in brought for end in (edge["source"], edge["target"]) if end not in ours)
    assert len(client.get("/explore", query_string={"node": theirs, "format": "json"}).get_json()["nodes"]) > 1


def test_where_only_imports_join_two_things_the_page_says_so_and_counts_them_by_a_link(widened: KnowledgeGraph) -> None:
    client = create_app(widened, Settings()).test_client()
    wide = client.get("/explore?node=drug:drug-a&imports=true&format=json").get_json()
    brought = [edge for edge in wide["edges"] if {said["by"] for said in edge["said"]} == {"graph:import-paths"}]
    found = (asked_between(client, edge["source"], edge["target"])["between"] for edge in brought)
    apart = next(between for between in found if not between["paths"])
    assert apart["excluded_by"] == ["include_imports"]
    ends = apart["ends"]
    page = client.get("/explore", query_string={"between": ends}).text
    (href,) = re.findall(r'<a class="button" href="([^"]*)">Count it</a>', page)
    counted = client.get(f"{unescape(href)}&format=json").get_json()["between"]
    assert (counted["ends"], counted["excluded_by"]) == (ends, [])
    assert counted["paths"]


def asked_between(client: FlaskClient, *ends: str) -> Any:
    return client.get("/explore", query_string={"between": ends, "format": "json"}).get_json()


@pytest.mark.parametrize(
    ("reason", "told"),
    [("timeout", "Time was over before all was looked at"), ("links", "more connections among these things")],
)
@pytest.mark.parametrize("asked", ["node=target:KIT", "node=target:KIT&node=drug:imatinib"])
def test_a_picture_that_was_cut_says_so(
    curated_graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch, reason: str, told: str, asked: str
) -> None:
    whole = curated_graph.subgraph
    monkeypatch.setattr(
        curated_graph, "subgraph", lambda question: replace(whole(question), truncated=True, truncated_by=reason)
    )
    client = create_app(curated_graph, Settings(cache_bytes=0)).test_client()
    assert told in client.get(f"/explore?{asked}").text
    assert told in client.get(f"/explore?{asked}&format=json").get_json()["cut"]
    assert told in client.get(f"/explore?{asked}&expand=target:KIT&format=json").get_json()["cut"]


@pytest.mark.parametrize("asked", ["node=target:KIT", "node=drug:doxorubicin", "node=target:KIT&expand=target:KIT"])
def test_a_picture_that_more_stands_beside_was_not_cut(curated_graph: KnowledgeGraph, asked: str) -> None:
    client = create_app(curated_graph, Settings(cache_bytes=0)).test_client()
    assert client.get(f"/explore?{asked}&format=json").get_json()["cut"] == ""
    assert "may be missing" not in client.get(f"/explore?{asked}").text
