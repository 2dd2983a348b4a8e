"""What may be asked of the clinical results: names still unresolved, contradictions refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Literal, get_args

from kg.errors import InvalidParameter
from kg.model import BLINDINGS, DESIGNS, Blinding, Design, hold_several
from kg.paths.adjacency import check_range

MAX_ROWS = 500

YesNo = Literal["yes", "no"]
YES_NO: tuple[YesNo, ...] = get_args(YesNo)
TOLD_BLINDINGS: tuple[Blinding, ...] = tuple(word for word in BLINDINGS if word != "unstated")
MOST_PEOPLE = 1_000_000  # that may be asked for
FIRST_YEAR, LAST_YEAR = 1900, 2100  # of publication that may be asked for
HIGHEST_GRADE = 5  # death, in the Common Terminology Criteria for Adverse Events
RegimenMatch = Literal["exact", "containing"]
REGIMEN_MATCHES: tuple[RegimenMatch, ...] = get_args(RegimenMatch)
WITH_PHASE: tuple[Design, ...] = ("trial", "pooled analysis")
NEVER_RANDOMISED: tuple[Design, ...] = ("retrospective cohort", "prospective cohort", "case series", "case report")
_PHASE_NUMBER = r"(?:[ivx]+|[0-4])[ab]?"
_PHASE = re.compile(rf"(?:phase[\s-]*)?{_PHASE_NUMBER}(?:\s*[/,-]\s*{_PHASE_NUMBER})*|pilot", re.IGNORECASE)


@dataclass(frozen=True)
class EvidenceQuestion:
    """Which clinical results to gather. Every field narrows; empty fields do not.

    Attributes:
        drugs: names or identifiers; all must be in the regimen.
        regimen: a name, an acronym, or "A + B" in any order; exact unless ``regimen_match`` is ``containing``.
        histotype: with its subtypes unless ``include_subtypes`` is false; with populations of a wider diagnosis, in
            whom nobody says how many had it, only if ``include_broader``.
        after: drugs, classes or regimens (a name, an acronym, "A + B": all of its drugs) that some or all of the people
            had had before, whether they had failed or not; several: each of them.
        randomised: whether chance allotted people to the arms of the study.
        comparator: what the arm is compared with, and nothing else (a name, "A + B", a drug class); placebo, whatever
            it was given with; or the word "any".
        from_year, to_year: in which the result was published, both included: the reference that is cited for it, or the
            document that reports it itself.
        adverse_event: with its kinds: leukopenia is neutropenia too.
        min_grade: the least grade of an adverse event, 1 to 5; nothing observed meets any.
        limit: rows returned, at most 500.
    """

    drugs: tuple[str, ...] = ()
    drug_class: str | None = None
    regimen: str | None = None
    regimen_match: RegimenMatch = "exact"
    histotype: str | None = None
    include_subtypes: bool = True
    include_broader: bool = False
    site: str | None = None
    target: str | None = None
    genotype: str | None = None
    line: str | None = None
    after: tuple[str, ...] = ()
    setting: str | None = None
    design: Design | None = None
    phase: str | None = None
    randomised: YesNo | None = None
    comparator: str | None = None
    blinding: Blinding | None = None
    measure: str | None = None
    adverse_event: str | None = None
    min_grade: int | None = None
    min_n: int | None = None
    from_year: int | None = None
    to_year: int | None = None
    document: str | None = None
    study: str | None = None
    include_flagged: bool = False
    limit: int = MAX_ROWS

    def __post_init__(self) -> None:
        hold_several(self)
        self._check_words()
        self._check_numbers()
        if self.phase is not None and self.design not in (None, *WITH_PHASE):
            raise InvalidParameter("phase", self.phase, f"none with design={self.design}: {WITH_PHASE[0]}s have phases")
        if self.randomised == "yes" and self.design in NEVER_RANDOMISED:
            raise InvalidParameter("randomised", "yes", f"no with design={self.design}, which is never randomised")
        if self.design == "case report" and (self.min_n or 0) > 1:
            raise InvalidParameter("min_n", str(self.min_n), "at most 1 with design=case report")

    def _check_words(self) -> None:
        for each in fields(self):
            word = getattr(self, each.name)
            if "str" in str(each.type) and not isinstance(word, str | tuple | None):
                raise InvalidParameter(each.name, str(word), "a text")
        if self.regimen_match not in REGIMEN_MATCHES:
            raise InvalidParameter("regimen_match", self.regimen_match, " or ".join(REGIMEN_MATCHES))
        if self.phase is not None and _PHASE.fullmatch(self.phase.strip()) is None:
            raise InvalidParameter("phase", self.phase, "a phase as I, II, III or IV, several as I/II, or pilot")
        for name, words in (("design", DESIGNS), ("randomised", YES_NO), ("blinding", TOLD_BLINDINGS)):
            if (word := getattr(self, name)) is not None and word not in words:
                raise InvalidParameter(name, str(word), "one of " + ", ".join(words))

    def _check_numbers(self) -> None:
        check_range("limit", self.limit, 1, MAX_ROWS)
        if self.min_n is not None:
            check_range("min_n", self.min_n, 0, MOST_PEOPLE)
        if self.min_grade is not None:
            check_range("min_grade", self.min_grade, 1, HIGHEST_GRADE)
        for name in ("from_year", "to_year"):
            if (year := getattr(self, name)) is not None:
                check_range(name, year, FIRST_YEAR, LAST_YEAR)
        if self.from_year is not None and self.to_year is not None and self.to_year < self.from_year:
            raise InvalidParameter("to_year", str(self.to_year), f"none before from_year={self.from_year}")
