"""Texts in lines that fit a drawing."""

from __future__ import annotations

import re
from collections.abc import Iterable

_AFTER_HYPHEN = re.compile(r"(?<=\w-)(?=\w)")


def wrapped(text: str, width: int) -> tuple[str, ...]:
    """A text in lines of about ``width`` characters, broken at blanks, and in words that are longer at hyphens.

    >>> wrapped("deficiency of active CDK4/cyclin D1 complexes", 17)
    ('deficiency of', 'active', 'CDK4/cyclin D1', 'complexes')
    >>> wrapped("adhesion-independent survival", 14)
    ('adhesion-', 'independent', 'survival')
    """
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        elif len(word) > width:
            lines += _AFTER_HYPHEN.split(word)
        else:
            lines.append(word)
    return tuple(lines)


def joined(lines: Iterable[str]) -> str:
    """Lines of a text as one again.

    >>> joined(wrapped("adhesion-independent survival", 14))
    'adhesion-independent survival'
    """
    return _AT_BREAK.sub("-", " ".join(lines))


_AT_BREAK = re.compile(r"(?<=\w)- (?=\w)")


def shortened(text: str, width: int, most: int = 2) -> tuple[str, ...]:
    """A text in at most so many lines of about ``width`` characters."""
    lines = wrapped(text, width)
    return lines if len(lines) <= most else (*lines[: most - 1], lines[most - 1][: width - 1] + "…")
