"""Curated records as values: what the reader makes and every later step uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from kg.errors import EntityNotFound, Fault
from triples.tree import Place, Scalar


@dataclass(frozen=True, order=True)
class Span:
    """Half-open offsets in Unicode code points of a document's decoded file."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"


@dataclass(frozen=True)
class Quote:
    """Words that stand for a passage until they are located."""

    text: str


@dataclass(frozen=True)
class Fact:
    """The subject, predicate and, where it is an entity, object of a statement; CURIEs and a local name."""

    subject: str
    predicate: str
    object: str | None


@dataclass(frozen=True)
class Field:
    """One value of a key, read by the key's type."""

    value: str | int | Decimal | bool | Fact | Span | Quote | Record
    scalar: Scalar | None
    place: Place


@dataclass(frozen=True)
class Record:
    """One curated record: its kind (a name in ``schema.RECORDS``), its fields, and where it stands."""

    kind: str
    place: Place
    fields: Mapping[str, tuple[Field, ...]]

    @classmethod
    def of_texts(cls, kind: str, place: Place, values: Mapping[str, tuple[str, ...]]) -> Record:
        """A record that no YAML file holds."""
        fields = {
            key: tuple(Field(text, Scalar(text, place, 0, 0), place) for text in texts) for key, texts in values.items()
        }
        return cls(kind, place, fields)

    @property
    def id(self) -> str:
        """Its identifier or local name; empty where it has none."""
        return self.text("id") or ""

    @property
    def label(self) -> str:
        """Its name; empty where it has none."""
        return self.text("label") or ""

    def all(self, key: str) -> tuple[Field, ...]:
        """All values of a key; empty if the record does not have it."""
        return self.fields.get(key, ())

    def has(self, key: str) -> bool:
        """Whether a key stands there, even with a value that could not be read."""
        return key in self.fields

    def texts(self, key: str) -> tuple[str, ...]:
        """All values of a key as text, as typed but for white space."""
        return tuple(" ".join(entry.scalar.text.split()) for entry in self.all(key) if entry.scalar is not None)

    def text(self, key: str) -> str | None:
        """The value of a key as typed; None if the record does not have it."""
        return next(iter(self.texts(key)), None)

    def integers(self, key: str) -> tuple[int, ...]:
        """All values of a key that are whole numbers."""
        return tuple(
            entry.value for entry in self.all(key) if isinstance(entry.value, int) and not isinstance(entry.value, bool)
        )

    def integer(self, key: str) -> int | None:
        """The whole number of a key; None if the record does not have it."""
        return next(iter(self.integers(key)), None)

    def number(self, key: str) -> Decimal | None:
        """A figure, whether whole or decimal."""
        for entry in self.all(key):
            if isinstance(entry.value, Decimal):
                return entry.value
            if isinstance(entry.value, int):
                return Decimal(entry.value)
        return None

    def yes(self, key: str) -> bool:
        """Whether a yes-or-no key says yes."""
        return any(entry.value is True for entry in self.all(key))

    def records(self, key: str) -> tuple[Record, ...]:
        """The records inside this one under a key, in order."""
        return tuple(entry.value for entry in self.all(key) if isinstance(entry.value, Record))

    def record(self, key: str) -> Record | None:
        """The record inside this one under a key; None if there is none."""
        return next(iter(self.records(key)), None)

    def spans(self, key: str) -> tuple[Span, ...]:
        """The located passages of a key."""
        return tuple(entry.value for entry in self.all(key) if isinstance(entry.value, Span))

    @property
    def fact(self) -> Fact:
        """The fact of a statement record."""
        for entry in self.all("fact"):
            if isinstance(entry.value, Fact):
                return entry.value
        raise KeyError("fact")

    def place_of(self, key: str) -> Place:
        """Where a key's first value stands, or the record where it has none."""
        return next((entry.place for entry in self.all(key)), self.place)

    def walk(self) -> Iterator[Record]:
        """This record and every record inside it, in order."""
        yield self
        for entries in self.fields.values():
            for entry in entries:
                if isinstance(entry.value, Record):
                    yield from entry.value.walk()


@dataclass(frozen=True)
class Section:
    """A named part of a document, from ``start`` to where the next one starts."""

    name: str
    start: int


@dataclass(frozen=True)
class Folder:
    """One document's folder as read.

    Attributes:
        digests: the rows of passages.tsv: span -> (section, SHA-256).
        is_whole: whether all its files are YAML; records of the others are missing here.
    """

    name: str
    document: Record | None
    statements: tuple[Record, ...] = ()
    studies: tuple[Record, ...] = ()
    patients: tuple[Record, ...] = ()
    conflicts: tuple[Record, ...] = ()
    exclusions: tuple[Record, ...] = ()
    digests: Mapping[Span, tuple[str, str]] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    is_whole: bool = True

    @property
    def id(self) -> str:
        """The document's id; where document.yaml cannot be read, the number in the folder's name."""
        written = self.document.text("id") if self.document else None
        return written or self.name.partition("-")[0]

    @property
    def records(self) -> tuple[Record, ...]:
        """Every record of the folder but the exclusions."""
        head = (self.document,) if self.document else ()
        return (*head, *self.statements, *self.studies, *self.patients, *self.conflicts)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The located sections, by offset."""
        rows = self.document.records("sections") if self.document else ()
        found = [Section(row.text("name") or "", row.spans("at")[0].start) for row in rows if row.spans("at")]
        return tuple(sorted(found, key=lambda section: section.start))

    def section_at(self, offset: int) -> str:
        """The name of the section that holds an offset; before the first one, ``Front matter``."""
        name = "Front matter"
        for section in self.sections:
            if section.start > offset:
                break
            name = section.name
        return name


@dataclass(frozen=True)
class Corpus:
    """Everything curated, with the faults found while reading it.

    Attributes:
        withdrawn: identifiers that corrections gave up.
        published: identifiers that releases published.
        unread: files that are no YAML, of whose records nothing is known.
    """

    entities: tuple[Record, ...]
    folders: tuple[Folder, ...]
    faults: tuple[Fault, ...] = ()
    withdrawn: tuple[Record, ...] = ()
    published: tuple[Record, ...] = ()
    unread: frozenset[str] = frozenset()

    def folder(self, document: str) -> Folder:
        """The folder of a document, by its id or its own name. Raises: EntityNotFound."""
        found = next((each for each in self.folders if document in (each.id, each.name)), None)
        if found is None:
            known = tuple((f"document:{each.id}", each.name) for each in self.folders)
            raise EntityNotFound(document, "document", known)
        return found
