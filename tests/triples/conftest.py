"""Copies of the invented corpus that a test may spoil, and its documents."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

TRIAL = "documents/900-invented-trial"


@pytest.fixture(scope="session")
def sources_dir(data_dir: Path) -> Path:
    """The invented documents."""
    return data_dir / "sources"


@pytest.fixture
def curated(tmp_path: Path, corpus_dir: Path) -> Path:
    """A copy of the invented corpus."""
    copy = tmp_path / "curated"
    shutil.copytree(corpus_dir, copy)
    return copy


@pytest.fixture
def edit(curated: Path) -> Callable[[str, str, str], None]:
    """Replace a piece of one file of the copy; the piece must be there."""

    def replace(file: str, old: str, new: str) -> None:
        path = curated / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace
