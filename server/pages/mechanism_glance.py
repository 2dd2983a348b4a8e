"""What a mechanism comes to, in a few lines above the drawing: what the drug does first, and what follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.mechanism.search import MechanismPath
from kg.model import EntityRef
from server.wording import label_of

_MOST = 8


@dataclass(frozen=True)
class GlanceLine:
    """A line: what it tells, of which things, and how many more there are."""

    heading: str
    things: tuple[EntityRef, ...]
    more: int = 0


def glance(paths: Sequence[MechanismPath], own: Sequence[MechanismPath]) -> tuple[GlanceLine, ...]:
    """The lines for some chains; none where a single chain says it all.

    Args:
        paths: all of them.
        own: those that run through no other treatment, whose effects would pass for those of the first.
    """
    if len(paths) < 2:
        return ()
    starts = list(dict.fromkeys(path.start for path in paths))
    ends = list(dict.fromkeys(path.end for path in paths))
    if len(starts) == 1:
        first: dict[str, dict[EntityRef, None]] = {}
        for path in paths:
            step = path.steps[0]
            first.setdefault(label_of(step.predicate, forward=step.forward), {})[step.end] = None
        lines = [_line(f"{starts[0].label} {label}", things) for label, things in first.items()]
        return (*lines, *_effects((each for path in own for each in _reached(path)), ("this raises", "this lowers")))
    if len(ends) == 1:
        headings = (f"more {ends[0].label} through", f"less {ends[0].label} through")
        return tuple(_effects(((path.start, path.net_sign) for path in paths), headings))
    return ()


def _reached(path: MechanismPath) -> Iterator[tuple[EntityRef, int | None]]:
    """What a chain leads to beyond its first step, and with which sign: +1, -1, or None from a step without one on."""
    sign: int | None = 1
    for step in path.steps:
        sign = None if sign is None or step.sign is None else sign * (step.sign or 1)
        if step is not path.steps[0]:
            yield step.end, sign


def _effects(signed: Iterable[tuple[EntityRef, int | None]], headings: tuple[str, str]) -> Iterable[GlanceLine]:
    signs: dict[EntityRef, set[int]] = {}
    for ref, sign in signed:
        signs.setdefault(ref, set()).update({sign} if sign else set())
    more, less = headings
    for found, heading in (({1}, more), ({-1}, less), ({1, -1}, f"by different chains, {more} and {less}")):
        things = [ref for ref, seen in signs.items() if seen == found]
        if things:
            yield _line(heading, things)


def _line(heading: str, things: Iterable[EntityRef]) -> GlanceLine:
    listed = tuple(things)
    return GlanceLine(heading, listed[:_MOST], max(0, len(listed) - _MOST))
