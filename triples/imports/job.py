"""Importing: files of some format -> a checked, sorted, published import, or nothing at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

from kg.errors import InvalidParameter
from kg.sparql.rdf_files import FORMAT_BY_SUFFIX
from triples.imports.archive import REJECTS, Archive
from triples.imports.catalog import (
    FORMAT,
    ImportManifest,
    check_name,
    files_of,
    find_import,
    graph_of,
    importing,
    publish_import,
)
from triples.imports.drugmechdb import read_drugmechdb
from triples.imports.files import DAMAGE, bare_suffix, open_binary, sha256_of, table_header
from triples.imports.kgx import is_kgx, read_kgx
from triples.imports.obo import read_obo
from triples.imports.rdf import read_rdf_files
from triples.imports.rows import Edge, Fact, Node, Opened, Reject, Row, Source, UnreadableFile
from triples.imports.tables import is_table, read_tables

Progress = Callable[[str], None]

READERS = MappingProxyType(
    {"kgx": read_kgx, "table": read_tables, "drugmechdb": read_drugmechdb, "obo": read_obo, "rdf": read_rdf_files}
)
_NODES_FROM_EDGES = frozenset({"rdf", "obo"})  # formats in which a link is enough to make a node
_ROWS_BETWEEN_PROGRESS = 250_000


@dataclass(frozen=True)
class ImportQuestion:
    """What to import.

    Attributes:
        name: of the import and its graph.
        files: the input.
        licence: an SPDX name or an address; an import without one is not accepted.
        version: of the data, as its publisher calls it.
        source: where it comes from: an address or a citation.
        kind: a key of :data:`READERS`; None to tell from the files.
    """

    name: str
    files: tuple[Path, ...]
    licence: str
    version: str
    source: str
    kind: str | None = None

    def __post_init__(self) -> None:
        check_name(self.name)
        for parameter in ("licence", "version", "source"):
            text = getattr(self, parameter)
            if not text.strip() or not text.isprintable():
                raise InvalidParameter(f"--{parameter}", text, f"the {parameter} of the data, on one line")
        if not self.files:
            raise InvalidParameter("FILE", "", "at least one file to import")
        for path in self.files:
            if not path.is_file():
                raise InvalidParameter("FILE", str(path), "a file that exists")
        if self.kind is not None and self.kind not in READERS:
            raise InvalidParameter("--format", self.kind, f"one of {', '.join(READERS)}")


@dataclass(frozen=True)
class Imported:
    """The outcome: what is now there, where the rejects are listed, and whether anything had to be done."""

    manifest: ImportManifest
    rejects: Path
    skipped: bool


def run_import(data_dir: Path, question: ImportQuestion, progress: Progress | None = None) -> Imported:
    """Import files; do nothing if the import of this name was made from the same files.

    A row that cannot be used is listed in rejects.tsv with its line and the reason; it never ends the import.
    Until the last step, the rename of one file, the import of that name is what it was before.

    Raises: InvalidParameter for files that are not of the format, are damaged, or hold nothing that can be used.
    """
    tell = progress or _silent
    kind = question.kind or guess_kind(question.files)
    tell("comparing the files with what was imported before")
    files = tuple((path.name, sha256_of(path)) for path in question.files)
    inputs = _input_hash(question, kind, files)
    known = find_import(data_dir, question.name)
    if known is not None and known.inputs == inputs:
        tell("the same files were imported before: nothing to do")
        return Imported(known, files_of(data_dir, known) / REJECTS, skipped=True)
    with importing(data_dir) as folder:
        with Archive(folder, graph_of(question.name), listed=kind not in _NODES_FROM_EDGES) as archive:
            first = _fill(archive, _rows(question, kind), tell)
            if archive.is_empty:
                why = f"; the first was line {first.line}: {first.reason}" if first else ""
                expected = f"rows that can be used as {kind}; all {archive.counts.rejected} were rejected{why}"
                raise InvalidParameter("FILE", ", ".join(path.name for path in question.files), expected)
            tell("sorting")
            written = archive.finish()
        manifest = ImportManifest(
            name=question.name, kind=kind, licence=question.licence, version=question.version,
            source=question.source, files=files, inputs=inputs, sha256=written.sha256,
            counts=asdict(archive.counts), predicates=tuple(archive.predicates), folder=inputs[:12],
        )  # fmt: skip
        publish_import(data_dir, folder, manifest)
    return Imported(manifest, files_of(data_dir, manifest) / REJECTS, skipped=False)


def _silent(message: str) -> None:
    pass


def _input_hash(question: ImportQuestion, kind: str, files: tuple[tuple[str, str], ...]) -> str:
    said = [FORMAT, kind, question.name, question.licence, question.version, question.source, files, _code_hash()]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _code_hash() -> str:
    """A new version of the readers may read the same files otherwise."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _rows(question: ImportQuestion, kind: str) -> Iterator[Row]:
    """The rows of all files. Raises: InvalidParameter for what is not of the format or is damaged."""
    file = question.files[0].name
    try:
        for row in READERS[kind](Source(question.name, question.files)):
            if isinstance(row, Opened):
                file = row.file
            yield row
    except UnreadableFile as fault:
        raise InvalidParameter("FILE", fault.file, f"a file of format {kind} ({fault.reason})") from fault
    except DAMAGE as fault:
        raise InvalidParameter("FILE", file, f"a file that can be read to its end ({fault})") from fault


def _fill(archive: Archive, rows: Iterator[Row], tell: Progress) -> Reject | None:
    """Put all rows into the archive; returns the first one that could not be used."""
    counts, first = archive.counts, None
    for row in rows:
        if isinstance(row, Edge):
            archive.edge(row)
        elif isinstance(row, Node):
            archive.node(row)
        elif isinstance(row, Fact):
            archive.fact(row)
        elif isinstance(row, Reject):
            first = first or row
            archive.reject(row)
        else:
            archive.opened(row.file)
            tell(f"reading {row.file}")
            continue
        counts.rows += 1
        if not counts.rows % _ROWS_BETWEEN_PROGRESS:
            tell(f"{counts.rows:,} rows read, {counts.edges:,} edges, {counts.rejected:,} rejected")
    return first


def guess_kind(files: tuple[Path, ...]) -> str:
    """The format of files, by their extension and what they begin with. Raises: InvalidParameter."""
    path = files[0]
    suffix = bare_suffix(path)
    try:
        if suffix in FORMAT_BY_SUFFIX:
            return "rdf"
        if suffix == ".obo":
            return "obo"
        if suffix in (".jsonl", ".ndjson"):
            return "kgx"
        if suffix == ".json":
            with open_binary(path) as stream:
                return "drugmechdb" if b'"links"' in stream.read(1 << 16) else "obo"
        header = table_header(path)
    except (UnreadableFile, *DAMAGE) as fault:
        raise InvalidParameter("FILE", path.name, f"a file that can be read ({fault})") from fault
    if is_kgx(header):
        return "kgx"
    if is_table(header):
        return "table"
    raise InvalidParameter("--format", "", f"one of {', '.join(READERS)}: {path.name} tells none")
