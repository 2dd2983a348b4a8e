"""Comparing words and numbers with a passage, whatever its spelling of hyphens, numbers, Greek, plurals."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from kg.search.spelling import GREEK

_SMALL_NUMBERS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_ORDINALS = [
    "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth",
]  # fmt: skip
_NUMBER_WORDS: dict[str, int] = {
    **{word: number for number, word in enumerate(_SMALL_NUMBERS)},
    **_TENS,
    **{word: number for number, word in enumerate(_ORDINALS)},
    "once": 1, "single": 1, "twice": 2, "both": 2, "double": 2, "thrice": 3, "hundred": 100,
    "half": 50,  # as a share of patients, in percent
    "none": 0, "no": 0, "nil": 0, "a": 1, "an": 1,
}  # fmt: skip
_LONG_NAME = 7  # letters from which a name is looked for without its blanks
_SUPPLIED = frozenset({Decimal(1), Decimal(0)})  # "a patient", "none": too common to prove anything
_COMPOUND = re.compile(rf"\b({'|'.join(_TENS)})[\s-]+({'|'.join(_SMALL_NUMBERS[1:10])})\b")
_THOUSANDS = re.compile(r"(?<=\d)[,\u2009\u202f ](?=\d{3}(?!\d))")
_NUMBER = re.compile(r"\d+(?:\.\d+)?|(?<!\d)\.\d+")
_REQUIRED_NUMBER = re.compile(r"(?<![A-Za-z\d^.])(?:\d+(?:\.\d+)?|\.\d+)")
_DASHES = re.compile(r"[‐‑‒–—―−]")
_LINE_HYPHEN = re.compile(r"[-\u00ad]\s*\n\s*")
_SPELLINGS = (
    ("tumour", "tumor"), ("signall", "signal"), ("aem", "em"), ("oed", "ed"), ("oes", "es"), ("rhoea", "rhea"),
    ("isation", "ization"), ("isati", "izati"), ("ising", "izing"), ("ised", "ized"), ("colour", "color"),
    ("haem", "hem"), ("paed", "ped"), ("fibre", "fiber"), ("labell", "label"), ("sulph", "sulf"),
    ("behaviour", "behavior"), ("favour", "favor"),
)  # fmt: skip


@dataclass(frozen=True)
class Wording:
    """A text made ready for comparison."""

    text: str

    @cached_property
    def plain(self) -> str:
        """Lower case, compatibility forms unified, Greek letters named, one spelling, dashes as hyphens."""
        joined = _LINE_HYPHEN.sub("", self.text)
        both = f"{self.text}\n{joined}" if joined != self.text else self.text
        return _plain(both)

    @cached_property
    def words(self) -> str:
        """Only letters and digits, each word between blanks."""
        return f" {_spaced(self.plain)} "

    @cached_property
    def squeezed(self) -> str:
        """The same without blanks, for names that are spaced differently."""
        return self.words.replace(" ", "")

    @cached_property
    def numbers(self) -> frozenset[Decimal]:
        """Every number in digits or words."""
        text = self.plain
        found = {int(_TENS[m[1]] + _NUMBER_WORDS[m[2]]) for m in _COMPOUND.finditer(text)}
        found |= {_NUMBER_WORDS[word] for word in re.findall(r"[a-z]+", text) if word in _NUMBER_WORDS}
        forms = (text, _THOUSANDS.sub("", text), text.replace("·", "."), _comma_decimals(text))
        digits = {Decimal(number) for form in forms for number in _NUMBER.findall(form)}
        return frozenset({Decimal(number) for number in found} | digits)

    def has_name(self, name: str) -> bool:
        """Whether a name occurs; singular or plural, hyphenated or not, or sharing its last word.

        >>> Wording("bone and soft tissue sarcomas").has_name("bone sarcoma")
        True
        """
        if any(f" {form} " in self.words or self._has_shared(form) for form in _forms(name)):
            return True
        squeezed = _spaced(_plain(name)).replace(" ", "")
        return len(squeezed) > _LONG_NAME and squeezed in self.squeezed

    def _has_shared(self, form: str) -> bool:
        """``bone and soft tissue sarcomas`` for ``bone sarcomas``."""
        head, _, last = form.rpartition(" ")
        return bool(head) and re.search(rf" {head} (?:and |or )+(?:\w+ ){{1,4}}{last} ", self.words) is not None

    def lacks_numbers(self, text: str) -> list[str]:
        """The numbers of a text that do not occur here, as they stand in it."""
        cleaned = _THOUSANDS.sub("", _plain(text))
        wanted = dict.fromkeys(_REQUIRED_NUMBER.findall(cleaned))
        return [number for number in wanted if Decimal(number) not in self.numbers | _SUPPLIED]


def _comma_decimals(text: str) -> str:
    return re.sub(r"(?<=\d),(?=\d)", ".", text)


@lru_cache(maxsize=65536)
def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = _DASHES.sub("-", plain.replace("\u00ad", ""))
    for letter, name in GREEK.items():
        plain = plain.replace(letter, name)
    for one, other in _SPELLINGS:
        plain = plain.replace(one, other)
    return plain


@lru_cache(maxsize=65536)
def _spaced(plain: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", unicodedata.normalize("NFKD", plain)))


@lru_cache(maxsize=65536)
def _forms(name: str) -> frozenset[str]:
    """A name in singular and plural."""
    base = _spaced(_plain(name))
    forms = {base, base + "s", base + "es"}
    if base.endswith("s"):
        forms.add(base[:-1])
    if base.endswith("es"):
        forms.add(base[:-2])
    if base.endswith("ies"):
        forms.add(base[:-3] + "y")
    if base.endswith("y"):
        forms.add(base[:-1] + "ies")
    if base.endswith("a"):
        forms |= {base + "ta", base[:-1] + "as"}
    if base.endswith("is"):
        forms.add(base[:-2] + "es")
    return frozenset(form for form in forms if form)
