"""Finding entities by what people call them.

The names of a generation lie in one SQLite file: labels, synonyms, identifiers of other vocabularies, CURIEs
and local names. An exact match comes before a prefix, that before whole words, these before a part of a word,
and that before a name with typing errors. Serving opens the file as immutable: nothing is locked, nothing is
written. ``kg.names_writer`` writes it.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from kg.errors import AmbiguousEntity, EntityNotFound, InvalidParameter, StoreUnavailable, WrongKind
from kg.identifiers import compress, display, is_project, parse_identifier
from kg.model import EntityRef, with_subclasses
from kg.names_writer import FORMAT, MAX_TYPO_LENGTH
from kg.paths.adjacency import check_range
from kg.spelling import american, compact, distances_within, loose_words, typos_allowed, words
from ontology.terms import CLASSES

MAX_HITS = 100
DEFAULT_HITS = 20
MAX_QUERY_CHARACTERS = 200
CANDIDATES = 200
SUGGESTIONS = 5

_HITS = """SELECT e.iri, e.type, e.label, n.text, n.source, n.compact, n.loose
FROM name n JOIN entity e ON e.id = n.entity"""


@dataclass(frozen=True)
class SearchQuestion:
    """Which entities are called something like this?

    Attributes:
        text: up to 200 characters.
        types: local class names, their subclasses included; none given: all.
        limit: most entities, 1 to 100.
    """

    text: str
    types: tuple[str, ...] = ()
    limit: int = DEFAULT_HITS

    def __post_init__(self) -> None:
        check_range("limit", self.limit, 1, MAX_HITS)
        if len(self.text) > MAX_QUERY_CHARACTERS:
            expected = f"at most {MAX_QUERY_CHARACTERS} characters"
            raise InvalidParameter("q", self.text[:40] + "...", expected)
        if not compact(self.text):
            raise InvalidParameter("q", self.text, "a text with a letter or a digit in it")


@dataclass(frozen=True)
class SearchHit(EntityRef):
    """An entity, the name of it that matched, and how well: 1 exactly, then less; whether only imports know it."""

    matched: str
    score: float
    imported: bool = False


@dataclass(frozen=True)
class SearchAnswer:
    """Entities, best first. ``total`` is None where there are more than were looked at."""

    items: tuple[SearchHit, ...]
    limit: int
    total: int | None
    truncated: bool
    truncated_by: str | None


class NameIndex:
    """The names of one generation, opened read-only. Safe to share between threads."""

    def __init__(self, connection: sqlite3.Connection, *, trigram: bool) -> None:
        self._connection = connection
        self._trigram = trigram
        self._lock = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a file written by :func:`write_names`. Raises: StoreUnavailable."""
        try:
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
        except sqlite3.Error as fault:
            raise StoreUnavailable(f"the file of names cannot be opened ({fault})") from fault
        try:
            meta = dict(connection.execute("SELECT key, value FROM meta"))
        except sqlite3.Error as fault:
            connection.close()
            raise StoreUnavailable(f"the file of names cannot be read ({fault})") from fault
        if meta.get("format") != FORMAT:
            connection.close()
            raise StoreUnavailable(f"the file of names has format {meta.get('format')}, expected {FORMAT}")
        return cls(connection, trigram=meta["trigram"] == "1")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def search(self, question: SearchQuestion) -> SearchAnswer:
        """Entities by name, best first: exact, prefix, words, part of a word, and only then typing errors."""
        types = with_subclasses(question.types)
        best: dict[str, SearchHit] = {}
        whole = True
        for tier in (self._exact, self._prefix, self._word, self._part, self._typo):
            if len(best) > question.limit:  # no later tier scores as high as an earlier one
                whole = False
                break
            if tier == self._typo and any(hit.score > _PART_SCORE for hit in best.values()):
                break
            hits = tier(question.text, types)
            whole = whole and len(hits) < CANDIDATES
            for hit in hits:
                known = best.get(hit.id)
                if known is None or (-known.score, known.matched) > (-hit.score, hit.matched):
                    best[hit.id] = hit
        ranked = sorted(
            best.values(), key=lambda hit: (-hit.score, not is_project(hit.id), hit.label.casefold(), hit.id)
        )
        more = len(ranked) > question.limit
        total = len(ranked) if whole else None
        return SearchAnswer(tuple(ranked[: question.limit]), question.limit, total, more, "limit" if more else None)

    def resolve(
        self, text: str, kinds: Sequence[str] = (), parameter: str = "", others: Sequence[str] = ()
    ) -> EntityRef:
        """The one entity that a text names.

        Args:
            text: an IRI, a CURIE, an identifier of another vocabulary, a label or a synonym.
            kinds: local class names that the parameter allows, their subclasses included; none given: all.
            others: class names that count where nothing of ``kinds`` is called so.
            parameter: where the text came from, for the error.

        Raises: EntityNotFound with suggestions; WrongKind where only other kinds of things are called so;
            AmbiguousEntity where several entities are called so equally.
        """
        text = text.strip()
        identifier = parse_identifier(text)
        if identifier is not None and (found := self._entity(identifier)) is not None:
            if _fits(found, with_subclasses([*kinds, *others])):
                return found
            raise _wrong_kind(text, found, (*kinds, *others), parameter)
        spelled = compact(compress(text) or text) if "://" in text else compact(text)
        loose = "".join(loose_words(text))
        spellings = (("compact", spelled), ("loose", loose))
        same = [self._rows(f"{_HITS} WHERE n.{column} = ?", (value,)) if value else [] for column, value in spellings]
        # What the project names comes first: an import may widen what can be found, never change an answer.
        tiers = [*([row for row in rows if is_project(row.iri)] for rows in same), *same]
        for wanted in (kinds, others) if others else (kinds,):
            types = with_subclasses(wanted)
            for rows in tiers:
                if allowed := [row for row in rows if _fits(row.entity, types)]:
                    return _chosen(allowed, text, parameter)
        for rows in tiers:
            if rows:
                raise _wrong_kind(text, min(rows, key=_standing).entity, (*kinds, *others), parameter)
        raise EntityNotFound(text, parameter, self._suggestions(text, (*kinds, *others)))

    def mentioned(self, text: str, kinds: Sequence[str]) -> tuple[EntityRef, ...]:
        """The project's entities of some classes that a text names, the longest names first taken.

        Returns: in the order of the text. A run of words counts where it is, as a whole, a name.
        """
        types = with_subclasses(kinds)
        tokens = text.split()
        found: dict[str, EntityRef] = {}
        place = 0
        while place < len(tokens):
            for end in range(min(len(tokens), place + _LONGEST_NAME), place, -1):
                loose = "".join(loose_words(" ".join(tokens[place:end])))
                rows = self._rows(f"{_HITS} WHERE n.loose = ?", (loose,)) if loose else []
                named = [row.entity for row in rows if row.type in types and is_project(row.iri)]
                if named:
                    found.update((entity.id, entity) for entity in named)
                    place = end - 1
                    break
            place += 1
        return tuple(found.values())

    def _suggestions(self, text: str, kinds: Sequence[str]) -> tuple[tuple[str, str], ...]:
        if not compact(text):
            return ()
        shortened = text[:MAX_QUERY_CHARACTERS]
        hits = self.search(SearchQuestion(shortened, tuple(kinds), SUGGESTIONS)).items
        hits = hits or self.search(SearchQuestion(shortened, (), SUGGESTIONS)).items
        return tuple((hit.curie, hit.label) for hit in hits)

    def _exact(self, text: str, types: frozenset[str]) -> list[SearchHit]:
        spelled, loose = compact(text), "".join(loose_words(text))
        rows = self._typed("n.compact = ? OR n.loose = ?", (spelled, loose), types)
        identifier = parse_identifier(text.strip())
        same = self._entity(identifier) if identifier else None
        hits = (
            [SearchHit(same.id, same.curie, same.type, same.label, text.strip(), 1.0, not is_project(same.id))]
            if same and (not types or same.type in types)
            else []
        )
        return hits + [row.hit((1.0 if row.compact == spelled else 0.97) - 0.01 * row.source) for row in rows]

    def _prefix(self, text: str, types: frozenset[str]) -> list[SearchHit]:
        loose = "".join(loose_words(text))
        typed = compact(text)  # what is being typed may end in half a word, so it has no plural yet
        rows = self._typed(
            "(n.loose >= ? AND n.loose < ?) OR (n.compact >= ? AND n.compact < ?)",
            (loose, loose + "\U0010ffff", typed, typed + "\U0010ffff"), types,
        )  # fmt: skip
        return [row.hit(_scaled(0.80, typed, row)) for row in rows]

    def _word(self, text: str, types: frozenset[str]) -> list[SearchHit]:
        tokens = words(text)
        *whole, last = tokens
        query = " AND ".join([*(f'"{american(word)}"' for word in whole), f'("{american(last)}" OR "{last}"*)'])
        rows = self._typed("n.id IN (SELECT rowid FROM word WHERE words MATCH ?)", (query,), types)
        return [row.hit(_scaled(0.65, "".join(tokens), row)) for row in rows]

    def _part(self, text: str, types: frozenset[str]) -> list[SearchHit]:
        loose = "".join(loose_words(text))
        if len(loose) < 3:
            return []
        if self._trigram:
            where, value = "n.id IN (SELECT rowid FROM part WHERE loose MATCH ?)", f'"{loose}"'
        else:
            where, value = "instr(n.loose, ?) > 0", loose
        return [row.hit(_scaled(_PART_SCORE - 0.15, loose, row)) for row in self._typed(where, (value,), types)]

    def _typo(self, text: str, types: frozenset[str]) -> list[SearchHit]:
        loose = "".join(loose_words(text))
        errors = typos_allowed(len(loose))
        if not errors or not loose.isascii() or len(loose) > MAX_TYPO_LENGTH:
            return []
        hits: list[SearchHit] = []
        for distance, spelling in self._close_spellings(loose, errors):
            where = "n.loose = ? OR n.id IN (SELECT rowid FROM word WHERE words MATCH ?)"
            for row in self._typed(where, (spelling, f'"{spelling}"'), types):
                near = 0.30 - 0.08 * distance
                hits.append(row.hit(near if row.loose == spelling else _scaled(near - 0.07, spelling, row, 0.05)))
        return hits

    def _close_spellings(self, loose: str, errors: int) -> list[tuple[int, str]]:
        """Stored words and names within so many typing errors, nearest first, at most 20."""
        with self._lock:
            blocks = self._connection.execute(
                "SELECT length, letters FROM typo WHERE length BETWEEN ? AND ? ORDER BY length",
                (len(loose) - errors, len(loose) + errors),
            ).fetchall()
        close: list[tuple[int, str]] = []
        for length, blob in blocks:
            letters = np.frombuffer(blob, dtype=np.uint8).reshape(length, -1)
            distance = distances_within(loose.encode(), letters, errors)
            close += [
                (int(distance[place]), letters[:, place].tobytes().decode())
                for place in np.flatnonzero(distance <= errors).tolist()
            ]
        return sorted(close)[:20]

    def _typed(self, where: str, values: tuple[str, ...], types: frozenset[str]) -> list[_Row]:
        """Names that meet a condition, of entities of these types, shortest first."""
        chosen = f" AND e.type IN ({', '.join('?' * len(types))})" if types else ""
        order = f"ORDER BY length(n.loose), n.source, n.id LIMIT {CANDIDATES}"
        return self._rows(f"{_HITS} WHERE ({where}){chosen} {order}", (*values, *sorted(types)))

    def _rows(self, query: str, values: tuple[str, ...]) -> list[_Row]:
        with self._lock:
            return [_Row(*row) for row in self._connection.execute(query, values)]

    def _entity(self, iri: str) -> EntityRef | None:
        with self._lock:
            row = self._connection.execute("SELECT type, label FROM entity WHERE iri = ?", (iri,)).fetchone()
        return None if row is None else EntityRef(iri, display(iri), row[0], row[1])


_PART_SCORE = 0.60
_LONGEST_NAME = 6  # words


@dataclass(frozen=True)
class _Row:
    iri: str
    type: str
    label: str
    text: str
    source: int
    compact: str
    loose: str

    @property
    def entity(self) -> EntityRef:
        return EntityRef(self.iri, display(self.iri), self.type, self.label)

    def hit(self, score: float) -> SearchHit:
        entity = self.entity
        imported = not is_project(entity.id)
        return SearchHit(entity.id, entity.curie, entity.type, entity.label, self.text, round(score, 4), imported)


def _fits(entity: EntityRef, types: frozenset[str]) -> bool:
    """Whether an entity is of one of some classes; of an imported thing without a class nobody can say."""
    return not types or entity.type in types or entity.type not in CLASSES


def _standing(row: _Row) -> tuple[int, str]:
    return row.source, row.iri


def _chosen(rows: Sequence[_Row], text: str, parameter: str) -> EntityRef:
    source = min(row.source for row in rows)
    chosen = sorted({row.entity for row in rows if row.source == source}, key=lambda entity: entity.curie)
    if len(chosen) > 1:
        raise AmbiguousEntity(text, parameter, tuple((entity.curie, entity.label) for entity in chosen))
    return chosen[0]


def _wrong_kind(text: str, found: EntityRef, kinds: Sequence[str], parameter: str) -> WrongKind:
    return WrongKind(parameter, text, f"{a_kind_of(kinds)}; {found.label} is {a_kind_of([found.type])}", found.curie)


def a_kind_of(classes: Sequence[str]) -> str:
    """Class names in words with their article.

    >>> a_kind_of(["Drug"]), a_kind_of(["AdverseEvent", "DrugClass", "Site"])
    ('a drug', 'an adverse event, a drug class or a site')
    """
    labels = [CLASSES[name].label if name in CLASSES else name for name in classes]
    named = [f"{'an' if label[:1].lower() in 'aeiou' else 'a'} {label}" for label in dict.fromkeys(labels)]
    return " or ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)


def _scaled(base: float, typed: str, row: _Row, span: float = 0.14) -> float:
    """A score in [base, base + span]: the more of the name was typed, the higher."""
    share = min(len(typed) / max(len(row.loose), 1), 1.0)
    return base + span * share - 0.001 * row.source
