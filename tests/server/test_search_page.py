"""The search page without scripts, and the search of the API: questions first, then things, then facts."""

from __future__ import annotations

import csv
import html
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from kg.graph import KnowledgeGraph
from server.app import create_app
from server.cli import main
from server.settings import Settings

TEXTS = [
    "what was the response rate of gemcitabine and docetaxel in uterine leiomyosarcoma",
    "how does rapamycin work in leiomyosarcoma", "is trabectedin better than dacarbazine", "side effects of pazopanib",
    "patient 2 third line", "which drugs hit KIT", "what drives GIST", "treatment options for leiomyosarcoma",
    "dose of gemcitabine", "what is imatinib approved for", "exon 9 mutation in GIST", "which drugs cause stomatitis",
    "what happened to patient 2", "mTOR inhibitors in leiomyosarcoma", "what is the link between KIT and imatinib",
    "which targets have no drug", "sirolimus leiomyosarcoma", "KIT exon 9 or exon 11", "what triggers apoptosis",
    "how long before GIST progresses on sunitinib", "how long did people live on trabectedin",
    "trials that compared ifosfamide with another drug", "which claims are refuted", "what do the abbreviations mean",
    "what was planned", "which mechanisms are only hypothesised", "which sarcomas were not studied",
    "studies that several documents tell of", "how many facts has each document", "what is active in liposarcoma",
    "imatinib fails in GIST", "which drugs have a mechanism but no result", "comparisons that sources draw",
]  # fmt: skip


def _page(client: FlaskClient, text: str, **given: str) -> str:
    answer = client.get("/search", query_string={"q": text, **given})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _answer(client: FlaskClient, text: str, **given: str) -> Any:
    answer = client.get("/api/v1/search", query_string={"q": text, **given})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


@pytest.mark.parametrize("text", TEXTS)
def test_every_question_offered_opens(client: FlaskClient, text: str) -> None:
    page = _page(client, text)
    section = page[page.index('id="asked"') : page.index("</section>", page.index('id="asked"'))]
    hrefs = [html.unescape(href) for href in re.findall(r'href="([^"]+)"', section)]
    assert hrefs == [each["page"] for each in _answer(client, text)["questions"]]
    for href in hrefs:
        assert client.get(href).status_code == 200, href


def test_questions_come_first_then_things_then_facts(client: FlaskClient) -> None:
    page = _page(client, "how does rapamycin work in leiomyosarcoma")
    assert page.index('id="asked"') < page.index('id="parts"') < page.index('id="facts"')
    assert "How sirolimus acts on leiomyosarcoma" in page
    assert "“how does … work”; sirolimus (“rapamycin”), leiomyosarcoma" in html.unescape(page)


@pytest.mark.parametrize("text", ["T2N0M0", "off-label", "stomatitis grade 3", "crossover"])
def test_a_word_inside_a_fact_leads_to_its_statement_and_passage(client: FlaskClient, text: str) -> None:
    page = _page(client, text)
    facts = page[page.index('id="facts"') :]
    assert re.search(r'href="/(statement|study|entity)/', facts)
    passage = re.search(r'href="(/passage/[^"]+)"', facts)
    assert passage
    assert client.get(passage[1]).status_code == 200
    assert re.search(r"/passage/[^\"]+\">[^<]+<", facts)
    for hit in _answer(client, text)["facts"]["items"]:
        assert hit["documents"][0]["label"]
        if hit["type"] in ("Statement", "Outcome", "TimelineEvent"):
            assert client.get(f"/statement/{hit['curie']}").status_code == 200


def test_what_no_fact_says_is_told(client: FlaskClient) -> None:
    page = _page(client, "ribonucleotide reductase zebrafish")
    assert "No fact says all of it; these lack “zebrafish”." in html.unescape(page)
    assert "Nothing in this graph is called “qqqqqq”, and no fact says it" in html.unescape(_page(client, "qqqqqq"))


def test_a_page_without_facts_says_so(first_client: FlaskClient) -> None:
    """Trabectedin was given, and uterine sarcoma was treated, but no document tells of both."""
    page = _page(first_client, "trabectedin in sarcoma of the uterus")
    assert 'id="facts"' not in page
    assert "No fact tells of these together." in page


def test_facts_are_cut_and_more_can_be_had(client: FlaskClient) -> None:
    short = _answer(client, "leiomyosarcoma")["facts"]
    assert (len(short["items"]), short["limit"], short["truncated"]) == (10, 10, True)
    assert short["total"] > 10
    more = re.search(r'href="([^"]+)">More facts', _page(client, "leiomyosarcoma"))
    assert more
    assert client.get(html.unescape(more[1])).get_data(as_text=True).count("/statement/") > 50
    assert _answer(client, "leiomyosarcoma", facts="0")["facts"]["items"] == []
    assert client.get("/api/v1/search?q=KIT&facts=101").status_code == 400


def test_the_table_of_a_search_has_everything_that_the_page_lists(client: FlaskClient) -> None:
    text = "which drugs hit KIT"
    answer = _answer(client, text, limit="50")
    table = client.get("/search", query_string={"q": text, "format": "csv"}).get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(table)))
    parts = [hit["label"] for part in answer["parts"] for hit in part["items"]]
    assert [row["label"] for row in rows if row["group"] == "part"] == parts
    assert [row["id"] for row in rows if row["group"] == "question"] == [each["page"] for each in answer["questions"]]
    assert [row["id"] for row in rows if row["group"] == "fact"] == [each["curie"] for each in answer["facts"]["items"]]


def test_a_terminal_shows_questions_and_facts_too(curated_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "which drugs hit KIT", "--facts", "2", "--data", str(curated_data)]) == 0
    told = capsys.readouterr().out
    assert "? Which drugs reach KIT, and by which route  [/questions/drugs-reaching-target?target=target:KIT]" in told
    assert re.search(r"Facts.*:\n {3}\S.*\n {6}.*\[00\d:\d+-\d+", told)


def test_a_graph_without_words_of_facts_answers_and_says_so(curated_graph: KnowledgeGraph) -> None:
    bare = KnowledgeGraph(curated_graph.store, curated_graph.index, curated_graph.names)
    with create_app(bare, replace(Settings())).test_client() as client:
        page = _page(client, "rapamycin")
        assert "sirolimus" in page
        assert "Facts were not searched" in page
