"""What an identifier is, and how its two spellings convert.

A CURIE is ``prefix:local``; an IRI is its long form. The prefix table is ``ontology.terms.PREFIXES``.
Source: CURIE Syntax 1.0 (W3C NOTE-curie-20101216); SPARQL 1.1 section 4.1.1 for what a local name may hold.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NewType

from kg.errors import IdentifierError
from ontology.terms import PREFIXES

Curie = NewType("Curie", str)
Iri = NewType("Iri", str)

BASE = "https://w3id.org/sarcoma-kg/"
IMPORT_BASE = f"{BASE}import/"  # what an imported graph names and no vocabulary has an identifier for

_CURIE = re.compile(r"(?P<prefix>[A-Za-z][A-Za-z0-9._-]*):(?P<local>[^\s<>\"{}|\\^`]+)")
ABSOLUTE_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*")


@cache
def _prefixes_by_namespace() -> tuple[dict[str, str], tuple[int, ...]]:
    """Prefixes by namespace, the alphabetically first of several, and the lengths of namespaces, longest first."""
    by_namespace = {namespace: prefix for prefix, namespace in sorted(PREFIXES.items(), reverse=True)}
    return by_namespace, tuple(sorted({len(namespace) for namespace in by_namespace}, reverse=True))


def expand(curie: str) -> Iri:
    """Spell a CURIE as an IRI.

    Raises: IdentifierError if it is not a CURIE or its prefix is unknown.

    >>> expand("drug:sirolimus")
    'https://w3id.org/sarcoma-kg/drug/sirolimus'
    """
    match = _CURIE.fullmatch(curie)
    if match is None:
        raise IdentifierError(curie, "expected prefix:name, for example drug:sirolimus")
    namespace = PREFIXES.get(match["prefix"])
    if namespace is None:
        raise IdentifierError(curie, f"unknown prefix {match['prefix']!r}")
    return Iri(namespace + match["local"])


def compress(iri: str) -> Curie | None:
    """Spell an IRI as a CURIE, by the longest namespace that fits; None if no prefix covers it.

    >>> compress("https://w3id.org/sarcoma-kg/drug/sirolimus")
    'drug:sirolimus'
    """
    by_namespace, lengths = _prefixes_by_namespace()
    for length in lengths:
        prefix = by_namespace.get(iri[:length])
        if prefix is not None and len(iri) > length:
            return Curie(f"{prefix}:{iri[length:]}")
    return None


def display(iri: str) -> str:
    """The CURIE where one exists, else the IRI itself."""
    return compress(iri) or iri


def kind_of(iri: str) -> str | None:
    """The kind segment of one of our own IRIs (``drug``, ``target``, ...); None for foreign IRIs.

    >>> kind_of("https://w3id.org/sarcoma-kg/drug/sirolimus")
    'drug'
    """
    if not iri.startswith(BASE):
        return None
    kind, slash, local = iri[len(BASE) :].partition("/")
    return kind if slash and local else None


def is_project(iri: str) -> bool:
    """Whether an IRI names something of the curated graph or its vocabulary, not of an import or another vocabulary.

    >>> is_project("https://w3id.org/sarcoma-kg/drug/sirolimus"), is_project("http://purl.obolibrary.org/obo/CHEBI_9168")
    (True, False)
    """
    return iri.startswith(BASE) and not iri.startswith(IMPORT_BASE)


def parse_identifier(text: str) -> Iri | None:
    """Read a text as an identifier: one of our CURIEs, an external CURIE, or an absolute IRI; None if it is neither."""
    match = _CURIE.fullmatch(text)
    if match is not None and match["prefix"] in PREFIXES:
        return expand(text)
    if "://" in text and ABSOLUTE_IRI.fullmatch(text):
        return Iri(text)
    return None
