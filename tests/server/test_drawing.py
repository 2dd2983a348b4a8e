"""Drawings: nothing overlaps, nothing leaves the frame, and every line tells what it states."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.layout import ROOM_PX, positions
from kg.mechanism.layering import COLUMN
from kg.model import EntityRef
from server.drawings.heights import heights
from server.drawings.layered import Link, layered_picture
from server.drawings.pictures import Box, Branch, Picture, outline, room_needed
from server.drawings.wrapping import wrapped

NAMES = (
    "sirolimus",
    "FKBP12",
    "rapamycin-FKBP12 complex",
    "mTOR",
    "cyclin D1 turnover",
    "cell cycle arrest in G1",
    "leiomyosarcoma",
)


def ref(number: int) -> EntityRef:
    return EntityRef(f"n{number}", f"target:n{number}", "Target", NAMES[number % len(NAMES)])


def link(start: int, end: int, sign: int | None = 1, label: str = "activates", certainty: str = "stated") -> Link:
    return Link(
        f"n{start}",
        f"n{end}",
        sign,
        certainty,
        label,
        f"{start} {label} {end}",
        f"#s{start}-{end}",
        f"s{start}-{end}-{label}",
    )


def meets(a: Box, b: Box) -> bool:
    return abs(a.x - b.x) < a.half_width + b.half_width and abs(a.y - b.y) < a.half_height + b.half_height


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def assert_is_sound(picture: Picture) -> None:
    for place, box in enumerate(picture.nodes):
        assert not [other.id for other in picture.nodes[:place] if meets(box, other)]
        assert picture.left <= box.x - box.half_width
        assert box.x + box.half_width <= picture.left + picture.width
    for arrow in picture.edges:
        places = numbers(arrow.path)
        assert min(places[0::2]) >= picture.left
        assert max(places[0::2]) <= picture.left + picture.width
        assert min(places[1::2]) >= picture.top
        assert max(places[1::2]) <= picture.top + picture.height


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.sampled_from([1, -1, 0, None])), max_size=24))
def test_any_drawing_keeps_boxes_apart_and_lines_in_the_frame(pairs: list[tuple[int, int, int | None]]) -> None:
    assert_is_sound(layered_picture([ref(n) for n in range(12)], [link(a, b, sign) for a, b, sign in pairs]))


def test_a_drawing_is_the_same_every_time() -> None:
    links = [link(0, 1), link(1, 2), link(0, 2, -1), link(2, 3)]
    assert layered_picture([ref(n) for n in range(4)], links) == layered_picture(
        [ref(n) for n in reversed(range(4))], links[::-1]
    )


def test_lines_leave_on_the_right_and_arrive_on_the_left() -> None:
    picture = layered_picture([ref(0), ref(1)], [link(0, 1)])
    start, end = sorted(picture.nodes, key=lambda box: box.x)
    places = numbers(picture.edges[0].path)
    assert places[0] == start.x + start.half_width
    assert end.x - end.half_width - 4 <= places[-2] <= end.x - end.half_width


def test_links_of_one_sign_between_two_things_share_a_line_with_both_labels() -> None:
    picture = layered_picture([ref(0), ref(1)], [link(0, 1, 0, "binds"), link(0, 1, 0, "is part of")])
    (arrow,) = picture.edges
    assert [line.text for line in arrow.label.lines] == ["binds", "is part of"]
    assert arrow.sentence == "0 binds 1; 0 is part of 1"


def test_links_of_two_signs_between_two_things_are_two_lines_with_places_of_their_own() -> None:
    picture = layered_picture([ref(0), ref(1)], [link(0, 1, 1), link(0, 1, -1, "inhibits")])
    assert {arrow.mark for arrow in picture.edges} == {"arrow", "bar"}
    assert len({arrow.path for arrow in picture.edges}) == 2
    first, second = (arrow.label for arrow in picture.edges)
    assert (first.x, first.y) != (second.x, second.y)


def test_what_nothing_leads_to_is_a_ghost_at_the_right_end() -> None:
    picture = layered_picture([ref(0), ref(1), ref(6)], [link(0, 1)], last=["n6"], ghosts={"n6"})
    assert [box.role for box in picture.nodes] == ["step", "step", "ghost"]


def test_a_long_label_is_cut_and_says_so() -> None:
    wordy = EntityRef("w", "process:w", "Process", " ".join(["phosphorylation"] * 9))
    (box,) = layered_picture([wordy], []).nodes
    assert len(box.lines) == 4
    assert box.is_cut


def test_nothing_to_draw_is_an_empty_picture() -> None:
    assert layered_picture([], []) == Picture((), ())


def test_labels_break_at_blanks() -> None:
    assert wrapped("cell cycle arrest in G1", 12) == ("cell cycle", "arrest in G1")


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 40), st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=60))
def test_nodes_of_a_free_graph_have_room_for_their_labels(count: int, pairs: list[tuple[int, int]]) -> None:
    nodes = [f"n{n}" for n in range(count)]
    places = positions(nodes, [(f"n{a}", f"n{b}") for a, b in pairs if a < count and b < count])
    assert set(places) == set(nodes)
    for number, (x, y) in enumerate(places.values()):
        for other_x, other_y in list(places.values())[:number]:
            assert abs(x - other_x) > ROOM_PX[0] - 2 or abs(y - other_y) > ROOM_PX[1] - 2


def test_a_free_graph_looks_the_same_every_time() -> None:
    nodes, links = ["a", "b", "c", "d"], [("a", "b"), ("b", "c"), ("c", "d")]
    assert positions(nodes, links) == positions(nodes, links)
    assert positions([], []) == {}


def told(branch: Branch, depth: int = 0) -> list[tuple[int, str, bool]]:
    return [(depth, branch.box.id, branch.is_elsewhere)] + [
        line for each in branch.branches for line in told(each, depth + 1)
    ]


def test_an_outline_tells_a_thing_once_and_names_it_where_else_it_is_reached() -> None:
    # 0 leads to 3 at once and by way of 1 and 2; nothing leads to 4, which leads to 2.
    links = [link(0, 1), link(1, 2), link(2, 3), link(0, 3), link(4, 2)]
    found = outline(layered_picture([ref(number) for number in range(5)], links))
    assert found.into == ()
    lines = [told(root) for root in found.roots]
    from_zero = next(each for each in lines if each[0][1] == "n0")
    from_four = next(each for each in lines if each[0][1] == "n4")
    assert [(depth, name) for depth, name, _ in from_zero if name != "n3"] == [(0, "n0"), (1, "n1"), (2, "n2")]
    assert [(depth, elsewhere) for depth, name, elsewhere in from_zero if name == "n3"].count((3, False)) == 1
    assert from_four == [(0, "n4", False), (1, "n2", True)]


def test_an_outline_of_one_thing_tells_what_leads_to_it_before_it() -> None:
    links = [link(0, 1), link(2, 1), link(1, 3)]
    found = outline(layered_picture([ref(number) for number in range(4)], links, centre="n1"))
    assert {branch.box.id for branch in found.into} == {"n0", "n2"}
    assert [told(root) for root in found.roots] == [[(0, "n1", False), (1, "n3", False)]]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25))
@settings(deadline=None)
def test_an_outline_has_every_thing_and_every_line_of_its_drawing(pairs: list[tuple[int, int]]) -> None:
    picture = layered_picture([ref(number) for number in range(10)], [link(*pair) for pair in pairs])

    def arrows(branch: Branch) -> list[str]:
        own = [branch.arrow.step] if branch.arrow else []
        return own + [step for each in branch.branches for step in arrows(each)]

    roots = outline(picture).roots
    assert sorted(step for root in roots for step in arrows(root)) == sorted(arrow.step for arrow in picture.edges)
    assert {name for root in roots for _, name, _ in told(root)} == {box.id for box in picture.nodes}


def test_the_room_of_a_drawing_leaves_its_labels_at_eleven_pixels_or_at_ten_where_it_would_not_fit() -> None:
    for width in (100, 360, 700, 1000, 1220):
        assert room_needed(width) * 16 / width * 12 >= 11
    for width in (1160, 1300):
        assert room_needed(width) * 16 / width * 12 >= 10
    assert room_needed(1500) == 0


def test_a_long_word_breaks_at_its_hyphen_and_is_read_whole() -> None:
    wordy = EntityRef("w", "process:w", "Process", "adhesion-independent survival of the cell")
    (box,) = layered_picture([wordy], []).nodes
    assert [line.text for line in box.lines][:2] == ["adhesion-", "independent"]
    assert box.told == wordy.label


def test_what_nothing_leads_to_stands_below_the_last_column_and_makes_no_drawing_wider() -> None:
    links = [link(0, 1), link(1, 2)]
    without = layered_picture([ref(n) for n in range(3)], links)
    picture = layered_picture([ref(n) for n in (0, 1, 2, 6)], links, last=["n6"], ghosts={"n6"})
    assert picture.width == without.width
    end, ghost = (next(box for box in picture.nodes if box.id == name) for name in ("n2", "n6"))
    assert (ghost.role, ghost.x) == ("ghost", end.x)
    assert ghost.y > end.y
    assert_is_sound(picture)


def test_a_drawing_too_wide_for_a_laptop_stands_closer() -> None:
    def chain(count: int) -> Picture:
        links = [link(number, number + 1, label="inhibition decreases") for number in range(count - 1)]
        return layered_picture([ref(number) for number in range(count)], links)

    def steps(picture: Picture) -> list[float]:
        return [after.x - before.x for before, after in pairwise(picture.nodes)]

    short, long = chain(4), chain(9)
    assert 0 < short.room < long.room
    assert all(closer < apart for closer, apart in zip(steps(long), steps(short), strict=False))
    assert_is_sound(long)
    assert {box.label for box in long.nodes} == set(NAMES)


def test_a_line_through_columns_lies_level_with_what_it_joins() -> None:
    layers, half = {"a": 0, "b": 1, "c": 2}, dict.fromkeys("abc", 10.0)
    chain = heights({"a": 0.0, "b": 100.0, "c": -60.0}, half, layers, {("a", "b"): (), ("b", "c"): ()})
    assert set(chain.values()) == {0.0}
    across = heights({"a": 0.0, "c": 80.0}, half, layers, {("c", "a"): ((COLUMN, -50),)})
    assert across == {("a", "", 0): 0.0, ("a", "c", 1): 0.0, ("c", "", 2): 0.0}
