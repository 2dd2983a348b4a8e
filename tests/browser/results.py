"""Rows of results as pages show them, and as exports hold them."""

from __future__ import annotations

from typing import Any

from tests.browser.opened import Opened, local, spaced

Cells = dict[str, dict[str, str]]


def results_shown(opened: Opened) -> Cells:
    """The cells of each row of results, its study and its arm, by the fact that it tells."""
    shown = opened.page.locator("tr[id^=row-]").evaluate_all(
        """all => all.map(row => [
          decodeURIComponent(row.querySelector("td a[href^='/statement/']").href.split('/statement/')[1]),
          ...['h2', 'h3'].map(level => [...document.querySelectorAll(`main ${level}`)].filter(
            head => head.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING).at(-1)?.textContent.trim()),
          Object.fromEntries([['Measure', row.querySelector('th').textContent],
            ...[...row.querySelectorAll('td')].map(cell => [cell.dataset.label ?? 'Source', cell.textContent])])])"""
    )
    cells = {
        fact: {"study": study, "who": who} | {name: spaced(text) for name, text in row.items()}
        for fact, study, who, row in shown
    }
    assert len(cells) == len(shown) > 3
    return cells


def assert_results_are_those(cells: Cells, fields: list[dict[str, Any]], *, in_study: bool = False) -> None:
    """An export holds each row once, with every field; on the page of a study its name goes without saying."""
    assert sorted(each["statement"] for each in fields) == sorted(cells)
    for each in fields:
        row = cells[each["statement"]]
        assert in_study or row["study"] == (each["study"] or "Not tied to a study")
        assert row["who"] == each["who"]
        assert_result_is_told(row, each)


def assert_result_is_told(cells: dict[str, str], fields: dict[str, Any]) -> None:
    """A row of results holds every field of an export; a field that is not given is not told."""
    for name in ("value_text", "p_value", "grade", "frequency"):
        assert str(fields[name] or "") in cells["Result"], name
    if fields["value"] and not fields["value_text"]:
        assert f"{float(fields['value']):g}" in cells["Result"]
        assert {"mo": "months", "wk": "weeks"}.get(fields["unit"], fields["unit"] or "") in cells["Result"]
    if fields["low"]:
        interval = f"{float(fields['low']):.1f} to {float(fields['high']):.1f}%"
        assert interval in cells["Result"]
    else:
        assert "computed" not in cells["Result"]
    people = (fields["numerator"], fields["denominator"])
    assert cells["Of"] == (" of ".join(people) if all(people) else people[1] or cells["Of"])
    for name in ("definition", "subgroup"):
        assert (fields[name] or "") in cells["Counted"], name
    says = {"supports": "worked", "does_not_support": "did not work", "mixed": "mixed", "harmful": "did harm", "": ""}
    if fields["comparator"] and fields["difference"]:
        says |= {"supports": "better", "does_not_support": "not better"}
    assert cells.get("For or against", "").startswith(says[fields["direction"] or ""])
    assert ("Flagged" in cells["Result"]) == bool(fields["flags"])
    assert (fields["harm"] or fields["measure"] or "Result") in cells["Measure"]


def csv_fields(row: dict[str, str]) -> dict[str, Any]:
    names = {"low": "derived_ci_low", "high": "derived_ci_high", "harm": "adverse_event", "who": "arm"}
    who = row["arm"] or row["patient"]
    return row | {name: row[key] for name, key in names.items()} | {"who": who}


def json_fields(row: dict[str, Any]) -> dict[str, Any]:
    def label(name: str) -> str:
        return row[name]["label"] if row[name] else ""

    interval = row["derived_ci"] or {"low": None, "high": None}
    who = label("arm") or label("patient")
    texts = {name: "" if row[name] is None else str(row[name]) for name in ("numerator", "denominator", "value")}
    labels = {name: label(name) for name in ("study", "measure", "definition")}
    return row | texts | labels | interval | {"harm": label("adverse_event"), "who": who, "statement": local(row["id"])}
