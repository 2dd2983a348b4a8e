"""Which of our classes the nodes of an import belong to, so that a question about drugs finds imported drugs."""

from __future__ import annotations

import re
from functools import lru_cache

from triples.imports.identifiers import NAMESPACES, local_name

UNTYPED = "NamedThing"
MAX_OWN_TYPES = 100  # the traversal index has room for 256 types in all

# Biolink's categories, by name; Hetionet's kinds that are called otherwise.
_CLASS_BY_CATEGORY = {
    "AnatomicalEntity": "Site",
    "Anatomy": "Site",
    "BiologicalProcess": "Process",
    "BiologicalProcessOrActivity": "Process",
    "Compound": "Drug",
    "Disease": "Condition",
    "DiseaseOrPhenotypicFeature": "Condition",
    "Drug": "Drug",
    "Gene": "Target",
    "GeneOrGeneProduct": "Target",
    "GrossAnatomicalStructure": "Site",
    "MacromolecularComplex": "Complex",
    "MolecularActivity": "Process",
    "MolecularFunction": "Process",
    "OrganismTaxon": "Organism",
    "PathologicalProcess": "Process",
    "Pathway": "Pathway",
    "PharmacologicClass": "DrugClass",
    "Polypeptide": "Target",
    "Protein": "Target",
    "SideEffect": "AdverseEvent",
}
# Ontology terms come without a category; their identifier tells what they are.
_CATEGORY_BY_SPACE = {
    NAMESPACES["mondo"]: "Disease",
    NAMESPACES["doid"]: "Disease",
    NAMESPACES["hp"]: "PhenotypicFeature",
    NAMESPACES["chebi"]: "ChemicalEntity",
    NAMESPACES["uberon"]: "AnatomicalEntity",
    NAMESPACES["cl"]: "Cell",
    NAMESPACES["pr"]: "Protein",
    NAMESPACES["hgnc"]: "Gene",
    NAMESPACES["ncbitaxon"]: "OrganismTaxon",
}
_CATEGORY_BY_OBO_NAMESPACE = {
    "biological_process": "BiologicalProcess",
    "molecular_function": "MolecularActivity",
    "cellular_component": "CellularComponent",
}


def category_name(iri: str) -> str:
    """The name of a category as one word.

    >>> category_name("https://w3id.org/sarcoma-kg/import/hetionet/type/Biological%20Process")
    'BiologicalProcess'
    """
    words = re.split(r"[^A-Za-z0-9]+", local_name(iri).replace("%20", " "))
    return "".join(word[:1].upper() + word[1:] for word in words) or UNTYPED


@lru_cache(maxsize=4096)
def type_of(categories: tuple[str, ...]) -> str:
    """The local name of our class for the first category that has one, else the first category's own name."""
    names = [category_name(iri) for iri in categories]
    return next((_CLASS_BY_CATEGORY[name] for name in names if name in _CLASS_BY_CATEGORY), next(iter(names), UNTYPED))


def instead_of(iri: str) -> str:
    """What an import may write in place of a class of ours: a category that is read as it, if there is one."""
    name = local_name(iri)
    categories = [category for category, ours in _CLASS_BY_CATEGORY.items() if ours == name]
    category = min(categories, key=lambda category: category != name, default=None)
    return f"biolink:{category}, which is read as skg:{name}" if category else "a class of Biolink or of your own"


def category_of_term(iri: str, obo_namespace: str = "") -> str | None:
    """Biolink's category of an ontology term, where its identifier or OBO namespace tells."""
    known = _CATEGORY_BY_OBO_NAMESPACE.get(obo_namespace)
    return known or next((name for space, name in _CATEGORY_BY_SPACE.items() if iri.startswith(space)), None)
