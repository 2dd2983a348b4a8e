"""Loading a built graph into an engine that somebody else runs: by Graph Store requests, or as files for its loader.

The union and the index go into graphs of their own in every push. The header that names them goes last and takes the
place of the one before, so a push that breaks off changes nothing for readers and can be begun again; readers that have
not yet seen the new header go on with the graphs of the old one, which the next push but one removes. The graphs of the
build are replaced in place, those that hold something else than before: small ones by one request, each at once; of a
large one readers are told before its first request and see it again when the push is through, also if it broke off.
Source: SPARQL 1.1 Graph Store HTTP Protocol (W3C REC 2013-03-21), sections 5.3 to 5.5.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from kg.budget import MAX_TIMEOUT_S, Budget
from kg.errors import InvalidParameter, RemoteUnavailable
from kg.generations import Generation, open_current
from kg.identifiers import BASE
from kg.paths.index import Index
from kg.remote.client import Address, RemoteClient
from kg.remote.index import BLOCK, MAX_EDGES, block_iri, edge_blocks, fact_blocks, local_edges, node_blocks
from kg.remote.rows import node_rows
from kg.remote.store import HEADER, HEADER_GRAPH, PROBE, REPLACING, GraphState, Header, found_header, solutions_of
from kg.sparql.formats import RESULTS_JSON
from kg.sparql.results import literal
from ontology.terms import SKG

BEGUN = f"{HEADER_GRAPH}#begun"  # says which graphs a push that broke off has left
CHUNK_BYTES = 4 * 1024**2
_DIGEST_DIGITS = 32  # a literal of the header has to hold those of all graphs
COUNTING = Budget(timeout_s=MAX_TIMEOUT_S)
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
    """What was loaded. ``address`` holds no credentials; ``kept`` are graphs that held the same already."""

    address: str
    data_version: str
    graphs: int
    triples: int
    kept: tuple[str, ...]
    removed: tuple[str, ...]


def graph_store_of(url: str, server: str) -> str:
    """Where an engine whose queries go to ``url`` takes graphs. Raises: InvalidParameter if that is not known.

    >>> graph_store_of("http://localhost:7878/query", "")
    'http://localhost:7878/store'
    >>> graph_store_of("http://localhost:8890/sparql-auth", "Virtuoso/07.20")
    'http://localhost:8890/sparql-graph-crud-auth'
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
    return urlunsplit(parts._replace(path=path, query=""))


def push(
    data_dir: Path,
    url: str,
    *,
    graph_store: str = "",
    progress: Progress = lambda _: None,
    max_edges: int = MAX_EDGES,
) -> Pushed:
    """Load the current generation into an engine, in place of what an earlier push left there.

    Args:
        data_dir: the data folder.
        url: of the engine's query endpoint, with credentials where it wants them.
        graph_store: where it takes graphs, if that does not follow from its kind.
        progress: called with a short sentence at each step.
        max_edges: of a graph with more, all edges are laid beside their nodes for searches on the engine.

    Raises: StoreUnavailable, InvalidParameter, RemoteUnavailable, and what a query may raise.
    """
    address = Address.of(url)
    with open_current(data_dir) as generation, closing(RemoteClient(address)) as client:
        answer = client.query([("query", "ASK { }")], RESULTS_JSON, PROBE)
        target = Address.of(graph_store).url if graph_store else ""
        target = target or graph_store_of(address.url, answer.headers.get("server", ""))
        before, left = _header_before(client), _left_behind(client)
        layout = _layout(generation, secrets.token_hex(4))
        kept = _unchanged(client, before, left, layout.states)
        client.graph("POST", target, HEADER_GRAPH, _marks(layout, kept))
        loading = _Loading(client, target, layout.index, layout.expected(kept), progress)
        for graph, triple in _triples(generation, layout.union):
            if graph not in kept:
                loading.add(graph, triple)
        header = _load_index(generation, layout, max_edges, loading.add)
        header = replace(header, previous=(before.union, before.index) if before else ())
        loading.finish()
        if layout.union not in _left_behind(client):
            raise RemoteUnavailable(address.url, "another push was finished meanwhile; run it again")
        client.graph("PUT", target, HEADER_GRAPH, _turtle([header_triple(header)]))
        former = {*before.graphs, *before.previous} if before else set()
        gone = (left | former) - header.graphs.keys()
        for graph in sorted(gone):
            client.graph("DELETE", target, graph)
        progress(f"loaded {loading.count} triples")
        return Pushed(
            address=address.url,
            data_version=header.data_version,
            graphs=len(loading.begun),
            triples=loading.count,
            kept=tuple(sorted(kept)),
            removed=tuple(sorted(gone)),
        )


def _header_before(client: RemoteClient) -> Header | None:
    """What an earlier push left, as its header says: listing the graphs took Virtuoso over 30 s."""
    try:
        return found_header(client)
    except RemoteUnavailable:
        return None  # of another format


@dataclass(frozen=True)
class _Layout:
    """What a push fills: the named graphs of the build, and two graphs of its own, for the union and the index.

    Attributes:
        states: of the named graphs.
        large: those of them that take more than one request.
        distinct: how many triples the union holds.
    """

    states: Mapping[str, GraphState]
    large: frozenset[str]
    union: str
    index: str
    distinct: int

    def expected(self, kept: frozenset[str]) -> int:
        """How many triples are loaded beside the index."""
        return self.distinct + sum(state.triples for graph, state in self.states.items() if graph not in kept)


def _layout(generation: Generation, token: str) -> _Layout:
    """The same generation may be pushed while it is read, hence the token in the names of its union and index."""
    hashes: dict[str, hashlib._Hash] = {}
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for graph, triple in _triples(generation, ""):
        counts[graph] += 1
        if graph:
            hashes.setdefault(graph, hashlib.sha256()).update(f"{triple}\n".encode())
            sizes[graph] += len(triple)
    states = {g: GraphState(counts[g], digest.hexdigest()[:_DIGEST_DIGITS]) for g, digest in sorted(hashes.items())}
    union, index = (f"{BASE}graph/{name}-{generation.id}-{token}" for name in ("union", "index"))
    large = frozenset(graph for graph in states if sizes[graph] >= CHUNK_BYTES)
    return _Layout(states, large, union, index, counts[""])


def _marks(layout: _Layout, kept: frozenset[str]) -> bytes:
    """What is said of the graphs that are touched before they are; the header takes its place when all are whole."""
    touched = layout.states.keys() - kept
    marks = [(BEGUN, graph) for graph in (layout.union, layout.index, *touched)]
    marks += [(REPLACING, graph) for graph in touched & layout.large]
    return _turtle(f"<{HEADER_GRAPH}> <{name}> <{graph}>" for name, graph in sorted(marks))


def _unchanged(
    client: RemoteClient, before: Header | None, left: frozenset[str], states: Mapping[str, GraphState]
) -> frozenset[str]:
    """The named graphs that need not be sent.

    An earlier push loaded the same, none that broke off has touched them since, and as many triples are there still.
    """
    known = before.graphs if before else {}
    same = [graph for graph, state in states.items() if known.get(graph) == state and graph not in left]
    return frozenset(graph for graph in same if _size(client, graph) == states[graph].triples)


def _size(client: RemoteClient, graph: str) -> int:
    query = f"SELECT (COUNT(?s) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    return next((int(count) for count in solutions_of(client, query, COUNTING, 1).nodes()), 0)


def _left_behind(client: RemoteClient) -> frozenset[str]:
    """The graphs of pushes that broke off."""
    query = f"SELECT ?graph WHERE {{ GRAPH <{HEADER_GRAPH}> {{ <{HEADER_GRAPH}> <{BEGUN}> ?graph }} }}"
    return frozenset(solutions_of(client, query, PROBE, 1000).nodes())


@dataclass
class _Loading:
    """Triples on their way, gathered by graph; the first request of a graph replaces it, further ones add.

    Attributes:
        expected: how many come beside those of ``index``; ``loaded`` are those of them that were sent.
    """

    client: RemoteClient
    target: str
    index: str
    expected: int
    progress: Progress
    count: int = 0
    loaded: int = 0
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
        self.client.graph("POST" if graph in self.begun else "PUT", self.target, graph, _turtle(lines))
        self.begun.add(graph)
        self.loaded += 0 if graph == self.index else len(lines)
        so_far = f"{self.loaded} of {self.expected}, and the index"
        self.progress(f"{graph.removeprefix(BASE)}: {len(lines)} triples ({so_far})")


def _turtle(triples: Iterable[str]) -> bytes:
    return (_TURTLE_HEAD + "".join(f"{triple} .\n" for triple in triples)).encode()


def _triples(generation: Generation, union: str) -> Iterator[tuple[str, str]]:
    """Graph and triple of everything that a build holds, and each distinct triple once more in the union.

    The lines are sorted, so that a triple of several graphs stands on lines side by side.
    """
    last = ""
    with gzip.open(generation.dataset_path, "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            triple, _, graph = line.rstrip("\n").removesuffix(" .").rpartition(" ")
            yield graph[1:-1], triple
            if triple != last:
                yield union, triple
                last = triple


def _load_index(generation: Generation, layout: _Layout, max_edges: int, add: Callable[[str, str], None]) -> Header:
    """Hand over the index; returns the header that has to follow when all else is loaded."""
    index, graph = Index.open(generation.index_path), layout.index
    local = local_edges(index, max_edges)
    digest, blocks = hashlib.sha256(), {}
    kinds = {
        "nodes": node_blocks(generation.names_path),
        "edges": edge_blocks(index, local),
        "facts": fact_blocks(generation.facts_path),
    }
    for kind, texts in kinds.items():
        blocks[kind] = 0
        for number, text in enumerate(texts):
            digest.update(text.encode("ascii"))
            add(graph, f"<{block_iri(graph, kind, number)}> <{BLOCK}> {literal(text).sparql()}")
            blocks[kind] = number + 1
    if local != "all":
        for subject, prop, text in node_rows(index, graph):
            add(graph, f"<{subject}> <{prop}> {literal(text).sparql()}")
    return Header(
        data_version=generation.checksum,
        revision=generation.id,
        graphs=layout.states,
        union=layout.union,
        index=graph,
        blocks=blocks,
        digest=digest.hexdigest(),
        counts=index.counts,
        local=local,
        predicates=tuple(predicate.name for predicate in index.predicates),
        edge_graphs=index.graphs,
    )


def header_triple(header: Header) -> str:
    """The header as a triple of the index's graph, without the full stop."""
    return f"<{HEADER_GRAPH}> <{HEADER}> {literal(json.dumps(asdict(header), sort_keys=True)).sparql()}"


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

        layout = _layout(generation, "files")
        for graph, triple in _triples(generation, layout.union):
            write(graph, triple)
        header = _load_index(generation, layout, MAX_EDGES, write)
        write(HEADER_GRAPH, header_triple(header))
    graphs = (HEADER_GRAPH, *header.graphs, layout.union, layout.index)
    clear = "\n".join(f"SPARQL CLEAR GRAPH <{graph}>;" for graph in graphs)
    with script.open("x", encoding="utf-8") as stream:
        stream.write(_LOAD_SCRIPT.format(clear=clear, folder=folder.resolve(), graph=layout.union))
    return data, script
