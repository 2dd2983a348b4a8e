"""Reading input files line by line, compressed or not, without ever holding one whole."""

from __future__ import annotations

import bz2
import csv
import gzip
import hashlib
import io
import lzma
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

from triples.imports.rows import Reject, UnreadableFile

MAX_LINE_BYTES = 16 << 20
HEAD = 200  # how much is shown of what is too long
CHUNK = 1 << 20
_COMPRESSED: dict[str, Callable[[Path, str], object]] = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}
DAMAGE = (OSError, EOFError, lzma.LZMAError)  # what a truncated or damaged file raises while it is read


def open_binary(path: Path) -> IO[bytes]:
    """Open a file, decompressing .gz, .xz and .bz2, after the byte order mark if it has one. Raises: one of DAMAGE."""
    opener = _COMPRESSED.get(path.suffix.lower(), Path.open)
    # Buffered once more: the decompressors' own readline is slow.
    stream = io.BufferedReader(cast("io.RawIOBase", opener(path, "rb")), CHUNK)
    try:
        if stream.peek(len(BOM_UTF8)).startswith(BOM_UTF8):
            stream.read(len(BOM_UTF8))
    except DAMAGE:
        stream.close()
        raise
    return stream


def bare_suffix(path: Path) -> str:
    """The extension below any compression, in lower case: ``.tsv`` of ``edges.TSV.xz``."""
    name = path.with_suffix("") if path.suffix.lower() in _COMPRESSED else path
    return name.suffix.lower()


def sha256_of(path: Path) -> str:
    """SHA-256 of a file as it lies on the disk."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def numbered_lines(path: Path, after: int = 0) -> Iterator[tuple[int, str] | Reject]:
    """The lines of a text file with their numbers from 1, without line ends; what is no UTF-8 is rejected.

    Args:
        path: the file.
        after: pass over so many lines, which takes a fraction of the time of reading them.
    """
    number = 0
    with open_binary(path) as stream:
        while line := stream.readline(MAX_LINE_BYTES):
            number += 1
            is_long = len(line) == MAX_LINE_BYTES and not line.endswith(b"\n")
            while is_long and (rest := stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
                pass
            if number <= after:
                continue
            if is_long:
                yield Reject(number, f"longer than {MAX_LINE_BYTES >> 20} MiB", line[:HEAD].decode("utf-8", "replace"))
                continue
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError as fault:
                yield Reject(
                    number, f"not UTF-8 at byte {fault.start + 1}", line.decode("utf-8", "replace").rstrip("\r\n")
                )
                continue
            yield number, text.rstrip("\r\n")


def table_header(path: Path) -> list[str]:
    """The columns of a table. Raises: UnreadableFile if it has no first line, or names a column twice."""
    row = next(numbered_lines(path), None)
    if row is None:
        raise UnreadableFile(path.name, "no header line of tab-separated column names")
    if isinstance(row, Reject):
        raise UnreadableFile(path.name, f"its header line is {row.reason}")
    header = [name.strip() for name in _quoted_cells(row[1]) or row[1].split("\t")]
    if twice := sorted({name for name in header if name and header.count(name) > 1}):
        raise UnreadableFile(path.name, f"several columns are called {', '.join(twice)}")
    return header


def table_rows(path: Path, header: list[str], after: int = 0) -> Iterator[tuple[int, list[str]] | Reject]:
    """The rows below the header and below the first ``after`` lines, each with as many cells as it has columns.

    Cells in quotation marks are read as writers of CSV mean them, if that gives the right number of cells.
    """
    width = len(header)
    for row in numbered_lines(path, after):
        if isinstance(row, Reject):
            yield row
            continue
        number, text = row
        if number == 1 or not text:
            continue
        cells = text.split("\t")
        if '"' in text and len(quoted := _quoted_cells(text)) == width:
            cells = quoted
        if len(cells) != width:
            yield Reject(number, f"{len(cells)} columns where the header has {width}", text)
            continue
        yield number, cells


def _quoted_cells(text: str) -> list[str]:
    """The cells of a line in which those that begin with a quotation mark end with one; none if it is no such line."""
    try:
        return next(csv.reader([text], delimiter="\t", strict=True), [])
    except csv.Error:
        return []
