"""Random-effects pooling of proportions: a random-intercept logistic model, and inverse variance as its check.

Model: events_i ~ Binomial(n_i, expit(mu + u_i)), u_i ~ Normal(0, tau2), by maximum likelihood with adaptive
    Gauss-Hermite quadrature. It needs no continuity correction for studies without events.

Sources:
    model: Stijnen T, Hamza TH, Ozdemir P. Stat Med 2010;29:3046-3067, doi:10.1002/sim.4040; why not Freeman-Tukey:
        Schwarzer G et al. Res Synth Methods 2019;10:476-483, doi:10.1002/jrsm.1348
    quadrature: Liu Q, Pierce DA. Biometrika 1994;81:624-629, doi:10.1093/biomet/81.3.624
    heterogeneity: Higgins JPT, Thompson SG. Stat Med 2002;21:1539-1558, doi:10.1002/sim.1186
    prediction interval: Higgins JPT, Thompson SG, Spiegelhalter DJ. J R Stat Soc A 2009;172:137-159,
        doi:10.1111/j.1467-985X.2008.00552.x
    check: DerSimonian R, Laird N. Control Clin Trials 1986;7:177-188, doi:10.1016/0197-2456(86)90046-2
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, expit, gammaln, logit, ndtri, stdtrit

from kg.errors import InvalidParameter
from kg.evidence.intervals import LEVEL, check_counts, check_level
from kg.model import Interval

LOGISTIC = "random-intercept logistic regression (maximum likelihood)"
INVERSE_VARIANCE = "inverse variance on the logit scale (DerSimonian-Laird)"
QUADRATURE_POINTS = 61
_TAU_MAX = 6.0  # on the logit scale: beyond it shares are 0 or 1
_CORRECTION = 0.5

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Heterogeneity:
    """How much the studies differ beyond chance.

    Attributes:
        tau2: variance between studies, on the logit scale.
        i2: share of the total variance that is between studies, in percent.
        q, q_df, q_p: Cochran's Q on the logit scale, its degrees of freedom and its p value.
    """

    tau2: float
    i2: float
    q: float
    q_df: int
    q_p: float


@dataclass(frozen=True)
class Estimate:
    """A pooled share.

    Attributes:
        percent: 0 to 100; so are the ends of ``ci`` and ``prediction``.
        ci: of the mean share, by Wald on the logit scale.
        prediction: where the share of a further study is to be expected; None below three studies.
    """

    percent: float
    ci: Interval
    prediction: Interval | None
    method: str
    heterogeneity: Heterogeneity


def pool_logistic(counts: Sequence[tuple[int, int]], level: float = LEVEL) -> Estimate:
    """Pool shares by the random-intercept logistic model.

    Args:
        counts: (events, patients) per study, at least two; not all of them without, or all of them only with, events.
        level: of the intervals, between 0 and 1.

    Returns: the same whatever the order of the studies.
    Raises: InvalidParameter where the counts are impossible or leave the model nothing to estimate.
    Source: Stijnen et al. 2010, as above.
    """
    from scipy.optimize import minimize_scalar  # noqa: PLC0415  # a second to import: only when something is pooled

    events, people = _checked(counts, level)

    def profile(tau: float) -> float:
        return -_log_likelihood(_best_centre(events, people, tau), events, people, tau)

    optimum = minimize_scalar(profile, bounds=(0.0, _TAU_MAX), method="bounded", options={"xatol": 1e-8})
    # The optimum often lies on the border, no variance at all, which the bounded search only comes near.
    tau = 0.0 if profile(0.0) <= float(optimum.fun) + 1e-9 else float(optimum.x)
    centre = _best_centre(events, people, tau)
    error = _standard_error(centre, events, people, tau)
    z = float(ndtri((1 + level) / 2))
    heterogeneity = _heterogeneity(events, people, tau**2)
    return Estimate(
        percent=100 * float(expit(centre)),
        ci=_interval(centre, z * error, level, "Wald, on the logit scale"),
        prediction=_prediction(centre, error, tau**2, len(counts), level),
        method=LOGISTIC,
        heterogeneity=heterogeneity,
    )


def pool_inverse_variance(counts: Sequence[tuple[int, int]], level: float = LEVEL) -> Estimate | None:
    """Pool shares by the inverse-variance method on the logit scale, without continuity correction.

    Args:
        counts: as for :func:`pool_logistic`.
        level: likewise.

    Returns: None where a study has no events or only events, for which the method has no variance.
    Raises: InvalidParameter as for :func:`pool_logistic`.
    Source: DerSimonian and Laird 1986, as above.
    """
    events, people = _checked(counts, level)
    if bool(np.any((events == 0) | (events == people))):
        return None
    effects, variances = logit(events / people), 1 / events + 1 / (people - events)
    spread = _spread(effects, 1 / variances)
    tau2 = max(0.0, (spread.q - spread.df) / spread.scale)  # the moment estimate may be negative: none, by definition
    weights = 1 / (variances + tau2)
    centre, error = float((weights * effects).sum() / weights.sum()), 1 / math.sqrt(float(weights.sum()))
    z = float(ndtri((1 + level) / 2))
    return Estimate(
        percent=100 * float(expit(centre)),
        ci=_interval(centre, z * error, level, "Wald, on the logit scale"),
        prediction=_prediction(centre, error, tau2, len(counts), level),
        method=INVERSE_VARIANCE,
        heterogeneity=_heterogeneity(events, people, tau2),
    )


def _checked(counts: Sequence[tuple[int, int]], level: float) -> tuple[Floats, Floats]:
    """Events and patients, one entry a study."""
    check_level(level)
    if len(counts) < 2:
        raise InvalidParameter("studies", str(len(counts)), "at least two studies to pool")
    for numerator, denominator in counts:
        check_counts(numerator, denominator)
    ordered = sorted(counts)  # sums then round the same way whatever the order of the studies
    events = np.array([pair[0] for pair in ordered], dtype=np.float64)
    people = np.array([pair[1] for pair in ordered], dtype=np.float64)
    if not events.any() or bool((events == people).all()):
        raise InvalidParameter("studies", "all alike", "at least one patient with and one without the event")
    return events, people


@cache
def _nodes() -> tuple[Floats, Floats]:
    points, weights = np.polynomial.hermite_e.hermegauss(QUADRATURE_POINTS)
    return points, np.log(weights / math.sqrt(2 * math.pi))


def _log_joint(centre: float, events: Floats, people: Floats, tau: float) -> Floats:
    """Log likelihood, (studies, quadrature points); the points are placed around each study's own mode."""
    points, log_weights = _nodes()
    mode, spread = _modes(centre, events, people, tau)
    place = mode[:, None] + spread[:, None] * points
    theta = centre + tau * place
    choose = gammaln(people + 1) - gammaln(events + 1) - gammaln(people - events + 1)
    binomial = choose[:, None] + events[:, None] * theta - people[:, None] * np.logaddexp(0.0, theta)
    # Adaptive quadrature: the weight of a point is that of the standard normal it replaces.
    shift = np.log(spread)[:, None] + 0.5 * points**2 - 0.5 * place**2
    joint: Floats = binomial + shift + log_weights
    return joint


def _modes(centre: float, events: Floats, people: Floats, tau: float) -> tuple[Floats, Floats]:
    """Where each study's likelihood times the standard normal peaks, and how wide it is there; by Newton's method."""
    mode = np.zeros_like(events)
    for _ in range(50):
        share = expit(centre + tau * mode)
        slope = tau * (events - people * share) - mode
        curve = tau**2 * people * share * (1 - share) + 1
        step = np.clip(slope / curve, -1.0, 1.0)
        mode = mode + step
        if float(np.abs(step).max()) < 1e-12:
            break
    share = expit(centre + tau * mode)
    return mode, 1 / np.sqrt(tau**2 * people * share * (1 - share) + 1)


def _log_likelihood(centre: float, events: Floats, people: Floats, tau: float) -> float:
    """Of all studies together, their random effects integrated out."""
    joint = _log_joint(centre, events, people, tau)
    top = joint.max(axis=1, keepdims=True)
    return float((top[:, 0] + np.log(np.exp(joint - top).sum(axis=1))).sum())


def _best_centre(events: Floats, people: Floats, tau: float) -> float:
    """The mean on the logit scale that is likeliest with this deviation between the studies."""
    from scipy.optimize import minimize_scalar  # noqa: PLC0415  # a second to import: only when something is pooled

    if tau == 0.0:
        return float(logit(events.sum() / people.sum()))
    shares = logit((events + _CORRECTION) / (people + 2 * _CORRECTION))
    low, high = float(shares.min()) - 3 - tau, float(shares.max()) + 3 + tau
    optimum = minimize_scalar(
        lambda centre: -_log_likelihood(centre, events, people, tau),
        bounds=(low, high),
        method="bounded",
        options={"xatol": 1e-9},
    )
    return float(optimum.x)


def _standard_error(centre: float, events: Floats, people: Floats, tau: float) -> float:
    """Of the mean, on the logit scale: from the observed information in both parameters, by central differences."""
    h = 1e-3

    def at(centre_step: float, tau_step: float) -> float:
        return _log_likelihood(centre + centre_step, events, people, tau + tau_step)

    here = at(0, 0)
    by_centre = -(at(h, 0) - 2 * here + at(-h, 0)) / h**2
    if tau < 2 * h:  # on the border there is nothing below to differentiate towards
        return 1 / math.sqrt(by_centre)
    by_tau = -(at(0, h) - 2 * here + at(0, -h)) / h**2
    both = -(at(h, h) - at(h, -h) - at(-h, h) + at(-h, -h)) / (4 * h**2)
    information = by_centre - both**2 / by_tau if by_tau > 0 else by_centre
    return 1 / math.sqrt(information if information > 0 else by_centre)


def _heterogeneity(events: Floats, people: Floats, tau2: float) -> Heterogeneity:
    """Q and I2 on the logit scale; studies without, or only with, events are corrected by one half for this only.

    I2 is the share of ``tau2`` in the total variance, with the "typical" variance within studies of Higgins and
    Thompson 2002.
    """
    add = np.where((events == 0) | (events == people), _CORRECTION, 0.0)
    effects = logit((events + add) / (people + 2 * add))
    weights = 1 / (1 / (events + add) + 1 / (people - events + add))
    spread = _spread(effects, weights)
    typical = spread.df / spread.scale
    return Heterogeneity(tau2, 100 * tau2 / (tau2 + typical), spread.q, spread.df, float(chdtrc(spread.df, spread.q)))


@dataclass(frozen=True)
class _Spread:
    """Cochran's Q, its degrees of freedom, and what a unit of variance between the studies adds to it."""

    q: float
    df: int
    scale: float


def _spread(effects: Floats, weights: Floats) -> _Spread:
    whole = float(weights.sum())
    mean = float((weights * effects).sum()) / whole
    q = float((weights * (effects - mean) ** 2).sum())
    return _Spread(q, len(effects) - 1, whole - float((weights**2).sum()) / whole)


def _interval(centre: float, reach: float, level: float, method: str) -> Interval:
    """In percent, from the logit scale."""
    return Interval(100 * float(expit(centre - reach)), 100 * float(expit(centre + reach)), level, method)


def _prediction(centre: float, error: float, tau2: float, studies: int, level: float) -> Interval | None:
    freedom = studies - 2
    if freedom < 1:
        return None
    t = float(stdtrit(freedom, (1 + level) / 2))
    return _interval(centre, t * math.sqrt(tau2 + error**2), level, f"t with {freedom} degrees of freedom")
