"""Fixtures that every room's tests may use."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg import KnowledgeGraph
from kg.generations import MANIFEST, building, publish
from kg.sparql.engine import write_store
from kg.store import EmbeddedStore, open_store
from triples.build import build
from triples.read import CURATED

ROOT = Path(__file__).resolve().parent.parent
FIRST_DOCUMENTS = frozenset({"000", "001", "002", "003", "004"})


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder with source texts and reference releases beside the checkout; not part of the project."""
    path = Path(os.environ.get("SARCOMA_KG_SHARED", ROOT.parent / "shared"))
    if not path.is_dir():
        pytest.skip("the reference folder ../shared is not here")
    return path


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Test data that people can read."""
    return ROOT / "tests" / "data"


@pytest.fixture(scope="session")
def corpus_dir(data_dir: Path) -> Path:
    """A small invented corpus as curated; not to be changed."""
    return data_dir / "corpus"


def publish_nquads(data_dir: Path, nquads: Path, checksum: str = "c0ffee") -> Path:
    """Make a file of N-Quads the current generation of a data folder."""
    with building(data_dir) as folder:
        write_store(folder / "store", nquads)
        (folder / MANIFEST).write_text(f'{{"checksum": "{checksum}"}}', encoding="utf-8")
        return publish(data_dir, folder)


@pytest.fixture(scope="session")
def built_dir(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Path:
    """A data folder whose current generation holds tests/data/rapamycin.nq."""
    folder = tmp_path_factory.mktemp("built")
    publish_nquads(folder, data_dir / "rapamycin.nq")
    return folder


@pytest.fixture(scope="session")
def store(built_dir: Path) -> Iterator[EmbeddedStore]:
    """An open store on tests/data/rapamycin.nq, with one worker."""
    with open_store(built_dir) as opened:
        yield opened


@pytest.fixture(scope="session")
def curated_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the packaged curated facts, built once a session (their shapes have a test of their own)."""
    folder = tmp_path_factory.mktemp("curated")
    build(folder, shapes=False)
    return folder


@pytest.fixture(scope="session")
def curated_graph(curated_data: Path) -> Iterator[KnowledgeGraph]:
    """The graph of the packaged curated facts."""
    with KnowledgeGraph.open(curated_data) as graph:
        yield graph


@pytest.fixture(scope="session")
def first_data(curated_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the documents whose whole answers tests know; another document takes nothing from them."""
    folders = [folder for folder in (CURATED / "documents").iterdir() if folder.is_dir()]
    first = [folder for folder in folders if folder.name.split("-")[0] in FIRST_DOCUMENTS]
    if len(first) == len(folders):
        return curated_data
    curated, data = tmp_path_factory.mktemp("first-curated"), tmp_path_factory.mktemp("first")
    for folder in first:
        shutil.copytree(folder, curated / "documents" / folder.name)
    shutil.copytree(CURATED / "entities", curated / "entities")
    shutil.copy(CURATED / "withdrawn.yaml", curated)
    build(data, curated, shapes=False)
    return data


@pytest.fixture(scope="session")
def first_graph(first_data: Path) -> Iterator[KnowledgeGraph]:
    """The graph of these documents, for what pins a whole answer."""
    with KnowledgeGraph.open(first_data) as graph:
        yield graph
