"""The core: what a fact, a path and an outcome are; how they are stored, found and traversed.

Pure with one exception: it reads built graphs from disk and runs queries in worker processes of its own. No HTTP, no
environment, no wall time in results.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.errors import KgError
    from kg.evidence.question import EvidenceQuestion
    from kg.graph import KnowledgeGraph
    from kg.paths.neighborhood import NeighborsQuestion
    from kg.paths.surroundings import CommonQuestion, ReachableQuestion, SubgraphQuestion
    from kg.paths.traversal import AllPathsQuestion, PathQuestion

__all__ = [
    "AllPathsQuestion", "CommonQuestion", "EvidenceQuestion", "KgError", "KnowledgeGraph", "NeighborsQuestion",
    "PathQuestion", "ReachableQuestion", "SubgraphQuestion",
]  # fmt: skip

_SURROUNDINGS = "kg.paths.surroundings"
_HOMES = {
    "KgError": "kg.errors",
    "EvidenceQuestion": "kg.evidence.question",
    "KnowledgeGraph": "kg.graph",
    "CommonQuestion": _SURROUNDINGS,
    "NeighborsQuestion": "kg.paths.neighborhood",
    "ReachableQuestion": _SURROUNDINGS,
    "SubgraphQuestion": _SURROUNDINGS,
    "AllPathsQuestion": "kg.paths.traversal",
    "PathQuestion": "kg.paths.traversal",
}


def __getattr__(name: str) -> Any:
    # Worker processes import kg.sparql.worker and must not pay for all that a KnowledgeGraph needs.
    if name not in _HOMES:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})  # completion in notebooks asks for it
