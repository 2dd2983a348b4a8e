"""Drugs whose names hold the whole name of another: a formulation is a drug of its own, and is not counted with it."""

from __future__ import annotations

from collections.abc import Iterable

from kg.errors import AmbiguousEntity, EntityNotFound, WrongKind
from kg.graph import KnowledgeGraph
from kg.model import EntityRef


def namesakes(graph: KnowledgeGraph, names: Iterable[str]) -> tuple[EntityRef, ...]:
    """The drugs named after the given ones: after "doxorubicin" its liposomal forms; none after a regimen."""
    found: dict[str, EntityRef] = {}
    asked = {drug.id: drug for name in names if (drug := _drug(graph, name)) is not None}
    for drug in graph.members("drug") if asked else ():
        if drug.id not in asked and any(_words(other) < _words(drug) for other in asked.values()):
            found[drug.id] = drug
    return tuple(sorted(found.values(), key=lambda ref: ref.label))


def _drug(graph: KnowledgeGraph, name: str) -> EntityRef | None:
    try:
        return graph.resolve(name, ("drug",))
    except (EntityNotFound, AmbiguousEntity, WrongKind):  # a regimen, a procedure
        return None


def _words(drug: EntityRef) -> frozenset[str]:
    return frozenset(drug.label.casefold().split())
