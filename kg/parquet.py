"""The built graph as Parquet tables, for batch work that reads all of it: Spark, DuckDB, pandas.

``nodes``: id (its number in the order of the IRIs), iri, type, label. ``edges``, one row for each affirmed statement
between two entities: source, target (ids), predicate, sign (+1, -1, 0 for one that hands on the sign before it, null),
certainty, imported, statement, graph. ``triples``, one row for each quad: subject, predicate, object, object_kind
("iri" or "literal"), datatype, language, graph.
"""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.errors import InvalidParameter
from kg.generations import Generation, open_current
from kg.paths.index import Index

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 100_000

Rows = Iterator[Sequence[Any]]


@dataclass(frozen=True)
class Exported:
    """What was written: rows by table, each a file ``<table>.parquet`` in the folder."""

    folder: str
    data_version: str
    rows: dict[str, int]


def export_parquet(data_dir: Path, folder: Path) -> Exported:
    """Write the current generation as Parquet. All files appear at once, or none.

    Args:
        data_dir: the data folder.
        folder: to be made; it must not be there yet.

    Raises: StoreUnavailable; InvalidParameter if the folder exists or pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise InvalidParameter("format", "parquet", 'pyarrow: pip install "sarcoma-kg[parquet]"') from None
    if folder.exists():
        raise InvalidParameter("DIR", str(folder), "a folder that does not exist yet")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open_current(data_dir) as generation, tempfile.TemporaryDirectory(dir=folder.parent) as draft:
        index = Index.open(generation.index_path)
        tables = {"nodes": _nodes(index), "edges": _edges(index), "triples": _triples(generation)}
        schemas = _schemas(pa)
        made = Path(draft) / "tables"
        made.mkdir()
        rows = {name: _write(made / f"{name}.parquet", schemas[name], each) for name, each in tables.items()}
        made.rename(folder)
        return Exported(str(folder), generation.checksum, rows)


def _schemas(arrow: Any) -> dict[str, pa.Schema]:
    text, number = arrow.string(), arrow.int32()
    often = arrow.dictionary(arrow.int32(), text)  # few distinct values
    columns = {
        "nodes": {"id": number, "iri": text, "type": often, "label": text},
        "edges": {
            "source": number, "target": number, "predicate": often, "sign": arrow.int8(), "certainty": often,
            "imported": arrow.bool_(), "statement": text, "graph": often,
        },
        "triples": {
            "subject": text, "predicate": often, "object": text, "object_kind": often, "datatype": often,
            "language": often, "graph": often,
        },
    }  # fmt: skip
    return {name: arrow.schema(list(fields.items())) for name, fields in columns.items()}


def _write(path: Path, schema: pa.Schema, rows: Rows) -> int:
    import pyarrow as pa  # noqa: PLC0415 - an extra
    import pyarrow.parquet as pq  # noqa: PLC0415

    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := list(islice(rows, BATCH_ROWS)):
            columns = zip(*batch, strict=True)
            arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
            count += len(batch)
    return count


def _nodes(index: Index) -> Rows:
    for number in range(len(index.nodes)):
        yield number, index.nodes[number], index.type_of(number), index.labels[number]


def _edges(index: Index) -> Rows:
    for edge in index.iter_edges():
        yield (
            edge.subject, edge.object, edge.predicate.name, edge.predicate.known_sign, edge.certainty, edge.imported,
            edge.statement, edge.graph,
        )  # fmt: skip


def _triples(generation: Generation) -> Rows:
    with gzip.open(generation.dataset_path, "rt", encoding="utf-8") as stream:
        for quad in ox.parse(stream, format=ox.RdfFormat.N_QUADS):
            target = quad.object
            kind = "literal" if isinstance(target, ox.Literal) else "iri"
            datatype = target.datatype.value if isinstance(target, ox.Literal) else None
            language = target.language if isinstance(target, ox.Literal) else None
            yield (
                _name(quad.subject), quad.predicate.value, _name(target), kind, datatype, language,
                _name(quad.graph_name),
            )  # fmt: skip


def _name(term: Any) -> str | None:
    """The text of an IRI or a literal; none for the default graph. The dataset has no blank nodes."""
    return getattr(term, "value", None)
