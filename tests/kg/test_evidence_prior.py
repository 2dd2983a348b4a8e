"""Results of people who had had drugs before: which groups and patients, and of whom nobody says."""

from __future__ import annotations

import pytest

from kg import KnowledgeGraph
from kg.errors import EntityNotFound, InvalidParameter, WrongKind
from kg.evidence.question import EvidenceQuestion


def test_results_after_a_drug_are_of_people_who_had_had_it(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.evidence(EvidenceQuestion(after="imatinib", histotype="GIST"))
    drugs = {ref.label for row in answer.items if row.regimen for ref in row.regimen.against_tumour}
    assert {"sunitinib", "nilotinib", "everolimus", "motesanib"} <= drugs
    first_line = {row.id for row in answer.items if row.population and row.population.line == "first"}
    assert first_line == set()
    # Nobody says what the patients of the dose trials had had before: they may belong here.
    assert any("whether they had had imatinib" in out.reason for out in answer.left_out)


def test_a_class_before_holds_its_drugs_and_a_drug_before_not_its_class(curated_graph: KnowledgeGraph) -> None:
    def after(name: str) -> tuple[set[str], set[str]]:
        answer = curated_graph.evidence(EvidenceQuestion(after=name, drugs=("docetaxel",)))
        return {row.arm.id for row in answer.items if row.arm}, {out.row for out in answer.left_out}

    of_class, _ = after("anthracycline")
    of_drug, may_be = after("doxorubicin")
    assert of_drug < of_class
    refractory = curated_graph.evidence(EvidenceQuestion(drugs=("docetaxel",), setting="refractory"))
    told_of_the_class = {row.id for row in refractory.items if row.arm and row.arm.id in of_class - of_drug}
    assert told_of_the_class  # refractory to anthracyclines: to which is not said
    assert told_of_the_class <= may_be


def test_a_patients_later_treatments_follow_the_drug_that_was_given(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.evidence(EvidenceQuestion(after="trabectedin"))
    regimens = {row.regimen.label for row in answer.items if row.regimen and row.patient}
    assert any("regorafenib" in name for name in regimens)
    assert not any("pazopanib" in name for name in regimens)  # given before it


def _after(graph: KnowledgeGraph, *names: str) -> set[str]:
    return {row.id for row in graph.evidence(EvidenceQuestion(after=names)).items}


def test_people_who_had_had_several_drugs_had_had_each_of_them(curated_graph: KnowledgeGraph) -> None:
    both = _after(curated_graph, "doxorubicin", "ifosfamide")
    assert both == _after(curated_graph, "doxorubicin") & _after(curated_graph, "ifosfamide")
    assert both < _after(curated_graph, "doxorubicin")
    patients = curated_graph.evidence(EvidenceQuestion(after=("gemcitabine", "docetaxel"))).items
    assert {row.patient.curie for row in patients if row.patient} == {"patient:003-1", "patient:003-2", "patient:003-3"}


@pytest.mark.parametrize(
    ("name", "drugs"),
    [
        ("AIM", ("doxorubicin", "ifosfamide")),
        ("ifosfamide + doxorubicin", ("doxorubicin", "ifosfamide")),
        ("gemcitabine and docetaxel", ("gemcitabine", "docetaxel")),
        ("regimen:docetaxel-gemcitabine", ("gemcitabine", "docetaxel")),
        ("anthracycline + ifosfamide", ("anthracycline", "ifosfamide")),
        ("MAID", ("doxorubicin", "ifosfamide", "dacarbazine")),  # mesna only accompanies
    ],
)
def test_a_regimen_before_is_all_of_its_drugs(curated_graph: KnowledgeGraph, name: str, drugs: tuple[str, ...]) -> None:
    assert _after(curated_graph, name) == _after(curated_graph, *drugs)


def test_of_several_drugs_before_each_that_no_source_tells_of_is_named(curated_graph: KnowledgeGraph) -> None:
    asked = EvidenceQuestion(after="gemcitabine + docetaxel", histotype="uterine leiomyosarcoma")
    answer = curated_graph.evidence(asked)
    reasons = {frozenset(out.reason.removeprefix("not stated: ").split(", ")) for out in answer.left_out}
    assert reasons == {frozenset(f"whether they had had {drug}" for drug in ("gemcitabine", "docetaxel"))}
    # Refractory to anthracyclines and ifosfamide: which anthracycline is not said, the ifosfamide is.
    told = curated_graph.evidence(EvidenceQuestion(after=("doxorubicin", "ifosfamide"), setting="refractory"))
    of_it = [out for out in told.left_out if out.study and out.study.curie == "study:docetaxel-refractory-ref28"]
    assert {out.reason for out in of_it} == {"not stated: whether they had had doxorubicin"}


def test_people_treated_before_with_what_nobody_says_may_have_had_any_drug(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.evidence(EvidenceQuestion(after="doxorubicin"))
    studies = {out.study.curie for out in answer.left_out if out.study}
    assert {"study:pazopanib-vs-placebo-ref19", "study:gemcitabine-7-week-induction"} <= studies
    assert "study:maid-ref30" not in studies  # previously untreated
    assert "study:sunitinib-vs-placebo-ref51" not in studies  # they had had imatinib


def test_where_nobody_had_had_all_drugs_those_who_had_had_each_are_counted(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.evidence(EvidenceQuestion(after=("imatinib", "sunitinib"), histotype="GIST"))
    after_one = curated_graph.evidence(EvidenceQuestion(after="imatinib", histotype="GIST")).total
    near = {frozenset(near.changes.items()): near.results for near in answer.nearby}
    assert answer.total == 0
    assert near[frozenset({("after", "drug:imatinib")})] == after_one > 0
    assert frozenset({("after", "drug:sunitinib")}) not in near


@pytest.mark.parametrize("name", ["surgery", "regimen:rps-resection-ref1-complete", "nonsense-mab + imatinib"])
def test_what_is_no_drug_cannot_have_been_given_before(curated_graph: KnowledgeGraph, name: str) -> None:
    with pytest.raises((WrongKind, InvalidParameter, EntityNotFound), match="after"):
        curated_graph.evidence(EvidenceQuestion(after=name))


def test_the_drug_before_has_to_be_known(curated_graph: KnowledgeGraph) -> None:
    with pytest.raises(EntityNotFound):
        curated_graph.evidence(EvidenceQuestion(after="nonsense-mab"))


def test_prior_chemotherapy_is_one_or_another_cytotoxic_drug(curated_graph: KnowledgeGraph) -> None:
    after = curated_graph.evidence(EvidenceQuestion(after="chemotherapy", drugs=("pazopanib",)))
    assert "study:pazopanib-vs-placebo-ref19" in {row.study.curie for row in after.items if row.study}
    # Which of them is not said.
    of_one = curated_graph.evidence(EvidenceQuestion(after="gemcitabine", drugs=("pazopanib",)))
    assert "study:pazopanib-vs-placebo-ref19" in {out.study.curie for out in of_one.left_out if out.study}
