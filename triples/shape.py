"""YAML nodes -> records, by the table in ``triples.schema``; every fault is kept and reading goes on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kg.duration import is_duration
from kg.errors import Fault
from ontology.english import article
from triples import keys, schema
from triples.hints import hint
from triples.keys import Key, RecordType, Type
from triples.records import Fact, Field, Quote, Record, Span
from triples.tree import Listing, Node, Place, Scalar, Table
from triples.units import unit_fault

_LOCAL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?")
_EXTERNAL = re.compile(r"([A-Za-z][A-Za-z.]*):([A-Za-z0-9][A-Za-z0-9._/()-]*)")
_INTEGER = re.compile(r"[0-9]+")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SPAN = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_OTHER_DASH = re.compile(r"[0-9]{1,9}\s*[-‐‑‒–—−]\s*[0-9]{1,9}")
_NOTHING = frozenset({"", "~", "null", "n/a"})  # what stands for no value elsewhere
_MOST_DIGITS = 15  # of a whole number: what JSON and spreadsheets keep exactly
_LINK = re.compile(r"([A-Za-z0-9._-]+/)?([a-z]+:)?[A-Za-z0-9._-]+")


class Shaper:
    """Reads nodes as records and collects what is wrong with them in ``faults``, and in ``unread`` what is no YAML."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.unread: set[str] = set()

    def fault(self, place: Place, reason: str) -> None:
        """Note a fault."""
        self.faults.append(place.fault(reason))

    def records(self, node: Node | None, kind: RecordType) -> tuple[Record, ...]:
        """A file that holds a list of records of one kind."""
        if node is None:
            return ()
        if not isinstance(node, Listing):
            self.fault(node.place, f"expected a list of {kind.name} records, each beginning with '- '")
            return ()
        found = (self.record(item, kind) for item in node.items)
        return tuple(record for record in found if record is not None)

    def record(self, node: Node, kind: RecordType) -> Record | None:
        """One record: known keys only, each once, all required ones, each value by its type."""
        if not isinstance(node, Table):
            self.fault(node.place, f"expected {article(kind.name)} {kind.name} record (key: value), not {node.sort}")
            return None
        fields: dict[str, tuple[Field, ...]] = {}
        for name, value in node.pairs:
            key = kind.key(name.text)
            if key is None:
                where = f"in {article(kind.name)} {kind.name}"
                self.fault(name.place, f"unknown key {name.text!r} {where}{_known_keys(name.text, kind)}")
            elif name.text in fields:
                cure = "write a list" if key.repeated else "it takes one value (a new record begins with '- ')"
                self.fault(name.place, f"key {name.text!r} is given twice in one {kind.name}; {cure}")
            else:
                fields[name.text] = self.values(value, key)
        for key in kind.keys:
            if key.required and key.name not in fields:
                self.fault(node.place, f"this {kind.name} has no {key.name!r}: {key.help}")
        return Record(kind.name, node.place, fields)

    def values(self, node: Node, key: Key) -> tuple[Field, ...]:
        """The values of a key, one or a list; those that cannot be read are left out and reported."""
        if isinstance(node, Listing):
            if not key.repeated:
                self.fault(node.place, f"{key.name!r} takes one {key.type.value}, not a list")
                return ()
            items = node.items
        else:
            items = (node,)
        found = (self.value(item, key) for item in items)
        return tuple(entry for entry in found if entry is not None)

    def value(self, node: Node, key: Key) -> Field | None:
        """One value, read by the key's type; None, and a fault, if it cannot be."""
        if key.type is Type.RECORD:
            record = self.record(node, schema.RECORDS[key.record])
            return Field(record, None, node.place) if record else None
        if not isinstance(node, Scalar):
            self.fault(node.place, f"{key.name!r} expects {key.type.value}, not {node.sort}")
            return None
        if node.text.strip().lower() in _NOTHING:
            self.fault(node.place, f"{key.name!r} has no value; leave the key out where nothing is known")
            return None
        value = _READERS[key.type](node.text.strip(), key)
        if isinstance(value, _Wrong):
            self.fault(node.place, f"{key.name}: {value.reason}")
            return None
        return Field(value, node, node.place)


@dataclass(frozen=True)
class _Wrong:
    """What a reader of values gives for a text that is none; where it stands the reader does not know."""

    reason: str


_Value = str | int | Decimal | bool | Fact | Span | Quote | _Wrong


def _known_keys(name: str, kind: RecordType) -> str:
    names = [key.name for key in kind.keys]
    longer = [known for known in names if known.startswith(f"{name}_")]
    if longer:
        return f"; did you mean {' or '.join(map(repr, longer))}?"
    return hint(name, names, otherwise=f"; it may have: {', '.join(names)}")


def curie_fault(text: str, kinds: tuple[str, ...]) -> str | None:
    """Why a text is not an identifier of one of the kinds; None if it is."""
    kind, colon, local = text.partition(":")
    if not colon:
        expected = f"{kinds[0]}:name" if len(kinds) == 1 else f"kind:name, such as {kinds[0]}:name"
        return f"{text!r} is not an identifier; expected {expected}"
    if kind not in kinds:
        known = kind in keys.ENTITY_KINDS or kind in keys.RECORD_KINDS
        what = "may not stand here" if known else "is not a kind"
        meant = hint(kind, kinds, 0.7, otherwise=f"; expected one of: {', '.join(kinds)}")
        return f"{text!r}: {kind!r} {what}{meant}"
    if not _LOCAL.fullmatch(local):
        return f"{text!r}: the name may hold only letters, digits, '.', '_' and '-', and not end in '.'"
    return None


def _read_text(text: str, _key: Key) -> _Value:
    return text


def _read_name(text: str, _key: Key) -> _Value:
    return text if _LOCAL.fullmatch(text) else _Wrong(f"{text!r} is not a local name (letters, digits, '.', '_', '-')")


def _read_curie(text: str, key: Key) -> _Value:
    reason = curie_fault(text, key.kinds)
    return _Wrong(reason) if reason else text


def _read_external(text: str, _key: Key) -> _Value:
    match = _EXTERNAL.fullmatch(text)
    if match is None:
        return _Wrong(f"{text!r} is not an external identifier such as CHEBI:9168")
    if match[1] not in keys.EXTERNAL_PREFIXES:
        known = keys.EXTERNAL_PREFIXES
        meant = hint(match[1].upper(), known, otherwise=f"; known: {', '.join(known)}")
        return _Wrong(f"unknown prefix {match[1]!r}{meant}")
    pattern, example = keys.EXTERNAL_PREFIXES[match[1]]
    if not re.fullmatch(pattern, match[2]):
        return _Wrong(f"{text!r} is no identifier of {match[1]}, which are written {match[1]}:{example}")
    return text


def _read_fact(text: str, _key: Key) -> _Value:
    words = text.split()
    if len(words) not in (2, 3):
        expected = "expected 'subject predicate object' or 'subject predicate'"
        return _Wrong(f"{expected}, each one word (docs/predicates.md lists the predicates), found {len(words)} words")
    nodes = (*keys.NODE_KINDS, "conflict")
    for word in (words[0], *words[2:]):
        reason = curie_fault(word, nodes)
        if reason:
            return _Wrong(reason)
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", words[1]):
        return _Wrong(f"the predicate {words[1]!r} is written without prefix, e.g. inhibits")
    return Fact(words[0], words[1], words[2] if len(words) == 3 else None)


def _read_integer(text: str, _key: Key) -> _Value:
    if not _INTEGER.fullmatch(text):
        return _Wrong(f"{text!r} is not a whole number, 0 or more")
    if len(text) > _MOST_DIGITS:
        return _Wrong(f"a whole number has at most {_MOST_DIGITS} digits, this one has {len(text)}")
    return int(text)


def _read_decimal(text: str, _key: Key) -> _Value:
    if not _DECIMAL.fullmatch(text):
        return _Wrong(f"{text!r} is not a number such as 4.5; put what is printed in value_text")
    return Decimal(text)


def _read_choice(text: str, key: Key) -> _Value:
    if text in key.choices:
        return text
    meant = hint(text.lower(), key.choices, 0.75, otherwise=";")
    return _Wrong(f"{text!r} is not allowed{meant} expected one of: {', '.join(key.choices)}")


def _read_yes_no(text: str, _key: Key) -> _Value:
    return {"yes": True, "no": False}[text] if text in ("yes", "no") else _Wrong(f"{text!r} is neither yes nor no")


def _read_duration(text: str, _key: Key) -> _Value:
    return text if is_duration(text) else _Wrong(f"{text!r} is not an ISO 8601 duration such as P4W, P28D or PT30M")


def _read_date(text: str, _key: Key) -> _Value:
    if not _DATE.fullmatch(text):
        return _Wrong(f"{text!r} is not a date such as 2021, 2021-05 or 2021-05-13")
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return _Wrong(f"there is no date {text}")
    return text


def _read_unit(text: str, _key: Key) -> _Value:
    reason = unit_fault(text)
    return _Wrong(reason) if reason else text


def _read_sha256(text: str, _key: Key) -> _Value:
    return text if _SHA256.fullmatch(text) else _Wrong("expected 64 lower-case hexadecimal digits")


def _read_passage(text: str, _key: Key) -> _Value:
    match = _SPAN.fullmatch(text)
    if match is None:
        is_span = _OTHER_DASH.fullmatch(text)
        return _Wrong(f"{text!r}: offsets are joined by a plain hyphen, such as 9-47") if is_span else Quote(text)
    start, end = int(match[1]), int(match[2])
    return Span(start, end) if start < end else _Wrong(f"{text!r} ends before it begins")


def _read_link(text: str, _key: Key) -> _Value:
    return text if _LINK.fullmatch(text) else _Wrong(f"{text!r} is not an id such as local-id or 002/local-id")


_READERS = {
    Type.TEXT: _read_text,
    Type.NAME: _read_name,
    Type.CURIE: _read_curie,
    Type.EXTERNAL: _read_external,
    Type.FACT: _read_fact,
    Type.INTEGER: _read_integer,
    Type.DECIMAL: _read_decimal,
    Type.CHOICE: _read_choice,
    Type.YES_NO: _read_yes_no,
    Type.DURATION: _read_duration,
    Type.DATE: _read_date,
    Type.UNIT: _read_unit,
    Type.SHA256: _read_sha256,
    Type.PASSAGE: _read_passage,
    Type.LINK: _read_link,
}
