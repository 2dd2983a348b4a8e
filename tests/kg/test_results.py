"""Answers as Python values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kg.errors import IdentifierError, QueryFailed, ResultTooLarge
from kg.sparql.results import XSD, Solutions, Term, boolean_from_json, iri, literal, solutions_from_json

ANSWER = b"""{"head":{"vars":["drug","n","label"]},"results":{"bindings":[
 {"drug":{"type":"uri","value":"https://w3id.org/sarcoma-kg/drug/sirolimus"},
  "n":{"type":"literal","value":"39","datatype":"http://www.w3.org/2001/XMLSchema#integer"},
  "label":{"type":"literal","value":"sirolimus","xml:lang":"en"}},
 {"drug":{"type":"bnode","value":"b0"}}]}}"""


def test_solutions_keep_the_order_of_columns_and_the_unbound() -> None:
    answer = solutions_from_json(ANSWER, max_rows=10)
    assert answer.columns == ("drug", "n", "label")
    assert answer.rows[1] == (Term("bnode", "b0"), None, None)
    assert answer.column("n") == (39, None)
    assert next(answer.records()) == {
        "drug": "https://w3id.org/sarcoma-kg/drug/sirolimus",
        "n": 39,
        "label": "sirolimus",
    }
    assert len(answer) == 2


def test_solutions_as_texts_leave_out_what_is_unbound() -> None:
    a, b = iri("x:a"), literal("b")
    answer = Solutions(("one", "other"), ((b, a), (a, b), (None, a), (a, None), (a, b)))
    assert answer.texts() == [("b", "x:a"), ("x:a", "b"), ("x:a", "b")]
    assert answer.nodes() == ("b", "x:a")


def test_more_rows_than_allowed_are_an_error_not_a_cut() -> None:
    with pytest.raises(ResultTooLarge):
        solutions_from_json(ANSWER, max_rows=1)


@pytest.mark.parametrize(
    ("lexical", "datatype", "expected"),
    [
        ("18.50", "decimal", Decimal("18.50")),
        ("18", "integer", 18),
        ("-1", "int", -1),
        ("1.5e3", "double", 1500.0),
        ("true", "boolean", True),
        ("0", "boolean", False),
        ("P3W", "duration", "P3W"),
        ("many", "integer", "many"),
        ("", "decimal", ""),
    ],
)
def test_a_literal_becomes_the_nearest_python_value(lexical: str, datatype: str, expected: object) -> None:
    value = Term("literal", lexical, XSD + datatype).python()
    assert value == expected
    assert type(value) is type(expected)


def test_numbers_dates_and_texts_become_terms() -> None:
    assert literal(18) == Term("literal", "18", XSD + "integer")
    assert literal(True) == Term("literal", "true", XSD + "boolean")
    assert literal(date(2007, 4, 1)) == Term("literal", "2007-04-01", XSD + "date")
    assert literal('a\\\n"b"').sparql() == '"a\\\\\\n\\"b\\""'


@pytest.mark.parametrize("language", ["en us", 'en" } #', "", "-"][:2])
def test_a_language_tag_cannot_carry_anything_else(language: str) -> None:
    with pytest.raises(IdentifierError):
        literal("x", language=language)
    with pytest.raises(IdentifierError):
        literal("x", datatype="x> } #")


def test_an_iri_of_a_space_is_no_iri() -> None:
    with pytest.raises(IdentifierError):
        iri("http://x/a b")


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b'{"head":{}}', b'{"boolean": "true"}'])
def test_an_answer_of_another_shape_is_reported(body: bytes) -> None:
    with pytest.raises(QueryFailed):
        solutions_from_json(body, 10)
    with pytest.raises(QueryFailed):
        boolean_from_json(body)


def test_a_triple_term_keeps_its_text() -> None:
    body = (
        b'{"head":{"vars":["t"]},"results":{"bindings":[{"t":{"type":"triple","value":{"subject":{"type":"uri",'
        b'"value":"a:a"},"predicate":{"type":"uri","value":"a:b"},"object":{"type":"literal","value":"c"}}}}]}}'
    )
    assert solutions_from_json(body, 1) == Solutions(("t",), ((Term("triple", '<<( <a:a> <a:b> "c" )>>'),),))
