"""Tables and maps as a reader works with them: sorted by their heads, whole on a laptop, in line with each other."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Opening

LAPTOP = (1024, 768)
WIDE = tuple(
    f"/questions/{name}"
    for name in ("after-failure-of?drug=imatinib", "timeline", "doses-of-drug", "flagged", "arm-comparisons")
)
TOO_WIDE = "element => element.scrollWidth - element.clientWidth"


def told(table: Locator, column: int) -> list[str]:
    return [text.strip() for text in table.locator(f"tbody tr > :nth-child({column})").all_text_contents()]


def head(table: Locator, name: str) -> Locator:
    return table.get_by_role("button", name=name, exact=True)


@pytest.mark.parametrize("size", [LAPTOP, (390, 844)])
def test_the_heads_of_a_table_sort_it_and_say_so(open_page: Opening, size: tuple[int, int]) -> None:
    page = open_page("/schema", size=size)
    table = page.locator("table").first
    before = told(table, 1)
    head(table, "Count").click()
    numbers = [int(text.replace(",", "")) for text in told(table, 2)]
    assert numbers == sorted(numbers)
    assert max(numbers) >= 1000  # as a word "1,030" would stand before "2"
    assert table.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
    head(table, "Count").click()
    assert [int(text.replace(",", "")) for text in told(table, 2)] == numbers[::-1]
    assert sorted(told(table, 1)) == sorted(before)
    head(table, "Kind").click()
    expect(table.locator("th[aria-sort]")).to_have_text("Kind")


def test_what_is_not_told_comes_last_whichever_way_a_table_is_sorted(open_page: Opening) -> None:
    page = open_page("/questions/after-failure-of?drug=imatinib")
    table = page.locator("table")
    column = [text.strip().lower() for text in table.locator("thead th").all_text_contents()].index("definition") + 1
    for _ in range(2):
        head(table, "definition").click()
        cells = told(table, column)
        missing = cells.count("–")
        assert 0 < missing < len(cells)
        assert set(cells[-missing:]) == {"–"}


def test_going_back_finds_a_table_as_it_was_sorted(open_page: Opening) -> None:
    page = open_page("/schema")
    head(page.locator("table").first, "Count").click()
    order = told(page.locator("table").first, 1)
    page.get_by_role("link", name="Documents", exact=True).click()
    page.get_by_role("heading", name="Source documents").wait_for()
    page.go_back()
    expect(page.locator("table").first.locator("th[aria-sort]")).to_have_text("Count")
    assert told(page.locator("table").first, 1) == order


def test_without_scripts_a_table_offers_no_sorting(open_page: Opening) -> None:
    page = open_page("/schema", scripts=False)
    assert page.locator("thead button").count() == 0
    assert page.locator("thead th").first.evaluate("head => getComputedStyle(head, '::after').content") == "none"


@pytest.mark.parametrize("width", [1024, 1280, 1440])
@pytest.mark.parametrize("path", ["/gaps", "/gaps?rows=drug", *WIDE])
def test_maps_and_wide_tables_stand_whole_on_a_laptop(open_page: Opening, path: str, width: int) -> None:
    page = open_page(path, size=(width, 768))
    assert [part.evaluate(TOO_WIDE) for part in page.locator(".table").all()] == [0]


def test_cells_of_a_map_stay_large_enough_to_be_hit_on_a_laptop(open_page: Opening) -> None:
    page = open_page("/gaps", size=LAPTOP)
    boxes = [cell.bounding_box() for cell in page.locator("td > a.cell").all()[:40]]
    assert len(boxes) == 40
    assert all(box and box["width"] >= 24 and box["height"] >= 24 for box in boxes)


def test_the_results_of_all_arms_have_the_same_columns(open_page: Opening) -> None:
    page = open_page("/evidence?regimen=gemcitabine+%2B+docetaxel", size=LAPTOP)
    places = page.evaluate(
        "[...document.querySelectorAll('table.results')].filter(table => table.offsetParent)"
        ".map(table => [...table.rows[0].cells].map(cell => Math.round(cell.getBoundingClientRect().left)).join())"
    )
    assert len(places) > 3
    assert len(set(places)) == 1


def test_more_or_less_is_not_coloured_as_good_or_bad(open_page: Opening) -> None:
    """Less of a burden is no failure: only what came of a treatment is green or red."""
    page = open_page("/explain?drug=imatinib&histotype=GIST")

    def look(text: str) -> list[str]:
        found: list[str] = page.locator(".effect", has_text=text).first.evaluate(
            "chip => [getComputedStyle(chip).color, getComputedStyle(chip).backgroundColor]"
        )
        return found

    assert look("less burden of disease") == look("more survival of patients")
    assert look("less burden of disease") != look("Worked, by what studies state")


def test_letters_on_things_of_the_graph_are_legible_in_the_dark(open_page: Opening) -> None:
    page = open_page("/explore?node=target:KIT", dark=True)
    fills = page.evaluate(
        "[...document.querySelectorAll('#graph .node.type-Patient > use[href*=letters]')]"
        ".map(letters => [getComputedStyle(letters).fill, getComputedStyle(document.body).color])"
    )
    assert fills
    assert all(letters == ink for letters, ink in fills)


def test_lines_of_drawings_are_not_coloured_as_good_or_bad(open_page: Opening) -> None:
    """Inhibition that lengthens survival is drawn as the falling of one thing with the rise of the other."""
    page = open_page("/mechanism?drug=imatinib")
    colours = page.evaluate(
        """() => {
          const probe = document.body.appendChild(document.createElement('i'));
          const of = name => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color; };
          const line = mark => getComputedStyle(document.querySelector(`.picture .${mark} .line`)).stroke;
          return [line('mark-arrow'), line('mark-bar'), of('--good'), of('--bad')];
        }"""
    )
    assert len(set(colours)) == 4


def test_variables_of_a_query_head_its_table_as_they_are_spelt(open_page: Opening) -> None:
    query = "SELECT+%3FarmLabel+%7B+%3Farm+a+skg%3AArm+%3B+skos%3AprefLabel+%3FarmLabel+%7D+LIMIT+3"
    page = open_page(f"/sparql?format=html&query={query}")
    head = page.locator("#rows thead button")
    expect(head).to_have_text("armLabel")
    assert head.evaluate("head => getComputedStyle(head, '::first-letter').textTransform") == "none"
