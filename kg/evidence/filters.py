"""Which results fit what a question says in words: line, setting, genotype, phase, number of people.

A source that does not say what is asked for is no source that says otherwise: such results are left out, and named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from kg.evidence.direction import OBJECTIVE, counted
from kg.evidence.grades import has_grade, is_none_seen, open_grade
from kg.evidence.question import (
    FIRST_YEAR,
    LAST_YEAR,
    NEVER_RANDOMISED,
    TOLD_BLINDINGS,
    WITH_PHASE,
    YES_NO,
    EvidenceQuestion,
)
from kg.evidence.rows import EvidenceRow, LeftOut
from kg.model import Allocation, EntityRef, LineMatch, Response
from kg.search.spelling import american, compact

# So many letters tell a word from the beginning of another: "mutation" finds "mutations", "exon 1" not "exon 11".
_LETTERS_OF_A_STEM = 4
_BLANKS = re.compile(r"[\s,;/()]+")
_LETTERS_OR_DIGITS = re.compile(r"[^\W\d_]+|\d+")
_LONGEST_TARGET = 4  # words of a name of a target in a genotype
_Word = tuple[str, str]  # as it is told, and in American spelling
_ORDINALS = {
    "1": "first", "1st": "first", "i": "first", "2": "second", "2nd": "second", "ii": "second",
    "3": "third", "3rd": "third", "iii": "third", "4": "fourth", "4th": "fourth",
}  # fmt: skip
_LINES = ("first", "second", "third", "fourth")
_AND_ALL_AFTER = frozenset({"later", "beyond", "more", "further", "subsequent"})
_EVERY_LINE = frozenset({"any", "all"})
_JOINING_LINES = frozenset({"or", "and"})
_OF_A_LINE = frozenset({"line", "lines", "firstline", "secondline", "thirdline", "therapy", "treatment", "of"})
_ROMAN = {"1": "i", "2": "ii", "3": "iii", "4": "iv"}


def has_words(wanted: str, texts: Iterable[str | None]) -> bool:
    """Whether one text holds every word, in any order; whole words, or the beginnings of longer ones.

    >>> has_words("metastatic", ["non-metastatic"]), has_words("KIT exon 11 mutation", ["exon 11 KIT mutations"])
    (False, True)
    >>> has_words("localized", ["localised or metastatic"]), has_words("tumou", ["bulky tumours"])
    (True, True)
    """
    asked = _words(wanted)
    return bool(asked) and any(
        all(any(_is_word(word, told) for told in _words(text)) for word in asked) for text in texts if text
    )


def _words(text: str) -> list[_Word]:
    return [(word, american(word)) for word in map(compact, _BLANKS.split(text)) if word]


def _holding_genotype(wanted: str, targets: Mapping[str, str]) -> Callable[[str], bool]:
    """The same of a genotype, whose genes go by any of their names, and whose numbers may stand close to a word.

    A long name may be that of a mutant form, so that the gene in it is looked for by its own name too.
    """
    asked = {longest: _genotype_words(wanted, targets, longest) for longest in (1, _LONGEST_TARGET)}

    @cache  # groups of a study share a genotype, and few are told at all
    def holds(text: str) -> bool:
        if has_words(wanted, (text,)):
            return True
        told = ((words, _genotype_words(text, targets, longest)) for longest, words in asked.items() if words)
        return any(all(any(_is_word(word, each) for each in found) for word in words) for words, found in told)

    return holds


def _genotype_words(text: str, targets: Mapping[str, str], longest: int) -> list[_Word]:
    """The words of a genotype, each name of a target of so many words as its identifier, the longest first taken."""
    tokens = [word for word in _BLANKS.split(text) if compact(word)]
    found: list[_Word] = []
    while tokens:
        runs = ((compact(" ".join(tokens[:end])), end) for end in range(min(len(tokens), longest), 0, -1))
        target, end = next(((targets[run], end) for run, end in runs if run in targets), (None, 1))
        parts = (target,) if target else _LETTERS_OR_DIGITS.findall(compact(tokens[0]))
        found += [(part, american(part)) for part in parts]
        tokens = tokens[end:]
    return found


def _is_word(asked: _Word, told: _Word) -> bool:
    """Whether one is the other, or begins it, in either spelling: "tumou" begins a word in British spelling only."""
    return any(
        one == other or (len(one) >= _LETTERS_OF_A_STEM and one.isalpha() and other.startswith(one))
        for one, other in zip(asked, told, strict=True)
    )


def is_phase(wanted: str, phase: str | None) -> bool:
    """Whether a trial is of a phase, wholly or in part; Roman and Arabic numbers alike.

    >>> is_phase("I", "II"), is_phase("2", "I/II"), is_phase("I/II", "II")
    (False, True, False)
    """
    return phase is not None and _phases(wanted) <= _phases(phase)


def _phases(text: str) -> frozenset[str]:
    parts = (part.removeprefix("phase") for part in (compact(word) for word in re.split(r"[/,\s-]+", text)))
    return frozenset(_ROMAN.get(part, part) for part in parts if part)


def line_match(wanted: str, line: str | None) -> LineMatch | None:
    """How a line of treatment relates to the one asked for.

    Returns: ``exact``; ``mixed`` where patients of other lines are among them; None where it is another one.

    >>> line_match("1", "first"), line_match("first", "first or second"), line_match("first", "second or later")
    ('exact', 'mixed', None)
    >>> line_match("second or later", "third"), line_match("first", "any")
    ('exact', 'mixed')
    """
    asked, told = _line_words(wanted), _line_words(line or "")
    lines_asked, lines_told = _lines(asked), _lines(told)
    if lines_asked and lines_told:
        if lines_told <= lines_asked:
            return "exact"
        return "mixed" if lines_told & lines_asked else None
    if not asked or not asked <= told:
        return None
    return "exact" if asked == told else "mixed"


def _lines(words: frozenset[str]) -> frozenset[str]:
    """The lines that a text counts: "second or later" is every line but the first. Empty where it does not count."""
    named = [_LINES.index(word) for word in words & {*_LINES}]
    if words - {*_LINES} - _AND_ALL_AFTER - _EVERY_LINE - _JOINING_LINES or not (named or words & _EVERY_LINE):
        return frozenset()
    if words & _EVERY_LINE:
        return frozenset(_LINES)
    if words & _AND_ALL_AFTER:
        return frozenset(_LINES[min(named) :])
    return frozenset(_LINES[place] for place in named)


def _line_words(text: str) -> frozenset[str]:
    words = (word.removesuffix("line") or word for _, word in _words(text))
    return frozenset(_ORDINALS.get(word, word) for word in words if word not in _OF_A_LINE | {"unstated"})


def is_first_line(line: str | None) -> bool:
    """Whether people had had nothing before: "first", and no other line beside it."""
    return line_match("first", line) == "exact"


def people_of(row: EvidenceRow) -> int | None:
    """How many people a result is of, where it says so; a subgroup is never as large as its arm."""
    if row.denominator is not None:
        return row.denominator
    if row.subgroup is not None or row.subgroup_n is not None:
        return row.subgroup_n
    return row.population.n if row.population else None


def _is_too_few(row: EvidenceRow, least: int) -> bool:
    """Whether a result is of fewer people than asked for; a part of an arm is never more than the arm."""
    people = people_of(row)
    most = row.population.n if people is None and row.population is not None else people
    return most is not None and most < least


@dataclass(frozen=True)
class Filter:
    """One thing that a question asks of each result.

    Attributes:
        fits: whether a result meets it.
        unstated: what is not stated of a result that might meet it, for a sentence; None where everything is known.
    """

    fits: Callable[[EvidenceRow], bool]
    unstated: Callable[[EvidenceRow], str | None] = lambda _: None


@dataclass(frozen=True)
class Asked:
    """A measure or an adverse event that a question names.

    Attributes:
        label: what it is called.
        kinds: identifiers of it and of its kinds.
        wider: identifiers of what it is a kind of.
    """

    label: str
    kinds: frozenset[str]
    wider: frozenset[str]

    def _is_named(self, told: EntityRef | None) -> bool:
        return told is not None and told.id in self.kinds

    def _is_wider(self, told: EntityRef | None) -> bool:
        return told is not None and told.id in self.wider


@dataclass(frozen=True)
class AskedMeasure(Asked):
    """A measure that a question names.

    Attributes:
        counts: the response categories that it counts by its name.
        told_in: of a response rate, identifiers of the arms of which one is told; None of any other measure.
    """

    counts: frozenset[Response]
    told_in: frozenset[str] | None = None

    def filter(self) -> Filter:
        """A figure of a wider measure is of this one if it is said to count the same, and may be if nothing is said.

        Of an arm of which no response rate is told, the responses of one kind are named: a trial that reports partial
        responses alone is no trial without responses.
        """
        return Filter(
            lambda row: self._is_named(row.measure) or (self._is_wider(row.measure) and self._counts_the_same(row)),
            self._unstated,
        )

    def _unstated(self, row: EvidenceRow) -> str | None:
        if self._may_be(row):
            return f"whether it is the {self.label}"
        if self._is_part(row) and row.measure is not None:
            return f"the {self.label} (told: {row.measure.label})"
        return None

    def _is_part(self, row: EvidenceRow) -> bool:
        if self.told_in is None or row.arm is None or row.arm.id in self.told_in or people_of(row) == 1:
            return False
        counts = counted(row)
        return bool(counts) and counts < OBJECTIVE and _is_share(row)

    def _may_be(self, row: EvidenceRow) -> bool:
        is_of_a_share = bool(self.counts) or self.label.endswith("rate")
        return self._is_wider(row.measure) and _may_be_any_kind(row) and is_of_a_share == _is_share(row)

    def _counts_the_same(self, row: EvidenceRow) -> bool:
        told = row.definition
        return told is not None and bool(self.counts) and self.counts == {*told.counts} and not told.minimum_duration


def _is_share(row: EvidenceRow) -> bool:
    return row.unit == "%" or row.numerator is not None


def _may_be_any_kind(row: EvidenceRow) -> bool:
    """Whether a figure of a group says nothing of what it counts or sums up: no definition, no time, no ratio."""
    says_what = (row.definition is not None and row.definition.counts) or row.time_point or row.hazard_ratio is not None
    has_figure = any(figure is not None for figure in (row.value, row.numerator, row.range))
    return has_figure and not says_what and row.patient is None and people_of(row) != 1


class AskedEvent(Asked):
    """An adverse event that a question names."""

    def filter(self) -> Filter:
        """A result on a wider event may be on this one; where nobody had the wider one, nobody had this one."""
        return Filter(
            lambda row: self._is_named(row.adverse_event) or (self._is_wider(row.adverse_event) and is_none_seen(row)),
            lambda row: f"whether it was {self.label}" if self._is_wider(row.adverse_event) else None,
        )


def _genotypes(row: EvidenceRow) -> tuple[str, ...]:
    """Where a genotype may be told."""
    return tuple(filter(None, (row.population.genotype if row.population else None, row.subgroup)))


def _may_be_a_trial(row: EvidenceRow) -> bool:
    return row.design is None or row.design in WITH_PHASE


def _published(first: int, last: int) -> Filter:
    """Results that came out in some years; what tells of one whose year nobody prints came out no earlier."""

    def fits(row: EvidenceRow) -> bool:
        known = any(first <= year <= last for year in row.published)
        return known or (not row.published and first == FIRST_YEAR and row.year is not None and row.year <= last)

    def unstated(row: EvidenceRow) -> str | None:
        is_open = not row.published and (row.year is None or row.year >= first)
        return ("when it came out" + (f" (told in {row.year})" if row.year else "")) if is_open else None

    return Filter(fits, unstated)


def _allocation(row: EvidenceRow) -> Allocation | None:
    """Whether a study is randomised, as told or as its design has it; None where nobody says."""
    if row.randomised in YES_NO:
        return row.randomised
    return "no" if row.design in NEVER_RANDOMISED else None


# What each field of a question asks of a result, and what is not stated of one that might meet it.
_FILTERS: Mapping[str, Callable[[Any], Filter]] = {
    "min_n": lambda least: Filter(
        lambda row: (people_of(row) or 0) >= least,
        lambda row: None if _is_too_few(row, least) else "how many people it is of",
    ),
    "design": lambda design: Filter(
        lambda row: row.design == design, lambda row: None if row.design else "the kind of study"
    ),
    "phase": lambda phase: Filter(
        lambda row: is_phase(phase, row.phase),
        lambda row: "the phase" if _may_be_a_trial(row) and row.phase is None else None,
    ),
    "randomised": lambda allocation: Filter(
        lambda row: _allocation(row) == allocation,
        lambda row: "whether it is randomised" if _may_be_a_trial(row) and _allocation(row) is None else None,
    ),
    "blinding": lambda blinding: Filter(
        lambda row: row.blinding == blinding,
        lambda row: "the blinding" if _may_be_a_trial(row) and row.blinding not in TOLD_BLINDINGS else None,
    ),
    "min_grade": lambda grade: Filter(lambda row: has_grade(row, grade), lambda row: open_grade(row, grade)),
    "line": lambda line: Filter(
        lambda row: row.population is not None and line_match(line, row.population.line) is not None,
        lambda row: None if row.population and _line_words(row.population.line or "") else "the line of treatment",
    ),
    # Maintenance and salvage are told as a setting by one source and as a line by another.
    "setting": lambda setting: Filter(
        lambda row: has_words(setting, (row.population.setting, row.population.line) if row.population else ()),
        lambda row: None if row.population and row.population.setting else "the setting",
    ),
}


def filters_of(question: EvidenceQuestion, targets: Mapping[str, str] = MappingProxyType({})) -> list[Filter]:
    """What a question asks of each result in words and numbers.

    Args:
        question: what is asked.
        targets: identifiers of targets by each of their names, folded; a genotype may name them.
    """
    asked = ((make, getattr(question, name)) for name, make in _FILTERS.items())
    filters = [make(value) for make, value in asked if value is not None]
    if question.from_year is not None or question.to_year is not None:
        filters.append(_published(question.from_year or FIRST_YEAR, question.to_year or LAST_YEAR))
    if question.genotype is not None:
        holds = _holding_genotype(question.genotype, targets)
        told = Filter(
            lambda row: any(map(holds, _genotypes(row))),
            lambda row: None if row.population and row.population.genotype else "the genotype",
        )
        filters.append(told)
    return filters


@dataclass(frozen=True)
class Unstated:
    """A result that would fit, were it stated what it does not state."""

    row: EvidenceRow
    what: tuple[str, ...]

    @property
    def left_out(self) -> LeftOut:
        """The same for an answer."""
        return LeftOut(self.row.id, self.row.study, self.row.sentence, f"not stated: {', '.join(self.what)}")


def filtered(rows: Iterable[EvidenceRow], filters: Sequence[Filter]) -> tuple[list[EvidenceRow], list[Unstated]]:
    """The results that meet every filter, and those that may, were it stated."""
    fitting, may_fit = [], []
    for row in rows:
        missed = [each for each in filters if not each.fits(row)]
        unstated = tuple(what for each in missed if (what := each.unstated(row)) is not None)
        if not missed:
            fitting.append(row)
        elif len(unstated) == len(missed):
            may_fit.append(Unstated(row, unstated))
    return fitting, may_fit
