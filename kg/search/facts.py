"""Finding facts by the words they say.

A text is a list of terms, each a word or a name; a name also stands for what else the thing is called, so that
"rapamycin" finds a sentence on sirolimus. Where no fact has every term, those come that have most of them (by letters,
those of names twice, of "during" and its like hardly at all), and they say which they lack. Names of one kind, as
several adverse events, are a list: sources tell them one by one, so where no fact says all of them those of each come
in turn. Words match by their stem (Porter 1980): "phosphorylation" finds "phosphorylates". No search ranks more than
``MOST_RANKED`` facts, however many the file holds; a word that more of them say narrows what is found and does not rank
it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Literal, Self

from kg.identifiers import display
from kg.model import EntityRef, PassageRef, cut_at
from kg.search.fact_words import FORMAT, IN_STUDY, OF_KIND, folded
from kg.search.files import SharedFile, open_checked
from kg.search.terms import ASKED_ABOUT, SLIGHT, Term, standing, weight
from kg.tables import Listed

MOST_RANKED = 2000
MAX_FACTS = 100
DEFAULT_FACTS = 10
_LOOKED_AT = 20  # facts
_TOLD_APART = ("activat", "inactivat")  # begin words with a stem that others share
_COMPARED = 30  # facts
_SHORTENED = 5  # letters: so long a word may be short for another, "preop" for "preoperative"
# What says how a study was made, or a regimen, and not what came of it.
_DESIGNS = (
    "type IN ('Arm', 'Study') OR (type = 'Statement' AND (sentence LIKE 'The arm \"%' "
    "OR sentence LIKE '% has the arm \"%' OR sentence LIKE '% is the same study as %' OR sentence LIKE '% includes %'))"
)
_COLUMNS = "iri, type, sentence, certainty, documents, passages, remarks"


Order = Literal["", "results", "measured"]
"""Of facts that say as much the best match first; what came of treatments before how they were given; and of that what
was measured before what is said in words."""


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
        unsaid: terms of the text that no fact says at all: this graph knows nothing of them.
    """

    items: tuple[FactHit, ...] = ()
    limit: int = 0
    total: int | None = 0
    truncated: bool = False
    truncated_by: str | None = None
    unavailable: str | None = None
    unsaid: tuple[str, ...] = ()

    @property
    def lacked(self) -> tuple[str, ...]:
        """Terms that none of the items says."""
        lacks = [item.lacks for item in self.items]
        return tuple(term for term in lacks[0] if all(term in each for each in lacks)) if lacks else ()


NO_FACTS = FactHits()


class FactIndex:
    """The words of the facts of one generation, opened read-only. Safe to share between threads."""

    def __init__(self, file: SharedFile) -> None:
        self._file = file

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a file written by :func:`kg.search.fact_words.write_facts`. Raises: StoreUnavailable."""
        file, _ = open_checked(path, "the file of words of facts", FORMAT)
        return cls(file)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def says(self, word: str) -> bool:
        """Whether some fact says a word, in whatever form."""
        spelled = folded(word)
        return bool(spelled) and bool(self._saying((Term(word, (spelled,)),), 1))

    def patients_with(self, word: str) -> set[str]:
        """What the patients are called whose histories say a word, folded; of a common word only some."""
        query = (
            "SELECT DISTINCT substr(sentence, 1, instr(sentence, ': ') - 1) FROM fact WHERE type = 'TimelineEvent' "
            "AND id IN (SELECT rowid FROM word WHERE word MATCH ? LIMIT ?)"
        )
        return {row[0] for row in self._file.read(query, (Term(word, (word,)).query(), MOST_RANKED)) if row[0]}

    def documents_with(self, phrases: Iterable[str]) -> list[EntityRef]:
        """The documents that alone state some fact with one of some phrases, folded."""
        query = "SELECT DISTINCT documents FROM fact WHERE id IN (SELECT rowid FROM word WHERE word MATCH ?)"
        rows = self._file.read(query, (Term("", tuple(phrases)).query(),))
        alone = (stating[0] for row in rows if len(stating := _documents(row[0])) == 1)
        return sorted(alone, key=attrgetter("id"))

    def search(self, terms: Sequence[Term], limit: int, order: Order = "") -> FactHits:
        """Facts that say every term, else those that say most of them.

        Args:
            terms: of :func:`kg.search.terms.terms_of`.
            limit: most facts.
            order: what comes first of facts that say as much.
        """
        if not terms:
            return FactHits(limit=limit)
        counts = dict(self._counted(term) for term in terms)
        terms = tuple(counts)
        unsaid = tuple(term.text for term in terms if not counts[term] and term.text not in SLIGHT)
        told: Sequence[Term] = terms
        ranked = self._ranked(told, counts)
        if not ranked and len(terms) > 1:
            told = self._most_told(counts)
            listing = _with_lists(terms)
            if len(listing) < len(terms) and not {term for term in terms if term.kind} <= {*told}:
                listed = {term: self._count(term) for term in listing}
                if ranked := self._ranked(listing, listed):
                    told = listing
                else:
                    told, counts = self._most_told(listed), listed
            if not ranked and 2 * weight(told) >= weight(counts):
                ranked = self._ranked(told, counts)
        ranked = self._as_typed(self._as_spelled(ranked, told), told)
        if len(terms) == 1 and terms[0].kind:
            ranked = self._about_first(ranked, terms[0])
        elif order:
            ranked = self._results_first(ranked, order)
        says = self._of_lists(ranked, told)
        chosen = _in_turns(ranked, says)[:limit]
        rows = self._rows(chosen)
        told_outright = {term for term in told if not term.listed}
        items = tuple(
            _hit(rows[number], terms, tuple(term.text for term in terms if term not in told_outright | says[number]))
            for number in chosen
        )
        length = cut_at(limit, len(ranked)) | ({} if len(ranked) < MOST_RANKED else {"total": None})
        return FactHits(items, **length, unsaid=unsaid)

    def _counted(self, term: Term) -> tuple[Term, int]:
        """A term and how many facts say it; what no fact says may be cut short, or half typed."""
        whole = term.whole
        if self._saying((whole,), 1):
            return term, self._count(term)
        may_go_on = whole != term or (not term.kind and len(term.text) >= _SHORTENED)
        begun = whole.begun
        return (begun, self._count(begun)) if may_go_on and self._begins_word(begun) else (whole, 0)

    def _begins_word(self, begun: Term) -> bool:
        """Whether some fact has a word that begins so: the file holds stems, and a stem may begin other words."""
        saying = self._rows(self._saying((begun,), _LOOKED_AT))
        told = (folded(f"{row[2]} {row[6]}").split() for row in saying.values())
        return any(word.startswith(begun.text) for words in told for word in words)

    def _count(self, term: Term) -> int:
        """How many facts say a term; of a common one, which more say than are ranked, one more than those."""
        return len(self._saying((term,), MOST_RANKED + 1))

    def _saying(self, terms: Iterable[Term], most: int) -> list[int]:
        """The first facts that say every one of some terms, in their order."""
        return self._numbers("SELECT rowid FROM word WHERE word MATCH ? LIMIT ?", _every(terms), most)

    def _ranked(self, terms: Sequence[Term], counts: Mapping[Term, int]) -> list[int]:
        """Facts that say every term, best first: a rare word counts more, one in the sentence twice.

        Common terms have to be said and rank nothing, because the engine's ranking reads every fact that says any word
        it is given. Where all are common the shortest sentences of the first facts come first.
        """
        if not all(counts[term] for term in terms):
            return []
        rare = [term for term in terms if counts[term] <= MOST_RANKED]
        if not rare:
            found = "SELECT rowid FROM word WHERE word MATCH ? LIMIT ?"
            shortest = f"SELECT id FROM fact WHERE id IN ({found}) ORDER BY length(sentence), id"  # noqa: S608 - constants
            return self._numbers(shortest, _every(terms), MOST_RANKED)
        query = "SELECT rowid FROM word WHERE word MATCH ? ORDER BY bm25(word, 2.0, 1.0, 1.0, 0.5), rowid"
        ranked = self._numbers(query, _every(rare))
        if len(rare) == len(terms):
            return ranked
        saying = {*self._saying(terms, MOST_RANKED)}
        return [number for number in ranked if number in saying]

    def _as_spelled(self, numbers: list[int], told: Iterable[Term]) -> list[int]:
        """Those of some facts that say names as these are spelled: "AIM" is no aim of anybody's."""
        query = (
            "SELECT id FROM fact WHERE id IN (SELECT value FROM json_each(?)) "
            "AND ' ' || sentence || ' ' || remarks || ' ' GLOB ?"
        )
        for name in {term.spelled for term in told} - {""}:
            saying = {*self._numbers(query, json.dumps(numbers), f"*[^A-Za-z]{name}[^A-Za-z]*")}
            numbers = [number for number in numbers if number in saying]
        return numbers

    def _as_typed(self, numbers: list[int], told: Iterable[Term]) -> list[int]:
        """Facts, of the first those before others that say words as they are typed: what activates is not active."""
        typed = [word for word in _TOLD_APART if any(term.text.startswith(word) for term in told)]
        if not typed:
            return numbers
        first, rest = numbers[:_COMPARED], numbers[_COMPARED:]
        rows = self._rows(first)
        said = {number: f" {folded(rows[number][2])}" for number in first}
        return [*sorted(first, key=lambda number: -sum(f" {word}" in said[number] for word in typed)), *rest]

    def _about_first(self, numbers: Sequence[int], name: Term) -> list[int]:
        """Facts of the thing that a lone name names, claims and short ones first, before those that tell of it too."""
        query = (
            "SELECT id FROM fact WHERE id IN (SELECT value FROM json_each(?)) AND type = ? "
            "AND (sentence LIKE ? OR sentence LIKE ? OR sentence LIKE ?) ORDER BY length(sentence), id"
        )
        listed = json.dumps(numbers)
        about = [
            number
            for kind in ("Statement", "Outcome")
            for way in name.whole.ways
            for number in self._numbers(query, listed, kind, f"{way} %", f"{way}, %", f"{way}: %")
        ]
        return list(dict.fromkeys((*about, *numbers)))

    def _results_first(self, numbers: Sequence[int], order: Order) -> list[int]:
        """Some facts, what came of treatments before how studies were made; first what was measured, if so asked."""
        found = "SELECT id FROM fact WHERE id IN (SELECT value FROM json_each(?)) AND"
        listed = json.dumps(numbers)
        designs = {*self._numbers(f"{found} ({_DESIGNS})", listed)}
        measured = {*self._numbers(f"{found} type = 'Outcome'", listed)} if order == "measured" else set[int]()
        return sorted(numbers, key=lambda number: (number in designs, number not in measured))

    def _most_told(self, counts: Mapping[Term, int]) -> Sequence[Term]:
        """The terms that one fact says, most of a text: of rare ones exactly so, then of common ones.

        A fact of what is asked about comes before one that says more words but tells of another treatment or patient.
        """
        rare = [term for term, count in counts.items() if 0 < count <= MOST_RANKED]
        says: dict[int, list[Term]] = {}
        for term in rare:
            for number in self._saying((term,), MOST_RANKED):
                says.setdefault(number, []).append(term)
        most = max(says.values(), key=lambda told: (*standing(told), -sum(counts[term] for term in told)), default=[])
        is_most = 2 * weight(most) >= weight(counts)
        about_common = any(term.kind in ASKED_ABOUT and count > MOST_RANKED for term, count in counts.items())
        begun = [most] if is_most and not about_common else [most, []]
        return max((self._with_common(told, counts) for told in begun), key=standing)

    def _with_common(self, told: Sequence[Term], counts: Mapping[Term, int]) -> Sequence[Term]:
        """Terms that some fact says together, and as many common ones as go with them, the longest first."""
        common = [term for term, count in counts.items() if count > MOST_RANKED]
        for term in sorted(common, key=lambda term: -len(term.text)):
            if self._saying((*told, term), 1):
                told = (*told, term)
        return told

    def _of_lists(self, numbers: Sequence[int], told: Iterable[Term]) -> dict[int, set[Term]]:
        """For each of some facts the names of lists that it says."""
        says: dict[int, set[Term]] = {number: set() for number in numbers}
        query = "SELECT rowid FROM word WHERE word MATCH ? AND rowid IN (SELECT value FROM json_each(?))"
        for name in (name for term in told for name in term.listed):
            for number in self._numbers(query, name.query(), json.dumps(numbers)):
                says[number].add(name)
        return says

    def _numbers(self, query: str, *values: str | int) -> list[int]:
        return [row[0] for row in self._file.read(query, values)]

    def _rows(self, numbers: Collection[int]) -> dict[int, tuple[str, ...]]:
        marks = ", ".join("?" * len(numbers))
        rows = self._file.read(f"SELECT id, {_COLUMNS} FROM fact WHERE id IN ({marks})", tuple(numbers))  # noqa: S608 - constants
        return {row[0]: row[1:] for row in rows}


def _with_lists(terms: Sequence[Term]) -> list[Term]:
    """Terms, with names of one kind as one term that any of them says."""
    kinds: dict[object, list[Term]] = {}
    for term in terms:
        kinds.setdefault(term.kind or term, []).append(term)
    return [
        Term(" ".join(each.text for each in own), tuple(dict.fromkeys(way for each in own for way in each.ways)),
             own[0].kind, tuple(own)) if len(own) > 1 else own[0]
        for own in kinds.values()
    ]  # fmt: skip


def _in_turns(ranked: Sequence[int], says: Mapping[int, Collection[Term]]) -> list[int]:
    """Facts that say most names of a list first; of those that say as many, one for each name in turn."""
    before = Counter[frozenset[Term]]()
    order = []
    for number in ranked:
        names = frozenset(says[number])
        order.append((-len(names), before[names], number))
        before[names] += 1
    return [number for _, _, number in sorted(order, key=lambda place: place[:2])]


def _every(terms: Iterable[Term]) -> str:
    """Of the full-text table: facts that say every term."""
    return " AND ".join(f"({term.query()})" for term in terms)


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
        documents=_documents(documents),
        passages=tuple(PassageRef(*place) for place in json.loads(passages)),
    )


def _documents(listed: str) -> tuple[EntityRef, ...]:
    return tuple(EntityRef(each, display(each), "Document", label) for each, label in json.loads(listed))


def _said(remarks: Sequence[Sequence[str]], sentence: str, terms: Sequence[Term]) -> tuple[str, ...]:
    """The remarks with words that the sentence lacks; words that begin alike count as one, as their stems do.

    A kind is told only where it is asked for as a whole: "KIT inhibitor" does not answer "mTOR inhibitor". A study that
    is called in several ways is called so once.
    """
    asked = {way for term in terms for way in term.ways}
    told = folded(sentence).split()
    wanted = {word for term in terms for word in term.text.casefold().split() if not _holds(told, word)}
    wanted = {folded(word) for word in wanted}
    found, called = [], set[str]()
    for name, text in remarks:
        held = {word for word in wanted if _holds(folded(text).split(), word)}
        if folded(text) in asked if name == OF_KIND else held - called:
            found.append(f"{name}: {text}")
        called |= held if name == IN_STUDY else set()
    return tuple(found)


def _holds(words: Sequence[str], word: str) -> bool:
    stem = word[: max(4, len(word) - 4)]
    return any(each == word or (len(word) > 4 and each.startswith(stem)) for each in words)
