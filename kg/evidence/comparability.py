"""Whether two results measure the same thing. Decided from what was counted, never from the name.

"Response" may be CR+PR, CR+PR and stable disease over 24 weeks, or stable disease or better for 60 days: a rate of
one is no rate of the other. Two results compare only if measure, categories, minimum duration, criteria and
denominator agree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from kg.evidence.direction import is_response_rate
from kg.evidence.rows import EvidenceRow
from kg.model import EntityRef

_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
# ISO 8601 leaves months and years without a length in days; a mean Gregorian month is close enough to tell 16 from 24
# weeks.
_DAYS = (Fraction(146097, 400), Fraction(146097, 4800), Fraction(7), Fraction(1))
_CATEGORIES = ("CR", "PR", "MR", "SD", "PD")
_PROSPECTIVE = frozenset({"trial", "prospective cohort"})
_RETROSPECTIVE = frozenset({"retrospective cohort", "case series"})


@dataclass(frozen=True)
class Comparability:
    """Whether results can be set side by side.

    Attributes:
        reasons: why not; empty if they can.
        cautions: what is assumed or unknown where they can.
    """

    comparable: bool
    reasons: tuple[str, ...]
    cautions: tuple[str, ...]


@dataclass(frozen=True)
class Counting:
    """What a figure counts.

    Attributes:
        measure: of which measure it is, where names are all there is.
        categories: responses that count; empty if no source says.
        by_convention: the categories are what the name of the measure means in the field, not what the source says.
        minimum_days: how long they had to last; None if no duration is asked.
        criteria: by which criteria, if stated.
        denominator: "evaluable", "arm", "subgroup" or "unstated".
    """

    measure: EntityRef
    categories: frozenset[str]
    by_convention: bool
    minimum_days: Fraction | None
    criteria: str | None
    denominator: str
    is_rate: bool
    definition: EntityRef | None = None

    @property
    def words(self) -> str:
        """What counts, for a sentence."""
        if self.definition is not None and not self.categories:
            return self.definition.label
        if not self.categories:
            return self.measure.label
        named = [name for name in _CATEGORIES if name in self.categories] + sorted(self.categories - {*_CATEGORIES})
        lasting = f" lasting at least {float(self.minimum_days):g} days" if self.minimum_days is not None else ""
        return "+".join(named) + lasting


def counting(row: EvidenceRow) -> Counting | None:
    """Read what a row counts; None for a row without a measure."""
    if row.measure is None:
        return None
    stated = frozenset(row.definition.counts) if row.definition is not None else frozenset()
    return Counting(
        measure=row.measure,
        categories=stated or frozenset(row.measure.counts),
        by_convention=not stated and bool(row.measure.counts),
        minimum_days=days_long(row.definition.minimum_duration if row.definition else None),
        criteria=row.definition.criteria if row.definition else None,
        denominator=_denominator(row),
        is_rate=is_response_rate(row.measure),
        definition=row.definition,
    )


def days_long(text: str | None) -> Fraction | None:
    """The length of an ISO 8601 duration in days; None where there is none."""
    match = _DURATION.fullmatch(text or "")
    if match is None or not any(match.groups()):
        return None
    return sum(
        (Fraction(amount) * unit for amount, unit in zip(match.groups(), _DAYS, strict=True) if amount), Fraction(0)
    )


def _denominator(row: EvidenceRow) -> str:
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
        return Comparability(False, ("a result without a measure compares with nothing",), ())
    return alike(*sorted((first, second), key=_order))


def _order(one: Counting) -> tuple[str, str, str]:
    return (one.measure.id, one.words, one.denominator)


def alike(a: Counting, b: Counting) -> Comparability:
    """Whether two ways of counting agree."""
    reasons = [reason for reason in (_measures(a, b), _categories(a, b), _durations(a, b), _criteria(a, b)) if reason]
    if {a.denominator, b.denominator} == {"evaluable", "arm"}:
        reasons.append("one counts of the evaluable patients, the other of all in the arm")
    cautions = [
        f"{one.measure.label}: {one.words} is what the name means in the field; the source does not say what it counted"
        for one in (a, b)
        if one.by_convention
    ]
    if (a.criteria is None) != (b.criteria is None):
        cautions.append(f"only one states its criteria ({a.criteria or b.criteria})")
    elif a.criteria is None and a.categories:
        cautions.append("neither states its response criteria")
    return Comparability(not reasons, tuple(reasons), () if reasons else tuple(dict.fromkeys(cautions)))


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
    silent = [one for one in (a, b) if not one.categories]
    if silent:
        other = b if silent[0] is a else a
        if silent[0].definition is not None and silent[0].definition.curie != "definition:unstated":
            return f"they count different things: {silent[0].words} against {other.words}"
        return f"what counted as {silent[0].measure.label} is not stated in one source; the other counts {other.words}"
    return f"they count different responses: {a.words} against {b.words}"


def _durations(a: Counting, b: Counting) -> str | None:
    if a.minimum_days == b.minimum_days:
        return None
    asked = [
        f"at least {float(one.minimum_days):g} days" if one.minimum_days is not None else "no minimum" for one in (a, b)
    ]
    return f"they ask for different durations: {asked[0]} against {asked[1]}"


def _criteria(a: Counting, b: Counting) -> str | None:
    if a.criteria is None or b.criteria is None or a.criteria == b.criteria:
        return None
    return f"they use different criteria: {a.criteria} against {b.criteria}"


def kind_of_design(design: str | None) -> str:
    """Prospective or retrospective: results of the two are not put together.

    >>> kind_of_design("trial"), kind_of_design("case series"), kind_of_design(None)
    ('prospective trials', 'retrospective series', 'design not stated')
    """
    if design in _PROSPECTIVE:
        return "prospective trials"
    return "retrospective series" if design in _RETROSPECTIVE else design or "design not stated"
