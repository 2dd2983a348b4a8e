"""Adverse events by their name and their grade, as oncologists ask for them."""

from __future__ import annotations

from typing import Any

import pytest

from kg import KnowledgeGraph
from kg.errors import EntityNotFound, InvalidParameter
from kg.evidence.filters import AskedEvent, filtered, filters_of
from kg.evidence.grades import grades_of
from kg.evidence.question import EvidenceQuestion
from kg.evidence.rows import EvidenceRow
from tests.kg.evidence_rows import measure, ref, row

NEUTROPENIA = ref("event:neutropenia", type_="AdverseEvent")


def event(number: int = 1, **given: Any) -> EvidenceRow:
    return row(number, **({"measure": measure("adverse-event"), "adverse_event": NEUTROPENIA} | given))


def graded(least: int, *rows: EvidenceRow) -> tuple[list[str], list[str]]:
    """What meets a grade, and what keeps the others from being known to meet it."""
    fitting, may_fit = filtered(rows, filters_of(EvidenceQuestion(min_grade=least)))
    return [r.id for r in fitting], [what for each in may_fit for what in each.what]


@pytest.mark.parametrize(
    ("printed", "grades"),
    [
        ("grade 4", (4, 4)), ("3 or 4", (3, 4)), ("3 to 4", (3, 4)), ("grades III-IV", (3, 4)), ("G3", (3, 3)),
        ("CTC-AE version 4 grade 3", (3, 3)), ("CTCAE v4.0 grade 3/4", (3, 4)), ("Grade ≥3", (3, 5)),
        ("grade 2 or lower", (1, 2)), ("up to grade 2", (1, 2)), ("fatal", (5, 5)), ("grade 5", (5, 5)),
        ("severe", None), ("excessive", None), ("version 4", None), (None, None),
    ],
)  # fmt: skip
def test_a_grade_is_read_as_printed_and_a_word_is_none(printed: str | None, grades: tuple[int, int] | None) -> None:
    assert grades_of(printed) == grades


def test_only_what_is_of_the_grade_or_above_throughout_meets_it() -> None:
    assert graded(3, event(grade="3 or 4")) == ([event().id], [])
    assert graded(4, event(grade="3 or 4")) == ([], ["how often it was of grade 4 or above"])
    assert graded(3, event(grade="grade 2")) == ([], [])
    assert graded(3, event(grade="severe")) == ([], ["the grade, told as severe"])
    assert graded(3, event()) == ([], ["the grade"])
    assert graded(1, row(1)) == ([], [])


def test_where_nobody_had_an_event_nobody_had_it_of_any_grade() -> None:
    assert graded(4, event(absence="none-observed")) == ([event().id], [])
    assert graded(4, event(numerator=0, denominator=40, grade="3 or 4")) == ([event().id], [])
    assert graded(2, event(absence="none-observed", grade="3 or 4")) == ([], ["how often it was of grade 2 or above"])


def test_an_event_holds_its_kinds_and_what_may_be_it_is_named(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.evidence(EvidenceQuestion(adverse_event="neutropenia"))
    events = {r.adverse_event.curie for r in answer.items if r.adverse_event}
    assert events == {"event:neutropenia", "event:febrile-neutropenia"}
    rows = {r.id: r for r in curated_graph.all_evidence()}
    wider = {out.reason: rows[out.row].adverse_event for out in answer.left_out}
    assert set(wider) == {"not stated: whether it was neutropenia"}
    named = {rows[out.row].adverse_event for out in answer.left_out}
    assert {one.curie for one in named if one} == {"event:myelosuppression", "event:leukopenia"}


def test_nobody_with_the_wider_event_is_nobody_with_its_kind() -> None:
    wider = ref("event:myelosuppression", type_="AdverseEvent")
    asked = AskedEvent("neutropenia", frozenset({NEUTROPENIA.id}), frozenset({wider.id})).filter()
    for none in ({"absence": "none-observed"}, {"numerator": 0, "denominator": 20}, {"value": 0, "unit": "%"}):
        assert asked.fits(event(adverse_event=wider, **none))
    some = event(adverse_event=wider, numerator=3, denominator=20)
    assert (asked.fits(some), asked.unstated(some)) == (False, "whether it was neutropenia")


def test_hand_foot_syndrome_was_commoner_with_pegylated_liposomal_doxorubicin(curated_graph: KnowledgeGraph) -> None:
    (told,) = curated_graph.evidence(EvidenceQuestion(adverse_event="hand-foot syndrome", document="002")).items
    assert (told.difference, told.frequency) == ("higher", "more common")
    assert told.study is not None
    assert told.study.curie == "study:eortc-pld-vs-doxorubicin"


def test_myelosuppression_of_grade_3_or_4_under_gemcitabine(curated_graph: KnowledgeGraph) -> None:
    """Six patients of the two-arm study, five with the long infusion, and the ECOG trial, which gives no number."""
    asked = EvidenceQuestion(drugs="gemcitabine", adverse_event="myelosuppression", min_grade=3, design="trial")
    answer = curated_graph.evidence(asked)
    assert sorted(r.value_text or "" for r in answer.items) == ["", "5 patients", "Six patients"]
    assert {r.grade for r in answer.items} == {"3 or 4"}
    borne = curated_graph.safety(asked)
    assert {row.id for item in borne.items for row in item.rows} == {r.id for r in answer.items}


def test_deaths_are_grade_5(curated_graph: KnowledgeGraph) -> None:
    seen = [r for r in curated_graph.evidence(EvidenceQuestion(min_grade=5)).items if r.absence is None]
    assert {r.adverse_event.curie for r in seen if r.adverse_event} >= {"event:nephrotoxicity", "event:cardiotoxicity"}
    assert all("fatal" in (r.grade or "") or "5" in (r.grade or "") or "died" in r.sentence for r in seen)
    assert {r.direction for r in seen} == {"harmful"}


def test_an_event_of_another_name_is_suggested(curated_graph: KnowledgeGraph) -> None:
    with pytest.raises(EntityNotFound, match="stomatitis") as unknown:
        curated_graph.evidence(EvidenceQuestion(adverse_event="oral stomatitis"))
    assert unknown.value.parameter == "adverse_event"


def test_an_event_that_was_not_told_of_leads_to_the_others(curated_graph: KnowledgeGraph) -> None:
    none = curated_graph.evidence(EvidenceQuestion(drugs="temsirolimus", adverse_event="alopecia", min_grade=3))
    assert not none.items
    assert "of other adverse events or measures" in none.absences[0].text
    mild = curated_graph.safety(EvidenceQuestion(drugs="docetaxel", regimen="docetaxel", min_grade=3))
    assert not mild.items
    assert "of lower grades, or of none that is told" in mild.absences[0]


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ({"min_grade": 0}, "min_grade"), ({"min_grade": 6}, "min_grade"),
        ({"adverse_event": "neutropenia", "measure": "overall survival"}, "measure"),
        ({"min_grade": 3, "measure": "objective response rate"}, "measure"),
    ],
)  # fmt: skip
def test_what_no_adverse_event_can_be_is_refused(
    curated_graph: KnowledgeGraph, asked: dict[str, Any], parameter: str
) -> None:
    with pytest.raises(InvalidParameter) as refused:
        curated_graph.evidence(EvidenceQuestion(**asked))
    assert refused.value.parameter == parameter


def test_the_measure_of_adverse_events_may_be_named_beside_one(curated_graph: KnowledgeGraph) -> None:
    plain = curated_graph.evidence(EvidenceQuestion(adverse_event="neutropenia"))
    named = curated_graph.evidence(EvidenceQuestion(adverse_event="neutropenia", measure="measure:adverse-event"))
    assert named.items == plain.items


@pytest.mark.parametrize("asked", [{"adverse_event": "neutropenia"}, {"min_grade": 3}])
def test_adverse_events_are_not_pooled(curated_graph: KnowledgeGraph, asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameter, match="never pooled"):
        curated_graph.pool(EvidenceQuestion(drugs="gemcitabine", **asked))
