"""Writing the traversal index: the same nodes and edges, in whatever order, give the same bytes.

Nothing is kept per edge but numbers and the bytes of its statement's IRI; sorting is numpy's. Two million
edges take seconds.
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
    Ids,
    IndexEdge,
    IndexNode,
    IndexPredicate,
)
from kg.paths.string_table import BATCH, StringColumn, StringTable
from ontology.terms import PREDICATES

MAX_TYPES = 256


def write_index(path: Path, nodes: Iterable[IndexNode], edges: Iterable[IndexEdge]) -> dict[str, int]:
    """Write an index into a folder, which is made if need be.

    Shape: edges are the affirmed statements of predicates in the edge table, one each, parallel ones
    included; an edge given twice counts once. Both ends must be among the nodes.
    Returns: how many nodes, links and edges were written.
    Raises: ValueError for an edge without its nodes, a node given twice with different data, or a statement
        that is two different edges.
    """
    path.mkdir(parents=True, exist_ok=True)
    table = _node_table(nodes)
    numbers = {iri: number for number, iri in enumerate(table)}
    columns = _EdgeColumns.of(edges, numbers)
    arrays = columns.arrays(len(table))
    types = sorted({node.type for node in table.values()})
    if len(types) > MAX_TYPES:
        raise ValueError(f"{len(types)} types of nodes; the index holds {MAX_TYPES}")
    type_number = {name: number for number, name in enumerate(types)}
    arrays["node_type"] = np.array([type_number[node.type] for node in table.values()], dtype=np.uint8)
    StringTable.of(list(table)).save(path, "node")
    StringTable.of([node.label for node in table.values()]).save(path, "label")
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
    return {"nodes": len(table), "links": len(arrays["link_object"]), "edges": len(arrays["edge_statement"])}


def _node_table(nodes: Iterable[IndexNode]) -> dict[str, IndexNode]:
    table: dict[str, IndexNode] = {}
    for node in nodes:
        known = table.setdefault(node.iri, node)
        if known != node:
            raise ValueError(f"the node {node.iri} is given twice, with different data")
    return {iri: table[iri] for iri in sorted(table)}


class _Names:
    """Numbers for names in the order met, and how to renumber them by name."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def numbers_of(self, names: Sequence[str]) -> list[int]:
        """The numbers of several names, the new ones among them included."""
        for name in set(names) - self.numbers.keys():
            self.numbers[name] = len(self.numbers)
        return [self.numbers[name] for name in names]

    def ordered(self) -> tuple[list[str], Ids]:
        """The names sorted, and for each number given out its place among them."""
        names = sorted(self.numbers)
        place = np.empty(len(names), dtype=np.int64)
        for rank, name in enumerate(names):
            place[self.numbers[name]] = rank
        return names, place


def _batches(edges: Iterable[IndexEdge]) -> Iterator[list[IndexEdge]]:
    remaining = iter(edges)
    while batch := list(islice(remaining, BATCH)):
        yield batch


@dataclass
class _EdgeColumns:
    """All edges as columns, sorted by (subject, predicate, object, certainty, statement)."""

    subject: Ids
    predicate: Ids
    object: Ids
    certainty: Ids
    graph: Ids
    statement: Ids
    predicates: list[IndexPredicate]
    graphs: list[str]
    statement_table: StringTable

    @classmethod
    def of(cls, edges: Iterable[IndexEdge], numbers: Mapping[str, int]) -> _EdgeColumns:
        predicates, graphs, statements = _Names(), _Names(), StringColumn()
        blocks: list[Ids] = [np.empty((5, 0), dtype=np.int64)]
        for batch in _batches(edges):
            try:
                subjects = [numbers[edge.subject] for edge in batch]
                objects = [numbers[edge.object] for edge in batch]
            except KeyError as fault:
                stray = next(edge for edge in batch if fault.args[0] in (edge.subject, edge.object))
                raise ValueError(f"the statement {stray.statement} names {fault.args[0]}, which is no node") from None
            block = (
                subjects,
                predicates.numbers_of([edge.predicate for edge in batch]),
                objects,
                [CERTAINTY_CODE[edge.certainty] for edge in batch],
                graphs.numbers_of([edge.graph for edge in batch]),
            )
            blocks.append(np.array(block, dtype=np.int64))
            statements.extend([edge.statement for edge in batch])
        columns = np.concatenate(blocks, axis=1)
        predicate_names, predicate_place = predicates.ordered()
        graph_names, graph_place = graphs.ordered()
        table, statement = statements.sorted_table()
        return cls(
            columns[0], predicate_place[columns[1]], columns[2], columns[3], graph_place[columns[4]],
            statement, [indexed_predicate(name) for name in predicate_names], graph_names, table,
        )._sorted()  # fmt: skip

    def _sorted(self) -> _EdgeColumns:
        keys = (  # two columns in one number, which halves the sorting
            self.statement * max(len(self.graphs), 1) + self.graph,
            self.object * len(CERTAINTY_CODE) + self.certainty,
            self.subject * max(len(self.predicates), 1) + self.predicate,
        )
        order = np.lexsort(keys)
        kept = np.ones(len(order), dtype=bool)
        kept[1:] = np.any([key[order][1:] != key[order][:-1] for key in keys], axis=0)
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
        certainties = np.bitwise_or.reduceat(bits, begins) if len(begins) else np.empty(0, dtype=np.int64)
        reverse = np.argsort(link_object * max(len(self.predicates), 1) + link_predicate, kind="stable")
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


def _group_starts(*keys: Ids) -> Ids:
    """Where each run of equal keys begins."""
    if not len(keys[0]):
        return np.empty(0, dtype=np.int64)
    changed = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    return np.concatenate([np.zeros(1, dtype=np.int64), np.flatnonzero(changed) + 1])


def _pointer(owner: Ids, nodes: int) -> Ids:
    pointer = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner, minlength=nodes), out=pointer[1:])
    return pointer


def _costs(subject: Ids, predicate: Ids, target: Ids, reverse: Ids, counted: NDArray[np.bool_]) -> NDArray[np.int32]:
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
