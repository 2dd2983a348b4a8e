"""Hetionet-style tables: nodes as id, name, kind; edges as source, metaedge, target, all tab-separated.

An identifier may carry its kind, as in ``Gene::2131``; what is left is a CURIE or a bare number of the vocabulary
that Hetionet uses for the kind. Source of the vocabularies: Hetionet v1.0 (doi 10.7554/eLife.26726).
"""

from __future__ import annotations

from collections.abc import Iterator

from triples.imports.files import table_header, table_rows
from triples.imports.identifiers import NAMESPACES, Identifiers
from triples.imports.rows import Edge, Node, Opened, Reject, Row, Source, UnreadableFile

_SPACE_BY_KIND = {
    "gene": NAMESPACES["ncbigene"],
    "compound": NAMESPACES["drugbank"],
    "side effect": NAMESPACES["umls"],
    "symptom": NAMESPACES["mesh"],
    "pharmacologic class": NAMESPACES["ndfrt"],
}
_COLUMNS = {
    "id": ("id", "node_id", ":id"),
    "name": ("name", "label"),
    "kind": ("kind", "type", "label", "category"),
    "source": ("source", "source_id", "start", ":start_id"),
    "predicate": ("metaedge", "kind", "type", "relation", "predicate"),
    "target": ("target", "target_id", "end", ":end_id"),
}


def read_tables(source: Source) -> Iterator[Row]:
    """The rows of node tables, then those of edge tables, whatever order the files are given in.

    Raises: UnreadableFile for a table whose columns say neither.
    """
    headers = {path: table_header(path) for path in source.files}
    roles = {path: _role(path.name, header) for path, header in headers.items()}
    speller = _Speller(source.name)
    for path, columns in sorted(roles.items(), key=lambda item: "target" in item[1]):
        yield Opened(path)
        rows = table_rows(path, headers[path], source.lines_read.get(path, 0))
        yield from _edges(rows, columns, speller) if "target" in columns else _nodes(rows, columns, speller)


def is_table(header: list[str]) -> bool:
    """Whether a header is that of a table of this style."""
    return _found(header, "target") is not None or (
        _found(header, "id") is not None and _found(header, "kind") is not None
    )


def _role(file: str, header: list[str]) -> dict[str, int]:
    wanted = ("source", "predicate", "target") if _found(header, "target") is not None else ("id", "name", "kind")
    columns = {name: _found(header, name) for name in wanted}
    missing = [name for name, place in columns.items() if place is None]
    if missing:
        raise UnreadableFile(file, f"no column for {', '.join(missing)}; its columns are {', '.join(header)}")
    return {name: place for name, place in columns.items() if place is not None}


def _found(header: list[str], name: str) -> int | None:
    folded = [column.casefold() for column in header]
    return next((folded.index(column) for column in _COLUMNS[name] if column in folded), None)


Cells = tuple[int, list[str]]  # line, and the cells of a row


class _Speller:
    """IRIs of nodes, kinds and metaedges, each spelled once."""

    def __init__(self, name: str) -> None:
        self._identifiers = Identifiers(name)
        self.nodes: dict[str, str] = {}
        self._terms: dict[tuple[str, str], str] = {}

    def node(self, text: str) -> str:
        known = self.nodes.get(text)
        if known is None:
            kind, double_colon, local = text.partition("::")
            if double_colon:
                known = self._identifiers.iri(local, _SPACE_BY_KIND.get(kind.strip().casefold()))
            else:
                known = self._identifiers.iri(text)
            self.nodes[text] = known
        return known

    def term(self, role: str, text: str) -> str:
        known = self._terms.get((role, text))
        if known is None:
            if not text.strip():
                raise ValueError(f"no {role}")
            known = self._terms[role, text] = self._identifiers.own(role, text)
        return known


def _nodes(rows: Iterator[Cells | Reject], columns: dict[str, int], speller: _Speller) -> Iterator[Row]:
    for row in rows:
        if isinstance(row, Reject):
            yield row
            continue
        line, cells = row
        try:
            iri, kind = speller.node(cells[columns["id"]]), speller.term("type", cells[columns["kind"]])
            yield Node(line, iri, cells[columns["name"]].strip(), (kind,))
        except ValueError as fault:
            yield Reject(line, str(fault), "\t".join(cells))


def _edges(rows: Iterator[Cells | Reject], columns: dict[str, int], speller: _Speller) -> Iterator[Row]:
    """Most of an import's time is spent here, hence the local names and the look-ups that skip a call."""
    start, relation, end = columns["source"], columns["predicate"], columns["target"]
    nodes, node, term = speller.nodes, speller.node, speller.term
    for row in rows:
        if isinstance(row, Reject):
            yield row
            continue
        line, cells = row
        source, target = cells[start], cells[end]
        try:
            predicate = term("predicate", cells[relation])
            yield Edge(line, nodes.get(source) or node(source), predicate, nodes.get(target) or node(target))
        except ValueError as fault:
            yield Reject(line, str(fault), "\t".join(cells))
