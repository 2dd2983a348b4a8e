"""Facts that disagree, as curated: both sides, what they disagree about, and where each stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg.description import Description, describe, described, follow, passages, record, reference
from kg.evidence.rows import ConflictRow
from kg.store import Store

_CONFLICTS = "SELECT DISTINCT ?conflict ?side WHERE { ?conflict skg:between ?side }"
_DIAGNOSES = 'SELECT DISTINCT ?fact WHERE { ?patient skg:hasEvent ?fact . ?fact skg:eventKind "diagnosis" }'
_DESIGNS = "SELECT DISTINCT ?fact WHERE { ?fact skg:subject ?study ; skg:predicate skg:design }"


def facts_behind(store: Store, studies: Iterable[str], patients: Iterable[str]) -> frozenset[str]:
    """What results rest on: how their studies were done, in which phase say, and what their patients had."""
    asked = ((_DESIGNS, "study", studies), (_DIAGNOSES, "patient", patients))
    bound = [(query, name, sorted(set(nodes))) for query, name, nodes in asked]
    return frozenset(
        fact for query, name, nodes in bound if nodes for fact in store.select(query, {name: nodes}).nodes()
    )


def read_conflicts(store: Store, sides: Iterable[str] | None) -> tuple[ConflictRow, ...]:
    """The conflicts that touch some facts; all of them when ``sides`` is None."""
    wanted = None if sides is None else sorted(set(sides))
    if wanted == []:
        return ()
    found = store.select(_CONFLICTS, {} if wanted is None else {"side": wanted}).nodes()
    known = describe(store, found)
    follow(store, known, ["between"])
    follow(store, known, ["passage"])
    return tuple(_conflict(known[node], known) for node in found if node in known)


def _conflict(node: Description, known: Mapping[str, Description]) -> ConflictRow:
    sides = node.iris("between")
    told = {passage for each in (node.iri, *sides) for passage in described(each, known).iris("passage")}
    return record(
        ConflictRow,
        node,
        known,
        between=tuple(reference(side, known) for side in sides),
        about=node.text("aboutText"),
        passages=passages(told, known),
    )
