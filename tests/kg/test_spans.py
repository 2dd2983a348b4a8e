"""The names inside a text."""

from __future__ import annotations

from kg.graph import KnowledgeGraph
from kg.search.spans import spans, tokens_of


def _named(graph: KnowledgeGraph, text: str) -> list[tuple[str, str]]:
    return [(span.text, span.entities[0].curie) for span in spans(tokens_of(text), graph.names.named_so)]


def test_the_longest_name_is_taken(curated_graph: KnowledgeGraph) -> None:
    assert _named(curated_graph, "rapamycin in uterine leiomyosarcomas?") == [
        ("rapamycin", "drug:sirolimus"), ("uterine leiomyosarcomas", "histotype:uterine-leiomyosarcoma"),
    ]  # fmt: skip
    assert _named(curated_graph, "PDGFR-α and c-KIT") == [("PDGFR-α", "target:PDGFRA"), ("c-KIT", "target:KIT")]
    assert _named(curated_graph, "gemcitabine + docetaxel") == [
        ("gemcitabine + docetaxel", "regimen:docetaxel-gemcitabine")
    ]
    assert _named(curated_graph, "nothing here is known") == []


def test_possessives_slashes_and_brackets_part_words() -> None:
    assert tokens_of("imatinib's (KIT/PDGFRA) effect, please!") == [
        "imatinib", "KIT", "/", "PDGFRA", "effect", "please",
    ]  # fmt: skip
