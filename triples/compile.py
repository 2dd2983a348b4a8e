"""Curated records -> quads: pure, and the same for the same records whatever files they stand in.

No blank nodes; every graph name is an IRI. Beside the quads come the nodes and edges of the traversal index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg import codec
from kg.codec import Quad, Statement, content_hash
from kg.identifiers import expand
from kg.paths.index import IndexEdge, IndexNode
from ontology.terms import CLASS_BY_KIND, PREDICATES
from triples import schema
from triples.names import corpus_names, event_curie, reference_curie, reference_label, registered
from triples.nodes import index_edges, index_nodes
from triples.patients import compile_patient
from triples.published import lapsed_parts
from triples.records import Corpus, Folder, Record
from triples.regimens import combination_of, compile_combinations, corpus_combinations, treatments_of
from triples.sentences import Names, lower_first, population_words, statement_label
from triples.sink import Sink
from triples.studies import ArmFacts, arm_treatment, compile_study, outcome_curie
from triples.tree import Place


@dataclass(frozen=True)
class Compiled:
    """What the curated files say, ready to be stored.

    Attributes:
        quads: the ontology graph's entities, one graph a document, and the provenance graph.
        statements: by IRI, in order.
        nodes: everything that a fact can be about, by IRI.
        edges: one an affirmed statement of an edge predicate.
        places: where each record stands in the curated files, by IRI.
    """

    quads: frozenset[Quad]
    statements: tuple[Statement, ...]
    nodes: tuple[IndexNode, ...]
    edges: tuple[IndexEdge, ...]
    places: Mapping[str, Place]


def compile_corpus(corpus: Corpus) -> Compiled:
    """Compile a corpus without faults.

    Raises: KeyError or IdentifierError where it has faults that ``triples.faults`` reports.
    """
    combinations = corpus_combinations(corpus)
    names = corpus_names(corpus, combinations)
    treatments = treatments_of(corpus)
    arms = _arm_facts(corpus, treatments, names)
    editorial = Sink(codec.ONTOLOGY_GRAPH)
    curated = frozenset(record.id for record in corpus.entities if record.id)
    for entity in corpus.entities:
        _compile_entity(editorial, entity)
    for record in corpus.withdrawn:
        _compile_withdrawn(editorial, record)
    compile_combinations(editorial, combinations, curated, names)
    sinks = [editorial]
    local = {folder.id: local_ids(folder) for folder in corpus.folders}
    for folder in corpus.folders:
        sink = Sink(codec.document_graph(folder.id), folder)
        _compile_document(sink, folder)
        for record in folder.statements:
            _compile_statement(sink, record, names)
        for record in folder.studies:
            compile_study(sink, record, arms, names)
        for record in folder.patients:
            compile_patient(sink, record, treatments, names)
        for record in folder.conflicts:
            _compile_conflict(sink, record, folder, local)
        sinks.append(sink)
    for record in list(lapsed_parts(corpus, (quad for sink in sinks for quad in sink.quads))):
        _compile_withdrawn(editorial, record)
    statements = sorted(
        (each for sink in sinks for each in sink.statements.values()), key=lambda statement: statement.iri
    )
    quads = frozenset(quad for sink in sinks for quad in sink.quads)
    places = {iri: place for sink in reversed(sinks) for iri, place in sink.places.items()}
    edges = index_edges(statements)
    return Compiled(quads, tuple(statements), index_nodes(corpus, combinations, names, edges), edges, places)


def _arm_facts(corpus: Corpus, treatments: frozenset[str], names: Names) -> Mapping[str, ArmFacts]:
    """By arm; the study record that does not extend another one speaks first."""
    found: dict[str, ArmFacts] = {}
    rows = [(study.yes("extends"), folder.id, study) for folder in corpus.folders for study in folder.studies]
    for _, document, study in sorted(rows, key=lambda row: row[:2]):
        arms = study.records("arms")
        for arm in arms:
            regimen = arm.record("regimen")
            facts = ArmFacts(
                document,
                combination_of(regimen.records("components"), treatments) if regimen else None,
                arm_treatment(arm, arms, names),
                population_words(arm.record("population"), names),
            )
            found.setdefault(arm.id, facts)
    return found


def _compile_entity(sink: Sink, record: Record) -> None:
    curie = record.id
    kind = curie.partition(":")[0]
    sink.link(curie, "rdf:type", f"skg:{CLASS_BY_KIND[kind]}", "skg:Entity")
    if record.yes("joint"):
        sink.link(curie, "rdf:type", "skg:JointCause")
    sink.record(curie, record, schema.ENTITY, skip=("id",))
    if kind == "histotype":
        sink.link(curie, "rdf:type", "owl:Class")
    for parent in record.texts("parents"):
        if kind == "histotype" and parent.startswith("histotype:"):
            sink.link(curie, "rdfs:subClassOf", parent)
        elif kind == "drug" and parent.startswith("drugclass:"):
            sink.link(curie, "skg:inClass", parent)
    sink.source(curie, record.place)


def _compile_withdrawn(sink: Sink, record: Record) -> None:
    """An identifier that was given up goes on telling what became of it."""
    curie = record.id
    sink.link(curie, "rdf:type", "skg:Withdrawn")
    sink.add(curie, "owl:deprecated", codec.literal(True))
    sink.record(curie, record, schema.WITHDRAWN, skip=("id",))
    for successor in record.texts("replaced_by"):
        sink.link(successor, "prov:wasRevisionOf", curie)
    sink.source(curie, record.place)


def _compile_document(sink: Sink, folder: Folder) -> None:
    document = folder.document
    if document is None:
        return
    curie = sink.document
    sink.link(curie, "rdf:type", "skg:Document", "skg:Entity")
    sink.record(curie, document, schema.DOCUMENT, skip=("id",))
    sink.link(curie, "skos:exactMatch", *registered(document))
    _list_authors(sink, curie, document)
    sink.source(curie, document.place)
    for reference in document.records("references"):
        own = reference_curie(folder, reference)
        sink.link(own, "rdf:type", "skg:Reference", "skg:Document")
        sink.record(own, reference, schema.REFERENCE, skip=("label",))
        sink.text(own, "skos:prefLabel", reference_label(folder, reference))
        sink.link(own, "skos:exactMatch", *registered(reference))
        _list_authors(sink, own, reference)
        sink.link(own, "skg:citedIn", curie)
        sink.passages(own, reference.spans("at"))
        sink.source(own, reference.place)


def _list_authors(sink: Sink, curie: str, record: Record) -> None:
    """Several values of one property have no order in RDF; who comes first is kept as a text."""
    if record.texts("authors"):
        sink.text(curie, "skg:authorList", "; ".join(record.texts("authors")))


def _compile_statement(sink: Sink, record: Record, names: Names) -> None:
    sink.statement(record.fact, fact_label(record, names), record, claim=record)


def fact_label(record: Record, names: Names) -> str:
    """A curated statement as a sentence."""
    fact = record.fact
    target = names.of(fact.object) if fact.object is not None else record.text("text") or ""
    negated = record.text("polarity") == "negated"
    kinds = tuple((curie or "").partition(":")[0] for curie in (fact.subject, fact.object))
    base = PREDICATES[fact.predicate].spell(names.of(fact.subject), target, negated=negated, kinds=(kinds[0], kinds[1]))
    return statement_label(base, record)


def local_ids(folder: Folder) -> dict[str, str]:
    """IRI by the id under which a conflict may name a record of the folder."""
    sink = Sink(codec.document_graph(folder.id), folder)
    found: dict[str, str] = {}
    for record in folder.statements:
        if record.id:
            found[record.id] = sink.statement_of(record.fact, "", record, claim=record).iri
    for study in folder.studies:
        found[study.id] = expand(study.id)
        for arm in study.records("arms"):
            curie = arm.id
            found[curie] = expand(curie)
            for outcome in arm.records("outcomes"):
                if outcome.id:
                    found[outcome.id] = expand(outcome_curie(folder.id, curie, outcome))
    for patient in folder.patients:
        found[patient.id] = expand(patient.id)
        for event in patient.records("timeline"):
            curie = event_curie(patient, event)
            found[curie] = expand(curie)
            found.setdefault(event.id, expand(curie))
    return found


def _compile_conflict(sink: Sink, record: Record, folder: Folder, local: Mapping[str, Mapping[str, str]]) -> None:
    ends = []
    for link in record.texts("between"):
        document, slash, name = link.rpartition("/")
        ends.append(local[document if slash else folder.id][name])
    curie = f"conflict:{content_hash(folder.id, sorted(ends), record.text('about'))}"
    sink.link(curie, "rdf:type", "skg:Conflict")
    sink.record(curie, record, schema.CONFLICT)
    for end in ends:
        sink.add(curie, "skg:between", codec.named(end))
        for other in ends:
            if other != end:
                sink.quads.add(
                    Quad(
                        codec.named(end),
                        codec.skg("conflictsWith"),
                        codec.named(other),
                        codec.named(sink.graph),
                    )
                )
    sink.text(curie, "rdfs:label", f"Conflict about {lower_first(record.text('about') or '')}")
    sink.provenance(curie, record)
