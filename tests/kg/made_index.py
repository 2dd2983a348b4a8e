"""An index of a few nodes and edges, for tests."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from kg.identifiers import BASE
from kg.paths.index import Index, IndexEdge, IndexNode
from kg.paths.index_writer import write_index


def made_index(nodes: Iterable[IndexNode], rows: Iterable[Sequence[str]], folder: Path | None = None) -> Index:
    """Index rows: IRI of the subject, predicate, IRI of the object; certainty and name of the graph may follow."""
    made = []
    for number, (subject, predicate, obj, *rest) in enumerate(rows):
        certainty, graph = (*rest, *("stated", "document-000")[len(rest) :])
        edge = subject, predicate, obj, certainty, f"{BASE}statement/{number:04}", f"{BASE}graph/{graph}"
        made.append(IndexEdge(*edge))  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as temporary:
        write_index(folder or Path(temporary), nodes, made)
        return Index.open(folder or Path(temporary))  # the maps outlive the folder's names
