"""Sentences that people type into a search box, and the questions that they are offered, never an answer."""

from __future__ import annotations

import re

import pytest

from kg.evidence.question import EvidenceQuestion
from kg.graph import KnowledgeGraph
from kg.search.cues import CUES
from kg.search.offers import OfferedQuestion

# What is typed, and the first question offered: its name and what it is asked with.
ASKED = [
    ("what was the response rate of gemcitabine and docetaxel in uterine leiomyosarcoma", "evidence",
     "drug:gemcitabine drug:docetaxel histotype:uterine-leiomyosarcoma measure:response-rate"),
    ("how does rapamycin work in leiomyosarcoma", "mechanism", "drug:sirolimus histotype:leiomyosarcoma"),
    ("How does rapamycin act on mTOR?", "mechanism", "drug:sirolimus target:MTOR"),
    ("how do mTOR inhibitors act on leiomyosarcoma", "mechanism", "drugclass:mtor-inhibitor histotype:leiomyosarcoma"),
    ("how do taxanes act", "mechanism", "drugclass:taxane"),
    ("mechanism of action of imatinib", "mechanism", "drug:imatinib"),
    ("is trabectedin better than dacarbazine", "compare", "trabectedin|dacarbazine"),
    ("gemcitabine plus docetaxel versus gemcitabine alone in leiomyosarcoma", "compare",
     "gemcitabine + docetaxel|gemcitabine|histotype:leiomyosarcoma"),
    ("doxorubicin vs ifosfamide", "compare", "doxorubicin|ifosfamide"),
    ("compare eribulin and dacarbazine", "compare", "eribulin|dacarbazine"),
    ("imatinib GIST progression free survival", "evidence",
     "drug:imatinib histotype:gist measure:progression-free-survival"),
    ("does pazopanib work in soft tissue sarcoma?", "evidence", "drug:pazopanib histotype:soft-tissue-sarcoma"),
    ("evidence for temsirolimus", "evidence", "drug:temsirolimus"),
    ("efficacy of trabectedin in LMS", "evidence", "drug:trabectedin histotype:leiomyosarcoma"),
    ("ridaforolimus sarcoma results", "evidence", "drug:ridaforolimus histotype:sarcoma"),
    ("side effects of pazopanib", "toxicity-of-drug", "drug:pazopanib"),
    ("toxicity of motesanib", "toxicity-of-drug", "drug:motesanib"),
    ("is gemcitabine well tolerated", "toxicity-of-drug", "drug:gemcitabine"),
    ("which drugs cause stomatitis", "who-causes-event", "event:stomatitis"),
    ("was there any treatment-related death", "severe-toxicity", ""),
    ("grade >= 3 toxicity of trabectedin", "severe-toxicity", ""),
    ("why does imatinib stop working", "causes-of-resistance", ""),
    ("did olaratumab fail", "evidence", "drug:olaratumab"),
    ("why did olaratumab fail in soft tissue sarcoma", "evidence", "drug:olaratumab histotype:soft-tissue-sarcoma"),
    ("what can be given when imatinib fails in GIST", "evidence", "drug:imatinib histotype:gist"),
    ("what should I give after doxorubicin and ifosfamide in leiomyosarcoma", "evidence",
     "regimen:doxorubicin-ifosfamide histotype:leiomyosarcoma"),
    ("does radiotherapy help in retroperitoneal sarcoma", "evidence",
     "procedure:radiotherapy histotype:retroperitoneal-sarcoma"),
    ("how was response measured in the temsirolimus trial", "response-definitions", ""),
    ("which trials were placebo-controlled", "randomised-trials", ""),
    ("which regimens had no response", "kinds-of-nothing", "none-observed no-apparent-benefit"),
    ("where was there no significant difference", "kinds-of-nothing", "no-significant-difference"),
    ("what was not reported yet", "kinds-of-nothing", "not-reported-yet not-described"),
    ("was the median survival not reached", "kinds-of-nothing", "not-reached"),
    ("what is known about epithelioid sarcoma", "evidence", "histotype:epithelioid-sarcoma"),
    ("which regimens contain vincristine", "evidence", "drug:vincristine"),
    ("which regimens use mesna", "evidence", "drug:mesna"),
    ("side effects of AIM", "evidence", "measure:treatment-burden regimen:aim"),
    ("how often was the imatinib dose reduced", "stopped-or-reduced", ""),
    ("which studies are still ongoing", "ongoing", ""),
    ("what do the authors of the review recommend", "conclusions-of-documents", ""),
    ("what are the limitations of the trials", "conclusions-of-documents", ""),
    ("does bolus ifosfamide work better than infusion", "dose-comparisons", ""),
    ("which trials counted stable disease as response", "response-definitions", ""),
    ("which studies had fewer than 20 patients", "largest-studies", ""),
    ("which results are printed with an arithmetic error", "flagged", ""),
    ("what did the Spanish group study", "studies-of-organization", "organization:geis"),
    ("responses in patients previously treated with doxorubicin", "after-failure-of", "drug:doxorubicin"),
    ("did anyone get a complete response", "evidence", "measure:complete-response"),
    ("which targets have no drug", "gaps", ""),
    ("what has no data", "gaps", ""),
    ("what in angiosarcoma has no data", "gaps", "histotype:angiosarcoma"),
    ("which sarcomas have no data", "histotypes-without-results", ""),
    ("what is hedged", "unproven-mechanisms", "hedged hypothesised"),
    ("what is hedged about trabectedin", "words-of-doubt", "drug:trabectedin"),
    ("what has never been tested in synovial sarcoma", "gaps", "histotype:synovial-sarcoma"),
    ("is docetaxel active on its own", "evidence", "drug:docetaxel"),
    ("what dose of ifosfamide was given in leiomyosarcoma", "doses-of-drug", "drug:ifosfamide"),
    ("how does imatinib shrink a desmoid tumour", "mechanism", "drug:imatinib histotype:desmoid"),
    ("what contradicts the response to rapamycin in the liver", "conflicts-of-entity", "drug:sirolimus"),
    ("which drug gave both nausea and neutropenia", "treatments-with-events", "event:nausea event:neutropenia"),
    ("nausea, vomiting and fatigue with temsirolimus", "toxicity-of-drug", "drug:temsirolimus"),
    ("stomatitis with which drug", "who-causes-event", "event:stomatitis"),
    ("patient 2 third line", "treatment-lines", "patient:003-2"),
    ("what happened to patient 2", "timeline", "patient:003-2"),
    ("which drugs hit KIT", "drugs-reaching-target", "target:KIT"),
    ("drugs that target PDGFRA", "drugs-reaching-target", "target:PDGFRA"),
    ("what inhibits mTOR", "drugs-reaching-target", "target:MTOR"),
    ("what happens when mTOR is inhibited", "when-inhibited", "target:MTOR"),
    ("what drives GIST", "drivers-of-histotype", "histotype:gist"),
    ("treatment options for leiomyosarcoma", "evidence", "histotype:leiomyosarcoma"),
    ("what works in uterine leiomyosarcoma", "evidence", "histotype:uterine-leiomyosarcoma"),
    ("which regimens were tried in synovial sarcoma", "evidence", "histotype:synovial-sarcoma"),
    ("dose of gemcitabine", "doses-of-drug", "drug:gemcitabine"),
    ("how is ifosfamide dosed", "doses-of-drug", "drug:ifosfamide"),
    ("in whom were gemcitabine and docetaxel given at 675 and 75 mg/m2", "doses-of-drug",
     "drug:gemcitabine drug:docetaxel"),
    ("what is imatinib approved for", "approvals", ""),
    ("prognosis of leiomyosarcoma", "prognosis", "histotype:leiomyosarcoma"),
    ("how common is leiomyosarcoma", "epidemiology", "histotype:leiomyosarcoma"),
    ("subtypes of leiomyosarcoma", "subtypes", "histotype:leiomyosarcoma"),
    ("what to give after imatinib fails", "after-failure-of", "drug:imatinib"),
    ("resistance to gemcitabine", "causes-of-resistance", ""),
    ("exon 9 mutation and imatinib response in GIST", "results-by-genotype", "histotype:gist"),
    ("mTOR inhibitors in leiomyosarcoma", "evidence", "drugclass:mtor-inhibitor histotype:leiomyosarcoma"),
    ("which drugs are mTOR inhibitors", "targets-of-class", "drugclass:mtor-inhibitor"),
    ("gemcitabine in the first line and later", "results-by-line", "drug:gemcitabine"),
    ("trabectedin leiomyosarcoma", "evidence", "drug:trabectedin histotype:leiomyosarcoma"),
    ("rapamycin and gemcitabine together", "evidence", "drug:sirolimus drug:gemcitabine"),
    ("preclinical data on rapamycin", "preclinical-evidence", "drug:sirolimus"),
    ("do the sources disagree about imatinib", "conflicts-of-entity", "drug:imatinib"),
    ("randomised trials", "randomised-trials", ""),
    ("where does leiomyosarcoma metastasise", "sites", "histotype:leiomyosarcoma"),
    ("ORR trabectedin", "evidence", "drug:trabectedin measure:objective-response-rate"),
    ("sunitinib after imatinib failure", "after-failure-of", "drug:imatinib"),
    ("doxorubicin cardiotoxicity", "toxicity-of-drug", "drug:doxorubicin"),
    ("patient 3 neutropenia", "adverse-events-of-patient", "patient:003-3"),
    ("VEGF inhibitors in sarcoma", "evidence", "target:VEGFA histotype:sarcoma"),
    ("is 800 mg of imatinib better than 400 mg", "dose-comparisons", ""),
    ("can sirolimus be combined with gemcitabine", "evidence", "drug:sirolimus drug:gemcitabine"),
    ("does docetaxel add anything to gemcitabine", "compare", "docetaxel|gemcitabine"),
    ("gemcitabin leiomyosarcma", "evidence", "drug:gemcitabine histotype:leiomyosarcoma"),
    ("fatal toxicity of ifosfamide", "severe-toxicity", ""),
    ("toxic deaths", "severe-toxicity", ""),
    ("grade 3 or 4 toxicity of temsirolimus", "severe-toxicity", ""),
    ("who stopped gemcitabine because of toxicity", "stopped-or-reduced", ""),
    ("withdrawals because of adverse events everolimus", "stopped-or-reduced", ""),
    ("why was the gemcitabine dose reduced in patient 3", "dose-changes", ""),
    ("which patients died", "status-at-end", ""),
    ("is any patient still alive", "status-at-end", ""),
    ("the transplant patient", "timeline", "patient:000-transplant"),
    ("what happened to the transplant patient", "timeline", "patient:000-transplant"),
    ("which treatments brought both neutropenia and nausea", "treatments-with-events",
     "event:nausea event:neutropenia"),
    ("what is said of trabectedin with reservation", "words-of-doubt", "drug:trabectedin"),
    ("how sure is it that sirolimus acts", "words-of-doubt", "drug:sirolimus"),
    ("printed response rates", "printed-response-rates", ""),
    ("which response rates does the review report", "printed-response-rates", ""),
    ("olaratumab phase III failed", "evidence", "III drug:olaratumab"),
    ("trials with significant overall survival benefit", "survival-by-regimen", "measure:overall-survival"),
    ("how long did patient 2 live", "timeline", "patient:003-2"),
    ("olaratumab withdrawn from the market", "approvals", ""),
    ("predictors of imatinib response", "results-by-genotype", "histotype:sarcoma-in-scope"),
    ("toxicity of AIM", "evidence", "measure:treatment-burden regimen:aim"),
    ("toxicity of aim", "evidence", "measure:treatment-burden regimen:aim"),
    # what a study was like, and how severe an adverse event was
    ("randomised trials in GIST", "evidence", "yes histotype:gist"),
    ("placebo-controlled trials of sunitinib", "evidence", "placebo drug:sunitinib"),
    ("randomised phase III trials of doxorubicin", "evidence", "yes III drug:doxorubicin"),
    ("double-blind trials in soft tissue sarcoma", "evidence", "double-blind histotype:soft-tissue-sarcoma"),
    ("open-label trials of pazopanib", "evidence", "open drug:pazopanib"),
    ("grade 3 or 4 stomatitis", "evidence", "3 event:stomatitis"),
    ("grade 3 or 4 neutropenia with gemcitabine", "evidence", "3 event:neutropenia drug:gemcitabine"),
    ("severe neutropenia in GIST", "evidence", "3 event:neutropenia histotype:gist"),
    # a trial that is called after one drug gives others too
    ("which histotypes responded to doxorubicin in the docetaxel trial", "evidence", "drug:doxorubicin"),
    # a drug at one dose is what one arm is called; sources disagree about the drug
    ("do the sources disagree about ifosfamide 5 g/m2", "conflicts-of-entity", "drug:ifosfamide"),
    ("do the sources disagree about imatinib 800 mg", "conflicts-of-entity", "drug:imatinib"),
    # more questions of the catalogue
    ("every result of trabectedin", "results-of-drug", "drug:trabectedin"),
    ("what was tried in angiosarcoma", "tried-in-histotype", "histotype:angiosarcoma"),
    ("which responses were reported in synovial sarcoma", "responses-in-histotype", "histotype:synovial-sarcoma"),
    ("which results are comparable with SARC002", "comparable-with", "study:sarc002"),
    ("which works does the review cite", "references", "document:002"),
    ("what does the review say citing reference 37", "citing-reference", "document:002 37"),
    ("what does the case series say in its discussion", "facts-in-section", "document:003 discussion"),
    # a patient whom all words point to, several at once, and one by the place of the tumour
    ("how long from withdrawal of immunosuppression to the proof of metastases", "timeline", "patient:000-transplant"),
    ("how many days between the CT showing regrowth and chemotherapy", "timeline", "patient:004-retroperitoneal"),
    ("the pancreatic case", "timeline", "patient:003-1"),
    # what people had had before, and what is next
    ("synovial sarcoma failed AIM, what now", "evidence", "histotype:synovial-sarcoma"),
    # lines and phases are what a study was like
    ("docetaxel in the second line in sarcoma", "evidence", "second drug:docetaxel histotype:sarcoma"),
    ("phase II trials of temozolomide in leiomyosarcoma", "evidence",
     "II drug:temozolomide histotype:leiomyosarcoma"),
    # why two drugs, what resists, and how much worse
    ("why would everolimus plus imatinib work", "mechanism", "drug:everolimus drug:imatinib"),
    ("what resists temozolomide", "resistant-to-what", ""),
    ("how much more toxic is AIM than doxorubicin", "compare", "AIM|doxorubicin"),
    ("doxorubicin plus dacarbazine versus doxorubicin alone", "compare", "doxorubicin + dacarbazine|doxorubicin"),
    ("is nilotinib the same as imatinib", "compare", "nilotinib|imatinib"),
    ("does ifosfamide hurt the kidneys", "toxicity-of-drug", "drug:ifosfamide"),
    ("grade 3 neutropenia with gemcitabine", "evidence", "3 event:neutropenia drug:gemcitabine"),
    ("the odds of responding to trabectedin", "evidence", "drug:trabectedin measure:response"),
    ("high-dose ifosfamide in osteosarcoma", "evidence", "drug:ifosfamide histotype:osteosarcoma"),
    ("raise sunitinib to 50 mg", "dose-comparisons", ""),
    ("which studies have no data on survival", "kinds-of-nothing", "not-reported-yet not-described"),
    ("total ifosfamide given to patient 2", "cumulative-doses", "patient:003-2"),
    ("how much gemcitabine did patient 1 get", "cumulative-doses", "patient:003-1"),
    ("did patient 3 get dacarbazine", "treatment-lines", "patient:003-3"),
    ("liver lesions in the transplant case", "responses-by-lesion", "patient:000-transplant"),
]  # fmt: skip

# Names alone lead to the thing; the rest is nothing that this graph can be asked.
NOT_ASKED = [
    "rapamycin", "KIT", "uterine leiomyosarcoma", "gemcitabine + docetaxel", "patient", "drug", "hello world",
    "how does this work", "is it better", "what is the weather in Berlin", "side effects", "which drugs",
    "price of imatinib", "T2N0M0", "the of and", "cure", "who wrote this", "2 + 2", "soft tissue",
    "does aspirin work in migraine", "compare apples and pears",
    "endometrial stromal sarcoma letrozole", "checkpoint inhibitors",
    "how should regimen and timing of chemotherapy be chosen",  # no tumours of the shoulder
]  # fmt: skip


def _given(offer: OfferedQuestion) -> str:
    """What a question is asked with: of a comparison the sides as it names them."""
    separator = "|" if offer.question == "compare" else " "
    return separator.join(value for values in offer.parameters.values() for value in values)


@pytest.mark.parametrize(("text", "question", "given"), ASKED)
def test_a_sentence_is_offered_the_question_that_it_means(
    curated_graph: KnowledgeGraph, text: str, question: str, given: str
) -> None:
    first = curated_graph.search(text).questions[0]
    separator = "|" if question == "compare" else " "
    assert (first.question, set(_given(first).split(separator))) == (question, set(given.split(separator)))


@pytest.mark.parametrize("text", NOT_ASKED)
def test_what_is_no_question_is_offered_none(curated_graph: KnowledgeGraph, text: str) -> None:
    assert curated_graph.search(text).questions == ()


@pytest.mark.parametrize(
    "text",
    ["history of gemcitabine and docetaxel", "what is the mechanism of sirolimus and gemcitabine",
     "who invented sirolimus and everolimus", "dose of doxorubicin and ifosfamide"],
)  # fmt: skip
def test_two_drugs_are_compared_only_where_nothing_else_is_asked(curated_graph: KnowledgeGraph, text: str) -> None:
    assert "compare" not in {offer.question for offer in curated_graph.search(text).questions}
    alone = curated_graph.search("gemcitabine and docetaxel in leiomyosarcoma").questions
    assert "compare" in {offer.question for offer in alone}


@pytest.mark.parametrize(
    "text", ["done", "keep", "directly", "what was done", "keep the kidney", "acts directly on mTOR"]
)
def test_a_word_that_facts_say_is_not_corrected_to_a_name(curated_graph: KnowledgeGraph, text: str) -> None:
    answer = curated_graph.search(text)
    found = {hit.curie for hits in (answer.items, *(part.items for part in answer.parts)) for hit in hits}
    assert not found & {"site:bone", "histotype:desmoid", "drugclass:signalling-inhibitor"}
    assert curated_graph.search("bnoe").items[0].curie == "site:bone"  # no fact says that


def test_the_toxicity_of_two_drugs_is_that_of_both_together(curated_graph: KnowledgeGraph) -> None:
    first = curated_graph.search("toxicity of gemcitabine and docetaxel").questions[0]
    assert (first.question, first.label) == ("toxicity-of-drug", "Adverse events reported for gemcitabine + docetaxel")
    doses = curated_graph.search("dose of gemcitabine and docetaxel").questions[0]
    assert "gemcitabine or docetaxel" in doses.label  # as the catalogue asks elsewhere


def test_a_question_says_why_it_is_offered(curated_graph: KnowledgeGraph) -> None:
    first = curated_graph.search("how does rapamycin work in leiomyosarcoma").questions[0]
    assert first.label == "How sirolimus acts on leiomyosarcoma"
    assert first.reason == "“how does … work”; sirolimus (“rapamycin”), leiomyosarcoma"
    dosed = curated_graph.search("half-dose imatinib").questions[0]
    assert dosed.reason.startswith("“half-dose”")
    guessed = curated_graph.search("gemcitabin leiomyosarcma").questions[0]
    assert "gemcitabine (“gemcitabin”)" in guessed.reason


def test_every_question_of_the_table_is_one_that_can_be_asked(curated_graph: KnowledgeGraph) -> None:
    known = {question.id: {each.name for each in question.parameters} for question in curated_graph.questions()}
    for cue in CUES:
        if cue.kind == "catalogue":
            given = {name for name, _ in cue.given}
            assert given | {slot.parameter for slot in cue.slots if slot.is_passed} <= known[cue.question], cue.question


def test_every_question_of_the_catalogue_is_asked_by_some_words(curated_graph: KnowledgeGraph) -> None:
    assert {question.id for question in curated_graph.questions()} <= {cue.question for cue in CUES}


def test_types_and_no_limit_ask_for_things_alone(curated_graph: KnowledgeGraph) -> None:
    narrowed = curated_graph.search("how does rapamycin work in leiomyosarcoma", ("Drug",))
    assert narrowed.questions == ()
    assert narrowed.facts.items == ()


@pytest.mark.parametrize(
    ("text", "given", "place"),
    [
        ("imatinib fails in GIST", {"after": "drug:imatinib", "histotype": "histotype:gist"}, 0),
        ("imatinib-resistant GIST", {"after": "drug:imatinib", "histotype": "histotype:gist"}, 0),
        ("everolimus in imatinib-refractory GIST",
         {"after": "drug:imatinib", "drug": "drug:everolimus", "histotype": "histotype:gist"}, 0),
        ("after failure of imatinib", {"after": "drug:imatinib"}, 1),
        ("uterine leiomyosarcoma after doxorubicin",
         {"after": "drug:doxorubicin", "histotype": "histotype:uterine-leiomyosarcoma"}, 0),
        ("what next in leiomyosarcoma progressing on doxorubicin",
         {"after": "drug:doxorubicin", "histotype": "histotype:leiomyosarcoma"}, 0),
        ("angiosarcoma that no longer responds to docetaxel",
         {"after": "drug:docetaxel", "histotype": "histotype:angiosarcoma"}, 0),
        ("GIST progressing on imatinib 400 mg", {"after": "drug:imatinib", "histotype": "histotype:gist"}, 0),
        ("sunitinib after imatinib", {"after": "drug:imatinib", "drug": "drug:sunitinib"}, 0),
        ("docetaxel once ifosfamide has failed", {"after": "drug:ifosfamide", "drug": "drug:docetaxel"}, 0),
        ("sunitinib in GIST resistant to imatinib",
         {"after": "drug:imatinib", "drug": "drug:sunitinib", "histotype": "histotype:gist"}, 3),
        ("uterine leiomyosarcoma after gemcitabine and docetaxel",
         {"after": "drug:gemcitabine drug:docetaxel", "histotype": "histotype:uterine-leiomyosarcoma"}, 0),
        ("what was tried in uterine leiomyosarcoma after gemcitabine + docetaxel",
         {"after": "regimen:docetaxel-gemcitabine", "histotype": "histotype:uterine-leiomyosarcoma"}, 0),
        ("after imatinib and sunitinib failed", {"after": "drug:imatinib drug:sunitinib"}, 0),
        ("after MAID", {"after": "regimen:maid"}, 0),
        ("GIST after imatinib, sunitinib and regorafenib",
         {"after": "drug:imatinib drug:sunitinib drug:regorafenib", "histotype": "histotype:gist"}, 0),
        ("what should I give after doxorubicin and ifosfamide in leiomyosarcoma",
         {"after": "regimen:doxorubicin-ifosfamide", "histotype": "histotype:leiomyosarcoma"}, 0),
        ("trabectedin after AIM", {"after": "regimen:aim", "drug": "drug:trabectedin"}, 0),
        ("imatinib- and sunitinib-resistant GIST",
         {"after": "drug:imatinib drug:sunitinib", "histotype": "histotype:gist"}, 0),
        ("pazopanib after doxorubicin and a taxane in leiomyosarcoma",
         {"after": "drug:doxorubicin drugclass:taxane", "drug": "drug:pazopanib",
          "histotype": "histotype:leiomyosarcoma"}, 0),
        ("angiosarcoma after anthracyclines and taxanes",
         {"after": "drugclass:anthracycline drugclass:taxane", "histotype": "histotype:angiosarcoma"}, 0),
        ("doxorubicin- and taxane-resistant leiomyosarcoma",
         {"after": "drug:doxorubicin drugclass:taxane", "histotype": "histotype:leiomyosarcoma"}, 0),
        ("regorafenib in imatinib- and sunitinib-refractory GIST",
         {"after": "drug:imatinib drug:sunitinib", "drug": "drug:regorafenib", "histotype": "histotype:gist"}, 0),
    ],
)  # fmt: skip
def test_what_people_had_had_before_is_asked_for_as_that(
    curated_graph: KnowledgeGraph, text: str, given: dict[str, str], place: int
) -> None:
    offered = curated_graph.search(text).questions[: place + 1]
    assert ("evidence", given) in [
        (offer.question, {name: " ".join(values) for name, values in offer.parameters.items()}) for offer in offered
    ]


@pytest.mark.parametrize(
    ("text", "given", "label"),
    [
        ("randomised placebo-controlled trials of sunitinib after imatinib in GIST",
         {"randomised": "yes", "comparator": "placebo", "drug": "drug:sunitinib", "after": "drug:imatinib",
          "histotype": "histotype:gist"},
         ("Evidence: sunitinib in gastrointestinal stromal tumour, after imatinib, only of randomised studies, "
          "only where compared with placebo")),
        ("double-blind trials of pazopanib against placebo",
         {"blinding": "double-blind", "comparator": "placebo", "drug": "drug:pazopanib"},
         "Evidence: pazopanib, only where compared with placebo, only of double-blind studies"),
        ("grade 4 neutropenia in phase II trials of gemcitabine",
         {"phase": "II", "min_grade": "4", "adverse_event": "event:neutropenia", "drug": "drug:gemcitabine"},
         "Evidence: gemcitabine, only of phase II, neutropenia of grade 4 or above"),
        ("how long does sunitinib work in imatinib-resistant GIST",
         {"measure": "measure:time-to-event", "after": "drug:imatinib", "drug": "drug:sunitinib",
          "histotype": "histotype:gist"},
         "Evidence: sunitinib in gastrointestinal stromal tumour, after imatinib, time to progression or death"),
        ("first line MAID PFS",
         {"line": "first", "regimen": "regimen:maid", "measure": "measure:progression-free-survival"},
         "Evidence: MAID, progression-free survival, in the first line"),
    ],
)  # fmt: skip
def test_all_that_narrows_the_evidence_is_asked_as_one_question(
    curated_graph: KnowledgeGraph, text: str, given: dict[str, str], label: str
) -> None:
    first = curated_graph.search(text).questions[0]
    assert {name: " ".join(values) for name, values in first.parameters.items()} == given
    assert (first.question, first.label) == ("evidence", label)


def test_what_comes_after_surgery_is_not_after_the_drug_before_it(curated_graph: KnowledgeGraph) -> None:
    for text in ("gemcitabine after surgery", "doxorubicin after surgery in leiomyosarcoma"):
        offered = curated_graph.search(text).questions
        assert not any(offer.question == "after-failure-of" or "after" in offer.parameters for offer in offered)


def test_a_number_of_a_reference_is_asked_of_every_document_that_tells_of_it(curated_graph: KnowledgeGraph) -> None:
    offered = _offered(curated_graph, "what did reference 31 find")
    assert offered[:2] == [("citing-reference", {"document:002", "31"}), ("citing-reference", {"document:003", "31"})]
    assert _offered(curated_graph, "what does the review say citing ref 31")[0] == offered[0]
    assert _offered(curated_graph, "what did reference 999 find") == []


def test_facts_of_another_reference_do_not_stand_for_the_one_named(curated_graph: KnowledgeGraph) -> None:
    facts = curated_graph.search("what did reference 31 find").facts.items
    assert facts
    told = [" ".join((fact.sentence, *fact.said)) for fact in facts]  # of a result its study is told beside it
    assert all(re.search(r"ref(erence)? 31\b", text, re.IGNORECASE) for text in told)


@pytest.mark.parametrize(
    "text", ["GIST resistance", "leiomyosarcoma is chemo-resistant", "sunitinib in resistant GIST"]
)
def test_a_tumour_that_resists_has_not_had_whatever_drug_is_named(curated_graph: KnowledgeGraph, text: str) -> None:
    assert not any("after" in offer.parameters for offer in curated_graph.search(text).questions)


@pytest.mark.parametrize(
    "text", ["aim of maintenance therapy", "what is the aim of the trial", "the primary aim was response"]
)
def test_an_aim_is_no_regimen(curated_graph: KnowledgeGraph, text: str) -> None:
    answer = curated_graph.search(text)
    assert not any("regimen:aim" in values for offer in answer.questions for values in offer.parameters.values())
    assert not any(hit.curie == "regimen:aim" for part in answer.parts for hit in part.items)


def _offered(graph: KnowledgeGraph, text: str) -> list[tuple[str, set[str]]]:
    return [(offer.question, set(_given(offer).split())) for offer in graph.search(text).questions]


@pytest.mark.parametrize("named", ["patient 1 and patient 2", "patients 1 and 2", "patients 1, 2"])
def test_two_patients_in_one_sentence_are_both_asked_about(curated_graph: KnowledgeGraph, named: str) -> None:
    offered = _offered(curated_graph, f"what did {named} receive")
    assert offered[:2] == [("treatment-lines", {"patient:003-1"}), ("treatment-lines", {"patient:003-2"})]


@pytest.mark.parametrize(
    ("text", "patients"),
    [("what about patient 48", set()), ("patient 1, 2 cycles of docetaxel", {"patient:003-1"})],
)
def test_a_number_names_no_other_patient(curated_graph: KnowledgeGraph, text: str, patients: set[str]) -> None:
    asked = set[str]().union(*(given for _, given in _offered(curated_graph, text)))
    assert {each for each in asked if each.startswith("patient:")} == patients


def test_a_drug_at_one_dose_is_also_asked_about_at_any(curated_graph: KnowledgeGraph) -> None:
    """The arm that is called "imatinib 800 mg" is not the one that was given 400 mg twice daily."""
    offered = _offered(curated_graph, "imatinib 800 mg in GIST")
    assert offered[0] == ("evidence", {"regimen:imatinib-north-american-800", "histotype:gist"})
    assert ("evidence", {"drug:imatinib", "histotype:gist"}) in offered


def test_two_regimens_are_set_side_by_side_across_studies_behind_their_comparison(
    curated_graph: KnowledgeGraph,
) -> None:
    offered = _offered(curated_graph, "how do doxorubicin and AIM compare across studies")
    assert offered[0][0] == "compare"
    assert ("regimen-against-regimen", {"regimen:doxorubicin", "regimen:aim"}) in offered


@pytest.mark.parametrize("text", ["how long was the trial", "when was the CT", "days between CT and biopsy"])
def test_words_that_are_told_of_several_patients_point_to_none(curated_graph: KnowledgeGraph, text: str) -> None:
    assert "timeline" not in {question for question, _ in _offered(curated_graph, text)}


@pytest.mark.parametrize(
    "text",
    ["grade 3 or 4 stomatitis with temsirolimus", "randomised trials in GIST", "placebo-controlled trials of sunitinib",
     "which histotypes responded to doxorubicin in the docetaxel trial"],
)  # fmt: skip
def test_evidence_that_is_offered_first_has_rows(curated_graph: KnowledgeGraph, text: str) -> None:
    first = curated_graph.search(text).questions[0]
    values = {name: given[0] for name, given in first.parameters.items()}
    drugs, grade = tuple(first.parameters.get("drug", ())), values.pop("min_grade", None)
    values.pop("drug", None)
    question = EvidenceQuestion(drugs=drugs, min_grade=int(grade) if grade else None, **values)  # type: ignore[arg-type]
    assert curated_graph.evidence(question).items


def test_nobody_need_look_for_what_joins_two_things_that_a_fact_tells_of(curated_graph: KnowledgeGraph) -> None:
    """Where a fact says all of the text; who asks for the way between two things is offered it."""
    told = curated_graph.search("HSP90 stabilizes mutant KIT")
    assert told.facts.items[0].lacks == ()
    assert "explore" not in {offer.question for offer in told.questions}
    for text in ("HSP90 zzyzx mutant KIT", "how is HSP90 linked to mutant KIT"):
        assert "explore" in {offer.question for offer in curated_graph.search(text).questions}
