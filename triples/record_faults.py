"""What can be wrong within one record: figures that cannot be, an order of events that cannot be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise

from kg.errors import Fault
from triples.hints import hint
from triples.records import Record
from triples.tree import Place

# What is printed as a bound ("more than 40%"): the figure in it was not measured.
_BOUND = re.compile(
    r"(?:(?:more|greater|longer|less|fewer|shorter) than|over|under|at least|at most|up to)\b|[<>≤≥]", re.IGNORECASE
)
_P_VALUE = re.compile(r"[Pp]?\s*[<>=≤≥]?\s*(\d*\.?\d+)")
_WORST_GRADE = 5  # Common Terminology Criteria for Adverse Events
_EPISODES = ("treatment", "procedure")  # what a response or an adverse event belongs to
_PRINTED_SO = "; if it is printed so, add `flag` and `flag_reason`"


def record_faults(record: Record) -> Iterator[Fault]:
    """Faults that need no other record to be seen; not those of the records inside."""
    yield from _figure_faults(record)
    if record.all("hedge") and record.text("certainty") in (None, "stated"):
        yield record.place_of("hedge").fault("words of doubt need `certainty: hedged` or `hypothesised`")
    if record.text("certainty") in ("hedged", "hypothesised") and not (record.all("hedge") or record.all("note")):
        yield record.place_of("certainty").fault("give its words as `hedge`, or say in a `note` whose doubt it is")
    check = _CHECKS.get(record.kind)
    if check is not None:
        yield from check(record)


def _figure_faults(record: Record) -> Iterator[Fault]:
    if record.all("flag") and not record.all("flag_reason"):
        yield record.place_of("flag").fault("a flag needs a `flag_reason`")
    if record.all("flag_reason") and not record.has("flag"):
        yield record.place_of("flag_reason").fault("`flag_reason` without `flag`")
    if record.has("flag"):
        return  # kept as printed
    if any(record.all(key) for key in ("value", "range_low", "range_high")) and not record.has("unit"):
        place = record.place_of("value" if record.all("value") else "range_low")
        yield place.fault("a figure needs its `unit`; if the text prints none, add `flag: unit-missing` and a reason")
    if record.all("value") and _BOUND.match(record.text("value_text") or ""):
        yield record.place_of("value").fault("a bound is no value: write `range_low` or `range_high` instead")
    yield from _percent_faults(record)
    yield from _interval_faults(record)
    p_value = _P_VALUE.fullmatch(record.text("p_value") or "")
    if p_value and Decimal(p_value[1]) > 1:
        yield record.place_of("p_value").fault(f"a p value is at most 1, not {p_value[1]}{_PRINTED_SO}")
    ratio = record.number("hazard_ratio")
    if ratio is not None and ratio <= 0:
        yield record.place_of("hazard_ratio").fault(f"a hazard ratio is above 0, not {ratio}{_PRINTED_SO}")


def _percent_faults(record: Record) -> Iterator[Fault]:
    numerator, denominator = record.integer("numerator"), record.integer("denominator")
    percent = record.number("value") if record.text("unit") == "%" and record.kind != "component" else None
    if percent is not None and abs(percent) > 100:
        yield record.place_of("value").fault(f"{percent} % is more than 100 %{_PRINTED_SO}")
    if numerator is None or denominator is None:
        return
    if numerator > denominator or denominator <= 0:
        yield record.place_of("numerator").fault(f"{numerator} of {denominator} cannot be{_PRINTED_SO}")
    elif percent is not None and abs(percent - Decimal(100 * numerator) / denominator) > 1:
        exact = f"{numerator} of {denominator} is {100 * numerator / denominator:.1f} %"
        yield record.place_of("value").fault(f"{exact}, not {percent} %{_PRINTED_SO}")


def _interval_faults(record: Record) -> Iterator[Fault]:
    value = record.number("value")
    ratio = record.number("hazard_ratio")
    inner = ratio if value is None else value
    if value is not None and ratio is not None and record.all("ci_low"):
        reason = "with a value and a hazard ratio, the interval may be that of either: give each an outcome of its own"
        yield record.place_of("ci_low").fault(reason)
        return
    for prefix, name in (("ci", "confidence interval"), ("range", "range")):
        low, high = record.number(f"{prefix}_low"), record.number(f"{prefix}_high")
        place = record.place_of(f"{prefix}_low")
        if prefix == "ci" and (low is None) != (high is None):
            yield record.place_of("ci_high" if low is None else "ci_low").fault(
                f"a confidence interval has two limits{_PRINTED_SO}"
            )
        if low is not None and high is not None and low > high:
            yield place.fault(f"the {name} ends ({high}) before it begins ({low}){_PRINTED_SO}")
        elif inner is not None and ((low is not None and inner < low) or (high is not None and inner > high)):
            yield place.fault(f"the {name} {low}-{high} does not hold the value {inner}{_PRINTED_SO}")


def _component_faults(record: Record) -> Iterator[Fault]:
    if bool(record.all("drug")) == bool(record.all("procedure")):
        yield record.place.fault("a component has either a drug or a procedure")


def _silence_faults(record: Record, key: str) -> Iterator[Fault]:
    """What a text does not say is left out of a free text, so that one search finds every silence."""
    if record.text(key) == "unstated":
        yield record.place_of(key).fault(f"leave `{key}` out where the text does not say it")


def _population_faults(record: Record) -> Iterator[Fault]:
    yield from _silence_faults(record, "line")
    enrolled = record.integer("enrolled")
    if record.all("flag") or enrolled is None:
        return
    for key in ("n", "evaluable"):
        count = record.integer(key)
        if count is not None and count > enrolled:
            yield record.place_of(key).fault(f"{key} {count} is more than the {enrolled} enrolled")


_SAYS_SOMETHING = (
    "value", "value_text", "numerator", "hazard_ratio", "direction", "significance", "p_value", "absence", "frequency",
    "text", "event", "range_low", "ci_low", "grade",
)  # fmt: skip


def _outcome_faults(record: Record) -> Iterator[Fault]:
    if record.text("measure") == "measure:adverse-event" and not record.all("event"):
        yield record.place.fault("an adverse event needs `event`, its term")
    yield from _grade_faults(record)
    if not any(record.has(key) for key in _SAYS_SOMETHING):
        yield record.place.fault("this outcome says nothing: give value_text, a count, direction, absence or text")


def _grade_faults(record: Record) -> Iterator[Fault]:
    """Grades of an adverse event that no scale has."""
    highest = max(map(int, re.findall(r"\d+", record.text("grade") or "")), default=0)
    if record.all("event") and highest > _WORST_GRADE and not record.all("flag"):
        yield record.place_of("grade").fault(f"grades of adverse events go to {_WORST_GRADE} (death){_PRINTED_SO}")


def _arm_faults(record: Record) -> Iterator[Fault]:
    for key in ("pools", "within", "distinct_from"):
        if record.id in record.texts(key):
            yield record.place_of(key).fault(f"{key}: that is this arm itself")
    for outcome in record.records("outcomes"):
        if outcome.text("comparator") == record.id:
            yield outcome.place_of("comparator").fault("comparator: that is this arm itself; name the other one")


def _document_faults(record: Record) -> Iterator[Fault]:
    """Sections out of order, and references of one number."""
    located = [section for section in record.records("sections") if section.spans("at")]
    for before, section in pairwise(located):
        start, first = section.spans("at")[0].start, before.spans("at")[0].start
        if start <= first:
            names = f"section {section.text('name')!r} begins at {start}, {before.text('name')!r} above it at {first}"
            yield section.place_of("at").fault(f"{names}: list sections in the order of the text, each at its heading")
    seen: dict[int, Place] = {}
    for reference in record.records("references"):
        for number in reference.integers("number"):
            first_place = seen.setdefault(number, reference.place)
            if first_place != reference.place:
                yield reference.place_of("number").fault(f"reference {number} is already given at {first_place}")


def _twice_given(records: Iterable[Record]) -> Iterator[Record]:
    """Those whose identifier one before them has."""
    seen: set[str] = set()
    for record in records:
        if record.id in seen:
            yield record
        seen.add(record.id)


def _study_faults(record: Record) -> Iterator[Fault]:
    yield from _silence_faults(record, "phase")
    for arm in _twice_given(record.records("arms")):
        yield arm.place_of("id").fault(f"{arm.id} is given twice in this study")
    if not record.yes("extends") and not record.label:
        yield record.place.fault("this study has no 'label': the name; not needed with `extends: yes`")


def _patient_faults(record: Record) -> Iterator[Fault]:
    for event in _twice_given(record.records("timeline")):
        yield event.place_of("id").fault(f"event {event.id!r} is given twice for this patient")
    events = {event.id: event for event in record.records("timeline")}
    for event in events.values():
        if event.text("kind") == "adverse event" and event.text("absence") and event.text("polarity") != "negated":
            yield event.place_of("absence").fault("an adverse event that was not seen has `polarity: negated`")
        for key in ("after", "episode", "superseded_by"):
            for entry in event.all(key):
                if entry.value not in events:
                    meant = hint(str(entry.value), events)
                    yield entry.place.fault(f"{key}: this patient has no event {entry.value!r}{meant}")
        treatment = events.get(event.text("episode") or "")
        if treatment is not None and treatment.text("kind") not in _EPISODES:
            what = f"{treatment.id!r} is of the kind {treatment.text('kind')!r}, not {' or '.join(_EPISODES)}"
            yield event.place_of("episode").fault(f"episode: {what}")
        yield from _order_faults(event, events)
    yield from _date_faults(events.values())


def _date_faults(events: Iterable[Record]) -> Iterator[Fault]:
    """Dates that go back while the order goes on; a date may be a year or a month only."""
    dated = sorted(
        (order, date, event)
        for event in events
        if (date := event.text("date")) and (order := event.integer("order")) is not None
    )
    for (order, date, _), (later, other, event) in pairwise(dated):
        if order < later and other < date[: len(other)]:
            yield event.place_of("date").fault(
                f"{other} is before {date}, the date of an event that comes earlier in order"
            )


def _order_faults(event: Record, events: Mapping[str, Record]) -> Iterator[Fault]:
    if event.all("offset") and not event.all("after"):
        yield event.place_of("offset").fault("`offset` needs `after`, the event it counts from")
    first = events.get(event.text("after") or "")
    if first is None:
        return
    before, after = first.integer("order"), event.integer("order")
    backwards = (event.text("offset") or "").startswith("-")
    if before is not None and after is not None and (after > before if backwards else after < before):
        yield event.place_of("order").fault(f"order {after} does not fit: it comes after {first.id!r}, order {before}")


_CHECKS = {
    "document": _document_faults,
    "component": _component_faults,
    "population": _population_faults,
    "outcome": _outcome_faults,
    "arm": _arm_faults,
    "timeline event": _grade_faults,
    "study": _study_faults,
    "patient": _patient_faults,
}
