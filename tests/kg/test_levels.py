"""Levels of evidence and directions, each with its reason."""

from __future__ import annotations

import pytest

from kg.evidence.direction import judge
from kg.evidence.levels import graded, level_of
from kg.evidence.summary import overall, verdicts, weigh
from tests.kg.evidence_rows import DOCETAXEL, GEMCITABINE, LEIOMYOSARCOMA, SURVIVAL, measure, people, ref, regimen, row

COMPARATOR = ref("arm:control")
HARM = measure("mortality", ("harm",))


@pytest.mark.parametrize(
    ("given_", "civic", "ocebm"),
    [
        ({"randomised": "yes", "comparator": COMPARATOR, "difference": "higher"}, "B", 2),
        ({"randomised": "yes"}, "B", 4),
        ({"comparator": COMPARATOR, "difference": "higher"}, "B", 3),
        ({"design": "retrospective cohort"}, "B", 4),
        ({"design": "case report", "population": people(1)}, "C", 5),
        ({"design": "preclinical"}, "D", 5),
        ({"design": "review"}, "E", 5),
        ({"design": None}, "B", 4),
        ({"certainty": "hypothesised"}, "E", 5),
    ],
)
def test_the_design_sets_the_level(given_: dict[str, object], civic: str, ocebm: int) -> None:
    level = level_of(row(1, **given_))
    assert (level.civic, level.ocebm) == (civic, ocebm)
    assert level.reasons


def test_a_trial_is_not_called_uncontrolled_because_its_figure_tells_no_comparison() -> None:
    """The arm of surgery alone tells no comparator; what it is set against stands with the other arm."""
    for randomised in ("unstated", "no", None):
        reasons = " ".join(level_of(row(1, phase="III", randomised=randomised)).reasons)
        assert "uncontrolled" not in reasons
        assert "no comparison is told with the figure" in reasons


@pytest.mark.parametrize(
    "given_",
    [
        {"population": people(40, match="mixed")},
        {"population": people(12)},
        {"numerator": 10, "denominator": 21},
        {"flags": ("contradicted",), "flag_reason": "x"},
    ],
)
def test_a_weakness_grades_down_and_says_so(given_: dict[str, object]) -> None:
    level = level_of(row(1, **given_))
    assert level.ocebm == 5
    assert any(reason.startswith("graded down") for reason in level.reasons)


def test_results_of_other_studies_that_point_the_other_way_grade_down() -> None:
    rows = graded([row(1, numerator=20, denominator=40), row(2, numerator=0, denominator=43)])
    assert [one.level.consistency for one in rows if one.level] == ["inconsistent", "inconsistent"]


def test_a_study_told_twice_is_no_second_support() -> None:
    once = row(1, numerator=20, denominator=40)
    twice = row(2, numerator=20, denominator=40, study=once.study)
    assert weigh([once]) == weigh([once, twice])
    assert [one.level.consistency for one in graded([once, twice]) if one.level] == ["the only study", "the only study"]


@pytest.mark.parametrize(
    ("given_", "direction"),
    [
        ({"numerator": 18, "denominator": 34}, "supports"),
        ({"numerator": 1, "denominator": 25}, "mixed"),
        ({"numerator": 0, "denominator": 43}, "does_not_support"),
        ({"absence": "no-apparent-benefit"}, "does_not_support"),
        ({"absence": "no-significant-difference"}, "does_not_support"),
        ({"absence": "not-reported-yet"}, None),
        ({"absence": "none-observed", "measure": HARM}, None),
        ({"difference": "higher", "significance": "significant", "comparator": COMPARATOR}, "supports"),
        ({"difference": "higher", "significance": "not significant", "comparator": COMPARATOR}, "mixed"),
        ({"difference": "higher", "measure": HARM, "significance": "significant", "comparator": COMPARATOR}, "harmful"),
        (
            {"difference": "lower", "measure": SURVIVAL, "significance": "significant", "comparator": COMPARATOR},
            "harmful",
        ),
        ({"difference": "worse", "subgroup": "exon 11", "significance": "significant"}, None),
        ({"difference": "better", "value_text": "favourable"}, "mixed"),  # in words alone, and better than what?
        ({"difference": "better", "value_text": "favourable", "comparator": COMPARATOR}, "supports"),
        ({"difference": "better", "significance": "significant"}, "supports"),
        ({"difference": "higher", "significance": "significant", "note": "not in multivariate analysis"}, "mixed"),
        ({"measure": SURVIVAL, "definition": None, "value": 12, "unit": "mo"}, None),
        ({"response": "PR", "patient": ref("patient:x")}, "supports"),
        ({"response": "SD", "patient": ref("patient:x")}, None),
        ({"response": "mixed", "patient": ref("patient:x")}, "mixed"),
        ({"response": "none", "patient": ref("patient:x")}, "does_not_support"),
        ({"adverse_event": ref("event:shock"), "grade": "fatal", "measure": HARM}, "harmful"),
        ({"certainty": "hedged", "numerator": 18, "denominator": 34}, None),
    ],
)
def test_the_direction_follows_a_stated_rule(given_: dict[str, object], direction: str | None) -> None:
    verdict = judge(row(1, **given_))
    assert verdict.direction == direction
    assert verdict.reason


def test_a_difference_of_two_doses_says_nothing_of_the_drug() -> None:
    doses = row(1, difference="no difference", comparator=COMPARATOR, comparator_drugs=(GEMCITABINE,))
    assert verdicts([doses], None) == ()


def test_a_gain_is_credited_to_what_was_added() -> None:
    added = row(
        1, difference="higher", significance="significant", comparator=COMPARATOR,
        comparator_drugs=(GEMCITABINE,), regimen=regimen(GEMCITABINE, DOCETAXEL),
    )  # fmt: skip
    assert verdicts([added], None)[0].direction == "supports"


def test_results_both_ways_are_mixed() -> None:
    weighed = weigh([row(1, numerator=20, denominator=40), row(2, numerator=0, denominator=43)])
    assert overall(weighed)[0] == "mixed"


def test_a_genotype_does_not_speak_for_the_histotype() -> None:
    carriers = row(1, numerator=0, denominator=9, subgroup="PDGFRA mutation", subgroup_histotypes=(LEIOMYOSARCOMA,))
    everyone = row(2, numerator=20, denominator=40)
    assert verdicts([carriers, everyone], None)[0].direction == "supports"


def test_progression_after_a_response_is_how_a_treatment_ended() -> None:
    alone = {"population": people(1), "measure": measure("response"), "definition": None, "response": "PD"}
    assert row(1, **alone).direction == "does_not_support"
    ended = row(1, earlier_response="SD", **alone)
    assert (ended.direction, ended.direction_reason) == (
        None,
        "progression after SD on the same treatment: how it ended",
    )


def test_no_difference_in_toxicity_says_nothing_against_a_treatment() -> None:
    burden = measure("morbidity", ("harm", "treatment-burden"))
    for told in ({"absence": "no-significant-difference"}, {"difference": "no difference"}):
        assert row(1, measure=burden, definition=None, **told).direction is None
        assert row(1, measure=SURVIVAL, definition=None, **told).direction == "does_not_support"


def test_a_single_patient_does_not_outweigh_a_trial() -> None:
    trial = row(1, numerator=20, denominator=40)
    patient = row(
        2, design="case report", population=people(1), response="PD", measure=measure("response"), definition=None
    )
    assert patient.direction == "does_not_support"
    (verdict,) = verdicts([trial, patient], None)
    assert (verdict.direction, verdict.rests_on, verdict.not_supporting) == ("supports", "direct", ())


def test_a_verdict_on_single_patients_says_so() -> None:
    patient = row(
        2, design="case report", population=people(1), response="PR", measure=measure("response"), definition=None
    )
    (verdict,) = verdicts([patient], None)
    assert (verdict.direction, verdict.rests_on) == ("supports", "single patients")


@pytest.mark.parametrize("told", [{"absence": "no-significant-difference"}, {"difference": "no difference"}])
def test_no_difference_from_another_treatment_is_as_good_not_a_failure(told: dict[str, str]) -> None:
    plain = {"measure": SURVIVAL, "definition": None, "comparator": COMPARATOR, **told}
    other = row(1, regimen=regimen(DOCETAXEL), comparator_drugs=(GEMCITABINE,), **plain)
    assert (other.direction, "as good, not better" in (other.direction_reason or "")) == ("mixed", True)
    added = row(1, regimen=regimen(GEMCITABINE, DOCETAXEL), comparator_drugs=(GEMCITABINE,), **plain)
    assert added.direction == "does_not_support"
    placebo = row(1, regimen=regimen(DOCETAXEL), comparator_drugs=(), **plain)
    assert placebo.direction == "does_not_support"


def test_quality_of_life_that_suffered_in_nobody_is_no_result_against_a_treatment() -> None:
    life = measure("quality-of-life", ("benefit",))
    assert row(1, measure=life, definition=None, absence="none-observed").direction is None
    assert row(1, absence="none-observed").direction == "does_not_support"
