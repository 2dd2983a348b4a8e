"""Two drugs at once: where their paths meet or collide, and what follows for a pair from the cell cycle."""

from __future__ import annotations

import pytest

from kg.identifiers import display, expand
from kg.mechanism.background import CycleMark, Denial, Schedule
from kg.model import CERTAINTIES, EntityRef
from tests.kg.mechanism_facts import FACTS, Told, ask, ask_told, line_of

MARKS = {
    "process:g1-arrest": CycleMark("arrest", "G1"),
    "process:g1-s-transition": CycleMark("exit", "G1"),
    "cellstate:s-phase": CycleMark("in", "S"),
    "process:mitosis": CycleMark("in", "M"),
}
CYCLE = """
drug:holder     causes          process:g1-arrest
drug:blocker    inhibits        target:cdk
target:cdk      promotes        process:g1-s-transition
drug:killer     kills           cellstate:s-phase
drug:spindle    interferesWith  process:mitosis
drug:metaphase  arrests         process:mitosis
drug:prodrug    prodrugOf       drug:holder
drug:helper     enhances        drug:killer
drug:patron     enhances        drugclass:antimetabolite
drugclass:antimetabolite kills  cellstate:s-phase
drug:maybe      causes          process:g1-arrest  hedged
"""


def _meets(facts: str, drugs: str, target: str | None = None) -> dict[str, str]:
    (pair,) = ask(drugs, target, facts=facts).partners
    return {meeting.node.label: meeting.relation for meeting in pair.meetings}


def test_two_drugs_that_lower_the_same_target_meet_there() -> None:
    answer = ask("drug:a drug:b", facts="drug:a inhibits target:KIT\ndrug:b blocks target:KIT")
    (meeting,) = answer.partners[0].meetings
    assert (meeting.node.label, meeting.relation) == ("KIT", "same")
    assert meeting.sentence == "A and b meet at KIT: both lower it."
    assert [(side.drug.label, side.signs) for side in meeting.sides] == [("a", (-1,)), ("b", (-1,))]


def test_drugs_that_push_one_thing_opposite_ways_collide() -> None:
    facts = "drug:a inhibits target:x\ntarget:x activates process:growth\ndrug:b increases process:growth"
    answer = ask("drug:a drug:b", "process:growth", facts=facts)
    (meeting,) = answer.partners[0].meetings
    assert meeting.relation == "opposite"
    assert meeting.sentence == "A and b collide at growth: a lowers it, b raises it."
    drawn = {node.entity.label: node.meeting for node in answer.graph.nodes}
    assert drawn == {"a": None, "b": None, "x": None, "growth": "opposite"}


def test_what_lies_behind_a_meeting_is_no_second_meeting() -> None:
    facts = """
    drug:a inhibits target:KIT
    drug:b inhibits target:KIT
    target:KIT activates process:growth
    process:growth causes process:spread
    """
    assert _meets(facts, "drug:a drug:b") == {"KIT": "same"}
    assert _meets(facts + "drug:b causes process:spread", "drug:a drug:b") == {"KIT": "same", "spread": "mixed"}


def test_a_meeting_without_signs_is_of_unknown_direction() -> None:
    assert _meets("drug:a controls target:x\ndrug:b inhibits target:x", "drug:a drug:b") == {"x": "unknown"}


def test_drugs_also_meet_beside_the_way_to_the_target() -> None:
    facts = "drug:a inhibits target:x\ndrug:b inhibits target:x\ndrug:a causes process:y"
    assert _meets(facts, "drug:a drug:b", "process:y") == {"x": "same"}


def test_what_sources_state_of_the_pair_stands_beside_it() -> None:
    facts = FACTS + "drug:sirolimus synergizesWith drug:gemcitabine\ndrug:gemcitabine enhances drug:sirolimus"
    (pair,) = ask("drug:sirolimus drug:gemcitabine", facts=facts).partners
    assert [(step.subject.label, step.predicate) for step in pair.stated] == [
        ("sirolimus", "synergizesWith"),
        ("gemcitabine", "enhances"),
    ]
    assert ask("drug:sirolimus", facts=facts).partners == ()


def test_no_drug_of_a_regimen_goes_unmentioned() -> None:
    """A partner that does not reach the target has its own chain and its own gap."""
    facts = "\n".join(f"drug:a inhibits target:t{n}\ntarget:t{n} causes process:x" for n in range(5))
    answer = ask("drug:a drug:b", "process:x", facts=facts + "\ndrug:b inhibits target:elsewhere", k=3)
    assert [path.start.label for path in answer.paths] == ["a", "b", "a"]
    assert [path.complete for path in answer.paths] == [True, False, True]
    assert [(gap.from_.label, gap.to.label) for gap in answer.gaps] == [("elsewhere", "x")]


@pytest.mark.parametrize(
    ("drugs", "held", "acting"),
    [
        ("drug:holder drug:killer", ("holder", "G1"), ("killer", "S")),
        ("drug:killer drug:holder", ("holder", "G1"), ("killer", "S")),
        ("drug:blocker drug:killer", ("blocker", "G1"), ("killer", "S")),
        ("drug:holder drug:spindle", ("holder", "G1"), ("spindle", "M")),
        ("drug:prodrug drug:killer", ("prodrug", "G1"), ("killer", "S")),
    ],
)
def test_a_drug_that_holds_cells_before_the_phase_in_which_its_partner_acts_calls_for_caution(
    drugs: str, held: tuple[str, str], acting: tuple[str, str]
) -> None:
    (pair,) = ask_told(CYCLE, Told(MARKS), drugs).partners
    (caution,) = pair.cautions
    assert caution.certainty == "inferred"
    assert [(premise.drug.label, premise.phase) for premise in caution.premises] == [held, acting]
    assert [premise.role for premise in caution.premises] == ["holds", "acts"]
    assert all(step.statements for premise in caution.premises for step in premise.steps)
    assert "possible antagonism" in caution.sentence


@pytest.mark.parametrize(
    ("drugs", "why"),
    [
        ("drug:metaphase drug:killer", "mitosis comes after S phase"),
        ("drug:metaphase drug:spindle", "held in the very phase in which the other acts"),
        ("drug:killer drug:spindle", "neither holds cells"),
        ("drug:holder drug:blocker", "neither acts on cells in a phase"),
        ("drug:holder drug:helper", "what the helper enhances is not what it does itself"),
        ("drug:holder drug:patron", "what a class that the drug enhances does is not what it does itself"),
        ("drug:maybe drug:killer", "a premise that is only hedged was not asked for"),
    ],
)
def test_without_both_premises_nothing_is_inferred(drugs: str, why: str) -> None:
    (pair,) = ask_told(CYCLE, Told(MARKS), drugs).partners
    assert pair.cautions == (), why


def test_a_hedged_premise_counts_when_asked_for_and_says_so() -> None:
    answer = ask_told(CYCLE, Told(MARKS), "drug:maybe drug:killer", certainties=frozenset(CERTAINTIES))
    assert answer.partners[0].cautions[0].premises[0].certainty == "hedged"


def test_in_a_dense_graph_short_chains_of_every_drug_stand_for_those_that_nobody_can_list() -> None:
    pairs = [(a, b) for a in range(30) for b in range(30) if a != b]
    facts = "\n".join(f"target:t{a} activates target:t{b}" for a, b in pairs)
    answer = ask("drug:a drug:b", facts=facts + "\ndrug:a inhibits target:t0\ndrug:b inhibits target:t1")
    assert (answer.truncated, answer.paths[0].length) == (True, 3)
    assert {path.start.label for path in answer.paths} == {"a", "b"}
    assert answer.partners[0].meetings


def test_an_inference_is_no_step_of_any_path() -> None:
    answer = ask_told(CYCLE, Told(MARKS), "drug:holder drug:killer")
    assert {line_of(path) for path in answer.paths} == {"holder g1-arrest", "killer s-phase"}
    assert len(answer.graph.edges) == 2


def test_how_sources_timed_the_pair_stands_beside_the_caution() -> None:
    arm = EntityRef(expand("arm:one"), "arm:one", "Arm", "both drugs")
    drug = EntityRef(expand("drug:holder"), "drug:holder", "Drug", "holder")
    timed = (Schedule(arm, drug, "stopped two days before", ()),)
    (pair,) = ask_told(CYCLE, Told(MARKS, timed=timed), "drug:holder drug:killer").partners
    assert pair.schedules == timed


def test_a_path_against_which_a_source_speaks_is_incoherent() -> None:
    """A denial counts as much as a statement of the other sign."""
    facts = "drug:a inhibits target:x\ntarget:x causes process:y"
    denied = Denial(expand("drug:a"), "decreases", expand("process:y"), "statement:1", "a does not decrease y")
    (path,) = ask_told(facts, Told(denials=(denied,)), "drug:a", "process:y").paths
    assert (path.net_sign, path.agrees, path.claims) == (-1, False, ("a does not decrease y",))
    affirmed = ask_told(facts + "\ndrug:a decreases process:y", Told(denials=(denied,)), "drug:a", "process:y").paths[0]
    assert affirmed.agrees is None  # sources differ


def test_reported_activity_agrees_with_a_path_against_the_disease() -> None:
    facts = "drug:a inhibits target:x\ntarget:x drives histotype:gist\n"
    for claim, agrees in (("activeIn", True), ("inactiveIn", False), ("testedIn", None)):
        (path,) = ask("drug:a", "histotype:gist", facts=f"{facts}drug:a {claim} histotype:gist").paths
        assert path.agrees is agrees, claim


def test_what_is_stated_of_another_disease_does_not_lead_to_this_one() -> None:
    """Imatinib in desmoid tumours: what the inhibition of KIT does in GIST is no step on the way."""
    facts = """drug:imatinib inhibits target:KIT
    target:KIT inhibitionIncreases process:survival
    target:KIT drives histotype:gist
    drug:imatinib inhibits target:PDGFR
    target:PDGFR inhibitionDecreases histotype:desmoid hedged
    histotype:gist subtypeOf histotype:sarcoma"""
    told = Told(contexts={1: ("GIST", "histotype:gist")})
    answer = ask_told(facts, told, "drug:imatinib", "histotype:desmoid")
    assert [line_of(path) for path in answer.paths] == ["imatinib PDGFR", "imatinib KIT"]
    assert [display(disease.id) for disease in answer.elsewhere] == ["histotype:gist"]
    assert [(gap.from_.label, gap.kind) for gap in answer.gaps] == [("PDGFR", "weaker"), ("KIT", "stop")]
    own = ask_told(facts, told, "drug:imatinib", "histotype:gist")
    assert [(line_of(path), path.complete) for path in own.paths] == [
        ("imatinib KIT gist", True), ("imatinib KIT survival", False),
    ]  # fmt: skip
    assert own.gaps == ()
    free = ask_told(facts, told, "drug:imatinib")
    survival = next(path for path in free.paths if path.end.label == "survival")
    assert [step.contexts for step in survival.steps] == [(), ("GIST",)]


def test_a_class_of_drugs_is_spoken_of_in_the_plural() -> None:
    facts = f"{CYCLE}\ndrugclass:inhibitor causes process:g1-arrest\ndrugclass:inhibitor activates target:x\n"
    (pair,) = ask_told(f"{facts}drug:killer inhibits target:x", Told(MARKS), "drugclass:inhibitor drug:killer").partners
    (caution,) = pair.cautions
    assert caution.sentence.startswith("Inhibitors hold cells in G1, and killer acts on cells in S phase, which comes")
    assert "inhibitors may keep cells out of reach of killer" in caution.sentence
    assert caution.premises[0].sentence.startswith("Inhibitors hold cells in G1: ")
    assert [meeting.sentence for meeting in pair.meetings] == [
        "Inhibitors and killer collide at x: inhibitors raise it, killer lowers it."
    ]


CLASS = """
drugclass:i  inhibits  target:x
drug:a       inhibits  target:x
drug:b       binds     target:y
target:x     causes    process:z
"""
MEMBERS = tuple((expand(f"drug:{name}"), expand("drugclass:i")) for name in ("a", "b"))


def test_of_a_class_that_is_asked_about_each_drug_has_its_own_paths_and_gaps() -> None:
    answer = ask("drugclass:i", "process:z", facts=CLASS, members=MEMBERS)
    assert {(line_of(path), path.complete) for path in answer.paths} == {
        ("i x z", True), ("a x z", True), ("b y", False),
    }  # fmt: skip
    assert [(gap.from_.label, gap.to.label) for gap in answer.gaps] == [("y", "z")]
    assert [one.sentence for one in answer.members] == ["a belongs to the class i", "b belongs to the class i"]
    assert answer.partners == ()  # nobody asked what two drugs of a class are together


def test_a_prodrug_in_a_class_acts_through_the_drug_of_that_class_that_it_becomes() -> None:
    """As if it were asked about alone: retaspimycin becomes tanespimycin, both inhibitors of HSP90."""
    facts = "drug:b prodrugOf drug:a\ndrug:a inhibits target:x\ntarget:x causes process:z"
    for target in ("", "process:z", "process:elsewhere"):
        told = f"{facts}\ntarget:y causes process:elsewhere\ndrugclass:i causes process:other"
        alone, of_class = ask("drug:b", target, facts=told), ask("drugclass:i", target, facts=told, members=MEMBERS)
        own = [line_of(path) for path in of_class.paths if path.start.label == "b"]
        assert own == [line_of(path) for path in alone.paths] == ["b a x z"]
    asked_for = ask(
        "drug:a drugclass:i", "process:z", facts=facts + "\ndrugclass:i causes process:other", members=MEMBERS[1:]
    )
    assert [line_of(path) for path in asked_for.paths if path.complete] == ["a x z"]


def test_a_class_of_which_nothing_is_stated_leaves_the_gaps_to_its_drugs() -> None:
    members = ((expand("drug:a"), expand("drugclass:other")),)
    answer = ask("drugclass:other", facts=f"{CLASS}drug:a memberOf drugclass:other", members=members)
    assert [line_of(path) for path in answer.paths] == ["a x z"]
    assert answer.gaps == ()


def test_two_drugs_of_a_class_do_not_complete_a_joint_cause_that_neither_completes() -> None:
    """Who asks about a class does not say that its drugs are given together."""
    facts = f"{CLASS}target:y causes process:v\nprocess:z inputOf process:chain-termination-causes\n"
    facts += "process:v inputOf process:chain-termination-causes\nprocess:chain-termination-causes causes process:w"
    apart = ask("drugclass:i", "process:w", facts=facts, members=MEMBERS)
    assert apart.paths
    assert not any(path.complete for path in apart.paths)
    assert all(path.complete for path in ask("drug:a drug:b", "process:w", facts=facts).paths)


SURVIVAL = """
drug:a    blocks               target:x
target:x  inhibitionIncreases  process:survival
drug:a    inactiveIn           histotype:s
"""
CLINICAL = {"clinical": (expand("process:survival"),)}


def test_a_drug_that_failed_is_told_beside_the_effect_for_patients_that_its_steps_add_up_to() -> None:
    """Olaratumab: what the block of its target does in GIST, and that it failed in soft tissue sarcoma."""
    (path,) = ask("drug:a", "process:survival", facts=SURVIVAL, **CLINICAL).paths
    assert [(step.predicate, step.end.label) for step in path.contrary] == [("inactiveIn", "s")]
    assert path.sentence.endswith("Clinical evidence speaks against it: a is inactive in s.")
    (in_reverse,) = ask("", "process:survival", facts=SURVIVAL, **CLINICAL).paths
    assert in_reverse.contrary == path.contrary


@pytest.mark.parametrize(
    ("facts", "target", "why"),
    [
        (f"{SURVIVAL}drug:a activeIn histotype:t", "process:survival", "it helped in another disease"),
        (SURVIVAL, "histotype:t", "it failed in another disease than the one asked for"),
        (SURVIVAL.replace("inactiveIn", "testedIn"), "process:survival", "no source says that it failed"),
    ],
)
def test_a_failure_that_does_not_bear_on_the_effect_is_not_held_against_it(facts: str, target: str, why: str) -> None:
    answer = ask("drug:a", target, facts=f"{facts}\nhistotype:t subtypeOf histotype:u", **CLINICAL)
    assert [path.contrary for path in answer.paths] == [()], why


def test_a_failure_is_not_held_against_what_a_drug_does_in_the_cell() -> None:
    (path,) = ask("drug:a", "process:survival", facts=SURVIVAL).paths
    assert path.contrary == ()


def test_a_drug_whose_shortest_way_is_a_short_cut_is_not_behind_the_second_ways_of_others() -> None:
    facts = """
    drug:a    causes    process:x
    drug:a    causes    process:p
    process:p causes    process:q
    process:q causes    process:x
    drug:b    causes    process:y
    process:y causes    process:x
    drug:b    causes    process:z
    process:z causes    process:x
    """
    paths = ask("drug:a drug:b", "process:x", facts=facts, k=2).paths
    assert [line_of(path) for path in paths if path.summarised_by is None] == ["b y x", "a p q x"]
