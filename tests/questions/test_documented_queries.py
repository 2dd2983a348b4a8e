"""The queries that the documentation shows run, and what it says of results holds: an outsider has nothing else."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kg.graph import KnowledgeGraph
from triples.read import CURATED, read_corpus

DOCS = Path(__file__).resolve().parents[2] / "docs"
SHOWN = [
    query
    for page in ("sparql.md", "data-model.md")
    for block in re.findall(r"```sparql\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    for query in block.strip().split("\n\n")
]


def asked(graph: KnowledgeGraph, query: str) -> list[dict[str, Any]]:
    """The rows of an answer, each a value by the name of its variable."""
    return graph.sparql(query).to_pandas().to_dict("records")


def short(iri: object) -> str:
    """The last part of an IRI."""
    return str(iri).rpartition("/")[2]


@pytest.mark.parametrize("query", SHOWN, ids=[query.splitlines()[0][:60] for query in SHOWN])
def test_a_query_of_the_documentation_has_an_answer(query: str, curated_graph: KnowledgeGraph) -> None:
    assert asked(curated_graph, query)


def test_the_names_that_the_data_model_mentions_are_in_the_graph(curated_graph: KnowledgeGraph) -> None:
    page = (DOCS / "data-model.md").read_text(encoding="utf-8")
    rules = page[page.index("## Clinical results") : page.index("## Graphs")]
    names = set(re.findall(r"`((?:regimen|measure|histotype|definition):[a-z-]*[a-z])`", rules))
    assert names
    missing = [name for name in names if not asked(curated_graph, f"SELECT ?label {{ {name} skos:prefLabel ?label }}")]
    assert not missing


def test_patients_of_pooled_arms_and_parts_of_arms_are_counted_once(curated_graph: KnowledgeGraph) -> None:
    (query,) = [query for query in SHOWN if "patientsComputed" in query]
    counted = {short(row["study"]): int(row["patientsComputed"]) for row in asked(curated_graph, query)}
    assert counted["doxorubicin-cyvadic-phase3-ref2"] == 605
    assert counted["imatinib-dose-eortc-isg-agitg-ref47"] == 946
    assert counted["sarc002"] == 49 + 73
    assert counted["gemcitabine-maintenance-regensburg"] == 3
    assert counted["retroperitoneal-pls-case"] == counted["rapamycin-gemcitabine-case"] == 1


def test_a_study_of_one_patient_has_one_arm_that_is_not_within_another(curated_graph: KnowledgeGraph) -> None:
    rows = asked(curated_graph, """SELECT ?study (COUNT(?arm) AS ?arms) {
        ?study skg:hasArm ?arm . ?arm skg:population/skg:n 1 . FILTER NOT EXISTS { ?arm skg:within ?other }
        } GROUP BY ?study""")  # fmt: skip
    assert rows
    assert {int(row["arms"]) for row in rows} == {1}


def test_no_arm_is_said_to_hold_all_without_saying_whom_it_holds(curated_graph: KnowledgeGraph) -> None:
    """Every arm whose words say that it takes groups together names them."""
    rows = asked(curated_graph, """SELECT ?arm ?label { ?arm a skg:Arm ; skos:prefLabel ?label .
        FILTER(REGEX(?label, "^all |\\\\(all\\\\)|both|together"))
        FILTER NOT EXISTS { ?arm skg:pools ?part } }""")  # fmt: skip
    assert not rows


def test_every_printed_dose_with_a_figure_is_found_by_number_and_unit(curated_graph: KnowledgeGraph) -> None:
    rows = asked(curated_graph, """SELECT ?component ?dose {
        ?component a skg:Component ; skg:dose ?dose . FILTER(REGEX(?dose, "[0-9]"))
        FILTER NOT EXISTS { ?component skg:value|skg:rangeLow ?number ; skg:unit ?unit } }""")  # fmt: skip
    assert not rows


def test_dose_levels_given_together_are_found_by_their_highest(curated_graph: KnowledgeGraph) -> None:
    (query,) = [query for query in SHOWN if "regimen:ifosfamide" in query]
    found = {short(row["arm"]) for row in asked(curated_graph, query)}
    assert {"ifosfamide-ref16-ifosfamide", "ifosfamide-ref17-ifosfamide"} <= found
    assert "eortc-ifosfamide-schedules-ref20-24-hour" not in found


def test_a_printed_bound_is_no_value(curated_graph: KnowledgeGraph) -> None:
    rows = asked(curated_graph, """SELECT ?printed ?value { ?fact skg:valueText ?printed ; skg:rangeLow ?low .
        FILTER(REGEX(?printed, "^more than", "i")) OPTIONAL { ?fact skg:value ?value } }""")  # fmt: skip
    assert not asked(curated_graph, """SELECT ?fact { ?fact skg:valueText ?printed .
        FILTER(REGEX(?printed, "^(<|>|(more|less) than [0-9])", "i"))
        FILTER NOT EXISTS { ?fact skg:rangeLow|skg:rangeHigh ?bound ; skg:unit ?unit } }""")  # fmt: skip
    assert {Decimal(40), Decimal(50), Decimal(17)} <= {
        Decimal(str(row["low"]))
        for row in asked(curated_graph, """SELECT ?low { ?fact skg:valueText ?printed ; skg:rangeLow ?low .
            FILTER(REGEX(?printed, "^more than", "i")) }""")
    }  # fmt: skip
    assert all(row["value"] is None or row["value"] != row["value"] for row in rows)


def test_what_a_document_reports_of_a_cited_study_cites_it(curated_graph: KnowledgeGraph) -> None:
    """A result of a study that the same document knows from a reference is found by that reference."""
    rows = asked(curated_graph, """SELECT ?outcome { ?study skg:citing ?reference ; skg:hasArm/skg:hasOutcome ?outcome .
        ?reference skg:citedIn ?document . ?outcome skg:assertedBy ?document .
        FILTER NOT EXISTS { ?outcome skg:citing ?any } }""")  # fmt: skip
    assert not rows
    cited = asked(curated_graph, """SELECT ?printed {
        ?outcome skg:citing ?reference ; skg:valueText ?printed ; a skg:Outcome .
        ?reference skg:citedIn document:002 ; skg:number 34 }""")  # fmt: skip
    assert {"53%", "5.6 months", "17.9 months"} <= {row["printed"] for row in cited}


def test_a_silence_about_the_line_of_treatment_has_one_spelling(curated_graph: KnowledgeGraph) -> None:
    assert not asked(curated_graph, 'SELECT ?x { ?x skg:line|skg:phase "unstated" }')


def test_a_class_of_drugs_given_before_is_found(curated_graph: KnowledgeGraph) -> None:
    rows = asked(
        curated_graph,
        """SELECT ?arm {
        ?arm skg:assertedBy document:002 ; skg:population/skg:priorDrug drugclass:anthracycline }""",
    )
    assert {short(row["arm"]) for row in rows} == {"docetaxel-refractory-ref28-docetaxel"}
    answers = curated_graph.ask("after-failure-of", {"drug": ["anthracycline"]})
    assert {short(row["study"].value) for row in answers.items} >= {"docetaxel-refractory-ref28", "NCT00949325"}


def test_what_is_hedged_is_found_by_the_word_that_hedges_it(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.ask("words-of-doubt", {"entity": ["nilotinib"]})
    assert {str(row["words"].text) for row in answer.items} == {"designed to"}
    assert len(answer.items) == 3  # KIT, PDGFR and ABL
    silent = asked(curated_graph, """SELECT ?fact { ?fact skg:certainty ?certainty ; skg:assertedBy document:002 .
        FILTER(?certainty = "hedged" || ?certainty = "hypothesised")
        FILTER NOT EXISTS { ?fact skg:hedge ?words } }""")  # fmt: skip
    assert not silent


def test_response_rates_are_listed_with_the_form_in_which_they_are_printed(curated_graph: KnowledgeGraph) -> None:
    rows = curated_graph.ask("printed-response-rates", {"document": ["document:002"]}).items
    forms = {str(row["printed"].text): str(row["form"].text) for row in rows if row["printed"]}
    assert forms["5 of 7 (71%)"] == "count and percentage"
    assert forms["20% to 25%"] == "range"
    assert forms["5 of 11"] == "count and denominator only"
    assert forms["approximately 10%"] == "percentage only"
    assert forms["one patient"] in ("count without denominator", "count and denominator only")


def test_studies_are_ranked_by_all_their_arms(curated_graph: KnowledgeGraph) -> None:
    rows = curated_graph.ask("largest-studies").items
    added = {short(row["study"].value): row["armsAddedComputed"] for row in rows}
    assert int(added["sarc002"].value) == 122
    assert added["doxorubicin-cyvadic-phase3-ref2"] is None


def test_no_adverse_event_that_was_looked_for_and_not_seen_is_affirmed(curated_graph: KnowledgeGraph) -> None:
    """An event of a patient that says "no rash" is found by the polarity as well as by the kind of nothing."""
    told = asked(curated_graph, """SELECT ?term ?polarity { ?event skg:eventKind "adverse event" ;
        skg:adverseEvent ?term ; skg:absence "none-observed" ; skg:polarity ?polarity }""")  # fmt: skip
    assert {"rash", "hematuria"} <= {short(row["term"]) for row in told}
    assert {row["polarity"] for row in told} == {"negated"}


def test_adverse_events_are_told_without_those_that_were_not_seen(curated_graph: KnowledgeGraph) -> None:
    (query,) = [query for query in SHOWN if "event:myelosuppression" in query]
    found = {(short(row["arm"]), short(row["event"])) for row in asked(curated_graph, query)}
    assert ("retroperitoneal-pls-case-chemotherapy", "febrile-neutropenia") in found
    rash = asked(curated_graph, query.replace("event:myelosuppression", "event:rash"))
    assert {short(row["arm"]) for row in rash} == {"ap23573-phase-2-ref62-ap23573"}


def test_times_are_sorted_in_one_unit(curated_graph: KnowledgeGraph) -> None:
    (query,) = [query for query in SHOWN if "measure:progression-free-survival ." in query]
    rows = asked(curated_graph, query)
    order = [str(row["printed"]).split(" (")[0] for row in rows]
    assert order.index("17 months") < order.index("315 days") < order.index("6.2 months") < order.index("15 weeks")


def test_a_patient_was_given_neither_what_was_planned_nor_a_treatment_twice(curated_graph: KnowledgeGraph) -> None:
    (query,) = [query for query in SHOWN if "skg:planned" in query]
    given: dict[str, list[str]] = {}
    for row in asked(curated_graph, query):
        given.setdefault(short(row["patient"]), []).append(str(row["given"]))
    assert len(given["003-1"]) == 5
    assert given["003-3"][-1] == "gemcitabine"
    assert len(given["003-3"]) == 3
    assert sum("gemcitabine" in drugs for drugs in given["000-transplant"]) == 1
    assert len(given["000-transplant"]) == 5  # three immunosuppressant combinations, rapamycin, rapamycin + gemcitabine


@pytest.mark.parametrize(
    ("arm", "measure", "count", "of"),
    [
        ("ecog-gemcitabine-ref23-gemcitabine", "adverse-event", 25, 25),  # "All patients"
        ("ipi-504-phase-1-ref67-ipi-504", "response-rate", 0, 14),  # "No computed tomographic responses"
    ],
)
def test_all_and_none_are_counted(arm: str, measure: str, count: int, of: int, curated_graph: KnowledgeGraph) -> None:
    rows = asked(curated_graph, f"""SELECT ?count ?of {{ arm:{arm} skg:hasOutcome ?outcome .
        ?outcome skg:measure measure:{measure} ; skg:numerator ?count ; skg:denominator ?of }}""")  # fmt: skip
    assert [(int(row["count"]), int(row["of"])) for row in rows] == [(count, of)]


def test_regimens_with_an_event_are_those_with_a_narrower_one_too(curated_graph: KnowledgeGraph) -> None:
    rows = curated_graph.ask("who-causes-event", {"event": ["neutropenia"]}).items
    assert {short(row["term"].value) for row in rows} == {"neutropenia", "febrile-neutropenia"}


def test_reservations_and_denials_are_shown_together(curated_graph: KnowledgeGraph) -> None:
    (query,) = [query for query in SHOWN if "drugclass:mtor-inhibitor" in query]
    found = {(row["polarity"], row["certainty"]) for row in asked(curated_graph, query)}
    assert found == {("affirmed", "hedged"), ("affirmed", "hypothesised"), ("negated", "stated")}


def test_a_hypothesis_has_no_direct_triple(curated_graph: KnowledgeGraph) -> None:
    """The data model says so, because whoever asks for the predicate alone would take the silence for an answer."""
    assert not asked(curated_graph, "SELECT ?text { ?thing skg:hypothesis ?text }")
    assert asked(curated_graph, "SELECT ?fact { ?fact skg:predicate skg:hypothesis }")


def test_the_documents_that_were_read_are_those_with_a_file(curated_graph: KnowledgeGraph) -> None:
    rows = asked(curated_graph, "SELECT ?document { ?document a skg:Document ; skg:fileName ?name }")
    assert sorted(short(row["document"]) for row in rows) == [folder.id for folder in read_corpus(CURATED).folders]


def test_a_symmetric_predicate_stands_one_way(curated_graph: KnowledgeGraph) -> None:
    """The data model says so: the obvious query from the other side would find nothing."""
    assert not asked(curated_graph, "SELECT ?x { drug:gemcitabine skg:synergizesWith ?x }")
    rows = asked(curated_graph, "SELECT ?x { ?x skg:synergizesWith|^skg:synergizesWith drug:gemcitabine }")
    assert [short(row["x"]) for row in rows] == ["sirolimus"]
    one_way = "SELECT ?a { ?a skg:conflictsWith ?b FILTER NOT EXISTS { ?b skg:conflictsWith ?a } }"
    assert not asked(curated_graph, one_way)


def test_a_grade_is_found_by_its_number(curated_graph: KnowledgeGraph) -> None:
    """A grade is not led by words, so that the grade asked for is not found in the number of a version."""
    grades = asked(curated_graph, "SELECT DISTINCT ?grade { ?record skg:adverseEvent ?event ; skg:grade ?grade }")
    assert not [row["grade"] for row in grades if re.search("grade|version", row["grade"], re.IGNORECASE)]
    found = asked(curated_graph, """SELECT ?class ?event { ?record skg:grade "4" ; skg:adverseEvent ?event ; a ?class .
        FILTER(?class IN (skg:Outcome, skg:TimelineEvent)) }""")  # fmt: skip
    neutropenia = {("Outcome", "neutropenia"), ("TimelineEvent", "neutropenia")}
    assert {(short(row["class"]), short(row["event"])) for row in found} == neutropenia


def test_a_symptom_is_found_by_its_term(curated_graph: KnowledgeGraph) -> None:
    unnamed = asked(curated_graph, """SELECT ?event { ?event skg:eventKind "symptom" .
        FILTER NOT EXISTS { ?event skg:adverseEvent ?term }
        FILTER NOT EXISTS { ?event skg:result "decreased" } }""")  # fmt: skip
    assert not unnamed
    pain = asked(curated_graph, """SELECT ?patient ?term { ?term skos:broader* event:pain .
        ?patient skg:hasEvent ?event . ?event skg:adverseEvent ?term ; skg:eventKind "symptom" }""")  # fmt: skip
    assert {short(row["patient"]) for row in pain} == {"000-transplant"}
    assert {short(row["term"]) for row in pain} == {"shoulder-pain", "flank-pain", "pleuritic-pain"}


def test_the_unit_of_a_size_is_beside_it_or_in_it(curated_graph: KnowledgeGraph) -> None:
    """A response in percent that tells its sizes too has the unit of the percentage."""
    rows = asked(curated_graph, "SELECT ?size ?unit { ?event skg:size ?size ; skg:unit ?unit }")
    assert {row["unit"] for row in rows} == {"cm", "%"}
    assert all(row["unit"] == "cm" or "cm" in row["size"] for row in rows)


def test_differences_that_were_not_found_are_among_the_comparisons(curated_graph: KnowledgeGraph) -> None:
    (query,) = [query for query in SHOWN if "?against" in query]
    rows = asked(curated_graph, query)
    unprinted = {short(row["arm"]) for row in rows if not isinstance(row["printed"], str)}
    assert {"doxorubicin-cyvadic-phase3-ref2-cyvadic", "ridaforolimus-maintenance-ref28-ridaforolimus"} <= unprinted
    assert "sarc002-gemcitabine-docetaxel" in {short(row["arm"]) for row in rows} - unprinted


def test_examinations_that_found_nothing_are_among_the_findings(curated_graph: KnowledgeGraph) -> None:
    (query,) = [query for query in SHOWN if "?nothing ?what" in query]
    nothing = {row["what"] for row in asked(curated_graph, query) if row["nothing"] == "none-observed"}
    assert {"fine-needle aspiration from the liver showed no tumour cells", "no rash"} <= nothing


def test_the_loss_of_a_target_leads_to_what_its_inhibitor_does(curated_graph: KnowledgeGraph) -> None:
    (query,) = [query for query in SHOWN if "STR(skg:inhibition)" in query]
    found = {(short(row["how"]), short(row["effect"])) for row in asked(curated_graph, query)}
    effects = {("inhibitionCauses", "g1-arrest"), ("inhibitionPrevents", "cdk-activation")}
    assert effects <= found
    assert not asked(curated_graph, "SELECT ?how { ?how skg:sign -1 }")  # the data model says that a sign is a text


def test_every_mtor_inhibitor_that_a_document_names_inhibits_mtor_there(curated_graph: KnowledgeGraph) -> None:
    """A drug that a document counts among the inhibitors of a target is found by what it inhibits."""
    rows = asked(
        curated_graph,
        """SELECT ?drug ?document { ?said skg:subject ?drug ; skg:predicate skg:isA ;
        skg:object drugclass:mtor-inhibitor ; skg:assertedBy ?document . FILTER NOT EXISTS {
        ?fact skg:subject ?drug ; skg:predicate skg:inhibits ; skg:object target:MTOR ; skg:assertedBy ?document } }""",
    )
    assert not rows


@pytest.mark.parametrize(
    ("target", "kind"),
    [("KIT", "kit-inhibitor"), ("MTOR", "mtor-inhibitor"), ("HSP90", "hsp90-inhibitor"), ("NTRK", "ntrk-inhibitor"),
     ("VEGFR", "vegfr-inhibitor"), ("VEGFA", "vegf-antagonist"), ("PDGFR", "pdgfr-inhibitor"),
     ("PDGFRA", "pdgfr-inhibitor"), ("tyrosine-kinase", "tyrosine-kinase-inhibitor")],
)  # fmt: skip
def test_a_class_has_every_drug_that_does_what_the_class_does(
    target: str, kind: str, curated_graph: KnowledgeGraph
) -> None:
    inside = f"{{ ?drug a skg:Drug ; skg:inClass/skos:broader* drugclass:{kind} }}"
    doing = f"{{ ?drug a skg:Drug ; skg:inhibits|skg:blocks|skg:antagonizes target:{target} }}"
    members = {short(row["drug"]) for row in asked(curated_graph, f"SELECT DISTINCT ?drug {inside}")}
    told = {short(row["drug"]) for row in asked(curated_graph, f"SELECT DISTINCT ?drug {doing}")}
    assert told
    assert told <= members


@pytest.mark.parametrize(
    ("kind", "members"),
    [("taxane", "docetaxel"), ("vinca alkaloid", "vincristine, vinorelbine"), ("platinum compound", "cisplatin"),
     ("alkylating agent", "cyclophosphamide, dacarbazine, ifosfamide, temozolomide, trabectedin"),
     ("nitrogen mustard", "cyclophosphamide, ifosfamide"), ("calcineurin inhibitor", "ciclosporin, tacrolimus"),
     ("microtubule inhibitor", "docetaxel, eribulin, vincristine, vinorelbine"), ("antifolate", "methotrexate"),
     ("topoisomerase II inhibitor", "doxorubicin, liposomal-doxorubicin, pegylated-liposomal-doxorubicin"),
     ("VEGFR inhibitor", "motesanib, pazopanib, regorafenib, sunitinib"),
     ("PDGFR inhibitor", "imatinib, motesanib, nilotinib, olaratumab, pazopanib, regorafenib, sunitinib"),
     ("angiogenesis inhibitor", "bevacizumab, motesanib, pazopanib, regorafenib, sirolimus, sunitinib")],
)  # fmt: skip
def test_a_class_that_a_reader_knows_has_the_drugs_that_the_vocabularies_put_there(
    kind: str, members: str, curated_graph: KnowledgeGraph
) -> None:
    (found,) = curated_graph.search(kind, types=("DrugClass",), limit=1).items
    assert found.label == kind
    rows = asked(curated_graph, f"SELECT DISTINCT ?drug {{ ?drug skg:inClass/skos:broader* <{found.id}> }}")
    assert {short(row["drug"]) for row in rows} == set(members.split(", "))


def test_an_antibody_that_blocks_a_receptor_is_directed_at_signalling_like_one_that_takes_its_ligand_away(
    curated_graph: KnowledgeGraph,
) -> None:
    rows = asked(curated_graph, """SELECT DISTINCT ?drug { ?drug skg:inClass drugclass:monoclonal-antibody ;
        skg:inClass/skos:broader* drugclass:signalling-inhibitor }""")  # fmt: skip
    assert {short(row["drug"]) for row in rows} == {"bevacizumab", "olaratumab"}


def test_a_class_has_every_drug_that_a_source_counts_there(curated_graph: KnowledgeGraph) -> None:
    rows = asked(curated_graph, """SELECT ?drug ?kind { ?drug a skg:Drug ; skg:isA ?kind .
        FILTER NOT EXISTS { ?drug skg:inClass/skos:broader* ?kind } }""")  # fmt: skip
    assert not rows
