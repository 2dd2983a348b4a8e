"""What is pooled, what is left out, and when pooling is refused; on the curated graph and on made-up rows."""

from __future__ import annotations

import pytest

from kg import KnowledgeGraph
from kg.errors import InvalidParameter
from kg.evidence.pooling import PoolAnswer, pool
from kg.evidence.question import EvidenceQuestion
from kg.evidence.rows import Corpus, EvidenceRow
from kg.evidence.search import Gathered
from kg.sparql.results import Solutions
from tests.kg.evidence_rows import (
    GEMCITABINE,
    ORR,
    RESPONSE_RATE,
    SD_60_DAYS,
    UNSTATED,
    measure,
    people,
    ref,
    regimen,
    row,
)


class _Store:
    def select(self, *_: object) -> Solutions:
        return Solutions(("one", "other"), ())


class _Graph:
    """Stands in for the graph: names resolve to the objective response rate, nothing is said to be the same."""

    store = _Store()

    def resolve(self, *_: object) -> object:
        return ORR

    def corpus(self) -> Corpus:
        return Corpus((), (), "No documents.")


@pytest.fixture
def pooled(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    def answer(*rows: EvidenceRow, **asked: object) -> PoolAnswer:
        monkeypatch.setattr("kg.evidence.pooling.gather", lambda *_: Gathered(tuple(rows), (), "made-up rows", None, 0))
        return pool(_Graph(), EvidenceQuestion(regimen="gemcitabine", **asked))  # type: ignore[arg-type]

    return answer


A, B, C = (row(n, numerator=k, denominator=of) for n, k, of in ((1, 7, 39), (2, 5, 49), (3, 4, 30)))


def test_three_studies_have_prediction_and_leave_one_out(pooled) -> None:  # type: ignore[no-untyped-def]
    answer = pooled(A, B, C)
    assert answer.estimate.prediction is not None
    assert len(answer.leave_one_out) == 3
    assert [(study.numerator, study.denominator) for study in answer.studies] == [(7, 39), (5, 49), (4, 30)]


def test_two_studies_say_what_they_lack(pooled) -> None:  # type: ignore[no-untyped-def]
    answer = pooled(A, B)
    assert answer.leave_one_out is None
    assert any("need three" in caution for caution in answer.cautions)


def test_one_study_is_refused_and_still_shown(pooled) -> None:  # type: ignore[no-untyped-def]
    answer = pooled(A)
    assert answer.estimate is None
    assert "needs two" in answer.refused
    assert len(answer.studies) == 1


def test_prospective_and_retrospective_studies_are_not_mixed(pooled) -> None:  # type: ignore[no-untyped-def]
    answer = pooled(A, row(2, numerator=5, denominator=49, design="retrospective cohort"))
    assert "designs should not be mixed" in answer.refused


def test_different_regimens_are_not_mixed(pooled) -> None:  # type: ignore[no-untyped-def]
    other = row(2, numerator=5, denominator=49, regimen=regimen(GEMCITABINE, ref("drug:docetaxel", type_="Drug")))
    assert "different treatments" in pooled(A, other).refused


def test_studies_without_any_response_are_refused(pooled) -> None:  # type: ignore[no-untyped-def]
    assert "no patient" in pooled(row(1, numerator=0, denominator=43), row(2, numerator=0, denominator=17)).refused


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"flags": ("implausible-value",)}, "flagged"),
        ({"certainty": "hedged"}, "hedged"),
        ({"definition": SD_60_DAYS}, "not comparable"),
        ({"measure": RESPONSE_RATE, "definition": UNSTATED}, "not comparable"),
        ({"population": people(49, match="mixed")}, "among others"),
        ({"subgroup": "first line"}, "subgroup"),
        ({"numerator": None, "value": 10, "unit": "%", "value_text": "10%", "denominator": 605}, "not known exactly"),
        (
            {"numerator": None, "value": 10, "unit": "%", "denominator": None, "population": None},
            "no number of patients",
        ),
        ({"numerator": 1, "denominator": 1}, "single patient"),
        ({"study": ref("study:s001")}, "already"),
        ({"citing": (ref("document:x-ref-1"),)}, "may be those of"),
    ],
)
def test_what_is_left_out_has_its_reason(pooled, change: dict[str, object], reason: str) -> None:  # type: ignore[no-untyped-def]
    first = row(1, numerator=7, denominator=39, citing=(ref("document:x-ref-1"),))
    answer = pooled(first, row(2, **({"numerator": 3, "denominator": 29} | change)))
    assert answer.estimate is None
    assert [out.row for out in answer.left_out] == [row(2).id]
    assert reason in answer.left_out[0].reason


def test_no_response_of_any_kind_is_no_objective_response(pooled) -> None:  # type: ignore[no-untyped-def]
    nobody = row(2, measure=RESPONSE_RATE, definition=UNSTATED, numerator=0, denominator=43, absence="none-observed")
    answer = pooled(A, nobody)
    assert answer.estimate is not None
    assert "no response of any kind" in answer.studies[1].method
    assert answer.check is None  # inverse variance has no variance for it


def test_pooling_needs_a_treatment(curated_graph: KnowledgeGraph) -> None:
    with pytest.raises(InvalidParameter):
        curated_graph.pool(EvidenceQuestion(histotype="leiomyosarcoma"))


def test_temozolomide_is_pooled_over_three_trials(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.pool(EvidenceQuestion(regimen="temozolomide"))
    assert {(study.numerator, study.denominator) for study in answer.studies} == {(7, 45), (2, 25), (2, 39)}
    assert answer.estimate is not None
    assert answer.estimate.percent == pytest.approx(10.1, abs=0.1)
    assert any("flagged" in out.reason for out in answer.left_out)  # 3.3 % of 31, printed as 1 of 31


def test_gemcitabine_and_docetaxel_are_pooled_over_trials_only(curated_graph: KnowledgeGraph) -> None:
    everything = curated_graph.pool(EvidenceQuestion(regimen="gemcitabine + docetaxel"))
    assert everything.estimate is None
    assert "designs" in (everything.refused or "")
    trials = curated_graph.pool(EvidenceQuestion(regimen="docetaxel + gemcitabine", design="trial"))
    assert {(study.numerator, study.denominator) for study in trials.studies} == {(18, 34), (12, 73)}
    assert all(study.derived for study in trials.studies)
    assert any("CR+PR+SD" in out.reason for out in trials.left_out)


def test_one_study_told_in_two_documents_counts_once(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.pool(EvidenceQuestion(regimen="gemcitabine + docetaxel", design="retrospective cohort"))
    assert len([study for study in answer.studies if "133" in study.study.label or study.denominator == 133]) == 1


def test_partial_responses_alone_are_left_out_with_the_reason(pooled) -> None:  # type: ignore[no-untyped-def]
    partial = measure("partial-response", ("benefit",), ("PR",))
    answer = pooled(A, B, row(4, measure=partial, definition=None, numerator=3, denominator=20))
    (out,) = answer.left_out
    assert out.reason == "not comparable: it counts PR alone, and complete responses are not told"


def test_patients_of_other_lines_are_not_pooled(pooled) -> None:  # type: ignore[no-untyped-def]
    mixed = row(4, numerator=3, denominator=20, population=people(20, line="first or second", line_match="mixed"))
    answer = pooled(A, B, mixed, line="first")
    assert [out.reason for out in answer.left_out] == ["its patients of that line are among others"]


def test_a_trial_without_any_response_had_no_partial_response_either(curated_graph: KnowledgeGraph) -> None:
    """None of 43 responded to docetaxel; pooling the other three trials alone would flatter the drug."""
    answer = curated_graph.pool(EvidenceQuestion(regimen="docetaxel", measure="partial response"))
    counts = {(study.numerator, study.denominator) for study in answer.studies}
    assert counts == {(5, 29), (1, 17), (4, 27), (0, 43)}
    assert answer.estimate is not None
    assert answer.estimate.percent < 10


def test_responses_told_in_parts_that_do_not_add_up_are_not_called_untold(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.pool(EvidenceQuestion(regimen="imatinib", histotype="GIST"))
    (complete, partial) = (one.reason for one in answer.left_out if "946 patients" in one.sentence)
    assert {complete, partial} == {
        "not comparable: it counts CR alone, and partial responses cannot be added to it exactly",
        "not comparable: it counts PR alone, and complete responses cannot be added to it exactly",
    }
