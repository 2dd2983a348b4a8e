"""What can be wrong between records: dangling references, duplicates, unknown predicates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches

from kg.errors import Fault
from ontology.kinds import misfits
from ontology.terms import CLASS_BY_KIND, PREDICATES
from triples import keys, schema
from triples.hints import hint
from triples.keys import Type
from triples.names import event_curie
from triples.record_faults import record_faults
from triples.records import Corpus, Fact, Folder, Record
from triples.tree import Place

_ID_KINDS = ("study", "arm", "patient")
_DEFINED_IN = {"document": ("document",), "studies": ("study", "arm"), "patients": ("patient", "event")}


class _Index:
    """Every identifier that a record may refer to."""

    def __init__(self, corpus: Corpus) -> None:
        self.entities = {record.id for record in corpus.entities if record.id}
        self.joint_causes = {record.id for record in corpus.entities if record.yes("joint")}
        self.studies = {record.id for record in _studies(corpus) if record.id and not record.yes("extends")}
        self.arms: set[str] = set()
        self.patients: set[str] = set()
        self.events: set[str] = set()
        self.documents: set[str] = set()
        self.local: dict[str, dict[str, int]] = {}  # document -> local id -> how many records carry it
        self.unread = _unread_kinds(corpus)
        self.partly_read = {folder.id for folder in corpus.folders if not folder.is_whole}
        for folder in corpus.folders:
            self._add(folder)
        self.kinds = {*keys.ENTITY_KINDS, *_ID_KINDS, "document"}
        self.known = self.entities | self.studies | self.arms | self.patients | self.events | self.documents

    def _add(self, folder: Folder) -> None:
        local: dict[str, int] = {}
        self.local[folder.id] = local
        self.documents.add(f"document:{folder.id}")
        for number in reference_numbers(folder):
            self.documents.add(f"document:{folder.id}-ref-{number}")
        for record in folder.records:
            for inner in record.walk():
                name = inner.id
                if not name or inner.kind == "document":
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

    def is_known(self, curie: str) -> bool:
        """Whether a record has this identifier, or may have it in a file that is no YAML."""
        return curie in self.known or curie.partition(":")[0] in self.unread

    def undefined(self, curie: str) -> str:
        """That nothing defines an identifier, which defined one it may have meant, and where a new one belongs."""
        kind, _, name = curie.partition(":")
        elsewhere = sorted(each for each in self.known if each.partition(":")[2] == name)
        alike = {each.partition(":")[2]: each for each in sorted(self.known) if each.startswith(f"{kind}:")}
        close = elsewhere or [alike[each] for each in get_close_matches(name, alike, n=1, cutoff=0.8)]
        if close:
            return f"nothing defines {curie}; did you mean {close[0]!r}?"
        file = keys.ENTITY_FILES.get(kind)
        return f"nothing defines {curie}" + (f"; a new one is described in entities/{file}.yaml" if file else "")

    def class_of(self, curie: str) -> str:
        """Name of the class of what an identifier names."""
        if curie in self.joint_causes:
            return "JointCause"
        return "TimelineEvent" if curie in self.events else CLASS_BY_KIND[curie.partition(":")[0]]


def _unread_kinds(corpus: Corpus) -> frozenset[str]:
    """Kinds of what a file that is no YAML, or a record without a sound identifier, may define.

    That such a thing is missing is then no fault of its own.
    """
    unnamed = [inner for record in _all_records(corpus) for inner in record.walk() if not inner.id]
    kinds = {inner.kind for inner in unnamed if inner.kind in _ID_KINDS}
    for file in (*corpus.unread, *(inner.place.file for inner in unnamed if inner.kind == "entity")):
        folder, _, name = file.rpartition("/")
        if folder == "entities":
            kinds |= {kind for kind, stem in keys.ENTITY_FILES.items() if name.startswith(stem)}
        else:
            kinds |= {kind for stem, defined in _DEFINED_IN.items() if name.startswith(stem) for kind in defined}
    return frozenset(kinds)


def _all_records(corpus: Corpus) -> Iterator[Record]:
    yield from corpus.entities
    for folder in corpus.folders:
        yield from folder.records


def reference_numbers(folder: Folder) -> frozenset[int]:
    """The numbers in the document's list of references."""
    rows = folder.document.records("references") if folder.document else ()
    return frozenset(number for row in rows for number in row.integers("number"))


def _studies(corpus: Corpus) -> Iterator[Record]:
    return (record for folder in corpus.folders for record in folder.studies)


def corpus_faults(corpus: Corpus) -> tuple[Fault, ...]:
    """Every fault of form and of meaning in a corpus, in file order; passages are checked elsewhere."""
    index = _Index(corpus)
    found = list(corpus.faults)
    found += _duplicate_ids(corpus)
    found += _shared_names(corpus)
    found += _hierarchy_faults(corpus)
    found += _extension_faults(corpus)
    found += _withdrawn_faults(corpus, index)
    for record in corpus.entities:
        found += _dangling(record, index)
        found += _entity_faults(record)
    for folder in corpus.folders:
        found += _folder_faults(folder, index)
    return tuple(sorted(set(found)))


def _duplicate_ids(corpus: Corpus) -> Iterator[Fault]:
    seen: dict[str, Place] = {}
    patients = (record for folder in corpus.folders for record in folder.patients)
    studies = (record for record in _studies(corpus) if not record.yes("extends"))
    documents = (folder.document for folder in corpus.folders if folder.document)
    for record in (*corpus.entities, *studies, *patients, *documents):
        if record.id:
            first = seen.setdefault(record.id, record.place)
            if first != record.place:
                also = "; write `extends: yes`" if record.kind == "study" else ""
                yield record.place.fault(f"{record.id} is already defined at {first}{also}")


def _shared_names(corpus: Corpus) -> Iterator[Fault]:
    """Entities of one kind with one name, and entities that are exactly the same thing elsewhere."""
    labels = {(record.id.partition(":")[0], record.label.casefold()): record for record in reversed(corpus.entities)}
    same: dict[str, Record] = {}
    for record in corpus.entities:
        for key in ("label", "synonyms"):
            for entry, name in zip(record.all(key), record.texts(key), strict=True):
                other = labels.get((record.id.partition(":")[0], name.casefold()), record)
                if other.id != record.id:
                    yield entry.place.fault(f"{name!r} is the label of {other.id} ({other.place})")
        for entry, curie in zip(record.all("exact"), record.texts("exact"), strict=True):
            other = same.setdefault(curie, record)
            if other.id != record.id:
                reason = f"exact: {curie} is {other.id} ({other.place}); what is only like it goes under `close`"
                yield entry.place.fault(reason)


def _withdrawn_faults(corpus: Corpus, index: _Index) -> Iterator[Fault]:
    """Identifiers that were given up and are in use, twice given up, or replaced by what is not there."""
    given_up: set[str] = set()
    for record in corpus.withdrawn:
        if record.id in given_up or record.id in index.known:
            yield record.place.fault(f"{record.id} is {'withdrawn twice' if record.id in given_up else 'still in use'}")
        given_up.add(record.id)
        for entry, successor in zip(record.all("replaced_by"), record.texts("replaced_by"), strict=True):
            # What facts are called follows from what they say: whether one is there, the shapes see.
            if successor.partition(":")[0] in index.kinds and successor not in index.known:
                yield entry.place.fault(index.undefined(successor))


def _hierarchy_faults(corpus: Corpus) -> Iterator[Fault]:
    """Entities that are, by their parents, a kind of themselves."""
    parents = {record.id: record.texts("parents") for record in corpus.entities}
    for record in corpus.entities:
        name = record.id
        above: set[str] = set()
        pending = list(parents[name])
        while pending:
            parent = pending.pop()
            if parent not in above:
                above.add(parent)
                pending += parents.get(parent, ())
        if name in above:
            yield record.place_of("parents").fault(f"the parents of {name} lead back to itself")


def _extension_faults(corpus: Corpus) -> Iterator[Fault]:
    """A further document that says something else of a study or describes an arm again, and an arm of two studies."""
    bases = {study.id: study for study in _studies(corpus) if not study.yes("extends")}
    described: dict[tuple[str, str], Place] = {}
    owners: dict[str, Record] = {}
    named = (study for study in _studies(corpus) if study.id)
    for study in sorted(named, key=lambda study: (study.yes("extends"), study.place)):
        base = bases.get(study.id, study)
        if base is not study:
            yield from _contradictions(study, base)
        for arm in filter(lambda arm: arm.id, study.records("arms")):
            owner = owners.setdefault(arm.id, study)
            if owner.id != study.id:
                yield arm.place_of("id").fault(f"{arm.id} is an arm of {owner.id} ({owner.place})")
            for part in ("regimen", "population"):
                for again in arm.records(part):
                    first = described.setdefault((arm.id, part), again.place)
                    if first != again.place:
                        yield again.place.fault(f"the {part} of this arm is already given at {first}")


def _contradictions(study: Record, base: Record) -> Iterator[Fault]:
    """What a further document says otherwise than the one that defines the study."""
    for key in schema.STUDY.keys:
        own, known = study.text(key.name), base.text(key.name)
        is_single = not key.repeated and key.rdf and key.name not in ("label", "text", "note")
        if is_single and own and known and own != known:
            reason = f"{key.name} is already {known!r} at {base.place_of(key.name)}; leave it out, or"
            yield study.place_of(key.name).fault(f"{reason} say it as a statement and name the conflict")


def _entity_faults(record: Record) -> Iterator[Fault]:
    kind = record.id.partition(":")[0]
    if kind in keys.ENTITY_FILES and not record.place.file.startswith(f"entities/{keys.ENTITY_FILES[kind]}"):
        yield record.place.fault(f"{record.id} belongs into entities/{keys.ENTITY_FILES[kind]}.yaml")
    for entry in record.all("synonyms"):
        if entry.scalar and entry.scalar.text == record.label:
            yield entry.place.fault(f"the synonym {entry.scalar.text!r} repeats the label")
    for key, kinds in (
        ("joint", ("process",)),
        ("drugs", ("regimen", "procedure")),
        ("counts", ("definition", "measure")),
        ("minimum_duration", ("definition",)),
        ("criteria", ("definition",)),
    ):
        if record.all(key) and kind not in kinds:
            yield record.place_of(key).fault(f"{key!r} is only for a {' or a '.join(kinds)}")


def _dangling(record: Record, index: _Index) -> Iterator[Fault]:
    """References to identifiers that nothing defines."""
    for inner in record.walk():
        for key in schema.RECORDS[inner.kind].keys:
            if key.type is not Type.CURIE or (key.name == "id" and inner.kind in (*_ID_KINDS, "entity")):
                continue
            for entry in inner.all(key.name):
                if isinstance(entry.value, str) and not index.is_known(entry.value):
                    yield entry.place.fault(f"{key.name}: {index.undefined(entry.value)}")
        if inner.kind == "study" and inner.yes("extends") and inner.id not in index.studies and not index.unread:
            yield inner.place.fault(f"extends: no document defines {inner.id}")


def _folder_faults(folder: Folder, index: _Index) -> Iterator[Fault]:
    for record in folder.records:
        yield from _dangling(record, index)
        for inner in record.walk():
            yield from record_faults(inner)
            yield from _citing_faults(inner, folder)
    for record in folder.statements:
        yield from _statement_faults(record, index)
    for record in folder.conflicts:
        yield from _conflict_faults(record, folder, index)
    yield from _duplicate_local_ids(folder)
    yield from duplicate_facts(folder)
    if folder.document and folder.name.partition("-")[0] != folder.document.id:
        yield folder.document.place_of("id").fault(f"id does not fit the folder's name {folder.name!r}")


def _statement_faults(record: Record, index: _Index) -> Iterator[Fault]:
    if not record.all("fact"):
        return
    fact, place = record.fact, record.place_of("fact")
    faults = [*_predicate_faults(record)]
    faults += [
        place.fault(index.undefined(end))
        for end in (fact.subject, fact.object)
        if end is not None and not index.is_known(end) and not end.startswith(("outcome:", "statement:", "population:"))
    ]
    is_read = index.unread.isdisjoint(str(end).partition(":")[0] for end in (fact.subject, fact.object))
    yield from faults or (_kind_faults(record, index) if is_read else ())


def _predicate_faults(record: Record) -> Iterator[Fault]:
    """An unknown predicate, or one without the object or text that it takes."""
    fact, place = record.fact, record.place_of("fact")
    term = PREDICATES.get(fact.predicate)
    if term is None:
        meant = hint(fact.predicate, sorted(PREDICATES), 0.5)
        yield place.fault(f"unknown predicate {fact.predicate!r}{meant} (docs/predicates.md lists them)")
    elif term.takes_text:
        if fact.object is not None:
            yield place.fault(f"{fact.predicate!r} takes a text: write it under `text` and {fact.object} under `about`")
        elif not record.all("text"):
            yield place.fault(f"{fact.predicate!r} takes a text: add `text`")
    elif fact.object is None:
        yield place.fault(f"{fact.predicate!r} needs an object: subject {fact.predicate} object")
    elif record.all("text"):
        yield record.place_of("text").fault(f"{fact.predicate!r} takes no text; a remark goes under `note`")


def _kind_faults(record: Record, index: _Index) -> Iterator[Fault]:
    """Ends of a sound fact that are of kinds which its predicate does not take."""
    fact, (entry, *_) = record.fact, record.all("fact")
    obj = None if fact.object is None else index.class_of(fact.object)
    for misfit in misfits(PREDICATES[fact.predicate], index.class_of(fact.subject), obj):
        text = entry.scalar.text if entry.scalar else ""
        is_plain = entry.scalar is not None and entry.scalar.end - entry.scalar.start == len(text)
        offset = text.rindex(fact.object) if is_plain and misfit.end == "object" and fact.object else 0
        yield replace(entry.place, column=entry.place.column + offset).fault(misfit.reason)


def _citing_faults(record: Record, folder: Folder) -> Iterator[Fault]:
    numbers = reference_numbers(folder)
    for entry in record.all("citing"):
        if folder.document and entry.value not in numbers:
            yield entry.place.fault(f"citing: document.yaml lists no reference {entry.value}")


def _conflict_faults(record: Record, folder: Folder, index: _Index) -> Iterator[Fault]:
    if len(record.all("between")) < 2:
        yield record.place.fault("a conflict is between at least two records")
    for entry in record.all("between"):
        document, slash, name = str(entry.value).rpartition("/")
        known = index.local.get(document if slash else folder.id)
        if known is None:
            yield entry.place.fault(f"between: there is no document {document!r}")
        elif known.get(name, 0) != 1 and (document or folder.id) not in index.partly_read:
            what = "has no record with the id" if name not in known else "has several records with the id"
            yield entry.place.fault(f"between: document {document or folder.id} {what} {name!r}{hint(name, known)}")


def _duplicate_local_ids(folder: Folder) -> Iterator[Fault]:
    seen: dict[str, Place] = {}
    for record in folder.records:
        for inner in record.walk():
            if inner.kind in ("statement", "outcome", "conflict") and inner.id:
                first = seen.setdefault(inner.id, inner.place)
                if first != inner.place:
                    yield inner.place_of("id").fault(f"id {inner.id!r} is already used at {first}")


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
            yield record.place.fault(f"this {record.kind} is already given at {first}; add the passage there")


def _keyed(folder: Folder) -> Iterable[tuple[object, Record]]:
    for record in folder.statements:
        if record.all("fact"):
            yield fact_key(record), record
    for study in folder.studies:
        for arm in study.records("arms"):
            for outcome in arm.records("outcomes"):
                yield (arm.id, outcome_key(outcome)), outcome


def outcome_key(record: Record) -> tuple[object, ...]:
    """What makes an outcome the same within an arm: all but passages, notes and its local id."""
    skipped = ("id", "at", "context", "note", "flag", "flag_reason")
    return tuple((key.name, record.texts(key.name)) for key in schema.OUTCOME.keys if key.name not in skipped)
