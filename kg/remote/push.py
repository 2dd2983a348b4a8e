"""Loading a built graph into an engine that somebody else runs: by Graph Store requests, or as files for its loader.

The header goes last and is taken away first, so that an engine in the middle of a push, or one whose push broke off,
does not look as if it held the graph.
Source: SPARQL 1.1 Graph Store HTTP Protocol (W3C REC 2013-03-21), sections 5.3 to 5.5.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from kg.errors import InvalidParameter, RemoteUnavailable
from kg.generations import Generation, open_current
from kg.identifiers import BASE
from kg.paths.index import Index
from kg.remote.client import Address, RemoteClient
from kg.remote.index import block_iri, index_blocks
from kg.remote.store import BLOCK, HEADER, INDEX_GRAPH, PROBE, UNION_GRAPH, Header, found_header
from kg.sparql.results import literal
from ontology.terms import SKG

DATASET = "dataset.nq.gz"
CHUNK_BYTES = 4 * 1024**2
# Virtuoso does not believe the content type but looks at the text, and long literals mislead it; this does not.
_TURTLE_HEAD = f"@prefix skg: <{SKG.namespace}> .\n"
_LOAD_SCRIPT = """\
-- Run by isql on the machine of the engine; the folder must be listed in DirsAllowed of its virtuoso.ini.
log_enable(2);
{clear}
DELETE FROM DB.DBA.load_list WHERE ll_file LIKE '{folder}/%';
ld_dir('{folder}', '*.nq', '{graph}');
rdf_loader_run();
checkpoint;
SELECT ll_file, ll_state, ll_error FROM DB.DBA.load_list;
"""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Pushed:
    """What was loaded. ``address`` holds no credentials."""

    address: str
    data_version: str
    graphs: int
    triples: int
    removed: tuple[str, ...]


def graph_store_of(url: str, server: str) -> str:
    """Where an engine whose queries go to ``url`` takes graphs. Raises: InvalidParameter if that is not known.

    >>> graph_store_of("http://localhost:7878/query", "")
    'http://localhost:7878/store'
    """
    parts = urlsplit(url)
    last = parts.path.rpartition("/")[2]
    if "virtuoso" in server.lower():
        path = parts.path.replace("sparql-auth", "sparql") + "-graph-crud-auth"
    elif last == "query":
        path = parts.path.removesuffix("query") + "store"
    elif last == "sparql":  # Fuseki's names
        path = parts.path.removesuffix("sparql") + "data"
    else:
        raise InvalidParameter("graph-store", "", "the address where this engine takes graphs")
    return urlunsplit(parts._replace(path=path.replace("sparql-auth-graph", "sparql-graph"), query=""))


def push(data_dir: Path, url: str, *, graph_store: str = "", progress: Progress = lambda _: None) -> Pushed:
    """Load the current generation into an engine, in place of what an earlier push left there.

    Args:
        data_dir: the data folder.
        url: of the engine's query endpoint, with credentials where it wants them.
        graph_store: where it takes graphs, if that does not follow from its kind.
        progress: called with a short sentence at each step.

    Raises: StoreUnavailable, InvalidParameter, RemoteUnavailable, and what a query may raise.
    """
    address = Address.of(url)
    with open_current(data_dir) as generation, closing(RemoteClient(address)) as client:
        answer = client.query([("query", "ASK { }")], "application/sparql-results+json", PROBE)
        target = Address.of(graph_store).url if graph_store else ""
        target = target or graph_store_of(address.url, answer.headers.get("server", ""))
        before = _graphs_before(client)
        client.graph("DELETE", target, INDEX_GRAPH)
        loading = _Loading(client, target, progress)
        for graph, triple in _triples(generation):
            loading.add(graph, triple)
        header = _load_index(generation, loading.add)
        loading.finish()
        gone = tuple(sorted(before - loading.begun))
        for graph in gone:
            client.graph("DELETE", target, graph)
        client.graph("POST", target, INDEX_GRAPH, f"{_TURTLE_HEAD}{header_triple(header)} .\n".encode())
        progress(f"loaded {loading.count} triples")
        return Pushed(address.url, header.data_version, len(loading.begun), loading.count, gone)


def _graphs_before(client: RemoteClient) -> frozenset[str]:
    """What an earlier push loaded, as its header says: listing the graphs took Virtuoso over 30 s."""
    try:
        header = found_header(client)
    except RemoteUnavailable:
        return frozenset()  # of another format
    return frozenset(header.graphs) if header else frozenset()


@dataclass
class _Loading:
    """Triples on their way, gathered by graph; the first request of a graph replaces it, further ones add."""

    client: RemoteClient
    target: str
    progress: Progress
    count: int = 0
    begun: set[str] = field(default_factory=set)
    _waiting: dict[str, list[str]] = field(default_factory=dict)
    _bytes: dict[str, int] = field(default_factory=dict)

    def add(self, graph: str, triple: str) -> None:
        self._waiting.setdefault(graph, []).append(triple)
        self._bytes[graph] = self._bytes.get(graph, 0) + len(triple)
        self.count += 1
        if self._bytes[graph] >= CHUNK_BYTES:
            self._send(graph)

    def finish(self) -> None:
        for graph in sorted(self._waiting):
            self._send(graph)

    def _send(self, graph: str) -> None:
        lines = self._waiting.pop(graph)
        self._bytes.pop(graph)
        body = (_TURTLE_HEAD + "".join(f"{line} .\n" for line in lines)).encode()
        self.client.graph("POST" if graph in self.begun else "PUT", self.target, graph, body)
        self.begun.add(graph)
        self.progress(f"{graph.removeprefix(BASE)}: {len(lines)} triples")


def _triples(generation: Generation) -> Iterator[tuple[str, str]]:
    """Graph and triple of everything that a build holds, and each distinct triple once more in the union.

    The lines are sorted, so that a triple of several graphs stands on lines side by side.
    """
    last = ""
    with gzip.open(generation.path / DATASET, "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            triple, _, graph = line.rstrip("\n").removesuffix(" .").rpartition(" ")
            yield graph[1:-1], triple
            if triple != last:
                yield UNION_GRAPH, triple
                last = triple


def _load_index(generation: Generation, add: Callable[[str, str], None]) -> Header:
    """Hand over the blocks of the index; returns the header that has to follow when all else is loaded."""
    index = Index.open(generation.index_path)
    digest, blocks = hashlib.sha256(), {}
    for kind in ("nodes", "edges"):
        number = -1
        for number, text in enumerate(index_blocks(index, generation.names_path, kind)):
            digest.update(text.encode("ascii"))
            add(INDEX_GRAPH, f"<{block_iri(kind, number)}> <{BLOCK}> {literal(text).sparql()}")
        blocks[kind] = number + 1
    graphs = tuple(sorted(generation.manifest["graphs"]))
    return Header(generation.checksum, generation.id, graphs, blocks, digest.hexdigest(), index.counts)


def header_triple(header: Header) -> str:
    """The header as a triple of the index's graph, without the full stop."""
    return f"<{INDEX_GRAPH}> <{HEADER}> {literal(json.dumps(asdict(header), sort_keys=True)).sparql()}"


def write_load_files(data_dir: Path, folder: Path) -> tuple[Path, Path]:
    """Write everything that :func:`push` would load as N-Quads, and a script for Virtuoso's bulk loader.

    Returns: the paths of both.
    Raises: StoreUnavailable; FileExistsError if a file is there already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    data, script = folder / "sarcoma-kg.nq", folder / "virtuoso-load.sql"
    with open_current(data_dir) as generation, data.open("x", encoding="utf-8", newline="\n") as stream:

        def write(graph: str, triple: str) -> None:
            stream.write(f"{triple} <{graph}> .\n")

        for graph, triple in _triples(generation):
            write(graph, triple)
        header = _load_index(generation, write)
        write(INDEX_GRAPH, header_triple(header))
    graphs = (INDEX_GRAPH, *header.graphs, UNION_GRAPH)
    clear = "\n".join(f"SPARQL CLEAR GRAPH <{graph}>;" for graph in graphs)
    with script.open("x", encoding="utf-8") as stream:
        stream.write(_LOAD_SCRIPT.format(clear=clear, folder=folder.resolve(), graph=UNION_GRAPH))
    return data, script
