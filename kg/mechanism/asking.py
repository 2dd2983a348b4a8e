"""From names to a mechanism question: which kinds of things may act and be acted on, and what a regimen stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kg.errors import EntityNotFound
from kg.identifiers import expand, is_project
from kg.mechanism.ground import PROTEIN
from kg.mechanism.question import MechanismQuestion
from kg.model import EntityRef, several
from kg.store import Naming
from ontology import kinds
from ontology.terms import CLASS_BY_KIND

TREATMENT_KINDS = tuple(kind for kind, name in CLASS_BY_KIND.items() if name in kinds.TREATMENTS)
TARGETS = (
    "histotype", "process", "target", "complex", "metabolite", "pathway", "cellstate", "condition", "event",
)  # fmt: skip
# What else a mechanism may set out from.
_GIVEN = (*(kind for kind in TREATMENT_KINDS if kind != "drug"), "metabolite", "complex")
_HISTOTYPES_ABOVE = "SELECT DISTINCT ?above WHERE { ?node rdfs:subClassOf+ ?above . ?above a skg:Histotype }"
_KINDS = ("AdverseEvent", "Condition", "Process", PROTEIN)
_CANCER = expand("condition:cancer")
_CLINICAL = "SELECT DISTINCT ?effect WHERE { ?effect skos:broader* process:clinical-effect }"
_ABOVE = "SELECT DISTINCT ?above WHERE { ?node skos:broader+ ?above }"
_BELOW = "SELECT DISTINCT ?below WHERE { ?below skos:broader+ ?node }"
_MODELS = "SELECT DISTINCT ?model WHERE { ?model skos:broader* cellstate:tumour-model }"
_CLASSES_ABOVE = """
SELECT DISTINCT ?class WHERE { ?node (skg:inClass|skg:isA|skos:broader)+ ?class . ?class a skg:DrugClass }"""
_DRUGS_OF_CLASS = """
SELECT DISTINCT ?drug ?class WHERE {
  ?drug (skg:inClass|skg:isA|skos:broader)+ ?class . ?class a skg:DrugClass . ?drug a skg:Drug }"""
MAX_MEMBERS = 30  # of a class; a larger one is asked about alone
_DRUGS_OF_REGIMEN = "SELECT DISTINCT ?drug WHERE { ?node skg:includesDrug ?drug }"
# Those of which sources state more than what they consist of; the regimen of an arm is not among them.
_REGIMENS_WITH = """
SELECT DISTINCT ?regimen ?drug WHERE {
  ?regimen skg:includesDrug ?given . ?statement skg:subject ?regimen ; skg:predicate ?predicate .
  ?regimen skg:includesDrug ?drug .
  FILTER(?predicate NOT IN (skg:includesDrug, skg:includesProcedure)) }"""


def mechanism_question(graph: Naming, drugs: Sequence[str], target: str | None, **more: Any) -> MechanismQuestion:
    """The question that names ask: regimens stand for their drugs, classes for theirs, drugs for classes.

    Diseases, adverse events and processes stand for their kinds, too.

    Raises: EntityNotFound, WrongKind, AmbiguousEntity, InvalidParameter.
    """
    goal = graph.resolve(target, TARGETS, "target", TREATMENT_KINDS) if target else None
    below, above = _around(graph, goal) if goal else ((), ())
    named = tuple(dict.fromkeys(iri for drug in several(drugs) for iri in _treatment(graph, drug)))
    acting = tuple(dict.fromkeys((*named, *_regimens(graph, named, goal))))
    return MechanismQuestion(
        drugs=acting,
        target=goal.id if goal else None,
        subtypes=() if goal and goal.type == PROTEIN else below,
        supertypes=above,
        forms=below if goal and goal.type == PROTEIN else (),
        clinical=graph.store.select(_CLINICAL).nodes(),
        models=graph.store.select(_MODELS).nodes() if goal and goal.type in kinds.DISEASES else (),
        about_tumours=goal is None or _is_about_tumours(goal, above),
        memberships=tuple(
            (drug, group) for drug in acting for group in graph.store.select(_CLASSES_ABOVE, {"node": drug}).nodes()
        ),
        members=_members(graph, acting, goal),
        **more,
    )


def _regimens(graph: Naming, named: Sequence[str], goal: EntityRef | None) -> list[str]:
    """What several drugs are together, where sources state anything of that."""
    if len(named) < 2:
        return []
    drugs: dict[str, set[str]] = {}
    for regimen, drug in graph.store.select(_REGIMENS_WITH, {"given": list(named)}).texts():
        drugs.setdefault(regimen, set()).add(drug)
    asked_for = goal and goal.id
    return sorted(one for one, parts in drugs.items() if one != asked_for and parts == {*named} - {one})


def _members(graph: Naming, acting: Sequence[str], goal: EntityRef | None) -> tuple[tuple[str, str], ...]:
    """The drugs of the classes that were asked about, each with its class."""
    if not acting:
        return ()
    by_class: dict[str, list[str]] = {}
    for drug, group in sorted(graph.store.select(_DRUGS_OF_CLASS, {"class": list(acting)}).texts()):
        if drug not in acting and (goal is None or drug != goal.id):
            by_class.setdefault(group, []).append(drug)
    few = {group: drugs for group, drugs in by_class.items() if len(drugs) <= MAX_MEMBERS}
    return tuple((drug, group) for group, drugs in few.items() for drug in drugs)


def _around(graph: Naming, goal: EntityRef) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The kinds of a disease, an event, a process or a protein, and what is above it; nothing for anything else."""
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
