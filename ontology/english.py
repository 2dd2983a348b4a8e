"""The little English grammar that names need inside a sentence: articles, and verbs that agree with plural names."""

from __future__ import annotations

import re

_VOWEL = re.compile("[aeiou]")
_SPOKEN_WITH_A_VOWEL = re.compile(r"[AEFHILMNORSX]", re.IGNORECASE)
# What follows the head of a name: "tissues | of rapid turnover", "Rapamycin | in murine models".
_HEAD_END = re.compile(r"[,:(]|\s(?:of|in|on|with|without|to|for|from|by|that|against|after|together|resistant)\b")
_SINGULAR_IN_S = frozenset({"ascites", "diabetes", "pancreas", "protuberans"})
_IRREGULAR = {"is": "are", "was": "were", "has": "have", "does": "do"}


def article(noun: str) -> str:
    """``a`` or ``an``, as the noun is said aloud; a symbol is spelled letter by letter.

    >>> [article(noun) for noun in ("antimetabolite", "cytotoxic drug", "mTOR inhibitor", "VEGF antagonist")]
    ['an', 'a', 'an', 'a']
    """
    word = noun.partition(" ")[0]
    symbol = not word[1:].replace("-", "").islower()
    return "an" if (_SPOKEN_WITH_A_VOWEL if symbol else _VOWEL).match(word) else "a"


def is_plural(name: str) -> bool:
    """Whether a name stands for several things, by the last word of its head.

    >>> [is_plural(name) for name in ("nucleoside kinases", "tissues of rapid turnover", "cell death in kinases")]
    [True, True, False]
    >>> [is_plural(name) for name in ("sirolimus", "diabetes", "DNA synthesis", "abscess", "S phase cells")]
    [False, False, False, False, True]
    """
    words = _HEAD_END.split(name, maxsplit=1)[0].split()
    head = words[-1] if words else ""
    singular = head.endswith(("ss", "us", "is")) or head in _SINGULAR_IN_S
    return head.islower() and head.endswith("s") and not singular


def plural_verb(verb: str) -> str:
    """A verb of the third person singular as it stands after a plural; a past form stays as it is.

    >>> [plural_verb(verb) for verb in ("activates", "is", "suppresses", "carries", "received")]
    ['activate', 'are', 'suppress', 'carry', 'received']
    """
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    if verb.endswith(("sses", "shes", "ches", "xes")):
        return verb[:-2]
    return verb.removesuffix("s")
