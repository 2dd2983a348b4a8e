"""Sorting more lines than memory holds: sorted pieces on the disk, then one merge that drops repetitions."""

from __future__ import annotations

import gzip
import hashlib
import heapq
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

LINES_IN_MEMORY = 200_000
_LEVEL = 3  # N-Quads are so repetitive that a higher level gains little and costs much


@dataclass(frozen=True)
class Written:
    """A finished file. ``sha256`` is that of the lines, not of their compressed form."""

    lines: int
    repeated: int
    sha256: str


class SortedLines:
    """Takes lines in any order; ``write`` puts each distinct one into a gzip file, in code point order.

    Args:
        folder: where the sorted pieces go; they stay there.
        lines_in_memory: how many lines make a piece.
        pieces: how many pieces are there already and count.
    """

    def __init__(self, folder: Path, lines_in_memory: int = LINES_IN_MEMORY, pieces: int = 0) -> None:
        self._folder = folder
        self._limit = lines_in_memory
        self._pending: list[str] = []
        self._runs = [self._path(number) for number in range(pieces)]

    @property
    def pieces(self) -> int:
        """How many pieces are on the disk."""
        return len(self._runs)

    def _path(self, number: int) -> Path:
        return self._folder / f"run-{number:05d}"

    def add(self, lines: Iterable[str]) -> None:
        """Take lines without line ends."""
        self._pending.extend(lines)
        if len(self._pending) >= self._limit:
            self.flush()

    def flush(self) -> None:
        """Put everything on the disk, for good."""
        if not self._pending:
            return
        self._pending.sort()
        path = self._path(len(self._runs))
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(f"{line}\n" for line in self._pending)
            stream.flush()
            os.fsync(stream.fileno())
        self._runs.append(path)
        self._pending = []

    def write(self, path: Path) -> Written:
        """Merge everything into a file."""
        self.flush()
        digest, lines, repeated, last = hashlib.sha256(), 0, 0, ""
        with ExitStack() as stack:
            runs = [stack.enter_context(run.open(encoding="utf-8", newline="\n")) for run in self._runs]
            raw = stack.enter_context(path.open("wb"))
            packed = stack.enter_context(gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0))
            for block in _blocks(heapq.merge(*runs)):
                kept = []
                for line in block:
                    if line == last:
                        repeated += 1
                    else:
                        kept.append(line)
                        last = line
                data = "".join(kept).encode("utf-8")
                lines += len(kept)
                digest.update(data)
                packed.write(data)
        return Written(lines, repeated, digest.hexdigest())


def _blocks(lines: Iterable[str], size: int = 4096) -> Iterator[list[str]]:
    block: list[str] = []
    for line in lines:
        block.append(line)
        if len(block) == size:
            yield block
            block = []
    yield block


def read_lines(path: Path) -> Iterator[str]:
    """The lines of such a file, without line ends."""
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as stream:
        for line in stream:
            yield line[:-1]
