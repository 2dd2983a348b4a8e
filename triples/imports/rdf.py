"""Any RDF file as an import: links between things become edges, names and classes describe the nodes.

OWL class hierarchies come in this way, too: ``rdfs:subClassOf`` between named classes is an edge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from kg.identifiers import IMPORT_BASE
from kg.sparql.rdf_files import (
    FORMAT_BY_SUFFIX,
    LINE_FORMATS,
    XML_FORMATS,
    Fault,
    Triple,
    read_rdf,
    read_triple_lines,
)
from ontology.terms import PREFIXES
from triples.imports.files import bare_suffix, numbered_lines, open_binary
from triples.imports.rows import Edge, Fact, Node, Opened, Reject, Row, Source, UnreadableFile

_CHARACTERS_AT_ONCE = 1 << 17
_PROLOGUE_BYTES = 1 << 20
_NESTED_ENTITY = re.compile(rb"<!ENTITY\s+[^>\"']*([\"'])[^\"']*&(?!#|amp;|lt;|gt;|quot;|apos;)[^\"']*\1")
_RDF, _RDFS, _OWL, _SKOS = (PREFIXES[name] for name in ("rdf", "rdfs", "owl", "skos"))
_TYPE = f"{_RDF}type"
_LABELS = frozenset({f"{_RDFS}label", f"{_SKOS}prefLabel", f"{PREFIXES['foaf']}name", f"{PREFIXES['dcterms']}title"})
_OIO = "http://www.geneontology.org/formats/oboInOwl#"
_SYNONYMS = frozenset(
    {f"{_SKOS}altLabel", *(f"{_OIO}has{kind}Synonym" for kind in ("Exact", "Narrow", "Broad", "Related"))}
)
_SAME = frozenset({f"{_SKOS}exactMatch", f"{_OWL}sameAs", f"{_OWL}equivalentClass"})
# Links that say something about the file, the class system or a list, not about what the nodes do.
_NO_EDGE = frozenset(
    {f"{_RDFS}isDefinedBy", f"{_RDFS}seeAlso", f"{_RDFS}domain", f"{_RDFS}range", f"{_RDFS}subPropertyOf",
     f"{_SKOS}inScheme", f"{_RDF}first", f"{_RDF}rest", f"{_SKOS}closeMatch", f"{_SKOS}relatedMatch"}
)  # fmt: skip


def read_rdf_files(source: Source) -> Iterator[Row]:
    """The triples of RDF files, graph names left out; those of N-Triples and N-Quads line by line.

    Raises: UnreadableFile for an unknown extension.
    """
    for place, path in enumerate(source.files):
        suffix = bare_suffix(path)
        if suffix not in FORMAT_BY_SUFFIX:
            raise UnreadableFile(path.name, f"expected one of {', '.join(FORMAT_BY_SUFFIX)}")
        yield Opened(path)
        base = f"{IMPORT_BASE}{source.name}/" + (f"{place + 1}/" if place else "")
        if suffix in LINE_FORMATS:
            yield from _line_rows(path, base, source.lines_read.get(path, 0))
            continue
        if suffix in XML_FORMATS:
            _check_entities(path)
        with open_binary(path) as stream:
            for found in read_rdf(stream, suffix, base):
                if isinstance(found, Fault):
                    yield Reject(found.line, f"{found.reason}; what follows on the same statement was lost, too", "")
                else:
                    yield _row(found)


def _check_entities(path: Path) -> None:
    """Raises: UnreadableFile if an XML file declares entities by others: each level may make them ten times as long."""
    with open_binary(path) as stream:
        if _NESTED_ENTITY.search(stream.read(_PROLOGUE_BYTES)):
            raise UnreadableFile(path.name, "it declares an entity by another one, of which no bounds are known")


def is_by_line(files: Sequence[Path]) -> bool:
    """Whether every row of these files is a line, so that reading can begin at any."""
    return all(bare_suffix(path) in LINE_FORMATS for path in files)


def _line_rows(path: Path, base: str, after: int) -> Iterator[Row]:
    """One row for each line below the first ``after`` ones; many lines are parsed at once, which is much faster."""
    suffix, block, size = bare_suffix(path), list[tuple[int, str]](), 0
    for line in numbered_lines(path, after):
        if isinstance(line, Reject):
            yield from _block_rows(block, suffix, base)
            block = []
            yield line
        elif (text := line[1].strip(" \t\r")) and not text.startswith("#"):
            block.append(line)
            size += len(text)
            if size >= _CHARACTERS_AT_ONCE:
                yield from _block_rows(block, suffix, base)
                block, size = [], 0
    yield from _block_rows(block, suffix, base)


def _block_rows(lines: list[tuple[int, str]], suffix: str, base: str) -> Iterator[Row]:
    text_of = dict(lines)
    for found in read_triple_lines(lines, suffix, base) if lines else ():
        yield Reject(found.line, found.reason, text_of[found.line]) if isinstance(found, Fault) else _row(found)


def _row(triple: Triple) -> Row:
    number, subject, predicate, target, is_link = triple
    if not is_link:
        text = _text(target)
        if predicate in _LABELS:
            return Node(number, subject, label=text)
        if predicate in _SYNONYMS:
            return Node(number, subject, synonyms=(text,))
        return Fact(number, subject, predicate, target)
    if predicate == _TYPE:
        return Node(number, subject, categories=(target,))
    if predicate in _SAME:
        return Node(number, subject, same_as=(target,))
    if predicate in _NO_EDGE or predicate.startswith(_OWL):
        return Fact(number, subject, predicate, f"<{target}>")
    return Edge(number, subject, predicate, target)


def _text(term: str) -> str:
    """The text of a literal in N-Triples form, without its language or datatype."""
    end = term.rindex('"')
    body = term[1:end]
    if "\\" not in body:
        return body
    return body.encode("latin-1", "backslashreplace").decode("unicode_escape")
