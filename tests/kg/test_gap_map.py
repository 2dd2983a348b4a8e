"""Safety, the gap map, and molecule-to-patient answers on the curated graph."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from kg import KnowledgeGraph
from kg.errors import EntityNotFound, InvalidParameter
from kg.evidence import results as evidence_results
from kg.evidence.gap_map import STATUSES, GapCell
from kg.evidence.question import EvidenceQuestion
from kg.evidence.results import Result, Results
from kg.evidence.selection import ResultKey, ResultSelection, find_outcomes
from kg.store import Store


def cell(graph: KnowledgeGraph, row: str, column: str) -> GapCell:
    (found,) = graph.gaps((row,), (column,)).cells
    return found


@pytest.mark.parametrize(
    ("row", "column", "status"),
    [
        ("temozolomide", "uterine leiomyosarcoma", "studied_positive"),
        ("trabectedin", "GIST", "studied_negative"),
        ("gemcitabine", "leiomyosarcoma", "conflicting"),
        ("sirolimus", "leiomyosarcoma", "only_case_reports"),
        ("olaratumab", "GIST", "predicted_unstudied"),
        ("larotrectinib", "GIST", "unstudied"),
    ],
)
def test_a_cell_says_what_was_tried(first_graph: KnowledgeGraph, row: str, column: str, status: str) -> None:
    found = cell(first_graph, row, column)
    assert found.status == status
    assert found.reason
    assert bool(found.rows) == (status not in ("predicted_unstudied", "unstudied"))


def test_a_prediction_names_the_altered_target(curated_graph: KnowledgeGraph) -> None:
    found = cell(curated_graph, "olaratumab", "GIST")
    assert found.through is not None
    assert found.through.curie == "target:PDGFRA"


def test_classes_and_targets_stand_for_their_drugs(curated_graph: KnowledgeGraph) -> None:
    found = curated_graph.gaps(("KIT", "mTOR inhibitor"), ("GIST",))
    assert [one.row.type for one in found.cells] == ["Target", "DrugClass"]
    assert all(one.rows for one in found.cells)


def test_the_whole_map_counts_every_cell_once(curated_graph: KnowledgeGraph) -> None:
    found = curated_graph.gaps()
    assert len(found.cells) == len(found.rows) * len(found.columns) == sum(found.counts.values())
    assert {one.status for one in found.cells} <= set(STATUSES)
    assert len(found.to_pandas()) == len(found.cells)


def test_results_asked_for_by_two_at_once_are_read_once(
    curated_graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = ResultSelection()
    outcomes = find_outcomes(curated_graph.store, everything)
    results, is_reading, read = Results(curated_graph.store), threading.Event(), evidence_results._read
    readings = []

    def slow(store: Store, *keys: Sequence[ResultKey]) -> dict[ResultKey, Result]:
        readings.append(keys)
        is_reading.set()
        other.join(0.2)  # the other one, if it does not wait, reads the same now
        return read(store, *keys)

    monkeypatch.setattr(evidence_results, "_read", slow)
    other = threading.Thread(target=lambda: is_reading.wait() and results.rows(outcomes, (), everything))
    other.start()
    assert len(results.rows(outcomes, (), everything)) == len(outcomes)
    other.join()
    assert len(readings) == 1


def test_an_unknown_row_is_not_found(curated_graph: KnowledgeGraph) -> None:
    with pytest.raises(EntityNotFound):
        curated_graph.gaps(("unobtainium",))


def test_partners_share_what_both_cause_alone(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.safety(EvidenceQuestion(drugs=("gemcitabine", "docetaxel")))
    shared = {one.event.curie: one for one in answer.shared}
    assert shared["event:neutropenia"].alone
    assert set(shared["event:neutropenia"].by_drug) == {"drug:gemcitabine", "drug:docetaxel"}


def test_an_event_looked_for_and_not_seen_is_no_shared_toxicity(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.safety(EvidenceQuestion(regimen="gemcitabine"))
    unseen = [event for item in answer.items for event in item.events if not event.observed]
    assert unseen
    assert all(event.none_observed for event in unseen)
    assert answer.shared == ()


def test_what_is_given_is_one_regimen_whatever_a_trial_calls_it(curated_graph: KnowledgeGraph) -> None:
    """AIM is doxorubicin with ifosfamide and mesna; a patient who had the two is told of beside it."""
    by_drugs = curated_graph.safety(EvidenceQuestion(regimen="doxorubicin + ifosfamide"))
    (one,) = by_drugs.items
    assert {"event:cardiotoxicity", "event:neutropenia"} <= {event.event.curie for event in one.events}
    assert curated_graph.safety(EvidenceQuestion(regimen="AIM")).items == by_drugs.items


def test_a_target_that_is_one_step_away_is_told_so(curated_graph: KnowledgeGraph) -> None:
    (cell,) = curated_graph.gaps(["olaratumab"], ["GIST"]).cells
    assert cell.steps == 1
    assert "it acts within one step on PDGFR-alpha" in cell.reason


def test_grades_and_words_are_kept_as_printed(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.safety(EvidenceQuestion(regimen="AIM"))
    found = {event.event.curie: event for item in answer.items for event in item.events}
    assert "rare" in found["event:cardiotoxicity"].frequencies
    assert "fatal" in found["event:cardiotoxicity"].grades


def test_no_adverse_event_is_not_no_toxicity(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.safety(EvidenceQuestion(regimen="larotrectinib"))
    assert answer.items == ()
    assert "does not mean" in answer.absences[0]


def test_the_toxicity_that_a_study_tells_is_gathered(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.safety(EvidenceQuestion(study="study:ifosfamide-ref16"))
    assert {row.study.curie for item in answer.items for row in item.rows if row.study} == {"study:ifosfamide-ref16"}
    assert "fatal" in {row.grade for item in answer.items for row in item.rows}


def test_safety_needs_a_treatment(curated_graph: KnowledgeGraph) -> None:
    with pytest.raises(InvalidParameter):
        curated_graph.safety(EvidenceQuestion(histotype="GIST"))


@pytest.mark.parametrize(
    ("drug", "histotype", "agreement"),
    [
        ("imatinib", "GIST", "agree"),
        ("gemcitabine", "uterine leiomyosarcoma", "evidence_without_mechanism"),
        ("larotrectinib", "GIST", "neither"),
        ("rapamycin", "Ewing sarcoma", "mechanism_without_evidence"),
    ],
)
def test_an_explanation_says_how_the_halves_fit(
    curated_graph: KnowledgeGraph, drug: str, histotype: str, agreement: str
) -> None:
    found = curated_graph.explain(drug, histotype)
    assert found.agreement == agreement
    assert found.text
    assert found.missing or agreement == "agree"


def test_an_explanation_lists_what_is_said_outright(curated_graph: KnowledgeGraph) -> None:
    claims = curated_graph.explain("imatinib", "GIST").claims
    assert any("active" in claim.sentence for claim in claims)


def test_a_trial_known_to_hold_the_histotype_counts_before_single_patients(curated_graph: KnowledgeGraph) -> None:
    """The subgroup's own figure is flagged, but it tells that the trial held such patients."""
    (cell,) = curated_graph.gaps(["pazopanib"], ["leiomyosarcoma"]).cells
    assert (cell.status, cell.rests_on) == ("studied_positive", "indirect")


def test_where_the_mechanism_stops_is_told_in_one_sentence(first_graph: KnowledgeGraph) -> None:
    found = first_graph.explain("sirolimus", "leiomyosarcoma")
    ends = {gap.from_.spoken for gap in found.mechanism.gaps if gap.kind == "stop"}
    assert len(ends) > 2
    (told,) = (text for text in found.missing if "causal step" in text)
    assert all(end in told for end in ends)
    wider = first_graph.explain("trabectedin", "liposarcoma")
    assert f"; {wider.evidence.summary.broader} are of people with a wider diagnosis" in wider.missing[-1]
    with_claims = first_graph.explain("imatinib", "dfsp").missing
    assert any("though not as a cause: imatinib is active in dermatofibrosarcoma" in text for text in with_claims)


def test_a_result_that_is_flagged_or_from_the_laboratory_is_no_silence(curated_graph: KnowledgeGraph) -> None:
    (flagged,) = curated_graph.gaps(["ridaforolimus"], ["soft tissue sarcoma"]).cells
    assert flagged.status == "studied_unclear"
    assert "flagged as printed" in flagged.reason
    assert flagged.rows
    (laboratory,) = curated_graph.gaps(["sirolimus"], ["Ewing sarcoma"]).cells
    assert (laboratory.status, laboratory.rows) == ("predicted_unstudied", ())
    assert laboratory.reason.startswith("no result in patients, only in the laboratory; a causal path of one step")


def test_an_explanation_says_on_which_outcomes_its_verdict_rests(curated_graph: KnowledgeGraph) -> None:
    """No response on CT, but half of the patients stable and less uptake on PET: one word for that hides much."""
    against = curated_graph.explain("IPI-504", "GIST")
    assert against.agreement == "disagree"
    assert "against by response rate; stable disease and fall in FDG avidity on PET also reported" in against.text
    assert "for by overall survival and time to progression" in curated_graph.explain("sunitinib", "GIST").text


def test_a_regimen_is_explained_by_what_all_its_drugs_should_do_and_what_came_of_them_together(
    curated_graph: KnowledgeGraph,
) -> None:
    found = curated_graph.explain(None, "leiomyosarcoma", "gemcitabine + docetaxel")
    assert found.drug is None
    assert {drug.label for drug in found.drugs} == {"gemcitabine", "docetaxel"}
    given = {frozenset(ref.label for ref in row.regimen.against_tumour) for row in found.evidence.items if row.regimen}
    assert given == {frozenset({"gemcitabine", "docetaxel"})}
    assert found.observed == "supports"
    assert all("gemcitabine" in claim.sentence.casefold() for claim in found.claims)
    by_acronym = curated_graph.explain(None, "leiomyosarcoma", "AIM")
    assert {drug.label for drug in by_acronym.drugs} == {"doxorubicin", "ifosfamide"}


@pytest.mark.parametrize(("drug", "regimen"), [(None, None), ("doxorubicin", "AIM")])
def test_a_drug_or_a_regimen_is_explained_not_both(
    curated_graph: KnowledgeGraph, drug: str | None, regimen: str | None
) -> None:
    with pytest.raises(InvalidParameter, match="one of them"):
        curated_graph.explain(drug, "leiomyosarcoma", regimen)
