"""The built graph as RDF files, for tools that read RDF and know nothing of this project.

``sarcoma-kg.nq``: every quad. ``sarcoma-kg.nt``: what a query without a graph sees, each triple once, for tools
that know no graphs (owlready2, Protege). ``vocabulary.ttl``: classes and properties. ``shapes.ttl``: SHACL.
"""

from __future__ import annotations

import gzip
from pathlib import Path

from kg.exports.folder import Exported, export
from kg.generations import Generation

QUADS = "sarcoma-kg.nq"


def export_rdf(data_dir: str | Path, folder: str | Path) -> Exported:
    """Write the current generation as RDF. See :func:`kg.exports.folder.export`."""
    return export(data_dir, folder, _write)


def _write(generation: Generation, folder: Path) -> dict[str, int]:
    from ontology.resources import ontology_turtle, shape_turtles  # noqa: PLC0415 - loads rdflib, which only this needs

    (folder / "vocabulary.ttl").write_text(ontology_turtle(), encoding="utf-8")
    (folder / "shapes.ttl").write_text("\n".join(shape_turtles().values()), encoding="utf-8")
    return _write_lines(generation, folder)


def _write_lines(generation: Generation, folder: Path) -> dict[str, int]:
    """Both files of lines. Returns how many lines each has."""
    quads = triples = 0
    last = ""
    with (
        gzip.open(generation.dataset_path, "rt", encoding="utf-8", newline="\n") as dataset,
        (folder / QUADS).open("w", encoding="utf-8", newline="\n") as every,
        (folder / "sarcoma-kg.nt").open("w", encoding="utf-8", newline="\n") as merged,
    ):
        for line in dataset:
            every.write(line)
            quads += 1
            triple = line.rsplit(" ", 2)[0]  # the last two are the graph and the full stop
            if triple != last:  # the lines are in order: that of several graphs stands in lines that follow each other
                merged.write(f"{triple} .\n")
                triples += 1
                last = triple
    return {"quads": quads, "triples": triples}
