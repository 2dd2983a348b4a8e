"""The page of a comparison: two regimens side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import render_template, request
from werkzeug.wrappers import Response

from kg.evidence.comparison import ComparisonAnswer
from kg.evidence.direct import Favours
from kg.evidence.rows import EvidenceRow
from kg.graph import KnowledgeGraph
from kg.identifiers import display
from kg.model import EntityRef
from kg.tables import table
from server import wording
from server.addresses import csv_response, export, given, here, query
from server.pages.namesakes import namesakes
from server.pages.sharing import disputed, fact_exports, facts_wanted
from server.questions.parameters import read
from server.questions.table import BY_NAME

_SIDES: Mapping[Favours, str] = {"a": "first", "b": "second", "neither": "neither"}


def compare(graph: KnowledgeGraph) -> str | Response:
    """Two regimens side by side."""
    question = BY_NAME["compare"]
    texts = {name: request.args.get(name, "") for name in ("a", "b", "histotype", "measure")}
    is_asked = bool(texts["a"].strip() and texts["b"].strip())
    answer = question.answer(graph, read(question.parameters, given())) if is_asked else None
    if answer is not None:
        if request.args.get("format") == "csv":
            return csv_response(table(_lines(answer), _Line).texts(), "comparison")
        sides = [row.id for pair in (*answer.direct, *answer.indirect) for row in (pair.a, pair.b) if row]
        borne = [row.id for harm in answer.harms for row in (*harm.a, *harm.b)]
        told = [*(claim.id for claim in answer.claims), *(alone.row for alone in answer.uncompared)]
        facts = [*sides, *borne, *told, *disputed(answer.conflicts)]
        if (other := facts_wanted(graph, facts, "comparison")) is not None:
            return other
    return render_template(
        "compare.html",
        given=texts,
        answer=answer,
        namesakes=_namesakes(graph, texts) if answer else [],
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


def _namesakes(graph: KnowledgeGraph, texts: Mapping[str, str]) -> list[tuple[EntityRef, str, str]]:
    """Drugs named after those compared, each with the side and the address that compares it there instead."""
    others = namesakes(graph, (texts["a"], texts["b"]))  # without the two themselves
    return [
        (drug, _SIDES[side], here([(side, drug.curie)], [side]))
        for side in ("a", "b")
        for drug in namesakes(graph, [texts[side]])
        if drug in others
    ]


@dataclass(frozen=True)
class _Line:
    """A pair, or a result that stands in none, as a line of a file: each side with its figure as printed."""

    within: str
    measure: str
    subgroup: str = ""
    study_a: str = ""
    result_a: str = ""
    of_a: str = ""
    computed_95_a: str = ""
    counted_a: str = ""
    outcome_a: str = ""
    study_b: str = ""
    result_b: str = ""
    of_b: str = ""
    computed_95_b: str = ""
    counted_b: str = ""
    outcome_b: str = ""
    favours: str = ""
    computed_points: str = ""
    computed_p: str = ""
    counted_alike: str = ""
    cautions: str = ""
    note: str = ""


def _lines(answer: ComparisonAnswer) -> Iterator[_Line]:
    """Everything that a comparison lists."""
    for pair in answer.direct:
        told, computed = pair.reported, pair.derived
        yield _Line(
            within="one study",
            measure=pair.measure.label,
            subgroup=pair.subgroup or "",
            **_side("a", pair.a),
            **_side("b", pair.b),
            favours={"a": answer.a, "b": answer.b}.get(told.favours or "", told.favours or "") if told else "",
            computed_points=f"{computed.points:.1f}" if computed else "",
            computed_p=f"{computed.p_value:.2g}" if computed else "",
            cautions="; ".join(pair.cautions),
            note=told.note or "" if told else "",
        )
    for each in answer.indirect:
        yield _Line(
            within="different studies",
            measure=each.measure.label,
            **_side("a", each.a),
            **_side("b", each.b),
            counted_alike="yes" if each.comparable else f"no: {'; '.join(each.reasons)}",
            cautions="; ".join(each.cautions),
        )
    yield from _of_harms(answer)
    for alone in answer.uncompared:
        study = alone.study.label if alone.study else ""
        result = {"study": study, "result": alone.sentence or "", "outcome": display(alone.row)}
        yield _Line(
            within="no pair",
            measure=alone.measure.label if alone.measure else "",
            **{f"{name}_{alone.side}": text for name, text in result.items()},
            cautions=alone.reason,
        )
    for claim in answer.claims:
        note = f"{claim.sentence} ({display(claim.id)})"
        yield _Line(within="words", measure="comparison" if claim.compares else "", note=note)


def _of_harms(answer: ComparisonAnswer) -> Iterator[_Line]:
    """How each side is borne, a line for each result; what a source says of a difference stands with it."""
    for harm in answer.harms:
        favours = {pair.reported.row: pair.reported.favours or "" for pair in harm.direct if pair.reported}
        for side, rows in (("a", harm.a), ("b", harm.b)):
            for row in rows:
                favoured = favours.get(row.id, "")
                said = wording.result(row) or wording.unfigured(row)
                yield _Line(
                    within="how borne",
                    measure=harm.event.label,
                    subgroup=row.subgroup or "",
                    **(_side(side, row) | {f"result_{side}": said}),
                    favours={"a": answer.a, "b": answer.b}.get(favoured, favoured),
                )


def _side(side: str, row: EvidenceRow | None) -> dict[str, str]:
    if row is None:
        return {f"result_{side}": "not printed"}
    told = {
        "study": row.study.label if row.study else "",
        "result": wording.figure(row) or wording.unfigured(row),
        "of": wording.of_n(row),
        "computed_95": f"{row.derived_ci.low:.1f} to {row.derived_ci.high:.1f}%" if row.derived_ci else "",
        "counted": wording.counted(row),
        "outcome": display(row.id),
    }
    return {f"{name}_{side}": text for name, text in told.items()}
