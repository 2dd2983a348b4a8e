"""Answers as figures and tables: the same numbers in SVG, CSV, JSON and data frames, on every way in."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient

from kg import KnowledgeGraph
from kg.evidence.question import EvidenceQuestion
from kg.evidence.rows import EvidenceRow
from kg.tables import table
from server.cli import main
from server.drawings import forest_plots
from server.pages import figures
from server.questions.openapi import describe_api
from server.questions.table import QUESTIONS
from tests.kg.evidence_rows import ORR, measure, row
from tests.server.asking import page, words

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = (
    "/evidence?histotype=leiomyosarcoma",
    "/evidence?histotype=uterine+leiomyosarcoma&figure=table",
    "/evidence/pool?regimen=temozolomide",
    "/evidence/gaps?rows=drug_class",
    "/cases/patient:003-2/timeline",
)
TABLES = (*DRAWN, "/evidence/compare?a=gemcitabine&b=gemcitabine+%2B+docetaxel", "/evidence/safety?drug=gemcitabine")


def fetched(client: FlaskClient, path: str, form: str) -> str:
    response = client.get(f"/api/v1{path}{'&' if '?' in path else '?'}format={form}")
    assert response.status_code == 200, response.text
    assert response.mimetype == {"svg": "image/svg+xml", "csv": "text/csv"}[form]
    return response.text


@pytest.mark.parametrize("path", DRAWN)
def test_a_figure_has_a_title_a_description_and_both_schemes(client: FlaskClient, path: str) -> None:
    text = fetched(client, path, "svg")
    root = ET.fromstring(text)
    assert root.get("aria-labelledby") == "title description"
    assert root.findtext(f"{SVG}title")
    assert len(root.findtext(f"{SVG}desc") or "") > 100
    assert "prefers-color-scheme: dark" in text
    assert not [node for node in root.iter() if node.tag == f"{SVG}a"]


@pytest.mark.parametrize("path", TABLES)
def test_a_table_has_a_header_and_a_row_per_item(client: FlaskClient, path: str) -> None:
    rows = list(csv.reader(io.StringIO(fetched(client, path, "csv"))))
    assert len(rows) > 1
    assert {len(cells) for cells in rows} == {len(rows[0])}


def test_the_description_tells_the_pooled_figure(client: FlaskClient) -> None:
    pooled = client.get("/api/v1/evidence/pool?regimen=temozolomide").json
    said = ET.fromstring(fetched(client, "/evidence/pool?regimen=temozolomide", "svg")).findtext(f"{SVG}desc") or ""
    assert f"{pooled['estimate']['percent']:.1f}%" in said
    for study in pooled["studies"]:
        assert f"{study['numerator']} of {study['denominator']}" in said


def test_a_refusal_to_pool_is_drawn_with_its_reason(client: FlaskClient) -> None:
    text = fetched(client, "/evidence/pool?regimen=docetaxel", "svg")
    assert "only one study is left" in text


def test_a_flagged_rate_is_in_no_forest_plot_but_in_the_table(curated_graph: KnowledgeGraph) -> None:
    answer = curated_graph.evidence(EvidenceQuestion(regimen="ifosfamide"))
    flagged = next(r for r in answer.items if r.flags and r.value_text == "45%")
    assert "45%" not in figures.svg(answer, "source")
    assert flagged.value_text in figures.svg(answer, "source", "table")
    assert any("inconsistent-arithmetic" in cell for cells in figures.table_of(answer) for cell in cells)


def test_the_table_holds_what_the_data_frame_holds(curated_graph: KnowledgeGraph) -> None:
    for answer in (
        curated_graph.pool(EvidenceQuestion(regimen="temozolomide")),
        curated_graph.timeline("patient:003-1"),
    ):
        frame, rows = answer.to_pandas(), figures.table_of(answer)
        assert list(frame.columns) == rows[0]
        assert len(frame) == len(rows) - 1


def test_the_command_line_gives_the_same_files(
    client: FlaskClient, curated_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for form in ("csv", "svg"):
        assert main(["pool", "--data", str(curated_data), "--regimen", "temozolomide", "--format", form]) == 0
        assert (
            capsys.readouterr().out.splitlines()
            == fetched(client, "/evidence/pool?regimen=temozolomide", form).splitlines()
        )


def test_a_format_that_a_question_does_not_have_is_refused(client: FlaskClient) -> None:
    refused = client.get("/api/v1/evidence/compare?a=gemcitabine&b=docetaxel&format=svg")
    assert (refused.status_code, refused.json["code"]) == (400, "invalid_parameter")
    assert "one of json, csv" in refused.json["detail"]


def test_the_description_of_the_api_names_the_media_types() -> None:
    paths: dict[str, Any] = describe_api(QUESTIONS)["paths"]
    content = paths["/api/v1/evidence"]["get"]["responses"]["200"]["content"]
    assert set(content) == {"application/json", "text/csv", "image/svg+xml"}
    compare = paths["/api/v1/evidence/compare"]["get"]["responses"]["200"]["content"]
    assert set(compare) == {"application/json", "text/csv"}


def test_a_record_has_every_column_of_its_table() -> None:
    found = table([row(1, numerator=3, denominator=40), row(2, measure=ORR, definition=None)])
    assert all(tuple(record) == found.columns for record in found.records)
    assert found.records[0]["derived_rate_value"] == 7.5
    assert found.records[1]["definition"] is None


def test_what_was_looked_for_in_vain_is_no_mark_on_the_swimmer_plot(curated_graph: KnowledgeGraph) -> None:
    drawn = figures.svg(curated_graph.timeline("patient:003-1"), "source")
    assert "neutropenia" in drawn
    assert "no serious complications" not in drawn


def test_a_forest_lists_the_best_rate_first() -> None:
    def of_40(number: int, responses: int, **more: Any) -> EvidenceRow:
        return row(number, numerator=responses, denominator=40, **more)

    progression = measure("progressive-disease", ("response",), ("PD",))
    answers = [
        of_40(1, 4),
        of_40(2, 20),
        of_40(3, 10),
        of_40(4, 30, measure=progression),
        of_40(5, 2, measure=progression),
    ]
    responses, progressions = forest_plots.forests(answers)
    assert [line.figure.split()[0] for line in responses.rows] == ["50%", "25%", "10%"]
    assert [line.figure.split()[0] for line in progressions.rows] == ["5%", "75%"]


def test_every_mark_of_a_response_is_explained_beneath_the_swimmer_plot(client: FlaskClient) -> None:
    html = page(client, "/cases/patient:003-2")
    marks = set(re.findall(r'class="glyph response[^"]*"[^>]*>([^<]+)<', html))
    assert {"no", "PR", "SD", "PD"} <= marks
    caption = words(html[html.index("<figcaption") : html.index("</figcaption>")])
    assert marks <= {*re.findall(r"\w+|±", caption)}
    assert "no: no response" in caption
