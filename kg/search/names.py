"""Finding entities by what people call them: by their names as a whole, and by the names inside a text.

The names of a generation lie in one SQLite file: labels, synonyms, identifiers of other vocabularies, CURIEs and local
names (``kg.search.names_reader``). How they match is ``kg.search.name_tiers``; where a text is no name as a whole, the
names inside it are told apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from kg.errors import AmbiguousEntity, EntityNotFound, InvalidParameter, WrongKind
from kg.identifiers import compress, display, is_project, parse_identifier
from kg.model import EntityRef, cut_at
from kg.paths.adjacency import check_range
from kg.search import name_tiers
from kg.search.asked_words import asks
from kg.search.facts import MAX_FACTS, NO_FACTS, FactHits
from kg.search.name_rows import NameRow, SearchHit, a_kind_of
from kg.search.names_reader import CANDIDATES, NamesFile
from kg.search.names_writer import LABEL
from kg.search.offers import OfferedQuestion
from kg.search.spans import LONGEST_NAME, spans, tokens_of
from kg.search.spelling import compact, loose_words, telling, words
from kg.tables import Listed
from ontology.kinds import with_subclasses
from ontology.terms import CLASS_BY_KIND, CLASSES

MAX_HITS = 100
DEFAULT_HITS = 20
MAX_QUERY_CHARACTERS = 200
SUGGESTIONS = 5
_FEW = 8
_LEAST_PARTED, _LONG_WORD = 4, 8  # letters
_MOST_MISTYPED = 3  # words of one name
_KINDS = frozenset(term.label.casefold() for term in CLASSES.values())
_EXTERNAL = re.compile(r"[A-Za-z][\w.]*:\S+")
_NUMBERED = re.compile(r"([A-Za-z][\w.]*?)[:_]\d+")  # an identifier that is nothing but a number in its vocabulary


@dataclass(frozen=True)
class SearchQuestion:
    """Which entities are called something like this?

    Attributes:
        text: up to 200 characters.
        types: local class names, their subclasses included; none given: all.
        limit: most entities, 1 to 100.
        facts: most facts, 0 to 100; none are looked for where there are types.
    """

    text: str
    types: tuple[str, ...] = ()
    limit: int = DEFAULT_HITS
    facts: int = 0

    def __post_init__(self) -> None:
        check_range("limit", self.limit, 1, MAX_HITS)
        check_range("facts", self.facts, 0, MAX_FACTS)
        if len(self.text) > MAX_QUERY_CHARACTERS:
            expected = f"at most {MAX_QUERY_CHARACTERS} characters"
            raise InvalidParameter("q", self.text[:40] + "...", expected)
        if not compact(self.text):
            raise InvalidParameter("q", self.text, "a text with a letter or a digit in it")


@dataclass(frozen=True)
class SearchPart:
    """Some words of a text, and the entities that they name, best first."""

    text: str
    items: tuple[SearchHit, ...]


@dataclass(frozen=True)
class SearchAnswer(Listed):
    """Entities, best first. ``total`` is None where there are more than were looked at.

    Attributes:
        parts: of a text that is no name but holds names, those names in its order, such as a drug and a histotype.
        questions: what the text may ask.
        facts: what says its words.
    """

    items: tuple[SearchHit, ...]
    limit: int
    total: int | None
    truncated: bool
    truncated_by: str | None
    parts: tuple[SearchPart, ...] = ()
    questions: tuple[OfferedQuestion, ...] = ()
    facts: FactHits = NO_FACTS


class NameIndex(NamesFile):
    """The names of one generation, opened read-only. Safe to share between threads; close it when done."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def search(self, question: SearchQuestion) -> SearchAnswer:
        """Entities by name, best first: exact, prefix, words, part of a word, scattered words, then typing errors."""
        types = with_subclasses(question.types)
        best: dict[str, SearchHit] = {}
        whole = True
        is_figure = name_tiers.FIGURE.fullmatch(question.text.strip())
        for tier in name_tiers.TIERS[:1] if is_figure else name_tiers.TIERS:
            if len(best) > question.limit:  # no later tier scores as high as an earlier one
                whole = False
                break
            if tier is name_tiers.typo and any(hit.score > name_tiers.WORDED for hit in best.values()):
                break
            hits = tier(self, question.text, types)
            whole = whole and len(hits) < CANDIDATES
            for hit in hits:
                known = best.get(hit.id)
                if known is None or (-known.score, known.matched) > (-hit.score, hit.matched):
                    best[hit.id] = hit
        ranked = _ranked(best)
        length = cut_at(question.limit, len(ranked)) | ({} if whole else {"total": None})
        shown = tuple(ranked[: question.limit])
        is_name = bool(shown) and shown[0].score >= name_tiers.NAMED
        is_like = bool(shown) and shown[0].score >= name_tiers.IN_PART
        parts = () if is_name else self._parts(question.text, types, whole_names=is_like)
        if len(parts) == 1 and shown:  # they say what the whole says
            parts = ()
        return SearchAnswer(shown, **length, parts=parts)

    def resolve(
        self, text: str, kinds: Sequence[str] = (), parameter: str = "", others: Sequence[str] = ()
    ) -> EntityRef:
        """The one entity that a text names.

        Args:
            text: an IRI, a CURIE, an identifier of another vocabulary, a label or a synonym.
            kinds: local class names that the parameter allows, their subclasses included; none given: all.
            others: class names that count where nothing of ``kinds`` is called so.
            parameter: where the text came from, for the error.

        Raises: EntityNotFound with suggestions; WrongKind where only other kinds of things are called so;
            AmbiguousEntity where several entities are called so equally.
        """
        text = text.strip()
        identifier = parse_identifier(text)
        if identifier is not None and (found := self.entity(identifier)) is not None:
            if _fits(found, with_subclasses([*kinds, *others])):
                return found
            raise _wrong_kind(text, found, (*kinds, *others), parameter)
        spelled = compact(compress(text) or text) if "://" in text else compact(text)
        same = [self.spelled("compact", spelled), self.spelled("loose", "".join(loose_words(text)))]
        # What the project names comes first: an import may widen what can be found, never change an answer.
        tiers = [*([row for row in rows if is_project(row.iri)] for rows in same), *same]
        for wanted in (kinds, others) if others else (kinds,):
            types = with_subclasses(wanted)
            for rows in tiers:
                if allowed := [row for row in rows if _fits(row.entity, types)]:
                    return _chosen(allowed, text, parameter)
        for rows in tiers:
            if rows:
                raise _wrong_kind(text, min(rows, key=_standing).entity, (*kinds, *others), parameter)
        raise EntityNotFound(text, parameter, self._suggestions(text, (*kinds, *others)))

    def mentioned(self, text: str, kinds: Sequence[str]) -> tuple[EntityRef, ...]:
        """The project's entities of some classes that a text names, the longest names first taken, in its order."""
        found = spans(tokens_of(text), self.named_so, with_subclasses(kinds))
        return tuple(dict.fromkeys(entity for span in found for entity in span.entities))

    def like(self, text: str, kinds: Sequence[str]) -> tuple[SearchHit, ...]:
        """Things of some classes that may be meant by a text that names none of them; else the names inside it.

        An identifier elsewhere and a short run of letters in the middle of a word are like anything, and are no help;
        nor is a word that very many names have, nor the same number in another vocabulary.
        """
        if not compact(text):
            return ()
        answer = self.search(SearchQuestion(text[:MAX_QUERY_CHARACTERS], tuple(kinds), SUGGESTIONS))
        found = [hit for hit in answer.items if _is_help(hit, text)]
        if vocabulary := _vocabulary(text):
            found = [hit for hit in found if _vocabulary(hit.matched) == vocabulary]
        elif not found:
            telling_parts = (part for part in answer.parts if len(part.items) < SUGGESTIONS)
            found = [hit for part in telling_parts for hit in part.items if _is_help(hit, part.text)]
        return tuple(found[:SUGGESTIONS])

    def _parts(self, text: str, types: frozenset[str], *, whole_names: bool) -> tuple[SearchPart, ...]:
        """The names in a text, the longest first taken; words out of names too, unless there must be ``whole_names``.

        Returns: in the order of the text; nothing for one word, and nothing where a single whole name is too little.
        """
        tokens = telling(tokens_of(text))[: name_tiers.MOST_PARTED]
        if len(tokens_of(text)) < 2:
            return ()
        found: list[SearchPart] = []
        for part in _runs(tokens, lambda run: name_tiers.exact(self, run, types)):
            if part.items or whole_names:
                found.append(part)
            else:
                found += _runs(part.text.split(), lambda run: self._worded(run, types))
        named = tuple(part for part in found if part.items)
        return named if len(named) > 1 or not whole_names else ()

    def _worded(self, run: str, types: frozenset[str]) -> list[SearchHit]:
        """What has these words in a name; kinds of things, words that ask and short ones are no names."""
        if run.casefold().rstrip("s") in _KINDS or len(compact(run)) < _LEAST_PARTED or asks(run):
            return []
        found = name_tiers.word(self, run, types)
        if found or run.count(" ") >= _MOST_MISTYPED or any(map(asks, run.split())):
            return found
        return [hit for hit in name_tiers.typo(self, run, types) if _is_help(hit, run)]

    def _suggestions(self, text: str, kinds: Sequence[str]) -> tuple[tuple[str, str], ...]:
        hits = self.like(text, kinds) if kinds else ()
        hits = hits or tuple(hit for hit in self.like(text, ()) if not kinds or hit.score >= name_tiers.WORDED)
        return tuple((hit.curie, hit.label) for hit in hits) or self._all_of(kinds)

    def _all_of(self, kinds: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """Everything of some classes, where that is not much: the patients of a few case reports."""
        rows = self.typed(f"n.source = {LABEL}", (), with_subclasses(kinds)) if kinds else ()
        entities = sorted({row.entity for row in rows}, key=lambda entity: entity.curie)
        return tuple((each.curie, each.label) for each in entities) if len(entities) <= _FEW else ()


def _fits(entity: EntityRef, types: frozenset[str]) -> bool:
    """Whether an entity is of one of some classes; of an imported thing without a class nobody can say."""
    return not types or entity.type in types or entity.type not in CLASSES


def _is_help(hit: SearchHit, text: str) -> bool:
    """Whether a hit is worth suggesting: chance alone would not make it."""
    letters = len(compact(text))
    asked, told = ({word for word in words(each) if word.isdigit()} for each in (text, hit.matched))
    if (_EXTERNAL.fullmatch(hit.matched) and hit.matched != hit.curie) or (asked and told and not asked & told):
        return False
    if name_tiers.IN_PART <= hit.score < name_tiers.WORDED:
        return letters >= _LEAST_PARTED
    return letters >= _LONG_WORD or hit.score >= name_tiers.ONE_ERROR


def _vocabulary(text: str) -> str:
    """The prefix, in small letters, of a numbered identifier that is none of ours; empty for any other text."""
    numbered = _NUMBERED.fullmatch(display(text.strip()))
    return numbered[1].casefold() if numbered and numbered[1] not in CLASS_BY_KIND else ""


def _standing(row: NameRow) -> tuple[int, str]:
    return row.source, row.iri


def _chosen(rows: Sequence[NameRow], text: str, parameter: str) -> EntityRef:
    source = min(row.source for row in rows)
    chosen = sorted({row.entity for row in rows if row.source == source}, key=lambda entity: entity.curie)
    if len(chosen) > 1:
        raise AmbiguousEntity(text, parameter, tuple((entity.curie, entity.label) for entity in chosen))
    return chosen[0]


def _wrong_kind(text: str, found: EntityRef, kinds: Sequence[str], parameter: str) -> WrongKind:
    return WrongKind(parameter, text, f"{a_kind_of(kinds)}; {found.label} is {a_kind_of([found.type])}", found.curie)


def _runs(tokens: Sequence[str], named: Callable[[str], Sequence[SearchHit]]) -> list[SearchPart]:
    """Words cut into the longest runs that name something, and those between them that name nothing."""
    found: list[SearchPart] = []
    between: list[str] = []
    place = 0
    while place < len(tokens):
        runs = (" ".join(tokens[place:end]) for end in range(min(len(tokens), place + LONGEST_NAME), place, -1))
        run, hits = next(((run, hits) for run in runs if compact(run) and (hits := named(run))), (tokens[place], ()))
        if hits:
            found += [SearchPart(" ".join(between), ())] if between else []
            found.append(SearchPart(run, tuple(_ranked({hit.id: hit for hit in reversed(hits)})[:SUGGESTIONS])))
            between = []
        else:
            between.append(run)
        place += len(run.split())
    return [*found, SearchPart(" ".join(between), ())] if between else found


def _ranked(best: Mapping[str, SearchHit]) -> list[SearchHit]:
    return sorted(best.values(), key=lambda hit: (-hit.score, not is_project(hit.id), hit.label.casefold(), hit.id))
