"""The whole dataset of a build, and what the shapes say of it."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TextIO

from kg import codec
from kg.catalogue import packaged_quads
from kg.codec import Quad, dataset_checksum, nquads_lines, parse_turtle
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


def write_dataset(lines: Iterable[str], plain: Path, triples: Path, packed: Path) -> tuple[str, int]:
    """Write sorted N-Quads without holding them; returns their checksum and number.

    Args:
        lines: canonical N-Quads, every one with a graph, without line ends.
        plain: gets the quads.
        triples: gets their triples, as N-Triples.
        packed: gets the quads, compressed.
    """
    with (
        plain.open("w", encoding="utf-8", newline="\n", buffering=1 << 20) as stream,
        triples.open("w", encoding="utf-8", newline="\n", buffering=1 << 20) as bare,
    ):
        written = _Written(lines, stream, bare)
        checksum = dataset_checksum(written)
    # No name and no time in the header: the same quads are the same bytes.
    with plain.open("rb") as whole, packed.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as target:
        shutil.copyfileobj(whole, target, 1 << 20)
    return checksum, written.count


class _Written:
    """Lines that are written to two files as they are gone through, with and without their graph."""

    def __init__(self, lines: Iterable[str], quads: TextIO, triples: TextIO) -> None:
        self._lines, self._quads, self._triples = lines, quads, triples
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self._quads.write(f"{line}\n")
            self._triples.write(f"{line.rsplit(' ', 2)[0]} .\n")  # the last two are the graph and the full stop
            self.count += 1
            yield line


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
