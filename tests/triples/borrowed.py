"""Runs of words that a curated text shares with its source: the source's sentences are not ours to ship."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from triples.passages import Source
from triples.records import Folder
from triples.tree import Place

RUN_WORDS = 14  # figures not counted; names and technical terms make shorter runs
_FREE_TEXT = ("text", "note", "definition", "differs", "about", "flag_reason", "prior", "reason", "subgroup")
_WORD = re.compile(r"[^\W\d_]+")
# What makes a sentence of a row of terms (a list of abbreviations is nobody's prose).
_LINKS = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "in", "is", "it", "of", "on", "or", "than", "that",
    "the", "this", "to", "was", "were", "which", "with",
})  # fmt: skip
_LINKS_IN_RUN = 2


@dataclass(frozen=True, order=True)
class BorrowedRun:
    """The first words of a run that also stands in the source."""

    place: Place
    words: str

    def __str__(self) -> str:
        return str(self.place.fault(f"{RUN_WORDS} words in a row are the source's: {self.words!r}"))


def borrowed_runs(folder: Folder, source: Source, run_words: int = RUN_WORDS) -> tuple[BorrowedRun, ...]:
    """Every free text of a folder that repeats a run of words of its source; names and titles do not count."""
    words = _words(source.text.text)
    runs = {tuple(words[at : at + run_words]) for at in range(len(words) - run_words + 1)}
    return tuple(sorted(_borrowed(folder, runs, run_words)))


def _borrowed(folder: Folder, runs: set[tuple[str, ...]], run_words: int) -> Iterator[BorrowedRun]:
    for record in folder.records:
        for inner in record.walk():
            if inner.kind in ("document", "reference", "section"):
                continue
            for key in _FREE_TEXT:
                for entry, text in zip(inner.all(key), inner.texts(key), strict=True):
                    own = _words(text)
                    found = (own[at : at + run_words] for at in range(len(own) - run_words + 1))
                    run = next(
                        (
                            words
                            for words in found
                            if tuple(words) in runs and len(_LINKS.intersection(words)) >= _LINKS_IN_RUN
                        ),
                        None,
                    )
                    if run is not None:
                        yield BorrowedRun(entry.place, " ".join(run))


def _words(text: str) -> list[str]:
    return _WORD.findall(re.sub(r"[-\u00ad]\s*\n\s*", "", text).casefold())
