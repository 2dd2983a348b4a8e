"""KGX: nodes and edges in Biolink terms, as tab-separated tables or as lines of JSON.

Source: KGX format specification, https://github.com/biolink/kgx/blob/master/specification/kgx-format.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.codec import literal, named
from triples.imports.files import bare_suffix, numbered_lines, table_header, table_rows
from triples.imports.identifiers import BIOLINK, Identifiers, biolink
from triples.imports.json_values import json_value
from triples.imports.predicates import qualified_direction
from triples.imports.rows import Edge, Node, Opened, Reject, Row, Source, UnreadableFile

Record = Mapping[str, Any]

_IDENTIFIER_SLOTS = frozenset(
    {
        "publications",
        "primary_knowledge_source",
        "aggregator_knowledge_source",
        "has_evidence",
        "knowledge_source",
        "provided_by",
    }
)
_CORE = frozenset({"subject", "predicate", "object", "negated", "relation"})
_CURIE = re.compile(r"[^\s:]+:[^\s:]\S*")
_OTHER_NAMES = ("synonym", "synonyms", "symbol", "full_name")
_SAME_AS = ("same_as", "equivalent_identifiers", "equivalent_curies", "exact_match")


def read_kgx(source: Source) -> Iterator[Row]:
    """The rows of node files, then those of edge files, whatever order they are given in.

    Raises: UnreadableFile for a file that is neither.
    """
    identifiers = Identifiers(source.name)
    roles = {path: _holds_edges(path) for path in source.files}
    for path, edges in sorted(roles.items(), key=lambda item: item[1]):
        yield Opened(path)
        for row in _records(path, source.lines_read.get(path, 0)):
            if isinstance(row, Reject):
                yield row
                continue
            line, record = row
            try:
                yield kgx_edge(line, record, identifiers) if edges else kgx_node(line, record, identifiers)
            except ValueError as fault:
                yield Reject(line, str(fault), json.dumps(record, ensure_ascii=False))


def is_kgx(names: list[str]) -> bool:
    """Whether these columns are those of a KGX file."""
    return {"subject", "predicate", "object"} <= set(names) or {"id", "category"} <= set(names)


def _holds_edges(path: Path) -> bool:
    names = table_header(path) if _is_table(path) else _first_keys(path)
    if not is_kgx(names):
        raise UnreadableFile(path.name, f"neither subject, predicate, object nor id, category among {', '.join(names)}")
    return "subject" in names


def _is_table(path: Path) -> bool:
    return bare_suffix(path) not in (".jsonl", ".ndjson")


def _first_keys(path: Path) -> list[str]:
    """The names in the first object that is a node or an edge, or else in the first one of all."""
    first: list[str] = []
    for row in _records(path):
        if not isinstance(row, Reject):
            first = first or list(row[1])
            if is_kgx(list(row[1])):
                return list(row[1])
    if not first:
        raise UnreadableFile(path.name, "no line of it is a JSON object")
    return first


def _records(path: Path, after: int = 0) -> Iterator[tuple[int, Record] | Reject]:
    if _is_table(path):
        header = table_header(path)
        for row in table_rows(path, header, after):
            yield row if isinstance(row, Reject) else (row[0], dict(zip(header, row[1], strict=True)))
        return
    for line in numbered_lines(path, after):
        if isinstance(line, Reject):
            yield line
            continue
        number, text = line
        if not text.strip():
            continue
        try:
            record = json_value(text)
        except ValueError as fault:
            yield Reject(number, f"not JSON: {fault}", text)
            continue
        yield (number, record) if isinstance(record, dict) else Reject(number, "not a JSON object", text)


def kgx_node(line: int, record: Record, identifiers: Identifiers) -> Node:
    """A node record. Raises: ValueError saying what is missing or wrong."""
    names = _values(record, "name")
    return Node(
        line,
        identifiers.iri(_one(record, "id")),
        next(iter(names), ""),
        tuple(biolink(text, slot=False) for text in _listed(record, "category")),
        tuple(dict.fromkeys(names[1:] + [text for slot in _OTHER_NAMES for text in _listed(record, slot)])),
        tuple(identifiers.iri(text) for slot in _SAME_AS for text in _listed(record, slot)),
        tuple(identifiers.iri(text) for text in _listed(record, "xref")),
        " ".join(_values(record, "description")),
    )


def kgx_edge(line: int, record: Record, identifiers: Identifiers) -> Edge:
    """An edge record. Raises: ValueError saying what is missing or wrong."""
    qualifiers = {name: _one(record, name) for name in record if name.endswith("_qualifier") and _values(record, name)}
    properties = tuple(_properties(record, identifiers))
    return Edge(
        line,
        identifiers.iri(_one(record, "subject")),
        _predicate(_one(record, "predicate"), identifiers),
        identifiers.iri(_one(record, "object")),
        qualified_direction(qualifiers),
        properties,
        "".join(_values(record, "negated")).casefold() in ("true", "1", "yes"),
        " ".join(_values(record, "id")) or " ".join(map(" ".join, properties)),
    )


def _predicate(text: str, identifiers: Identifiers) -> str:
    """Raises: ValueError for bare words, of which nobody can say whose they are."""
    if "://" not in text and not _CURIE.fullmatch(text):
        raise ValueError(f"predicate {text!r} is neither a CURIE nor an IRI")
    return identifiers.iri(text)


def _properties(record: Record, identifiers: Identifiers) -> Iterator[tuple[str, str]]:
    for name in sorted(record):
        if name in _CORE:
            continue
        predicate = BIOLINK + name if name.isidentifier() else identifiers.own("property", name)
        for text in _listed(record, name):
            yield predicate, _reference(text, identifiers) if name in _IDENTIFIER_SLOTS else str(literal(text))


def _reference(text: str, identifiers: Identifiers) -> str:
    """A source or publication as an N-Triples term: a text where it is no identifier."""
    try:
        return str(named(identifiers.iri(text)) if ":" in text else literal(text))
    except ValueError:
        return str(literal(text))


def _one(record: Record, name: str) -> str:
    """The value of a slot that has one. Raises: ValueError."""
    values = _values(record, name)
    if len(values) != 1:
        raise ValueError(f"{len(values)} values of {name}" if values else f"no {name}")
    return values[0]


def _values(record: Record, name: str) -> list[str]:
    """What a slot says: a text as it stands, or the members of a JSON array."""
    value = record.get(name)
    members = value if isinstance(value, list) else [value]
    return [text for member in members if (text := _plain(member))]


def _listed(record: Record, name: str) -> list[str]:
    """The values of a slot that may have several: members of an array, or parts of a text between vertical bars."""
    values = _values(record, name)
    if not isinstance(record.get(name), str):
        return values
    return [part for value in values for text in value.split("|") if (part := text.strip())]


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return "" if value is None else str(value).strip()
