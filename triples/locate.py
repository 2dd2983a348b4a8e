"""Finding quoted words in a document, whatever its line breaks, hyphens, dashes, quotation marks and case.

Offsets are Unicode code points of the file decoded as UTF-8 without translating line ends.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from triples.records import Span

MAX_SPAN = 1200  # code points between the first and the last words of "first ... last"
_ELLIPSIS = re.compile(r"\s*(?:\.\.\.|…)\s*")
_NUMBER = re.compile(r"\s#(\d+)$")
_DROPPED = frozenset("-‐‑‒–—―−\u00ad\u200b\ufeff'\"‘’‚‛“”„‟′″`´«»")


class NotLocatedError(ValueError):
    """The words do not name one passage; the message says why."""


@dataclass(frozen=True)
class Searchable:
    """A text folded for searching: ``folded[i]`` came from code point ``offsets[i]`` of ``text``."""

    text: str
    folded: str
    offsets: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Searchable:
        """Fold a text, keeping where each character came from."""
        folded: list[str] = []
        offsets: list[int] = []
        for offset, character in enumerate(text):
            for piece in fold(character):
                folded.append(piece)
                offsets.append(offset)
        return cls(text, "".join(folded), tuple(offsets))


def fold(text: str) -> str:
    r"""What is compared: one form, one case; without white space, dashes and quotation marks.

    >>> fold("Anti-\napoptotic \ufb01bres")
    'antiapoptoticfibres'
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in plain if c not in _DROPPED and not c.isspace())


def locate(document: Searchable, quote: str) -> Span:
    """The passage that a quote names: words, ``first ... last``, or words and `` #2`` for the second place.

    Raises: NotLocatedError if the words do not occur, occur several times, or span too much.
    """
    words, which = quote.strip(), None
    match = _NUMBER.search(words)
    if match:
        words, which = words[: match.start()], int(match[1])
    parts = [part for part in _ELLIPSIS.split(words) if fold(part)]
    if not parts:
        raise NotLocatedError(f"{quote!r} holds no words")
    found = _occurrences(document, parts[0])
    for part in parts[1:]:
        found = _extended(document, found, part)
    if which is not None:
        if not 1 <= which <= len(found):
            reason = f"there is no occurrence #{which}: {words!r} occurs {_times(len(found))}"
            raise NotLocatedError(f"{reason} ({_places(document, found)})")
        return found[which - 1]
    if len(found) > 1:
        reason = f"{words!r} occurs {len(found)} times ({_places(document, found)})"
        raise NotLocatedError(f"{reason}; quote more words, or end with ' #1' ... ' #{len(found)}'")
    return found[0]


def _places(document: Searchable, found: list[Span]) -> str:
    """The first passages found, each with its number and the words that it begins with and those before it."""
    shown = [
        f"#{number} {' '.join(document.text[max(0, span.start - 15) : span.start + 25].split())!r}"
        for number, span in enumerate(found[:6], 1)
    ]
    return ", ".join([*shown, *(["..."] if len(found) > len(shown) else [])])


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _occurrences(document: Searchable, words: str, start: int = 0) -> list[Span]:
    """Every occurrence, in order; those that begin and end at word boundaries where there are any."""
    needle = fold(words)
    spans: list[Span] = []
    at = document.folded.find(needle, start)
    while at >= 0:
        spans.append(Span(document.offsets[at], document.offsets[at + len(needle) - 1] + 1))
        at = document.folded.find(needle, at + 1)
    if not spans:
        raise NotLocatedError(_near_miss(document, words, needle))
    return [span for span in spans if _is_whole(document.text, span)] or spans


def _is_whole(text: str, span: Span) -> bool:
    before = text[span.start - 1 : span.start]
    after = text[span.end : span.end + 1]
    cut_before = before.isalnum() and text[span.start].isalnum()
    return not cut_before and not (after.isalnum() and text[span.end - 1].isalnum())


def _extended(document: Searchable, heads: list[Span], words: str) -> list[Span]:
    """Spans from each head to the nearest following occurrence of the words; not too long ones."""
    tails = _occurrences(document, words)
    pairs = []
    for head in heads:
        tail = next((tail for tail in tails if tail.start >= head.end), None)
        if tail is not None:
            pairs.append(Span(head.start, tail.end))
    if not pairs:
        raise NotLocatedError(f"{words!r} does not occur after the words before '...'")
    short = [pair for pair in pairs if pair.end - pair.start <= MAX_SPAN]
    if not short:
        length = min(pair.end - pair.start for pair in pairs)
        raise NotLocatedError(
            f"the passage up to {words!r} would be {length} characters long; at most {MAX_SPAN}: "
            "point to shorter passages"
        )
    return short


def _near_miss(document: Searchable, words: str, needle: str) -> str:
    """Where the words stop agreeing with the document, to help correct them."""
    low, high = 0, len(needle)
    while low < high:  # the longest prefix that occurs, by bisection
        middle = (low + high + 1) // 2
        if needle[:middle] in document.folded:
            low = middle
        else:
            high = middle - 1
    if low < min(8, len(needle)):
        return f"{words!r} does not occur in the document"
    at = document.folded.find(needle[:low])
    start, stop = document.offsets[at], document.offsets[at + low - 1] + 1
    there = " ".join(document.text[max(start, stop - 30) : stop + 40].split())
    return f"{words!r} does not occur; it agrees up to offset {stop}, where the document reads: {there!r}"
