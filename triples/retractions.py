"""Which of the articles that a document lists, or is, have been retracted since."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from kg.errors import Fault, InvalidParameter
from triples.records import Corpus, Record


def read_retractions(path: Path) -> frozenset[str]:
    """PubMed identifiers of a list, plain or gzipped: the first column of each line, a heading aside.

    Raises: OSError if it cannot be read; InvalidParameter if it holds no PubMed identifier.
    """
    content = path.read_bytes()
    try:
        text = (gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content).decode()
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise InvalidParameter("--retractions", str(path), f"a readable list of PubMed identifiers ({error})") from None
    first_columns = (line.split("\t", 1)[0].strip() for line in text.splitlines())
    found = frozenset(column for column in first_columns if column.isdecimal())
    if not found:
        raise InvalidParameter("--retractions", str(path), "a list with one PubMed identifier a line")
    return found


def articles(corpus: Corpus) -> Iterator[Record]:
    """Every document and every entry of a list of references that has a PubMed identifier."""
    for folder in corpus.folders:
        if folder.document is not None:
            listed = (folder.document, *folder.document.records("references"))
            yield from (record for record in listed if record.text("pmid"))


def retraction_faults(corpus: Corpus, retracted: frozenset[str]) -> Iterator[Fault]:
    """Articles that are on the list and not marked so in the curated files."""
    for record in articles(corpus):
        pmid = record.text("pmid")
        if pmid in retracted and not record.yes("retracted"):
            yield record.place.fault(f"PMID {pmid} was retracted: add `retracted: yes`")
