"""When two spellings are the same name, and how far apart two others are.

``compact`` ignores case, hyphens, spaces, punctuation, accents and Greek letters' spelling; ``loose`` also
British and American spelling and the plural s. Both are applied to the names when they are stored and to what
a user types, so that it does not matter that the results are no words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi",
    "ο": "omicron", "π": "pi", "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon",
    "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip

_GREEK_LETTER = re.compile(f"[{''.join(GREEK)}]")
_GREEK_AFTER_LATIN = re.compile(f"(?<=[a-z])(?=[{''.join(GREEK)}])")
_COMBINED = re.compile(r"\s*(?:\+|\bplus\b)\s*")
_WORD = re.compile(r"[^\W_]+")
JOINING = frozenset(
    ("a", "an", "and", "are", "by", "did", "do", "does", "done", "for", "from", "how", "in", "is", "of", "on", "or",
     "that", "the", "to", "was", "were", "what", "which", "who", "with")
)  # fmt: skip
# Words that ask for a fact; no fact says them and nothing is called so.
ASKING = frozenset(
    ("about", "any", "anything", "be", "best", "both", "can", "could", "ever", "gave", "get", "got", "ha", "had",
     "has", "have", "it", "many", "me", "most", "much", "option", "plus", "say", "shall", "should", "show", "tell",
     "there", "think", "when", "where", "whether", "why", "will", "work", "working", "would", "you")
)  # fmt: skip
# Words for what people call after the drugs in it: the docetaxel trial.
CALLED_AFTER = frozenset(("trial", "trials", "study", "studies", "series"))
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertz", "azerty")
_AMERICAN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(tum|col|behavi|fav|hum|lab|od|vap|harb)our", r"\1or"),
        (r"ae|oe", "e"),
        (r"(is)(e|ed|es|ing|ation|ations)$", r"iz\2"),
        (r"lys(e|ed|es|ing)$", r"lyz\1"),
        (r"ll(ed|ing)$", r"l\1"),
        (r"sulph", "sulf"),
        (r"^(cent|fib|met|lit)re(s?)$", r"\1er\2"),
        (r"programme", "program"),
        (r"(?<=...[^sui])s$", ""),
    )
)


def words(text: str) -> list[str]:
    """The words of a name in lower case Latin letters and digits; the parts of "A + B" in alphabetical order.

    >>> words("PDGFR-α inhibitor")
    ['pdgfr', 'alpha', 'inhibitor']
    >>> words("gemcitabine + Docetaxel")
    ['docetaxel', 'gemcitabine']
    """
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    plain = _GREEK_LETTER.sub(lambda match: GREEK[match[0]], _GREEK_AFTER_LATIN.sub(" ", plain.casefold()))
    parts = sorted(_COMBINED.split(plain)) if "+" in plain or " plus " in plain else [plain]
    return [word for part in parts for word in _WORD.findall(part)]


def telling(tokens: list[str]) -> list[str]:
    """Words without those that only join others, unless there are no others.

    >>> telling(["patient", "2", "of", "the", "series"]), telling(["the"])
    (['patient', '2', 'series'], ['the'])
    """
    return [token for token in tokens if token.casefold() not in JOINING] or tokens


def compact(text: str) -> str:
    """A name without anything that people spell differently without thinking.

    >>> compact("AP-23573") == compact("ap 23573")
    True
    """
    return "".join(words(text))


@lru_cache(maxsize=4096)
def american(word: str) -> str:
    """A word of :func:`words` in American spelling and the singular, near enough for comparing.

    >>> american("tumours"), american("anaemia"), american("everolimus")
    ('tumor', 'anemia', 'everolimus')
    """
    for pattern, replacement in _AMERICAN:
        word = pattern.sub(replacement, word)
    return word


def loose_words(text: str) -> list[str]:
    """The words of a name, each in American spelling."""
    return [american(word) for word in words(text)]


def typos_allowed(length: int) -> int:
    """How many typing errors a name of so many letters may hold: none up to 2, one up to 7, else two."""
    return 0 if length <= 2 else 1 if length <= 7 else 2


def is_slip(typed: str, meant: str, errors: int) -> bool:
    """Whether so many typing errors are such as people make, so that a word is not another word of its own.

    The first letter is seldom wrong; a wrong letter in a short word is a slip where its key lies beside the right one.

    >>> is_slip("lubg", "lung", 1), is_slip("bnoe", "bone", 1), is_slip("paid", "maid", 1), is_slip("cure", "core", 1)
    (True, True, False, False)
    """
    if len(typed) > 7 and errors == 1:
        return True
    if len(meant) < 3 or (typed[0] != meant[0] and typed[:2] != meant[1::-1]):
        return False
    if len(typed) > 5 or len(typed) != len(meant) or sorted(typed) == sorted(meant):
        return True
    wrong = next(pair for pair in zip(typed, meant, strict=True) if pair[0] != pair[1])
    return any("".join(pair) in row for row in _KEYS for pair in (wrong, wrong[::-1]))


def distances_within(query: bytes, letters: NDArray[np.uint8], limit: int) -> NDArray[np.uint8]:
    """How many typing errors part a word from many words of one length; ``limit + 1`` stands for more.

    A typing error is a letter too many, too few, wrong, or two neighbours swapped (optimal string alignment;
    Damerau 1964, doi 10.1145/363958.363994). All words are compared at once, along the diagonal band that can
    matter.

    Args:
        query: the word, ASCII.
        letters: the others: ASCII codes, a row per position and a column per word.
        limit: how many typing errors matter.
    """
    length, count = letters.shape
    far = np.uint8(limit + 1)
    before: dict[int, NDArray[np.uint8]] = {}
    last = {j: np.full(count, j, dtype=np.uint8) for j in range(min(length, limit) + 1)}
    outside = np.full(count, far, dtype=np.uint8)
    for i in range(1, len(query) + 1):
        row: dict[int, NDArray[np.uint8]] = {}
        for j in range(max(0, i - limit), min(length, i + limit) + 1):
            if j == 0:
                row[0] = np.full(count, i, dtype=np.uint8)
                continue
            best = np.minimum(last.get(j, outside), row.get(j - 1, outside)) + np.uint8(1)
            best = np.minimum(best, last.get(j - 1, outside) + (letters[j - 1] != query[i - 1]))
            if i > 1 and j > 1 and j - 2 in before:
                swapped = (letters[j - 2] == query[i - 1]) & (letters[j - 1] == query[i - 2])
                best = np.where(swapped, np.minimum(best, before[j - 2] + np.uint8(1)), best)
            row[j] = np.minimum(best, far).astype(np.uint8)
        before, last = last, row
    return last.get(length, outside)
