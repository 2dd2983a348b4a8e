"""How a text can match a name, in tiers: what a better one finds scores above whatever the next finds.

An exact match comes before a prefix, that before whole words, these before a part of a word, that before words spread
over several names of one entity, and these before a name with typing errors.
"""

from __future__ import annotations

import re

from kg.identifiers import is_project, parse_identifier
from kg.search.name_rows import SearchHit, scaled, word_queries
from kg.search.names_reader import NamesFile
from kg.search.names_writer import LABEL, MAX_TYPO_LENGTH, SYNONYM
from kg.search.spelling import compact, loose_words, telling, typos_allowed, words

NAMED = 0.90  # the least score of an exact match
BEGUN = 0.79  # of the beginning of a name
WORDED = 0.60  # of whole words
IN_PART = 0.45  # of a part of a word
ONE_ERROR = 0.15  # of a name with one typing error
MOST_PARTED = 12  # words
_SCATTERED = 0.36
_MOST_MISTYPED = 4  # words
_LONG_WORD = 7  # letters
# A figure as printed, which is no part of a name: a hazard ratio of 0.31 is not "patient 003-1".
FIGURE = re.compile(r"[<>=]?\s*\d*[.,]\d+\s*%?")


def exact(file: NamesFile, text: str, types: frozenset[str]) -> list[SearchHit]:
    """Things called exactly so, spelling aside."""
    spelled, loose = compact(text), "".join(loose_words(text))
    rows = file.typed("n.compact = ? OR n.loose = ?", (spelled, loose), types)
    identifier = parse_identifier(text.strip())
    same = file.entity(identifier) if identifier else None
    hits = (
        [SearchHit(same.id, same.curie, same.type, same.label, text.strip(), 1.0, not is_project(same.id))]
        if same and (not types or same.type in types)
        else []
    )
    return hits + [row.hit((1.0 if row.compact == spelled else 0.97) - 0.01 * row.source) for row in rows]


def prefix(file: NamesFile, text: str, types: frozenset[str]) -> list[SearchHit]:
    """Things of which a name begins so."""
    loose = "".join(loose_words(text))
    typed = compact(text)  # what is being typed may end in half a word, so it has no plural yet
    rows = file.typed(
        "(n.loose >= ? AND n.loose < ?) OR (n.compact >= ? AND n.compact < ?)",
        (loose, loose + "\U0010ffff", typed, typed + "\U0010ffff"), types,
    )  # fmt: skip
    return [row.hit(scaled(0.80, typed, row)) for row in rows]


def word(file: NamesFile, text: str, types: frozenset[str]) -> list[SearchHit]:
    """Things of which a name has all these words."""
    tokens = telling(words(text))
    query = " AND ".join(word_queries(tokens))
    told = "".join(tokens)  # "PDGFRA" in a sentence is the name "PDGFR-A", which has two words
    rows = file.typed("n.id IN (SELECT rowid FROM word WHERE words MATCH ?) OR n.compact = ?", (query, told), types)
    return [row.hit(scaled(0.65, told, row)) for row in rows]


def part(file: NamesFile, text: str, types: frozenset[str]) -> list[SearchHit]:
    """Things of which a name has this in the middle of a word, or from the beginning of a word on."""
    loose = "".join(loose_words(text))
    if len(loose) < (3 if loose == compact(text) else 4):  # "bnoe" is no part of "numbness" spelt otherwise
        return []
    if file.has_trigrams:
        where, value = "n.id IN (SELECT rowid FROM part WHERE loose MATCH ?)", f'"{loose}"'
    else:
        where, value = "instr(n.loose, ?) > 0", loose
    if loose.isalpha():  # an identifier is told by its digits, not by letters in "DRUGBANK"
        where = f"n.source <= {SYNONYM} AND {where}"
    found = file.typed(where, (value,), types)
    return [row.hit(scaled(IN_PART, loose, row)) for row in found if row.source > SYNONYM or _is_part(loose, row.text)]


def _is_part(loose: str, name: str) -> bool:
    """Whether letters are more of a name than the end of one word and the beginning of the next.

    >>> [_is_part(*pair) for pair in (("dck", "mutated c-KIT"), ("ckit", "mutated c-KIT"), ("toma", "haematomata"))]
    [False, True, True]
    """
    parts = loose_words(name)
    return any(loose in part for part in parts) or any(
        "".join(parts[place:]).startswith(loose) for place in range(len(parts))
    )


def scattered(file: NamesFile, text: str, types: frozenset[str]) -> list[SearchHit]:
    """Entities that have each of the words in one of their names, no name having all."""
    tokens = telling(words(text))
    if not 1 < len(tokens) <= MOST_PARTED:
        return []
    has_word = "SELECT o.entity FROM name o WHERE o.id IN (SELECT rowid FROM word WHERE words MATCH ?)"
    where = " AND ".join(f"n.entity IN ({has_word})" for _ in tokens)
    rows = file.typed(f"n.source = {LABEL} AND {where}", tuple(word_queries(tokens)), types)
    return [row.hit(scaled(_SCATTERED, "".join(tokens), row, 0.05)) for row in rows]


def typo(file: NamesFile, text: str, types: frozenset[str]) -> list[SearchHit]:
    """Things of which a name, or a long word of one, differs by typing errors."""
    loose = "".join(loose_words(text))
    errors = typos_allowed(len(loose))
    is_sentence = len(telling(words(text))) > _MOST_MISTYPED
    if not errors or not loose.isascii() or len(loose) > MAX_TYPO_LENGTH or is_sentence:
        return []
    hits: list[SearchHit] = []
    for distance, spelling in file.close_spellings(loose, errors):
        # A short word of a longer name ("head" in "head and neck") is near to too many others.
        in_name = " OR n.id IN (SELECT rowid FROM word WHERE words MATCH ?)" if len(spelling) >= _LONG_WORD else ""
        values = (spelling, f'"{spelling}"') if in_name else (spelling,)
        for row in file.typed(f"n.loose = ?{in_name}", values, types):
            near = 0.30 - 0.08 * distance
            hits.append(row.hit(near if row.loose == spelling else scaled(near - 0.07, spelling, row, 0.05)))
    return hits


TIERS = (exact, prefix, word, part, scattered, typo)
