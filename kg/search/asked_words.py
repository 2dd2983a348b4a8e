"""The words by which people ask, as the table of questions has them: other words for the same, and slips in writing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from kg.search.cues import CUES
from kg.search.spelling import ASKING, american, words

# Words that ask the same as one of the table; in the singular and in American spelling.
_SAME = dict.fromkeys(("medicine", "medication", "medicament", "med", "meds", "pill", "remedy"), "drug") | {
    "high-dose": "highdose", "low-dose": "lowdose",  # which ifosfamide, no question about doses
    "chemo": "chemotherapy", "dosage": "dose", "dosis": "dose", "posology": "dose",
}  # fmt: skip
# Words of their own that are one letter from a word that asks: an infection is no injection.
_NO_SLIPS = frozenset(
    ("change", "charge", "continue", "continued", "falling", "filled", "genetic", "hypotension", "infected",
     "infection", "market", "media", "medial", "present", "presented", "presenting", "serous", "shingle", "teste",
     "though")
)  # fmt: skip
_SIGNS = (
    (re.compile(">=|≥"), " at least "), (re.compile("<=|≤"), " at most "),
    (re.compile(">"), " more than "), (re.compile("<"), " less than "),
)  # fmt: skip
_LEAST_MISSPELT, _LEAST_BEGUN = 6, 6  # letters; a shorter word with a slip may well be another word


def asks(word: str) -> bool:
    """Whether a word belongs to some question, so that it is no misspelt name.

    >>> asks("effects"), asks("tolerability"), asks("medicine"), asks("gemcitabin")
    (True, True, True, False)
    """
    asked = american(word.casefold())
    return asked in _SAME or _is_asking(asked)


@lru_cache(maxsize=4096)
def as_asked(word: str) -> str:
    """A word as the table has it: one that asks the same, or the one that it differs from by a slip.

    >>> as_asked("medicines"), as_asked("resistence"), as_asked("terapy"), as_asked("sunitinib")
    ('drug', 'resistance', 'therapy', 'sunitinib')
    """
    word = american(word)
    if word in _NO_SLIPS:
        return word
    if word in _SAME or len(word) < _LEAST_MISSPELT - 1 or word in ASKING or _is_stem(word):
        return _SAME.get(word, word)
    meant = (stem for stem, may_go_on in _stems() if not may_go_on and len(stem) >= _LEAST_MISSPELT)
    whole = next((stem for stem in meant if _is_one_slip(word, stem)), None)
    return whole or (word if _is_asking(word) else _begun(word))


def _begun(word: str) -> str:
    """A word that begins with a slip like one that may go on, as that begins; else the word."""
    for stem in (stem for stem, may_go_on in _stems() if may_go_on and len(stem) >= _LEAST_BEGUN):
        for end in range(len(stem) - 1, len(stem) + 2):
            if word[:end][-1] == stem[-1] and _is_one_slip(word[:end], stem):
                return stem + word[end:]
    return word


def _is_one_slip(typed: str, meant: str) -> bool:
    """Whether one letter behind the first is wrong, missing or too much, or two are swapped."""
    same = next((place for place, pair in enumerate(zip(typed, meant, strict=False)) if pair[0] != pair[1]), None)
    same = min(len(typed), len(meant)) if same is None else same
    left, right = typed[same:], meant[same:]
    swapped = left[1::-1] + left[2:]
    return same > 0 and right in {left[1:], swapped} | {right[:1] + left, right[:1] + left[1:]} and left != right


def _is_stem(word: str) -> bool:
    return any((word, may_go_on) in _stems() for may_go_on in (False, True))


def _is_asking(word: str) -> bool:
    return word in ASKING or _words().fullmatch(word) is not None


@cache
def _words() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(stem) + ".*" * may_go_on for stem, may_go_on in _stems()))


@cache
def _stems() -> tuple[tuple[str, bool], ...]:
    """The words of all phrases, and whether each may go on."""
    found = {word for cue in CUES for word in cue.phrases.replace("|", " ").replace("…", "").split()}
    return tuple((american(word.rstrip("*")), word.endswith("*")) for word in sorted(found))


def in_folded_words(tokens: Sequence[str]) -> tuple[str, list[int]]:
    """A text for the patterns of cues: its words as they are compared, and where each of them begins.

    Signs are told in words, but for those of a grade, of which every question asks for so much or above.

    >>> in_folded_words(["n", ">=50", "grade", "≥", "3"])
    (' n at least 50 grade 3 ', [1, 3, 15, 21, 21])
    """
    text, starts = " ", []
    for token in tokens:
        starts.append(len(text))
        told = token if text.endswith(" grade ") else _without_signs(token)
        text += "".join(f"{american(word)} " for word in words(told))  # "treatment-related" is two words
    return text, starts


def _without_signs(token: str) -> str:
    for sign, said in _SIGNS:
        token = sign.sub(said, token)
    return token
