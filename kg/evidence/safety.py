"""How treatments are borne: adverse events per regimen, as printed, and which ones two partners share.

A frequency is a number where the source gives one, and its word where it does not ("rare" is not zero). An event that
was looked for and not seen is listed as that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.description import describe, follow_all_the_way
from kg.errors import InvalidParameter
from kg.evidence.answering import nearby
from kg.evidence.question import EvidenceQuestion
from kg.evidence.regimens import KINDS_OF, groups_of
from kg.evidence.rows import Corpus, EvidenceRow, LeftOut, Nearby
from kg.evidence.search import Gathering, gather
from kg.evidence.summary import common_name, is_burden, name_of
from kg.model import EntityRef, cut_at
from kg.store import Store
from kg.tables import rows_table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class EventRows:
    """One adverse event under one regimen, with everything said of it.

    Attributes:
        grades, frequencies: as printed, each once.
        none_observed: whether some source looked for it and did not see it; ``observed``: whether some source saw it.
    """

    event: EntityRef
    observed: bool
    none_observed: bool
    grades: tuple[str, ...]
    frequencies: tuple[str, ...]
    studies: tuple[EntityRef, ...]
    rows: tuple[EvidenceRow, ...]


@dataclass(frozen=True)
class RegimenSafety:
    """How one regimen is borne; ``other`` holds results on tolerability, dose reduction and the like."""

    regimen: EntityRef
    events: tuple[EventRows, ...]
    other: tuple[EvidenceRow, ...]

    @property
    def rows(self) -> tuple[EvidenceRow, ...]:
        """Every result, adverse events first."""
        return (*(row for event in self.events for row in event.rows), *self.other)


@dataclass(frozen=True)
class SharedToxicity:
    """An adverse event seen under each of several drugs.

    Attributes:
        alone: whether it was seen under each drug given without the others; otherwise some of it may be the partner's.
        by_drug: identifiers of the results under each drug, by its CURIE.
        through: the wider event under which they meet, where they are not named alike.
    """

    event: EntityRef
    alone: bool
    by_drug: Mapping[str, tuple[str, ...]]
    through: tuple[EntityRef, ...]


@dataclass(frozen=True)
class SafetyAnswer:
    """Adverse events per regimen, all of them; those that the drugs asked for share; and what is missing.

    Attributes:
        results: how many results the items hold together.
        left_out: results that a filter shuts out only because their source does not say what it asks for.
    """

    asked: str
    items: tuple[RegimenSafety, ...]
    shared: tuple[SharedToxicity, ...]
    absences: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    results: int
    limit: int
    total: int
    truncated: bool
    truncated_by: str | None
    corpus: Corpus

    def to_pandas(self) -> pd.DataFrame:
        """Every result as a table."""
        rows = (row for item in self.items for row in item.rows)
        return rows_table(rows, EvidenceRow)


def safety(graph: Gathering, question: EvidenceQuestion) -> SafetyAnswer:
    """Gather how the treatments asked for are borne.

    Args:
        graph: the graph.
        question: several drugs ask for the regimens of each, and what they share, not for regimens that hold all.

    Raises: EntityNotFound, AmbiguousEntity; InvalidParameter without a drug, class, target, regimen or study.
    """
    named = (question.regimen, question.drug_class, question.target, question.study)
    if not question.drugs and all(name is None for name in named):
        raise InvalidParameter("drug", "", "a drug, a class, a target, a regimen or a study")
    several = len(question.drugs) > 1
    drugs = [graph.resolve(name, ("drug",), "drug") for name in dict.fromkeys(question.drugs)] if several else []
    by_drug = {drug: gather(graph, replace(question, drugs=(drug.id,))) for drug in drugs}
    gathered = [*by_drug.values()] or [gather(graph, question)]
    asked = ", ".join(drug.label for drug in drugs) or gathered[0].words
    rows = {row.id: row for each in gathered for row in each.rows if is_burden(row)}
    items = _by_regimen([*rows.values()])
    near = nearby(graph, question, counts=is_burden) if not items and not several else ()
    unstated = (result for each in gathered for result in each.unstated if is_burden(result.row))
    return SafetyAnswer(
        asked=asked,
        items=items,
        shared=_shared(graph.store, {drug: each.rows for drug, each in by_drug.items()}) if several else (),
        absences=() if items else (_nothing(asked, near),),
        left_out=tuple(dict.fromkeys(result.left_out for result in unstated)),
        results=len(rows),
        **cut_at(len(items), len(items)),
        corpus=graph.corpus(),
    )


def _nothing(asked: str, near: Sequence[Nearby]) -> str:
    held = f" It holds {'; '.join(each.text for each in near)}." if near else ""
    return f"This graph holds no adverse event of {asked}.{held} That does not mean that there are none."


def _by_regimen(rows: Sequence[EvidenceRow]) -> tuple[RegimenSafety, ...]:
    """The results of each treatment, whatever its trials call it: AIM is doxorubicin with ifosfamide."""
    groups: dict[frozenset[EntityRef], list[EvidenceRow]] = {}
    for row in rows:
        if row.regimen is not None:
            groups.setdefault(frozenset(row.regimen.against_tumour or (name_of(row.regimen),)), []).append(row)
    found = (
        RegimenSafety(common_name(own), _events(own), tuple(row for row in own if row.adverse_event is None))
        for own in groups.values()
    )
    return tuple(sorted(found, key=lambda item: (item.regimen.label, item.regimen.id)))


def _events(rows: Iterable[EvidenceRow]) -> tuple[EventRows, ...]:
    groups: dict[EntityRef, list[EvidenceRow]] = {}
    for row in rows:
        if row.adverse_event is not None:
            groups.setdefault(row.adverse_event, []).append(row)
    return tuple(
        EventRows(
            event=event,
            observed=any(row.absence is None for row in of_event),
            none_observed=any(row.absence == "none-observed" for row in of_event),
            grades=tuple(sorted({row.grade for row in of_event if row.grade})),
            frequencies=tuple(sorted({_frequency(row) for row in of_event} - {""})),
            studies=tuple(sorted({row.study for row in of_event if row.study})),
            rows=tuple(of_event),
        )
        for event, of_event in sorted(groups.items(), key=lambda item: (item[0].label, item[0].id))
    )


def _frequency(row: EvidenceRow) -> str:
    """How often, as printed; a single patient's event has no frequency."""
    return "" if row.patient is not None else row.frequency or row.value_text or ""


def _shared(store: Store, by_drug: Mapping[EntityRef, Sequence[EvidenceRow]]) -> tuple[SharedToxicity, ...]:
    """Events seen under every drug, in regimens without the others; named alike, or one a kind of the other."""
    events = {row.adverse_event.id: row.adverse_event for own in by_drug.values() for row in own if row.adverse_event}
    above = _kinds(store, events)
    seen = {drug: _seen(own, {other.id for other in by_drug} - {drug.id}, above) for drug, own in by_drug.items()}
    common = events.keys() & set.intersection(*(set(by_kind) for by_kind in seen.values()))
    shared = []
    for kind in sorted(common, key=lambda kind: (events[kind].label, kind)):
        under = {drug: by_kind[kind] for drug, by_kind in seen.items()}
        named = {row.adverse_event for rows in under.values() for row in rows if row.adverse_event}
        shared.append(
            SharedToxicity(
                event=events[kind],
                alone=all(any(len(_drugs(row)) == 1 for row in rows) for rows in under.values()),
                by_drug={drug.curie: tuple(sorted(row.id for row in rows)) for drug, rows in under.items()},
                through=tuple(sorted(named - {events[kind]})),
            )
        )
    return tuple(shared)


def _seen(
    rows: Iterable[EvidenceRow], others: Set[str], above: Mapping[str, frozenset[str]]
) -> Mapping[str, list[EvidenceRow]]:
    """By event, the results in which it or a kind of it was seen, in regimens without the other drugs."""
    seen: dict[str, list[EvidenceRow]] = {}
    for row in rows:
        if row.adverse_event is None or row.absence is not None or others & _drugs(row):
            continue
        for kind in {row.adverse_event.id} | above[row.adverse_event.id]:
            seen.setdefault(kind, []).append(row)
    return seen


def _drugs(row: EvidenceRow) -> set[str]:
    return {ref.id for ref in row.regimen.against_tumour if ref.type == "Drug"} if row.regimen else set()


def _kinds(store: Store, events: Collection[str]) -> Mapping[str, frozenset[str]]:
    """What each event is a kind of, however far up."""
    known = describe(store, events)
    follow_all_the_way(store, known, KINDS_OF)
    return {event: groups_of(known, event) for event in events}
