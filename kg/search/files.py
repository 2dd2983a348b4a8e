"""The SQLite files that a build writes for the search, opened as immutable: nothing is locked, nothing is written."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from kg.errors import StoreUnavailable


def open_file(path: Path) -> sqlite3.Connection:
    """Open a file for reading, from whichever thread. Raises: sqlite3.Error."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def open_checked(path: Path, called: str, expected: str) -> tuple[sqlite3.Connection, dict[str, str]]:
    """Open a file of an expected format, and read what it says of itself.

    Raises: StoreUnavailable where it is missing, damaged or of another format.
    """
    connection = None
    try:
        connection = open_file(path)
        meta = dict(connection.execute("SELECT key, value FROM meta"))
        if meta.get("format") == expected:
            return connection, meta
        reason = f"has format {meta.get('format')}, expected {expected}"
    except sqlite3.Error as fault:
        reason = f"cannot be read ({fault})"
    if connection is not None:
        connection.close()
    raise StoreUnavailable(f"{called} {reason}")
