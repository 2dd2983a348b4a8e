"""Reading input files line by line, compressed or not, without ever holding one whole."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import json
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, cast

from triples.imports.rows import Reject, UnreadableFile

MAX_LINE_BYTES = 16 << 20
_CHUNK = 1 << 20
_COMPRESSED: dict[str, Callable[[Path, str], object]] = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}
DAMAGE = (OSError, EOFError, lzma.LZMAError)  # what a truncated or damaged file raises while it is read


def open_binary(path: Path) -> IO[bytes]:
    """Open a file, decompressing .gz, .xz and .bz2. Raises: OSError."""
    opener = _COMPRESSED.get(path.suffix.lower())
    if opener is None:
        return path.open("rb")
    # Buffered once more: the decompressors' own readline is slow.
    return io.BufferedReader(cast("io.RawIOBase", opener(path, "rb")), _CHUNK)


def bare_suffix(path: Path) -> str:
    """The extension below any compression, in lower case: ``.tsv`` of ``edges.TSV.xz``."""
    name = path.with_suffix("") if path.suffix.lower() in _COMPRESSED else path
    return name.suffix.lower()


def sha256_of(path: Path) -> str:
    """SHA-256 of a file as it lies on the disk."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
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
                yield Reject(number, f"longer than {MAX_LINE_BYTES >> 20} MiB", line[:200].decode("utf-8", "replace"))
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
    """The columns of a table. Raises: UnreadableFile if it has no first line."""
    for row in numbered_lines(path):
        if not isinstance(row, Reject):
            return [name.strip().lstrip("\ufeff") for name in row[1].split("\t")]
        break
    raise UnreadableFile(path.name, "no header line of tab-separated column names")


def table_rows(path: Path, header: list[str], after: int = 0) -> Iterator[tuple[int, list[str]] | Reject]:
    """The rows below the header and below the first ``after`` lines, each with as many cells as it has columns."""
    width = len(header)
    for row in numbered_lines(path, after):
        if isinstance(row, Reject):
            yield row
            continue
        number, text = row
        if number == 1 or not text:
            continue
        cells = text.split("\t")
        if len(cells) != width:
            yield Reject(number, f"{len(cells)} columns where the header has {width}", text)
            continue
        yield number, cells


def json_records(path: Path) -> Iterator[tuple[int, Any] | Reject]:
    """The members of a JSON file that is one array, one at a time, with their place from 1.

    A member that is no JSON makes the rest unreadable: it is rejected, and nothing follows.
    """
    decoder = json.JSONDecoder()
    number = 0
    with open_binary(path) as stream:
        buffer, pending = _decoded(stream.read(_CHUNK))
        buffer = buffer.lstrip("\ufeff").lstrip()
        if not buffer.startswith("["):
            raise UnreadableFile(path.name, "not a JSON array")
        buffer = buffer[1:]
        while True:
            buffer = buffer.lstrip(" \t\r\n,")
            if buffer.startswith("]"):
                return
            try:
                member, end = decoder.raw_decode(buffer)
            except ValueError as fault:
                more = stream.read(_CHUNK)
                if more and len(buffer) < MAX_LINE_BYTES:
                    text, pending = _decoded(pending + more)
                    buffer += text
                    continue
                yield Reject(number + 1, f"not JSON ({fault}); nothing after it was read", buffer[:200])
                return
            if end == len(buffer) and not isinstance(member, (dict, list)):
                more = stream.read(_CHUNK)  # a number may go on in the next piece
                if more:
                    text, pending = _decoded(pending + more)
                    buffer += text
                    continue
            number += 1
            buffer = buffer[end:]
            yield number, member


def _decoded(data: bytes) -> tuple[str, bytes]:
    """Text, and the bytes of a character that the piece cuts in two."""
    for cut in range(min(4, len(data)) + 1):
        try:
            return data[: len(data) - cut].decode("utf-8"), data[len(data) - cut :]
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace"), b""
