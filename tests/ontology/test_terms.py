"""The words themselves: derived files are current, and every term says what code and readers need to know."""

from __future__ import annotations

import gzip
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
import yaml
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, Literal, URIRef

from ontology.generate import predicates_page, terms_source
from ontology.kinds import is_in, misfits
from ontology.resources import ontology_graph, ontology_ntriples
from ontology.terms import (
    CLASS_BY_KIND,
    CLASSES,
    KIND_LABELS,
    PREDICATES,
    PREFIXES,
    PROPERTIES,
    SKG,
    UnknownTermError,
)
from triples.schema import RECORDS

ROOT = Path(__file__).resolve().parents[2]
FIX = "run `python -m ontology`"


def test_terms_module_equals_what_the_ontology_says():
    assert (ROOT / "ontology" / "terms.py").read_text(encoding="utf-8") == terms_source(), FIX


def test_published_table_of_predicates_is_current():
    assert (ROOT / "docs" / "predicates.md").read_text(encoding="utf-8") == predicates_page(), FIX


def test_published_table_lists_every_predicate():
    page = predicates_page()
    assert [name for name in PREDICATES if f"| `{name}` |" not in page] == []


def test_terms_load_without_any_heavy_library():
    heavy = "rdflib|pyshacl|owlready2|pyelk|pyowl_core|numpy"
    code = f"import sys, ontology.terms; import re; print([m for m in sys.modules if re.match({heavy!r}, m)])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_kind_has_a_prefix_a_class_and_a_label():
    for kind, name in CLASS_BY_KIND.items():
        assert PREFIXES[kind] == f"https://w3id.org/sarcoma-kg/{kind}/"
        assert CLASSES[name].kind == kind
        assert KIND_LABELS[kind]


def test_no_two_prefixes_share_a_namespace():
    assert len(set(PREFIXES.values())) == len(PREFIXES)


@pytest.mark.parametrize("name", sorted(PREDICATES))
def test_predicate_reads_as_a_sentence_both_ways(name):
    term = PREDICATES[name]
    for negated in (False, True):
        sentence = term.spell("{subject}", "B", negated=negated)
        assert sentence.count("{subject}") == 1, "a brace in a name is a character like any other"
        assert "B" in sentence
        assert "{object}" not in sentence
    assert term.spell("A", "B") != term.spell("A", "B", negated=True)


@pytest.mark.parametrize("name", sorted(PREDICATES))
def test_predicate_says_which_kinds_of_things_it_joins(name):
    term = PREDICATES[name]
    assert term.subject_kinds, "every predicate is asserted of something"
    assert bool(term.object_kinds) != term.takes_text, "an object is of some kind or a text"
    assert set(term.subject_kinds) | set(term.object_kinds) <= set(CLASSES)
    if term.direction == "symmetric":
        assert term.subject_kinds == term.object_kinds, "what holds both ways takes the same at both ends"
    for kinds in (term.subject_kinds, term.object_kinds):
        assert "Entity" not in kinds or len(kinds) == 1, "what includes everything stands alone"


@pytest.mark.parametrize(("first", "name", "second"), [
    ("Drug", "mutatedIn", "Drug"), ("Histotype", "activeIn", "Drug"), ("Histotype", "hasMutation", "Histotype"),
    ("Drug", "arisesIn", "Site"), ("Study", "inhibits", "Target"), ("Drug", "isA", "Histotype"),
    ("Drug", "memberOf", "Organization"), ("Target", "partOfComplex", "Target"), ("Process", "inputOf", "Process"),
    ("Drug", "binds", "Histotype"), ("Target", "similarTo", "Drug"), ("Patient", "received", "Histotype"),
])  # fmt: skip
def test_what_makes_no_sense_in_the_field_is_not_admitted(first, name, second):
    assert [*misfits(PREDICATES[name], first, second)]


@pytest.mark.parametrize(("first", "name", "second"), [
    ("Drug", "isA", "DrugClass"), ("Histotype", "isA", "Condition"), ("JointCause", "causes", "Process"),
    ("Process", "inputOf", "JointCause"), ("Target", "activates", "Drug"), ("Study", "sameStudyAs", "Reference"),
    ("Metabolite", "similarTo", "Drug"), ("Target", "mutatedIn", "Histotype"), ("Document", "concludes", None),
])  # fmt: skip
def test_what_the_field_says_is_admitted(first, name, second):
    assert not [*misfits(PREDICATES[name], first, second)]


@pytest.mark.parametrize("name", sorted(PREDICATES))
def test_sign_cause_and_direction_of_a_predicate_fit_each_other(name):
    term = PREDICATES[name]
    assert term.sign in {"+1", "-1", "carry", "none"}
    assert term.edge != term.takes_text, "what leads to an entity is an edge, what leads to a text is not"
    if term.takes_text:
        assert (term.sign, term.causal, term.direction) == ("none", False, "none")
    if term.sign in {"+1", "-1"}:
        assert term.causal
        assert term.direction == "forward"
    assert term.definition.endswith(".")


@pytest.mark.parametrize(
    ("predicate", "subject", "obj", "negated", "expected"),
    [
        ("activates", "nucleoside kinases", "gemcitabine", False, "nucleoside kinases activate gemcitabine"),
        ("associatedWith", "multiple mutations", "cancer", False, "multiple mutations are associated with cancer"),
        ("controls", "PI3K-related kinases", "DNA repair", True, "PI3K-related kinases do not control DNA repair"),
        ("inhibits", "sirolimus", "mTOR", False, "sirolimus inhibits mTOR"),
        ("causes", "angiogenesis", "growth", False, "angiogenesis causes growth"),
        ("inhibitionCauses", "nucleoside kinases", "growth", False, "inhibition of nucleoside kinases causes growth"),
        ("isA", "gemcitabine", "antimetabolite", False, "gemcitabine is an antimetabolite"),
        ("isA", "sirolimus", "mTOR inhibitor", True, "sirolimus is not an mTOR inhibitor"),
        ("hasMutation", "soft tissue sarcoma", "NTRK fusion", False, "soft tissue sarcoma carries NTRK fusion"),
    ],
)
def test_a_sentence_agrees_with_its_names(predicate, subject, obj, negated, expected):
    assert PREDICATES[predicate].spell(subject, obj, negated=negated) == expected


@pytest.mark.parametrize(
    ("predicate", "subject", "obj", "expected"),
    [
        ("inhibits", "complex:rapamycin-fkbp12 complex", "target:mTOR", "the rapamycin-fkbp12 complex inhibits mTOR"),
        ("partOfComplex", "target:CDK4", "complex:CDK4 complex", "CDK4 is part of the CDK4 complex"),
        ("damages", "drugclass:cytotoxic drug", "metabolite:DNA", "cytotoxic drugs damage DNA"),
        ("resistantTo", "histotype:sarcoma", "drugclass:antibody", "sarcoma is resistant to antibodies"),
        ("isA", "drug:sirolimus", "drugclass:mTOR inhibitor", "sirolimus is an mTOR inhibitor"),
        ("isA", "drugclass:kinase inhibitor", "drugclass:drug", "kinase inhibitors are drugs"),
        ("increases", "pathway:PI3K pathway", "target:cyclin D1", "the PI3K pathway increases cyclin D1"),
        ("received", "patient:man of 54", "drug:sirolimus", "the man of 54 received sirolimus"),
        ("signalsTo", "process:mitogenic stimuli", "target:mTOR", "mitogenic stimuli signal to mTOR"),
        ("inhibitionDecreases", "target:KIT", "process:growth", "inhibition of KIT decreases growth"),
        ("inhibitionDecreases", "process:dose", "process:harm", "a reduction in dose decreases harm"),
        ("arisesIn", "histotype:sarcoma", "site:uterus", "sarcoma arises in the uterus"),
    ],
)
def test_a_name_is_spoken_of_as_what_it_names(predicate, subject, obj, expected):
    (kind, name), (other_kind, other) = subject.split(":"), obj.split(":")
    assert PREDICATES[predicate].spell(name, other, kinds=(kind, other_kind)) == expected


def test_inhibition_of_something_turns_the_sign_of_its_effect_round():
    signs = {name: term.sign for name, term in PREDICATES.items() if name.startswith("inhibition")}
    assert signs == {
        "inhibitionCauses": "-1",
        "inhibitionIncreases": "-1",
        "inhibitionSensitizes": "-1",
        "inhibitionPrevents": "+1",
        "inhibitionDecreases": "+1",
    }
    assert PREDICATES["inhibitionCauses"].spell("mTOR", "G1 arrest") == "inhibition of mTOR causes G1 arrest"


PUBLIC_TERMS = """
    subject predicate object polarity certainty passage assertedBy citing hasArm regimen component drug dose
    population histotype n hasOutcome measure definition value valueText unit numerator denominator ciLow
    ciHigh pValue comparator flag hasEvent order offset
    Drug DrugClass Target Pathway Process Complex Metabolite Histotype Site Regimen Study Arm Population
    Outcome AdverseEvent Patient TimelineEvent Document Passage Statement
"""


@pytest.mark.parametrize("name", PUBLIC_TERMS.split())
def test_terms_that_outside_queries_rely_on_exist(name):
    assert SKG[name] == f"https://w3id.org/sarcoma-kg/vocab/{name}"


def test_vocabulary_is_closed_and_suggests_the_nearest_term():
    with pytest.raises(UnknownTermError, match="did you mean inhibits"):
        SKG["inhibit"]
    with pytest.raises(KeyError):
        SKG["nothing-like-it"]
    with pytest.raises(AttributeError):
        _ = SKG.nothingLikeIt
    assert SKG.inhibits == SKG["inhibits"]
    assert "inhibits" in SKG
    assert "inhibit" not in SKG


def test_no_name_is_both_a_predicate_and_another_property():
    assert PREDICATES.keys() & PROPERTIES.keys() == set()


def test_every_term_of_the_ontology_has_one_label_and_one_definition():
    graph = ontology_graph()
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    ours = {node for kind in kinds for node in graph.subjects(RDF.type, kind) if str(node).startswith(SKG.namespace)}
    assert len(ours) == len(SKG)
    for node in ours:
        assert len(list(graph.objects(node, RDFS.label))) == 1, node
        assert len(list(graph.objects(node, SKOS.definition))) == 1, node
        assert len({kind for kind in kinds if (node, RDF.type, kind) in graph}) == 1, f"{node} is punned"


def test_the_ontology_says_who_made_it_under_which_licence_and_version():
    graph, ontology = ontology_graph(), URIRef(SKG.namespace)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert graph.value(ontology, OWL.versionInfo) == Literal(version)
    assert graph.value(ontology, OWL.versionIRI) == URIRef(SKG.namespace + version)
    for told in (DCTERMS.title, DCTERMS.description, DCTERMS.creator, DCTERMS.license):
        assert len(list(graph.objects(ontology, told))) == 1, told


def test_every_term_says_which_ontology_defines_it():
    graph = ontology_graph()
    defined = {str(term) for term in graph.subjects(RDFS.isDefinedBy, URIRef(SKG.namespace))}
    given_up = {str(term) for term in graph.subjects(RDF.type, URIRef(SKG.Withdrawn))}
    assert defined == {SKG[name] for name in SKG} | given_up
    assert not given_up & {SKG[name] for name in SKG}


def test_terms_are_told_apart_by_label_and_definition_and_refer_to_terms_that_are_there():
    """What ROBOT's report would call an error: shared labels and definitions, stray spaces, dangling references."""
    graph, shared = ontology_graph(), defaultdict(list)
    for told in (CLASSES, PREDICATES, PROPERTIES):
        for term in told.values():
            shared["label", term.label.casefold()].append(term.name)
            shared["definition", term.definition.casefold()].append(term.name)
            assert term.definition.endswith("."), term.name
    assert [names for names in shared.values() if len(names) > 1] == []
    texts = [str(value) for value in graph.objects() if isinstance(value, Literal)]
    assert [text for text in texts if text != " ".join(text.split())] == []
    version = SKG.namespace + str(graph.value(URIRef(SKG.namespace), OWL.versionInfo))
    named = {str(value) for value in graph.objects() if isinstance(value, URIRef)}
    ours = {iri for iri in named if iri.startswith(SKG.namespace)}
    assert ours - {SKG[name] for name in SKG} == {SKG.namespace, version}


# What the vocabulary says of its own terms, and `premise`, which explains inferred axioms.
OF_NO_RECORD = {
    "causal", "causalDirection", "datatype", "edge", "family", "inverseLabel", "kind", "likeKinds", "negatedSentence",
    "objectKind", "phrase", "premise", "sentence", "sign", "subjectKind", "takesText", "thingColumn",
}  # fmt: skip


def test_every_property_says_which_records_have_it_and_a_link_says_to_what():
    assert {name for name, term in PROPERTIES.items() if not term.subject_kinds} == OF_NO_RECORD
    links = [term for term in PROPERTIES.values() if term.range == "iri" or term.range in CLASSES]
    assert len(links) > 30
    assert [term.name for term in links if not term.object_kinds] == []
    for term in PROPERTIES.values():
        assert {*term.subject_kinds, *term.object_kinds} <= set(CLASSES)


def test_the_vocabulary_admits_every_key_that_a_curator_may_write():
    classes = {"timeline event": "TimelineEvent", "section": "Passage"}
    editorial = {name for name, term in CLASSES.items() if term.kind}
    for record in RECORDS.values():
        kinds = editorial if record.name == "entity" else {classes.get(record.name, record.name.capitalize())}
        for key in record.keys:
            term = PROPERTIES.get((key.rdf or "").removeprefix("skg:"))
            if term is not None:
                assert any(is_in(kind, admitted) for kind in kinds for admitted in term.subject_kinds), key
                assert not (key.repeated and term.single), key


def test_a_confidence_interval_is_that_of_the_hazard_ratio_where_there_is_one():
    for end in ("ciLow", "ciHigh"):
        assert "of the hazard ratio where there is one, else of the value" in PROPERTIES[end].definition


def test_ontology_for_the_store_has_no_blank_nodes_and_is_sorted():
    lines = ontology_ntriples().splitlines()
    assert lines == sorted(lines)
    assert not [line for line in lines if b"_:" in line]


def test_every_mapping_names_a_term_that_the_other_vocabulary_has(shared_dir):
    path = shared_dir / "reference-data" / "biolink-model-4.4.6.yaml.gz"
    text = gzip.decompress(path.read_bytes()).decode()
    evidence_codes = gzip.decompress(path.with_name("eco.obo.gz").read_bytes()).decode()
    model = yaml.load(text, yaml.CSafeLoader)
    slots = {name.replace(" ", "_") for name in model["slots"]}
    classes = {"".join(word[:1].upper() + word[1:] for word in name.split()) for name in model["classes"]}
    terms = [*CLASSES.values(), *PREDICATES.values(), *PROPERTIES.values()]
    mapped = [(term.name, mapping.curie) for term in terms for mapping in term.mappings]
    assert len(mapped) > 80
    standard = {"rdf:subject", "rdf:predicate", "rdf:object", "dcterms:creator"}
    standard |= {f"prov:{name}" for name in ("Entity", "Organization")}
    standard |= {f"prov:was{name}" for name in ("DerivedFrom", "QuotedFrom", "RevisionOf")}
    for name, curie in mapped:
        prefix, _, local = curie.partition(":")
        if prefix == "BIOLINK":
            assert local in slots | classes, f"{name} -> {curie}"
            assert not (model["slots"].get(local.replace("_", " ")) or {}).get("deprecated"), f"{name} -> {curie}"
        elif prefix == "ECO":
            assert f"\nid: {curie}\n" in evidence_codes, f"{name} -> {curie}"
        else:
            assert curie in standard or f"- {curie}\n" in text, f"{name} -> {curie} is not in the Biolink Model"
