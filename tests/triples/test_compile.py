"""What the invented corpus becomes: every record spelled as the data model says, and the same every time."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.codec import nquads_lines
from kg.identifiers import expand
from ontology.terms import PREDICATES
from triples.compile import Compiled, compile_corpus
from triples.dataset import dataset
from triples.read import read_corpus

PREFIXES = """PREFIX skg: <https://w3id.org/sarcoma-kg/vocab/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
""" + "".join(
    f"PREFIX {kind}: <https://w3id.org/sarcoma-kg/{kind}/>\n"
    for kind in [
        "drug",
        "target",
        "complex",
        "process",
        "histotype",
        "study",
        "arm",
        "regimen",
        "population",
        "outcome",
        "event",
        "patient",
        "document",
        "measure",
        "definition",
        "graph",
        "statement",
    ]
)


@pytest.fixture(scope="module")
def compiled(corpus_dir: Path) -> Compiled:
    return compile_corpus(read_corpus(corpus_dir))


@pytest.fixture(scope="module")
def store(corpus_dir: Path, compiled: Compiled) -> ox.Store:
    store = ox.Store()
    store.extend(dataset(read_corpus(corpus_dir), compiled))
    return store


def ask(store: ox.Store, pattern: str) -> bool:
    return bool(store.query(f"{PREFIXES} ASK {{ {pattern} }}", use_default_graph_as_union=True))


@pytest.mark.parametrize(
    "pattern",
    [
        "drug:drug-a skg:binds target:TGT1",
        "GRAPH graph:document-900 { drug:drug-a skg:binds target:TGT1 }",
        "?s skg:subject drug:drug-a ; skg:object target:TGT2 ; skg:polarity 'negated'",
        "?s skg:object process:growth ; skg:certainty 'hedged' ; skg:citing document:900-ref-1 ; skg:year 2000",
        (
            "?s skg:subject document:900 ; skg:predicate skg:states ; skg:about study:invented ; skg:object ?text "
            "FILTER isLiteral(?text)"
        ),
        (
            "?s skg:passage ?p . ?p a skg:Passage ; skg:document document:900 ; skg:section 'Summary' ; skg:start 9 ; "
            "skg:end 47 ; skg:sha256 ?hash"
        ),
        "study:invented a skg:Study ; skg:studyType 'trial' ; skg:hasArm arm:invented-both",
        (
            "?s skg:subject study:invented ; skg:predicate skg:hasArm ; skg:object arm:invented-both ; "
            "skg:assertedBy document:900 ; skg:passage ?p"
        ),
        (
            "arm:invented-both skg:regimen regimen:invented-both . regimen:invented-both skg:cycle 'P21D' ; "
            "skos:broader regimen:drug-a-drug-b ; skg:includesDrug drug:drug-b"
        ),
        "regimen:drug-a-drug-b skos:prefLabel 'drug A + drug B' ; skg:includesDrug drug:drug-a, drug:drug-b",
        (
            "regimen:invented-both skg:component regimen:invented-both-c2 . regimen:invented-both-c2 a skg:Component ; "
            "skg:drug drug:drug-b ; skg:dose '100 mg' ; skg:value 100.0 ; skg:unit 'mg' ; skg:days '1, 8' ; skg:order 2"
        ),
        (
            "arm:invented-both skg:population population:invented-both ; skg:studiedIn histotype:leiomyosarcoma . "
            "population:invented-both skg:n 12 ; skg:setting 'advanced' ; skg:histotype histotype:leiomyosarcoma"
        ),
        (
            "arm:invented-both skg:hasOutcome ?o . ?o skg:measure measure:response-rate ; skg:numerator 3 ; "
            "skg:denominator 12 ; skg:valueText '25%' ; skg:value 25.0 ; skg:definition definition:pr-only ; "
            "skg:certainty 'stated' ; skg:assertedBy document:900 ; skg:passage ?p"
        ),
        "?o skg:ciLow 6.0 ; skg:ciHigh 10.2 ; skg:ciLevel 95.0",
        "?o skg:comparator arm:invented-b ; skg:direction 'higher' ; skg:pValue '= .04'",
        "?o skg:adverseEvent event:fatigue ; skg:grade '3' ; skg:contextPassage ?p",
        (
            "arm:invented-both skg:hasOutcome ?o . ?o skg:assertedBy document:901 ; skg:citing document:901-ref-1 ; "
            "skg:frequency 'common'"
        ),
        "study:invented skg:assertedBy document:900, document:901 ; skos:prefLabel 'Invented trial'",
        "arm:invented-both skos:prefLabel 'drugs A and B' ; skos:altLabel 'the first group'",
        "study:invented skg:hasPatient patient:900-woman ; skg:sameStudyAs document:901-ref-1",
        "patient:900-woman skg:hasDiagnosis histotype:leiomyosarcoma ; skg:received drug:drug-a ; skg:age 61",
        (
            "patient:900-woman skg:hasEvent ?e . ?e skg:order 3 ; skg:offset 'P6W' ; skg:after event:900-woman-drug-a; "
            "skg:episode event:900-woman-drug-a ; skg:response 'PR'"
        ),
        "event:900-woman-drug-a skg:component event:900-woman-drug-a-c1 ; skg:regimen regimen:drug-a",
        "?c a skg:Conflict ; skg:between ?o, ?s . ?o a skg:Outcome ; skg:conflictsWith ?s . ?s skg:conflictsWith ?o",
        (
            "GRAPH graph:inferred { histotype:leiomyosarcoma rdfs:subClassOf histotype:sarcoma . "
            "?axiom skg:certainty 'inferred' ; skg:premise ?premise }"
        ),
        "process:both-together a skg:JointCause, skg:Process",
        "drug:drug-a skg:degree ?n FILTER(?n > 3)",
        "drug:drug-a skg:searchKey 'inventa'",
        (
            "GRAPH graph:provenance { ?s skg:sourceFile 'documents/900-invented-trial/statements.yaml' ; "
            "skg:sourceLine 2 }"
        ),
    ],
)
def test_what_the_small_corpus_says_is_found_by_its_pattern(store: ox.Store, pattern: str) -> None:
    assert ask(store, pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "drug:drug-a skg:binds target:TGT2",  # negated
        "drug:drug-a skg:decreases process:growth",  # hedged
        "patient:900-woman skg:received drug:drug-b",  # said not to have
        "?a ?b ?c FILTER(isBlank(?a) || isBlank(?c))",
    ],
)
def test_the_graph_does_not_hold(store: ox.Store, pattern: str) -> None:
    assert not ask(store, pattern)


def test_edges_are_the_affirmed_statements_of_edge_predicates_and_their_stated_part_the_plain_triples(
    store: ox.Store, compiled: Compiled
) -> None:
    wanted = {
        s.iri for s in compiled.statements if s.polarity == "affirmed" and s.object and PREDICATES[s.predicate].edge
    }
    assert {edge.statement for edge in compiled.edges} == wanted
    for edge in compiled.edges:
        triple = f"<{edge.subject}> skg:{edge.predicate} <{edge.object}>"
        assert ask(store, f"GRAPH <{edge.graph}> {{ {triple} }}") or edge.certainty != "stated"
    assert any(edge.certainty == "hedged" for edge in compiled.edges)


def test_every_end_of_an_edge_is_a_node_with_a_label(compiled: Compiled) -> None:
    labels = {node.iri: node.label for node in compiled.nodes}
    assert len(labels) == len(compiled.nodes)
    assert all(labels[end] for edge in compiled.edges for end in (edge.subject, edge.object))


def test_the_drug_alone_is_called_by_its_name(compiled: Compiled) -> None:
    """An arm and a regimen that are called like a drug carry the study's name beside it."""
    called = [node.iri for node in compiled.nodes if node.label == "drug B"]
    assert called == [expand("drug:drug-b")]


def test_a_document_is_also_called_by_its_title_authors_journal_and_doi(
    curated: Path, edit: Callable[[str, str, str], None]
) -> None:
    printed = "type: trial\ntitle: On drugs A and B\nauthors: ['Inventor, Ada', Bob Maker]\njournal: J T\ndoi: 10.1/x"
    edit("documents/900-invented-trial/document.yaml", "type: trial", printed)
    nodes = {node.iri: node for node in compile_corpus(read_corpus(curated)).nodes}
    assert set(nodes[expand("document:900")].synonyms) == {
        "10.1/x", "Bob Maker", "Inventor 2000", "Inventor, Ada", "J T", "On drugs A and B",
    }  # fmt: skip


def test_a_misprinted_doi_is_kept_as_printed_and_matches_nothing(
    curated: Path, edit: Callable[[str, str, str], None]
) -> None:
    edit("documents/900-invented-trial/document.yaml", "journal: Invented J", "journal: Invented J\n    doi: 10.1/xx")
    for flag, matches in (("", True), ("flag: misspelt\n    flag_reason: one letter too many\n    ", False)):
        edit("documents/900-invented-trial/document.yaml", "title: Slow growth", f"{flag}title: Slow growth")
        found = compile_corpus(read_corpus(curated))
        store = ox.Store()
        store.extend(found.quads)
        assert ask(store, "document:900-ref-1 skg:doi '10.1/xx'")
        assert ask(store, "document:900-ref-1 skos:exactMatch ?doi") is matches


def test_statements_outcomes_and_events_all_have_a_sentence(store: ox.Store) -> None:
    for kind in ("Statement", "Outcome", "TimelineEvent"):
        assert ask(store, f"?x a skg:{kind} ; rdfs:label ?label")
        assert not ask(store, f"?x a skg:{kind} FILTER NOT EXISTS {{ ?x rdfs:label ?label }}")
        assert not ask(store, f"?x a skg:{kind} ; rdfs:label ?a, ?b FILTER(?a != ?b)")


def test_a_contradicted_diagnosis_stays_in_the_history_and_is_not_summed_up(
    curated: Path, edit: Callable[[str, str, str], None]
) -> None:
    edit(
        "documents/900-invented-trial/patients.yaml",
        "      at: 602-632\n",
        "      at: 602-632\n      flag: contradicted\n      flag_reason: invented\n",
    )
    store = ox.Store()
    store.extend(compile_corpus(read_corpus(curated)).quads)
    event = "patient:900-woman skg:hasEvent ?e . ?e skg:histotype histotype:leiomyosarcoma ; skg:flag 'contradicted'"
    assert ask(store, event)
    assert not ask(store, "patient:900-woman skg:hasDiagnosis ?any")
    assert not ask(store, "?s skg:subject patient:900-woman ; skg:predicate skg:hasDiagnosis")


def test_the_same_records_in_other_files_make_the_same_graph(curated: Path, compiled: Compiled) -> None:
    """Splitting a file, and turning the order of its records round, moves only the provenance."""
    folder = curated / "documents/900-invented-trial"
    text = (folder / "statements.yaml").read_text(encoding="utf-8")
    records = [f"- {piece}" for piece in re.split(r"^- ", text, flags=re.MULTILINE)[1:]]
    (folder / "statements.yaml").write_text("\n".join(reversed(records[:3])), encoding="utf-8")
    (folder / "statements-more.yaml").write_text("\n".join(reversed(records[3:])), encoding="utf-8")
    (folder / "studies.yaml").rename(folder / "studies-all.yaml")
    again = compile_corpus(read_corpus(curated))

    def lines(value: Compiled) -> list[str]:
        return [line for line in nquads_lines(value.quads) if "graph/provenance" not in line]

    assert lines(again) == lines(compiled)
    assert again.nodes == compiled.nodes
    assert again.edges == compiled.edges


def test_a_result_rests_on_the_references_of_its_study_unless_it_names_its_own(
    curated: Path, edit: Callable[[str, str, str], None]
) -> None:
    letter = "documents/901-invented-letter/"
    edit(letter + "document.yaml", "  - number: 1\n", "  - number: 2\n    at: 140-183\n  - number: 1\n")
    edit(letter + "studies.yaml", "  citing: [1]\n  at: 0-26", "  citing: [2]\n  at: 0-26")
    outcome = "arm:invented-both skg:hasOutcome ?o . ?o skg:adverseEvent event:nausea ; skg:citing "
    own = _compiled_store(curated)
    assert ask(own, outcome + "document:901-ref-1")
    assert not ask(own, outcome + "document:901-ref-2")
    edit(letter + "studies.yaml", "          citing: [1]\n", "")
    assert ask(_compiled_store(curated), outcome + "document:901-ref-2")


def test_several_doses_are_a_range_with_its_unit_and_no_value(
    curated: Path, edit: Callable[[str, str, str], None]
) -> None:
    edit(
        "documents/900-invented-trial/studies.yaml",
        "dose: 20 mg/m2\n            value: 20\n",
        "dose: 20 or 30 mg/m2\n            range_low: 20\n            range_high: 30\n",
    )
    dose = "regimen:invented-both-c1 skg:rangeLow 20.0 ; skg:rangeHigh 30.0 ; skg:unit 'mg/m2' "
    assert ask(_compiled_store(curated), dose + "FILTER NOT EXISTS { regimen:invented-both-c1 skg:value ?v }")


def _compiled_store(folder: Path) -> ox.Store:
    store = ox.Store()
    store.extend(compile_corpus(read_corpus(folder)).quads)
    return store
