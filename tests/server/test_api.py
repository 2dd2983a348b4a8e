"""The JSON API on the curated graph: shapes, answers and errors."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, validate

from kg.model import EntityRef
from server.questions.present import as_json, dumps
from tests.server.asking import ask


@pytest.mark.parametrize(
    "value",
    [
        {"a": (), "b": {}, "c": {"d": [1, -0.0, 1e22, 10**30, float("inf")], "e": [[], [None]]}},
        ["é\u2028", 'a "b" \\ c\n\t\x01', True, False],
        EntityRef("x:a", "x:a", "Drug", "a"),
        {"z": frozenset({"b", "a"}), "y": Decimal("1.50"), "x": Decimal(2)},
        "text",
        None,
    ],
)
def test_answers_are_spelled_as_the_standard_library_spells_them(value: Any) -> None:
    assert dumps(value) == json.dumps(as_json(value), ensure_ascii=False, indent=2) + "\n"


def test_every_list_says_whether_it_is_whole(client: FlaskClient) -> None:
    for path in (
        "search?q=kit",
        "cases",
        "questions",
        "documents",
        "entities/target:KIT/counts",
        "evidence?document=001",
        "evidence/safety?drug=gemcitabine",
    ):
        answer = ask(client, f"/api/v1/{path}")
        assert {"items", "limit", "total", "truncated", "truncated_by"} <= set(answer), path
        assert len(answer["items"]) == min(answer["total"] or answer["limit"], answer["limit"]), path
    reached = ask(client, "/api/v1/mechanism?drug=rapamycin&target=G1 arrest")
    assert reached["total"] == len(reached["paths"])


def test_rapamycin_reaches_g1_arrest_through_fkbp12_its_complex_and_mtor(client: FlaskClient) -> None:
    answer = ask(client, "/api/v1/mechanism?drug=rapamycin&target=G1 arrest")
    chains = [[step["object"]["label"] for step in path["steps"]] for path in answer["paths"]]
    assert ["FKBP12", "rapamycin-FKBP12 complex", "mTOR", "cell cycle arrest in G1"] in chains
    path = answer["paths"][chains.index(["FKBP12", "rapamycin-FKBP12 complex", "mTOR", "cell cycle arrest in G1"])]
    assert (path["net_sign"], path["certainty"], path["complete"]) == (1, "stated", True)
    assert all(step["statements"] and step["passages"] for step in path["steps"])


def test_every_step_of_a_path_says_what_it_says_in_words(client: FlaskClient) -> None:
    for path in ("/api/v1/paths?source=rapamycin&target=G1+arrest", "/api/v1/mechanism?drug=rapamycin"):
        steps = [step for found in ask(client, path)["paths"] for step in found["steps"]]
        assert steps
        assert all(step["subject"]["label"] in step["sentence"] for step in steps)
    first = ask(client, "/api/v1/paths?source=rapamycin&target=FKBP12&max_length=1")["paths"][0]["steps"][0]
    assert first["sentence"] == "sirolimus binds FKBP12"


def test_no_source_links_rapamycin_on_to_leiomyosarcoma_and_the_gap_says_so(client: FlaskClient) -> None:
    answer = ask(client, "/api/v1/mechanism?drug=rapamycin&target=leiomyosarcoma")
    assert answer["paths"]
    assert not any(path["complete"] for path in answer["paths"])
    assert {gap["to"]["label"] for gap in answer["gaps"]} == {"leiomyosarcoma"}
    reached = {step["object"]["label"] for path in answer["paths"] for step in path["steps"]}
    assert {"FKBP12", "mTOR", "cell cycle arrest in G1"} <= reached


def test_rapamycin_with_gemcitabine_calls_for_a_caution_that_no_source_states(client: FlaskClient) -> None:
    """Rapamycin holds cells in G1, gemcitabine kills in S phase: inferred, with both premises and the schedule."""
    for asked in (
        "drug=rapamycin&drug=gemcitabine",
        "drug=rapamycin %2B gemcitabine",
        "drug=regimen:gemcitabine-sirolimus",
    ):
        (pair,) = ask(client, f"/api/v1/mechanism?{asked}&target=leiomyosarcoma")["partners"]
        (caution,) = pair["cautions"]
        assert caution["certainty"] == "inferred"
        assert [(one["drug"]["label"], one["phase"]) for one in caution["premises"]] == [
            ("sirolimus", "G1"),
            ("gemcitabine", "S"),
        ]
        premises = [step for one in caution["premises"] for step in one["steps"]]
        assert all(step["statements"] and step["passages"] for step in premises)
        assert {step["predicate"] for step in pair["stated"]} == {"enhances", "synergizesWith"}
        assert any("stopped 2 days before each gemcitabine dose" in one["text"] for one in pair["schedules"])


def test_two_kinase_inhibitors_meet_at_kit(client: FlaskClient) -> None:
    answer = ask(client, "/api/v1/mechanism?drug=imatinib&drug=sunitinib&target=GIST")
    meetings = {one["node"]["label"]: one["relation"] for one in answer["partners"][0]["meetings"]}
    assert meetings["KIT"] == "same"
    assert {node["meeting"] for node in answer["graph"]["nodes"] if node["entity"]["label"] == "KIT"} == {"same"}
    assert {path["start"]["label"] for path in answer["paths"]} == {"imatinib", "sunitinib"}


def test_what_imatinib_does_in_gist_is_no_answer_for_desmoid_tumours(first_client: FlaskClient) -> None:
    answer = ask(first_client, "/api/v1/mechanism?drug=imatinib&target=desmoid tumour")
    assert {path["end"]["label"] for path in answer["paths"]} <= {"PDGFR", "KIT", "ABL", "oncogenic KIT"}
    assert "gastrointestinal stromal tumour" in {one["label"] for one in answer["elsewhere"]}
    first = answer["gaps"][0]
    assert (first["from"]["label"], first["kind"]) == ("PDGFR", "weaker")
    assert "imatinib is active in desmoid tumour" in first["reason"]
    assert "activeIn" not in first["reason"]


def test_imatinib_in_dermatofibrosarcoma_begins_with_its_cells_and_the_receptor_of_its_translocation(
    client: FlaskClient,
) -> None:
    answer = ask(client, "/api/v1/mechanism?drug=imatinib&target=DFSP")
    told = [path["sentence"] for path in answer["paths"]]
    assert told[0] == "Imatinib causes apoptosis (in dermatofibrosarcoma protuberans cell lines)."
    assert told.index("Imatinib inhibits PDGFR.") < min(n for n, text in enumerate(told) if "KIT" in text)
    first = answer["gaps"][0]
    assert first["from"]["label"] == "PDGFR"
    assert [step["predicate"] for step in first["around"]] == ["activates", "hasMutation"]
    assert "COL1A1-PDGFB translocation activates PDGFR" in first["reason"]


def test_in_gist_the_driver_comes_first_and_then_what_follows_for_patients(client: FlaskClient) -> None:
    paths = ask(client, "/api/v1/mechanism?drug=imatinib&target=GIST")["paths"]
    ends = [(path["end"]["label"], path["complete"]) for path in paths if path["summarised_by"] is None]
    assert ends[0] == ("gastrointestinal stromal tumour", True)
    assert set(ends[1:]) == {("survival of patients", False), ("burden of disease", False)}
    (gap, *_) = ask(client, "/api/v1/mechanism?drug=sunitinib&target=GIST")["gaps"]
    assert gap["from"]["label"] == "KIT"
    assert "oncogenic KIT drives gastrointestinal stromal tumour" in gap["reason"]


def test_questions_in_reverse(client: FlaskClient) -> None:
    lowering = ask(client, "/api/v1/mechanism?target=active CDK4/cyclin D1&effect=lowers")["paths"]
    assert {"sirolimus", "everolimus", "temsirolimus"} <= {path["start"]["label"] for path in lowering}
    assert {path["net_sign"] for path in lowering} == {-1}
    reaching = {path["start"]["label"] for path in ask(client, "/api/v1/mechanism?target=KIT")["paths"]}
    assert {"imatinib", "sunitinib", "nilotinib", "tanespimycin"} <= reaching
    rows = ask(client, "/api/v1/questions/targets-of-active-drugs?histotype=GIST")["items"]
    assert {"KIT", "PDGFR", "oncogenic KIT"} <= {row["target"]["text"] for row in rows}
    shared = ask(client, "/api/v1/common?node=imatinib&node=sunitinib")["items"]
    assert {"KIT", "PDGFR"} <= {item["node"]["label"] for item in shared}


def test_paths_can_keep_to_the_statements_of_one_document(client: FlaskClient) -> None:
    ends = "source=rapamycin&target=G1 arrest"
    assert ask(client, f"/api/v1/paths?{ends}&graph=document-000")["paths"]
    none = ask(client, f"/api/v1/paths?{ends}&graph=document-001")
    assert (none["paths"], none["excluded_by"]) == ([], ["graph"])
    every = ask(client, f"/api/v1/paths/all?{ends}&directed=false")
    assert every["total"] == len(every["paths"]) > 100
    assert {path["length"] for path in ask(client, f"/api/v1/paths/shortest?{ends}")["paths"]} == {1}


def test_gemcitabine_ends_the_chain_only_by_both_of_its_activities(client: FlaskClient) -> None:
    answer = ask(client, "/api/v1/mechanism?drug=gemcitabine&target=DNA chain termination")
    joined = [path for path in answer["paths"] if path["joint_inputs"]]
    assert joined
    assert all(need["reached"] for path in joined for need in path["joint_inputs"])
    drawn = {node["entity"]["label"] for node in answer["graph"]["nodes"]}
    assert {"gemcitabine diphosphate", "gemcitabine triphosphate", "ribonucleotide reductase"} <= drawn


def test_temsirolimus_rows_keep_the_printed_rate_and_what_counted_as_response(client: FlaskClient) -> None:
    answer = ask(client, "/api/v1/evidence?drug=temsirolimus&document=document:001")
    rate = next(row for row in answer["items"] if row["value_text"] == "53%")
    assert (rate["value"], rate["unit"], rate["population"]["n"]) == (53, "%", 15)
    assert "60 days" in rate["definition"]["label"]
    doses = {(c["drug"]["label"], c["value"], c["unit"], c["dose_text"]) for c in rate["regimen"]["components"]}
    assert doses == {
        ("temsirolimus", 20, "mg/m2", "20 mg/m2 weekly"),
        ("liposomal doxorubicin", 30, "mg/m2", "30 mg/m2 monthly"),
    }
    assert rate["passages"]
    assert rate["documents"][0]["curie"] == "document:001"


def test_the_transplant_patients_events_come_in_order_with_their_passages(client: FlaskClient) -> None:
    events = ask(client, "/api/v1/cases/patient:000-transplant/timeline")["events"]
    orders = [event["order"] for event in events]
    assert orders == sorted(orders)
    assert all(event["passages"] for event in events)
    given = {c["drug"]["label"] for event in events for c in event["components"]}
    assert {"ciclosporin", "tacrolimus", "sirolimus", "gemcitabine"} <= given


def test_a_neighbour_comes_with_what_its_source_says(client: FlaskClient) -> None:
    answer = ask(client, "/api/v1/entities/rapamycin/neighbors?predicate=enhances&direction=out")
    (item,) = (item for item in answer["items"] if item["node"]["label"] == "gemcitabine")
    fact = ask(client, f"/api/v1/statements/{item['statement']}")
    assert {name: item[name] for name in ("sentence", "polarity", "certainty", "passages")} == {
        name: fact[name] for name in ("sentence", "polarity", "certainty", "passages")
    }
    assert "pancreatic xenografts" in item["sentence"]
    assert item["document"] == fact["asserted_by"][0]
    assert {each["name"] for each in item["qualifiers"]} == {"model", "strength"}


def test_neighbours_are_of_every_certainty_unless_one_is_asked_for(client: FlaskClient) -> None:
    """Of nilotinib a source only says that it was designed to inhibit ABL."""
    found = {
        asked: {item["certainty"] for item in ask(client, f"/api/v1/entities/nilotinib/neighbors{asked}")["items"]}
        for asked in ("", "?certainty=hedged", "?certainty=stated")
    }
    assert found == {"": {"stated", "hedged"}, "?certainty=hedged": {"hedged"}, "?certainty=stated": {"stated"}}
    parameters = ask(client, "/openapi.json")["paths"]["/api/v1/entities/{id}/neighbors"]["get"]["parameters"]
    (told,) = (one["description"] for one in parameters if one["name"] == "certainty")
    assert told == "only statements of these certainties"


def test_neighbours_page_through_everything_exactly_once(client: FlaskClient) -> None:
    whole = ask(client, "/api/v1/entities/histotype:leiomyosarcoma/neighbors?limit=1000")
    seen: list[str] = []
    cursor = ""
    while True:
        page = ask(client, f"/api/v1/entities/histotype:leiomyosarcoma/neighbors?limit=7&cursor={cursor}")
        seen += [item["statement"] for item in page["items"]]
        if not page["truncated"]:
            break
        cursor = page["next_cursor"]
    assert seen == [item["statement"] for item in whole["items"]]
    assert len(seen) == whole["total"]


@pytest.mark.parametrize(
    ("path", "status", "code", "says"),
    [
        ("/api/v1/entities/rapamicine", 404, "unknown_entity", "sirolimus"),
        ("/api/v1/evidence?drug=nonsense-drug", 404, "unknown_entity", "nonsense-drug"),
        ("/api/v1/evidence?drug=leiomyosarcoma", 400, "wrong_kind", "leiomyosarcoma is a histotype"),
        ("/api/v1/evidence?histotype=imatinib", 400, "wrong_kind", "imatinib is a drug"),
        ("/api/v1/evidence?drug=mTOR inhibitor", 400, "wrong_kind", "mTOR inhibitor is a drug class"),
        ("/api/v1/evidence/safety?drug=KIT", 400, "wrong_kind", "Did you mean"),
        ("/api/v1/evidence/compare?a=gemcitabine&b=GIST", 400, "wrong_kind", "a drug or a procedure; gastro"),
        ("/api/v1/mechanism?drug=leiomyosarcoma&target=mTOR", 400, "wrong_kind", "gemcitabine (drug:gemcitabine)"),
        ("/api/v1/mechanism?drug=rapamycin&target=document:000", 400, "wrong_kind", "is a document"),
        ("/api/v1/mechanism?drug=rapamycin&effect=lowers", 400, "invalid_parameter", "with a target"),
        ("/api/v1/studies/imatinib", 400, "wrong_kind", "expected a study"),
        ("/api/v1/paths?source=rapamycin&target=mTOR&graph=none", 400, "invalid_parameter", "graph:document-000"),
        ("/api/v1/paths/all?source=rapamycin&target=mTOR&k=1001", 400, "invalid_parameter", "1 to 1000"),
        ("/api/v1/paths?source=rapamycin", 400, "invalid_parameter", "target"),
        ("/api/v1/paths?source=rapamycin&target=mTOR&k=101", 400, "invalid_parameter", "1 to 100"),
        ("/api/v1/paths?source=rapamycin&target=mTOR&max_length=9", 400, "invalid_parameter", "1 to 8"),
        ("/api/v1/paths?source=rapamycin&target=sirolimus", 400, "invalid_parameter", "target"),
        ("/api/v1/mechanism?drug=rapamycine&target=mTOR", 404, "unknown_entity", "sirolimus"),
        ("/api/v1/mechanism?drug=rapamycin&target=sirolimus", 400, "invalid_parameter", "other than the drug"),
        ("/api/v1/mechanism?drug=rapamycin&max_length=13", 400, "invalid_parameter", "1 to 12"),
        ("/api/v1/mechanism?drug=rapamycin&k=101", 400, "invalid_parameter", "1 to 100"),
        ("/api/v1/common?node=rapamycin&node=sirolimus", 400, "invalid_parameter", "drug:sirolimus, drug:sirolimus"),
        ("/api/v1/evidence?drugs=rapamycin", 400, "invalid_parameter", "did you mean drug"),
        ("/api/v1/evidence?design=guess", 400, "invalid_parameter", "case report"),
        ("/api/v1/evidence?adverse_event=oral+stomatitis", 404, "unknown_entity", "stomatitis"),
        ("/api/v1/evidence?comparator=placebbo", 404, "unknown_entity", "placebo"),
        ("/api/v1/evidence?min_grade=6", 400, "invalid_parameter", "1 to 5"),
        ("/api/v1/evidence?randomised=perhaps", 400, "invalid_parameter", "yes, no"),
        ("/api/v1/evidence?blinding=unstated", 400, "invalid_parameter", "double-blind"),
        ("/api/v1/evidence/pool?drug=gemcitabine&min_grade=3", 400, "invalid_parameter", "min_grade"),
        ("/api/v1/search?q=", 400, "invalid_parameter", "required"),
        ("/api/v1/search?q=x&limit=ten", 400, "invalid_parameter", "whole number"),
        ("/api/v1/nothing", 404, "not_found", ""),
    ],
)
def test_bad_input_is_refused_with_what_would_be_right(
    client: FlaskClient, path: str, status: int, code: str, says: str
) -> None:
    problem = ask(client, path, status)
    assert (problem["status"], problem["code"]) == (status, code)
    assert says in json.dumps(problem)


def test_no_path_is_an_empty_list_and_not_an_error(client: FlaskClient) -> None:
    answer = ask(client, "/api/v1/paths?source=GIST&target=rapamycin&max_length=1")
    assert answer["paths"] == []


@pytest.mark.parametrize(
    ("route", "asked"),
    [
        ("/search", "/search?q=KIT"),
        ("/entities/{id}", "/entities/target:KIT"),
        ("/entities/{id}/counts", "/entities/target:KIT/counts"),
        ("/evidence", "/evidence?histotype=GIST"),
        ("/evidence/compare", "/evidence/compare?a=gemcitabine&b=gemcitabine %2B docetaxel"),
        ("/evidence/pool", "/evidence/pool?regimen=gemcitabine"),
        ("/evidence/safety", "/evidence/safety?drug=gemcitabine"),
        ("/evidence/gaps", "/evidence/gaps?rows=imatinib&columns=GIST"),
        ("/explain", "/explain?drug=imatinib&histotype=GIST"),
        ("/studies/{id}", "/studies/study:sarc002"),
        ("/cases", "/cases"),
        ("/cases/{id}/timeline", "/cases/003-3/timeline"),
        ("/documents", "/documents"),
        ("/documents/{id}", "/documents/003"),
        ("/questions", "/questions"),
        ("/questions/{id}", "/questions/patients"),
    ],
)
def test_every_answer_is_what_the_description_promises(client: FlaskClient, route: str, asked: str) -> None:
    described = ask(client, "/openapi.json")
    promised = described["paths"][f"/api/v1{route}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    told = ask(client, f"/api/v1{asked}")
    validate(told, promised | {"components": described["components"]}, Draft202012Validator)
    listed = next((part["$ref"] for part in promised.get("allOf", [promised]) if "$ref" in part), "")
    assert set(told) == set(described["components"]["schemas"][listed.rpartition("/")[2]]["required"])


def test_a_study_comes_with_its_results_and_what_conflicts(client: FlaskClient) -> None:
    study = ask(client, "/api/v1/studies/SARC002")
    results = {outcome["id"]: outcome["label"] for arm in study["arms"] for outcome in arm["outcomes"]}
    assert set(results) == {row["id"] for row in ask(client, "/api/v1/evidence?study=SARC002")["items"]}
    assert any("P = .15" in label for label in results.values())
    assert any("phase" in conflict["differs"] for conflict in study["conflicts"])


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/v1/entities/drug:sirolimus?id=target:KIT", "id"),
        ("/api/v1/cases/patient:003-2/timeline?id=patient:003-1", "id"),
        ("/id/drug/sirolimus?format=turtle&format=jsonld", "format"),
        ("/id/drug/sirolimus?fromat=turtle", "fromat"),
    ],
)
def test_what_is_named_twice_or_is_no_parameter_is_refused(client: FlaskClient, path: str, name: str) -> None:
    refused = client.get(path)
    assert (refused.status_code, refused.json["code"]) == (400, "invalid_parameter")
    assert name in refused.json["detail"]


def test_a_condition_that_does_not_hold_is_told_without_the_answer(client: FlaskClient) -> None:
    refused = client.get("/api/v1/search?q=KIT", headers={"If-Match": '"another"'})
    assert (refused.status_code, refused.data) == (412, b"")
