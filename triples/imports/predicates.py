"""Which of our predicates, if any, a predicate of an import stands for.

The rule: the published table (docs/predicates.md) decides. A predicate stands for ours where the table maps ours to
it exactly or closely (never broadly: "affects" is not "abrogates"), or where it has the very name of ours. Biolink's
qualified edges, and the predicates of Biolink before 3.0 that say the same in one word, are read as "increases" and
"decreases". Everything else stays a predicate of its own, without a sign.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from kg.identifiers import IMPORT_BASE, display
from ontology.terms import PREDICATES, PREFIXES
from triples.imports.identifiers import BIOLINK, local_name

# Predicates that only the records of a study or a patient may assert.
_RECORDS_ONLY = frozenset(
    {"hasArm", "hasDiagnosis", "hasEvent", "hasPatient", "includesDrug", "includesProcedure", "received", "regimen",
     "sameStudyAs", "studiedIn"}
)  # fmt: skip

# Where the table maps several of ours to one term equally well: the one that says no more than the term does.
TIES = {
    "BIOLINK:disrupts": "interferesWith",
    "BIOLINK:derives_from": "derivedFrom",
    "RO:0004034": "promotes",
}

# Terms that the table comes near to but that say much less than ours: anything can be part of anything.
_TOO_WIDE = frozenset({"BIOLINK:part_of"})

# Biolink before 3.0 wrote aspect and direction into the predicate.
_RETIRED = re.compile(
    r"(?P<direction>increases|decreases)_(?P<aspect>[a-z_]+)_(?:of|for)"
    r"|(?:(?:entity|process)_)?(?P<regulates>positively|negatively)_regulates(?:_(?:entity|process))?(?:_to_(?:entity|process))?"
)
_UP, _DOWN = frozenset({"increased", "upregulated"}), frozenset({"decreased", "downregulated"})
# More of these means more of the thing itself; more degradation means less; of others (transport, uptake, response,
# localization ...) the direction says nothing about the thing itself.
_SAME_WAY = frozenset(
    {"", "abundance", "activity", "activity_or_abundance", "amount", "amount_or_activity", "expression", "secretion",
     "stability", "synthesis"}
)  # fmt: skip
_OTHER_WAY = frozenset({"degradation"})

# The metaedges of Hetionet v1.0 in Biolink's words; those left out have no counterpart in our table.
_HETIONET = {
    "AeG": ("expresses", 0), "CbG": ("binds", 0), "CuG": ("affects", 1), "CdG": ("affects", -1),
    "CrC": ("similar_to", 0), "DrD": ("similar_to", 0), "DaG": ("associated_with", 0), "CcSE": ("causes", 0),
    "DlA": ("disease_has_location", 0), "GcG": ("correlated_with", 0), "GpBP": ("participates_in", 0),
    "GpCC": ("participates_in", 0), "GpMF": ("participates_in", 0), "GpPW": ("participates_in", 0),
    "Gr>G": ("regulates", 0),
}  # fmt: skip
_RDFS = {PREFIXES["rdfs"] + "subClassOf": "subtypeOf", PREFIXES["skos"] + "broader": "subtypeOf"}


def own_predicate(iri: str, direction: int = 0) -> str | None:
    """The local name of the predicate of ours that an imported one stands for, or None.

    >>> own_predicate("https://w3id.org/biolink/vocab/causes")
    'causes'
    >>> own_predicate("https://w3id.org/biolink/vocab/decreases_activity_of")
    'decreases'
    >>> own_predicate("https://w3id.org/biolink/vocab/affects", +1)
    'increases'
    """
    if direction:
        return "increases" if direction > 0 else "decreases"
    if iri.startswith(IMPORT_BASE) and "/predicate/" in iri:
        name, signed = _HETIONET.get(_unquoted(local_name(iri)), (None, 0))
        return own_predicate(BIOLINK + name, signed) if name else None
    found = _table().get(iri) or _RDFS.get(iri)
    if found is None and iri.startswith(BIOLINK):
        found = _by_words(local_name(iri))
    return found


def index_name(iri: str, direction: int = 0) -> str:
    """What the traversal index calls an imported predicate: our name for it, else its CURIE or a short form."""
    own = own_predicate(iri, direction)
    if own is not None:
        return own
    if iri.startswith(IMPORT_BASE):
        graph, _, rest = iri.removeprefix(IMPORT_BASE).partition("/")
        return f"{graph}:{_unquoted(local_name(rest))}"
    return display(iri)


@cache
def instead_of(iri: str) -> str:
    """What an import may write in place of a predicate of ours: a term that is read as it, if there is one.

    >>> instead_of("https://w3id.org/sarcoma-kg/vocab/inhibits")
    'biolink:inhibits, which is read as skg:inhibits'
    """
    name = local_name(iri)
    if name not in _mappable():
        return "a predicate of Biolink, of the Relation Ontology or of your own"
    terms = [term for term, ours in _table().items() if ours == name]
    slot = re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)
    term = min(terms, key=lambda term: not term.startswith(BIOLINK), default=BIOLINK + slot)
    short = f"biolink:{local_name(term)}" if term.startswith(BIOLINK) else display(term)
    return f"{short}, which is read as skg:{name}"


def qualified_direction(qualifiers: Mapping[str, str]) -> int:
    """+1 or -1 where Biolink's qualifiers say that the object goes up or down when the subject does; else 0."""
    object_way = _way(qualifiers.get("object_direction_qualifier", ""))
    aspect = _folded(qualifiers.get("object_aspect_qualifier", ""))
    subject_way = _way(qualifiers.get("subject_direction_qualifier", "")) or 1
    if aspect in _OTHER_WAY:
        object_way = -object_way
    elif aspect not in _SAME_WAY:
        return 0
    return object_way * subject_way


def _way(text: str) -> int:
    folded = _folded(text)
    return 1 if folded in _UP else -1 if folded in _DOWN else 0


def _folded(text: str) -> str:
    return "_".join(text.casefold().split())


def _unquoted(text: str) -> str:
    return text.replace("%3E", ">").replace("%3C", "<").replace("%20", " ")


def _by_words(slot: str) -> str | None:
    """Retired predicates, and those that have the name of one of ours."""
    match = _RETIRED.fullmatch(slot)
    if match is not None:
        if match["regulates"]:
            return "increases" if match["regulates"] == "positively" else "decreases"
        way = 1 if match["direction"] == "increases" else -1
        if match["aspect"] in _OTHER_WAY:
            way = -way
        elif match["aspect"] not in _SAME_WAY:
            return None
        return "increases" if way > 0 else "decreases"
    first, *rest = slot.split("_")
    name = first + "".join(word.capitalize() for word in rest)
    return name if name in _mappable() else None


@cache
def _mappable() -> frozenset[str]:
    return frozenset(name for name, term in PREDICATES.items() if term.edge) - _RECORDS_ONLY


@cache
def _table() -> dict[str, str]:
    """Our predicate by the IRI of the term that the table maps it to; exact before close."""
    return {iri: names[0] for iri, names in candidates().items() if len(names) == 1}


def candidates() -> dict[str, list[str]]:
    """Our predicates by the term they are mapped to: one, or several where nothing decides between them."""
    found: dict[str, dict[str, list[str]]] = {}
    for name in sorted(_mappable()):
        for mapping in PREDICATES[name].mappings:
            if mapping.relation in ("exact", "close") and mapping.curie not in _TOO_WIDE:
                found.setdefault(mapping.curie, {}).setdefault(mapping.relation, []).append(name)
    chosen = {}
    for curie, by_relation in found.items():
        names = by_relation.get("exact") or by_relation["close"]
        prefix, _, local = curie.partition(":")
        chosen[PREFIXES[prefix] + local] = [TIES[curie]] if TIES.get(curie) in names else names
    return chosen
