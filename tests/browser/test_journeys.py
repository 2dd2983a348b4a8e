"""What a newcomer wants to find, done by mouse, by keyboard, on a telephone, and without scripts."""

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
from playwright.sync_api import Page, expect

from tests.browser.conftest import eventually

NARROW = (390, 844)
CHAIN = ("sirolimus", "FKBP12", "rapamycin-FKBP12 complex", "mTOR", "cell cycle arrest")
KIT_DRUGS = ("imatinib", "sunitinib", "nilotinib")


def drawn(page: Page) -> str:
    return " ".join(
        page.locator("svg.picture .node").evaluate_all("nodes => nodes.map(node => node.getAttribute('aria-label'))")
    )


def assert_mechanism_is_told(page: Page) -> None:
    page.wait_for_load_state()
    expect(page.locator("ol.steps li").first).to_be_visible()
    for name in CHAIN:
        assert name in drawn(page), name
    step = page.locator("ol.steps li", has_text="binds FKBP12").first
    assert step.locator("a[href^='/statement/']").count() > 0
    assert step.locator("a[href^='/passage/']").count() > 0


@pytest.mark.parametrize(
    "setting", [{}, {"size": NARROW}, {"scripts": False}, {"scripts": False, "size": NARROW, "dark": True}], ids=str
)
def test_rapamycin_in_the_search_box_leads_in_two_clicks_to_the_drawn_path(visit: Any, setting: dict[str, Any]) -> None:
    visited = visit(**setting)
    page: Page = visited.page
    visited.go("/")
    box = page.get_by_label("Search drugs, targets, histotypes, studies")
    box.fill("rapamycin")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="how it acts").first.click()
    expect(page).to_have_url(re.compile(r"/mechanism\?drug=drug:sirolimus$"))
    assert_mechanism_is_told(page)


def test_the_passage_behind_a_step_is_one_click_away(visit: Any) -> None:
    visited = visit()
    visited.go("/mechanism?drug=rapamycin&target=leiomyosarcoma")
    page: Page = visited.page
    step = page.locator("ol.steps li", has_text="binds FKBP12").first
    step.locator("a[href^='/passage/']").first.click()
    expect(page.get_by_text(re.compile(r"\d+ to \d+ of the text file"))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("FKBP12")).first).to_be_visible()


def test_suggestions_are_chosen_by_keyboard(visit: Any) -> None:
    visited = visit()
    page: Page = visited.page
    visited.go("/about")
    page.keyboard.press("/")
    page.keyboard.type("rapamyc")
    expect(page.get_by_role("option").first).to_contain_text("sirolimus")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/entity/drug*sirolimus")
    expect(page.get_by_role("heading", level=1)).to_have_text("sirolimus")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_gap_to_leiomyosarcoma_is_said_and_drawn_as_a_ghost(visit: Any, scripts: bool) -> None:
    visited = visit(scripts=scripts)
    visited.go("/mechanism?drug=rapamycin&target=leiomyosarcoma")
    page: Page = visited.page
    notices = page.locator(".gap")
    assert notices.count() == 1
    expect(notices.first).to_contain_text("No source states a step from any of these to leiomyosarcoma")
    ghost = page.locator("svg.picture .node.role-ghost")
    assert ghost.count() == 1
    assert "no source leads here" in (ghost.first.get_attribute("aria-label") or "")


def test_a_line_of_the_drawing_opens_its_step(visit: Any) -> None:
    visited = visit()
    visited.go("/mechanism?drug=rapamycin&target=leiomyosarcoma")
    page: Page = visited.page
    line = page.locator("svg a.edge[aria-label='the rapamycin-FKBP12 complex inhibits mTOR']").first
    line.focus()
    page.keyboard.press("Enter")
    step = page.locator("li[data-step].chosen").first
    expect(step).to_be_visible()
    expect(step).to_contain_text("inhibits mTOR")


def test_the_joint_cause_of_gemcitabine_is_drawn_with_both_inputs(visit: Any) -> None:
    visited = visit()
    visited.go("/mechanism?drug=gemcitabine&target=DNA+chain+termination")
    page: Page = visited.page
    assert page.locator("svg.picture .node.role-joint").count() == 1
    inputs = page.locator("svg.picture a.edge[aria-label*='is part of combined activities']")
    assert inputs.count() == 2
    expect(page.locator(".notice").first).to_contain_text("Needed as well")
    expect(page.locator(".effect").first).to_contain_text("more DNA chain termination")


def test_lines_and_labels_stay_inside_the_drawing(visit: Any) -> None:
    visited = visit()
    visited.go("/mechanism?drug=rapamycin&target=leiomyosarcoma&shortcuts=true")
    outside = visited.page.evaluate(
        """() => [...document.querySelectorAll('figure svg.picture[viewBox]')].flatMap(svg => {
          const frame = svg.viewBox.baseVal;
          return [...svg.querySelectorAll('.line, .words, .node')].filter(part => {
            const box = part.getBBox(), at = svg.getCTM().inverse().multiply(part.getCTM());
            const [x, y] = [box.x + at.e, box.y + at.f];
            const [right, bottom] = [frame.x + frame.width, frame.y + frame.height];
            return x < frame.x || y < frame.y || x + box.width > right || y + box.height > bottom;
          }).map(part => part.outerHTML.slice(0, 120));
        })"""
    )
    assert outside == []


QUESTIONS = {  # of the home page: what tells that the answer is there
    "How does rapamycin act on leiomyosarcoma": ("svg.picture a.edge", "FKBP12"),
    "How does gemcitabine end the DNA chain": (".notice", "Needed as well"),
    "Which regimens worked in leiomyosarcoma": (".verdicts", "docetaxel + gemcitabine"),
    "What did temsirolimus achieve": ("table", "stable disease or better for 60 days"),
    "What is known of gemcitabine": ("table", "53%"),
    "What happened to patient 2": ("ol.timeline", "regorafenib"),
    "Which drugs hit KIT": ("#graph-list", "sunitinib"),
    "What surrounds mTOR": ("#graph-list", "everolimus"),
}
WAYS = {
    "mouse": {},
    "keyboard": {},
    "telephone": {"size": NARROW, "touch": True},
    "without scripts": {"scripts": False},
}


@pytest.mark.parametrize("way", WAYS)
def test_the_questions_of_the_home_page_are_answered(visit: Any, way: str) -> None:
    visited = visit(**WAYS[way])
    page: Page = visited.page
    for question, (place, told) in QUESTIONS.items():
        visited.go("/")
        link = page.get_by_role("link", name=re.compile(re.escape(question)))
        if way == "keyboard":
            for _ in range(40):
                page.keyboard.press("Tab")
                if link.evaluate("link => link === document.activeElement"):
                    break
            page.keyboard.press("Enter")
        elif way == "telephone":
            link.tap()
        else:
            link.click()
        answer = page.locator(place)
        expect(answer.filter(has_text=told).first if place != "svg.picture a.edge" else answer.first).to_be_attached()
        expect(page.locator("main")).to_contain_text(told)
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0, question


def test_kit_is_expanded_to_the_drugs_that_hit_it_and_taken_back(visit: Any) -> None:
    visited = visit()
    page: Page = visited.page
    visited.go("/explore?node=target:KIT&node=drug:imatinib")
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


def test_the_graph_is_walked_by_keyboard_alone(visit: Any) -> None:
    visited = visit()
    page: Page = visited.page
    visited.go("/explore?node=target:MTOR")
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


def test_every_node_and_edge_can_be_reached_by_keyboard(visit: Any) -> None:
    """From the one tab stop arrows lead to every node, and ] from the nodes to every connection; each has a name."""
    visited = visit()
    visited.go("/explore?node=target:KIT")
    page: Page = visited.page
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


def test_the_address_restores_the_view(visit: Any) -> None:
    visited = visit()
    page: Page = visited.page
    visited.go("/explore?node=target:KIT&node=drug:imatinib&node=drug:sunitinib")
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


def test_a_view_too_large_for_an_address_is_packed_and_comes_back(visit: Any) -> None:
    visited = visit()
    page: Page = visited.page
    visited.go("/explore?node=target:MTOR")
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


def test_what_is_told_of_the_view_follows_it(visit: Any) -> None:
    visited = visit()
    page: Page = visited.page
    visited.go("/explore?node=target:KIT&node=drug:imatinib&node=drug:sunitinib")
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
def test_the_graph_expands_without_scripts(visit: Any, setting: dict[str, Any]) -> None:
    visited = visit(**setting)
    page: Page = visited.page
    visited.go("/explore?node=target:KIT&node=drug:imatinib")
    page.locator("#graph-list").get_by_role("link", name="KIT", exact=True).click()
    page.get_by_role("link", name=re.compile("is inhibited by")).click()
    for name in KIT_DRUGS:
        expect(page.locator("#graph-list").get_by_role("link", name=name, exact=True)).to_have_count(1)
    page.go_back()  # without scripts, the browser's own button takes a step back
    expect(page.locator("#graph-list").get_by_role("link", name="sunitinib", exact=True)).to_have_count(0)


def test_a_finger_opens_a_node(visit: Any) -> None:
    visited = visit(size=NARROW, touch=True)
    visited.go("/explore?node=target:KIT&node=drug:imatinib")
    visited.page.locator("#graph .node[data-node='target:KIT']").tap()
    expect(visited.page.get_by_role("button", name=re.compile("is inhibited by"))).to_be_visible()


def test_the_graph_is_saved_in_every_form(visit: Any, tmp_path: Path) -> None:
    visited = visit()
    page: Page = visited.page
    visited.go("/explore?node=target:KIT&node=drug:imatinib&node=drug:sunitinib")
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


@pytest.mark.parametrize("setting", [{}, {"scripts": False}, {"size": NARROW}], ids=str)
def test_patient_2_is_followed_through_every_line(visit: Any, setting: dict[str, Any]) -> None:
    visited = visit(**setting)
    page: Page = visited.page
    visited.go("/")
    page.get_by_role("link", name=re.compile("patient 2 of the maintenance series")).click()
    expect(page.locator("ol.timeline")).to_be_visible()
    told = page.locator("ol.timeline").inner_text()
    places = [told.index(name) for name in ("pazopanib", "trabectedin", "docetaxel", "regorafenib")]
    assert places == sorted(places)
    marks = page.locator("figure.drawing a[aria-label*='response']:visible")  # of the plot, or of its outline
    assert marks.count() >= 5
    marks.first.click()
    expect(page).to_have_url(re.compile("#event-"))


def test_which_regimens_worked_in_leiomyosarcoma_is_said_from_the_home_page(visit: Any) -> None:
    visited = visit()
    page: Page = visited.page
    visited.go("/")
    page.get_by_role("link", name=re.compile("Which regimens worked")).click()
    worked = page.locator(".verdicts .card", has_text="Worked").first
    expect(worked).to_contain_text("docetaxel + gemcitabine")
    expect(page.locator(".verdicts .card", has_text="Did not work").first).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_example_query_is_run_changed_and_saved(visit: Any, scripts: bool, tmp_path: Path) -> None:
    visited = visit(scripts=scripts)
    page: Page = visited.page
    visited.go("/sparql")
    page.locator("section[aria-labelledby='examples'] details").first.locator("summary").click()
    page.locator("section[aria-labelledby='examples'] details").first.get_by_role("link", name="Run").click()
    expect(page.locator("table tbody tr").nth(3)).to_be_visible()
    if not scripts:
        page.locator("textarea").fill("SELECT ?drug WHERE { ?drug a skg:Drug } ORDER BY ?drug LIMIT 2")
        page.get_by_role("button", name="Run").click()
    else:
        editor = page.get_by_label("SPARQL query")
        editor.click()
        page.keyboard.press("Control+a")
        page.keyboard.press("Backspace")
        page.keyboard.type("SELECT ?drug WHERE { ?drug a skg:Drug } ORDER BY ?drug LIMIT 2")
        page.keyboard.press("Control+Enter")
    expect(page.locator("table tbody tr")).to_have_count(2)
    rows = page.locator("table tbody tr").count()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("CSV")).first.click()
    file = tmp_path / "answer.csv"
    download.value.save_as(file)
    assert len(list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))) == rows + 1


@pytest.mark.parametrize("path", ["/mechanism?drug=rapamycin", "/evidence?drug=temsirolimus", "/cases/patient:003-2"])
def test_a_drawing_is_saved_as_a_bitmap_of_the_same_picture(visit: Any, path: str) -> None:
    visited = visit(dark=True)
    page: Page = visited.page
    visited.go(path)
    with page.expect_download() as download:
        page.locator(".share").get_by_role("link", name=re.compile("SVG")).first.click()
    root = ET.fromstring(download.value.path().read_text(encoding="utf-8"))
    with page.expect_download() as bitmap:
        page.locator(".share").get_by_role("button", name=re.compile("PNG")).first.click()
    data = bitmap.value.path().read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    assert width == 2 * -(-float(root.attrib["width"]) // 1)
    assert height == 2 * -(-float(root.attrib["height"]) // 1)
    assert bitmap.value.suggested_filename == download.value.suggested_filename.replace(".svg", ".png")


def test_the_reader_chooses_the_colours_and_the_next_page_keeps_them(visit: Any) -> None:
    visited = visit(dark=True)
    page: Page = visited.page
    visited.go("/")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(ground)
    page.get_by_label("Colours").select_option("light")
    light = page.evaluate(ground)
    assert light != dark
    visited.go("/about")
    assert page.evaluate(ground) == light
    page.get_by_label("Colours").select_option("as the system")
    assert page.evaluate(ground) == dark
    page.reload()
    assert page.evaluate(ground) == dark


def test_all_rows_of_a_long_answer_can_be_reached(visit: Any) -> None:
    visited = visit()
    page: Page = visited.page
    visited.go("/sparql?format=html&query=SELECT+%3Fs+%3Fp+%3Fo+%7B+%3Fs+%3Fp+%3Fo+%7D+LIMIT+10000")
    table = page.locator("#rows table")
    expect(table).to_have_attribute("aria-rowcount", "10001")
    assert page.locator("#rows tr").count() < 120
    page.locator("#rows").focus()
    page.locator("#rows").evaluate("rows => rows.scrollIntoView({ block: 'end' })")
    last = page.locator("#rows tr[aria-rowindex='10001']")
    for _ in range(5):  # a busy browser may not know yet that this part scrolls
        page.keyboard.press("End")
        page.wait_for_timeout(300)
        if last.count():
            break
    expect(last).to_be_in_viewport()
    head = page.locator("#rows thead th")
    expect(head.first).to_be_in_viewport()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8"))))
    assert len(rows) == 10_001
