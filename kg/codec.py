"""How values are spelled in RDF. The only module that knows how a statement is reified.

No blank nodes: every node has an IRI, minted from its content where nobody names it. Figures are written in
their shortest decimal form, because the store would shorten them anyway; what was printed is kept as a string
beside them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import pyoxigraph as ox

from kg.identifiers import BASE, Iri, expand
from kg.model import Certainty, Polarity
from ontology.terms import PREDICATES, SKG

ONTOLOGY_GRAPH = Iri(f"{BASE}graph/ontology")
INFERRED_GRAPH = Iri(f"{BASE}graph/inferred")
PROVENANCE_GRAPH = Iri(f"{BASE}graph/provenance")
METADATA_GRAPH = Iri(f"{BASE}graph/metadata")

Value = str | int | Decimal | bool
Term = ox.NamedNode | ox.Literal
Quad = ox.Quad
PlainQuad = tuple[str, str, str, Term]  # subject, predicate and graph as IRIs, the object as a term


def document_graph(document: str) -> Iri:
    """The graph of a document, by its id."""
    return Iri(f"{BASE}graph/document-{document}")


@cache
def named(iri: str) -> ox.NamedNode:
    """A node from an IRI."""
    return ox.NamedNode(iri)


@cache
def node(curie: str) -> ox.NamedNode:
    """A node from a CURIE.

    Raises: IdentifierError if its prefix is unknown.
    """
    return ox.NamedNode(expand(curie))


type_ = node("rdf:type")
_LABEL, _NOTE = node("rdfs:label"), node("skos:note")
_INTEGER, _DECIMAL, _BOOLEAN = node("xsd:integer"), node("xsd:decimal"), node("xsd:boolean")


def literal(value: Value) -> ox.Literal:
    """A literal of the datatype that belongs to a Python value; texts are plain."""
    if isinstance(value, bool):
        return ox.Literal("true" if value else "false", datatype=_BOOLEAN)
    if isinstance(value, int):
        return ox.Literal(str(value), datatype=_INTEGER)
    if isinstance(value, Decimal):
        return ox.Literal(decimal_text(value), datatype=_DECIMAL)
    return ox.Literal(value)


def decimal_text(value: Decimal) -> str:
    """The shortest lexical form of a decimal.

    >>> decimal_text(Decimal("0.050")), decimal_text(Decimal("1E+2"))
    ('0.05', '100')
    """
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def content_hash(*parts: object, length: int = 16) -> str:
    """The first hexadecimal digits of the SHA-256 of a canonical JSON of the parts; for minting names."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:length]


@dataclass(frozen=True)
class Statement:
    """A fact as one document states it.

    Attributes:
        document: who asserts it (IRI).
        predicate: local name, a key of ``ontology.terms.PREDICATES``.
        object: IRI of an entity; None where the predicate takes ``text``.
        citing: references (IRIs) on whose authority the document states it.
        qualifiers: (local name of the property, value), any order; figures are Decimal or int.
        graph: where it stands; by default the document's graph.
        premises: what an inferred statement follows from: IRIs of statements and entities.
    """

    document: str
    subject: str
    predicate: str
    object: str | None = None
    text: str | None = None
    polarity: Polarity = "affirmed"
    certainty: Certainty = "stated"
    citing: tuple[str, ...] = ()
    qualifiers: tuple[tuple[str, Value], ...] = ()
    about: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    context_passages: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    flag_reason: str | None = None
    note: str | None = None
    year: int | None = None
    label: str | None = None
    graph: str = ""
    premises: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Order means nothing in these, so that equal statements compare equal."""
        for name in (*_LINKS.values(), "flags", "qualifiers"):
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)), key=str)))

    @property
    def iri(self) -> Iri:
        """Minted from who says it on whose authority, the fact, polarity, certainty and qualifiers."""
        qualifiers = sorted(
            [name, decimal_text(value) if isinstance(value, Decimal) else str(value)] for name, value in self.qualifiers
        )
        claim = content_hash(
            self.document, sorted(self.citing), self.subject, self.predicate, self.object, self.text, self.polarity,
            self.certainty, qualifiers,
        )  # fmt: skip
        return Iri(f"{BASE}statement/{claim}")

    @property
    def is_direct(self) -> bool:
        """Whether the fact is also a plain triple: affirmed and stated (or inferred)."""
        return self.polarity == "affirmed" and self.certainty in ("stated", "inferred")

    @property
    def is_edge(self) -> bool:
        """Whether the traversal index holds it: affirmed, between entities, by a predicate of its table."""
        return self.polarity == "affirmed" and self.object is not None and PREDICATES[self.predicate].edge


_LINKS = {
    "citing": "citing",
    "about": "about",
    "passage": "passages",
    "contextPassage": "context_passages",
    "premise": "premises",
}


def statement_quads(statement: Statement) -> Iterator[Quad]:
    """Spell a statement: its node with all that belongs to it, and the direct triple where it has one."""
    subject = ox.NamedNode(statement.iri)
    graph = ox.NamedNode(statement.graph or document_graph(statement.document.removeprefix(f"{BASE}document/")))
    target: Term = ox.NamedNode(statement.object) if statement.object is not None else literal(statement.text or "")
    said: list[tuple[ox.NamedNode, Term]] = [
        (type_, skg("Statement")),
        (skg("subject"), named(statement.subject)),
        (skg("predicate"), skg(statement.predicate)),
        (skg("object"), target),
        (skg("polarity"), literal(statement.polarity)),
        (skg("certainty"), literal(statement.certainty)),
        (skg("assertedBy"), named(statement.document)),
    ]
    said += [(skg(name), named(iri)) for name, attribute in _LINKS.items() for iri in getattr(statement, attribute)]
    said += [(skg(name), literal(value)) for name, value in statement.qualifiers]
    said += [(skg("flag"), literal(flag)) for flag in statement.flags]
    optional: tuple[tuple[ox.NamedNode, Value | None], ...] = (
        (skg("flagReason"), statement.flag_reason),
        (_NOTE, statement.note),
        (skg("year"), statement.year),
        (_LABEL, statement.label),
    )
    said += [(predicate, literal(given)) for predicate, given in optional if given is not None]
    yield from (ox.Quad(subject, predicate, value, graph) for predicate, value in said)
    if statement.is_direct:
        yield ox.Quad(named(statement.subject), skg(statement.predicate), target, graph)


@cache
def skg(name: str) -> ox.NamedNode:
    """A term of our vocabulary. Raises: UnknownTermError for any other name."""
    return ox.NamedNode(SKG[name])


def nquads_lines(quads: Iterable[Quad]) -> list[str]:
    """Canonical N-Quads, one a line without its line end, sorted, each once.

    Raises: ValueError for a blank node: a dataset with one has no stable checksum.
    """
    lines = set()
    for quad in quads:
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
            raise ValueError(f"blank node in {quad}")  # noqa: TRY004 - the data is wrong, not the type
        lines.add(f"{quad} .")
    return sorted(lines)


def dataset_checksum(lines: Iterable[str]) -> str:
    """SHA-256 of sorted canonical N-Quads without the provenance graph."""
    digest = hashlib.sha256()
    provenance = f" <{PROVENANCE_GRAPH}> ."
    for line in lines:
        if not line.endswith(provenance):
            digest.update(line.encode("utf-8") + b"\n")
    return digest.hexdigest()


def parse_turtle(data: bytes, graph: str) -> list[Quad]:
    """The triples of a Turtle document as quads of one graph.

    Raises: ValueError for syntax that is not Turtle, and for blank nodes.
    """
    try:
        quads = [
            ox.Quad(q.subject, q.predicate, q.object, named(graph)) for q in ox.parse(data, format=ox.RdfFormat.TURTLE)
        ]
    except SyntaxError as error:
        raise ValueError(f"not Turtle: {error}") from error
    nquads_lines(quads)
    return quads


def plain_quads(quads: Iterable[Quad]) -> Iterator[PlainQuad]:
    """(subject IRI, predicate IRI, graph IRI, object term) of each quad, without the engine's classes."""
    for quad in quads:
        subject, graph, target = quad.subject, quad.graph_name, quad.object
        if not isinstance(subject, ox.NamedNode) or not isinstance(graph, ox.NamedNode):
            continue
        if isinstance(target, ox.NamedNode | ox.Literal):
            yield subject.value, quad.predicate.value, graph.value, target
