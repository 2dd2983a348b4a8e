"""Finding what is said, by the words that say it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg.errors import InvalidParameter, StoreUnavailable
from kg.graph import KnowledgeGraph
from kg.identifiers import BASE
from kg.model import PassageRef
from kg.search import facts as facts_module
from kg.search.fact_words import IN_STUDY, OF_KIND, FactText, folded, write_facts
from kg.search.facts import FactHits, FactIndex
from kg.search.files import SharedFile
from kg.search.finding import find
from kg.search.names import SearchQuestion
from kg.search.spans import tokens_of
from kg.search.terms import Term, terms_of

DOCUMENT = f"{BASE}document/001"
PLACE = PassageRef(f"{BASE}passage/001-5-9", DOCUMENT, "Results", 5, 9)


def _fact(number: int, sentence: str, **remarks: str) -> FactText:
    iri = f"{BASE}statement/{number}"
    return FactText(iri, "Statement", sentence, "stated", ((DOCUMENT, "a review"),), (PLACE,), tuple(remarks.items()))


FACTS = [
    _fact(1, "Sirolimus inhibits mTOR"),
    _fact(2, "mTOR phosphorylates p70S6K"),
    _fact(3, "Temsirolimus (41 patients): stomatitis", grade="3 or 4"),
    _fact(4, "Leiomyosarcoma of the mesentery", stage="T2N0M0", note="The tumour was told of twice."),
    _fact(5, "Gemcitabine + docetaxel: no crossover between the arms"),
    _fact(6, "Sirolimus decreases anaemia in tumours with PDGFR-α"),
]


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FactIndex]:
    path = tmp_path_factory.mktemp("facts") / "facts.sqlite"
    assert write_facts(path, FACTS) == len(FACTS)
    opened = FactIndex.open(path)
    yield opened
    opened.close()


def _found(facts: FactIndex, text: str, limit: int = 10) -> FactHits:
    return facts.search(terms_of(tokens_of(text), (), {}), limit)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("p70S6K phosphorylation", 2), ("phosphorylates", 2), ("T2N0M0", 4), ("t2n0", 4), ("stomatitis grade 3", 3),
        ("crossover", 5), ("docetaxel plus gemcitabine crossover", 5), ("anemia tumors", 6), ("PDGFR alpha", 6),
        ("what is the T2N0M0", 4), ("told twice", 4),
    ],
)  # fmt: skip
def test_words_of_a_fact_find_it(facts: FactIndex, text: str, number: int) -> None:
    hits = _found(facts, text)
    assert [hit.curie for hit in hits.items] == [f"statement:{number}"]
    assert hits.items[0].lacks == ()
    assert [ref.label for ref in hits.items[0].documents] == ["a review"]
    assert hits.items[0].passages == (PLACE,)


def test_what_is_said_beside_the_sentence_is_shown_where_it_is_what_was_looked_for(facts: FactIndex) -> None:
    assert _found(facts, "T2N0M0").items[0].said == ("stage: T2N0M0",)
    assert _found(facts, "mesentery").items[0].said == ()


def test_a_name_stands_for_everything_that_the_thing_is_called(facts: FactIndex) -> None:
    term = Term("rapamycin", ("rapamycin", "sirolimus"))
    assert [hit.curie for hit in facts.search([term], 10).items] == ["statement:1", "statement:6"]


def test_where_no_fact_says_all_those_come_that_say_most_and_tell_what_they_lack(facts: FactIndex) -> None:
    hits = _found(facts, "sirolimus mTOR inhibits zebrafish")
    assert [(hit.curie, hit.lacks) for hit in hits.items] == [("statement:1", ("zebrafish",))]
    assert _found(facts, "zebrafish larvae embryo sirolimus").items == ()


def _events(*texts: str) -> list[Term]:
    return [Term(text, (text,), "AdverseEvent") for text in texts]


def test_where_no_fact_says_all_names_of_a_list_each_brings_its_own_in_turn(tmp_path: Path) -> None:
    """Sources tell one adverse event a line, so that "nausea and neutropenia" is said nowhere."""
    told = ["anaemia of gemcitabine", "anaemia of gemcitabine, again", "nausea of gemcitabine", "nausea of imatinib"]
    write_facts(tmp_path / "facts.sqlite", [_fact(number, text) for number, text in enumerate(told)])
    facts = FactIndex.open(tmp_path / "facts.sqlite")
    hits = facts.search([*_events("anemia", "nausea", "mucositis"), Term("gemcitabine", ("gemcitabine",), "Drug")], 10)
    assert [(hit.curie, hit.lacks) for hit in hits.items] == [
        ("statement:0", ("nausea", "mucositis")),
        ("statement:2", ("anemia", "mucositis")),
        ("statement:1", ("nausea", "mucositis")),
    ]
    with_more = facts.search([*_events("anemia", "nausea"), Term("zebra", ("zebra",))], 10)
    assert {hit.lacks for hit in with_more.items} == {("nausea", "zebra"), ("anemia", "zebra")}
    assert with_more.total == 4
    facts.close()


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("stomatitis and vomiting with temsirolimus", ["stomatitis", "vomiting"]),
        ("which drug gave both nausea and neutropenia", ["nausea", "neutropenia"]),
        ("did any patient get fatigue, rash or diarrhea", ["fatigue", "diarrhoea"]),
    ],
)
def test_a_sentence_with_several_adverse_events_finds_the_facts_of_each(
    curated_graph: KnowledgeGraph, text: str, events: list[str]
) -> None:
    found = [hit.sentence.casefold() for hit in curated_graph.search(text).facts.items]
    for event in events:
        assert any(event in sentence for sentence in found), (event, found)


def test_who_asks_which_drugs_is_shown_the_drugs_and_classes_of_which_it_is_said(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.search("which drugs damage DNA")
    assert {"Doxorubicin damages DNA", "Cisplatin damages DNA"} <= {hit.sentence for hit in answer.facts.items}
    assert any(hit.sentence.startswith("Cytotoxic drugs damage DNA") for hit in answer.facts.items)
    assert next((one.question, one.parameters["target"]) for one in answer.questions) == (
        "mechanism", ("metabolite:dna",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("what is in the MAID regimen", "MAID"),  # of many regimens it is said that they hold something
        ("what happened to ALDH expression in responders", "ALDH"),
        ("which drug was given over 74 hours", "74-hour"),
    ],
)
def test_a_name_counts_for_more_than_the_words_around_it(curated_graph: KnowledgeGraph, text: str, says: str) -> None:
    hits = curated_graph.search(text).facts.items
    assert hits
    assert all(says in hit.sentence or any(says in each for each in hit.said) for hit in hits)


def test_what_no_fact_says_is_named(facts: FactIndex, curated_graph: KnowledgeGraph) -> None:
    assert _found(facts, "sirolimus mTOR inhibits zebrafish").unsaid == ("zebrafish",)
    assert _found(facts, "crossover").unsaid == ()
    assert curated_graph.search("can metformin be combined with everolimus").facts.unsaid == ("metformin",)
    different = FactHits((
        replace(_found(facts, "crossover").items[0], lacks=("a", "b")),
        replace(_found(facts, "crossover").items[0], lacks=("b", "c")),
    ))  # fmt: skip
    assert different.lacked == ("b",)


@pytest.fixture
def many_facts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FactIndex]:
    """A file in which more facts say "patients" and "response" than are ranked, and few say anything else."""
    monkeypatch.setattr(facts_module, "MOST_RANKED", 4)
    told = [f"Response of patients in a very long follow-up of the series {number}" for number in range(20)]
    told += ["Response of patients", "Crossover of patients", "Crossover of patients with a response to sirolimus"]
    write_facts(tmp_path / "facts.sqlite", [_fact(number, text) for number, text in enumerate(told)])
    opened = FactIndex.open(tmp_path / "facts.sqlite")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("text", "numbers", "lacks"),
    [
        ("patients crossover", [21, 22], ()), ("response of patients to sirolimus", [22], ()), ("patients", [0], ()),
        ("crossover zebrafish patients", [21, 22], ("zebrafish",)), ("patients unicorn response", [0], ("unicorn",)),
        ("patients crossover sirolimus unicorn", [22], ("unicorn",)),
    ],
)  # fmt: skip
def test_a_rare_word_finds_its_facts_however_many_say_the_common_ones(
    many_facts: FactIndex, text: str, numbers: list[int], lacks: tuple[str, ...]
) -> None:
    hits = _found(many_facts, text)
    assert [int(hit.curie.partition(":")[2]) for hit in hits.items][: len(numbers)] == numbers
    assert {hit.lacks for hit in hits.items} == {lacks}


def test_more_facts_than_are_ranked_are_not_counted(many_facts: FactIndex) -> None:
    assert _found(many_facts, "patients").total is None
    assert _found(many_facts, "patients crossover").total == 2


def test_no_search_ranks_by_words_that_more_facts_say_than_are_ranked(
    many_facts: FactIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine's ranking reads every fact that says any word it is given."""
    asked: list[str] = []
    read = SharedFile.read

    def noted(file: SharedFile, query: str, values: Sequence[str | int] = ()) -> list[tuple[Any, ...]]:
        asked.append(f"{query} {values}")
        return read(file, query, values)

    monkeypatch.setattr(SharedFile, "read", noted)
    for text in ("patients", "patients crossover response", "patients zebrafish crossover", "patients unicorn"):
        _found(many_facts, text)
    ranking = [query for query in asked if "bm25" in query]
    assert any("crossover" in query for query in ranking)
    assert not any(word in query for query in ranking for word in ("patient", "respons"))


def test_a_long_answer_is_cut_and_says_so(facts: FactIndex) -> None:
    hits = _found(facts, "sirolimus", limit=1)
    assert (len(hits.items), hits.total, hits.truncated, hits.truncated_by) == (1, 2, True, "limit")
    assert _found(facts, "the of and").items == ()


@pytest.mark.parametrize(
    "text", ['"', "a AND b", "x OR", "(", "NEAR(a b)", "kit*", "'; DROP TABLE fact; --", "^sentence:"]
)
def test_query_syntax_in_a_text_means_nothing(facts: FactIndex, text: str) -> None:
    assert _found(facts, text + " zq").items == ()


def test_words_are_written_the_same_every_time(tmp_path: Path) -> None:
    write_facts(tmp_path / "one", FACTS)
    write_facts(tmp_path / "two", (fact for fact in FACTS))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert folded("Gemcitabine plus docetaxel") == folded("gemcitabine + Docetaxel")


def test_a_missing_or_foreign_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "text.sqlite").write_text("not a database" * 100, "utf-8")
    for name in ("nothing.sqlite", "text.sqlite"):
        with pytest.raises(StoreUnavailable):
            FactIndex.open(tmp_path / name)


@pytest.mark.parametrize("facts", [-1, 101])
def test_a_number_of_facts_out_of_bounds_is_refused(facts: int) -> None:
    with pytest.raises(InvalidParameter, match="facts"):
        SearchQuestion("KIT", facts=facts)


@pytest.mark.parametrize(("asked", "number"), [("five cycles", 1), ("5 cycles", 1), ("15 nodules", 2)])
def test_a_number_is_found_in_figures_and_in_words(tmp_path: Path, asked: str, number: int) -> None:
    write_facts(tmp_path / "facts.sqlite", [_fact(1, "13 cm after 5 cycles"), _fact(2, "fifteen liver nodules")])
    opened = FactIndex.open(tmp_path / "facts.sqlite")
    try:
        hits = _found(opened, asked).items
    finally:
        opened.close()
    assert [(hit.curie, hit.lacks) for hit in hits] == [(f"statement:{number}", ())]


def test_words_that_only_relate_things_never_outweigh_a_figure_or_a_grade(tmp_path: Path) -> None:
    """As "during" would, which is longer than "grade 4" and says nothing of what is asked about."""
    facts = [_fact(1, "During the first four cycles: neutropenia"), _fact(2, "First cycle: neutropenia grade 4")]
    write_facts(tmp_path / "facts.sqlite", facts)
    opened = FactIndex.open(tmp_path / "facts.sqlite")
    try:
        hit = _found(opened, "neutropenia of grade 4 during the first cycle").items[0]
    finally:
        opened.close()
    assert hit.curie == "statement:2"
    assert hit.lacks == ("during",)


@pytest.mark.parametrize("asked", ["which organism", "which company", "which enzymes", "what tissue"])
def test_the_kind_of_thing_asked_for_is_no_word_of_the_answer(asked: str) -> None:
    """The word organism would be found in "organ", and a fact that names the organism seldom says that it is one."""
    assert [term.text for term in terms_of(tokens_of(f"{asked} produces it"), (), {})] == ["produce"]


def _opened(path: Path, facts: list[FactText]) -> FactIndex:
    write_facts(path / "facts.sqlite", facts)
    return FactIndex.open(path / "facts.sqlite")


def test_a_result_is_found_by_what_its_study_is_called_but_is_no_result_of_each_drug_in_that_name(
    tmp_path: Path,
) -> None:
    study = (IN_STUDY, "Docetaxel against doxorubicin (ECOG)")
    also = (IN_STUDY, "the ECOG trial")
    facts = _opened(tmp_path, [replace(_fact(1, "Doxorubicin: response rate 13%"), remarks=(study, also))])
    ecog, docetaxel = Term("ECOG", ("ecog",)), Term("docetaxel", ("docetaxel",), "Drug")
    assert [hit.said for hit in facts.search([ecog], 10).items] == [(f"{IN_STUDY}: {study[1]}",)]
    assert facts.search([docetaxel], 10).items == ()
    facts.close()


def test_what_a_drug_of_a_kind_is_named_after_is_not_told_of_by_each_of_its_facts(tmp_path: Path) -> None:
    kind = (OF_KIND, "angiogenesis inhibitor")
    facts = _opened(tmp_path, [replace(_fact(1, "Sirolimus: neutropenia"), remarks=(kind,))])
    assert facts.search([Term("angiogenesis", ("angiogenesis",), "Process")], 10).items == ()
    assert facts.search([Term(kind[1], (kind[1],), "DrugClass")], 10).items
    facts.close()


def test_a_history_that_names_another_patient_is_not_that_patients(tmp_path: Path) -> None:
    of_one = replace(_fact(1, "Man of 73 (patient 1): remission, as in patient 2"), type="TimelineEvent")
    of_two = replace(_fact(2, "Woman of 61 (patient 2): remission"), type="TimelineEvent")
    facts = _opened(tmp_path, [of_one, of_two, _fact(3, "The table tells of a remission of patient 2")])
    patient = Term("patient 2", ("patient 2", "woman of 61 patient 2"), "Patient")
    found = facts.search([patient, Term("remission", ("remission",))], 10).items
    assert {hit.curie for hit in found} == {"statement:2", "statement:3"}
    facts.close()


def test_a_regimen_is_told_of_where_doses_stand_between_its_drugs(tmp_path: Path) -> None:
    facts = _opened(tmp_path, [_fact(1, "Doxorubicin 60 mg/m2 + ifosfamide 5 g/m2: 36%"), _fact(2, "Ifosfamide: 18%")])
    drugs = (("doxorubicin", "adriamycin"), ("ifosfamide",))
    regimen = Term("doxorubicin + ifosfamide", ("doxorubicin ifosfamide",), "Regimen", drugs=drugs)
    assert [hit.curie for hit in facts.search([regimen], 10).items] == ["statement:1"]
    assert facts.search([replace(regimen, drugs=())], 10).items == ()
    facts.close()


def test_a_trial_known_by_its_figures_outweighs_the_words_around_them(tmp_path: Path) -> None:
    facts = _opened(
        tmp_path, [_fact(1, "Gemcitabine: toxicity of others"), _fact(2, "Gemcitabine 1250 mg/m2: anaemia")]
    )
    text = "gemcitabine 1250 toxicity"
    assert _found(facts, text).items[0].curie == "statement:2"
    facts.close()


def test_who_asks_what_came_of_it_is_told_that_before_how_the_study_was_made(tmp_path: Path) -> None:
    arm = replace(_fact(1, "Docetaxel in sarcoma"), type="Arm")
    claim = _fact(2, "Docetaxel is active in sarcoma, as several reports say")
    result = replace(
        _fact(3, "Docetaxel (29 patients, advanced sarcoma): five partial responses, counted by the ward"),
        type="Outcome",
    )
    facts = _opened(tmp_path, [arm, claim, result])
    terms = [Term(word, (word,)) for word in ("docetaxel", "sarcoma")]
    ranked = {
        order: [hit.curie for hit in facts.search(terms, 10, order).items] for order in ("", "results", "measured")
    }
    assert ranked[""][0] == "statement:1"
    assert ranked["results"][-1] == "statement:1"
    assert ranked["measured"][0] == "statement:3"
    facts.close()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Which histotype responded to first-line gemcitabine in the ECOG trial?", "epithelioid sarcoma"),
        ("What share of patients on gemcitabine 1250 mg/m2 had grade 3 or 4 toxicity?", "25 of 25"),
        ("overall survival on pegylated liposomal doxorubicin in the EORTC trial", "320 days"),
        ("Which side effect was more common with pegylated liposomal doxorubicin?", "palmar-plantar"),
        ("Does rapamycin stop blood vessel growth?", "angiogenesis"),
        ("How big was the primary tumour of the transplant patient?", "8x7x5 cm"),
        (
            "When did the sarcoma recur relative to the immunosuppressant therapy?",
            "came back at the time of the reject",
        ),
        ("How many patients had doxorubicin alone in the trial with a response rate of 23%?", "263 patients"),
        ("second-line response to doxorubicin in the docetaxel trial", "Doxorubicin (43 patients"),
        ("What was the response rate to high-dose doxorubicin plus ifosfamide at M. D. Anderson?", "21 of 33"),
        ("What was the dose of pegylated liposomal doxorubicin in the EORTC phase II study?", "50 mg/m2"),
        ("What range of response rates did single-agent gemcitabine give in phase II trials?", "from 4% to 18%"),
        ("Which approvals were in force as of 2007?", "Sunitinib is approved"),  # a year is no name of a trial
        ("What do the documents say of survival under doxorubicin plus ifosfamide?", "No significant gain in overall"),
        ("Radiotherapy dose and fractions of the retroperitoneal case?", "50 Gy in 25 fractions"),
    ],
)
def test_a_question_about_one_study_finds_what_came_of_it(curated_graph: KnowledgeGraph, text: str, says: str) -> None:
    assert any(says in hit.sentence for hit in curated_graph.search(text).facts.items[:3])


def test_a_graph_without_words_of_facts_says_what_is_missing(curated_graph: KnowledgeGraph) -> None:
    """As a graph behind an address, or one built by an earlier version; things are found all the same."""
    answer = find(curated_graph.names, None, SearchQuestion("crossover imatinib", facts=5))
    assert answer.parts
    assert answer.facts.items == ()
    assert "sarcoma-kg build" in (answer.facts.unavailable or "")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("T2N0M0", "mesentery"), ("off-label", "Gemcitabine maintenance"), ("stomatitis grade 3", "Temsirolimus"),
        ("crossover", "Imatinib"), ("ribonucleotide reductase", "Gemcitabine diphosphate"),
        ("Rb phosphorylation", "Rb"),
        ("poor accrual", "Z9031"), ("rapamycin and FKBP12 form a complex", "FKBP12"), ("900 mg/m2", "gemcitabine 900"),
        ("over 90 minutes", "90 minutes"),
        ("30x23x15", "30 × 23 × 15"), ("30 × 23 × 15", "30 × 23 × 15"), ("8 x 7 x 5 cm", "8x7x5"),
        ("CTCAE", "neutropenia grade 4"), ("ALP elevated", "ALT raised"),
    ],
)  # fmt: skip
def test_words_inside_the_curated_facts_find_them_with_their_source(
    curated_graph: KnowledgeGraph, text: str, says: str
) -> None:
    hits = curated_graph.search(text).facts.items
    assert hits
    assert any(says.casefold() in hit.sentence.casefold() for hit in hits)
    for hit in hits:
        assert hit.passages
        assert {each.document for each in hit.passages} <= {each.id for each in hit.documents}
        assert all(each.label != each.curie for each in hit.documents)


def test_every_fact_found_has_a_record(curated_graph: KnowledgeGraph) -> None:
    hits = curated_graph.search("leiomyosarcoma", facts=100).facts
    assert hits.truncated
    for hit in hits.items[::10]:
        if hit.type in ("Statement", "Outcome", "TimelineEvent"):
            assert curated_graph.fact(hit.curie).sentence == hit.sentence
        else:
            assert curated_graph.name_of(hit.id).label in hit.sentence


def test_titles_and_authors_of_documents_are_no_words_of_facts(curated_graph: KnowledgeGraph) -> None:
    for word in ("Krarup-Hansen", "D'Adamo"):
        assert curated_graph.search(word).facts.items == ()


def test_limits_do_not_change_what_is_first(curated_graph: KnowledgeGraph) -> None:
    few, many = (curated_graph.search("leiomyosarcoma", facts=count).facts.items for count in (3, 30))
    assert many[:3] == few
    assert replace(few[0], said=()) == replace(many[0], said=())
