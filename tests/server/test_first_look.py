"""What somebody meets who has never been here: where to begin, what comes first, what signs mean."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from kg.graph import KnowledgeGraph
from server.pages import gaps
from tests.server.asking import MECHANISM

RATES = (
    "objective response rate",
    "response rate",
    "complete response",
    "partial response",
    "disease control",
    "stable",
)


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


def test_the_lines_in_short_say_where_an_effect_holds_unless_it_holds_anywhere(client: FlaskClient) -> None:
    told = in_short(client, "/mechanism?drug=olaratumab")
    assert "Olaratumab blocks PDGFR-alpha" in told
    assert "This raises survival of patients (in GIST with activating PDGFR-A mutations)" in told


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
    forgetful: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def columns(table: str) -> list[str]:
        return re.findall(r'<a class="up" href="([^"]+)"', table)

    def cells(text: str) -> list[tuple[str, str]]:
        return sorted(re.findall(r'<(?:a|span) class="cell (\w+)" data-in="([^"]+)"', text))

    whole = html(forgetful, "/gaps?rows=drug&all=true")
    monkeypatch.setattr(gaps, "_MOST_COLUMNS", 10)
    parted = html(forgetful, "/gaps?rows=drug&all=true")
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


@pytest.mark.parametrize("asked", ["kind=regimens", f"kind={'x' * 5000}", "kind=drug&kind=target", "kinds=drug"])
def test_a_list_of_an_unknown_kind_is_refused_in_few_words(client: FlaskClient, asked: str) -> None:
    response = client.get(f"/search?{asked}", headers={"Accept": "text/html"})
    assert response.status_code == 400
    told = re.search(r'role="alert">(.*?)</p>', response.text, re.DOTALL)
    assert told
    assert "kind" in told[1]
    assert len(told[1]) < 600


def rows(page: str) -> list[str]:
    return re.findall(r'<tr id="(\w+)"', page)


def test_the_schema_is_narrowed_to_what_says_all_of_some_words(client: FlaskClient) -> None:
    whole, some = rows(html(client, "/schema")), rows(html(client, "/schema?q=Object+INHIBITING"))
    assert {"inhibitionDecreases", "inhibitionPrevents"} <= set(some)
    assert len(some) < len(whole) / 4
    assert "Drug" not in some
    assert [name for name in whole if name in some] == some
    page = html(client, "/schema?q=no+such+thing")
    assert rows(page) == []
    assert "0 of" in page


def test_a_word_of_the_page_itself_is_no_word_of_the_schema(client: FlaskClient) -> None:
    """Every connection is shown as "...; back: ...", and none is called so."""
    assert "back: " in words(html(client, "/schema"))
    assert rows(html(client, "/schema?q=back:")) == []


def test_the_schema_has_the_properties_of_records_that_a_query_needs(client: FlaskClient) -> None:
    page = html(client, "/schema?q=dose")
    assert {"dose", "unit"} <= set(rows(page))
    row = page[page.index('<tr id="dose"') :].partition("</tr>")[0]
    assert "Component" in row
    assert "xsd:string" in row


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("synergizesWith", ("Metabolite, Pathway, Procedure", "in use: Drug")),  # declared for more than there is
        ("numerator", ("Outcome, Statement, TimelineEvent", "xsd:integer")),
        ("states", ("anything", "in use: Document", "to xsd:string<")),
    ],
)
def test_the_schema_tells_what_is_declared_and_what_is_in_use(
    client: FlaskClient, word: str, told: tuple[str, ...]
) -> None:
    row = client.get(f"/schema?q={word}").text.partition(f'<tr id="{word}"')[2].partition("</tr>")[0]
    assert [text for text in told if text not in row] == []


def test_the_schema_leaves_out_what_is_not_used_when_asked(client: FlaskClient) -> None:
    page = html(client, "/schema?used=true")
    assert 'class="unused"' not in page
    assert len(rows(page)) < len(rows(html(client, "/schema")))
    assert 'value="true" checked' in page


def test_a_filter_of_the_schema_has_a_bound(client: FlaskClient) -> None:
    response = client.get(f"/schema?q={'x' * 101}")
    assert response.status_code == 400
    assert "at most 100 characters" in response.text


def test_what_is_told_in_two_ways_of_one_patient_is_no_disagreement_of_studies(
    client: FlaskClient, curated_graph: KnowledgeGraph
) -> None:
    conflicts = curated_graph.compare("gemcitabine", "gemcitabine + docetaxel").conflicts
    single = [each for each in conflicts if each.is_of_one_patient]
    assert 0 < len(single) < len(conflicts)
    assert all({side.type for side in each.between} == {"TimelineEvent"} for each in single)
    page = html(client, "/compare?a=gemcitabine&b=gemcitabine+%2B+docetaxel")
    shown = page[page.index('id="conflicts"') :]
    studies, _, patients = shown.partition(f"<summary>And {len(single)} on the history of one patient")
    assert words(studies).startswith(f'id="conflicts">Where sources disagree ({len(conflicts) - len(single)})')
    for each in conflicts:
        about = escape(each.about or "")[1:]
        assert (about in patients.partition("</section>")[0]) is each.is_of_one_patient
        assert (about in studies) is not each.is_of_one_patient


def test_what_sources_only_suppose_is_told_apart_and_no_cell_is_more_for_being_sensitive(client: FlaskClient) -> None:
    supposing = f"{MECHANISM}&certainty=hypothesised"
    page = html(client, supposing)
    told = words(page[page.index('id="supposed"') : page.index("Gap.")])
    assert "Cancer stem cells cause recurrence after response to chemotherapy hypothesis of the source" in told
    assert "Rapamycin-FKBP12 complex inhibits mTOR" not in told
    short = in_short(client, supposing)
    assert not [line for line in short if "recurrence" in line or "FKBP12," in line.replace("rapamycin-FKBP12", "")]
    assert not [line for line in short if "raises" in line and "cytotoxic drug" in line]
    assert 'id="supposed"' not in html(client, MECHANISM)


def test_programs_are_shown_the_way_from_the_home_page(client: FlaskClient) -> None:
    assert 'href="/docs#python"' in html(client, "/")
    page = html(client, "/docs")
    assert "KnowledgeGraph.open" in page[page.index('id="python"') :]
    anchors = re.findall(r'href="#(q-[^"]+)"', page)
    assert len(anchors) > 20
    assert all(f'id="{name}"' in page for name in anchors)
    assert "/sparql</code>" in html(client, "/sparql")


def test_every_count_of_the_home_page_leads_to_what_it_counts(client: FlaskClient) -> None:
    counts = re.search(r'<ul class="counts">(.*?)</ul>', html(client, "/"), re.DOTALL)
    assert counts
    places = re.findall(r'href="([^"]+)"', counts[1])
    assert len(places) == counts[1].count("<li>")
    schema = html(client, "/schema")
    assert all(f'id="{place.partition("#")[2]}"' in schema for place in places if "#" in place)


def test_every_example_of_the_home_page_is_answered(client: FlaskClient) -> None:
    page = html(client, "/")
    asked = page[page.index('id="ask"') : page.index('id="holds"')]
    addresses = [unescape(href) for href in re.findall(r'<a href="([^"]+)"', asked)]
    assert {address.split("?")[0] for address in addresses} >= {
        "/mechanism",
        "/evidence",
        "/compare",
        "/gaps",
        "/explain",
    }
    for address in addresses:
        assert "<h1" in html(client, address)


def test_a_figure_told_in_short_leads_to_its_result_and_that_to_its_passage(client: FlaskClient) -> None:
    page = html(client, "/evidence?histotype=leiomyosarcoma")
    figures = [
        href for told in re.findall(r'class="reached">(.*?)</span>', page) for href in re.findall('href="(.*?)"', told)
    ]
    assert figures
    for href in figures:
        row = re.search(rf'<tr id="{re.escape(href[1:])}">.*?</tr>', page, re.DOTALL)
        assert row
        assert 'href="/passage/' in row[0]


@pytest.mark.parametrize(
    ("path", "heading", "figure"),
    [
        ("/entity/drug:temsirolimus", "What came of giving it", "partial response 2.4% of 41"),
        ("/entity/regimen:temsirolimus", "What came of giving it", "partial response 2.4% of 41"),
        ("/entity/histotype:leiomyosarcoma", "What was tried, and what came of it", "53% of 34"),
    ],
)
def test_the_page_of_a_treatment_or_a_disease_says_what_came_of_it_before_anything_is_drawn(
    client: FlaskClient, path: str, heading: str, figure: str
) -> None:
    page = html(client, path)
    section = page[page.index(f">{heading}</h2>") : page.index("with doses, numbers and sources")]
    assert figure in re.sub(" ,", ",", words(section))
    assert page.index(f">{heading}</h2>") < page.find("<figure") or "<figure" not in page
    (every,) = re.findall(r'href="(/evidence\?[^"]+)">All', section)
    assert html(client, every)
    statement = re.findall(r'href="(/statement/[^"]+)"', section)[0]
    assert 'href="/passage/' in html(client, statement)


def test_a_target_is_told_without_results_of_treatment(client: FlaskClient) -> None:
    assert "with doses, numbers and sources" not in html(client, "/entity/target:KIT")


def test_a_regimen_is_told_in_short_with_a_share_and_a_time(first_client: FlaskClient) -> None:
    told = words(html(first_client, "/evidence?regimen=gemcitabine+%2B+docetaxel&histotype=leiomyosarcoma"))
    assert "objective response rate 53% of 34" in told
    assert "; median progression-free survival 5.6 months (n = 34)" in told.replace(" ;", ";")


def test_rates_of_response_stand_before_all_others(client: FlaskClient) -> None:
    page = html(client, "/evidence?regimen=gemcitabine+%2B+docetaxel")
    headings = re.findall(r'<p class="heading" id="rates-\d+">(.*?)</p>', page)
    ranks = [next((n for n, name in enumerate(RATES) if heading.startswith(name)), len(RATES)) for heading in headings]
    assert len(set(ranks)) > 2
    assert ranks == sorted(ranks)


def test_what_worked_is_told_apart_from_what_only_rises_or_falls(client: FlaskClient) -> None:
    results = html(client, "/evidence?histotype=leiomyosarcoma")
    assert {"good", "bad", "none"} == set(re.findall(r'class="effect (\w+)"', results))
    assert {"up", "down"} <= set(re.findall(r'class="effect (\w+)"', html(client, MECHANISM))) <= {"up", "down", "none"}


def test_one_filter_is_not_repeated_below_the_form_that_shows_it(client: FlaskClient) -> None:
    assert 'class="chip"' not in html(client, "/evidence?drug=temsirolimus")
    assert html(client, "/evidence?drug=temsirolimus&measure=response+rate").count('class="chip"') == 2
