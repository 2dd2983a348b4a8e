"""What a mistyped word may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def hint(mistyped: str, known: Iterable[str], likeness: float = 0.6, otherwise: str = "") -> str:
    """The end of a sentence that names the known word most like a mistyped one.

    Args:
        mistyped: what was written.
        known: what may be written.
        likeness: the least that counts, 0 to 1, as ``difflib`` measures it.
        otherwise: said where nothing is so like it.

    >>> hint("polarty", ["certainty", "polarity"]), hint("colour", ["certainty", "polarity"])
    ("; did you mean 'polarity'?", '')
    """
    close = difflib.get_close_matches(mistyped, list(known), n=1, cutoff=likeness)
    return f"; did you mean {close[0]!r}?" if close else otherwise
