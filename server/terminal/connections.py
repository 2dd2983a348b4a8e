"""What the graph joins, as lines: neighbours, paths, mechanisms, surroundings."""

from __future__ import annotations

from collections.abc import Iterator

from kg.mechanism.partners import Partnership
from kg.mechanism.search import MechanismAnswer
from kg.paths.neighborhood import NeighborCount, NeighborsAnswer
from kg.paths.steps import Step
from kg.paths.surroundings import CommonAnswer, ReachableAnswer, Subgraph
from kg.paths.traversal import PathAnswer
from server.terminal.marks import cut_off, hedge, origin, shut_out, thing, where
from server.wording import count_of

_ARROWS = {"out": "->", "in": "<-"}


def _step(step: Step) -> str:
    """One connection under what it belongs to."""
    return f"   {step.told}{origin(step.imported)}"


def _left_out(answer: ReachableAnswer | CommonAnswer | Subgraph | PathAnswer, shown: int) -> Iterator[str]:
    """What an answer does not show, and why."""
    yield from cut_off(shown, answer.total, answer.truncated_by)
    yield from shut_out(answer.excluded_by)


def neighbors(answer: NeighborsAnswer) -> Iterator[str]:
    """An arrow, the connection and the neighbour a line."""
    for item in answer.items:
        surely = f"{hedge(item.certainty)}{origin(item.imported)}"
        yield f"{_ARROWS[item.direction]} {item.predicate:24} {item.node.label} ({item.node.curie}){surely}"
    if answer.truncated:
        yield f"({answer.total - len(answer.items)} more; --cursor {answer.next_cursor})"
    yield from shut_out(answer.excluded_by)


def count(item: NeighborCount) -> Iterator[str]:
    """How often one connection is stated, and of how many neighbours."""
    stated = f"{count_of('thing', item.nodes)}, {count_of('statement', item.statements)}"
    yield f"{_ARROWS[item.direction]} {item.predicate:24} {stated}"


def reachable(answer: ReachableAnswer) -> Iterator[str]:
    """What lies around, each behind the number of steps to it."""
    for item in answer.items:
        yield f"{item.distance}  {thing(item.node)}{origin(item.imported)}"
    yield from _left_out(answer, len(answer.items))


def common(answer: CommonAnswer) -> Iterator[str]:
    """Each shared neighbour with the statements that join it."""
    for item in answer.items:
        yield f"{thing(item.node)}{origin(item.imported)}"
        yield from map(_step, item.steps)
    if not answer.items:
        yield "Nothing in common."
    yield from _left_out(answer, len(answer.items))


def subgraph(answer: Subgraph) -> Iterator[str]:
    """The things, then what joins them."""
    yield from map(thing, answer.nodes)
    yield from map(_step, answer.edges)
    yield from _left_out(answer, len(answer.nodes))


def paths(answer: PathAnswer) -> Iterator[str]:
    """Every path with its steps."""
    for place, path in enumerate(answer.paths, 1):
        yield f"{place}. score {path.score:.2f}"
        yield from map(_step, path.steps)
    if not answer.paths:
        yield "No path."
    yield from _left_out(answer, len(answer.paths))


def mechanism(answer: MechanismAnswer) -> Iterator[str]:
    """What was seen in patients, then the paths, then what is missing."""
    for one in answer.sightings:
        places = ", ".join(where(p) for p in one.passages)
        yield f"Told of patients{', looked for and not seen' if one.is_absent else ''}: {one.text}  [{places}]"
    for member in answer.members:
        yield f"Asked about as well: {member.drug.label}, because {member.sentence}"
    for place, path in enumerate(answer.paths, 1):
        yield f"{place}. {path.sentence}"
        for step in path.steps:
            places = f"  [{', '.join(map(where, step.passages))}]" if step.passages else ""
            yield f"   {step.told}{places}{origin(step.imported)}"
        if path.agrees is False:
            yield f"   incoherent: sources also state: {'; '.join(path.claims)}"
    if not answer.paths:
        yield "No path."
    yield from cut_off(len(answer.paths), answer.total, answer.truncated_by)
    for pair in answer.partners:
        yield from _partnership(pair)
    for gap in answer.gaps:
        yield f"Gap: {gap.reason}"
    yield from shut_out(answer.excluded_by)
    if answer.elsewhere:
        yield f"Left out: steps stated only for {', '.join(ref.label for ref in answer.elsewhere)}."


def _partnership(pair: Partnership) -> Iterator[str]:
    yield f"{' and '.join(drug.label for drug in pair.drugs)}:"
    yield from (f"   stated: {step.told}" for step in pair.stated)
    yield from (f"   {meeting.sentence}" for meeting in pair.meetings)
    for caution in pair.cautions:
        yield f"   inferred, stated by no source: {caution.sentence}"
        for premise in caution.premises:
            places = ", ".join(where(p) for step in premise.steps for p in step.passages)
            yield f"      premise: {premise.sentence} [{places}]"
    for schedule in pair.schedules:
        places = ", ".join(where(p) for p in schedule.passages)
        yield f"   timed, in {schedule.arm.label}: {schedule.drug.label}: {schedule.text} [{places}]"
