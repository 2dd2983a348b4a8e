"""What users of the library meet: one import, names as people say them, answers that become tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import kg
from kg import (
    AllPathsQuestion,
    CommonQuestion,
    EvidenceQuestion,
    KnowledgeGraph,
    NeighborsQuestion,
    PathQuestion,
    ReachableQuestion,
    SubgraphQuestion,
)
from kg.errors import EntityNotFound, InvalidParameter, WrongKind
from kg.search.names import SUGGESTIONS
from server.pages.figures import table_of
from triples.read import CURATED, read_corpus


def test_questions_take_names_as_well_as_identifiers(curated_graph: KnowledgeGraph) -> None:
    by_name = curated_graph.paths(PathQuestion(source="rapamycin", target="G1 arrest", avoid=("mTOR",)))
    by_iri = curated_graph.paths(
        PathQuestion(
            source=curated_graph.resolve("drug:sirolimus").id,
            target=curated_graph.resolve("process:g1-arrest").id,
            avoid=(curated_graph.resolve("target:MTOR").id,),
        )
    )
    assert by_name.paths
    assert by_name == by_iri
    assert curated_graph.reachable(ReachableQuestion(node="rapamycin")).items
    assert curated_graph.common(CommonQuestion(nodes=("imatinib", "sunitinib"))).items
    assert len(curated_graph.subgraph(SubgraphQuestion(nodes=("KIT",))).nodes) > 1
    with pytest.raises(EntityNotFound, match="sirolimus"):
        curated_graph.neighbors(NeighborsQuestion(node="sirolimos"))


def test_answers_become_tables(curated_graph: KnowledgeGraph) -> None:
    found = curated_graph.search("rapamycin").to_pandas()
    assert found.loc[0, "curie"] == "drug:sirolimus"
    near = curated_graph.neighbors(NeighborsQuestion(node="rapamycin", predicates=("enhances",))).to_pandas()
    assert set(near["node_id"]) >= {"drug:gemcitabine"}
    assert near["sentence"].str.contains("enhances").all()
    paths = curated_graph.paths(PathQuestion(source="rapamycin", target="G1 arrest"))
    steps = paths.to_pandas()
    assert len(steps) == sum(len(path.steps) for path in paths.paths)
    assert list(steps["path"].unique()) == list(range(1, len(paths.paths) + 1))
    assert not curated_graph.mechanism(["rapamycin"], "leiomyosarcoma").to_pandas().empty
    rows = curated_graph.evidence(EvidenceQuestion(drugs=("temsirolimus",)))
    assert len(rows.to_pandas()) == len(rows.items)
    drugs = curated_graph.sparql("SELECT ?drug ?label { ?drug skg:inhibits target:MTOR ; skos:prefLabel ?label }")
    assert "sirolimus" in set(drugs.to_pandas()["label"])
    assert curated_graph.search("no such thing at all").to_pandas().empty


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"randomised": True}, "randomised='True' .* yes, no"),
        ({"phase": 2}, "phase='2' .* a text"),
        ({"min_grade": "3"}, "min_grade='3' .* whole number from 1 to 5"),
        ({"min_n": "20"}, "min_n='20' .* whole number from 0"),
        ({"limit": "5"}, "limit='5' .* whole number from 1 to 500"),
    ],
)
def test_a_value_of_another_type_is_refused_with_what_is_expected(asked: dict[str, Any], expected: str) -> None:
    with pytest.raises(InvalidParameter, match=expected):
        EvidenceQuestion(**asked)


def test_completion_offers_the_names_that_most_need() -> None:
    assert set(kg.__all__) <= set(dir(kg))


def test_tables_of_one_question_have_the_same_columns_whatever_they_hold(curated_graph: KnowledgeGraph) -> None:
    asked = [EvidenceQuestion(drugs=(drug,)) for drug in ("temsirolimus", "pazopanib", "ciclosporin")]
    plain, with_ranges, empty = (curated_graph.evidence(question).to_pandas() for question in asked)
    assert list(plain) == list(with_ranges) == list(empty)
    assert (len(plain) > 0, with_ranges["ci_low"].notna().any(), len(empty)) == (True, True, 0)
    assert not {"ci", "range", "derived_ci", "population"} & set(plain)
    assert {"comparator_id", "measure_id", "derived_ci_low", "population_n"} <= set(plain)
    told, untold = (curated_graph.compare(a, b).to_pandas() for a, b in (("imatinib", "sunitinib"), ("MAID", "AIM")))
    assert list(told) == list(untold)
    some, none = (curated_graph.paths(PathQuestion("imatinib", end)).to_pandas() for end in ("GIST", "diarrhoea"))
    assert (list(some), len(none)) == (list(none), 0)
    assert list(some)[:4] == ["path", "step", "subject", "subject_id"]


def test_one_name_and_a_list_of_names_do_where_several_are_asked_for(curated_graph: KnowledgeGraph) -> None:
    several = curated_graph.evidence(EvidenceQuestion(drugs=("temsirolimus",)))
    assert curated_graph.evidence(EvidenceQuestion(drugs=["temsirolimus"])) == several  # type: ignore[arg-type]
    assert curated_graph.evidence(EvidenceQuestion(drugs="temsirolimus")) == several  # type: ignore[arg-type]
    kinase = curated_graph.subgraph(SubgraphQuestion(nodes=("KIT",), types=("Drug",)))
    assert curated_graph.subgraph(SubgraphQuestion(nodes="KIT", types=["Drug"])) == kinase  # type: ignore[arg-type]
    assert PathQuestion("a", "b", avoid="KIT").avoid == ("KIT",)  # type: ignore[arg-type]
    hedged = PathQuestion("a", "b", certainties=["stated", "hedged"])  # type: ignore[arg-type]
    assert hedged == PathQuestion("a", "b", certainties=frozenset({"stated", "hedged"}))
    assert curated_graph.mechanism("rapamycin", "G1 arrest") == curated_graph.mechanism(["rapamycin"], "G1 arrest")
    assert curated_graph.ask("results-of-drug", {"drug": "imatinib"}) == curated_graph.ask(
        "results-of-drug", {"drug": ["imatinib"]}
    )


def test_an_answer_becomes_a_graph_of_networkx(curated_graph: KnowledgeGraph) -> None:
    around = curated_graph.subgraph(SubgraphQuestion(nodes=("mTOR",), hops=2))
    drawn = curated_graph.to_networkx(around)
    assert set(drawn) == {node.id for node in around.nodes}
    paths = curated_graph.all_paths(AllPathsQuestion(source="rapamycin", target="G1 arrest", max_length=3))
    assert {curated_graph.resolve("rapamycin").id, curated_graph.resolve("mTOR").id} <= set(
        curated_graph.to_networkx(paths)
    )
    assert curated_graph.to_networkx().number_of_edges() == curated_graph.index.counts["edges"]


def test_a_table_of_links_and_one_of_a_catalogue_question(curated_graph: KnowledgeGraph) -> None:
    links = curated_graph.subgraph(SubgraphQuestion(nodes=("KIT",))).to_pandas()
    assert {"subject", "subject_id", "predicate", "object_id", "sign", "sentence"} <= set(links.columns)
    answer = curated_graph.ask("results-of-drug", {"drug": "imatinib"})
    results = answer.to_pandas()
    assert len(results) == len(answer.items)
    assert {"study", "study_id", "result"} <= set(results.columns)
    assert results["study_id"].str.startswith("study:").all()


def test_the_columns_of_a_catalogue_question_follow_from_its_declaration(curated_graph: KnowledgeGraph) -> None:
    """Whatever its rows hold, and without those for identifiers of what are texts and numbers."""
    for question in curated_graph.questions():
        answer = curated_graph.ask(question.id, {})
        columns = list(answer.to_pandas())
        assert columns == list(replace(answer, items=()).to_pandas()), question.id
        assert [name for name in columns if name in {each.name for each in answer.columns}] == [
            each.name for each in answer.columns
        ]
    found = curated_graph.ask("results-of-drug", {"drug": "imatinib"})
    assert {"study", "study_id", "regimen_id", "result"} <= set(found.to_pandas())
    assert not {"result_id", "n_id"} & set(found.to_pandas())
    assert list(found.to_pandas()) == list(curated_graph.ask("results-of-drug", {"drug": "ciclosporin"}).to_pandas())


def test_a_table_of_results_says_regimen_and_doses_as_its_csv_file_does(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.evidence(EvidenceQuestion(drugs="imatinib"))
    rows, file = answer.to_pandas(), table_of(answer)
    place = file[0].index("doses")
    assert list(rows["doses"]) == [line[place] for line in file[1:]]
    once = rows[rows["regimen_id"] == "regimen:imatinib-eortc-400-once"]
    assert set(once["doses"]) == {"imatinib 400 mg once daily"}
    called_otherwise = {"population_histotypes": "histotypes", "population_line": "line", "pools": "arm_pools"}
    for ours, theirs in called_otherwise.items():
        assert list(rows[ours].fillna("")) == [line[file[0].index(theirs)] for line in file[1:]]


def test_cells_of_a_table_are_words_and_figures(curated_graph: KnowledgeGraph) -> None:
    events = curated_graph.timeline("patient:000-transplant").to_pandas()
    given = {text for text in events["components"] if text}
    assert any(text.startswith("gemcitabine") and "mg/m2" in text for text in given)
    shared = curated_graph.common(CommonQuestion(nodes=("imatinib", "sunitinib"))).to_pandas()
    assert not [text for text in (*given, *shared["steps"]) if "Ref(" in text or "Row(" in text]


def test_a_variable_may_be_bound_to_a_curie(curated_graph: KnowledgeGraph) -> None:
    query = "SELECT ?x { ?drug skg:inhibits ?x }"
    by_iri = curated_graph.sparql(query, {"drug": curated_graph.resolve("rapamycin").id})
    assert len(by_iri) > 0
    assert curated_graph.sparql(query, {"drug": "drug:sirolimus"}) == by_iri
    assert curated_graph.sparql(query, {"drug": ["drug:sirolimus"]}) == by_iri


def test_a_query_that_is_no_select_is_told_who_answers_it(curated_graph: KnowledgeGraph) -> None:
    for query, right in (("ASK {}", "store.ask"), ("CONSTRUCT WHERE { ?s a skg:Drug }", "store.construct")):
        with pytest.raises(InvalidParameter, match=right):
            curated_graph.sparql(query)


def test_a_document_that_is_not_there_leads_to_those_that_are(curated_graph: KnowledgeGraph) -> None:
    for ask in (
        lambda: curated_graph.document("999"),
        lambda: curated_graph.evidence(EvidenceQuestion(document="999")),
    ):
        with pytest.raises(EntityNotFound) as unknown:
            ask()
        documents = [f"document:{folder.id}" for folder in read_corpus(CURATED).folders]
        assert [curie for curie, _ in unknown.value.suggestions] == documents


def test_of_very_many_documents_only_those_called_alike_are_named(
    curated_graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = curated_graph.corpus()
    many = replace(corpus, documents=corpus.documents * 3)
    monkeypatch.setattr(curated_graph, "corpus", lambda: many)
    with pytest.raises(EntityNotFound) as unknown:
        curated_graph.resolve("gemcitabine maintenence", ("document",))
    assert "document:003" in {curie for curie, _ in unknown.value.suggestions}
    assert len(unknown.value.suggestions) <= SUGGESTIONS


def test_a_name_of_another_kind_leads_to_what_is_called_alike(curated_graph: KnowledgeGraph) -> None:
    with pytest.raises(WrongKind) as refused:
        curated_graph.mechanism((), "smooth muscle")
    assert "process:smooth-muscle-proliferation" in {curie for curie, _ in refused.value.suggestions}
    with pytest.raises(WrongKind) as refused:
        curated_graph.evidence(EvidenceQuestion(drugs=("gemcitabine/docetaxel",)))
    assert refused.value.suggestions == (("drug:gemcitabine", "gemcitabine"), ("drug:docetaxel", "docetaxel"))


@pytest.mark.parametrize(
    ("query", "bindings"),
    [
        ("SELECT ?x { drug:rapamycin skg:inhibits ?x }", {}),
        ("SELECT (COUNT(?x) AS ?n) { drug:rapamycin skg:inhibits ?x }", {}),
        ("SELECT ?x { ?drug skg:inhibits ?x }", {"drug": "drug:rapamycin"}),
    ],
)
def test_an_answer_that_says_nothing_says_which_names_nothing_has(
    curated_graph: KnowledgeGraph, query: str, bindings: dict[str, str]
) -> None:
    assert curated_graph.sparql(query, bindings).unknown_names == ("drug:rapamycin (drug:sirolimus?)",)


def test_other_answers_name_nobody(curated_graph: KnowledgeGraph) -> None:
    for query in (
        "SELECT ?x { drug:sirolimus skg:approvedFor ?x ; skg:encodes ?y }",
        "SELECT (COUNT(*) AS ?n) { VALUES ?x { drug:rapamycin drug:sirolimus } ?x a skg:Drug }",
        "SELECT (COUNT(*) AS ?n) { drug:sirolimus skg:encodes ?y }",
    ):
        assert curated_graph.sparql(query).unknown_names == ()


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("paths", r"expected kg\.PathQuestion\(source=\.\.\., target=\.\.\.\), not 'KIT'"),
        ("shortest_paths", "PathQuestion"), ("neighbors", r"NeighborsQuestion\(node=\.\.\.\)"),
        ("subgraph", "SubgraphQuestion"), ("reachable", "ReachableQuestion"), ("common", "CommonQuestion"),
        ("evidence", r"EvidenceQuestion\(\.\.\.\)"), ("pool", "EvidenceQuestion"), ("safety", "EvidenceQuestion"),
    ],
)  # fmt: skip
def test_a_name_where_a_question_belongs_is_told_which(
    curated_graph: KnowledgeGraph, method: str, expected: str
) -> None:
    with pytest.raises(TypeError, match=expected):
        getattr(curated_graph, method)("KIT")
