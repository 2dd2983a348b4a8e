"""The paths of a mechanism merged into one drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kg.mechanism.chains import complex_partners, joint_inputs
from kg.mechanism.layering import Point, layered
from kg.mechanism.partners import Relation
from kg.model import EntityRef
from kg.paths.adjacency import Directions
from kg.paths.best_paths import FoundPath
from kg.paths.index import Index
from kg.paths.steps import Describer, Hop, Step

Role = Literal["drug", "target", "end", "input", "partner", "step"]


@dataclass(frozen=True)
class GraphNode:
    """A node of the drawing.

    Attributes:
        role: "drug" it starts from, "target" asked for, "end" of a path that stops short, "input" of a joint
            cause or "partner" in a complex that no path leads through, or "step".
        joint: whether it acts only when all its inputs do.
        layer: column, from 0.
        x, y: centre; y is 0 in the middle.
        meeting: where the paths of two drugs meet, whether they push it the same way; None elsewhere.
    """

    entity: EntityRef
    role: Role
    joint: bool
    layer: int
    x: int
    y: int
    meeting: Relation | None


@dataclass(frozen=True)
class GraphEdge:
    """A step of the drawing.

    Attributes:
        bends: the points at which its line bends between its two nodes.
    """

    step: Step
    bends: tuple[Point, ...]


@dataclass(frozen=True)
class MechanismGraph:
    """Nodes by layer and then from top to bottom; edges by their ends and predicate."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]


def draw(
    index: Index,
    projection: Directions,
    describer: Describer,
    paths: Sequence[FoundPath],
    *,
    shown: int,
    drugs: Sequence[int],
    targets: Sequence[int],
    meetings: Mapping[str, Relation],
) -> MechanismGraph:
    """Merge paths into one graph and place it.

    Shape: every causal step between two neighbours on a path is drawn, also those by other predicates; so are
    the other inputs of joint causes and the other parts of complexes, and both drugs and target where nothing
    joins them.
    """
    roles: dict[int, Role] = {}
    hops: set[Hop] = set()
    for path in paths:
        for start, end in zip(path.nodes, path.nodes[1:], strict=False):
            hops.update((start, step) for step in _steps_between(projection, start, end))
        roles.update((node, "step") for node in path.nodes)
    for node in list(roles):
        around: list[tuple[Role, int, int]] = [("input", *row) for row in joint_inputs(index, projection, node)]
        around += [("partner", *row) for row in complex_partners(index, projection, node)]
        for role, other, step in around:
            roles.setdefault(other, role)
            hops.add((other, step))
    roles.update((path.nodes[-1], "end") for path in paths[:shown])
    roles.update((node, "target") for node in targets)
    roles.update((node, "drug") for node in drugs)
    joint = {node for node in roles if joint_inputs(index, projection, node)}
    return _placed(describer, roles, hops, joint, targets=targets, meetings=meetings)


def _steps_between(projection: Directions, start: int, end: int) -> list[int]:
    neighbors, steps, _ = projection.out.row(start)
    return [int(step) for step in steps[neighbors == end]]


def _placed(
    describer: Describer,
    roles: dict[int, Role],
    hops: set[Hop],
    joint: set[int],
    *,
    targets: Sequence[int],
    meetings: Mapping[str, Relation],
) -> MechanismGraph:
    steps = describer.steps(sorted(hops))
    names = {node: describer.entity(node).id for node in roles}
    layout = layered(
        names.values(),
        [(step.subject.id, step.object.id) for step in steps.values()],
        [names[node] for node in targets],
    )
    nodes = [
        GraphNode(
            describer.entity(node), role, node in joint,
            layout.layers[names[node]], *layout.points[names[node]], meetings.get(names[node]),
        )
        for node, role in roles.items()
    ]  # fmt: skip
    edges = [GraphEdge(step, tuple(layout.bends.get((step.subject.id, step.object.id), ()))) for step in steps.values()]
    return MechanismGraph(
        tuple(sorted(nodes, key=lambda node: (node.layer, node.y, node.entity.id))),
        tuple(sorted(edges, key=lambda edge: (edge.step.subject.id, edge.step.object.id, edge.step.predicate))),
    )
