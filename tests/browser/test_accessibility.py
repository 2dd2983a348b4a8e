"""No finding of axe on any route, in light and dark, wide and narrow; nothing wider than the window."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
HALF = {"width": 640, "height": 450}  # what a window of 1280 shows at 200% zoom

ROUTES = {
    "home": "/",
    "search": "/search?q=rapamycin",
    "search without a hit": "/search?q=qqqqqq",
    "search of two things": "/search?q=temozolomide+uterine",
    "search by a sentence": "/search?q=how+does+rapamycin+work+in+leiomyosarcoma",
    "search of words that facts lack": "/search?q=ribonucleotide+reductase+zebrafish",
    "search, not asked yet": "/search",
    "everything of a kind": "/search?kind=histotype",
    "statement": "/mechanism?drug=rapamycin&target=mTOR /statement/statement",
    "result": "/evidence?drug=temsirolimus /statement/outcome",
    "event": "/cases/patient:003-2 /statement/event",
    "passage": "/mechanism?drug=rapamycin&target=mTOR /passage/",
    "drug": "/entity/drug:sirolimus",
    "histotype": "/entity/histotype:leiomyosarcoma",
    "regimen": "/entity/regimen:docetaxel-gemcitabine",
    "arm": "/entity/arm:gemcitabine-docetaxel-lms-ref34-gemcitabine-docetaxel",
    "adverse event": "/entity/event:neutropenia",
    "mechanism with a gap": "/mechanism?drug=rapamycin&target=leiomyosarcoma",
    "mechanism with a joint cause": "/mechanism?drug=gemcitabine&target=DNA+chain+termination&shortcuts=true",
    "mechanism with suppositions": "/mechanism?drug=rapamycin&drug=gemcitabine&certainty=hypothesised",
    "mechanism, not asked yet": "/mechanism",
    "evidence": "/evidence?drug=temsirolimus",
    "evidence by regimen": "/evidence?regimen=gemcitabine+%2B+docetaxel&histotype=leiomyosarcoma",
    "evidence of many results": "/evidence?drug=gemcitabine",
    "evidence, none": "/evidence?drug=regorafenib&histotype=liposarcoma",
    "comparison": "/compare?a=gemcitabine&b=gemcitabine+%2B+docetaxel&measure=objective+response+rate",
    "comparison of three": "/compare?a=gemcitabine+%2B+docetaxel&b=gemcitabine&c=doxorubicin",
    "gap map": "/gaps?rows=drug_class&columns=leiomyosarcoma&columns=GIST&columns=liposarcoma",
    "explanation": "/explain?drug=imatinib&histotype=GIST",
    "explore, empty": "/explore",
    "explore": "/explore?node=target:KIT",
    "explore, a thing chosen": "/explore?node=target:KIT&open=target:KIT",
    "explore, expanded": "/explore?node=target:KIT&expand=target:KIT&predicate=inhibits&direction=in",
    "whole gap map": "/gaps?rows=drug_class",
    "question without an answer": "/questions/responses-in-histotype?histotype=chondrosarcoma",
    "cases": "/cases",
    "case": "/cases/patient:003-2",
    "documents": "/documents",
    "document": "/documents/document:001",
    "study": "/study/study:sarc002",
    "schema": "/schema",
    "about": "/about",
    "API": "/docs",
    "questions": "/questions",
    "question": "/questions/joint-causes",
    "question of many conflicts": "/questions/conflicts",
    "question with many columns": "/questions/toxicity-of-drug?drug=drug:gemcitabine",
    "SPARQL": "/sparql",
    "SPARQL with an answer": "/sparql?format=html&query=SELECT+*+%7B+%3Fs+a+skg%3ADrug+%7D+LIMIT+3",
    "SPARQL with a fault": "/sparql?format=html&query=SELEC",
    "SPARQL with a long table": "/sparql?format=html&query=SELECT+*+%7B+%3Fs+%3Fp+%3Fo+%7D+LIMIT+400",
    "SPARQL with a graph": "/sparql?format=html&query=DESCRIBE+drug%3Asirolimus",
    "comparison, not asked yet": "/compare",
    "explanation, not asked yet": "/explain",
    "evidence, not asked yet": "/evidence",
    "a thing without links": "/entity/site:femur",
    "explore, the rest of a hub": (
        "/explore?node=drug:doxorubicin&more=drug:doxorubicin%7CincludesDrug%7Cin"
        "&open=more%7Cdrug:doxorubicin%7CincludesDrug%7Cin"
    ),
    "explore, filtered": "/explore?node=target:KIT&node=drug:imatinib&fade=Drug&fade=year:2007&open=target:KIT",
    "explore, older view": "/explore?at=target:KIT@0,0&at=drug:never-was@9,9&data=0123456789ab",
    "unknown": "/entity/nothing-of-the-kind",
    "wrong parameter": "/evidence?drug=temsirolimus&colour=blue",
}


@cache
def axe() -> str:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run `npm ci` in web/")
    return AXE.read_text(encoding="utf-8")


def findings(page: Page) -> list[str]:
    # Of a name at the edge of the graph's window axe takes some lines for hidden, and misses them in what is read out.
    page.evaluate("document.querySelector('[data-action=fit]')?.click()")
    answer: dict[str, Any] = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{violation['id']}: {node['target']} {node.get('failureSummary', '')[:160]}"
        for violation in answer["violations"]
        for node in violation["nodes"]
    ]


LOOKS = [  # the first pair differs in everything; between the two only the colours change, or only the width
    pytest.param((("wide", "light"), ("narrow", "dark")), id="wide-light+narrow-dark"),
    pytest.param((("wide", "dark"), ("narrow", "light")), id="wide-dark+narrow-light", marks=pytest.mark.slow),
]
SIZES = {"wide": WIDE, "narrow": NARROW}


def go(visited: Any, name: str) -> None:
    """Open a route; of one that is reached from a page, follow its first link."""
    path, _, link = ROUTES[name].partition(" ")
    visited.go(path)
    if link:
        visited.go(visited.page.locator(f"main a[href^='{link}']").first.get_attribute("href"))


@pytest.mark.parametrize("looks", LOOKS)
@pytest.mark.parametrize("name", ROUTES)
def test_page_has_no_finding_and_fits_the_window(visit: Any, name: str, looks: tuple[tuple[str, str], ...]) -> None:
    """Every rule, with everything unfolded; at 200% zoom nothing scrolls sideways."""
    rules, visited = axe(), visit()
    page: Page = visited.page
    go(visited, name)
    page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
    page.evaluate(rules)
    found = []
    for width, colours in looks:
        page.set_viewport_size(SIZES[width])
        page.emulate_media(color_scheme=colours)
        found += [f"{width}, {colours}: {finding}" for finding in findings(page)]
    for size in (NARROW, HALF):
        page.set_viewport_size(size)
        found += too_wide(page, size["width"])
    visited.faults = [fault for fault in visited.faults if "400 (BAD REQUEST)" not in fault]  # asked for on purpose
    assert found == []


def too_wide(page: Page, most: int) -> list[str]:
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"{width} px wide in {most}"] if width > most else []


@pytest.mark.parametrize("looks", LOOKS)
def test_what_scripts_add_has_no_finding(visit: Any, looks: tuple[tuple[str, str], ...]) -> None:
    """Suggestions, an expanded graph with a menu open, one that is filtered away, a step chosen, a citation to copy."""
    visited = visit()
    page: Page = visited.page
    for width, colours in looks:
        page.set_viewport_size(SIZES[width])
        page.emulate_media(color_scheme=colours)
        for prepare in (suggest, expand, filter_all, choose_step):
            prepare(visited)
            page.evaluate(axe())
            assert findings(page) + too_wide(page, SIZES[width]["width"]) == [], prepare.__name__


def suggest(visited: Any) -> None:
    visited.go("/")
    visited.page.get_by_label("Search drugs, targets, histotypes, studies").press_sequentially("leio")
    visited.page.get_by_role("option").first.wait_for()
    visited.page.keyboard.press("ArrowDown")


def expand(visited: Any) -> None:
    visited.go("/explore?node=target:KIT&node=drug:imatinib")
    visited.page.locator("#graph .node[data-node='target:KIT']").click()
    visited.page.get_by_role("button", name=re.compile("is inhibited by")).click()
    visited.page.locator("#graph .node[data-node='drug:sunitinib']").wait_for()
    visited.page.get_by_text("Save", exact=True).click()
    visited.page.get_by_text("Cite or repeat this view").click()


def filter_all(visited: Any) -> None:
    visited.go("/explore?node=drug:doxorubicin&node=drug:imatinib")
    visited.page.locator("#graph .node[data-node='drug:doxorubicin'] > :first-child").click()
    visited.page.get_by_role("button", name=re.compile("is included in")).click()
    visited.page.locator("#graph-list [data-id^='more|']").click()
    visited.page.get_by_role("button", name=re.compile("^Filter")).click()
    visited.page.locator("#graph-filter input[data-key='includesDrug']").uncheck()
    visited.page.locator(".stage .nothing").wait_for()


def choose_step(visited: Any) -> None:
    visited.go("/mechanism?drug=rapamycin&target=mTOR")
    outlined = visited.page.locator("figure.drawing .outline a[data-step]:visible")  # where the picture has no room
    (outlined if outlined.count() else visited.page.locator("svg a.edge")).first.focus()
    visited.page.keyboard.press("Enter")
    visited.page.locator("li[data-step].chosen").first.wait_for()
