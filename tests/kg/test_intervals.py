"""Intervals against statsmodels, and counts behind percentages against brute force."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import fisher_exact
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from kg.errors import InvalidParameter
from kg.evidence.intervals import clopper_pearson, counts_behind, difference, printed_percentage, wilson

PEOPLE = st.integers(1, 400)


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    people = draw(PEOPLE)
    return draw(st.integers(0, people)), people


@given(shares(), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_both_intervals_are_those_of_statsmodels(share: tuple[int, int], level: float) -> None:
    for ours, method in ((clopper_pearson(*share, level), "beta"), (wilson(*share, level), "wilson")):
        low, high = proportion_confint(*share, alpha=1 - level, method=method)
        assert ours.low == pytest.approx(100 * low, abs=1e-7)
        assert ours.high == pytest.approx(100 * high, abs=1e-7)
        assert ours.level == level
        assert ours.method


@given(shares())
def test_an_interval_holds_its_share_and_stays_on_the_scale(share: tuple[int, int]) -> None:
    percent = 100 * share[0] / share[1]
    for interval in (clopper_pearson(*share), wilson(*share)):
        assert interval.low is not None
        assert interval.high is not None
        assert 0 <= interval.low <= percent + 1e-9
        assert percent - 1e-9 <= interval.high <= 100


def test_none_of_43_leaves_up_to_eight_percent() -> None:
    interval = clopper_pearson(0, 43)
    assert (interval.low, round(interval.high or 0, 1)) == (0.0, 8.2)


@given(shares(), shares())
def test_a_difference_is_newcombes_with_fishers_p(a: tuple[int, int], b: tuple[int, int]) -> None:
    ours = difference(a, b)
    low, high = confint_proportions_2indep(*a, *b, method="newcomb", compare="diff")
    assert ours.ci.low == pytest.approx(100 * low, abs=1e-6)
    assert ours.ci.high == pytest.approx(100 * high, abs=1e-6)
    assert ours.p_value == pytest.approx(fisher_exact([[a[0], a[1] - a[0]], [b[0], b[1] - b[0]]]).pvalue, abs=1e-9)


@pytest.mark.parametrize(("numerator", "denominator"), [(1, 0), (-1, 4), (5, 4)])
def test_impossible_counts_are_refused(numerator: int, denominator: int) -> None:
    with pytest.raises(InvalidParameter):
        clopper_pearson(numerator, denominator)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_a_level_must_lie_between_0_and_1(level: float) -> None:
    with pytest.raises(InvalidParameter):
        wilson(1, 2, level)


@given(shares(), st.sampled_from([0, 1]), st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN]))
def test_the_true_count_is_among_those_behind_its_percentage(
    share: tuple[int, int], decimals: int, rounding: str
) -> None:
    count, people = share
    assume(people < 300)
    printed = (Decimal(100) * count / people).quantize(Decimal(1).scaleb(-decimals), rounding=rounding)
    percentage = printed_percentage(float(printed), f"{printed}%")
    assert percentage is not None
    found = counts_behind(percentage, people)
    assert count in found
    brute = [
        k for k in range(people + 1) if abs(Decimal(100) * k / people - printed) <= Decimal(5).scaleb(-decimals - 1)
    ]
    assert list(found) == brute


@pytest.mark.parametrize(
    ("value", "text", "people", "counts"),
    [
        (53, "53%", 34, (18,)),
        (7.5, "7.5% of 67", 67, (5,)),
        (26, "26%", 605, (155, 156, 157, 158, 159, 160)),
        (18.4, "18.4%", 133, ()),
        (5.5, "5.5%", 18, ()),
    ],
)
def test_a_percentage_gives_one_count_several_or_none(
    value: float, text: str, people: int, counts: tuple[int, ...]
) -> None:
    percentage = printed_percentage(value, text)
    assert percentage is not None
    assert counts_behind(percentage, people) == counts


@pytest.mark.parametrize("text", ["approximately 10%", "More than 40%", "up to 30%", ">90%"])
def test_a_hedged_percentage_gives_no_count(text: str) -> None:
    assert printed_percentage(10, text) is None
