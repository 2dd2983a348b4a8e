"""Filters in words: whole words, lines and phases as clinicians mean them, parts under their wholes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kg import KnowledgeGraph
from kg.errors import EntityNotFound, InvalidParameter
from kg.evidence.filters import AskedMeasure, filtered, filters_of, has_words, is_phase, line_match, people_of
from kg.evidence.levels import level_of
from kg.evidence.question import EvidenceQuestion
from kg.evidence.rows import EvidenceRow
from tests.kg.evidence_rows import measure, people, row


@pytest.mark.parametrize(
    ("wanted", "text", "is_found"),
    [
        ("metastatic", "non-metastatic", False),
        ("adjuvant", "neoadjuvant", False),
        ("metastatic", "metastatic, recurrent", True),
        ("localized", "localised or metastatic", True),
        ("tumou", "bulky tumours", True),
        ("exon 1", "exon 11 KIT mutation", False),
        ("KIT exon 11 mutation", "tumours with exon 11 KIT mutations", True),
        ("PDGFRA", "PDGFR-A mutation", True),
        ("maintenance", None, False),
        (" , ", "anything", False),
    ],
)
def test_words_are_whole_or_begin_longer_ones(wanted: str, text: str | None, is_found: bool) -> None:
    assert has_words(wanted, [text]) is is_found


@pytest.mark.parametrize(
    ("wanted", "phase", "is_it"),
    [("I", "II", False), ("II", "III", False), ("2", "II", True), ("phase II", "I/II", True), ("I/II", "II", False)],
)
def test_a_phase_is_no_part_of_another(wanted: str, phase: str, is_it: bool) -> None:
    assert is_phase(wanted, phase) is is_it


@pytest.mark.parametrize(
    ("wanted", "line", "match"),
    [
        ("first", "1", "exact"),
        ("first line", "first", "exact"),
        ("first", "first or second", "mixed"),
        ("second", "second or later", "mixed"),
        ("second or later", "second or later", "exact"),
        ("second or later", "second", "exact"),
        ("second or later", "3", "exact"),
        ("second or later", "first or second", "mixed"),
        ("second line and beyond", "second or later", "exact"),
        ("third", "second or later", "mixed"),
        ("first", "any", "mixed"),
        ("second or later", "any", "mixed"),
        ("any", "first", "exact"),
        ("maintenance", "any", None),
        ("any", "maintenance", None),
        ("first", "second or later", None),
        ("first", "unstated", None),
        ("first", None, None),
    ],
)
def test_a_line_is_met_wholly_or_among_others(wanted: str, line: str | None, match: str | None) -> None:
    assert line_match(wanted, line) == match


def test_patients_of_other_lines_grade_down_with_the_reason() -> None:
    plain = row(1, numerator=20, denominator=40)
    mixed = row(1, numerator=20, denominator=40, population=people(line="first or second", line_match="mixed"))
    assert level_of(mixed).ocebm == level_of(plain).ocebm + 1
    assert any("patients of other lines" in reason for reason in level_of(mixed).reasons)


def test_the_line_asked_for_says_how_it_is_met(curated_graph: KnowledgeGraph) -> None:
    rows = curated_graph.evidence(EvidenceQuestion(line="first")).items
    matches = {(r.population.line, r.population.line_match) for r in rows if r.population}
    assert {("first", "exact"), ("1", "exact"), ("first or second", "mixed"), ("any", "mixed")} <= matches
    assert not {line for line, _ in matches} & {"second", "second or later", "unstated", None}


def test_no_phase_ii_trial_answers_for_phase_i(curated_graph: KnowledgeGraph) -> None:
    phases = {r.phase for r in curated_graph.evidence(EvidenceQuestion(phase="I")).items}
    assert phases
    assert phases <= {"I", "I/II", "1/2"}


@pytest.mark.parametrize(
    "regimen", ["gemcitabine with docetaxel", "docetaxel & gemcitabine", "gemcitabine and Taxotere", "docetaxel/Gemzar"]
)
def test_drugs_may_be_joined_by_words_and_signs(curated_graph: KnowledgeGraph, regimen: str) -> None:
    plain = curated_graph.evidence(EvidenceQuestion(regimen="gemcitabine + docetaxel"))
    assert curated_graph.evidence(EvidenceQuestion(regimen=regimen)).items == plain.items
    with pytest.raises(EntityNotFound, match="'zebra'"):
        curated_graph.evidence(EvidenceQuestion(regimen="gemcitabine with zebra"))


def test_a_site_holds_its_parts(curated_graph: KnowledgeGraph) -> None:
    bone = curated_graph.evidence(EvidenceQuestion(site="bone")).items
    ilium = {r.id for r in curated_graph.evidence(EvidenceQuestion(site="ilium")).items}
    assert ilium
    assert ilium <= {r.id for r in bone}


def test_a_measure_holds_its_kinds(curated_graph: KnowledgeGraph) -> None:
    rates = {
        r.measure.curie for r in curated_graph.evidence(EvidenceQuestion(measure="response rate")).items if r.measure
    }
    assert {"measure:response-rate", "measure:objective-response-rate"} <= rates
    narrow = curated_graph.evidence(EvidenceQuestion(measure="objective response rate")).items
    assert all(r.measure.curie == "measure:objective-response-rate" or counts_it(r) for r in narrow if r.measure)


def counts_it(row: EvidenceRow) -> bool:
    return row.definition is not None and row.definition.curie == "definition:cr-pr"


def test_a_drug_beside_radiation_or_chemotherapy_is_not_that_drug_alone(curated_graph: KnowledgeGraph) -> None:
    alone = curated_graph.evidence(EvidenceQuestion(regimen="ifosfamide"))
    assert {ref.label for row in alone.items if row.regimen for ref in row.regimen.against_tumour} == {"ifosfamide"}
    containing = curated_graph.evidence(EvidenceQuestion(regimen="ifosfamide", regimen_match="containing"))
    radiation = [row for row in containing.items if row.study and "radiation" in row.study.label]
    assert radiation
    assert [row.regimen.combination for row in radiation if row.regimen] == [None] * len(radiation)
    added = curated_graph.evidence(EvidenceQuestion(drugs=("bevacizumab",))).summary.verdicts
    assert [verdict.regimen.label for verdict in added] == ["chemotherapy + bevacizumab"]


def test_a_subtype_does_not_speak_for_the_histotype_while_others_with_it_are_told_of(
    curated_graph: KnowledgeGraph,
) -> None:
    """No response in gastrointestinal leiomyosarcoma, which probably was GIST; responders of other sites elsewhere."""
    rows = curated_graph.evidence(EvidenceQuestion(regimen="gemcitabine", histotype="leiomyosarcoma"))
    (verdict,) = rows.summary.verdicts
    assert (verdict.direction, verdict.rests_on) == ("mixed", "indirect")
    assert len(verdict.not_supporting) == len(verdict.supporting) == 1


def test_a_regimen_of_several_trials_has_the_name_of_its_drugs_not_the_acronym_of_one(
    curated_graph: KnowledgeGraph,
) -> None:
    """MAID is one trial's name; another trial gave its three drugs and does not call them so."""
    rows = curated_graph.evidence(EvidenceQuestion(drugs=("doxorubicin", "ifosfamide", "dacarbazine")))
    (verdict,) = rows.summary.verdicts
    assert verdict.regimen.label == "doxorubicin + ifosfamide + dacarbazine"
    maid = curated_graph.evidence(EvidenceQuestion(study="study:maid-ref30"))
    assert [verdict.regimen.label for verdict in maid.summary.verdicts] == ["MAID"]


def test_results_of_one_study_on_both_sides_are_not_taken_for_two_studies(curated_graph: KnowledgeGraph) -> None:
    rows = curated_graph.evidence(EvidenceQuestion(study="study:eortc-pld-vs-doxorubicin"))
    (verdict,) = (one for one in rows.summary.verdicts if one.supporting)
    assert verdict.supporting == verdict.not_supporting
    assert "1 in all" in verdict.reason


def test_a_comparison_of_doses_does_not_count_for_or_against_the_drug(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.evidence(EvidenceQuestion(study="study:imatinib-dose-north-american-ref48"))
    assert set(answer.summary.directions.values()) == {0}
    told = [row.direction_reason for row in answer.items if row.comparator and row.absence is None]
    assert told
    assert all("another dose or schedule of the same treatment" in (reason or "") for reason in told)


def test_a_subgroup_is_not_as_large_as_its_arm() -> None:
    assert people_of(row(1, subgroup="women")) is None
    assert people_of(row(1, subgroup="women", subgroup_n=7)) == 7
    assert people_of(row(1)) == 40


def test_a_patient_is_no_evidence_on_a_tumour_that_the_rest_of_the_paper_denies(curated_graph: KnowledgeGraph) -> None:
    """One sentence calls the sarcoma of patient 2 a leiomyosarcoma; everywhere else it is undifferentiated."""

    def patients(histotype: str) -> set[str | None]:
        rows = curated_graph.evidence(EvidenceQuestion(histotype=histotype, design="case series")).items
        return {row.patient.curie if row.patient else None for row in rows}

    assert "patient:003-2" in patients("undifferentiated pleomorphic sarcoma")
    assert "patient:003-2" not in patients("leiomyosarcoma")


def test_what_merely_befell_a_patient_is_no_result(curated_graph: KnowledgeGraph) -> None:
    rows = curated_graph.evidence(EvidenceQuestion(study="study:rapamycin-gemcitabine-case")).items
    told = {row.value_text for row in rows}
    assert "doing well for more than 14 months" in told
    assert "the patient signed an informed consent" not in told


def test_a_response_of_a_patient_is_found_by_its_category(curated_graph: KnowledgeGraph) -> None:
    rows = curated_graph.evidence(EvidenceQuestion(measure="partial response", design="case series")).items
    assert {row.patient.curie for row in rows if row.patient and not row.flags} == {"patient:003-1", "patient:003-2"}


def test_a_limit_cuts_what_is_left_out_as_well_and_says_how_much_there_is(curated_graph: KnowledgeGraph) -> None:
    whole = curated_graph.evidence(EvidenceQuestion(histotype="GIST", genotype="exon 11"))
    cut = curated_graph.evidence(EvidenceQuestion(histotype="GIST", genotype="exon 11", limit=2))
    assert whole.left_out_total == len(whole.left_out) > 2
    assert cut.left_out == whole.left_out[:2]
    assert cut.left_out_total == whole.left_out_total


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ({"min_n": 50}, "how many people it is of"), ({"design": "trial"}, "the kind of study"),
        ({"line": "first"}, "the line of treatment"), ({"setting": "maintenance"}, "the setting"),
        ({"genotype": "exon 9"}, "the genotype"), ({"site": "uterus"}, "the site"),
    ],
)  # fmt: skip
def test_what_a_source_does_not_state_is_left_out_by_name(
    curated_graph: KnowledgeGraph, asked: dict[str, Any], what: str
) -> None:
    """A trial whose size nobody prints is not a small one."""
    answer = curated_graph.evidence(EvidenceQuestion(**asked))
    everything = {r.id: r for r in curated_graph.all_evidence()}
    left_out = {out.row for out in answer.left_out}
    assert left_out
    assert left_out <= everything.keys() - {r.id for r in answer.items}
    assert {out.reason for out in answer.left_out} == {f"not stated: {what}"}
    assert all(out.sentence and out.study for out in answer.left_out)


def test_a_result_whose_source_does_not_say_that_it_is_of_the_measure_is_named(curated_graph: KnowledgeGraph) -> None:
    """The arm in which nobody responded says "response", not "objective response": without it the rate looks better."""
    answer = curated_graph.evidence(EvidenceQuestion(regimen="gemcitabine", measure="objective response rate"))
    rows = {r.id: r for r in curated_graph.all_evidence()}
    told: dict[str, set[str | None]] = {}
    for out in answer.left_out:
        told.setdefault(out.reason, set()).add(rows[out.row].value_text)
    assert told == {
        "not stated: whether it is the objective response rate": {"no responses", "4%"},
        "not stated: the objective response rate (told: partial response)": {
            "One patient",
            "one patient",
            "Three of 18",
        },
    }
    survival = curated_graph.evidence(EvidenceQuestion(drugs="gemcitabine", measure="median overall survival"))
    assert {rows[out.row].value_text for out in survival.left_out} == {"11.2 months", "18 months"}


def test_what_was_counted_decides_before_the_name_of_the_measure(curated_graph: KnowledgeGraph) -> None:
    """A "response rate" of complete and partial responses is an objective one; a rate that counts more is not."""
    answer = curated_graph.evidence(EvidenceQuestion(drugs=("gemcitabine",), measure="objective response rate"))
    assert "women previously treated with doxorubicin" in {r.subgroup for r in answer.items}
    told = {r.value_text for r in answer.items} | {out.sentence for out in answer.left_out}
    assert not {"27% of 49", "32% of 73"} & told


def test_a_trial_that_reports_partial_responses_alone_is_named(curated_graph: KnowledgeGraph) -> None:
    """The phase II trial of imatinib in GIST (54% partial responses) is no trial without responses."""
    answer = curated_graph.evidence(EvidenceQuestion(drugs="imatinib", histotype="GIST", measure="response rate"))
    rows = {r.id: r for r in curated_graph.all_evidence()}
    named = {(rows[out.row].value_text, out.reason) for out in answer.left_out}
    assert ("54%", "not stated: the response rate (told: partial response)") in named
    known = {r.arm for r in answer.items}
    everything = curated_graph.evidence(EvidenceQuestion(measure="response rate"))
    assert everything.left_out
    for out in everything.left_out:
        part = rows[out.row]
        assert part.measure is not None
        assert part.measure.curie in {"measure:partial-response", "measure:complete-response"}
        assert part.arm not in {r.arm for r in everything.items} | known  # its rate would say more
        assert part.patient is None


def test_stable_disease_is_no_part_of_a_response_rate() -> None:
    asked = AskedMeasure("response rate", frozenset(), frozenset(), frozenset(), told_in=frozenset())
    partial, stable = measure("partial-response", counts=("PR",)), measure("stable-disease", counts=("SD",))
    parts = [row(n, measure=of, definition=None, numerator=4, denominator=40) for n, of in enumerate((partial, stable))]
    assert [each.row.id for each in filtered(parts, [asked.filter()])[1]] == [parts[0].id]
    other = replace(asked, told_in=None)
    assert filtered(parts, [other.filter()]) == ([], [])


def test_where_a_measure_is_not_told_the_nearest_ones_are_named(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.evidence(EvidenceQuestion(drugs="nilotinib", measure="response rate"))
    (absence,) = answer.absences
    told = curated_graph.evidence(EvidenceQuestion(drugs="nilotinib")).items
    assert f"{len(told)} of other measures, nearest progressive disease (1), stable disease (1)" in absence.text
    survival = curated_graph.evidence(EvidenceQuestion(drugs="sunitinib", measure="progression-free survival rate"))
    assert "nearest time to progression (3)" in survival.absences[0].text


def test_what_sources_count_under_a_histotype_and_the_graph_does_not_is_named(curated_graph: KnowledgeGraph) -> None:
    """The review calls GIST and desmoid tumours sarcomas; here they stand beside them."""
    for asked in ("sarcoma", "soft tissue sarcoma"):
        answer = curated_graph.evidence(EvidenceQuestion(histotype=asked))
        known = {r.id for r in answer.items}
        assert [each.histotype.curie for each in answer.beside] == ["histotype:desmoid", "histotype:gist"]
        for each in answer.beside:
            of_it = curated_graph.evidence(EvidenceQuestion(histotype=each.histotype.curie)).items
            assert each.results == len({r.id for r in of_it} - known) > 0
            (statement,) = each.statements
            assert "sarcoma" in curated_graph.fact(statement).sentence
    together = curated_graph.evidence(EvidenceQuestion(histotype="histotype:sarcoma-in-scope"))
    sarcoma = curated_graph.evidence(EvidenceQuestion(histotype="sarcoma"))
    assert together.beside == ()
    assert together.total == sarcoma.total + sum(each.results for each in sarcoma.beside)


def test_a_subtype_is_not_told_what_else_sources_call_a_sarcoma(curated_graph: KnowledgeGraph) -> None:
    for asked in ("leiomyosarcoma", "uterine sarcoma", "GIST"):
        assert curated_graph.evidence(EvidenceQuestion(histotype=asked)).beside == ()
    narrow = curated_graph.evidence(EvidenceQuestion(histotype="sarcoma", drugs="trabectedin", measure="response rate"))
    assert {each.histotype.curie for each in narrow.beside} <= {"histotype:gist"}


@pytest.mark.parametrize("measure", ["measure of benefit", "overall survival", "five-year survival rate", "response"])
def test_a_result_of_another_measure_is_not_named(curated_graph: KnowledgeGraph, measure: str) -> None:
    """Hazard ratios, rates at a stated time, remarks without a figure and single patients are known to be no such."""
    answer = curated_graph.evidence(EvidenceQuestion(measure=measure))
    assert not answer.left_out


def test_with_a_least_size_every_result_is_large_enough_too_small_or_named(curated_graph: KnowledgeGraph) -> None:
    asked = EvidenceQuestion(drugs=("doxorubicin",), min_n=50)
    answer, whole = curated_graph.evidence(asked), curated_graph.evidence(replace(asked, min_n=None))
    named = {out.row for out in answer.left_out}
    small = {r.id for r in whole.items if (people_of(r) or (r.population and r.population.n) or 50) < 50}
    open_anyway = {out.row for out in whole.left_out}
    assert {r.id for r in answer.items} | named | small == {r.id for r in whole.items} | open_anyway
    assert not named & small


def test_two_filters_name_what_is_stated_for_neither_and_pass_over_what_one_shuts_out() -> None:
    asked = filters_of(EvidenceQuestion(design="trial", min_n=10))
    silent = row(1, design=None, population=people(None))
    fitting, may_fit = filtered([silent, row(2), row(3, design=None, population=people(5))], asked)
    assert [r.id for r in fitting] == [row(2).id]
    assert [(each.row.id, each.what) for each in may_fit] == [
        (silent.id, ("how many people it is of", "the kind of study"))
    ]


def test_a_part_of_a_small_arm_is_small_whatever_its_size() -> None:
    part = row(1, subgroup="women", population=people(8))
    assert filtered([part], filters_of(EvidenceQuestion(min_n=10))) == ([], [])
    (unknown,) = filtered([replace(part, population=people(40))], filters_of(EvidenceQuestion(min_n=10)))[1]
    assert unknown.left_out.reason == "not stated: how many people it is of"


def test_pooling_and_safety_name_what_is_not_stated_too(curated_graph: KnowledgeGraph) -> None:
    pooled = curated_graph.pool(EvidenceQuestion(drugs=("doxorubicin",), min_n=30))
    assert any(out.reason == "not stated: how many people it is of" for out in pooled.left_out)
    borne = curated_graph.safety(EvidenceQuestion(drugs=("doxorubicin",), min_n=30))
    assert borne.left_out
    assert {out.reason for out in borne.left_out} == {"not stated: how many people it is of"}


def test_a_drug_that_arms_give_as_a_procedure_is_found_by_its_name(curated_graph: KnowledgeGraph) -> None:
    """Mesna is told of as uroprotection; who asks for mesna means that."""
    found = curated_graph.evidence(EvidenceQuestion(drugs=("mesna",)))
    studies = {row.study.curie for row in found.items if row.study}
    assert {"study:maid-ref30", "study:ifosfamide-ref16", "study:high-dose-ifosfamide-bolus-ref6"} <= studies
    assert "study:ifosfamide-ref17" not in studies


def test_a_drug_without_results_names_its_prodrug_that_has_some(curated_graph: KnowledgeGraph) -> None:
    (absence,) = curated_graph.evidence(EvidenceQuestion(drugs=("17-AAG",), histotype="GIST")).absences
    assert "4 of retaspimycin, a prodrug of it" in absence.text
    (nothing,) = curated_graph.evidence(EvidenceQuestion(drugs=("17-AAG",), histotype="leiomyosarcoma")).absences
    assert "prodrug" not in nothing.text


@pytest.mark.parametrize(
    ("asked", "told_in", "published", "fits"),
    [
        ({"from_year": 2010}, 2021, (2018,), "yes"),
        ({"from_year": 2010}, 2021, (2006,), "no"),
        ({"from_year": 2010}, 2007, (), "no"),  # told in 2007, so no later
        ({"from_year": 2000}, 2007, (), "open"),
        ({"from_year": 2000}, None, (), "open"),
        ({"to_year": 2007}, 2007, (), "yes"),
        ({"to_year": 2006}, 2007, (), "open"),
        ({"to_year": 2006}, 2021, (2006,), "yes"),
        ({"from_year": 2005, "to_year": 2010}, 2021, (2001, 2018), "no"),
        ({"from_year": 2000, "to_year": 2007}, 2007, (), "open"),
    ],
)
def test_a_result_is_of_the_years_of_what_reports_it(
    asked: dict[str, int], told_in: int | None, published: tuple[int, ...], fits: str
) -> None:
    one = row(1, year=told_in, published=published)
    fitting, may_fit = filtered([one], filters_of(EvidenceQuestion(**asked)))
    assert {"yes": (1, 0), "open": (0, 1), "no": (0, 0)}[fits] == (len(fitting), len(may_fit))


def test_a_result_was_published_with_its_reference_not_with_the_review_of_it(curated_graph: KnowledgeGraph) -> None:
    def years(study: str) -> set[tuple[int | None, tuple[int, ...]]]:
        rows = curated_graph.evidence(EvidenceQuestion(study=study)).items
        return {(each.year, each.published) for each in rows}

    assert years("ANNOUNCE") == {(2021, (2020,))}
    # A reference without a year is that of another document, for the same study; not one that came out afterwards.
    assert (2007, (2000,)) in years("study:gemcitabine-7-week-induction")
    assert (2007, ()) in years("study:ap23573-phase-2-ref62")


def test_years_that_exclude_each_other_or_are_no_years_are_refused() -> None:
    with pytest.raises(InvalidParameter, match="none before from_year=2010"):
        EvidenceQuestion(from_year=2010, to_year=2005)
    with pytest.raises(InvalidParameter, match="1900 to 2100"):
        EvidenceQuestion(to_year=10)


def test_a_figure_of_several_arms_together_is_named_where_one_of_them_is_asked_for(
    curated_graph: KnowledgeGraph,
) -> None:
    def together(**asked: Any) -> list[str]:
        left_out = curated_graph.evidence(EvidenceQuestion(**asked)).left_out
        return [out.sentence or "" for out in left_out if "takes together" in out.reason]

    (figure,) = together(regimen="CYVADIC")
    assert "objective response rate 26%" in figure
    assert together(regimen="CYVADIC", measure="overall survival") == []
    assert together(histotype="sarcoma") == []  # nobody asks for a treatment: the figure is a result like any other
    assert together(drugs=("imatinib",), study="study:imatinib-dose-eortc-isg-agitg-ref47") == []  # both arms gave it


def test_a_figure_of_several_arms_together_is_a_result_of_what_all_of_them_gave(
    curated_graph: KnowledgeGraph,
) -> None:
    study = "study:doxorubicin-cyvadic-phase3-ref2"

    def told(**asked: Any) -> list[tuple[str | None, int | None]]:
        rows = curated_graph.evidence(EvidenceQuestion(study=study, measure="response rate", **asked)).items
        return [(row.value_text, row.denominator) for row in rows if row.arm and row.pools]

    assert told(drugs=("doxorubicin",)) == told(drug_class="anthracycline") == [("26%", 605)]
    assert told(drugs=("ifosfamide",)) == told(regimen="doxorubicin") == []  # one arm had it in, one had it alone


def test_a_figure_of_which_only_a_part_had_a_drug_is_no_result_of_that_drug(curated_graph: KnowledgeGraph) -> None:
    study = "study:nilotinib-phase-1-ref56"

    def told(drug: str) -> tuple[set[str | None], set[str]]:
        answer = curated_graph.evidence(EvidenceQuestion(study=study, drugs=(drug,)))
        return {row.value_text for row in answer.items}, {out.reason for out in answer.left_out}

    values, reasons = told("imatinib")
    assert "3 patients" not in values
    assert reasons == {"not stated: of which of the arms that it takes together"}
    assert "3 patients" in told("nilotinib")[0]  # all of them had it
