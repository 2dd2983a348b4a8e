"""From names to a mechanism question: which kinds of things may act and be acted on, and what a regimen stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from kg.errors import EntityNotFound
from kg.mechanism.question import MechanismQuestion
from kg.model import EntityRef, several
from kg.store import Store
from ontology import kinds
from ontology.terms import CLASS_BY_KIND

TREATMENTS = tuple(kind for kind, name in CLASS_BY_KIND.items() if name in kinds.TREATMENTS)
TARGETS = (
    "histotype", "process", "target", "complex", "metabolite", "pathway", "cellstate", "condition", "event",
)  # fmt: skip
_GIVEN = (
    *(kind for kind in TREATMENTS if kind != "drug"),
    "metabolite",
    "complex",
)  # what else a mechanism may set out from
_HISTOTYPES_ABOVE = "SELECT DISTINCT ?above WHERE { ?node rdfs:subClassOf+ ?above . ?above a skg:Histotype }"
_KINDS = ("AdverseEvent", "Process")  # what is stated of a kind of these is stated of them
_ABOVE = "SELECT DISTINCT ?above WHERE { ?node skos:broader+ ?above }"
_BELOW = "SELECT DISTINCT ?below WHERE { ?below skos:broader+ ?node }"
_CLASSES_ABOVE = """
SELECT DISTINCT ?class WHERE { ?node (skg:inClass|skg:isA|skos:broader)+ ?class . ?class a skg:DrugClass }"""
_DRUGS_OF_REGIMEN = "SELECT DISTINCT ?drug WHERE { ?node skg:includesDrug ?drug }"


class Naming(Protocol):
    """What resolves names: a :class:`kg.graph.KnowledgeGraph`."""

    @property
    def store(self) -> Store:
        """Where regimens and histotypes are looked up."""
        ...

    def resolve(
        self, text: str, kinds: Sequence[str] = (), parameter: str = "", others: Sequence[str] = ()
    ) -> EntityRef:
        """The entity that a text names."""
        ...

    def histotypes_below(self, histotype: str) -> tuple[str, ...]:
        """A histotype and its subtypes."""
        ...


def mechanism_question(graph: Naming, drugs: Sequence[str], target: str | None, **more: Any) -> MechanismQuestion:
    """The question that names ask: regimens stand for their drugs, drugs for classes.

    Histotypes, adverse events and processes stand for their kinds, too.

    Raises: EntityNotFound, WrongKind, AmbiguousEntity, InvalidParameter.
    """
    goal = graph.resolve(target, TARGETS, "target", TREATMENTS) if target else None
    below, above = _around(graph, goal) if goal else ((), ())
    acting = tuple(dict.fromkeys(iri for drug in several(drugs) for iri in _treatment(graph, drug)))
    return MechanismQuestion(
        drugs=acting,
        target=goal.id if goal else None,
        subtypes=below,
        supertypes=above,
        memberships=tuple((drug, group) for drug in acting for group in _column(graph, _CLASSES_ABOVE, drug)),
        **more,
    )


def _around(graph: Naming, goal: EntityRef) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The kinds of a histotype, an adverse event or a process, and what is above it; nothing for anything else."""
    if goal.type == "Histotype":
        return graph.histotypes_below(goal.id), _column(graph, _HISTOTYPES_ABOVE, goal.id)
    if goal.type in _KINDS:
        return _column(graph, _BELOW, goal.id), _column(graph, _ABOVE, goal.id)
    return (), ()


def _treatment(graph: Naming, text: str) -> tuple[str, ...]:
    """A drug, or the drugs of a regimen and the regimen itself; "A + B" need not be a regimen with a name."""
    try:
        found = graph.resolve(text, ("drug",), "drug", _GIVEN)
    except EntityNotFound:
        parts = [part.strip() for part in text.split("+") if part.strip()]
        if len(parts) < 2:
            raise
        return tuple(graph.resolve(part, ("drug",), "drug", _GIVEN).id for part in parts)
    drugs = _column(graph, _DRUGS_OF_REGIMEN, found.id) if found.type == "Regimen" else ()
    return (*drugs, found.id)


def _column(graph: Naming, query: str, node: str) -> tuple[str, ...]:
    """What a query about one node finds, sorted."""
    return tuple(sorted({row[0].value for row in graph.store.select(query, {"node": node}) if row[0]}))
