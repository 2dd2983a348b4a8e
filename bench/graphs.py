"""The graphs that are measured: the benchmark tables, a generated graph of the same shape, the curated graph.

Every graph comes as plain rows, from which both our index and the peers are made, so that nothing a peer answers with
has passed through our code.
"""

from __future__ import annotations

import csv
import hashlib
import lzma
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kg.identifiers import BASE
from kg.paths.index import Index, IndexEdge, IndexNode

GRAPH = f"{BASE}graph/import-bench"
VOCABULARY = f"{BASE}vocab/"
MECHANISM = ("CbG", "CdG", "CuG", "GiG", "GrG", "GpPW", "DaG", "DdG", "DuG")
SEED = 20261122


@dataclass(frozen=True)
class Rows:
    """A graph as rows.

    Attributes:
        nodes: (IRI, type) in the order of the IRIs, which is the numbering of the index.
        predicates: local names in their order.
        links: distinct (subject, predicate, object) by number, sorted; int64, shape (n, 3).
        counted: the links that count towards degrees, where those are more.
    """

    name: str
    nodes: list[tuple[str, str]]
    predicates: list[str]
    links: NDArray[np.int64]
    mechanism: tuple[str, ...] = ()
    source_type: str = "Compound"
    target_type: str = "Disease"
    counted: NDArray[np.int64] | None = None

    @cached_property
    def mechanism_numbers(self) -> list[int]:
        return [number for number, name in enumerate(self.predicates) if name in self.mechanism]

    def of_type(self, name: str) -> list[int]:
        return [number for number, (_, kind) in enumerate(self.nodes) if kind == name]

    def nodes_for_index(self) -> Iterator[IndexNode]:
        for iri, kind in self.nodes:
            yield IndexNode(iri, kind, iri.rpartition("/")[2])

    def edges_for_index(self) -> Iterator[IndexEdge]:
        iris = [iri for iri, _ in self.nodes]
        for subject, predicate, target in self.links.tolist():
            key = f"{subject} {predicate} {target}".encode()
            statement = f"{BASE}statement/{hashlib.sha256(key).hexdigest()[:16]}"
            yield IndexEdge(iris[subject], self.predicates[predicate], iris[target], "stated", statement, GRAPH)

    def ntriples(self, path: Path) -> None:
        """Write the links as N-Triples, which every RDF peer reads."""
        iris = [f"<{iri}>" for iri, _ in self.nodes]
        names = [f"<{VOCABULARY}{name}>" for name in self.predicates]
        with path.open("w", encoding="ascii") as out:
            out.writelines(f"{iris[s]} {names[p]} {iris[o]} .\n" for s, p, o in self.links.tolist())

    def pairs(self, count: int, *, typed: bool) -> list[tuple[int, int]]:
        """Random pairs of different nodes that have links; ``typed``: from the source to the target type."""
        rng = random.Random(SEED + typed)
        linked = set(np.unique(self.links[:, [0, 2]]).tolist())
        if not typed:
            pool = sorted(linked)
            return [tuple(rng.sample(pool, 2)) for _ in range(count)]  # type: ignore[misc]
        use = self.links[np.isin(self.links[:, 1], self.mechanism_numbers)]
        acting = set(np.unique(use[:, [0, 2]]).tolist())
        sources = [n for n in self.of_type(self.source_type) if n in acting]
        targets = [n for n in self.of_type(self.target_type) if n in acting]
        return [(rng.choice(sources), rng.choice(targets)) for _ in range(count)]


def _rows(name: str, kinds: dict[str, str], edges: Iterator[tuple[str, str, str]]) -> Rows:
    nodes = sorted(kinds.items())
    number = {iri: place for place, (iri, _) in enumerate(nodes)}
    seen: dict[str, int] = {}
    flat = [(number[s], seen.setdefault(p, len(seen)), number[o]) for s, p, o in edges]
    order = sorted(seen)
    place = np.array([order.index(name) for name in seen], dtype=np.int64)
    links = np.array(flat, dtype=np.int64).reshape(-1, 3)
    links[:, 1] = place[links[:, 1]]
    return Rows(name, nodes, order, np.unique(links, axis=0), MECHANISM)


def _iri(identifier: str, kind: str) -> str:
    local = "".join(c if c.isalnum() or c in "._-" else "-" for c in identifier.rpartition("::")[2])
    return f"{BASE}{kind.lower().replace(' ', '-')}/{local}"


def hetionet(folder: Path) -> Rows:
    """The benchmark tables ``nodes.tsv.xz`` (id, name, kind) and ``edges.tsv.xz`` (source, metaedge, target)."""
    spelled: dict[str, str] = {}
    kinds: dict[str, str] = {}
    with lzma.open(folder / "nodes.tsv.xz", "rt", encoding="utf-8") as text:
        for row in csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE):
            spelled[row["id"]] = _iri(row["id"], row["kind"])
            kinds[spelled[row["id"]]] = row["kind"].title().replace(" ", "")

    def edges() -> Iterator[tuple[str, str, str]]:
        with lzma.open(folder / "edges.tsv.xz", "rt", encoding="utf-8") as text:
            next(text)
            for line in text:
                source, metaedge, target = line.rstrip("\n").split("\t")
                yield spelled[source], metaedge.replace(">", ""), spelled[target]

    return _rows("hetionet-dp", kinds, edges())


_KINDS = {
    "Anatomy": 402, "BiologicalProcess": 11381, "CellularComponent": 1391, "Compound": 1552, "Disease": 137,
    "Gene": 20945, "MolecularFunction": 2884, "Pathway": 1822, "PharmacologicClass": 345, "SideEffect": 5734,
    "Symptom": 438,
}  # fmt: skip
_METAEDGES = {
    "AdG": 102240, "AeG": 526407, "AuG": 97848, "CbG": 11571, "CcSE": 138944, "CdG": 21102, "CpD": 390, "CrC": 6486,
    "CtD": 755, "CuG": 18756, "DaG": 12623, "DdG": 7623, "DlA": 3602, "DpS": 3357, "DrD": 543, "DuG": 7731,
    "GcG": 61693, "GiG": 150089, "GpBP": 559504, "GpCC": 73566, "GpMF": 97222, "GpPW": 84372, "GrG": 265672,
    "PCiC": 1029,
}  # fmt: skip
_LETTERS = {
    "A": "Anatomy", "BP": "BiologicalProcess", "CC": "CellularComponent", "C": "Compound", "D": "Disease", "G": "Gene",
    "MF": "MolecularFunction", "PW": "Pathway", "PC": "PharmacologicClass", "SE": "SideEffect", "S": "Symptom",
}  # fmt: skip


def generated(scale: float = 0.1) -> Rows:
    """A graph with Hetionet's kinds and metaedges at a scale, with hubs as real graphs have them. Always the same."""
    rng = np.random.default_rng(SEED)
    names = {
        kind: [f"{BASE}{kind.lower()}/n{number:05}" for number in range(max(int(count * scale), 12))]
        for kind, count in _KINDS.items()
    }
    kinds = {name: kind for kind, group in names.items() for name in group}

    def ends(kind: str, count: int) -> NDArray[np.int64]:
        weights = 1.0 / np.arange(1, len(names[kind]) + 1) ** 0.7
        return rng.choice(len(names[kind]), count, p=rng.permutation(weights / weights.sum()))

    def edges() -> Iterator[tuple[str, str, str]]:
        for metaedge, count in _METAEDGES.items():
            source, target = (_LETTERS[part] for part in _split(metaedge))
            wanted = max(int(count * scale), 20)
            pairs = zip(ends(source, wanted).tolist(), ends(target, wanted).tolist(), strict=True)
            for one, other in pairs:
                if names[source][one] != names[target][other]:
                    yield names[source][one], metaedge, names[target][other]

    return _rows(f"generated, {scale:g} of Hetionet", kinds, edges())


def _split(metaedge: str) -> tuple[str, str]:
    verb = next(place for place, letter in enumerate(metaedge) if letter.islower())
    return metaedge[:verb], metaedge[verb + 1 :]


def curated(index: Index) -> Rows:
    """The graph of a built index, from drugs to what they act on."""
    nodes = [(index.nodes[number], index.type_of(number)) for number in range(len(index.nodes))]
    predicates = [predicate.name for predicate in index.predicates]
    number = {name: place for place, name in enumerate(predicates)}
    edges = [
        (edge.subject, number[edge.predicate.name], edge.object, edge.certainty in ("stated", "inferred"))
        for edge in index.iter_edges()
        if not edge.imported
    ]
    rows = np.array(edges, dtype=np.int64).reshape(-1, 4)
    links = np.unique(rows[rows[:, 3] == 1, :3], axis=0)
    causal = tuple(p.name for p in index.predicates if p.causal or p.sign == 0)
    return Rows("curated", nodes, predicates, links, causal, "Drug", "Process", counted=np.unique(rows[:, :3], axis=0))
