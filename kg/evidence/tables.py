"""Answers as pandas tables, for notebooks. pandas is imported only here, and only when a table is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from kg.evidence.rows import EvidenceRow
from kg.model import EntityRef, Interval, PassageRef

if TYPE_CHECKING:
    import pandas as pd


def rows_table(rows: Iterable[Any], kind: type = EvidenceRow) -> pd.DataFrame:
    """One line per row and one column per field.

    Entities become their labels (``<field>_id`` holds the CURIE), intervals two columns (``_low``, ``_high``),
    populations and derived rates one column per field; other lists are joined by "; ".

    Args:
        rows: dataclasses of one kind.
        kind: which.

    Raises: ModuleNotFoundError without pandas.
    """
    import pandas as pd  # noqa: PLC0415  # takes a second to import

    listed = list(rows)
    names = [entry.name for entry in fields(kind)]
    records = [_flat({name: getattr(row, name) for name in names}) for row in listed]
    return pd.DataFrame.from_records(records) if records else pd.DataFrame(columns=names)


_NESTED = frozenset({"population", "derived_rate", "level", "rate"})


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, EntityRef):
            flat[name], flat[f"{name}_id"] = value.label, value.curie
        elif isinstance(value, Interval):
            flat[f"{name}_low"], flat[f"{name}_high"] = value.low, value.high
        elif isinstance(value, tuple) and name in ("ci", "range"):
            flat[f"{name}_low"], flat[f"{name}_high"] = value
        elif is_dataclass(value) and name in _NESTED:
            inner = {f"{name}_{entry.name}": getattr(value, entry.name) for entry in fields(value)}
            flat |= _flat(inner)
        else:
            flat[name] = _cell(value)
    return flat


def _cell(value: Any) -> Any:
    if isinstance(value, tuple | list | frozenset):
        return "; ".join(str(_cell(entry)) for entry in value)
    if isinstance(value, PassageRef):
        return f"{value.document.rpartition('/')[2]}:{value.start}-{value.end}"
    return getattr(value, "label", value)
