"""Filters of the graph browser on pages without scripts: what they take out, and the links that bring it back."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from server.pages.explore.facets import filtered_out, in_the_way
from tests.server.test_explore_state import packed

SMALL = [("node", name) for name in ("target:KIT", "drug:imatinib", "histotype:gist", "drug:sunitinib")]
FILTERS = [("fade", "Drug"), ("fade", "hedged"), ("fade", "year:2007")]


def chips(html: str) -> dict[str, str]:
    """The links that take a filter off, by what they are called."""
    return {name: unescape(href) for href, name in re.findall(r'<a href="([^"]*)" aria-label="Show (.*?) again"', html)}


def set_filters(html: str) -> set[str]:
    return set(chips(html))


@pytest.mark.parametrize("view", ["plain", "packed"])
def test_each_chip_takes_its_filter_off_and_leaves_the_others(client: FlaskClient, view: str) -> None:
    given = {"view": packed(SMALL + FILTERS)} if view == "packed" else SMALL + FILTERS
    page = client.get("/explore", query_string=given).text
    assert set_filters(page) == {"drug", "hedged", "2007"}
    for name, href in chips(page).items():
        without = client.get(href).text
        assert set_filters(without) == {"drug", "hedged", "2007"} - {name}
        for other, again in chips(without).items():
            assert set_filters(client.get(again).text) == {"drug", "hedged", "2007"} - {name, other}


def test_a_kind_of_the_legend_goes_out_and_comes_back_by_its_links(client: FlaskClient) -> None:
    start = client.get("/explore", query_string={"view": packed(SMALL)}).text
    legend = re.compile(
        r'<a class="button(?: out)?" href="([^"]*)" title="(?:Show again|Filter out)">.*?</span>(drug)\b'
    )

    def switch(html: str) -> str:
        found = legend.search(html)
        assert found
        return client.get(unescape(found[1])).text

    once = switch(start)
    assert set_filters(once) == {"drug"}
    twice = switch(once)
    assert set_filters(twice) == set()
    assert set_filters(switch(twice)) == {"drug"}


def test_a_link_that_takes_a_filter_off_keeps_what_is_shown_and_chosen(client: FlaskClient) -> None:
    ends = [("between", "drug:imatinib"), ("between", "histotype:gist")]
    page = client.get("/explore", query_string=[*SMALL, *FILTERS, *ends, ("open", "target:KIT")]).text
    kept = parse_qs(urlsplit(chips(page)["hedged"]).query)
    assert {"target:KIT", "drug:sunitinib"} <= set(kept["node"])
    assert (kept["open"], kept["between"]) == (["target:KIT"], ["drug:imatinib", "histotype:gist"])
    assert len(kept["node"]) == len(set(kept["node"]))


EDGE = {"predicate": "inhibits", "certainty": "stated", "sign": -1, "said": []}
PATH = {"things": ["a", "b"], "steps": [{"edge": "one"}]}
OTHER = {"things": ["a", "b"], "steps": [{"edge": "two"}]}


@pytest.mark.parametrize(
    ("faded", "paths", "blamed"),
    [
        (["Target"], [PATH, OTHER], ()),  # shut out nothing here
        (["Drug"], [PATH, OTHER], ("Drug",)),
        (["hedged"], [PATH, OTHER], ()),  # one path is left
        (["hedged"], [OTHER], ("hedged",)),
        (["stated", "hedged"], [PATH, OTHER], ("stated", "hedged")),  # each frees a path
        (["inhibits", "Target", "hedged"], [OTHER], ("inhibits", "hedged")),  # only together
        (["Drug"], [], ()),
    ],
)
def test_the_filters_that_take_every_path_out_are_named(
    faded: list[str], paths: list[object], blamed: tuple[str, ...]
) -> None:
    picture = {
        "nodes": [{"id": "a", "type": "Drug"}, {"id": "b", "type": "Process"}],
        "edges": [
            EDGE | {"id": "one", "source": "a", "target": "b"},
            EDGE | {"id": "two", "source": "a", "target": "b", "certainty": "hedged"},
        ],
        "rests": [],
        "faded": faded,
        "between": {"paths": paths},
    }
    assert in_the_way(picture) == blamed


def test_what_only_filtered_connections_lead_to_goes_with_them() -> None:
    picture = {
        "nodes": [{"id": name, "type": "Drug"} for name in "abc"],
        "edges": [EDGE | {"id": "one", "source": "a", "target": "b"}],
        "rests": [{"id": "more|a", "node": "a"}],
    }
    assert filtered_out(picture, ["inhibits"]) == {"one", "a", "b", "more|a"}
    assert filtered_out(picture, []) == frozenset()
