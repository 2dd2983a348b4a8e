"""Reading the file that ``kg.search.names_writer`` writes: names that meet a condition, and who is called so."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Self

import numpy as np

from kg.identifiers import display
from kg.model import EntityRef
from kg.search.files import SharedFile, open_checked
from kg.search.name_rows import NameRow
from kg.search.names_writer import FORMAT, SYNONYM
from kg.search.spelling import distances_within, is_slip

CANDIDATES = 200

_HITS = """SELECT e.iri, e.type, e.label, n.text, n.source, n.compact, n.loose
FROM name n JOIN entity e ON e.id = n.entity"""


class NamesFile:
    """The names of one generation. Safe to share between threads."""

    def __init__(self, file: SharedFile, *, trigram: bool) -> None:
        self._file = file
        self.has_trigrams = trigram

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a file written by :func:`write_names`. Raises: StoreUnavailable."""
        file, meta = open_checked(path, "the file of names", FORMAT)
        return cls(file, trigram=meta["trigram"] == "1")

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def named_so(self, spelled: Collection[str], loose: Collection[str]) -> list[NameRow]:
        """Names that are spelled in one of some ways (kg.search.spans.NamedSo)."""
        marks = [", ".join("?" * len(each)) for each in (spelled, loose)]
        where = f"n.compact IN ({marks[0]}) OR n.loose IN ({marks[1]})"
        return self._rows(f"{_HITS} WHERE {where}", (*spelled, *loose))

    def called(self, iris: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Label and synonyms of entities, by IRI."""
        found: dict[str, list[str]] = {}
        for row in self._rows(
            f"{_HITS} WHERE e.iri IN ({', '.join('?' * len(iris))}) AND n.source <= ?", (*iris, SYNONYM)
        ):
            found.setdefault(row.iri, []).append(row.text)
        return {iri: tuple(texts) for iri, texts in found.items()}

    def close_spellings(self, loose: str, errors: int) -> list[tuple[int, str]]:
        """Stored words and names within so many likely typing errors, nearest first, at most 20."""
        blocks = self._file.read(
            "SELECT length, letters FROM typo WHERE length BETWEEN ? AND ? ORDER BY length",
            (len(loose) - errors, len(loose) + errors),
        )
        close: list[tuple[int, str]] = []
        for length, blob in blocks:
            letters = np.frombuffer(blob, dtype=np.uint8).reshape(length, -1)
            distance = distances_within(loose.encode(), letters, errors)
            close += [
                (int(distance[place]), letters[:, place].tobytes().decode())
                for place in np.flatnonzero(distance <= errors).tolist()
            ]
        return [pair for pair in sorted(close) if is_slip(loose, pair[1], pair[0])][:20]

    def typed(self, where: str, values: tuple[str, ...], types: frozenset[str]) -> list[NameRow]:
        """Names that meet a condition, of entities of these types, shortest first."""
        chosen = f" AND e.type IN ({', '.join('?' * len(types))})" if types else ""
        order = f"ORDER BY length(n.loose), n.source, n.id LIMIT {CANDIDATES}"
        return self._rows(f"{_HITS} WHERE ({where}){chosen} {order}", (*values, *sorted(types)))

    def spelled(self, column: str, spelling: str) -> list[NameRow]:
        """Names whose ``compact`` or ``loose`` spelling is this one."""
        return self._rows(f"{_HITS} WHERE n.{column} = ?", (spelling,)) if spelling else []

    def _rows(self, query: str, values: tuple[str | int, ...]) -> list[NameRow]:
        return [NameRow(*row) for row in self._file.read(query, values)]

    def entity(self, iri: str) -> EntityRef | None:
        """What has an identifier; None for an unknown one."""
        rows = self._file.read("SELECT type, label FROM entity WHERE iri = ?", (iri,))
        return EntityRef(iri, display(iri), *rows[0]) if rows else None
