"""Names that are said in one breath: one, drugs given together, adverse events."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.model import EntityRef
from kg.search.cues.slots import Slot
from kg.search.spans import Span
from kg.search.spelling import JOINING
from ontology.kinds import TREATMENTS

_COMBINING = frozenset(
    ("and", "et", "und", "plus", "with", "+", "/", "&", "combined", "combination", "be", "in", "is", "was", "given",
     "together")
)  # fmt: skip
_LISTING = frozenset(("and", "plus", "+"))
_GOING_ON = frozenset(("and", "plus", "then", "+", "a", "an", "the"))
# Words between two drugs of which one is said to make the other work better; "to" only where something is added.
_ADDING = frozenset(
    ("help", "helps", "enhance", "enhances", "boost", "boosts", "potentiate", "potentiates", "improve", "improves",
     "make", "makes", "add", "adds", "added", "addition", "on", "top", "of", "the", "effect", "to")
)  # fmt: skip
# Of a drug and a placebo one is what the other is compared with, unless the words say that both were given.
_PLACEBO = frozenset(("placebo", "placebos"))
_ADDED = frozenset(("+", "plus", "with", "combined", "added"))
_LISTED = ("Drug", "AdverseEvent")
# "Everolimus in imatinib-refractory GIST" is no combination; nor is "doxorubicin in the docetaxel trial", which is
# called after one of the drugs in it.
_TOGETHER_IN = frozenset(("combination", "combined", "addition"))
# What is left out: "without doxorubicin", "not after imatinib"; but not "whether or not", and not "why not".
_DENYING = frozenset(("without", "except", "excluding", "minus", "not", "never"))
_TO_THE_DENIED = frozenset(
    ("a", "added", "after", "an", "any", "been", "by", "following", "given", "had", "having", "of", "on", "previous",
     "prior", "previously", "received", "resistant", "refractory", "the", "to", "treated", "with")
)  # fmt: skip
_ASKING_SO = frozenset(("or", "why", "if"))


@dataclass(frozen=True)
class Named:
    """Things named in one breath: one, drugs given together, adverse events. Of one, each thing that may be meant.

    Attributes:
        is_regimen: whether they are the drugs of a regimen that is named by them.
        goes_on: whether nothing but "and" and an article stands between them and the name before.
    """

    spans: tuple[Span, ...]
    is_regimen: bool = False
    goes_on: bool = False

    def of_kind(self, kinds: Sequence[str]) -> tuple[EntityRef, ...]:
        """The things of the first of some classes that all names here have; empty if there is none."""
        for kind in kinds:
            found = [next((each for each in span.entities if each.type == kind), None) for span in self.spans]
            if all(found):
                return tuple(each for each in found if each)
        return ()

    def fitting(self, slot: Slot) -> tuple[EntityRef, ...]:
        """The things that may fill a slot; empty if these may not."""
        found = self.of_kind(slot.kinds)
        return found if all(re.search(slot.labels, each.label) for each in found) else ()

    @property
    def places(self) -> frozenset[int]:
        """The numbers of its words."""
        return frozenset(place for span in self.spans for place in range(span.start, span.end))

    @property
    def members(self) -> int:
        """How many names there are, a regimen being one."""
        return 1 if self.is_regimen else len(self.spans)

    @property
    def forms(self) -> tuple[Named, ...]:
        """As named, and a regimen that is told by its drugs also as these."""
        (first, *others) = self.spans
        return (self, Named(first.drugs, is_regimen=True)) if len(first.drugs) > 1 and not others else (self,)

    @property
    def apart(self) -> tuple[Named, ...]:
        """Each of its names by itself."""
        return tuple(Named((span,)) for span in self.spans)

    @property
    def of_any_dose(self) -> Named:
        """As named, of a drug at some dose the drug."""
        (first, *others) = self.spans
        return Named(first.drugs) if len(first.drugs) == 1 and not others else self


def joined(tokens: Sequence[str], spans: Sequence[Span]) -> list[Named]:
    """Names; drugs with nothing but a joining word between them are one, and so are adverse events."""
    adding = _ADDING if any(token.casefold().startswith("add") for token in tokens) else _ADDING - {"to"}
    joining = _COMBINING | adding
    found: list[Named] = []
    for span in _told_by_drugs(tokens, spans):
        last = found[-1].spans[-1] if found else None
        between = [token.casefold() for token in tokens[last.end : span.start]] if last else []
        if (
            last
            and set(between) <= joining
            and ("in" not in between or _TOGETHER_IN & set(between))
            and not (_PLACEBO & {last.text.casefold(), span.text.casefold()} and not _ADDED & set(between))
            and any(all(any(one.type == kind for one in each.entities) for each in (last, span)) for kind in _LISTED)
        ):
            if not _is_same(last, span):
                found[-1] = Named((*found[-1].spans, span))
        else:
            found.append(Named((span,), goes_on=last is not None and set(between) <= _GOING_ON))
    return found


def denied_from(tokens: Sequence[str], named: Named) -> int | None:
    """Where the words begin that say that a treatment is not given, or had not been; None where none does.

    >>> drug = EntityRef("drug:x", "x", "Drug", "drug:x")
    >>> denied_from(["not", "after", "x"], Named((Span(2, 3, "x", (drug,)),)))
    0
    """
    if not named.of_kind(TREATMENTS):
        return None
    first, last = named.spans[0].start, named.spans[-1].end
    if "naive" in (token.casefold() for token in tokens[last : last + 1]):
        return first
    before = [token.casefold() for token in tokens[:first]]
    while before and before[-1] in _TO_THE_DENIED:
        before.pop()
    is_denied = bool(before) and before[-1] in _DENYING and not _ASKING_SO & {*before[-2:-1]}
    return len(before) - 1 if is_denied else None


def not_denied(tokens: Sequence[str], named: Sequence[Named]) -> list[Named]:
    """Names without treatments that are denied; of drugs that no word joins only the first is."""
    left: list[Named] = []
    for each in named:
        apart = next((place for place, (one, other) in enumerate(pairwise(each.spans), 1) if one.end == other.start), 0)
        if denied_from(tokens, each) is None:
            left.append(each)
        elif apart:
            left.append(Named(each.spans[apart:]))
    return left


def _told_by_drugs(tokens: Sequence[str], spans: Sequence[Span]) -> Iterator[Span]:
    """Names, arms as the drugs that tell them; so a regimen of which a list goes on: in "A, B and C" is no A + B."""
    going_on = {
        span.start
        for pair in pairwise(spans)
        if {token.casefold() for token in tokens[pair[0].end : pair[1].start]} <= _LISTING
        and any(each.entities[0].type == "Drug" for each in pair)
        for span in pair
    }
    for span in spans:
        is_apart = span.is_arm or (span.start in going_on and len(span.drugs) > 1)
        yield from span.drugs if is_apart and span.drugs else (span,)


def _is_same(one: Span, other: Span) -> bool:
    """Whether two names are of the same drug, or of the same adverse event."""
    first, second = ({each.id for each in span.entities if each.type in _LISTED} for span in (one, other))
    return first == second


def is_bare(tokens: Sequence[str], spans: Sequence[Span]) -> bool:
    """Whether a text holds nothing but names and what joins them."""
    named = {place for span in spans for place in range(span.start, span.end)}
    between = {token.casefold() for place, token in enumerate(tokens) if place not in named}
    return between <= _COMBINING | JOINING


def parted(named: Sequence[Named], *, regimens: bool) -> list[Named]:
    """Two drugs that stand together are the two sides of a comparison, where no other treatment is named."""
    named = [each.forms[-1] if regimens else each for each in named]
    treatments = [each for each in named if each.of_kind(TREATMENTS)]
    if len(treatments) != 1 or len(treatments[0].spans) != 2:
        return list(named)
    return [part for each in named for part in ([Named((s,)) for s in each.spans] if each in treatments else [each])]
