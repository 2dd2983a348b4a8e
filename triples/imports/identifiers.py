"""From the identifiers that other graphs write to IRIs: the same thing gets the same IRI, whoever names it.

A claim has no identifier of its own: its key is made from those of its parts.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any
from urllib.parse import quote

from kg.codec import named
from kg.identifiers import IMPORT_BASE
from ontology.terms import CLASS_BY_KIND, PREFIXES

BIOLINK = PREFIXES["BIOLINK"]
_64_BITS = (1 << 64) - 1

_OBO = PREFIXES["OBO"]
_IDENTIFIERS_ORG = "https://identifiers.org/"

# Prefixes that other graphs use: other spellings of ours, and vocabularies that we have no entity of.
_ALIASES = {
    "db": "DRUGBANK",
    "uniprotkb": "UNIPROT",
    "taxonomy": "NCBITAXON",
    "ncbitaxon": "NCBITAXON",
    "ncit": "NCIT",
    "nci": "NCIT",
    "umls_cui": "UMLS",
    "umls": "UMLS",
    "msh": "MESH",
    "chembl.compound": "CHEMBL",
    "chembl.target": "CHEMBL",
    "react": "REACTOME",
    "reactome.pathway": "REACTOME",
    "pubmed": "PMID",
    "clinicaltrials": "NCT",
}
_OBO_FAMILIES = (
    "CL",
    "CLO",
    "EFO",
    "FBBT",
    "HSAPDV",
    "MA",
    "MAXO",
    "MP",
    "MPATH",
    "OBA",
    "PATO",
    "PO",
    "PR",
    "SO",
    "UPHENO",
    "ZFA",
)
_IDENTIFIERS_ORG_FAMILIES = (
    "ensembl", "interpro", "pfam", "panther.family", "rxcui", "pubchem.compound", "omim",
    "orphanet", "icd10", "icd9", "kegg.compound", "kegg.pathway", "wikipathways", "snomedct", "meddra", "ndfrt",
    "unii", "cas", "hmdb", "mirbase", "eccode", "tigrfam", "smpdb", "pathwhiz", "atc", "sider.effect",
)  # fmt: skip
_OTHER_SPELLINGS = {
    "ncbi gene": "ncbigene",
    "entrez": "ncbigene",
    "tigr": "tigrfam",
    "panther": "panther.family",
    "pubchem": "pubchem.compound",
    "ec": "eccode",
    "sctid": "snomedct",
    "wikipathway": "wikipathways",
}

# Characters of a local name that may stand in an IRI; a colon may, too, and so may what is already encoded.
_SAFE = "-._~:@!$&'()*+,;=/%"
_DRUGBANK = re.compile(r"DB\d{5}")


def _namespaces() -> dict[str, str]:
    """Namespace by prefix in lower case. Our own kinds are left out: another graph's "drug:1" is not ours."""
    own = {*CLASS_BY_KIND, "graph", "skg"}
    found = {prefix.casefold(): iri for prefix, iri in PREFIXES.items() if prefix not in own}
    found.update({alias: PREFIXES[prefix] for alias, prefix in _ALIASES.items()})
    found.update({family.casefold(): f"{_OBO}{family}_" for family in _OBO_FAMILIES})
    found.update({family: f"{_IDENTIFIERS_ORG}{family}:" for family in _IDENTIFIERS_ORG_FAMILIES})
    found.update({other: found[family] for other, family in _OTHER_SPELLINGS.items()})
    found["infores"] = "https://w3id.org/biolink/infores/"  # the catalogue of sources that Biolink's graphs cite
    return found


NAMESPACES = _namespaces()


class Identifiers:
    """Spells the identifiers of one import as IRIs. Whatever has no known prefix is named under the import."""

    def __init__(self, name: str) -> None:
        self.base = f"{IMPORT_BASE}{name}/"
        self._known: dict[str, str] = {}

    def iri(self, text: str, namespace: str | None = None) -> str:
        """The IRI of an identifier.

        Args:
            text: a CURIE, an IRI, or a bare local name.
            namespace: where bare local names belong.

        Raises: ValueError if there is nothing to name, or it cannot be an IRI.
        """
        known = self._known.get(text) if namespace is None else None
        if known is not None:
            return known
        iri = self._spelled(text.strip(), namespace)
        named(iri)
        if namespace is None:
            self._known[text] = iri
        return iri

    def _spelled(self, text: str, namespace: str | None) -> str:
        if not text:
            raise ValueError("an identifier is empty")
        if "://" in text:
            return text
        prefix, colon, local = text.partition(":")
        space = NAMESPACES.get(prefix.casefold()) if colon else namespace
        if space is None or (colon and not local):
            return self.base + quote(text, safe=_SAFE.replace("%", ""))
        if not colon:
            local = text
        local = local.removeprefix(f"{prefix}:")
        if space == PREFIXES["DRUGBANK"] and not _DRUGBANK.fullmatch(local):
            return self.base + quote(text, safe=_SAFE.replace("%", ""))
        return space + quote(local, safe=_SAFE)

    def own(self, kind: str, text: str) -> str:
        """An IRI under the import for a predicate, a class or a record of it."""
        return f"{self.base}{kind}/{quote(text.strip(), safe='-._~')}"


def biolink(text: str, *, slot: bool) -> str:
    """The IRI of a Biolink term, however it is written.

    >>> biolink("positively regulates", slot=True)
    'https://w3id.org/biolink/vocab/positively_regulates'
    >>> biolink("biolink:Drug", slot=False)
    'https://w3id.org/biolink/vocab/Drug'
    """
    words = text.strip().removeprefix("biolink:").split()
    if not words:
        raise ValueError("a term is empty")
    return BIOLINK + quote("_".join(words) if slot else "".join(words), safe="-._~")


def local_name(iri: str) -> str:
    """What stands after the last separator of an IRI.

    >>> local_name("https://w3id.org/biolink/vocab/Drug")
    'Drug'
    """
    return re.split(r"[/#]", iri.rstrip("/#"))[-1]


def text_key(text: str) -> int:
    """64 bits that stand for a text."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


Bits = Any  # an int of 64 bits, or an array of numpy.uint64, whose arithmetic has no type that fits both


def claim_key(graph: Bits, subject: Bits, predicate: Bits, target: Bits, rest: Bits) -> Bits:
    """64 bits that stand for a claim, from those of its parts: of one claim, or of many at once.

    Parts are told apart by their order. The mixing is SplitMix64's finalizer (doi 10.1145/2714064.2660195).
    """
    key = _mixed(subject + graph & _64_BITS)
    for part in (predicate, target, rest):
        key = _mixed(key + part & _64_BITS)
    return key


def _mixed(bits: Bits) -> Bits:
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 & _64_BITS
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EB & _64_BITS
    return bits ^ bits >> 31
