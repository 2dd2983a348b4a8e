"""A build is complete or it is nothing, is the same for the same input, and is not repeated without need."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.codec import dataset_checksum
from kg.errors import CurationError
from kg.paths.index import Index
from kg.search.names import NameIndex
from kg.sparql.engine import open_engine
from kg.store import open_store
from triples.build import Built, build, input_hash

ROOT = Path(__file__).resolve().parents[2]
KILLS = 6


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, corpus_dir: Path) -> Built:
    return build(tmp_path_factory.mktemp("data"), corpus_dir)


def test_a_generation_can_be_opened_and_asked(built: Built) -> None:
    data_dir = built.path.parent.parent
    with open_store(data_dir) as store:
        assert store.data_version == built.manifest.checksum
    index = Index.open(built.path / "index")
    assert index.counts["edges"] == built.manifest.index["edges"] > 0
    with NameIndex.open(built.path / "names.sqlite") as names:
        assert names.resolve("Inventa").curie == "drug:drug-a"


def test_the_checksum_is_that_of_the_dataset_written(built: Built) -> None:
    lines = gzip.decompress((built.path / "dataset.nq.gz").read_bytes()).decode("utf-8").splitlines()
    assert lines == sorted(set(lines))
    assert dataset_checksum(lines) == built.manifest.checksum
    assert len(lines) == built.manifest.quads
    assert not any("_:" in line.split('"')[0] for line in lines)


def test_the_default_graph_holds_every_triple_once_however_many_graphs_say_it(built: Built) -> None:
    with gzip.open(built.path / "dataset.nq.gz", "rt", encoding="utf-8") as lines:
        said = Counter(line.rsplit(" ", 2)[0] for line in lines)
    assert max(said.values()) > 1
    engine = open_engine(built.path / "store")
    merged = [quad.triple for quad in engine.quads_for_pattern(None, None, None, ox.DefaultGraph())]
    wanted = ox.parse("".join(f"{triple} .\n" for triple in said).encode(), ox.RdfFormat.N_TRIPLES)
    assert sorted(map(str, merged)) == sorted(str(quad.triple) for quad in wanted)


def test_building_twice_gives_the_same_bytes(tmp_path: Path, corpus_dir: Path, built: Built) -> None:
    again = build(tmp_path, corpus_dir, shapes=False)
    assert again.manifest == built.manifest
    for name in ("dataset.nq.gz", "manifest.json", "index/node.npy", "index/link_object.npy"):
        if (built.path / name).exists():
            assert (again.path / name).read_bytes() == (built.path / name).read_bytes()


def test_an_unchanged_input_is_not_built_again(tmp_path: Path, curated: Path) -> None:
    first = build(tmp_path / "data", curated, shapes=False)
    second = build(tmp_path / "data", curated, shapes=False)
    assert second.skipped
    assert second.path == first.path
    assert second.manifest == first.manifest
    assert not build(tmp_path / "data", curated, force=True, shapes=False).skipped


def test_a_changed_file_is_built(tmp_path: Path, curated: Path) -> None:
    first = build(tmp_path / "data", curated, shapes=False)
    path = curated / "entities" / "drugs.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Inventa", "Inventana"), encoding="utf-8")
    second = build(tmp_path / "data", curated, shapes=False)
    assert not second.skipped
    assert second.manifest.checksum != first.manifest.checksum


def test_moving_the_curated_folder_changes_nothing(tmp_path: Path, curated: Path) -> None:
    elsewhere = tmp_path / "else where"
    shutil.copytree(curated, elsewhere)
    assert input_hash(elsewhere) == input_hash(curated)


def test_faults_leave_the_old_generation_and_nothing_new(tmp_path: Path, curated: Path) -> None:
    first = build(tmp_path / "data", curated, shapes=False)
    path = curated / "documents/900-invented-trial/statements.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("TGT1", "TGT3"), encoding="utf-8")
    with pytest.raises(CurationError, match="nothing defines target:TGT3"):
        build(tmp_path / "data", curated)
    assert (tmp_path / "data/current").resolve() == first.path.resolve()
    assert len(list((tmp_path / "data/generations").iterdir())) == 1


def test_what_the_shapes_refuse_is_reported_at_its_record(tmp_path: Path, curated: Path) -> None:
    path = curated / "documents/900-invented-trial/studies.yaml"
    text = path.read_text(encoding="utf-8").replace("ci_level: 95", "ci_level: 0.95", 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CurationError) as caught:
        build(tmp_path / "data", curated)
    (fault,) = caught.value.faults
    assert fault.file == "documents/900-invented-trial/studies.yaml"
    assert "measure: measure:overall-survival" in text.splitlines()[fault.line - 1]
    assert not (tmp_path / "data").exists() or not (tmp_path / "data/current").exists()


def test_progress_is_told_in_order(tmp_path: Path, corpus_dir: Path) -> None:
    told: list[str] = []
    build(tmp_path, corpus_dir, told.append, shapes=False)
    assert told[0].startswith("reading")
    assert told[-1].startswith("published")


_BUILD = """
import sys, pathlib
from triples.build import build
build(*map(pathlib.Path, sys.argv[1:]), force=True, shapes=False)
"""


@pytest.mark.timeout(180)
def test_a_build_killed_at_any_moment_leaves_a_whole_generation_serving(tmp_path: Path, corpus_dir: Path) -> None:
    data_dir = tmp_path / "data"
    first = build(data_dir, corpus_dir, shapes=False)
    command = [sys.executable, "-c", _BUILD, str(data_dir), str(corpus_dir)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = time.monotonic()
    subprocess.run(command, check=True, env=environment, cwd=tmp_path)
    whole_s = time.monotonic() - started
    rng = random.Random(7)  # the last third of a run is where files are written
    for moment_s in [whole_s * rng.uniform(0.4, 1.0) for _ in range(KILLS)]:
        process = subprocess.Popen(command, env=environment, cwd=tmp_path)
        time.sleep(moment_s)
        process.send_signal(signal.SIGKILL)
        process.wait()
        with open_store(data_dir) as store:
            assert store.data_version == first.manifest.checksum
            assert len(store.select("SELECT ?s WHERE { ?s a skg:Statement }").rows) > 5
        current = (data_dir / "current").resolve()
        assert json.loads((current / "manifest.json").read_text(encoding="utf-8"))["quads"] == first.manifest.quads
    last = build(data_dir, corpus_dir, force=True, shapes=False)
    left = {path.name for path in (data_dir / "generations").iterdir()}
    assert last.path.name in left
    assert len(left) <= 2, "what killed builds left behind is removed by the next one"
