"""What a view filters by and what that takes out, for pages without scripts; ``web/src/graph/facets.ts`` does the same.

A picture here is what ``picture.placed`` makes: plain data, the same that the script reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kg.model import CERTAINTIES
from kg.paths.link_filters import standing_in_the_way
from ontology.english import spelt_out
from server.wording import label_of

_EFFECTS = {"up": "increases or causes", "down": "decreases or prevents", "none": "joins or passes on"}
_NO_YEAR = "none"
Picture = Mapping[str, Any]


@dataclass(frozen=True)
class Facet:
    """One value to filter by: its key in the address, in words, and how many things or connections have it."""

    key: str
    label: str
    count: int


def effect_of(edge: Mapping[str, Any]) -> str:
    """Which way a connection works: "up", "down" or "none"."""
    return {1: "up", -1: "down"}.get(edge["sign"], "none")


def label_of_key(key: str, agents: Mapping[str, str]) -> str:
    """How a key of a filter reads; ``agents``: names of documents and imports.

    >>> label_of_key("effect:up", {}), label_of_key("year:none", {}), label_of_key("AdverseEvent", {})
    ('increases or causes', 'year not printed', 'adverse event')
    """
    kind, _, rest = key.partition(":")
    if kind == "effect":
        return _EFFECTS.get(rest, rest)
    if kind == "by":
        return agents.get(rest, rest)
    if kind == "year":
        return "year not printed" if rest == _NO_YEAR else rest
    if key in CERTAINTIES:
        return key
    return spelt_out(key) if key[:1].isupper() else label_of(key)


def kinds(picture: Picture) -> tuple[Facet, ...]:
    """The kinds of things shown, most first."""
    return tuple(
        Facet(name, spelt_out(name), count) for name, count in _tally(node["type"] for node in picture["nodes"])
    )


def groups(picture: Picture) -> tuple[tuple[str, tuple[Facet, ...]], ...]:
    """Everything to filter by, under headings. Of sources and years a connection has as many as stand behind it."""
    edges = picture["edges"]

    def named(found: Iterable[tuple[str, int]]) -> tuple[Facet, ...]:
        return tuple(Facet(key, label_of_key(key, picture["agents"]), count) for key, count in found)

    firm = sorted(_tally(edge["certainty"] for edge in edges), key=lambda found: CERTAINTIES.index(found[0]))
    years = _tally(key for edge in edges for key in {_year_key(said) for said in edge["said"]})
    found = (
        ("Kinds of things", kinds(picture)),
        ("What is said", named(_tally(edge["predicate"] for edge in edges))),
        ("Direction of effect", named(_tally(f"effect:{effect_of(edge)}" for edge in edges))),
        ("How firmly", named(firm)),
        ("Stated by", named(_tally(f"by:{by}" for edge in edges for by in {said["by"] for said in edge["said"]}))),
        ("Year of the source", named(sorted(years, reverse=True))),
    )
    return tuple((title, facets) for title, facets in found if facets)


def _tally(names: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(names).items(), key=lambda found: (-found[1], found[0]))


def _year_key(said: Mapping[str, str]) -> str:
    return f"year:{said['year'] or _NO_YEAR}"


def is_out(edge: Mapping[str, Any], faded: Collection[str]) -> bool:
    """Whether a filter takes a connection out for what itself says; one with several sources stays while one does."""
    if not {edge["predicate"], edge["certainty"], f"effect:{effect_of(edge)}"}.isdisjoint(faded):
        return True
    said = edge["said"]
    return bool(said) and all(f"by:{each['by']}" in faded or _year_key(each) in faded for each in said)


def filtered_out(picture: Picture, faded: Collection[str]) -> frozenset[str]:
    """Identifiers of what is filtered out.

    Things of a kind, what nothing but filtered connections leads to, and connections, also with their ends.
    """
    if not faded:
        return frozenset()
    cut = {edge["id"] for edge in picture["edges"] if is_out(edge, faded)}
    joined = {end for edge in picture["edges"] for end in (edge["source"], edge["target"])}
    kept = {end for edge in picture["edges"] if edge["id"] not in cut for end in (edge["source"], edge["target"])}
    things = {node["id"] for node in picture["nodes"] if node["type"] in faded or node["id"] in joined - kept}
    lines = {edge["id"] for edge in picture["edges"] if not things.isdisjoint((edge["source"], edge["target"]))}
    rests = {rest["id"] for rest in picture["rests"] if rest["node"] in things}
    return frozenset(cut | things | lines | rests)


def is_emptied(picture: Picture, out: Collection[str]) -> bool:
    """Whether filters leave nothing to look at."""
    drawn = ([one["id"] for one in picture["nodes"]], [one["id"] for one in picture["edges"]])
    return bool(out) and any(names and all(name in out for name in names) for names in drawn)


def is_off(path: Mapping[str, Any], out: Collection[str]) -> bool:
    """Whether a path runs over something that is filtered out."""
    return any(name in out for name in (*path["things"], *(step["edge"] for step in path["steps"])))


def in_the_way(picture: Picture) -> tuple[str, ...]:
    """Where every path runs over something filtered out, the filters that do it: each that alone would free one.

    Where no single one would, some that do together. Nothing where a path is whole, or there is none.
    """
    paths = picture["between"]["paths"] if picture["between"] else []

    def frees(lifted: Collection[str]) -> bool:
        out = filtered_out(picture, [key for key in picture["faded"] if key not in lifted])
        return any(not is_off(path, out) for path in paths)

    return () if frees(()) else standing_in_the_way(picture["faded"], frees)
