"""What a page may weigh, in bytes as they travel, and how much work it may be."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from server.assets import STATIC

KILO = 1000
BUDGETS = {  # entries a page loads -> most kilobytes of JavaScript, gzipped
    "pages": (("site", "mechanism"), 15),
    "explore": (("site", "explore"), 45),
    "SPARQL": (("site", "sparql"), 150),
}
STYLES = 12


def manifest() -> dict[str, Any]:
    path = STATIC / ".vite" / "manifest.json"
    if not path.is_file():
        pytest.skip("the pages are not bundled: run `npm run build` in web/")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def files_of(entry: str, chunks: dict[str, Any]) -> set[str]:
    """A script and everything it imports, now or later."""
    chunk = chunks[entry]
    files = {chunk["file"]}
    for other in (*chunk.get("imports", ()), *chunk.get("dynamicImports", ())):
        files |= files_of(other, chunks)
    return files


def weight(names: set[str]) -> int:
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)


@pytest.mark.parametrize("page", BUDGETS)
def test_scripts_of_a_page_stay_within_their_budget(page: str) -> None:
    entries, most = BUDGETS[page]
    chunks = manifest()
    files = set().union(*(files_of(f"src/{entry}.ts", chunks) for entry in entries))
    assert weight(files) <= most * KILO


def test_styles_stay_within_their_budget() -> None:
    names = {name for chunk in manifest().values() for name in chunk.get("css", ())}
    assert 0 < weight(names) <= STYLES * KILO


def test_two_hundred_nodes_are_drawn_within_half_a_second_of_work(visit: Any) -> None:
    visited = visit()
    visited.go("/about")
    labels = {
        f"n{n}": {
            "id": f"drug:n{n}",
            "type": "Drug",
            "label": f"thing {n}",
            "x": n % 20 * 150,
            "y": n // 20 * 80,
            "pinned": False,
        }
        for n in range(200)
    }
    edges = [
        {
            "id": f"e{n}",
            "source": f"drug:n{n}",
            "target": f"drug:n{(n * 7 + 3) % 200}",
            "predicate": "inhibits",
            "label": "inhibits",
            "sentence": "",
            "sign": -1,
            "certainty": "stated",
            "statements": [],
        }
        for n in range(200)
    ]
    data = json.dumps({"nodes": list(labels.values()), "edges": edges})

    def stand_in(route: Any) -> None:
        answer = route.fetch()
        head, _, rest = answer.text().partition('id="graph-data">')
        route.fulfill(response=answer, body=head + 'id="graph-data">' + data + rest[rest.index("</script>") :])

    visited.page.route("**/explore?node=target%3AKIT", stand_in)
    work = []
    for _ in range(3):
        visited.page.goto(visited.address + "/explore?node=target%3AKIT")
        visited.page.wait_for_function("document.querySelectorAll('#graph .node[data-node]').length === 200")
        client = visited.page.context.new_cdp_session(visited.page)
        client.send("Performance.enable")
        metrics = {metric["name"]: metric["value"] for metric in client.send("Performance.getMetrics")["metrics"]}
        work.append(metrics["TaskDuration"])
    assert min(work) <= 0.5
