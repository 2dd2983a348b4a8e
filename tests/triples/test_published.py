"""What a release published goes on leading somewhere: lists of identifiers, and what the check makes of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kg import KnowledgeGraph
from kg.errors import InvalidParameter, Withdrawn
from kg.identifiers import expand
from kg.resolution import successor
from server.app import create_app
from server.cli import main
from server.settings import Settings
from tests.triples.conftest import TRIAL
from triples.build import build, input_hash
from triples.check import CheckQuestion, check
from triples.compile import compile_corpus
from triples.published import published_faults
from triples.read import CURATED, read_corpus

Edit = Callable[[str, str, str], None]


@pytest.fixture(scope="module")
def lists_of_a_release(tmp_path_factory: pytest.TempPathFactory, corpus_dir: Path) -> Path:
    folder = tmp_path_factory.mktemp("release") / "curated"
    shutil.copytree(corpus_dir, folder)
    assert check(CheckQuestion(folder, shapes=True, publish=True)).is_sound
    return folder / "published"


@pytest.fixture
def published(curated: Path, lists_of_a_release: Path) -> Path:
    """The invented corpus after a release."""
    shutil.copytree(lists_of_a_release, curated / "published")
    return curated


def listed(curated: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (curated / "published").iterdir()}


def found(curated: Path) -> list[str]:
    return [str(fault) for fault in check(CheckQuestion(curated, shapes=True)).faults]


def test_a_release_lists_every_identifier_by_its_document_and_a_second_one_adds_nothing(published: Path) -> None:
    lists = listed(published)
    assert set(lists) == {"900-invented-trial.txt", "901-invented-letter.txt", "entities.txt"}
    assert "drug:drug-a\tdrug A\n" in lists["entities.txt"]
    assert "arm:invented-both\tdrugs A and B\n" in lists["900-invented-trial.txt"]
    assert "\npassage:900-116-146\n" in lists["900-invented-trial.txt"]
    assert check(CheckQuestion(published, shapes=True, publish=True)).published == 0
    assert listed(published) == lists


def test_a_corrected_fact_is_missed_until_its_old_identifier_is_explained(published: Path, edit: Edit) -> None:
    edit(f"{TRIAL}/studies.yaml", 'p_value: "= .04"', 'p_value: "= .4"')
    faults = found(published)
    entries = ""
    for fault in faults:
        old, new = fault.split()[1], fault.split("[")[1].split("]")[0]
        assert fault.startswith("published/900-invented-trial.txt:")
        assert "add to withdrawn.yaml" in fault
        entries += f"- id: {old}\n  label: what it was\n  replaced_by: [{new}]\n  reason: It was misread.\n"
    assert [fault.split()[1].rpartition("-")[0] for fault in faults] == ["outcome:invented-both-overall-survival"]
    (published / "withdrawn.yaml").write_text(entries, encoding="utf-8")
    assert found(published) == []


def test_an_entity_that_is_gone_is_missed_too(published: Path) -> None:
    path = published / "entities" / "sites.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("site:lung", "site:lungs"), encoding="utf-8")
    faults = [fault for fault in found(published) if "published/entities.txt" in fault]
    assert not faults  # what refers to it is told first: nothing is compiled meanwhile
    for file in published.rglob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("site:lungs", "site:lung").replace("site:lung", "site:lungs"), encoding="utf-8")
    assert any("site:lung (" in fault and "[site:lungs]" in fault for fault in found(published))


def test_a_passage_that_was_narrowed_leads_to_the_words_that_it_has_now(published: Path, edit: Edit) -> None:
    edit(f"{TRIAL}/statements.yaml", "at: 116-146", "at: 116-140")
    edit(f"{TRIAL}/statements.yaml", "at: 89-114", "at: 846-850")
    for old, new in (("116\t146", "116\t140"), ("89\t114", "846\t850")):
        edit(f"{TRIAL}/passages.tsv", f"\n{old}", f"\n{new}")
    build(published / "data", published, shapes=False)
    with KnowledgeGraph.open(published / "data") as graph:
        assert successor(graph.store, "passage:900-116-146") == expand("passage:900-116-140")
        with pytest.raises(Withdrawn, match="No fact rests on exactly these words"):
            successor(graph.store, "passage:900-89-114")
        client, html = create_app(graph, Settings()).test_client(), {"Accept": "text/html"}
        assert client.get("/id/passage/900-116-146", headers=html).location == "/passage/passage:900-116-140"
        assert client.get("/id/passage/900-89-114", headers=html).status_code == 410
        pages = [client.get(f"/passage/passage:900-{span}") for span in ("116-146", "116-140", "89-114", "1-2")]
        assert [page.status_code for page in pages] == [200, 200, 410, 404]


def test_a_component_that_is_gone_leads_to_what_it_was_part_of(published: Path, edit: Edit) -> None:
    component = """          - drug: drug:drug-b
            dose: 100 mg
            value: 100
            unit: mg
            days: "1, 8"
"""
    edit(f"{TRIAL}/studies.yaml", component, "")
    assert not any("-c2" in fault for fault in found(published))
    build(published / "data", published, shapes=False)
    with KnowledgeGraph.open(published / "data") as graph:
        assert successor(graph.store, "regimen:invented-both-c2") == expand("regimen:invented-both")


def test_a_fact_that_is_in_use_is_not_withdrawn(published: Path) -> None:
    fact = next(
        line for line in listed(published)["900-invented-trial.txt"].split("\n") if line.startswith("statement:")
    )
    name = fact.partition("\t")[0]
    (published / "withdrawn.yaml").write_text(f"- id: {name}\n  label: a fact\n  reason: None.\n", encoding="utf-8")
    assert any(f"{name} is still in use" in fault for fault in found(published))


def test_a_line_that_names_nothing_is_told_at_its_place(published: Path) -> None:
    path = published / "published" / "entities.txt"
    path.write_text("<<<<<<< ours\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    (fault,) = found(published)
    assert fault.startswith("published/entities.txt:1:")


def test_nothing_is_published_of_files_with_faults_or_of_some_documents(
    curated: Path, edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--curated", str(curated), "--document", "900", "--publish"]) == 2
    assert "--publish" in capsys.readouterr().err
    edit(f"{TRIAL}/statements.yaml", "target:TGT1", "target:TGT9")
    assert main(["check", "--curated", str(curated), "--publish"]) == 3
    assert not (curated / "published").exists()


def test_withdrawn_and_published_identifiers_are_inputs_of_a_build(published: Path) -> None:
    before = input_hash(published)
    (published / "withdrawn.yaml").write_text("- id: drug:z\n  label: z\n  reason: None.\n", encoding="utf-8")
    between = input_hash(published)
    (published / "published" / "entities.txt").write_text("drug:drug-a\tdrug A\n", encoding="utf-8")
    assert len({before, between, input_hash(published)}) == 3


def test_every_identifier_that_this_project_published_is_made_or_explained() -> None:
    corpus = read_corpus(CURATED)
    assert len(corpus.published) > 5000
    assert [str(fault) for fault in published_faults(corpus, compile_corpus(corpus).quads)] == []


def test_a_folder_that_published_nothing_is_checked_as_before(curated: Path) -> None:
    assert check(CheckQuestion(curated, shapes=True)).published is None
    with pytest.raises(InvalidParameter):
        check(CheckQuestion(curated, shapes=True, publish=True, file="statements.yaml"))
