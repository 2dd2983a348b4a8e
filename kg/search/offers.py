"""Questions that a typed text may mean: offered with their reason, never answered here.

The names in the text are known things; the words around them choose rows of the table ``cues``. Nothing is learnt
and nothing is guessed beyond spelling: the same text is always offered the same questions.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from types import MappingProxyType

from kg.model import EntityRef
from kg.search.asked_words import in_folded_words
from kg.search.cues import CUES
from kg.search.cues.figures import never_asked, told_in_figures
from kg.search.cues.slots import Cue, OfferKind, Slot, narrowed
from kg.search.named import Named, denied_from, is_bare, joined, not_denied, parted
from kg.search.spans import Span
from kg.search.spelling import american
from ontology.kinds import TREATMENTS

MAX_OFFERS = 5
_HIDDEN = "_"  # stands for a letter of what no row of the table should find
_WORD_GAIN, _MEMBER_GAIN, _ANY_DOSE_LOSS = 3, 2, 3
_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_NAMES = re.compile(r"\{(\w+)\}")
_NARROWED = ("evidence", "compare", "explain")  # questions that say which conditions they leave aside
_NEVER_RANDOMISED = frozenset(("case report", "case series", "retrospective cohort", "prospective cohort"))
# After words that deny it nothing was given after anything, and the grade of a tumour is of no adverse event.
_NOT_MEANT = re.compile(
    r"(?<= )(?:(?:not|never|without) (?:(?:been|previously|prior|any) )*"
    r"(?:after|pretreated|previously|progres\S*|fail\S*|resistant|refractory|intolerant|treated)|"
    r"grade (?:[1-5]|iv|v|i{1,3})(?= (?:(?:uterine|soft tissue|[a-z]+(?:al|ic)) )?\S*(?:sarcoma|tumor|gist) ))(?= )"
)
_CONDITIONS = frozenset((*TREATMENTS, "Histotype", "AdverseEvent", "Measure", "Site"))
_PARAMETER_OF = {"Drug": "drug", "Procedure": "drug", "Regimen": "regimen", "DrugClass": "drug_class"}


@dataclass(frozen=True)
class OfferedQuestion:
    """A question with its parameters filled in.

    Attributes:
        kind: whether it is a question of the catalogue, or one that a view of its own answers.
        question: the name of the view, or the id in the catalogue.
        label: the question in words.
        reason: which words and names of the text it is offered for, and which conditions of it are not asked.
        parameters: what it is asked with.
    """

    kind: OfferKind
    question: str
    label: str
    reason: str
    parameters: Mapping[str, tuple[str, ...]]


_Told = tuple[tuple[EntityRef, ...], Named]
_Filled = Mapping[Slot, _Told]


class _Words:
    """The words of a text that ask something.

    Attributes:
        said: as they were typed, a text for each run of them.
        count: how many words they are.
        places: their numbers.
        place: the number of the word behind the first.
    """

    def __init__(self, asked: re.Match[str] | None, tokens: Sequence[str] = (), starts: Sequence[int] = ()) -> None:
        groups = asked.groups() if asked else ()
        found = (asked.span(number) for number in range(1, len(groups) + 1) if asked and asked.start(number) >= 0)
        runs = [(bisect(starts, start) - 1, bisect(starts, end - 1)) for start, end in found]
        self.said = [" ".join(tokens[start:end]) for start, end in runs]
        self.count = sum(len(run.split()) for run in groups if run)
        self.places = frozenset(place for run in runs for place in range(*run))
        self.place = runs[0][0] + 1 if runs else 0


_NO_WORDS = _Words(None)


@dataclass(frozen=True)
class _Narrowing:
    """What narrows the evidence: a row of the table, the words that ask it, and the names that it narrows by."""

    cue: Cue
    asked: _Words
    own: _Filled


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
    called = joined(tokens, spans)
    named = not_denied(tokens, called)
    is_only_names = is_bare(tokens, spans)
    folded, starts = in_folded_words(asked_words)
    conditions = [_Words(asked, tokens, starts) for asked in never_asked(folded)]
    ranking, narrowing = _Ranking(tokens, called), dict[str, _Narrowing]()
    for cue, asked in _cues_asked(folded):
        if cue is None:
            conditions.append(_Words(asked, tokens, starts))
            continue
        is_needless = is_told and cue.question == "explore" and not cue.phrases
        if is_needless or (cue.is_bare and not is_only_names):
            continue
        words_asking = _Words(asked, tokens, starts) if asked else _NO_WORDS
        others = narrowing.get(cue.parameter) if cue.narrows else None
        if others and words_asking.places < others.asked.places:
            continue
        if _is_said_in_a_name(cue, words_asking, named):
            continue
        free = [each for each in named if not cue.narrows or not each.places <= words_asking.places]
        ways = list(_ways_to_fill(cue, free, words_asking.place))
        if cue.narrows and (ways or not cue.own_slots):
            own = {slot: told for _, filled in ways[:1] for slot, told in filled.items() if slot in cue.own_slots}
            narrowing.setdefault(cue.parameter, _Narrowing(cue, words_asking, own))
        for named_well, filled in ways if not cue.is_beside else ():
            ranking.add(cue, filled, named_well, [words_asking])
    _add_joint(ranking, _together(narrowing), named)
    conditions += [part.asked for part in narrowing.values()]
    return ranking.best(conditions)


def _together(narrowing: Mapping[str, _Narrowing]) -> list[_Narrowing]:
    """What narrows the evidence, without what can never hold beside the rest: no case report is of ten patients."""
    given = {name: value for part in narrowing.values() for name, (value,) in part.cue.given}
    impossible = set[str]()
    if given.get("design") in _NEVER_RANDOMISED:
        impossible |= {"phase", *(("randomised",) if given.get("randomised") == "yes" else ())}
        impossible |= {"min_n"} if given["design"] == "case report" and int(given.get("min_n", "1")) > 1 else set()
    if int(given.get("from_year", "0")) > int(given.get("to_year", "9999")):
        impossible |= {"to_year"}
    return [part for name, part in narrowing.items() if name not in impossible]


def _add_joint(ranking: _Ranking, parts: Sequence[_Narrowing], named: Sequence[Named]) -> None:
    """Take up the one question that is narrowed in every way that a text asks for, if there are several."""
    if len(parts) < 2:
        return
    joint = narrowed(part.cue for part in parts)
    own = {slot: told for part in parts for slot, told in part.own.items()}
    taken = frozenset[int]().union(*(part.asked.places for part in parts), *(told.places for _, told in own.values()))
    free = [each for each in named if not each.places <= taken]
    for named_well, filled in _ways_to_fill(joint, free, 0, own):
        ranking.add(joint, filled, named_well, [part.asked for part in parts])


class _Ranking:
    """Questions as they are found, each once, with how much speaks for it."""

    def __init__(self, tokens: Sequence[str], called: Sequence[Named]) -> None:
        self._tokens, self._called = tokens, called
        self._ranked: dict[tuple[object, ...], tuple[int, OfferedQuestion, frozenset[int]]] = {}
        self._named_in = set[str]()  # questions of the catalogue that are asked about what the text names

    def add(self, cue: Cue, filled: _Filled, named_well: int, asked: Sequence[_Words]) -> None:
        """Take up a question of a row of the table, asked with the names that fill it and the words that ask it."""
        score = cue.gain + named_well + _WORD_GAIN * sum(each.count for each in asked)
        offer = _offer(cue, filled, [run for each in asked for run in each.said])
        if offer.kind == "catalogue" and offer.parameters and not cue.given:
            self._named_in.add(offer.question)
        elif cue.given and offer.question in self._named_in:
            return
        same = (offer.question, *offer.parameters.items())
        if same not in self._ranked or self._ranked[same][0] < score:
            places = (*(each.places for each in asked), *(told.places for _, told in filled.values()))
            self._ranked[same] = score, offer, frozenset[int]().union(*places)

    def best(self, conditions: Sequence[_Words]) -> tuple[OfferedQuestion, ...]:
        """The likeliest first, equals in the order in which they came; each says which conditions it leaves aside."""
        ranked = sorted(self._ranked.values(), key=lambda each: -each[0])
        return tuple(self._whole(offer, places, conditions) for _, offer, places in ranked[:MAX_OFFERS])

    def _whole(self, offer: OfferedQuestion, taken: frozenset[int], conditions: Sequence[_Words]) -> OfferedQuestion:
        """An offer that names, of what narrows it and whatever else the text names, the words that it leaves aside."""
        aside = frozenset[int]().union(*(each.places for each in conditions if not each.places & taken))
        for span in (span for each in self._called for span in each.spans if span.entities[0].type in _CONDITIONS):
            places = frozenset(range(span.start, span.end))
            aside |= frozenset() if places & taken else places
        for each in self._called:
            if (start := denied_from(self._tokens, each)) is not None:
                aside |= frozenset(range(start, min(each.places)))
        if not aside or offer.question not in _NARROWED:
            return offer
        runs = groupby(enumerate(sorted(aside)), key=lambda numbered: numbered[1] - numbered[0])
        said = [" ".join(self._tokens[place] for _, place in run) for _, run in runs]
        return replace(offer, reason=f"{offer.reason}; not asked: {', '.join(f'“{each}”' for each in said)}")


def _cues_asked(folded: str) -> Iterator[tuple[Cue | None, re.Match[str] | None]]:
    """The rows of the table that a text may ask, each with the words that ask it, those first that figures make.

    Words without a row narrow what is asked, and nothing takes them up. A year is of what was published, and nothing
    that was given before: "after 2010"; nor was anything given after what is denied.
    """
    for cues, asked, is_year in list(told_in_figures(folded)):
        yield from ((cue, asked) for cue in cues or (None,))
        if is_year:
            folded = _hidden(folded, asked)
    for denied in list(_NOT_MEANT.finditer(folded)):
        folded = _hidden(folded, denied)
    for cue in CUES:
        found = _asked(cue, folded)
        if found or not cue.phrases:
            yield cue, found


def _hidden(folded: str, part: re.Match[str]) -> str:
    return f"{folded[: part.start()]}{_HIDDEN * len(part[0])}{folded[part.end() :]}"


def _is_said_in_a_name(cue: Cue, asked: _Words, named: Sequence[Named]) -> bool:
    """Whether words that ask what people had had before begin amid a name: in "time to progression on" they do not."""
    return any(slot.parameter == "after" or slot.is_near for slot in cue.slots) and any(
        asked.place - 1 in each.places - {min(each.places)} for each in named
    )


def _ways_to_fill(
    cue: Cue, named: Sequence[Named], place: int, known: _Filled = MappingProxyType({})
) -> Iterator[tuple[int, _Filled]]:
    """The names that a question may be asked of, and how much they speak for it; without words it takes two."""
    for loss, turn in _in_turns(cue, named):
        filled = _filled(cue, turn, place, known)
        if filled is not None and (cue.phrases or cue.given or sum(each.members for _, each in filled.values()) > 1):
            gain = sum(slot.gain + _MEMBER_GAIN * (each.members - 1) for slot, (_, each) in filled.items())
            yield gain - loss, filled


def _in_turns(cue: Cue, named: Sequence[Named]) -> list[tuple[int, list[Named]]]:
    """The names, as often as a question is asked of them, and how much less each turn is meant.

    It is asked of each patient and document by itself, and of a drug at one dose, which is what one arm is called, also
    of the drug: other arms gave as much and are called otherwise.
    """
    for kind in ("Patient", "Document"):
        several = [each for each in named if each.of_kind((kind,))]
        if len(several) > 1 and any(kind in slot.kinds for slot in cue.slots):
            return [(0, [each for each in named if each is one or each not in several]) for one in several]
    for kind in ("Histotype", "AdverseEvent") if cue.question == "evidence" else ():
        apart = [part for each in named for part in (each.apart if each.of_kind((kind,)) else (each,))]
        several = [each for each in apart if each.of_kind((kind,))]
        if len(several) > 1 and any(kind in slot.kinds for slot in cue.slots):
            return [(0, [each for each in apart if each is one or each not in several]) for one in several]
    of_any_dose = [each.of_any_dose for each in named]
    if any(slot.by_drug for slot in cue.slots) or of_any_dose == [*named]:
        return [(0, of_any_dose)]
    return [(0, [*named]), (_ANY_DOSE_LOSS, of_any_dose)]


def _filled(cue: Cue, named: Sequence[Named], place: int, known: _Filled) -> _Filled | None:
    """What names fill the slots of a question; None where one that it needs stays empty.

    Args:
        cue: the question.
        named: the names, in order.
        place: the number of the word behind the one where the words begin that ask.
        known: slots that are filled.
    """
    free = list(named)
    if {slot.parameter for slot in cue.slots} >= {"a", "b"}:
        free = parted(free, regimens=any(slot.is_part for slot in cue.slots))
    filled = dict(known)
    for slot in (slot for slot in cue.slots if slot not in known):
        if slot.is_near:  # of two that are as near, the one behind
            free.sort(key=lambda each: (abs(each.spans[0].start - place), -each.spans[0].start))
        placed = _placed(slot, free, place)
        forms = (form for each in placed for form in each.forms if _is_as_many(slot, len(form.spans)))
        chosen = next(((found, form) for form in forms if (found := form.fitting(slot))), None)
        if chosen is not None:
            chosen = _with_more(slot, chosen, free)
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


def _with_more(slot: Slot, chosen: _Told, free: Sequence[Named]) -> _Told:
    """What people had had before, with what it goes on with, or goes on from: "after doxorubicin and a taxane"."""
    if slot.parameter != "after":
        return chosen
    found, named = chosen
    first, last = min(named.places), max(named.places)
    for each in sorted((each for each in free if min(each.places) > last), key=lambda each: min(each.places)):
        if not each.goes_on or not (more := each.fitting(slot)):
            break
        found, named = (*found, *more), Named((*named.spans, *each.spans))
    earlier = sorted((each for each in free if max(each.places) < first), key=lambda each: -min(each.places))
    goes_on = slot.is_before and any(each.goes_on for each in free if min(each.places) == first)
    for each in earlier if goes_on else ():
        if not (more := each.fitting(slot)):
            break
        found, named = (*more, *found), Named((*each.spans, *named.spans))
        if not each.goes_on:
            break
    return found, named


def _placed(slot: Slot, free: Sequence[Named], place: int) -> Sequence[Named]:
    """The names that stand where a slot takes them from."""
    if slot.is_before:
        return [each for each in free if each.spans[-1].end == place - 1]
    if slot.is_behind:
        return sorted((each for each in free if each.spans[0].start >= place), key=lambda each: each.spans[0].start)[:1]
    return free


def _is_as_many(slot: Slot, names: int) -> bool:
    return not (slot.single and names > 1) and not (slot.several and names == 1)


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
