"""What may be set side by side: decided from what was counted, never from the name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.evidence.comparability import comparable
from tests.kg.evidence_rows import (
    CR_PR,
    ORR,
    RESPONSE_RATE,
    SD_60_DAYS,
    SURVIVAL,
    UNSTATED,
    definition,
    people,
    row,
)

MEASURES = st.sampled_from([ORR, RESPONSE_RATE, SURVIVAL])
DEFINITIONS = st.sampled_from(
    [CR_PR, SD_60_DAYS, UNSTATED, None, definition("recist", "CR", "PR", criteria="RECIST 1.1")]
)


def test_stable_disease_for_60_days_is_no_objective_response() -> None:
    verdict = comparable(row(1, measure=RESPONSE_RATE, definition=SD_60_DAYS), row(2))
    assert not verdict.comparable
    assert any("CR+PR+SD" in reason for reason in verdict.reasons)
    assert any("60 days" in reason for reason in verdict.reasons)


def test_16_and_24_weeks_are_different_durations() -> None:
    a, b = (
        row(n, definition=definition(f"w{weeks}", "CR", "PR", "SD", lasting=f"P{weeks}W"))
        for n, weeks in ((1, 16), (2, 24))
    )
    assert comparable(a, b).reasons == (
        "they ask for different durations: at least 16 weeks against at least 24 weeks",
    )


def test_60_days_are_60_days_however_written() -> None:
    a, b = row(1, definition=SD_60_DAYS), row(2, definition=definition("other", "SD", "PR", "CR", lasting="P8W4D"))
    assert comparable(a, b).comparable


def test_an_unstated_response_rate_compares_with_nothing() -> None:
    silent = row(1, measure=RESPONSE_RATE, definition=UNSTATED)
    assert not comparable(silent, row(2)).comparable
    assert not comparable(silent, row(3, measure=RESPONSE_RATE, definition=UNSTATED)).comparable


def test_an_objective_response_rate_means_cr_and_pr_with_a_caution() -> None:
    verdict = comparable(row(1, definition=UNSTATED), row(2))
    assert verdict.comparable
    assert any("the source does not say" in caution for caution in verdict.cautions)


def test_different_criteria_do_not_compare() -> None:
    a, b = (
        row(n, definition=definition(name, "CR", "PR", criteria=name)) for n, name in ((1, "WHO"), (2, "RECIST 1.1"))
    )
    assert not comparable(a, b).comparable


def test_evaluable_patients_are_not_all_patients() -> None:
    evaluable = row(1, denominator=30, numerator=3, population=people(30, evaluable=30, enrolled=41))
    assert not comparable(evaluable, row(2, denominator=40, numerator=3)).comparable


def test_survival_does_not_compare_with_response() -> None:
    assert not comparable(row(1), row(2, measure=SURVIVAL, definition=None)).comparable


@given(MEASURES, DEFINITIONS, MEASURES, DEFINITIONS)
def test_the_order_of_two_results_never_matters(m1, d1, m2, d2) -> None:  # type: ignore[no-untyped-def]
    a, b = row(1, measure=m1, definition=d1), row(2, measure=m2, definition=d2)
    assert comparable(a, b) == comparable(b, a)
