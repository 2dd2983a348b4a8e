"""Identifiers that corrections gave up go on working, or say why they do not."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg import KnowledgeGraph
from kg.errors import EntityNotFound, Withdrawn
from kg.identifiers import expand
from kg.resolution import successor
from server.app import create_app
from server.settings import Settings
from triples.build import build
from triples.check import CheckQuestion, check
from triples.read import read_corpus

GIVEN_UP = """
- id: drug:drug-old
  label: the former drug A
  replaced_by: [drug:drug-a]
  reason: It is the same drug.
- id: drug:drug-both
  label: a drug that was two
  replaced_by: [drug:drug-a, drug:drug-b]
  reason: The name stood for two drugs.
- id: target:none
  label: a target that is none
  reason: No source names it.
"""


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory, corpus_dir: Path) -> KnowledgeGraph:
    folder = tmp_path_factory.mktemp("withdrawn")
    for name in ("entities", "documents"):
        (folder / name).symlink_to(corpus_dir / name)
    (folder / "withdrawn.yaml").write_text(GIVEN_UP, encoding="utf-8")
    build(folder / "data", folder)
    return KnowledgeGraph.open(folder / "data")


@pytest.fixture(scope="module")
def client(graph: KnowledgeGraph) -> FlaskClient:
    return create_app(graph, Settings()).test_client()


def test_an_identifier_that_was_given_up_names_what_stands_for_it(graph: KnowledgeGraph) -> None:
    assert graph.resolve("drug:drug-old") == graph.resolve("drug:drug-a")
    assert graph.resolve("https://w3id.org/sarcoma-kg/drug/drug-old", ("drug",)) == graph.resolve("drug:drug-a")


def test_one_that_several_things_or_none_stand_for_is_told_with_its_reason(graph: KnowledgeGraph) -> None:
    with pytest.raises(Withdrawn, match="The name stood for two drugs") as divided:
        graph.resolve("drug:drug-both")
    assert [curie for curie, _ in divided.value.suggestions] == ["drug:drug-a", "drug:drug-b"]
    with pytest.raises(Withdrawn, match=r"No source names it\.$"):
        graph.resolve("target:none")
    with pytest.raises(EntityNotFound) as unknown:
        graph.resolve("drug:never")
    assert not isinstance(unknown.value, Withdrawn)


def test_the_address_of_one_leads_on_and_its_triples_say_so(client: FlaskClient) -> None:
    html = {"Accept": "text/html"}
    assert client.get("/id/drug/drug-old", headers=html).headers["Location"].endswith("/entity/drug:drug-a")
    triples = client.get("/id/drug/drug-old?format=nt").text
    old = "<https://w3id.org/sarcoma-kg/drug/drug-old>"
    assert f'{old} <http://www.w3.org/2002/07/owl#deprecated> "true"' in triples
    assert f"<https://w3id.org/sarcoma-kg/drug/drug-a> <http://www.w3.org/ns/prov#wasRevisionOf> {old}" in triples


def test_a_query_for_one_is_told_what_stands_for_it(client: FlaskClient) -> None:
    answer = client.get(
        "/sparql", query_string={"query": "SELECT ?x { drug:drug-old skg:binds ?x . target:none ?y ?x }"}
    )
    assert answer.json is not None
    assert not answer.json["results"]["bindings"]
    assert answer.headers["X-Unknown-Names"] == "drug:drug-old (drug:drug-a?), target:none"


def test_one_that_nothing_stands_for_is_gone_and_not_unknown(client: FlaskClient) -> None:
    for path in ("/id/target/none", "/api/v1/entities/target:none"):
        answer = client.get(path, headers={"Accept": "text/html" if path.startswith("/id") else "application/json"})
        assert answer.status_code == 410
        assert "No source names it." in answer.text
    assert client.get("/id/target/none?format=nt").status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("id: drug:drug-old", "id: drug:drug-a", "drug:drug-a is still in use"),
        ("id: drug:drug-both", "id: drug:drug-old", "drug:drug-old is withdrawn twice"),
        ("[drug:drug-a]", "[drug:drug-z]", "nothing defines drug:drug-z"),
        ("  reason: No source names it.\n", "", "this withdrawn identifier has no 'reason'"),
    ],
)
def test_a_mistake_in_the_list_is_told_at_its_place(curated: Path, old: str, new: str, reason: str) -> None:
    assert old in GIVEN_UP
    (curated / "withdrawn.yaml").write_text(GIVEN_UP.replace(old, new, 1), encoding="utf-8")
    (fault,) = check(CheckQuestion(curated)).faults
    assert fault.file == "withdrawn.yaml"
    assert reason in fault.reason


def test_one_may_not_be_replaced_by_a_fact_that_is_not_there(curated: Path) -> None:
    text = GIVEN_UP.replace("[drug:drug-a]", "[statement:0000000000000000]", 1)
    (curated / "withdrawn.yaml").write_text(text, encoding="utf-8")
    assert any("withdrawn" in fault.reason for fault in check(CheckQuestion(curated, shapes=True)).faults)


def test_every_identifier_that_this_project_gave_up_leads_somewhere(curated_graph: KnowledgeGraph) -> None:
    curated = read_corpus(Path(__file__).parents[2] / "triples")
    assert curated.withdrawn
    client = create_app(curated_graph, Settings()).test_client()
    for record in curated.withdrawn:
        (stands_now,) = record.texts("replaced_by")
        assert successor(curated_graph.store, record.id) == expand(stands_now)
        address = f"/id/{record.id.replace(':', '/', 1)}"
        page = client.get(address, headers={"Accept": "text/html"}, follow_redirects=True)
        assert (page.status_code, page.mimetype) == (200, "text/html")


@pytest.mark.parametrize("name", ["context", "study"])
def test_a_term_that_was_given_up_says_why(curated_graph: KnowledgeGraph, name: str) -> None:
    answer = create_app(curated_graph, Settings()).test_client().get(f"/id/vocab/{name}?format=nt")
    assert answer.status_code == 200
    assert "owl#deprecated" in answer.text
    assert "No record had it" in answer.text
