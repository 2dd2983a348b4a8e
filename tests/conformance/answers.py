"""Answers of queries as plain values, read without the engine where the format allows, and compared.

Two answers are equal if a renaming of blank nodes makes the one the other; literals are compared by value.
"""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from tests.conformance.cases import RDF_FORMATS

XSD = "http://www.w3.org/2001/XMLSchema#"
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
SR = "{http://www.w3.org/2005/sparql-results#}"
ITS = "{http://www.w3.org/2005/11/its}dir"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MEDIA_TYPES = {
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
}
Value = tuple[Any, ...]
Row = tuple[Value | None, ...]


@dataclass(frozen=True)
class Table:
    """Solutions: rows over sorted columns; ``is_ordered`` if the order of the rows was asked for."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    is_ordered: bool = False


@dataclass(frozen=True)
class Triples:
    """The graph of a CONSTRUCT or DESCRIBE."""

    rows: tuple[Row, ...]


Answer = Table | Triples | bool | str


def media_type_for(result: str) -> str:
    """What to ask for, so that the answer can be compared with a file."""
    fallback = "application/sparql-results+json, application/n-triples"
    return MEDIA_TYPES.get(Path(result).suffix, fallback)


def read_answer(body: bytes, media_type: str) -> Answer:
    """Read what the endpoint sent."""
    if media_type == "application/sparql-results+json":
        return _from_json(body)
    if media_type == "application/sparql-results+xml":
        return _from_xml(body)
    if media_type == "text/tab-separated-values":
        return _from_tsv(body)
    if media_type == "text/csv":
        return _from_csv(body)
    return Triples(tuple(_triple(quad) for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)))


def read_expected(path: Path, address: str) -> Answer:
    """Read a file of expected answers."""
    media_type = MEDIA_TYPES.get(path.suffix)
    if media_type is not None:
        return read_answer(path.read_bytes(), media_type)
    base = None if path.suffix == ".nt" else address
    store = ox.Store()
    store.extend(ox.parse(path=path, format=RDF_FORMATS[path.suffix], base_iri=base))
    tables = list(store.quads_for_pattern(None, TYPE, ox.NamedNode(RS + "ResultSet")))
    return _from_graph(store, tables[0].subject) if tables else Triples(tuple(map(_triple, store)))


def _table(columns: Sequence[str], rows: Sequence[Mapping[str, Value]], *, is_ordered: bool = False) -> Table:
    ordered = tuple(sorted(columns))
    return Table(ordered, tuple(tuple(row.get(name) for name in ordered) for row in rows), is_ordered)


def _from_json(body: bytes) -> Answer:
    document = json.loads(body)
    if "boolean" in document:
        return bool(document["boolean"])
    rows = document["results"]["bindings"]
    return _table(document["head"]["vars"], [{name: _json_term(t) for name, t in row.items()} for row in rows])


def _json_term(term: Mapping[str, Any]) -> Value:
    kind, value = term["type"], term["value"]
    if kind == "triple":
        return ("triple", *(_json_term(value[part]) for part in ("subject", "predicate", "object")))
    if kind in {"uri", "bnode"}:
        return (kind, value)
    return _literal(value, term.get("datatype", ""), term.get("xml:lang", ""), term.get("its:dir", ""))


def _from_xml(body: bytes) -> Answer:
    root = ET.fromstring(body)
    boolean = root.findtext(f"{SR}boolean")
    if boolean is not None:
        return boolean.strip() == "true"
    columns = [each.attrib["name"] for each in root.iterfind(f"{SR}head/{SR}variable")]
    rows = [
        {binding.attrib["name"]: _xml_term(binding[0]) for binding in result.iterfind(f"{SR}binding")}
        for result in root.iterfind(f"{SR}results/{SR}result")
    ]
    return _table(columns, rows)


def _xml_term(element: ET.Element) -> Value:
    kind, text = element.tag.removeprefix(SR), element.text or ""
    if kind == "triple":
        return ("triple", *(_xml_term(part[0]) for part in element))
    if kind in {"uri", "bnode"}:
        return (kind, text.strip())
    return _literal(text, element.get("datatype", ""), element.get(LANG, ""), element.get(ITS, ""))


def _from_tsv(body: bytes) -> Answer:
    head, *lines = body.decode("utf-8").rstrip("\n").split("\n")
    columns = [name.strip().removeprefix("?") for name in head.split("\t")]
    rows = []
    for line in lines:
        cells = zip(columns, line.split("\t"), strict=True)
        rows.append({name: _turtle_term(cell.strip()) for name, cell in cells if cell.strip()})
    return _table(columns, rows)


def _turtle_term(text: str) -> Value:
    (quad,) = ox.parse(f"<x:s> <x:p> {text} .", format=ox.RdfFormat.TURTLE)
    return _term(quad.object)


def _from_csv(body: bytes) -> str:
    """CSV says nothing of kinds of terms; rows are compared as texts, in any order, with numbers by value."""
    head, *rows = csv.reader(io.StringIO(body.decode("utf-8"), newline=""))
    order = sorted(range(len(head)), key=lambda position: head[position])
    # Blank nodes have labels of their own on either side.
    cells = [[_csv_cell(row[position]) for position in order] for row in rows if row]
    return json.dumps([sorted(head), sorted(cells)])


def _csv_cell(text: str) -> str:
    if text.startswith("_:"):
        return "_:"
    number = _number(text)
    return text if number is None else f"{number.normalize():f}"


def _from_graph(store: ox.Store, table: Any) -> Answer:
    """The W3C's vocabulary for result sets. Source: DAWG test cases, section "Result sets"."""

    def of(subject: Any, name: str) -> list[Any]:
        return [quad.object for quad in store.quads_for_pattern(subject, ox.NamedNode(RS + name), None)]

    if truth := of(table, "boolean"):
        return str(truth[0].value) == "true"
    numbered: list[tuple[int, dict[str, Value]]] = []
    for solution in of(table, "solution"):
        row = {of(b, "variable")[0].value: _term(of(b, "value")[0]) for b in of(solution, "binding")}
        index = of(solution, "index")
        numbered.append((int(index[0].value) if index else 0, row))
    numbered.sort(key=lambda pair: pair[0])
    columns = [each.value for each in of(table, "resultVariable")]
    return _table(columns, [row for _, row in numbered], is_ordered=any(index for index, _ in numbered))


def _triple(quad: ox.Quad | ox.Triple) -> Row:
    return (_term(quad.subject), _term(quad.predicate), _term(quad.object))


def _term(term: Any) -> Value:
    if isinstance(term, ox.NamedNode):
        return ("uri", term.value)
    if isinstance(term, ox.BlankNode):
        return ("bnode", term.value)
    if isinstance(term, ox.Triple):
        return ("triple", _term(term.subject), _term(term.predicate), _term(term.object))
    direction = getattr(term, "direction", None)
    datatype = "" if term.language else term.datatype.value
    return _literal(term.value, datatype, term.language or "", str(direction.value) if direction else "")


_EXACT = {
    XSD + name
    for name in (
        *("integer", "decimal", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger"),
        *("unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte", "negativeInteger", "nonPositiveInteger"),
    )
}


def _literal(text: str, datatype: str, language: str, direction: str) -> Value:
    if language:
        return ("literal", text, language.lower(), direction)
    datatype = datatype or XSD + "string"
    return ("literal", _value(text, datatype), datatype, "")


def _value(text: str, datatype: str) -> str:
    if datatype in _EXACT:
        number = _number(text)
        return text if number is None else f"{number.normalize():f}"
    if datatype in {XSD + "double", XSD + "float"}:
        try:
            return repr(float(text))
        except ValueError:
            return text
    if datatype == XSD + "boolean":
        return {"1": "true", "0": "false"}.get(text, text)
    if datatype in {XSD + "dateTime", XSD + "date"}:
        return text.replace("+00:00", "Z").replace(".000", "")
    return text


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def difference(expected: Answer, got: Answer, *, is_lax: bool = False) -> str:
    """What sets two answers apart, in words; empty if they are equal. ``is_lax`` overlooks repeated rows."""
    if isinstance(expected, bool | str) or isinstance(got, bool | str):
        return "" if expected == got else f"expected {expected}, got {got}"
    if isinstance(expected, Table) != isinstance(got, Table):
        return f"expected {type(expected).__name__}, got {type(got).__name__}"
    if isinstance(expected, Table) and isinstance(got, Table):
        if expected.columns != got.columns:
            return f"expected columns {expected.columns}, got {got.columns}"
        if expected.is_ordered:
            is_same = _renamed(expected.rows, got.rows, {}) is not None
            return "" if is_same else f"expected in this order {expected.rows}, got {got.rows}"
    is_set = is_lax or isinstance(expected, Triples)
    wanted = _counted(expected.rows, is_set=is_set)
    found = _counted(got.rows, is_set=is_set)
    return "" if _is_isomorphic(wanted, found) else f"expected {expected.rows}, got {got.rows}"


def _counted(rows: Sequence[Row], *, is_set: bool) -> list[tuple[Row, int]]:
    return [(row, 1 if is_set else count) for row, count in Counter(rows).items()]


def _blank_nodes(value: Any) -> Iterator[str]:
    if isinstance(value, tuple):
        if len(value) == 2 and value[0] == "bnode":
            yield value[1]
        else:
            for part in value:
                yield from _blank_nodes(part)


def _is_isomorphic(wanted: list[tuple[Row, int]], found: list[tuple[Row, int]]) -> bool:
    if len(wanted) != len(found):
        return False
    fixed = {pair for pair in wanted if not any(_blank_nodes(pair[0]))}
    if fixed != {pair for pair in found if not any(_blank_nodes(pair[0]))}:
        return False
    open_wanted = [pair for pair in wanted if pair not in fixed]
    return _matched(open_wanted, [pair for pair in found if pair not in fixed], {})


def _matched(wanted: list[tuple[Row, int]], found: list[tuple[Row, int]], names: dict[str, str]) -> bool:
    """Backtracking; the row with the fewest nodes still unnamed goes first."""
    if not wanted:
        return True
    wanted = sorted(wanted, key=lambda pair: sum(node not in names for node in _blank_nodes(pair[0])))
    (row, count), rest = wanted[0], wanted[1:]
    for position, (candidate, times) in enumerate(found):
        extended = _renamed(row, candidate, names) if times == count else None
        if extended is not None and _matched(rest, found[:position] + found[position + 1 :], extended):
            return True
    return False


def _renamed(a: Any, b: Any, names: dict[str, str]) -> dict[str, str] | None:
    """The renaming extended so that ``a`` becomes ``b``, or None."""
    if not (isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b)):
        return names if a == b else None
    if len(a) == 2 and a[0] == "bnode":
        if b[0] != "bnode":
            return None
        if a[1] in names:
            return names if names[a[1]] == b[1] else None
        return None if b[1] in names.values() else {**names, a[1]: b[1]}
    for left, right in zip(a, b, strict=True):
        extended = _renamed(left, right, names)
        if extended is None:
            return None
        names = extended
    return names
