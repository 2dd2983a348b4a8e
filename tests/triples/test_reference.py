"""The reference of keys is the table of records, and every property in it is in the vocabulary."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from rdflib import SH
from rdflib.collection import Collection

from ontology.resources import shapes_graph
from ontology.terms import PREDICATES, PREFIXES, PROPERTIES, SKG
from triples.keys import Type
from triples.reference import reference_page
from triples.schema import RECORDS

ROOT = Path(__file__).resolve().parents[2]


def test_the_reference_page_is_current() -> None:
    page = (ROOT / "docs" / "curating-reference.md").read_text(encoding="utf-8")
    assert page == reference_page(), "run: python -m triples"


def test_every_property_is_in_the_vocabulary() -> None:
    for record in RECORDS.values():
        for key in record.keys:
            prefix, _, name = (key.rdf or "skos:note").partition(":")
            assert prefix in PREFIXES
            assert prefix != "skg" or name in PROPERTIES or name in PREDICATES, f"{record.name}.{key.name}"


def test_curators_choose_among_the_words_that_the_shapes_allow() -> None:
    """What is inferred is nobody's to write."""
    shapes = shapes_graph()
    allowed: dict[str, set[str]] = {}
    for shape, choices in shapes.subject_objects(SH["in"]):
        allowed.setdefault(str(shapes.value(shape, SH.path)), set()).update(map(str, Collection(shapes, choices)))
    written: dict[str, set[str]] = {}
    for record in RECORDS.values():
        for key in record.keys:
            if key.choices and key.rdf is not None:
                written.setdefault(SKG.namespace + key.rdf.partition(":")[2], set()).update(key.choices)
    listed = written.keys() & allowed.keys()
    assert {SKG.namespace + name for name in ("studyType", "absence", "flag", "certainty")} <= listed
    assert {name: allowed[name] - written[name] for name in listed if allowed[name] != written[name]} == {
        f"{SKG.namespace}certainty": {"inferred"}
    }


def test_every_nested_record_is_in_the_table() -> None:
    assert all(key.record in RECORDS for record in RECORDS.values() for key in record.keys if key.type is Type.RECORD)


def test_every_key_says_what_it_means() -> None:
    assert all(key.help.strip() for record in RECORDS.values() for key in record.keys)


@pytest.mark.parametrize("module", ["triples", "ontology"])
def test_to_ask_for_help_writes_no_file(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: Path, *_: object, **__: object) -> int:
        raise AssertionError(f"{path} was written")

    monkeypatch.setattr(Path, "write_text", refuse)
    monkeypatch.setattr("sys.argv", ["-m", "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(f"{module}.__main__", run_name="__main__")
    assert ended.value.code == 0
    assert f"usage: python -m {module}" in capsys.readouterr().out
