"""The little English grammar that names need inside a sentence: articles, and verbs that agree with plural names."""

from __future__ import annotations

import re
from collections.abc import Iterable

# "Uterine", "unique" and "European" begin with the sound of "you"; "unidentified" and "unimportant" do not.
_VOWEL = re.compile(r"(?!eu|ubi|u[rst][aeiou]|uni(?!n|m(?!o)|dent|rr))[aeiou]", re.IGNORECASE)
_SPOKEN_WITH_A_VOWEL = re.compile(r"[AEFHILMNORSX]", re.IGNORECASE)
# What follows the head of a name: "tissues | of rapid turnover", "Rapamycin | in murine models".
_HEAD_END = re.compile(r"[,:(]|\s(?:of|in|on|with|without|to|for|from|by|that|not|against|after|together|resistant)\b")
_SINGULAR_IN_S = frozenset({"ascites", "diabetes", "pancreas", "protuberans"})
_PLURAL_NOT_IN_S = frozenset({"stimuli"})
# Kinds of things, as the prefixes of CURIEs name them.
_KINDS_OF_CLASSES = frozenset({"drugclass"})
_KINDS_OF_PERSONS = frozenset({"patient"})
_DEFINITE_HEADS = ("complex", "groove", "mutant", "pathway", "translocation")
_KINDS_OF_PROTEINS = frozenset({"target"})
_FAMILY_HEADS = ("kinase",)
_NEXT_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SHORT_WORDS = frozenset({"a", "an", "no"})
_IRREGULAR = {"is": "are", "was": "were", "has": "have", "does": "do"}


def article(noun: str) -> str:
    """``a`` or ``an``, as the noun is said aloud; a symbol is spelled letter by letter.

    >>> [article(noun) for noun in ("antimetabolite", "uterine sarcoma", "mTOR inhibitor", "VEGF antagonist")]
    ['an', 'a', 'an', 'a']
    >>> [article(noun) for noun in ("unilateral tumour", "unirradiated tumour")]
    ['a', 'an']
    """
    word = noun.partition(" ")[0]
    symbol = not word[1:].replace("-", "").islower()
    return "an" if (_SPOKEN_WITH_A_VOWEL if symbol else _VOWEL).match(word) else "a"


def is_plural(name: str) -> bool:
    """Whether a name stands for several things, by the last word of its head.

    >>> [is_plural(name) for name in ("nucleoside kinases", "mitogenic stimuli", "cell death in kinases")]
    [True, True, False]
    >>> [is_plural(name) for name in ("sirolimus", "diabetes", "DNA synthesis", "abscess", "S phase cells")]
    [False, False, False, False, True]
    """
    head = _head(name).rpartition(" ")[2]
    singular = head.endswith(("ss", "us", "is")) or head in _SINGULAR_IN_S
    return head in _PLURAL_NOT_IN_S or (head.islower() and head.endswith("s") and not singular)


def _head(name: str) -> str:
    return _HEAD_END.split(name, maxsplit=1)[0].strip()


def plural_noun(name: str) -> str:
    """A name for several of what it names; one that is plural already stays.

    >>> [plural_noun(name) for name in ("mTOR inhibitor", "monoclonal antibody", "drug not given again", "cyclins")]
    ['mTOR inhibitors', 'monoclonal antibodies', 'drugs not given again', 'cyclins']
    """
    head = _head(name)
    if not head or is_plural(name):
        return name
    many = f"{head[:-1]}ies" if re.search("[^aeiou]y$", head) else f"{head}s"
    return many + name[len(head) :]


def counted(number: int | str, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "study"), counted("15", "patient"), counted(2, "study")
    ('1 study', '15 patients', '2 studies')
    """
    return f"{number} {noun if str(number) == '1' else plural_noun(noun)}"


def spoken(name: str, kind: str) -> str:
    """A name as it stands inside a sentence: classes in the plural, patients and complexes with an article.

    ``kind`` is the prefix of the CURIE of what it names.

    >>> spoken("rapamycin-FKBP12 complex", "complex"), spoken("mTOR inhibitor", "drugclass"), spoken("mTOR", "target")
    ('the rapamycin-FKBP12 complex', 'mTOR inhibitors', 'mTOR')
    >>> spoken("tyrosine kinase", "target"), spoken("diabetic patient", "patient")
    ('tyrosine kinases', 'the diabetic patient')
    """
    if kind in _KINDS_OF_CLASSES or (kind in _KINDS_OF_PROTEINS and name.endswith(_FAMILY_HEADS)):
        return plural_noun(name)
    definite = kind in _KINDS_OF_PERSONS or _head(name).endswith(_DEFINITE_HEADS)
    return f"the {name}" if definite else name


def listed(words: Iterable[str]) -> str:
    """Words in a row.

    >>> listed(["lung", "liver", "spleen"])
    'lung, liver and spleen'
    """
    *before, last = [*words] or [""]
    return " and ".join([", ".join(before), last]) if before else last


def spelt_out(name: str) -> str:
    """A local name as words; an abbreviation stays.

    >>> spelt_out("responseRate"), spelt_out("AdverseEvent"), spelt_out("CR")
    ('response rate', 'adverse event', 'CR')
    """
    return name if name.isupper() else _NEXT_WORD.sub(" ", name).lower()


def capitalised(text: str) -> str:
    """A text with a capital first letter, unless its first word is a symbol such as mTOR, p27 or c-KIT.

    >>> [capitalised(text) for text in ("sirolimus binds FKBP12", "mTOR controls survival", "a reduction in dose")]
    ['Sirolimus binds FKBP12', 'mTOR controls survival', 'A reduction in dose']
    """
    word = text.partition(" ")[0].rstrip(",:;").partition("-")[0]
    ordinary = word.isalpha() and word.islower() and len(word) > 2
    return text[:1].upper() + text[1:] if ordinary or word in _SHORT_WORDS else text


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
