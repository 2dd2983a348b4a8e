"""docs/evidence.md names every threshold with the value that the code has."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from kg.evidence.intervals import clopper_pearson

_ROW = re.compile(r"^\| `(\w+)\.(\w+)` \| ([\d.]+) \|", re.MULTILINE)
_DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "evidence.md"
THRESHOLDS = _ROW.findall(_DOCUMENT.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("module", "name", "value"), THRESHOLDS)
def test_a_documented_threshold_is_the_one_in_force(module: str, name: str, value: str) -> None:
    assert float(value) == getattr(importlib.import_module(f"kg.evidence.{module}"), name)


def test_the_thresholds_that_grade_are_documented() -> None:
    documented = {f"{module}.{name}" for module, name, _ in THRESHOLDS}
    assert documented >= {"direction.INACTIVE_PERCENT", "levels.FEW_PATIENTS", "levels.WIDE_POINTS"}


def test_the_figures_given_as_reasons_are_right() -> None:
    assert round(clopper_pearson(0, 19).high or 0, 1) == 17.6
    assert round(clopper_pearson(0, 4).high or 0) == 60
    widths = {n: (clopper_pearson(n // 2, n).high or 0) - (clopper_pearson(n // 2, n).low or 0) for n in (20, 28)}
    assert {n: round(width) for n, width in widths.items()} == {20: 46, 28: 39}
