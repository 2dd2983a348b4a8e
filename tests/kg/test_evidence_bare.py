"""Evidence questions to a graph without evidence, and questions that contradict themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kg import KnowledgeGraph
from kg.errors import EntityNotFound, InvalidParameter
from kg.evidence.intervals import clopper_pearson
from kg.evidence.question import EvidenceQuestion
from server.pages import figures
from tests.kg.evidence_rows import measure, people, row
from triples.build import build
from triples.imports.job import ImportQuestion, run_import

KGX = ("kgx_nodes.tsv", "kgx_edges.tsv")
Ask = Callable[[KnowledgeGraph, str], Any]
ASK: dict[str, Ask] = {
    "evidence": lambda graph, drug: graph.evidence(EvidenceQuestion(drugs=(drug,))),
    "pool": lambda graph, drug: graph.pool(EvidenceQuestion(drugs=(drug,))),
    "safety": lambda graph, drug: graph.safety(EvidenceQuestion(drugs=(drug,))),
    "compare": lambda graph, drug: graph.compare(drug, f"{drug} + elsewhere"),
    "gaps": lambda graph, drug: graph.gaps([drug]),
    "explain": lambda graph, drug: graph.explain(drug, "leiomyosarcoma"),
}


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of curated files without a single one."""
    folder = tmp_path_factory.mktemp("bare")
    for name in ("entities", "documents"):
        (folder / name).mkdir()
    return folder


@pytest.fixture(scope="module")
def empty(bare: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    data = tmp_path_factory.mktemp("empty")
    build(data, bare, shapes=False)
    with KnowledgeGraph.open(data) as graph:
        yield graph


@pytest.fixture(scope="module")
def imported(bare: Path, data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    """A graph that holds an import and nothing else."""
    data = tmp_path_factory.mktemp("imported")
    files = tuple(data_dir / "imports" / name for name in KGX)
    run_import(data, ImportQuestion("elsewhere", files, "CC0-1.0", "1", "made up", None))
    build(data, bare, shapes=False)
    with KnowledgeGraph.open(data) as graph:
        yield graph


@pytest.mark.parametrize("name", ASK)
def test_an_empty_graph_knows_no_drug(empty: KnowledgeGraph, name: str) -> None:
    with pytest.raises(EntityNotFound, match="imatinib"):
        ASK[name](empty, "imatinib")


def test_an_empty_graph_says_that_it_holds_nothing(empty: KnowledgeGraph) -> None:
    (absence,) = empty.evidence(EvidenceQuestion()).absences
    assert absence.kind == "no_data"
    assert empty.gaps().cells == ()
    assert empty.gaps(["drug_class"], ["histotype"]).cells == ()
    assert empty.members("patient") == ()


@pytest.mark.parametrize("name", ["evidence", "pool", "safety", "gaps"])
def test_an_import_alone_is_no_evidence(imported: KnowledgeGraph, name: str) -> None:
    found = ASK[name](imported, "Inventa elsewhere")
    said = [absence.kind for absence in getattr(found, "absences", ()) if not isinstance(absence, str)]
    assert {"evidence": said == ["no_data"]}.get(name, True)
    assert {"pool": getattr(found, "refused", None) is not None}.get(name, True)
    assert {"gaps": all(cell.status == "unstudied" for cell in getattr(found, "cells", ()))}.get(name, True)
    assert {"safety": "does not mean that there are none" in str(getattr(found, "absences", ""))}.get(name, True)


def test_a_figure_of_nothing_says_why(empty: KnowledgeGraph) -> None:
    for answer in (empty.evidence(EvidenceQuestion()), empty.gaps()):
        drawn = figures.svg(answer, "no source")
        assert "<title" in drawn
        assert "not" in drawn


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ({"regimen": "gemcitabine", "drugs": ("imatinib",)}, "drug"),
        ({"regimen": "gemcitabine", "target": "KIT"}, "target"),
        ({"regimen": "gemcitabine", "drug_class": "mTOR inhibitor"}, "drug_class"),
    ],
)
def test_a_regimen_given_exactly_holds_no_other_drug(
    curated_graph: KnowledgeGraph, asked: dict[str, Any], parameter: str
) -> None:
    with pytest.raises(InvalidParameter, match="regimen_match=containing") as refused:
        curated_graph.evidence(EvidenceQuestion(**asked))
    assert refused.value.parameter == parameter
    assert curated_graph.evidence(EvidenceQuestion(**asked, regimen_match="containing")) is not None


def test_what_accompanies_a_regimen_contradicts_nothing(curated_graph: KnowledgeGraph) -> None:
    found = curated_graph.evidence(EvidenceQuestion(regimen="ifosfamide", drugs=("mesna",)))
    assert all("ifosfamide" in (item.regimen.label if item.regimen else "") for item in found.items)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"design": "case report", "phase": "II"}, "phase"),
        ({"design": "preclinical", "phase": "I"}, "phase"),
        ({"design": "case report", "min_n": 2}, "min_n"),
    ],
)
def test_filters_that_exclude_each_other_are_refused(asked: dict[str, Any], expected: str) -> None:
    with pytest.raises(InvalidParameter) as refused:
        EvidenceQuestion(**asked)
    assert refused.value.parameter == expected


@pytest.mark.parametrize("side", ["a", "b"])
def test_an_unknown_side_of_a_comparison_is_named(curated_graph: KnowledgeGraph, side: str) -> None:
    sides = {"a": "gemcitabine", "b": "docetaxel"} | {side: "no such drug"}
    with pytest.raises(EntityNotFound) as unknown:
        curated_graph.compare(sides["a"], sides["b"])
    assert unknown.value.parameter == side


def test_an_unknown_measure_is_not_found(curated_graph: KnowledgeGraph) -> None:
    with pytest.raises(EntityNotFound):
        curated_graph.evidence(EvidenceQuestion(measure="no such measure"))


@pytest.mark.parametrize(
    "told",
    [
        {"numerator": 0, "denominator": 0},
        {"value": 50, "unit": "%", "value_text": "50%", "denominator": 0},
        {"value": 50, "unit": "%", "value_text": "50%", "population": people(0)},
        {"numerator": 9, "denominator": 4},
        {"value": 150, "unit": "%", "value_text": "150%"},
        {"value": 3, "unit": "{no such unit}"},
    ],
)
def test_an_impossible_share_is_kept_as_printed_and_nothing_is_computed_from_it(told: dict[str, Any]) -> None:
    odd = row(1, **told)
    assert (odd.derived_rate, odd.derived_ci, odd.derived_wilson) == (None, None, None)
    assert all(getattr(odd, name) == value for name, value in told.items())
    assert odd.direction is None


def test_a_percentage_that_fits_no_count_has_a_reason_and_no_interval() -> None:
    odd = row(1, value=18.4, unit="%", value_text="18.4%", population=people(133), measure=measure("response-rate"))
    assert odd.derived_rate is not None
    assert odd.derived_rate.method == "no whole number of 133 patients rounds to 18.4%"
    assert (odd.derived_rate.value, odd.derived_ci) == (None, None)


def test_no_share_has_a_denominator_of_zero() -> None:
    with pytest.raises(InvalidParameter, match="denominator"):
        clopper_pearson(0, 0)


def test_a_share_of_those_who_were_treated_is_no_estimate_and_has_no_interval() -> None:
    described = row(1, numerator=16, denominator=34, measure=measure("baseline-characteristic", ()))
    assert described.derived_rate is not None
    assert described.derived_rate.numerator_low == 16
    assert (described.derived_ci, described.derived_wilson) == (None, None)
