"""What users of the library meet: one import, names as people say them, answers that become tables."""

from __future__ import annotations

import pytest

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
        assert [curie for curie, _ in unknown.value.suggestions] == [f"document:00{number}" for number in range(5)]


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
