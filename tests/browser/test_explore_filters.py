"""The filter of the graph browser: counts, what steps back or goes, chips, the empty picture, keys, the address."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opening
from tests.browser.opened import PLACES

SMALL = "/explore?node=target:KIT&node=drug:imatinib&node=histotype:gist&node=drug:sunitinib"


def box(page: Page, key: str) -> Any:
    return page.locator(f"#graph-filter input[data-key='{key}']")


def open_filter(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Filter")).click()


def test_the_filter_counts_everything_by_which_it_filters(open_page: Opening) -> None:
    page = open_page(SMALL)
    open_filter(page)
    heads = page.locator("#graph-filter legend").all_inner_texts()
    assert heads == [
        "Kinds of things", "What is said", "Direction of effect", "How firmly", "Stated by", "Year of the source",
    ]  # fmt: skip
    edges = json.loads(page.request.get(f"{SMALL}&format=json").text())["edges"]
    for group, values in {
        "What is said": [edge["predicate"] for edge in edges],
        "How firmly": [edge["certainty"] for edge in edges],
        "Stated by": [f"by:{by}" for edge in edges for by in {said["by"] for said in edge["said"]}],
        "Year of the source": [
            f"year:{year or 'none'}" for edge in edges for year in {s["year"] for s in edge["said"]}
        ],
    }.items():
        ticks = page.get_by_role("group", name=group).locator("label")
        told = {
            tick.locator("input").get_attribute("data-key"): tick.locator(".number").inner_text()
            for tick in ticks.all()
        }
        assert told == {value: str(values.count(value)) for value in values}
    expect(page.get_by_role("group", name="Stated by")).to_contain_text("review, 2007")


FACETS = {  # a key of the filter -> what the edges that it leaves have not
    "inhibits": lambda edge: edge["predicate"] == "inhibits",
    "effect:down": lambda edge: edge["sign"] == -1,
    "hedged": lambda edge: edge["certainty"] == "hedged",
    "year:2007": lambda edge: {said["year"] for said in edge["said"]} == {"2007"},
    "by:document:002": lambda edge: {said["by"] for said in edge["said"]} == {"document:002"},
}


@pytest.mark.parametrize("key", FACETS)
def test_what_is_filtered_out_is_faded_or_taken_off_and_comes_back(open_page: Opening, key: str) -> None:
    page = open_page(SMALL)
    edges = json.loads(page.request.get(f"{SMALL}&format=json").text())["edges"]
    out = {edge["id"] for edge in edges if FACETS[key](edge)}
    assert out
    before = page.evaluate(PLACES)
    open_filter(page)
    box(page, key).click()
    expect(box(page, key)).to_be_focused()
    faded = page.locator("#graph .edge.faded")
    assert set(faded.evaluate_all("all => all.map(edge => edge.dataset.edge)")) >= out
    shown = page.locator("#graph .edge:not(.faded)").evaluate_all("all => all.map(edge => edge.dataset.edge)")
    assert not set(shown) & out
    expect(faded.first).to_be_visible()
    page.get_by_label("Take what is filtered out off the picture").check()
    expect(faded.first).to_be_hidden()
    assert page.evaluate(PLACES) == before
    expect(page).to_have_url(re.compile(f"fade={re.escape(key)}&filtered=hidden"))
    page.reload()
    expect(page.locator("#graph .edge.faded").first).to_be_hidden()
    chip = page.locator("#graph-chips .chip")
    expect(chip).to_have_count(1)
    chip.get_by_role("button").click()
    expect(page.locator("#graph .faded")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("fade="))
    page.keyboard.press("Control+z")
    expect(chip).to_have_count(1)


def test_where_filters_leave_nothing_the_picture_names_them_and_clears_them(open_page: Opening) -> None:
    page = open_page(SMALL)
    open_filter(page)
    page.get_by_role("button", name="What is said: none").click()
    page.get_by_role("button", name="Close", exact=True).click()
    nothing = page.locator(".stage .nothing")
    expect(nothing).to_contain_text("Everything is filtered out:")
    for chip in page.locator("#graph-chips .chip").all():
        expect(nothing).to_contain_text((chip.text_content() or "").removesuffix("×"))
    page.keyboard.press("Tab")
    nothing.get_by_role("button", name="Clear").click()
    expect(nothing).to_have_count(0)
    expect(page.locator("#graph .faded")).to_have_count(0)
    expect(page.locator("#graph-chips")).to_be_hidden()


def test_the_filter_is_used_by_keyboard_alone(open_page: Opening) -> None:
    page = open_page(SMALL)
    page.locator("#graph [tabindex='0']").focus()
    page.keyboard.press("l")
    expect(page.locator("#graph-filter")).to_be_focused()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.key") == "hedged":
            break
    page.keyboard.press("Space")
    expect(page.locator("#graph .edge.faded")).not_to_have_count(0)
    expect(box(page, "hedged")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#graph-filter")).to_be_hidden()
    expect(page.get_by_role("button", name="Filter (1)")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+z")
    expect(page.locator("#graph .edge.faded")).to_have_count(0)


def test_keys_pass_over_what_is_off_the_picture_and_the_list_has_it_no_more(open_page: Opening) -> None:
    page = open_page(f"{SMALL}&fade=Drug&filtered=hidden")
    expect(page.locator("#graph-list [data-id^='drug:']")).to_have_count(0)
    page.locator("#graph [tabindex='0']").focus()
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "]", "]") * 3:
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.checkVisibility()")
        assert "drug:" not in page.evaluate(
            "document.activeElement.dataset.node ?? document.activeElement.dataset.edge"
        )


# What a page says of its filters, with or without the script that draws it anew; links and buttons alike.
TOLD = """() => {
  const text = part => part.textContent.replace(/\\s+/g, ' ').trim();
  const texts = (where, of = part => text(part)) => [...document.querySelectorAll(where)].map(of);
  const isSeen = part => getComputedStyle(part).display !== 'none';
  const hasGone = part => part.matches('.faded') ? 'out' : 'in';
  return {
    chips: texts('#graph-chips .chip'),
    legend: texts('#graph-legend > *', part => [text(part).replace(', filtered out', ''),
      getComputedStyle(part).textDecorationLine]),
    things: texts('#graph .node', part => [text(part), hasGone(part), isSeen(part)]).sort(),
    lines: texts('#graph .edge', part => [hasGone(part), isSeen(part)]).map(String).sort(),
    list: texts('#graph-list :is(a, button)', part => [text(part), part.matches('.out')]),
    counts: text(document.querySelector('#graph-status')),
    blamed: texts('.blamed .chip'),
    paths: texts('.paths > li .meta'),
    nothing: texts('.nothing p, .canvas > noscript + .notice, .canvas .notice', part => text(part)
      .replace(/\\. .*$/, '.')),
  };
}"""
VIEWS = (
    "fade=Drug",
    "fade=hedged&fade=inhibits&fade=year%3A2007",
    "fade=effect%3Adown&fade=by%3Adocument%3A002&filtered=hidden",
    "fade=Drug&fade=Target&fade=Histotype",
    "fade=Drug&fade=hedged&between=drug:imatinib&between=histotype:gist",
    "fade=hedged&between=drug:imatinib&between=histotype:gist&filtered=hidden",
)


@pytest.mark.parametrize("filters", VIEWS)
def test_without_scripts_an_address_filters_the_same_and_says_so(open_page: Opening, filters: str) -> None:
    told = []
    for scripts in (True, False):
        page = open_page(f"{SMALL}&{filters}", scripts=scripts)
        if scripts:
            expect(page.locator(".toolbar")).not_to_have_class(re.compile("waiting"))
        told.append(page.evaluate(TOLD))
    with_script, without = told
    assert without == with_script
    assert len(without["chips"]) == filters.count("fade=")


def test_without_scripts_a_chip_a_kind_and_a_form_filter(open_page: Opening) -> None:
    page = open_page(f"{SMALL}&fade=Drug&fade=Target&fade=Histotype", scripts=False)
    expect(page.locator(".notice")).to_contain_text("Everything is filtered out: drug, target, histotype")
    page.get_by_role("link", name="Show target again").click()
    expect(page.locator("#graph-chips .chip")).to_have_text(["drug×", "histotype×"])
    expect(page.locator(".notice")).to_contain_text("Everything is filtered out: drug, histotype")
    page.locator("#graph-legend").get_by_role("link", name="drug 2").click()
    expect(page.locator(".notice")).to_have_count(0)
    expect(page.locator("#graph-chips .chip")).to_have_text(["histotype×"])
    page.locator("summary", has_text="Filter").click()
    page.get_by_label("hedged").check()
    page.get_by_label("Take what is filtered out off the picture").check()
    page.get_by_role("button", name="Filter out what is ticked").click()
    expect(page.locator("#graph-chips .chip")).to_have_text(["histotype×", "hedged×"])
    expect(page.locator("#graph .faded").first).to_be_hidden()
    page.locator("#graph-chips").get_by_role("link", name="Clear").click()
    expect(page.locator("#graph .faded")).to_have_count(0)


def test_where_filters_take_every_path_out_the_panel_names_them_and_takes_them_off(open_page: Opening) -> None:
    page = open_page(f"{SMALL}&between=drug:imatinib&between=histotype:gist")
    panel = page.locator("#graph-panel")
    expect(panel.locator(".paths > li").first).to_be_visible()
    expect(panel.locator(".blamed")).to_have_count(0)
    page.locator("#graph-legend").get_by_role("button", name=re.compile("^drug [0-9]")).click()
    expect(panel.locator(".blamed .chip")).to_have_text(["drug×"])
    page.keyboard.press("Control+z")
    expect(panel.locator(".blamed")).to_have_count(0)
    page.keyboard.press("Control+y")
    panel.get_by_role("button", name="Show drug again").click()
    expect(panel.locator(".blamed")).to_have_count(0)
    expect(page.locator("#graph .faded")).to_have_count(0)
    expect(page.get_by_role("button", name="Filter", exact=True)).to_be_focused()
