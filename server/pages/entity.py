"""The page of one thing: what it is, what is stated of it, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from kg.cards import ArmCard, EntityCard
from kg.description import describe, describe_known, follow
from kg.errors import EntityNotFound
from kg.evidence.question import EvidenceQuestion
from kg.evidence.regimens import ComponentRow, read_components
from kg.evidence.rows import EvidenceRow
from kg.graph import KnowledgeGraph
from kg.identifiers import display, parse_identifier
from kg.model import CERTAINTIES, EntityRef
from server.addresses import csv_response, export, here, page_of
from server.http.errors import spared
from server.pages.evidence import StudyView, disagreements, evidence_page, seen_under
from server.pages.linked_data import told_at
from server.pages.regimens import VerdictGroup, verdict_groups
from server.pages.sharing import fact_exports, facts_wanted, picture_response
from server.pages.surroundings import MOST_STATEMENTS, Surroundings, surroundings
from server.questions.parameters import read
from server.questions.table import EVIDENCE_PARAMETERS, evidence_question

EVERY_LINK = urlencode([("limit", MOST_STATEMENTS), *(("certainty", certainty) for certainty in CERTAINTIES)])


@dataclass(frozen=True)
class Results:
    """What came of a treatment, or of treatments of a disease, in short; ``total``: results in all."""

    groups: tuple[VerdictGroup, ...]
    total: int
    studies: int
    address: str
    disputed: tuple[str, ...]


@dataclass(frozen=True)
class ArmRecord:
    """An arm: what it was given and whom, the other arms of its study, and what came of it (``found``)."""

    arm: ArmCard
    study: EntityRef
    others: tuple[EntityRef, ...]
    found: tuple[StudyView, ...]

    @property
    def rows(self) -> Iterator[EvidenceRow]:
        """Its results, the harms last."""
        return (row for study in self.found for arm in study.arms for row in (*arm.rows, *arm.harms))


def entity(graph: KnowledgeGraph, name: str) -> str | Response:
    """The page, or what it shows in another form; things of other kinds have pages of their own."""
    try:
        ref = graph.resolve(name)
    except EntityNotFound:
        if (elsewhere := _told_elsewhere(graph, name)) is None:
            raise
        return redirect(elsewhere)
    if not page_of(ref).startswith("/entity/"):
        return redirect(page_of(ref))
    card = graph.entity(ref.id)
    around = surroundings(graph, card)
    name_in_files = card.curie.replace(":", "-")
    if request.args.get("format") == "svg":
        return picture_response(graph, around.picture, f"What is stated of {card.label}", name_in_files)
    found, no_remarks = spared(lambda: _remarks(graph, card.id))
    remarks = found or []
    arm = _arm_record(graph, card.id) if card.type == "Arm" else None
    seen = seen_under(graph, card.curie) if card.type == "AdverseEvent" else ()
    told = [*(arm.rows if arm else ()), *(row for treatment in seen for row in treatment.rows)]
    if request.args.get("format") == "csv":
        return csv_response(_csv_rows(around, remarks, told), name_in_files)
    results, no_results = spared(lambda: _results(graph, card))
    figures = _figures(results) if results else (row.id for row in told)
    facts = [card.id, *(item.statement for item in around.items), *(remark["id"] for remark in remarks), *figures]
    if (other := facts_wanted(graph, facts, name_in_files)) is not None:
        return other
    return render_template(
        "entity.html",
        card=card,
        actions=_actions(card),
        results=results,
        no_results=no_results,
        around=around,
        arm=arm,
        seen=seen,
        components=_components(graph, card.id) if card.type == "Regimen" else (),
        remarks=remarks,
        no_remarks=no_remarks,
        exported=[
            export("CSV", here([("format", "csv")]), download=True),
            export("JSON", f"/api/v1/entities/{card.curie}"),
            export("JSON of its links", f"/api/v1/entities/{card.curie}/neighbors?{EVERY_LINK}"),
            export("JSON-LD", f"/id/{card.curie.replace(':', '/', 1)}?format=jsonld"),
            *fact_exports(),
            *([export("SVG", here([("format", "svg")]), download=True)] if around.picture.nodes else []),
        ],
    )


def _results(graph: KnowledgeGraph, card: EntityCard) -> Results | None:
    """What came of it; nothing for things that no treatment or disease is, and where no result is told."""
    name = _ASKED_AS.get(card.type)
    if name is None or card.type not in _SHOWN_WITH_RESULTS:
        return None
    answer = graph.evidence(evidence_question(read(EVIDENCE_PARAMETERS, {name: [card.curie]})))
    groups = verdict_groups(answer)
    address = f"/evidence?{name}={quote(card.curie, safe=':')}"
    if not groups:
        return None
    return Results(groups, answer.total, answer.summary.studies, address, disagreements(answer))


def _components(graph: KnowledgeGraph, regimen: str) -> tuple[ComponentRow, ...]:
    known = describe_known(graph.store, regimen)
    follow(graph.store, known, ["component"])
    follow(graph.store, known, ["drug", "procedure"])
    return read_components(known, known[regimen])


def _arm_record(graph: KnowledgeGraph, arm: str) -> ArmRecord | None:
    """What stands of an arm in the record of its study; nothing for an arm without one."""
    for study in graph.sparql(_STUDY_OF, {"arm": arm}).column("study"):
        card = graph.study(str(study))
        told = {each.arm.id: each for each in card.arms}
        results = graph.evidence(EvidenceQuestion(study=card.id, include_flagged=True))
        own = replace(results, items=tuple(row for row in results.items if row.arm and row.arm.id == arm))
        others = tuple(each.arm for each in card.arms if each.arm.id != arm)
        return ArmRecord(
            told[arm], EntityRef(card.id, card.curie, "Study", card.label), others, evidence_page(own).studies
        )
    return None


def _remarks(graph: KnowledgeGraph, node: str) -> list[dict[str, str]]:
    rows = graph.sparql(_REMARKS, {"node": node})
    return [{"id": a.value, "text": b.value, "certainty": c.value} for a, b, c in rows if a and b and c]


_STUDY_OF = "SELECT ?study WHERE { ?study skg:hasArm ?arm } ORDER BY ?study LIMIT 1"
_REMARKS = """
SELECT DISTINCT ?statement ?text ?certainty WHERE {
  { ?statement skg:subject ?node } UNION { ?statement skg:about ?node }
  ?statement skg:object ?object ; rdfs:label ?text ; skg:certainty ?certainty . FILTER(isLiteral(?object)) }
ORDER BY ?text LIMIT 60"""


def _figures(results: Results) -> Iterator[str]:
    """The results whose figures the page shows."""
    for group in results.groups:
        for view in group.regimens:
            yield from view.results


def _told_elsewhere(graph: KnowledgeGraph, name: str) -> str | None:
    """Where a thing that nobody calls by a name, such as a conflict, is told with what it belongs to."""
    node = parse_identifier(name)
    if node is None or not describe(graph.store, [node]):
        return None
    return told_at(graph, node)


def _csv_rows(
    around: Surroundings, remarks: Iterable[Mapping[str, str]], results: Iterable[EvidenceRow]
) -> list[list[str]]:
    """What the page lists, with a header: a row for each link with its statements, each result, and each remark."""
    rows = [["section", "link", "thing", "thing_id", "kind", "certainty", "statements"]]
    for section in around.sections:
        for group in section.groups:
            for row in (*group.rows, *group.more):
                stated = " ".join(display(item.statement) for item in row.items)
                named = [row.node.label, row.node.curie, row.node.type]
                rows.append([section.heading, group.label, *named, row.certainty, stated])
    for result in results:
        what = result.adverse_event or result.measure
        told = [what.label if what else "", result.sentence or "", display(result.id), "Outcome"]
        rows.append(["What came of it", *told, result.certainty or "", display(result.id)])
    said = (
        ["What sources say of it", "", one["text"], "", "", one["certainty"], display(one["id"])] for one in remarks
    )
    return [*rows, *said]


_ASKED_AS = {  # under which parameter one asks for the results of a thing
    "Drug": "drug",
    "Histotype": "histotype",
    "Regimen": "regimen",
    "DrugClass": "drug_class",
    "Target": "target",
    "Site": "site",
}
_SHOWN_WITH_RESULTS = frozenset({"Drug", "Histotype", "Regimen", "DrugClass"})
_NAMED_BY_RESULTS = {  # no statement joins these to anything, but results and studies name them
    "AdverseEvent": ("With which treatments it was seen", "/questions/who-causes-event?event="),
    "Measure": ("Results of this measure", "/evidence?measure="),
    "Organization": ("Which studies it ran", "/questions/studies-of-organization?organization="),
}


def _actions(card: EntityCard) -> list[dict[str, str]]:
    """The questions that one can ask about a thing, as links."""
    curie = quote(card.curie, safe=":")
    found = []
    if card.type in {"Drug", "Regimen"}:
        found.append({"label": "How it acts", "href": f"/mechanism?drug={curie}"})
    if card.type in {"Target", "Process", "Complex", "Pathway", "Metabolite", "CellState", "Histotype"}:
        found.append({"label": "What acts on it", "href": f"/mechanism?target={curie}"})
    name = _ASKED_AS.get(card.type)
    if name is not None:
        label = "What was tried" if card.type in {"Histotype", "Site"} else "What came of giving it"
        if card.type in {"DrugClass", "Target"}:
            label = "What came of giving such drugs" if card.type == "DrugClass" else "What came of drugs against it"
        found.append({"label": label, "href": f"/evidence?{name}={curie}"})
    if card.type in _NAMED_BY_RESULTS:
        label, address = _NAMED_BY_RESULTS[card.type]
        found.append({"label": label, "href": f"{address}{curie}"})
    found.append({"label": "Where the documents speak of it", "href": f"/questions/passages-about?entity={curie}"})
    return [*found, {"label": "Show in the graph", "href": f"/explore?node={curie}"}]
