"""Ontologies as classes under classes: OBO files, OBO graphs in JSON, and lists of terms in JSON.

``is_a`` becomes ``rdfs:subClassOf``; other relations keep their identifier. Obsolete terms are left out and
listed among the rejects.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ontology.terms import PREFIXES
from triples.imports.categories import category_of_term
from triples.imports.files import bare_suffix, json_records, numbered_lines, open_binary
from triples.imports.identifiers import BIOLINK, NAMESPACES, Identifiers
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
        if text.startswith("[") and text.endswith("]"):
            yield from _stanza(kind, start, tags, identifiers)
            kind, start, tags = text, number, []
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


def _json(path: Path, identifiers: Identifiers) -> Iterator[Row]:
    with open_binary(path) as stream:
        head = stream.read(64).decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if head.startswith("["):
        yield from _term_list(path, identifiers)
        return
    with open_binary(path) as stream:  # an OBO graph is one object: it is held whole
        try:
            graphs = json.load(stream)["graphs"]
        except (ValueError, KeyError, TypeError) as fault:
            raise UnreadableFile(path.name, f"neither a list of terms nor an OBO graph ({fault})") from fault
    for graph in graphs:
        yield from _obo_graph(graph, identifiers)


def _term_list(path: Path, identifiers: Identifiers) -> Iterator[Row]:
    for row in json_records(path):
        if isinstance(row, Reject):
            yield row
            continue
        place, record = row
        try:
            space = NAMESPACES.get(_SPACE_BY_OBO_NAMESPACE.get(str(record.get("namespace", "")), ""))
            iri = identifiers.iri(str(record["id"]), space)
            category = category_of_term(iri, str(record.get("namespace", "")))
            xrefs = (f"{xref['namespace']}:{xref['id']}" for xref in record.get("xrefs", ()))
            yield Node(
                place, iri, str(record.get("name", "")), (BIOLINK + category,) if category else (),
                tuple(dict.fromkeys(map(str, record.get("synonyms", ())))), (), tuple(_xrefs(xrefs, identifiers)),
                str(record.get("definition", "") or ""),
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            yield Reject(place, f"not a term: {fault!r}", json.dumps(record, ensure_ascii=False))
            continue
        for relation, targets in record.get("relations", {}).items():
            for target in targets:
                try:
                    predicate, end = _predicate(relation, identifiers), identifiers.iri(str(target), space)
                    yield Edge(place, iri, predicate, end)
                except ValueError as fault:
                    yield Reject(place, str(fault), f"{iri} {relation} {target}")


def _obo_graph(graph: Mapping[str, Any], identifiers: Identifiers) -> Iterator[Row]:
    for place, record in enumerate(graph.get("nodes", ()), 1):
        meta = record.get("meta") or {}
        text = json.dumps({name: record.get(name) for name in ("id", "lbl", "type")}, ensure_ascii=False)
        if record.get("type", "CLASS") != "CLASS":
            continue  # properties and individuals are no terms
        try:
            iri = identifiers.iri(_short(record["id"]))
        except (ValueError, KeyError) as fault:
            yield Reject(place, f"not a term: {fault}", text)
            continue
        if meta.get("deprecated"):
            yield Reject(place, "an obsolete term", text)
            continue
        category = category_of_term(iri)
        yield Node(
            place, iri, record.get("lbl") or "", (BIOLINK + category,) if category else (),
            tuple(dict.fromkeys(synonym["val"] for synonym in meta.get("synonyms", ()))), (),
            tuple(_xrefs((xref["val"] for xref in meta.get("xrefs", ())), identifiers)),
            (meta.get("definition") or {}).get("val", ""),
        )  # fmt: skip
    for place, record in enumerate(graph.get("edges", ()), 1):
        try:
            ends = identifiers.iri(_short(record["sub"])), identifiers.iri(_short(record["obj"]))
            yield Edge(place, ends[0], _predicate(record["pred"], identifiers), ends[1])
        except (ValueError, KeyError) as fault:
            yield Reject(place, f"not a relation: {fault}", json.dumps(record, ensure_ascii=False))


def _short(iri: str) -> str:
    """OBO graphs write terms of other vocabularies as IRIs or CURIEs; both name the same thing here."""
    return iri
