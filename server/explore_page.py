"""The graph browser's page: what is shown is in the address, and expanding is one request, with and without scripts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any
from urllib.parse import urlencode

from flask import Response as FlaskResponse
from flask import render_template, request
from werkzeug.wrappers import Response

from kg.errors import EntityNotFound, InvalidParameter
from kg.graph import KnowledgeGraph
from kg.layout import positions
from kg.model import CERTAINTIES, EntityRef
from kg.paths.neighborhood import NeighborsQuestion, Subgraph, SubgraphQuestion
from kg.paths.steps import Step
from ontology.terms import CLASSES, PREDICATES
from server.addresses import csv_response, export, here, query
from server.explore_lines import line_paths
from server.explore_paths import Between, Found, found_between, traced
from server.explore_state import ViewState, view_state
from server.present import as_json, dumps
from server.sharing import fact_exports, facts_wanted
from server.wording import label_of, words

MAX_NODES = 300
FIRST_NODES = 40
STEP = 15
_SEEDS_A_QUESTION = 50


@dataclass(frozen=True)
class Expansion:
    """One way to expand a node: a predicate in a direction, and how many neighbours that would show."""

    label: str
    predicate: str
    direction: str
    nodes: int
    href: str


@dataclass(frozen=True)
class Scene:
    """What is on the canvas.

    Attributes:
        added: things that an expansion or paths brought.
        more: neighbours that it left out.
        gone: names of a view made from other data that the graph holds no longer.
    """

    nodes: tuple[EntityRef, ...]
    edges: tuple[Step, ...]
    added: tuple[EntityRef, ...] = ()
    more: int = 0
    gone: tuple[str, ...] = ()
    between: Between | None = None


def scene(graph: KnowledgeGraph, state: ViewState) -> Scene:
    """The things of a view with the links among them; one thing asked for by name comes with its surroundings.

    Things that the data held when the view was made and hold no longer are told in ``gone``.
    """
    nodes, gone = _resolved(graph, state)
    if (paths := _paths(graph, state)) is not None:
        return _joined(graph, nodes, gone, paths)
    if not nodes:
        return Scene((), (), gone=gone)
    if len(nodes) == 1 and not state.places:
        found = _links(graph, nodes, hops=1)
        return Scene(found.nodes, found.edges, gone=gone)
    return Scene(nodes, _among(graph, nodes), gone=gone)


def _paths(graph: KnowledgeGraph, state: ViewState) -> Found | None:
    """The paths that a view shows; none where one of their ends is gone since it was made."""
    if not state.between:
        return None
    try:
        first, second = (graph.resolve(name, parameter="between") for name in state.between)
    except EntityNotFound:
        if not _is_old(graph, state):
            raise
        return None
    return found_between(graph, first, second)


def _joined(graph: KnowledgeGraph, shown: Sequence[EntityRef], gone: tuple[str, ...], paths: Found) -> Scene:
    """Things with everything that lies on some paths, as far as there is room."""
    fresh = [ref for ref in paths.things if ref not in set(shown)]
    room = max(0, MAX_NODES - len(shown))
    nodes = (*shown, *fresh[:room])
    steps = _among(graph, nodes)
    edges = {(step.subject.curie, step.predicate, step.object.curie): edge(step)["id"] for step in reversed(steps)}
    between = traced(paths, edges, graph.corpus().documents)
    return Scene(nodes, steps, tuple(fresh[:room]), len(fresh[room:]), gone, between)


def _is_old(graph: KnowledgeGraph, state: ViewState) -> bool:
    return bool(state.data) and not graph.data_version.startswith(state.data)


def _resolved(graph: KnowledgeGraph, state: ViewState) -> tuple[tuple[EntityRef, ...], tuple[str, ...]]:
    found: dict[EntityRef, None] = {}
    gone = []
    for name in state.names[:MAX_NODES]:
        try:
            found[graph.resolve(name, parameter="node")] = None
        except EntityNotFound:
            if not _is_old(graph, state):
                raise
            gone.append(name)
    return tuple(found), tuple(gone)


def expanded(
    graph: KnowledgeGraph, state: ViewState, node: str, predicate: str, direction: str, *, limit: int = STEP
) -> Scene:
    """The things shown with some neighbours of one of them, those that sources state most firmly first."""
    known, gone = _resolved(graph, state)
    shown = list(known)
    centre = graph.resolve(node, parameter="expand")
    if centre not in shown:
        shown.append(centre)
    question = NeighborsQuestion(
        node=centre.id,
        direction=direction if direction in {"in", "out"} else "both",  # type: ignore[arg-type]  # checked here
        predicates=(predicate,) if predicate else (),
        certainties=frozenset(CERTAINTIES),
        limit=1000,
    )
    items = sorted(
        graph.neighbors(question, sourced=False).items,
        key=lambda item: (CERTAINTIES.index(item.certainty), item.node.label),
    )
    fresh = [ref for ref in dict.fromkeys(item.node for item in items) if ref not in set(shown)]
    room = max(0, min(limit, MAX_NODES - len(shown)))
    nodes = (*shown, *fresh[:room])
    return Scene(nodes, _among(graph, nodes), tuple(fresh[:room]), len(fresh) - len(fresh[:room]), gone)


def _links(graph: KnowledgeGraph, nodes: Sequence[EntityRef], hops: int) -> Subgraph:
    ids = tuple(ref.id for ref in nodes)
    return graph.subgraph(
        SubgraphQuestion(nodes=ids, hops=hops, limit=max(FIRST_NODES, len(ids)), certainties=frozenset(CERTAINTIES))
    )


def _among(graph: KnowledgeGraph, nodes: Sequence[EntityRef]) -> tuple[Step, ...]:
    """All links among some things, asked for in pairs of batches that a question may hold."""
    half = _SEEDS_A_QUESTION // 2
    batches = [nodes[start : start + half] for start in range(0, len(nodes), half)]
    pairs = list(combinations(batches, 2)) or [(batches[0], ())]
    steps: dict[tuple[str, str, str, str], Step] = {}
    for first, second in pairs:
        for step in _links(graph, (*first, *second), hops=0).edges:
            steps[step.subject.id, step.predicate, step.object.id, step.certainty] = step
    return tuple(steps.values())


def expansions(graph: KnowledgeGraph, node: EntityRef, kept: str) -> tuple[Expansion, ...]:
    """The ways to expand a node, with counts, before anything is added; ``kept``: the view as a query string."""
    return tuple(
        Expansion(
            label=label_of(count.predicate, forward=count.direction == "out"),
            predicate=count.predicate,
            direction=count.direction,
            nodes=count.nodes,
            href=f"/explore?{kept}&"
            + urlencode([("expand", node.curie), ("predicate", count.predicate), ("direction", count.direction)]),
        )
        for count in graph.counts(node.id)
    )


def placed(found: Scene, state: ViewState) -> dict[str, Any]:
    """A scene with places, as ``web/src/graph/model.ts`` reads it. Things without a place of their own are laid out."""
    names = [ref.curie for ref in found.nodes]
    places = dict(positions(names, [(step.subject.curie, step.object.curie) for step in found.edges])) | state.places
    return {
        "nodes": [
            {
                "id": ref.curie,
                "type": ref.type,
                "label": ref.label,
                "x": places[ref.curie][0],
                "y": places[ref.curie][1],
                "pinned": ref.curie in state.pinned,
            }
            for ref in found.nodes
        ],
        "edges": [edge(step) for step in found.edges],
        "faded": list(state.faded),
        "chosen": state.chosen,
        "between": as_json(found.between),
        "path": state.path,
        "laid": not state.places,
    }


def view_box(picture: dict[str, Any]) -> str:
    """The part of the plane that holds a placed scene, for a picture without scripts."""
    xs, ys = [node["x"] for node in picture["nodes"]] or [0.0], [node["y"] for node in picture["nodes"]] or [0.0]
    return f"{min(xs) - 90:g} {min(ys) - 40:g} {max(xs) - min(xs) + 180:g} {max(ys) - min(ys) + 90:g}"


def edge(step: Step) -> dict[str, Any]:
    """A step as the canvas draws it."""
    term = PREDICATES.get(step.predicate)
    return {
        "id": f"{step.subject.curie}|{step.predicate}|{step.object.curie}|{step.certainty}",
        "source": step.subject.curie,
        "target": step.object.curie,
        "predicate": step.predicate,
        "label": label_of(step.predicate),
        "sentence": term.spell(step.subject.label, step.object.label) if term else step.sentence,
        "sign": step.sign,
        "certainty": step.certainty,
        "statements": list(step.statements),
    }


def _found(graph: KnowledgeGraph, state: ViewState) -> Scene:
    node = request.args.get("expand", "").strip()
    if not node:
        return scene(graph, state)
    limit = request.args.get("limit", type=int, default=STEP)
    if not 1 <= limit <= MAX_NODES:
        raise InvalidParameter("limit", str(limit), f"a whole number from 1 to {MAX_NODES}")
    predicate, direction = request.args.get("predicate", ""), request.args.get("direction", "")
    return expanded(graph, state, node, predicate, direction, limit=limit)


def explore(graph: KnowledgeGraph) -> str | Response:
    """The page, or what it shows in another form."""
    state = view_state(dict(request.args.lists()))
    found = _found(graph, state)
    if (other := _other_form(graph, found)) is not None:
        return other
    picture = placed(found, state)
    is_thing = state.chosen and "|" not in state.chosen
    focus = graph.resolve(state.chosen, parameter="open") if is_thing else None
    passing = ["expand", "predicate", "direction", "open", "limit", "node", "between", "path"]
    kept = query(passing, _kept(picture, state))
    return render_template(
        "explore.html",
        graph=picture,
        nodes=found.nodes,
        added=found.added,
        more=found.more,
        full=len(found.nodes) >= MAX_NODES,
        changed=_changed(graph, state, found),
        focus=focus,
        expansions=expansions(graph, focus, kept) if focus else (),
        between=found.between,
        path=state.path,
        names={ref.curie: ref.label for ref in found.nodes},
        lines=line_paths(picture["edges"], {node["id"]: (node["x"], node["y"]) for node in picture["nodes"]}),
        view_box=view_box(picture),
        keep=kept,
        hidden=_hidden(found, state),
        graph_json=_embedded(picture),
        labels_json=_embedded(_labels(found)),
        exported=[
            *fact_exports(),
            export("JSON", here([("format", "json")]), download=True),
            export("CSV", here([("format", "csv")]), download=True),
        ]
        if found.nodes
        else [],
    )


def _other_form(graph: KnowledgeGraph, found: Scene) -> Response | None:
    """Triples, a query or a table of what is shown; as JSON, of an expansion only what it brings."""
    wanted = request.args.get("format")
    if wanted == "json":
        brought = found.added if request.args.get("expand", "").strip() else found.nodes
        answer = {
            "nodes": [{"id": ref.curie, "type": ref.type, "label": ref.label} for ref in brought],
            "edges": [edge(step) for step in found.edges],
            "more": found.more,
            "between": found.between,
        }
        return FlaskResponse(dumps(answer), content_type="application/json")
    if wanted == "csv":
        return csv_response([CSV_HEAD, *(_csv_row(step) for step in found.edges)], "graph")
    return facts_wanted(graph, (fact for step in found.edges for fact in step.statements), "graph")


CSV_HEAD = ("subject", "subject_label", "predicate", "object", "object_label", "sign", "certainty", "statements")


def _csv_row(step: Step) -> tuple[str, ...]:
    sign = "" if step.sign is None else str(step.sign)
    ends = (step.subject.curie, step.subject.label, step.predicate, step.object.curie, step.object.label)
    return (*ends, sign, step.certainty, " ".join(step.statements))


def _kept(picture: dict[str, Any], state: ViewState) -> list[tuple[str, str]]:
    """What a link to the same view holds beside places that the address has already."""
    return [("node", node["id"]) for node in picture["nodes"] if node["id"] not in state.places]


def _hidden(found: Scene, state: ViewState) -> list[tuple[str, str]]:
    """The view as fields of the form that adds a thing to it."""
    fields = [("at", f"{curie}@{x:g},{y:g}") for curie, (x, y) in state.places.items()]
    return [
        *fields,
        *(("pin", curie) for curie in sorted(state.pinned)),
        *(("node", ref.curie) for ref in found.nodes),
        *(("fade", kind) for kind in state.faded),
    ]


def _changed(graph: KnowledgeGraph, state: ViewState, found: Scene) -> str:
    """What has become of a view since it was made, in words; "" if the data are the same."""
    if not state.data or graph.data_version.startswith(state.data):
        return ""
    said = [f"This view was made from data {state.data[:12]}; the graph has changed since."]
    if found.gone:
        said.append(f"No longer in it: {', '.join(found.gone)}.")
    if state.links is not None and state.links != len(found.edges):
        said.append(f"Connections among these things: {state.links} then, {len(found.edges)} now.")
    elif not found.gone:
        said.append("The same things have as many connections as before.")
    return " ".join(said)


def _labels(found: Scene) -> dict[str, Any]:
    return {
        "predicates": {name: [term.label, term.inverse_label] for name, term in PREDICATES.items()},
        "types": {name: words(name) for name in sorted({ref.type for ref in found.nodes} | set(CLASSES))},
    }


def _embedded(value: Any) -> str:
    """JSON for a data block in a page: no ``</script>`` can end it early."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")
