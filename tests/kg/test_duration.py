"""ISO 8601 durations are read in one way: by curators' files, shapes, pages and dose intensities."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from rdflib import SH, Graph

from kg.duration import days_long, duration_words, is_duration, offset_words
from ontology.resources import shapes_graph

DURATIONS = ["P3W", "P28D", "P1Y6M", "P1.5M", "P2W3D", "PT30M", "PT72H", "P1DT12H", "PT0.5S", "PT1.5H", "P0D"]
OTHERS = ["", "P", "PT", "P1YT", "3 weeks", "P3", "3W", "P-3W", "p3w", "P1H", "PT1D", "P1M1Y", " P3W", "P3W\n", "P,5D"]


@pytest.mark.parametrize("text", DURATIONS)
def test_a_duration_is_known_forwards_and_backwards(text: str) -> None:
    assert is_duration(text)
    assert is_duration(f"-{text}")


@pytest.mark.parametrize("text", OTHERS)
def test_anything_else_is_none_and_stays_as_it_is(text: str) -> None:
    assert not is_duration(text)
    assert days_long(text) is None
    assert duration_words(text) == text


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("P3W", 21),
        ("P21D", 21),
        ("P2W3D", 17),
        ("PT72H", 3),
        ("PT30M", Fraction(1, 48)),
        ("P1DT12H", Fraction(3, 2)),
        ("P0D", 0),
        ("P400Y", 146097),  # the Gregorian calendar begins anew
        ("P1.5M", Fraction(146097, 3200)),
        ("-P3W", None),
        (None, None),
    ],
)
def test_its_length_is_exact(text: str | None, days: Fraction | int | None) -> None:
    assert days_long(text) == days


def test_a_year_is_twelve_months() -> None:
    assert days_long("P1Y") == days_long("P12M")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("P24W", "24 weeks"),
        ("P1M", "1 month"),
        ("PT1M", "1 minute"),
        ("P1Y6M", "1 year 6 months"),
        ("P0D", "0 days"),
        ("P1DT2H30M", "1 day 2 hours 30 minutes"),
        ("-P2D", "minus 2 days"),
    ],
)
def test_it_is_told_in_words(text: str, words: str) -> None:
    assert duration_words(text) == words


@pytest.mark.parametrize(
    ("offset", "words"), [("P38D", "38 days after the operation"), ("-P1W", "1 week before the operation")]
)
def test_an_offset_counts_from_another_event_either_way(offset: str, words: str) -> None:
    assert offset_words(offset, "the operation") == words


def test_the_shapes_take_what_is_read() -> None:
    shapes: Graph = shapes_graph()
    patterns = {str(pattern) for pattern in shapes.objects(None, SH.pattern) if "(?=.)" in pattern}
    assert patterns
    for pattern in patterns:
        assert [text for text in DURATIONS if not re.search(pattern, text)] == []
        assert [text for text in OTHERS if re.search(pattern, text) and not text.endswith("\n")] == []
