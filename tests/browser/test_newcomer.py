"""What somebody who has never seen the pages finds from the home page: by mouse, keys, finger, without scripts."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NARROW, Opening

WAYS: dict[str, dict[str, Any]] = {
    "mouse": {},
    "keyboard": {},
    "telephone": {"size": NARROW, "touch": True},
    "without scripts": {"scripts": False},
    "telephone without scripts": {"size": NARROW, "scripts": False},
}
MOST_TABS = 500


@dataclass(frozen=True)
class Newcomer:
    """Somebody at the home page, who uses only what a way of using a page has."""

    page: Page
    way: str

    @property
    def has_scripts(self) -> bool:
        return "without scripts" not in self.way

    def reach(self, part: Locator) -> None:
        """Go to a part with the Tab key alone."""
        for _ in range(MOST_TABS):
            if part.evaluate("part => part === (part.getRootNode().activeElement ?? document.activeElement)"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"not within {MOST_TABS} tabs: {part}")

    def use(self, part: Locator) -> None:
        """Press a button, follow a link, unfold a part."""
        if self.way == "keyboard":
            self.reach(part)
            self.page.keyboard.press("Enter")
        elif self.way == "telephone":
            part.tap()
        else:
            part.click()

    def write(self, field: Locator, text: str) -> None:
        """Put a text into a field, in place of what it holds."""
        if self.way == "keyboard":
            self.reach(field)
            self.page.keyboard.press("Control+a")
            self.page.keyboard.insert_text(text)
        else:
            field.fill(text)

    def search(self, text: str) -> None:
        """Type into the one box of the home page, and press Enter or the button."""
        box = self.page.get_by_label("Search drugs, targets, histotypes, studies")
        self.write(box, text)
        if self.way == "keyboard":
            self.page.keyboard.press("Enter")
        else:
            self.use(self.page.get_by_role("button", name="Search"))
        self.page.wait_for_url("**/search?q=*")

    def follow(self, name: str | re.Pattern[str], inside: str = "main") -> None:
        """Use the first link of that name."""
        self.use(self.page.locator(inside).get_by_role("link", name=name).first)

    def fits(self) -> None:
        """Nothing has to be scrolled sideways."""
        assert self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


@pytest.fixture(params=WAYS)
def newcomer(request: pytest.FixtureRequest, open_page: Opening) -> Newcomer:
    """At the home page."""
    page = open_page("/", **WAYS[request.param])
    return Newcomer(page, request.param)


def test_how_rapamycin_acts_and_the_passage_behind_the_fkbp12_step(newcomer: Newcomer) -> None:
    page = newcomer.page
    newcomer.search("rapamycin")
    newcomer.follow("how it acts")
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("How .* acts"))
    step = page.locator("ol.steps li", has_text="binds FKBP12").first
    expect(step).to_be_visible()
    newcomer.fits()
    newcomer.use(step.locator("a[href^='/passage/']").first)
    expect(page.locator("main")).to_contain_text(re.compile(r"\d+ to \d+ of the text file"))
    expect(page.get_by_role("link", name=re.compile("FKBP12")).first).to_be_visible()
    newcomer.fits()


def test_which_regimens_worked_in_leiomyosarcoma_and_which_did_not(newcomer: Newcomer) -> None:
    page = newcomer.page
    newcomer.search("leiomyosarcoma")
    newcomer.follow("what was tried")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^What was tried in "))
    answer = json.loads(page.request.get(page.url.replace("/evidence", "/api/v1/evidence")).text())
    for direction, words in (("supports", "worked"), ("does_not_support", "did not work")):
        verdicts = [verdict for verdict in answer["summary"]["verdicts"] if verdict["direction"] == direction]
        assert verdicts
        for verdict in verdicts:
            of_one = verdict["rests_on"] == "single patients"
            heading = "Told of single patients only" if of_one else words.capitalize()
            card = page.locator(".verdicts .card", has=page.get_by_role("heading", name=re.compile(f"^{heading}")))
            name = re.compile(f"^{re.escape(verdict['regimen']['label'])}$")
            told = card.locator("li", has=page.get_by_role("link", name=name))
            expect(told).to_be_visible()
            if of_one:
                expect(told).to_contain_text(words)
    newcomer.fits()
    newcomer.follow("gemcitabine + docetaxel", ".verdicts")
    newcomer.follow("What came of giving it")
    expect(page.locator("tr[id^=row-]", has_text="53%").first).to_be_attached()
    newcomer.fits()


def test_patient_2_of_the_maintenance_series_through_every_line(newcomer: Newcomer) -> None:
    page = newcomer.page
    newcomer.search("patient 2 of the maintenance series")
    newcomer.follow(re.compile("patient 2"))
    expect(page.locator("ol.timeline")).to_be_visible()
    lines = page.locator("section table, table").first.locator("tbody th").all_inner_texts()
    answer = json.loads(page.request.get(page.url.replace("/cases", "/api/v1/cases") + "/timeline").text())
    assert [line.split("\n")[0] for line in lines] == [
        f"{line['position']}. {line['treatment']['label']}" for line in answer["lines"]
    ]
    assert len(lines) > 3
    told = " ".join(lines)
    places = [told.index(name) for name in ("pazopanib", "trabectedin", "regorafenib")]
    assert places == sorted(places)
    newcomer.fits()
    for number in range(len(lines)):  # each leads to what happened then
        link = page.locator("table").first.locator("tbody th a").nth(number)
        href = link.get_attribute("href") or ""
        newcomer.use(link)
        expect(page).to_have_url(re.compile(f"{re.escape(href)}$"))
        event = page.locator(f"ol.timeline > li[id='{href.partition('#')[2]}']")
        expect(event).to_be_in_viewport()
        expect(event).to_contain_text(answer["lines"][number]["treatment"]["label"])


def test_kit_is_expanded_to_the_drugs_that_hit_it(newcomer: Newcomer) -> None:
    page = newcomer.page
    newcomer.search("KIT")
    newcomer.follow("KIT")
    newcomer.follow("Show in the graph")
    if newcomer.has_scripts:
        thing = page.locator("#graph .node[data-node='target:KIT']")
        if newcomer.way == "keyboard":
            newcomer.reach(page.locator("#graph [tabindex='0']").first)
            for key in ("ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown") * 4:
                if thing.evaluate("node => node === document.activeElement"):
                    break
                page.keyboard.press(key)
            page.keyboard.press("Enter")
        else:
            newcomer.use(thing)
    else:
        newcomer.follow("KIT", "#graph-list")
    kind = "button" if newcomer.has_scripts else "link"
    newcomer.use(page.locator("#graph-panel").get_by_role(kind, name=re.compile("is inhibited by")))
    inhibitors = json.loads(
        page.request.get(
            re.sub("/explore.*", "/api/v1/entities/target:KIT/neighbors", page.url)
            + "?direction=in&predicate=inhibits&type=Drug"
        ).text()
    )
    names = {item["node"]["label"] for item in inhibitors["items"]}
    assert names >= {"imatinib", "sunitinib", "nilotinib"}
    for name in names:
        expect(page.locator("#graph-list").get_by_role(kind, name=name, exact=True).first).to_be_attached()
    expect(page.locator("#graph .node")).not_to_have_count(1)
    newcomer.fits()


def test_an_example_query_is_run_changed_and_its_result_downloaded(newcomer: Newcomer) -> None:
    page = newcomer.page
    newcomer.use(page.get_by_role("navigation", name="Main").get_by_role("link", name="SPARQL"))
    example = page.locator("section[aria-labelledby='examples'] details").first
    newcomer.use(example.locator("summary"))
    newcomer.use(example.get_by_role("link", name="Run"))
    expect(page.locator("#rows tbody tr").nth(3)).to_be_visible()
    changed = "SELECT ?drug ?name WHERE { ?drug a skg:Drug ; skos:prefLabel ?name } ORDER BY ?name LIMIT 4"
    if not newcomer.has_scripts:
        newcomer.write(page.locator("textarea"), changed)
        newcomer.use(page.get_by_role("button", name="Run"))
    else:
        newcomer.write(page.get_by_label("SPARQL query"), changed)
        newcomer.use(page.get_by_role("button", name="Run"))
    expect(page.locator("#rows tbody tr")).to_have_count(4)
    newcomer.fits()
    shown = page.locator("#rows tbody tr").evaluate_all(
        "all => all.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    with page.expect_download() as download:
        newcomer.follow(re.compile("CSV"))
    rows = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8"))))
    assert rows[0] == ["drug", "name"]
    assert [row[1] for row in rows[1:]] == [cells[1] for cells in shown]
