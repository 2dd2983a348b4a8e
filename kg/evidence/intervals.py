"""Intervals for counts of patients, and the counts behind printed percentages.

Quantiles and p values are SciPy's; tests hold the intervals against statsmodels. A percentage is turned into a count
only where its rounding leaves one whole number; otherwise the range is given, and nothing where no whole number fits.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from scipy.special import betaincinv, ndtri

from kg.errors import InvalidParameter
from kg.model import Interval

LEVEL = 0.95
CLOPPER_PEARSON = "Clopper-Pearson (exact binomial)"
WILSON = "Wilson score"
NEWCOMBE = "Newcombe hybrid score"
FISHER = "Fisher's exact test, two-sided"

_PRINTED = re.compile(r"(\d+(?:\.(?P<decimals>\d+))?)\s*%")
_INEXACT = re.compile(
    r"\b(about|approximately|around|almost|nearly|more than|less than|over|under|at least|at most|up to|some)\b"
    r"|[<>~≈≤≥±]",
    re.IGNORECASE,
)


def check_counts(numerator: int, denominator: int) -> None:
    """Refuse what is no share of patients.

    Raises: InvalidParameter for a denominator of 0 or less, or a count below 0 or above it.
    """
    if denominator <= 0:
        raise InvalidParameter("denominator", str(denominator), "a whole number above 0")
    if not 0 <= numerator <= denominator:
        raise InvalidParameter("numerator", str(numerator), f"a whole number from 0 to {denominator}")


def check_level(level: float) -> None:
    """Refuse a confidence level that is not strictly between 0 and 1 (0.95 for 95 %). Raises: InvalidParameter."""
    if not 0 < level < 1:
        raise InvalidParameter("level", str(level), "a number between 0 and 1, such as 0.95")


def clopper_pearson(numerator: int, denominator: int, level: float = LEVEL) -> Interval:
    """The exact binomial interval of a share, in percent.

    Raises: InvalidParameter for impossible counts or levels.
    Source: Clopper CJ, Pearson ES. Biometrika 1934;26:404-413, doi:10.1093/biomet/26.4.404.

    >>> interval = clopper_pearson(18, 34)
    >>> round(interval.low, 1), round(interval.high, 1)
    (35.1, 70.2)
    """
    check_counts(numerator, denominator)
    check_level(level)
    tail, others = (1 - level) / 2, denominator - numerator
    low = float(betaincinv(numerator, others + 1, tail)) if numerator else 0.0
    high = float(betaincinv(numerator + 1, others, 1 - tail)) if others else 1.0
    return Interval(100 * low, 100 * high, level, CLOPPER_PEARSON)


def wilson(numerator: int, denominator: int, level: float = LEVEL) -> Interval:
    """The score interval of a share, in percent; narrower than the exact one, and on average nearer its level.

    Raises: InvalidParameter for impossible counts or levels.
    Source: Wilson EB. J Am Stat Assoc 1927;22:209-212, doi:10.1080/01621459.1927.10502953; recommended by Brown LD,
        Cai TT, DasGupta A. Stat Sci 2001;16:101-133, doi:10.1214/ss/1009213286.
    """
    check_counts(numerator, denominator)
    check_level(level)
    z, share = float(ndtri((1 + level) / 2)), numerator / denominator
    centre = share + z * z / (2 * denominator)
    reach = z * math.sqrt(share * (1 - share) / denominator + z * z / (4 * denominator**2))
    scale = 1 + z * z / denominator
    # Rounding noise must not push the interval off its own share.
    low, high = min((centre - reach) / scale, share), max((centre + reach) / scale, share)
    return Interval(100 * max(low, 0.0), 100 * min(high, 1.0), level, WILSON)


def covering(low: Interval, high: Interval) -> Interval:
    """The interval that covers both: for a count known only as a range, from its lowest to its highest."""
    return Interval(low.low, high.high, low.level, f"{low.method}, over every count that the text allows")


@dataclass(frozen=True)
class Difference:
    """Two shares of patients set against each other; computed, never printed.

    Attributes:
        points: first minus second, in percentage points; ``ci`` likewise.
        p_value: two-sided.
    """

    points: float
    ci: Interval
    p_value: float
    method: str


def load() -> None:
    """Import what a p value needs, which takes half a second, before somebody waits for one."""
    import scipy.stats  # noqa: F401, PLC0415


def difference(a: tuple[int, int], b: tuple[int, int], level: float = LEVEL) -> Difference:
    """The difference of two independent shares, in percentage points.

    Args:
        a: numerator and denominator of the first.
        b: numerator and denominator of the second.
        level: of the interval, between 0 and 1.

    Raises: InvalidParameter for impossible counts or levels.
    Source: Newcombe RG. Stat Med 1998;17:873-890 (method 10),
        doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I; for the p value Fisher RA. J R Stat Soc
        1922;85:87-94, doi:10.2307/2340521.
    """
    check_counts(*a)
    check_counts(*b)
    check_level(level)
    from scipy.stats import fisher_exact  # noqa: PLC0415  # takes a second to import: only when it is needed

    first, second = wilson(*a, level), wilson(*b, level)
    share_a, share_b = 100 * a[0] / a[1], 100 * b[0] / b[1]
    points = share_a - share_b
    low = points - math.hypot(share_a - (first.low or 0.0), (second.high or 0.0) - share_b)
    high = points + math.hypot((first.high or 0.0) - share_a, share_b - (second.low or 0.0))
    table = [[a[0], a[1] - a[0]], [b[0], b[1] - b[0]]]
    p_value = min(float(fisher_exact(table).pvalue), 1.0)
    return Difference(points, Interval(low, high, level, NEWCOMBE), p_value, f"{NEWCOMBE}; {FISHER}")


@dataclass(frozen=True)
class Percentage:
    """A percentage as printed: its value exactly, and how far rounding may have moved it."""

    value: Fraction
    decimals: int

    @property
    def slack(self) -> Fraction:
        """Half a unit of the last printed digit."""
        return Fraction(1, 2 * 10**self.decimals)


def printed_percentage(value: float, text: str | None) -> Percentage | None:
    """Read how exactly a percentage is printed.

    Returns: None where the text hedges the figure (approximately, more than, up to ...): no count follows from it.

    >>> printed_percentage(18.4, "18.4%").decimals, printed_percentage(10, "approximately 10%")
    (1, None)
    """
    if text is not None and _INEXACT.search(text):
        return None
    exact = Fraction(str(value))
    for match in _PRINTED.finditer(text or ""):
        if Fraction(match[1]) == exact:
            return Percentage(exact, len(match["decimals"] or ""))
    whole = float(value).is_integer()
    return Percentage(exact, 0 if whole else len(str(value).partition(".")[2]))


def counts_behind(percentage: Percentage, denominator: int) -> tuple[int, ...]:
    """Every whole number of patients that rounds to a printed percentage; halves may have been rounded either way.

    Raises: InvalidParameter for a denominator of 0 or less.

    >>> counts_behind(printed_percentage(53, "53%"), 34), counts_behind(printed_percentage(18.4, "18.4%"), 133)
    ((18,), ())
    """
    check_counts(0, denominator)
    low = (percentage.value - percentage.slack) * denominator / 100
    high = (percentage.value + percentage.slack) * denominator / 100
    first, last = max(0, -(-low.numerator // low.denominator)), min(denominator, high.numerator // high.denominator)
    return tuple(range(first, last + 1)) if last - first < 10_000 else (first, last)
