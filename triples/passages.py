"""Passages: the source texts, locating quotes in curated files, and the digests in passages.tsv."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from kg.errors import Fault
from triples.locate import NotLocatedError, Searchable, locate
from triples.read import PASSAGES_HEADER
from triples.records import Field, Folder, Quote, Record, Span
from triples.tree import Place

PASSAGE_KEYS = ("at", "context")


@dataclass(frozen=True)
class Source:
    """A source document as decoded, with the SHA-256 of its bytes."""

    name: str
    sha256: str
    text: Searchable


def open_source(sources_dir: Path, name: str) -> Source:
    """Read a source document; line ends are kept as they are.

    Raises: FileNotFoundError; UnicodeDecodeError if it is not UTF-8.
    """
    data = (sources_dir / name).read_bytes()
    return Source(name, hashlib.sha256(data).hexdigest(), Searchable.of(data.decode("utf-8")))


def passage_fields(records: Iterable[Record]) -> list[Field]:
    """Every passage value of the records and of the records inside them."""
    return [entry for record in records for inner in record.walk() for key in PASSAGE_KEYS for entry in inner.all(key)]


def quote_faults(folder: Folder, source: Source | None) -> list[Fault]:
    """A fault for every quote that names no passage, and one a file for those that wait to be replaced by offsets."""
    faults = []
    waiting: dict[str, list[Place]] = {}
    for entry in passage_fields((*folder.records, *folder.exclusions)):
        if not isinstance(entry.value, Quote):
            continue
        if source is not None:
            try:
                locate(source.text, entry.value.text)
            except NotLocatedError as error:
                faults.append(entry.place.fault(str(error)))
                continue
        waiting.setdefault(entry.place.file, []).append(entry.place)
    for places in waiting.values():
        again = "run again with --locate" if source else "run `check --sources DIR --locate`"
        others = f" (and in {len(places) - 1} more places of this file)" if len(places) > 1 else ""
        faults.append(min(places).fault(f"words of the source stand here{others}; {again}, which puts their offsets"))
    return faults


def with_spans(folder: Folder, source: Source) -> Folder:
    """The folder as it would be with each quote replaced by its offsets; quotes that name no passage stay."""
    return replace(
        folder,
        document=_spanned(folder.document, source) if folder.document else None,
        statements=tuple(_spanned(record, source) for record in folder.statements),
        studies=tuple(_spanned(record, source) for record in folder.studies),
        patients=tuple(_spanned(record, source) for record in folder.patients),
        conflicts=tuple(_spanned(record, source) for record in folder.conflicts),
        exclusions=tuple(_spanned(record, source) for record in folder.exclusions),
    )


def _spanned(record: Record, source: Source) -> Record:
    fields = {key: tuple(_located(entry, source) for entry in entries) for key, entries in record.fields.items()}
    return replace(record, fields=fields)


def _located(entry: Field, source: Source) -> Field:
    if isinstance(entry.value, Record):
        return replace(entry, value=_spanned(entry.value, source))
    if isinstance(entry.value, Quote):
        with suppress(NotLocatedError):
            return replace(entry, value=locate(source.text, entry.value.text))
    return entry


def locate_quotes(folder: Folder, source: Source, curated_dir: Path, only_file: str | None = None) -> int:
    """Replace the quotes in a folder's files (or in one of them) by offsets, in place, touching nothing else.

    Quotes that cannot be located stay; ``quote_faults`` says why.

    Returns: how many were replaced.
    """
    edits: dict[str, list[tuple[int, int, str]]] = {}
    for entry in passage_fields((*folder.records, *folder.exclusions)):
        if not isinstance(entry.value, Quote) or entry.scalar is None:
            continue
        if only_file is not None and not entry.place.file.endswith(f"/{only_file}"):
            continue
        try:
            span = locate(source.text, entry.value.text)
        except NotLocatedError:
            continue
        edits.setdefault(entry.place.file, []).append((entry.scalar.start, entry.scalar.end, str(span)))
    for file, changes in edits.items():
        _rewrite(curated_dir / file, changes)
    return sum(len(changes) for changes in edits.values())


def _rewrite(path: Path, changes: list[tuple[int, int, str]]) -> None:
    text = path.read_bytes().decode("utf-8")
    for start, end, replacement in sorted(set(changes), reverse=True):
        tail = text[start:end]
        kept = tail[len(tail.rstrip()) :]  # block scalars end after their line break
        text = text[:start] + replacement + kept + text[end:]
    write_atomically(path, text)


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old or the new one, never half of it."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    partial.write_bytes(text.encode("utf-8"))
    partial.replace(path)


def spans_of(folder: Folder) -> list[Span]:
    """Every passage that the folder's records point to, sorted."""
    entries = passage_fields(folder.records)
    return sorted({entry.value for entry in entries if isinstance(entry.value, Span)})


def digest(text: str, span: Span) -> str:
    """SHA-256 of a passage's text in UTF-8."""
    return hashlib.sha256(text[span.start : span.end].encode("utf-8")).hexdigest()


def passages_table(folder: Folder, source: Source) -> str:
    """The contents of passages.tsv: one row a passage, sorted."""
    rows = [
        f"{span.start}\t{span.end}\t{folder.section_at(span.start)}\t{digest(source.text.text, span)}"
        for span in spans_of(folder)
        if span.end <= len(source.text.text)
    ]
    return "\n".join((PASSAGES_HEADER, *rows)) + "\n"


def digest_faults(folder: Folder, source: Source | None) -> list[Fault]:
    """Passages without a digest, digests without a passage, and, with the source, digests that do not fit."""
    file = f"documents/{folder.name}/passages.tsv"
    missing = set(spans_of(folder)) - set(folder.digests)
    faults = []
    for entry in passage_fields(folder.records):
        if isinstance(entry.value, Span) and entry.value in missing:
            cure = "is not in passages.tsv; run `check --sources DIR --locate`"
            if source and entry.value.end > len(source.text.text):
                cure = f"lies beyond the end of {source.name}, which has {len(source.text.text)} characters"
            faults.append(entry.place.fault(f"{entry.value} {cure}"))
    stale = sorted(set(folder.digests) - set(spans_of(folder))) if folder.is_whole else []
    if stale:
        others = f" and {len(stale) - 1} more" if len(stale) > 1 else ""
        reason = f"no record points to {stale[0]}{others}; run `check --sources DIR --locate`"
        faults.append(Fault(file, 1, 1, reason))
    if source is None:
        return faults
    declared = folder.document.text("sha256") if folder.document else None
    if folder.document and declared != source.sha256:
        place = folder.document.place_of("sha256")
        what = f"sha256 does not fit {source.name}: its bytes give" if declared else f"the sha256 of {source.name} is"
        faults.append(place.fault(f"{what} {source.sha256}"))
    for number, (span, (_, sha256)) in enumerate(folder.digests.items(), 2):
        if span.end > len(source.text.text):
            faults.append(Fault(file, number, 1, f"{span} lies beyond the end of {source.name}"))
        elif digest(source.text.text, span) != sha256:
            faults.append(Fault(file, number, 1, f"the words at {span} of {source.name} have changed"))
    return faults
