"""From names to a mechanism question: which kinds of things may act and be acted on, and what a regimen stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kg.errors import EntityNotFound
from kg.identifiers import expand, is_project
from kg.mechanism.question import MechanismQuestion
from kg.model import EntityRef, several
from kg.store import Naming
from ontology import kinds
from ontology.terms import CLASS_BY_KIND

TREATMENTS = tuple(kind for kind, name in CLASS_BY_KIND.items() if name in kinds.TREATMENTS)
TARGETS = (
    "histotype", "process", "target", "complex", "metabolite", "pathway", "cellstate", "condition", "event",
)  # fmt: skip
# What else a mechanism may set out from.
_GIVEN = (*(kind for kind in TREATMENTS if kind != "drug"), "metabolite", "complex")
_HISTOTYPES_ABOVE = "SELECT DISTINCT ?above WHERE { ?node rdfs:subClassOf+ ?above . ?above a skg:Histotype }"
_KINDS = ("AdverseEvent", "Condition", "Process")  # what is stated of a kind of these is stated of them
_CANCER = expand("condition:cancer")
_ABOVE = "SELECT DISTINCT ?above WHERE { ?node skos:broader+ ?above }"
_BELOW = "SELECT DISTINCT ?below WHERE { ?below skos:broader+ ?node }"
_MODELS = "SELECT DISTINCT ?model WHERE { ?model skos:broader* cellstate:tumour-model }"
_CLASSES_ABOVE = """
SELECT DISTINCT ?class WHERE { ?node (skg:inClass|skg:isA|skos:broader)+ ?class . ?class a skg:DrugClass }"""
_DRUGS_OF_REGIMEN = "SELECT DISTINCT ?drug WHERE { ?node skg:includesDrug ?drug }"


def mechanism_question(graph: Naming, drugs: Sequence[str], target: str | None, **more: Any) -> MechanismQuestion:
    """The question that names ask: regimens stand for their drugs, drugs for classes.

    Diseases, adverse events and processes stand for their kinds, too.

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
        models=graph.store.select(_MODELS).nodes() if goal and goal.type in kinds.DISEASES else (),
        about_tumours=goal is None or _is_about_tumours(goal, above),
        memberships=tuple(
            (drug, group) for drug in acting for group in graph.store.select(_CLASSES_ABOVE, {"node": drug}).nodes()
        ),
        **more,
    )


def _around(graph: Naming, goal: EntityRef) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The kinds of a disease, an adverse event or a process, and what is above it; nothing for anything else."""
    if goal.type == "Histotype":
        return graph.histotypes_below(goal.id), graph.store.select(_HISTOTYPES_ABOVE, {"node": goal.id}).nodes()
    if goal.type in _KINDS:
        below, above = (graph.store.select(query, {"node": goal.id}).nodes() for query in (_BELOW, _ABOVE))
        return below, above
    return (), ()


def _is_about_tumours(goal: EntityRef, above: Sequence[str]) -> bool:
    """Whether what drugs do in a tumour may lead to the target: not to another treatment, nor to what is no cancer."""
    if goal.type == "Condition" and is_project(goal.id):  # nothing says of those of imports which are cancers
        return _CANCER in (goal.id, *above)
    return goal.type not in kinds.TREATMENTS


def _treatment(graph: Naming, text: str) -> tuple[str, ...]:
    """A drug, or the drugs of a regimen and the regimen itself; "A + B" need not be a regimen with a name."""
    try:
        found = graph.resolve(text, ("drug",), "drug", _GIVEN)
    except EntityNotFound:
        parts = [part.strip() for part in text.split("+") if part.strip()]
        if len(parts) < 2:
            raise
        return tuple(graph.resolve(part, ("drug",), "drug", _GIVEN).id for part in parts)
    drugs = graph.store.select(_DRUGS_OF_REGIMEN, {"node": found.id}).nodes() if found.type == "Regimen" else ()
    return (*drugs, found.id)
