"""The page of a comparison: two regimens side by side; of up to four, every pair that a study compares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, combinations
from urllib.parse import urlencode

from flask import render_template, request
from werkzeug.wrappers import Response

from kg.errors import AmbiguousEntity, EntityNotFound, InvalidParameter
from kg.evidence.comparison import ComparisonAnswer
from kg.evidence.direct import Favours, Reported
from kg.evidence.question import EvidenceQuestion
from kg.evidence.rows import EvidenceRow
from kg.graph import KnowledgeGraph
from kg.identifiers import display
from kg.model import EntityRef
from kg.tables import table
from server import wording
from server.addresses import again, csv_response, export, here
from server.pages.namesakes import namesakes
from server.pages.regimens import VerdictGroup, verdict_groups
from server.pages.sharing import disputed, fact_exports, facts_wanted

SIDES = ("a", "b", "c", "d")
_SIDES: Mapping[Favours, str] = {"a": "first", "b": "second", "neither": "neither"}
_NARROWING = ("histotype", "measure")


@dataclass(frozen=True)
class Side:
    """One of the regimens in short: which way its studies point, its figures, how it is borne; where all stands."""

    name: str
    groups: tuple[VerdictGroup, ...]
    total: int
    address: str


@dataclass(frozen=True)
class Pair:
    """Two of several regimens, and the address that compares the two alone."""

    answer: ComparisonAnswer
    address: str


def compare(graph: KnowledgeGraph) -> str | Response:
    """Two regimens side by side, or up to four, every pair of them."""
    texts = {name: request.args.get(name, "").strip() for name in (*SIDES, *_NARROWING)}
    asked = [name for name in SIDES if texts[name]]
    asked = asked if len(asked) > 1 else []
    pairs = [_pair(graph, texts, *two) for two in combinations(asked, 2)]
    answers = [pair.answer for pair in pairs]
    brief = [_in_short(graph, texts, name) for name in asked]
    if answers:
        if request.args.get("format") == "csv":
            lines = (line for answer in answers for line in _lines(answer))
            return csv_response(table(lines, _Line).texts(), "comparison")
        shown = [row for side in brief for group in side.groups for view in group.regimens for row in view.results]
        if (
            other := facts_wanted(graph, [*shown, *chain.from_iterable(map(_facts, answers))], "comparison")
        ) is not None:
            return other
    return render_template(
        "compare.html",
        given=texts,
        answer=answers[0] if len(answers) == 1 else None,
        pairs=pairs,
        brief=brief,
        named_sides=" or ".join([", ".join(side.name for side in brief[:-1]), *(side.name for side in brief[-1:])]),
        namesakes=_namesakes(graph, texts) if len(answers) == 1 else [],
        sides=_SIDES,
        favoured=_favoured,
        figure=wording.figure,
        out_of=wording.out_of,
        counted=wording.counted,
        exported=[
            export("CSV", here([("format", "csv")]), download=True),
            *(export(_json_of(pair, len(pairs)), f"/api/v1/evidence{pair.address}") for pair in pairs),
            *fact_exports(),
        ]
        if answers
        else [],
    )


def _pair(graph: KnowledgeGraph, texts: Mapping[str, str], first: str, second: str) -> Pair:
    """Two of the sides compared. Raises: what ``graph.compare`` does, under the names of the page."""
    asked = {"a": texts[first], "b": texts[second]} | {name: texts[name] for name in _NARROWING if texts[name]}
    try:
        answer = graph.compare(asked["a"], asked["b"], asked.get("histotype"), asked.get("measure"))
    except (EntityNotFound, AmbiguousEntity, InvalidParameter) as error:
        error.parameter = {"a": first, "b": second}.get(error.parameter or "", error.parameter)
        raise
    return Pair(answer, f"/compare?{urlencode(asked)}")


def _json_of(pair: Pair, pairs: int) -> str:
    return "JSON" if pairs == 1 else f"JSON: {pair.answer.a} or {pair.answer.b}"


def _in_short(graph: KnowledgeGraph, texts: Mapping[str, str], name: str) -> Side:
    asked = {"regimen": texts[name]} | {narrow: texts[narrow] for narrow in _NARROWING if texts[narrow]}
    question = EvidenceQuestion(regimen=texts[name], histotype=asked.get("histotype"), measure=asked.get("measure"))
    answer = graph.evidence(question)
    return Side(texts[name], verdict_groups(answer), answer.total, f"/evidence?{urlencode(asked)}")


def _favoured(answer: ComparisonAnswer, told: Reported) -> str:
    """What a source's comparison favours, in words."""
    if told.flags:
        return "no direction taken from what is flagged"
    if told.favours is None:
        return "no direction told"
    return f"favours {_name_of(answer, told.favours)}"


def _name_of(answer: ComparisonAnswer, favours: Favours) -> str:
    return {"a": answer.a, "b": answer.b}.get(favours, "neither")


def _facts(answer: ComparisonAnswer) -> list[str]:
    """Everything that a comparison tells of."""
    paired = [*((pair.a, pair.b) for pair in answer.direct), *((pair.a, pair.b) for pair in answer.indirect)]
    sides = [row.id for row in chain.from_iterable(paired) if row]
    borne = [row.id for harm in answer.harms for row in (*harm.a, *harm.b)]
    told = [*(claim.id for claim in answer.claims), *(alone.row for alone in answer.uncompared)]
    return [*sides, *borne, *told, *disputed(answer.conflicts)]


def _namesakes(graph: KnowledgeGraph, texts: Mapping[str, str]) -> list[tuple[EntityRef, str, str]]:
    """Drugs named after those compared, each with the side and the address that compares it there instead."""
    others = namesakes(graph, (texts["a"], texts["b"]))  # without the two themselves
    return [
        (drug, _SIDES[side], again([(side, drug.curie)], [side]))
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
    flags_a: str = ""
    outcome_a: str = ""
    study_b: str = ""
    result_b: str = ""
    of_b: str = ""
    computed_95_b: str = ""
    counted_b: str = ""
    flags_b: str = ""
    outcome_b: str = ""
    favours: str = ""
    computed_points: str = ""
    computed_p: str = ""
    counted_alike: str = ""
    cautions: str = ""
    note: str = ""
    a: str = ""
    b: str = ""


def _lines(answer: ComparisonAnswer) -> Iterator[_Line]:
    """Everything that a comparison lists, and of which two."""
    return (replace(line, a=answer.a, b=answer.b) for line in _unnamed_lines(answer))


def _unnamed_lines(answer: ComparisonAnswer) -> Iterator[_Line]:
    for pair in answer.direct:
        told, computed = pair.reported, pair.derived
        yield _Line(
            within="one study",
            measure=pair.measure.label,
            subgroup=pair.subgroup or "",
            **_side("a", pair.a),
            **_side("b", pair.b),
            favours=_name_of(answer, told.favours) if told and told.favours else "",
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
        told = [pair.reported for pair in harm.direct if pair.reported]
        favours = {each.row: _name_of(answer, each.favours) for each in told if each.favours}
        for side, rows in (("a", harm.a), ("b", harm.b)):
            for row in rows:
                said = wording.result(row) or wording.unfigured(row)
                yield _Line(
                    within="how borne",
                    measure=harm.event.label,
                    subgroup=row.subgroup or "",
                    **(_side(side, row) | {f"result_{side}": said}),
                    favours=favours.get(row.id, ""),
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
        "flags": "; ".join(row.flags),
        "outcome": display(row.id),
    }
    return {f"{name}_{side}": text for name, text in told.items()}
