"""What a reader from the laboratory asked of the steps that documents state, and how answers say them."""

from __future__ import annotations

import re

import pytest

from kg.model import CERTAINTIES, DEFAULT_CERTAINTIES, Certainty
from ontology.terms import PREDICATES
from tests.questions.calls import Reader

_EVERY = frozenset(CERTAINTIES)


def told(reader: Reader, drug: str, target: str, certainties: frozenset[Certainty] = DEFAULT_CERTAINTIES) -> list[str]:
    """The sentences of the paths of one question."""
    answer = reader.graph.mechanism([drug] if drug else [], target, certainties=certainties)
    return [path.sentence for path in answer.paths]


def test_what_a_drug_is_designed_for_is_an_aim_and_not_a_finding(reader: Reader) -> None:
    rows = reader.sparql(
        "SELECT ?target ?certainty WHERE { ?s skg:subject drug:nilotinib ; skg:predicate skg:inhibits ; "
        "skg:object ?target ; skg:certainty ?certainty }"
    )
    said = {(row["target"].rpartition("/")[2], row["certainty"]) for row in rows}
    assert {("KIT", "hedged"), ("PDGFR", "hedged"), ("ABL1", "hedged")} <= said
    assert ("KIT", "stated") in said  # it is also counted among the drugs that inhibit it
    assert not {("PDGFR", "stated"), ("ABL1", "stated")} & said


def test_a_reference_is_named_by_its_authors_and_not_by_the_number_of_a_document(reader: Reader) -> None:
    names = [row["name"] for row in reader.sparql("SELECT ?name WHERE { ?r a skg:Reference ; skos:prefLabel ?name }")]
    assert "reference 25 (Sette 2012)" in names
    assert not [name for name in names if "document 0" in name]


def test_all_three_events_of_one_attack_have_the_causes_that_the_text_gives(reader: Reader) -> None:
    rows = reader.sparql(
        "SELECT ?cause ?event WHERE { ?s skg:predicate skg:causes ; skg:subject ?cause ; skg:object ?event ; "
        'skg:certainty "hedged" . VALUES ?cause { condition:diabetes procedure:hemodialysis } }'
    )
    caused = {(row["cause"].rpartition("/")[2], row["event"].rpartition("/")[2]) for row in rows}
    events = ("myocardial-infarction", "congestive-heart-failure", "shock")
    assert caused >= {(cause, event) for cause in ("diabetes", "hemodialysis") for event in events}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("G1/S", "process:g1-s-transition"),
        ("endothelial cell response to VEGF", "process:endothelial-response-to-vegf"),
        ("mutated KIT", "target:KIT-oncogenic"),
        ("efficacy of chemotherapy", "process:treatment-efficacy"),
    ],
)
def test_what_the_laboratory_calls_a_process_is_understood(reader: Reader, typed: str, meant: str) -> None:
    assert reader.graph.search(typed).items[0].curie == meant


@pytest.mark.parametrize(
    ("drug", "protein", "change"),
    [
        ("rapamycin", "cyclin D1", "process:cyclin-d1-turnover"),
        ("temsirolimus", "Rb protein", "process:rb-phosphorylation"),
    ],
)
def test_where_no_step_leads_to_a_protein_what_becomes_of_it_is_named(
    reader: Reader, drug: str, protein: str, change: str
) -> None:
    first = reader.graph.mechanism([drug], protein).gaps[0]
    assert (first.from_.curie, [step.predicate for step in first.around]) == (change, ["participatesIn"])


def test_sentences_of_mechanisms_read_as_english(reader: Reader) -> None:
    pairs = [
        ("rapamycin", "progression through the G1/S boundary"), ("gemcitabine", "DNA chain termination"),
        ("imatinib", "gastrointestinal stromal tumour"), ("trabectedin", "anticancer effect"),
        ("cytotoxic drug", "mitosis"), ("mTOR inhibitor", "cancer stem cells"), ("haemodialysis", "ascites"),
        ("", "mTOR"), ("", "chemoresistance of leiomyosarcoma cells"),
    ]  # fmt: skip
    names = {name for name in PREDICATES if re.search("[A-Z]", name)}
    for drug, target in pairs:
        sentences = told(reader, drug, target, certainties=_EVERY)
        assert sentences
        for sentence in sentences:
            assert not names & set(re.findall(r"\w+", sentence))
            assert re.match(r"[A-Z]|mTOR", sentence)
            assert sentence.endswith(".")
            assert not re.search(r"; (Inhibition|A reduction)|\b(\w+ing|cells|drugs) \1\b", sentence)
            assert not re.search(r"(?<!the )rapamycin-FKBP12 complex", sentence)
    assert "Mitogenic stimuli signal to mTOR." in told(reader, "", "mTOR")
    assert "mTOR inhibitors inhibit mTOR." in told(reader, "", "mTOR")
    assert told(reader, "haemodialysis", "ascites", certainties=_EVERY)[0] == (
        "Haemodialysis causes ascites (in the patient of the report; stated with reservation)."
    )


def test_a_drug_that_sensitises_cells_reaches_them_and_is_not_said_to_make_more_of_them(reader: Reader) -> None:
    (path,) = told(reader, "temsirolimus", "cancer stem cells")
    assert "inhibition of mTOR sensitizes cancer stem cells" in path
    assert path.endswith("on the sensitivity of cancer stem cells to treatment, in preclinical studies: positive.")


def _gaps(reader: Reader, drugs: list[str], target: str) -> dict[str, str]:
    """By what sourced steps reach: why none leads on to the target."""
    return {gap.from_.label: gap.cause for gap in reader.graph.mechanism(drugs, target).gaps if gap.from_}


def test_what_acts_on_the_family_of_a_protein_or_on_a_form_of_it_is_told_as_such(reader: Reader) -> None:
    assert _gaps(reader, ["imatinib"], "PDGFRA")["PDGFR"] == "wider_kind"
    assert _gaps(reader, ["olaratumab"], "PDGFR")["PDGFR-alpha"] == "narrower_kind"
    by_family = {gap.from_.label: gap for gap in reader.graph.mechanism([], "PDGFRA").gaps if gap.from_}
    assert {step.start.label for step in by_family["PDGFR"].around} == {"imatinib", "sunitinib", "motesanib"}
    assert by_family["PDGFR"].sentence == "Some sourced steps lead only to something wider than PDGFR-alpha: PDGFR."
    assert "KIT" not in _gaps(reader, [], "KIT")  # of what reaches KIT itself no form of it is missed


def test_no_step_is_missed_from_the_survival_of_patients_to_a_protein(reader: Reader) -> None:
    answer = reader.graph.mechanism(["imatinib"], "PDGFRA")
    assert answer.paths[0].end.label == "PDGFR"  # the family of what was asked for, before the course of a disease
    assert not {"survival of patients", "burden of disease"} & set(_gaps(reader, ["imatinib"], "PDGFRA"))


@pytest.mark.parametrize(
    "drugs", [["gemcitabine + docetaxel"], ["docetaxel + gemcitabine"], ["docetaxel", "gemcitabine"]]
)
def test_what_is_stated_of_drugs_together_stands_beside_what_each_does(reader: Reader, drugs: list[str]) -> None:
    gaps = reader.graph.mechanism(drugs, "leiomyosarcoma").gaps
    gap = next(gap for gap in gaps if gap.from_ and "+" in gap.from_.label)
    assert "gemcitabine + docetaxel is active in leiomyosarcoma" in gap.reason


def test_a_class_of_drugs_is_asked_about_with_each_of_its_drugs(reader: Reader) -> None:
    answer = reader.graph.mechanism(["mTOR inhibitor"], "leiomyosarcoma")
    drugs = {"sirolimus", "temsirolimus", "everolimus", "ridaforolimus"}
    assert {one.drug.label for one in answer.members} == drugs
    assert {path.start.label for path in answer.paths} == {*drugs, "mTOR inhibitor"}
    (taxane,) = reader.graph.mechanism(["taxane"], "leiomyosarcoma").gaps
    assert taxane.sentence == "No source states a causal step from docetaxel."


def test_drugs_that_share_a_gap_are_told_of_it_once(reader: Reader) -> None:
    gaps = [(gap.from_, gap.to, gap.cause) for gap in reader.graph.mechanism(["mTOR inhibitor"], "leiomyosarcoma").gaps]
    assert len(gaps) == len(set(gaps))


def test_the_failure_of_olaratumab_stands_beside_what_its_target_does(reader: Reader) -> None:
    (path,) = reader.graph.mechanism(["olaratumab"], "survival of patients").paths
    assert [step.told for step in path.contrary] == ["olaratumab is inactive in soft tissue sarcoma"]
    assert all(not other.contrary for other in reader.graph.mechanism(["imatinib"], "survival of patients").paths)
