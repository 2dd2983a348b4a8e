"""What has been tried in whom, and what has not: treatments against histotypes, one cell each.

A cell says what the results of this graph say, not what the world knows. Where nothing was tried it says whether a
sourced mechanism leads there, so that an idea without evidence looks like one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, get_args
from weakref import WeakKeyDictionary

import numpy as np

from kg.description import describe, reference
from kg.errors import InvalidParameter
from kg.evidence.results import KEPT_RESULTS
from kg.evidence.rows import Corpus, EvidenceRow
from kg.evidence.search import Gathering
from kg.evidence.summary import credited, deciding, is_burden, is_single, overall, weigh
from kg.evidence.treatments import TARGETS_OF, acting_drugs, drugs_of_class, grouped
from kg.model import Direction, EntityRef, RestsOn, several
from kg.paths.adjacency import Selection
from kg.paths.breadth_first import distances
from kg.paths.index import Index
from kg.paths.lazy_adjacency import directions_often
from kg.tables import Listed

Status = Literal[
    "studied_positive", "studied_negative", "conflicting", "studied_unclear", "only_case_reports",
    "predicted_unstudied", "unstudied",
]  # fmt: skip
STATUSES: tuple[Status, ...] = get_args(Status)
MAX_CELLS = 5000
STEPS_TO_HISTOTYPE, STEPS_TO_TARGET = 10, 3
# From what was tried to the rows and columns it stands in, so that cost follows the results, not the graph.
ROW_KINDS = {
    "drug": "SELECT DISTINCT ?node WHERE { ?met a skg:Drug . BIND(?met AS ?node) }",
    "drug_class": """
SELECT DISTINCT ?node WHERE { ?met (skg:inClass|skg:isA|skos:broader)+ ?node . ?node a skg:DrugClass }""",
    "target": TARGETS_OF,
}
_HISTOTYPES_OF = "SELECT DISTINCT ?node WHERE { ?met rdfs:subClassOf* ?node . ?node a skg:Histotype }"
_BELOW = "SELECT DISTINCT ?top ?below WHERE { ?top a skg:Histotype . ?below rdfs:subClassOf* ?top }"
_CARRIED = """
SELECT DISTINCT ?histotype ?target WHERE {
  ?histotype (skg:hasMutation|skg:drivenBy)/(skg:mutationOf?) ?target . ?histotype a skg:Histotype }"""


class IndexedGraph(Gathering, Protocol):
    """A graph with its traversal index and all of its evidence."""

    index: Index

    def all_evidence(self) -> tuple[EvidenceRow, ...]:
        """Every result of the graph."""


@dataclass(frozen=True)
class GapCell:
    """One treatment in one histotype.

    Attributes:
        status: see ``STATUSES``.
        rests_on: "direct" results, or only "indirect" ones, of groups that hold such patients; null without results.
        alone, combined: studies that gave it alone, and with partners.
        rows: identifiers of the results; ``steps``: length of the shortest causal path where nothing was tried.
        through: the altered target of the histotype that the treatment acts on, where the path leads there.
    """

    row: EntityRef
    column: EntityRef
    status: Status
    rests_on: RestsOn | None = None
    alone: tuple[EntityRef, ...] = ()
    combined: tuple[EntityRef, ...] = ()
    rows: tuple[str, ...] = ()
    steps: int | None = None
    through: EntityRef | None = None
    reason: str = ""


@dataclass(frozen=True)
class GapMap(Listed):
    """The cells, row by row; ``counts`` per status."""

    tabled = "cells"

    rows: tuple[EntityRef, ...]
    columns: tuple[EntityRef, ...]
    cells: tuple[GapCell, ...]
    counts: Mapping[Status, int]
    text: str
    corpus: Corpus


def gap_map(graph: IndexedGraph, rows: Sequence[str] = (), columns: Sequence[str] = ()) -> GapMap:
    """Lay treatments out against histotypes.

    Args:
        graph: the graph.
        rows: names of drugs, classes and targets, or the words drug, drug_class, target for all that occur; by
            default drug.
        columns: names of histotypes, or the word histotype for all that occur; by default these.

    Raises: EntityNotFound, AmbiguousEntity; InvalidParameter above 5,000 cells.
    """
    evidence = _all_tried(graph)
    tried = {drug for result in evidence for drug in result.drugs}
    met = {histotype for result in evidence for histotype in result.people}
    listed_rows = _listed(graph, several(rows) or ("drug",), ROW_KINDS, tried, "rows")
    listed_columns = _listed(graph, several(columns) or ("histotype",), {"histotype": _HISTOTYPES_OF}, met, "columns")
    drugs = _drugs(graph, listed_rows)
    below = _below(graph, listed_columns)
    if len(listed_rows) * len(listed_columns) > MAX_CELLS:
        raise InvalidParameter("rows", f"{len(listed_rows)} × {len(listed_columns)}", f"at most {MAX_CELLS} cells")
    reach = _Reach(graph)
    cells = []
    for row in listed_rows:
        given = drugs[row]
        of_row = [result for result in evidence if not given.isdisjoint(result.drugs)]
        for column in listed_columns:
            within = below[column]
            results = [result for result in of_row if not within.isdisjoint(result.people)]
            clinical = [result for result in results if result.row.design != "preclinical"]
            cell = _studied(row, column, clinical, within, given)
            cells.append(cell or reach.cell(row, column, given, within, in_laboratory=bool(results)))
    counted = Counter(cell.status for cell in cells)
    counts = {status: counted[status] for status in STATUSES}
    corpus = graph.corpus()
    text = f"Unstudied means: not in this graph. {corpus.text}"
    return GapMap(tuple(listed_rows), tuple(listed_columns), tuple(cells), counts, text, corpus)


def _listed(
    graph: Gathering, names: Sequence[str], kinds: Mapping[str, str], met: set[str], parameter: str
) -> list[EntityRef]:
    """Rows or columns by their label: those named, and for the word of a kind all that anything met belongs to.

    Args:
        graph: the graph.
        names: names, or words of ``kinds``.
        kinds: per word the query that leads from what was met to that kind.
        met: the drugs, or the histotypes, of all results.
        parameter: for errors.
    """
    refs: dict[str, EntityRef] = {}
    for name in names:
        if name in kinds:
            nodes = graph.store.select(kinds[name], {"met": sorted(met)}).nodes() if met else ()
            known = describe(graph.store, nodes)
            refs |= {node: reference(node, known) for node in known}
        else:
            ref = graph.resolve(name, tuple(word.replace("_", "") for word in kinds), parameter)
            refs[ref.id] = ref
    return sorted(refs.values(), key=lambda ref: (ref.label.lower(), ref.id))


def _drugs(graph: Gathering, rows: Sequence[EntityRef]) -> Mapping[EntityRef, frozenset[str]]:
    """For each row the drugs that it stands for."""
    drugs = {
        **drugs_of_class(graph, *(row.id for row in rows if row.type == "DrugClass")),
        **acting_drugs(graph, *(row.id for row in rows if row.type == "Target")),
    }
    return {row: drugs.get(row.id, frozenset({row.id})) for row in rows}


def _below(graph: Gathering, columns: Sequence[EntityRef]) -> Mapping[EntityRef, frozenset[str]]:
    """For each column the histotype and its subtypes."""
    subtypes = grouped(graph.store, _BELOW, "top", [column.id for column in columns])
    return {column: subtypes[column.id] | {column.id} for column in columns}


@dataclass(frozen=True)
class _Tried:
    """A result, the treatments that it speaks of, and the histotypes of the people that it is of or that it holds."""

    row: EvidenceRow
    drugs: frozenset[str]
    people: frozenset[str]


_kept: WeakKeyDictionary[IndexedGraph, list[_Tried]] = WeakKeyDictionary()


def _all_tried(graph: IndexedGraph) -> list[_Tried]:
    """All results of a graph on the disease, gathered once if there are no more than the graph keeps as read."""
    evidence = _kept.get(graph)
    if evidence is None:
        evidence = _tried(graph.all_evidence())
        if len(evidence) <= KEPT_RESULTS:
            _kept[graph] = evidence
    return evidence


def _tried(rows: Sequence[EvidenceRow]) -> list[_Tried]:
    """The results on the disease; an arm of which some result tells a histotype apart holds people with it."""
    held: dict[str, set[str]] = {}
    for row in rows:
        if row.arm is not None:
            held.setdefault(row.arm.id, set()).update(ref.id for ref in row.subgroup_histotypes)
    tried = []
    for row in rows:
        if is_burden(row):
            continue
        if row.subgroup_histotypes:
            people = {ref.id for ref in row.subgroup_histotypes}
        else:
            people = {ref.id for ref in row.population.histotypes} if row.population else set()
            if row.arm is not None and row.subgroup is None:
                people |= held[row.arm.id]
        tried.append(_Tried(row, frozenset(ref.id for ref in credited(row)), frozenset(people)))
    return tried


def _studied(
    row: EntityRef, column: EntityRef, results: Sequence[_Tried], below: frozenset[str], drugs: frozenset[str]
) -> GapCell | None:
    """The cell of clinical results; None without any."""
    if not results:
        return None
    unflagged = [result for result in results if not result.row.flags]
    if not unflagged:
        return _only_flagged(row, column, [result.row for result in results], drugs)
    clinical = [result.row for result in unflagged]
    groups = deciding(clinical)
    whole = {result.row.id for result in unflagged if result.people <= below}
    direct = [result for result in groups if result.id in whole]
    weighed = weigh(direct)
    rests_on: RestsOn = "direct"
    if not direct or (not any(weighed.values()) and any(weigh(groups).values())):
        weighed, rests_on = weigh(groups), "indirect"
    direction, reason = overall(weighed)
    status: Status = "only_case_reports" if all(map(is_single, clinical)) else _status(direction, weighed)
    return _of_results(GapCell(row, column, status, rests_on, reason=reason), clinical, drugs)


def _status(direction: Direction | None, weighed: Mapping[Direction, Sequence[EntityRef]]) -> Status:
    """What groups of patients say, taken together."""
    if direction == "supports":
        return "studied_positive"
    if direction is not None and direction != "mixed":
        return "studied_negative"
    if weighed["supports"] and (weighed["does_not_support"] or weighed["harmful"]):
        return "conflicting"
    return "studied_unclear"


def _only_flagged(row: EntityRef, column: EntityRef, results: Sequence[EvidenceRow], drugs: frozenset[str]) -> GapCell:
    """A cell of which all results look odd as printed: they were had, and say nothing either way."""
    flags = ", ".join(sorted({flag for result in results for flag in result.flags}))
    reason = f"only results that are flagged as printed ({flags}), which count neither way"
    return _of_results(GapCell(row, column, "studied_unclear", reason=reason), results, drugs)


def _of_results(cell: GapCell, results: Sequence[EvidenceRow], drugs: frozenset[str]) -> GapCell:
    """A cell with its results and their studies: those that gave the treatment alone, and with partners."""
    studies = {result.study for result in results if result.study}
    alone = {
        result.study
        for result in results
        if result.study and result.regimen and {ref.id for ref in result.regimen.against_tumour} <= drugs
    }
    combined = studies - alone
    rows = tuple(sorted(result.id for result in results))
    return replace(cell, alone=tuple(sorted(alone)), combined=tuple(sorted(combined)), rows=rows)


class _Reach:
    """How far the causal paths of the graph lead from a drug; one search per row."""

    def __init__(self, graph: IndexedGraph) -> None:
        self._index = graph.index
        self._links = directions_often(graph.index, Selection(causal=True)).out
        self._carried: dict[str, set[str]] = {}
        pairs = graph.store.select(_CARRIED).texts()
        for histotype, target in pairs:
            self._carried.setdefault(histotype, set()).add(target)
        known = describe(graph.store, {target for _, target in pairs})
        self._targets = {target: reference(target, known) for _, target in pairs}
        self._distance: dict[frozenset[str], np.ndarray] = {}

    def cell(
        self, row: EntityRef, column: EntityRef, drugs: frozenset[str], below: frozenset[str], *, in_laboratory: bool
    ) -> GapCell:
        nothing = "no result in patients, only in the laboratory" if in_laboratory else "no result"
        distance = self._from(drugs)
        direct = min((steps for node in below if (steps := self._steps(distance, node)) is not None), default=None)
        through: EntityRef | None = None
        steps = direct if direct is not None and direct <= STEPS_TO_HISTOTYPE else None
        if steps is None:
            targets = sorted({target for node in below for target in self._carried.get(node, ())})
            near = [(count, target) for target in targets if (count := self._steps(distance, target)) is not None]
            if near and min(near)[0] <= STEPS_TO_TARGET:
                steps, through = min(near)[0], self._targets[min(near)[1]]
        length = "one step" if steps == 1 else f"{steps} steps"
        if steps is None:
            reason = f"{nothing}, and no sourced causal path"
        elif through is None:
            reason = f"{nothing}; a causal path of {length} leads there (ask for the mechanism)"
        else:
            reason = f"{nothing}; it acts within {length} on {through.label}, which is altered in {column.label}"
        status: Status = "unstudied" if steps is None else "predicted_unstudied"
        return GapCell(row, column, status, steps=steps, through=through, reason=reason)

    def _from(self, drugs: frozenset[str]) -> np.ndarray:
        if drugs not in self._distance:
            starts = [number for drug in sorted(drugs) if (number := self._index.find(drug)) is not None]
            self._distance[drugs] = distances(self._links, starts, STEPS_TO_HISTOTYPE)
        return self._distance[drugs]

    def _steps(self, distance: np.ndarray, node: str) -> int | None:
        number = self._index.find(node)
        steps = -1 if number is None else int(distance[number])
        return steps if steps > 0 else None
