"""Pooled proportions against published results, brute-force integration and statsmodels."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import trapezoid
from scipy.optimize import minimize
from scipy.special import expit, logit
from scipy.stats import binom, chi2, norm
from statsmodels.stats.meta_analysis import combine_effects

from kg.errors import InvalidParameter
from kg.evidence.random_effects import pool_inverse_variance, pool_logistic

# Niel-Weise 2007, infections with control and with coated catheters; metadat::dat.nielweise2007.
CONTROL = list(zip(
    [3, 3, 9, 7, 6, 4, 3, 2, 19, 2, 7, 1, 5, 11, 0, 1, 3, 1],
    [117, 35, 195, 136, 157, 139, 177, 39, 103, 122, 64, 58, 175, 180, 105, 262, 362, 69], strict=True,
))  # fmt: skip
COATED = list(zip(
    [0, 1, 2, 0, 5, 1, 1, 1, 1, 1, 0, 0, 3, 6, 0, 0, 1, 4],
    [116, 44, 208, 130, 151, 98, 174, 74, 97, 113, 66, 70, 188, 187, 118, 252, 345, 64], strict=True,
))  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "centre", "error", "tau2", "percent", "low", "high"),
    [
        (CONTROL, -3.50, 0.26, 0.81, 2.9, 1.8, 4.8),
        (COATED, -4.81, 0.36, 0.83, 0.8, 0.4, 1.6),
    ],
)
def test_the_logistic_model_gives_the_published_figures(  # noqa: PLR0917  # one row of a printed table
    counts: list[tuple[int, int]], centre: float, error: float, tau2: float, percent: float, low: float, high: float
) -> None:
    """Stijnen 2010, table II, which metafor's rma.glmm reproduces in its own tests."""
    found = pool_logistic(counts)
    ends = [logit((end or 0) / 100) for end in (found.ci.low, found.ci.high)]
    assert logit(found.percent / 100) == pytest.approx(centre, abs=0.005)
    assert (ends[1] - ends[0]) / 2 / 1.959964 == pytest.approx(error, abs=0.005)
    assert found.heterogeneity.tau2 == pytest.approx(tau2, abs=0.005)
    assert [round(value or 0, 1) for value in (found.percent, found.ci.low, found.ci.high)] == [percent, low, high]


@pytest.mark.parametrize("counts", [[(18, 34), (12, 73), (24, 133)], [(0, 43), (5, 29), (1, 17), (4, 27)]])
def test_the_logistic_model_agrees_with_integration_by_brute_force(counts: list[tuple[int, int]]) -> None:
    grid = np.linspace(-9, 9, 3001)
    density = norm.pdf(grid)

    def loss(parameters: np.ndarray) -> float:
        theta = parameters[0] + math.exp(parameters[1]) * grid
        return -sum(math.log(trapezoid(binom.pmf(k, of, expit(theta)) * density, grid)) for k, of in counts)

    brute = minimize(loss, [-1.0, -1.0], method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9})
    found = pool_logistic(counts)
    assert found.percent == pytest.approx(100 * expit(brute.x[0]), abs=1e-3)
    assert found.heterogeneity.tau2 == pytest.approx(math.exp(2 * brute.x[1]), abs=1e-3)


@st.composite
def studies(draw: st.DrawFn) -> list[tuple[int, int]]:
    people = draw(st.lists(st.integers(2, 200), min_size=2, max_size=6))
    return [(draw(st.integers(1, of - 1)), of) for of in people]


def test_inverse_variance_agrees_with_the_formulas_written_out() -> None:
    counts = [(18, 34), (12, 73), (24, 133)]
    effects = [math.log(k / (n - k)) for k, n in counts]
    weights = [1 / (1 / k + 1 / (n - k)) for k, n in counts]
    mean = sum(w * y for w, y in zip(weights, effects, strict=True)) / sum(weights)
    q = sum(w * (y - mean) ** 2 for w, y in zip(weights, effects, strict=True))
    tau2 = (q - 2) / (sum(weights) - sum(w * w for w in weights) / sum(weights))
    new = [1 / (1 / w + tau2) for w in weights]
    centre = sum(w * y for w, y in zip(new, effects, strict=True)) / sum(new)
    found = pool_inverse_variance(counts)
    assert found is not None
    assert found.percent == pytest.approx(100 * expit(centre))
    assert found.heterogeneity.tau2 == pytest.approx(tau2)
    assert found.heterogeneity.q == pytest.approx(q)
    assert found.ci.low == pytest.approx(100 * expit(centre - 1.959963985 / math.sqrt(sum(new))))


@settings(max_examples=40, deadline=None)
@given(studies())
@example([(5, 10), (50, 100), (20, 40)])  # no variance between them at all
def test_inverse_variance_agrees_with_statsmodels(counts: list[tuple[int, int]]) -> None:
    effects = logit(np.array([k / n for k, n in counts]))
    variances = np.array([1 / k + 1 / (n - k) for k, n in counts])
    with np.errstate(invalid="ignore", divide="ignore"):
        theirs = combine_effects(effects, variances, method_re="dl")
    centre = theirs.mean_effect_re if theirs.tau2 > 0 else theirs.mean_effect_fe
    found = pool_inverse_variance(counts)
    assert found is not None
    assert found.percent == pytest.approx(100 * expit(centre), abs=1e-6)
    assert found.heterogeneity.tau2 == pytest.approx(max(0.0, theirs.tau2), abs=1e-9)
    assert found.heterogeneity.q_p == pytest.approx(chi2.sf(found.heterogeneity.q, len(counts) - 1), abs=1e-12)


def test_equal_studies_have_no_variance_between_them() -> None:
    found = pool_logistic([(5, 10), (50, 100), (20, 40)])
    assert (found.percent, found.heterogeneity.tau2, found.heterogeneity.i2) == (pytest.approx(50), 0, 0)


def test_two_studies_have_no_prediction_interval() -> None:
    assert pool_logistic([(18, 34), (12, 73)]).prediction is None
    assert pool_logistic([(18, 34), (12, 73), (24, 133)]).prediction is not None


@pytest.mark.parametrize("counts", [[(1, 2)], [(0, 10), (0, 20)], [(10, 10), (20, 20)], [(1, 0), (1, 2)]])
def test_what_cannot_be_pooled_is_refused(counts: list[tuple[int, int]]) -> None:
    with pytest.raises(InvalidParameter):
        pool_logistic(counts)


@settings(max_examples=12, deadline=None)
@given(studies(), st.randoms(use_true_random=False))
def test_the_order_of_studies_never_matters(counts: list[tuple[int, int]], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = counts[:]
    random.shuffle(shuffled)
    assert pool_logistic(counts) == pool_logistic(shuffled)
    assert pool_inverse_variance(counts) == pool_inverse_variance(shuffled)


@settings(max_examples=60, deadline=None)
@given(studies())
def test_the_inverse_variance_estimate_lies_within_its_studies(counts: list[tuple[int, int]]) -> None:
    found = pool_inverse_variance(counts)
    assert found is not None
    shares = [100 * k / n for k, n in counts]
    assert min(shares) - 1e-9 <= found.percent <= max(shares) + 1e-9
    assert found.heterogeneity.tau2 >= 0
    assert 0 <= found.heterogeneity.i2 <= 100
