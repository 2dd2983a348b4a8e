"""Answers as figures and tables of their own: ``format=svg`` and ``format=csv`` of the questions that have them.

A figure carries its title, a description that tells every number in it (for those who do not see it), its style for
light and dark, and where its data come from. The table beside it is the same question as CSV.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, cast

from flask import Flask, get_template_attribute

from kg.evidence.cases import Timeline
from kg.evidence.comparison import ComparisonAnswer
from kg.evidence.direct import DirectComparison
from kg.evidence.gap_map import GapCell, GapMap, Status
from kg.evidence.history import TimelineEntry
from kg.evidence.indirect import IndirectComparison
from kg.evidence.pooling import PoolAnswer, PooledStudy
from kg.evidence.rows import EvidenceAnswer, EvidenceRow
from kg.evidence.safety import SafetyAnswer
from kg.tables import table
from server import wording
from server.drawings import forest_plots, swimmer_plots
from server.drawings.picture_file import plot_file
from server.drawings.wrapping import shortened
from server.pages.evidence_table import csv_rows

CELL, GAP_LEFT, GAP_TOP, GAP_FOOT = 30, 250, 215, 76
TABLE_COLUMNS = (
    ("Study and arm", 250), ("Measure", 190), ("Result, as printed", 210), ("Of", 80), ("Exact 95% CI", 130),
    ("For or against", 110), ("Level", 60),
)  # fmt: skip
_COLUMN_ENDS = tuple(accumulate((width for _, width in TABLE_COLUMNS), initial=8))
MAX_TABLE_ROWS = 60
_CHARACTER_PX, _LINE_PX = 6.6, 15
GAP_SIGNS: Mapping[Status, tuple[str, str]] = {
    "studied_positive": ("+", "worked in studies"),
    "studied_negative": ("−", "did not work in studies"),
    "conflicting": ("±", "studies point both ways"),
    "studied_unclear": ("?", "studied, no clear answer"),
    "only_case_reports": ("1", "only single patients"),
    "predicted_unstudied": ("→", "not studied here; a sourced mechanism leads there"),
    "unstudied": ("·", "not studied in this graph"),
}


@dataclass(frozen=True)
class Figure:
    """A figure: its parts one below the other, each a macro of ``plots.svg`` with what it draws and its height."""

    title: str
    description: str
    parts: tuple[tuple[str, Mapping[str, Any], int], ...]
    width: int


@dataclass(frozen=True)
class TableCell:
    """A cell of a drawn table, in lines."""

    x: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class TableRow:
    """A row of a drawn table."""

    y: int
    height: int
    cells: tuple[TableCell, ...]


@dataclass(frozen=True)
class DrawnTable:
    """A table as a figure."""

    head: tuple[TableCell, ...]
    rows: tuple[TableRow, ...]
    width: int
    height: int


@dataclass(frozen=True)
class DrawnCell:
    """A cell of the gap map."""

    x: int
    y: int
    status: Status
    sign: str
    title: str


@dataclass(frozen=True)
class DrawnGaps:
    """The gap map as a figure: names with where they stand, and cells."""

    rows: tuple[tuple[str, int], ...]
    columns: tuple[tuple[str, int], ...]
    cells: tuple[DrawnCell, ...]
    width: int
    height: int
    legend: tuple[tuple[str, str], ...]


def svg(answer: Any, source: str, kind: str = "") -> str:
    """An answer as an SVG file.

    Args:
        answer: of a question that has a figure.
        source: where the data come from, in words.
        kind: "table" for the outcome table of an evidence answer.
    """
    figure = _outcome_table(answer) if kind == "table" else _FIGURES[type(answer)](answer)
    with Flask("server").app_context():  # the command line has no application of its own
        y, parts = 0, []
        for macro, drawn, height in figure.parts:
            parts.append((y, get_template_attribute("plots.svg", f"{macro}_svg")(linked=False, **drawn)))
            y += height
        return plot_file(
            "sheet",
            source,
            title=figure.title,
            description=figure.description,
            parts=parts,
            width=figure.width,
            height=y,
        )


def table_of(answer: Any) -> list[list[str]]:
    """An answer as rows with a header, the same columns as its data frame; evidence as on its page."""
    if isinstance(answer, EvidenceAnswer):
        return csv_rows(answer)
    return table(*_TABLES[type(answer)](answer)).texts()


def _nothing(title: str, why: str) -> Figure:
    cell = TableCell(8, (why,))
    drawn = DrawnTable((), (TableRow(0, 30, (cell,)),), 720, 40)
    return Figure(title, why, (("table", {"plot": drawn}, drawn.height),), drawn.width)


def _forest(answer: EvidenceAnswer) -> Figure:
    found = forest_plots.forests(answer.items)
    title = "Rates with their 95% intervals"
    if not found:
        absent = answer.absences[0].text if not answer.items and answer.absences else "No rate with an interval."
        return _nothing(title, absent)
    said = (f"{forest.heading}: {'; '.join(row.title for row in forest.rows)}." for forest in found)
    return Figure(
        title, " ".join(said), tuple(("forest", {"plot": forest}, forest.height) for forest in found), found[0].width
    )


def _pool_forest(answer: PoolAnswer) -> Figure:
    title = f"{answer.measure.label} of {answer.asked}" + (f" ({answer.counts})" if answer.counts else "")
    if not answer.studies:
        return _nothing(title, answer.refused or "No study to show.")
    forest = forest_plots.pool_forest(answer, f"Counted: {answer.counts}" if answer.counts else "")
    said = "; ".join(row.title for row in forest.rows)
    end = f" Not pooled: {answer.refused}." if answer.refused else ""
    return Figure(title, f"{said}.{end}", (("forest", {"plot": forest}, forest.height),), forest.width)


def _outcome_table(answer: EvidenceAnswer) -> Figure:
    title = "Outcomes"
    if not answer.items:
        return _nothing(title, answer.absences[0].text if answer.absences else "No result.")
    told = [_outcome_texts(row) for row in answer.items[:MAX_TABLE_ROWS]]
    left = answer.total - len(told)
    more = f"{left} further rows are left out; the CSV has every row of the answer." if left else ""
    rows, y = [], 26
    for texts in told:
        cells = tuple(
            TableCell(x, shortened(text, int((end - x - 10) / _CHARACTER_PX), 4))
            for text, (x, end) in zip(texts, pairwise(_COLUMN_ENDS), strict=True)
        )
        rows.append(TableRow(y, max(len(cell.lines) for cell in cells) * _LINE_PX + 9, cells))
        y += rows[-1].height
    if more:
        rows.append(TableRow(y, 24, (TableCell(_COLUMN_ENDS[0], (more,)),)))
        y += 24
    head = tuple(TableCell(x, (name,)) for x, (name, _) in zip(_COLUMN_ENDS[:-1], TABLE_COLUMNS, strict=True))
    drawn = DrawnTable(head, tuple(rows), _COLUMN_ENDS[-1], y + 6)
    said = "; ".join(", ".join(filter(None, texts)) for texts in told)
    return Figure(title, f"{said}. {more}".rstrip(), (("table", {"plot": drawn}, drawn.height),), drawn.width)


def _outcome_texts(row: EvidenceRow) -> tuple[str, ...]:
    of_whom = row.arm or row.patient
    interval = row.derived_ci
    spread = f"{interval.low or 0:.1f} to {interval.high or 0:.1f}%" if interval else ""
    measure = row.adverse_event.label if row.adverse_event else row.measure.label if row.measure else ""
    counted = wording.counted(row)
    flagged = f" [flagged: {', '.join(row.flags)}]" if row.flags else ""
    return (
        ", ".join(ref.label for ref in (row.study, of_whom) if ref),
        measure + (f" ({counted})" if counted else ""),
        (wording.result(row) or wording.unfigured(row)) + flagged,
        wording.of_n(row),
        spread,
        (row.direction or "").replace("_", " "),
        f"{row.level.civic} / {row.level.ocebm}" if row.level else "",
    )


def _gaps(answer: GapMap) -> Figure:
    column = {ref.id: number for number, ref in enumerate(answer.columns)}
    line = {ref.id: number for number, ref in enumerate(answer.rows)}
    cells, said = [], []
    for cell in answer.cells:
        sign, meaning = GAP_SIGNS[cell.status]
        wider = ", of wider groups" if cell.rests_on == "indirect" else ""
        title = f"{cell.row.label} in {cell.column.label}: {meaning}{wider}"
        x, y = GAP_LEFT + column[cell.column.id] * CELL, GAP_TOP + line[cell.row.id] * CELL
        cells.append(DrawnCell(x, y, cell.status, sign + ("ʷ" if wider else ""), title))
        if cell.status != "unstudied":
            said.append(title)
    width = max(GAP_LEFT + len(column) * CELL + 150, 760)
    height = GAP_TOP + len(line) * CELL + GAP_FOOT
    drawn = DrawnGaps(
        tuple((shortened(ref.label, 38, 1)[0], GAP_TOP + line[ref.id] * CELL) for ref in answer.rows),
        tuple((shortened(ref.label, 40, 1)[0], GAP_LEFT + column[ref.id] * CELL) for ref in answer.columns),
        tuple(cells),
        width,
        height,
        tuple((GAP_SIGNS[status][0], f"{GAP_SIGNS[status][1]}: {count}") for status, count in answer.counts.items()),
    )
    description = f"{'; '.join(said) or 'Nothing was studied'}. {answer.text}"
    return Figure("What was tried in whom", description, (("gaps", {"plot": drawn}, height),), width)


def _swimmer(answer: Timeline) -> Figure:
    title = answer.patient.label
    if not answer.events:
        return _nothing(title, "Nothing is told of this patient.")
    plot = swimmer_plots.swimmer(answer)
    lines = (
        f"{line.position}. {line.treatment.label}"
        + (f", best response {line.best_response}" if line.best_response else "")
        + (f", ended: {line.ended}" if line.ended else "")
        for line in answer.lines
    )
    return Figure(
        title, "; ".join(lines) + ".", (("swimmer", {"plot": plot, "title": title}, plot.height),), plot.width
    )


def _pairs(answer: ComparisonAnswer) -> tuple[Iterable[Any], type]:
    return (answer.direct, DirectComparison) if answer.direct else (answer.indirect, IndirectComparison)


_FIGURES = cast(
    "Mapping[type, Callable[[Any], Figure]]",
    {EvidenceAnswer: _forest, PoolAnswer: _pool_forest, GapMap: _gaps, Timeline: _swimmer},
)
_TABLES = cast(
    "Mapping[type, Callable[[Any], tuple[Iterable[Any], type]]]",
    {
        PoolAnswer: lambda answer: (answer.studies, PooledStudy),
        GapMap: lambda answer: (answer.cells, GapCell),
        Timeline: lambda answer: (answer.events, TimelineEntry),
        ComparisonAnswer: _pairs,
        SafetyAnswer: lambda answer: ([row for item in answer.items for row in item.rows], EvidenceRow),
    },
)
