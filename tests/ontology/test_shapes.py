"""The shapes accept a well-formed graph and name what is wrong with every other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from rdflib import RDF, SKOS, XSD, BNode, Literal, URIRef

from ontology.terms import SKG
from ontology.validate import validate
from tests.ontology.records import (
    BASE,
    COMPONENT,
    CONFLICT,
    DOCUMENT,
    MTOR,
    OUTCOME,
    PASSAGE,
    PATIENT,
    POPULATION,
    REMARK,
    RESPONSE,
    SIROLIMUS,
    STATEMENT,
    STUDY,
    TOXICITY,
    TREATMENT,
    VOCAB,
)


def decimal(text: str) -> Literal:
    return Literal(text, datatype=XSD.decimal)


def test_well_formed_graph_conforms(graph):
    report = validate(graph)
    assert report.conforms, str(report)
    assert report.triples == len(graph)
    assert str(report) == f"{len(graph)} triples, nothing wrong"


# (node, property, the only value it shall have or None, what the message must say)
FAULTS = [
    (STATEMENT, "subject", None, "exactly one subject"),
    (STATEMENT, "subject", URIRef(BASE + "drug/unheard-of"), "must be in the graph"),
    (STATEMENT, "object", SIROLIMUS, "acts on itself"),
    (STATEMENT, "predicate", VOCAB.subject, "not in the vocabulary"),
    (STATEMENT, "predicate", VOCAB.mutatedIn, "does not take a drug as its subject; it takes target"),
    (STATEMENT, "object", URIRef(BASE + "event/neutropenia"), "does not take an adverse event as its object"),
    (REMARK, "subject", SIROLIMUS, "it takes document or study"),
    (STATEMENT, "object", Literal("mTOR"), "does not fit the predicate"),
    (STATEMENT, "object", URIRef(BASE + "target/unheard-of"), "does not fit the predicate"),
    (REMARK, "object", MTOR, "does not fit the predicate"),
    (REMARK, "about", URIRef(BASE + "drug/unheard-of"), "not in the graph"),
    (STATEMENT, "polarity", Literal("positive"), '"affirmed" or "negated"'),
    (STATEMENT, "certainty", Literal("certain"), '"stated", "hedged"'),
    (STATEMENT, "assertedBy", None, "Exactly one document"),
    (STATEMENT, "citing", DOCUMENT, "list of references"),
    (STATEMENT, "passage", None, "needs the passage"),
    (STATEMENT, "passage", URIRef(BASE + "passage/t-5-6"), "needs the passage"),
    (OUTCOME, "measure", None, "exactly one measure"),
    (OUTCOME, "value", decimal("140"), "outside 0 to 100"),
    (OUTCOME, "value", Literal("20"), "one decimal number"),
    (OUTCOME, "unit", None, "needs its unit"),
    (OUTCOME, "unit", Literal("mg/m2"), "share of patients"),
    (OUTCOME, "measure", URIRef(BASE + "measure/median-overall-survival"), "unit of time"),
    (OUTCOME, "ciHigh", None, "two limits"),
    (OUTCOME, "absence", Literal("none-observed"), "beside it is 0"),
    (OUTCOME, "absence", Literal("not-described"), "no value and no count"),
    (OUTCOME, "numerator", Literal(16), "larger than the denominator"),
    (OUTCOME, "denominator", Literal(0), "1 or more"),
    (OUTCOME, "ciLow", decimal("60"), "above the upper one"),
    (OUTCOME, "ciLevel", decimal("0.95"), "write 95, not 0.95"),
    (OUTCOME, "hazardRatio", decimal("0"), "above 0"),
    (OUTCOME, "direction", Literal("up"), "higher, lower, better"),
    (OUTCOME, "absence", Literal("nothing"), "none-observed"),
    (OUTCOME, "timePoint", Literal("12 weeks"), "ISO 8601"),
    (OUTCOME, "value", decimal("-20"), "below 0"),
    (OUTCOME, "value", decimal("33"), "3 of 15 is 20.0%"),
    (OUTCOME, "value", decimal("50"), "does not hold the value"),
    (OUTCOME, "ciHigh", decimal("120"), "outside 0 to 100"),
    (OUTCOME, "rangeLow", decimal("30"), "does not hold the value"),
    (OUTCOME, "rangeHigh", decimal("10"), "does not hold the value"),
    (OUTCOME, "denominator", Literal(40), "The arm has 20 patients"),
    (OUTCOME, "subgroupN", Literal(21), "The arm has 20 patients"),
    (OUTCOME, "year", Literal(2008), "asserts this has another year"),
    (OUTCOME, "year", None, "has a year: give it here too"),
    (OUTCOME, "assertedBy", URIRef(BASE + "document/t-ref-1"), "not of the document that asserts"),
    (OUTCOME, "certainty", None, 'Certainty is "stated"'),
    (TREATMENT, "polarity", None, "Polarity is"),
    (TREATMENT, "year", Literal(1799), "four digits"),
    (DOCUMENT, "year", Literal(1799), "four digits"),
    (DOCUMENT, "year", Literal(datetime.now(UTC).year + 1), "has not come yet"),
    (COMPONENT, "value", decimal("-4"), "0 or more"),
    (COMPONENT, "order", None, "order of a component"),
    (COMPONENT, "passage", None, "needs the passage"),
    (POPULATION, "assertedBy", None, "names the documents"),
    (PATIENT, "assertedBy", None, "names the documents"),
    (CONFLICT, "assertedBy", None, "names the documents"),
    (PASSAGE, "start", Literal(3), "passage:t-3-10"),
    (PASSAGE, "end", Literal(12), "passage:t-0-12"),
    (OUTCOME, "flag", Literal("implausible-value"), "needs its reason"),
    (OUTCOME, "flag", Literal("odd"), "A flag is one of"),
    (TOXICITY, "adverseEvent", RESPONSE, "term of kind event"),
    (TOXICITY, "measure", URIRef(BASE + "measure/response-rate"), "measure:adverse-event"),
    (POPULATION, "evaluable", Literal(30), "More patients were evaluable"),
    (POPULATION, "mixed", Literal("no"), "true or false"),
    (POPULATION, "histotype", URIRef(BASE + "site/lung"), "histotype or a condition"),
    (COMPONENT, "drug", None, "one drug or applies one procedure"),
    (COMPONENT, "drug", URIRef(BASE + "drug/unheard-of"), "not in the graph"),
    (COMPONENT, "infusionTime", Literal("30 min"), "ISO 8601"),
    (PATIENT, "age", Literal(490), "whole years"),
    (PATIENT, "sex", Literal("m"), "male, female or unstated"),
    (TREATMENT, "after", None, "needs the event it counts from"),
    (TREATMENT, "eventKind", Literal("therapy"), "kind of an event"),
    (TREATMENT, "order", None, "one place in the order"),
    (RESPONSE, "episode", None, "belongs to a treatment"),
    (RESPONSE, "response", Literal("better"), "CR, PR, SD"),
    (STUDY, "studyType", Literal("experiment"), "type of a study"),
    (STUDY, "registry", Literal("NCT94932"), "eight digits"),
    (STUDY, "registered", Literal("July 2009"), "2009-07"),
    (DOCUMENT, "sha256", Literal("abc"), "64 hexadecimal digits"),
    (DOCUMENT, "fileName", None, "`file` and `sha256`"),
    (PASSAGE, "end", Literal(0), "before it ends"),
    (PASSAGE, "sha256", None, "--locate"),
    (CONFLICT, "between", STATEMENT, "two records or more"),
    (SIROLIMUS, "inClass", MTOR, "drug class"),
]


@pytest.mark.parametrize(
    ("node", "name", "value", "message"),
    FAULTS,
    ids=[f"{n.rpartition('/')[2]}-{p}-{m[:20]}" for n, p, _, m in FAULTS],
)
def test_fault_is_found_where_it_is_and_explained(graph, node, name, value, message):
    graph.remove((node, VOCAB[name], None))
    if value is not None:
        graph.add((node, VOCAB[name], value))
    report = validate(graph)
    assert [v for v in report.violations if message in v.message], str(report)


def test_flagged_oddity_is_kept_as_printed(graph):
    graph.set((OUTCOME, VOCAB.value, decimal("140")))
    graph.set((OUTCOME, VOCAB.ciLow, decimal("60")))
    graph.set((OUTCOME, VOCAB.numerator, Literal(16)))
    graph.add((OUTCOME, VOCAB.flag, Literal("implausible-value")))
    graph.add((OUTCOME, VOCAB.flagReason, Literal("more than all of them")))
    assert validate(graph).conforms


def test_what_grows_or_falls_may_be_negative(graph):
    growth = URIRef(BASE + "measure/tumour-growth")
    graph.add((growth, RDF.type, VOCAB.Measure))
    graph.add((growth, SKOS.prefLabel, Literal("tumour growth")))
    for name in ("numerator", "denominator", "ciLow", "ciHigh"):
        graph.remove((OUTCOME, VOCAB[name], None))
    graph.set((OUTCOME, VOCAB.measure, growth))
    graph.set((OUTCOME, VOCAB.value, decimal("-130")))
    assert validate(graph).conforms


def test_more_lesions_than_patients_are_no_fault(graph):
    for name in ("value", "ciLow", "ciHigh"):
        graph.remove((OUTCOME, VOCAB[name], None))
    graph.set((OUTCOME, VOCAB.denominator, Literal(40)))
    assert not validate(graph).conforms
    graph.set((OUTCOME, VOCAB.unit, Literal("{lesions}")))
    graph.set((OUTCOME, VOCAB.measure, URIRef(BASE + "measure/adverse-event")))
    assert validate(graph).conforms, str(validate(graph))


@pytest.mark.parametrize(
    ("node", "name", "value", "right"),
    [
        (SIROLIMUS, "numerator", Literal(3), "an outcome or a statement or a timeline event"),
        (PASSAGE, "studyType", Literal("trial"), "a study"),
        (STUDY, "drug", SIROLIMUS, "a component"),
        (STUDY, "minimumDuration", Literal("P8W"), "a definition"),
    ],
)
def test_a_property_of_other_records_is_refused(graph, node, name, value, right):
    graph.add((node, VOCAB[name], value))
    (violation,) = validate(graph).violations
    assert (violation.focus_node, violation.path) == (str(node), str(VOCAB[name]))
    assert violation.message == f"{name!r} is for {right}."


@pytest.mark.parametrize(
    ("node", "name", "value"),
    [
        (STUDY, "period", Literal("2001 to 2003")),
        (OUTCOME, "hedge", Literal("perhaps")),
        (URIRef(BASE + "definition/cr-pr"), "minimumDuration", Literal("P8W")),
    ],
)
def test_a_second_value_of_what_a_record_has_once_is_refused(graph, node, name, value):
    graph.add((node, VOCAB[name], Literal("P4W")))
    assert validate(graph).conforms, str(validate(graph))
    graph.add((node, VOCAB[name], value))
    assert [(v.focus_node, v.path) for v in validate(graph).violations] == [(str(node), str(VOCAB[name]))]


def test_an_event_is_not_timed_by_that_of_another_patient(graph):
    other, event = URIRef(BASE + "patient/two"), URIRef(BASE + "event/two-diagnosis")
    for subject, copy in ((PATIENT, other), (URIRef(BASE + "event/one-diagnosis"), event)):
        for _, predicate, value in list(graph.triples((subject, None, None))):
            graph.add((copy, predicate, value))
    graph.remove((other, VOCAB.hasEvent, None))
    graph.add((other, VOCAB.hasEvent, event))
    graph.add((STUDY, VOCAB.hasPatient, other))
    assert validate(graph).conforms, str(validate(graph))
    graph.set((TREATMENT, VOCAB.after, event))
    (violation,) = validate(graph).violations
    assert (violation.focus_node, violation.path, violation.value) == (str(TREATMENT), str(VOCAB.after), str(event))


def test_what_two_records_share_that_is_part_of_one_is_refused(graph):
    graph.add((TREATMENT, VOCAB.component, COMPONENT))
    (violation,) = validate(graph).violations
    assert violation.focus_node == str(COMPONENT)
    assert "exactly one regimen or treatment" in violation.message


def test_unknown_property_is_refused(graph):
    graph.add((SIROLIMUS, VOCAB.inhibit, MTOR))
    violations = validate(graph).violations
    assert [(v.focus_node, v.path) for v in violations] == [(str(SIROLIMUS), str(VOCAB.inhibit))]


def test_unknown_class_is_refused(graph):
    for kind in (VOCAB.Medicine, VOCAB.inhibits, MTOR, Literal("drug")):
        graph.add((SIROLIMUS, RDF.type, kind))
    found = {v.value for v in validate(graph).violations}
    assert found == {str(VOCAB.Medicine), str(VOCAB.inhibits), str(MTOR), "drug"}


def test_a_direct_triple_that_no_statement_states_is_refused(graph):
    everolimus = URIRef(BASE + "drug/everolimus")
    graph.add((everolimus, RDF.type, VOCAB.Drug))
    graph.add((everolimus, SKOS.prefLabel, Literal("everolimus")))
    graph.add((everolimus, VOCAB.inhibits, MTOR))
    (violation,) = validate(graph).violations
    assert (violation.focus_node, violation.path, violation.value) == (str(everolimus), SKG["inhibits"], str(MTOR))
    assert "no affirmed and stated statement" in violation.message


@pytest.mark.parametrize(("name", "value"), [("polarity", "negated"), ("certainty", "hedged")])
def test_what_is_denied_or_hedged_is_no_direct_triple(graph, name, value):
    graph.set((STATEMENT, VOCAB[name], Literal(value)))
    if value == "hedged":
        graph.add((STATEMENT, VOCAB.hedge, Literal("may")))
    assert [v.focus_node for v in validate(graph).violations] == [str(SIROLIMUS)]
    graph.remove((SIROLIMUS, VOCAB.inhibits, MTOR))
    assert validate(graph).conforms


def test_a_stated_fact_without_its_direct_triple_is_refused(graph):
    graph.remove((SIROLIMUS, VOCAB.inhibits, MTOR))
    (violation,) = validate(graph).violations
    assert violation.focus_node == str(STATEMENT)
    assert "direct triple" in violation.message


@pytest.mark.parametrize(
    ("node", "name", "value", "message"),
    [
        (STATEMENT, "conflictsWith", URIRef(BASE + "statement/ffffffffffffffff"), "is not in the graph"),
        (POPULATION, "assertedBy", MTOR, "names the documents"),
        (POPULATION, "subgroupHistotype", MTOR, "takes a condition or a histotype"),
        (URIRef(BASE + "arm/trial-a"), "contextPassage", DOCUMENT, "takes a passage"),
        (OUTCOME, "pools", SIROLIMUS, "takes an arm"),
        (STUDY, "text", Literal(5), "takes a text"),
        (SIROLIMUS, "activeIn", URIRef(BASE + "histotype/leiomyosarcoma"), "rests on a statement"),
        (STUDY, "text", Literal("  "), "says nothing"),
        (DOCUMENT, "volume", SIROLIMUS, "takes a text"),
    ],
)
def test_a_value_of_another_kind_is_refused_on_every_record(graph, node, name, value, message):
    graph.add((node, VOCAB[name], value))
    found = [v for v in validate(graph).violations if message in v.message]
    assert [(v.focus_node, v.path) for v in found] == [(str(node), str(VOCAB[name]))], str(validate(graph))


@pytest.mark.parametrize("node", [OUTCOME, CONFLICT, DOCUMENT, RESPONSE])
def test_a_record_without_a_class_is_refused(graph, node):
    graph.remove((node, RDF.type, None))
    assert [v for v in validate(graph).violations if v.focus_node == str(node) and "no class" in v.message]


def test_two_entities_of_a_kind_with_one_label_are_refused(graph):
    other = URIRef(BASE + "drug/other")
    graph.add((other, RDF.type, VOCAB.Drug))
    graph.add((other, SKOS.prefLabel, Literal("Sirolimus")))
    (violation,) = validate(graph).violations
    assert (violation.focus_node, violation.message) == (str(SIROLIMUS), f"{other} has the same label.")
    same_name = URIRef(BASE + "metabolite/sirolimus")  # of another kind
    graph.remove((other, None, None))
    graph.add((same_name, RDF.type, VOCAB.Metabolite))
    graph.add((same_name, SKOS.prefLabel, Literal("sirolimus")))
    assert validate(graph).conforms


@pytest.mark.parametrize(
    ("iri", "conforms"),
    [
        ("http://purl.obolibrary.org/obo/CHEBI_9168", True),
        ("http://purl.obolibrary.org/obo/CHEBI_abc", False),
        ("http://purl.obolibrary.org/obo/NCIT_C1212", True),
        ("http://purl.obolibrary.org/obo/NCIT_1212", False),
        ("http://id.nlm.nih.gov/mesh/D020123", True),
        ("http://id.nlm.nih.gov/mesh/020123", False),
        ("https://go.drugbank.com/drugs/DB00877", True),
        ("https://go.drugbank.com/drugs/877", False),
        ("https://example.org/drug/1", True),
    ],
)
def test_an_identifier_is_written_as_its_resource_writes_it(graph, iri, conforms):
    graph.add((SIROLIMUS, SKOS.closeMatch, URIRef(iri)))
    assert validate(graph).conforms is conforms


def test_blank_node_is_refused(graph):
    graph.add((BNode(), RDF.type, VOCAB.Drug))
    assert any("blank nodes" in v.message for v in validate(graph).violations)


def test_name_of_a_kind_has_its_prefix(graph):
    graph.add((URIRef(BASE + "target/aspirin"), RDF.type, VOCAB.Drug))
    assert any("written drug:name" in v.message for v in validate(graph).violations)
