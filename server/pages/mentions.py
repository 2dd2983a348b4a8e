"""Curators name documents by number ("document 004"); readers get titles, as links where links may stand."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from kg.evidence.rows import Corpus

_MENTION = re.compile(r"\bdocument (?P<number>\w+)\b", re.IGNORECASE)
_KIND = re.compile(r"\s*\([^()]*\)$")


class Mentions:
    """Knows the documents of a corpus by their numbers.

    Args:
        corpus: the documents, each with the year that it prints.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._titles = {
            ref.curie.partition(":")[2]: f"“{_KIND.sub('', ref.label)}”" + (f" ({year})" if year else "")
            for ref, year in zip(corpus.documents, corpus.years, strict=True)
        }

    def named(self, text: str | None) -> str:
        """A curated text with titles instead of numbers. Never for what a reader wrote, or what a query found."""
        return _MENTION.sub(lambda match: self._titles.get(match["number"], match[0]), text or "")

    def linked(self, text: str | None) -> Markup:
        """The same as markup, each title a link to its document."""
        told, end = Markup(), 0
        for match in _MENTION.finditer(text or ""):
            title = self._titles.get(match["number"])
            if title is not None:
                told += escape((text or "")[end : match.start()])
                told += Markup('<a href="/documents/document:{}">{}</a>').format(match["number"], title)
                end = match.end()
        return told + escape((text or "")[end:])
