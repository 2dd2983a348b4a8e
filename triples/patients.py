"""Patients and their timelines as quads."""

from __future__ import annotations

from ontology.english import capitalised
from triples import schema
from triples.names import event_curie
from triples.records import Fact, Record
from triples.regimens import combination_of, compile_components, drugs_of
from triples.sentences import Names, event_label, flag_words, reservation
from triples.sink import Sink


def compile_patient(sink: Sink, patient: Record, treatments: frozenset[str], names: Names) -> None:
    """Describe a patient, the timeline, and what follows for the graph: diagnoses, drugs and procedures received.

    ``treatments`` are the procedures that treat a tumour.
    """
    curie, study = patient.id, patient.text("study") or ""
    sink.link(curie, "rdf:type", "skg:Patient", "skg:Entity")
    sink.record(curie, patient, schema.PATIENT)
    sink.provenance(curie, patient)
    label = f"{capitalised(names.of(study))} describes the {names.of(curie)}"
    sink.statement(Fact(study, "hasPatient", curie), label, patient)
    labels = {event.id: event.label for event in patient.records("timeline")}
    for event in patient.records("timeline"):
        _compile_event(sink, patient, event, labels, names, treatments=treatments)


def _compile_event(
    sink: Sink, patient: Record, event: Record, labels: dict[str, str], names: Names, *, treatments: frozenset[str]
) -> None:
    owner, curie = patient.id, event_curie(patient, event)
    sink.link(owner, "skg:hasEvent", curie)
    sink.link(curie, "rdf:type", "skg:TimelineEvent")
    sink.record(curie, event, schema.TIMELINE_EVENT)
    for key, default in (("polarity", "affirmed"), ("certainty", "stated")):
        if not event.text(key):
            sink.text(curie, f"skg:{key}", default)
    for key, predicate in (
        ("after", "skg:after"),
        ("episode", "skg:episode"),
        ("superseded_by", "skg:supersededBy"),
    ):
        for name in event.texts(key):
            sink.link(curie, predicate, f"event:{owner.partition(':')[2]}-{name}")
    sink.provenance(curie, event)
    sink.text(curie, "rdfs:label", event_label(event, names.of(owner), labels))
    sink.text(curie, "skg:year", sink.year)
    compile_components(sink, curie, event, event.spans("at"), names, includes=False)
    combination = combination_of(event.records("components"), treatments)
    if combination is not None:
        sink.link(curie, "skg:regimen", combination)
    _sum_up(sink, owner, event, names)


def _sum_up(sink: Sink, owner: str, event: Record, names: Names) -> None:
    """What an event says of its patient as a whole, as statements: diagnoses, and what was given or done."""
    is_denied = event.text("polarity") == "negated"
    # A diagnosis that the rest of the text contradicts stays in its event.
    if event.text("kind") == "diagnosis" and "contradicted" not in event.texts("flag"):
        diagnosed = "was not diagnosed with" if is_denied else "was diagnosed with"
        for disease in (*event.texts("histotype"), *event.texts("condition")):
            told = f"The {names.of(owner)} {diagnosed} {names.of(disease)}{reservation(event)}{flag_words(event)}"
            claim = _claim(event, "flag", "flag_reason")
            sink.statement(Fact(owner, "hasDiagnosis", disease), told, event, claim=claim)
    if not event.yes("planned"):
        received = "did not receive" if is_denied else "received"
        for treatment in _received(event):
            told = f"The {names.of(owner)} {received} {names.of(treatment)}{reservation(event)}"
            sink.statement(Fact(owner, "received", treatment), told, event, claim=_claim(event))


def _received(event: Record) -> tuple[str, ...]:
    """The drugs of an event and, of a treatment or an operation, its procedures; a scan treats nobody."""
    components = event.records("components")
    done = components if event.text("kind") in ("treatment", "procedure") else ()
    procedures = dict.fromkeys(name for component in done for name in component.texts("procedure"))
    return (*drugs_of(components), *procedures)


def _claim(event: Record, *more: str) -> Record:
    """Only what a statement takes over from an event."""
    kept = {
        key: entries
        for key, entries in event.fields.items()
        if key in ("polarity", "certainty", "hedge", "citing", *more)
    }
    return Record("statement", event.place, kept)
