"""The graph is walked by mouse, by keyboard, by finger and without scripts; its address brings the view back."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, Opening, eventually

KIT_DRUGS = ("imatinib", "sunitinib", "nilotinib")


def test_kit_is_expanded_to_the_drugs_that_hit_it_and_taken_back(open_page: Opening) -> None:
    page = open_page("/explore?node=target:KIT&node=drug:imatinib")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    before = page.locator("#graph .node[data-node='target:KIT']").get_attribute("transform")
    page.locator("#graph .node[data-node='target:KIT']").click()
    menu = page.get_by_role("button", name=re.compile("is inhibited by"))
    expect(menu).to_contain_text(re.compile(r"\d"))
    requests.clear()
    menu.click()
    for name in KIT_DRUGS:
        expect(page.locator(f"#graph .node[data-node='drug:{name}']")).to_have_count(1)
        expect(page.locator("#graph-list").get_by_role("button", name=name, exact=True)).to_have_count(1)
    assert len(requests) == 1
    assert page.locator("#graph .node[data-node='target:KIT']").get_attribute("transform") == before
    expect(page).to_have_url(re.compile(r"at=drug:sunitinib@"))
    page.keyboard.press("Control+z")
    expect(page.locator("#graph .node[data-node='drug:sunitinib']")).to_have_count(0)
    page.get_by_role("button", name="Redo").click()
    expect(page.locator("#graph .node[data-node='drug:sunitinib']")).to_have_count(1)


def test_the_graph_is_walked_by_keyboard_alone(open_page: Opening) -> None:
    page = open_page("/explore?node=target:MTOR")
    tabbable = page.locator("#graph [tabindex='0']")
    assert tabbable.count() == 1
    tabbable.focus()
    seen = set()
    for key in ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"] * 3:
        page.keyboard.press(key)
        seen.add(page.evaluate("document.activeElement.getAttribute('data-node')"))
    assert len(seen) > 2
    page.keyboard.press("]")
    assert page.evaluate("document.activeElement.hasAttribute('data-edge')")
    page.keyboard.press("Enter")
    expect(page.locator("#graph-panel a[href^='/statement/']").first).to_be_focused()
    page.keyboard.press("Escape")
    shown = page.locator("#graph .node").count()
    page.keyboard.press("h")
    expect(page.locator("#graph .node")).to_have_count(shown - 1)
    page.keyboard.press("Control+z")
    expect(page.locator("#graph .node")).to_have_count(shown)


def test_every_node_and_edge_can_be_reached_by_keyboard(open_page: Opening) -> None:
    """From the one tab stop arrows lead to every node, and ] from the nodes to every connection; each has a name."""
    page = open_page("/explore?node=target:KIT")
    parts = page.locator("#graph .node, #graph .edge")
    names = parts.evaluate_all("all => all.map(part => [part.dataset.node ?? part.dataset.edge, part.ariaLabel])")
    assert len(names) > 40
    assert all(label for _, label in names)
    focused = "() => { const part = document.activeElement; return part.dataset.node ?? part.dataset.edge; }"

    def after(name: str, key: str) -> str:
        page.locator(f"#graph .node[data-node='{name}']").evaluate("node => node.focus()")
        page.keyboard.press(key)
        return str(page.evaluate(focused))

    stop = page.locator("#graph [tabindex='0']")
    assert stop.count() == 1
    waiting = [stop.get_attribute("data-node") or ""]
    reached = set(waiting)
    while waiting:
        name = waiting.pop()
        for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
            other = after(name, key)
            if other not in reached:
                reached.add(other)
                waiting.append(other)
        edge, around = after(name, "]"), set()
        while edge not in around | {name}:
            around.add(edge)
            page.keyboard.press("]")
            edge = str(page.evaluate(focused))
        reached |= around
    assert reached == {name for name, _ in names}


STATE = """() => [
  [...document.querySelectorAll('#graph .node')].map(n => [n.dataset.node, n.getAttribute('class'),
    n.getAttribute('transform').match(/-?[\\d.]+/g).map(part => Math.round(part)).join()]),
  [...document.querySelectorAll('#graph .edge')].map(e => [e.dataset.edge, e.getAttribute('class')]).sort(),
  [...document.querySelectorAll('#graph-legend button')].map(b => [b.dataset.type, b.getAttribute('aria-pressed')]),
  document.querySelector('#graph-panel h2')?.textContent]"""


def test_the_address_restores_the_view(open_page: Opening) -> None:
    page = open_page("/explore?node=target:KIT&node=drug:imatinib&node=drug:sunitinib")
    node = page.locator("#graph .node[data-node='drug:imatinib'] > :first-child")
    box = node.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 65, box["y"] + 45, steps=4)
    page.mouse.up()
    page.get_by_role("button", name=re.compile("^target")).click()
    page.locator("#graph .node[data-node='drug:sunitinib'] > :first-child").click()
    expect(page).to_have_url(re.compile(r"pin=drug:imatinib&fade=Target&open=drug:sunitinib"))
    before = page.evaluate(STATE)
    page.reload()
    expect(page.locator("#graph-panel h2")).to_have_text("sunitinib")
    expect(page.locator(".toolbar.waiting")).to_have_count(0)  # the script has come
    assert page.evaluate(STATE) == before


def unpacked(url: str) -> dict[str, list[str]]:
    (packed,) = parse_qs(urlsplit(url).query)["view"]
    return parse_qs(zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), -15).decode())


def test_a_view_too_large_for_an_address_is_packed_and_comes_back(open_page: Opening) -> None:
    page = open_page("/explore?node=target:MTOR")
    for name in ("sirolimus", "gemcitabine", "mTOR"):
        page.locator("#graph-list").get_by_role("button", name=name, exact=True).click()
        expect(page.locator("#graph-panel h2")).to_have_text(name)
        expect(page.locator("#graph-panel .expand button").first).to_be_visible()
        for place in range(page.locator("#graph-panel .expand button").count()):
            page.locator("#graph-panel .expand button").nth(place).click()
            expect(page.locator("#graph[aria-busy]")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/explore\?view=[\w-]+$"))
    lines = page.locator("#graph .edge").count()
    eventually(page, lambda: unpacked(page.url)["links"] == [str(lines)])
    assert len(page.url) < 4000
    before = page.evaluate(STATE)
    assert len(before[0]) > 40
    page.reload()
    expect(page.locator("#graph-panel h2")).to_have_text("mTOR")
    expect(page.locator(".toolbar.waiting")).to_have_count(0)  # the script has come
    assert page.evaluate(STATE) == before


def test_what_is_told_of_the_view_follows_it(open_page: Opening) -> None:
    page = open_page("/explore?node=target:KIT&node=drug:imatinib&node=drug:sunitinib")
    page.locator("#graph .node[data-node='drug:imatinib'] > :first-child").click()
    page.get_by_role("button", name="Hide").click()
    expect(page).not_to_have_url(re.compile("imatinib"))
    page.get_by_text("Cite or repeat this view").click()
    expect(page.get_by_label("BibTeX")).to_contain_text(page.url)
    with page.expect_download() as download:
        page.locator(".share").get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8"))))
    assert {row["subject"] for row in rows} | {row["object"] for row in rows} == {"target:KIT", "drug:sunitinib"}


@pytest.mark.parametrize("setting", [{"scripts": False}, {"scripts": False, "size": NARROW}], ids=str)
def test_the_graph_expands_without_scripts(open_page: Opening, setting: dict[str, Any]) -> None:
    page = open_page("/explore?node=target:KIT&node=drug:imatinib", **setting)
    page.locator("#graph-list").get_by_role("link", name="KIT", exact=True).click()
    page.get_by_role("link", name=re.compile("is inhibited by")).click()
    for name in KIT_DRUGS:
        expect(page.locator("#graph-list").get_by_role("link", name=name, exact=True)).to_have_count(1)
    page.go_back()  # without scripts, the browser's own button takes a step back
    expect(page.locator("#graph-list").get_by_role("link", name="sunitinib", exact=True)).to_have_count(0)


def test_a_finger_opens_a_node(open_page: Opening) -> None:
    page = open_page("/explore?node=target:KIT&node=drug:imatinib", size=NARROW, touch=True)
    page.locator("#graph .node[data-node='target:KIT']").tap()
    expect(page.get_by_role("button", name=re.compile("is inhibited by"))).to_be_visible()


def test_the_graph_is_saved_in_every_form(open_page: Opening, tmp_path: Path) -> None:
    page = open_page("/explore?node=target:KIT&node=drug:imatinib&node=drug:sunitinib")
    page.get_by_text("Save", exact=True).click()
    saved = {}
    for kind in ("svg", "png", "json", "csv"):
        with page.expect_download() as download:
            page.locator(f"[data-action={kind}]").click()
        saved[kind] = tmp_path / download.value.suggested_filename
        download.value.save_as(saved[kind])
    root = ET.fromstring(saved["svg"].read_text(encoding="utf-8"))
    words = " ".join("".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "sunitinib" in words
    assert "sarcoma-kg, data" in words
    assert "drug 2" in words
    assert "target 1" in words
    assert saved["png"].read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    graph = json.loads(saved["json"].read_text(encoding="utf-8"))
    assert {node["id"] for node in graph["nodes"]} == {"target:KIT", "drug:imatinib", "drug:sunitinib"}
    rows = list(csv.reader(io.StringIO(saved["csv"].read_text(encoding="utf-8"))))
    assert len(rows) - 1 == len(graph["edges"]) > 1
