"""What users of the library meet: one import, names as people say them, answers that become tables."""

from __future__ import annotations

import pytest

from kg import (
    CommonQuestion,
    EvidenceQuestion,
    KnowledgeGraph,
    NeighborsQuestion,
    PathQuestion,
    ReachableQuestion,
    SubgraphQuestion,
)
from kg.errors import EntityNotFound, WrongKind


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
