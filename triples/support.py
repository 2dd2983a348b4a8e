"""Whether each passage holds what its fact says: the printed numbers and the names."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from triples import schema
from triples.keys import ENTITY_KINDS, Type
from triples.passages import PASSAGE_KEYS, Source
from triples.records import Corpus, Folder, Quote, Record, Span
from triples.tree import Place
from triples.wording import Wording

# Kinds that a text calls by name; of studies, arms, patients, measures and definitions the names are our own words.
_NAMED_KINDS = frozenset(ENTITY_KINDS) - {"regimen", "measure", "definition"}
_NUMBER_KEYS = (
    "value", "value_text", "numerator", "denominator", "ci_low", "ci_high", "range_low", "range_high", "p_value",
    "hazard_ratio", "n", "enrolled", "evaluable", "subgroup_n", "dose", "days", "age", "size", "cycles", "stage",
    "grade", "registry", "time_text", "cycles_text", "duration_text", "phase",
)  # fmt: skip
_NAME_KEYS = (
    "drug", "procedure", "histotypes", "histotype", "condition", "event", "subgroup_histotype", "marker",
    "prior_drugs", "sponsor",
)  # fmt: skip
_DATE_KEYS = ("date", "registered")
_CHECKED = frozenset({"statement", "study", "component", "population", "outcome", "patient", "timeline event"})


@dataclass(frozen=True, order=True)
class Unsupported:
    """A fact whose passage lacks something.

    Attributes:
        missing: numbers and names, as the fact has them.
    """

    place: Place
    kind: str
    missing: tuple[str, ...]

    def __str__(self) -> str:
        return str(self.place.fault(f"the passage of this {self.kind} lacks {', '.join(self.missing)}"))


@dataclass(frozen=True)
class SupportReport:
    """How the facts of some documents stand to their passages.

    Attributes:
        facts: how many were compared.
        with_context: how many needed a context passage for a name or number.
    """

    facts: int
    with_context: int
    unsupported: tuple[Unsupported, ...]

    def of_file(self, file: str) -> SupportReport:
        """The same with the facts of one file only; the counts stay those of the documents."""
        kept = tuple(each for each in self.unsupported if each.place.file.endswith(f"/{file}"))
        return SupportReport(self.facts, self.with_context, kept)

    @property
    def context_share(self) -> float:
        """Share of the facts that needed a context passage, from 0 to 1."""
        return self.with_context / self.facts if self.facts else 0.0


def support(corpus: Corpus, folders: Iterable[Folder], sources: Mapping[str, Source]) -> SupportReport:
    """Compare every fact of the folders with its passages; folders without a source are left out."""
    names = {
        record.id: (record.label, *record.texts("synonyms"))
        for record in corpus.entities
        if record.id and record.label and not record.yes("joint")  # a joint cause bears a name of our own
    }
    facts, with_context, unsupported = 0, 0, []
    for folder in folders:
        source = sources.get(folder.name)
        if source is None:
            continue
        for record, spans, context in facts_with_passages(folder):
            facts += 1
            own, around = _wording(source, spans), _wording(source, (*spans, *context))
            lacking = _lacking(record, own, names)
            if lacking and context:
                with_context += 1
                lacking = _lacking(record, around, names)
            if lacking:
                unsupported.append(Unsupported(record.place, record.kind, tuple(lacking)))
    return SupportReport(facts, with_context, tuple(sorted(unsupported)))


def facts_with_passages(folder: Folder) -> Iterator[tuple[Record, tuple[Span, ...], tuple[Span, ...]]]:
    """Every record that makes a claim, with its passages and contexts, or those of the record around it."""
    for record in (*folder.statements, *folder.studies, *folder.patients):
        yield from _inherited(record, (), ())


def _inherited(
    record: Record, spans: tuple[Span, ...], context: tuple[Span, ...]
) -> Iterator[tuple[Record, tuple[Span, ...], tuple[Span, ...]]]:
    own = record.spans("at") or spans
    around = (*record.spans("context"), *context)
    if any(isinstance(entry.value, Quote) for key in PASSAGE_KEYS for entry in record.all(key)):
        return  # what no passage is known of cannot be compared; the quote is a fault
    if record.kind in _CHECKED and own:  # that there is no passage is told as a fault
        yield record, own, around
    nested = own if record.kind in ("study", "arm", "regimen", "timeline event") else ()
    for entries in record.fields.values():
        for entry in entries:
            if isinstance(entry.value, Record):
                yield from _inherited(entry.value, nested, around)


def _wording(source: Source, spans: Iterable[Span]) -> Wording:
    return Wording("\n\n".join(source.text.text[span.start : span.end] for span in spans))


def _lacking(record: Record, wording: Wording, names: Mapping[str, tuple[str, ...]]) -> list[str]:
    missing: list[str] = []
    for key in _NUMBER_KEYS:
        for text in record.texts(key):
            missing += wording.lacks_numbers(text)
    missing += [part for key in _DATE_KEYS for text in record.texts(key) for part in _date_lacks(text, wording)]
    if record.kind in ("statement", "outcome"):
        for text in record.texts("text"):
            missing += wording.lacks_numbers(text)
    missing += [word for text in record.texts("hedge") for word in text.split("; ") if not wording.has_name(word)]
    for curie in _named(record):
        called = names.get(curie, ()) if curie.partition(":")[0] in _NAMED_KINDS else ()
        if called and not any(wording.has_name(name) for name in called):
            missing.append(f"{called[0]} ({curie})")
    return list(dict.fromkeys(missing))


def _date_lacks(date: str, wording: Wording) -> list[str]:
    """The parts of a date that a passage has neither in digits nor, the month, by its name."""
    year, _, rest = date.partition("-")
    month, _, day = rest.partition("-")
    missing = [part for part in (year, day.lstrip("0")) if part and wording.lacks_numbers(part)]
    if month and wording.lacks_numbers(month.lstrip("0")) and not wording.has_name(month_name[int(month)]):
        missing.append(month_name[int(month)])
    return missing


def _named(record: Record) -> Iterator[str]:
    if record.kind == "statement" and record.all("fact"):
        fact = record.fact
        yield fact.subject
        if fact.object is not None:
            yield fact.object
    keys = schema.RECORDS[record.kind].keys
    for key in _NAME_KEYS:
        if any(known.name == key and known.type is Type.CURIE for known in keys):
            yield from record.texts(key)
