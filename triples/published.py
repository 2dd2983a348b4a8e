"""The identifiers that releases published: one that the curated files no longer make must go on leading somewhere.

A list for each document, and one for what stands in the ontology graph, lie in ``published/``: an identifier a line
and, after a tab, what it stood for. What is lost is explained in ``withdrawn.yaml``; of parts that are named by their
place, passages and components, the compiler tells by itself what became of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from kg import codec
from kg.codec import Quad
from kg.errors import Fault
from kg.identifiers import BASE, display
from ontology.terms import SKG
from triples import schema
from triples.passages import write_atomically
from triples.read import PUBLISHED
from triples.records import Corpus, Record, Span

_EDITORIAL = "entities"  # the list of what no document states
_PASSAGE = re.compile(r"passage:(.+)-([0-9]+)-([0-9]+)")
_COMPONENT = re.compile(r"((?:regimen|event):.+)-c[0-9]+")
_LABELS = frozenset({codec.node("rdfs:label").value, codec.node("skos:prefLabel").value})
_CLOSE = 0.75  # of 1: labels of two facts that may be the same one, corrected
_SAME_WORDS = 0.5  # of 1: the share that two passages have in common


def write_lists(curated_dir: Path, corpus: Corpus, quads: Iterable[Quad]) -> int:
    """Add what is made now, and what was explained, to the lists; nothing is ever taken out. Returns how many it adds.

    Raises: OSError.
    """
    folder_of = {folder.id: folder.name for folder in corpus.folders}
    labels = {record.id: record.label for record in (*corpus.withdrawn, *corpus.published)}
    files = {record.id: _EDITORIAL for record in corpus.withdrawn}
    files |= {record.id: Path(record.place.file).stem for record in corpus.published}
    for curie, (graph, label) in made_identifiers(quads).items():
        files.setdefault(curie, folder_of.get(graph.removeprefix("document-"), _EDITORIAL))
        labels[curie] = label
    (curated_dir / PUBLISHED).mkdir(exist_ok=True)
    for name in sorted(set(files.values())):
        listed = sorted(curie for curie, file in files.items() if file == name)
        text = "".join(f"{curie}\t{labels[curie]}".rstrip() + "\n" for curie in listed)
        write_atomically(curated_dir / PUBLISHED / f"{name}.txt", text)
    return len(labels) - len(corpus.published)


def made_identifiers(quads: Iterable[Quad]) -> Mapping[str, tuple[str, str]]:
    """By identifier of what has a class: the local name of its first graph, and its label ('' if it has none)."""
    graphs: dict[str, str] = {}
    labels: dict[str, str] = {}
    for subject, predicate, graph, value in codec.plain_quads(quads):
        if predicate == codec.type_.value and subject.startswith(BASE) and value.value != SKG.Withdrawn:
            local = graph.rpartition("/")[2]
            graphs[subject] = min(local, graphs.get(subject, local))
        elif predicate in _LABELS:
            labels[subject] = " ".join(min(value.value, labels.get(subject, value.value)).split())
    return {display(iri): (graph, labels.get(iri, "")) for iri, graph in sorted(graphs.items())}


def lapsed_parts(corpus: Corpus, quads: Iterable[Quad]) -> Iterator[Record]:
    """Passages and components that were published and are no more, as withdrawn records that nobody need write.

    A passage is replaced by the one that has most of its words, if that is half of what both have; a component by what
    it is part of, or by what replaces that.
    """
    if not corpus.published:
        return
    made = made_identifiers(quads)
    listed = {record.id: record.texts("replaced_by") for record in corpus.withdrawn}
    spans = _spans(made)
    for record in corpus.published:
        if record.id in made or record.id in listed:
            continue
        if (words := _PASSAGE.fullmatch(record.id)) is not None:
            document, span = words[1], Span(int(words[2]), int(words[3]))
            now = _nearest(span, spans.get(document, ()))
            yield _given_up(
                record,
                f"characters {span} of document {document}",
                () if now is None else (f"passage:{document}-{now}",),
                "No fact rests on exactly these words any longer.",
            )
        elif (whole := _whole(record)) and (whole in made or whole in listed):
            successors = (whole,) if whole in made else listed[whole]
            yield _given_up(record, record.label, successors, "What it was part of is told otherwise.")


def published_faults(corpus: Corpus, quads: Iterable[Quad]) -> Iterator[Fault]:
    """Identifiers that were published, that nothing is called any longer, and that ``withdrawn.yaml`` does not list.

    And those of facts that it lists although they are in use; of other things ``triples.faults`` finds them.
    """
    made = made_identifiers(quads)
    published = {record.id for record in corpus.published}
    explained = {record.id for record in corpus.withdrawn}
    for record in corpus.withdrawn:
        if record.id in made:
            yield record.place.fault(f"{record.id} is still in use")
    new = {label: curie for curie, (_, label) in made.items() if label and curie not in published}
    for record in corpus.published:
        lost = record.id not in made and record.id not in explained
        if lost and not _PASSAGE.fullmatch(record.id) and _whole(record) not in published:
            yield record.place.fault(
                f"{record.id} ({record.label}) was published, and nothing is called so any longer. "
                f"Put it back, or add to withdrawn.yaml: {_entry(record, new)}"
            )


def _entry(record: Record, new: Mapping[str, str]) -> str:
    """What to write, with what may stand for it now: something new of its kind that is called nearly so."""
    kind = record.id.partition(":")[0]
    same_kind = [label for label, curie in new.items() if curie.startswith(f"{kind}:")]
    close = [new[label] for label in get_close_matches(record.label, same_kind, n=1, cutoff=_CLOSE)]
    return f"{{id: {record.id}, label: ..., replaced_by: [{''.join(close) or '...'}], reason: ...}}"


def _whole(record: Record) -> str | None:
    """What a component is part of; None for what is no component."""
    found = _COMPONENT.fullmatch(record.id)
    return found[1] if found else None


def _spans(curies: Iterable[str]) -> dict[str, list[Span]]:
    """The passages of each document."""
    found: dict[str, list[Span]] = {}
    for curie in curies:
        if (words := _PASSAGE.fullmatch(curie)) is not None:
            found.setdefault(words[1], []).append(Span(int(words[2]), int(words[3])))
    return found


def _nearest(span: Span, others: Iterable[Span]) -> Span | None:
    """Of passages that share most of their words with one, the nearest to it."""

    def share(other: Span) -> float:
        both = min(span.end, other.end) - max(span.start, other.start)
        return both / (max(span.end, other.end) - min(span.start, other.start))

    best = max(others, key=lambda other: (share(other), other), default=None)
    return best if best is not None and share(best) >= _SAME_WORDS else None


def _given_up(published: Record, label: str, successors: tuple[str, ...], reason: str) -> Record:
    values = {"id": (published.id,), "label": (label,), "replaced_by": successors, "reason": (reason,)}
    return Record.of_texts(schema.WITHDRAWN.name, published.place, values)
