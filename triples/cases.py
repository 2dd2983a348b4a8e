"""Patients and their timelines as quads."""

from __future__ import annotations

from ontology.english import capitalised
from triples import schema
from triples.faults import event_curie
from triples.records import Record
from triples.regimens import combination_of, compile_components, drugs_of
from triples.sentences import Names, event_label, flag_words, reservation
from triples.sink import Sink


def compile_patient(sink: Sink, patient: Record, treatments: frozenset[str], names: Names) -> None:
    """Describe a patient, the timeline, and what follows for the graph: diagnoses and drugs received.

    ``treatments`` are the procedures that treat a tumour.
    """
    curie, study = patient.text("id") or "", patient.text("study") or ""
    sink.link(curie, "rdf:type", "skg:Patient", "skg:Entity")
    sink.record(curie, patient, schema.PATIENT)
    sink.link(curie, "skg:assertedBy", sink.document)
    sink.passages(curie, patient.spans("at"), patient.spans("context"))
    sink.source(curie, patient.place)
    label = f"{capitalised(names.of(study))} describes the {names.of(curie)}"
    sink.statement(
        (study, "hasPatient", curie),
        label,
        patient.spans("at"),
        patient.place,
        context=patient.spans("context"),
    )
    labels = {event.text("id") or "": event.text("label") or "" for event in patient.records("timeline")}
    for event in patient.records("timeline"):
        _compile_event(sink, patient, event, labels, names, treatments=treatments)


def _compile_event(
    sink: Sink, patient: Record, event: Record, labels: dict[str, str], names: Names, *, treatments: frozenset[str]
) -> None:
    owner, curie = patient.text("id") or "", event_curie(patient, event)
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
    sink.link(curie, "skg:assertedBy", sink.document)
    sink.passages(curie, event.spans("at"), event.spans("context"))
    sink.text(curie, "rdfs:label", event_label(event, names.of(owner), labels))
    sink.text(curie, "skg:year", sink.year)
    sink.source(curie, event.place)
    compile_components(sink, curie, event, event.spans("at"), names, includes=False)
    combination = combination_of(event.records("components"), treatments)
    if combination is not None:
        sink.link(curie, "skg:regimen", combination)
    _sum_up(sink, owner, event, names)


def _sum_up(sink: Sink, owner: str, event: Record, names: Names) -> None:
    """What an event says of its patient as a whole, as statements: diagnoses, and drugs that were given."""
    spans, context = event.spans("at"), event.spans("context")
    # A diagnosis that the rest of the text contradicts stays in its event.
    if event.text("kind") == "diagnosis" and "contradicted" not in event.texts("flag"):
        for disease in (*event.texts("histotype"), *event.texts("condition")):
            label = f"The {names.of(owner)} was diagnosed with {names.of(disease)}"
            sink.statement(
                (owner, "hasDiagnosis", disease),
                _reserved(label, event) + flag_words(event),
                spans,
                event.place,
                record=_claim(event, "flag", "flag_reason"),
                context=context,
                qualified=True,
            )
    if not event.yes("planned"):
        for drug in drugs_of(event.records("components")):
            label = f"The {names.of(owner)} received {names.of(drug)}"
            sink.statement(
                (owner, "received", drug),
                _reserved(label, event),
                spans,
                event.place,
                record=_claim(event),
                context=context,
            )


def _claim(event: Record, *more: str) -> Record:
    """Only what a statement takes over from an event."""
    kept = {key: entries for key, entries in event.fields.items() if key in ("polarity", "certainty", "citing", *more)}
    return Record("statement", event.place, kept)


def _reserved(label: str, event: Record) -> str:
    if event.text("polarity") == "negated":
        label = label.replace(" was diagnosed", " was not diagnosed").replace(" received ", " did not receive ")
    return label + reservation(event)
