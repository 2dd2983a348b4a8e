"""A YAML file as a tree in which every scalar is text and knows where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kg.errors import Fault


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands in a curated file. ``line`` and ``column`` count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def fault(self, reason: str) -> Fault:
        """What is wrong here."""
        return Fault(self.file, self.line, self.column, reason)


@dataclass(frozen=True)
class Scalar:
    """A scalar as typed. ``start`` and ``end`` are character indices in the file, with quotation marks."""

    sort: ClassVar[str] = "a text"  # what a fault calls it
    text: str
    place: Place
    start: int
    end: int


@dataclass(frozen=True)
class Listing:
    """A YAML list."""

    sort: ClassVar[str] = "a list"  # what a fault calls it
    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True)
class Table:
    """A YAML mapping, its pairs as typed: a key may occur twice."""

    sort: ClassVar[str] = "a record"  # what a fault calls it
    pairs: tuple[tuple[Scalar, Node], ...]
    place: Place


Node = Scalar | Listing | Table
