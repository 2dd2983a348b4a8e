"""What an answer says, as plain sentences, and whether it says a certain thing.

An answer is read as a person reads it: its texts and numbers, without identifiers, addresses and the question itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from kg.search.spelling import american

# Fields that repeat the question or hold identifiers say nothing.
_SILENT = frozenset({
    "id", "curie", "type", "query", "parameters", "title", "description", "statement", "statements", "sha256",
    "passages", "href", "limit", "total", "start", "end", "order", "score",
})  # fmt: skip
_NUMBER_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_DIGITS = {word: str(number) for number, word in enumerate(_NUMBER_WORDS)}
_DASHES = re.compile("[‐‑‒–—−]")
_ISO_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{2})")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_FILLERS = frozenset({
    "a", "an", "the", "of", "to", "with", "in", "on", "for", "and", "or", "by", "was", "were", "is", "are", "has",
    "have",
})  # fmt: skip


def texts(rows: Any, column: str) -> list[str]:
    """The texts of one column of an answer."""
    return [row[column]["text"] for row in rows if row[column] is not None]


def sentences(answer: Any) -> tuple[str, ...]:
    """Every text and number of an answer, folded; what belongs to one record also as one sentence."""
    return tuple(_sentences(answer))


def _sentences(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        own = [text for key, entry in value.items() if key not in _SILENT for text in _leaves(entry)]
        yield fold(" ".join(own))
        for key, entry in value.items():
            if key not in _SILENT and isinstance(entry, Mapping | list | tuple):
                yield from _sentences(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from _sentences(entry)
    elif value is not None:
        yield fold(" ".join(_leaves(value)))


def _leaves(value: Any) -> Iterator[str]:
    """The texts directly in a value, and those of the things that it names."""
    if isinstance(value, str):
        if "://" not in value:
            yield value
            yield from _spelt_out(value)
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float):
        yield f"{value:g}" if abs(value) < 1_000_000 else str(value)
    elif isinstance(value, Mapping):
        # A cell of an answer gives its text and the value that it stands for: a figure is not said twice over.
        repeated = "value" if str(value.get("value")) == value.get("text") else None
        for key, entry in value.items():
            if key not in _SILENT and key != repeated:
                yield from _leaves(entry)
    else:
        for entry in value:
            yield from _leaves(entry)


def _spelt_out(text: str) -> Iterator[str]:
    """ISO 8601 as the pages spell it."""
    duration, month = _ISO_DURATION.fullmatch(text), _ISO_MONTH.fullmatch(text)
    if duration and text != "P":
        units = ("years", "months", "weeks", "days", "hours", "minutes")
        yield " ".join(f"{count} {unit}" for count, unit in zip(duration.groups(), units, strict=True) if count)
    if month:
        yield f"{_MONTHS[int(month[2]) - 1]} {month[1]}"


def fold(text: str) -> str:
    """A text without differences of case, number words, thousands separators, dashes, spelling and the plural."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = _DASHES.sub("-", plain)
    plain = re.sub(r"(?<=\d)(?:,(?=\d{3}(?!\d))| (?=\d{3}(?![\d-])))", "", plain)
    plain = re.sub(r"(?<![\d.])\.(?=\d)", "0.", plain)
    plain = re.sub(r"[a-z]+", lambda word: american(_DIGITS.get(word[0], word[0])), plain)
    return " ".join(plain.split())


def says(folded: tuple[str, ...], item: str) -> bool:
    """Whether an answer says an item; ``a|b`` asks for either.

    A number must stand by itself. Words must stand together, or all in one sentence.
    """
    return any(_says(folded, fold(form)) for form in item.split("|"))


def _says(folded: tuple[str, ...], item: str) -> bool:
    literal = re.compile(rf"(?<![\w.]){re.escape(item)}(?![\w]|\.\d)" if item[0].isalnum() else re.escape(item))
    if any(literal.search(text) for text in folded):
        return True
    if re.search(r"\d", item):
        words = item.split()
        return len(words) > 1 and any(
            all(_stands(word, text) for word in words if word not in _FILLERS) for text in folded
        )
    squeezed = re.sub(r"[\W_]", "", item)
    if any(squeezed in re.sub(r"[\W_]", "", text) for text in folded):
        return True
    words = [word for word in item.split() if word not in _FILLERS]
    return len(words) > 1 and any(all(_stands(word, text) for word in words) for text in folded)


def _stands(word: str, text: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(word)}(?![\w]|\.\d)", text) is not None
