"""Numbers, doses and outcomes in words a clinician uses, for pages and for the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kg.duration import duration_words
from kg.evidence.filters import people_of
from kg.evidence.grades import grades_of
from kg.evidence.history import TimelineEntry
from kg.evidence.regimens import ComponentRow
from kg.evidence.rows import EvidenceRow
from kg.mechanism.chains import SENSITIZING
from kg.model import Difference, EntityRef, Qualifier
from kg.schema import SchemaPredicate, SchemaProperty
from ontology.kinds import TREATMENTS
from ontology.terms import PREDICATES, PROPERTIES

_UNITS = {"%": "%", "mo": " months", "wk": " weeks", "d": " days", "a": " years", "h": " hours", "min": " minutes"}
_LENGTH = re.compile(r"\b[cm]?m\b")  # a size that names its unit
_ABOUT = re.compile(r"\b(approximately|about|around|nearly|almost|roughly)\b", re.IGNORECASE)
_SAME: Difference = "no difference"
_TIMES = frozenset(_UNITS) - {"%"}
_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset({
    "a", "an", "and", "at", "by", "for", "from", "had", "in", "is", "of", "on", "or", "the", "to", "was", "were",
    "with",
})  # fmt: skip


def label_of(predicate: str, *, forward: bool = True) -> str:
    """How a connection reads from subject to object ("inhibits") or back ("is inhibited by")."""
    term = PREDICATES.get(predicate)
    if term is None:
        return predicate
    return term.label if forward else term.inverse_label


# What a record says of itself, where the vocabulary names it for those who write it; and what only curators need.
_READERS_WORDS = {
    "n": "patients",
    "numerator": "patients counted",
    "denominator": "out of",
    "mixed": "several histotypes",
    "ageText": "age",
    "text": "as told",
}
_OF_CURATORS = frozenset({"sourceFile", "sourceLine"})


def told_qualifiers(items: Sequence[Qualifier]) -> list[tuple[str, Qualifier]]:
    """What a record says of itself that readers want, each with its name in words.

    Where a curator wrote it down is told by the record's other forms.
    """
    return [
        (_READERS_WORDS.get(item.name, item.label), item)
        for item in items
        if item.name not in _OF_CURATORS and (item.name, item.value) != ("mixed", "false")
    ]


def value_words(value: str) -> str:
    """A value of a record in words.

    >>> value_words("true"), value_words("P3M"), value_words("relapsed")
    ('yes', '3 months', 'relapsed')
    """
    return {"true": "yes", "false": "no"}.get(value) or duration_words(value)


def declared_ends(term: SchemaPredicate | SchemaProperty) -> tuple[list[str], list[str]]:
    """The kinds of things that a word may join, or the datatype that it leads to."""
    ends = term.object_kinds
    if isinstance(term, SchemaPredicate):
        ends = ("xsd:string",) if term.takes_text else ends
    elif not ends and (datatype := PROPERTIES[term.curie.partition(":")[2]].range):
        ends = (f"xsd:{datatype}",)
    return kind_names(term.subject_kinds), kind_names(ends)


def kind_names(curies: Iterable[str]) -> list[str]:
    """Kinds by their names alone; every one is "anything"."""
    return ["anything" if curie == "skg:Entity" else curie.removeprefix("skg:") for curie in curies]


BEARERS = frozenset({"Histotype", "Condition", "CellState", "Organism", "Site"})


def net_effect(sign: int | None, end: str, kind: str = "Process", last: str = "") -> str:
    """What a chain comes to; ``kind`` is the class of its end, ``last`` the predicate of its last step.

    >>> net_effect(1, "G1 arrest"), net_effect(-1, "VEGF", "Target"), net_effect(-1, "Ewing sarcoma", "Histotype")
    ('more G1 arrest', 'less VEGF', 'against Ewing sarcoma')
    >>> net_effect(1, "cancer stem cells", "CellState", "sensitizes")
    'more sensitivity of cancer stem cells'
    """
    if sign is None or sign == 0:
        return "direction not known: no source gives that of one of the steps"
    if kind in TREATMENTS:
        return f"{'stronger' if sign > 0 else 'weaker'} effect of {end}"
    if last in SENSITIZING:
        return f"{'more' if sign > 0 else 'less'} sensitivity of {end}"
    if kind in BEARERS:
        return f"{'in favour of' if sign > 0 else 'against'} {end}"
    return f"{'more' if sign > 0 else 'less'} {end}"


def count_of(noun: str, count: int, plural: str = "") -> str:
    """A number with its noun.

    >>> count_of("path", 1), count_of("study", 2, "studies")
    ('1 path', '2 studies')
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def figure(row: EvidenceRow) -> str:
    """The figure alone, as printed where the source prints it, with its interval or range."""
    printed = row.value_text or _value(row)
    return " ".join(
        part for part in (printed, _span("CI", row.ci, printed), _span("range", row.range, printed)) if part
    )


def result(row: EvidenceRow) -> str:
    """What came out, as printed where the source prints it."""
    printed = figure(row)
    often = "" if (row.frequency or "").lower() in printed.lower() else row.frequency
    told = " ".join(text for text in (printed, _graded(row.grade or "", printed), often) if text)
    ratio = f"{row.hazard_ratio:g}" if row.hazard_ratio is not None else ""
    said_alike = row.difference == _SAME and told.lower().startswith(_SAME)
    parts = [
        "" if said_alike else told,
        f"hazard ratio {ratio}" if ratio and ratio not in printed else "",
        _against(row),
    ]
    if row.absence and not (row.difference == _SAME and row.absence == "no-significant-difference"):
        parts.append(row.absence.replace("-", " "))
    said = ", ".join(part for part in parts if part)
    p_value = row.p_value if not row.p_value or "p" in row.p_value.lower() else f"p {row.p_value}"
    significance = f"significance {row.significance}" if row.significance == "not reported" else row.significance
    test = ", ".join(text for text in (significance, p_value) if text)
    return f"{said} ({test})".strip() if test else said


def _graded(grade: str, printed: str) -> str:
    """A grade, "grade 3", or the word that stands for one, "severe"; nothing where the figure as printed says it."""
    told = f"grade {grade}" if grades_of(grade) else grade
    return "" if told.lower() in printed.lower() else told


def unfigured(row: EvidenceRow) -> str:
    """What stands for a result that the source gives no figure of."""
    if row.adverse_event is None:
        return "no figure printed"
    return "occurred" if people_of(row) == 1 else "occurred; how often is not told"


def remark(row: EvidenceRow) -> str:
    """What the source tells beside the figure; nothing where the row's other cells say it all."""
    event = row.adverse_event.label if row.adverse_event else ""
    said = (row.measure.label if row.measure else "", event, result(row), of_n(row), counted(row), row.note or "")
    own = _told(row.text or "") - _told(" ".join(said)) - _SMALL
    return (row.text or "") if own else ""


def _told(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def _against(row: EvidenceRow) -> str:
    """How a result stands to another: "higher than placebo"; "better" where the source names nobody."""
    if not row.difference or row.comparator is None:
        return row.difference or ""
    figure = f" ({row.comparator_text})" if row.comparator_text else ""
    return f"{row.difference} {'from' if row.difference == _SAME else 'than'} {row.comparator.label}{figure}"


def _span(name: str, ends: tuple[float | int | None, float | int | None] | None, printed: str) -> str:
    """An interval in brackets, unless what is printed already holds it."""
    if ends is None or ends[0] is None or ends[1] is None:
        return ""
    low, high = f"{ends[0]:g}", f"{ends[1]:g}"
    return "" if low in printed and high in printed else f"({name} {low}–{high})"


def when_given(component: ComponentRow) -> str:
    """When a dose is given, said once: "days 1, 8, every 3 weeks", "weekly"."""
    told = days = component.days or ""
    cycle = component.cycle
    if days.isdigit():
        told = f"day {days}"
    elif "," in days and days[:1].isdigit():
        told = f"days {days}"
    if cycle and not any(word in days for word in ("every", "weekly", "monthly", "daily")):
        told = f"{told}, every {duration_words(cycle)}" if told else f"every {duration_words(cycle)}"
    return told


def dose_range(component: ComponentRow) -> str:
    """The lowest and the highest of several doses: "5 to 8 g/m2", "at least 40 mg"; nothing for a single dose."""
    low, high = component.range or (None, None)
    if low is not None and high is not None:
        told = f"{low:g} to {high:g}"
    elif low is not None:
        told = f"at least {low:g}"
    elif high is not None:
        told = f"at most {high:g}"
    else:
        return ""
    return f"{told} {component.unit or ''}".rstrip()


def dose_words(component: ComponentRow) -> str:
    """A drug with its dose as printed, or in numbers where only those are known."""
    return f"{component.drug.label} {component.dose_text or dose_range(component)}".rstrip()


def beside(heading: str, components: Sequence[ComponentRow]) -> list[tuple[EntityRef, str]]:
    """Drugs with what is told of each dose that the heading above them does not say already.

    A heading says a dose where it has the amount after the drug's name; the days stand between it and the next drug.
    """
    return [(part.drug, _unsaid(part, heading)) for part in components]


def _unsaid(component: ComponentRow, heading: str) -> str:
    dose = component.dose_text or dose_range(component)
    _, said, tail = heading.partition(f"{component.drug.label} {dose}".rstrip())
    here = tail.partition(" + ")[0] if said else ""
    infused = duration_words(component.infusion_time or "")
    days, every, cycle = when_given(component).partition("every ")
    parts = [
        "" if said else dose,
        "" if not infused or f"over {infused}" in here else f"infused over {infused}",
        "" if said and days.strip(" ,") in here else days.strip(" ,"),
        "" if said and every + cycle in tail else every + cycle,
        component.route or "",
        component.timing or "",
    ]
    return ", ".join(part for part in parts if part and part not in here)


def patients_shared(pools: Sequence[EntityRef], within: EntityRef | None) -> str:
    """Whose patients those of an arm also are; nothing for an arm that only counts its own."""
    told = f"takes together {', '.join(ref.label for ref in pools)}" if pools else ""
    counted = f"all its patients are also counted in {within.label}" if within else ""
    return "; ".join(text for text in (told, counted) if text)


def _value(row: EvidenceRow) -> str:
    if row.value is None:
        return ""
    return f"{row.value:g}{_UNITS.get(row.unit or '', f' {row.unit}' if row.unit else '')}"


def of_n(row: EvidenceRow) -> str:
    """Of how many: "8 of 15", "15", or nothing."""
    if row.numerator is not None and row.denominator is not None:
        return f"{row.numerator} of {row.denominator}"
    if row.denominator is not None:
        return str(row.denominator)
    if row.numerator is not None:
        return f"{row.numerator} patients" if row.numerator != 1 else "1 patient"
    return str(people_of(row) or "")


def out_of(row: EvidenceRow) -> str:
    """Of how many: "of 15", "(8 of 15)", of a time "(n = 15)"; nothing where the figure says so itself."""
    people = of_n(row)
    if not people or re.search(rf"\b{re.escape(people)}\b", figure(row)):
        return ""
    if not people.isdigit():
        return f"({people})"
    return f"(n = {people})" if row.unit in _TIMES else f"of {people}"


def short_figure(row: EvidenceRow) -> str:
    """A share or a time with how many it is of: "53% of 34", "5.6 months (n = 34)"; nothing where neither is known.

    What the source says of the figure stays: "about 80%".
    """
    rate = row.derived_rate.value if row.derived_rate is not None and row.unit != "%" else None
    told = f"{rate:.1f}".removesuffix(".0") + "%" if rate is not None else _value(row)
    if not told or (rate is None and row.unit not in _UNITS):
        return ""
    if _ABOUT.search(row.value_text or ""):
        told = f"about {told}"
    people = people_of(row)
    if not people:
        return told
    return f"{told} (n = {people})" if rate is None and row.unit in _TIMES else f"{told} of {people}"


def counted(row: EvidenceRow) -> str:
    """What counted, at which time and in which subgroup."""
    match = row.population.histotype_match if row.population else None
    parts = [
        row.definition.label if row.definition else "",
        row.subgroup or "",
        f"at {duration_words(row.time_point)}" if row.time_point else "",
        f"follow-up {duration_words(row.follow_up)}" if row.follow_up else "",
        _pooled(row) if match == "mixed" else "",
    ]
    return "; ".join(part for part in parts if part)


def _pooled(row: EvidenceRow) -> str:
    """What "mixed" means: an arm of several histotypes, or patients of one in it whose number is not told."""
    is_part = bool(row.subgroup_histotypes) or row.subgroup is not None
    return "of how many is not told" if is_part and people_of(row) is None else "histotypes pooled"


def event_details(event: TimelineEntry) -> tuple[tuple[str, str], ...]:
    """The further facts of an event as (name, value) pairs, but for those that its label holds word for word."""
    pairs = (
        ("Site", ", ".join(site.label for site in event.sites)),
        ("Lesion", event.lesion),
        ("Size", sized(event.size, event.unit)),
        ("Marker", event.marker.label if event.marker else None),
        ("Result", event.result),
        ("Value", event.value_text),
        ("Adverse event", event.adverse_event.label if event.adverse_event else None),
        ("Attributed to", event.attribution),
        ("Diagnosis", event.diagnosis.label if event.diagnosis else None),
        ("Grade", event.grade),
        ("Stage", event.stage),
        ("Later diagnosis", event.superseded_by.label if event.superseded_by else None),
        ("Cycles", event.cycles),
        ("Line", event.line),
        ("Setting", event.setting),
        ("For", event.duration_text or (duration_words(event.duration) if event.duration else None)),
        ("Why", event.reason),
        ("Ended", event.ended),
        ("During", event.episode.label if event.episode else None),
        ("As told", event.text),
        ("Curator's note", event.note),
    )
    told = event.label.lower()
    return tuple(
        (name, value) for name, value in pairs if value and not (name in _NAMED_BY_LABEL and value.lower() in told)
    )


_NAMED_BY_LABEL = frozenset({"Lesion", "Size", "Value", "Adverse event", "Diagnosis"})


def sized(size: str | None, unit: str | None) -> str | None:
    """A size as printed; its unit is added unless it names one, and a figure without one says so."""
    if size is None or not any(letter.isdigit() for letter in size) or _LENGTH.search(size):
        return size
    return f"{size} {unit}" if unit else f"{size} (no unit printed)"


_DENIES = re.compile(r"\b(no|not|none|never|without)\b", re.IGNORECASE)


def denied(event: TimelineEntry) -> str | None:
    """A tag for what was not done or not found, unless the event's own label says so: "no haematuria"."""
    if event.polarity != "negated" and event.absence != "none-observed":
        return None
    if _DENIES.search(event.label):
        return None
    return "not done" if event.kind in ("treatment", "procedure") else "not found"
