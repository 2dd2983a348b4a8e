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
from typing import Any


def as_json(value: Any) -> Any:
    """Turn an answer into what ``json.dumps`` takes.

    Raises: TypeError for a value that no answer should hold.
    """
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Enum):
        return as_json(value.value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        shown = (item for item in dataclasses.fields(value) if not item.name.startswith("_"))
        # A field that would clash with a keyword ends in an underscore in Python, and does not on the wire.
        return {item.name.rstrip("_"): as_json(getattr(value, item.name)) for item in shown}
    if isinstance(value, Mapping):
        return {str(key): as_json(entry) for key, entry in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(as_json(entry) for entry in value)
    if isinstance(value, list | tuple):
        return [as_json(entry) for entry in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")


def dumps(value: Any) -> str:
    """The JSON text of an answer, the same on the wire and on a terminal; a newline ends it."""
    return json.dumps(as_json(value), ensure_ascii=False, indent=2) + "\n"


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
