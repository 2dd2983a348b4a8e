"""The card of an imported edge: what it joins, of which graph and licence it is, and what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.cards import FactCard
from kg.description import Description, describe, described, reference
from kg.identifiers import display
from kg.model import Qualifier
from kg.paths.index import EdgeRecord, Index
from kg.paths.steps import sentence_of
from kg.store import Store

_GRAPH_FACTS = {"license": "licence", "versionInfo": "version", "source": "source"}
_EDGE_ITSELF = frozenset({"type", "subject", "predicate", "object"})
_LOCAL = re.compile(r"[^/#_:]+$")


def imported_fact(store: Store, index: Index, edge: EdgeRecord) -> FactCard:
    """Read an edge of an import. One that its publisher says nothing more of has the provenance of its graph."""
    subject, target = index.entity(edge.subject), index.entity(edge.object)
    known = describe(store, [edge.statement, edge.graph])
    own, graph = described(edge.statement, known), described(edge.graph, known)
    of_edge = [(name, name, value) for name, value in _values(own) if name not in _EDGE_ITSELF]
    of_graph = [(name, _GRAPH_FACTS[name], value) for name, value in _values(graph) if name in _GRAPH_FACTS]
    further = tuple(Qualifier(name, label.replace("_", " "), value) for name, label, value in (*of_edge, *of_graph))
    return FactCard(
        id=edge.statement,
        curie=display(edge.statement),
        type="Statement",
        sentence=sentence_of(subject, edge.predicate.name, target),
        subject=subject,
        predicate=edge.predicate.name,
        object=target,
        certainty=edge.certainty,
        asserted_by=(reference(edge.graph, known),),
        qualifiers=further,
        imported=True,
    )


def _values(node: Description) -> Iterator[tuple[str, str]]:
    """Every property by its local name, with each value as a text; an IRI as its CURIE."""
    for name in sorted(node.terms):
        local = _LOCAL.search(name)
        for term in node.all(name):
            yield (local.group() if local else name), display(term.value) if term.kind == "iri" else term.value
