"""Sorting more lines than memory holds: sorted pieces on the disk, then one merge that drops repetitions."""

from __future__ import annotations

import gzip
import hashlib
import heapq
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

LINES_IN_MEMORY = 200_000
MERGED_AT_ONCE = 256  # pieces: each is an open file, of which a process may have some thousand
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
            merged = stack.enter_context(_merged(self._few_runs()))
            raw = stack.enter_context(path.open("wb"))
            packed = stack.enter_context(gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0))
            for block in _blocks(merged):
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

    def _few_runs(self) -> list[Path]:
        """Pieces with all lines that can be open at once; where there are too many, some are merged beforehand.

        The pieces themselves stay as they are, so that this can be done again if it was interrupted.
        """
        runs = list(self._runs)
        for number in count():
            if len(runs) <= MERGED_AT_ONCE:
                break
            larger = self._folder / f"merged-{number:05d}"
            with _merged(runs[:MERGED_AT_ONCE]) as lines, larger.open("w", encoding="utf-8", newline="\n") as stream:
                stream.writelines(lines)
            runs = [*runs[MERGED_AT_ONCE:], larger]
        return runs


@contextmanager
def _merged(runs: Iterable[Path]) -> Iterator[Iterator[str]]:
    """The lines of sorted files, sorted, repetitions included."""
    with ExitStack() as stack:
        yield heapq.merge(*(stack.enter_context(run.open(encoding="utf-8", newline="\n")) for run in runs))


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
