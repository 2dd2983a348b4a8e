"""What a second reader of the documents asked for and found told of other people, other treatments or other sources."""

from __future__ import annotations

import re

import pytest

from kg.graph import KnowledgeGraph
from tests.questions.calls import Reader
from tests.questions.reading import texts


def test_a_patient_is_counted_under_his_tumours_not_under_his_other_conditions(reader: Reader) -> None:
    rows = [row for row in reader.rows(document="document:000") if row["patient"]]
    assert rows
    assert {ref["curie"] for row in rows for ref in row["population"]["histotypes"]} == {"histotype:leiomyosarcoma"}


def test_a_part_of_one_patient_is_not_people_of_unknown_number(reader: Reader) -> None:
    (lung,) = [row for row in reader.rows(document="document:000", measure="partial response") if row["arm"]]
    assert lung["subgroup"] == "lung metastases"
    assert not [reason for reason in lung["level"]["reasons"] if "not stated" in reason]


def test_what_a_report_saw_in_its_own_patient_is_not_told_second_hand(reader: Reader) -> None:
    seen = reader.rows(study="study:rapamycin-gemcitabine-case")
    assert seen
    assert not [row["sentence"] for row in seen if row["citing"]]


def test_no_more_complications_after_radiation_say_nothing_against_it(reader: Reader) -> None:
    rows = reader.rows(study="study:rps-preoperative-radiation-ref11")
    assert {row["direction"] for row in rows} == {None}
    assert all("no harder to bear" in row["direction_reason"] for row in rows)


def test_higher_than_nothing_named_is_not_said_to_beat_a_comparator(reader: Reader) -> None:
    (row,) = reader.rows(study="Single-agent doxorubicin in metastatic soft tissue sarcoma (ref 14)")
    assert row["comparator"] is None
    assert row["direction_reason"].startswith("called higher without saying than what")


def test_chemotherapy_is_not_credited_with_what_surgery_and_radiation_shared(reader: Reader) -> None:
    asked = {"regimen": "doxorubicin + ifosfamide", "document": "document:004"}
    assert reader.rows(measure="progression-free survival", **asked) == []
    events = reader.rows(measure="adverse event", **asked)
    assert {row["adverse_event"]["label"] for row in events} == {"neutropenia", "febrile neutropenia"}


def test_the_order_of_radiation_and_chemotherapy_is_told_in_two_ways(reader: Reader) -> None:
    rows = reader.ask("conflicts")
    (order,) = [row for row in rows if row["about"]["text"] == "Order of chemotherapy and radiotherapy"]
    assert "after the fifth cycle" in order["differs"]["text"]


def test_trials_and_a_retrospective_series_of_soft_tissue_sarcoma_are_not_pooled(reader: Reader) -> None:
    answer = reader.get("evidence/pool", regimen="gemcitabine + docetaxel", histotype="soft tissue sarcoma")
    assert answer["estimate"] is None
    assert "designs" in answer["refused"]


def test_people_of_two_histotypes_are_listed_once(reader: Reader) -> None:
    rows = reader.ask("results-of-drug", drug="temsirolimus")
    outcomes = texts(rows, "outcome")
    assert len(outcomes) == len(set(outcomes))
    assert "15 patients, relapsed or refractory bone sarcoma and soft tissue sarcoma" in texts(rows, "people")


def test_after_a_drug_had_failed_single_patients_count_and_partly_pretreated_groups_say_so(reader: Reader) -> None:
    rows = reader.ask("after-failure-of", drug="doxorubicin")
    assert "partial remission on gemcitabine/docetaxel" in texts(rows, "result")
    (share,) = {
        row["prior"]["text"]
        for row in rows
        if row["result"] and row["result"]["text"] == "53%" and row["n"]["value"] == 15
    }
    assert share == "nine patients had been treated with doxorubicin"


def test_a_drug_that_failed_is_told_from_one_that_was_merely_given_before(reader: Reader) -> None:
    before = {
        drug: {
            (row["study"]["entity"]["curie"], row["before"]["text"])
            for row in reader.ask("after-failure-of", drug=drug)
        }
        for drug in ("imatinib", "ifosfamide", "doxorubicin")
    }
    sunitinib = {said for study, said in before["imatinib"] if "placebo" in study}
    assert sunitinib == {"had failed or was not tolerated"}
    assert {said for study, said in before["imatinib"] if "nilotinib" in study} == {"had failed"}
    assert {said for study, said in before["ifosfamide"] if "docetaxel" in study and "28" in study} == {"had failed"}
    # "relapsed or refractory" is said of the tumours, and of the drug only that nine patients had had it
    told = {said for study, said in before["doxorubicin"] if study == "study:NCT00949325"}
    assert told == {"had been given"}


def test_a_class_that_had_failed_is_told_of_its_drugs_as_such_and_patients_are_found_by_the_class(
    reader: Reader,
) -> None:
    """Refractory to anthracyclines: which one, the text does not say."""
    rows = reader.ask("after-failure-of", drug="doxorubicin")
    of_class = {row["n"]["value"] for row in rows if row["before"]["text"] == "a drug of its class had failed"}
    assert of_class == {27}
    drug, group = (
        {row["outcome"]["entity"]["curie"] for row in reader.ask("after-failure-of", drug=drug)}
        for drug in ("doxorubicin", "anthracycline")
    )
    assert drug <= group


def test_the_patients_who_died_are_named_and_so_is_the_one_who_lived(reader: Reader) -> None:
    rows = reader.ask("status-at-end")
    said = {row["patient"]["entity"]["curie"]: row["status"] and row["status"]["text"] for row in rows}
    assert {patient for patient, status in said.items() if status == "died"} == {"patient:003-1", "patient:003-2"}
    assert said["patient:003-3"] == "still being treated, stable disease"
    assert said["patient:000-transplant"] == "doing well"
    assert said["patient:004-retroperitoneal"] == "observed, free of progression"  # more the text does not tell


def test_each_reference_counts_the_facts_that_rest_on_it(reader: Reader) -> None:
    for document in ("document:003", "document:004"):
        rows = reader.ask("references", document=document)
        assert rows, document
        for row in rows:
            listed = reader.ask("citing-reference", document=document, number=row["number"]["value"])
            facts = {(told["fact"] or {}).get("value") for told in listed}
            assert row["facts"]["value"] == len(facts), row["reference"]["text"]


@pytest.mark.parametrize(("drug", "number"), [("olaratumab", 16), ("bevacizumab", 27)])
def test_of_two_references_for_two_drugs_each_is_of_its_own(drug: str, number: int, reader: Reader) -> None:
    found = reader.sparql(
        f"""SELECT DISTINCT ?number WHERE {{ ?s skg:subject drug:{drug} ; skg:predicate skg:decreases ;
        skg:object process:disease-progression ; skg:polarity "negated" ; skg:citing/skg:number ?number }}"""
    )
    assert [int(row["number"]) for row in found] == [number]


def test_results_that_are_all_flagged_are_not_called_no_result(reader: Reader) -> None:
    flagged = reader.get("explain", drug="ridaforolimus", histotype="soft tissue sarcoma")
    assert "nor any unflagged result in patients" in flagged["text"]
    assert any("no unflagged result in patients" in reason for reason in flagged["missing"])
    nothing = reader.get("explain", drug="rapamycin", histotype="gastrointestinal stromal tumour")
    assert "unflagged" not in nothing["text"]


def test_evidence_can_be_asked_of_a_procedure_and_its_kinds(reader: Reader) -> None:
    radiation = reader.rows(drug="radiotherapy", histotype="retroperitoneal sarcoma")
    before_surgery = reader.rows(drug="preoperative radiotherapy", histotype="retroperitoneal sarcoma")
    assert {row["study"]["curie"] for row in before_surgery} < {row["study"]["curie"] for row in radiation}
    assert "study:z9031" in {row["study"]["curie"] for row in before_surgery}


def test_what_lies_beside_an_organ_is_no_tumour_of_it(reader: Reader) -> None:
    rows = reader.rows(site="pancreas")
    assert rows
    assert {ref["curie"] for row in rows for ref in row["documents"]} == {"document:003"}


def test_leiomyosarcomas_outside_the_uterus_are_non_uterine(reader: Reader) -> None:
    names = set(texts(reader.ask("subtypes", histotype="non-uterine leiomyosarcoma"), "subtype"))
    assert {"leiomyosarcoma of the pancreas", "peri-aortic leiomyosarcoma", "retroperitoneal leiomyosarcoma"} <= names
    assert "uterine leiomyosarcoma" not in names
    rows = reader.rows(histotype="non-uterine leiomyosarcoma", drug="pazopanib")
    assert "patient:003-1" in {row["patient"]["curie"] for row in rows if row["patient"]}


def test_that_accrual_was_stopped_is_told_beside_the_want_of_responses_not_as_its_result(reader: Reader) -> None:
    rows = reader.ask("study-record", study="study:gemcitabine-two-cohorts-ref24")
    (told,) = [row["value"]["text"] for row in rows if row["value"] and "accrual" in row["value"]["text"].casefold()
               and row["property"]["text"] == "design"]  # fmt: skip
    assert "because" not in told
    assert "No response" in told


def test_why_doxorubicin_did_worse_in_one_study_is_found_with_its_two_explanations(reader: Reader) -> None:
    found = reader.get("search", q="Why were doxorubicin response rates lower in the EORTC study?")["facts"]["items"]
    supposed = [fact["sentence"] for fact in found if fact["certainty"] == "hedged"]
    assert any("tumour size is assessed" in sentence for sentence in supposed)
    assert any("more probably reflects the mix of histotypes" in sentence for sentence in supposed)


def test_how_long_a_toxicity_lasted_is_no_frequency(reader: Reader) -> None:
    rows = reader.rows(study="study:gemcitabine-prolonged-infusion-ref25", measure="adverse event")
    (row,) = [row for row in rows if row["adverse_event"]["curie"] == "event:nonhematologic-toxicity"]
    assert (row["numerator"], row["denominator"], row["frequency"]) == (6, 18, None)
    assert "Transient" in row["sentence"]


@pytest.mark.parametrize("text", ["Trucco trial", "cross-over to imatinib 800 mg", "bladder protection"])
def test_what_readers_call_a_trial_an_arm_or_an_aim_finds_it(text: str, reader: Reader) -> None:
    called = {
        "Trucco trial": "study:NCT00949325",
        "cross-over to imatinib 800 mg": "arm:imatinib-north-american-crossover",
        "bladder protection": "process:uroprotection",
    }
    assert reader.get("search", q=text)["items"][0]["curie"] == called[text]


def test_what_the_review_counts_among_the_sarcomas_is_said_to_be_one(reader: Reader) -> None:
    """Imatinib was effective against two other sarcomas; drugs were tried in GIST and other sarcomas."""
    named = reader.sparql("SELECT ?tumour { ?tumour skg:subtypeOf histotype:sarcoma }")
    assert {row["tumour"].rpartition("/")[2] for row in named} == {"gist", "dfsp", "desmoid"}
    offered = reader.get("search", q="Which sarcomas respond to imatinib?")["questions"]
    (wide,) = [each for each in offered if each["parameters"].get("histotype") == ["histotype:sarcoma-in-scope"]]
    studied = reader.rows(**{name: values[0] for name, values in wide["parameters"].items()})
    assert {ref["curie"] for row in studied for ref in row["population"]["histotypes"]} == {
        "histotype:gist", "histotype:dfsp", "histotype:desmoid",
    }  # fmt: skip


def test_how_long_two_trials_of_the_same_doses_followed_their_patients_can_be_compared(reader: Reader) -> None:
    rows = reader.rows(drug="imatinib", measure="length of follow-up")
    assert {(row["study"]["curie"].rpartition("-")[2], row["value"], row["unit"]) for row in rows} == {
        ("ref47", 760, "d"), ("ref48", 768, "d"),
    }  # fmt: skip


def test_a_remark_as_long_as_a_sentence_does_not_tell_its_result_again(curated_graph: KnowledgeGraph) -> None:
    """Some word of four letters in it begins like none of the result."""

    def beginnings(text: str) -> set[str]:
        return {word[:5] for word in re.findall(r"[a-z]{4,}", text.lower())}

    rows = curated_graph.sparql("SELECT ?label ?text { ?told a skg:Outcome ; skg:text ?text ; rdfs:label ?label }")
    told = [(row["label"], row["text"]) for row in rows.to_pandas().to_dict("records")]
    long = [(label[: -len(text)], text) for label, text in told if label.endswith(text[1:]) and len(text.split()) > 5]
    assert len(long) > 50
    assert not [text for result, text in long if beginnings(text) <= beginnings(result)]


@pytest.mark.parametrize("drug", ["olaratumab", "bevacizumab"])
def test_what_maintenance_did_not_slow_says_in_whom(drug: str, reader: Reader) -> None:
    (denial,) = [text for text in texts(reader.ask("denied"), "sentence") if text.lower().startswith(drug)]
    assert "in sarcoma" in denial


def test_what_a_kinase_inhibitor_does_for_survival_is_told_of_the_tumours_that_the_sentence_names(
    reader: Reader,
) -> None:
    """They have activating mutations of the kinase; the sentence is not about patients in general."""
    told = [
        path["sentence"] for path in reader.get("mechanism", drug="olaratumab", target="survival of patients")["paths"]
    ]
    assert told
    assert all("in GIST with activating PDGFR-A mutations: positive" in text for text in told)
