"""Records of nodes: read once from a store that does not change, and never more of them kept than is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import pytest

from kg import description
from kg.description import describe
from kg.sparql.results import Solutions, Term
from kg.store import Store

SAYS = Term("iri", "https://w3id.org/sarcoma-kg/vocab/note")


class Recording:
    """A store in which every node but those named "nothing" has one note, and which remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def select(self, _: str, bindings: Mapping[str, Sequence[Term]]) -> Solutions:
        nodes = bindings["node"]
        self.asked.append([node.value for node in nodes])
        rows = [(node, SAYS, Term("literal", node.value)) for node in reversed(nodes) if "nothing" not in node.value]
        return Solutions(("node", "property", "value"), tuple(rows))


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
