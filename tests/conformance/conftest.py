"""Tests that ask of the same data stand together, whatever else shuffles them: a dataset is opened once."""

from __future__ import annotations

import pytest

from tests.conformance.cases import Case


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    cases = [(position, case) for position, item in enumerate(items) if (case := _case(item)) is not None]
    ordered = sorted(cases, key=lambda placed: (placed[1].data, items[placed[0]].name))
    moved = [items[position] for position, _ in ordered]
    for (position, _), item in zip(cases, moved, strict=True):
        items[position] = item


def _case(item: pytest.Item) -> Case | None:
    """The case of a test; where the W3C's suites are not here, pytest gives a test something else in its place."""
    callspec = getattr(item, "callspec", None)
    case = None if callspec is None else callspec.params.get("case")
    return case if isinstance(case, Case) else None
