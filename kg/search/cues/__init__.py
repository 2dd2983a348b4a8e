"""Which words ask which question: one table, read by ``kg.search.offers``.

A row is a question of the catalogue or one that a view of the graph answers, the names that it takes, and the words by
which people ask it. The words are compared in the singular and in American spelling; ``…`` stands for any words
between, ``*`` ends a word that may go on. A row without words is meant by its names alone, if there are two of them.
Of two rows that are asked alike the first of the table is offered first.
"""

from __future__ import annotations

from kg.search.cues import corpus, diseases, drugs, harms, mechanisms, results
from kg.search.cues.slots import Cue

CUES: tuple[Cue, ...] = (
    *results.CUES, *mechanisms.CUES, *harms.CUES, *drugs.CUES, *diseases.CUES, *corpus.CUES,
)  # fmt: skip
