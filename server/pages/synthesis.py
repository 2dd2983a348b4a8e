"""Pages that join answers: comparison, gap map, mechanism beside evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from urllib.parse import urlencode

from flask import render_template, request
from werkzeug.wrappers import Response

from kg.evidence.comparison import ComparisonAnswer
from kg.evidence.gap_map import STATUSES, GapCell, GapMap
from kg.evidence.rows import EvidenceRow
from kg.graph import KnowledgeGraph
from kg.identifiers import display
from kg.model import EntityRef
from server import wording
from server.addresses import csv_response, export, given, here, query
from server.drawings.layered import layered_picture
from server.pages import evidence, mechanism
from server.pages.figures import GAP_SIGNS
from server.pages.provenance import origins
from server.pages.sharing import disputed, fact_exports, facts_wanted
from server.pages.sources import Sources
from server.questions.parameters import read
from server.questions.table import QUESTIONS

_BY_NAME = {question.name: question for question in QUESTIONS}
_ROWS = (("drug_class", "by drug class"), ("drug", "by drug"), ("target", "by target"))
_MOST_COLUMNS = 44  # of a map: more find no room on a sheet of paper held sideways
_UPRIGHT_COLUMNS = 28  # so many find room on one held upright
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
class GapPart:
    """Neighbouring columns of a gap map, as many as one table shows."""

    columns: tuple[EntityRef, ...]
    rows: tuple[GapRow, ...]


@dataclass(frozen=True)
class GapRow:
    """A treatment and its cells in the order of the columns."""

    ref: EntityRef
    cells: tuple[GapCell, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many cells have each status; 0 for one that none has."""
        return Counter(cell.status for cell in self.cells)


def _parts(rows: tuple[GapRow, ...], columns: tuple[EntityRef, ...]) -> tuple[GapPart, ...]:
    """A map in parts of about the same width, none of more columns than paper holds."""
    count = max(1, -(-len(columns) // _MOST_COLUMNS))
    ends = [len(columns) * n // count for n in range(count + 1)]
    return tuple(
        GapPart(columns[first:last], tuple(GapRow(row.ref, row.cells[first:last]) for row in rows))
        for first, last in pairwise(ends)
    )


def _only(whole: GapMap, columns: tuple[EntityRef, ...]) -> GapMap:
    """Some columns of a gap map, as if only they had been asked for."""
    cells = tuple(cell for cell in whole.cells if cell.column in columns)
    counted = Counter(cell.status for cell in cells)
    counts = {status: counted[status] for status in STATUSES}
    return replace(whole, columns=columns, cells=cells, counts=counts)


def _compared(answer: ComparisonAnswer) -> list[list[str]]:
    """Both tables of a comparison as one, with a header: a row a pair, each side with its figure as printed."""
    sides = [
        f"{name}_{side}" for side in "ab" for name in ("study", "result", "of", "computed_95", "counted", "outcome")
    ]
    rows = [
        [
            "within",
            "measure",
            "subgroup",
            *sides,
            "favours",
            "computed_points",
            "computed_p",
            "counted_alike",
            "cautions",
        ]
    ]
    for pair in answer.direct:
        told, computed = pair.reported, pair.derived
        points = [f"{computed.points:.1f}", f"{computed.p_value:.2g}"] if computed else ["", ""]
        favours = {"a": answer.a, "b": answer.b}.get(told.favours or "", told.favours or "") if told else ""
        head = ["one study", pair.measure.label, pair.subgroup or ""]
        rows.append([*head, *_side(pair.a), *_side(pair.b), favours, *points, "", "; ".join(pair.cautions)])
    for each in answer.indirect:
        alike = "yes" if each.comparable else f"no: {'; '.join(each.reasons)}"
        head = ["different studies", each.measure.label, ""]
        rows.append([*head, *_side(each.a), *_side(each.b), "", "", "", alike, "; ".join(each.cautions)])
    for alone in answer.uncompared:
        result = [alone.study.label if alone.study else "", alone.sentence or "", "", "", "", display(alone.row)]
        head = ["no pair", alone.measure.label if alone.measure else "", ""]
        nothing = [""] * len(result)
        sides = [*result, *nothing] if alone.side == "a" else [*nothing, *result]
        rows.append([*head, *sides, "", "", "", "", alone.reason])
    return rows


def _side(row: EvidenceRow | None) -> list[str]:
    if row is None:
        return ["", "not printed", "", "", "", ""]
    spread = f"{row.derived_ci.low:.1f} to {row.derived_ci.high:.1f}%" if row.derived_ci else ""
    study = row.study.label if row.study else ""
    figure = wording.figure(row) or "told in words"
    return [study, figure, wording.of_n(row), spread, wording.counted(row), display(row.id)]


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
            if request.args.get("format") == "csv":
                return csv_response(_compared(answer), "comparison")
            sides = [row.id for pair in (*answer.direct, *answer.indirect) for row in (pair.a, pair.b) if row]
            facts = [*sides, *(alone.row for alone in answer.uncompared), *disputed(answer.conflicts)]
            if (other := facts_wanted(self.graph, facts, "comparison")) is not None:
                return other
        return render_template(
            "compare.html",
            given=texts,
            answer=answer,
            sides=_SIDES,
            figure=wording.figure,
            out_of=wording.out_of,
            counted=wording.counted,
            exported=[
                export("CSV", here([("format", "csv")]), download=True),
                export("JSON", f"/api/v1/evidence/compare?{query()}"),
                *fact_exports(),
            ]
            if answer
            else [],
        )

    def gaps(self) -> Page:
        """What has been tried in whom."""
        question = _BY_NAME["gaps"]
        asked = {name: values for name, values in given().items() if name != "all"}
        asked = {"rows": ["drug_class"]} | asked
        whole: GapMap = question.answer(self.graph, read(question.parameters, asked))
        studied = {cell.column.id for cell in whole.cells if cell.status != "unstudied"}
        columns = tuple(ref for ref in whole.columns if ref.id in studied or request.args.get("all") is not None)
        if columns and len(columns) < len(whole.columns):  # the other forms of the page show the same columns
            asked["columns"] = [ref.curie for ref in columns]
        answer = _only(whole, columns) if columns else whole
        cells = {(cell.row.id, cell.column.id): cell for cell in answer.cells}
        rows = tuple(GapRow(ref, tuple(cells[ref.id, column.id] for column in columns)) for ref in answer.rows)
        if request.args.get("format") == "csv":
            head = ["row", *(ref.label for ref in columns)]
            return csv_response(
                [head, *([row.ref.label, *(cell.status for cell in row.cells)] for row in rows)], "gaps"
            )
        asked_for = urlencode(asked, doseq=True)
        results = (result for row in rows for cell in row.cells for result in cell.rows)
        if (other := facts_wanted(self.graph, results, "gaps")) is not None:
            return other
        return render_template(
            "gaps.html",
            answer=answer,
            parts=_parts(rows, columns),
            is_wide=len(columns) > _UPRIGHT_COLUMNS,
            left_out=len(whole.columns) - len(columns),
            signs=GAP_SIGNS,
            statuses=STATUSES,
            choices=[(label, here([("rows", kind)], ["rows"]), asked["rows"] == [kind]) for kind, label in _ROWS],
            everything=here([("all", "true")]),
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
            page = evidence.evidence_page(answer.evidence)
            steps = {s for path in answer.mechanism.paths for step in path.steps for s in step.statements}
            chains = mechanism.mechanism_page(answer.mechanism, origins(self.graph.store, self.sources, steps))
            facts = [*steps, *(row.id for row in answer.evidence.items), *disputed(answer.conflicts)]
            if (other := facts_wanted(self.graph, facts, "explanation")) is not None:
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
