"""What an answer about a mechanism says beside its paths: what sources deny, where a drug failed, what does harm."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from kg.graph import KnowledgeGraph
from kg.identifiers import BASE, expand
from kg.mechanism.background import Denial, Sighting
from kg.mechanism.gap import GapCause
from kg.model import EntityRef
from tests.kg.mechanism_facts import Told, ask, ask_told, line_of

BLOCKER = "drug:a blocks target:x\ntarget:x inhibitionIncreases process:survival\n"
NOT_SLOWED = Denial(expand("drug:a"), "decreases", expand("process:growth"), "statement:9", "A does not slow growth")


def test_where_a_drug_failed_is_said_first_where_no_target_is_asked_for() -> None:
    facts = f"{BLOCKER}drug:a activeIn histotype:b\ndrug:a inactiveIn histotype:z"
    failed, helped = ask("drug:a", facts=facts).gaps
    assert (failed.from_.label, failed.to.label) == ("a", "z")
    assert failed.reason == (
        "No source states causal steps from a to z. Sources do state, though not as a cause: a is inactive in z."
    )
    assert [step.predicate for step in helped.stated] == ["activeIn"]


def test_a_disease_that_the_paths_explain_is_no_gap() -> None:
    facts = "drug:a blocks target:x\ntarget:x drives histotype:gist\ndrug:a activeIn histotype:gist"
    assert ask("drug:a", facts=facts).gaps == ()


def test_an_effect_that_sources_deny_a_drug_is_named() -> None:
    told = Told(denials=(NOT_SLOWED,))
    facts = f"{BLOCKER}drug:b decreases process:growth"
    (without_target,) = ask_told(facts, told, "drug:a").gaps
    assert without_target.denied == (NOT_SLOWED,)
    (towards,) = ask_told(facts, told, "drug:a", "process:growth").gaps
    assert towards.denied == (NOT_SLOWED,)
    assert towards.reason.endswith(" Sources do state a denial: A does not slow growth.")
    (in_reverse,) = ask_told(facts, told, "", "process:growth").gaps
    assert (in_reverse.from_.label, in_reverse.to.label, in_reverse.denied) == ("a", "growth", (NOT_SLOWED,))


def test_a_denial_without_an_effect_says_nothing_where_no_target_is_asked_for() -> None:
    aim = Denial(expand("drug:a"), "associatedWith", expand("process:growth"), "statement:9", "A has no tie to growth")
    assert ask_told(f"{BLOCKER}drug:b decreases process:growth", Told(denials=(aim,)), "drug:a").gaps == ()


HARMFUL = "drug:a causes event:anaemia\ndrug:a damages metabolite:dna\ndrug:a usedFor histotype:b\n"


def test_harm_comes_after_what_may_do_good_and_is_no_place_where_a_step_is_missing() -> None:
    answer = ask("drug:a", "histotype:b", facts=HARMFUL)
    assert [line_of(path) for path in answer.paths] == ["a dna", "a anaemia"]
    assert [gap.from_.label for gap in answer.gaps] == ["dna"]
    assert [line_of(path) for path in ask("drug:a", facts=HARMFUL).paths] == ["a dna", "a anaemia"]


def test_where_a_drug_only_does_harm_the_gap_is_its_own() -> None:
    (gap,) = ask("drug:a", "histotype:b", facts="drug:a causes event:anaemia\ndrug:a usedFor histotype:b").gaps
    assert gap.from_.label == "a"
    assert gap.reason.startswith("No source states a causal step from a towards b.")


def test_where_harm_is_asked_for_what_a_drug_does_in_the_cell_is_no_way_to_it() -> None:
    facts = f"{HARMFUL}drug:c causes event:shock"
    answer = ask("drug:a", "event:shock", facts=facts)
    assert answer.paths == ()
    assert [(gap.from_.label, gap.cause) for gap in answer.gaps] == [("a", "no_step_towards")]


def test_a_way_to_what_may_cause_the_harm_is_shown() -> None:
    facts = f"{HARMFUL}metabolite:dna promotes process:loss\nprocess:loss causes event:shock hedged"
    answer = ask("drug:a", "event:shock", facts=facts)
    assert [line_of(path) for path in answer.paths] == ["a dna loss"]
    assert [(gap.from_.label, gap.cause) for gap in answer.gaps] == [("loss", "weaker_on")]


ENHANCED = """drug:a enhances drug:b
drug:b inhibits process:synthesis
drug:b causes event:anaemia
drug:p prodrugOf drug:b
"""


def test_a_drug_that_makes_another_work_better_does_not_do_that_drugs_harm() -> None:
    """Rapamycin enhances gemcitabine in xenografts; gemcitabine's myelosuppression is none of rapamycin's."""
    answer = ask("drug:a", "event:anaemia", facts=ENHANCED)
    assert answer.paths == ()
    assert answer.excluded_by == ()
    (gap,) = answer.gaps
    assert gap.sentence == "No source states a causal step from a towards anaemia."
    assert [step.sentence for step in gap.around] == ["a enhances the effect of b", "b causes anaemia"]


def test_of_another_treatment_on_a_chain_only_what_it_does_to_the_tumour_is_followed() -> None:
    assert [line_of(path) for path in ask("drug:a", facts=ENHANCED).paths] == ["a b synthesis"]
    only_harm = "drug:a enhances drug:b\ndrug:b causes event:anaemia"
    assert [line_of(path) for path in ask("drug:a", facts=only_harm).paths] == ["a b"]


def test_a_prodrug_does_the_harm_of_the_drug_that_it_becomes() -> None:
    (path,) = ask("drug:p", "event:anaemia", facts=ENHANCED).paths
    assert (line_of(path), path.complete) == ("p b anaemia", True)


def test_in_reverse_harm_is_told_of_the_drug_that_does_it() -> None:
    lines = [line_of(path) for path in ask("", "event:anaemia", facts=ENHANCED).paths]
    assert lines == ["b anaemia", "p b anaemia"]


def test_harm_that_sources_state_of_a_wider_kind_is_told_as_such() -> None:
    wider = {"supertypes": (expand("event:toxicity"),)}
    answer = ask("drug:a", "event:shock", facts="drug:a causes event:toxicity\ndrug:c causes event:shock", **wider)
    assert [(line_of(path), path.complete) for path in answer.paths] == [("a toxicity", False)]
    (gap,) = answer.gaps
    assert gap.reason == ("Sources state causal steps to toxicity, of which shock is one kind; none to shock itself.")


def _seen(number: int, event: str, *drugs: str) -> Sighting:
    def named(curie: str, kind: str) -> EntityRef:
        return EntityRef(expand(curie), curie, kind, curie.partition(":")[2])

    together = tuple(named(drug, "Drug") for drug in drugs)
    return Sighting(f"fact:{number}", named(event, "AdverseEvent"), together, is_absent=False, text="seen", passages=())


def test_harm_seen_under_a_drug_is_told_where_harm_is_asked_for_alone() -> None:
    told = Told(seen=(_seen(1, "event:shock", "drug:a", "drug:c"), _seen(2, "event:shock", "drug:c")))
    facts = f"{HARMFUL}drug:c causes event:shock"
    assert [one.fact for one in ask_told(facts, told, "drug:a", "event:shock").sightings] == ["fact:1"]
    assert [one.fact for one in ask_told(facts, told, "", "event:shock").sightings] == ["fact:1", "fact:2"]
    assert ask_told(facts, told, "drug:a", "metabolite:dna").sightings == ()
    assert ask_told(facts, told, "drug:a").sightings == ()


def test_harm_of_kinds_of_what_was_asked_for_counts() -> None:
    told = Told(seen=(_seen(1, "event:anaemia", "drug:a"),))
    more = {"subtypes": (expand("event:anaemia"),)}
    answer = ask_told(f"{HARMFUL}drug:c causes event:toxicity", told, "drug:a", "event:toxicity", **more)
    assert [one.fact for one in answer.sightings] == ["fact:1"]
    assert [(line_of(path), path.complete) for path in answer.paths] == [("a anaemia", True)]


def test_a_disease_is_no_place_where_a_step_to_something_else_is_missing() -> None:
    """That imatinib acts on GIST is no half of a way to leukaemia, nor what inhibited KIT does in GIST."""
    facts = """drug:a inhibits target:kit
target:kit drives histotype:gist
target:kit inhibitionIncreases process:survival
drug:a inhibits target:abl
drug:b testedIn condition:leukaemia
drug:c inhibits process:division
"""
    told = Told(contexts={2: ("GIST", "histotype:gist")})
    answer = ask_told(facts, told, "drug:a", "condition:leukaemia")
    assert [gap.from_.label for gap in answer.gaps] == ["abl"]
    assert {"a kit gist", "a kit survival"} <= {line_of(path) for path in answer.paths}
    elsewhere = ask_told(facts, told, "drug:a", "process:division")
    assert {gap.from_.label for gap in elsewhere.gaps} == {"abl", "survival"}


def test_what_sources_deny_of_a_drug_stands_with_its_gap_towards_a_disease() -> None:
    told = Told(denials=(NOT_SLOWED,))
    facts = f"{BLOCKER}drug:b testedIn histotype:s\ndrug:b decreases process:growth"
    (gap,) = ask_told(facts, told, "drug:a", "histotype:s").gaps
    assert gap.denied == (NOT_SLOWED,)


def test_what_sources_claim_of_a_disease_with_reservation_is_told_as_such() -> None:
    facts = f"{BLOCKER}drug:a activeIn histotype:s hedged"
    (gap,) = ask("drug:a", "histotype:s", facts=facts).gaps
    assert gap.reason.endswith("Sources do state, though not as a cause: a is active in s (stated with reservation).")
    sure = ask("drug:a", "histotype:s", facts=f"{facts}\ndrug:a testedIn histotype:s").gaps[0]
    assert [step.predicate for step in sure.stated] == ["testedIn"]


@pytest.mark.parametrize("cause", get_args(GapCause))
def test_every_cause_of_a_gap_has_a_sentence_of_its_own(cause: GapCause) -> None:
    (weaker,) = ask("drug:a", "target:b", facts="drug:a inhibits target:b hedged").gaps
    known = {each: replace(weaker, cause=each, into=weaker.to) for each in get_args(GapCause)}
    gap = known.pop(cause)
    assert gap.sentence not in {other.sentence for other in known.values()}
    assert (not gap.sentence) == (cause == "only_denied")
    assert gap.reason == gap.sentence


def test_in_reverse_the_drug_with_the_shortest_way_comes_first_and_of_equals_the_best_known() -> None:
    facts = """drug:long inhibits target:p
target:p stabilizes target:q
target:q promotes target:x
drug:a inhibits target:x
drug:b inhibits target:x
drug:b testedIn histotype:s
drug:b isA drugclass:k
"""
    assert [line_of(path) for path in ask("", "target:x", facts=facts).paths] == ["b x", "a x", "long p q x"]


def test_classes_that_stand_for_drugs_do_not_come_before_what_the_drugs_do() -> None:
    facts = """drug:a inhibits target:x
target:x promotes process:growth
drug:b blocks target:y
drugclass:g inputOf joint:both
drugclass:h inputOf joint:both
drug:z causes process:end
drug:a inhibits target:w
"""
    kinds = ((expand("drug:a"), expand("drugclass:g")), (expand("drug:b"), expand("drugclass:h")))
    answer = ask(
        "drug:a drug:b",
        "process:end",
        facts=facts.replace("joint:both", "process:chain-termination-causes"),
        memberships=kinds,
    )
    assert [path.start.label for path in answer.paths] == ["a", "b", "a", "g", "h"]


@pytest.mark.parametrize(("target", "first"), [("condition:leukaemia", "a abl"), ("condition:other", "a abl")])
def test_what_is_stated_of_one_histotype_comes_last_for_another_disease(target: str, first: str) -> None:
    facts = """drug:a inhibits target:kit
target:kit drives histotype:gist
histotype:gist causes process:pain
drug:a inhibits target:abl
drug:b testedIn condition:leukaemia
drug:b testedIn condition:other
"""
    lines = [line_of(path) for path in ask("drug:a", target, facts=facts).paths]
    assert lines[0] == first
    assert "a kit gist pain" in lines


def test_in_reverse_the_drugs_whose_help_in_a_disease_no_step_explains_are_named() -> None:
    facts = """drug:a inhibits target:x
target:x drives histotype:gist
drug:a activeIn histotype:gist
drug:b activeIn histotype:gist
drug:c inactiveIn histotype:gist
drug:d testedIn histotype:gist
"""
    (gap,) = ask("", "histotype:gist", facts=facts).gaps
    assert [step.start.label for step in gap.stated] == ["b", "c"]
    assert gap.reason == (
        "From other treatments no source states causal steps to gist. "
        "Sources do state, though not as a cause: b is active in gist; c is inactive in gist."
    )
    assert ask("", "histotype:gist", facts=facts, effect="raises").gaps[-1].stated == ()


def test_harm_is_told_of_arms_of_single_patients_and_of_comparators(first_graph: KnowledgeGraph) -> None:
    """Nothing says how doxorubicin does it: its arm had more of it than that of the pegylated liposomal form."""
    seen = first_graph.mechanism(["doxorubicin"], "cardiac toxicity").sightings
    assert (seen[0].event.label, [drug.label for drug in seen[0].drugs]) == (
        "decreased ventricular function", ["doxorubicin"],
    )  # fmt: skip
    assert "lower than with doxorubicin" in seen[0].text
    texts = [one.text for one in first_graph.mechanism(["gemcitabine"], "neutropenia").sightings]
    assert any(text.startswith("Man of 54") for text in texts)
    assert any(text.startswith("Gemcitabine (3 patients") for text in texts)


def test_harm_of_a_combination_is_told_of_each_of_its_drugs_but_not_as_a_mechanism(
    curated_graph: KnowledgeGraph,
) -> None:
    answer = curated_graph.mechanism(["rapamycin"], "myelosuppression")
    assert answer.paths == ()
    assert {tuple(drug.label for drug in one.drugs) for one in answer.sightings} == {("gemcitabine", "sirolimus")}
    assert "gemcitabine causes myelosuppression" in answer.gaps[0].reason
    alone = curated_graph.mechanism(["gemcitabine"], "myelosuppression")
    assert [(path.sentence, path.complete) for path in alone.paths] == [("Gemcitabine causes myelosuppression.", True)]


def test_harm_looked_for_and_not_seen_is_told_as_such_and_last(curated_graph: KnowledgeGraph) -> None:
    seen = curated_graph.mechanism([], "rash").sightings
    assert [one.is_absent for one in seen] == sorted(one.is_absent for one in seen)
    absent = {drug.label for one in seen if one.is_absent for drug in one.drugs}
    assert absent == {"gemcitabine", "sirolimus"}


def test_harm_is_told_as_the_graphs_asked_for_tell_it(curated_graph: KnowledgeGraph) -> None:
    graphs = [BASE + "graph/document-002"]
    everywhere = curated_graph.mechanism(["gemcitabine"], "myelosuppression").sightings
    only = curated_graph.mechanism(["gemcitabine"], "myelosuppression", graphs=graphs).sightings
    assert {passage.document for one in only for passage in one.passages} == {BASE + "document/002"}
    assert 0 < len(only) < len(everywhere)


def test_a_process_stands_for_its_kinds(first_graph: KnowledgeGraph) -> None:
    """What keeps leiomyosarcoma cells from resisting chemotherapy is told to who asks of such resistance at all."""
    (start,) = {path.start.label for path in first_graph.mechanism([], "resistance to chemotherapy").paths}
    assert start == "EGFR"
    (gap,) = (gap for gap in first_graph.mechanism(["trabectedin"], "DNA repair").gaps if gap.kind == "weaker")
    assert gap.steps[0].end.label == "transcription-coupled nucleotide excision repair"


def test_what_is_stated_of_gist_lacks_no_step_towards_leukaemia(first_graph: KnowledgeGraph) -> None:
    ends = {
        drug: {gap.from_.label for gap in first_graph.mechanism([drug], "CML").gaps}
        for drug in ("imatinib", "dasatinib")
    }
    assert ends == {"imatinib": {"ABL", "PDGFR"}, "dasatinib": {"tyrosine kinase"}}


def test_a_failure_without_a_disease_of_its_own_stands_with_the_gap_towards_the_disease(
    curated_graph: KnowledgeGraph,
) -> None:
    gap = curated_graph.mechanism(["bevacizumab"], "soft tissue sarcoma").gaps[0]
    assert [denial.text.partition(" (")[0] for denial in gap.denied] == [
        "Bevacizumab does not decrease disease progression"
    ]


def test_a_gap_has_no_end_that_nobody_asked_for() -> None:
    """No source leads on from docetaxel: that is no gap from docetaxel to itself."""
    facts = "drug:b inhibits target:x\ndrug:a testedIn histotype:s\ndrug:b activeIn histotype:s"
    (without_target,) = ask("drug:a", facts=facts).gaps
    assert (without_target.from_, without_target.to) == (EntityRef(expand("drug:a"), "drug:a", "Drug", "a"), None)
    in_reverse = ask("", "histotype:s", facts=facts).gaps
    assert [gap.cause for gap in in_reverse] == ["no_step_to", "other_treatments"]
    assert [(gap.from_, gap.to.label if gap.to else "") for gap in in_reverse] == [(None, "s"), (None, "s")]
    (no_such_effect,) = ask("", "target:x", facts=facts, effect="raises").gaps
    assert (no_such_effect.from_, no_such_effect.to and no_such_effect.to.label) == (None, "x")


FAILED = f"{BLOCKER}drug:b activeIn histotype:s\ndrug:b activeIn histotype:gist"


def _not_slowed(line: int) -> Told:
    """What is denied of a, stated of the disease ``s``, in what stands on a line of the facts."""
    denial = replace(NOT_SLOWED, statement=f"{BASE}statement/{line:04}")
    return Told(denials=(denial,), contexts={line: ("s", "histotype:s")})


def test_a_failure_in_another_disease_is_no_gap_towards_this_one() -> None:
    """That bevacizumab did not slow soft tissue sarcoma says nothing about what acts on GIST."""
    assert [gap.denied for gap in ask_told(FAILED, Told(denials=(NOT_SLOWED,)), "", "histotype:gist").gaps] == [(), ()]
    assert not any(gap.denied for gap in ask_told(FAILED, _not_slowed(9), "", "histotype:gist").gaps)
    assert not any(gap.denied for gap in ask_told(FAILED, _not_slowed(9), "drug:a", "histotype:gist").gaps)


def test_a_failure_in_the_disease_itself_or_a_wider_one_is_told() -> None:
    above = {"supertypes": (expand("histotype:s"),)}
    assert [gap.from_ and gap.from_.label for gap in ask_told(FAILED, _not_slowed(9), "", "histotype:s").gaps][2] == "a"
    assert ask_told(FAILED, _not_slowed(9), "", "histotype:gist", **above).gaps[-1].denied
    assert ask_told(FAILED, _not_slowed(9), "drug:a", "histotype:gist", **above).gaps[0].denied


GRAFTED = "drug:a inhibits cellstate:graft\ndrug:a kills cellstate:s-phase\ndrug:b activeIn histotype:b"


def test_from_a_tumour_model_of_the_laboratory_no_step_is_missed() -> None:
    """Pancreatic tumours grown in mice are no half of a way to leiomyosarcoma."""
    without = ask("drug:a", "histotype:b", facts=GRAFTED)
    assert {gap.from_ and gap.from_.label for gap in without.gaps} == {"graft", "s-phase"}
    answer = ask("drug:a", "histotype:b", facts=GRAFTED, models=(expand("cellstate:graft"),))
    assert [gap.from_ and gap.from_.label for gap in answer.gaps] == ["s-phase"]
    assert len(answer.paths) == len(without.paths) == 2


def test_what_a_drug_does_in_a_tumour_is_no_way_to_a_condition_that_is_none() -> None:
    facts = f"{HARMFUL}drug:b testedIn condition:rejection\nprocess:rest prevents condition:rejection"
    answer = ask("drug:a", "condition:rejection", facts=facts, about_tumours=False)
    assert answer.paths == ()
    assert [(gap.from_ and gap.from_.label, gap.cause) for gap in answer.gaps] == [("a", "no_step_towards")]
    close = ask("drug:a", "condition:rejection", facts=f"{facts}\ndrug:a causes process:rest", about_tumours=False)
    assert [(line_of(path), path.complete) for path in close.paths] == [("a rest rejection", True)]


@pytest.mark.parametrize(("drug", "target"), [("sirolimus", "transplant rejection"), ("imatinib", "sunitinib")])
def test_tumour_molecules_are_no_way_to_a_transplant_or_to_another_drug(
    curated_graph: KnowledgeGraph, drug: str, target: str
) -> None:
    target = {"transplant rejection": "condition:kidney-transplant-rejection"}.get(target, target)
    answer = curated_graph.mechanism([drug], target)
    assert answer.paths == ()
    assert [gap.from_ and gap.from_.label for gap in answer.gaps] == [drug]


def test_the_gaps_of_gemcitabine_in_leiomyosarcoma_start_in_the_cell(curated_graph: KnowledgeGraph) -> None:
    ends = {gap.from_.label for gap in curated_graph.mechanism(["gemcitabine"], "leiomyosarcoma").gaps if gap.from_}
    assert ends == {"DNA chain termination", "deoxynucleotides", "dCTP", "S phase cells"}


def test_what_acts_on_gist_is_not_answered_by_failures_elsewhere(first_graph: KnowledgeGraph) -> None:
    assert not any(gap.denied for gap in first_graph.mechanism([], "GIST").gaps)
    told = [gap for gap in first_graph.mechanism([], "soft tissue sarcoma").gaps if gap.denied]
    assert [gap.from_ and gap.from_.label for gap in told] == ["bevacizumab", "olaratumab", "ridaforolimus"]


def test_a_cancer_stands_for_its_kinds(curated_graph: KnowledgeGraph) -> None:
    told = curated_graph.mechanism(["dasatinib"], "condition:cancer").gaps[0].stated
    assert "chronic myelogenous leukaemia" in {step.end.label for step in told}


def test_what_drugs_are_together_may_be_asked_about_as_their_target(curated_graph: KnowledgeGraph) -> None:
    """Nobody gave it as a drug: it is added to them where sources state something of it."""
    drugs = ["gemcitabine", "docetaxel"]
    assert "Regimen" in {gap.from_.type for gap in curated_graph.mechanism(drugs, "leiomyosarcoma").gaps if gap.from_}
    towards = curated_graph.mechanism(drugs, "gemcitabine + docetaxel").gaps
    assert {gap.to.type for gap in towards if gap.to} == {"Regimen"}
