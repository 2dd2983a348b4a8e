"""The questions that readers of the five documents ask, answered from the built graph."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.questions.calls import Reader
from tests.questions.reading import says, sentences

QUESTIONS = Path(__file__).resolve().parents[1] / "data" / "questions"


def read(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def missing(reader: Reader, asked: str | list[str], items: list[str]) -> list[str]:
    """What the answers do not say of what they should (``a|b``: either)."""
    said = sentences([reader.answer(each) for each in ([asked] if isinstance(asked, str) else asked)])
    return [item for item in items if not says(said, item)]


READERS: dict[str, str | list[str]] = read(QUESTIONS / "readers.yaml")
FURTHER = {path.stem: read(path) for path in sorted(QUESTIONS.glob("*.yaml")) if path.stem != "readers"}


@pytest.fixture(scope="session")
def expected(shared_dir: Path) -> dict[str, list[str]]:
    """What a right answer must say, by question."""
    text = (shared_dir / "questions" / "questions.jsonl").read_text(encoding="utf-8")
    questions = (json.loads(line) for line in text.splitlines() if line.strip())
    return {question["id"]: question["answer_items"] for question in questions}


@pytest.mark.parametrize("name", READERS)
def test_the_graph_answers_a_question_of_a_reader(name: str, reader: Reader, expected: dict[str, list[str]]) -> None:
    assert missing(reader, READERS[name], expected[name]) == []


def test_every_question_is_asked(expected: dict[str, list[str]]) -> None:
    assert set(READERS) == set(expected)


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


@pytest.mark.parametrize(("theme", "name"), [(theme, name) for theme, asked in FURTHER.items() for name in asked])
def test_the_graph_answers_a_further_question(theme: str, name: str, reader: Reader) -> None:
    asked = FURTHER[theme][name]
    assert missing(reader, asked["asked"], asked["says"]) == [], asked["question"]
