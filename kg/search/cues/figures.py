"""What narrows evidence and is told in figures: how many people, in which years, with a mutation of which exon."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kg.search.cues.slots import Cue, narrowing

_Given = tuple[tuple[str, tuple[str, ...]], ...]
_PERSONS = "(?:patient|people|person|participant|subject|women|woman|men|man|adult|children|child|individual)"
_UNITS = "(?:year|month|week|day|cycle|old|mg|g|line|hundred|thousand|million)"
_PEOPLE = f"(?:(?!{_UNITS} )[a-z]+ )?{_PERSONS}"
_ABOVE = "(?:more than|over|above|greater than|larger than|exceeding)"
_BELOW = "(?:less than|fewer than|under|below|at most|up to)"
_LEAST = "(?:at least|no fewer than|not fewer than|no less than|not less than|minimum of|minimum)"
_COUNT = r"\d{1,6}"
_YEAR = r"(?:19|20)\d\d"
_PUBLISHED = "(?:(?:published|reported|from the year|of the year) )?"
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class _Figures:
    """Words with figures in them, compared in the singular and in American spelling.

    Attributes:
        pattern: of the words.
        given: what the figures ask for.
        narrows: in words, to what they narrow the evidence; ``{}`` stands for the figures.
        of_years: whether the figures are years.
        gain: how much they speak for the evidence.
    """

    pattern: str
    given: Callable[..., _Given]
    narrows: str
    of_years: bool = False
    gain: int = 1


def _least(people: int) -> _Given:
    return (("min_n", (str(people),)),)


def _years(first: int | None, last: int | None) -> _Given:
    ends = (("from_year", first), ("to_year", last))
    return tuple((name, (str(year),)) for name, year in ends if year is not None)


_FIGURES = (
    _Figures(f"{_ABOVE} {_COUNT} {_PEOPLE}|n {_ABOVE} {_COUNT}",
             lambda most: _least(most + 1), "only of more than {} patients"),
    _Figures(f"{_LEAST} {_COUNT} {_PEOPLE}|{_COUNT} {_PEOPLE} (?:or|and) (?:more|over|above)|"
             f"{_COUNT} (?:or|and) more {_PEOPLE}|n {_LEAST} {_COUNT}|n {_COUNT} (?:or|and) (?:more|over|above)",
             _least, "only of at least {} patients"),
    _Figures(f"{_PUBLISHED}(?:from |between )?{_YEAR} (?:(?:to|and|until|till|through) )?{_YEAR}",
             lambda one, other: _years(*sorted((one, other))), "published from {} to {}", of_years=True),
    _Figures(f"{_PUBLISHED}(?:in|from|during) the (?:19|20)\\d0",
             lambda first: _years(first, first + 9), "published in the {}s", of_years=True),
    _Figures(f"{_PUBLISHED}(?:since|from) {_YEAR}(?: (?:on|onward))?|{_YEAR} (?:or later|and later|onward)",
             lambda first: _years(first, None), "published since {}", of_years=True),
    _Figures(f"{_PUBLISHED}(?:after|later than|newer than|more recent than) {_YEAR}",
             lambda before: _years(before + 1, None), "published after {}", of_years=True),
    _Figures(f"{_PUBLISHED}(?:before|earlier than|older than|prior to) {_YEAR}",
             lambda after: _years(None, after - 1), "published before {}", of_years=True),
    _Figures(f"{_PUBLISHED}(?:until|till|up to|by) {_YEAR}|{_YEAR} (?:or|and) (?:earlier|before)",
             lambda last: _years(None, last), "published until {}", of_years=True),
    _Figures(f"{_PUBLISHED}(?:in|during) {_YEAR}|(?:published|reported) {_YEAR}",
             lambda year: _years(year, year), "published in {}", of_years=True),
    _Figures(r"exon \d+", lambda exon: (("genotype", (f"exon {exon}",)),), "of tumours with a mutation of exon {}",
             gain=-2),
)  # fmt: skip
_COMPILED = [(re.compile(rf"(?<= )({each.pattern})(?= )"), each) for each in _FIGURES]
# Years of these are not those in which a result came out.
_OF_OTHER_YEARS = frozenset(
    ("accrued", "approval", "approved", "born", "conducted", "diagnosed", "enroled", "licensed", "operated",
     "recruited", "registered", "treated")
)  # fmt: skip
_PUBLISHING = frozenset(("published", "reported"))
# Ages, stages, how a tumour is graded, any bound or dose, and what had not been given or had not failed: no question
# is asked with these.
_NEVER_ASKED = re.compile(
    r"(?<= )((?:older|younger|longer|shorter) than \d+|(?:age|aged) (?:of )?\d+|\d+ year old|"
    rf"(?:{_ABOVE}|{_BELOW}|{_LEAST}) \d+(?: [a-z]+)?|{_PERSONS} (?:{_ABOVE}|{_BELOW}|{_LEAST}|aged) \d+|"
    r"\d+ (?:mg|g)(?: m2)?|stage (?:iv|i{1,3}|[1-4])[abc]?|(?:high|low|intermediate) grade|"
    r"grade (?:[1-5]|iv|v|i{1,3})|naive|not (?:yet )?(?:progres|fail)\S*)(?= )"
)


def told_in_figures(folded: str) -> Iterator[tuple[tuple[Cue, ...], re.Match[str], bool]]:
    """What the figures of a text ask: the rows that they make, the words, and whether these name years.

    The years of an approval or a diagnosis make no rows.

    Args:
        folded: the words in the singular and in American spelling, a blank before and behind each.
    """
    taken: list[re.Match[str]] = []
    for pattern, figures in _COMPILED:
        for found in pattern.finditer(folded):
            if any(found.start() < other.end() and other.start() < found.end() for other in taken):
                continue
            taken.append(found)
            told = [int(number) for number in _NUMBER.findall(found[0])]
            words = figures.narrows.format(*(sorted(told) if figures.of_years else told))
            cues = narrowing(words, figures.given(*told), gain=figures.gain)
            yield () if figures.of_years and _is_of_other_years(folded, found) else cues, found, figures.of_years


def _is_of_other_years(folded: str, found: re.Match[str]) -> bool:
    before = folded[: found.start()].split()[-4:]
    return not _PUBLISHING & {*before, *found[0].split()} and not _OF_OTHER_YEARS.isdisjoint(before)


def never_asked(folded: str) -> Iterator[re.Match[str]]:
    """Words with figures, or for them, that narrow what is asked and that no question takes up."""
    return _NEVER_ASKED.finditer(folded)
