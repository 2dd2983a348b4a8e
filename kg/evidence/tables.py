"""Answers as tables: records for CSV files, data frames for notebooks. pandas is imported only for those."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any

from kg.evidence.rows import EvidenceRow
from kg.model import EntityRef, Interval, PassageRef

if TYPE_CHECKING:
    import pandas as pd

_NESTED = frozenset({"population", "derived_rate", "level", "rate", "derived", "reported"})


@dataclass(frozen=True)
class Table:
    """Records of one kind; every record has a value, maybe None, for every column."""

    columns: tuple[str, ...]
    records: tuple[Mapping[str, Any], ...]


def table(rows: Iterable[Any], kind: type = EvidenceRow) -> Table:
    """One record per row.

    Entities become their labels (``<field>_id`` holds the CURIE), intervals two columns (``_low``, ``_high``),
    populations and derived rates one column per field; other lists are joined by "; ".

    Args:
        rows: dataclasses of one kind.
        kind: which.
    """
    names = [entry.name for entry in fields(kind)]
    records = [_flat({name: getattr(row, name) for name in names}) for row in rows]
    columns = tuple(dict.fromkeys(name for record in records for name in record)) or tuple(names)
    return Table(columns, tuple({name: record.get(name) for name in columns} for record in records))


def rows_table(rows: Iterable[Any], kind: type = EvidenceRow) -> pd.DataFrame:
    """The same as a data frame. Raises: ModuleNotFoundError without pandas."""
    import pandas as pd  # noqa: PLC0415  # takes a second to import

    found = table(rows, kind)
    return pd.DataFrame.from_records(list(found.records), columns=list(found.columns))


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, EntityRef):
            flat[name], flat[f"{name}_id"] = value.label, value.curie
        elif isinstance(value, EvidenceRow):
            flat[name], flat[f"{name}_id"] = value.sentence or value.id, value.id
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
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_cell(entry)}" for key, entry in value.items())
    if isinstance(value, PassageRef):
        return f"{value.document.rpartition('/')[2]}:{value.start}-{value.end}"
    return getattr(value, "label", value)
