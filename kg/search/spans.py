"""Names inside a text: which runs of its words are, as a whole, what something is called."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.identifiers import is_project
from kg.model import EntityRef
from kg.search.name_rows import NameRow
from kg.search.spelling import compact, loose_words

LONGEST_NAME = 6  # words
_TOKEN = re.compile(r"[^\s,;:?!()\[\]\"“”+/]+|[+/]")
_HYPHENATED = re.compile(r"-(?=(?:resistant|refractory|intolerant|naive|pretreated|sensitive)\b)", re.IGNORECASE)
# Names that are words as well, and the words beside them that tell so: "the aim of", "aim to".
WORDS_TOO = frozenset(("aim",))
_BEFORE_A_WORD, _BEHIND_A_WORD = (
    frozenset(("an", "first", "main", "primary", "the", "their", "ultimate")),
    frozenset(("at", "for", "is", "of", "to", "was")),
)
_POSSESSIVE = re.compile(r"['’]s?$")

NamedSo = Callable[[Collection[str], Collection[str]], list[NameRow]]
"""Names spelled so: given spellings as :func:`kg.search.spelling.compact` makes them, and loose ones."""


@dataclass(frozen=True)
class Span:
    """Words of a text that name something.

    Attributes:
        start: number of the first word.
        end: number of the word behind the last.
        text: the words as they were typed.
        entities: the project's things that are called so, those first whose label it is.
        drugs: of an arm, of a regimen that is told by its drugs, or by one drug and its dose, the names of these in the
            text.
    """

    start: int
    end: int
    text: str
    entities: tuple[EntityRef, ...]
    drugs: tuple[Span, ...] = ()

    @property
    def is_arm(self) -> bool:
        """Whether nothing but arms of studies is called so, as "doxorubicin alone" is: of these nothing is asked."""
        return {entity.type for entity in self.entities} == {"Arm"}


def tokens_of(text: str) -> list[str]:
    """The words of a text with + and / as words of their own, without other punctuation between words.

    >>> tokens_of("Does p70S6K/mTOR matter (in patients' tumours)?")
    ['Does', 'p70S6K', '/', 'mTOR', 'matter', 'in', 'patients', 'tumours']
    >>> tokens_of("imatinib-resistant GIST")
    ['imatinib', 'resistant', 'GIST']
    """
    apart = _HYPHENATED.sub(" ", text)
    stripped = (_POSSESSIVE.sub("", found.strip("'’.").rstrip("-")) for found in _TOKEN.findall(apart))
    return [token for token in stripped if token]


def spans(tokens: list[str], named_so: NamedSo, types: frozenset[str] = frozenset()) -> tuple[Span, ...]:
    """The names in a text, the longest first taken from left to right; one look-up for all of them.

    Args:
        tokens: of :func:`tokens_of`.
        named_so: looks names up.
        types: only things of these classes; none given: all.
    """
    spelled: dict[tuple[int, int], tuple[str, str]] = {}
    for start in range(len(tokens)):
        for end in range(start + 1, min(len(tokens), start + LONGEST_NAME) + 1):
            text = " ".join(tokens[start:end])
            if {tokens[start], tokens[end - 1]} & {"+", "/"} or is_word(tokens, start, end):
                continue
            if spelling := compact(text):
                spelled[start, end] = spelling, "".join(loose_words(text))
    rows = named_so({one for one, _ in spelled.values()}, {other for _, other in spelled.values()})
    by_spelling: dict[str, list[NameRow]] = {}
    for row in rows:
        if is_project(row.iri) and (not types or row.type in types):
            for spelling in {row.compact, row.loose}:
                by_spelling.setdefault(spelling, []).append(row)
    named = {
        place: called
        for place, (exact, loose) in spelled.items()
        if (called := _entities([*by_spelling.get(exact, ()), *by_spelling.get(loose, ())]))
    }
    return tuple(
        replace(span, drugs=_drugs(tokens, span, named)) if _may_be_told_by_drugs(span) else span
        for span in _longest(tokens, named, 0, len(tokens))
    )


def is_word(tokens: Sequence[str], start: int, end: int) -> bool:
    """Whether words that name something are meant as words: "the aim of treatment" is no regimen.

    >>> is_word(["the", "aim", "of", "treatment"], 1, 2), is_word(["toxicity", "of", "AIM"], 2, 3)
    (True, False)
    """
    text = " ".join(tokens[start:end])
    if text.casefold() not in WORDS_TOO or text.isupper():
        return False
    around = {token.casefold() for token in tokens[max(start - 1, 0) : start]}
    return bool(around & _BEFORE_A_WORD or {token.casefold() for token in tokens[end : end + 1]} & _BEHIND_A_WORD)


def _may_be_told_by_drugs(span: Span) -> bool:
    """Whether words name a regimen first, or nothing but arms; an arm with a dose may be called like its regimen."""
    kinds = [entity.type for entity in span.entities]
    return kinds[0] == "Regimen" or ("Regimen" in kinds and _has_figure(span.text)) or span.is_arm


def _has_figure(text: str) -> bool:
    return any(char.isdigit() for char in text)


_Named = Mapping[tuple[int, int], tuple[EntityRef, ...]]


def _longest(tokens: list[str], named: _Named, place: int, behind: int) -> Iterator[Span]:
    """The names between two places, the longest first taken from left to right."""
    while place < behind:
        ends = (end for end in range(min(behind, place + LONGEST_NAME), place, -1) if (place, end) in named)
        end = next(ends, 0)
        if end:
            yield Span(place, end, " ".join(tokens[place:end]), named[place, end])
        place = end or place + 1


def _drugs(tokens: list[str], regimen: Span, named: _Named) -> tuple[Span, ...]:
    """The names of drugs within that of a regimen."""
    drugs = {
        place: called
        for place, entities in named.items()
        if (called := tuple(entity for entity in entities if entity.type == "Drug"))
    }
    found = tuple(_longest(tokens, drugs, regimen.start, regimen.end))
    return found if len(found) > 1 or _has_figure(regimen.text) or regimen.is_arm else ()


def _entities(rows: Iterable[NameRow]) -> tuple[EntityRef, ...]:
    return tuple(dict.fromkeys(row.entity for row in sorted(rows, key=lambda row: (row.source, row.iri))))
