"""What a document says that no fact points to: sentences without a passage, numbers in no fact."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from triples.passages import Source, passage_fields
from triples.records import Folder, Record, Span

# A sentence ends at . ! ? before white space and a capital, digit or bracket, or at an empty line.
_SENTENCE_END = re.compile(r"(?<=[.!?])['\"”’)\]]*\s+(?=[A-Z0-9(\[“‘\"])|\n\s*\n")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|et al|vs|Fig|Figs|No|Dr|ref|refs|cf|approx|resp)|\b[A-Z])\.$")
_LETTER = re.compile(r"[A-Za-z]{3}")
_NUMBER = re.compile(r"(?<![A-Za-z\d.])\d+(?:[.,]\d+)*")
# A number that stands like the mark of a reference: ``[3]``, ``(1, 2)``, ``43,44``, ``52–55``.
_BEFORE_A_MARK = re.compile(r"[\[(,;–-]\s?$")


@dataclass(frozen=True)
class Uncovered:
    """A piece of the text that no fact's passage touches."""

    section: str
    span: Span
    text: str


@dataclass(frozen=True)
class Coverage:
    """How much of a document the facts point to.

    Attributes:
        excluded: sentences that exclusions.yaml sets aside.
        uncovered: the other sentences that no fact's passage touches.
        numbers: those in no passage, but for the marks of references that a fact there cites.
    """

    document: str
    sentences: int
    covered: int
    excluded: int
    uncovered: tuple[Uncovered, ...]
    numbers: tuple[Uncovered, ...]


def sentences(text: str) -> list[Span]:
    """The sentences of a text, in order, without the white space around them; only those that hold a word."""
    found: list[Span] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        head = text[start : match.start()]
        if _ABBREVIATION.search(head) and not re.search(r"\n\s*\n", match[0]):
            continue
        found.append(_trimmed(text, start, match.start()))
        start = match.end()
    found.append(_trimmed(text, start, len(text)))
    return [span for span in found if _LETTER.search(text[span.start : span.end])]


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def coverage(folder: Folder, source: Source) -> Coverage:
    """Compare a document's sentences and numbers with its passages (contexts and headings do not count)."""
    text = source.text.text
    marked = _Marked(folder, len(text))
    cited = [each for record in folder.records for each in _citations(record, ())]
    told = [span for span in sentences(text) if not marked.is_heading(span)]
    untouched = [span for span in told if not marked.is_covered(span)]
    uncovered = [span for span in untouched if not marked.is_excluded(span)]
    numbers = [
        span
        for match in _NUMBER.finditer(text)
        if not marked.is_covered(span := Span(match.start(), match.end()))
        and not marked.is_excluded(span)
        and not _is_cited(text, match, told, cited)
    ]

    def shown(span: Span) -> Uncovered:
        return Uncovered(folder.section_at(span.start), span, " ".join(text[span.start : span.end].split()))

    return Coverage(
        document=folder.name,
        sentences=len(told),
        covered=len(told) - len(untouched),
        excluded=len(untouched) - len(uncovered),
        uncovered=tuple(map(shown, uncovered)),
        numbers=tuple(map(shown, numbers)),
    )


class _Marked:
    """Which characters of a document its facts point to, which exclusions.yaml sets aside, and its headings."""

    def __init__(self, folder: Folder, length: int) -> None:
        sections = folder.document.records("sections") if folder.document else ()
        self._headings = {entry.value for entry in passage_fields(sections) if isinstance(entry.value, Span)}
        inner = (each for record in folder.records for each in record.walk())
        pointed = {span for record in inner for span in record.spans("at")}
        self._covered = _mask(length, pointed - self._headings)
        self._excluded = _mask(length, (span for record in folder.exclusions for span in record.spans("at")))

    def is_covered(self, span: Span) -> bool:
        return any(self._covered[span.start : span.end])

    def is_excluded(self, span: Span) -> bool:
        return any(self._excluded[span.start : span.end])

    def is_heading(self, sentence: Span) -> bool:
        """Whether a sentence is no more than a section's heading."""
        return any(head.start <= sentence.start and sentence.end <= head.end for head in self._headings)


def _citations(record: Record, inherited: tuple[int, ...]) -> Iterator[tuple[Span, frozenset[int]]]:
    """Every passage of a record and of those inside it, with the references cited there or by a record around it."""
    citing = (*inherited, *record.integers("citing"))
    yield from ((span, frozenset(citing)) for span in record.spans("at"))
    for key in record.fields:
        for inner in record.records(key):
            yield from _citations(inner, citing)


def _is_cited(text: str, number: re.Match[str], every: list[Span], cited: list[tuple[Span, frozenset[int]]]) -> bool:
    """Whether a number is the mark of a reference that a fact of the same sentence, or of the one before, cites.

    A mark printed behind a full stop opens the next sentence (``kinases.43,44 As a ...``), so both are looked at.
    """
    if "." in number[0] or not _BEFORE_A_MARK.search(text[max(0, number.start() - 2) : number.start()]):
        return False
    marks = {int(mark) for mark in number[0].split(",")}
    at = next((index for index, span in enumerate(every) if span.start <= number.start() < span.end), None)
    near = every[max(0, at - 1) : at + 1] if at is not None else []
    return any(
        marks <= references and span.start < sentence.end and sentence.start < span.end
        for span, references in cited
        for sentence in near
    )


def _mask(length: int, spans: Iterable[Span]) -> bytearray:
    mask = bytearray(length)
    for span in spans:
        end = min(span.end, length)
        if end > span.start:
            mask[span.start : end] = b"\x01" * (end - span.start)
    return mask
