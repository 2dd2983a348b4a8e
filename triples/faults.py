"""What can be wrong between records: dangling references, duplicates, unknown predicates."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from kg.errors import Fault
from triples import keys, schema
from triples.keys import Type
from triples.record_faults import record_faults
from triples.records import Corpus, Fact, Folder, Record
from triples.tree import Place

_ID_KINDS = ("study", "arm", "patient")


class PredicateTerm(Protocol):
    """What the checks need to know about a predicate."""

    @property
    def takes_text(self) -> bool:
        """Whether its object is a text."""
        ...


class _Index:
    """Every identifier that a record may refer to."""

    def __init__(self, corpus: Corpus) -> None:
        self.entities = {text for record in corpus.entities if (text := record.text("id"))}
        self.studies = {
            text for record, _ in _studies(corpus) if not record.yes("extends") and (text := record.text("id"))
        }
        self.arms: set[str] = set()
        self.patients: set[str] = set()
        self.events: set[str] = set()
        self.documents: set[str] = set()
        self.local: dict[str, dict[str, int]] = {}  # document -> local id -> how many records carry it
        for folder in corpus.folders:
            self._add(folder)
        self.known = self.entities | self.studies | self.arms | self.patients | self.events | self.documents

    def _add(self, folder: Folder) -> None:
        local: dict[str, int] = {}
        self.local[folder.id] = local
        self.documents.add(f"document:{folder.id}")
        for number in reference_numbers(folder):
            self.documents.add(f"document:{folder.id}-ref-{number}")
        for record in folder.records:
            for inner in record.walk():
                name = inner.text("id")
                if name is None or inner.kind == "document":
                    continue
                if inner.kind == "arm":
                    self.arms.add(name)
                elif inner.kind == "patient":
                    self.patients.add(name)
                if inner.kind != "conflict":
                    local[name] = local.get(name, 0) + 1
            for event in record.records("timeline"):
                curie = event_curie(record, event)
                self.events.add(curie)
                local[curie] = 1

    def suggestion(self, curie: str) -> str:
        close = difflib.get_close_matches(curie, sorted(self.known), 1, 0.75)
        return f"; did you mean {close[0]}?" if close else ""


def event_curie(patient: Record, event: Record) -> str:
    """The identifier of a timeline event: ``event:<patient>-<local>``."""
    return f"event:{(patient.text('id') or '').partition(':')[2]}-{event.text('id')}"


def reference_numbers(folder: Folder) -> frozenset[int]:
    """The numbers in the document's list of references."""
    rows = folder.document.records("references") if folder.document else ()
    return frozenset(number for row in rows for number in row.integers("number"))


def _studies(corpus: Corpus) -> Iterator[tuple[Record, Folder]]:
    return ((record, folder) for folder in corpus.folders for record in folder.studies)


def corpus_faults(corpus: Corpus, predicates: Mapping[str, PredicateTerm]) -> tuple[Fault, ...]:
    """Every fault of form and of meaning in a corpus, in file order; passages are checked elsewhere.

    ``predicates`` are those of ``ontology.terms``, by local name.
    """
    index = _Index(corpus)
    found = list(corpus.faults)
    found += _duplicate_ids(corpus)
    found += _hierarchy_faults(corpus)
    found += _extension_faults(corpus)
    for record in corpus.entities:
        found += _dangling(record, index)
        found += _entity_faults(record)
    for folder in corpus.folders:
        found += _folder_faults(folder, index, predicates)
    return tuple(sorted(set(found)))


def _fault(place: Place, reason: str) -> Fault:
    return Fault(place.file, place.line, place.column, reason)


def _duplicate_ids(corpus: Corpus) -> Iterator[Fault]:
    seen: dict[str, Place] = {}
    patients = (record for folder in corpus.folders for record in folder.patients)
    studies = (record for record, _ in _studies(corpus) if not record.yes("extends"))
    documents = (folder.document for folder in corpus.folders if folder.document)
    for record in (*corpus.entities, *studies, *patients, *documents):
        name = record.text("id")
        if name is not None:
            first = seen.setdefault(name, record.place)
            if first != record.place:
                also = "; write `extends: yes`" if record.kind == "study" else ""
                yield _fault(record.place, f"{name} is already defined at {first.file}:{first.line}{also}")


def _hierarchy_faults(corpus: Corpus) -> Iterator[Fault]:
    """Entities that are, by their parents, a kind of themselves."""
    parents = {record.text("id") or "": record.texts("parents") for record in corpus.entities}
    for record in corpus.entities:
        name = record.text("id") or ""
        above: set[str] = set()
        pending = list(parents[name])
        while pending:
            parent = pending.pop()
            if parent not in above:
                above.add(parent)
                pending += parents.get(parent, ())
        if name in above:
            yield _fault(record.place_of("parents"), f"the parents of {name} lead back to itself")


def _extension_faults(corpus: Corpus) -> Iterator[Fault]:
    """A further document that says something else of a study, or describes an arm again."""
    bases = {study.text("id"): study for study, _ in _studies(corpus) if not study.yes("extends")}
    described: dict[tuple[str | None, str], Place] = {}
    for study, _ in sorted(_studies(corpus), key=lambda pair: (pair[0].yes("extends"), pair[0].place)):
        base = bases.get(study.text("id"))
        for key in schema.STUDY.keys if base is not None and base is not study else ():
            single = not key.repeated and key.rdf and key.name not in ("label", "text", "note")
            own, known = study.text(key.name), base.text(key.name) if base else None
            if single and base is not None and own and known and own != known:
                first = base.place_of(key.name)
                reason = f"{key.name} is already {known!r} at {first.file}:{first.line}; leave it out, or"
                yield _fault(study.place_of(key.name), f"{reason} say it as a statement and name the conflict")
        for arm in study.records("arms"):
            for part in ("regimen", "population"):
                for again in arm.records(part):
                    first = described.setdefault((arm.text("id"), part), again.place)
                    if first != again.place:
                        yield _fault(
                            again.place,
                            f"the {part} of this arm is already given at {first.file}:{first.line}",
                        )


def _entity_faults(record: Record) -> Iterator[Fault]:
    kind = (record.text("id") or "").partition(":")[0]
    if kind in keys.ENTITY_FILES and not record.place.file.startswith(f"entities/{keys.ENTITY_FILES[kind]}"):
        yield _fault(record.place, f"{record.text('id')} belongs into entities/{keys.ENTITY_FILES[kind]}.yaml")
    names = [text.casefold() for text in (record.text("label") or "", *record.texts("synonyms"))]
    for entry in record.all("synonyms"):
        if (
            entry.scalar
            and names.count(entry.scalar.text.casefold()) > 1
            and names[0] == entry.scalar.text.casefold()
            and entry.scalar.text == record.text("label")
        ):
            yield _fault(entry.place, f"the synonym {entry.scalar.text!r} repeats the label")
    for key, kinds in (
        ("joint", ("process",)),
        ("drugs", ("regimen",)),
        ("counts", ("definition", "measure")),
        ("minimum_duration", ("definition",)),
        ("criteria", ("definition",)),
    ):
        if record.all(key) and kind not in kinds:
            yield _fault(record.place_of(key), f"{key!r} is only for a {' or a '.join(kinds)}")


def _dangling(record: Record, index: _Index) -> Iterator[Fault]:
    """References to identifiers that nothing defines."""
    for inner in record.walk():
        for key in schema.RECORDS[inner.kind].keys:
            if key.type is not Type.CURIE or (key.name == "id" and inner.kind in (*_ID_KINDS, "entity")):
                continue
            for entry in inner.all(key.name):
                if isinstance(entry.value, str) and entry.value not in index.known:
                    yield _fault(
                        entry.place,
                        f"{key.name}: nothing defines {entry.value}{index.suggestion(entry.value)}",
                    )
        if inner.kind == "study" and inner.yes("extends") and inner.text("id") not in index.studies:
            yield _fault(inner.place, f"extends: no document defines {inner.text('id')}")


def _folder_faults(folder: Folder, index: _Index, predicates: Mapping[str, PredicateTerm]) -> Iterator[Fault]:
    for record in folder.records:
        yield from _dangling(record, index)
        for inner in record.walk():
            yield from record_faults(inner)
            yield from _citing_faults(inner, folder)
    for record in folder.statements:
        yield from _statement_faults(record, index, predicates)
    for record in folder.conflicts:
        yield from _conflict_faults(record, folder, index)
    yield from _duplicate_local_ids(folder)
    yield from duplicate_facts(folder)
    if folder.document and folder.name.partition("-")[0] != folder.document.text("id"):
        yield _fault(folder.document.place_of("id"), f"id does not fit the folder's name {folder.name!r}")


def _statement_faults(record: Record, index: _Index, predicates: Mapping[str, PredicateTerm]) -> Iterator[Fault]:
    if not record.all("fact"):
        return
    fact, place = record.fact, record.place_of("fact")
    for end in (fact.subject, fact.object):
        if end is not None and end not in index.known and not end.startswith(("outcome:", "statement:", "population:")):
            yield _fault(place, f"nothing defines {end}{index.suggestion(end)}")
    yield from _predicate_faults(record, predicates)


def _predicate_faults(record: Record, predicates: Mapping[str, PredicateTerm]) -> Iterator[Fault]:
    """An unknown predicate, or one without the object or text that it takes."""
    fact, place = record.fact, record.place_of("fact")
    term = predicates.get(fact.predicate)
    if term is None:
        close = difflib.get_close_matches(fact.predicate, sorted(predicates), 1, 0.5)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        yield _fault(place, f"unknown predicate {fact.predicate!r}{hint} (docs/predicates.md lists them)")
    elif term.takes_text:
        if fact.object is not None:
            yield _fault(
                place,
                f"{fact.predicate!r} takes a text: write it under `text` and {fact.object} under `about`",
            )
        elif not record.all("text"):
            yield _fault(place, f"{fact.predicate!r} takes a text: add `text`")
    elif fact.object is None:
        yield _fault(place, f"{fact.predicate!r} needs an object: subject {fact.predicate} object")
    elif record.all("text"):
        yield _fault(record.place_of("text"), f"{fact.predicate!r} takes no text; a remark goes under `note`")


def _citing_faults(record: Record, folder: Folder) -> Iterator[Fault]:
    numbers = reference_numbers(folder)
    for entry in record.all("citing"):
        if entry.value not in numbers:
            yield _fault(entry.place, f"citing: document.yaml lists no reference {entry.value}")


def _conflict_faults(record: Record, folder: Folder, index: _Index) -> Iterator[Fault]:
    if len(record.all("between")) < 2:
        yield _fault(record.place, "a conflict is between at least two records")
    for entry in record.all("between"):
        document, slash, name = str(entry.value).rpartition("/")
        known = index.local.get(document if slash else folder.id)
        if known is None:
            yield _fault(entry.place, f"between: there is no document {document!r}")
        elif known.get(name, 0) != 1:
            close = difflib.get_close_matches(name, list(known), 1, 0.6)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            what = "has no record with the id" if name not in known else "has several records with the id"
            yield _fault(entry.place, f"between: document {document or folder.id} {what} {name!r}{hint}")


def _duplicate_local_ids(folder: Folder) -> Iterator[Fault]:
    seen: dict[str, Place] = {}
    for record in folder.records:
        for inner in record.walk():
            if inner.kind in ("statement", "outcome", "conflict") and (name := inner.text("id")):
                first = seen.setdefault(name, inner.place)
                if first != inner.place:
                    yield _fault(inner.place_of("id"), f"id {name!r} is already used at {first.file}:{first.line}")


def fact_key(record: Record) -> tuple[object, ...]:
    """What makes a statement the same claim within a document, as ``kg.codec.Statement.iri`` has it."""
    fact: Fact = record.fact
    rest = tuple((key.name, record.texts(key.name)) for key in (*schema.QUALIFIERS, *schema.FIGURES))
    return (
        fact,
        record.text("text"),
        record.text("polarity") or "affirmed",
        record.text("certainty") or "stated",
        tuple(sorted(record.integers("citing"))),
        rest,
    )


def duplicate_facts(folder: Folder) -> Iterator[Fault]:
    """Statements that make the same claim twice, and outcomes given twice in an arm."""
    seen: dict[object, Place] = {}
    for key, record in _keyed(folder):
        first = seen.setdefault(key, record.place)
        if first != record.place:
            yield _fault(
                record.place,
                f"this {record.kind} is already given at {first.file}:{first.line}; add the passage there",
            )


def _keyed(folder: Folder) -> Iterable[tuple[object, Record]]:
    for record in folder.statements:
        if record.all("fact"):
            yield fact_key(record), record
    for study in folder.studies:
        for arm in study.records("arms"):
            for outcome in arm.records("outcomes"):
                yield (arm.text("id"), outcome_key(outcome)), outcome


def outcome_key(record: Record) -> tuple[object, ...]:
    """What makes an outcome the same within an arm: all but passages, notes and its local id."""
    skipped = ("id", "at", "context", "note", "flag", "flag_reason")
    return tuple((key.name, record.texts(key.name)) for key in schema.OUTCOME.keys if key.name not in skipped)
