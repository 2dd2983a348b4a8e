"""Which question of a reader is which question to the graph: one call each, through the public interfaces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

from kg.graph import KnowledgeGraph
from kg.mechanism.search import MechanismAnswer
from server.questions.present import as_json

Call = Callable[["Reader"], Any]
TRANSPLANT = "patient:000-transplant"
RETROPERITONEAL = "patient:004-retroperitoneal"


@dataclass(frozen=True)
class Reader:
    """Somebody with a question: the library, and a client of the HTTP service on the same graph."""

    graph: KnowledgeGraph
    client: FlaskClient

    def get(self, route: str, **parameters: Any) -> Any:
        """A route of /api/v1."""
        response = self.client.get(f"/api/v1/{route}", query_string=parameters)
        assert response.status_code == 200, response.get_data(as_text=True)
        return response.get_json()

    def ask(self, question: str, **parameters: Any) -> Any:
        """A question of the catalogue: the rows of its answer."""
        return self.get(f"questions/{question}", **parameters)["items"]

    def sparql(self, query: str) -> Any:
        """The rows of a SELECT query over HTTP."""
        response = self.client.get(
            "/sparql", query_string={"query": query}, headers={"Accept": "application/sparql-results+json"}
        )
        assert response.status_code == 200, response.get_data(as_text=True)
        rows = response.get_json()["results"]["bindings"]
        return [{name: term["value"] for name, term in row.items()} for row in rows]

    def mechanism(self, drug: str, target: str, k: int = 20) -> Any:
        """How a drug reaches a target, by the library."""
        answer: MechanismAnswer = self.graph.mechanism([drug], target, k=k)
        return as_json({"paths": answer.paths, "gaps": answer.gaps})

    def rows(self, **filters: Any) -> Any:
        """Rows of evidence."""
        return self.get("evidence", **filters)["items"]


@dataclass(frozen=True)
class Asked:
    """A question, how it is put to the graph, and what the answer must say (``a|b``: either).

    The items are in our own words and in the figures of the documents.
    """

    id: str
    question: str
    call: Call
    items: tuple[str, ...]


def _names_of_objects(drug: str, predicate: str) -> str:
    """Every name of what a drug stands in a relation to."""
    return f"""SELECT DISTINCT ?thing ?name WHERE {{
      ?statement skg:subject {drug} ; skg:predicate skg:{predicate} ; skg:object ?thing .
      ?thing skos:prefLabel|skos:altLabel ?name }}"""


def texts_on(node: str, *predicates: str) -> str:
    """What is said in words about a thing, by kind of statement."""
    kinds = " ".join(f"skg:{predicate}" for predicate in predicates)
    return f"""SELECT DISTINCT ?text ?certainty WHERE {{ VALUES ?kind {{ {kinds} }}
      {{ ?statement skg:subject {node} }} UNION {{ ?statement skg:about {node} }}
      ?statement skg:predicate ?kind ; skg:object ?text ; skg:certainty ?certainty }}"""


CALLS: Mapping[str, Call] = {
    # --- a kidney-transplant patient on rapamycin and gemcitabine; a retroperitoneal case
    "AQ-001": lambda reader: reader.mechanism("rapamycin", "mTOR"),
    "AQ-002": lambda reader: reader.mechanism("rapamycin", "G1/S boundary"),
    "AQ-004": lambda reader: reader.mechanism("gemcitabine", "chain termination"),
    "AQ-008": lambda reader: reader.ask("family-functions", protein="mTOR"),
    "AQ-010": lambda reader: reader.sparql(
        "SELECT ?process WHERE { ?s skg:subject target:MTOR ; skg:predicate skg:controls ;"
        " skg:assertedBy document:000 ; skg:object/skos:prefLabel ?process }"
    ),
    "AQ-012": lambda reader: [
        reader.ask("what-brings-about", effect="smooth muscle proliferation"),
        reader.ask("why-given", drug="gemcitabine"),
    ],
    "AQ-014": lambda reader: reader.sparql(texts_on("drugclass:signalling-inhibitor", "limitation", "rationale")),
    "AQ-022": lambda reader: reader.ask("timeline", patient=TRANSPLANT),
    "AQ-023": lambda reader: reader.ask("responses-by-lesion", patient=TRANSPLANT),
    "AQ-025": lambda reader: reader.ask("treatment-lines", patient=TRANSPLANT),
    "AQ-028": lambda reader: reader.ask("responses-by-lesion", patient=TRANSPLANT),
    "AQ-030": lambda reader: reader.ask("preclinical-evidence", drug="rapamycin"),
    "AQ-034": lambda reader: reader.get("cases/patient:004-retroperitoneal/timeline")["events"],
    "AQ-040": lambda reader: (
        reader.rows(drug="pazopanib", measure="progression-free survival")
        + reader.rows(drug="pazopanib", measure="partial response")
        + reader.rows(drug="pazopanib", measure="stable disease")
    ),
    "AQ-041": lambda reader: [reader.mechanism("imatinib", "KIT"), reader.ask("markers-of-patients")],
    "AQ-042": lambda reader: reader.get("cases/patient:004-retroperitoneal/timeline")["cumulative_doses"],
    "AQ-045": lambda reader: [
        [reader.get(f"cases/{patient}/timeline"), reader.sparql(texts_on(patient, "limitation", "efficacy"))]
        for patient in (TRANSPLANT, RETROPERITONEAL)
    ],
    # --- temsirolimus and liposomal doxorubicin; gemcitabine maintenance
    "BQ-002": lambda reader: reader.ask("unproven-mechanisms", certainty="hypothesised"),
    "BQ-004": lambda reader: [
        reader.ask("what-brings-about", effect="recurrence after response to chemotherapy"),
        reader.sparql(texts_on("cellstate:cancer-stem-cell", "hypothesis", "rationale")),
    ],
    "BQ-007": lambda reader: [
        [item, reader.get(f"entities/{item['drug']['entity']['curie']}/neighbors", predicate="isA", direction="out")]
        for item in reader.ask("targets-of-class", **{"class": "tyrosine kinase inhibitor"})
    ],
    "BQ-009": lambda reader: reader.get("studies/NCT00949325"),
    "BQ-012": lambda reader: reader.rows(study="NCT00949325", measure="response rate"),
    "BQ-014": lambda reader: reader.ask("treatment-lines", patient="patient:003-1"),
    "BQ-016": lambda reader: reader.ask("timeline", patient="patient:003-1"),
    "BQ-017": lambda reader: reader.ask("timeline", patient="patient:003-1"),
    "BQ-021": lambda reader: reader.ask("treatment-lines", patient="patient:003-2"),
    "BQ-028": lambda reader: reader.get("cases/patient:003-3/timeline")["events"][-6:],
    "BQ-034": lambda reader: reader.ask("study-record", study="study:gemcitabine-maintenance-regensburg"),
    "BQ-035": lambda reader: (
        reader.ask("results-of-drug", drug="larotrectinib") + reader.ask("conclusions", drug="larotrectinib")
    ),
    "BQ-036": lambda reader: reader.ask("regimen-against-regimen", regimens=["gemcitabine + docetaxel", "gemcitabine"]),
    "BQ-037": lambda reader: [
        reader.ask("definition-in-study", study="NCT00949325"),
        reader.rows(regimen="gemcitabine + docetaxel", document="document:003", measure="objective response rate"),
    ],
    "BQ-039": lambda reader: [row for row in reader.ask("refractory-drugs") if row["patients"]["value"] > 1],
    "BQ-041": lambda reader: reader.ask("conflicts-of-entity", entity="study:gemcitabine-maintenance-regensburg"),
    "BQ-043": lambda reader: reader.ask("causes-of-resistance"),
    # --- the review of systemic therapy
    "RQ-001": lambda reader: reader.sparql(_names_of_objects("drug:imatinib", "inhibits")),
    "RQ-003": lambda reader: reader.sparql(_names_of_objects("drug:motesanib", "inhibits")) + reader.ask("routes"),
    "RQ-005": lambda reader: reader.ask("active-forms") + reader.ask("passages-about", entity="MTIC"),
    "RQ-013": lambda reader: (
        reader.ask("drug-acts-on", drug="17-AAG") + reader.ask("what-brings-about", effect="oncogenic KIT")
    ),
    "RQ-015": lambda reader: reader.get("entities/ET-743/neighbors", direction="out")["items"],
    "RQ-017": lambda reader: reader.ask("what-brings-about", effect="histotype:sarcoma"),
    "RQ-019": lambda reader: reader.ask("why-given", drug="gemcitabine"),
    "RQ-021": lambda reader: reader.rows(regimen="doxorubicin", min_n=200),
    "RQ-023": lambda reader: (
        reader.rows(study="study:docetaxel-vs-doxorubicin", histotype="liposarcoma")
        + reader.rows(study="study:docetaxel-vs-doxorubicin", histotype="leiomyosarcoma")
    ),
    "RQ-031": lambda reader: reader.rows(study="study:ifosfamide-vs-cyclophosphamide-ref18"),
    "RQ-032": lambda reader: reader.ask("results-by-line", drug="ifosfamide"),
    "RQ-037": lambda reader: reader.rows(study="study:gemcitabine-prolonged-infusion-ref25"),
    "RQ-038": lambda reader: reader.rows(study="study:gemcitabine-7-week-induction"),
    "RQ-039": lambda reader: reader.rows(regimen="docetaxel", line="second or later"),
    "RQ-040": lambda reader: reader.rows(study="study:ecog-doxorubicin-schedules-dtic"),
    "RQ-049": lambda reader: reader.ask("results-by-genotype", histotype="GIST"),
    "RQ-052": lambda reader: reader.ask("approvals"),
    "RQ-053": lambda reader: reader.rows(drug="AMG 706"),
    "RQ-054": lambda reader: reader.rows(study="study:trabectedin-sts-eortc-ref65"),
    "RQ-060": lambda reader: reader.ask("arm-comparisons", drug="imatinib"),
    "RQ-062": lambda reader: (
        reader.ask("results-by-genotype", histotype="GIST") + reader.ask("conclusions", drug="sunitinib")
    ),
    "RQ-063": lambda reader: reader.ask("response-without-survival"),
    "RQ-067": lambda reader: reader.ask("results-of-drug", drug="trabectedin"),
    "RQ-070": lambda reader: [
        reader.ask("kinds-of-nothing", kind="not-described"),
        *(reader.ask("conclusions", drug=drug) for drug in ("nilotinib", "dasatinib", "AMG 706")),
    ],
}
