"""Graphs as JSON-LD with short names: the engine writes every IRI in full, one property as long as a line.

A graph is an object with ``@context``, the prefixes, and ``@graph``, an object a subject (several where its triples do
not follow each other). Nothing is held but the triples of one subject.
Source: JSON-LD 1.1 (W3C REC 2020-07-16), sections 4.1 and 9.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import IO, Any

import pyoxigraph as ox

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_STRING = f"{_XSD}string"
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")  # what JSON numbers hold without loss everywhere
_SPLIT = re.compile(r"(.*[/#])(?!//)(.+)", re.DOTALL)

Spell = Callable[[str], str]


def context(prefixes: Mapping[str, str]) -> dict[str, str]:
    """The prefixes that JSON-LD may shorten with: those of a plain name whose namespace ends a part of an IRI.

    >>> context({"drug": "https://w3id.org/sarcoma-kg/drug/", "CHEBI": "http://purl.obolibrary.org/obo/CHEBI_"})
    {'drug': 'https://w3id.org/sarcoma-kg/drug/'}
    """
    return {name: iri for name, iri in prefixes.items() if _PREFIX.fullmatch(name) and iri.endswith(("/", "#"))}


def write_json_ld(triples: Iterable[ox.Triple], prefixes: Mapping[str, str], output: IO[bytes]) -> None:
    """Write a graph. Raises: ValueError for a triple within a triple; whatever ``output.write`` raises."""
    known = context(prefixes)
    prefix_of = {iri: name for name, iri in known.items()}

    def short(iri: str) -> str:
        found = _SPLIT.fullmatch(iri)
        prefix = prefix_of.get(found[1]) if found else None
        return f"{prefix}:{found[2]}" if found and prefix else iri

    output.write(b'{"@context":' + _json(known) + b',"@graph":[')
    between = b"\n"
    for subject, group in groupby(triples, lambda triple: triple.subject):
        own = list(group)
        node = _node(subject, own, str) if _misread(own, known) else _node(subject, own, short)
        output.write(between + _json(node))
        between = b",\n"
    output.write(b"\n]}\n")


def _misread(triples: Iterable[ox.Triple], known: Mapping[str, str]) -> bool:
    """Whether an IRI begins as a short name does: its whole node is then told in full."""
    terms = (term for triple in triples for term in (triple.subject, triple.predicate, triple.object))
    iris = (term.value for term in terms if isinstance(term, ox.NamedNode))
    return any(iri.partition(":")[0] in known and "://" not in iri for iri in iris)


def _node(subject: object, triples: Iterable[ox.Triple], spell: Spell) -> dict[str, Any]:
    node: dict[str, Any] = {"@context": None} if spell is str else {}
    node["@id"] = _id(subject, spell)
    values: dict[str, list[Any]] = {}
    for triple in triples:
        predicate, target = triple.predicate.value, triple.object
        if predicate == _TYPE and isinstance(target, ox.NamedNode):
            values.setdefault("@type", []).append(spell(target.value))
        else:
            values.setdefault(spell(predicate), []).append(_value(target, spell))
    return node | {key: own[0] if len(own) == 1 else own for key, own in values.items()}


def _id(term: object, spell: Spell) -> str:
    return spell(term.value) if isinstance(term, ox.NamedNode) else str(term)


def _value(term: object, spell: Spell) -> Any:
    if isinstance(term, ox.Triple):
        raise ValueError("JSON-LD has no triples within triples")  # noqa: TRY004 - of the data, not of the type
    if not isinstance(term, ox.Literal):
        return {"@id": _id(term, spell)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    datatype = term.datatype.value
    if datatype == _STRING:
        return term.value
    if datatype == f"{_XSD}integer" and _INTEGER.fullmatch(term.value):
        return int(term.value)
    if datatype == f"{_XSD}boolean" and term.value in {"true", "false"}:
        return term.value == "true"
    return {"@value": term.value, "@type": spell(datatype)}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
