"""How many entities of each kind stand in the vocabularies of the field, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from triples.keys import ENTITY_FILES
from triples.records import Corpus, Record

# Where a thing of a kind would have a record, among the releases that identifiers are checked against.
VOCABULARIES: dict[str, tuple[str, ...]] = {
    "drug": ("CHEBI", "DRUGBANK", "MESH"),
    "drugclass": ("CHEBI", "MESH"),
    "target": ("HGNC", "GO", "MESH"),
    "pathway": ("GO", "MESH"),
    "process": ("GO", "MESH"),
    "complex": ("GO", "MESH"),
    "metabolite": ("CHEBI", "MESH"),
    "cellstate": ("GO", "MESH"),
    "histotype": ("MONDO", "ONCOTREE", "MESH"),
    "condition": ("MONDO", "HP", "MESH"),
    "site": ("MESH",),
    "event": ("HP", "MONDO", "MESH"),
    "procedure": ("MESH",),
    "organism": ("MESH",),
    "organization": ("MESH",),
    "measure": ("MESH",),
}
NO_VOCABULARY = "combined or defined by this graph: no vocabulary lists such things"
NARROWER = "no record of its name; something wider is mapped"
NO_RECORD = "no record of its name"
NO_NUMBER = "its texts print no registry number"


@dataclass(frozen=True)
class KindMappings:
    """The mappings of one kind of entity.

    Attributes:
        kind: as in CURIEs, ``drug``.
        entities: how many there are.
        mapped: how many have an identifier of the same or nearly the same thing elsewhere.
        unmapped: CURIEs of the others by reason.
    """

    kind: str
    entities: int
    mapped: int
    unmapped: Mapping[str, tuple[str, ...]]

    @property
    def share(self) -> float:
        """The mapped share, 0 to 1."""
        return self.mapped / self.entities


def mappings(corpus: Corpus) -> tuple[KindMappings, ...]:
    """The mappings of every kind that has entities, in the order of the files; studies last."""
    by_curie = {record.id: record for record in corpus.entities}
    found = []
    for kind in ENTITY_FILES:
        own = [record for curie, record in by_curie.items() if curie.startswith(f"{kind}:")]
        missing = [record for record in own if not _is_mapped(record)]
        found.append(_kind(kind, len(own), ((_reason(kind, record, by_curie), record) for record in missing)))
    studies = [study for folder in corpus.folders for study in folder.studies if not study.yes("extends")]
    unregistered = (study for study in studies if not study.text("registry"))
    found.append(_kind("study", len(studies), ((NO_NUMBER, study) for study in unregistered)))
    return tuple(each for each in found if each.entities)


def _kind(kind: str, count: int, missing: Iterator[tuple[str, Record]]) -> KindMappings:
    by_reason: dict[str, list[str]] = {}
    for reason, record in missing:
        by_reason.setdefault(reason, []).append(record.id)
    unmapped = {reason: tuple(sorted(by_reason[reason])) for reason in sorted(by_reason)}
    return KindMappings(kind, count, count - sum(map(len, unmapped.values())), unmapped)


def _is_mapped(record: Record) -> bool:
    return bool(record.texts("exact") or record.texts("close"))


def _reason(kind: str, record: Record, by_curie: Mapping[str, Record]) -> str:
    if kind not in VOCABULARIES:
        return NO_VOCABULARY
    seen: set[str] = set()
    pending = [*record.texts("parents")]
    while pending:
        curie = pending.pop()
        if curie in seen or curie not in by_curie:
            continue
        seen.add(curie)
        if _is_mapped(by_curie[curie]):
            return NARROWER
        pending += by_curie[curie].texts("parents")
    return NO_RECORD
