"""Families of classes, each listed once, and which kinds of things a predicate may join, by its row in the table.

The checks of the curated files and of the compiled graph both ask here. Imported statements are not asked about:
other sources use the predicates as widely as their own relations are meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ontology.english import article
from ontology.terms import CLASSES, Predicate

TREATMENTS = ("Drug", "Regimen", "DrugClass", "Procedure")
DISEASES = ("Histotype", "Condition")
OF_THE_CELL = ("Target", "Process", "Complex", "Pathway", "Metabolite", "CellState", "JointCause")
FACTS = ("Statement", "Outcome", "TimelineEvent")  # what a passage states


@dataclass(frozen=True)
class Misfit:
    """An end of a statement that its predicate does not take.

    Attributes:
        end: which of the two.
        reason: what it is, and which kinds would be right.
    """

    end: Literal["subject", "object"]
    reason: str


def misfits(term: Predicate, subject: str, obj: str | None) -> Iterator[Misfit]:
    """What is wrong with the ends of a statement.

    Args:
        term: the row of its predicate.
        subject: name of the subject's class, for example ``Drug``.
        obj: that of the object's; None where the object is a text.
    """
    if not _is_one_of(subject, term.subject_kinds):
        yield Misfit("subject", _reason(term, "subject", subject, term.subject_kinds))
    elif obj is not None and not _is_one_of(obj, kinds := object_kinds(term, subject)):
        beside = f" beside {_spoken(subject)}" if term.like_kinds else ""
        yield Misfit("object", _reason(term, "object", obj, kinds, beside))


def object_kinds(term: Predicate, subject: str) -> tuple[str, ...]:
    """The classes that the object may be of where the subject is of the class ``subject``."""
    if not term.like_kinds:
        return term.object_kinds
    own = next(name for name in _lineage(subject) if CLASSES[name].parent in ("Entity", None))
    names = sorted(CLASSES) if "Entity" in term.object_kinds else term.object_kinds
    return tuple(name for name in names if name == own or _family(name) == _family(own) is not None)


def most_specific(names: Iterable[str]) -> str | None:
    """Of the classes that a thing is in, the one below the others; None where there is none of the vocabulary."""
    known = [name for name in names if name in CLASSES]
    return max(known, key=lambda name: (len(_lineage(name)), name), default=None)


def with_subclasses(names: Iterable[str]) -> frozenset[str]:
    """The classes and all that lie below them; a name that is no class of the vocabulary stays."""
    wanted = frozenset(names)
    return wanted | {name for name in CLASSES if not wanted.isdisjoint(_lineage(name))}


def is_in(name: str, kind: str) -> bool:
    """Whether a class is another one or lies below it."""
    return kind in _lineage(name)


def _reason(term: Predicate, end: str, name: str, kinds: Sequence[str], beside: str = "") -> str:
    right = " or ".join(CLASSES[kind].called for kind in kinds)
    return f"{term.name!r} does not take {_spoken(name)} as its {end}{beside}; it takes {right}"


def _spoken(name: str) -> str:
    label = CLASSES[name].label
    return f"{article(label)} {label}"


def _is_one_of(name: str, kinds: Sequence[str]) -> bool:
    return any(own in kinds for own in _lineage(name))


@cache
def _lineage(name: str) -> tuple[str, ...]:
    """A class and those above it, from below."""
    parent = CLASSES[name].parent
    return (name,) if parent is None else (name, *_lineage(parent))


def _family(name: str) -> str | None:
    return CLASSES[name].family
