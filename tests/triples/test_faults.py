"""Each mistake that a curator makes is reported at its place, with what would be right; nothing else is."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import CurationError, InvalidParameter
from triples.build import read_sound_corpus
from triples.check import CheckQuestion, check
from triples.names import corpus_names

Edit = Callable[[str, str, str], None]
TRIAL = "documents/900-invented-trial"
STATEMENTS, STUDIES = f"{TRIAL}/statements.yaml", f"{TRIAL}/studies.yaml"
PATIENTS, DOCUMENT = f"{TRIAL}/patients.yaml", f"{TRIAL}/document.yaml"
LETTER = "documents/901-invented-letter/studies.yaml"
DRUGS = "entities/drugs.yaml"

MISTAKES = [
    # file, what is replaced, by what, a piece of the reason
    (STATEMENTS, "polarity: negated", "polarty: negated", "did you mean 'polarity'?"),
    (STATEMENTS, "polarity: negated", "polarity: negative", "expected one of: affirmed, negated"),
    (STATEMENTS, "certainty: hedged", "certainty: hedged\n  certainty: hedged", "given twice"),
    (STATEMENTS, "binds target:TGT1", "binds target:TGT", "nothing defines target:TGT; did you mean 'target:TGT"),
    (STATEMENTS, "binds target:TGT1", "binds targt:TGT1", "did you mean 'target'?"),
    (STATEMENTS, "drug-a binds target:TGT1", "drug-a bnds target:TGT1", "did you mean 'binds'?"),
    (STATEMENTS, "binds target:TGT1", "binds", "needs an object"),
    (STATEMENTS, "document:900 states", "document:900 states drug:drug-a", "takes a text"),
    (STATEMENTS, "  text: The figure says that 4 of 12 patients responded.\n", "", "takes a text: add `text`"),
    (STATEMENTS, "polarity: negated", "text: more words", "takes no text"),
    (STATEMENTS, "drug-a binds target:TGT1", "drug-a mutatedIn drug:drug-b",
     "'mutatedIn' does not take a drug as its subject; it takes target"),
    (STATEMENTS, "binds target:TGT1", "binds process:growth",
     "'binds' does not take a process as its object; it takes complex or metabolite or target"),
    (STATEMENTS, "binds target:TGT1", "inputOf process:growth",
     "'inputOf' does not take a process as its object; it takes joint cause"),
    (STATEMENTS, "binds target:TGT1", "isA process:growth",
     "'isA' does not take a process as its object beside a drug; it takes drugclass"),
    (STATEMENTS, "document:900 states", "drug:drug-a ethics",
     "'ethics' does not take a drug as its subject; it takes document or study"),
    (STATEMENTS, "citing: [1]", "citing: [7]", "lists no reference 7"),
    (STATEMENTS, "citing: [1]", "citing: [one]", "not a whole number"),
    (STATEMENTS, "target:TGT2\n  polarity: negated", "target:TGT1", "already given"),
    (STATEMENTS, "about: [study:invented]", "about: [study:inventd]", "did you mean 'study:invented'?"),
    (STATEMENTS, "certainty: hedged", "flag: misspelt", "needs a `flag_reason`"),
    (STATEMENTS, "certainty: hedged", "flag_reason: odd", "without `flag`"),
    (STATEMENTS, "- id: figure\n  fact", "- fact", "no record with the id 'figure'"),
    (STATEMENTS, "at: 89-114", "at: 114-89", "ends before it begins"),
    (STATEMENTS, "at: 89-114", "at: 89-113", "not in passages.tsv"),
    (STATEMENTS, "at: 89-114", "at: Drug A does not bind TGT2", "run again with --locate"),
    (STATEMENTS, "  at: 89-114\n", "", "has no 'at'"),
    (STATEMENTS, "at: 89-114", "at:", "has no value"),
    (STATEMENTS, "at: 89-114", "at: [89-114", "not YAML"),
    (STUDIES, "value: 25\n", "value: 125\n", "125 % is more than 100 %"),
    (STUDIES, "numerator: 3\n", "numerator: 13\n", "13 of 12 cannot be"),
    (STUDIES, "numerator: 3\n", "numerator: 5\n", "5 of 12 is 41.7 %, not 25 %"),
    (STUDIES, "value: 25\n", "value: about 25\n", "not a number"),
    (STUDIES, "n: 12", f"n: {'9' * 5000}", "at most 15 digits"),
    (STATEMENTS, "polarity: negated", "polarity: negated\n  hedge: may", "words of doubt need"),
    (STATEMENTS, "  hedge: may\n", "", "give its words as `hedge`"),
    (STUDIES, "value_text: 25%", "value_text: more than 25%", "a bound is no value"),
    (STUDIES, "value: 20\n", "range_low: 30\n            range_high: 20\n", "ends (20) before it begins (30)"),
    (STUDIES, "setting: advanced", "line: unstated", "leave `line` out"),
    (STUDIES, "type: trial", "phase: unstated", "leave `phase` out"),
    (STUDIES, "label: drug B\n", "label: drug B\n      pools: [arm:invented-c]\n", "nothing defines arm:invented-c"),
    (STUDIES, "ci_low: 6.0", "ci_low: 9.0", "does not hold the value 8.1"),
    (STUDIES, "ci_low: 6.0", "ci_low: 16.0", "ends (10.2) before it begins (16.0)"),
    (STUDIES, "unit: mo\n", "unit: months\n", "the UCUM code is 'mo'"),
    (STUDIES, "unit: mg/m2", "unit: mg/m²", "the UCUM code is 'mg/m2'"),
    (STUDIES, "cycle: P21D", "cycle: 21 days", "not an ISO 8601 duration"),
    (STUDIES, "comparator: arm:invented-b\n", "comparator: arm:invented-c\n", "nothing defines arm:invented-c"),
    (STUDIES, "drug: drug:drug-a", "drug: target:TGT1", "may not stand here"),
    (STUDIES, "- drug: drug:drug-a\n            dose", "- dose", "either a drug or a procedure"),
    (STUDIES, "n: 12", "n: 12\n        enrolled: 11", "more than the 11 enrolled"),
    (STUDIES, "          event: event:fatigue\n", "", "needs `event`"),
    (STUDIES, "arm:invented-b\n      label", "arm:invented-both\n      label", "given twice in this study"),
    (STUDIES, "randomised: unstated", "randomised: perhaps", "expected one of: yes, no, unstated"),
    (STUDIES, "type: trial", "type: [trial, review]", "not a list"),
    (STUDIES, "regimen:\n        cycle", "regimen: weekly\n      x:\n        cycle", "expected a regimen record"),
    (LETTER, "extends: yes", "label: again", "write `extends: yes`"),
    (LETTER, "id: study:invented", "id: study:unknown", "no document defines study:unknown"),
    (LETTER, "extends: yes", "extends: yes\n  type: review", "type is already 'trial'"),
    (LETTER, "      outcomes:", "      population: {n: 3}\n      outcomes:", "already given at"),
    (PATIENTS, "after: diagnosis", "after: diagnoses", "did you mean 'diagnosis'?"),
    (PATIENTS, "order: 2", "order: 0", "it comes after 'diagnosis', order 1"),
    (PATIENTS, "offset: P2M\n      after: diagnosis", "offset: P2M", "`offset` needs `after`"),
    (PATIENTS, "- id: fatigue", "- id: response", "given twice for this patient"),
    (PATIENTS, "event: event:fatigue", "event: event:fatigue\n      absence: none-observed", "was not seen has"),
    (PATIENTS, "study: study:invented", "study: study:other", "nothing defines study:other"),
    (DOCUMENT, "number: 1\n", "number: 2\n", "lists no reference 1"),
    (DOCUMENT, "file: 900", "file: 800", "no readable UTF-8 file"),
    (DOCUMENT, 'id: "900"', 'id: "9000"', "does not fit the folder's name"),
    (DRUGS, "id: drug:drug-b", "id: drug:drug-a", "already defined at"),
    (DRUGS, "id: drug:drug-b", "id: target:drug-b", "belongs into entities/targets.yaml"),
    (DRUGS, "exact: [CHEBI:1]", "exact: [CHEBY:1]", "did you mean 'CHEBI'?"),
    (DRUGS, "synonyms: [Inventa]", "synonyms: [drug A]", "repeats the label"),
    (DRUGS, "synonyms: [Inventa]", "synonyms: &also [*also]", "an alias (*name) stands for these"),
    (DRUGS, "synonyms: [Inventa]", "? [synonyms]\n  : Inventa", "a key is a word, not a list"),
    (DRUGS, "synonyms: [Inventa]", "aliases: [Inventa]", "unknown key 'aliases' in an entity"),
    (DRUGS, "definition:", "joint: yes\n  definition:", "only for a process"),
    ("entities/histotypes.yaml", "  label: sarcoma\n", "  label: sarcoma\n  parents: [histotype:leiomyosarcoma]\n",
     "lead back to itself"),
    (f"{TRIAL}/conflicts.yaml", "[table, figure]", "[table]", "between at least two"),
    (f"{TRIAL}/conflicts.yaml", "[table, figure]", "[table, 999/figure]", "no document '999'"),
]  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES, ids=[row[3] for row in MISTAKES])
def test_a_mistake_is_reported_with_file_line_and_cure(
    curated: Path, sources_dir: Path, edit: Edit, mistake: tuple[str, str, str, str]
) -> None:
    *change, reason = mistake
    edit(*change)
    report = check(CheckQuestion(curated, sources_dir=sources_dir))
    found = [fault for fault in report.faults if reason in fault.reason]
    assert found, [str(fault) for fault in report.faults]
    lines = (curated / found[0].file).read_text(encoding="utf-8").splitlines()
    assert 1 <= found[0].line <= len(lines) + 1
    assert found[0].column >= 1


def test_the_invented_corpus_is_sound(corpus_dir: Path, sources_dir: Path) -> None:
    report = check(CheckQuestion(corpus_dir, sources_dir=sources_dir, shapes=True))
    assert report.is_sound, [str(fault) for fault in (*report.faults, *report.support.unsupported)]


def test_the_place_of_a_fault_is_where_the_value_stands(curated: Path, edit: Edit) -> None:
    edit(STATEMENTS, "polarity: negated", "polarity: negative")
    (fault,) = check(CheckQuestion(curated)).faults
    text = (curated / STATEMENTS).read_text(encoding="utf-8").splitlines()
    assert text[fault.line - 1][fault.column - 1 :] == "negative"


def test_an_end_of_the_wrong_kind_is_marked_where_it_stands(curated: Path, edit: Edit) -> None:
    edit(STATEMENTS, "binds target:TGT1", "binds process:growth")
    (fault,) = check(CheckQuestion(curated)).faults
    text = (curated / STATEMENTS).read_text(encoding="utf-8").splitlines()
    assert text[fault.line - 1][fault.column - 1 :].startswith("process:growth")


def test_all_faults_of_all_files_are_reported_at_once_and_nothing_is_built(curated: Path, edit: Edit) -> None:
    edit(STATEMENTS, "polarity: negated", "polarity: negative")
    edit(STUDIES, "unit: mo\n", "unit: months\n")
    edit(DRUGS, "id: drug:drug-b", "id: drug:drug-a")
    with pytest.raises(CurationError) as caught:
        read_sound_corpus(curated)
    assert {fault.file for fault in caught.value.faults} >= {STATEMENTS, STUDIES, DRUGS}


def test_a_flagged_figure_is_kept_as_printed(curated: Path, edit: Edit) -> None:
    edit(
        STUDIES,
        "value: 25\n",
        "value: 125\n          flag: implausible-value\n          flag_reason: as printed\n",
    )
    assert not [fault for fault in check(CheckQuestion(curated)).faults if "125" in fault.reason]


def test_a_file_that_is_not_utf8_is_a_fault(curated: Path) -> None:
    (curated / STATEMENTS).write_bytes(b"- fact: \xff")
    assert any("not UTF-8" in fault.reason for fault in check(CheckQuestion(curated)).faults)


def test_a_changed_source_is_noticed(curated: Path, sources_dir: Path, tmp_path: Path) -> None:
    changed = tmp_path / "sources"
    changed.mkdir()
    for path in sources_dir.iterdir():
        (changed / path.name).write_text(path.read_text(encoding="utf-8").replace("TGT1", "TGT9"), encoding="utf-8")
    reasons = [fault.reason for fault in check(CheckQuestion(curated, sources_dir=changed)).faults]
    assert any("sha256 does not fit" in reason for reason in reasons)
    assert any("have changed" in reason for reason in reasons)


# --- articles that were retracted ----------------------------------------------------------------------------


@pytest.fixture
def retractions(tmp_path: Path) -> Path:
    path = tmp_path / "retractions.tsv.gz"
    path.write_bytes(gzip.compress(b"pmid\n1234567\n7654321\n"))
    return path


def test_a_cited_article_that_was_retracted_has_to_be_marked(curated: Path, edit: Edit, retractions: Path) -> None:
    question = CheckQuestion(curated, retractions=retractions)
    edit(DOCUMENT, "    title: Slow growth\n", "    title: Slow growth\n    pmid: '7654321'\n")
    (fault,) = check(question).faults
    assert (fault.file, "PMID 7654321 was retracted: add `retracted: yes`") == (DOCUMENT, fault.reason)
    edit(DOCUMENT, "    pmid: '7654321'\n", "    pmid: '7654321'\n    retracted: yes\n")
    assert check(question).is_sound
    edit(DOCUMENT, "    pmid: '7654321'\n", "    pmid: '7654322'\n")
    assert check(question).is_sound


def test_a_list_of_retractions_without_any_is_refused(curated: Path, tmp_path: Path) -> None:
    for content in (b"pmid\n", b"\x1f\x8b not a gzip", b"\xff\xfe"):
        (tmp_path / "list").write_bytes(content)
        with pytest.raises(InvalidParameter, match="PubMed identifier"):
            check(CheckQuestion(curated, retractions=tmp_path / "list"))


def test_a_retracted_article_is_called_so_wherever_it_is_cited(curated: Path, edit: Edit) -> None:
    edit(DOCUMENT, "    title: Slow growth\n", "    title: Slow growth\n    retracted: yes\n")
    assert corpus_names(read_sound_corpus(curated), {}).of("document:900-ref-1") == "Author 1999 (retracted)"


# --- identifiers elsewhere -----------------------------------------------------------------------------------


def test_the_share_of_entities_known_elsewhere_is_counted_by_kind_and_reason(curated: Path, edit: Edit) -> None:
    before = {each.kind: each for each in check(CheckQuestion(curated)).mappings()}
    drugs = before["drug"]
    assert drugs.mapped + sum(map(len, drugs.unmapped.values())) == drugs.entities
    unmapped = [curie for curies in drugs.unmapped.values() for curie in curies]
    edit(DRUGS, f"- id: {unmapped[0]}\n", f"- id: {unmapped[0]}\n  close: ['CHEBI:1']\n")
    after = {each.kind: each for each in check(CheckQuestion(curated)).mappings()}
    assert after["drug"].mapped == drugs.mapped + 1
    assert unmapped[0] not in str(after["drug"].unmapped)
