"""The gap map: what has been tried in whom, in parts that fit paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from urllib.parse import urlencode

from flask import render_template, request
from werkzeug.wrappers import Response

from kg.evidence.gap_map import STATUSES, GapCell, GapMap
from kg.graph import KnowledgeGraph
from kg.model import EntityRef
from server.addresses import csv_response, export, given, here
from server.pages.figures import GAP_SIGNS
from server.pages.sharing import fact_exports, facts_wanted
from server.questions.parameters import read
from server.questions.table import BY_NAME

_ROWS = (("drug_class", "by drug class"), ("drug", "by drug"), ("target", "by target"))
_MOST_COLUMNS = 44  # of a map: more find no room on a sheet of paper held sideways
_UPRIGHT_COLUMNS = 28  # so many find room on one held upright


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


def gaps(graph: KnowledgeGraph) -> str | Response:
    """What has been tried in whom."""
    question = BY_NAME["gaps"]
    asked = {name: values for name, values in given().items() if name != "all"}
    asked = {"rows": ["drug_class"]} | asked
    whole: GapMap = question.answer(graph, read(question.parameters, asked))
    studied = {cell.column.id for cell in whole.cells if cell.status != "unstudied"}
    columns = tuple(ref for ref in whole.columns if ref.id in studied or request.args.get("all") is not None)
    if columns and len(columns) < len(whole.columns):  # the other forms of the page show the same columns
        asked["columns"] = [ref.curie for ref in columns]
    answer = _only(whole, columns) if columns else whole
    cells = {(cell.row.id, cell.column.id): cell for cell in answer.cells}
    rows = tuple(GapRow(ref, tuple(cells[ref.id, column.id] for column in columns)) for ref in answer.rows)
    if request.args.get("format") == "csv":
        head = ["row", *(ref.label for ref in columns)]
        return csv_response([head, *([row.ref.label, *(cell.status for cell in row.cells)] for row in rows)], "gaps")
    asked_for = urlencode(asked, doseq=True)
    results = (result for row in rows for cell in row.cells for result in cell.rows)
    if (other := facts_wanted(graph, results, "gaps")) is not None:
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
