"""What comes out of a printer: what the reader unfolded, within the margins, and where it came from."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opening

RATES = "/evidence?regimen=gemcitabine+%2B+docetaxel&histotype=leiomyosarcoma"
ENDS = "/explore?node=drug:sirolimus&node=process:g1-s-transition"
MECHANISM = "/mechanism?drug=rapamycin&target=leiomyosarcoma"
UPRIGHT, SIDEWAYS = 703, 1032  # pixels of A4 within margins of 12 mm
SHEET = re.compile(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]")


def sheets(page: Page) -> list[tuple[float, float]]:
    """Width and height of each sheet, in points."""
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    return [(float(width), float(height)) for width, height in SHEET.findall(paper)]


def test_evidence_prints_whole_as_tables_without_forms(open_page: Opening) -> None:
    page = open_page(RATES, size=(794, 1123))  # A4 at 96 pixels an inch
    page.emulate_media(media="print")
    expect(page.locator("form.ask")).to_be_hidden()
    expect(page.locator("header.site nav")).to_be_hidden()
    assert page.locator(".study table").first.evaluate("table => getComputedStyle(table.tHead).display") != "none"
    folded = page.locator("details:not([open]) li").first
    expect(folded).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 794


def test_a_long_mechanism_prints_as_its_sum_its_picture_and_its_chains(open_page: Opening) -> None:
    page = open_page(MECHANISM)
    assert 1 < len(sheets(page)) <= 4
    page.emulate_media(media="print")
    assert page.locator("details.chain > summary").count() > 10
    for summary in page.locator("details.chain > summary").all():
        expect(summary).to_be_visible()
    folded = page.locator("details.chain:not([open]) ol.steps")
    assert folded.count() > 5
    assert not any(steps.is_visible() for steps in folded.all())
    expect(page.locator(".on-paper")).to_contain_text(page.url)


@pytest.mark.parametrize(("patient", "most"), [("003-2", 4), ("004-retroperitoneal", 5), ("000-transplant", 7)])
def test_a_patients_history_prints_whole_on_a_few_sheets(open_page: Opening, patient: str, most: int) -> None:
    page = open_page(f"/cases/patient:{patient}")
    events = page.locator(".timeline > li")
    assert events.count() > 20
    assert 2 < len(sheets(page)) <= most
    page.emulate_media(media="print")
    for event in events.all():
        expect(event.locator(".claim")).to_be_visible()


@pytest.mark.parametrize("path", [MECHANISM, "/documents/document:002", "/evidence?drug=gemcitabine"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_details_come_onto_paper_at_the_readers_choice(open_page: Opening, path: str, scripts: bool) -> None:
    page = open_page(path, scripts=scripts)
    short = len(sheets(page))
    page.get_by_role("link", name="Unfold everything").click()
    page.wait_for_url("**unfold=true*")
    assert page.locator("details:is(.chain, .cuts, .long):not([open])").count() == 0
    assert len(sheets(page)) > 2 * short
    page.get_by_role("link", name="Fold the details").click()
    page.wait_for_url(lambda address: "unfold" not in address)


@pytest.mark.parametrize(
    ("path", "width"), [("/gaps?rows=drug", SIDEWAYS), ("/gaps?rows=drug&all=true", SIDEWAYS), (ENDS, UPRIGHT)]
)
def test_paper_shows_the_whole_of_a_map_and_of_the_picture(open_page: Opening, path: str, width: int) -> None:
    page = open_page(path)
    assert {high > wide for wide, high in sheets(page)} == {width == UPRIGHT}
    page.emulate_media(media="print")
    page.set_viewport_size({"width": width, "height": 1000})
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.matrix .cell, #graph .node')].filter(part => {
          const box = part.getBoundingClientRect(), frame = part.closest('main').getBoundingClientRect();
          return box.left < frame.left - 1 || box.right > frame.right + 1;
        }).length"""
    )
    assert outside == 0
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("header nav")).to_be_hidden()


def test_the_names_of_a_maps_columns_are_repeated_overleaf(open_page: Opening) -> None:
    """Chromium repeats a head only where it takes at most a quarter of the sheet."""
    page = open_page("/gaps?rows=drug&all=true")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": SIDEWAYS, "height": 688})
    head = page.locator(".matrix thead").bounding_box()
    assert head
    assert head["height"] < 688 / 4


def test_a_table_prints_its_heads_as_words_and_stays_within_the_sheet(open_page: Opening) -> None:
    page = open_page("/questions/conflicts")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": UPRIGHT, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= UPRIGHT
    head = page.locator("thead button").first
    assert head.evaluate("head => getComputedStyle(head).borderStyle") == "none"
    expect(page.locator("td details li").first).to_be_visible()


def test_words_that_begin_the_rows_of_a_table_are_not_broken(open_page: Opening) -> None:
    """Neither on paper nor on a screen: what a row tells of is what it is found by."""
    page = open_page("/questions/severe-toxicity", size=(1280, 900))
    lines = """cells => cells.map(cell => {
        const text = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), range = document.createRange();
        const all = [];
        while (text.nextNode()) for (const word of text.currentNode.data.matchAll(/[a-z]{3,}/gi)) {
            range.setStart(text.currentNode, word.index);
            range.setEnd(text.currentNode, word.index + word[0].length);
            if (new Set([...range.getClientRects()].map(each => Math.round(each.top))).size > 1) all.push(word[0]);
        }
        return all;
    }).flat()"""
    for media, width in (("screen", 1280), ("print", UPRIGHT)):
        page.emulate_media(media=media)
        page.set_viewport_size({"width": width, "height": 900})
        cells = page.locator("tbody td:first-child")
        assert cells.count() > 5
        assert cells.evaluate_all(lines) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_folded_table_says_on_paper_that_it_is(open_page: Opening) -> None:
    told = "summary => getComputedStyle(summary, '::after').content"
    page = open_page("/evidence?drug=gemcitabine")
    summary = page.locator(".study summary").first
    assert summary.evaluate(told) == "none"
    page.emulate_media(media="print")
    assert summary.evaluate(told) == '", folded on this print"'
    summary.evaluate("summary => summary.click()")
    assert summary.evaluate(told) == "none"
