"""What holds for every page as a reader without scripts gets it, on the packaged facts: links, refusals, failures."""

from __future__ import annotations

import gzip
import re
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
from tests.server.asking import BROWSER, MECHANISM, ask, links, page, words

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


@pytest.mark.parametrize(
    "path", [*EVERY_PAGE, "/questions/conflicts", "/sparql?format=html&query=SELECT+*+%7B+%3Fs+a+skg%3ADrug+%7D"]
)
def test_every_table_says_what_it_holds_and_of_what_its_heads_are(client: FlaskClient, path: str) -> None:
    for table in re.findall(r"<table.*?</table>", page(client, path), re.DOTALL):
        assert re.match(r"<table[^>]*>\s*<caption[^>]*>[^<]+</caption>", table), table[:200]
        heads = re.findall(r"<th\b[^>]*>", table)
        assert heads
        assert all("scope=" in head for head in heads)


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
    [
        "/", "/entity/drug:sirolimus", "/evidence?drug=temsirolimus", "/cases/patient:003-2", "/study/study:sarc002",
        "/documents/document:000", "/documents/document:004", "/gaps?rows=target", "/gaps?rows=drug_class",
    ],
)  # fmt: skip
def test_links_of_a_page_lead_somewhere(client: FlaskClient, path: str) -> None:
    hrefs = [href for href in links(page(client, path)) if href.startswith("/") and not href.startswith("/static/")]
    assert len(hrefs) > 20
    by_kind = {re.sub(r":[^&]*", "", href): href for href in hrefs}  # one to a thing of each kind
    for href in {*hrefs[:60], *by_kind.values()}:
        assert client.get(href, headers=BROWSER).status_code in {200, 302, 303}, href


@pytest.mark.parametrize("kind", ["Arm", "Conflict", "Patient", "Population", "Regimen", "Statement", "TimelineEvent"])
def test_a_passage_leads_to_the_page_of_each_record_that_it_tells_of(
    client: FlaskClient, curated_graph: KnowledgeGraph, kind: str
) -> None:
    query = f"SELECT ?passage {{ ?record a skg:{kind} ; skg:passage ?passage }} ORDER BY ?passage LIMIT 1"
    (iri,) = curated_graph.sparql(query).column("passage")
    html = page(client, f"/passage/passage:{iri.rpartition('/')[2]}")
    told = list(links(html[html.index("What it states") : html.index("Where it stands")]))
    assert told
    answers = [client.get(href, headers=BROWSER, follow_redirects=True) for href in told]
    assert {answer.status_code for answer in answers} == {200}


def test_ids_on_a_page_are_unique(client: FlaskClient) -> None:
    for path in (MECHANISM, "/evidence?drug=temsirolimus", "/entity/drug:sirolimus", "/cases/patient:003-2"):
        ids = re.findall(r'\sid="([^"]*)"', page(client, path))
        assert 1 < len(ids) == len(set(ids)), path


def test_the_words_of_a_passage_are_shown_only_where_the_operator_has_them(
    curated_graph: KnowledgeGraph, client: FlaskClient, shared_dir: Path
) -> None:
    href = next(href for href in links(page(client, MECHANISM)) if href.startswith("/passage/"))
    assert "<blockquote>" not in page(client, href)
    with_sources = create_app(curated_graph, Settings(sources=str(shared_dir / "sources"))).test_client()
    assert "<blockquote>" in page(with_sources, href)


def test_an_entity_offers_turtle(client: FlaskClient) -> None:
    assert "/entity/drug:sirolimus?format=turtle" in set(links(page(client, "/entity/drug:sirolimus")))
    assert "/id/drug/sirolimus?format=turtle" in page(client, "/entity/drug:sirolimus")
    assert client.get("/id/drug/sirolimus?format=turtle").mimetype == "text/turtle"


def test_an_unknown_name_is_a_page_with_suggestions(client: FlaskClient) -> None:
    assert "sirolimus" in page(client, "/entity/sirolimmus", status=404)


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


def test_a_wide_table_of_a_question_names_its_sources_in_a_word(client: FlaskClient) -> None:
    html = page(client, "/questions/after-failure-of?drug=imatinib")
    assert re.search(r'<a href="/statement/[^"]*" aria-label="Source: [^"]*">source</a>', html)


def test_a_thing_that_nobody_names_is_told_where_it_belongs(client: FlaskClient) -> None:
    html = page(client, "/questions/conflicts")
    conflict = next(href for href in links(html) if "/conflict:" in href)
    told = client.get(conflict, headers=BROWSER, follow_redirects=True)
    assert told.status_code == 200
    assert "Where sources disagree" in words(told.text)
    assert client.get("/entity/conflict:none", headers=BROWSER).status_code == 404


def test_tables_of_questions_link_to_nothing_that_has_no_page(client: FlaskClient) -> None:
    html = page(client, "/questions/names-and-identifiers")
    table = html[html.index("<tbody>") : html.index("</tbody>")]
    assert "exact match" in words(table)
    assert {client.get(href, headers=BROWSER).status_code for href in links(table)} <= {200, 302}


def test_a_table_of_events_names_them_and_tells_durations_in_words(client: FlaskClient) -> None:
    events = words(page(client, "/questions/timeline?patient=patient:000-transplant"))
    assert "kidney transplantation" in events
    doses = words(page(client, "/questions/doses-of-drug?drug=gemcitabine"))
    assert "30 minutes" in doses
    assert not re.search(r"\bPT?\d+[DHM]\b", doses.partition("The query")[0])


def test_long_titles_in_tables_are_whole_for_who_asks(client: FlaskClient) -> None:
    html = page(client, "/questions/doses-of-drug?drug=gemcitabine")
    titles = re.findall(r'class="brief" title="([^"]+)">([^<]+)<', html)
    assert len(titles) > 20
    assert all(whole == shown for whole, shown in titles)


def test_background_is_announced_only_where_there_is_some(client: FlaskClient) -> None:
    said = "Background given by this project"
    assert said not in page(client, "/entity/arm:announce-doxorubicin-olaratumab")
    assert said in page(client, "/entity/drug:olaratumab")


def test_the_triples_of_a_regimen_hold_the_results_that_its_page_shows(client: FlaskClient) -> None:
    html = page(client, "/entity/regimen:docetaxel-gemcitabine")
    results = set(re.findall(r'href="/statement/outcome:([^"#]+)"', html))
    turtle = client.get("/entity/regimen:docetaxel-gemcitabine?format=turtle").text
    assert results
    assert all(result in turtle for result in results)


def test_fields_left_empty_do_not_stay_in_the_address_of_an_answer(client: FlaskClient) -> None:
    """A form sends them all; an address to pass on names what was asked."""
    sent = client.get("/evidence?drug=&regimen=&histotype=uterine+leiomyosarcoma&after=+&min_n=", headers=BROWSER)
    assert (sent.status_code, sent.headers["Location"]) == (302, "/evidence?histotype=uterine+leiomyosarcoma")
    assert client.get("/compare?a=&b=").headers["Location"] == "/compare"
    assert client.get("/compare?a=&misspelt=x").status_code == 400


def test_columns_that_few_rows_of_a_wide_table_fill_are_told_by_name_in_one(client: FlaskClient) -> None:
    asked = "/questions/toxicity-of-drug?drug=gemcitabine"
    html, items = page(client, asked), ask(client, f"/api/v1{asked}")["items"]
    heads = [words(head) for head in re.findall(r'<th scope="col">(.*?)</th>', html)]
    assert heads[:4] == ["event", "Also told", "result", "certainty"]
    rows = re.findall(r"<tr>(.*?)</tr>", html[html.index("<tbody>") :], flags=re.DOTALL)
    assert len(rows) == len(items)
    for row, item in zip(rows, items, strict=True):
        for name, label in (("grade", "grade"), ("attribution", "attribution"), ("pValue", "p value")):
            assert (f'<span class="meta">{label}:</span>' in row) == (item[name] is not None)
    assert "Also told" not in page(client, "/questions/after-failure-of?drug=imatinib")


@pytest.mark.parametrize("name", ["kinds-of-nothing", "citing-reference"])
def test_a_sentence_that_the_name_of_its_source_says_stands_in_one_of_the_two_columns(
    client: FlaskClient, name: str
) -> None:
    told = unescape(words(page(client, f"/questions/{name}"))).lower()
    sentences = [item["sentence"]["text"] for item in ask(client, f"/api/v1/questions/{name}")["items"]]
    assert sentences
    assert [each for each in sentences if " ".join(each.split()).lower() not in told] == []


@pytest.mark.parametrize(
    "path",
    ["/evidence?drug=gemcitabine", "/mechanism?drug=rapamycin", "/cases/patient:003-2", "/documents/document:002"],
)
def test_a_long_page_leads_from_its_top_to_where_it_can_be_saved(client: FlaskClient, path: str) -> None:
    html = page(client, path)
    assert html.index('<a href="#save">Save or cite</a>') < html.index('id="save"')


def test_doses_of_two_drugs_say_of_which_and_of_one_drug_do_not_repeat_it(client: FlaskClient) -> None:
    asked = "/questions/doses-of-drug?drug=gemcitabine"
    html, items = page(client, f"{asked}&drug=docetaxel"), ask(client, f"/api/v1{asked}&drug=docetaxel")["items"]
    rows = re.findall(r"<tr>(.*?)</tr>", html[html.index("<tbody>") :], flags=re.DOTALL)
    assert [re.findall(r'<td data-label="drug".*?>([^<>]+)</a>', row) for row in rows] == [
        [item["drug"]["text"]] for item in items
    ]
    assert {item["drug"]["text"] for item in items} == {"gemcitabine", "docetaxel"}
    assert 'data-label="drug"' not in page(client, asked)
