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


@pytest.mark.parametrize("path", [MECHANISM, "/documents/document:002"])
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
