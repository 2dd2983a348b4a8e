"""What was not done, not seen, not tested or not counted: questions on which a plain reading of a record misleads."""

from __future__ import annotations

import pytest

from tests.questions.calls import Reader
from tests.questions.reading import says, sentences, texts


@pytest.mark.parametrize(
    ("study", "printed"),
    [
        ("study:imatinib-dose-eortc-isg-agitg-ref47", "No differences"),
        ("study:rps-preoperative-radiation-ref11", "did not increase"),
    ],
)
def test_no_difference_without_a_test_is_not_called_insignificant(study: str, printed: str, reader: Reader) -> None:
    rows = reader.rows(study=study)
    assert says(sentences(rows), printed)
    assert {row["absence"] for row in rows} == {None}


def test_what_was_not_done_or_not_found_is_not_denied_twice(reader: Reader) -> None:
    rows = reader.ask("planned-and-not-done")
    assert set(texts(rows, "remark")) == {"planned", "not done", "not found"}
    told = dict(zip(texts(rows, "event"), texts(rows, "remark"), strict=True))
    assert told["preoperative radiotherapy not given"] == "not done"
    assert told["no rash"] == told["no haematuria"] == "not found"


def test_a_mass_that_reaches_an_organ_is_not_in_it(reader: Reader) -> None:
    for site in ("liver", "pelvis"):
        assert reader.rows(site=site, document="document:004") == []


def test_a_dose_is_not_followed_by_its_days_twice(reader: Reader) -> None:
    given = texts(reader.ask("treatment-lines", patient="patient:000-transplant"), "given")
    assert any("prednisone 5 mg daily" in text for text in given)
    assert not any("daily daily" in text or text.endswith("days 1") for text in given)


def test_what_two_drugs_do_together_is_not_said_of_one(reader: Reader) -> None:
    rows = reader.ask("activity-claims", histotype="uterine leiomyosarcoma")
    treatments = texts([row for row in rows if row["claim"]["text"] == "is active in"], "treatment")
    assert "gemcitabine + docetaxel" in treatments
    assert "docetaxel" not in treatments


def test_no_response_in_a_few_patients_is_a_result_and_no_verdict(reader: Reader) -> None:
    rows = reader.rows(drug="gemcitabine", histotype="gastrointestinal leiomyosarcoma", measure="response rate")
    assert [(row["numerator"], row["denominator"], row["absence"]) for row in rows] == [(0, 17, "none-observed")]
    claims = reader.ask("activity-claims", histotype="gastrointestinal leiomyosarcoma")
    assert "is inactive in" not in texts(claims, "claim")


def test_placebo_is_no_drug_whose_mechanism_is_missing(reader: Reader) -> None:
    assert "placebo" not in texts(reader.ask("studied-without-mechanism"), "drug")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Trucco", "document:001"),
        ("JNCCN", "document:002"),
        ("Harrer 2021", "document:003"),
        ("10.3389/fonc.2021.755439", "document:003"),
        ("Ki-67", "target:MIB1"),
    ],
)
def test_a_thing_is_found_by_what_is_printed_on_it(name: str, found: str, reader: Reader) -> None:
    assert reader.get("search", q=name)["items"][0]["curie"] == found
