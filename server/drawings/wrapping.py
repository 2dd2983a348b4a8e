"""Texts in lines that fit a drawing."""

from __future__ import annotations


def wrapped(text: str, width: int) -> tuple[str, ...]:
    """A text in lines of about ``width`` characters, broken at blanks.

    >>> wrapped("deficiency of active CDK4/cyclin D1 complexes", 17)
    ('deficiency of', 'active', 'CDK4/cyclin D1', 'complexes')
    """
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)


def shortened(text: str, width: int, most: int = 2) -> tuple[str, ...]:
    """A text in at most so many lines of about ``width`` characters."""
    lines = wrapped(text, width)
    return lines if len(lines) <= most else (*lines[: most - 1], lines[most - 1][: width - 1] + "…")
