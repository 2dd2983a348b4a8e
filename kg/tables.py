"""Answers as tables: records for CSV files, data frames for notebooks. pandas is imported only for those."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, ClassVar, get_args, get_type_hints

from kg.model import EntityRef, Interval, PassageRef, Qualifier

if TYPE_CHECKING:
    import pandas as pd

_NESTED = frozenset({"population", "derived_rate", "level", "rate", "derived", "reported"})


@dataclass(frozen=True)
class Table:
    """Records of one kind; every record has a value, maybe None, for every column."""

    columns: tuple[str, ...]
    records: tuple[Mapping[str, Any], ...]

    def texts(self) -> list[list[str]]:
        """A header and a line for each record, as files of text have them; what is absent is empty."""
        cells = ([record[name] for name in self.columns] for record in self.records)
        return [list(self.columns), *(["" if cell is None else str(cell) for cell in line] for line in cells)]


class Listed:
    """An answer of which one field, ``tabled``, is a tuple of dataclasses that become the lines of a table."""

    tabled: ClassVar[str] = "items"

    def to_pandas(self) -> pd.DataFrame:
        """One line per item, one column per field; :func:`table` says how."""
        kind, _ = get_args(get_type_hints(type(self))[self.tabled])
        return rows_table(getattr(self, self.tabled), kind)


class Walked:
    """An answer whose ``paths`` become a table of their steps."""

    paths: tuple[Any, ...]

    def to_pandas(self) -> pd.DataFrame:
        """One line per step; ``path`` and ``step`` count from 1, in the order of the answer."""
        records = [
            {"path": place, "step": number, **_flat(_fields_of(step))}
            for place, path in enumerate(self.paths, 1)
            for number, step in enumerate(path.steps, 1)
        ]
        return _frame(Table(_columns(records), tuple(records)))


def table(rows: Iterable[Any], kind: type | None = None) -> Table:
    """One record per row.

    Entities become their labels (``<field>_id`` holds the CURIE), intervals two columns (``_low``, ``_high``),
    populations and derived rates one column per field; other lists are joined by "; ".

    Args:
        rows: dataclasses of one kind.
        kind: which; its fields are the columns where there are no rows.
    """
    records = [_flat(_fields_of(row)) for row in rows]
    columns = _columns(records) or tuple(entry.name for entry in (fields(kind) if kind else ()))
    return Table(columns, tuple({name: record.get(name) for name in columns} for record in records))


def rows_table(rows: Iterable[Any], kind: type | None = None) -> pd.DataFrame:
    """The same as a data frame."""
    return _frame(table(rows, kind))


def records_table(records: Iterable[dict[str, Any]], columns: Iterable[str]) -> pd.DataFrame:
    """A data frame of records that are no dataclasses; ``columns`` are those where there is no record."""
    flat = [_flat(record) for record in records]
    return _frame(Table(_columns(flat) or tuple(columns), tuple(flat)))


def _frame(found: Table) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415  # takes a second to import

    return pd.DataFrame.from_records(list(found.records), columns=list(found.columns))


def _columns(records: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for record in records for name in record))


def _fields_of(row: Any) -> dict[str, Any]:
    return {entry.name: getattr(row, entry.name) for entry in fields(row)}


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
            flat |= _flat({f"{name}_{inner}": entry for inner, entry in _fields_of(value).items()})
        elif hasattr(value, "sentence"):  # a fact: another row
            flat[name], flat[f"{name}_id"] = value.sentence or value.id, value.id
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
    if isinstance(value, Qualifier):
        return f"{value.label}: {value.value}"
    return getattr(value, "label", None) or getattr(value, "sentence", value)  # an entity or a component; a step
