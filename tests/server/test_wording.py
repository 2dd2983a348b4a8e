"""Figures and doses in a clinician's words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.evidence.regimens import ComponentRow
from kg.model import EntityRef
from server import wording
from server.drawings import forest_plots
from tests.kg.evidence_rows import people, row

GEMCITABINE = EntityRef("https://w3id.org/sarcoma-kg/drug/gemcitabine", "drug:gemcitabine", "Drug", "gemcitabine")


def component(days: str | None, cycle: str | None) -> ComponentRow:
    return ComponentRow(GEMCITABINE, "900 mg/m2", 900, "mg/m2", None, None, days, cycle, None)


@pytest.mark.parametrize(
    ("days", "cycle", "told"),
    [
        ("1, 8", "P3W", "days 1, 8, every 3 weeks"),
        ("8", "P21D", "day 8, every 21 days"),
        ("weekly", "P1W", "weekly"),
        ("every 3 weeks", "P3W", "every 3 weeks"),
        (None, "P3W", "every 3 weeks"),
        (None, None, ""),
    ],
)
def test_when_a_dose_is_given_is_said_once(days: str | None, cycle: str | None, told: str) -> None:
    assert wording.when_given(component(days, cycle)) == told


@pytest.mark.parametrize(
    ("sign", "end", "kind", "told"),
    [
        (1, "G1 arrest", "Process", "more G1 arrest"),
        (-1, "VEGF", "Target", "less VEGF"),
        (-1, "Ewing sarcoma", "Histotype", "against Ewing sarcoma"),
        (1, "radiotherapy", "Procedure", "stronger effect of radiotherapy"),
        (None, "mTOR", "Target", "direction not known: no source gives that of one of the steps"),
    ],
)
def test_net_effects_are_told_in_words(sign: int | None, end: str, kind: str, told: str) -> None:
    assert wording.net_effect(sign, end, kind) == told


def test_connections_read_both_ways() -> None:
    assert wording.label_of("inhibits") == "inhibits"
    assert wording.label_of("inhibits", forward=False) == "is inhibited by"
    assert wording.label_of("unheardOf") == "unheardOf"


def test_a_part_of_an_arm_is_not_as_large_as_the_arm() -> None:
    leiomyosarcoma = row(value_text="24%", value=24, unit="%", subgroup="leiomyosarcoma", population=people(133))
    assert (wording.of_n(leiomyosarcoma), wording.short_figure(leiomyosarcoma)) == ("", "24%")
    printed = row(value_text="24%", value=24, unit="%", ci=(17, 33), subgroup="leiomyosarcoma", population=people(133))
    (forest,) = forest_plots.forests([printed])
    assert [entry.figure for entry in forest.rows] == ["24% (17 to 33)"]


def test_responders_of_one_histotype_are_not_called_pooled() -> None:
    among = row(value_text="3 patients", numerator=3, subgroup="uterine leiomyosarcoma", population=people(39, "mixed"))
    assert wording.counted(among).endswith("uterine leiomyosarcoma; of how many is not told")
    whole = row(value_text="7 (18%)", numerator=7, denominator=39, population=people(39, "mixed"))
    assert wording.counted(whole).endswith("histotypes pooled")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"value_text": "27% of 49", "value": 27, "unit": "%", "denominator": 49}, ""),
        ({"value_text": "16%", "value": 16, "unit": "%", "denominator": 6}, "of 6"),
        ({"value_text": "53%", "value": 53, "unit": "%", "numerator": 18, "denominator": 34}, "(18 of 34)"),
        ({"value_text": "8 of 15", "numerator": 8, "denominator": 15}, ""),
        ({"value_text": "18 months", "value": 18, "unit": "mo", "denominator": 73}, "(n = 73)"),
    ],
)
def test_of_how_many_is_told_once(given: dict[str, object], told: str) -> None:
    assert wording.out_of(row(**given)) == told


@pytest.mark.parametrize(
    ("heading", "open_"),
    [
        ("maintenance", "900 mg/m2, infused over 90 minutes, days 1, 8, every 21 days"),
        ("gemcitabine 900 mg/m2 days 1, 8 + docetaxel 100 mg/m2 day 8, every 21 days", "infused over 90 minutes"),
        ("gemcitabine 900 mg/m2 over 90 minutes days 1, 8, every 21 days", ""),
        ("gemcitabine 1,900 mg/m2 days 1, 8", "900 mg/m2, infused over 90 minutes, days 1, 8, every 21 days"),
        ("docetaxel 900 mg/m2 days 1, 8", "900 mg/m2, infused over 90 minutes, days 1, 8, every 21 days"),
    ],
)
def test_beneath_a_heading_stands_what_it_leaves_open_of_a_dose(heading: str, open_: str) -> None:
    given = replace(component("1, 8", "P21D"), infusion_time="PT90M")
    assert wording.beside(heading, [given]) == [(GEMCITABINE, open_)]


def test_what_a_source_tells_beside_a_figure_is_told_unless_the_row_says_it_all() -> None:
    anaemia = EntityRef("https://w3id.org/sarcoma-kg/event/anemia", "event:anemia", "AdverseEvent", "anaemia")
    slowed = row(adverse_event=anaemia, text="Anaemia was a reason for longer intervals.")
    assert wording.remark(slowed) == "Anaemia was a reason for longer intervals."
    assert not wording.remark(
        row(adverse_event=anaemia, text="Anaemia occurred in 3 of 10.", value_text="occurred in 3 of 10")
    )
    assert not wording.remark(row(value_text="18%", value=18, unit="%"))


@pytest.mark.parametrize(
    ("printed", "grade", "told"),
    [
        ("5 patients", "3 or 4", "5 patients grade 3 or 4"),
        ("grade 3 in 5 patients", "3", "grade 3 in 5 patients"),
        (None, "severe", "severe"),
        ("severe prolonged neutropenia", "severe", "severe prolonged neutropenia"),
    ],
)
def test_a_grade_is_told_once_and_a_word_is_no_grade(printed: str | None, grade: str, told: str) -> None:
    assert wording.result(row(value_text=printed, value=None, unit=None, grade=grade)) == told
