"""Treatments as questions name them: drugs, classes and procedures, and whether a regimen is exactly that.

A procedure stands for its kinds: radiotherapy is also preoperative radiotherapy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import EntityNotFound, InvalidParameter
from kg.evidence.rows import EvidenceRow
from kg.model import EntityRef
from kg.sparql.results import iri
from kg.store import Store

if TYPE_CHECKING:
    from kg.evidence.search import Naming

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
# What acts on a form of a target, itself, as a complex, or by its class.
_ACTS_ON_FORM = """
  { ?actor skg:inhibits|skg:targets|skg:antagonizes|skg:binds|skg:blocks|skg:activates ?form }
  UNION { ?actor (skg:formsComplex|skg:partOfComplex)/(skg:inhibits|skg:blocks|skg:activates) ?form }
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


def named_treatment(graph: Naming, text: str) -> NamedTreatment:
    """A named combination, or drugs and procedures joined by signs or words in any order.

    Raises: EntityNotFound, AmbiguousEntity, WrongKind; InvalidParameter for a text without a name.
    """
    names = [part for part in map(str.strip, _SIGNS.split(text)) if part]
    if not names:
        raise InvalidParameter("regimen", text, 'a name, an acronym, or "A + B"')
    named = None
    if len(names) == 1:
        try:
            named = graph.resolve(text, ("regimen", "drug"), "regimen", ("procedure",))
        except EntityNotFound:  # "and" may be part of a name, so names come first
            names = _WORDS.split(text.strip())
            if len(names) == 1:
                raise
    if named is None:
        given = {graph.resolve(name, ("drug",), "regimen", ("procedure",)) for name in names}
    elif named.type in ("Drug", "Procedure"):
        given = {named}
    else:
        drugs = set(column(graph.store, _DRUGS_OF_REGIMEN, "named", named.id))
        if not drugs:
            return NamedTreatment(None, column(graph.store, _REGIMENS_LIKE, "named", named.id))
        return NamedTreatment(_treatment(graph, drugs, ()))
    drugs = {ref.id for ref in given if ref.type == "Drug"}
    procedures = sorted(ref.id for ref in given if ref.type != "Drug")
    return NamedTreatment(_treatment(graph, drugs, procedures))


def _treatment(graph: Naming, drugs: set[str], procedures: Sequence[str]) -> Treatment:
    drugs = drugs - accompanying_drugs(graph) or drugs
    parts = [frozenset({drug}) for drug in sorted(drugs)]
    parts += [frozenset(procedures_below(graph, procedure)) for procedure in procedures]
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
    return frozenset(row[0].value for row in graph.store.select(_ACCOMPANYING, {}).rows if row[0])


def ways_to_give(graph: Naming, treatment: EntityRef) -> tuple[str, ...]:
    """A drug and the procedures that give it (mesna is told of as uroprotection), or a procedure and its kinds."""
    if treatment.type == "Drug":
        return (treatment.id, *column(graph.store, _GIVEN_AS, "drug", treatment.id))
    return procedures_below(graph, treatment.id)


def procedures_below(graph: Naming, procedure: str) -> tuple[str, ...]:
    """A procedure and its kinds."""
    return column(graph.store, _PROCEDURES_BELOW, "top", procedure)


def arms_giving(graph: Naming, arms: Iterable[str], treatment: Treatment | None) -> frozenset[str]:
    """Of some arms those that give a treatment, and nothing else but what only accompanies it."""
    if treatment is None:
        return frozenset()
    listed = sorted(arms)
    drugs, procedures = (
        _given(graph, listed, query)
        for query in (_DRUGS_GIVEN, _PROCEDURES_GIVEN if treatment.has_procedures else _TREATING)
    )
    accompanying = accompanying_drugs(graph)
    return frozenset(
        arm for arm in listed if treatment.is_exactly((drugs[arm] - accompanying or drugs[arm]) | procedures[arm])
    )


def _given(graph: Naming, arms: Sequence[str], query: str) -> Mapping[str, frozenset[str]]:
    given: dict[str, set[str]] = {arm: set() for arm in arms}
    found = graph.store.select(query, {"arm": [iri(arm) for arm in arms]}).rows if arms else ()
    for arm, part in found:
        if arm is not None and part is not None:
            given[arm.value].add(part.value)
    return {arm: frozenset(parts) for arm, parts in given.items()}


def column(store: Store, query: str, variable: str, value: str) -> tuple[str, ...]:
    """The first column of a query about one node, sorted."""
    return tuple(sorted({row[0].value for row in store.select(query, {variable: iri(value)}).rows if row[0]}))


def drugs_of_class(graph: Naming, *classes: str) -> Mapping[str, frozenset[str]]:
    """For each class its drugs and those of its subclasses."""
    return _drugs_of(graph.store, _DRUGS_OF_CLASS, classes)


def acting_drugs(graph: Naming, *targets: str) -> Mapping[str, frozenset[str]]:
    """For each target the drugs that a source says act on it or a mutant form, themselves or as a complex."""
    return _drugs_of(graph.store, _ACTING_DRUGS, targets)


def _drugs_of(store: Store, query: str, asked: Sequence[str]) -> Mapping[str, frozenset[str]]:
    drugs: dict[str, set[str]] = {node: set() for node in asked}
    for node, drug in store.select(query, {"asked": [iri(node) for node in asked]}).rows if asked else ():
        if node is not None and drug is not None:
            drugs[node.value].add(drug.value)
    return {node: frozenset(of_node) for node, of_node in drugs.items()}
