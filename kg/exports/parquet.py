"""The built graph as Parquet tables, for batch work that reads all of it: Spark, DuckDB, pandas.

``nodes``: id (its number in the order of the IRIs), iri, type, label. ``edges``, one row for each affirmed statement
between two entities: source, target (ids), predicate, sign (+1, -1, 0 for one that hands on the sign before it, null),
certainty, imported, statement, graph. ``triples``, one row for each quad: subject, predicate, object, object_kind
("iri" or "literal"), datatype, language, graph.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.errors import InvalidParameter
from kg.exports.folder import Exported, export
from kg.generations import Generation
from kg.paths.index import Index

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 100_000

Rows = Iterator[Sequence[Any]]


def export_parquet(data_dir: str | Path, folder: str | Path) -> Exported:
    """Write the current generation, each table a file ``<table>.parquet``. See :func:`kg.exports.folder.export`.

    Raises: InvalidParameter also where pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise InvalidParameter("format", "parquet", 'pyarrow: pip install "sarcoma-kg[parquet]"') from None
    schemas = _schemas(pa)

    def write(generation: Generation, made: Path) -> dict[str, int]:
        index = Index.open(generation.index_path)
        tables = {"nodes": _nodes(index), "edges": _edges(index), "triples": _triples(generation)}
        return {name: _write(made / f"{name}.parquet", schemas[name], each) for name, each in tables.items()}

    return export(data_dir, folder, write)


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
