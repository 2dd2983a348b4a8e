"""Paths between two things of the graph browser: which way they run, in which order, and what there is without any."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from kg import KnowledgeGraph
from kg.errors import InvalidParameter
from kg.model import CERTAINTIES
from server.pages.explore.between import found_between


def test_the_path_whose_weakest_step_is_firmest_comes_first(curated_graph: KnowledgeGraph) -> None:
    found = found_between(curated_graph, curated_graph.resolve("imatinib"), curated_graph.resolve("GIST"))
    weakest = [max(CERTAINTIES.index(step.certainty) for step in path.steps) for path in found.paths]
    assert weakest == sorted(weakest)
    assert len(set(weakest)) > 1
    firm = [path.length for path, rank in zip(found.paths, weakest, strict=True) if rank == 0]
    assert firm == sorted(firm)


def test_paths_run_as_sources_state_their_steps_from_the_first_thing_or_back(curated_graph: KnowledgeGraph) -> None:
    imatinib, gist = curated_graph.resolve("imatinib"), curated_graph.resolve("GIST")
    there, back = found_between(curated_graph, imatinib, gist), found_between(curated_graph, gist, imatinib)
    for found in (there, back):
        assert all(step.forward for path in found.paths for step in path.steps)
    assert all(path.steps[0].start == imatinib for path in there.paths)
    assert "From imatinib to" in there.note
    starts = {path.steps[0].start for path in back.paths}
    assert starts == {gist} or "lead back" in back.note


def test_steps_are_read_backwards_only_where_nothing_else_joins_two_things(curated_graph: KnowledgeGraph) -> None:
    found = found_between(curated_graph, curated_graph.resolve("sunitinib"), curated_graph.resolve("nilotinib"))
    assert found.paths
    assert "backwards" in found.note
    assert any(not step.forward for path in found.paths for step in path.steps)


def test_there_is_no_path_from_a_thing_to_itself(curated_graph: KnowledgeGraph) -> None:
    with pytest.raises(InvalidParameter, match="two different things"):
        found_between(curated_graph, curated_graph.resolve("KIT"), curated_graph.resolve("KIT"))


@pytest.mark.parametrize(("asked", "status"), [("between=KIT", 400), ("between=KIT&between=c-KIT", 400)])
def test_an_address_names_two_different_ends(client: FlaskClient, asked: str, status: int) -> None:
    answer = client.get(f"/explore?{asked}")
    assert answer.status_code == status
    assert "two" in answer.text


def test_one_answer_holds_the_paths_their_things_and_every_line_they_run_along(client: FlaskClient) -> None:
    answer = client.get("/explore?format=json&between=imatinib&between=GIST").get_json()
    shown, lines = {node["id"] for node in answer["nodes"]}, {edge["id"] for edge in answer["edges"]}
    between = answer["between"]
    assert between["ends"] == ["drug:imatinib", "histotype:gist"]
    assert between["paths"]
    for path in between["paths"]:
        assert set(path["things"]) <= shown
        assert {step["edge"] for step in path["steps"]} <= lines
        assert all(step["statements"] and step["passages"] for step in path["steps"])


def test_an_answer_without_paths_asked_for_says_so(client: FlaskClient) -> None:
    assert client.get("/explore?format=json&node=target:KIT").get_json()["between"] is None
