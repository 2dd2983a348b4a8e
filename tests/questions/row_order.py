"""What an ORDER BY leaves open: the columns of a query that two rows equal to the order may differ in.

A variable settles another where the vocabulary or the shapes give a record one value of a property (an outcome has one
measure) or a value one record (an outcome belongs to one arm), where one is computed from the other, and where rows are
grouped by it. Of the branches of a UNION, only what all of them say counts. What it finds holds for every graph that
the shapes let pass, whatever is in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from rdflib import OWL, RDF, RDFS, SH, BNode, Graph, Node, URIRef, Variable
from rdflib.paths import SequencePath
from rdflib.plugins.sparql import prepareQuery

import ontology
from ontology.terms import PREFIXES, SKG

SUBJECT_KIND = URIRef(f"{SKG.namespace}subjectKind")
Kinds = Mapping[Node, frozenset[Node]]
# What settles what, and the part of the query that says so: two properties of a record are not the same.
Settling = tuple[frozenset[Node], Node, str]


def left_open(query: str) -> list[str]:
    """The columns that the order of a query does not settle, by name."""
    part = select = prepareQuery(query, initNs=dict(PREFIXES)).algebra
    while part.name != "OrderBy":
        part = part.p
    settled: set[Node] = {each.expr for each in part.expr if isinstance(each.expr, Variable)}
    settlings = _settlings(part.p, _kinds(part.p))
    while found := {target for sources, target, _ in settlings if sources <= settled and target not in settled}:
        settled |= found
    return sorted(str(column) for column in select.PV if column not in settled)


def _settlings(part: Any, kinds: Kinds) -> set[Settling]:
    """What a part of a query settles, for records that are of some kinds wherever it stands."""
    inner = [part[name] for name in ("p", "p1") if name in part]
    known = _narrowed(kinds, _kinds(part)) if part.name == "Join" else kinds
    found = {each for one in inner for each in _settlings(one, known)}
    match part.name:
        case "BGP":
            found = set(_of_triples(part.triples, _narrowed(kinds, _kinds(part))))
        case "Join" | "LeftJoin":
            found |= _settlings(part.p2, _narrowed(_narrowed(kinds, _kinds(part)), _kinds(part.p2)))
        case "Union":
            found &= _settlings(part.p2, kinds)
        case "Extend":
            found.add((frozenset(_variables(part.expr)), part.var, "BIND"))
        case "AggregateJoin":
            found |= {(frozenset(part.p.expr or ()), each.res, "GROUP BY") for each in part.A}
        case "Project":
            # What stands inside a subquery is another variable outside, though it have the same name.
            keys, columns = _group(part.p), set(part.PV)
            found |= {(keys, column, "GROUP BY") for column in columns if keys is not None}
            found = {each for each in found if {*each[0], each[1]} <= columns}
    return found


def _of_triples(triples: Iterable[tuple[Node, Any, Node]], kinds: Kinds) -> Iterator[Settling]:
    for subject, predicate, value in triples:
        steps = predicate.args if isinstance(predicate, SequencePath) else [predicate]
        said = f"{subject} {predicate} {value}"
        of = kinds.get(subject, frozenset())
        if all(_is_single(step, of if place == 0 else frozenset()) for place, step in enumerate(steps)):
            yield frozenset(filter(_is_open, [subject])), value, said
        if all(_is_single(step, frozenset(), backwards=True) for step in steps):
            yield frozenset(filter(_is_open, [value])), subject, said


def _variables(expression: Any) -> Iterator[Node]:
    if isinstance(expression, Variable):
        yield expression
    elif isinstance(expression, dict):
        yield from chain.from_iterable(map(_variables, expression.values()))
    elif isinstance(expression, list):
        yield from chain.from_iterable(map(_variables, expression))


def _is_open(node: Node) -> bool:
    return isinstance(node, (Variable, BNode))


def _group(part: Any) -> frozenset[Node] | None:
    """The variables that a subquery groups its rows by; None where it does not."""
    while part.name in {"Extend", "Filter"}:
        part = part.p
    return frozenset(part.p.expr or ()) if part.name == "AggregateJoin" else None


def _kinds(part: Any) -> Kinds:
    """The classes that a part of a query leaves to its variables, where it leaves only some."""
    match part.name:
        case "BGP":
            found: Kinds = {}
            for subject, predicate, value in part.triples:
                if predicate == RDF.type:
                    found = _narrowed(found, {subject: frozenset([value])})
                elif isinstance(predicate, URIRef):
                    domain, range_ = _domain_and_range(predicate)
                    found = _narrowed(found, {subject: domain, value: range_})
            return found
        case "Join":
            return _narrowed(_kinds(part.p1), _kinds(part.p2))
        case "LeftJoin" | "Minus":
            return _kinds(part.p1)
        case "Union":
            one, other = _kinds(part.p1), _kinds(part.p2)
            return {node: one[node] | other[node] for node in one.keys() & other.keys() if one[node] and other[node]}
        case "Extend" | "Filter" | "Graph":
            return _kinds(part.p)
    return {}


def _narrowed(kinds: Kinds, more: Kinds) -> Kinds:
    """What is of these classes and of those; no classes known are no fewer."""
    return {
        node: kinds[node] & more[node] if kinds.get(node) and more.get(node) else kinds.get(node) or more[node]
        for node in {*kinds, *more}
        if kinds.get(node) or more.get(node)
    }


@cache
def _vocabulary() -> Graph:
    graph, folder = Graph(), Path(ontology.__file__).parent
    for file in (folder / "sarcoma.ttl", *(folder / "shapes").glob("*.ttl")):
        graph.parse(file)
    return graph


@cache
def _domain_and_range(predicate: URIRef) -> tuple[frozenset[Node], frozenset[Node]]:
    words = _vocabulary()
    subjects = {*words.objects(predicate, RDFS.domain), *words.objects(predicate, SUBJECT_KIND)}
    return frozenset(subjects), frozenset(words.objects(predicate, RDFS.range))


@cache
def _at_most_one() -> Mapping[tuple[bool, Node], Mapping[Node, bool]]:
    """By property, backwards or not: the classes with a shape on it, and whether that shape allows one value only."""
    shapes, found = _vocabulary(), defaultdict[tuple[bool, Node], dict[Node, bool]](dict)
    for shape, constraint in shapes.subject_objects(SH.property):
        path = shapes.value(constraint, SH.path)
        backwards = shapes.value(path, SH.inversePath) if isinstance(path, BNode) else None
        for kind in shapes.objects(shape, SH.targetClass):
            is_one = shapes.value(constraint, SH.maxCount) is not None
            kinds = found[backwards is not None, backwards or path or shape]
            kinds[kind] = kinds.get(kind, False) or is_one
    return found


def _is_single(step: Any, kinds: frozenset[Node], *, backwards: bool = False) -> bool:
    """Whether records of some kinds, of any if none are known, have one value of a property at most.

    Backwards: whether no two records have the same value.
    """
    if not isinstance(step, URIRef):
        return False
    if not backwards and (step, RDF.type, OWL.FunctionalProperty) in _vocabulary():
        return True
    shaped = _at_most_one().get((backwards, step), {})
    domain, range_ = _domain_and_range(step)
    asked = kinds or (range_ if backwards else domain) or shaped.keys()
    return bool(asked) and all(shaped.get(kind, False) for kind in asked)
