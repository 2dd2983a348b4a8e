"""Finding entities by what people call them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import AmbiguousEntity, EntityNotFound, InvalidParameter, StoreUnavailable, WrongKind
from kg.graph import KnowledgeGraph
from kg.identifiers import BASE
from kg.paths.index import IndexNode
from kg.search.names import NameIndex, SearchQuestion
from kg.search.names_writer import write_names
from kg.search.spelling import american, compact, distances_within, typos_allowed

NODES = [
    IndexNode(
        f"{BASE}drug/sirolimus",
        "Drug",
        "sirolimus",
        ("rapamycin", "Rapamune"),
        ("CHEBI:9168", "DRUGBANK:DB00877"),
    ),
    IndexNode(f"{BASE}drug/ridaforolimus", "Drug", "ridaforolimus", ("AP23573", "MK-8669")),
    IndexNode(f"{BASE}drug/gemcitabine", "Drug", "gemcitabine", ("Gemzar", "dFdC")),
    IndexNode(f"{BASE}drug/tanespimycin", "Drug", "tanespimycin", ("17-AAG",)),
    IndexNode(f"{BASE}drugclass/kit-inhibitor", "DrugClass", "KIT inhibitor"),
    IndexNode(f"{BASE}target/KIT", "Target", "KIT", ("c-KIT", "CD117")),
    IndexNode(f"{BASE}target/PDGFRA", "Target", "PDGFRα", ("PDGFRA",)),
    IndexNode(f"{BASE}target/MTOR", "Target", "mTOR", ("FRAP1",)),
    IndexNode(f"{BASE}event/anemia", "AdverseEvent", "anemia"),
    IndexNode(f"{BASE}process/tumor-growth", "Process", "tumor growth"),
    IndexNode(f"{BASE}process/chain-termination-causes", "JointCause", "causes of chain termination"),
    IndexNode(f"{BASE}histotype/leiomyosarcoma", "Histotype", "leiomyosarcoma", ("LMS",), ("MONDO:0005058",)),
    IndexNode(f"{BASE}histotype/uterine-leiomyosarcoma", "Histotype", "uterine leiomyosarcoma", ("ULMS",)),
    IndexNode(f"{BASE}regimen/docetaxel-gemcitabine", "Regimen", "docetaxel + gemcitabine"),
    IndexNode(
        f"{BASE}patient/003-2", "Patient", "woman of 61 (patient 2)", ("patient 2, gemcitabine maintenance series",)
    ),
    IndexNode(f"{BASE}target/PLD", "Target", "phospholipase D", ("PLD",)),
    IndexNode(f"{BASE}drug/pegylated-liposomal-doxorubicin", "Drug", "pegylated liposomal doxorubicin", ("PLD",)),
    IndexNode(f"{BASE}drug/liposomal-doxorubicin", "Drug", "liposomal doxorubicin", ("lipodox",)),
    IndexNode(f"{BASE}drug/other-lipodox", "Drug", "other doxorubicin", ("lipo-dox",)),
]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NameIndex]:
    path = tmp_path_factory.mktemp("names") / "names.sqlite"
    write_names(path, NODES)
    with NameIndex.open(path) as opened:
        yield opened


def _first_score(names: NameIndex, text: str) -> float:
    return names.search(SearchQuestion(text)).items[0].score


def _first(names: NameIndex, text: str, *types: str) -> str:
    return names.search(SearchQuestion(text, types)).items[0].curie


@pytest.mark.parametrize(
    ("text", "curie"),
    [
        ("Rapamycin", "drug:sirolimus"),
        ("RAPAMUNE", "drug:sirolimus"),
        ("ap-23573", "drug:ridaforolimus"),
        ("AP 23573", "drug:ridaforolimus"),
        ("17aag", "drug:tanespimycin"),
        ("ckit", "target:KIT"),
        ("PDGFR-alpha", "target:PDGFRA"),
        ("PDGFR α", "target:PDGFRA"),
        ("anaemia", "event:anemia"),
        ("tumour growth", "process:tumor-growth"),
        ("leiomyosarcomas", "histotype:leiomyosarcoma"),
        ("CHEBI:9168", "drug:sirolimus"),
        ("chebi 9168", "drug:sirolimus"),
        ("drug:sirolimus", "drug:sirolimus"),
        (f"{BASE}drug/sirolimus", "drug:sirolimus"),
        ("gemcitabine plus docetaxel", "regimen:docetaxel-gemcitabine"),
        ("MONDO:0005058", "histotype:leiomyosarcoma"),
        ("uterine-leiomyosarcoma", "histotype:uterine-leiomyosarcoma"),
    ],
)
def test_a_name_is_found_however_it_is_spelled(names: NameIndex, text: str, curie: str) -> None:
    assert _first(names, text) == curie
    assert names.search(SearchQuestion(text)).items[0].score >= 0.94


@pytest.mark.parametrize(
    ("text", "curie"),
    [
        ("rapamicin", "drug:sirolimus"),
        ("gemcitabien", "drug:gemcitabine"),
        ("leiomyosarcma", "histotype:leiomyosarcoma"),
        ("KTI", "target:KIT"),
        ("mTRO", "target:MTOR"),
        ("uterin liomyosarcoma", "histotype:uterine-leiomyosarcoma"),
    ],
)
def test_small_typing_errors_are_forgiven(names: NameIndex, text: str, curie: str) -> None:
    hit = names.search(SearchQuestion(text)).items[0]
    assert hit.curie == curie
    assert 0 < hit.score < 0.3


@pytest.mark.parametrize(
    "text", ["mode", "lone", "rush", "gear", "loser", "lunch", "forest", "server", "thread", "walking", "paid", "cure"]
)
def test_an_ordinary_word_is_no_misspelt_name(curated_graph: KnowledgeGraph, text: str) -> None:
    assert [hit.matched for hit in curated_graph.search(text).items if hit.score < 0.45] == []


@pytest.mark.parametrize(
    ("text", "curie"),
    [
        ("lnug", "site:lung"),
        ("lubg", "site:lung"),
        ("livr", "site:liver"),
        ("utterus", "site:uterus"),
        ("nausae", "event:nausea"),
        ("epitelioid", "histotype:epithelioid-sarcoma"),
        ("bevacisumab", "drug:bevacizumab"),
        ("ifosphamide", "drug:ifosfamide"),
    ],
)
def test_a_slip_of_the_hand_is_seen_through(curated_graph: KnowledgeGraph, text: str, curie: str) -> None:
    assert curie in [hit.curie for hit in curated_graph.search(text).items[:3]]


def test_better_kinds_of_match_come_first(names: NameIndex) -> None:
    hits = names.search(SearchQuestion("KIT")).items
    assert [hit.curie for hit in hits] == ["target:KIT", "drugclass:kit-inhibitor"]
    assert hits[0].matched == "KIT"
    scores = [
        names.search(SearchQuestion(text, ("Histotype",))).items[0].score
        for text in ("leiomyosarcoma", "leiomyo", "myosarc", "leiomyosarcona")
    ]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 4


def test_a_word_inside_a_name_is_found(names: NameIndex) -> None:
    assert [hit.label for hit in names.search(SearchQuestion("leiomyosarcoma")).items] == [
        "leiomyosarcoma", "uterine leiomyosarcoma",
    ]  # fmt: skip
    assert _first(names, "growth tumor") == "process:tumor-growth"


@pytest.mark.parametrize(
    "text",
    ["rapamune sirolimus", "gemzar dFdC", "sirolimus chebi", "patient 2 maintenance", "the patient 2 of maintenance"],
)
def test_words_of_several_names_of_one_thing_find_it(names: NameIndex, text: str) -> None:
    answer = names.search(SearchQuestion(text))
    assert [hit.curie for hit in answer.items] in (["drug:sirolimus"], ["drug:gemcitabine"], ["patient:003-2"])
    assert 0.3 < answer.items[0].score < 0.9


def test_scattered_words_score_below_words_of_one_name_and_above_typing_errors(names: NameIndex) -> None:
    scattered, together = _first_score(names, "rapamune sirolimus"), _first_score(names, "growth tumor")
    assert _first_score(names, "gemcitabien") < scattered < together


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("gemcitabine uterine", {"gemcitabine": "drug:gemcitabine", "uterine": "histotype:uterine-leiomyosarcoma"}),
        ("what does rapamycin do to mTOR", {"rapamycin": "drug:sirolimus", "mTOR": "target:MTOR"}),
        ("drugs that hit KIT", {"KIT": "target:KIT"}),
        ("what gwroth helps in leiomyosarcoma", {"leiomyosarcoma": "histotype:leiomyosarcoma"}),
        ("gemcitabine leiomyosarcma", {"gemcitabine": "drug:gemcitabine", "leiomyosarcma": "histotype:leiomyosarcoma"}),
        ("uterine leiomyosarcoma sirolimus",
         {"uterine leiomyosarcoma": "histotype:uterine-leiomyosarcoma", "sirolimus": "drug:sirolimus"}),
    ],
)  # fmt: skip
def test_a_text_that_is_no_name_is_taken_apart_into_the_names_it_holds(
    names: NameIndex, text: str, parts: dict[str, str]
) -> None:
    answer = names.search(SearchQuestion(text))
    assert {part.text: part.items[0].curie for part in answer.parts} == parts


@pytest.mark.parametrize(
    "text", ["rapamycin", "uterine leiomyosarcoma", "gemcitabine plus docetaxel", "zzzz qqqq", "the of"]
)
def test_a_name_and_nonsense_have_no_parts(names: NameIndex, text: str) -> None:
    assert names.search(SearchQuestion(text)).parts == ()


def test_types_narrow_a_search_and_include_their_subclasses(names: NameIndex) -> None:
    assert _first(names, "KIT", "DrugClass") == "drugclass:kit-inhibitor"
    assert _first(names, "chain termination", "Process") == "process:chain-termination-causes"


def test_a_long_answer_is_cut_and_says_so(names: NameIndex) -> None:
    answer = names.search(SearchQuestion("doxorubicin", limit=1))
    assert (len(answer.items), answer.truncated, answer.truncated_by) == (1, True, "limit")
    assert names.search(SearchQuestion("zzzzqqqq")).items == ()
    assert names.search(SearchQuestion("zzzzqqqq")).total == 0


@pytest.mark.parametrize(("text", "limit"), [("", 5), ("--", 5), ("x" * 300, 5), ("KIT", 0), ("KIT", 101)])
def test_a_search_out_of_bounds_is_refused(text: str, limit: int) -> None:
    with pytest.raises(InvalidParameter):
        SearchQuestion(text, limit=limit)


@pytest.mark.parametrize(
    "text", ['"', "a AND b", "x OR", "(", "NEAR(a b)", "kit*", "'; DROP TABLE name; --", "a\x00b", "%_"]
)
def test_query_syntax_in_a_text_means_nothing(names: NameIndex, text: str) -> None:
    if compact(text):
        names.search(SearchQuestion(text))
    with pytest.raises(EntityNotFound):
        names.resolve(text + " zq", (), "drug")


def test_a_parameter_prefers_the_kinds_it_allows(names: NameIndex) -> None:
    assert names.resolve("PLD", ("Drug",), "drug").curie == "drug:pegylated-liposomal-doxorubicin"
    assert names.resolve("PLD", ("Target",), "target").curie == "target:PLD"
    assert names.resolve("CHEBI:9168").curie == "drug:sirolimus"
    assert names.resolve("http://purl.obolibrary.org/obo/CHEBI_9168").curie == "drug:sirolimus"
    assert names.resolve("docetaxel+gemcitabine").curie == "regimen:docetaxel-gemcitabine"


def test_a_name_of_another_kind_is_refused_and_says_what_it_is(names: NameIndex) -> None:
    """A disease given for a drug must not become a question about nothing."""
    for text in ("mtor", "target:MTOR", "https://w3id.org/sarcoma-kg/target/MTOR"):
        with pytest.raises(WrongKind) as refused:
            names.resolve(text, ("Drug", "DrugClass"), "drug")
        assert (refused.value.parameter, refused.value.value, refused.value.entity) == ("drug", text, "target:MTOR")
        assert refused.value.expected == "a drug or a drug class; mTOR is a target"
    with pytest.raises(WrongKind, match="expected a target; sirolimus is a drug"):
        names.resolve("rapamycin", ("Target",), "target")


def test_a_second_choice_of_kinds_counts_only_where_the_first_has_none(names: NameIndex) -> None:
    assert names.resolve("mtor", ("Drug",), "drug", ("Target",)).curie == "target:MTOR"
    assert names.resolve("PLD", ("Drug",), "drug", ("Target",)).curie == "drug:pegylated-liposomal-doxorubicin"


def test_a_label_beats_a_synonym_and_equals_are_ambiguous(names: NameIndex) -> None:
    with pytest.raises(AmbiguousEntity) as ambiguous:
        names.resolve("Lipodox", ("Drug",), "drug")
    assert [curie for curie, _ in ambiguous.value.candidates] == [
        "drug:liposomal-doxorubicin",
        "drug:other-lipodox",
    ]


def test_an_unknown_name_gets_suggestions(names: NameIndex) -> None:
    with pytest.raises(EntityNotFound) as unknown:
        names.resolve("rapamicin", ("Drug",), "drug")
    assert unknown.value.parameter == "drug"
    assert unknown.value.suggestions[0] == ("drug:sirolimus", "sirolimus")
    with pytest.raises(EntityNotFound, match="nonsense"):
        names.resolve("drug:nonsense")


@pytest.mark.parametrize(
    ("text", "kinds", "suggested"),
    [
        ("168", ("Drug", "Target"), ()), ("168", (), ()),  # the end of a number elsewhere says nothing
        ("mor", ("Target",), ("mTOR",)), ("lat", ("Drug", "Target"), ()),  # "lat" in pegylated
        ("uterine leiomyosarkoma", ("Histotype",), ("uterine leiomyosarcoma",)),
        ("metastases of leiomyosarcoma", ("Histotype",), ("leiomyosarcoma",)),
        ("MTOR-2", ("Target",), ("mTOR",)), ("patient 9", ("Patient",), ("woman of 61 (patient 2)",)),
        ("gemcitabine/docetaxil", ("Drug",), ("gemcitabine",)),
    ],
)  # fmt: skip
def test_a_suggestion_is_more_than_chance(
    names: NameIndex, text: str, kinds: tuple[str, ...], suggested: tuple[str, ...]
) -> None:
    with pytest.raises(EntityNotFound) as unknown:
        names.resolve(text, kinds, "drug")
    assert tuple(label for _, label in unknown.value.suggestions)[: len(suggested) or None] == suggested


def test_a_number_says_nothing_in_another_vocabulary(tmp_path: Path) -> None:
    dysplasia = IndexNode("http://purl.obolibrary.org/obo/MONDO_0000473", "Condition", "a dysplasia", ("UBERON",))
    write_names(tmp_path / "names.sqlite", [*NODES, dysplasia])
    with NameIndex.open(tmp_path / "names.sqlite") as numbered:
        assert numbered.resolve("MONDO_0000473").label == "a dysplasia"
        for text in ("UBERON:0000473", "uberon_0000473", "http://purl.obolibrary.org/obo/UBERON_0000473"):
            assert numbered.like(text, ("Condition",)) == ()
            assert numbered.like(text, ()) == ()
        assert [hit.label for hit in numbered.like("displasia", ("Condition",))] == ["a dysplasia"]


def test_a_kind_of_which_there_are_few_is_named_whole(names: NameIndex) -> None:
    with pytest.raises(EntityNotFound) as unknown:
        names.resolve("zebra", ("Patient",), "patient")
    assert unknown.value.suggestions == (("patient:003-2", "woman of 61 (patient 2)"),)


def test_a_missing_or_foreign_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        NameIndex.open(tmp_path / "nothing.sqlite")
    (tmp_path / "text.sqlite").write_text("not a database" * 100, "utf-8")
    with pytest.raises(StoreUnavailable):
        NameIndex.open(tmp_path / "text.sqlite")


COUNTING = "WITH RECURSIVE count (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM count WHERE n < 3000000)"


def test_a_slow_look_up_of_names_holds_up_no_other(names: NameIndex) -> None:
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(names.typed, f"n.id = ({COUNTING} SELECT max(n) FROM count)", (), frozenset())
        time.sleep(0.1)  # by then it is under way
        assert names.spelled("compact", "sirolimus")
        assert not slow.done()
        assert slow.result() == []


def test_names_can_be_closed_twice_and_are_read_no_more(tmp_path: Path) -> None:
    write_names(tmp_path / "names.sqlite", [IndexNode(f"{BASE}target/KIT", "Target", "KIT")])
    with NameIndex.open(tmp_path / "names.sqlite") as opened:
        (tmp_path / "names.sqlite").unlink()  # a generation that goes away is read until it is closed
        with ThreadPoolExecutor(12) as threads:
            found = threads.map(lambda _: opened.spelled("compact", "kit"), range(48))
            assert {row.iri for rows in found for row in rows} == {f"{BASE}target/KIT"}
        opened.close()
        with pytest.raises(sqlite3.ProgrammingError):
            opened.spelled("compact", "kit")


def test_names_are_written_the_same_in_any_order(tmp_path: Path) -> None:
    write_names(tmp_path / "one", NODES)
    write_names(tmp_path / "two", reversed(NODES))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def _alignment(left: str, right: str) -> int:
    """Optimal string alignment distance, by the book."""
    rows = [[max(i, j) if not min(i, j) else 0 for j in range(len(right) + 1)] for i in range(len(left) + 1)]
    for i in range(1, len(left) + 1):
        for j in range(1, len(right) + 1):
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (left[i - 1] != right[j - 1]))
            if i > 1 and j > 1 and left[i - 2 : i] == right[j - 2 : j][::-1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@given(
    st.text("abc", min_size=1, max_size=8),
    st.lists(st.text("abc", min_size=5, max_size=5), min_size=1),
    st.sampled_from([1, 2]),
)
@settings(max_examples=150, deadline=None)
def test_typing_errors_are_counted_as_by_the_book(query: str, others: list[str], limit: int) -> None:
    letters = np.array([list(other.encode()) for other in others], dtype=np.uint8).T
    counted = distances_within(query.encode(), letters, limit).tolist()
    assert counted == [min(_alignment(query, other), limit + 1) for other in others]


@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert compact(compact(text)) == compact(text)


def test_spelling_rules_leave_drug_names_alone() -> None:
    for name in ("everolimus", "metastasis", "process", "virus", "kras"):
        assert american(name) == name
    assert [typos_allowed(length) for length in (2, 3, 7, 8)] == [0, 1, 1, 2]
    assert SequenceMatcher(None, american("haemoglobin"), "hemoglobin").ratio() == 1


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("womb", "site:uterus"),
        ("hair loss", "event:alopecia"),
        ("edema", "event:fluid-retention"),
        ("low platelet count", "event:thrombocytopenia"),
        ("breathlessness", "event:dyspnea"),
    ],
)
def test_what_patients_say_finds_what_sources_call_otherwise(
    curated_graph: KnowledgeGraph, said: str, meant: str
) -> None:
    assert curated_graph.search(said).items[0].curie == meant


@pytest.mark.parametrize(
    ("full", "meant"),
    [
        ("epidermal growth factor receptor", "target:EGFR"),
        ("PI3 kinase", "target:PI3K"),
        ("VEGF receptor", "target:VEGFR"),
        ("PDGF receptor alpha", "target:PDGFRA"),
        ("stem cell factor receptor", "target:KIT"),
        ("pRb", "target:RB1"),
    ],
)
def test_a_target_is_found_by_its_other_ordinary_names(curated_graph: KnowledgeGraph, full: str, meant: str) -> None:
    assert curated_graph.resolve(full).curie == meant


def test_the_end_of_one_word_and_the_beginning_of_the_next_are_no_part_of_a_name(
    curated_graph: KnowledgeGraph,
) -> None:
    """Deoxycytidine kinase is not the "d c-K" of mutated c-KIT."""
    assert "KIT" not in " ".join(hit.label for hit in curated_graph.search("dCK").items)
    assert "KIT" in {hit.label for hit in curated_graph.search("ckit").items}
