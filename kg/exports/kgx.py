"""The statements of the curated documents as KGX tables, for tools that read the Biolink Model.

Nodes are the things that a statement joins; edges are the statements between two things, hedged, hypothesised and
negated ones included, each saying so. What raises or lowers something is an "affects" with Biolink's qualifiers; where
the model has no predicate that is right, the edge is "related to", and ``original_predicate`` says what it is. Figures
are not in it, neither results of arms nor histories of patients: KGX has no place for a rate with its interval. Imports
are left to those who made them.
Source: KGX format specification; Biolink Model 4.4.6 (slots of ``association`` and ``named thing``).
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyoxigraph as ox

from kg.description import Description, described, descriptions
from kg.exports.folder import Exported, export
from kg.generations import Generation
from kg.identifiers import BASE, compress
from kg.mechanism.chains import SENSITIZING
from ontology.terms import CLASSES, PREDICATES, SKG
from ontology.vocabulary import MappedTerm, Predicate

NODE_COLUMNS = ("id", "category", "name", "description", "synonym", "xref", "iri", "provided_by")
EDGE_COLUMNS = (
    "id", "category", "subject", "predicate", "object", "qualified_predicate", "subject_aspect_qualifier",
    "subject_direction_qualifier", "object_direction_qualifier", "negated", "certainty", "original_predicate",
    "knowledge_level", "agent_type", "primary_knowledge_source", "publications", "description",
)  # fmt: skip
SOURCE = "infores:sarcoma-kg"
# Whose identifier a node goes by, if it is exactly the same thing there; else its own, below ``sarcoma-kg:``.
PREFERRED = ("HGNC", "CHEBI", "DRUGBANK", "MONDO", "GO", "HP", "NCIT", "MESH", "ONCOTREE")
# How the Biolink Model spells the prefixes of ours that it spells otherwise.
_SPELLINGS = {
    "CHEMBL": "CHEMBL.COMPOUND", "DOI": "doi", "NCBIGENE": "NCBIGene", "NCBITAXON": "NCBITaxon",
    "NCT": "CLINICALTRIALS", "REACTOME": "REACT", "UNIPROT": "UniProtKB",
}  # fmt: skip
_CLOSENESS = ("exact", "close", "broad")
RELATED = "biolink:related_to"
_AFFECTS = "biolink:affects"
# Predicates of the Biolink Model that only lead to a disease or a phenotype, and the categories that are one.
_OF_DISEASES = frozenset(
    {"biolink:applied_to_treat", "biolink:biomarker_for", "biolink:studied_to_treat", "biolink:treats",
     "biolink:treats_or_applied_or_studied_to_treat"}
)  # fmt: skip
_DISEASES = frozenset({"biolink:Disease", "biolink:PhenotypicFeature"})
_GENE = "biolink:Gene"
_WAYS = {"+1": "increased", "-1": "decreased"}
_OTHER_WAY = {"increased": "decreased", "decreased": "increased"}

_Known = Mapping[str, Description]


def export_kgx(data_dir: str | Path, folder: str | Path) -> Exported:
    """Write ``sarcoma-kg_nodes.tsv`` and ``sarcoma-kg_edges.tsv``. See :func:`kg.exports.folder.export`."""
    return export(data_dir, folder, _write_tables)


def _write_tables(generation: Generation, folder: Path) -> dict[str, int]:
    known = _known(generation)
    statements = [each for _, each in sorted(known.items()) if _joins_two_things(each)]
    ends = sorted({end for each in statements for end in _ends(each)})
    _write(folder / "sarcoma-kg_nodes.tsv", NODE_COLUMNS, (_node(described(iri, known)) for iri in ends))
    _write(folder / "sarcoma-kg_edges.tsv", EDGE_COLUMNS, (_edge(each, known) for each in statements))
    return {"nodes": len(ends), "edges": len(statements)}


def _known(generation: Generation) -> _Known:
    """What documents and editors say, by subject."""
    with gzip.open(generation.dataset_path, "rt", encoding="utf-8") as stream:
        return descriptions(
            quad
            for quad in ox.parse(stream, format=ox.RdfFormat.N_QUADS)
            if str(quad.graph_name).startswith((f"<{BASE}graph/document-", f"<{BASE}graph/ontology"))
        )


def _joins_two_things(node: Description) -> bool:
    return node.iri.startswith(f"{BASE}statement/") and len(_ends(node)) == 2


def _ends(statement: Description) -> tuple[str, ...]:
    """Subject and object."""
    return (*statement.iris("subject"), *statement.iris("object"))


def _node(node: Description) -> Iterator[str]:
    matches = (each for relation in ("exactMatch", "closeMatch", "relatedMatch") for each in node.iris(relation))
    yield _identifier(node)
    yield _category(node)
    yield node.text("prefLabel") or ""
    yield node.text("skos_definition") or ""
    yield "|".join(node.texts("altLabel"))
    yield "|".join(sorted(_spelled(compress(each) or each) for each in matches))
    yield node.iri
    yield SOURCE


def _identifier(node: Description) -> str:
    exact = {
        curie.partition(":")[0]: curie
        for each in reversed(node.iris("exactMatch"))
        if (curie := compress(each)) is not None
    }
    known = next((exact[prefix] for prefix in PREFERRED if prefix in exact), None)
    return known or _own(node.iri)


def _own(iri: str) -> str:
    return f"sarcoma-kg:{iri.removeprefix(BASE)}"


def _spelled(curie: str) -> str:
    prefix, colon, local = curie.partition(":")
    return f"{_SPELLINGS.get(prefix, prefix)}{colon}{local}"


def _category(node: Description) -> str:
    """Its category, the nearest that things can be in: what stands for a gene and its product has a second one."""
    kinds = (kind.removeprefix(SKG.namespace) for kind in node.iris("rdf_type"))
    named = (_biolink(CLASSES[kind].mappings) for kind in kinds if kind in CLASSES and CLASSES[kind].kind)
    category = next((name for name in named if name), "biolink:NamedThing")
    if category != f"{_GENE}OrGeneProduct":
        return category
    return f"{_GENE if _identifier(node).startswith('HGNC:') else 'biolink:BiologicalEntity'}|{category}"


def _biolink(mappings: Sequence[MappedTerm]) -> str | None:
    """The nearest term of the Biolink Model."""
    terms = {each.relation: each.curie.partition(":")[2] for each in mappings if each.curie.startswith("BIOLINK:")}
    return next((f"biolink:{terms[relation]}" for relation in _CLOSENESS if relation in terms), None)


def _edge(statement: Description, known: _Known) -> Iterator[str]:
    predicate = PREDICATES[(statement.iri_of("predicate") or "").removeprefix(SKG.namespace)]
    subject, target = (described(end, known) for end in _ends(statement))
    certainty = statement.text("certainty") or ""
    yield _own(statement.iri)
    yield "biolink:Association"
    yield _identifier(subject)
    yield (name := _predicate(predicate, _category(target)))
    yield _identifier(target)
    yield from _qualifiers(predicate) if name == _AFFECTS else ("",) * 4
    yield "true" if statement.text("polarity") == "negated" else "false"
    yield certainty
    yield f"skg:{predicate.name}"
    yield "knowledge_assertion" if certainty == "stated" else "not_provided"
    yield "manual_agent"
    yield SOURCE
    cited = (*statement.iris("citing"), *statement.iris("assertedBy"))
    yield "|".join(dict.fromkeys(_publication(described(each, known)) for each in cited))
    yield statement.text("rdfs_label") or ""


def _predicate(predicate: Predicate, category: str) -> str:
    """The nearest predicate of the Biolink Model that may lead to a thing of that category."""
    name = _biolink(predicate.mappings)
    return RELATED if name is None or (name in _OF_DISEASES and category not in _DISEASES) else name


def _qualifiers(predicate: Predicate) -> tuple[str, str, str, str]:
    """What an "affects" says in full: predicate, aspect and direction of the subject, direction of the object.

    What makes a tumour sensitive neither raises nor lowers the tumour.
    """
    way = _WAYS.get(predicate.sign) if predicate.name not in SENSITIZING else None
    if way is None:
        return "", "", "", ""
    if predicate.name.startswith("inhibition"):
        return "biolink:causes", "activity", "decreased", _OTHER_WAY[way]
    return "biolink:causes", "", "", way


def _publication(document: Description) -> str:
    for name, prefix in (("pmid", "PMID"), ("doi", "doi")):
        if given := document.text(name):
            return f"{prefix}:{given}"
    return _own(document.iri)


def _write(path: Path, columns: Sequence[str], rows: Iterator[Iterator[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None)
        table.writerow(columns)
        for row in rows:
            table.writerow(" ".join(cell.split()) for cell in row)
