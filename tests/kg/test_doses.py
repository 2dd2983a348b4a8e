"""Cumulative doses: derived from what is printed, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import KnowledgeGraph
from kg.evidence.doses import GivenTreatment, cumulative_doses, days_counted
from kg.evidence.regimens import ComponentRow
from tests.kg.evidence_rows import GEMCITABINE, ref


def given_dose(cycles: int | None, value: float | None, days: str | None, unit: str | None = "mg/m2") -> GivenTreatment:
    part = ComponentRow(GEMCITABINE, None, value, unit, None, None, days, None, None)
    return GivenTreatment(ref("event:e"), (part,), cycles)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1–2", 2), ("1-5", 5), ("1, 8", 2), ("1, 8, 15", 3), ("days 1 and 8", 2), ("d1, d8", 2), ("1", 1),
        ("weekly", None), ("every 3 weeks", None), ("over 3 days", None), (None, None), ("5-1", None),
    ],
)  # fmt: skip
def test_days_are_counted_only_where_plainly_stated(text: str | None, days: int | None) -> None:
    assert days_counted(text) == days


def test_the_patient_of_document_004_had_420_and_70(curated_graph: KnowledgeGraph) -> None:
    doses = {dose.drug.curie: dose for dose in curated_graph.timeline("patient:004-retroperitoneal").cumulative_doses}
    assert (doses["drug:doxorubicin"].amount, doses["drug:doxorubicin"].unit) == (420, "mg/m2")
    assert [part.working for part in doses["drug:doxorubicin"].parts] == [
        "6 × 2 × 30 mg/m2 = 360 mg/m2",
        "1 × 1 × 60 mg/m2 = 60 mg/m2",
    ]
    assert doses["drug:ifosfamide"].text == "70 g/m2 if every stated dose was given in full"


@pytest.mark.parametrize(
    "lacking", [given_dose(None, 900, "1, 8"), given_dose(4, 900, "weekly"), given_dose(4, None, "1, 8")]
)
def test_a_missing_piece_leaves_the_sum_undrawn(lacking: GivenTreatment) -> None:
    (dose,) = cumulative_doses([given_dose(2, 1000, "1"), lacking])
    assert dose.amount is None
    assert "not stated" in dose.text


def test_different_units_do_not_add_up() -> None:
    (dose,) = cumulative_doses([given_dose(1, 10, "1"), given_dose(1, 10, "1", "mg")])
    assert dose.amount is None


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 2000), st.sampled_from(["1", "1, 8", "1-5"])), min_size=1))
def test_the_order_of_treatments_never_matters(given_: list[tuple[int, int, str]]) -> None:
    treatments = [given_dose(*one) for one in given_]
    amounts = [cumulative_doses(order)[0].amount for order in (treatments, treatments[::-1])]
    assert amounts[0] == amounts[1] == sum(c * v * (days_counted(d) or 0) for c, v, d in given_)
