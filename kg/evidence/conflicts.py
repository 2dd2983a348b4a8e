"""Facts that disagree, as curated: both sides, what they disagree about, and where each stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kg.description import describe, follow, passages, reference
from kg.evidence.rows import ConflictRow
from kg.sparql.results import Term, iri
from kg.store import Store

_CONFLICTS = "SELECT DISTINCT ?conflict ?side WHERE { ?conflict skg:between ?side }"


def read_conflicts(store: Store, sides: Iterable[str] | None) -> tuple[ConflictRow, ...]:
    """The conflicts that touch some facts; all of them when ``sides`` is None."""
    wanted = None if sides is None else sorted(set(sides))
    if wanted == []:
        return ()
    bindings: Mapping[str, Sequence[Term]] = {} if wanted is None else {"side": [iri(side) for side in wanted]}
    found = sorted({row[0].value for row in store.select(_CONFLICTS, bindings).rows if row[0]})
    nodes = describe(store, found)
    follow(store, nodes, ["between"])
    follow(store, nodes, ["passage"])
    return tuple(
        ConflictRow(
            id=iri,
            between=tuple(reference(side, nodes) for side in nodes[iri].iris("between")),
            about=nodes[iri].text("aboutText"),
            differs=nodes[iri].text("differs"),
            note=nodes[iri].text("note"),
            passages=passages(
                {
                    p
                    for side in (iri, *nodes[iri].iris("between"))
                    if side in nodes
                    for p in nodes[side].iris("passage")
                },
                nodes,
            ),
        )
        for iri in found
        if iri in nodes
    )
