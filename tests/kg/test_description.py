"""Records of nodes: read once from a store that does not change, and never more of them kept than is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pyoxigraph as ox
import pytest

from kg import description
from kg.codec import parse_turtle
from kg.description import Description, describe, descriptions, record
from kg.errors import StoreUnavailable
from kg.graph import KnowledgeGraph
from kg.model import FLAGS, RESPONSES, SIGNIFICANCES, STATED_ABSENCES, EntityRef, Flag, Range, Response
from kg.sparql.lookup import Properties
from kg.sparql.results import Term, literal
from kg.store import EmbeddedStore, Store, open_store

SAYS = "https://w3id.org/sarcoma-kg/vocab/note"


class Recording:
    """A store in which every node but those named "nothing" has one note, and which remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def look_up(self, nodes: Sequence[str], follow: str = "") -> Properties:
        self.asked.append(list(nodes))
        return {node: [(SAYS, Term("literal", node))] for node in reversed(nodes) if "nothing" not in node}


@pytest.fixture
def recording() -> Recording:
    """A store that nobody has asked yet."""
    return Recording()


def notes(recording: Recording, *nodes: str) -> dict[str, str | None]:
    return {node: each.text("note") for node, each in describe(cast(Store, recording), nodes).items()}


def test_a_node_is_read_once_whether_there_is_anything_to_read_or_not(recording: Recording) -> None:
    assert notes(recording, "x:b", "x:nothing") == {"x:b": "x:b"}
    assert notes(recording, "x:nothing", "x:b", "x:a") == {"x:a": "x:a", "x:b": "x:b"}
    assert notes(recording, "x:nothing") == {}
    assert recording.asked == [["x:b", "x:nothing"], ["x:a"]]


def test_the_order_of_records_is_the_same_whatever_was_read_before(recording: Recording) -> None:
    notes(recording, "x:c")
    assert list(notes(recording, "x:d", "x:c", "x:a")) == list(notes(Recording(), "x:a", "x:c", "x:d"))


def test_each_store_has_records_of_its_own(recording: Recording) -> None:
    other = Recording()
    notes(recording, "x:a")
    notes(other, "x:a")
    assert other.asked == [["x:a"]]


def test_what_was_least_used_is_read_again_when_more_is_asked_than_can_be_kept(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(description, "KEPT_VALUES", 4)  # two nodes, each with one value and a place of its own
    notes(recording, "x:a", "x:b")
    notes(recording, "x:a")
    notes(recording, "x:c")
    assert notes(recording, "x:a", "x:b", "x:c") == {"x:a": "x:a", "x:b": "x:b", "x:c": "x:c"}
    assert recording.asked[2:] == [["x:b"]]


def test_a_statement_comes_with_the_passages_that_it_names(
    curated_data: Path, curated_graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = next(edge.statement for edge in curated_graph.index.iter_edges() if not edge.imported)
    asked: list[Sequence[str]] = []
    look_up = EmbeddedStore.look_up

    def recorded(store: EmbeddedStore, nodes: Sequence[str], follow: str = "") -> Properties:
        asked.append(nodes)
        return look_up(store, nodes, follow)

    monkeypatch.setattr(EmbeddedStore, "look_up", recorded)
    with open_store(curated_data) as fresh:
        together = describe(fresh, [statement], with_passages=True)
    assert asked == [[statement]]
    named = together[statement].iris("passage")
    assert named
    assert together == describe(curated_graph.store, [statement, *named])


def test_a_word_that_no_vocabulary_has_is_told_and_not_passed_on() -> None:
    """A graph of another release may say what this one has no rule for."""
    told = Description("https://w3id.org/sarcoma-kg/outcome/one", {"response": (literal("CR"),), "flag": ()})
    assert told.word("response", RESPONSES) == "CR"
    assert told.words("flag", FLAGS) == ()
    assert told.word("absence", STATED_ABSENCES) is None
    with pytest.raises(StoreUnavailable, match=r"outcome:one has 'CR' as its response, where only .* may stand"):
        told.word("response", SIGNIFICANCES)


@dataclass(frozen=True)
class Told:
    """A record with a field of every type that is read from a property."""

    id: str
    curie: str
    value_text: str | None
    n: int | None
    value: float | int | None
    mixed: bool | None
    ci: Range | None
    comparator: EntityRef | None
    histotypes: tuple[EntityRef, ...]
    response: Response | None
    flags: tuple[Flag, ...]
    sentence: str | None
    arm: str
    note: str | None = None


def test_a_record_takes_each_field_from_the_property_of_its_name_as_its_type_says() -> None:
    base = "https://w3id.org/sarcoma-kg"
    terms = {
        "valueText": "12 of 30", "n": "30", "value": "0.5", "mixed": "true", "ciLow": "1", "response": "PR",
        "flag": "misspelt", "rdfs_label": "It is so.", "note": "not as given",
    }  # fmt: skip
    nodes = {"comparator": f"{base}/arm/b", "histotype": f"{base}/histotype/gist"}
    node = Description(
        f"{base}/outcome/x",
        {name: (literal(text),) for name, text in terms.items()}
        | {name: (Term("iri", other),) for name, other in nodes.items()},
    )
    told = record(Told, node, {nodes["histotype"]: Description(nodes["histotype"])}, arm="given", note="given")
    assert (told.id, told.curie, told.arm, told.note) == (node.iri, "outcome:x", "given", "given")
    assert (told.value_text, told.n, told.value, told.mixed, told.ci) == ("12 of 30", 30, 0.5, True, (1, None))
    assert told.comparator is not None
    assert (told.comparator.curie, [each.curie for each in told.histotypes]) == ("arm:b", ["histotype:gist"])
    assert (told.response, told.flags, told.sentence) == ("PR", ("misspelt",), "It is so.")


def test_a_record_lacks_no_field_that_nothing_gives() -> None:
    with pytest.raises(TypeError, match="arm"):
        record(Told, Description("x:a", {"arm": (literal("a"),)}), {})


def test_a_definition_in_words_is_not_mixed_with_the_definition_that_a_result_counts_by() -> None:
    quads = parse_turtle(
        b"""@prefix skg: <https://w3id.org/sarcoma-kg/vocab/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        <x:rate> skos:definition "a share of patients" ; skg:definition <x:cr-plus-pr> ; skos:prefLabel "rate" .""",
        "x:graph",
    )
    rate = descriptions(quads)["x:rate"]
    assert (rate.text("skos_definition"), rate.texts("definition"), rate.text("prefLabel")) == (
        "a share of patients", ("x:cr-plus-pr",), "rate",
    )  # fmt: skip


def test_quads_are_read_as_a_store_that_holds_them_would_be(curated_graph: KnowledgeGraph) -> None:
    iri = curated_graph.resolve("sirolimus").id
    graph = f"SELECT ?p ?o ?g WHERE {{ GRAPH ?g {{ <{iri}> ?p ?o }} }}"
    lines = (
        f"<{iri}> {predicate.sparql()} {value.sparql()} {name.sparql()} ."
        for predicate, value, name in curated_graph.store.select(graph)
        if predicate and value and name
    )
    quads = ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS)
    assert descriptions(quads) == describe(curated_graph.store, [iri])
