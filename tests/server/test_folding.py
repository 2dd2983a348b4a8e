"""What long pages fold: nothing is lost by it, and who has unfolded a page asks on with all of it open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest
from flask.testing import FlaskClient

from tests.server.asking import ask, links, page

LONG, SHORT = "/cases/patient:000-transplant", "/cases/patient:003-2"
STRETCH = re.compile(r'<details class="stretch"( open)?><summary>(.*?)</summary>(.*?)</details>', re.DOTALL)
EVENT = re.compile(r'<li id="([^"]+)" class="kind-')


def events_of(client: FlaskClient, path: str) -> list[str]:
    return [event["curie"].replace(":", "-") for event in ask(client, f"/api/v1{path}/timeline")["events"]]


def folds(html: str) -> Iterator[tuple[bool, str]]:
    for is_open, summary in re.findall(r"<details[^>]*?( open)?><summary>(.*?)</summary>", html, re.DOTALL):
        yield bool(is_open), summary


def test_a_long_history_is_folded_where_a_line_of_treatment_begins(client: FlaskClient) -> None:
    html = page(client, LONG)
    lines = ask(client, f"/api/v1{LONG}/timeline")["lines"]
    stretches = STRETCH.findall(html)
    assert [is_open for is_open, _, _ in stretches] == [""] * len(stretches)
    assert [event for _, _, told in stretches for event in EVENT.findall(told)] == events_of(client, LONG)
    begun = [EVENT.findall(told)[0] for _, summary, told in stretches if "Before the first" not in summary]
    assert begun == [line["treatment"]["curie"].replace(":", "-") for line in lines]
    for line, (_, summary, _) in zip(lines, stretches[-len(lines) :], strict=True):
        assert f"{line['position']}. {line['treatment']['label']}" in summary


def test_the_events_of_a_folded_history_are_numbered_through(client: FlaskClient) -> None:
    past = 0
    for _, summary, told in STRETCH.findall(page(client, LONG)):
        start = re.search(r'<ol class="timeline"(?: start="(\d+)")?>', told)
        assert start is not None
        assert int(start[1] or 1) == past + 1
        count = len(EVENT.findall(told))
        assert f"{count} event{'s' * (count != 1)}" in summary
        past += count


def test_a_long_history_is_unfolded_as_a_whole(client: FlaskClient) -> None:
    html = page(client, LONG)
    assert f"{LONG}?unfold=true" in links(html)
    whole = STRETCH.findall(page(client, f"{LONG}?unfold=true"))
    assert whole
    assert all(is_open for is_open, _, _ in whole)


def test_a_short_history_stands_whole(client: FlaskClient) -> None:
    html = page(client, SHORT)
    assert not STRETCH.search(html)
    assert EVENT.findall(html) == events_of(client, SHORT)


def test_the_schema_folds_what_is_not_in_use_and_the_properties(client: FlaskClient) -> None:
    html = page(client, "/schema")
    schema = ask(client, "/api/v1/schema")
    folded = {summary: is_open for is_open, summary in folds(html) if " that " in summary}
    assert list(folded.values()) == [False] * 3
    used = sum(each["count"] > 0 for each in schema["properties"])
    assert f"{used} properties that this graph uses" in folded
    assert f"{len(schema['properties']) - used} properties that nothing in this graph uses" in folded
    named = re.findall(r'<tr id="(\w+)"', html)
    every = [each["curie"].partition(":")[2] for each in (*schema["predicates"], *schema["properties"])]
    assert set(every) <= set(named)


def test_the_schema_opens_what_a_reader_filters_for(client: FlaskClient) -> None:
    html = page(client, "/schema?q=dose")
    folded = [is_open for is_open, summary in folds(html) if " that " in summary]
    assert folded
    assert all(folded)


@pytest.mark.parametrize(
    "path",
    [
        "/evidence?drug=gemcitabine&histotype=leiomyosarcoma&measure=response+rate",
        "/compare?a=gemcitabine&b=gemcitabine+%2B+docetaxel",
        "/mechanism?drug=rapamycin&target=leiomyosarcoma&certainty=hypothesised",
        "/explain?drug=imatinib&histotype=GIST",
    ],
)
def test_a_form_asks_on_as_unfolded_as_the_page_is(client: FlaskClient, path: str) -> None:
    kept = '<input type="hidden" name="unfold" value="true">'
    assert kept not in page(client, path)
    assert page(client, f"{path}&unfold=true").count(kept) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/evidence?study=study:sarc002&phase=II&document=document:002&include_subtypes=false&include_broader=true",
        "/evidence?drug=gemcitabine&drug=docetaxel&after=imatinib&from_year=2005&min_n=10&regimen_match=containing",
        "/compare?a=gemcitabine&b=gemcitabine+%2B+docetaxel&c=doxorubicin&histotype=leiomyosarcoma",
        "/mechanism?drug=rapamycin&target=mTOR&effect=lowers&max_length=4&graph=document-000&include_imports=true",
        "/schema?q=dose&used=true",
    ],
)
def test_a_form_loses_nothing_of_the_question_that_it_changes(client: FlaskClient, path: str) -> None:
    html = page(client, path)
    action = path.partition("?")[0]
    form = next(part for part in re.findall(r"<form.*?</form>", html, re.DOTALL) if f'action="{action}"' in part)
    named = re.findall(r'<(?:input|select)[^>]* name="([^"]+)"', form)
    asked = [name for name, _ in parse_qsl(path.partition("?")[2])]
    assert {name: named.count(name) for name in asked} == {name: asked.count(name) for name in asked}


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/evidence?drug=gemcitabine&histotype=leiomyosarcoma", "Remove "),
        ("/mechanism?drug=rapamycin&target=leiomyosarcoma&certainty=hypothesised", "Without them"),
    ],
)
def test_a_link_that_asks_otherwise_leaves_a_page_unfolded(client: FlaskClient, path: str, label: str) -> None:
    def asking(html: str) -> list[str]:
        return [link for link in re.findall(r"<a [^>]*>[^<]*</a>", html) if label in link]

    folded, unfolded = asking(page(client, path)), asking(page(client, f"{path}&unfold=true"))
    assert folded
    assert len(folded) == len(unfolded)
    assert not any("unfold" in link for link in folded)
    assert all("unfold=true" in link for link in unfolded)


@pytest.mark.parametrize(
    "path",
    [
        "/evidence?drug=gemcitabine",
        "/mechanism?drug=rapamycin&target=leiomyosarcoma",
        "/mechanism?drug=rapamycin&drug=gemcitabine",
        "/compare?a=gemcitabine&b=gemcitabine+%2B+docetaxel",
        "/documents/document:002",
        "/schema",
        LONG,
    ],
)
def test_unfolding_everything_leaves_nothing_folded_but_what_asks_and_cites(client: FlaskClient, path: str) -> None:
    html = page(client, path)
    whole = links(html)
    (unfolded,) = [link for link in whole if "unfold=true" in link]
    main, _, _ = page(client, unfolded).partition('id="save"')
    tags = re.findall(r"<details[^>]*>", main)
    assert len(tags) > 1
    assert {tag for tag in tags if " open" not in tag} <= {'<details class="asked">', '<details class="more">'}


def test_other_forms_of_an_unfolded_page_are_those_of_the_page(client: FlaskClient) -> None:
    path = "/evidence?drug=gemcitabine"
    shared = [html[html.index('id="save"') :] for html in (page(client, path), page(client, f"{path}&unfold=true"))]
    assert shared[0] == shared[1]
