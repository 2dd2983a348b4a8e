"""An import is whole or it is nothing, is not repeated without need, can be removed, and never loses a row silently."""

from __future__ import annotations

import gzip
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import yaml

from kg.errors import EntityNotFound, InvalidParameter
from triples.imports.archive import (
    ABOUT_OURS,
    EDGES,
    NODES,
    QUADS,
    REJECTS,
    read_edges,
    read_nodes,
)
from triples.imports.biolink_terms import MODEL, biolink_names
from triples.imports.catalog import IMPORTS, files_of, find_import, list_imports, remove_import
from triples.imports.identifiers import BIOLINK, claim_key, text_key
from triples.imports.job import Imported, ImportQuestion, guess_kind, run_import
from triples.imports.runs import SortedLines, read_lines

ROOT = Path(__file__).resolve().parents[2]
KILLS = 8


def question(folder: Path, *names: str, name: str = "test", kind: str | None = None) -> ImportQuestion:
    files = tuple(folder / "imports" / file for file in names)
    return ImportQuestion(name, files, "CC0-1.0", "1.0", "https://example.org/", kind)


def rejects(done: Imported) -> list[list[str]]:
    return [line.split("\t") for line in done.rejects.read_text(encoding="utf-8").splitlines()[1:]]


def quads(data_dir: Path, done: Imported) -> list[str]:
    return list(read_lines(files_of(data_dir, done.manifest) / QUADS))


HETIONET = ("hetionet_nodes.tsv", "hetionet_edges.tsv")
FORMATS = {
    "table": HETIONET,
    "kgx": ("kgx_nodes.tsv", "kgx_edges.tsv"),
    "drugmechdb": ("paths.json",),
    "obo": ("terms.obo",),
    "rdf": ("things.ttl",),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_recognised_and_gives_sorted_canonical_quads_of_one_graph(
    tmp_path: Path, data_dir: Path, kind: str
) -> None:
    done = run_import(tmp_path, question(data_dir, *FORMATS[kind]))
    assert done.manifest.kind == kind
    lines = quads(tmp_path, done)
    assert lines == sorted(set(lines))
    assert len(lines) == done.manifest.counts["quads"] > 0
    assert all(line.endswith(" <https://w3id.org/sarcoma-kg/graph/import-test> .") for line in lines)
    assert len(rejects(done)) == done.manifest.counts["rejected"]
    assert done.manifest.licence == "CC0-1.0"
    assert [name for name, _ in done.manifest.files] == list(FORMATS[kind])
    edges = sum(len(batch) for batch in read_edges(files_of(tmp_path, done.manifest) / EDGES))
    assert edges == done.manifest.counts["edges"]


def test_a_json_ontology_is_told_from_paths(data_dir: Path) -> None:
    folder = data_dir / "imports"
    assert guess_kind((folder / "graph.json",)) == guess_kind((folder / "terms.json",)) == "obo"
    with pytest.raises(InvalidParameter, match="--format"):
        guess_kind((data_dir / "rapamycin.nq", ROOT / "LICENSE")[1:])


def test_rejected_rows_are_listed_with_file_line_and_reason(tmp_path: Path, data_dir: Path) -> None:
    done = run_import(tmp_path, question(data_dir, *HETIONET))
    assert rejects(done) == [
        ["hetionet_nodes.tsv", "7", "1 columns where the header has 3", "broken row"],
        [
            "hetionet_edges.tsv",
            "6",
            "joins something that no node row describes",
            "https://identifiers.org/ncbigene:99",
        ],
        ["hetionet_edges.tsv", "7", "2 columns where the header has 3", "Compound::DB00001\\tCbG"],
        ["hetionet_edges.tsv", "8", "no predicate", "Compound::DB00001\\t\\tGene::11"],
    ]
    counts = done.manifest.counts
    assert counts["rows"] == counts["rejected"] - 1 + 6 + 5 + 1  # every row is a node, an edge or a reject
    assert counts["repeated_quads"] == 1


def test_the_projects_own_words_cannot_be_imported(tmp_path: Path, data_dir: Path) -> None:
    done = run_import(tmp_path, question(data_dir, "things.ttl"))
    assert done.rejects.read_text(encoding="utf-8").startswith("file\tplace\treason\trow\n")
    reasons = sorted(reason for _, _, reason, _ in rejects(done))
    assert reasons == [
        *(ABOUT_OURS,) * 3,  # a name, a place in the hierarchy, and a link in the import's own words
        "uses a class of the project's own vocabulary; write biolink:Drug, which is read as skg:Drug",
        "uses the project's own vocabulary; write biolink:inhibits, which is read as skg:inhibits",
    ]
    text = "\n".join(quads(tmp_path, done))
    assert "sarcoma-kg/vocab" not in text
    assert "sarcoma-kg/drug" not in text


def test_a_node_or_an_edge_of_one_of_our_things_is_rejected_and_same_as_joins_it(tmp_path: Path) -> None:
    ours = "https://w3id.org/sarcoma-kg/drug/sirolimus"
    nodes, edges = tmp_path / "nodes.tsv", tmp_path / "edges.tsv"
    rows = (
        f"{ours}\tbiolink:Drug\tanother name\t\t",
        f"X:1\tbiolink:Drug\trapa\t{ours}\t",
        f"X:2\tbiolink:Gene\tg\t\t{ours}",
    )
    nodes.write_text("id\tcategory\tname\tsame_as\txref\n" + "\n".join(rows) + "\n", encoding="utf-8")
    claims = (
        f"{ours}\tbiolink:affects\tX:2\t",
        f"X:1\tbiolink:affects\tX:2\t{ours}",
        f"X:2\tbiolink:affects\t{ours}\t",
    )
    header = "subject\tpredicate\tobject\tpublications\n"
    edges.write_text(header + "\n".join(claims) + "\n", encoding="utf-8")
    done = run_import(tmp_path, ImportQuestion("test", (nodes, edges), "CC0-1.0", "1.0", "https://example.org/"))
    assert [(file, line, reason) for file, line, reason, _ in rejects(done)] == [
        ("nodes.tsv", "2", ABOUT_OURS),
        ("nodes.tsv", "4", f"xref: {ABOUT_OURS}"),
        ("edges.tsv", "2", ABOUT_OURS),
        ("edges.tsv", "3", f"publications: {ABOUT_OURS}"),
        ("edges.tsv", "4", ABOUT_OURS),
    ]
    assert (done.manifest.counts["nodes"], done.manifest.counts["edges"]) == (2, 1)
    assert ours not in "\n".join(quads(tmp_path, done))
    assert [same_as for *_, same_as in read_nodes(files_of(tmp_path, done.manifest) / NODES)] == [[ours], []]


def test_claims_with_sources_are_nodes_and_negated_ones_no_edges(tmp_path: Path, data_dir: Path) -> None:
    done = run_import(tmp_path, question(data_dir, "kgx_nodes.tsv", "kgx_edges.tsv"))
    assert (done.manifest.counts["edges"], done.manifest.counts["negated"]) == (3, 1)
    lines = quads(tmp_path, done)
    assert sum("vocab/Association>" in line for line in lines) == 4
    assert not any(
        line.startswith("<http://purl.obolibrary.org/obo/CHEBI_1> <https://w3id.org/biolink/vocab/treats>")
        for line in lines
    )


def test_terms_that_biolink_does_not_have_are_kept_and_reported(tmp_path: Path) -> None:
    nodes, edges = tmp_path / "nodes.tsv", tmp_path / "edges.tsv"
    nodes.write_text("id\tcategory\tname\nMESH:C1\tbiolink:Drug\ta\nMESH:C2\tbiolink:Wizard\tb\n", encoding="utf-8")
    predicates = ("xyz", "xyz", "treats", "decreases_activity_of", "negatively_regulates")
    rows = "".join(f"MESH:C{n % 2 + 1}\tbiolink:{name}\tMESH:C2\n" for n, name in enumerate(predicates))
    edges.write_text(f"subject\tpredicate\tobject\n{rows}", encoding="utf-8")
    done = run_import(tmp_path / "data", ImportQuestion("made", (nodes, edges), "CC0-1.0", "1", "here"))
    assert done.manifest.unknown_terms == (("predicate", f"{BIOLINK}xyz", 2), ("category", f"{BIOLINK}Wizard", 1))
    assert done.manifest.counts["edges"] == len(predicates)
    assert list_imports(tmp_path / "data") == (done.manifest,)


def test_the_names_of_biolink_are_those_of_the_release(shared_dir: Path) -> None:
    release = shared_dir / "reference-data" / f"biolink-model-{MODEL}.yaml.gz"
    if not release.is_file():
        pytest.skip("the release of the Biolink Model is not there")
    model = yaml.load(gzip.decompress(release.read_bytes()), Loader=yaml.CSafeLoader)
    slots = model["slots"]

    def relates(slot: str | None) -> bool:
        return slot is not None and (slot == "related to" or relates(slots[slot].get("is_a")))

    classes = ("".join(word[0].upper() + word[1:] for word in name.split()) for name in model["classes"])
    assert biolink_names() == {
        "category": {BIOLINK + name for name in classes},
        "predicate": {BIOLINK + name.replace(" ", "_") for name in slots if relates(name)},
    }


def test_the_same_files_are_not_imported_again(tmp_path: Path, data_dir: Path) -> None:
    told: list[str] = []
    first = run_import(tmp_path, question(data_dir, *HETIONET))
    second = run_import(tmp_path, question(data_dir, *HETIONET), told.append)
    assert second.skipped
    assert second.manifest == first.manifest
    assert told[-1].endswith("nothing to do")


def test_another_version_replaces_the_import_and_clears_the_old_files(tmp_path: Path, data_dir: Path) -> None:
    first = run_import(tmp_path, question(data_dir, *HETIONET))
    newer = run_import(tmp_path, question(data_dir, "terms.obo"))
    assert not newer.skipped
    assert list_imports(tmp_path) == (newer.manifest,)
    assert not files_of(tmp_path, first.manifest).exists()


def test_importing_elsewhere_gives_the_same_bytes(tmp_path: Path, data_dir: Path) -> None:
    for kind, files in FORMATS.items():
        one = run_import(tmp_path / "one", question(data_dir, *files, name=kind))
        two = run_import(tmp_path / "two", question(data_dir, *files, name=kind))
        assert one.manifest == two.manifest
        for path in files_of(tmp_path / "one", one.manifest).iterdir():
            assert path.read_bytes() == (files_of(tmp_path / "two", two.manifest) / path.name).read_bytes()


def test_a_removed_import_leaves_nothing(tmp_path: Path, data_dir: Path) -> None:
    run_import(tmp_path, question(data_dir, *HETIONET))
    remove_import(tmp_path, "test")
    assert list_imports(tmp_path) == ()
    assert [*(tmp_path / IMPORTS).iterdir()] == []
    with pytest.raises(EntityNotFound, match="test"):
        remove_import(tmp_path, "test")
    with pytest.raises(InvalidParameter):
        remove_import(tmp_path, "../elsewhere")


@pytest.mark.parametrize(
    "change",
    [{"name": "Not A Name"}, {"name": "a/b"}, {"licence": " "}, {"version": ""}, {"kind": "csv"}, {"files": ()}],
    ids=str,
)
def test_an_import_needs_a_name_a_licence_a_version_and_files(tmp_path: Path, data_dir: Path, change: dict) -> None:
    given = {
        "name": "test",
        "files": (data_dir / "imports/terms.obo",),
        "licence": "CC0",
        "version": "1",
        "source": "x",
    }
    with pytest.raises(InvalidParameter):
        ImportQuestion(**{**given, **change})


def test_files_that_hold_nothing_usable_leave_the_import_as_it_was(tmp_path: Path, data_dir: Path) -> None:
    first = run_import(tmp_path, question(data_dir, *HETIONET))
    bad = tmp_path / "bad.tsv"
    bad.write_text("id\tname\tkind\nonly one\nonly one\n", encoding="utf-8")
    with pytest.raises(InvalidParameter, match=r"all 2 were rejected; the first was at place 2: 1 columns"):
        run_import(tmp_path, ImportQuestion("test", (bad,), "CC0", "2", "x"))
    assert list_imports(tmp_path) == (first.manifest,)


def test_a_truncated_archive_leaves_the_import_as_it_was(tmp_path: Path, data_dir: Path) -> None:
    first = run_import(tmp_path, question(data_dir, *HETIONET))
    rng = random.Random(1)
    rows = "".join(f"Gene::{number}\t{rng.random()}\tGene\n" for number in range(5000))
    cut = tmp_path / "cut.tsv.gz"
    cut.write_bytes(gzip.compress(f"id\tname\tkind\n{rows}".encode())[:20_000])
    with pytest.raises(InvalidParameter, match=r"cut\.tsv\.gz.*a file that can be read"):
        run_import(tmp_path, ImportQuestion("test", (cut,), "CC0", "2", "x"))
    assert list_imports(tmp_path) == (first.manifest,)
    assert [path.name for path in (tmp_path / IMPORTS).iterdir()] == ["test"]


def test_sorting_in_pieces_is_sorting(tmp_path: Path) -> None:
    rng = random.Random(3)
    lines = [str(rng.randrange(400)) for _ in range(1000)]
    pieces = SortedLines(tmp_path, lines_in_memory=70)
    for start in range(0, 1000, 30):
        pieces.add(lines[start : start + 30])
    written = pieces.write(tmp_path / "out.gz")
    assert pieces.pieces > 10
    assert list(read_lines(tmp_path / "out.gz")) == sorted(set(lines))
    assert written.lines + written.repeated == 1000


def test_more_pieces_than_may_be_open_are_merged_in_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triples.imports.runs.MERGED_AT_ONCE", 3)
    rng = random.Random(8)
    lines = [f"line {rng.randrange(200)}" for _ in range(400)]
    sorter = SortedLines(tmp_path, lines_in_memory=20)
    for line in lines:
        sorter.add([line])
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)
    places = [os.open(tmp_path, os.O_RDONLY) for _ in range(8)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(places) + 1, usual[1]))
    try:
        for place in places:
            os.close(place)
        written = sorter.write(tmp_path / "sorted.gz")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, usual)
    assert sorter.pieces == 20
    assert list(read_lines(tmp_path / "sorted.gz")) == sorted(set(lines))
    assert written.repeated == len(lines) - len(set(lines))


def test_the_key_of_one_claim_is_that_of_many_at_once() -> None:
    parts = [[text_key(f"{name} {number}") for number in range(50)] for name in "sport"]
    columns = [np.array(part, dtype=np.uint64) for part in parts]
    keys = claim_key(columns[0], *columns[1:])
    assert [int(key) for key in keys] == [claim_key(*row) for row in zip(*parts, strict=True)]
    assert len(set(keys.tolist())) == 50
    swapped = claim_key(columns[0], columns[3], columns[2], columns[1], columns[4])
    assert not set(keys.tolist()) & set(swapped.tolist())  # what is subject and what is object matters


def generated(folder: Path, edges: int, nodes: int = 500) -> tuple[Path, Path]:
    """A table of few nodes and many edges."""
    rng = random.Random(5)
    node_file, edge_file = folder / "n.tsv", folder / "e.tsv"
    node_file.write_text(
        "id\tname\tkind\n" + "".join(f"Gene::{number}\tgene {number}\tGene\n" for number in range(nodes)),
        encoding="utf-8",
    )
    with edge_file.open("w", encoding="utf-8") as stream:
        stream.write("source\tmetaedge\ttarget\n")
        for _ in range(edges):
            stream.write(f"Gene::{rng.randrange(nodes)}\tm{rng.randrange(40)}\tGene::{rng.randrange(nodes)}\n")
    return node_file, edge_file


_IMPORT = """
import resource, sys
from pathlib import Path
from triples.imports.job import ImportQuestion, run_import
data, *files = map(Path, sys.argv[1:])
run_import(data, ImportQuestion("test", tuple(files), "CC0", "2", "x"))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def in_a_process(data_dir: Path, files: tuple[Path, ...]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", _IMPORT, str(data_dir), *map(str, files)]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE)


def test_an_import_killed_at_any_moment_leaves_the_one_before_it(tmp_path: Path, data_dir: Path) -> None:
    first = run_import(tmp_path / "data", question(data_dir, *HETIONET))
    files = generated(tmp_path, 60_000)
    started = time.monotonic()
    with in_a_process(tmp_path / "whole", files) as process:
        assert process.wait() == 0
    whole_s = time.monotonic() - started
    rng = random.Random(7)
    for moment_s in sorted(whole_s * rng.uniform(0.2, 0.95) for _ in range(KILLS)):
        with in_a_process(tmp_path / "data", files) as process:
            time.sleep(moment_s)
            process.send_signal(signal.SIGKILL)
        found = find_import(tmp_path / "data", "test")
        assert found is not None
        if found.version == first.manifest.version:
            assert found == first.manifest
        assert sum(map(len, read_edges(files_of(tmp_path / "data", found) / EDGES))) == found.counts["edges"]
        assert (files_of(tmp_path / "data", found) / REJECTS).exists()
    remove_import(tmp_path / "data", "test")
    assert [*(tmp_path / "data" / IMPORTS).iterdir()] == []


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_edges(tmp_path: Path) -> None:
    peaks = []
    for edges in (300_000, 1_500_000):
        folder = tmp_path / str(edges)
        folder.mkdir()
        with in_a_process(folder / "data", generated(folder, edges)) as process:
            output, _ = process.communicate()
        assert process.returncode == 0
        peaks.append(int(output))
        (described,) = list_imports(folder / "data")
        assert described.counts["edges"] == edges
    assert peaks[1] < 1.25 * peaks[0], peaks


def test_an_import_of_another_format_version_counts_as_none(tmp_path: Path, data_dir: Path) -> None:
    run_import(tmp_path, question(data_dir, *HETIONET))
    path = tmp_path / IMPORTS / "test" / "manifest.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**described, "format": 0}), encoding="utf-8")
    assert list_imports(tmp_path) == ()
    assert not run_import(tmp_path, question(data_dir, *HETIONET)).skipped
