"""Paths between two things of the graph browser: found in one request, told step by step beside the picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.errors import InvalidParameter
from kg.graph import KnowledgeGraph
from kg.identifiers import display
from kg.model import CERTAINTIES, EntityRef
from kg.paths.steps import Step
from kg.paths.traversal import MAX_LENGTH, Path, PathQuestion

MOST_PATHS = 8
MOST_STEPS = 5


@dataclass(frozen=True)
class Passage:
    """Where a step is stated: the passage, its section, and the name of its document."""

    curie: str
    section: str
    document: str


@dataclass(frozen=True)
class TracedStep:
    """A step as a line of the picture: ``edge`` is the identifier of that line, ``statements`` are CURIEs."""

    edge: str
    sentence: str
    certainty: str
    statements: tuple[str, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class TracedPath:
    """A path: the CURIEs of its things in order, the certainty of its weakest step, its steps."""

    things: tuple[str, ...]
    names: tuple[str, ...]
    certainty: str
    steps: tuple[TracedStep, ...]


@dataclass(frozen=True)
class Between:
    """What lies between two things.

    Attributes:
        ends: CURIEs of the two.
        names: their labels.
        note: which way the paths run, in words; or that there are none.
        paths: those whose weakest step is firmest first, then the shorter.
        excluded_by: without paths, what shuts them out: "include_imports" where imports join the two and do not count.
    """

    ends: tuple[str, str]
    names: tuple[str, str]
    note: str
    paths: tuple[TracedPath, ...]
    excluded_by: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """Paths as the graph knows them, before they are drawn."""

    first: EntityRef
    second: EntityRef
    note: str
    paths: tuple[Path, ...]
    excluded_by: tuple[str, ...] = ()

    @property
    def things(self) -> tuple[EntityRef, ...]:
        """Both ends, then everything on the paths, the best path first."""
        on_paths = (ref for path in self.paths for step in path.steps for ref in (step.start, step.end))
        return tuple(dict.fromkeys([self.first, self.second, *on_paths]))


def found_between(graph: KnowledgeGraph, first: EntityRef, second: EntityRef, *, imports: bool = False) -> Found:
    """The best paths from one thing to the other; where there are none, back; else some steps are read backwards.

    Paths of more than ``MOST_STEPS`` steps are looked for where there are no others. With ``imports``, statements of
    imported graphs count too.

    Raises: InvalidParameter if both are the same.
    """
    if first.id == second.id:
        raise InvalidParameter("between", first.label, "two different things")
    asked = PathQuestion(
        first.id,
        second.id,
        max_length=MOST_STEPS,
        k=MOST_PATHS,
        certainties=frozenset(CERTAINTIES),
        include_imports=imports,
    )
    back, either = replace(asked, source=second.id, target=first.id), replace(asked, directed=False)
    backwards = "No chain of stated steps leads from one to the other: some of these are read backwards."
    for question, note in (
        (asked, f"From {first.label} to {second.label}, as sources state each step."),
        (back, f"None leads from {first.label} to {second.label}; these lead back."),
        (either, backwards),
        (replace(either, max_length=MAX_LENGTH), f"{backwards} None is short."),
    ):
        answer = graph.paths(question)
        if answer.paths:
            return Found(first, second, note, _firmest_first(answer.paths))
        if question is either and "max_length" not in answer.excluded_by:
            break
    if answer.truncated:
        return Found(first, second, "The search had to end before it found a path: there may be one.", ())
    within = f"within {MAX_LENGTH} steps. That is not evidence of no link."
    # The last question asked least of a path, so what shuts out its paths shuts out all.
    none = f"No source joins {first.label} and {second.label} {within}"
    return Found(first, second, none, (), answer.excluded_by)


def _firmest_first(paths: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(sorted(paths, key=lambda path: (_weakest(path), path.length, path.score)))


def _weakest(path: Path) -> int:
    return max(CERTAINTIES.index(step.certainty) for step in path.steps)


def traced(found: Found, edges: Mapping[tuple[str, str, str], str], documents: Iterable[EntityRef]) -> Between:
    """Paths as lines of the picture.

    Args:
        found: the paths.
        edges: identifiers of the drawn lines by subject, predicate and object (CURIEs); a path that is not wholly
            drawn is left out.
        documents: those that the graph is made of.
    """
    names = {ref.id: ref.label for ref in documents}
    whole = [path for path in found.paths if all(_triple(step) in edges for step in path.steps)]
    return Between(
        ends=(found.first.curie, found.second.curie),
        names=(found.first.label, found.second.label),
        note=found.note,
        paths=tuple(_path(path, edges, names) for path in whole),
        excluded_by=found.excluded_by,
    )


def _path(path: Path, edges: Mapping[tuple[str, str, str], str], names: Mapping[str, str]) -> TracedPath:
    things: Sequence[EntityRef] = [path.steps[0].start, *(step.end for step in path.steps)]
    return TracedPath(
        things=tuple(ref.curie for ref in things),
        names=tuple(ref.label for ref in things),
        certainty=CERTAINTIES[_weakest(path)],
        steps=tuple(
            TracedStep(
                edge=edges[_triple(step)],
                sentence=step.sentence,
                certainty=step.certainty,
                statements=tuple(display(statement) for statement in step.statements),
                passages=tuple(
                    Passage(display(place.id), place.section or "", names.get(place.document, "a document"))
                    for place in step.passages
                ),
            )
            for step in path.steps
        ),
    )


def _triple(step: Step) -> tuple[str, str, str]:
    return step.subject.curie, step.predicate, step.object.curie
