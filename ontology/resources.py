"""Opens the files that this room ships: the ontology, the prefix table and the shapes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import combinations

from rdflib import OWL, RDF, Graph
from rdflib.collection import Collection
from rdflib.term import Node

_ROOM = files("ontology")


def ontology_turtle() -> str:
    """The text of ``sarcoma.ttl``."""
    return (_ROOM / "sarcoma.ttl").read_text(encoding="utf-8")


def prefixes_turtle() -> str:
    """The text of ``prefixes.ttl``."""
    return (_ROOM / "prefixes.ttl").read_text(encoding="utf-8")


@cache
def shape_turtles() -> dict[str, str]:
    """The texts of ``shapes/*.ttl`` by file name, in alphabetical order."""
    found = {entry.name: entry for entry in (_ROOM / "shapes").iterdir() if entry.name.endswith(".ttl")}
    return {name: found[name].read_text(encoding="utf-8") for name in sorted(found)}


def ontology_graph() -> Graph:
    """The ontology as a new rdflib graph, free to be changed by the caller."""
    return Graph() + _parse(ontology_turtle())


def shapes_graph() -> Graph:
    """All shapes in one new rdflib graph."""
    return Graph() + _parse(*shape_turtles().values())


def disjoint_pairs(graph: Graph) -> Iterator[tuple[Node, Node]]:
    """The pairs of classes that an owl:AllDisjointClasses of a graph keeps apart, each in the order of its IRIs."""
    for axiom in graph.subjects(RDF.type, OWL.AllDisjointClasses):
        for members in graph.objects(axiom, OWL.members):
            yield from combinations(sorted(graph.items(members), key=str), 2)


def ontology_ntriples() -> bytes:
    """The ontology as sorted N-Triples without blank nodes, ready for any store.

    OWL writes a disjointness of many classes as an RDF list of blank nodes; here it is spelled as pairs of
    ``owl:disjointWith``.
    """
    graph = ontology_graph()
    for one, other in list(disjoint_pairs(graph)):
        graph.add((one, OWL.disjointWith, other))
    for axiom in list(graph.subjects(RDF.type, OWL.AllDisjointClasses)):
        for members in list(graph.objects(axiom, OWL.members)):
            Collection(graph, members).clear()  # type: ignore[no-untyped-call]
        graph.remove((axiom, None, None))
    lines = graph.serialize(format="nt", encoding="utf-8").splitlines()
    return b"".join(line + b"\n" for line in sorted(line for line in lines if line))


@cache
def _parse(*texts: str) -> Graph:
    graph = Graph()
    for text in texts:
        graph.parse(data=text, format="turtle")
    return graph
