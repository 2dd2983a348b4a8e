"""An import that is killed goes on where it was, and ends with the very bytes of one that never was."""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import InvalidParameter
from tests.triples.killed_imports import contents
from triples.imports import job
from triples.imports.archive import EDGES, NODES, QUADS, REJECTS
from triples.imports.catalog import IMPORTS, alone, files_of, find_import, list_imports, remove_import
from triples.imports.files import numbered_lines
from triples.imports.job import Imported, ImportQuestion, run_import
from triples.imports.rows import Opened, Reject, Source

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("killed_imports.py")
ROWS = 40  # between checkpoints here
KILLS = 12


def kgx_tables(folder: Path) -> tuple[Path, ...]:
    rng = random.Random(1)
    nodes, edges = folder / "nodes.tsv", folder / "edges.tsv.gz"
    rows = [f"NCBIGene:{number}\tbiolink:Gene\tgene {number}" for number in range(90)]
    rows[50:50] = ["too few", "", "\tbiolink:Gene\tno identifier"]
    nodes.write_text("id\tcategory\tname\n" + "\n".join(rows) + "\n", encoding="utf-8")
    picks = [(rng.randrange(95), rng.choice(("affects", "treats")), rng.randrange(90)) for _ in range(300)]
    lines = [f"NCBIGene:{a}\tbiolink:{p}\tNCBIGene:{b}\tPMID:{a}|PMID:{b}" for a, p, b in picks]
    text = "subject\tpredicate\tobject\tpublications\n" + "\n".join(lines) + "\n"
    edges.write_bytes(gzip.compress(text.encode() + b"\xff\xfe\n"))
    return edges, nodes


def kgx_lines(folder: Path) -> tuple[Path, ...]:
    rng = random.Random(2)
    nodes, edges = folder / "nodes.jsonl", folder / "edges.jsonl"
    genes = [{"id": f"NCBIGene:{number}", "category": ["biolink:Gene"], "synonym": ["a", "b"]} for number in range(90)]
    nodes.write_text("".join(f"{json.dumps(gene)}\n" for gene in genes), encoding="utf-8")
    links = [(rng.randrange(95), number % 90, rng.choice(("increased", "decreased"))) for number in range(300)]
    text = [
        json.dumps(
            {
                "subject": f"NCBIGene:{start}",
                "predicate": "biolink:affects",
                "object": f"NCBIGene:{end}",
                "object_direction_qualifier": direction,
                "negated": start % 9 == 0,
            }
        )
        for start, end, direction in links
    ]
    text[120:120] = ["{", "[]", ""]
    edges.write_text("\n".join(text) + "\n", encoding="utf-8")
    return nodes, edges


def hetionet_tables(folder: Path) -> tuple[Path, ...]:
    rng = random.Random(3)
    nodes, edges = folder / "nodes.tsv", folder / "edges.tsv"
    genes = "".join(f"Gene::{number}\tgene {number}\tGene\n" for number in range(90))
    nodes.write_text(f"id\tname\tkind\n{genes}", encoding="utf-8")
    links = "".join(f"Gene::{rng.randrange(95)}\tm{rng.randrange(9)}\tGene::{rng.randrange(90)}\n" for _ in range(400))
    edges.write_text(f"source\tmetaedge\ttarget\n{links}", encoding="utf-8")
    return nodes, edges


def ntriples(folder: Path) -> tuple[Path, ...]:
    rng = random.Random(4)
    path = folder / "links.nt"
    ends = [f"<http://example.org/{number}>" for number in range(60)] + [f"_:b{number}" for number in range(30)]
    lines = [f"{rng.choice(ends)} <http://example.org/p{rng.randrange(4)}> {rng.choice(ends)} ." for _ in range(300)]
    lines[100:100] = [
        "this is no triple",
        '<http://example.org/1> <http://www.w3.org/2000/01/rdf-schema#label> "one" .',
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return (path,)


def nquads(folder: Path) -> tuple[Path, ...]:
    (path,) = ntriples(folder)
    lines = path.read_text(encoding="utf-8").splitlines()
    graphs = [f" <http://example.org/graph/{number % 3}> ." for number in range(len(lines))]
    quads = folder / "links.nq"
    quads.write_text(
        "".join(f"{a.removesuffix(' .')}{b}\n" for a, b in zip(lines, graphs, strict=True)), encoding="utf-8"
    )
    return (quads,)


def turtle(folder: Path) -> tuple[Path, ...]:
    """Prefixes declared again half way, open statements, nodes without a name, a line that is none."""
    rng = random.Random(5)
    things = [
        f"ex:{number} ex:p{number % 4} ex:{rng.randrange(60)} , [ ex:of ex:{rng.randrange(60)} ] ;\n"
        f'  rdfs:label "thing {number}" .\n'
        for number in range(90)
    ]
    things[40:40] = ["this is no triple .\n", "@prefix ex: <http://example.org/other/> .\n"]
    head = "@prefix ex: <http://example.org/> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    path = folder / "things.ttl"
    path.write_text(head + "".join(things), encoding="utf-8")
    return (path,)


def terms(folder: Path) -> tuple[Path, ...]:
    rng = random.Random(6)
    stanzas = [
        f"[Term]\nid: MONDO:{number:07}\nname: disease {number}\nxref: MESH:D{number}\n"
        + (f"is_a: MONDO:{rng.randrange(number):07}\n" if number else "")
        + ("is_obsolete: true\n" if number % 17 == 16 else "")
        + f"relationship: {rng.choice(('part_of MONDO:0000001', 'broken'))}\n"
        for number in range(120)
    ]
    path = folder / "terms.obo"
    path.write_text("format-version: 1.2\n\n" + "\n".join(stanzas), encoding="utf-8")
    return (path,)


def term_graph(folder: Path) -> tuple[Path, ...]:
    rng = random.Random(7)
    base = "http://purl.obolibrary.org/obo/MONDO_"
    nodes = [{"id": f"{base}{number}", "lbl": f"disease {number}", "type": "CLASS"} for number in range(130)]
    edges = [{"sub": f"{base}{number}", "pred": "is_a", "obj": f"{base}{rng.randrange(130)}"} for number in range(130)]
    path = folder / "terms.json"
    path.write_text(json.dumps({"graphs": [{"nodes": nodes, "edges": edges}]}), encoding="utf-8")
    return (path,)


def mechanisms(folder: Path) -> tuple[Path, ...]:
    """Paths that share links, which are known whole only once all paths have been read."""
    rng = random.Random(8)
    paths: list[object] = [
        {
            "graph": {"_id": f"P{number}", "drug": "d", "drug_mesh": f"MESH:C{number % 9}", "disease_mesh": "MESH:D1"},
            "nodes": [
                {"id": f"MESH:C{number % 9}", "label": "Drug", "name": "drug"},
                {"id": f"UniProt:P{number % 30}", "label": "Protein", "name": "protein"},
                {"id": "MESH:D1", "label": "Disease", "name": "disease"},
            ],
            "links": [
                {
                    "source": f"MESH:C{number % 9}",
                    "key": rng.choice(("binds", "treats")),
                    "target": f"UniProt:P{number % 30}",
                },
                {"source": f"UniProt:P{number % 30}", "key": "causes", "target": "MESH:D1"},
            ],
            "references": [f"https://example.org/{number}"],
        }
        for number in range(80)
    ]
    paths[30:30] = [{"graph": {"_id": "odd"}, "links": "no"}]
    path = folder / "paths.json"
    path.write_text(json.dumps(paths), encoding="utf-8")
    return (path,)


INPUTS = {
    "kgx tables": kgx_tables, "kgx lines": kgx_lines, "hetionet tables": hetionet_tables, "n-triples": ntriples,
    "turtle": turtle, "obo": terms, "obo graph": term_graph, "drugmechdb": mechanisms,
}  # fmt: skip


@pytest.mark.parametrize("kind", INPUTS)
def test_an_import_killed_again_and_again_ends_with_the_same_bytes(tmp_path: Path, kind: str) -> None:
    command = [sys.executable, str(SCRIPT), str(KILLS), str(tmp_path), *map(str, INPUTS[kind](tmp_path))]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    whole = contents(tmp_path / "whole")
    assert {Path(path).name for path in whole} == {"manifest.json", QUADS, NODES, EDGES, REJECTS}
    assert int(done.stdout) > 100  # there were as many moments to be killed at


def test_what_was_read_before_the_checkpoint_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = hetionet_tables(tmp_path)
    monkeypatch.setattr(job, "ROWS_BETWEEN_CHECKPOINTS", ROWS)
    interrupt_after(6, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, files)
    monkeypatch.undo()
    sources: list[Source] = []
    read = job.READERS["table"]
    readers = {"table": lambda source: [sources.append(source), *read(source)][1:]}
    monkeypatch.setattr(job, "READERS", readers)
    told: list[str] = []
    done = run(tmp_path, files, told)
    assert sources[0].lines_read == {files[0]: 91, files[1]: 6 * ROWS - 90 + 1}
    assert "going on after 240 rows, where it was interrupted" in told
    assert done.manifest.counts["rows"] == 490
    assert done.manifest == run(tmp_path / "elsewhere", files).manifest


def test_triples_on_lines_go_on_at_the_line_and_those_of_turtle_from_the_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lines,) = ntriples(tmp_path)
    turtle = tmp_path / "more.ttl"
    turtle.write_text("<http://example.org/1> <http://example.org/p> <http://example.org/2> .", encoding="utf-8")
    read = job.READERS["rdf"]
    for name, files, passed_over in (("lines", (lines,), {lines: 2 * ROWS}), ("mixed", (lines, turtle), {})):
        with monkeypatch.context() as changed:
            changed.setattr(job, "ROWS_BETWEEN_CHECKPOINTS", ROWS)
            interrupt_after(2, changed)
            with pytest.raises(KeyboardInterrupt):
                run(tmp_path / name, files)
        sources: list[Source] = []
        with monkeypatch.context() as changed:
            changed.setattr(
                job, "READERS", {"rdf": lambda source, into=sources: [into.append(source), *read(source)][1:]}
            )
            done = run(tmp_path / name, files)
        assert sources[0].lines_read == passed_over
        assert contents(tmp_path / name) == contents_of(
            run(tmp_path / f"{name}-whole", files), tmp_path / f"{name}-whole"
        )
        assert done.manifest.counts["rows"] == 302 + len(files) - 1


def test_a_file_that_changed_meanwhile_is_read_from_its_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = hetionet_tables(tmp_path)
    monkeypatch.setattr(job, "ROWS_BETWEEN_CHECKPOINTS", ROWS)
    interrupt_after(6, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, files)
    monkeypatch.undo()
    with files[1].open("a", encoding="utf-8") as stream:
        stream.write("Gene::1\tnew\tGene::2\n")
    told: list[str] = []
    done = run(tmp_path, files, told)
    assert not any("going on" in text for text in told)
    assert done.manifest.counts["rows"] == 491
    assert contents(tmp_path) == contents_of(run(tmp_path / "elsewhere", files), tmp_path / "elsewhere")


def test_an_interrupted_import_is_no_import_and_can_be_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "ROWS_BETWEEN_CHECKPOINTS", ROWS)
    interrupt_after(2, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, hetionet_tables(tmp_path))
    assert find_import(tmp_path, "test") is None
    assert list_imports(tmp_path) == ()
    remove_import(tmp_path, "test")
    assert [*(tmp_path / IMPORTS).iterdir()] == []


def test_two_processes_cannot_make_or_remove_one_import_at_once(tmp_path: Path) -> None:
    files = hetionet_tables(tmp_path)
    with alone(tmp_path, "test"):
        with pytest.raises(InvalidParameter, match="no other process"):
            run(tmp_path, files)
        with pytest.raises(InvalidParameter, match="no other process"):
            remove_import(tmp_path, "test")
    assert not run(tmp_path, files).skipped


@pytest.mark.parametrize(
    ("kind", "make"),
    [("kgx", kgx_tables), ("kgx", kgx_lines), ("table", hetionet_tables), ("rdf", ntriples), ("rdf", nquads)],
)
def test_reading_can_begin_after_any_row(tmp_path: Path, kind: str, make: Callable[[Path], tuple[Path, ...]]) -> None:
    files = make(tmp_path)
    read = job.READERS[kind]
    rows = [*read(Source("test", files))]
    lines: dict[Path, int] = {}
    path = files[0]
    for place, row in enumerate(rows):
        if isinstance(row, Opened):
            path = row.path
            continue
        lines[path] = row.line
        if place % 9 == 0:
            rest = [row for row in read(Source("test", files, dict(lines))) if not isinstance(row, Opened)]
            assert rest == [row for row in rows[place + 1 :] if not isinstance(row, Opened)]


def test_passing_over_lines_counts_those_that_are_too_long_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triples.imports.files.MAX_LINE_BYTES", 8)
    path = tmp_path / "lines.txt"
    path.write_text("one\ntoo long for this\nthree\n", encoding="utf-8")
    assert [row[0] for row in numbered_lines(path, 1)] == [2, 3]
    assert [row for row in numbered_lines(path, 2) if isinstance(row, Reject)] == []
    assert [*numbered_lines(path, 2)] == [(3, "three")]


def run(data: Path, files: tuple[Path, ...], told: list[str] | None = None) -> Imported:
    question = ImportQuestion("test", files, "CC0", "2", "x")
    return run_import(data, question, None if told is None else told.append)


def contents_of(done: Imported, data: Path) -> dict[str, bytes]:
    assert files_of(data, done.manifest).is_dir()
    return contents(data)


def interrupt_after(checkpoints: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C once so many checkpoints have been made."""
    save, made = job.Checkpoint.save, [0]

    def interrupted(self: job.Checkpoint, folder: Path) -> None:
        save(self, folder)
        made[0] += 1
        if made[0] == checkpoints:
            raise KeyboardInterrupt

    monkeypatch.setattr(job.Checkpoint, "save", interrupted)
