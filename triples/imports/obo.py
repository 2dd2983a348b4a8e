"""Ontologies as classes under classes: OBO files, OBO graphs in JSON, and lists of terms in JSON.

``is_a`` becomes ``rdfs:subClassOf``; other relations keep their identifier. Obsolete terms are left out and
listed among the rejects.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ontology.terms import PREFIXES
from triples.imports.categories import category_of_term
from triples.imports.files import bare_suffix, numbered_lines, open_binary
from triples.imports.identifiers import BIOLINK, NAMESPACES, Identifiers
from triples.imports.json_values import json_graphs, json_records, text_of
from triples.imports.rows import Edge, Node, Opened, Reject, Row, Source, UnreadableFile

SUBCLASS_OF = f"{PREFIXES['rdfs']}subClassOf"
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_COMMENT = re.compile(r"(?<!\\) +! .*$")
_SPACE_BY_OBO_NAMESPACE = {"mondo": "mondo", "hp": "hp", "chebi": "chebi"}


def read_obo(source: Source) -> Iterator[Row]:
    """The terms and relations of ontology files. Raises: UnreadableFile for JSON of another shape."""
    identifiers = Identifiers(source.name)
    for path in source.files:
        yield Opened(path)
        if bare_suffix(path) == ".json":
            yield from _json(path, identifiers)
        else:
            yield from _stanzas(path, identifiers)


# --- OBO 1.4 -------------------------------------------------------------------------------


def _stanzas(path: Path, identifiers: Identifiers) -> Iterator[Row]:
    kind, start, tags = "", 0, list[tuple[int, str, str]]()
    for row in numbered_lines(path):
        if isinstance(row, Reject):
            yield row
            continue
        number, text = row
        text = text.strip()
        if text.startswith("["):
            yield from _stanza(kind, start, tags, identifiers)
            kind, start, tags = _COMMENT.sub("", text), number, []
            if not kind.endswith("]"):
                yield Reject(number, "the name of a stanza does not end; nothing up to the next one was read", text)
        elif text and not text.startswith("!"):
            tag, colon, value = text.partition(":")
            if colon:
                tags.append((number, tag, value.strip()))
            else:
                yield Reject(number, "neither a stanza nor a tag with a value", text)
    yield from _stanza(kind, start, tags, identifiers)


def _stanza(kind: str, start: int, tags: list[tuple[int, str, str]], identifiers: Identifiers) -> Iterator[Row]:
    if kind != "[Term]":
        return
    values: dict[str, list[str]] = {}
    for _, tag, value in tags:
        values.setdefault(tag, []).append(_COMMENT.sub("", value))
    text = "; ".join(f"{tag}: {value}" for _, tag, value in tags[:3])
    try:
        iri = identifiers.iri(_plain(values.get("id", [""])[0]))
        if values.get("is_obsolete", [""])[0].startswith("true"):
            yield Reject(start, "an obsolete term", text)
            return
        yield _term(start, iri, values, identifiers)
    except ValueError as fault:
        yield Reject(start, str(fault), text)
        return
    for number, tag, value in tags:
        if tag in ("is_a", "relationship"):
            yield _relation(number, iri, tag, _COMMENT.sub("", value), identifiers)


def _term(line: int, iri: str, values: Mapping[str, list[str]], identifiers: Identifiers) -> Node:
    category = category_of_term(iri, values.get("namespace", [""])[0])
    synonyms = [match[1].replace('\\"', '"') for value in values.get("synonym", []) if (match := _QUOTED.match(value))]
    definition = _QUOTED.match(values.get("def", [""])[0])
    return Node(
        line,
        iri,
        values.get("name", [""])[0],
        (BIOLINK + category,) if category else (),
        tuple(dict.fromkeys(synonyms)),
        (),
        tuple(_xrefs((value.split(" ")[0] for value in values.get("xref", [])), identifiers)),
        definition[1].replace('\\"', '"') if definition else "",
    )


def _relation(line: int, iri: str, tag: str, value: str, identifiers: Identifiers) -> Row:
    words = re.sub(r"\{.*\}$", "", value).split()
    relation, target = ("is_a", words[:1]) if tag == "is_a" else ("".join(words[:1]), words[1:2])
    try:
        return Edge(line, iri, _predicate(relation, identifiers), identifiers.iri(_plain("".join(target))))
    except ValueError as fault:
        return Reject(line, str(fault), f"{tag}: {value}")


def _plain(text: str) -> str:
    return text.strip().replace("\\:", ":")


def _predicate(relation: str, identifiers: Identifiers) -> str:
    if not relation:
        raise ValueError("a relation has no name")
    if relation in ("is_a", "subClassOf"):
        return SUBCLASS_OF
    if relation.startswith(("RO:", "BFO:", "http")):
        return identifiers.iri(
            relation if relation.startswith(("RO:", "http")) else relation.replace("BFO:", "OBO:BFO_")
        )
    return identifiers.own("predicate", relation)


def _xrefs(texts: Iterator[str], identifiers: Identifiers) -> Iterator[str]:
    """Those cross-references that belong to a known vocabulary."""
    for text in texts:
        if _plain(text).partition(":")[0].casefold() in NAMESPACES:
            try:
                yield identifiers.iri(_plain(text))
            except ValueError:
                continue  # the term itself is fine; an odd cross-reference of it names nothing


# --- JSON ----------------------------------------------------------------------------------

_ODD = (ValueError, KeyError, TypeError, AttributeError)  # what values of another shape than expected lead to
Record = Mapping[str, Any]
Reader = Callable[[int, Record, Identifiers], Iterator[Row]]


def _json(path: Path, identifiers: Identifiers) -> Iterator[Row]:
    with open_binary(path) as stream:
        head = stream.read(64).decode("utf-8", "replace").lstrip()
    if head.startswith("["):
        for row in json_records(path):
            yield from [row] if isinstance(row, Reject) else _rows(_listed_term, *row, identifiers)
        return
    try:
        for part in json_graphs(path, "graphs", _GRAPH):
            if isinstance(part, Reject):
                yield part
            else:
                name, place, record = part
                yield from _rows(_GRAPH[name], place, record, identifiers)
    except UnreadableFile as fault:
        reason = f"neither a list of terms nor an OBO graph ({fault.reason})"
        raise UnreadableFile(path.name, reason) from fault


def _rows(reader: Reader, place: int, record: Record, identifiers: Identifiers) -> Iterator[Row]:
    """What a record says as far as it can be read."""
    try:
        yield from reader(place, record, identifiers)
    except _ODD as fault:
        what = "relation" if reader is _graph_relation else "term"
        why = f"no {fault}" if isinstance(fault, KeyError) else fault
        yield Reject(place, f"not a {what}: {why}", json.dumps(record, ensure_ascii=False))


def _listed_term(place: int, record: Record, identifiers: Identifiers) -> Iterator[Row]:
    """A member of a list of terms, as pyobo writes them."""
    obo_namespace = text_of(record.get("namespace") or "")
    space = NAMESPACES.get(_SPACE_BY_OBO_NAMESPACE.get(obo_namespace, ""))
    iri = identifiers.iri(text_of(record["id"]), space)
    category = category_of_term(iri, obo_namespace)
    xrefs = (f"{text_of(xref['namespace'])}:{text_of(xref['id'])}" for xref in record.get("xrefs") or ())
    relations = [*(record.get("relations") or {}).items()]
    yield Node(
        place, iri, text_of(record.get("name") or ""), (BIOLINK + category,) if category else (),
        tuple(dict.fromkeys(map(text_of, record.get("synonyms") or ()))), (), tuple(_xrefs(xrefs, identifiers)),
        text_of(record.get("definition") or ""),
    )  # fmt: skip
    for relation, targets in relations:
        for target in targets if isinstance(targets, list) else [targets]:
            try:
                predicate, end = _predicate(relation, identifiers), identifiers.iri(text_of(target), space)
                yield Edge(place, iri, predicate, end)
            except (ValueError, TypeError) as fault:
                yield Reject(place, str(fault), f"{iri} {relation} {target}")


def _graph_term(place: int, record: Record, identifiers: Identifiers) -> Iterator[Row]:
    """A node of an OBO graph; properties and individuals are no terms."""
    if record.get("type", "CLASS") != "CLASS":
        return
    iri, meta = identifiers.iri(text_of(record["id"])), record.get("meta") or {}
    label = text_of(record.get("lbl") or "")
    if meta.get("deprecated"):
        yield Reject(place, "an obsolete term", f"{iri} {label}")
        return
    category = category_of_term(iri)
    synonyms = (text_of(synonym["val"]) for synonym in meta.get("synonyms") or ())
    xrefs = (text_of(xref["val"]) for xref in meta.get("xrefs") or ())
    yield Node(
        place, iri, label, (BIOLINK + category,) if category else (), tuple(dict.fromkeys(synonyms)), (),
        tuple(_xrefs(xrefs, identifiers)), text_of((meta.get("definition") or {}).get("val") or ""),
    )  # fmt: skip


def _graph_relation(place: int, record: Record, identifiers: Identifiers) -> Iterator[Row]:
    """An edge of an OBO graph."""
    start, end = (identifiers.iri(text_of(record[name])) for name in ("sub", "obj"))
    yield Edge(place, start, _predicate(text_of(record["pred"]), identifiers), end)


_GRAPH: Mapping[str, Reader] = {"nodes": _graph_term, "edges": _graph_relation}
