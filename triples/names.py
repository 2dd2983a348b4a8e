"""What everything in a corpus is called."""

from __future__ import annotations

import re
from collections.abc import Mapping

from triples.records import Corpus, Folder, Record
from triples.regimens import Combination, arm_regimen
from triples.sentences import Names, regimen_words

_TRIAL = re.compile(r"NCT\d{8}")


def corpus_names(corpus: Corpus, combinations: Mapping[str, Combination]) -> Names:
    """The label of everything in a corpus; where several records name a thing, that of the one that defines it."""
    labels = {record.id: record.label for record in corpus.entities}
    for folder in corpus.folders:
        labels.update(_document_labels(folder))
        labels.update(_patient_labels(folder))
    studies = [study for folder in corpus.folders for study in folder.studies]
    studies.sort(key=lambda study: (study.yes("extends"), study.place.file))
    for record in (*studies, *(arm for study in studies for arm in study.records("arms"))):
        if record.text("label"):
            labels.setdefault(record.id, record.label)
    names = Names(labels)
    for curie, combination in sorted(combinations.items()):
        labels.setdefault(curie, combination.label(names))
    for arm in (arm for study in studies for arm in study.records("arms")):
        regimen = arm.record("regimen")
        if regimen is not None:
            labels.setdefault(arm_regimen(arm.id), _regimen_label(arm, regimen, names))
    return names


def _document_labels(folder: Folder) -> dict[str, str]:
    document = folder.document
    labels = {f"document:{folder.id}": _title(folder)}
    for reference in document.records("references") if document else ():
        labels[reference_curie(folder, reference)] = reference_label(folder, reference)
    return labels


def _title(folder: Folder) -> str:
    return (folder.document and folder.document.text("label")) or f"document {folder.id}"


def _patient_labels(folder: Folder) -> dict[str, str]:
    labels = {patient.id: patient.label for patient in folder.patients}
    for patient in folder.patients:
        for event in patient.records("timeline"):
            labels[event_curie(patient, event)] = event.label
    return labels


def _regimen_label(arm: Record, regimen: Record, names: Names) -> str:
    return regimen_words(regimen.records("components"), names) or names.of(regimen.text("name") or arm.id)


def event_curie(patient: Record, event: Record) -> str:
    """The identifier of a timeline event: ``event:<patient>-<local>``."""
    return f"event:{patient.id.partition(':')[2]}-{event.id}"


def reference_curie(folder: Folder, reference: Record) -> str:
    """The identifier of an entry of a document's list of references."""
    return f"document:{folder.id}-ref-{reference.integer('number')}"


def reference_label(folder: Folder, reference: Record) -> str:
    """How to name an entry of a list of references: never only by its number, which every document has."""
    number, own = reference.integer("number"), reference.text("label")
    name = own if own and own != f"reference {number}" else f"reference {number} of {_title(folder)}"
    return f"{name} (retracted)" if reference.yes("retracted") else name


def registered(record: Record) -> tuple[str, ...]:
    """CURIEs under which a document, a reference or a study is registered, as its text prints them.

    None of one that is flagged as misspelt: a misprinted number is that of something else, or of nothing.
    """
    if "misspelt" in record.texts("flag"):
        return ()
    doi, pmid, registry = (record.text(key) for key in ("doi", "pmid", "registry"))
    trial = registry if registry and _TRIAL.fullmatch(registry) else None
    return tuple(f"{prefix}:{own}" for prefix, own in (("DOI", doi), ("PMID", pmid), ("NCT", trial)) if own)
