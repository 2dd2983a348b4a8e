"""Whether two results measure the same thing. Decided from what was counted, never from the name.

"Response" may be CR+PR, CR+PR and stable disease over 24 weeks, or stable disease or better for 60 days: a rate of
one is no rate of the other. Two results compare only if measure, categories, minimum duration, criteria and
denominator agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from kg.duration import days_long, duration_words
from kg.evidence.direction import is_response_rate
from kg.evidence.rows import EvidenceRow
from kg.model import Design, EntityRef, Response

OfWhom = Literal["evaluable", "arm", "subgroup", "unstated"]
_CATEGORIES: tuple[Response, ...] = ("CR", "PR", "MR", "SD", "PD")
_WHOLE_OR_PART: frozenset[OfWhom] = frozenset({"evaluable", "arm"})
_PROSPECTIVE: frozenset[Design] = frozenset({"trial", "prospective cohort"})
_RETROSPECTIVE: frozenset[Design] = frozenset({"retrospective cohort", "case series"})


@dataclass(frozen=True)
class Comparability:
    """Whether results can be set side by side.

    Attributes:
        reasons: why not; empty if they can.
        cautions: what is assumed or unknown where they can.
    """

    reasons: tuple[str, ...]
    cautions: tuple[str, ...] = ()

    @property
    def comparable(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.reasons


@dataclass(frozen=True, kw_only=True)
class Counting:
    """What a figure counts.

    Attributes:
        measure: of which measure it is, where names are all there is.
        categories: responses that count; empty if no source says.
        by_convention: the categories are what the name of the measure means in the field, not what the source says.
        minimum_duration: how long they had to last, in ISO 8601; None if no duration is asked.
        criteria: by which criteria, if stated.
        denominator: "evaluable", "arm", "subgroup" or "unstated".
    """

    measure: EntityRef
    categories: frozenset[Response]
    by_convention: bool = False
    minimum_duration: str | None = None
    criteria: str | None = None
    denominator: OfWhom
    is_rate: bool
    definition: EntityRef | None = None

    @property
    def words(self) -> str:
        """What counts, for a sentence."""
        if self.definition is not None and not self.categories:
            return self.definition.label
        if not self.categories:
            return self.measure.label
        named = [*(name for name in _CATEGORIES if name in self.categories), *sorted(self.categories - {*_CATEGORIES})]
        return "+".join(named) + (f" lasting {self.lasting}" if self.minimum_duration else "")

    @property
    def minimum_days(self) -> Fraction | None:
        """How long what counts had to last; None if no duration is asked."""
        return days_long(self.minimum_duration)

    @property
    def lasting(self) -> str:
        """The same in words."""
        return f"at least {duration_words(self.minimum_duration)}" if self.minimum_duration else "no minimum"


def counting(row: EvidenceRow) -> Counting | None:
    """Read what a row counts; None for a row without a measure."""
    if row.measure is None:
        return None
    stated = frozenset(row.definition.counts) if row.definition is not None else frozenset()
    return Counting(
        measure=row.measure,
        categories=stated or frozenset(row.measure.counts),
        by_convention=not stated and bool(row.measure.counts),
        minimum_duration=row.definition.minimum_duration if row.definition else None,
        criteria=row.definition.criteria if row.definition else None,
        denominator=_denominator(row),
        is_rate=is_response_rate(row.measure),
        definition=row.definition,
    )


def _denominator(row: EvidenceRow) -> OfWhom:
    if row.subgroup is not None or row.subgroup_histotypes or row.subgroup_n is not None:
        return "subgroup"
    if row.population is None:
        return "unstated"
    of = row.denominator
    if of is not None and row.population.evaluable == of and row.population.enrolled not in (None, of):
        return "evaluable"
    return "unstated" if of is None and row.population.n is None else "arm"


def comparable(a: EvidenceRow, b: EvidenceRow) -> Comparability:
    """Whether two results count the same thing in the same kind of denominator.

    Returns: the same answer for (a, b) and (b, a).
    """
    first, second = counting(a), counting(b)
    if first is None or second is None:
        return Comparability(reasons=("a result without a measure compares with nothing",))
    return alike(*sorted((first, second), key=lambda counts: (counts.measure.id, counts.words, counts.denominator)))


def alike(a: Counting, b: Counting) -> Comparability:
    """Whether two ways of counting agree."""
    reasons = [reason for reason in (_measures(a, b), _categories(a, b), _durations(a, b), _criteria(a, b)) if reason]
    if {a.denominator, b.denominator} == _WHOLE_OR_PART:
        reasons.append("one counts of the evaluable patients, the other of all in the arm")
    cautions = [
        f"{way.measure.label}: {way.words} is what the name means in the field; the source does not say what it counted"
        for way in (a, b)
        if way.by_convention
    ]
    if (a.criteria is None) != (b.criteria is None):
        cautions.append(f"only one states its criteria ({a.criteria or b.criteria})")
    elif a.criteria is None and a.categories:
        cautions.append("neither states its response criteria")
    return Comparability(tuple(reasons), () if reasons else tuple(dict.fromkeys(cautions)))


def _measures(a: Counting, b: Counting) -> str | None:
    if a.measure.id == b.measure.id or (a.is_rate and b.is_rate) or (a.categories and b.categories):
        return None  # responses are told apart by what they count
    return f"they measure different things: {a.measure.label}, {b.measure.label}"


def _categories(a: Counting, b: Counting) -> str | None:
    if a.categories == b.categories:
        if a.categories or not a.is_rate:
            return None
        same = a.definition is not None and b.definition is not None and a.definition.id == b.definition.id
        if same and a.definition is not None and a.definition.curie != "definition:unstated":
            return None
        return "neither source says what counted as response"
    if not (a.categories and b.categories):
        silent, other = (b, a) if a.categories else (a, b)
        if silent.definition is not None and silent.definition.curie != "definition:unstated":
            return f"they count different things: {silent.words} against {other.words}"
        return f"what counted as {silent.measure.label} is not stated in one source; the other counts {other.words}"
    return f"they count different responses: {a.words} against {b.words}"


def _durations(a: Counting, b: Counting) -> str | None:
    if a.minimum_days == b.minimum_days:
        return None
    return f"they ask for different durations: {a.lasting} against {b.lasting}"


def _criteria(a: Counting, b: Counting) -> str | None:
    if a.criteria is None or b.criteria is None or a.criteria == b.criteria:
        return None
    return f"they use different criteria: {a.criteria} against {b.criteria}"


def kind_of_design(design: Design | None) -> str:
    """Prospective or retrospective: results of the two are not put together.

    >>> kind_of_design("trial"), kind_of_design("case series"), kind_of_design(None)
    ('prospective trials', 'retrospective series', 'design not stated')
    """
    if design in _PROSPECTIVE:
        return "prospective trials"
    return "retrospective series" if design in _RETROSPECTIVE else design or "design not stated"
