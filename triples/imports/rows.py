"""What the readers of every format hand over: nodes, edges, further triples, and the rows nobody can use.

IRIs are spelled out and checked by the time they are here. Named tuples, because there are millions of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeAlias


class Node(NamedTuple):
    """Something that edges join.

    Attributes:
        line: where it stands, from 1: a line of a text file, else the place among the records.
        categories: IRIs of its classes, the most telling first.
        same_as: IRIs of the same thing that the import itself names.
        xrefs: IRIs of related things.
    """

    line: int
    iri: str
    label: str = ""
    categories: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()
    xrefs: tuple[str, ...] = ()
    definition: str = ""


class Edge(NamedTuple):
    """One claim of an import: three IRIs.

    Attributes:
        direction: +1 or -1 where the import says so beside the predicate (Biolink's qualifiers), else 0.
        properties: (IRI, object as an N-Triples term) of the claim itself: sources, publications, scores.
        negated: whether the import says that it does not hold.
        key: what tells it from other claims of the same triple; with the triple it mints the claim's IRI.
    """

    line: int
    subject: str
    predicate: str
    object: str
    direction: int = 0
    properties: tuple[tuple[str, str], ...] = ()
    negated: bool = False
    key: str = ""


class Fact(NamedTuple):
    """A triple that is no edge: ``object`` is an N-Triples term."""

    line: int
    subject: str
    predicate: str
    object: str


class Reject(NamedTuple):
    """A row that was not used, why, and what it said."""

    line: int
    reason: str
    row: str


class Opened(NamedTuple):
    """From here on rows come from this file, one of those given."""

    path: Path


Row: TypeAlias = Node | Edge | Fact | Reject | Opened


@dataclass(frozen=True)
class Source:
    """What a reader is given.

    Attributes:
        name: of the import; IRIs for what has no published identifier are minted under it.
        files: in the order given.
        lines_read: of a file, how many of its lines to pass over. Readers that give a row a line heed it; for the
            others it is empty.
    """

    name: str
    files: tuple[Path, ...]
    lines_read: Mapping[Path, int] = field(default_factory=dict)


class UnreadableFile(ValueError):
    """A file that is not what its reader expects, so that no row of it can be used."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file
        self.reason = reason


Rows: TypeAlias = Iterator[Row]
