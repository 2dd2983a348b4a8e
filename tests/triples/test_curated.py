"""The curated documents themselves: no fault, every fact supported by its passage."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.triples.borrowed import borrowed_runs
from triples.build import read_sound_corpus
from triples.check import CheckQuestion, check
from triples.passages import passage_fields
from triples.read import CURATED
from triples.records import Quote
from triples.retractions import read_retractions


def test_the_curated_files_have_no_fault() -> None:
    read_sound_corpus(CURATED)


def test_no_words_of_a_source_stand_in_a_passage() -> None:
    corpus = read_sound_corpus(CURATED)
    fields = [entry for folder in corpus.folders for entry in passage_fields((*folder.records, *folder.exclusions))]
    assert not [entry.place for entry in fields if isinstance(entry.value, Quote)]


@pytest.mark.timeout(120)
def test_every_fact_is_supported_by_its_passage(shared_dir: Path) -> None:
    report = check(CheckQuestion(CURATED, sources_dir=shared_dir / "sources"))
    assert report.is_sound, "\n".join(map(str, (*report.faults, *report.support.unsupported)))
    assert report.support.facts > 1000
    assert report.support.context_share < 0.25


def test_every_sentence_and_number_of_every_document_is_in_a_fact_or_set_aside_with_a_reason(shared_dir: Path) -> None:
    for each in check(CheckQuestion(CURATED, sources_dir=shared_dir / "sources")).coverage():
        assert each.sentences > 20
        assert each.uncovered == (), each.document
        assert each.numbers == (), each.document
        assert each.excluded <= 0.1 * each.sentences


def test_every_cited_article_on_the_retraction_list_is_marked(shared_dir: Path) -> None:
    """The documents print no PubMed identifier today; one that is added is checked from then on."""
    retractions = shared_dir / "reference-data" / "pubmed_retractions.tsv.gz"
    assert len(read_retractions(retractions)) > 10_000
    assert check(CheckQuestion(CURATED, retractions=retractions)).is_sound


def test_no_text_repeats_a_sentence_of_its_source(shared_dir: Path) -> None:
    report = check(CheckQuestion(CURATED, sources_dir=shared_dir / "sources"))
    found = [run for folder in report.folders for run in borrowed_runs(folder, report.sources[folder.name])]
    assert not found, "\n".join(map(str, found))


def test_every_abbreviation_of_a_figure_key_is_a_name_of_its_drug() -> None:
    """Those of the swimmer plot of document 003; ifosfamide's is misprinted there."""
    names = {entity.id: entity.texts("synonyms") for entity in read_sound_corpus(CURATED).entities}
    key = {"dacarbazine": "Dac", "docetaxel": "Doc", "doxorubicin": "Dox", "gemcitabine": "Gem", "ifosfamide": "Ifo",
           "olaratumab": "Ola", "pazopanib": "Paz", "regorafenib": "Reg", "trabectedin": "Tra"}  # fmt: skip
    assert not [drug for drug, short in key.items() if short not in names[f"drug:{drug}"]]


def test_no_two_things_have_the_same_label() -> None:
    """A reader who meets a label in an answer knows which thing is meant."""
    labels = Counter((entity.text("label") or "").casefold() for entity in read_sound_corpus(CURATED).entities)
    assert [label for label, count in labels.items() if count > 1] == []


def test_no_combination_is_called_by_the_name_of_one_of_its_drugs() -> None:
    entities = {entity.text("id"): entity for entity in read_sound_corpus(CURATED).entities}
    combinations = [entity for entity in entities.values() if entity.all("drugs")]
    assert combinations
    for entity in combinations:
        called = {name.casefold() for name in (*entity.texts("label"), *entity.texts("synonyms"))}
        for drug in entity.texts("drugs"):
            names = {name.casefold() for name in (*entities[drug].texts("label"), *entities[drug].texts("synonyms"))}
            assert not called & names, (entity.text("id"), drug)
