"""The graph browser's page: what is shown is in the address, and expanding is one request, with and without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any
from urllib.parse import urlencode

from kg.graph import KnowledgeGraph
from kg.layout import positions
from kg.model import CERTAINTIES, EntityRef
from kg.paths.neighborhood import NeighborsQuestion, Subgraph, SubgraphQuestion
from kg.paths.steps import Step
from ontology.terms import PREDICATES
from server.wording import label_of

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
        added: things that an expansion brought.
        more: neighbours that it left out.
    """

    nodes: tuple[EntityRef, ...]
    edges: tuple[Step, ...]
    added: tuple[EntityRef, ...] = ()
    more: int = 0


def scene(graph: KnowledgeGraph, names: Sequence[str]) -> Scene:
    """The things asked for with the links among them; a single thing comes with its surroundings."""
    nodes = tuple(dict.fromkeys(graph.resolve(name, parameter="node") for name in names if name.strip()))[:MAX_NODES]
    if not nodes:
        return Scene((), ())
    if len(nodes) == 1:
        found = _links(graph, nodes, hops=1)
        return Scene(found.nodes, found.edges)
    return Scene(nodes, _among(graph, nodes))


def expanded(
    graph: KnowledgeGraph, names: Sequence[str], node: str, predicate: str, direction: str, *, limit: int = STEP
) -> Scene:
    """The things shown with some neighbours of one of them, those that sources state most firmly first."""
    shown = list(dict.fromkeys(graph.resolve(name, parameter="node") for name in names if name.strip()))
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
        graph.neighbors(question).items, key=lambda item: (CERTAINTIES.index(item.certainty), item.node.label)
    )
    fresh = [ref for ref in dict.fromkeys(item.node for item in items) if ref not in set(shown)]
    room = max(0, min(limit, MAX_NODES - len(shown)))
    nodes = (*shown, *fresh[:room])
    return Scene(nodes, _among(graph, nodes), tuple(fresh[:room]), len(fresh) - len(fresh[:room]))


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


def expansions(graph: KnowledgeGraph, node: EntityRef, shown: Sequence[EntityRef]) -> tuple[Expansion, ...]:
    """The ways to expand a node, with counts, before anything is added."""
    keep = [("node", ref.curie) for ref in shown]
    return tuple(
        Expansion(
            label=label_of(count.predicate, forward=count.direction == "out"),
            predicate=count.predicate,
            direction=count.direction,
            nodes=count.nodes,
            href="/explore?"
            + urlencode(
                [*keep, ("expand", node.curie), ("predicate", count.predicate), ("direction", count.direction)]
            ),
        )
        for count in graph.counts(node.id)
    )


def placed(found: Scene, pins: Sequence[str] = (), places_given: Sequence[str] = ()) -> dict[str, Any]:
    """A scene with places, as ``web/src/graph/model.ts`` reads it.

    Args:
        found: what is shown.
        pins: ``curie@x,y`` for nodes that a reader has moved; what is malformed is left where it was laid.
        places_given: the same for nodes that lie where an expansion put them.
    """
    names = [ref.curie for ref in found.nodes]
    places = dict(positions(names, [(step.subject.curie, step.object.curie) for step in found.edges]))
    for given in places_given:
        if (curie := given.rpartition("@")[0]) in places:
            places[curie] = _pin(given) or places[curie]
    moved = {curie: place for pin in pins if (curie := pin.rpartition("@")[0]) in places and (place := _pin(pin))}
    places.update(moved)
    return {
        "nodes": [
            {
                "id": ref.curie,
                "type": ref.type,
                "label": ref.label,
                "x": places[ref.curie][0],
                "y": places[ref.curie][1],
                "pinned": ref.curie in moved,
            }
            for ref in found.nodes
        ],
        "edges": [edge(step) for step in found.edges],
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


def _pin(pin: str) -> tuple[float, float] | None:
    x, comma, y = pin.rpartition("@")[2].partition(",")
    try:
        return (float(x), float(y)) if comma else None
    except ValueError:
        return None
