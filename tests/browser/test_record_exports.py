"""Exports of records, of the graph browser, of catalogue answers, queries and searches, held against their page."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import rdflib
from playwright.sync_api import Page

from ontology.english import spelt_out
from tests.browser.conftest import Opening
from tests.browser.opened import (
    Opened,
    assert_command_gives_the_same,
    assert_facts_are_those_of_the_page,
    assert_picture_is_that_of_the_page,
    compared,
    drawing,
    local,
    spaced,
)
from tests.browser.results import assert_results_are_those, csv_fields, results_shown

STUDY_FORMS = ("CSV of the arms", "CSV of the results", "JSON", "Turtle", "SPARQL")


def opened_at(open_page: Opening, path: str, *exports: str) -> Opened:
    """A page that offers just these exports, and a command that fetches the same as the first of the API."""
    opened = Opened(open_page(path))
    assert set(opened.exports) == set(exports)
    assert_command_gives_the_same(opened)
    return opened


def test_a_study_is_exported_with_every_arm_dose_and_population(open_page: Opening) -> None:
    opened = opened_at(open_page, "/study/study:sarc002", *STUDY_FORMS)
    assert_results_are_those(
        results_shown(opened), [csv_fields(row) for row in opened.rows("CSV of the results")], in_study=True
    )
    names = opened.texts("main section.card h3")
    doses = opened.texts("main section.card", ".doses li")
    people = opened.texts("main section.card", "dl.facts dd")
    rows = opened.rows("CSV of the arms")
    assert list(dict.fromkeys(row["arm"] for row in rows)) == names
    for name, given, told in zip(names, doses, people, strict=True):
        own = [row for row in rows if row["arm"] == name]
        assert len(own) == len(given)
        for row, text in zip(own, given, strict=True):
            assert text.startswith(row["drug"])
            assert all(row[part] in text for part in ("dose", "when", "route", "timing"))
        assert all(each in own[0]["patients"].replace("true", "yes") for each in told)

    card = opened.data("JSON")
    assert card["label"] == opened.text("h1")
    assert [arm["arm"]["label"] for arm in card["arms"]] == names
    for arm, given, told in zip(card["arms"], doses, people, strict=True):
        for part, text in zip(arm["components"], given, strict=True):
            assert part["drug"]["label"] in text
            assert (part["dose_text"] or "") in text
        values = [
            each["entity"]["label"] if each["entity"] else each["value"]
            for each in arm["population"]
            if not each["name"].startswith("source")  # where a curator wrote it down
        ]
        assert [{"true": "yes", "false": "no"}.get(value, value) for value in values] == told
    facts = opened.texts("main > dl.facts dd")
    for each in card["details"]:
        if not each["name"].startswith("source"):
            told = each["entity"]["label"] if each["entity"] else {"true": "yes"}.get(each["value"], each["value"])
            named = re.sub(
                r"document\\ \d+", lambda _: r"(document \d+|“.+”( \(\d{4}\))?)", re.escape(spaced(told))
            )  # pages say titles
            assert any(re.fullmatch(named, fact) for fact in facts), told

    found = opened.facts_of_query()
    results = json.loads(opened.fetched(f"/api/v1/evidence?study={card['curie']}"))["items"]
    arms = {arm["arm"]["curie"] for arm in card["arms"]}
    assert found.keys() == {card["curie"]} | arms | {local(row["id"]) for row in results}
    assert {local(str(one)) for one in opened.triples("Turtle").subjects()} == found.keys()


def test_a_patient_is_exported_event_by_event(open_page: Opening) -> None:
    opened = opened_at(open_page, "/cases/patient:003-2", "CSV", "JSON", "Turtle", "SPARQL", "SVG")
    shown = opened.page.locator("ol.timeline > li").evaluate_all(
        """all => all.map(event => [
          event.id, event.querySelector('.meta').textContent, event.querySelector('strong').textContent,
          event.querySelector('.claim .tag')?.textContent ?? '', event.textContent])"""
    )
    assert len(shown) > 20
    for events in (opened.rows("CSV"), opened.data("JSON")["events"]):
        assert [event["curie"].replace(":", "-") for event in events] == [name for name, *_ in shown]
        for event, (_, head, label, tag, text) in zip(events, shown, strict=True):
            assert (event["kind"], event["label"]) == (spaced(head).partition(" · ")[0], label)
            told = spaced(text)
            assert (event["time_text"] or "") in head
            assert (event["response"] or "") in tag + told
            for name in ("lesion", "size", "unit", "cycles", "line", "setting", "reason", "ended", "value_text"):
                assert spaced(event[name] or "") in told, (label, name)
            site = event["site"] if isinstance(event["site"], str) else (event["site"] or {}).get("label", "")
            assert site in told
    lines = opened.texts("table[class=stack] th[scope=row]")
    for line in opened.data("JSON")["lines"]:
        assert any(text.startswith(f"{line['position']}. {line['treatment']['label']}") for text in lines)
    assert_facts_are_those_of_the_page(opened)
    assert_picture_is_that_of_the_page(opened, "SVG", 0, "svg.plot")


@pytest.mark.parametrize("kind", ["statement", "outcome", "event"])
def test_a_statement_is_exported_with_its_provenance(open_page: Opening, kind: str) -> None:
    start = {"statement": "/mechanism?drug=rapamycin", "outcome": "/evidence?drug=temsirolimus"}
    page = open_page(start.get(kind, "/cases/patient:003-2"))
    path = page.locator(f"main a[href^='/statement/{kind}:']").first.get_attribute("href")
    opened = opened_at(open_page, path, "JSON", "JSON-LD", "Turtle", "SPARQL")
    sentence, facts = opened.text("h1"), opened.texts("main > dl.facts dd")
    card = opened.data("JSON")
    assert card["sentence"] == sentence
    assert card["curie"] == path.removeprefix("/statement/")
    assert all(ref["label"] in facts[0] for ref in card["asserted_by"])
    about = [card[name]["label"] for name in ("subject", "object") if card[name]]
    assert all(any(label in told for told in facts) for label in about)
    places = opened.texts("main .place")
    for passage in card["passages"]:
        assert any(f"characters {passage['start']}–{passage['end']}" in text for text in places)
    graph = opened.triples("Turtle")
    (subject,) = set(graph.subjects())
    assert str(subject) == card["id"]
    assert sentence in {str(value) for value in graph.objects(subject)}
    assert {str(value) for value in graph.objects(subject, rdflib.URIRef(f"{VOCABULARY}assertedBy"))} == {
        ref["id"] for ref in card["asserted_by"]
    }
    assert set(graph) <= set(opened.triples("JSON-LD"))
    assert opened.facts_of_query() == {card["curie"]: (sentence, card["certainty"])}


VOCABULARY = "https://w3id.org/sarcoma-kg/vocab/"
# What is on the canvas: things with their kind, connections with ends, mark and certainty.
CANVAS = """() => ({
  nodes: [...document.querySelectorAll('#graph .node')].map(n => [n.dataset.node, n.getAttribute('aria-label')]).sort(),
  edges: [...document.querySelectorAll('#graph .edge')].map(e => [e.dataset.edge, e.getAttribute('class')
    .match(/mark-(\\w+)/)[1], e.getAttribute('class').match(/certainty-(\\w+)/)[1]]).sort(),
})"""
MARKS = {1: "arrow", -1: "bar"}


def saved(page: Page, kind: str, folder: Path) -> Path:
    """A file of the tool bar."""
    with page.expect_download() as download:
        page.locator(f"[data-action={kind}]").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def assert_graph_is_that_of_the_canvas(page: Page, nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> None:
    canvas = page.evaluate(CANVAS)
    names = dict(canvas["nodes"])
    assert names.keys() == {node["id"] for node in nodes}
    assert all(f"{node['label']}, {spelt_out(node['type'])}" in names[node["id"]] for node in nodes)
    drawn = sorted([edge["id"], MARKS.get(edge["sign"], "dot"), edge["certainty"]] for edge in edges)
    assert drawn == canvas["edges"]


def assert_rows_are_the_connections(page: Page, rows: list[dict[str, str]], edges: list[dict[str, Any]]) -> None:
    labels = dict(page.evaluate(CANVAS)["nodes"])
    told = {
        f"{row['subject']}|{row['predicate']}|{row['object']}|{row['certainty']}": (row["sign"], row["statements"])
        for row in rows
    }
    assert told == {
        edge["id"]: ("" if edge["sign"] is None else str(edge["sign"]), " ".join(edge["statements"])) for edge in edges
    }
    for row in rows:
        for end in ("subject", "object"):
            assert row[f"{end}_label"] + "," in labels[row[end]]


def test_the_graph_is_exported_as_it_stands_on_the_canvas(open_page: Opening, tmp_path: Path) -> None:
    opened = opened_at(open_page, "/explore?node=target:KIT", "CSV", "JSON", "Turtle", "SPARQL")
    page = opened.page
    page.locator("#graph .node[data-node='target:KIT']").click()
    page.get_by_role("button", name="Hide").click()  # what is exported is what is left, not what was asked for
    page.wait_for_function("!document.querySelector('.share a').getAttribute('href').includes('node=target')")
    page.get_by_text("Save", exact=True).click()
    graph = json.loads(saved(page, "json", tmp_path).read_text(encoding="utf-8"))
    assert_graph_is_that_of_the_canvas(page, graph["nodes"], graph["edges"])
    places = page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('#graph .node')].map(n => [n.dataset.node,"
        " n.getAttribute('transform').match(/-?[\\d.]+/g).map(part => Math.round(part))]))"
    )
    assert {node["id"]: [round(node["x"]), round(node["y"])] for node in graph["nodes"]} == places
    rows = list(csv.DictReader(io.StringIO(saved(page, "csv", tmp_path).read_text(encoding="utf-8"))))
    assert_rows_are_the_connections(page, rows, graph["edges"])

    served = opened.data("JSON")
    assert_graph_is_that_of_the_canvas(page, served["nodes"], served["edges"])
    assert_rows_are_the_connections(page, opened.rows("CSV"), served["edges"])
    facts = {local(fact) for edge in served["edges"] for fact in edge["statements"]}
    assert opened.facts_of_query().keys() == facts
    assert {local(str(one)) for one in opened.triples("Turtle").subjects()} == facts

    svg = saved(page, "svg", tmp_path).read_text(encoding="utf-8")
    root = ET.fromstring(svg)
    kept = drawing(root)
    lines = page.locator("#graph .edge .line").evaluate_all("all => all.map(line => line.getAttribute('d'))")
    assert all(any(part[1] == line for part in kept if part[0] == "path") for line in lines)
    texts = {part[-1] for part in kept if part[0] == "text"}
    assert set(opened.texts("#graph .node text")) <= texts
    assert set(opened.texts("#graph-legend button")) <= texts
    _, _, differing, inked = compared(page, svg, saved(page, "png", tmp_path).read_bytes())
    assert (differing, inked > 100) == (0, True)


@pytest.mark.parametrize("path", ["/questions/joint-causes", "/questions/responses-in-histotype"])
def test_the_answer_of_a_question_is_exported_row_by_row(open_page: Opening, path: str) -> None:
    opened = opened_at(open_page, path, "CSV", "JSON", "SPARQL")
    shown = opened.texts("main table tbody tr", "td")
    answer = opened.data("JSON")
    heads = opened.texts("main table thead th")
    columns = [column["name"] for column in answer["columns"] if column["label"] in heads]
    assert len(shown) == answer["total"] == int(opened.text("#answer").split()[0])

    def told(cell: dict[str, Any] | None) -> str:
        if cell is None:
            return "–"
        if cell["entity"] is None:
            return spaced(cell["text"])
        is_fact = cell["entity"]["type"] in {"Outcome", "Statement", "TimelineEvent"}
        return "source" if is_fact and len(columns) > 6 else spaced(cell["entity"]["label"])

    assert [[told(item[name]) for name in columns] for item in answer["items"]] == shown
    rows = opened.rows("CSV")
    assert len(rows) == len(shown)
    assert list(rows[0]) == [column["name"] for column in answer["columns"]]
    for row, item in zip(rows, answer["items"], strict=True):
        for name, cell in item.items():
            written = row[name]
            assert written == ("" if cell is None else cell["entity"]["id"] if cell["entity"] else cell["text"])
    page = opened.page
    page.goto(opened.exports["SPARQL"])
    assert int(opened.text("#answer").split()[0]) == len(shown)
    assert opened.texts("#rows thead th") == list(rows[0])


SELECT = (
    "/sparql?format=html&query=SELECT+%3Fdrug+%3Fname+%7B+%3Fdrug+a+skg%3ADrug+%3B+skos%3AprefLabel+%3Fname+"
    "OPTIONAL+%7B+%3Fdrug+skg%3AnoSuchThing+%3Fnone+%7D+%7D+ORDER+BY+%3Fname+LIMIT+7"
)


def test_a_table_of_a_query_is_exported_in_every_format(open_page: Opening) -> None:
    opened = opened_at(open_page, SELECT, "CSV", "TSV", "JSON", "XML")
    heads, shown = opened.texts("#rows thead th"), opened.texts("#rows tbody tr", "td")
    assert len(shown) == 7

    def spelled(row: list[str]) -> list[str]:
        return [local(cell) for cell in row]

    rows = opened.rows("CSV")
    assert list(rows[0]) == heads
    assert [spelled(list(row.values())) for row in rows] == shown
    head, *lines = [line.split("\t") for line in opened.fetched(opened.exports["TSV"]).strip().split("\n")]
    assert [name.lstrip("?") for name in head] == heads
    assert [spelled([cell.strip('<>"').removesuffix('"@en') for cell in line]) for line in lines] == shown
    answer = opened.data("JSON")
    assert answer["head"]["vars"] == heads
    assert [spelled([row[name]["value"] for name in heads]) for row in answer["results"]["bindings"]] == shown
    root = ET.fromstring(opened.fetched(opened.exports["XML"]))
    space = "{http://www.w3.org/2005/sparql-results#}"
    found = [
        spelled(["".join(cell.itertext()).strip() for cell in row.iter(f"{space}binding")])
        for row in root.iter(f"{space}result")
    ]
    assert found == shown


def test_a_graph_of_a_query_is_exported_in_every_format(open_page: Opening) -> None:
    path = "/sparql?format=html&query=DESCRIBE+drug%3Asirolimus"
    opened = opened_at(open_page, path, "Turtle", "N-Triples", "JSON-LD")
    shown = set(
        rdflib.Graph().parse(data=opened.page.locator("pre[aria-labelledby=answer]").text_content(), format="turtle")
    )
    assert len(shown) > 20
    for label in opened.exports:
        assert set(opened.triples(label)) == shown


@pytest.mark.parametrize("text", ["leiomyosarcoma", "temozolomide uterine"])
def test_a_search_is_exported_hit_by_hit(open_page: Opening, text: str) -> None:
    opened = opened_at(open_page, f"/search?q={text.replace(' ', '+')}", "CSV", "JSON")
    shown = sorted(
        opened.page.locator("section[aria-labelledby^=kind-] li, section[aria-labelledby=parts] dd li").evaluate_all(
            """all => all.map(one => [one.closest('dd')?.previousElementSibling.textContent ?? '',
              one.querySelector('a').textContent, decodeURIComponent(one.querySelector('a').href.split('/').pop())])"""
        )
    )
    assert len(shown) > 2
    rows = opened.rows("CSV")
    things = [row for row in rows if row["group"] in ("thing", "part")]
    assert sorted([row["words"], row["label"], row["id"]] for row in things) == shown
    answer = opened.data("JSON")
    hits = [("", hit) for hit in answer["items"]]
    hits += [(part["text"], hit) for part in answer["parts"] for hit in part["items"]]
    assert sorted([words_, hit["label"], hit["curie"]] for words_, hit in hits) == shown
    asked = opened.texts("section[aria-labelledby=asked] li > a")
    facts = opened.texts("section[aria-labelledby=facts] li > a")
    assert facts
    for group, texts, name in (("question", asked, "questions"), ("fact", facts, "facts")):
        listed = answer["facts"]["items"] if name == "facts" else answer["questions"]
        assert texts == [row["label"] for row in rows if row["group"] == group]
        assert texts == [each.get("sentence") or each["label"] for each in listed]
