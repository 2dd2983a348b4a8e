"""Every identifier of a curated entity is proved by a reference release; the checker is proved on its own."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from ontology.terms import PREFIXES
from tests.reference import Record, Reference, faults, share_a_name
from triples.mappings import NARROWER, NO_RECORD, VOCABULARIES, mappings
from triples.read import read_corpus

ENTITIES = Path(__file__).resolve().parents[2] / "triples" / "entities"
IN_SCOPE = "histotype:sarcoma-in-scope"

# MONDO's parents that we do not follow, each with the reason.
NOT_FOLLOWED = {
    ("MONDO:0002142", "MONDO:0021054"): "it is a bone sarcoma only when it arises in bone",
}


def entities() -> dict[str, dict]:
    found = {}
    for path in sorted(ENTITIES.glob("*.yaml")):
        for record in yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader) or ():
            found[record["id"]] = record
    return found


def ancestors(name: str, table: dict[str, dict]) -> set[str]:
    found: set[str] = set()
    pending = [name]
    while pending:
        new = {*table.get(pending.pop(), {}).get("parents", ())} - found
        found |= new
        pending += new
    return found


@pytest.fixture(scope="session")
def reference(shared_dir) -> Reference:
    return Reference(shared_dir / "reference-data")


def test_every_identifier_is_proved_by_a_release(reference):
    wrong = [f"{name}: {fault}" for name, record in entities().items() for fault in faults(record, reference)]
    assert not wrong, "\n".join(wrong)


def test_an_entity_without_identifiers_has_no_record_of_its_name(reference):
    """What `check --identifiers` gives as the reason is true."""
    table, missed = entities(), {}
    for kind in mappings(read_corpus(ENTITIES.parent)):
        for reason, curies in kind.unmapped.items():
            if reason in (NO_RECORD, NARROWER) and kind.kind in VOCABULARIES:
                for name in curies:
                    # What the entity is called; a synonym may be an abbreviation that means something else elsewhere.
                    found = reference.named([table[name]["label"]], VOCABULARIES[kind.kind])
                    missed |= {name: found} if found else {}
    assert missed == {}


def test_every_identifier_has_a_declared_prefix():
    for name, record in entities().items():
        for key in ("exact", "close", "xref"):
            for curie in record.get(key, ()):
                prefix, _, local = curie.partition(":")
                assert prefix in PREFIXES, f"{name}: {curie}"
                assert local, f"{name}: {curie}"


def test_every_entity_has_a_definition_in_words():
    assert [name for name, record in entities().items() if not record.get("definition", "").strip()] == []


def test_no_two_entities_are_defined_alike():
    shared = defaultdict(list)
    for name, record in entities().items():
        shared[record["definition"].strip().lower()].append(name)
    assert [names for names in shared.values() if len(names) > 1] == []


def test_no_two_entities_are_exactly_the_same_thing_elsewhere():
    """`skos:exactMatch` is transitive: two entities with one exact match would be one entity."""
    shared = defaultdict(list)
    for name, record in entities().items():
        for curie in record.get("exact") or ():
            shared[curie].append(name)
    assert [(curie, names) for curie, names in shared.items() if len(names) > 1] == []


@pytest.mark.parametrize(
    ("name", "curie", "meaning"),
    [
        ("procedure:chemotherapy", "MESH:D004358", "treatment with any drug"),
        ("measure:dose-reduction", "MESH:D000084862", "tapering off a drug"),
        ("measure:safety", "MESH:D012449", "freedom from accidents"),
        ("site:connective-tissue", "MESH:D003238", "bone and cartilage too"),
        ("drug:imatinib", "MESH:D000068877", "the salt"),
        ("condition:cml", "NCIT:C3172", "any myeloid leukaemia"),
        ("event:somnolence", "MESH:D012894", "stages of healthy sleep"),
    ],
)
def test_a_record_that_shares_a_name_or_a_reference_but_means_something_else_is_at_most_close(name, curie, meaning):
    record = entities()[name]
    assert curie not in [*(record.get("exact") or ()), *(record.get("xref") or ())], f"{curie} means {meaning}"


def test_every_parent_exists_and_nothing_is_its_own_ancestor():
    table = entities()
    for name, record in table.items():
        assert [parent for parent in record.get("parents", ()) if parent not in table] == [], name
        assert name not in ancestors(name, table)


def test_every_histotype_is_in_scope_but_mesenchymal_tumours_at_large():
    table = entities()
    outside = {
        name for name in table if name.startswith("histotype:") and IN_SCOPE not in {name, *ancestors(name, table)}
    }
    assert outside <= {"histotype:mesenchymal-tumour"}


def test_tumours_that_are_no_sarcomas_are_not_counted_as_sarcomas():
    table = entities()
    for name in ("histotype:gist", "histotype:desmoid"):
        assert "histotype:sarcoma" not in ancestors(name, table)
        assert IN_SCOPE in ancestors(name, table)


def test_hierarchy_of_histotypes_closes_like_mondo(reference):
    """Where two histotypes are both in MONDO, one stands above the other here exactly when it does there."""
    table = entities()
    in_mondo = {
        name: curie
        for name, record in table.items()
        if name.startswith("histotype:")
        for curie in record.get("exact", ())
        if curie.startswith("MONDO:")
    }
    assert len(in_mondo) > 20
    for name, curie in in_mondo.items():
        ours = {in_mondo[parent] for parent in ancestors(name, table) if parent in in_mondo}
        theirs = reference.ancestors(curie) & set(in_mondo.values())
        theirs -= {above for below, above in NOT_FOLLOWED if below == curie}
        assert ours == theirs, name


class Invented:
    def __init__(self, **records: Record) -> None:
        self._records = {name.replace("_", ":"): record for name, record in records.items()}

    def find(self, curie: str) -> Record | None:
        return self._records.get(curie)

    def holds(self, prefix: str) -> bool:
        return prefix in {"CHEBI", "DRUGBANK"}


RELEASES = Invented(
    CHEBI_1=Record({"sirolimus"}, {"NCIT:C1"}),
    CHEBI_2=Record({"something else"}),
    CHEBI_3=Record({"rapamycin"}, obsolete=True),
    DRUGBANK_1=Record({"Rapamune"}, {"CHEBI:2"}),
)


@pytest.mark.parametrize(
    ("identifiers", "expected"),
    [
        ({"exact": ["CHEBI:1"], "xref": ["NCIT:C1"]}, ""),
        ({"exact": ["CHEBI:9"]}, "no release has it"),
        ({"exact": ["NCIT:C1"]}, "it can only stand in `xref`"),
        ({"exact": ["CHEBI:2"]}, "none of our names; use `close`"),
        ({"close": ["CHEBI:2"]}, ""),
        ({"exact": ["DRUGBANK:1", "CHEBI:2"]}, ""),
        ({"exact": ["CHEBI:3"]}, "is obsolete"),
        (
            {"exact": ["CHEBI:1"], "xref": ["NCIT:C2"]},
            "none of the records of `exact` and `close` refers to it",
        ),
        ({"xref": ["NCIT:C1"]}, "none of the records of `exact` and `close` refers to it"),
        ({"exact": ["CHEBI:1"], "close": ["CHEBI:1"]}, "is given twice"),
    ],
)
def test_checker_says_what_is_wrong_with_an_identifier(identifiers, expected):
    entity = {
        "id": "drug:sirolimus",
        "label": "sirolimus",
        "synonyms": ["rapamycin", "Rapamune"],
        **identifiers,
    }
    found = faults(entity, RELEASES)
    assert (len(found) == 1 and expected in found[0]) if expected else found == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anaemia", "Anemia"),
        ("diarrhoea", "Diarrhea"),
        ("soft-tissue tumour", "Soft tissue tumors"),
        ("CCI-779", "CCI779"),
        ("Neoplasms, Retroperitoneal", "retroperitoneal neoplasm"),
        ("TGF-β", "TGF beta"),
    ],
)
def test_names_are_compared_without_their_spelling(one, other):
    assert share_a_name([one], [other])


@pytest.mark.parametrize(("one", "other"), [("leiomyosarcoma", "liposarcoma"), ("", ""), ("KIT exon 9", "KIT exon 11")])
def test_different_names_are_told_apart(one, other):
    assert not share_a_name([one], [other])
