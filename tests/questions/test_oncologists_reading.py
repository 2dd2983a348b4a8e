"""What an oncologist asked of mechanisms, and the answers that the five documents give."""

from __future__ import annotations

import pytest

from kg.mechanism.search import MechanismAnswer, MechanismPath
from kg.model import DEFAULT_CERTAINTIES, Certainty
from tests.questions.calls import Reader

STATED: frozenset[Certainty] = DEFAULT_CERTAINTIES
HEDGED: frozenset[Certainty] = STATED | {"hedged"}
EVERY: frozenset[Certainty] = HEDGED | {"hypothesised"}

Reaching = tuple[str, str, frozenset[Certainty], tuple[str, ...], int | None, str]
# drug, target, certainties, nodes of the best path from the drug on by label, net sign, certainty
REACHING: list[Reaching] = [
    ("cisplatin", "DNA", STATED, ("DNA",), -1, "stated"),
    ("methotrexate", "DNA synthesis", STATED, ("DNA synthesis",), -1, "stated"),
    ("vincristine", "mitosis", STATED, ("mitosis",), -1, "stated"),
    ("adriamycin", "DNA", STATED, ("DNA",), -1, "stated"),
    ("temozolomide", "MTIC", STATED, ("MTIC",), 1, "stated"),
    ("DTIC", "MTIC", STATED, ("MTIC",), 1, "stated"),
    ("ET-743", "anticancer effect", STATED, ("anticancer effects",), 1, "stated"),
    ("larotrectinib", "NTRK", STATED, ("NTRK",), -1, "stated"),
    ("larotrectinib", "tumour regression", HEDGED, ("tumour regression",), 1, "hedged"),
    ("pazopanib", "tyrosine kinase", STATED, ("tyrosine kinase",), -1, "stated"),
    ("AMG 706", "RET", STATED, ("RET",), -1, "stated"),
    ("dasatinib", "KIT", STATED, ("KIT",), -1, "stated"),
    ("nilotinib", "ABL", HEDGED, ("ABL",), -1, "hedged"),
    ("bevacizumab", "vascular endothelial cells", STATED, ("VEGF", "vascular endothelial cells"), -1, "stated"),
    ("AP23573", "disease progression", STATED, ("disease progression",), -1, "stated"),
    ("RAD001", "G1 arrest", STATED, ("mTOR", "cell cycle arrest in G1"), 1, "stated"),
    ("CCI-779", "cancer stem cells", STATED, ("mTOR", "cancer stem cells"), 1, "stated"),
    ("rapamycin", "angiogenesis", STATED, ("production of VEGF", "angiogenesis"), -1, "stated"),
    (
        "rapamycin", "CDK4/cyclin D1", STATED,
        ("FKBP12", "rapamycin-FKBP12 complex", "mTOR", "cyclin D1 turnover", "active CDK4/cyclin D1 complex"),
        -1, "stated",
    ),
    ("rapamycin", "immunosuppression", STATED, ("immunosuppression",), 1, "stated"),
    ("rapamycin", "rhabdomyosarcoma", STATED, ("rhabdomyosarcoma",), -1, "stated"),
    (
        "gemcitabine", "deoxynucleotides", STATED,
        ("gemcitabine diphosphate", "ribonucleotide reductase", "deoxynucleotides"), -1, "stated",
    ),
    ("gemcitabine", "dCTP", STATED, ("gemcitabine triphosphate", "dCTP"), -1, "stated"),
    ("hemodialysis", "gemcitabine", STATED, ("gemcitabine",), -1, "stated"),
    ("imatinib", "GIST", STATED, ("oncogenic KIT", "gastrointestinal stromal tumour"), -1, "stated"),
    ("imatinib", "desmoid tumour", HEDGED, ("PDGFR", "desmoid tumour"), -1, "hedged"),
    ("17-AAG", "GIST", STATED, ("HSP90", "oncogenic KIT", "gastrointestinal stromal tumour"), -1, "stated"),
    ("sunitinib", "survival of patients", STATED, ("KIT", "survival of patients"), 1, "stated"),
]  # fmt: skip
# drug, target, what the best paths end in, nearest first (the drug itself where no step leaves it), what is stated
STOPPING = [
    ("doxorubicin", "leiomyosarcoma", "DNA", "doxorubicin is active in leiomyosarcoma"),
    ("radiotherapy", "leiomyosarcoma", "radiotherapy", "radiotherapy is used for leiomyosarcoma"),
    ("ifosfamide", "leiomyosarcoma", "ifosfamide", "ifosfamide is active in leiomyosarcoma"),
    ("dacarbazine", "leiomyosarcoma", "MTIC", "dacarbazine is active in leiomyosarcoma"),
    ("trabectedin", "GIST", "anticancer effects", "trabectedin is inactive in gastrointestinal stromal tumour"),
    ("pazopanib", "leiomyosarcoma", "tyrosine kinases", "pazopanib is active in leiomyosarcoma"),
    ("olaratumab", "soft tissue sarcoma", "PDGFR-alpha", "olaratumab is inactive in soft tissue sarcoma"),
    ("imatinib", "DFSP", "PDGFR", "imatinib is active in dermatofibrosarcoma protuberans"),
    ("gemcitabine", "leiomyosarcoma", "DNA chain termination", "gemcitabine was tested in leiomyosarcoma"),
    ("imatinib", "chronic myelogenous leukaemia", "ABL", ""),
    ("methotrexate", "S phase", "DNA synthesis", ""),
    ("pazopanib", "KIT", "tyrosine kinases", ""),
]
# without a target: the drug, and what no path of it explains although sources say something of it
UNEXPLAINED = [
    ("olaratumab", "soft tissue sarcoma", "No source states causal steps from olaratumab to soft tissue sarcoma."),
    ("olaratumab", "disease progression", "Olaratumab does not decrease disease progression"),
    ("bevacizumab", "disease progression", "Bevacizumab does not decrease disease progression"),
    ("ridaforolimus", "survival of patients", "Ridaforolimus does not increase survival of patients"),
    ("trabectedin", "gastrointestinal stromal tumour", "trabectedin is inactive in gastrointestinal stromal tumour"),
    ("sunitinib", "gastrointestinal stromal tumour", "sunitinib is active in gastrointestinal stromal tumour"),
]


def asked(
    reader: Reader, drugs: str, target: str | None = None, certainties: frozenset[Certainty] = STATED
) -> MechanismAnswer:
    return reader.graph.mechanism([drugs] if drugs else [], target, certainties=certainties)


def nodes(path: MechanismPath) -> tuple[str, ...]:
    return tuple(step.end.label for step in path.steps)


@pytest.mark.parametrize("expected", REACHING, ids=lambda row: f"{row[0]}, {row[1]}")
def test_the_best_path_is_the_one_that_the_documents_tell(reader: Reader, expected: Reaching) -> None:
    drug, target, certainties, through, sign, certainty = expected
    best = asked(reader, drug, target, certainties).paths[0]
    assert (nodes(best), best.net_sign, best.certainty, best.complete) == (through, sign, certainty, True)
    assert all(step.statements and step.passages for step in best.steps)


@pytest.mark.parametrize(("drug", "target", "end", "stated"), STOPPING)
def test_where_documents_stop_the_gap_names_the_end_and_what_they_do_say(
    reader: Reader, drug: str, target: str, end: str, stated: str
) -> None:
    answer = asked(reader, drug, target)
    assert not any(path.complete for path in answer.paths)
    assert answer.gaps[0].from_.spoken in (end, f"the {end}")
    assert stated in answer.gaps[0].reason


@pytest.mark.parametrize(("drug", "towards", "told"), UNEXPLAINED)
def test_what_a_drug_did_in_patients_stands_beside_paths_that_do_not_explain_it(
    reader: Reader, drug: str, towards: str, told: str
) -> None:
    gaps = [gap for gap in asked(reader, drug).gaps if gap.to.label == towards]
    assert any(told in gap.reason for gap in gaps)


@pytest.mark.parametrize("drug", ["ifosfamide", "docetaxel", "eribulin", "cyclophosphamide", "vinorelbine", "mesna"])
def test_of_a_drug_whose_action_no_document_tells_nothing_is_made_up(reader: Reader, drug: str) -> None:
    answer = asked(reader, drug)
    assert answer.paths == ()
    assert answer.gaps[0].reason == f"No source states a causal step from {drug}."


def test_both_inputs_of_a_joint_cause_are_needed(reader: Reader) -> None:
    whole = asked(reader, "gemcitabine", "DNA chain termination")
    assert all(path.complete and path.net_sign == 1 for path in whole.paths)
    for half, lacking in (
        ("gemcitabine diphosphate", "competition with dCTP for incorporation into DNA"),
        ("gemcitabine triphosphate", "depletion of deoxynucleotides"),
    ):
        answer = asked(reader, half, "DNA chain termination")
        assert not any(path.complete for path in answer.paths)
        assert [(gap.kind, gap.to.label) for gap in answer.gaps] == [("need", lacking)]


def test_believed_steps_are_shown_only_when_asked_for(reader: Reader) -> None:
    stated = asked(reader, "trabectedin", "anticancer effect")
    assert [nodes(path) for path in stated.paths] == [("anticancer effects",)]
    assert [gap.kind for gap in stated.gaps] == ["weaker"]
    believed = [path for path in asked(reader, "trabectedin", "anticancer effect", EVERY).paths if path.length > 1]
    assert {path.certainty for path in believed} == {"hypothesised"}
    assert all(path.joint_inputs for path in believed)  # binding and modulation of repair only together


@pytest.mark.parametrize(
    ("first", "second", "held", "acted_on"),
    [
        ("rapamycin", "gemcitabine", "G1", "S phase"),
        ("rapamycin", "vincristine", "G1", "mitosis"),
        ("temsirolimus", "methotrexate", "G1", "S phase"),
    ],
)
def test_a_drug_that_holds_cells_before_the_phase_of_another_is_a_caution(
    reader: Reader, first: str, second: str, held: str, acted_on: str
) -> None:
    (pair,) = reader.graph.mechanism([first, second]).partners
    (caution,) = pair.cautions
    assert caution.certainty == "inferred"
    assert f"holds cells in {held}" in caution.sentence
    assert f"acts on cells in {acted_on}" in caution.sentence
    assert bool(pair.schedules) == (second == "gemcitabine")  # only of this pair does a document tell the timing


@pytest.mark.parametrize(("first", "second"), [("methotrexate", "vincristine"), ("gemcitabine", "docetaxel")])
def test_two_drugs_of_which_none_holds_cells_are_no_caution(reader: Reader, first: str, second: str) -> None:
    (pair,) = reader.graph.mechanism([first, second]).partners
    assert (pair.cautions, pair.meetings) == ((), ())


def test_in_reverse_the_best_known_inhibitors_come_before_a_prodrug_of_another(reader: Reader) -> None:
    starts = [path.start.label for path in asked(reader, "", "KIT").paths if path.summarised_by is None]
    assert starts[:2] == ["imatinib", "sunitinib"]
    assert starts.index("retaspimycin") > max(starts.index(name) for name in ("dasatinib", "nilotinib", "motesanib"))
    lowering = [path.start.label for path in asked(reader, "", "CDK4/cyclin D1").paths if path.summarised_by is None]
    assert lowering[0] == "sirolimus"
    assert set(lowering[1:4]) == {"everolimus", "ridaforolimus", "temsirolimus"}


def test_what_was_tried_against_progression_and_failed_is_named_in_reverse(reader: Reader) -> None:
    answer = asked(reader, "", "disease progression")
    assert [path.start.label for path in answer.paths] == ["ridaforolimus"]
    assert [gap.from_.label for gap in answer.gaps if gap.denied] == ["bevacizumab", "olaratumab"]


def test_of_leiomyosarcoma_the_active_drugs_are_named_although_no_step_leads_there(reader: Reader) -> None:
    answer = asked(reader, "", "leiomyosarcoma")
    assert answer.paths == ()
    active = {step.start.label for gap in answer.gaps for step in gap.stated if step.predicate == "activeIn"}
    assert {"dacarbazine", "doxorubicin", "ifosfamide", "pazopanib", "trabectedin"} <= active


def test_classes_that_stand_for_a_regimen_come_after_what_its_drugs_do(reader: Reader) -> None:
    starts = [path.start.label for path in reader.graph.mechanism(["rapamycin", "gemcitabine"], "S phase").paths]
    assert starts[:2] == ["gemcitabine", "sirolimus"]
    assert not {"cytotoxic drug", "signalling-directed drug"} & set(starts[:6])
