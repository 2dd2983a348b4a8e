"""Counts along patterns of predicates, checked against walking them one by one."""

from __future__ import annotations

import random
from collections import Counter
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import EntityNotFound, InvalidParameter
from kg.identifiers import BASE
from kg.paths import typed_walks
from kg.paths.index import Index, IndexNode
from kg.paths.neighborhood import neighbor_iris
from kg.paths.typed_walks import MAX_WALKS_APART, Pattern, TypedStep, count_ends, count_pairs, count_walks
from tests.kg.made_index import made_index

SIZE = 7
Link = tuple[int, str, int]

links = st.lists(st.tuples(st.integers(0, SIZE - 1), st.sampled_from(["activates", "binds"]), st.integers(0, SIZE - 1)))
steps = st.lists(
    st.builds(TypedStep, st.sampled_from(["activates", "binds"]), st.sampled_from(["out", "in", "both"])),
    min_size=1,
    max_size=4,
)


def _iri(number: int) -> str:
    return f"{BASE}target/T{number}"


def _index(made: list[Link], size: int = SIZE) -> Index:
    nodes = [IndexNode(_iri(n), "Target", f"T{n}") for n in range(size)]
    return made_index(nodes, ((_iri(s), p, _iri(o)) for s, p, o in made))


def _walks(made: list[Link], pattern: list[TypedStep]) -> Counter[tuple[int, int]]:
    """How many walks there are from each node to each other."""
    walks = Counter({(node, node): 1 for node in range(SIZE)})
    for step in pattern:
        chosen = [(s, o) for s, p, o in set(made) if p == step.predicate]
        pairs = [*(chosen if step.direction != "in" else ()), *((o, s) for s, o in chosen if step.direction != "out")]
        longer: Counter[tuple[int, int]] = Counter()
        for (start, middle), count in walks.items():
            for one, other in pairs:
                if one == middle:
                    longer[start, other] += count
        walks = longer
    return walks


@given(links, steps, st.sampled_from([1, MAX_WALKS_APART]))
@settings(max_examples=120, deadline=None)
def test_counts_are_those_of_walking_one_by_one(made: list[Link], pattern: list[TypedStep], apart: int) -> None:
    index, asked = _index(made), Pattern(tuple(pattern))
    expected = _walks(made, pattern)
    assert count_walks(index, asked) == expected.total()
    assert count_pairs(index, asked) == len(expected)
    with patch.object(typed_walks, "MAX_WALKS_APART", apart):
        answer = count_ends(index, _iri(0), asked, limit=3)
    ends = sorted(((-count, _iri(end)) for (start, end), count in expected.items() if not start))
    assert [(-item.walks, item.node.id) for item in answer.items] == ends[:3]
    assert (answer.total, answer.truncated) == (len(ends), len(ends) > 3)
    assert answer.walks == sum(count for (start, _), count in expected.items() if not start)


def test_more_walks_than_fit_into_64_bits_are_counted_right() -> None:
    names = [_iri(number) for number in range(260)]
    hub = [(name, "inhibits", other) for name in names for other in names]
    index = made_index([IndexNode(name, "Target", name) for name in names], hub)
    for steps in (7, 8):
        pattern = Pattern((TypedStep("inhibits", "out"),) * steps)
        assert count_walks(index, pattern) == 260 ** (steps + 1)
        ends = count_ends(index, names[0], pattern, 1)
        assert (ends.walks, ends.items[0].walks) == (260**steps, 260 ** (steps - 1))


def test_pairs_with_more_ends_than_fit_into_one_number_are_each_counted_once() -> None:
    rng, size = random.Random(4), 300
    made = [(rng.randrange(size), rng.choice(("activates", "binds")), rng.randrange(size)) for _ in range(900)]
    index = _index(made, size)
    along = {(s, o) for s, p, o in made if p == "activates"}
    then = {(s, o) for s, p, o in made if p == "binds"}
    expected = {(start, end) for start, middle in along for other, end in then if middle == other}
    assert len({end for _, end in expected}) > 128
    assert count_pairs(index, Pattern((TypedStep("activates"), TypedStep("binds")))) == len(expected)


@given(links)
@settings(max_examples=60, deadline=None)
def test_the_links_of_an_entity_are_listed_once_in_each_direction(made: list[Link]) -> None:
    out = sorted((p, "out", _iri(o)) for s, p, o in set(made) if not s)
    into = sorted((p, "in", _iri(s)) for s, p, o in set(made) if not o)
    assert neighbor_iris(_index(made), _iri(0)) == out + into


def test_a_pattern_out_of_bounds_is_refused() -> None:
    index = _index([(0, "binds", 1)])
    with pytest.raises(InvalidParameter):
        Pattern(())
    with pytest.raises(InvalidParameter):
        TypedStep("binds", "up")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameter):
        count_walks(index, Pattern((TypedStep("cures"),)))
    with pytest.raises(EntityNotFound):
        count_ends(index, _iri(99), Pattern((TypedStep("binds"),)))
