"""Which results are of people who had had a drug before, whether it had failed or not: their rows say which.

Of a regimen that is every one of its drugs, given together or one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.evidence.filters import Filter, is_first_line
from kg.evidence.rows import EvidenceRow
from kg.evidence.treatments import drugs_named
from kg.model import EntityRef
from kg.store import Naming

_GROUPS = """
SELECT DISTINCT ?arm WHERE { ?arm skg:population/skg:priorDrug ?had . ?had (skg:inClass|skos:broader)* ?before }"""
_OF_THE_CLASS = """
SELECT DISTINCT ?arm WHERE { ?arm skg:population/skg:priorDrug ?had . ?before (skg:inClass|skos:broader)+ ?had }"""
_OF_PATIENTS = """
SELECT DISTINCT ?event WHERE {
  ?earlier skg:component/skg:drug ?had ; skg:order ?sooner . ?had (skg:inClass|skos:broader)* ?before .
  ?patient skg:hasEvent ?earlier , ?event . ?event skg:episode/skg:order ?later . FILTER(?later > ?sooner)
  FILTER NOT EXISTS { ?earlier skg:planned true } FILTER NOT EXISTS { ?earlier skg:polarity "negated" } }"""
_TOLD = "SELECT DISTINCT ?arm WHERE { ?arm skg:population/skg:priorDrug ?told }"


@dataclass(frozen=True)
class HadBefore:
    """Who had had a drug, or one of a class.

    Attributes:
        name: of the drug or class.
        groups: arms of people of whom some or all had had it.
        of_the_class: arms of people who had had a drug of its class, nobody says which.
        told: arms of which a source names a drug or a class that had been given before.
        events: results of single patients under a later treatment.
    """

    name: str
    groups: frozenset[str]
    of_the_class: frozenset[str]
    told: frozenset[str]
    events: frozenset[str]

    def filter(self) -> Filter:
        """Results of these people; what a source leaves open may be of them."""
        return Filter(
            lambda row: row.id in self.events if row.arm is None else row.arm.id in self.groups,
            lambda row: None if self._is_known(row) else f"whether they had had {self.name}",
        )

    def _is_known(self, row: EvidenceRow) -> bool:
        if row.arm is None:
            return True
        if row.population is not None and is_first_line(row.population.line):
            return True
        return row.arm.id in self.told - self.of_the_class


def had_before(graph: Naming, names: Iterable[str]) -> list[HadBefore]:
    """Who had had what some names stand for: for each drug or class of them, once.

    Args:
        graph: the graph.
        names: drugs, classes of them, and regimens, which stand for their drugs.

    Raises: EntityNotFound, AmbiguousEntity, WrongKind; InvalidParameter for a regimen without a drug.
    """
    drugs = dict.fromkeys(drug for name in names for drug in drugs_named(graph, name, "after"))
    if not drugs:
        return []
    told = frozenset(graph.store.select(_TOLD).nodes())
    return [_had_before(graph, drug, told) for drug in drugs]


def _had_before(graph: Naming, before: EntityRef, told: frozenset[str]) -> HadBefore:
    groups, of_the_class, events = (
        frozenset(graph.store.select(query, {"before": before.id}).nodes())
        for query in (_GROUPS, _OF_THE_CLASS, _OF_PATIENTS)
    )
    return HadBefore(before.label, groups, of_the_class, told, events)
