"""Every export of every view, opened again and held against what the page shows, field by field."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import rdflib

from ontology.english import spelt_out
from ontology.terms import PREDICATES
from server.pages.figures import GAP_SIGNS
from server.wording import label_of
from tests.browser.conftest import Opening
from tests.browser.opened import (
    SVG,
    Opened,
    assert_bitmap_is_the_same_picture,
    assert_command_gives_the_same,
    assert_facts_are_those_of_the_page,
    assert_picture_is_that_of_the_page,
    local,
    spaced,
)
from tests.browser.results import assert_results_are_those, csv_fields, json_fields, results_shown

Rows = list[dict[str, str]]


def signed(text: str) -> int | None:
    """The sign that the words of a step tell."""
    told = [sign for mark, sign in (("(+)", 1), ("(−)", -1), ("passes the effect on", 0)) if mark in text]
    return told[0] if told else None


def assert_entity(opened: Opened) -> None:
    """A thing: its names, its links by group with their sources, remarks; of a regimen also what is given."""
    groups = opened.page.locator("main section .group").evaluate_all(
        """all => all.flatMap(group => [...group.querySelectorAll('li')].map(row => [
          group.closest('section').querySelector('h2').firstChild.textContent.trim(),
          group.querySelector('h3').firstChild.textContent.trim(),
          row.querySelector('a').textContent, row.querySelector('.tag')?.textContent ?? '',
          [...row.querySelectorAll('.by a')].map(link => decodeURIComponent(link.href.split('/statement/')[1])),
          Number(/and (\\d+) more/.exec(row.querySelector('.by').textContent)?.[1] ?? 0)]))"""
    )
    counted = sum(more for *_, more in groups)
    rows = opened.rows("CSV")
    links = [row for row in rows if row["thing_id"]]
    assert [(row["section"], row["link"], row["thing"]) for row in links] == [tuple(group[:3]) for group in groups]
    for row, (*_, tag, sources, more) in zip(links, groups, strict=True):
        stated = row["statements"].split(" ")
        assert (stated[: len(sources)], len(stated) - len(sources)) == (sources, more)
        assert row["certainty"].removesuffix("d")[:5] in tag if tag else row["certainty"] == "stated"
    remarks = opened.page.locator("section[aria-labelledby=remarks] li").evaluate_all(
        "all => all.map(one => [one.firstChild.textContent.trim(), decodeURIComponent(one.querySelector('a').href)])"
    )
    said = [(row["thing"], row["statements"]) for row in rows if not row["thing_id"]]
    assert said == [(text, href.partition("/statement/")[2]) for text, href in remarks]

    neighbours = opened.data("JSON of its links")
    assert not neighbours["truncated"]
    told = Counter(
        (label_of(item["predicate"], forward=item["direction"] == "out"), item["node"]["label"])
        for item in neighbours["items"]
    )
    assert told == Counter({(link, thing): len(found) + more for _, link, thing, _, found, more in groups})
    assert {local(item["statement"]) for item in neighbours["items"]} >= {
        each for *_, found, _ in groups for each in found
    }

    card = opened.data("JSON")
    assert card["label"] == opened.text("h1")
    assert card["id"] == opened.texts("main > .meta code")[-1]
    assert spelt_out(card["type"]) == opened.text(".kind")
    also = opened.texts(".also")
    assert also == ([f"Also called {', '.join(card['synonyms'])}."] if card["synonyms"] else [])
    background = opened.text(".background")
    assert all(each["label"] in background for each in (*card["parents"], *card["children"]))
    assert (card["definition"] or "") in background
    assert [xref["curie"] for xref in card["xrefs"]] == opened.texts("section[aria-labelledby=xrefs] code")

    described = opened.triples("JSON-LD")
    thing = rdflib.URIRef(card["id"])
    assert str(described.value(thing, rdflib.SKOS.prefLabel)) == card["label"]
    assert {str(text) for text in described.objects(thing, rdflib.SKOS.altLabel)} == set(card["synonyms"])
    assert_facts_are_those_of_the_page(opened, more=counted, besides={card["curie"]})
    if "SVG" in opened.exports:
        assert_picture_is_that_of_the_page(opened, "SVG", 0)


def assert_evidence(opened: Opened) -> None:
    """Results: each with its study, arm, figure, count, definition and verdict; a drawing for each group of rates."""
    cells = results_shown(opened)
    assert_results_are_those(cells, [csv_fields(row) for row in opened.rows("CSV")])
    assert_results_are_those(cells, [json_fields(row) for row in opened.data("JSON")["items"]])
    assert_facts_are_those_of_the_page(opened)
    sentences = opened.facts_of_query()
    labels = opened.page.locator("tr[id^=row-] a[aria-label^='Source: ']").evaluate_all(
        "all => all.map(a => [decodeURIComponent(a.href.split('/statement/')[1]), a.getAttribute('aria-label')])"
    )
    assert dict(labels) == {fact: f"Source: {sentences[fact][0]}" for fact in cells}
    assert_rates_are_drawn_alike(opened)


def assert_rates_are_drawn_alike(opened: Opened) -> None:
    """Each group of rates: heading, names, figures, and points and intervals at the same percentages."""
    shown = opened.page.locator("figure.forest .heading").evaluate_all(
        """all => all.map(head => [
          head.textContent, [...head.nextElementSibling.querySelectorAll('li:not(.ticks)')].map(row => [
          row.querySelector('.name').textContent, row.querySelector('.figure').firstChild.textContent.trim(),
          row.querySelector('.whisker').classList.contains('derived'),
          ...['x1', 'x2'].map(end => parseFloat(row.querySelector('.whisker line').getAttribute(end))),
          parseFloat(row.querySelector('.at')?.getAttribute('x') ?? 'NaN')])])"""
    )
    labels = [label for label in opened.exports if label.startswith("SVG")]
    assert len(labels) == len(shown) > 0
    for label, (heading, rows) in zip(labels, shown, strict=True):
        root = ET.fromstring(opened.fetched(opened.exports[label]))
        texts = ["".join(text.itertext()).strip() for text in root.iter(f"{SVG}text")]
        assert heading in texts or label == "SVG: pooled"
        assert any("sarcoma-kg, data" in text for text in texts)
        at = {
            text: float(tick.attrib["x"]) for tick in root.iter(f"{SVG}text") if (text := tick.text or "").endswith("%")
        }
        drawn = [group for group in root.iter(f"{SVG}g") if group.find(f"{SVG}title") is not None]
        assert len(drawn) == len(rows)
        for group, (name, figure, is_derived, low, high, rate) in zip(drawn, rows, strict=True):
            words_ = [spaced("".join(text.itertext())) for text in group.iter(f"{SVG}text")]
            assert name.startswith(" ".join(words_[:-1]).removesuffix("…"))
            assert words_[-1] == figure
            title = group.find(f"{SVG}title")
            assert title is not None
            assert figure in (title.text or "")
            whisker, *points = group.findall(f"{SVG}path") + group.findall(f"{SVG}rect")
            assert ("derived" in whisker.attrib["class"]) == is_derived
            ends = [float(number) for number in re.findall(r"[MH](-?[\d.]+)", whisker.attrib["d"])[:2]]
            middle = [float(p.attrib["x"]) + float(p.attrib["width"]) / 2 for p in points if "width" in p.attrib]
            zero, whole = at["0%"], at.get("100%", 0.0) or at["0%"] + (at["20%"] - at["0%"]) * 5
            spots = [(place - zero) / (whole - zero) * 100 for place in (*ends, *middle)]
            assert spots == pytest.approx([low, high, rate][: len(spots)], abs=0.3)
        assert_bitmap_is_the_same_picture(opened, label, root)


def assert_pictures(opened: Opened, selector: str) -> None:
    labels = [label for label in opened.exports if label.startswith("SVG")]
    assert labels
    for place, label in enumerate(labels):
        assert_picture_is_that_of_the_page(opened, label, place, selector)


def assert_mechanism(opened: Opened) -> None:
    """Chains: steps in order with sign, certainty and sources; net effects; a drawing for each group."""
    steps = """(all, selector) => all.map(chain => [...chain.querySelectorAll(selector)].map(step => [
      (step.querySelector('.claim') ?? step).firstChild.textContent.trim(),
      (step.querySelector('.claim') ?? step).textContent.replace(/\\s+/g, ' ').trim(),
      [...step.querySelectorAll("a[href^='/statement/']")]
        .map(a => decodeURIComponent(a.href.split('/statement/')[1]))]))"""
    chains = opened.page.locator("details.chain ol.steps").evaluate_all(steps, ":scope > li")
    single = opened.page.locator(".single li[id]").evaluate_all("all => all.map(one => one.id)")
    chains += [[step] for group in opened.page.locator(".single").evaluate_all(steps, "li[id]") for step in group]
    cuts = opened.page.locator(".cut").evaluate_all(steps, "li")
    named = opened.page.locator("details.chain").evaluate_all("all => all.map(one => one.id)") + single
    effects = [text.removeprefix("net effect: ") for text in opened.texts("details.chain > summary .effect")]

    rows = opened.rows("CSV of the steps")
    told: dict[str, dict[int, list[dict[str, str]]]] = {}
    for row in rows:
        told.setdefault(row["chain"], {}).setdefault(int(row["step"]), []).append(row)
    assert set(named) == {name for name in told if "cut" not in name}
    for name, chain in zip(named, chains, strict=True):
        assert len(chain) == len(told[name])
        for number, (sentence, _, facts) in enumerate(chain, 1):
            written = told[name][number]
            assert [row["statement"] for row in written] == facts
            assert all(row["subject"] in sentence and row["object"] in sentence for row in written)
    for name, effect in zip(named, effects, strict=False):
        assert {row["net_effect"] for rows in told[name].values() for row in rows} == {effect}

    paths = opened.data("JSON")["paths"]
    whole = Counter(tuple(step[0] for step in chain) for chain in chains)
    short = Counter(tuple(step[0] for step in chain) for chain in cuts)
    spelled = Counter(tuple(sentence_of(step) for step in path["steps"]) for path in paths)
    assert whole + short == spelled
    assert len([name for name in told if "cut" in name]) == len(cuts)
    signs = {sentence_of(step): step["sign"] for path in paths for step in path["steps"]}
    for sentence, claim, _ in (step for chain in chains for step in chain):
        assert signed(claim) == signs[sentence], claim
    assert_facts_are_those_of_the_page(opened)
    assert_pictures(opened, "figure svg.picture[viewBox]")


def sentence_of(step: dict[str, Any]) -> str:
    ends = step["subject"], step["object"]
    kinds = tuple(end["curie"].partition(":")[0] for end in ends)
    return PREDICATES[step["predicate"]].spell(*(end["label"] for end in ends), kinds=kinds)


def assert_comparison(opened: Opened) -> None:
    """Both tables: each side's figure, count, interval and source; the difference; then what is no pair."""
    shown = opened.page.locator(
        ":is(section[aria-labelledby=direct], section[aria-labelledby=indirect]) tbody tr:has(td)"
    )
    table = shown.evaluate_all(
        """all => all.map(row => [
          row.closest('section').getAttribute('aria-labelledby'), row.querySelector('th').firstChild.textContent,
          ...[...row.querySelectorAll('td')].map(cell => cell.textContent.replace(/\\s+/g, ' ').trim()),
          [...row.querySelectorAll("td a[href^='/statement/']")]
            .map(a => decodeURIComponent(a.href.split('/statement/')[1]))])"""
    )
    listed: dict[str, list[dict[str, str]]] = {}
    for row in opened.rows("CSV"):
        listed.setdefault(row["within"], []).append(row)
    rows = [*listed["one study"], *listed["different studies"]]
    assert len(rows) == len(table) > 3
    assert_what_stands_beside_the_pairs(opened, listed)
    for row, (part, measure, a, b, verdict, facts) in zip(rows, table, strict=True):
        assert row["within"] == {"direct": "one study", "indirect": "different studies"}[part]
        assert ", ".join(filter(None, (row["measure"], row["subgroup"]))) == measure
        assert [fact for fact in (row["outcome_a"], row["outcome_b"]) if fact] == facts
        for side, cell in (("a", a), ("b", b)):
            assert cell.startswith(row[f"result_{side}"])
            assert row[f"of_{side}"] in cell
            assert row[f"counted_{side}"] in cell
            assert row[f"computed_95_{side}"] in cell
            if part == "indirect":
                assert cell.endswith(row[f"study_{side}"])
        assert row["cautions"] in verdict
        assert row["counted_alike"] in verdict
        assert row["favours"] in verdict
        if row["computed_points"]:
            assert row["computed_points"].lstrip("-") in verdict
            assert f"p {row['computed_p']}" in verdict
    answer = opened.data("JSON")
    pairs = [*answer["direct"], *answer["indirect"]]
    assert [[local(pair[side]["id"]) for side in "ab" if pair[side]] for pair in pairs] == [row[-1] for row in table]
    assert [pair["measure"]["label"] for pair in pairs] == [row["measure"] for row in rows]
    for pair, (*_, a, b, _, _) in zip(pairs, table, strict=True):
        for side, cell in (("a", a), ("b", b)):
            assert not pair[side] or (pair[side]["value_text"] or "") in cell
    assert_facts_are_those_of_the_page(opened)


def assert_what_stands_beside_the_pairs(opened: Opened, listed: dict[str, list[dict[str, str]]]) -> None:
    """How both are borne, what is in no pair, and what sources say in words: each fact as the page tells it."""
    beside = {
        part: opened.page.locator(f"section[aria-labelledby={part}] li a[href^='/statement/']").evaluate_all(
            """all => all.map(a => [decodeURIComponent(a.href.split('/statement/')[1]),
              a.closest('li').textContent.replace(/\\s+/g, ' ').trim()])"""
        )
        for part in ("borne", "alone", "words")
    }
    for part, name in (("borne", "how borne"), ("alone", "no pair")):
        facts = [row["outcome_a"] or row["outcome_b"] for row in listed.get(name, ())]
        assert sorted(facts) == sorted(fact for fact, _ in beside[part])
    by_fact = dict(beside["borne"])
    for row in listed["how borne"]:
        assert (row["result_a"] or row["result_b"]) in by_fact[row["outcome_a"] or row["outcome_b"]]
    for row, (_, told) in zip(listed.get("no pair", ()), beside["alone"], strict=True):
        assert told == f"{row['result_a'] or row['result_b']} {row['cautions']} source"
    for row, (fact, told) in zip(listed.get("words", ()), beside["words"], strict=True):
        assert row["note"].endswith(f"({fact})")
        assert told.startswith(row["note"].removesuffix(f" ({fact})"))


def assert_gap_map(opened: Opened) -> None:
    """Every cell with its sign, by row and column; no column more or less in any form."""
    columns, rows = opened.texts("thead th"), opened.texts("tbody th")
    grid = opened.texts("tbody tr", "td:not(.fold)")
    signs = {status: sign for status, (sign, _) in GAP_SIGNS.items()}
    cells = {
        (row, column): sign
        for row, line in zip(rows, grid, strict=True)
        for column, sign in zip(columns, line, strict=True)
    }
    assert len(cells) > 20

    table = opened.rows("CSV")
    assert [row["row"] for row in table] == rows
    assert list(table[0])[1:] == columns
    assert {(row["row"], column): signs[row[column]] for row in table for column in columns} == {
        place: sign.removesuffix("w") for place, sign in cells.items()
    }
    answer = opened.data("JSON")
    told = {
        (cell["row"]["label"], cell["column"]["label"]): signs[cell["status"]] + "w" * (cell["rests_on"] == "indirect")
        for cell in answer["cells"]
    }
    assert told == cells
    counted = [text.rsplit(" ", 1) for text in opened.texts(".legend-list li:has(.meta)")]
    legend = {sign[2:]: int(count) for sign, count in counted}
    assert legend == {GAP_SIGNS[status][1]: count for status, count in answer["counts"].items()}

    root = ET.fromstring(opened.fetched(opened.exports["SVG"]))
    titles = [title.text for title in root.iter("{http://www.w3.org/2000/svg}title")][1:]
    assert Counter(titles) == Counter(
        f"{row} in {column}: {GAP_SIGNS[status][1]}{', of wider groups' if sign.endswith('w') else ''}"
        for (row, column), sign in cells.items()
        for status in (next(name for name, one in signs.items() if one == sign.removesuffix("w")),)
    )
    texts = Counter("".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text"))
    assert Counter(sign.replace("w", "ʷ") for sign in cells.values()) - texts == Counter()
    results = {result for cell in answer["cells"] for result in cell["rows"]}
    assert {local(result) for result in results} == opened.facts_of_query().keys()
    assert {local(str(one)) for one in opened.triples("Turtle").subjects()} == opened.facts_of_query().keys()


@dataclass(frozen=True)
class View:
    """A page, the exports it must offer (SVG: at least one), and how they are held against it."""

    path: str
    exports: tuple[str, ...]
    check: Callable[[Opened], None]


FACTS = ("Turtle", "SPARQL")
VIEWS = {
    "drug": View(
        "/entity/drug:sirolimus", ("CSV", "JSON", "JSON of its links", "JSON-LD", *FACTS, "SVG"), assert_entity
    ),
    "regimen": View(
        "/entity/regimen:docetaxel-gemcitabine",
        ("CSV", "JSON", "JSON of its links", "JSON-LD", *FACTS, "SVG"),
        assert_entity,
    ),
    "evidence of a drug": View("/evidence?drug=temsirolimus", ("CSV", "JSON", *FACTS, "SVG"), assert_evidence),
    "evidence of a regimen": View(
        "/evidence?regimen=gemcitabine+%2B+docetaxel&histotype=leiomyosarcoma",
        ("CSV", "JSON", *FACTS, "SVG"),
        assert_evidence,
    ),
    "mechanism": View(
        "/mechanism?drug=rapamycin&target=leiomyosarcoma",
        ("CSV of the steps", "JSON", *FACTS, "SVG"),
        assert_mechanism,
    ),
    "comparison": View(
        "/compare?a=gemcitabine&b=gemcitabine+%2B+docetaxel", ("CSV", "JSON", *FACTS), assert_comparison
    ),
    "gap map": View("/gaps", ("CSV", "JSON", "SVG", *FACTS), assert_gap_map),
    "gap map of two columns": View(
        "/gaps?rows=drug_class&columns=leiomyosarcoma&columns=GIST", ("CSV", "JSON", "SVG", *FACTS), assert_gap_map
    ),
}


@pytest.mark.parametrize("name", VIEWS)
def test_every_export_says_what_the_page_shows(open_page: Opening, name: str) -> None:
    view = VIEWS[name]
    opened = Opened(open_page(view.path))
    assert {label.partition(":")[0] for label in opened.exports} == set(view.exports)
    view.check(opened)
    assert_command_gives_the_same(opened)
