"""How the records of a graph fit each other: passages and documents, years, figures and the patients they are of.

What is printed against arithmetic stays, with a flag and a reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from rdflib import RDF, Graph, Literal, URIRef
from rdflib.term import Node

from ontology.kinds import FACTS
from ontology.terms import SKG
from ontology.violation import Violation

_PRINTED_SO = "Check the passage; if it is printed so, add a `flag` and a reason."
_ASSERTED_BY, _CITING, _CITED_IN, _YEAR = (URIRef(SKG[name]) for name in ("assertedBy", "citing", "citedIn", "year"))
_SIZES = ("n", "enrolled", "evaluable")
_OF_A_YEAR = tuple(URIRef(SKG[name]) for name in FACTS)
_PASSAGES = tuple(URIRef(SKG[name]) for name in ("passage", "contextPassage"))
_ROUNDING = Decimal(1)  # percent; texts round half up, half down and off


def disagreements(graph: Graph) -> Iterator[Violation]:
    """Records that belong together and do not go together."""
    yield from _passages(graph)
    yield from _sources(graph)
    yield from _years(graph)
    yield from _timelines(graph)
    for outcome in graph.subjects(RDF.type, URIRef(SKG.Outcome)):
        if (outcome, URIRef(SKG.flag), None) not in graph:
            yield from _percentage(graph, outcome)
            yield from _patients(graph, outcome)


def _passages(graph: Graph) -> Iterator[Violation]:
    """Passages that are not named after their document and offsets."""
    for passage in graph.subjects(RDF.type, URIRef(SKG.Passage)):
        parts = [graph.value(passage, URIRef(SKG[name])) for name in ("document", "start", "end")]
        right = "-".join(str(part).rpartition("/")[2] for part in parts)
        if None not in parts and not str(passage).endswith(f"/{right}"):
            yield Violation(str(passage), "", f"A passage is named by what it is: passage:{right}.", "")


def _sources(graph: Graph) -> Iterator[Violation]:
    """Records with a passage or a reference of a document that neither asserts nor cites them."""
    for record in {*graph.subjects(_ASSERTED_BY), *graph.subjects(_CITED_IN)}:
        documents = {*graph.objects(record, _ASSERTED_BY), *graph.objects(record, _CITED_IN)}
        for path in (*_PASSAGES, _CITING):
            within = _CITED_IN if path == _CITING else URIRef(SKG.document)
            for part in graph.objects(record, path):
                if graph.value(part, within, default=next(iter(documents))) not in documents:
                    yield Violation(str(record), str(path), "It is not of the document that asserts this.", str(part))


def _years(graph: Graph) -> Iterator[Violation]:
    """Years to come, and results and claims that have another year than their document, or none."""
    now = datetime.now(UTC).year
    for record, year in graph.subject_objects(_YEAR):
        documents = list(graph.objects(record, _ASSERTED_BY))
        if isinstance(year, Literal) and isinstance(year.value, int) and year.value > now:
            yield Violation(str(record), str(_YEAR), "That year has not come yet.", str(year))
        elif documents and not any((document, _YEAR, year) in graph for document in documents):
            yield Violation(str(record), str(_YEAR), "The document that asserts this has another year.", str(year))
    for record in (each for kind in _OF_A_YEAR for each in graph.subjects(RDF.type, kind)):
        dated = any((document, _YEAR, None) in graph for document in graph.objects(record, _ASSERTED_BY))
        if dated and (record, _YEAR, None) not in graph:
            yield Violation(str(record), str(_YEAR), "The document that asserts this has a year: give it here too.", "")


def _timelines(graph: Graph) -> Iterator[Violation]:
    """Events that are timed by, part of or corrected by an event of somebody else."""
    patients = {event: patient for patient, event in graph.subject_objects(URIRef(SKG.hasEvent))}
    for name in ("after", "episode", "supersededBy"):
        for event, other in graph.subject_objects(URIRef(SKG[name])):
            if patients.get(event) != patients.get(other, patients.get(event)):
                yield Violation(str(event), SKG[name], "That is an event of another patient.", str(other))


def _percentage(graph: Graph, outcome: Node) -> Iterator[Violation]:
    """A percentage that is not that of its numerator and denominator, beyond rounding."""
    printed, part, whole = (_figure(graph, outcome, name) for name in ("value", "numerator", "denominator"))
    if printed is None or part is None or not whole or (outcome, URIRef(SKG.unit), Literal("%")) not in graph:
        return
    exact = 100 * part / whole
    if abs(printed - exact) > _ROUNDING:
        message = f"{part} of {whole} is {exact:.1f}%. {_PRINTED_SO}"
        yield Violation(str(outcome), SKG["value"], message, str(printed))


def _patients(graph: Graph, outcome: Node) -> Iterator[Violation]:
    """More people counted than the arm has. What counts lesions or cycles says so in its unit: `{lesions}`."""
    if str(graph.value(outcome, URIRef(SKG.unit))).startswith("{"):
        return
    arm = graph.value(None, URIRef(SKG.hasOutcome), outcome)
    population = graph.value(arm, URIRef(SKG.population)) if arm else None
    sizes = [size for name in _SIZES if population and (size := _figure(graph, population, name)) is not None]
    for name in ("numerator", "denominator", "subgroupN"):
        count = _figure(graph, outcome, name)
        if sizes and count is not None and count > max(sizes):
            message = f"The arm has {max(sizes)} patients. {_PRINTED_SO}"
            yield Violation(str(outcome), SKG[name], message, str(count))


def _figure(graph: Graph, record: Node, name: str) -> Decimal | None:
    """A number of a record; None where it has none, or something else stands there, which is told elsewhere."""
    value = graph.value(record, URIRef(SKG[name]))
    number = value.value if isinstance(value, Literal) else None
    return Decimal(number) if isinstance(number, int | Decimal) and not isinstance(number, bool) else None
