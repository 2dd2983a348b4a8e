"""ISO 8601 durations, as records and sources of dose schedules write them: read, measured and told in words.

Source: ISO 8601-1:2019, 5.5.2; with weeks beside other units, and a minus sign for what lies before (ISO 8601-2:2019).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

_NUMBER = r"\d+(?:\.\d+)?"
_DURATION = re.compile(
    rf"(?P<minus>-)?P(?=.)(?:(?P<year>{_NUMBER})Y)?(?:(?P<month>{_NUMBER})M)?(?:(?P<week>{_NUMBER})W)?"
    rf"(?:(?P<day>{_NUMBER})D)?(?:T(?=.)(?:(?P<hour>{_NUMBER})H)?(?:(?P<minute>{_NUMBER})M)?(?:(?P<second>{_NUMBER})S)?)?"
)
# Months and years have no length in days; a mean Gregorian one is close enough to tell 16 weeks from 24.
_DAYS: Mapping[str, Fraction] = {
    "year": Fraction(146097, 400),
    "month": Fraction(146097, 4800),
    "week": Fraction(7),
    "day": Fraction(1),
    "hour": Fraction(1, 24),
    "minute": Fraction(1, 24 * 60),
    "second": Fraction(1, 24 * 60 * 60),
}


def is_duration(text: str) -> bool:
    """Whether a text is an ISO 8601 duration.

    >>> is_duration("P3W"), is_duration("-P2D"), is_duration("P"), is_duration("3 weeks")
    (True, True, False, False)
    """
    return _DURATION.fullmatch(text) is not None


def days_long(text: str | None) -> Fraction | None:
    """The length of a duration in days; None where there is none, or where it counts backwards.

    >>> days_long("P16W"), days_long("PT36H"), days_long("three weeks")
    (Fraction(112, 1), Fraction(3, 2), None)
    """
    match = _DURATION.fullmatch(text or "")
    if match is None or match["minus"]:
        return None
    return sum((Fraction(match[unit]) * days for unit, days in _DAYS.items() if match[unit]), Fraction(0))


def duration_words(text: str) -> str:
    """A duration in words; any other text as it is.

    >>> duration_words("P3W"), duration_words("P1Y6M"), duration_words("-PT1H"), duration_words("about a year")
    ('3 weeks', '1 year 6 months', 'minus 1 hour', 'about a year')
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        return text
    parts = [f"{match[unit]} {unit}{'' if match[unit] == '1' else 's'}" for unit in _DAYS if match[unit]]
    return " ".join(["minus", *parts] if match["minus"] else parts)


def offset_words(offset: str, event: str) -> str:
    """When something was, as a duration since another event; a minus sign counts back from it.

    >>> offset_words("P6W", "diagnosis"), offset_words("-P2D", "surgery")
    ('6 weeks after diagnosis', '2 days before surgery')
    """
    return f"{duration_words(offset.removeprefix('-'))} {'before' if offset.startswith('-') else 'after'} {event}"
