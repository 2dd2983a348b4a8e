"""Which results fit what a question says in words: line, setting, genotype, phase, number of people."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.evidence.rows import EvidenceRow
from kg.search.spelling import compact

# So many letters tell a word from the beginning of another: "mutation" finds "mutations", "exon 1" not "exon 11".
_LETTERS_OF_A_STEM = 4
_BLANKS = re.compile(r"[\s,;/()]+")
_ORDINALS = {
    "1": "first", "1st": "first", "i": "first", "2": "second", "2nd": "second", "ii": "second",
    "3": "third", "3rd": "third", "iii": "third", "4": "fourth", "4th": "fourth",
}  # fmt: skip
_OF_A_LINE = frozenset({"line", "lines", "firstline", "secondline", "thirdline", "therapy", "treatment", "of"})
_ROMAN = {"1": "i", "2": "ii", "3": "iii", "4": "iv"}


def has_words(wanted: str, texts: Iterable[str | None]) -> bool:
    """Whether one text holds every word, in any order; whole words, or the beginnings of longer ones.

    >>> has_words("metastatic", ["non-metastatic"]), has_words("KIT exon 11 mutation", ["exon 11 KIT mutations"])
    (False, True)
    """
    asked = _words(wanted)
    return bool(asked) and any(
        all(any(_is_word(word, told) for told in _words(text)) for word in asked) for text in texts if text
    )


def _words(text: str) -> list[str]:
    return [word for word in map(compact, _BLANKS.split(text)) if word]


def _is_word(asked: str, told: str) -> bool:
    return asked == told or (len(asked) >= _LETTERS_OF_A_STEM and asked.isalpha() and told.startswith(asked))


def is_phase(wanted: str, phase: str | None) -> bool:
    """Whether a trial is of a phase, wholly or in part; Roman and Arabic numbers alike.

    >>> is_phase("I", "II"), is_phase("2", "I/II"), is_phase("I/II", "II")
    (False, True, False)
    """
    return phase is not None and _phases(wanted) <= _phases(phase)


def _phases(text: str) -> frozenset[str]:
    parts = (part.removeprefix("phase") for part in (compact(word) for word in re.split(r"[/,\s-]+", text)))
    return frozenset(_ROMAN.get(part, part) for part in parts if part)


def line_match(wanted: str, line: str | None) -> str | None:
    """How a line of treatment relates to the one asked for.

    Returns: ``exact``; ``mixed`` where patients of other lines are among them; None where it is another one.

    >>> line_match("1", "first"), line_match("first", "first or second"), line_match("first", "second or later")
    ('exact', 'mixed', None)
    """
    asked, told = _line_words(wanted), _line_words(line or "")
    if not asked or not asked <= told:
        return None
    return "exact" if asked == told else "mixed"


def _line_words(text: str) -> frozenset[str]:
    words = (word.removesuffix("line") or word for word in _words(text))
    return frozenset(_ORDINALS.get(word, word) for word in words if word not in _OF_A_LINE)


def people_of(row: EvidenceRow) -> int | None:
    """How many people a result is of, where it says so; a subgroup is never as large as its arm."""
    if row.denominator is not None:
        return row.denominator
    if row.subgroup is not None or row.subgroup_n is not None:
        return row.subgroup_n
    return row.population.n if row.population else None
