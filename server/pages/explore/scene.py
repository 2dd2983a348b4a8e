"""What is on the canvas of the graph browser: things, the links among them, paths, and what expansions left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from kg.errors import EntityNotFound
from kg.graph import KnowledgeGraph
from kg.identifiers import is_project
from kg.model import CERTAINTIES, EntityRef
from kg.paths.steps import Step
from kg.paths.surroundings import Subgraph, SubgraphQuestion
from server.pages.explore.between import Between, Found, found_between, traced
from server.pages.explore.rests import Expansion, Way, expansion
from server.pages.explore.state import ViewState

MAX_NODES = 300
FIRST_NODES = 40
STEP = 15
_SEEDS_A_QUESTION = 50


@dataclass(frozen=True)
class Scene:
    """What is on the canvas.

    Attributes:
        added: things that an expansion or paths brought.
        more: neighbours that it left out.
        gone: names of a view made from other data that the graph holds no longer.
        rests: what expansions lead to, of those that left something out.
        cut_by: why things or links may be missing that no "+n more" stands for: "timeout", "links", or "".
    """

    nodes: tuple[EntityRef, ...]
    edges: tuple[Step, ...]
    added: tuple[EntityRef, ...] = ()
    more: int = 0
    gone: tuple[str, ...] = ()
    between: Between | None = None
    rests: tuple[Expansion, ...] = ()
    cut_by: str = ""


def edge_id(step: Step) -> str:
    """The identifier of a line."""
    return f"{step.subject.curie}|{step.predicate}|{step.object.curie}|{step.certainty}"


def is_old(graph: KnowledgeGraph, state: ViewState) -> bool:
    """Whether a view was made from other data than the graph holds now."""
    return bool(state.data) and not graph.data_version.startswith(state.data)


def with_imports(graph: KnowledgeGraph, state: ViewState) -> ViewState:
    """A view that is asked for by the name of an imported thing shows what imports say: nothing else knows it."""
    if state.imports or state.places or len(state.names) != 1 or is_old(graph, state):
        return state
    return replace(state, imports=not is_project(graph.resolve(state.names[0], parameter="node").id))


def scene(graph: KnowledgeGraph, state: ViewState) -> Scene:
    """The things of a view with the links among them; one thing asked for by name comes with its surroundings.

    Things that the data held when the view was made and hold no longer are told in ``gone``.
    """
    nodes, gone = _resolved(graph, state)
    if (paths := _paths(graph, state)) is not None:
        return _joined(graph, state, nodes, gone, paths)
    if not nodes:
        return Scene((), (), gone=gone)
    if len(nodes) == 1 and not state.places:
        found = _links(graph, state, nodes, hops=1)
        whole = [Way(nodes[0].curie, "", "")] if found.truncated else []
        rests = _rests(graph, state, found.nodes, whole)
        return Scene(found.nodes, found.edges, gone=gone, rests=rests, cut_by=_cut_by([found]))
    edges, cut_by = _among(graph, state, nodes)
    return Scene(nodes, edges, gone=gone, rests=_rests(graph, state, nodes), cut_by=cut_by)


def expanded(graph: KnowledgeGraph, state: ViewState, way: Way, *, limit: int = STEP) -> Scene:
    """The things shown with some neighbours of one of them, those that sources state most firmly first."""
    known, gone = _resolved(graph, state)
    shown = list(known)
    centre = graph.resolve(way.node, parameter="expand")
    if centre not in shown:
        shown.append(centre)
    around = expansion(graph, centre, Way(centre.curie, way.predicate, way.direction), imports=state.imports)
    room = max(0, min(limit, MAX_NODES - len(shown)))
    fresh = tuple(item.ref for item in around.waiting(set(shown))[:room])
    nodes = (*shown, *fresh)
    left = around.left(set(nodes))
    rests = _rests(graph, state, nodes, [around.way] if left else [])
    edges, cut_by = _among(graph, state, nodes)
    return Scene(nodes, edges, fresh, left, gone, rests=rests, cut_by=cut_by)


def _rests(
    graph: KnowledgeGraph, state: ViewState, nodes: Sequence[EntityRef], also: Sequence[Way] = ()
) -> tuple[Expansion, ...]:
    """What the expansions of a view left out, as far as they still leave something out; ``also``: further ones."""
    shown = {ref.curie: ref for ref in nodes}
    ways = [way for way in dict.fromkeys([*state.rests, *also]) if way.node in shown]
    found = [expansion(graph, shown[way.node], way, imports=state.imports) for way in ways]
    return tuple(each for each in found if each.left(set(nodes)) > 0)


def _paths(graph: KnowledgeGraph, state: ViewState) -> Found | None:
    """The paths that a view shows; none where one of their ends is gone since it was made."""
    if not state.between:
        return None
    try:
        first, second = (graph.resolve(name, parameter="between") for name in state.between)
    except EntityNotFound:
        if not is_old(graph, state):
            raise
        return None
    return found_between(graph, first, second, imports=state.imports)


def _joined(
    graph: KnowledgeGraph, state: ViewState, shown: Sequence[EntityRef], gone: tuple[str, ...], paths: Found
) -> Scene:
    """Things with everything that lies on some paths, as far as there is room."""
    fresh = [ref for ref in paths.things if ref not in set(shown)]
    room = max(0, MAX_NODES - len(shown))
    nodes = (*shown, *fresh[:room])
    steps, cut_by = _among(graph, state, nodes)
    edges = {(step.subject.curie, step.predicate, step.object.curie): edge_id(step) for step in reversed(steps)}
    between = traced(paths, edges, graph.corpus().documents)
    rests = _rests(graph, state, nodes)
    return Scene(nodes, steps, tuple(fresh[:room]), len(fresh[room:]), gone, between, rests, cut_by)


def _resolved(graph: KnowledgeGraph, state: ViewState) -> tuple[tuple[EntityRef, ...], tuple[str, ...]]:
    found: dict[EntityRef, None] = {}
    gone = []
    for name in state.names[:MAX_NODES]:
        try:
            found[graph.resolve(name, parameter="node")] = None
        except EntityNotFound:
            if not is_old(graph, state):
                raise
            gone.append(name)
    return tuple(found), tuple(gone)


def _links(graph: KnowledgeGraph, state: ViewState, nodes: Sequence[EntityRef], hops: int) -> Subgraph:
    question = SubgraphQuestion(
        nodes=tuple(ref.id for ref in nodes),
        hops=hops,
        limit=max(FIRST_NODES, len(nodes)),
        certainties=frozenset(CERTAINTIES),
        include_imports=state.imports,
    )
    return graph.subgraph(question)


def _cut_by(found: Iterable[Subgraph]) -> str:
    """Why parts of answers are missing, time before all else; "" where the limit alone cut them, or nothing did."""
    reasons = {each.truncated_by for each in found}
    return next((reason for reason in ("timeout", "links") if reason in reasons), "")


def _among(graph: KnowledgeGraph, state: ViewState, nodes: Sequence[EntityRef]) -> tuple[tuple[Step, ...], str]:
    """All links among some things, asked for in pairs of batches that a question may hold, and what cut them."""
    half = _SEEDS_A_QUESTION // 2
    batches = [nodes[start : start + half] for start in range(0, len(nodes), half)]
    pairs = list(combinations(batches, 2)) or [(batches[0], ())]
    steps: dict[tuple[str, str, str, str], Step] = {}
    answers = [_links(graph, state, (*first, *second), hops=0) for first, second in pairs]
    for answer in answers:
        for step in answer.edges:
            steps[step.subject.id, step.predicate, step.object.id, step.certainty] = step
    return tuple(steps.values()), _cut_by(answers)
