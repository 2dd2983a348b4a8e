"""A passage must hold what its fact says, however it spells it; what no fact mentions is listed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.triples.borrowed import borrowed_runs
from triples.check import CheckQuestion, check
from triples.coverage import sentences
from triples.wording import Wording

STATEMENTS = "documents/900-invented-trial/statements.yaml"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Twelve patients", "12"),
        ("twenty-one days", "21"),
        ("given twice a week", "2"),
        ("1,000 mg/m2", "1000 mg"),
        ("p < .05", "0.05"),
        ("27–799 days", "27-799"),
        ("2×2.5×3.5", "2x2.5x3.5"),
        ("8·1 months", "8.1"),
        ("in 1.5 g/m²", "1.5 g/m2"),
        ("third cycle", "3"),
        ("50%", "50 %"),
    ],
)
def test_a_number_is_found_in_digits_or_words(text: str, wanted: str) -> None:
    assert Wording(text).lacks_numbers(wanted) == []


@pytest.mark.parametrize(("text", "wanted"), [("12 of 45", "13"), ("8.1 months", "8"), ("120 mg", "20"), ("", "7")])
def test_a_number_that_is_not_there_is_missed(text: str, wanted: str) -> None:
    assert Wording(text).lacks_numbers(wanted) == [wanted]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Leiomyosarcomas were", "leiomyosarcoma"),
        ("the tumor grew", "tumour"),
        ("anti-\napoptotic genes", "antiapoptotic genes"),
        ("FK506 binding-protein", "FK506-binding protein"),
        ("inhibits PDGFR-α", "PDGFR alpha"),
        ("metastases in the lung", "metastasis"),
        ("(c-KIT)", "c-Kit"),
        ("bone and soft tissue sarcomas", "bone sarcoma"),
        ("cyclin-dependent kinases", "cyclin-dependent kinase"),
    ],
)
def test_a_name_is_found_however_it_is_spelled(text: str, name: str) -> None:
    assert Wording(text).has_name(name)


@pytest.mark.parametrize(("text", "name"), [("administration", "Tra"), ("regimen", "Reg"), ("mTORC1", "mTOR")])
def test_a_part_of_a_word_is_not_a_name(text: str, name: str) -> None:
    assert not Wording(text).has_name(name)


def test_a_fact_whose_passage_lacks_its_name_is_listed(
    curated: Path, sources_dir: Path, edit: Callable[[str, str, str], None]
) -> None:
    edit(STATEMENTS, "at: 9-47", "at: 89-114")  # the passage that names TGT2
    report = check(CheckQuestion(curated, sources_dir=sources_dir))
    (unsupported,) = report.support.unsupported
    assert unsupported.missing == ("TGT1 (target:TGT1)",)
    assert unsupported.place.line == 2
    assert not report.is_sound


def test_days_of_a_cycle_and_the_day_of_registration_stand_in_the_passage(
    curated: Path, sources_dir: Path, edit: Callable[[str, str, str], None]
) -> None:
    studies = "documents/900-invented-trial/studies.yaml"
    edit(studies, 'days: "1, 8"', 'days: "1, 15"')
    edit(studies, "type: trial\n", "type: trial\n  registered: 1999-05\n")
    missing = [each.missing for each in check(CheckQuestion(curated, sources_dir=sources_dir)).support.unsupported]
    assert missing == [("1999", "May"), ("15",)]


def test_a_schedule_in_words_has_the_figures_of_its_passage_too(
    curated: Path, sources_dir: Path, edit: Callable[[str, str, str], None]
) -> None:
    edit("documents/900-invented-trial/studies.yaml", 'days: "1, 8"', "days: 3 times per week")
    missing = [each.missing for each in check(CheckQuestion(curated, sources_dir=sources_dir)).support.unsupported]
    assert missing == [("3",)]


def test_a_context_passage_may_bring_the_name_and_is_counted(
    curated: Path, sources_dir: Path, edit: Callable[[str, str, str], None]
) -> None:
    before = check(CheckQuestion(curated, sources_dir=sources_dir)).support
    edit(STATEMENTS, "at: 9-47", "at: 89-114\n  context: 9-47")
    after = check(CheckQuestion(curated, sources_dir=sources_dir)).support
    assert not after.unsupported
    assert after.with_context == before.with_context + 1
    assert 0 < after.context_share < 1


def test_words_of_doubt_stand_in_the_passage(
    curated: Path, sources_dir: Path, edit: Callable[[str, str, str], None]
) -> None:
    edit(STATEMENTS, "certainty: hedged\n", "certainty: hedged\n  hedge: may\n")
    assert not check(CheckQuestion(curated, sources_dir=sources_dir)).support.unsupported
    edit(STATEMENTS, "hedge: may\n", "hedge: may; potentially\n")
    (unsupported,) = check(CheckQuestion(curated, sources_dir=sources_dir)).support.unsupported
    assert unsupported.missing == ("potentially",)


def test_what_no_fact_points_to_is_listed_unless_set_aside(curated: Path, sources_dir: Path) -> None:
    (trial, _) = check(CheckQuestion(curated, sources_dir=sources_dir)).coverage()
    assert trial.uncovered == ()
    assert trial.excluded == 1
    (curated / "documents/900-invented-trial/exclusions.yaml").unlink()
    (trial, _) = check(CheckQuestion(curated, sources_dir=sources_dir)).coverage()
    (left,) = trial.uncovered
    assert left.section == "Discussion"
    assert left.text.startswith("We thank")
    assert [number.text for number in trial.numbers] == ["7"]


def test_the_mark_of_a_reference_counts_only_where_a_fact_there_cites_it(
    curated: Path, sources_dir: Path, edit: Callable[[str, str, str], None]
) -> None:
    (curated / "documents/900-invented-trial/exclusions.yaml").unlink()
    edit(STATEMENTS, "  citing: [1]\n", "")
    (trial, _) = check(CheckQuestion(curated, sources_dir=sources_dir)).coverage()
    assert [number.text for number in trial.numbers] == ["1", "7"]


def test_sentences_are_parted_but_not_at_abbreviations() -> None:
    text = "It grew (e.g. Liver) fast. Then it stopped.\n\nHeading\n\nDr. Smith saw Fig. 2 et al. Twice."
    found = [text[span.start : span.end] for span in sentences(text)]
    assert found[:3] == ["It grew (e.g. Liver) fast.", "Then it stopped.", "Heading"]
    assert len(found) == 4


def test_words_taken_over_from_the_source_are_noticed(
    curated: Path, sources_dir: Path, edit: Callable[[str, str, str], None]
) -> None:
    question = CheckQuestion(curated, sources_dir=sources_dir)
    report = check(question)
    assert not borrowed_runs(report.folders[0], report.sources[report.folders[0].name], 10)
    edit(STATEMENTS, "text: The figure says that 4", "text: Drug A binds its target, TGT1, and the complex blocks. 4")
    report = check(question)
    (run,) = borrowed_runs(report.folders[0], report.sources[report.folders[0].name], 10)
    assert run.words == "drug a binds its target tgt and the complex blocks"
