"""What is kept of an import: sorted canonical N-Quads, tables of its nodes and edges, and the rows not used.

Files of an import: ``quads.nq.gz``; ``nodes.jsonl.gz``, lines of [number, IRI, label, categories, synonyms,
same_as], several of which may describe one node; ``edges.bin``, records of :data:`EDGE`; ``rejects.tsv``. The
N-Quads spell every node and predicate as the import does; how they join ours is worked out at every build.
While an import is under way its nodes are in a plain file and its N-Quads in sorted pieces, in a folder beside.
"""

from __future__ import annotations

import gzip
import json
import shutil
from array import array
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from kg.codec import literal
from kg.identifiers import BASE, is_project
from ontology.terms import PREFIXES
from triples.imports import categories, predicates
from triples.imports.checkpoint import Kept, make_safe
from triples.imports.identifiers import BIOLINK, claim_key, local_name, text_key
from triples.imports.rows import Edge, Fact, Node, Reject
from triples.imports.runs import LINES_IN_MEMORY, SortedLines, Written

QUADS, NODES, EDGES, REJECTS = "quads.nq.gz", "nodes.jsonl.gz", "edges.bin", "rejects.tsv"
_NODES_UNDER_WAY = "nodes.jsonl"
EDGE = np.dtype([("subject", "<i4"), ("predicate", "<i4"), ("object", "<i4"), ("statement", "<u8")])
STATEMENT_BASE = f"{BASE}statement/"
_BATCH = 1 << 16
_CHUNK = 1 << 20
_ROW_CHARACTERS = 2000

_RDF_TYPE = f"<{PREFIXES['rdf']}type>"
_LABEL = f"<{PREFIXES['rdfs']}label>"
_SKOS = PREFIXES["skos"]
MAX_IRI, MAX_NAME = 2_000, 4_000  # characters; the longest name of a substance in ChEBI has 1,023
TOO_LONG = f"an identifier of more than {MAX_IRI:,} characters"
ABOUT_OURS = "about something of the project, which an import may name only as the same as a thing of its own"


@dataclass
class Counts:
    """What was read and kept."""

    rows: int = 0
    nodes: int = 0
    edges: int = 0
    negated: int = 0
    facts: int = 0
    rejected: int = 0
    quads: int = 0
    repeated_quads: int = 0


@dataclass
class Archive:
    """Takes the rows of one import and writes its files.

    Args:
        folder: where to write; exists.
        work: a folder for what is needed until then; exists.
        graph: IRI of the import's named graph.
        kept: what these folders hold of the import already; anything beyond it is dropped.
        listed: whether edges may only join nodes that a row describes; where False, an edge is enough.
    """

    folder: Path
    work: Path
    graph: str
    kept: Kept
    listed: bool = True
    lines_in_memory: int = LINES_IN_MEMORY

    def __post_init__(self) -> None:
        self.counts = Counts(**self.kept.counts)
        self._numbers: dict[str, int] = {}
        self._predicates = {claim: number for number, claim in enumerate(self.kept.predicates)}
        self._keys = array("Q", [text_key(self.graph)])  # of the graph, then of each node by number
        self._predicate_keys = array("Q", [text_key(iri) for iri, _ in self.kept.predicates])
        self._lines = SortedLines(self.work, self.lines_in_memory, self.kept.pieces)
        self._batch = array("i")  # subject, predicate, object of each edge
        self._rest: dict[int, int] = {}  # what more belongs to the key of an edge, by place in the batch
        self._pending: list[str] = []
        self._end = f" <{self.graph}> ."
        self._file = ""
        self._nodes = self._reopened(self.work / _NODES_UNDER_WAY)
        self._edges = self._reopened(self.folder / EDGES)
        self._rejects = self._reopened(self.folder / REJECTS)
        if not self._rejects.tell():
            self._rejects.write(b"file\tplace\treason\trow\n")  # a line, or what is counted where rows are no lines
        with (self.work / _NODES_UNDER_WAY).open("rb") as stream:
            for line in stream:
                number, iri, *_ = json.loads(line)
                if number == len(self._numbers):
                    self._number(iri)

    def _reopened(self, path: Path) -> IO[bytes]:
        """A file as long as it was at the checkpoint, to be written on."""
        path.touch()
        stream = path.open("r+b", buffering=_CHUNK)
        stream.truncate(self.kept.sizes.get(path.name, 0))
        stream.seek(0, 2)
        return stream

    @property
    def is_empty(self) -> bool:
        """Whether nothing that was given could be used."""
        return not self._numbers

    def first_reject(self) -> str:
        """Where the first row that is not used stands, and why it is not; nothing if all are used."""
        self._rejects.flush()
        with (self.folder / REJECTS).open(encoding="utf-8", newline="\n") as stream:
            for line in islice(stream, 1, 2):
                _, number, reason, _ = line.split("\t")
                return f"at place {number}: {reason}"
        return ""

    def opened(self, file: str) -> None:
        """Name the file that the next rows come from."""
        self._file = file

    def take(self, row: Node | Edge | Fact | Reject) -> None:
        """Take a row of whatever sort."""
        if isinstance(row, Edge):
            self.edge(row)
        elif isinstance(row, Node):
            self.node(row)
        elif isinstance(row, Fact):
            self.fact(row)
        else:
            self.reject(row)

    def reject(self, row: Reject) -> None:
        """Note a row that is not used."""
        self.counts.rejected += 1
        cells = (self._file, str(row.line), row.reason, row.row[:_ROW_CHARACTERS])
        self._rejects.write(("\t".join(_cell(text) for text in cells) + "\n").encode("utf-8", "backslashreplace"))

    def node(self, row: Node) -> None:
        """Take a node, or note why not; further rows about it add to the first."""
        if is_project(row.iri):
            self.reject(Reject(row.line, ABOUT_OURS, f"{row.iri} {row.label}".strip()))
            return
        if len(row.iri) > MAX_IRI:
            self.reject(Reject(row.line, TOO_LONG, row.iri))
            return
        if long := [name for name in (row.label, *row.synonyms) if len(name) > MAX_NAME]:
            for name in long:
                self.reject(Reject(row.line, f"a name of more than {MAX_NAME:,} characters", f"{row.iri} {name}"))
            kept = tuple(name for name in row.synonyms if name not in long)
            row = row._replace(label="" if row.label in long else row.label, synonyms=kept)
        if any(is_project(category) for category in row.categories):
            for iri in filter(is_project, row.categories):
                reason = f"uses a class of the project's own vocabulary; write {categories.instead_of(iri)}"
                self.reject(Reject(row.line, reason, f"{row.iri} {iri}"))
            row = row._replace(categories=tuple(iri for iri in row.categories if not is_project(iri)))
        if any(is_project(xref) for xref in row.xrefs):
            self.reject(Reject(row.line, f"xref: {ABOUT_OURS}", row.iri))
            row = row._replace(xrefs=tuple(iri for iri in row.xrefs if not is_project(iri)))
        if (number := self._numbers.get(row.iri)) is None:
            number = self._number(row.iri)
        described = [number, row.iri, row.label, row.categories, row.synonyms, row.same_as]
        self._nodes.write(json.dumps(described, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        self._add([f"<{row.iri}> {rest}{self._end}" for rest in _description(row)])

    def _number(self, iri: str) -> int:
        number = self._numbers[iri] = len(self._numbers)
        self._keys.append(text_key(iri))
        return number

    def edge(self, row: Edge) -> None:
        """Take a claim, or note why not."""
        line, start, relation, end, direction, properties, negated, name = row
        subject, target = self._numbers.get(start), self._numbers.get(end)
        predicate = self._predicates.get((relation, direction))
        if subject is None or target is None or predicate is None:  # of what is known there is nothing to object to
            if reason := _objection(start, relation, end):
                self.reject(Reject(line, reason, f"{start} {relation} {end}"))
                return
            if self.listed and (subject is None or target is None):
                missing = start if subject is None else end
                self.reject(Reject(line, "joins something that no node row describes", missing))
                return
            subject, target = self._end_number(start), self._end_number(end)
            predicate = self._predicate_number(relation, direction)
        if negated or properties or direction:
            rest = text_key(f"{direction} {negated} {name}")
            keys = (self._keys[subject + 1], self._predicate_keys[predicate], self._keys[target + 1], rest)
            self._add(self._claim(row._replace(properties=self._said(row)), claim_key(self._keys[0], *keys)))
            if negated:
                self.counts.negated += 1
                return
            self._rest[len(self._batch) // 3] = rest
        self._pending.append(f"<{start}> <{relation}> <{end}>{self._end}")
        self._batch.extend((subject, predicate, target))
        if len(self._pending) >= _BATCH:
            self._flush()

    def _end_number(self, iri: str) -> int:
        number = self._numbers.get(iri)
        if number is not None:
            return number
        self._nodes.write(json.dumps([self._number(iri), iri, "", [], [], []], ensure_ascii=False).encode() + b"\n")
        return self._numbers[iri]

    def _predicate_number(self, iri: str, direction: int) -> int:
        number = self._predicates.get((iri, direction))
        if number is None:
            number = self._predicates[iri, direction] = len(self._predicates)
            self._predicate_keys.append(text_key(iri))
        return number

    def _said(self, row: Edge) -> tuple[tuple[str, str], ...]:
        """What a claim says of itself, without what is about something of ours, which is noted."""
        kept = tuple((name, value) for name, value in row.properties if not is_project(value.removeprefix("<")))
        for name in dict.fromkeys(name for name, value in row.properties if (name, value) not in kept):
            self.reject(
                Reject(row.line, f"{local_name(name)}: {ABOUT_OURS}", f"{row.subject} {row.predicate} {row.object}")
            )
        return kept

    def _claim(self, row: Edge, key: int) -> list[str]:
        """A claim with something to say about itself is a node, in Biolink's words."""
        node = f"<{STATEMENT_BASE}{key:016x}>"
        said = [
            (_RDF_TYPE, f"<{BIOLINK}Association>"),
            (f"<{BIOLINK}subject>", f"<{row.subject}>"),
            (f"<{BIOLINK}predicate>", f"<{row.predicate}>"),
            (f"<{BIOLINK}object>", f"<{row.object}>"),
            *((f"<{predicate}>", value) for predicate, value in row.properties),
        ]
        if row.negated:
            said.append((f"<{BIOLINK}negated>", str(literal(True))))
        return [f"{node} {predicate} {value}{self._end}" for predicate, value in said]

    def fact(self, row: Fact) -> None:
        """Take a triple that is no edge, or note why not."""
        link = row.object[1:-1] if row.object.startswith("<") else ""
        if reason := _objection(row.subject, row.predicate, link):
            self.reject(Reject(row.line, reason, f"{row.subject} {row.predicate} {row.object}"))
            return
        self.counts.facts += 1
        self._add([f"<{row.subject}> <{row.predicate}> {row.object}{self._end}"])

    def _add(self, lines: list[str]) -> None:
        self._pending += lines
        if len(self._pending) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        self._lines.add(self._pending)
        self._pending = []
        subject, predicate, target = np.frombuffer(self._batch, dtype=np.int32).reshape(-1, 3).T.astype(np.int64)
        records = np.zeros(len(subject), dtype=EDGE)
        records["subject"], records["predicate"], records["object"] = subject, predicate, target
        keys, rest = np.frombuffer(self._keys, dtype=np.uint64), np.zeros(len(subject), dtype=np.uint64)
        rest[list(self._rest)] = list(self._rest.values())
        relations = np.array(self._predicate_keys, dtype=np.uint64)
        records["statement"] = claim_key(keys[0], keys[subject + 1], relations[predicate], keys[target + 1], rest)
        records.tofile(self._edges)
        self.counts.edges += len(records)
        self._batch, self._rest = array("i"), {}

    def keep(self) -> Kept:
        """Put everything that was given so far on the disk, for good, and say what that is."""
        self._flush()
        self._lines.flush()
        sizes = {}
        for stream in (self._nodes, self._edges, self._rejects):
            stream.flush()
            path = Path(stream.name)
            make_safe(path)
            sizes[path.name] = stream.tell()
        return Kept(sizes, self._lines.pieces, asdict(self.counts), tuple(self._predicates))

    def finish(self) -> Written:
        """Write what is still in memory and sort the N-Quads; nothing can be added afterwards."""
        self.keep()
        written = self._lines.write(self.folder / QUADS)
        # mtime 0 and no name: the same rows give the same bytes.
        with (
            (self.work / _NODES_UNDER_WAY).open("rb") as nodes,
            (self.folder / NODES).open("wb") as raw,
            gzip.GzipFile("", "wb", 3, raw, mtime=0) as packed,
        ):
            shutil.copyfileobj(nodes, packed, _CHUNK)
        for name in (QUADS, NODES):
            make_safe(self.folder / name)
        make_safe(self.folder)
        self.counts.nodes = len(self._numbers)
        self.counts.quads, self.counts.repeated_quads = written.lines, written.repeated
        return written

    @property
    def predicates(self) -> list[tuple[str, int]]:
        """(IRI, direction) by predicate number."""
        return list(self._predicates)

    def close(self) -> None:
        """Close the files."""
        for stream in (self._nodes, self._edges, self._rejects):
            stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _description(row: Node) -> Iterator[str]:
    """The predicate and object of every triple that describes a node."""
    for category in row.categories:
        yield f"{_RDF_TYPE} <{category}>"
    if row.label:
        yield f"{_LABEL} {literal(row.label)}"
    for text in row.synonyms:
        yield f"<{_SKOS}altLabel> {literal(text)}"
    for iri in row.same_as:
        if is_project(iri):
            continue  # said at every build, as long as it is an entity
        yield f"<{_SKOS}exactMatch> <{iri}>"
    for iri in row.xrefs:
        yield f"<{BIOLINK}xref> <{iri}>"
    if row.definition:
        yield f"<{_SKOS}definition> {literal(row.definition)}"


def _objection(subject: str, predicate: str, target: str) -> str:
    """Why a triple of these IRIs (the third is empty for a text) cannot be taken, or nothing.

    Questions are answered from the union of all graphs, so an import may neither use the project's vocabulary nor
    say anything of the project's things: what is asked of those would have another answer with it.
    """
    if is_project(predicate):
        return f"uses the project's own vocabulary; write {predicates.instead_of(predicate)}"
    if is_project(subject) or is_project(target):
        return ABOUT_OURS
    return TOO_LONG if any(len(iri) > MAX_IRI for iri in (subject, predicate, target)) else ""


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def read_nodes(path: Path) -> Iterator[list[Any]]:
    """The lines of a table of nodes."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def read_edges(path: Path, batch: int = _BATCH) -> Iterator[NDArray[np.void]]:
    """The records of a table of edges, in pieces."""
    with path.open("rb") as stream:
        while len(records := np.fromfile(stream, dtype=EDGE, count=batch)):
            yield records
