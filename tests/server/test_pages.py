"""The pages as a reader without scripts gets them, on the packaged facts."""

from __future__ import annotations

import csv
import gzip
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg import KnowledgeGraph
from kg.errors import QueryTimeout
from server.app import create_app
from server.assets import Assets
from server.settings import Settings
from tests.endless import ENDLESS

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
MECHANISM = "/mechanism?drug=rapamycin&target=leiomyosarcoma"


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    response = client.get(path, headers=BROWSER)
    assert response.status_code == status, path
    assert response.mimetype == "text/html"
    return response.text


def words(html: str) -> str:
    """What a reader sees: no tags, no data blocks, single blanks."""
    bare = re.sub(r"<script.*?</script>|<style.*?</style>", " ", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", bare).split())


def links(html: str) -> Iterator[str]:
    for href in dict.fromkeys(re.findall(r'<a [^>]*?href="([^"]+)"', html)):
        yield href.replace("&amp;", "&").replace("&#34;", '"').replace("&#39;", "'")


EVERY_PAGE = (
    "/",
    "/search?q=rapamycin",
    "/search?q=stomatitis+grade+3",
    "/entity/drug:sirolimus",
    "/entity/histotype:leiomyosarcoma",
    "/entity/regimen:docetaxel-gemcitabine",
    MECHANISM,
    "/mechanism?target=KIT",
    "/evidence?drug=temsirolimus",
    "/compare?a=gemcitabine&b=gemcitabine+%2B+docetaxel",
    "/gaps",
    "/explain?drug=imatinib&histotype=GIST",
    "/explore?node=target:KIT",
    "/cases",
    "/cases/patient:003-2",
    "/documents",
    "/documents/document:001",
    "/study/study:sarc002",
    "/schema",
    "/about",
    "/docs",
)


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_no_page_carries_inline_code_or_asks_anyone_else(client: FlaskClient, path: str) -> None:
    html = page(client, path)
    assert not re.search(r"<[^>]+\sstyle=", html)
    assert not re.search(r"<[^>]+\son[a-z]+=", html)
    assert not re.search(r"<script(?![^>]*(?:src=|application/json))", html)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)
    assert client.get(path, headers=BROWSER).headers["Content-Security-Policy"].startswith("default-src 'self'")


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_sentences_hold_no_iri_and_no_predicate_name(client: FlaskClient, path: str) -> None:
    told = words(page(client, path))
    if path not in {"/schema", "/docs"}:  # these two are about identifiers
        assert not re.search(
            r"\b(inhibitionIncreases|inhibitionCauses|activeIn|partOfComplex|convertedTo|studiedIn|does_not_support)\b",
            told,
        )
    assert not re.search(r"https://w3id\.org/\S+/(statement|passage|outcome)/", told)
    assert "None" not in re.findall(r"\bNone\b(?! of)", told)


@pytest.mark.parametrize(
    "path",
    ["/", "/entity/drug:sirolimus", "/evidence?drug=temsirolimus", "/cases/patient:003-2", "/study/study:sarc002"],
)
def test_links_of_a_page_lead_somewhere(client: FlaskClient, path: str) -> None:
    for href in list(links(page(client, path)))[:60]:
        if href.startswith("/") and not href.startswith("/static/"):
            assert client.get(href, headers=BROWSER).status_code in {200, 302, 303}, href


def test_ids_on_a_page_are_unique(client: FlaskClient) -> None:
    for path in (MECHANISM, "/evidence?drug=temsirolimus", "/entity/drug:sirolimus", "/cases/patient:003-2"):
        ids = re.findall(r'\sid="([^"]*)"', page(client, path))
        assert 1 < len(ids) == len(set(ids)), path


def test_mechanism_names_who_states_each_step_and_where(client: FlaskClient) -> None:
    html = page(client, MECHANISM)
    steps = re.findall(r"<li data-step=.*?</li>", html, flags=re.DOTALL)
    assert len(steps) > 10
    for step in steps:
        assert "/statement/" in step
        assert "/passage/" in step


def test_mechanism_says_the_net_effect_in_words(client: FlaskClient) -> None:
    assert "net effect: more DNA chain termination" in words(
        page(client, "/mechanism?drug=gemcitabine&target=DNA+chain+termination")
    )


def test_short_cuts_are_folded_under_the_longer_chain_and_drawn_only_on_request(client: FlaskClient) -> None:
    plain, full = page(client, MECHANISM), page(client, MECHANISM + "&shortcuts=true")
    assert "short cut" in words(plain)
    assert plain.count('class="edge ') < full.count('class="edge ')


def test_gaps_towards_one_thing_are_one_notice(client: FlaskClient) -> None:
    html = page(client, MECHANISM)
    assert html.count("<strong>Gap.</strong>") == 1
    assert "role-ghost" in html


def test_what_sources_do_state_beside_a_gap_is_told_in_words(client: FlaskClient) -> None:
    told = words(page(client, "/mechanism?drug=gemcitabine&target=leiomyosarcoma"))
    assert "Sources do state, though not as a mechanism: gemcitabine is active in uterine leiomyosarcoma" in told


def test_two_drugs_together_show_where_they_meet_and_what_is_only_inferred(client: FlaskClient) -> None:
    told = words(page(client, "/mechanism?drug=rapamycin+%2B+gemcitabine&target=leiomyosarcoma"))
    assert "Inferred, stated by no source. Sirolimus holds cells in G1, and gemcitabine acts on cells in S" in told
    assert "How sources timed them" in told
    assert "sirolimus acts synergistically with gemcitabine" in told
    html = page(client, "/mechanism?drug=imatinib&drug=sunitinib&target=GIST")
    assert "Imatinib and sunitinib meet at KIT: both lower it." in words(html)
    assert "role-meeting-same" in html


def test_drugs_that_stand_for_their_classes_are_marked_as_inferred(client: FlaskClient) -> None:
    told = words(page(client, "/mechanism?drug=doxorubicin+%2B+imatinib"))
    assert "Inferred, stated by no source: doxorubicin belongs to the class cytotoxic drug" in told
    assert "signalling-directed drugs, for which imatinib stands" in told
    assert "stands" not in words(page(client, "/mechanism?drug=doxorubicin"))


def test_a_filter_that_hides_what_was_asked_for_is_named(client: FlaskClient) -> None:
    told = words(page(client, "/mechanism?drug=imatinib&target=KIT&effect=raises"))
    assert "More would be found, but only chains with the effect asked for are shown." in told
    assert "More would be found" not in words(page(client, "/mechanism?drug=imatinib&target=KIT"))


def test_a_step_says_in_whom_it_was_stated(client: FlaskClient) -> None:
    assert "inhibition of KIT increases survival of patients" in words(page(client, "/mechanism?drug=imatinib"))
    assert "(in GIST)" in words(page(client, "/mechanism?drug=imatinib"))


def test_evidence_shows_the_definition_beside_the_figure(client: FlaskClient) -> None:
    told = words(page(client, "/evidence?drug=temsirolimus"))
    assert "53%" in told
    assert "stable disease or better for 60 days" in told


def test_evidence_without_results_says_that_this_is_not_no_effect(client: FlaskClient) -> None:
    told = words(page(client, "/evidence?drug=regorafenib&histotype=liposarcoma"))
    assert "Nothing found." in told
    assert "not evidence of no effect" in told


def test_evidence_filters_can_be_dropped_one_by_one(client: FlaskClient) -> None:
    html = page(client, "/evidence?drug=temsirolimus&measure=response+rate")
    assert 'href="/evidence?drug=temsirolimus"' in html
    assert 'aria-label="Remove drug temsirolimus"' in html


def test_rates_are_plotted_with_intervals_and_stand_in_the_table_too(client: FlaskClient) -> None:
    html = page(client, "/evidence?drug=temsirolimus")
    plots = re.findall(r"<svg[^>]*class=\"plot\".*?</svg>", html, flags=re.DOTALL)
    assert plots
    for target in re.findall(r'href="#(row-[^"]+)"', "".join(plots)):
        assert f'id="{target}"' in html


def test_a_case_is_told_in_order_and_plotted(client: FlaskClient) -> None:
    html = page(client, "/cases/patient:003-2")
    told = words(html[html.index('class="timeline"') :])
    places = [told.index(name) for name in ("neoadjuvant", "pazopanib", "trabectedin", "maintenance", "regorafenib")]
    assert places == sorted(places)
    for target in re.findall(r'<a class="row" href="#([^"]+)"', html):
        assert f'id="{target}"' in html


def test_the_words_of_a_passage_are_shown_only_where_the_operator_has_them(
    curated_graph: KnowledgeGraph, client: FlaskClient, shared_dir: Path
) -> None:
    href = next(href for href in links(page(client, MECHANISM)) if href.startswith("/passage/"))
    assert "<blockquote>" not in page(client, href)
    with_sources = create_app(curated_graph, Settings(sources=str(shared_dir / "sources"))).test_client()
    assert "<blockquote>" in page(with_sources, href)


def test_a_drawing_is_saved_as_a_file_that_stands_alone(client: FlaskClient) -> None:
    response = client.get(MECHANISM + "&format=svg")
    assert response.mimetype == "image/svg+xml"
    assert "attachment" in response.headers["Content-Disposition"]
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    root = ET.fromstring(response.text)
    assert "FKBP12" in " ".join("".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "href" not in response.text


def test_the_csv_of_the_steps_has_a_row_for_every_statement(client: FlaskClient) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get(MECHANISM + "&format=csv").text)))
    assert {"sirolimus", "FKBP12"} <= {row["subject"] for row in rows}
    assert all(row["statement"].startswith("statement:") and row["passage"] for row in rows)


def test_the_csv_of_the_evidence_has_every_row(client: FlaskClient) -> None:
    answer = client.get("/api/v1/evidence?drug=temsirolimus").get_json()
    rows = list(csv.DictReader(io.StringIO(client.get("/evidence?drug=temsirolimus&format=csv").text)))
    assert len(rows) == answer["total"]
    assert "53%" in {row["value_text"] for row in rows}
    for row, item in zip(rows, answer["items"], strict=True):
        same = row.keys() & item.keys() - {"flags", "documents", "passages"}
        said = {name: item[name]["label"] if isinstance(item[name], dict) else item[name] for name in same}
        assert {name: row[name] for name in same} == {
            name: "" if value is None else str(value) for name, value in said.items()
        }
        assert (row["histotypes"] == "") == (not (item["population"] or {}).get("histotypes"))


def test_ranges_of_doses_and_shared_patients_are_told_on_pages_and_in_tables(client: FlaskClient) -> None:
    doses = client.get("/evidence?study=study:imatinib-dfsp-ref54&format=csv").text
    assert {row["dose_ranges"] for row in csv.DictReader(io.StringIO(doses))} == {"imatinib 400 to 800 mg"}
    (arm,) = csv.DictReader(io.StringIO(client.get("/study/study:imatinib-dfsp-ref54?format=csv").text))
    assert (arm["dose_low"], arm["dose_high"], arm["dose_unit"]) == ("400", "800", "mg")
    european, american = "study:imatinib-dose-eortc-isg-agitg-ref47", "study:imatinib-dose-north-american-ref48"
    for address in (f"/study/{european}", f"/evidence?study={european}"):
        assert "No group of its own: takes together" in page(client, address)
    for address in (f"/study/{american}", f"/evidence?study={american}"):
        assert "All its patients are also counted in" in page(client, address)
        table = csv.DictReader(io.StringIO(client.get(f"{address}{'&' if '?' in address else '?'}format=csv").text))
        assert "imatinib 400 mg" in {row.get("within") or row.get("arm_within") for row in table}


def test_an_entity_offers_turtle(client: FlaskClient) -> None:
    assert "/entity/drug:sirolimus?format=turtle" in set(links(page(client, "/entity/drug:sirolimus")))
    assert "/id/drug/sirolimus?format=turtle" in page(client, "/entity/drug:sirolimus")
    assert client.get("/id/drug/sirolimus?format=turtle").mimetype == "text/turtle"


def test_an_unknown_name_is_a_page_with_suggestions(client: FlaskClient) -> None:
    assert "sirolimus" in page(client, "/entity/sirolimmus", status=404)


def test_expanding_is_one_answer_with_the_links_among_all_shown(client: FlaskClient) -> None:
    path = "/explore?format=json&node=target:KIT&node=drug:imatinib&expand=target:KIT&predicate=inhibits&direction=in"
    answer = client.get(path).get_json()
    added = {node["id"] for node in answer["nodes"]}
    assert "drug:sunitinib" in added
    assert "drug:imatinib" not in added
    shown = added | {"target:KIT", "drug:imatinib"}
    assert {end for edge in answer["edges"] for end in (edge["source"], edge["target"])} <= shown
    assert "drug:imatinib|inhibits|target:KIT|stated" in {edge["id"] for edge in answer["edges"]}


def test_a_gap_map_cell_leads_to_its_results(client: FlaskClient) -> None:
    html = page(client, "/gaps?rows=imatinib&columns=GIST")
    href = next(href for href in links(html) if href.startswith("/evidence?drug=drug:imatinib"))
    assert "imatinib" in words(page(client, href))


def test_a_comparison_sets_one_study_apart_from_several(client: FlaskClient) -> None:
    told = words(page(client, "/compare?a=gemcitabine&b=gemcitabine+%2B+docetaxel"))
    assert "Within one study (" in told
    assert "come from different studies" in told


def test_what_was_not_done_or_not_found_is_said_once(client: FlaskClient) -> None:
    told = words(page(client, "/cases/patient:004-retroperitoneal"))
    assert "preoperative radiotherapy not given" in told
    assert "no haematuria" in told
    assert "not given not done" not in told
    assert "not found" not in told
    assert "did not occur" not in told


def test_a_case_tells_grade_stage_result_and_remark_and_each_unit_once(client: FlaskClient) -> None:
    transplant = words(page(client, "/cases/patient:000-transplant"))
    assert "Grade intermediate Stage T2N0M0" in transplant
    assert "Marker KIT Result negative" in transplant
    retroperitoneal = words(page(client, "/cases/patient:004-retroperitoneal"))
    assert "Size 22 × 14 × 23 cm before, 8 × 8 × 13 cm after 5 cycles Value PR, 64%" in retroperitoneal
    assert "30 cm in diameter cm" not in retroperitoneal
    assert "after 5 cycles %" not in retroperitoneal


@pytest.mark.parametrize(
    ("thing", "question", "answer"),
    [
        ("event:alopecia", "/questions/who-causes-event?event=event:alopecia", "pegylated liposomal doxorubicin"),
        ("measure:mixed-response", "/evidence?measure=measure:mixed-response", "2 of the 11"),
        ("organization:gog", "/questions/studies-of-organization?organization=organization:gog", "uterine sarcoma"),
        ("target:desmin", "/questions/passages-about?entity=target:desmin", "desmin positive"),
        ("definition:sd-22-weeks", "/questions/passages-about?entity=definition:sd-22-weeks", "25%"),
        ("site:scalp", "/questions/passages-about?entity=site:scalp", "minor response"),
    ],
)
def test_a_thing_that_only_results_name_leads_to_them(
    thing: str, question: str, answer: str, client: FlaskClient
) -> None:
    html = page(client, f"/entity/{thing}")
    assert question in set(links(html))
    assert answer in words(page(client, question))


@pytest.mark.parametrize("path", ["/evidence?drug=temsirolimus", "/api/v1/evidence?drug=temsirolimus"])
def test_what_a_page_or_a_question_asks_of_the_graph_ends_when_its_client_leaves(
    forgetful: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(KnowledgeGraph, "evidence", lambda graph, _: graph.sparql(ENDLESS))
    assert forgetful.get(path, environ_overrides={"waitress.client_disconnected": lambda: True}).status_code == 499
    monkeypatch.undo()
    assert forgetful.get(path).status_code == 200  # whoever comes next is answered


def test_a_search_for_mechanisms_ends_when_its_client_leaves(client: FlaskClient) -> None:
    gone = {"waitress.client_disconnected": lambda: True}
    assert client.get("/api/v1/mechanism?drug=rapamycin&target=mTOR", environ_overrides=gone).status_code == 499


WRONG = {  # an address -> what its page says, and where it leads instead
    "/evidence?drug=temsirolimus&colour=blue": ("has no field “colour”", "/evidence?drug=temsirolimus"),
    "/evidence?min_n=abc&drug_class=mTOR+inhibitor": (
        "“abc” does not fit the least number of patients",
        "/evidence?drug_class=mTOR+inhibitor",
    ),
    "/evidence?drug=temsirolimu&line=first": (
        "Nothing in this graph is called “temsirolimu” (given for the drug)",
        "/evidence?drug=temsirolimus&line=first",
    ),
    "/entity/imatinb": ("Nothing in this graph is called “imatinb”", "/entity/drug%3Aimatinib"),
}


@pytest.mark.parametrize("path", WRONG)
def test_a_page_of_what_went_wrong_uses_the_words_of_its_form_and_leads_on(client: FlaskClient, path: str) -> None:
    told, onward = WRONG[path]
    html = page(client, path, 404 if "alled" in told else 400)
    assert told in words(html)
    assert not re.search(r"parameter|min_n|drug_class|[a-z_]+=", words(html))
    assert onward in set(links(html))
    assert client.get(onward, headers=BROWSER).status_code == 200
    problem = client.get(path, headers={"Accept": "application/json"})  # programs get the names
    assert problem.status_code in {400, 404}
    assert problem.json is not None
    assert "parameter" in problem.json


def test_a_failure_of_ours_is_told_with_its_number(
    forgetful: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise QueryTimeout("timeout_s", 10, "s")

    monkeypatch.setattr(KnowledgeGraph, "evidence", fail)
    response = forgetful.get("/evidence?drug=temsirolimus", headers=BROWSER)
    told = words(response.text)
    assert response.status_code == 503
    assert "not ready after 10 s" in told
    assert "What you asked is in order." in told
    assert "Ask for less" in told
    number = response.headers["X-Request-Id"]
    assert number in told
    assert number in caplog.text


def test_a_regimen_is_listed_with_what_its_groups_reached_in_the_very_disease(client: FlaskClient) -> None:
    told = words(page(client, "/evidence?histotype=uterine+leiomyosarcoma"))
    # 5 of 11 had a uterine leiomyosarcoma; 15.5% is of all 45 sarcomas of that arm, and not said of the disease.
    assert "temozolomide monotherapy 1 study for objective response rate 45.5% of 11" in told
    pooled = r"gemcitabine monotherapy [^%]* objective response rate 18% of 39, 5.5% of 18, histotypes pooled"
    assert re.search(pooled, told)


def test_a_regimen_is_listed_with_the_figures_of_the_very_disease_under_either_name_of_a_response(
    client: FlaskClient,
) -> None:
    told = words(page(client, "/evidence?histotype=leiomyosarcoma"))
    # Of the EORTC arm only "approximately 10%" of all histotypes is known; 4 of 14 had the disease.
    alone = "response rate 29% of 14; objective response rate about 10% (n not told), histotypes pooled"
    together = "objective response rate 53% of 34, 58% (n not told); response rate 24% (n not told)"
    assert re.search(rf"doxorubicin monotherapy [^%]*? {re.escape(alone)}", told)
    assert re.search(rf"docetaxel \+ gemcitabine [^%]*? {re.escape(together)}", told)


def test_a_figure_that_its_source_only_gives_roughly_stays_so(client: FlaskClient) -> None:
    assert "disease control about 80% (n not told)" in words(page(client, "/evidence?drug=sunitinib"))


def test_the_line_and_genotype_of_a_part_of_an_arm_are_not_told_of_the_arm(client: FlaskClient) -> None:
    by_line = words(page(client, "/evidence?drug=doxorubicin&histotype=liposarcoma"))
    assert "43 patients; sarcoma; line: first or second; metastatic" in by_line
    by_genotype = words(page(client, "/evidence?drug=sunitinib"))
    assert "exon 9 KIT mutation or no detectable KIT mutation" in by_genotype
    assert "genotype: exon 11 KIT mutation" not in by_genotype


def test_a_difference_is_told_where_no_comparator_is_named(client: FlaskClient) -> None:
    """By genotype sunitinib did the reverse of imatinib, and the source prints no time."""
    told = words(page(client, "/evidence?drug=sunitinib"))
    assert re.search(r"time to progression worse \(significant\)[^%]{0,90} exon 11 KIT mutation", told)
    assert re.search(r"time to progression better \(significant\)[^%]{0,90} exon 9 KIT mutation", told)
    assert "hazard ratio, 0.49, better than placebo (significant)" in told


def test_another_dose_that_did_no_better_is_not_said_to_have_failed(client: FlaskClient) -> None:
    html = page(client, "/evidence?study=study:imatinib-dose-eortc-isg-agitg-ref47")
    told = words(html)
    assert "86%, no difference from imatinib 400 mg once daily" in told
    assert "no difference from imatinib 400 mg once daily (significance not reported)" in told
    assert "not better" in told
    assert "did not work" not in told


def test_what_a_result_remarks_stands_beside_it(client: FlaskClient) -> None:
    told = words(page(client, "/evidence?drug=trabectedin&histotype=synovial+sarcoma"))
    assert "raised transaminases occurred; how often is not told Said of both trials in refractory" in told


def test_a_mechanism_is_told_in_short_before_it_is_drawn(client: FlaskClient) -> None:
    html = page(client, MECHANISM)
    told = words(html[: html.index("<figure")])
    assert "Sirolimus binds FKBP12" in told
    assert re.search(r"This lowers .*progression through the G1/S boundary", told)
    assert "This raises DNA chain termination" not in told  # that is what gemcitabine does


def test_what_reaches_a_target_is_told_by_what_it_comes_to(client: FlaskClient) -> None:
    html = page(client, "/mechanism?target=KIT")
    assert re.search(r"Less KIT through .*imatinib", words(html[: html.index("<figure")]))


def test_pages_and_answers_travel_compressed_where_the_client_can_read_it(client: FlaskClient) -> None:
    for path in (MECHANISM, "/api/v1/evidence?drug=temsirolimus"):
        plain = client.get(path)
        packed = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) < len(plain.data) / 4
        assert "Content-Encoding" not in plain.headers
        assert "Accept-Encoding" in plain.headers["Vary"]


def test_bundled_files_are_fetched_once_and_compressed(client: FlaskClient) -> None:
    names = [name for entry in ("site", "sparql") for name in Assets().scripts(entry)]
    if not names:
        pytest.skip("the pages are not bundled: run `npm run build` in web/")
    for name in names:
        with client.get(name, headers={"Accept-Encoding": "gzip"}) as first, client.get(name) as plain:
            assert "immutable" in first.headers["Cache-Control"]
            assert gzip.decompress(first.data) == plain.data
        with client.get(name, headers={"If-None-Match": first.headers["ETag"]}) as again:
            assert again.status_code == 304


def test_a_part_that_fails_leaves_the_rest_of_its_page(
    forgetful: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(KnowledgeGraph, "pool", fail)
    told = words(page(forgetful, "/evidence?drug=temsirolimus"))
    assert "This part failed, the rest of the page is whole." in told
    assert "stable disease or better for 60 days" in told
    number = re.search(r"\(request (\w+)\)", told)
    assert number
    assert number[1] in caplog.text


def test_a_curators_mention_of_a_document_is_its_title_with_a_link(client: FlaskClient) -> None:
    html = page(client, "/evidence?histotype=leiomyosarcoma")
    assert '<a href="/documents/document:004">“Retroperitoneal pleomorphic leiomyosarcoma controlled' in html
    notes = re.findall(r'<p class="meta">(.*?)</p>', html, flags=re.DOTALL)
    assert not [note for note in notes if re.search(r"\b[Dd]ocument 00\d\b", words(note))]


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/search", {"q": "document 003"}),
        (
            "/sparql",
            {"query": 'SELECT * { ?s rdfs:label "reference 9 of document 003 (Blay 2019)" }', "format": "html"},
        ),
    ],
)
def test_what_a_reader_wrote_stays_as_it_is(client: FlaskClient, path: str, given: dict[str, str]) -> None:
    written = re.findall(
        r'<textarea[^>]*>(.*?)</textarea>|name="q"[^>]* value="(.*?)"', client.get(path, query_string=given).text
    )
    assert [given.get("q") or given["query"]] == [unescape(area or field) for area, field in written if area or field]


def test_a_table_of_a_query_shows_what_the_graph_holds(client: FlaskClient) -> None:
    query = 'SELECT ?note { ?s skg:differs ?note FILTER(CONTAINS(?note, "(document 003)")) } LIMIT 1'
    page = client.get("/sparql", query_string={"query": query, "format": "html"}).text
    assert re.search(r"<td>[^<]*\(document 003\)", page)


def test_a_mechanism_opens_with_what_its_chains_raise_and_lower_on_the_way(client: FlaskClient) -> None:
    html = page(client, "/mechanism?drug=rapamycin&target=leiomyosarcoma")
    lines = [words(line) for line in re.findall(r"<li>This (.*?)</li>", html, flags=re.DOTALL)]
    raised, lowered = (next(line for line in lines if line.startswith(verb)) for verb in ("raises", "lowers"))
    assert "cyclin D1 turnover" in raised
    assert "cell cycle arrest in G1" in raised
    assert lowered.index("mTOR") < lowered.index("progression through the G1/S boundary")
    assert "mTOR" not in raised


def test_a_comparison_names_the_results_that_stand_in_no_pair(client: FlaskClient) -> None:
    page = client.get("/compare?a=sunitinib&b=imatinib").get_data(as_text=True)
    assert "Told of one of them only" in page
    assert "no number to set against another: not yet reached" in page
    table = client.get("/compare?a=sunitinib&b=imatinib&format=csv").get_data(as_text=True).splitlines()
    assert {len(row) for row in csv.reader(table)} == {len(next(csv.reader(table)))}
    assert any(row.startswith("no pair,") for row in table)


def test_results_that_a_filter_cannot_judge_are_named(client: FlaskClient) -> None:
    page = client.get("/evidence?drug=doxorubicin&min_n=50").get_data(as_text=True)
    assert "more results may belong here" in page
    assert "not stated: how many people it is of" in page
    assert "may belong here" not in client.get("/evidence?drug=doxorubicin").get_data(as_text=True)


def test_a_heading_calls_things_by_their_names_also_where_a_link_gives_identifiers(client: FlaskClient) -> None:
    for address, heading in (
        ("/mechanism?drug=drug:sirolimus&target=histotype:leiomyosarcoma", "How sirolimus acts on leiomyosarcoma"),
        ("/mechanism?drug=rapamycin", "How rapamycin acts"),
        ("/evidence?drug=drug:sirolimus&histotype=histotype:leiomyosarcoma", "sirolimus in leiomyosarcoma"),
    ):
        assert f"<h1>{heading}" in client.get(address, headers=BROWSER).get_data(as_text=True)


PAGES = (
    "/", "/search", "/entity/target:KIT", "/mechanism", "/evidence", "/explore", "/cases", "/cases/patient:003-2",
    "/documents", "/documents/document:000", "/compare", "/gaps", "/explain", "/schema", "/about", "/docs",
    "/questions", "/questions/after-failure-of", "/study/study:imatinib-dose-eortc-isg-agitg-ref47",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_page_refuses_a_parameter_it_does_not_have_and_takes_a_link_that_was_passed_on(
    client: FlaskClient, path: str
) -> None:
    refused = client.get(path, query_string={"histotpye": "leiomyosarcoma"}, headers={"Accept": "text/html"})
    assert refused.status_code == 400
    assert "histotpye" in words(refused.text)
    html = page(client, path + "?utm_source=newsletter&fbclid=x")
    assert "utm_source" not in html.partition("<main")[2]


@pytest.mark.parametrize("path", ["/evidence?drug=imatinib", "/cases/patient:003-2", "/explore?node=target:KIT"])
def test_a_file_that_a_page_does_not_have_is_refused(client: FlaskClient, path: str) -> None:
    refused = client.get(f"{path}{'&' if '?' in path else '?'}format=docx", headers={"Accept": "text/html"})
    assert refused.status_code == 400
    assert "turtle" in words(refused.text)


def test_the_form_asks_for_what_had_been_given_before(client: FlaskClient) -> None:
    html = page(client, "/evidence?after=imatinib&histotype=GIST")
    told = words(html)
    assert "What was tried in GIST after imatinib" in told
    assert re.search(r'<details class="more" open>.*name="after" value="imatinib"', html, re.DOTALL)
    assert "after: imatinib ×" in told
    assert 'href="/evidence?histotype=GIST" aria-label="Remove after imatinib"' in html
    assert "sunitinib" in told
    assert "Phase II study of first-line imatinib" not in told


def test_a_share_that_counts_stable_disease_says_so_wherever_it_stands(client: FlaskClient) -> None:
    told = words(page(client, "/evidence?drug=temsirolimus"))
    assert "liposomal doxorubicin + temsirolimus response rate 53% of 15 (stable disease or better for 60 days)" in told


def test_a_difference_that_did_not_hold_in_a_second_analysis_is_not_told_as_significant_alone(
    client: FlaskClient,
) -> None:
    told = words(page(client, "/compare?a=MAID&b=doxorubicin+%2B+DTIC"))
    assert re.search(r"favours doxorubicin \+ DTIC, significant .{0,20}Not statistically significant by multi", told)


def test_studies_of_groups_stand_before_single_patients(client: FlaskClient) -> None:
    html = page(client, "/evidence?drug=pazopanib&histotype=leiomyosarcoma")
    headings = re.findall(r'<h2 id="study-\d+">(.*?)</h2>', html, re.DOTALL)
    assert "Pazopanib against placebo" in headings[0]
    assert "Gemcitabine maintenance therapy in three patients" in headings[-1]


def test_a_formulation_that_is_a_drug_of_its_own_is_named_beside_the_drug_it_is_named_after(
    client: FlaskClient,
) -> None:
    compared = page(client, "/compare?a=liposomal+doxorubicin&b=doxorubicin")
    assert "Drugs of their own, not counted here: pegylated liposomal doxorubicin" in words(compared)
    assert 'href="/compare?b=doxorubicin&amp;a=drug%3Apegylated-liposomal-doxorubicin"' in compared
    given = words(page(client, "/evidence?drug=doxorubicin&histotype=leiomyosarcoma"))
    assert re.search("not counted here: liposomal doxorubicin ?, pegylated liposomal doxorubicin", given)
    assert "Drugs of their own" not in words(page(client, "/evidence?drug=imatinib"))


def test_the_figure_of_a_regimen_is_not_that_of_a_genotype_or_of_those_that_crossed_over(client: FlaskClient) -> None:
    told = words(page(client, "/evidence?drug=imatinib&histotype=GIST"))
    assert re.search(r"imatinib monotherapy 1 study for partial response 47% of 946, 54% \(n not told\) ", told)


def test_a_wide_table_of_a_question_names_its_sources_in_a_word(client: FlaskClient) -> None:
    html = page(client, "/questions/after-failure-of?drug=imatinib")
    assert re.search(r'<a href="/statement/[^"]*" aria-label="Source: [^"]*">source</a>', html)


def test_a_regimen_has_the_figures_of_all_that_goes_by_its_drugs_whatever_they_are_called(client: FlaskClient) -> None:
    told = words(page(client, "/evidence?drug=ifosfamide"))
    assert re.search(r"doxorubicin \+ ifosfamide 2 studies for[^%]*objective response rate 36% of 42", told)
    assert re.search(r"doxorubicin \+ ifosfamide \+ dacarbazine [^%]*objective response rate 47% of 105", told)


def test_one_patient_is_one_patient(client: FlaskClient) -> None:
    told = words(page(client, "/evidence?drug=sirolimus"))
    assert "1 patient; leiomyosarcoma; metastatic" in told
    assert "1 patients" not in told
