"""Writes the file of names that ``kg.search.names`` reads: labels, synonyms, identifiers of other vocabularies."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import numpy as np

from kg.identifiers import compress
from kg.paths.index import IndexNode
from kg.search.spelling import compact, loose_words

FORMAT = "1"
MAX_TYPO_LENGTH = 40
LABEL, SYNONYM, EXTERNAL, LOCAL = range(4)  # where a name comes from, most telling first

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE entity (id INTEGER PRIMARY KEY, iri TEXT UNIQUE, type TEXT, label TEXT);
CREATE TABLE name (
    id INTEGER PRIMARY KEY, entity INTEGER, text TEXT, source INTEGER, compact TEXT, loose TEXT);
CREATE VIRTUAL TABLE word USING fts5(words, content='', tokenize='ascii');
CREATE TABLE typo (length INTEGER PRIMARY KEY, letters BLOB);
"""
_INDEXES = """
CREATE INDEX name_compact ON name (compact);
CREATE INDEX name_loose ON name (loose);
CREATE INDEX name_entity ON name (entity);
"""


def write_names(path: Path, nodes: Iterable[IndexNode]) -> int:
    """Write the file of names anew; returns how many names it holds.

    Raises: OSError or sqlite3.Error where it cannot be written.
    """
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    try:
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        count = _fill(connection, (node for node, _ in groupby(sorted(nodes, key=lambda node: node.iri))))
        connection.executescript(_INDEXES)
        connection.commit()
        connection.execute("ANALYZE")
        connection.commit()
    finally:
        connection.close()
    return count


def _fill(connection: sqlite3.Connection, nodes: Iterable[IndexNode]) -> int:
    trigram = _make_trigram_table(connection)
    connection.executemany("INSERT INTO meta VALUES (?, ?)", [("format", FORMAT), ("trigram", str(int(trigram)))])
    spellings: set[str] = set()
    number = 0
    for entity, node in enumerate(nodes):
        connection.execute("INSERT INTO entity VALUES (?, ?, ?, ?)", (entity, node.iri, node.type, node.label))
        for text, source in _names(node):
            tokens = loose_words(text)
            loose = "".join(tokens)
            row = (number, entity, text, source, compact(text), loose)
            connection.execute("INSERT INTO name VALUES (?, ?, ?, ?, ?, ?)", row)
            connection.execute("INSERT INTO word (rowid, words) VALUES (?, ?)", (number, " ".join(tokens)))
            if trigram:
                connection.execute("INSERT INTO part (rowid, loose) VALUES (?, ?)", (number, loose))
            if source != EXTERNAL:
                spellings.update((loose, *tokens))
            number += 1
    _write_spellings(connection, spellings)
    return number


def _names(node: IndexNode) -> list[tuple[str, int]]:
    """What an entity is called, each way of writing once, the most telling source first."""
    curie = compress(node.iri)
    local = curie.partition(":")[2] if curie else ""
    named = [
        (node.label, LABEL),
        *((text, SYNONYM) for text in sorted(node.synonyms)),
        *((text, EXTERNAL) for text in sorted(node.external_ids)),
        (local, LOCAL),
    ]
    if curie:
        named.append((curie, LOCAL))
    kept: dict[str, tuple[str, int]] = {}
    for text, source in named:
        if spelled := compact(text):
            kept.setdefault(spelled, (text, source))
    return list(kept.values())


def _make_trigram_table(connection: sqlite3.Connection) -> bool:
    """Whether this SQLite has the trigram tokenizer (3.34); without it parts of words are scanned for."""
    try:
        connection.execute("CREATE VIRTUAL TABLE part USING fts5(loose, content='', tokenize='trigram')")
    except sqlite3.OperationalError:
        return False
    return True


def _write_spellings(connection: sqlite3.Connection, spellings: set[str]) -> None:
    """Words of one length side by side, so that one look at a length compares them all."""
    by_length: dict[int, list[str]] = {}
    for spelling in sorted(spellings):
        if spelling.isascii() and len(spelling) <= MAX_TYPO_LENGTH:
            by_length.setdefault(len(spelling), []).append(spelling)
    for length, group in sorted(by_length.items()):
        letters = np.frombuffer("".join(group).encode(), dtype=np.uint8).reshape(-1, length)
        connection.execute("INSERT INTO typo VALUES (?, ?)", (length, np.ascontiguousarray(letters.T).tobytes()))
