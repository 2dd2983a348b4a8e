"""docs/curating-reference.md, written from the table of records: every key, its type, its property."""

from __future__ import annotations

from collections.abc import Iterator

from triples import keys, schema
from triples.keys import Key, RecordType, Type


def reference_page() -> str:
    """The text that docs/curating-reference.md should have; `python -m triples` writes it."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Curated records: every key"
    yield ""
    yield "Written by `python -m triples` from `triples/schema.py`."
    yield "[Curating a document](curating.md) explains them with examples. A key marked **must** has to be"
    yield "there; one marked *list* may have several values."
    for record in schema.RECORDS.values():
        yield ""
        yield f"## {record.name}"
        yield ""
        yield record.help
        yield ""
        yield from _table(record)


def _table(record: RecordType) -> Iterator[str]:
    yield "| key | value | means | RDF |"
    yield "|---|---|---|---|"
    for key in record.keys:
        marks = " **must**" * key.required + " *list*" * key.repeated
        yield f"| `{key.name}`{marks} | {_value(key)} | {key.help} | {_rdf(key)} |"


def _rdf(key: Key) -> str:
    return f"`{key.rdf}`" if key.rdf else ""


def _value(key: Key) -> str:
    if key.type is Type.CHOICE:
        return ", ".join(f"`{choice}`" for choice in key.choices)
    if key.type is Type.CURIE:
        every = key.kinds in (keys.ENTITY_KINDS, keys.NODE_KINDS, keys.GIVEN_KINDS)
        return "identifier" if every else " or ".join(f"`{kind}:`" for kind in key.kinds)
    if key.type is Type.RECORD:
        return f"[{key.record}](#{key.record.replace(' ', '-')})"
    return str(key.type.value)
