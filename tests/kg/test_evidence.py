"""Evidence answers on the curated graph: histotype matches, regimens, derived figures, kinds of nothing."""

from __future__ import annotations

import json

import pytest

from kg import KnowledgeGraph
from kg.errors import EntityNotFound, InvalidParameter
from kg.evidence.question import EvidenceQuestion
from kg.evidence.rows import EvidenceAnswer, EvidenceRow
from server.questions.present import dumps


def ask(graph: KnowledgeGraph, **question: object) -> EvidenceAnswer:
    return graph.evidence(EvidenceQuestion(**question))  # type: ignore[arg-type]


def of_study(answer: EvidenceAnswer, study: str, measure: str = "measure:objective-response-rate") -> list[EvidenceRow]:
    return [
        row
        for row in answer.items
        if row.study and row.study.curie == f"study:{study}" and row.measure and row.measure.curie == measure
    ]


@pytest.fixture(scope="module")
def uterine(curated_graph: KnowledgeGraph) -> EvidenceAnswer:
    """Gemcitabine with docetaxel in uterine leiomyosarcoma."""
    return ask(curated_graph, regimen="gemcitabine + docetaxel", histotype="uterine leiomyosarcoma")


def test_a_trial_mostly_of_uterine_tumours_is_mixed(uterine: EvidenceAnswer) -> None:
    (row,) = of_study(uterine, "gemcitabine-docetaxel-lms-ref34")
    assert row.value_text == "53%"
    assert row.population is not None
    assert row.population.histotype_match == "mixed"
    assert row.level is not None
    assert any("among others" in reason for reason in row.level.reasons)


def test_three_responders_among_39_are_no_study_of_uterine_leiomyosarcoma(curated_graph: KnowledgeGraph) -> None:
    answer = ask(curated_graph, regimen="gemcitabine", histotype="uterine leiomyosarcoma")
    rows = of_study(answer, "gemcitabine-two-cohorts-ref24")
    assert {row.population.histotype_match for row in rows if row.population} == {"mixed"}
    assert all(row.derived_ci is None for row in rows if row.denominator is None)


def test_five_of_eleven_with_the_histotype_are_a_subgroup(curated_graph: KnowledgeGraph) -> None:
    answer = ask(curated_graph, regimen="temozolomide", histotype="uterine leiomyosarcoma")
    matches = {row.value_text: row.population.histotype_match for row in answer.items if row.population}
    assert matches["5 of 11"] == "subgroup"
    assert matches["15.5%"] == "mixed"


def test_a_subgroup_of_another_histotype_is_not_listed(curated_graph: KnowledgeGraph) -> None:
    answer = ask(curated_graph, regimen="doxorubicin", histotype="leiomyosarcoma", study="docetaxel-vs-doxorubicin")
    printed = {row.value_text for row in answer.items}
    assert "4 of 14 (29%)" in printed
    assert "5 of 7 (71%)" not in printed  # liposarcoma


def test_all_soft_tissue_sarcomas_match_exactly_though_pooled(curated_graph: KnowledgeGraph) -> None:
    answer = ask(curated_graph, regimen="gemcitabine", histotype="soft tissue sarcoma", study="study:sarc002")
    assert {row.population.histotype_match for row in answer.items if row.population} == {"exact"}


def test_wider_diagnoses_are_counted_and_come_only_when_asked_for(
    curated_graph: KnowledgeGraph, uterine: EvidenceAnswer
) -> None:
    assert uterine.summary.broader > 0
    wide = ask(
        curated_graph, regimen="gemcitabine + docetaxel", histotype="uterine leiomyosarcoma", include_broader=True
    )
    added = [row for row in wide.items if row.id not in {known.id for known in uterine.items}]
    assert len(added) == uterine.summary.broader
    assert {row.population.histotype_match for row in added if row.population} == {"broader"}


def test_without_subtypes_only_the_histotype_itself_counts(curated_graph: KnowledgeGraph) -> None:
    every = ask(curated_graph, histotype="leiomyosarcoma")
    alone = ask(curated_graph, histotype="leiomyosarcoma", include_subtypes=False)
    assert 0 < alone.total < every.total


def test_mesna_and_growth_factors_make_no_other_regimen(curated_graph: KnowledgeGraph) -> None:
    answer = ask(curated_graph, regimen="ifosfamide + doxorubicin")
    assert of_study(answer, "aim-ref32")
    assert not of_study(answer, "maid-ref30")
    assert of_study(ask(curated_graph, regimen="MAID"), "maid-ref30")


def test_chemotherapy_of_any_kind_with_bevacizumab_is_not_bevacizumab_alone(curated_graph: KnowledgeGraph) -> None:
    assert ask(curated_graph, regimen="bevacizumab").total == 0
    assert ask(curated_graph, regimen="bevacizumab", regimen_match="containing").total > 0


def test_the_order_of_drugs_never_matters(curated_graph: KnowledgeGraph) -> None:
    a, b = (ask(curated_graph, regimen=name).items for name in ("gemcitabine + docetaxel", "docetaxel/gemcitabine"))
    assert a == b


def test_a_percentage_and_its_number_of_patients_give_the_count(curated_graph: KnowledgeGraph) -> None:
    answer = ask(curated_graph, regimen="gemcitabine + docetaxel")
    (row,) = of_study(answer, "gemcitabine-docetaxel-lms-ref34")
    assert row.numerator is None  # not printed, so not claimed
    assert row.derived_rate is not None
    assert (row.derived_rate.numerator_low, row.derived_rate.denominator) == (18, 34)
    assert row.derived_rate.inputs == ("53%", "of 34, printed with the figure")
    assert row.derived_ci is not None
    assert json.loads(dumps(row))["derived_ci"].keys() == {"low", "high", "level", "method"}
    assert [round(end or 0, 1) for end in (row.derived_ci.low, row.derived_ci.high)] == [35.1, 70.2]


def test_a_percentage_that_fits_no_count_says_so(curated_graph: KnowledgeGraph) -> None:
    rows = of_study(ask(curated_graph, regimen="gemcitabine + docetaxel"), "french-gemcitabine-docetaxel")
    (odd,) = (row for row in rows if row.value_text == "18.4%")
    assert odd.derived_ci is None
    assert odd.derived_rate is not None
    assert odd.derived_rate.method == "no whole number of 133 patients rounds to 18.4%"


def test_complete_and_partial_responses_add_up_marked_derived(curated_graph: KnowledgeGraph) -> None:
    (added,) = ask(curated_graph, regimen="gemcitabine + docetaxel").derived
    assert (added.rate.numerator_low, added.rate.denominator, added.agrees) == (18, 34, True)
    assert len(added.inputs) == 2
    assert "computed" in added.kind


def test_every_derived_figure_names_its_method_and_inputs(curated_graph: KnowledgeGraph) -> None:
    rows = curated_graph.all_evidence()
    assert any(row.derived_rate for row in rows)
    for row in rows:
        if row.derived_rate is not None:
            assert row.derived_rate.method
            assert all(row.derived_rate.inputs)
        for interval in (row.derived_ci, row.derived_wilson):
            assert interval is None or interval.method
        assert row.direction is None or row.direction_reason
        assert row.level is not None
        assert row.level.reasons


def test_estimates_over_follow_up_are_no_counts(curated_graph: KnowledgeGraph) -> None:
    rows = [row for row in curated_graph.all_evidence() if row.measure and "time-to-event" in row.measure.groups]
    assert rows
    assert all(row.derived_rate is None for row in rows)


def test_the_kinds_of_nothing_are_told_apart(curated_graph: KnowledgeGraph) -> None:
    def kinds(**question: object) -> set[str]:
        return {absence.kind for absence in ask(curated_graph, **question).absences}

    assert "none_observed" in kinds(regimen="docetaxel", study="docetaxel-vs-doxorubicin")
    assert "no_apparent_benefit" in kinds(regimen="trabectedin", histotype="GIST")
    assert "no_significant_difference" in kinds(drugs=("imatinib",), histotype="GIST")
    assert "not_reached" in kinds(drugs=("sunitinib",), histotype="GIST")
    assert "not_reported_yet" in kinds(histotype="retroperitoneal sarcoma")
    assert kinds(drugs=("imatinib",), histotype="synovial sarcoma") == {"no_data"}


def test_no_data_says_what_there_is_instead(curated_graph: KnowledgeGraph) -> None:
    (absence,) = ask(curated_graph, drugs=("imatinib",), histotype="synovial sarcoma").absences
    assert "in other histotypes" in absence.text
    assert "not evidence of no effect" in absence.text


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("exon11", {"83%", None}),
        ("c-KIT exon 11", {"83%", None}),
        ("PDGFRα", {"0%"}),
        ("PDGFR alpha", {"0%"}),
        ("wild-type KIT", {"only 48%", None}),
        ("exon 1", set()),
    ],
)
def test_a_genotype_is_found_by_any_name_of_its_gene(
    curated_graph: KnowledgeGraph, wanted: str, told: set[str | None]
) -> None:
    assert {row.value_text for row in ask(curated_graph, genotype=wanted).items} == told


def test_nothing_in_a_line_or_a_genotype_names_those_that_are_told(curated_graph: KnowledgeGraph) -> None:
    assert "told as second or later (" in ask(curated_graph, line="fifth").absences[0].text
    assert "exon 11 KIT mutation (2)" in ask(curated_graph, genotype="BRAF").absences[0].text


@pytest.mark.parametrize("phase", ["third", "phase", "V I", "banana"])
def test_what_is_no_phase_is_refused(phase: str) -> None:
    with pytest.raises(InvalidParameter, match="I/II"):
        EvidenceQuestion(phase=phase)


def test_a_drug_acts_on_what_the_form_that_the_body_makes_of_it_acts_on(curated_graph: KnowledgeGraph) -> None:
    """Not gemcitabine but its diphosphate inhibits ribonucleotide reductase."""
    assert ask(curated_graph, target="ribonucleotide reductase").items == ask(curated_graph, drugs="gemcitabine").items


def test_an_acronym_with_a_sign_in_it_is_a_regimen(curated_graph: KnowledgeGraph) -> None:
    told = ask(curated_graph, regimen="gem/doc").items
    assert told
    assert told == ask(curated_graph, regimen="docetaxel + gemcitabine").items


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ({"histotype": "undifferentiated pleomorphic sarcoma"}, "diagnosis of patient 2"),
        ({"regimen": "docetaxel"}, "How many patients the trial of docetaxel against doxorubicin had"),
        ({"study": "SARC002", "phase": "III"}, "Phase of the randomised trial"),
    ],
)
def test_doubt_on_the_study_or_on_what_a_patient_had_stands_beside_the_results(
    curated_graph: KnowledgeGraph, question: dict[str, str], about: str
) -> None:
    assert any(each.about and each.about.startswith(about) for each in ask(curated_graph, **question).conflicts)


def test_several_doses_are_a_range_and_one_dose_is_a_value(curated_graph: KnowledgeGraph) -> None:
    (arm,) = curated_graph.study("study:imatinib-dfsp-ref54").arms
    (dose,) = arm.components
    assert (dose.value, dose.range, dose.unit) == (None, (400, 800), "mg")
    rows = ask(curated_graph, study="study:imatinib-dfsp-ref54").items
    assert {row.regimen.components[0].range for row in rows if row.regimen} == {(400, 800)}
    one = ask(curated_graph, study="study:imatinib-dose-eortc-isg-agitg-ref47").items[0]
    assert one.regimen is not None
    assert (one.regimen.components[0].value, one.regimen.components[0].range) == (400, None)


def test_an_arm_says_whose_patients_its_own_also_are(curated_graph: KnowledgeGraph) -> None:
    european = {arm.arm.curie: arm for arm in curated_graph.study("study:imatinib-dose-eortc-isg-agitg-ref47").arms}
    both = european["arm:imatinib-eortc-both-doses"]
    single = ["arm:imatinib-eortc-400-once", "arm:imatinib-eortc-400-twice"]
    assert ([ref.curie for ref in both.pools], both.within) == (single, None)
    assert (european[single[0]].pools, european[single[0]].within) == ((), None)
    rows = ask(curated_graph, study="study:imatinib-dose-north-american-ref48").items
    within = {row.arm.curie: row.within for row in rows if row.arm}
    crossed = within["arm:imatinib-north-american-crossover"]
    assert crossed is not None
    assert (crossed.curie, crossed.label[:8]) == ("arm:imatinib-north-american-400", "imatinib")
    assert within["arm:imatinib-north-american-400"] is None


def test_an_operation_on_the_tumour_treats_it_and_another_operation_does_not(curated_graph: KnowledgeGraph) -> None:
    found = curated_graph.sparql("SELECT ?kind { ?kind skos:broader+ procedure:local-tumour-treatment }")
    against = {str(kind).rpartition("/")[2] for kind in found.column("kind")}
    assert {"complete-resection", "incomplete-resection", "debulking-surgery", "radiotherapy"} <= against
    assert not {"surgery", "kidney-transplantation", "laparotomy"} & against


def test_how_a_treatment_is_borne_says_nothing_for_or_against_its_effect(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.evidence(EvidenceQuestion(histotype="leiomyosarcoma"))
    compared = [row for row in answer.items if row.direction and not row.flags]
    borne = [row for row in compared if row.adverse_event is not None]
    assert borne
    assert sum(answer.summary.burden_directions.values()) == len(borne)
    assert sum(answer.summary.directions.values()) == len(compared) - len(borne)


def test_directions_are_counted_in_studies(uterine: EvidenceAnswer) -> None:
    (verdict,) = uterine.summary.verdicts
    assert verdict.direction == "supports"
    assert verdict.rests_on == "indirect"
    assert len(verdict.supporting) == 1


def test_genotypes_compared_under_one_drug_are_no_result_against_it(curated_graph: KnowledgeGraph) -> None:
    rows = [row for row in ask(curated_graph, drugs=("sunitinib",)).items if row.subgroup and row.difference]
    assert rows
    assert {row.direction for row in rows} == {None}


def test_a_value_out_of_range_is_refused() -> None:
    with pytest.raises(InvalidParameter):
        EvidenceQuestion(min_n=-1)
    with pytest.raises(InvalidParameter):
        EvidenceQuestion(regimen_match="roughly")


@pytest.mark.parametrize("regimen", ["+", " / "])
def test_a_regimen_without_a_drug_is_refused(curated_graph: KnowledgeGraph, regimen: str) -> None:
    with pytest.raises(InvalidParameter):
        ask(curated_graph, regimen=regimen)


def test_an_unknown_drug_is_not_found(curated_graph: KnowledgeGraph) -> None:
    with pytest.raises(EntityNotFound):
        ask(curated_graph, drugs=("unobtainium",))


def test_rows_become_a_table(uterine: EvidenceAnswer) -> None:
    table = uterine.to_pandas()
    assert len(table) == len(uterine.items)
    assert {"study", "study_id", "derived_ci_low", "population_n", "level_ocebm"} <= set(table.columns)
