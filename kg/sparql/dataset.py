"""Which graphs a query sees: those of the protocol, else those of its FROM clauses, else the store's own.

Several graphs that are to be one default graph are merged as RDF merges graphs: a triple that two of them hold counts
once. The engine would give it twice.
Source: SPARQL 1.1 Query Language, section 13.2; RDF 1.1 Semantics, section 4.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import TypedDict

import pyoxigraph as ox

from kg.errors import QueryRefused
from kg.sparql.prologue import prefixes_of, prologue_end
from kg.sparql.tokens import Token, tokens_of

# Merging takes 8 microseconds and half a kilobyte a triple; a larger dataset belongs into the union or one graph.
MAX_MERGED_TRIPLES = 250_000

_DefaultGraphs = list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph]


@dataclass(frozen=True)
class Dataset:
    """How the store's graphs appear to a query that names none.

    Attributes:
        union_default_graph: the default graph is the union of all graphs, else the one without a name.
        is_merged: the store holds that union ready-made, as its default graph (kg.sparql.engine.write_store).
        prefixes: declared for every query; its own declarations come first.
        base_iri: what relative IRIs start from if a query says no BASE.
    """

    union_default_graph: bool
    is_merged: bool
    prefixes: Mapping[str, str]
    base_iri: str


class GraphArguments(TypedDict, total=False):
    """The arguments of the engine that say which graphs a query sees."""

    use_default_graph_as_union: bool
    default_graph: _DefaultGraphs
    named_graphs: list[ox.NamedNode | ox.BlankNode]


def view(
    store: ox.Store, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str], dataset: Dataset
) -> tuple[ox.Store, GraphArguments]:
    """The store to ask, and how, so that a query sees its graphs and every triple of its default graph once.

    Args:
        store: what holds the graphs.
        query: with FROM clauses or without.
        default_graphs: those of the protocol, as IRIs; they and ``named_graphs`` go before any FROM.
        named_graphs: likewise.
        dataset: what holds if nobody says anything.

    Raises: QueryRefused if graphs are to be merged that are too large; SyntaxError if a FROM cannot be resolved.
    """
    if default_graphs or named_graphs:
        return _selected(store, tuple(default_graphs), tuple(named_graphs))
    clauses = from_clauses(query, dataset.prefixes)
    if sum(not clause.is_named for clause in clauses) > 1:
        resolved = [_resolved(store, query, clauses, dataset, is_named=is_named) for is_named in (False, True)]
        return _selected(store, *resolved)
    if clauses:
        return store, {}  # the engine would let its union win over FROM
    if dataset.union_default_graph:
        # The engine's own union gives a triple of two graphs twice, which is no union of graphs.
        return store, {} if dataset.is_merged else {"use_default_graph_as_union": True}
    return store, {"default_graph": []} if dataset.is_merged else {}


def _selected(
    store: ox.Store, default_graphs: tuple[str, ...], named_graphs: tuple[str, ...]
) -> tuple[ox.Store, GraphArguments]:
    default = tuple(dict.fromkeys(default_graphs))
    named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(graph) for graph in named_graphs]
    if len(default) < 2:
        return store, {"default_graph": [ox.NamedNode(graph) for graph in default], "named_graphs": named}
    merged = _merged(store, default, tuple(dict.fromkeys(named_graphs)))
    return merged, {"default_graph": [ox.DefaultGraph()], "named_graphs": named}


@lru_cache(maxsize=1)  # a client that names graphs tends to name the same ones again
def _merged(store: ox.Store, default_graphs: tuple[str, ...], named_graphs: tuple[str, ...]) -> ox.Store:
    def quads(graph: str) -> Iterator[ox.Quad]:
        yield from store.quads_for_pattern(None, None, None, ox.NamedNode(graph))

    merged = ox.Store()
    plain = (ox.Quad(*quad.triple) for graph in default_graphs for quad in quads(graph))
    wanted = chain(plain, *map(quads, named_graphs))
    merged.bulk_extend(islice(wanted, MAX_MERGED_TRIPLES))
    if next(wanted, None) is not None:
        raise QueryRefused(
            f"its graphs have more than {MAX_MERGED_TRIPLES} triples, too many to be merged into one default graph for "
            "one query; name one graph, or use GRAPH"
        )
    return merged


@dataclass(frozen=True)
class FromClause:
    """A FROM or FROM NAMED, with the graph as the query spells it."""

    graph: str
    is_named: bool


def from_clauses(query: str, prefixes: Mapping[str, str]) -> list[FromClause]:
    """The FROM clauses of a query, which stand outside all brackets.

    The engine needs no blank after a keyword (``FROMex:g``, ``FROM NAMEDex:g``), unless that makes a known prefix.
    """
    if "from" not in query.lower():
        return []
    known = prefixes_of(query, prefixes)
    found: list[FromClause] = []
    depth = 0
    tokens = tokens_of(query, prologue_end(query))
    for token in tokens:
        if token.kind == "mark":
            depth += (token.text in {"{", "("}) - (token.text in {"}", ")"})
        elif depth == 0 and _begins_with("FROM", token, known):
            found.append(_clause(token.text[4:], tokens, known))
    return found


def _begins_with(keyword: str, token: Token, known: Mapping[str, str]) -> bool:
    if token.kind not in {"word", "name"} or not token.text.upper().startswith(keyword):
        return False
    return token.kind == "word" or token.text.partition(":")[0] not in known


def _clause(rest: str, tokens: Iterator[Token], known: Mapping[str, str]) -> FromClause:
    """Read the clause whose FROM has been taken; ``rest`` is what stood in the same token."""
    is_named = False
    while True:
        token = Token("name" if ":" in rest else "word", rest, 0) if rest else next(tokens, Token("mark", "", 0))
        if is_named or not _begins_with("NAMED", token, known):
            return FromClause(token.text, is_named)
        is_named, rest = True, token.text[5:]


def _resolved(
    store: ox.Store, query: str, clauses: Sequence[FromClause], dataset: Dataset, *, is_named: bool
) -> tuple[str, ...]:
    """The graphs as IRIs; the engine resolves prefixes and relative IRIs."""
    wanted = [clause.graph for clause in clauses if clause.is_named is is_named]
    if not wanted:
        return ()
    head = query[: prologue_end(query)]
    text = f"{head} SELECT ?g {' '.join(f'FROM NAMED {graph}' for graph in wanted)} {{ GRAPH ?g {{ }} }}"
    rows = store.query(text, base_iri=dataset.base_iri, prefixes=dict(dataset.prefixes))
    return tuple(row["g"].value for row in rows)  # type: ignore[union-attr]
