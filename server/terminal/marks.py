"""What lines of every kind say alike: of a thing, where a fact is told, how sure it is, what an answer leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.model import EntityRef, Interval, PassageRef
from ontology.english import spelt_out

_CUTS = {
    "limit": "--limit shows more",
    "k": "--k shows more",
    "links": "they have as many links as one answer holds",
    "frontier": "they lead to more than is walked at once",
    "expansions": "no more steps were tried",
    "timeout": "time was over before all was walked",
}


def thing(ref: EntityRef) -> str:
    """Its identifier, its kind and its name, each in a column."""
    return f"{ref.curie:32} {spelt_out(ref.type):14} {ref.label}"


def where(passage: PassageRef) -> str:
    """Where a passage stands: its document and characters."""
    return f"{passage.document.rpartition('/')[2]}:{passage.start}-{passage.end}"


def ends(interval: Interval) -> str:
    """The two ends of an interval that was derived, which has both."""
    return f"{interval.low:.1f} to {interval.high:.1f}"


def hedge(certainty: str) -> str:
    """How sure a source is, where it does not simply state it."""
    return "" if certainty == "stated" else f"  ({certainty})"


def origin(imported: bool) -> str:
    """That imported graphs alone state it."""
    return "  (imported)" if imported else ""


def shut_out(filters: Sequence[str]) -> Iterator[str]:
    """Which filters shut out what there is."""
    if filters:
        yield f"What there is was shut out by: {', '.join(filters)}."


def cut_off(shown: int, total: int | None, by: str | None) -> Iterator[str]:
    """How much more there is, and why it is not shown; nothing of a complete answer.

    Args:
        shown: how many things or paths are told.
        total: how many there would be; None where that is not known.
        by: what cut the answer off, as it says itself.
    """
    if by is not None:
        yield f"({'perhaps' if total is None else total - shown} more; {_CUTS[by]})"
