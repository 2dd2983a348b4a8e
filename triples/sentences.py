"""Plain English for statements, outcomes and events: the words a clinician reads beside the figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kg.duration import duration_words, offset_words
from kg.model import RESERVATIONS
from ontology.english import capitalised, counted, listed
from triples import schema
from triples.records import Record
from triples.units import unit_words
from triples.wording import Wording

_FIGURES = re.compile(r"\d+(?:\.\d+)?")
_WORD = re.compile(r"[a-z]{4,}")
_TELLING_WORDS = 3  # a remark with so many words that the sentence before it lacks says something more
_DENIAL = re.compile(r"\b(?:no|not|none|never|without)\b", re.IGNORECASE)
_AFTER_NOUN = re.compile(r"[,;]|\b(?:on|after|to|with|without|for|by|in|of|who|under|from)\b")
# Lines of treatment that are called so; of others, "first" or "second or later", it is said that they are lines.
_NAMED_LINES = ("line", "maintenance", "palliative", "relapse", "salvage")
_ABSENCES = {
    "none-observed": "none observed",
    "no-apparent-benefit": "no apparent benefit",
    "no-significant-difference": "no significant difference",
    "not-reached": "median not reached",
    "not-reported-yet": "not yet reported",
    "not-described": "not described",
}
_SAID_BY_FIGURE = ("not-reached", "not-reported-yet", "not-described")
_RESPONSES = {
    "CR": "complete response",
    "PR": "partial response",
    "SD": "stable disease",
    "PD": "progressive disease",
    "mixed": "mixed response",
    "none": "no response",
}
# What a qualifier begins with; the others stand as they are.
_LEADS = {
    "model": "in ",
    "genotype": "genotype ",
    "dose": "at ",
    "via": "via ",
    "line": "line: ",
    "setting": "setting: ",
    "population": "in ",
    "reason": "because: ",
}


@dataclass(frozen=True)
class Names:
    """The label of every identifier; an unknown one is called by its local name."""

    labels: Mapping[str, str] = field(default_factory=dict)

    def of(self, curie: str) -> str:
        """The label of one identifier."""
        return self.labels.get(curie) or curie.partition(":")[2].replace("-", " ")

    def all(self, curies: tuple[str, ...]) -> str:
        """Several names joined by commas and a final ``and``."""
        return listed([self.of(curie) for curie in curies])


def lower_first(text: str) -> str:
    """A text to go on inside a sentence: its first letter small, unless its first word is a symbol."""
    word = text.partition(" ")[0]
    return text[:1].lower() + text[1:] if word[1:].islower() and word.isalpha() else text


def qualifier_words(record: Record) -> list[str]:
    """The qualifiers of a statement as short phrases, then its figures."""
    words = []
    for key in schema.QUALIFIERS:
        given = record.text(key.name)
        if given is not None and key is not schema.HEDGE:  # the sentence says of itself how sure it is
            lead = _LEADS.get(key.name, "")
            words.append(given if lead and given.startswith(lead) else lead + given)
    amount = figure_words(record)
    return [*words, amount] if amount else words


def figure_words(record: Record, population: str = "") -> str:
    """The figures of a record: ``18% (9 of 50; 95% CI 8.6-31.4)``; empty if it has none.

    ``population`` are words that may already say of how many patients the record speaks.
    """
    main, details = _main_figure(record), "; ".join(_figure_details(record, population))
    if not main:
        return details
    return f"{main} ({details})" if details else main


def _main_figure(record: Record) -> str:
    main = record.text("value_text") or ""
    value, unit = record.text("value"), record.text("unit")
    if not main and value:
        main = f"{value}%" if unit == "%" else f"{value} {unit_words(unit or '1', value)}".strip()
    numerator, denominator = record.text("numerator"), record.text("denominator")
    if not main and numerator is not None:
        main = f"{numerator} of {denominator}" if denominator else numerator
    hazard = record.text("hazard_ratio")
    if hazard and hazard not in main:
        main = f"{main}, hazard ratio {hazard}" if main else f"hazard ratio {hazard}"
    return main


def _figure_details(record: Record, population: str = "") -> list[str]:
    """Count, intervals and p value, as far as the figure as printed does not hold them already."""
    main = _main_figure(record)
    printed = set(_FIGURES.findall(main)) | {str(number) for number in Wording(main).numbers}
    numerator, denominator = record.text("numerator"), record.text("denominator")
    count = ""
    if numerator is not None and not {numerator, denominator or numerator} <= printed:
        count = f"{numerator} of {denominator}" if denominator else numerator
    elif numerator is None and denominator is not None and denominator not in printed:
        known = f"{denominator} patients" in population or denominator == record.text("subgroup_n")
        count = "" if known else f"of {denominator}"
    details = [count]
    for low, high, name in (("ci_low", "ci_high", _ci_name(record)), ("range_low", "range_high", "range")):
        if not {*record.texts(low), *record.texts(high)} <= printed:
            details.append(_interval(record, low, high, name))
    p_value = _p_words(record)
    details += [p_value] if p_value not in main else []
    return [detail for detail in details if detail]


def _ci_name(record: Record) -> str:
    level = record.text("ci_level")
    return f"{level}% CI" if level else "CI"


def _interval(record: Record, low: str, high: str, name: str) -> str:
    ends = record.text(low), record.text(high)
    if ends == (None, None):
        return ""
    if ends[0] is None:
        return f"{name} up to {ends[1]}"
    return f"{name} from {ends[0]}" if ends[1] is None else f"{name} {ends[0]}-{ends[1]}"


def _p_words(record: Record) -> str:
    text = record.text("p_value")
    if text is None or text.lower().startswith("p"):
        return text or ""
    return f"p {text}" if text[0] in "<>=≤≥" else f"p = {text}"


def flag_words(record: Record) -> str:
    """The oddities of a record and the reason in square brackets; empty if it has none."""
    flags = [flag if flag.startswith("mis-") else flag.replace("-", " ") for flag in record.texts("flag")]
    if not flags:
        return ""
    return f" [as printed; {', '.join(flags)}: {record.text('flag_reason') or ''}]".replace(": ]", "]")


def statement_label(base: str, record: Record) -> str:
    """A statement as a sentence: ``base`` as the vocabulary spells it, then qualifiers and reservation."""
    text = capitalised(base)
    qualifiers = qualifier_words(record)
    certainty = RESERVATIONS.get(record.text("certainty") or "")
    bracket = "; ".join([*qualifiers, *([certainty] if certainty else [])])
    return (f"{text} ({bracket})" if bracket else text) + flag_words(record)


def population_words(record: Record | None, names: Names) -> str:
    """Who was treated: ``15 patients, relapsed or refractory sarcoma``; empty if nothing is known."""
    if record is None:
        return ""
    parts = []
    count = record.text("n") or record.text("evaluable") or record.text("enrolled")
    if count:
        parts.append(counted(count, "patient"))
    disease = names.all(record.texts("histotypes"))
    who = _diagnosed(disease, record.text("setting") or "")
    sites = names.all(record.texts("sites"))
    line = record.text("line")
    line = f"{line} line" if line and not line.endswith(_NAMED_LINES) else ""
    return ", ".join([*parts, *(text for text in (who, sites, line) if text)])


def _diagnosed(disease: str, setting: str) -> str:
    """``advanced sarcoma``, but ``sarcoma, refractory to imatinib``."""
    if not disease or not setting:
        return disease or setting
    before = not _AFTER_NOUN.search(setting) and len(setting.split()) <= 3
    return f"{setting} {disease}" if before else f"{disease}, {setting}"


def component_words(record: Record, names: Names) -> str:
    """One component with its dose and days: ``gemcitabine 900 mg/m2, days 1, 8``."""
    text = names.of(record.text("drug") or record.text("procedure") or "")
    dose = record.text("dose")
    if record.text("value") and not re.search(r"\d", dose or ""):
        given = f"{record.text('value')} {unit_words(record.text('unit') or '1')}".strip()
        dose = f"{given} ({dose})" if dose else given
    days = record.text("days")
    if dose:
        text = f"{text} {dose}"
    if days and (dose is None or days not in dose):
        lead = ", days " if re.search(r"\d\D+\d", days) else ", day "
        text = f"{text}{lead}{days}" if days[:1].isdigit() and not re.search(r"[a-z]{3}", days) else f"{text} {days}"
    return text


def regimen_words(components: tuple[Record, ...], names: Names) -> str:
    """What is given together, joined by ``+``; a second dose or schedule of the same drug stands apart, with its place.

    ``docetaxel 100 mg/m2 every 3 weeks; docetaxel 40 mg/m2 weekly (instead, if 100 mg/m2 was poorly tolerated)``
    """
    words, told = "", set[str]()
    for component in components:
        drug, timing = component.text("drug"), component.text("timing")
        again = drug in told
        part = component_words(component, names) + (f" ({timing})" if again and timing else "")
        words += f"{'; ' if again else ' + '}{part}" if words else part
        told |= {drug} if drug else set()
    return words


def outcome_label(record: Record, treatment: str, population: str, names: Names) -> str:
    """An outcome as a sentence that stands alone; ``treatment`` and ``population`` are its arm's."""
    head = f"{treatment} ({population})" if population else treatment
    told = _outcome_with_figure if _main_figure(record) else _outcome_without_figure
    body = told(record, population, names)
    return capitalised(f"{head}: {body}{reservation(record)}{_remark(record, body)}") + flag_words(record)


def _measured(record: Record, names: Names) -> str:
    """What was measured: the adverse event, or the measure, with the grade."""
    event, measure = record.text("event"), names.of(record.text("measure") or "")
    what = measure if event is None else names.of(event)
    if record.text("measure") not in (None, "measure:adverse-event") and event is not None:
        what = f"{measure} ({names.of(event)})"
    grade = record.text("grade")
    if grade:
        what += f" grade {grade}" if grade[:1].isdigit() else f", {lower_first(grade)}"
    return what


def _outcome_with_figure(record: Record, population: str, names: Names) -> str:
    """``response rate 18% (9 of 50), counting CR + PR``; an event is seen in so many patients."""
    what, figures, event = _measured(record, names), figure_words(record, population), record.text("event")
    link = " in " if event is not None else " "
    if (record.text("grade") and event is None) or not re.match(r"[\d<>≤≥~.]", figures):
        link, figures = ": ", lower_first(figures)
    names_itself = what.lower() in figures.lower()
    return f"{'' if names_itself else what + link}{figures}{_outcome_tail(record, names)}"


def _outcome_without_figure(record: Record, population: str, names: Names) -> str:
    """``nausea: common, in the elderly``: the kind of nothing, or the text's word."""
    said = _ABSENCES.get(record.text("absence") or "") or record.text("frequency")
    details = "; ".join(_figure_details(record, population))
    what, tail = _measured(record, names), _outcome_tail(record, names)
    return f"{what}{f': {said}' if said else ''}{tail}{f' ({details})' if details else ''}"


def _remark(record: Record, body: str) -> str:
    """The record's own sentence, unless it only repeats the figures in hardly any words of its own.

    One that begins with all that was said goes on with it: ``anaemia, one of the reasons for the longer intervals``.
    """
    text = record.text("text")
    if text is None:
        return ""
    said, _, more = text.partition(", ")
    if more and said.lower() == body.lower():
        return f", {more}"
    numbers, own_words = set(_FIGURES.findall(text)), _words(text) - _words(body)
    repeats = numbers and numbers <= set(_FIGURES.findall(body)) and len(own_words) < _TELLING_WORDS
    return "" if repeats else f". {capitalised(text)}"


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def reservation(record: Record) -> str:
    """How sure the text is, in brackets; empty for what is plainly stated."""
    certainty = RESERVATIONS.get(record.text("certainty") or "")
    return f" ({certainty})" if certainty else ""


def _outcome_tail(record: Record, names: Names) -> str:
    """What follows the figure: what counted, when, in whom, against what, and how sure."""
    figure = _main_figure(record)
    absence, frequency = _ABSENCES.get(record.text("absence") or ""), record.text("frequency")
    definition, time_point = record.text("definition"), record.text("time_point")
    follow_up, significance = record.text("follow_up"), record.text("significance")
    subgroup, attribution = subgroup_words(record, names), record.text("attribution")
    parts = [
        f"counting {names.of(definition)}" if definition and definition != "definition:unstated" else None,
        f"at {duration_words(time_point)}" if time_point else None,
        f"in {subgroup}" if subgroup else None,
        _comparison(record, names),
        "significance not reported" if significance == "not reported" else significance,
        absence if figure and absence not in (None, figure) and record.text("absence") not in _SAID_BY_FIGURE else None,
        frequency if figure and (frequency or figure).lower() != figure.lower() else None,
        f"attributed to {attribution}" if attribution else None,
        f"followed for {duration_words(follow_up)}" if follow_up else None,
    ]
    return "".join(f", {part}" for part in parts if part)


def _comparison(record: Record, names: Names) -> str | None:
    direction, comparator = record.text("direction"), record.text("comparator")
    if comparator is None:
        return direction
    if direction == "no difference":
        return f"no difference from {names.of(comparator)}"
    return f"{direction} than with {names.of(comparator)}" if direction else f"compared with {names.of(comparator)}"


def subgroup_words(record: Record, names: Names) -> str:
    """The subgroup in the text's words, or else by its histotype, site, genotype and line; with its size."""
    text = record.text("subgroup")
    if text is None:
        parts = [
            names.all(record.texts("subgroup_histotype")),
            names.all(record.texts("subgroup_site")),
            record.text("subgroup_genotype") or "",
            record.text("subgroup_line") or "",
        ]
        text = ", ".join(part for part in parts if part)
    size = record.text("subgroup_n")
    return f"{text} (n = {size})" if size and text else f"{size} patients" if size else text


def event_label(record: Record, patient: str, labels: Mapping[str, str]) -> str:
    """A timeline event as a sentence; ``labels`` are those of the patient's events by local id."""
    when, what = _event_time(record, labels), _event_name(record)
    details = (*_event_findings(record, what), *_event_course(record, what))
    tail = "".join(f"; {detail}" for detail in details) + reservation(record)
    body = f"{patient}: {f'{when}: ' if when else ''}{what}{tail}"
    return capitalised(f"{body}{_remark(record, body)}") + flag_words(record)


def _event_time(record: Record, labels: Mapping[str, str]) -> str | None:
    """When an event was, as told; else by its offset from another."""
    told, offset, after = record.text("time_text") or record.text("date"), record.text("offset"), record.text("after")
    if told is None and offset and after and after in labels:
        return offset_words(offset, labels[after])
    return told


def _event_name(record: Record) -> str:
    """What an event is called; one that was only planned, or is denied, says so."""
    name = record.label
    if record.yes("planned") and "plan" not in name.lower():
        name = f"planned: {name}"
    if record.text("polarity") == "negated" and not _DENIAL.search(name):
        name = f"not the case: {name}"
    return name


def _event_findings(record: Record, name: str) -> Iterator[str]:
    """What was found: response, size, figures, result, grade and stage, as far as the name does not say it."""
    response, size, unit = record.text("response"), record.text("size"), record.text("unit") or "1"
    if response and not _says(name, _RESPONSES[response]):
        yield _RESPONSES[response]
    if size and size not in name:
        # A size is never in percent: then the unit is that of the figure beside it.
        yield size if unit == "%" or unit in size else f"{size} {unit_words(unit)}".strip()
    for found in (figure_words(record), *(record.text(key) for key in ("result", "grade", "stage"))):
        if found and not _says(name, found):
            yield found


def _event_course(record: Record, name: str) -> Iterator[str]:
    """How long it lasted, as far as the name does not say it, why it was done and how it ended."""
    lasted = record.text("duration_text") or duration_words(record.text("duration") or "")
    if lasted and not _says(name, lasted):
        yield f"for {lasted}"
    for key, lead in (("reason", "because: "), ("ended", "ended: ")):
        if told := record.text(key):
            yield f"{lead}{lower_first(told)}"


def _says(text: str, words: str) -> bool:
    return words.lower() in text.lower()
