"""Which results are of arms that a study sets against another arm: a comparator by its name, or any at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.errors import AmbiguousEntity, EntityNotFound, InvalidParameter
from kg.evidence.filters import Filter
from kg.evidence.rows import EvidenceRow
from kg.evidence.treatments import accompanying_drugs, arms_giving, named_treatment
from kg.store import Naming

ANY = "any"  # the word for whatever an arm is compared with
_COMPARED = "SELECT DISTINCT ?arm ?other WHERE { ?arm skg:hasOutcome/skg:comparator ?other }"
_ALLOTTED = """
SELECT DISTINCT ?arm ?other WHERE { ?study skg:randomised "yes" ; skg:hasArm ?arm , ?other . FILTER(?arm != ?other)
  FILTER NOT EXISTS { ?arm skg:pools|skg:within ?whole } FILTER NOT EXISTS { ?other skg:pools|skg:within ?part } }"""
_DESCRIBED = "SELECT DISTINCT ?arm WHERE { ?arm skg:regimen/skg:component ?part }"
_GIVING = "SELECT DISTINCT ?arm WHERE { ?arm skg:regimen/skg:component/skg:drug ?given }"
_OF_REGIMEN = "SELECT DISTINCT ?arm WHERE { ?arm skg:regimen/skos:broader ?named }"


@dataclass(frozen=True)
class Controls:
    """What arms are compared with.

    Attributes:
        others: for each arm those that it is compared with: by a result of either, or because chance allotted people
            to both.
        giving: arms that gave what was asked for; None where any comparator will do.
        described: arms of which a source says what they gave.
    """

    others: Mapping[str, frozenset[str]]
    giving: frozenset[str] | None
    described: frozenset[str]

    def filter(self) -> Filter:
        """Results of arms that are compared so; where a source leaves open with what, they may be."""
        return Filter(self._fits, lambda row: "what it was compared with" if self._is_open(row) else None)

    def _fits(self, row: EvidenceRow) -> bool:
        others = self._others(row)
        return bool(others if self.giving is None else others & self.giving)

    def _is_open(self, row: EvidenceRow) -> bool:
        others = self._others(row)
        if others:
            return not others <= self.described
        is_called_better = row.difference is not None and row.subgroup is None
        is_a_group = row.arm is not None and not row.pools and row.within is None
        return is_a_group and (row.randomised == "yes" or is_called_better)

    def _others(self, row: EvidenceRow) -> frozenset[str]:
        return frozenset() if row.arm is None else self.others.get(row.arm.id, frozenset())


def controls(graph: Naming, comparator: str) -> Controls:
    """What arms are compared with.

    Args:
        graph: the graph.
        comparator: what the other arm gave and nothing else: a drug or a procedure alone, a name, an acronym, "A + B",
            where a class stands for one or more of its drugs; of placebo and the like, whatever it was given with; or
            the word "any".

    Raises: EntityNotFound, AmbiguousEntity, WrongKind; InvalidParameter for a text without a name.
    """
    others: dict[str, set[str]] = {}
    for arm, other in (*graph.store.select(_COMPARED).texts(), *graph.store.select(_ALLOTTED).texts()):
        others.setdefault(arm, set()).add(other)
        others.setdefault(other, set()).add(arm)
    return Controls(
        others={arm: frozenset(compared) for arm, compared in others.items()},
        giving=None if comparator.strip().lower() == ANY else _giving(graph, others, comparator),
        described=frozenset(graph.store.select(_DESCRIBED).nodes()),
    )


def _giving(graph: Naming, arms: Iterable[str], comparator: str) -> frozenset[str]:
    try:
        named = named_treatment(graph, comparator, classes=True)
    except (EntityNotFound, AmbiguousEntity, InvalidParameter) as error:
        error.parameter = "comparator"
        raise
    if named.treatment is None:
        return frozenset(
            arm for regimen in named.regimens for arm in graph.store.select(_OF_REGIMEN, {"named": regimen}).nodes()
        )
    drugs = named.treatment.everything
    if drugs <= accompanying_drugs(graph):
        return frozenset(arm for drug in drugs for arm in graph.store.select(_GIVING, {"given": drug}).nodes())
    return arms_giving(graph, arms, named.treatment)
