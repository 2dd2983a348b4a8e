"""Reading RDF files of any size in any serialisation that the engine knows, one triple at a time.

The engine's parsers go on after an error where the syntax allows it; what they could not read comes back as a
:class:`Fault` among the triples.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, NamedTuple

import pyoxigraph as ox

FORMAT_BY_SUFFIX = {
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".n3": ox.RdfFormat.N3,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
}
LINE_FORMATS = frozenset({".nt", ".nq"})
MAX_FAULTS_IN_A_ROW = 1000


class Triple(NamedTuple):
    """A triple of a file: subject and predicate as IRIs, the object as an N-Triples term.

    Attributes:
        number: its place among the triples of the file, from 1.
        is_link: whether the object is an IRI (then ``object`` is the IRI itself, without angle brackets).
    """

    number: int
    subject: str
    predicate: str
    object: str
    is_link: bool


class Fault(NamedTuple):
    """What cannot be read or kept. ``line`` is a line of the file where the parser names one, else 0."""

    line: int
    reason: str


def read_rdf(stream: IO[bytes], suffix: str, base: str) -> Iterator[Triple | Fault]:
    """The triples of an RDF file; graph names are left out, blank nodes become IRIs.

    Args:
        stream: decompressed bytes.
        suffix: a key of :data:`FORMAT_BY_SUFFIX`.
        base: an IRI ending in a slash: relative IRIs are resolved against it, and blank nodes get the IRIs
            ``<base>blank/1``, ``/2`` ... in the order in which they first occur, so that the same file always
            gives the same triples.

    Raises: OSError where the stream does.
    """
    blank: dict[str, str] = {}
    faults = number = 0
    parser = ox.parse(stream, format=FORMAT_BY_SUFFIX[suffix], base_iri=base)
    while True:
        try:
            quad = next(parser)
        except StopIteration:
            return
        except SyntaxError as error:
            faults += 1
            yield Fault(error.lineno or 0, str(error.msg))
            if suffix not in LINE_FORMATS and faults >= MAX_FAULTS_IN_A_ROW:
                yield Fault(0, "too many errors; the rest was not read")
                return
            continue
        number += 1
        faults = 0
        subject, target = _node(quad.subject, blank, base), quad.object
        if subject is None:
            yield Fault(0, f"the subject of triple {number} is itself a triple")
        elif isinstance(target, ox.Literal):
            yield Triple(number, subject, quad.predicate.value, str(target), False)
        elif (link := _node(target, blank, base)) is not None:
            yield Triple(number, subject, quad.predicate.value, link, True)
        else:
            yield Fault(0, f"the object of triple {number} is itself a triple")


def _node(term: object, blank: dict[str, str], base: str) -> str | None:
    if isinstance(term, ox.NamedNode):
        return term.value
    if isinstance(term, ox.BlankNode):
        return blank.setdefault(term.value, f"{base}blank/{len(blank) + 1}")
    return None
