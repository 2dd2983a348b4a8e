"""Grades of adverse events as printed, read as numbers of the Common Terminology Criteria for Adverse Events (CTCAE).

A word that is no grade ("severe", "excessive") is read as none: sources use it for grade 3 and for grades 3 to 5.
Source: CTCAE version 5.0, National Cancer Institute, 2017, for the grades and for 5 as death.
"""

from __future__ import annotations

import re

from kg.evidence.rows import EvidenceRow

FATAL = (5, 5)
_WORDS_OF_DEATH = frozenset({"fatal", "lethal", "death"})
_GRADE = re.compile(r"[1-5]|\b(?:iv|v|i{1,3})\b")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_BEFORE_THE_GRADE = re.compile(r".*\bgrades?\b|.*\bversion\s*[\d.]+|\bctc(-?ae)?\b")
_OR_MORE = re.compile(r"or (higher|more|greater|above|worse)|[≥>+]|at least")
_OR_LESS = re.compile(r"or (lower|less|below)|[≤<]|at most|up to|below|under")


def grades_of(printed: str | None) -> tuple[int, int] | None:
    """The lowest and the highest grade that a text allows; None where it names none.

    >>> grades_of("3 or 4"), grades_of("CTC-AE version 4 grade 3"), grades_of("grade 3 or higher"), grades_of("severe")
    ((3, 4), (3, 3), (3, 5), None)
    """
    text = (printed or "").strip().lower()
    if text in _WORDS_OF_DEATH:
        return FATAL
    named = [_ROMAN.get(grade) or int(grade) for grade in _GRADE.findall(_BEFORE_THE_GRADE.sub("", text))]
    if not named:
        return None
    low = 1 if _OR_LESS.search(text) else min(named)
    return low, 5 if _OR_MORE.search(text) else max(named)


def is_none_seen(row: EvidenceRow) -> bool:
    """Whether a result says that nobody had it."""
    return row.absence == "none-observed" or row.numerator == 0 or (row.value == 0 and row.unit == "%")


def has_grade(row: EvidenceRow, least: int) -> bool:
    """Whether an adverse event is of a grade or above; where nobody had it, nobody had it so."""
    grades = grades_of(row.grade)
    if row.adverse_event is None:
        return False
    if is_none_seen(row):
        return row.grade is None or (grades is not None and grades[0] <= least)
    return grades is not None and grades[0] >= least


def open_grade(row: EvidenceRow, least: int) -> str | None:
    """What is not stated of the grade of an adverse event that may be of one or above."""
    grades = grades_of(row.grade)
    if row.adverse_event is None or (grades is not None and grades[1] < least):
        return None
    if grades is None:
        return f"the grade, told as {row.grade}" if row.grade else "the grade"
    return f"how often it was of grade {least} or above"
