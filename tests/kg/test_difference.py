"""Two versions of the graph compared: what a user of the old one has to know."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.difference import Change, difference
from kg.errors import InvalidParameter
from kg.exports.rdf import export_rdf
from server.cli import main

BASE = "https://w3id.org/sarcoma-kg/"
PREFIXES = {
    "skg:": f"{BASE}vocab/",
    "skos:": "http://www.w3.org/2004/02/skos/core#",
    "rdfs:": "http://www.w3.org/2000/01/rdf-schema#",
    "dcterms:": "http://purl.org/dc/terms/",
    "a": "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
}
OLD = """
statement:one a skg:Statement document-000
statement:one skg:subject drug:a document-000
statement:one skg:object target:b document-000
statement:one skg:passage passage:000-1-9 document-000
statement:one rdfs:label "drug A binds B" document-000
drug:a skg:binds target:b document-000
drug:a a skg:Drug ontology
drug:a skos:prefLabel "drug A" ontology
outcome:x a skg:Outcome document-001
outcome:x rdfs:label "a rate" document-001
drug:a skg:degree "3" metadata
drug:a skg:sourceLine "12" provenance
"""
Versions = Callable[[str, str], tuple[Path, Path]]


def quads(told: str) -> str:
    """Sorted N-Quads of lines of four words: names in short, texts in quotation marks."""
    return "".join(sorted(f"{' '.join(map(_term, _words(line)))} .\n" for line in told.strip().splitlines()))


def _words(line: str) -> tuple[str, str, str, str]:
    subject, predicate, rest = line.split(" ", 2)
    value, graph = rest.rsplit(" ", 1)
    return subject, predicate, value, f"graph:{graph}"


def _term(word: str) -> str:
    if word.startswith('"'):
        return word
    prefix, colon, local = word.partition(":")
    return f"<{PREFIXES.get(prefix + colon, f'{BASE}{prefix}/')}{local}>"


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    def write(old: str, new: str) -> tuple[Path, Path]:
        paths = tmp_path / "old.nq", tmp_path / "new.nq.gz"
        paths[0].write_text(quads(old), encoding="utf-8")
        paths[1].write_bytes(gzip.compress(quads(new).encode()))
        return paths

    return write


def by_name(items: tuple[Change, ...]) -> dict[str, Change]:
    return {change.curie: change for change in items}


def test_the_same_graph_has_no_difference_though_figures_and_lines_have(versions: Versions) -> None:
    told = difference(*versions(OLD, OLD.replace('"3"', '"4"').replace('"12"', '"13"')))
    assert (told.total, told.items, told.counts, told.unexplained) == (0, (), (), 0)


def test_a_changed_thing_tells_its_old_and_new_properties(versions: Versions) -> None:
    (changed,) = difference(*versions(OLD, OLD.replace('"a rate"', '"the \\"rate\\""'))).items
    assert (changed.sort, changed.curie, changed.kind, changed.graph) == (
        "changed", "outcome:x", "outcome", "graph:document-001",
    )  # fmt: skip
    assert changed.lost == ("rdfs:label a rate",)
    assert changed.gained == ('rdfs:label the "rate"',)


def test_what_a_statement_says_is_not_told_again_of_its_subject(versions: Versions) -> None:
    more = OLD + "statement:two a skg:Statement document-000\ndrug:a skg:inhibits target:b document-000\n"
    assert list(by_name(difference(*versions(OLD, more)).items)) == ["statement:two"]
    edge = OLD + "drug:a skg:inhibits target:b import-other\n"
    assert by_name(difference(*versions(OLD, edge)).items)["drug:a"].gained == ("skg:inhibits target:b",)


def test_what_was_given_up_says_what_stands_for_it(versions: Versions) -> None:
    kept = "\n".join(line for line in OLD.splitlines() if not line.startswith("outcome:x"))
    new = f"""{kept}
outcome:y a skg:Outcome document-001
outcome:x a skg:Withdrawn ontology
outcome:x dcterms:isReplacedBy outcome:y ontology
outcome:x skos:changeNote "It was misread." ontology"""
    told = difference(*versions(OLD, new))
    given_up = by_name(told.items)["outcome:x"]
    assert (given_up.sort, given_up.successors, given_up.reason) == ("given_up", ("outcome:y",), "It was misread.")
    assert given_up.graph == "graph:document-001"
    assert told.unexplained == 0
    later = difference(*versions(new, kept))
    assert by_name(later.items)["outcome:x"].is_unexplained  # what was explained once is to stay so


def test_what_vanished_is_counted_with_what_may_stand_for_it(versions: Versions) -> None:
    moved = OLD.replace("statement:one", "statement:two").replace("target:b", "target:c", 1)
    moved += "statement:zzz a skg:Statement document-000\nstatement:zzz skg:subject drug:a document-000\n"
    told = difference(*versions(OLD, moved))
    lost = by_name(told.items)["statement:one"]
    assert (lost.sort, lost.label, lost.successors) == ("vanished", "drug A binds B", ("statement:two",))
    assert told.unexplained == 1
    counts = {(each.graph, each.kind): (each.added, each.vanished) for each in told.counts}
    assert counts == {("graph:document-000", "statement"): (2, 1)}


@pytest.mark.parametrize("line", ["import/x:1 a skg:Entity import-x", "statement:i a skg:Statement inferred"])
def test_imports_and_inferences_may_come_and_go(versions: Versions, line: str) -> None:
    told = difference(*versions(f"{OLD}{line}\n", OLD))
    assert [change.sort for change in told.items] == ["vanished"]
    assert told.unexplained == 0


def test_all_are_counted_and_some_are_listed(versions: Versions) -> None:
    many = OLD + "".join(f"drug:d{number} a skg:Drug ontology\n" for number in range(30))
    told = difference(*versions(many, OLD), limit=4)
    assert (len(told.items), told.total, told.unexplained, told.truncated) == (4, 30, 30, True)


def test_quads_out_of_order_and_other_files_are_refused(versions: Versions, tmp_path: Path) -> None:
    old, new = versions(OLD, OLD)
    old.write_text("".join(reversed(quads(OLD).splitlines(keepends=True))), encoding="utf-8")
    with pytest.raises(InvalidParameter, match="LC_ALL=C sort"):
        difference(old, new)
    with pytest.raises(InvalidParameter, match="export --format rdf"):
        difference(tmp_path, new)


def test_the_command_ends_with_3_where_an_identifier_leads_nowhere(
    versions: Versions, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = versions(OLD, OLD.replace("outcome:x", "outcome:z"))
    assert main(["diff", str(old), str(new)]) == 3
    told = capsys.readouterr().out
    assert '- id: outcome:x\n  label: "a rate"\n  replaced_by: [outcome:z]  # perhaps\n  reason:\n' in told
    assert main(["diff", str(old), str(new), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["unexplained"] == 1
    assert main(["diff", str(old), str(old)]) == 0
    assert main(["diff", str(old), str(new), "--limit", "few"]) == 2


def test_a_data_folder_a_generation_and_its_rdf_files_are_the_same_version(
    curated_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export_rdf(curated_data, tmp_path / "rdf")
    (generation,) = (curated_data / "generations").glob("0*")
    for old in (generation, tmp_path / "rdf"):
        assert main(["diff", str(old), "--data", str(curated_data)]) == 0
        assert "no things are told differently" in capsys.readouterr().out
