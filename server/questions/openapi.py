"""OpenAPI 3.1 description of the JSON API, made from the question table and the answers' dataclasses."""

from __future__ import annotations

import dataclasses
import inspect
import re
import types
import typing
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from kg.cards import DocumentCard, FactCard, StudyCard
from kg.evidence.cases import Timeline
from kg.evidence.history import TimelineEntry
from kg.evidence.measures import DefinitionRef
from kg.evidence.regimens import ComponentRow
from kg.evidence.rows import ConflictRow, EvidenceRow, PopulationRow
from kg.model import PassageRef
from ontology.terms import PROPERTIES
from server.questions.parameters import Parameter
from server.questions.present import Listing
from server.questions.table import Question

_JSON_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
_FILES = {"csv": "text/csv", "svg": "image/svg+xml"}
_KINDS = {"text": "string", "integer": "integer", "flag": "boolean"}
# Fields that mean the same wherever a thing is named, and wherever there may be more than is listed.
_OF_THINGS = {
    "id": "its IRI",
    "curie": "its IRI in short, as parameters take it: drug:sirolimus",
    "type": "its class, by the local name",
    "label": "its preferred name",
}
_OF_LISTS = {
    "limit": "the most that are listed",
    "total": "how many there are; null where not all were counted",
    "truncated": "whether there may be more than are listed",
    "truncated_by": "what the list was cut by, such as limit or timeout; null where it is whole",
}
# Records whose fields are the properties of their names in the vocabulary, which says what these mean.
_RECORDS = (
    ComponentRow, ConflictRow, DefinitionRef, DocumentCard, EvidenceRow, FactCard, PassageRef, PopulationRow, StudyCard,
    Timeline, TimelineEntry,
)  # fmt: skip


def describe_api(questions: Iterable[Question], version: str = "1") -> dict[str, Any]:
    """The description as plain values. Source: OpenAPI Specification 3.1.1."""
    schemas: dict[str, Any] = {"Problem": _PROBLEM}
    paths = {"/api/v1" + _plain(question.path): {"get": _operation(question, schemas)} for question in questions}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "sarcoma-kg",
            "version": version,
            "description": "How sarcoma drugs act, and what came of giving them; every fact with its passage.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


def _plain(path: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)


def _operation(question: Question, schemas: dict[str, Any]) -> dict[str, Any]:
    problem = {
        "description": "What is wrong and what would be right",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    answer: dict[str, Any] = {"application/json": {"schema": _answer(question, schemas)}}
    named = next((parameter.choices for parameter in question.parameters if parameter.name == "format"), ())
    answer |= {_FILES[name]: {"schema": {"type": "string"}} for name in named if name in _FILES}
    return {
        "operationId": question.name,
        "summary": question.summary,
        "parameters": [*map(_parameter, question.parameters), *([_OTHERS] if question.others else [])],
        "responses": {"200": {"description": "The answer", "content": answer}, "4XX": problem, "5XX": problem},
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": _KINDS[parameter.kind]}
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    bounds = {"minimum": parameter.low, "maximum": parameter.high, "default": parameter.default}
    schema |= {name: value for name, value in bounds.items() if value is not None}
    if parameter.repeated:
        schema = {"type": "array", "items": schema}
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": "path" if parameter.in_path else "query",
        "required": parameter.required or parameter.in_path,
        "description": parameter.help,
        "schema": schema,
    }
    if parameter.repeated:
        described["explode"] = True
    if parameter.example is not None:
        described["example"] = [parameter.example] if parameter.repeated else parameter.example
    return described


def _answer(question: Question, schemas: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of an answer; a list says of what."""
    own = _schema(question.answers, schemas)
    if not question.is_list:
        return own
    items = {"type": "object", "properties": {"items": {"type": "array", "items": own}}}
    return {"allOf": [_schema(Listing, schemas), items]}


def _schema(annotation: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of a type as ``server.questions.present`` prints it."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        return _reference(annotation, schemas)
    if annotation in _JSON_TYPES:
        return {"type": _JSON_TYPES[annotation]}
    if origin is typing.Literal:
        return {"enum": list(inner)}
    if origin in {typing.Union, types.UnionType}:
        return {"anyOf": [_schema(one, schemas) for one in inner]}
    if origin is tuple and inner and inner[-1] is not Ellipsis:
        return {"type": "array", "prefixItems": [_schema(one, schemas) for one in inner]}
    if origin in {tuple, list, frozenset, set}:
        return {"type": "array", "items": _schema(inner[0], schemas)}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _schema(inner[1], schemas)}
    return {}


def _reference(cls: type, schemas: dict[str, Any]) -> dict[str, Any]:
    name = cls.__name__
    if name not in schemas:
        schemas[name] = {}  # a placeholder ends the recursion of a class that holds itself
        hints, (summary, _) = typing.get_type_hints(cls), _docstring(cls)
        shown = [item.name for item in dataclasses.fields(cls) if not item.name.startswith("_")]
        told = _meanings(cls, shown)
        schemas[name] = {
            "type": "object",
            "description": summary,
            "required": [field.rstrip("_") for field in shown],
            "properties": {
                field.rstrip("_"): _schema(hints[field], schemas)
                | ({"description": told[field]} if field in told else {})
                for field in shown
            },
        }
    return {"$ref": f"#/components/schemas/{name}"}


def _meanings(cls: type, fields: Collection[str]) -> dict[str, str]:
    """What the fields of a dataclass mean: by itself or its bases, else by the vocabulary, else as everywhere."""
    told = (_OF_THINGS if "curie" in fields else {}) | (_OF_LISTS if "truncated" in fields else {})
    if cls in _RECORDS:
        words = {field: re.sub(r"_(\w)", lambda letter: letter[1].upper(), field) for field in fields}
        found = {field: PROPERTIES.get(name) or PROPERTIES.get(name.removesuffix("s")) for field, name in words.items()}
        told |= {
            field: _in_json(term.definition)
            for field, term in found.items()
            if term and term.subject_kinds and field not in told
        }
    for each in reversed(cls.__mro__):
        told |= _docstring(each)[1]
    return told


def _docstring(cls: type) -> tuple[str, dict[str, str]]:
    """What a dataclass says of itself and of its attributes, in the words of JSON."""
    summary, _, attributes = (inspect.getdoc(cls) or "").partition("\n\nAttributes:\n")
    attributes = attributes.partition("\n\n")[0]
    found = re.findall(r"^ {4}(\w+(?:, \w+)*): (.*(?:\n {8}.*)*)", attributes, re.MULTILINE)
    told = ((name, text) for names, text in found for name in names.split(", "))
    return _in_json(summary), {name: _in_json(text) for name, text in told}


def _in_json(text: str) -> str:
    plain = re.sub(r":(?:class|func|mod):`~?([^`]*)`", r"`\1`", text.replace("``", "`"))
    words = re.sub(r"\b(?:None|True|False)\b", lambda word: {"None": "null"}.get(word[0], word[0].lower()), plain)
    return " ".join(words.split())


_PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "stable; see docs/api.md"},
    },
}

# Free names in the query string: OpenAPI 3.1, "style: form" with an exploded object.
_OTHERS: dict[str, Any] = {
    "name": "parameters",
    "in": "query",
    "required": False,
    "description": "the parameters that /questions lists for this id, each by its own name",
    "schema": {"type": "object", "additionalProperties": {"type": "string"}},
    "style": "form",
    "explode": True,
}
