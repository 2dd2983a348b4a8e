"""The reference releases, read as far as an identifier needs: whether it exists, its names, its references.

Nothing of them is shipped: they lie in ../shared/reference-data, and tests that need them skip without them.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Prefixes of our own table by the names that the releases use for the same resource.
_NAMESPACES = {"MSH": "MESH", "NCI": "NCIT", "UP": "UNIPROT", "Reactome": "REACTOME"}
_SPELLINGS = (
    ("tumour", "tumor"),
    ("signall", "signal"),
    ("haem", "hem"),
    ("aemia", "emia"),
    ("aesth", "esth"),
    ("oea", "ea"),
    ("oedema", "edema"),
    ("α", "alpha"),
    ("β", "beta"),
    ("γ", "gamma"),
)


@dataclass
class Record:
    """One record of a release."""

    names: set[str] = field(default_factory=set)
    xrefs: set[str] = field(default_factory=set)
    parents: set[str] = field(default_factory=set)
    obsolete: bool = False


def forms(name: str) -> frozenset[str]:
    """A name without what differs between spellings: case, punctuation, British or American, plural.

    Two forms: as written, and with the words in alphabetical order, as registries write "Kinases, Tyrosine".
    """
    text = name.lower()
    for british, american in _SPELLINGS:
        text = text.replace(british, american)
    words = [word.removesuffix("s") for word in re.findall(r"[a-z0-9]+", text)]
    words = [word for word in words if word not in {"of", "the", "no", "in", ""}]
    return frozenset({"".join(words), "".join(sorted(words))})


def share_a_name(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether any name of the one is, spelling aside, a name of the other."""
    return bool({f for name in one for f in forms(name)} & {f for name in other for f in forms(name)} - {""})


class Reference:
    """All releases in one table by CURIE, with the prefixes of ``ontology.terms``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._records: dict[str, Record] = {}
        self._by_form: dict[str, list[str]] = {}
        for name in ("mondo", "chebi", "go", "hp"):
            self._read_terms(name)
        self._read_genes()
        self._read_drugs()
        self._read_mesh()
        self._read_oncotree()
        self._read_ncit_map()

    def find(self, curie: str) -> Record | None:
        """The record of an identifier, or None if no release has it."""
        return self._records.get(curie)

    def named(self, names: Iterable[str], prefixes: Iterable[str]) -> set[str]:
        """Identifiers with these prefixes of which a name is, spelling aside, one of these names."""
        if not self._by_form:
            for curie, record in self._records.items():
                for form in {form for name in record.names for form in forms(name)} - {""}:
                    self._by_form.setdefault(form, []).append(curie)
        wanted = {form for name in names for form in forms(name)}
        found = {curie for form in wanted for curie in self._by_form.get(form, ())}
        return {
            curie for curie in found if curie.partition(":")[0] in set(prefixes) and not self._records[curie].obsolete
        }

    def holds(self, prefix: str) -> bool:
        """Whether a release has records of that resource; of NCIt or DOID there are only references."""
        return prefix in {"MONDO", "CHEBI", "GO", "HP", "HGNC", "DRUGBANK", "MESH", "ONCOTREE"}

    def ancestors(self, curie: str) -> set[str]:
        """Everything that the release places above an identifier."""
        found: set[str] = set()
        pending = [curie]
        while pending:
            record = self._records.get(pending.pop())
            new = (record.parents if record else set()) - found
            found |= new
            pending += new
        return found

    def _record(self, curie: str) -> Record:
        return self._records.setdefault(curie, Record())

    def _read_terms(self, name: str) -> None:
        for term in json.loads(gzip.decompress((self._folder / f"{name}.json.gz").read_bytes())):
            prefix = name.upper()
            record = self._record(_curie(prefix, term["id"]))
            record.names |= {term.get("name") or "", *map(_text, term.get("synonyms", ()))}
            record.xrefs |= {_curie(ref["namespace"], ref["id"]) for ref in term.get("xrefs", ())}
            record.parents |= {_curie(prefix, parent) for parent in term.get("relations", {}).get("is_a", ())}
            record.obsolete = bool(term.get("obsolete"))

    def _read_genes(self) -> None:
        for row in self._rows("hgnc_entries.tsv.gz"):
            record = self._record(row["HGNC ID"])
            listed = (row[column] or "" for column in ("Alias symbols", "Previous symbols"))
            record.names |= {row["Approved symbol"], row["Approved name"]}
            record.names |= {name for text in listed for name in text.split(", ")}
            proteins = row["UniProt ID(supplied by UniProt)"] or ""
            record.xrefs |= {f"UNIPROT:{protein}" for protein in proteins.split(", ") if protein}
            record.xrefs.add(f"NCBIGENE:{row['NCBI Gene ID(supplied by NCBI)']}")
            record.obsolete = row["Status"] != "Approved"

    def _read_drugs(self) -> None:
        for row in self._rows("drugbank_mappings.tsv.gz"):
            record = self._record(f"DRUGBANK:{row['DRUGBANK_ID']}")
            if row["NAMESPACE"] == "NAME":
                record.names.add(row["ID"])
            else:
                record.xrefs.add(_curie(row["NAMESPACE"], row["ID"]))

    def _read_mesh(self) -> None:
        table = gzip.decompress((self._folder / "mesh_id_label_mappings.tsv.gz").read_bytes()).decode()
        for line in table.splitlines():
            identifier, label, synonyms, *_ = line.split("\t")
            self._record(f"MESH:{identifier}").names |= {label, *synonyms.split("|")}

    def _read_oncotree(self) -> None:
        tree = json.loads((self._folder / "oncotree_2025_10_03.json").read_bytes())
        for node in _nodes(tree.values()):
            record = self._record(f"ONCOTREE:{node['code']}")
            record.names.add(node["name"])
            references = node.get("externalReferences") or {}
            record.xrefs |= {_curie(namespace, ref) for namespace, refs in references.items() for ref in refs}

    def _read_ncit_map(self) -> None:
        for row in self._rows("ncit_map.tsv.gz"):
            target = self._records.get(_curie(row["Target NS"], row["Target ID"]))
            if target is not None:
                target.xrefs.add(f"NCIT:{row['NCIT ID']}")

    def _rows(self, file: str) -> Iterator[dict[str, str]]:
        with gzip.open(self._folder / file, "rt", encoding="utf-8") as stream:
            yield from csv.DictReader(stream, delimiter="\t")


def _curie(namespace: str, identifier: str) -> str:
    prefix = _NAMESPACES.get(namespace, namespace)
    return identifier if identifier.startswith(f"{prefix}:") else f"{prefix}:{identifier}"


def _text(synonym: Any) -> str:
    return synonym if isinstance(synonym, str) else str(synonym.get("name", ""))


def _nodes(nodes: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        yield node
        yield from _nodes((node.get("children") or {}).values())


def faults(entity: dict[str, Any], reference: Reference) -> list[str]:
    """What is wrong with the identifiers of one curated entity, in words."""
    exact, close, xref = (list(entity.get(key) or ()) for key in ("exact", "close", "xref"))
    given = [*exact, *close, *xref]
    found = [f"{curie} is given twice" for curie in sorted(set(given)) if given.count(curie) > 1]
    for curie in (*exact, *close):
        record = reference.find(curie)
        if record is None:
            known = reference.holds(curie.partition(":")[0])
            hint = "no release has it" if known else "no release lists this resource: it can only stand in `xref`"
            found.append(f"{curie}: {hint}")
        elif record.obsolete:
            found.append(f"{curie} is obsolete")
    records = {curie: record for curie in (*exact, *close) if (record := reference.find(curie)) is not None}
    names = (entity["label"], *(entity.get("synonyms") or ()))
    for curie in exact:
        same = curie in records and share_a_name(names, records[curie].names)
        referred = any(curie in records[other].xrefs for other in exact if other != curie and other in records)
        if curie in records and not same and not referred:
            called = " / ".join(sorted(name for name in records[curie].names if name)[:3])
            found.append(f"{curie} is called {called}: none of our names; use `close`")
    referred_to = {other for record in records.values() for other in record.xrefs}
    stray = (curie for curie in xref if curie not in referred_to)
    return [*found, *(f"{curie}: none of the records of `exact` and `close` refers to it" for curie in stray)]
