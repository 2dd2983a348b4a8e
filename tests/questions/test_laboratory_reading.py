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


def test_where_no_step_leads_to_cyclin_d1_its_turnover_is_named(reader: Reader) -> None:
    first = reader.graph.mechanism(["rapamycin"], "cyclin D1").gaps[0]
    assert (first.from_.curie, [step.predicate for step in first.around]) == (
        "process:cyclin-d1-turnover",
        ["participatesIn"],
    )


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
