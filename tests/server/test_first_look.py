"""What somebody meets who has never been here: where to begin, what comes first, what signs mean."""

from __future__ import annotations

import csv
import io
import re

import pytest
from flask.testing import FlaskClient

from kg import KnowledgeGraph
from server.app import create_app
from server.pages import synthesis
from server.settings import Settings

MECHANISM = "/mechanism?drug=rapamycin&target=leiomyosarcoma"


@pytest.fixture(scope="module")
def client(curated_graph: KnowledgeGraph) -> FlaskClient:
    return create_app(curated_graph, Settings(cache_bytes=0)).test_client()


def html(client: FlaskClient, path: str) -> str:
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 200
    return response.text


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def in_short(client: FlaskClient, path: str) -> list[str]:
    lines = re.search(r'<ul class="plain glance">(.*?)</ul>', html(client, path), re.DOTALL)
    assert lines
    return [words(line) for line in re.findall(r"<li>(.*?)</li>", lines[1], re.DOTALL)]


@pytest.mark.parametrize(
    ("kind", "name"), [("drug", "sirolimus"), ("histotype", "Ewing sarcoma"), ("study", "(randomised, reference 35)")]
)
def test_everything_of_a_kind_is_listed_from_the_home_page(client: FlaskClient, kind: str, name: str) -> None:
    assert f'href="/search?kind={kind}"' in html(client, "/")
    page = html(client, f"/search?kind={kind}")
    count = re.search(r"(\d+) in this graph", page)
    listed = list(csv.DictReader(io.StringIO(client.get(f"/search?kind={kind}&format=csv").text)))
    assert count
    assert len(listed) == int(count[1]) > 20
    assert any(name in row["label"] for row in listed)
    assert [row["label"].casefold() for row in listed] == sorted(row["label"].casefold() for row in listed)
    assert all(f'{row["id"]}"' in page for row in listed)


def test_only_the_first_chain_stands_open_until_all_are_unfolded(client: FlaskClient) -> None:
    folded, unfolded = html(client, MECHANISM), html(client, f"{MECHANISM}&unfold=true")
    chains = re.findall(r'<details class="chain" id="[^"]+"( open)?>', folded)
    assert len(chains) > 10
    assert [bool(is_open) for is_open in chains] == [True] + [False] * (len(chains) - 1)
    assert re.findall(r'<details class="chain" id="[^"]+"( open)?>', unfolded) == [" open"] * len(chains)
    assert "unfold=true" in folded
    assert not re.search(r'href="[^"]*unfold', unfolded)  # none of its other forms is asked for so


def test_the_first_screen_of_two_drugs_tells_of_both_before_what_is_missing(client: FlaskClient) -> None:
    path = "/mechanism?drug=rapamycin&drug=gemcitabine&target=leiomyosarcoma"
    told = in_short(client, path)
    assert any(line.startswith("Sirolimus lowers") and "mTOR" in line for line in told)
    assert not any("in favour of tumours" in line for line in told)
    assert any(line.startswith("Gemcitabine raises") and "DNA chain termination" in line for line in told)
    page = words(html(client, path))
    assert page.index("sirolimus and gemcitabine together") < page.index("In short") < page.index("Gap.")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/mechanism?drug=imatinib&target=GIST", "This acts against gastrointestinal stromal tumour"),
        (MECHANISM, "This acts against vascular endothelial cells"),
    ],
)
def test_a_drug_acts_against_a_tumour_and_lowers_only_what_has_an_amount(
    client: FlaskClient, path: str, line: str
) -> None:
    told = in_short(client, path)
    assert line in told
    lowered = " ".join(each for each in told if "lowers" in each)
    assert line.removeprefix("This acts against ") not in re.split(r"lowers | , |, ", lowered)


def test_a_map_of_many_columns_comes_in_parts_that_fit_paper(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def columns(table: str) -> list[str]:
        return re.findall(r'<a class="up" href="([^"]+)"', table)

    def cells(text: str) -> list[tuple[str, str]]:
        return sorted(re.findall(r'<(?:a|span) class="cell (\w+)" data-in="([^"]+)"', text))

    whole = html(client, "/gaps?rows=drug&all=true")
    monkeypatch.setattr(synthesis, "_MOST_COLUMNS", 10)
    parted = html(client, "/gaps?rows=drug&all=true")
    tables = re.findall(r"<table>.*?</table>", parted, re.DOTALL)
    assert [name for table in tables for name in columns(table)] == columns(whole)
    assert all(7 <= len(columns(table)) <= 10 for table in tables)
    assert cells(parted) == cells(whole)
    assert f"part 1 of {len(tables)}" in parted


def test_patients_stand_in_the_order_of_their_documents_tumours_first(client: FlaskClient) -> None:
    page = html(client, "/cases")
    patients = re.findall(r'<h2><a href="/cases/([^"]+)"', page)
    assert patients == sorted(patients)
    assert len(patients) > 4
    transplant = page[page.index("patient:000-transplant") :]
    assert transplant.index("leiomyosarcoma</a></p>") < transplant.index(">diabetes<")
