"""Gathers the results that fit an evidence question: resolves its names, finds, filters and grades them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from kg.errors import InvalidParameter
from kg.evidence.conflicts import facts_behind, read_conflicts
from kg.evidence.controls import controls
from kg.evidence.filters import AskedEvent, AskedMeasure, Filter, Unstated, filtered, filters_of, line_match
from kg.evidence.levels import graded
from kg.evidence.prior import had_before
from kg.evidence.question import EvidenceQuestion
from kg.evidence.results import ADVERSE_EVENTS, RESPONSE_RATE, Results
from kg.evidence.rows import ConflictRow, Corpus, EvidenceRow
from kg.evidence.selection import WITH_A_SITE, ResultSelection, find_events, find_outcomes
from kg.evidence.treatments import (
    Treatment,
    accompanying_drugs,
    acting_drugs,
    arms_giving,
    drugs_of_class,
    gives_exactly,
    named_treatment,
    ways_to_give,
)
from kg.model import RESPONSES, EntityRef
from kg.search.spelling import compact
from kg.store import Naming

_HISTOTYPES_ABOVE = "SELECT DISTINCT ?above WHERE { ?below rdfs:subClassOf+ ?above . ?above a skg:Histotype }"
_SITES_BELOW = "SELECT DISTINCT ?site WHERE { ?site skos:broader* ?top }"
_KINDS_BELOW = "SELECT DISTINCT ?kind WHERE { ?kind skos:broader* ?asked }"
KINDS_ABOVE = "SELECT DISTINCT ?kind WHERE { ?asked skos:broader+ ?kind }"
_ARMS_WITH = "SELECT DISTINCT ?arm WHERE { ?arm skg:hasOutcome/skg:measure ?asked }"
_POOLED = "SELECT DISTINCT ?arm ?part WHERE { ?arm skg:pools ?part }"
_GIVING = "SELECT DISTINCT ?arm WHERE { ?arm skg:regimen/skg:component/(skg:drug|skg:procedure) ?drug }"
_TREATED = "SELECT DISTINCT ?arm WHERE { ?arm skg:regimen ?regimen }"
_OF_REGIMEN = "SELECT DISTINCT ?arm WHERE { ?arm skg:regimen/skos:broader ?combination }"
_TARGET_NAMES = """
SELECT ?name ?target WHERE { ?target a skg:Target ; skos:prefLabel|skos:altLabel ?name } ORDER BY ?target ?name"""
_COUNTED_BY_NAME = "SELECT DISTINCT ?category WHERE { ?asked skg:counts ?category }"


class Gathering(Naming, Protocol):
    """A graph with its results: a :class:`kg.graph.KnowledgeGraph`."""

    results: Results

    def corpus(self) -> Corpus:
        """The documents behind every answer."""


@dataclass(frozen=True)
class Gathered:
    """Everything that fits a question, before any limit.

    Attributes:
        rows: with their levels, in the order of study, arm and place in the text.
        words: the question in words.
        histotype: as resolved.
        broader: how many results of a wider diagnosis were left out.
        treatment: what a regimen asked for exactly is made of.
        unstated: results that may fit, whose source does not say what is asked for.
    """

    rows: tuple[EvidenceRow, ...]
    conflicts: tuple[ConflictRow, ...]
    words: str
    histotype: EntityRef | None
    broader: int
    treatment: Treatment | None = None
    unstated: tuple[Unstated, ...] = ()


def gather(graph: Gathering, question: EvidenceQuestion) -> Gathered:
    """Find, read, filter and grade the results that fit.

    Raises: EntityNotFound and AmbiguousEntity for names; InvalidParameter.
    """
    asked = _asked(graph, question)
    selection = asked.selection
    if _is_impossible(selection):
        return Gathered((), (), asked.words, asked.histotype, 0, selection.exactly)
    pools = _pools(graph, selection)
    filters = _filters(graph, question, selection, pools)
    fitting, may_fit = filtered(_found(graph, question, selection, pools), filters)
    rows = tuple(row for row in fitting if question.include_broader or not _is_broader(row))
    studies, patients = ({ref.id for row in rows if (ref := getattr(row, name))} for name in ("study", "patient"))
    behind = facts_behind(graph.store, studies, patients)
    conflicts = read_conflicts(graph.store, {*behind, *(row.id for row in rows)})
    return Gathered(
        rows=graded(rows, conflicts),
        conflicts=conflicts,
        words=asked.words,
        histotype=asked.histotype,
        broader=len(fitting) - len(rows),
        treatment=selection.exactly,
        unstated=tuple(
            result
            for result in (
                *may_fit,
                *_without_a_site(graph, question, selection, pools, filters),
                *_taken_together(graph, question, selection, pools),
            )
            if question.include_broader or not _is_broader(result.row)
        ),
    )


@dataclass(frozen=True)
class _Pools:
    """Arms that only take others together: those of which all give a treatment, and those of which some do."""

    wholly: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()


def _pools(graph: Gathering, selection: ResultSelection) -> _Pools:
    """The arms that take together what gives the treatment asked for; none where no treatment is asked for."""
    if not (selection.drugs or selection.regimens or selection.exactly):
        return _Pools()
    parts: dict[str, set[str]] = {}
    for arm, part in graph.store.select(_POOLED).texts():
        parts.setdefault(arm, set()).add(part)
    arms = sorted({*parts, *(part for told in parts.values() for part in told)})
    giving = set(arms)
    for drugs in selection.drugs:
        giving &= set(graph.store.select(_GIVING, {"arm": arms, "drug": sorted(drugs)}).nodes())
    if selection.regimens:
        giving &= set(graph.store.select(_OF_REGIMEN, {"arm": arms, "combination": selection.regimens}).nodes())
    if selection.exactly is not None:
        giving &= arms_giving(graph, arms, selection.exactly)
    known = set(graph.store.select(_TREATED, {"arm": arms}).nodes())
    some = {arm: told for arm, told in parts.items() if told & giving}
    wholly = tuple(sorted(arm for arm, told in some.items() if arm not in giving and told <= giving))
    partly = (arm for arm, told in some.items() if (told if arm not in giving else told & known) - giving)
    return _Pools(wholly, tuple(sorted(partly)))


def _of_arms(selection: ResultSelection, arms: tuple[str, ...]) -> ResultSelection:
    """The results of some arms, whatever they give."""
    return replace(selection, drugs=(), regimens=(), exactly=None, arms=arms)


def _found(
    graph: Gathering, question: EvidenceQuestion, selection: ResultSelection, pools: _Pools
) -> tuple[EvidenceRow, ...]:
    """The results of a selection, before what is asked of each in words and numbers."""
    outcomes, events = find_outcomes(graph.store, selection), find_events(graph.store, selection)
    pooled = find_outcomes(graph.store, _of_arms(selection, pools.wholly)) if pools.wholly else ()
    outcomes = tuple(sorted(key for key in {*outcomes, *pooled} if key[1] not in pools.partly))
    rows = graph.results.rows(outcomes, events, selection)
    return rows if question.line is None else tuple(_with_line(row, question.line) for row in rows)


def _without_a_site(
    graph: Gathering,
    question: EvidenceQuestion,
    selection: ResultSelection,
    pools: _Pools,
    filters: Sequence[Filter],
) -> list[Unstated]:
    """Results that fit but for the site, and whose source names no site of the tumours at all."""
    if not selection.sites:
        return []
    anywhere = replace(selection, sites=())
    fitting, _ = filtered(_found(graph, question, anywhere, pools), filters)
    placed = frozenset(graph.store.select(WITH_A_SITE).nodes())
    return [Unstated(row, ("the site",)) for row in fitting if row.id not in placed]


def _taken_together(
    graph: Gathering, question: EvidenceQuestion, selection: ResultSelection, pools: _Pools
) -> list[Unstated]:
    """Results that fit but for the treatment, of arms that take such together with others: of which is not told."""
    if not pools.partly:
        return []
    of_any = _of_arms(selection, pools.partly)
    rows = graph.results.rows(find_outcomes(graph.store, of_any), (), of_any)
    fitting, _ = filtered(rows, _filters(graph, question, of_any, pools))
    return [Unstated(row, ("of which of the arms that it takes together",)) for row in fitting]


def _is_broader(row: EvidenceRow) -> bool:
    return row.population is not None and row.population.histotype_match == "broader"


def _is_impossible(selection: ResultSelection) -> bool:
    """A class without drugs or a target that nothing acts on leaves no alternative to look for."""
    return any(not alternatives for alternatives in selection.drugs)


@dataclass(frozen=True)
class _Asked:
    """A question with its names resolved: what to look for, the question in words, and the histotype."""

    selection: ResultSelection
    words: str
    histotype: EntityRef | None


def _asked(graph: Gathering, question: EvidenceQuestion) -> _Asked:
    treatments = _treatments(graph, question)
    words = [named for named, _ in treatments]
    selection = ResultSelection(drugs=tuple(alternatives for _, alternatives in treatments))
    if question.regimen is not None:
        selection = _select_regimen(graph, question, selection)
        words.append(question.regimen)
    histotype = None
    if question.histotype is not None:
        histotype = graph.resolve(question.histotype, ("histotype",), "histotype")
        below = graph.histotypes_below(histotype.id) if question.include_subtypes else (histotype.id,)
        wider = graph.store.select(_HISTOTYPES_ABOVE, {"below": histotype.id}).nodes()
        selection = replace(
            selection, histotypes=below, histotype=histotype.id, broader=tuple(sorted(set(wider) - set(below)))
        )
    if question.site is not None:
        site = graph.resolve(question.site, ("site",), "site").id
        selection = replace(selection, sites=graph.store.select(_SITES_BELOW, {"top": site}).nodes())
    if question.document is not None:
        selection = replace(selection, documents=(graph.resolve(question.document, ("document",), "document").id,))
    _refuse_contradictions(graph, question, selection)
    return _Asked(selection, _in_words(question, words, histotype), histotype)


def _treatments(graph: Gathering, question: EvidenceQuestion) -> list[tuple[str, tuple[str, ...]]]:
    """What must be given, in words, each with the IRIs of drugs or procedures of which one will do."""
    treatments: list[tuple[str, tuple[str, ...]]] = []
    for name in question.drugs:
        drug = graph.resolve(name, ("drug", "procedure"), "drug")
        treatments.append((drug.label, ways_to_give(graph, drug)))
    if question.drug_class is not None:
        group = graph.resolve(question.drug_class, ("drugclass",), "drug_class")
        members = drugs_of_class(graph, group.id)[group.id]
        treatments.append((f"drugs of the class {group.label}", tuple(sorted(members))))
    if question.target is not None:
        target = graph.resolve(question.target, ("target",), "target")
        acting = acting_drugs(graph, target.id)[target.id]
        treatments.append((f"drugs that act on {target.label}", tuple(sorted(acting))))
    return treatments


def _refuse_contradictions(graph: Gathering, question: EvidenceQuestion, selection: ResultSelection) -> None:
    """A regimen given exactly holds no other drug: asking for one as well would find nothing, whatever the data."""
    if selection.exactly is None:
        return
    allowed = selection.exactly.everything | accompanying_drugs(graph)
    asked = [("drug", name) for name in question.drugs]
    asked += [("drug_class", question.drug_class)] if question.drug_class is not None else []
    asked += [("target", question.target)] if question.target is not None else []
    for (parameter, name), drugs in zip(asked, selection.drugs, strict=False):
        if drugs and not allowed & set(drugs):
            right = f"one that fits regimen={question.regimen}, or regimen_match=containing"
            raise InvalidParameter(parameter, name or "", right)


def _in_words(question: EvidenceQuestion, treatment: Sequence[str], histotype: EntityRef | None) -> str:
    """The question as it ends a sentence: "no result for ..."."""
    words = " + ".join(treatment) or ("any treatment" if histotype else "this question")
    words += f" in {histotype.label}" if histotype else ""
    narrowed = (
        "measure", "adverse_event", "min_grade", "site", "genotype", "line", "after", "setting", "design", "phase",
        "randomised", "comparator", "blinding", "min_n", "from_year", "to_year", "study", "document",
    )  # fmt: skip
    given = [f"{name}={value}" for name in narrowed for value in _values(getattr(question, name))]
    return f"{words} ({', '.join(given)})" if given else words


def _values(asked: str | int | tuple[str, ...] | None) -> tuple[str | int, ...]:
    """What a parameter is asked with, each value by itself."""
    if isinstance(asked, tuple):
        return asked
    return () if asked is None else (asked,)


def _select_regimen(graph: Gathering, question: EvidenceQuestion, selection: ResultSelection) -> ResultSelection:
    named = named_treatment(graph, question.regimen or "")
    if named.treatment is None:
        return replace(selection, regimens=named.regimens)
    parts = tuple(tuple(sorted(part)) for part in named.treatment.parts)
    exactly = named.treatment if question.regimen_match == "exact" else None
    return replace(selection, drugs=(*selection.drugs, *parts), exactly=exactly)


def _filters(graph: Gathering, question: EvidenceQuestion, selection: ResultSelection, pools: _Pools) -> list[Filter]:
    filters = filters_of(question, _target_names(graph) if question.genotype is not None else {})
    if (treatment := selection.exactly) is not None:
        filters.append(Filter(lambda row: gives_exactly(row, treatment) or _is_of(row, pools.wholly)))
    if question.study is not None:
        study = graph.resolve(question.study, ("study",), "study").id
        filters.append(Filter(lambda row: row.study is not None and row.study.id == study))
    filters += [people.filter() for people in had_before(graph, question.after)]
    if question.comparator is not None:
        filters.append(controls(graph, question.comparator).filter())
    if question.adverse_event is not None:
        filters.append(_asked_event(graph, question.adverse_event).filter())
    if question.measure is not None:
        measure = _asked_measure(graph, question.measure)
        _refuse_another_measure(question, measure)
        filters.append(measure.filter())
    return filters


def _is_of(row: EvidenceRow, arms: Sequence[str]) -> bool:
    return row.arm is not None and row.arm.id in arms


def _target_names(graph: Gathering) -> dict[str, str]:
    """Identifiers of targets by each of their names, folded."""
    return {compact(name): target for name, target in graph.store.select(_TARGET_NAMES).texts()}


def _asked_event(graph: Gathering, name: str) -> AskedEvent:
    event = graph.resolve(name, ("event",), "adverse_event")
    kinds, wider = (
        frozenset(graph.store.select(query, {"asked": event.id}).nodes()) for query in (_KINDS_BELOW, KINDS_ABOVE)
    )
    return AskedEvent(event.label, kinds, wider)


def _refuse_another_measure(question: EvidenceQuestion, measure: AskedMeasure) -> None:
    """What measures something else is no adverse event, and has no grade."""
    if ADVERSE_EVENTS in measure.kinds:
        return
    for name in ("adverse_event", "min_grade"):
        if getattr(question, name) is not None:
            raise InvalidParameter("measure", question.measure or "", f"none with {name}, or measure:adverse-event")


def _asked_measure(graph: Gathering, name: str) -> AskedMeasure:
    measure = graph.resolve(name, ("measure",), "measure")
    kinds, wider, counted = (
        frozenset(graph.store.select(query, {"asked": measure.id}).nodes())
        for query in (_KINDS_BELOW, KINDS_ABOVE, _COUNTED_BY_NAME)
    )
    told_in = None
    if RESPONSE_RATE in {measure.id, *wider}:
        told_in = frozenset(graph.store.select(_ARMS_WITH, {"asked": sorted(kinds)}).nodes())
    return AskedMeasure(measure.label, kinds, wider, frozenset(word for word in RESPONSES if word in counted), told_in)


def _with_line(row: EvidenceRow, line: str) -> EvidenceRow:
    if row.population is None:
        return row
    return replace(row, population=replace(row.population, line_match=line_match(line, row.population.line)))
