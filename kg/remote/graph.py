"""A graph behind an address: all questions where ``push`` has loaded it, SPARQL alone on a foreign endpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from kg.errors import CapabilityMissing, KgError
from kg.graph import KnowledgeGraph
from kg.paths.index import Index
from kg.remote.index import cached_index
from kg.remote.large_graph import LargeRemoteGraph
from kg.remote.store import NOT_PUSHED, RemoteStore
from kg.search.names import NameIndex
from kg.sparql.query import QueryLimits
from kg.store import find_in

_PASSED_THROUGH = frozenset({"store", "sparql", "data_version", "close", "capability_missing"})


class ForeignGraph(KnowledgeGraph):
    """An endpoint that no ``push`` has loaded: its answers to our questions would be empty, and so untrue.

    What is not passed through is refused by name here, so that a question added later cannot slip by.
    """

    def __init__(self, store: RemoteStore) -> None:
        super().__init__(store, cast(Index, None), cast(NameIndex, None))

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("_") or name in _PASSED_THROUGH:
            return super().__getattribute__(name)
        raise CapabilityMissing(f"{name}; {NOT_PUSHED}")

    def close(self) -> None:
        """End the connections."""
        self.store.close()


def open_remote(
    url: str,
    cache_dir: str | Path,
    *,
    connections: int = 4,
    max_waiting: int = 32,
    limits: QueryLimits | None = None,
) -> KnowledgeGraph:
    """Open the graph behind a SPARQL endpoint.

    Args:
        url: of the endpoint, with credentials where it wants them; they are neither shown nor logged.
        cache_dir: where the traversal index is kept, fetched once for each version of the data.
        connections: how many queries run at once.
        max_waiting: how many more may wait.
        limits: how long and how deep a query may be.

    Raises: InvalidParameter, RemoteUnavailable, CapabilityMissing, and what a query may raise.
    """
    store = RemoteStore(url, connections=connections, max_waiting=max_waiting, limits=limits)
    if store.capabilities.header is None:
        return ForeignGraph(store)
    try:
        here = cached_index(store, Path(cache_dir))
    except KgError:
        store.close()
        raise
    store.find = find_in(here.names)
    graph_of = KnowledgeGraph if store.header.local == "all" else LargeRemoteGraph
    return graph_of(store, here.index, here.names, here.facts)
