"""The filters of the graph browser as links and a form: what is out, and the address that brings each back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from server.addresses import query
from server.pages.explore import facets
from server.pages.explore.facets import Facet, Picture

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Chip:
    """A filter: its key and words, whether it takes something out now, and the address of the view where it does not.

    Of one that is not set, ``href`` is the address of the view that it filters.
    """

    key: str
    label: str
    count: int
    is_set: bool
    href: str


@dataclass(frozen=True)
class Filters:
    """What the page says of its filters.

    Attributes:
        out: identifiers of what is filtered out.
        chips: one for each filter that is set.
        legend: the kinds of things shown, each to be filtered.
        groups: everything to filter by, under headings.
        cleared: the address of the view without filters; ``switched``: of the one that hides what this one fades, or
            the other way.
        is_emptied: whether nothing is left to look at.
        in_the_way: the filters that take a step out of every path that is shown.
        paths_out: of each path, whether it runs over something filtered out.
    """

    out: frozenset[str]
    chips: tuple[Chip, ...]
    legend: tuple[Chip, ...]
    groups: tuple[tuple[str, tuple[Facet, ...]], ...]
    cleared: str
    switched: str
    is_emptied: bool
    in_the_way: tuple[Chip, ...]
    paths_out: tuple[bool, ...]


def filters_of(picture: Picture, kept: Pairs, passing: Sequence[str]) -> Filters:
    """The filters of a picture.

    Args:
        picture: as ``picture.placed`` makes it.
        kept: what a link to the same view holds beside what is in the request.
        passing: parameters of the request that no link repeats.
    """
    faded: Sequence[str] = picture["faded"]
    out = facets.filtered_out(picture, faded)

    # A packed view holds filters that no parameter beside it can leave out: another one says what to show again.
    is_packed = bool(request.args.get("view"))
    once = list(dict.fromkeys([*faded, *request.args.getlist("show")])) if is_packed else []

    def address(filters: Sequence[str], *, hides: bool = picture["hides"]) -> str:
        shown = [("show", key) for key in once if key not in filters]
        filtered = [("filtered", "hidden" if hides else "faded")] if hides or is_packed else []
        extra = [*(("fade", key) for key in filters), *shown, *filtered, *kept]
        return f"/explore?{query((*passing, 'fade', 'show', 'filtered'), extra)}"

    def chip(facet: Facet) -> Chip:
        is_set = facet.key in faded
        others = [key for key in faded if key != facet.key]
        return Chip(facet.key, facet.label, facet.count, is_set, address(others if is_set else [*faded, facet.key]))

    chips = {key: chip(Facet(key, facets.label_of_key(key, picture["agents"]), 0)) for key in faded}
    return Filters(
        out=out,
        chips=tuple(chips.values()),
        legend=tuple(chip(kind) for kind in facets.kinds(picture)),
        groups=facets.groups(picture),
        cleared=address([]),
        switched=address(faded, hides=not picture["hides"]),
        is_emptied=facets.is_emptied(picture, out),
        in_the_way=tuple(chips[key] for key in facets.in_the_way(picture)),
        paths_out=tuple(facets.is_off(path, out) for path in (picture["between"] or {"paths": []})["paths"]),
    )
