"""Importing: files of some format -> a checked, sorted, published import, or nothing at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

from kg.errors import InvalidParameter
from kg.sparql.rdf_files import FORMAT_BY_SUFFIX
from triples.imports.archive import EDGES, NODES, REJECTS, Archive
from triples.imports.biolink_terms import unknown_terms
from triples.imports.catalog import (
    FORMAT,
    WORK,
    ImportManifest,
    alone,
    check_name,
    clear,
    files_of,
    find_import,
    graph_of,
    publish_import,
)
from triples.imports.checkpoint import Checkpoint
from triples.imports.drugmechdb import read_drugmechdb
from triples.imports.files import DAMAGE, bare_suffix, open_binary, sha256_of, table_header
from triples.imports.kgx import is_kgx, read_kgx
from triples.imports.obo import read_obo
from triples.imports.rdf import is_by_line, read_rdf_files
from triples.imports.rows import Opened, Row, Source, UnreadableFile
from triples.imports.runs import Written
from triples.imports.tables import is_table, read_tables

Progress = Callable[[str], None]

READERS = MappingProxyType(
    {"kgx": read_kgx, "table": read_tables, "drugmechdb": read_drugmechdb, "obo": read_obo, "rdf": read_rdf_files}
)
_NODES_FROM_EDGES = frozenset({"rdf", "obo"})  # formats in which a link is enough to make a node
_BY_LINE = frozenset({"kgx", "table"})  # formats in which every row is a line, so that reading can begin at any;
# N-Triples and N-Quads are, too, among the formats of RDF
ROWS_BETWEEN_CHECKPOINTS = 250_000


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
            if self.files.count(path) > 1:
                raise InvalidParameter("FILE", str(path), "each file once")
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

    A row that cannot be used is listed in rejects.tsv with its place and the reason; it never ends the import.
    Until the last step, the rename of one file, the import of that name is what it was before. One that was
    interrupted at whatever moment goes on when it is run again, after the rows of its last checkpoint.

    Raises: InvalidParameter for files that are not of the format, are damaged, or hold nothing that can be used.
    """
    tell = progress or _silent
    kind = question.kind or guess_kind(question.files)
    tell("comparing the files with what was imported before")
    files = tuple((path.name, sha256_of(path)) for path in question.files)
    inputs = _input_hash(question, kind, files)
    with alone(data_dir, question.name) as target:
        known = find_import(data_dir, question.name)
        if known is not None and known.inputs == inputs:
            clear(data_dir, question.name)  # if it was killed just before it had done so
            tell("the same files were imported before: nothing to do")
            return Imported(known, files_of(data_dir, known) / REJECTS, skipped=True)
        begun = Checkpoint.load(target / WORK, inputs)
        if not begun.lines:
            clear(data_dir, question.name)  # what an import of other files left
        folder, work = target / inputs[:12], target / WORK
        folder.mkdir(parents=True, exist_ok=True)
        work.mkdir(exist_ok=True)
        listed = kind not in _NODES_FROM_EDGES
        try:
            with Archive(folder, work, graph_of(question.name), begun.kept, listed) as archive:
                written = _Reading(question, kind, archive, begun, tell).written()
        except InvalidParameter:
            clear(data_dir, question.name)  # there is nothing to go on with
            raise
        manifest = ImportManifest(
            name=question.name, kind=kind, licence=question.licence, version=question.version,
            source=question.source, files=files, inputs=inputs, sha256=written.sha256,
            counts=asdict(archive.counts), predicates=tuple(archive.predicates), folder=folder.name,
            unknown_terms=unknown_terms(folder / NODES, folder / EDGES, archive.predicates),
        )  # fmt: skip
        publish_import(data_dir, manifest)
    return Imported(manifest, folder / REJECTS, skipped=False)


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


@dataclass
class _Reading:
    """Takes the rows of all files into an archive, from where an interrupted import left off."""

    question: ImportQuestion
    kind: str
    archive: Archive
    begun: Checkpoint
    tell: Progress

    def written(self) -> Written:
        """Read everything and sort it. Raises: InvalidParameter for what is not of the format or is damaged."""
        archive, rows = self.archive, self.archive.counts.rows
        if rows:
            self.tell(f"going on after {rows:,} rows, where it was interrupted")
        if not self.begun.is_read:
            self._read()
        if archive.is_empty:
            rejected = f"all {archive.counts.rejected} were rejected; the first was {archive.first_reject()}"
            found = rejected if archive.counts.rejected else "it has none"
            expected = f"rows that can be used as {self.kind}; {found}"
            raise InvalidParameter("FILE", ", ".join(path.name for path in self.question.files), expected)
        self.tell("sorting")
        return archive.finish()

    def _read(self) -> None:
        archive, counts = self.archive, self.archive.counts
        lines = dict.fromkeys(self.question.files, 0) | dict(zip(self.question.files, self.begun.lines, strict=False))
        by_line = self.kind in _BY_LINE or (self.kind == "rdf" and is_by_line(self.question.files))
        passed_over = 0 if by_line else counts.rows
        path = self.question.files[0]
        for row in self._rows(lines if by_line else {}):
            if isinstance(row, Opened):
                path = row.path
                archive.opened(path.name)
                self.tell(f"reading {path.name}")
                continue
            if passed_over:
                passed_over -= 1
                continue
            archive.take(row)
            lines[path] = row.line
            counts.rows += 1
            if not counts.rows % ROWS_BETWEEN_CHECKPOINTS:
                self._checkpoint(lines)
                self.tell(f"{counts.rows:,} rows read, {counts.edges:,} edges, {counts.rejected:,} rejected")
        self._checkpoint(lines, is_read=True)

    def _checkpoint(self, lines: Mapping[Path, int], *, is_read: bool = False) -> None:
        read = tuple(lines[path] for path in self.question.files)
        Checkpoint(self.begun.inputs, read, is_read, self.archive.keep()).save(self.archive.work)

    def _rows(self, lines_read: Mapping[Path, int]) -> Iterator[Row]:
        question = self.question
        file = question.files[0].name
        try:
            for row in READERS[self.kind](Source(question.name, question.files, dict(lines_read))):
                if isinstance(row, Opened):
                    file = row.path.name
                yield row
        except UnreadableFile as fault:
            raise InvalidParameter("FILE", fault.file, f"a file of format {self.kind} ({fault.reason})") from fault
        except DAMAGE as fault:
            raise InvalidParameter("FILE", file, f"a file that can be read to its end ({fault})") from fault


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
