"""Treatments as questions name them: drugs, classes and procedures, and whether a regimen is exactly that.

A procedure stands for its kinds: radiotherapy is also preoperative radiotherapy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.errors import AmbiguousEntity, EntityNotFound, InvalidParameter, WrongKind
from kg.evidence.rows import EvidenceRow
from kg.model import EntityRef
from kg.store import Naming, Store

_SIGNS = re.compile(r"[+/&]")
_WORDS = re.compile(r"\s+(?:and|plus|with)\s+", re.IGNORECASE)
_REGIMENS_LIKE = "SELECT DISTINCT ?regimen WHERE { ?regimen skos:broader* ?named }"
_DRUGS_OF_REGIMEN = "SELECT DISTINCT ?drug WHERE { ?named skg:includesDrug ?drug }"
_GIVEN_AS = "SELECT DISTINCT ?given WHERE { ?given a skg:Procedure ; skg:includesDrug ?drug }"
_ACCOMPANYING = """
SELECT DISTINCT ?drug WHERE { ?drug a skg:Drug ; (skg:inClass|skos:broader)+ drugclass:not-against-tumour }"""
_PROCEDURES_BELOW = "SELECT DISTINCT ?procedure WHERE { ?procedure skos:broader* ?top }"
_DRUGS_OF_CLASS = """
SELECT DISTINCT ?asked ?drug WHERE {
  ?drug a skg:Drug ; (skg:inClass|skg:isA|skos:broader)+ ?asked }"""
_DRUGS_GIVEN = "SELECT DISTINCT ?arm ?given WHERE { ?arm skg:regimen/skg:component/skg:drug ?given }"
_PROCEDURES_GIVEN = "SELECT DISTINCT ?arm ?given WHERE { ?arm skg:regimen/skg:component/skg:procedure ?given }"
_TREATING = """
SELECT DISTINCT ?arm ?given WHERE { VALUES ?top { procedure:local-tumour-treatment procedure:systemic-therapy }
  ?arm skg:regimen/skg:component/skg:procedure ?given . ?given skos:broader* ?top }"""
# What acts on a form of a target, itself, as a complex, as what the body makes of it, or by its class.
_ACTS_ON_FORM = """
  { ?actor skg:inhibits|skg:targets|skg:antagonizes|skg:binds|skg:blocks|skg:activates ?form }
  UNION { ?actor (skg:formsComplex|skg:partOfComplex)/(skg:inhibits|skg:blocks|skg:activates) ?form }
  UNION { ?actor (skg:convertedTo|skg:hasActiveForm|skg:prodrugOf)/(skg:inhibits|skg:blocks|skg:activates) ?form }
  UNION { ?actor skg:inClass/(skg:inhibits|skg:blocks) ?form }"""
_ACTING_DRUGS = f"""
SELECT DISTINCT ?asked ?actor WHERE {{
  ?actor a skg:Drug .{_ACTS_ON_FORM}
  ?form skg:mutationOf* ?asked . ?asked a skg:Target }}"""
# Filled in by those who ask: ``?met`` is what acts.
TARGETS_OF = f"""
SELECT DISTINCT ?node WHERE {{{_ACTS_ON_FORM.replace("?actor", "?met")}
  ?form skg:mutationOf* ?node . ?node a skg:Target }}"""


@dataclass(frozen=True)
class Treatment:
    """What is given together and nothing else.

    Attributes:
        parts: each drug as a set of its own, each procedure as the set of it and its kinds.
        has_procedures: whether any part is a procedure; then an operation beside it makes another treatment.
    """

    parts: tuple[frozenset[str], ...]
    has_procedures: bool = False

    @property
    def everything(self) -> frozenset[str]:
        """Whatever may be given."""
        return frozenset().union(*self.parts)

    def is_exactly(self, given: frozenset[str]) -> bool:
        """Whether what is given is every part and nothing else."""
        return given <= self.everything and all(part & given for part in self.parts)

    def overlaps(self, other: Treatment) -> bool:
        """Whether something given may be both: complete resection is surgery."""
        return all(part & other.everything for part in self.parts) and all(
            part & self.everything for part in other.parts
        )


@dataclass(frozen=True)
class NamedTreatment:
    """A regimen as asked for: its parts, or, where nobody says of what it consists, the regimens called so."""

    treatment: Treatment | None
    regimens: tuple[str, ...] = ()


def named_treatment(graph: Naming, text: str, *, classes: bool = False) -> NamedTreatment:
    """A named combination, or drugs and procedures joined by signs or words in any order.

    Args:
        graph: the graph.
        text: what people call it.
        classes: whether a part may be a drug class, which stands for one or more of its drugs.

    Raises: EntityNotFound, AmbiguousEntity, WrongKind; InvalidParameter for a text without a name.
    """
    names = [part for part in map(str.strip, _SIGNS.split(text)) if part]
    if not names:
        raise InvalidParameter("regimen", text, 'a name, an acronym, or "A + B"')
    given = _named(graph, text, names, ("procedure", "drugclass") if classes else ("procedure",))
    if not isinstance(given, EntityRef):
        return NamedTreatment(_treatment(graph, given))
    drugs = graph.store.select(_DRUGS_OF_REGIMEN, {"named": given.id}).nodes()
    if not drugs:
        return NamedTreatment(None, graph.store.select(_REGIMENS_LIKE, {"named": given.id}).nodes())
    return NamedTreatment(_treatment(graph, [EntityRef(drug, "", "Drug", "") for drug in drugs]))


def drugs_named(graph: Naming, text: str, parameter: str) -> tuple[EntityRef, ...]:
    """The drugs, or classes of them, that a text names: one, or all of a regimen but what only accompanies.

    Args:
        graph: the graph.
        text: a drug, a class, a regimen, or such joined by signs or words in any order.
        parameter: in which it was given.

    Raises: EntityNotFound, AmbiguousEntity, WrongKind; InvalidParameter for a regimen without a drug.
    """
    try:
        named = graph.resolve(text, ("drug", "drugclass"), parameter, ("regimen",))
    except (EntityNotFound, AmbiguousEntity, WrongKind):
        signed, worded = ([part.strip() for part in joined.split(text) if part.strip()] for joined in (_SIGNS, _WORDS))
        parts = signed if len(signed) > 1 else worded
        if len(parts) < 2:
            raise
        return tuple(dict.fromkeys(drug for part in parts for drug in drugs_named(graph, part, parameter)))
    if named.type != "Regimen":
        return (named,)
    drugs = graph.store.select(_DRUGS_OF_REGIMEN, {"named": named.id}).nodes()
    if not drugs:
        raise InvalidParameter(parameter, text, "a drug, a drug class, or a regimen that holds drugs")
    accompanying = accompanying_drugs(graph)
    against_tumour = [drug for drug in drugs if drug not in accompanying] or drugs
    return tuple(graph.resolve(drug, ("drug",), parameter) for drug in against_tumour)


def _named(graph: Naming, text: str, names: Sequence[str], others: Sequence[str]) -> EntityRef | set[EntityRef]:
    """The regimen that a text names, or what its parts name; an acronym may have a sign in it, a name "and"."""
    if len(names) == 1:
        try:
            named = graph.resolve(text, ("regimen", "drug"), "regimen", others)
        except EntityNotFound:
            names = _WORDS.split(text.strip())
            if len(names) == 1:
                raise
        else:
            return named if named.type == "Regimen" else {named}
    try:
        return {graph.resolve(name, ("drug",), "regimen", others) for name in names}
    except EntityNotFound as unknown:
        try:
            return graph.resolve(text, ("regimen",), "regimen")
        except (EntityNotFound, WrongKind, AmbiguousEntity):
            raise unknown from None


def _treatment(graph: Naming, given: Iterable[EntityRef]) -> Treatment:
    drugs, procedures, classes = (
        {ref.id for ref in given if ref.type == kind} for kind in ("Drug", "Procedure", "DrugClass")
    )
    drugs = drugs - accompanying_drugs(graph) or drugs
    parts = [frozenset({drug}) for drug in sorted(drugs)]
    parts += [frozenset(procedures_below(graph, procedure)) for procedure in sorted(procedures)]
    parts += [drugs_of_class(graph, group)[group] for group in sorted(classes)]
    return Treatment(tuple(parts), has_procedures=bool(procedures))


def gives_exactly(row: EvidenceRow, treatment: Treatment) -> bool:
    """Whether a row's regimen is this treatment and no other of the tumour, local or of the whole body.

    Drugs that only accompany (mesna, growth factors, placebo) do not make it a different one.
    """
    if row.regimen is None:
        return False
    given = {ref.id for ref in row.regimen.against_tumour}
    components = [part.drug for part in row.regimen.components]
    if treatment.has_procedures:
        given |= {ref.id for ref in components if ref.type != "Drug"}
    elif not any(ref.type == "Drug" for ref in row.regimen.against_tumour):  # placebo or supportive drugs alone
        given |= {ref.id for ref in components if ref.type == "Drug"}
    return treatment.is_exactly(frozenset(given))


def accompanying_drugs(graph: Naming) -> frozenset[str]:
    """Drugs that do not make a regimen a different one: mesna, growth factors, placebo."""
    return frozenset(graph.store.select(_ACCOMPANYING).nodes())


def ways_to_give(graph: Naming, treatment: EntityRef) -> tuple[str, ...]:
    """A drug and the procedures that give it (mesna is told of as uroprotection), or a procedure and its kinds."""
    if treatment.type == "Drug":
        return (treatment.id, *graph.store.select(_GIVEN_AS, {"drug": treatment.id}).nodes())
    return procedures_below(graph, treatment.id)


def procedures_below(graph: Naming, procedure: str) -> tuple[str, ...]:
    """A procedure and its kinds."""
    return graph.store.select(_PROCEDURES_BELOW, {"top": procedure}).nodes()


def arms_giving(graph: Naming, arms: Iterable[str], treatment: Treatment | None) -> frozenset[str]:
    """Of some arms those that give a treatment, and nothing else but what only accompanies it."""
    if treatment is None:
        return frozenset()
    listed = sorted(arms)
    drugs, procedures = (
        grouped(graph.store, query, "arm", listed)
        for query in (_DRUGS_GIVEN, _PROCEDURES_GIVEN if treatment.has_procedures else _TREATING)
    )
    accompanying = accompanying_drugs(graph)
    return frozenset(
        arm for arm in listed if treatment.is_exactly((drugs[arm] - accompanying or drugs[arm]) | procedures[arm])
    )


def grouped(store: Store, query: str, variable: str, nodes: Sequence[str]) -> Mapping[str, frozenset[str]]:
    """For each of some nodes, bound to a variable and shown first, what a query finds second."""
    found: dict[str, set[str]] = {node: set() for node in nodes}
    for node, value in store.select(query, {variable: nodes}).texts() if nodes else ():
        found[node].add(value)
    return {node: frozenset(values) for node, values in found.items()}


def drugs_of_class(graph: Naming, *classes: str) -> Mapping[str, frozenset[str]]:
    """For each class its drugs and those of its subclasses."""
    return grouped(graph.store, _DRUGS_OF_CLASS, "asked", classes)


def acting_drugs(graph: Naming, *targets: str) -> Mapping[str, frozenset[str]]:
    """For each target the drugs that a source says act on it or a mutant form, themselves or as a complex."""
    return grouped(graph.store, _ACTING_DRUGS, "asked", targets)
