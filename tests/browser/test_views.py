"""What is drawn can be read and used: rates on a phone, paths on the canvas, filters, labels, few colours."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, Opening
from tests.browser.opened import PLACES, node

RATES = "/evidence?regimen=gemcitabine+%2B+docetaxel&histotype=leiomyosarcoma"
ENDS = "/explore?node=drug:sirolimus&node=process:g1-s-transition"


@pytest.mark.parametrize("setting", [{"size": NARROW}, {"size": NARROW, "scripts": False}, {}], ids=str)
def test_rates_are_read_without_scrolling_and_stand_where_their_figures_say(
    open_page: Opening, setting: dict[str, Any]
) -> None:
    page = open_page(RATES, **setting)
    rows = page.locator(".forest li.rate")
    assert rows.count() > 4
    for row in rows.all():
        assert "…" not in (row.text_content() or "")
        figure = row.locator(".figure").text_content() or ""
        rate, low, high = (float(text) for text in re.findall(r"\d+(?:\.\d+)?", figure)[:3])
        plot, point, whisker = (row.locator(part).bounding_box() for part in ("> svg", ".point", ".whisker"))
        assert plot
        assert point
        assert whisker
        assert plot["width"] > 280

        def at(percent: float, plot: Any = plot) -> float:
            return float(plot["x"] + plot["width"] * percent / 100)

        assert point["x"] + point["width"] / 2 == pytest.approx(at(rate), abs=1.5)
        assert whisker["x"] == pytest.approx(at(low), abs=2)
        assert whisker["x"] + whisker["width"] == pytest.approx(at(high), abs=2)
    box = page.locator(".forest").bounding_box()
    assert box is not None
    for part in page.locator(".forest :is(.name, .figure, svg.plot)").all():
        inner = part.bounding_box()
        assert inner is None or inner["x"] + inner["width"] <= box["x"] + box["width"] + 1


DRAWN = ("/mechanism?drug=rapamycin&target=leiomyosarcoma", "/entity/target:KIT", "/cases/patient:003-2")
CLIPPED = """() => [...document.querySelectorAll('figure.drawing')].flatMap(figure => {
  const frame = figure.getBoundingClientRect();
  const faults = [];
  for (const part of figure.querySelectorAll('.outline a, .outline .meta, .outline svg, .scroll text')) {
    const box = part.getBoundingClientRect();
    if (box.width === 0) continue;
    if (box.left < frame.left - 1 || box.right > frame.right + 1) faults.push('clipped: ' + part.textContent);
    const svg = part.closest('svg[viewBox]');
    const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
    const isMark = part.matches('.glyph, .small, .remark');  // set smaller than labels on purpose
    if (!isMark && part.matches('a, text') && parseFloat(getComputedStyle(part).fontSize) * scale < 10.9)
      faults.push('small: ' + part.textContent);
  }
  return faults;
})"""


@pytest.mark.parametrize("path", DRAWN)
@pytest.mark.parametrize(
    "setting", [{"size": NARROW}, {"size": NARROW, "scripts": False}, {"size": (640, 450), "dark": True}], ids=str
)
def test_a_drawing_is_read_from_top_to_bottom_where_it_does_not_fit(
    open_page: Opening, path: str, setting: dict[str, Any]
) -> None:
    page = open_page(path, **setting)
    figure = page.locator("figure.drawing").first
    expect(figure.locator(".scroll")).to_be_hidden()
    expect(figure.locator(".outline")).to_be_visible()
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= setting["size"][0]
    drawn = set(figure.locator(".scroll a").evaluate_all("all => all.map(link => link.getAttribute('href'))"))
    told = set(figure.locator(".outline a").evaluate_all("all => all.map(link => link.getAttribute('href'))"))
    assert drawn == told


def test_a_line_of_an_outline_opens_its_step(open_page: Opening) -> None:
    page = open_page("/mechanism?drug=rapamycin&target=mTOR", size=NARROW)
    page.locator(".outline a.edge").last.click()
    expect(page.locator("li[data-step].chosen").first).to_be_visible()


def test_paths_between_two_things_come_in_one_request_and_move_nothing(open_page: Opening) -> None:
    page = open_page(ENDS)
    before = page.evaluate(PLACES)
    node(page, "drug:sirolimus").locator("> :first-child").click()
    page.get_by_role("button", name="Paths from here").click()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    node(page, "process:g1-s-transition").locator("> :first-child").click()
    expect(page.locator("#graph-panel h2")).to_contain_text("Paths between sirolimus and")
    assert len(requests) == 1
    after = page.evaluate(PLACES)
    assert len(after) > len(before)
    assert {name: after[name] for name in before} == before
    for name in after.keys() - before.keys():
        expect(page.locator(f"#graph-list [data-id='{name}']")).to_have_count(1)
    page.keyboard.press("Control+z")
    assert page.evaluate(PLACES) == before
    expect(page.locator("#graph-panel h2")).to_have_count(0)
    page.get_by_role("button", name="Redo").click()
    expect(page.locator("#graph-panel .paths > li")).not_to_have_count(0)
    assert page.evaluate(PLACES) == after


def test_a_path_is_picked_told_step_by_step_and_kept_in_the_address(open_page: Opening) -> None:
    page = open_page("/explore?between=imatinib&between=GIST")
    paths = page.locator("#graph-panel .paths > li > button")
    paths.filter(has_text="oncogenic KIT").first.click()
    expect(page).to_have_url(re.compile(r"between=drug:imatinib&between=histotype:gist&path=\d"))
    steps = page.locator("#graph-panel .steps li")
    expect(steps).to_have_count(2)
    for step in steps.all():
        expect(step).to_contain_text("stated by")
        assert step.locator("a[href^='/statement/']").count() == 1
        assert step.locator("a[href^='/passage/']").count() >= 1
    shown = page.evaluate("[...document.querySelectorAll('#graph .edge.traced')].map(edge => edge.dataset.edge)")
    assert [edge.split("|")[:3] for edge in sorted(shown)] == [
        ["drug:imatinib", "blocks", "target:KIT-oncogenic"],
        ["target:KIT-oncogenic", "drives", "histotype:gist"],
    ]
    faint = page.locator("#graph .edge:not(.traced)").first.evaluate("edge => getComputedStyle(edge).opacity")
    assert float(faint) < 0.3
    told = page.locator("#graph-panel").inner_text()
    page.reload()
    expect(page.locator("#graph-panel .steps li")).to_have_count(2)
    assert page.locator("#graph-panel").inner_text() == told


def test_paths_are_found_by_keyboard_alone(open_page: Opening) -> None:
    page = open_page(ENDS)
    node(page, "drug:sirolimus").focus()
    page.keyboard.press("f")
    expect(page.get_by_label("or here:")).to_be_focused()
    page.keyboard.press("Escape")
    expect(node(page, "drug:sirolimus")).to_be_focused()
    page.keyboard.press("f")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#graph-panel .paths > li > button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#graph-panel .steps li").first).to_be_visible()


def test_hiding_a_thing_ends_the_paths_through_it_and_undo_brings_them_back(open_page: Opening) -> None:
    page = open_page("/explore?between=imatinib&between=GIST")
    node(page, "target:KIT-oncogenic").focus()
    page.keyboard.press("h")
    expect(page).not_to_have_url(re.compile("between="))
    expect(page.locator("#graph .traced")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page).to_have_url(re.compile("between=drug:imatinib"))
    expect(page.locator("#graph-panel h2")).to_contain_text("Paths between imatinib")


@pytest.mark.parametrize("setting", [{"scripts": False}, {"scripts": False, "size": NARROW}], ids=str)
def test_paths_are_found_without_scripts(open_page: Opening, setting: dict[str, Any]) -> None:
    page = open_page(ENDS, **setting)
    page.locator("#graph-list").get_by_role("link", name="sirolimus", exact=True).click()
    page.get_by_label("Paths from here to").select_option("progression through the G1/S boundary")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("#graph-panel h2")).to_contain_text("Paths between sirolimus and progression")
    expect(page.locator("#graph-panel .paths a[href^='/statement/']").first).to_be_visible()
    expect(page.locator("#graph-list").get_by_role("link", name="cyclin D1 turnover", exact=True)).to_have_count(1)


def test_signs_are_drawn_without_scripts(open_page: Opening) -> None:
    page = open_page("/explore?node=target:KIT&node=drug:imatinib&node=histotype:gist", scripts=False)
    marks = {
        line.get_attribute("aria-label"): line.locator("path.line").get_attribute("marker-end")
        for line in page.locator("#graph .edge").all()
    }
    assert marks["imatinib inhibits KIT"] == "url(#mark-bar)"
    assert {"url(#mark-dot)", "url(#mark-bar)"} <= set(marks.values())
    paths = [line.get_attribute("d") for line in page.locator("#graph .edge path.line").all()]
    assert len(set(paths)) == len(paths)  # lines between the same two things lie beside each other


def test_a_thing_is_added_in_place(visit: Any) -> None:
    visited = visit()
    page: Page = visited.page
    visited.go("/explore?node=target:KIT&node=drug:imatinib")
    before = page.evaluate(PLACES)
    page.get_by_label("Add a thing").fill("sunitinib")
    page.keyboard.press("Enter")
    expect(node(page, "drug:sunitinib")).to_have_count(1)
    expect(page.locator("#graph .edge[data-edge^='drug:sunitinib|inhibits|target:KIT']")).to_have_count(1)
    after = page.evaluate(PLACES)
    assert {name: after[name] for name in before} == before
    page.get_by_role("button", name="Undo").first.click()
    expect(node(page, "drug:sunitinib")).to_have_count(0)
    page.get_by_label("Add a thing").fill("never heard of it")
    page.keyboard.press("Enter")
    expect(page.locator("#graph-status")).to_contain_text("never heard of it")
    visited.faults.clear()  # the browser logs the 404, as it must


MANY = """SELECT ?n { { ?s skg:subject ?n } UNION { ?s skg:object ?n } ?n a ?t .
VALUES ?t { skg:Drug skg:Target skg:Process skg:Histotype skg:DrugClass skg:Complex skg:AdverseEvent skg:Site } }
GROUP BY ?n ORDER BY DESC(COUNT(?s)) ?n LIMIT 150"""
LABELS = """() => {
  const boxes = [...document.querySelectorAll('#graph .node .name')].map(text => text.getBoundingClientRect());
  let clashes = 0;
  boxes.forEach((a, n) => boxes.slice(n + 1).forEach(b => {
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (across > 3 && down > 3) clashes += 1;
  }));
  const text = document.querySelector('#graph .node .name');
  return [boxes.length, clashes, parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a];
}"""


@pytest.mark.parametrize("count", [50, 150])
def test_names_of_things_stay_apart_and_large_enough_to_read(
    open_page: Opening, curated_graph: Any, count: int
) -> None:
    names = [row[0].value.split("/sarcoma-kg/")[1].replace("/", ":", 1) for row in curated_graph.sparql(MANY)]
    page = open_page("/explore?" + "&".join(f"node={name}" for name in names[:count]))
    shown, clashes, size_px = page.evaluate(LABELS)
    assert (shown, clashes) == (count, 0)
    assert size_px >= 10


def test_without_things_there_is_no_empty_canvas(open_page: Opening) -> None:
    page = open_page("/explore")
    expect(page.locator(".explore")).to_be_hidden()
    expect(page.get_by_role("link", name="leiomyosarcoma")).to_be_visible()


def test_typing_over_a_marked_query_keeps_to_the_policy(open_page: Opening) -> None:
    """A violation of the policy would be a fault of the open_page."""
    page = open_page("/sparql")
    page.locator(".editor .cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("ASK { ?s a skg:Drug }")  # typed slowly it would be undone word by word
    assert page.locator("textarea[name=query]").input_value() == "ASK { ?s a skg:Drug }"
    page.keyboard.press("Control+z")
    assert "ASK" not in page.locator("textarea[name=query]").input_value()


def test_with_few_colours_things_and_lines_keep_an_outline(visit: Any) -> None:
    visited = visit()
    page: Page = visited.page
    page.emulate_media(forced_colors="active")
    visited.go("/explore?node=target:KIT")
    drawn = page.evaluate(
        """() => ['.node > :first-child', '.edge .line'].map(part => {
          const style = getComputedStyle(document.querySelector('#graph ' + part));
          return [style.stroke, style.fill]; })"""
    )
    text, ground = page.evaluate(
        "() => [getComputedStyle(document.body).color, getComputedStyle(document.documentElement).backgroundColor]"
    )
    assert [stroke for stroke, _ in drawn] == [text, text]
    assert [fill for _, fill in drawn] == [ground, "none"]


def test_a_study_tells_what_came_of_each_arm(open_page: Opening) -> None:
    page = open_page("/study/study:sarc002", scripts=False)
    results = page.locator(".came")
    assert results.count() == 2
    expect(results.first).to_contain_text("27%")
    expect(results.last).to_contain_text("32%")


GAPS = """() => [...document.querySelectorAll('.matrix tbody tr')].map(row => [
  row.querySelector('th').textContent, [...row.querySelectorAll('td > .cell')].map(cell => [
    cell.textContent, cell.dataset.in, cell.getAttribute('href'), cell.checkVisibility()])])"""
TOO_WIDE = """() => [document.documentElement, document.querySelector('.matrix')]
  .map(part => part.scrollWidth - part.clientWidth)"""


@pytest.mark.parametrize("rows", ["drug_class", "drug", "target"])
def test_on_a_phone_the_gap_map_is_a_list_of_the_same_facts_without_scrolling_sideways(
    open_page: Opening, rows: str
) -> None:
    wide, page = open_page(f"/gaps?rows={rows}"), open_page(f"/gaps?rows={rows}", size=NARROW)
    whole = wide.evaluate(GAPS)
    assert page.evaluate(TOO_WIDE) == [0, 0]
    folds = page.locator(".matrix summary")
    assert folds.count() == len(whole) > 5
    for fold, (_, cells) in zip(folds.all(), whole, strict=True):
        told = Counter(
            {sign: int(count) for sign, count in re.findall(r"([^\w\s]|1(?=\d+ only))(\d+)", fold.text_content() or "")}
        )
        assert told == Counter(sign.removesuffix("w") for sign, *_ in cells)
        fold.focus()
        page.keyboard.press("Enter")
    assert page.evaluate(GAPS) == whole
    assert all(seen for _, cells in whole for *_, seen in cells)
    assert page.evaluate(TOO_WIDE) == [0, 0]


OUTSIDE = """() => { const frame = document.querySelector('.stage').getBoundingClientRect();
  return [...document.querySelectorAll('#graph .node > :first-child')].filter(thing => {
    const box = thing.getBoundingClientRect();
    return box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom;
  }).length; }"""


@pytest.mark.parametrize("size", [(1440, 900), NARROW], ids=str)
def test_fit_shows_everything_however_small_the_window(open_page: Opening, size: tuple[int, int]) -> None:
    page = open_page("/explore?node=drug:imatinib", size=size)
    expect(page.locator(".stage .node").first).to_be_visible()
    page.get_by_role("button", name="Zoom in").click(click_count=3)
    assert page.evaluate(OUTSIDE) > 0
    page.get_by_role("button", name="Fit").click()
    assert page.evaluate(OUTSIDE) == 0


def test_without_scripts_lines_carry_their_words_and_a_key_of_their_signs(open_page: Opening) -> None:
    page = open_page("/explore?node=target:KIT", scripts=False)
    lines = page.locator("#graph .edge")
    assert lines.count() > 10
    listed = page.locator("#graph-list").text_content() or ""
    for line in lines.all():
        words = line.locator("text")
        expect(words).to_be_visible()
        assert (words.text_content() or "?") in listed
    for sign in ("increases or causes", "decreases or prevents", "joins or passes on"):
        expect(page.locator(".canvas .key", has_text=sign)).to_be_visible()


def test_a_keyboard_passes_over_a_drawing_to_the_chains_below_it(open_page: Opening) -> None:
    page = open_page("/mechanism?drug=imatinib&target=GIST")
    page.get_by_role("link", name="Skip the drawing").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('details.chain > summary')")


@pytest.mark.parametrize("width", [1024, 1280, 1440, 1920])
def test_the_longest_mechanism_stands_whole_and_legible_in_a_window_at_a_desk(open_page: Opening, width: int) -> None:
    page = open_page("/mechanism?drug=rapamycin&target=leiomyosarcoma", size=(width, 900))
    frames = page.locator("figure.drawing .scroll").all()
    assert frames
    for frame in frames:
        assert frame.evaluate("frame => frame.scrollWidth - frame.clientWidth") <= 0
        letters = frame.evaluate("frame => frame.querySelector('svg').getScreenCTM().a * 12")
        assert letters >= 10
        picture = frame.locator("svg")
        shown, drawn = picture.bounding_box(), (picture.get_attribute("viewBox") or "").split()
        assert shown
        assert shown["width"] / shown["height"] == pytest.approx(float(drawn[2]) / float(drawn[3]), rel=0.01)


def test_on_a_phone_the_search_of_every_page_has_room_for_a_question(open_page: Opening) -> None:
    page = open_page("/evidence?histotype=leiomyosarcoma", size=NARROW)
    box = page.locator("#site-search").bounding_box()
    assert box
    assert box["width"] > 250
    expect(page.get_by_role("button", name="Search")).to_be_visible()


def test_on_a_phone_the_head_of_a_page_takes_a_tenth_of_it_and_shows_where_one_is(open_page: Opening) -> None:
    page = open_page("/sparql", size=NARROW)
    head = page.locator("header.site").bounding_box()
    assert head
    assert head["height"] <= 100
    links = page.locator("header.site nav")
    for link in (links.locator("[aria-current]"), links.get_by_role("link", name="Mechanism")):
        link.focus()
        expect(link).to_be_in_viewport(ratio=1)


def test_the_link_of_the_page_shows_in_the_scrolled_row_from_the_start(open_page: Opening) -> None:
    expect(open_page("/sparql", size=NARROW).locator("header.site nav [aria-current]")).to_be_in_viewport(ratio=1)


def test_the_longest_evidence_is_a_page_to_read_and_its_figures_lead_into_what_is_folded(open_page: Opening) -> None:
    page = open_page("/evidence?histotype=leiomyosarcoma", size=(1024, 768))
    assert page.evaluate("document.documentElement.scrollHeight") < 25 * 768
    figure = page.locator(".study .reached a").first
    row = page.locator((figure.get_attribute("href") or "").replace("#", "tr[id='") + "']")
    expect(row).to_be_hidden()
    figure.click()
    expect(row).to_be_in_viewport()


def test_each_side_of_a_conflict_is_told_for_itself(open_page: Opening) -> None:
    page = open_page("/questions/conflicts", size=(1024, 768))
    assert page.locator("thead th").all_inner_texts() == ["Conflict", "Differs", "Note", "Sides", "Documents"]
    cell = page.get_by_role("row", name="Conflict about best response of patient 2").locator("td").nth(3)
    expect(cell.locator("li").first).to_be_hidden()
    cell.locator("summary").click()
    expect(cell.locator("li")).to_have_count(3)
    expect(cell.locator("li").first).to_be_visible()
    assert all(" / " not in side for side in cell.locator("li").all_inner_texts())
    assert page.evaluate("document.documentElement.scrollWidth") <= 1024
    few = open_page("/questions/conflicts-of-entity?entity=drug:imatinib")
    expect(few.locator("td li").first).to_be_visible()
