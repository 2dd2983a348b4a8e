"""Lines of treatment, doses against the plan, and lesions: read off a patient's history."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import KnowledgeGraph, NeighborsQuestion
from kg.evidence.cases import Timeline
from kg.evidence.doses import dose_intensities
from kg.evidence.history import TimelineEntry
from kg.evidence.lines import BEST_FIRST, ResponseTold, TreatmentLine, best_response, lesions_of, lines_of
from kg.evidence.regimens import ComponentRow
from kg.model import EntityRef
from tests.kg.evidence_rows import DOCETAXEL, GEMCITABINE, ref

_NOTHING: dict[str, Any] = {field.name: None for field in fields(TimelineEntry)}
LUNG, LIVER = ref("site:lung"), ref("site:liver")


def event(number: int, kind: str, **told: Any) -> TimelineEntry:
    """The number-th event of a made-up patient."""
    plain = {"id": f"e{number}", "curie": f"event:e{number}", "kind": kind, "label": f"event {number}", "order": number}
    given_ = {"components": (), "sites": (), "flags": (), "passages": (), "certainty": "stated", "polarity": "affirmed"}
    return TimelineEntry(**(_NOTHING | plain | given_ | told))


def named(entry: TimelineEntry) -> EntityRef:
    return EntityRef(entry.id, entry.curie, "TimelineEvent", entry.label)


def dose(drug: EntityRef, value: float | None, unit: str | None, days: str | None, cycle: str | None) -> ComponentRow:
    text = None if value is None else f"{value:g} {unit}"
    return ComponentRow(drug, text, value, unit, None, None, days, cycle, None)


def test_a_look_at_a_lesion_is_dated_in_words_by_what_went_before() -> None:
    operation = event(1, "procedure", label="operation")
    dated = {"lesion": "left lung", "after": named(operation)}
    looks = [event(2, "imaging", offset="P38D", **dated), event(3, "imaging", offset="-P1W", **dated)]
    (course,) = lesions_of(looks)
    assert [reading.when for reading in course.readings] == ["38 days after operation", "1 week before operation"]


def told(response: str, **more: Any) -> ResponseTold:
    plain = ResponseTold(EntityRef("r", "event:r", "TimelineEvent", "r"), response, None, (), None, None, None, "", ())
    return replace(plain, **({"certainty": "stated"} | more))


@pytest.fixture(scope="module")
def second(curated_graph: KnowledgeGraph) -> Timeline:
    return curated_graph.timeline("patient:003-2")


def line(timeline: Timeline, words: str) -> TreatmentLine:
    return next(line for line in timeline.lines if words in line.treatment.label)


def test_each_line_says_how_it_began_and_ended(second: Timeline) -> None:
    pazopanib = line(second, "pazopanib")
    assert pazopanib.kind == "systemic"
    assert "relapse" in (pazopanib.reason or "")
    assert "not significantly inhibited" in (pazopanib.ended or "")
    assert pazopanib.next == line(second, "trabectedin").treatment


def test_a_flagged_response_does_not_become_the_best(second: Timeline) -> None:
    maintenance = line(second, "maintenance")
    assert (maintenance.best_response, maintenance.best_duration) == ("SD", "21 months")
    assert "passed over: PR (contradicted)" in maintenance.best_response_reason


def test_a_response_told_twice_counts_where_nothing_is_odd_about_it(curated_graph: KnowledgeGraph) -> None:
    """The figure printed beside the response does not fit the sizes; the abstract tells of the response without it."""
    chemotherapy = line(curated_graph.timeline("patient:004-retroperitoneal"), "six cycles")
    assert chemotherapy.best_response == "PR"
    assert "passed over: PR retroperitoneum (inconsistent-arithmetic)" in chemotherapy.best_response_reason


def test_lines_are_in_the_order_told(second: Timeline) -> None:
    order = {event.id: event.order for event in second.events}
    places = [order[line.treatment.id] for line in second.lines]
    assert places == sorted(places)
    assert [line.position for line in second.lines] == list(range(1, len(places) + 1))


@pytest.mark.parametrize(
    ("procedure", "patients"),
    [
        ("radiotherapy", {"patient:003-2", "patient:003-3", "patient:004-retroperitoneal"}),
        ("haemodialysis", {"patient:000-transplant"}),
        ("adjuvant radiotherapy", {"patient:003-2", "patient:003-3"}),  # of document 004 it was planned only
        ("computed tomography", set()),  # looks at a patient, and treats nobody
    ],
)
def test_a_procedure_is_linked_to_the_patients_whom_it_was_done_to(
    curated_graph: KnowledgeGraph, procedure: str, patients: set[str]
) -> None:
    around = curated_graph.neighbors(NeighborsQuestion(node=procedure, types=("Patient",)))
    assert {item.node.curie for item in around.items if item.predicate == "received"} == patients


def test_a_procedure_that_was_left_out_is_denied(curated_graph: KnowledgeGraph) -> None:
    denied = curated_graph.ask("denied", {})
    sentences = [row["sentence"].text for row in denied.items]
    assert any(text.endswith("did not receive preoperative radiotherapy") for text in sentences)


def test_a_mixed_response_is_told_lesion_by_lesion(curated_graph: KnowledgeGraph) -> None:
    transplanted = curated_graph.timeline("patient:000-transplant")
    combination = line(transplanted, "rapamycin plus gemcitabine")
    assert combination.best_response == "mixed"
    assert {r.sites[0].label: r.response for r in combination.responses if r.response and r.sites} == {
        "left native kidney": "SD",
        "liver": "PD",
        "lung": "PR",
        "spleen": "SD",
    }
    assert {course.name for course in transplanted.lesions} >= {"liver", "lung", "spleen", "left native kidney"}


def test_what_was_looked_for_in_vain_is_no_adverse_event(curated_graph: KnowledgeGraph) -> None:
    combination = line(curated_graph.timeline("patient:000-transplant"), "rapamycin plus gemcitabine")
    harms = {ref.label for ref in combination.adverse_events}
    assert "thrombocytopenia" in harms
    assert "rash" not in harms


def test_the_dose_given_is_set_against_the_plan(curated_graph: KnowledgeGraph) -> None:
    (gemcitabine,) = curated_graph.timeline("patient:003-1").dose_intensity
    planned, given_ = gemcitabine.stages
    assert gemcitabine.is_against_plan
    assert (planned.kind, planned.per_week, planned.unit, planned.percent) == ("planned", 1000, "mg/m2/wk", 100)
    assert (given_.kind, given_.per_week, given_.percent) == ("given", 600, 60)
    assert given_.working == "900 mg/m2 × 2 ÷ 3 weeks = 600 mg/m2 per week"


def test_what_a_first_schedule_without_a_cycle_came_to_is_not_measured_by_a_later_one(
    curated_graph: KnowledgeGraph,
) -> None:
    (gemcitabine,) = curated_graph.timeline("patient:003-3").dose_intensity
    full, without_day_8, halved = gemcitabine.stages
    assert (full.per_week, full.missing) == (None, ("cycle not stated",))
    assert without_day_8.per_week is None
    assert (halved.per_week, halved.working) == (250, "500 mg/m2 × 2 ÷ 4 weeks = 250 mg/m2 per week")
    assert gemcitabine.against is None
    assert {stage.percent for stage in gemcitabine.stages} == {None}


def test_doses_of_different_units_have_no_share() -> None:
    first = event(1, "treatment", components=(dose(GEMCITABINE, 1000, "mg/m2", "1, 8", "P3W"),))
    later = event(2, "dose change", episode=named(first), components=(dose(GEMCITABINE, 500, "mg", "1, 8", "P3W"),))
    (intensity,) = dose_intensities([first, later])
    assert [stage.percent for stage in intensity.stages] == [100, None]


def test_a_plan_is_of_the_next_treatment_with_the_drug() -> None:
    other = event(1, "treatment", components=(dose(DOCETAXEL, 100, "mg/m2", "8", "P3W"),))
    plan = event(2, "treatment", planned=True, components=(dose(GEMCITABINE, 1000, "mg/m2", "1, 8", "P3W"),))
    given_ = event(3, "treatment", components=(dose(GEMCITABINE, 500, "mg/m2", "1, 8", "P3W"),))
    (intensity,) = dose_intensities([other, plan, given_])
    assert (intensity.treatment, [stage.percent for stage in intensity.stages]) == (named(given_), [100, 50])


def test_planned_and_denied_treatments_are_no_lines() -> None:
    events = [
        event(1, "treatment", planned=True),
        event(2, "treatment", polarity="negated"),
        event(3, "treatment", certainty="hypothesised"),
        event(4, "treatment"),
    ]
    assert [line.treatment.id for line in lines_of(events, {})] == ["e4"]


def test_a_part_of_a_treatment_is_no_line_of_its_own_and_its_responses_are_the_wholes() -> None:
    whole = event(1, "treatment")
    part = event(2, "treatment", episode=named(whole))
    response = event(3, "response", response="PR", episode=named(part))
    (only,) = lines_of([whole, part, response], {})
    assert only.best_response == "PR"


def test_an_earlier_treatment_taken_up_again_is_what_followed() -> None:
    """Five cycles, radiotherapy, the sixth cycle, one drug alone: radiotherapy was followed by the sixth cycle."""
    cycles, radiotherapy, alone = event(1, "treatment"), event(2, "treatment"), event(4, "treatment")
    sixth = event(3, "treatment", episode=named(cycles))
    lines = lines_of([cycles, radiotherapy, sixth, alone], {})
    assert [line.treatment.id for line in lines] == ["e1", "e2", "e4"]
    assert [line.next.id if line.next else None for line in lines] == ["e2", "e3", None]


def test_treatments_that_name_each_other_do_not_hang() -> None:
    first, second = event(1, "treatment"), event(2, "treatment")
    circle = [replace(first, episode=named(second)), replace(second, episode=named(first))]
    assert lines_of(circle, {}) == ()
    assert dose_intensities(circle) == ()


def test_lesions_that_part_ways_are_mixed_even_where_one_is_doubtful() -> None:
    best, by, reason = best_response(
        [told("PR", sites=(LUNG,), certainty="hedged"), told("PD", sites=(LIVER,), flags=("contradicted",))]
    )
    assert (best, len(by)) == ("mixed", 2)
    assert "PR lung (hedged)" in reason


def test_lesions_that_answer_alike_are_not_mixed() -> None:
    assert best_response([told("SD", sites=(LUNG,)), told("SD", sites=(LIVER,))])[0] == "SD"


def test_one_site_at_two_times_is_not_mixed() -> None:
    assert (
        best_response([told("PR", sites=(LUNG,), when="3 months"), told("PD", sites=(LIVER,), when="9 months")])[0]
        == "PR"
    )


def test_only_doubtful_responses_give_no_best() -> None:
    best, by, reason = best_response([told("PR", flags=("inconsistent-arithmetic",))])
    assert (best, by) == (None, ())
    assert "PR (inconsistent-arithmetic)" in reason


@given(
    st.lists(st.sampled_from(BEST_FIRST), min_size=1, max_size=6).flatmap(
        lambda r: st.tuples(st.just(r), st.permutations(r))
    )
)
def test_the_order_of_responses_never_matters(pair: tuple[list[str], list[str]]) -> None:
    one, other = (best_response([told(name) for name in names])[0] for names in pair)
    assert one == other == min(pair[0], key=BEST_FIRST.index)


def test_an_event_at_several_sites_is_read_at_each() -> None:
    courses = lesions_of([event(1, "response", response="PD", sites=(LUNG, LIVER)), event(2, "imaging", sites=(LUNG,))])
    assert {course.name: len(course.readings) for course in courses} == {"lung": 2, "liver": 1}


def test_the_size_of_a_tumour_at_its_diagnosis_is_a_look_at_it() -> None:
    (course,) = lesions_of([event(1, "diagnosis", size="8x7x5", sites=(LUNG,)), event(2, "diagnosis", sites=(LIVER,))])
    assert [reading.size for reading in course.readings] == ["8x7x5"]


def test_all_looks_at_one_tumour_stand_together(curated_graph: KnowledgeGraph) -> None:
    """From the first scan to the last, with the sizes that the sources contradict each other about."""
    (course,) = (
        c for c in curated_graph.timeline("patient:004-retroperitoneal").lesions if c.name == "retroperitoneum"
    )
    sizes = [reading.size for reading in course.readings if reading.size]
    assert [sizes[0], sizes[-1]] == ["30 × 23 × 15", "8 × 8 × 13"]
    assert {"approximately 2", "22 × 14 × 23", "30 cm in diameter"} <= set(sizes)


def test_a_history_becomes_a_table(second: Timeline) -> None:
    assert len(second.to_pandas()) == len(second.events)
