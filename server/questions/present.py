"""Answers as JSON: the frozen dataclasses of ``kg``, field by field; HTTP, command line and library cannot disagree.

Every key is always there; what is absent is null. Sets come sorted.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from json.encoder import encode_basestring
from typing import Any

_PLAIN = frozenset({type(None), str, bool, int, float})


def as_json(value: Any) -> Any:
    """Turn an answer into what ``json.dumps`` takes.

    Raises: TypeError for a value that no answer should hold.
    """
    kind = type(value)
    if kind in _PLAIN or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        return [as_json(entry) for entry in value]
    if dataclasses.is_dataclass(kind):
        return {key: as_json(getattr(value, name)) for name, key in _keys_of(kind)}
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Enum):
        return as_json(value.value)
    if isinstance(value, Mapping):
        return {str(key): as_json(entry) for key, entry in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(as_json(entry) for entry in value)
    raise TypeError(f"{kind.__name__} has no JSON form")


@cache
def _keys_of(kind: type) -> tuple[tuple[str, str], ...]:
    """Fields of a dataclass, each with its key.

    One that would clash with a keyword ends in an underscore in Python, and does not on the wire.
    """
    names = (item.name for item in dataclasses.fields(kind))
    return tuple((name, name.rstrip("_")) for name in names if not name.startswith("_"))


def dumps(value: Any) -> str:
    """The JSON text of an answer, the same on the wire and on a terminal; a newline ends it."""
    return _text(as_json(value), "\n") + "\n"


def _text(value: Any, line: str) -> str:
    """What ``json.dumps`` with an indent of 2 gives, which takes twice as long because it is not written in C.

    Args:
        value: of the types that :func:`as_json` gives.
        line: a line break and the blanks that begin the lines it stands on.
    """
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    inner = line + "  "
    if isinstance(value, dict) and value:
        entries = [f"{encode_basestring(key)}: {_text(entry, inner)}" for key, entry in value.items()]
        return f"{{{inner}{f',{inner}'.join(entries)}{line}}}"
    if isinstance(value, list) and value:
        return f"[{inner}{f',{inner}'.join([_text(entry, inner) for entry in value])}{line}]"
    return json.dumps(value)


@dataclass(frozen=True)
class Listing:
    """A complete list."""

    items: tuple[Any, ...]
    limit: int
    total: int
    truncated: bool = False
    truncated_by: str | None = None


def listing(items: tuple[Any, ...]) -> Listing:
    """Wrap everything there is as a list answer."""
    return Listing(items, len(items), len(items))
