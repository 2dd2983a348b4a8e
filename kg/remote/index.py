"""The traversal index on its way: into an engine as blocks of text, and out of it into a folder of its own.

Statements of imports are not spelled in RDF one by one, and a name that tells an arm from its drug is known to the
build only; so the index travels as it is, and a remote graph answers like the generation that was pushed. A block is a
JSON list of rows. Nodes, in the order of their IRIs: ``[iri, type, label, [synonyms], [identifiers]]``. Edges, in index
order: ``[subject number, predicate, object number, certainty, statement, graph]``. Facts, for the search of their
words: the fields of ``kg.search.fact_words.FactText``.

Of a graph with more edges than are fetched, the blocks hold those of the curated documents alone, if that is few
enough; all edges then lie beside their nodes as well, see ``kg.remote.rows``.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kg.budget import MAX_TIMEOUT_S, Budget
from kg.generations import FACTS, INDEX, NAMES
from kg.paths.index import IMPORT_PREFIX, Index, IndexEdge, IndexNode
from kg.paths.index_writer import write_index
from kg.remote.store import HEADER_GRAPH, Header, LocalEdges, RemoteStore
from kg.search.fact_words import fact_of, stored_facts, write_facts
from kg.search.facts import FactIndex
from kg.search.files import open_file
from kg.search.names import NameIndex
from kg.search.names_writer import EXTERNAL, SYNONYM, write_names

MAX_EDGES = 2_000_000
BLOCK = f"{HEADER_GRAPH}#block"
MAX_BLOCK = 24_000  # characters; Virtuoso's loader takes no literal above 64 kB, escapes counted
_BLOCKS = 32  # a request
_BLOCK_BUDGET = Budget(timeout_s=MAX_TIMEOUT_S)


def local_edges(index: Index, max_edges: int) -> LocalEdges:
    """Which edges go into blocks: "all", "curated" or "none", so that at most ``max_edges`` are fetched."""
    if len(index.edge_statement) <= max_edges:
        return "all"
    imported = np.array([graph.startswith(IMPORT_PREFIX) for graph in index.graphs], dtype=bool)
    return "curated" if int((~imported[index.edge_graph]).sum()) <= max_edges else "none"


def node_blocks(names: Path) -> Iterator[str]:
    """The blocks of nodes."""
    return _blocks((n.iri, n.type, n.label, n.synonyms, n.external_ids) for n in _stored_nodes(names))


def edge_blocks(index: Index, which: LocalEdges) -> Iterator[str]:
    """The blocks of those edges that :func:`local_edges` chose."""
    if which == "none":
        return iter(())
    edges = (edge for edge in index.iter_edges() if which == "all" or not edge.imported)
    return _blocks((e.subject, e.predicate.name, e.object, e.certainty, e.statement, e.graph) for e in edges)


def fact_blocks(facts: Path) -> Iterator[str]:
    """The blocks of facts; none of a build of an earlier version, which has no file of them."""
    if not facts.exists():
        return iter(())
    FactIndex.open(facts).close()  # tells one of another format
    return _blocks(map(astuple, stored_facts(facts)))


def _blocks(rows: Iterable[Any]) -> Iterator[str]:
    return packed(map(compact_json, rows))


def compact_json(value: Any) -> str:
    """ASCII only: no engine's idea of text can change it."""
    return json.dumps(value, separators=(",", ":"))


def packed(entries: Iterable[str]) -> Iterator[str]:
    """JSON texts as JSON lists, each of at most :data:`MAX_BLOCK` characters or of one entry."""
    waiting: list[str] = []
    size = 0
    for entry in entries:
        if waiting and size + len(entry) > MAX_BLOCK:
            yield f"[{','.join(waiting)}]"
            waiting, size = [], 0
        waiting.append(entry)
        size += len(entry) + 1
    if waiting:
        yield f"[{','.join(waiting)}]"


def _stored_nodes(names: Path) -> Iterator[IndexNode]:
    """Every entity by IRI, with one spelling of each of its names: writing them again gives the same file."""
    found: dict[int, tuple[list[str], list[str]]] = {}
    with closing(open_file(names)) as connection:
        entities = connection.execute("SELECT id, iri, type, label FROM entity ORDER BY id").fetchall()
        query = "SELECT entity, text, source FROM name WHERE source IN (?, ?) ORDER BY id"
        for entity, text, source in connection.execute(query, (SYNONYM, EXTERNAL)):
            found.setdefault(entity, ([], []))[source == EXTERNAL].append(text)
    for entity, iri, kind, label in entities:
        synonyms, external = found.get(entity, ([], []))
        yield IndexNode(iri, kind, label, tuple(synonyms), tuple(external))


def block_iri(index_graph: str, kind: str, number: int) -> str:
    """The node that a block of ``nodes`` or ``edges`` hangs on, counted from 0."""
    return f"{index_graph}/{kind}-{number}"


@dataclass(frozen=True)
class Fetched:
    """What a remote graph has here, opened."""

    index: Index
    names: NameIndex
    facts: FactIndex


def cached_index(store: RemoteStore, cache_dir: Path) -> Fetched:
    """Open the index of a remote graph, as far as it is fetched: once for each version of its data.

    Args:
        store: on an engine that ``push`` has loaded.
        cache_dir: made if need be; holds a folder for each version.

    Raises: CapabilityMissing on a foreign endpoint; RemoteUnavailable if blocks are damaged.
    """
    header = store.header
    folder = cache_dir / header.digest
    if not folder.is_dir():
        _fetch(store, header, cache_dir, folder)
    return Fetched(Index.open(folder / INDEX), NameIndex.open(folder / NAMES), FactIndex.open(folder / FACTS))


def _fetch(store: RemoteStore, header: Header, cache_dir: Path, folder: Path) -> None:
    cache_dir.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".fetching-", dir=cache_dir))
    try:
        digest = hashlib.sha256()
        nodes = [
            IndexNode(iri, kind, label, tuple(synonyms), tuple(external))
            for iri, kind, label, synonyms, external in _rows(store, header, "nodes", digest)
        ]
        iris = [node.iri for node in nodes]
        write_index(draft / INDEX, nodes, _edges(_rows(store, header, "edges", digest), iris))
        write_names(draft / NAMES, nodes)
        write_facts(draft / FACTS, map(fact_of, _rows(store, header, "facts", digest)))
        if digest.hexdigest() != header.digest:
            raise store.damaged_index()
        with suppress(OSError):  # another process was faster
            draft.rename(folder)
    except (ValueError, TypeError, LookupError) as error:
        raise store.damaged_index() from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _edges(rows: Iterable[Any], iris: list[str]) -> Iterator[IndexEdge]:
    for subject, predicate, target, certainty, statement, graph in rows:
        yield IndexEdge(iris[subject], predicate, iris[target], certainty, statement, graph)


def _rows(store: RemoteStore, header: Header, kind: str, digest: hashlib._Hash) -> Iterator[Any]:
    blocks = [block_iri(header.index, kind, number) for number in range(header.blocks[kind])]
    query = _TEXTS.replace("<>", f"<{header.index}>")
    for start in range(0, len(blocks), _BLOCKS):
        wanted = blocks[start : start + _BLOCKS]
        texts = {row[0]: row[1] for row in store.select(query, {"block": wanted}, _BLOCK_BUDGET).texts()}
        for block in wanted:
            digest.update(texts[block].encode("ascii"))
            yield from json.loads(texts[block])


# The dataset is named in the query, because the graph of the index is none of the build's.
_TEXTS = f"SELECT ?block ?text FROM NAMED <> WHERE {{ GRAPH <> {{ VALUES ?block {{ }} ?block <{BLOCK}> ?text }} }}"  # noqa: S608 - constants
