"""Where compiled quads gather: a document's graph, its passages, and the place of each record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from kg import codec
from kg.codec import Quad, Statement, Value, literal, named, node
from kg.identifiers import expand
from kg.model import Polarity, certainty_named
from triples import schema
from triples.keys import Key, RecordType, Type
from triples.records import Fact, Field, Folder, Record, Span
from triples.tree import Place

_VALUE_TYPES = {Type.INTEGER, Type.DECIMAL, Type.YES_NO}


class Sink:
    """Collects the quads of one graph.

    Attributes:
        statements: by IRI; the same claim met again adds its passages.
    """

    def __init__(self, graph: str, folder: Folder | None = None) -> None:
        self.graph = graph
        self.folder = folder
        self.quads: set[Quad] = set()
        self.statements: dict[str, Statement] = {}
        self.places: dict[str, Place] = {}
        self.year = folder.document.integer("year") if folder and folder.document else None

    @property
    def document_id(self) -> str:
        """The document's short id; empty in the ontology graph, which no document states."""
        return self.folder.id if self.folder else ""

    @property
    def document(self) -> str:
        """CURIE of the document; empty likewise."""
        return f"document:{self.folder.id}" if self.folder else ""

    def add(self, subject: str, predicate: str, *values: codec.Term) -> None:
        """Add triples about a CURIE."""
        for value in values:
            self.quads.add(Quad(node(subject), node(predicate), value, named(self.graph)))

    def text(self, subject: str, predicate: str, value: Value | None) -> None:
        """Add a literal, if there is one."""
        if value is not None and value != "":
            self.add(subject, predicate, literal(value))

    def link(self, subject: str, predicate: str, *curies: str) -> None:
        """Add links to CURIEs."""
        self.add(subject, predicate, *(node(curie) for curie in curies))

    def source(self, subject: str, place: Place) -> None:
        """Note in the side graph where a record stands in the curated files."""
        self._source_of(expand(subject), place)

    def record(self, subject: str, record: Record, kind: RecordType, skip: tuple[str, ...] = ()) -> None:
        """Add every key that the table spells as a property, but nested records, names and passages."""
        for key in kind.keys:
            if key.rdf is None or key.name in skip or key.type in (Type.RECORD, Type.PASSAGE, Type.NAME, Type.LINK):
                continue
            if key is schema.CITING:
                self.link(subject, "skg:citing", *self.citing(record))
            else:
                self.add(subject, key.rdf, *_terms(record, key))

    def citing(self, record: Record) -> tuple[str, ...]:
        """CURIEs of the references that a record cites."""
        return tuple(f"{self.document}-ref-{number}" for number in record.integers("citing"))

    def provenance(self, subject: str, record: Record, spans: Iterable[Span] | None = None) -> None:
        """Who says what a record describes, where in the text, and where it stands in the curated files.

        ``spans``, where they are given, stand for the record's own passages.
        """
        self.link(subject, "skg:assertedBy", self.document)
        self.passages(subject, record.spans("at") if spans is None else spans, record.spans("context"))
        self.source(subject, record.place)

    def passages(self, subject: str, spans: Iterable[Span], context: Iterable[Span] = ()) -> None:
        """Point to passages, and describe each passage."""
        for predicate, pointed in (("skg:passage", tuple(spans)), ("skg:contextPassage", tuple(context))):
            self.link(subject, predicate, *map(self._passage, pointed))
            self._describe(pointed)

    def _passage(self, span: Span) -> str:
        return f"passage:{self.document_id}-{span.start}-{span.end}"

    def _describe(self, spans: Iterable[Span]) -> None:
        for span in spans:
            curie = self._passage(span)
            section, sha256 = self.folder.digests.get(span, ("", "")) if self.folder else ("", "")
            self.link(curie, "rdf:type", "skg:Passage")
            self.link(curie, "skg:document", self.document)
            self.text(curie, "skg:section", section)
            self.text(curie, "skg:start", span.start)
            self.text(curie, "skg:end", span.end)
            self.text(curie, "skg:sha256", sha256)

    def statement(
        self,
        fact: Fact,
        label: str,
        record: Record,
        *,
        spans: Iterable[Span] | None = None,
        claim: Record | None = None,
    ) -> None:
        """Add a statement; see :meth:`statement_of`."""
        pointed = record.spans("at") if spans is None else tuple(spans)
        statement = self.statement_of(fact, label, record, spans=pointed, claim=claim)
        known = self.statements.setdefault(statement.iri, statement)
        self.quads.update(codec.statement_quads(statement if known is statement else _merged(known, statement)))
        self._describe((*pointed, *record.spans("context")))
        self._source_of(statement.iri, record.place)

    def statement_of(
        self, fact: Fact, label: str, record: Record, *, spans: Iterable[Span] = (), claim: Record | None = None
    ) -> Statement:
        """A fact as the document states it.

        Args:
            fact: the subject, predicate and object.
            label: the fact as a sentence.
            record: says where it stands in the curated files and what its context is.
            spans: its passages.
            claim: says how it is stated: polarity, certainty, citations, qualifiers, figures, flags and note. Without
                one the fact is affirmed and stated.
        """
        own = claim or Record("statement", record.place, {})
        polarity: Polarity = "negated" if own.text("polarity") == "negated" else "affirmed"
        return Statement(
            document=expand(self.document),
            subject=expand(fact.subject),
            predicate=fact.predicate,
            object=None if fact.object is None else expand(fact.object),
            text=own.text("text") if fact.object is None else None,
            polarity=polarity,
            certainty=certainty_named(own.text("certainty") or "stated"),
            citing=tuple(expand(curie) for curie in self.citing(own)),
            qualifiers=_qualifiers(own),
            about=tuple(expand(curie) for curie in own.texts("about")),
            passages=tuple(expand(self._passage(span)) for span in spans),
            context_passages=tuple(expand(self._passage(span)) for span in record.spans("context")),
            flags=own.texts("flag"),
            flag_reason=own.text("flag_reason"),
            note=own.text("note"),
            year=self.year,
            label=label,
            graph="" if self.folder else self.graph,
        )

    def _source_of(self, iri: str, place: Place) -> None:
        graph = named(codec.PROVENANCE_GRAPH)
        self.places.setdefault(iri, place)
        self.quads.add(Quad(named(iri), node("skg:sourceFile"), literal(place.file), graph))
        self.quads.add(Quad(named(iri), node("skg:sourceLine"), literal(place.line), graph))


def _merged(first: Statement, again: Statement) -> Statement:
    """The same claim met again: only what may differ is added; one label stays."""
    return replace(again, label=first.label, note=first.note, flag_reason=first.flag_reason)


def _terms(record: Record, key: Key) -> list[codec.Term]:
    """The values of a key as terms."""
    as_node = key.type in (Type.CURIE, Type.EXTERNAL)
    return [
        node(text) if as_node else literal(_typed(entry, text, key))
        for entry, text in zip(record.all(key.name), record.texts(key.name), strict=True)
    ]


def _typed(entry: Field, text: str, key: Key) -> Value:
    if key.type in _VALUE_TYPES and isinstance(entry.value, (int, Decimal)):
        return entry.value
    return text


def _qualifiers(record: Record) -> tuple[tuple[str, Value], ...]:
    return tuple(
        (key.rdf.partition(":")[2], _typed(entry, text, key))
        for key in (*schema.QUALIFIERS, *schema.FIGURES)
        if key.rdf is not None
        for entry, text in zip(record.all(key.name), record.texts(key.name), strict=True)
    )
