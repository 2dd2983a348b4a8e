"""The whole dataset of a build, and what the shapes say of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg import codec
from kg.catalogue import packaged_quads
from kg.codec import Quad, nquads_lines, parse_turtle
from kg.errors import Fault
from kg.identifiers import display
from ontology.resources import ontology_ntriples
from ontology.validate import Violation, validate
from triples.compile import Compiled
from triples.inference import inferred_quads
from triples.metadata import metadata_quads, ranking_quads
from triples.records import Corpus
from triples.tree import Place


def dataset(corpus: Corpus, compiled: Compiled) -> frozenset[Quad]:
    """Everything that a generation stores."""
    quads = set(compiled.quads)
    quads.update(parse_turtle(ontology_ntriples(), codec.ONTOLOGY_GRAPH))
    quads.update(inferred_quads(corpus))
    quads.update(packaged_quads())
    quads.update(ranking_quads(compiled))
    quads.update(metadata_quads(quads))
    return frozenset(quads)


def shape_faults(quads: Iterable[Quad], places: Mapping[str, Place]) -> tuple[Fault, ...]:
    """What the SHACL shapes find wrong, at the place of the record in the curated files.

    Args:
        quads: the whole dataset; the provenance graph is not looked at.
        places: by IRI of the record.
    """
    checked = [quad for quad in quads if quad.graph_name != codec.named(codec.PROVENANCE_GRAPH)]
    report = validate(("\n".join(nquads_lines(checked)) + "\n").encode("utf-8"))
    return tuple(sorted({_shape_fault(violation, places) for violation in report.violations}))


def _shape_fault(violation: Violation, places: Mapping[str, Place]) -> Fault:
    node = violation.focus_node
    while node not in places and "-" in node:  # a component is named after the record that it belongs to
        node = node.rpartition("-")[0]
    place = places.get(node, Place("(compiled)", 1, 1))
    path = f" {display(violation.path).removeprefix('skg:')}" if violation.path else ""
    value = f" (it is {display(violation.value)})" if violation.value not in ("", violation.focus_node) else ""
    reason = f"{display(violation.focus_node)}{path}: {violation.message}{value}"
    return Fault(place.file, place.line, place.column, reason)
