"""Facts for words that people type and no source prints: short words, plain words, kinds of things, slips."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.graph import KnowledgeGraph
from kg.identifiers import BASE
from kg.search.fact_words import OF_KIND, FactText, write_facts
from kg.search.facts import FactHits, FactIndex
from kg.search.spans import tokens_of
from kg.search.terms import Term, terms_of

SENTENCES = (
    "Preoperative radiotherapy was given at 50 Gy",
    "The hepatic metastases regressed",
    "Nine patients had been pretreated with doxorubicin",
    "Upper gastrointestinal bleeding",
    "The study was stopped at the opera",
    "Man of 73: death from liver failure",
    "Non-uterine leiomyosarcoma is not sensitive",
    "Tumours refractory to trabectedin",
    "Trabectedin has a low solubility",
    "Inhibition of mTOR",
    "The mutation is associated with response",
    "A scan was made after surgery",
    "End-stage renal failure",
)


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FactIndex]:
    path = tmp_path_factory.mktemp("facts") / "facts.sqlite"
    told = (
        FactText(f"{BASE}statement/{number}", "Statement", text, "stated", ())
        for number, text in enumerate(SENTENCES, 1)
    )
    write_facts(path, told)
    opened = FactIndex.open(path)
    yield opened
    opened.close()


def _found(facts: FactIndex, text: str) -> FactHits:
    return facts.search(terms_of(tokens_of(text), (), {}), 10)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("preop radiotherapy", 1),  # a word cut short
        ("did the liver mets shrink", 2),
        ("how many people had doxorubicin before", 3),
        ("haemorrhage", 4),
        ("male who died", 6),
        ("he died of what", 6),  # words of speech ask for nothing
        ("nonuterine leiomyosarcoma", 7),
        ("failure of trabectedin", 8),
        ("is trabectedin insoluble", 9),
        ("blockade of mTOR", 10),
        ("predictors of response", 11),
        ("which scan followed the operation", 12),
    ],
)
def test_a_fact_is_found_by_words_for_what_it_says(facts: FactIndex, text: str, number: int) -> None:
    hits = _found(facts, text)
    assert (hits.items[0].curie, hits.items[0].lacks) == (f"statement:{number}", ())
    assert hits.unsaid == ()


@pytest.mark.parametrize(
    "text",
    [
        "operating",  # its stem begins "opera"
        "radiotherapist fees",
        "pills",
        "uterine leiomyosarcoma alone",  # what is said of others is not said of these
        "renal resistance",  # a kidney that fails resists nothing
    ],
)
def test_a_fact_that_says_something_else_is_not_found(facts: FactIndex, text: str) -> None:
    assert not any(not hit.lacks for hit in _found(facts, text).items)


@pytest.mark.parametrize("word", ["preop", "aspirin", "operating"])
def test_a_word_is_unsaid_if_no_fact_has_a_word_that_begins_so(facts: FactIndex, word: str) -> None:
    assert _found(facts, word).unsaid == (() if word == "preop" else (word,))


def test_a_kind_is_told_only_to_who_asks_for_it(tmp_path: Path) -> None:
    fact = FactText(f"{BASE}statement/1", "Statement", "Everolimus + imatinib: stomatitis", "stated", (), (),
                    ((OF_KIND, "KIT inhibitor"), (OF_KIND, "mTOR inhibitor")))  # fmt: skip
    write_facts(tmp_path / "facts.sqlite", [fact])
    facts = FactIndex.open(tmp_path / "facts.sqlite")
    hits = facts.search(
        [Term("mTOR inhibitors", ("mtor inhibitor",), "DrugClass"), Term("stomatitis", ("stomatitis",))], 1
    )
    assert hits.items[0].said == ("of the kind: mTOR inhibitor",)
    facts.close()


@pytest.mark.parametrize(
    ("text", "kind", "members"),
    [
        ("stomatitis on mTOR inhibitors", "mTOR inhibitor", {"Ridaforolimus", "Temsirolimus", "Everolimus"}),
        ("febrile neutropenia with an anthracycline", "anthracycline", {"Doxorubicin"}),
        ("spleen in soft tissue sarcoma", "soft tissue sarcoma", {"Rapamycin"}),
    ],
)
def test_what_is_told_of_a_member_answers_for_its_kind(
    curated_graph: KnowledgeGraph, text: str, kind: str, members: set[str]
) -> None:
    hits = curated_graph.search(text).facts.items
    assert members <= {hit.sentence.split()[0] for hit in hits}
    assert all(hit.lacks == () for hit in hits)
    assert any(f"of the kind: {kind}" in hit.said for hit in hits)


def test_facts_of_a_subtype_are_found_by_the_histotype_above_it(curated_graph: KnowledgeGraph) -> None:
    hits = curated_graph.search("temozolomide in uterine sarcoma").facts.items
    assert any("5 of 11" in hit.sentence and hit.lacks == () for hit in hits)


def test_who_asks_for_a_tumour_of_the_uterus_is_not_told_of_tumours_elsewhere(curated_graph: KnowledgeGraph) -> None:
    hits = curated_graph.search("gemcitabine in uterine leiomyosarcoma", facts=50).facts.items
    assert hits
    assert not [hit.sentence for hit in hits if "peri-aortic" in hit.sentence or "Non-uterine" in hit.sentence]


def test_a_fact_without_the_name_that_is_asked_about_is_no_answer(curated_graph: KnowledgeGraph) -> None:
    """However many other words of the text it says; a short name is a name."""
    hits = curated_graph.search("has somebody with a DFSP had a clinical response").facts.items
    assert hits
    assert all("dermatofibrosarcoma" in hit.sentence.casefold() for hit in hits)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("objective response rate of trabectedin in soft tissue sarcoma of the EORTC", "Trabectedin"),
        ("did imatinib give more objective responses in uterine leiomyosarcoma", "Imatinib"),
        ("fatigue, rash or diarrhoea on sunitinib", "Sunitinib"),  # of which the documents tell no adverse event
    ],
)
def test_facts_on_another_drug_are_no_answer(curated_graph: KnowledgeGraph, text: str, name: str) -> None:
    hits = curated_graph.search(text).facts.items
    assert all(name.casefold() in hit.sentence.casefold() for hit in hits)


def test_two_drugs_that_one_fact_names_are_told_of_together(curated_graph: KnowledgeGraph) -> None:
    """Rather than of each by itself, with a word of the text more."""
    hits = curated_graph.search("is docetaxel really superior to doxorubicin").facts.items
    assert hits
    assert all({"docetaxel", "doxorubicin"}.isdisjoint(hit.lacks) for hit in hits)


@pytest.mark.parametrize(("number", "person"), [("1", "man of 73"), ("2", "woman of 61"), ("3", "man of 54")])
def test_a_patient_called_by_number_is_the_one_told_of(first_graph: KnowledgeGraph, number: str, person: str) -> None:
    hits = first_graph.search(f"which diagnosis did patient {number} have").facts.items
    assert hits
    assert all(person in hit.sentence.casefold() for hit in hits[:3])


def test_facts_of_a_misspelt_name_are_found(curated_graph: KnowledgeGraph) -> None:
    hits = curated_graph.search("temsirolimous stomatitis").facts.items
    assert [hit.sentence for hit in hits if hit.lacks == () and hit.sentence.startswith("Temsirolimus")]


@pytest.mark.parametrize("figure", ["0.31", "17.9", "3.3%", "< .05"])
def test_a_figure_is_part_of_no_name(curated_graph: KnowledgeGraph, figure: str) -> None:
    assert curated_graph.search(figure).items == ()


@pytest.mark.parametrize("text", ["pembrolizumab", "aspirin", "rictor", "sarkome der gebärmutter"])
def test_what_the_graph_does_not_know_is_said_to_be_unknown(curated_graph: KnowledgeGraph, text: str) -> None:
    answer = curated_graph.search(text)
    assert answer.facts.items == ()
    assert answer.facts.unsaid
    assert answer.questions == ()


@pytest.mark.parametrize("text", ["imatinib", "Gleevec", "gemcitabine"])
def test_a_lone_name_is_answered_by_what_sources_claim_of_the_thing(curated_graph: KnowledgeGraph, text: str) -> None:
    """Not by regimens that it is part of; those come behind."""
    first = curated_graph.search(text, facts=5).facts.items
    label = curated_graph.search(text).items[0].label
    assert len(first) == 5
    assert all(hit.sentence.casefold().startswith(f"{label} ") for hit in first)
    assert not any("includes" in hit.sentence for hit in first)


def test_a_regimen_that_is_called_like_a_word_is_found_where_it_is_meant(curated_graph: KnowledgeGraph) -> None:
    hits = curated_graph.search("AIM", facts=50).facts.items
    assert "AIM includes ifosfamide" in [hit.sentence for hit in hits]
    assert all(re.search(r"\bAIM\b", " ".join((hit.sentence, *hit.said))) for hit in hits)
    aims = curated_graph.search("aim of maintenance therapy").facts.items
    assert "aims at slowing disease progression" in aims[0].sentence


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("What does the discussion say about the dose reduction being slight?", "slightly reduced to 900"),
        ("Which tumours were called G2 and which G3?", "G2"),
        ("How often are NTRK fusions found", "less than 1%"),
        ("what protects the bladder", "Mesna is used for uroprotection"),
        ("mesna protects the urinary tract", "mesna uroprotection"),
        ("origin of trabectedin", "sea squirt"),
        ("when did ifosfamide studies begin", "1980s"),
        ("what activates gemcitabine", "Nucleoside kinases activate gemcitabine"),
        ("toxicities of ifosfamide 5 or 8 g/m2", "myelosuppression"),
        ("which dose of gemcitabine was reduced", "reduc"),
        ("how long did patients live on gemcitabine and docetaxel", "median overall survival"),
    ],
)
def test_the_first_fact_says_what_is_asked_in_other_words(curated_graph: KnowledgeGraph, text: str, says: str) -> None:
    assert says in curated_graph.search(text).facts.items[0].sentence


def test_who_asks_for_a_share_is_not_told_of_what_is_shared(curated_graph: KnowledgeGraph) -> None:
    hits = curated_graph.search("What share of GIST has PDGFRA mutations").facts.items
    assert any("5%" in hit.sentence and not hit.lacks for hit in hits)


@pytest.mark.parametrize(
    ("text", "event"),
    [("neuropathy", "event:peripheral-neuropathy"), ("mucositis", "event:stomatitis"),
     ("hematologic toxicity", "event:myelosuppression"), ("haematologic toxicity", "event:myelosuppression")],
)  # fmt: skip
def test_adverse_events_are_found_by_what_clinicians_call_them(
    curated_graph: KnowledgeGraph, text: str, event: str
) -> None:
    assert curated_graph.resolve(text, ("event",)).curie == event


def test_a_growth_factor_is_a_drug_as_well_as_what_supports_with_it(curated_graph: KnowledgeGraph) -> None:
    assert curated_graph.resolve("growth factor").curie == "drugclass:growth-factor"
    said = " ".join(hit.sentence.casefold() for hit in curated_graph.search("growth factor", facts=50).facts.items)
    assert "filgrastim" in said
    assert "growth factor support" in said


def test_two_events_that_nobody_tells_of_a_drug_are_not_answered_by_something_else(
    curated_graph: KnowledgeGraph,
) -> None:
    """However much the name of the drug and a word between them weigh."""
    hits = curated_graph.search("imatinib causes oedema and rash").facts.items
    assert not hits
