"""What a mechanism comes to, in a few lines above the drawing: what the drug does first, and what follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kg.mechanism.chains import SENSITIZING, TREATMENTS
from kg.mechanism.search import MechanismPath
from kg.model import Certainty, EntityRef
from server.wording import BEARERS, label_of, net_effect

SUPPOSED: frozenset[Certainty] = frozenset({"hedged", "hypothesised"})
_MOST = 8
_MOST_DRUGS = 3


@dataclass(frozen=True)
class GlanceThing:
    """A thing of a line.

    Attributes:
        place: in whom or in what it holds; empty where it holds anywhere.
        is_supposed: whether each chain to it runs over a step that its source only supposes.
    """

    ref: EntityRef
    place: str = ""
    is_supposed: bool = False


@dataclass(frozen=True)
class GlanceLine:
    """A line: what it tells, of which things, and how many more there are."""

    heading: str
    things: tuple[GlanceThing, ...]
    more: int = 0


class _Reached(NamedTuple):
    """What a chain leads to: with which sign (+1, -1, or None from a step without one on), where, how surely."""

    ref: EntityRef
    sign: int | None
    place: str
    is_supposed: bool


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
        first: dict[str, list[_Reached]] = {}
        for path in paths:
            step = path.steps[0]
            label = label_of(step.predicate, forward=step.forward)
            first.setdefault(label, []).append(_Reached(step.end, step.sign, step.place, step.certainty in SUPPOSED))
        lines = [_line(f"{starts[0].label} {label}", things) for label, things in first.items()]
        return (*lines, *_effects((each for path in own for each in _reached(path, 1)), "this"))
    if len(ends) == 1:
        headings = tuple(f"{net_effect(sign, ends[0].label, ends[0].type)} through" for sign in (1, -1))
        reached = (_Reached(path.start, path.net_sign, "", path.certainty in SUPPOSED) for path in paths)
        return tuple(_by_sign(reached, headings))
    drugs = [start for start in starts if start.type != "DrugClass"]  # what a class does may hold for a drug of it
    if len(drugs) > _MOST_DRUGS:
        return ()
    return tuple(
        line
        for start in drugs
        for line in _effects((each for path in own if path.start == start for each in _reached(path, 0)), start.label)
    )


def _reached(path: MechanismPath, beyond: int) -> Iterator[_Reached]:
    """What a chain leads to after so many steps."""
    sign: int | None = 1
    is_supposed = False
    for number, step in enumerate(path.steps):
        sign = None if sign is None or step.sign is None else sign * (step.sign or 1)
        is_supposed = is_supposed or step.certainty in SUPPOSED
        if step.predicate in SENSITIZING:  # no more and no fewer of what it leads to
            return
        if number >= beyond and step.predicate != "binds":  # what is bound is there as before
            yield _Reached(step.end, sign, step.place, is_supposed)


def _effects(reached: Iterable[_Reached], cause: str) -> Iterator[GlanceLine]:
    """What a cause does more and less of; nobody has more or less of a tumour, a cell or a treatment."""
    found = list(reached)
    amounts = [each for each in found if each.ref.type not in BEARERS | TREATMENTS | {"JointCause"}]
    yield from _by_sign(amounts, (f"{cause} raises", f"{cause} lowers"))
    treatments = [each for each in found if each.ref.type in TREATMENTS]
    yield from _by_sign(treatments, (f"{cause} strengthens", f"{cause} weakens"))
    sides = [each for each in found if each.ref.type in BEARERS]
    yield from _by_sign(sides, (f"{cause} acts in favour of", f"{cause} acts against"))


def _by_sign(reached: Iterable[_Reached], headings: Sequence[str]) -> Iterator[GlanceLine]:
    found = list(reached)
    signs: dict[EntityRef, set[int]] = {}
    for each in found:
        signs.setdefault(each.ref, set()).update({each.sign} if each.sign else set())
    more, less = headings
    for wanted, heading in (({1}, more), ({-1}, less), ({1, -1}, f"by different chains, {more} and {less}")):
        things = [each for each in found if signs[each.ref] == wanted]
        if things:
            yield _line(heading, things)


def _line(heading: str, reached: Iterable[_Reached]) -> GlanceLine:
    places: dict[EntityRef, dict[str, None]] = {}
    firm: set[EntityRef] = set()
    for each in reached:
        places.setdefault(each.ref, {})[each.place] = None
        firm.update(() if each.is_supposed else (each.ref,))
    # A chain that holds anywhere needs no other.
    listed = [
        GlanceThing(ref, "" if "" in where else "; ".join(where), ref not in firm) for ref, where in places.items()
    ]
    return GlanceLine(heading, tuple(listed[:_MOST]), max(0, len(listed) - _MOST))
