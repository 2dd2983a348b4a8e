"""One search for everything: things by their names, facts by their words, questions by what a text seems to ask."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kg.search.cues import asks
from kg.search.fact_words import folded
from kg.search.facts import NO_FACTS, FactHits, FactIndex, terms_of
from kg.search.name_rows import SearchHit
from kg.search.names import NameIndex, SearchAnswer, SearchPart, SearchQuestion
from kg.search.offers import offers
from kg.search.spans import Span, spans, tokens_of
from kg.search.spelling import telling

NO_FACT_WORDS = (
    "Facts were not searched: the words of facts are written by `sarcoma-kg build` beside the graph, "
    "and this graph has none of them here."
)
_GUESSED = frozenset(("Drug", "DrugClass", "Histotype", "Target", "Site", "Patient"))
_WITH_TYPING_ERRORS = 0.3
_NUMBERED = re.compile(r"\b(?:patient|case)\s+(?:no\.?\s*|number\s+|#\s*)?(\d{1,3})\b", re.IGNORECASE)


def find(names: NameIndex, facts: FactIndex | None, question: SearchQuestion) -> SearchAnswer:
    """Things, and, where no types are asked for, facts and questions.

    Args:
        names: of the graph.
        facts: the words of its facts; None where there is no such file.
        question: what to look for.
    """
    answer = names.search(question)
    if question.types:
        return answer
    tokens = tokens_of(question.text)
    answer = _uncorrected(answer, tokens, facts)
    if len(tokens) < 2 and not question.facts:  # one word asks nothing
        return answer
    found = spans(tokens, names.named_so)
    known = _with_guesses(tokens, [*found, *_patients(names, question.text, tokens)], answer)
    asked = offers(tokens, known) if len(tokens) > 1 else ()
    return replace(answer, questions=asked, facts=_facts(names, facts, question, tokens, found))


def _uncorrected(answer: SearchAnswer, tokens: Sequence[str], facts: FactIndex | None) -> SearchAnswer:
    """Without names that are only near to words which need no correcting: those that some fact says, or that ask."""

    def stands(text: str) -> bool:
        return all(asks(word) or (facts is not None and facts.says(word)) for word in telling(text.split()))

    corrected = [hit for hit in answer.items if hit.score < _WITH_TYPING_ERRORS]
    if corrected and stands(" ".join(tokens)):
        kept = tuple(hit for hit in answer.items if hit.score >= _WITH_TYPING_ERRORS)
        answer = replace(answer, items=kept, total=len(kept), truncated=False, truncated_by=None)
    parts = (
        part if not (part.items and part.items[0].score < _WITH_TYPING_ERRORS and stands(part.text)) else None
        for part in answer.parts
    )
    return replace(answer, parts=tuple(part for part in parts if part is not None))


def _facts(
    names: NameIndex, facts: FactIndex | None, question: SearchQuestion, tokens: Sequence[str], found: Sequence[Span]
) -> FactHits:
    if not question.facts:
        return NO_FACTS
    if facts is None:
        return FactHits(limit=question.facts, unavailable=NO_FACT_WORDS)
    called = names.called({entity.id for span in found for entity in span.entities})
    return facts.search(terms_of(tokens, found, called), question.facts)


def _patients(names: NameIndex, text: str, tokens: Sequence[str]) -> list[Span]:
    """Patients are called by their number only within their series; the number alone must do."""
    numbered = _NUMBERED.search(text)
    if numbered is None:
        return []
    found = names.search(SearchQuestion(f"patient {numbered[1]}", ("Patient",))).items
    place = tokens.index(numbered[1]) if numbered[1] in tokens else -1
    return [Span(place - 1, place + 1, numbered[0], found)] if found and place > 0 else []


def _with_guesses(tokens: Sequence[str], found: Sequence[Span], answer: SearchAnswer) -> list[Span]:
    """Names, and what the words between them come near to: a name that begins so, or one with a typing error."""
    taken = {place for span in found for place in range(span.start, span.end)}
    known = list(found)
    whole = SearchPart(" ".join(telling(list(tokens))), answer.items)  # no name, and no names inside it
    for part in answer.parts or (whole,):
        run = part.text.split()
        places = (place for place in range(len(tokens)) if list(tokens[place : place + len(run)]) == run)
        place = next(places, None)
        near = tuple(hit for hit in part.items[:1] if _is_near(part.text, hit) and not asks(part.text))
        if place is not None and near and not taken & set(range(place, place + len(run))):
            known.append(Span(place, place + len(run), part.text, near))
    return sorted(known, key=lambda span: span.start)


def _is_near(text: str, hit: SearchHit) -> bool:
    """Whether words may be meant for a name: it begins with them, or they differ by typing errors."""
    begins = folded(hit.label if hit.type == "Patient" else hit.matched).startswith(folded(text))
    return hit.type in _GUESSED and not hit.imported and (begins or hit.score < _WITH_TYPING_ERRORS)
