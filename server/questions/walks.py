"""The questions that walk the graph: neighbours, paths, mechanisms, what lies around. Rows of ``server.questions``."""

from __future__ import annotations

from typing import Any, TypeVar

from kg.graph import KnowledgeGraph
from kg.mechanism.question import EFFECTS
from kg.mechanism.question import MAX_LENGTH as MECHANISM_LENGTH
from kg.mechanism.search import MechanismAnswer
from kg.model import CERTAINTIES, DEFAULT_CERTAINTIES, Certainty, certainty_named
from kg.paths.link_filters import DIRECTIONS, Direction
from kg.paths.neighborhood import NeighborCount, NeighborsAnswer, NeighborsQuestion
from kg.paths.surroundings import (
    CommonAnswer,
    CommonQuestion,
    ReachableAnswer,
    ReachableQuestion,
    Subgraph,
    SubgraphQuestion,
)
from kg.paths.traversal import MAX_ALL_PATHS, MAX_LENGTH, MAX_PATHS, AllPathsQuestion, PathAnswer, PathQuestion
from server.questions.parameters import Arguments, Parameter
from server.questions.present import listing
from server.questions.question import ID, TYPES, Question, limit_of

Asked = TypeVar("Asked", bound=PathQuestion)

_NODE = Parameter("node", "CURIE, IRI, label or synonym", repeated=True, required=True, example="target:KIT")
_PREDICATE = Parameter("predicate", "only these predicates (names or CURIEs)", repeated=True, example="inhibits")
_NODE_TYPE = Parameter("type", "only neighbours of these classes", repeated=True, choices=TYPES)
_CERTAINTY = Parameter(
    "certainty", "certainties that count beside stated and inferred, which always do", repeated=True,
    choices=tuple(CERTAINTIES),
)  # fmt: skip
_ONLY_CERTAINTY = Parameter(
    "certainty", "only statements of these certainties", repeated=True, choices=tuple(CERTAINTIES)
)
_IMPORTS = Parameter("include_imports", "also use imported graphs", "flag", default=False)
_GRAPH = Parameter(
    "graph", "only what these named graphs state; naming an import reads it", repeated=True, example="document-000"
)
_DIRECTION = Parameter(
    "direction", "from subject to object (out), against it (in), or both", default="both", choices=("out", "in", "both")
)
_LINKS = (_PREDICATE, _NODE_TYPE, _CERTAINTY, _IMPORTS, _GRAPH)
_STATEMENTS = (_PREDICATE, _NODE_TYPE, _ONLY_CERTAINTY, _IMPORTS, _GRAPH)


def _path_parameters(default: int, most: int) -> tuple[Parameter, ...]:
    return (
        Parameter("source", "where the paths begin", required=True, example="rapamycin"),
        Parameter("target", "where they end", required=True, example="G1 arrest"),
        Parameter("max_length", f"most steps, at most {MAX_LENGTH}", "integer", default=6, low=1, high=MAX_LENGTH),
        Parameter("k", f"most paths, at most {most}", "integer", default=default, low=1, high=most),
        _PREDICATE,
        Parameter("node_type", "classes allowed between the ends", repeated=True, choices=TYPES),
        _CERTAINTY,
        Parameter("avoid", "no path through these", repeated=True),
        Parameter("directed", "only from subject to object", "flag", default=True),
        _IMPORTS,
        _GRAPH,
    )


def _named(graph: KnowledgeGraph, given: Arguments, name: str) -> str:
    """The IRI of what a parameter names; a refusal says of which parameter."""
    return graph.resolve(given.required(name), parameter=name).id


def _all_named(graph: KnowledgeGraph, given: Arguments, name: str) -> tuple[str, ...]:
    return tuple(graph.resolve(text, parameter=name).id for text in given.texts(name))


def _certainties(given: Arguments) -> frozenset[Certainty]:
    # Asking for the weaker ones widens the search; what is stated always counts.
    return frozenset(map(certainty_named, given.texts("certainty"))) | DEFAULT_CERTAINTIES


def _direction(given: Arguments) -> Direction:
    return given.word("direction", DIRECTIONS) or "both"


def _filters(given: Arguments) -> dict[str, Any]:
    """What the questions about surroundings have in common."""
    return {
        "predicates": given.texts("predicate"),
        "types": given.texts("type"),
        "certainties": _certainties(given),
        "include_imports": given.flag("include_imports"),
        "graphs": given.texts("graph"),
        "limit": given.whole("limit"),
    }


def _counts(graph: KnowledgeGraph, given: Arguments) -> Any:
    found = graph.counts(
        given.required("id"), include_imports=given.flag("include_imports"), graphs=given.texts("graph")
    )
    return listing(found)


def _neighbors(graph: KnowledgeGraph, given: Arguments) -> NeighborsAnswer:
    asked = _filters(given)
    # A list of neighbours leaves nothing out unasked, and adds nothing to what is asked for.
    asked["certainties"] = frozenset(given.texts("certainty")) or frozenset(CERTAINTIES)
    node = _named(graph, given, "id")
    return graph.neighbors(
        NeighborsQuestion(node=node, direction=_direction(given), cursor=given.text("cursor"), **asked)
    )


def _path_question(graph: KnowledgeGraph, given: Arguments, kind: type[Asked]) -> Asked:
    return kind(
        source=_named(graph, given, "source"),
        target=_named(graph, given, "target"),
        max_length=given.whole("max_length"),
        k=given.whole("k"),
        predicates=given.texts("predicate"),
        node_types=given.texts("node_type"),
        certainties=_certainties(given),
        avoid=_all_named(graph, given, "avoid"),
        directed=given.flag("directed"),
        include_imports=given.flag("include_imports"),
        graphs=given.texts("graph"),
    )


def _mechanism(graph: KnowledgeGraph, given: Arguments) -> MechanismAnswer:
    return graph.mechanism(
        given.texts("drug"),
        given.text("target"),
        certainties=_certainties(given),
        max_length=given.whole("max_length"),
        k=given.whole("k"),
        effect=given.word("effect", EFFECTS),
        include_imports=given.flag("include_imports"),
        graphs=given.texts("graph"),
    )


def _subgraph(graph: KnowledgeGraph, given: Arguments) -> Subgraph:
    question = SubgraphQuestion(nodes=_all_named(graph, given, "node"), hops=given.whole("hops"), **_filters(given))
    return graph.subgraph(question)


def _reachable(graph: KnowledgeGraph, given: Arguments) -> ReachableAnswer:
    node = _named(graph, given, "node")
    length = given.whole("max_length")
    return graph.reachable(
        ReachableQuestion(node=node, direction=_direction(given), max_length=length, **_filters(given))
    )


def _common(graph: KnowledgeGraph, given: Arguments) -> CommonAnswer:
    return graph.common(CommonQuestion(nodes=_all_named(graph, given, "node"), **_filters(given)))


WALKS: tuple[Question, ...] = (
    Question(
        "counts", "/entities/<path:id>/counts", "How many connections an entity has, per predicate and direction",
        (ID, _IMPORTS, _GRAPH), NeighborCount, _counts, is_list=True,
    ),
    Question(
        "neighbors", "/entities/<path:id>/neighbors", "What an entity is connected to, statement by statement",
        (ID, _DIRECTION, *_STATEMENTS, limit_of(100, 1000), Parameter("cursor", "next_cursor of the page before")),
        NeighborsAnswer, _neighbors,
    ),
    Question(
        "paths", "/paths", "The k best simple paths between two entities", _path_parameters(10, MAX_PATHS), PathAnswer,
        lambda graph, given: graph.paths(_path_question(graph, given, PathQuestion)),
    ),
    Question(
        "shortest-paths", "/paths/shortest", "Every path with the fewest steps between two entities",
        _path_parameters(10, MAX_PATHS), PathAnswer,
        lambda graph, given: graph.shortest_paths(_path_question(graph, given, PathQuestion)),
    ),
    Question(
        "all-paths", "/paths/all", "All simple paths up to a length, best first, as far as the budget goes",
        _path_parameters(MAX_ALL_PATHS, MAX_ALL_PATHS), PathAnswer,
        lambda graph, given: graph.all_paths(_path_question(graph, given, AllPathsQuestion)),
    ),
    Question(
        "mechanism", "/mechanism", "How drugs act, or what acts on something: steps, each signed and sourced",
        (
            Parameter(
                "drug", "a drug, or a regimen or class for its drugs; several: also where their paths meet",
                repeated=True, example="rapamycin",
            ),
            Parameter("target", "histotype, process, target or effect; may be left out", example="leiomyosarcoma"),
            Parameter("effect", "only paths that raise or lower the target", choices=EFFECTS),
            _CERTAINTY,
            Parameter(
                "max_length", f"most steps, at most {MECHANISM_LENGTH}", "integer",
                default=10, low=1, high=MECHANISM_LENGTH,
            ),
            Parameter("k", f"most paths, at most {MAX_PATHS}", "integer", default=10, low=1, high=MAX_PATHS),
            _IMPORTS, _GRAPH,
        ),
        MechanismAnswer, _mechanism, unnamed=("drug", "target"),
    ),
    Question(
        "subgraph", "/subgraph", "The graph around some entities",
        (
            _NODE,
            Parameter("hops", "how far around; 0 gives only the links among them", "integer", default=1, low=0, high=3),
            *_LINKS, limit_of(60, 300),
        ),
        Subgraph, _subgraph,
    ),
    Question(
        "reachable", "/reachable", "What lies within some steps of an entity",
        (
            Parameter("node", "where to start", required=True, example="rapamycin"),
            _DIRECTION, *_LINKS,
            Parameter("max_length", "most steps", "integer", default=3, low=1, high=8),
            limit_of(100, 1000),
        ),
        ReachableAnswer, _reachable,
    ),
    Question(
        "common", "/common", "What several entities are all connected to", (_NODE, *_LINKS, limit_of(100, 1000)),
        CommonAnswer, _common,
    ),
)  # fmt: skip
