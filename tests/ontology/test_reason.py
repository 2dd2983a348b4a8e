"""Reasoning: what follows, from what, and why something cannot be."""

from __future__ import annotations

import shutil

import pytest
from rdflib import OWL, RDFS, BNode, Graph, Literal, URIRef

from ontology.axioms import (
    Defined,
    Disjoint,
    Related,
    SubClass,
    UnsupportedAxiomError,
    axioms_of,
    in_words,
    ontology_axioms,
)
from ontology.reason import Classification, classify, explain_unsatisfiable, load_world
from ontology.terms import CLASSES, PREFIXES, SKG

SARCOMA, LEIOMYOSARCOMA, UTERINE_SARCOMA, UTERINE_LEIOMYOSARCOMA, CASE = (
    PREFIXES["histotype"] + name
    for name in ("sarcoma", "leiomyosarcoma", "uterine-sarcoma", "uterine-leiomyosarcoma", "case")
)
UTERUS = PREFIXES["site"] + "uterus"

HISTOTYPES = (
    SubClass(SARCOMA, SKG.Histotype),
    SubClass(LEIOMYOSARCOMA, SARCOMA),
    Defined(UTERINE_SARCOMA, SARCOMA, SKG.arisesIn, UTERUS),
    Defined(UTERINE_LEIOMYOSARCOMA, LEIOMYOSARCOMA, SKG.arisesIn, UTERUS),
    SubClass(CASE, LEIOMYOSARCOMA),
    Related(CASE, SKG.arisesIn, UTERUS),
)


def pairs(classification: Classification) -> list[tuple[str, str]]:
    return [(pair.sub, pair.sup) for pair in classification.inferred]


def premises(classification, sub, sup):
    return next(pair.premises for pair in classification.inferred if (pair.sub, pair.sup) == (sub, sup))


def test_hierarchy_closes_and_each_pair_keeps_its_chain():
    result = classify(HISTOTYPES)
    assert result.unsatisfiable == ()
    assert premises(result, LEIOMYOSARCOMA, SKG.Entity) == (
        SubClass(LEIOMYOSARCOMA, SARCOMA),
        SubClass(SARCOMA, SKG.Histotype),
        SubClass(SKG.Histotype, SKG.Entity),
    )


def test_site_specific_form_is_found_without_a_chain():
    """A uterine leiomyosarcoma is a uterine sarcoma, because a leiomyosarcoma is a sarcoma."""
    result = classify(HISTOTYPES)
    assert set(premises(result, UTERINE_LEIOMYOSARCOMA, UTERINE_SARCOMA)) == {
        SubClass(LEIOMYOSARCOMA, SARCOMA),
        Defined(UTERINE_SARCOMA, SARCOMA, SKG.arisesIn, UTERUS),
        Defined(UTERINE_LEIOMYOSARCOMA, LEIOMYOSARCOMA, SKG.arisesIn, UTERUS),
    }
    assert (CASE, UTERINE_LEIOMYOSARCOMA) in pairs(result)


def test_asserted_pairs_are_not_reported_as_inferred():
    assert (LEIOMYOSARCOMA, SARCOMA) not in pairs(classify(HISTOTYPES))


def test_order_of_the_axioms_changes_nothing():
    assert pairs(classify(HISTOTYPES)) == pairs(classify(reversed(HISTOTYPES)))


def test_every_premise_is_an_axiom_that_was_given():
    known = {*HISTOTYPES, *ontology_axioms()}
    assert all(set(pair.premises) <= known and pair.premises for pair in classify(HISTOTYPES).inferred)


def test_every_class_of_the_ontology_can_have_an_instance():
    result = classify()
    assert result.unsatisfiable == ()
    assert pairs(result) == [(SKG.JointCause, SKG.Entity), (SKG.Reference, SKG.Entity)]


def test_an_axiom_reads_as_english_of_any_initial():
    labels = {UTERINE_LEIOMYOSARCOMA: "uterine leiomyosarcoma", UTERINE_SARCOMA: "uterine sarcoma"}
    told = in_words(SubClass(UTERINE_LEIOMYOSARCOMA, UTERINE_SARCOMA), labels)
    assert told == "every uterine leiomyosarcoma is a uterine sarcoma"


def test_clash_is_explained_by_the_fewest_axioms_in_plain_words():
    wrong = (*HISTOTYPES, SubClass(CASE, SKG.Drug))
    assert classify(wrong).unsatisfiable == (CASE,)
    clash = explain_unsatisfiable(CASE, wrong)
    assert clash.minimal
    assert set(clash.axioms) == {
        Disjoint(SKG.Drug, SKG.Histotype),
        SubClass(CASE, SKG.Drug),
        SubClass(CASE, LEIOMYOSARCOMA),
        SubClass(LEIOMYOSARCOMA, SARCOMA),
        SubClass(SARCOMA, SKG.Histotype),
    }
    for axiom in clash.axioms:
        assert not classify((a for a in clash.axioms if a != axiom), with_ontology=False).unsatisfiable
    words = clash.in_words({CASE: "test case", LEIOMYOSARCOMA: "leiomyosarcoma"})
    assert words.splitlines()[0] == "There can be no test case. These cannot all be true:"
    assert "- nothing is both a drug and a histotype" in words
    assert "- every test case is a leiomyosarcoma" in words


def test_explanation_that_runs_out_of_time_says_that_it_is_not_minimal():
    wrong = (*HISTOTYPES, SubClass(CASE, SKG.Drug))
    clash = explain_unsatisfiable(CASE, wrong, timeout_s=0)
    assert not clash.minimal
    assert SubClass(CASE, SKG.Drug) in clash.axioms
    assert "some cannot be true together" in clash.in_words()


def test_explaining_a_class_that_can_exist_is_refused():
    with pytest.raises(ValueError, match="can have instances"):
        explain_unsatisfiable(CASE, HISTOTYPES)


def test_axioms_read_as_sentences():
    assert in_words(Related(CASE, SKG.arisesIn, UTERUS)) == "every histotype:case arises in some site:uterus"
    assert in_words(SubClass(SKG.Process, SKG.Entity)) == "every process is an entity"


def test_axiom_outside_the_profile_is_refused_when_read():
    graph = Graph()
    graph.add((URIRef(SARCOMA), OWL.complementOf, URIRef(UTERUS)))
    with pytest.raises(UnsupportedAxiomError, match="complementOf"):
        axioms_of(graph)
    graph = Graph()
    graph.add((URIRef(SARCOMA), RDFS.subClassOf, BNode()))
    with pytest.raises(UnsupportedAxiomError, match="named classes"):
        axioms_of(graph)
    graph = Graph()
    graph.add((URIRef(SARCOMA), RDFS.label, Literal("sarcoma")))
    assert axioms_of(graph) == ()


def test_ontology_file_is_owl_2_dl_and_only_data_properties_concern_the_reasoner():
    import pyowl_core as owl
    from pyelk import Reasoner

    from ontology.resources import ontology_turtle

    options = owl.LoadOptions(
        format=owl.DocumentFormat.TURTLE,
        imports=owl.ImportPolicy.IGNORE,
        backend=owl.BackendPreference.PYTHON,
        validate_owl2_dl=True,
    )
    snapshot = owl.load_snapshot(ontology_turtle().encode(), options=options)
    with Reasoner(snapshot) as reasoner:
        reasons = reasoner.classify().reasons
    assert {feature for reason in reasons for feature in reason.features} <= {
        "DATA_PROPERTY",
        "DATA_PROPERTY_DOMAIN",
        "DATA_PROPERTY_RANGE",
        "FUNCTIONAL_DATA_PROPERTY",
    }


def test_ontology_uses_no_datatype_that_owl_2_el_lacks():
    from rdflib import XSD

    from ontology.resources import ontology_graph

    ranges = {node for node in ontology_graph().objects(None, RDFS.range) if str(node).startswith(str(XSD))}
    assert ranges == {XSD.string, XSD.integer, XSD.decimal}


def test_world_offers_the_classes_to_python():
    world = load_world(HISTOTYPES)
    names = {entity.iri for entity in world.classes()}
    assert {term.iri for term in CLASSES.values()} <= names
    assert world[SKG.JointCause].is_a == [world[SKG.Process]]
    assert world[SARCOMA] in world[LEIOMYOSARCOMA].is_a
    assert world[SKG.Process] in world[SKG.JointCause].ancestors()


@pytest.mark.skipif(shutil.which("java") is None, reason="HermiT needs Java, which is not installed here")
def test_hermit_agrees_with_the_reasoner_of_the_build():
    from owlready2 import sync_reasoner_hermit

    world = load_world(HISTOTYPES)
    with world.get_ontology(PREFIXES["graph"] + "axioms#"):
        sync_reasoner_hermit(world, infer_property_values=False, debug=0)
    expected = {
        *pairs(classify(HISTOTYPES)),
        *((a.sub, a.sup) for a in (*HISTOTYPES, *ontology_axioms()) if isinstance(a, SubClass)),
    }
    found = {
        (entity.iri, parent.iri)
        for entity in world.classes()
        for parent in entity.ancestors()
        if parent is not entity and parent.iri != str(OWL.Thing)
    }
    assert found == expected
