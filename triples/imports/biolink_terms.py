"""Which terms of an import that it calls Biolink's are none: a slip of the pen, or of another version of the model.

They are kept as they are, because the edge may be good all the same; but whoever imports the file is told.
``biolink-4.4.6.txt`` beside this module has the names of the classes and predicates of the Biolink Model 4.4.6 (CC0).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from triples.imports.archive import read_edges, read_nodes
from triples.imports.identifiers import BIOLINK
from triples.imports.predicates import own_predicate

MODEL = "4.4.6"
MOST_LISTED = 100
_NAMES = Path(__file__).with_name(f"biolink-{MODEL}.txt")

Unknown = tuple[str, str, int]  # "category" or "predicate", its IRI, on how many node rows or edges


def unknown_terms(nodes: Path, edges: Path, predicates: Sequence[tuple[str, int]]) -> tuple[Unknown, ...]:
    """Terms with the prefix of Biolink that the model does not have, most used first, at most 100.

    A predicate that older versions had, and that is read as one of ours, is known.

    Args:
        nodes: the table of nodes of an import.
        edges: that of its edges.
        predicates: IRI and direction by predicate number.
    """
    uses = np.zeros(len(predicates), dtype=np.int64)
    for records in read_edges(edges):
        uses += np.bincount(records["predicate"], minlength=len(predicates))
    found: Counter[tuple[str, str]] = Counter()
    for (iri, _), count in zip(predicates, uses.tolist(), strict=True):
        if iri.startswith(BIOLINK) and iri not in biolink_names()["predicate"] and own_predicate(iri) is None:
            found["predicate", iri] += count
    for _, _, _, categories, *_ in read_nodes(nodes):
        found.update(
            ("category", iri)
            for iri in categories
            if iri.startswith(BIOLINK) and iri not in biolink_names()["category"]
        )
    listed = sorted((-count, kind, iri) for (kind, iri), count in found.items())[:MOST_LISTED]
    return tuple((kind, iri, -count) for count, kind, iri in listed)


@cache
def biolink_names() -> dict[str, frozenset[str]]:
    """The IRIs of the model's classes ("category") and predicates ("predicate")."""
    found: dict[str, set[str]] = {"category": set(), "predicate": set()}
    for line in _NAMES.read_text(encoding="utf-8").splitlines():
        kind, _, name = line.partition(" ")
        found[kind].add(BIOLINK + name)
    return {kind: frozenset(names) for kind, names in found.items()}
