"""The address of the graph browser is the whole state, short or packed, and old ones say what has changed."""

from __future__ import annotations

import base64
import re
import zlib
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InvalidParameter
from server.pages.explore.rests import Way
from server.pages.explore.state import view_state

_NAMES = st.from_regex(r"(drug|target):[A-Za-z0-9-]{1,12}", fullmatch=True)
_PLACES = st.dictionaries(_NAMES, st.tuples(st.integers(-5000, 5000), st.integers(-5000, 5000), st.booleans()))


def packed(pairs: list[tuple[str, str]]) -> str:
    deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    data = deflate.compress(urlencode(pairs).encode()) + deflate.flush()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


_KEYS = st.sampled_from(["Drug", "inhibits", "hedged", "effect:up", "by:document:002", "year:2007", "year:none"])
_WAYS = st.dictionaries(
    st.builds(Way, _NAMES, st.sampled_from(["", "inhibits"]), st.sampled_from(["", "in", "out"])),
    st.none() | st.tuples(st.integers(-5000, 5000), st.integers(-5000, 5000)),
    max_size=4,
)
_SWITCHES = st.tuples(st.booleans(), st.booleans())
_LOOKS = st.none() | st.tuples(st.integers(-900, 900), st.integers(-900, 900), st.integers(15, 400))


@given(_PLACES, _WAYS, st.lists(_KEYS, unique=True), _SWITCHES, st.tuples(st.text(max_size=8), _LOOKS))
def test_every_field_of_a_view_comes_back_from_its_address_plain_and_packed(
    places: dict[str, tuple[int, int, bool]],
    ways: dict[Way, tuple[int, int] | None],
    faded: list[str],
    switches: tuple[bool, bool],
    seen: tuple[str, tuple[int, int, int] | None],
) -> None:
    (hides, imports), (chosen, look) = switches, seen
    pairs = [("at", f"{name}@{x},{y}") for name, (x, y, _) in places.items()]
    pairs += [("more", way.id.removeprefix("more|") + (f"@{at[0]},{at[1]}" if at else "")) for way, at in ways.items()]
    pairs += [("pin", name) for name, (_, _, pin) in places.items() if pin]
    pairs += [("fade", kind) for kind in faded] + [("open", chosen), ("links", "7"), ("data", "abc123")]
    pairs += [("filtered", "hidden")] * hides + [("imports", "true")] * imports
    pairs += [("pan", f"{look[0]},{look[1]}"), ("zoom", f"{look[2] / 100:g}")] if look else []
    plain: dict[str, list[str]] = {}
    for name, value in pairs:
        plain.setdefault(name, []).append(value)
    for state in (view_state(plain), view_state({"view": [packed(pairs)]})):
        assert state.names == tuple(places)
        stand = {way.id: at for way, at in ways.items() if at}
        assert state.places == {name: (float(x), float(y)) for name, (x, y, _) in places.items()} | stand
        assert state.rests == tuple(ways)
        assert state.pinned == {name for name, (_, _, pin) in places.items() if pin}
        assert (state.faded, state.chosen) == (tuple(faded), chosen.strip())
        assert (state.links, state.data) == (7, "abc123")
        assert (state.hides, state.imports) == (hides, imports)
        assert (state.pan, state.zoom) == (((look[0], look[1]), look[2] / 100) if look else (None, None))


@pytest.mark.parametrize("text", ["", "KIT", "target:KIT|inhibits", "target:KIT|inhibits|up", "|inhibits|in", "@1,2"])
def test_a_malformed_rest_is_left_out(text: str) -> None:
    assert view_state({"more": [text]}).rests == ()


@pytest.mark.parametrize("text", ["0", "9", "nan", "inf", "much"])
def test_a_zoom_that_the_window_does_not_reach_is_left_out(text: str) -> None:
    state = view_state({"zoom": [text], "pan": ["nan,1"]})
    assert (state.zoom, state.pan) == (None, None)


def test_what_stands_beside_a_packed_view_adds_to_it() -> None:
    state = view_state({"view": [packed([("at", "target:KIT@1,2")])], "node": ["imatinib"]})
    assert state.names == ("target:KIT", "imatinib")


CUT = packed([("at", "target:KIT@1,2")])[:-6]


@pytest.mark.parametrize("text", ["%%%", "AAAA", CUT, base64.urlsafe_b64encode(b"no deflate").decode()])
def test_a_cut_address_is_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidParameter, match="the whole address of a view"):
        view_state({"view": [text]})


def test_an_address_that_unpacks_to_megabytes_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="at most"):
        view_state({"view": [packed([("node", "a" * 5_000_000)])]})


def test_a_number_too_long_to_be_one_is_passed_over() -> None:
    """Python reads no more than some thousand digits, and raises beyond."""
    state = view_state({"path": ["9" * 5000], "links": ["9" * 5000]})
    assert (state.path, state.links) == (0, None)


def notice(html: str) -> str:
    found = re.search(r'<p class="notice">(.*?)</p>', html)
    return found[1] if found else ""


def test_a_view_of_older_data_says_what_has_changed(client: FlaskClient) -> None:
    address = "/explore?at=target:KIT@0,0&at=drug:imatinib@9,9&at=drug:never-was@5,5&links=40&data=0123456789ab"
    html = client.get(address).text
    assert "data 0123456789ab" in notice(html)
    assert "No longer in it: drug:never-was" in notice(html)
    assert "40 then" in notice(html)


def test_a_view_of_these_data_says_nothing_and_an_unknown_thing_in_it_is_an_error(client: FlaskClient) -> None:
    version = client.get("/readyz").get_json()["data_version"][:12]
    assert notice(client.get(f"/explore?at=target:KIT@0,0&data={version}").text) == ""
    assert client.get(f"/explore?at=drug:never-was@0,0&data={version}").status_code == 404


def test_one_thing_that_is_left_stays_alone(client: FlaskClient) -> None:
    """A thing asked for by name comes with its surroundings; the last one of a view does not."""
    assert len(client.get("/explore?node=target:KIT&format=json").get_json()["nodes"]) > 3
    left = client.get("/explore?at=target:KIT@0,0&format=json").get_json()
    assert [node["id"] for node in left["nodes"]] == ["target:KIT"]
