"""Names of the project in a query that nothing has, or no longer: they leave an answer empty without an error.

So is a count of them, which is 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import NamedTuple, Protocol

from kg.errors import InvalidParameter, KgError
from kg.identifiers import BASE, compress
from kg.sparql.lookup import Properties
from kg.sparql.prologue import prefixes_of, prologue_end
from kg.sparql.query import Bindings, bind
from kg.sparql.results import Solutions, Term
from kg.sparql.text_search import MATCHES, Find
from kg.sparql.tokens import tokens_of
from ontology.terms import PREFIXES, SKG

_MOST = 5  # names that are told
_LOOKED_UP = 50  # names that are looked up, however many a query has
_LONGEST = 200  # characters of an IRI that may be told in a header
_DEPRECATED = "http://www.w3.org/2002/07/owl#deprecated"
_REPLACED_BY = "http://purl.org/dc/terms/isReplacedBy"
_ADDS_UP = re.compile(r"\b(?:COUNT|SUM)\s*\(", re.IGNORECASE)
_CLOSE = 0.8  # of 1: skg:histotypes is near skg:histotype, skg:treats is not near skg:states


Said = Sequence[tuple[str, Term]]  # properties of one thing, and their values


class OwnName(NamedTuple):
    """A name as a query spells it, and its IRI."""

    text: str
    iri: str


class Named(Protocol):
    """A store, as far as names are looked up in it."""

    @property
    def find(self) -> Find | None:
        """What a name finds, best first; None where names cannot be searched."""

    def look_up(self, nodes: Sequence[str], follow: str = "") -> Properties:
        """What is said of some nodes."""


def is_nothing(query: str, values: Iterable[str | None]) -> bool:
    """Whether the only row of an answer says that there is nothing: a count or a sum that is 0.

    Args:
        query: its text.
        values: of the row, None where nothing is bound.
    """
    bound = [value for value in values if value]
    return bool(bound) and {*bound} == {"0"} and _ADDS_UP.search(query) is not None


def says_nothing(query: str, found: Solutions) -> bool:
    """Whether an answer has no row, or one that is a count of 0."""
    values = (term.value if term else None for term in found.rows[0]) if len(found) == 1 else ()
    return not found.rows or is_nothing(query, values)


def with_unknown_names(found: Solutions, query: str, bindings: Bindings, store: Named) -> Solutions:
    """An answer that, if it is empty or a count of 0, says which names of its query nothing has."""
    if not says_nothing(query, found):
        return found
    return replace(found, unknown_names=unknown_names(bind(query, bindings), store))


def unknown_names(query: str, store: Named) -> tuple[str, ...]:
    """Names of the project in a query that nothing has, the first of them, with what may have been meant.

    A hint, and no part of the answer: a store that is too busy for it gives none.
    """
    try:
        return looked_up_names(query, store)
    except KgError:
        return ()


def looked_up_names(query: str, store: Named) -> tuple[str, ...]:
    """The same for who has to know whether the store was too busy. Raises: as :meth:`kg.store.Store.look_up`."""
    names = own_names(query)
    return _told(names, store.look_up, store.find) if names else ()


def own_names(query: str) -> tuple[OwnName, ...]:
    """What a query names of the project's own, in order and each once.

    >>> [name.text for name in own_names("SELECT ?x { drug:rapamycin rdfs:label ?x }")]
    ['drug:rapamycin']
    """
    return tuple({name.iri: name for name in _named(query)}.values())


def _named(query: str) -> Iterator[OwnName]:
    known = prefixes_of(query, PREFIXES)
    for token in tokens_of(query, prologue_end(query)):
        if token.kind == "iri":
            iri = token.text[1:-1]
            name = OwnName(compress(iri) or token.text, iri)
        elif token.kind == "name":
            prefix, _, local = token.text.partition(":")
            name = OwnName(token.text, known[prefix] + local.replace("\\", "") if prefix in known else "")
        else:
            continue
        if name.iri.startswith(BASE) and not name.iri.endswith("/") and name.iri != MATCHES:
            yield name


def _told(
    names: Sequence[OwnName], look_up: Callable[[Sequence[str]], Properties], find: Find | None
) -> tuple[str, ...]:
    asked = [name for name in names if len(name.iri) <= _LONGEST][:_LOOKED_UP]
    said = look_up([name.iri for name in asked])
    unknown = [
        name
        for name in asked
        if name.iri not in said or any(predicate == _DEPRECATED for predicate, _ in said[name.iri])
    ][:_MOST]
    hints = (_successor(said[name.iri]) if name.iri in said else _meant(name.iri, find) for name in unknown)
    return tuple(f"{name.text} ({hint}?)" if hint else name.text for name, hint in zip(unknown, hints, strict=True))


def _successor(said: Said) -> str | None:
    """What stands now for a name that a correction gave up."""
    return next((compress(term.value) for predicate, term in said if predicate == _REPLACED_BY), None)


def _meant(iri: str, find: Find | None) -> str | None:
    """What is called nearly so, of the same kind."""
    namespace, _, local = iri.rpartition("/")
    if f"{namespace}/" == SKG.namespace:
        return next((f"skg:{term}" for term in get_close_matches(local, SKG, n=1, cutoff=_CLOSE)), None)
    try:
        hits = find(local.replace("-", " ")) if find and local else ()
    except InvalidParameter:  # no letter in it
        return None
    return next((compress(hit.iri) for hit in hits if hit.iri.startswith(f"{namespace}/")), None)
