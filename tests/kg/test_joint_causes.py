"""What only acts together: complexes, both activities of a drug, drugs that stand for the classes of a joint cause."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.identifiers import BASE, expand
from kg.mechanism.chains import brought_about, walk_counts
from kg.paths.adjacency import Selection, project
from kg.paths.index import IndexNode
from kg.paths.lazy_adjacency import read_lazily
from tests.kg.made_index import made_index
from tests.kg.mechanism_facts import FACTS, JOINT, ask, line_of


def test_the_other_part_of_a_complex_is_listed_with_a_path_through_it() -> None:
    answer = ask("drug:sirolimus", "target:MTOR")
    through = answer.paths[2]
    assert [(other.node.label, other.role, other.reached) for other in through.joint_inputs] == [
        ("FKBP1A", "partner", True)
    ]
    assert through.complete


def test_gemcitabine_needs_both_its_metabolites_to_end_the_chain() -> None:
    answer = ask("drug:gemcitabine", "process:chain-termination")
    assert [line_of(path) for path in answer.paths] == [
        "gemcitabine dfdctp competition-with-dctp chain-termination-causes chain-termination",
        "gemcitabine dfdcdp RNR deoxynucleotide-depletion chain-termination-causes chain-termination",
    ]
    for path, other in zip(answer.paths, ("deoxynucleotide-depletion", "competition-with-dctp"), strict=True):
        assert [(need.node.label, need.role, need.reached, need.sign) for need in path.joint_inputs] == [
            (other, "input", True, 1)
        ]
        assert path.complete
        assert path.net_sign == 1
        assert f"Needed as well: {other}." in path.sentence
    joint = next(node for node in answer.graph.nodes if node.joint)
    assert joint.entity.type == "JointCause"
    assert sum(edge.step.predicate == "inputOf" for edge in answer.graph.edges) == 2


def test_a_joint_cause_without_all_its_inputs_is_incomplete() -> None:
    alone = "\n".join(line for line in FACTS.split("\n") if not line.startswith("metabolite:dfdctp "))
    answer = ask("drug:gemcitabine", "process:chain-termination", facts=alone)
    (path,) = answer.paths
    assert not path.complete
    assert [(need.node.label, need.reached) for need in path.joint_inputs] == [("competition-with-dctp", False)]
    assert [gap.to.label for gap in answer.gaps] == ["competition-with-dctp"]


def test_a_drug_that_is_given_completes_a_joint_cause() -> None:
    facts = f"""
    drug:a causes process:x
    process:x inputOf {JOINT}
    drug:b inputOf {JOINT}
    {JOINT} causes process:y
    """
    assert not ask("drug:a", "process:y", facts=facts).paths[0].complete
    assert all(path.complete for path in ask("drug:a drug:b", "process:y", facts=facts).paths)


COMBINED = f"""
drugclass:mtor-inhibitor inputOf {JOINT}
drugclass:cytotoxic inputOf {JOINT}
{JOINT} increases process:selectivity
drugclass:mtor-inhibitor causes process:immunosuppression
drug:sirolimus inhibits target:MTOR
drug:gemcitabine inhibits target:RNR
"""
IN_CLASSES = (
    (expand("drug:sirolimus"), expand("drugclass:mtor-inhibitor")),
    (expand("drug:gemcitabine"), expand("drugclass:cytotoxic")),
)


def test_drugs_stand_for_their_classes_where_these_must_act_together() -> None:
    answer = ask("drug:gemcitabine drug:sirolimus", "process:selectivity", facts=COMBINED, memberships=IN_CLASSES)
    through = {path.start.label: path for path in answer.paths if path.complete}
    assert through.keys() == {"cytotoxic", "mtor-inhibitor"}
    path = through["cytotoxic"]
    assert line_of(path) == "cytotoxic chain-termination-causes selectivity"
    assert [(one.drug.label, one.group.label) for one in path.members] == [("gemcitabine", "cytotoxic")]
    (need,) = path.joint_inputs
    assert (need.node.label, need.reached, need.sign) == ("mtor-inhibitor", True, None)
    assert [(one.drug.label, one.group.label) for one in need.members] == [("sirolimus", "mtor-inhibitor")]
    assert "sirolimus belongs to the class mtor-inhibitor" in path.sentence
    assert "inferred" in path.sentence
    assert all(gap.kind != "need" for gap in answer.gaps)


def test_a_class_that_is_given_acts_together_with_a_member_of_the_other() -> None:
    answer = ask("drugclass:cytotoxic drug:sirolimus", "process:selectivity", facts=COMBINED, memberships=IN_CLASSES)
    path = next(path for path in answer.paths if path.start.label == "cytotoxic")
    assert path.complete
    assert path.members == ()
    assert [need.members[0].drug.label for need in path.joint_inputs] == ["sirolimus"]


def test_a_drug_stands_for_its_class_in_nothing_but_a_joint_cause_that_is_whole() -> None:
    alone = ask("drug:sirolimus", "process:selectivity", facts=COMBINED, memberships=IN_CLASSES)
    assert not any(path.complete for path in alone.paths)
    assert {path.start.label for path in alone.paths} == {"sirolimus"}
    assert (
        not ask("drug:sirolimus", "process:immunosuppression", facts=COMBINED, memberships=IN_CLASSES).paths[0].complete
    )
    strangers = ask("drug:gemcitabine drug:sirolimus", "process:selectivity", facts=COMBINED)
    assert not any(path.complete for path in strangers.paths)


def test_without_a_target_a_whole_joint_cause_of_classes_is_told_too() -> None:
    answer = ask("drug:gemcitabine drug:sirolimus", facts=COMBINED, memberships=IN_CLASSES)
    assert "cytotoxic chain-termination-causes selectivity" in [line_of(path) for path in answer.paths]
    assert all(path.end.label != "immunosuppression" for path in answer.paths)


def test_one_step_is_told_where_drugs_join_in_a_joint_cause_of_their_classes() -> None:
    answer = ask("drug:gemcitabine drug:sirolimus", facts=COMBINED, memberships=IN_CLASSES, max_length=1)
    assert {line_of(path) for path in answer.paths if path.start.label == "gemcitabine"} == {"gemcitabine RNR"}


SIZE = 7
links = st.sets(
    st.tuples(st.integers(0, SIZE - 1), st.sampled_from(("causes", "inputOf")), st.integers(0, SIZE - 1)), max_size=16
)
some = st.sets(st.integers(0, SIZE - 1), max_size=2)


@given(links, st.sets(st.integers(0, SIZE - 1), min_size=1, max_size=2), some)
@settings(max_examples=150, deadline=None)
def test_what_is_brought_about_is_what_follows_rule_by_rule(
    edges: Collection[tuple[int, str, int]], starts: Collection[int], inputs: Collection[int]
) -> None:
    nodes = [IndexNode(f"{BASE}process/p{number}", "Process", f"p{number}") for number in range(SIZE)]
    index = made_index(nodes, ((nodes[start].iri, name, nodes[end].iri) for start, name, end in sorted(edges)))
    needed: Mapping[int, set[int]] = {
        joint: {start for start, name, end in edges if name == "inputOf" and end == joint} for joint in range(SIZE)
    }
    able, before = {*starts}, set[int]()
    while able != before:
        before = {*able}
        able |= {end for start, name, end in edges if name == "causes" and start in before}
        able |= {joint for joint, parts in needed.items() if parts and parts <= before | {*inputs}}
    for links in (project(index, Selection(causal=True)), read_lazily(index, Selection(causal=True))):
        found = brought_about(index, links, starts, inputs)
        assert {*found.nonzero()[0].tolist()} == able | {*inputs}


@given(links, st.integers(1, 4), st.integers(1, 30))
@settings(max_examples=80, deadline=None)
def test_walks_are_counted_as_long_as_they_are_few(
    edges: Collection[tuple[int, str, int]], length: int, enough: int
) -> None:
    nodes = [IndexNode(f"{BASE}process/p{number}", "Process", f"p{number}") for number in range(SIZE)]
    index = made_index(nodes, ((nodes[start].iri, name, nodes[end].iri) for start, name, end in sorted(edges)))
    ends, counts = [0], list[int]()
    while len(counts) < length and (not counts or counts[-1] < enough):
        ends = [end for here in ends for start, _, end in edges if start == here]
        counts.append(len(ends) + sum(counts[-1:]))
    for links in (project(index, Selection(causal=True)), read_lazily(index, Selection(causal=True))):
        assert walk_counts(links.out, 0, length, enough) == counts
