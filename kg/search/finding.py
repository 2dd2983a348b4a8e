"""One search for everything: things by their names, facts by their words, questions by what a text seems to ask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches

from kg.identifiers import is_project, parse_identifier
from kg.model import EntityRef
from kg.search.asked_words import as_asked, asks
from kg.search.fact_words import folded
from kg.search.facts import NO_FACTS, FactHits, FactIndex, Order
from kg.search.name_rows import SearchHit
from kg.search.name_tiers import NAMED, WORDED
from kg.search.names import NameIndex, SearchAnswer, SearchPart, SearchQuestion
from kg.search.offers import offers
from kg.search.spans import Span, is_word, spans, tokens_of
from kg.search.spelling import JOINING, compact, loose_words, telling, words
from kg.search.terms import terms_of, ways_of

NO_FACT_WORDS = (
    "Facts were not searched: the words of facts are written by `sarcoma-kg build` beside the graph, "
    "and this graph has none of them here."
)
_GUESSED = frozenset(("Drug", "DrugClass", "Histotype", "Target", "Site", "Patient"))
_MISTYPED = frozenset(("AdverseEvent", "Measure", "Procedure"))
_TELLING = 5  # letters of a word that is more than an ending apart from others
_CLINICS = 4  # letters of a drug's name that begin no other
_WITH_TYPING_ERRORS = 0.3
_MOST_OF_A_NAME = 0.74
_SIDES = frozenset(("left", "right", "upper", "lower"))  # begin names of sites, and mean other things too
_PERSONS = frozenset(("patient", "man", "woman", "lady", "male", "female", "person", "case"))
_AGE = re.compile(
    r"\b(\d{1,3})[- ]years?[- ]old\b|\bage[d]? (\d{1,3})\b|\b(?:man|woman|lady|patient) of (\d{1,3})\b", re.IGNORECASE
)
_MOST_DESCRIBING = 6  # words
# Words that say what is done to a part of the body, and those that lead to it.
_HARMING = frozenset(
    ("attack", "attacks", "bad", "damage", "damages", "harm", "harms", "hurt", "hurts", "injure", "injures", "toxic")
)
_TO_A_PART = frozenset(("for", "the", "to"))
# Who asks when something happened, and of whom it is asked where one of these is named.
_TIMES = frozenset(("long", "days", "day", "weeks", "week", "months", "month", "years", "when", "date"))
_TREATED = frozenset(("Drug", "Regimen", "Histotype", "Study", "Patient"))
# Words that begin a question, and those of one about how a study was made, not what came of it.
_OPENING = frozenset(
    ("are", "did", "do", "does", "had", "has", "have", "how", "is", "was", "were", "what", "when", "which", "who",
     "whose", "why")
)  # fmt: skip
_HOW_MADE = frozenset(
    ("arm", "arms", "design", "dose", "doses", "dosing", "enrolled", "given", "included", "many", "often", "randomised",
     "randomized", "recruited", "schedule", "schedules", "studied", "studies", "study", "trial", "trials")
)  # fmt: skip
# Words for places in a document, and for documents.
_REFERENCES = frozenset(("reference", "ref", "citation"))
_IN_FACTS = ("ref", "reference")  # folded
_SECTIONS = frozenset(("abstract", "introduction", "discussion", "conclusion", "conclusions"))
_DOCUMENTS = frozenset(("review", "series", "abstract"))
_CITING = frozenset(("cite", "cites", "cited", "citing", "references", "bibliography"))
_NUMBERED = re.compile(r"\b(?:patient|case)s?\s+(?:no\.?\s*|number\s+|#\s*)?(\d{1,3})\b", re.IGNORECASE)
_NUMBERED_TOO = re.compile(r"\s*(?:,|&|\band\b|,\s*and\b)\s*(\d{1,3})\b", re.IGNORECASE)


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
    answer = _uncorrected(_without_words(answer, tokens), tokens, facts)
    asks_nothing = len(tokens) < 2 or parse_identifier(question.text.strip()) is not None
    if asks_nothing and not question.facts:
        return answer
    found = _named(names, tokens, answer)
    known = _with_guesses(tokens, [*found, *_patients(names, question.text, tokens)], answer)
    known = [span for span in known if _may_be_of_age(span, question.text)]
    places = _places(names, facts, tokens)
    told = [span for span in known if span in found or _NUMBERED.fullmatch(span.text) or not _is_said(span, facts)]
    told = sorted([*told, *(span for span in places if _is_number(span))], key=lambda span: span.start)
    hits = _facts(names, facts, question, tokens, told)
    if asks_nothing:
        return replace(answer, facts=hits)
    is_told = bool(hits.items) and not hits.items[0].lacks
    asked_of = sorted([*known, *_pointed_at(names, facts, tokens, known), *places], key=lambda span: span.start)
    asked = offers(tokens, asked_of, _asked_words(tokens, found, facts), is_told=is_told)
    return replace(answer, questions=asked, facts=hits)


def _named(names: NameIndex, tokens: Sequence[str], answer: SearchAnswer) -> list[Span]:
    """The names in a text, those of several words also with a typing error in one: "bone sarkoma" is no bone."""
    found = list(spans(list(tokens), names.named_so))
    misspelt = {part.text: part.items[0] for part in answer.parts if part.items and _is_misspelt(part)}
    respelt = [_as_in(misspelt[token].matched, token) if token in misspelt else token for token in tokens]
    longer = [
        replace(span, text=" ".join(tokens[span.start : span.end]))
        for span in (spans(respelt, names.named_so) if misspelt else ())
        if span.end - span.start > 1 and set(tokens[span.start : span.end]) & misspelt.keys()
    ]
    places = {place for span in longer for place in range(span.start, span.end)}
    apart = [span for span in found if not places & set(range(span.start, span.end))]
    named = _at_their_sites(names, tokens, sorted([*longer, *apart], key=lambda span: span.start))
    harmed = [
        span for span in _harmed(names, tokens) if not any(span.start <= each.start < span.end - 1 for each in named)
    ]
    places = {place for span in harmed for place in range(span.start, span.end)}
    kept = [span for span in named if not places & set(range(span.start, span.end))]
    return sorted([*kept, *harmed], key=lambda span: span.start)


def _harmed(names: NameIndex, tokens: Sequence[str]) -> Iterator[Span]:
    """Adverse events told as what is done to a part of the body: "hurt the heart" is cardiac toxicity."""
    for place, token in enumerate(tokens):
        part = next((each for each in range(place + 1, len(tokens)) if tokens[each].casefold() not in _TO_A_PART), 0)
        if token.casefold() not in _HARMING or not part:
            continue
        for harm in ("toxicity", "damage"):
            texts = [f"{way} {harm}" for way in ways_of(folded(tokens[part]))]
            rows = names.named_so({compact(text) for text in texts}, {"".join(loose_words(text)) for text in texts})
            meant = tuple({row.entity for row in rows if row.type == "AdverseEvent" and is_project(row.iri)})
            if len(meant) == 1:
                yield Span(place, part + 1, " ".join(tokens[place : part + 1]), meant)
                break


def _at_their_sites(names: NameIndex, tokens: Sequence[str], found: Sequence[Span]) -> list[Span]:
    """Names, a sarcoma and its site being one where they have a name: "sarcoma in the womb" is uterine sarcoma."""
    told: list[Span] = []
    for span in found:
        whole = _at_its_site(names, tokens, told[-1], span) if told else None
        if whole is not None:
            told.pop()
        told.append(whole or span)
    return told


def _at_its_site(names: NameIndex, tokens: Sequence[str], one: Span, other: Span) -> Span | None:
    """The name that a sarcoma and a site have together, if only joining words stand between them."""
    if {one.entities[0].type, other.entities[0].type} != {"Histotype", "Site"}:
        return None
    if not {token.casefold() for token in tokens[one.end : other.start]} <= JOINING:
        return None
    sarcoma, site = (one, other) if one.entities[0].type == "Histotype" else (other, one)
    places = [name for called in names.called({each.id for each in site.entities}).values() for name in called]
    texts = [f"{sarcoma.text} of {place}" for place in places] + [f"{place} {sarcoma.text}" for place in places]
    rows = names.named_so({compact(text) for text in texts}, {"".join(loose_words(text)) for text in texts})
    meant = {row.entity for row in rows if row.type == "Histotype" and is_project(row.iri)}
    return (
        Span(one.start, other.end, " ".join(tokens[one.start : other.end]), tuple(meant)) if len(meant) == 1 else None
    )


def _is_misspelt(part: SearchPart) -> bool:
    return part.items[0].score < _WITH_TYPING_ERRORS and part.items[0].type in _GUESSED | _MISTYPED


def _as_in(name: str, word: str) -> str:
    """The word of a name that a misspelt one is nearest to."""
    return next(iter(get_close_matches(word.casefold(), words(name), 1)), word)


def _without_words(answer: SearchAnswer, tokens: Sequence[str]) -> SearchAnswer:
    """Without names that are meant as words."""
    meant = {token for place, token in enumerate(tokens) if is_word(tokens, place, place + 1)}
    return replace(answer, parts=tuple(part for part in answer.parts if part.text not in meant)) if meant else answer


def _uncorrected(answer: SearchAnswer, tokens: Sequence[str], facts: FactIndex | None) -> SearchAnswer:
    """Without names that are only near to words which need no correcting: those that some fact says, or that ask."""

    def stands(text: str, name: str) -> bool:
        return all(asks(word) or (_stands(word, facts) and not _is_form(word, name)) for word in telling(text.split()))

    corrected = [hit for hit in answer.items if hit.score < _WITH_TYPING_ERRORS]
    if corrected and stands(" ".join(tokens), corrected[0].matched):
        kept = tuple(hit for hit in answer.items if hit.score >= _WITH_TYPING_ERRORS)
        answer = replace(answer, items=kept, total=len(kept), truncated=False, truncated_by=None)
    parts = (
        part
        for part in answer.parts
        if not part.items or part.items[0].score >= _WITH_TYPING_ERRORS or not stands(part.text, part.items[0].matched)
    )
    return replace(answer, parts=tuple(parts))


def _asked_words(tokens: Sequence[str], found: Sequence[Span], facts: FactIndex | None) -> list[str]:
    """Words as the table of questions has them; those of names, and others that facts say, stay as they are."""
    named = {place for span in found for place in range(span.start, span.end)}
    return [
        token if place in named or (asked := as_asked(token.casefold())) == token or _stands(token, facts) else asked
        for place, token in enumerate(tokens)
    ]


def _stands(word: str, facts: FactIndex | None) -> bool:
    return facts is not None and not asks(word) and facts.says(word)


def _is_said(span: Span, facts: FactIndex | None) -> bool:
    """Whether facts say the words that only come near a name, so that these may mean themselves."""
    return facts is not None and all(facts.says(word) for word in telling(span.text.split()))


def _is_form(word: str, name: str) -> bool:
    """Whether a word is one of a name with another ending, so that a fact which says the one says the other."""
    return any(len(told) >= _TELLING and word.casefold().startswith(told) for told in words(name))


def _facts(
    names: NameIndex, facts: FactIndex | None, question: SearchQuestion, tokens: Sequence[str], found: Sequence[Span]
) -> FactHits:
    if not question.facts:
        return NO_FACTS
    if facts is None:
        return FactHits(limit=question.facts, unavailable=NO_FACT_WORDS)
    found = [told for span in found for told in ((span.drugs if span.is_arm else ()) or (span,))]
    called = names.called({entity.id for span in found for entity in span.entities})
    called |= {
        span.entities[0].id: tuple(f"{word} {span.entities[0].label}" for word in _IN_FACTS)
        for span in found
        if _is_number(span)
    }
    typed = {token.casefold() for token in tokens}
    order: Order = "" if tokens[0].casefold() not in _OPENING or typed & _HOW_MADE else "results"
    if order and {"how", "long"} <= typed:
        order = "measured"
    return facts.search(terms_of(tokens, found, called), question.facts, order)


def _patients(names: NameIndex, text: str, tokens: Sequence[str]) -> list[Span]:
    """Patients are called by their number only within their series, or as people describe them; that must do."""
    told: list[Span] = []
    for numbered in _NUMBERED.finditer(text):
        more: re.Match[str] | None = numbered
        while more is not None:
            hits = names.search(SearchQuestion(f"patient {more[1]}", ("Patient",))).items
            found = tuple(hit for hit in hits if hit.score >= WORDED)  # another number is no slip
            place = tokens.index(more[1]) if more[1] in tokens else -1
            if found and place > 0:
                start = place - 1 if more is numbered else place
                told.append(Span(start, place + 1, f"patient {more[1]}", found))
            is_list = numbered[0].split()[0].casefold().endswith("s")  # in "patient 1, 2 cycles" one is numbered
            more = _NUMBERED_TOO.match(text, more.end()) if is_list else None
    return told or ([] if _NUMBERED.search(text) else _described(names, tokens))


def _described(names: NameIndex, tokens: Sequence[str]) -> list[Span]:
    """The one patient that some word behind "the man" or "the case", or just before it, tells from the others."""
    person = next((place for place, token in enumerate(tokens) if token.casefold() in _PERSONS), None)
    if person is None:
        return []
    around = [*tokens[person - 1 : person], *tokens[person + 1 :]]
    telling_words = [word for word in telling(around) if not asks(word)][:_MOST_DESCRIBING]
    described = [_called_so(names, way, "Patient") for word in telling_words for way in ways_of(folded(word))]
    only = {hit.id: hit for hits in described if len(hits) == 1 for hit in hits.values()}
    return [Span(person, person + 1, tokens[person], tuple(only.values()))] if len(only) == 1 else []


def _may_be_of_age(span: Span, text: str) -> bool:
    """Whether no patient is meant, or none whose age is another than that in a text."""
    age = _AGE.search(text)
    told = {word for entity in span.entities if entity.type == "Patient" for word in words(entity.label)}
    ages = {word for word in told if word.isdigit()}
    return age is None or not ages or next(filter(None, age.groups())) in ages


def _called_so(names: NameIndex, word: str, kind: str) -> dict[str, SearchHit]:
    """What has a word in its name, by IRI."""
    found = names.search(SearchQuestion(word, (kind,))).items if words(word) else ()
    return {hit.id: hit for hit in found if hit.score >= WORDED}


def _pointed_at(
    names: NameIndex, facts: FactIndex | None, tokens: Sequence[str], known: Sequence[Span]
) -> Iterator[Span]:
    """The one patient in whose history all words are told, of a text that asks for a time and names nobody treated."""
    about = {entity.type for span in known for entity in span.entities}
    if facts is None or about & _TREATED or not any(token.casefold() in _TIMES for token in tokens):
        return
    told = {
        place: patients
        for place, token in enumerate(tokens)
        if token in telling(list(tokens)) and not asks(token) and token.casefold() not in _TIMES
        and (patients := facts.patients_with(folded(token)))
    }  # fmt: skip
    only = set.intersection(*told.values()) if told else set()
    if len(only) == 1 and (place := next((place for place, found in told.items() if found == only), None)) is not None:
        called = next(iter(only))
        rows = names.named_so({compact(called)}, {"".join(loose_words(called))})
        entities = tuple({row.entity for row in rows if row.type == "Patient"})
        if len(entities) == 1:
            yield Span(place, place + 1, tokens[place], entities)


def _places(names: NameIndex, facts: FactIndex | None, tokens: Sequence[str]) -> list[Span]:
    """Where a text points to in a document: a section, the number of a reference; and which document it means.

    Every document has its own list of references; where none is named, each is meant that tells of such a number.
    """
    found: list[Span] = []
    for place, token in enumerate(tokens):
        word, before = token.casefold(), tokens[place - 1].casefold() if place else ""
        if before in _REFERENCES and token.isdigit():
            found.append(Span(place - 1, place + 1, f"{before} {token}", (EntityRef(token, token, "Number", token),)))
        elif word in _SECTIONS:
            found.append(Span(place, place + 1, token, (EntityRef(word, word, "Section", word),)))
    cites = {token.casefold() for token in tokens} & _CITING
    for place, token in enumerate(tokens) if found or cites else ():
        document = _called_so(names, token, "Document") if token.casefold() in _DOCUMENTS else {}
        if len(document) == 1:
            found.append(Span(place, place + 1, token, tuple(document.values())))
            return found
    return [*found, *(
        Span(span.end, span.end, span.text, (document,))
        for span in found if facts is not None and _is_number(span)
        for document in facts.documents_with(f"{word} {span.entities[0].label}" for word in _IN_FACTS)
    )]  # fmt: skip


def _is_number(span: Span) -> bool:
    """Whether words are the number of a reference."""
    return span.entities[0].type == "Number"


def _with_guesses(tokens: Sequence[str], found: Sequence[Span], answer: SearchAnswer) -> list[Span]:
    """Names, and what the words between them come near to: a name that begins so, or one with a typing error."""
    taken = {place for span in found for place in range(span.start, span.end)}
    known = list(found)
    told = telling(list(tokens))
    places = [place for place, token in enumerate(tokens) if token in told]
    whole = SearchPart(" ".join(told), answer.items)  # no name, and no names inside it
    for part in answer.parts or (whole,):
        run = part.text.split()
        begun = next((first for first in range(len(told)) if told[first : first + len(run)] == run), None)
        near = () if asks(part.text) else _near(part, may_go_on=run[-1:] == tokens[-1:])
        if begun is None or not near:
            continue
        start, end = places[begun], places[begun + len(run) - 1] + 1
        if taken & set(range(start, end)):
            continue
        own = words(near[0].matched)  # "doxorubicin" is no second drug in "pegylated doxorubicin"
        while end < len(tokens) and words(tokens[end]) and all(word in own for word in words(tokens[end])):
            end += 1
        known = [span for span in known if not start <= span.start < end]
        known.append(Span(start, end, " ".join(tokens[start:end]), near))
    return sorted(known, key=lambda span: span.start)


def _near(part: SearchPart, *, may_go_on: bool) -> tuple[SearchHit, ...]:
    """The thing that words may be meant for; empty if none is, or several are.

    Args:
        part: the words, and what they come near to.
        may_go_on: whether they are the last of the text, which may be half typed.
    """
    best = part.items[:1]
    if not best or best[0].imported:
        return ()
    (hit,) = best
    name, typed = folded(hit.label if hit.type == "Patient" else hit.matched), folded(part.text)
    if hit.score >= NAMED:  # but for the words that join
        return best
    if hit.score < _WITH_TYPING_ERRORS:
        return best if hit.type in _GUESSED | _MISTYPED and name.count(" ") == typed.count(" ") else ()
    if hit.type == "AdverseEvent":  # a word of its name is too little: "skin" is no rash, but "hand-foot" is a syndrome
        begins = " " in typed and name.startswith(f"{typed} ") and not any(map(str.isdigit, typed))  # nor is a grade
        is_most = hit.score >= _MOST_OF_A_NAME or begins
        return best if is_most and len({each.id for each in part.items}) == 1 else ()
    drugs = {each.id for each in part.items if each.type == "Drug"}
    is_short = hit.type == "Drug" and len(typed) >= _CLINICS and len(drugs) == 1  # "doce" in a clinic's notes
    is_enough = is_short or may_go_on or name[len(typed) :].startswith(" ") or 2 * len(typed) > len(name)
    if hit.type not in _GUESSED or not name.startswith(typed) or typed in _SIDES or not is_enough:
        return ()
    # "Retroperitoneal" begins the names of many sarcomas; the one of fewest words holds most of the others.
    alike = (each for each in part.items if each.type == hit.type and folded(each.matched).startswith(f"{typed} "))
    return (min((hit, *alike), key=lambda each: len(each.label)),)
