"""The questions that readers of the five documents ask, answered from the built graph."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.questions.across_documents import ACROSS_DOCUMENTS
from tests.questions.calls import CALLS, Asked, Reader
from tests.questions.cases_and_contradictions import CASES_AND_CONTRADICTIONS
from tests.questions.denials_and_gaps import DENIALS_AND_GAPS
from tests.questions.histories import HISTORIES
from tests.questions.mechanisms import MECHANISMS
from tests.questions.reading import says, sentences
from tests.questions.results import RESULTS
from tests.questions.review import REVIEW

FURTHER = (
    *MECHANISMS,
    *HISTORIES,
    *RESULTS,
    *DENIALS_AND_GAPS,
    *ACROSS_DOCUMENTS,
    *REVIEW,
    *CASES_AND_CONTRADICTIONS,
)


@pytest.fixture(scope="session")
def expected(shared_dir: Path) -> dict[str, list[str]]:
    """What a right answer must say, by question."""
    text = (shared_dir / "questions" / "questions.jsonl").read_text(encoding="utf-8")
    questions = (json.loads(line) for line in text.splitlines() if line.strip())
    return {question["id"]: question["answer_items"] for question in questions}


@pytest.mark.parametrize("name", sorted(CALLS))
def test_the_graph_answers_a_question_of_a_reader(name: str, reader: Reader, expected: dict[str, list[str]]) -> None:
    said = sentences(CALLS[name](reader))
    assert [item for item in expected[name] if not says(said, item)] == []


def test_every_question_is_asked(expected: dict[str, list[str]]) -> None:
    assert set(CALLS) == set(expected)


def test_an_answer_is_not_taken_for_saying_what_it_does_not_say() -> None:
    said = sentences([{"label": "Response rate 18.4% of 133", "id": "https://w3id.org/x/5.5", "start": 5}])
    assert says(said, "18.4")
    assert says(said, "133 patients|18.4%")
    assert not any(says(said, item) for item in ("18", "8.4", "33", "5.5", "5", "stable disease"))


@pytest.mark.parametrize(
    ("told", "item"),
    [
        ({"value_text": "2,000 mg/m² on days 1–2"}, "2000 mg/m2"),
        ({"offset": "P47D"}, "47 days"),
        ({"label": "eight cycles"}, "8 cycles"),
        ({"date": "2021-05"}, "May 2021"),
        ({"p_value": "P = .026"}, "0.026"),
        ({"label": "tumour suppressor genes"}, "tumor suppressor"),
    ],
)
def test_the_same_thing_may_be_spelled_differently(told: dict[str, str], item: str) -> None:
    assert says(sentences(told), item)


@pytest.mark.parametrize("asked", FURTHER, ids=lambda asked: asked.id)
def test_the_graph_answers_a_further_question(asked: Asked, reader: Reader) -> None:
    said = sentences(asked.call(reader))
    assert [item for item in asked.items if not says(said, item)] == [], asked.question
