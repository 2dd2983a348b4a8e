"""What people who are no curators type: lay words, slips, two drugs in one breath, things told twice."""

from __future__ import annotations

import re

import pytest

from kg.graph import KnowledgeGraph
from kg.search.asked_words import as_asked

# What is typed, and the first question offered: its name and what it is asked with.
ASKED = [
    # lay words for adverse events
    ("mouth ulcers temsirolimus", "toxicity-of-drug", "drug:temsirolimus"),
    ("exhaustion on sunitinib", "toxicity-of-drug", "drug:sunitinib"),
    ("pins and needles docetaxel", "toxicity-of-drug", "drug:docetaxel"),
    ("which drugs give loose stools", "who-causes-event", "event:diarrhea"),
    ("gastritis everolimus", "toxicity-of-drug", "drug:everolimus"),
    ("neusea imatinib", "toxicity-of-drug", "drug:imatinib"),
    ("secondary effects of ridaforolimus", "toxicity-of-drug", "drug:ridaforolimus"),
    # other words for what is asked, and slips in them
    ("which medication for angiosarcoma", "evidence", "histotype:angiosarcoma"),
    ("chemo for liposarcoma", "evidence", "drugclass:cytotoxic-drug histotype:liposarcoma"),
    ("dosage of temozolomide", "doses-of-drug", "drug:temozolomide"),
    ("treatmnet of desmoid", "evidence", "histotype:desmoid"),
    ("survial with trabectedin", "evidence", "drug:trabectedin"),
    ("prognossis of liposarcoma", "prognosis", "histotype:liposarcoma"),
    ("efficacity of pazopanib in synovial sarkoma", "evidence", "drug:pazopanib histotype:synovial-sarcoma"),
    # a name of several words with slips, or with a word left out
    ("therapy of ewing sarkoma", "evidence", "histotype:ewing-sarcoma"),
    ("dose of pegylated doxorubicin", "doses-of-drug", "drug:pegylated-liposomal-doxorubicin"),
    # clinics' short names
    ("gem/doc in uterine LMS", "evidence", "regimen:docetaxel-gemcitabine histotype:uterine-leiomyosarcoma"),
    ("TMZ schedule", "doses-of-drug", "drug:temozolomide"),
    # two drugs in one breath
    ("does docetaxel boost gemcitabine", "evidence", "drug:docetaxel drug:gemcitabine"),
    ("everolimus added to imatinib", "evidence", "drug:everolimus drug:imatinib"),
    ("temsirolimus on top of liposomal doxorubicin", "evidence", "drug:temsirolimus drug:liposomal-doxorubicin"),
    ("what is the difference between gemcitabine and docetaxel", "compare", "gemcitabine|docetaxel"),
    ("compare dacarbazine and doxorubicin", "compare", "dacarbazine|doxorubicin"),
    ("dose of doxorubicin and ifosfamide", "doses-of-drug", "drug:doxorubicin drug:ifosfamide"),
    ("does ifosfamide make doxorubicin work better", "evidence", "drug:ifosfamide drug:doxorubicin"),
    # a measure besides a drug and a histotype
    ("pazopanib PFS leiomyosarcoma", "evidence",
     "drug:pazopanib histotype:leiomyosarcoma measure:progression-free-survival"),
    ("which kinases does motesanib block", "drug-acts-on", "drug:motesanib"),
    ("treatment of tumours of the retroperitoneum", "evidence", "site:retroperitoneum"),
    # a patient by what tells one from the others
    ("what happened to the man of 73", "timeline", "patient:003-1"),
    ("how long did the woman of 65 live", "timeline", "patient:004-retroperitoneal"),
    # questions of the catalogue
    ("where do papers contradict each other", "conflicts-across-documents", ""),
    ("which studies gave conflicting results", "trials-that-disagree", ""),
    ("do higher response rates come with no survival gain", "response-without-survival", ""),
    ("how is stable disease defined", "response-definitions", ""),
    ("which drugs are prodrugs", "active-forms", ""),
    ("what is CYVADIC made of", "combination-members", ""),
    ("which figures are misprinted", "flagged", ""),
    ("facts that several documents state", "said-by-several", ""),
    ("which side effects were not seen", "not-seen-toxicity", ""),
    ("how old were the cohorts", "cohort-features", ""),
    ("which drugs are given by mouth", "routes", ""),
    ("drugs in the pipeline", "trial-status", ""),
    ("biggest studies of sunitinib", "largest-studies", ""),
    ("who had to stop temsirolimus", "stopped-or-reduced", ""),
    ("why do sarcomas become resistant to gemcitabine", "causes-of-resistance", ""),
    ("mTOR drugs", "drugs-reaching-target", "target:MTOR"),
    # how long, and what ended it
    ("how long before GIST progresses on sunitinib", "evidence",
     "drug:sunitinib histotype:gist measure:time-to-event"),
    ("how long did people live on trabectedin", "evidence", "drug:trabectedin measure:overall-survival"),
    ("how long do people with liposarcoma live", "prognosis", "histotype:liposarcoma"),
    # who had had what, why, and how often
    ("who got ifosfamide before", "after-failure-of", "drug:ifosfamide"),
    ("why did the doctors give rapamycin", "why-given", "drug:sirolimus"),
    ("how often is temozolomide taken", "doses-of-drug", "drug:temozolomide"),
    ("how often was there stomatitis on ridaforolimus", "who-causes-event", "event:stomatitis"),
    ("side affects of sunitinib", "toxicity-of-drug", "drug:sunitinib"),
    # mutations, whatever tumour is meant
    ("imatinib in exon 9 mutants", "results-by-genotype", "histotype:sarcoma-in-scope"),
    ("KIT exon 9 or KIT exon 11", "results-by-genotype", "histotype:sarcoma-in-scope"),
    ("which mutations of GIST respond to sunitinib", "results-by-genotype", "histotype:gist"),
    # a placebo is what a drug is compared with
    ("sunitinib placebo", "compare", "sunitinib|placebo"),
    ("trials that compared ifosfamide with another drug", "arm-comparisons", "drug:ifosfamide"),
    # names of several words with a slip in one of them, or in another order
    ("bone sarkoma and gemcitabine", "evidence", "drug:gemcitabine histotype:bone-sarcoma"),
    ("gemcitabine for leiomyosarcoma in the womb", "evidence",
     "drug:gemcitabine histotype:uterine-leiomyosarcoma"),
    ("hand-foot on PLD", "toxicity-of-drug", "drug:pegylated-liposomal-doxorubicin"),
    ("response to gem and doce in the French series", "evidence",
     "drug:gemcitabine drug:docetaxel measure:response"),
    ("doxorubicin et ifosfamide", "evidence", "drug:doxorubicin drug:ifosfamide"),
    ("why do tumours stop responding", "causes-of-resistance", ""),
    ("trials without responders", "kinds-of-nothing", "none-observed no-apparent-benefit"),
    ("side-effects: dacarbazine", "toxicity-of-drug", "drug:dacarbazine"),  # two words for the table
    ("drugs targeting VEGFR in GIST", "evidence", "target:VEGFR histotype:gist"),
    ("how long did patient 2 stay stable on maintenance", "timeline", "patient:003-2"),
    ("which secondary mutations come with imatinib", "causes-of-resistance", ""),
    ("what percentage of sarcomas are found in the extremities", "sites", "histotype:sarcoma"),
    # more questions of the catalogue
    ("weaknesses of the gemcitabine reports", "conclusions-of-documents", ""),
    ("what do the abbreviations stand for", "terms-defined", ""),
    ("which claims are refuted", "denied", ""),
    ("what was planned", "planned-and-not-done", ""),
    ("which mechanisms are only hypothesised", "unproven-mechanisms", ""),
    ("which sarcomas were not studied", "histotypes-without-results", ""),
    ("what triggers apoptosis", "what-brings-about", "process:apoptosis"),
    # what a reader of trials types
    ("which studies had zero responses", "kinds-of-nothing", "none-observed no-apparent-benefit"),
    ("which trials did not show a survival benefit over doxorubicin alone", "kinds-of-nothing",
     "no-significant-difference"),
    ("does 12 g/m2 ifosfamide work better than 6 g/m2 with doxorubicin", "dose-comparisons", ""),
    ("do the two imatinib dose trials agree", "conflicts-of-entity", "drug:imatinib"),
    ("what was achieved in patients previously treated with anthracyclines", "after-failure-of",
     "drugclass:anthracycline"),
    ("doses in the MAID regimen", "evidence", "regimen:maid"),
    ("in which trials were patients chemotherapy-naive", "evidence", "first"),
    ("previously untreated sarcoma MAID", "evidence", "first histotype:sarcoma regimen:maid"),
    ("which response percentages do not match their counts", "flagged", ""),
    ("what does the review say sarcoma research needs", "conclusions-of-documents", ""),
    ("does nilotinib work as well as imatinib", "compare", "nilotinib|imatinib"),
    # three drugs in a list are no regimen of the first two
    ("time to progression with doxorubicin, ifosfamide and DTIC", "evidence",
     "drug:doxorubicin drug:ifosfamide drug:dacarbazine measure:time-to-event"),
    # a dose in figures says which arm is meant
    ("how many patients responded to temozolomide 750 mg/m2", "evidence", "drug:temozolomide"),
    ("at which mg was temozolomide given", "doses-of-drug", "drug:temozolomide"),
    # what is done to a part of the body
    ("which drugs hurt the heart", "who-causes-event", "event:cardiotoxicity"),
    ("what damages the kidneys", "who-causes-event", "event:nephrotoxicity"),
    ("does ifosfamide damage the kidneys", "toxicity-of-drug", "drug:ifosfamide"),
    ("is ifosfamide bad for the nerves", "toxicity-of-drug", "drug:ifosfamide"),
    ("does rapamycin stop blood vessel growth", "mechanism", "drug:sirolimus process:angiogenesis"),
    # why, and by which drug
    ("why does imatinib work in DFSP", "mechanism", "drug:imatinib histotype:dfsp"),
    ("how does rapamycin arrest the cell cycle", "mechanism", "drug:sirolimus"),
    ("why was gemcitabine reduced", "dose-changes", ""),
    ("which drug gave patient 2 a partial remission", "treatment-lines", "patient:003-2"),
]  # fmt: skip

# Nothing is offered where nothing is meant, rather than something else.
NOT_ASKED = [
    "hello doctor", "paid leave", "sun exposure", "stock market", "chess opening", "how do I get a refund",
    "CD117 KIT", "rapamycin sirolimus", "gemcitabine + docetaxel", "best price for sunitinib",
    "doxorubicin / ifosfamide", "drug:pazopanib", "regimen:aim", "a line of strings", "press the help button",
    "extra plus points",
]  # fmt: skip


@pytest.mark.parametrize(("text", "question", "given"), ASKED)
def test_what_plain_words_mean_is_offered_first(
    curated_graph: KnowledgeGraph, text: str, question: str, given: str
) -> None:
    offered = curated_graph.search(text).questions
    assert offered, "nothing is offered"
    values = {value for values in offered[0].parameters.values() for value in values}
    assert (offered[0].question, values) == (question, set(given.split("|" if "|" in given else None)))


@pytest.mark.parametrize("text", NOT_ASKED)
def test_what_means_no_question_is_offered_none(curated_graph: KnowledgeGraph, text: str) -> None:
    assert curated_graph.search(text).questions == ()


@pytest.mark.parametrize("text", ["rug", "ban", "esh", "hem"])
def test_letters_within_the_name_of_a_vocabulary_name_nothing(curated_graph: KnowledgeGraph, text: str) -> None:
    hits = [hit for hit in curated_graph.search(text).items if hit.score < 0.6]
    assert not [hit.matched for hit in hits if re.fullmatch(r"\w+:\S+", hit.matched)]


@pytest.mark.parametrize("text", ["everolimus added to imatinib", "does docetaxel enhance gemcitabine"])
def test_two_drugs_of_which_one_helps_are_looked_at_together_and_side_by_side(
    curated_graph: KnowledgeGraph, text: str
) -> None:
    offered = curated_graph.search(text).questions
    assert {"evidence", "compare", "mechanism"} <= {each.question for each in offered}
    assert all(len(each.parameters["drug"]) == 2 for each in offered if each.question in ("evidence", "mechanism"))


@pytest.mark.parametrize("text", ["skin cancer imatinib", "stomach pazopanib", "heart and sunitinib"])
def test_a_word_that_several_adverse_events_may_mean_names_none(curated_graph: KnowledgeGraph, text: str) -> None:
    offered = curated_graph.search(text).questions
    assert not {"toxicity-of-drug", "who-causes-event"} & {each.question for each in offered}


@pytest.mark.parametrize("text", ["what is the right dose of ifosfamide", "which response rate is right"])
def test_right_is_no_bone(curated_graph: KnowledgeGraph, text: str) -> None:
    answer = curated_graph.search(text)
    assert not [offer.label for offer in answer.questions if "femur" in offer.label.casefold()]
    assert curated_graph.search("right femur").items[0].curie == "site:femur"


@pytest.mark.parametrize("text", ["docetaxel monotherapy response rates", "objective response rate of temsirolimus"])
def test_a_response_rate_is_offered_with_responses_of_every_kind(curated_graph: KnowledgeGraph, text: str) -> None:
    """A trial with partial responses only prints no rate of any other name."""
    offered = [offer.parameters.get("measure") for offer in curated_graph.search(text).questions]
    assert offered[0] in (("measure:response-rate",), ("measure:objective-response-rate",))
    assert ("measure:response",) in offered


@pytest.mark.parametrize("text", ["which man had leiomyosarcoma", "which patients had sarcoma"])
def test_a_description_that_fits_several_patients_names_none(curated_graph: KnowledgeGraph, text: str) -> None:
    assert "timeline" not in {each.question for each in curated_graph.search(text).questions}


def test_only_measures_of_time_ask_how_long_people_lived(curated_graph: KnowledgeGraph) -> None:
    offered = curated_graph.search("stable disease and survival benefit").questions
    assert "survival-by-regimen" not in {each.question for each in offered}
    assert curated_graph.search("progression-free survival on regimens").questions[0].question == "survival-by-regimen"


def test_a_name_of_two_words_is_found_inside_a_sentence_in_one(curated_graph: KnowledgeGraph) -> None:
    assert curated_graph.search("what is PDGFRA").items[0].curie == "target:PDGFRA"  # a source prints PDGFR-A
    assert curated_graph.search("what is RAD001").items[0].curie == "drug:everolimus"


@pytest.mark.parametrize(
    "word",
    [
        "approach",
        "antagonism",
        "potential",
        "complete",
        "season",
        "string",
        "lineno",
        "infection",
        "genetic",
        "presenting",
        "resist",
    ],
)
def test_another_word_is_no_slip_in_a_word_that_asks(word: str) -> None:
    assert as_asked(word) == word
