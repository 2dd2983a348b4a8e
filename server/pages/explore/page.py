"""The graph browser's page: what is shown is in the address, and expanding is one request, with and without scripts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response as FlaskResponse
from flask import render_template, request
from werkzeug.wrappers import Response

from kg.errors import CapabilityMissing, InvalidParameter
from kg.graph import KnowledgeGraph
from kg.model import EntityRef
from kg.remote.store import refuse_foreign
from server.addresses import csv_response, export, here, query
from server.pages.explore.filters import filters_of
from server.pages.explore.lines import Line, line_paths, wrapped
from server.pages.explore.picture import CSV_HEAD, brought, csv_row, cut_in_words, embedded, labels, placed, view_box
from server.pages.explore.rests import MARK, Way, counts_around
from server.pages.explore.scene import MAX_NODES, STEP, Scene, expanded, is_old, scene, with_imports
from server.pages.explore.state import VIEW_PARAMETERS, ViewState, view_state
from server.pages.sharing import fact_exports, facts_wanted
from server.questions.present import dumps
from server.wording import label_of

_BRINGING = ("expand", "predicate", "direction", "limit", "node", "more")
_PASSING = (*_BRINGING, "open", "between", "path")
PARAMETERS = (*VIEW_PARAMETERS, "expand", "predicate", "direction", "limit")


@dataclass(frozen=True)
class Expansion:
    """One way to expand a node: a predicate in a direction, its neighbours, and how many of these are not shown."""

    label: str
    predicate: str
    direction: str
    nodes: int
    left: int
    href: str


def expansions(
    graph: KnowledgeGraph, node: EntityRef, found: Scene, kept: str, *, imports: bool
) -> tuple[Expansion, ...]:
    """The ways to expand a node, with counts, before anything is added; ``kept``: the view as a query string."""
    shown: dict[tuple[str, str], set[str]] = defaultdict(set)
    for step in found.edges:
        if step.subject == node:
            shown[step.predicate, "out"].add(step.object.id)
        if step.object == node:
            shown[step.predicate, "in"].add(step.subject.id)
    return tuple(
        Expansion(
            label=label_of(count.predicate, forward=count.direction == "out"),
            predicate=count.predicate,
            direction=count.direction,
            nodes=count.nodes,
            left=max(0, count.nodes - len(shown[count.predicate, count.direction])),
            href=f"/explore?{kept}&"
            + urlencode([("expand", node.curie), ("predicate", count.predicate), ("direction", count.direction)]),
        )
        for count in counts_around(graph, node, imports=imports)
    )


def explore(graph: KnowledgeGraph) -> str | Response:
    """The page, or what it shows in another form."""
    refuse_foreign(graph.store, "explore")
    state = with_imports(graph, view_state(dict(request.args.lists())))
    found = _found(graph, state)
    if (other := _other_form(graph, found)) is not None:
        return other
    picture = placed(graph, found, state)
    focus = graph.resolve(state.chosen, parameter="open") if state.chosen and "|" not in state.chosen else None
    further = _kept(found, state)
    kept = query(_PASSING, further)
    return render_template(
        "explore.html",
        graph=picture,
        filters=filters_of(picture, further, _BRINGING),
        nodes=found.nodes,
        added=found.added,
        more=found.more,
        full=len(found.nodes) >= MAX_NODES,
        changed=_changed(graph, state, found),
        cut=cut_in_words(found.cut_by),
        focus=focus,
        rest=next((rest for rest in picture["rests"] if rest["id"] == state.chosen), None),
        expansions=expansions(graph, focus, found, kept, imports=state.imports) if focus else (),
        between=found.between,
        path=state.path,
        names={ref.curie: ref.label for ref in found.nodes},
        lines=_lines(picture),
        wrapped=wrapped,
        view_box=view_box(picture),
        keep=kept,
        hidden=_hidden(found, state),
        counting=f"/explore?{query((*_BRINGING, 'imports'), [('imports', 'true'), *further])}",
        has_imports=_has_imports(graph),
        graph_json=embedded(picture),
        labels_json=embedded(labels(found)),
        exported=_exported(found),
    )


def _lines(picture: dict[str, Any]) -> dict[str, Line]:
    ties = [{"id": rest["id"], "source": rest["node"], "target": rest["id"]} for rest in picture["rests"]]
    drawn = [*picture["nodes"], *picture["rests"]]
    names = {node["id"]: len(wrapped(node["label"])) for node in picture["nodes"]}
    return line_paths([*picture["edges"], *ties], {one["id"]: (one["x"], one["y"]) for one in drawn}, names)


def _found(graph: KnowledgeGraph, state: ViewState) -> Scene:
    node = request.args.get("expand", "").strip()
    if not node:
        return scene(graph, state)
    limit = request.args.get("limit", type=int, default=STEP)
    if not 1 <= limit <= MAX_NODES:
        raise InvalidParameter("limit", str(limit), f"a whole number from 1 to {MAX_NODES}")
    direction = request.args.get("direction", "")
    way = Way(node, request.args.get("predicate", ""), direction if direction in {"in", "out"} else "")
    return expanded(graph, state, way, limit=limit)


def _other_form(graph: KnowledgeGraph, found: Scene) -> Response | None:
    """Triples, a query or a table of what is shown; as JSON, of an expansion only what it brings."""
    wanted = request.args.get("format")
    if wanted == "json":
        things = found.added if request.args.get("expand", "").strip() else found.nodes
        return FlaskResponse(dumps(brought(graph, found, things)), content_type="application/json")
    if wanted == "csv":
        return csv_response([CSV_HEAD, *(csv_row(step) for step in found.edges)], "graph")
    return facts_wanted(graph, (fact for step in found.edges for fact in step.statements), "graph")


def _exported(found: Scene) -> list[dict[str, Any]]:
    if not found.nodes:
        return []
    json_form = export("JSON", here([("format", "json")]), download=True)
    return [*fact_exports(), json_form, export("CSV", here([("format", "csv")]), download=True)]


def _kept(found: Scene, state: ViewState) -> list[tuple[str, str]]:
    """What a link to the same view holds beside places that the address has already."""
    return [
        *(("node", ref.curie) for ref in found.nodes if ref.curie not in state.places),
        *_mores(found, state),
    ]


def _mores(found: Scene, state: ViewState) -> list[tuple[str, str]]:
    """Each "+n more" as the address names it, with its place where it has one."""
    return [("more", rest.way.id.removeprefix(MARK) + _at(state, rest.way.id)) for rest in found.rests]


def _at(state: ViewState, name: str) -> str:
    x, y = state.places.get(name, (None, None))
    return "" if x is None or y is None else f"@{x:g},{y:g}"


def _hidden(found: Scene, state: ViewState) -> list[tuple[str, str]]:
    """The view as fields of the form that adds a thing to it."""
    return [
        *(("at", name + _at(state, name)) for name in state.places if not name.startswith(MARK)),
        *(("pin", curie) for curie in sorted(state.pinned)),
        *(("node", ref.curie) for ref in found.nodes if ref.curie not in state.places),
        *_mores(found, state),
        *(("fade", kind) for kind in state.faded),
        *([("filtered", "hidden")] if state.hides else []),
        *([("imports", "true")] if state.imports else []),
    ]


def _has_imports(graph: KnowledgeGraph) -> bool:
    """Whether imports may state something; a graph whose edges are elsewhere does not tell."""
    try:
        return graph.index.has_imports
    except CapabilityMissing:
        return True


def _changed(graph: KnowledgeGraph, state: ViewState, found: Scene) -> str:
    """What has become of a view since it was made, in words; "" if the data are the same."""
    if not is_old(graph, state):
        return ""
    said = [f"This view was made from data {state.data[:12]}; the graph has changed since."]
    if found.gone:
        said.append(f"No longer in it: {', '.join(found.gone)}.")
    if state.links is not None and state.links != len(found.edges):
        said.append(f"Connections among these things: {state.links} then, {len(found.edges)} now.")
    elif not found.gone:
        said.append("The same things have as many connections as before.")
    return " ".join(said)
