"""What a fact should say to answer a text: its words and names, each with every other way of saying the same.

A name also stands for what else the thing is called. A word stands for the words that sources write instead of it:
people type "shrink" and "womb", documents print "regression" and "uterine". Nothing here reads a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from kg.search.fact_words import folded
from kg.search.spans import WORDS_TOO, Span
from kg.search.spelling import ASKING, JOINING

_MOST_TERMS = 16
_HALF_TYPED = 3  # letters: a last word so long may go on
_APART = 10  # words that may stand between those of a measure
_ADVERB = 5  # letters of a word that may stand in facts with -ly
# "Which drugs" asks for drugs; the facts that answer name them, and seldom say that they are drugs.
_ASKED_KIND = re.compile(
    r"\b(?:(?<=which )|(?<=what ))"
    r"(?:drug|agent|medicine|treatment|therap(?:y|ie)|regimen|combination|stud(?:y|ie)|trial|target"
    r"|compan(?:y|ie)|document|enzyme|manufacturer|organism|paper|tissue)s?\b",
    re.IGNORECASE,
)
# Words that belong to the asking, and that facts hardly say: "what do the authors conclude", "at which dose".
_NO_ANSWER = re.compile(
    r"\b(?:(?:according to|do|does|did|in) the (?:abstract|author|discussion|introduction|writer)s?"
    r"|at(?= wh(?:ich|at)\b)|how often|(?:what|which) (?:fraction|percentage|proportion|share) of"
    r"|(?<=urinary )tract)\b",
    re.IGNORECASE,
)
_GRADED = re.compile(r"g[1-4]")  # how well a tumour is differentiated, as pathologists write it
# Words by which people speak of themselves and of others, or set two things side by side, folded: no fact turns on
# them.
_OF_SPEECH = frozenset(
    ("being", "but", "caled", "et", "give", "he", "her", "him", "his", "i", "if", "its", "my", "our", "please", "she",
     "than", "their", "them", "these", "they", "this", "those", "und", "versus", "vs", "we", "your")
)  # fmt: skip
_NUMBERS = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
# Words for the same, in the singular and in American spelling; stems are compared, so one ending of each is enough.
_SAME = (
    *((word, str(number)) for number, word in enumerate(_NUMBERS, 2)),
    ("after", "following", "follow", "followed"),
    ("block", "blocked", "blockade", "inhibit", "inhibited", "inhibition"),
    ("predict", "predicted", "predictor", "predictive", "associated", "correlation", "correlate"),
    ("soluble", "solubility", "insoluble", "insolubility"),
    ("before", "previously", "prior", "pretreated", "earlier"),
    ("mets", "metastasis", "metastases", "metastatic", "metastasised", "spread"),
    ("shrink", "shrank", "shrunk", "regression", "regressed", "smaller", "disappearance"),
    ("grow", "grew", "grown", "growth", "regrow", "regrew", "regrown", "regrowth", "larger", "enlarged"),
    ("stop", "stopped", "withdrawn", "withdrew", "withdrawal", "discontinued", "cessation", "interrupted"),
    ("response", "respond", "responded", "responder"),
    ("survival", "survive", "survived", "alive", "live", "lived"),
    ("recurrence", "recur", "relapse", "relapsed"),
    ("treatment", "treat", "treated"),
    ("die", "died", "death", "dead", "mortality"),
    ("bleeding", "hemorrhage", "bleed"),
    ("woman", "women", "female", "lady"),
    ("man", "men", "male"),
    ("liver", "hepatic"),
    ("lung", "pulmonary"),
    ("kidney", "renal"),
    ("heart", "cardiac", "myocardial", "ventricular"),
    ("bone", "osseous"),
    ("womb", "uterus", "uterine"),
    ("nerve", "neuropathy", "neurotoxicity"),
    ("operation", "surgery", "surgical", "operated"),
    ("patient", "people", "person", "subject"),
    ("older", "elderly"),
    ("children", "child", "pediatric"),
    ("reduction", "reduced", "reduce"),
    ("pancreas", "pancreatic"),
    ("retroperitoneum", "retroperitoneal"),
    ("mesentery", "mesenteric"),
    ("origin", "derived"),
    ("protect", "protection", "uroprotection"),
    ("bladder", "urinary", "uroprotection"),
)
_WAYS = {
    word: tuple(dict.fromkeys((word, *same)))
    for same in ([folded(word) for word in words] for words in _SAME)
    for word in same
}
# A drug to which a tumour is resistant has failed; a kidney that fails resists nothing.
_FAILED = tuple(map(folded, ("fail", "failed", "failure")))
_WAYS |= dict.fromkeys(_FAILED, (*_FAILED, "refractory", "resistant", "resistance"))
# What began was done first; not all that is first is a beginning.
_BEGUN = ("begin", "began", "begun", "start", "started")
_WAYS |= dict.fromkeys(_BEGUN, (*_BEGUN, "first", "initially"))


@dataclass(frozen=True)
class Term:
    """One thing that a fact should say: the words as typed, and every way of saying them, folded.

    Attributes:
        kind: the class of what a name names, Grade for how well a tumour is differentiated; empty for a word.
        listed: names of one kind, any of which will do; empty for a single name or word.
        spelled: how it is spelled wherever it is meant, because in other letters it is a word; empty for most.
    """

    text: str
    ways: tuple[str, ...]
    kind: str = ""
    listed: tuple[Term, ...] = ()
    spelled: str = ""

    def query(self) -> str:
        """Of the full-text table."""
        ways = [f'"{way}"' if way[-1:] != "*" else f'"{way[:-1]}" *' for way in self.ways]
        if self.kind == "Measure":  # a dose reduction is told of a dose that was reduced, too
            pairs = (way.split() for way in self.ways if way.count(" ") == 1 and "*" not in way)
            apart = {both for one, other in pairs for both in product(ways_of(one), ways_of(other))}
            ways += [f'NEAR("{one}" "{other}", {_APART})' for one, other in sorted(apart)]
        return " OR ".join(ways)

    @property
    def whole(self) -> Term:
        """The term without ways that may go on."""
        return replace(self, ways=tuple(way for way in self.ways if way[-1:] != "*"))

    @property
    def begun(self) -> Term:
        """The term as one that sources write out: of "preop" whatever begins so."""
        return replace(self, ways=(f"{self.ways[0]}*",))


def terms_of(tokens: Sequence[str], found: Sequence[Span], called: Mapping[str, tuple[str, ...]]) -> tuple[Term, ...]:
    """What a fact should say to answer a text.

    Args:
        tokens: the words of the text.
        found: the names among them.
        called: what else the things are called that the names mean, by IRI.
    """
    terms: list[Term] = []
    place = 0
    for span in (*found, None):
        between = " ".join(tokens[place : span.start if span else len(tokens)])
        asked = _NO_ANSWER.sub("", _ASKED_KIND.sub("", between))
        told = [word for word in asked.split() if word.casefold() not in JOINING]
        terms += [_term(word) for word in folded(" ".join(told)).split()]
        if span is not None:
            names = [span.text, *(name for entity in span.entities for name in called.get(entity.id, ()))]
            ways = dict.fromkeys(way for name in names if (said := folded(name)) for way in ways_of(said))
            kind = span.entities[0].type if span.entities else ""
            spelled = span.text.upper() if span.text.casefold() in WORDS_TOO else ""
            terms.append(Term(span.text, tuple(ways), kind, spelled=spelled))
            place = span.end
    if terms and place < len(tokens) and len(terms[-1].text) >= _HALF_TYPED and terms[-1].text not in _WAYS:
        terms[-1] = replace(terms[-1], ways=(*terms[-1].ways, f"{folded(tokens[-1])}*"))
    kept = [term for term in terms if term.text not in ASKING | _OF_SPEECH] or terms
    return tuple({term.ways: term for term in kept if term.ways}.values())[:_MOST_TERMS]


def _term(word: str) -> Term:
    """A word; one long enough also as what is so: "slight" as "slightly", which is no ending to the stems."""
    ways = ways_of(word)
    adverb = (f"{word}ly",) if word.isalpha() and len(word) >= _ADVERB and ways == (word,) else ()
    return Term(word, (*ways, *adverb), "Grade" if _GRADED.fullmatch(word) else "")


def ways_of(word: str) -> tuple[str, ...]:
    """What says the same: a number in figures or in words, a word that sources write instead."""
    return _WAYS.get(word, (word,))
