"""Studies, arms, populations and outcomes as quads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.codec import content_hash
from ontology.english import capitalised
from triples import schema
from triples.faults import outcome_key
from triples.names import registered
from triples.records import Fact, Record, Span
from triples.regimens import arm_population, arm_regimen, compile_components, drugs_of
from triples.sentences import Names, outcome_label, population_words
from triples.sink import Sink


@dataclass(frozen=True)
class ArmFacts:
    """What an outcome's sentence needs to know of its arm, wherever that is defined.

    Attributes:
        document: id of the folder that defines the arm; others only add to it.
        combination: the identifier of its drugs without their doses; None where they are not all of the treatment.
    """

    document: str
    combination: str | None
    treatment: str
    population: str


def arm_treatment(arm: Record, siblings: tuple[Record, ...], names: Names) -> str:
    """The treatment in words: its drugs, or the arm's label where they are not all of it or would not tell it apart."""
    regimen = arm.record("regimen")
    components = regimen.records("components") if regimen else ()
    drugs = drugs_of(components)
    more = any(component.text("procedure") for component in components)
    same = [
        other
        for other in siblings
        if other is not arm
        and (given := other.record("regimen")) is not None
        and set(drugs_of(given.records("components"))) == set(drugs)
    ]
    if not drugs or more or same:
        return arm.text("label") or names.of(arm.id)
    return " + ".join(names.of(drug) for drug in drugs)


def outcome_curie(document: str, arm: str, outcome: Record) -> str:
    """The identifier of an outcome, minted from the document and everything that it says."""
    measure = (outcome.text("measure") or "").partition(":")[2]
    return f"outcome:{arm.partition(':')[2]}-{measure}-{content_hash(document, outcome_key(outcome), length=8)}"


def compile_study(sink: Sink, study: Record, arms: Mapping[str, ArmFacts], names: Names) -> None:
    """Describe a study, or what a further document adds to it, with its arms."""
    curie = study.id
    extends = study.yes("extends")
    sink.link(curie, "rdf:type", "skg:Study", "skg:Entity")
    sink.record(curie, study, schema.STUDY, skip=("label",) if extends else ())
    sink.link(curie, "skos:exactMatch", *registered(study))
    label = study.text("label")
    if extends and label and label != names.of(curie):
        sink.text(curie, "skos:altLabel", label)
    sink.provenance(curie, study)
    for arm in study.records("arms"):
        name = arm.id
        spans = arm.spans("at") or study.spans("at")
        compile_arm(sink, arm, spans, arms[name], names, citing=sink.citing(study))
        label = f'{capitalised(names.of(curie))} has the arm "{names.of(name)}"'
        sink.statement(Fact(curie, "hasArm", name), label, arm, spans=spans)


def compile_arm(
    sink: Sink, arm: Record, spans: tuple[Span, ...], facts: ArmFacts, names: Names, *, citing: tuple[str, ...]
) -> None:
    """Describe an arm with its regimen, population and outcomes; ``spans`` are its own or its study's.

    ``citing``: the references that the document cites for the study, which its outcomes rest on.
    """
    curie = arm.id
    defines = facts.document == sink.document_id
    sink.link(curie, "rdf:type", "skg:Arm", "skg:Entity")
    sink.record(curie, arm, schema.ARM, skip=() if defines else ("label",))
    if not defines and arm.text("label") != names.of(curie):
        sink.text(curie, "skos:altLabel", arm.text("label"))
    sink.provenance(curie, arm, spans)
    regimen, population = arm.record("regimen"), arm.record("population")
    if regimen is not None:
        _compile_regimen(sink, curie, regimen, regimen.spans("at") or spans, names)
        if facts.combination not in (None, arm_regimen(curie)):
            sink.link(arm_regimen(curie), "skos:broader", facts.combination)
    if population is not None:
        _compile_population(sink, curie, population, population.spans("at") or spans, names)
    for outcome in arm.records("outcomes"):
        _compile_outcome(sink, curie, outcome, facts, names, citing=citing)


def _compile_regimen(sink: Sink, arm: str, regimen: Record, spans: tuple[Span, ...], names: Names) -> None:
    curie = arm_regimen(arm)
    sink.link(curie, "rdf:type", "skg:Regimen", "skg:Entity")
    sink.record(curie, regimen, schema.REGIMEN)
    sink.text(curie, "skos:prefLabel", names.of(curie))
    sink.provenance(curie, regimen, spans)
    compile_components(sink, curie, regimen, spans, names)
    label = f'The arm "{names.of(arm)}" receives {names.of(curie)}'
    sink.statement(Fact(arm, "regimen", curie), label, regimen, spans=spans)


def _compile_population(sink: Sink, arm: str, population: Record, spans: tuple[Span, ...], names: Names) -> None:
    curie = arm_population(arm)
    sink.link(arm, "skg:population", curie)
    sink.link(curie, "rdf:type", "skg:Population", "skg:Entity")
    sink.record(curie, population, schema.POPULATION)
    sink.text(curie, "skos:prefLabel", population_words(population, names) or f"patients of {names.of(arm)}")
    sink.provenance(curie, population, spans)
    for histotype in population.texts("histotypes"):
        label = f'The arm "{names.of(arm)}" was studied in {names.of(histotype)}'
        sink.statement(Fact(arm, "studiedIn", histotype), label, population, spans=spans)


def _compile_outcome(
    sink: Sink, arm: str, outcome: Record, facts: ArmFacts, names: Names, *, citing: tuple[str, ...]
) -> None:
    curie = outcome_curie(sink.document_id, arm, outcome)
    sink.link(arm, "skg:hasOutcome", curie)
    sink.link(curie, "rdf:type", "skg:Outcome")
    sink.record(curie, outcome, schema.OUTCOME)
    if not sink.citing(outcome):
        sink.link(curie, "skg:citing", *citing)
    if not outcome.text("certainty"):
        sink.text(curie, "skg:certainty", "stated")
    sink.provenance(curie, outcome)
    sink.text(curie, "skg:year", sink.year)
    sink.text(curie, "rdfs:label", outcome_label(outcome, facts.treatment, facts.population, names))
