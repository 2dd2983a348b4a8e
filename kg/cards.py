"""The record of one thing, with everything that hangs on it: entity, fact, study, document."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.description import (
    Description,
    describe,
    describe_known,
    described,
    follow,
    optional_reference,
    passages,
    record,
    reference,
    references,
)
from kg.evidence.conflicts import read_conflicts
from kg.evidence.regimens import ComponentRow, read_components
from kg.evidence.rows import ConflictRow
from kg.identifiers import display
from kg.model import EntityRef, PassageRef, Qualifier, certainty_named
from kg.paths.neighborhood import NeighborItem
from kg.paths.steps import StatementRecord
from kg.search.names import NameIndex
from kg.store import Store
from ontology.english import spelt_out
from ontology.terms import PREDICATES


@dataclass(frozen=True)
class Xref:
    """An identifier elsewhere: of the same thing (exact), nearly so (close), or known only as a cross-reference."""

    id: str
    curie: str
    match: str


@dataclass(frozen=True)
class EntityCard:
    """What a page about an entity begins with.

    Attributes:
        xrefs: identifiers of the same or nearly the same thing in other vocabularies.
        parents, children: what it is a kind of, and the kinds of it.
        counts: connections per predicate and direction.
    """

    id: str
    curie: str
    type: str
    label: str
    synonyms: tuple[str, ...]
    definition: str | None
    xrefs: tuple[Xref, ...]
    parents: tuple[EntityRef, ...]
    children: tuple[EntityRef, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class FactCard:
    """One thing a document says: a statement, an outcome, or an event of a patient.

    Attributes:
        sentence: what it says, in words.
        qualifiers: what else it says of itself.
        note: a remark of the curator.
        same_fact: other statements with the same subject, predicate and object.
        conflicts: those in which it is a side.
        imported: whether an import states it, and no document.
    """

    id: str
    curie: str
    type: str
    sentence: str
    subject: EntityRef | None
    predicate: str | None
    object: EntityRef | None
    text: str | None = None
    polarity: str = "affirmed"
    certainty: str
    year: int | None = None
    asserted_by: tuple[EntityRef, ...]
    citing: tuple[EntityRef, ...] = ()
    about: tuple[EntityRef, ...] = ()
    qualifiers: tuple[Qualifier, ...]
    flags: tuple[str, ...] = ()
    flag_reason: str | None = None
    note: str | None = None
    passages: tuple[PassageRef, ...] = ()
    context_passages: tuple[PassageRef, ...] = ()
    same_fact: tuple[EntityRef, ...] = ()
    conflicts: tuple[ConflictRow, ...] = ()
    imported: bool = False


@dataclass(frozen=True)
class ArmCard:
    """One arm of a study.

    Attributes:
        outcomes: its results, each labelled with its sentence; in full they are evidence rows.
        pools: the arms that it only takes together: it is no treatment group of its own.
        within: the arm that counts all its patients too.
    """

    arm: EntityRef
    regimen: EntityRef | None
    components: tuple[ComponentRow, ...]
    population: tuple[Qualifier, ...]
    passages: tuple[PassageRef, ...]
    pools: tuple[EntityRef, ...] = ()
    within: EntityRef | None = None
    outcomes: tuple[EntityRef, ...] = ()


@dataclass(frozen=True)
class StudyCard:
    """A study as the documents tell of it.

    Attributes:
        details: what else is known of how it was done.
        documents: those that tell of it.
        conflicts: those that touch the study, its results or its patients.
    """

    id: str
    curie: str
    type: str
    label: str
    design: str | None
    details: tuple[Qualifier, ...]
    arms: tuple[ArmCard, ...]
    patients: tuple[EntityRef, ...]
    documents: tuple[EntityRef, ...]
    citing: tuple[EntityRef, ...]
    passages: tuple[PassageRef, ...]
    conflicts: tuple[ConflictRow, ...]


@dataclass(frozen=True)
class DocumentCard:
    """A source document: what it is, and how much this graph holds of it."""

    id: str
    curie: str
    type: str
    label: str
    title: str | None
    authors: tuple[str, ...]
    journal: str | None
    volume: str | None
    issue: str | None
    pages: str | None
    year: int | None
    doi: str | None
    pmid: str | None
    retracted: bool
    file_name: str | None
    sha256: str | None
    counts: Mapping[str, int]


_XREF_MATCHES = {"exactMatch": "exact", "closeMatch": "close", "relatedMatch": "cross-reference"}
_CHILDREN = """
SELECT DISTINCT ?child WHERE { { ?child skos:broader ?parent } UNION { ?child rdfs:subClassOf ?parent }
  UNION { ?child skg:inClass ?parent } FILTER(?child != ?parent) FILTER(isIRI(?child)) }"""


def entity_card(store: Store, node: str, counts: Mapping[str, int]) -> EntityCard:
    """Read an entity.

    Raises: EntityNotFound if the store says nothing about it.
    """
    known = describe_known(store, node)
    description = known[node]
    parents = {p for name in ("broader", "inClass", "rdfs_subClassOf") for p in description.iris(name)} - {node}
    children = set(store.select(_CHILDREN, {"parent": node}).nodes())
    known.update(describe(store, parents | children))
    xrefs = tuple(
        Xref(target, display(target), match)
        for name, match in _XREF_MATCHES.items()
        for target in description.iris(name)
    )
    return record(
        EntityCard,
        description,
        known,
        synonyms=description.texts("altLabel"),
        definition=description.text("skos_definition"),
        xrefs=xrefs,
        parents=references(parents, known),
        children=references(children, known),
        counts=dict(counts),
    )


# What a fact's card shows in places of its own; everything else is listed as a qualifier.
_SHOWN = frozenset({
    "subject", "predicate", "object", "polarity", "certainty", "year", "assertedBy", "citing", "about", "flag",
    "flagReason", "note", "passage", "contextPassage", "conflictsWith", "rdf_type", "rdfs_label", "prefLabel",
    "hasEvent", "hasOutcome", "degree", "searchKey",
})  # fmt: skip

_JOINED = frozenset({"subject", "predicate", "object", "rdf_type"})
_PLACE_IN_FILES = frozenset({"sourceFile", "sourceLine"})

_SAME_FACT = """
SELECT DISTINCT ?other WHERE { ?node skg:subject ?s ; skg:predicate ?p ; skg:object ?o .
  ?other skg:subject ?s ; skg:predicate ?p ; skg:object ?o . FILTER(?other != ?node) }"""
_FACT_OWNER = "SELECT DISTINCT ?owner WHERE { ?owner skg:hasOutcome|skg:hasEvent ?node }"


def fact_card(store: Store, node: str) -> FactCard:
    """Read a statement, an outcome or an event.

    Raises: EntityNotFound if the store says nothing about it.
    """
    known = describe_known(store, node)
    fact = known[node]
    same, owners = (store.select(query, {"node": node}).nodes() for query in (_SAME_FACT, _FACT_OWNER))
    known.update(describe(store, {*same, *owners, *(value for name in fact.terms for value in fact.iris(name))}))
    subject = fact.iri_of("subject") or (owners[0] if owners else None)
    target, documents = fact.iri_of("object"), fact.iris("assertedBy")
    predicate = fact.iri_of("predicate")
    return record(
        FactCard,
        fact,
        known,
        sentence=fact.text("rdfs_label") or fact.text("prefLabel") or display(node),
        subject=optional_reference(subject, known),
        predicate=predicate.rpartition("/")[2] if predicate else None,
        object=optional_reference(target, known),
        text=fact.text("object") if target is None else None,
        polarity=fact.text("polarity") or "affirmed",
        certainty=fact.text("certainty") or "stated",
        year=fact.integer("year") or next((known[each].integer("year") for each in documents if each in known), None),
        qualifiers=qualifiers(fact, known, _SHOWN),
        same_fact=references(same, known),
        conflicts=read_conflicts(store, [node]),
    )


def statement_records(store: Store, names: NameIndex, iris: Collection[str]) -> dict[str, StatementRecord]:
    """What the steps of a path show of statements, by IRI; unknown ones are left out."""
    known = describe(store, iris, with_passages=True)
    return {iri: _statement_record(known[iri], known, names) for iri in iris if iri in known}


def _statement_record(statement: Description, known: Mapping[str, Description], names: NameIndex) -> StatementRecord:
    contexts = (*statement.texts("populationText"), *statement.texts("model"))
    return StatementRecord(
        passages=passages(statement.iris("passage"), known),
        certainty=certainty_named(statement.text("certainty") or "stated"),
        document=statement.iri_of("assertedBy") or "",
        text=statement.text("rdfs_label") or "",
        contexts=contexts,
        diseases=tuple(ref.id for text in contexts for ref in names.mentioned(text, ("Histotype",))),
    )


def with_sources(store: Store, items: Sequence[NeighborItem]) -> tuple[NeighborItem, ...]:
    """Neighbours with what the store says of the statements that join them."""
    known = describe(store, [item.statement for item in items])
    facts = [known[item.statement] for item in items if item.statement in known]
    named = {iri for fact in facts for name in fact.terms if name not in _JOINED for iri in fact.iris(name)}
    known.update(describe(store, named))
    return tuple(
        replace(
            item,
            sentence=fact.text("rdfs_label") or item.sentence,
            document=reference(document, known) if (document := fact.iri_of("assertedBy")) else None,
            qualifiers=qualifiers(fact, known, _SHOWN | _PLACE_IN_FILES),
            passages=passages(fact.iris("passage"), known),
        )
        if (fact := known.get(item.statement))
        else item
        for item in items
    )


def qualifiers(node: Description, known: Mapping[str, Description], but: frozenset[str]) -> tuple[Qualifier, ...]:
    """Every property that has no place of its own on a card, with a readable name."""
    found = []
    for name in sorted(node.terms):
        if name in but or "://" in name:
            continue
        for term in node.all(name):
            entity = reference(term.value, known) if term.kind == "iri" else None
            found.append(Qualifier(name, _words(name), entity.label if entity else term.value, entity))
    return tuple(found)


def _words(name: str) -> str:
    predicate = PREDICATES.get(name)
    return predicate.label if predicate is not None else spelt_out(name).removesuffix(" text")


_STUDY_SHOWN = _SHOWN | {"studyType", "hasArm", "hasPatient", "altLabel", "broader"}
_PEOPLE_SHOWN = frozenset(
    {"degree", "searchKey", "rdf_type", "passage", "contextPassage", "prefLabel", "rdfs_label", "assertedBy"}
)


_SAID_OF_STUDY = "SELECT DISTINCT ?fact WHERE { ?fact skg:subject|skg:about ?study }"


def study_card(store: Store, node: str) -> StudyCard:
    """Read a study with its arms and their results, its patients, and the conflicts that touch any of them.

    Raises: EntityNotFound if the store says nothing about it.
    """
    known = describe_known(store, node)
    study = known[node]
    follow(store, known)  # to arms, patients, documents
    for names in (
        ("regimen", "population", "hasOutcome"),
        ("component", "histotype", "site", "priorDrug"),
        ("drug", "procedure", "passage"),
    ):
        follow(store, known, names)
    arms = tuple(_arm(known, arm) for arm in study.iris("hasArm"))
    results = {outcome.id for arm in arms for outcome in arm.outcomes}
    events = {event for patient in study.iris("hasPatient") for event in described(patient, known).iris("hasEvent")}
    said = store.select(_SAID_OF_STUDY, {"study": node}).nodes()
    return record(
        StudyCard,
        study,
        known,
        design=study.text("studyType"),
        details=qualifiers(study, known, _STUDY_SHOWN),
        arms=arms,
        patients=references(study.iris("hasPatient"), known),
        conflicts=read_conflicts(store, {node, *said, *results, *events}),
    )


def _arm(known: Mapping[str, Description], node: str) -> ArmCard:
    arm = described(node, known)
    return record(
        ArmCard,
        arm,
        known,
        arm=reference(node, known),
        components=read_components(known, described(arm.iri_of("regimen"), known)),
        population=qualifiers(described(arm.iri_of("population"), known), known, _PEOPLE_SHOWN),
        outcomes=references(arm.iris("hasOutcome"), known),
    )


_DOCUMENT_COUNTS = """
SELECT ?class (COUNT(DISTINCT ?fact) AS ?count) WHERE { ?fact skg:assertedBy ?document ; a ?class .
  FILTER(STRSTARTS(STR(?class), STR(skg:))) } GROUP BY ?class ORDER BY ?class"""


def document_card(store: Store, node: str) -> DocumentCard:
    """Read a source document.

    Raises: EntityNotFound if the store says nothing about it.
    """
    known = describe_known(store, node)
    own = known[node]
    counted = store.select(_DOCUMENT_COUNTS, {"document": node}).texts()
    counts = {kind.rpartition("/")[2]: int(count) for kind, count in counted}
    return record(
        DocumentCard,
        own,
        known,
        title=own.text("dcterms_title"),
        authors=tuple(listed.split("; ")) if (listed := own.text("authorList")) else (),
        retracted=bool(own.yes("retracted")),
        counts=counts,
    )
