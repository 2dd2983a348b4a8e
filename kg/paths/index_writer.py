"""Writing the traversal index: the same nodes and edges, in whatever order, give the same bytes.

Nothing is kept per edge but numbers and the bytes of its statement's IRI; sorting is numpy's. Two million
edges take seconds: as columns a few, as objects some more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kg.paths.index import (
    CERTAINTY_CODE,
    COST_SHIFT,
    COST_UNIT,
    FORMAT,
    IMPORT_PREFIX,
    SIGN_CODE,
    SIGN_NONE,
    EdgeTable,
    Ids,
    IndexEdge,
    IndexNode,
    IndexPredicate,
)
from kg.paths.string_table import BATCH, StringColumn, StringTable
from ontology.terms import PREDICATES

MAX_TYPES = 256
MAX_NAMES = 1 << 15  # predicates, or graphs

_Numbers = NDArray[np.signedinteger]


def write_index(
    path: Path, nodes: Iterable[IndexNode], edges: Iterable[IndexEdge], tables: Iterable[EdgeTable] = ()
) -> dict[str, int]:
    """Write an index into a folder, which is made if need be.

    Shape: edges are the affirmed statements of predicates in the edge table, one each, parallel ones
    included; an edge given twice counts once. Both ends must be among the nodes.

    Args:
        path: the folder.
        nodes: each once, or again with the same data.
        edges: one object each.
        tables: further edges, as columns.

    Returns: how many nodes, links and edges were written.
    Raises: ValueError for an edge without its nodes, a node given twice with different data, a statement that is
        two different edges, or more types, predicates or graphs than the index holds.
    """
    path.mkdir(parents=True, exist_ok=True)
    listed = _each_once(nodes)
    types = sorted({node.type for node in listed})
    if len(types) > MAX_TYPES:
        raise ValueError(f"{len(types)} types of nodes; the index holds {MAX_TYPES}")
    type_number = {name: number for number, name in enumerate(types)}
    node_type = np.array([type_number[node.type] for node in listed], dtype=np.uint8)
    StringTable.of(node.iri for node in listed).save(path, "node")
    StringTable.of(node.label for node in listed).save(path, "label")
    columns = _EdgeColumns.of(edges, tables, {node.iri: number for number, node in enumerate(listed)})
    arrays = columns.arrays(len(listed)) | {"node_type": node_type}
    columns.statement_table.save(path, "statement")
    for name, values in sorted(arrays.items()):
        np.save(path / f"{name}.npy", values)
    described = {
        "format": FORMAT,
        "graphs": columns.graphs,
        "predicates": [[p.name, p.sign, p.causal] for p in columns.predicates],
        "types": types,
    }
    (path / "index.json").write_text(json.dumps(described, indent=1, sort_keys=True) + "\n", "utf-8")
    return {"nodes": len(listed), "links": len(arrays["link_object"]), "edges": len(arrays["edge_statement"])}


def _each_once(nodes: Iterable[IndexNode]) -> list[IndexNode]:
    """The nodes by IRI."""
    listed: list[IndexNode] = []
    for node in sorted(nodes, key=lambda node: node.iri):
        if not listed or listed[-1].iri != node.iri:
            listed.append(node)
        elif listed[-1] != node:
            raise ValueError(f"the node {node.iri} is given twice, with different data")
    return listed


class _Names:
    """Numbers for names in the order met, and how to renumber them by name."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def numbers_of(self, names: Sequence[str]) -> list[int]:
        """The numbers of several names, the new ones among them included."""
        for name in set(names) - self.numbers.keys():
            self.numbers[name] = len(self.numbers)
        return [self.numbers[name] for name in names]

    def ordered(self) -> tuple[list[str], NDArray[np.int32]]:
        """The names sorted, and for each number given out its place among them."""
        names = sorted(self.numbers)
        place = np.empty(len(names), dtype=np.int32)
        for rank, name in enumerate(names):
            place[self.numbers[name]] = rank
        return names, place


def _batches(edges: Iterable[IndexEdge]) -> Iterator[list[IndexEdge]]:
    remaining = iter(edges)
    while batch := list(islice(remaining, BATCH)):
        yield batch


class _Gathered:
    """Edges as columns of numbers, as they come.

    Attributes:
        blocks: subject, predicate, object, certainty and graph by row; predicates and graphs by the numbers given here.
    """

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self._numbers = numbers
        self.predicates, self.graphs, self.statements = _Names(), _Names(), StringColumn()
        self.blocks = [np.empty((5, 0), dtype=np.int32)]

    def add(self, edges: Sequence[IndexEdge]) -> None:
        """Some edges. Raises: ValueError if one has an end that is no node."""
        numbers = self._numbers
        try:
            subjects = [numbers[edge.subject] for edge in edges]
            objects = [numbers[edge.object] for edge in edges]
        except KeyError as fault:
            stray = next(edge for edge in edges if fault.args[0] in (edge.subject, edge.object))
            raise ValueError(f"the statement {stray.statement} names {fault.args[0]}, which is no node") from None
        block = (
            subjects,
            self.predicates.numbers_of([edge.predicate for edge in edges]),
            objects,
            [CERTAINTY_CODE[edge.certainty] for edge in edges],
            self.graphs.numbers_of([edge.graph for edge in edges]),
        )
        self.blocks.append(np.array(block, dtype=np.int32))
        self.statements.extend([edge.statement for edge in edges])

    def add_table(self, table: EdgeTable) -> None:
        """A whole graph. Raises: ValueError as above."""
        node = np.array([self._numbers.get(iri, -1) for iri in table.nodes], dtype=np.int32)
        for piece in table.pieces:
            if not len(piece.subject):
                continue
            block = np.empty((5, len(piece.subject)), dtype=np.int32)
            used, place = np.unique(piece.predicate, return_inverse=True)
            names = self.predicates.numbers_of([table.predicates[number] for number in used.tolist()])
            block[0], block[2] = node.take(piece.subject), node.take(piece.object)
            block[1] = np.array(names, dtype=np.int32).take(place)
            block[3] = CERTAINTY_CODE[table.certainty]
            block[4] = self.graphs.numbers_of([table.graph])
            for ends, given in ((block[0], piece.subject), (block[2], piece.object)):
                if (ends < 0).any():
                    stray = table.nodes[int(given[ends.argmin()])]
                    raise ValueError(f"an edge of the graph {table.graph} names {stray}, which is no node")
            self.blocks.append(block)
            self.statements.extend_numbered(table.statement_base, piece.statement)


@dataclass
class _EdgeColumns:
    """All edges as columns, sorted by (subject, predicate, object, certainty, statement)."""

    subject: NDArray[np.int32]
    predicate: NDArray[np.int32]
    object: NDArray[np.int32]
    certainty: NDArray[np.int32]
    graph: NDArray[np.int32]
    statement: Ids
    predicates: list[IndexPredicate]
    graphs: list[str]
    statement_table: StringTable

    @classmethod
    def of(
        cls, edges: Iterable[IndexEdge], tables: Iterable[EdgeTable], numbers: Mapping[str, int]
    ) -> _EdgeColumns:  # fmt: skip
        gathered = _Gathered(numbers)
        for batch in _batches(edges):
            gathered.add(batch)
        for table in tables:
            gathered.add_table(table)
        predicates, predicate_place = gathered.predicates.ordered()
        graphs, graph_place = gathered.graphs.ordered()
        for names, what in ((predicates, "predicates"), (graphs, "graphs")):
            if len(names) > MAX_NAMES:
                raise ValueError(f"{len(names)} {what}; the index holds {MAX_NAMES}")
        statements, statement = gathered.statements.sorted_table()
        subject, predicate, target, certainty, graph = np.concatenate(gathered.blocks, axis=1)
        gathered.blocks.clear()
        return cls(
            subject, predicate_place[predicate], target, certainty, graph_place[graph],
            statement, [indexed_predicate(name) for name in predicates], graphs, statements,
        )._sorted(len(numbers))  # fmt: skip

    def _sorted(self, nodes: int) -> _EdgeColumns:
        if nodes**2 * len(self.predicates) >= 1 << 63:
            raise ValueError(f"{nodes} nodes and {len(self.predicates)} predicates are too many to sort links by")
        # Several columns in one number, which shortens the sorting.
        link = (self.subject.astype(np.int64) * len(self.predicates) + self.predicate) * nodes + self.object
        said = self.certainty.astype(np.int64) * len(self.statement_table) + self.statement
        said = said * len(self.graphs) + self.graph
        order = said.argsort()
        order = order[link[order].argsort(kind="stable")]
        link, said = link[order], said[order]
        kept = np.ones(len(order), dtype=bool)
        kept[1:] = (link[1:] != link[:-1]) | (said[1:] != said[:-1])
        order = order[kept]
        for name in ("subject", "predicate", "object", "certainty", "graph", "statement"):
            setattr(self, name, getattr(self, name)[order])
        uses = np.bincount(self.statement, minlength=len(self.statement_table))
        if uses.max(initial=0) > 1:
            raise ValueError(f"the statement {self.statement_table[int(uses.argmax())]} is more than one edge")
        return self

    def arrays(self, nodes: int) -> dict[str, NDArray[np.generic]]:
        """Every array of the index but ``node_type``."""
        subject, predicate, target = self.subject, self.predicate, self.object
        begins = _group_starts(subject, predicate, target)
        link_subject, link_predicate, link_object = subject[begins], predicate[begins], target[begins]
        imported = np.array([graph.startswith(IMPORT_PREFIX) for graph in self.graphs], dtype=bool)
        bits = np.left_shift(1, self.certainty + 4 * (imported[self.graph] if len(imported) else 0))
        certainties = np.bitwise_or.reduceat(bits, begins) if len(begins) else np.empty(0, dtype=np.int32)
        ending = link_object.astype(np.int64) * max(len(self.predicates), 1) + link_predicate
        reverse: Ids = ending.argsort(kind="stable")
        curated = (certainties & 0b1111) != 0
        everything = np.ones(len(begins), dtype=bool)
        ends = (link_subject, link_predicate, link_object, reverse)
        statement_edge = np.empty(len(self.statement), dtype=np.int32)
        statement_edge[self.statement] = np.arange(len(self.statement), dtype=np.int32)
        return {
            "link_pointer": _pointer(link_subject, nodes),
            "link_object": link_object.astype(np.int32),
            "link_predicate": link_predicate.astype(np.int16),
            "link_cost": _costs(*ends, curated),
            "link_cost_with_imports": _costs(*ends, everything),
            "link_certainties": certainties.astype(np.uint8),
            "link_edge_pointer": np.append(begins, len(subject)).astype(np.int64),
            "reverse_pointer": _pointer(link_object, nodes),
            "reverse_subject": link_subject[reverse].astype(np.int32),
            "reverse_link": reverse.astype(np.int32),
            "edge_certainty": self.certainty.astype(np.uint8),
            "edge_graph": self.graph.astype(np.int16),
            "edge_statement": self.statement.astype(np.int32),
            "statement_edge": statement_edge,
        }


def indexed_predicate(name: str) -> IndexPredicate:
    """A predicate's row; one that an import brought along has no sign and is not causal."""
    known = PREDICATES.get(name)
    if known is None:
        return IndexPredicate(name, SIGN_NONE, causal=False)
    return IndexPredicate(name, SIGN_CODE[known.sign], known.causal)


def _group_starts(*keys: _Numbers) -> Ids:
    """Where each run of equal keys begins."""
    if not len(keys[0]):
        return np.empty(0, dtype=np.int64)
    changed = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    return np.concatenate([np.zeros(1, dtype=np.int64), np.flatnonzero(changed) + 1])


def _pointer(owner: _Numbers, nodes: int) -> Ids:
    pointer = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner, minlength=nodes), out=pointer[1:])
    return pointer


def _costs(
    subject: _Numbers, predicate: _Numbers, target: _Numbers, reverse: Ids, counted: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """What a step over each link costs: 1 + 0.5 (ln d_out + ln d_in), coded.

    d_out is how many objects the subject has by this predicate, d_in how many subjects the object has by it,
    so that a path over hubs costs more; several statements of one link count once. This is the
    degree-weighted path count (DWPC) of Himmelstein and Baranzini 2015 (doi 10.1371/journal.pcbi.1004259)
    with exponent 0.5, as a sum of logarithms, plus 1 per step. The code is the cost in millionths, shifted,
    plus 1 (see ``COST_SHIFT``): integers, because sums of them do not depend on the order.
    """
    if not len(subject):
        return np.empty(0, dtype=np.int32)
    weight = counted.astype(np.int64)
    out_degree = _per_group(_group_starts(subject, predicate), weight)
    in_degree = np.empty_like(out_degree)
    in_degree[reverse] = _per_group(_group_starts(target[reverse], predicate[reverse]), weight[reverse])
    logs = np.log(np.maximum(out_degree, 1)) + np.log(np.maximum(in_degree, 1))
    millionths = np.rint(COST_UNIT * (1.0 + 0.5 * logs)).astype(np.int64)
    return (np.left_shift(millionths, COST_SHIFT) + 1).astype(np.int32)


def _per_group(starts: Ids, weight: Ids) -> Ids:
    """For every member of each group the sum of the group's weights."""
    sizes = np.diff(np.append(starts, len(weight)))
    return np.repeat(np.add.reduceat(weight, starts), sizes)
