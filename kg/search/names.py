"""Finding entities by what people call them.

The names of a generation lie in one SQLite file: labels, synonyms, identifiers of other vocabularies, CURIEs
and local names. An exact match comes before a prefix, that before whole words, these before a part of a word,
that before words spread over several names of one entity, and these before a name with typing errors. Where a text
is no name as a whole, the names inside it are told apart. Serving opens the file as immutable: nothing is locked,
nothing is written. ``kg.search.names_writer`` writes it.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from kg.errors import AmbiguousEntity, EntityNotFound, InvalidParameter, StoreUnavailable, WrongKind
from kg.identifiers import compress, display, is_project, parse_identifier
from kg.model import EntityRef, with_subclasses
from kg.paths.adjacency import check_range
from kg.search.cues import asks
from kg.search.facts import MAX_FACTS, NO_FACTS, FactHits
from kg.search.name_rows import NameRow, SearchHit, a_kind_of, scaled, word_queries
from kg.search.names_writer import FORMAT, LABEL, MAX_TYPO_LENGTH, SYNONYM
from kg.search.offers import OfferedQuestion
from kg.search.spans import LONGEST_NAME, spans, tokens_of
from kg.search.spelling import american, compact, distances_within, loose_words, telling, typos_allowed, words
from kg.tables import Listed
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
        facts: most facts, 0 to 100; none are looked for where there are types.
    """

    text: str
    types: tuple[str, ...] = ()
    limit: int = DEFAULT_HITS
    facts: int = 0

    def __post_init__(self) -> None:
        check_range("limit", self.limit, 1, MAX_HITS)
        check_range("facts", self.facts, 0, MAX_FACTS)
        if len(self.text) > MAX_QUERY_CHARACTERS:
            expected = f"at most {MAX_QUERY_CHARACTERS} characters"
            raise InvalidParameter("q", self.text[:40] + "...", expected)
        if not compact(self.text):
            raise InvalidParameter("q", self.text, "a text with a letter or a digit in it")


@dataclass(frozen=True)
class SearchPart:
    """Some words of a text, and the entities that they name, best first."""

    text: str
    items: tuple[SearchHit, ...]


@dataclass(frozen=True)
class SearchAnswer(Listed):
    """Entities, best first. ``total`` is None where there are more than were looked at.

    Attributes:
        parts: of a text that is no name but holds names, those names in its order, such as a drug and a histotype.
        questions: what the text may ask.
        facts: what says its words.
    """

    items: tuple[SearchHit, ...]
    limit: int
    total: int | None
    truncated: bool
    truncated_by: str | None
    parts: tuple[SearchPart, ...] = ()
    questions: tuple[OfferedQuestion, ...] = ()
    facts: FactHits = NO_FACTS


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
        """Entities by name, best first: exact, prefix, words, part of a word, scattered words, then typing errors."""
        types = with_subclasses(question.types)
        best: dict[str, SearchHit] = {}
        whole = True
        for tier in (self._exact, self._prefix, self._word, self._part, self._scattered, self._typo):
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
        ranked = _ranked(best)
        more = len(ranked) > question.limit
        total = len(ranked) if whole else None
        shown = tuple(ranked[: question.limit])
        is_name = bool(shown) and shown[0].score >= _NAMED
        parts = () if is_name else self._parts(question.text, types, whole_names=bool(shown))
        return SearchAnswer(shown, question.limit, total, more, "limit" if more else None, parts)

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
        """The project's entities of some classes that a text names, the longest names first taken, in its order."""
        found = spans(tokens_of(text), self.named_so, with_subclasses(kinds))
        return tuple(dict.fromkeys(entity for span in found for entity in span.entities))

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

    def _parts(self, text: str, types: frozenset[str], *, whole_names: bool) -> tuple[SearchPart, ...]:
        """The names in a text, the longest first taken; words out of names too, unless there must be ``whole_names``.

        Returns: in the order of the text; nothing for one word, and nothing where a single whole name is too little.
        """
        tokens = telling(text.split())[:_MOST_PARTED]
        if len(text.split()) < 2:
            return ()
        found: list[SearchPart] = []
        for part in _runs(tokens, lambda run: self._exact(run, types)):
            if part.items or whole_names:
                found.append(part)
            else:
                found += _runs(part.text.split(), lambda run: self._worded(run, types))
        named = tuple(part for part in found if part.items)
        return named if len(named) > 1 or not whole_names else ()

    def _worded(self, run: str, types: frozenset[str]) -> list[SearchHit]:
        """What has these words in a name; a kind of things ("drugs") and a short word ("hit") is no name."""
        if run.casefold().rstrip("s") in _KINDS or len(compact(run)) < _LEAST_PARTED:
            return []
        found = self._word(run, types)
        if asks(run):  # "should" is not the beginning of a shoulder
            return [hit for hit in found if american(run.casefold()) in loose_words(hit.matched)]
        if found or " " in run:
            return found
        return [hit for hit in self._typo(run, types) if len(run) >= _LONG_WORD or hit.score >= _ONE_ERROR]

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
        return [row.hit(scaled(0.80, typed, row)) for row in rows]

    def _word(self, text: str, types: frozenset[str]) -> list[SearchHit]:
        tokens = telling(words(text))
        query = " AND ".join(word_queries(tokens))
        rows = self._typed("n.id IN (SELECT rowid FROM word WHERE words MATCH ?)", (query,), types)
        return [row.hit(scaled(0.65, "".join(tokens), row)) for row in rows]

    def _part(self, text: str, types: frozenset[str]) -> list[SearchHit]:
        loose = "".join(loose_words(text))
        if len(loose) < 3:
            return []
        if self._trigram:
            where, value = "n.id IN (SELECT rowid FROM part WHERE loose MATCH ?)", f'"{loose}"'
        else:
            where, value = "instr(n.loose, ?) > 0", loose
        return [row.hit(scaled(_PART_SCORE - 0.15, loose, row)) for row in self._typed(where, (value,), types)]

    def _scattered(self, text: str, types: frozenset[str]) -> list[SearchHit]:
        """Entities that have each of the words in one of their names, no name having all."""
        tokens = telling(words(text))
        if not 1 < len(tokens) <= _MOST_PARTED:
            return []
        has_word = "SELECT o.entity FROM name o WHERE o.id IN (SELECT rowid FROM word WHERE words MATCH ?)"
        where = " AND ".join(f"n.entity IN ({has_word})" for _ in tokens)
        rows = self._typed(f"n.source = {LABEL} AND {where}", tuple(word_queries(tokens)), types)
        return [row.hit(scaled(_SCATTERED, "".join(tokens), row, 0.05)) for row in rows]

    def _typo(self, text: str, types: frozenset[str]) -> list[SearchHit]:
        loose = "".join(loose_words(text))
        errors = typos_allowed(len(loose))
        is_sentence = len(telling(words(text))) > _MOST_MISTYPED
        if not errors or not loose.isascii() or len(loose) > MAX_TYPO_LENGTH or is_sentence:
            return []
        hits: list[SearchHit] = []
        for distance, spelling in self._close_spellings(loose, errors):
            where = "n.loose = ? OR n.id IN (SELECT rowid FROM word WHERE words MATCH ?)"
            for row in self._typed(where, (spelling, f'"{spelling}"'), types):
                near = 0.30 - 0.08 * distance
                hits.append(row.hit(near if row.loose == spelling else scaled(near - 0.07, spelling, row, 0.05)))
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

    def _typed(self, where: str, values: tuple[str, ...], types: frozenset[str]) -> list[NameRow]:
        """Names that meet a condition, of entities of these types, shortest first."""
        chosen = f" AND e.type IN ({', '.join('?' * len(types))})" if types else ""
        order = f"ORDER BY length(n.loose), n.source, n.id LIMIT {CANDIDATES}"
        return self._rows(f"{_HITS} WHERE ({where}){chosen} {order}", (*values, *sorted(types)))

    def _rows(self, query: str, values: tuple[str | int, ...]) -> list[NameRow]:
        with self._lock:
            return [NameRow(*row) for row in self._connection.execute(query, values)]

    def _entity(self, iri: str) -> EntityRef | None:
        with self._lock:
            row = self._connection.execute("SELECT type, label FROM entity WHERE iri = ?", (iri,)).fetchone()
        return None if row is None else EntityRef(iri, display(iri), row[0], row[1])


_NAMED = 0.90  # the least score of an exact match
_PART_SCORE = 0.60
_SCATTERED = 0.36
_MOST_PARTED = 12  # words
_MOST_MISTYPED = 4  # words
_LEAST_PARTED, _LONG_WORD = 4, 8  # letters
_ONE_ERROR = 0.15  # the least score of a name with one typing error
_KINDS = frozenset(term.label.casefold() for term in CLASSES.values())


def _fits(entity: EntityRef, types: frozenset[str]) -> bool:
    """Whether an entity is of one of some classes; of an imported thing without a class nobody can say."""
    return not types or entity.type in types or entity.type not in CLASSES


def _standing(row: NameRow) -> tuple[int, str]:
    return row.source, row.iri


def _chosen(rows: Sequence[NameRow], text: str, parameter: str) -> EntityRef:
    source = min(row.source for row in rows)
    chosen = sorted({row.entity for row in rows if row.source == source}, key=lambda entity: entity.curie)
    if len(chosen) > 1:
        raise AmbiguousEntity(text, parameter, tuple((entity.curie, entity.label) for entity in chosen))
    return chosen[0]


def _wrong_kind(text: str, found: EntityRef, kinds: Sequence[str], parameter: str) -> WrongKind:
    return WrongKind(parameter, text, f"{a_kind_of(kinds)}; {found.label} is {a_kind_of([found.type])}", found.curie)


def _runs(tokens: Sequence[str], named: Callable[[str], Sequence[SearchHit]]) -> list[SearchPart]:
    """Words cut into the longest runs that name something, and those between them that name nothing."""
    found: list[SearchPart] = []
    between: list[str] = []
    place = 0
    while place < len(tokens):
        runs = (" ".join(tokens[place:end]) for end in range(min(len(tokens), place + LONGEST_NAME), place, -1))
        run, hits = next(((run, hits) for run in runs if compact(run) and (hits := named(run))), (tokens[place], ()))
        if hits:
            found += [SearchPart(" ".join(between), ())] if between else []
            found.append(SearchPart(run, tuple(_ranked({hit.id: hit for hit in reversed(hits)})[:SUGGESTIONS])))
            between = []
        else:
            between.append(run)
        place += len(run.split())
    return [*found, SearchPart(" ".join(between), ())] if between else found


def _ranked(best: Mapping[str, SearchHit]) -> list[SearchHit]:
    return sorted(best.values(), key=lambda hit: (-hit.score, not is_project(hit.id), hit.label.casefold(), hit.id))
