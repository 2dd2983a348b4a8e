"""The records of tests/data/well_formed.ttl that tests spoil."""

from __future__ import annotations

from rdflib import Namespace, URIRef

from ontology.terms import SKG

VOCAB = Namespace(SKG.namespace)
BASE = "https://w3id.org/sarcoma-kg/"
OUTCOME = URIRef(BASE + "outcome/trial-a-response-rate-00000001")
TOXICITY = URIRef(BASE + "outcome/trial-a-adverse-event-00000002")
STATEMENT = URIRef(BASE + "statement/0000000000000001")
REMARK = URIRef(BASE + "statement/0000000000000002")
PASSAGE = URIRef(BASE + "passage/t-0-10")
POPULATION = URIRef(BASE + "population/trial-a")
COMPONENT = URIRef(BASE + "regimen/trial-a-c1")
DOCUMENT = URIRef(BASE + "document/t")
TREATMENT = URIRef(BASE + "event/one-treatment")
RESPONSE = URIRef(BASE + "event/one-response")
PATIENT = URIRef(BASE + "patient/one")
STUDY = URIRef(BASE + "study/trial")
CONFLICT = URIRef(BASE + "conflict/0000000000000003")
SIROLIMUS = URIRef(BASE + "drug/sirolimus")
MTOR = URIRef(BASE + "target/MTOR")
