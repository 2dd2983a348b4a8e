"""The whole dataset of a build, and what the shapes say of it."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TextIO

from kg import codec
from kg.catalogue import packaged_quads
from kg.codec import Quad, dataset_checksum, nquads_lines, parse_turtle
from kg.errors import Fault
from kg.identifiers import display
from ontology.resources import ontology_ntriples, prefixes_turtle
from ontology.validate import Violation, validate
from triples.compile import Compiled
from triples.inference import inferred_quads
from triples.metadata import metadata_quads
from triples.nodes import ranking_quads
from triples.records import Corpus
from triples.tree import Place

_LINES_AT_ONCE = 4096


def dataset(corpus: Corpus, compiled: Compiled) -> frozenset[Quad]:
    """Everything that a generation stores."""
    quads = set(compiled.quads)
    quads.update(parse_turtle(ontology_ntriples(), codec.ONTOLOGY_GRAPH))
    quads.update(inferred_quads(corpus))
    quads.update(parse_turtle(prefixes_turtle().encode(), codec.ONTOLOGY_GRAPH))
    quads.update(packaged_quads())
    quads.update(ranking_quads(compiled.nodes, compiled.edges))
    quads.update(metadata_quads(quads))
    return frozenset(quads)


def write_dataset(lines: Iterable[str], merged: Path, packed: Path) -> tuple[str, int]:
    """Write sorted N-Quads without holding them; returns their checksum and number.

    Args:
        lines: canonical N-Quads, every one with a graph, without line ends.
        merged: gets the quads, and the triples of all graphs, each once: what a store loads.
        packed: gets the quads, compressed.
    """
    # No name and no time in the header: the same quads are the same bytes.
    with (
        merged.open("w", encoding="utf-8", newline="\n", buffering=1 << 20) as stream,
        packed.open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=0) as target,
    ):
        written = _Written(lines, stream, target)
        checksum = dataset_checksum(written)
    return checksum, written.count


class _Written:
    """Sorted lines that are written to two files as they are gone through, to one of them with their union."""

    def __init__(self, lines: Iterable[str], merged: TextIO, packed: gzip.GzipFile) -> None:
        self._lines, self._merged, self._packed = iter(lines), merged, packed
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        last = ""
        while block := list(islice(self._lines, _LINES_AT_ONCE)):
            mixed = []
            for line in block:
                mixed.append(line)
                triple = line.rsplit(" ", 2)[0]  # the last two are the graph and the full stop
                if triple != last:  # that of several graphs stands in lines that follow each other
                    mixed.append(f"{triple} .")
                    last = triple
            self._merged.write("\n".join(mixed) + "\n")
            self._packed.write(("\n".join(block) + "\n").encode())
            self.count += len(block)
            yield from block


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
    return place.fault(reason)
