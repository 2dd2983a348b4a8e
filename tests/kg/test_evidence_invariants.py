"""What must hold of every evidence answer: laws over made-up studies, and every number in its passage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import KnowledgeGraph
from kg.description import describe
from kg.evidence.answering import answer
from kg.evidence.pooling import PoolAnswer, pool
from kg.evidence.question import EvidenceQuestion
from kg.evidence.random_effects import pool_logistic
from kg.evidence.rows import Corpus, EvidenceAnswer, EvidenceRow
from kg.sparql.results import Solutions
from server.pages.sources import Sources
from server.questions.present import as_json
from tests.kg.evidence_rows import DOCETAXEL, GEMCITABINE, ORR, SURVIVAL, ref, regimen, row
from triples.wording import Wording

SETTINGS = settings(max_examples=25, deadline=None)


class _Store:
    def select(self, *_: object) -> Solutions:
        return Solutions(("one", "other"), ())


class _Rows:
    def __init__(self, rows: Sequence[EvidenceRow]) -> None:
        self._rows = tuple(rows)

    def rows(self, *_: object) -> tuple[EvidenceRow, ...]:
        return self._rows


class _Graph:
    """Holds made-up rows; every name is the objective response rate, or gemcitabine."""

    store = _Store()

    def __init__(self, rows: Sequence[EvidenceRow]) -> None:
        self.results = _Rows(rows)

    def resolve(self, text: str, *_: object) -> Any:
        return ORR if text == "ORR" else GEMCITABINE

    def corpus(self) -> Corpus:
        return Corpus((), (), "No documents.")


def evidence(rows: Sequence[EvidenceRow]) -> EvidenceAnswer:
    return answer(_Graph(rows), EvidenceQuestion())  # type: ignore[arg-type]


def pooled(rows: Sequence[EvidenceRow], **asked: Any) -> PoolAnswer:
    return pool(_Graph(rows), EvidenceQuestion(drugs=("gemcitabine",), **asked))  # type: ignore[arg-type]


@st.composite
def results(draw: st.DrawFn, least: int = 1, most: int = 5) -> list[EvidenceRow]:
    """Results of different studies: responses counted, or a comparison of survival; some of them flagged."""
    made = []
    for number in range(1, draw(st.integers(least, most)) + 1):
        of = draw(st.integers(1, 80))
        flags = draw(st.sampled_from([(), (), (), ("contradicted",)]))
        given_: dict[str, Any] = {"flags": flags, "regimen": regimen(*draw(st.sampled_from(_TREATMENTS)))}
        if draw(st.booleans()):
            made.append(row(number, numerator=draw(st.integers(0, of)), denominator=of, **given_))
        else:
            better = draw(st.sampled_from(["higher", "lower", "no difference"]))
            made.append(row(number, measure=SURVIVAL, definition=None, difference=better, **given_))
    return made


_TREATMENTS = [(GEMCITABINE,), (GEMCITABINE, DOCETAXEL)]
ONE_MORE = st.tuples(st.integers(0, 40), st.just(40)).map(lambda of: row(90, numerator=of[0], denominator=of[1]))


def figures(rows: Sequence[EvidenceRow]) -> Mapping[str, EvidenceRow]:
    """Every row without its level, which may change, with the reason."""
    return {each.id: replace(each, level=None) for each in rows}


@SETTINGS
@given(results(), ONE_MORE)
def test_another_study_changes_no_figure_of_the_others(rows: list[EvidenceRow], more: EvidenceRow) -> None:
    before, after = evidence(rows), evidence([*rows, more])
    assert figures(after.items).items() >= figures(before.items).items()
    assert after.derived[: len(before.derived)] == before.derived


@SETTINGS
@given(results(), ONE_MORE)
def test_a_level_that_another_study_changes_says_so(rows: list[EvidenceRow], more: EvidenceRow) -> None:
    before, after = ({r.id: r.level for r in evidence(found).items} for found in (rows, [*rows, more]))
    for id_, level in before.items():
        then = after[id_]
        assert level is not None
        assert then is not None
        if then.ocebm != level.ocebm:
            assert any(reason not in level.reasons for reason in then.reasons)


@SETTINGS
@given(results(), st.data())
def test_a_study_told_twice_raises_no_support(rows: list[EvidenceRow], data: st.DataObject) -> None:
    told = data.draw(st.sampled_from(rows))
    again = replace(told, id=told.id + "-again", documents=(ref("document:other"),))
    before, after = evidence(rows), evidence([*rows, again])
    assert after.summary.verdicts == before.summary.verdicts
    assert after.summary.studies == before.summary.studies
    assert [r.level for r in after.items if r.id != again.id] == [r.level for r in before.items]


@SETTINGS
@given(results(), st.randoms(use_true_random=False))
def test_the_order_of_what_was_read_never_matters(rows: list[EvidenceRow], random: Any) -> None:
    shuffled = rows[:]
    random.shuffle(shuffled)
    one, other = evidence(rows), evidence(shuffled)
    assert set(one.items) == set(other.items)
    assert as_json(one.summary) == as_json(other.summary)
    assert set(one.absences) == set(other.absences)
    assert pooled(rows) == pooled(shuffled)


@SETTINGS
@given(results(), st.tuples(st.integers(0, 60), st.just(60)))
def test_a_flagged_figure_moves_no_verdict_and_no_pooled_figure(
    rows: list[EvidenceRow], share: tuple[int, int]
) -> None:
    flagged = row(91, numerator=share[0], denominator=share[1], flags=("implausible-value",))
    assert evidence([*rows, flagged]).summary.verdicts == evidence(rows).summary.verdicts
    with_it, without = pooled([*rows, flagged]), pooled(rows)
    assert (with_it.estimate, with_it.studies, with_it.refused) == (without.estimate, without.studies, without.refused)
    assert flagged.id in {out.row for out in with_it.left_out}


def test_a_flagged_figure_counts_once_it_is_asked_for() -> None:
    """Otherwise the law above would hold of an answer that looks at nothing."""
    rows = [row(1, numerator=5, denominator=40), row(2, numerator=9, denominator=40, flags=("implausible-value",))]
    assert pooled(rows).estimate is None
    assert pooled(rows, include_flagged=True).estimate is not None


@SETTINGS
@given(
    st.lists(st.integers(1, 200).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))), min_size=2, max_size=5)
)
def test_the_logistic_estimate_lies_within_its_studies(counts: list[tuple[int, int]]) -> None:
    if not any(k for k, _ in counts) or all(k == of for k, of in counts):
        return  # refused: see test_random_effects
    shares = [100 * k / of for k, of in counts]
    assert min(shares) - 1e-6 <= pool_logistic(counts).percent <= max(shares) + 1e-6


NUMBERS = ("value", "numerator", "denominator", "hazard_ratio", "subgroup_n")
PAIRS = ("ci", "range")


@pytest.fixture(scope="module")
def sources(shared_dir: Path) -> Sources:
    return Sources(shared_dir / "sources")


def test_every_number_of_a_row_stands_in_its_passage(curated_graph: KnowledgeGraph, sources: Sources) -> None:
    """What is computed has fields of its own, which name their inputs (test_evidence)."""
    rows = curated_graph.all_evidence()
    known = describe(curated_graph.store, {place.document for each in rows for place in each.passages})
    lacking, checked = [], 0
    for each in rows:
        words = (sources.words(known.get(place.document), place) for place in each.passages)
        wording = Wording("\n\n".join(text for text in words if text))
        numbers = [getattr(each, name) for name in NUMBERS]
        numbers += [end for name in PAIRS for end in getattr(each, name) or ()]
        for number in numbers:
            if number is not None:
                checked += 1
                lacking += [(each.id, number)] if wording.lacks_numbers(f"{abs(number):g}") else []
    assert checked > 300
    assert lacking == []


def test_a_number_that_its_passage_lacks_is_noticed() -> None:
    assert Wording("eighteen of 34 responded (53%)").lacks_numbers("19") == ["19"]
    assert Wording("eighteen of 34 responded (53%)").lacks_numbers("18") == []
