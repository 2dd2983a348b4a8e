"""Questions that a typed text may mean: offered with their reason, never answered here.

The names in the text are known things; the words around them choose rows of the table ``cues``. Nothing is learnt
and nothing is guessed beyond spelling: the same text is always offered the same questions.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from kg.model import EntityRef
from kg.search.cues import CUES
from kg.search.cues.slots import Cue, OfferKind, Slot, narrowed
from kg.search.spans import Span
from kg.search.spelling import JOINING, american, words
from ontology.kinds import TREATMENTS

MAX_OFFERS = 5
_COMBINING = frozenset(
    ("and", "et", "und", "plus", "with", "+", "/", "&", "combined", "combination", "be", "in", "is", "was", "given",
     "together")
)  # fmt: skip
_LISTING = frozenset(("and", "plus", "+"))
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
_WORD_GAIN, _MEMBER_GAIN, _ANY_DOSE_LOSS = 3, 2, 3
_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_NAMES = re.compile(r"\{(\w+)\}")
_PARAMETER_OF = {"Drug": "drug", "Procedure": "drug", "Regimen": "regimen", "DrugClass": "drug_class"}


@dataclass(frozen=True)
class OfferedQuestion:
    """A question with its parameters filled in.

    Attributes:
        kind: whether it is a question of the catalogue, or one that a view of its own answers.
        question: the name of the view, or the id in the catalogue.
        label: the question in words.
        reason: which words and names of the text it is offered for.
        parameters: what it is asked with.
    """

    kind: OfferKind
    question: str
    label: str
    reason: str
    parameters: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Named:
    """Things named in one breath: one, drugs given together, adverse events. Of one, each thing that may be meant.

    Attributes:
        is_regimen: whether they are the drugs of a regimen that is named by them.
    """

    spans: tuple[Span, ...]
    is_regimen: bool = False

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
    def members(self) -> int:
        """How many names there are, a regimen being one."""
        return 1 if self.is_regimen else len(self.spans)

    @property
    def forms(self) -> tuple[_Named, ...]:
        """As named, and a regimen that is told by its drugs also as these."""
        (first, *others) = self.spans
        return (self, _Named(first.drugs, is_regimen=True)) if len(first.drugs) > 1 and not others else (self,)

    @property
    def of_any_dose(self) -> _Named:
        """As named, of a drug at some dose the drug."""
        (first, *others) = self.spans
        return _Named(first.drugs) if len(first.drugs) == 1 and not others else self


_Filled = Mapping[Slot, tuple[tuple[EntityRef, ...], _Named]]


def offers(
    tokens: Sequence[str], spans: Sequence[Span], asked_words: Sequence[str], *, is_told: bool = False
) -> tuple[OfferedQuestion, ...]:
    """The questions that a text may mean, likeliest first.

    Args:
        tokens: the words of the text.
        spans: the names among them, in order.
        asked_words: the words as the table of questions has them, see :func:`kg.search.asked_words.as_asked`.
        is_told: whether some fact says all of the text, so that nobody need look for what joins its names.
    """
    named = _joined(tokens, spans)
    is_bare = _is_bare(tokens, spans)
    folded, starts = _folded(asked_words)
    ranked: dict[tuple[object, ...], tuple[int, OfferedQuestion]] = {}
    named_in = set[str]()  # questions of the catalogue that are asked about what the text names
    narrowing: dict[str, tuple[Cue, re.Match[str]]] = {}  # by what it narrows the evidence to
    for cue, asked in _cues_asked(folded, narrowing):
        is_needless = is_told and cue.question == "explore" and not cue.phrases
        if is_needless or (cue.is_bare and not is_bare):
            continue
        said = [run for each in asked for run in _said(each, tokens, starts)]
        place = bisect(starts, asked[0].start()) if asked else 0
        worded = _WORD_GAIN * sum(len(run.split()) for each in asked for run in each.groups() if run)
        for named_well, filled in _ways_to_fill(cue, named, place):
            if cue.narrows and len(asked) == 1:
                narrowing.setdefault(cue.slots[0].parameter if not cue.given else cue.given[0][0], (cue, asked[0]))
            score = cue.gain + worded + named_well
            offer = _offer(cue, filled, said)
            if offer.kind == "catalogue" and offer.parameters and not cue.given:
                named_in.add(offer.question)
            elif cue.given and offer.question in named_in:
                continue
            same = (offer.question, *offer.parameters.items())
            if same not in ranked or ranked[same][0] < score:
                ranked[same] = score, offer
    best = sorted(ranked.values(), key=lambda pair: -pair[0])  # stable: equals stay in the table's order
    return tuple(offer for _, offer in best[:MAX_OFFERS])


def _cues_asked(
    folded: str, narrowing: Mapping[str, tuple[Cue, re.Match[str]]]
) -> Iterator[tuple[Cue, Sequence[re.Match[str]]]]:
    """The rows of the table that a text may ask, each with the words that ask it; last what narrows evidence as one.

    Args:
        folded: the text.
        narrowing: to what it narrows the evidence; filled by who takes the rows.
    """
    for cue in CUES:
        asked = _asked(cue, folded)
        if asked or not cue.phrases:
            yield cue, [asked] if asked else []
    if len(narrowing) > 1:
        yield narrowed(cue for cue, _ in narrowing.values()), [asked for _, asked in narrowing.values()]


def _ways_to_fill(cue: Cue, named: Sequence[_Named], place: int) -> Iterator[tuple[int, _Filled]]:
    """The names that a question may be asked of, and how much they speak for it; without words it takes two."""
    for loss, turn in _in_turns(cue, named):
        filled = _filled(cue, turn, place)
        if filled is not None and (cue.phrases or sum(each.members for _, each in filled.values()) > 1):
            gain = sum(slot.gain + _MEMBER_GAIN * (each.members - 1) for slot, (_, each) in filled.items())
            yield gain - loss, filled


def _in_turns(cue: Cue, named: Sequence[_Named]) -> list[tuple[int, list[_Named]]]:
    """The names, as often as a question is asked of them, and how much less each turn is meant.

    It is asked of each patient and document by itself, and of a drug at one dose, which is what one arm is called, also
    of the drug: other arms gave as much and are called otherwise.
    """
    for kind in ("Patient", "Document"):
        several = [each for each in named if each.of_kind((kind,))]
        if len(several) > 1 and any(kind in slot.kinds for slot in cue.slots):
            return [(0, [each for each in named if each is one or each not in several]) for one in several]
    of_any_dose = [each.of_any_dose for each in named]
    if any(slot.by_drug for slot in cue.slots) or of_any_dose == [*named]:
        return [(0, of_any_dose)]
    return [(0, [*named]), (_ANY_DOSE_LOSS, of_any_dose)]


def _joined(tokens: Sequence[str], spans: Sequence[Span]) -> list[_Named]:
    """Names; drugs with nothing but a joining word between them are one, and so are adverse events."""
    adding = _ADDING if any(token.casefold().startswith("add") for token in tokens) else _ADDING - {"to"}
    joining = _COMBINING | adding
    found: list[_Named] = []
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
                found[-1] = _Named((*found[-1].spans, span))
        else:
            found.append(_Named((span,)))
    return found


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


def _is_bare(tokens: Sequence[str], spans: Sequence[Span]) -> bool:
    """Whether a text holds nothing but names and what joins them."""
    named = {place for span in spans for place in range(span.start, span.end)}
    between = {token.casefold() for place, token in enumerate(tokens) if place not in named}
    return between <= _COMBINING | JOINING


def _filled(cue: Cue, named: Sequence[_Named], place: int) -> _Filled | None:
    """What names fill the slots of a question; None where one that it needs stays empty.

    Args:
        cue: the question.
        named: the names, in order.
        place: the number of the word behind the one where the words begin that ask.
    """
    free = list(named)
    if {slot.parameter for slot in cue.slots} >= {"a", "b"}:
        free = _parted(free, regimens=any(slot.is_part for slot in cue.slots))
    filled: dict[Slot, tuple[tuple[EntityRef, ...], _Named]] = {}
    for slot in cue.slots:
        if slot.is_near:  # of two that are as near, the one behind
            free.sort(key=lambda each: (abs(each.spans[0].start - place), -each.spans[0].start))
        placed = _placed(slot, free, place)
        forms = (form for each in placed for form in each.forms if _is_as_many(slot, len(form.spans)))
        chosen = next(((found, form) for form in forms if (found := form.fitting(slot))), None)
        if chosen is not None:
            filled[slot] = chosen
            places = {span.start for span in chosen[1].spans}
            free = [  # nor is a thing asked about twice, whatever it is called
                each
                for each in free
                if each.fitting(slot) != chosen[0] and not places & {span.start for span in each.spans}
            ]
        elif not slot.optional:
            return None
    return filled


def _placed(slot: Slot, free: Sequence[_Named], place: int) -> Sequence[_Named]:
    """The names that stand where a slot takes them from."""
    if slot.is_before:
        return [each for each in free if each.spans[-1].end == place - 1]
    if slot.is_behind:
        return sorted((each for each in free if each.spans[0].start >= place), key=lambda each: each.spans[0].start)[:1]
    return free


def _is_as_many(slot: Slot, names: int) -> bool:
    return not (slot.single and names > 1) and not (slot.several and names == 1)


def _parted(named: Sequence[_Named], *, regimens: bool) -> list[_Named]:
    """Two drugs that stand together are the two sides of a comparison, where no other treatment is named."""
    named = [each.forms[-1] if regimens else each for each in named]
    treatments = [each for each in named if each.of_kind(TREATMENTS)]
    if len(treatments) != 1 or len(treatments[0].spans) != 2:
        return list(named)
    return [part for each in named for part in ([_Named((s,)) for s in each.spans] if each in treatments else [each])]


def _offer(cue: Cue, filled: _Filled, said: Sequence[str]) -> OfferedQuestion:
    labels: dict[str, str] = {}
    for slot, (found, _) in filled.items():
        joining = " or " if cue.kind == "catalogue" and not slot.is_joint else " + "
        label = joining.join(ref.label for ref in found)
        labels[slot.parameter] = f"{labels[slot.parameter]} and {label}" if slot.parameter in labels else label
    parameters = dict(cue.given)
    for slot, (found, _) in filled.items():
        if not slot.is_passed:
            continue
        if cue.question == "compare" and slot.parameter in ("a", "b"):
            parameters[slot.parameter] = (labels[slot.parameter],)
        elif cue.question == "explore":
            parameters["node"] = (*parameters.get("node", ()), *(ref.curie for ref in found))
        else:
            name = _PARAMETER_OF[found[0].type] if slot.parameter == "treatment" else slot.parameter
            parameters[name] = (*parameters.get(name, ()), *(ref.curie for ref in found))
    kept = _OPTIONAL.sub(lambda part: part[1] if _NAMES.findall(part[1])[0] in labels else "", cue.label)
    label = kept.format(**labels)
    return OfferedQuestion(cue.kind, cue.question, label[:1].upper() + label[1:], _reason(filled, said), parameters)


def _reason(filled: _Filled, said: Sequence[str]) -> str:
    """The words of the text that ask, and the names in it with what they are called here.

    Of "how does rapamycin work": “how does … work”; sirolimus (“rapamycin”).
    """
    names = [
        ref.label if span.text.casefold() == ref.label.casefold() else f"{ref.label} (“{span.text}”)"
        for found, named in filled.values()
        for ref, span in zip(found, named.spans, strict=True)
    ]
    return "; ".join(part for part in (f"“{' … '.join(said)}”" if said else "", ", ".join(names)) if part)


def _folded(tokens: Sequence[str]) -> tuple[str, list[int]]:
    """A text for the patterns of cues: its words as they are compared, and where each of them begins."""
    text, starts = " ", []
    for token in tokens:
        starts.append(len(text))
        text += "".join(f"{american(word)} " for word in words(token))  # "treatment-related" is two words, ">=" is none
    return text, starts


def _said(asked: re.Match[str], tokens: Sequence[str], starts: Sequence[int]) -> tuple[str, ...]:
    """The words of the text that matched, as they were typed."""
    parts = (asked.span(number) for number in range(1, len(asked.groups()) + 1) if asked.start(number) >= 0)
    return tuple(" ".join(tokens[bisect(starts, start) - 1 : bisect(starts, end - 1)]) for start, end in parts)


def _asked(cue: Cue, folded: str) -> re.Match[str] | None:
    may_be = any(all(word in folded for word in way) for way in _words_of(cue.phrases))  # far cheaper than a pattern
    return _pattern(cue.phrases).search(folded) if may_be else None


@cache
def _words_of(phrases: str) -> tuple[tuple[str, ...], ...]:
    """The words of each of some phrases, as they stand in a folded text."""
    ways = (phrase.replace("…", "").split() for phrase in phrases.split("|") if phrase)
    return tuple(
        tuple(f" {word[:-1]}" if word.endswith("*") else f" {american(word)} " for word in way) for way in ways
    )


@cache
def _pattern(phrases: str) -> re.Pattern[str]:
    """Any of some phrases, the longer first; each run of words is a group."""
    ways = sorted(phrases.split("|"), key=lambda phrase: (-len(phrase.split()), phrase))
    return re.compile("|".join(" .*?".join(_run(run) for run in way.split(" … ")) for way in ways))


def _run(run: str) -> str:
    parts = [re.escape(word[:-1]) + r"\S*" if word.endswith("*") else re.escape(american(word)) for word in run.split()]
    return rf"(?<= )({' '.join(parts)})(?= )"
