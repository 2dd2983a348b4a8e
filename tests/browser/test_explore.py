"""The graph browser: what an expansion leaves out, the window in the address, and narrow pages."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from kg import KnowledgeGraph
from kg.paths.neighborhood import NeighborsQuestion
from tests.browser.conftest import Opening, eventually
from tests.browser.opened import PLACES, node

HUB = "drug:doxorubicin"
WAY = {"expand": HUB, "predicate": "includesDrug", "direction": "in"}
ALONE = f"/explore?node={HUB}&node=drug:ifosfamide"
SMALL = "/explore?node=target:KIT&node=drug:imatinib&node=histotype:gist&node=drug:sunitinib"
SHOWN = "() => [...document.querySelectorAll('#graph .node:not(.more)')].map(node => node.dataset.node).sort()"
LOOK = """() => {
  const moved = document.querySelector('#graph .world').getAttribute('transform');
  const [x, y, scale] = moved.match(/-?[\\d.]+/g).map(Number);
  const { width, height } = document.querySelector('.stage').getBoundingClientRect();
  return [Math.round((width / 2 - x) / scale), Math.round((height / 2 - y) / scale), Math.round(scale * 100) / 100];
}"""


def more(page: Page) -> Any:
    return page.locator("#graph .node.more")


@pytest.fixture(scope="module")
def regimens(curated_graph: KnowledgeGraph) -> int:
    """How many things the graph has around the hub in one way: more than an expansion adds."""
    question = NeighborsQuestion(node=HUB, predicates=("includesDrug",), direction="in", limit=1000)
    count = len({item.node.id for item in curated_graph.neighbors(question, sourced=False).items})
    assert count > 20
    return count


def expanded(open_page: Opening) -> Page:
    """The hub with the first things of the way."""
    page = open_page(ALONE)
    node(page, HUB).locator("> :first-child").click()
    page.locator("#graph-panel .expand button", has_text="is included in").click()
    expect(more(page)).to_have_count(1)
    return page


def test_a_hub_shows_the_best_evidenced_and_a_node_for_the_others_in_one_request(
    open_page: Opening, regimens: int
) -> None:
    page = open_page(ALONE)
    before = page.evaluate(PLACES)
    node(page, HUB).locator("> :first-child").click()
    way = page.locator("#graph-panel .expand button", has_text="is included in")
    expect(way).to_contain_text(str(regimens))
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    way.click()
    left = regimens - 15
    expect(more(page)).to_have_text(f"+{left} more")
    assert len(requests) == 1
    after = page.evaluate(PLACES)
    assert len(after) == len(before) + 15 + 1
    assert {name: after[name] for name in before} == before
    expect(page.locator("#graph-list")).to_contain_text(f"+{left} more: is included in")
    expect(page.locator(".toast")).to_contain_text(f"15 things added (is included in), {left} more wait")
    requests.clear()
    more(page).click()
    expect(page.locator("#graph-panel h2")).to_contain_text(f"{left} more things: doxorubicin is included in")
    expect(page.locator("#graph-panel input[type=checkbox]")).to_have_count(left)
    assert requests == []  # the list came with the expansion


def test_a_way_to_expand_tells_how_many_things_it_would_still_add(open_page: Opening, regimens: int) -> None:
    page = expanded(open_page)
    number = page.locator("#graph-panel .expand button", has_text="is included in").locator(".number")
    expect(number).to_have_text(f"{regimens - 15} more")
    page.keyboard.press("Control+z")
    expect(number).to_have_text(str(regimens))
    page.keyboard.press("Control+y")
    expect(number).to_have_text(f"{regimens - 15} more")
    for scripts in (True, False):
        again = open_page("/explore?node=target:KIT&open=target:KIT", scripts=scripts)
        told = again.locator("#graph-panel .expand :is(a, button)", has_text="is inhibited by").locator(".number")
        expect(told).to_have_text("shown")  # all stand around it from the start


def test_some_or_all_of_the_others_are_added_and_the_node_gets_less_and_goes(open_page: Opening, regimens: int) -> None:
    page = expanded(open_page)
    left = regimens - 15
    shown = page.evaluate(SHOWN)
    places = page.evaluate(PLACES)
    more(page).click()
    for place in (0, 3):
        page.locator("#graph-panel input[type=checkbox]").nth(place).check()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.get_by_role("button", name="Add 2 ticked").click()
    expect(more(page)).to_have_text(f"+{left - 2} more")
    assert len(requests) == 1
    now = page.evaluate(PLACES)
    assert {name: now[name] for name in places} == places
    assert len(page.evaluate(SHOWN)) == len(shown) + 2
    page.get_by_role("button", name=f"Add all {left - 2}").click()
    expect(more(page)).to_have_count(0)
    assert len(page.evaluate(SHOWN)) == len(shown) + left
    expect(page.locator("#graph-list")).not_to_contain_text("more:")
    page.keyboard.press("Control+z")
    expect(more(page)).to_have_text(f"+{left - 2} more")
    page.keyboard.press("Control+z")
    expect(more(page)).to_have_text(f"+{left} more")
    assert page.evaluate(SHOWN) == shown
    page.keyboard.press("Control+z")
    expect(more(page)).to_have_count(0)
    page.get_by_role("button", name="Redo").click()
    expect(more(page)).to_have_text(f"+{left} more")


def test_the_others_are_listed_and_added_by_keyboard_alone(open_page: Opening, regimens: int) -> None:
    page = open_page(ALONE)
    node(page, HUB).focus()
    page.keyboard.press("Enter")
    way = page.locator("#graph-panel .expand button", has_text="is included in")
    for _ in range(12):
        if way.evaluate("way => way === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(more(page)).to_have_count(1)
    page.keyboard.press("Escape")
    reached = walked(page, more(page).get_attribute("data-node"))
    assert reached
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=f"Add all {regimens - 15}")).to_be_focused()
    while not page.evaluate("document.activeElement.matches('input[type=checkbox]')"):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(more(page)).to_have_text(f"+{regimens - 16} more")
    more(page).focus()
    page.keyboard.press("h")
    expect(more(page)).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(more(page)).to_have_text(f"+{regimens - 16} more")


def walked(page: Page, goal: str) -> bool:
    """Go to a node with the arrow keys, along the shortest way that they offer."""
    focused = "document.activeElement.dataset.node"
    waiting, seen = [str(page.evaluate(focused))], set()
    while waiting:
        name = waiting.pop(0)
        for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
            node(page, name).focus()
            page.keyboard.press(key)
            other = str(page.evaluate(focused))
            if other == goal:
                return True
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return False


def test_what_was_left_out_is_in_the_address_and_in_files_as_a_number(open_page: Opening, regimens: int) -> None:
    page = expanded(open_page)
    more(page).click()
    expect(page).to_have_url(re.compile(r"more=drug:doxorubicin%7CincludesDrug%7Cin@-?\d+,-?\d+.*open=more%7C"))
    place = more(page).get_attribute("transform")
    page.reload()
    expect(more(page)).to_have_text(f"+{regimens - 15} more")
    assert more(page).get_attribute("transform") == place
    expect(page.locator("#graph-panel h2")).to_contain_text(f"{regimens - 15} more things")
    page.get_by_text("Save", exact=True).click()
    saved = {}
    for kind in ("svg", "json", "csv"):
        with page.expect_download() as download:
            page.locator(f"[data-action={kind}]").click()
        saved[kind] = download.value.path().read_text(encoding="utf-8")
    drawn = "".join(ET.fromstring(saved["svg"]).itertext())
    assert f"+{regimens - 15}" in drawn
    graph = json.loads(saved["json"])
    assert graph["rests"] == [{"node": HUB, "predicate": "includesDrug", "direction": "in", "left_out": regimens - 15}]
    assert all("|" not in one["id"] for one in graph["nodes"])
    rows = list(csv.DictReader(io.StringIO(saved["csv"])))
    assert len(rows) == len(graph["edges"])
    status = page.locator("#graph .node:not(.more)").count()
    assert len(graph["nodes"]) == status


@pytest.mark.parametrize("setting", [{"scripts": False}, {"scripts": False, "size": (390, 844)}], ids=str)
def test_the_others_are_added_without_scripts(open_page: Opening, setting: dict[str, Any], regimens: int) -> None:
    page = open_page(f"{ALONE}&" + "&".join(f"{name}={value}" for name, value in WAY.items()), **setting)
    page.locator("#graph-list").get_by_role("link", name=f"+{regimens - 15} more").click()
    page.locator("#graph-panel input[type=checkbox]").first.check()
    page.get_by_role("button", name="Add the ticked").click()
    page.locator("#graph-list").get_by_role("link", name=f"+{regimens - 16} more").click()
    page.get_by_role("link", name=f"Add all {regimens - 16}").click()
    expect(page.locator("#graph-list")).not_to_contain_text("more:")
    expect(page.locator("#graph .node")).to_have_count(regimens + 2)


def test_a_hub_opened_by_name_says_how_many_it_leaves_out(open_page: Opening, curated_graph: KnowledgeGraph) -> None:
    page = open_page(f"/explore?node={HUB}")
    total = len(
        {
            item.node.id
            for item in curated_graph.neighbors(
                NeighborsQuestion(
                    node=HUB, limit=1000, certainties=frozenset({"stated", "inferred", "hedged", "hypothesised"})
                ),
                sourced=False,
            ).items
        }
    )
    drawn = page.locator("#graph .node:not(.more)").count()
    left = total + 1 - drawn
    assert left > 0
    expect(more(page)).to_have_text(f"+{left} more")


def is_told(page: Page, before: list[float]) -> bool:
    """Whether the window has moved, and the address says where to."""
    x, y, scale = now = page.evaluate(LOOK)
    return bool(now != before and f"pan={x},{y}&zoom={scale:g}" in page.url)


def test_the_window_is_in_the_address(open_page: Opening) -> None:
    page = open_page(SMALL)
    stage = page.locator(".stage").bounding_box()
    assert stage is not None
    for change in ("button", "wheel", "drag", "key"):
        before = page.evaluate(LOOK)
        page.mouse.move(stage["x"] + 8, stage["y"] + 8)
        if change == "button":
            page.get_by_role("button", name="Zoom in").click()
        elif change == "wheel":
            page.mouse.wheel(0, 120)
        elif change == "drag":
            page.mouse.down()
            page.mouse.move(stage["x"] + 90, stage["y"] + 40, steps=4)
            page.mouse.up()
        else:
            page.locator("#graph [tabindex='0']").focus()
            page.keyboard.press("+")
        eventually(page, lambda before=before: is_told(page, before))
        now = page.evaluate(LOOK)
        again = open_page(page.url)
        assert again.evaluate(LOOK) == now, change


def test_a_thing_out_of_the_window_comes_into_it_when_a_key_leads_there(open_page: Opening) -> None:
    page = open_page("/explore?node=drug:sirolimus")
    for _ in range(4):
        page.get_by_role("button", name="Zoom in").click()
    page.locator("#graph [tabindex='0']").focus()
    stage = page.locator(".stage").bounding_box()
    assert stage is not None
    for key in ["ArrowRight"] * 4 + ["ArrowDown"] * 4 + ["ArrowLeft"] * 6 + ["]", "]"]:
        page.keyboard.press(key)
        at = page.evaluate("""() => {
          const part = document.activeElement;
          if (part.dataset.edge) {
            const { x, y, width, height } = part.querySelector('.line').getBoundingClientRect();
            return [x + width / 2, y + height / 2];
          }
          const { x, y, width, height } = part.firstElementChild.getBoundingClientRect();
          return [x + width / 2, y + height / 2];
        }""")
        assert stage["x"] < at[0] < stage["x"] + stage["width"]
        assert stage["y"] < at[1] < stage["y"] + stage["height"]
    assert page.locator(".stage").evaluate("stage => [stage.scrollLeft, stage.scrollTop]") == [0, 0]


def test_on_a_narrow_page_the_list_comes_first_and_the_panel_lies_over_its_foot(open_page: Opening) -> None:
    page = open_page("/explore?node=target:KIT", size=(390, 844), touch=True)
    expect(page.locator("#graph-panel")).to_be_hidden()
    assert page.locator("#graph-list").bounding_box()["y"] < page.locator(".stage").bounding_box()["y"]  # type: ignore[index]
    page.locator("#graph-list").get_by_role("button", name="KIT", exact=True).tap()
    sheet = page.locator("#graph-panel")
    expect(sheet.get_by_role("button", name=re.compile("is inhibited by"))).to_be_visible()
    at = sheet.bounding_box()
    assert at is not None
    assert at["y"] + at["height"] == pytest.approx(844, abs=1)
    assert at["height"] < 844 / 2
    sheet.get_by_role("button", name="Close").tap()
    expect(sheet).to_be_hidden()
    expect(node(page, "target:KIT")).to_be_focused()


def test_what_an_expansion_lacks_because_time_was_over_is_said_beneath_the_picture(open_page: Opening) -> None:
    page = open_page(SMALL)
    told = "Time was over before all was looked at."

    def cut(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"cut": told})

    page.route("**/explore?*format=json*", cut)
    node(page, "target:KIT").locator("> :first-child").click()
    page.locator("#graph-panel .expand button", has_text="is inhibited by").click()
    expect(page.locator("#graph-status")).to_contain_text(told)
    page.unroute("**/explore?*format=json*")
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator("#graph-status")).not_to_contain_text(told)
