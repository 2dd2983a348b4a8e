"""What takes long: seconds and a way out after one second, and the server hears that nobody waits any more."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import eventually
from tests.endless import ENDLESS

CANCELLED = 'sarcoma_kg_queries_total{outcome="cancelled"}'
BUSY = ('sarcoma_kg_workers_busy{lane="quick"}', 'sarcoma_kg_workers_busy{lane="slow"}')
# The page itself notes what it shows, and cancels: while another page is on its way, a debugger hears nothing of it.
CANCEL_WHEN_LONG = """(begin) => new Promise(done => {
  const seen = [];
  const look = setInterval(() => {
    const bar = document.querySelector('.wait.long');
    if (bar) seen.push(bar.innerText.replace(/\\s+/g, ' '));
    if (seen.some(words => /[2-9] s/.test(words))) {
      clearInterval(look);
      bar.querySelector('button').click();
      setTimeout(() => done(seen), 200);
    }
  }, 100);
  document.querySelector('form:has(textarea[name=query])').requestSubmit();
})"""


def metric(address: str, name: str) -> float:
    with urllib.request.urlopen(address + "/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


def until(happened: Callable[[], bool]) -> None:
    for _ in range(600):
        if happened():
            return
        time.sleep(0.05)
    raise AssertionError("it never happened")


@pytest.mark.parametrize("form", ["html", "csv"])
def test_a_query_that_does_not_end_is_cancelled_here_and_on_the_server(visit: Any, address: str, form: str) -> None:
    visited = visit()
    page = visited.page
    visited.go("/sparql")
    page.locator(".cm-content").fill(ENDLESS)
    page.get_by_label("Answer as").select_option(form)
    before = metric(address, CANCELLED)
    seen = page.evaluate(CANCEL_WHEN_LONG)
    seconds = [int(re.findall(r"(\d+) s\b", words)[0]) for words in seen]
    assert seconds == sorted(seconds)
    assert all("Cancel" in words for words in seen)
    until(lambda: metric(address, CANCELLED) == before + 1)
    until(lambda: sum(metric(address, name) for name in BUSY) == 0)
    # The page stays usable: the query is still there, and another one is answered.
    assert page.locator(".wait.long").count() == 0
    assert "SELECT ?s0" in page.locator(".cm-content").inner_text()
    page.locator(".cm-content").fill("SELECT * { ?s a skg:Drug } LIMIT 2")
    page.get_by_label("Answer as").select_option("html")
    page.get_by_role("button", name="Run", exact=True).click()
    assert page.locator("#answer").inner_text() == "2 rows"


def held(visited: Any, pattern: str) -> list[Any]:
    """Requests that nobody answers."""
    kept: list[Any] = []

    def keep(route: Any) -> None:
        kept.append(route)

    visited.page.route(pattern, keep)
    return kept


def test_an_expansion_that_takes_long_can_be_given_up(visit: Any) -> None:
    visited = visit()
    page = visited.page
    visited.go("/explore?node=target:KIT")
    page.locator("#graph .node[data-node='target:KIT']").click()
    expansion = page.get_by_role("button", name="is inhibited by")
    expansion.wait_for()
    things = page.locator("#graph .node[data-node]").count()
    kept = held(visited, "**/explore?*expand=*")
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.failure))
    expansion.click()
    page.locator(".wait.long").get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled. Nothing has changed.").first.wait_for()
    eventually(page, lambda: len(failed) > 0)
    assert len(kept) == len(failed) == 1
    assert page.locator("#graph .node[data-node]").count() == things
    page.unroute("**/explore?*expand=*")
    expansion.click()  # and the same again works
    page.locator("#graph .node[data-node='drug:sunitinib']").wait_for()


def test_what_comes_at_once_shows_no_wait(visit: Any) -> None:
    visited = visit()
    page = visited.page
    visited.go("/explore?node=target:KIT")
    page.locator("#graph .node[data-node='target:KIT']").click()
    page.get_by_role("button", name="is inhibited by").wait_for()
    assert page.locator(".wait.long").count() == 0
    assert page.evaluate("document.documentElement.className") == ""


def test_a_fault_of_a_file_is_told_on_the_page(visit: Any) -> None:
    visited = visit()
    page = visited.page
    visited.go("/sparql")
    body = {"detail": "Stopped at the limit timeout_s = 10 s.", "request_id": "abc123"}
    page.route(
        "**/sparql?*format=csv*",
        lambda route: route.fulfill(status=503, content_type="application/problem+json", body=json.dumps(body)),
    )
    page.get_by_label("Answer as").select_option("csv")
    page.get_by_role("button", name="Run", exact=True).click()
    told = page.get_by_role("alert").inner_text()
    assert "timeout_s" in told
    assert "abc123" in told
    visited.faults.clear()  # the browser logs the status that was made up here
