"""What kinds of drugs and of sarcomas each fact tells of, so that the search for a kind finds what is told of a member.

A result of temsirolimus is one of an mTOR inhibitor, one in uterine leiomyosarcoma is one in uterine sarcoma, and
neutropenia is a side effect. The sentence of the fact names the member alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg import codec
from kg.identifiers import BASE

_ABOVE = frozenset({"subClassOf", "inClass"})
_THINGS = frozenset({"subject", "object", "drug", "includesDrug", "histotype", "subgroupHistotype", "hasDiagnosis"})
_PARTS = frozenset({"regimen", "component", "population"})
_OWNS = frozenset({"hasOutcome", "hasEvent"})  # an arm its results, a patient what happened
_KINDS = (f"{BASE}histotype/", f"{BASE}drugclass/")
# What these are called says what no fact turns on: that a tumour is covered here, that a drug is not meant for it.
_TECHNICAL = frozenset({f"{BASE}histotype/sarcoma-in-scope", f"{BASE}drugclass/not-against-tumour"})

_HARMS = ("adverse event", "side effect", "toxicity")

_Links = dict[str, list[str]]


class FactKinds:
    """The kinds above what facts tell of."""

    def __init__(self, rows: Iterable[codec.PlainQuad]) -> None:
        """Read the links that tell it from the quads of the curated files."""
        self._above: _Links = {}
        self._links: _Links = {}
        self._labels: dict[str, str] = {}
        self._owners: _Links = {}
        self._harms = set[str]()
        for subject, predicate, _, term in rows:
            name = predicate.rpartition("/")[2].rpartition("#")[2]
            if name == "prefLabel" and subject.startswith(_KINDS):
                self._labels[subject] = term.value
            elif name in _ABOVE and term.value.startswith(_KINDS):
                self._above.setdefault(subject, []).append(term.value)
            elif name == "adverseEvent":
                self._harms.add(subject)
            elif name in _OWNS:
                self._owners.setdefault(term.value, []).append(subject)
            elif name in _THINGS or name in _PARTS:
                self._links.setdefault(subject, []).append(term.value)

    def of(self, fact: str) -> list[str]:
        """The labels of the kinds that what a fact tells of belongs to, in alphabetical order; of harm, its names."""
        told = _reached([fact], self._links) | _reached(self._owners.get(fact, ()), self._links)
        kinds = _reached(told, self._above) - told - _TECHNICAL
        harms = _HARMS if fact in self._harms else ()
        return sorted((*harms, *(self._labels[kind] for kind in kinds if kind in self._labels)))


def _reached(starts: Iterable[str], links: Mapping[str, list[str]]) -> set[str]:
    """What links lead to, the starts included."""
    found, waiting = set[str](), list(starts)
    while waiting:
        if (node := waiting.pop()) not in found:
            found.add(node)
            waiting += links.get(node, ())
    return found
