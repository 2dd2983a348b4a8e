"""Answers as tables: records for CSV files, data frames for notebooks. pandas is imported only for those."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Any, ClassVar, Union, get_args, get_origin, get_type_hints

from kg.model import Interval, PassageRef, Qualifier

if TYPE_CHECKING:
    import pandas as pd

_NESTED = frozenset({"population", "derived_rate", "level", "rate", "derived", "reported"})
_RANGES = frozenset({"ci", "range"})


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
        return rows_table(getattr(self, self.tabled), _listed(type(self), self.tabled))


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
        step = _listed(_listed(type(self), "paths"), "steps")
        return _frame(Table(("path", "step", *_names(step)), tuple(records)))


def table(rows: Iterable[Any], kind: type | None = None) -> Table:
    """One record per row.

    Entities and what else has a CURIE become their labels (``<field>_id`` holds the CURIE), intervals two columns
    (``_low``, ``_high``), populations and derived rates one column per field; other lists are joined by "; ".
    Properties that a kind of rows names in ``also_tabled`` come last. Tables of one kind of rows have the same
    columns, whatever they hold.

    Args:
        rows: dataclasses of one kind.
        kind: which; needed where there may be no rows.
    """
    rows = tuple(rows)
    kind = kind or (type(rows[0]) if rows else None)
    records = [_flat(_fields_of(row)) for row in rows]
    columns = _names(kind) if kind else ()
    return Table(columns, tuple({name: record.get(name) for name in columns} for record in records))


def rows_table(rows: Iterable[Any], kind: type | None = None) -> pd.DataFrame:
    """The same as a data frame."""
    return _frame(table(rows, kind))


def records_table(records: Iterable[dict[str, Any]], columns: Iterable[str]) -> pd.DataFrame:
    """A data frame of records that are no dataclasses; what they hold beside ``columns`` comes last."""
    flat = [_flat(record) for record in records]
    found = tuple(dict.fromkeys((*columns, *(name for record in flat for name in record))))
    return _frame(Table(found, tuple({name: record.get(name) for name in found} for record in flat)))


def _frame(found: Table) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415  # takes a second to import

    return pd.DataFrame.from_records(list(found.records), columns=list(found.columns))


def _listed(kind: type, field: str) -> type:
    """What a field that is a tuple holds."""
    held: type = get_args(get_type_hints(kind)[field])[0]
    return held


@cache
def _names(kind: type) -> tuple[str, ...]:
    """The columns that :func:`_flat` may make of a kind of rows."""
    hints = get_type_hints(kind)
    columns = (name for entry in fields(kind) for name in _columns(entry.name, hints[entry.name]))
    return (*columns, *_also_tabled(kind))


def _also_tabled(kind: type) -> tuple[str, ...]:
    return getattr(kind, "also_tabled", ())


def _columns(name: str, hint: Any) -> Iterator[str]:
    kinds = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    nested = next((kind for kind in kinds if is_dataclass(kind)), None)
    if Interval in kinds or name in _RANGES:
        yield from (f"{name}_low", f"{name}_high")
    elif isinstance(nested, type) and name in _NESTED:
        hints = get_type_hints(nested)
        for entry in fields(nested):
            yield from _columns(f"{name}_{entry.name}", hints[entry.name])
    else:
        yield name
        if isinstance(nested, type) and (_has(nested, "curie") or _has(nested, "sentence")):
            yield f"{name}_id"


def _has(kind: type, name: str) -> bool:
    return hasattr(kind, name) or name in get_type_hints(kind)


def _fields_of(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*(entry.name for entry in fields(row)), *_also_tabled(type(row)))}


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if hasattr(value, "curie") and hasattr(value, "label"):
            flat[name], flat[f"{name}_id"] = value.label, value.curie
        elif isinstance(value, Interval):
            flat[f"{name}_low"], flat[f"{name}_high"] = value.low, value.high
        elif isinstance(value, tuple) and name in _RANGES:
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
