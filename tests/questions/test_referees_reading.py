"""What a referee asks of a review: whom a figure leaves out, what is said in words alone, and what was not compared."""

from __future__ import annotations

import re

import pytest

from tests.questions.calls import Reader
from tests.questions.reading import says, sentences


def test_a_pooled_share_counts_the_arm_without_responses(reader: Reader) -> None:
    answer = reader.get("evidence/pool", regimen="gemcitabine")
    (study,) = [one for one in answer["studies"] if one["study"]["curie"] == "study:gemcitabine-two-cohorts-ref24"]
    assert (study["numerator"], study["denominator"], study["arm"]) == (7, 56, None)
    assert study["derived"]
    assert "0 of 17" in study["method"]
    assert not [one for one in answer["left_out"] if "gastrointestinal" in one["sentence"]]
    assert not [caution for caution in answer["cautions"] if "overlap" in caution]


def test_two_arms_of_a_study_are_added_only_where_a_source_says_that_they_share_nobody(reader: Reader) -> None:
    pairs = reader.sparql("SELECT ?one ?other WHERE { ?one skg:distinctFrom ?other }")
    names = [tuple(row[side].rpartition("/")[2].rpartition("ref24-")[2] for side in ("one", "other")) for row in pairs]
    assert names == [("other-sts", "gi-leiomyosarcoma")]


def test_a_trial_without_figures_for_a_histotype_still_compared_the_drugs(reader: Reader) -> None:
    """Leiomyosarcoma was one of the commonest diagnoses; that nobody responded is told of everybody in the arm."""
    asked = reader.get("evidence/compare", a="docetaxel", b="doxorubicin", histotype="leiomyosarcoma")
    (pair,) = asked["direct"]
    assert (pair["a"]["numerator"], pair["a"]["denominator"], pair["b"]) == (0, 43, None)
    assert pair["a"]["population"]["histotype_match"] == "mixed"
    assert "Docetaxel against doxorubicin in metastatic sarcoma" in asked["summary"]
    assert "other tumours among them" in asked["summary"]
    nobody = reader.get("evidence/compare", a="docetaxel", b="doxorubicin", histotype="epithelioid sarcoma")
    assert nobody["direct"] == []
    assert "directly in epithelioid sarcoma" in nobody["summary"]
    assert "Docetaxel against doxorubicin in metastatic sarcoma" in nobody["summary"]
    nowhere = reader.get("evidence/compare", a="imatinib", b="sunitinib", histotype="GIST")["summary"]
    assert (
        nowhere
        == "No study of this graph compares imatinib with sunitinib directly in gastrointestinal stromal tumour."
    )


def test_maintenance_is_a_setting_whoever_told_of_it(reader: Reader) -> None:
    studies = {row["study"]["curie"] for row in reader.rows(setting="maintenance")}
    assert studies == {
        "study:announce",
        "study:bernie",
        "study:gemcitabine-maintenance-regensburg",
        "study:rhabdomyosarcoma-maintenance-ref26",
        "study:ridaforolimus-maintenance-ref28",
    }
    assert reader.rows(setting="advanced", study="study:gemcitabine-maintenance-regensburg") == []


@pytest.mark.parametrize(
    ("drug", "said"),
    [
        ("gemcitabine", "generally well tolerated, with hematotoxicity as its most important major side effect"),
        ("gemcitabine", "left quality of life unimpaired"),
        ("dacarbazine", "more severe toxicity than doxorubicin alone"),
        ("temsirolimus", "no adverse event is named"),
        ("docetaxel", "Greater toxicity, leading to discontinuation"),
        ("docetaxel", "P < .01"),
    ],
)
def test_toxicity_told_in_words_alone_is_toxicity_of_the_drug(drug: str, said: str, reader: Reader) -> None:
    assert says(sentences(reader.ask("toxicity-of-drug", drug=drug)), said)


def test_the_toxicity_of_two_drugs_is_told_of_both_together(reader: Reader) -> None:
    rows = reader.ask("toxicity-of-drug", drug=["gemcitabine", "docetaxel"])
    assert {row["regimen"]["text"] for row in rows} == {"gemcitabine + docetaxel"}
    assert {row["event"]["text"] for row in rows} >= {"neutropenia", "dyspnoea", "fatigue"}
    of_one = {row["outcome"]["value"] for row in reader.ask("toxicity-of-drug", drug="gemcitabine")}
    assert {row["outcome"]["value"] for row in rows} < of_one
    assert reader.ask("toxicity-of-drug", drug=["imatinib", "sunitinib"]) == []


@pytest.mark.parametrize("drug", ["gemcitabine", "imatinib"])
def test_toxicity_is_told_in_figures_first_and_in_words_alone_last(drug: str, reader: Reader) -> None:
    figure = re.compile(r"^[^a-z]*\d|%", re.IGNORECASE)
    rows = reader.ask("toxicity-of-drug", drug=drug)
    kinds = [
        "figure" if figure.search((row["result"] or {"text": ""})["text"]) else "event" if row["event"] else "words"
        for row in rows
    ]
    assert kinds == sorted(kinds, key=["figure", "event", "words"].index)
    assert {"figure", "event"} <= {*kinds}  # or the order says nothing


def test_a_toxicity_that_a_source_only_supposes_is_marked(reader: Reader) -> None:
    rows = reader.ask("toxicity-of-drug", drug="gemcitabine")
    caused = {row["event"]["text"]: row["certainty"]["text"] for row in rows if row["event"] and row["regimen"] is None}
    assert caused["ascites"] == "hedged"
    assert caused["myelosuppression"] == "stated"


@pytest.mark.parametrize(
    ("question", "asked", "said"),
    [
        ("conclusions", "cytotoxic drug", "Response rates are low overall"),
        ("conclusions", "mTOR inhibitor", "delayed progression of advanced soft tissue sarcoma significantly"),
        ("conclusions", "drug:gemcitabine", "might also suit elderly"),
        ("preclinical-evidence", "HSP90 inhibitor", "Tanespimycin decreases KIT"),
        ("preclinical-evidence", "HSP90 inhibitor", "Sarcoma is sensitive to HSP90 inhibitor"),
    ],
)
def test_a_question_on_a_drug_can_be_asked_of_its_class(question: str, asked: str, said: str, reader: Reader) -> None:
    assert says(sentences(reader.ask(question, drug=asked)), said)


def test_what_is_neither_drug_nor_class_is_refused_as_a_drug(reader: Reader) -> None:
    refused = reader.client.get("/api/v1/questions/conclusions", query_string={"drug": "leiomyosarcoma"})
    assert refused.status_code == 400


def test_dose_reductions_of_arms_stand_beside_those_of_patients(reader: Reader) -> None:
    rows = reader.ask("dose-changes")
    arms = {row["result"]["text"] for row in rows if row["study"] and "imatinib" in row["change"]["text"].lower()}
    assert arms == {"16%", "60%"}
    patients = {row["patient"]["entity"]["curie"] for row in rows if row["patient"]}
    assert patients >= {"patient:000-transplant", "patient:003-1", "patient:003-2", "patient:003-3"}


def test_why_a_drug_was_given_says_what_could_not_be_given(reader: Reader) -> None:
    assert says(sentences(reader.ask("why-given", drug="gemcitabine")), "ruled out standard chemotherapy")


def test_a_trial_that_prints_no_number_per_arm_prints_one_of_its_own(reader: Reader) -> None:
    rows = [row for row in reader.ask("randomised-trials") if "Pegylated" in row["study"]["text"]]
    assert {(row["largestNumberPrinted"]["value"], row["n"]) for row in rows} == {(94, None)}


def test_gemcitabine_at_a_fixed_dose_rate_is_found_by_its_abbreviation(reader: Reader) -> None:
    found = {item["curie"] for item in reader.get("search", q="FDR gemcitabine")["items"]}
    assert {
        "arm:gemcitabine-fixed-dose-rate-ref7-gemcitabine",
        "arm:french-gemcitabine-docetaxel-gemcitabine-docetaxel",
    } <= found


def test_what_a_combination_did_is_not_told_of_one_of_its_drugs_alone(reader: Reader) -> None:
    combined = reader.get("explain", drug="docetaxel", histotype="leiomyosarcoma")["text"]
    assert "only of docetaxel with other treatment: gemcitabine + docetaxel" in combined
    # Olaratumab was added to a drug that the other arm got too: what is said is said of it alone.
    for drug, histotype in (("temozolomide", "uterine leiomyosarcoma"), ("olaratumab", "soft tissue sarcoma")):
        assert "with other treatment" not in reader.get("explain", drug=drug, histotype=histotype)["text"]


def test_a_favourable_response_without_longer_survival_is_no_plain_failure(reader: Reader) -> None:
    rows = reader.rows(study="study:doxorubicin-ifosfamide-ref15")
    assert {row["measure"]["label"]: row["direction"] for row in rows} == {
        "overall survival": "does_not_support",
        "response": "mixed",  # "favourable", without a figure, a test or anything to compare with
    }
    (verdict,) = reader.get("evidence", study="study:doxorubicin-ifosfamide-ref15")["summary"]["verdicts"]
    assert verdict["direction"] == "mixed"


def test_a_claim_from_the_laboratory_is_not_given_the_references_of_other_studies(reader: Reader) -> None:
    rows = reader.ask("preclinical-evidence", drug="mTOR inhibitor")
    cited = [row["citing"] for row in rows if "cancer stem" in row["finding"]["text"]]
    assert cited == [None]
    assert len({row["fact"]["text"] for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("drug", "histotype", "study"),
    [
        ("docetaxel", "synovial sarcoma", "study:docetaxel-vs-doxorubicin"),
        ("docetaxel", "liposarcoma", "study:docetaxel-vs-doxorubicin"),
        ("pegylated liposomal doxorubicin", "angiosarcoma", "study:eortc-pld-vs-doxorubicin"),
    ],
)
def test_a_trial_is_evidence_on_the_histotypes_that_were_commonest_in_it(
    drug: str, histotype: str, study: str, reader: Reader
) -> None:
    rows = reader.rows(drug=drug, histotype=histotype)
    assert {row["study"]["curie"] for row in rows} == {study}
    assert {row["population"]["histotype_match"] for row in rows} == {"mixed"}
    assert "the most common" in " ".join(row["value_text"] or "" for row in rows)


@pytest.mark.parametrize(
    ("question", "asked", "said"),
    [
        ("toxicity-of-drug", {"drug": "imatinib"}, "toxicity requiring dose reduction was commoner"),
        ("toxicity-of-drug", {"drug": "everolimus"}, "Withdrew because of adverse events"),
        ("conclusions-of-documents", {}, "Choose the chemotherapeutic regimen and its timing individually"),
        ("conclusions-of-documents", {}, "case series of few patients"),
        ("conclusions-of-documents", {}, "ALDH expression in tumour cells assessed before and after therapy"),
    ],
)
def test_what_a_reader_looks_for_at_the_end_of_a_paper_can_be_asked(
    question: str, asked: dict[str, str], said: str, reader: Reader
) -> None:
    """How often a drug had to be reduced or stopped, what the authors recommend, and which limits they see."""
    assert says(sentences(reader.get(f"questions/{question}", **asked)), said)


def test_a_placebo_controlled_trial_is_listed_though_its_source_does_not_say_randomised(reader: Reader) -> None:
    listed = reader.ask("randomised-trials")
    (sunitinib, placebo) = (row for row in listed if "sunitinib" in row["study"]["text"])
    assert {row["blinding"]["text"] for row in (sunitinib, placebo)} == {"placebo-controlled"}
    assert sunitinib["randomised"] is None
    assert all(row["randomised"]["text"] == "yes" for row in listed if "EORTC" in row["study"]["text"])
