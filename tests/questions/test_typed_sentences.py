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
    ],
)
def test_other_figures_are_no_years_and_no_patients(typed: str, reader: Reader) -> None:
    for offer in reader.graph.search(typed).questions:
        assert not {"from_year", "to_year", "min_n"} & offer.parameters.keys()


def test_what_came_after_a_year_is_not_after_a_drug(reader: Reader) -> None:
    for offer in reader.graph.search("trials after 2015 of doxorubicin in leiomyosarcoma").questions:
        assert "after" not in offer.parameters
