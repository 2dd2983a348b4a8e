"""Quoted words become offsets, whatever the print did to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triples.check import CheckQuestion, check
from triples.locate import MAX_SPAN, NotLocatedError, Searchable, fold, locate
from triples.records import Span

TEXT = (
    "The com-\nplex of ‘drug A’ was anti-\napoptotic: 27–799 days (range).\r\n"
    "It was well tolerated. The ﬁrst group did well; the second group did not. 10 × 5 µg."
)


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("complex of 'drug A'", "com-\nplex of ‘drug A"),
        ("THE COMPLEX", "The com-\nplex"),
        ("was antiapoptotic", "was anti-\napoptotic"),
        ("anti-apoptotic: 27-799 days", "anti-\napoptotic: 27–799 days"),
        ("(range). It was", "(range).\r\nIt was"),
        ("The first group", "The ﬁrst group"),
        ("5 μg", "5 µg"),
        ("The complex ... 27-799", "The com-\nplex of ‘drug A’ was anti-\napoptotic: 27–799"),
        ("group did #2", "group did"),
    ],
)
def test_words_are_found_whatever_the_print_did_to_them(quote: str, words: str) -> None:
    span = locate(Searchable.of(TEXT), quote)
    assert TEXT[span.start : span.end] == words


def test_the_second_occurrence_is_asked_for_by_number() -> None:
    document = Searchable.of(TEXT)
    assert locate(document, "group did #1").start < locate(document, "group did #2").start


@pytest.mark.parametrize(
    ("quote", "reason"),
    [
        ("group did", r"occurs 2 times \(#1 '.*group did well.*', #2 '.*group did not"),
        ("group did #3", r"no occurrence #3: 'group did' occurs 2 times \(#1 '"),
        ("drug B", "does not occur"),
        ("was well tolerable", "agrees up to offset"),
        ("tolerated ... The complex", "does not occur after"),
        ("...", "no words"),
    ],
)
def test_words_that_name_no_single_passage_are_refused(quote: str, reason: str) -> None:
    with pytest.raises(NotLocatedError, match=reason):
        locate(Searchable.of(TEXT), quote)


def test_a_span_longer_than_allowed_is_refused() -> None:
    document = Searchable.of(f"begin {'x ' * MAX_SPAN} end")
    with pytest.raises(NotLocatedError, match="characters long"):
        locate(document, "begin ... end")


def test_whole_words_are_preferred_to_parts_of_words() -> None:
    text = "sixteen patients, of them ten patients"
    span = locate(Searchable.of(text), "ten patients")
    assert text[span.start - 1] == " "


@given(st.text(min_size=1, max_size=80), st.data())
def test_every_piece_of_a_text_is_found_where_its_folded_form_occurs(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    piece = text[start:end]
    if not fold(piece) or "..." in piece or "…" in piece or "#" in piece:
        return
    document = Searchable.of(text)
    if document.folded.count(fold(piece)) == 1:
        span = locate(document, piece)
        assert fold(piece) in fold(text[span.start : span.end])


def test_locating_rewrites_only_the_quotes(curated: Path, sources_dir: Path) -> None:
    path = curated / "documents/900-invented-trial/statements.yaml"
    before = path.read_text(encoding="utf-8")
    quoted = before.replace("at: 89-114", 'at: ["Drug A does not bind TGT2"]   # kept').replace(
        "at: 116-146", "at: Drug A may slow sarcoma growth"
    )
    path.write_text(quoted, encoding="utf-8")
    report = check(CheckQuestion(curated, sources_dir=sources_dir, locate=True))
    assert report.is_sound
    assert report.located["900-invented-trial"] == 2
    assert path.read_text(encoding="utf-8") == before.replace("at: 89-114", "at: [89-114]   # kept")


def test_words_that_wait_for_offsets_are_told_once_a_file_and_compared_as_they_stand(
    curated: Path, sources_dir: Path
) -> None:
    path = curated / "documents/900-invented-trial/statements.yaml"
    text = path.read_text(encoding="utf-8")
    quoted = text.replace("at: 9-47", 'at: "drug A binds its target"').replace(
        "at: 89-114", "at: Drug A does not bind TGT2"
    )
    path.write_text(quoted, encoding="utf-8")
    report = check(CheckQuestion(curated, sources_dir=sources_dir))
    (fault,) = [fault for fault in report.faults if "--locate, which" in fault.reason]
    assert fault.line == 3
    assert "(and in 1 more places of this file)" in fault.reason
    (unsupported,) = report.support.unsupported  # the target's name stands after the words quoted
    assert unsupported.missing == ("TGT1 (target:TGT1)",)
    assert not report.coverage()[0].uncovered


def test_words_that_are_not_found_are_a_fault_and_nothing_is_said_of_their_fact(
    curated: Path, sources_dir: Path
) -> None:
    path = curated / "documents/900-invented-trial/statements.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("at: 89-114", "at: Drug Z binds"), encoding="utf-8")
    report = check(CheckQuestion(curated, sources_dir=sources_dir))
    assert any("'Drug Z binds' does not occur" in fault.reason for fault in report.faults)
    assert report.support.unsupported == ()


def test_digests_of_passages_no_longer_used_are_removed(curated: Path, sources_dir: Path) -> None:
    path = curated / "documents/900-invented-trial/statements.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("at: 89-114", "at: 89-115"), encoding="utf-8")
    assert check(CheckQuestion(curated, sources_dir=sources_dir)).faults
    report = check(CheckQuestion(curated, sources_dir=sources_dir, locate=True))
    assert report.is_sound
    assert Span(89, 114) not in report.folders[0].digests


def test_locating_in_one_file_leaves_the_others(curated: Path, sources_dir: Path) -> None:
    folder = curated / "documents/900-invented-trial"
    for name, old, words in (
        ("statements.yaml", "at: 89-114", 'at: "Drug A does not bind TGT2"'),
        ("conflicts.yaml", "at: 801-843", 'at: "The figure says 4 of 12 patients"'),
    ):
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, words), encoding="utf-8")
    check(CheckQuestion(curated, file="conflicts.yaml", sources_dir=sources_dir, locate=True))
    assert "Drug A does not bind" in (folder / "statements.yaml").read_text(encoding="utf-8")
    assert "The figure" not in (folder / "conflicts.yaml").read_text(encoding="utf-8")
