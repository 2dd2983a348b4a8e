"""Answers an evidence question: resolves its names, finds the results, filters and sums up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from kg.errors import EntityNotFound, InvalidParameter
from kg.evidence.clinical import Results
from kg.evidence.conflicts import read_conflicts
from kg.evidence.derivation import objective_responses
from kg.evidence.filters import Filter, Unstated, filtered, filters_of, line_match
from kg.evidence.levels import graded
from kg.evidence.rows import ConflictRow, Corpus, EvidenceAnswer, EvidenceQuestion, EvidenceRow
from kg.evidence.selection import Selection, find_events, find_outcomes, results_with_a_site
from kg.evidence.summary import absences_of, summarize
from kg.model import EntityRef
from kg.sparql.results import iri
from kg.store import Store

_SIGNS = re.compile(r"[+/&]")
_WORDS = re.compile(r"\s+(?:and|plus|with)\s+", re.IGNORECASE)
_DRUGS_OF_CLASS = """
SELECT DISTINCT ?asked ?drug WHERE {
  ?drug a skg:Drug ; (skg:inClass|skg:isA|skos:broader)+ ?asked }"""
_ACTING_DRUGS = """
SELECT DISTINCT ?asked ?drug WHERE {
  ?drug a skg:Drug .
  ?form skg:mutationOf* ?asked .
  { ?drug skg:inhibits|skg:targets|skg:antagonizes|skg:binds|skg:blocks|skg:activates ?form }
  UNION { ?drug (skg:formsComplex|skg:partOfComplex)/(skg:inhibits|skg:blocks|skg:activates) ?form }
  UNION { ?drug skg:inClass/(skg:inhibits|skg:blocks) ?form } }"""
TARGETS_OF = """
SELECT DISTINCT ?node WHERE {
  { ?met skg:inhibits|skg:targets|skg:antagonizes|skg:binds|skg:blocks|skg:activates ?form }
  UNION { ?met (skg:formsComplex|skg:partOfComplex)/(skg:inhibits|skg:blocks|skg:activates) ?form }
  UNION { ?met skg:inClass/(skg:inhibits|skg:blocks) ?form }
  ?form skg:mutationOf* ?node . ?node a skg:Target }"""
_REGIMENS_LIKE = "SELECT DISTINCT ?regimen WHERE { ?regimen skos:broader* ?named }"
_DRUGS_OF_REGIMEN = "SELECT DISTINCT ?drug WHERE { ?named skg:includesDrug ?drug }"
_PRODRUGS_OF = "SELECT DISTINCT ?prodrug WHERE { ?prodrug skg:prodrugOf ?drug ; a skg:Drug }"
_GIVEN_AS = "SELECT DISTINCT ?given WHERE { ?given a skg:Procedure ; skg:includesDrug ?drug }"
_ACCOMPANYING = """
SELECT DISTINCT ?drug WHERE { ?drug a skg:Drug ; (skg:inClass|skos:broader)+ drugclass:not-against-tumour }"""
_HISTOTYPES_ABOVE = "SELECT DISTINCT ?above WHERE { ?below rdfs:subClassOf+ ?above . ?above a skg:Histotype }"
_SITES_BELOW = "SELECT DISTINCT ?site WHERE { ?site skos:broader* ?top }"
_PROCEDURES_BELOW = "SELECT DISTINCT ?procedure WHERE { ?procedure skos:broader* ?top }"
_MEASURES_BELOW = "SELECT DISTINCT ?measure WHERE { ?measure skos:broader* ?top }"


class Naming(Protocol):
    """What resolves names: a :class:`kg.graph.KnowledgeGraph`."""

    store: Store
    results: Results

    def resolve(self, text: str, kinds: Sequence[str] = (), parameter: str = "") -> EntityRef:
        """The entity that a text names."""
        ...

    def histotypes_below(self, histotype: str) -> tuple[str, ...]:
        """A histotype and its subtypes."""
        ...

    def corpus(self) -> Corpus:
        """The documents behind every answer."""
        ...


@dataclass(frozen=True)
class Gathered:
    """Everything that fits a question, before any limit.

    Attributes:
        rows: with their levels, in the order of study, arm and place in the text.
        words: the question in words.
        histotype: as resolved.
        broader: how many results of a wider diagnosis were left out.
        treatment: the drugs that a regimen asked for exactly is made of.
        unstated: results that may fit, whose source does not say what is asked for.
    """

    rows: tuple[EvidenceRow, ...]
    conflicts: tuple[ConflictRow, ...]
    words: str
    histotype: EntityRef | None
    broader: int
    treatment: frozenset[str] | None = None
    unstated: tuple[Unstated, ...] = ()


def gather(graph: Naming, question: EvidenceQuestion) -> Gathered:
    """Find, read, filter and grade the results that fit.

    Raises: EntityNotFound and AmbiguousEntity for names; InvalidParameter.
    """
    asked = _asked(graph, question)
    selection = asked.selection
    if _is_impossible(selection):
        return Gathered((), (), asked.words, asked.histotype, 0, selection.exactly)
    filters = _filters(graph, question, selection)
    fitting, may_fit = filtered(_found(graph, question, selection), filters)
    rows = tuple(row for row in fitting if question.include_broader or not _is_broader(row))
    conflicts = read_conflicts(graph.store, [row.id for row in rows])
    return Gathered(
        rows=graded(rows, conflicts),
        conflicts=conflicts,
        words=asked.words,
        histotype=asked.histotype,
        broader=len(fitting) - len(rows),
        treatment=selection.exactly,
        unstated=tuple(
            result
            for result in (*may_fit, *_without_a_site(graph, question, selection, filters))
            if question.include_broader or not _is_broader(result.row)
        ),
    )


def _found(graph: Naming, question: EvidenceQuestion, selection: Selection) -> tuple[EvidenceRow, ...]:
    """The results of a selection, before what is asked of each in words and numbers."""
    outcomes, events = find_outcomes(graph.store, selection), find_events(graph.store, selection)
    rows = graph.results.rows(outcomes, events, selection)
    return rows if question.line is None else tuple(_with_line(row, question.line) for row in rows)


def _without_a_site(
    graph: Naming, question: EvidenceQuestion, selection: Selection, filters: Sequence[Filter]
) -> list[Unstated]:
    """Results that fit but for the site, and whose source names no site of the tumours at all."""
    if not selection.sites:
        return []
    anywhere = replace(selection, sites=())
    fitting, _ = filtered(_found(graph, question, anywhere), filters)
    placed = results_with_a_site(graph.store)
    return [Unstated(row, ("the site",)) for row in fitting if row.id not in placed]


def _is_broader(row: EvidenceRow) -> bool:
    return row.population is not None and row.population.histotype_match == "broader"


def answer(graph: Naming, question: EvidenceQuestion) -> EvidenceAnswer:
    """Gather the results that fit.

    Returns: rows in the order of study, arm and place in the text; ``total`` counts them before the limit.
    Raises: EntityNotFound and AmbiguousEntity for names; InvalidParameter.
    """
    gathered = gather(graph, question)
    rows, shown = gathered.rows, gathered.rows[: question.limit]
    truncated = len(shown) < len(rows)
    shown_ids = {row.id for row in shown}
    return EvidenceAnswer(
        items=shown,
        limit=question.limit,
        total=len(rows),
        truncated=truncated,
        truncated_by="limit" if truncated else None,
        derived=objective_responses(shown),
        conflicts=tuple(
            conflict for conflict in gathered.conflicts if any(side.id in shown_ids for side in conflict.between)
        ),
        absences=absences_of(rows, gathered.words, () if rows else _nearby(graph, question, gathered.broader)),
        left_out=tuple(result.left_out for result in gathered.unstated),
        summary=summarize(
            rows,
            graph.corpus(),
            include_flagged=question.include_flagged,
            histotype=gathered.histotype,
            broader=gathered.broader,
        ),
    )


def _nearby(graph: Naming, question: EvidenceQuestion, broader: int) -> list[str]:
    """What the graph holds if the question is loosened by one turn, in words."""
    near = [f"{broader} in people with a wider diagnosis (include_broader)"] if broader else []
    for names, words in (
        (("histotype",), "in other histotypes"),
        (("measure",), "of other measures"),
        (("line", "setting", "genotype", "site"), "in other lines, settings, genotypes or sites"),
        (("design", "phase", "min_n", "study", "document"), "of other designs, sizes or sources"),
    ):
        if any(getattr(question, name) is not None for name in names):
            count = len(gather(graph, _without(question, names)).rows)
            near += [f"{count} {words}"] if count else []
    if question.regimen is not None and question.regimen_match == "exact":
        count = len(gather(graph, replace(question, regimen_match="containing")).rows)
        near += [f"{count} of regimens that hold more drugs (regimen_match=containing)"] if count else []
    return near + _of_prodrugs(graph, question)


def _of_prodrugs(graph: Naming, question: EvidenceQuestion) -> list[str]:
    """What the graph holds of the prodrugs of a drug: it is told under their names."""
    if len(question.drugs) != 1:
        return []
    asked = graph.resolve(question.drugs[0], ("drug", "procedure"), "drug")
    near = []
    for prodrug in _column(graph.store, _PRODRUGS_OF, "drug", asked.id):
        count = len(gather(graph, replace(question, drugs=(prodrug,))).rows)
        near += [f"{count} of {graph.resolve(prodrug, ('drug',), 'drug').label}, a prodrug of it"] if count else []
    return near


def _without(question: EvidenceQuestion, names: Iterable[str]) -> EvidenceQuestion:
    left_out: dict[str, Any] = dict.fromkeys(names)
    return replace(question, **left_out)


def _is_impossible(selection: Selection) -> bool:
    """A class without drugs or a target that nothing acts on leaves no alternative to look for."""
    return any(not alternatives for alternatives in selection.drugs)


@dataclass(frozen=True)
class _Asked:
    """A question with its names resolved: what to look for, the question in words, and the histotype."""

    selection: Selection
    words: str
    histotype: EntityRef | None


def _asked(graph: Naming, question: EvidenceQuestion) -> _Asked:
    treatments = _treatments(graph, question)
    words = [named for named, _ in treatments]
    selection = Selection(drugs=tuple(alternatives for _, alternatives in treatments))
    if question.regimen is not None:
        selection = _select_regimen(graph, question, selection)
        words.append(question.regimen)
    histotype = None
    if question.histotype is not None:
        histotype = graph.resolve(question.histotype, ("histotype",), "histotype")
        below = graph.histotypes_below(histotype.id) if question.include_subtypes else (histotype.id,)
        wider = _column(graph.store, _HISTOTYPES_ABOVE, "below", histotype.id)
        selection = replace(
            selection, histotypes=below, histotype=histotype.id, broader=tuple(sorted(set(wider) - set(below)))
        )
    if question.site is not None:
        site = graph.resolve(question.site, ("site",), "site").id
        selection = replace(selection, sites=_column(graph.store, _SITES_BELOW, "top", site))
    if question.document is not None:
        selection = replace(selection, documents=(graph.resolve(question.document, ("document",), "document").id,))
    _refuse_contradictions(graph, question, selection)
    return _Asked(selection, _in_words(question, words, histotype), histotype)


def _treatments(graph: Naming, question: EvidenceQuestion) -> list[tuple[str, tuple[str, ...]]]:
    """What must be given, in words, each with the IRIs of drugs or procedures of which one will do."""
    treatments: list[tuple[str, tuple[str, ...]]] = []
    for name in question.drugs:
        drug = graph.resolve(name, ("drug", "procedure"), "drug")
        if drug.type == "Drug":  # mesna is told of as a procedure
            given = (drug.id, *_column(graph.store, _GIVEN_AS, "drug", drug.id))
        else:
            given = _column(graph.store, _PROCEDURES_BELOW, "top", drug.id)
        treatments.append((drug.label, given))
    if question.drug_class is not None:
        group = graph.resolve(question.drug_class, ("drugclass",), "drug_class")
        members = drugs_of_class(graph, group.id)[group.id]
        treatments.append((f"drugs of the class {group.label}", tuple(sorted(members))))
    if question.target is not None:
        target = graph.resolve(question.target, ("target",), "target")
        acting = acting_drugs(graph, target.id)[target.id]
        treatments.append((f"drugs that act on {target.label}", tuple(sorted(acting))))
    return treatments


def _refuse_contradictions(graph: Naming, question: EvidenceQuestion, selection: Selection) -> None:
    """A regimen given exactly holds no other drug: asking for one as well would find nothing, whatever the data."""
    if selection.exactly is None:
        return
    allowed = selection.exactly | accompanying_drugs(graph)
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
    narrowed = ("measure", "site", "genotype", "line", "setting", "design", "phase", "min_n", "study", "document")
    given = [f"{name}={getattr(question, name)}" for name in narrowed if getattr(question, name) is not None]
    return f"{words} ({', '.join(given)})" if given else words


def _column(store: Store, query: str, variable: str, value: str) -> tuple[str, ...]:
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


def accompanying_drugs(graph: Naming) -> frozenset[str]:
    """Drugs that do not make a regimen a different one: mesna, growth factors, placebo."""
    return frozenset(row[0].value for row in graph.store.select(_ACCOMPANYING, {}).rows if row[0])


def _select_regimen(graph: Naming, question: EvidenceQuestion, selection: Selection) -> Selection:
    """A named combination, or drugs joined by signs or words in any order."""
    text = question.regimen or ""
    names = [part for part in map(str.strip, _SIGNS.split(text)) if part]
    if not names:
        raise InvalidParameter("regimen", text, 'a name, an acronym, or "A + B"')
    named = None
    if len(names) == 1:
        try:
            named = graph.resolve(text, ("regimen", "drug"), "regimen")
        except EntityNotFound:  # "and" may be part of a name, so names come first
            names = _WORDS.split(text.strip())
            if len(names) == 1:
                raise
    if named is None:
        drugs = {graph.resolve(name, ("drug",), "regimen").id for name in names}
    elif named.type == "Drug":
        drugs = {named.id}
    else:
        drugs = set(_column(graph.store, _DRUGS_OF_REGIMEN, "named", named.id))
        if not drugs:  # named, but nobody says of what it consists
            return replace(selection, regimens=_column(graph.store, _REGIMENS_LIKE, "named", named.id))
    drugs = drugs - accompanying_drugs(graph) or drugs
    exactly = frozenset(drugs) if question.regimen_match == "exact" else None
    return replace(selection, drugs=(*selection.drugs, *((drug,) for drug in sorted(drugs))), exactly=exactly)


def gives_exactly(row: EvidenceRow, drugs: frozenset[str]) -> bool:
    """Whether a row's regimen is these drugs and no other treatment of the tumour, local or of the whole body.

    Drugs that only accompany (mesna, growth factors, placebo) do not make it a different one.
    """
    if row.regimen is None:
        return False
    given = {ref.id for ref in row.regimen.against_tumour if ref.type == "Drug"}
    if not given:  # an arm of placebo or of supportive drugs alone
        given = {part.drug.id for part in row.regimen.components if part.drug.type == "Drug"}
    return given == drugs and all(ref.type == "Drug" for ref in row.regimen.against_tumour)


def _filters(graph: Naming, question: EvidenceQuestion, selection: Selection) -> list[Filter]:
    filters = filters_of(question)
    if (drugs := selection.exactly) is not None:
        filters.append(Filter(lambda row: gives_exactly(row, drugs)))
    if question.study is not None:
        study = graph.resolve(question.study, ("study",), "study").id
        filters.append(Filter(lambda row: row.study is not None and row.study.id == study))
    if question.measure is not None:
        top = graph.resolve(question.measure, ("measure",), "measure").id
        measures = _column(graph.store, _MEASURES_BELOW, "top", top)
        filters.append(Filter(lambda row: row.measure is not None and row.measure.id in measures))
    return filters


def _with_line(row: EvidenceRow, line: str) -> EvidenceRow:
    if row.population is None:
        return row
    return replace(row, population=replace(row.population, line_match=line_match(line, row.population.line)))
