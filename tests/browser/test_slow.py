"""A slow line and a busy machine: nothing jumps while a page arrives, and what comes late spoils nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import NARROW, WIDE, Opening, eventually
from tests.browser.test_budgets import MOST_SHIFT, SHIFTED

BYTES_A_SECOND = 6_000
SMALL = "/explore?node=target:KIT&node=drug:imatinib&node=histotype:gist"
VIEWS = {
    "a graph": SMALL,
    "a thing chosen": "/explore?node=target:KIT&open=target:KIT",
    "filtered": f"{SMALL}&fade=Drug&open=target:KIT",
    "an expansion": "/explore?node=drug:doxorubicin&expand=drug:doxorubicin&predicate=includesDrug&direction=in",
}


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_graph_that_arrives_in_parts_does_not_jump(visit: Any, view: str, size: tuple[int, int]) -> None:
    visited = visit(size=size)
    visited.go("/explore")  # its style sheet and scripts are here: what follows is painted as it comes
    client = visited.page.context.new_cdp_session(visited.page)
    client.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 20, "downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND},
    )
    visited.go(VIEWS[view])
    expect(visited.page.locator(".toolbar.waiting")).to_have_count(0)
    assert visited.page.evaluate(SHIFTED) <= MOST_SHIFT


class Held:
    """Requests that are answered when the test says so."""

    def __init__(self, page: Page, pattern: str | re.Pattern[str]) -> None:
        self.page = page
        self.routes: list[Route] = []
        page.route(pattern, self.keep)

    def keep(self, route: Route) -> None:
        self.routes.append(route)

    def wait(self, count: int = 1) -> None:
        """Until so many are asked."""
        eventually(self.page, lambda: len(self.routes) >= count)

    def answer(self, **how: Any) -> None:
        """Answer the first of them, as the server does or with something else."""
        self.wait()
        route = self.routes.pop(0)
        route.fulfill(**how) if how else route.continue_()


def thing(page: Page, name: str) -> Any:
    return page.locator("#graph-list").get_by_role("button", name=name, exact=True)


COUNTS_OF_KIT = "**/entities/target*KIT/neighbors?*"
HEADING = "#graph-panel h2"


def kit_chosen(visited: Any) -> Held:
    """Choose KIT; how much leads on from it is asked for, and not answered yet."""
    visited.go(SMALL)
    held = Held(visited.page, COUNTS_OF_KIT)
    thing(visited.page, "KIT").click()
    held.wait()
    return held


@pytest.mark.parametrize("status", [200, 503])
def test_an_answer_that_comes_late_leaves_a_later_choice_on_the_panel(visit: Any, status: int) -> None:
    visited = visit()
    page: Page = visited.page
    held = kit_chosen(visited)
    thing(page, "imatinib").click()
    expect(page.locator("#graph-panel .expand")).to_be_visible()
    with page.expect_event("requestfinished"):
        held.answer(**({} if status == 200 else {"status": status, "json": {"detail": "Busy."}}))
    expect(page.locator("html:not(.waiting)")).to_have_count(1)
    expect(page.locator(HEADING)).to_have_text("imatinib")
    expect(page.locator("#graph-panel")).not_to_contain_text("Busy.")
    visited.faults = [fault for fault in visited.faults if "503" not in fault]  # made up here


def test_who_looks_for_paths_before_the_counts_have_come_goes_on_doing_so(visit: Any) -> None:
    visited = visit()
    page: Page = visited.page
    held = kit_chosen(visited)
    page.get_by_role("button", name="Paths from here").click()
    with page.expect_event("requestfinished"):
        held.answer()
    expect(page.locator("html:not(.waiting)")).to_have_count(1)
    expect(page.locator(HEADING)).to_have_text("Paths from KIT")
    expect(page.get_by_label("or here:")).to_be_focused()


LINES = "() => [...document.querySelectorAll('#graph .edge')].map(edge => edge.dataset.edge).sort()"


def test_steps_asked_for_at_once_come_one_after_the_other_with_all_connections(open_page: Opening) -> None:
    page = open_page("/explore?node=target:KIT&node=drug:doxorubicin")
    thing(page, "KIT").click()
    ways = page.locator("#graph-panel .expand button")
    expect(ways.nth(1)).to_be_visible()
    held = Held(page, "**/explore?*format=json*")
    told = ways.count()
    for place in range(told):
        ways.nth(place).click()
    for _ in range(told):
        held.answer()
    expect(page.locator("#graph[aria-busy]")).to_have_count(0)
    expect(thing(page, "dasatinib")).to_be_visible()
    expect(page).to_have_url(re.compile(f"links={page.locator('#graph .edge').count()}&"))
    again = open_page(page.url)
    expect(again.locator(".toolbar.waiting")).to_have_count(0)
    assert again.evaluate(LINES) == page.evaluate(LINES)


def test_what_is_hidden_while_an_answer_is_on_its_way_stays_hidden(open_page: Opening) -> None:
    page = open_page(SMALL)
    held = Held(page, "**/explore?*format=json*")
    page.get_by_label("Add a thing").fill("sunitinib")
    page.get_by_role("button", name="Add", exact=True).click()
    held.wait()
    thing(page, "imatinib").click()
    page.get_by_role("button", name="Hide", exact=True).click()
    held.answer()
    expect(thing(page, "sunitinib")).to_be_visible()
    expect(thing(page, "imatinib")).to_have_count(0)


def test_who_presses_escape_before_suggestions_have_come_gets_none(open_page: Opening) -> None:
    page = open_page("/evidence")
    held = Held(page, "**/api/v1/search?*")
    page.locator("form.ask [name=drug]").press_sequentially("gemci")
    held.wait()
    with page.expect_event("requestfailed"):
        page.keyboard.press("Escape")
    expect(page.locator("form.ask .suggestions:visible")).to_have_count(0)


def test_who_writes_before_the_script_has_come_goes_on_writing(visit: Any) -> None:
    visited = visit()
    page: Page = visited.page
    held = Held(page, re.compile("/assets/sparql-"))
    page.goto(f"{visited.address}/sparql", wait_until="commit")
    area = page.locator("textarea[name=query]")
    area.fill("")
    area.press_sequentially("ASK ")
    held.answer()
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.type("{ ?s ?p 1 }")
    expect(page.locator(".cm-content")).to_have_text("ASK { ?s ?p 1 }")
    expect(area).to_have_value("ASK { ?s ?p 1 }")


def test_a_name_written_before_the_script_has_come_is_suggested_when_it_comes(visit: Any) -> None:
    visited = visit()
    page: Page = visited.page
    held = Held(page, re.compile("/assets/site-.*js"))
    page.goto(visited.address, wait_until="commit")
    page.get_by_label("Search drugs, targets, histotypes, studies").press_sequentially("leiomyo")
    held.answer()
    expect(page.locator("[role=option]").first).to_be_visible()
