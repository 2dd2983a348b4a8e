"""How drugs act: a hand-written graph of rapamycin and gemcitabine that a person can follow."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from kg.budget import Deadline
from kg.errors import EntityNotFound, InvalidParameter
from kg.identifiers import BASE, expand
from kg.mechanism.search import MechanismQuestion, mechanism
from kg.model import CERTAINTIES
from kg.paths.best_paths import SearchLimits
from tests.kg.mechanism_facts import FACTS, Told, ask, ask_told, index_of, line_of

LONG = "sirolimus FKBP1A rapamycin-FKBP12 MTOR"


def test_the_complex_and_not_the_drug_alone_inhibits_mtor() -> None:
    """The long path leads; the short cut that a source also states is folded under it."""
    answer = ask("drug:sirolimus", "target:MTOR")
    assert [line_of(path) for path in answer.paths] == [
        LONG,
        "sirolimus MTOR",
        "sirolimus rapamycin-FKBP12 MTOR",
    ]
    assert [path.summarised_by for path in answer.paths] == [None, 0, 0]
    long = answer.paths[0]
    assert (long.net_sign, long.certainty, long.complete, long.agrees) == (-1, "stated", True, True)
    assert [step.sign for step in long.steps] == [0, 0, -1]
    assert long.sentence == (
        "Sirolimus binds FKBP1A; FKBP1A is part of rapamycin-FKBP12; rapamycin-FKBP12 inhibits MTOR. "
        "Net effect of sirolimus on MTOR: negative."
    )
    assert answer.gaps == ()


def test_a_net_effect_that_sources_tell_of_one_disease_only_says_so_itself() -> None:
    """Read alone, "net effect on survival: positive" would be a claim on every disease."""
    facts = "drug:olaratumab blocks target:PDGFRA\ntarget:PDGFRA inhibitionIncreases process:survival"
    told = Told(contexts={1: ("GIST", "histotype:gist")})
    path = ask_told(facts, told, "drug:olaratumab").paths[0]
    assert path.sentence.endswith("Net effect of olaratumab on survival, in GIST: positive.")


@pytest.mark.parametrize(
    "step", ["drug:a sensitizes cellstate:x", "drug:a inhibits target:t\ntarget:t inhibitionSensitizes cellstate:x"]
)
def test_what_more_sensitive_cells_do_gets_neither_more_nor_less(step: str) -> None:
    """An mTOR inhibitor makes stem cells answer to chemotherapy; more recurrence from them is no effect of it."""
    to_cells, to_relapse = (
        ask_told(step, Told(), "drug:a").paths,
        ask_told(f"{step}\ncellstate:x causes process:relapse", Told(), "drug:a", "process:relapse").paths,
    )
    assert [path.net_sign for path in to_cells] == [1]
    assert [path.net_sign for path in to_relapse] == [None]
    assert "positive" not in to_relapse[0].sentence


def test_rapamycin_arrests_the_cell_in_g1_by_every_sourced_branch() -> None:
    answer = ask("drug:sirolimus", "process:g1-arrest")
    whole = [path for path in answer.paths if path.summarised_by is None]
    assert [line_of(path) for path in whole] == [f"{LONG} cyclin-d1-turnover cdk4-cyclin-d1-deficiency g1-arrest"]
    assert whole[0].net_sign == 1
    assert all(path.net_sign == 1 for path in answer.paths)
    assert {node.entity.label for node in answer.graph.nodes} >= {
        "FKBP1A",
        "MTOR",
        "cyclin-d1-turnover",
        "g1-arrest",
    }


def test_where_sources_stop_short_of_the_histotype_there_is_a_gap() -> None:
    """No bridging step is drawn: reported activity is not a cause."""
    answer = ask("drug:sirolimus", "histotype:leiomyosarcoma")
    first = answer.paths[0]
    assert line_of(first) == f"{LONG} cyclin-d1-turnover cdk4-cyclin-d1-deficiency g1-arrest"
    assert not any(path.complete for path in answer.paths)
    gap = answer.gaps[0]
    assert (gap.from_.label, gap.to.label) == ("g1-arrest", "leiomyosarcoma")
    assert "No source states a causal step on from g1-arrest towards leiomyosarcoma." in gap.reason
    assert "Sources do state, though not as a cause: sirolimus is active in leiomyosarcoma." in gap.reason
    assert [step.predicate for step in gap.stated] == ["activeIn"]
    assert not any(edge.step.predicate == "activeIn" for edge in answer.graph.edges)
    roles = {node.entity.label: node.role for node in answer.graph.nodes}
    assert (roles["sirolimus"], roles["g1-arrest"], roles["leiomyosarcoma"]) == ("drug", "end", "target")


def test_the_drawing_holds_both_branches_even_where_one_path_is_shown() -> None:
    answer = ask("drug:gemcitabine", "process:chain-termination", k=1)
    assert (len(answer.paths), answer.truncated, answer.truncated_by) == (1, True, "k")
    drawn = {node.entity.label for node in answer.graph.nodes}
    assert {"dfdcdp", "dfdctp", "RNR", "deoxynucleotide-depletion", "competition-with-dctp"} <= drawn


def test_a_step_without_a_sign_makes_the_net_sign_unknown() -> None:
    (path,) = ask("drug:docetaxel", "process:proliferation").paths
    assert path.net_sign is None
    assert path.sentence.endswith("not known, because no source says in which direction one of the steps acts.")


def test_a_sentence_says_of_each_step_how_sure_it_is_and_where_it_holds() -> None:
    facts = """drug:imatinib inhibits target:PDGFR
target:PDGFR inhibitionDecreases histotype:desmoid hedged"""
    told = Told(contexts={0: ("PDGFR cells", "histotype:desmoid"), 1: ("mice", "histotype:desmoid")})
    more = {"certainties": frozenset({"stated", "hedged"})}
    (path,) = ask_told(facts, told, "drug:imatinib", "histotype:desmoid", **more).paths
    weak = "inhibition of PDGFR decreases desmoid (in mice; stated with reservation)"
    assert path.sentence.startswith(f"Imatinib inhibits PDGFR (in PDGFR cells); {weak}.")


def test_a_place_that_the_sentence_names_is_not_told_again() -> None:
    told = Told(contexts={0: ("leiomyosarcoma-cells", "histotype:leiomyosarcoma")})
    (path,) = ask_told("drug:a inhibits process:growth-of-leiomyosarcoma-cells", told, "drug:a").paths
    assert path.sentence == "A inhibits growth-of-leiomyosarcoma-cells."


def test_a_path_can_disagree_with_a_direct_statement() -> None:
    paths = {line_of(path): path for path in ask("drug:imatinib", "target:KIT").paths}
    assert paths["imatinib ABL1 KIT"].net_sign == 1
    assert paths["imatinib ABL1 KIT"].agrees is False
    assert paths["imatinib ABL1 KIT"].claims == ("imatinib inhibits KIT",)
    assert paths["imatinib KIT"].agrees is None
    assert paths["imatinib KIT"].summarised_by is None  # it has the other sign, so it sums up nothing


def test_hedged_steps_join_only_when_asked_and_weaken_their_path() -> None:
    answer = ask("drug:sirolimus", "target:RPS6KB1")
    assert not any(path.complete for path in answer.paths)
    assert answer.excluded_by == ("certainty",)
    first = answer.gaps[0]
    assert (first.from_.label, first.kind) == ("MTOR", "weaker")
    hedged = "MTOR activates RPS6KB1 (stated with reservation)"
    assert first.reason == f"From MTOR towards RPS6KB1 only a hedged statement leads on: {hedged}."
    assert line_of(answer.paths[0]) == LONG  # the firm part of the weaker path comes first
    asked = ask("drug:sirolimus", "target:RPS6KB1", certainties=frozenset(CERTAINTIES))
    assert asked.paths[0].complete
    assert (asked.paths[0].certainty, asked.paths[0].net_sign) == ("hedged", -1)
    assert asked.paths[0].certainty_reason == "hedged, because of the step: MTOR activates RPS6KB1"


def test_without_a_target_chains_go_as_far_as_they_can() -> None:
    answer = ask("drug:sirolimus")
    ends = {path.end.label for path in answer.paths}
    assert ends == {"g1-arrest", "cdk-activation"}
    assert all(path.complete for path in answer.paths)
    (gap,) = answer.gaps  # the activity that is stated of it is explained by none of them
    assert (gap.from_.label, gap.to.label, [step.predicate for step in gap.stated]) == (
        "sirolimus", "leiomyosarcoma", ["activeIn"],
    )  # fmt: skip


def test_what_another_drug_does_comes_after_what_the_drug_does_itself() -> None:
    answer = ask("drug:sirolimus", "histotype:leiomyosarcoma", facts=FACTS + "drug:sirolimus enhances drug:gemcitabine")
    borrowed = ["gemcitabine" in line_of(path) for path in answer.paths if path.summarised_by is None]
    assert borrowed == sorted(borrowed)
    assert any(borrowed)
    prodrug = """
    drug:tem causes process:x
    drug:tem prodrugOf drug:sir
    drug:sir inhibits target:y
    target:y causes process:z
    """
    assert line_of(ask("drug:tem", facts=prodrug).paths[0]) == "tem sir y z"


def test_what_a_class_that_a_drug_only_enhances_does_comes_last_too() -> None:
    facts = """drug:temsirolimus inhibits target:MTOR
    target:MTOR inhibitionIncreases process:sensitivity
    process:sensitivity enhances drugclass:cytotoxic
    drugclass:cytotoxic blocks process:mitosis
    target:MTOR controls process:proliferation"""
    lines = [line_of(path) for path in ask("drug:temsirolimus", facts=facts).paths]
    assert lines == ["temsirolimus MTOR proliferation", "temsirolimus MTOR sensitivity cytotoxic mitosis"]


def test_without_a_drug_chains_come_from_whatever_reaches_the_target() -> None:
    answer = ask("", "process:g1-arrest")
    assert line_of(answer.paths[0]) == f"{LONG} cyclin-d1-turnover cdk4-cyclin-d1-deficiency g1-arrest"
    assert {path.start.label for path in answer.paths} == {"sirolimus"}
    nothing = ask("", "histotype:leiomyosarcoma")
    assert nothing.paths == ()
    assert nothing.gaps[0].reason.startswith("No source states a causal step that leads to leiomyosarcoma.")


def test_a_drug_without_any_causal_step_has_a_gap_of_its_own() -> None:
    answer = ask("drug:temsirolimus", "process:g1-arrest")
    assert answer.paths == ()
    assert answer.gaps[0].reason.startswith("No source states a causal step from temsirolimus.")
    assert {node.role for node in answer.graph.nodes} == {"drug", "target"}


DERMATOFIBROSARCOMA = """drug:imatinib causes process:apoptosis
drug:imatinib inhibits target:KIT
target:KIT-mutant mutationOf target:KIT
target:KIT-mutant drives histotype:gist
drug:imatinib inhibits target:PDGFR
target:COL1A1-PDGFB activates target:PDGFR
histotype:dfsp hasMutation target:COL1A1-PDGFB
drug:imatinib activeIn histotype:dfsp
drug:imatinib inhibits target:ABL1
drug:imatinib isA drugclass:kinase-inhibitor
histotype:dfsp sensitiveTo drugclass:kinase-inhibitor"""
IN_DERMATOFIBROSARCOMA = Told(contexts={0: ("DFSP cell lines", "histotype:dfsp")})


def test_what_is_stated_of_the_disease_comes_first_and_then_what_ends_close_to_it() -> None:
    """Imatinib in dermatofibrosarcoma: apoptosis of its cells, then the receptor that its translocation activates."""
    answer = ask_told(DERMATOFIBROSARCOMA, IN_DERMATOFIBROSARCOMA, "drug:imatinib", "histotype:dfsp")
    ends = [line_of(path) for path in answer.paths]
    assert ends == ["imatinib apoptosis", "imatinib PDGFR", "imatinib ABL1", "imatinib KIT"]
    assert answer.paths[0].sentence == "Imatinib causes apoptosis (in DFSP cell lines)."
    assert not any(path.complete for path in answer.paths)


def test_a_gap_names_what_sources_state_around_it() -> None:
    answer = ask_told(DERMATOFIBROSARCOMA, IN_DERMATOFIBROSARCOMA, "drug:imatinib", "histotype:dfsp")
    assert [gap.from_.label for gap in answer.gaps] == ["PDGFR", "ABL1", "KIT", "imatinib"]
    first, *_, last = answer.gaps
    assert [step.sentence for step in first.around] == [
        "COL1A1-PDGFB activates PDGFR", "dfsp carries COL1A1-PDGFB",
    ]  # fmt: skip
    assert "Sources do state nearby: COL1A1-PDGFB activates PDGFR; dfsp carries COL1A1-PDGFB." in first.reason
    assert [step.sentence for step in first.stated] == ["imatinib is active in dfsp"]
    assert [step.sentence for step in last.around] == [
        "imatinib is a kinase-inhibitor", "dfsp is sensitive to kinase-inhibitors",
    ]  # fmt: skip
    assert not any(step in path.steps for gap in answer.gaps for step in gap.around for path in answer.paths)


def test_what_a_disease_is_said_to_respond_to_is_a_claim() -> None:
    facts = """drugclass:hsp90 inhibits target:HSP90
    target:HSP90 stabilizes target:KIT
    target:KIT drives histotype:gist
    histotype:gist sensitiveTo drugclass:hsp90"""
    (path,) = ask("drugclass:hsp90", "histotype:gist", facts=facts).paths
    assert (path.net_sign, path.agrees, path.claims) == (-1, True, ("gist is sensitive to hsp90s",))


def test_where_only_the_claim_is_stated_a_gap_names_the_hypothesised_steps() -> None:
    """Trabectedin has an anticancer effect; that it comes from binding DNA is believed."""
    facts = """drug:trabectedin causes process:effect
    drug:trabectedin binds target:groove hypothesised
    target:groove mediates process:effect hypothesised"""
    answer = ask("drug:trabectedin", "process:effect", facts=facts)
    assert [(line_of(path), path.complete) for path in answer.paths] == [("trabectedin effect", True)]
    (gap,) = answer.gaps
    assert (gap.from_.label, gap.to.label, gap.kind) == ("trabectedin", "effect", "weaker")
    told = "The steps from trabectedin to effect are hypothesised only: trabectedin binds the groove (hypothesis);"
    assert gap.reason.startswith(told)
    every = frozenset(CERTAINTIES)
    assert ask("drug:trabectedin", "process:effect", facts=facts, certainties=every).gaps == ()


def test_a_subtype_counts_as_the_target() -> None:
    facts = "drug:a kills histotype:uterine-leiomyosarcoma\ndrug:a binds histotype:leiomyosarcoma-x"
    index = index_of(facts + "\nhistotype:leiomyosarcoma subtypeOf histotype:sarcoma")
    question = MechanismQuestion(
        (expand("drug:a"),), expand("histotype:leiomyosarcoma"), (expand("histotype:uterine-leiomyosarcoma"),)
    )
    (path,) = mechanism(index, question).paths
    assert (path.complete, path.end.label, path.net_sign) == (True, "uterine-leiomyosarcoma", -1)


def test_the_drawing_runs_from_left_to_right() -> None:
    graph = ask("drug:sirolimus", "process:g1-arrest").graph
    layer = {node.entity.id: node.layer for node in graph.nodes}
    assert all(layer[edge.step.subject.id] < layer[edge.step.object.id] for edge in graph.edges)
    assert len({(node.x, node.y) for node in graph.nodes}) == len(graph.nodes)
    assert graph == ask("drug:sirolimus", "process:g1-arrest").graph


@pytest.mark.parametrize(
    ("parameter", "make"),
    [
        ("drug", MechanismQuestion),
        ("target", lambda: MechanismQuestion((expand("drug:a"),), expand("drug:a"))),
        ("max_length", lambda: MechanismQuestion((expand("drug:a"),), max_length=13)),
        ("k", lambda: MechanismQuestion((expand("drug:a"),), k=0)),
        ("drug", lambda: MechanismQuestion(tuple(expand(f"drug:d{n}") for n in range(11)))),
    ],
)
def test_a_question_out_of_bounds_is_refused_by_its_parameter(parameter: str, make: object) -> None:
    with pytest.raises(InvalidParameter) as refused:
        make()  # type: ignore[operator]
    assert refused.value.parameter == parameter


def test_an_unknown_drug_is_reported() -> None:
    with pytest.raises(EntityNotFound):
        ask("drug:unheard-of", "target:MTOR")


def test_a_question_cannot_be_changed() -> None:
    question = MechanismQuestion((expand("drug:a"),))
    with pytest.raises(FrozenInstanceError):
        question.k = 3  # type: ignore[misc]


def test_an_empty_answer_names_the_filter_that_emptied_it() -> None:
    assert ask("drug:sirolimus", "target:MTOR", effect="raises").excluded_by == ("effect",)
    assert ask("drug:sirolimus", "target:MTOR", effect="lowers").excluded_by == ()
    elsewhere = (f"{BASE}graph/document-001",)
    assert ask("drug:sirolimus", "target:MTOR", graphs=elsewhere).excluded_by == ("graph",)
    assert ask("drug:sirolimus", graphs=elsewhere).excluded_by == ("graph",)
    assert ask("", "target:MTOR", graphs=elsewhere).excluded_by == ("graph",)
    assert ask("drug:gemcitabine", "process:chain-termination", max_length=2).excluded_by == ("max_length",)
    assert ask("drug:sirolimus", "target:MTOR", graphs=(f"{BASE}graph/document-000",)).paths
    both = ask("drug:gemcitabine", "process:chain-termination", max_length=2, graphs=elsewhere)
    assert (both.paths, both.excluded_by) == ((), ("graph", "max_length"))
    hedged = "drug:a inhibits target:b hedged"
    assert ask("drug:a", facts=hedged).excluded_by == ("certainty",)
    assert ask("drug:a", "target:b", facts=hedged).excluded_by == ("certainty",)


@pytest.mark.parametrize(("drugs", "target"), [("drug:a", "target:b"), ("drug:a", None), ("", "target:b")])
def test_an_answer_that_only_an_import_would_fill_says_so(drugs: str, target: str | None) -> None:
    facts = "drug:a inhibits target:b stated import-elsewhere"
    assert ask(drugs, target, facts=facts).excluded_by == ("include_imports",)
    filled = ask(drugs, target, facts=facts, include_imports=True)
    assert (len(filled.paths), filled.excluded_by) == (1, ())
    either = f"{facts}\ndrug:a inhibits target:b hedged"
    assert ask(drugs, target, facts=either).excluded_by == ("certainty", "include_imports")


def test_what_lowers_a_target_is_told_from_what_raises_it() -> None:
    lowers = ask("", "target:KIT", effect="lowers")
    assert [line_of(path) for path in lowers.paths] == ["imatinib KIT"]
    raises = ask("", "target:KIT", effect="raises")
    assert [line_of(path) for path in raises.paths] == ["imatinib ABL1 KIT"]


def test_what_only_sensitises_cells_neither_raises_nor_lowers_them() -> None:
    facts = "drug:a sensitizes cellstate:x\ndrug:b causes cellstate:x"
    raises = ask("", "cellstate:x", facts=facts, effect="raises")
    assert [line_of(path) for path in raises.paths] == ["b x"]
    none = ask("drug:a", "cellstate:x", facts=facts, effect="raises")
    assert (none.paths, none.excluded_by) == ((), ("effect",))
    assert ask("drug:a", "cellstate:x", facts=facts).paths


def test_without_a_drug_the_weaker_statements_that_lead_to_a_target_are_named() -> None:
    hedged = "drug:a causes condition:ascites hedged\ndrug:b improves condition:other"
    (gap,) = ask("", "condition:ascites", facts=hedged).gaps
    told = "a causes ascites (stated with reservation)"
    assert (gap.kind, gap.reason) == ("weaker", f"To ascites only a hedged statement leads: {told}.")
    beside = ask("", "condition:ascites", facts=f"{hedged}\ndrug:c causes condition:ascites")
    assert [gap.reason for gap in beside.gaps] == [f"Further steps to ascites are hedged only: {told}."]
    assert ask("", "condition:ascites", facts=hedged, certainties=frozenset(CERTAINTIES)).gaps == ()
    (nothing,) = ask("", "target:KIT", facts=f"{hedged}\ntarget:KIT activates target:X").gaps
    assert nothing.reason == "No source states a causal step that leads to KIT."


def test_steps_that_a_filter_hides_are_not_denied() -> None:
    facts = "drug:imatinib inhibits target:KIT"
    (gap,) = ask("", "target:KIT", facts=facts, effect="raises").gaps
    assert gap.reason == "Sources state causal steps that lead to KIT; none with the effect asked for."


def test_a_drug_that_another_one_enhances_is_found_itself() -> None:
    facts = "drug:a kills cellstate:x\ndrug:b enhances drug:a\ndrug:c prodrugOf drug:a"
    assert {line_of(path) for path in ask("", "cellstate:x", facts=facts).paths} == {"a x", "b a x", "c a x"}


def test_a_late_answer_says_that_it_was_cut() -> None:
    index = index_of(FACTS)
    question = MechanismQuestion((expand("drug:sirolimus"),), expand("process:g1-arrest"))
    answer = mechanism(index, question, limits=SearchLimits(Deadline(0.0)))
    assert (answer.truncated, answer.truncated_by) == (True, "timeout")


def test_what_a_drug_does_more_weakly_is_named_where_no_target_is_asked_for() -> None:
    facts = """drug:trabectedin causes process:death
drug:trabectedin binds target:DNA hypothesised
drug:b activeIn histotype:a"""
    (gap,) = ask_told(facts, Told(), "drug:trabectedin").gaps
    assert (gap.kind, gap.reason) == (
        "weaker", "Further steps from trabectedin are hypothesised only: trabectedin binds DNA (hypothesis).",
    )  # fmt: skip
    every = {"certainties": frozenset({"stated", "hypothesised"})}
    assert ask_told(facts, Told(), "drug:trabectedin", **every).gaps == ()
    nothing, active = ask_told(facts, Told(), "drug:b").gaps
    assert nothing.reason == "No source states a causal step from b."
    assert (active.to.label, [step.predicate for step in active.stated]) == ("a", ["activeIn"])
