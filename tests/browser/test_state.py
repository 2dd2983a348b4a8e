"""The address is the state: whatever is set on a page, its address alone brings back in another browser."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Opening

# Everything a reader sees and has set: words, fields, what is folded open by the answer, what is chosen.
SHOWN = """() => [
  document.querySelector('main').innerText.replace(/\\s+/g, ' '),
  [...document.querySelectorAll('main input, main select, main textarea')].filter(f => f.type !== 'hidden')
    .map(field => [field.name, field.type === 'checkbox' ? field.checked : field.value]),
  [...document.querySelectorAll("main [aria-current], main [aria-pressed=true], main .chosen")]
    .map(part => part.textContent)]"""


def assert_comes_back(open_page: Opening, page: Page, state: str = SHOWN) -> None:
    """Open the address in a browser that knows nothing of this one."""
    page.wait_for_load_state()
    before = page.evaluate(state)
    again = open_page(page.url)
    again.wait_for_load_state()
    assert again.evaluate(state) == before


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def submit(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.locator("form.ask").get_by_role("button", name=name).click()


FIELDS = {  # a view: the field of each of its filters, by parameter, and what is put into it
    "evidence": (
        "/evidence",
        "Show",
        {
            "drug": "gemcitabine",
            "regimen": "gemcitabine + docetaxel",
            "histotype": "leiomyosarcoma",
            "measure": "objective response rate",
            "drug_class": "mTOR inhibitor",
            "target": "KIT",
            "genotype": "exon 9",
            "site": "uterus",
            "line": "second",
            "setting": "metastatic",
            "design": "trial",
            "min_n": "20",
            "regimen_match": True,
            "include_flagged": True,
        },
        {"histotype": "leiomyosarcoma"},
    ),
    "mechanism": (
        "/mechanism",
        "Show",
        {"drug": "rapamycin", "target": "leiomyosarcoma", "certainty": "hypothesised", "shortcuts": True},
        {"drug": "temsirolimus"},
    ),
    "comparison": (
        "/compare",
        "Compare",
        {
            "a": "gemcitabine",
            "b": "gemcitabine + docetaxel",
            "histotype": "soft tissue sarcoma",
            "measure": "objective response rate",
        },
        {"a": "temsirolimus", "b": "ridaforolimus"},
    ),
    "explanation": ("/explain", "Show", {"drug": "imatinib", "histotype": "GIST"}, {}),
}
CASES = [
    *(
        pytest.param(name, (field,), marks=pytest.mark.slow)
        for name, (_, _, fields, _) in FIELDS.items()
        for field in fields
    ),
    *((name, tuple(fields)) for name, (_, _, fields, _) in FIELDS.items() if name != "evidence"),
    ("evidence", ("histotype", "measure", "design", "min_n", "regimen_match", "include_flagged")),
    ("evidence", ("drug", "drug_class", "target", "genotype", "site", "line", "setting")),
    ("evidence", ("regimen", "histotype")),
]


def field_of(page: Page, name: str, value: str | bool) -> Locator:
    """A field of the form; of several ticks with one name that of the value."""
    fields = page.locator(f"form.ask [name={name}]")
    return fields if fields.count() == 1 else page.locator(f"form.ask [name={name}][value={value}]")


def set_field(page: Page, name: str, value: str | bool) -> None:
    field = field_of(page, name, value)
    if not field.is_visible():
        page.locator("details.more > summary").click()
    if field.get_attribute("type") == "checkbox":
        field.check()
    elif field.evaluate("field => field.tagName") == "SELECT":
        field.select_option(value)
    else:
        field.fill(str(value))
        page.keyboard.press("Escape")


@pytest.mark.parametrize(("view", "names"), CASES, ids=lambda part: part if isinstance(part, str) else "+".join(part))
def test_a_filter_set_on_the_page_is_in_its_address(open_page: Opening, view: str, names: tuple[str, ...]) -> None:
    path, button, fields, needed = FIELDS[view]
    wanted = needed | {name: fields[name] for name in names}
    if view == "explanation":  # it answers only both together
        wanted = fields
    page = open_page(path)
    for name, value in wanted.items():
        set_field(page, name, value)
    submit(page, button)
    given = asked(page)
    for name, value in wanted.items():
        (told,) = given[name]
        field = field_of(page, name, value)
        assert told == (value if value is not True else field.get_attribute("value"))
        assert field.is_checked() if field.get_attribute("type") == "checkbox" else field.input_value() == value
    assert_comes_back(open_page, page)


def test_filters_are_taken_away_one_by_one(open_page: Opening) -> None:
    page = open_page("/evidence?drug=gemcitabine&histotype=leiomyosarcoma&min_n=5&design=trial")
    for name in ("min n", "design", "histotype"):
        page.locator(".chip", has_text=name).get_by_role("link").click()
        expect(page.locator(".chip", has_text=name)).to_have_count(0)
        assert name.replace(" ", "_") not in asked(page)
        assert_comes_back(open_page, page)


def test_the_rows_and_columns_of_the_gap_map_are_in_its_address(open_page: Opening) -> None:
    page = open_page("/gaps?columns=leiomyosarcoma&columns=GIST&columns=osteosarcoma")
    for choice in ("by drug", "by target", "by drug class"):
        page.get_by_role("link", name=choice, exact=True).click()
        assert asked(page)["columns"] == ["leiomyosarcoma", "GIST", "osteosarcoma"]
        assert page.locator("ul[aria-label=Rows] strong").inner_text() == choice
        assert_comes_back(open_page, page)
    heads = page.locator("thead th").count()
    if (everything := page.get_by_role("link", name="show them")).count():
        everything.click()
        expect(page.locator("thead th")).to_have_count(3)
        assert heads < 3
        assert_comes_back(open_page, page)


def test_a_search_is_in_its_address(open_page: Opening) -> None:
    page = open_page("/")
    box = page.get_by_label("Search drugs, targets, histotypes, studies")
    box.fill("temozolomide uterine")
    box.press("Enter")
    page.wait_for_url("**/search?q=temozolomide+uterine")
    assert_comes_back(open_page, page)


@pytest.mark.slow
def test_parameters_of_every_question_are_in_its_address(open_page: Opening) -> None:
    page = open_page("/questions")
    hrefs = page.locator("main li a[href^='/questions/']").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    seen: set[tuple[str, ...]] = set()
    for href in hrefs:
        page.goto(href)
        kinds = page.locator("form.ask :is(input, select)").evaluate_all(
            "all => all.map(field => field.tagName + (field.dataset.types ?? '') + field.name)"
        )
        if not kinds or tuple(kinds) in seen:
            continue
        seen.add(tuple(kinds))
        submit(page, "Ask")
        assert asked(page).keys() == set(
            page.locator("form.ask [name]").evaluate_all("all => all.filter(f => f.value).map(f => f.name)")
        )
        assert_comes_back(open_page, page)
    assert len(seen) > 5


@pytest.mark.parametrize("scripts", [True, False])
def test_a_query_and_its_page_of_rows_are_in_the_address(open_page: Opening, scripts: bool) -> None:
    page = open_page("/sparql", scripts=scripts)
    query = "SELECT ?s ?p ?o WHERE { ?s ?p ?o . ?s a skg:Drug } ORDER BY ?s ?p ?o LIMIT 250"
    if scripts:
        page.get_by_label("SPARQL query").click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(query)
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
        rows = "document.querySelector('#rows tbody').innerText"
        assert_comes_back(open_page, page, f"() => [{rows}, document.querySelector('textarea').value]")
    else:
        page.locator("textarea").fill(query)
        page.get_by_role("button", name="Run").click()
        page.get_by_role("link", name="Later rows").click()
        assert asked(page)["page"] == ["2"]
        again = open_page(page.url, scripts=False)
        assert again.locator("main").inner_text() == page.locator("main").inner_text()
        assert "Rows 101 to 200" in again.locator("main").inner_text()


def test_a_chosen_step_of_a_mechanism_is_in_the_address(open_page: Opening) -> None:
    page = open_page("/mechanism?drug=rapamycin&target=leiomyosarcoma")
    page.locator("svg a.edge[aria-label='the rapamycin-FKBP12 complex inhibits mTOR']").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("li[data-step].chosen").first).to_contain_text("inhibits mTOR")
    expect(page).to_have_url(re.compile("#step-"))
    assert_comes_back(open_page, page)


CANVAS = """() => [
  [...document.querySelectorAll('#graph .node')].map(n => [n.dataset.node, [...n.classList].sort().join(' '),
    n.getAttribute('transform').match(/-?[\\d.]+/g).map(part => Math.round(part)).join()]),
  [...document.querySelectorAll('#graph .edge')].map(e => [e.dataset.edge, [...e.classList].sort().join(' ')]).sort(),
  [...document.querySelectorAll('#graph-legend button')].map(b => [b.dataset.type, b.getAttribute('aria-pressed')]),
  document.querySelector('#graph-panel h2')?.textContent,
  document.querySelector('#graph-list').innerText,
  [...document.querySelectorAll('#graph-filter input')].map(box => [box.dataset.key, box.checked]).sort(),
  [...document.querySelectorAll('#graph-chips .chip')].map(chip => chip.textContent),
  (() => {
    const moved = document.querySelector('#graph .world').getAttribute('transform');
    const [x, y, scale] = moved.match(/-?[\\d.]+/g).map(Number);
    const box = document.querySelector('.stage').getBoundingClientRect();
    return [Math.round((box.width / 2 - x) / scale), Math.round((box.height / 2 - y) / scale),
      Math.round(scale * 100) / 100];
  })()]"""


def expand(page: Page, chance: random.Random) -> None:
    choose(page, chance)
    buttons = page.locator("#graph-panel .expand button")
    expect(buttons.first).to_be_visible()
    buttons.nth(chance.randrange(buttons.count())).click()


def choose(page: Page, chance: random.Random) -> None:
    things = page.locator("#graph-list > li > button")
    things.nth(chance.randrange(things.count())).click()
    expect(page.locator("#graph-panel").get_by_role("button", name="Hide")).to_be_visible()


def choose_connection(page: Page, chance: random.Random) -> None:
    links = page.locator("#graph-list li li > button")
    if links.count():
        links.nth(chance.randrange(links.count())).click()


def hide(page: Page, chance: random.Random) -> None:
    if page.locator("#graph .node").count() > 3:
        choose(page, chance)
        page.get_by_role("button", name="Hide", exact=True).click()


def pin(page: Page, chance: random.Random) -> None:
    choose(page, chance)
    page.locator("#graph-panel .actions button").nth(1).click()


def fade(page: Page, chance: random.Random) -> None:
    kinds = page.locator("#graph-legend button")
    kinds.nth(chance.randrange(kinds.count())).click()


def undo(page: Page, _: random.Random) -> None:
    if page.get_by_role("button", name="Undo", exact=True).first.is_enabled():
        page.get_by_role("button", name="Undo", exact=True).first.click()


def filter_out(page: Page, chance: random.Random) -> None:
    if page.locator("#graph-filter").is_hidden():
        page.get_by_role("button", name=re.compile("^Filter")).click()
    boxes = page.locator("#graph-filter fieldset input")
    boxes.nth(chance.randrange(boxes.count())).click()


def take_off(page: Page, _: random.Random) -> None:
    if page.locator("#graph-filter").is_hidden():
        page.get_by_role("button", name=re.compile("^Filter")).click()
    page.get_by_label("Take what is filtered out off the picture").click()


def zoom(page: Page, chance: random.Random) -> None:
    page.get_by_role("button", name=chance.choice(["Zoom in", "Zoom out", "Fit"])).click()


def pan(page: Page, chance: random.Random) -> None:
    box = page.locator(".stage").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 6, box["y"] + 6)
    page.mouse.down()
    page.mouse.move(box["x"] + 6 + chance.randrange(200), box["y"] + 6 + chance.randrange(200), steps=3)
    page.mouse.up()


def add_from_rest(page: Page, chance: random.Random) -> None:
    """The list of what an expansion left out, and, by chance, one thing of it."""
    rests = page.locator("#graph-list [data-id^='more|']")
    if rests.count():
        rests.nth(chance.randrange(rests.count())).click()
        if chance.random() < 0.6:
            page.locator("#graph-panel input[type=checkbox]").first.check()
            page.get_by_role("button", name="Add 1 ticked").click()


STEPS: tuple[Callable[[Page, random.Random], None], ...] = (
    expand, choose, choose_connection, hide, pin, fade, undo, filter_out, take_off, zoom, pan, add_from_rest
)  # fmt: skip


@pytest.mark.parametrize(
    "seed", [0, 1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)]
)
def test_any_walk_through_the_graph_is_in_its_address(open_page: Opening, seed: int) -> None:
    """After each of many steps taken by chance another browser shows the same, from the address alone."""
    chance = random.Random(seed)
    page = open_page("/explore?node=target:KIT" if seed % 2 else "/explore?node=drug:doxorubicin")
    for _ in range(10):
        chance.choice(STEPS)(page, chance)
        page.mouse.move(2, 2)  # what lies under the mouse stands out
        expect(page.locator("#graph[aria-busy], .share[aria-busy]")).to_have_count(0)
        before = page.evaluate(CANVAS)
        again = open_page(page.url)
        expect(again.locator(".explore:not([hidden]) .toolbar.waiting")).to_have_count(0)
        if before[3]:
            expect(again.locator("#graph-panel h2")).to_have_text(before[3])
        assert again.evaluate(CANVAS) == before
        again.context.close()
