"""What an answer about a mechanism says beside its paths: what sources deny, where a drug failed, what does harm."""

from __future__ import annotations

import pytest

from kg.identifiers import expand
from kg.mechanism.background import Denial
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


def test_harm_counts_where_harm_is_asked_for() -> None:
    facts = f"{HARMFUL}drug:c causes event:shock"
    answer = ask("drug:a", "event:shock", facts=facts)
    assert {gap.from_.label for gap in answer.gaps} == {"dna", "anaemia"}


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
