"""What can be wrong within one record: figures that cannot be, an order of events that cannot be."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise

from kg.errors import Fault
from triples.records import Record
from triples.tree import Place

_PRINTED_SO = "; if it is printed so, add `flag` and `flag_reason`"


def record_faults(record: Record) -> Iterator[Fault]:
    """Faults that need no other record to be seen; not those of the records inside."""
    yield from _figure_faults(record)
    check = _CHECKS.get(record.kind)
    if check is not None:
        yield from check(record)


def _fault(place: Place, reason: str) -> Fault:
    return Fault(place.file, place.line, place.column, reason)


def _figure_faults(record: Record) -> Iterator[Fault]:
    if record.all("flag") and not record.all("flag_reason"):
        yield _fault(record.place_of("flag"), "a flag needs a `flag_reason`")
    if record.all("flag_reason") and not record.all("flag"):
        yield _fault(record.place_of("flag_reason"), "`flag_reason` without `flag`")
    if record.all("flag"):
        return  # kept as printed
    yield from _percent_faults(record)
    yield from _interval_faults(record)


def _percent_faults(record: Record) -> Iterator[Fault]:
    numerator, denominator = record.integer("numerator"), record.integer("denominator")
    percent = record.number("value") if record.text("unit") == "%" and record.kind != "component" else None
    if percent is not None and abs(percent) > 100:
        yield _fault(record.place_of("value"), f"{percent} % is more than 100 %{_PRINTED_SO}")
    if numerator is None or denominator is None:
        return
    if numerator > denominator or denominator <= 0:
        yield _fault(record.place_of("numerator"), f"{numerator} of {denominator} cannot be{_PRINTED_SO}")
    elif percent is not None and abs(percent - Decimal(100 * numerator) / denominator) > 1:
        exact = f"{numerator} of {denominator} is {100 * numerator / denominator:.1f} %"
        yield _fault(record.place_of("value"), f"{exact}, not {percent} %{_PRINTED_SO}")


def _interval_faults(record: Record) -> Iterator[Fault]:
    value = record.number("value")
    inner = record.number("hazard_ratio") if value is None else value
    for prefix, name in (("ci", "confidence interval"), ("range", "range")):
        low, high = record.number(f"{prefix}_low"), record.number(f"{prefix}_high")
        place = record.place_of(f"{prefix}_low")
        if low is not None and high is not None and low > high:
            yield _fault(place, f"the {name} ends ({high}) before it begins ({low}){_PRINTED_SO}")
        elif inner is not None and ((low is not None and inner < low) or (high is not None and inner > high)):
            yield _fault(place, f"the {name} {low}-{high} does not hold the value {inner}{_PRINTED_SO}")


def _component_faults(record: Record) -> Iterator[Fault]:
    if bool(record.all("drug")) == bool(record.all("procedure")):
        yield _fault(record.place, "a component has either a drug or a procedure")


def _population_faults(record: Record) -> Iterator[Fault]:
    enrolled = record.integer("enrolled")
    if record.all("flag") or enrolled is None:
        return
    for key in ("n", "evaluable"):
        count = record.integer(key)
        if count is not None and count > enrolled:
            yield _fault(record.place_of(key), f"{key} {count} is more than the {enrolled} enrolled")


_SAYS_SOMETHING = (
    "value",
    "value_text",
    "numerator",
    "hazard_ratio",
    "direction",
    "significance",
    "p_value",
    "absence",
    "frequency",
    "text",
    "event",
    "range_low",
    "ci_low",
    "grade",
)


def _outcome_faults(record: Record) -> Iterator[Fault]:
    if record.text("measure") == "measure:adverse-event" and not record.all("event"):
        yield _fault(record.place, "an adverse event needs `event`, its term")
    if not any(record.all(key) for key in _SAYS_SOMETHING):
        yield _fault(record.place, "this outcome says nothing: give value_text, a count, direction, absence or text")


def _study_faults(record: Record) -> Iterator[Fault]:
    seen: set[str] = set()
    for arm in record.records("arms"):
        name = arm.text("id") or ""
        if name in seen:
            yield _fault(arm.place_of("id"), f"{name} is given twice in this study")
        seen.add(name)
    if not record.yes("extends") and record.text("label") is None:
        yield _fault(record.place, "this study has no 'label': the name; not needed with `extends: yes`")


def _patient_faults(record: Record) -> Iterator[Fault]:
    events = {event.text("id") or "": event for event in record.records("timeline")}
    if len(events) < len(record.records("timeline")):
        seen: set[str] = set()
        for event in record.records("timeline"):
            if event.text("id") in seen:
                yield _fault(event.place_of("id"), f"event {event.text('id')!r} is given twice for this patient")
            seen.add(event.text("id") or "")
    for event in events.values():
        for key in ("after", "episode", "superseded_by"):
            for entry in event.all(key):
                if entry.value not in events:
                    close = difflib.get_close_matches(str(entry.value), list(events), 1, 0.6)
                    hint = f"; did you mean {close[0]!r}?" if close else ""
                    yield _fault(entry.place, f"{key}: this patient has no event {entry.value!r}{hint}")
        yield from _order_faults(event, events)
    dated = sorted(
        (order, event.text("date") or "", event)
        for event in events.values()
        if event.text("date") and (order := event.integer("order")) is not None
    )
    for (order, date, _), (later, other, event) in pairwise(dated):
        if order < later and other < date[: len(other)]:
            yield _fault(
                event.place_of("date"),
                f"{other} is before {date}, the date of an event that comes earlier in order",
            )


def _order_faults(event: Record, events: Mapping[str, Record]) -> Iterator[Fault]:
    if event.all("offset") and not event.all("after"):
        yield _fault(event.place_of("offset"), "`offset` needs `after`, the event it counts from")
    first = events.get(event.text("after") or "")
    if first is None:
        return
    before, after = first.integer("order"), event.integer("order")
    backwards = (event.text("offset") or "").startswith("-")
    if before is not None and after is not None and (after > before if backwards else after < before):
        yield _fault(
            event.place_of("order"),
            f"order {after} does not fit: it comes after {first.text('id')!r}, order {before}",
        )


_CHECKS = {
    "component": _component_faults,
    "population": _population_faults,
    "outcome": _outcome_faults,
    "study": _study_faults,
    "patient": _patient_faults,
}
