"""By which names and addresses the JSON API and the pages know a thing, a fact, a document and a term."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from ontology.terms import PREFIXES, SKG
from tests.server.asking import ask


def test_search_finds_a_drug_by_its_synonym_and_with_a_typing_error(client: FlaskClient) -> None:
    for text in ("rapamycin", "RAPAMYCIN", "rapamycn", "Rapamune"):
        first = ask(client, f"/api/v1/search?q={text}")["items"][0]
        assert (first["curie"], first["type"], first["label"]) == ("drug:sirolimus", "Drug", "sirolimus")
    assert set(first) == {"id", "curie", "type", "label", "matched", "score", "imported"}


@pytest.mark.parametrize(
    ("name", "curie"),
    [
        ("STI-571", "drug:imatinib"),
        ("SU11248", "drug:sunitinib"),
        ("Avastin", "drug:bevacizumab"),
        ("leiomyosarcoma of uterus", "histotype:uterine-leiomyosarcoma"),
        ("osteogenic sarcoma", "histotype:osteosarcoma"),
    ],
)
def test_code_names_brands_and_turned_phrases_name_the_same_thing(client: FlaskClient, name: str, curie: str) -> None:
    assert ask(client, f"/api/v1/entities?id={name}")["curie"] == curie


def test_an_entity_card_is_the_same_by_any_of_its_names(client: FlaskClient) -> None:
    by_curie = ask(client, "/api/v1/entities/target:KIT")
    assert by_curie == ask(client, "/api/v1/entities?id=CD117")
    assert by_curie == ask(client, "/api/v1/entities/https%3A%2F%2Fw3id.org%2Fsarcoma-kg%2Ftarget%2FKIT")
    assert {"synonyms", "definition", "xrefs", "parents", "children", "counts"} <= set(by_curie)


def test_a_word_for_a_thing_and_for_what_is_measured_means_the_thing_where_any_entity_will_do(
    client: FlaskClient,
) -> None:
    assert ask(client, "/api/v1/entities?id=toxicity")["curie"] == "event:any-toxicity"
    assert ask(client, "/api/v1/entities/measure:adverse-event")["curie"] == "measure:adverse-event"
    measured = {row["measure"]["curie"] for row in ask(client, "/api/v1/evidence?measure=toxicity&limit=5")["items"]}
    assert measured == {"measure:adverse-event"}


def test_a_word_for_several_things_is_refused_with_each_of_them(client: FlaskClient) -> None:
    refused = ask(client, "/api/v1/entities?id=CHEBI:50858", 409)
    assert {found["curie"] for found in refused["candidates"]} == {
        "drug:steroid-unspecified",
        "drugclass:corticosteroid",
    }


def test_a_fact_or_document_is_found_by_its_bare_name_where_its_kind_is_clear(client: FlaskClient) -> None:
    (item, *_) = ask(client, "/api/v1/entities/rapamycin/neighbors?limit=1")["items"]
    name = item["statement"].rpartition("/")[2]
    assert ask(client, f"/api/v1/statements/{name}") == ask(client, f"/api/v1/statements/{item['statement']}")
    assert ask(client, "/api/v1/documents/003") == ask(client, "/api/v1/documents/document:003")


@pytest.mark.parametrize(
    ("asked", "name", "curie"),
    [
        ("documents", "doi:10.3389/fonc.2021.755439", "document:003"),
        ("documents", "https://doi.org/10.3389/fonc.2021.755439", "document:003"),
        ("studies", "NCT:NCT00949325", "study:NCT00949325"),
        ("studies", "https://clinicaltrials.gov/study/NCT00949325", "study:NCT00949325"),
    ],
)
def test_an_article_or_a_trial_is_found_by_where_it_is_registered(
    client: FlaskClient, asked: str, name: str, curie: str
) -> None:
    assert ask(client, f"/api/v1/{asked}/{name}")["curie"] == curie
    (registered,) = ask(client, f"/api/v1/entities?id={name}")["xrefs"]
    assert registered["match"] == "exact"


def test_a_thing_leads_to_its_page_or_to_rdf_by_what_is_accepted(client: FlaskClient) -> None:
    page = client.get("/id/drug/sirolimus", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["Location"]) == (303, "/entity/drug:sirolimus")
    rdf = client.get("/id/drug/sirolimus", headers={"Accept": "text/turtle"}, follow_redirects=True)
    assert rdf.mimetype == "text/turtle"
    assert "FKBP1A" in rdf.get_data(as_text=True)
    assert client.get("/id/drug/nothing").status_code == 404


@pytest.mark.parametrize(
    ("kind_and_name", "page"),
    [
        ("population/announce-doxorubicin-placebo", "/entity/arm:announce-doxorubicin-placebo"),
        ("regimen/announce-doxorubicin-placebo-c1", "/entity/regimen:announce-doxorubicin-placebo"),
        ("event/003-2-surgery-c1", "/statement/event:003-2-surgery"),
        ("document/003-ref-12", "/documents/document:003"),
        ("question/flagged", "/questions/flagged"),
        ("question/results-of-drug.drug", "/questions/results-of-drug"),
        ("vocab/", "/schema"),
        ("vocab/Drug", "/schema#Drug"),
        ("vocab/inhibits", "/schema#inhibits"),
        ("vocab/numerator", "/schema#numerator"),
        ("graph/ontology", "/id/graph/ontology?format=turtle"),
    ],
)
def test_a_thing_without_a_page_of_its_own_leads_to_where_it_is_told_of(
    client: FlaskClient, kind_and_name: str, page: str
) -> None:
    answer = client.get(f"/id/{kind_and_name}", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    shown = client.get(page, headers={"Accept": "text/html"})
    assert shown.status_code == 200
    _, _, anchor = page.partition("#")
    assert not anchor or f'id="{anchor}"' in shown.get_data(as_text=True)


def test_the_address_of_the_vocabulary_and_of_its_version_holds_every_term(client: FlaskClient) -> None:
    version = str(client.get("/id/vocab/?format=nt").get_data(as_text=True)).partition("versionIRI> <")[2]
    path = version.partition(">")[0].removeprefix("https://w3id.org/sarcoma-kg")
    for address in ("/id/vocab/", f"/id{path}"):
        answer = client.get(address, headers={"Accept": "application/n-triples"}, follow_redirects=True)
        assert answer.status_code == 200
        told = answer.get_data(as_text=True)
        for name in SKG:
            assert f"<{SKG[name]}> <{PREFIXES['rdfs']}label>" in told, name


def test_a_conflict_leads_to_one_of_the_facts_that_disagree(client: FlaskClient) -> None:
    query = "SELECT ?conflict { ?conflict a skg:Conflict } ORDER BY ?conflict LIMIT 5"
    found = client.get("/sparql", query_string={"query": query, "format": "json"}).get_json(force=True)
    assert len(found["results"]["bindings"]) == 5
    for row in found["results"]["bindings"]:
        name = row["conflict"]["value"].rpartition("/")[2]
        answer = client.get(f"/id/conflict/{name}", headers={"Accept": "text/html"}, follow_redirects=True)
        assert answer.status_code == 200
        assert answer.request.path.startswith(("/statement/", "/study/", "/cases/", "/entity/"))
