"""What documents say outright, in words, beside results and mechanism."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kg.description import describe, passages, record
from kg.identifiers import display
from kg.model import CERTAINTIES, POLARITIES, Certainty, EntityRef, PassageRef, Polarity
from kg.store import Store
from ontology.terms import PREDICATES

_COMPARISON = PREDICATES["comparison"].iri
# How a study was set up and how a text is made says nothing of the treatments that it names.
_OF_THE_RECORD = frozenset(PREDICATES[name].iri for name in ("bibliographic", "design", "states"))
_NAMING = """
SELECT DISTINCT ?statement ?predicate ?subject WHERE {
  %s
  ?statement a skg:Statement ; skg:predicate ?predicate ; skg:subject ?subject .
  FILTER NOT EXISTS { ?statement skg:subject|skg:about ?patient . ?patient a skg:Patient } }"""


@dataclass(frozen=True)
class Claim:
    """A statement, with who states it and where.

    Attributes:
        documents: those that state it.
        compares: whether it compares one of the things asked for; others only name them together.
    """

    id: str
    sentence: str
    compares: bool
    polarity: Polarity
    certainty: Certainty
    documents: tuple[EntityRef, ...]
    passages: tuple[PassageRef, ...]


def claims_naming(store: Store, things: Sequence[Collection[str]]) -> tuple[Claim, ...]:
    """Statements that name, as subject, object or what they are about, something of each of several groups of IRIs.

    Returns: those that compare first, then by their words; none on a single patient.
    """
    patterns = [f"?statement (skg:subject|skg:object|skg:about) ?named{place} ." for place in range(len(things))]
    bindings = {f"named{place}": sorted(group) for place, group in enumerate(things)}
    told = store.select(_NAMING % "\n  ".join(patterns), bindings).texts()
    asked = frozenset(node for group in things for node in group)
    return read_claims(
        store,
        {statement for statement, said, _ in told if said not in _OF_THE_RECORD},
        {statement for statement, said, of in told if said == _COMPARISON and (of in asked or not _is_drug(of))},
    )


def _is_drug(node: str) -> bool:
    return display(node).startswith("drug:")


def read_claims(store: Store, statements: Collection[str], comparing: Collection[str] = ()) -> tuple[Claim, ...]:
    """Read statements; those that compare first, then by their words."""
    facts = describe(store, statements)
    near = ("assertedBy", "passage", "contextPassage")
    known = describe(store, {node for fact in facts.values() for name in near for node in fact.iris(name)})
    claims = (
        record(
            Claim,
            fact,
            known,
            sentence=fact.text("rdfs_label") or node,
            compares=node in comparing,
            polarity=fact.word("polarity", POLARITIES) or "affirmed",
            certainty=fact.word("certainty", CERTAINTIES) or "stated",
            passages=passages((*fact.iris("passage"), *fact.iris("contextPassage")), known),
        )
        for node, fact in facts.items()
    )
    return tuple(sorted(claims, key=lambda claim: (not claim.compares, claim.sentence, claim.id)))
