"""Units of the curated figures: a small grammar over UCUM atoms, and how a sentence says them.

Source: The Unified Code for Units of Measure (UCUM) 2.1, case-sensitive codes.
"""

from __future__ import annotations

import re

# UCUM codes that a sentence writes as they are; and the others, in the singular and in the plural.
_PLAIN = (
    "%", "kg", "g", "mg", "ng", "pg", "m", "cm", "mm", "m2", "cm2", "mm2", "cm3", "mm3", "L", "dL", "mL", "mol", "mmol",
    "nmol", "pmol", "U", "Gy", "cGy",
)  # fmt: skip
_SPELT = {
    "s": ("second", "seconds"), "min": ("minute", "minutes"), "h": ("hour", "hours"), "d": ("day", "days"),
    "wk": ("week", "weeks"), "mo": ("month", "months"), "a": ("year", "years"),
    "ug": ("µg", "µg"), "um": ("µm", "µm"), "uL": ("µL", "µL"), "umol": ("µmol", "µmol"), "Cel": ("°C", "°C"),
    "[IU]": ("IU", "IU"), "mm[Hg]": ("mmHg", "mmHg"), "[HPF]": ("high-power field", "high-power fields"),
    "10*3": ("10^3", "10^3"), "10*6": ("10^6", "10^6"), "10*9": ("10^9", "10^9"), "1": ("", ""),
}  # fmt: skip
_ATOMS: dict[str, tuple[str, str]] = {code: (code, code) for code in _PLAIN} | _SPELT

# What people type instead of the code.
_SPELLINGS = {
    "percent": "%", "second": "s", "seconds": "s", "sec": "s", "minute": "min", "minutes": "min",
    "hour": "h", "hours": "h", "hr": "h", "hrs": "h", "day": "d", "days": "d", "week": "wk", "weeks": "wk",
    "month": "mo", "months": "mo", "mos": "mo", "year": "a", "years": "a", "yr": "a", "yrs": "a", "y": "a",
    "mcg": "ug", "µg": "ug", "μg": "ug", "m²": "m2", "mg/m²": "mg/m2", "g/m²": "g/m2", "mg/sqm": "mg/m2",
    "ml": "mL", "l": "L", "nM": "nmol/L", "uM": "umol/L", "µM": "umol/L", "μM": "umol/L", "mM": "mmol/L",
    "pM": "pmol/L", "IU": "[IU]", "gy": "Gy", "°C": "Cel", "mmHg": "mm[Hg]", "HPF": "[HPF]", "cc": "mL",
    "cycles": "{cycles}", "cycle": "{cycles}", "patients": "{patients}", "patient": "{patients}",
    "lesions": "{lesions}", "score": "{score}", "ratio": "1", "times": "{times}", "fold": "{fold}",
}  # fmt: skip

_ANNOTATION = re.compile(r"\{([A-Za-z][A-Za-z ._-]*)\}")
_OPERATOR = re.compile(r"[/.]")


def unit_fault(text: str) -> str | None:
    """Why a text is not a unit we know, with the right code for a common spelling; None if it is one.

    >>> unit_fault("mg/m2") is None
    True
    >>> unit_fault("months")
    "unknown unit 'months'; the UCUM code is 'mo'"
    """
    parts = _OPERATOR.split(text.removeprefix("/"))
    if parts and all(part in _ATOMS or _ANNOTATION.fullmatch(part) for part in parts):
        return None
    suggestion = _SPELLINGS.get(text) or "/".join(
        _SPELLINGS.get(part.strip(), part.strip()) for part in text.split("/")
    )
    if suggestion != text and unit_fault(suggestion) is None:
        return f"unknown unit {text!r}; the UCUM code is {suggestion!r}"
    return f"unknown unit {text!r}; expected a UCUM code such as %, d, mo, mg/m2, cm, {{cycles}}"


def unit_words(unit: str, amount: str = "2") -> str:
    """A unit as a sentence says it after an amount: ``mo`` becomes ``months``.

    >>> unit_words("mo", "8.1"), unit_words("mo", "1"), unit_words("mg/m2")
    ('months', 'month', 'mg/m2')
    """
    number = 0 if amount == "1" else 1
    parts = _OPERATOR.split(unit)
    words = [
        _ANNOTATION.sub(r"\1", _ATOMS[part][number if at == 0 else 0] if part in _ATOMS else part)
        for at, part in enumerate(parts)
    ]
    return "/".join(words)
