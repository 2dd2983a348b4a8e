"""Reasoning while the graph is built: what follows, whether it is consistent, and why not. Never at run time.

Only class axioms go to the reasoner: those of the ontology and those the caller hands in (histotypes, drug
classes). Classification is by pyelk-reasoner, which needs no Java and says whether its answer is complete; an
incomplete answer is refused. ``load_world`` offers the classes to Python through owlready2, whose HermiT is a
second opinion in a test.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pyowl_core as owl
from pyelk import Reasoner

from ontology.axioms import (
    NOTHING,
    THING,
    Axiom,
    Defined,
    Related,
    SubClass,
    classes_of,
    functional_syntax,
    in_words,
    ontology_axioms,
    rdf_graph,
)
from ontology.resources import ontology_ntriples
from ontology.terms import PREFIXES

EXPLANATION_TIMEOUT_S = 20.0

_LOAD = owl.LoadOptions(format=owl.DocumentFormat.FUNCTIONAL, imports=owl.ImportPolicy.IGNORE)


class IncompleteReasoningError(ValueError):
    """The reasoner met a construct that it does not fully handle, so its silence proves nothing."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__("the classification may be incomplete: " + "; ".join(reasons))


@dataclass(frozen=True, order=True)
class InferredSubClass:
    """Every ``sub`` is a ``sup``, although no axiom says so directly.

    Attributes:
        premises: the asserted axioms from which it follows, in reading order where they form a chain.
    """

    sub: str
    sup: str
    premises: tuple[Axiom, ...]


@dataclass(frozen=True)
class Classification:
    """What follows from a set of class axioms.

    Attributes:
        inferred: subclass pairs that no axiom asserts, sorted; without owl:Thing and empty classes.
        unsatisfiable: classes that can have no instance, sorted.
    """

    inferred: tuple[InferredSubClass, ...]
    unsatisfiable: tuple[str, ...]


@dataclass(frozen=True)
class Clash:
    """Why a class can have no instance.

    Attributes:
        axioms: taken together they empty the class.
        minimal: whether each of them is needed; False where the time ran out before that was shown.
    """

    class_iri: str
    axioms: tuple[Axiom, ...]
    minimal: bool

    def in_words(self, labels: Mapping[str, str] | None = None) -> str:
        """The clash in plain words, one axiom a line."""
        name = in_words(SubClass(self.class_iri, THING), labels).removeprefix("every ").partition(" is ")[0]
        lead = "These cannot all be true" if self.minimal else "Among these some cannot be true together"
        return f"There can be no {name}. {lead}:\n" + "\n".join(f"- {in_words(a, labels)}" for a in self.axioms)


def classify(axioms: Iterable[Axiom] = (), *, with_ontology: bool = True) -> Classification:
    """Classify the axioms, together with those of the ontology unless told otherwise.

    Raises: IncompleteReasoningError if the reasoner does not vouch for its answer.
    """
    premises = _premises(axioms, with_ontology=with_ontology)
    pairs, unsatisfiable = _closure(premises)
    asserted = {(axiom.sub, axiom.sup) for axiom in premises if isinstance(axiom, SubClass)}
    chains = _Chains(premises)
    inferred = tuple(
        InferredSubClass(sub, sup, chains.between(sub, sup) or _justification(sub, sup, premises))
        for sub, sup in sorted(pairs - asserted)
        if sub not in unsatisfiable
    )
    return Classification(inferred, tuple(sorted(unsatisfiable)))


def explain_unsatisfiable(
    class_iri: str,
    axioms: Iterable[Axiom] = (),
    *,
    with_ontology: bool = True,
    timeout_s: float = EXPLANATION_TIMEOUT_S,
) -> Clash:
    """Find axioms that together leave a class without instances, by deletion, until none can be spared.

    Args:
        class_iri: the class that the reasoner found empty.
        axioms: what was classified.
        with_ontology: whether the axioms of the ontology are among the suspects.
        timeout_s: seconds after which the axioms found so far are returned, marked as not minimal.

    Raises: ValueError if the class can have instances.
    """
    premises = _premises(axioms, with_ontology=with_ontology)

    def is_empty(subset: tuple[Axiom, ...]) -> bool:
        return class_iri in _closure(subset)[1]

    if not is_empty(premises):
        raise ValueError(f"{class_iri} can have instances")
    kept, minimal = _shrink(_suspects(class_iri, premises, is_empty), is_empty, time.monotonic() + timeout_s)
    return Clash(class_iri, kept, minimal)


def load_world(axioms: Iterable[Axiom] = ()) -> Any:
    """The ontology, and the axioms given, as an owlready2 world of its own.

    Classes are found with ``world["https://w3id.org/sarcoma-kg/vocab/Drug"]``. Nothing is written to disk.
    """
    from owlready2 import World  # type: ignore[import-untyped]  # noqa: PLC0415 - no build needs it, and it takes 0.2 s

    world = World()
    world.get_ontology(PREFIXES["skg"]).load(fileobj=BytesIO(ontology_ntriples()))
    given = rdf_graph(axioms)
    if len(given):
        data = given.serialize(format="nt", encoding="utf-8")
        world.get_ontology(PREFIXES["graph"] + "axioms#").load(fileobj=BytesIO(data))
    return world


def _premises(axioms: Iterable[Axiom], *, with_ontology: bool) -> tuple[Axiom, ...]:
    """Each axiom once, behind those of the ontology if they count."""
    return tuple(dict.fromkeys((*(ontology_axioms() if with_ontology else ()), *axioms)))


def _closure(axioms: tuple[Axiom, ...]) -> tuple[set[tuple[str, str]], set[str]]:
    """All strict subclass pairs between named classes, and the classes that are empty."""
    with Reasoner(functional_syntax(axioms), load_options=_LOAD) as reasoner:
        result = reasoner.classify()
    if not result.complete:
        raise IncompleteReasoningError(tuple(sorted(str(reason) for reason in result.reasons)))
    taxonomy = result.value
    # A node of the taxonomy is a set of equivalent classes; the lowest one is of the classes without instances.
    members = {node: [member.iri.value for member in node.members] for node in taxonomy.nodes}
    parents: dict[Any, list[Any]] = {node: [] for node in taxonomy.nodes}
    for sub, sup in taxonomy.direct_edges:
        parents[sub].append(sup)
    pairs = {
        (sub, sup)
        for node in taxonomy.nodes
        if node is not taxonomy.bottom
        for other in (node, *_above(node, parents))
        for sub in members[node]
        for sup in members[other]
        if sub != sup
    }
    return {pair for pair in pairs if THING not in pair}, set(members[taxonomy.bottom]) - {NOTHING}


def _above(node: Any, parents: Mapping[Any, Sequence[Any]]) -> set[Any]:
    above: set[Any] = set()
    pending = [node]
    while pending:
        new = set(parents[pending.pop()]) - above
        above |= new
        pending += new
    return above


class _Chains:
    """Chains of asserted superclasses, shortest first, ties by IRI."""

    def __init__(self, axioms: tuple[Axiom, ...]) -> None:
        self._steps: dict[str, list[tuple[str, Axiom]]] = {}
        for axiom in axioms:
            if isinstance(axiom, SubClass):
                self._steps.setdefault(axiom.sub, []).append((axiom.sup, axiom))
            elif isinstance(axiom, Defined):
                self._steps.setdefault(axiom.name, []).append((axiom.genus, axiom))
        for steps in self._steps.values():
            steps.sort(key=lambda step: step[0])

    def between(self, sub: str, sup: str) -> tuple[Axiom, ...]:
        """The axioms that lead from one class up to the other; empty if no chain does."""
        reached: dict[str, tuple[str, Axiom] | None] = {sub: None}
        pending = deque([sub])
        while pending and sup not in reached:
            here = pending.popleft()
            for parent, axiom in self._steps.get(here, ()):
                if parent not in reached:
                    reached[parent] = (here, axiom)
                    pending.append(parent)
        return tuple(self._back(reached, sup))[::-1] if sup in reached else ()

    @staticmethod
    def _back(reached: dict[str, tuple[str, Axiom] | None], end: str) -> Iterator[Axiom]:
        step = reached[end]
        while step is not None:
            yield step[1]
            step = reached[step[0]]


def _justification(sub: str, sup: str, axioms: tuple[Axiom, ...]) -> tuple[Axiom, ...]:
    """A smallest set of axioms that entails a pair which no chain explains."""

    def entails(subset: tuple[Axiom, ...]) -> bool:
        return (sub, sup) in _closure(subset)[0]

    suspects = _suspects(sub, axioms, entails)
    return _shrink(suspects, entails, time.monotonic() + EXPLANATION_TIMEOUT_S)[0]


def _suspects(start: str, axioms: tuple[Axiom, ...], holds: Callable[[tuple[Axiom, ...]], bool]) -> tuple[Axiom, ...]:
    """The axioms that can be reached from a class: a first, cheap cut before deletion begins."""
    reached = {start}
    size = 0
    while size != len(reached):
        size = len(reached)
        for axiom in axioms:
            match axiom:
                case SubClass(sub, sup) if sub in reached:
                    reached.add(sup)
                case Related(sub, _, filler) if sub in reached:
                    reached.add(filler)
                case Defined(name, genus, _, filler) if name in reached or genus in reached:
                    reached.update((name, genus, filler))
    near = tuple(axiom for axiom in axioms if classes_of((axiom,)) <= reached)
    return near if holds(near) else axioms


def _shrink(
    axioms: tuple[Axiom, ...], holds: Callable[[tuple[Axiom, ...]], bool], stop_at: float
) -> tuple[tuple[Axiom, ...], bool]:
    """Delete ever smaller runs of axioms as long as ``holds`` stays true; whether the rest is minimal."""
    kept, size = axioms, max(1, len(axioms) // 2)
    while True:
        start = 0
        while start < len(kept):
            if time.monotonic() >= stop_at:
                return kept, False
            without = kept[:start] + kept[start + size :]
            if holds(without):
                kept = without
            else:
                start += size
        if size == 1:
            return kept, True
        size = max(1, size // 2)
