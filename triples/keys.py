"""What a key of a curated record is: the types of its values, and the words that may stand in it."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from enum import Enum

from kg import model

ENTITY_FILES: dict[str, str] = {
    "drug": "drugs", "drugclass": "drug_classes", "target": "targets", "pathway": "pathways",
    "process": "processes", "complex": "complexes", "metabolite": "metabolites", "cellstate": "cell_states",
    "histotype": "histotypes", "condition": "conditions", "site": "sites", "event": "adverse_events",
    "procedure": "procedures", "organism": "organisms", "organization": "organizations", "regimen": "regimens",
    "measure": "measures", "definition": "definitions",
}  # fmt: skip
ENTITY_KINDS = tuple(ENTITY_FILES)
_DOCUMENT_KINDS = ("study", "arm", "population", "outcome", "patient", "document", "statement")
NODE_KINDS = (*ENTITY_KINDS, *_DOCUMENT_KINDS)  # what a statement may be about
RECORD_KINDS = (*_DOCUMENT_KINDS, "passage", "conflict")
GIVEN_KINDS = (*ENTITY_KINDS, *RECORD_KINDS)  # everything that curating gives an identifier to
# Prefix -> how what follows is written, and an example.
EXTERNAL_PREFIXES: dict[str, tuple[str, str]] = {
    "CHEBI": (r"\d+", "9168"), "CHEMBL": (r"CHEMBL\d+", "CHEMBL413"), "DRUGBANK": (r"DB\d{5}", "DB00877"),
    "NCIT": (r"C\d+", "C1212"), "HGNC": (r"\d+", "3942"), "NCBIGENE": (r"\d+", "2475"),
    "UNIPROT": (r"[A-Z0-9]{6}([A-Z0-9]{4})?", "P42345"), "GO": (r"\d{7}", "0006915"),
    "REACTOME": (r"R-[A-Z]{3}-\d+", "R-HSA-165159"), "MONDO": (r"\d{7}", "0005058"), "ONCOTREE": (r"[A-Z0-9_]+", "LMS"),
    "DOID": (r"\d+", "1967"), "HP": (r"\d{7}", "0002027"), "MESH": (r"[CD]\d+", "D020123"),
    "NCT": (r"NCT\d{8}", "NCT00949325"), "DOI": (r"10\.\d+/.+", "10.3389/fonc.2021.755439"),
    "PMID": (r"\d+", "20029413"), "UMLS": (r"C\d{7}", "C0023269"),
}  # fmt: skip


class Type(Enum):
    """How the text of a value is read. The value is the word the reference table prints."""

    TEXT = "text"
    NAME = "local name"
    CURIE = "identifier"
    EXTERNAL = "external identifier"
    FACT = "subject predicate [object]"
    INTEGER = "whole number"
    DECIMAL = "number"
    CHOICE = "one of"
    YES_NO = "yes or no"
    DURATION = "ISO 8601 duration"
    DATE = "date (2021, 2021-05 or 2021-05-13)"
    UNIT = "UCUM unit"
    SHA256 = "SHA-256"
    PASSAGE = "passage"
    RECORD = "record"
    LINK = "id of a statement, outcome or event"


@dataclass(frozen=True)
class Key:
    """One key of a record.

    Attributes:
        help: what it means, for the reference page and for faults.
        rdf: CURIE of the property; None where the key shapes the record instead of becoming one triple.
        kinds: for identifiers, the kinds that may stand here.
        record: for nested records, the name of their table.
    """

    name: str
    type: Type
    rdf: str | None
    help: str
    _: KW_ONLY
    required: bool = False
    repeated: bool = False
    kinds: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    record: str = ""


@dataclass(frozen=True)
class RecordType:
    """One kind of record: its keys in the order in which the reference lists them."""

    name: str
    help: str
    keys: tuple[Key, ...]

    def key(self, name: str) -> Key | None:
        """The key of a name; None if the record has none."""
        return next((key for key in self.keys if key.name == name), None)


CERTAINTIES = tuple(word for word in model.CERTAINTIES if word != "inferred")  # that is for the reasoner to say
DOCUMENT_TYPES = (
    "article", "clinical trial", "trial", "retrospective cohort", "case report", "case series", "review",
    "abstract", "preclinical",
)  # fmt: skip
RESPONSES = tuple(word for word in model.RESPONSES if word != "MR")  # a minor response is a measure of its own
SEXES = ("male", "female", "unstated")


def text_key(name: str, rdf: str | None, meaning: str, *, required: bool = False, repeated: bool = False) -> Key:
    """A key whose value is a text."""
    return Key(name, Type.TEXT, rdf, meaning, required=required, repeated=repeated)


def curie_key(
    name: str, rdf: str | None, meaning: str, *kinds: str, required: bool = False, repeated: bool = False
) -> Key:
    """A key whose value is an identifier of one of the kinds."""
    return Key(name, Type.CURIE, rdf, meaning, required=required, repeated=repeated, kinds=kinds)


def choice_key(
    name: str,
    rdf: str,
    meaning: str,
    choices: tuple[str, ...],
    *,
    required: bool = False,
    repeated: bool = False,
) -> Key:
    """A key whose value is one of the choices."""
    return Key(name, Type.CHOICE, rdf, meaning, required=required, repeated=repeated, choices=choices)


def records_key(name: str, rdf: str | None, meaning: str, record: str, *, repeated: bool = True) -> Key:
    """A key that holds records, or one record."""
    return Key(name, Type.RECORD, rdf, meaning, repeated=repeated, record=record)
