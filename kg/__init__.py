"""The core: what a fact, a path and an outcome are; how they are stored, found and traversed.

Pure with one exception: it reads built graphs from disk and runs queries in worker processes of its own. No HTTP, no
environment, no wall time in results.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.errors import KgError
    from kg.graph import KnowledgeGraph

__all__ = ["KgError", "KnowledgeGraph"]


def __getattr__(name: str) -> Any:
    # Worker processes import kg.sparql.worker and must not pay for all that a KnowledgeGraph needs.
    if name == "KnowledgeGraph":
        from kg.graph import KnowledgeGraph  # noqa: PLC0415

        return KnowledgeGraph
    if name == "KgError":
        from kg.errors import KgError  # noqa: PLC0415

        return KgError
    raise AttributeError(f"module 'kg' has no attribute {name!r}")
