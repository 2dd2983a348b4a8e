"""How far an import has come, written down now and then, so that one that was killed goes on from there.

Everything that a checkpoint speaks of is on the disk for good before the checkpoint itself is; whatever was written
after it is cut off again. So each row counts once, at whatever moment the import was killed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

_FILE = "checkpoint.json"


@dataclass(frozen=True)
class Kept:
    """What an archive holds.

    Attributes:
        sizes: bytes of each file that grows, by its name.
        pieces: how many sorted pieces there are.
        counts: see ``triples.imports.archive.Counts``.
        predicates: IRI and direction by predicate number.
    """

    sizes: Mapping[str, int]
    pieces: int
    counts: Mapping[str, int]
    predicates: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Checkpoint:
    """Where an import stood.

    Attributes:
        inputs: SHA-256 of the input files and of everything else that decides what is kept.
        lines: how many lines of each input file have been read, in the order in which the files were given.
        is_read: whether nothing is left to read.
    """

    inputs: str
    lines: tuple[int, ...] = ()
    is_read: bool = False
    kept: Kept = field(default_factory=lambda: Kept({}, 0, {}, ()))

    @classmethod
    def load(cls, folder: Path, inputs: str) -> Checkpoint:
        """The last checkpoint of an import of these inputs; one at their very beginning if there is none."""
        try:
            found = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return cls(inputs)
        if found["inputs"] != inputs:
            return cls(inputs)
        kept = found["kept"]
        kept["predicates"] = tuple((iri, direction) for iri, direction in kept["predicates"])
        return cls(inputs, tuple(found["lines"]), found["is_read"], Kept(**kept))

    def save(self, folder: Path) -> None:
        """Replace the checkpoint before it. What it speaks of has to be safe already."""
        draft = folder / f".{_FILE}"
        draft.write_text(json.dumps(asdict(self)), encoding="utf-8")
        make_safe(draft)
        draft.replace(folder / _FILE)
        make_safe(folder)


def forget(folder: Path) -> None:
    """Remove the checkpoint, before anything that it speaks of is removed."""
    (folder / _FILE).unlink(missing_ok=True)


def make_safe(path: Path) -> None:
    """Return when what was written to a file, or the list of files of a folder, would outlast a power failure."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
