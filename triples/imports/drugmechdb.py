"""DrugMechDB: curated paths from a drug to a disease, as an import.

Every distinct link is one edge, and says which paths it is part of. References belong to a path as a whole, so they
stay with the path: no edge of DrugMechDB has evidence of its own. The drug's DrugBank number in the head of a path
is kept as text and joins nothing, because it is often another drug's (``triples.imports.drugmechdb_audit``).
Source: https://github.com/SuLab/DrugMechDB (doi 10.1038/s41597-023-02534-z).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.codec import literal, named
from ontology.terms import PREFIXES
from triples.imports.identifiers import Identifiers, biolink
from triples.imports.json_values import json_records, text_of
from triples.imports.rows import Edge, Fact, Node, Opened, Reject, Row, Source

IS_PART_OF = f"{PREFIXES['dcterms']}isPartOf"
_REFERENCES = f"{PREFIXES['dcterms']}references"
_LABEL = f"{PREFIXES['rdfs']}label"
_LINK_KEYS = frozenset({"source", "key", "target"})
_NOTE = f"{PREFIXES['skos']}note"


@dataclass(frozen=True)
class MechanismRecord:
    """One path of DrugMechDB as published: a small graph from a drug to a disease.

    Attributes:
        place: its place in the file, from 1.
        nodes: (label of its class, name) by identifier as written.
        links: (source, key, target) as written, repetitions included.
        references: of the path as a whole.
        links_with_evidence: how many links say anything beside those three.
    """

    place: int
    id: str
    drug: str
    drugbank: str
    disease: str
    disease_mesh: str
    drug_mesh: str
    nodes: Mapping[str, tuple[str, str]]
    links: tuple[tuple[str, str, str], ...]
    references: tuple[str, ...]
    links_with_evidence: int = 0

    @property
    def ends(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The identifiers of the drug's and the disease's nodes.

        The head names both; where none of its identifiers is a node, the nodes without a link into them that are
        drugs, and those without a link out of them that are diseases, are the ends.
        """
        drugs = [node for node in (self.drug_mesh, self.drugbank) if node in self.nodes]
        diseases = [node for node in (self.disease_mesh,) if node in self.nodes]
        starts, stops = {link[0] for link in self.links}, {link[2] for link in self.links}
        if not drugs:
            drugs = [node for node in self.nodes if node in starts and node not in stops and self._is(node, "Drug")]
        if not diseases:
            diseases = [
                node for node in self.nodes if node in stops and node not in starts and self._is(node, "Disease")
            ]
        return tuple(drugs), tuple(diseases)

    def _is(self, node: str, label: str) -> bool:
        return self.nodes[node][0] == label


def read_paths(path: Path) -> Iterator[MechanismRecord | Reject]:
    """The paths of a DrugMechDB file, one at a time."""
    for row in json_records(path):
        if isinstance(row, Reject):
            yield row
            continue
        place, record = row
        try:
            yield _record(place, record)
        except (KeyError, TypeError, AttributeError) as fault:
            why = f"no {fault}" if isinstance(fault, KeyError) else fault
            yield Reject(place, f"not a path: {why}", json.dumps(record, ensure_ascii=False))


def _record(place: int, record: Mapping[str, Any]) -> MechanismRecord:
    head, references = record["graph"], record.get("references") or []
    if not isinstance(references, list):
        raise TypeError(f"{references!r} where a list of references is expected")
    return MechanismRecord(
        place=place,
        id=str(head["_id"]),
        drug=str(head.get("drug") or ""),
        drugbank=str(head.get("drugbank") or ""),
        disease=str(head.get("disease") or ""),
        disease_mesh=str(head.get("disease_mesh") or ""),
        drug_mesh=str(head.get("drug_mesh") or ""),
        nodes={text_of(node["id"]): (text_of(node["label"]), text_of(node["name"])) for node in record["nodes"]},
        links=tuple(
            (text_of(link["source"]), text_of(link["key"]), text_of(link["target"])) for link in record["links"]
        ),
        references=tuple(map(text_of, references)),
        links_with_evidence=sum(1 for link in record["links"] if not _LINK_KEYS.issuperset(link)),
    )


def read_drugmechdb(source: Source) -> Iterator[Row]:
    """The nodes and links of DrugMechDB files, each once, and a description of every path."""
    reader = _Reader(Identifiers(source.name))
    for path in source.files:
        yield Opened(path)
        for record in read_paths(path):
            if isinstance(record, Reject):
                yield record
            else:
                yield from reader.path(record)
        yield from reader.edges()


class _Reader:
    """Gathers what the paths share; some ten thousand links, so they fit in memory."""

    def __init__(self, identifiers: Identifiers) -> None:
        self._identifiers = identifiers
        self._links: dict[tuple[str, str, str], tuple[int, dict[str, None]]] = {}

    def path(self, record: MechanismRecord) -> Iterator[Row]:
        """The nodes of a path and what is said of it as a whole; its links are kept for later."""
        iri = self._identifiers.own("path", record.id)
        spelled: dict[str, str] = {}
        for text, (label, name) in record.nodes.items():
            try:
                spelled[text] = self._identifiers.iri(text)
                yield Node(record.place, spelled[text], name, (biolink(label, slot=False),))
            except ValueError as fault:
                yield Reject(record.place, f"path {record.id}: {fault}", text)
        yield from self._description(record, iri)
        for link in record.links:
            start, key, end = link
            unknown = [text for text in (start, end) if text not in spelled]
            if unknown or not key.strip():
                reason = f"{', '.join(unknown)} is no node of the path" if unknown else "a link without a key"
                yield Reject(record.place, f"path {record.id}: {reason}", " | ".join(link))
                continue
            claim = (spelled[start], biolink(key, slot=True), spelled[end])
            self._links.setdefault(claim, (record.place, {}))[1][iri] = None

    def _description(self, record: MechanismRecord, iri: str) -> Iterator[Row]:
        place = record.place
        yield Fact(place, iri, _LABEL, str(literal(f"{record.drug} in {record.disease}")))
        head = (("drug", record.drug), ("drugbank", record.drugbank), ("disease", record.disease))
        for name, text in head:
            if text:
                yield Fact(place, iri, self._identifiers.own("property", name), str(literal(text)))
        for reference in dict.fromkeys(record.references):
            try:
                yield Fact(place, iri, _REFERENCES, str(named(reference.strip())))
            except ValueError:
                yield Fact(place, iri, _NOTE, str(literal(reference)))

    def edges(self) -> Iterator[Row]:
        """Each link met so far, with the paths it is part of."""
        for (subject, predicate, target), (place, paths) in self._links.items():
            properties = tuple((IS_PART_OF, f"<{path}>") for path in sorted(paths))
            yield Edge(place, subject, predicate, target, properties=properties)
        self._links.clear()
