"""Handing the built graph over as files: a folder of them appears whole, or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import InvalidParameter
from kg.generations import Generation, open_current

Write = Callable[[Generation, Path], Mapping[str, int]]


@dataclass(frozen=True)
class Exported:
    """What was written: how much of each kind, by the words of the format (``triples``, ``nodes``, ``edges``)."""

    folder: str
    data_version: str
    rows: Mapping[str, int]


def export(data_dir: str | Path, folder: str | Path, write: Write) -> Exported:
    """Write files of the current generation.

    Args:
        data_dir: the data folder.
        folder: to be made; it must not be there yet.
        write: writes a generation into an empty folder, and counts what it wrote.

    Raises: StoreUnavailable; InvalidParameter if the folder exists; whatever ``write`` raises.
    """
    folder = Path(folder)
    if folder.exists():
        raise InvalidParameter("DIR", str(folder), "a folder that does not exist yet")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open_current(Path(data_dir)) as generation, tempfile.TemporaryDirectory(dir=folder.parent) as draft:
        made = Path(draft) / "made"  # unlike the draft, as readable as any folder
        made.mkdir()
        rows = write(generation, made)
        made.rename(folder)
        return Exported(str(folder), generation.checksum, rows)
