"""What kinds of drugs and of sarcomas each fact tells of, so that the search for a kind finds what is told of a member.

A result of temsirolimus is one of an mTOR inhibitor, one in uterine leiomyosarcoma is one in uterine sarcoma, and
neutropenia is a side effect. The sentence of the fact names the member alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from kg.description import Description, described
from kg.identifiers import BASE

_ABOVE = frozenset({"rdfs_subClassOf", "inClass"})
_THINGS = frozenset({"subject", "object", "drug", "includesDrug", "histotype", "subgroupHistotype", "hasDiagnosis"})
_PARTS = frozenset({"regimen", "component", "population"})
_OWNS = frozenset({"hasOutcome", "hasEvent"})  # an arm its results, a patient what happened
_KINDS = (f"{BASE}histotype/", f"{BASE}drugclass/")
# What these are called says what no fact turns on: that a tumour is covered here, that a drug is not meant for it.
_TECHNICAL = frozenset({f"{BASE}histotype/sarcoma-in-scope", f"{BASE}drugclass/not-against-tumour"})

_HARMS = ("adverse event", "side effect", "toxicity")


class FactKinds:
    """The kinds above what facts tell of.

    Args:
        known: what the curated files say of everything in them, by IRI.
    """

    def __init__(self, known: Mapping[str, Description]) -> None:
        self._known = known
        self._owners: dict[str, list[str]] = {}
        for owner in known.values():
            for owned in (each for name in _OWNS for each in owner.iris(name)):
                self._owners.setdefault(owned, []).append(owner.iri)

    def of(self, fact: str) -> list[str]:
        """The labels of the kinds that what a fact tells of belongs to, in alphabetical order; of harm, its names."""
        told = self._reached([fact], _THINGS | _PARTS) | self._reached(self._owners.get(fact, ()), _THINGS | _PARTS)
        above = self._reached(told, _ABOVE)
        kinds = {kind for kind in above if kind.startswith(_KINDS)} - told - _TECHNICAL
        harms = _HARMS if self._known[fact].all("adverseEvent") else ()
        labels = (self._known[kind].text("prefLabel") for kind in kinds if kind in self._known)
        return sorted((*harms, *(label for label in labels if label)))

    def _reached(self, starts: Iterable[str], names: Collection[str]) -> set[str]:
        """What links of some names lead to, the starts included."""
        found, waiting = set[str](), list(starts)
        while waiting:
            if (node := waiting.pop()) not in found:
                found.add(node)
                waiting += (each for name in names for each in described(node, self._known).iris(name))
        return found
