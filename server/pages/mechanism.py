"""The mechanism page: how a drug acts, drawn and told step by step with sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import render_template, request
from werkzeug.wrappers import Response

from kg.errors import AmbiguousEntity, EntityNotFound
from kg.graph import KnowledgeGraph
from kg.identifiers import display
from kg.mechanism.search import MechanismAnswer
from ontology.english import is_plural, plural_noun
from server.addresses import csv_response, export, given, here, query
from server.pages.evidence import called
from server.pages.mechanism_chains import MechanismPage, PathView, mechanism_page
from server.pages.mechanism_glance import SUPPOSED
from server.pages.mechanism_partners import steps_of
from server.pages.mechanism_steps import StepView
from server.pages.provenance import Origin, origins
from server.pages.sharing import chosen, fact_exports, facts_wanted, picture_response
from server.pages.sources import Sources
from server.questions.parameters import read
from server.questions.table import BY_NAME
from server.wording import count_of

PATHS_SHOWN = 40
_MECHANISM = BY_NAME["mechanism"]
_GIVEN_AS = {"Regimen": "regimen", "DrugClass": "drug_class"}  # what an evidence question calls it, if not a drug


def mechanism(graph: KnowledgeGraph, sources: Sources) -> str | Response:
    """The page, or what it shows in another form."""
    asked = {name: values for name, values in given().items() if name not in {"shortcuts", "group"}}
    filled = read(_MECHANISM.parameters, {"k": [str(PATHS_SHOWN)]} | asked)
    drugs, target = filled.texts("drug"), filled.text("target")
    heading = _heading(tuple(_subject(graph, drug) for drug in drugs), called(graph, target) if target else None)
    draw_short_cuts = request.args.get("shortcuts") == "true"
    answer: MechanismAnswer | None = _MECHANISM.answer(graph, filled) if drugs or target else None
    page = None
    if answer is not None:
        told = dict.fromkeys(s for step in steps_of(answer) for s in step.statements)
        drawable = (s for edge in answer.graph.edges for s in edge.step.statements)
        stated = origins(graph.store, sources, dict.fromkeys((*told, *drawable)))
        page = mechanism_page(answer, stated, draw_short_cuts=draw_short_cuts)
        drawn = (s for group in page.groups for part in group.beside for s in part.step.statements)
        shown = told.keys() | {*drawn}
        facts = [*(s for s in stated if s in shown), *(one.fact for one in answer.sightings)]
        if (other := _other_form(graph, page, facts, heading)) is not None:
            return other
    return render_template(
        "mechanism.html",
        heading=heading,
        drug=" + ".join(drugs),
        onward=_onward(graph, drugs, target),
        target=target or "",
        supposing=SUPPOSED & {*filled.texts("certainty")},
        certainties_supposed=SUPPOSED,
        draw_short_cuts=draw_short_cuts,
        answer=answer,
        page=page,
        summary=_summary(answer, page, target) if answer and page else "",
        exported=_exported(page, filled.whole("k")) if page else [],
    )


def _other_form(graph: KnowledgeGraph, page: MechanismPage, facts: Sequence[str], heading: str) -> Response | None:
    """The facts as triples, the steps as a table, or one of the drawings."""
    if (other := facts_wanted(graph, facts, "mechanism")) is not None:
        return other
    if request.args.get("format") == "csv":
        return csv_response(_csv_rows(page), "mechanism")
    if request.args.get("format") == "svg" and page.groups:
        group = chosen(page.groups, "group")
        return picture_response(graph, group.picture, f"{heading}: {group.title}", "mechanism")
    return None


def _exported(page: MechanismPage, most: int) -> list[dict[str, str | bool]]:
    drawings = (
        export(f"SVG: {group.title}", here([("format", "svg"), ("group", str(number))], ["group"]), download=True)
        for number, group in enumerate(page.groups, 1)
    )
    return [
        export("JSON", f"/api/v1/mechanism?{query(['shortcuts', 'group', 'k'], [('k', str(most))])}"),
        export("CSV of the steps", here([("format", "csv")]), download=True),
        *fact_exports(),
        *drawings,
    ]


def _onward(graph: KnowledgeGraph, drugs: Sequence[str], target: str | None) -> list[dict[str, str]]:
    """Where a reader of how drugs act goes on: what came of giving them, and whether that was to be expected."""
    kinds = [_kind(graph, drug) for drug in drugs]
    parts = {_kind(graph, part.strip()) for drug in drugs for part in drug.split("+")}
    if not drugs or (len(drugs) > 1 and _GIVEN_AS.keys() & kinds) or "DrugClass" in parts.difference(kinds):
        return []  # no question of results is put so
    given_as = [(_GIVEN_AS.get(kind, "drug"), drug) for kind, drug in zip(kinds, drugs, strict=True)]
    in_whom = [("histotype", target)] if target and _kind(graph, target) == "Histotype" else []
    together = "them together" if len(drugs) > 1 or "+" in drugs[0] else "it"
    place = f" in {called(graph, target)}" if target and in_whom else ""
    found = [
        {"label": f"What came of giving {together}{place}", "href": f"/evidence?{urlencode([*given_as, *in_whom])}"}
    ]
    if in_whom and kinds in (["Drug"], ["Regimen"]):
        asked = urlencode([*given_as, *in_whom])
        found.append({"label": "Does that agree with how it should act?", "href": f"/explain?{asked}"})
    return [*found, {"label": "What causes resistance", "href": "/questions/causes-of-resistance"}]


def _kind(graph: KnowledgeGraph, text: str) -> str:
    """What a name stands for; nothing where it stands for nothing, or for several things, on its own."""
    try:
        return graph.resolve(text, parameter="drug").type
    except (AmbiguousEntity, EntityNotFound):
        return "Regimen" if "+" in text else ""


def _subject(graph: KnowledgeGraph, drug: str) -> str:
    """What a heading calls what acts: a class of drugs in the plural."""
    name = called(graph, drug)
    return plural_noun(name) if _kind(graph, drug) == "DrugClass" else name


def _heading(drugs: tuple[str, ...], target: str | None) -> str:
    acts = "act" if len(drugs) > 1 or any("+" in drug or is_plural(drug) for drug in drugs) else "acts"
    if drugs and target:
        return f"How {' and '.join(drugs)} {acts} on {target}"
    if drugs:
        return f"How {' and '.join(drugs)} {acts}"
    return f"What acts on {target}" if target else "Mechanism"


def _summary(answer: MechanismAnswer, page: MechanismPage, target: str | None) -> str:
    """How many chains there are, how sure they are, and how many of them reach what was asked for."""
    shown = sum(len(group.paths) for group in page.groups)
    unsure = sum(view.path.certainty in SUPPOSED for group in page.groups for view in group.paths)
    reach = sum(1 for group in page.groups for view in group.paths if view.path.complete)
    told = f"{count_of('chain', shown)} of steps, each step stated by a source."
    if unsure:
        run = "run" if unsure > 1 else "runs"
        told = f"{told[:-1]}; {unsure} of them {run} over a step that its source only supposes."
    if page.short_cuts:
        verb = "skips" if page.short_cuts == 1 else "skip"
        told += f" Folded under them: {count_of('short cut', page.short_cuts)}, which {verb} some of these steps."
    if reach == shown or not (reach or any(gap.to is not None for gap in answer.gaps)):
        return told
    verb = "reach" if reach > 1 else "reaches"
    return f"{told} {reach or 'None'} of the chains {verb} {target or 'what was asked for'}."


@dataclass(frozen=True)
class _Stated:
    """What one source states of one step of a chain."""

    chain: PathView
    number: int
    view: StepView
    origin: Origin


_COLUMNS: Mapping[str, Callable[[_Stated], str]] = {
    "chain": lambda row: row.chain.anchor,
    "ends_in": lambda row: row.chain.path.end.label,
    "net_effect": lambda row: row.chain.effect,
    "step": lambda row: str(row.number),
    "subject": lambda row: row.view.step.subject.label,
    "predicate": lambda row: row.view.step.predicate,
    "object": lambda row: row.view.step.object.label,
    "certainty": lambda row: row.origin.certainty,
    "statement": lambda row: display(row.origin.id),
    "document": lambda row: "; ".join(ref.label for ref in row.origin.documents),
    "passage": lambda row: "; ".join(display(place.passage.id) for place in row.origin.places),
}


def _csv_rows(page: MechanismPage) -> list[list[str]]:
    """The steps of all chains and of their short cuts as rows, with a header."""
    stated = (
        _Stated(told, number, view, origin)
        for group in page.groups
        for chain in group.paths
        for told in (chain, *chain.short_cuts)
        for number, view in enumerate(told.steps, 1)
        for origin in view.origins
    )
    return [list(_COLUMNS), *([read_cell(row) for read_cell in _COLUMNS.values()] for row in stated)]
