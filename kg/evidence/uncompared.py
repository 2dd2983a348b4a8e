"""Results of a comparison's two sides that stand in no pair, each with the reason: none is left out without a word."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from kg.evidence.direct import Side
from kg.evidence.indirect import has_number, may_pair
from kg.evidence.measures import MeasureRef
from kg.evidence.rows import EvidenceRow
from kg.model import EntityRef


@dataclass(frozen=True)
class Uncompared:
    """A result of one side that nothing of the other side is set against.

    Attributes:
        side: "a" or "b".
        row: the result; ``sentence`` says it in words, with what is printed ("not yet reached", "no responses").
        reason: why it stands in no pair.
    """

    side: Side
    row: str
    study: EntityRef | None
    measure: MeasureRef | None
    sentence: str | None
    reason: str


def uncompared(
    rows: Sequence[Sequence[EvidenceRow]], names: Sequence[str], paired: Collection[str]
) -> tuple[Uncompared, ...]:
    """What is told of either side and stands in no pair, by side, study and place in the text.

    Args:
        rows: the results of the first side and of the second.
        names: how the sides were asked for.
        paired: identifiers of the results that some pair holds.
    """
    sides: tuple[Side, Side] = ("a", "b")
    return tuple(
        Uncompared(side, row.id, row.study, row.measure, row.sentence, _reason(row, others, name))
        for side, own, others, name in zip(sides, rows, reversed(rows), reversed(names), strict=True)
        for row in own
        if row.id not in paired
    )


def _reason(row: EvidenceRow, others: Iterable[EvidenceRow], other: str) -> str:
    if row.patient is not None:
        return "of a single patient"
    elsewhere = [each for each in others if each.arm is not None]
    if not elsewhere:
        return f"no result of {other} to set it against"
    if not has_number(row):
        told = row.value_text or (row.absence or row.difference or "told in words").replace("-", " ")
        return f"no number to set against another: {told}"
    alike = [each for each in elsewhere if may_pair(row, each)]
    if any(each.study == row.study for each in alike):
        return f"its study tells {other} of other people, or does not say that the arms were two groups"
    measure = row.measure.label if row.measure else "it"
    return f"no figure of {other} for {measure}"
