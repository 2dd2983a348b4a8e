"""Pages that join answers: comparison, gap map, mechanism beside evidence."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from werkzeug.wrappers import Response

from kg.evidence.gap_map import STATUSES, GapCell, GapMap
from kg.graph import KnowledgeGraph
from kg.model import EntityRef
from server import evidence_page, mechanism_page, wording
from server.addresses import csv_response, export, given, here, query
from server.drawing import layered_picture
from server.figures import GAP_SIGNS
from server.parameters import read
from server.provenance import origins
from server.questions import QUESTIONS
from server.sharing import fact_exports, facts_wanted
from server.sources import Sources

_BY_NAME = {question.name: question for question in QUESTIONS}
_SIDES = {"a": "first", "b": "second", "neither": "neither"}
_AGREEMENTS = {
    "agree": ("Mechanism and results agree", "up"),
    "disagree": ("Mechanism and results disagree", "down"),
    "undecided": ("Whether they agree cannot be said", "none"),
    "mechanism_without_evidence": ("A mechanism without results", "none"),
    "evidence_without_mechanism": ("Results without a mechanism", "none"),
    "neither": ("Neither mechanism nor results", "none"),
}

Page = str | Response


@dataclass(frozen=True)
class GapRow:
    """A treatment and its cells in the order of the columns."""

    ref: EntityRef
    cells: tuple[GapCell, ...]


class Synthesis:
    """The views; each is a function of the request and the graph."""

    def __init__(self, graph: KnowledgeGraph, sources: Sources) -> None:
        self.graph = graph
        self.sources = sources

    def compare(self) -> Page:
        """Two regimens side by side."""
        question = _BY_NAME["compare"]
        texts = {name: request.args.get(name, "") for name in ("a", "b", "histotype", "measure")}
        is_asked = bool(texts["a"].strip() and texts["b"].strip())
        answer = question.answer(self.graph, read(question.parameters, given())) if is_asked else None
        if answer is not None:
            sides = (row.id for pair in (*answer.direct, *answer.indirect) for row in (pair.a, pair.b) if row)
            if (other := facts_wanted(self.graph, sides, "comparison")) is not None:
                return other
        return render_template(
            "compare.html",
            given=texts,
            answer=answer,
            sides=_SIDES,
            figure=wording.figure,
            out_of=wording.out_of,
            counted=wording.counted,
            exported=[export("JSON", f"/api/v1/evidence/compare?{query()}"), *fact_exports()] if answer else [],
        )

    def gaps(self) -> Page:
        """What has been tried in whom."""
        question = _BY_NAME["gaps"]
        asked = {name: values for name, values in given().items() if name != "all"}
        answer: GapMap = question.answer(self.graph, read(question.parameters, {"rows": ["drug_class"]} | asked))
        cells = {(cell.row.id, cell.column.id): cell for cell in answer.cells}
        studied = {cell.column.id for cell in answer.cells if cell.status != "unstudied"}
        columns = (
            tuple(ref for ref in answer.columns if ref.id in studied)
            if request.args.get("all") is None
            else answer.columns
        )
        rows = tuple(GapRow(ref, tuple(cells[ref.id, column.id] for column in columns)) for ref in answer.rows)
        if request.args.get("format") == "csv":
            head = ["row", *(ref.label for ref in columns)]
            return csv_response(
                [head, *([row.ref.label, *(cell.status for cell in row.cells)] for row in rows)], "gaps"
            )
        asked_for = query(["all"]) or "rows=drug_class"
        results = (result for row in rows for cell in row.cells for result in cell.rows)
        if (other := facts_wanted(self.graph, results, "gaps")) is not None:
            return other
        return render_template(
            "gaps.html",
            answer=answer,
            rows=rows,
            columns=columns,
            left_out=len(answer.columns) - len(columns),
            signs=GAP_SIGNS,
            statuses=STATUSES,
            chosen=request.args.get("rows", "drug_class"),
            exported=[
                export("CSV", here([("format", "csv")]), download=True),
                export("JSON", f"/api/v1/evidence/gaps?{asked_for}"),
                export("SVG", f"/api/v1/evidence/gaps?{asked_for}&format=svg", download=True),
                *fact_exports(),
            ],
        )

    def explain(self) -> Page:
        """Mechanism and results of one drug in one histotype."""
        question = _BY_NAME["explain"]
        texts = {name: request.args.get(name, "") for name in ("drug", "histotype")}
        is_asked = bool(texts["drug"].strip() and texts["histotype"].strip())
        answer = question.answer(self.graph, read(question.parameters, given())) if is_asked else None
        page, chains = None, None
        if answer is not None:
            page = evidence_page.evidence_page(answer.evidence)
            steps = {s for path in answer.mechanism.paths for step in path.steps for s in step.statements}
            chains = mechanism_page.mechanism_page(answer.mechanism, origins(self.graph.store, self.sources, steps))
            results = [row.id for row in answer.evidence.items]
            if (other := facts_wanted(self.graph, [*steps, *results], "explanation")) is not None:
                return other
        return render_template(
            "explain.html",
            given=texts,
            answer=answer,
            page=page,
            chains=chains,
            agreements=_AGREEMENTS,
            nothing=layered_picture((), ()),
            exported=[export("JSON", f"/api/v1/explain?{query()}"), *fact_exports()] if answer else [],
        )
