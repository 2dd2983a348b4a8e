"""Two regimens against each other on the curated graph."""

from __future__ import annotations

from typing import Any

import pytest

from kg import KnowledgeGraph
from kg.errors import EntityNotFound, InvalidParameter
from kg.evidence import comparison
from kg.evidence.comparison import ComparisonAnswer
from kg.evidence.direct import DirectComparison, arm_results, direct_comparisons
from kg.evidence.direction import is_good
from kg.evidence.question import EvidenceQuestion
from kg.evidence.summary import is_burden
from tests.kg.evidence_rows import ref, row


@pytest.fixture(scope="module")
def gemcitabine(curated_graph: KnowledgeGraph) -> ComparisonAnswer:
    """Gemcitabine alone against gemcitabine with docetaxel."""
    return curated_graph.compare("gemcitabine", "gemcitabine + docetaxel")


def test_the_randomised_trial_gives_the_direct_comparison(gemcitabine: ComparisonAnswer) -> None:
    assert {one.study.curie for one in gemcitabine.direct} == {"study:sarc002"}
    (response,) = (one for one in gemcitabine.direct if one.measure.curie == "measure:objective-response-rate")
    assert response.randomised == "yes"
    assert response.reported is not None
    assert (response.reported.favours, response.reported.significance, response.reported.p_value) == (
        "b", "not significant", "P = .15",
    )  # fmt: skip
    assert response.derived is not None
    assert response.derived.points == pytest.approx(100 * (5 / 49 - 12 / 73))


def test_results_of_different_studies_are_apart_and_warned_of(gemcitabine: ComparisonAnswer) -> None:
    assert gemcitabine.indirect
    assert all(pair.a.study != pair.b.study for pair in gemcitabine.indirect)
    assert "different studies" in gemcitabine.warning


def test_a_rate_of_stable_disease_is_shown_as_not_comparable(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.compare("gemcitabine + docetaxel", "temsirolimus + liposomal doxorubicin")
    assert answer.direct == ()
    pairs = [pair for pair in answer.indirect if pair.b.value_text == "53%"]
    assert pairs
    assert not any(pair.comparable for pair in pairs)


def test_swapping_the_sides_swaps_the_answer(curated_graph: KnowledgeGraph, gemcitabine: ComparisonAnswer) -> None:
    swapped = curated_graph.compare("docetaxel + gemcitabine", "gemcitabine")

    def told(answer: ComparisonAnswer, *, swap: bool) -> set[tuple[str, str | None]]:
        other = {"a": "b", "b": "a"} if swap else {}
        return {
            (one.measure.curie, other.get(one.reported.favours or "", one.reported.favours))
            for one in answer.direct
            if one.reported
        }

    assert told(gemcitabine, swap=False) == told(swapped, swap=True)


def test_a_bare_drug_is_the_drug_alone(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.compare("doxorubicin", "doxorubicin + DTIC")
    assert {one.study.curie for one in answer.direct} == {
        "study:ecog-doxorubicin-schedules-dtic",
        "study:gog-doxorubicin-dtic-ref29",
    }
    for one in answer.direct:
        if one.a is not None and one.a.regimen is not None:
            assert [ref.curie for ref in one.a.regimen.against_tumour] == ["drug:doxorubicin"]


def test_a_doubt_in_a_note_is_told_with_the_result(curated_graph: KnowledgeGraph) -> None:
    assert "multivariate" in curated_graph.compare("dacarbazine + doxorubicin", "MAID").summary
    untested = curated_graph.compare("pegylated liposomal doxorubicin", "doxorubicin").summary
    told = "median overall survival favours pegylated liposomal doxorubicin (320 days against 246 days)"
    assert f"{told}, significance not reported" in untested


def test_the_same_patients_one_phase_after_the_other_are_no_comparison(gemcitabine: ComparisonAnswer) -> None:
    assert "study:gemcitabine-maintenance-regensburg" not in {one.study.curie for one in gemcitabine.direct}


def test_a_measure_narrows_the_comparison(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.compare("sunitinib", "placebo", measure="measure:time-to-progression")
    (one,) = answer.direct
    assert one.reported is not None
    assert one.reported.favours == "a"
    assert one.a is not None
    assert one.b is not None
    assert (one.a.value_text, one.b.value_text) == ("27 weeks", "6 weeks")


def test_a_regimen_is_not_compared_with_itself(curated_graph: KnowledgeGraph) -> None:
    with pytest.raises(InvalidParameter):
        curated_graph.compare("gemcitabine + docetaxel", "docetaxel + gemcitabine")


def test_two_doses_of_a_drug_are_sent_to_the_question_that_compares_them(curated_graph: KnowledgeGraph) -> None:
    with pytest.raises(InvalidParameter, match="dose-comparisons"):
        curated_graph.compare("imatinib 800 mg", "imatinib 400 mg")


def test_an_unknown_regimen_is_not_found(curated_graph: KnowledgeGraph) -> None:
    with pytest.raises(EntityNotFound):
        curated_graph.compare("gemcitabine", "unobtainium")


def test_direct_comparisons_become_a_table(gemcitabine: ComparisonAnswer) -> None:
    assert len(gemcitabine.to_pandas()) == len(gemcitabine.direct)


def test_an_arm_printed_only_in_parts_is_told_in_parts(curated_graph: KnowledgeGraph) -> None:
    (docetaxel,) = curated_graph.compare("docetaxel", "doxorubicin").direct
    assert docetaxel.b is None
    assert "partial response 30% (first-line treatment)" in docetaxel.cautions[0]


def test_a_comparison_without_a_direction_is_told_with_its_figure(curated_graph: KnowledgeGraph) -> None:
    summary = curated_graph.compare("docetaxel", "doxorubicin").summary
    assert "no responses" in summary
    assert "no source states which of docetaxel and doxorubicin" in summary


def test_an_arm_without_results_of_its_own_is_still_what_was_compared_with(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.compare("pazopanib", "placebo")
    assert any(one.reported and one.reported.favours == "a" for one in answer.direct)
    swapped = curated_graph.compare("placebo", "pazopanib")
    assert any(one.reported and one.reported.favours == "b" for one in swapped.direct)


def _told(answer: ComparisonAnswer) -> list[str]:
    """The results that a comparison shows or names, each once for every place."""
    pairs = [row.id for pair in (*answer.direct, *answer.indirect) for row in (pair.a, pair.b) if row is not None]
    return [*dict.fromkeys(pairs), *(each.row for each in answer.uncompared)]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("sunitinib", "placebo"), ("sunitinib", "imatinib"), ("trabectedin", "doxorubicin"), ("dasatinib", "imatinib"),
        ("gemcitabine", "gemcitabine + docetaxel"),
    ],
)  # fmt: skip
def test_no_result_of_either_side_is_left_out_without_a_word(curated_graph: KnowledgeGraph, a: str, b: str) -> None:
    answer = curated_graph.compare(a, b)
    told = _told(answer)
    rows = [row for side in (a, b) for row in curated_graph.evidence(EvidenceQuestion(regimen=side)).items]
    effects = {row.id for row in rows if row.measure and is_good(row) is not None and not is_burden(row)}
    assert set(told) == effects
    assert len(told) == len(effects)
    assert all(each.reason for each in answer.uncompared)


def test_a_median_that_was_not_reached_stands_beside_the_other_arm(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.compare("sunitinib", "placebo")
    (survival,) = (one for one in answer.direct if one.measure.curie == "measure:median-overall-survival")
    assert [side and side.value_text for side in (survival.a, survival.b)] == ["not yet reached", "not yet reached"]
    assert survival.reported is None
    named = {each.reason for each in curated_graph.compare("sunitinib", "imatinib").uncompared}
    assert "no number to set against another: not yet reached" in named
    assert "no number to set against another: 20% to 25%" in {
        each.reason for each in curated_graph.compare("trabectedin", "doxorubicin").uncompared
    }


def test_operations_and_radiation_are_compared_like_drugs(curated_graph: KnowledgeGraph) -> None:
    resected = curated_graph.compare("complete resection", "incomplete resection")
    (survival,) = resected.direct
    assert (survival.study.curie, survival.measure.label) == ("study:rps-resection-ref1", "overall survival")
    assert survival.reported is not None
    assert (survival.reported.favours, survival.reported.significance) == ("a", "significant")
    (pulses,) = curated_graph.compare("radiotherapy", "ifosfamide + radiotherapy").direct
    assert pulses.reported is not None
    assert pulses.reported.favours == "b"


def test_an_operation_before_radiation_is_another_treatment(curated_graph: KnowledgeGraph) -> None:
    """The ongoing trial gives radiation with surgery: it is no result of radiation alone against surgery."""
    answer = curated_graph.compare("radiotherapy", "surgery")
    told = {each.sentence.partition(" (")[0] for each in answer.uncompared if each.sentence}
    assert {"Surgery alone", "Preoperative radiation"} <= told
    assert "Perioperative radiation, then surgery" not in told


def test_an_arm_of_a_drug_with_radiation_is_no_arm_of_the_drug(curated_graph: KnowledgeGraph) -> None:
    assert not curated_graph.compare("radiotherapy", "ifosfamide").direct


def test_what_is_a_kind_of_the_other_is_not_compared_with_it(curated_graph: KnowledgeGraph) -> None:
    with pytest.raises(InvalidParameter, match="another treatment than surgery"):
        curated_graph.compare("surgery", "complete resection")


def test_a_trial_that_has_not_reported_is_named(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.compare("surgery", "surgery + perioperative radiotherapy")
    assert [pair.reported.favours for pair in answer.direct if pair.reported] == [None]
    assert "Ongoing phase III study of surgery with or without perioperative radiation" in answer.summary
    assert "not reported yet" in answer.summary


def test_a_summary_tells_of_a_benefit_that_a_source_did_not_see(curated_graph: KnowledgeGraph) -> None:
    """Olaratumab was withdrawn for want of efficacy in phase III; no direction is told, and that is the result."""
    told = curated_graph.compare("doxorubicin + olaratumab", "doxorubicin").summary
    assert "overall survival no apparent benefit of doxorubicin + olaratumab" in told


def test_a_result_in_words_alone_is_set_beside_no_figure(curated_graph: KnowledgeGraph) -> None:
    """A schedule that "did not improve" the rate has no rate to stand beside that of the combination."""
    answer = curated_graph.compare("doxorubicin", "doxorubicin + dacarbazine")
    silent = [one for one in answer.direct if one.reported is None and not (one.a and one.a.value_text)]
    assert not silent


def test_how_far_one_tumour_shrank_is_no_share_of_patients(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.compare("doxorubicin + ifosfamide", "doxorubicin")
    shrank = [pair for pair in answer.indirect if (pair.a.value_text or "") == "PR, 64%"]
    assert shrank
    assert not any(pair.comparable for pair in shrank)
    assert all("a single patient is not a share" in pair.reasons for pair in shrank)


def test_what_a_source_compares_in_words_stands_with_its_passage(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.compare("nilotinib", "imatinib")
    assert answer.direct == ()
    (claim,) = answer.claims
    assert "has not shown the same degree of success" in claim.sentence
    assert (claim.compares, claim.certainty, claim.polarity) == (True, "stated", "affirmed")
    assert [ref.curie for ref in claim.documents] == ["document:002"]
    assert (29809, 29926) in {(passage.start, passage.end) for passage in claim.passages}
    assert answer.summary.endswith("Compared in words by 1 statement.")
    assert curated_graph.compare("imatinib", "nilotinib").claims == answer.claims


def test_a_statement_on_a_third_drug_names_both_and_compares_neither_with_the_other(
    curated_graph: KnowledgeGraph,
) -> None:
    answer = curated_graph.compare("sunitinib", "imatinib")
    compared, *others = answer.claims
    assert compared.compares
    assert "broader range of activity than imatinib" in compared.sentence
    assert not any(claim.compares for claim in others)
    assert {"Dasatinib", "Motesanib", "Nilotinib"} <= {claim.sentence.partition(",")[0] for claim in others}


def test_a_combination_is_named_by_every_drug_of_it(curated_graph: KnowledgeGraph) -> None:
    claims = curated_graph.compare("gemcitabine + docetaxel", "gemcitabine").claims
    assert any(claim.compares and "5.5%" in claim.sentence for claim in claims)
    assert any(claim.certainty == "hedged" for claim in claims)
    for claim in claims:
        named = {ref.curie for ref in curated_graph.fact(claim.id).about}
        subject = curated_graph.fact(claim.id).subject
        assert {"drug:gemcitabine", "drug:docetaxel"} <= named | {subject.curie if subject else ""}


def test_remarks_on_one_patient_and_on_the_making_of_a_study_compare_nothing(curated_graph: KnowledgeGraph) -> None:
    """One woman's tumour was refractory to both; the first drug's trial is told to be randomised between the two."""
    assert not any("refractory" in c.sentence for c in curated_graph.compare("trabectedin", "doxorubicin").claims)
    assert curated_graph.compare("pegylated liposomal doxorubicin", "doxorubicin").claims == ()


def test_side_effects_are_set_side_by_side_with_what_the_source_says_of_the_difference(
    first_graph: KnowledgeGraph,
) -> None:
    answer = first_graph.compare("pegylated liposomal doxorubicin", "doxorubicin")
    favours = {
        harm.event.label: [one.reported and one.reported.favours for one in harm.direct] for harm in answer.harms
    }
    assert favours == {
        "alopecia": ["a"], "decreased ventricular function": ["a"], "myelosuppression": ["a"],
        "palmar-plantar dysaesthesia": ["b"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("a", "b"), [("gemcitabine", "gemcitabine + docetaxel"), ("nilotinib", "imatinib"), ("radiotherapy", "surgery")]
)
def test_no_side_effect_of_either_is_left_out(curated_graph: KnowledgeGraph, a: str, b: str) -> None:
    answer = curated_graph.compare(a, b)
    of_a, of_b = ([row for harm in answer.harms for row in getattr(harm, side)] for side in ("a", "b"))
    for side, told in ((a, of_a), (b, of_b)):
        rows = curated_graph.evidence(EvidenceQuestion(regimen=side)).items
        assert sorted(row.id for row in told) == sorted(row.id for row in rows if is_burden(row))
    for harm in answer.harms:
        told_of = {row.adverse_event or row.measure for row in (*harm.a, *harm.b)}
        assert {one.curie for one in told_of if one} == {harm.event.curie}


def test_pairs_across_studies_can_be_few_and_the_comparable_come_first(
    curated_graph: KnowledgeGraph, gemcitabine: ComparisonAnswer
) -> None:
    few = curated_graph.compare("gemcitabine", "gemcitabine + docetaxel", limit=3)
    assert (few.indirect, few.limit, few.truncated_by) == (gemcitabine.indirect[:3], 3, "limit")
    assert (few.total, few.uncompared, few.harms) == (gemcitabine.total, gemcitabine.uncompared, gemcitabine.harms)
    with pytest.raises(InvalidParameter, match="1 to 100"):
        curated_graph.compare("gemcitabine", "docetaxel", limit=101)


def test_a_measure_asked_for_leaves_side_effects_to_it(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.compare("sunitinib", "imatinib", measure="measure:median-overall-survival")
    assert answer.harms == ()
    asked = curated_graph.compare("pegylated liposomal doxorubicin", "doxorubicin", measure="adverse event")
    assert len(asked.direct) == 4


def test_no_direction_is_taken_from_a_flagged_ratio_and_the_flag_stands_with_it(curated_graph: KnowledgeGraph) -> None:
    told = {pair.subgroup: pair for pair in curated_graph.compare("pazopanib", "placebo").direct}
    whole, flagged = told[None], told["leiomyosarcoma"]
    assert whole.reported is not None
    assert flagged.reported is not None
    assert (whole.reported.favours, whole.reported.flags) == ("a", ())
    assert (flagged.reported.favours, flagged.reported.difference) == (None, "better")
    assert flagged.reported.flags == flagged.flags == ("implausible-value",)


def test_a_summary_says_when_all_that_is_stated_is_flagged(
    curated_graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        comparison, "direct_comparisons", lambda *given: tuple(one for one in direct_comparisons(*given) if one.flags)
    )
    summary = curated_graph.compare("pazopanib", "placebo").summary
    assert "flagged as printed (implausible-value)" in summary
    assert "favours" not in summary


@pytest.mark.parametrize("flagged", ["a", "b"])
def test_nothing_is_computed_with_a_flagged_count(flagged: str) -> None:
    def compared(**of_side: dict[str, Any]) -> DirectComparison:
        study = {"study": ref("study:s"), "randomised": "yes"}
        counts = {"a": (5, 40), "b": (12, 40)}
        a, b = (
            arm_results([row(place, numerator=n, denominator=of, **study, **of_side.get(side, {}))])
            for place, (side, (n, of)) in enumerate(counts.items(), 1)
        )
        (one,) = direct_comparisons(a, b, (frozenset(), frozenset()))
        return one

    assert compared().derived is not None
    with_flag = compared(**{flagged: {"flags": ("contradicted",)}})
    assert (with_flag.derived, with_flag.flags) == (None, ("contradicted",))


def test_what_a_source_states_counts_though_the_figure_of_the_other_arm_is_flagged() -> None:
    study, other = ref("study:s"), row(2, study=ref("study:s"), value=12.8, unit="mo", flags=("contradicted",))
    stating = row(1, study=study, comparator=other.arm, difference="better")
    (one,) = direct_comparisons(arm_results([stating]), arm_results([other]), (frozenset(), frozenset()))
    assert one.reported is not None
    assert (one.reported.favours, one.reported.flags, one.flags) == ("a", (), ("contradicted",))


@pytest.mark.parametrize(
    ("study", "value_text", "comparator_text"),
    [
        ("study:sunitinib-vs-placebo-ref51", "27 weeks", "6 weeks"),
        ("Two doxorubicin schedules or doxorubicin + DTIC (ECOG, reference 4)", "30%", "17%"),
        ("Two doxorubicin schedules or doxorubicin + DTIC (ECOG, reference 4)", "8 months", "8 months"),  # of both arms
    ],
)  # fmt: skip
def test_a_difference_is_told_with_the_figure_that_the_source_gives_of_the_comparator(
    curated_graph: KnowledgeGraph, study: str, value_text: str, comparator_text: str
) -> None:
    rows = [row for row in curated_graph.evidence(EvidenceQuestion(study=study)).items if row.comparator]
    assert comparator_text in {row.comparator_text for row in rows if row.value_text == value_text}


def test_a_comparator_of_which_nothing_is_printed_has_no_figure(curated_graph: KnowledgeGraph) -> None:
    rows = curated_graph.evidence(EvidenceQuestion(drugs=("pazopanib",), comparator="placebo")).items
    assert rows
    assert {row.comparator_text for row in rows} == {None}


def test_the_summary_of_a_comparison_names_both_figures(curated_graph: KnowledgeGraph) -> None:
    summary = curated_graph.compare("placebo", "sunitinib").summary
    assert "time to progression favours sunitinib (6 weeks against 27 weeks), significant" in summary
