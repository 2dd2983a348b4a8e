"""The SQLite files that a build writes for the search, opened as immutable: nothing is locked, nothing is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from queue import LifoQueue
from typing import Any

from kg.errors import StoreUnavailable

AT_ONCE = 8  # look-ups in one file; most take some microseconds, some of a million names most of a second


class SharedFile:
    """A file that several threads read side by side: a slow look-up holds up no other.

    It is opened ``AT_ONCE`` times at the start, so that it may be removed from its folder meanwhile.

    Raises: sqlite3.Error.
    """

    def __init__(self, path: Path) -> None:
        self._free: LifoQueue[sqlite3.Connection] = LifoQueue()  # the one used last has most of the file at hand
        for _ in range(AT_ONCE):
            self._free.put(open_file(path))

    def read(self, query: str, values: Sequence[str | int] = ()) -> list[tuple[Any, ...]]:
        """All rows that a query finds. Raises: sqlite3.Error; of a closed file, too."""
        connection = self._free.get()
        try:
            return connection.execute(query, values).fetchall()
        finally:
            self._free.put(connection)

    def close(self) -> None:
        """Let go of the file once every look-up under way has ended; closing twice is fine."""
        connections = [self._free.get() for _ in range(AT_ONCE)]
        for connection in connections:
            connection.close()
            self._free.put(connection)


def open_file(path: Path) -> sqlite3.Connection:
    """Open a file for reading, from whichever thread. Raises: sqlite3.Error."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def open_checked(path: Path, called: str, expected: str) -> tuple[SharedFile, dict[str, str]]:
    """Open a file of an expected format, and read what it says of itself.

    Raises: StoreUnavailable where it is missing, damaged or of another format.
    """
    file = None
    try:
        file = SharedFile(path)
        meta = dict(file.read("SELECT key, value FROM meta"))
        if meta.get("format") == expected:
            return file, meta
        reason = f"has format {meta.get('format')}, expected {expected}"
    except sqlite3.Error as fault:
        reason = f"cannot be read ({fault})"
    if file is not None:
        file.close()
    raise StoreUnavailable(f"{called} {reason}")
