"""What DrugMechDB looks like under our table of signs: net signs of its paths, evidence, drug identifiers.

A path of DrugMechDB is a small graph; its *walks* are the ways through it from the drug to the disease. A drug that
treats a disease lowers it, so every walk of a coherent path should come out negative.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ontology.terms import PREDICATES
from triples.imports.drugmechdb import MechanismRecord
from triples.imports.identifiers import biolink
from triples.imports.predicates import own_predicate

Signs: TypeAlias = Callable[[str], int | None]  # the sign of a link by its key; None leaves a walk without one

NEGATIVE, POSITIVE, MIXED, UNKNOWN, NO_WALK = "negative", "positive", "mixed", "unknown", "no walk"
_DRUGBANK_PAGE = re.compile(r"drugbank\.(?:ca|com)/\S*?(DB[A-Z]*\d+)", re.IGNORECASE)
_DRUGBANK_NUMBER = re.compile(r"DB\d{5}|DBSALT\d{6}")

# The eleven keys that have to be negative, and all others positive, for the outside audit's counts to come out.
AUDIT_NEGATIVE = frozenset(
    {
        "ameliorates",
        "decreases abundance of",
        "decreases activity of",
        "decreases expression of",
        "decreases synthesis of",
        "decreases uptake of",
        "disrupts",
        "negatively correlated with",
        "negatively regulates",
        "prevents",
        "treats",
    }
)


def published_sign(key: str) -> int | None:
    """The sign by docs/predicates.md; None for predicates that it lists without a sign or does not list."""
    return _listed(key)[1]


def unlisted_as_positive(key: str) -> int | None:
    """The same, but predicates that the table does not list count as +1."""
    listed, sign = _listed(key)
    return sign if listed else 1


def signless_as_positive(key: str) -> int | None:
    """The same, but every predicate without a sign counts as +1, listed or not."""
    return _listed(key)[1] or 1


def audit_sign(key: str) -> int | None:
    """The table by which the outside audit's counts come out: eleven negative keys, all others positive."""
    return -1 if key in AUDIT_NEGATIVE else 1


TABLES: Mapping[str, Signs] = {
    "published table": published_sign,
    "unlisted predicates as +1": unlisted_as_positive,
    "all signless predicates as +1": signless_as_positive,
    "outside audit (reconstructed)": audit_sign,
}


def _listed(key: str) -> tuple[bool, int | None]:
    """Whether the table lists the predicate, and its sign; one that carries passes the sign on, like +1."""
    own = own_predicate(biolink(key, slot=True))
    if own is None:
        return False, None
    return True, {"+1": 1, "-1": -1, "carry": 1, "none": None}[PREDICATES[own].sign]


@dataclass(frozen=True)
class Disagreement:
    """A key that two tables sign differently, and how many links have it."""

    key: str
    sign: int | None
    other: int | None
    links: int


@dataclass(frozen=True)
class Audit:
    """What is found.

    Attributes:
        outcomes: paths by outcome, by name of the table of signs.
        key_counts: links by key.
        unlisted: links whose key the published table does not list.
        signless: links whose key it lists, without a sign.
        links_with_evidence: links that cite anything of their own.
        paths_without_reference: paths that cite nothing as a whole, either.
        drug_pages: paths that declare a DrugBank number and cite a DrugBank page.
        drug_mismatches: (path, number as declared, numbers cited) of those where they never agree.
    """

    paths: int
    links: int
    distinct_links: int
    walks: int
    outcomes: Mapping[str, Mapping[str, int]]
    key_counts: Mapping[str, int]
    unlisted: int
    signless: int
    links_with_evidence: int
    paths_without_reference: int
    drug_pages: int
    drug_mismatches: tuple[tuple[str, str, tuple[str, ...]], ...]

    def disagreements(self, table: str, other: str) -> tuple[Disagreement, ...]:
        """Where two tables differ, most links first: the whole explanation of their different counts."""
        first, second = TABLES[table], TABLES[other]
        found = [Disagreement(key, first(key), second(key), count) for key, count in self.key_counts.items()]
        different = [row for row in found if row.sign != row.other]
        return tuple(sorted(different, key=lambda row: (-row.links, row.key)))

    @property
    def malformed_numbers(self) -> int:
        """How many of the mismatches are no DrugBank number at all, such as one with a digit too many."""
        return sum(not _DRUGBANK_NUMBER.fullmatch(declared) for _, declared, _ in self.drug_mismatches)


def audit(records: Iterable[MechanismRecord]) -> Audit:
    """Go through all paths once. Repeated links of a path count as often as they are written."""
    outcomes: dict[str, Counter[str]] = {name: Counter() for name in TABLES}
    keys: Counter[str] = Counter()
    distinct: set[tuple[str, str, str]] = set()
    paths = walks = evidenced = bare = pages = 0
    mismatches = []
    for record in records:
        paths += 1
        found = list(walks_of(record))
        walks += len(found)
        for name, signs in TABLES.items():
            outcomes[name][outcome([tuple(key for key, _ in walk) for walk in found], signs)] += 1
        keys.update(key for _, key, _ in record.links)
        distinct.update(record.links)
        evidenced += record.links_with_evidence
        bare += not record.references
        declared, cited = drug_numbers(record)
        if declared and cited:
            pages += 1
            if declared not in cited:
                mismatches.append((record.id, declared, cited))
    return Audit(
        paths=paths,
        links=keys.total(),
        distinct_links=len(distinct),
        walks=walks,
        outcomes=outcomes,
        key_counts=keys,
        unlisted=sum(count for key, count in keys.items() if not _listed(key)[0]),
        signless=sum(count for key, count in keys.items() if _listed(key) == (True, None)),
        links_with_evidence=evidenced,
        paths_without_reference=bare,
        drug_pages=pages,
        drug_mismatches=tuple(mismatches),
    )


Walk: TypeAlias = tuple[tuple[str, str], ...]  # (key, node reached) of each step


def walks_of(record: MechanismRecord) -> Iterator[Walk]:
    """Every simple way along the links from the drug to the disease; a link written twice is two ways."""
    onward: dict[str, list[tuple[str, str]]] = {}
    for start, key, end in record.links:
        onward.setdefault(start, []).append((key, end))
    drugs, diseases = record.ends
    for drug in drugs:
        yield from _walks(onward, drug, frozenset({drug}), (), frozenset(diseases))


def _walks(
    onward: Mapping[str, list[tuple[str, str]]], node: str, seen: frozenset[str], steps: Walk, goals: frozenset[str]
) -> Iterator[Walk]:
    if node in goals:
        yield steps
        return
    for key, end in onward.get(node, ()):
        if end not in seen:
            yield from _walks(onward, end, seen | {end}, (*steps, (key, end)), goals)


def outcome(walks: Iterable[tuple[str, ...]], signs: Signs) -> str:
    """What the walks of a path come to: all negative, all positive, both, or unknown where one has no sign."""
    nets = {net_sign(walk, signs) for walk in walks}
    if not nets:
        return NO_WALK
    if None in nets:
        return UNKNOWN
    if len(nets) > 1:
        return MIXED
    return NEGATIVE if nets == {-1} else POSITIVE


def net_sign(walk: Iterable[str], signs: Signs) -> int | None:
    """The product of the signs of the keys; None if one has none."""
    net = 1
    for key in walk:
        sign = signs(key)
        if sign is None:
            return None
        net *= sign
    return net


def drug_numbers(record: MechanismRecord) -> tuple[str, tuple[str, ...]]:
    """The DrugBank number that a path declares for its drug, and those of the DrugBank pages that it cites."""
    cited = {match[1].upper() for text in record.references if (match := _DRUGBANK_PAGE.search(text))}
    return record.drugbank.removeprefix("DB:"), tuple(sorted(cited))
