"""The scene of the graph browser as plain data with places: for the page, its script, and tables."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from kg.graph import KnowledgeGraph
from kg.layout import positions
from kg.model import EntityRef
from kg.paths.steps import Step
from ontology.english import spelt_out
from ontology.terms import CLASSES, PREDICATES
from server.pages.explore.rests import Expansion
from server.pages.explore.scene import Scene, edge_id
from server.pages.explore.state import ViewState
from server.pages.explore.stated_by import Agents, agents_of
from server.questions.present import as_json
from server.wording import label_of

CSV_HEAD = ("subject", "subject_label", "predicate", "object", "object_label", "sign", "certainty", "statements")


def placed(graph: KnowledgeGraph, found: Scene, state: ViewState) -> dict[str, Any]:
    """A scene with places, as ``web/src/graph/model.ts`` reads it. Things without a place of their own are laid out."""
    names = [ref.curie for ref in found.nodes]
    joined = [(step.subject.curie, step.object.curie) for step in found.edges]
    aside = [(rest.way.node, rest.way.id) for rest in found.rests]
    laid = positions([*names, *(name for _, name in aside)], [*joined, *aside])
    places = dict(laid) | state.places
    agents = agents_of(graph, found.edges)
    return {
        "nodes": [
            _thing(ref) | {"x": places[ref.curie][0], "y": places[ref.curie][1], "pinned": ref.curie in state.pinned}
            for ref in found.nodes
        ],
        "edges": [edge(step, agents) for step in found.edges],
        "rests": [
            rest_of(rest, found.nodes) | {"x": places[rest.way.id][0], "y": places[rest.way.id][1]}
            for rest in found.rests
        ],
        "agents": agents.names,
        "faded": list(state.faded),
        "hides": state.hides,
        "imports": state.imports,
        "chosen": state.chosen,
        "between": as_json(found.between),
        "path": state.path,
        "laid": not state.places,
        "pan": state.pan,
        "zoom": state.zoom,
    }


def brought(graph: KnowledgeGraph, found: Scene, things: Collection[EntityRef]) -> dict[str, Any]:
    """Some things of a scene, with the links among all that are shown; without places."""
    agents = agents_of(graph, found.edges)
    return {
        "nodes": [_thing(ref) for ref in things],
        "edges": [edge(step, agents) for step in found.edges],
        "rests": [rest_of(rest, found.nodes) for rest in found.rests],
        "agents": agents.names,
        "more": found.more,
        "cut": cut_in_words(found.cut_by),
        "between": found.between,
    }


def cut_in_words(reason: str) -> str:
    """Why a picture may lack what no "+n more" stands for, to a reader; "" where it lacks nothing."""
    if reason == "timeout":
        return "Time was over before all was looked at: things or connections may be missing. Ask again, or of less."
    return "There are more connections among these things than one picture holds: some are missing." if reason else ""


def _thing(ref: EntityRef) -> dict[str, Any]:
    return {"id": ref.curie, "type": ref.type, "label": ref.label}


def edge(step: Step, agents: Agents) -> dict[str, Any]:
    """A step as the canvas draws it."""
    return {
        "id": edge_id(step),
        "source": step.subject.curie,
        "target": step.object.curie,
        "predicate": step.predicate,
        "label": label_of(step.predicate),
        "sentence": step.sentence,
        "sign": step.sign,
        "certainty": step.certainty,
        "statements": list(step.statements),
        "said": as_json(agents.behind(step.statements)),
    }


def rest_of(rest: Expansion, shown: Collection[EntityRef]) -> dict[str, Any]:
    """A "+n more": everything that its expansion leads to, so that no step of the reader makes its number wrong."""
    return {
        "id": rest.way.id,
        "node": rest.way.node,
        "predicate": rest.way.predicate,
        "direction": rest.way.direction,
        "label": rest.way.label,
        "total": rest.total,
        "more": rest.left(set(shown)),
        "items": [
            _thing(item.ref) | {"certainty": item.certainty, "statements": item.statements} for item in rest.items
        ],
    }


def view_box(picture: dict[str, Any]) -> str:
    """The part of the plane that holds a placed scene, for a picture without scripts."""
    drawn = [*picture["nodes"], *picture["rests"]]
    xs, ys = [node["x"] for node in drawn] or [0.0], [node["y"] for node in drawn] or [0.0]
    return f"{min(xs) - 90:g} {min(ys) - 40:g} {max(xs) - min(xs) + 180:g} {max(ys) - min(ys) + 90:g}"


def csv_row(step: Step) -> tuple[str, ...]:
    """A step as a row under ``CSV_HEAD``."""
    sign = "" if step.sign is None else str(step.sign)
    ends = (step.subject.curie, step.subject.label, step.predicate, step.object.curie, step.object.label)
    return (*ends, sign, step.certainty, " ".join(step.statements))


def labels(found: Scene) -> dict[str, Any]:
    """How predicates and classes are called on the page: of predicates, out and back."""
    return {
        "predicates": {name: [term.label, term.inverse_label] for name, term in PREDICATES.items()},
        "types": {name: spelt_out(name) for name in sorted({ref.type for ref in found.nodes} | set(CLASSES))},
    }


def embedded(value: Any) -> str:
    """JSON for a data block in a page: no ``</script>`` can end it early."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")
