"""Everything that is said of some nodes, read out of the store without a query.

Records of all answers begin here (kg.description). A query for the same takes more than twice the processor time: it is
parsed and planned for each node anew, and what hangs on a node needs a second one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import QueryFailed
from kg.sparql.dataset import Dataset
from kg.sparql.formats import term
from kg.sparql.results import Term, iri

# What is said of each node: a property and its value, in no order, as often as somebody says it.
Properties = Mapping[str, list[tuple[str, Term]]]


@dataclass(frozen=True)
class Lookup:
    """Some nodes of which everything said is wanted.

    Attributes:
        nodes: IRIs.
        follow: IRI of a property; what the nodes name by it is wanted too. Empty: the nodes alone.

    Raises: IdentifierError if a node is no absolute IRI.
    """

    nodes: tuple[str, ...]
    follow: str = ""

    def __post_init__(self) -> None:
        for node in self.nodes:
            iri(node)


def look_up(store: ox.Store, lookup: Lookup, dataset: Dataset) -> bytes:
    """What the store's default graph says of some nodes, for :func:`properties_from_bytes`.

    Raises: QueryFailed if the engine takes a name for no IRI.
    """

    def said_of(node: str) -> list[tuple[str, Term]]:
        quads = _quads(store, ox.NamedNode(node), dataset)
        return [(quad.predicate.value, term(quad.object)) for quad in quads]

    try:
        found = {node: said_of(node) for node in lookup.nodes}
        if lookup.follow:
            pairs = (pair for said in found.values() for pair in said)
            named = {value.value for name, value in pairs if name == lookup.follow and value.kind == "iri"}
            found |= {node: said_of(node) for node in named - found.keys()}
    except ValueError as error:
        raise QueryFailed(str(error)) from error
    return json.dumps({node: said for node, said in found.items() if said}).encode()


def properties_from_bytes(body: bytes) -> Properties:
    """What :func:`look_up` found."""
    found: dict[str, list[tuple[str, list[str]]]] = json.loads(body)
    return {node: [(name, Term(*value)) for name, value in said] for node, said in found.items()}  # type: ignore[arg-type]


def _quads(store: ox.Store, node: ox.NamedNode, dataset: Dataset) -> Iterator[ox.Quad]:
    """As kg.sparql.dataset.view has it for a query that names no graph."""
    if dataset.union_default_graph != dataset.is_merged:
        # The union of all graphs, which is not ready-made; or the nameless graph, which is only that union.
        return store.quads_for_pattern(node, None, None, None) if dataset.union_default_graph else iter(())
    return store.quads_for_pattern(node, None, None, ox.DefaultGraph())
