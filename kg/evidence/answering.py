"""Answers an evidence question: what fits, what may fit, and, where nothing does, what there is nearby."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from kg.evidence.derivation import objective_responses
from kg.evidence.question import EvidenceQuestion
from kg.evidence.rows import Beside, ConflictRow, EvidenceAnswer, EvidenceRow, Nearby
from kg.evidence.search import KINDS_ABOVE, Gathered, Gathering, gather
from kg.evidence.summary import absences_of, summarize
from kg.evidence.treatments import drugs_named
from kg.model import EntityRef, cut_at

_PRODRUGS_OF = "SELECT DISTINCT ?prodrug WHERE { ?prodrug skg:prodrugOf ?drug ; a skg:Drug }"
_PLACED_BY_SOURCES = """
SELECT DISTINCT ?statement ?kind ?wider WHERE {
  ?statement skg:predicate skg:subtypeOf ; skg:polarity "affirmed" ; skg:subject ?kind ; skg:object ?wider .
  ?kind a skg:Histotype . ?wider a skg:Histotype }"""
_MOST_MEASURES = 3  # named where nothing is told of the one asked for
_IN_WORDS = ("line", "setting", "genotype")  # told in the words of the sources
_MOST_TOLD = 8
_UNASKED = {each.name: each.default for each in fields(EvidenceQuestion)}


def answer(graph: Gathering, question: EvidenceQuestion) -> EvidenceAnswer:
    """Gather the results that fit.

    Returns: rows in the order of study, arm and place in the text; ``total`` counts them before the limit.
    Raises: EntityNotFound and AmbiguousEntity for names; InvalidParameter.
    """
    gathered = gather(graph, question)
    rows, shown = gathered.rows, gathered.rows[: question.limit]
    unshown = rows[question.limit :]
    near = () if rows else nearby(graph, question, gathered.broader)
    return EvidenceAnswer(
        items=shown,
        **cut_at(question.limit, len(rows)),
        derived=objective_responses(shown),
        conflicts=tuple(each for each in gathered.conflicts if _touches(each, shown) or not _touches(each, unshown)),
        absences=absences_of(rows, gathered.words, near),
        nearby=near,
        left_out=tuple(result.left_out for result in gathered.unstated[: question.limit]),
        left_out_total=len(gathered.unstated),
        beside=_beside(graph, question, gathered),
        summary=summarize(
            rows,
            graph.corpus(),
            include_flagged=question.include_flagged,
            histotype=gathered.histotype,
            broader=gathered.broader,
        ),
    )


def _touches(conflict: ConflictRow, rows: Iterable[EvidenceRow]) -> bool:
    return not {side.id for side in conflict.between}.isdisjoint(row.id for row in rows)


def _beside(graph: Gathering, question: EvidenceQuestion, gathered: Gathered) -> tuple[Beside, ...]:
    """Histotypes that sources call a kind of the one asked for and this graph keeps beside it, with their results.

    What is called a kind of a wider one counts where most of that is the one asked for: soft tissue sarcoma is most of
    sarcoma.
    """
    asked = gathered.histotype
    if asked is None or not question.include_subtypes:
        return ()
    below, known = set(graph.histotypes_below(asked.id)), {row.id for row in gathered.rows}
    placed: dict[EntityRef, dict[str, EntityRef]] = {}
    for statement, kind, wider in graph.store.select(_PLACED_BY_SOURCES).texts():
        if kind in below or (wider not in below and 2 * len(below) <= len(graph.histotypes_below(wider))):
            continue
        if wider in below or asked.id in graph.histotypes_below(wider):
            named = [graph.resolve(node, ("histotype",), "histotype") for node in (kind, wider)]
            placed.setdefault(named[0], {})[statement] = named[1]
    found = []
    for ref, statements in sorted(placed.items(), key=lambda item: item[0].label):
        rows = gather(graph, replace(question, histotype=ref.id)).rows
        called = ", ".join(dict.fromkeys(wider.label for wider in statements.values()))
        reason = f"called a kind of {called} by a source, kept apart in this graph"
        if count := sum(row.id not in known for row in rows):
            found.append(Beside(ref, count, reason, tuple(sorted(statements))))
    return tuple(found)


# What filters that are lifted may bring back. Those that stand together say much the same of a study or its people.
_LIFTED: Sequence[tuple[tuple[str, ...], str]] = (
    (("histotype",), "in other histotypes"),
    (("measure",), "of other measures"),
    (("adverse_event",), "of other adverse events or measures"),
    (("min_grade",), "of lower grades, or of none that is told"),
    (("randomised", "comparator", "blinding"), "of studies not told to be randomised, compared or blinded so"),
    (("line", "setting", "genotype", "site"), "in other lines, settings, genotypes or sites"),
    (("after",), "whatever had been given before"),
    (("from_year", "to_year"), "of other years, or of years that no text prints"),
    (("design", "phase", "min_n", "study", "document"), "of other designs, sizes or sources"),
)


def nearby(
    graph: Gathering,
    question: EvidenceQuestion,
    broader: int = 0,
    counts: Callable[[EvidenceRow], bool] = lambda _: True,
) -> tuple[Nearby, ...]:
    """What the graph holds if the question is loosened by one turn.

    Args:
        graph: the graph.
        question: one that nothing fits.
        broader: how many results of a wider diagnosis were left out.
        counts: which results are worth telling of.
    """
    wider = Nearby(broader, "in people with a wider diagnosis (include_broader)", "", {"include_broader": "true"})
    near = [wider] if broader else []
    for loosened, words, changes in _loosened(graph, question):
        if rows := [row for row in gather(graph, loosened).rows if counts(row)]:
            details = _nearest_measures(graph, question.measure, rows) if "measure" in changes else ""
            details += _told_of_people(question, rows) if not changes.keys().isdisjoint(_IN_WORDS) else ""
            near.append(Nearby(len(rows), words, details, changes))
    return tuple(near)


def _loosened(
    graph: Gathering, question: EvidenceQuestion
) -> Iterator[tuple[EvidenceQuestion, str, Mapping[str, str | None]]]:
    """A question loosened by one turn after the other, each in words and with the parameters that change."""
    for names, words in _LIFTED:
        lifted: dict[str, Any] = {name: unasked for name, unasked in _UNASKED.items() if name in names}
        asked = [name for name, unasked in lifted.items() if getattr(question, name) != unasked]
        if asked:
            yield replace(question, **lifted), words, dict.fromkeys(asked)
    before = dict.fromkeys(drug for name in question.after for drug in drugs_named(graph, name, "after"))
    for drug in before if len(before) > 1 else ():
        words = f"of people who had had {drug.label} before"
        yield replace(question, after=(drug.id,)), words, {"after": drug.curie}
    if question.regimen is not None and question.regimen_match == "exact":
        words = "of regimens that hold more drugs (regimen_match=containing)"
        yield replace(question, regimen_match="containing"), words, {"regimen_match": "containing"}
    if len(question.drugs) == 1:  # what is told of its prodrugs is told under their names
        given = graph.resolve(question.drugs[0], ("drug", "procedure"), "drug")
        for prodrug in graph.store.select(_PRODRUGS_OF, {"drug": given.id}).nodes():
            ref = graph.resolve(prodrug, ("drug",), "drug")
            yield replace(question, drugs=(prodrug,)), f"of {ref.label}, a prodrug of it", {"drug": ref.curie}


def _told_of_people(question: EvidenceQuestion, rows: Sequence[EvidenceRow]) -> str:
    """The lines, settings or genotypes that some results are told to be of, the commonest first, where one is asked."""
    asked = [name for name in _IN_WORDS if getattr(question, name) is not None]
    if len(asked) != 1:
        return ""
    told = Counter(word for row in rows if row.population and (word := getattr(row.population, asked[0])))
    listed = ", ".join(
        f"{word} ({count})" for word, count in sorted(told.items(), key=lambda each: (-each[1], each[0]))[:_MOST_TOLD]
    )
    return f", told as {listed}" if listed else ""


def _nearest_measures(graph: Gathering, asked: str | None, rows: Sequence[EvidenceRow]) -> str:
    """The measures that some results have, those most akin to one asked for first, then the commonest."""
    measure = graph.resolve(asked or "", ("measure",), "measure")
    above = {
        node.rpartition("/")[2]
        for node in (measure.id, *graph.store.select(KINDS_ABOVE, {"asked": measure.id}).nodes())
    }
    told = Counter(row.measure for row in rows if row.measure)
    nearest = sorted(told, key=lambda each: (-len(above & {*each.groups}), -told[each], each.label))
    listed = ", ".join(f"{each.label} ({told[each]})" for each in nearest[:_MOST_MEASURES])
    return f", nearest {listed}" if listed else ""
