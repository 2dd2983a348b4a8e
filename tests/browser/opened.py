"""What a page shows, and its other forms opened again, as plain data to set side by side."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import shlex
import shutil
import subprocess
import warnings
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import pytest
import rdflib
from playwright.sync_api import Page

BASE = "https://w3id.org/sarcoma-kg/"
SVG = "{http://www.w3.org/2000/svg}"
# Texts of parts, with white space as it is read; also of what is folded away.
TEXTS = """(parts, selector) => parts.map(part => [...(selector ? part.querySelectorAll(selector) : [part])]
  .map(one => one.textContent.replace(/\\s+/g, ' ').trim()))"""
# Where each thing of the graph stands on the canvas.
PLACES = """() => Object.fromEntries([...document.querySelectorAll('#graph .node')]
  .map(node => [node.dataset.node, node.getAttribute('transform')]))"""
SHAPES = {
    "path": ("d",),
    "rect": ("x", "y", "width", "height"),
    "circle": ("cx", "cy", "r"),
    "text": ("x", "y"),
}
DRAWN = """(svg, shapes) => [...svg.querySelectorAll(Object.keys(shapes).join())]
  .filter(part => !part.closest('defs') && !part.classList.contains('hit'))
  .map(part => [part.tagName, ...shapes[part.tagName].map(name => part.getAttribute(name) ?? ''),
    part.tagName === 'text' ? part.textContent.replace(/\\s+/g, ' ').trim() : ''])"""
PIXELS = """async ([svg, png]) => {
  const drawn = async address => {
    const image = new Image();
    image.src = address;
    await image.decode();
    return image;
  };
  const bitmap = await drawn('data:image/png;base64,' + png);
  const again = await drawn('data:image/svg+xml;charset=utf-8,' + encodeURIComponent(svg));
  const dots = image => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [bitmap.naturalWidth, bitmap.naturalHeight];
    const pen = canvas.getContext('2d');
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return pen.getImageData(0, 0, canvas.width, canvas.height).data;
  };
  const [one, other] = [dots(bitmap), dots(again)];
  let differing = 0, inked = 0;
  for (let place = 0; place < one.length; place += 4) {
    if (one[place + 3] && Math.min(one[place], one[place + 1], one[place + 2]) < 128) inked += 1;
    if ([0, 1, 2, 3].some(part => Math.abs(one[place + part] - other[place + part]) > 8)) differing += 1;
  }
  return [bitmap.naturalWidth, bitmap.naturalHeight, differing, inked];
}"""


def node(page: Page, name: str) -> Any:
    return page.locator(f"#graph .node[data-node='{name}']")


def spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def local(iri: str) -> str:
    """The name that pages write for an identifier of the graph."""
    return iri.removeprefix(BASE).replace("/", ":", 1)


@dataclass(frozen=True)
class Opened:
    """A page of the server with the links of its other forms."""

    page: Page

    @property
    def exports(self) -> dict[str, str]:
        """Where each other form is, by what the page calls it."""
        links = self.page.locator(".share > p a")
        labels = links.all_inner_texts()
        return dict(zip(labels, links.evaluate_all("all => all.map(one => one.getAttribute('href'))"), strict=True))

    def texts(self, selector: str, inside: str = "") -> list[Any]:
        """Texts of parts of the page, or lists of texts of what is inside of each."""
        found: list[list[str]] = self.page.locator(selector).evaluate_all(TEXTS, inside or None)
        return found if inside else [texts[0] for texts in found]

    def text(self, selector: str) -> str:
        """The text of the only such part."""
        (found,) = self.texts(selector)
        return str(found)

    def statements(self) -> set[str]:
        """Every statement, result and event that the page leads to."""
        links = self.page.locator("main a[href*='/statement/']:not(svg a)")
        return {unquote(href).partition("/statement/")[2] for href in links.evaluate_all("all => all.map(a => a.href)")}

    def fetched(self, href: str) -> str:
        """Another form, opened."""
        answer = self.page.request.get(href)
        assert answer.ok, (href, answer.status)
        return answer.text()

    def rows(self, label: str) -> list[dict[str, str]]:
        """A form that is a table."""
        text = self.fetched(self.exports[label])
        return list(csv.DictReader(io.StringIO(text)))

    def data(self, label: str) -> Any:
        """A form that is JSON."""
        return json.loads(self.fetched(self.exports[label]))

    def triples(self, label: str) -> rdflib.Graph:
        """A form that is RDF."""
        formats = {"Turtle": "turtle", "JSON-LD": "json-ld", "N-Triples": "nt"}
        with warnings.catch_warnings():  # rdflib's reader of JSON-LD uses a class that rdflib deprecates
            warnings.simplefilter("ignore", DeprecationWarning)
            return rdflib.Graph().parse(data=self.fetched(self.exports[label]), format=formats[label])

    def facts_of_query(self) -> dict[str, tuple[str, str]]:
        """Sentence and certainty of each fact that the query of the page finds when it is run."""
        page = self.page.context.new_page()
        page.goto(self.exports["SPARQL"])
        query = page.locator("textarea[name=query]").input_value()
        total = int(page.locator("#answer").inner_text().split()[0].replace(",", ""))
        page.close()
        answer = self.page.request.post(
            "/sparql", form={"query": query}, headers={"Accept": "application/sparql-results+json"}
        )
        found = answer.json()["results"]["bindings"]
        assert len(found) == total
        return {
            local(row["fact"]["value"]): tuple(row.get(name, {}).get("value", "") for name in ("sentence", "certainty"))
            for row in found
        }  # type: ignore[return-value]  # two names, two texts


def assert_facts_are_those_of_the_page(opened: Opened, *, more: int = 0, besides: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    """Turtle, the query and the page speak of the same facts; a page may name only some, and say how many more.

    Args:
        more: how many facts the page only counts.
        besides: things that are no facts of the page but are described beside them.
    """
    found = opened.facts_of_query()
    shown = opened.statements()
    assert shown <= found.keys()
    assert len(found.keys() - shown - besides) == more
    graph = opened.triples("Turtle")
    assert {local(str(subject)) for subject in graph.subjects()} == found.keys()
    for subject in set(graph.subjects()):
        told = graph.value(subject, rdflib.RDFS.label) or graph.value(subject, rdflib.SKOS.prefLabel)
        assert found[local(str(subject))][0] == str(told or "")


def drawing(svg: ET.Element) -> Counter[tuple[str, ...]]:
    """Shapes and words of a picture."""
    found: Counter[tuple[str, ...]] = Counter()
    for part in svg:
        name = part.tag.removeprefix(SVG)
        if name == "defs":
            continue
        if name in SHAPES and "hit" not in part.get("class", ""):
            words = spaced("".join(part.itertext())) if name == "text" else ""
            found[(name, *(part.get(key, "") for key in SHAPES[name]), words)] += 1
        found += drawing(part)
    return found


def assert_picture_is_that_of_the_page(opened: Opened, label: str, place: int, selector: str = "svg.picture") -> None:
    """The file holds every line, shape and word of the drawing; beside it only what its marks mean and its source."""
    shown = Counter(tuple(part) for part in opened.page.locator(selector).nth(place).evaluate(DRAWN, SHAPES))
    root = ET.fromstring(opened.fetched(opened.exports[label]))
    kept = drawing(root)
    assert shown - kept == Counter()
    added = {spaced(part[-1]) for part in kept - shown if part[0] == "text"}
    assert any("sarcoma-kg, data" in text for text in added)
    meanings = {"increases or causes", "decreases or prevents", "joins or passes on"}
    assert {text for text in added if "sarcoma-kg, data" not in text} <= meanings
    assert_bitmap_is_the_same_picture(opened, label, root)


def assert_bitmap_is_the_same_picture(opened: Opened, label: str, root: ET.Element) -> None:
    name = label.replace("SVG", "PNG")
    with opened.page.expect_download() as saved:
        opened.page.locator(".share").get_by_role("button", name=name, exact=True).click()
    svg = opened.fetched(opened.exports[label])
    width, height, differing, inked = compared(opened.page, svg, saved.value.path().read_bytes())
    assert (width, height) == tuple(2 * -(-float(root.attrib[side]) // 1) for side in ("width", "height"))
    assert differing <= width * height / 1000
    assert inked > 100


def compared(page: Page, svg: str, png: bytes) -> tuple[int, int, int, int]:
    """Width and height of a bitmap, how many dots differ from a picture, and how many are not light."""
    blank = page.context.new_page()  # a page of the server forbids such pictures
    found = blank.evaluate(PIXELS, [svg, base64.b64encode(png).decode()])
    blank.close()
    return tuple(found)  # type: ignore[return-value]  # four numbers


def assert_command_gives_the_same(opened: Opened) -> None:
    """The command of the page, typed into a shell, fetches what the first form of the API holds."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    command = shlex.split(opened.page.locator("pre[aria-label=Command]").text_content() or "")
    assert command[0] == "curl"
    run = subprocess.run([*command, "--silent", "--fail"], capture_output=True, timeout=60, check=True)
    hrefs = list(opened.exports.values())
    href = next((each for each in hrefs if each.startswith("/api/")), hrefs[0])
    assert run.stdout.decode() == opened.fetched(href)
