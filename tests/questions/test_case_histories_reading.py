"""What a reader of the case reports asks: how long after what, in which case, and what a comparison came to."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.questions.calls import Reader
from tests.questions.reading import says, sentences

_RETROPERITONEAL = "patient:004-retroperitoneal"
_PATIENTS = ("patient:000-transplant", "patient:003-1", "patient:003-2", "patient:003-3", _RETROPERITONEAL)
_LATER = re.compile(r"(?:\w+|\d+) (?:day|week|month|year)s? later")


def _facts(reader: Reader, text: str, facts: int = 3) -> list[str]:
    """The first facts that a typed text finds."""
    return [hit["sentence"] for hit in reader.get("search", q=text, facts=facts)["facts"]["items"]]


def _offered(reader: Reader, text: str) -> Any:
    """The questions that a typed text is offered, each with what it is asked with."""
    return [(each["question"], each["parameters"]) for each in reader.get("search", q=text)["questions"]]


@pytest.mark.parametrize("patient", _PATIENTS)
def test_a_time_says_what_it_is_counted_from(patient: str, reader: Reader) -> None:
    """A fact is also read alone, where "six months later" means nothing."""
    events = reader.get(f"cases/{patient}/timeline")["events"]
    assert [event["label"] for event in events if _LATER.fullmatch(event["time_text"] or "")] == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("How long after the kidney transplantation was the mesenteric tumour resected?", "two months after"),
        ("At which cycle was the gemcitabine dose reduced and to what?", "from the fifth cycle"),
        ("What was the survival of the transplant patient?", "doing well for more than 14 months"),
        ("What do the authors conclude about gemcitabine in patients on haemodialysis?", "as a short infusion"),
        ("How many patients received gemcitabine maintenance and with which tumours?", "three adult patients"),
        ("What margins did patient 2 have after surgery?", "(R0)"),
        ("What did the French study of gemcitabine and docetaxel find?", "18.4%"),
        ("How large was the retroperitoneal tumour at presentation?", "30 × 23 × 15 cm"),
        ("Why did trial Z9031 fail?", "accrual was poor"),
        ("CT of the regrowth", "22 × 14 × 23 cm"),
    ],
)
def test_a_question_in_words_finds_the_fact_that_answers_it(asked: str, said: str, reader: Reader) -> None:
    assert [sentence for sentence in _facts(reader, asked) if said in sentence]


@pytest.mark.parametrize(
    ("asked", "question"),
    [
        ("What is the cumulative doxorubicin dose in the retroperitoneal case?", "cumulative-doses"),
        ("What chemotherapy was given after radiotherapy in the retroperitoneal case?", "treatment-lines"),
        ("What was the interval between surgery and chemotherapy in the retroperitoneal case?", "timeline"),
    ],
)
def test_a_case_may_be_told_by_the_word_before_it(asked: str, question: str, reader: Reader) -> None:
    assert (question, {"patient": [_RETROPERITONEAL]}) in _offered(reader, asked)


@pytest.mark.parametrize("asked", ["To which family does mTOR belong?", "Which kinase family does mTOR belong to?"])
def test_the_family_of_a_protein_is_a_question_of_the_catalogue(asked: str, reader: Reader) -> None:
    assert _offered(reader, asked)[0] == ("family-functions", {"protein": ["target:MTOR"]})


def test_side_effects_that_were_absent_are_those_not_seen(reader: Reader) -> None:
    asked = "Which side effects were absent under rapamycin plus gemcitabine?"
    assert "not-seen-toxicity" in [question for question, _ in _offered(reader, asked)]


def test_a_folate_antagonist_is_no_pyrimidine_antimetabolite(reader: Reader) -> None:
    found = reader.get("search", q="pyrimidine antimetabolite")["items"][0]["curie"]
    members = [child["curie"] for child in reader.get(f"entities/{found}")["children"]]
    assert members == ["drug:gemcitabine"]


def test_immunosuppressants_that_were_withdrawn_are_named(reader: Reader) -> None:
    """They are the last combination, which was taken before and during the rejection."""
    (row,) = [one for one in reader.ask("dose-changes") if says(sentences(one), "immunosuppressants withdrawn")]
    for drug in ("sirolimus", "mycophenolate mofetil", "prednisone"):
        assert f"{drug} withdrawn" in row["given"]["text"]


@pytest.mark.parametrize(
    ("a", "b", "absence"),
    [
        ("eribulin", "dacarbazine", "not-described"),
        ("perioperative radiotherapy + surgery", "surgery", "not-reported-yet"),
    ],
)
def test_a_trial_that_compares_is_named_where_its_result_is_not_told(
    a: str, b: str, absence: str, reader: Reader
) -> None:
    (pair,) = reader.get("evidence/compare", a=a, b=b)["direct"]
    assert (pair["a"]["absence"], pair["a"]["comparator"] is None) == (absence, False)


def test_a_patient_last_told_of_as_free_of_progression_has_a_status(reader: Reader) -> None:
    """Nobody says outright that she is alive."""
    (row,) = [one for one in reader.ask("status-at-end") if says(sentences(one), "woman of 65")]
    assert (row["status"]["text"], row["when"]["text"]) == ("observed, free of progression", "more than 17 months")


@pytest.mark.parametrize(
    ("histotype", "said"),
    [
        ("pleomorphic leiomyosarcoma", "65% died of the tumour"),
        ("pleomorphic leiomyosarcoma", "mortality was 50%"),
        ("retroperitoneal sarcoma", "poor where a huge tumour fills the abdominal cavity"),
    ],
)
def test_figures_of_published_series_belong_to_the_outlook(histotype: str, said: str, reader: Reader) -> None:
    assert says(sentences(reader.ask("prognosis", histotype=histotype)), said)


def test_a_changed_dose_is_no_treatment_before_another(reader: Reader) -> None:
    before = {row["prior"]["text"] for row in reader.ask("after-failure-of", drug="gemcitabine") if row["prior"]}
    assert "gemcitabine + docetaxel, four cycles (salvage)" in before
    assert not [told for told in before if "dose lowered" in told or "dose reduced" in told]
