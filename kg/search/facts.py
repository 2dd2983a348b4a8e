"""Finding facts by the words they say.

A text is a list of terms, each a word or a name; a name also stands for what else the thing is called, so that
"rapamycin" finds a sentence on sirolimus. Where no fact has every term, those come that have most of them, and they
say which they lack. Words match by their stem (Porter 1980): "phosphorylation" finds "phosphorylates". No search looks
at more than ``MOST_RANKED`` facts, however many the file holds.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from kg.errors import StoreUnavailable
from kg.identifiers import display
from kg.model import EntityRef, PassageRef
from kg.search.fact_words import FORMAT, folded
from kg.search.spans import Span
from kg.search.spelling import JOINING
from kg.tables import Listed

MOST_RANKED = 2000
MAX_FACTS = 100
DEFAULT_FACTS = 10
_MOST_TERMS = 16
_HALF_TYPED = 3  # letters: a last word so long may go on
_COLUMNS = "iri, type, sentence, certainty, documents, passages, remarks"


@dataclass(frozen=True)
class FactHit:
    """A fact that says some words.

    Attributes:
        sentence: the fact.
        said: what it says beside the sentence that holds words of the text, as "stage: T2N0M0".
        lacks: terms of the text that it does not say; empty where it says all.
        documents: who states it.
        passages: where.
    """

    id: str
    curie: str
    type: str
    sentence: str
    certainty: str
    said: tuple[str, ...]
    lacks: tuple[str, ...]
    documents: tuple[EntityRef, ...]
    passages: tuple[PassageRef, ...]


@dataclass(frozen=True)
class FactHits(Listed):
    """Facts, best first. ``total`` is None where more were found than are ranked.

    Attributes:
        unavailable: why facts were not searched, or None.
    """

    items: tuple[FactHit, ...] = ()
    limit: int = 0
    total: int | None = 0
    truncated: bool = False
    truncated_by: str | None = None
    unavailable: str | None = None


NO_FACTS = FactHits()


@dataclass(frozen=True)
class Term:
    """One thing that a fact should say: the words as typed, and every way of saying them, folded."""

    text: str
    ways: tuple[str, ...]

    def query(self) -> str:
        """Of the full-text table."""
        return " OR ".join(f'"{way}"' if way[-1:] != "*" else f'"{way[:-1]}" *' for way in self.ways)


def terms_of(tokens: Sequence[str], found: Sequence[Span], called: Mapping[str, tuple[str, ...]]) -> tuple[Term, ...]:
    """What a fact should say to answer a text.

    Args:
        tokens: the words of the text.
        found: the names among them.
        called: what else the things are called that the names mean, by IRI.
    """
    terms: list[Term] = []
    place = 0
    for span in (*found, None):
        between = " ".join(tokens[place : span.start if span else len(tokens)])
        told = [word for word in between.split() if word.casefold() not in JOINING]
        terms += [Term(word, (word,)) for word in folded(" ".join(told)).split()]
        if span is not None:
            names = [span.text, *(name for entity in span.entities for name in called.get(entity.id, ()))]
            terms.append(Term(span.text, tuple(dict.fromkeys(way for name in names if (way := folded(name))))))
            place = span.end
    if terms and place < len(tokens) and len(terms[-1].text) >= _HALF_TYPED:
        terms[-1] = Term(terms[-1].text, (*terms[-1].ways, f"{folded(tokens[-1])}*"))
    kept = [term for term in terms if term.text not in _ASKING] or terms
    return tuple({term.ways: term for term in kept if term.ways}.values())[:_MOST_TERMS]


class FactIndex:
    """The words of the facts of one generation, opened read-only. Safe to share between threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a file written by :func:`kg.search.fact_words.write_facts`. Raises: StoreUnavailable."""
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        connection = None
        try:
            connection = sqlite3.connect(address, uri=True, check_same_thread=False)
            meta = dict(connection.execute("SELECT key, value FROM meta"))
        except sqlite3.Error as fault:
            if connection is not None:
                connection.close()
            raise StoreUnavailable(f"the file of words of facts cannot be read ({fault})") from fault
        if meta.get("format") != FORMAT:
            connection.close()
            raise StoreUnavailable(f"the file of words of facts has format {meta.get('format')}, expected {FORMAT}")
        return cls(connection)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def search(self, terms: Sequence[Term], limit: int) -> FactHits:
        """Facts that say every term, else those that say most of them."""
        if not terms:
            return FactHits(limit=limit)
        every = " AND ".join(f"({term.query()})" for term in terms)
        ranked = self._ranked(every)
        lacking: dict[int, tuple[str, ...]] = {}
        if not ranked and len(terms) > 1:
            lacking = self._lacking(terms)
            ranked = list(lacking)
        chosen = ranked[:limit]
        rows = self._rows(chosen)
        items = tuple(_hit(rows[number], terms, lacking.get(number, ())) for number in chosen)
        more = len(ranked) > limit
        total = len(ranked) if len(ranked) < MOST_RANKED else None
        return FactHits(items, limit, total, more, "limit" if more else None)

    def _ranked(self, query: str) -> list[int]:
        """Facts that match, best first: a word in the sentence counts twice, a rare word more."""
        found = "SELECT rowid AS id, bm25(word, 2.0, 1.0) AS rank FROM word WHERE word MATCH ? LIMIT ?"
        with self._lock:
            rows = self._connection.execute(f"SELECT id FROM ({found}) ORDER BY rank, id", (query, MOST_RANKED))  # noqa: S608 - constants
            return [row[0] for row in rows]

    def _lacking(self, terms: Sequence[Term]) -> dict[int, tuple[str, ...]]:
        """Facts that say most of a text, at least half, by letters, with what they lack, all the same; best first."""
        some = self._ranked(" OR ".join(f"({term.query()})" for term in terms))
        says: dict[int, set[str]] = {number: set() for number in some}
        for term in terms:
            for number in self._ranked(term.query()):
                if number in says:
                    says[number].add(term.text)
        best = max(says.values(), key=lambda said: len("".join(said)), default=set())
        if 2 * len("".join(best)) < len("".join(term.text for term in terms)):
            return {}
        lacks = tuple(term.text for term in terms if term.text not in best)
        return {number: lacks for number in some if says[number] == best}

    def _rows(self, numbers: Collection[int]) -> dict[int, tuple[str, ...]]:
        marks = ", ".join("?" * len(numbers))
        with self._lock:
            rows = self._connection.execute(f"SELECT id, {_COLUMNS} FROM fact WHERE id IN ({marks})", tuple(numbers))  # noqa: S608 - constants
            return {row[0]: row[1:] for row in rows}


# Words that ask for a fact; no fact says them.
_ASKING = frozenset(
    ("about", "any", "anything", "be", "best", "can", "could", "ever", "ha", "has", "have", "it", "many", "me",
     "most", "much", "option", "shall", "should", "show", "tell", "there", "think", "when", "where", "whether",
     "why", "will", "work", "would", "you")
)  # fmt: skip


def _hit(row: Sequence[str], terms: Sequence[Term], lacks: tuple[str, ...]) -> FactHit:
    iri, kind, sentence, certainty, documents, passages, remarks = row
    return FactHit(
        id=iri,
        curie=display(iri),
        type=kind,
        sentence=sentence,
        certainty=certainty,
        said=_said(json.loads(remarks), sentence, terms),
        lacks=lacks,
        documents=tuple(EntityRef(each, display(each), "Document", label) for each, label in json.loads(documents)),
        passages=tuple(PassageRef(*place) for place in json.loads(passages)),
    )


def _said(remarks: Sequence[Sequence[str]], sentence: str, terms: Sequence[Term]) -> tuple[str, ...]:
    """The remarks with words that the sentence lacks; words that begin alike count as one, as their stems do."""
    told = folded(sentence).split()
    wanted = {word for term in terms for word in term.text.casefold().split() if not _holds(told, word)}
    wanted = {folded(word) for word in wanted}
    found = [f"{name}: {text}" for name, text in remarks if any(_holds(folded(text).split(), word) for word in wanted)]
    return tuple(found)


def _holds(words: Sequence[str], word: str) -> bool:
    stem = word[: max(4, len(word) - 4)]
    return any(each == word or (len(word) > 4 and each.startswith(stem)) for each in words)
