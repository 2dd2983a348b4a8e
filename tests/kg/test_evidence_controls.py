"""Randomised trials, what they compare with, and who knew what was given."""

from __future__ import annotations

from typing import Any

import pytest

from kg import KnowledgeGraph
from kg.errors import EntityNotFound, InvalidParameter
from kg.evidence.question import EvidenceQuestion
from kg.evidence.rows import EvidenceAnswer


def studies(answer: EvidenceAnswer) -> set[str]:
    return {r.study.curie for r in answer.items if r.study}


def left_out(graph: KnowledgeGraph, answer: EvidenceAnswer) -> dict[str, set[str]]:
    """The studies named apart, by reason."""
    rows = {r.id: r for r in graph.all_evidence()}
    found: dict[str, set[str]] = {}
    for out in answer.left_out:
        study = rows[out.row].study
        found.setdefault(out.reason, set()).add(study.curie if study else "")
    return found


def test_randomised_trials_alone_and_those_of_which_nobody_says(first_graph: KnowledgeGraph) -> None:
    """The sunitinib trial is called placebo-controlled, and not randomised."""
    answer = first_graph.evidence(EvidenceQuestion(histotype="GIST", randomised="yes"))
    assert studies(answer) == {"study:imatinib-dose-eortc-isg-agitg-ref47", "study:imatinib-dose-north-american-ref48"}
    (reason,) = left_out(first_graph, answer)
    assert reason == "not stated: whether it is randomised"
    assert "study:sunitinib-vs-placebo-ref51" in left_out(first_graph, answer)[reason]


def test_a_series_or_a_case_is_not_randomised_whether_or_not_its_source_says_so(curated_graph: KnowledgeGraph) -> None:
    everything = curated_graph.evidence(EvidenceQuestion(design="case report")).items
    assert None in {r.randomised for r in everything}
    answer = curated_graph.evidence(EvidenceQuestion(design="case report", randomised="no"))
    assert answer.items == everything
    reasons = {
        out.row for out in curated_graph.evidence(EvidenceQuestion(randomised="yes", drugs="sirolimus")).left_out
    }
    assert not reasons & {r.id for r in everything}


def test_neither_animals_nor_cells_are_trials(curated_graph: KnowledgeGraph) -> None:
    rows = {r.id: r for r in curated_graph.all_evidence()}
    for asked in (EvidenceQuestion(randomised="yes"), EvidenceQuestion(blinding="double-blind")):
        answer = curated_graph.evidence(asked)
        assert answer.left_out
        assert "preclinical" not in {rows[out.row].design for out in answer.left_out}


def test_against_placebo(curated_graph: KnowledgeGraph) -> None:
    """Placebo counts with whatever it was given; the placebo arm itself was compared with the drug."""
    answer = curated_graph.evidence(EvidenceQuestion(comparator="placebo"))
    assert studies(answer) == {
        "study:announce", "study:sunitinib-vs-placebo-ref51", "study:pazopanib-vs-placebo-ref19"
    }  # fmt: skip
    assert {r.hazard_ratio for r in answer.items} - {None} == {0.31, 0.49}
    given = {ref.label for r in answer.items if r.regimen for ref in r.regimen.against_tumour}
    assert given == {"pazopanib", "sunitinib", "doxorubicin", "olaratumab"}


def test_against_a_drug_alone_and_against_a_combination(curated_graph: KnowledgeGraph) -> None:
    alone = studies(curated_graph.evidence(EvidenceQuestion(drugs="docetaxel", comparator="doxorubicin")))
    assert alone == {"study:docetaxel-vs-doxorubicin"}
    assert studies(curated_graph.evidence(EvidenceQuestion(drugs="docetaxel", comparator="gemcitabine"))) == {
        "study:sarc002"
    }
    both = EvidenceQuestion(regimen="gemcitabine", comparator="docetaxel + gemcitabine")
    assert studies(curated_graph.evidence(both)) == {"study:sarc002"}


def test_against_any_drug_of_a_class(curated_graph: KnowledgeGraph) -> None:
    """Doxorubicin is an anthracycline; doxorubicin with dacarbazine is more than one."""
    of_class = curated_graph.evidence(EvidenceQuestion(comparator="anthracycline"))
    of_drug = curated_graph.evidence(EvidenceQuestion(comparator="doxorubicin"))
    assert {r.id for r in of_drug.items} < {r.id for r in of_class.items}
    more = {r.study.curie for r in of_class.items if r.study} - {r.study.curie for r in of_drug.items if r.study}
    assert more <= {"study:eortc-pld-vs-doxorubicin"}
    combined = curated_graph.evidence(EvidenceQuestion(comparator="ifosfamide + anthracycline"))
    of_drugs = curated_graph.evidence(EvidenceQuestion(comparator="doxorubicin + ifosfamide"))
    assert combined.items
    assert combined.items == of_drugs.items
    with pytest.raises(InvalidParameter) as refused:
        curated_graph.evidence(EvidenceQuestion(comparator="leiomyosarcoma + ifosfamide"))
    assert refused.value.parameter == "comparator"


def test_any_comparator_is_one(first_graph: KnowledgeGraph) -> None:
    answer = first_graph.evidence(EvidenceQuestion(histotype="GIST", comparator="any"))
    assert studies(answer) == {
        "study:imatinib-dose-eortc-isg-agitg-ref47", "study:imatinib-dose-north-american-ref48",
        "study:sunitinib-vs-placebo-ref51",
    }  # fmt: skip
    compared = {r.id for r in first_graph.evidence(EvidenceQuestion(histotype="GIST")).items if r.comparator}
    assert compared <= {r.id for r in answer.items}


def test_arms_taken_together_and_patients_who_crossed_over_are_compared_only_if_a_source_does(
    curated_graph: KnowledgeGraph,
) -> None:
    """The two single-agent schedules of doxorubicin, told as one, are what a source sets the combination against."""
    answer = curated_graph.evidence(EvidenceQuestion(comparator="any"))
    told = {r.id: r for r in curated_graph.all_evidence() if r.pools or r.within}
    assert not told.keys() & {out.row for out in answer.left_out}
    compared = {told[r.id].study for r in answer.items if r.id in told}
    assert {study.curie for study in compared if study} == {"study:ecog-doxorubicin-schedules-dtic"}


def test_a_randomised_trial_that_names_one_arm_leaves_open_what_it_is_compared_with(
    curated_graph: KnowledgeGraph,
) -> None:
    answer = curated_graph.evidence(EvidenceQuestion(comparator="placebo"))
    assert set(left_out(curated_graph, answer)) == {"not stated: what it was compared with"}
    assert all(out.sentence for out in answer.left_out)


def test_a_comparator_has_to_be_known(curated_graph: KnowledgeGraph) -> None:
    with pytest.raises(EntityNotFound, match="'zebra'") as unknown:
        curated_graph.evidence(EvidenceQuestion(comparator="zebra"))
    assert unknown.value.parameter == "comparator"


def test_blinding_stands_in_the_rows(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.evidence(EvidenceQuestion(blinding="placebo-controlled"))
    assert {r.blinding for r in answer.items} == {"placebo-controlled"}
    assert len(studies(answer)) == 3
    assert set(left_out(curated_graph, answer)) == {"not stated: the blinding"}
    open_label = studies(curated_graph.evidence(EvidenceQuestion(blinding="open", document="003")))
    assert open_label == {"study:bernie", "study:eribulin-vs-dacarbazine-ref9"}


def test_a_filter_that_leaves_nothing_is_told(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.evidence(EvidenceQuestion(drugs="temsirolimus", comparator="doxorubicin"))
    assert not answer.items
    assert "of studies not told to be randomised, compared or blinded so" in answer.absences[0].text


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ({"randomised": "unstated"}, "randomised"), ({"randomised": "maybe"}, "randomised"),
        ({"blinding": "unstated"}, "blinding"),
        ({"randomised": "yes", "design": "case report"}, "randomised"),
    ],
)  # fmt: skip
def test_words_that_are_none_and_what_excludes_itself_are_refused(asked: dict[str, Any], parameter: str) -> None:
    with pytest.raises(InvalidParameter) as refused:
        EvidenceQuestion(**asked)
    assert refused.value.parameter == parameter
