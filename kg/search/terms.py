"""What a fact should say to answer a text: its words and names, each with every other way of saying the same.

A name also stands for what else the thing is called. A word stands for the words that sources write instead of it:
people type "shrink" and "womb", documents print "regression" and "uterine". Nothing here reads a file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from kg.search.fact_words import OF_HISTORY, folded
from kg.search.spans import WORDS_TOO, Span
from kg.search.spelling import ASKING, CALLED_AFTER, JOINING
from ontology.kinds import TREATMENTS

_MOST_TERMS = 16
_HALF_TYPED = 3  # letters: a last word so long may go on
# What tells a study from others, and is looked for in its name too. What else has a name must be in the result itself:
# in the trial of docetaxel against doxorubicin not each result is docetaxel's. Nor is each of an angiogenesis inhibitor
# one on angiogenesis.
_OF_STUDIES = frozenset(("", "Arm", "Document", "Grade", "Number", "Organization", "Study"))
_KINDS = frozenset(("AdverseEvent", "DrugClass", "Histotype", "Measure"))
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
_AGAINST = frozenset(("against", "versus", "vs"))
_NUMBERS = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
# Words that only relate or carry others: a fact that lacks one has lost next to nothing.
SLIGHT = frozenset(
    ("after", "all", "among", "anyone", "at", "before", "between", "during", "else", "found", "given", "good",
     "happen", "happened", "into", "list", "longer", "made", "make", "more", "named", "not", "occur", "occurred",
     "old", "performed", "really", "relative", "remained", "seen", "someone", "something", "stayed", "study", "trial",
     "under", "until", "used", "usually", "while", "within", "without", "year")
)  # fmt: skip
_EVERYWHERE = frozenset(("sarcoma", "sarcomas"))  # names of what all documents tell of
ASKED_ABOUT = frozenset(("Drug", "Regimen", "DrugClass", "Study", "Patient"))
_LEAST_NAME = 10  # letters that a shorter name counts as
_FIGURE = re.compile(r"(?!(?:19|20)\d\d$)\d{2,}")
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
    ("recurrence", "recur", "recurred", "relapse", "relapsed", "come back", "came back"),
    ("crossed", "crossover"),
    ("dose", "dosing", "mg", "gy"),
    ("big", "large", "size", "cm"),
    ("keep", "kept", "maintain", "maintained", "maintaining"),
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
    ("CTCAE", "CTC-AE"),
    ("elevated", "elevation", "raised"),
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
# How large a tumour is, of which the sides are told close together or apart: "8x7x5", "30 × 23 × 15".
_TIMES = re.compile(r"(?<=\d)\s*[x×]\s*(?=\d)", re.IGNORECASE)
_SIZE = re.compile(r"\d+(?:x\d+)+")


@dataclass(frozen=True)
class Term:
    """One thing that a fact should say: the words as typed, and every way of saying them, folded.

    Attributes:
        kind: the class of what a name names, Grade for how well a tumour is differentiated; empty for a word.
        listed: names of one kind, any of which will do; empty for a single name or word.
        spelled: how it is spelled wherever it is meant, because in other letters it is a word; empty for most.
        drugs: of a regimen that is told by its drugs, what each is called; a fact may tell a dose between them.
    """

    text: str
    ways: tuple[str, ...]
    kind: str = ""
    listed: tuple[Term, ...] = ()
    spelled: str = ""
    drugs: tuple[tuple[str, ...], ...] = ()

    def query(self) -> str:
        """Of the full-text table, see :mod:`kg.search.fact_words`."""
        ways = [f'"{way}"' if way[-1:] != "*" else f'"{way[:-1]}" *' for way in self.ways]
        if self.kind == "Measure":  # a dose reduction is told of a dose that was reduced, too
            pairs = (way.split() for way in self.ways if way.count(" ") == 1 and "*" not in way)
            apart = {both for one, other in pairs for both in product(ways_of(one), ways_of(other))}
            ways += [f'NEAR("{one}" "{other}", {_APART})' for one, other in sorted(apart)]
        for one_each in product(*self.drugs) if self.drugs else ():
            all_drugs = " ".join(f'"{way}"' for way in one_each)
            ways.append(f"NEAR({all_drugs}, {_APART * len(one_each)})")
        said = " OR ".join(ways)
        if self.kind in _OF_STUDIES and self.text not in SLIGHT:
            return said
        if self.kind == "Patient":  # a history may name another patient, whose it is not
            own = " OR ".join(f"^{way}" for way in ways)
            return f"({{sentence}} : ({own})) OR (({said}) NOT {{kinds}} : {OF_HISTORY})"
        return f"{{sentence remarks{' kinds' * (self.kind in _KINDS)}}} : ({said})"

    @property
    def whole(self) -> Term:
        """The term without ways that may go on."""
        return replace(self, ways=tuple(way for way in self.ways if way[-1:] != "*"))

    @property
    def begun(self) -> Term:
        """The term as one that sources write out: of "preop" whatever begins so."""
        return replace(self, ways=(f"{self.ways[0]}*",))


def weight(terms: Iterable[Term]) -> int:
    """How much of a text some terms are: their letters, those of a name twice, because it says what is asked about.

    A short name counts as one of ten letters, so that it weighs more than a word; what was measured is only a word. A
    figure of several digits, as people know a trial by, counts as a long word unless it is a year.
    """
    return sum(
        weight(term.listed) if term.listed else 1 if term.text in SLIGHT
        else 2 * max(len(term.text), _LEAST_NAME) if _is_name(term)
        else _LEAST_NAME if _FIGURE.fullmatch(term.text) else len(term.text)
        for term in terms
    )  # fmt: skip


def _is_name(term: Term) -> bool:
    return term.kind not in ("", "Measure") and term.text.casefold() not in _EVERYWHERE


def standing(told: Collection[Term]) -> tuple[int, int]:
    """How well some terms stand for a text: those that it is about, then how much of it they are."""
    return sum(term.kind in ASKED_ABOUT for term in told), weight(told)


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
        asked = _TIMES.sub("x", _NO_ANSWER.sub("", _ASKED_KIND.sub("", between)))
        told = [word for word in asked.split() if word.casefold() not in JOINING]
        terms += [_term(word) for word in folded(" ".join(told)).split()]
        if span is not None:
            names = [span.text, *(name for entity in span.entities for name in called.get(entity.id, ()))]
            ways = dict.fromkeys(way for name in names if (said := folded(name)) for way in ways_of(said))
            kind = span.entities[0].type if span.entities and not _is_called_after(tokens, span, found) else ""
            spelled = span.text.upper() if span.text.casefold() in WORDS_TOO else ""
            drugs = [dict.fromkeys(map(folded, (each.text, each.entities[0].label))) for each in span.drugs]
            told_by = tuple(map(tuple, drugs)) if len(drugs) > 1 else ()
            terms.append(Term(span.text, tuple(ways), kind, spelled=spelled, drugs=told_by))
            place = span.end
    if terms and place < len(tokens) and len(terms[-1].text) >= _HALF_TYPED and terms[-1].text not in _WAYS:
        terms[-1] = replace(terms[-1], ways=(*terms[-1].ways, f"{folded(tokens[-1])}*"))
    kept = [term for term in terms if term.text not in ASKING | _OF_SPEECH] or terms
    return tuple({term.ways: term for term in kept if term.ways}.values())[:_MOST_TERMS]


def _is_called_after(tokens: Sequence[str], span: Span, found: Sequence[Span]) -> bool:
    """Whether a study is called after a drug, or after what it was tried against, and another drug is asked about.

    In "doxorubicin in the docetaxel trial" and "doxorubicin in the trial against docetaxel" docetaxel is.
    """
    if not span.entities or span.entities[0].type not in TREATMENTS:
        return False
    around = {token.casefold() for token in tokens[span.end : span.end + 1]}
    before = [token.casefold() for token in tokens[max(span.start - 2, 0) : span.start]]
    if not (around & CALLED_AFTER or (len(before) > 1 and before[0] in CALLED_AFTER and before[1] in _AGAINST)):
        return False
    return any(each.entities[0].type in TREATMENTS for each in found if each is not span and each.entities)


def _term(word: str) -> Term:
    """A word; one long enough also as what is so: "slight" as "slightly", which is no ending to the stems."""
    ways = (word, word.replace("x", " ")) if _SIZE.fullmatch(word) else ways_of(word)
    adverb = (f"{word}ly",) if word.isalpha() and len(word) >= _ADVERB and ways == (word,) else ()
    return Term(word, (*ways, *adverb), "Grade" if _GRADED.fullmatch(word) else "")


def ways_of(word: str) -> tuple[str, ...]:
    """What says the same: a number in figures or in words, a word that sources write instead.

    >>> ways_of("toxicitie")  # of "toxicities", which is one word with "toxicity" in no other way
    ('toxicitie', 'toxicity')
    """
    if word.endswith("itie"):
        return (word, *ways_of(f"{word[:-2]}y"))
    return _WAYS.get(word, (word,))
