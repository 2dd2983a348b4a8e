"""What a newcomer wants to find, done by mouse, by keyboard, on a telephone, and without scripts."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, Opening

CHAIN = ("sirolimus", "FKBP12", "rapamycin-FKBP12 complex", "mTOR", "cell cycle arrest")


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
def test_rapamycin_in_the_search_box_leads_in_two_clicks_to_the_drawn_path(
    open_page: Opening, setting: dict[str, Any]
) -> None:
    page = open_page("/", **setting)
    box = page.get_by_label("Search drugs, targets, histotypes, studies")
    box.fill("rapamycin")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="how it acts").first.click()
    expect(page).to_have_url(re.compile(r"/mechanism\?drug=drug:sirolimus$"))
    assert_mechanism_is_told(page)


def test_the_passage_behind_a_step_is_one_click_away(open_page: Opening) -> None:
    page = open_page("/mechanism?drug=rapamycin&target=leiomyosarcoma")
    step = page.locator("ol.steps li", has_text="binds FKBP12").first
    step.locator("a[href^='/passage/']").first.click()
    expect(page.get_by_text(re.compile(r"\d+ to \d+ of the text file"))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("FKBP12")).first).to_be_visible()


def test_suggestions_are_chosen_by_keyboard(open_page: Opening) -> None:
    page = open_page("/about")
    page.keyboard.press("/")
    page.keyboard.type("rapamyc")
    expect(page.get_by_role("option").first).to_contain_text("sirolimus")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/entity/drug*sirolimus")
    expect(page.get_by_role("heading", level=1)).to_have_text("sirolimus")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_gap_to_leiomyosarcoma_is_said_and_drawn_as_a_ghost(open_page: Opening, scripts: bool) -> None:
    page = open_page("/mechanism?drug=rapamycin&target=leiomyosarcoma", scripts=scripts)
    notices = page.locator(".gap")
    assert notices.count() == 1
    expect(notices.first).to_contain_text("No source states a step from any of these to leiomyosarcoma")
    ghost = page.locator("svg.picture .node.role-ghost")
    assert ghost.count() == 1
    assert "no source leads here" in (ghost.first.get_attribute("aria-label") or "")


def test_a_line_of_the_drawing_opens_its_step(open_page: Opening) -> None:
    page = open_page("/mechanism?drug=rapamycin&target=leiomyosarcoma")
    line = page.locator("svg a.edge[aria-label='the rapamycin-FKBP12 complex inhibits mTOR']").first
    line.focus()
    page.keyboard.press("Enter")
    step = page.locator("li[data-step].chosen").first
    expect(step).to_be_visible()
    expect(step).to_contain_text("inhibits mTOR")


def test_the_joint_cause_of_gemcitabine_is_drawn_with_both_inputs(open_page: Opening) -> None:
    page = open_page("/mechanism?drug=gemcitabine&target=DNA+chain+termination")
    assert page.locator("svg.picture .node.role-joint").count() == 1
    inputs = page.locator("svg.picture a.edge[aria-label*='is part of combined activities']")
    assert inputs.count() == 2
    expect(page.locator(".notice").first).to_contain_text("Needed as well")
    expect(page.locator(".effect").first).to_contain_text("more DNA chain termination")


def test_lines_and_labels_stay_inside_the_drawing(open_page: Opening) -> None:
    page = open_page("/mechanism?drug=rapamycin&target=leiomyosarcoma&shortcuts=true")
    outside = page.evaluate(
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
    "Which regimens worked in leiomyosarcoma": (".verdicts", "gemcitabine + docetaxel"),
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
def test_the_questions_of_the_home_page_are_answered(open_page: Opening, way: str) -> None:
    page = open_page("/", **WAYS[way])
    for question, (place, told) in QUESTIONS.items():
        page.goto("/")
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


@pytest.mark.parametrize("setting", [{}, {"scripts": False}, {"size": NARROW}], ids=str)
def test_patient_2_is_followed_through_every_line(open_page: Opening, setting: dict[str, Any]) -> None:
    page = open_page("/", **setting)
    page.get_by_role("link", name=re.compile("patient 2 of the maintenance series")).click()
    expect(page.locator("ol.timeline")).to_be_visible()
    told = page.locator("ol.timeline").inner_text()
    places = [told.index(name) for name in ("pazopanib", "trabectedin", "docetaxel", "regorafenib")]
    assert places == sorted(places)
    marks = page.locator("figure.drawing a[aria-label*='response']:visible")  # of the plot, or of its outline
    assert marks.count() >= 5
    marks.first.click()
    expect(page).to_have_url(re.compile("#event-"))


def test_which_regimens_worked_in_leiomyosarcoma_is_said_from_the_home_page(open_page: Opening) -> None:
    page = open_page("/")
    page.get_by_role("link", name=re.compile("Which regimens worked")).click()
    worked = page.locator(".verdicts .card", has_text="Worked").first
    expect(worked).to_contain_text("gemcitabine + docetaxel")
    expect(page.locator(".verdicts .card", has_text="Did not work").first).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_example_query_is_run_changed_and_saved(open_page: Opening, scripts: bool, tmp_path: Path) -> None:
    page = open_page("/sparql", scripts=scripts)
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
def test_a_drawing_is_saved_as_a_bitmap_of_the_same_picture(open_page: Opening, path: str) -> None:
    page = open_page(path, dark=True)
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


def test_the_reader_chooses_the_colours_and_the_next_page_keeps_them(open_page: Opening) -> None:
    page = open_page("/", dark=True)
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(ground)
    page.get_by_label("Colours").select_option("light")
    light = page.evaluate(ground)
    assert light != dark
    page.goto("/about")
    assert page.evaluate(ground) == light
    page.get_by_label("Colours").select_option("as the system")
    assert page.evaluate(ground) == dark
    page.reload()
    assert page.evaluate(ground) == dark


def test_all_rows_of_a_long_answer_can_be_reached(open_page: Opening) -> None:
    page = open_page("/sparql?format=html&query=SELECT+%3Fs+%3Fp+%3Fo+%7B+%3Fs+%3Fp+%3Fo+%7D+LIMIT+10000")
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


@pytest.mark.parametrize(
    "asked", ["/evidence?drug=temsirolimus", "/mechanism?drug=rapamycin", "/explore?node=target:MTOR"]
)
def test_from_a_source_one_link_leads_back_to_the_question(open_page: Opening, asked: str) -> None:
    page = open_page(asked)
    heading = page.get_by_role("heading", level=1).inner_text()
    if asked.startswith("/explore"):
        page.locator("#graph-list").get_by_text("mTOR", exact=True).first.click()
        page.get_by_role("link", name="Open its page").click()
    else:
        page.locator("main a[href^='/statement/']:visible").first.click()
    page.wait_for_url(re.compile("/(statement|entity)/"))
    page.locator("main a[href^='/passage/'], main a[href^='/statement/']").first.click()
    page.wait_for_url(re.compile("/(passage|statement)/"))
    back = page.get_by_role("link", name=f"Back to your question: {heading}")
    expect(back).to_have_text("Back to your question")
    back.click()
    page.wait_for_url(re.compile(re.escape(asked.partition("?")[0])))
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


@pytest.mark.parametrize("button", ["middle", "left"])
def test_a_source_in_a_tab_of_its_own_leads_back_too(open_page: Opening, button: str) -> None:
    page = open_page("/evidence?drug=temsirolimus")
    source = page.locator("main a[href^='/statement/']:visible").first
    with page.context.expect_page() as opened:
        source.click(button=button, modifiers=["Control"] if button == "left" else [])
    tab = opened.value
    tab.get_by_text("Back to your question").click()
    tab.wait_for_url("**/evidence?drug=temsirolimus")


def test_an_event_that_the_address_names_stands_open(open_page: Opening) -> None:
    page = open_page("/cases/patient:000-transplant")
    link = page.locator("#lines + p + .table tbody th a").last
    event = page.locator(f"li[id='{(link.get_attribute('href') or '')[1:]}']")
    expect(event).to_be_hidden()
    link.click()
    expect(event).to_be_in_viewport()


def test_who_comes_straight_to_a_source_is_led_back_to_nothing(open_page: Opening) -> None:
    page = open_page("/entity/drug:sirolimus")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.get_by_text("Back to your question").count() == 0


@pytest.mark.parametrize("third", ["doxorubicin", "pegylated liposomal doxorubicin"])
def test_the_button_of_a_comparison_of_three_stands_in_the_row_of_its_fields(open_page: Opening, third: str) -> None:
    path = f"/compare?a=gemcitabine&b=gemcitabine+%2B+docetaxel&c={third.replace(' ', '+')}"
    form = open_page(path, size=(1024, 768)).locator("form.ask")
    button = form.get_by_role("button", name="Compare").bounding_box()
    field = form.get_by_label("Measure").bounding_box()
    assert button is not None
    assert field is not None
    assert button["y"] + button["height"] == pytest.approx(field["y"] + field["height"], abs=8)
