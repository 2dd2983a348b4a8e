"""Reading RDF files of any size in any serialisation that the engine knows, one triple at a time.

The engine's parsers go on after an error where the syntax allows it; what they could not read comes back as a
:class:`Fault` among the triples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, NamedTuple, cast
from urllib.parse import quote

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
XML_FORMATS = frozenset({".rdf", ".owl", ".xml"})
MAX_FAULTS_IN_A_ROW = 1000


class Triple(NamedTuple):
    """A triple of a file: subject and predicate as IRIs, the object as an N-Triples term.

    Attributes:
        number: its place among the triples of the file, from 1; its line in a format of lines.
        is_link: whether the object is an IRI (then ``object`` is the IRI itself, without angle brackets).
    """

    number: int
    subject: str
    predicate: str
    object: str
    is_link: bool


class Fault(NamedTuple):
    """What cannot be read or kept.

    Attributes:
        line: of the file, as the parser says, or else that up to which it had read (some 2 KiB ahead).
    """

    line: int
    reason: str


def read_rdf(stream: IO[bytes], suffix: str, base: str) -> Iterator[Triple | Fault]:
    """The triples of an RDF file; graph names are left out, blank nodes become IRIs.

    Args:
        stream: decompressed bytes.
        suffix: a key of :data:`FORMAT_BY_SUFFIX`; for those of :data:`LINE_FORMATS` see :func:`read_triple_lines`.
        base: an IRI ending in a slash: relative IRIs are resolved against it, and blank nodes get the IRIs
            ``<base>blank/1``, ``/2`` ... in the order in which they first occur, so that the same file always
            gives the same triples.

    Raises: OSError where the stream does.
    """
    blank: dict[str, str] = {}

    def numbered(label: str) -> str:
        return blank.setdefault(label, f"{base}blank/{len(blank) + 1}")

    faults = number = 0
    counted = _Counted(stream)
    parser = ox.parse(cast("IO[bytes]", counted), format=FORMAT_BY_SUFFIX[suffix], base_iri=base)
    while True:
        try:
            quad = next(parser)
        except StopIteration:
            return
        except SyntaxError as error:
            faults += 1
            yield Fault(error.lineno or counted.line, str(error.msg))
            if faults >= MAX_FAULTS_IN_A_ROW:
                yield Fault(error.lineno or counted.line, "too many errors; the rest was not read")
                return
            continue
        number += 1
        faults = 0
        found = _triple(number, quad, numbered)
        yield found if isinstance(found, Triple) else Fault(counted.line, f"triple {number}: {found}")


@dataclass
class _Counted:
    """A stream that knows up to which line it was read."""

    stream: IO[bytes]
    line: int = 1

    def read(self, size: int = -1) -> bytes:
        data = self.stream.read(size)
        self.line += data.count(b"\n")
        return data


def read_triple_lines(lines: Sequence[tuple[int, str]], suffix: str, base: str) -> Iterator[Triple | Fault]:
    """What each line of N-Triples or N-Quads says, one item a line; graph names are left out, as above.

    What a line says does not depend on other lines: blank nodes get the IRIs ``<base>blank/<label>``.

    Args:
        lines: some lines with their numbers, neither empty ones nor comments.
        suffix: one of :data:`LINE_FORMATS`.
        base: an IRI ending in a slash.
    """
    reason = "more than one triple"
    try:
        quads = [*ox.parse("\n".join(text for _, text in lines).encode(), format=FORMAT_BY_SUFFIX[suffix])]
    except SyntaxError as error:
        quads, reason = [], str(error.msg)
    if len(quads) == len(lines):
        for (number, _), quad in zip(lines, quads, strict=True):
            found = _triple(number, quad, lambda label: f"{base}blank/{quote(label, safe='-._~')}")
            yield found if isinstance(found, Triple) else Fault(number, found)
    elif len(lines) == 1:
        yield Fault(lines[0][0], reason)
    else:
        half = len(lines) // 2
        yield from read_triple_lines(lines[:half], suffix, base)
        yield from read_triple_lines(lines[half:], suffix, base)


def _triple(number: int, quad: ox.Quad | ox.Triple, name: Callable[[str], str]) -> Triple | str:
    """A triple with its blank nodes named, or why it cannot be kept."""
    subject, target = _node(quad.subject, name), quad.object
    if subject is None:
        return "the subject is itself a triple"
    if isinstance(target, ox.Literal):
        return Triple(number, subject, quad.predicate.value, str(target), is_link=False)
    link = _node(target, name)
    if link is None:
        return "the object is itself a triple"
    return Triple(number, subject, quad.predicate.value, link, is_link=True)


def _node(term: object, name: Callable[[str], str]) -> str | None:
    if isinstance(term, ox.NamedNode):
        return term.value
    return name(term.value) if isinstance(term, ox.BlankNode) else None
