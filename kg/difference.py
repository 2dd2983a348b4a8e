"""What changed from one version of the graph to another: both are read side by side, and only what is told is held.

A thing is a subject with all that is said of it. What others say as well is not told twice: the triple that a statement
spells out, conflicts from both their ends. Figures of the dataset and the lines of curated files are left out.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Literal, NamedTuple

import pyoxigraph as ox

from kg import codec
from kg.errors import InvalidParameter
from kg.exports.rdf import QUADS
from kg.generations import CURRENT, DATASET, MANIFEST, open_current
from kg.identifiers import display, is_project, kind_of
from ontology.terms import PREDICATES

Sort = Literal["added", "changed", "given_up", "vanished"]

_LISTED = 50  # of each sort of change
_TOLD = 20  # properties of one thing
_HELD = 200  # properties of one thing that are compared to find what stands for it
_HALF = 0.5
_SIDE_GRAPHS = frozenset({f"<{codec.PROVENANCE_GRAPH}>", f"<{codec.METADATA_GRAPH}>"})
_DOCUMENTS = f"<{codec.document_graph('')}"
_TYPE = str(codec.type_)
_WITHDRAWN = str(codec.skg("Withdrawn"))
_LABELS = frozenset({str(codec.node("rdfs:label")), str(codec.node("skos:prefLabel"))})
_REASON = str(codec.node("skos:changeNote"))
_REPLACED_BY = str(codec.node("dcterms:isReplacedBy"))
_MIRRORED = frozenset({*(str(codec.skg(name)) for name in PREDICATES), str(codec.skg("conflictsWith"))})
_MIRROR_OF_WITHDRAWN = str(codec.node("prov:wasRevisionOf"))
# A thing that shares one of these with one that is lost may be the same thing, corrected.
_TELLING = frozenset({*_LABELS, *map(str, map(codec.node, ("skg:passage", "skos:altLabel", "skos:exactMatch")))})
_EXPECTED = (
    "a data folder, a generation, a folder that `export --format rdf` wrote, or N-Quads in the order of their bytes"
)


@dataclass(frozen=True)
class Change:
    """A thing that the two versions tell differently.

    Attributes:
        graph: CURIE of the graph that says what it is: of a document, an import, the ontology.
        sort: ``given_up`` says what became of it, ``vanished`` does not.
        gained: properties that only the new version has, the first of them; ``gains`` is how many there are.
        successors: what stands now for one that was given up; for one that vanished, what perhaps does.
    """

    id: str
    curie: str
    label: str
    kind: str
    graph: str
    sort: Sort
    gained: tuple[str, ...] = ()
    gains: int = 0
    lost: tuple[str, ...] = ()
    losses: int = 0
    successors: tuple[str, ...] = ()
    reason: str = ""

    @property
    def is_unexplained(self) -> bool:
        """Whether an identifier of the project leads nowhere; what was inferred or imported may come and go."""
        return self.sort == "vanished" and is_project(self.id) and self.graph != display(codec.INFERRED_GRAPH)


@dataclass(frozen=True)
class KindCount:
    """How many things of a kind, in a graph, were changed in each way."""

    graph: str
    kind: str
    added: int
    changed: int
    given_up: int
    vanished: int


@dataclass(frozen=True)
class DifferenceAnswer:
    """Two versions compared.

    Attributes:
        old, new: what the versions are called: the checksum of the data, or the file.
        counts: of all changes.
        items: at most ``limit`` of each sort, by identifier.
        unexplained: how many identifiers of the project vanished without a word.
    """

    old: str
    new: str
    counts: tuple[KindCount, ...]
    items: tuple[Change, ...]
    limit: int
    total: int
    truncated: bool
    unexplained: int


class _Row(NamedTuple):
    """A line of either version or both."""

    subject: str
    line: str
    in_old: bool
    in_new: bool


@dataclass
class _Side:
    """What one version says of a thing."""

    is_there: bool = False
    is_withdrawn: bool = False
    label: str = ""
    graph: str = ""
    reason: str = ""
    successors: list[str] = field(default_factory=list)
    only: list[str] = field(default_factory=list)  # properties that the other version does not have, the first of them
    count: int = 0

    def note(self, predicate: str, value: str, graph: str) -> None:
        """Take in what is said."""
        self.is_there = True
        self.is_withdrawn |= (predicate, value) == (_TYPE, _WITHDRAWN)
        if predicate in _LABELS:
            self.label = value
        elif predicate == _REASON:
            self.reason = value
        elif predicate == _REPLACED_BY:
            self.successors.append(value)
        if predicate == _TYPE or not self.graph:
            self.graph = graph

    def note_alone(self, predicate: str, value: str) -> None:
        """Take in what only this version says."""
        self.count += 1
        if len(self.only) < _HELD:
            self.only.append(f"{predicate} {value}")


def difference(old: str | Path, new: str | Path, limit: int = _LISTED) -> DifferenceAnswer:
    """Compare two versions.

    Args:
        old: a data folder, a generation, a folder of RDF files, or a file of sorted N-Quads.
        new: likewise.
        limit: how many changes of each sort are listed; all are counted.

    Raises: InvalidParameter if one is none of these; StoreUnavailable.
    """
    counts: dict[tuple[str, str], Counter[Sort]] = {}
    listed: Counter[Sort] = Counter()
    items: list[Change] = []
    unexplained = 0
    for change in _changes(old, new):
        counts.setdefault((change.graph, change.kind), Counter())[change.sort] += 1
        unexplained += change.is_unexplained
        listed[change.sort] += 1
        if listed[change.sort] <= limit:
            items.append(change)
    lost = [change for change in items if change.is_unexplained]
    perhaps = _perhaps(lost, _changes(old, new)) if lost else {}
    told = [replace(change, successors=perhaps.get(change.id, change.successors)) for change in items]
    return DifferenceAnswer(
        old=_name(old),
        new=_name(new),
        counts=tuple(
            KindCount(graph, kind, own["added"], own["changed"], own["given_up"], own["vanished"])
            for (graph, kind), own in sorted(counts.items())
        ),
        items=tuple(_spelled(change) for change in told),
        limit=limit,
        total=listed.total(),
        truncated=any(count > limit for count in listed.values()),
        unexplained=unexplained,
    )


def _name(version: str | Path) -> str:
    """The checksum of a version that was built here; else where it lies."""
    path = Path(version)
    for manifest in (path / CURRENT / MANIFEST, path / MANIFEST):
        if manifest.is_file():
            return str(json.loads(manifest.read_text(encoding="utf-8"))["checksum"])
    return str(version)


@contextmanager
def _lines(version: str | Path) -> Iterator[Iterator[str]]:
    """The quads of a version in order, without their line ends. Raises: InvalidParameter; StoreUnavailable."""
    path = Path(version)
    with ExitStack() as stack:
        if (path / CURRENT).exists():
            path = stack.enter_context(open_current(path)).dataset_path
        elif path.is_dir():
            path = next((path / name for name in (DATASET, QUADS) if (path / name).is_file()), path)
        if not path.is_file():
            raise InvalidParameter("version", str(version), _EXPECTED)
        opened = gzip.open if path.suffix == ".gz" else open
        stream = stack.enter_context(opened(path, "rt", encoding="utf-8", newline="\n"))
        yield _in_order(stream, version)


def _in_order(stream: Iterable[str], version: str | Path) -> Iterator[str]:
    last = ""
    for text in stream:
        line = text.rstrip("\n")
        if line < last:
            raise InvalidParameter("version", str(version), f"{_EXPECTED} (`LC_ALL=C sort` makes it)")
        last = line
        yield line


def _rows(old: Iterator[str], new: Iterator[str]) -> Iterator[_Row]:
    """The lines of both, in order, each once."""
    ours, theirs = next(old, None), next(new, None)
    while ours is not None or theirs is not None:
        line = min(each for each in (ours, theirs) if each is not None)
        row = _Row(line.partition(" ")[0], line, line == ours, line == theirs)
        ours = next(old, None) if row.in_old else ours
        theirs = next(new, None) if row.in_new else theirs
        yield row


def _changes(old: str | Path, new: str | Path) -> Iterator[Change]:
    """Every change, by identifier; properties are terms of N-Quads."""
    with _lines(old) as before, _lines(new) as after:
        for subject, rows in groupby(_rows(before, after), itemgetter(0)):
            change = _change(subject.strip("<>"), rows)
            if change is not None:
                yield change


def _change(iri: str, rows: Iterable[_Row]) -> Change | None:
    """What the lines of one thing say; None if it is told alike."""
    before, after = _Side(), _Side()
    for row in rows:
        _, predicate, rest = row.line.split(" ", 2)
        value, graph, _ = rest.rsplit(" ", 2)
        if graph in _SIDE_GRAPHS:
            continue
        sides = [side for side, has_it in ((before, row.in_old), (after, row.in_new)) if has_it]
        for side in sides:
            side.note(predicate, value, graph)
        if len(sides) == 1 and not _is_told_elsewhere(predicate, graph):
            sides[0].note_alone(predicate, value)
    sort = _sort(before, after)
    if sort is None:
        return None
    home = before.graph if sort in ("given_up", "vanished") else after.graph
    return Change(
        id=iri,
        curie=display(iri),
        label=after.label or before.label,
        kind=kind_of(iri) or "of other vocabularies",
        graph=display(home.strip("<>")),
        sort=sort,
        gained=tuple(after.only),
        gains=after.count,
        lost=tuple(before.only),
        losses=before.count,
        successors=tuple(after.successors) if sort == "given_up" else (),
        reason=after.reason if sort == "given_up" else "",
    )


def _is_told_elsewhere(predicate: str, graph: str) -> bool:
    return predicate == _MIRROR_OF_WITHDRAWN or (predicate in _MIRRORED and graph.startswith(_DOCUMENTS))


def _sort(before: _Side, after: _Side) -> Sort | None:
    if not after.is_there:
        return "vanished" if before.is_there else None
    if not before.is_there:
        return None if after.is_withdrawn else "added"
    if after.is_withdrawn and not before.is_withdrawn:
        return "given_up"
    return "changed" if before.count or after.count else None


def _perhaps(lost: Iterable[Change], changes: Iterable[Change]) -> Mapping[str, tuple[str, ...]]:
    """For things that vanished, the new one of their kind that says most of what they said, if it says half of it."""
    best: dict[str, tuple[float, str]] = {}
    for new in changes:
        if new.sort != "added":
            continue
        said = frozenset(new.gained)
        for old in lost:
            if (old.kind, old.graph) != (new.kind, new.graph):
                continue
            both = said.intersection(old.lost)
            share = len(both) / len(said.union(old.lost))
            if share >= _HALF and any(pair.partition(" ")[0] in _TELLING for pair in both):
                best[old.id] = max(best.get(old.id, (0.0, "")), (share, new.id))
    return {iri: (f"<{successor}>",) for iri, (_, successor) in best.items()}


def _spelled(change: Change) -> Change:
    """The same with its properties for people; of those of a thing that is new or gone the label says enough."""
    is_told = change.sort == "changed"
    return replace(
        change,
        label=_text(change.label),
        reason=_text(change.reason),
        successors=tuple(map(_text, change.successors)),
        gained=tuple(map(_property, change.gained[:_TOLD])) if is_told else (),
        lost=tuple(map(_property, change.lost[:_TOLD])) if is_told else (),
    )


def _property(pair: str) -> str:
    predicate, _, value = pair.partition(" ")
    return f"{_text(predicate)} {_text(value)}"


def _text(term: str) -> str:
    """A term of N-Quads as a CURIE or as its bare text."""
    if term.startswith("<"):
        return display(term[1:-1])
    quads = ox.parse(f"<a:s> <a:p> {term} .", format=ox.RdfFormat.N_TRIPLES) if term else ()
    return next((quad.object.value for quad in quads if isinstance(quad.object, ox.Literal)), term)
