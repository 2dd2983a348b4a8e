"""What answers show of a path: steps between named entities, with the statements and passages behind them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kg.model import CERTAINTIES, RESERVATIONS, Certainty, EntityRef, PassageRef
from kg.paths.adjacency import Selection
from kg.paths.index import CERTAINTY_CODE, EdgeRecord, Index
from ontology.terms import PREDICATES


def sentence_of(subject: EntityRef, predicate: str, target: EntityRef) -> str:
    """A statement in plain words, without a full stop; the name of a predicate that is not ours stays as it is."""
    term = PREDICATES.get(predicate)
    if term is None:
        return f"{subject.label} {predicate} {target.label}"
    return term.spell(subject.label, target.label, kinds=(subject.kind, target.kind))


Hop = tuple[int, int]  # the number of the node stepped from, and the step as in kg.paths.adjacency


@dataclass(frozen=True)
class StatementRecord:
    """What the store says about one statement.

    Attributes:
        document: IRI of the document that asserts it.
        text: the statement as a plain sentence.
        contexts: in whom or in what it holds, as the source says; empty where it says no such thing.
        diseases: IRIs of the diseases that the contexts name.
    """

    passages: tuple[PassageRef, ...]
    certainty: Certainty
    document: str
    text: str
    contexts: tuple[str, ...] = ()
    diseases: tuple[str, ...] = ()


class StatementSource(Protocol):
    """Where the passages of statements are looked up, for the statements an answer shows and no others."""

    def statements(self, iris: Collection[str]) -> Mapping[str, StatementRecord]:
        """The records of these statements by IRI; unknown ones are left out."""


@dataclass(frozen=True)
class Step:
    """One step of a path: all statements of one predicate between two entities.

    Attributes:
        predicate: local name.
        sign: +1, -1, 0 (hands on the sign of the step before), or None (no sign).
        forward: whether the path runs from subject to object.
        certainty: of the strongest statement.
        statements: IRIs, strongest certainty first.
        passages: of all statements, without repetition; empty where no source of statements was given.
        imported: whether only imports state it.
        contexts: in whom or in what it holds, where every statement says so; one without a context holds anywhere.
        sentence: the step in plain words, without a full stop; how sure it is and where it holds stand beside it.
    """

    subject: EntityRef
    predicate: str
    object: EntityRef
    sign: int | None
    forward: bool
    certainty: Certainty
    statements: tuple[str, ...]
    passages: tuple[PassageRef, ...]
    imported: bool = False
    contexts: tuple[str, ...] = ()
    sentence: str = field(init=False)

    def __post_init__(self) -> None:
        """Say it in words once: answers print their fields."""
        object.__setattr__(self, "sentence", sentence_of(self.subject, self.predicate, self.object))

    @property
    def start(self) -> EntityRef:
        """The end the path comes from."""
        return self.subject if self.forward else self.object

    @property
    def end(self) -> EntityRef:
        """The end the path goes to."""
        return self.object if self.forward else self.subject

    @property
    def place(self) -> str:
        """In whom or in what it holds, as far as the sentence does not say so itself; empty where it holds anywhere."""
        told = self.sentence.casefold()
        new = [text for text in self.contexts if text.casefold() not in told]
        return "; ".join(text if text.startswith("in ") else f"in {text}" for text in new)

    @property
    def told(self) -> str:
        """The sentence with what limits it: where it holds, if nowhere else, and how sure it is."""
        limits = [text for text in (self.place, RESERVATIONS.get(self.certainty)) if text]
        return f"{self.sentence} ({'; '.join(limits)})" if limits else self.sentence


class Describer:
    """Turns steps by number into steps by name, looking every entity and every statement up once."""

    def __init__(self, index: Index, selection: Selection, source: StatementSource | None = None) -> None:
        self._index = index
        self._selection = selection
        self._source = source
        self._entities: dict[int, EntityRef] = {}
        self._records: dict[str, StatementRecord] = {}

    def entity(self, number: int) -> EntityRef:
        """A node by name."""
        if number not in self._entities:
            self._entities[number] = self._index.entity(number)
        return self._entities[number]

    def edges(self, links: Sequence[int]) -> dict[int, list[EdgeRecord]]:
        """The statements of links that the selection lets through, strongest certainty first."""
        return {
            link: [edge for edge in edges if self._selection.takes(edge)]
            for link, edges in self._index.statements_of_links(links).items()
        }

    def chains(self, paths: Iterable[tuple[Sequence[int], Sequence[int]]]) -> list[tuple[Step, ...]]:
        """The steps of several paths, given as (nodes, steps)."""
        hops = [list(zip(nodes, steps, strict=False)) for nodes, steps in paths]
        named = self.steps([hop for path in hops for hop in path])
        return [tuple(named[hop] for hop in path) for path in hops]

    def steps(self, hops: Collection[Hop]) -> dict[Hop, Step]:
        """Steps by name; all their statements are looked up in one go."""
        edges = self.edges(list({step >> 1 for _, step in hops}))
        self._look_up(edges)
        return {(node, step): self._step(step, edges[step >> 1]) for node, step in hops}

    def diseases(self, links: Collection[int]) -> dict[int, list[frozenset[str]]]:
        """For each statement of each link the diseases that it is stated for; empty for one that names none."""
        edges = self.edges(list(dict.fromkeys(links)))
        self._look_up({link: [edge for edge in group if not edge.imported] for link, group in edges.items()})
        nowhere = StatementRecord((), "stated", "", "")
        return {
            link: [frozenset(self._records.get(edge.statement, nowhere).diseases) for edge in group]
            for link, group in edges.items()
        }

    def _look_up(self, edges: Mapping[int, Sequence[EdgeRecord]]) -> None:
        if self._source is not None:
            shown = {edge.statement for group in edges.values() for edge in group} - self._records.keys()
            self._records.update(self._source.statements(sorted(shown)))

    def _step(self, step: int, edges: Sequence[EdgeRecord]) -> Step:
        first = edges[0]
        records = [self._records.get(edge.statement) for edge in edges]
        passages = dict.fromkeys(passage for record in records if record for passage in record.passages)
        limited = all(record is not None and record.contexts for record in records)
        contexts = dict.fromkeys(text for record in records if record and limited for text in record.contexts)
        return Step(
            subject=self.entity(first.subject),
            predicate=first.predicate.name,
            object=self.entity(first.object),
            sign=first.predicate.known_sign,
            forward=step % 2 == 0,
            certainty=first.certainty,
            statements=tuple(edge.statement for edge in edges),
            passages=tuple(passages),
            imported=all(edge.imported for edge in edges),
            contexts=tuple(contexts),
        )


def weakest(certainties: Iterable[Certainty]) -> Certainty:
    """The weakest of some certainties."""
    return CERTAINTIES[max(CERTAINTY_CODE[certainty] for certainty in certainties)]
