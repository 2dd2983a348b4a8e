"""No finding of axe on any route, in light and dark, wide and narrow; nothing wider than the window."""

from __future__ import annotations

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
    "drug": "/entity/drug:sirolimus",
    "histotype": "/entity/histotype:leiomyosarcoma",
    "regimen": "/entity/regimen:docetaxel-gemcitabine",
    "mechanism with a gap": "/mechanism?drug=rapamycin&target=leiomyosarcoma",
    "mechanism with a joint cause": "/mechanism?drug=gemcitabine&target=DNA+chain+termination&shortcuts=true",
    "mechanism, not asked yet": "/mechanism",
    "evidence": "/evidence?drug=temsirolimus",
    "evidence by regimen": "/evidence?regimen=gemcitabine+%2B+docetaxel&histotype=leiomyosarcoma",
    "evidence, none": "/evidence?drug=regorafenib&histotype=liposarcoma",
    "comparison": "/compare?a=gemcitabine&b=gemcitabine+%2B+docetaxel&measure=objective+response+rate",
    "gap map": "/gaps?rows=drug_class&columns=leiomyosarcoma&columns=GIST&columns=liposarcoma",
    "explanation": "/explain?drug=imatinib&histotype=GIST",
    "explore, empty": "/explore",
    "explore": "/explore?node=target:KIT",
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
    "SPARQL": "/sparql",
    "SPARQL with an answer": "/sparql?format=html&query=SELECT+*+%7B+%3Fs+a+skg%3ADrug+%7D+LIMIT+3",
    "SPARQL with a fault": "/sparql?format=html&query=SELEC",
    "SPARQL with a long table": "/sparql?format=html&query=SELECT+*+%7B+%3Fs+%3Fp+%3Fo+%7D+LIMIT+400",
    "SPARQL with a graph": "/sparql?format=html&query=DESCRIBE+drug%3Asirolimus",
    "comparison, not asked yet": "/compare",
    "explanation, not asked yet": "/explain",
    "evidence, not asked yet": "/evidence",
    "a thing without links": "/entity/site:femur",
    "explore, older view": "/explore?at=target:KIT@0,0&at=drug:never-was@9,9&data=0123456789ab",
    "unknown": "/entity/nothing-of-the-kind",
    "wrong parameter": "/evidence?drug=temsirolimus&colour=blue",
}


@cache
def axe() -> str:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run `npm ci` in web/")
    return AXE.read_text(encoding="utf-8")


def findings(page: Page, rules: str = "") -> list[str]:
    only = f", runOnly: {{ type: 'rule', values: ['{rules}'] }}" if rules else ""
    answer: dict[str, Any] = page.evaluate(f"axe.run(document, {{ resultTypes: ['violations']{only} }})")
    return [
        f"{violation['id']}: {node['target']} {node.get('failureSummary', '')[:160]}"
        for violation in answer["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("name", ROUTES)
def test_page_has_no_finding_and_fits_the_window(visit: Any, name: str) -> None:
    """Wide and narrow, light and dark, with everything unfolded; at 200% zoom it does not scroll sideways.

    Every rule runs on the first and the last of the four; between them only colours change or only the width.
    """
    visited = visit()
    page: Page = visited.page
    visited.go(ROUTES[name])
    page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
    page.evaluate(axe())
    found = findings(page)
    page.emulate_media(color_scheme="dark")
    found += [f"wide, dark: {finding}" for finding in findings(page, "color-contrast")]
    page.set_viewport_size(NARROW)
    found += [f"narrow, dark: {finding}" for finding in findings(page)]
    page.emulate_media(color_scheme="light")
    found += [f"narrow, light: {finding}" for finding in findings(page, "color-contrast")]
    for size in (NARROW, HALF):
        page.set_viewport_size(size)
        width = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{width} px wide in {size['width']}"] if width > size["width"] else []
    visited.faults = [fault for fault in visited.faults if "400 (BAD REQUEST)" not in fault]  # asked for on purpose
    assert found == []


def test_statement_and_passage_have_no_finding(visit: Any) -> None:
    visited = visit()
    visited.go("/mechanism?drug=rapamycin&target=mTOR")
    hrefs = [
        visited.page.locator(f".by a[href^='/{kind}/']").first.get_attribute("href")
        for kind in ("statement", "passage")
    ]
    for href in hrefs:
        visited.go(href)
        visited.page.evaluate(axe())
        assert findings(visited.page) == []
