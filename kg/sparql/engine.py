"""The engine's files: writing a store once, and opening it for reading only."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from kg.errors import StoreUnavailable

# Store.read_only of a missing directory would make an empty one; this file exists in every written store.
_MARK = "CURRENT"
_MERGED_MARK = "merged-default-graph"


def write_store(path: Path, quads: Path | Iterable[ox.Quad], *, merge: bool = True, has_union: bool = False) -> None:
    """Write a new store from an N-Quads file (the fast way) or from quads, and compact it for reading.

    All or nothing: an N-Quads error leaves no store that :func:`open_engine` would open. Compacting takes a fifth
    of the time, and queries are up to twice as fast after it.

    Args:
        path: the folder to make.
        quads: what to store.
        merge: the default graph is to be the union of all graphs, where a triple of two graphs is one.
            Costs 60 % more space and time; the engine's own union gives such a triple twice.
        has_union: that union is among the quads already, as quads without a graph: this takes half the time of
            reading it back out of the store. IRIs and language tags are not checked again.

    Raises: FileExistsError if the path exists; SyntaxError with the line of a malformed quad.
    """
    path.mkdir(parents=True)
    store = ox.Store(str(path))
    if isinstance(quads, Path):
        # A file with the union is one that we wrote: each of its IRIs was checked when its quad was made.
        store.bulk_load(path=str(quads), format=ox.RdfFormat.N_QUADS, lenient=has_union)
    else:
        store.bulk_extend(quads)
    if merge:
        if not has_union:
            named = store.quads_for_pattern(None, None, None, None)
            store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in named)
        (path / _MERGED_MARK).touch()
    store.optimize()
    store.flush()


def is_merged(path: Path) -> bool:
    """Whether the default graph of a written store is the union of its graphs."""
    return (path / _MERGED_MARK).is_file()


def open_engine(path: Path) -> ox.Store:
    """Open a written store for reading. Raises: StoreUnavailable if there is none or it is damaged."""
    if not (path / _MARK).is_file():
        raise StoreUnavailable("the folder of the generation holds no store")
    try:
        return ox.Store.read_only(str(path))
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreUnavailable(f"the store cannot be opened ({type(error).__name__})") from error
