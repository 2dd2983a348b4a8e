"""The W3C's manifests as values: which tests there are, on which data, with which answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pyoxigraph as ox
from rdflib import RDF, Graph, Namespace
from rdflib.collection import Collection
from rdflib.term import Node

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
BASE = "https://w3c.github.io/rdf-tests/sparql/"
SUITES = {
    "sparql10": "sparql10/manifest.ttl",
    "sparql11": "sparql11/manifest-all.ttl",
    "sparql12": "sparql12/manifest.ttl",
}
KINDS = {
    "QueryEvaluationTest": "evaluation",
    "CSVResultFormatTest": "evaluation",
    "PositiveSyntaxTest": "syntax",
    "PositiveSyntaxTest11": "syntax",
    "NegativeSyntaxTest": "syntax",
    "NegativeSyntaxTest11": "syntax",
    "PositiveUpdateSyntaxTest": "update",
    "PositiveUpdateSyntaxTest11": "update",
    "NegativeUpdateSyntaxTest": "update",
    "NegativeUpdateSyntaxTest11": "update",
}
# Reasoning belongs to the build here; an endpoint that claims no entailment regime has nothing to show there.
ENTAILMENT = "sparql11/entailment/"
# These ask other endpoints, which this server does only where its operator allows it.
FEDERATION = (BASE + "sparql11/service/", BASE + "sparql11/syntax-fed/")
RDF_FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
}
_FROM = re.compile(r"\bFROM\s+(?:NAMED\s+)?<([^>]*)>", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Data:
    """What a test asks of: files of the default graph, and of the graphs that go by their file's address."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class Case:
    """One test.

    Attributes:
        iri: what deviations.toml knows it by.
        suite: sparql10, sparql11 or sparql12.
        kind: evaluation, syntax, update (of syntax), or federation (either of the first two, with SERVICE).
        is_positive: whether the query is well-formed.
        query: address of its file.
        result: address of the expected answer; empty for syntax tests.
        is_lax: whether rows may be repeated (REDUCED).
        services: other endpoints by address, with the file that each one holds.
    """

    iri: str
    suite: str
    kind: str
    is_positive: bool
    query: str
    data: Data = Data()
    result: str = ""
    is_lax: bool = False
    services: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """Short, and unique among all."""
        folder = self.query.removeprefix(BASE).rpartition("/")[0]
        return f"{folder}#{self.iri.rpartition('#')[2]}"


def path_of(root: Path, address: str) -> Path:
    """The file of an address, below the folder ``sparql`` of the tests."""
    return root / address.removeprefix(BASE)


def all_cases(root: Path) -> Iterator[Case]:
    """Every query test of the three suites, and every syntax test of updates."""
    for suite, manifest in SUITES.items():
        seen: set[str] = set()
        for case in _cases(root, suite, BASE + manifest, seen):
            if not case.query.startswith(BASE + ENTAILMENT):
                yield case


def _cases(root: Path, suite: str, manifest: str, seen: set[str]) -> Iterator[Case]:
    if manifest in seen:
        return
    seen.add(manifest)
    graph = Graph().parse(path_of(root, manifest), format="turtle", publicID=manifest)
    for included in graph.objects(None, MF.include):
        for other in Collection(graph, included):
            yield from _cases(root, suite, str(other), seen)
    for entries in graph.objects(None, MF.entries):
        for test in Collection(graph, entries):
            kind = str(graph.value(test, RDF.type)).rpartition("#")[2]
            if kind in KINDS:
                yield _case(root, suite, graph, test, kind)


def _case(root: Path, suite: str, graph: Graph, test: Node, kind: str) -> Case:
    action = graph.value(test, MF.action)
    if KINDS[kind] != "evaluation":
        sort = "federation" if str(action).startswith(FEDERATION) else KINDS[kind]
        return Case(str(test), suite, sort, kind.startswith("Positive"), str(action))
    query = str(graph.value(action, QT.query))
    # A dataset that the query names itself is loaded beforehand: our endpoint fetches nothing.
    text = path_of(root, query).read_text(encoding="utf-8")
    asked = {urljoin(query, match) for match in _FROM.findall(text)}
    services = tuple(
        (str(graph.value(service, QT.endpoint)), str(graph.value(service, QT.data)))
        for service in graph.objects(action, QT.serviceData)
    )
    return Case(
        iri=str(test),
        suite=suite,
        kind="federation" if query.startswith(FEDERATION) else "evaluation",
        is_positive=True,
        query=query,
        data=Data(_sorted(graph.objects(action, QT.data)), _sorted({*graph.objects(action, QT.graphData), *asked})),
        result=str(graph.value(test, MF.result)),
        is_lax=graph.value(test, MF.resultCardinality) == MF.LaxCardinality,
        services=tuple(sorted(services)),
    )


def _sorted(nodes: Any) -> tuple[str, ...]:
    return tuple(sorted(str(node) for node in nodes))


def quads_of(root: Path, data: Data) -> Iterator[ox.Quad]:
    """The quads of a dataset; blank nodes of different files differ."""
    for address in data.default:
        yield from _parsed(root, address)
    for address in data.named:
        for quad in _parsed(root, address):
            yield ox.Quad(*quad.triple, ox.NamedNode(address))


def _parsed(root: Path, address: str) -> Iterator[ox.Quad]:
    path = path_of(root, address)
    base = None if path.suffix in {".nt", ".nq"} else address
    return ox.parse(path=path, format=RDF_FORMATS[path.suffix], base_iri=base, rename_blank_nodes=True)
