"""Sentences that ask for several things at once: each is offered one question with all of them as parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import yaml

from kg.search.offers import OfferedQuestion
from tests.questions.calls import Reader

_DATA = Path(__file__).resolve().parents[1] / "data" / "sentences.yaml"
TYPED: dict[str, dict[str, Any]] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
_Asked = tuple[str, frozenset[tuple[str, str]]]


def _written(address: str) -> _Asked:
    question, _, query = address.partition("?")
    return question, frozenset(parse_qsl(query))


def _of(offer: OfferedQuestion) -> _Asked:
    pairs = ((name, value) for name, values in offer.parameters.items() for value in values)
    return offer.question, frozenset((name, "drug:placebo" if value == "placebo" else value) for name, value in pairs)


@pytest.mark.parametrize("name", TYPED)
def test_all_that_a_sentence_asks_for_is_one_question(name: str, reader: Reader) -> None:
    sentence = TYPED[name]
    asked = sentence["asked"] if isinstance(sentence["asked"], list) else [sentence["asked"]]
    offered = [_of(offer) for offer in reader.graph.search(sentence["typed"]).questions]
    assert offered[sentence.get("place", 1) - 1] in {_written(each) for each in asked}, sentence["typed"]


@pytest.mark.parametrize("name", TYPED)
def test_every_question_that_a_sentence_is_offered_can_be_asked(name: str, reader: Reader) -> None:
    for offer in reader.graph.search(TYPED[name]["typed"]).questions:
        if offer.question == "evidence":
            reader.get("evidence", **{parameter: [*values] for parameter, values in offer.parameters.items()})


@pytest.mark.parametrize(
    ("typed", "given"),
    [
        ("doxorubicin trials published in 2018", {"from_year": "2018", "to_year": "2018"}),
        ("doxorubicin in the 1990s", {"from_year": "1990", "to_year": "1999"}),
        ("doxorubicin studies from 2005 on", {"from_year": "2005"}),
        ("doxorubicin studies up to 2005", {"to_year": "2005"}),
        ("doxorubicin trials newer than 2010", {"from_year": "2011"}),
        ("doxorubicin 2000-2005 in sarcoma", {"from_year": "2000", "to_year": "2005"}),
        ("doxorubicin in no fewer than 40 women", {"min_n": "40"}),
        ("doxorubicin in 40 or more patients", {"min_n": "40"}),
        ("doxorubicin in more than 40 evaluable patients", {"min_n": "41"}),
        ("doxorubicin in no less than 40 patients", {"min_n": "40"}),
        ("doxorubicin trials with >100 patients", {"min_n": "101"}),
        ("doxorubicin trials, n >= 50", {"min_n": "50"}),
        ("doxorubicin trials, n ≥ 50", {"min_n": "50"}),
        ("doxorubicin trials, n>50", {"min_n": "51"}),
        ("doxorubicin published 2014 to 2008", {"from_year": "2008", "to_year": "2014"}),
        ("fourth-line doxorubicin in sarcoma", {"line": "fourth"}),
        ("first or second line doxorubicin in sarcoma", {"line": "first or second"}),
        ("doxorubicin in the second line or later in sarcoma", {"line": "second or later"}),
    ],
)
def test_figures_of_a_sentence_narrow_the_evidence(typed: str, given: dict[str, str], reader: Reader) -> None:
    (first, *_) = reader.graph.search(typed).questions
    told = {name: value for name, (value,) in first.parameters.items() if name not in ("drug", "histotype")}
    assert (first.question, told) == ("evidence", given)


@pytest.mark.parametrize(
    "typed",
    [
        "doxorubicin 75 mg/m2 over 2 days",
        "approvals as of 2007",
        "doxorubicin in patients over 60 years",
        "trial 62012",
        "patients diagnosed in 2005 treated with imatinib for GIST",
        "sunitinib in GIST, approved by the FDA in 2006",
        "doxorubicin in more than 1 million patients",
        "doxorubicin in women over 60 years",
    ],
)
def test_other_figures_are_no_years_and_no_patients(typed: str, reader: Reader) -> None:
    for offer in reader.graph.search(typed).questions:
        assert not {"from_year", "to_year", "min_n"} & offer.parameters.keys()


def test_what_came_after_a_year_is_not_after_a_drug(reader: Reader) -> None:
    for offer in reader.graph.search("trials after 2015 of doxorubicin in leiomyosarcoma").questions:
        assert "after" not in offer.parameters


@pytest.mark.parametrize(
    ("typed", "asked", "aside"),
    [
        ("sunitinib not after imatinib in GIST", "drug=drug:sunitinib&histotype=histotype:gist", "not after imatinib"),
        ("sunitinib in imatinib-naive GIST", "drug=drug:sunitinib&histotype=histotype:gist", "imatinib naive"),
        (
            "ifosfamide, not doxorubicin, in synovial sarcoma",
            "drug=drug:ifosfamide&histotype=histotype:synovial-sarcoma",
            "not doxorubicin",
        ),
        (
            "doxorubicin without ifosfamide in synovial sarcoma",
            "drug=drug:doxorubicin&histotype=histotype:synovial-sarcoma",
            "without ifosfamide",
        ),
        (
            "not previously treated with doxorubicin: trabectedin in leiomyosarcoma",
            "drug=drug:trabectedin&histotype=histotype:leiomyosarcoma",
            "not previously treated with doxorubicin",
        ),
        (
            "doxorubicin in leiomyosarcoma, patients older than 65",
            "drug=drug:doxorubicin&histotype=histotype:leiomyosarcoma",
            "older than 65",
        ),
        (
            "stage III leiomyosarcoma adjuvant doxorubicin",
            "drug=drug:doxorubicin&histotype=histotype:leiomyosarcoma&setting=adjuvant",
            "stage III",
        ),
        (
            "high-grade leiomyosarcoma treated with doxorubicin",
            "drug=drug:doxorubicin&histotype=histotype:leiomyosarcoma",
            "high-grade",
        ),
        (
            "results of doxorubicin in grade 3 leiomyosarcoma",
            "drug=drug:doxorubicin&histotype=histotype:leiomyosarcoma",
            "grade 3",
        ),
        ("randomised case reports of doxorubicin", "drug=drug:doxorubicin&design=case report", "randomised"),
        (
            "retrospective phase II studies of trabectedin",
            "drug=drug:trabectedin&design=retrospective cohort",
            "phase II",
        ),
    ],
)
def test_a_condition_that_no_question_takes_up_is_named_beside_the_offer(
    typed: str, asked: str, aside: str, reader: Reader
) -> None:
    (first, *_) = reader.graph.search(typed).questions
    assert _of(first) == _written(f"evidence?{asked}")
    assert first.reason.endswith(f"; not asked: “{aside}”")


def test_an_offer_that_takes_up_all_of_a_sentence_names_nothing_beside(reader: Reader) -> None:
    (first, *_) = reader.graph.search("whether or not imatinib helps in GIST after sunitinib since 2005").questions
    assert "not asked" not in first.reason


@pytest.mark.parametrize(
    ("typed", "name", "values"),
    [
        ("trabectedin in leiomyosarcoma and liposarcoma", "histotype", ["leiomyosarcoma", "liposarcoma"]),
        (
            "severe neutropenia and febrile neutropenia with doxorubicin and ifosfamide",
            "adverse_event",
            ["neutropenia", "febrile-neutropenia"],
        ),
    ],
)
def test_of_two_diseases_or_adverse_events_each_is_asked_about(
    typed: str, name: str, values: list[str], reader: Reader
) -> None:
    offered = reader.graph.search(typed).questions[:2]
    told = [offer.parameters[name] for offer in offered if offer.question == "evidence"]
    assert [value.partition(":")[2] for one in told for value in one] == values
    assert all(
        f"“{other}”" in offer.reason.replace(" ", "-") for offer, other in zip(offered, values[::-1], strict=True)
    )


@pytest.mark.parametrize(
    "typed",
    [
        "case reports of pazopanib with more than 10 patients",
        "randomised case reports of doxorubicin",
        "retrospective phase II studies of trabectedin",
        "doxorubicin in trials since 2015 and before 2010",
        "severe neutropenia and febrile neutropenia with doxorubicin and ifosfamide",
    ],
)
def test_conditions_that_exclude_each_other_are_not_asked_together(typed: str, reader: Reader) -> None:
    offered = [offer for offer in reader.graph.search(typed).questions if offer.question == "evidence"]
    assert offered
    for offer in offered:
        reader.get("evidence", **{parameter: [*values] for parameter, values in offer.parameters.items()})


def test_a_patient_of_another_age_is_not_the_one_who_is_described(reader: Reader) -> None:
    def patients(typed: str) -> set[str]:
        offered = reader.graph.search(typed).questions
        return {value for offer in offered for value in offer.parameters.get("patient", ())}

    assert patients("treatment of a 65-year-old woman with leiomyosarcoma") == {"patient:004-retroperitoneal"}
    assert patients("treatment of a 45-year-old woman with leiomyosarcoma") == set()


def test_the_grade_of_a_tumour_is_not_that_of_an_adverse_event(reader: Reader) -> None:
    offered = reader.graph.search("nausea with doxorubicin in grade 3 leiomyosarcoma").questions
    assert offered
    assert all("min_grade" not in offer.parameters for offer in offered)
