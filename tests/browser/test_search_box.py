"""Search as you type, by keyboard: groups, why a name matched, opening, adding to the graph, closing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import NARROW, Opening

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
OPTION = "[role=option]"  # not those of a select

if TYPE_CHECKING:
    from playwright.sync_api import Page


def _typed(open_page: Opening, path: str, text: str, **how: Any) -> Page:
    page = open_page(path, **how)
    page.keyboard.press("/")
    page.keyboard.type(text)
    expect(page.locator(OPTION).first).to_be_visible()
    return page


def test_suggestions_stand_in_groups_with_headings(open_page: Opening) -> None:
    page = _typed(open_page, "/about", "leiomyo")
    groups = page.get_by_role("listbox").get_by_role("group")
    names = groups.evaluate_all(
        "all => all.map(one => document.getElementById(one.getAttribute('aria-labelledby')).textContent)"
    )
    assert "Histotypes" in names
    assert len(names) == len(set(names)) > 1
    assert all(groups.nth(number).locator(OPTION).count() for number in range(len(names)))
    expect(page.get_by_role("combobox").and_(page.locator(":focus"))).to_have_attribute("aria-expanded", "true")


def test_a_suggestion_says_which_name_matched(open_page: Opening) -> None:
    page = _typed(open_page, "/about", "rapamyc")
    expect(page.locator(OPTION).filter(has_text="sirolimus").first).to_contain_text("synonym: rapamycin")


def test_the_number_of_suggestions_is_told(open_page: Opening) -> None:
    page = _typed(open_page, "/about", "rapamycin")
    count = page.locator(OPTION).count()
    expect(page.locator(".field [role=status]").first).to_contain_text(f"{count} suggestion")
    page.keyboard.type("qqqq")
    expect(page.locator(".field [role=status]").first).to_have_text("No suggestion")


def test_escape_closes_and_arrows_go_around(open_page: Opening) -> None:
    page = _typed(open_page, "/about", "leiomyo")
    box = page.get_by_role("combobox").and_(page.locator(":focus"))
    last = page.locator(OPTION).count() - 1
    page.keyboard.press("ArrowUp")
    expect(page.locator(OPTION).nth(last)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(page.locator(OPTION).first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == page.locator(OPTION).first.get_attribute("id")
    page.keyboard.press("Escape")
    expect(page.locator(OPTION).first).to_be_hidden()
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("leiomyo")


def test_a_sentence_is_offered_its_question_and_enter_opens_it(open_page: Opening) -> None:
    page = _typed(open_page, "/", "how does rapamycin work in leiomyosarcoma")
    expect(page.locator(OPTION).first).to_have_text("How sirolimus acts on leiomyosarcoma")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/mechanism?drug=drug:sirolimus&target=histotype:leiomyosarcoma")
    expect(page.get_by_role("heading", level=1)).to_contain_text("leiomyosarcoma")


def test_shift_enter_adds_a_thing_to_the_graph_from_any_page(open_page: Opening) -> None:
    page = _typed(open_page, "/explore?node=target:KIT", "trabectedin")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Enter")
    expect(page.locator("[role=status]", has_text="Added trabectedin to the graph")).to_be_attached()
    expect(page.locator("svg#graph").get_by_text("trabectedin", exact=True)).to_be_visible()
    page.goto(re.sub(r"/explore.*", "/about", page.url))
    page.keyboard.press("/")
    page.keyboard.type("eribulin")
    expect(page.locator(OPTION).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Enter")
    page.wait_for_url("**/explore?*")
    for name in ("KIT", "trabectedin", "eribulin"):
        expect(page.locator("svg#graph").get_by_text(name, exact=True)).to_be_attached()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_sentence_and_a_word_of_a_fact_are_answered_on_the_page(open_page: Opening, scripts: bool) -> None:
    page = open_page("/", scripts=scripts, size=NARROW)
    box = page.get_by_label("Search drugs, targets, histotypes, studies")
    box.fill("is trabectedin better than dacarbazine")
    box.press("Enter")
    page.wait_for_url("**/search?q=*")
    page.get_by_role("link", name="Compare trabectedin with dacarbazine").click()
    page.wait_for_url("**/compare?*")
    page.goto("/search?q=T2N0M0")
    page.get_by_role("link", name=re.compile("T2N0M0")).first.click()
    page.wait_for_url("**/statement/*")
    expect(page.locator("main")).to_contain_text("T2N0M0")
