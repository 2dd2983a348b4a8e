"""An entity's neighbours, page by page, and how many there are.

``kg.paths.surroundings`` answers what lies further out.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kg.errors import InvalidParameter
from kg.model import CERTAINTIES, DEFAULT_CERTAINTIES, Certainty, EntityRef, PassageRef, Polarity, Qualifier, cut_at
from kg.paths.adjacency import Mask, Selection, check_names, nodes_allowed
from kg.paths.index import CERTAINTY_CODE, IMPORT_PREFIX, Ids, Index
from kg.paths.link_filters import Direction, LinkFilters
from kg.paths.steps import sentence_of
from kg.tables import Listed

OUT, IN = 0, 1


@dataclass(frozen=True)
class NeighborsQuestion(LinkFilters):
    """Which statements join an entity to others? ``cursor`` is the ``next_cursor`` of the page before."""

    node: str
    cursor: str | None = None


@dataclass(frozen=True)
class NeighborItem:
    """One statement that joins an entity to a neighbour.

    Attributes:
        statement: IRI.
        predicate: local name.
        direction: "out" where the entity is the subject.
        sign: +1, -1, 0 (hands on the sign of the step before), or None (no sign).
        imported: whether an import states it, and no document.
        sentence: the statement in plain words.
        polarity: always "affirmed": what a source denies joins nothing.
        document, qualifiers, passages: what the store says of the statement; empty where only the index was read.
    """

    statement: str
    predicate: str
    direction: Direction
    sign: int | None
    certainty: Certainty
    node: EntityRef
    imported: bool
    sentence: str
    polarity: Polarity = "affirmed"
    document: EntityRef | None = None
    qualifiers: tuple[Qualifier, ...] = ()
    passages: tuple[PassageRef, ...] = ()


@dataclass(frozen=True)
class NeighborCount:
    """How many statements, and how many different neighbours, an entity has by a predicate in a direction."""

    predicate: str
    direction: Direction
    statements: int
    nodes: int


@dataclass(frozen=True)
class NeighborsAnswer(Listed):
    """A page of neighbours in the order (direction, predicate, neighbour, certainty, statement).

    Attributes:
        total: statements on all pages together.
        next_cursor: where the next page starts; None on the last. It stays valid when the graph is rebuilt.
        counts: per predicate and direction, before the question's predicate, type and direction filters.
        excluded_by: where nothing is left: the parameters that shut out what there is.
    """

    items: tuple[NeighborItem, ...]
    limit: int
    total: int
    truncated: bool
    truncated_by: str | None
    next_cursor: str | None
    counts: tuple[NeighborCount, ...]
    excluded_by: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Rows:
    """The statements around a node as columns, in answer order."""

    direction: Ids
    predicate: Ids
    neighbor: Ids
    certainty: Ids
    statement: Ids
    edge: Ids

    def where(self, mask: Mask) -> _Rows:
        return _Rows(*(getattr(self, name)[mask] for name in self.__dataclass_fields__))

    def __len__(self) -> int:
        return len(self.edge)


def neighbors(index: Index, question: NeighborsQuestion) -> NeighborsAnswer:
    """A page of the statements that join an entity to its neighbours.

    Raises: EntityNotFound, InvalidParameter.
    """
    check_names(index, question.predicates, question.types, "type")
    node = index.node(question.node, "node")
    rows = _rows(index, node)
    sides = np.array([question.direction in ("out", "both"), question.direction in ("in", "both")])
    certain = _is_certain(rows, question.certainties)
    shown = _is_shown(index, rows, question.selection())
    filters = {
        "direction": sides[rows.direction],
        "predicate": _is_chosen(index, question.predicates)[rows.predicate],
        "type": nodes_allowed(index, question.types, ())[rows.neighbor],
        "certainty": certain,
        "graph" if question.graphs else "include_imports": shown,
    }
    kept = rows.where(np.logical_and.reduce(list(filters.values())))
    excluded_by = _excluding(filters) if len(rows) and not len(kept) else ()
    page = kept if question.cursor is None else kept.where(_after(index, kept, question.cursor))
    length = cut_at(question.limit, len(page)) | {"total": len(kept)}
    items = tuple(_item(index, page, place) for place in range(min(len(page), question.limit)))
    next_cursor = _cursor(items[-1]) if length["truncated"] else None
    counts = _counts(index, rows.where(certain & shown))
    return NeighborsAnswer(items, **length, next_cursor=next_cursor, counts=counts, excluded_by=excluded_by)


def neighbor_iris(index: Index, node: str) -> list[tuple[str, Direction, str]]:
    """All links of an entity, whatever their certainty, as (predicate, direction, neighbour): no more, but fast.

    Returns: links from the entity first, by predicate and neighbour; then those to it.
    Raises: EntityNotFound.
    """
    number = index.node(node, "node")
    start, end = index.link_pointer[number : number + 2].tolist()
    first, last = index.reverse_pointer[number : number + 2].tolist()
    names = [predicate.name for predicate in index.predicates]
    numbers = index.link_predicate[start:end].tolist()
    numbers += index.link_predicate.take(index.reverse_link[first:last]).tolist()
    ends = index.link_object[start:end].tolist() + index.reverse_subject[first:last].tolist()
    out: tuple[Direction] = ("out",)
    into: tuple[Direction] = ("in",)
    directions = out * (end - start) + into * (last - first)
    return list(zip([names[number] for number in numbers], directions, index.nodes.take(ends), strict=True))


def nearest_of_types(index: Index, node: str, types: Sequence[str], limit: int = 5) -> tuple[EntityRef, ...]:
    """What of some classes is joined to an entity directly, most curated statements first; none for an unknown one."""
    number = index.find(node)
    if number is None or not types:
        return ()
    rows = _rows(index, number)
    fits = nodes_allowed(index, types, ())[rows.neighbor]
    rows = rows.where(fits & _is_shown(index, rows, Selection()))
    found, counts = np.unique(rows.neighbor, return_counts=True)
    return tuple(index.entity(int(found[place])) for place in np.lexsort((found, -counts))[:limit])


def neighbor_counts(
    index: Index,
    node: str,
    certainties: frozenset[Certainty] = DEFAULT_CERTAINTIES,
    *,
    include_imports: bool = False,
    graphs: Sequence[str] = (),
) -> tuple[NeighborCount, ...]:
    """How many neighbours an entity has, by predicate and direction, before any of them is listed.

    Raises: EntityNotFound.
    """
    rows = _rows(index, index.node(node, "node"))
    shown = _is_shown(index, rows, Selection(include_imports=include_imports, graphs=frozenset(graphs)))
    return _counts(index, rows.where(_is_certain(rows, certainties) & shown))


def _rows(index: Index, node: int) -> _Rows:
    """All statements around a node: those it is the subject of, then those it is the object of."""
    start, end = index.link_pointer[node : node + 2].tolist()
    out_links = np.arange(start, end)
    start, end = index.reverse_pointer[node : node + 2].tolist()
    in_links = index.reverse_link[start:end].astype(np.int64)
    links = np.concatenate([out_links, in_links])
    ends = np.concatenate([index.link_object[out_links], index.reverse_subject[start:end]]).astype(np.int64)
    direction = np.repeat([OUT, IN], [len(out_links), len(in_links)])
    first = index.link_edge_pointer[links]
    sizes = index.link_edge_pointer[links + 1] - first
    edges = np.repeat(first - (np.cumsum(sizes) - sizes), sizes) + np.arange(int(sizes.sum()))
    return _Rows(
        direction=np.repeat(direction, sizes),
        predicate=np.repeat(index.link_predicate[links].astype(np.int64), sizes),
        neighbor=np.repeat(ends, sizes),
        certainty=index.edge_certainty[edges].astype(np.int64),
        statement=index.edge_statement[edges].astype(np.int64),
        edge=edges,
    )


def _is_certain(rows: _Rows, certainties: frozenset[Certainty]) -> Mask:
    chosen: Mask = np.array([certainty in certainties for certainty in CERTAINTIES])[rows.certainty]
    return chosen


def _is_shown(index: Index, rows: _Rows, selection: Selection) -> Mask:
    curated = [selection.include_imports or not graph.startswith(IMPORT_PREFIX) for graph in index.graphs]
    chosen = [graph in selection.graphs for graph in index.graphs] if selection.graphs else curated
    shown: Mask = np.array(chosen, dtype=bool)[index.edge_graph[rows.edge]]
    return shown


def _is_chosen(index: Index, names: tuple[str, ...]) -> Mask:
    return np.array([not names or predicate.name in names for predicate in index.predicates], dtype=bool)


def _excluding(filters: dict[str, Mask]) -> tuple[str, ...]:
    """The filters without which something would be left, or all that remove anything."""
    deciding = []
    for name in filters:
        others = [mask for other, mask in filters.items() if other != name]
        if np.logical_and.reduce(others).any():
            deciding.append(name)
    return tuple(deciding) or tuple(name for name, mask in filters.items() if not mask.all())


def _counts(index: Index, rows: _Rows) -> tuple[NeighborCount, ...]:
    width, size = max(len(index.predicates), 1), len(index.nodes)
    keys, place, statements = np.unique(
        rows.direction * width + rows.predicate, return_inverse=True, return_counts=True
    )
    nodes = np.bincount(np.unique(place * size + rows.neighbor) // max(size, 1), minlength=len(keys))
    return tuple(
        NeighborCount(index.predicates[key % width].name, "out" if key // width == OUT else "in", count, others)
        for key, count, others in zip(keys.tolist(), statements.tolist(), nodes.tolist(), strict=True)
    )


def _item(index: Index, rows: _Rows, place: int) -> NeighborItem:
    edge = index.edge(int(rows.edge[place]))
    out = int(rows.direction[place]) == OUT
    subject, target = index.entity(edge.subject), index.entity(edge.object)
    return NeighborItem(
        edge.statement, edge.predicate.name, "out" if out else "in", edge.predicate.known_sign,
        edge.certainty, target if out else subject, edge.imported, sentence_of(subject, edge.predicate.name, target),
    )  # fmt: skip


def _cursor(item: NeighborItem) -> str:
    key = [item.direction, item.predicate, item.node.id, item.certainty, item.statement]
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _after(index: Index, rows: _Rows, cursor: str) -> Mask:
    """The rows that come after the one a cursor names, whether or not that one still exists."""
    try:
        direction, predicate, node, certainty, statement = map(str, json.loads(base64.urlsafe_b64decode(cursor)))
        code = CERTAINTY_CODE[certainty]
        side = {"out": OUT, "in": IN}[direction]
    except (binascii.Error, ValueError, KeyError, TypeError, RecursionError) as fault:
        raise InvalidParameter("cursor", cursor, "the next_cursor of an earlier answer") from fault
    names = [known.name for known in index.predicates]
    known = names.index(predicate) if predicate in names else None
    columns = (
        (2 * rows.direction + 1, 2 * side + 1),
        (2 * rows.predicate + 1, 2 * sum(name < predicate for name in names) + (known is not None)),
        (2 * rows.neighbor + 1, index.nodes.place(node)),
        (2 * rows.certainty + 1, 2 * code + 1),
        (2 * rows.statement + 1, index.statements.place(statement)),
    )
    later = np.zeros(len(rows), dtype=bool)
    same = np.ones(len(rows), dtype=bool)
    for values, key in columns:
        later |= same & (values > key)
        same &= values == key
    return later
