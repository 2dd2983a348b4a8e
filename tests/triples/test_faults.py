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
from triples.report import render_check

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
    (STATEMENTS, "at: 89-114", "at: 89–114", "joined by a plain hyphen"),
    (STATEMENTS, "at: 89-114", "at: 89-99999", "lies beyond the end of 900_invented.txt, which has"),
    (STATEMENTS, "drug-a binds target:TGT1", "drug-a leads to target:TGT1", "each one word"),
    (STATEMENTS, "drug:drug-a binds", "Inventa binds", "expected kind:name, such as drug:name"),
    (STATEMENTS, "at: 89-114", "\tat: 89-114", "indent by spaces, not by tabs"),
    (STATEMENTS, "  at: 89-114", "   at: 89-114", "put a text that holds ': '"),
    (STATEMENTS, "text: The figure says that 4", "text: 'The figure's 4", "and write ' twice inside '...'"),
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
    (STUDIES, "ci_low: 6.0\n          ci_high", "ci_high", "has two limits"),
    (STUDIES, "ci_low: 6.0\n          ci_high", "ci", "did you mean 'ci_low' or 'ci_high' or 'ci_level'?"),
    (STUDIES, "unit: mo\n", "unit: mo\n          hazard_ratio: 0.7\n", "give each an outcome of its own"),
    (STUDIES, "direction: higher", "direction: higher\n          hazard_ratio: 0", "a hazard ratio is above 0, not 0"),
    (STUDIES, 'p_value: "= .04"', "p_value: P = 4", "a p value is at most 1, not 4"),
    (STUDIES, "grade: 3\n", "grade: 7\n", "go to 5 (death)"),
    (STUDIES, "          unit: mo\n", "", "a figure needs its `unit`"),
    (STUDIES, "unit: mo\n", "unit: months\n", "the UCUM code is 'mo'"),
    (STUDIES, "n: 12", "n: -12", "'-12' is not a whole number, 0 or more"),
    (STUDIES, "type: trial", "type: trial\n  registered: 2021-02-31", "there is no date 2021-02-31"),
    (STUDIES, "setting: advanced", "setting: null", "has no value; leave the key out"),
    (STUDIES, "setting: advanced", "setting: advanced\n        setting: late", "it takes one value"),
    (STUDIES, "comparator: arm:invented-b\n", "comparator: arm:invented-both\n", "name the other one"),
    (STUDIES, "label: drug B\n", "label: drug B\n      within: arm:invented-b\n", "within: that is this arm itself"),
    (STUDIES, "drug: drug:drug-a\n", "drug: drug:other\n", "a new one is described in entities/drugs.yaml"),
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
    (LETTER, "id: study:invented\n  extends: yes", "id: study:unknown\n  label: b", "is an arm of study:invented"),
    (LETTER, "extends: yes", "extends: yes\n  type: review", "type is already 'trial'"),
    (LETTER, "      outcomes:", "      population: {n: 3}\n      outcomes:", "already given at"),
    (PATIENTS, "after: diagnosis", "after: diagnoses", "did you mean 'diagnosis'?"),
    (PATIENTS, "episode: drug-a", "episode: diagnosis", "'diagnosis' is of the kind 'diagnosis', not treatment"),
    (PATIENTS, "order: 2", "order: 0", "it comes after 'diagnosis', order 1"),
    (PATIENTS, "offset: P2M\n      after: diagnosis", "offset: P2M", "`offset` needs `after`"),
    (PATIENTS, "- id: fatigue", "- id: response", "given twice for this patient"),
    (PATIENTS, "event: event:fatigue", "event: event:fatigue\n      absence: none-observed", "was not seen has"),
    (PATIENTS, "study: study:invented", "study: study:other", "nothing defines study:other"),
    (DOCUMENT, "number: 1\n", "number: 2\n", "lists no reference 1"),
    (DOCUMENT, "    at: 895-943", "    at: 895-943\n  - number: 1", "reference 1 is already given at"),
    (DOCUMENT, "at: 572-585", "at: 789-799", "'Discussion' begins at 789, 'Case' above it at 789"),
    (DOCUMENT, "at: 153-173", "at: 801-810", "list sections in the order of the text"),
    (DOCUMENT, "file: 900", "file: 800", "no readable UTF-8 file"),
    (DOCUMENT, 'id: "900"', 'id: "9000"', "does not fit the folder's name"),
    (DRUGS, "id: drug:drug-b", "id: drug:drug-a", "already defined at"),
    (DRUGS, "id: drug:drug-b", "id: target:drug-b", "belongs into entities/targets.yaml"),
    (DRUGS, "exact: [CHEBI:1]", "exact: [CHEBY:1]", "did you mean 'CHEBI'?"),
    (DRUGS, "exact: [CHEBI:1]", "exact: [HGNC:KIT]", "no identifier of HGNC, which are written HGNC:3942"),
    (DRUGS, "label: drug B", "label: drug B\n  exact: [CHEBI:1]", "what is only like it goes under `close`"),
    (DRUGS, "label: drug B", "label: Drug a", "'Drug a' is the label of drug:drug-a"),
    (DRUGS, "synonyms: [Inventa]", "synonyms: [drug B]", "'drug B' is the label of drug:drug-b"),
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


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [
        ("target:TGT11", "did you mean 'target:TGT1'?"),
        ("target:drug-a", "did you mean 'drug:drug-a'?"),  # right but for the kind
        ("target:brakes", "a new one is described in entities/targets.yaml"),
    ],
)
def test_of_an_unknown_thing_is_told_what_it_may_mean_or_where_it_belongs(
    curated: Path, edit: Edit, mistyped: str, meant: str
) -> None:
    edit(STATEMENTS, "binds target:TGT1", f"binds {mistyped}")
    (fault,) = check(CheckQuestion(curated)).faults
    assert fault.reason == f"nothing defines {mistyped}; {meant}"


def test_a_word_that_means_the_opposite_is_not_offered(curated: Path, edit: Edit) -> None:
    edit(STUDIES, "direction: higher", "direction: longer")
    (fault,) = check(CheckQuestion(curated)).faults
    assert "did you mean" not in fault.reason


def test_a_value_that_cannot_be_read_is_not_missed_as_well(curated: Path, edit: Edit) -> None:
    edit(STUDIES, "unit: mo\n", "unit: months\n")
    edit(STUDIES, "value: 25\n", "value: 25\n          flag: odd\n          flag_reason: as printed\n")
    assert len(check(CheckQuestion(curated)).faults) == 2


@pytest.mark.parametrize(
    "file",
    [STATEMENTS, STUDIES, PATIENTS, DOCUMENT, f"{TRIAL}/conflicts.yaml", DRUGS, "entities/processes.yaml"],
)
def test_a_file_that_is_no_yaml_is_one_fault_not_all_that_rests_on_it(
    curated: Path, sources_dir: Path, file: str
) -> None:
    """Whoever forgot a quotation mark is not told that everything in the file is missing."""
    with (curated / file).open("a", encoding="utf-8") as stream:
        stream.write("\n%\n")
    report = check(CheckQuestion(curated, sources_dir=sources_dir, shapes=True))
    (fault,) = report.faults
    assert fault.file == file
    assert "not YAML" in fault.reason
    assert report.support.unsupported == ()


@pytest.mark.parametrize(
    ("file", "written", "mistyped"),
    [
        (DRUGS, "id: drug:drug-a", "id: drug:drug a"),
        (DRUGS, "id: drug:drug-a", "id: drug-a"),
        (STUDIES, "id: study:invented", "id: study:invented trial"),
        (STUDIES, "id: arm:invented-b", "id: arm:invented b"),
        (PATIENTS, "id: patient:900-woman", "id: patient:900 woman"),
    ],
)
def test_an_identifier_that_is_none_is_one_fault_not_all_that_rests_on_it(
    curated: Path, edit: Edit, file: str, written: str, mistyped: str
) -> None:
    edit(file, written, mistyped)
    (fault,) = check(CheckQuestion(curated, shapes=True)).faults
    assert fault.file == file
    assert "not an identifier" in fault.reason or "may hold only" in fault.reason


def test_what_an_entity_lacks_is_told_once_not_with_every_fact_of_it(
    curated: Path, sources_dir: Path, edit: Edit
) -> None:
    edit("entities/targets.yaml", "  label: TGT1\n", "  synonyms: [the target]\n")
    report = check(CheckQuestion(curated, sources_dir=sources_dir))
    assert [fault.file for fault in report.faults] == ["entities/targets.yaml"]
    assert report.support.unsupported == ()


def test_where_the_faults_of_other_files_are_is_told(curated: Path, edit: Edit) -> None:
    edit(DRUGS, "exact: [CHEBI:1]", "exact: [CHEBY:1]")
    told = render_check(check(CheckQuestion(curated, document="900", shapes=True)))
    assert "0 faults (1 more in entities/drugs.yaml)" in told
    assert "the graph that the files make is checked when they have no fault" in told
    edit(DRUGS, "exact: [CHEBY:1]", "exact: [CHEBI:1]")
    assert "0 faults\n" in (told := render_check(check(CheckQuestion(curated, document="900", shapes=True))))
    assert "is checked when" not in told


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


def test_a_new_document_is_told_the_digest_of_its_source(curated: Path, sources_dir: Path) -> None:
    """It has none that could fail to fit."""
    file = next((curated / "documents").glob("*/document.yaml"))
    text = file.read_text(encoding="utf-8")
    digest = text.split("sha256: ")[1].split()[0]
    file.write_text(text.replace(f"sha256: {digest}\n", ""), encoding="utf-8")
    reasons = [fault.reason for fault in check(CheckQuestion(curated, sources_dir=sources_dir)).faults]
    assert any(reason.startswith("the sha256 of") and reason.endswith(digest) for reason in reasons)
    assert not any("does not fit" in reason for reason in reasons)


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


def test_the_share_of_entities_known_elsewhere_is_counted_by_kind_and_reason(curated: Path, edit: Edit) -> None:
    before = {each.kind: each for each in check(CheckQuestion(curated)).mappings()}
    drugs = before["drug"]
    assert drugs.mapped + sum(map(len, drugs.unmapped.values())) == drugs.entities
    unmapped = [curie for curies in drugs.unmapped.values() for curie in curies]
    edit(DRUGS, f"- id: {unmapped[0]}\n", f"- id: {unmapped[0]}\n  close: ['CHEBI:1']\n")
    after = {each.kind: each for each in check(CheckQuestion(curated)).mappings()}
    assert after["drug"].mapped == drugs.mapped + 1
    assert unmapped[0] not in str(after["drug"].unmapped)
